/* What do all dialects need from a request: numbers, pages, errors? */
#include "tests/simulator/reply.h"

#include <string.h>

uint64_t
sim_query_u64(const sim_request *request, const char *name, uint64_t fallback, uint64_t max)
{
    uint64_t value = 0;
    const char *text = request->query(request->of, name);

    if (text == NULL || !tp_str_to_u64(tp_str_of(text), &value) || value > max) {
        return fallback;
    }
    return value;
}

const char *
sim_query_text(const sim_request *request, const char *name)
{
    const char *text = request->query(request->of, name);

    return text != NULL ? text : "";
}

void
sim_page(const sim_request *request, uint64_t page, uint64_t size, uint64_t total,
         uint64_t *out_first, uint64_t *out_last)
{
    uint64_t index = page > 0 ? page - 1 : 0;

    if (request->dup_page && index > 0) {
        index--;
    }
    const uint64_t first = index > total / size ? total : index * size;
    *out_first = first;
    *out_last = total - first < size ? total : first + size;
}

void
sim_reply_error(sim_reply *reply, unsigned status, const char *json)
{
    tp_buf_reset(&reply->body);
    tp_buf_puts(&reply->body, json);
    reply->status = status;
    reply->type = "application/json";
    reply->no_etag = true;
}

static bool
is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
sim_spoil(char *bytes, size_t n, uint64_t *at, unsigned char byte)
{
    for (size_t i = *at < n ? (size_t)*at : n; i + 2 < n; i++) {
        const unsigned char *p = (const unsigned char *)bytes + i;
        if (is_letter(p[0]) && p[1] == ' ' && p[2] >= 'A' && p[2] <= 'Z') {
            bytes[i + 1] = (char)byte;
            return true;
        }
    }
    *at -= *at < n ? *at : n;
    return false;
}
