/* Which faults were asked for, and what does each do to a request or its answer? */
#include "tests/simulator/fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/hostile.h"

static const char LOGIN_PAGE[] =
    "<!DOCTYPE html>\n<html><head><title>Masuk</title></head><body>\n"
    "<form method=\"post\" action=\"/masuk\"><input name=\"username\"><input name=\"password\">"
    "</form>\n</body></html>\n";

static void
drop_body(sim_reply *reply)
{
    free(reply->gen);
    reply->gen = NULL;
    reply->gzip = false;
    reply->coding = NULL;
    reply->link[0] = '\0';
    reply->ranges = false;
    tp_buf_reset(&reply->body);
}

/* The service behind the SIASN gateway has error bodies of its own; other feeds say less. */
static void
give_status(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    const bool siasn = strcmp(request->source_id, "siasn") == 0;
    const char *body = "{\"message\":\"gangguan buatan\",\"sintetis\":true}";

    if (siasn && fault->value == 429) {
        body = "{\"fault\":{\"code\":900800,\"message\":\"Message throttled out\",\"description\":"
               "\"You have exceeded your quota\"}}";
    } else if (siasn && fault->value == 504) {
        body = "{\"fault\":{\"code\":101504,\"message\":\"Send timeout\",\"description\":\"\"}}";
    } else if (siasn && fault->value >= 500) {
        body =
            "{\"fault\":{\"code\":303001,\"type\":\"Status report\",\"message\":\"Runtime Error\","
            "\"description\":\"Currently, Address endpoint : [ Name: siasn ] [ State: SUSPENDED "
            "]\"}}";
    }
    drop_body(reply);
    sim_reply_error(reply, (unsigned)fault->value, body);
    if (fault->value == 429 || fault->value == 503) {
        reply->retry_after = 1;
    }
}

static void
give_slow(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    (void)request;
    reply->slow_ms = (int)fault->value;
}

static void
set_at(const sim_fault *fault, sim_reply *reply)
{
    reply->at = fault->value < 0 ? SIM_AT_MIDDLE : (uint64_t)fault->value;
}

static void
give_stall(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    (void)request;
    reply->stall = true;
    set_at(fault, reply);
}

static void
give_reset(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    (void)request;
    reply->reset = true;
    set_at(fault, reply);
}

static void
give_cut(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    (void)request;
    reply->cut = true;
    set_at(fault, reply);
}

static void
ask_expire(const sim_fault *fault, sim_request *request)
{
    request->expire = fault->text[0] != '\0' ? fault->text : "user";
}

static void
give_html(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    (void)fault;
    (void)request;
    drop_body(reply);
    tp_buf_puts(&reply->body, LOGIN_PAGE);
    reply->status = 200;
    reply->type = "text/html; charset=utf-8";
}

static void
give_empty(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    (void)fault;
    (void)request;
    drop_body(reply);
    reply->status = 200;
}

static void
ask_wrongtotal(const sim_fault *fault, sim_request *request)
{
    request->total_delta = fault->value;
}

static void
ask_dupage(const sim_fault *fault, sim_request *request)
{
    (void)fault;
    request->dup_page = true;
}

static void
ask_loop(const sim_fault *fault, sim_request *request)
{
    (void)fault;
    request->loop = true;
}

static void
spoil(const sim_fault *fault, sim_reply *reply, unsigned char byte)
{
    reply->bad_on = true;
    reply->bad_byte = byte;
    reply->bad_at = (uint64_t)fault->value;
    if (reply->gen == NULL) {
        uint64_t at = reply->bad_at < reply->body.n ? reply->bad_at : reply->body.n / 2;
        if (reply->body.p == NULL || !sim_spoil(reply->body.p, reply->body.n, &at, byte)) {
            at = 0; /* nothing suitable behind the middle: take the first place there is */
            (void)sim_spoil(reply->body.p, reply->body.n, &at, byte);
        }
        reply->bad_on = false;
    }
}

static void
give_badutf8(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    (void)request;
    spoil(fault, reply, 0xff);
}

static void
give_nul(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    (void)request;
    spoil(fault, reply, 0x00);
}

static void
give_redirect(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    const char *to = fault->text[0] != '\0' ? fault->text : "https://feeds.example.invalid/";

    (void)request;
    drop_body(reply);
    reply->status = 302;
    (void)snprintf(reply->location, sizeof reply->location, "%s", to);
}

static void
give_twodocs(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    TP_AUTO_BUF(again);

    (void)fault;
    (void)request;
    tp_buf_str(&again, tp_buf_view(&reply->body));
    tp_buf_str(&reply->body, tp_buf_view(&again));
}

static void
give_trickle(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    (void)request;
    reply->trickle_ms = (int)fault->value;
}

static void
give_unbounded(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    (void)fault;
    (void)request;
    reply->unbounded = true;
}

static void
give_bomb(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    (void)request;
    sim_hostile_bomb((uint64_t)fault->value, reply);
}

static void
give_deep(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    (void)request;
    sim_hostile_deep((uint64_t)fault->value, reply);
}

static void
give_long(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    (void)request;
    sim_hostile_long((uint64_t)fault->value, reply);
}

static void
give_laughs(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    (void)fault;
    (void)request;
    sim_hostile_laughs(reply);
}

static void
give_entity(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    (void)request;
    sim_hostile_entity(fault->text[0] != '\0' ? fault->text : "file:///etc/hostname", reply);
}

static void
give_charset(const sim_fault *fault, const sim_request *request, sim_reply *reply)
{
    (void)fault;
    (void)request;
    sim_hostile_charset(reply);
}

enum { BYTES_MAX = INT32_MAX };

static const sim_fault_kind KINDS[] = {
    {"status", SIM_ARG_NUMBER, 500, 300, 599, NULL, give_status,
     "answer this status (default 500)"},
    {"slow", SIM_ARG_NUMBER, 100, 0, 60000, NULL, give_slow,
     "pause ms before every 4 KiB (default 100)"},
    {"stall", SIM_ARG_NUMBER, -1, 0, BYTES_MAX, NULL, give_stall,
     "stop sending after so many bytes (default: the middle)"},
    {"reset", SIM_ARG_NUMBER, -1, 0, BYTES_MAX, NULL, give_reset,
     "reset the connection after so many bytes (default: the middle)"},
    {"cut", SIM_ARG_NUMBER, -1, 0, BYTES_MAX, NULL, give_cut,
     "end the body after so many bytes (default: the middle; .gz: without trailer)"},
    {"expire", SIM_ARG_TEXT, 0, 0, 0, ask_expire, NULL,
     "tokens given so far end now: user, gateway or all (default user)"},
    {"html", SIM_ARG_NONE, 0, 0, 0, NULL, give_html, "a log-in page with status 200"},
    {"empty", SIM_ARG_NONE, 0, 0, 0, NULL, give_empty, "status 200 and no byte"},
    {"wrongtotal", SIM_ARG_NUMBER, 1, -1000000, 1000000, ask_wrongtotal, NULL,
     "announced counts are off by this (default 1)"},
    {"dupage", SIM_ARG_NONE, 0, 0, 0, ask_dupage, NULL, "a page repeats the one before it"},
    {"loop", SIM_ARG_NONE, 0, 0, 0, ask_loop, NULL,
     "the next page, link or cursor is the same one, for ever"},
    {"badutf8", SIM_ARG_NUMBER, 1000, 0, BYTES_MAX, NULL, give_badutf8,
     "a byte of text becomes 0xff, at or after this one (default 1000)"},
    {"nul", SIM_ARG_NUMBER, 1000, 0, BYTES_MAX, NULL, give_nul,
     "a byte of text becomes zero, at or after this one (default 1000)"},
    {"twodocs", SIM_ARG_NONE, 0, 0, 0, NULL, give_twodocs,
     "the document twice in one body (feeds sent page by page)"},
    {"redirect", SIM_ARG_TEXT, 0, 0, 0, NULL, give_redirect,
     "302 to this address (default another host)"},
    {"trickle", SIM_ARG_NUMBER, 1000, 0, 60000, NULL, give_trickle,
     "pause ms before every byte (default 1000)"},
    {"unbounded", SIM_ARG_NONE, 0, 0, 0, NULL, give_unbounded,
     "no length announced, no end marked (HTTP/1.0); with cut: nothing tells that bytes lack"},
    {"bomb", SIM_ARG_NUMBER, 4096, 1, 1 << 20, NULL, give_bomb,
     "gzip of so many MiB of blanks (default 4096)"},
    {"deep", SIM_ARG_NUMBER, 100000, 1, BYTES_MAX, NULL, give_deep,
     "lists or elements nested so deep (default 100000)"},
    {"long", SIM_ARG_NUMBER, 1024, 1, 1 << 20, NULL, give_long,
     "one text of so many MiB (default 1024)"},
    {"laughs", SIM_ARG_NONE, 0, 0, 0, NULL, give_laughs,
     "XML entities that grow tenfold, ten times"},
    {"entity", SIM_ARG_TEXT, 0, 0, 0, NULL, give_entity,
     "an XML entity that lies at this address (default file:///etc/hostname)"},
    {"charset", SIM_ARG_NONE, 0, 0, 0, NULL, give_charset,
     "the declared character set is not the one the bytes are in"},
};

const sim_fault_kind *
sim_fault_kind_at(size_t i)
{
    return i < TP_COUNT(KINDS) ? &KINDS[i] : NULL;
}

static const sim_fault_kind *
find_kind(tp_str name)
{
    for (size_t i = 0; i < TP_COUNT(KINDS); i++) {
        if (tp_str_is(name, KINDS[i].name)) {
            return &KINDS[i];
        }
    }
    return NULL;
}

/* "3", "3+" or "3-7"; absent means every request. */
static bool
parse_when(tp_str when, sim_fault *out)
{
    const size_t dash = tp_str_find(when, TP_STR("-"));

    out->to = UINT64_MAX;
    if (when.n > 0 && when.p[when.n - 1] == '+') {
        return tp_str_to_u64(tp_str_sub(when, 0, when.n - 1), &out->from) && out->from > 0;
    }
    if (dash != SIZE_MAX) {
        return tp_str_to_u64(tp_str_sub(when, 0, dash), &out->from) &&
               tp_str_to_u64(tp_str_sub(when, dash + 1, when.n), &out->to) && out->from > 0 &&
               out->from <= out->to;
    }
    if (!tp_str_to_u64(when, &out->from) || out->from == 0) {
        return false;
    }
    out->to = out->from;
    return true;
}

static tp_code
parse_arg(const char *spec, tp_str arg, sim_fault *out, tp_err *err)
{
    const sim_fault_kind *kind = out->kind;

    out->value = kind->value;
    if (arg.p == NULL) {
        return TP_OK;
    }
    if (kind->arg == SIM_ARG_NONE) {
        TP_RETURN_ERR(err, TP_E_USAGE, "fault \"%s\": %s takes no argument", spec, kind->name);
    }
    if (arg.n == 0 || arg.n >= sizeof out->text) {
        TP_RETURN_ERR(err, TP_E_USAGE, "fault \"%s\": the argument is empty or too long", spec);
    }
    memcpy(out->text, arg.p, arg.n);
    if (kind->arg == SIM_ARG_NUMBER &&
        (!tp_str_to_i64(arg, &out->value) || out->value < kind->low || out->value > kind->high)) {
        TP_RETURN_ERR(err, TP_E_USAGE, "fault \"%s\": %s wants a number from %lld to %lld", spec,
                      kind->name, (long long)kind->low, (long long)kind->high);
    }
    if (kind->ask == ask_expire && !tp_str_is(arg, "user") && !tp_str_is(arg, "gateway") &&
        !tp_str_is(arg, "all")) {
        TP_RETURN_ERR(err, TP_E_USAGE, "fault \"%s\": expire wants user, gateway or all", spec);
    }
    return TP_OK;
}

/* Offset of the first of the given bytes in text, or its length. */
static size_t
first_of(tp_str text, const char *bytes)
{
    size_t i = 0;

    while (i < text.n && strchr(bytes, text.p[i]) == NULL) {
        i++;
    }
    return i;
}

tp_code
sim_fault_parse(const char *spec, sim_fault *out, tp_err *err)
{
    tp_str rest = tp_str_of(spec);
    tp_str arg = TP_STR_NONE;

    memset(out, 0, sizeof *out);
    out->from = 1;
    out->to = UINT64_MAX;
    const size_t colon = tp_str_find(rest, TP_STR(":"));
    if (colon == SIZE_MAX || colon == 0 || colon >= sizeof out->source) {
        TP_RETURN_ERR(err, TP_E_USAGE,
                      "fault \"%s\": expected source:kind[=arg][@n], such as siasn:status=503@3",
                      spec);
    }
    memcpy(out->source, rest.p, colon);
    rest = tp_str_sub(rest, colon + 1, rest.n);
    for (size_t i = rest.n; i-- > 0;) { /* the last @ is ours: an address may hold one too */
        if (rest.p[i] == '@') {
            if (!parse_when(tp_str_sub(rest, i + 1, rest.n), out)) {
                TP_RETURN_ERR(err, TP_E_USAGE, "fault \"%s\": expected @n, @n+ or @n-m, n from 1",
                              spec);
            }
            rest = tp_str_sub(rest, 0, i);
            break;
        }
    }
    const size_t end = first_of(rest, "=:");
    if (end < rest.n) {
        arg = tp_str_sub(rest, end + 1, rest.n);
    }
    out->kind = find_kind(tp_str_sub(rest, 0, end));
    if (out->kind == NULL) {
        TP_RETURN_ERR(err, TP_E_USAGE, "fault \"%s\": no such kind; --help lists them", spec);
    }
    return parse_arg(spec, arg, out, err);
}

bool
sim_fault_covers(const char *source, const char *source_id)
{
    const size_t n = strlen(source);

    if (strcmp(source, "*") == 0) {
        return true;
    }
    return strncmp(source, source_id, n) == 0 &&
           (source_id[n] == '\0' ||
            (source_id[n] == '-' && source_id[n + 1] >= '0' && source_id[n + 1] <= '9'));
}

sim_fault_hits
sim_fault_ask(sim_fault_set *set, sim_request *request)
{
    sim_fault_hits hits = 0;

    for (size_t i = 0; i < set->n; i++) {
        sim_fault *fault = &set->item[i];
        if (!sim_fault_covers(fault->source, request->source_id)) {
            continue;
        }
        const uint64_t seen = atomic_fetch_add(&fault->seen, 1) + 1;
        if (seen < fault->from || seen > fault->to) {
            continue;
        }
        hits |= UINT64_C(1) << i;
        if (fault->kind->ask != NULL) {
            fault->kind->ask(fault, request);
        }
    }
    return hits;
}

void
sim_fault_give(const sim_fault_set *set, sim_fault_hits hits, const sim_request *request,
               sim_reply *reply)
{
    for (size_t i = 0; i < set->n; i++) {
        if ((hits >> i & 1) != 0) {
            reply->broken = true;
            if (set->item[i].kind->give != NULL) {
                set->item[i].kind->give(&set->item[i], request, reply);
            }
        }
    }
}
