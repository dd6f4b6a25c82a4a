#!/bin/sh
# One night of an invented civil service, from agency feeds to a shortlist. usage: demo.sh BUILD-DIR
# The state stays in state/demo: run it again to see that nothing is done twice.
set -eu
BUILD=$1
. tests/night.sh

people=${PEOPLE:-2000}
agencies=${AGENCIES:-8}
state=${DEMO_STATE:-state/demo}
mkdir -p "$state"
SIM_SECRETS=$state/secrets

tool() {
    "$NIGHT_PROGRAM" "$@" --state "$state"
}

heading() {
    printf '\n== %s\n' "$1"
}

post=""
person=""
heading "$people invented civil servants of $agencies agencies answer on loopback"
sim_start "$NIGHT_TMP/sim" "$people" "$agencies" "$NIGHT_AS_OF"
echo "every person is generated; the feeds are described in docs/simulator.md"

# Records that cannot be joined for sure make the pool a little larger than the truth.
true_people=$(awk -F , 'NR > 1 && !($3 in seen) {seen[$3]; n++} END {print n + 0}' "$SIM_DIR/truth.csv")

heading "the night of $NIGHT_AS_OF"
status=0
set --
[ "${REFETCH:-0}" = 0 ] || set -- --refetch
# A clock that is behind must not keep the demo from its fixed night.
[ "$(TZ=UTC-7 date +%Y%m%d)" -ge "$(echo "$NIGHT_AS_OF" | tr -d -)" ] || set -- "$@" --release
tool run --as-of "$NIGHT_AS_OF" --config "$SIM_DIR/feeds.json" --set "secrets.dir=$SIM_SECRETS" \
    --set "sources.dir=$NIGHT_SOURCES" --json "$state/report.json" "$@" >"$NIGHT_TMP/run.out" || status=$?
cat "$NIGHT_TMP/run.out"
line=$(tail -n 1 "$NIGHT_TMP/run.out")
if [ "$status" -ne 0 ]; then
    echo "the night ended with status $status: docs/operations.md says what that means" >&2
    exit "$status"
fi
sim_stop

heading "what was consolidated"
tool status

# The first post is the one with the most candidates.
post=$(tool posts --vacant | awk 'NR == 2 {print $1}')
if [ -n "$post" ]; then
    heading "candidates for post $post"
    tool shortlist "$post" >"$NIGHT_TMP/shortlist"
    cat "$NIGHT_TMP/shortlist"
    # The column is right-aligned: what ends where its heading ends is the key.
    person=$(awk '!end && (at = index($0, "person_key")) {end = at + 9; next}
                  end {n = split(substr($0, 1, end), f, " "); print f[n]; exit}' "$NIGHT_TMP/shortlist")
    if [ -n "$person" ]; then
        heading "why person $person stands where they stand"
        tool explain "$person" "$post"
    fi
fi

heading "summary"
cached=$(night_cached "$state/report.json")
printf '%s records received, %s accepted, %s unchanged, %s duplicates, %s removed, %s rejected\n' \
    "$(value received "$line")" "$(value accepted "$line")" "$(value unchanged "$line")" \
    "$(value duplicate "$line")" "$(value removed "$line")" "$(value rejected "$line")"
printf '%s people, generation %s, fingerprint %s\n' "$(value people "$line")" \
    "$(value generation "$line")" "$(value fingerprint "$line")"
cat <<TEXT
the feeds tell of $true_people people: the $people civil servants, and experts from outside; records that nothing joins
for sure stay apart until somebody decides, hence $(value people "$line") (make accuracy measures it)
TEXT
if [ "$(value published "$line")" = unchanged ]; then
    cat <<TEXT
$cached of 7 stages were skipped. This night had landed its feeds before, so no agency was asked, and every
stage found the result of the same inputs, settings and rules under its key in $state.
The warehouse was left as it is. To fetch anew: make demo REFETCH=1; to start over: remove $state.
TEXT
else
    echo "run make demo again: it will do almost nothing, and say why"
fi

cat <<TEXT

look further:
  $NIGHT_PROGRAM posts --state $state
  $NIGHT_PROGRAM shortlist ${post:-POSITION-ID} --state $state
  $NIGHT_PROGRAM explain ${person:-PERSON-KEY} --state $state
  $NIGHT_PROGRAM server start --state $state     (prints a psql command; the schema mart is for you)
  docs/operations.md, docs/architecture.md, docs/glossary.md
TEXT
