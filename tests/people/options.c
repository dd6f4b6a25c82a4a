/* Which people are asked for on the command line? */
#include "tests/people/options.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    const char *what;
} WORD[] = {{"--people", "people of the world (20000)"},
            {"--agencies", "their agencies (one per 500 people)"},
            {"--seed", "first seed (1)"},
            {"--seeds", "how many seeds, pooled (1)"},
            {"--dirt", "factors on all defect rates, with commas (1)"},
            {"--bare", "share of appraisal and course rows with name and office only (0)"},
            {"--accidents", "bits of the simulator's agency-wide mishaps (0)"},
            {"--trap", "traps, with commas, or all"},
            {"--copies", "copies of each trap (1000)"},
            {"--only", "1: nobody but the people of the copies (0)"},
            {"--night", "0 = the first night (0)"},
            {"--edits", "records per million that change each night (0)"},
            {"--threads", "threads of the link stage (2)"},
            {"--config", "settings of the link stage (config/linkage.json)"},
            {"--codes", "folder of the code lists (config/codes)"},
            {"--probe", "1: count the true pairs that no pass proposes (0)"},
            {"--wrong", "print so many wrong clusters (0)"},
            {"--lost", "print so many people who lie in pieces (0)"},
            {"--out", "file of the records (standard output)"},
            {"--truth", "file of the truth (none)"}};

enum {
    W_PEOPLE,
    W_AGENCIES,
    W_SEED,
    W_SEEDS,
    W_DIRT,
    W_BARE,
    W_ACCIDENTS,
    W_TRAP,
    W_COPIES,
    W_ONLY,
    W_NIGHT,
    W_EDITS,
    W_THREADS,
    W_CONFIG,
    W_CODES,
    W_PROBE,
    W_WRONG,
    W_LOST,
    W_OUT,
    W_TRUTH
};

static bool
whole(const char *text, uint64_t *out)
{
    return tp_str_to_u64(tp_str_of(text), out);
}

static bool
read_dirt(const char *text, people_words *out)
{
    char *end = NULL;
    out->n_dirt = 0;
    for (const char *at = text; out->n_dirt < PEOPLE_DIRTS; at = end + 1) {
        out->dirt[out->n_dirt++] = strtod(at, &end);
        if (end == at || (*end != ',' && *end != '\0') || out->dirt[out->n_dirt - 1] < 0) {
            return false;
        }
        if (*end == '\0') {
            return true;
        }
    }
    return false;
}

static bool
read_word(int word, const char *text, people_words *out)
{
    people_options *o = &out->options;
    uint64_t v = 0;
    char *end = NULL;
    switch (word) {
    case W_DIRT:
        return read_dirt(text, out);
    case W_BARE:
        o->bare = strtod(text, &end);
        return end != text && *end == '\0' && o->bare >= 0 && o->bare <= 1;
    case W_TRAP:
        return people_trap_list(text, &o->traps);
    case W_CONFIG:
        out->config = text;
        return true;
    case W_CODES:
        o->codes_dir = text;
        return true;
    case W_OUT:
        out->records = text;
        return true;
    case W_TRUTH:
        out->truth = text;
        return true;
    default:
        break;
    }
    if (!whole(text, &v) || v > 100000000) {
        return false;
    }
    uint32_t *const at[] = {[W_PEOPLE] = &o->people,
                            [W_AGENCIES] = &o->agencies,
                            [W_SEEDS] = &out->seeds,
                            [W_ACCIDENTS] = &o->accidents,
                            [W_COPIES] = &o->copies,
                            [W_EDITS] = &o->edits_ppm,
                            [W_THREADS] = &out->threads,
                            [W_PROBE] = &out->probe,
                            [W_WRONG] = &out->wrong,
                            [W_LOST] = &out->lost,
                            [W_TRUTH] = NULL};
    if (word == W_SEED) {
        o->seed = v;
    } else if (word == W_ONLY) {
        o->only = v != 0;
    } else if (word == W_NIGHT) {
        o->night = (int)v;
    } else if (at[word] != NULL) {
        *at[word] = (uint32_t)v;
    }
    return true;
}

bool
people_words_read(int argc, char **argv, people_words *out)
{
    *out = (people_words){.options = {.seed = 1, .people = 20000, .copies = 1000, .dirt = 1},
                          .seeds = 1,
                          .threads = 2,
                          .n_dirt = 1,
                          .dirt = {1}};
    for (int i = 1; i < argc; i += 2) {
        int word = 0;
        while (word < (int)TP_COUNT(WORD) && strcmp(argv[i], WORD[word].name) != 0) {
            word++;
        }
        if (word == (int)TP_COUNT(WORD) || i + 1 == argc || !read_word(word, argv[i + 1], out)) {
            (void)fprintf(stderr, "%s: \"%s\" is not understood; options, each with a value:\n",
                          argv[0], argv[i]);
            for (size_t k = 0; k < TP_COUNT(WORD); k++) {
                (void)fprintf(stderr, "  %-12s %s\n", WORD[k].name, WORD[k].what);
            }
            return false;
        }
    }
    people_options *o = &out->options;
    const uint32_t least = o->traps != 0 ? people_needed(o->traps, o->copies) : 0;
    o->people = o->people < least ? least : o->people;
    o->dirt = out->dirt[0];
    return true;
}
