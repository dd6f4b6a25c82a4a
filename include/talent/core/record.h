/* The catalogue of record kinds and their fields: the one place that says what the pipeline knows.
 */
#ifndef TALENT_CORE_RECORD_H
#define TALENT_CORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/str.h"

/* How a field is stored. Width 8: ID and TIME; width 4: all others. Unknown is a cleared valid bit.
 */
typedef enum tp_type {
    TP_T_TEXT, /* uint32: number of a text in the table's tp_strings */
    TP_T_ENUM, /* int32: index into the field's words */
    TP_T_INT,  /* int32 */
    TP_T_DEC,  /* int32: hundredths */
    TP_T_HALF, /* int32: halves (a level of 3.5 is 7) */
    TP_T_BOOL, /* int32: 0 or 1 */
    TP_T_DAY,  /* int32: days since 1970-01-01 */
    TP_T_ID,   /* uint64: a number or a keyed hash; 0 is never stored as known */
    TP_T_TIME  /* int64: seconds since 1970-01-01T00:00:00Z */
} tp_type;

/* Whom a record speaks of. */
typedef enum tp_role {
    TP_ROLE_SUBJECT, /* it is a person as one source sees the person */
    TP_ROLE_FACT,    /* it belongs to a subject of the same batch */
    TP_ROLE_FREE     /* it stands alone: posts, units, calendars */
} tp_role;

/* Words of the enumerated fields; enumerators are in the order of the words. */
#define TP_WORDS_SEX        "male|female"
#define TP_WORDS_NIP_CLASS  "good|damaged|old|service|junk"
#define TP_WORDS_STATUS     "pns|cpns|pppk|tni|polri|non_asn"
#define TP_WORDS_TIER       "jpt_utama|jpt_madya|jpt_pratama|administrator|pengawas|pelaksana|functional"
#define TP_WORDS_JOB_KIND   "structural|functional|double|general"
#define TP_WORDS_JF_GRADE   "pemula|terampil|mahir|penyelia|pertama|muda|madya|utama"
#define TP_WORDS_ASSIGNMENT "definitive|plt|plh|pj|extra"
#define TP_WORDS_FUNCTION   "head|line|secretariat|oversight|advisory|support"
#define TP_WORDS_TRAINING   "leadership|functional|technical|seminar|certification"
#define TP_WORDS_COURSE     "pkn1|pkn2|pka|pkp|none"
#define TP_WORDS_SCHEME     "skp_100|pp30|skp22|periodic"
#define TP_WORDS_SANCTION   "light|medium|heavy"
#define TP_WORDS_CASE       "proposed|decided|appeal"
#define TP_WORDS_SCOPE      "international|national|cross_agency|agency"
#define TP_WORDS_TEAM_ROLE  "lead|member"
#define TP_WORDS_FILING     "complete|incomplete|missing"
#define TP_WORDS_DOSSIER \
    "health|drug_free|clean_statement|tax|party_statement|audit|family|case_statement"
#define TP_WORDS_HEAD   "elected|acting|caretaker"
#define TP_WORDS_MERIT  "draft|sent|verified|final"
#define TP_WORDS_ADVICE "ms|mms|kms"
#define TP_WORDS_CEFR   "a1|a2|b1|b2|c1|c2"

typedef enum tp_sex { TP_SEX_MALE, TP_SEX_FEMALE } tp_sex;
typedef enum tp_nip_class {
    TP_NIP_GOOD,    /* 18 digits, every structural check passes */
    TP_NIP_DAMAGED, /* 16 to 19 digits but a check fails */
    TP_NIP_OLD,     /* 9 digits */
    TP_NIP_SERVICE, /* 8 digits: police or army */
    TP_NIP_JUNK     /* a number nobody can use */
} tp_nip_class;
typedef enum tp_status {
    TP_STATUS_PNS,
    TP_STATUS_CPNS,
    TP_STATUS_PPPK,
    TP_STATUS_TNI,
    TP_STATUS_POLRI,
    TP_STATUS_NON_ASN
} tp_status;
typedef enum tp_tier {
    TP_TIER_JPT_UTAMA,
    TP_TIER_JPT_MADYA,
    TP_TIER_JPT_PRATAMA,
    TP_TIER_ADMINISTRATOR,
    TP_TIER_PENGAWAS,
    TP_TIER_PELAKSANA,
    TP_TIER_FUNCTIONAL,
    TP_TIER_COUNT
} tp_tier;
typedef enum tp_job_kind {
    TP_JOB_STRUCTURAL,
    TP_JOB_FUNCTIONAL,
    TP_JOB_DOUBLE,
    TP_JOB_GENERAL
} tp_job_kind;
typedef enum tp_jf_grade {
    TP_JF_PEMULA,
    TP_JF_TERAMPIL,
    TP_JF_MAHIR,
    TP_JF_PENYELIA,
    TP_JF_PERTAMA,
    TP_JF_MUDA,
    TP_JF_MADYA,
    TP_JF_UTAMA
} tp_jf_grade;
typedef enum tp_assignment {
    TP_ASSIGN_DEFINITIVE,
    TP_ASSIGN_PLT,
    TP_ASSIGN_PLH,
    TP_ASSIGN_PJ,
    TP_ASSIGN_EXTRA
} tp_assignment;
typedef enum tp_training_kind {
    TP_TRAINING_LEADERSHIP,
    TP_TRAINING_FUNCTIONAL,
    TP_TRAINING_TECHNICAL,
    TP_TRAINING_SEMINAR,
    TP_TRAINING_CERTIFICATION
} tp_training_kind;
typedef enum tp_course {
    TP_COURSE_PKN1,
    TP_COURSE_PKN2,
    TP_COURSE_PKA,
    TP_COURSE_PKP,
    TP_COURSE_NONE
} tp_course;
typedef enum tp_scheme {
    TP_SCHEME_SKP_100,
    TP_SCHEME_PP30,
    TP_SCHEME_SKP22,
    TP_SCHEME_PERIODIC
} tp_scheme;
typedef enum tp_sanction { TP_SANCTION_LIGHT, TP_SANCTION_MEDIUM, TP_SANCTION_HEAVY } tp_sanction;
typedef enum tp_case { TP_CASE_PROPOSED, TP_CASE_DECIDED, TP_CASE_APPEAL } tp_case;
typedef enum tp_scope {
    TP_SCOPE_INTERNATIONAL,
    TP_SCOPE_NATIONAL,
    TP_SCOPE_CROSS_AGENCY,
    TP_SCOPE_AGENCY
} tp_scope;
typedef enum tp_team_role { TP_TEAM_LEAD, TP_TEAM_MEMBER } tp_team_role;
typedef enum tp_filing { TP_FILING_COMPLETE, TP_FILING_INCOMPLETE, TP_FILING_MISSING } tp_filing;
typedef enum tp_dossier_kind {
    TP_DOSSIER_HEALTH,
    TP_DOSSIER_DRUG_FREE,
    TP_DOSSIER_CLEAN_STATEMENT,
    TP_DOSSIER_TAX,
    TP_DOSSIER_PARTY_STATEMENT,
    TP_DOSSIER_AUDIT,
    TP_DOSSIER_FAMILY,
    TP_DOSSIER_CASE_STATEMENT /* the agency states whether a case is open */
} tp_dossier_kind;
typedef enum tp_head_status { TP_HEAD_ELECTED, TP_HEAD_ACTING, TP_HEAD_CARETAKER } tp_head_status;
typedef enum tp_merit_status {
    TP_MERIT_DRAFT,
    TP_MERIT_SENT,
    TP_MERIT_VERIFIED,
    TP_MERIT_FINAL
} tp_merit_status;

enum { TP_COMPETENCIES = 9, TP_POTENTIALS = 8, TP_MERIT_ASPECTS = 8 };

/* clang-format off: one field a line reads as a table. */
/*
 * Each line: F(KIND, FIELD, "name in descriptions and SQL", TYPE, words or NULL)
 * The first fields of a kind up to its natural key size (TP_KINDS, third word) are its natural key:
 * two facts of one person (or two free records) equal in these are the same fact told twice.
 */
#define TP_PERSON_FIELDS(F)                                                                        \
    F(PERSON, SOURCE_KEY, "source_key", TEXT, NULL)                                                \
    F(PERSON, NIP, "nip", ID, NULL) /* 18 digits as a number; class good or damaged */             \
    F(PERSON, NIP_CLASS, "nip_class", ENUM, TP_WORDS_NIP_CLASS)                                    \
    F(PERSON, NIP_OLD, "nip_old", ID, NULL)   /* keyed hash */                                     \
    F(PERSON, NRP, "nrp", ID, NULL)           /* keyed hash of a police or army number */          \
    F(PERSON, SIASN_ID, "siasn_id", ID, NULL) /* hash of the id, dashes and case folded */         \
    F(PERSON, NIK, "nik", ID, NULL)           /* keyed hash of the 16 digits */                    \
    F(PERSON, NIK_PARTS, "nik_parts", ID,                                                          \
      NULL) /* region 24 | date 24 | serial 16, keyed hashes */                                    \
    F(PERSON, NIK_FACTS, "nik_facts", INT,                                                         \
      NULL) /* bit 0 valid, bit 1 female, bits 2-15 birth day in year and 2-digit year code, 16-22 \
               province */                                                                         \
    F(PERSON, NIK_VERIFIED, "nik_verified", BOOL, NULL)                                            \
    F(PERSON, FULL_NAME, "full_name", TEXT, NULL)                                                  \
    F(PERSON, FRONT_TITLES, "front_titles", TEXT, NULL)                                            \
    F(PERSON, BACK_TITLES, "back_titles", TEXT, NULL)                                              \
    F(PERSON, BIRTH_DATE, "birth_date", DAY, NULL)                                                 \
    F(PERSON, SEX, "sex", ENUM, TP_WORDS_SEX)                                                      \
    F(PERSON, DECEASED_ON, "deceased_on", DAY, NULL)                                               \
    F(PERSON, LANGUAGES, "languages", TEXT, NULL)                                                  \
    F(PERSON, AGENCY, "agency", TEXT, NULL) /* quick code of the agency the row speaks of */       \
    F(PERSON, CHANGED_AT, "changed_at", TIME, NULL)

#define TP_EMPLOYMENT_FIELDS(F)                                                             \
    F(EMPLOYMENT, HOME_AGENCY, "home_agency", TEXT, NULL)                                   \
    F(EMPLOYMENT, WORKING_AGENCY, "working_agency", TEXT, NULL)                             \
    F(EMPLOYMENT, STATUS, "status", ENUM, TP_WORDS_STATUS)                                  \
    F(EMPLOYMENT, LEGAL_STATUS, "legal_status", INT, NULL) /* BKN kedudukan hukum, 1..99 */ \
    F(EMPLOYMENT, CPNS_ON, "cpns_on", DAY, NULL)                                            \
    F(EMPLOYMENT, PNS_ON, "pns_on", DAY, NULL)                                              \
    F(EMPLOYMENT, RETIRE_AGE, "retire_age", INT, NULL)                                      \
    F(EMPLOYMENT, RETIRE_ON, "retire_on", DAY, NULL)                                        \
    F(EMPLOYMENT, RANK, "rank", INT, NULL) /* BKN golongan id, 11..45 */                    \
    F(EMPLOYMENT, RANK_ON, "rank_on", DAY, NULL)                                            \
    F(EMPLOYMENT, EDUCATION, "education", INT, NULL) /* BKN tingkat pendidikan id, 5..50 */ \
    F(EMPLOYMENT, TITLE, "title", TEXT, NULL)                                               \
    F(EMPLOYMENT, JOB_KIND, "job_kind", ENUM, TP_WORDS_JOB_KIND)                            \
    F(EMPLOYMENT, TIER, "tier", ENUM, TP_WORDS_TIER)                                        \
    F(EMPLOYMENT, ECHELON, "echelon", INT, NULL) /* BKN eselon id, 10..52 */                \
    F(EMPLOYMENT, JF_GRADE, "jf_grade", ENUM, TP_WORDS_JF_GRADE)                            \
    F(EMPLOYMENT, START_ON, "start_on", DAY, NULL)                                          \
    F(EMPLOYMENT, UNIT, "unit", TEXT, NULL)                                                 \
    F(EMPLOYMENT, CHANGED_AT, "changed_at", TIME, NULL)

#define TP_POSITION_HISTORY_FIELDS(F)                                        \
    F(POSITION_HISTORY, START_ON, "start_on", DAY, NULL)                     \
    F(POSITION_HISTORY, TITLE, "title", TEXT, NULL)                          \
    F(POSITION_HISTORY, ASSIGNMENT, "assignment", ENUM, TP_WORDS_ASSIGNMENT) \
    F(POSITION_HISTORY, JOB_KIND, "job_kind", ENUM, TP_WORDS_JOB_KIND)       \
    F(POSITION_HISTORY, TIER, "tier", ENUM, TP_WORDS_TIER)                   \
    F(POSITION_HISTORY, ECHELON, "echelon", INT, NULL)                       \
    F(POSITION_HISTORY, JF_GRADE, "jf_grade", ENUM, TP_WORDS_JF_GRADE)       \
    F(POSITION_HISTORY, AGENCY, "agency", TEXT, NULL)                        \
    F(POSITION_HISTORY, UNIT, "unit", TEXT, NULL)                            \
    F(POSITION_HISTORY, POSITION_ID, "position_id", TEXT, NULL)              \
    F(POSITION_HISTORY, END_ON, "end_on", DAY, NULL)                         \
    F(POSITION_HISTORY, INAUGURATED_ON, "inaugurated_on", DAY, NULL)         \
    F(POSITION_HISTORY, DECREE_NO, "decree_no", TEXT, NULL)                  \
    F(POSITION_HISTORY, DECREE_ON, "decree_on", DAY, NULL)                   \
    F(POSITION_HISTORY, FUNCTION, "function", ENUM, TP_WORDS_FUNCTION)       \
    F(POSITION_HISTORY, AFFAIRS, "affairs", TEXT, NULL) /* codes of government_affairs, '|' */

#define TP_RANK_HISTORY_FIELDS(F)                            \
    F(RANK_HISTORY, RANK, "rank", INT, NULL)                 \
    F(RANK_HISTORY, EFFECTIVE_ON, "effective_on", DAY, NULL) \
    F(RANK_HISTORY, DECREE_NO, "decree_no", TEXT, NULL)

#define TP_EDUCATION_FIELDS(F)                                                      \
    F(EDUCATION, LEVEL, "level", INT, NULL) /* BKN tingkat pendidikan id */         \
    F(EDUCATION, PROGRAMME, "programme", TEXT, NULL)                                \
    F(EDUCATION, STUDY_FIELD, "study_field", TEXT, NULL) /* code of study_fields */ \
    F(EDUCATION, INSTITUTION, "institution", TEXT, NULL)                            \
    F(EDUCATION, GRADUATED_ON, "graduated_on", DAY, NULL)                           \
    F(EDUCATION, YEAR, "year", INT, NULL)

#define TP_TRAINING_FIELDS(F)                            \
    F(TRAINING, KIND, "kind", ENUM, TP_WORDS_TRAINING)   \
    F(TRAINING, NAME, "name", TEXT, NULL)                \
    F(TRAINING, END_ON, "end_on", DAY, NULL)             \
    F(TRAINING, COURSE, "course", ENUM, TP_WORDS_COURSE) \
    F(TRAINING, START_ON, "start_on", DAY, NULL)         \
    F(TRAINING, HOURS, "hours", INT, NULL)               \
    F(TRAINING, ORGANISER, "organiser", TEXT, NULL)      \
    F(TRAINING, CERTIFICATE_NO, "certificate_no", TEXT, NULL)

#define TP_APPRAISAL_FIELDS(F)                                                          \
    F(APPRAISAL, YEAR, "year", INT, NULL)                                               \
    F(APPRAISAL, SCHEME, "scheme", ENUM, TP_WORDS_SCHEME)                               \
    F(APPRAISAL, RESULT, "result_rating", INT, NULL)       /* 1..3, 3 best */           \
    F(APPRAISAL, BEHAVIOUR, "behaviour_rating", INT, NULL) /* 1..3, 3 best */           \
    F(APPRAISAL, QUADRANT, "quadrant", INT, NULL)          /* predicate 1..5, 5 best */ \
    F(APPRAISAL, SCORE, "score", DEC, NULL)                /* 0..120 points */

#define TP_TEAM_ROLE_FIELDS(F)                           \
    F(TEAM_ROLE, YEAR, "year", INT, NULL)                \
    F(TEAM_ROLE, ROLE, "role", ENUM, TP_WORDS_TEAM_ROLE) \
    F(TEAM_ROLE, SCOPE, "scope", ENUM, TP_WORDS_SCOPE)

#define TP_FEEDBACK_FIELDS(F)            \
    F(FEEDBACK, YEAR, "year", INT, NULL) \
    F(FEEDBACK, PREDICATE, "predicate", INT, NULL) /* 1..5, 5 best */

#define TP_AWARD_FIELDS(F)                         \
    F(AWARD, YEAR, "year", INT, NULL)              \
    F(AWARD, NAME, "name", TEXT, NULL)             \
    F(AWARD, SCOPE, "scope", ENUM, TP_WORDS_SCOPE) \
    F(AWARD, DECREE_NO, "decree_no", TEXT, NULL)

#define TP_ASSESSMENT_FIELDS(F)                                       \
    F(ASSESSMENT, EVENT, "event", TEXT, NULL)                         \
    F(ASSESSMENT, ASSESSED_ON, "assessed_on", DAY, NULL)              \
    F(ASSESSMENT, EXPIRES_ON, "expires_on", DAY, NULL)                \
    F(ASSESSMENT, BODY, "body", TEXT, NULL)                           \
    F(ASSESSMENT, ACCREDITED, "accredited", BOOL, NULL)               \
    F(ASSESSMENT, TARGET_TIER, "target_tier", ENUM, TP_WORDS_TIER)    \
    F(ASSESSMENT, METHOD, "method", TEXT, NULL)                       \
    F(ASSESSMENT, JOB_FIT, "job_fit", DEC, NULL)                      \
    F(ASSESSMENT, ADVICE, "advice", ENUM, TP_WORDS_ADVICE)            \
    F(ASSESSMENT, M1, "m1", HALF, NULL)   /* integritas */            \
    F(ASSESSMENT, M2, "m2", HALF, NULL)   /* kerjasama */             \
    F(ASSESSMENT, M3, "m3", HALF, NULL)   /* komunikasi */            \
    F(ASSESSMENT, M4, "m4", HALF, NULL)   /* orientasi_hasil */       \
    F(ASSESSMENT, M5, "m5", HALF, NULL)   /* pelayanan_publik */      \
    F(ASSESSMENT, M6, "m6", HALF, NULL)   /* pengembangan_diri */     \
    F(ASSESSMENT, M7, "m7", HALF, NULL)   /* mengelola_perubahan */   \
    F(ASSESSMENT, M8, "m8", HALF, NULL)   /* pengambilan_keputusan */ \
    F(ASSESSMENT, SK1, "sk1", HALF, NULL) /* perekat_bangsa */        \
    F(ASSESSMENT, P1, "p1", HALF, NULL)   /* intelektual */           \
    F(ASSESSMENT, P2, "p2", HALF, NULL)   /* interpersonal */         \
    F(ASSESSMENT, P3, "p3", HALF, NULL)   /* kesadaran_diri */        \
    F(ASSESSMENT, P4, "p4", HALF, NULL)   /* berpikir_kritis */       \
    F(ASSESSMENT, P5, "p5", HALF, NULL)   /* menyelesaikan_masalah */ \
    F(ASSESSMENT, P6, "p6", HALF, NULL)   /* kecerdasan_emosional */  \
    F(ASSESSMENT, P7, "p7", HALF, NULL)   /* belajar_cepat */         \
    F(ASSESSMENT, P8, "p8", HALF, NULL)   /* motivasi_komitmen */

#define TP_TECHNICAL_FIELDS(F)                          \
    F(TECHNICAL, CODE, "code", TEXT, NULL)              \
    F(TECHNICAL, ASSESSED_ON, "assessed_on", DAY, NULL) \
    F(TECHNICAL, LEVEL, "level", HALF, NULL)

#define TP_DISCIPLINE_FIELDS(F)                                           \
    F(DISCIPLINE, TYPE, "type", INT, NULL) /* BKN jenis hukuman, 1..28 */ \
    F(DISCIPLINE, START_ON, "start_on", DAY, NULL)                        \
    F(DISCIPLINE, LEVEL, "level", ENUM, TP_WORDS_SANCTION)                \
    F(DISCIPLINE, DECREE_NO, "decree_no", TEXT, NULL)                     \
    F(DISCIPLINE, DECREE_ON, "decree_on", DAY, NULL)                      \
    F(DISCIPLINE, END_ON, "end_on", DAY, NULL)                            \
    F(DISCIPLINE, ANNULLED_ON, "annulled_on", DAY, NULL)                  \
    F(DISCIPLINE, CASE, "case_status", ENUM, TP_WORDS_CASE)

#define TP_INTEGRITY_FIELDS(F)                            \
    F(INTEGRITY, REPORT_YEAR, "report_year", INT, NULL)   \
    F(INTEGRITY, OBLIGED, "obliged", BOOL, NULL)          \
    F(INTEGRITY, SUBMITTED_ON, "submitted_on", DAY, NULL) \
    F(INTEGRITY, FILING, "filing", ENUM, TP_WORDS_FILING) \
    F(INTEGRITY, REPORT_KIND, "report_kind", TEXT, NULL)

#define TP_DOSSIER_FIELDS(F)                         \
    F(DOSSIER, KIND, "kind", ENUM, TP_WORDS_DOSSIER) \
    F(DOSSIER, ISSUED_ON, "issued_on", DAY, NULL)    \
    F(DOSSIER, PASSED, "passed", BOOL, NULL)

#define TP_EXPERTISE_FIELDS(F)               \
    F(EXPERTISE, FIELD, "field", TEXT, NULL) \
    F(EXPERTISE, LEVEL, "level", TEXT, NULL) \
    F(EXPERTISE, YEARS, "years", INT, NULL)  \
    F(EXPERTISE, CONSENT, "public_consent", BOOL, NULL)

#define TP_UNIT_FIELDS(F)                         \
    F(UNIT, UNIT_ID, "unit_id", TEXT, NULL)       \
    F(UNIT, NAME, "name", TEXT, NULL)             \
    F(UNIT, AGENCY, "agency", TEXT, NULL)         \
    F(UNIT, PARENT, "parent", TEXT, NULL)         \
    F(UNIT, ECHELON, "echelon", INT, NULL)        \
    F(UNIT, HEAD_TITLE, "head_title", TEXT, NULL) \
    F(UNIT, HEAD, "head_siasn_id", ID, NULL)

#define TP_POSITION_FIELDS(F)                              \
    F(POSITION, POSITION_ID, "position_id", TEXT, NULL)    \
    F(POSITION, TITLE, "title", TEXT, NULL)                \
    F(POSITION, UNIT, "unit", TEXT, NULL)                  \
    F(POSITION, AGENCY, "agency", TEXT, NULL)              \
    F(POSITION, TIER, "tier", ENUM, TP_WORDS_TIER)         \
    F(POSITION, ECHELON, "echelon", INT, NULL)             \
    F(POSITION, JOB_CLASS, "job_class", INT, NULL)         \
    F(POSITION, HOLDER_NIP, "holder_nip", ID, NULL)        \
    F(POSITION, VACANT_SINCE, "vacant_since", DAY, NULL)   \
    F(POSITION, TARGET_ON, "target_on", DAY, NULL)         \
    F(POSITION, MIN_RANK, "min_rank", INT, NULL)           \
    F(POSITION, MIN_EDUCATION, "min_education", INT, NULL) \
    F(POSITION, STUDY_FIELDS, "study_fields", TEXT, NULL)  \
    F(POSITION, TRAINING, "required_training", TEXT, NULL) \
    F(POSITION, MIN_YEARS, "min_years_related", INT, NULL) \
    F(POSITION, AFFAIRS, "affairs", TEXT, NULL)            \
    F(POSITION, MAX_AGE, "max_age", INT, NULL)             \
    F(POSITION, S1, "s1", HALF, NULL)                      \
    F(POSITION, S2, "s2", HALF, NULL)                      \
    F(POSITION, S3, "s3", HALF, NULL)                      \
    F(POSITION, S4, "s4", HALF, NULL)                      \
    F(POSITION, S5, "s5", HALF, NULL)                      \
    F(POSITION, S6, "s6", HALF, NULL)                      \
    F(POSITION, S7, "s7", HALF, NULL)                      \
    F(POSITION, S8, "s8", HALF, NULL)                      \
    F(POSITION, S9, "s9", HALF, NULL)                      \
    F(POSITION, VERSION, "version", INT, NULL)

#define TP_POSITION_TECHNICAL_FIELDS(F)                           \
    F(POSITION_TECHNICAL, POSITION_ID, "position_id", TEXT, NULL) \
    F(POSITION_TECHNICAL, CODE, "code", TEXT, NULL)               \
    F(POSITION_TECHNICAL, LEVEL, "level", HALF, NULL)             \
    F(POSITION_TECHNICAL, WEIGHT, "weight", INT, NULL)

#define TP_MERIT_FIELDS(F)                                   \
    F(MERIT, AGENCY, "agency", TEXT, NULL)                   \
    F(MERIT, YEAR, "year", INT, NULL)                        \
    F(MERIT, SCHEME, "scheme", INT, NULL) /* 2018 or 2025 */ \
    F(MERIT, STATUS, "status", ENUM, TP_WORDS_MERIT)         \
    F(MERIT, A1, "a1", DEC, NULL)                            \
    F(MERIT, A2, "a2", DEC, NULL)                            \
    F(MERIT, A3, "a3", DEC, NULL)                            \
    F(MERIT, A4, "a4", DEC, NULL)                            \
    F(MERIT, A5, "a5", DEC, NULL)                            \
    F(MERIT, A6, "a6", DEC, NULL)                            \
    F(MERIT, A7, "a7", DEC, NULL)                            \
    F(MERIT, A8, "a8", DEC, NULL)                            \
    F(MERIT, TOTAL, "total", DEC, NULL)                      \
    F(MERIT, CATEGORY, "category", TEXT, NULL)               \
    F(MERIT, DECIDED_ON, "decided_on", DAY, NULL)

#define TP_INAUGURATION_FIELDS(F)                                         \
    F(INAUGURATION, REGION, "region", TEXT, NULL) /* Home Affairs code */ \
    F(INAUGURATION, OFFICE, "office", TEXT, NULL)                         \
    F(INAUGURATION, INAUGURATED_ON, "inaugurated_on", DAY, NULL)          \
    F(INAUGURATION, TERM_END, "term_end", DAY, NULL)                      \
    F(INAUGURATION, ELECTION_YEAR, "election_year", INT, NULL)            \
    F(INAUGURATION, STATUS, "status", ENUM, TP_WORDS_HEAD)                \
    F(INAUGURATION, PERMIT_NO, "permit_no", TEXT, NULL)

#define TP_ELECTION_FIELDS(F)                                          \
    F(ELECTION, REGION, "region", TEXT, NULL)                          \
    F(ELECTION, YEAR, "year", INT, NULL)                               \
    F(ELECTION, CANDIDATES_FIXED_ON, "candidates_fixed_on", DAY, NULL) \
    F(ELECTION, TERM_END, "term_end", DAY, NULL)

#define TP_PERMIT_FIELDS(F)                                              \
    F(PERMIT, NUMBER, "number", TEXT, NULL)                              \
    F(PERMIT, KIND, "kind", TEXT, NULL) /* rule id the permit answers */ \
    F(PERMIT, POSITION_ID, "position_id", TEXT, NULL)                    \
    F(PERMIT, REGION, "region", TEXT, NULL)                              \
    F(PERMIT, HOLDER_NIP, "nip", ID, NULL)                               \
    F(PERMIT, BODY, "body", TEXT, NULL)                                  \
    F(PERMIT, ISSUED_ON, "issued_on", DAY, NULL)

#define TP_COVERAGE_FIELDS(F)                                                         \
    F(COVERAGE, AGENCY, "agency", TEXT, NULL)                                         \
    F(COVERAGE, RECORD, "record", TEXT, NULL) /* record kind, or "discipline_case" */ \
    F(COVERAGE, FROM_ON, "from_on", DAY, NULL)                                        \
    F(COVERAGE, UNTIL_ON, "until_on", DAY, NULL)

/* clang-format on */

/* K(KIND, "name", fields in its natural key, role) */
#define TP_KINDS(K)                                      \
    K(PERSON, "person", 1, SUBJECT)                      \
    K(EMPLOYMENT, "employment", 1, FACT)                 \
    K(POSITION_HISTORY, "position_history", 3, FACT)     \
    K(RANK_HISTORY, "rank_history", 2, FACT)             \
    K(EDUCATION, "education", 2, FACT)                   \
    K(TRAINING, "training", 3, FACT)                     \
    K(APPRAISAL, "appraisal", 2, FACT)                   \
    K(TEAM_ROLE, "team_role", 3, FACT)                   \
    K(FEEDBACK, "feedback", 1, FACT)                     \
    K(AWARD, "award", 2, FACT)                           \
    K(ASSESSMENT, "assessment", 2, FACT)                 \
    K(TECHNICAL, "technical", 2, FACT)                   \
    K(DISCIPLINE, "discipline", 2, FACT)                 \
    K(INTEGRITY, "integrity", 1, FACT)                   \
    K(DOSSIER, "dossier", 2, FACT)                       \
    K(EXPERTISE, "expertise", 1, FACT)                   \
    K(UNIT, "unit", 1, FREE)                             \
    K(POSITION, "position", 1, FREE)                     \
    K(POSITION_TECHNICAL, "position_technical", 2, FREE) \
    K(MERIT, "merit", 3, FREE)                           \
    K(INAUGURATION, "inauguration", 3, FREE)             \
    K(ELECTION, "election", 2, FREE)                     \
    K(PERMIT, "permit", 1, FREE)                         \
    K(COVERAGE, "coverage", 4, FREE)

#define TP_KIND_ENUM_(kind, name, keys, role) TP_##kind,
typedef enum tp_kind { TP_KINDS(TP_KIND_ENUM_) TP_KIND_COUNT } tp_kind;
#undef TP_KIND_ENUM_

/* Field numbers: TP_PERSON_NIP, TP_EDUCATION_LEVEL, ... and TP_PERSON_N, the number of fields. */
#define TP_FIELD_ENUM_(kind, field, name, type, words) TP_##kind##_##field,
#define TP_KIND_FIELDS_(kind, name, keys, role) \
    enum { TP_##kind##_FIELDS(TP_FIELD_ENUM_) TP_##kind##_N };
TP_KINDS(TP_KIND_FIELDS_)
#undef TP_KIND_FIELDS_
#undef TP_FIELD_ENUM_

enum { TP_FIELDS_MAX = 32 }; /* no kind has more; checked at compile time in core/model/record.c */

typedef struct tp_field_def {
    const char *name;
    tp_type type;
    const char *words; /* '|' list for TP_T_ENUM, else NULL */
} tp_field_def;

typedef struct tp_kind_def {
    const char *name;
    tp_role role;
    int n_fields;
    int n_natural; /* the first n_natural fields are the natural key */
    const tp_field_def *field;
} tp_kind_def;

/* Definition of a kind; static storage. */
const tp_kind_def *tp_kind_of(tp_kind kind);

/* Kind by name; false if there is none. */
bool tp_kind_find(tp_str name, tp_kind *out);

/* Field of a kind by name; -1 if there is none. */
int tp_field_find(tp_kind kind, tp_str name);

/* Index of a word of an enumerated field; -1 if there is none. */
int tp_word_find(const tp_field_def *field, tp_str word);

/* Word of an index; empty when out of range. */
tp_str tp_word_of(const tp_field_def *field, int32_t index);

/* 4 or 8. */
size_t tp_type_width(tp_type type);

#endif
