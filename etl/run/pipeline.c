/* The line: the architecture of the project, in order. */
#include "talent/etl/run.h"

const tp_stage *const TP_LINE[TP_STAGES] = {
    &tp_stage_extract, &tp_stage_parse, &tp_stage_normalise, &tp_stage_link,
    &tp_stage_merge,   &tp_stage_score, &tp_stage_publish,
};
