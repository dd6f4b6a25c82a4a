/* How does a request become an answer, many at once, over libcurl's multi interface? */
#include "talent/etl/http.h"

#include "etl/http/address.h"
#include "talent/etl/clock.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    CONNECT_S = 10,
    IDLE_S = 30,
    TOTAL_S = 600,
    PARALLEL = 4,
    RECEIVE_BYTES = 512 << 10,
    BODY_BYTES = 64 << 20,
    HEADER_BYTES = 4096 /* of one header value that is kept */
};

/* One request and the handle that carries it; kept for the next request when it has ended. */
typedef struct transfer {
    tp_http_answer answer; /* first: an answer is its transfer */
    struct transfer *next;
    CURL *easy;
    struct curl_slist *headers;
    tp_buf url, form, user, password;
    tp_buf body;
    tp_buf type, etag, modified, link, location;
    uint64_t limit;
    tp_http_sink sink;
    bool headed; /* head has been read from curl */
    bool busy;
    char reason[CURL_ERROR_SIZE];
} transfer;

struct tp_http {
    CURLM *multi;
    transfer *all;
    size_t running;
    long connect_s, idle_s, total_s;
    tp_buf ca_file;
    size_t n_hosts;
    tp_buf host[TP_HTTP_HOSTS_MAX];
};

static void
init_library(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

tp_code
tp_http_open(const tp_http_options *options, tp_http **out, tp_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const long parallel = options->parallel > 0 ? options->parallel : PARALLEL;

    (void)pthread_once(&once, init_library);
    tp_http *http = calloc(1, sizeof *http);
    if (http == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for an http client");
    }
    http->connect_s = options->connect_s > 0 ? options->connect_s : CONNECT_S;
    http->idle_s = options->idle_s > 0 ? options->idle_s : IDLE_S;
    http->total_s = options->total_s > 0 ? options->total_s : TOTAL_S;
    tp_buf_str(&http->ca_file, options->ca_file);
    for (size_t i = 0; i < options->n_hosts && i < TP_HTTP_HOSTS_MAX; i++) {
        tp_buf_str(&http->host[i], options->host[i]);
        http->n_hosts = i + 1;
    }
    if (http->ca_file.n > 0 && access(tp_buf_cstr(&http->ca_file), R_OK) != 0) {
        const tp_code rc = tp_err_set(err, TP_E_CONFIG, __func__, __LINE__,
                                      "certificate file %.150s cannot be read; see connect.tls.ca",
                                      tp_buf_cstr(&http->ca_file));
        tp_http_close(http);
        return rc;
    }
    http->multi = curl_multi_init();
    if (http->multi == NULL) {
        tp_http_close(http);
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for an http client");
    }
    (void)curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, parallel);
    *out = http;
    return TP_OK;
}

/* Forms and passwords hold secrets: their bytes are cleared before the memory goes back. */
static void
wipe(tp_buf *buf)
{
    if (buf->p != NULL) {
        explicit_bzero(buf->p, buf->cap);
    }
    tp_buf_clear(buf);
}

static void
free_transfer(transfer *t)
{
    curl_slist_free_all(t->headers);
    curl_easy_cleanup(t->easy);
    wipe(&t->url);
    wipe(&t->form);
    wipe(&t->user);
    wipe(&t->password);
    wipe(&t->body);
    tp_buf_clear(&t->type);
    tp_buf_clear(&t->etag);
    tp_buf_clear(&t->modified);
    tp_buf_clear(&t->link);
    tp_buf_clear(&t->location);
    free(t);
}

void
tp_http_close(tp_http *http)
{
    if (http == NULL) {
        return;
    }
    while (http->all != NULL) {
        transfer *t = http->all;
        http->all = t->next;
        if (t->busy) {
            (void)curl_multi_remove_handle(http->multi, t->easy);
        }
        free_transfer(t);
    }
    curl_multi_cleanup(http->multi);
    tp_buf_clear(&http->ca_file);
    for (size_t i = 0; i < http->n_hosts; i++) {
        tp_buf_clear(&http->host[i]);
    }
    free(http);
}

/* ---- what arrives ---- */

/* Copies a text of the server without control characters: it may reach a terminal. */
static tp_str
keep(tp_buf *buf, const char *text)
{
    tp_buf_reset(buf);
    if (text == NULL) {
        return TP_STR_NONE;
    }
    for (size_t i = 0; text[i] != '\0' && i < HEADER_BYTES; i++) {
        const unsigned char c = (unsigned char)text[i];
        tp_buf_char(buf, c < 0x20 || c >= 0x7f ? ' ' : text[i]);
    }
    return tp_str_trim(tp_buf_view(buf));
}

static const char *
header(const transfer *t, const char *name)
{
    struct curl_header *h = NULL;
    return curl_easy_header(t->easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK ? h->value : NULL;
}

static void
read_head(transfer *t)
{
    tp_http_answer *a = &t->answer;
    long status = 0;
    char *location = NULL;

    if (t->headed) {
        return;
    }
    t->headed = true;
    (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &location);
    a->status = (int32_t)status;
    a->content_type = keep(&t->type, header(t, "Content-Type"));
    a->etag = keep(&t->etag, header(t, "ETag"));
    a->last_modified = keep(&t->modified, header(t, "Last-Modified"));
    a->next_link = tp_http_link_next(keep(&t->link, header(t, "Link")));
    a->location = keep(&t->location, location);
    a->retry_after_s = tp_http_retry_after(tp_str_of(header(t, "Retry-After")), tp_clock_now_s());
}

static tp_code
too_large(transfer *t)
{
    TP_RETURN_ERR(&t->answer.err, TP_E_RANGE,
                  "the body is larger than %llu bytes; see connect.limits.body_mb",
                  (unsigned long long)t->limit);
}

static size_t
on_body(char *bytes, size_t size, size_t count, void *user)
{
    transfer *t = user;
    tp_http_answer *a = &t->answer;
    const size_t n = size * count;

    read_head(t);
    a->size += n;
    if (a->size > t->limit) {
        a->code = too_large(t);
        return CURL_WRITEFUNC_ERROR;
    }
    if (t->sink != NULL) {
        a->code = t->sink(a->tag, a, bytes, n, &a->err);
        a->retry = a->code == TP_E_NET;
    } else {
        tp_buf_put(&t->body, bytes, n);
        if (t->body.failed) {
            a->code = tp_err_set(&a->err, TP_E_NOMEM, __func__, __LINE__,
                                 "memory for a body of %llu bytes", (unsigned long long)a->size);
        }
    }
    return a->code == TP_OK ? n : CURL_WRITEFUNC_ERROR;
}

/* ---- starting ---- */

static transfer *
idle_transfer(tp_http *http)
{
    for (transfer *t = http->all; t != NULL; t = t->next) {
        if (!t->busy) {
            return t;
        }
    }
    transfer *t = calloc(1, sizeof *t);
    if (t != NULL) {
        t->easy = curl_easy_init();
        if (t->easy == NULL) {
            free(t);
            return NULL;
        }
        t->next = http->all;
        http->all = t;
    }
    return t;
}

static bool
has_line_end(tp_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\r' || text.p[i] == '\n' || text.p[i] == '\0') {
            return true;
        }
    }
    return false;
}

static tp_code
set_headers(transfer *t, const tp_http_request *request, tp_err *err)
{
    curl_slist_free_all(t->headers);
    t->headers = NULL;
    for (size_t i = 0; i < request->n_fields; i++) {
        TP_AUTO_BUF(line);
        const tp_http_field *f = &request->field[i];
        if (has_line_end(f->name) || has_line_end(f->value)) {
            TP_RETURN_ERR(err, TP_E_CONFIG, "header %zu holds a line end or a zero byte", i + 1);
        }
        tp_buf_str(&line, f->name);
        tp_buf_puts(&line, f->value.n > 0 ? ": " : ";");
        tp_buf_str(&line, f->value);
        struct curl_slist *more =
            line.failed ? NULL : curl_slist_append(t->headers, tp_buf_cstr(&line));
        wipe(&line);
        if (more == NULL) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "memory for the headers of a request");
        }
        t->headers = more;
    }
    return TP_OK;
}

static tp_code
copy_texts(transfer *t, const tp_http_request *request, tp_err *err)
{
    tp_buf_reset(&t->url);
    tp_buf_reset(&t->form);
    tp_buf_reset(&t->user);
    tp_buf_reset(&t->password);
    tp_buf_reset(&t->body);
    tp_buf_str(&t->url, request->url);
    tp_buf_str(&t->form, request->form);
    tp_buf_str(&t->user, request->user);
    tp_buf_str(&t->password, request->password);
    if (t->url.failed || t->form.failed || t->user.failed || t->password.failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for a request");
    }
    return set_headers(t, request, err);
}

static void
set_options(const tp_http *http, transfer *t, const tp_http_request *request)
{
    CURL *e = t->easy;
    curl_easy_reset(e); /* keeps connections, sessions and the name cache */
    (void)curl_easy_setopt(e, CURLOPT_PRIVATE, t);
    (void)curl_easy_setopt(e, CURLOPT_ERRORBUFFER, t->reason);
    (void)curl_easy_setopt(e, CURLOPT_URL, tp_buf_cstr(&t->url));
    (void)curl_easy_setopt(e, CURLOPT_HTTPHEADER, t->headers);
    (void)curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(e, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
    (void)curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
    (void)curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (http->ca_file.n > 0) {
        (void)curl_easy_setopt(e, CURLOPT_CAINFO, tp_buf_cstr(&http->ca_file));
        (void)curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
    }
    (void)curl_easy_setopt(e, CURLOPT_USERAGENT, "talentpool");
    (void)curl_easy_setopt(e, CURLOPT_BUFFERSIZE, (long)RECEIVE_BYTES);
    (void)curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT, http->connect_s);
    (void)curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 1L);
    (void)curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, http->idle_s);
    (void)curl_easy_setopt(e, CURLOPT_TIMEOUT, http->total_s);
    (void)curl_easy_setopt(e, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->limit);
    (void)curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
    if (request->user.p != NULL) {
        (void)curl_easy_setopt(e, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        (void)curl_easy_setopt(e, CURLOPT_USERNAME, tp_buf_cstr(&t->user));
        (void)curl_easy_setopt(e, CURLOPT_PASSWORD, tp_buf_cstr(&t->password));
    }
    if (request->form.p != NULL) {
        (void)curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->form.n);
        (void)curl_easy_setopt(e, CURLOPT_POSTFIELDS, tp_buf_cstr(&t->form));
    }
}

tp_code
tp_http_start(tp_http *http, const tp_http_request *request, tp_err *err)
{
    TP_RETURN_SAME(tp_http_check(http->host, http->n_hosts, request->url, err));
    transfer *t = idle_transfer(http);
    if (t == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for a request");
    }
    TP_RETURN_SAME(copy_texts(t, request, err));
    t->answer = (tp_http_answer){.tag = request->tag, .retry_after_s = -1};
    t->limit = request->body_limit > 0 ? request->body_limit : BODY_BYTES;
    t->sink = request->sink;
    t->headed = false;
    t->reason[0] = '\0';
    set_options(http, t, request);
    if (curl_multi_add_handle(http->multi, t->easy) != CURLM_OK) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the http client takes no further request");
    }
    t->busy = true;
    http->running++;
    return TP_OK;
}

size_t
tp_http_running(const tp_http *http)
{
    return http->running;
}

/* ---- ending ---- */

/* What a transport failure means for the caller, and what to try. */
static const struct {
    CURLcode code;
    tp_code as;
    bool retry;
    const char *hint;
} FAILURES[] = {
    {CURLE_PEER_FAILED_VERIFICATION, TP_E_NET, false, "; name the issuer's file in connect.tls.ca"},
    {CURLE_SSL_CACERT_BADFILE, TP_E_CONFIG, false, "; see connect.tls.ca"},
    {CURLE_SSL_CONNECT_ERROR, TP_E_NET, true, ""},
    {CURLE_COULDNT_RESOLVE_HOST, TP_E_NET, true, "; check the address in the settings"},
    {CURLE_COULDNT_CONNECT, TP_E_NET, true, "; check the address in the settings"},
    {CURLE_OPERATION_TIMEDOUT, TP_E_NET, true, "; see connect.timeouts"},
    {CURLE_PARTIAL_FILE, TP_E_NET, true, "; the body was cut short"},
    {CURLE_URL_MALFORMAT, TP_E_CONFIG, false, ""},
    {CURLE_UNSUPPORTED_PROTOCOL, TP_E_CONFIG, false, ""},
    {CURLE_OUT_OF_MEMORY, TP_E_NOMEM, false, ""},
};

static void
explain(transfer *t, CURLcode code)
{
    tp_http_answer *a = &t->answer;
    size_t i = 0;

    if (code == CURLE_OK || a->code != TP_OK) {
        return; /* a sink's or a limit's own words stand */
    }
    while (i < TP_COUNT(FAILURES) && FAILURES[i].code != code) {
        i++;
    }
    if (code == CURLE_FILESIZE_EXCEEDED) {
        a->code = too_large(t);
        return;
    }
    const bool known = i < TP_COUNT(FAILURES);
    a->code = known ? FAILURES[i].as : TP_E_NET;
    a->retry = known ? FAILURES[i].retry : true;
    for (char *c = t->reason; *c != '\0'; c++) {
        *c = *c < ' ' ? ' ' : *c;
    }
    (void)tp_err_set(&a->err, a->code, __func__, __LINE__, "%.140s%s",
                     t->reason[0] != '\0' ? t->reason : curl_easy_strerror(code),
                     known ? FAILURES[i].hint : "");
}

static transfer *
ended(tp_http *http)
{
    int left = 0;
    const CURLMsg *msg;

    while ((msg = curl_multi_info_read(http->multi, &left)) != NULL) {
        if (msg->msg != CURLMSG_DONE) {
            continue;
        }
        const CURLcode code = msg->data.result;
        CURL *easy = msg->easy_handle;
        char *private = NULL;
        (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
        transfer *t = (transfer *)(void *)private;
        (void)curl_multi_remove_handle(http->multi, easy);
        http->running--;
        read_head(t);
        explain(t, code);
        t->answer.body = tp_buf_view(&t->body);
        return t;
    }
    return NULL;
}

tp_code
tp_http_wait(tp_http *http, int timeout_ms, tp_http_answer **out, tp_err *err)
{
    int active = 0;
    CURLMcode mc = curl_multi_perform(http->multi, &active);
    transfer *t = ended(http);

    if (mc == CURLM_OK && t == NULL && timeout_ms > 0) {
        mc = curl_multi_poll(http->multi, NULL, 0, timeout_ms, NULL);
        if (mc == CURLM_OK) {
            mc = curl_multi_perform(http->multi, &active);
        }
        t = ended(http);
    }
    if (mc != CURLM_OK) {
        TP_RETURN_ERR(err, mc == CURLM_OUT_OF_MEMORY ? TP_E_NOMEM : TP_E_BUG,
                      "the http client stopped: %s", curl_multi_strerror(mc));
    }
    *out = t != NULL ? &t->answer : NULL;
    return TP_OK;
}

void
tp_http_release(tp_http *http, tp_http_answer *answer)
{
    (void)http;
    if (answer == NULL) {
        return;
    }
    transfer *t = (transfer *)(void *)answer;
    t->busy = false;
    if (t->body.cap > RECEIVE_BYTES) {
        tp_buf_clear(&t->body);
    } else {
        tp_buf_reset(&t->body);
    }
}
