# What shell tests of a whole night share: the simulator, runs, reading what they say. Sourced, not run:
#   BUILD=build/release; . tests/night.sh
# Everything temporary lives below $NIGHT_TMP and is removed at the end; processes are ended by their id.

: "${BUILD:?set BUILD to the build directory}"
NIGHT_PROGRAM=$BUILD/talentpool
NIGHT_SIMULATOR=$BUILD/tests/simulator/simulator
NIGHT_AS_OF=${NIGHT_AS_OF:-2026-03-01}

NIGHT_TMP=$(mktemp -d "${TMPDIR:-/tmp}/talentpool-night.XXXXXX")
# The private server steps down from root to a user who must be able to enter.
chmod 755 "$NIGHT_TMP"
NIGHT_STATES=""
NIGHT_PID=""
SIM_PID=""

night_fail() {
    echo "$0: $*" >&2
    exit 1
}

# sim_start DIR PEOPLE AGENCIES AS_OF [OPTION...]: serves a population; returns when it answers.
# Leaves DIR/feeds.json (a settings overlay), DIR/ready.json, DIR/truth.csv, DIR/secrets/, DIR/sources/ and, after
# sim_stop, DIR/stats.json.
sim_start() {
    SIM_DIR=$1
    sim_people=$2
    sim_agencies=$3
    sim_as_of=$4
    shift 4
    mkdir -p "$SIM_DIR"
    rm -f "$SIM_DIR/ready.json" "$SIM_DIR/feeds.json"
    "$NIGHT_SIMULATOR" --people "$sim_people" --agencies "$sim_agencies" --as-of "$sim_as_of" \
        --seed "${SEED:-1}" --settings "$SIM_DIR/feeds.json" --ready "$SIM_DIR/ready.json" \
        --secrets "${SIM_SECRETS:-$SIM_DIR/secrets}" \
        --truth "$SIM_DIR/truth.csv" --stats "$SIM_DIR/stats.json" "$@" \
        >"$SIM_DIR/simulator.log" 2>&1 </dev/null &
    SIM_PID=$!
    tries=0
    while [ ! -s "$SIM_DIR/ready.json" ]; do
        if ! kill -0 "$SIM_PID" 2>/dev/null; then
            cat "$SIM_DIR/simulator.log" >&2
            SIM_PID=""
            night_fail "the simulator did not start"
        fi
        tries=$((tries + 1))
        [ "$tries" -lt 6000 ] || night_fail "the simulator was not ready after ten minutes"
        sleep 0.1
    done
    night_sources "$SIM_DIR"
}

sim_stop() {
    if [ -n "$SIM_PID" ]; then
        kill "$SIM_PID" 2>/dev/null || true
        wait "$SIM_PID" 2>/dev/null || true
        SIM_PID=""
    fi
}

# flat FILE: a JSON report as "path<TAB>value" lines.
flat() {
    awk -f tests/json_flat.awk "$1"
}

# night_sources DIR: the descriptions this population needs, in DIR/sources: every national source as
# it stands, and one SIMPEG description per agency served, made from an existing one where needed.
night_sources() {
    NIGHT_SOURCES=$1/sources
    rm -rf "$NIGHT_SOURCES"
    mkdir -p "$NIGHT_SOURCES"
    for file in config/sources/*.json; do
        case "$file" in
        */simpeg-*.json) ;;
        *) cp "$file" "$NIGHT_SOURCES/" ;;
        esac
    done
    # Not just any: the model's code must stand for nothing else in its file (2100 is also a year).
    model=$(ls config/sources/simpeg-5*.json 2>/dev/null | head -n 1)
    [ -n "$model" ] || night_fail "config/sources holds no simpeg-<agency>.json"
    model_code=${model##*/simpeg-}
    model_code=${model_code%.json}
    for code in $(flat "$1/ready.json" | awk -F '\t' '$1 ~ /^agencies\./ {print $2}'); do
        if [ -f "config/sources/simpeg-$code.json" ]; then
            cp "config/sources/simpeg-$code.json" "$NIGHT_SOURCES/"
        else
            sed "s/$model_code/$code/g" "$model" >"$NIGHT_SOURCES/simpeg-$code.json"
        fi
    done
}

# night_state STATE: remembers a state directory, so that its private server is stopped at the end.
night_state() {
    case " $NIGHT_STATES " in
    *" $1 "*) ;;
    *) NIGHT_STATES="$NIGHT_STATES $1" ;;
    esac
    mkdir -p "$1"
}

# night_talent STATE COMMAND...: any command of the program on that state.
night_talent() {
    talent_state=$1
    shift
    "$NIGHT_PROGRAM" "$@" --set "state.dir=$talent_state"
}

# night_run STATE [OPTION...]: one night. Sets NIGHT_LINE (the result line), NIGHT_STATUS,
# NIGHT_REPORT (the JSON report); standard output and error stay in STATE/run.out and STATE/run.err.
night_run() {
    night_dir=$1
    shift
    night_state "$night_dir"
    NIGHT_REPORT=$night_dir/report.json
    NIGHT_STATUS=0
    rm -f "$NIGHT_REPORT"
    "$NIGHT_PROGRAM" run --as-of "$NIGHT_AS_OF" --config "$SIM_DIR/feeds.json" \
        --set "state.dir=$night_dir" --set "secrets.dir=${SIM_SECRETS:-$SIM_DIR/secrets}" \
        --set "sources.dir=$NIGHT_SOURCES" --json "$NIGHT_REPORT" "$@" \
        >"$night_dir/run.out" 2>"$night_dir/run.err" </dev/null || NIGHT_STATUS=$?
    NIGHT_LINE=$(tail -n 1 "$night_dir/run.out")
}

# night_pause STATE STAGE:WHEN [OPTION...]: starts a night that stops dead there and waits; night_end_paused
# kills it. False when the night ended without passing that place.
night_pause() {
    night_dir=$1
    night_at=$2
    shift 2
    night_state "$night_dir"
    rm -f "$night_dir/kill.err"
    TALENTPOOL_PAUSE_AT=$night_at "$NIGHT_PROGRAM" run --as-of "$NIGHT_AS_OF" \
        --config "$SIM_DIR/feeds.json" --set "state.dir=$night_dir" \
        --set "secrets.dir=${SIM_SECRETS:-$SIM_DIR/secrets}" --set "sources.dir=$NIGHT_SOURCES" "$@" \
        >"$night_dir/kill.out" 2>"$night_dir/kill.err" </dev/null &
    NIGHT_PID=$!
    until grep -q '^paused at ' "$night_dir/kill.err" 2>/dev/null; do
        if ! kill -0 "$NIGHT_PID" 2>/dev/null; then
            wait "$NIGHT_PID" 2>/dev/null || true
            NIGHT_PID=""
            return 1
        fi
        sleep 0.1
    done
}

night_end_paused() {
    kill -9 "$NIGHT_PID"
    wait "$NIGHT_PID" 2>/dev/null || true
    NIGHT_PID=""
}

# night_kill STATE STAGE:WHEN [OPTION...]: starts a night that stops dead there, and kills it (signal 9).
# False when the night ended without passing that place.
night_kill() {
    night_pause "$@" && night_end_paused
}

# night_ask STATE SQL: what the state's database answers, unaligned; the server must run.
night_ask() {
    psql -X -q -A -t -d "$(night_talent "$1" server conninfo)" -v ON_ERROR_STOP=1 -c "$2"
}

# value KEY LINE: the value of KEY in a line of key=value pairs; empty when it is not there.
value() {
    printf '%s\n' "$2" | tr ' ' '\n' | sed -n "s/^$1=//p" | head -n 1
}

# night_cached REPORT: how many of the stages found their result there already.
night_cached() {
    flat "$1" | awk -F '\t' '$1 ~ /^stages\.[0-9]+\.work$/ && $2 == "skipped" {n++} END {print n + 0}'
}

# night_stages REPORT: the table of stages: rows, seconds, rows per second, peak memory.
night_stages() {
    flat "$1" | awk -F '\t' '
        $1 ~ /^stages\.[0-9]+\./ {
            split($1, at, ".")
            if (at[2] + 1 > n) { n = at[2] + 1 }
            v[at[2], at[3]] = $2
        }
        END {
            printf "%-10s %12s %-8s %10s %12s %10s  %s\n", "stage", "rows", "", "seconds", "rows/s", \
                "peak MiB", "work"
            for (i = 0; i < n; i++) {
                printf "%-10s %12d %-8s %10.3f %12d %10.1f  %s\n", v[i, "name"], v[i, "rows_out"], \
                    v[i, "unit"], v[i, "seconds"], v[i, "records_per_second"], \
                    v[i, "peak_kib"] / 1024, v[i, "work"]
            }
        }'
}

# night_balance REPORT: "SOURCES KINDS BROKEN", and status 1 when a source's counts do not balance.
# Each offending source and kind is named on standard error.
night_balance() {
    flat "$1" | awk -F '\t' '
        $1 ~ /^sources\.[0-9]+\.id$/ { split($1, at, "."); id[at[2]] = $2; sources++ }
        $1 ~ /^sources\.[0-9]+\.(held\.)?counts\./ {
            sub(/held\.counts\./, "counts.held ")
            split($1, at, ".")
            row = at[2] SUBSEP at[4]
            if (!(row in seen)) { seen[row] = 1; kinds++ }
            if (at[5] == "received") { left[row] += $2 }
            if (at[5] ~ /^(accepted|unchanged|duplicate|removed|rejected)$/) { left[row] -= $2 }
        }
        END {
            for (row in left) {
                if (left[row] != 0) {
                    split(row, at, SUBSEP)
                    print "source " id[at[1]] ", " at[2] ": counts are off by " left[row] > "/dev/stderr"
                    broken++
                }
            }
            print sources + 0, kinds + 0, broken + 0
            exit (broken > 0 || kinds == 0) ? 1 : 0
        }'
}

night_end() {
    trap - EXIT INT TERM
    if [ -n "$NIGHT_PID" ]; then
        kill -9 "$NIGHT_PID" 2>/dev/null || true
    fi
    sim_stop
    for state in $NIGHT_STATES; do
        night_talent "$state" server stop >/dev/null 2>&1 || true
    done
    if [ "${NIGHT_KEEP:-0}" = 1 ]; then
        echo "kept: $NIGHT_TMP" >&2
    else
        rm -rf "$NIGHT_TMP"
    fi
}
trap 'night_end' EXIT
trap 'night_end; exit 130' INT
trap 'night_end; exit 143' TERM
