/* How is a request written: its address, its headers, its log-in? */
#include <string.h>

#include "talent/base/day.h"
#include "talent/etl/extract.h"

static void
put(tp_buf *out, tp_str text, bool escape)
{
    if (escape) {
        tp_http_escape(out, text);
    } else {
        tp_buf_str(out, text);
    }
}

/* A part of the night's date; false if the place names none. */
static bool
put_date(tp_buf *out, tp_str name, int32_t night)
{
    char day[TP_DAY_TEXT];
    tp_day_format(night, day);
    const tp_str text = tp_str_of(day);
    if (tp_str_is(name, "night")) {
        tp_buf_str(out, text);
    } else if (tp_str_is(name, "month")) {
        tp_buf_str(out, tp_str_sub(text, 5, 2));
    } else if (tp_str_is(name, "year")) {
        tp_buf_str(out, tp_str_sub(text, 0, 4));
    } else if (tp_str_is(name, "year-1")) {
        int64_t year = 0;
        (void)tp_str_to_i64(tp_str_sub(text, 0, 4), &year);
        tp_buf_i64(out, year - 1);
    } else {
        return false;
    }
    return true;
}

static tp_code
put_place(tp_buf *out, tp_str name, const tp_fill *fill, bool escape, tp_err *err)
{
    const tp_str token = TP_STR("token:");

    if (tp_str_is(name, "key")) {
        put(out, fill->key, escape);
    } else if (tp_str_is(name, "since")) {
        put(out, fill->since, escape);
    } else if (tp_str_starts(name, token)) {
        const tp_str which = tp_str_sub(name, token.n, name.n);
        if (fill->tokens == NULL) {
            tp_buf_puts(out, "***");
            return TP_OK;
        }
        const tp_str value = tp_tokens_get(fill->tokens, which);
        if (value.p == NULL) {
            TP_RETURN_ERR(err, TP_E_CONFIG, "no step of connect.auth gives the token \"%.*s\"",
                          TP_STR_ARG(which));
        }
        put(out, value, escape);
    } else if (!put_date(out, name, fill->night)) {
        TP_RETURN_ERR(err, TP_E_CONFIG,
                      "unknown place {%.*s}: known are {key}, {since}, {night}, {year}, {year-1}, "
                      "{month}, {token:name}",
                      TP_STR_ARG(name));
    }
    return TP_OK;
}

tp_code
tp_fill_text(tp_buf *out, tp_str text, const tp_fill *fill, bool escape, tp_err *err)
{
    while (text.n > 0) {
        const size_t open = tp_str_find(text, TP_STR("{"));
        const size_t plain = open != SIZE_MAX ? open : text.n;
        tp_buf_str(out, tp_str_sub(text, 0, plain));
        text = tp_str_sub(text, plain, text.n);
        if (text.n == 0) {
            break;
        }
        const size_t close = tp_str_find(text, TP_STR("}"));
        if (close == SIZE_MAX) {
            TP_RETURN_ERR(err, TP_E_CONFIG, "a place opens with { and does not close: \"%.*s\"",
                          TP_STR_ARG(text));
        }
        TP_RETURN_SAME(put_place(out, tp_str_sub(text, 1, close - 1), fill, escape, err));
        text = tp_str_sub(text, close + 1, text.n);
    }
    return TP_OK;
}

static void
put_param(tp_buf *out, char *sep, tp_str name)
{
    tp_buf_char(out, *sep);
    *sep = '&';
    tp_http_escape(out, name);
    tp_buf_char(out, '=');
}

static void
put_paging(tp_buf *out, char *sep, const tp_paging *paging)
{
    const tp_page *page = &paging->fetch->page;

    if (page->kind != TP_PAGE_NUMBER && page->kind != TP_PAGE_OFFSET &&
        page->kind != TP_PAGE_CURSOR) {
        return;
    }
    if (page->kind != TP_PAGE_CURSOR && page->param.n > 0) {
        put_param(out, sep, page->param);
        tp_buf_i64(out, paging->at);
    } else if (paging->next.n > 0 && page->param.n > 0) {
        put_param(out, sep, page->param);
        tp_http_escape(out, tp_buf_view(&paging->next));
    }
    if (page->size_param.n > 0 && page->size > 0) {
        put_param(out, sep, page->size_param);
        tp_buf_i64(out, page->size);
    }
}

/* Does the query of an address name this parameter already? A link to the next page may. */
static bool
names_param(tp_str url, tp_str name)
{
    TP_AUTO_BUF(part);
    tp_http_escape(&part, name);
    tp_buf_char(&part, '=');
    const size_t query = tp_str_find(url, TP_STR("?"));
    for (size_t at = query; at != SIZE_MAX && at < url.n;) {
        if (tp_str_starts(tp_str_sub(url, at + 1, url.n), tp_buf_view(&part))) {
            return true;
        }
        const size_t next = tp_str_find(tp_str_sub(url, at + 1, url.n), TP_STR("&"));
        at = next == SIZE_MAX ? SIZE_MAX : at + 1 + next;
    }
    return false;
}

/* Keys that the source wants in the address. */
static void
put_keys(tp_buf *out, char *sep, const tp_source *source, const tp_fill *fill)
{
    for (size_t i = 0; i < source->n_auth; i++) {
        const tp_auth *a = &source->auth[i];
        if (a->kind != TP_AUTH_QUERY || names_param(tp_buf_view(out), a->header)) {
            continue;
        }
        put_param(out, sep, a->header);
        if (fill->tokens == NULL) {
            tp_buf_puts(out, "***");
        } else {
            tp_http_escape(out, tp_tokens_password(fill->tokens, i));
        }
    }
}

bool
tp_request_trusts(const tp_source *source, tp_str url)
{
    TP_AUTO_BUF(authority);
    TP_AUTO_BUF(home);
    if (!tp_http_authority(url, &authority)) {
        return false;
    }
    const tp_str to = tp_buf_view(&authority);
    for (size_t i = 0; i < source->n_hosts; i++) {
        if (source->trusted[i] && tp_http_host_is(source->host[i], to)) {
            return true;
        }
    }
    return tp_http_authority(source->base_url, &home) && tp_str_eq(tp_buf_view(&home), to);
}

tp_code
tp_request_url(const tp_source *source, const tp_paging *paging, const tp_fill *fill, tp_buf *out,
               tp_err *err)
{
    const tp_fetch *fetch = paging->fetch;
    tp_str base = source->base_url;
    tp_str path = fetch->path;

    if (fetch->page.kind == TP_PAGE_LINK && paging->next.n > 0) {
        char more = tp_str_find(tp_buf_view(&paging->next), TP_STR("?")) != SIZE_MAX ? '&' : '?';
        tp_buf_str(out, tp_buf_view(&paging->next));
        if (tp_request_trusts(source, tp_buf_view(&paging->next))) {
            put_keys(out, &more, source, fill);
        }
        return TP_OK;
    }
    while (path.n > 0 && tp_str_ends(base, TP_STR("/"))) {
        base.n--;
    }
    tp_buf_str(out, base);
    if (path.n > 0 && path.p[0] != '/' && path.p[0] != '?') {
        tp_buf_char(out, '/');
    }
    TP_RETURN_SAME(tp_fill_text(out, path, fill, true, err));
    char sep = tp_str_find(path, TP_STR("?")) != SIZE_MAX ? '&' : '?';
    for (size_t i = 0; i < fetch->n_query; i++) {
        const tp_pair *q = &fetch->query[i];
        if (tp_str_is(q->value, "{since}") && fill->since.n == 0) {
            continue; /* nothing to go on from: everything is asked for */
        }
        put_param(out, &sep, q->name);
        TP_AUTO_BUF(value);
        TP_RETURN_SAME(tp_fill_text(&value, q->value, fill, false, err));
        if (fill->tokens == NULL && tp_str_find(q->value, TP_STR("{token:")) != SIZE_MAX) {
            tp_buf_puts(out, "***");
        } else {
            tp_http_escape(out, tp_buf_view(&value));
        }
    }
    put_paging(out, &sep, paging);
    put_keys(out, &sep, source, fill);
    if (out->failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for an address");
    }
    return TP_OK;
}

static void
add_field(tp_signature *s, tp_str name)
{
    s->field[s->n] = (tp_http_field){.name = name, .value = tp_buf_view(&s->text[s->n])};
    s->n++;
}

tp_code
tp_signature_make(const tp_source *source, const tp_tokens *tokens, const tp_fill *fill,
                  tp_signature *out, tp_err *err)
{
    tp_signature_clear(out);
    for (size_t i = 0; i < source->n_headers && out->n < TP_REQUEST_FIELDS; i++) {
        const tp_pair *h = &source->header[i];
        if (fill->bare && tp_str_find(h->value, TP_STR("{token:")) != SIZE_MAX) {
            continue;
        }
        TP_RETURN_IF_ERR(err, tp_fill_text(&out->text[out->n], h->value, fill, false, err),
                         "write header %.*s", TP_STR_ARG(h->name));
        add_field(out, h->name);
    }
    for (size_t i = 0; i < source->n_auth && out->n < TP_REQUEST_FIELDS && !fill->bare; i++) {
        const tp_auth *a = &source->auth[i];
        if (a->kind == TP_AUTH_BASIC) {
            out->user = tp_tokens_user(tokens, i);
            out->password = tp_tokens_password(tokens, i);
        } else if (a->kind == TP_AUTH_HEADER || a->kind == TP_AUTH_BEARER) {
            const bool bearer = a->kind == TP_AUTH_BEARER;
            tp_buf_puts(&out->text[out->n], bearer ? "Bearer " : "");
            tp_buf_str(&out->text[out->n], tp_tokens_password(tokens, i));
            add_field(out, bearer ? TP_STR("Authorization") : a->header);
        }
    }
    return TP_OK;
}

void
tp_signature_clear(tp_signature *signature)
{
    for (size_t i = 0; i < TP_REQUEST_FIELDS; i++) {
        tp_buf *text = &signature->text[i];
        if (text->p != NULL) {
            explicit_bzero(text->p, text->cap);
        }
        tp_buf_clear(text);
    }
    *signature = (tp_signature){0};
}
