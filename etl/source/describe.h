/* Compiling a description: what the parts of the compiler share. */
#ifndef TALENT_ETL_SOURCE_DESCRIBE_H
#define TALENT_ETL_SOURCE_DESCRIBE_H

#include "talent/base/arena.h"
#include "talent/core/emit.h"
#include "talent/etl/json.h"
#include "talent/etl/source.h"

enum { TP_NAMESPACES_MAX = 8, TP_EMIT_RULES_MAX = TP_SELECTS_MAX * 4, TP_PATTERNS_MAX = 64 };

/* In the order of tp_on_error. */
#define TP_ON_ERROR_WORDS "null|flag|reject|stop"

/* ---- reference lists ---- */

/* The code lists of one folder: each file read once, each look-up table made once. Counted. */
typedef struct tp_code_lists tp_code_lists;
tp_code tp_code_lists_open(const char *folder, tp_code_lists **out, tp_err *err) TP_MUST_CHECK;
tp_code_lists *tp_code_lists_share(tp_code_lists *lists);
void tp_code_lists_close(tp_code_lists *lists);

/* Table from the columns `by` (one of them or more) to the column `give` of the list `set`, which
 * is a file name without ".csv", or "file/codeset". TP_E_CONFIG tells what there is instead. */
tp_code tp_code_lists_table(tp_code_lists *lists, tp_str set, const tp_str *by, size_t n_by,
                            tp_str give, const tp_codes **out, tp_err *err) TP_MUST_CHECK;
tp_code tp_code_lists_titles(tp_code_lists *lists, const tp_titles **out,
                             tp_err *err) TP_MUST_CHECK;
tp_code tp_code_lists_successions(tp_code_lists *lists, const tp_successions **out,
                                  tp_err *err) TP_MUST_CHECK;

/* Sorts n pairs by folded key and makes a table; equal keys with unequal values are left out. */
tp_code tp_codes_make(size_t n, const tp_str *key, const tp_str *value, tp_arena *arena,
                      tp_codes *out, tp_err *err) TP_MUST_CHECK;

/* SHA-256 of every list a source may look at. */
tp_code tp_code_lists_hash(tp_code_lists *lists, tp_key *out, tp_err *err) TP_MUST_CHECK;

/* ---- the compiler ---- */

/* A select that is being collected; slots grow until all emits are read. */
typedef struct tp_describe_select {
    tp_str text;
    int parent;
} tp_describe_select;

typedef struct tp_describe {
    tp_source *source;
    tp_arena *arena;
    const tp_cfg *cfg;
    tp_code_lists *lists;
    size_t n_ns;
    tp_str ns_prefix[TP_NAMESPACES_MAX];
    tp_str ns_uri[TP_NAMESPACES_MAX];
    tp_describe_select select[TP_FETCH_MAX][TP_SELECTS_MAX];
    bool read[TP_FETCH_MAX]; /* an emit reads this fetch */
    tp_emit_rule *emit;      /* [TP_EMIT_RULES_MAX] */
    size_t n_emits;
    tp_document_rule document[TP_FETCH_MAX];
    size_t n_documents;
    tp_str document_of[TP_FETCH_MAX]; /* select whose rows are counted */
    tp_node document_node[TP_FETCH_MAX];
    size_t n_patterns;
    tp_pattern *pattern[TP_PATTERNS_MAX]; /* handed to the source when it is done */
    bool needs_night;
    uint16_t n_any_of;            /* fields with several candidates so far */
    tp_faults *faults;            /* NULL = the first fault ends the reading */
    bool desk;                    /* settings need not be there */
    bool fetch_bad[TP_FETCH_MAX]; /* a fault was found in it: its emits are not read */
} tp_describe;

/* Names of enclosing records, for "^name.path". */
typedef struct tp_enclosing {
    const struct tp_enclosing *outer;
    tp_str name; /* absent = no name given */
    int select;
} tp_enclosing;

/* Where a field's paths look. */
typedef struct tp_reach {
    size_t fetch;
    int select;
    const tp_enclosing *scope;
} tp_reach;

tp_code tp_describe_connect(tp_describe *d, const tp_node *connect, tp_err *err) TP_MUST_CHECK;
/* The places whose values are profiled. */
tp_code tp_describe_watches(tp_describe *d, struct tp_emit_rules *rules, tp_err *err) TP_MUST_CHECK;
tp_code tp_describe_quality(tp_describe *d, const tp_node *node, tp_err *err) TP_MUST_CHECK;
tp_code tp_describe_fetch(tp_describe *d, const tp_node *list, tp_err *err) TP_MUST_CHECK;
/* "since" and "refresh" of a fetch; after its paging. */
tp_code tp_describe_since(tp_describe *d, const tp_node *fetch, tp_fetch *out,
                          tp_err *err) TP_MUST_CHECK;
tp_code tp_describe_emit(tp_describe *d, const tp_node *list, tp_err *err) TP_MUST_CHECK;
tp_code tp_describe_document(tp_describe *d, const tp_node *node, size_t fetch,
                             tp_err *err) TP_MUST_CHECK;
tp_code tp_describe_field(tp_describe *d, const tp_node *node, tp_str name, const tp_reach *reach,
                          const tp_str *names, size_t n_names, tp_field_rule *out,
                          tp_err *err) TP_MUST_CHECK;
/* All locals and fields of an emit, in the order of computation. */
tp_code tp_describe_fields(tp_describe *d, const tp_node *node, const tp_reach *reach,
                           tp_emit_rule *emit, tp_err *err) TP_MUST_CHECK;
tp_code tp_describe_steps(tp_describe *d, const tp_node *list, const tp_reach *reach,
                          const tp_str *names, size_t n_names, tp_field_rule *out,
                          tp_err *err) TP_MUST_CHECK;
tp_code tp_describe_checks(tp_describe *d, const tp_node *node, const tp_str *names, size_t n_names,
                           tp_field_rule *out, tp_err *err) TP_MUST_CHECK;
/* {"set", "by", "give"} as a look-up table; keys_only: "give" may be missing. */
tp_code tp_describe_table(tp_describe *d, const tp_node *node, bool keys_only, const tp_codes **out,
                          tp_err *err) TP_MUST_CHECK;

/* [low, high] in the pipeline's unit. */
tp_code tp_describe_pair(tp_describe *d, const tp_node *node, int64_t *low, int64_t *high,
                         tp_err *err) TP_MUST_CHECK;

/* Index of the field or local that a text names, among those computed before. */
tp_code tp_describe_name(const tp_node *node, const tp_str *names, size_t n_names, int16_t *out,
                         tp_err *err) TP_MUST_CHECK;
tp_code tp_describe_rule(tp_describe *d, const tp_node *node, const tp_field_rule *fields,
                         size_t n_fields, tp_record_rule *out, tp_err *err) TP_MUST_CHECK;

/* Number of the slot for a path, shared when the same path is there already. */
tp_code tp_describe_slot(tp_describe *d, const tp_node *node, tp_str text, bool many,
                         const tp_reach *reach, uint16_t *out, tp_err *err) TP_MUST_CHECK;

/* Number of the select for a path below `parent` (-1 = root), shared when it is there already.
 * An absent text asks for the document select. */
tp_code tp_describe_select_of(tp_describe *d, const tp_node *node, size_t fetch, int parent,
                              tp_str text, int *out, tp_err *err) TP_MUST_CHECK;

/* Slot of the fetch's envelope. */
tp_code tp_describe_envelope(tp_describe *d, const tp_node *node, tp_fetch *fetch, tp_str text,
                             bool many, int *out, tp_err *err) TP_MUST_CHECK;

/* A path as written; *out_many tells that it can match more than once by its own words. */
tp_code tp_path_compile(tp_describe *d, const tp_node *node, tp_format format, tp_str text,
                        tp_path *out, bool *out_many, tp_err *err) TP_MUST_CHECK;

/* Notes a fault of the description and lets the reading go on where all faults are wanted: TP_OK
 * then, with err forgotten; else rc. */
tp_code tp_describe_go_on(tp_describe *d, tp_code rc, tp_err *err) TP_MUST_CHECK;
#define TP_GO_ON(d, call, err) TP_RETURN_SAME(tp_describe_go_on((d), (call), (err)))

/* The list of faults (etl/source/faults.c). */
void tp_faults_add(tp_faults *faults, const char *file, bool note, const char *text);
tp_code tp_faults_first(tp_faults *faults, tp_err *err) TP_MUST_CHECK;
void tp_faults_sort(tp_faults *faults);

/* Notes a setting that is not there and gives a stand-in. */
tp_code tp_faults_note(tp_describe *d, const tp_node *node, const char *setting, tp_str *out,
                       tp_err *err) TP_MUST_CHECK;

/* "there is no record ..." with the nearest one. */
tp_code tp_describe_no_record(const tp_node *node, tp_str word, tp_err *err) TP_MUST_CHECK;

/* Refuses every member that is not in words ("a|b|c"), not just the first. */
tp_code tp_describe_only(tp_describe *d, const tp_node *object, const char *words,
                         tp_err *err) TP_MUST_CHECK;

/* ---- small reads ---- */

/* Text, or what {"setting": name} stands for. */
tp_code tp_describe_text(tp_describe *d, const tp_node *node, tp_str *out,
                         tp_err *err) TP_MUST_CHECK;

/* Text, number or boolean as text; null gives an absent one. */
tp_code tp_describe_scalar(tp_describe *d, const tp_node *node, tp_str *out,
                           tp_err *err) TP_MUST_CHECK;

/* The same as an address or a host: without a user, and without a literal secret in its query. */
tp_code tp_describe_url(tp_describe *d, const tp_node *node, tp_str *out,
                        tp_err *err) TP_MUST_CHECK;

/* TP_E_CONFIG if a header or parameter of this name carries a log-in, and its value does not hold
 * `place` ("{token:", "{"): then it is the secret itself (etl/source/describe_secret.c). */
tp_code tp_describe_no_secret(const tp_node *node, tp_str name, tp_str value, const char *place,
                              tp_err *err) TP_MUST_CHECK;

/* The same for every parameter in the query of an address or path. */
tp_code tp_describe_no_query_secret(const tp_node *node, tp_str url, tp_err *err) TP_MUST_CHECK;

/* A list of scalars. */
tp_code tp_describe_texts(tp_describe *d, const tp_node *node, const tp_str **out, size_t *out_n,
                          tp_err *err) TP_MUST_CHECK;

/* Integer member, or `other` when absent. */
tp_code tp_describe_int(const tp_node *object, const char *key, int64_t low, int64_t high,
                        int64_t other, int64_t *out, tp_err *err) TP_MUST_CHECK;

/* Boolean member, or `other` when absent. */
tp_code tp_describe_bool(const tp_node *object, const char *key, bool other, bool *out,
                         tp_err *err) TP_MUST_CHECK;

/* n zeroed things from the source's arena; TP_E_NOMEM through err. */
tp_code tp_describe_alloc(tp_describe *d, size_t n, size_t size, void *out_pointer,
                          tp_err *err) TP_MUST_CHECK;

#endif
