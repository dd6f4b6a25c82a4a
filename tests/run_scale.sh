#!/bin/sh
# One night at scale: seconds, records per second and peak memory of each stage. usage: run_scale.sh BUILD-DIR
# PEOPLE (200000), AGENCIES (60, or PEOPLE / 100 if that is less), THREADS (0 = all); REPORT=FILE keeps the JSON report.
set -eu
BUILD=$1
. tests/night.sh

people=${PEOPLE:-200000}
# The simulator wants a hundred people an agency at least.
most=$((people / 100))
agencies=${AGENCIES:-$((most < 60 ? (most < 1 ? 1 : most) : 60))}

echo "people=$people agencies=$agencies processors=$(getconf _NPROCESSORS_ONLN) night=$NIGHT_AS_OF"
sim_start "$NIGHT_TMP/sim" "$people" "$agencies" "$NIGHT_AS_OF" --threads 2
start=$(date +%s)
night_run "$NIGHT_TMP/state" --threads "${THREADS:-0}" --quiet
end=$(date +%s)
sim_stop
if [ "$NIGHT_STATUS" -ne 0 ]; then
    tail -n 20 "$NIGHT_TMP/state/run.err" >&2
    echo "the night ended with status $NIGHT_STATUS" >&2
    exit 1
fi
night_stages "$NIGHT_REPORT"
echo "night: $((end - start)) s wall clock; state: $(du -sm "$NIGHT_TMP/state" | cut -f 1) MiB"
# The simulator shares the processors: its own time is stated apart.
flat "$SIM_DIR/stats.json" | awk -F '\t' '
    $1 == "user_s" || $1 == "system_s" {cpu += $2}
    $1 == "requests" {requests = $2}
    $1 == "bytes" {bytes = $2}
    $1 == "peak_kib" {peak = $2}
    END {
        printf "simulator, not counted above: %.1f s CPU, %d requests, %.1f MiB served, %.1f MiB peak\n", \
            cpu, requests, bytes / 1048576, peak / 1024
    }'
echo "$NIGHT_LINE"
if [ -n "${REPORT:-}" ]; then
    cp "$NIGHT_REPORT" "$REPORT"
fi
