/* What is a step called in descriptions? */
#include "talent/core/emit.h"

static const char *const NAME[TP_OP_COUNT] = {
    [TP_OP_TRIM] = "trim",         [TP_OP_SQUASH] = "squash",
    [TP_OP_UPPER] = "upper",       [TP_OP_LOWER] = "lower",
    [TP_OP_TITLE] = "title",       [TP_OP_NULL_IF] = "null_if",
    [TP_OP_STRIP] = "strip",       [TP_OP_DIGITS] = "digits",
    [TP_OP_INT] = "int",           [TP_OP_DECIMAL] = "decimal",
    [TP_OP_BOOL] = "bool",         [TP_OP_DATE] = "date",
    [TP_OP_DATETIME] = "datetime", [TP_OP_YEAR] = "year",
    [TP_OP_MAP] = "map",           [TP_OP_CODE] = "code",
    [TP_OP_PHRASE] = "phrase",     [TP_OP_SUCCEED] = "succeed",
    [TP_OP_NIP] = "nip",           [TP_OP_NIK] = "nik_hmac",
    [TP_OP_SIASN_ID] = "siasn_id", [TP_OP_HASH_ID] = "hash_id",
    [TP_OP_NAME] = "name",         [TP_OP_SCALE] = "scale",
    [TP_OP_SPLIT] = "split",       [TP_OP_JOIN] = "join",
    [TP_OP_FIRST] = "first",       [TP_OP_LAST] = "last",
    [TP_OP_NTH] = "nth",           [TP_OP_PICK] = "pick",
    [TP_OP_CONCAT] = "concat",     [TP_OP_COALESCE] = "coalesce",
    [TP_OP_CONST] = "const",       [TP_OP_ADD_PERIOD] = "add_period",
    [TP_OP_ADD_DAYS] = "add_days", [TP_OP_PAD] = "pad",
    [TP_OP_LEFT] = "left",         [TP_OP_RIGHT] = "right",
    [TP_OP_MID] = "mid",           [TP_OP_STRIP_END] = "strip_end",
    [TP_OP_REPLACE] = "replace",   [TP_OP_NIP_PART] = "nip_part",
};

const char *
tp_op_name(tp_op op)
{
    return (unsigned)op < TP_OP_COUNT ? NAME[op] : "unknown";
}
