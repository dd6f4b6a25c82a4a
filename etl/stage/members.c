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
        const size_t rows = length(owner, &member[i]);
        if (data == NULL && rows > 0) {
            TP_RETURN_ERR(err, TP_E_BUG, "array %s of %zu elements is missing", member[i].name,
                          rows);
        }
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
        if (rows != want) {
            TP_RETURN_ERR(err, TP_E_SCHEMA, "array %s has %zu elements, not %zu", member[i].name,
                          rows, want);
        }
        memcpy((char *)owner + member[i].offset, &data, sizeof data);
    }
    return TP_OK;
}

bool
tp_rows_below(const uint32_t *row, size_t n, size_t limit, bool none)
{
    for (size_t i = 0; i < n; i++) {
        if (row[i] >= limit && !(none && row[i] == (uint32_t)TP_NONE)) {
            return false;
        }
    }
    return true;
}

bool
tp_bytes_below(const uint8_t *value, size_t n, size_t limit)
{
    for (size_t i = 0; i < n; i++) {
        if (value[i] >= limit) {
            return false;
        }
    }
    return true;
}

bool
tp_rows_begin(const uint32_t *begin, size_t n, size_t end)
{
    for (size_t i = 0; i < n; i++) {
        if (begin[i] > begin[i + 1]) {
            return false;
        }
    }
    return begin[0] == 0 && begin[n] == end;
}
