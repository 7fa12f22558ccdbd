/* test_unit_name.c -- "slice:prefix:name" becomes a unit and its place, or a refusal. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "cgroups/unit.h"
#include "runtime/base/fault.h"

static struct arena arena;

static void release(void)
{
	arena_free(&arena);
}

TestSuite(unit_name, .fini = release);

static void becomes(const char *asked, const char *id, bool rootless, const char *slice,
		    const char *path)
{
	struct cg_unit unit = { 0 };

	cr_assert_eq(unit_plan_name(&unit, asked, id, rootless, &arena), 0, "%s: %s", asked,
		     last_fault()->what);
	cr_expect_str_eq(unit.slice, slice);
	cr_expect_str_eq(unit_path(&unit, &arena), path);
	cr_expect_str_eq(unit.name, strrchr(path, '/') + 1 + (strrchr(path, '/')[1] == '_'));
}

Test(unit_name, the_three_parts_are_the_place)
{
	becomes("machine.slice:libpod:abc", "x", false, "machine.slice",
		"/machine.slice/libpod-abc.scope");
	becomes("kubepods-burstable-podA_b.slice:cri-containerd:1f", "x", false,
		"kubepods-burstable-podA_b.slice",
		"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podA_b.slice/"
		"cri-containerd-1f.scope");
	becomes("-.slice:a:b", "x", false, "-.slice", "/a-b.scope");
}

/* Both runc 1.3.6 and crun 1.28 make a "-" of an empty prefix. */
Test(unit_name, an_empty_part_is_the_default)
{
	becomes(":docker:1", "x", false, "system.slice", "/system.slice/docker-1.scope");
	becomes(":docker:1", "x", true, "user.slice", "/user.slice/docker-1.scope");
	becomes("a.slice::1", "x", false, "a.slice", "/a.slice/-1.scope");
}

Test(unit_name, without_a_path_the_id_is_the_name)
{
	becomes(NULL, "web", false, "system.slice", "/system.slice/caisson-web.scope");
	becomes("", "web", true, "user.slice", "/user.slice/caisson-web.scope");
	becomes(NULL, "a+b", false, "system.slice", "/system.slice/caisson-a\\x2bb.scope");
}

/* systemd's own escape: it must not look like a file of the kernel's. */
Test(unit_name, a_directory_that_looks_like_a_file_is_escaped)
{
	becomes("memory.slice:a:b", "x", false, "memory.slice", "/_memory.slice/a-b.scope");
	becomes("a.slice:_x:b", "x", false, "a.slice", "/a.slice/__x-b.scope");
}

static void refuses(const char *asked, int error, const char *words)
{
	struct cg_unit unit = { 0 };

	cr_expect_eq(unit_plan_name(&unit, asked, "x", false, &arena), -error, "%s", asked);
	cr_expect_str_eq(last_fault()->what, words);
	cr_expect_str_eq(last_fault()->path, "linux.cgroupsPath");
}

Test(unit_name, another_form_is_refused_in_runcs_words)
{
	refuses("web", EINVAL,
		"expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got "
		"\"web\" instead");
	refuses("/a/b", EINVAL,
		"expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got "
		"\"/a/b\" instead");
	refuses("a:b:c:d", EINVAL,
		"expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got "
		"\"a:b:c:d\" instead");
}

Test(unit_name, what_systemd_would_refuse_is_refused_before)
{
	char longer[300] = "a.slice:b:";

	refuses("a.slice:b:", EINVAL, "\"a.slice:b:\" leaves no name for the container's unit");
	refuses("a:b:c", EINVAL, "\"a\" is not the name of a slice, such as \"machine.slice\"");
	refuses("-:b:c", EINVAL, "\"-\" is not the name of a slice, such as \"machine.slice\"");
	refuses(".slice:b:c", EINVAL,
		"\".slice\" is not the name of a slice, such as \"machine.slice\"");
	refuses("a/b.slice:b:c", EINVAL,
		"\"a/b.slice\" is not the name of a slice, such as \"machine.slice\"");
	refuses("a--b.slice:b:c", EINVAL,
		"\"a--b.slice\" is not the name of a slice: a part of it, between two \"-\", is "
		"empty");
	refuses("-a.slice:b:c", EINVAL,
		"\"-a.slice\" is not the name of a slice: a part of it, between two \"-\", is empty");
	refuses("a.slice:b:c d", EINVAL,
		"\" \" may not be in the name of a systemd unit: b-c d.scope");
	refuses("a.slice:b:../c", EINVAL,
		"\"/\" may not be in the name of a systemd unit: b-../c.scope");
	refuses("a.slice:b:c.slice", EINVAL,
		"\"a.slice:b:c.slice\" asks for a slice, which has no processes of its own: a "
		"container needs a scope");
	memset(longer + 10, 'c', 260);
	cr_expect_eq(unit_plan_name(&(struct cg_unit){ 0 }, longer, "x", false, &arena),
		     -ENAMETOOLONG);
}
