#!/bin/sh
# How many records of the same person were joined, and how many joins are true? usage: accuracy.sh BUILD-DIR
# One fresh night over the simulator's population, whose truth is known. PEOPLE (2000), AGENCIES (8), DIRT (1.0).
set -eu
BUILD=$1
. tests/night.sh

sim_start "$NIGHT_TMP/sim" "${PEOPLE:-2000}" "${AGENCIES:-8}" "$NIGHT_AS_OF" --dirt "${DIRT:-1.0}"
night_run "$NIGHT_TMP/state" --quiet
if [ "$NIGHT_STATUS" -ne 0 ]; then
    tail -n 20 "$NIGHT_TMP/state/run.err" >&2
    echo "the night ended with status $NIGHT_STATUS" >&2
    exit 1
fi
night_talent "$NIGHT_TMP/state" crosswalk --out "$NIGHT_TMP/crosswalk.csv"
"$BUILD/tests/tools/truth_score" "$SIM_DIR/truth.csv" "$NIGHT_TMP/crosswalk.csv" \
    "${SIM_SECRETS:-$SIM_DIR/secrets}/nik"
