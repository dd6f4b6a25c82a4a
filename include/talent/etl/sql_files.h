/* The files of sql/ as built into the program, ascending by path. */
#ifndef TALENT_ETL_SQL_FILES_H
#define TALENT_ETL_SQL_FILES_H

#include <stddef.h>

typedef struct tp_sql_file {
    const char *path; /* below sql/: "migrations/0001_create_ops.sql" */
    const char *text;
} tp_sql_file;

extern const tp_sql_file TP_SQL_FILES[];
extern const size_t TP_SQL_FILE_COUNT;

#endif
