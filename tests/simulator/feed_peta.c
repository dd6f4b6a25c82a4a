/* How does the national position map show each senior post and what it asks for? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/out.h"
#include "tests/simulator/site.h"

enum { PAGE = 100 };

/* Writes "<pj:" and the like: the prefix differs from page to page, the namespace does not. */
typedef struct writer {
    const sim_world *world;
    const char *prefix;
    sim_person *person;
    tp_buf *out;
} writer;

static void
open_tag(const writer *w, const char *name)
{
    tp_buf_char(w->out, '<');
    tp_buf_puts(w->out, w->prefix);
    tp_buf_char(w->out, ':');
    tp_buf_puts(w->out, name);
}

static void
attr(const writer *w, const char *name, const char *value)
{
    sim_xml_attr(w->out, name, value, SIM_UTF8);
}

static void
attr_int(const writer *w, const char *name, int64_t value)
{
    tp_buf_printf(w->out, " %s=\"%lld\"", name, (long long)value);
}

static void
attr_day(const writer *w, const char *name, int32_t day)
{
    char text[24];

    if (day != SIM_NO_DAY) {
        attr(w, name, sim_day_text(day, SIM_DATE_ISO, text));
    }
}

static void
close_empty(const writer *w)
{
    tp_buf_put(w->out, "/>", 2);
}

static void
close_text(const writer *w, const char *name, const char *text)
{
    tp_buf_char(w->out, '>');
    sim_xml_text(w->out, text, SIM_UTF8);
    tp_buf_printf(w->out, "</%s:%s>", w->prefix, name);
}

static void
put_text(const writer *w, const char *name, const char *text)
{
    open_tag(w, name);
    close_text(w, name, text);
}

static const char *
tier_text(sim_tier tier)
{
    return tier == SIM_TIER_UTAMA   ? "JPT Utama"
           : tier == SIM_TIER_MADYA ? "JPT Madya"
                                    : "JPT Pratama";
}

static void
put_education(const writer *w, const sim_post_info *post)
{
    open_tag(w, "pendidikanMin");
    attr(w, "tingkat", post->min_education);
    tp_buf_char(w->out, '>');
    for (size_t i = 0; i < TP_COUNT(post->fields) && post->fields[i] != NULL; i++) {
        open_tag(w, "bidang");
        attr(w, "kode", post->fields[i]);
        close_empty(w);
    }
    tp_buf_printf(w->out, "</%s:pendidikanMin>", w->prefix);
}

/* Experience is asked for in each affair of the post; a post without one asks for years alone. */
static void
put_experience(const writer *w, const sim_post_info *post)
{
    size_t i = 0;

    do {
        open_tag(w, "pengalaman");
        attr_int(w, "tahun", post->experience_years);
        if (post->affairs[i] != NULL) {
            attr(w, "urusan", post->affairs[i]);
        }
        close_empty(w);
        i++;
    } while (i < TP_COUNT(post->affairs) && post->affairs[i] != NULL);
}

static void
put_weights(const writer *w)
{
    static const struct {
        const char *criterion;
        int percent;
    } WEIGHTS[] = {{"kinerja", 30}, {"kompetensi", 40}, {"kualifikasi", 20}, {"integritas", 10}};

    for (size_t i = 0; i < TP_COUNT(WEIGHTS); i++) {
        open_tag(w, "bobot");
        attr(w, "kriteria", WEIGHTS[i].criterion);
        tp_buf_char(w->out, '>');
        sim_decimal(w->out, WEIGHTS[i].percent, 2, ',');
        tp_buf_printf(w->out, "</%s:bobot>", w->prefix);
    }
}

static void
put_profile(const writer *w, const sim_post_info *post)
{
    open_tag(w, "syarat");
    tp_buf_puts(w->out, ">\n");
    put_text(w, "pangkatMin", sim_rank_name(post->min_rank));
    put_education(w, post);
    if (post->training != NULL) {
        open_tag(w, "pelatihan");
        attr(w, "wajib", post->training_required ? "ya" : "tidak");
        close_text(w, "pelatihan", post->training);
    }
    put_experience(w, post);
    open_tag(w, "usiaMaks");
    tp_buf_printf(w->out, ">%d</%s:usiaMaks>", post->max_age, w->prefix);
    for (size_t i = 0; i < SIM_ASPECTS; i++) {
        open_tag(w, "kompetensi");
        attr(w, "aspek", sim_aspect_code(i));
        attr_int(w, "level", post->standard[i]);
        close_empty(w);
    }
    for (int i = 0; i < post->n_tech; i++) {
        open_tag(w, "kompetensiTeknis");
        attr(w, "kode", post->tech[i].code);
        tp_buf_puts(w->out, " level=\"");
        sim_halves(w->out, post->tech[i].level_half);
        tp_buf_char(w->out, '"');
        attr_int(w, "bobot", post->tech[i].weight_pct);
        close_empty(w);
    }
    put_weights(w);
    tp_buf_printf(w->out, "\n</%s:syarat>", w->prefix);
}

static void
put_post(const writer *w, uint32_t number)
{
    sim_post_info post;
    sim_unit_info unit, parent;

    sim_post(w->world, number, &post);
    sim_unit(w->world, post.agency, post.unit, &unit);
    open_tag(w, "jabatan");
    attr(w, "kode", post.code);
    attr_int(w, "versi", post.version);
    attr(w, "instansi", sim_agency(w->world, post.agency)->quick_code);
    attr_day(w, "lowongSejak", post.vacant_since);
    attr_day(w, "targetIsi", post.target_day);
    tp_buf_puts(w->out, ">\n");
    put_text(w, "nama", post.title);
    open_tag(w, "unit");
    attr(w, "kode", unit.code);
    if (unit.parent != SIM_NONE) {
        sim_unit(w->world, post.agency, unit.parent, &parent);
        attr(w, "induk", parent.code);
    }
    close_text(w, "unit", unit.name);
    open_tag(w, "jenjang");
    attr(w, "eselon", post.echelon_id);
    attr_int(w, "kelas", post.job_class);
    attr(w, "fungsi", post.function);
    close_text(w, "jenjang", tier_text(post.tier));
    open_tag(w, "pemangku");
    if (post.holder != SIM_NONE) {
        sim_person_make(w->world, post.holder, w->person);
    }
    attr(w, "nip", post.holder != SIM_NONE ? w->person->nip : "");
    close_empty(w);
    put_profile(w, &post);
    tp_buf_printf(w->out, "</%s:jabatan>\n", w->prefix);
}

void
sim_peta_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    const uint64_t page = sim_query_u64(request, "hal", 1, UINT32_MAX);
    const uint64_t total = sim_post_count(site->world);
    const char *path = strncmp(request->path, "/peta/", 6) == 0 ? request->path + 5 : request->path;
    uint64_t first, last;

    if (strcmp(path, "/jabatan") != 0) {
        sim_reply_error(reply, 404, "{\"message\":\"alamat tidak dikenal\"}");
        return;
    }
    const writer w = {.world = site->world,
                      .prefix = page % 3 == 0 ? "jab" : "pj",
                      .person = malloc(sizeof *w.person),
                      .out = &reply->body};
    if (w.person == NULL) {
        reply->body.failed = true;
        return;
    }
    reply->type = "application/xml";
    sim_page(request, page, PAGE, total, &first, &last);
    tp_buf_puts(w.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    open_tag(&w, "petaJabatan");
    tp_buf_printf(w.out, " xmlns:%s=\"urn:contoh:peta-jabatan:1\"", w.prefix);
    attr_int(&w, "halaman", (int64_t)page);
    attr_int(&w, "jumlah", (int64_t)total + request->total_delta);
    tp_buf_puts(w.out, " sintetis=\"ya\">\n");
    for (uint64_t i = first; i < last; i++) {
        put_post(&w, (uint32_t)i);
    }
    if (page * PAGE < total || request->loop) {
        open_tag(&w, "lanjut");
        tp_buf_printf(w.out, " href=\"?hal=%llu\"/>\n",
                      (unsigned long long)(request->loop ? page : page + 1));
    }
    tp_buf_printf(w.out, "</%s:petaJabatan>\n", w.prefix);
    free(w.person);
}

bool
sim_peta_file(sim_site *site, uint64_t i, sim_file *out)
{
    if (i > 0 && i * PAGE >= sim_post_count(site->world)) {
        return false;
    }
    (void)snprintf(out->url, sizeof out->url, "/jabatan?hal=%llu", (unsigned long long)i + 1);
    (void)snprintf(out->name, sizeof out->name, "jabatan-%04llu.xml", (unsigned long long)i + 1);
    return true;
}
