/* What is each setting, what is its value tonight, and who said so? */
#include "talent/etl/cfg.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "talent/etl/json.h"

typedef enum opt_type { OPT_TEXT, OPT_PATH, OPT_INT, OPT_BOOL, OPT_WORD } opt_type;

typedef struct option {
    const char *name; /* section.key */
    opt_type type;
    const char *value; /* default */
    int64_t low;
    int64_t high;
    const char *words; /* OPT_WORD: "a|b|c" */
    bool secret;
    const char *help;
} option;

static const option OPTIONS[] = {
    {"state.dir", OPT_PATH, "state", 0, 0, NULL, false,
     "folder of artefacts, landed bodies, secrets and the private server"},
    {"database.conninfo", OPT_TEXT, "", 0, 0, NULL, true,
     "libpq connection string; empty = a private server in the state folder"},
    {"run.threads", OPT_INT, "0", 0, 1024, NULL, false, "threads; 0 = one per processor"},
    {"run.min_sources_bp", OPT_INT, "5000", 0, 10000, NULL, false,
     "share of the sources that must deliver for a night to be published, basis points"},
    {"run.shrink_people_bp", OPT_INT, "500", 0, 10000, NULL, false,
     "hold the night when people shrink by more than this, basis points"},
    {"sources.dir", OPT_PATH, "config/sources", 0, 0, NULL, false, "folder of source descriptions"},
    {"rules.dir", OPT_PATH, "config/rules", 0, 0, NULL, false,
     "folder of scoring and eligibility rules"},
    {"codes.dir", OPT_PATH, "config/codes", 0, 0, NULL, false, "folder of code lists"},
    {"link.config", OPT_PATH, "config/linkage.json", 0, 0, NULL, false,
     "linkage passes and limits"},
    {"merge.config", OPT_PATH, "config/survivorship.json", 0, 0, NULL, false, "survivorship rules"},
    {"secrets.dir", OPT_PATH, "", 0, 0, NULL, false,
     "folder of secret files; empty = secrets in the state folder"},
    {"secrets.make_keys", OPT_BOOL, "true", 0, 0, NULL, false,
     "make a missing key at random on first use"},
    {"http.requests", OPT_INT, "256", 1, 4096, NULL, false, "requests at once, over all sources"},
    {"http.per_host", OPT_INT, "64", 1, 4096, NULL, false,
     "requests at once to one host, over all sources; a source's own limit is connect.rate"},
    {"http.memory_mb", OPT_INT, "256", 1, 65536, NULL, false,
     "answers being collected in memory, MiB; past it requests wait until others are done"},
    {"landing.keep_days", OPT_INT, "90", 0, 36500, NULL, false, "days raw bodies are kept"},
    {"publish.keep_generations", OPT_INT, "7", 1, 1000, NULL, false,
     "published generations kept in the warehouse"},
    {"log.level", OPT_WORD, "info", 0, 0, "error|warn|info|debug", false,
     "least important level logged"},
    {"log.file", OPT_PATH, "", 0, 0, NULL, false,
     "log to this file as well; empty = standard error only"},
};

enum { N_OPTIONS = sizeof OPTIONS / sizeof OPTIONS[0] };

typedef struct setting {
    char *value;
    char *origin;
    int64_t number; /* OPT_INT, OPT_BOOL */
} setting;

typedef struct feed {
    char *key;
    char *value;
    char *origin;
    struct feed *next; /* ascending by key */
} feed;

struct tp_cfg {
    setting at[N_OPTIONS];
    feed *feeds;
};

/* ---- one value ---- */

static int
find_option(tp_str name)
{
    for (int i = 0; i < N_OPTIONS; i++) {
        if (tp_str_is(name, OPTIONS[i].name)) {
            return i;
        }
    }
    return -1;
}

static bool
replace(char **slot, const char *text)
{
    char *copy = strdup(text);
    if (copy == NULL) {
        return false;
    }
    free(*slot);
    *slot = copy;
    return true;
}

static bool
parse_bool(const char *text, int64_t *out)
{
    static const char *const WORD[] = {"false", "true", "no", "yes", "0", "1"};
    for (size_t i = 0; i < sizeof WORD / sizeof WORD[0]; i++) {
        if (strcmp(text, WORD[i]) == 0) {
            *out = (int64_t)(i % 2);
            return true;
        }
    }
    return false;
}

static bool
is_word(const char *words, const char *text)
{
    tp_str rest = tp_str_of(words);
    tp_str word;
    while (tp_str_next(&rest, '|', &word)) {
        if (tp_str_is(word, text)) {
            return true;
        }
    }
    return false;
}

/* "a whole number from 0 to 5", "true or false", "one of a|b|c", "a text". */
static void
put_expected(tp_buf *out, const option *o)
{
    switch (o->type) {
    case OPT_INT:
        tp_buf_printf(out, "a whole number from %" PRId64 " to %" PRId64, o->low, o->high);
        break;
    case OPT_BOOL:
        tp_buf_puts(out, "true or false");
        break;
    case OPT_WORD:
        tp_buf_printf(out, "one of %s", o->words);
        break;
    case OPT_PATH:
        tp_buf_puts(out, "a path");
        break;
    case OPT_TEXT:
    default:
        tp_buf_puts(out, "a text");
        break;
    }
}

/* "origin: section.key: expected ..., found ...": the one text for a value that does not fit. */
static tp_code
refuse(const option *o, const char *origin, const char *found, tp_err *err)
{
    TP_AUTO_BUF(expected);
    put_expected(&expected, o);
    if (o->secret) {
        found = "a value that is not shown";
    }
    TP_RETURN_ERR(err, TP_E_CONFIG, "%s: %s: expected %s, found %s", origin, o->name,
                  tp_buf_cstr(&expected), found);
}

static tp_code
set_option(tp_cfg *cfg, int i, const char *value, const char *origin, tp_err *err)
{
    const option *o = &OPTIONS[i];
    int64_t number = 0;
    bool fits = true;
    if (o->type == OPT_INT) {
        fits = tp_str_to_i64(tp_str_of(value), &number) && number >= o->low && number <= o->high;
    } else if (o->type == OPT_BOOL) {
        fits = parse_bool(value, &number);
    } else if (o->type == OPT_WORD) {
        fits = is_word(o->words, value);
    }
    if (!fits) {
        TP_AUTO_BUF(found);
        tp_buf_printf(&found, "\"%.60s\"", value);
        return refuse(o, origin, tp_buf_cstr(&found), err);
    }
    if (!replace(&cfg->at[i].value, value) || !replace(&cfg->at[i].origin, origin)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%s: no room for its value", o->name);
    }
    cfg->at[i].number = number;
    return TP_OK;
}

static tp_code
set_feed(tp_cfg *cfg, const char *key, const char *value, const char *origin, tp_err *err)
{
    feed **at = &cfg->feeds;
    while (*at != NULL && strcmp((*at)->key, key) < 0) {
        at = &(*at)->next;
    }
    if (*at == NULL || strcmp((*at)->key, key) != 0) {
        feed *made = calloc(1, sizeof *made);
        if (made == NULL || !replace(&made->key, key)) {
            free(made);
            TP_RETURN_ERR(err, TP_E_NOMEM, "feeds.%s: no room for it", key);
        }
        made->next = *at;
        *at = made;
    }
    if (!replace(&(*at)->value, value) || !replace(&(*at)->origin, origin)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "feeds.%s: no room for its value", key);
    }
    return TP_OK;
}

static tp_code
unknown_name(const char *name, const char *origin, tp_err *err)
{
    TP_AUTO_BUF(words);
    for (int i = 0; i < N_OPTIONS; i++) {
        tp_buf_printf(&words, "%s%s", i > 0 ? "|" : "", OPTIONS[i].name);
    }
    const tp_str near = tp_nearest_word(tp_str_of(name), tp_buf_cstr(&words));
    if (near.n > 0) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "%s: unknown setting %.80s; did you mean %.*s?", origin,
                      name, TP_STR_ARG(near));
    }
    TP_RETURN_ERR(err, TP_E_CONFIG,
                  "%s: unknown setting %.80s; `talentpool config defaults` lists them all", origin,
                  name);
}

tp_code
tp_cfg_set(tp_cfg *cfg, const char *name, const char *value, const char *origin, tp_err *err)
{
    if (tp_str_starts(tp_str_of(name), TP_STR("feeds.")) && name[6] != '\0') {
        return set_feed(cfg, name + 6, value, origin, err);
    }
    const int i = find_option(tp_str_of(name));
    return i >= 0 ? set_option(cfg, i, value, origin, err) : unknown_name(name, origin, err);
}

/* ---- where values come from ---- */

/* "<prefix>/share/talentpool/" when the program runs as <prefix>/bin/..., and its files lie there;
 * empty otherwise. */
static void
find_share(tp_buf *out)
{
    char self[PATH_MAX];
    const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) {
        return;
    }
    self[n] = '\0';
    char *name = strrchr(self, '/');
    *name = '\0';
    char *bin = strrchr(self, '/');
    if (bin == NULL || strcmp(bin, "/bin") != 0) {
        return;
    }
    *bin = '\0';
    tp_buf_printf(out, "%s/share/talentpool/", self);
    TP_AUTO_BUF(config);
    tp_buf_printf(&config, "%sconfig", tp_buf_cstr(out));
    if (access(tp_buf_cstr(&config), R_OK | X_OK) != 0) {
        tp_buf_reset(out);
    }
}

/* The default of what the program brings along lies where it was installed. */
static tp_code
set_default(tp_cfg *cfg, int i, const char *share, tp_err *err)
{
    TP_AUTO_BUF(value);
    const bool brought = strncmp(OPTIONS[i].value, "config/", strlen("config/")) == 0;
    tp_buf_printf(&value, "%s%s", brought ? share : "", OPTIONS[i].value);
    return set_option(cfg, i, tp_buf_cstr(&value), "default", err);
}

tp_code
tp_cfg_new(tp_cfg **out, tp_err *err)
{
    TP_AUTO_BUF(share);
    tp_cfg *cfg = calloc(1, sizeof *cfg);
    if (cfg == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room for the settings");
    }
    find_share(&share);
    for (int i = 0; i < N_OPTIONS; i++) {
        const tp_code rc = set_default(cfg, i, tp_buf_cstr(&share), err);
        if (rc != TP_OK) {
            tp_cfg_free(cfg);
            return rc;
        }
    }
    *out = cfg;
    return TP_OK;
}

void
tp_cfg_free(tp_cfg *cfg)
{
    if (cfg == NULL) {
        return;
    }
    for (int i = 0; i < N_OPTIONS; i++) {
        free(cfg->at[i].value);
        free(cfg->at[i].origin);
    }
    while (cfg->feeds != NULL) {
        feed *next = cfg->feeds->next;
        free(cfg->feeds->key);
        free(cfg->feeds->value);
        free(cfg->feeds->origin);
        free(cfg->feeds);
        cfg->feeds = next;
    }
    free(cfg);
}

/* The value of a member as text, if its JSON type suits the setting (NULL = a feed setting). */
static tp_code
member_text(const tp_node *node, const option *o, tp_buf *out, tp_err *err)
{
    const tp_node_kind kind = tp_node_kind_of(node);
    tp_str text = {0};
    int64_t number = 0;
    bool yes = false;
    const bool wants_text = o == NULL || (o->type != OPT_INT && o->type != OPT_BOOL);
    if (kind == TP_NODE_TEXT && wants_text) {
        TP_RETURN_SAME(tp_node_text(node, &text, err));
        tp_buf_str(out, text);
    } else if (kind == TP_NODE_INT && o != NULL && o->type == OPT_INT) {
        TP_RETURN_SAME(tp_node_int(node, INT64_MIN, INT64_MAX, &number, err));
        tp_buf_i64(out, number);
    } else if (kind == TP_NODE_BOOL && o != NULL && o->type == OPT_BOOL) {
        TP_RETURN_SAME(tp_node_bool(node, &yes, err));
        tp_buf_puts(out, yes ? "true" : "false");
    } else {
        TP_AUTO_BUF(expected);
        if (o == NULL) {
            tp_buf_puts(&expected, "a text");
        } else {
            put_expected(&expected, o);
        }
        return tp_node_fail(node, err, "expected %s, found a value of another type",
                            tp_buf_cstr(&expected));
    }
    if (out->failed || strlen(tp_buf_cstr(out)) != out->n) {
        return tp_node_fail(node, err, "too long, or with a zero byte in it");
    }
    return TP_OK;
}

/* A relative path in a settings file starts where that file lies. */
static void
anchor(const char *file, tp_buf *path)
{
    const char *slash = strrchr(file, '/');
    if (path->n == 0 || path->p[0] == '/' || slash == NULL) {
        return;
    }
    TP_AUTO_BUF(whole);
    tp_buf_put(&whole, file, (size_t)(slash - file) + 1);
    tp_buf_puts(&whole, tp_buf_cstr(path));
    tp_buf_reset(path);
    tp_buf_puts(path, tp_buf_cstr(&whole));
}

static tp_code
apply_member(tp_cfg *cfg, const char *section, const char *key, const tp_node *node, tp_err *err)
{
    TP_AUTO_BUF(name);
    TP_AUTO_BUF(value);
    TP_AUTO_BUF(origin);
    tp_buf_printf(&name, "%s.%s", section, key);
    tp_buf_printf(&origin, "%s:%d", tp_json_name(node->doc), tp_node_line(node));
    const bool is_feed = strcmp(section, "feeds") == 0;
    const int i = is_feed ? -1 : find_option(tp_buf_view(&name));
    if (is_feed || i >= 0) {
        TP_RETURN_SAME(member_text(node, i >= 0 ? &OPTIONS[i] : NULL, &value, err));
    }
    if (i >= 0 && OPTIONS[i].type == OPT_PATH) {
        anchor(tp_json_name(node->doc), &value);
    }
    return tp_cfg_set(cfg, tp_buf_cstr(&name), tp_buf_cstr(&value), tp_buf_cstr(&origin), err);
}

/* Members whose name begins with // are notes, as `config defaults` writes them. */
static bool
is_note(const char *key)
{
    return strncmp(key, "//", 2) == 0 || strcmp(key, "$schema") == 0;
}

static tp_code
apply_root(tp_cfg *cfg, const tp_node *root, tp_err *err)
{
    TP_RETURN_SAME(tp_node_object(root, err));
    for (size_t i = 0; i < tp_node_size(root); i++) {
        const char *section = "";
        const tp_node part = tp_node_member(root, i, &section);
        if (is_note(section)) {
            continue;
        }
        TP_RETURN_SAME(tp_node_object(&part, err));
        for (size_t j = 0; j < tp_node_size(&part); j++) {
            const char *key = "";
            const tp_node node = tp_node_member(&part, j, &key);
            if (!is_note(key)) {
                TP_RETURN_SAME(apply_member(cfg, section, key, &node, err));
            }
        }
    }
    return TP_OK;
}

tp_code
tp_cfg_file(tp_cfg *cfg, const char *file, tp_err *err)
{
    tp_json *doc = NULL;
    TP_RETURN_SAME(tp_json_load(file, &doc, err));
    const tp_node root = tp_json_root(doc);
    const tp_code rc = apply_root(cfg, &root, err);
    tp_json_free(doc);
    return rc;
}

static void
put_cased(tp_buf *out, const char *text, size_t n, bool upper)
{
    for (size_t i = 0; i < n; i++) {
        const int c = (unsigned char)text[i];
        tp_buf_char(out, (char)(c == '.' || c == '-' ? '_' : upper ? toupper(c) : tolower(c)));
    }
}

static bool
known_section(tp_str upper_name)
{
    for (int i = 0; i < N_OPTIONS; i++) {
        TP_AUTO_BUF(section);
        put_cased(&section, OPTIONS[i].name, strcspn(OPTIONS[i].name, ".") + 1, true);
        if (tp_str_starts(upper_name, tp_buf_view(&section))) {
            return true;
        }
    }
    return false;
}

/* One variable, name without TALENTPOOL_. Names of no section of ours belong to somebody else. */
static tp_code
apply_variable(tp_cfg *cfg, tp_str name, const char *value, tp_err *err)
{
    TP_AUTO_BUF(origin);
    TP_AUTO_BUF(lower);
    tp_buf_printf(&origin, "environment TALENTPOOL_%.*s", TP_STR_ARG(name));
    if (tp_str_starts(name, TP_STR("FEEDS_")) && name.n > 6) {
        put_cased(&lower, name.p + 6, name.n - 6, false);
        return set_feed(cfg, tp_buf_cstr(&lower), value, tp_buf_cstr(&origin), err);
    }
    for (int i = 0; i < N_OPTIONS; i++) {
        TP_AUTO_BUF(upper);
        put_cased(&upper, OPTIONS[i].name, strlen(OPTIONS[i].name), true);
        if (tp_str_eq(name, tp_buf_view(&upper))) {
            return set_option(cfg, i, value, tp_buf_cstr(&origin), err);
        }
    }
    if (!known_section(name)) {
        return TP_OK;
    }
    put_cased(&lower, name.p, name.n, false);
    *strchr(lower.p, '_') = '.';
    return unknown_name(lower.p, tp_buf_cstr(&origin), err);
}

tp_code
tp_cfg_env(tp_cfg *cfg, tp_err *err)
{
    extern char **environ;
    static const char PREFIX[] = "TALENTPOOL_";
    for (char **at = environ; *at != NULL; at++) {
        const char *equals = strchr(*at, '=');
        if (equals == NULL || strncmp(*at, PREFIX, sizeof PREFIX - 1) != 0) {
            continue;
        }
        const char *name = *at + sizeof PREFIX - 1;
        TP_RETURN_SAME(
            apply_variable(cfg, (tp_str){name, (size_t)(equals - name)}, equals + 1, err));
    }
    return TP_OK;
}

/* ---- reading and showing ---- */

static const setting *
must_find(const tp_cfg *cfg, const char *name, opt_type type)
{
    const int i = find_option(tp_str_of(name));
    const bool text =
        i >= 0 && type == OPT_TEXT && (OPTIONS[i].type == OPT_WORD || OPTIONS[i].type == OPT_PATH);
    if (i < 0 || (OPTIONS[i].type != type && !text)) {
        (void)fprintf(stderr, "talentpool: bug: setting %s is asked for but not described so\n",
                      name);
        abort();
    }
    return &cfg->at[i];
}

const char *
tp_cfg_text(const tp_cfg *cfg, const char *name)
{
    return must_find(cfg, name, OPT_TEXT)->value;
}

int64_t
tp_cfg_int(const tp_cfg *cfg, const char *name)
{
    return must_find(cfg, name, OPT_INT)->number;
}

bool
tp_cfg_bool(const tp_cfg *cfg, const char *name)
{
    return must_find(cfg, name, OPT_BOOL)->number != 0;
}

const char *
tp_cfg_feed(const tp_cfg *cfg, const char *key)
{
    for (const feed *f = cfg->feeds; f != NULL; f = f->next) {
        if (strcmp(f->key, key) == 0) {
            return f->value;
        }
    }
    return NULL;
}

tp_code
tp_cfg_need(const tp_cfg *cfg, const char *name, tp_err *err)
{
    const setting *s = must_find(cfg, name, OPT_TEXT);
    char here[PATH_MAX] = "/";
    if (access(s->value, R_OK) == 0) {
        return TP_OK;
    }
    const int why = errno;
    if (s->value[0] == '/' || getcwd(here, sizeof here) == NULL) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "%s (%s): %.150s: %s", name, s->origin, s->value,
                      strerror(why));
    }
    TP_RETURN_ERR(err, TP_E_CONFIG,
                  "%s (%s): no %.60s in %.60s; go where it is, or name it: --set %s=PATH", name,
                  s->origin, s->value, here, name);
}

/* What is in force where nothing was said: empty for most. */
static const char *
shown_value(int i, const char *value)
{
    if (OPTIONS[i].secret) {
        return value[0] != '\0' ? "set" : "not set";
    }
    return strcmp(OPTIONS[i].name, "secrets.dir") == 0 && value[0] == '\0'
               ? "not set (STATE/secrets)"
               : value;
}

void
tp_cfg_show(const tp_cfg *cfg, tp_buf *out)
{
    for (int i = 0; i < N_OPTIONS; i++) {
        const setting *s = &cfg->at[i];
        tp_buf_printf(out, "%-26s = %s  (%s)\n", OPTIONS[i].name, shown_value(i, s->value),
                      s->origin);
    }
    for (const feed *f = cfg->feeds; f != NULL; f = f->next) {
        tp_buf_printf(out, "feeds.%-20s = %s  (%s)\n", f->key, f->value, f->origin);
    }
}

static void
put_default(tp_buf *out, const option *o)
{
    TP_AUTO_BUF(help);
    TP_AUTO_BUF(note);
    const char *key = strchr(o->name, '.') + 1;
    put_expected(&help, o);
    tp_buf_printf(&help, ": %s", o->help);
    tp_buf_printf(&note, "//%s", key);
    tp_buf_puts(out, "    ");
    tp_buf_json(out, tp_buf_view(&note));
    tp_buf_puts(out, ": ");
    tp_buf_json(out, tp_buf_view(&help));
    tp_buf_printf(out, ",\n    \"%s\": ", key);
    if (o->type != OPT_INT && o->type != OPT_BOOL) {
        tp_buf_json(out, tp_str_of(o->value));
    } else {
        tp_buf_puts(out, o->value);
    }
}

void
tp_cfg_defaults(tp_buf *out)
{
    tp_str section = {"", 0};
    tp_buf_puts(out, "{\n");
    for (int i = 0; i < N_OPTIONS; i++) {
        const option *o = &OPTIONS[i];
        const tp_str own = {o->name, strcspn(o->name, ".")};
        if (tp_str_eq(own, section)) {
            tp_buf_puts(out, ",\n");
        } else {
            tp_buf_printf(out, "%s  \"%.*s\": {\n", i > 0 ? "\n  },\n" : "", TP_STR_ARG(own));
            section = own;
        }
        put_default(out, o);
    }
    tp_buf_puts(out, "\n  },\n  \"feeds\": {\n"
                     "    \"//\": \"free: names that source descriptions use, with their texts\"\n"
                     "  }\n}\n");
}
