/* What is a question, or a record, called in files that people work on? */
#include "talent/core/identity.h"

#include "talent/base/format.h"
#include "talent/base/hash.h"

enum { DIGITS = 16 };

uint64_t
tp_question_key(uint64_t record_a, uint64_t record_b)
{
    const uint64_t low = record_a < record_b ? record_a : record_b;
    const uint64_t high = record_a < record_b ? record_b : record_a;
    const uint64_t key = tp_hash_mix(tp_hash_mix(low) + high);
    return key != 0 ? key : 1;
}

void
tp_question_format(uint64_t key, char out[TP_QUESTION_TEXT])
{
    (void)snprintf(out, TP_QUESTION_TEXT, "q%016llx", (unsigned long long)key);
}

void
tp_record_format(uint64_t key, char out[TP_RECORD_TEXT])
{
    (void)snprintf(out, TP_RECORD_TEXT, "r%016llx", (unsigned long long)key);
}

static bool
parse(tp_str text, char letter, uint64_t *out)
{
    const tp_str t = tp_str_trim(text);
    uint64_t v = 0;
    if (t.n != DIGITS + 1 || (t.p[0] | 0x20) != letter) {
        return false;
    }
    for (size_t i = 1; i < t.n; i++) {
        const char c = t.p[i];
        const char l = (char)(c | 0x20);
        if (c >= '0' && c <= '9') {
            v = v << 4 | (uint64_t)(c - '0');
        } else if (l >= 'a' && l <= 'f') {
            v = v << 4 | (uint64_t)(l - 'a' + 10);
        } else {
            return false;
        }
    }
    *out = v;
    return true;
}

bool
tp_question_parse(tp_str text, uint64_t *out)
{
    return parse(text, 'q', out);
}

bool
tp_record_parse(tp_str text, uint64_t *out)
{
    return parse(text, 'r', out);
}
