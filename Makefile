# caisson: `make` builds ./caisson, `make demo` shows it, `make check` tests it, `make help` lists the rest.

VERSION := 0.1.0
COMMIT  := $(shell git rev-parse --short HEAD 2>/dev/null)
VARIANT ?= release
BUILD   := build/$(VARIANT)
PREFIX  ?= /usr/local
CC      ?= gcc

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-6s %s\n' '$(1)' '$(2)')

LIBS  := libseccomp libcap jansson libmnl
ROOMS := runtime/base runtime runtime/commands specs ns cgroups seccomp net
SOURCES := $(wildcard $(ROOMS:%=%/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)

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
LDFLAGS_san     := -fsanitize=address,undefined
LDFLAGS_all := -pie -Wl,-z,relro,-z,now,-z,noexecstack $(LDFLAGS_$(VARIANT)) $(LDFLAGS)

# Libraries whose archive the distribution ships are linked in: fewer files to map at each start.
archive = $(shell $(CC) -print-file-name=lib$(1).a)
link    = $(if $(findstring /,$(call archive,$(1))),$(call archive,$(1)),-l$(1))
LDLIBS := $(foreach lib,seccomp cap jansson mnl,$(call link,$(lib)))

all: $(if $(filter release,$(VARIANT)),caisson,$(BUILD)/caisson)

caisson: $(BUILD)/caisson
	$(Q)cp $< $@.new && mv $@.new $@

$(BUILD)/caisson: $(OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_all) -o $@ $^ $(LDLIBS)

$(BUILD)/%.o: %.c Makefile
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS_all) -DVERSION='"$(VERSION)"' -MMD -MP -c -o $@ $<

# The commit is in one small file of its own, so that a new commit recompiles one file only.
$(BUILD)/commit.h: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)printf '#define COMMIT "%s"\n' '$(COMMIT)' | cmp -s - $@ || \
		printf '#define COMMIT "%s"\n' '$(COMMIT)' > $@
$(OBJECTS): | $(BUILD)/commit.h

# ---- tests ------------------------------------------------------------------------------------

comma := ,
UNIT := $(wildcard tests/unit/*.c)
UNIT_OBJECTS := $(UNIT:%.c=$(BUILD)/%.o)

$(BUILD)/tests/unit/unit: $(UNIT_OBJECTS) $(filter-out $(BUILD)/runtime/main.o,$(OBJECTS))
	$(call say,LINK,$@)
	$(Q)$(CC) $(filter-out -Wl$(comma)--gc-sections,$(LDFLAGS_all)) -o $@ $^ $(LDLIBS) -lcriterion

# One file's tests alone: make unit ONLY=shape
unit: $(BUILD)/tests/unit/unit
	$(Q)$< $(if $(ONLY),--filter '$(ONLY)/*')

# A workload that describes the container it is in; static, so that it runs in an empty root.
$(BUILD)/probe: $(wildcard tests/probe/*.[ch]) Makefile
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -static -std=c17 -D_GNU_SOURCE $(WARNINGS) -O2 -o $@ $(filter %.c,$^)

clean:
	$(Q)rm -rf build caisson

FORCE:
.PHONY: all unit clean FORCE

-include $(OBJECTS:.o=.d) $(UNIT_OBJECTS:.o=.d)
