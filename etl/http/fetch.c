/* How is a client opened and a request started: limits, hosts, certificates, headers? */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/http/address.h"
#include "etl/http/http_parts.h"

enum {
    CONNECT_S = 10,
    IDLE_S = 30,
    TOTAL_S = 600,
    PARALLEL = 4,
    RECEIVE_BYTES = 64 << 10,
    STREAM_BYTES = 256 << 10, /* of a body that a sink takes */
    BODY_BYTES = 64 << 20,
    RATIO = 1000
};

static tp_code
readable(const tp_buf *file, const char *what, const char *where, tp_err *err)
{
    if (file->n > 0 && access(tp_buf_cstr(file), R_OK) != 0) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "%s file %.150s cannot be read; see %s", what,
                      tp_buf_cstr(file), where);
    }
    return TP_OK;
}

static tp_code
open_share(tp_http *http, tp_err *err)
{
    http->share = curl_share_init();
    if (http->share == NULL ||
        curl_share_setopt(http->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) != CURLSHE_OK ||
        curl_share_setopt(http->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE) != CURLSHE_OK) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for an http client");
    }
    return TP_OK;
}

static tp_code
fill_client(tp_http *http, const tp_http_options *options, tp_err *err)
{
    http->connect_s = options->connect_s > 0 ? options->connect_s : CONNECT_S;
    http->idle_s = options->idle_s > 0 ? options->idle_s : IDLE_S;
    http->total_s = options->total_s > 0 ? options->total_s : TOTAL_S;
    http->cookies = options->cookies;
    tp_buf_str(&http->ca_file, options->ca_file);
    tp_buf_str(&http->cert_file, options->cert_file);
    tp_buf_str(&http->key_file, options->key_file);
    tp_buf_str(&http->key_password, options->key_password);
    for (size_t i = 0; i < options->n_hosts && i < TP_HTTP_HOSTS_MAX; i++) {
        tp_buf_str(&http->host[i], options->host[i]);
        http->n_hosts = i + 1;
    }
    TP_RETURN_SAME(readable(&http->ca_file, "certificate", "connect.tls.ca", err));
    TP_RETURN_SAME(readable(&http->cert_file, "certificate", "connect.tls.cert", err));
    TP_RETURN_SAME(readable(&http->key_file, "key", "connect.tls.key", err));
    if (!tp_loop_host(http->loop, tp_buf_view(&http->host[0]), &http->home)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for an http client");
    }
    return open_share(http, err);
}

tp_code
tp_http_open(const tp_http_options *options, tp_http **out, tp_err *err)
{
    tp_http *http = calloc(1, sizeof *http);
    if (http == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for an http client");
    }
    tp_code rc = TP_OK;
    http->loop = options->loop;
    if (http->loop == NULL) {
        const tp_http_loop_options own = {.total =
                                              options->parallel > 0 ? options->parallel : PARALLEL};
        http->own_loop = true;
        rc = tp_http_loop_open(&own, &http->loop, err);
    }
    if (rc == TP_OK) {
        rc = fill_client(http, options, err);
    }
    if (rc != TP_OK) {
        tp_http_close(http);
        return rc;
    }
    *out = http;
    return TP_OK;
}

void
tp_http_close(tp_http *http)
{
    if (http == NULL) {
        return;
    }
    for (tp_transfer *t = http->loop != NULL ? http->loop->all : NULL; t != NULL; t = t->next) {
        if (t->http == http) {
            tp_loop_remove(t);
            tp_loop_rest(t);
        }
    }
    (void)curl_share_cleanup(http->share);
    if (http->own_loop) {
        tp_http_loop_close(http->loop);
    }
    tp_buf_clear(&http->ca_file);
    tp_buf_clear(&http->cert_file);
    tp_buf_clear(&http->key_file);
    tp_http_wipe(&http->key_password);
    for (size_t i = 0; i < http->n_hosts; i++) {
        tp_buf_clear(&http->host[i]);
    }
    free(http);
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
add_header(tp_transfer *t, tp_str name, tp_str value, tp_err *err)
{
    TP_AUTO_BUF(line);
    tp_buf_str(&line, name);
    tp_buf_puts(&line, value.n > 0 ? ": " : ";");
    tp_buf_str(&line, value);
    struct curl_slist *more =
        line.failed ? NULL : curl_slist_append(t->headers, tp_buf_cstr(&line));
    tp_http_wipe(&line);
    if (more == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for the headers of a request");
    }
    t->headers = more;
    return TP_OK;
}

static tp_code
set_headers(tp_transfer *t, const tp_http_request *request, tp_err *err)
{
    for (size_t i = 0; i < request->n_fields; i++) {
        const tp_http_field *f = &request->field[i];
        if (has_line_end(f->name) || has_line_end(f->value)) {
            TP_RETURN_ERR(err, TP_E_CONFIG, "header %zu holds a line end or a zero byte", i + 1);
        }
        TP_RETURN_SAME(add_header(t, f->name, f->value, err));
    }
    return request->pack
               ? add_header(t, TP_STR("Accept-Encoding"), TP_STR("gzip, deflate, zstd"), err)
               : TP_OK;
}

static tp_code
copy_texts(tp_transfer *t, const tp_http_request *request, tp_err *err)
{
    tp_buf_reset(&t->wanted_name);
    tp_buf_str(&t->wanted_name, request->wanted);
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
set_tls(const tp_http *http, CURL *e, bool bare)
{
    (void)curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
    (void)curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
    (void)curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (http->ca_file.n > 0) {
        (void)curl_easy_setopt(e, CURLOPT_CAINFO, tp_buf_cstr(&http->ca_file));
        (void)curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
    }
    if (http->cert_file.n > 0 && !bare) {
        (void)curl_easy_setopt(e, CURLOPT_SSLCERT, tp_buf_cstr(&http->cert_file));
        (void)curl_easy_setopt(
            e, CURLOPT_SSLKEY,
            tp_buf_cstr(http->key_file.n > 0 ? &http->key_file : &http->cert_file));
        (void)curl_easy_setopt(e, CURLOPT_KEYPASSWD, tp_buf_cstr(&http->key_password));
    }
}

static void
set_limits(const tp_http *http, const tp_transfer *t, CURL *e)
{
    (void)curl_easy_setopt(e, CURLOPT_BUFFERSIZE,
                           (long)(t->sink != NULL ? STREAM_BYTES : RECEIVE_BYTES));
    (void)curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT, http->connect_s);
    (void)curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 1L);
    (void)curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, http->idle_s);
    (void)curl_easy_setopt(e, CURLOPT_TIMEOUT, http->total_s);
    (void)curl_easy_setopt(e, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->limit);
}

static void
set_options(const tp_http *http, tp_transfer *t, const tp_http_request *request)
{
    CURL *e = t->easy;
    curl_easy_reset(e);
    (void)curl_easy_setopt(e, CURLOPT_PRIVATE, t);
    (void)curl_easy_setopt(e, CURLOPT_SHARE, request->bare ? NULL : http->share);
    (void)curl_easy_setopt(e, CURLOPT_ERRORBUFFER, t->reason);
    (void)curl_easy_setopt(e, CURLOPT_URL, tp_buf_cstr(&t->url));
    (void)curl_easy_setopt(e, CURLOPT_HTTPHEADER, t->headers);
    (void)curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    (void)curl_easy_setopt(e, CURLOPT_PIPEWAIT, 1L); /* rather one HTTP/2 connection than many */
    (void)curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(e, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(e, CURLOPT_USERAGENT, "talentpool");
    (void)curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, tp_receive_body);
    (void)curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
    set_tls(http, e, request->bare);
    set_limits(http, t, e);
    if (http->cookies && !request->bare) {
        (void)curl_easy_setopt(e, CURLOPT_COOKIEFILE, "");
    }
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

static tp_code
prepare(tp_http *http, tp_transfer *t, const tp_http_request *request, tp_err *err)
{
    TP_AUTO_BUF(authority);
    (void)tp_http_authority(request->url, &authority);
    if (!tp_loop_host(http->loop, tp_buf_view(&authority), &t->host)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for a request");
    }
    TP_RETURN_SAME(copy_texts(t, request, err));
    t->answer = (tp_http_answer){
        .tag = request->tag, .retry_after_s = -1, .length = -1, .range = {-1, -1, -1}};
    t->ratio = request->ratio > 0 ? request->ratio : RATIO;
    t->limit = request->body_limit > 0 ? request->body_limit : BODY_BYTES;
    t->sink = request->sink;
    t->done = request->done;
    t->headed = false;
    t->reason[0] = '\0';
    set_options(http, t, request);
    return tp_loop_add(http->loop, t, err);
}

tp_code
tp_http_start(tp_http *http, const tp_http_request *request, tp_err *err)
{
    TP_RETURN_SAME(tp_http_check(http->host, http->n_hosts, request->url, err));
    tp_transfer *t = tp_loop_transfer(http->loop);
    if (t == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for a request");
    }
    t->http = http;
    const tp_code rc = prepare(http, t, request, err);
    if (rc != TP_OK) {
        tp_loop_rest(t);
    }
    return rc;
}

size_t
tp_http_running(const tp_http *http)
{
    return http->running;
}
