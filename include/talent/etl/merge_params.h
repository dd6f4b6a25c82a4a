/* The survivorship rules of config/survivorship.json. */
#ifndef TALENT_ETL_MERGE_PARAMS_H
#define TALENT_ETL_MERGE_PARAMS_H

#include "talent/base/arena.h"
#include "talent/core/merge.h"
#include "talent/etl/artefact.h"

/* Texts live in the arena. out_hash: of everything the file says. TP_E_CONFIG with file and line.
 */
tp_code tp_merge_params_load(const char *file, tp_arena *arena, tp_merge_params *out,
                             tp_key *out_hash, tp_err *err) TP_MUST_CHECK;

#endif
