/* test_unit_annotations.c -- org.systemd.property.*: values, types, and what is not allowed. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgroups/unit.h"
#include "runtime/base/fault.h"

static struct arena arena;

static void release(void)
{
	arena_free(&arena);
}

TestSuite(unit_annotations, .fini = release);

static int parse(struct unit_properties *list, const char *name, const char *value)
{
	struct pair pair = { arena_format(&arena, "org.systemd.property.%s", name),
			     (char *)value };
	struct pair other = { (char *)"org.example", (char *)"[" };
	struct pairs pairs = { (struct pair[]){ other, pair }, 2 };

	*list = (struct unit_properties){ 0 };
	return unit_annotations(list, &pairs, &arena);
}

/* "NAME type: value value" */
static const char *spell(const struct unit_properties *list)
{
	char *text = arena_format(&arena, "%s %s:", list->at[0].name, list->at[0].type);

	for (size_t i = 0; i < list->at[0].values.count; i++)
		text = arena_format(&arena, "%s %s", text, list->at[0].values.at[i]);
	return text;
}

static void becomes(const char *name, const char *value, const char *wanted)
{
	struct unit_properties list;

	cr_assert_eq(parse(&list, name, value), 0, "%s=%s: %s", name, value, last_fault()->what);
	cr_assert_eq(list.count, 1);
	cr_expect_str_eq(spell(&list), wanted);
}

Test(unit_annotations, what_engines_write_is_understood)
{
	becomes("TimeoutStopUSec", "uint64 10000000", "TimeoutStopUSec t: 10000000");
	becomes("CollectMode", "'inactive-or-failed'", "CollectMode s: inactive-or-failed");
	becomes("KillSignal", "15", "KillSignal i: 15");
	becomes("DefaultDependencies", "true", "DefaultDependencies b: true");
	becomes("After", "['a.service', 'b.service']", "After as: a.service b.service");
}

Test(unit_annotations, the_text_format_of_gvariant)
{
	becomes("Description", "\"it's\"", "Description s: it's");
	becomes("Description", "'a\\'b\\\\c'", "Description s: a'b\\c");
	becomes("IOAccounting", "  boolean false ", "IOAccounting b: false");
	becomes("MemoryMax", "0x1000", "MemoryMax t: 4096");
	becomes("MemoryMax", "uint64 18446744073709551615", "MemoryMax t: 18446744073709551615");
	becomes("KillSignal", "byte 0x0f", "KillSignal i: 15");
	becomes("KillSignal", "-1", "KillSignal i: -1");
	becomes("After", "@as []", "After as:");
	becomes("After", "[]", "After as:");
	becomes("AllowedCPUs", "[byte 0x03, 0x80]", "AllowedCPUs ay: 3 128");
}

/* systemd's files know only "Sec", its bus only "USec". */
Test(unit_annotations, seconds_become_microseconds)
{
	becomes("TimeoutStopSec", "uint64 5", "TimeoutStopUSec t: 5000000");
	becomes("TimeoutStopSec", "1.5", "TimeoutStopUSec t: 1500000");
	becomes("RuntimeMaxSec", "double 0.25", "RuntimeMaxUSec t: 250000");
}

static void refuses(const char *name, const char *value, int error, const char *words)
{
	struct unit_properties list;
	char place[128];

	cr_expect_eq(parse(&list, name, value), -error, "%s=%s", name, value);
	cr_expect_str_eq(last_fault()->what, words);
	snprintf(place, sizeof place, "annotations[\"org.systemd.property.%s\"]", name);
	cr_expect_str_eq(last_fault()->path, place);
}

Test(unit_annotations, what_reaches_beyond_the_container_is_refused_by_name)
{
	refuses("PIDs", "[uint32 1]", EPERM,
		"the property PIDs is not for a container to set: it puts other processes into the "
		"container's scope");
	refuses("Slice", "'x.slice'", EPERM,
		"the property Slice is not for a container to set: linux.cgroupsPath says which "
		"slice it is");
	refuses("FailureAction", "'reboot-force'", EPERM,
		"the property FailureAction is not for a container to set: it can shut the host "
		"down");
	refuses("Wants", "['reboot.target']", EPERM,
		"the property Wants is not for a container to set: it starts other units");
	refuses("DevicePolicy", "'auto'", EPERM,
		"the property DevicePolicy is not for a container to set: linux.resources.devices "
		"says which devices there are");
}

Test(unit_annotations, an_unknown_name_is_refused_with_the_nearest)
{
	refuses("TimeoutStopUsec", "uint64 1", EINVAL,
		"systemd's property TimeoutStopUsec is not known here");
	cr_expect_str_eq(last_fault()->hint, "did you mean TimeoutStopUSec?");
	refuses("Sec", "1", EINVAL, "systemd's property Sec is not known here");
	refuses("", "1", EINVAL, "systemd's property  is not known here");
}

Test(unit_annotations, a_wrong_value_is_refused)
{
	refuses("TimeoutStopUSec", "'5'", EINVAL,
		"expected a number in GVariant's text format, got \"'5'\"");
	refuses("TimeoutStopUSec", "", EINVAL,
		"expected a number in GVariant's text format, got \"\"");
	refuses("TimeoutStopUSec", "1.5", EINVAL,
		"expected a whole number in GVariant's text format, got \"1.5\"");
	refuses("TimeoutStopUSec", "uint64 5 6", EINVAL,
		"expected nothing after the value in GVariant's text format, got \"uint64 5 6\"");
	refuses("TasksMax", "-1", ERANGE, "\"-1\" does not fit into the property's type, uint64");
	refuses("KillSignal", "4294967296", ERANGE,
		"\"4294967296\" does not fit into the property's type, int32");
	refuses("TasksMax", "18446744073709551616", ERANGE,
		"\"18446744073709551616\" is out of range");
	refuses("TimeoutStopSec", "18446744073710", ERANGE,
		"\"18446744073710\" is out of range");
	refuses("TimeoutStopSec", "1e300", ERANGE, "\"1e300\" is out of range");
	refuses("DefaultDependencies", "yes", EINVAL,
		"expected true or false in GVariant's text format, got \"yes\"");
	refuses("CollectMode", "inactive", EINVAL,
		"expected a string in quotes in GVariant's text format, got \"inactive\"");
	refuses("CollectMode", "'inactive", EINVAL,
		"expected a quote at the end of the string in GVariant's text format, got "
		"\"'inactive\"");
	refuses("CollectMode", "'a\\", EINVAL, "unknown escape in \"'a\\\"");
	refuses("Description", "'a\nExecStart=b'", EINVAL,
		"a control character may not be in \"'a\nExecStart=b'\"");
	refuses("After", "'a.service'", EINVAL,
		"expected an array in brackets in GVariant's text format, got \"'a.service'\"");
	refuses("After", "['a.service'", EINVAL,
		"expected \",\" or \"]\" after a value in GVariant's text format, got "
		"\"['a.service'\"");
	refuses("After", "[", EINVAL,
		"expected a string in quotes in GVariant's text format, got \"[\"");
	refuses("After", "@ay []", EINVAL,
		"expected an array of strings in GVariant's text format, got \"@ay []\"");
	refuses("AllowedCPUs", "[256]", ERANGE,
		"\"[256]\" does not fit into the property's type, byte");
}
