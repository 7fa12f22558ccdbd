/* seccomp.c -- the shape of linux.seccomp (config-linux.md, "Seccomp"). */
#include "specs/shapes.h"
#include "specs/vocabulary.h"

static const struct shape_field arg_fields[] = {
	FIELD(spec_seccomp_arg, "index", index, "which argument, from 0", REQUIRED, RANGE(0, 5)),
	FIELD(spec_seccomp_arg, "value", value, "compared with", REQUIRED),
	FIELD(spec_seccomp_arg, "valueTwo", value_two, "second operand of SCMP_CMP_MASKED_EQ"),
	WORD(spec_seccomp_arg, "op", op, spec_seccomp_operator_words, "how to compare", REQUIRED),
};
static const struct shape spec_seccomp_arg_shape = SHAPE(spec_seccomp_arg, arg_fields);

static const struct shape_field rule_fields[] = {
	FIELD(spec_seccomp_rule, "names", names, "system calls", REQUIRED),
	WORD(spec_seccomp_rule, "action", action, spec_seccomp_action_words, "what happens",
	     REQUIRED),
	FIELD(spec_seccomp_rule, "errnoRet", errno_ret, "errno for SCMP_ACT_ERRNO, _TRACE"),
	LIST(spec_seccomp_rule, "args", args, spec_seccomp_arg, "all must hold"),
};
static const struct shape spec_seccomp_rule_shape = SHAPE(spec_seccomp_rule, rule_fields);

static const struct shape_field seccomp_fields[] = {
	WORD(spec_seccomp, "defaultAction", default_action, spec_seccomp_action_words,
	     "for calls no rule names", REQUIRED),
	FIELD(spec_seccomp, "defaultErrnoRet", default_errno_ret,
	      "errno for SCMP_ACT_ERRNO, _TRACE"),
	KNOWN(spec_seccomp, "architectures", architectures, spec_seccomp_arch_words,
	      "besides the native one"),
	KNOWN(spec_seccomp, "flags", flags, spec_seccomp_flag_words, "of seccomp(2)"),
	PRESENT(spec_seccomp, "flags", flags_given, NULL),
	FIELD(spec_seccomp, "listenerPath", listener_path, "socket for SCMP_ACT_NOTIFY"),
	FIELD(spec_seccomp, "listenerMetadata", listener_metadata, "handed to the listener"),
	LIST(spec_seccomp, "syscalls", syscalls, spec_seccomp_rule, "the rules"),
};
const struct shape spec_seccomp_shape = SHAPE_GIVEN(spec_seccomp, seccomp_fields);
