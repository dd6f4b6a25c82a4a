/* How does a value look in JSON, XML or CSV, escaped as each of them wants it? */
#include "tests/simulator/out.h"

#include <inttypes.h>
#include <string.h>

#include "talent/base/str.h"

void
sim_js_key(tp_buf *out, const char *key)
{
    const char last = out->n > 0 ? out->p[out->n - 1] : '\n';

    if (last != '{' && last != '[' && last != ':' && last != '\n') {
        tp_buf_char(out, ',');
    }
    if (key != NULL) {
        tp_buf_char(out, '"');
        tp_buf_puts(out, key);
        tp_buf_put(out, "\":", 2);
    }
}

void
sim_js_open(tp_buf *out, const char *key, char bracket)
{
    sim_js_key(out, key);
    tp_buf_char(out, bracket);
}

void
sim_js_text(tp_buf *out, const char *key, const char *value)
{
    sim_js_key(out, key);
    if (value == NULL) {
        tp_buf_put(out, "null", 4);
        return;
    }
    const size_t n = strlen(value);
    size_t plain = 0;
    while (plain < n && (unsigned char)value[plain] >= 0x20 && value[plain] != '"' &&
           value[plain] != '\\') {
        plain++;
    }
    if (plain == n) { /* nothing to escape, which is nearly always so */
        tp_buf_char(out, '"');
        tp_buf_put(out, value, n);
        tp_buf_char(out, '"');
    } else {
        tp_buf_json(out, (tp_str){value, n});
    }
}

void
sim_js_int(tp_buf *out, const char *key, int64_t value)
{
    sim_js_key(out, key);
    tp_buf_i64(out, value);
}

void
sim_js_digits(tp_buf *out, const char *key, int64_t value)
{
    sim_js_key(out, key);
    tp_buf_char(out, '"');
    tp_buf_i64(out, value);
    tp_buf_char(out, '"');
}

void
sim_js_bool(tp_buf *out, const char *key, bool value)
{
    sim_js_key(out, key);
    tp_buf_puts(out, value ? "true" : "false");
}

void
sim_js_date(tp_buf *out, const char *key, int32_t day, sim_date_form form)
{
    char text[24];

    sim_js_text(out, key, sim_day_text(day, form, text));
}

void
sim_js_day(tp_buf *out, const char *key, int32_t day)
{
    char text[24];

    sim_js_text(out, key, day == SIM_NO_DAY ? NULL : sim_day_text(day, SIM_DATE_ISO, text));
}

void
sim_decimal(tp_buf *out, int64_t value, int digits, char point)
{
    int64_t unit = 1;

    for (int i = 0; i < digits; i++) {
        unit *= 10;
    }
    if (value < 0) {
        tp_buf_char(out, '-');
        value = -value;
    }
    tp_buf_i64(out, value / unit);
    if (digits > 0) {
        tp_buf_char(out, point);
        for (int64_t rest = value % unit; unit > 1; rest %= unit) {
            unit /= 10;
            tp_buf_char(out, (char)('0' + rest / unit));
        }
    }
}

void
sim_halves(tp_buf *out, int halves)
{
    tp_buf_i64(out, halves / 2);
    if (halves % 2 != 0) {
        tp_buf_put(out, ".5", 2);
    }
}

/* Decodes one character of valid UTF-8 that is not ASCII; returns its length. */
static size_t
decode(const unsigned char *p, uint32_t *out)
{
    if (p[0] < 0xe0) {
        *out = (uint32_t)(p[0] & 0x1f) << 6 | (uint32_t)(p[1] & 0x3f);
        return 2;
    }
    if (p[0] < 0xf0) {
        *out =
            (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (uint32_t)(p[2] & 0x3f);
        return 3;
    }
    *out = (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 |
           (uint32_t)(p[2] & 0x3f) << 6 | (uint32_t)(p[3] & 0x3f);
    return 4;
}

static const char *
xml_reference(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return NULL;
    }
}

void
sim_xml_text(tp_buf *out, const char *text, sim_charset charset)
{
    const char *from = text;

    while (*text != '\0') {
        const char *reference = xml_reference(*text);
        const bool wide = (unsigned char)*text >= 0x80 && charset == SIM_LATIN1;
        if (reference == NULL && !wide) {
            text++;
            continue;
        }
        tp_buf_put(out, from, (size_t)(text - from));
        if (reference != NULL) {
            tp_buf_puts(out, reference);
            text++;
        } else {
            uint32_t code = 0;
            text += decode((const unsigned char *)text, &code);
            if (code < 0x100) {
                tp_buf_char(out, (char)(unsigned char)code);
            } else {
                tp_buf_printf(out, "&#%" PRIu32 ";", code);
            }
        }
        from = text;
    }
    tp_buf_put(out, from, (size_t)(text - from));
}

void
sim_xml_attr(tp_buf *out, const char *name, const char *value, sim_charset charset)
{
    tp_buf_char(out, ' ');
    tp_buf_puts(out, name);
    tp_buf_put(out, "=\"", 2);
    sim_xml_text(out, value, charset);
    tp_buf_char(out, '"');
}

void
sim_xml_elem(tp_buf *out, const char *name, const char *value, sim_charset charset)
{
    tp_buf_char(out, '<');
    tp_buf_puts(out, name);
    if (value[0] == '\0') {
        tp_buf_put(out, "/>", 2);
        return;
    }
    tp_buf_char(out, '>');
    sim_xml_text(out, value, charset);
    tp_buf_put(out, "</", 2);
    tp_buf_puts(out, name);
    tp_buf_char(out, '>');
}

void
sim_csv_field(tp_buf *out, const char *text, char delimiter)
{
    const size_t n = strlen(text);
    bool plain = true;

    for (size_t i = 0; i < n && plain; i++) {
        plain = text[i] != delimiter && text[i] != '"' && text[i] != '\n' && text[i] != '\r';
    }
    if (plain) {
        tp_buf_put(out, text, n);
        return;
    }
    tp_buf_char(out, '"');
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '"') {
            tp_buf_char(out, '"');
        }
        tp_buf_char(out, text[i]);
    }
    tp_buf_char(out, '"');
}
