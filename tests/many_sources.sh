#!/bin/sh
# Many sources at once, some failing in different ways: the night must end, name every failing source with a
# reason, and publish the rest. usage: many_sources.sh BUILD-DIR; status 1 when it does not.
#   SOURCES (719), FAILING (64), PEOPLE (100 for each agency), FAULTS (kinds given out in turn), REPORT=FILE
# Where there are more sources than agencies and national feeds, some agencies send a second export.
set -eu
BUILD=$1
. tests/night.sh

sources=${SOURCES:-719}
failing=${FAILING:-64}
faults=${FAULTS:-status=500 status=403 status=404 status=503 html empty reset cut stall badutf8 status=429 status=410}
most_agencies=${MOST_AGENCIES:-631}

national=$(ls config/sources/*.json | grep -vc '/simpeg-')
agencies=$((sources - national))
[ "$agencies" -le "$most_agencies" ] || agencies=$most_agencies
people=${PEOPLE:-$((agencies * 100))}

# The codes are known once the simulator serves them; faults must be named before: ask a first one.
sim_start "$NIGHT_TMP/codes" "$people" "$agencies" "$NIGHT_AS_OF"
sim_stop
codes=$(flat "$NIGHT_TMP/codes/ready.json" | awk -F '\t' '$1 ~ /^agencies\./ {print $2}')

# Every tenth agency or so fails, so that good and bad ones are mixed.
printf '%s\n' "$codes" | awk -v failing="$failing" -v faults="$faults" '
    { code[NR] = $1 }
    END {
        kinds = split(faults, kind, " ")
        for (i = 0; i < failing; i++) {
            at = int(i * NR / failing) + 1
            print "simpeg-" code[at], kind[i % kinds + 1]
        }
    }' >"$NIGHT_TMP/faults.txt"
set --
while read -r source kind; do
    set -- "$@" --fault "$source:$kind"
done <"$NIGHT_TMP/faults.txt"

sim_start "$NIGHT_TMP/sim" "$people" "$agencies" "$NIGHT_AS_OF" "$@"
here=$(ls "$NIGHT_SOURCES" | wc -l)
printf '%s\n' "$codes" | while read -r code; do
    [ "$here" -lt "$sources" ] || break
    # A second export has an id of its own; a faulty agency has one export only, so that failures are counted once.
    if ! grep -q "^simpeg-$code " "$NIGHT_TMP/faults.txt"; then
        sed "s/\"id\": *\"simpeg-$code\"/\"id\": \"ekspor-$code\"/" "$NIGHT_SOURCES/simpeg-$code.json" \
            >"$NIGHT_SOURCES/ekspor-$code.json"
        here=$((here + 1))
    fi
done

start=$(date +%s)
night_run "$NIGHT_TMP/state" --quiet
seconds=$(($(date +%s) - start))
sim_stop

flat "$NIGHT_REPORT" 2>/dev/null | awk -F '\t' '
    $1 ~ /^sources\.[0-9]+\.(id|state|reason)$/ { split($1, at, "."); v[at[2], at[3]] = $2; n[at[2]] = 1 }
    END { for (i in n) { if (v[i, "state"] != "fresh") { print v[i, "id"] "\t" v[i, "state"] "\t" v[i, "reason"] } } }' |
    sort >"$NIGHT_TMP/named.txt"
cut -d ' ' -f 1 "$NIGHT_TMP/faults.txt" | sort >"$NIGHT_TMP/wanted.txt"
cut -f 1 "$NIGHT_TMP/named.txt" >"$NIGHT_TMP/got.txt"
all=$(flat "$NIGHT_REPORT" | grep -c '^sources\.[0-9]*\.id')
without=$(awk -F '\t' '$3 == ""' "$NIGHT_TMP/named.txt" | wc -l)
balance=$(night_balance "$NIGHT_REPORT") || true

echo "faults and the first reason of each kind:"
awk 'NR == FNR { split($0, part, "\t"); reason[part[1]] = part[3]; next }
    !($2 in seen) { seen[$2] = 1; printf "  %-12s %s: %s\n", $2, $1, substr(reason[$1], 1, 150) }' \
    "$NIGHT_TMP/named.txt" "$NIGHT_TMP/faults.txt"
if ! cmp -s "$NIGHT_TMP/wanted.txt" "$NIGHT_TMP/got.txt"; then
    echo "named but not failing (>), failing but not named (<):"
    diff "$NIGHT_TMP/wanted.txt" "$NIGHT_TMP/got.txt" | grep '^[<>]' | head -n 20 || true
fi
[ -z "${REPORT:-}" ] || cp "$NIGHT_REPORT" "$REPORT"
echo "$NIGHT_LINE"
echo "sources=$all failing=$failing named=$(wc -l <"$NIGHT_TMP/got.txt") without_reason=$without" \
    "off=$(echo "$balance" | cut -d ' ' -f 3) status=$NIGHT_STATUS seconds=$seconds"
cmp -s "$NIGHT_TMP/wanted.txt" "$NIGHT_TMP/got.txt" && [ "$all" -eq "$sources" ] && [ "$without" -eq 0 ] &&
    [ "$(echo "$balance" | cut -d ' ' -f 3)" -eq 0 ] && [ "$NIGHT_STATUS" -eq 3 ] &&
    [ "$(value published "$NIGHT_LINE")" = yes ]
