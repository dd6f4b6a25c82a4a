/* How is one value of a rule file read and checked? */
#include "etl/stage/rules_read.h"

#include "talent/base/day.h"

tp_code
tp_rule_int(const tp_node *object, const char *key, int64_t low, int64_t high, int32_t *out,
            tp_err *err)
{
    const tp_node node = tp_node_get(object, key);
    int64_t value = 0;
    TP_RETURN_SAME(tp_node_int(&node, low, high, &value, err));
    *out = (int32_t)value;
    return TP_OK;
}

tp_code
tp_rule_text(const tp_node *object, const char *key, tp_arena *arena, tp_str *out, tp_err *err)
{
    const tp_node node = tp_node_get(object, key);
    tp_str text;
    TP_RETURN_SAME(tp_node_text(&node, &text, err));
    const char *copy = tp_arena_copy(arena, text.p, text.n);
    if (copy == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the texts of the rules");
    }
    *out = (tp_str){copy, text.n};
    return TP_OK;
}

tp_code
tp_rule_ints(const tp_node *object, const char *key, size_t n, int64_t low, int64_t high,
             int32_t *out, tp_err *err)
{
    const tp_node list = tp_node_get(object, key);
    TP_RETURN_SAME(tp_node_list(&list, err));
    if (tp_node_size(&list) != n) {
        return tp_node_fail(&list, err, "%zu values, expected %zu", tp_node_size(&list), n);
    }
    for (size_t i = 0; i < n; i++) {
        const tp_node node = tp_node_at(&list, i);
        int64_t value = 0;
        TP_RETURN_SAME(tp_node_int(&node, low, high, &value, err));
        out[i] = (int32_t)value;
    }
    return TP_OK;
}

/* The member of an object named by the next word; fails when it is missing. */
static tp_code
member(const tp_node *object, tp_str word, tp_node *out, tp_err *err)
{
    for (size_t i = 0; i < tp_node_size(object); i++) {
        const char *key = NULL;
        *out = tp_node_member(object, i, &key);
        if (tp_str_is(word, key)) {
            return TP_OK;
        }
    }
    return tp_node_fail(object, err, "\"%.*s\" is missing", TP_STR_ARG(word));
}

tp_code
tp_rule_words(const tp_node *object, const char *key, const char *words, int64_t low, int64_t high,
              int32_t *out, tp_err *err)
{
    const tp_node node = tp_node_get(object, key);
    tp_str rest = tp_str_of(words);
    tp_str word;
    TP_RETURN_SAME(tp_node_object(&node, err));
    TP_RETURN_SAME(tp_node_only(&node, words, err));
    for (size_t i = 0; tp_str_next(&rest, '|', &word); i++) {
        tp_node one;
        int64_t value = 0;
        TP_RETURN_SAME(member(&node, word, &one, err));
        TP_RETURN_SAME(tp_node_int(&one, low, high, &value, err));
        out[i] = (int32_t)value;
    }
    return TP_OK;
}

tp_code
tp_rule_choices(const tp_node *object, const char *key, const char *words, const char *values,
                uint8_t *out, tp_err *err)
{
    const tp_node node = tp_node_get(object, key);
    tp_str rest = tp_str_of(words);
    tp_str word;
    TP_RETURN_SAME(tp_node_object(&node, err));
    TP_RETURN_SAME(tp_node_only(&node, words, err));
    for (size_t i = 0; tp_str_next(&rest, '|', &word); i++) {
        tp_node one;
        int value = 0;
        TP_RETURN_SAME(member(&node, word, &one, err));
        TP_RETURN_SAME(tp_node_word(&one, values, &value, err));
        out[i] = (uint8_t)value;
    }
    return TP_OK;
}

tp_code
tp_rule_falls(const tp_node *object, const char *key, const int32_t *values, size_t n, tp_err *err)
{
    const tp_node node = tp_node_get(object, key);
    for (size_t i = 1; i < n; i++) {
        if (values[i] > values[i - 1]) {
            return tp_node_fail(&node, err, "%d after %d: better input would lower the score",
                                (int)values[i], (int)values[i - 1]);
        }
    }
    return TP_OK;
}

tp_code
tp_rule_whole(const tp_node *object, const char *key, const int32_t *values, size_t n, tp_err *err)
{
    const tp_node node = tp_node_get(object, key);
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += values[i];
    }
    return sum == TP_BP ? TP_OK
                        : tp_node_fail(&node, err, "weights add up to %lld, not %d", (long long)sum,
                                       (int)TP_BP);
}

tp_code
tp_rule_day(const tp_node *object, const char *key, int32_t other, int32_t *out, tp_err *err)
{
    const tp_node node = tp_node_get(object, key);
    tp_str text;
    *out = other;
    if (tp_node_kind_of(&node) == TP_NODE_ABSENT) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_text(&node, &text, err));
    return tp_day_parse_iso(text, out) ? TP_OK
                                       : tp_node_fail(&node, err, "expected a day as yyyy-mm-dd");
}
