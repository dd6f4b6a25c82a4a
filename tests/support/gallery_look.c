/* Is what a night made of a source the list that was served? */
#include <string.h>

#include "etl/stage/files.h"
#include "tests/simulator/gallery.h"
#include "tests/support/gallery_night.h"

static bool
open_database(gallery_night *g)
{
    char dir[400];
    if (g->pg == NULL) {
        snprintf(dir, sizeof dir, "%s/state", g->s.dir);
        tp_err err = {0};
        if (tp_pg_private_start(dir, &g->conninfo, &err) != TP_OK ||
            tp_pg_open(tp_buf_cstr(&g->conninfo), "test", NULL, &g->pg, &err) != TP_OK) {
            printf("# %s\n", err.frame[0].text);
        }
    }
    return g->pg != NULL;
}

static size_t
find_row(const tp_table *t, const char *id)
{
    for (size_t row = 0; row < t->n; row++) {
        if (tp_str_is(tp_get_text(t, TP_PERSON_SOURCE_KEY, row), id)) {
            return row;
        }
    }
    return SIZE_MAX;
}

static bool
same_person(const tp_table *t, size_t row, const sim_gallery_person *p)
{
    uint64_t nip = 0;
    int32_t born = 0, sex = -1;
    return tp_get_u64(t, TP_PERSON_NIP, row, &nip) && nip == strtoull(p->nip, NULL, 10) &&
           tp_str_is(tp_get_text(t, TP_PERSON_FULL_NAME, row), p->name) &&
           tp_get_i32(t, TP_PERSON_BIRTH_DATE, row, &born) && born == p->born &&
           tp_get_i32(t, TP_PERSON_SEX, row, &sex) &&
           sex == (p->male ? TP_SEX_MALE : TP_SEX_FEMALE);
}

/* Posts of a person: each there, and no more than these. */
static bool
same_posts(const tp_table *t, size_t subject, const sim_gallery_person *p)
{
    size_t n = 0, found = 0;
    for (size_t row = 0; row < t->n; row++) {
        if (t->subject[row] != subject) {
            continue;
        }
        n++;
        for (size_t k = 0; k < p->n_posts; k++) {
            int32_t since = 0;
            found += tp_get_i32(t, TP_POSITION_HISTORY_START_ON, row, &since) &&
                     since == p->post[k].since &&
                     tp_str_is(tp_get_text(t, TP_POSITION_HISTORY_TITLE, row), p->post[k].title);
        }
    }
    return n == p->n_posts && found == n;
}

static void
compare(const tp_batch *batch, int version, bool posts, char *out, size_t size)
{
    const tp_table *t = &batch->table[TP_PERSON];
    size_t people = 0;
    sim_gallery_person p;

    out[0] = '\0';
    for (size_t i = 0; i < SIM_GALLERY_SLOTS; i++) {
        if (!sim_gallery_at(version, i, &p) || p.gone) {
            continue;
        }
        people++;
        const size_t row = find_row(t, p.id);
        if (row == SIZE_MAX) {
            snprintf(out, size, "%s is missing", p.id);
        } else if (!same_person(t, row, &p)) {
            snprintf(out, size, "%s is not as it was served", p.id);
        } else if (posts && !same_posts(&batch->table[TP_POSITION_HISTORY], row, &p)) {
            snprintf(out, size, "the posts of %s are not as they were served", p.id);
        }
    }
    if (out[0] == '\0' && people != t->n) {
        snprintf(out, size, "%zu people, %zu were served", t->n, people);
    }
}

static void
compare_batch(gallery_night *g, tp_str key_text, int version, bool posts, char *out, size_t size)
{
    char dir[400];
    tp_store *store = NULL;
    tp_artefact *file = NULL;
    tp_batch batch;
    tp_key key;
    tp_err err = {0};

    snprintf(dir, sizeof dir, "%s/state", g->s.dir);
    if (!tp_key_parse(key_text, &key) || tp_store_open(dir, &store, &err) != TP_OK ||
        tp_batch_load(store, &key, &file, &batch, &err) != TP_OK) {
        snprintf(out, size, "no batch: %.150s", err.frame[0].text);
    } else {
        compare(&batch, version, posts, out, size);
    }
    tp_artefact_close(file);
    tp_store_close(store);
}

static void
take_counts(gallery_night *g, const char *const *words, gallery_result *out)
{
    static const char SQL[] =
        "SELECT received, accepted, unchanged, duplicate, removed, rejected, gone, record_kind"
        " FROM ops.source_count WHERE run_id = $1 AND source = $2";
    tp_rows *rows = NULL;
    out->balanced = tp_pg_query(g->pg, SQL, 2, words, &rows, NULL) == TP_OK;
    for (size_t i = 0; out->balanced && i < tp_rows_n(rows); i++) {
        int64_t v[7];
        for (int k = 0; k < 7; k++) {
            v[k] = tp_rows_i64(rows, i, k, 0);
        }
        out->balanced = v[0] == v[1] + v[2] + v[3] + v[4] + v[5];
        if (tp_str_is(tp_rows_at(rows, i, 7), "person")) {
            out->received = v[0];
            out->accepted = v[1];
            out->unchanged = v[2];
            out->duplicate = v[3];
            out->removed = v[4];
            out->rejected = v[5];
            out->gone = v[6];
        }
    }
    tp_rows_free(rows);
}

static void
copy(char *out, size_t size, tp_str text)
{
    snprintf(out, size, "%.*s", (int)text.n, text.p != NULL ? text.p : "");
}

void
gallery_look(gallery_night *g, const char *night, const exhibit *e, int version,
             gallery_result *out)
{
    static const char SQL[] =
        "SELECT s.run_id, s.state, s.reason, s.bodies, s.batch_key FROM ops.source_run s"
        " JOIN ops.run r USING (run_id) WHERE r.night = $1::date AND s.source = $2"
        " ORDER BY s.run_id DESC LIMIT 1";
    const char *words[2] = {night, e->id};
    tp_rows *rows = NULL;
    tp_err err = {0};
    char run[24];

    *out = (gallery_result){.differs = "no such source in that night"};
    if (!open_database(g) || tp_pg_query(g->pg, SQL, 2, words, &rows, &err) != TP_OK) {
        snprintf(out->differs, sizeof out->differs, "%.180s", err.frame[0].text);
        return;
    }
    if (tp_rows_n(rows) == 1) {
        copy(run, sizeof run, tp_rows_at(rows, 0, 0));
        copy(out->state, sizeof out->state, tp_rows_at(rows, 0, 1));
        copy(out->reason, sizeof out->reason, tp_rows_at(rows, 0, 2));
        out->bodies = tp_rows_i64(rows, 0, 3, 0);
        words[0] = run;
        take_counts(g, words, out);
        compare_batch(g, tp_rows_at(rows, 0, 4), version, strstr(e->way, "/csv/") == NULL,
                      out->differs, sizeof out->differs);
    }
    tp_rows_free(rows);
}
