/* How do rows become bytes of a binary COPY, and which hash do they have together? */
#include "talent/etl/rowcopy.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
    FLUSH_BYTES = 256 << 10,
    EPOCH_2000 = 10957, /* days from 1970-01-01 to PostgreSQL's epoch */
    OID_INT4 = 23,
    OID_TEXT = 25
};

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof((tp_copy *)0)->hash, "hash state fits");

static crypto_hash_sha256_state *
state_of(tp_copy *copy)
{
    return (crypto_hash_sha256_state *)(void *)copy->hash;
}

void
tp_copy_init(tp_copy *copy, tp_pg *pg, const tp_ctx *ctx, size_t n_tables)
{
    *copy = (tp_copy){.pg = pg, .ctx = ctx, .n_tables = n_tables};
    (void)crypto_hash_sha256_init(state_of(copy));
}

void
tp_copy_clear(tp_copy *copy)
{
    tp_buf_clear(&copy->buf);
}

static void
put16(tp_copy *copy, int value)
{
    const uint16_t v = htons((uint16_t)value);
    tp_buf_put(&copy->buf, &v, sizeof v);
}

static void
put32(tp_copy *copy, int32_t value)
{
    const uint32_t v = htonl((uint32_t)value);
    tp_buf_put(&copy->buf, &v, sizeof v);
}

static void
flush(tp_copy *copy)
{
    if (copy->hashed) {
        (void)crypto_hash_sha256_update(state_of(copy), (const uint8_t *)copy->buf.p, copy->buf.n);
    }
    if (copy->rc == TP_OK) {
        copy->rc = tp_pg_copy_put(copy->pg, copy->buf.p, copy->buf.n, copy->err);
    }
    tp_buf_reset(&copy->buf);
}

tp_code
tp_copy_begin(tp_copy *copy, const char *into, const char *hashed_as, const char *columns,
              tp_err *err)
{
    static const char HEADER[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
    TP_AUTO_BUF(sql);
    copy->rc = TP_OK;
    copy->rows = 0;
    copy->err = err;
    tp_buf_printf(&sql, "COPY %s (%s) FROM STDIN BINARY", into, columns);
    TP_RETURN_IF_ERR(err, tp_pg_copy_begin(copy->pg, tp_buf_cstr(&sql), err), "copy into %s", into);
    copy->hashed = hashed_as != NULL;
    if (copy->hashed) {
        (void)crypto_hash_sha256_update(state_of(copy), (const uint8_t *)hashed_as,
                                        strlen(hashed_as) + 1);
        (void)crypto_hash_sha256_update(state_of(copy), (const uint8_t *)columns,
                                        strlen(columns) + 1);
    }
    tp_buf_put(&copy->buf, HEADER, sizeof HEADER);
    return TP_OK;
}

void
tp_copy_row(tp_copy *copy, int columns)
{
    if (copy->buf.n >= FLUSH_BYTES) {
        flush(copy);
    }
    if (copy->ctx != NULL && copy->rows % TP_BLOCK_ROWS == 0) {
        tp_progress(copy->ctx, copy->table, copy->n_tables);
    }
    put16(copy, columns);
    copy->rows++;
}

void
tp_copy_null(tp_copy *copy)
{
    put32(copy, -1);
}

void
tp_copy_i32(tp_copy *copy, int32_t value)
{
    put32(copy, 4);
    put32(copy, value);
}

void
tp_copy_i64(tp_copy *copy, int64_t value)
{
    put32(copy, 8);
    put32(copy, (int32_t)(value >> 32));
    put32(copy, (int32_t)(uint32_t)((uint64_t)value & UINT32_MAX));
}

void
tp_copy_bool(tp_copy *copy, bool value)
{
    put32(copy, 1);
    tp_buf_char(&copy->buf, value ? 1 : 0);
}

void
tp_copy_day(tp_copy *copy, int32_t day)
{
    tp_copy_i32(copy, day - EPOCH_2000);
}

void
tp_copy_text(tp_copy *copy, tp_str text)
{
    if (text.p == NULL) {
        tp_copy_null(copy);
        return;
    }
    put32(copy, (int32_t)text.n);
    tp_buf_str(&copy->buf, text);
}

static void
array_head(tp_copy *copy, size_t bytes, int oid, size_t n)
{
    put32(copy, (int32_t)(bytes + (n > 0 ? 20 : 12)));
    put32(copy, n > 0 ? 1 : 0); /* dimensions */
    put32(copy, 0);             /* no NULL inside */
    put32(copy, oid);
    if (n > 0) {
        put32(copy, (int32_t)n);
        put32(copy, 1); /* first index */
    }
}

void
tp_copy_i32s(tp_copy *copy, const int32_t *values, size_t n)
{
    array_head(copy, n * 8, OID_INT4, n);
    for (size_t i = 0; i < n; i++) {
        tp_copy_i32(copy, values[i]);
    }
}

void
tp_copy_words(tp_copy *copy, const char *const *words, size_t n)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        bytes += 4 + strlen(words[i]);
    }
    array_head(copy, bytes, OID_TEXT, n);
    for (size_t i = 0; i < n; i++) {
        tp_copy_text(copy, tp_str_of(words[i]));
    }
}

tp_code
tp_copy_end(tp_copy *copy, uint64_t *out_rows, tp_err *err)
{
    uint64_t taken = 0;
    put16(copy, -1);
    if (copy->buf.failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a row of %zu bytes", copy->buf.n);
    }
    flush(copy);
    TP_RETURN_SAME(copy->rc);
    TP_RETURN_SAME(tp_pg_copy_end(copy->pg, &taken, err));
    if (taken != copy->rows) {
        TP_RETURN_ERR(err, TP_E_DB, "%llu rows sent, %llu taken", (unsigned long long)copy->rows,
                      (unsigned long long)taken);
    }
    copy->table++;
    *out_rows = taken;
    return TP_OK;
}

void
tp_copy_fingerprint(tp_copy *copy, char out[65])
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256_final(state_of(copy), hash);
    (void)sodium_bin2hex(out, 65, hash, sizeof hash);
}
