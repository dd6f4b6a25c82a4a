/* Who may read the feeds: which token or password is right, and how are new ones given? */
#include "tests/simulator/token.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "talent/base/hash.h"
#include "tests/simulator/out.h"

static const char *const PREFIX[SIM_TOKEN_KINDS] = {"gw", "us", "gc", "gp", "gr"};

void
sim_tokens_init(sim_tokens *tokens, uint64_t seed, int64_t life_s)
{
    memset(tokens, 0, sizeof *tokens);
    tokens->seed = seed;
    tokens->life_s = life_s;
}

void
sim_secret(const sim_tokens *tokens, const char *name, char out[SIM_SECRET_TEXT])
{
    const uint64_t a = tp_hash64(tokens->seed ^ UINT64_C(0x5ec7e7), name, strlen(name));

    (void)snprintf(out, SIM_SECRET_TEXT, "sintetis%016" PRIx64, a);
}

static int64_t
now_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static uint64_t
check_sum(const sim_tokens *tokens, sim_token_kind kind, unsigned epoch, int64_t until,
          unsigned serial)
{
    return tp_hash_mix(tokens->seed ^ tp_hash_mix((uint64_t)until << 16 ^ (uint64_t)epoch << 8 ^
                                                  (uint64_t)kind ^ (uint64_t)serial << 40));
}

void
sim_token_make(sim_tokens *tokens, sim_token_kind kind, int64_t life_s, char out[SIM_TOKEN_TEXT])
{
    const unsigned epoch = atomic_load(&tokens->epoch[kind]);
    const unsigned serial = atomic_fetch_add(&tokens->serial, 1);
    const int64_t until = now_s() + life_s;

    (void)snprintf(out, SIM_TOKEN_TEXT, "%s-%u-%" PRId64 "-%u-%016" PRIx64, PREFIX[kind], epoch,
                   until, serial, check_sum(tokens, kind, epoch, until, serial));
}

static void
give_token(sim_tokens *tokens, sim_token_kind kind, sim_reply *reply)
{
    char text[SIM_TOKEN_TEXT];

    sim_token_make(tokens, kind, tokens->life_s, text);
    sim_js_open(&reply->body, NULL, '{');
    sim_js_text(&reply->body, "access_token", text);
    sim_js_text(&reply->body, "token_type", "Bearer");
    sim_js_int(&reply->body, "expires_in", tokens->life_s);
    if (kind == SIM_TOKEN_USER) {
        sim_js_int(&reply->body, "refresh_expires_in", tokens->life_s);
        sim_js_text(&reply->body, "scope", "email profile");
    } else {
        sim_js_text(&reply->body, "scope", "am_application_scope default");
    }
    sim_js_bool(&reply->body, "sintetis", true);
    tp_buf_char(&reply->body, '}');
    reply->status = 200;
    reply->type = "application/json";
    reply->no_etag = true;
}

typedef enum verdict { TOKEN_GOOD, TOKEN_ABSENT, TOKEN_BAD } verdict;

const char *
sim_bearer(const char *header)
{
    static const char word[] = "bearer ";

    if (header == NULL || strlen(header) < sizeof word) {
        return NULL;
    }
    for (size_t i = 0; i + 1 < sizeof word; i++) {
        if ((header[i] | 0x20) != word[i] && header[i] != word[i]) {
            return NULL;
        }
    }
    return header + sizeof word - 1;
}

bool
sim_token_good(const sim_tokens *tokens, sim_token_kind kind, const char *token)
{
    tp_str rest = tp_str_of(token);
    tp_str part[5];
    uint64_t number[3];

    for (size_t i = 0; i < 5; i++) {
        if (!tp_str_next(&rest, '-', &part[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < 3; i++) {
        if (!tp_str_to_u64(part[i + 1], &number[i])) {
            return false;
        }
    }
    char sum[17];
    (void)snprintf(
        sum, sizeof sum, "%016" PRIx64,
        check_sum(tokens, kind, (unsigned)number[0], (int64_t)number[1], (unsigned)number[2]));
    const bool own = tp_str_is(part[0], PREFIX[kind]) && tp_str_is(part[4], sum);
    return own && number[0] == atomic_load(&tokens->epoch[kind]) && now_s() < (int64_t)number[1];
}

static verdict
judge(const sim_tokens *tokens, sim_token_kind kind, const char *header)
{
    const char *token = sim_bearer(header);

    if (token == NULL) {
        return TOKEN_ABSENT;
    }
    if (kind ==
        SIM_TOKEN_USER) { /* a token pasted from a browser session lives as long as the run */
        char fixed[SIM_SECRET_TEXT];
        sim_secret(tokens, "siasn_sso_token", fixed);
        if (strcmp(token, fixed) == 0) {
            return atomic_load(&tokens->epoch[kind]) == 0 ? TOKEN_GOOD : TOKEN_BAD;
        }
    }
    return sim_token_good(tokens, kind, token) ? TOKEN_GOOD : TOKEN_BAD;
}

bool
sim_token_check(sim_tokens *tokens, const sim_request *request, sim_reply *reply)
{
    if (request->trusted) {
        return true;
    }
    if (request->expire != NULL) {
        sim_tokens_expire(tokens, request->expire);
    }
    switch (judge(tokens, SIM_TOKEN_GATEWAY, request->header(request->of, "Authorization"))) {
    case TOKEN_ABSENT:
        sim_reply_error(reply, 401,
                        "{\"code\":\"900902\",\"message\":\"Missing Credentials\",\"description\":"
                        "\"Invalid Credentials. Make sure your API invocation call has a header: "
                        "'Authorization : Bearer ACCESS_TOKEN'\"}");
        return false;
    case TOKEN_BAD:
        sim_reply_error(reply, 401,
                        "{\"code\":\"900901\",\"message\":\"Invalid Credentials\",\"description\":"
                        "\"Make sure you have provided the correct security credentials\"}");
        return false;
    case TOKEN_GOOD:
        break;
    }
    if (judge(tokens, SIM_TOKEN_USER, request->header(request->of, "Auth")) != TOKEN_GOOD) {
        sim_reply_error(reply, 401, "{\"message\":\"invalid or expired jwt\"}");
        return false;
    }
    return true;
}

void
sim_tokens_expire(sim_tokens *tokens, const char *which)
{
    const bool all = strcmp(which, "all") == 0;

    if (all || strcmp(which, "gateway") == 0) {
        (void)atomic_fetch_add(&tokens->epoch[SIM_TOKEN_GATEWAY], 1);
    }
    if (all || strcmp(which, "user") == 0) {
        (void)atomic_fetch_add(&tokens->epoch[SIM_TOKEN_USER], 1);
    }
    if (all || strcmp(which, "galeri") == 0) {
        (void)atomic_fetch_add(&tokens->epoch[SIM_TOKEN_CLIENT], 1);
        (void)atomic_fetch_add(&tokens->epoch[SIM_TOKEN_PASSWORD], 1);
    }
}

static int
base64_value(char c)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c != '\0' ? strchr(set, c) : NULL;

    return at != NULL ? (int)(at - set) : -1;
}

/* Decodes into out, terminated; false when it is no base64 or does not fit. */
static bool
base64_decode(const char *text, char *out, size_t size)
{
    uint32_t bits = 0;
    int held = 0;
    size_t n = 0;

    for (; *text != '\0' && *text != '='; text++) {
        const int value = base64_value(*text);
        if (value < 0 || n + 1 >= size) {
            return false;
        }
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[n++] = (char)(unsigned char)(bits >> held & 0xff);
        }
    }
    out[n] = '\0';
    return true;
}

static bool
basic_is(const sim_tokens *tokens, const char *header, const char *user_secret,
         const char *password_secret)
{
    char user[SIM_SECRET_TEXT], password[SIM_SECRET_TEXT];
    char given[2 * SIM_SECRET_TEXT + 8], right[2 * SIM_SECRET_TEXT + 8];

    if (header == NULL || strncmp(header, "Basic ", 6) != 0 ||
        !base64_decode(header + 6, given, sizeof given)) {
        return false;
    }
    sim_secret(tokens, user_secret, user);
    sim_secret(tokens, password_secret, password);
    (void)snprintf(right, sizeof right, "%s:%s", user, password);
    return strcmp(given, right) == 0;
}

bool
sim_basic_check(const sim_tokens *tokens, const sim_request *request, const char *user_secret,
                const char *password_secret, sim_reply *reply)
{
    if (request->trusted || basic_is(tokens, request->header(request->of, "Authorization"),
                                     user_secret, password_secret)) {
        return true;
    }
    sim_reply_error(reply, 401, "{\"message\":\"nama pengguna atau kata sandi salah\"}");
    reply->allow = "Basic realm=\"simulator\"";
    return false;
}

bool
sim_form_field(tp_str form, const char *name, char *out, size_t size)
{
    tp_str pair;

    while (tp_str_next(&form, '&', &pair)) {
        const size_t equals = tp_str_find(pair, TP_STR("="));
        if (equals == SIZE_MAX || !tp_str_is(tp_str_sub(pair, 0, equals), name)) {
            continue;
        }
        const tp_str value = tp_str_sub(pair, equals + 1, pair.n);
        size_t n = 0;
        for (size_t i = 0; i < value.n && n + 1 < size; i++) {
            unsigned code = 0;
            char hex[3] = {0};
            if (value.p[i] == '%' && i + 2 < value.n) {
                hex[0] = value.p[i + 1];
                hex[1] = value.p[i + 2];
                if (sscanf(hex, "%2x", &code) == 1) {
                    out[n++] = (char)(unsigned char)code;
                    i += 2;
                    continue;
                }
            }
            out[n++] = value.p[i] == '+' ? ' ' : value.p[i];
        }
        out[n] = '\0';
        return true;
    }
    return false;
}

bool
sim_form_is(const sim_tokens *tokens, const sim_request *request, const char *name,
            const char *secret)
{
    char given[128], right[SIM_SECRET_TEXT];

    sim_secret(tokens, secret, right);
    return sim_form_field(request->form, name, given, sizeof given) && strcmp(given, right) == 0;
}

static bool
grant_is(const sim_request *request, const char *grant)
{
    char given[64];

    return request->post && sim_form_field(request->form, "grant_type", given, sizeof given) &&
           strcmp(given, grant) == 0;
}

void
sim_token_gateway(sim_tokens *tokens, const sim_request *request, sim_reply *reply)
{
    if (!grant_is(request, "client_credentials")) {
        sim_reply_error(reply, 400, "{\"error\":\"unsupported_grant_type\"}");
    } else if (!basic_is(tokens, request->header(request->of, "Authorization"),
                         "siasn_consumer_key", "siasn_consumer_secret")) {
        sim_reply_error(reply, 401,
                        "{\"error_description\":\"Client Authentication failed.\",\"error\":"
                        "\"invalid_client\"}");
        reply->allow = "Basic realm=\"simulator\"";
    } else {
        give_token(tokens, SIM_TOKEN_GATEWAY, reply);
    }
}

void
sim_token_user(sim_tokens *tokens, const sim_request *request, sim_reply *reply)
{
    if (!grant_is(request, "password")) {
        sim_reply_error(reply, 400, "{\"error\":\"unsupported_grant_type\"}");
    } else if (!sim_form_is(tokens, request, "client_id", "siasn_sso_client")) {
        sim_reply_error(reply, 401, "{\"error\":\"unauthorized_client\"}");
    } else if (!sim_form_is(tokens, request, "username", "siasn_sso_user") ||
               !sim_form_is(tokens, request, "password", "siasn_sso_password")) {
        sim_reply_error(reply, 401,
                        "{\"error\":\"invalid_grant\",\"error_description\":\"Invalid user "
                        "credentials\"}");
    } else {
        give_token(tokens, SIM_TOKEN_USER, reply);
    }
}

static tp_code
write_secret(const sim_tokens *tokens, const char *dir, const char *name, tp_err *err)
{
    char path[4096], value[SIM_SECRET_TEXT];

    sim_secret(tokens, name, value);
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        TP_RETURN_ERR(err, TP_E_IO, "write %s: %s", path, strerror(errno));
    }
    const size_t n = strlen(value);
    const bool whole = write(fd, value, n) == (ssize_t)n;
    if (close(fd) != 0 || !whole) {
        TP_RETURN_ERR(err, TP_E_IO, "write %s: %s", path, strerror(errno));
    }
    return TP_OK;
}

tp_code
sim_secrets_write(const sim_tokens *tokens, const char *dir,
                  const char *(*agency)(const void *of, size_t i), const void *of,
                  size_t n_agencies, tp_err *err)
{
    static const char *const FIXED[] = {
        "siasn_consumer_key", "siasn_consumer_secret", "siasn_sso_client",  "siasn_sso_user",
        "siasn_sso_password", "siasn_sso_token",       "talenta_app_token", "galeri_user",
        "galeri_password",    "galeri_token",          "galeri_key",        "galeri_client",
        "galeri_secret",
    };

    if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
        TP_RETURN_ERR(err, TP_E_IO, "make directory %s: %s", dir, strerror(errno));
    }
    for (size_t i = 0; i < TP_COUNT(FIXED); i++) {
        TP_RETURN_SAME(write_secret(tokens, dir, FIXED[i], err));
    }
    for (size_t i = 0; i < n_agencies; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "simpeg_%s_user", agency(of, i));
        TP_RETURN_SAME(write_secret(tokens, dir, name, err));
        (void)snprintf(name, sizeof name, "simpeg_%s_password", agency(of, i));
        TP_RETURN_SAME(write_secret(tokens, dir, name, err));
    }
    return TP_OK;
}
