#!/bin/sh
# One line per row of the table in docs/architecture.md: who may include whom.
set -u
fault=0
deny() { # deny "what is wrong" PATTERN PATH...
    what=$1
    pattern=$2
    shift 2
    if grep -rnE "$pattern" --include='*.c' --include='*.h' "$@" 2>/dev/null; then
        echo "layering: $what" >&2
        fault=1
    fi
}
inc='#[[:space:]]*include[[:space:]]*[<"]'
deny "core does no I/O" "${inc}(talent/etl/|etl/|libpq|curl/|libxml|jansson|stdio\\.h|unistd\\.h|fcntl\\.h|time\\.h|sys/)" core include/talent/core include/talent/base
deny "base knows nothing of people" "${inc}(talent/core/|core/)" core/base include/talent/base
deny "model is below the decisions" "${inc}talent/core/(normalise|link|merge|score|rules)" core/model
deny "normalise does not see link, merge, score" "${inc}talent/core/(link|merge|scores?|rules)\\.h" core/normalise
deny "link does not see merge, score, normalise" "${inc}talent/core/(merge|scores?|rules|normalise)\\.h" core/link
deny "merge does not see link's inside, score, normalise" "${inc}talent/core/(link|scores?|rules|normalise)\\.h" core/merge
deny "score does not see link, merge, normalise" "${inc}talent/core/(link|merge|normalise)\\.h" core/score
deny "sys does not see the domain" "${inc}talent/core/" etl/sys
only() { # only HEADER ALLOWED-PATTERN
    if grep -rnE "${inc}$1" --include='*.c' --include='*.h' core etl include 2>/dev/null | grep -vE "$2"; then
        echo "layering: $1 belongs to $2 alone" >&2
        fault=1
    fi
}
only 'curl/' '^etl/http/'
only 'libxml/' '^etl/format/xml'
only 'jansson' '^etl/format/json\.c'
only 'libpq' '^(etl/pg/|include/talent/etl/pg)'
deny "pg, http and format do not see one another" "${inc}talent/etl/(http|format|pg|ledger)\\.h" etl/store
deny "http does not see pg" "${inc}talent/etl/(pg|ledger|run)\\.h" etl/http etl/format
deny "source does not see stages" "${inc}talent/etl/(run|stage|pg|ledger)\\.h" etl/source
deny "stages do not see the command line" "${inc}etl/cli" etl/stage etl/run
exit "$fault"
