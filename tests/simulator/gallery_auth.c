/* Who is let into the gallery, and what does each way of logging in give? */
#include <stdio.h>
#include <string.h>

#include "tests/simulator/out.h"
#include "tests/simulator/site.h"

enum { LIFE_S = 3600, BRIEF_S = 2 };

static bool
secret_is(const sim_tokens *tokens, const char *name, const char *given)
{
    char right[SIM_SECRET_TEXT];

    sim_secret(tokens, name, right);
    return given != NULL && strcmp(given, right) == 0;
}

static bool
refuse(const char *text, sim_reply *reply)
{
    sim_reply_error(reply, 401, text);
    return false;
}

bool
sim_gallery_check(sim_site *site, const sim_g_ask *ask, const sim_request *request,
                  sim_reply *reply)
{
    sim_tokens *t = &site->tokens;
    const char *bearer = sim_bearer(request->header(request->of, "Authorization"));
    bool good = true;

    if (request->expire != NULL && ask->auth != SIM_G_SIASN) {
        sim_tokens_expire(t, "galeri");
    }
    switch (ask->auth) {
    case SIM_G_BASIC:
        return sim_basic_check(t, request, "galeri_user", "galeri_password", reply);
    case SIM_G_SIASN:
        return sim_token_check(t, request, reply);
    case SIM_G_BEARER:
        good = secret_is(t, "galeri_token", bearer);
        break;
    case SIM_G_KEY_HEADER:
        good = secret_is(t, "galeri_key", request->header(request->of, "X-Api-Key"));
        break;
    case SIM_G_KEY_QUERY:
        good = secret_is(t, "galeri_key", request->query(request->of, "kunci"));
        break;
    case SIM_G_CLIENT:
        good = bearer != NULL && sim_token_good(t, SIM_TOKEN_CLIENT, bearer);
        break;
    case SIM_G_PASSWORD:
        good = bearer != NULL && sim_token_good(t, SIM_TOKEN_PASSWORD, bearer);
        break;
    case SIM_G_CERT:
        good = request->certified;
        break;
    default:
        break;
    }
    return good || refuse("{\"message\":\"belum masuk, atau masuknya sudah berakhir\"}", reply);
}

static void
give(sim_site *site, const sim_request *request, bool refresh, sim_token_kind kind,
     sim_reply *reply)
{
    char token[SIM_TOKEN_TEXT];
    const bool brief = strcmp(request->source_id, "galeri-singkat") == 0;
    const int64_t life = brief ? BRIEF_S : LIFE_S;

    sim_token_make(&site->tokens, kind, life, token);
    sim_js_open(&reply->body, NULL, '{');
    sim_js_text(&reply->body, "access_token", token);
    sim_js_text(&reply->body, "token_type", "Bearer");
    sim_js_int(&reply->body, "expires_in", life);
    if (kind == SIM_TOKEN_PASSWORD) {
        sim_token_make(&site->tokens, SIM_TOKEN_REFRESH, LIFE_S, token);
        sim_js_text(&reply->body, "refresh_token", token);
        sim_js_int(&reply->body, "refresh_expires_in", LIFE_S);
    }
    tp_buf_char(&reply->body, '}');
    reply->type = "application/json";
    reply->no_etag = true;
    (void)atomic_fetch_add(refresh ? &site->gallery.refreshes : &site->gallery.logins, 1);
}

/*
 * POST /galeri-masuk, or /galeri-singkat for tokens of two seconds: client_credentials (client in
 * the form or as HTTP Basic), password, refresh_token.
 */
void
sim_gallery_login(sim_site *site, sim_request *request, sim_reply *reply)
{
    const sim_tokens *t = &site->tokens;
    char grant[64] = "", token[SIM_TOKEN_TEXT] = "";
    bool good = false;

    (void)sim_form_field(request->form, "grant_type", grant, sizeof grant);
    const bool client = sim_form_is(t, request, "client_id", "galeri_client");
    if (!request->post) {
        sim_reply_error(reply, 405, "{\"error\":\"invalid_request\"}");
        return;
    }
    if (strcmp(grant, "client_credentials") == 0) {
        sim_reply ignored = {0};
        good = (client && sim_form_is(t, request, "client_secret", "galeri_secret")) ||
               sim_basic_check(t, request, "galeri_client", "galeri_secret", &ignored);
        tp_buf_clear(&ignored.body);
    } else if (strcmp(grant, "password") == 0) {
        good = client && sim_form_is(t, request, "username", "galeri_user") &&
               sim_form_is(t, request, "password", "galeri_password");
    } else if (strcmp(grant, "refresh_token") == 0) {
        good = client && sim_form_field(request->form, "refresh_token", token, sizeof token) &&
               sim_token_good(t, SIM_TOKEN_REFRESH, token);
    }
    if (!good) {
        sim_reply_error(reply, 401, "{\"error\":\"invalid_grant\"}");
        return;
    }
    const bool refresh = grant[0] == 'r';
    give(site, request, refresh, grant[0] == 'c' ? SIM_TOKEN_CLIENT : SIM_TOKEN_PASSWORD, reply);
}
