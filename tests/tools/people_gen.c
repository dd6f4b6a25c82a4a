/* Writes a night's generated person records, and whose they are, as two CSV files. */
#include <stdio.h>

#include "tests/people/options.h"

static tp_code
open_out(const char *file, FILE **out, tp_err *err)
{
    *out = fopen(file, "w");
    if (*out == NULL) {
        TP_RETURN_ERR(err, TP_E_IO, "%.200s: cannot be written; does the folder exist?", file);
    }
    return TP_OK;
}

static tp_code
generate(const people_words *w, tp_err *err)
{
    people p = {0};
    FILE *records = stdout;
    FILE *truth = NULL;
    TP_RETURN_SAME(people_make(&w->options, &p, err));
    tp_code rc = w->records != NULL ? open_out(w->records, &records, err) : TP_OK;
    if (rc == TP_OK && w->truth != NULL) {
        rc = open_out(w->truth, &truth, err);
    }
    rc = rc == TP_OK ? people_write(&p, records, truth, err) : rc;
    if (records != NULL && records != stdout && fclose(records) != 0 && rc == TP_OK) {
        rc = TP_E_IO;
    }
    if (truth != NULL && fclose(truth) != 0 && rc == TP_OK) {
        rc = TP_E_IO;
    }
    people_clear(&p);
    return rc;
}

int
main(int argc, char **argv)
{
    people_words words;
    tp_err err = {0};
    if (!people_words_read(argc, argv, &words)) {
        return tp_code_exit(TP_E_USAGE);
    }
    const tp_code rc = generate(&words, &err);
    if (rc != TP_OK) {
        (void)fprintf(stderr, "people_gen: %s\n", err.depth > 0 ? err.frame[0].text : "failed");
        return tp_code_exit(rc);
    }
    return 0;
}
