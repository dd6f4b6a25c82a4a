/* What must be done to a text before it may become a cell? */
#include "etl/format/chunk.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

/* Bytes that make a text other than plain: control characters, DEL, anything beyond ASCII. */
static bool
is_plain(tp_str text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t high = UINT64_C(0x8080808080808080);
    size_t i = 0;
    for (; i + 8 <= text.n; i += 8) {
        uint64_t w;
        memcpy(&w, text.p + i, 8);
        const uint64_t low = (w - ones * 0x20) & ~w;
        const uint64_t del = ((w ^ ones * 0x7f) - ones) & ~(w ^ ones * 0x7f);
        if (((w | low | del) & high) != 0) {
            return false;
        }
    }
    for (; i < text.n; i++) {
        const unsigned char c = (unsigned char)text.p[i];
        if (c < 0x20 || c >= 0x7f) {
            return false;
        }
    }
    return true;
}

/* Copies text to out with spaces for controls; true when its form may not be NFC. */
static bool
replace_controls(tp_str text, tp_buf *out, uint64_t *replaced)
{
    bool compose = false;
    for (size_t i = 0; i < text.n; i++) {
        const unsigned char c = (unsigned char)text.p[i];
        const unsigned char next = i + 1 < text.n ? (unsigned char)text.p[i + 1] : 0;
        if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f) {
            tp_buf_char(out, ' ');
        } else if (c == 0xc2 && next >= 0x80 && next <= 0x9f) { /* C1: can steer a terminal */
            tp_buf_char(out, ' ');
            i++;
        } else {
            tp_buf_char(out, (char)c);
            compose |= c >= 0xcc; /* everything below U+0300 is in NFC already */
            if (c == 0xef && next == 0xbf && i + 2 < text.n &&
                (unsigned char)text.p[i + 2] == 0xbd) {
                ++*replaced;
            }
        }
    }
    return compose;
}

tp_str
tp_text_clean(tp_str text, tp_buf *scratch, uint64_t *replaced)
{
    if (is_plain(text)) {
        return text;
    }
    tp_buf_reset(scratch);
    const bool compose = replace_controls(text, scratch, replaced);
    if (scratch->failed) {
        return TP_STR_NONE;
    }
    if (!compose) {
        return tp_buf_view(scratch);
    }
    utf8proc_uint8_t *nfc = NULL;
    const utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)scratch->p, (utf8proc_ssize_t)scratch->n, &nfc,
                     UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (n < 0) {
        free(nfc);
        return TP_STR_NONE;
    }
    tp_buf_reset(scratch);
    tp_buf_put(scratch, nfc, (size_t)n);
    free(nfc);
    return scratch->failed ? TP_STR_NONE : tp_buf_view(scratch);
}
