/* What are fields, levels, passes and vetoes called where people read them? */
#include "core/link/parts.h"

static tp_str
word(const char *words, int number)
{
    tp_str rest = tp_str_of(words);
    tp_str out = TP_STR_NONE;
    for (int i = 0; i <= number; i++) {
        if (!tp_str_next(&rest, '|', &out)) {
            return TP_STR("unknown");
        }
    }
    return out;
}

tp_str
tp_link_field_name(tp_link_field field)
{
    return word(TP_WORDS_LINK_FIELD, (int)field);
}

tp_str
tp_link_level_name(tp_link_field field, int level)
{
    switch (field) {
    case TP_LINK_NIP:
        return word(TP_WORDS_LEVEL_NIP, level);
    case TP_LINK_NIK:
        return word(TP_WORDS_LEVEL_NIK, level);
    case TP_LINK_NAME:
        return word(TP_WORDS_LEVEL_NAME, level);
    case TP_LINK_DATE:
        return word(TP_WORDS_LEVEL_DATE, level);
    default:
        return word(TP_WORDS_LEVEL_SAME, level);
    }
}

tp_str
tp_candidate_pass_name(tp_candidate_pass pass)
{
    return word(TP_WORDS_LINK_PASS, (int)pass);
}

tp_str
tp_veto_name(tp_veto veto)
{
    return word(TP_WORDS_LINK_VETO, (int)veto);
}
