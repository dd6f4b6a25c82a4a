/* What do feeds show of the people in a trap? */
#include "tests/people/people.h"

#include "tests/simulator/population.h"

/* Another member of the person's group, as that person truly is. */
static void
member_at(const sim_world *w, const people_plan *plan, const sim_person *p, uint32_t place,
          sim_person *out)
{
    sim_person_make(w, plan->member[plan->first[p->index] + place], out);
    people_trap_person(w, plan, out);
}

/* An agency's row of the person without the numbers that would settle it: names must do. */
static void
thin_out(uint32_t copy, sim_view *v)
{
    if (copy % 3 != 1) {
        v->nip[0] = '\0';
    } else if (v->nip[0] != '\0') {
        v->nip[17] = v->nip[17] == '9' ? '8' : (char)(v->nip[17] + 1);
    }
    if (copy % 3 != 0) {
        v->nik[0] = '\0';
    }
}

static void
double_name(sim_view *v)
{
    char once[SIM_NAME];
    sim_copy(once, sizeof once, v->name);
    sim_text t = sim_text_on(v->name, sizeof v->name);
    sim_put(&t, once);
    sim_put_char(&t, ' ');
    sim_put(&t, once);
}

static void
glue_name(uint32_t copy, sim_view *v)
{
    char *gap = strchr(v->name, ' ');
    const size_t n = strlen(v->name);
    if (gap != NULL && copy % 2 == 0) {
        memmove(gap, gap + 1, strlen(gap));
    } else if (n > 6 && n + 2 < sizeof v->name) {
        const size_t at = gap == NULL || gap - v->name > 6 ? 3 : (size_t)(gap - v->name) + 3;
        memmove(v->name + at + 1, v->name + at, n - at + 1);
        v->name[at] = ' ';
    }
}

static void
title_name(uint32_t copy, sim_view *v)
{
    static const char *const FRONT[] = {"DR. H. ", "Drs.", "Ir. ", "Hj. "};
    static const char *const BACK[] = {" S.H. M.Si", ", SE.,MM", " S.Pd., M.Pd.", ",S.Sos"};
    char once[SIM_NAME];
    sim_copy(once, sizeof once, v->name);
    sim_text t = sim_text_on(v->name, sizeof v->name);
    sim_put(&t, FRONT[copy % 4]);
    sim_put(&t, once);
    sim_put(&t, BACK[copy / 4 % 4]);
}

static void
show_name(people_trap trap, uint32_t copy, sim_view *v)
{
    thin_out(copy, v);
    if (trap == PEOPLE_DOUBLED) {
        double_name(v);
    } else if (trap == PEOPLE_GLUED) {
        glue_name(copy, v);
    } else if (trap == PEOPLE_TITLES) {
        title_name(copy, v);
    } else if (trap == PEOPLE_CUT && strlen(v->name) > 30) {
        v->name[v->name[29] == ' ' ? 29 : 30] = '\0';
    }
}

static void
slip(const sim_world *w, const people_plan *plan, sim_person *p, sim_view *v)
{
    sim_person next;
    member_at(w, plan, p, (plan->place[p->index] + 1) % people_group_size(PEOPLE_SLIP), &next);
    switch (plan->copy[p->index] % 3) {
    case 0:
        sim_copy(v->nik, sizeof v->nik, next.nik);
        break;
    case 1:
        sim_copy(v->nip, sizeof v->nip, next.nip);
        break;
    default:
        v->born = next.born;
    }
}

/* Of every four copies of a trap of look-alikes one agency row lacks the NIP, one the NIK, one
 * both: who it is must then follow from what the two have not in common, or stay open. */
static void
thin_pair(people_trap trap, uint32_t copy, sim_view *v)
{
    const bool nip = copy % 4 == 1 || copy % 4 == 3;
    const bool nik = copy % 4 == 2 || copy % 4 == 3;
    const bool nip_bites = trap == PEOPLE_SHARED_NIP || trap == PEOPLE_COPIED_NIP;
    const bool alike = nip_bites || trap == PEOPLE_SPOUSE_NIK || trap == PEOPLE_TWINS ||
                       trap == PEOPLE_NAMESAKES || trap == PEOPLE_PARENT || trap == PEOPLE_COHORT ||
                       trap == PEOPLE_REGISTRY;
    if (alike && nip && !nip_bites) {
        v->nip[0] = '\0';
    }
    if (alike && nik && trap != PEOPLE_SPOUSE_NIK) {
        v->nik[0] = '\0';
    }
}

/* Agency exports: most accidents happen there. */
static void
show_simpeg(const sim_world *w, const people_plan *plan, people_trap trap, sim_person *p,
            sim_view *v)
{
    const uint32_t copy = plan->copy[p->index];
    sim_person lead;
    thin_pair(trap, trap == PEOPLE_COHORT ? plan->place[p->index] : copy, v);
    switch (trap) {
    case PEOPLE_COPIED_NIP:
        if (plan->place[p->index] != 0) {
            member_at(w, plan, p, 0, &lead);
            sim_copy(v->nip, sizeof v->nip, lead.nip);
        }
        break;
    case PEOPLE_SLIP:
        slip(w, plan, p, v);
        break;
    case PEOPLE_PLACEHOLDER: {
        sim_text t =
            copy % 2 == 0 ? sim_text_on(v->nik, sizeof v->nik) : sim_text_on(v->nip, sizeof v->nip);
        sim_put(&t, copy % 2 == 0 ? "3171234501010" : "198001012005011");
        sim_put_num(&t, 1 + copy, 3);
        break;
    }
    case PEOPLE_OLD_ONLY:
        v->nip[0] = v->nik[0] = '\0';
        v->born = copy % 2 == 0 ? v->born : SIM_NO_DAY;
        break;
    case PEOPLE_NO_NIK:
        v->nik[0] = '\0';
        break;
    case PEOPLE_SINGLE:
    case PEOPLE_DOUBLED:
    case PEOPLE_BALI:
    case PEOPLE_GLUED:
    case PEOPLE_TITLES:
    case PEOPLE_CUT:
        show_name(trap, copy, v);
        break;
    default:
        break;
    }
}

void
people_trap_view(const sim_world *w, const people_plan *plan, sim_feed feed, sim_person *p,
                 sim_view *v)
{
    if (p->index >= plan->n || plan->trap[p->index] == 0) {
        return;
    }
    const people_trap trap = (people_trap)(plan->trap[p->index] - 1);
    const bool agency = feed == SIM_FEED_SIMPEG;
    if (agency) {
        show_simpeg(w, plan, trap, p, v);
    }
    if (trap == PEOPLE_JANUARY && (agency || feed == SIM_FEED_KINERJA)) {
        v->born = tp_day_of(tp_day_split(p->born).year, 1, 1);
    }
    if (trap == PEOPLE_DAY_OFF && (feed == SIM_FEED_KINERJA || feed == SIM_FEED_DUKCAPIL)) {
        v->born--;
    }
    if (trap == PEOPLE_SPOUSE_NIK && plan->place[p->index] != 0) {
        sim_person lead;
        member_at(w, plan, p, 0, &lead);
        const bool only = plan->copy[p->index] % 3 == 2; /* the own NIK stands nowhere */
        if (agency || feed == SIM_FEED_LHKPN) {
            sim_copy(v->nik, sizeof v->nik, lead.nik);
        } else if (only) {
            v->nik[0] = '\0';
        }
    }
}
