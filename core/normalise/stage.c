/* Where do rows wait until every record of the source has been seen? */
#include "core/normalise/stage.h"

#include <stdlib.h>

#include "talent/base/sort.h"

static bool
grow(void *slot, size_t cap, size_t size)
{
    void *old;
    memcpy(&old, slot, sizeof old);
    void *p = realloc(old, cap * size);
    if (p == NULL) {
        return false;
    }
    memcpy(slot, &p, sizeof p);
    return true;
}

static bool
grow_column(tp_staged *s, const tp_kind_def *def, int f, size_t cap)
{
    const size_t before = tp_bit_words(s->cap);
    const size_t after = tp_bit_words(cap);
    if (!grow(&s->data[f], cap, tp_type_width(def->field[f].type)) ||
        !grow(&s->valid[f], after, sizeof(uint64_t))) {
        return false;
    }
    memset(s->valid[f] + before, 0, (after - before) * sizeof(uint64_t));
    return true;
}

bool
tp_staged_grow(tp_staged *s, tp_kind kind)
{
    if (s->n < s->cap) {
        return true;
    }
    const tp_kind_def *def = tp_kind_of(kind);
    const size_t cap = s->cap == 0 ? 256 : s->cap + s->cap / 2 / 64 * 64 + 64;
    if (cap >= UINT32_MAX || !grow(&s->key, cap, sizeof *s->key) ||
        !grow(&s->stamp, cap, sizeof *s->stamp) || !grow(&s->body, cap, sizeof *s->body) ||
        !grow(&s->record, cap, sizeof *s->record) || !grow(&s->mark, cap, sizeof *s->mark)) {
        return false;
    }
    if (def->role == TP_ROLE_FACT && !grow(&s->subject, cap, sizeof *s->subject)) {
        return false;
    }
    for (int f = 0; f < def->n_fields; f++) {
        if (s->used[f] && !grow_column(s, def, f, cap)) {
            return false;
        }
    }
    s->cap = cap;
    return true;
}

void
tp_staged_clear(tp_staged *s)
{
    free(s->key);
    free(s->subject);
    free(s->stamp);
    free(s->body);
    free(s->record);
    free(s->mark);
    for (int f = 0; f < TP_FIELDS_MAX; f++) {
        free(s->data[f]);
        free(s->valid[f]);
    }
    *s = (tp_staged){0};
}

bool
tp_keys_add(tp_keys *keys, uint64_t key)
{
    if (keys->n == keys->cap) {
        const size_t cap = keys->cap == 0 ? 64 : keys->cap * 2;
        if (!grow(&keys->at, cap, sizeof *keys->at)) {
            return false;
        }
        keys->cap = cap;
    }
    keys->at[keys->n++] = key;
    return true;
}

static int
by_key(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a;
    const uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

void
tp_keys_sort(tp_keys *keys)
{
    if (keys->n > 1) {
        qsort(keys->at, keys->n, sizeof *keys->at, by_key);
    }
}

bool
tp_keys_has(const tp_keys *sorted, uint64_t key)
{
    return sorted->n > 0 && bsearch(&key, sorted->at, sorted->n, sizeof key, by_key) != NULL;
}

bool
tp_removals_add(tp_removals *list, uint64_t key, uint32_t part)
{
    if (list->n == list->cap) {
        const size_t cap = list->cap == 0 ? 64 : list->cap * 2;
        tp_removal *grown = realloc(list->at, cap * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        list->at = grown;
        list->cap = cap;
    }
    list->at[list->n++] = (tp_removal){key, part};
    return true;
}

/* By key, the newest part first. */
static int
by_key_and_part(const void *a, const void *b)
{
    const tp_removal *x = a;
    const tp_removal *y = b;
    if (x->key != y->key) {
        return x->key < y->key ? -1 : 1;
    }
    return (x->part < y->part) - (x->part > y->part);
}

void
tp_removals_sort(tp_removals *list)
{
    if (list->n > 1) {
        qsort(list->at, list->n, sizeof *list->at, by_key_and_part);
    }
}

bool
tp_removals_find(const tp_removals *sorted, uint64_t key, uint32_t *out_part)
{
    size_t low = 0;
    size_t high = sorted->n;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (sorted->at[mid].key < key) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    if (low == sorted->n || sorted->at[low].key != key) {
        return false;
    }
    *out_part = sorted->at[low].part;
    return true;
}
