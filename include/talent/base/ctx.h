/* What a computation is told about its surroundings: threads, cancellation, progress. */
#ifndef TALENT_BASE_CTX_H
#define TALENT_BASE_CTX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TP_BLOCK_ROWS = 4096 }; /* a constant of results, not of the machine */

typedef struct tp_ctx {
    int threads;                /* at most this many; >= 1 */
    const volatile int *cancel; /* non-zero = stop at the next block; NULL = never */
    void (*progress)(void *user, size_t done, size_t total); /* main thread only; may be NULL */
    void *progress_user;
} tp_ctx;

static inline bool
tp_cancelled(const tp_ctx *ctx)
{
    return ctx->cancel != NULL && *ctx->cancel != 0;
}

static inline void
tp_progress(const tp_ctx *ctx, size_t done, size_t total)
{
    if (ctx->progress != NULL) {
        ctx->progress(ctx->progress_user, done, total);
    }
}

/* Number of TP_BLOCK_ROWS blocks that cover n rows. */
static inline size_t
tp_blocks(size_t n)
{
    return (n + TP_BLOCK_ROWS - 1) / TP_BLOCK_ROWS;
}

/* Threads worth starting for `blocks` blocks. */
static inline int
tp_threads(const tp_ctx *ctx, size_t blocks)
{
    const size_t want = ctx->threads > 0 ? (size_t)ctx->threads : 1;
    return (int)(blocks == 0 ? 1 : blocks < want ? blocks : want);
}

#endif
