/* A body too long to be held: a beginning, a part that is repeated, an end. */
#ifndef TALENT_TESTS_LONG_BODY_H
#define TALENT_TESTS_LONG_BODY_H

#include "talent/etl/format.h"

typedef struct long_body {
    tp_reader base;
    tp_str part[3]; /* beginning, repeated part, end */
    uint64_t times; /* of the repeated part */
    uint64_t at;    /* bytes given so far */
} long_body;

static inline tp_code
long_body_read(tp_reader *self, void *buf, size_t cap, size_t *out_n, tp_err *err)
{
    long_body *b = (long_body *)self;
    const uint64_t middle = b->part[1].n * b->times;
    char *to = buf;
    (void)err;
    *out_n = 0;
    while (*out_n < cap) {
        uint64_t at = b->at;
        tp_str from = b->part[0];
        if (at >= b->part[0].n) {
            at -= b->part[0].n;
            from = at < middle ? b->part[1] : b->part[2];
            at = at < middle ? at % b->part[1].n : at - middle;
        }
        if (at >= from.n) {
            break;
        }
        size_t n = from.n - (size_t)at;
        n = n < cap - *out_n ? n : cap - *out_n;
        memcpy(to + *out_n, from.p + at, n);
        *out_n += n;
        b->at += n;
    }
    return TP_OK;
}

/* The reader of such a body; texts are borrowed. */
static inline tp_reader *
long_body_open(long_body *b, tp_str head, tp_str repeated, uint64_t times, tp_str tail)
{
    *b = (long_body){
        .base = {.read = long_body_read}, .part = {head, repeated, tail}, .times = times};
    return &b->base;
}

#endif
