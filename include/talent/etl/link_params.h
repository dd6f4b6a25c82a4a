/* The settings of the link stage, from config/linkage.json and the code lists it names. */
#ifndef TALENT_ETL_LINK_PARAMS_H
#define TALENT_ETL_LINK_PARAMS_H

#include "talent/base/arena.h"
#include "talent/core/link.h"
#include "talent/etl/artefact.h"

/*
 * Reads the settings over the defaults of tp_link_defaults; texts live in the arena. codes_dir is
 * where the list named by "name_variants" is. out_hash: of everything both files say. TP_E_CONFIG
 * with file, line and what was expected; weights that do not fall within a field are refused.
 */
tp_code tp_link_params_load(const char *file, const char *codes_dir, tp_arena *arena,
                            tp_link_params *out, tp_key *out_hash, tp_err *err) TP_MUST_CHECK;

#endif
