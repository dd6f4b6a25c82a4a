/* The log-ins of the feeds: SIASN's two tokens, basic passwords, the talent API's header. */
#ifndef SIMULATOR_TOKEN_H
#define SIMULATOR_TOKEN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "talent/base/err.h"
#include "tests/simulator/reply.h"

enum { SIM_SECRET_TEXT = 48, SIM_TOKEN_TEXT = 80 };

typedef enum sim_token_kind {
    SIM_TOKEN_GATEWAY,
    SIM_TOKEN_USER,
    SIM_TOKEN_CLIENT,   /* of the gallery: client credentials */
    SIM_TOKEN_PASSWORD, /* password grant */
    SIM_TOKEN_REFRESH,  /* renews the former */
    SIM_TOKEN_KINDS
} sim_token_kind;

/*
 * Tokens hold their own end and a check sum, so that none has to be kept: any number of
 * clients and threads. Expiring bumps the epoch that every token carries.
 */
typedef struct sim_tokens {
    uint64_t seed;
    int64_t life_s; /* of a gateway token and a user token */
    atomic_uint epoch[SIM_TOKEN_KINDS];
    atomic_uint serial; /* two tokens of one second differ */
} sim_tokens;

void sim_tokens_init(sim_tokens *tokens, uint64_t seed, int64_t life_s);

/* A secret's value from its name and the seed: letters and digits. */
void sim_secret(const sim_tokens *tokens, const char *name, char out[SIM_SECRET_TEXT]);

/* A new token of the kind, good for life_s. */
void sim_token_make(sim_tokens *tokens, sim_token_kind kind, int64_t life_s,
                    char out[SIM_TOKEN_TEXT]);

/* Is this text a token of the kind that still holds? */
bool sim_token_good(const sim_tokens *tokens, sim_token_kind kind, const char *token);

/* The token after the word "bearer" in either case, or NULL. */
const char *sim_bearer(const char *header);

/* Does a field of the form hold this secret? */
bool sim_form_is(const sim_tokens *tokens, const sim_request *request, const char *name,
                 const char *secret);

/* Value of one field of a form body, percent signs undone; false when absent or too long. */
bool sim_form_field(tp_str form, const char *name, char *out, size_t size);

/* Answers the token endpoints. */
void sim_token_gateway(sim_tokens *tokens, const sim_request *request, sim_reply *reply);
void sim_token_user(sim_tokens *tokens, const sim_request *request, sim_reply *reply);

/* Checks both tokens of a SIASN call; false with the gateway's error envelope in reply. */
bool sim_token_check(sim_tokens *tokens, const sim_request *request, sim_reply *reply);

/* Checks HTTP Basic against two secrets; false with status 401 in reply. */
bool sim_basic_check(const sim_tokens *tokens, const sim_request *request, const char *user_secret,
                     const char *password_secret, sim_reply *reply);

/* Ends tokens given so far: "gateway", "user" or "all". */
void sim_tokens_expire(sim_tokens *tokens, const char *which);

/* Writes one file per secret into dir (made when absent), mode 0600. agencies: their quick codes.
 */
tp_code sim_secrets_write(const sim_tokens *tokens, const char *dir,
                          const char *(*agency)(const void *of, size_t i), const void *of,
                          size_t n_agencies, tp_err *err) TP_MUST_CHECK;

#endif
