/* What does one feed show of one person, with which defects? */
#include "tests/simulator/population.h"

/* Each feed's share of the defect rates, in percent: the registry is clean, typed lists are not. */
static const uint32_t SCALE[SIM_FEEDS] = {50, 60, 110, 90, 110, 130, 80, 100, 100, 10, 100};

typedef struct viewing {
    const sim_world *w;
    sim_feed feed;
    uint32_t agency;
    const sim_row *row;
    uint32_t scale;
    sim_rng rng;
    sim_person *p;
    sim_view *out;
} viewing;

static bool
luck(viewing *v, uint32_t ppm)
{
    return sim_chance(&v->rng, sim_scaled(v->w, ppm, v->scale));
}

static bool
accident(const viewing *v, uint32_t which, uint32_t agency)
{
    return (v->w->options.accidents & which) != 0 &&
           (v->feed != SIM_FEED_SIMPEG || v->agency == agency % v->w->n_agencies);
}

static sim_date_form
date_form(viewing *v)
{
    static const sim_date_form FORM[SIM_FEEDS] = {
        SIM_DATE_DMY, SIM_DATE_DMY, SIM_DATE_SLASH, SIM_DATE_ISO, SIM_DATE_ISO, SIM_DATE_ISO,
        SIM_DATE_ISO, SIM_DATE_ISO, SIM_DATE_ISO,   SIM_DATE_DMY, SIM_DATE_ISO};
    if (luck(v, 2000) && v->feed == SIM_FEED_SIMPEG) {
        return sim_below(&v->rng, 2) == 0 ? SIM_DATE_SHORT : SIM_DATE_EXCEL;
    }
    if (v->feed != SIM_FEED_SIMPEG) {
        return FORM[v->feed];
    }
    const uint64_t x = sim_hash(v->w->seed, v->agency, SIM_STREAM_VIEW + 40) % 100;
    return x < 62 || v->w->options.dirt <= 0 ? SIM_DATE_SLASH
           : x < 82                          ? SIM_DATE_DMY
           : x < 93                          ? SIM_DATE_ISO
                                             : SIM_DATE_LONG;
}

static int32_t
one_digit_off(int32_t day, sim_rng *rng)
{
    const tp_ymd d = tp_day_split(day);
    const int step = sim_below(rng, 2) == 0 ? 1 : -1;
    const uint32_t what = sim_below(rng, 3);
    const tp_ymd o = {d.year + (what == 0 ? step : 0), d.month + (what == 1 ? step : 0),
                      d.day + (what == 2 ? step : 0)};
    return tp_day_valid(o.year, o.month, o.day) ? tp_day_of(o.year, o.month, o.day) : day + step;
}

static void
show_birth(viewing *v)
{
    const tp_ymd d = tp_day_split(v->p->born);
    const bool registry = v->feed == SIM_FEED_DUKCAPIL;
    int32_t day = v->p->born;
    if (!registry && v->p->former_born != SIM_NO_DAY && sim_below(&v->rng, 2) == 0) {
        day = v->p->former_born;
    } else if (luck(v, 5000) && d.day <= 12) {
        day = tp_day_of(d.year, d.day, d.month);
    } else if (luck(v, 5000)) {
        day = one_digit_off(day, &v->rng);
    } else if (luck(v, 10000)) {
        day = tp_day_of(d.year, 1, 1);
    }
    if (v->feed == SIM_FEED_SIMPEG && accident(v, SIM_ACCIDENT_JANUARY, 2)) {
        day = tp_day_of(d.year, 1, 1);
    }
    if ((registry || v->feed == SIM_FEED_KINERJA) && accident(v, SIM_ACCIDENT_DAY_OFF, 0)) {
        day--;
    }
    v->out->born = day;
    v->out->defects |= day != v->p->born ? SIM_DEFECT_BIRTH : 0;
    sim_day_text(day, v->out->date_form, v->out->born_text);
}

/* Rounded as a spreadsheet does, or one digit wrong, or short by one. */
static void
damage_nip(viewing *v, char nip[32])
{
    const uint32_t x = sim_below(&v->rng, 10);
    if (x < 4) {
        const char head[4] = {nip[0], '.', nip[1], '\0'};
        sim_text t = sim_text_on(nip, 32);
        char digits[4];
        memcpy(digits, v->p->nip + 2, 3);
        digits[3] = '\0';
        sim_put(&t, head);
        sim_put(&t, digits);
        sim_put(&t, "E+17");
    } else if (x < 5) {
        memcpy(nip + 15, "000", 3);
    } else if (x < 9) {
        const uint32_t at = sim_below(&v->rng, 18);
        nip[at] = (char)('0' + (nip[at] - '0' + 1 + (int)sim_below(&v->rng, 8)) % 10);
    } else {
        const uint32_t at = 8 + sim_below(&v->rng, 9);
        memmove(nip + at, nip + at + 1, strlen(nip) - at);
    }
}

static void
space_nip(char nip[32])
{
    char digits[32];
    sim_copy(digits, sizeof digits, nip);
    if (strlen(digits) != 18) {
        return;
    }
    sim_text t = sim_text_on(nip, 32);
    sim_put_n(&t, digits, 8);
    sim_put_char(&t, ' ');
    sim_put_n(&t, digits + 8, 6);
    sim_put_char(&t, ' ');
    sim_put_n(&t, digits + 14, 1);
    sim_put_char(&t, ' ');
    sim_put_n(&t, digits + 15, 3);
}

static void
neighbour(const viewing *v, char nip[20], char nik[20])
{
    const uint32_t other = v->p->index ^ 1;
    sim_core c;
    sim_person q;
    sim_core_make(v->w, other < v->w->options.people ? other : v->p->index, &c);
    q.female = c.female;
    sim_nik_make(v->w, &c, &q);
    sim_nip_write(c.born, c.cpns, c.appointment, c.female, c.serial, nip);
    sim_copy(nik, 20, q.nik);
}

static void
show_nip(viewing *v)
{
    sim_view *out = v->out;
    const sim_person *p = v->p;
    const bool keyed = v->feed == SIM_FEED_SIASN || v->feed == SIM_FEED_TALENTA;
    const uint32_t missing = v->feed == SIM_FEED_LHKPN    ? 400000
                             : v->feed == SIM_FEED_SIMPEG ? 15000
                                                          : 3000;
    char other[20];
    char nik[20];
    sim_copy(out->nip, sizeof out->nip, p->nip);
    sim_copy(out->old_nip, sizeof out->old_nip, p->old_nip);
    if (p->nip[0] == '\0') {
        return;
    }
    if (p->former_nip[0] != '\0' &&
        (v->feed == SIM_FEED_TALENTA || (!keyed && sim_below(&v->rng, 2) == 0))) {
        sim_copy(out->nip, sizeof out->nip, p->former_nip);
        out->defects |= SIM_DEFECT_NIP_WRONG;
    } else if (!keyed && luck(v, missing)) {
        out->nip[0] = '\0';
        out->defects |= SIM_DEFECT_NIP_MISSING;
    } else if ((p->traps & SIM_TRAP_COPIED_NIP) != 0 && v->feed == SIM_FEED_SIMPEG) {
        neighbour(v, other, nik);
        sim_copy(out->nip, sizeof out->nip, other);
        out->defects |= SIM_DEFECT_NIP_WRONG;
    } else if (!keyed && luck(v, 7000)) {
        damage_nip(v, out->nip);
        out->defects |= SIM_DEFECT_NIP_WRONG;
    } else if (v->feed == SIM_FEED_SIMPEG && luck(v, 150000)) {
        space_nip(out->nip);
    }
    if (sim_chance(&v->rng, sim_scaled(v->w, 30000, v->scale))) {
        out->old_nip[0] = '\0';
    }
}

static void
damage_nik(viewing *v, char nik[24])
{
    static const char *const FILLER[] = {"0000000000000000", "1234567890123456", "9999999999999999",
                                         "0"};
    const uint32_t x = sim_below(&v->rng, 10);
    if (x < 3) {
        sim_copy(nik, 24, FILLER[sim_below(&v->rng, TP_COUNT(FILLER))]);
    } else if (x < 5) {
        nik[15] = '\0';
    } else {
        const uint32_t at = sim_below(&v->rng, 16);
        nik[at] = (char)('0' + (nik[at] - '0' + 1 + (int)sim_below(&v->rng, 8)) % 10);
    }
}

static void
show_nik(viewing *v)
{
    sim_view *out = v->out;
    const bool simpeg = v->feed == SIM_FEED_SIMPEG;
    const uint32_t local =
        v->p->index - (v->p->agency != SIM_NONE ? v->w->agency[v->p->agency].info.first : 0);
    char nip[20];
    char other[20];
    sim_copy(out->nik, sizeof out->nik, v->p->nik);
    if (luck(v, 20000) || (simpeg && accident(v, SIM_ACCIDENT_NO_NIK, 3))) {
        out->nik[0] = '\0';
        out->defects |= SIM_DEFECT_NIK_MISSING;
        return;
    }
    if (luck(v, 15000)) {
        damage_nik(v, out->nik);
        out->defects |= SIM_DEFECT_NIK_WRONG;
    }
    if ((v->p->traps & SIM_TRAP_SPOUSE_NIK) != 0 && (simpeg || v->feed == SIM_FEED_LHKPN) &&
        sim_below(&v->rng, 2) == 0) {
        neighbour(v, nip, other);
        sim_copy(out->nik, sizeof out->nik, other);
        out->defects |= SIM_DEFECT_NIK_WRONG;
    }
    if (simpeg && accident(v, SIM_ACCIDENT_LINE_SLIP, 0) && local >= 10 && local < 110 &&
        v->p->index + 1 < v->w->options.people) {
        sim_core c;
        sim_person q;
        sim_core_make(v->w, v->p->index + 1, &c);
        q.female = c.female;
        sim_nik_make(v->w, &c, &q);
        sim_copy(out->nik, sizeof out->nik, q.nik);
        out->defects |= SIM_DEFECT_NIK_WRONG;
    }
    if (simpeg && accident(v, SIM_ACCIDENT_PLACEHOLDER, 1) && local < 80) {
        sim_copy(out->nik, sizeof out->nik, "3171234501010001");
        out->defects |= SIM_DEFECT_NIK_WRONG;
    }
}

static void
show_status(viewing *v)
{
    sim_person *p = v->p;
    sim_view *out = v->out;
    const bool registry = v->feed == SIM_FEED_DUKCAPIL;
    out->legal_status = p->legal_status;
    out->died = p->died;
    out->nik_verified = p->nik_verified;
    out->agency = p->agency;
    const bool over = p->died != SIM_NO_DAY || p->retired;
    const bool knows = registry || v->w->options.dirt <= 0 ||
                       (v->feed == SIM_FEED_SIASN && sim_below(&v->rng, 10) < 7);
    if (over && !knows && sim_below(&v->rng, 10) < 7) {
        out->legal_status = "01";
        out->died = SIM_NO_DAY;
        out->defects |= SIM_DEFECT_STATUS_STALE;
    }
    if (v->row->copy == 3) {
        out->agency = p->former_agency;
        out->legal_status = "01";
        out->defects |= SIM_DEFECT_STALE;
    }
}

/* A feed that lags shows the rank and position of before. */
static void
make_stale(viewing *v)
{
    sim_person *p = v->p;
    if (p->n_rank > 1) {
        p->n_rank--;
        p->rank_id = p->ranks[p->n_rank - 1].rank_id;
        p->rank_since = p->ranks[p->n_rank - 1].since;
    }
    int last = p->n_position - 1;
    while (last > 0 && strcmp(p->positions[last].assignment, "D") != 0) {
        last--;
    }
    if (v->row->copy == 3 && last > 0) {
        p->n_position = last;
        p->position = p->positions[last - 1];
        p->tier = p->position.tier;
    }
    if (v->row->copy == 3) {
        p->position.agency = p->former_agency;
        p->position.unit = p->unit = 0;
        p->positions[p->n_position - 1].agency = p->former_agency;
        p->positions[p->n_position - 1].unit = 0;
        p->n_appraisal = p->n_appraisal > 1 ? 1 : p->n_appraisal;
        p->post = SIM_NONE;
    }
    v->out->defects |= SIM_DEFECT_STALE;
}

/* Dates, echelons and kinds of positions. */
static void
spoil_positions(viewing *v)
{
    sim_person *p = v->p;
    for (int i = 0; i < p->n_position; i++) {
        sim_position *row = &p->positions[i];
        if (row->tier >= SIM_TIER_PRATAMA && luck(v, 150000)) {
            row->inaugurated = SIM_NO_DAY;
            v->out->defects |= SIM_DEFECT_NO_INAUGURATION;
        }
        if (i > 1 && luck(v, 10000)) {
            row->start -= sim_range(&v->rng, 30, 180);
            v->out->defects |= SIM_DEFECT_OVERLAP;
        }
        if (row->assignment[0] == 'P' && luck(v, 40000)) {
            row->assignment = "D";
            v->out->defects |= SIM_DEFECT_ACTING_AS_DEFINITIVE;
        }
    }
    if (p->tier >= SIM_TIER_ADMINISTRATOR && luck(v, 10000)) {
        p->position.echelon_id = p->tier == SIM_TIER_ADMINISTRATOR ? "22" : "31";
        v->out->defects |= SIM_DEFECT_ECHELON;
    }
    if (luck(v, 50000)) {
        v->out->defects |= SIM_DEFECT_OLD_UNIT; /* dialects write a unit that no list holds */
    }
}

static void
spoil_histories(viewing *v)
{
    sim_person *p = v->p;
    if (p->agency != SIM_NONE && !v->w->agency[p->agency].info.sends_discipline &&
        v->w->options.dirt > 0) {
        p->n_discipline = 0;
    }
    if (v->row->copy == 3 || luck(v, 30000)) {
        make_stale(v);
    }
    spoil_positions(v);
    if (p->n_appraisal > 1 && luck(v, 60000)) {
        const int at = (int)sim_below(&v->rng, 2);
        for (int i = at; i + 1 < p->n_appraisal; i++) {
            p->appraisal[i] = p->appraisal[i + 1];
        }
        p->n_appraisal--;
        v->out->defects |= SIM_DEFECT_YEAR_MISSING;
    }
    if (p->n_rank > 0 && luck(v, 1000)) {
        p->ranks[p->n_rank - 1].since += 3653;
        p->rank_since = p->ranks[p->n_rank - 1].since;
        v->out->defects |= SIM_DEFECT_FUTURE_DATE;
    }
}

static void
forget_degree(viewing *v)
{
    sim_person *p = v->p;
    if (p->n_education > 1 && p->education[p->n_education - 1].fresh && luck(v, 200000)) {
        p->n_education--;
        sim_titles_make(v->w, p);
        v->out->defects |= SIM_DEFECT_DEGREE_MISSING;
    }
}

void
sim_view_make(const sim_world *world, sim_feed feed, uint32_t agency, const sim_row *row,
              sim_person *p, sim_view *out)
{
    const uint64_t of = (uint64_t)p->index << 16 |
                        (feed == SIM_FEED_SIMPEG ? (agency & 0xfff) << 4 : 0) |
                        (row->copy == 2 ? 8 : 0) | (row->sub & 7);
    viewing v = {world, feed, agency, row, SCALE[feed], {0}, p, out};
    v.rng = sim_rng_of(world->seed, of, SIM_STREAM_VIEW + (unsigned)feed);
    out->defects = 0;
    out->date_form = date_form(&v);
    out->sex = p->female ? 'F' : 'M';
    if (luck(&v, 1000)) {
        out->sex = p->female ? 'M' : 'F';
    }
    if (feed != SIM_FEED_DUKCAPIL) {
        forget_degree(&v);
    }
    show_birth(&v);
    show_nip(&v);
    show_nik(&v);
    show_status(&v);
    sim_write_name(world, feed, agency, v.scale, &v.rng, p, out);
    if (feed == SIM_FEED_DUKCAPIL) {
        out->front[0] = out->back[0] = '\0';
    } else if (p->kind != SIM_KIND_STRANGER) {
        spoil_histories(&v);
    }
}
