/* What does a record look like as received and as mapped, and what would become of the batch? */
#include "etl/cli/source_show.h"

#include <stdio.h>

#include "talent/core/emit.h"

enum { CELL_MOST = 44, EXAMPLES = 10 };

/* Fields whose values name a person, or come close: identifiers, names, birth dates. */
static bool
names_person(const tp_emit_rule *emit, const tp_field_rule *rule)
{
    for (size_t i = 0; i < rule->n_steps; i++) {
        const tp_op op = rule->step[i].op;
        if (op == TP_OP_NIP || op == TP_OP_NIK || op == TP_OP_SIASN_ID || op == TP_OP_HASH_ID ||
            op == TP_OP_NAME || op == TP_OP_NIP_PART) {
            return true;
        }
    }
    if (rule->field < 0) {
        return false;
    }
    if (tp_kind_of(emit->kind)->field[rule->field].type == TP_T_ID) {
        return true;
    }
    return emit->kind == TP_PERSON &&
           (rule->field == TP_PERSON_SOURCE_KEY || rule->field == TP_PERSON_FULL_NAME ||
            rule->field == TP_PERSON_BIRTH_DATE);
}

/* Marks the cells that sensitive fields read, and then every field that reads one of them. */
static void
mark_cells(const tp_emit_rule *emit, bool *cell)
{
    for (size_t i = 0; i < emit->n_fields; i++) {
        const tp_field_rule *rule = &emit->field[i];
        for (size_t s = 0; names_person(emit, rule) && s < rule->n_slots; s++) {
            cell[rule->slot[s]] = true;
        }
    }
    if (emit->subject != NULL) {
        mark_cells(emit->subject, cell);
    }
}

static const bool *
hidden_cells(tp_show *show, const tp_preview *record)
{
    bool **cell = &show->hidden[record->emit_number];
    if (*cell == NULL) {
        *cell = tp_arena_alloc(&show->arena, TP_SLOTS_MAX, sizeof **cell);
        if (*cell != NULL) {
            mark_cells(record->emit, *cell);
        }
    }
    return *cell;
}

/* Is any value of the field, or of what it comes from, one that names a person? */
static bool
is_hidden(const tp_emit_rule *emit, const tp_field_rule *rule, const bool *cell)
{
    if (cell == NULL || names_person(emit, rule)) {
        return true;
    }
    for (size_t s = 0; s < rule->n_slots; s++) {
        if (cell[rule->slot[s]]) {
            return true;
        }
    }
    return rule->from >= 0 && is_hidden(emit, &emit->field[rule->from], cell);
}

bool
tp_show_hides(tp_show *show, const tp_preview *record, const tp_emit_rule *emit,
              const tp_field_rule *rule)
{
    return is_hidden(emit, rule, hidden_cells(show, record));
}

void
tp_show_value(tp_grid *grid, tp_str value, bool hidden, bool open)
{
    TP_AUTO_BUF(masked);
    TP_AUTO_BUF(plain);
    if (value.p == NULL) {
        tp_grid_puts(grid, "-");
        return;
    }
    if (open) {
        tp_buf_str(&masked, value);
    } else if (hidden) {
        tp_plain_shape(&masked, value);
    } else {
        tp_plain_mask(&masked, value);
    }
    tp_plain_put(&plain, tp_buf_view(&masked), CELL_MOST);
    tp_grid_put(grid, tp_buf_view(&plain));
}

tp_str
tp_show_path(const tp_source *source, const tp_emit_rule *emit, const tp_preview_field *f)
{
    const tp_select *select = &source->fetch[emit->fetch].shape.select[emit->select];
    if (f->slot >= 0) {
        return select->slot[f->slot].text;
    }
    if (f->rule->n_slots > 0) {
        return select->slot[f->rule->slot[0]].text;
    }
    return f->rule->from >= 0 ? TP_STR("(from)") : TP_STR("(const)");
}

/* "trim > date!" and what came of the fault. */
static void
put_steps(tp_grid *grid, const tp_preview_field *f)
{
    static const char *const OUTCOME[] = {"blanked", "flagged", "record rejected", "source stops"};
    TP_AUTO_BUF(out);
    for (size_t i = 0; i < f->n_steps; i++) {
        tp_buf_printf(&out, "%s%s%s", i > 0 ? " > " : "", f->step[i].name,
                      f->step[i].fault != TP_REJ_COUNT ? "!" : "");
    }
    for (size_t i = 0; f->n_steps == 0 && i < f->rule->n_steps; i++) {
        tp_buf_printf(&out, "%s%s", i > 0 ? " > " : "each: ", tp_op_name(f->rule->step[i].op));
    }
    if (f->fault != TP_REJ_COUNT) {
        tp_buf_printf(&out, "%s! %s: %s", out.n > 0 ? "  " : "", tp_reject_name(f->fault),
                      OUTCOME[f->outcome]);
    }
    tp_grid_put(grid, tp_buf_view(&out));
}

static void
put_fields(tp_show *show, const tp_emit_rule *emit, const tp_preview_field *field, size_t n,
           const bool *cell, tp_grid *grid)
{
    for (size_t i = 0; i < n; i++) {
        const tp_preview_field *f = &field[i];
        TP_AUTO_BUF(name);
        TP_AUTO_BUF(path);
        const bool hidden = is_hidden(emit, f->rule, cell);
        tp_plain_put(&name, f->rule->name, CELL_MOST);
        tp_buf_puts(&name, f->rule->field < 0 ? " (local)" : "");
        tp_plain_put(&path, tp_show_path(show->source, emit, f), CELL_MOST);
        tp_grid_put(grid, tp_buf_view(&name));
        tp_grid_put(grid, tp_buf_view(&path));
        tp_show_value(grid, f->raw, hidden, show->identifiers);
        tp_show_value(grid, f->value, hidden, show->identifiers);
        put_steps(grid, f);
    }
}

void
tp_show_record(void *user, const tp_preview *record)
{
    tp_show *show = user;
    tp_grid grid = {.cols = 5};
    const tp_kind_def *kind = tp_kind_of(record->emit->kind);
    const bool *cell = hidden_cells(show, record);
    (void)printf("\n%s (fetch %.*s, body %u, record %u): ", kind->name, TP_STR_ARG(show->fetch),
                 record->place.body, record->place.record);
    if (!record->rejected) {
        (void)printf("%s\n", record->removal ? "removes its person" : "accepted");
    } else {
        (void)printf("REJECTED, %s%s%s\n", tp_reject_name(record->code),
                     record->field >= 0 ? " in " : "",
                     record->field >= 0 ? kind->field[record->field].name : "");
    }
    static const char *const HEAD[] = {"field", "path", "received", "value", "steps"};
    for (size_t i = 0; i < grid.cols; i++) {
        tp_grid_puts(&grid, HEAD[i]);
    }
    put_fields(show, record->emit, record->field_of, record->n_fields, cell, &grid);
    if (record->n_subject > 0) {
        tp_grid_puts(&grid, "of person:");
        for (size_t i = 1; i < grid.cols; i++) {
            tp_grid_puts(&grid, "");
        }
        put_fields(show, record->emit->subject, record->subject_of, record->n_subject, cell, &grid);
    }
    tp_grid_print(&grid, stdout, 2);
    tp_grid_clear(&grid);
}

void
tp_show_clear(tp_show *show)
{
    tp_arena_clear(&show->arena);
}

/* ---- the batch ---- */

static void
show_counts(const tp_batch *batch)
{
    static const char *const HEAD[] = {"record",  "received", "accepted", "duplicate",
                                       "removed", "rejected", "flagged"};
    tp_grid grid = {.cols = TP_COUNT(HEAD)};
    for (size_t i = 0; i < grid.cols; i++) {
        tp_grid_puts(&grid, HEAD[i]);
    }
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        const tp_counts *c = &batch->counts[k];
        if (c->received > 0) {
            tp_grid_puts(&grid, tp_kind_of((tp_kind)k)->name);
            tp_grid_u64(&grid, c->received);
            tp_grid_u64(&grid, c->accepted);
            tp_grid_u64(&grid, c->duplicate);
            tp_grid_u64(&grid, c->removed);
            tp_grid_u64(&grid, c->rejected);
            tp_grid_u64(&grid, c->flagged);
        }
    }
    if (grid.n > grid.cols) {
        (void)printf("\ncounts\n");
        tp_grid_print(&grid, stdout, 2);
    } else {
        (void)printf("\nno record was found: check \"select\" against the body\n");
    }
    tp_grid_clear(&grid);
}

static void
show_faults(const tp_batch *batch)
{
    static const char *const OUTCOME[] = {"value blanked", "value kept", "record rejected",
                                          "source stops"};
    static const char *const HEAD[] = {"record", "field", "reason", "outcome", "times"};
    tp_grid grid = {.cols = TP_COUNT(HEAD)};
    for (size_t i = 0; i < grid.cols; i++) {
        tp_grid_puts(&grid, HEAD[i]);
    }
    for (size_t i = 0; i < batch->n_faults; i++) {
        const tp_fault_count *f = &batch->fault[i];
        const tp_kind_def *kind = tp_kind_of((tp_kind)f->kind);
        tp_grid_puts(&grid, kind->name);
        tp_grid_puts(&grid, f->field >= 0 ? kind->field[f->field].name : "(record)");
        tp_grid_puts(&grid, tp_reject_name((tp_reject_code)f->code));
        tp_grid_puts(&grid, OUTCOME[f->outcome]);
        tp_grid_u64(&grid, f->n);
    }
    if (batch->n_faults > 0) {
        (void)printf("\nfaults\n");
        tp_grid_print(&grid, stdout, 2);
        size_t shown = 0;
        for (size_t i = 0; i < batch->n_rejects && shown < EXAMPLES; i++) {
            const tp_reject *r = &batch->reject[i];
            if (r->outcome == TP_ON_REJECT) {
                (void)printf("%s body %u record %u", shown == 0 ? "  rejected:" : ",",
                             r->place.body, r->place.record);
                shown++;
            }
        }
        (void)printf("%s", shown > 0 ? "\n" : "");
    }
    tp_grid_clear(&grid);
}

void
tp_show_gate(tp_buf *out, const tp_gate *gate)
{
    tp_buf_puts(out, tp_gate_name(gate->measure));
    if (gate->kind >= 0) {
        const tp_kind_def *kind = tp_kind_of((tp_kind)gate->kind);
        tp_buf_printf(out, " of %s%s%s", kind->name, gate->field >= 0 ? "." : "",
                      gate->field >= 0 ? kind->field[gate->field].name : "");
    }
    if (gate->measure == TP_GATE_RECORDS) {
        tp_buf_puts(out, gate->least > 0 ? " >= " : "");
        if (gate->least > 0) {
            tp_buf_i64(out, gate->least);
        }
        tp_buf_puts(out, gate->most > 0 ? " <= " : "");
        if (gate->most > 0) {
            tp_buf_i64(out, gate->most);
        }
    } else if (gate->max_bp % 100 == 0) {
        tp_buf_printf(out, " <= %d %%", gate->max_bp / 100);
    } else {
        tp_buf_printf(out, " <= %d.%02d %%", gate->max_bp / 100, gate->max_bp % 100);
    }
    tp_buf_puts(out, gate->warn ? " (warns)" : "");
}

static bool
show_gates(const tp_source *source, const tp_batch *batch)
{
    bool holds = false;
    tp_grid grid = {.cols = 3};
    tp_grid_puts(&grid, "gate");
    tp_grid_puts(&grid, "verdict");
    tp_grid_puts(&grid, "figures");
    for (size_t i = 0; i < source->n_gates; i++) {
        const tp_gate *gate = &source->gate[i];
        char why[TP_GATE_TEXT];
        TP_AUTO_BUF(words);
        const tp_gate_verdict verdict = tp_gate_judge(gate, batch, NULL, why);
        holds = holds || (verdict == TP_GATE_BROKEN && !gate->warn);
        tp_show_gate(&words, gate);
        tp_grid_put(&grid, tp_buf_view(&words));
        tp_grid_puts(&grid, verdict == TP_GATE_KEPT   ? "kept"
                            : verdict == TP_GATE_OPEN ? "not judged"
                            : gate->warn              ? "would warn"
                                                      : "WOULD HOLD");
        tp_grid_puts(&grid, why);
    }
    if (source->n_gates > 0) {
        (void)printf("\ngates, by what was read here\n");
        tp_grid_print(&grid, stdout, 2);
    }
    tp_grid_clear(&grid);
    return holds;
}

bool
tp_show_batch(const tp_source *source, const tp_batch *batch)
{
    show_faults(batch);
    show_counts(batch);
    return show_gates(source, batch);
}
