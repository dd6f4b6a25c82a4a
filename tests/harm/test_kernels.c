/* Tests core/link/name_cmp.c against the tables of the textbook, on a million random and a million
 * near pairs of tokens. */
#include "tests/support/tp_test.h"

#include "bench/link_strings.h"

static void
test_kernels__agree_with_plain_loops(void **state)
{
    (void)state;
    assert_true(bench_strings(11, 2000000, 1)); /* every other pair is a near one */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernels__agree_with_plain_loops),
    };
    return cmocka_run_group_tests_name("harm/kernels", tests, NULL, NULL);
}
