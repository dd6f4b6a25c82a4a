/* What does one received record come to: a staged row, a removal, or a reject? */
#include "core/normalise/stage.h"

#include "talent/base/hash.h"

/* What becomes of a record once its fields are known. */
typedef struct finding {
    bool flagged;
    bool rejected;
    bool stopped;
    tp_reject_code code;
    int field; /* -1 = the record as a whole */
} finding;

void
tp_row_note(tp_batch_builder *b, tp_kind kind, tp_reject_code code, tp_on_error outcome, int field,
            tp_place place)
{
    b->reject_total[code]++;
    tp_tally_add(b, kind, code, outcome, field);
    const bool whole = outcome == TP_ON_REJECT || outcome == TP_ON_STOP;
    tp_example_add(whole ? &b->records : &b->values, &(tp_reject){.kind = kind,
                                                                  .code = code,
                                                                  .outcome = outcome,
                                                                  .field = (int16_t)field,
                                                                  .place = place});
}

static bool
passes_filter(const tp_filter *filter, const tp_str *cell)
{
    if (filter->op == TP_FILTER_NONE) {
        return true;
    }
    const tp_str text = tp_str_trim(cell[filter->slot]);
    if (filter->op == TP_FILTER_PRESENT) {
        return cell[filter->slot].p != NULL && text.n > 0;
    }
    bool in = false;
    for (size_t i = 0; i < filter->n; i++) {
        in = in || tp_str_ieq(filter->list[i], text);
    }
    return filter->op == TP_FILTER_IN ? in : !in;
}

/* Applies on_error to a field's fault; the value may be blanked. */
static void
judge(const tp_field_rule *rule, tp_value *v, finding *found, tp_batch_builder *b, tp_kind kind,
      tp_place place)
{
    const tp_reject_code fault = v->fault;
    if (fault == TP_REJ_COUNT || found->rejected || found->stopped) {
        return;
    }
    const tp_on_error how = v->severity == 0 ? rule->on_error : (tp_on_error)(v->severity - 1);
    if (how == TP_ON_REJECT || how == TP_ON_STOP) {
        found->rejected = true;
        found->stopped = how == TP_ON_STOP;
        found->code = fault;
        found->field = rule->field;
        return;
    }
    if (how == TP_ON_NULL) {
        *v = tp_value_none(TP_REJ_COUNT);
    }
    v->fault = TP_REJ_COUNT;
    found->flagged = true;
    tp_row_note(b, kind, fault, how, rule->field, place);
}

/* Does the value fit its column? Found here so that a misfit is the field's fault like any other.
 */
void
tp_row_fit(const tp_emit_rule *emit, const tp_field_rule *rule, tp_value *v, tp_arena *arena)
{
    uint64_t bits;
    tp_str text;
    tp_reject_code fault;
    if (rule->field < 0 || v->kind == TP_V_NONE) {
        return;
    }
    if (!tp_value_store(v, &tp_kind_of(emit->kind)->field[rule->field], &bits, &text, arena,
                        &fault)) {
        *v = tp_value_none(v->fault != TP_REJ_COUNT ? v->fault : fault);
    }
}

/* Applies on_error of a check between fields that does not hold. */
static void
judge_record(tp_batch_builder *b, const tp_emit_rule *emit, const tp_record_rule *rule,
             tp_value *values, tp_place place, finding *found)
{
    if (rule->on_error == TP_ON_REJECT || rule->on_error == TP_ON_STOP) {
        found->rejected = true;
        found->stopped = rule->on_error == TP_ON_STOP;
        found->code = TP_REJ_CHECK;
        found->field = -1;
        return;
    }
    found->flagged = true;
    for (size_t i = 0; i < rule->n_blank; i++) {
        const int at = rule->blank[i];
        if (values[at].kind != TP_V_NONE) {
            values[at] = tp_value_none(TP_REJ_COUNT);
            tp_row_note(b, emit->kind, TP_REJ_CHECK, TP_ON_NULL, emit->field[at].field, place);
        }
    }
    if (rule->n_blank == 0) {
        tp_row_note(b, emit->kind, TP_REJ_CHECK, TP_ON_FLAG, -1, place);
    }
}

static void
compute(tp_batch_builder *b, const tp_emit_rule *emit, tp_memo *memo, tp_pipe *pipe,
        tp_value *values, tp_place place, finding *found)
{
    for (size_t i = 0; i < emit->n_fields; i++) {
        const tp_field_rule *rule = &emit->field[i];
        values[i] = tp_memo_field(&memo[i], pipe, emit, rule);
        judge(rule, &values[i], found, b, emit->kind, place);
        if (found->rejected) {
            return;
        }
    }
    for (size_t i = 0; i < emit->n_rules && !found->rejected; i++) {
        if (tp_check_record(&emit->rule[i], values, pipe->night)) {
            judge_record(b, emit, &emit->rule[i], values, place, found);
        }
    }
}

/* Hash of kind, subject and key texts; false when every key text is missing. */
static bool
key_of(const tp_emit_rule *emit, const tp_value *values, uint64_t subject, tp_arena *arena,
       uint64_t *out)
{
    bool any = false;
    uint64_t h = tp_hash_mix((uint64_t)emit->kind + 1) ^ tp_hash_mix(subject);
    for (size_t i = 0; i < emit->n_keys; i++) {
        const tp_value *v = &values[emit->key[i]];
        const tp_str text = tp_value_key(v, arena);
        any = any || v->kind != TP_V_NONE;
        h = tp_hash_str(tp_hash_mix(h), text);
    }
    *out = h;
    return any;
}

static void
set_bits(tp_staged *s, tp_kind kind, int field, size_t row, uint64_t bits)
{
    if (tp_type_width(tp_kind_of(kind)->field[field].type) == 8) {
        ((uint64_t *)s->data[field])[row] = bits;
    } else {
        ((uint32_t *)s->data[field])[row] = (uint32_t)bits;
    }
    tp_bit_set(s->valid[field], row);
}

/* A number that turned out to be an old NIP or a service number goes to that number's own column.
 */
static void
put_nip(tp_batch_builder *b, tp_kind kind, int field, size_t row, const tp_value *v)
{
    tp_staged *s = &b->stage[kind];
    const bool damaged_or_good = v->nip.cls == TP_NIP_GOOD || v->nip.cls == TP_NIP_DAMAGED;
    if (kind != TP_PERSON || field != TP_PERSON_NIP) {
        if (damaged_or_good) {
            set_bits(s, kind, field, row, (uint64_t)v->num);
        }
        return;
    }
    set_bits(s, kind, TP_PERSON_NIP_CLASS, row, (uint64_t)v->nip.cls);
    if (damaged_or_good) {
        set_bits(s, kind, TP_PERSON_NIP, row, (uint64_t)v->num);
        return;
    }
    const bool old = v->nip.cls == TP_NIP_OLD;
    char digit[9];
    uint64_t n = v->nip.number;
    const int width = v->nip.n_digits;
    for (int i = width - 1; i >= 0; i--) {
        digit[i] = (char)('0' + n % 10);
        n /= 10;
    }
    const int to = old ? TP_PERSON_NIP_OLD : TP_PERSON_NRP;
    if (!tp_bit_get(s->valid[to], row)) {
        set_bits(
            s, kind, to, row,
            tp_id_hash_keyed(old ? "nip_old" : "nrp", (tp_str){digit, (size_t)width}, b->keyed));
    }
}

static bool
put_value(tp_batch_builder *b, tp_kind kind, int field, size_t row, const tp_value *v,
          tp_arena *arena)
{
    tp_staged *s = &b->stage[kind];
    const tp_field_def *def = &tp_kind_of(kind)->field[field];
    uint64_t bits = 0;
    tp_str text;
    tp_reject_code fault;
    if (v->kind == TP_V_NIP && def->type == TP_T_ID) {
        put_nip(b, kind, field, row, v);
        return true;
    }
    if (v->kind == TP_V_NIK && kind == TP_PERSON && field == TP_PERSON_NIK) {
        set_bits(s, kind, TP_PERSON_NIK, row, (uint64_t)v->num);
        set_bits(s, kind, TP_PERSON_NIK_PARTS, row, v->parts);
        set_bits(s, kind, TP_PERSON_NIK_FACTS, row, (uint64_t)(uint32_t)v->facts);
        return true;
    }
    if (!tp_value_store(v, def, &bits, &text, arena, &fault)) {
        return true; /* found and counted before; nothing to store */
    }
    if (def->type == TP_T_TEXT) {
        uint32_t code;
        if (v->kind == TP_V_TEXT && v->code != NULL) { /* a text that is kept has its code kept */
            if (*v->code == 0 && !tp_intern_add(&b->texts, text, &code)) {
                return false;
            }
            *v->code = *v->code == 0 ? code + 1 : *v->code;
            bits = *v->code - 1;
        } else if (!tp_intern_add(&b->texts, text, &code)) {
            return false;
        } else {
            bits = code;
        }
    }
    set_bits(s, kind, field, row, bits);
    return true;
}

static bool
stage_row(tp_batch_builder *b, const tp_emit_rule *emit, const tp_value *values, uint64_t key,
          const tp_row_state *state, tp_place place, uint8_t mark)
{
    tp_staged *s = &b->stage[emit->kind];
    if (!tp_staged_grow(s, emit->kind)) {
        return false;
    }
    const size_t row = s->n;
    s->key[row] = key;
    s->stamp[row] = state->stamp;
    s->body[row] = place.body;
    s->record[row] = place.record;
    s->mark[row] = mark;
    if (s->subject != NULL) {
        s->subject[row] = state->subject;
    }
    const tp_kind_def *def = tp_kind_of(emit->kind);
    for (int f = 0; f < def->n_fields; f++) {
        if (s->used[f]) {
            tp_bit_unset(s->valid[f], row);
            memset((char *)s->data[f] + row * tp_type_width(def->field[f].type), 0,
                   tp_type_width(def->field[f].type));
        }
    }
    for (size_t i = 0; i < emit->n_fields; i++) {
        const int field = emit->field[i].field;
        if (field >= 0 && values[i].kind != TP_V_NONE &&
            !put_value(b, emit->kind, field, row, &values[i], &b->scratch)) {
            return false;
        }
    }
    s->n++;
    return true;
}

/* The person a fact without a parent speaks of: key, and a row in case no record gives one. */
static tp_code
take_subject(tp_batch_builder *b, size_t number, tp_pipe *pipe, tp_place place, tp_row_state *state,
             finding *found, tp_err *err)
{
    const tp_emit_rule *subject = b->rules->emit[number].subject;
    tp_value values[TP_VALUES_MAX];
    finding inner = {.code = TP_REJ_COUNT};
    const tp_value *outer = pipe->value;
    pipe->value = values;
    compute(b, subject, b->memo[number][1], pipe, values, place, &inner);
    pipe->value = outer;
    uint64_t key;
    if (inner.rejected || !key_of(subject, values, 0, pipe->arena, &key)) {
        found->rejected = true;
        found->stopped = inner.stopped;
        found->code = inner.rejected && inner.code != TP_REJ_REQUIRED ? inner.code : TP_REJ_KEY;
        found->field = -1;
        return TP_OK;
    }
    state->subject = key;
    if (!stage_row(b, subject, values, key, state, place, TP_ROW_MADE)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for person rows");
    }
    return TP_OK;
}

static tp_code
settle_reject(tp_batch_builder *b, const tp_emit_rule *emit, const finding *found, tp_place place,
              tp_row_state *out, tp_err *err)
{
    tp_counts *counts = &b->counts[emit->kind];
    if (found->stopped) {
        TP_RETURN_ERR(err, TP_E_QUALITY, "body %u, %s record %u: %s%s: %s; the source stops here",
                      place.body, tp_kind_of(emit->kind)->name, place.record,
                      found->field >= 0 ? "field " : "the record",
                      found->field >= 0 ? tp_kind_of(emit->kind)->field[found->field].name : "",
                      tp_reject_name(found->code));
    }
    counts->rejected++;
    tp_row_note(b, emit->kind, found->code, TP_ON_REJECT, found->field, place);
    out->verdict = TP_ROW_REJECTED;
    return TP_OK;
}

/* Keys of rejected persons are kept so that facts that name them are rejected too. */
static bool
remember_rejected(tp_batch_builder *b, const tp_emit_rule *emit, const tp_value *values,
                  tp_arena *arena)
{
    uint64_t key;
    return emit->kind != TP_PERSON || !key_of(emit, values, 0, arena, &key) ||
           tp_keys_add(&b->rejected_people, key);
}

static int64_t
stamp_of(const tp_emit_rule *emit, const tp_value *values, const tp_row_state *parent)
{
    if (emit->stamp >= 0 && values[emit->stamp].kind != TP_V_NONE) {
        const tp_value *v = &values[emit->stamp];
        return v->kind == TP_V_DAY ? v->num * 86400 : v->num;
    }
    return parent != NULL ? parent->stamp : INT64_MIN;
}

/* Is this the first emit that reads the rows of its select? It answers for those that no filter can
 * judge. */
static bool
is_first(const tp_emit_rules *rules, const tp_emit_rule *emit)
{
    for (const tp_emit_rule *e = rules->emit; e != emit; e++) {
        if (e->fetch == emit->fetch && e->select == emit->select) {
            return false;
        }
    }
    return true;
}

/* Why a row is refused before any of its values is read; TP_REJ_COUNT = it is not. */
static tp_reject_code
refuse_unread(const tp_row_state *parent, uint8_t flaw)
{
    if (parent != NULL && parent->verdict == TP_ROW_REJECTED) {
        return TP_REJ_PARENT;
    }
    /* Which value stands in which cell is anybody's guess. */
    return flaw == TP_FLAW_CELLS ? TP_REJ_SYNTAX : TP_REJ_COUNT;
}

/* Values, subject and key of a row; found->rejected tells whether it can be used. */
static tp_code
map_row(tp_batch_builder *b, const tp_emit_rule *emit, tp_pipe *pipe, tp_value *values,
        tp_place place, const tp_row_state *parent, tp_row_state *out, uint64_t *out_key,
        finding *found, tp_err *err)
{
    const size_t number = (size_t)(emit - b->rules->emit);
    const bool fact = tp_kind_of(emit->kind)->role == TP_ROLE_FACT;
    memset(values, 0, emit->n_fields * sizeof *values); /* those a reject leaves are missing */
    compute(b, emit, b->memo[number][0], pipe, values, place, found);
    *out = (tp_row_state){.verdict = TP_ROW_OK,
                          .subject = parent != NULL ? parent->subject : 0,
                          .stamp = stamp_of(emit, values, parent)};
    if (!found->rejected && emit->subject != NULL) {
        TP_RETURN_SAME(take_subject(b, number, pipe, place, out, found, err));
    }
    if (!found->rejected && !key_of(emit, values, fact ? out->subject : 0, &b->scratch, out_key)) {
        found->rejected = true;
        found->code = TP_REJ_KEY;
    }
    if (b->preview != NULL) {
        tp_preview_row(b, emit, pipe,
                       &(tp_preview){.place = place,
                                     .key = *out_key,
                                     .subject = emit->kind == TP_PERSON ? *out_key : out->subject,
                                     .rejected = found->rejected,
                                     .code = found->code,
                                     .field = found->field});
    }
    return TP_OK;
}

/* A removal is counted in the part that brought it: what an earlier night removed was counted then.
 */
static tp_code
take_removal(tp_batch_builder *b, const tp_emit_rule *emit, uint64_t key, tp_place place,
             tp_err *err)
{
    tp_counts *counts = &b->counts[emit->kind];
    const uint32_t part = tp_part_of(b, place.body);
    counts->removed += part == b->newest ? 1 : 0;
    counts->received -= part == b->newest ? 0 : 1;
    if (!tp_removals_add(&b->gone_people, key, part)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for keys of removed people");
    }
    return TP_OK;
}

/* Puts a mapped row where it belongs: among the rejects, the removals or the rows. */
static tp_code
settle_row(tp_batch_builder *b, const tp_emit_rule *emit, const tp_value *values, uint64_t key,
           tp_place place, bool child, const finding *found, tp_row_state *out, tp_err *err)
{
    if (found->rejected) {
        if (!remember_rejected(b, emit, values, &b->scratch)) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for keys of rejected people");
        }
        return settle_reject(b, emit, found, place, out, err);
    }
    if (emit->kind == TP_PERSON) {
        out->subject = key;
    }
    if (emit->removes) {
        return take_removal(b, emit, key, place, err);
    }
    const int mark = (found->flagged ? TP_ROW_FLAGGED : 0) | (child ? TP_ROW_CHILD : 0);
    if (!stage_row(b, emit, values, key, out, place, (uint8_t)mark)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for %s rows", tp_kind_of(emit->kind)->name);
    }
    return TP_OK;
}

tp_code
tp_row_take(tp_batch_builder *b, const tp_emit_rule *emit, const tp_raw_chunk *chunk, size_t row,
            const tp_row_state *parent, tp_row_state *out, tp_err *err)
{
    const tp_raw_table *t = &chunk->table[emit->select];
    const tp_str *cell = t->cell + row * t->cols;
    const tp_place place = t->place[row];
    const uint8_t flaw = t->flaw != NULL ? t->flaw[row] : (uint8_t)TP_FLAW_NONE;
    *out = (tp_row_state){.verdict = TP_ROW_PASSED, .stamp = INT64_MIN};
    if ((parent != NULL && parent->verdict == TP_ROW_PASSED) ||
        !(passes_filter(&emit->filter, cell) ||
          (flaw == TP_FLAW_CELLS && is_first(b->rules, emit)))) {
        return TP_OK;
    }
    b->counts[emit->kind].received++;
    finding found = {.code = refuse_unread(parent, flaw), .field = -1};
    if (found.code != TP_REJ_COUNT) {
        return settle_reject(b, emit, &found, place, out, err);
    }
    tp_value values[TP_VALUES_MAX];
    tp_last_name last = {TP_STR_NONE, {TP_STR_NONE, TP_STR_NONE, TP_STR_NONE}};
    tp_pipe pipe = {.rules = b->rules,
                    .secret = b->secret,
                    .cell = cell,
                    .request_key = chunk->request_key,
                    .value = values,
                    .arena = &b->scratch,
                    .night = b->night,
                    .keyed = b->keyed,
                    .last = &last};
    uint64_t key = 0;
    TP_RETURN_SAME(map_row(b, emit, &pipe, values, place, parent, out, &key, &found, err));
    if (!found.rejected && flaw == TP_FLAW_TEXT) {
        found.flagged = true;
        tp_row_note(b, emit->kind, TP_REJ_ENCODING, TP_ON_FLAG, -1, place);
    }
    return settle_row(b, emit, values, key, place, parent != NULL, &found, out, err);
}
