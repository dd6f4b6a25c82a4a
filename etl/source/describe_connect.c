/* Where is a source, and how does one log in? */
#include "etl/source/describe.h"

/* Name of the secret in {"secret": name}; a literal in its place is refused. */
static tp_code
read_secret(const tp_node *object, const char *key, bool required, tp_str *out, tp_err *err)
{
    const tp_node node = tp_node_get(object, key);
    *out = TP_STR_NONE;
    if (tp_node_kind_of(&node) == TP_NODE_ABSENT) {
        return required
                   ? tp_node_fail(object, err, "\"%s\" is missing: {\"secret\": \"name\"}", key)
                   : TP_OK;
    }
    if (tp_node_kind_of(&node) != TP_NODE_OBJECT) {
        return tp_node_fail(
            &node, err,
            "a literal secret is refused; write {\"secret\": \"name\"} and put the value "
            "into the secrets folder");
    }
    TP_RETURN_SAME(tp_node_only(&node, "secret", err));
    const tp_node name = tp_node_get(&node, "secret");
    return tp_node_text(&name, out, err);
}

/* What tells a token request from another: where, how, for what. */
static tp_code
read_oauth(tp_describe *d, const tp_node *node, tp_auth *auth, tp_err *err)
{
    int style = 0;
    tp_node member = tp_node_get(node, "url");
    TP_RETURN_SAME(tp_describe_url(d, &member, &auth->url, err));
    member = tp_node_get(node, "style");
    if (tp_node_kind_of(&member) != TP_NODE_ABSENT) {
        TP_RETURN_SAME(tp_node_word(&member, "form|basic", &style, err));
    }
    auth->basic_style = style == 1;
    member = tp_node_get(node, "scope");
    return tp_node_kind_of(&member) != TP_NODE_ABSENT ? tp_node_text(&member, &auth->scope, err)
                                                      : TP_OK;
}

static tp_code
read_auth_secrets(const tp_node *node, tp_auth *auth, tp_err *err)
{
    const tp_auth_kind kind = auth->kind;
    const bool client = kind == TP_AUTH_OAUTH2_CLIENT;
    const bool password = kind == TP_AUTH_OAUTH2_PASSWORD || kind == TP_AUTH_BASIC;
    const bool value = !client && !password;
    TP_RETURN_SAME(read_secret(node, "client_id", client || kind == TP_AUTH_OAUTH2_PASSWORD,
                               &auth->client_id, err));
    TP_RETURN_SAME(read_secret(node, "client_secret", client, &auth->client_secret, err));
    TP_RETURN_SAME(read_secret(node, kind == TP_AUTH_BASIC ? "user" : "username", password,
                               &auth->username, err));
    return read_secret(node, value ? "value" : "password", value || password, &auth->password, err);
}

static tp_code
read_auth(tp_describe *d, const tp_node *node, tp_auth *auth, tp_err *err)
{
    static const char *const WORDS[] = {
        [TP_AUTH_BASIC] = "kind|user|password",
        [TP_AUTH_HEADER] = "kind|name|value",
        [TP_AUTH_OAUTH2_CLIENT] = "kind|url|style|client_id|client_secret|scope|gives",
        [TP_AUTH_OAUTH2_PASSWORD] =
            "kind|url|style|client_id|client_secret|username|password|scope|gives",
        [TP_AUTH_STATIC_TOKEN] = "kind|value|gives",
        [TP_AUTH_BEARER] = "kind|value",
        [TP_AUTH_QUERY] = "kind|name|value",
    };
    int kind;
    tp_node member = tp_node_get(node, "kind");
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_node_word(
        &member, "basic|header|oauth2_client|oauth2_password|static_token|bearer|query", &kind,
        err));
    TP_RETURN_SAME(tp_node_only(node, WORDS[kind], err));
    *auth = (tp_auth){.kind = (tp_auth_kind)kind};
    const bool oauth = kind == TP_AUTH_OAUTH2_CLIENT || kind == TP_AUTH_OAUTH2_PASSWORD;
    if (oauth) {
        TP_RETURN_SAME(read_oauth(d, node, auth, err));
    }
    if (oauth || kind == TP_AUTH_STATIC_TOKEN) {
        member = tp_node_get(node, "gives");
        TP_RETURN_SAME(tp_node_text(&member, &auth->gives, err));
    }
    if (kind == TP_AUTH_HEADER || kind == TP_AUTH_QUERY) {
        member = tp_node_get(node, "name");
        TP_RETURN_SAME(tp_node_text(&member, &auth->header, err));
    }
    return read_auth_secrets(node, auth, err);
}

static bool
gives_token(const tp_source *s, tp_str name)
{
    for (size_t i = 0; i < s->n_auth; i++) {
        if (tp_str_eq(s->auth[i].gives, name)) {
            return true;
        }
    }
    return false;
}

/* A header's value may hold {token:name}; one that carries a log-in must. */
static tp_code
check_header(const tp_source *s, const tp_node *node, tp_str name, tp_str value, tp_err *err)
{
    const size_t at = tp_str_find(value, TP_STR("{token:"));
    TP_RETURN_SAME(tp_describe_no_secret(node, name, value, "{token:", err));
    if (at != SIZE_MAX) {
        const tp_str rest = tp_str_sub(value, at + 7, value.n);
        const size_t end = tp_str_find(rest, TP_STR("}"));
        const tp_str token = tp_str_sub(rest, 0, end == SIZE_MAX ? rest.n : end);
        if (!gives_token(s, token)) {
            return tp_node_fail(node, err, "no auth step gives the token \"%.*s\"",
                                TP_STR_ARG(token));
        }
    }
    return TP_OK;
}

static tp_code
read_headers(tp_describe *d, const tp_node *node, tp_err *err)
{
    tp_source *s = d->source;
    if (tp_node_kind_of(node) == TP_NODE_ABSENT) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(node, err));
    if (tp_node_size(node) > TP_HEADERS_MAX) {
        return tp_node_fail(node, err, "at most %d headers", TP_HEADERS_MAX);
    }
    for (size_t i = 0; i < tp_node_size(node); i++) {
        const char *name;
        const tp_node value = tp_node_member(node, i, &name);
        tp_pair *pair = &s->header[i];
        pair->name = tp_str_of(name);
        TP_RETURN_SAME(tp_node_text(&value, &pair->value, err));
        TP_RETURN_SAME(check_header(s, &value, pair->name, pair->value, err));
        s->n_headers++;
    }
    return TP_OK;
}

/* "host:port", or {"host": that, "credentials": true} for one that gets the log-in too. */
static tp_code
read_host(tp_describe *d, const tp_node *node, tp_err *err)
{
    tp_source *s = d->source;
    tp_node host = *node;
    if (tp_node_kind_of(node) == TP_NODE_OBJECT) {
        const tp_node setting = tp_node_get(node, "setting");
        if (tp_node_kind_of(&setting) == TP_NODE_ABSENT) {
            TP_RETURN_SAME(tp_node_only(node, "host|credentials", err));
            host = tp_node_get(node, "host");
            TP_RETURN_SAME(
                tp_describe_bool(node, "credentials", false, &s->trusted[s->n_hosts], err));
        }
    }
    TP_RETURN_SAME(tp_describe_url(d, &host, &s->host[s->n_hosts], err));
    s->n_hosts++;
    return TP_OK;
}

static tp_code
read_lists(tp_describe *d, const tp_node *connect, tp_err *err)
{
    tp_source *s = d->source;
    const tp_node hosts = tp_node_get(connect, "allowed_hosts");
    if (tp_node_kind_of(&hosts) != TP_NODE_ABSENT) {
        TP_RETURN_SAME(tp_node_list(&hosts, err));
        if (tp_node_size(&hosts) > TP_COUNT(s->host)) {
            return tp_node_fail(&hosts, err, "at most %zu hosts", TP_COUNT(s->host));
        }
        for (size_t i = 0; i < tp_node_size(&hosts); i++) {
            const tp_node host = tp_node_at(&hosts, i);
            TP_RETURN_SAME(read_host(d, &host, err));
        }
    }
    const tp_node auth = tp_node_get(connect, "auth");
    if (tp_node_kind_of(&auth) != TP_NODE_ABSENT) {
        TP_RETURN_SAME(tp_node_list(&auth, err));
        if (tp_node_size(&auth) > TP_AUTH_MAX) {
            return tp_node_fail(&auth, err, "at most %d auth steps", TP_AUTH_MAX);
        }
        for (size_t i = 0; i < tp_node_size(&auth); i++) {
            const tp_node step = tp_node_at(&auth, i);
            TP_RETURN_SAME(read_auth(d, &step, &s->auth[s->n_auth], err));
            s->n_auth++;
        }
    }
    return TP_OK;
}

/* An integer member of an optional object. */
static tp_code
read_number(const tp_node *object, const char *key, int64_t low, int64_t high, int other, int *out,
            tp_err *err)
{
    int64_t v;
    TP_RETURN_SAME(tp_describe_int(object, key, low, high, other, &v, err));
    *out = (int)v;
    return TP_OK;
}

static tp_code
optional(const tp_node *connect, const char *key, const char *words, tp_node *out, tp_err *err)
{
    *out = tp_node_get(connect, key);
    if (tp_node_kind_of(out) == TP_NODE_ABSENT) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(out, err));
    return tp_node_only(out, words, err);
}

static tp_code
read_tls(tp_describe *d, const tp_node *connect, tp_err *err)
{
    tp_source *s = d->source;
    tp_node tls;
    static const char *const KEY[] = {"ca", "cert", "key"};
    tp_str *const out[] = {&s->ca_file, &s->cert_file, &s->key_file};
    TP_RETURN_SAME(optional(connect, "tls", "ca|cert|key|key_password", &tls, err));
    for (size_t i = 0; i < TP_COUNT(KEY); i++) {
        const tp_node node = tp_node_get(&tls, KEY[i]);
        if (tp_node_kind_of(&node) != TP_NODE_ABSENT) {
            TP_RETURN_SAME(tp_describe_text(d, &node, out[i], err));
        }
    }
    if (s->cert_file.n == 0 && s->key_file.n > 0) {
        return tp_node_fail(&tls, err, "\"key\" without \"cert\": name the certificate too");
    }
    return read_secret(&tls, "key_password", false, &s->key_secret, err);
}

static tp_code
read_retry(const tp_node *connect, tp_source *s, tp_err *err)
{
    tp_node node;
    TP_RETURN_SAME(optional(connect, "retry",
                            "attempts|backoff_ms|backoff_max_s|break_after|break_s", &node, err));
    TP_RETURN_SAME(read_number(&node, "attempts", 1, 20, 4, &s->attempts, err));
    TP_RETURN_SAME(read_number(&node, "backoff_ms", 1, 60000, 250, &s->backoff_ms, err));
    TP_RETURN_SAME(read_number(&node, "backoff_max_s", 1, 3600, 60, &s->backoff_max_s, err));
    TP_RETURN_SAME(read_number(&node, "break_after", 1, 1000, 6, &s->break_after, err));
    TP_RETURN_SAME(read_number(&node, "break_s", 1, 3600, 10, &s->break_ms, err));
    s->break_ms *= 1000;
    return TP_OK;
}

tp_code
tp_describe_connect(tp_describe *d, const tp_node *connect, tp_err *err)
{
    tp_source *s = d->source;
    tp_node node;
    TP_RETURN_SAME(tp_node_object(connect, err));
    TP_RETURN_SAME(tp_node_only(
        connect, "base_url|allowed_hosts|tls|cookies|auth|headers|timeouts|retry|rate|limits",
        err));
    node = tp_node_get(connect, "base_url");
    TP_RETURN_SAME(tp_describe_url(d, &node, &s->base_url, err));
    TP_RETURN_SAME(read_lists(d, connect, err));
    node = tp_node_get(connect, "headers");
    TP_RETURN_SAME(read_headers(d, &node, err));
    TP_RETURN_SAME(read_tls(d, connect, err));
    TP_RETURN_SAME(tp_describe_bool(connect, "cookies", false, &s->cookies, err));
    TP_RETURN_SAME(optional(connect, "timeouts", "connect_s|idle_s|total_s|source_s", &node, err));
    TP_RETURN_SAME(read_number(&node, "connect_s", 1, 600, 10, &s->connect_s, err));
    TP_RETURN_SAME(read_number(&node, "idle_s", 1, 3600, 60, &s->idle_s, err));
    TP_RETURN_SAME(read_number(&node, "total_s", 1, 86400, 1800, &s->total_s, err));
    TP_RETURN_SAME(read_number(&node, "source_s", 1, 172800, 21600, &s->source_s, err));
    TP_RETURN_SAME(read_retry(connect, s, err));
    TP_RETURN_SAME(optional(connect, "rate", "parallel|per_second", &node, err));
    TP_RETURN_SAME(read_number(&node, "parallel", 1, 256, 3, &s->parallel, err));
    return read_number(&node, "per_second", 0, 100000, 0, &s->per_second, err);
}
