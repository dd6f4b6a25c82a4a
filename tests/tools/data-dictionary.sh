#!/bin/sh
# Writes docs/data-dictionary.md from the comments in a migrated database.
# usage: data-dictionary.sh STATE-DIR|CONNINFO > docs/data-dictionary.md
set -eu
where=${1:?usage: data-dictionary.sh STATE-DIR|CONNINFO}
if [ -d "$where" ]; then
    sock=$(sed -n '5p' "$(find "$where" -maxdepth 3 -name postmaster.pid | head -n 1)")
    where="host=$sock user=talentpool dbname=talentpool"
fi
sql=$(dirname "$0")/../../sql/queries/dictionary.sql
echo '# Data dictionary'
echo
echo 'Every schema, table, view and column of the database, from its comments (English / Indonesian).'
echo 'Dashboards read `mart`; `warehouse` and `ops` are for engineers. Made by'
echo '`tests/tools/data-dictionary.sh`; change the comments in `sql/`, not this page.'
PGOPTIONS='-c client_min_messages=warning' psql -X -q -A -t -F '	' -v ON_ERROR_STOP=1 \
    -d "$where" -f "$sql" | awk -F '\t' '
function cell(text) { gsub(/\|/, "\\|", text); return text }
$2 == "" { printf "\n## %s\n\n%s\n", $1, $7; next }
$5 == "" { printf "\n### %s.%s\n\n%s (%s)\n\n| column | type | meaning |\n|---|---|---|\n", $1, $2, $7, $3; next }
{ printf "| `%s` | %s | %s |\n", $5, $6, cell($7) }'
