/* Which loops run on this processor? */
#include "etl/format/kernel.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static _Atomic(const tp_kernel *) chosen;

const tp_kernel *
tp_kernel_at(size_t i)
{
    const tp_kernel *have[4] = {&TP_KERNEL_PORTABLE};
    size_t n = 1;
#if defined(__x86_64__)
    __builtin_cpu_init();
    have[n++] = &TP_KERNEL_SSE2;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi")) {
        have[n++] = &TP_KERNEL_AVX2;
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) {
            have[n++] = &TP_KERNEL_AVX512;
        }
    }
#endif
    return i < n ? have[i] : NULL;
}

void
tp_kernel_set(const tp_kernel *kernel)
{
    atomic_store(&chosen, kernel);
}

const tp_kernel *
tp_kernel_get(void)
{
    const tp_kernel *kernel = atomic_load(&chosen);
    if (kernel == NULL) {
        const char *wanted = getenv("TALENTPOOL_KERNEL");
        for (size_t i = 0; tp_kernel_at(i) != NULL; i++) {
            kernel = tp_kernel_at(i);
            if (wanted != NULL && strcmp(wanted, kernel->name) == 0) {
                break;
            }
        }
        atomic_store(&chosen, kernel);
    }
    return kernel;
}
