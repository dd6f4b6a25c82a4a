/* Can any bytes in place of a source's description do more than be refused, with file and line?
 *
 * What is accepted is put to work: it reads small bodies of its formats, its own text among them,
 * and normalises what it finds.
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "talent/etl/source.h"

static tp_cfg *cfg;

static void
start(void)
{
    tp_err err = {0};
    fuzz_need(tp_cfg_new(&cfg, &err) == TP_OK, "no settings");
    fuzz_need(tp_cfg_set(cfg, "feeds.demo_url", "https://feeds.example/demo", "fuzz", &err) ==
                  TP_OK,
              "%s", err.frame[0].text);
}

/* "file:line: ..." with a line the text has, and nothing that could steer a terminal. */
static void
check_fault(const char *file, tp_str description, const char *text, bool need_line)
{
    const size_t n = strlen(file);
    size_t lines = 1;
    char *end;
    for (size_t i = 0; i < description.n; i++) {
        lines += description.p[i] == '\n' ? 1 : 0;
    }
    fuzz_need(strncmp(text, file, n) == 0, "a fault without its file: %s", text);
    const unsigned long line = text[n] == ':' ? strtoul(text + n + 1, &end, 10) : 0;
    fuzz_need(!need_line || (line >= 1 && line <= lines + 1 && *end == ':'),
              "a fault without its line (%zu lines): %s", lines, text);
    for (const char *p = text; *p != '\0'; p++) {
        fuzz_need((unsigned char)*p >= 0x20 && *p != 0x7f, "a fault with a control character");
    }
}

static tp_code
swallow(void *user, tp_raw_chunk *chunk, tp_err *err)
{
    return tp_batch_add(user, chunk, err);
}

/* One body through one fetch of an accepted description. */
static void
read_body(const tp_source *source, uint32_t fetch, tp_str body)
{
    static const uint8_t SECRET[32] = {7};
    static const tp_ctx ONE = {.threads = 1};
    tp_err err = {0};
    tp_batch_builder *builder = NULL;
    const tp_batch *batch = NULL;
    tp_memory_reader memory;
    tp_parse_stats stats;
    tp_code rc = tp_batch_begin(source->rules, SECRET, &ONE, &builder, &err);
    fuzz_need(rc == TP_OK, "no builder: %s", err.frame[0].text);
    tp_batch_fetch(builder, fetch);
    tp_reader *in = tp_reader_memory(&memory, body);
    rc = tp_format_parse(&source->fetch[fetch].shape, 0, TP_STR("1"), in,
                         (tp_raw_sink){.chunk = swallow, .user = builder}, &stats, &err);
    fuzz_need(rc != TP_E_CONFIG && rc != TP_E_BUG, "an accepted description cannot be used: %s",
              err.frame[0].text);
    if (rc == TP_OK && tp_batch_end(builder, &batch, &err) == TP_OK) {
        fuzz_need(tp_counts_check(batch, batch->counts, &err) == TP_OK, "%s", err.frame[0].text);
    }
    tp_batch_free(builder);
}

static void
use(const tp_source *source, tp_str text)
{
    static const char *const BODY[] = {
        [TP_FORMAT_JSON] =
            "{\"data\":[{\"id\":1,\"nip\":\"1\",\"nama\":\"A\",\"list\":[{\"x\":1}]}]}",
        [TP_FORMAT_NDJSON] = "{\"id\":1,\"nip\":\"1\"}\n{\"id\":2}\n",
        [TP_FORMAT_XML] = "<r a=\"1\"><id>1</id><nama x=\"2\">A</nama></r>",
        [TP_FORMAT_CSV] = "id;nip;nama\n1;2;3\n",
    };
    for (uint32_t i = 0; i < source->n_fetch; i++) {
        if (!source->fetch[i].landed_only) {
            read_body(source, i, tp_str_of(BODY[source->fetch[i].shape.format]));
            read_body(source, i, text);
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char file[40];
    tp_err err = {0};
    tp_source *source = NULL;
    tp_source *checked = NULL;
    const tp_str text = {(const char *)data, size};
    if (cfg == NULL) {
        start();
    }
    tp_faults *faults = calloc(1, sizeof *faults);
    const int fd = memfd_create("source", 0);
    fuzz_need(faults != NULL && fd >= 0 && write(fd, data, size) == (ssize_t)size, "no file");
    (void)snprintf(file, sizeof file, "/proc/self/fd/%d", fd);
    const tp_code rc = tp_source_load(file, cfg, &source, &err);
    if (rc != TP_OK) {
        fuzz_need(rc == TP_E_CONFIG, "%s: %s", tp_code_name(rc), err.frame[0].text);
        check_fault(file, text, err.frame[0].text,
                    tp_str_trim(text).n > 0); /* a blank file has no line */
    }
    const tp_code again = tp_source_check(file, cfg, false, faults, &checked, &err);
    fuzz_need((rc == TP_OK) == (again == TP_OK), "load gives %s, check %s", tp_code_name(rc),
              tp_code_name(again));
    fuzz_need((rc == TP_OK) == (faults->wrong == 0), "load gives %s, check finds %zu faults",
              tp_code_name(rc), faults->wrong);
    for (size_t i = 0; i < faults->n; i++) {
        check_fault(file, text, faults->fault[i].text, tp_str_trim(text).n > 0);
    }
    if (rc == TP_OK) {
        use(source, text);
    }
    tp_source_free(source);
    tp_source_free(checked);
    free(faults);
    (void)close(fd);
    return 0;
}
