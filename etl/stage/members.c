/* How does a struct of arrays become the arrays of an artefact, and back? */
#include <string.h>

#include "etl/stage/files.h"

static size_t
length(const void *owner, const tp_member *m)
{
    size_t count;
    memcpy(&count, (const char *)owner + m->count_offset, sizeof count);
    return m->bitmap ? tp_bit_words(count) : count * m->times + m->more;
}

tp_code
tp_members_store(tp_artefact_writer *writer, const void *owner, const tp_member *member, size_t n,
                 tp_err *err)
{
    for (size_t i = 0; i < n; i++) {
        const void *data;
        memcpy(&data, (const char *)owner + member[i].offset, sizeof data);
        const size_t rows = data != NULL ? length(owner, &member[i]) : 0;
        TP_RETURN_SAME(tp_artefact_add(writer, member[i].name, data, rows, member[i].size, err));
    }
    return TP_OK;
}

tp_code
tp_members_load(const tp_artefact *file, void *owner, const tp_member *member, size_t n,
                tp_err *err)
{
    for (size_t i = 0; i < n; i++) {
        const void *data = NULL;
        size_t rows = 0;
        TP_RETURN_SAME(tp_artefact_get(file, member[i].name, member[i].size, &data, &rows, err));
        const size_t want = length(owner, &member[i]);
        if (rows != want && rows != 0) {
            TP_RETURN_ERR(err, TP_E_SCHEMA, "array %s has %zu elements, not %zu", member[i].name,
                          rows, want);
        }
        memcpy((char *)owner + member[i].offset, &data, sizeof data);
    }
    return TP_OK;
}
