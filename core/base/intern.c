/* Which small number stands for this text? */
#include "talent/base/intern.h"

#include <stdlib.h>
#include <string.h>

#include "talent/base/hash.h"

static bool
grow_slots(tp_intern *in)
{
    const size_t slots = in->slots == 0 ? 64 : in->slots * 2;
    uint32_t *slot = calloc(slots, sizeof *slot);
    if (slot == NULL) {
        return false;
    }
    for (size_t code = 0; code < in->n; code++) {
        size_t at = in->hash[code] & (slots - 1);
        while (slot[at] != 0) {
            at = (at + 1) & (slots - 1);
        }
        slot[at] = (uint32_t)code + 1;
    }
    free(in->slot);
    in->slot = slot;
    in->slots = slots;
    return true;
}

static bool
grow_text(tp_intern *in, size_t more)
{
    if (in->n + 2 > in->off_cap) {
        const size_t cap = in->off_cap == 0 ? 64 : in->off_cap * 2;
        uint64_t *off = realloc(in->off, cap * sizeof *off);
        if (off == NULL) {
            return false;
        }
        in->off = off;
        uint64_t *hash = realloc(in->hash, cap * sizeof *hash);
        if (hash == NULL) {
            return false;
        }
        in->hash = hash;
        in->off_cap = cap;
        in->off[in->n] = in->n == 0 ? 0 : in->off[in->n];
    }
    const size_t need = (size_t)in->off[in->n] + more;
    if (need > in->bytes_cap) {
        size_t cap = in->bytes_cap == 0 ? 1024 : in->bytes_cap * 2;
        while (cap < need) {
            cap *= 2;
        }
        char *bytes = realloc(in->bytes, cap);
        if (bytes == NULL) {
            return false;
        }
        in->bytes = bytes;
        in->bytes_cap = cap;
    }
    return true;
}

/* Slot that holds text, or the free slot where it belongs. */
static size_t
probe(const tp_intern *in, tp_str text, uint64_t hash)
{
    size_t at = hash & (in->slots - 1);
    while (in->slot[at] != 0) {
        const uint32_t code = in->slot[at] - 1;
        if (in->hash[code] == hash && tp_str_eq(tp_intern_text(in, code), text)) {
            break;
        }
        at = (at + 1) & (in->slots - 1);
    }
    return at;
}

bool
tp_intern_add(tp_intern *in, tp_str text, uint32_t *out_code)
{
    if ((in->n + 1) * 2 > in->slots && !grow_slots(in)) {
        return false;
    }
    const uint64_t hash = tp_hash_str(0, text);
    const size_t at = probe(in, text, hash);
    if (in->slot[at] != 0) {
        *out_code = in->slot[at] - 1;
        return true;
    }
    if (in->n >= UINT32_MAX - 1 || !grow_text(in, text.n)) {
        return false;
    }
    const size_t off = (size_t)in->off[in->n];
    if (text.n > 0) {
        memcpy(in->bytes + off, text.p, text.n);
    }
    in->hash[in->n] = hash;
    in->off[in->n + 1] = off + text.n;
    in->slot[at] = (uint32_t)in->n + 1;
    *out_code = (uint32_t)in->n++;
    return true;
}

bool
tp_intern_find(const tp_intern *in, tp_str text, uint32_t *out_code)
{
    if (in->slots == 0) {
        return false;
    }
    const size_t at = probe(in, text, tp_hash_str(0, text));
    if (in->slot[at] == 0) {
        return false;
    }
    *out_code = in->slot[at] - 1;
    return true;
}

tp_str
tp_intern_text(const tp_intern *in, uint32_t code)
{
    const size_t off = (size_t)in->off[code];
    return (tp_str){in->bytes != NULL ? in->bytes + off : "", (size_t)in->off[code + 1] - off};
}

void
tp_intern_clear(tp_intern *in)
{
    free(in->off);
    free(in->bytes);
    free(in->slot);
    free(in->hash);
    *in = (tp_intern){0};
}
