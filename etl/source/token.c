/* Which tokens does a source need, and are they still good? */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "talent/base/hash.h"
#include "talent/etl/clock.h"
#include "talent/etl/extract.h"
#include "talent/etl/json.h"

enum {
    ATTEMPTS = 3,
    PAUSE_MS = 500, /* after the first failure; four times as long after each further one */
    LIFE_S = 1800,  /* of a token whose answer does not say */
    LIFE_MAX_S = 366 * 86400,
    EARLY_MS = 60000, /* renewed this long before it ends */
    ANSWER_BYTES = 256 << 10,
    SCRUB_LEAST = 4 /* shorter texts are words that addresses hold by chance */
};

/* What is known of one log-in step. */
typedef struct step {
    struct tp_tokens *tokens;
    const tp_auth *auth;
    tp_buf client_id, client_secret, username, password; /* secrets */
    tp_buf token, refresh;
    int64_t renew_at; /* monotonic ms; INT64_MAX = never */
    int64_t due_ms;   /* not asked before */
    int tries;
    bool had;        /* token is usable until renew_at */
    bool asking;     /* a request is under way */
    bool refreshing; /* with the refresh token */
    bool failed;     /* err says why */
    tp_code code;
    tp_err err;
} step;

struct tp_tokens {
    const tp_source *source;
    tp_http *http; /* NULL when no step asks over the net */
    void (*changed)(void *user);
    void *user;
    uint32_t generation;
    size_t n;
    step step[TP_AUTH_MAX];
};

static bool
asks(const tp_auth *auth)
{
    return auth->kind == TP_AUTH_OAUTH2_CLIENT || auth->kind == TP_AUTH_OAUTH2_PASSWORD;
}

static void
wipe(tp_buf *buf)
{
    if (buf->p != NULL) {
        explicit_bzero(buf->p, buf->cap);
    }
    tp_buf_clear(buf);
}

static void
wipe_step(step *s)
{
    wipe(&s->client_id);
    wipe(&s->client_secret);
    wipe(&s->username);
    wipe(&s->password);
    wipe(&s->token);
    wipe(&s->refresh);
}

static tp_code
read_secret(const tp_cfg *cfg, tp_str name, tp_buf *out, tp_err *err)
{
    TP_AUTO_BUF(text);
    if (name.p == NULL) {
        return TP_OK;
    }
    tp_buf_str(&text, name);
    return tp_secret(cfg, tp_buf_cstr(&text), out, err);
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
open_client(tp_tokens *t, const tp_http_options *like, tp_err *err)
{
    const tp_source *s = t->source;
    tp_buf host[TP_AUTH_MAX] = {{0}};
    tp_http_options options = *like;
    options.n_hosts = 0;
    options.total_s = like->idle_s;
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
tp_tokens_open(const tp_source *source, const tp_cfg *cfg, const tp_http_options *like,
               void (*changed)(void *user), void *user, tp_tokens **out, tp_err *err)
{
    tp_tokens *t = calloc(1, sizeof *t);
    if (t == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for the tokens of a source");
    }
    t->source = source;
    t->changed = changed;
    t->user = user;
    tp_code rc = TP_OK;
    for (size_t i = 0; i < source->n_auth && rc == TP_OK; i++) {
        step *s = &t->step[t->n++];
        s->tokens = t;
        s->auth = &source->auth[i];
        rc = read_secrets(cfg, s, err);
        if (rc == TP_E_CONFIG && has_stand_in(source, i)) {
            t->n--;
            wipe_step(s);
            rc = TP_OK;
        }
    }
    if (rc == TP_OK && source->n_auth > 0 && t->n == 0) {
        rc = tp_err_add(err, TP_E_CONFIG, __func__, __LINE__,
                        "no step of connect.auth has its secrets");
    }
    if (rc == TP_OK) {
        rc = open_client(t, like, err);
    }
    if (rc != TP_OK) {
        tp_tokens_close(t);
        return rc;
    }
    *out = t;
    return TP_OK;
}

void
tp_tokens_close(tp_tokens *tokens)
{
    if (tokens == NULL) {
        return;
    }
    tp_http_close(tokens->http);
    for (size_t i = 0; i < TP_AUTH_MAX; i++) {
        wipe_step(&tokens->step[i]);
    }
    free(tokens);
}

/* ---- asking for one ---- */

static void
put_form(tp_buf *form, const char *name, tp_str value)
{
    if (value.n > 0) {
        tp_buf_char(form, '&');
        tp_buf_puts(form, name);
        tp_buf_char(form, '=');
        tp_http_escape(form, value);
    }
}

static void
make_form(const step *s, tp_buf *form)
{
    const bool client = s->auth->kind == TP_AUTH_OAUTH2_CLIENT;

    tp_buf_puts(form, s->refreshing ? "grant_type=refresh_token"
                      : client      ? "grant_type=client_credentials"
                                    : "grant_type=password");
    if (!s->auth->basic_style) {
        put_form(form, "client_id", tp_buf_view(&s->client_id));
        put_form(form, "client_secret", tp_buf_view(&s->client_secret));
    }
    if (s->refreshing) {
        put_form(form, "refresh_token", tp_buf_view(&s->refresh));
    } else if (!client) {
        put_form(form, "username", tp_buf_view(&s->username));
        put_form(form, "password", tp_buf_view(&s->password));
    }
    put_form(form, "scope", s->auth->scope);
}

static tp_str
member_text(const tp_node *object, const char *name)
{
    tp_str text = TP_STR_NONE;
    const tp_node node = tp_node_get(object, name);
    if (tp_node_kind_of(&node) == TP_NODE_TEXT) {
        TP_IGNORE(tp_node_text(&node, &text, NULL));
    }
    return text;
}

static int64_t
read_life(const tp_node *root)
{
    int64_t life = LIFE_S;
    const tp_node ends = tp_node_get(root, "expires_in");
    if (tp_node_kind_of(&ends) == TP_NODE_INT) {
        TP_IGNORE(tp_node_int(&ends, 0, LIFE_MAX_S, &life, NULL));
    } else {
        (void)tp_str_to_i64(tp_str_trim(member_text(root, "expires_in")), &life);
    }
    return life < 0 ? 0 : life > LIFE_MAX_S ? LIFE_MAX_S : life;
}

/* Takes token and life out of the answer; texts of errors never quote it. */
static tp_code
read_token(step *s, tp_str body, tp_err *err)
{
    tp_json *doc = NULL;

    if (tp_json_parse("token answer", body, &doc, NULL) != TP_OK) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "the answer to the log-in is not json");
    }
    const tp_node root = tp_json_root(doc);
    const tp_str token = member_text(&root, "access_token");
    const tp_str refresh = member_text(&root, "refresh_token");
    const int64_t life = read_life(&root);
    if (token.n > 0) {
        wipe(&s->token);
        tp_buf_str(&s->token, token);
    }
    if (refresh.n > 0 && s->auth->kind == TP_AUTH_OAUTH2_PASSWORD) {
        wipe(&s->refresh);
        tp_buf_str(&s->refresh, refresh);
    }
    const bool found = token.n > 0 && !s->token.failed;
    tp_json_free(doc);
    if (!found) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "the answer to the log-in holds no access_token");
    }
    const int64_t early = life * 500 < EARLY_MS ? life * 500 : EARLY_MS;
    s->renew_at = tp_clock_mono_ms() + life * 1000 - early;
    return TP_OK;
}

/* What the answer means; *out_again tells whether trying once more may help. */
static tp_code
judge(step *s, const tp_http_answer *a, bool *out_again, tp_err *err)
{
    tp_code rc;
    if (a->code != TP_OK) {
        *out_again = a->retry;
        *err = a->err;
        return a->code;
    }
    if (a->status == 200) {
        rc = read_token(s, a->body, err);
        *out_again = rc != TP_OK;
        return rc;
    }
    *out_again = a->status >= 500 || a->status == 429 || a->status == 408;
    if (*out_again && tp_http_wait_ms(a->retry_after_s, 0) < 0) {
        *out_again = false;
        TP_RETURN_ERR(err, TP_E_NET,
                      "the log-in was answered with status %d and asks to wait %" PRId64
                      " s: run again after that",
                      a->status, a->retry_after_s);
    }
    TP_RETURN_ERR(err, *out_again ? TP_E_NET : TP_E_CONFIG,
                  "the log-in was answered with status %d; check secret %.*s", a->status,
                  TP_STR_ARG(s->auth->password.n > 0 ? s->auth->password : s->auth->client_secret));
}

/* Half to one and a half of a pause that grows; the same step waits the same every night. */
static int64_t
pause_ms(const step *s)
{
    const int64_t base = (int64_t)PAUSE_MS << (2 * (s->tries - 1));
    const uint64_t seed =
        tp_hash_str(tp_hash_str((uint64_t)s->tries, s->tokens->source->id), s->auth->gives);
    return base * (500 + (int64_t)(tp_hash_mix(seed) % 1001)) / 1000;
}

static void
fail(step *s, tp_code rc, const tp_err *why)
{
    TP_AUTO_BUF(shown);
    tp_http_mask(&shown, s->auth->url, true);
    s->failed = true;
    s->code = rc;
    s->err = *why;
    TP_IGNORE(tp_err_add(&s->err, rc, __func__, __LINE__, "log in for token \"%.*s\" at %.150s",
                         TP_STR_ARG(s->auth->gives), tp_buf_cstr(&shown)));
}

static void
on_answer(tp_http_answer *a)
{
    step *s = a->tag;
    tp_tokens *t = s->tokens;
    tp_err why = {0};
    bool again = false;
    const bool refused = s->refreshing && a->code == TP_OK && a->status >= 400 && a->status < 500;
    const tp_code rc = refused ? TP_E_NET : judge(s, a, &again, &why);
    const int64_t asked_to_wait = tp_http_wait_ms(a->retry_after_s, 0);

    tp_http_release(t->http, a);
    s->asking = false;
    if (rc == TP_OK) {
        s->had = true;
        s->tries = 0;
    } else if (refused) {
        wipe(&s->refresh); /* it has ended as well: log in with the password */
    } else if (!again || ++s->tries >= ATTEMPTS) {
        fail(s, rc, &why);
    } else {
        const int64_t pause = pause_ms(s);
        s->due_ms = tp_clock_mono_ms() + (pause > asked_to_wait ? pause : asked_to_wait);
    }
    t->changed(t->user);
}

static tp_code
ask(step *s, tp_err *err)
{
    TP_AUTO_BUF(form);
    static const tp_http_field ACCEPT = {{"Accept", 6}, {"application/json", 16}};
    tp_http_request request = {.url = s->auth->url,
                               .n_fields = 1,
                               .field = &ACCEPT,
                               .body_limit = ANSWER_BYTES,
                               .done = on_answer,
                               .tag = s};

    s->refreshing = s->refresh.n > 0;
    make_form(s, &form);
    request.form = tp_buf_view(&form);
    if (s->auth->basic_style) {
        request.user = s->client_id.p != NULL ? tp_buf_view(&s->client_id) : TP_STR("");
        request.password = tp_buf_view(&s->client_secret);
    }
    const tp_code rc = tp_http_start(s->tokens->http, &request, err);
    wipe(&form);
    s->asking = rc == TP_OK;
    return rc;
}

/* ---- all of them ---- */

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
make_ready(tp_tokens *t, size_t i, int64_t now, bool *out_ready, int64_t *wake, tp_err *err)
{
    const step *last = NULL;
    for (size_t k = i; k < t->n; k++) {
        step *s = &t->step[k];
        if (!tp_str_eq(s->auth->gives, t->step[i].auth->gives)) {
            continue;
        }
        if (s->failed) {
            last = s;
            continue;
        }
        if (!asks(s->auth) || (s->had && now < s->renew_at)) {
            return TP_OK;
        }
        *out_ready = false;
        if (!s->asking && now >= s->due_ms) {
            tp_err why = {0};
            const tp_code rc = ask(s, &why);
            if (rc != TP_OK) {
                fail(s, rc, &why);
                last = s;
                continue;
            }
        }
        if (!s->asking && s->due_ms < *wake) {
            *wake = s->due_ms;
        }
        return TP_OK;
    }
    if (last == NULL) {
        return TP_OK;
    }
    if (err != NULL) {
        *err = last->err;
    }
    return last->code;
}

tp_code
tp_tokens_ready(tp_tokens *tokens, bool *out_ready, int64_t *wake_ms, tp_err *err)
{
    const int64_t now = tp_clock_mono_ms();
    *out_ready = true;
    for (size_t i = 0; i < tokens->n; i++) {
        if (is_first(tokens, i)) {
            TP_RETURN_SAME(make_ready(tokens, i, now, out_ready, wake_ms, err));
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
        step *s = &tokens->step[i];
        if (asks(s->auth)) {
            s->had = false;
            s->failed = false;
            s->tries = 0;
            s->due_ms = 0;
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

/* ---- keeping them out of what is kept ---- */

static void
scrub(tp_buf *text, tp_str secret)
{
    if (secret.n < SCRUB_LEAST || tp_str_find(tp_buf_view(text), secret) == SIZE_MAX) {
        return;
    }
    tp_buf clean = {0};
    tp_str rest = tp_buf_view(text);
    for (size_t at; (at = tp_str_find(rest, secret)) != SIZE_MAX;) {
        tp_buf_str(&clean, tp_str_sub(rest, 0, at));
        tp_buf_puts(&clean, "***");
        rest = tp_str_sub(rest, at + secret.n, rest.n);
    }
    tp_buf_str(&clean, rest);
    wipe(text);
    *text = clean;
}

void
tp_tokens_scrub(const tp_tokens *tokens, tp_buf *text)
{
    for (size_t i = 0; i < tokens->n; i++) {
        const step *s = &tokens->step[i];
        const tp_buf *const secret[] = {&s->client_secret, &s->password, &s->token, &s->refresh};
        for (size_t k = 0; k < TP_COUNT(secret); k++) {
            tp_buf escaped = {0};
            tp_http_escape(&escaped, tp_buf_view(secret[k]));
            scrub(text, tp_buf_view(secret[k]));
            scrub(text, tp_buf_view(&escaped));
            wipe(&escaped);
        }
    }
}
