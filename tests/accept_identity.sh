#!/bin/sh
# Every measurable promise of identity resolution, one row each: what, figure, bar, met or short.
# usage: accept_identity.sh BUILD-DIR; status 1 when any row is short.
#   PEOPLE    people of the accuracy table (20000), pooled over SEEDS (5)
#   LARGE     people of the large accuracy table (200000), one seed; 0 leaves it out
#   COPIES    copies of each trap (1000)
#   RECORDS   sizes of the benchmark (100000,1000000,5000000,10000000)
#   STRINGS   pairs of the string comparison (2000000)
#   THREADS   of the link stage (2)
#   SETS      folder with the public sets: NAME.csv, NAME.json (what its columns mean), NAME.truth.csv (record_id,person)
#             for febrl1 febrl2 febrl3 rldata500 rldata10000 fake_1000
#   ROWS      words of the rows wanted (all): accuracy large traps checks cost night sets explain
set -u
BUILD=$1
tools=$BUILD/tests/tools
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
short=0
skipped=0
rows=0
threads=${THREADS:-2}

# row WHAT FIGURE BAR met|short|shown|skipped
row() {
    rows=$((rows + 1))
    [ "$4" != short ] || short=$((short + 1))
    [ "$4" != skipped ] || skipped=$((skipped + 1))
    printf '%-62s  %-44s  %-26s  %s\n' "$1" "$2" "$3" "$4"
}

judge() {
    if "$@"; then echo met; else echo short; fi
}

wanted() {
    case " ${ROWS:-all} " in
    *" all "* | *" $1 "*) return 0 ;;
    *) return 1 ;;
    esac
}

at_most() { # at_most FIGURE BAR
    awk -v a="$1" -v b="$2" 'BEGIN {exit !(a != "" && a + 0 <= b + 0)}'
}

at_least() {
    awk -v a="$1" -v b="$2" 'BEGIN {exit !(a != "" && a + 0 >= b + 0)}'
}

# value NAME FILE: what its last line says of NAME.
value() {
    tail -n 1 "$2" | tr ' ' '\n' | sed -n "s/^$1=//p"
}

# The bars of a table as rows: "measure<TAB>figure<TAB>bar<TAB>verdict<TAB>aim".
bars() {
    awk '/ (<=|>=) / {
        what = substr($0, 1, 48); sub(/ +$/, "", what)
        n = split(substr($0, 49), w, " ")
        printf "%s\t%s\t%s %s\t%s\t%s %s %s\n", what, w[1], w[2], w[3], w[4], w[5], w[6], w[7]
    }' "$1"
}

# table NAME PEOPLE SEEDS DIRT: one row per bar, then what the table shows besides.
table() {
    out=$tmp/table
    if ! "$tools/identity_table" --people "$2" --seeds "$3" --dirt "$4" --threads "$threads" --probe 1 \
        >"$out" 2>"$tmp/err" && [ ! -s "$out" ]; then
        row "$1, defects x $4" "$(head -c 40 "$tmp/err")" "a table" short
        return
    fi
    bars "$out" >"$tmp/bars"
    while IFS="$(printf '\t')" read -r what figure bar verdict aim; do
        row "$1 x $4: $what" "$figure (aim $aim)" "$bar" "$verdict"
    done <"$tmp/bars"
    row "$1 x $4: subgroups, people merged in the worst" \
        "$(awk '/^subgroup/ {on = 1; next} on && NF < 8 {exit} on {n++; m = $(NF - 3); if (m + 0 > worst + 0) worst = m}
            END {printf "%d groups, %d", n, worst}' "$out")" "shown" shown
    row "$1 x $4: kinds of dirt, lowest recall" \
        "$(awk '/^dirt on/ {on = 1; next} on && NF == 0 {exit} on {n++; r = $(NF - 1); if (least == "" || r < least) {least = r; what = substr($0, 1, 24)}}
            END {sub(/ +$/, "", what); printf "%d kinds, %s %s", n, least, what}' "$out")" "shown" shown
    awk '/^pass of the engine/ {on = 1; next} on && NF == 0 {exit} on {print $1, $(NF - 1), $NF, $(NF - 2)}' "$out" >"$tmp/passes"
    while read -r pass precision wrong joins; do
        row "$1 x $4: pass $pass, precision" "$precision ($wrong of $joins wrong)" "shown" shown
    done <"$tmp/passes"
    awk '/^rule alone/ {on = 1; next} on && NF == 0 {exit} on {what = substr($0, 1, 32); sub(/ +$/, "", what); print $(NF - 1), $NF, what}' \
        "$out" >"$tmp/rules"
    while read -r precision wrong what; do
        row "$1 x $4: $what, alone" "precision $precision ($wrong wrong)" "shown" shown
    done <"$tmp/rules"
    row "$1 x $4: records with a name and nothing else" \
        "$(sed -n 's/^records with a name and nothing else: \([0-9]*\),.*has recall \([0-9.]*\) and F1 \([0-9.]*\).*/\1: recall \2, F1 \3 at most/p' "$out")" \
        "shown" shown
    left=$(value left "$out")
    proposed=$(value proposed "$out")
    row "$1 x $4: true pairs no pass proposes" \
        "$(awk -v l="$left" -v p="$proposed" -v t="$(value true_pairs "$out")" 'BEGIN {share = 0; if (t > 0) share = (l - p) / t; printf "%d of %d (%.5f)", l - p, t, share}')" \
        "shown" shown
}

rows_traps() {
    for trap in twins namesakes parent cohort shared-nip copied-nip spouse-nik slip placeholder january date-fixed \
        pppk-to-pns old-only no-nik single doubled bali glued titles cut moved twice foreign day-off registry; do
        "$tools/identity_table" --people 100 --agencies 8 --dirt 0 --trap "$trap" --copies "${COPIES:-1000}" --only 1 \
            --seeds 2 --threads "$threads" >"$tmp/trap" 2>&1
        merged=$(value merged "$tmp/trap")
        row "trap $trap, ${COPIES:-1000} copies, two seeds: people merged" \
            "${merged:-none linked} of $(value people "$tmp/trap")" "0" "$(judge [ "${merged:-1}" = 0 ])"
    done
}

# program WHAT FILE...: a row per test program.
program() {
    what=$1
    shift
    for test in "$@"; do
        if [ ! -x "$BUILD/tests/$test" ]; then
            row "$what" "no $test" "all pass" short
            continue
        fi
        result=$(COPIES=${COPIES:-1000} sh tests/run.sh "$BUILD" "$BUILD/tests/$test" 2>/dev/null | tail -n 1)
        row "$what: ${test##*/test_}" "$result" "0 failed" "$(judge [ "${result#*, }" = "0 failed" ])"
    done
}

rows_checks() {
    for source in tests/unit/core/link/test_*.c; do
        program "unit" "unit/core/link/$(basename "$source" .c)"
    done
    program "threads 1, 2, 3, 8, order of records and rows: one hash" harm/test_order
    program "one record more or less" harm/test_copies
    program "five nights, 1 % edits, arrivals, leavers" harm/test_nights
    program "hostile tables" harm/test_hostile_tables harm/test_everybodys_number
    program "reference: fast kernels against plain ones, two million pairs" harm/test_kernels
    program "reference: clusters against a literal reading of the rules" harm/test_clusters
    program "reference: union-find against a serial one" harm/test_union
}

# cost RECORDS SECONDS MEGABYTES: bars of linkage-design 1.
cost() {
    line=$(awk -F, -v n="$1" '$1 == "link" && $2 > n * 0.9 && $2 < n * 1.1' "$tmp/cost")
    if [ -z "$line" ]; then
        row "$1 records: seconds, MB" "not measured (RECORDS)" "$2 s, $3 MB" skipped
        return
    fi
    seconds=$(printf '%s' "$line" | cut -d, -f5)
    peak=$(printf '%s' "$line" | cut -d, -f10)
    row "$1 records: seconds" "$seconds" "<= $2" "$(judge at_most "$seconds" "$2")"
    row "$1 records: peak MB above the columns" "$peak" "<= $3" "$(judge at_most "$peak" "$3")"
}

rows_cost() {
    "$BUILD/bench/bench_link" --records "${RECORDS:-100000,1000000,5000000,10000000}" --threads "$threads" \
        --strings "${STRINGS:-2000000}" >"$tmp/cost" 2>"$tmp/err"
    verdict=$(judge [ $? -eq 0 ])
    row "benchmark: one result per size, plain loops agree" "$(head -c 44 "$tmp/err")" "status 0" "$verdict"
    awk -F, '$1 == "link"' "$tmp/cost" >"$tmp/sizes"
    while IFS=, read -r _ n _ _ median rate bytes pairs _; do
        row "$n records" "$rate/s, $bytes bytes each, $pairs pairs/unit" "shown" shown
    done <"$tmp/sizes"
    cost 1000000 4 350
    cost 5000000 20 1600
    cost 10000000 45 3200
    ratio=$(awk -F, '$2 >= 900000 {t = $5 / $2; if (first == "") first = t; last = t} END {if (first != "") printf "%.3f", last / first}' "$tmp/sizes")
    if [ "$(awk -F, '$2 >= 900000' "$tmp/sizes" | wc -l)" -lt 2 ]; then
        row "time per record, largest to 1 million" "needs two sizes from 1 million on" "<= 1.20" skipped
    else
        row "time per record, largest to 1 million" "$ratio" "<= 1.20" "$(judge at_most "$ratio" 1.2)"
    fi
    for kernel in jaro one_edit; do
        awk -F, -v k="$kernel" '$1 == k " program" {a = $5} $1 == k " plain" {b = $5} END {printf "%.0f beside %.0f plain, a second", a, b}' \
            "$tmp/cost" >"$tmp/side"
        row "string comparison $kernel" "$(cat "$tmp/side")" "shown side by side" shown
    done
}

# A night with 1 % changed: a test program of its own, which prints ratio=TIME/FULL same=yes|no.
rows_night() {
    bench=$BUILD/bench/bench_link_night
    if [ ! -x "$bench" ]; then
        row "1 % changed: same hash, share of a full link's time" "no incremental night to measure" "same, <= 0.125" short
        return
    fi
    "$bench" --people "${PEOPLE:-20000}" >"$tmp/night" 2>&1
    ratio=$(value ratio "$tmp/night")
    same=$(value same "$tmp/night")
    row "1 % changed: same hash as a full link" "${same:-no}" "yes" "$(judge [ "${same:-no}" = yes ])"
    row "1 % changed: share of a full link's time" "${ratio:-none}" "<= 0.125" "$(judge at_most "${ratio:-}" 0.125)"
}

# set NAME BAR: pair F1 of a public set.
public_set() {
    csv=${SETS:-}/$1.csv
    if [ -z "${SETS:-}" ] || [ ! -f "$csv" ]; then
        row "public set $1: pair F1" "no file; SETS names the folder" ">= $2" short
        return
    fi
    if ! "$BUILD/talentpool" link "$csv" --config "${SETS}/$1.json" --out "$tmp/clusters.csv" >"$tmp/link" 2>&1; then
        row "public set $1: pair F1" "$(head -n 1 "$tmp/link" | head -c 44)" ">= $2" short
        return
    fi
    bar=$2
    f1=$(awk -F, 'FNR == 1 {f++; next} f == 1 {t[$1] = $2; next} ($1 in t) {c[$2]++; p[t[$1]]++; b[$2 SUBSEP t[$1]]++}
        END {for (i in c) j += c[i] * (c[i] - 1) / 2; for (i in p) q += p[i] * (p[i] - 1) / 2
             for (i in b) r += b[i] * (b[i] - 1) / 2; if (j + q > 0) printf "%.5f", 2 * r / (j + q)}' \
        "${SETS}/$1.truth.csv" "$tmp/clusters.csv")
    if [ "$bar" = shown ] && [ -n "$f1" ]; then
        row "public set $1: pair F1" "$f1" shown shown
    else
        row "public set $1: pair F1" "${f1:-none}" ">= $bar" "$(judge at_least "$f1" "$bar")"
    fi
}

rows_sets() {
    public_set febrl3 0.997
    public_set rldata10000 0.95
    public_set fake_1000 0.93
    for name in febrl1 febrl2 rldata500; do
        public_set "$name" shown
    done
    row "page of the public sets in docs/" "$(ls docs/*linkage-sets* docs/*public-sets* 2>/dev/null | head -n 1)" "there" \
        "$(judge sh -c 'ls docs/*linkage-sets* docs/*public-sets* >/dev/null 2>&1')"
}

rows_explain() {
    "$BUILD/talentpool" help >"$tmp/help" 2>&1
    row "explain-identity is a command" "$(grep -c 'explain-identity' "$tmp/help") lines of help" ">= 1" \
        "$(judge grep -q 'explain-identity' "$tmp/help")"
    row "link FILE.csv is a command" "$(grep -cE '(^| )link ' "$tmp/help") lines of help" ">= 1" "$(judge grep -qE '(^| )link ' "$tmp/help")"
    row "review export, review import are commands" "$(grep -c 'review' "$tmp/help") lines of help" ">= 1" \
        "$(judge grep -q 'review' "$tmp/help")"
    "$BUILD/talentpool" help explain-identity >"$tmp/one" 2>&1
    "$BUILD/talentpool" help link >>"$tmp/one" 2>&1
    row "waterfall of a decision, weights of the model: a chart" "$(grep -ciE 'svg|html|chart' "$tmp/one") options" ">= 1" \
        "$(judge grep -qiE 'svg|html|chart' "$tmp/one")"
}

if wanted accuracy; then
    table "${PEOPLE:-20000} people" "${PEOPLE:-20000}" "${SEEDS:-5}" 1
    table "${PEOPLE:-20000} people" "${PEOPLE:-20000}" "${SEEDS:-5}" 2
fi
if wanted large && [ "${LARGE:-200000}" -gt 0 ]; then
    table "${LARGE:-200000} people" "${LARGE:-200000}" 1 1
    table "${LARGE:-200000} people" "${LARGE:-200000}" 1 2
fi
wanted traps && rows_traps
wanted checks && rows_checks
wanted cost && rows_cost
wanted night && rows_night
wanted sets && rows_sets
wanted explain && rows_explain
echo "$rows rows, $short short, $skipped skipped"
[ "$short" -eq 0 ]
