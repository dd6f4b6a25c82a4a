# make help lists the targets. VARIANT=debug|asan|cov|fuzz builds the same tree into build/VARIANT.
VARIANT ?= release
B       := build/$(VARIANT)
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
FUZZ_CC := $(if $(findstring ccache,$(CC)),ccache )clang-14

OPT_release := -O2 -g
OPT_debug   := -Og -g3
OPT_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
OPT_cov     := -O0 -g --coverage
OPT_fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer

WARN := -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
        -Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wvla -Wformat=2 -Werror
TEST_WARN := -Wno-conversion -Wno-sign-conversion -Wno-missing-prototypes

# Scores are integers; where a double is needed (linkage) its bits are part of the contract.
CFLAGS   ?=
ALL_CFLAGS = -std=c11 $(OPT_$(VARIANT)) $(WARN) -ffp-contract=off -fopenmp -fstack-protector-strong \
             -D_FORTIFY_SOURCE=$(if $(filter release,$(VARIANT)),2,0) $(CFLAGS)
CPPFLAGS += -D_GNU_SOURCE -Iinclude -I. -MMD -MP
XML_CPP  := -I/usr/include/libxml2
PQ_CPP   := -I/usr/include/postgresql
LDLIBS   := -lcurl -lxml2 -ljansson -lpq -lzstd -lsodium -lz -lutf8proc -lpcre2-8 -lm
CORE_LIBS := -lsodium -lutf8proc -lpcre2-8 -lm
SIM_LIBS := -lmicrohttpd -lgnutls -lzstd -lz $(CORE_LIBS) -lpthread
LDFLAGS  += -fopenmp -Wl,-z,relro,-z,now $(if $(filter asan fuzz,$(VARIANT)),-fsanitize=address$(comma)undefined) \
            $(if $(filter cov,$(VARIANT)),--coverage)
comma := ,

CORE_SRC := $(sort $(wildcard core/*/*.c))
CORE_OBJ := $(CORE_SRC:%.c=$(B)/%.o)
ETL_SRC  := $(sort $(filter-out etl/cli/main.c,$(wildcard etl/*/*.c)))
ETL_OBJ  := $(ETL_SRC:%.c=$(B)/%.o) $(B)/gen/sql_files.o
SIM_SRC  := $(sort $(filter-out tests/simulator/main.c,$(wildcard tests/simulator/*.c)))
SIM_OBJ  := $(SIM_SRC:%.c=$(B)/%.o)
SUP_OBJ  := $(patsubst %.c,$(B)/%.o,$(sort $(wildcard tests/support/*.c)))
PEOPLE_SRC := $(sort $(wildcard tests/people/*.c))
PEOPLE_OBJ := $(PEOPLE_SRC:%.c=$(B)/%.o)
TOOLS    := $(patsubst %.c,$(B)/%,$(sort $(wildcard tests/tools/*.c)))
BENCH_SRC := $(sort $(filter-out bench/bench_%.c bench/link_%.c bench/feed_server.c bench/feed_pool.c,$(wildcard bench/*.c)))
BENCH_OBJ := $(BENCH_SRC:%.c=$(B)/%.o)
UNIT_BIN := $(patsubst %.c,$(B)/%,$(sort $(shell find tests/unit -name 'test_*.c')))
INT_BIN  := $(patsubst %.c,$(B)/%,$(sort $(shell find tests/integration -name 'test_*.c')))
HARM_BIN := $(patsubst %.c,$(B)/%,$(sort $(wildcard tests/harm/test_*.c)))
# Two are short of their bar: make harm and make accept-identity hold them to it.
HARM_CHECK := $(filter-out %/test_look_alikes %/test_everybodys_number,$(HARM_BIN))
FUZZ_BIN := $(patsubst %.c,$(B)/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_OBJ := $(B)/tests/fuzz/fuzz.o $(B)/tests/fuzz/oracle.o
FUZZ     ?=
SECONDS_EACH ?= 20
UNIT     ?= test_
MATCH     = $(strip $(foreach t,$(UNIT_BIN) $(INT_BIN) $(HARM_BIN),$(if $(findstring $(UNIT),$(t)),$(t))))
SQL      := $(sort $(shell find sql -name '*.sql'))

PROGRAM   := $(B)/talentpool
SIMULATOR := $(B)/tests/simulator/simulator

# make V=1 shows every command whole.
Q := $(if $(V),,@)
say = $(if $(V),,@echo "  $(1)")

.DEFAULT_GOAL := help
.PHONY: all deps deps-check demo check unit integration asan layering format format-check tidy \
        docs install clean help accept-night accept-feeds accept-identity accuracy accuracy-table harm run-scale

all: $(PROGRAM) $(SIMULATOR) $(TOOLS) ## build the program, the simulator and the tools
	@:

demo: deps ## one night of the whole pipeline against the agency simulator (PEOPLE=2000 AGENCIES=8 REFETCH=1)
	@$(MAKE) --no-print-directory all
	@sh tests/demo.sh $(B)

check: deps-check ## layering, format, unit and integration tests; ends with 'N passed, N failed'
	@$(MAKE) --no-print-directory all layering format-check tests-built
	@sh tests/run.sh $(B) $(UNIT_BIN) $(INT_BIN) $(HARM_CHECK)

unit: tests-built ## run unit tests; UNIT=link runs the matching ones
	@test -n "$(MATCH)" || { echo "no test matches UNIT=$(UNIT)" >&2; exit 1; }
	@sh tests/run.sh $(B) $(if $(filter test_,$(UNIT)),$(UNIT_BIN),$(MATCH))

integration: all tests-built ## run integration tests only
	@sh tests/run.sh $(B) $(INT_BIN)

harm: $(HARM_BIN) ## nobody merged: each trap of linkage alone, night to night, order, hostile tables (COPIES=1000 SEEDS=2)
	@sh tests/run.sh $(B) $(HARM_BIN)

asan: ## unit tests under address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory VARIANT=asan tests-built
	@$(MAKE) --no-print-directory VARIANT=asan unit

fuzz: ## run the fuzzers SECONDS_EACH=20 each, one row per fuzzer; FUZZ=json runs one
	@sh .ci/install-packages build check ci
	@$(MAKE) --no-print-directory VARIANT=fuzz CC="$(FUZZ_CC)" fuzz-built
	@sh tests/fuzz/run.sh build/fuzz "$(SECONDS_EACH)" "$(FUZZ)"

fuzz-built: $(FUZZ_BIN)

accept-night: deps-check ## every measurable promise of the nightly run, one row each (PEOPLE=2000 SCALE=200000)
	@$(MAKE) --no-print-directory all tests-built
	@sh tests/accept_night.sh $(B)

accept-feeds: deps-check ## every measurable promise about feeds, one row each (ROWS=, JSON_MB=, FUZZ_SECONDS=, SOURCES=)
	@$(MAKE) --no-print-directory all tests-built
	@sh tests/accept_feeds.sh $(B)

accept-identity: deps-check ## every measurable promise of identity resolution, one row each (PEOPLE=, SEEDS=, LARGE=, COPIES=, RECORDS=, SETS=)
	@$(MAKE) --no-print-directory all tests-built $(B)/bench/bench_link
	@sh tests/accept_identity.sh $(B)

accuracy: deps ## precision and recall of one fresh night against the simulator's truth (PEOPLE=2000 AGENCIES=8 DIRT=1.0)
	@$(MAKE) --no-print-directory all
	@sh tests/accuracy.sh $(B)

accuracy-table: deps ## accuracy of the link stage alone, pooled (PEOPLE=20000 SEEDS=5 DIRT=1,2 BARE=0)
	@$(MAKE) --no-print-directory $(B)/tests/tools/identity_table
	@$(B)/tests/tools/identity_table --people $(or $(PEOPLE),20000) --seeds $(or $(SEEDS),5) \
	    --dirt $(or $(DIRT),1,2) --bare $(or $(BARE),0) --probe 1

run-scale: deps ## seconds, records per second and peak memory per stage (PEOPLE=200000 AGENCIES=60 THREADS=0)
	@$(MAKE) --no-print-directory all
	@sh tests/run_scale.sh $(B)

docs: all ## write the generated pages anew: commands, configuration, data dictionary
	@sh tests/tools/program-pages.sh commands $(PROGRAM) > docs/commands.md
	@sh tests/tools/program-pages.sh configuration $(PROGRAM) > docs/configuration.md
	@$(PROGRAM) server start --state $(B)/docs-state >/dev/null
	@$(PROGRAM) migrate --state $(B)/docs-state
	@sh tests/tools/data-dictionary.sh "$$($(PROGRAM) server conninfo --state $(B)/docs-state)" > docs/data-dictionary.md
	@$(PROGRAM) server stop --state $(B)/docs-state

bench-feeds: ## pull and parse gigabytes beside the bare libraries (JSON_MB=2048 XML_MB=1024 CSV_MB=1024 REPEAT=5)
	@sh .ci/install-packages build bench
	@$(MAKE) --no-print-directory $(B)/bench/bench_feeds $(B)/bench/feed_server
	@$(B)/bench/bench_feeds $(B)/bench/feed_server --json-mb $(or $(JSON_MB),2048) \
	    --xml-mb $(or $(XML_MB),1024) --csv-mb $(or $(CSV_MB),1024) --repeat $(or $(REPEAT),5)

bench-link: ## link stage: records per second, bytes per record, pairs per unit (RECORDS=100000,1000000,5000000,10000000 THREADS=2)
	@sh .ci/install-packages build
	@$(MAKE) --no-print-directory $(B)/bench/bench_link
	@$(B)/bench/bench_link --records $(or $(RECORDS),100000,1000000,5000000,10000000) --threads $(or $(THREADS),2)

deps: ## install missing Debian packages needed to build and run
	@sh .ci/install-packages build

deps-check: ## install missing Debian packages needed to test
	@sh .ci/install-packages build check

.PHONY: tests-built
tests-built: $(UNIT_BIN) $(INT_BIN) $(HARM_BIN)

# What an archive is made of: changes when a source comes or goes, and the archive with it.
$(B)/libtalentcore.list: IN = $(CORE_OBJ)
$(B)/libtalentetl.list: IN = $(ETL_OBJ)
$(B)/libsimulator.list: IN = $(SIM_OBJ)
$(B)/libsupport.list: IN = $(SUP_OBJ)
$(B)/libpeople.list: IN = $(PEOPLE_OBJ)
$(B)/sql_files.list: IN = $(SQL)
$(B)/%.list: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(IN) | cmp -s - $@ || printf '%s\n' $(IN) > $@

.PHONY: FORCE

$(B)/libtalentcore.a: $(CORE_OBJ) $(B)/libtalentcore.list
	@rm -f $@
	$(call say,AR   $@)
	$(Q)$(AR) rcs $@ $(CORE_OBJ)

$(B)/libtalentetl.a: $(ETL_OBJ) $(B)/libtalentetl.list
	@rm -f $@
	$(call say,AR   $@)
	$(Q)$(AR) rcs $@ $(ETL_OBJ)

$(B)/libsimulator.a: $(SIM_OBJ) $(B)/libsimulator.list
	@rm -f $@
	$(call say,AR   $@)
	$(Q)$(AR) rcs $@ $(SIM_OBJ)

$(B)/libsupport.a: $(SUP_OBJ) $(B)/libsupport.list
	@rm -f $@
	$(call say,AR   $@)
	$(Q)$(AR) rcs $@ $(SUP_OBJ)

$(B)/libpeople.a: $(PEOPLE_OBJ) $(B)/libpeople.list
	@rm -f $@
	$(call say,AR   $@)
	$(Q)$(AR) rcs $@ $(PEOPLE_OBJ)

LIBS := $(B)/libtalentetl.a $(B)/libtalentcore.a

$(PROGRAM): $(B)/etl/cli/main.o $(LIBS)
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_CFLAGS) $< $(LIBS) $(LDFLAGS) $(LDLIBS) -o $@

$(SIMULATOR): $(B)/tests/simulator/main.o $(B)/libsimulator.a $(B)/libtalentcore.a
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_CFLAGS) $^ $(LDFLAGS) $(SIM_LIBS) -o $@

$(B)/gen/sql_files.c: $(SQL) $(B)/sql_files.list sql/embed.sh
	@mkdir -p $(@D)
	$(call say,GEN  $@)
	@sh sql/embed.sh $(SQL) > $@.tmp
	@mv $@.tmp $@

$(B)/gen/%.o: $(B)/gen/%.c
	$(call say,CC   $<)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c $< -o $@

# One unit per instruction set; etl/format/kernel.c chooses when the program runs.
ifneq ($(findstring x86_64,$(shell $(CC) -dumpmachine)),)
$(B)/etl/format/kernel_avx2.o: ISA := -mavx2 -mbmi -mbmi2
$(B)/etl/format/kernel_avx512.o: ISA := -mavx2 -mbmi -mbmi2 -mavx512f -mavx512bw -mavx512vl
endif

$(B)/etl/format/%.o: etl/format/%.c
	@mkdir -p $(@D)
	$(call say,CC   $<)
	$(Q)$(CC) $(CPPFLAGS) $(XML_CPP) $(ALL_CFLAGS) $(ISA) -c $< -o $@

$(B)/tests/fuzz/%.o: tests/fuzz/%.c
	@mkdir -p $(@D)
	$(call say,CC   $<)
	$(Q)$(CC) $(CPPFLAGS) $(XML_CPP) $(ALL_CFLAGS) $(TEST_WARN) -c $< -o $@

$(B)/etl/pg/%.o: etl/pg/%.c
	@mkdir -p $(@D)
	$(call say,CC   $<)
	$(Q)$(CC) $(CPPFLAGS) $(PQ_CPP) $(ALL_CFLAGS) -c $< -o $@

$(B)/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	$(call say,CC   $<)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(TEST_WARN) -c $< -o $@

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC   $<)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c $< -o $@

# A unit test of core links core alone; of etl, etl and core; of the simulator, the simulator.
$(B)/tests/unit/core/%: $(B)/tests/unit/core/%.o $(B)/libsupport.a $(B)/libtalentcore.a
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_CFLAGS) $< $(B)/libsupport.a $(B)/libtalentcore.a $(LDFLAGS) -lcmocka $(CORE_LIBS) -o $@

$(B)/tests/unit/etl/%: $(B)/tests/unit/etl/%.o $(B)/libsupport.a $(LIBS)
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_CFLAGS) $< $(B)/libsupport.a $(LIBS) $(LDFLAGS) -lcmocka -lmicrohttpd $(LDLIBS) -o $@

$(B)/tests/unit/simulator/%: $(B)/tests/unit/simulator/%.o $(B)/libsimulator.a $(B)/libtalentcore.a
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_CFLAGS) $^ $(LDFLAGS) -lcmocka $(SIM_LIBS) -o $@

$(B)/tests/integration/%: $(B)/tests/integration/%.o $(B)/libsupport.a $(B)/libsimulator.a $(LIBS)
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_CFLAGS) $< $(B)/libsupport.a $(B)/libsimulator.a $(LIBS) $(LDFLAGS) -lcmocka $(LDLIBS) \
	    $(SIM_LIBS) -o $@

# Generated people with their truth, for tools, tests and benchmarks of the link stage.
PEOPLE_LIBS := $(B)/libpeople.a $(B)/libsimulator.a $(LIBS)
PEOPLE_TOOLS := $(B)/tests/tools/people_gen $(B)/tests/tools/identity_table
$(PEOPLE_TOOLS): $(B)/tests/tools/%: $(B)/tests/tools/%.o $(PEOPLE_LIBS)
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_CFLAGS) $< $(PEOPLE_LIBS) $(LDFLAGS) $(LDLIBS) -o $@

$(B)/tests/harm/test_%: $(B)/tests/harm/test_%.o $(B)/tests/harm/harm.o $(B)/bench/link_strings.o $(B)/libsupport.a $(PEOPLE_LIBS)
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_CFLAGS) $< $(B)/tests/harm/harm.o $(B)/bench/link_strings.o $(B)/libsupport.a $(PEOPLE_LIBS) $(LDFLAGS) -lcmocka \
	    $(LDLIBS) -o $@

$(B)/tests/tools/%: $(B)/tests/tools/%.o $(LIBS)
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_CFLAGS) $< $(LIBS) $(LDFLAGS) $(LDLIBS) -o $@

$(B)/bench/%.o: bench/%.c
	@mkdir -p $(@D)
	$(call say,CC   $<)
	$(Q)$(CC) $(CPPFLAGS) $(XML_CPP) $(ALL_CFLAGS) -c $< -o $@

# The one C++ file of the tree: a peer to measure by, never part of the program.
$(B)/bench/%.o: bench/%.cc
	@mkdir -p $(@D)
	$(call say,CXX  $<)
	$(Q)$(CXX) -std=c++17 -O3 -g -MMD -MP -c $< -o $@

$(B)/bench/bench_feeds: $(B)/bench/bench_feeds.o $(BENCH_OBJ) $(B)/bench/simdjson_record.o $(LIBS)
	$(call say,LINK $@)
	$(Q)$(CXX) $^ $(LDFLAGS) $(LDLIBS) -lsimdjson -o $@

$(B)/bench/bench_link: $(B)/bench/bench_link.o $(B)/bench/link_strings.o $(PEOPLE_LIBS)
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_CFLAGS) $^ $(LDFLAGS) $(LDLIBS) -o $@

$(B)/bench/feed_server: $(B)/bench/feed_server.o $(B)/bench/feed_pool.o $(B)/libsimulator.a $(B)/libtalentcore.a
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_CFLAGS) $^ $(LDFLAGS) $(SIM_LIBS) -o $@

$(B)/tests/fuzz/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(FUZZ_OBJ) $(LIBS)
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $< $(FUZZ_OBJ) $(LIBS) $(LDFLAGS) $(LDLIBS) -o $@

.SECONDARY:

SOURCES_C = $(shell git ls-files '*.c' '*.h')

format: ## rewrite every C file with clang-format
	clang-format -i $(SOURCES_C)

format-check: ## fail if clang-format would change anything
	@clang-format --dry-run -Werror $(SOURCES_C)

tidy: ## clang-tidy over core and etl
	clang-tidy --quiet $(CORE_SRC) $(ETL_SRC) -- $(CPPFLAGS) $(XML_CPP) $(PQ_CPP) -std=c11 -fopenmp

layering: ## one-way includes: a line printed here is an arrow pointing up, and fails
	@sh tests/layering.sh

PREFIX ?= /usr/local
install: all ## install the program and its config (PREFIX=/usr/local DESTDIR=)
	@install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/talentpool"
	@install -m 755 $(PROGRAM) "$(DESTDIR)$(PREFIX)/bin/talentpool"
	@cp -R config "$(DESTDIR)$(PREFIX)/share/talentpool/"

clean: ## remove everything built (not the state directory)
	rm -rf build

help: ## this list
	@awk -F':.*## ' '/^[a-z_.-]+:.*## /{printf "%-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

-include $(shell find $(B) -name '*.d' 2>/dev/null)
