/* How is a way of the gallery described as a source? */
#include <string.h>
#include <unistd.h>

#include "tests/simulator/gallery.h"
#include "tests/support/gallery_night.h"

/* Log-in of a way, as members of "connect". */
static const char *const AUTH[SIM_G_AUTHS] = {
    [SIM_G_NONE] = "",
    [SIM_G_BASIC] = "\"auth\": [{\"kind\": \"basic\", \"user\": {\"secret\": \"galeri_user\"}, "
                    "\"password\": {\"secret\": \"galeri_password\"}}],",
    [SIM_G_BEARER] = "\"auth\": [{\"kind\": \"bearer\", "
                     "\"value\": {\"secret\": \"galeri_token\"}}],",
    [SIM_G_KEY_HEADER] = "\"auth\": [{\"kind\": \"header\", \"name\": \"X-Api-Key\", "
                         "\"value\": {\"secret\": \"galeri_key\"}}],",
    [SIM_G_KEY_QUERY] = "\"auth\": [{\"kind\": \"query\", \"name\": \"kunci\", "
                        "\"value\": {\"secret\": \"galeri_key\"}}],",
    [SIM_G_CLIENT] = "\"auth\": [{\"kind\": \"oauth2_client\", \"style\": \"basic\", "
                     "\"url\": {\"setting\": \"galeri_masuk_url\"}, \"gives\": \"t\", "
                     "\"client_id\": {\"secret\": \"galeri_client\"}, "
                     "\"client_secret\": {\"secret\": \"galeri_secret\"}}],"
                     "\"headers\": {\"Authorization\": \"Bearer {token:t}\"},",
    [SIM_G_PASSWORD] = "\"auth\": [{\"kind\": \"oauth2_password\", \"gives\": \"t\", "
                       "\"url\": {\"setting\": \"galeri_masuk_url\"}, "
                       "\"client_id\": {\"secret\": \"galeri_client\"}, "
                       "\"username\": {\"secret\": \"galeri_user\"}, "
                       "\"password\": {\"secret\": \"galeri_password\"}}],"
                       "\"headers\": {\"Authorization\": \"Bearer {token:t}\"},",
    [SIM_G_SIASN] = "\"auth\": [{\"kind\": \"oauth2_client\", \"style\": \"basic\", "
                    "\"url\": {\"setting\": \"siasn_token_url\"}, \"gives\": \"gateway\", "
                    "\"client_id\": {\"secret\": \"siasn_consumer_key\"}, "
                    "\"client_secret\": {\"secret\": \"siasn_consumer_secret\"}}, "
                    "{\"kind\": \"oauth2_password\", \"gives\": \"user\", "
                    "\"url\": {\"setting\": \"siasn_sso_url\"}, "
                    "\"client_id\": {\"secret\": \"siasn_sso_client\"}, "
                    "\"username\": {\"secret\": \"siasn_sso_user\"}, "
                    "\"password\": {\"secret\": \"siasn_sso_password\"}}],"
                    "\"headers\": {\"Authorization\": \"Bearer {token:gateway}\", "
                    "\"Auth\": \"bearer {token:user}\"},",
    [SIM_G_CERT] = "",
};

static const char *const FORMAT[SIM_G_FORMATS] = {"json", "json", "json", "ndjson",
                                                  "xml",  "xml",  "xml",  "csv"};

/* Where the records are, and how the paths of a format are written. */
static const char *const SELECT[SIM_G_FORMATS] = {"data.pegawai[]",
                                                  "[]",
                                                  "hasil.kelompok[].anggota[].orang",
                                                  ".",
                                                  "/daftar/pegawai",
                                                  "/daftar/pegawai",
                                                  "/g:daftar/g:pegawai",
                                                  "."};

static void
put_page(const sim_g_ask *way, tp_buf *out)
{
    const bool xml = way->format == SIM_G_XML || way->format == SIM_G_XML_AT;
    const bool spaced = way->format == SIM_G_XML_NS;

    switch (way->paging) {
    case SIM_G_PAGE:
        tp_buf_printf(out,
                      "{\"kind\": \"number\", \"param\": \"hal\", \"size_param\": \"ukuran\", "
                      "\"size\": 10, \"last_path\": \"%s\", \"total_path\": \"%s\"}",
                      spaced ? "/g:daftar/@jumlahHalaman"
                      : xml  ? "/daftar/@jumlahHalaman"
                             : "jumlah_halaman",
                      spaced ? "/g:daftar/@total"
                      : xml  ? "/daftar/@total"
                             : "total");
        break;
    case SIM_G_OFFSET:
        tp_buf_puts(out, "{\"kind\": \"offset\", \"param\": \"mulai\", \"size_param\": \"batas\", "
                         "\"size\": 10, \"total_path\": \"total\", "
                         "\"count_path\": \"data.pegawai[].id\"}");
        break;
    case SIM_G_CURSOR:
        tp_buf_puts(out, "{\"kind\": \"cursor\", \"param\": \"setelah\", \"size_param\": "
                         "\"batas\", \"size\": 10, \"next_path\": \"berikut\", "
                         "\"more_path\": \"lagi\"}");
        break;
    case SIM_G_NEXT:
        tp_buf_printf(out, "{\"kind\": \"link\", \"next_path\": \"%s\"}",
                      spaced ? "/g:daftar/g:lanjut/@href"
                      : xml  ? "/daftar/lanjut/@href"
                             : "berikut");
        break;
    case SIM_G_HEADER:
        tp_buf_puts(out, "{\"kind\": \"link\", \"header_link\": true}");
        break;
    case SIM_G_SINGLE:
        tp_buf_puts(out, way->packing == SIM_G_GZ ? "{\"kind\": \"file\", \"unpack\": \"auto\"}"
                                                  : "{\"kind\": \"none\"}");
        break;
    default:
        tp_buf_puts(out, "{\"kind\": \"none\"}");
        break;
    }
}

/* A path by format: attribute, prefixed element, or member. */
static void
put_path(const sim_g_ask *way, const char *name, bool id, tp_buf *out)
{
    const bool attribute = way->format == SIM_G_XML_AT ||
                           (id && way->format >= SIM_G_XML && way->format <= SIM_G_XML_NS);
    tp_buf_printf(out, "\"path\": \"%s%s\"",
                  attribute                     ? "@"
                  : way->format == SIM_G_XML_NS ? "g:"
                                                : "",
                  name);
}

static void
put_children(const sim_g_ask *way, tp_buf *out)
{
    const bool xml = way->format >= SIM_G_XML && way->format <= SIM_G_XML_NS;
    const char *select = way->format == SIM_G_XML_NS ? "g:riwayat/g:baris"
                         : xml                       ? "riwayat/baris"
                                                     : "riwayat[]";
    const char *title = way->format == SIM_G_XML_AT ? "@jabatan" : xml ? "." : "jabatan";

    if (way->format == SIM_G_CSV) {
        return;
    }
    tp_buf_printf(
        out,
        ",\n   \"children\": [{\"select\": \"%s\", \"record\": \"position_history\", "
        "\"key\": [\"start_on\", \"title\"], \"fields\": {\n"
        "     \"title\": {\"path\": \"%s\", \"steps\": [\"squash\"], \"required\": true},\n"
        "     \"start_on\": {\"path\": \"%s\", \"steps\": [{\"date\": [\"yyyy-mm-dd\"]}], "
        "\"required\": true}}}]",
        select, title, xml ? "@mulai" : "mulai");
}

static void
put_emit(const sim_g_ask *way, tp_buf *out)
{
    const bool xml = way->format >= SIM_G_XML && way->format <= SIM_G_XML_NS;
    tp_buf_printf(out,
                  "  {\"from\": \"daftar\", \"select\": \"%s\", \"record\": \"person\", "
                  "\"key\": [\"source_key\"],%s\n   \"fields\": {\n     \"source_key\": {",
                  SELECT[way->format],
                  way->tracking != SIM_G_SINCE ? ""
                  : xml ? " \"skip\": {\"path\": \"@dihapus\", \"in\": [\"ya\"]},"
                        : " \"skip\": {\"path\": \"dihapus\", \"in\": [true, \"ya\"]},");
    put_path(way, "id", true, out);
    tp_buf_puts(out, ", \"required\": true, \"on_error\": \"reject\"},\n     \"nip\": {");
    put_path(way, "nip", false, out);
    tp_buf_puts(out, ", \"steps\": [\"digits\", \"nip\"]},\n     \"full_name\": {");
    put_path(way, "nama", false, out);
    tp_buf_puts(out, ", \"steps\": [\"squash\"], \"required\": true, \"on_error\": \"reject\"},\n"
                     "     \"sex\": {");
    put_path(way, "jk", false, out);
    tp_buf_puts(out, ", \"steps\": [{\"map\": {\"L\": \"male\", \"P\": \"female\"}}]},\n"
                     "     \"birth_date\": {");
    put_path(way, "lahir", false, out);
    tp_buf_puts(out, ", \"steps\": [{\"date\": [\"yyyy-mm-dd\"]}], \"required\": true}}");
    put_children(way, out);
    tp_buf_puts(out, "}");
}

/* Address of a TLS listener, whom to trust there, and whom to be. */
static void
put_tls(const gallery_night *g, const exhibit *e, tp_buf *out)
{
    const bool locked = e->client != NULL && strcmp(e->client, "locked") == 0;
    const char *dir = g->s.dir;
    char name[32];
    snprintf(name, sizeof name, "\"%s\":", e->listener);
    const char *at = strstr(g->ready.p, "\"tls\":");
    at = at != NULL ? strstr(at, name) : NULL;
    const bool h2 = strcmp(e->listener, "h2") == 0;
    const long port = h2 ? g->h2_port : at != NULL ? strtol(at + strlen(name), NULL, 10) : 0;
    tp_buf_printf(out, "\"https://localhost:%ld%s\",\n  \"tls\": {\"ca\": \"%s/ca/ca.pem\"", port,
                  h2                 ? ""
                  : e->fault != NULL ? "/galeri-fault"
                                     : "/galeri",
                  dir);
    if (e->client != NULL) {
        tp_buf_printf(out, ", \"cert\": \"%s/ca/%s.pem\", \"key\": \"%s/ca/%s.key\"%s", dir,
                      locked ? "client" : e->client, dir, locked ? "client-locked" : e->client,
                      locked ? ", \"key_password\": {\"secret\": \"galeri_word\"}" : "");
    }
    tp_buf_puts(out, "},");
}

static void
put_connect(const gallery_night *g, const exhibit *e, const sim_g_ask *way, tp_buf *out)
{
    tp_buf_puts(out, " \"connect\": {\n  \"base_url\": ");
    if (e->listener != NULL) {
        put_tls(g, e, out);
    } else {
        tp_buf_printf(out, "{\"setting\": \"%s\"},",
                      e->fault != NULL ? "galeri_fault_url" : "galeri_url");
    }
    tp_buf_printf(out, "\n  %s%s\n  ", e->auth != NULL ? e->auth : AUTH[way->auth],
                  e->connect != NULL ? e->connect : "");
    tp_buf_printf(out,
                  "\"timeouts\": {\"connect_s\": 5, \"idle_s\": 3, \"total_s\": %d}, "
                  "\"retry\": {\"attempts\": 3}\n },\n",
                  e->total_s > 0 ? e->total_s : 30);
}

static bool
by_changes(const sim_g_ask *way)
{
    return way->tracking == SIM_G_SINCE || way->tracking == SIM_G_LIST ||
           way->tracking == SIM_G_EXPIRED;
}

/* Who is removed: records with a flag, or a list beside them. */
static void
put_removals(const sim_g_ask *way, tp_buf *out)
{
    const bool xml = way->format >= SIM_G_XML && way->format <= SIM_G_XML_NS;

    tp_buf_printf(out,
                  ",\n  {\"from\": \"daftar\", \"select\": \"%s\", \"record\": \"person\", "
                  "\"removes\": true,%s\n   \"fields\": {\"source_key\": {\"path\": \"%s\", "
                  "\"required\": true}}}",
                  way->tracking != SIM_G_LIST ? SELECT[way->format]
                  : xml                       ? "/daftar/hapus"
                                              : "hapus[]",
                  way->tracking == SIM_G_LIST ? ""
                  : xml ? " \"only\": {\"path\": \"@dihapus\", \"in\": [\"ya\"]},"
                        : " \"only\": {\"path\": \"dihapus\", \"in\": [true, \"ya\"]},",
                  xml                           ? "@id"
                  : way->tracking == SIM_G_LIST ? "."
                                                : "id");
}

static void
put_fetch(const exhibit *e, const sim_g_ask *way, tp_buf *out)
{
    tp_buf_printf(out, " \"fetch\": [{\n  \"name\": \"daftar\", \"path\": \"%s%s/%s%s\",\n  ",
                  e->fault != NULL ? "/" : "", e->fault != NULL ? e->fault : "", e->way,
                  way->paging == SIM_G_KEY ? "/{key}" : "");
    if (way->paging == SIM_G_KEY) {
        tp_buf_puts(out, "\"for_each\": {\"source\": \"g-keys\", \"field\": \"nip\"},\n  ");
    }
    if (by_changes(way)) {
        tp_buf_puts(out, "\"query\": {\"sejak\": \"{since}\"},\n  ");
    }
    if (e->since != NULL) {
        tp_buf_printf(out, "\"since\": %s,\n  ", e->since);
    }
    tp_buf_printf(out, "%s\"page\": ", e->fetch != NULL ? e->fetch : "");
    if (e->page != NULL) {
        tp_buf_puts(out, e->page);
    } else {
        put_page(way, out);
    }
    tp_buf_printf(out, ",\n  \"body\": {\"format\": \"%s\"%s%s},\n", FORMAT[way->format],
                  way->format == SIM_G_CSV ? ", \"delimiter\": \";\"" : "",
                  way->encoding == SIM_G_LATIN1 ? ", \"encoding_fallback\": \"iso-8859-1\"" : "");
    tp_buf_printf(out,
                  "  \"outcome\": [%s\n"
                  "   {\"when\": {\"type\": \"text/html\"}, \"then\": \"retry\"},\n"
                  "   {\"when\": {\"status\": [200, 206]}, \"then\": \"ok\"},\n"
                  "   {\"when\": {\"status\": 204}, \"then\": \"empty\"},\n"
                  "   {\"when\": {\"status\": 401}, \"then\": \"renew_token\"},\n"
                  "   {\"when\": {\"status\": 404}, \"then\": \"%s\"},\n"
                  "   {\"when\": {\"status\": 429}, \"then\": \"wait\"},\n"
                  "   {\"when\": {\"status\": \"500-599\"}, \"then\": \"retry\"}]\n }],\n",
                  e->outcome != NULL ? e->outcome : "",
                  way->paging == SIM_G_KEY ? "empty" : "fatal");
}

void
gallery_source(gallery_night *g, const exhibit *e)
{
    TP_AUTO_BUF(text);
    char way[200], name[100];
    sim_g_ask ask;

    snprintf(way, sizeof way, "/%s", e->way);
    if (!sim_gallery_parse(way, &ask)) {
        printf("# the gallery has no way %s\n", e->way);
        return;
    }
    tp_buf_printf(&text,
                  "{\n \"descriptor\": 1,\n \"source\": {\"id\": \"%s\", \"title\": \"gallery\", "
                  "\"synthetic\": true},\n",
                  e->id);
    put_connect(g, e, &ask, &text);
    if (ask.format == SIM_G_XML_NS) {
        tp_buf_puts(&text, " \"namespaces\": {\"g\": \"urn:contoh:galeri:1\"},\n");
    }
    put_fetch(e, &ask, &text);
    tp_buf_puts(&text, " \"emit\": [\n");
    put_emit(&ask, &text);
    if (by_changes(&ask)) {
        put_removals(&ask, &text);
    }
    tp_buf_puts(&text, "\n ]\n}\n");
    snprintf(name, sizeof name, "sources/%s.json", e->id);
    scratch_file(&g->s, name, tp_buf_cstr(&text));
}

void
gallery_drop(gallery_night *g, const char *id)
{
    char name[100];
    snprintf(name, sizeof name, "sources/%s.json", id);
    unlink(scratch_path(&g->s, name));
}
