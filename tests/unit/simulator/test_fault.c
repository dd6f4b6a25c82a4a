/* Tests tests/simulator/fault.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/simulator/fault.h"

static void
assert_refused(const char *spec, const char *text)
{
    sim_fault fault;
    tp_err err = {0};

    assert_int_equal(sim_fault_parse(spec, &fault, &err), TP_E_USAGE);
    assert_non_null(strstr(err.frame[0].text, text));
}

static void
parse(const char *spec, sim_fault *out)
{
    tp_err err = {0};

    if (sim_fault_parse(spec, out, &err) != TP_OK) {
        fail_msg("%s: %s", spec, err.frame[0].text);
    }
}

static void
test_parse__kind_alone_strikes_every_request(void **state)
{
    sim_fault fault;

    (void)state;
    parse("siasn:html", &fault);
    assert_string_equal(fault.source, "siasn");
    assert_string_equal(fault.kind->name, "html");
    assert_true(fault.from == 1 && fault.to == UINT64_MAX);
}

static void
test_parse__argument_after_equals_or_colon(void **state)
{
    sim_fault fault;

    (void)state;
    parse("roster:status=503@3", &fault);
    assert_int_equal(fault.value, 503);
    assert_true(fault.from == 3 && fault.to == 3);
    parse("roster:slow:250", &fault);
    assert_int_equal(fault.value, 250);
    parse("kdh:wrongtotal=-3@2+", &fault);
    assert_int_equal(fault.value, -3);
    assert_true(fault.from == 2 && fault.to == UINT64_MAX);
    parse("kdh:cut@2-5", &fault);
    assert_int_equal(fault.value, -1); /* the middle */
    assert_true(fault.from == 2 && fault.to == 5);
}

static void
test_parse__address_keeps_its_colons_and_ats(void **state)
{
    sim_fault fault;

    (void)state;
    parse("kdh:redirect=http://user@other.invalid:81/x@4", &fault);
    assert_string_equal(fault.text, "http://user@other.invalid:81/x");
    assert_int_equal(fault.from, 4);
}

static void
test_parse__says_what_is_wrong(void **state)
{
    (void)state;
    assert_refused("", "expected source:kind");
    assert_refused("siasn", "expected source:kind");
    assert_refused(":html", "expected source:kind");
    assert_refused("siasn:explode", "no such kind");
    assert_refused("siasn:status=9", "a number from 300 to 599");
    assert_refused("siasn:status=", "empty or too long");
    assert_refused("siasn:html=1", "takes no argument");
    assert_refused("siasn:expire=all-of-them", "user, gateway or all");
    assert_refused("siasn:html@0", "n from 1");
    assert_refused("siasn:html@x", "n from 1");
    assert_refused("siasn:html@5-2", "n from 1");
}

static void
test_covers__an_agency_or_all_of_a_kind(void **state)
{
    (void)state;
    assert_true(sim_fault_covers("simpeg", "simpeg-5104"));
    assert_true(sim_fault_covers("simpeg-5104", "simpeg-5104"));
    assert_true(sim_fault_covers("*", "kdh"));
    assert_false(sim_fault_covers("simpeg-5104", "simpeg-5105"));
    assert_false(sim_fault_covers("siasn", "siasn-token")); /* the token service is its own */
    assert_false(sim_fault_covers("k", "kdh"));
}

static void
test_ask__counts_requests_of_its_source_only(void **state)
{
    static sim_fault_set set;
    sim_request other = {.source_id = "kpu"};

    (void)state;
    memset(&set, 0, sizeof set);
    parse("kdh:wrongtotal=2@2", &set.item[0]);
    parse("kdh:loop@2-3", &set.item[1]);
    set.n = 2;
    for (int i = 1; i <= 4; i++) {
        sim_request request = {.source_id = "kdh"};
        assert_int_equal(sim_fault_ask(&set, &other), 0);
        const sim_fault_hits hits = sim_fault_ask(&set, &request);
        assert_int_equal(hits, i == 2 ? 3 : i == 3 ? 2 : 0);
        assert_int_equal(request.total_delta, i == 2 ? 2 : 0);
        assert_int_equal(request.loop, i == 2 || i == 3);
    }
}

/* Applies one fault to a small answer. */
static void
strike(const char *spec, sim_reply *reply)
{
    static sim_fault_set set;
    sim_request request = {.source_id = "siasn"};

    memset(&set, 0, sizeof set);
    parse(spec, &set.item[0]);
    set.n = 1;
    *reply = (sim_reply){.status = 200, .type = "application/json"};
    tp_buf_puts(&reply->body, "{\"nama\":\"CONTOH SATU\"}");
    sim_fault_give(&set, sim_fault_ask(&set, &request), &request, reply);
    assert_true(reply->broken);
}

static void
test_give__status_carries_the_gateway_s_own_body(void **state)
{
    sim_reply reply;

    (void)state;
    strike("siasn:status=429", &reply);
    assert_int_equal(reply.status, 429);
    assert_true(reply.retry_after > 0);
    assert_non_null(strstr(tp_buf_cstr(&reply.body), "900800"));
    tp_buf_clear(&reply.body);
    strike("siasn:status=503", &reply);
    assert_non_null(strstr(tp_buf_cstr(&reply.body), "SUSPENDED"));
    tp_buf_clear(&reply.body);
}

static void
test_give__html_and_empty_replace_the_body(void **state)
{
    sim_reply reply;

    (void)state;
    strike("siasn:html", &reply);
    assert_int_equal(reply.status, 200);
    assert_int_equal(tp_buf_cstr(&reply.body)[0], '<');
    tp_buf_clear(&reply.body);
    strike("siasn:empty", &reply);
    assert_int_equal(reply.body.n, 0);
    tp_buf_clear(&reply.body);
}

static void
test_give__bad_bytes_fall_inside_text(void **state)
{
    sim_reply reply;

    (void)state;
    strike("siasn:badutf8=0", &reply);
    assert_memory_equal(reply.body.p, "{\"nama\":\"CONTOH\xffSATU\"}", reply.body.n);
    tp_buf_clear(&reply.body);
    strike("siasn:nul=5000", &reply); /* past the end: the first place there is */
    assert_memory_equal(reply.body.p, "{\"nama\":\"CONTOH\0SATU\"}", reply.body.n);
    tp_buf_clear(&reply.body);
}

static void
test_give__transfer_faults_are_left_to_the_server(void **state)
{
    sim_reply reply;

    (void)state;
    strike("siasn:cut=7", &reply);
    assert_true(reply.cut && reply.at == 7 && reply.body.n > 7);
    tp_buf_clear(&reply.body);
    strike("siasn:reset", &reply);
    assert_true(reply.reset && reply.at == SIM_AT_MIDDLE);
    tp_buf_clear(&reply.body);
}

static void
test_kinds__all_have_help_and_an_effect(void **state)
{
    const sim_fault_kind *kind;

    (void)state;
    for (size_t i = 0; (kind = sim_fault_kind_at(i)) != NULL; i++) {
        assert_non_null(kind->help);
        assert_true(kind->ask != NULL || kind->give != NULL);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse__kind_alone_strikes_every_request),
        cmocka_unit_test(test_parse__argument_after_equals_or_colon),
        cmocka_unit_test(test_parse__address_keeps_its_colons_and_ats),
        cmocka_unit_test(test_parse__says_what_is_wrong),
        cmocka_unit_test(test_covers__an_agency_or_all_of_a_kind),
        cmocka_unit_test(test_ask__counts_requests_of_its_source_only),
        cmocka_unit_test(test_give__status_carries_the_gateway_s_own_body),
        cmocka_unit_test(test_give__html_and_empty_replace_the_body),
        cmocka_unit_test(test_give__bad_bytes_fall_inside_text),
        cmocka_unit_test(test_give__transfer_faults_are_left_to_the_server),
        cmocka_unit_test(test_kinds__all_have_help_and_an_effect),
    };
    return cmocka_run_group_tests_name("simulator/fault", tests, NULL, NULL);
}
