/* Which tokens does a source need, and are they still good? */
#include <stdlib.h>
#include <string.h>

#include "talent/etl/clock.h"
#include "talent/etl/extract.h"
#include "talent/etl/json.h"

enum {
    ATTEMPTS = 3,
    PAUSE_MS = 500, /* after the first failure; four times as long after each further one */
    LIFE_S = 1800,  /* of a token whose answer does not say */
    LIFE_MAX_S = 366 * 86400,
    EARLY_MS = 60000, /* renewed this long before it ends */
    LOOK_MS = 200,    /* how often a wait looks whether it was cancelled */
    ANSWER_BYTES = 256 << 10
};

/* What is known of one log-in step. */
typedef struct step {
    const tp_auth *auth;
    tp_buf client_id, client_secret, username, password; /* secrets */
    tp_buf token;
    int64_t renew_at; /* monotonic ms; INT64_MAX = never */
    bool had;         /* token is usable until renew_at */
} step;

struct tp_tokens {
    const tp_source *source;
    const tp_ctx *ctx;
    tp_http *http; /* NULL when no step asks over the net */
    uint32_t generation;
    size_t n;
    step step[TP_AUTH_MAX];
};

static bool
asks(const tp_auth *auth)
{
    return auth->kind == TP_AUTH_OAUTH2_CLIENT || auth->kind == TP_AUTH_OAUTH2_PASSWORD;
}

static tp_code
read_secret(const tp_cfg *cfg, tp_str name, tp_buf *out, tp_err *err)
{
    TP_AUTO_BUF(text);
    if (name.p == NULL) {
        return TP_OK;
    }
    tp_buf_str(&text, name);
    TP_RETURN_SAME(tp_secret(cfg, tp_buf_cstr(&text), out, err));
    return TP_OK;
}

static tp_code
read_secrets(const tp_cfg *cfg, step *s, tp_err *err)
{
    TP_RETURN_SAME(read_secret(cfg, s->auth->client_id, &s->client_id, err));
    TP_RETURN_SAME(read_secret(cfg, s->auth->client_secret, &s->client_secret, err));
    TP_RETURN_SAME(read_secret(cfg, s->auth->username, &s->username, err));
    TP_RETURN_SAME(read_secret(cfg, s->auth->password, &s->password, err));
    if (s->auth->kind == TP_AUTH_STATIC_TOKEN) {
        tp_buf_str(&s->token, tp_buf_view(&s->password));
        s->renew_at = INT64_MAX;
        s->had = true;
    }
    return TP_OK;
}

/* Does another step give the same token, so that this one may lack its secrets? */
static bool
has_stand_in(const tp_source *source, size_t i)
{
    for (size_t k = 0; k < source->n_auth; k++) {
        if (k != i && source->auth[i].gives.n > 0 &&
            tp_str_eq(source->auth[k].gives, source->auth[i].gives)) {
            return true;
        }
    }
    return false;
}

static tp_code
open_client(tp_tokens *t, tp_err *err)
{
    const tp_source *s = t->source;
    tp_buf host[TP_AUTH_MAX] = {{0}};
    tp_http_options options = {.connect_s = s->connect_s,
                               .idle_s = s->idle_s,
                               .total_s = s->idle_s,
                               .ca_file = s->ca_file};
    for (size_t i = 0; i < s->n_auth; i++) {
        if (asks(&s->auth[i]) && tp_http_authority(s->auth[i].url, &host[options.n_hosts])) {
            options.host[options.n_hosts] = tp_buf_view(&host[options.n_hosts]);
            options.n_hosts++;
        }
    }
    const tp_code rc = options.n_hosts > 0 ? tp_http_open(&options, &t->http, err) : TP_OK;
    for (size_t i = 0; i < TP_AUTH_MAX; i++) {
        tp_buf_clear(&host[i]);
    }
    return rc;
}

tp_code
tp_tokens_open(const tp_source *source, const tp_cfg *cfg, const tp_ctx *ctx, tp_tokens **out,
               tp_err *err)
{
    tp_tokens *t = calloc(1, sizeof *t);
    if (t == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for the tokens of a source");
    }
    t->source = source;
    t->ctx = ctx;
    tp_code rc = TP_OK;
    for (size_t i = 0; i < source->n_auth && rc == TP_OK; i++) {
        step *s = &t->step[t->n++];
        s->auth = &source->auth[i];
        rc = read_secrets(cfg, s, err);
        if (rc == TP_E_CONFIG && has_stand_in(source, i)) {
            t->n--;
            tp_buf_clear(&s->client_id);
            tp_buf_clear(&s->client_secret);
            tp_buf_clear(&s->username);
            tp_buf_clear(&s->password);
            rc = TP_OK;
        }
    }
    if (rc == TP_OK && source->n_auth > 0 && t->n == 0) {
        rc = tp_err_add(err, TP_E_CONFIG, __func__, __LINE__,
                        "no step of connect.auth has its secrets");
    }
    if (rc == TP_OK) {
        rc = open_client(t, err);
    }
    if (rc != TP_OK) {
        tp_tokens_close(t);
        return rc;
    }
    *out = t;
    return TP_OK;
}

static void
wipe(tp_buf *buf)
{
    if (buf->p != NULL) {
        explicit_bzero(buf->p, buf->cap);
    }
    tp_buf_clear(buf);
}

void
tp_tokens_close(tp_tokens *tokens)
{
    if (tokens == NULL) {
        return;
    }
    for (size_t i = 0; i < TP_AUTH_MAX; i++) {
        step *s = &tokens->step[i];
        wipe(&s->client_id);
        wipe(&s->client_secret);
        wipe(&s->username);
        wipe(&s->password);
        wipe(&s->token);
    }
    tp_http_close(tokens->http);
    free(tokens);
}

static void
put_form(tp_buf *form, const char *name, const tp_buf *value)
{
    if (value->n > 0) {
        tp_buf_char(form, '&');
        tp_buf_puts(form, name);
        tp_buf_char(form, '=');
        tp_http_escape(form, tp_buf_view(value));
    }
}

static void
make_form(const step *s, tp_buf *form)
{
    const bool client = s->auth->kind == TP_AUTH_OAUTH2_CLIENT;

    tp_buf_puts(form, client ? "grant_type=client_credentials" : "grant_type=password");
    if (!s->auth->basic_style) {
        put_form(form, "client_id", &s->client_id);
        put_form(form, "client_secret", &s->client_secret);
    }
    if (!client) {
        put_form(form, "username", &s->username);
        put_form(form, "password", &s->password);
    }
}

/* Takes token and life out of the answer; texts of errors never quote it. */
static tp_code
read_token(step *s, tp_str body, tp_err *err)
{
    tp_json *doc = NULL;
    int64_t life = LIFE_S;

    if (tp_json_parse("token answer", body, &doc, NULL) != TP_OK) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "the answer to the log-in is not json");
    }
    const tp_node root = tp_json_root(doc);
    const tp_node token = tp_node_get(&root, "access_token");
    const tp_node ends = tp_node_get(&root, "expires_in");
    tp_str text = TP_STR_NONE;
    if (tp_node_kind_of(&token) == TP_NODE_TEXT && tp_node_text(&token, &text, NULL) == TP_OK) {
        wipe(&s->token);
        tp_buf_str(&s->token, text);
    }
    const bool found = text.n > 0;
    if (tp_node_kind_of(&ends) == TP_NODE_INT) {
        (void)(tp_node_int(&ends, 0, LIFE_MAX_S, &life, NULL) == TP_OK);
    } else if (tp_node_kind_of(&ends) == TP_NODE_TEXT &&
               tp_node_text(&ends, &text, NULL) == TP_OK) {
        (void)tp_str_to_i64(tp_str_trim(text), &life);
    }
    tp_json_free(doc);
    if (!found || s->token.failed) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "the answer to the log-in holds no access_token");
    }
    life = life < 0 ? 0 : life > LIFE_MAX_S ? LIFE_MAX_S : life;
    const int64_t early = life * 500 < EARLY_MS ? life * 500 : EARLY_MS;
    s->renew_at = tp_clock_mono_ms() + life * 1000 - early;
    s->had = true;
    return TP_OK;
}

/* One request and its answer; *out_again tells whether trying once more may help. */
static tp_code
ask_once(tp_tokens *t, step *s, bool *out_again, tp_err *err)
{
    TP_AUTO_BUF(form);
    static const tp_http_field ACCEPT = {{"Accept", 6}, {"application/json", 16}};
    tp_http_request request = {
        .url = s->auth->url, .n_fields = 1, .field = &ACCEPT, .body_limit = ANSWER_BYTES};
    tp_http_answer *a = NULL;

    *out_again = false;
    make_form(s, &form);
    request.form = tp_buf_view(&form);
    if (s->auth->basic_style) {
        request.user = s->client_id.p != NULL ? tp_buf_view(&s->client_id) : TP_STR("");
        request.password = tp_buf_view(&s->client_secret);
    }
    tp_code rc = tp_http_start(t->http, &request, err);
    wipe(&form);
    TP_RETURN_SAME(rc);
    while (a == NULL) {
        TP_RETURN_SAME(tp_http_wait(t->http, LOOK_MS, &a, err));
        if (a == NULL && tp_cancelled(t->ctx)) {
            TP_RETURN_ERR(err, TP_E_CANCELLED, "cancelled while logging in");
        }
    }
    if (a->code != TP_OK) {
        *out_again = a->retry;
        rc = a->code;
        *err = a->err;
    } else if (a->status == 200) {
        rc = read_token(s, a->body, err);
        *out_again = rc != TP_OK;
    } else {
        *out_again = a->status >= 500 || a->status == 429 || a->status == 408;
        rc = tp_err_set(
            err, *out_again ? TP_E_NET : TP_E_CONFIG, __func__, __LINE__,
            "the log-in was answered with status %d; check secret %.*s", a->status,
            TP_STR_ARG(s->auth->password.n > 0 ? s->auth->password : s->auth->client_secret));
    }
    tp_http_release(t->http, a);
    return rc;
}

static tp_code
ask(tp_tokens *t, step *s, tp_err *err)
{
    TP_AUTO_BUF(shown);
    tp_err own = {0};
    bool again = true;
    tp_code rc = TP_OK;

    for (int i = 0; i < ATTEMPTS && again; i++) {
        if (i > 0) {
            tp_clock_sleep_ms((int64_t)PAUSE_MS << (2 * (i - 1)), t->ctx->cancel);
        }
        if (tp_cancelled(t->ctx)) {
            TP_RETURN_ERR(err, TP_E_CANCELLED, "cancelled while logging in");
        }
        rc = ask_once(t, s, &again, &own);
        if (rc == TP_OK || rc == TP_E_CANCELLED) {
            break;
        }
    }
    if (rc != TP_OK) {
        tp_http_mask(&shown, s->auth->url, true);
        if (err != NULL) {
            *err = own;
        }
        return tp_err_add(err, rc, __func__, __LINE__, "log in for token \"%.*s\" at %.150s",
                          TP_STR_ARG(s->auth->gives), tp_buf_cstr(&shown));
    }
    return TP_OK;
}

/* Is this the first step that gives its name? The others stand in for it. */
static bool
is_first(const tp_tokens *t, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (tp_str_eq(t->step[k].auth->gives, t->step[i].auth->gives)) {
            return false;
        }
    }
    return t->step[i].auth->gives.n > 0;
}

/* A good token under the name of step i, from it or from one that stands in for it. */
static tp_code
make_ready(tp_tokens *t, size_t i, bool force, tp_err *err)
{
    tp_code rc = TP_OK;
    for (size_t k = i; k < t->n; k++) {
        step *s = &t->step[k];
        if (!tp_str_eq(s->auth->gives, t->step[i].auth->gives)) {
            continue;
        }
        if (!asks(s->auth) || (!force && s->had && tp_clock_mono_ms() < s->renew_at)) {
            return TP_OK;
        }
        s->had = false;
        rc = ask(t, s, err);
        if (rc == TP_OK || rc == TP_E_CANCELLED || rc == TP_E_NOMEM) {
            return rc;
        }
    }
    return rc;
}

tp_code
tp_tokens_ready(tp_tokens *tokens, tp_err *err)
{
    for (size_t i = 0; i < tokens->n; i++) {
        if (is_first(tokens, i)) {
            TP_RETURN_SAME(make_ready(tokens, i, false, err));
        }
    }
    return TP_OK;
}

uint32_t
tp_tokens_generation(const tp_tokens *tokens)
{
    return tokens->generation;
}

tp_code
tp_tokens_renew(tp_tokens *tokens, uint32_t seen, tp_err *err)
{
    if (seen != tokens->generation) {
        return TP_OK; /* another request was refused before this one and has renewed them */
    }
    if (tokens->http == NULL) {
        TP_RETURN_ERR(err, TP_E_CONFIG,
                      "the source refused the log-in; check the secrets of connect.auth");
    }
    for (size_t i = 0; i < tokens->n; i++) {
        if (is_first(tokens, i)) {
            TP_RETURN_SAME(make_ready(tokens, i, true, err));
        }
    }
    tokens->generation++;
    return TP_OK;
}

tp_str
tp_tokens_get(const tp_tokens *tokens, tp_str name)
{
    for (size_t i = 0; i < tokens->n; i++) {
        if (tokens->step[i].had && tp_str_eq(tokens->step[i].auth->gives, name)) {
            return tp_buf_view(&tokens->step[i].token);
        }
    }
    return TP_STR_NONE;
}

/* Step of the i-th auth of the source; NULL when it was left out for want of its secrets. */
static const step *
step_of(const tp_tokens *tokens, size_t i)
{
    for (size_t k = 0; k < tokens->n; k++) {
        if (tokens->step[k].auth == &tokens->source->auth[i]) {
            return &tokens->step[k];
        }
    }
    return NULL;
}

tp_str
tp_tokens_user(const tp_tokens *tokens, size_t i)
{
    const step *s = step_of(tokens, i);
    return s == NULL ? TP_STR_NONE : s->username.p != NULL ? tp_buf_view(&s->username) : TP_STR("");
}

tp_str
tp_tokens_password(const tp_tokens *tokens, size_t i)
{
    const step *s = step_of(tokens, i);
    return s == NULL ? TP_STR_NONE : s->password.p != NULL ? tp_buf_view(&s->password) : TP_STR("");
}
