/* Which faults does a description have, when all of them are wanted at once? */
#include <stdlib.h>

#include "etl/source/describe.h"
#include "talent/base/format.h"

/* The line in "file:line: ..."; 1 when there is none. */
static int
line_of(const char *file, const char *text)
{
    const size_t n = strlen(file);
    if (strncmp(text, file, n) != 0 || text[n] != ':') {
        return 1;
    }
    const long line = strtol(text + n + 1, NULL, 10);
    return line > 0 && line < INT32_MAX ? (int)line : 1;
}

void
tp_faults_add(tp_faults *faults, const char *file, bool note, const char *text)
{
    for (size_t i = 0; i < faults->n; i++) {
        if (strcmp(faults->fault[i].text, text) == 0) {
            return;
        }
    }
    faults->wrong += note ? 0 : 1;
    if (faults->n == TP_FAULTS_MAX) {
        faults->dropped++;
        return;
    }
    tp_fault *f = &faults->fault[faults->n++];
    f->line = line_of(file, text);
    f->note = note;
    (void)snprintf(f->text, sizeof f->text, "%s", text);
}

static int
by_line(const void *a, const void *b)
{
    const tp_fault *x = a;
    const tp_fault *y = b;
    return x->line != y->line ? (x->line > y->line) - (x->line < y->line)
                              : strcmp(x->text, y->text);
}

void
tp_faults_sort(tp_faults *faults)
{
    if (faults->n > 1) {
        qsort(faults->fault, faults->n, sizeof *faults->fault, by_line);
    }
}

tp_code
tp_faults_first(tp_faults *faults, tp_err *err)
{
    tp_faults_sort(faults);
    for (size_t i = 0; i < faults->n; i++) {
        if (!faults->fault[i].note) {
            TP_RETURN_ERR(err, TP_E_CONFIG, "%s", faults->fault[i].text);
        }
    }
    TP_RETURN_ERR(err, TP_E_CONFIG, "%zu faults, none of them kept", faults->wrong);
}

tp_code
tp_faults_note(tp_describe *d, const tp_node *node, const char *setting, tp_str *out, tp_err *err)
{
    tp_err why = {0};
    TP_IGNORE(tp_node_fail(node, &why, "the setting feeds.%s is not set here", setting));
    tp_faults_add(d->faults, tp_json_name(node->doc), true, why.frame[0].text);
    *out = TP_STR("http://127.0.0.1:1");
    (void)err;
    return TP_OK;
}

tp_code
tp_describe_go_on(tp_describe *d, tp_code rc, tp_err *err)
{
    if (rc != TP_E_CONFIG || d->faults == NULL) {
        return rc;
    }
    tp_faults_add(d->faults, d->source->file, false, err->frame[0].text);
    *err = (tp_err){0};
    return TP_OK;
}

static bool
has_word(const char *words, const char *word)
{
    tp_str rest = tp_str_of(words);
    tp_str one;
    while (tp_str_next(&rest, '|', &one)) {
        if (tp_str_is(one, word)) {
            return true;
        }
    }
    return false;
}

tp_code
tp_describe_only(tp_describe *d, const tp_node *object, const char *words, tp_err *err)
{
    if (d->faults == NULL) {
        return tp_node_only(object, words, err);
    }
    TP_RETURN_SAME(tp_node_object(object, err));
    for (size_t i = 0; i < tp_node_size(object); i++) {
        const char *name;
        const tp_node one = tp_node_member(object, i, &name);
        if (has_word(words, name) || (object->path[0] == '\0' && strcmp(name, "$schema") == 0)) {
            continue;
        }
        const tp_str near = tp_nearest_word(tp_str_of(name), words);
        const tp_code rc =
            near.n > 0
                ? tp_node_fail(&one, err, "unknown key; did you mean \"%.*s\"?", TP_STR_ARG(near))
                : tp_node_fail(&one, err, "unknown key; known are %s", words);
        TP_GO_ON(d, rc, err);
    }
    return TP_OK;
}

tp_code
tp_describe_no_record(const tp_node *node, tp_str word, tp_err *err)
{
    TP_AUTO_BUF(words);
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        tp_buf_puts(&words, k > 0 ? "|" : "");
        tp_buf_puts(&words, tp_kind_of((tp_kind)k)->name);
    }
    const tp_str near = tp_nearest_word(word, tp_buf_cstr(&words));
    return tp_node_fail(node, err, "there is no record \"%.*s\"%s%.*s%s", TP_STR_ARG(word),
                        near.n > 0 ? "; did you mean \"" : "", TP_STR_ARG(near),
                        near.n > 0 ? "\"?" : "");
}
