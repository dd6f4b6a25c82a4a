/* What would a hostile or broken agency send: bombs, endless nesting, endless texts, entities? */
#include "tests/simulator/hostile.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 64 << 10 };

/* head, then n bytes of a pattern, then tail. */
typedef struct long_gen {
    sim_gen gen;
    const char *head, *fill, *turn, *tail;
    uint64_t fill_left, turn_left; /* times */
    bool begun, ended;
} long_gen;

static bool
put_times(const char *text, uint64_t *left, tp_buf *out)
{
    const size_t n = strlen(text);
    const size_t before = out->n;

    while (*left > 0 && out->n - before + n <= PIECE) {
        tp_buf_put(out, text, n);
        (*left)--;
    }
    return out->n > before;
}

static bool
long_next(sim_gen *gen, tp_buf *out)
{
    long_gen *g = (long_gen *)gen; /* gen is its first member */

    if (!g->begun) {
        g->begun = true;
        tp_buf_puts(out, g->head);
        return true;
    }
    if (put_times(g->fill, &g->fill_left, out) || put_times(g->turn, &g->turn_left, out)) {
        return true;
    }
    if (!g->ended) {
        g->ended = true;
        tp_buf_puts(out, g->tail);
        return true;
    }
    return false;
}

static void
drop(sim_reply *reply)
{
    free(reply->gen);
    reply->gen = NULL;
    reply->gzip = false;
    reply->status = 200;
    tp_buf_reset(&reply->body);
}

static void
serve(sim_reply *reply, const char *head, const char *fill, uint64_t times, const char *turn,
      uint64_t turns, const char *tail)
{
    long_gen *g = calloc(1, sizeof *g);

    drop(reply);
    if (g == NULL) {
        sim_reply_error(reply, 500, "{\"message\":\"memori habis\"}");
        return;
    }
    *g = (long_gen){.gen.next = long_next,
                    .head = head,
                    .fill = fill,
                    .turn = turn,
                    .tail = tail,
                    .fill_left = times,
                    .turn_left = turns};
    reply->gen = &g->gen;
}

static bool
is_type(const sim_reply *reply, const char *word)
{
    return reply->type != NULL && strstr(reply->type, word) != NULL;
}

void
sim_hostile_bomb(uint64_t mib, sim_reply *reply)
{
    static char blanks[1025];

    memset(blanks, ' ', sizeof blanks - 1);
    serve(reply, "{\"data\":{\"pegawai\":[", blanks, mib * 1024, "", 0, "]}}");
    reply->gzip = true;
    if (reply->coding != NULL) {
        reply->coding = "gzip";
    }
}

void
sim_hostile_deep(uint64_t levels, sim_reply *reply)
{
    if (is_type(reply, "xml")) {
        serve(reply, "<daftar><pegawai id=\"G-001\">", "<a>", levels, "</a>", levels,
              "</pegawai></daftar>");
    } else {
        serve(reply, "{\"data\":{\"pegawai\":", "[", levels, "]", levels, "}}");
    }
}

void
sim_hostile_long(uint64_t mib, sim_reply *reply)
{
    static char letters[1025];

    memset(letters, 'A', sizeof letters - 1);
    if (is_type(reply, "xml")) {
        serve(reply, "<daftar><pegawai id=\"G-001\"><nama>", letters, mib * 1024, "", 0,
              "</nama></pegawai></daftar>");
    } else if (is_type(reply, "csv")) {
        serve(reply, "id;diubah;dihapus;nip;nama;jk;lahir;jabatan;mulai\r\nG-001;;tidak;;", letters,
              mib * 1024, "", 0, ";L;;;\r\n");
    } else {
        serve(reply, "{\"data\":{\"pegawai\":[{\"id\":\"G-001\",\"nama\":\"", letters, mib * 1024,
              "", 0, "\"}]}}");
    }
}

void
sim_hostile_laughs(sim_reply *reply)
{
    drop(reply);
    tp_buf_puts(&reply->body, "<?xml version=\"1.0\"?>\n<!DOCTYPE daftar [\n<!ENTITY a0 \"ha\">\n");
    for (int i = 1; i < 10; i++) {
        tp_buf_printf(&reply->body, "<!ENTITY a%d \"", i);
        for (int k = 0; k < 10; k++) {
            tp_buf_printf(&reply->body, "&a%d;", i - 1);
        }
        tp_buf_puts(&reply->body, "\">\n");
    }
    tp_buf_puts(&reply->body,
                "]>\n<daftar><pegawai id=\"G-001\"><nama>&a9;</nama></pegawai></daftar>\n");
    reply->type = "application/xml";
}

void
sim_hostile_entity(const char *address, sim_reply *reply)
{
    drop(reply);
    tp_buf_printf(&reply->body,
                  "<?xml version=\"1.0\"?>\n<!DOCTYPE daftar [<!ENTITY luar SYSTEM \"%s\">]>\n"
                  "<daftar><pegawai id=\"G-001\"><nama>&luar;</nama></pegawai></daftar>\n",
                  address);
    reply->type = "application/xml";
}

/* Replaces a text of the body by one of another length. */
static bool
replace(tp_buf *body, const char *from, const char *to)
{
    TP_AUTO_BUF(out);
    const tp_str text = tp_buf_view(body);
    const size_t at = tp_str_find(text, tp_str_of(from));

    if (at == SIZE_MAX) {
        return false;
    }
    tp_buf_str(&out, tp_str_sub(text, 0, at));
    tp_buf_puts(&out, to);
    tp_buf_str(&out, tp_str_sub(text, at + strlen(from), text.n));
    tp_buf_reset(body);
    tp_buf_str(body, tp_buf_view(&out));
    return true;
}

void
sim_hostile_charset(sim_reply *reply)
{
    if (replace(&reply->body, "encoding=\"ISO-8859-1\"", "encoding=\"UTF-8\"") ||
        replace(&reply->body, "encoding=\"UTF-8\"", "encoding=\"UTF-16\"")) {
        return;
    }
    reply->type = is_type(reply, "ISO-8859-1") ? "application/json; charset=utf-8"
                                               : "application/json; charset=utf-16";
}
