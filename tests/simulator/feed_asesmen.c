/* How does the assessment centre hand out results, from cursor to cursor? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/out.h"
#include "tests/simulator/site.h"

enum { LIMIT = 200, LIMIT_MAX = 2000 };

/* Whole levels are numbers, half ones texts: both occur in one answer. */
static void
put_level(const char *key, int halves, tp_buf *out)
{
    sim_js_key(out, key);
    if (halves % 2 == 0) {
        sim_halves(out, halves);
    } else {
        tp_buf_char(out, '"');
        sim_halves(out, halves);
        tp_buf_char(out, '"');
    }
}

/* A decimal comma inside a text. */
static void
put_comma(const char *key, int64_t hundredths, tp_buf *out)
{
    sim_js_key(out, key);
    tp_buf_char(out, '"');
    sim_decimal(out, hundredths, 2, ',');
    tp_buf_char(out, '"');
}

static const char *
target_text(sim_tier tier)
{
    static const char *const TEXT[] = {"PELAKSANA",   "PENGAWAS",  "ADMINISTRATOR",
                                       "JPT_PRATAMA", "JPT_MADYA", "JPT_UTAMA"};

    return TEXT[tier];
}

static void
put_scores(const sim_assessment *result, tp_buf *out)
{
    int sum = 0;

    sim_js_open(out, "kompetensi", '[');
    for (size_t i = 0; i < SIM_ASPECTS; i++) {
        sim_js_open(out, NULL, '{');
        sim_js_text(out, "kode", sim_aspect_code(i));
        put_level("level", result->half[i], out);
        sim_js_int(out, "standar", result->standard);
        tp_buf_char(out, '}');
    }
    tp_buf_char(out, ']');
    sim_js_open(out, "potensi", '{');
    for (size_t i = 0; i < SIM_POTENTIALS; i++) {
        const char *field = sim_potential_field(i);
        put_level(field[0] != '\0' ? field : sim_potential_code(i), result->potential[i], out);
        sum += result->potential[i];
    }
    put_comma("total", (int64_t)sum * 10000 / (10 * SIM_POTENTIALS), out);
    tp_buf_char(out, '}');
    sim_js_open(out, "teknis", '[');
    for (int i = 0; i < result->n_tech; i++) {
        sim_js_open(out, NULL, '{');
        sim_js_text(out, "kode", result->tech[i].code);
        put_level("level", result->tech[i].level_half, out);
        tp_buf_char(out, '}');
    }
    tp_buf_char(out, ']');
}

static void
put_item(sim_site *site, const sim_row *row, sim_person *p, sim_view *v, tp_buf *out)
{
    char day[24], stamp[48];

    if (row->sub >= (uint32_t)p->n_assessment) {
        return;
    }
    const sim_assessment *result = &p->assessment[row->sub];
    const int32_t changed = sim_row_changed(site, row);
    sim_js_open(out, NULL, '{');
    sim_js_text(out, "id", row->key);
    sim_js_text(out, "nip", v->nip);
    sim_js_text(out, "nama", v->name);
    sim_js_date(out, "tanggal_lahir", v->born, SIM_DATE_ISO);
    sim_js_open(out, "kegiatan", '{');
    sim_js_text(out, "id", result->event_id);
    sim_js_text(out, "nama", result->event);
    sim_js_text(out, "lembaga", result->body);
    sim_js_text(out, "akreditasi", result->accreditation);
    tp_buf_char(out, '}');
    sim_js_day(out, "tanggal", result->day);
    sim_js_day(out, "berlaku_sampai", result->expires);
    sim_js_text(out, "jenjang_sasaran", target_text(result->target));
    sim_js_text(out, "metode", "assessment_center");
    put_scores(result, out);
    put_comma("jpm", result->jpm_hundredths, out);
    sim_js_text(out, "rekomendasi", result->recommendation);
    (void)snprintf(stamp, sizeof stamp, "%sT10:00:00Z",
                   sim_day_text(changed > result->day ? changed : result->day, SIM_DATE_ISO, day));
    sim_js_text(out, "diubah", stamp);
    sim_js_bool(out, "sintetis", true);
    tp_buf_char(out, '}');
}

/* A cursor is a row number: "c-000200" goes on after row 199. */
static bool
read_cursor(const char *text, uint64_t space, uint64_t *out)
{
    *out = 0;
    return text[0] == '\0' || (strncmp(text, "c-", 2) == 0 &&
                               tp_str_to_u64(tp_str_of(text + 2), out) && *out <= space);
}

void
sim_asesmen_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    const sim_world *world = site->world;
    const uint64_t space = sim_feed_space(world, SIM_FEED_ASESMEN, 0);
    uint64_t left = sim_query_u64(request, "limit", LIMIT, LIMIT_MAX);
    sim_person *person = malloc(sizeof *person);
    uint64_t at, start;
    sim_row row;
    sim_view view;
    char cursor[32];

    if (strcmp(request->path, "/v1/hasil") != 0) {
        sim_reply_error(reply, 404, "{\"message\":\"alamat tidak dikenal\"}");
    } else if (!read_cursor(sim_query_text(request, "after"), space, &start)) {
        sim_reply_error(reply, 410, "{\"message\":\"kursor tidak dikenal lagi\"}");
    } else if (person == NULL) {
        reply->body.failed = true;
    } else {
        reply->type = "application/json";
        tp_buf_puts(&reply->body, "{\"sintetis\":true,\"items\":[");
        for (at = request->dup_page ? 0 : start; at < space && left > 0; at++) {
            if (sim_feed_at(world, SIM_FEED_ASESMEN, 0, at, &row)) {
                sim_person_make(world, row.person, person);
                sim_view_make(world, SIM_FEED_ASESMEN, 0, &row, person, &view);
                put_item(site, &row, person, &view, &reply->body);
                left--;
            }
        }
        tp_buf_char(&reply->body, ']');
        (void)snprintf(cursor, sizeof cursor, "c-%06llu",
                       (unsigned long long)(request->loop ? start : at));
        sim_js_text(&reply->body, "next", cursor);
        sim_js_bool(&reply->body, "has_more", request->loop || at < space);
        tp_buf_char(&reply->body, '}');
    }
    free(person);
}

/* The i-th file begins where the one before it ended. */
bool
sim_asesmen_file(sim_site *site, uint64_t i, sim_file *out)
{
    const uint64_t space = sim_feed_space(site->world, SIM_FEED_ASESMEN, 0);
    uint64_t at = 0, found = 0;
    sim_row row;

    for (; at < space && found < i * LIMIT; at++) {
        found += sim_feed_at(site->world, SIM_FEED_ASESMEN, 0, at, &row);
    }
    if (i > 0 && at >= space) {
        return false;
    }
    (void)snprintf(out->url, sizeof out->url, "/v1/hasil?limit=%d&after=c-%06llu", LIMIT,
                   (unsigned long long)at);
    (void)snprintf(out->name, sizeof out->name, "hasil-%04llu.json", (unsigned long long)i + 1);
    return true;
}
