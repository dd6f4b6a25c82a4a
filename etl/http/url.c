/* How are addresses and header values written, shown and read? */
#include "talent/base/day.h"
#include "talent/etl/http.h"

enum {
    DIGITS_SHOWN = 8, /* a date fits; every identifier of a person is longer */
    WAIT_MAX_S = 900  /* longer than this is another night */
};

static bool
is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void
tp_http_escape(tp_buf *out, tp_str text)
{
    static const char HEX[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.n; i++) {
        const unsigned char c = (unsigned char)text.p[i];
        if (is_plain(text.p[i])) {
            tp_buf_char(out, text.p[i]);
        } else {
            tp_buf_char(out, '%');
            tp_buf_char(out, HEX[c >> 4]);
            tp_buf_char(out, HEX[c & 15]);
        }
    }
}

static void
put_digits_masked(tp_buf *out, tp_str text)
{
    for (size_t i = 0; i < text.n;) {
        size_t n = 0;
        while (i + n < text.n && text.p[i + n] >= '0' && text.p[i + n] <= '9') {
            n++;
        }
        if (n > DIGITS_SHOWN) {
            tp_buf_char(out, '#');
        } else {
            tp_buf_put(out, text.p + i, n > 0 ? n : 1);
        }
        i += n > 0 ? n : 1;
    }
}

static void
put_part(tp_buf *out, tp_str text, bool digits)
{
    if (digits) {
        put_digits_masked(out, text);
    } else {
        tp_buf_str(out, text);
    }
}

/* Does a parameter's name, in any case and as part of a longer one, speak of a secret? */
static bool
is_secret_name(tp_str name)
{
    static const char *const WORDS[] = {"token", "key",  "secret", "passw", "pwd",
                                        "auth",  "sign", "sig",    "code",  "sess",
                                        "jwt",   "cred", "sandi",  "kunci", "tiket"};
    for (size_t w = 0; w < TP_COUNT(WORDS); w++) {
        const tp_str word = tp_str_of(WORDS[w]);
        for (size_t i = 0; i + word.n <= name.n; i++) {
            if (tp_str_ieq(tp_str_sub(name, i, word.n), word)) {
                return true;
            }
        }
    }
    return false;
}

typedef enum hide { SECRETS, SECRETS_AND_DIGITS, VALUES } hide;

static void
put_query(tp_buf *out, tp_str query, hide what)
{
    const bool digits = what == SECRETS_AND_DIGITS;
    tp_str piece;
    for (char sep = '?'; tp_str_next(&query, '&', &piece); sep = '&') {
        tp_buf_char(out, sep);
        const size_t eq = tp_str_find(piece, TP_STR("="));
        const tp_str name = tp_str_sub(piece, 0, eq != SIZE_MAX ? eq : piece.n);
        if (eq != SIZE_MAX && (what == VALUES || is_secret_name(name))) {
            put_part(out, name, digits);
            tp_buf_puts(out, "=***");
        } else if (what == VALUES && name.n > 0) {
            tp_buf_puts(out, "***"); /* it may be a value without a name */
        } else {
            put_part(out, piece, digits);
        }
    }
}

static void
mask(tp_buf *out, tp_str url, hide what)
{
    const bool digits = what == SECRETS_AND_DIGITS;
    url = tp_str_sub(url, 0, tp_str_find(url, TP_STR("#")));
    const size_t mark = tp_str_find(url, TP_STR("?"));
    tp_str head = tp_str_sub(url, 0, mark);
    const size_t scheme = tp_str_find(head, TP_STR("://"));
    const size_t from = scheme == SIZE_MAX ? 0 : scheme + 3;

    tp_buf_str(out, tp_str_sub(head, 0, from));
    head = tp_str_sub(head, from, head.n);
    const size_t slash = tp_str_find(head, TP_STR("/"));
    const tp_str authority = tp_str_sub(head, 0, slash);
    size_t at = authority.n;
    while (at > 0 && authority.p[at - 1] != '@') {
        at--;
    }
    put_part(out, tp_str_sub(head, at, head.n), digits);
    if (mark != SIZE_MAX) {
        put_query(out, tp_str_sub(url, mark + 1, url.n), what);
    }
}

void
tp_http_mask(tp_buf *out, tp_str url, bool digits)
{
    mask(out, url, digits ? SECRETS_AND_DIGITS : SECRETS);
}

void
tp_http_mask_given(tp_buf *out, tp_str url)
{
    mask(out, url, VALUES);
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" as seconds since 1970; false on any other form. */
static bool
parse_date(tp_str text, int64_t *out)
{
    static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t day, year, hour, minute, second;
    int month = 0;

    if (text.n != 29 || text.p[3] != ',' || !tp_str_ends(text, TP_STR(" GMT"))) {
        return false;
    }
    for (int m = 1; m <= 12; m++) {
        if (tp_str_ieq(tp_str_sub(text, 8, 3), (tp_str){MONTHS + (m - 1) * 3, 3})) {
            month = m;
        }
    }
    if (!tp_str_to_i64(tp_str_sub(text, 5, 2), &day) ||
        !tp_str_to_i64(tp_str_sub(text, 12, 4), &year) ||
        !tp_str_to_i64(tp_str_sub(text, 17, 2), &hour) ||
        !tp_str_to_i64(tp_str_sub(text, 20, 2), &minute) ||
        !tp_str_to_i64(tp_str_sub(text, 23, 2), &second) || month == 0 ||
        !tp_day_valid((int)year, month, (int)day) || hour > 23 || minute > 59 || second > 60) {
        return false;
    }
    *out =
        (int64_t)tp_day_of((int)year, month, (int)day) * 86400 + hour * 3600 + minute * 60 + second;
    return true;
}

int64_t
tp_http_retry_after(tp_str value, int64_t now)
{
    int64_t n = 0;
    value = tp_str_trim(value);
    if (value.n > 0 && tp_str_to_i64(value, &n)) {
        return n >= 0 ? n : -1;
    }
    if (parse_date(value, &n)) {
        return n > now ? n - now : 0;
    }
    return -1;
}

int64_t
tp_http_wait_ms(int64_t retry_after_s, int64_t unsaid_ms)
{
    if (retry_after_s < 0) {
        return unsaid_ms;
    }
    return retry_after_s <= WAIT_MAX_S ? retry_after_s * 1000 : -1;
}

bool
tp_http_is_chunked(tp_str value)
{
    tp_str piece;
    tp_str last = TP_STR("");
    while (tp_str_next(&value, ',', &piece)) {
        last = tp_str_trim(piece);
    }
    return tp_str_ieq(last, TP_STR("chunked"));
}

/* Digits alone; false on anything else. */
static bool
read_count(tp_str text, int64_t *out)
{
    return text.n > 0 && text.p[0] >= '0' && text.p[0] <= '9' && tp_str_to_i64(text, out);
}

tp_http_range
tp_http_content_range(tp_str value)
{
    static const tp_http_range NONE = {-1, -1, -1};
    tp_http_range range = NONE;
    value = tp_str_trim(value);
    if (!tp_str_ieq(tp_str_sub(value, 0, 6), TP_STR("bytes "))) {
        return NONE;
    }
    value = tp_str_trim(tp_str_sub(value, 6, value.n));
    const size_t dash = tp_str_find(value, TP_STR("-"));
    const size_t slash = tp_str_find(value, TP_STR("/"));
    if (dash == SIZE_MAX || slash == SIZE_MAX || slash < dash ||
        !read_count(tp_str_sub(value, 0, dash), &range.first) ||
        !read_count(tp_str_sub(value, dash + 1, slash - dash - 1), &range.last)) {
        return NONE;
    }
    const tp_str total = tp_str_sub(value, slash + 1, value.n);
    const bool known = !tp_str_is(total, "*");
    if (range.last < range.first ||
        (known && (!read_count(total, &range.total) || range.total <= range.last))) {
        return NONE;
    }
    return range;
}

/* Is one of the parameters of a link rel="next" (quotes optional, other relations beside it)? */
static bool
is_next(tp_str params)
{
    tp_str piece;
    while (tp_str_next(&params, ';', &piece)) {
        piece = tp_str_trim(piece);
        const size_t eq = tp_str_find(piece, TP_STR("="));
        if (eq == SIZE_MAX || !tp_str_ieq(tp_str_trim(tp_str_sub(piece, 0, eq)), TP_STR("rel"))) {
            continue;
        }
        tp_str rel = tp_str_trim(tp_str_sub(piece, eq + 1, piece.n));
        if (rel.n >= 2 && rel.p[0] == '"' && rel.p[rel.n - 1] == '"') {
            rel = tp_str_sub(rel, 1, rel.n - 2);
        }
        tp_str word;
        while (tp_str_next(&rel, ' ', &word)) {
            if (tp_str_ieq(word, TP_STR("next"))) {
                return true;
            }
        }
    }
    return false;
}

tp_str
tp_http_link_next(tp_str value)
{
    while (value.n > 0) {
        const size_t open = tp_str_find(value, TP_STR("<"));
        const size_t close = tp_str_find(value, TP_STR(">"));
        if (open == SIZE_MAX || close == SIZE_MAX || close < open) {
            break;
        }
        const tp_str target = tp_str_sub(value, open + 1, close - open - 1);
        const tp_str rest = tp_str_sub(value, close + 1, value.n);
        /* Targets stand in angle brackets, so the next one ends this link's parameters. */
        const size_t end = tp_str_find(rest, TP_STR("<"));
        tp_str params = tp_str_sub(rest, 0, end != SIZE_MAX ? end : rest.n);
        const size_t comma = tp_str_find(params, TP_STR(","));
        params = tp_str_sub(params, 0, comma != SIZE_MAX ? comma : params.n);
        if (is_next(params)) {
            return target;
        }
        value = tp_str_sub(rest, end != SIZE_MAX ? end : rest.n, rest.n);
    }
    return TP_STR_NONE;
}
