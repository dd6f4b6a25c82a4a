/* What does a reference list say for this code, however it is spelt? */
#include "talent/core/emit.h"

size_t
tp_code_fold(tp_str text, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.p[i];
        if (c >= 'A' && c <= 'Z') {
            out[n++] = (char)(c + ('a' - 'A'));
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80) {
            out[n++] = c;
        }
    }
    return n;
}

bool
tp_codes_find(const tp_codes *codes, tp_str folded, tp_str *out)
{
    size_t low = 0;
    size_t high = codes->n;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        const int c = tp_str_cmp(codes->key[mid], folded);
        if (c == 0) {
            *out = codes->value[mid];
            return true;
        }
        if (c < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return false;
}
