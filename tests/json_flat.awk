# Flattens a JSON text to one "path<TAB>value" line per scalar: stages.0.name<TAB>extract.
# For machine-written reports: it does not check, and keeps escapes inside strings as they are.
BEGIN { RS = "\""; depth = 0; in_text = 0 }

function path(    i, p) {
    p = part[1]
    for (i = 2; i <= depth; i++) {
        p = p "." part[i]
    }
    return p
}

function emit(value) {
    print path() "\t" value
}

function end_literal() {
    if (literal != "") {
        emit(literal)
        literal = ""
    }
}

function outside(chunk,    i, c, n) {
    n = length(chunk)
    for (i = 1; i <= n; i++) {
        c = substr(chunk, i, 1)
        if (c == "{" || c == "[") {
            depth++
            kind[depth] = c
            part[depth] = c == "[" ? 0 : ""
            want_key[depth] = c == "{"
        } else if (c == "}" || c == "]") {
            end_literal()
            depth--
        } else if (c == ",") {
            end_literal()
            if (kind[depth] == "[") {
                part[depth]++
            } else {
                want_key[depth] = 1
            }
        } else if (c ~ /[-+.0-9A-Za-z]/) {
            literal = literal c
        }
    }
}

in_text {
    text = text $0
    slashes = 0
    while (substr(text, length(text) - slashes, 1) == "\\") {
        slashes++
    }
    if (slashes % 2 == 1) {
        text = text "\""
        next
    }
    in_text = 0
    if (depth > 0 && kind[depth] == "{" && want_key[depth]) {
        part[depth] = text
        want_key[depth] = 0
    } else {
        emit(text)
    }
    next
}

{
    outside($0)
    in_text = 1
    text = ""
}
