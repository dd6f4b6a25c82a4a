/* How does a page of the gallery look in JSON, JSON Lines, XML and CSV? */
#include <stdio.h>
#include <string.h>

#include "talent/base/day.h"
#include "tests/simulator/gallery.h"
#include "tests/simulator/out.h"

static void
put_record(const sim_gallery_person *p, tp_buf *out)
{
    sim_js_open(out, NULL, '{');
    sim_js_text(out, "id", p->id);
    sim_js_text(out, "diubah", sim_gallery_mark(p->changed));
    sim_js_bool(out, "dihapus", p->gone);
    if (!p->gone) {
        sim_js_text(out, "nip", p->nip);
        sim_js_text(out, "nama", p->name);
        sim_js_text(out, "jk", p->male ? "L" : "P");
        sim_js_day(out, "lahir", p->born);
        sim_js_open(out, "riwayat", '[');
        for (size_t k = 0; k < p->n_posts; k++) {
            sim_js_open(out, NULL, '{');
            sim_js_text(out, "jabatan", p->post[k].title);
            sim_js_day(out, "mulai", p->post[k].since);
            tp_buf_char(out, '}');
        }
        tp_buf_char(out, ']');
    }
    tp_buf_char(out, '}');
}

static void
put_people(const sim_g_ask *ask, size_t first, size_t last, tp_buf *out)
{
    for (size_t i = first; i < last; i++) {
        put_record(ask->person[i], out);
    }
}

static void
put_envelope(const sim_g_ask *ask, tp_buf *out)
{
    sim_js_open(out, NULL, '{');
    sim_js_bool(out, "sintetis", true);
    sim_js_text(out, "sampai", sim_gallery_mark(ask->version));
    sim_js_int(out, "halaman", ask->page);
    sim_js_int(out, "jumlah_halaman", ask->pages);
    sim_js_int(out, "total", ask->total);
    sim_js_bool(out, "lagi", ask->more);
    sim_js_text(out, "berikut", ask->next[0] != '\0' ? ask->next : NULL);
    sim_js_open(out, "hapus", '[');
    for (size_t i = 0; i < ask->n_removed; i++) {
        sim_js_text(out, NULL, ask->removed[i]);
    }
    tp_buf_char(out, ']');
}

static void
write_json(const sim_g_ask *ask, tp_buf *out)
{
    put_envelope(ask, out);
    if (ask->format == SIM_G_JSON) {
        sim_js_open(out, "data", '{');
        sim_js_open(out, "pegawai", '[');
        put_people(ask, 0, ask->n, out);
        tp_buf_puts(out, "]}}");
        return;
    }
    sim_js_open(out, "hasil", '{');
    sim_js_open(out, "kelompok", '[');
    for (size_t group = 0; group < 2; group++) {
        sim_js_open(out, NULL, '{');
        sim_js_text(out, "nama", group == 0 ? "A" : "B");
        sim_js_open(out, "anggota", '[');
        for (size_t i = group * (ask->n / 2); i < (group == 0 ? ask->n / 2 : ask->n); i++) {
            sim_js_open(out, NULL, '{');
            sim_js_key(out, "orang");
            put_record(ask->person[i], out);
            tp_buf_char(out, '}');
        }
        tp_buf_puts(out, "]}");
    }
    tp_buf_puts(out, "]}}");
}

static void
write_lines(const sim_g_ask *ask, tp_buf *out)
{
    for (size_t i = 0; i < ask->n; i++) {
        put_record(ask->person[i], out);
        tp_buf_char(out, '\n');
    }
}

/* One attribute or child element, by format. */
static void
put_value(const sim_g_ask *ask, const char *prefix, const char *name, const char *value,
          tp_buf *out)
{
    char tag[32];

    if (ask->format == SIM_G_XML_AT) {
        sim_xml_attr(out, name, value, SIM_UTF8);
        return;
    }
    (void)snprintf(tag, sizeof tag, "%s%s", prefix, name);
    sim_xml_elem(out, tag, value, SIM_UTF8);
}

static void
put_xml_posts(const sim_g_ask *ask, const char *p, const sim_gallery_person *person, tp_buf *out)
{
    char day[TP_DAY_TEXT];

    tp_buf_printf(out, "<%sriwayat>", p);
    for (size_t k = 0; k < person->n_posts; k++) {
        tp_buf_printf(out, "<%sbaris", p);
        tp_day_format(person->post[k].since, day);
        sim_xml_attr(out, "mulai", day, SIM_UTF8);
        if (ask->format == SIM_G_XML_AT) {
            sim_xml_attr(out, "jabatan", person->post[k].title, SIM_UTF8);
            tp_buf_puts(out, "/>");
        } else {
            tp_buf_char(out, '>');
            sim_xml_text(out, person->post[k].title, SIM_UTF8);
            tp_buf_printf(out, "</%sbaris>", p);
        }
    }
    tp_buf_printf(out, "</%sriwayat>", p);
}

static void
put_xml_person(const sim_g_ask *ask, const char *p, const sim_gallery_person *person, tp_buf *out)
{
    const bool attributes = ask->format == SIM_G_XML_AT;
    char day[TP_DAY_TEXT];

    tp_buf_printf(out, "<%spegawai", p);
    sim_xml_attr(out, "id", person->id, SIM_UTF8);
    sim_xml_attr(out, "diubah", sim_gallery_mark(person->changed), SIM_UTF8);
    sim_xml_attr(out, "dihapus", person->gone ? "ya" : "tidak", SIM_UTF8);
    if (!person->gone) {
        tp_buf_puts(out, attributes ? "" : ">");
        put_value(ask, p, "nip", person->nip, out);
        put_value(ask, p, "nama", person->name, out);
        put_value(ask, p, "jk", person->male ? "L" : "P", out);
        tp_day_format(person->born, day);
        put_value(ask, p, "lahir", day, out);
        tp_buf_puts(out, attributes ? ">" : "");
        put_xml_posts(ask, p, person, out);
    } else {
        tp_buf_char(out, '>');
    }
    tp_buf_printf(out, "</%spegawai>\n", p);
}

static void
write_xml(const sim_g_ask *ask, tp_buf *out)
{
    static const char *const CHARSET[SIM_G_ENCODINGS] = {"UTF-8", "UTF-8", "UTF-16", "UTF-16",
                                                         "ISO-8859-1"};
    const bool spaced = ask->format == SIM_G_XML_NS;
    const char *p = !spaced ? "" : ask->page % 2 == 1 ? "g:" : "gal:";

    tp_buf_printf(out, "<?xml version=\"1.0\" encoding=\"%s\"?>\n<%sdaftar", CHARSET[ask->encoding],
                  p);
    if (spaced) {
        tp_buf_printf(out, " xmlns:%.*s=\"urn:contoh:galeri:1\"", (int)strlen(p) - 1, p);
    }
    tp_buf_printf(out,
                  " sintetis=\"ya\" sampai=\"%s\" halaman=\"%lld\" jumlahHalaman=\"%lld\" "
                  "total=\"%lld\">\n",
                  sim_gallery_mark(ask->version), (long long)ask->page, (long long)ask->pages,
                  (long long)ask->total);
    for (size_t i = 0; i < ask->n; i++) {
        put_xml_person(ask, p, ask->person[i], out);
    }
    for (size_t i = 0; i < ask->n_removed; i++) {
        tp_buf_printf(out, "<%shapus id=\"%s\"/>\n", p, ask->removed[i]);
    }
    if (ask->next[0] != '\0') {
        tp_buf_printf(out, "<%slanjut", p);
        sim_xml_attr(out, "href", ask->next, SIM_UTF8);
        tp_buf_puts(out, "/>\n");
    }
    tp_buf_printf(out, "</%sdaftar>\n", p);
}

/* A flat list: the newest post only. */
static void
write_csv(const sim_g_ask *ask, tp_buf *out)
{
    char day[TP_DAY_TEXT];

    tp_buf_puts(out, "id;diubah;dihapus;nip;nama;jk;lahir;jabatan;mulai\r\n");
    for (size_t i = 0; i < ask->n; i++) {
        const sim_gallery_person *p = ask->person[i];
        const sim_gallery_post *post = p->n_posts > 0 ? &p->post[p->n_posts - 1] : NULL;
        tp_buf_printf(out, "%s;%s;%s;", p->id, sim_gallery_mark(p->changed),
                      p->gone ? "ya" : "tidak");
        if (p->gone) {
            tp_buf_puts(out, ";;;;;\r\n");
            continue;
        }
        tp_day_format(p->born, day);
        tp_buf_printf(out, "%s;%s;%s;%s;", p->nip, p->name, p->male ? "L" : "P", day);
        sim_csv_field(out, post != NULL ? post->title : "", ';');
        if (post != NULL) {
            tp_day_format(post->since, day);
        }
        tp_buf_printf(out, ";%s\r\n", post != NULL ? day : "");
    }
}

void
sim_gallery_write(const sim_g_ask *ask, tp_buf *out)
{
    switch (ask->format) {
    case SIM_G_JSON:
    case SIM_G_DEEP:
        write_json(ask, out);
        break;
    case SIM_G_ARRAY:
        tp_buf_char(out, '[');
        put_people(ask, 0, ask->n, out);
        tp_buf_char(out, ']');
        break;
    case SIM_G_NDJSON:
        write_lines(ask, out);
        break;
    case SIM_G_CSV:
        write_csv(ask, out);
        break;
    default:
        write_xml(ask, out);
        break;
    }
}

const char *
sim_gallery_type(const sim_g_ask *ask)
{
    static const char *const TYPE[SIM_G_FORMATS] = {
        "application/json", "application/json", "application/json", "application/x-ndjson",
        "application/xml",  "application/xml",  "application/xml",  "text/csv"};
    static const char *const LATIN1[SIM_G_FORMATS] = {"application/json; charset=ISO-8859-1",
                                                      "application/json; charset=ISO-8859-1",
                                                      "application/json; charset=ISO-8859-1",
                                                      "application/x-ndjson; charset=ISO-8859-1",
                                                      "application/xml",
                                                      "application/xml",
                                                      "application/xml",
                                                      "text/csv; charset=ISO-8859-1"};

    if (ask->packing == SIM_G_GZ) {
        return "application/gzip";
    }
    return ask->encoding == SIM_G_LATIN1 ? LATIN1[ask->format] : TYPE[ask->format];
}
