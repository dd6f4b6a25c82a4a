/* Which places and names of a source are counted while its rows go by? */
#include "core/normalise/stage.h"

#include <stdlib.h>

bool
tp_observe_begin(tp_batch_builder *b)
{
    const tp_emit_rules *rules = b->rules;
    size_t n = 0;
    b->watched = tp_arena_alloc(&b->keep, rules->n_watches + 1, sizeof(tp_place_profile *));
    for (size_t w = 0; w < rules->n_watches; w++) {
        n += rules->watch[w].n;
    }
    b->profile = tp_arena_alloc(&b->keep, n, sizeof *b->profile);
    b->name = tp_arena_alloc(&b->keep, TP_NAMES_MAX, sizeof *b->name);
    b->observed = tp_arena_alloc(&b->keep, rules->n_watches, sizeof *b->observed);
    if (b->observed == NULL || b->watched == NULL || b->profile == NULL || b->name == NULL) {
        return false;
    }
    for (size_t w = 0; w < rules->n_watches; w++) {
        b->watched[w] = &b->profile[b->n_profiles];
        for (size_t k = 0; k < rules->watch[w].n; k++) {
            b->profile[b->n_profiles++].id = rules->watch[w].place[k];
        }
    }
    /* The hashes of codes are stored and easily turned round: nothing of the key itself in them. */
    b->observe_seed = tp_id_hash("profile", TP_STR("0"), b->secret);
    return true;
}

void
tp_observe_chunk(tp_batch_builder *b, const tp_raw_chunk *chunk)
{
    for (size_t w = 0; w < b->rules->n_watches; w++) {
        const tp_watch *watch = &b->rules->watch[w];
        const tp_raw_table *t = &chunk->table[watch->select];
        if (watch->fetch != b->fetch || t->n == 0) {
            continue;
        }
        tp_place_profile *profile = b->watched[w];
        const size_t n = watch->n < t->cols ? watch->n : t->cols;
        for (size_t row = 0; row < t->n; row++) {
            const tp_str *cell = t->cell + row * t->cols;
            const uint64_t at = b->observed[w]++;
            if (at < TP_LOOK_ALL || at % TP_LOOK_EVERY == 0) {
                for (size_t k = 0; k < n; k++) {
                    tp_profile_add(&profile[k], cell[k], b->observe_seed);
                }
            } else {
                for (size_t k = 0; k < n; k++) {
                    tp_profile_count(&profile[k], cell[k]);
                }
            }
        }
    }
}

enum { DIGITS = 4 }; /* a name with more may be made of a number of somebody's */

/* The name as it may be kept: of one with numbers in it, which may be somebody's, the form. */
static void
clean_name(tp_str name, char out[TP_NAME_TEXT])
{
    size_t digits = 0;
    size_t n = name.n < TP_NAME_TEXT - 1 ? name.n : TP_NAME_TEXT - 1;
    n = tp_utf8_valid((tp_str){name.p, n});
    for (size_t i = 0; i < n; i++) {
        digits += name.p[i] >= '0' && name.p[i] <= '9' ? 1 : 0;
    }
    size_t end = 0;
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)name.p[i];
        const bool digit = c >= '0' && c <= '9';
        if ((c & 0xc0) != 0x80) { /* one sign for each character beyond ASCII */
            out[end++] = c < 0x20 || c == 0x7f      ? '?'
                         : c >= 0x80                ? 'x'
                         : digit && digits > DIGITS ? '9'
                                                    : (char)c;
        }
    }
    out[end] = '\0';
}

void
tp_batch_name(tp_batch_builder *builder, uint32_t select, tp_str name)
{
    tp_unread_name one = {.n = 1};
    const tp_emit_rules *rules = builder->rules;
    for (size_t w = 0; w < rules->n_watches; w++) {
        if (rules->watch[w].fetch == builder->fetch && rules->watch[w].select == (int)select) {
            one.place = rules->watch[w].id;
        }
    }
    if (one.place == 0 || name.n == 0) {
        return;
    }
    clean_name(name, one.text);
    /* Ascending by (text, place); of more than there is room for the first stay. */
    size_t at = builder->n_names;
    for (size_t i = 0; i < builder->n_names; i++) {
        const int c = strcmp(builder->name[i].text, one.text);
        if (c == 0 && builder->name[i].place == one.place) {
            builder->name[i].n++;
            return;
        }
        if (at == builder->n_names && (c > 0 || (c == 0 && builder->name[i].place > one.place))) {
            at = i;
        }
    }
    if (at == TP_NAMES_MAX) {
        return;
    }
    const size_t n =
        builder->n_names < TP_NAMES_MAX ? builder->n_names++ : (size_t)TP_NAMES_MAX - 1;
    for (size_t i = n; i > at; i--) {
        builder->name[i] = builder->name[i - 1];
    }
    builder->name[at] = one;
}

void
tp_observe_end(tp_batch_builder *b)
{
    for (size_t i = 0; i < b->n_profiles; i++) {
        tp_place_profile *p = &b->profile[i];
        if (p->n_codes > TP_PROFILE_CODES) {
            p->n_codes = TP_PROFILE_CODES + 1;
            memset(p->code, 0, sizeof p->code);
        }
    }
    b->batch.n_profiles = b->n_profiles;
    b->batch.profile = b->profile;
    b->batch.n_names = b->n_names;
    b->batch.name = b->name;
}
