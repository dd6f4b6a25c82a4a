#!/bin/sh
# Every measurable promise about feeds, one row each: what, figure, bar, met or short.
# usage: accept_feeds.sh BUILD-DIR; status 1 when any row is short.
#   JSON_MB XML_MB CSV_MB  size of the benchmark's bodies (2048, 1024, 1024); REPEAT its rounds (5)
#   FUZZ_SECONDS           CPU seconds of each fuzzer (1200); FUZZ_LOG=FILE judges what an earlier run printed
#   SOURCES, FAILING       of the night of many sources (719, 64)
#   ROWS                   words of the rows wanted (all): kinds faults secrets many bench fuzz
set -u
BUILD=$1
tmp=$(mktemp -d "${TMPDIR:-/tmp}/talentpool-feeds.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
short=0
rows=0

# row WHAT FIGURE BAR met|short
row() {
    rows=$((rows + 1))
    [ "$4" = met ] || short=$((short + 1))
    printf '%-58s  %-46s  %-30s  %s\n' "$1" "$2" "$3" "$4"
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

# run_tests NAME: runs a test program; leaves passed, failed and the names of its tests in $tmp/NAME.tap.
run_tests() {
    TP_BUILD=$BUILD CMOCKA_MESSAGE_OUTPUT=TAP "$BUILD/tests/integration/$1" >"$tmp/$1.tap" 2>&1 </dev/null
    status=$?
    passed=$(grep -c '^ok ' "$tmp/$1.tap")
    failed=$(grep -c '^not ok ' "$tmp/$1.tap")
    [ "$status" -eq 0 ] || failed=$((failed + 1))
    [ "$failed" -eq 0 ] || grep -v '^ok ' "$tmp/$1.tap" | tail -n 20 >&2
}

# rows_table SECTION...: every test that docs/feeds-tested.md names in these sections ran and passed.
named_tests() {
    awk -v from="$1" -v to="$2" '/^## / { on = ($0 == "## " from) ? 1 : (on && $0 == "## " to) ? 0 : on } on' \
        docs/feeds-tested.md | grep -o 'test_[a-z0-9_]*__[a-z0-9_]*' | sort -u
}

check_named() { # check_named FROM TO TAP: names of the section that did not pass
    named_tests "$1" "$2" | while read -r name; do
        grep -q "^ok .*$name\$" "$3" || echo "$name"
    done
}

rows_kinds() {
    all_passed=0
    all_failed=0
    for program in test_gallery test_tracking test_changes; do
        run_tests "$program"
        all_passed=$((all_passed + passed))
        all_failed=$((all_failed + failed))
        cat "$tmp/$program.tap" >>"$tmp/kinds.tap"
    done
    passed=$all_passed
    failed=$all_failed
    missing=$(check_named "Log-in" "Faults" "$tmp/kinds.tap" | wc -l)
    kinds=$(awk '/^## / { on = ($0 != "## Faults") } on && /^\| / && !/^\| (kind|---|certificate)/' docs/feeds-tested.md | wc -l)
    row "kinds of log-in, paging, format, ... each with its test" \
        "$kinds kinds, $passed tests passed, $failed failed" "all named tests pass" \
        "$(judge [ "$failed" -eq 0 -a "$missing" -eq 0 -a "$kinds" -ge 30 ])"
}

rows_faults() {
    run_tests test_faults
    [ -s "$tmp/test_gallery.tap" ] || TP_BUILD=$BUILD CMOCKA_MESSAGE_OUTPUT=TAP "$BUILD/tests/integration/test_gallery" >"$tmp/test_gallery.tap" 2>&1 </dev/null
    cat "$tmp/test_gallery.tap" "$tmp/test_faults.tap" >"$tmp/both.tap"
    missing=$(check_named "Faults" "" "$tmp/both.tap" | wc -l)
    row "faults, each with outcome and balanced counts" "$passed tests passed, $failed failed, $missing missing" \
        "19 kinds of fault or more" "$(judge [ "$failed" -eq 0 -a "$missing" -eq 0 -a "$passed" -ge 19 ])"
}

rows_secrets() {
    sh tests/secrets.sh "$BUILD" >"$tmp/secrets.out" 2>&1
    status=$?
    [ "$status" -eq 0 ] || cat "$tmp/secrets.out" >&2
    row "planted secrets and their tokens found anywhere" "$(tail -n 1 "$tmp/secrets.out")" \
        "0 in files, log, output, rows, ps" "$(judge [ "$status" -eq 0 ])"
}

rows_many() {
    sh tests/many_sources.sh "$BUILD" >"$tmp/many.out" 2>&1
    status=$?
    cat "$tmp/many.out"
    figure=$(tail -n 1 "$tmp/many.out" | cut -d ' ' -f 1-4)
    row "${SOURCES:-719} sources at once, ${FAILING:-64} of them failing" "$figure" \
        "all named with reasons, rest out" "$(judge [ "$status" -eq 0 ])"
}

rows_bench() {
    make -s bench-feeds >"$tmp/bench.out" 2>&1
    status=$?
    cat "$tmp/bench.out"
    # "what   figure unit   bar   N   met|short"
    grep -E ' bar +[0-9.]+ +(met|short)$' "$tmp/bench.out" >"$tmp/bench.rows"
    while read -r line; do
        what=$(printf '%s\n' "$line" | sed 's/  .*//')
        figure=$(printf '%s\n' "$line" | sed 's/^.*  *\([0-9.]* *[a-zA-Z%]*\) *bar .*/\1/')
        bar=$(printf '%s\n' "$line" | sed 's/.* bar *\([0-9.]*\).*/\1/')
        row "$what" "$figure" "$bar" "${line##* }"
    done <"$tmp/bench.rows"
    row "the sides of the benchmark read the same fields" \
        "$(grep -c 'different' "$tmp/bench.out") differences, status $status" "0" \
        "$(judge [ "$(grep -c 'different' "$tmp/bench.out")" -eq 0 -a -s "$tmp/bench.rows" -a "$status" -eq 0 ])"
}

rows_fuzz() {
    bar=${FUZZ_SECONDS:-1200}
    if [ -n "${FUZZ_LOG:-}" ]; then
        cp "$FUZZ_LOG" "$tmp/fuzz.out"
    else
        make -s fuzz SECONDS_EACH="$bar" >"$tmp/fuzz.out" 2>&1 || true
    fi
    for name in json xml csv source steps; do
        set -- $(grep "^$name " "$tmp/fuzz.out" | tail -n 1)
        row "fuzzer of ${name}" "${2:-0} runs, ${3:-0} s CPU, ${6:-?} crashes" ">= $bar s CPU, 0 crashes" \
            "$(judge awk -v s="${3:-0}" -v bar="$bar" -v c="${6:-1}" -v v="${7:-no}" \
                'BEGIN { exit !(s + 0 >= bar * 0.98 && c == 0 && v == "ok") }')"
    done
}

printf '%-58s  %-46s  %-30s  %s\n' what figure bar result
! wanted kinds || rows_kinds
! wanted faults || rows_faults
! wanted secrets || rows_secrets
! wanted many || rows_many
! wanted bench || rows_bench
! wanted fuzz || rows_fuzz
echo "$rows rows, $short short"
[ "$short" -eq 0 ]
