/* How does the SIASN web service answer for one person, with which envelope and which errors? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "talent/base/hash.h"
#include "tests/simulator/out.h"
#include "tests/simulator/siasn.h"

static const char WRONG_PATH[] =
    "{\"code\":\"404\",\"type\":\"Status report\",\"message\":\"Runtime Error\",\"description\":"
    "\"No matching resource found for given API Request\"}";
static const char NO_ROWS[] = "{\"code\":0,\"data\":\"Data tidak ditemukan\"}";

void
sim_gateway_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    sim_token_gateway(&site->tokens, request, reply);
}

void
sim_sso_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    sim_token_user(&site->tokens, request, reply);
}

/* Three ways to say that a person has no rows; which one depends on person and endpoint alone. */
static void
answer_empty(uint32_t person, tp_str endpoint, sim_reply *reply)
{
    switch (tp_hash_str(person, endpoint) % 8) {
    case 0:
        sim_reply_error(reply, 404, "{\"code\":0,\"data\":\"record not found\"}");
        break;
    case 1:
        sim_reply_error(reply, 200, "{\"code\":0,\"data\":null}");
        break;
    default:
        sim_reply_error(reply, 404, NO_ROWS);
        break;
    }
}

static void
answer_history(const sim_world *world, const sim_person *p, const sim_view *v, tp_str endpoint,
               int64_t total_delta, sim_reply *reply)
{
    sim_siasn_history *history = sim_siasn_find(endpoint);
    tp_buf *out = &reply->body;

    tp_buf_puts(out, "{\"code\":1,\"sintetis\":true,\"data\":[");
    const int rows = history(world, p, v, out);
    if (rows == 0) {
        answer_empty(p->index, endpoint, reply);
        return;
    }
    tp_buf_char(out, ']');
    if (tp_hash_str(7, endpoint) % 2 == 0) { /* "count" stands on some answers only */
        sim_js_int(out, "count", rows + total_delta);
    }
    tp_buf_char(out, '}');
}

static void
answer_person(sim_site *site, const sim_request *request, tp_str endpoint, const char *nip,
              sim_reply *reply)
{
    const uint32_t index = sim_find_nip(site->world, nip);
    sim_row row;
    sim_view view;

    if (index == SIM_NONE || !sim_feed_row_of(site->world, SIM_FEED_SIASN, index, &row)) {
        sim_reply_error(reply, 404, NO_ROWS);
        return;
    }
    sim_person *person = malloc(sizeof *person);
    if (person == NULL) {
        reply->body.failed = true;
        return;
    }
    sim_person_make(site->world, index, person);
    sim_view_make(site->world, SIM_FEED_SIASN, 0, &row, person, &view);
    if (tp_str_is(endpoint, "data-utama")) {
        tp_buf_puts(&reply->body, "{\"code\":1,\"sintetis\":true,\"data\":");
        sim_siasn_main(site->world, person, &view, &reply->body);
        tp_buf_char(&reply->body, '}');
    } else {
        answer_history(site->world, person, &view, endpoint, request->total_delta, reply);
    }
    free(person);
}

void
sim_siasn_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    static const char base[] = "/apisiasn/1.0";
    const char *path = request->path;

    reply->type = "application/json";
    if (!sim_token_check(&site->tokens, request, reply)) {
        return;
    }
    if (strncmp(path, base, sizeof base - 1) == 0) {
        path += sizeof base - 1;
    }
    if (strncmp(path, "/referensi/ref-unor", 19) == 0) {
        sim_unor_answer(site, request, reply);
        return;
    }
    const char *slash = strncmp(path, "/pns/", 5) == 0 ? strchr(path + 5, '/') : NULL;
    const tp_str endpoint =
        slash != NULL ? (tp_str){path + 5, (size_t)(slash - path - 5)} : TP_STR_NONE;
    if (slash == NULL || (!tp_str_is(endpoint, "data-utama") && sim_siasn_find(endpoint) == NULL)) {
        sim_reply_error(reply, 404, WRONG_PATH);
        return;
    }
    answer_person(site, request, endpoint, slash + 1, reply);
}

/* One file per endpoint, one answer a line, candidates in order; those without rows answer too. */
bool
sim_siasn_file(sim_site *site, uint64_t i, sim_file *out)
{
    const uint32_t people = sim_candidate_count(site->world);
    sim_person *person;

    if (people == 0) {
        return false;
    }
    const uint64_t kind = i / people;
    const char *endpoint = kind == 0 ? "data-utama" : sim_siasn_endpoint((size_t)kind - 1);
    if (endpoint == NULL || (person = malloc(sizeof *person)) == NULL) {
        return false;
    }
    sim_person_make(site->world, sim_candidate(site->world, (uint32_t)(i % people)), person);
    (void)snprintf(out->url, sizeof out->url, "/pns/%s/%s", endpoint, person->nip);
    (void)snprintf(out->name, sizeof out->name, "%s.jsonl", endpoint);
    free(person);
    return true;
}
