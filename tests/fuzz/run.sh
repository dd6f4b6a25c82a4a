#!/bin/sh
# Runs the fuzzers one after another and prints a row for each; ends with "N passed, N failed", status 1
# when one found something. New inputs gather in BUILD-DIR/corpus, so that the next run goes on from there.
# RUNS=N ends a fuzzer after N runs from a fixed seed: the same inputs each time, for continuous integration.
# usage: run.sh BUILD-DIR SECONDS [NAME]
set -u
build=$1
seconds=$2
only=$3
passed=0
failed=0
# Memory that goes back to the system and comes again costs more than the fuzzing.
export ASAN_OPTIONS="${ASAN_OPTIONS:-allocator_release_to_os_interval_ms=-1:quarantine_size_mb=16}"
printf '%-8s %10s %8s %8s %8s %8s  %s\n' fuzzer runs cpu_s corpus coverage crashes verdict
for program in "$build"/tests/fuzz/fuzz_*; do
    case $program in
    *.o | *.d) continue ;;
    esac
    name=${program##*/fuzz_}
    [ -z "$only" ] || [ "$only" = "$name" ] || continue
    gathered=$build/corpus/$name
    crashes=$build/crashes/$name/
    log=$build/$name.log
    mkdir -p "$gathered" "$crashes"
    dict=tests/fuzz/$name.dict
    (
        "$program" ${dict:+-dict="$dict"} -max_total_time="$seconds" ${RUNS:+-runs="$RUNS" -seed=1} -max_len=4096 -timeout=25 \
            -rss_limit_mb=2048 -print_final_stats=1 -verbosity=1 -artifact_prefix="$crashes" \
            "$gathered" "tests/fuzz/corpus/$name" >"$log" 2>&1
        echo "status $?" >>"$log"
        times >"$log.times"
    )
    status=$(sed -n 's/^status //p' "$log")
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    cpu=$(tail -n 1 "$log.times" | awk -F '[ms ]+' '{ printf "%.1f", $1 * 60 + $2 + $3 * 60 + $4 }')
    size=$(find "$gathered" "tests/fuzz/corpus/$name" -type f | wc -l)
    cover=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1 | cut -d ' ' -f 2)
    found=$(find "$crashes" -type f | wc -l)
    verdict=ok
    if [ "$status" -ne 0 ] || [ "$found" -ne 0 ]; then
        verdict="FAILED, inputs in $crashes, log in $log"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
    printf '%-8s %10s %8s %8s %8s %8s  %s\n' "$name" "${runs:-0}" "$cpu" "$size" "${cover:-0}" "$found" \
        "$verdict"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
