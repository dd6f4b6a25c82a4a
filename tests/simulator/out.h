/* Text as the feeds write it: JSON, XML and CSV fields, numbers with a comma, half levels. */
#ifndef SIMULATOR_OUT_H
#define SIMULATOR_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/buf.h"
#include "tests/simulator/world.h"

/*
 * JSON. A member needs no bookkeeping of commas: one is put unless the buffer ends in an opening
 * bracket, a colon or a line break, so a document must be built in one buffer per record. A NULL
 * key writes an array element.
 */
void sim_js_key(tp_buf *out, const char *key);
void sim_js_open(tp_buf *out, const char *key, char bracket);
void sim_js_text(tp_buf *out, const char *key, const char *value); /* NULL writes null */
void sim_js_int(tp_buf *out, const char *key, int64_t value);      /* 14 */
void sim_js_digits(tp_buf *out, const char *key, int64_t value);   /* "14" */
void sim_js_bool(tp_buf *out, const char *key, bool value);
void sim_js_date(tp_buf *out, const char *key, int32_t day, sim_date_form form); /* "" unknown */
void sim_js_day(tp_buf *out, const char *key, int32_t day); /* ISO; null when unknown */

/* A number with `digits` decimals, value scaled by 10^digits: 8625, 2, ',' gives 86,25. */
void sim_decimal(tp_buf *out, int64_t value, int digits, char point);

/* Halves as a level: 7 gives 3.5, 8 gives 4. */
void sim_halves(tp_buf *out, int halves);

/* Character sets an XML document can be written in. Characters beyond Latin-1 become references. */
typedef enum sim_charset { SIM_UTF8, SIM_LATIN1 } sim_charset;

void sim_xml_text(tp_buf *out, const char *text, sim_charset charset);
void sim_xml_attr(tp_buf *out, const char *name, const char *value, sim_charset charset);
void sim_xml_elem(tp_buf *out, const char *name, const char *value, sim_charset charset);

/* One CSV field, quoted when it has to be; the caller writes the delimiters. */
void sim_csv_field(tp_buf *out, const char *text, char delimiter);

#endif
