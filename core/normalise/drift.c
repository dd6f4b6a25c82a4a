/* How does what a source sent tonight differ from an earlier night? */
#include <string.h>

#include "talent/base/format.h"
#include "talent/core/normalise.h"
#include "talent/core/profile.h"

enum {
    BP = 10000,
    FEW = 10,          /* values: fewer neither appear nor vanish */
    CODE_REPEATS = 20, /* a set of codes has so many rows for each of them */
    FEW_SHAPES = 4     /* a place with more has no shape of its own */
};

const tp_drift_limits TP_DRIFT_DEFAULTS = {
    .fill_bp = 2000, .form_bp = 2000, .least = 50, .codes = true};

static const char *const NAME[TP_DRIFT_KINDS] = {
    [TP_DRIFT_NEW_NAME] = "new_name", [TP_DRIFT_VANISHED] = "vanished",
    [TP_DRIFT_APPEARED] = "appeared", [TP_DRIFT_FILL] = "fill",
    [TP_DRIFT_FORM] = "form",         [TP_DRIFT_CODES] = "codes",
};

const char *
tp_drift_name(tp_drift_kind kind)
{
    return (unsigned)kind < TP_DRIFT_KINDS ? NAME[kind] : "unknown";
}

typedef struct list {
    tp_drift *at;
    size_t n;
    size_t more;
} list;

static tp_drift *
put(list *l, tp_drift_kind kind, tp_str label, tp_str path, int32_t was_bp, int32_t is_bp)
{
    if (l->n == TP_DRIFTS_MAX) {
        l->more++;
        return NULL;
    }
    tp_drift *d = &l->at[l->n++];
    *d = (tp_drift){.kind = kind, .was_bp = was_bp, .is_bp = is_bp};
    (void)snprintf(d->path, sizeof d->path, "%.*s%s%.*s", TP_STR_ARG(label),
                   label.n > 0 && path.n > 0 ? " " : "", TP_STR_ARG(path));
    return d;
}

static int32_t
share(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0 : (int32_t)(part * BP / whole);
}

static bool
jumped(int32_t was, int32_t is, int limit_bp)
{
    return was - is >= limit_bp || is - was >= limit_bp;
}

static tp_form
main_form(const tp_place_profile *p)
{
    tp_form best = TP_FORM_NUMBER;
    for (int f = 1; f < TP_FORM_COUNT; f++) {
        best = p->form[f] > p->form[best] ? (tp_form)f : best;
    }
    return best;
}

static void
describe_change(tp_drift *d, const tp_place_profile *was, const tp_place_profile *is)
{
    char before[TP_SHAPE_TEXT + 1];
    char after[TP_SHAPE_TEXT + 1];
    uint64_t n;
    tp_shape_text(tp_profile_top_shape(was, &n), before);
    tp_shape_text(tp_profile_top_shape(is, &n), after);
    if (d != NULL) {
        (void)snprintf(d->detail, sizeof d->detail, "%s %s -> %s %s", tp_form_name(main_form(was)),
                       before, tp_form_name(main_form(is)), after);
    }
}

/* The share of one shape among the values. */
static int32_t
shape_share(const tp_place_profile *p, uint64_t shape)
{
    for (size_t i = 0; i < p->n_shapes; i++) {
        if (p->shape[i].shape == shape) {
            return share(p->shape[i].n, tp_profile_looked(p));
        }
    }
    return 0;
}

/* Numbers became dates, or dates are written the other way round. */
static void
compare_form(list *l, tp_str label, tp_str path, const tp_place_profile *was,
             const tp_place_profile *is, int limit_bp)
{
    const uint64_t had = tp_profile_looked(was);
    const uint64_t has = tp_profile_looked(is);
    for (int f = 0; f < TP_FORM_COUNT; f++) {
        const int32_t before = share(was->form[f], had);
        const int32_t after = share(is->form[f], has);
        if (f == (int)main_form(was) && jumped(before, after, limit_bp)) {
            describe_change(put(l, TP_DRIFT_FORM, label, path, before, after), was, is);
            return;
        }
    }
    uint64_t n;
    const uint64_t shape = tp_profile_top_shape(was, &n);
    const int32_t before = share(n, had);
    const int32_t after = shape_share(is, shape);
    if (was->n_shapes <= FEW_SHAPES && is->n_shapes < TP_PROFILE_SHAPES &&
        main_form(was) != TP_FORM_TEXT && jumped(before, after, limit_bp)) {
        describe_change(put(l, TP_DRIFT_FORM, label, path, before, after), was, is);
    }
}

static void
compare_codes(list *l, tp_str label, tp_str path, const tp_place_profile *was,
              const tp_place_profile *is)
{
    size_t fresh = 0;
    /* One value for all is a heading, and dates are always new ones: neither is a set of codes. */
    if (was->n_codes < 2 || main_form(was) == TP_FORM_DATE || was->n_codes > TP_PROFILE_CODES ||
        is->n_codes > TP_PROFILE_CODES ||
        tp_profile_looked(was) < (uint64_t)CODE_REPEATS * was->n_codes) {
        return;
    }
    for (size_t i = 0, j = 0; i < is->n_codes; i++) {
        while (j < was->n_codes && was->code[j] < is->code[i]) {
            j++;
        }
        fresh += j == was->n_codes || was->code[j] != is->code[i] ? 1 : 0;
    }
    tp_drift *d = fresh > 0 ? put(l, TP_DRIFT_CODES, label, path, -1, -1) : NULL;
    if (d != NULL) {
        (void)snprintf(d->detail, sizeof d->detail, "%zu values not met before, of %u; %u before",
                       fresh, is->n_codes, was->n_codes);
    }
}

static void
compare_place(list *l, tp_str label, tp_str path, const tp_place_profile *was,
              const tp_place_profile *is, const tp_drift_limits *limits)
{
    const uint64_t had = was->seen - was->absent;
    const uint64_t has = is->seen - is->absent;
    const int32_t before = share(had, was->seen);
    const int32_t after = share(has, is->seen);
    if (was->seen < limits->least || is->seen < limits->least) {
        return;
    }
    if ((had == 0 && has >= FEW) || (has == 0 && had >= FEW)) {
        const tp_place_profile *with = has == 0 ? was : is;
        char shape[TP_SHAPE_TEXT + 1];
        uint64_t n;
        tp_drift *d =
            put(l, has == 0 ? TP_DRIFT_VANISHED : TP_DRIFT_APPEARED, label, path, before, after);
        tp_shape_text(tp_profile_top_shape(with, &n), shape);
        if (d != NULL) {
            (void)snprintf(d->detail, sizeof d->detail, "%s %s", tp_form_name(main_form(with)),
                           shape);
        }
        return;
    }
    if (jumped(before, after, limits->fill_bp)) {
        (void)put(l, TP_DRIFT_FILL, label, path, before, after);
    }
    if (tp_profile_looked(was) >= FEW && tp_profile_looked(is) >= FEW) {
        compare_form(l, label, path, was, is, limits->form_bp);
        if (limits->codes) {
            compare_codes(l, label, path, was, is);
        }
    }
}

static const tp_place_profile *
find_profile(const tp_batch *batch, uint64_t id)
{
    for (size_t i = 0; i < batch->n_profiles; i++) {
        if (batch->profile[i].id == id) {
            return &batch->profile[i];
        }
    }
    return NULL;
}

static bool
has_name(const tp_batch *batch, const tp_unread_name *name)
{
    for (size_t i = 0; i < batch->n_names; i++) {
        if (batch->name[i].place == name->place &&
            strncmp(batch->name[i].text, name->text, TP_NAME_TEXT) == 0) {
            return true;
        }
    }
    return false;
}

/* A full list of names may have let one go that is only now kept: nothing can be said then. */
static void
compare_names(list *l, const tp_watch *watch, size_t n_watches, const tp_batch *now,
              const tp_batch *before)
{
    for (size_t i = 0; before->n_names < TP_NAMES_MAX && i < now->n_names; i++) {
        const tp_unread_name *name = &now->name[i];
        for (size_t w = 0; w < n_watches; w++) {
            if (watch[w].id == name->place && !has_name(before, name)) {
                (void)put(l, TP_DRIFT_NEW_NAME, watch[w].label, tp_str_of(name->text), -1, -1);
                break;
            }
        }
    }
}

static int
order(const tp_drift *a, const tp_drift *b)
{
    const int c = strcmp(a->path, b->path);
    return c != 0 ? c : (int)a->kind - (int)b->kind;
}

/* At most TP_DRIFTS_MAX, mostly a handful. */
static void
sort(list *l)
{
    for (size_t i = 1; i < l->n; i++) {
        const tp_drift one = l->at[i];
        size_t at = i;
        for (; at > 0 && order(&l->at[at - 1], &one) > 0; at--) {
            l->at[at] = l->at[at - 1];
        }
        l->at[at] = one;
    }
}

size_t
tp_drift_compare(const tp_watch *watch, size_t n_watches, const tp_batch *now,
                 const tp_batch *before, const tp_drift_limits *limits, tp_arena *arena,
                 tp_drift **out, size_t *out_more)
{
    list l = {.at = tp_arena_alloc(arena, TP_DRIFTS_MAX, sizeof *l.at)};
    *out = l.at;
    *out_more = 0;
    if (l.at == NULL) {
        return 0;
    }
    for (size_t w = 0; w < n_watches; w++) {
        for (size_t k = 0; k < watch[w].n; k++) {
            const tp_place_profile *is = find_profile(now, watch[w].place[k]);
            const tp_place_profile *was = find_profile(before, watch[w].place[k]);
            if (is != NULL && was != NULL) {
                compare_place(&l, watch[w].label, watch[w].path[k], was, is, limits);
            }
        }
    }
    compare_names(&l, watch, n_watches, now, before);
    sort(&l);
    *out_more = l.more;
    return l.n;
}
