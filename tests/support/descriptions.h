/* A description that is right, and the mistakes that can be made in it: for the compiler and for
 * the JSON Schema. */
#ifndef TALENT_TESTS_DESCRIPTIONS_H
#define TALENT_TESTS_DESCRIPTIONS_H

static const char GOOD[] =
    "{\n"
    "\"descriptor\": 1,\n"
    "\"source\": {\"id\": \"demo\", \"title\": \"Demo\", \"trust\": {\"person\": 90}},\n"
    "\"connect\": {\"base_url\": \"http://127.0.0.1/demo\",\n"
    "  \"auth\": [{\"kind\": \"header\", \"name\": \"app-token\", \"value\": {\"secret\": "
    "\"demo_token\"}}]},\n"
    "\"fetch\": [{\"name\": \"list\", \"path\": \"/list\",\n"
    "  \"page\": {\"kind\": \"number\", \"param\": \"page\", \"total_path\": \"data.total\", "
    "\"count_path\": \"data.list[].id\"},\n"
    "  \"outcome\": [{\"when\": {\"status\": [200, 206]}, \"then\": \"ok\"}]}],\n"
    "\"emit\": [{\"from\": \"list\", \"select\": \"data.list[]\", \"context\": {\"man\": \".\"}, "
    "\"record\": \"person\",\n"
    "  \"key\": [\"source_key\"],\n"
    "  \"fields\": {\n"
    "    \"birth_date\": {\"path\": \"lahir\", \"steps\": [{\"date\": [\"dd-mm-yyyy\"]}], "
    "\"check\": {\"range\": [\"1940-01-01\", \"2008-12-31\"]}},\n"
    "    \"source_key\": {\"path\": [\"id\", \"ID\"], \"required\": true},\n"
    "    \"nip\": {\"path\": \"nip\", \"steps\": [\"nip\"]}},\n"
    "  \"checks\": [{\"rule\": \"nip.birth_date = birth_date or not present nip\", \"on_error\": "
    "\"flag\"}],\n"
    "  \"children\": [{\"select\": \"award[]\", \"record\": \"award\",\n"
    "    \"fields\": {\"year\": {\"path\": \"year\", \"steps\": [\"int\"]}, \"name\": "
    "\"^man.motto\"}}]}],\n"
    "\"quality\": {\"gates\": [{\"measure\": \"rejected\", \"max_percent\": 5}]}\n"
    "}\n";

/* GOOD with the first `from` replaced by `to` is refused at this line. */
typedef struct mistake {
    const char *from;
    const char *to;
    int line;
    const char *says; /* part of the message */
    enum {
        PLAIN, /* the schema refuses it too */
        DEEP   /* only the compiler can know: code lists, references, the syntax of paths */
    } how;
} mistake;

static const mistake MISTAKE[] = {
    {"\"descriptor\": 1", "\"descriptor\": 2", 2, "descriptor", PLAIN},
    {"\"title\": \"Demo\"", "\"titel\": \"Demo\"", 3, "title", PLAIN},
    {"\"id\": \"demo\"", "\"id\": \"De mo\"", 3, "a-z", PLAIN},
    {"{\"person\": 90}", "{\"persons\": 90}", 3, "persons", PLAIN},
    {"{\"secret\": \"demo_token\"}", "\"s3cret\"", 5, "literal secret", PLAIN},
    {"\"base_url\": \"http",
     "\"headers\": {\"Authorization\": \"Bearer abc\"}, \"base_url\": \"http", 4, "literal secret",
     PLAIN},
    {"\"base_url\": \"http", "\"headers\": {\"X-Auth-Token\": \"abc\"}, \"base_url\": \"http", 4,
     "literal secret", PLAIN},
    {"\"base_url\": \"http",
     "\"headers\": {\"Ocp-Apim-Subscription-Key\": \"abc\"}, \"base_url\": \"http", 4,
     "literal secret", PLAIN},
    {"\"base_url\": \"http", "\"headers\": {\"apikey\": \"abc\"}, \"base_url\": \"http", 4,
     "literal secret", PLAIN},
    {"\"base_url\": \"http", "\"headers\": {\"accessKey\": \"abc\"}, \"base_url\": \"http", 4,
     "literal secret", DEEP},
    {"http://127.0.0.1/demo", "http://admin:abc@127.0.0.1/demo", 4, "a user in an address", PLAIN},
    {"\"base_url\": \"http", "\"allowed_hosts\": [\"abc@b.example\"], \"base_url\": \"http", 4,
     "a user in an address", PLAIN},
    {"\"path\": \"/list\"", "\"path\": \"/list?a=1&api_key=abc\"", 6, "literal secret", PLAIN},
    {"\"path\": \"/list\"", "\"path\": \"/list\", \"query\": {\"access_token\": \"abc\"}", 6,
     "literal secret", PLAIN},
    {"\"path\": \"/list\"", "\"path\": \"/list\", \"query\": {\"kunci\": 7}", 6, "literal secret",
     PLAIN},
    {"\"base_url\": \"http", "\"headers\": {\"Auth\": \"{token:x}\"}, \"base_url\": \"http", 4,
     "no auth step gives", DEEP},
    {"\"base_url\": \"http://127.0.0.1/demo\"", "\"base_url\": {\"setting\": \"demo_url\"}", 4,
     "feeds.demo_url is not set", DEEP},
    {"\"kind\": \"header\"", "\"kind\": \"headers\"", 5, "header", PLAIN},
    {"\"path\": \"/list\"", "\"path\": \"/list/{key}\"", 6, "for_each", DEEP},
    {"\"path\": \"/list\"",
     "\"path\": \"/l/{key}?s={since}\", \"for_each\": {\"source\": \"r\", \"field\": \"nip\"}, "
     "\"since\": "
     "{\"kind\": \"mark\", \"from\": {\"header\": \"X\"}}",
     6, "one mark would stand for all keys", PLAIN},
    {"\"kind\": \"number\"", "\"kind\": \"numbers\"", 7, "number", PLAIN},
    {"\"param\": \"page\", ", "", 7, "\"param\" is missing", PLAIN},
    {"\"data.list[].id\"", "\"data.list[.id\"", 7, "bracket", DEEP},
    {"[200, 206]", "\"200-20x\"", 8, "range", PLAIN},
    {"\"then\": \"ok\"", "\"then\": \"okay\"", 8, "ok", PLAIN},
    {"\"from\": \"list\"", "\"from\": \"lists\"", 9, "no fetch named", DEEP},
    {"\"record\": \"person\"", "\"record\": \"persona\"", 9, "did you mean \"person\"", PLAIN},
    {"{\"man\": \".\"}", "{\"man\": \"x\"}", 9, "record itself", PLAIN},
    {"[\"source_key\"]", "[\"source\"]", 10, "no field or local", DEEP},
    {"\"birth_date\": {", "\"birthdate\": {", 12, "did you mean \"birth_date\"", DEEP},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"date\": [\"dd-mm-yy\"]}", 12, "pivot", DEEP},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"date\": [\"tt.bb\"]}", 12, "no date format", DEEP},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"dates\": [\"dd-mm-yyyy\"]}", 12, "did you mean \"date\"",
     PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "\"sqash\"", 12, "squash", PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}",
     "{\"code\": {\"set\": \"nolist\", \"by\": \"a\", \"give\": \"b\"}}", 12, "no code list", DEEP},
    {"{\"date\": [\"dd-mm-yyyy\"]}",
     "{\"code\": {\"set\": \"eselon\", \"by\": \"id\", \"give\": \"tier\"}}", 12,
     "no column \"id\"", DEEP},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"succeed\": {\"date\": \"start_on\"}}", 12,
     "no field or local", DEEP},
    {"\"range\": [\"1940-01-01\", \"2008-12-31\"]", "\"ranges\": 1", 12, "range", PLAIN},
    {"\"required\": true", "\"requird\": true", 13, "required", PLAIN},
    {"\"required\": true", "\"const\": \"x\"", 13, "exactly one", PLAIN},
    {"[\"id\", \"ID\"]", "[]", 13, "empty list", PLAIN},
    {"= birth_date or", "= birth_day or", 15, "birth_day", DEEP},
    {"or not present nip", "or not present nip nip", 15, "left over", DEEP},
    {"nip.birth_date = birth_date", "nip.birth_date birth_date", 15, "comparison", DEEP},
    {"\"record\": \"award\"",
     "\"record\": \"award\", \"subject\": {\"key\": [\"source_key\"], \"fields\": {\"source_key\": "
     "\"id\"}}",
     16, "enclosing record", DEEP},
    {"^man.motto", "^woman.motto", 17, "no enclosing record", DEEP},
    {"\"max_percent\": 5", "\"max_percent\": 500", 18, "100", PLAIN},
    {"\"measure\": \"rejected\"", "\"measure\": \"reject\"", 18, "rejected", PLAIN},
    /* the rest of the language */
    {"\"required\": true", "\"default\": \"x\", \"required\": true", 13, "never missing", PLAIN},
    {"\"required\": true", "\"default\": null", 13, "missing value", PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"strip\": \"\"}", 12, "must not be empty", PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"replace\": [\"a\"]}", 12, "two texts", PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"replace\": [\"\", \"a\"]}", 12, "two texts", PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"nip_part\": \"age\"}", 12, "birth_date, cpns_month",
     PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"decimal\": \"dot\"}", 12, "point, comma", PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"decimal\": \"comma\", \"thousands\": \"dot\"}", 12,
     "space", PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"decimal\": \"comma\", \"thousands\": \"comma\"}", 12,
     "same sign", DEEP},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"decimal\": \"comma\", \"thousand\": \"point\"}", 12,
     "did you mean \"thousands\"", PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"int\": {\"point\": true}}", 12, "thousands", PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"trim\": true}", 12, "no argument", PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "\"split\"", 12, "expected a text", PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"left\": -1}", 12, "whole number from 0", PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"mid\": [1]}", 12, "whole number from 1", PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"scale\": {\"from\": [1, 5]}}", 12, "expected a list",
     PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"scale\": {\"from\": [1, 1], \"to\": [1, 5]}}", 12,
     "two ends are the same", DEEP},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"bool\": {\"true\": [\"Y\"]}}", 12, "expected a list",
     PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"map\": {\"a\": \"x\", \"A\": \"y\"}}", 12, "the same",
     DEEP},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"datetime\": [\"iso\"], \"zone\": \"WIB\"}", 12, "+07:00",
     PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"name\": {\"part\": \"middle\"}}", 12, "clean, front, back",
     PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"pick\": {\"where\": \"a\"}}", 12, "expected a text",
     PLAIN},
    {"{\"date\": [\"dd-mm-yyyy\"]}", "{\"add_period\": {}}", 12, "\"years\" or \"months\"", PLAIN},
    {"\"range\": [\"1940-01-01\", \"2008-12-31\"]", "\"range\": [\"1940-01-01\"]", 12, "two ends",
     PLAIN},
    {"\"range\": [\"1940-01-01\", \"2008-12-31\"]", "\"range\": [5, 1]", 12, "low end comes first",
     DEEP},
    {"\"range\": [\"1940-01-01\", \"2008-12-31\"]", "\"range\": [0.5, 1]", 12, "as in \"0.5\"",
     PLAIN},
    {"\"range\": [\"1940-01-01\", \"2008-12-31\"]", "\"range\": [\"a\", 1]", 12, "no number", DEEP},
    {"\"range\": [\"1940-01-01\", \"2008-12-31\"]", "\"length\": -1", 12, "whole number from 0",
     PLAIN},
    {"\"range\": [\"1940-01-01\", \"2008-12-31\"]", "\"pattern\": \"\"", 12, "1 to 256", PLAIN},
    {"\"range\": [\"1940-01-01\", \"2008-12-31\"]", "\"pattern\": \"a(b\"", 12, "parenthesis",
     DEEP},
    {"\"range\": [\"1940-01-01\", \"2008-12-31\"]", "\"not_future\": false", 12, "write true",
     PLAIN},
    {"\"range\": [\"1940-01-01\", \"2008-12-31\"]", "\"before\": \"birth_dat\"", 12,
     "no field or local", DEEP},
    {"\"range\": [\"1940-01-01\", \"2008-12-31\"]", "\"on_error\": \"flag\"", 12,
     "nothing is checked", PLAIN},
    {"\"range\": [\"1940-01-01\", \"2008-12-31\"]", "\"in\": [1], \"on_error\": \"warn\"", 12,
     "null, flag, reject, stop", PLAIN},
    {"{\"range\": [\"1940-01-01\", \"2008-12-31\"]}", "[]", 12, "empty list of checks", PLAIN},
    {"\"path\": \"lahir\", \"steps\"", "\"path\": \"lahir..x\", \"steps\"", 12, "name is missing",
     DEEP},
    {"\"on_error\": \"flag\"}", "\"on_error\": \"null\"}", 15, "belong together", PLAIN},
    {"\"on_error\": \"flag\"}", "\"blank\": \"nip\"}", 15, "belong together", PLAIN},
    {"\"on_error\": \"flag\"}", "\"on_error\": \"null\", \"blank\": \"nik\"}", 15, "did you mean",
     DEEP},
    {"\"year\": {\"path\": \"year\", \"steps\": [\"int\"]}", "\"year\": {\"const\": \"two\"}", 17,
     "no value of year", DEEP},
    {"\"name\": \"^man.motto\"", "\"scope\": {\"path\": \"s\", \"default\": \"global\"}", 17,
     "no word of scope", DEEP},
    {"\"key\": [\"source_key\"]", "\"key\": []", 10, "makes the key", PLAIN},
    {"\"select\": \"award[]\"", "\"select\": \"award[]\", \"document\": true", 16,
     "either \"select\" or", PLAIN},
    {"\"select\": \"award[]\"", "\"select\": \"award[]\", \"removes\": true", 16,
     "only persons can be removed", DEEP},
    {"\"select\": \"award[]\"", "\"select\": \"award[]\", \"only\": {\"path\": \"a\"}", 16,
     "needs either \"in\"", PLAIN},
    {"\"measure\": \"rejected\", \"max_percent\": 5", "\"measure\": \"rejected\"", 18,
     "exactly one", PLAIN},
    {"\"measure\": \"rejected\", \"max_percent\": 5",
     "\"measure\": \"rejected\", \"max_percent\": 5, \"max_bp\": 7", 18, "exactly one", PLAIN},
    {"\"measure\": \"rejected\", \"max_percent\": 5", "\"measure\": \"records\"", 18,
     "\"min\" or \"max\"", PLAIN},
    {"\"measure\": \"rejected\", \"max_percent\": 5",
     "\"measure\": \"records\", \"min\": 5, \"max\": 4", 18, "more than", DEEP},
    {"\"measure\": \"rejected\", \"max_percent\": 5",
     "\"measure\": \"records\", \"max_percent\": 5", 18, "unknown key", PLAIN},
    {"\"measure\": \"rejected\", \"max_percent\": 5",
     "\"measure\": \"growth\", \"max_percent\": 1001", 18, "1000", PLAIN},
    {"\"measure\": \"rejected\", \"max_percent\": 5",
     "\"measure\": \"absent\", \"of\": \"person\", \"max_percent\": 5", 18, "a field is measured",
     PLAIN},
    {"\"measure\": \"rejected\", \"max_percent\": 5",
     "\"measure\": \"absent\", \"of\": \"person.nipp\", \"max_percent\": 5", 18, "no field", DEEP},
    {"\"measure\": \"rejected\", \"max_percent\": 5", "\"measure\": \"absent\", \"max_percent\": 5",
     18, "expected a text", PLAIN},
    {"\"measure\": \"rejected\", \"max_percent\": 5",
     "\"measure\": \"shrink\", \"of\": \"people\", \"max_percent\": 5", 18, "no record", PLAIN},
    {"\"measure\": \"rejected\", \"max_percent\": 5",
     "\"measure\": \"shrink\", \"max_percent\": 5, \"on_fail\": \"ignore\"", 18, "hold, warn",
     PLAIN},
};

#endif
