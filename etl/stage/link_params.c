/* With which weights, thresholds and limits are records linked? Read from the linkage file. */
#include "talent/etl/link_params.h"

#include <string.h>

#include "talent/base/buf.h"
#include "talent/base/intern.h"
#include "talent/etl/file.h"
#include "talent/etl/json.h"

enum { HUNDREDTHS = 100, WEIGHT_MAX = 10000, LIST_MAX = 1 << 20 };

#define WORDS_FIELDS "nip|nik|old_nip|service|siasn_id|name|name_cap|date|sex|agency"
#define WORDS_LIMITS                                                                  \
    "max_records_per_number|block_cap|max_component|max_pairs_per_unit|review_limit|" \
    "population_floor|similar_bp"

/* Hundredths of a bit in the file, 1/1024 bit in memory; rounded towards zero. */
static tp_code
read_bits(const tp_node *parent, const char *name, int32_t *io, tp_err *err)
{
    const tp_node node = tp_node_get(parent, name);
    int64_t v = 0;
    if (tp_node_kind_of(&node) == TP_NODE_ABSENT) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_int(&node, -WEIGHT_MAX, WEIGHT_MAX, &v, err));
    *io = (int32_t)(v * TP_LINK_BIT / HUNDREDTHS);
    return TP_OK;
}

/* The weights of one field by the names of its levels. */
static tp_code
read_levels(const tp_node *weights, const char *field, const char *words, int32_t *io, tp_err *err)
{
    const tp_node node = tp_node_get(weights, field);
    tp_str rest = tp_str_of(words);
    tp_str word;
    if (tp_node_kind_of(&node) == TP_NODE_ABSENT) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(&node, err));
    TP_RETURN_SAME(tp_node_only(&node, words, err));
    for (int level = 0; tp_str_next(&rest, '|', &word); level++) {
        char name[32];
        const size_t n = word.n < sizeof name - 1 ? word.n : sizeof name - 1;
        memcpy(name, word.p, n);
        name[n] = '\0';
        TP_RETURN_SAME(read_bits(&node, name, &io[level], err));
        if (tp_str_is(word, "unknown") && io[level] != 0) {
            return tp_node_fail(&node, err, "\"unknown\" must weigh 0: it is no evidence");
        }
    }
    return TP_OK;
}

/* A better level must not weigh less than a worse one; unknown stands outside the order. */
static tp_code
check_falling(const tp_node *weights, const char *field, const char *words, const int32_t *value,
              const int32_t *cap, tp_err *err)
{
    tp_str rest = tp_str_of(words);
    tp_str word;
    tp_str before = TP_STR_NONE;
    int32_t least = INT32_MAX;
    for (int level = 0; tp_str_next(&rest, '|', &word); level++) {
        const int32_t most = value[level] + (cap != NULL ? cap[level] : 0);
        if (tp_str_is(word, "unknown")) {
            continue;
        }
        if (most > least) {
            const tp_node node = tp_node_get(weights, field);
            return tp_node_fail(&node, err, "\"%.*s\" weighs more than the better level \"%.*s\"",
                                TP_STR_ARG(word), TP_STR_ARG(before));
        }
        least = most;
        before = word;
    }
    return TP_OK;
}

static tp_code
read_weights(const tp_node *root, tp_link_params *out, tp_err *err)
{
    const struct {
        const char *field;
        const char *words;
        int32_t *value;
        const int32_t *cap;
    } FIELD[] = {
        {"nip", TP_WORDS_LEVEL_NIP, out->nip, NULL},
        {"nik", TP_WORDS_LEVEL_NIK, out->nik, NULL},
        {"old_nip", TP_WORDS_LEVEL_SAME, out->old, NULL},
        {"service", TP_WORDS_LEVEL_SAME, out->service, NULL},
        {"siasn_id", TP_WORDS_LEVEL_SAME, out->siasn, NULL},
        {"name_cap", TP_WORDS_LEVEL_NAME, out->name_cap, NULL},
        {"name", TP_WORDS_LEVEL_NAME, out->name, out->name_cap},
        {"date", TP_WORDS_LEVEL_DATE, out->date, NULL},
        {"sex", TP_WORDS_LEVEL_SAME, out->sex, NULL},
        {"agency", TP_WORDS_LEVEL_SAME, out->agency, NULL},
    };
    const tp_node weights = tp_node_get(root, "weights");
    if (tp_node_kind_of(&weights) == TP_NODE_ABSENT) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(&weights, err));
    TP_RETURN_SAME(tp_node_only(&weights, WORDS_FIELDS, err));
    for (size_t i = 0; i < TP_COUNT(FIELD); i++) {
        TP_RETURN_SAME(read_levels(&weights, FIELD[i].field, FIELD[i].words, FIELD[i].value, err));
    }
    for (size_t i = 0; i < TP_COUNT(FIELD); i++) {
        TP_RETURN_SAME(check_falling(&weights, FIELD[i].field, FIELD[i].words, FIELD[i].value,
                                     FIELD[i].cap, err));
    }
    return TP_OK;
}

static tp_code
read_thresholds(const tp_node *root, tp_link_params *out, tp_err *err)
{
    const tp_node node = tp_node_get(root, "thresholds");
    if (tp_node_kind_of(&node) == TP_NODE_ABSENT) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(&node, err));
    TP_RETURN_SAME(tp_node_only(&node, "accept|review|cluster|ambiguous_gap", err));
    TP_RETURN_SAME(read_bits(&node, "accept", &out->accept_weight, err));
    TP_RETURN_SAME(read_bits(&node, "review", &out->review_weight, err));
    TP_RETURN_SAME(read_bits(&node, "cluster", &out->cluster_weight, err));
    TP_RETURN_SAME(read_bits(&node, "ambiguous_gap", &out->ambiguous_gap, err));
    if (out->review_weight > out->accept_weight) {
        return tp_node_fail(&node, err, "\"review\" lies above \"accept\"");
    }
    return TP_OK;
}

static tp_code
read_limits(const tp_node *root, tp_link_params *out, tp_err *err)
{
    uint32_t similar = (uint32_t)out->similar_bp;
    const struct {
        const char *name;
        int64_t low;
        int64_t high;
        uint32_t *value;
    } LIMIT[] = {
        {"max_records_per_number", 2, 1000000, &out->max_records_per_number},
        {"block_cap", 2, 10000, &out->block_cap},
        {"max_component", 2, 64, &out->max_component},
        {"max_pairs_per_unit", 1, 100000, &out->max_pairs_per_unit},
        {"review_limit", 0, 10000000, &out->review_limit},
        {"population_floor", 1, 100000000, &out->population_floor},
        {"similar_bp", 5000, 10000, &similar},
    };
    const tp_node node = tp_node_get(root, "limits");
    if (tp_node_kind_of(&node) == TP_NODE_ABSENT) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(&node, err));
    TP_RETURN_SAME(tp_node_only(&node, WORDS_LIMITS, err));
    for (size_t i = 0; i < TP_COUNT(LIMIT); i++) {
        const tp_node item = tp_node_get(&node, LIMIT[i].name);
        int64_t v = 0;
        if (tp_node_kind_of(&item) != TP_NODE_ABSENT) {
            TP_RETURN_SAME(tp_node_int(&item, LIMIT[i].low, LIMIT[i].high, &v, err));
            *LIMIT[i].value = (uint32_t)v;
        }
    }
    out->similar_bp = (int32_t)similar;
    return TP_OK;
}

static tp_code
read_passes(const tp_node *root, tp_link_params *out, tp_err *err)
{
    const tp_node list = tp_node_get(root, "passes");
    if (tp_node_kind_of(&list) == TP_NODE_ABSENT) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_list(&list, err));
    out->pass_mask = 0;
    for (size_t i = 0; i < tp_node_size(&list); i++) {
        const tp_node item = tp_node_at(&list, i);
        int pass = 0;
        TP_RETURN_SAME(tp_node_word(&item, TP_WORDS_LINK_PASS, &pass, err));
        out->pass_mask |= UINT32_C(1) << pass;
    }
    return TP_OK;
}

/* Upper case letters and digits of a variant; points and spaces vanish ("St." is "ST"). */
static tp_str
plain_word(tp_str text, tp_arena *arena)
{
    char *p = tp_arena_copy(arena, text.p, text.n);
    size_t n = 0;
    for (size_t i = 0; p != NULL && i < text.n; i++) {
        const char c = text.p[i];
        if (c >= 'a' && c <= 'z') {
            p[n++] = (char)(c - 'a' + 'A');
        } else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
            p[n++] = c;
        }
    }
    return (tp_str){p, p != NULL ? n : 0};
}

typedef struct variants {
    tp_arena *arena;
    tp_intern seen;
    tp_buf variant;   /* tp_str */
    tp_buf canonical; /* tp_str */
} variants;

/* "spelling,Muhammad,Mohammad|Muh.": one line of the list. Single letters stay initials. */
static bool
add_line(variants *v, tp_str line)
{
    tp_str kind;
    tp_str canon;
    tp_str names;
    tp_str word;
    if (!tp_str_next(&line, ',', &kind) || !tp_str_is(kind, "spelling") ||
        !tp_str_next(&line, ',', &canon) || !tp_str_next(&line, ',', &names)) {
        return true;
    }
    const tp_str to = plain_word(canon, v->arena);
    while (to.p != NULL && tp_str_next(&names, '|', &word)) {
        uint32_t code;
        const size_t known = v->seen.n;
        const tp_str from = plain_word(tp_str_trim(word), v->arena);
        if (from.p == NULL) {
            return false;
        }
        if (from.n < 2 || tp_str_eq(from, to)) {
            continue;
        }
        if (!tp_intern_add(&v->seen, from, &code)) {
            return false;
        }
        if (code == known) { /* the first line that names a spelling decides */
            tp_buf_put(&v->variant, &from, sizeof from);
            tp_buf_put(&v->canonical, &to, sizeof to);
        }
    }
    return to.p != NULL && !v->variant.failed && !v->canonical.failed;
}

static bool
keep_variants(const variants *v, tp_link_params *out)
{
    const size_t n = v->seen.n;
    tp_str *variant = tp_arena_alloc(v->arena, n, sizeof *variant);
    tp_str *canonical = tp_arena_alloc(v->arena, n, sizeof *canonical);
    if (variant == NULL || canonical == NULL) {
        return false;
    }
    if (n > 0) {
        memcpy(variant, v->variant.p, v->variant.n);
        memcpy(canonical, v->canonical.p, v->canonical.n);
    }
    out->n_variants = n;
    out->variant = variant;
    out->canonical = canonical;
    return true;
}

/* Reads the list of spellings and adds its text to what is hashed. */
static tp_code
read_variants(const tp_node *root, const char *codes_dir, tp_arena *arena, tp_link_params *out,
              tp_key_maker *maker, tp_err *err)
{
    const tp_node node = tp_node_get(root, "name_variants");
    tp_str name;
    TP_AUTO_BUF(file);
    TP_AUTO_BUF(path);
    TP_AUTO_BUF(text);
    if (tp_node_kind_of(&node) == TP_NODE_ABSENT) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_text(&node, &name, err));
    tp_buf_str(&file, name);
    TP_RETURN_IF_ERR(
        err, tp_file_read(tp_path_join(&path, codes_dir, tp_buf_cstr(&file)), LIST_MAX, &text, err),
        "read the list of name variants");
    tp_key_add_text(maker, "variants", tp_buf_view(&text));
    variants v = {.arena = arena};
    tp_str rest = tp_buf_view(&text);
    tp_str line;
    bool ok = true;
    while (ok && tp_str_next(&rest, '\n', &line)) {
        ok = add_line(&v, tp_str_trim(line));
    }
    ok = ok && keep_variants(&v, out);
    tp_intern_clear(&v.seen);
    tp_buf_clear(&v.variant);
    tp_buf_clear(&v.canonical);
    if (!ok) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the list of name variants");
    }
    return TP_OK;
}

static tp_code
read_all(const tp_node *root, const char *codes_dir, tp_arena *arena, tp_link_params *out,
         tp_key_maker *maker, tp_err *err)
{
    TP_RETURN_SAME(tp_node_object(root, err));
    TP_RETURN_SAME(
        tp_node_only(root, "$schema|note|thresholds|limits|passes|weights|name_variants", err));
    TP_RETURN_SAME(read_thresholds(root, out, err));
    TP_RETURN_SAME(read_limits(root, out, err));
    TP_RETURN_SAME(read_passes(root, out, err));
    TP_RETURN_SAME(read_weights(root, out, err));
    return read_variants(root, codes_dir, arena, out, maker, err);
}

tp_code
tp_link_params_load(const char *file, const char *codes_dir, tp_arena *arena, tp_link_params *out,
                    tp_key *out_hash, tp_err *err)
{
    tp_json *doc = NULL;
    tp_link_params params;
    tp_key said;
    tp_key_maker maker;
    tp_link_defaults(&params);
    TP_RETURN_SAME(tp_json_load(file, &doc, err));
    const tp_node root = tp_json_root(doc);
    tp_node_hash(&root, said.byte);
    tp_key_begin(&maker, "link-params");
    tp_key_add_key(&maker, "file", &said);
    const tp_code rc = read_all(&root, codes_dir, arena, &params, &maker, err);
    tp_key_end(&maker, out_hash);
    tp_json_free(doc);
    if (rc == TP_OK) {
        *out = params;
    }
    return rc;
}
