/* A source: its description, checked and compiled. One JSON file in config/sources/ each. */
#ifndef TALENT_ETL_SOURCE_H
#define TALENT_ETL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/core/normalise.h"
#include "talent/core/raw.h"
#include "talent/etl/artefact.h"
#include "talent/etl/cfg.h"

enum {
    TP_AUTH_MAX = 4,
    TP_HEADERS_MAX = 8,
    TP_FETCH_MAX = 24,
    TP_OUTCOMES_MAX = 24,
    TP_QUERY_MAX = 8
};

/* How a token or header is come by (feeds.md 3.2). */
typedef enum tp_auth_kind {
    TP_AUTH_BASIC,
    TP_AUTH_HEADER,
    TP_AUTH_OAUTH2_CLIENT,
    TP_AUTH_OAUTH2_PASSWORD,
    TP_AUTH_STATIC_TOKEN,
    TP_AUTH_BEARER, /* Authorization: Bearer <value> */
    TP_AUTH_QUERY   /* a parameter of every address */
} tp_auth_kind;

/* Texts below are resolved from settings; secrets only by name, read when used. */
typedef struct tp_auth {
    tp_auth_kind kind;
    tp_str gives; /* name of the token; headers use it as {token:name} */
    tp_str url;
    bool basic_style;
    tp_str client_id; /* the following four: names of secrets; absent if not used */
    tp_str client_secret;
    tp_str username;
    tp_str password; /* also: value of a static token, header or parameter */
    tp_str header;   /* TP_AUTH_HEADER, TP_AUTH_QUERY: name of the header or parameter */
    tp_str scope;    /* OAuth2; absent = not sent */
} tp_auth;

typedef struct tp_pair {
    tp_str name;
    tp_str value; /* may hold {token:x}, {key}, {since} */
} tp_pair;

typedef enum tp_page_kind {
    TP_PAGE_NONE,
    TP_PAGE_NUMBER,
    TP_PAGE_OFFSET,
    TP_PAGE_CURSOR,
    TP_PAGE_LINK,
    TP_PAGE_FILE
} tp_page_kind;

/* Values read from a page's envelope: slot numbers in the fetch's envelope shape; -1 = none. */
typedef struct tp_page {
    tp_page_kind kind;
    tp_str param; /* page number, offset or cursor parameter */
    tp_str size_param;
    int64_t size;
    int64_t first;
    int next_slot;
    int more_slot;
    int last_slot;
    int total_slot;
    int count_slot; /* slot that repeats per record: its number of matches is the page's row count
                     */
    uint32_t max_pages;
} tp_page;

typedef enum tp_outcome_then {
    TP_THEN_OK,
    TP_THEN_EMPTY,
    TP_THEN_RENEW_TOKEN,
    TP_THEN_RETRY,
    TP_THEN_WAIT,
    TP_THEN_BLOCKED,
    TP_THEN_FATAL,
    TP_THEN_SKIP_KEY
} tp_outcome_then;

/* One line of an outcome table; conditions that are present must all hold. */
typedef struct tp_outcome {
    int status_low; /* 0 = any status */
    int status_high;
    int status[6];   /* listed ones; 0 = end */
    tp_str type;     /* prefix of Content-Type; absent = any */
    char starts;     /* first byte after white space; 0 = any */
    int slot;        /* envelope slot the value conditions look at; -1 = none */
    tp_str value[6]; /* is / in; absent = end */
    bool prefix;     /* value[0] is a prefix */
    bool absent;     /* the slot must be absent */
    tp_str text;     /* plain substring in the first 4 KiB; absent = any */
    tp_outcome_then then;
} tp_outcome;

/* How a fetch sees what changed since the night before. */
typedef enum tp_since_kind {
    TP_SINCE_FULL,
    TP_SINCE_HTTP,  /* ETag and Last-Modified: an unchanged body is not sent again */
    TP_SINCE_MARK,  /* {since} in the address; the answers give the next mark */
    TP_SINCE_CURSOR /* paging goes on at the cursor where it ended */
} tp_since_kind;

typedef struct tp_since {
    tp_since_kind kind;
    int slot;          /* envelope slot of the mark, the greatest of its values; -1 = none */
    tp_str header;     /* header of the mark; absent = none */
    bool night;        /* the mark is the night's date */
    int64_t overlap_s; /* asked for again before the mark, seconds */
    int full_days;     /* older than this begins anew; 0 = 30 */
} tp_since;

/* Which keys of a for_each are asked for tonight: the rest is taken over from the night before. */
typedef struct tp_refresh {
    int days;            /* oldest that an answer may be; 0 = all are asked for every night */
    int64_t budget;      /* keys per night; 0 = no limit */
    tp_str changed;      /* fetch whose answer, if it changed, makes a key due; absent = none */
    tp_str first_source; /* keys of this source's people are due; absent = none */
    tp_str first_field;
    int max_failed_bp; /* keys that may fail and wait for another night, of those asked for */
} tp_refresh;

typedef struct tp_fetch {
    tp_str name;
    tp_str path; /* may hold {key} */
    size_t n_query;
    tp_pair query[TP_QUERY_MAX];
    tp_str
        each_source; /* for_each: source whose landed records give the keys; absent = one request */
    tp_str each_field; /* TEXT or NIP field of person in that source's batch; 18 digits for nip */
    tp_str each_where; /* name of a built-in filter: "candidates" or "all" */
    tp_since since;
    tp_refresh refresh;
    tp_page page;
    size_t n_outcomes;
    tp_outcome outcome[TP_OUTCOMES_MAX];
    tp_shape envelope; /* one document select with the slots that paging and outcomes need */
    tp_shape shape;   /* what parse reads from its bodies: the selects of all emits of this fetch */
    bool landed_only; /* bodies are landed but no emit reads them */
    bool first_page;  /* stop after it: somebody only has a look */
    bool gzip_file;   /* body may be gzip: unpacked by its magic bytes */
    bool whole_only;  /* a broken file is asked for anew, never from where it broke */
} tp_fetch;

typedef struct tp_source {
    tp_str id;
    tp_str title;
    tp_str agency; /* quick code; absent for national sources */
    tp_str family; /* sources of one family are one witness and share authority ("simpeg") */
    bool enabled;
    bool synthetic;
    int trust[TP_KIND_COUNT]; /* 0..100, survivorship; 50 where not given */

    tp_str base_url;
    size_t n_hosts;
    tp_str host[8];    /* allowed hosts besides base_url's own: "host:port", "host" = port 443 */
    bool trusted[8];   /* of those, get the log-in too */
    tp_str ca_file;    /* absent = system store */
    tp_str cert_file;  /* the client's own certificate; absent = none */
    tp_str key_file;   /* its key; absent = in cert_file */
    tp_str key_secret; /* name of the secret that opens the key; absent = it is open */
    bool cookies;      /* keep and send what the servers set */
    size_t n_auth;
    tp_auth auth[TP_AUTH_MAX];
    size_t n_headers;
    tp_pair header[TP_HEADERS_MAX];
    int connect_s;
    int idle_s;
    int total_s;
    int source_s; /* deadline of the whole pull; 0 = 21,600 */
    int attempts;
    int backoff_ms;    /* first pause before another try; 0 = 250 */
    int backoff_max_s; /* longest such pause; 0 = 60 */
    int break_after;   /* failures in a row that open the circuit breaker; 0 = 6 */
    int break_ms;      /* until a probe may close it; doubled after each that fails; 0 = 10,000 */
    int parallel;
    int per_second; /* 0 = no limit */

    size_t n_fetch;
    tp_fetch fetch[TP_FETCH_MAX];
    tp_emit_rules *rules; /* one for the whole source: emits of every fetch */
    size_t n_gates;
    const tp_gate *gate;   /* [n_gates] limits its batch must keep */
    tp_drift_limits drift; /* when a change from night to night is told */

    tp_key fetch_hash; /* of the parts of the description that extract reads */
    tp_key emit_hash;  /* of the parts that parse and normalise read, code lists included */
    const char *file;
} tp_source;

/* Everything that is wrong with a description, in the order of its lines. */
enum { TP_FAULTS_MAX = 64 };
typedef struct tp_fault {
    int line;
    bool note;              /* worth knowing, but no mistake: a setting that is not there */
    char text[TP_ERR_TEXT]; /* "file:line: path: what is wrong, what is allowed" */
} tp_fault;
typedef struct tp_faults {
    size_t n;       /* kept, notes included */
    size_t dropped; /* beyond TP_FAULTS_MAX */
    size_t wrong;   /* mistakes, dropped ones included */
    tp_fault fault[TP_FAULTS_MAX];
} tp_faults;

/*
 * Reads one description to the end, also a disabled one, and gathers every fault that can be found
 * in one go: a part with a fault is left out, and so is what could only be wrong because of it.
 * desk: settings that are not there are noted, not refused. TP_E_CONFIG with the first mistake when
 * there is one; *out is set only on TP_OK and given back with tp_source_free.
 */
tp_code tp_source_check(const char *file, const tp_cfg *cfg, bool desk, tp_faults *faults,
                        tp_source **out, tp_err *err) TP_MUST_CHECK;

/*
 * Reads and checks one description. `cfg` resolves {"setting": ...}; code lists are loaded from its
 * codes folder once and shared. The source lives until tp_source_free.
 * TP_E_CONFIG: "file:line: path: what is wrong, what is allowed".
 */
tp_code tp_source_load(const char *file, const tp_cfg *cfg, tp_source **out,
                       tp_err *err) TP_MUST_CHECK;

/* Gives a source back with all it holds; accepts NULL. */
void tp_source_free(tp_source *source);

/* All *.json of a folder, enabled ones only, ascending by id; ids must be unique. */
tp_code tp_sources_load(const char *folder, const tp_cfg *cfg, tp_source ***out, size_t *out_n,
                        tp_err *err) TP_MUST_CHECK;

/* Gives the list and its sources back; accepts NULL. */
void tp_sources_free(tp_source **sources, size_t n);

#endif
