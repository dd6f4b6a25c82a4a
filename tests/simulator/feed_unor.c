/* How does SIASN list the units of all agencies (ref-unor)? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/out.h"
#include "tests/simulator/site.h"

enum { LIMIT = 1000, LIMIT_MAX = 5000 };

static uint64_t
count_units(const sim_world *world)
{
    uint64_t n = 0;

    for (uint32_t a = 0; a < sim_agency_count(world); a++) {
        n += sim_unit_count(world, a);
    }
    return n;
}

static void
put_unit(const sim_world *world, uint32_t agency, uint32_t number, sim_person *person, tp_buf *out)
{
    sim_unit_info unit, parent;
    char name[SIM_TEXT + 8];

    sim_unit(world, agency, number, &unit);
    /* names are padded with dashes by the depth of the unit, as in exports */
    (void)snprintf(name, sizeof name, "%s%s", unit.parent == SIM_NONE ? "" : "-- ", unit.name);
    sim_js_open(out, NULL, '{');
    sim_js_text(out, "Id", unit.id);
    sim_js_text(out, "InstansiId", sim_agency(world, agency)->bkn_id);
    if (unit.parent != SIM_NONE) {
        sim_unit(world, agency, unit.parent, &parent);
        sim_js_text(out, "DiatasanId", parent.id);
    } else {
        sim_js_text(out, "DiatasanId", "");
    }
    sim_js_text(out, "IndukUnorId", "");
    sim_js_text(out, "EselonId", unit.echelon_id);
    sim_js_text(out, "NamaUnor", name);
    sim_js_text(out, "NamaJabatan", unit.head_title);
    sim_js_text(out, "CepatKode", unit.code);
    if (unit.head != SIM_NONE) {
        sim_person_make(world, unit.head, person);
        sim_js_text(out, "PemimpinPnsId", person->siasn_id);
    } else {
        sim_js_text(out, "PemimpinPnsId", "");
    }
    sim_js_text(out, "JenisUnorId", unit.parent == SIM_NONE ? "1" : "2");
    sim_js_bool(out, "Sintetis", true);
    tp_buf_char(out, '}');
}

void
sim_unor_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    const sim_world *world = site->world;
    const uint64_t limit = sim_query_u64(request, "limit", LIMIT, LIMIT_MAX);
    uint64_t offset = sim_query_u64(request, "offset", 0, UINT32_MAX);
    sim_person *person = malloc(sizeof *person);
    uint64_t at = 0;

    reply->type = "application/json";
    if (person == NULL || !sim_token_check(&site->tokens, request, reply)) {
        reply->body.failed = reply->body.failed || person == NULL;
        free(person);
        return;
    }
    if ((request->dup_page || request->loop) && offset >= limit) {
        offset = request->loop ? 0 : offset - limit;
    }
    tp_buf_puts(&reply->body, "{\"code\":1,\"sintetis\":true,\"data\":[");
    for (uint32_t a = 0; a < sim_agency_count(world) && at < offset + limit; a++) {
        const uint64_t units = sim_unit_count(world, a);
        for (uint64_t u = offset > at ? offset - at : 0; u < units && at + u < offset + limit;
             u++) {
            put_unit(world, a, (uint32_t)u, person, &reply->body);
        }
        at += units;
    }
    tp_buf_puts(&reply->body, "]}");
    free(person);
}

bool
sim_unor_file(sim_site *site, uint64_t i, sim_file *out)
{
    if (i > 0 && i * LIMIT >= count_units(site->world)) {
        return false;
    }
    (void)snprintf(out->url, sizeof out->url, "/referensi/ref-unor?limit=%d&offset=%llu", LIMIT,
                   (unsigned long long)i * LIMIT);
    (void)snprintf(out->name, sizeof out->name, "ref-unor-%04llu.json", (unsigned long long)i + 1);
    return true;
}
