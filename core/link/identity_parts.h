/* What the files of the explanation of people share. */
#ifndef TALENT_CORE_LINK_IDENTITY_PARTS_H
#define TALENT_CORE_LINK_IDENTITY_PARTS_H

#include "core/link/parts.h"
#include "talent/core/identity.h"

/* Three views of the same records: as units, each by itself, and as people. They share everything
 * but the rings. */
struct tp_identity {
    tp_arena arena;
    const tp_crosswalk *x;
    uint32_t *rec_of; /* [x->n] record number of a crosswalk row */
    uint32_t *begin;  /* [n_people + 1] */
    uint32_t *row_of; /* [x->n] rows by person, ascending */
    tp_linker units;
    tp_linker alone;
    tp_linker people;
};

/* The two units of two rows and what weighs between them. */
tp_unit_pair tp_identity_units(const tp_identity *id, uint32_t row_a, uint32_t row_b);

/* Fills near, n_looked and more. */
tp_code tp_identity_nearest(const tp_identity *id, uint32_t person, tp_arena *arena,
                            tp_identity_person *out, tp_err *err) TP_MUST_CHECK;

#endif
