/* Which faults does a path of the gallery ask for? */
#include <stdio.h>
#include <string.h>

#include "tests/simulator/fault.h"
#include "tests/simulator/gallery.h"

/* One fault of the list, as --fault would tell it of the source "galeri". */
static bool
take_fault(const sim_g_way *way, tp_str word, sim_fault *out, sim_reply *reply)
{
    char spec[SIM_FAULT_ARG + 64];
    tp_err err = {0};

    (void)snprintf(spec, sizeof spec, "galeri:%.*s", TP_STR_ARG(word));
    if (sim_fault_parse(spec, out, &err) != TP_OK) {
        sim_reply_error(reply, 400, "");
        tp_buf_puts(&reply->body, "{\"message\":");
        tp_buf_json(&reply->body, tp_str_of(err.frame[0].text));
        tp_buf_char(&reply->body, '}');
        return false;
    }
    atomic_store(&out->seen, atomic_load(&way->asked));
    return true;
}

bool
sim_gallery_faults(const sim_g_way *way, const char **path, sim_fault_set *out, sim_reply *reply)
{
    const size_t n = **path == '/' ? strcspn(*path + 1, "/") : 0;
    tp_str list = {*path + 1, n};
    tp_str word;

    *path += n + (n > 0);
    while (out->n < SIM_FAULT_MAX && tp_str_next(&list, ',', &word)) {
        if (!take_fault(way, word, &out->item[out->n], reply)) {
            return false;
        }
        out->n++;
    }
    return true;
}
