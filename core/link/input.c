/* What evidence does each record bring? Batches in; columns by record key out. */
#include "core/link/parts.h"

#include <sodium.h>

#include "talent/base/day.h"
#include "talent/base/hash.h"

uint64_t
tp_link_record_key(const uint8_t secret[16], tp_str source_id, uint64_t row_key)
{
    const uint64_t of[2] = {tp_hash_str(0, source_id), row_key};
    uint64_t key = 0;
    (void)crypto_shorthash((unsigned char *)&key, (const unsigned char *)of, sizeof of, secret);
    return key;
}

bool
tp_rec_nik_valid(const tp_records *rec, uint32_t r)
{
    return rec->number[TP_NUM_NIK][r] != 0 && (rec->flags[r] & TP_REC_NIK_VALID) != 0;
}

static bool
alloc_records(tp_records *rec, size_t n, tp_arena *a)
{
    rec->n = n;
    rec->key = tp_arena_alloc(a, n, sizeof *rec->key);
    rec->xrow = tp_arena_alloc(a, n, sizeof *rec->xrow);
    rec->source = tp_arena_alloc(a, n, sizeof *rec->source);
    rec->nip = tp_arena_alloc(a, n, sizeof *rec->nip);
    bool ok = true;
    for (size_t i = 0; i < TP_COUNT(rec->number); i++) {
        rec->number[i] = tp_arena_alloc(a, n, sizeof *rec->number[i]);
        ok = ok && rec->number[i] != NULL;
    }
    rec->nik_parts = tp_arena_alloc(a, n, sizeof *rec->nik_parts);
    rec->born = tp_arena_alloc(a, n, sizeof *rec->born);
    rec->dead = tp_arena_alloc(a, n, sizeof *rec->dead);
    rec->appointed = tp_arena_alloc(a, n, sizeof *rec->appointed);
    rec->name = tp_arena_alloc(a, n, sizeof *rec->name);
    rec->agency = tp_arena_alloc(a, n, sizeof *rec->agency);
    rec->office = tp_arena_alloc(a, n, sizeof *rec->office);
    rec->sex = tp_arena_alloc(a, n, 1);
    rec->nip_class = tp_arena_alloc(a, n, 1);
    rec->flags = tp_arena_alloc(a, n, 1);
    return ok && rec->key != NULL && rec->xrow != NULL && rec->source != NULL && rec->nip != NULL &&
           rec->nik_parts != NULL && rec->born != NULL && rec->dead != NULL &&
           rec->appointed != NULL && rec->name != NULL && rec->agency != NULL &&
           rec->office != NULL && rec->sex != NULL && rec->nip_class != NULL && rec->flags != NULL;
}

/* Month of the appointment inside a good NIP; of a PPPK only the year is known: its last day
 * counts, because what this date forbids needs it late. */
static int32_t
nip_appointed(uint64_t nip)
{
    const int year = (int)(nip / 1000000 % 10000);
    const int month = (int)(nip / 10000 % 100);
    if (year < 1) {
        return TP_NO_DAY;
    }
    return month >= 1 && month <= 12 ? tp_day_of(year, month, 1) : tp_day_of(year, 12, 31);
}

static void
read_numbers(const tp_table *t, size_t row, tp_records *rec, uint32_t r)
{
    uint64_t v = 0;
    int32_t cls = TP_NIP_JUNK;
    (void)tp_get_i32(t, TP_PERSON_NIP_CLASS, row, &cls);
    if (tp_get_u64(t, TP_PERSON_NIP, row, &v) && (cls == TP_NIP_GOOD || cls == TP_NIP_DAMAGED)) {
        rec->nip[r] = v;
    }
    rec->nip_class[r] = (uint8_t)cls;
    (void)tp_get_u64(t, TP_PERSON_SIASN_ID, row, &rec->number[TP_NUM_SIASN][r]);
    (void)tp_get_u64(t, TP_PERSON_NIK, row, &rec->number[TP_NUM_NIK][r]);
    (void)tp_get_u64(t, TP_PERSON_NIP_OLD, row, &rec->number[TP_NUM_OLD][r]);
    (void)tp_get_u64(t, TP_PERSON_NRP, row, &rec->number[TP_NUM_SERVICE][r]);
    (void)tp_get_u64(t, TP_PERSON_NIK_PARTS, row, &rec->nik_parts[r]);
    if (rec->number[TP_NUM_NIK][r] != 0 && (tp_i32_or(t, TP_PERSON_NIK_FACTS, row, 1) & 1) != 0) {
        rec->flags[r] |= TP_REC_NIK_VALID;
    }
}

/* Codes of the texts of one table, made once per distinct text. */
typedef struct text_map {
    uint32_t *name;   /* [strings.n] code + 1; 0 = not met yet; TP_NONE = no name */
    uint32_t *agency; /* the same */
    tp_buf clean;
} text_map;

static bool
code_name(tp_linker *lk, text_map *map, const tp_table *t, size_t row, uint32_t *out)
{
    int32_t text = 0;
    *out = TP_NONE;
    if (!tp_get_i32(t, TP_PERSON_FULL_NAME, row, &text)) {
        return true;
    }
    uint32_t *known = &map->name[text];
    if (*known == 0) {
        uint32_t code;
        if (!tp_name_clean(tp_strings_at(t->strings, (uint32_t)text), &map->clean)) {
            return false;
        }
        *known = TP_NONE;
        if (map->clean.n > 0) {
            if (!tp_intern_add(&lk->names.text, tp_buf_view(&map->clean), &code)) {
                return false;
            }
            *known = code + 1;
        }
    }
    *out = *known == TP_NONE ? TP_NONE : *known - 1;
    return true;
}

static bool
code_agency(tp_linker *lk, uint32_t *known, const tp_table *t, int field, size_t row, uint32_t *out)
{
    int32_t text = 0;
    *out = TP_NONE;
    if (t == NULL || row == TP_NONE || !tp_get_i32(t, field, row, &text)) {
        return true;
    }
    if (known[text] == 0) {
        uint32_t code;
        const tp_str view = tp_strings_at(t->strings, (uint32_t)text);
        if (!tp_intern_add(&lk->agencies, view, &code)) {
            return false;
        }
        known[text] = code + 1;
    }
    *out = known[text] - 1;
    return true;
}

/* One record. job = its first row of employment, or TP_NONE. */
static bool
read_record(tp_linker *lk, const tp_link_source *s, size_t row, uint32_t job, text_map *map,
            uint32_t *job_agency, uint32_t r)
{
    tp_records *rec = &lk->rec;
    const tp_table *t = s->person;
    uint32_t home = TP_NONE;
    read_numbers(t, row, rec, r);
    rec->born[r] = tp_i32_or(t, TP_PERSON_BIRTH_DATE, row, TP_NO_DAY);
    rec->dead[r] = tp_i32_or(t, TP_PERSON_DECEASED_ON, row, TP_NO_DAY);
    const int32_t sex = tp_i32_or(t, TP_PERSON_SEX, row, TP_NO_SEX);
    rec->sex[r] = (uint8_t)sex;
    rec->appointed[r] = TP_NO_DAY;
    if (job != TP_NONE) {
        rec->appointed[r] = tp_i32_or(s->employment, TP_EMPLOYMENT_CPNS_ON, job, TP_NO_DAY);
    }
    if (rec->appointed[r] == TP_NO_DAY && rec->nip[r] != 0 && rec->nip_class[r] == TP_NIP_GOOD) {
        rec->appointed[r] = nip_appointed(rec->nip[r]);
    }
    if (!code_name(lk, map, t, row, &rec->name[r]) ||
        !code_agency(lk, map->agency, t, TP_PERSON_AGENCY, row, &rec->agency[r]) ||
        !code_agency(lk, job_agency, s->employment, TP_EMPLOYMENT_HOME_AGENCY, job, &home) ||
        !code_agency(lk, job_agency, s->employment, TP_EMPLOYMENT_WORKING_AGENCY, job,
                     &rec->office[r])) {
        return false;
    }
    rec->agency[r] = rec->agency[r] == TP_NONE ? home : rec->agency[r];
    rec->office[r] = rec->office[r] == rec->agency[r] ? TP_NONE : rec->office[r];
    return true;
}

/* First row of employment of each person of a batch. */
static uint32_t *
first_jobs(const tp_link_source *s, tp_arena *scratch)
{
    uint32_t *job = tp_arena_alloc(scratch, s->person->n, sizeof *job);
    if (job == NULL) {
        return NULL;
    }
    memset(job, 0xff, s->person->n * sizeof *job);
    for (size_t i = s->employment != NULL ? s->employment->n : 0; i-- > 0;) {
        job[s->employment->subject[i]] = (uint32_t)i;
    }
    return job;
}

/* Reads the records of one source into the places that `place` gives them. */
static bool
read_source(tp_linker *lk, uint32_t s, const uint32_t *place)
{
    const tp_link_source *src = &lk->in->source[s];
    const size_t texts = src->person->strings != NULL ? src->person->strings->n : 0;
    const bool jobs = src->employment != NULL && src->employment->n > 0;
    const size_t job_texts =
        jobs && src->employment->strings != NULL ? src->employment->strings->n : 0;
    text_map map = {.name = tp_arena_alloc(lk->scratch, texts, sizeof(uint32_t)),
                    .agency = tp_arena_alloc(lk->scratch, texts, sizeof(uint32_t))};
    uint32_t *job_agency = tp_arena_alloc(lk->scratch, job_texts, sizeof *job_agency);
    const uint32_t *job = first_jobs(src, lk->scratch);
    bool ok = map.name != NULL && map.agency != NULL && job_agency != NULL && job != NULL;
    for (size_t row = 0; ok && row < src->person->n; row++) {
        const uint32_t r = place[row];
        lk->rec.source[r] = s;
        ok = read_record(lk, src, row, job[row], &map, job_agency, r);
    }
    tp_buf_clear(&map.clean);
    return ok;
}

static size_t
rows_of(const tp_link_source *s)
{
    return s->person != NULL ? s->person->n : 0;
}

/* Sorts the records by key; place[crosswalk row] = record number. */
static tp_code
order_records(tp_linker *lk, uint32_t *place, tp_err *err)
{
    const size_t n = lk->rec.n;
    TP_AUTO_ARENA(temp, 0);
    tp_key_row *item = tp_arena_alloc(&temp, n, sizeof *item);
    tp_key_row *tmp = tp_arena_alloc(&temp, n, sizeof *tmp);
    if (item == NULL || tmp == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the order of %zu records", n);
    }
    size_t x = 0;
    for (size_t s = 0; s < lk->in->n_sources; s++) {
        for (size_t row = 0; row < rows_of(&lk->in->source[s]); row++, x++) {
            const uint64_t key = tp_link_record_key(lk->in->record_secret, lk->in->source[s].id,
                                                    lk->in->source[s].person->key[row]);
            item[x] = (tp_key_row){key, (uint32_t)x};
        }
    }
    tp_sort_keys(item, tmp, n);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && item[i].key == item[i - 1].key) {
            TP_RETURN_ERR(err, TP_E_RANGE, "crosswalk rows %u and %u have one record key",
                          item[i - 1].row, item[i].row);
        }
        lk->rec.key[i] = item[i].key;
        lk->rec.xrow[i] = item[i].row;
        place[item[i].row] = (uint32_t)i;
    }
    return TP_OK;
}

static tp_code
check_sources(const tp_link_input *in, size_t *out_n, tp_err *err)
{
    size_t n = 0;
    for (size_t s = 0; s < in->n_sources; s++) {
        if (s > 0 && tp_str_cmp(in->source[s - 1].id, in->source[s].id) >= 0) {
            TP_RETURN_ERR(err, TP_E_RANGE, "sources are not in the order of their ids at \"%.*s\"",
                          TP_STR_ARG(in->source[s].id));
        }
        n += rows_of(&in->source[s]);
    }
    if (n >= UINT32_MAX - 1) {
        TP_RETURN_ERR(err, TP_E_RANGE, "%zu records, at most %u can be linked", n, UINT32_MAX - 2);
    }
    *out_n = n;
    return TP_OK;
}

static bool
alloc_groups(tp_linker *lk)
{
    const size_t n = lk->rec.n;
    lk->parent = tp_arena_alloc(lk->scratch, n, sizeof *lk->parent);
    lk->next = tp_arena_alloc(lk->scratch, n, sizeof *lk->next);
    lk->via = tp_arena_alloc(lk->scratch, n, sizeof *lk->via);
    lk->pass = tp_arena_alloc(lk->scratch, n, 1);
    lk->weight = tp_arena_alloc(lk->scratch, n, sizeof *lk->weight);
    if (lk->parent == NULL || lk->next == NULL || lk->via == NULL || lk->pass == NULL ||
        lk->weight == NULL) {
        return false;
    }
    for (uint32_t r = 0; r < n; r++) {
        lk->parent[r] = lk->next[r] = lk->via[r] = r;
    }
    return true;
}

tp_code
tp_linker_load(tp_linker *lk, tp_err *err)
{
    size_t n = 0;
    TP_RETURN_SAME(check_sources(lk->in, &n, err));
    uint32_t *place = tp_arena_alloc(lk->scratch, n, sizeof *place);
    if (place == NULL || !alloc_records(&lk->rec, n, lk->scratch) || !alloc_groups(lk)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "columns of %zu records", n);
    }
    TP_RETURN_SAME(order_records(lk, place, err));
    size_t x = 0;
    for (size_t s = 0; s < lk->in->n_sources; s++) {
        const size_t rows = rows_of(&lk->in->source[s]);
        if (rows > 0 && !read_source(lk, (uint32_t)s, place + x)) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "evidence of %zu records of source \"%.*s\"", rows,
                          TP_STR_ARG(lk->in->source[s].id));
        }
        x += rows;
    }
    TP_RETURN_SAME(tp_rulings_load(lk, err));
    lk->report.records = n;
    return tp_names_make(lk, err);
}
