/* What do the code lists in config/codes say, as tables that normalising can look things up in? */
#include <sodium.h>
#include <stdlib.h>

#include "etl/source/describe.h"
#include "talent/base/day.h"
#include "talent/etl/file.h"

enum { FILES_MAX = 48, TABLES_MAX = 96, COLUMNS_MAX = 24, LIST_BYTES = 16 << 20 };

typedef struct list_file {
    tp_str name;
    size_t cols;
    size_t n;     /* rows below the header */
    tp_str *cell; /* [(n + 1) * cols], header first */
    uint8_t sha256[32];
} list_file;

typedef struct made_table {
    tp_str key; /* "set|by|by|>give" */
    tp_codes codes;
} made_table;

struct tp_code_lists {
    int users;
    tp_arena arena;
    const char *folder;
    size_t n_files;
    list_file file[FILES_MAX];
    size_t n_tables;
    made_table table[TABLES_MAX];
    const tp_titles *titles;
    const tp_successions *successions;
};

tp_code
tp_code_lists_open(const char *folder, tp_code_lists **out, tp_err *err)
{
    tp_code_lists *lists = calloc(1, sizeof *lists);
    if (lists == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for code lists");
    }
    lists->users = 1;
    lists->folder = tp_arena_copy(&lists->arena, folder, strlen(folder));
    if (lists->folder == NULL) {
        tp_code_lists_close(lists);
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for code lists");
    }
    *out = lists;
    return TP_OK;
}

tp_code_lists *
tp_code_lists_share(tp_code_lists *lists)
{
    lists->users++;
    return lists;
}

void
tp_code_lists_close(tp_code_lists *lists)
{
    if (lists != NULL && --lists->users == 0) {
        tp_arena_clear(&lists->arena);
        free(lists);
    }
}

/* Cuts one cell off *p in place; *out_last tells that the line ends behind it. */
static tp_str
cut_cell(char **p, const char *end, bool *out_last)
{
    char *read = *p;
    char *write = *p;
    const char *from = *p;
    const bool quoted = read < end && *read == '"';
    read += quoted ? 1 : 0;
    while (read < end) {
        if (quoted && *read == '"') {
            if (read + 1 < end && read[1] == '"') {
                read++;
            } else {
                read++;
                break;
            }
        } else if (!quoted && (*read == ',' || *read == '\n' || *read == '\r')) {
            break;
        }
        *write++ = *read++;
    }
    while (read < end && *read == '\r') {
        read++;
    }
    *out_last = read >= end || *read == '\n';
    *p = read < end ? read + 1 : read;
    return (tp_str){from, (size_t)(write - from)};
}

static tp_code
parse_list(tp_code_lists *lists, list_file *f, char *text, size_t n, tp_err *err)
{
    size_t lines = 1;
    tp_str header[COLUMNS_MAX];
    char *p = text;
    bool last = false;
    for (size_t i = 0; i < n; i++) {
        lines += text[i] == '\n' ? 1 : 0;
    }
    while (!last && f->cols < COLUMNS_MAX) {
        header[f->cols++] = cut_cell(&p, text + n, &last);
    }
    f->cell = tp_arena_alloc(&lists->arena, lines * f->cols, sizeof *f->cell);
    if (f->cell == NULL || !last) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "code list %.*s: no memory, or more than %d columns",
                      TP_STR_ARG(f->name), COLUMNS_MAX);
    }
    memcpy(f->cell, header, f->cols * sizeof *f->cell);
    while (p < text + n && f->n + 1 < lines) {
        tp_str *row = f->cell + (f->n + 1) * f->cols;
        size_t c = 0;
        for (last = false; !last; c++) {
            const tp_str cell = cut_cell(&p, text + n, &last);
            if (c < f->cols) {
                row[c] = cell;
            }
        }
        if (c == 1 && row[0].n == 0) {
            continue; /* an empty line */
        }
        if (c != f->cols) {
            TP_RETURN_ERR(err, TP_E_CONFIG,
                          "code list %.*s: row %zu has %zu cells, the header has %zu",
                          TP_STR_ARG(f->name), f->n + 1, c, f->cols);
        }
        f->n++;
    }
    return TP_OK;
}

static tp_code
load_list(tp_code_lists *lists, tp_str name, const list_file **out, tp_err *err)
{
    for (size_t i = 0; i < lists->n_files; i++) {
        if (tp_str_eq(lists->file[i].name, name)) {
            *out = &lists->file[i];
            return TP_OK;
        }
    }
    if (lists->n_files == FILES_MAX || tp_str_find(name, TP_STR("/")) != SIZE_MAX) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "code list \"%.*s\" is no name of a list",
                      TP_STR_ARG(name));
    }
    TP_AUTO_BUF(path);
    TP_AUTO_BUF(bytes);
    bytes.limit = LIST_BYTES;
    tp_buf_printf(&path, "%s/%.*s.csv", lists->folder, TP_STR_ARG(name));
    tp_err why;
    if (tp_file_read(tp_buf_cstr(&path), LIST_BYTES, &bytes, &why) != TP_OK) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "there is no code list \"%.*s\" (%.120s)", TP_STR_ARG(name),
                      tp_buf_cstr(&path));
    }
    list_file *f = &lists->file[lists->n_files];
    *f = (list_file){0};
    char *text = tp_arena_copy(&lists->arena, bytes.p, bytes.n);
    f->name = (tp_str){tp_arena_copy(&lists->arena, name.p, name.n), name.n};
    if (text == NULL || f->name.p == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for code list %.*s", TP_STR_ARG(name));
    }
    crypto_hash_sha256(f->sha256, (const unsigned char *)text, bytes.n);
    TP_RETURN_SAME(parse_list(lists, f, text, bytes.n, err));
    lists->n_files++;
    *out = f;
    return TP_OK;
}

static tp_code
column_of(const list_file *f, tp_str name, size_t *out, tp_err *err)
{
    TP_AUTO_BUF(known);
    for (size_t c = 0; c < f->cols; c++) {
        if (tp_str_eq(f->cell[c], name)) {
            *out = c;
            return TP_OK;
        }
        tp_buf_puts(&known, c > 0 ? ", " : "");
        tp_buf_str(&known, f->cell[c]);
    }
    TP_RETURN_ERR(err, TP_E_CONFIG, "code list \"%.*s\" has no column \"%.*s\"; it has %s",
                  TP_STR_ARG(f->name), TP_STR_ARG(name), tp_buf_cstr(&known));
}

typedef struct entry {
    tp_str key;
    tp_str value;
} entry;

static int
by_key(const void *a, const void *b)
{
    const entry *x = a;
    const entry *y = b;
    const int c = tp_str_cmp(x->key, y->key);
    return c != 0 ? c : tp_str_cmp(x->value, y->value);
}

tp_code
tp_codes_make(size_t n, const tp_str *key, const tp_str *value, tp_arena *arena, tp_codes *out,
              tp_err *err)
{
    entry *all = tp_arena_alloc(arena, n, sizeof *all);
    tp_str *keys = tp_arena_alloc(arena, n, sizeof *keys);
    tp_str *values = tp_arena_alloc(arena, n, sizeof *values);
    size_t k = 0;
    if (all == NULL || keys == NULL || values == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for a table of %zu codes", n);
    }
    for (size_t i = 0; i < n; i++) {
        char *folded = tp_arena_alloc(arena, key[i].n + 1, 1);
        if (folded == NULL) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for a table of %zu codes", n);
        }
        all[k] = (entry){{folded, tp_code_fold(key[i], folded)}, value[i]};
        k += all[k].key.n > 0 ? 1 : 0;
    }
    qsort(all, k, sizeof *all, by_key);
    *out = (tp_codes){0, keys, values};
    for (size_t i = 0; i < k;) {
        size_t j = i + 1;
        bool clear = true;
        for (; j < k && tp_str_eq(all[j].key, all[i].key); j++) {
            clear = clear && tp_str_eq(all[j].value, all[i].value);
        }
        if (clear) { /* a code that means two things means nothing */
            keys[out->n] = all[i].key;
            values[out->n++] = all[i].value;
        }
        i = j;
    }
    return TP_OK;
}

/* Rows of a list, or of one codeset of it: "siasn_codes/award". */
static tp_code
collect(tp_code_lists *lists, tp_str set, const tp_str *by, size_t n_by, tp_str give, tp_codes *out,
        tp_err *err)
{
    const size_t slash = tp_str_find(set, TP_STR("/"));
    const tp_str name = slash == SIZE_MAX ? set : tp_str_sub(set, 0, slash);
    const tp_str codeset = slash == SIZE_MAX ? TP_STR_NONE : tp_str_sub(set, slash + 1, set.n);
    const list_file *f;
    size_t give_col;
    size_t by_col;
    size_t set_col = 0;
    TP_RETURN_SAME(load_list(lists, name, &f, err));
    TP_RETURN_SAME(column_of(f, give, &give_col, err));
    if (codeset.p != NULL) {
        TP_RETURN_SAME(column_of(f, TP_STR("codeset"), &set_col, err));
    }
    tp_str *key = tp_arena_alloc(&lists->arena, f->n * n_by, sizeof *key);
    tp_str *value = tp_arena_alloc(&lists->arena, f->n * n_by, sizeof *value);
    if (key == NULL || value == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for code list %.*s", TP_STR_ARG(name));
    }
    size_t n = 0;
    for (size_t b = 0; b < n_by; b++) {
        TP_RETURN_SAME(column_of(f, by[b], &by_col, err));
        for (size_t r = 1; r <= f->n; r++) {
            const tp_str *row = f->cell + r * f->cols;
            if (codeset.p == NULL || tp_str_eq(row[set_col], codeset)) {
                key[n] = row[by_col];
                value[n++] = row[give_col];
            }
        }
    }
    if (n == 0) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "code list \"%.*s\" has no codeset \"%.*s\"",
                      TP_STR_ARG(name), TP_STR_ARG(codeset));
    }
    return tp_codes_make(n, key, value, &lists->arena, out, err);
}

tp_code
tp_code_lists_table(tp_code_lists *lists, tp_str set, const tp_str *by, size_t n_by, tp_str give,
                    const tp_codes **out, tp_err *err)
{
    TP_AUTO_BUF(key);
    tp_buf_str(&key, set);
    for (size_t i = 0; i < n_by; i++) {
        tp_buf_char(&key, '|');
        tp_buf_str(&key, by[i]);
    }
    tp_buf_char(&key, '>');
    tp_buf_str(&key, give);
    for (size_t i = 0; i < lists->n_tables; i++) {
        if (tp_str_eq(lists->table[i].key, tp_buf_view(&key))) {
            *out = &lists->table[i].codes;
            return TP_OK;
        }
    }
    if (lists->n_tables == TABLES_MAX || key.failed) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "more than %d different look-ups in code lists",
                      TABLES_MAX);
    }
    made_table *t = &lists->table[lists->n_tables];
    t->key = (tp_str){tp_arena_copy(&lists->arena, key.p, key.n), key.n};
    if (t->key.p == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for code lists");
    }
    TP_RETURN_SAME(collect(lists, set, by, n_by, give, &t->codes, err));
    lists->n_tables++;
    *out = &t->codes;
    return TP_OK;
}

tp_code
tp_code_lists_titles(tp_code_lists *lists, const tp_titles **out, tp_err *err)
{
    const list_file *f;
    size_t name_col;
    size_t place_col;
    size_t variants_col;
    if (lists->titles != NULL) {
        *out = lists->titles;
        return TP_OK;
    }
    TP_RETURN_SAME(load_list(lists, TP_STR("titles"), &f, err));
    TP_RETURN_SAME(column_of(f, TP_STR("abbreviation"), &name_col, err));
    TP_RETURN_SAME(column_of(f, TP_STR("position"), &place_col, err));
    TP_RETURN_SAME(column_of(f, TP_STR("variants"), &variants_col, err));
    enum { VARIANTS_MAX = 8 };
    const size_t room = f->n * (VARIANTS_MAX + 1);
    tp_str *text = tp_arena_alloc(&lists->arena, room, sizeof *text);
    tp_str *canonical = tp_arena_alloc(&lists->arena, room, sizeof *canonical);
    bool *front = tp_arena_alloc(&lists->arena, room, sizeof *front);
    size_t n = 0;
    /* Abbreviations of all titles before any variant: how a title is written itself decides first.
     */
    for (int pass = 0; text != NULL && canonical != NULL && front != NULL && pass < 2; pass++) {
        for (size_t r = 1; r <= f->n; r++) {
            const tp_str *row = f->cell + r * f->cols;
            tp_str rest = pass == 0 ? row[name_col] : row[variants_col];
            tp_str one;
            for (size_t k = 0; k < VARIANTS_MAX && rest.n > 0 && tp_str_next(&rest, '|', &one);
                 k++) {
                text[n] = one;
                canonical[n] = row[name_col];
                front[n++] = tp_str_is(row[place_col], "front");
            }
        }
    }
    lists->titles = n == 0 ? NULL : tp_titles_make(n, text, front, canonical, &lists->arena);
    if (lists->titles == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for titles, or the list is empty");
    }
    *out = lists->titles;
    return TP_OK;
}

/* A code whose successor is one agency with a code of its own; splits leave no single successor. */
tp_code
tp_code_lists_successions(tp_code_lists *lists, const tp_successions **out, tp_err *err)
{
    const list_file *f;
    const tp_codes *code_of;
    size_t old_col;
    size_t new_col;
    size_t day_col;
    const tp_str by_name = TP_STR("name");
    if (lists->successions != NULL) {
        *out = lists->successions;
        return TP_OK;
    }
    TP_RETURN_SAME(load_list(lists, TP_STR("agency_successions"), &f, err));
    TP_RETURN_SAME(column_of(f, TP_STR("old_quick_code"), &old_col, err));
    TP_RETURN_SAME(column_of(f, TP_STR("new_name"), &new_col, err));
    TP_RETURN_SAME(column_of(f, TP_STR("effective_date"), &day_col, err));
    TP_RETURN_SAME(tp_code_lists_table(lists, TP_STR("agencies"), &by_name, 1, TP_STR("quick_code"),
                                       &code_of, err));
    tp_successions *s = tp_arena_alloc(&lists->arena, 1, sizeof *s);
    tp_str *from = tp_arena_alloc(&lists->arena, f->n, sizeof *from);
    tp_str *to = tp_arena_alloc(&lists->arena, f->n, sizeof *to);
    int32_t *day = tp_arena_alloc(&lists->arena, f->n, sizeof *day);
    if (s == NULL || from == NULL || to == NULL || day == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for agency successions");
    }
    size_t n = 0;
    for (size_t r = 1; r <= f->n; r++) {
        const tp_str *row = f->cell + r * f->cols;
        char folded[256];
        size_t same = 0;
        for (size_t q = 1; q <= f->n; q++) {
            same += tp_str_eq(f->cell[q * f->cols + old_col], row[old_col]) ? 1 : 0;
        }
        if (same != 1 || row[old_col].n == 0 || row[new_col].n > sizeof folded) {
            continue;
        }
        const tp_str key = {folded, tp_code_fold(row[new_col], folded)};
        if (tp_codes_find(code_of, key, &to[n]) && !tp_str_eq(to[n], row[old_col])) {
            from[n] = row[old_col];
            day[n] = TP_DAY_ALWAYS;
            (void)tp_day_parse_iso(row[day_col], &day[n]);
            n++;
        }
    }
    *s = (tp_successions){n, from, to, day};
    lists->successions = s;
    *out = s;
    return TP_OK;
}

tp_code
tp_code_lists_hash(tp_code_lists *lists, tp_key *out, tp_err *err)
{
    /* Every list a description may name: which ones it does name is part of the description. */
    static const char *const NAMES[] = {
        "agencies",    "agency_successions",   "assessment_aspects", "education_levels",
        "eselon",      "functional_positions", "golongan",           "government_affairs",
        "regions",     "jpt_positions",        "merit_aspects",      "position_affairs",
        "siasn_codes", "study_fields",         "study_programs",     "titles"};
    tp_key_maker maker;
    tp_key_begin(&maker, "code lists");
    for (size_t i = 0; i < TP_COUNT(NAMES); i++) {
        const list_file *f;
        TP_RETURN_SAME(load_list(lists, tp_str_of(NAMES[i]), &f, err));
        tp_key_add(&maker, NAMES[i], f->sha256, sizeof f->sha256);
    }
    tp_key_end(&maker, out);
    return TP_OK;
}
