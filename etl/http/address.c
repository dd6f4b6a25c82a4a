/* May this address be spoken to? libcurl's own parser decides, so that both read it alike. */
#include "etl/http/address.h"

#include <curl/curl.h>
#include <string.h>

#include "talent/etl/http.h"

enum { URL_BYTES = 16 << 10 };

/* One part of an address, copied; false if it is not there. */
static bool
url_part(CURLU *u, CURLUPart part, unsigned flags, tp_buf *out)
{
    char *text = NULL;
    if (curl_url_get(u, part, &text, flags) != CURLUE_OK || text == NULL) {
        return false;
    }
    tp_buf_puts(out, text);
    curl_free(text);
    return !out->failed;
}

static CURLU *
parse_url(tp_str url)
{
    TP_AUTO_BUF(text);
    CURLU *u = curl_url();

    text.limit = URL_BYTES;
    tp_buf_str(&text, url);
    if (u != NULL && (text.failed || memchr(url.p, '\0', url.n) != NULL ||
                      curl_url_set(u, CURLUPART_URL, tp_buf_cstr(&text), 0) != CURLUE_OK)) {
        curl_url_cleanup(u);
        u = NULL;
    }
    return u;
}

static void
lower_case(tp_buf *text)
{
    for (size_t i = 0; i < text->n; i++) {
        if (text->p[i] >= 'A' && text->p[i] <= 'Z') {
            text->p[i] = (char)(text->p[i] - 'A' + 'a');
        }
    }
}

bool
tp_http_authority(tp_str url, tp_buf *out)
{
    if (url.n == 0) {
        return false;
    }
    CURLU *u = parse_url(url);
    bool ok = u != NULL && url_part(u, CURLUPART_HOST, 0, out);

    if (ok) {
        tp_buf_char(out, ':');
        ok = url_part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT, out);
        lower_case(out);
    }
    curl_url_cleanup(u);
    return ok;
}

bool
tp_http_join(tp_str base, tp_str link, tp_buf *out)
{
    TP_AUTO_BUF(text);
    CURLU *u = base.n > 0 && link.n > 0 ? parse_url(base) : NULL;
    bool ok = u != NULL && memchr(link.p, '\0', link.n) == NULL;

    text.limit = URL_BYTES;
    tp_buf_str(&text, link);
    ok = ok && !text.failed &&
         curl_url_set(u, CURLUPART_URL, tp_buf_cstr(&text), CURLU_URLENCODE) == CURLUE_OK &&
         url_part(u, CURLUPART_URL, 0, out);
    curl_url_cleanup(u);
    return ok;
}

/* This machine by name or number. */
static bool
is_loopback(tp_str host)
{
    return tp_str_is(host, "localhost") || tp_str_is(host, "127.0.0.1") || tp_str_is(host, "[::1]");
}

bool
tp_http_host_is(tp_str allowed, tp_str authority)
{
    const tp_str https = TP_STR(":443");
    return tp_str_ieq(allowed, authority) ||
           (tp_str_ends(authority, https) &&
            tp_str_ieq(allowed, tp_str_sub(authority, 0, authority.n - https.n)));
}

static bool
host_allowed(const tp_buf *hosts, size_t n, tp_str authority)
{
    for (size_t i = 0; i < n; i++) {
        if (tp_http_host_is(tp_buf_view(&hosts[i]), authority)) {
            return true;
        }
    }
    return false;
}

tp_code
tp_http_check(const tp_buf *hosts, size_t n, tp_str url, tp_err *err)
{
    TP_AUTO_BUF(authority);
    TP_AUTO_BUF(scheme);
    CURLU *u = url.n > 0 ? parse_url(url) : NULL;
    const bool ok = u != NULL && url_part(u, CURLUPART_SCHEME, 0, &scheme);

    curl_url_cleanup(u);
    if (!ok || !tp_http_authority(url, &authority)) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "this is no web address");
    }
    const tp_str whole = tp_buf_view(&authority);
    size_t host_n = whole.n;
    while (host_n > 0 && whole.p[host_n - 1] != ':') {
        host_n--;
    }
    const tp_str host = tp_str_sub(whole, 0, host_n > 0 ? host_n - 1 : 0);
    const tp_str name = tp_buf_view(&scheme);
    if (!tp_str_ieq(name, TP_STR("https")) && !tp_str_ieq(name, TP_STR("http"))) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "protocol %.20s is not used: https, or http on loopback",
                      tp_buf_cstr(&scheme));
    }
    if (tp_str_ieq(name, TP_STR("http")) && !is_loopback(host)) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "plain http to %.*s is refused: use https",
                      TP_STR_ARG(host));
    }
    if (!host_allowed(hosts, n, whole)) {
        TP_RETURN_ERR(err, TP_E_CONFIG,
                      "host %.*s is not allowed: name it in connect.allowed_hosts if it should be",
                      TP_STR_ARG(whole));
    }
    return TP_OK;
}
