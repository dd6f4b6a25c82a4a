/*
 * The gallery: one small list of people, served in every way of logging in, turning pages, writing,
 * encoding, packing and telling changes that a description can name. The way is the path:
 *
 *     /galeri/<auth>/<paging>/<format>/<encoding>/<packing>/<tracking>[/<nip>]
 */
#ifndef SIMULATOR_GALLERY_H
#define SIMULATOR_GALLERY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "talent/base/buf.h"
#include "tests/simulator/reply.h"
#include "tests/simulator/token.h"

struct sim_site;
struct sim_fault_set;

enum {
    SIM_GALLERY_SLOTS = 30,   /* people there ever were, in any version */
    SIM_GALLERY_PEOPLE = 25,  /* in each version */
    SIM_GALLERY_VERSIONS = 3, /* 1 = first */
    SIM_GALLERY_WAYS = 1024   /* ways that can be counted apart */
};

/* A post held, and since when. */
typedef struct sim_gallery_post {
    const char *title;
    int32_t since;
} sim_gallery_post;

/* One person as of a version. */
typedef struct sim_gallery_person {
    char id[8];   /* "G-001" */
    char nip[19]; /* 18 digits */
    const char *name;
    bool male;
    int32_t born;
    int changed; /* version of the last change, the removal included */
    bool gone;   /* no longer there */
    size_t n_posts;
    sim_gallery_post post[4]; /* oldest first */
} sim_gallery_person;

/* Person in slot i of a version; false when the slot is not taken yet. Removed ones come as gone.
 */
bool sim_gallery_at(int version, size_t i, sim_gallery_person *out);

/* When a version was made, as the feeds write it: "2026-02-28T20:00:00Z". */
const char *sim_gallery_mark(int version);

/* The version a mark belongs to; 0 = none. */
int sim_gallery_version_of(const char *mark);

typedef enum sim_g_auth {
    SIM_G_NONE,
    SIM_G_BASIC,
    SIM_G_BEARER,
    SIM_G_KEY_HEADER,
    SIM_G_KEY_QUERY,
    SIM_G_CLIENT,   /* OAuth2 client credentials */
    SIM_G_PASSWORD, /* OAuth2 password grant with refresh token */
    SIM_G_SIASN,    /* two tokens */
    SIM_G_CERT,     /* client certificate, on a TLS listener */
    SIM_G_AUTHS
} sim_g_auth;

typedef enum sim_g_paging {
    SIM_G_SINGLE,
    SIM_G_PAGE,   /* page, size */
    SIM_G_OFFSET, /* offset, limit */
    SIM_G_CURSOR, /* after, limit */
    SIM_G_NEXT,   /* link in the body */
    SIM_G_HEADER, /* Link header */
    SIM_G_KEY,    /* one request for each NIP */
    SIM_G_PAGINGS
} sim_g_paging;

typedef enum sim_g_format {
    SIM_G_JSON,  /* data.pegawai[] */
    SIM_G_ARRAY, /* the root is the list */
    SIM_G_DEEP,  /* hasil.kelompok[].anggota[].orang */
    SIM_G_NDJSON,
    SIM_G_XML,    /* elements */
    SIM_G_XML_AT, /* attributes */
    SIM_G_XML_NS, /* namespace, another prefix on every page */
    SIM_G_CSV,
    SIM_G_FORMATS
} sim_g_format;

typedef enum sim_g_encoding {
    SIM_G_UTF8,
    SIM_G_UTF8_BOM,
    SIM_G_UTF16LE, /* with byte-order mark */
    SIM_G_UTF16BE,
    SIM_G_LATIN1,
    SIM_G_ENCODINGS
} sim_g_encoding;

typedef enum sim_g_packing {
    SIM_G_PLAIN,
    SIM_G_GZIP, /* the next three: Content-Encoding */
    SIM_G_DEFLATE,
    SIM_G_ZSTD,
    SIM_G_GZ, /* a gzip file */
    SIM_G_PACKINGS
} sim_g_packing;

typedef enum sim_g_tracking {
    SIM_G_FULL,
    SIM_G_SINCE,    /* ?sejak=MARK: rows changed since, removed ones flagged "dihapus" */
    SIM_G_LIST,     /* the same, removed ones in a list of their own ("hapus") */
    SIM_G_ETAG,     /* ETag, ranges; 304 */
    SIM_G_MODIFIED, /* Last-Modified; 304 */
    SIM_G_EXPIRED,  /* every mark is too old: 410 */
    SIM_G_TRACKINGS
} sim_g_tracking;

/* What one request to the gallery asks for. */
typedef struct sim_g_ask {
    sim_g_auth auth;
    sim_g_paging paging;
    sim_g_format format;
    sim_g_encoding encoding;
    sim_g_packing packing;
    sim_g_tracking tracking;
    const char *key;    /* of paging by key; "" when none was given */
    int version, since; /* since: 0 = everything */
    /* of the page */
    const sim_gallery_person *person[SIM_GALLERY_SLOTS];
    size_t n;            /* people on this page */
    int64_t page, pages; /* from 1 */
    int64_t total;       /* announced */
    bool more;
    char next[160];                     /* cursor or link to the next page; "" = none */
    char removed[SIM_GALLERY_SLOTS][8]; /* ids, for SIM_G_LIST */
    size_t n_removed;
} sim_g_ask;

/* Reads "/none/single/json/utf8/plain/full[/key]"; false when a word is not known. */
bool sim_gallery_parse(const char *path, sim_g_ask *out);

/* The words of each part of the path, in the order of its enum; NULL at the end. Part 0..5. */
const char *const *sim_gallery_words(int part);

/* How often a way was asked, answered with 304, and with a part (206). */
typedef struct sim_g_way {
    atomic_uint_fast64_t hash; /* 0 = free */
    atomic_uint asked, unchanged, partial;
} sim_g_way;

/* What the gallery remembers between requests. Zeroed = version 1, nothing asked yet. */
typedef struct sim_gallery {
    atomic_int version; /* 0 = 1 */
    atomic_uint logins, refreshes;
    sim_g_way way[SIM_GALLERY_WAYS];
} sim_gallery;

/* The way "/none/single/..." without key; fault: with faults in front, which count as part of it.
 */
sim_g_way *sim_gallery_way(sim_gallery *gallery, const char *path, bool fault);

/* Writes the page in its format, in UTF-8, without declaration of encoding where none is needed. */
void sim_gallery_write(const sim_g_ask *ask, tp_buf *out);

/* Content-Type of the page. */
const char *sim_gallery_type(const sim_g_ask *ask);

/* Puts UTF-8 text into the asked encoding, then packs it. False when memory is short. */
bool sim_gallery_pack(const sim_g_ask *ask, tp_buf *body);

/* Is the request allowed in? False with the refusal in reply. */
bool sim_gallery_check(struct sim_site *site, const sim_g_ask *ask, const sim_request *request,
                       sim_reply *reply);

/*
 * Takes the faults off the head of "/status=500@1,slow=10/none/...": words of --fault without the
 * source, "when" counting the requests to this way. False with an error in reply.
 */
bool sim_gallery_faults(const sim_g_way *way, const char **path, struct sim_fault_set *out,
                        sim_reply *reply);

#endif
