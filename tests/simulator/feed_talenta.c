/* How does one agency's talent API answer: a wrapped list, then wrapped SIASN answers per person?
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "talent/base/hash.h"
#include "tests/simulator/out.h"
#include "tests/simulator/siasn.h"

enum { SIZE = 100, SIZE_MAX_ROWS = 1000 };

static void
put_item(sim_site *site, const sim_row *row, sim_person *p, sim_view *v, tp_buf *out)
{
    TP_AUTO_BUF(axis);
    const uint64_t luck = tp_hash_mix(p->index ^ 0x7a1e);
    char day[24], stamp[48];

    (void)snprintf(stamp, sizeof stamp, "%s 02:10:44",
                   sim_day_text(sim_row_changed(site, row), SIM_DATE_ISO, day));
    sim_js_open(out, NULL, '{');
    sim_js_text(out, "NIP", v->nip);
    sim_js_text(out, "nama", v->name);
    sim_js_text(out, "nama_gelar", v->full_name);
    sim_js_text(out, "st_active", "1 ");
    /* the agency's own box and axes: kept by the reader to compare, never an input */
    sim_js_digits(out, "kotak", (int64_t)(luck % 9) + 1);
    sim_decimal(&axis, (int64_t)(5000 + luck % 5000), 2, ',');
    sim_js_text(out, "sumbu_x", tp_buf_cstr(&axis));
    tp_buf_reset(&axis);
    sim_decimal(&axis, (int64_t)(20 + luck / 7 % 31), 1, '.');
    sim_js_text(out, "sumbu_y", tp_buf_cstr(&axis));
    sim_js_text(out, "updated_at", stamp);
    sim_js_bool(out, "sintetis", true);
    tp_buf_char(out, '}');
}

static void
answer_list(sim_site *site, const sim_request *request, sim_reply *reply)
{
    const uint64_t page = sim_query_u64(request, "page", 1, UINT32_MAX);
    uint64_t size = sim_query_u64(request, "size", SIZE, SIZE_MAX_ROWS);
    const int32_t since = sim_query_day(request, "updated_since");
    const uint64_t total = sim_site_total(site, SIM_FEED_TALENTA, since);
    tp_buf *out = &reply->body;
    uint64_t first, last;

    size = size == 0 ? SIZE : size;
    sim_page(request, page, size, total, &first, &last);
    tp_buf_puts(out, "{\"code\":200,\"message\":\"OK\",\"sintetis\":true,\"data\":{");
    sim_js_int(out, "page", (int64_t)page);
    sim_js_int(out, "size", (int64_t)size);
    sim_js_digits(out, "total", (int64_t)total + request->total_delta);
    sim_js_open(out, "list", '[');
    sim_site_rows(site, SIM_FEED_TALENTA, since, first, last, put_item, out);
    tp_buf_puts(out, "]}}");
}

/* Outer code 200 while the inner one says there is nothing. */
static void
answer_nothing(sim_reply *reply)
{
    tp_buf_reset(&reply->body);
    tp_buf_puts(&reply->body,
                "{\"code\":200,\"message\":\"OK\",\"sintetis\":true,\"data\":{\"code\":0,"
                "\"data\":\"Data tidak ditemukan\"}}");
}

static void
answer_person(sim_site *site, const char *nip, tp_str endpoint, sim_reply *reply)
{
    const uint32_t index = sim_find_nip(site->world, nip);
    sim_siasn_history *history = endpoint.p != NULL ? sim_siasn_find(endpoint) : NULL;
    sim_row row;
    sim_view view;
    tp_buf *out = &reply->body;

    if (index == SIM_NONE || !sim_feed_row_of(site->world, SIM_FEED_TALENTA, index, &row)) {
        answer_nothing(reply);
        return;
    }
    sim_person *person = malloc(sizeof *person);
    if (person == NULL) {
        out->failed = true;
        return;
    }
    sim_person_make(site->world, index, person);
    sim_view_make(site->world, SIM_FEED_TALENTA, 0, &row, person, &view);
    tp_buf_puts(
        out, "{\"code\":200,\"message\":\"OK\",\"sintetis\":true,\"data\":{\"code\":1,\"data\":");
    if (history == NULL) {
        sim_siasn_main(site->world, person, &view, out);
        tp_buf_puts(out, "}}");
    } else {
        tp_buf_char(out, '[');
        const int rows = history(site->world, person, &view, out);
        tp_buf_puts(out, "]}}");
        if (rows == 0) {
            answer_nothing(reply);
        }
    }
    free(person);
}

void
sim_talenta_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    static const char history[] = "/openapi/talenta/rw/", profile[] = "/openapi/profil/";
    const char *path = request->path;
    const char *given = request->header(request->of, "app-token");
    char token[SIM_SECRET_TEXT];

    reply->type = "application/json";
    sim_secret(&site->tokens, "talenta_app_token", token);
    if (!request->trusted && (given == NULL || strcmp(given, token) != 0)) {
        sim_reply_error(reply, 401, "{\"code\":401,\"message\":\"app-token tidak sah\"}");
        return;
    }
    if (strcmp(path, "/openapi/talenta/list") == 0) {
        answer_list(site, request, reply);
    } else if (strncmp(path, profile, sizeof profile - 1) == 0) {
        answer_person(site, path + sizeof profile - 1, TP_STR_NONE, reply);
    } else if (strncmp(path, history, sizeof history - 1) == 0) {
        path += sizeof history - 1;
        const char *slash = strchr(path, '/');
        const tp_str endpoint = {path, slash != NULL ? (size_t)(slash - path) : strlen(path)};
        if (slash == NULL || sim_siasn_find(endpoint) == NULL) {
            sim_reply_error(reply, 404, "{\"code\":404,\"message\":\"Not Found\"}");
            return;
        }
        answer_person(site, slash + 1, endpoint, reply);
    } else {
        sim_reply_error(reply, 404, "{\"code\":404,\"message\":\"Not Found\"}");
    }
}

bool
sim_talenta_file(sim_site *site, uint64_t i, sim_file *out)
{
    if (i > 0 && i * SIZE >= sim_site_total(site, SIM_FEED_TALENTA, SIM_NO_DAY)) {
        return false;
    }
    (void)snprintf(out->url, sizeof out->url, "/openapi/talenta/list?page=%llu&size=%d",
                   (unsigned long long)i + 1, SIZE);
    (void)snprintf(out->name, sizeof out->name, "list-%04llu.json", (unsigned long long)i + 1);
    return true;
}
