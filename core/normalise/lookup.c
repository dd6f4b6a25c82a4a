/* What do the reference lists make of a text: codes, phrases, successors? */
#include "core/normalise/pipe.h"

static tp_value
otherwise(const tp_op_step *step)
{
    if (!step->flag) {
        return tp_value_none(TP_REJ_LIST);
    }
    return step->text.p == NULL ? tp_value_none(TP_REJ_COUNT) : tp_value_text(step->text);
}

tp_value
tp_step_look_up(const tp_pipe *pipe, const tp_op_step *step, tp_str text)
{
    char *folded = tp_arena_alloc(pipe->arena, text.n + 1, 1);
    tp_str found;
    if (folded == NULL) {
        return tp_value_none(TP_REJ_TYPE);
    }
    const tp_str key = {folded, tp_code_fold(text, folded)};
    if (tp_codes_find(step->codes, key, &found)) {
        return found.p == NULL || found.n == 0 ? tp_value_none(TP_REJ_COUNT) : tp_value_text(found);
    }
    return otherwise(step);
}

/* Folds a text and notes where its words begin: word[i] = a word begins at folded offset i. */
static tp_str
fold_words(tp_str text, char *out, bool *word)
{
    size_t n = 0;
    bool start = true;
    for (size_t i = 0; i < text.n; i++) {
        const size_t k = tp_code_fold((tp_str){text.p + i, 1}, out + n);
        if (k > 0) {
            word[n] = start;
        }
        start = k == 0 && text.p[i] != '.' && text.p[i] != '-';
        n += k;
    }
    word[n] = true;
    return (tp_str){out, n};
}

/* A folded text and where its words begin. */
typedef struct words {
    tp_str folded;
    const bool *word;
    size_t n;
    const size_t *start; /* [n] ascending; the last is the end */
} words;

/* Does the key stand in the folded text as whole words? */
static bool
holds_words(const words *w, tp_str key, bool at_start)
{
    for (size_t k = 0; k < w->n; k++) {
        const size_t i = w->start[k];
        if ((at_start && i > 0) || i + key.n > w->folded.n) {
            return false;
        }
        if ((key.n == 0 || w->folded.p[i] == key.p[0]) && w->word[i + key.n] &&
            memcmp(w->folded.p + i, key.p, key.n) == 0) {
            return true;
        }
    }
    return false;
}

/* What the list says of the longest of its phrases that the text holds, or begins with. */
tp_value
tp_step_phrase(const tp_pipe *pipe, const tp_op_step *step, tp_str text)
{
    char *out = tp_arena_alloc(pipe->arena, text.n + 1, 1);
    bool *word = tp_arena_alloc(pipe->arena, text.n + 1, sizeof *word);
    size_t *start = tp_arena_alloc(pipe->arena, text.n + 1, sizeof *start);
    if (out == NULL || word == NULL || start == NULL) {
        return tp_value_none(TP_REJ_TYPE);
    }
    words w = {.folded = fold_words(text, out, word), .word = word, .start = start};
    for (size_t i = 0; i <= w.folded.n; i++) {
        if (word[i]) {
            start[w.n++] = i;
        }
    }
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < step->codes->n; i++) {
        const tp_str key = step->codes->key[i];
        if ((best == SIZE_MAX || key.n > step->codes->key[best].n) &&
            holds_words(&w, key, step->a == 1)) {
            best = i;
        }
    }
    if (best == SIZE_MAX) {
        return otherwise(step);
    }
    const tp_str found = step->codes->value[best];
    return found.n == 0 ? tp_value_none(TP_REJ_COUNT) : tp_value_text(found);
}

tp_value
tp_step_succeed(const tp_pipe *pipe, const tp_op_step *step, tp_value v, tp_str text)
{
    const tp_value *on = step->ref >= 0 ? &pipe->value[step->ref] : NULL;
    const tp_successions *s = step->successions;
    for (size_t hops = 0; hops < 4; hops++) {
        bool moved = false;
        for (size_t i = 0; i < s->n && !moved; i++) {
            const bool due = step->ref < 0 || s->from_day[i] == TP_DAY_ALWAYS ||
                             (on != NULL && on->kind == TP_V_DAY && on->num >= s->from_day[i]);
            if (due && tp_str_eq(s->old_code[i], text)) {
                text = s->new_code[i];
                v = tp_value_text(text);
                moved = true;
            }
        }
        if (!moved) {
            break;
        }
    }
    return v;
}
