/* Which characters come off the ends of a text? Whole characters: half of one is no text. */
#include "core/normalise/pipe.h"

/* Bytes of the first n characters of a text. */
static size_t
head(tp_str text, size_t n)
{
    size_t i = 0;
    while (i < text.n && (n > 0 || ((unsigned char)text.p[i] & 0xc0) == 0x80)) {
        n -= ((unsigned char)text.p[i] & 0xc0) != 0x80 ? 1 : 0;
        i++;
    }
    return i;
}

/* Bytes of the last n characters. */
static size_t
tail(tp_str text, size_t n)
{
    size_t i = text.n;
    while (i > 0 && n > 0) {
        i--;
        n -= ((unsigned char)text.p[i] & 0xc0) != 0x80 ? 1 : 0;
    }
    return text.n - i;
}

/* Does the list of characters hold this one? UTF-8 never finds a character across two others. */
static bool
holds(tp_str list, tp_str character)
{
    return tp_str_find(list, character) != SIZE_MAX;
}

tp_value
tp_step_strip(const tp_op_step *step, tp_str text)
{
    size_t n = head(text, 1);
    while (n > 0 && holds(step->text, (tp_str){text.p, n})) {
        text = (tp_str){text.p + n, text.n - n};
        n = head(text, 1);
    }
    return tp_value_text(text);
}

tp_value
tp_step_strip_end(const tp_op_step *step, tp_str text)
{
    size_t n = tail(text, 1);
    while (n > 0 && holds(step->text, (tp_str){text.p + text.n - n, n})) {
        text.n -= n;
        n = tail(text, 1);
    }
    return tp_value_text(text);
}

tp_value
tp_step_cut(const tp_op_step *step, tp_str text)
{
    const size_t a = (size_t)step->a;
    if (step->op == TP_OP_LEFT) {
        return tp_value_text((tp_str){text.p, head(text, a)});
    }
    if (step->op == TP_OP_RIGHT) {
        const size_t n = tail(text, a);
        return tp_value_text((tp_str){text.p + text.n - n, n});
    }
    const size_t from = head(text, a);
    const tp_str rest = {text.p + from, text.n - from};
    return tp_value_text((tp_str){rest.p, head(rest, (size_t)step->b)});
}
