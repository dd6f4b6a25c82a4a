/* Does any text survive every step, check and rule: whole, valid, counted, whatever its order?
 *
 * An input is two bytes and lines of text. The bytes choose a shipped source and one of its
 * fetches, whose records are filled with the lines; and every step of the language gets the first
 * line.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>

#include "core/normalise/pipe.h"
#include "talent/etl/source.h"

enum { LINES = 64, ROWS = 4, SOURCES = 64 };

static const uint8_t SECRET[32] = {7};
static tp_source *source[SOURCES];
static size_t n_sources;
static tp_arena keep; /* what lives as long as the fuzzer */
static tp_codes codes;
static tp_pattern *pattern;

static void
load_sources(void)
{
    tp_err err = {0};
    tp_cfg *cfg = NULL;
    tp_faults *faults = calloc(1, sizeof *faults);
    struct dirent **entry = NULL;
    fuzz_need(faults != NULL && tp_cfg_new(&cfg, &err) == TP_OK, "no settings");
    const int n = scandir("config/sources", &entry, NULL, alphasort);
    fuzz_need(n > 0, "run this where config/sources is");
    for (int i = 0; i < n; i++) {
        tp_buf file = {0};
        tp_buf_printf(&file, "config/sources/%s", entry[i]->d_name);
        const bool json = tp_str_ends(tp_buf_view(&file), TP_STR(".json"));
        if (json && n_sources < SOURCES &&
            (strncmp(entry[i]->d_name, "simpeg", 6) != 0 || n_sources == 0 ||
             strcmp(entry[i]->d_name, "simpeg-5104.json") == 0)) {
            const char *name = tp_arena_copy(&keep, file.p, file.n);
            fuzz_need(tp_source_check(name, cfg, true, faults, &source[n_sources], &err) == TP_OK,
                      "%s", err.frame[0].text);
            n_sources++;
        }
        tp_buf_clear(&file);
        free(entry[i]);
    }
    free(entry);
    free(faults);
    tp_cfg_free(cfg);
}

/* ---- every step by itself ---- */

#define S(text)                  \
    {                            \
        (text), sizeof(text) - 1 \
    }

static const tp_str WORDS[] = {S("-"), S("null"), S("ya"), S("tidak")};
static const tp_str DATES[] = {S("dd-mm-yyyy"), S("d monthname yyyy"), S("dd/mm/yy"), S("iso")};
static const tp_str TIMES[] = {S("iso"), S("dd-mm-yyyy hh:mm:ss")};
static const tp_str SWAP[] = {S("\xe2\x80\x99"), S("'")};
static const tp_str KEYS[] = {S("ab"), S("kepala"), S("pkn1")};
static const tp_str GIVES[] = {S("1"), S("biro\xc3\xa9"), S("")};
static const tp_successions NONE;

/* clang-format off */
#define BESIDE(slot_a, slot_b, ...) {.slot = (slot_a), .slot2 = (slot_b), .ref = -1, __VA_ARGS__}
#define STEP(...)                   BESIDE(TP_NO_SLOT, TP_NO_SLOT, __VA_ARGS__)
/* clang-format on */

typedef struct promise {
    tp_op_step step;
    bool again; /* the step changes nothing of its own result */
} promise;

static const promise STEPS[] = {
    {STEP(.op = TP_OP_TRIM), true},
    {STEP(.op = TP_OP_SQUASH), true},
    {STEP(.op = TP_OP_UPPER), true},
    {STEP(.op = TP_OP_LOWER), true},
    {STEP(.op = TP_OP_TITLE), true},
    {STEP(.op = TP_OP_NULL_IF, .list = WORDS, .n = 2), true},
    {STEP(.op = TP_OP_STRIP, .text = S("'\xe2\x80\x99")), true},
    {STEP(.op = TP_OP_STRIP_END, .text = S("\xc3\xa9.")), true},
    {STEP(.op = TP_OP_DIGITS), true},
    {STEP(.op = TP_OP_INT), true},
    {STEP(.op = TP_OP_INT, .a = '.'), false},
    {STEP(.op = TP_OP_DECIMAL, .text = S(".")), true},
    {STEP(.op = TP_OP_DECIMAL, .text = S(","), .a = '.'), false},
    {STEP(.op = TP_OP_BOOL, .list = &WORDS[2], .n = 2, .a = 1), false},
    {STEP(.op = TP_OP_DATE, .list = DATES, .n = 4, .a = 30), true},
    {STEP(.op = TP_OP_DATE, .list = DATES, .n = 2, .a = -1), true},
    {STEP(.op = TP_OP_DATETIME, .list = TIMES, .n = 2, .a = 420), false},
    {STEP(.op = TP_OP_YEAR), true},
    {STEP(.op = TP_OP_MAP, .codes = &codes), false},
    {STEP(.op = TP_OP_CODE, .codes = &codes, .flag = true, .text = S("other")), false},
    {STEP(.op = TP_OP_PHRASE, .codes = &codes), false},
    {STEP(.op = TP_OP_PHRASE, .codes = &codes, .a = 1, .flag = true), false},
    {STEP(.op = TP_OP_SUCCEED, .successions = &NONE), true},
    {STEP(.op = TP_OP_NIP), false},
    {STEP(.op = TP_OP_NIK), false},
    {STEP(.op = TP_OP_SIASN_ID), false},
    {STEP(.op = TP_OP_HASH_ID), false},
    {STEP(.op = TP_OP_NAME, .a = TP_NAME_CLEAN), false},
    {STEP(.op = TP_OP_NAME, .a = TP_NAME_FRONT), false},
    {STEP(.op = TP_OP_NAME, .a = TP_NAME_BACK), false},
    {STEP(.op = TP_OP_SPLIT, .text = S(", ")), true},
    {STEP(.op = TP_OP_JOIN, .text = S("; ")), true},
    {STEP(.op = TP_OP_FIRST), true},
    {STEP(.op = TP_OP_LAST), true},
    {STEP(.op = TP_OP_NTH, .a = 2), false},
    {BESIDE(0, TP_NO_SLOT, .op = TP_OP_PICK, .text = S("ya")), false},
    {STEP(.op = TP_OP_CONST, .text = S("x")), true},
    {STEP(.op = TP_OP_PAD, .text = S("99.99")), true},
    {STEP(.op = TP_OP_LEFT, .a = 3), true},
    {STEP(.op = TP_OP_RIGHT, .a = 2), true},
    {STEP(.op = TP_OP_MID, .a = 1, .b = 2), false},
    {STEP(.op = TP_OP_REPLACE, .list = SWAP, .n = 2), true},
    {STEP(.op = TP_OP_NIP_PART, .a = TP_NIP_PART_BIRTH_DATE), false},
    {STEP(.op = TP_OP_NIP_PART, .a = TP_NIP_PART_SEX), false},
    {STEP(.op = TP_OP_SCALE, .a = 10000, .b = 50000, .c = 50000, .d = 10000), false},
    {BESIDE(0, 1, .op = TP_OP_ADD_PERIOD), false},
    {STEP(.op = TP_OP_ADD_DAYS, .a = -36600), false},
};

static const tp_field_check CHECKS[] = {
    {.op = TP_CHECK_IN, .ref = -1, .list = WORDS, .n = 4},
    {.op = TP_CHECK_RANGE, .ref = -1, .low = 0, .high = 100 * TP_NUMBER_UNIT},
    {.op = TP_CHECK_LENGTH, .ref = -1, .low = 1, .high = 9},
    {.op = TP_CHECK_FORM, .ref = -1, .text = S("9A*.")},
    {.op = TP_CHECK_SAME_AS_KEY, .ref = -1},
    {.op = TP_CHECK_SAME_AS_FIELD, .ref = 0},
    {.op = TP_CHECK_REF, .ref = -1, .codes = &codes},
    {.op = TP_CHECK_BEFORE, .ref = -1, .limit = {.kind = TP_OPERAND_NUMBER, .number = 7}},
    {.op = TP_CHECK_NOT_AFTER, .ref = -1, .limit = {.kind = TP_OPERAND_NIGHT}},
    {.op = TP_CHECK_AFTER, .ref = -1, .limit = {.kind = TP_OPERAND_FIELD, .field = 0}},
    {.op = TP_CHECK_PATTERN, .ref = -1},
};

static tp_str
shown(const tp_value *v, tp_arena *arena, const char *what, size_t i)
{
    const tp_str text = tp_value_key(v, arena);
    fuzz_need(tp_utf8_valid(text) == text.n, "%s %zu gives text that is not UTF-8", what, i);
    fuzz_need(text.n == 0 || memchr(text.p, 0, text.n) == NULL, "%s %zu gives a NUL", what, i);
    return text;
}

/* A value fits a field of any type, or says why not. */
static void
store(const tp_value *v, tp_arena *arena, size_t i)
{
    for (int type = 0; type <= TP_T_TIME; type++) {
        const tp_field_def def = {.name = "x", .type = (tp_type)type, .words = "ya|tidak|1"};
        uint64_t bits = 0;
        tp_str text = TP_STR_NONE;
        tp_reject_code fault = TP_REJ_COUNT;
        if (tp_value_store(v, &def, &bits, &text, arena, &fault)) {
            fuzz_need(tp_utf8_valid(text) == text.n, "step %zu stores what is not UTF-8", i);
        } else {
            fuzz_need(fault < TP_REJ_COUNT, "step %zu: refused without a reason", i);
        }
    }
}

static void
run_steps(const tp_pipe *pipe, tp_str text)
{
    for (size_t i = 0; i < TP_COUNT(STEPS); i++) {
        const tp_value once = tp_pipe_step(pipe, &STEPS[i].step, tp_value_text(text));
        const tp_str first = shown(&once, pipe->arena, "step", i);
        if (once.kind == TP_V_NONE) {
            continue;
        }
        store(&once, pipe->arena, i);
        const tp_value twice = tp_pipe_step(pipe, &STEPS[i].step, once);
        const tp_str second = shown(&twice, pipe->arena, "step, twice,", i);
        fuzz_need(!STEPS[i].again || tp_str_eq(first, second),
                  "step %zu (%s) of \"%.*s\" gives \"%.*s\", and of that \"%.*s\"", i,
                  tp_op_name(STEPS[i].step.op), TP_STR_ARG(text), TP_STR_ARG(first),
                  TP_STR_ARG(second));
        for (size_t k = 0; k < TP_COUNT(STEPS); k++) { /* any step after any other */
            const tp_value next = tp_pipe_step(pipe, &STEPS[k].step, once);
            (void)shown(&next, pipe->arena, "step after another", k);
        }
    }
}

static void
run_checks(const tp_pipe *pipe, tp_str text)
{
    const uint16_t slot = 0;
    for (size_t i = 0; i < TP_COUNT(CHECKS); i++) {
        tp_field_check check = CHECKS[i];
        check.pattern = pattern;
        for (size_t k = 0; k < TP_COUNT(STEPS); k += 7) {
            const tp_field_rule rule = {.name = TP_STR("x"),
                                        .from = -1,
                                        .each = i % 2 == 1,
                                        .n_slots = 1,
                                        .slot = &slot,
                                        .n_steps = 1,
                                        .step = &STEPS[k].step,
                                        .n_checks = 1,
                                        .check = &check};
            const tp_value v = tp_pipe_field(pipe, &rule);
            (void)shown(&v, pipe->arena, "check", i);
            fuzz_need(v.fault <= TP_REJ_COUNT, "check %zu faults with %d", i, (int)v.fault);
        }
    }
    (void)text;
}

/* ---- whole records of a shipped source ---- */

typedef struct lines {
    size_t n;
    tp_str at[LINES];
} lines;

static tp_str
cell_of(const lines *l, size_t select, size_t row, size_t k)
{
    const tp_str text = l->at[(select * 31 + row * 17 + k) % l->n];
    return text.n == 0 ? TP_STR_NONE : text;
}

/* A chunk with ROWS rows of every select, children turned to all parents; `turned`: last first. */
static void
fill(const tp_shape *shape, const lines *l, bool turned, tp_raw_chunk *chunk)
{
    *chunk = (tp_raw_chunk){.request_key = l->at[0], .arena = {0}};
    for (size_t s = 0; s < shape->n_selects; s++) {
        const tp_select *sel = &shape->select[s];
        const size_t n = sel->document ? 1 : ROWS;
        tp_raw_table *t = &chunk->table[s];
        *t = (tp_raw_table){.n = n, .cols = sel->n_slots};
        t->cell = tp_arena_alloc(&chunk->arena, n * sel->n_slots + 1, sizeof *t->cell);
        t->place = tp_arena_alloc(&chunk->arena, n, sizeof *t->place);
        t->parent = tp_arena_alloc(&chunk->arena, n, sizeof *t->parent);
        fuzz_need(t->cell != NULL && t->place != NULL && t->parent != NULL, "no memory");
        const bool top = sel->parent < 0 || shape->select[sel->parent].document;
        for (size_t i = 0; i < n; i++) {
            const size_t row = turned ? n - 1 - i : i;
            t->place[i] = (tp_place){.record = (uint32_t)row};
            t->parent[i] = top ? UINT32_MAX : (uint32_t)i;
            for (size_t k = 0; k < sel->n_slots; k++) {
                t->cell[i * sel->n_slots + k] = cell_of(l, s, row, k);
            }
        }
    }
}

static tp_code
normalise(const tp_source *src, uint32_t fetch, const lines *l, bool turned, tp_batch_builder **out,
          const tp_batch **batch, tp_err *err)
{
    static const tp_ctx ONE = {.threads = 1};
    tp_raw_chunk chunk;
    fill(&src->fetch[fetch].shape, l, turned, &chunk);
    tp_code rc = tp_batch_begin(src->rules, SECRET, &ONE, out, err);
    fuzz_need(rc == TP_OK, "no builder");
    tp_batch_fetch(*out, fetch);
    tp_batch_night(*out, 20000);
    rc = tp_batch_add(*out, &chunk, err);
    tp_arena_clear(&chunk.arena);
    if (rc == TP_OK) {
        rc = tp_batch_end(*out, batch, err);
    }
    fuzz_need(rc == TP_OK || rc == TP_E_QUALITY || rc == TP_E_SCHEMA, "%s: %s", tp_code_name(rc),
              err->frame[0].text);
    return rc;
}

static void
check_batch(const tp_batch *batch)
{
    tp_err err = {0};
    fuzz_need(tp_counts_check(batch, batch->counts, &err) == TP_OK, "%s", err.frame[0].text);
    for (uint32_t i = 0; i < batch->strings.n; i++) {
        const tp_str text = tp_strings_at(&batch->strings, i);
        fuzz_need(tp_utf8_valid(text) == text.n, "a text of the batch is not UTF-8");
    }
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        const tp_table *t = &batch->table[k];
        for (size_t i = 1; i < t->n; i++) {
            fuzz_need(t->key[i - 1] < t->key[i], "keys of kind %d out of order", k);
        }
    }
}

static void
same_batch(const tp_batch *a, const tp_batch *b)
{
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        const tp_table *t = &a->table[k];
        const tp_table *u = &b->table[k];
        fuzz_need(t->n == u->n, "kind %d: %zu rows, turned %zu", k, t->n, u->n);
        for (size_t i = 0; i < t->n; i++) {
            fuzz_need(t->key[i] == u->key[i] && t->hash[i] == u->hash[i],
                      "kind %d: row %zu depends on the order of the records", k, i);
        }
    }
}

static void
run_source(const tp_source *src, uint32_t fetch, const lines *l)
{
    tp_err err = {0};
    tp_batch_builder *builder[2] = {0};
    const tp_batch *batch[2] = {0};
    tp_code rc[2];
    for (int i = 0; i < 2; i++) {
        rc[i] = normalise(src, fetch, l, i == 1, &builder[i], &batch[i], &err);
        if (rc[i] == TP_OK) {
            check_batch(batch[i]);
        }
    }
    fuzz_need(rc[0] == rc[1], "the outcome depends on the order of the records");
    if (rc[0] == TP_OK) {
        same_batch(batch[0], batch[1]);
    }
    tp_batch_free(builder[0]);
    tp_batch_free(builder[1]);
}

static void
start(void)
{
    char why[160];
    load_sources();
    codes = (tp_codes){.n = 3, .key = KEYS, .value = GIVES};
    pattern = tp_pattern_make(TP_STR("(a+)+[^x]|\\p{L}{2}\\d*"), why);
    fuzz_need(pattern != NULL, "%s", why);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tp_buf decoded = {0};
    tp_buf text = {0};
    tp_arena arena = {0};
    lines l = {.n = 0};
    tp_value values[4];
    if (n_sources == 0) {
        start();
    }
    if (size < 2 ||
        !fuzz_decode((tp_str){(const char *)data + 2, size - 2}, "windows-1252", &decoded)) {
        tp_buf_clear(&decoded);
        return 0;
    }
    fuzz_clean(decoded.n > 0 ? tp_buf_view(&decoded) : TP_STR(""), &text);
    tp_str rest = {tp_buf_cstr(&text), text.n};
    while (l.n < LINES && tp_str_next(&rest, '\n', &l.at[l.n])) {
        l.n++;
    }
    const tp_source *src = source[(uint8_t)(data[0] - '0') % n_sources];
    for (size_t i = 0; i < TP_COUNT(values); i++) {
        values[i] = tp_value_text(l.at[i % l.n]);
    }
    const tp_pipe pipe = {.rules = src->rules,
                          .secret = SECRET,
                          .cell = l.at,
                          .request_key = l.at[l.n - 1],
                          .value = values,
                          .arena = &arena,
                          .night = 20000};
    if (l.n < 4) { /* slots 0 and 1 and the values are looked at */
        for (size_t i = l.n; i < 4; i++) {
            l.at[i] = TP_STR_NONE;
        }
    }
    run_steps(&pipe, l.at[0]);
    run_checks(&pipe, l.at[0]);
    run_source(src, (uint8_t)(data[1] - '0') % (uint32_t)src->n_fetch, &l);
    tp_arena_clear(&arena);
    tp_buf_clear(&text);
    tp_buf_clear(&decoded);
    return 0;
}
