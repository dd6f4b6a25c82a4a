/* Who stands in which trap, and whom does it make of them? */
#include "tests/people/people.h"

#include <stdlib.h>

#include "tests/simulator/population.h"

static const char *const NAME[PEOPLE_TRAPS] = {
    "twins",  "namesakes",   "parent",  "cohort",     "shared-nip",  "copied-nip", "spouse-nik",
    "slip",   "placeholder", "january", "date-fixed", "pppk-to-pns", "old-only",   "no-nik",
    "single", "doubled",     "bali",    "glued",      "titles",      "cut",        "moved",
    "twice",  "foreign",     "day-off", "registry"};

const char *
people_trap_name(people_trap trap)
{
    return NAME[trap];
}

bool
people_trap_list(const char *text, uint32_t *out)
{
    uint32_t set = 0;
    tp_str rest = tp_str_of(text);
    tp_str word;
    while (tp_str_next(&rest, ',', &word)) {
        uint32_t found = tp_str_is(word, "all") ? (1u << PEOPLE_TRAPS) - 1 : 0;
        for (int t = 0; t < PEOPLE_TRAPS; t++) {
            found |= tp_str_is(word, NAME[t]) ? 1u << t : 0;
        }
        if (found == 0) {
            return false;
        }
        set |= found;
    }
    *out = set;
    return true;
}

uint32_t
people_group_size(people_trap trap)
{
    switch (trap) {
    case PEOPLE_TWINS:
    case PEOPLE_NAMESAKES:
    case PEOPLE_PARENT:
    case PEOPLE_SHARED_NIP:
    case PEOPLE_COPIED_NIP:
    case PEOPLE_SPOUSE_NIK:
    case PEOPLE_REGISTRY:
        return 2;
    case PEOPLE_COHORT:
        return 40;
    case PEOPLE_SLIP:
        return 100;
    case PEOPLE_PLACEHOLDER:
        return 80;
    default:
        return 1;
    }
}

/* A pair is one copy; in larger groups each person is one. */
static uint32_t
groups_of(people_trap trap, uint32_t copies)
{
    const uint32_t size = people_group_size(trap);
    return size <= 2 ? copies : (copies + size - 1) / size;
}

uint32_t
people_needed(uint32_t traps, uint32_t copies)
{
    uint64_t n = 0;
    for (int t = 0; t < PEOPLE_TRAPS; t++) {
        if ((traps >> t & 1) != 0) {
            n += (uint64_t)groups_of((people_trap)t, copies) * people_group_size((people_trap)t);
        }
    }
    return (uint32_t)(n + n / 4 + 2000);
}

void
people_plan_clear(people_plan *plan)
{
    free(plan->trap);
    free(plan->copy);
    free(plan->place);
    free(plan->member);
    free(plan->first);
    *plan = (people_plan){0};
}

/* The next `size` people of one agency whom nature has set no trap; false at the end. */
static bool
take_group(const sim_world *w, people_plan *plan, uint32_t size, uint32_t *next, uint32_t *used)
{
    uint32_t n = 0;
    uint32_t agency = SIM_NONE;
    while (n < size && *next < w->options.people) {
        sim_core c;
        sim_core_make(w, *next, &c);
        if (c.agency != agency) {
            n = 0;
            agency = c.agency;
        }
        if (c.traps == 0 && c.stratum >= SIM_S_PPPK) {
            plan->member[*used + n++] = *next;
        }
        (*next)++;
    }
    return n == size;
}

tp_code
people_plan_make(const sim_world *w, const people_options *o, people_plan *out, tp_err *err)
{
    const uint32_t n = sim_people(w);
    uint32_t next = 0;
    uint32_t used = 0;
    *out = (people_plan){.n = n,
                         .trap = calloc(n, 1),
                         .copy = calloc(n, sizeof *out->copy),
                         .place = calloc(n, sizeof *out->place),
                         .member = calloc(n + 128, sizeof *out->member),
                         .first = calloc(n, sizeof *out->first)};
    if (out->trap == NULL || out->copy == NULL || out->place == NULL || out->member == NULL ||
        out->first == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the traps of %u people", n);
    }
    for (int t = 0; t < PEOPLE_TRAPS; t++) {
        const uint32_t size = people_group_size((people_trap)t);
        const uint32_t groups = (o->traps >> t & 1) != 0 ? groups_of((people_trap)t, o->copies) : 0;
        for (uint32_t g = 0; g < groups; g++) {
            if (!take_group(w, out, size, &next, &used)) {
                TP_RETURN_ERR(err, TP_E_CONFIG,
                              "%u people are too few for %u copies of each trap; ask for more "
                              "people or fewer copies",
                              o->people, o->copies);
            }
            for (uint32_t k = 0; k < size; k++) {
                const uint32_t i = out->member[used + k];
                out->trap[i] = (uint8_t)(t + 1);
                out->copy[i] = g;
                out->place[i] = k;
                out->first[i] = used;
            }
            used += size;
        }
    }
    return TP_OK;
}

static void
put_number(char *at, uint32_t value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

/* Digits 7-12 of the NIK say what the person's own birth day and sex say. */
static void
date_nik(sim_person *p, uint32_t serial)
{
    const tp_ymd b = tp_day_split(p->born);
    put_number(p->nik + 6, (uint32_t)(b.day + (p->female ? 40 : 0)), 2);
    put_number(p->nik + 8, (uint32_t)b.month, 2);
    put_number(p->nik + 10, (uint32_t)(b.year % 100), 2);
    put_number(p->nik + 12, serial, 4);
}

static void
rename_to(sim_person *p, const char *text)
{
    sim_copy(p->name, sizeof p->name, text);
    p->n_tokens = 0; /* feeds write from the name alone */
}

/* Hasan Wijaya: Hasin Wijaya, Hasan Wijayanto, Wasan Wijaya. */
static void
name_alike(const char *name, uint32_t how, char out[SIM_NAME])
{
    sim_copy(out, SIM_NAME, name);
    size_t n = strcspn(out, " ");
    if (how % 3 == 0 && n > 3) {
        out[n - 2] = out[n - 2] == 'i' ? 'a' : 'i';
    } else if (how % 3 == 1 && strlen(out) + 4 < SIM_NAME) {
        sim_text t = sim_text_on(out, SIM_NAME);
        sim_put(&t, name);
        sim_put(&t, "nto");
    } else {
        out[0] = out[0] == 'W' ? 'H' : 'W';
    }
}

static void
as_pair(const sim_world *w, const people_plan *plan, people_trap trap, sim_person *p)
{
    const uint32_t copy = plan->copy[p->index];
    const bool leads = plan->place[p->index] == 0;
    sim_person lead;
    sim_person_make(w, plan->member[plan->first[p->index]], &lead);
    const int gap = 22 + (int)(copy % 7);
    switch (trap) {
    case PEOPLE_TWINS: {
        char name[SIM_NAME];
        name_alike(lead.name, copy, name);
        p->born = lead.born;
        p->female = lead.female;
        sim_copy(p->nik, sizeof p->nik, lead.nik);
        rename_to(p, leads ? lead.name : name);
        sim_nip_write(lead.born, lead.cpns, 0, lead.female, leads ? 701 : 702, p->nip);
        date_nik(p, leads ? 7001 : 7002);
        break;
    }
    case PEOPLE_NAMESAKES:
        p->born = lead.born;
        p->female = lead.female;
        rename_to(p, lead.name);
        sim_nip_write(p->born, tp_day_add_months(lead.cpns, leads ? 0 : -(int)(1 + copy % 24)), 0,
                      p->female, leads ? 711 : 712, p->nip);
        date_nik(p, leads ? 7101 : 7102);
        break;
    case PEOPLE_PARENT:
        p->born =
            tp_day_of(1962 + (int)(copy % 9), 1 + (int)(copy / 9 % 12), 1 + (int)(copy / 108 % 28));
        p->born = leads ? p->born : tp_day_add_months(p->born, 12 * gap + (int)(copy % 12));
        p->female = lead.female;
        rename_to(p, lead.name);
        sim_nip_write(p->born, tp_day_of(tp_day_split(p->born).year + 24, 3, 1), 0, p->female,
                      (leads ? 401 : 101) + copy % 299, p->nip);
        date_nik(p, (leads ? 4001 : 1001) + copy % 2999);
        break;
    default:
        break;
    }
}

/* Chance gives two colleagues one name: then nobody could tell whose the number is. */
static void
part_names(const sim_person *lead, sim_person *p)
{
    const size_t n = strcspn(lead->name, " ");
    if (strncmp(lead->name, p->name, n) == 0 && (p->name[n] == ' ' || p->name[n] == '\0')) {
        rename_to(p,
                  strncmp(lead->name, "Marthen", 7) == 0 ? "Yosef Rumbiak" : "Marthen Situmorang");
    }
}

static void
as_couple(const sim_world *w, const people_plan *plan, people_trap trap, sim_person *p)
{
    const uint32_t copy = plan->copy[p->index];
    const bool leads = plan->place[p->index] == 0;
    sim_person lead;
    sim_person_make(w, plan->member[plan->first[p->index]], &lead);
    if ((trap == PEOPLE_SHARED_NIP || trap == PEOPLE_COPIED_NIP) && !leads) {
        part_names(&lead, p);
    }
    switch (trap) {
    case PEOPLE_SHARED_NIP:
        sim_copy(p->nip, sizeof p->nip, lead.nip);
        if (copy % 2 == 1) { /* what the number says is true of both */
            p->born = lead.born;
            p->female = lead.female;
            date_nik(p, leads ? 7301 : 7302);
        }
        break;
    case PEOPLE_SPOUSE_NIK:
        p->female = !leads;
        p->nip[14] = leads ? '1' : '2';
        put_number(p->nip + 15, 731, 3);
        date_nik(p, leads ? 7401 : 7402);
        break;
    case PEOPLE_REGISTRY:
        if (!leads) {
            p->born = lead.born;
            p->female = lead.female;
            rename_to(p, lead.name);
            p->nip[0] = p->old_nip[0] = '\0';
            p->kind = SIM_KIND_STRANGER;
            date_nik(p, 7500);
        }
        break;
    default:
        break;
    }
}

static void
as_alone(const sim_world *w, const people_plan *plan, people_trap trap, sim_person *p)
{
    static const char *const SINGLE[] = {"Suparman", "Sukarno", "Sutrisno", "Suyanto",  "Suharti",
                                         "Sumiyati", "Wagiman", "Paijo",    "Ngatiyem", "Suwarni"};
    static const char *const BALI[] = {"I Wayan Sudana",   "I Made Artana",   "Ni Ketut Sari",
                                       "I Nyoman Wirawan", "Ni Luh Putu Ayu", "I Gede Suarta"};
    const uint32_t copy = plan->copy[p->index];
    sim_person lead;
    switch (trap) {
    case PEOPLE_COHORT:
        sim_person_make(w, plan->member[plan->first[p->index]], &lead);
        p->born = lead.born;
        p->female = lead.female;
        sim_nip_write(lead.born, lead.cpns, 0, lead.female, 601 + plan->place[p->index], p->nip);
        date_nik(p, 7600 + plan->place[p->index]);
        break;
    case PEOPLE_SINGLE:
    case PEOPLE_DOUBLED:
        rename_to(p, SINGLE[copy % TP_COUNT(SINGLE)]);
        break;
    case PEOPLE_BALI:
        rename_to(p, BALI[copy % TP_COUNT(BALI)]);
        break;
    case PEOPLE_CUT: {
        char name[SIM_NAME];
        sim_text t = sim_text_on(name, sizeof name);
        sim_put(&t, p->name);
        sim_put(&t, copy % 2 == 0 ? " Kusumawardhana Prawiranegara" : " Hadikusumo Tjokroaminoto");
        rename_to(p, name);
        break;
    }
    case PEOPLE_DATE_FIXED: {
        const tp_ymd d = tp_day_split(p->born);
        p->former_born =
            tp_day_of(d.year + (copy % 2 == 0 ? 1 : -1), d.month, d.day == 29 ? 28 : d.day);
        sim_nip_write(p->born, p->cpns, 0, p->female, 741, p->nip);
        sim_nip_write(p->former_born, p->cpns, 0, p->female, 741, p->former_nip);
        break;
    }
    case PEOPLE_PPPK_TO_PNS: {
        const int year = tp_day_split(p->cpns).year;
        sim_nip_write(p->born, tp_day_of(year - 1 - (int)(copy % 2), 3, 1), 1, p->female, 751,
                      p->former_nip);
        break;
    }
    case PEOPLE_OLD_ONLY: {
        sim_text t = sim_text_on(p->old_nip, sizeof p->old_nip);
        sim_put(&t, "13");
        sim_put_num(&t, 1000000 + p->index, 7);
        break;
    }
    default:
        break;
    }
}

void
people_trap_person(const sim_world *w, const people_plan *plan, sim_person *p)
{
    if (p->index >= plan->n || plan->trap[p->index] == 0) {
        return;
    }
    const people_trap trap = (people_trap)(plan->trap[p->index] - 1);
    as_pair(w, plan, trap, p);
    as_couple(w, plan, trap, p);
    as_alone(w, plan, trap, p);
}
