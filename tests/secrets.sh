#!/bin/sh
# Does a secret, or a token given for it, stand anywhere it must not? A night with failing log-ins, logged in full;
# then every file of the state, the log, the output, the report, every row of the database, and what the process
# list showed while it ran, are searched. usage: secrets.sh BUILD-DIR; status 1 when one is found.
#   PEOPLE (800), AGENCIES (8)
set -eu
BUILD=$1
. tests/night.sh

look() { # look NAME FILE-OR-FOLDER...: counts places that hold one of the planted values, or a token
    name=$1
    shift
    hits=$(grep -raclFf "$NIGHT_TMP/planted" "$@" 2>/dev/null | wc -l)
    tokens=$(grep -raclE -- "$token" "$@" 2>/dev/null | wc -l)
    echo "$name: $hits with a secret, $tokens with a token"
    found=$((found + hits + tokens))
}

# The forms of tests/simulator/token.c: kind, epoch, end, serial, check sum.
token='[a-z]+-[0-9]+-[0-9]{9,}-[0-9]+-[0-9a-f]{16}'
found=0
sim_start "$NIGHT_TMP/sim" "${PEOPLE:-800}" "${AGENCIES:-8}" "$NIGHT_AS_OF" \
    --fault 'siasn:expire=all@5' --fault 'siasn:expire=user@20' --fault 'simpeg-2100:status=401' \
    --fault 'simpeg-5104:status=500@1' --fault 'talenta:html@2' --fault 'unor:reset@1' --fault 'simpeg-3001:status=403'
for file in "$SIM_DIR"/secrets/*; do
    cat "$file"
    echo
done | grep . >"$NIGHT_TMP/values"
# HTTP Basic sends user and password as base64.
for user in "$SIM_DIR"/secrets/simpeg_*_user; do
    printf '%s:%s' "$(cat "$user")" "$(cat "${user%_user}_password")" | base64
done >>"$NIGHT_TMP/values"
printf '%s:%s' "$(cat "$SIM_DIR/secrets/siasn_consumer_key")" "$(cat "$SIM_DIR/secrets/siasn_consumer_secret")" |
    base64 -w 0 >>"$NIGHT_TMP/values"
grep . "$NIGHT_TMP/values" | sort -u >"$NIGHT_TMP/planted"
echo "planted: $(wc -l <"$NIGHT_TMP/planted") values"

# What others on the machine could see while the night runs.
state=$NIGHT_TMP/state
night_state "$state"
(
    while [ ! -f "$NIGHT_TMP/over" ]; do
        for process in /proc/[0-9]*; do
            case $(tr '\0' ' ' <"$process/cmdline" 2>/dev/null) in
            *talentpool*run*)
                tr '\0' ' ' <"$process/cmdline" 2>/dev/null
                tr '\0' '\n' <"$process/environ" 2>/dev/null
                ;;
            esac
        done >>"$NIGHT_TMP/seen" 2>/dev/null || true
        sleep 0.2
    done
) &
watcher=$!
night_run "$state" --set log.level=debug --set "log.file=$NIGHT_TMP/night.log"
touch "$NIGHT_TMP/over"
wait "$watcher" || true
sim_stop
echo "the night ended with status $NIGHT_STATUS; process list read $(grep -c 'talentpool' "$NIGHT_TMP/seen") times"

night_talent "$state" server start >/dev/null 2>&1
pg_dump -d "$(night_talent "$state" server conninfo)" >"$NIGHT_TMP/rows.sql"
night_talent "$state" status >"$NIGHT_TMP/status.out"
night_talent "$state" server stop >/dev/null 2>&1
echo "rows of the database: $(grep -c . "$NIGHT_TMP/rows.sql") lines"

look "files of the state" "$state"
look "log" "$NIGHT_TMP/night.log" "$state/run.err"
look "output and report" "$state/run.out" "$NIGHT_REPORT" "$NIGHT_TMP/status.out"
look "rows of the database" "$NIGHT_TMP/rows.sql"
look "process list" "$NIGHT_TMP/seen"
# The search itself must be able to find: the folder of secrets holds them all.
sane=$(grep -raclFf "$NIGHT_TMP/planted" "$SIM_DIR/secrets" | wc -l)
echo "found=$found searched_ok=$([ "$sane" -gt 10 ] && echo yes || echo no)"
[ "$found" -eq 0 ] && [ "$sane" -gt 10 ] && [ -s "$NIGHT_TMP/seen" ] && [ -s "$NIGHT_TMP/night.log" ]
