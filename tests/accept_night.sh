#!/bin/sh
# Every measurable promise of the nightly run, one row each: what, figure, bar, met or short.
# usage: accept_night.sh BUILD-DIR; status 1 when any row is short.
#   PEOPLE       people of the nights that show a mechanism (2000)
#   AGENCIES     their agencies (8)
#   SCALE        people of the measured night (200000); SCALE=0 leaves the row out
#   KILL_POINTS  where in each stage the process is killed (begin middle end)
#   LEAK         asan (a build of its own) or valgrind
#   BARE         1: the two commands of the README in a fresh Debian root must be shown; 0: leave them out;
#                absent: they are run where that can be done (root and debootstrap), else the row says why not
#   ROWS         words of the rows wanted (all): bare again kill balance truth feed leak next scale
set -u
BUILD=$1
. tests/night.sh

people=${PEOPLE:-2000}
agencies=${AGENCIES:-8}
scale=${SCALE:-200000}
stages="extract parse normalise link merge score publish"
short=0
rows=0

# row WHAT FIGURE BAR met|short|skipped
row() {
    rows=$((rows + 1))
    [ "$4" != short ] || short=$((short + 1))
    printf '%-52s  %-46s  %-30s  %s\n' "$1" "$2" "$3" "$4"
}

# judge COMMAND...: "met" or "short", for row.
judge() {
    if "$@"; then echo met; else echo short; fi
}

wanted() {
    case " ${ROWS:-all} " in
    *" all "* | *" $1 "*) return 0 ;;
    *) return 1 ;;
    esac
}

at_least() { # at_least FIGURE BAR
    awk -v a="$1" -v b="$2" 'BEGIN {exit !(a != "" && a + 0 >= b + 0)}'
}

same() { # same FINGERPRINT: is it the uninterrupted night's?
    [ -n "$1" ] && [ "$1" != - ] && [ "$1" = "$fingerprint" ]
}

fingerprint_of_last() {
    value fingerprint "$NIGHT_LINE"
}

brief() {
    printf '%.12s' "$1"
}

published() {
    { [ "$NIGHT_STATUS" -eq 0 ] || [ "$NIGHT_STATUS" -eq 3 ]; } && [ "$(value published "$NIGHT_LINE")" = yes ]
}

# The night all others are compared with.
row_first() {
    night_run "$NIGHT_TMP/first" --threads 2
    fingerprint=$(fingerprint_of_last)
    row "one night of $people people" \
        "people $(value people "$NIGHT_LINE"), status $NIGHT_STATUS, $(brief "$fingerprint")" \
        "published, status 0" "$(judge [ "$NIGHT_STATUS" -eq 0 ])"
    if ! published; then
        tail -n 20 "$NIGHT_TMP/first/run.err" >&2
        echo "no night, nothing to compare: $rows rows, $short short" >&2
        exit 1
    fi
    cp "$NIGHT_REPORT" "$NIGHT_TMP/first.json"
}

rows_again() {
    night_run "$NIGHT_TMP/first" --threads 2
    again=$(fingerprint_of_last)
    cached=$(night_cached "$NIGHT_REPORT")
    row "the same night again, fingerprint" "$(brief "$again")" "$(brief "$fingerprint")" \
        "$(judge same "$again")"
    row "the same night again, stages skipped" "$cached of 7" "7 of 7" "$(judge [ "$cached" -eq 7 ])"

    night_run "$NIGHT_TMP/one" --threads 1
    row "another state, 1 thread instead of 2" "$(brief "$(fingerprint_of_last)")" \
        "$(brief "$fingerprint")" "$(judge same "$(fingerprint_of_last)")"

    night_run "$NIGHT_TMP/reverse" --reverse-sources
    row "another state, sources in reverse" "$(brief "$(fingerprint_of_last)")" \
        "$(brief "$fingerprint")" "$(judge same "$(fingerprint_of_last)")"
}

rows_kill() {
    for stage in $stages; do
        kills=0
        good=0
        points=0
        for point in ${KILL_POINTS:-begin middle end}; do
            state=$NIGHT_TMP/kill-$stage-$point
            points=$((points + 1))
            if night_kill "$state" "$stage:$point"; then
                kills=$((kills + 1))
                night_run "$state"
                if same "$(fingerprint_of_last)"; then
                    good=$((good + 1))
                fi
            fi
            night_talent "$state" server stop >/dev/null 2>&1
            rm -rf "$state"
        done
        row "kill -9 in $stage, then a run" "$good of $kills kills end in $(brief "$fingerprint")" \
            "$points of $points" "$(judge [ "$kills" -eq "$points" -a "$good" -eq "$points" ])"
    done
}

rows_balance() {
    balance=$(night_balance "$NIGHT_TMP/first.json")
    status=$?
    set -- $balance
    row "counts balance per source and record kind" "$3 of $2 off, $1 sources" "0 off" \
        "$(judge [ "$status" -eq 0 ])"

    # One record too many on purpose: the report's check and the database must both refuse it.
    sed 's/"received": \([0-9]*\)\([0-9]\),/"received": \11\2,/' "$NIGHT_TMP/first.json" \
        >"$NIGHT_TMP/broken.json"
    refused=0
    night_balance "$NIGHT_TMP/broken.json" >/dev/null 2>&1 || refused=$((refused + 1))
    night_talent "$NIGHT_TMP/first" server start >/dev/null 2>&1
    conninfo=$(night_talent "$NIGHT_TMP/first" server conninfo)
    psql -X -q -d "$conninfo" -v ON_ERROR_STOP=1 -c "UPDATE ops.source_count SET received = received + 1" \
        >/dev/null 2>"$NIGHT_TMP/psql.err" || {
        ! grep -q source_count_balance "$NIGHT_TMP/psql.err" || refused=$((refused + 1))
    }
    night_talent "$NIGHT_TMP/first" server stop >/dev/null 2>&1
    row "counts broken on purpose are refused" "$refused of 2 (report, database)" "2 of 2" \
        "$(judge [ "$refused" -eq 2 ])"
}

rows_truth() {
    night_talent "$NIGHT_TMP/first" crosswalk --out "$NIGHT_TMP/crosswalk.csv" >/dev/null 2>&1
    "$BUILD/tests/tools/truth_score" "$SIM_DIR/truth.csv" "$NIGHT_TMP/crosswalk.csv" \
    "${SIM_SECRETS:-$SIM_DIR/secrets}/nik" \
        >"$NIGHT_TMP/truth.out" 2>&1
    line=$(tail -n 1 "$NIGHT_TMP/truth.out")
    precision=$(value precision "$line")
    recall=$(value recall "$line")
    row "joined pairs that are true (precision)" "${precision:-none}" ">= 0.9996" \
        "$(judge at_least "$precision" 0.9996)"
    row "true pairs that were joined (recall)" \
        "${recall:-none}, $(value merged_per_10000 "$line") merged per 10,000" "a figure" \
        "$(judge [ -n "$recall" ])"
}

# A test program of integration tests that adds a JSON and an XML agency by files alone.
rows_feed() {
    program=$BUILD/tests/integration/test_new_agency
    status=0
    TP_BUILD=$BUILD CMOCKA_MESSAGE_OUTPUT=TAP "$program" >"$NIGHT_TMP/feed.out" 2>&1 </dev/null || status=$?
    # A program that dies half-way has printed some ok lines: its plan and its status count too.
    planned=$(sed -n 's/^1\.\.\([0-9][0-9]*\)$/\1/p' "$NIGHT_TMP/feed.out" | tail -n 1)
    passed=$(grep -c '^ok ' "$NIGHT_TMP/feed.out")
    row "new JSON and XML agencies by a file alone" \
        "$passed of ${planned:-0} tests of test_new_agency, status $status" "all, >= 2, status 0" \
        "$(judge [ "$status" -eq 0 -a "$passed" -ge 2 -a "$passed" -eq "${planned:-0}" ])"
}

rows_leak() {
    release=$NIGHT_PROGRAM
    tool=${LEAK:-asan}
    wrapper=$NIGHT_TMP/checked
    if [ "$tool" = valgrind ]; then
        report=$NIGHT_TMP/valgrind
        printf '#!/bin/sh\nexec valgrind -q --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=99 --log-file="%s.%%p" "%s" "$@"\n' \
            "$report" "$release" >"$wrapper"
    else
        report=$NIGHT_TMP/asan
        make -s -j2 VARIANT=asan build/asan/talentpool >"$NIGHT_TMP/asan-build.out" 2>&1 ||
            tail -n 5 "$NIGHT_TMP/asan-build.out" >&2
        printf '#!/bin/sh\nASAN_OPTIONS=detect_leaks=1:exitcode=99:log_path="%s" UBSAN_OPTIONS=print_stacktrace=1 exec build/asan/talentpool "$@"\n' \
            "$report" >"$wrapper"
    fi
    chmod +x "$wrapper"
    # The private server's user must not write the reports; start it from the plain program.
    state=$NIGHT_TMP/leak
    night_state "$state"
    night_talent "$state" server start >/dev/null 2>&1
    NIGHT_PROGRAM=$wrapper
    night_run "$state" --threads 2
    NIGHT_PROGRAM=$release
    night_talent "$state" server stop >/dev/null 2>&1
    found=$(cat "$report".* 2>/dev/null | grep -cE 'ERROR|runtime error|Invalid (read|write)|definitely lost')
    cat "$report".* 2>/dev/null | head -n 40 >&2
    row "leaks and invalid accesses of one night ($tool)" \
        "$found reports, status $NIGHT_STATUS, $(brief "$(fingerprint_of_last)")" "0, the same fingerprint" \
        "$(judge [ "$found" -eq 0 -a "$NIGHT_STATUS" -eq 0 -a "$(fingerprint_of_last)" = "$fingerprint" ])"
}

# The simulator's next day over the first night's state: what came again is unchanged, what was touched is
# accepted, and a reader sees the first night until the second is whole.
rows_next() {
    sim_stop
    first_as_of=$NIGHT_AS_OF
    NIGHT_AS_OF=$(date -u -d "$NIGHT_AS_OF + 1 day" +%F)
    SIM_SECRETS=$NIGHT_TMP/sim/secrets
    sim_start "$NIGHT_TMP/next" "$people" "$agencies" "$NIGHT_AS_OF"
    state=$NIGHT_TMP/first
    night_talent "$state" server start >/dev/null 2>&1
    seen="SELECT night || ' ' || left(fingerprint, 12) FROM mart.generation WHERE is_current"
    if night_pause "$state" publish:middle; then
        meanwhile=$(night_ask "$state" "$seen")
        night_end_paused
    else
        meanwhile="not stopped there"
    fi
    row "readers while the next night is being loaded" "$meanwhile" "$first_as_of $(brief "$fingerprint")" \
        "$(judge [ "$meanwhile" = "$first_as_of $(brief "$fingerprint")" ])"

    night_run "$state"
    next=$(fingerprint_of_last)
    balance=$(night_balance "$NIGHT_REPORT")
    status=$?
    set -- $balance
    accepted=$(value accepted "$NIGHT_LINE")
    unchanged=$(value unchanged "$NIGHT_LINE")
    removed=$(value removed "$NIGHT_LINE")
    row "the next day: accepted, unchanged, removed" "$accepted, $unchanged, $removed; $3 of $2 off" \
        "each > 0, most unchanged, 0 off" \
        "$(judge [ "$NIGHT_STATUS" -eq 0 -a "$status" -eq 0 -a "${accepted:-0}" -gt 0 -a "${removed:-0}" -gt 0 \
            -a "${unchanged:-0}" -gt $((9 * ${accepted:-0})) ])"
    row "the next day is what readers see then" "$(night_ask "$state" "$seen")" "$NIGHT_AS_OF $(brief "$next")" \
        "$(judge [ "$(night_ask "$state" "$seen")" = "$NIGHT_AS_OF $(brief "$next")" ])"
    night_run "$state"
    cached=$(night_cached "$NIGHT_REPORT")
    row "the next day again, stages skipped" "$cached of 7, $(brief "$(fingerprint_of_last)")" \
        "7 of 7, $(brief "$next")" "$(judge [ "$cached" -eq 7 -a "$(fingerprint_of_last)" = "$next" ])"
    night_talent "$state" server stop >/dev/null 2>&1
    NIGHT_AS_OF=$first_as_of
}

rows_scale() {
    PEOPLE=$scale AGENCIES=${SCALE_AGENCIES:-60} sh tests/run_scale.sh "$BUILD" >"$NIGHT_TMP/scale.out" 2>&1
    status=$?
    cat "$NIGHT_TMP/scale.out"
    measured=0
    for stage in $stages; do
        measured=$((measured + $(grep -c "^$stage .*done" "$NIGHT_TMP/scale.out")))
    done
    figure=$(sed -n 's/^night: //p' "$NIGHT_TMP/scale.out" | cut -d ';' -f 1)
    row "$scale people: seconds, records/s, memory per stage" "$measured of 7 stages, ${figure:-no night}" \
        "7 of 7, published" "$(judge [ "$status" -eq 0 -a "$measured" -eq 7 ])"
}

rows_bare() {
    why=""
    command -v debootstrap >/dev/null || why="no debootstrap"
    [ "$(id -u)" -eq 0 ] || why="not root"
    if [ -n "$why" ]; then
        verdict=skipped
        [ "${BARE:-}" != 1 ] || verdict=short
        row "a fresh Debian 12: the README's two commands" "skipped: $why" "status 0 and 0" "$verdict"
        return
    fi
    if sh tests/bare_debian.sh >"$NIGHT_TMP/bare.out" 2>&1; then
        verdict=met
    else
        verdict=short
        tail -n 30 "$NIGHT_TMP/bare.out" >&2
    fi
    row "a fresh Debian 12: the README's two commands" \
        "$(grep -E '^(demo|check)=' "$NIGHT_TMP/bare.out" | tr '\n' ' ')" "status 0 and 0" "$verdict"
}

printf '%-52s  %-46s  %-30s  %s\n' what figure bar result
sim_start "$NIGHT_TMP/sim" "$people" "$agencies" "$NIGHT_AS_OF"
row_first
! wanted again || rows_again
! wanted kill || rows_kill
! wanted balance || rows_balance
! wanted truth || rows_truth
! wanted feed || rows_feed
! wanted leak || rows_leak
! wanted next || rows_next
sim_stop
if wanted scale && [ "$scale" -gt 0 ]; then
    rows_scale
fi
if wanted bare && [ "${BARE:-1}" != 0 ]; then
    rows_bare
fi
echo "$rows rows, $short short"
[ "$short" -eq 0 ]
