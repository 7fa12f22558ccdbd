# caisson: `make` builds ./caisson, `make demo` shows it, `make check` tests it, `make help` lists the rest.

VERSION := 0.1.0
COMMIT  := $(shell git rev-parse --short HEAD 2>/dev/null)
VARIANT ?= release
BUILD   := build/$(VARIANT)
PREFIX  ?= /usr/local
CC      ?= gcc

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-6s %s\n' '$(1)' '$(2)')

comma := ,
LIBS  := libseccomp libcap jansson
ROOMS := runtime/base runtime/criu runtime runtime/commands specs ns cgroups seccomp net
SOURCES := $(wildcard $(ROOMS:%=%/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
# caisson-net and caisson-scope, carried inside caisson.
MOVER_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard net/mover/*.c))
SCOPE_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard cgroups/scope/*.c))

CPPFLAGS += -D_GNU_SOURCE -I. -I$(BUILD) $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	    -Wformat=2 -Wvla -Wundef -Wwrite-strings -Wno-missing-field-initializers
HARDEN   := -fPIE -fstack-protector-strong -fcf-protection=full -fstack-clash-protection
CFLAGS_release := -O2 -g $(HARDEN) -D_FORTIFY_SOURCE=3 -ffunction-sections -fdata-sections
CFLAGS_debug   := -O0 -g3 $(HARDEN)
CFLAGS_san     := -O1 -g3 $(HARDEN) -fsanitize=address,undefined -fno-omit-frame-pointer \
		  -fno-sanitize-recover=undefined
CFLAGS_all := -std=c17 $(WARNINGS) $(CFLAGS_$(VARIANT)) $(CFLAGS)
LDFLAGS_release := -Wl,--gc-sections
# 4,300 relocations as 1.3 KiB of bitmaps in place of a table of 104 KiB that each start would read.
# A libc without them (before 2.36) would leave them undone, and say nothing.
RELR := $(shell grep -qs GLIBC_ABI_DT_RELR "$$($(CC) -print-file-name=libc.so.6 2>/dev/null)" && \
	  echo $(comma)-z$(comma)pack-relative-relocs)
LDFLAGS_static  := -static-pie -Wl,--wrap=__libc_start_main$(RELR)
LDFLAGS_san     := -fsanitize=address,undefined
LDFLAGS_all := -pie -Wl,-z,relro,-z,now,-z,noexecstack $(LDFLAGS_$(VARIANT)) $(LDFLAGS)

# Libraries whose archive the distribution ships are linked in, and if that is all of them, libc
# too: a start executes us twice, and mapping and relocating libraries is a third of an execve.
# Debian has no archive of libmnl and libsystemd, so each is linked to a program of its own:
# net/client.c, cgroups/systemd.c.
archive = $(shell $(CC) -print-file-name=lib$(1).a 2>/dev/null)
link    = $(if $(findstring /,$(call archive,$(1))),$(call archive,$(1)),-l$(1))
LDLIBS := $(foreach lib,seccomp cap jansson,$(call link,$(lib)))
STATIC ?= $(if $(filter release,$(VARIANT)),$(if $(filter -l%,$(LDLIBS) $(call link,c)),,yes))
EARLY  := $(BUILD)/runtime/early.o

all: $(if $(filter release,$(VARIANT)),caisson,$(BUILD)/caisson)

caisson: $(BUILD)/caisson
	$(Q)cp $< $@.new && mv $@.new $@

$(BUILD)/caisson: $(if $(STATIC),$(OBJECTS),$(filter-out $(EARLY),$(OBJECTS)))
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_all) $(if $(STATIC),$(LDFLAGS_static)) -o $@ $^ $(LDLIBS)

# A debugger finds its symbols in the debug and san variants.
$(BUILD)/caisson-net: $(MOVER_OBJECTS) $(filter $(BUILD)/runtime/base/%,$(OBJECTS))
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_all) $(if $(filter release,$(VARIANT)),-s) -o $@ $^ $(call link,mnl)

$(BUILD)/caisson-scope: $(SCOPE_OBJECTS) $(BUILD)/cgroups/paper.o \
			$(filter $(BUILD)/runtime/base/%,$(OBJECTS))
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_all) $(if $(filter release,$(VARIANT)),-s) -o $@ $^ -lsystemd

$(BUILD)/net/embedded.o: private CPPFLAGS += -DNET_MOVER='"$(BUILD)/caisson-net"'
$(BUILD)/net/embedded.o: $(BUILD)/caisson-net
$(BUILD)/cgroups/scope_program.o: private CPPFLAGS += -DSCOPE_PROGRAM='"$(BUILD)/caisson-scope"'
$(BUILD)/cgroups/scope_program.o: $(BUILD)/caisson-scope

$(EARLY): CFLAGS_all += -ffreestanding -fno-stack-protector

$(BUILD)/%.o: %.c Makefile
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS_all) -DVERSION='"$(VERSION)"' -MMD -MP -c -o $@ $<

# The commit is in one small file of its own, so that a new commit recompiles one file only.
$(BUILD)/commit.h: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)printf '#define COMMIT "%s"\n' '$(COMMIT)' | cmp -s - $@ || \
		printf '#define COMMIT "%s"\n' '$(COMMIT)' > $@
$(OBJECTS) $(MOVER_OBJECTS) $(SCOPE_OBJECTS): | $(BUILD)/commit.h

# ---- tests ------------------------------------------------------------------------------------

test_objects = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/$(1)/*.c))
TEST_OBJECTS := $(foreach folder,unit run same lib,$(call test_objects,$(folder)))
# Criterion finds its tests in a section that nothing refers to.
TEST_LDFLAGS := $(filter-out -Wl$(comma)--gc-sections,$(LDFLAGS_all))

$(BUILD)/tests/unit/unit: $(call test_objects,unit) \
			  $(filter-out %/main.o $(EARLY),$(OBJECTS) $(MOVER_OBJECTS) $(SCOPE_OBJECTS))
	$(call say,LINK,$@)
	$(Q)$(CC) $(TEST_LDFLAGS) -o $@ $^ $(LDLIBS) $(call link,mnl) -lsystemd -lcriterion

$(BUILD)/tests/run/run: $(call test_objects,run) $(call test_objects,lib) \
			$(filter $(BUILD)/runtime/base/%,$(OBJECTS))
	$(call say,LINK,$@)
	$(Q)$(CC) $(TEST_LDFLAGS) -o $@ $^ $(LDLIBS) -lcriterion

# A workload that describes the container it is in; static, so that it runs in an empty root.
$(BUILD)/tests/probe/probe: $(wildcard tests/probe/*.[ch]) Makefile
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -static -std=c17 -D_GNU_SOURCE $(WARNINGS) -O2 -o $@ $(filter %.c,$^)

# A workload that holds one of everything, for what saves and restores containers.
$(BUILD)/tests/keep/keep: tests/keep/keep.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) -static -std=c17 -D_GNU_SOURCE $(WARNINGS) -O2 -o $@ $<

$(BUILD)/tests/same/same: $(call test_objects,same) $(BUILD)/tests/lib/config.o \
			  $(filter $(BUILD)/runtime/base/%,$(OBJECTS))
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_all) -o $@ $^ -ljansson -lcriterion

$(BUILD)/tests/inject/inject: tests/inject/inject.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) -std=c17 -D_GNU_SOURCE -O2 -Wall -Wextra -o $@ $< $(call link,seccomp)

$(BUILD)/tests/bench/floor $(BUILD)/tests/bench/bench: $(BUILD)/%: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) -std=c17 -D_GNU_SOURCE -O2 -Wall -Wextra -o $@ $<

# What the engines' images hold besides busybox.
$(BUILD)/tests/engines/inside: tests/engines/inside.c
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) -static -std=c17 -D_GNU_SOURCE -O2 -Wall -Wextra -o $@ $<

TEST_PROGRAMS := $(BUILD)/caisson $(addprefix $(BUILD)/tests/,unit/unit run/run same/same probe/probe \
		 keep/keep inject/inject engines/inside)
test-programs: $(TEST_PROGRAMS)

# One part, one suite of it: make unit ONLY=shape, make run ONLY=hooks
unit: $(BUILD)/tests/unit/unit
	$(Q)$< $(if $(ONLY),--filter '$(ONLY)/*')
run: $(TEST_PROGRAMS)
	$(Q)$(if $(filter checkpoint%,$(or $(ONLY),checkpoint)),CRIU="$$(sh tests/guest/criu.sh 2>&1)") \
		BUILD=$(BUILD) $(BUILD)/tests/run/run $(if $(ONLY),--filter '$(ONLY)/*')
# The same containers as runc ($RUNC, or that in $PATH): make same ONLY="default exec_user"
same: $(TEST_PROGRAMS)
	$(Q)BUILD=$(BUILD) $(BUILD)/tests/same/same $(ONLY)

check: deps-test
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) test-programs
	$(Q)sh tests/check.sh $(BUILD)

# What needs another host: cgroup v2 alone with its controllers, systemd. In guest kernels.
check-guest: deps-test
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) test-programs
	$(Q)sh tests/guest/check.sh $(BUILD) sum

# Every engine there is, with caisson and with runc: ONLY="podman images", WORLDS=trixie
check-engines: deps-test all $(BUILD)/tests/engines/inside
	$(Q)ONLY="$(ONLY)" WORLDS="$(WORLDS)" sh tests/engines/check.sh $(BUILD)

# The same tests with AddressSanitizer and UndefinedBehaviorSanitizer in everything.
check-san:
	$(Q)$(MAKE) --no-print-directory check VARIANT=san

bench: all $(BUILD)/tests/bench/floor $(BUILD)/tests/bench/bench
	$(Q)BUILD=$(BUILD) sh tests/bench/run.sh

# SECONDS of fuzzing config.json: decode, check, plan.
SECONDS ?= 60
FUZZ_FLAGS := -std=c17 -D_GNU_SOURCE -I. -I$(BUILD) -g -O1 -fsanitize=fuzzer,address,undefined \
	      -fno-sanitize-recover=undefined -DVERSION='"$(VERSION)"' \
	      -DNET_MOVER='"$(BUILD)/caisson-net"' -DSCOPE_PROGRAM='"$(BUILD)/caisson-scope"'
fuzz: $(BUILD)/fuzz/fuzz_config $(BUILD)/fuzz/dictionary
	$(Q)mkdir -p $(BUILD)/fuzz/corpus
	$(Q)tar -C $(BUILD)/fuzz/corpus -xzf tests/fuzz/corpus.tar.gz
	$(Q)$(BUILD)/fuzz/dictionary > $(BUILD)/fuzz/config.dict
	$(Q)$(BUILD)/fuzz/fuzz_config -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=2048 -max_len=16384 -print_funcs=0 \
		-dict=$(BUILD)/fuzz/config.dict $(BUILD)/fuzz/corpus tests/fuzz/corpus

$(BUILD)/fuzz/fuzz_config: tests/fuzz/fuzz_config.c tests/fuzz/mutate.c $(filter-out runtime/main.c runtime/early.c,$(SOURCES)) \
			   | $(BUILD)/commit.h $(BUILD)/caisson-net $(BUILD)/caisson-scope
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)clang $(FUZZ_FLAGS) -o $@ $^ -lseccomp -lcap -ljansson

# Every word of the field tables, for the fuzzer to play with.
$(BUILD)/fuzz/dictionary: tests/fuzz/dictionary.c $(filter $(BUILD)/specs/% $(BUILD)/runtime/base/%,$(OBJECTS))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS_all) $(LDFLAGS_all) -o $@ $^ $(LDLIBS)

# ---- the house --------------------------------------------------------------------------------

lint: all man/caisson.8
	$(Q)BUILD=$(BUILD) sh tests/lint.sh

format:
	$(Q)clang-format -i $(filter-out %_table.c,$(wildcard $(ROOMS:%=%/*.[ch]) net/mover/*.[ch] cgroups/scope/*.[ch] tests/*/*.[ch]))

deps:
	$(Q)sh tests/deps.sh build
deps-test:
	$(Q)sh tests/deps.sh test

demo:
	$(Q)sh tests/deps.sh build
	$(Q)$(MAKE) --no-print-directory all
	$(Q)sh tests/demo.sh

man/caisson.8: man/caisson.8.in caisson
	$(Q)./caisson help --man | sed -e '/^@OPTIONS@$$/{r /dev/stdin' -e 'd}' $< > $@

# What documents repeat of the program, and of the last whole check-engines.
ENGINES_TABLE := $(BUILD)/tests/out/engines/table.md
docs: all
	$(Q)./caisson help --limits > $(BUILD)/limits
	$(Q)sed -i -e '/^<!-- limits -->$$/,/^<!-- end of limits -->$$/{/^|/d}' \
		-e '/^<!-- limits -->$$/r $(BUILD)/limits' docs/RESOURCES.md
	$(Q)cut -d '|' -f 1-4 $(BUILD)/limits | sed 's/$$/|/' > $(BUILD)/limits.files
	$(Q)sed -i -e '/^<!-- limits -->$$/,/^<!-- end of limits -->$$/{/^|/d}' \
		-e '/^<!-- limits -->$$/r $(BUILD)/limits.files' README.md
	$(Q)if [ -e $(ENGINES_TABLE) ]; then \
		sed -i -e '/^<!-- engines -->$$/,/^<!-- end of engines -->$$/{//!d}' \
			-e '/^<!-- engines -->$$/r $(ENGINES_TABLE)' docs/ENGINES.md; fi

install: all man/caisson.8
	install -D -m 755 caisson $(DESTDIR)$(PREFIX)/bin/caisson
	install -D -m 644 man/caisson.8 $(DESTDIR)$(PREFIX)/share/man/man8/caisson.8
	./caisson completion bash | install -D -m 644 /dev/stdin \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/caisson
	./caisson completion zsh | install -D -m 644 /dev/stdin \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_caisson
	./caisson completion fish | install -D -m 644 /dev/stdin \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/caisson.fish
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/caisson/engines $(wildcard docs/engines/*)

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/caisson $(DESTDIR)$(PREFIX)/share/man/man8/caisson.8 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/caisson \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_caisson \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/caisson.fish
	rm -rf $(DESTDIR)$(PREFIX)/share/caisson

help:
	@printf '%s\n' \
	'all        build ./caisson                    demo      install what that needs, build, run a container' \
	'check      set up and run every test          check-san the same under ASan and UBSan' \
	'unit, run  one part: make unit ONLY=shape     fuzz      fuzz config.json for SECONDS=60' \
	'check-guest the part of check that boots guest kernels: cgroup v2, systemd' \
	'check-engines  podman, containerd, docker with caisson and with runc: docs/ENGINES.md' \
	'same       bundles by caisson and by RUNC=runc: tests/same, docs/SAME.md' \
	'bench      against crun, runc and the floor   lint      layers, format, man page, shell' \
	'docs       the tables that docs/ repeat of the program' \
	'install, uninstall  PREFIX=$(PREFIX), DESTDIR  format    clang-format' \
	'clean      remove build/                      V=1       show the commands' \
	'VARIANT=   release, debug, san: each in build/VARIANT'

clean:
	$(Q)rm -rf build caisson

FORCE:
.PHONY: all test-programs unit run same check check-guest check-engines check-san bench fuzz lint format deps deps-test demo docs install uninstall help clean FORCE

-include $(OBJECTS:.o=.d) $(MOVER_OBJECTS:.o=.d) $(SCOPE_OBJECTS:.o=.d) $(TEST_OBJECTS:.o=.d)
