/* Which person key does each cluster get, and what happened since the last night? (linkage-design
 * 12) */
#include "core/link/parts.h"

#include <stdlib.h>

#include "talent/base/hash.h"

enum { VOTE_ANCHOR = 100, VOTE_NUMBER = 10, VOTE_ANY = 1 };

/*
 * Every night has serials of its own, so that no night can give a key of another one. With the
 * check digit a key stays below 2^53 for 24 years of nights: programs that hold numbers as doubles,
 * as JavaScript does, read it exactly.
 */
enum { FIRST_NIGHT = 20089 /* 2025-01-01; nights before it share its serials */ };
static const uint64_t SERIALS = UINT64_C(100000000000);

/* Damm's quasigroup of order 10: finds every single wrong digit and every adjacent exchange. */
static const uint8_t DAMM[10][10] = {
    {0, 3, 1, 7, 5, 9, 8, 6, 4, 2}, {7, 0, 9, 2, 1, 5, 4, 8, 6, 3}, {4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
    {1, 7, 5, 0, 9, 8, 3, 4, 2, 6}, {6, 1, 2, 3, 0, 4, 5, 9, 7, 8}, {3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
    {5, 8, 6, 9, 7, 2, 0, 1, 3, 4}, {8, 9, 4, 5, 3, 6, 2, 0, 1, 7}, {9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
    {2, 5, 8, 1, 4, 3, 6, 7, 9, 0}};

static uint64_t
damm(uint64_t number)
{
    uint8_t digit[20];
    int n = 0;
    while (number > 0) {
        digit[n++] = (uint8_t)(number % 10);
        number /= 10;
    }
    uint8_t state = 0;
    while (n > 0) {
        state = DAMM[state][digit[--n]];
    }
    return state;
}

uint64_t
tp_person_key_make(uint64_t serial)
{
    return serial * 10 + damm(serial);
}

bool
tp_person_key_check(uint64_t key)
{
    return key >= 10 && damm(key) == 0;
}

/* One old key among the records of one cluster. */
typedef struct vote {
    uint64_t key;
    uint32_t root;   /* smallest record of the cluster */
    uint32_t record; /* smallest record that had the key */
    uint64_t weight;
} vote;

typedef struct identity {
    tp_linker *lk;
    size_t n_votes;
    vote *vote;       /* by root and key; later by weight */
    uint64_t *key_of; /* [records] key of the cluster, at its root; 0 = none yet */
    size_t n_old;
    uint64_t *old;     /* [n_old] distinct old keys, ascending */
    uint32_t *taken;   /* [n_old] root that got the key; TP_NONE */
    uint32_t *present; /* [n_old] heaviest root that has a record of the key; TP_NONE = gone */
    uint64_t first;    /* serials of this night: first to first + SERIALS - 1 */
    uint64_t *given;   /* [slots] serials given tonight, by hash; 0 = free */
    size_t slots;      /* a power of two */
    tp_buf events;     /* event */
} identity;

typedef struct event {
    uint64_t person;
    uint64_t other;
    uint32_t kind;
} event;

static uint64_t
vote_of(const tp_linker *lk, uint32_t r)
{
    const tp_records *rec = &lk->rec;
    if ((rec->nip[r] != 0 && rec->nip_class[r] == TP_NIP_GOOD) || tp_rec_nik_valid(rec, r)) {
        return VOTE_ANCHOR;
    }
    for (size_t k = 0; k < TP_COUNT(rec->number); k++) {
        if (rec->number[k][r] != 0) {
            return VOTE_NUMBER;
        }
    }
    return VOTE_ANY;
}

static int
by_cluster(const void *x, const void *y)
{
    const vote *a = x;
    const vote *b = y;
    if (a->root != b->root) {
        return a->root < b->root ? -1 : 1;
    }
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return (a->record > b->record) - (a->record < b->record);
}

static int
by_weight(const void *x, const void *y)
{
    const vote *a = x;
    const vote *b = y;
    if (a->weight != b->weight) {
        return a->weight > b->weight ? -1 : 1;
    }
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return (a->record > b->record) - (a->record < b->record);
}

static int
by_key(const void *x, const void *y)
{
    const uint64_t a = *(const uint64_t *)x;
    const uint64_t b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

/* Tonight's records that were there last night, each with its old key; then one vote per cluster
 * and key. Both lists ascend by record key. */
static void
collect_votes(identity *id)
{
    tp_linker *lk = id->lk;
    const tp_link_input *in = lk->in;
    size_t p = 0;
    for (uint32_t r = 0; r < lk->rec.n; r++) {
        while (p < in->n_previous && in->previous_record[p] < lk->rec.key[r]) {
            p++;
        }
        if (p < in->n_previous && in->previous_record[p] == lk->rec.key[r]) {
            id->vote[id->n_votes++] =
                (vote){in->previous_person[p], tp_group_root(lk, r), r, vote_of(lk, r)};
        }
    }
    qsort(id->vote, id->n_votes, sizeof *id->vote, by_cluster);
    size_t kept = 0;
    for (size_t i = 0; i < id->n_votes; i++) {
        if (kept > 0 && id->vote[kept - 1].root == id->vote[i].root &&
            id->vote[kept - 1].key == id->vote[i].key) {
            id->vote[kept - 1].weight += id->vote[i].weight;
        } else {
            id->vote[kept++] = id->vote[i];
        }
    }
    id->n_votes = kept;
    qsort(id->vote, id->n_votes, sizeof *id->vote, by_weight);
}

static size_t
old_index(const identity *id, uint64_t key)
{
    const uint64_t *at = bsearch(&key, id->old, id->n_old, sizeof *id->old, by_key);
    return (size_t)(at - id->old);
}

static void
list_old_keys(identity *id)
{
    const tp_link_input *in = id->lk->in;
    for (size_t i = 0; i < in->n_previous; i++) {
        id->old[i] = in->previous_person[i];
    }
    qsort(id->old, in->n_previous, sizeof *id->old, by_key);
    for (size_t i = 0; i < in->n_previous; i++) {
        if (id->n_old == 0 || id->old[i] != id->old[id->n_old - 1]) {
            id->old[id->n_old++] = id->old[i];
        }
    }
    for (size_t i = 0; i < id->n_old; i++) {
        id->taken[i] = id->present[i] = TP_NONE;
    }
}

static void
tell(identity *id, tp_event_kind kind, uint64_t person, uint64_t other)
{
    const event e = {person, other, (uint32_t)kind};
    tp_buf_put(&id->events, &e, sizeof e);
}

/* Heaviest claims first; a key and a cluster are each served once. */
static void
serve_old_keys(identity *id)
{
    for (size_t i = 0; i < id->n_votes; i++) {
        const vote *v = &id->vote[i];
        const size_t k = old_index(id, v->key);
        id->present[k] = id->present[k] == TP_NONE ? v->root : id->present[k];
        if (id->key_of[v->root] == 0 && id->taken[k] == TP_NONE) {
            id->key_of[v->root] = v->key;
            id->taken[k] = v->root;
        }
    }
}

static bool
is_old_key(const identity *id, uint64_t key)
{
    return id->n_old > 0 && bsearch(&key, id->old, id->n_old, sizeof *id->old, by_key) != NULL;
}

/* Takes a serial; false when it was given tonight before. */
static bool
take_serial(identity *id, uint64_t serial)
{
    size_t at = (size_t)tp_hash_mix(serial) & (id->slots - 1);
    while (id->given[at] != 0) {
        if (id->given[at] == serial) {
            return false;
        }
        at = (at + 1) & (id->slots - 1);
    }
    id->given[at] = serial;
    return true;
}

/*
 * The key of a person who starts with this record tonight. It follows from the night and the record
 * alone, not from who else is new: a night published again never gives it to other people. The
 * record key is a keyed hash already, so that nothing can be read from it. Two that fall on one
 * serial are told apart by the order of their records.
 */
static uint64_t
new_key(identity *id, uint32_t record)
{
    const uint64_t night = (uint64_t)(uint32_t)id->lk->in->night;
    uint64_t at = tp_hash_mix(id->lk->rec.key[record] ^ tp_hash_mix(night)) % SERIALS;
    uint64_t key = 0;
    do {
        key = tp_person_key_make(id->first + at);
        at = (at + 1) % SERIALS;
    } while (is_old_key(id, key) || !take_serial(id, key));
    return key;
}

/* New keys in the order of the smallest record; a cluster that had claims was split off. */
static void
serve_new_keys(identity *id, uint64_t *split_from)
{
    tp_linker *lk = id->lk;
    for (size_t i = id->n_votes; i-- > 0;) {
        split_from[id->vote[i].root] = id->vote[i].key; /* the heaviest is written last */
    }
    for (uint32_t r = 0; r < lk->rec.n; r++) {
        if (lk->parent[r] != r || id->key_of[r] != 0) {
            continue;
        }
        id->key_of[r] = new_key(id, r);
        tell(id, split_from[r] != 0 ? TP_EVENT_SPLIT : TP_EVENT_NEW, id->key_of[r], split_from[r]);
    }
    for (size_t k = 0; k < id->n_old; k++) {
        if (id->taken[k] == TP_NONE && id->present[k] != TP_NONE) {
            tell(id, TP_EVENT_MERGED, id->key_of[id->present[k]], id->old[k]);
        } else if (id->present[k] == TP_NONE) {
            tell(id, TP_EVENT_GONE, id->old[k], 0);
        }
    }
}

static int
by_event(const void *x, const void *y)
{
    const event *a = x;
    const event *b = y;
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    if (a->person != b->person) {
        return a->person < b->person ? -1 : 1;
    }
    return (a->other > b->other) - (a->other < b->other);
}

static bool
write_events(identity *id, tp_arena *arena, tp_crosswalk *out)
{
    const size_t n = id->events.n / sizeof(event);
    event *e = (void *)id->events.p;
    if (n > 0) {
        qsort(e, n, sizeof *e, by_event);
    }
    out->n_event = n;
    out->event_kind = tp_arena_alloc(arena, n, 1);
    out->event_person = tp_arena_alloc(arena, n, sizeof *out->event_person);
    out->event_other = tp_arena_alloc(arena, n, sizeof *out->event_other);
    if (id->events.failed || out->event_kind == NULL || out->event_person == NULL ||
        out->event_other == NULL) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        out->event_kind[i] = (uint8_t)e[i].kind;
        out->event_person[i] = e[i].person;
        out->event_other[i] = e[i].other;
    }
    return true;
}

/* Numbers people by ascending key and writes their records. */
static bool
write_people(const identity *id, tp_arena *arena, tp_crosswalk *out)
{
    tp_linker *lk = id->lk;
    uint32_t *person = tp_arena_alloc(lk->scratch, lk->rec.n, sizeof *person);
    tp_key_row *item = tp_arena_alloc(lk->scratch, lk->rec.n, sizeof *item);
    tp_key_row *tmp = tp_arena_alloc(lk->scratch, lk->rec.n, sizeof *tmp);
    if (person == NULL || item == NULL || tmp == NULL) {
        return false;
    }
    size_t n = 0;
    for (uint32_t r = 0; r < lk->rec.n; r++) {
        if (lk->parent[r] == r) {
            item[n++] = (tp_key_row){id->key_of[r], r};
        }
    }
    tp_sort_keys(item, tmp, n);
    out->n_people = n;
    out->person_key = tp_arena_alloc(arena, n, sizeof *out->person_key);
    if (out->person_key == NULL) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        out->person_key[i] = item[i].key;
        person[item[i].row] = (uint32_t)i;
    }
    for (uint32_t r = 0; r < lk->rec.n; r++) {
        const uint32_t x = lk->rec.xrow[r];
        out->record_key[x] = lk->rec.key[r];
        out->person[x] = person[tp_group_root(lk, r)];
        out->pass[x] = lk->pass[r];
        out->weight[x] = lk->weight[r];
        out->via[x] = lk->rec.xrow[lk->via[r]];
    }
    return true;
}

static bool
begin(identity *id, tp_linker *lk, uint64_t **split_from)
{
    const size_t n = lk->rec.n;
    const size_t old = lk->in->n_previous;
    tp_arena *a = lk->scratch;
    id->lk = lk;
    id->first = lk->in->night > FIRST_NIGHT
                    ? (uint64_t)(lk->in->night - FIRST_NIGHT) * SERIALS + SERIALS
                    : SERIALS;
    for (id->slots = 64; id->slots < 2 * n; id->slots *= 2) {
    }
    id->given = tp_arena_alloc(a, id->slots, sizeof *id->given);
    id->vote = tp_arena_alloc(a, n, sizeof *id->vote);
    id->key_of = tp_arena_alloc(a, n, sizeof *id->key_of);
    id->old = tp_arena_alloc(a, old, sizeof *id->old);
    id->taken = tp_arena_alloc(a, old, sizeof *id->taken);
    id->present = tp_arena_alloc(a, old, sizeof *id->present);
    *split_from = tp_arena_alloc(a, n, sizeof **split_from);
    return id->given != NULL && id->vote != NULL && id->key_of != NULL && id->old != NULL &&
           id->taken != NULL && id->present != NULL && *split_from != NULL;
}

tp_code
tp_ident(tp_linker *lk, tp_arena *arena, tp_crosswalk *out, tp_err *err)
{
    identity id = {0};
    uint64_t *split_from = NULL;
    bool ok = begin(&id, lk, &split_from);
    if (ok) {
        list_old_keys(&id);
        collect_votes(&id);
        serve_old_keys(&id);
        serve_new_keys(&id, split_from);
        ok = write_people(&id, arena, out) && write_events(&id, arena, out);
    }
    tp_buf_clear(&id.events);
    if (!ok) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "person keys of %zu records", lk->rec.n);
    }
    return TP_OK;
}
