/* Readers of rule-file values, shared by the two halves of the rule loader. */
#ifndef TALENT_STAGE_RULES_READ_H
#define TALENT_STAGE_RULES_READ_H

#include "talent/base/arena.h"
#include "talent/core/rules.h"
#include "talent/etl/json.h"

enum { TP_BP = 10000 };

/* An integer member. */
tp_code tp_rule_int(const tp_node *object, const char *key, int64_t low, int64_t high, int32_t *out,
                    tp_err *err) TP_MUST_CHECK;

/* A text member, copied into the arena. */
tp_code tp_rule_text(const tp_node *object, const char *key, tp_arena *arena, tp_str *out,
                     tp_err *err) TP_MUST_CHECK;

/* A list of exactly n integers. */
tp_code tp_rule_ints(const tp_node *object, const char *key, size_t n, int64_t low, int64_t high,
                     int32_t *out, tp_err *err) TP_MUST_CHECK;

/* An object with exactly the members of words, in the order of words. */
tp_code tp_rule_words(const tp_node *object, const char *key, const char *words, int64_t low,
                      int64_t high, int32_t *out, tp_err *err) TP_MUST_CHECK;

/* The same with a word of `values` as each value. */
tp_code tp_rule_choices(const tp_node *object, const char *key, const char *words,
                        const char *values, uint8_t *out, tp_err *err) TP_MUST_CHECK;

/* Fails unless the values do not rise: better input stands first. */
tp_code tp_rule_falls(const tp_node *object, const char *key, const int32_t *values, size_t n,
                      tp_err *err) TP_MUST_CHECK;

/* Fails unless n weights add up to 10,000. */
tp_code tp_rule_whole(const tp_node *object, const char *key, const int32_t *values, size_t n,
                      tp_err *err) TP_MUST_CHECK;

tp_code tp_rules_scoring(const tp_node *root, tp_arena *arena, tp_rules *out,
                         tp_err *err) TP_MUST_CHECK;
tp_code tp_rules_eligibility(const tp_node *root, tp_arena *arena, tp_rules *out,
                             tp_err *err) TP_MUST_CHECK;

/* A day as text; absent gives `other`. */
tp_code tp_rule_day(const tp_node *object, const char *key, int32_t other, int32_t *out,
                    tp_err *err) TP_MUST_CHECK;

#endif
