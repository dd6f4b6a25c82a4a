/* Which names, places, posts and studies exist? */
#include "tests/simulator/population.h"

#include <stdlib.h>

static int
group_of(sim_codes *c, const char *name)
{
    for (int g = 0; g < c->n_groups; g++) {
        if (strcmp(c->group[g], name) == 0) {
            return g;
        }
    }
    if (c->n_groups == SIM_GROUPS) {
        return 0;
    }
    c->group[c->n_groups] = name;
    return c->n_groups++;
}

static uint32_t
number(const char *text)
{
    uint64_t v = 0;
    return tp_str_to_u64(tp_str_of(text), &v) && v < UINT32_MAX ? (uint32_t)v : 0;
}

/* First two digits of a region code. */
static int
province_of(const char *code)
{
    if (code[0] < '0' || code[0] > '9' || code[1] < '0' || code[1] > '9') {
        return 0;
    }
    return (code[0] - '0') * 10 + code[1] - '0';
}

const char *
sim_pick(const sim_words *words, sim_rng *rng)
{
    return words->n == 0 ? NULL : sim_pick_word(words, rng)->text;
}

const sim_word *
sim_pick_word(const sim_words *words, sim_rng *rng)
{
    const uint32_t x = sim_below(rng, words->word[words->n - 1].upto);
    uint32_t lo = 0;
    uint32_t hi = words->n - 1;
    while (lo < hi) {
        const uint32_t mid = (lo + hi) / 2;
        if (words->word[mid].upto > x) {
            hi = mid;
        } else {
            lo = mid + 1;
        }
    }
    return &words->word[lo];
}

static tp_code
add_word(tp_arena *arena, sim_words *words, const char *text, uint32_t weight, char cohort,
         tp_err *err)
{
    if (words->n % 64 == 0) {
        sim_word *more = tp_arena_alloc(arena, words->n + 64, sizeof *more);
        if (more == NULL) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for name lists");
        }
        if (words->n > 0) {
            memcpy(more, words->word, words->n * sizeof *more);
        }
        words->word = more;
    }
    const uint32_t before = words->n > 0 ? words->word[words->n - 1].upto : 0;
    words->word[words->n++] = (sim_word){text, before + (weight > 0 ? weight : 1), cohort};
    return TP_OK;
}

static tp_code
load_names(sim_codes *c, const char *dir, tp_err *err)
{
    sim_csv csv;
    TP_RETURN_SAME(sim_csv_load(&c->arena, dir, "given_names.csv", &csv, err));
    for (size_t r = 1; r < csv.rows; r++) {
        const int g = group_of(c, sim_csv_cell(&csv, r, "group"));
        const char sex = sim_csv_cell(&csv, r, "sex")[0];
        for (int s = 0; s < 2; s++) {
            if (sex == (s == 0 ? 'F' : 'M')) {
                continue;
            }
            TP_RETURN_SAME(add_word(&c->arena, &c->given[g][s], sim_csv_cell(&csv, r, "name"),
                                    number(sim_csv_cell(&csv, r, "weight")),
                                    sim_csv_cell(&csv, r, "cohort")[0], err));
        }
    }
    TP_RETURN_SAME(sim_csv_load(&c->arena, dir, "surnames.csv", &csv, err));
    for (size_t r = 1; r < csv.rows; r++) {
        const char *name = sim_csv_cell(&csv, r, "name");
        const uint32_t weight = number(sim_csv_cell(&csv, r, "weight"));
        if (strcmp(sim_csv_cell(&csv, r, "kind"), "second_name") == 0) {
            const int s = sim_csv_cell(&csv, r, "sex")[0] == 'F';
            TP_RETURN_SAME(add_word(&c->arena, &c->second[s], name, weight, 'a', err));
        } else {
            const int g = group_of(c, sim_csv_cell(&csv, r, "group"));
            TP_RETURN_SAME(add_word(&c->arena, &c->family[g], name, weight, 'a', err));
        }
    }
    return TP_OK;
}

/* "{given:javanese}", "{second}", or a plain word. */
static void
read_piece(sim_codes *c, sim_pattern *p, char *word)
{
    const int i = p->n++;
    p->piece_group[i] = p->group;
    p->literal[i] = word;
    p->kind[i] = SIM_PIECE_LITERAL;
    if (word[0] != '{') {
        return;
    }
    word[strlen(word) - 1] = '\0';
    if (strncmp(word, "{given:", 7) == 0) {
        p->kind[i] = SIM_PIECE_GIVEN;
        p->piece_group[i] = group_of(c, word + 7);
    } else if (strcmp(word, "{second") == 0) {
        p->kind[i] = SIM_PIECE_SECOND;
    } else if (strcmp(word, "{family") == 0) {
        p->kind[i] = SIM_PIECE_FAMILY;
    } else if (strcmp(word, "{birth_order") == 0) {
        p->kind[i] = SIM_PIECE_BIRTH_ORDER;
    } else {
        p->kind[i] = SIM_PIECE_CASTE;
    }
}

/* Cuts text at sep into at most max pieces, in place. */
static int
cut(char *text, char sep, const char **out, int max)
{
    int n = 0;
    for (char *p = text; p != NULL && *p != '\0' && n < max;) {
        char *end = strchr(p, sep);
        if (end != NULL) {
            *end++ = '\0';
        }
        out[n++] = p;
        p = end;
    }
    return n;
}

static void
list_patterns(sim_codes *c)
{
    for (int prov = 0; prov < SIM_PROVINCES; prov++) {
        for (int s = 0; s < 2; s++) {
            sim_pattern_list *l = &c->by_province[prov][s];
            for (uint32_t i = 0; i < c->n_patterns && l->n < TP_COUNT(l->pattern); i++) {
                const sim_pattern *p = &c->pattern[i];
                const bool sex_fits = p->sex == 'U' || p->sex == (s == 1 ? 'F' : 'M');
                if (!sex_fits || !(p->everywhere || p->in_province[prov])) {
                    continue;
                }
                /* national patterns are everywhere, but a province's own names come first */
                const uint32_t weight = p->everywhere ? (p->weight + 3) / 4 : p->weight;
                l->pattern[l->n] = (uint16_t)i;
                l->upto[l->n] = weight + (l->n > 0 ? l->upto[l->n - 1] : 0);
                l->n++;
            }
        }
    }
}

static tp_code
load_patterns(sim_codes *c, const char *dir, tp_err *err)
{
    sim_csv csv;
    TP_RETURN_SAME(sim_csv_load(&c->arena, dir, "name_patterns.csv", &csv, err));
    c->pattern = tp_arena_alloc(&c->arena, csv.rows, sizeof *c->pattern);
    if (c->pattern == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for name patterns");
    }
    for (size_t r = 1; r < csv.rows; r++) {
        sim_pattern *p = &c->pattern[c->n_patterns++];
        p->group = group_of(c, sim_csv_cell(&csv, r, "group"));
        p->sex = sim_csv_cell(&csv, r, "sex")[0];
        p->weight = number(sim_csv_cell(&csv, r, "weight"));
        const char *piece[40];
        char *codes = csv.cell[r * csv.cols + sim_csv_col(&csv, "province_codes")];
        const int n = cut(codes, '|', piece, 40);
        for (int i = 0; i < n; i++) {
            p->everywhere = p->everywhere || piece[i][0] == '*';
            p->in_province[province_of(piece[i])] = true;
        }
        char *word = csv.cell[r * csv.cols + sim_csv_col(&csv, "template")];
        while (word != NULL && p->n < SIM_MAX_PIECES) {
            char *next = strchr(word, ' ');
            if (next != NULL) {
                *next++ = '\0';
            }
            read_piece(c, p, word);
            word = next;
        }
    }
    list_patterns(c);
    return TP_OK;
}

static tp_code
load_variants(sim_codes *c, const char *dir, tp_err *err)
{
    sim_csv csv;
    TP_RETURN_SAME(sim_csv_load(&c->arena, dir, "name_variants.csv", &csv, err));
    c->variant = tp_arena_alloc(&c->arena, csv.rows, sizeof *c->variant);
    if (c->variant == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for name variants");
    }
    for (size_t r = 1; r < csv.rows; r++) {
        const char *kind = sim_csv_cell(&csv, r, "kind");
        char *list = csv.cell[r * csv.cols + sim_csv_col(&csv, "variants")];
        if (strncmp(kind, "birth_order_", 12) == 0 && kind[12] >= '1' && kind[12] <= '4') {
            const int order = kind[12] - '1';
            c->n_birth_order[order] = cut(list, '|', c->birth_order[order], 4);
        } else if (strncmp(kind, "caste_", 6) == 0) {
            const int s = kind[6] == 'f';
            c->n_caste[s] = cut(list, '|', c->caste[s], 6);
        } else {
            sim_variant *v = &c->variant[c->n_variants++];
            v->canonical = sim_csv_cell(&csv, r, "canonical");
            v->n = cut(list, '|', v->variant, 8);
        }
    }
    return TP_OK;
}

static tp_code
load_regions(sim_codes *c, const char *dir, tp_err *err)
{
    sim_csv csv;
    TP_RETURN_SAME(sim_csv_load(&c->arena, dir, "regions.csv", &csv, err));
    c->region = tp_arena_alloc(&c->arena, csv.rows, sizeof *c->region);
    if (c->region == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for regions");
    }
    for (int i = 0; i < SIM_PROVINCES; i++) {
        c->province_region[i] = SIM_NONE;
    }
    for (size_t r = 1; r < csv.rows; r++) {
        sim_region *g = &c->region[c->n_regions];
        g->code = sim_csv_cell(&csv, r, "code");
        g->name = sim_csv_cell(&csv, r, "name");
        g->short_name = sim_csv_cell(&csv, r, "short_name");
        g->type = sim_csv_cell(&csv, r, "type");
        g->level = (int)number(sim_csv_cell(&csv, r, "level"));
        g->province = province_of(g->code);
        if (g->level == 1) {
            c->province_region[g->province] = c->n_regions;
            c->provinces[c->n_provinces++] = g->province;
        } else if (c->districts[g->province]++ == 0) {
            c->district_first[g->province] = c->n_regions;
        }
        c->n_regions++;
    }
    return TP_OK;
}

/* Titles by cluster, where no title of the field's own is listed. */
static void
default_titles(const char *cluster, const char **s1, const char **s2)
{
    static const char *const T[][3] = {
        {"social", "S.Sos.", "M.Si."},    {"economics", "S.E.", "M.M."},
        {"engineering", "S.T.", "M.T."},  {"computing", "S.Kom.", "M.Kom."},
        {"science", "S.Si.", "M.Si."},    {"health", "S.K.M.", "M.Kes."},
        {"agriculture", "S.P.", "M.P."},  {"education", "S.Pd.", "M.Pd."},
        {"humanities", "S.S.", "M.Hum."}, {"services", "S.Par.", "M.Par."},
        {"religion", "S.Ag.", "M.Ag."},
    };
    *s1 = "S.Sos.";
    *s2 = "M.Si.";
    for (size_t i = 0; i < TP_COUNT(T); i++) {
        if (strcmp(cluster, T[i][0]) == 0) {
            *s1 = T[i][1];
            *s2 = T[i][2];
        }
    }
}

static tp_code
load_fields(sim_codes *c, const char *dir, tp_err *err)
{
    sim_csv csv;
    sim_csv titles;
    TP_RETURN_SAME(sim_csv_load(&c->arena, dir, "study_fields.csv", &csv, err));
    TP_RETURN_SAME(sim_csv_load(&c->arena, dir, "titles.csv", &titles, err));
    c->field = tp_arena_alloc(&c->arena, csv.rows, sizeof *c->field);
    if (c->field == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for study fields");
    }
    for (size_t r = 1; r < csv.rows; r++) {
        sim_field *f = &c->field[c->n_fields++];
        f->code = sim_csv_cell(&csv, r, "code");
        f->name = sim_csv_cell(&csv, r, "name");
        f->cluster = sim_csv_cell(&csv, r, "cluster");
        cut(csv.cell[r * csv.cols + sim_csv_col(&csv, "affair_codes")], '|', f->affair, 4);
        default_titles(f->cluster, &f->s1_title, &f->s2_title);
        for (size_t t = titles.rows; t-- > 1;) {
            const char *level = sim_csv_cell(&titles, t, "education_level_id");
            if (strcmp(sim_csv_cell(&titles, t, "study_field"), f->code) != 0 ||
                strcmp(sim_csv_cell(&titles, t, "position"), "back") != 0) {
                continue;
            }
            if (strcmp(level, "40") == 0) {
                f->s1_title = sim_csv_cell(&titles, t, "abbreviation");
            } else if (strcmp(level, "45") == 0) {
                f->s2_title = sim_csv_cell(&titles, t, "abbreviation");
            }
        }
    }
    return TP_OK;
}

static int
by_field_level(const void *a, const void *b)
{
    const sim_programme *x = a;
    const sim_programme *y = b;
    const int f = strcmp(x->field, y->field);
    return f != 0 ? f : x->level != y->level ? x->level - y->level : strcmp(x->id, y->id);
}

static tp_code
load_programmes(sim_codes *c, const char *dir, tp_err *err)
{
    static const int LEVEL[4] = {35, 40, 45, 50};
    sim_csv csv;
    TP_RETURN_SAME(sim_csv_load(&c->arena, dir, "study_programs.csv", &csv, err));
    c->programme = tp_arena_alloc(&c->arena, csv.rows, sizeof *c->programme);
    if (c->programme == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for study programmes");
    }
    for (size_t r = 1; r < csv.rows; r++) {
        c->programme[c->n_programmes++] =
            (sim_programme){sim_csv_cell(&csv, r, "siasn_id"), sim_csv_cell(&csv, r, "name"),
                            sim_csv_cell(&csv, r, "study_field"),
                            (int)number(sim_csv_cell(&csv, r, "education_level_id"))};
    }
    qsort(c->programme, c->n_programmes, sizeof *c->programme, by_field_level);
    for (uint32_t f = 0; f < c->n_fields; f++) {
        for (uint32_t i = c->n_programmes; i-- > 0;) {
            const sim_programme *p = &c->programme[i];
            for (int l = 0; l < 4; l++) {
                if (p->level == LEVEL[l] && strcmp(p->field, c->field[f].code) == 0) {
                    c->field[f].programme[l] = i;
                    c->field[f].programmes[l]++;
                }
            }
        }
    }
    return TP_OK;
}

static sim_tier
tier_of(const char *name)
{
    return strcmp(name, "jpt_utama") == 0   ? SIM_TIER_UTAMA
           : strcmp(name, "jpt_madya") == 0 ? SIM_TIER_MADYA
                                            : SIM_TIER_PRATAMA;
}

static tp_code
load_posts(sim_codes *c, const char *dir, tp_err *err)
{
    sim_csv csv;
    TP_RETURN_SAME(sim_csv_load(&c->arena, dir, "government_affairs.csv", &csv, err));
    c->affair = tp_arena_alloc(&c->arena, csv.rows, sizeof *c->affair);
    if (c->affair == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for affairs");
    }
    for (size_t r = 1; r < csv.rows; r++) {
        c->affair[c->n_affairs++] =
            (sim_affair){sim_csv_cell(&csv, r, "code"), sim_csv_cell(&csv, r, "name")};
    }
    TP_RETURN_SAME(sim_csv_load(&c->arena, dir, "jpt_positions.csv", &csv, err));
    c->post = tp_arena_alloc(&c->arena, csv.rows, sizeof *c->post);
    if (c->post == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for posts");
    }
    for (size_t r = 1; r < csv.rows; r++) {
        sim_template *t = &c->post[c->n_posts++];
        t->code = sim_csv_cell(&csv, r, "code");
        t->title = sim_csv_cell(&csv, r, "title_template");
        t->kinds = sim_csv_cell(&csv, r, "agency_kinds");
        t->function = sim_csv_cell(&csv, r, "function");
        t->tier = tier_of(sim_csv_cell(&csv, r, "tier"));
        t->echelon = sim_csv_cell(&csv, r, "siasn_eselon_id");
        char *list = csv.cell[r * csv.cols + sim_csv_col(&csv, "affair_codes")];
        t->field_affair = strcmp(list, "{aff}") == 0;
        if (!t->field_affair) {
            cut(list, '|', t->affair, 2);
        }
        t->repeats = strstr(t->title, "{bidang}") != NULL || strstr(t->title, "{I") != NULL ||
                     strcmp(t->function, "vertical") == 0;
    }
    return TP_OK;
}

static tp_code
load_jobs(sim_codes *c, const char *dir, tp_err *err)
{
    sim_csv csv;
    TP_RETURN_SAME(sim_csv_load(&c->arena, dir, "functional_positions.csv", &csv, err));
    c->job = tp_arena_alloc(&c->arena, csv.rows, sizeof *c->job);
    if (c->job == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for functional positions");
    }
    for (int utama = 0; utama < 2; utama++) {
        for (size_t r = 1; r < csv.rows; r++) {
            const char *grade = sim_csv_cell(&csv, r, "grade");
            const int age = (int)number(sim_csv_cell(&csv, r, "retirement_age"));
            if (strcmp(grade, utama ? "UT" : "MA") == 0 && age > 0) {
                c->job[c->n_jobs++] = (sim_job){sim_csv_cell(&csv, r, "name"), grade, age};
            }
        }
        if (!utama) {
            c->n_madya = c->n_jobs;
        }
    }
    TP_RETURN_SAME(sim_csv_load(&c->arena, dir, "siasn_codes.csv", &csv, err));
    for (size_t r = 1; r < csv.rows; r++) {
        const char *set = sim_csv_cell(&csv, r, "codeset");
        const uint32_t code = number(sim_csv_cell(&csv, r, "code"));
        if (strcmp(set, "legal_status") == 0 && code < TP_COUNT(c->legal)) {
            c->legal[code] = sim_csv_cell(&csv, r, "name");
        } else if (strcmp(set, "discipline_type") == 0 && code < TP_COUNT(c->discipline)) {
            c->discipline[code] = sim_csv_cell(&csv, r, "name");
        }
    }
    return TP_OK;
}

/* Ministries that ended are kept in the list: their old code is what dirty feeds still send. */
static tp_code
load_agencies(sim_codes *c, const char *dir, tp_err *err)
{
    sim_csv csv;
    TP_RETURN_SAME(sim_csv_load(&c->arena, dir, "agencies.csv", &csv, err));
    c->agency = tp_arena_alloc(&c->arena, csv.rows, sizeof *c->agency);
    if (c->agency == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for agencies");
    }
    for (size_t r = 1; r < csv.rows; r++) {
        const sim_agency_row a = {sim_csv_cell(&csv, r, "bkn_instansi_id"),
                                  sim_csv_cell(&csv, r, "quick_code"),
                                  sim_csv_cell(&csv, r, "name"),
                                  sim_csv_cell(&csv, r, "scope"),
                                  sim_csv_cell(&csv, r, "kind"),
                                  sim_csv_cell(&csv, r, "region_code")};
        const char *status = sim_csv_cell(&csv, r, "status");
        bool usable = a.kind[0] != '\0' && strcmp(status, "not_a_ppk") != 0 && strlen(a.code) == 4;
        for (uint32_t i = 0; i < c->n_agencies && usable; i++) {
            usable = strcmp(c->agency[i].code, a.code) != 0; /* the official list repeats one */
        }
        if (usable) {
            c->agency[c->n_agencies++] = a;
        }
    }
    return TP_OK;
}

tp_code
sim_codes_load(sim_codes *codes, const char *dir, tp_err *err)
{
    TP_RETURN_SAME(load_names(codes, dir, err));
    TP_RETURN_SAME(load_patterns(codes, dir, err));
    TP_RETURN_SAME(load_variants(codes, dir, err));
    TP_RETURN_SAME(load_regions(codes, dir, err));
    TP_RETURN_SAME(load_fields(codes, dir, err));
    TP_RETURN_SAME(load_programmes(codes, dir, err));
    TP_RETURN_SAME(load_posts(codes, dir, err));
    TP_RETURN_SAME(load_jobs(codes, dir, err));
    TP_RETURN_SAME(load_agencies(codes, dir, err));
    return TP_OK;
}

const sim_field *
sim_field_find(const sim_codes *codes, const char *code)
{
    for (uint32_t i = 0; i < codes->n_fields; i++) {
        if (strcmp(codes->field[i].code, code) == 0) {
            return &codes->field[i];
        }
    }
    return NULL;
}

const sim_affair *
sim_affair_find(const sim_codes *codes, const char *code)
{
    for (uint32_t i = 0; i < codes->n_affairs; i++) {
        if (strcmp(codes->affair[i].code, code) == 0) {
            return &codes->affair[i];
        }
    }
    return NULL;
}
