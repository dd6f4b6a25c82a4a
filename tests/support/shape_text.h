/* Shapes written as text: what tests and fuzzers of the readers share. */
#ifndef TALENT_TESTS_SHAPE_TEXT_H
#define TALENT_TESTS_SHAPE_TEXT_H

#include <stdlib.h>
#include <string.h>

#include "talent/base/arena.h"
#include "talent/core/raw.h"

/* A path: JSON "a.b[].c[2].*{}", XML "a/b[@k='v'][2]/{ns}c/@x", CSV "name"; "" has no steps. */
static inline tp_path
path_of(tp_arena *arena, tp_format format, const char *text)
{
    tp_path path = {.step = tp_arena_alloc(arena, 16, sizeof(tp_path_step))};
    const bool xml = format == TP_FORMAT_XML;
    while (*text != '\0') {
        tp_path_step *st = &path.step[path.n++];
        *st = (tp_path_step){.name = TP_STR(""), .ns = TP_STR("")};
        if (*text == '.' || *text == '/') {
            text++;
        }
        if (!xml && strncmp(text, "[]", 2) == 0) {
            st->kind = TP_PATH_EACH;
            text += 2;
            continue;
        }
        if (!xml && strncmp(text, "{}", 2) == 0) {
            st->kind = TP_PATH_PARSE;
            text += 2;
            continue;
        }
        if (!xml && *text == '[') {
            char *end;
            st->kind = TP_PATH_INDEX;
            st->index = (uint32_t)strtoul(text + 1, &end, 10);
            text = end + 1;
            continue;
        }
        if (*text == '*') {
            st->kind = TP_PATH_ANY;
            text++;
            continue;
        }
        if (xml && *text == '@') {
            st->kind = TP_PATH_ATTR;
            text++;
        }
        if (xml && *text == '{') {
            const char *close = strchr(text, '}');
            st->ns = (tp_str){text + 1, (size_t)(close - text) - 1};
            text = close + 1;
        }
        const size_t n = format == TP_FORMAT_CSV ? strlen(text) : strcspn(text, "./[{");
        st->name = (tp_str){text, n};
        text += n;
        if (xml && strncmp(text, "[@", 2) == 0) {
            const char *eq = strchr(text, '=');
            const char *close = strchr(eq + 2, '\'');
            st->attr = (tp_str){text + 2, (size_t)(eq - text) - 2};
            st->value = (tp_str){eq + 2, (size_t)(close - eq) - 2};
            text = close + 2;
        } else if (xml && *text == '[') {
            char *end;
            st->kind = TP_PATH_INDEX;
            st->index = (uint32_t)strtoul(text + 1, &end, 10);
            text = end + 1;
        }
    }
    return path;
}

/* Adds a select; slots end with NULL: "path", "+path" = many, "^path" = from the parent, "^^path".
 */
static inline void
add_select(tp_shape *shape, tp_arena *arena, int parent, bool document, const char *path,
           const char *const *slots)
{
    tp_select *sel = &shape->select[shape->n_selects++];
    *sel = (tp_select){.parent = parent, .document = document};
    sel->path = path_of(arena, shape->format, path);
    sel->slot = tp_arena_alloc(arena, TP_SLOTS_MAX, sizeof *sel->slot);
    for (; *slots != NULL; slots++) {
        const char *text = *slots;
        tp_slot *slot = &sel->slot[sel->n_slots++];
        for (; *text == '^' || *text == '+'; text++) {
            slot->up += *text == '^' ? 1 : 0;
            slot->many |= *text == '+';
        }
        slot->path = path_of(arena, shape->format, text);
    }
}

#define SLOTS(...) ((const char *const[]){__VA_ARGS__, NULL})

#endif
