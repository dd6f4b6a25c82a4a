#!/bin/sh
# Writes docs/commands.md or docs/configuration.md from what the program says of itself.
# usage: program-pages.sh commands|configuration PROGRAM > docs/<page>.md
set -eu
page=${1:?usage: program-pages.sh commands|configuration PROGRAM}
program=${2:?usage: program-pages.sh commands|configuration PROGRAM}

made_by() {
    echo "Made by \`make docs\` from \`$1\`; change the program's table, not this page."
    echo
}

case $page in
commands)
    echo '# Commands'
    echo
    made_by 'talentpool --help` and `talentpool help COMMAND'
    echo 'What each exit status asks of the operator: [operations.md](operations.md).'
    echo
    "$program" --help | sed 's/^\(.\)/    \1/'
    "$program" --help | awk '/^commands:/ {on = 1; next} !NF {on = 0} on && $1 != "help" {print $1}' |
        while read -r command; do
            printf '\n## %s\n\n' "$command"
            "$program" help "$command" | awk '/^options of every command:/ {exit} NF {for (; gap > 0; gap--) {print ""}; print "    " $0} !NF {gap++}'
        done
    ;;
configuration)
    echo '# Settings'
    echo
    made_by 'talentpool config defaults'
    cat <<'TEXT'
A settings file is JSON and may hold any of these; `--config FILE` lays it over the defaults, `--set SECTION.KEY=VALUE`
over every file. Members that begin with `//` are comments. The section `feeds` is free: source descriptions refer
to its members as `{"setting": "NAME"}`. `talentpool config show` prints what is in force and who said so.

| setting | default | values: meaning |
| --- | --- | --- |
TEXT
    "$program" config defaults | awk '
        /^  "[a-z_]+": [{]/ { split($0, part, "\""); section = part[2]; next }
        /^    "\/\// {
            help = $0
            sub(/^    "\/\/[a-z_]+": "/, "", help); sub(/",?$/, "", help); gsub(/\\"/, "\"", help); gsub(/\|/, "\\|", help)
            next
        }
        /^    "/ {
            split($0, part, "\"")
            value = $0; sub(/^    "[a-z_]+": /, "", value); sub(/,$/, "", value)
            printf "| `%s.%s` | `%s` | %s |\n", section, part[2], value, help
        }'
    ;;
*)
    echo "program-pages.sh: no page \"$page\"; one of commands, configuration" >&2
    exit 64
    ;;
esac
