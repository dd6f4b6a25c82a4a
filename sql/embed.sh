#!/bin/sh
# Turns SQL files into C: a table of path and text. usage: embed.sh FILE... > sql_files.c
set -eu
echo '#include "talent/etl/sql_files.h"'
echo
for file in "$@"; do
    name=$(printf '%s' "${file#sql/}" | tr -c 'a-zA-Z0-9' '_')
    printf 'static const char %s[] = {\n' "$name"
    # Bytes, not string literals: no limit on length, no escaping to get wrong.
    od -An -v -tu1 "$file" | sed 's/  */,/g; s/^,//; s/$/,/'
    printf '0};\n\n'
done
echo 'const tp_sql_file TP_SQL_FILES[] = {'
for file in "$@"; do
    name=$(printf '%s' "${file#sql/}" | tr -c 'a-zA-Z0-9' '_')
    printf '    {"%s", %s},\n' "${file#sql/}" "$name"
done
echo '};'
echo 'const size_t TP_SQL_FILE_COUNT = sizeof TP_SQL_FILES / sizeof TP_SQL_FILES[0];'
