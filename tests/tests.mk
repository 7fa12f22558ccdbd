# tests.mk -- the tests that run whole containers, and the tools that measure and strike them.
#
#	make run [ONLY=smoke] [RUNTIME=...] [PURE=yes]	integration tests, as root
#	make crash [VERB=create] [POINTS=40]		SIGKILL at POINTS system calls, then delete
#	make bench [ROUNDS=30]				against crun, runc and the kernel's floor

RUN_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/run/*.c tests/lib/*.c))

$(BUILD)/tests/run/run: $(RUN_OBJECTS) $(filter $(BUILD)/runtime/base/%,$(OBJECTS))
	$(call say,LINK,$@)
	$(Q)$(CC) $(filter-out -Wl$(comma)--gc-sections,$(LDFLAGS_all)) -o $@ $^ $(LDLIBS) -lcriterion

run: $(BUILD)/tests/run/run
	$(Q)$< -j2 $(if $(ONLY),--filter '$(ONLY)/*')

VERB   ?= create
POINTS ?= 40
crash:
	$(Q)tests/inject/crash.sh $(VERB) $(POINTS)

bench:
	$(Q)tests/bench/run.sh

.PHONY: run crash bench
-include $(RUN_OBJECTS:.o=.d)
