/* load.c -- the filter becomes active, and a seccomp agent is told.
 *
 * seccomp(2) is called directly: libseccomp's seccomp_load() would want its own program back, not
 * ours from the cache. From the moment the call returns, this thread may do only what the profile
 * allows, which need not include anything (futex, sendmsg, wait4, close, ...), and a call may be
 * held up until an agent answers that does not know of us yet. So nothing after it is a system
 * call: what is left to do for an agent is done by a messenger, see notify.c.
 *
 * Does not set no_new_privs and does not exec: runtime/inside.c. */
#include <errno.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "seccomp/names.h"
#include "seccomp/notify.h"
#include "seccomp/seccomp.h"

static int refused(int error, bool notify)
{
	int result = fail(error, "load the seccomp filter");

	if (error == EACCES)
		advise(result, "set process.noNewPrivileges, or keep CAP_SYS_ADMIN until the "
			       "filter is loaded");
	if (error == EBUSY && notify)
		advise(result, "this runtime is itself under a seccomp filter with a listener, "
			       "and the kernel allows only one");
	return result;
}

/* As the kernel wants them combined. */
static unsigned long flags_for(const struct sc_program *program, bool notify)
{
	/* One thread in, one thread filtered: with or without TSYNC. With it, the messenger would
	 * be caught too, and the kernel refuses it beside NEW_LISTENER. */
	unsigned long flags = program->load_flags & ~SECCOMP_FILTER_FLAG_TSYNC;

	if (notify)
		return flags | SECCOMP_FILTER_FLAG_NEW_LISTENER;
	/* Says how to wait for an agent's answer: nothing to say, and EINVAL, without one. */
	return flags & ~SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
}

unsigned long sc_load_flags(const struct sc_program *program)
{
	return flags_for(program, program->notify);
}

static long load(const struct sc_program *program, bool notify)
{
	const struct sock_fprog filter = { .len = (unsigned short)program->count,
					   .filter = (struct sock_filter *)program->code };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags_for(program, notify), &filter);
}

static int load_and_tell(const struct sc_program *program, int listener, const char *state)
{
	struct messenger messenger;
	long result;

	if (messenger_send(&messenger, listener, state) < 0)
		return -last_fault()->error;
	result = load(program, true);
	if (result >= 0)
		return messenger_deliver(&messenger, (int)result);
	result = refused(errno, true);
	messenger_dismiss(&messenger);
	return (int)result;
}

int sc_load_untold(const struct sc_program *program)
{
	return load(program, false) < 0 ? refused(errno, false) : 0;
}

int sc_load(const struct sc_program *program, int listener, const char *state)
{
	return program->notify ? load_and_tell(program, listener, state) : sc_load_untold(program);
}
