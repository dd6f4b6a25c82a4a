/* Which page comes next, and when was the last one? */
#include <string.h>

#include "talent/base/hash.h"
#include "talent/base/intern.h"
#include "talent/etl/extract.h"

enum { PAGES_MAX = 1000000 };

void
tp_paging_begin(tp_paging *paging, const tp_fetch *fetch)
{
    tp_buf next = paging->next;
    tp_buf_reset(&next);
    *paging = (tp_paging){.fetch = fetch, .at = fetch->page.first, .next = next};
}

void
tp_paging_clear(tp_paging *paging)
{
    tp_buf_clear(&paging->next);
    *paging = (tp_paging){0};
}

/* A count in a page's envelope: digits, perhaps as text with blanks around (Q07). */
static tp_code
read_count(const tp_envelope *envelope, int slot, const char *what, bool *out_has, uint64_t *out,
           tp_err *err)
{
    const tp_str text = tp_str_trim(tp_envelope_get(envelope, slot));
    *out_has = text.n > 0;
    if (text.n > 0 && !tp_str_to_u64(text, out)) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "the page's %s is not a number: see fetch.page", what);
    }
    return TP_OK;
}

/* Records of the page: matches of a slot that repeats, which come joined by '|'. */
static uint64_t
count_rows(tp_str joined)
{
    uint64_t n = joined.p != NULL ? 1 : 0;
    for (size_t i = 0; i < joined.n; i++) {
        n += joined.p[i] == '|';
    }
    return n;
}

static bool
is_false(tp_str text)
{
    text = tp_str_trim(text);
    return text.n == 0 || tp_str_ieq(text, TP_STR("false")) || tp_str_is(text, "0") ||
           tp_str_ieq(text, TP_STR("no")) || tp_str_ieq(text, TP_STR("tidak"));
}

/* Announced and counted rows agree, where both are known. */
static tp_code
check_total(const tp_paging *p, tp_err *err)
{
    if (p->has_total && p->fetch->page.count_slot >= 0 && p->rows != p->total) {
        TP_RETURN_ERR(err, TP_E_NET, "%llu rows came of %llu announced, in %u pages",
                      (unsigned long long)p->rows, (unsigned long long)p->total, p->page + 1);
    }
    return TP_OK;
}

/* Brent: the mark moves to pages 1, 2, 4, 8, ...; any ring meets it within twice its length. */
static tp_code
check_ring(tp_paging *p, tp_err *err)
{
    const uint64_t now = tp_hash_str(0, tp_buf_view(&p->next));
    if (p->page > 0 && now == p->loop) {
        TP_RETURN_ERR(err, TP_E_SCHEMA,
                      "page %u leads back to a page already read: the pages form a ring", p->page);
    }
    if (p->page + 1 >= 2 * p->loop_at) {
        p->loop = now;
        p->loop_at = p->page + 1;
    }
    return TP_OK;
}

static tp_code
take_cursor(tp_paging *p, const tp_envelope *envelope, tp_paging_then *out, tp_err *err)
{
    const tp_page *page = &p->fetch->page;
    const tp_str next = tp_envelope_get(envelope, page->next_slot);

    *out = TP_PAGING_DONE;
    if (next.n == 0 ||
        (page->more_slot >= 0 && is_false(tp_envelope_get(envelope, page->more_slot)))) {
        return check_total(p, err);
    }
    *out = TP_PAGING_MORE;
    tp_buf_reset(&p->next);
    tp_buf_str(&p->next, next);
    return check_ring(p, err);
}

static tp_code
take_link(tp_paging *p, const tp_envelope *envelope, tp_str url, tp_str header_link,
          tp_paging_then *out, tp_err *err)
{
    TP_AUTO_BUF(joined);
    const tp_page *page = &p->fetch->page;
    const tp_str link = tp_str_trim(
        page->next_slot >= 0 ? tp_envelope_get(envelope, page->next_slot) : header_link);

    *out = TP_PAGING_DONE;
    if (link.n == 0) {
        return check_total(p, err);
    }
    if (!tp_http_join(url, link, &joined)) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "the link to the next page is no address");
    }
    if (tp_str_eq(tp_buf_view(&joined), url)) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "page %u links to itself as its next", p->page + 1);
    }
    *out = TP_PAGING_MORE;
    tp_buf_reset(&p->next);
    tp_buf_str(&p->next, tp_buf_view(&joined));
    return check_ring(p, err);
}

/* Pages by number or offset: ends at the announced last page or total, or at a page that is empty
 * or shorter than the first. */
static tp_code
take_numbered(tp_paging *p, const tp_envelope *envelope, uint64_t rows, tp_paging_then *out,
              tp_err *err)
{
    const tp_page *page = &p->fetch->page;
    const bool counted = page->count_slot >= 0;
    const bool by_number = page->kind == TP_PAGE_NUMBER;
    uint64_t last = 0;
    bool has_last = false;

    TP_RETURN_SAME(read_count(envelope, page->last_slot, "last page", &has_last, &last, err));
    const tp_str more = tp_envelope_get(envelope, page->more_slot);
    if (!has_last && !p->has_total && !counted && more.p == NULL) {
        TP_RETURN_ERR(err, TP_E_SCHEMA,
                      "neither last page, total, rows nor \"more\" tell where the pages end");
    }
    bool done = (counted && rows == 0) || (more.p != NULL && is_false(more));
    if (by_number && has_last) {
        done = done || p->at >= (int64_t)(last < INT64_MAX ? last : INT64_MAX);
    } else if (p->has_total) {
        const uint64_t seen = counted           ? p->rows
                              : page->size <= 0 ? p->total
                                                : (uint64_t)(p->page + 1) * (uint64_t)page->size;
        done = done || seen >= p->total;
    } else if (counted && more.p == NULL && page->size > 0) {
        /* Many servers cap the size: a first page that is short may well have others after it. */
        p->probing = p->page == 0 && rows > 0 && rows < (uint64_t)page->size;
        done = done || (p->page > 0 && rows < p->first_rows);
    }
    if (done) {
        *out = TP_PAGING_DONE;
        return check_total(p, err);
    }
    /* A server may give fewer rows than asked for: an offset goes on where the rows ended. */
    p->at += by_number ? 1 : counted ? (int64_t)rows : page->size;
    *out = TP_PAGING_MORE;
    return TP_OK;
}

/* Are the counted values ids of their rows: two or more, and every one another? A column whose
 * values come again (a year, a region) tells no page from the next: another one may well hold the
 * same. */
static bool
are_ids(tp_str joined)
{
    tp_intern seen = {0};
    tp_str value;
    size_t n = 0;
    uint32_t code;
    bool ok = true;
    while (ok && tp_str_next(&joined, '|', &value)) {
        ok = tp_intern_add(&seen, value, &code) && seen.n == ++n;
    }
    tp_intern_clear(&seen);
    return ok && n > 1;
}

/* The same page twice, one after the other: some servers answer so past their end. Rows are
 * compared by their ids where count_path names them, since the envelope around them may well
 * differ; else the whole body is. */
static tp_code
check_repeat(tp_paging *p, tp_str joined, tp_str body, bool *out_repeat, tp_err *err)
{
    const uint64_t hash = are_ids(joined) ? tp_hash_str(2, joined) : tp_hash_str(1, body);
    *out_repeat = p->page > 0 && hash == p->body && body.n > 0;
    p->body = hash;
    if (*out_repeat && !p->probing && (p->fetch->page.kind != TP_PAGE_OFFSET || p->has_total)) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "page %u repeats the page before it", p->page + 1);
    }
    return TP_OK;
}

tp_code
tp_paging_take(tp_paging *paging, const tp_envelope *envelope, tp_str body, tp_str url,
               tp_str header_link, tp_paging_then *out, tp_err *err)
{
    const tp_page *page = &paging->fetch->page;
    const tp_str joined = tp_envelope_get(envelope, page->count_slot);
    const uint64_t rows = count_rows(joined);
    const uint32_t most = page->max_pages > 0 ? page->max_pages : PAGES_MAX;
    tp_paging_then then = TP_PAGING_DONE;
    uint64_t total = 0;
    bool repeat = false;
    bool has = false;

    if (page->kind == TP_PAGE_NONE || page->kind == TP_PAGE_FILE || paging->fetch->first_page) {
        *out = TP_PAGING_DONE;
        return TP_OK;
    }
    TP_RETURN_SAME(check_repeat(paging, joined, body, &repeat, err));
    if (repeat) {
        *out = TP_PAGING_REPEAT;
        return TP_OK;
    }
    TP_RETURN_SAME(read_count(envelope, page->total_slot, "total", &has, &total, err));
    paging->rows += rows;
    paging->first_rows = paging->page == 0 ? rows : paging->first_rows;
    if (has) {
        paging->has_total = true;
        paging->total = total;
    }
    switch (page->kind) {
    case TP_PAGE_CURSOR:
        TP_RETURN_SAME(take_cursor(paging, envelope, &then, err));
        break;
    case TP_PAGE_LINK:
        TP_RETURN_SAME(take_link(paging, envelope, url, header_link, &then, err));
        break;
    default:
        TP_RETURN_SAME(take_numbered(paging, envelope, rows, &then, err));
        break;
    }
    if (then == TP_PAGING_MORE && ++paging->page >= most) {
        TP_RETURN_ERR(err, TP_E_RANGE,
                      "more than %u pages: raise fetch.page.max_pages if so many are true", most);
    }
    if (paging->next.failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for the address of the next page");
    }
    *out = then;
    return TP_OK;
}
