#!/bin/sh
# Runs test programs one after another; ends with "N passed, N failed"; status 1 when any failed.
# usage: run.sh BUILD-DIR PROGRAM...
set -u
build=$1
shift
passed=0
failed=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
TP_BUILD=$build
export TP_BUILD
for program in "$@"; do
    CMOCKA_MESSAGE_OUTPUT=TAP "$program" >"$out" 2>&1 </dev/null
    status=$?
    ok=$(grep -c '^ok ' "$out")
    bad=$(grep -c '^not ok ' "$out")
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
        bad=1
    fi
    passed=$((passed + ok))
    failed=$((failed + bad))
    name=${program#"$build"/tests/}
    if [ "$bad" -ne 0 ] || [ "$ok" -eq 0 ]; then
        [ "$bad" -ne 0 ] || failed=$((failed + 1))
        echo "FAILED $name (status $status)"
        grep -v '^ok ' "$out" | tail -n 40 | sed 's/^/    /'
    else
        echo "ok     $name ($ok)"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
