#!/bin/sh
# Writes one description per agency from that of agency 5104:
#   tests/tools/make-simpeg-sources.sh OUT_FOLDER CODE...
set -eu
if [ $# -lt 2 ]; then
    echo "usage: $0 OUT_FOLDER CODE..." >&2
    exit 64
fi
from=$(dirname "$0")/../../config/sources/simpeg-5104.json
out=$1
shift
mkdir -p "$out"
for code in "$@"; do
    case $code in
    *[!0-9]* | '') echo "$0: \"$code\" is no agency code: four digits" >&2; exit 64 ;;
    esac
    [ "$out/simpeg-$code.json" -ef "$from" ] && continue
    sed "s/5104/$code/g" "$from" >"$out/simpeg-$code.json.new"
    mv "$out/simpeg-$code.json.new" "$out/simpeg-$code.json"
done
