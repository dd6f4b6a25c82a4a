/* How do the records look as a file for a program that knows nothing of this one? */
#include <string.h>

#include "talent/base/day.h"
#include "tests/people/people.h"

static void
put(FILE *out, tp_str text)
{
    bool quoted = false;
    for (size_t i = 0; i < text.n; i++) {
        quoted = quoted || text.p[i] == ',' || text.p[i] == '"' || text.p[i] == '\n';
    }
    if (!quoted) {
        (void)fwrite(text.p, 1, text.n, out);
        return;
    }
    (void)fputc('"', out);
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"') {
            (void)fputc('"', out);
        }
        (void)fputc(text.p[i], out);
    }
    (void)fputc('"', out);
}

static void
put_text(FILE *out, const people *p, uint32_t code)
{
    (void)fputc(',', out);
    if (code != TP_NONE) {
        put(out, tp_intern_text(&p->text, code));
    }
}

static void
put_day(FILE *out, int32_t day)
{
    char text[TP_DAY_TEXT] = "";
    if (day != SIM_NO_DAY) {
        tp_day_format(day, text);
    }
    (void)fprintf(out, ",%s", text);
}

tp_code
people_write(const people *p, FILE *records, FILE *truth, tp_err *err)
{
    (void)fputs("record_id,source,source_key,full_name,nip,nip_old,nik,siasn_id,birth_date,sex,"
                "deceased_on,agency,office,appointed_on\n",
                records);
    if (truth != NULL) {
        (void)fputs("record_id,person,subgroups,defects\n", truth);
    }
    for (size_t i = 0; i < p->n; i++) {
        const people_record *r = &p->record[i];
        (void)fprintf(records, "%zu,%s", i + 1, p->source[r->source].id);
        put_text(records, p, r->key);
        put_text(records, p, r->name);
        put_text(records, p, r->nip);
        put_text(records, p, r->old_nip);
        put_text(records, p, r->nik);
        put_text(records, p, r->siasn);
        put_day(records, r->born);
        (void)fprintf(records, ",%s", r->sex == 0 ? "" : r->sex == 1 ? "male" : "female");
        put_day(records, r->died);
        put_text(records, p, r->agency);
        put_text(records, p, r->office);
        put_day(records, r->cpns);
        (void)fputc('\n', records);
        if (truth != NULL) {
            (void)fprintf(truth, "%zu,%u,%u,%u\n", i + 1, r->person, p->flags[r->person],
                          r->defects);
        }
    }
    if (fflush(records) != 0 || ferror(records) ||
        (truth != NULL && (fflush(truth) != 0 || ferror(truth)))) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot write the records; is the disk full?");
    }
    return TP_OK;
}
