/* Which way of serving does a path of the gallery name, and what is on the page asked for? */
#include "tests/simulator/gallery.h"

#include <stdio.h>
#include <string.h>

#include "talent/base/hash.h"
#include "tests/simulator/out.h"
#include "tests/simulator/site.h"

enum { PARTS = 6, SIZE = 10, SIZE_MAX_ = 1000 };

static const char *const AUTHS[] = {"none",   "basic",    "bearer", "key-header", "key-query",
                                    "client", "password", "siasn",  "cert",       NULL};
static const char *const PAGINGS[] = {"single", "page",   "offset", "cursor",
                                      "next",   "header", "key",    NULL};
static const char *const FORMATS[] = {"json",   "array",  "deep", "ndjson", "xml",
                                      "xml-at", "xml-ns", "csv",  NULL};
static const char *const ENCODINGS[] = {"utf8", "utf8-bom", "utf16le", "utf16be", "latin1", NULL};
static const char *const PACKINGS[] = {"plain", "gzip", "deflate", "zstd", "gz", NULL};
static const char *const TRACKINGS[] = {"full",     "since",   "list", "etag",
                                        "modified", "expired", NULL};

const char *const *
sim_gallery_words(int part)
{
    static const char *const *const WORDS[PARTS] = {AUTHS,     PAGINGS,  FORMATS,
                                                    ENCODINGS, PACKINGS, TRACKINGS};

    return part >= 0 && part < PARTS ? WORDS[part] : NULL;
}

/* Cuts "/word" off the path; its number among the words, or -1. */
static int
take_word(const char **path, const char *const *words)
{
    const char *word = *path + 1;
    const size_t n = **path == '/' ? strcspn(word, "/") : 0;

    for (int i = 0; words[i] != NULL && n > 0; i++) {
        if (strlen(words[i]) == n && memcmp(words[i], word, n) == 0) {
            *path = word + n;
            return i;
        }
    }
    return -1;
}

bool
sim_gallery_parse(const char *path, sim_g_ask *out)
{
    int word[PARTS];

    memset(out, 0, sizeof *out);
    for (int part = 0; part < PARTS; part++) {
        word[part] = take_word(&path, sim_gallery_words(part));
        if (word[part] < 0) {
            return false;
        }
    }
    out->auth = (sim_g_auth)word[0];
    out->paging = (sim_g_paging)word[1];
    out->format = (sim_g_format)word[2];
    out->encoding = (sim_g_encoding)word[3];
    out->packing = (sim_g_packing)word[4];
    out->tracking = (sim_g_tracking)word[5];
    out->key = *path == '/' ? path + 1 : path;
    return *path == '\0' || (out->paging == SIM_G_KEY && strchr(out->key, '/') == NULL);
}

/* Where a way is counted: its own place or the first free one behind it. */
static size_t
place_of(sim_gallery *gallery, uint64_t hash)
{
    for (size_t i = 0; i < SIM_GALLERY_WAYS; i++) {
        const size_t at = (size_t)((hash + i) % SIM_GALLERY_WAYS);
        uint64_t there = 0;
        if (atomic_compare_exchange_strong(&gallery->way[at].hash, &there, hash) || there == hash) {
            return at;
        }
    }
    return 0;
}

sim_g_way *
sim_gallery_way(sim_gallery *gallery, const char *path, bool fault)
{
    size_t n = 0;

    for (int part = 0; part < PARTS + fault && path[n] == '/'; part++) {
        n += 1 + strcspn(path + n + 1, "/");
    }
    return &gallery->way[place_of(gallery, tp_hash64(1, path, n) | 1)];
}

/* Everyone the request asks for, in the order of their ids, into list; how many. */
static size_t
select_people(sim_g_ask *ask, sim_gallery_person *list)
{
    size_t n = 0;

    for (size_t i = 0; i < SIM_GALLERY_SLOTS; i++) {
        sim_gallery_person *p = &list[n];
        if (!sim_gallery_at(ask->version, i, p) || p->changed <= ask->since ||
            (ask->paging == SIM_G_KEY && strcmp(p->nip, ask->key) != 0)) {
            continue;
        }
        if (p->gone && ask->tracking == SIM_G_LIST && ask->since > 0) {
            memcpy(ask->removed[ask->n_removed++], p->id, sizeof p->id);
        } else if (!p->gone || (ask->since > 0 && ask->tracking == SIM_G_SINCE)) {
            n++;
        }
    }
    return n;
}

static void
name_next(sim_g_ask *ask, const sim_request *request, uint64_t last, uint64_t size)
{
    const char *since = sim_query_text(request, "sejak");
    const int64_t page = ask->page + !request->loop;

    if (ask->paging == SIM_G_CURSOR) {
        (void)snprintf(ask->next, sizeof ask->next, "c-%06llu",
                       (unsigned long long)(request->loop ? last - size : last));
    } else if (ask->paging == SIM_G_NEXT || ask->paging == SIM_G_HEADER) {
        (void)snprintf(ask->next, sizeof ask->next, "?hal=%lld&ukuran=%llu%s%s", (long long)page,
                       (unsigned long long)size, since[0] != '\0' ? "&sejak=" : "", since);
    }
}

/* Puts the people of the page asked for into the answer. */
static void
turn_page(sim_g_ask *ask, const sim_request *request, const sim_gallery_person *list, size_t total)
{
    const bool by_offset = ask->paging == SIM_G_OFFSET;
    const bool single = ask->paging == SIM_G_SINGLE || ask->paging == SIM_G_KEY;
    const char *after = sim_query_text(request, "setelah");
    unsigned long long place = 0;
    uint64_t size = sim_query_u64(
        request, by_offset || ask->paging == SIM_G_CURSOR ? "batas" : "ukuran", SIZE, SIZE_MAX_);
    uint64_t page = sim_query_u64(request, "hal", 1, UINT32_MAX);
    uint64_t first, last;

    size = single || size == 0 ? SIZE_MAX_ : size;
    if (by_offset) {
        page = sim_query_u64(request, "mulai", 0, UINT32_MAX) / size + 1;
    } else if (ask->paging == SIM_G_CURSOR && sscanf(after, "c-%llu", &place) == 1) {
        page = place / size + 1;
    }
    sim_page(request, single ? 1 : page, size, total, &first, &last);
    for (uint64_t i = first; i < last; i++) {
        ask->person[ask->n++] = &list[i];
    }
    ask->page = (int64_t)page;
    ask->pages = (int64_t)((total + size - 1) / size) + request->loop;
    ask->pages = ask->pages > 0 ? ask->pages : 1;
    ask->total = (int64_t)total + request->total_delta;
    ask->more = (int64_t)page < ask->pages;
    if (ask->more && !single) {
        name_next(ask, request, page * size, size);
    }
}

/* Marks of what changed, as headers; true when nothing did: 304. */
static bool
is_known(const sim_g_ask *ask, const sim_request *request, sim_reply *reply)
{
    static const char *const MODIFIED[SIM_GALLERY_VERSIONS + 1] = {
        "", "Sat, 28 Feb 2026 20:00:00 GMT", "Sun, 01 Mar 2026 20:00:00 GMT",
        "Mon, 02 Mar 2026 20:00:00 GMT"};
    const char *known = request->header(request->of, "If-Modified-Since");

    reply->mark = sim_gallery_mark(ask->version);
    reply->no_etag = ask->tracking != SIM_G_ETAG;
    reply->etag_salt = (uint64_t)ask->version;
    reply->ranges = ask->tracking == SIM_G_ETAG;
    if (ask->tracking != SIM_G_MODIFIED) {
        return false;
    }
    reply->last_modified = MODIFIED[ask->version];
    return known != NULL && strcmp(known, reply->last_modified) == 0;
}

static void
write_page(const sim_g_ask *ask, sim_reply *reply)
{
    static const char *const CODING[SIM_G_PACKINGS] = {NULL, "gzip", "deflate", "zstd", NULL};

    sim_gallery_write(ask, &reply->body);
    reply->type = sim_gallery_type(ask);
    reply->coding = CODING[ask->packing];
    if (ask->paging == SIM_G_HEADER && ask->next[0] != '\0') {
        (void)snprintf(reply->link, sizeof reply->link, "<%s>; rel=\"next\"", ask->next);
    }
    if (!sim_gallery_pack(ask, &reply->body)) {
        reply->body.failed = true;
    }
}

static int
version_of(const sim_gallery *gallery)
{
    const int version = atomic_load(&gallery->version);

    return version == 0 ? 1 : version;
}

void
sim_gallery_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    sim_gallery_person list[SIM_GALLERY_SLOTS];
    sim_g_ask ask;

    if (!sim_gallery_parse(request->path, &ask)) {
        sim_reply_error(reply, 404, "{\"message\":\"galeri tidak punya jalan itu\"}");
        return;
    }
    if (!sim_gallery_check(site, &ask, request, reply)) {
        return;
    }
    const char *since = sim_query_text(request, "sejak");
    ask.version = version_of(&site->gallery);
    ask.since = ask.tracking == SIM_G_SINCE || ask.tracking == SIM_G_LIST
                    ? sim_gallery_version_of(since)
                    : 0;
    if (ask.tracking == SIM_G_EXPIRED && since[0] != '\0') {
        sim_reply_error(reply, 410, "{\"message\":\"tanda terlalu lama, mulai dari awal\"}");
        return;
    }
    if (is_known(&ask, request, reply)) {
        reply->status = 304;
        return;
    }
    const size_t total = select_people(&ask, list);
    if (ask.paging == SIM_G_KEY && total == 0) {
        sim_reply_error(reply, 404, "{\"kode\":0,\"pesan\":\"pegawai tidak ditemukan\"}");
        return;
    }
    turn_page(&ask, request, list, total);
    if (ask.format == SIM_G_NDJSON && ask.n == 0) { /* no line at all is no body at all */
        reply->status = 204;
        return;
    }
    write_page(&ask, reply);
}

/*
 * "?versi=2": from now on the list as of that version. "?jalan=/none/...": how often it was asked;
 * with "&galat=ya" the way begins with faults.
 */
void
sim_gallery_control(sim_site *site, sim_request *request, sim_reply *reply)
{
    sim_gallery *gallery = &site->gallery;
    const char *path = sim_query_text(request, "jalan");
    const uint64_t version = sim_query_u64(request, "versi", 0, SIM_GALLERY_VERSIONS);

    if (version > 0) {
        atomic_store(&gallery->version, (int)version);
    }
    reply->type = "application/json";
    reply->no_etag = true;
    sim_js_open(&reply->body, NULL, '{');
    sim_js_int(&reply->body, "versi", version_of(gallery));
    sim_js_int(&reply->body, "masuk", atomic_load(&gallery->logins));
    sim_js_int(&reply->body, "perpanjang", atomic_load(&gallery->refreshes));
    if (path[0] != '\0') {
        const bool fault = sim_query_text(request, "galat")[0] != '\0';
        sim_g_way *way = sim_gallery_way(gallery, path, fault);
        sim_js_int(&reply->body, "diminta", atomic_load(&way->asked));
        sim_js_int(&reply->body, "tetap", atomic_load(&way->unchanged));
        sim_js_int(&reply->body, "sebagian", atomic_load(&way->partial));
    }
    tp_buf_puts(&reply->body, "}\n");
}
