// What does simdjson make of a body, on demand and record by record?
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <simdjson.h>

extern "C" {
typedef struct side_str {
    const char *p;
    size_t n;
} side_str;

struct side_json {
    simdjson::ondemand::parser parser;
};

side_json *
side_json_new(void)
{
    return new side_json;
}

void
side_json_free(side_json *s)
{
    delete s;
}

// Fills cell[k] with the member name[k]; p has simdjson::SIMDJSON_PADDING bytes behind n.
int
side_json_record(side_json *s, const char *p, size_t n, size_t room, const side_str *name,
                 size_t n_names, side_str *cell)
{
    using namespace simdjson;
    for (size_t k = 0; k < n_names; k++) {
        cell[k] = side_str{nullptr, 0};
    }
    ondemand::document doc;
    if (s->parser.iterate(p, n, room).get(doc)) {
        return -1;
    }
    ondemand::object object;
    if (doc.get_object().get(object)) {
        return -1;
    }
    for (auto field : object) {
        ondemand::raw_json_string key;
        if (field.key().get(key)) {
            return -1;
        }
        const char *raw = key.raw();
        ondemand::value value;
        bool loaded = false;
        std::string_view text;
        for (size_t k = 0; k < n_names; k++) {
            if (raw[0] != name[k].p[0] || raw[name[k].n] != '"' ||
                memcmp(raw, name[k].p, name[k].n) != 0) {
                continue;
            }
            if (!loaded) {
                if (field.value().get(value)) {
                    return -1;
                }
                loaded = true;
                ondemand::json_type type;
                if (value.type().get(type)) {
                    return -1;
                }
                if (type == ondemand::json_type::string) {
                    if (value.get_string().get(text)) {
                        return -1;
                    }
                } else if (type == ondemand::json_type::boolean) {
                    bool b;
                    if (value.get_bool().get(b)) {
                        return -1;
                    }
                    text = b ? "true" : "false";
                } else if (type == ondemand::json_type::number) {
                    text = value.raw_json_token();
                } else {
                    break;
                }
            }
            cell[k] = side_str{text.data(), text.size()};
        }
    }
    return 0;
}
}
