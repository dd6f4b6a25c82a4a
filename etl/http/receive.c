/* What has come in on a transfer, and what does its end mean? */
#include <string.h>

#include "etl/http/http_parts.h"
#include "talent/etl/clock.h"

enum { HEADER_BYTES = 4096 /* of one header value that is kept */ };

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
header(const tp_transfer *t, const char *name)
{
    struct curl_header *h = NULL;
    return curl_easy_header(t->easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK ? h->value : NULL;
}

/* A body that ends when the connection does may have ended early. */
static bool
is_framed(const tp_transfer *t)
{
    long version = 0;
    (void)curl_easy_getinfo(t->easy, CURLINFO_HTTP_VERSION, &version);
    return version >= CURL_HTTP_VERSION_2_0 || header(t, "Content-Length") != NULL ||
           tp_http_is_chunked(tp_str_of(header(t, "Transfer-Encoding")));
}

static void
read_head(tp_transfer *t)
{
    tp_http_answer *a = &t->answer;
    long status = 0;

    if (t->headed) {
        return;
    }
    t->headed = true;
    (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    a->status = (int32_t)status;
    a->content_type = keep(&t->type, header(t, "Content-Type"));
    a->etag = keep(&t->etag, header(t, "ETag"));
    a->last_modified = keep(&t->modified, header(t, "Last-Modified"));
    a->next_link = tp_http_link_next(keep(&t->link, header(t, "Link")));
    a->location = keep(&t->location, header(t, "Location")); /* resolved at the end */
    a->framed = is_framed(t);
    if (!tp_str_to_i64(tp_str_trim(tp_str_of(header(t, "Content-Length"))), &a->length)) {
        a->length = -1;
    }
    a->range = tp_http_content_range(tp_str_of(header(t, "Content-Range")));
    a->ranges = tp_str_ieq(tp_str_of(header(t, "Accept-Ranges")), TP_STR("bytes"));
    if (t->wanted_name.n > 0) {
        a->wanted = keep(&t->wanted, header(t, tp_buf_cstr(&t->wanted_name)));
    }
    a->retry_after_s = tp_http_retry_after(tp_str_of(header(t, "Retry-After")), tp_clock_now_s());
}

static tp_code
too_large(tp_transfer *t)
{
    TP_RETURN_ERR(&t->answer.err, TP_E_RANGE,
                  "the body is larger than %llu bytes; see connect.limits.body_mb",
                  (unsigned long long)t->limit);
}

/* Bodies collected in memory share a budget; who began first always goes on, so that all end. */
static bool
must_wait(const tp_transfer *t, size_t n)
{
    const tp_http_loop *loop = t->loop;
    if (loop->held + n <= loop->held_most) {
        return false;
    }
    for (const tp_transfer *other = loop->all; other != NULL; other = other->next) {
        if (other->running && other->sink == NULL && other->order < t->order) {
            return true;
        }
    }
    return false;
}

static tp_code
collect(tp_transfer *t, const char *bytes, size_t n)
{
    tp_buf_put(&t->body, bytes, n);
    if (t->body.failed) {
        TP_RETURN_ERR(&t->answer.err, TP_E_NOMEM, "memory for a body of %llu bytes",
                      (unsigned long long)t->answer.size);
    }
    t->loop->held += n;
    return TP_OK;
}

/* Plain bytes of the body. */
static tp_code
take_plain(void *user, const void *bytes, size_t n)
{
    tp_transfer *t = user;
    tp_http_answer *a = &t->answer;
    enum { SMALL = 1 << 20 }; /* what so few bytes become does no harm */

    const char *last = (const char *)bytes + n;
    a->size += n;
    a->tail[0] = n > 1 ? last[-2] : n == 1 ? a->tail[1] : a->tail[0];
    a->tail[1] = n > 0 ? last[-1] : a->tail[1];
    if (a->size > t->limit) {
        return too_large(t);
    }
    if (a->packed && a->size > SMALL && a->size / t->ratio > a->received) {
        TP_RETURN_ERR(&a->err, TP_E_RANGE,
                      "the body unpacks to more than %u times its size; see connect.limits.ratio",
                      t->ratio);
    }
    if (t->sink == NULL) {
        return collect(t, bytes, n);
    }
    const tp_code rc = t->sink(a->tag, a, bytes, n, &a->err);
    a->retry = rc == TP_E_NET;
    return rc;
}

static tp_code
take_bytes(tp_transfer *t, const void *bytes, size_t n)
{
    tp_http_answer *a = &t->answer;
    if (a->received == 0) {
        TP_RETURN_SAME(
            tp_decode_open(tp_str_of(header(t, "Content-Encoding")), &t->decode, &a->err));
        a->packed = t->decode != NULL;
        a->framed = a->framed || a->packed; /* every coding tells where it ends */
    }
    a->received += n;
    if (t->decode == NULL) {
        return take_plain(t, bytes, n);
    }
    const tp_code rc = tp_decode_put(t->decode, bytes, n, take_plain, t, &a->err);
    a->retry = a->retry || rc == TP_E_NET;
    return rc;
}

size_t
tp_receive_body(char *bytes, size_t size, size_t count, void *user)
{
    tp_transfer *t = user;
    const size_t n = size * count;

    if (t->sink == NULL && must_wait(t, n)) {
        t->paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    read_head(t);
    t->answer.code = take_bytes(t, bytes, n);
    return t->answer.code == TP_OK ? n : CURL_WRITEFUNC_ERROR;
}

/* What a transport failure means for the caller, and what to try. */
static const struct {
    CURLcode code;
    tp_code as;
    bool retry;
    const char *hint;
} FAILURES[] = {
    {CURLE_PEER_FAILED_VERIFICATION, TP_E_NET, false, ""},
    {CURLE_SSL_CACERT_BADFILE, TP_E_CONFIG, false, "; see connect.tls.ca"},
    {CURLE_SSL_CERTPROBLEM, TP_E_CONFIG, false,
     "; see connect.tls: cert and key must be PEM and belong together, key_password must open it"},
    {CURLE_SSL_CONNECT_ERROR, TP_E_NET, true, ""},
    {CURLE_COULDNT_RESOLVE_HOST, TP_E_NET, true, "; check the address in the settings"},
    {CURLE_COULDNT_CONNECT, TP_E_NET, true, "; check the address in the settings"},
    {CURLE_OPERATION_TIMEDOUT, TP_E_NET, true, "; see connect.timeouts"},
    {CURLE_PARTIAL_FILE, TP_E_NET, true, "; the body was cut short"},
    {CURLE_URL_MALFORMAT, TP_E_CONFIG, false, ""},
    {CURLE_UNSUPPORTED_PROTOCOL, TP_E_CONFIG, false, ""},
    {CURLE_OUT_OF_MEMORY, TP_E_NOMEM, false, ""},
};

/* What to do about a certificate that was refused. The numbers are X509_V_ERR_ of OpenSSL. */
static const char *
certificate_hint(const tp_transfer *t)
{
    enum { NAME = 0, NOT_YET = 9, EXPIRED = 10, SELF_SIGNED = 18, SELF_IN_CHAIN = 19, ISSUER = 20 };
    long result = 0;
    (void)curl_easy_getinfo(t->easy, CURLINFO_SSL_VERIFYRESULT, &result);
    switch (result) {
    case NAME:
        return "; the certificate is for another name: check the address";
    case NOT_YET:
    case EXPIRED:
        return "; ask the agency for a certificate that is in force";
    case SELF_SIGNED:
    case SELF_IN_CHAIN:
    case ISSUER:
        return "; name the issuer's file in connect.tls.ca";
    default:
        return "";
    }
}

static void
explain(tp_transfer *t, CURLcode code)
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
                     code == CURLE_PEER_FAILED_VERIFICATION ? certificate_hint(t)
                     : known                                ? FAILURES[i].hint
                                                            : "");
}

/* curl resolves where a redirect leads only once all of the answer is in. */
static void
read_location(tp_transfer *t)
{
    char *location = NULL;
    (void)curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &location);
    t->answer.location = keep(&t->location, location);
}

void
tp_receive_end(tp_transfer *t, CURLcode code)
{
    tp_http_answer *a = &t->answer;
    read_head(t);
    read_location(t);
    explain(t, code);
    if (a->code == TP_OK && t->decode != NULL) {
        a->code = tp_decode_end(t->decode, take_plain, t, &a->err);
        a->retry = a->code == TP_E_NET;
    }
    t->answer.body = tp_buf_view(&t->body);
}
