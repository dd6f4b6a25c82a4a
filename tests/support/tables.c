/* How does a test get a batch of people without a feed? */
#include "tests/support/tables.h"

#include <stdlib.h>
#include <string.h>

#include "talent/base/day.h"
#include "talent/base/hash.h"
#include "talent/base/sort.h"

static void
must(bool ok)
{
    if (!ok) {
        abort();
    }
}

static void
put_text(night *n, size_t s, int field, size_t row, const char *text)
{
    uint32_t code = 0;
    if (text != NULL) {
        must(tp_intern_add(&n->text[s], tp_str_of(text), &code));
        tp_set_i32(&n->table[s], field, row, (int32_t)code);
    }
}

static void
put_day(tp_table *t, int field, size_t row, const char *text)
{
    int32_t day = 0;
    if (text != NULL) {
        must(tp_day_parse_iso(tp_str_of(text), &day));
        tp_set_i32(t, field, row, day);
    }
}

static void
put_id(tp_table *t, int field, size_t row, uint64_t value)
{
    if (value != 0) {
        tp_set_u64(t, field, row, value);
    }
}

/* Region, date and serial of 16 digits as the sketch lays them out; the digits stand for hashes. */
static uint64_t
nik_parts(uint64_t nik)
{
    const uint64_t region = nik / UINT64_C(10000000000) & 0xffffff;
    const uint64_t date = nik / 10000 % 1000000 & 0xffffff;
    return region << 40 | date << 16 | (nik % 10000 & 0xffff);
}

static void
fill(night *n, size_t s, size_t row, const someone *p)
{
    tp_table *t = &n->table[s];
    put_text(n, s, TP_PERSON_SOURCE_KEY, row, p->key);
    put_text(n, s, TP_PERSON_FULL_NAME, row, p->name);
    put_text(n, s, TP_PERSON_AGENCY, row, p->agency);
    put_day(t, TP_PERSON_BIRTH_DATE, row, p->born);
    put_day(t, TP_PERSON_DECEASED_ON, row, p->dead);
    put_id(t, TP_PERSON_NIP, row, p->nip);
    put_id(t, TP_PERSON_NIK, row, p->nik);
    put_id(t, TP_PERSON_SIASN_ID, row, p->siasn);
    put_id(t, TP_PERSON_NIP_OLD, row, p->old_nip);
    put_id(t, TP_PERSON_NRP, row, p->nrp);
    if (p->nip != 0) {
        tp_set_i32(t, TP_PERSON_NIP_CLASS, row, p->nip_damaged ? TP_NIP_DAMAGED : TP_NIP_GOOD);
    }
    if (p->nik != 0) {
        tp_set_u64(t, TP_PERSON_NIK_PARTS, row, nik_parts(p->nik));
        tp_set_i32(t, TP_PERSON_NIK_FACTS, row, 1);
    }
    if (p->sex != 0) {
        tp_set_i32(t, TP_PERSON_SEX, row, p->sex - 1);
    }
}

tp_link_source *
night_add(night *n, const char *id, const someone *people, size_t count)
{
    tp_err err = {0};
    must(n->n < NIGHT_SOURCES);
    const size_t s = n->n++;
    tp_table *t = &n->table[s];
    tp_key_row *item = calloc(count + 1, sizeof *item);
    tp_key_row *tmp = calloc(count + 1, sizeof *tmp);
    must(item != NULL && tmp != NULL);
    must(tp_table_alloc(t, TP_PERSON, count, false, &n->arena, &err) == TP_OK);
    for (size_t i = 0; i < count; i++) {
        item[i] = (tp_key_row){tp_hash_str(0, tp_str_of(people[i].key)), (uint32_t)i};
    }
    tp_sort_keys(item, tmp, count);
    for (size_t i = 0; i < count; i++) {
        t->key[i] = item[i].key;
        fill(n, s, i, &people[item[i].row]);
    }
    free(item);
    free(tmp);
    n->strings[s] = (tp_strings){n->text[s].n, n->text[s].off, n->text[s].bytes};
    t->strings = &n->strings[s];
    n->source[s] = (tp_link_source){.id = tp_str_of(id), .person = t, .family = (uint32_t)s};
    return &n->source[s];
}

uint64_t
night_record(const char *source, const char *key)
{
    return tp_link_record_key((const uint8_t[16]){0}, tp_str_of(source),
                              tp_hash_str(0, tp_str_of(key)));
}

size_t
night_row(const night *n, const char *source, const char *key)
{
    const uint64_t record = night_record(source, key);
    for (size_t i = 0; i < n->x.n; i++) {
        if (n->x.record_key[i] == record) {
            return i;
        }
    }
    return SIZE_MAX;
}

uint64_t
night_person(const night *n, const char *source, const char *key)
{
    const size_t row = night_row(n, source, key);
    return row == SIZE_MAX ? 0 : n->x.person_key[n->x.person[row]];
}

void
night_clear(night *n)
{
    for (size_t s = 0; s < n->n; s++) {
        tp_intern_clear(&n->text[s]);
    }
    tp_arena_clear(&n->arena);
    *n = (night){0};
}
