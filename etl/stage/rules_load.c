/* Which rules hold on a day? config/rules and the regions of config/codes/agencies.csv. */
#include "talent/etl/rules.h"

#include <stdlib.h>
#include <string.h>

#include "etl/stage/rules_read.h"
#include "talent/base/buf.h"
#include "talent/base/day.h"
#include "talent/etl/file.h"

enum { CODES_MAX = 16 << 20, CELLS = 9 };

/* Next cell of a CSV line: quotes taken off in place; false at the end of the line. */
static bool
next_cell(char **at, char *end, tp_str *out)
{
    char *p = *at;
    char *to = p;
    if (p > end) {
        return false;
    }
    out->p = p;
    bool quoted = p < end && *p == '"';
    p += quoted;
    for (; p < end && (quoted || *p != ','); p++) {
        if (*p == '"' && quoted) {
            if (p + 1 < end && p[1] == '"') {
                p++;
            } else {
                quoted = false;
                continue;
            }
        }
        *to++ = *p;
    }
    out->n = (size_t)(to - out->p);
    *at = p + 1;
    return true;
}

static int
by_code(const void *a, const void *b)
{
    const tp_rule_agency *x = a;
    const tp_rule_agency *y = b;
    return tp_str_cmp(x->code, y->code);
}

static tp_code
read_line(char *line, char *end, size_t number, const int column[2], tp_rule_agency *out,
          tp_err *err)
{
    char *at = line;
    tp_str cell;
    int i = 0;
    while (next_cell(&at, end, &cell)) {
        if (i == column[0]) {
            out->code = cell;
        } else if (i == column[1]) {
            out->region = cell;
        }
        i++;
    }
    if (i != CELLS) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "agencies.csv:%zu: %d cells, expected %d", number, i,
                      (int)CELLS);
    }
    return TP_OK;
}

/* Quick code and region of every agency; the texts stay in `text`. */
static tp_code
parse_agencies(char *text, size_t n, tp_arena *arena, tp_rules *out, tp_err *err)
{
    size_t lines = 0;
    for (size_t i = 0; i < n; i++) {
        lines += text[i] == '\n';
    }
    tp_rule_agency *agency = tp_arena_alloc(arena, lines + 1, sizeof *agency);
    if (agency == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the list of agencies");
    }
    int column[2] = {-1, -1};
    size_t count = 0;
    size_t number = 0;
    for (char *line = text; line < text + n; number++) {
        char *end = memchr(line, '\n', (size_t)(text + n - line));
        end = end == NULL ? text + n : end;
        if (number == 0) {
            char *at = line;
            tp_str cell;
            for (int i = 0; next_cell(&at, end, &cell); i++) {
                column[0] = tp_str_is(cell, "quick_code") ? i : column[0];
                column[1] = tp_str_is(cell, "region_code") ? i : column[1];
            }
            if (column[0] < 0 || column[1] < 0) {
                TP_RETURN_ERR(err, TP_E_CONFIG,
                              "agencies.csv:1: no column quick_code or region_code");
            }
        } else {
            agency[count] = (tp_rule_agency){{NULL, 0}, {NULL, 0}};
            TP_RETURN_SAME(read_line(line, end, number + 1, column, &agency[count], err));
            count +=
                agency[count].code.n > 0; /* a province too new for a code of its own has none */
        }
        line = end + 1;
    }
    qsort(agency, count, sizeof *agency, by_code);
    out->agency = agency;
    out->n_agency = count;
    return TP_OK;
}

static tp_code
load_agencies(const char *dir, tp_arena *arena, tp_rules *out, tp_err *err)
{
    TP_AUTO_BUF(path);
    TP_AUTO_BUF(text);
    TP_RETURN_SAME(tp_file_read(tp_path_join(&path, dir, "agencies.csv"), CODES_MAX, &text, err));
    char *copy = tp_arena_copy(arena, tp_buf_cstr(&text), text.n);
    if (copy == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the list of agencies");
    }
    return parse_agencies(copy, text.n, arena, out, err);
}

typedef tp_code (*reader)(const tp_node *root, tp_arena *arena, tp_rules *out, tp_err *err);

static tp_code
load_file(const char *dir, const char *name, reader read, tp_arena *arena, tp_rules *out,
          tp_err *err)
{
    TP_AUTO_BUF(path);
    tp_json *doc = NULL;
    TP_RETURN_SAME(tp_json_load(tp_path_join(&path, dir, name), &doc, err));
    const tp_node root = tp_json_root(doc);
    tp_code rc = tp_node_object(&root, err);
    if (rc == TP_OK) {
        rc = read(&root, arena, out, err);
    }
    tp_json_free(doc);
    return rc;
}

tp_code
tp_rules_load(const char *dir, const char *codes_dir, int32_t as_of, tp_arena *arena, tp_rules *out,
              tp_err *err)
{
    tp_rules *r = tp_arena_alloc(arena, 1, sizeof *r);
    if (r == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the rules");
    }
    TP_RETURN_IF_ERR(err, load_file(dir, "scoring.json", tp_rules_scoring, arena, r, err),
                     "read the scoring rules");
    TP_RETURN_IF_ERR(err, load_file(dir, "eligibility.json", tp_rules_eligibility, arena, r, err),
                     "read the eligibility rules");
    TP_RETURN_IF_ERR(err, load_agencies(codes_dir, arena, r, err), "read the list of agencies");
    if (as_of < r->from || as_of >= r->until) {
        char day[TP_DAY_TEXT];
        tp_day_format(as_of, day);
        TP_RETURN_ERR(err, TP_E_CONFIG,
                      "%s/scoring.json: rule set %.*s is not in force on %s; "
                      "choose another --as-of or add a rule set",
                      dir, TP_STR_ARG(r->id), day);
    }
    *out = *r;
    return TP_OK;
}
