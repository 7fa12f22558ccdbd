/* test_signals.c -- the names of signals. */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>

#include "runtime/base/fault.h"
#include "runtime/signals.h"

Test(signals, numbers_and_names_are_known)
{
	cr_assert_eq(signal_number("9"), 9);
	cr_assert_eq(signal_number("0"), 0);
	cr_assert_eq(signal_number("64"), 64);
	cr_assert_eq(signal_number("KILL"), SIGKILL);
	cr_assert_eq(signal_number("SIGKILL"), SIGKILL);
	cr_assert_eq(signal_number("sigterm"), SIGTERM);
	cr_assert_eq(signal_number("usr1"), SIGUSR1);
	cr_assert_eq(signal_number("IOT"), SIGABRT);
	cr_assert_eq(signal_number("CLD"), SIGCHLD);
}

Test(signals, real_time_signals_count_from_both_ends)
{
	cr_assert_eq(signal_number("RTMIN"), 34);
	cr_assert_eq(signal_number("SIGRTMIN+3"), 37);
	cr_assert_eq(signal_number("RTMAX"), 64);
	cr_assert_eq(signal_number("rtmax-1"), 63);
}

Test(signals, others_are_refused_in_runcs_words)
{
	static const char *const unknown[] = { "FOO",	 "",	       "SIG",
					       "65",	 "-9",	       "9x",
					       "+9",	 "RTMIN-1",    "RTMIN+31",
					       "RTMIN+", "SIGSIGKILL", "99999999999999999999" };

	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		cr_assert_eq(signal_number(unknown[i]), -EINVAL, "%s", unknown[i]);
	signal_number("FOO");
	cr_assert_str_eq(last_fault()->what, "unknown signal \"FOO\"");
}
