/* Reads config/rules: the rule set that holds on a day, checked. */
#ifndef TALENT_ETL_RULES_H
#define TALENT_ETL_RULES_H

#include <stdint.h>

#include "talent/base/arena.h"
#include "talent/base/err.h"
#include "talent/core/rules.h"

/*
 * Reads scoring.json and eligibility.json of dir, and agencies.csv of codes_dir.
 *
 * Checks   weights add up to 10,000; bands and scales fall without gap; the box matrix holds 1..9
 *          once; better input never lowers a score; every rule and parameter is there once; as_of
 *          lies within the set's dates
 * Errors   TP_E_CONFIG with file, line and what was expected
 * Memory   texts live in arena, as long as *out is used
 */
tp_code tp_rules_load(const char *dir, const char *codes_dir, int32_t as_of, tp_arena *arena,
                      tp_rules *out, tp_err *err) TP_MUST_CHECK;

#endif
