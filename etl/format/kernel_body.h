/* The kernels over one set of block operations; included once per instruction set, after these:
 *
 *     KERNEL(name)                    the function's own name in this unit
 *     block_same(p, q)                bit i: p[i] == q[i], of 64 bytes
 *     block_stop(p, &odd)             bit i: p[i] is '"', '\\' or below 0x20; odd: 0x7f or above
 *     block_any3(p, a, b, c)          bit i: p[i] is one of the three
 *     block_odd(p)                    bit i: p[i] is below 0x20 or above 0x7e
 *     block_wide(p)                   bit i: p[i] is NUL or above 0x7f
 *     block_copy(to, from)            64 bytes
 */

static char *
KERNEL(plain)(char *p)
{
    uint64_t odd;
    for (;;) {
        const uint64_t stop = block_stop(p, &odd);
        if (stop != 0) {
            return p + __builtin_ctzll(stop);
        }
        p += 64;
    }
}

static const char *
KERNEL(any3)(const char *p, char a, char b, char c)
{
    for (;;) {
        const uint64_t stop = block_any3(p, a, b, c);
        if (stop != 0) {
            return p + __builtin_ctzll(stop);
        }
        p += 64;
    }
}

static size_t
KERNEL(ascii)(const char *p, size_t n)
{
    size_t i = 0;
    for (; i + 64 <= n; i += 64) {
        const uint64_t wide = block_wide(p + i);
        if (wide != 0) {
            return i + (size_t)__builtin_ctzll(wide);
        }
    }
    while (i < n && (signed char)p[i] > 0) {
        i++;
    }
    return i;
}

/* Texts of one record's cells are short: whole blocks are copied, which both sides have room for.
 */
static inline void
KERNEL(copy)(char *to, const char *from, size_t n)
{
    for (size_t i = 0; i < n; i += 64) {
        block_copy(to + i, from + i);
    }
}

/* A text without anything to clean into cells; the cases that are not plain go the long way. */
static inline tp_code
KERNEL(put_clean)(tp_builder *b, const tp_accept *accept, size_t n, tp_str text, tp_err *err)
{
    for (size_t i = 0; i < n; i++) {
        const tp_accept *a = &accept[i];
        tp_str *row = a->plain ? b->row_cell[a->select] : NULL;
        if (a->plain && (row == NULL || row[a->slot].p != NULL)) {
            continue; /* no record is open, or the first match has won */
        }
        const bool room = b->room_left >= text.n + TP_KERNEL_PAD;
        if (row == NULL || !room || text.n > b->record_limit - b->record_text ||
            text.n > b->string_limit) {
            TP_RETURN_SAME(tp_builder_put(b, a->select, a->slot, text, err));
            continue;
        }
        char *to = b->room_at;
        KERNEL(copy)(to, text.p, text.n);
        b->room_at += text.n;
        b->room_left -= text.n;
        b->text += text.n;
        b->record_text += text.n;
        row[a->slot] = (tp_str){to, text.n};
    }
    return TP_OK;
}

static tp_code
KERNEL(put)(tp_builder *b, const tp_accept *accept, size_t n, tp_str text, tp_err *err)
{
    uint64_t unclean = 0;
    for (size_t i = 0; i < text.n; i += 64) {
        const size_t left = text.n - i;
        unclean |= block_odd(text.p + i) & (left < 64 ? (UINT64_C(1) << left) - 1 : UINT64_MAX);
    }
    if (unclean == 0) {
        return KERNEL(put_clean)(b, accept, n, text, err);
    }
    for (size_t i = 0; i < n; i++) {
        TP_RETURN_SAME(tp_builder_put(b, accept[i].select, accept[i].slot, text, err));
    }
    return TP_OK;
}

/* End of the string whose text begins at p; NULL when it is not plain. *odd: it needs cleaning. */
static inline char *
KERNEL(string)(char *p, uint64_t *odd)
{
    uint64_t wide = 0;
    for (;;) {
        uint64_t high;
        const uint64_t stop = block_stop(p, &high);
        if (stop != 0) {
            *odd = wide | (high & (stop - 1) & ~stop);
            p += __builtin_ctzll(stop);
            return *p == '"' ? p : NULL;
        }
        wide |= high;
        p += 64;
    }
}

/* End of the whole number, true, false or null at p; NULL when it is not in plain form. */
static inline char *
KERNEL(bare)(char *p)
{
    char *from = p;
    switch (*p) {
    case 't':
        return memcmp(p, "true", 4) == 0 ? p + 4 : NULL;
    case 'f':
        return memcmp(p, "false", 5) == 0 ? p + 5 : NULL;
    case 'n':
        return memcmp(p, "null", 4) == 0 ? p + 4 : NULL;
    default:
        break;
    }
    while (*p >= '0' && *p <= '9') {
        p++;
    }
    const bool zero = *from == '0' && p - from > 1;
    const bool more = *p == '.' || *p == 'e' || *p == 'E' || *p == '\0'; /* or the window's end */
    return p == from || zero || more ? NULL : p;
}

/* The value at p in the state of a known member; NULL when it is due the long way. */
static inline char *
KERNEL(value)(tp_json *j, const tp_key_seen *seen, char *p, tp_err *err, tp_code *rc)
{
    uint64_t odd = 0;
    tp_str text;
    char *next;
    const bool quoted = *p == '"';
    if (quoted) {
        char *close = KERNEL(string)(p + 1, &odd);
        if (close == NULL) {
            return NULL;
        }
        text = (tp_str){p + 1, (size_t)(close - p) - 1};
        next = close + 1;
    } else {
        const char first = *p;
        next = KERNEL(bare)(p);
        if (next == NULL || first == 'n') {
            return seen->act == TP_KEY_VALUE ? NULL : next; /* null is absent */
        }
        text = (tp_str){p, (size_t)(next - p)};
    }
    if (text.n > j->scan.string_limit) {
        return NULL;
    }
    if (seen->act == TP_KEY_PUT) {
        const tp_dfa_state *st = &j->dfa->state[seen->to];
        if (odd == 0) {
            *rc = KERNEL(put_clean)(j->b, st->accept, st->n_accept, text, err);
        } else {
            for (size_t i = 0; *rc == TP_OK && i < st->n_accept; i++) {
                *rc = tp_builder_put(j->b, st->accept[i].select, st->accept[i].slot, text, err);
            }
        }
    }
    return next;
}

static tp_code
KERNEL(members)(tp_json *j, uint32_t *out_state, bool *out_due, tp_err *err)
{
    tp_json_frame *f = &j->frame[j->depth];
    tp_object *object = &j->object[j->depth];
    const tp_key_order *order = &j->keys->order[f->state];
    char *p = j->scan.p;
    tp_code rc = TP_OK;
    *out_due = false;
    while (object->n < order->n && f->index < j->b->fields_limit) {
        const tp_key_seen *seen = &order->seen[object->n];
        if ((block_same(p, seen->lead) & seen->lead_mask) != seen->lead_mask) {
            break;
        }
        p += seen->lead_n;
        object->n++;
        f->index++; /* counts members, as the walk does */
        f->fresh = false;
        char *next = seen->act == TP_KEY_VALUE ? NULL : KERNEL(value)(j, seen, p, err, &rc);
        if (rc != TP_OK) {
            return rc;
        }
        if (next == NULL) {
            *out_state = seen->to;
            *out_due = true;
            break;
        }
        p = next;
    }
    j->scan.p = p;
    return TP_OK;
}
