/* Does a description hold a secret that belongs into the secrets folder? */
#include "etl/source/describe.h"

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool
holds(tp_str name, tp_str word)
{
    for (size_t i = 0; i + word.n <= name.n; i++) {
        if (tp_str_ieq(tp_str_sub(name, i, word.n), word)) {
            return true;
        }
    }
    return false;
}

/* The next word of a name: "Subscription-Key", "session_id" and "apiKey" have two. */
static tp_str
next_word(tp_str name, size_t *at)
{
    while (*at < name.n && !is_letter(name.p[*at])) {
        (*at)++;
    }
    const size_t from = *at;
    while (*at < name.n && is_letter(name.p[*at]) &&
           (*at == from || !is_capital(name.p[*at]) || is_capital(name.p[*at - 1]))) {
        (*at)++;
    }
    return tp_str_sub(name, from, *at - from);
}

/* Does a header or parameter of this name carry a log-in? Narrower than what is masked in logs:
 * "assessment" and "unit_code" are none. */
static bool
is_secret_name(tp_str name)
{
    static const char *const PARTS[] = {"token", "secret", "passw", "apikey"};
    static const char *const WORDS[] = {"key",       "pass", "pwd",  "auth",       "authorization",
                                        "cookie",    "sign", "sig",  "signature",  "session",
                                        "sessionid", "jwt",  "cred", "credential", "credentials",
                                        "sandi",     "tiket"};
    size_t at = 0;
    for (size_t i = 0; i < TP_COUNT(PARTS); i++) {
        if (holds(name, tp_str_of(PARTS[i]))) {
            return true;
        }
    }
    while (at < name.n) {
        const tp_str word = next_word(name, &at);
        for (size_t i = 0; i < TP_COUNT(WORDS); i++) {
            if (tp_str_ieq(word, tp_str_of(WORDS[i]))) {
                return true;
            }
        }
    }
    return tp_str_ieq(name, TP_STR("code")) || tp_str_ieq(name, TP_STR("kunci"));
}

tp_code
tp_describe_no_secret(const tp_node *node, tp_str name, tp_str value, const char *place,
                      tp_err *err)
{
    if (!is_secret_name(name) || tp_str_find(value, tp_str_of(place)) != SIZE_MAX) {
        return TP_OK;
    }
    return tp_node_fail(node, err,
                        "a literal secret is refused; use {token:name}, or an auth step of kind "
                        "\"header\" or \"query\" with {\"secret\": \"name\"}");
}

tp_code
tp_describe_no_query_secret(const tp_node *node, tp_str url, tp_err *err)
{
    const size_t mark = tp_str_find(url, TP_STR("?"));
    tp_str query = mark != SIZE_MAX ? tp_str_sub(url, mark + 1, url.n) : TP_STR_NONE;
    tp_str piece;
    while (query.n > 0 && tp_str_next(&query, '&', &piece)) {
        const size_t eq = tp_str_find(piece, TP_STR("="));
        if (eq != SIZE_MAX) {
            TP_RETURN_SAME(tp_describe_no_secret(node, tp_str_sub(piece, 0, eq),
                                                 tp_str_sub(piece, eq + 1, piece.n), "{", err));
        }
    }
    return TP_OK;
}

tp_code
tp_describe_url(tp_describe *d, const tp_node *node, tp_str *out, tp_err *err)
{
    TP_RETURN_SAME(tp_describe_text(d, node, out, err));
    const size_t scheme = tp_str_find(*out, TP_STR("//"));
    tp_str authority = tp_str_sub(*out, scheme != SIZE_MAX ? scheme + 2 : 0, out->n);
    for (size_t i = 0; i < authority.n; i++) {
        const char c = authority.p[i];
        authority.n = c == '/' || c == '?' || c == '#' ? i : authority.n;
    }
    if (tp_str_find(authority, TP_STR("@")) != SIZE_MAX) {
        return tp_node_fail(node, err,
                            "a user in an address is a literal secret, which is refused; use an "
                            "auth step of kind \"basic\"");
    }
    return tp_describe_no_query_secret(node, *out, err);
}
