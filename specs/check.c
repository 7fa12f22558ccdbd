/* check.c -- rules that hold between several fields of config.json, as a list.
 *
 * What one field alone must be (its type, its range, its words) stands in its row (config.c,
 * process.c, ...); a rule is for what a row cannot say. The first rule broken speaks. */
#include "specs/check.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/fault.h"
#include "specs/rules.h"
#include "specs/write.h"

/* One number of a version: digits without a leading zero. */
static const char *skip_digits(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits && (digits == 1 || *text != '0') ? text + digits : NULL;
}

/* "-rc.1", "+build.5": identifiers between dots. */
static const char *skip_identifiers(const char *text)
{
	do {
		size_t length = 0;

		text++;
		while (isalnum((unsigned char)text[length]) || text[length] == '-')
			length++;
		if (!length)
			return NULL;
		text += length;
	} while (*text == '.');
	return text;
}

/* SemVer v2.0.0, section 2, 9 and 10. */
static bool is_version(const char *text)
{
	for (int part = 0; part < 3; part++) {
		if (part && *text++ != '.')
			return false;
		text = skip_digits(text);
		if (!text)
			return false;
	}
	if (*text == '-')
		text = skip_identifiers(text);
	if (text && *text == '+')
		text = skip_identifiers(text);
	return text && !*text;
}

static int rule_version(const struct spec *spec)
{
	if (!is_version(spec->oci_version))
		return broken("ociVersion", "expected a version such as " SPEC_VERSION ", got %s",
			      shown(spec->oci_version));
	if (strncmp(spec->oci_version, "1.", 2))
		return broken("ociVersion",
			      "%s is not supported; caisson implements 1.0.0 to " SPEC_VERSION,
			      shown(spec->oci_version));
	return 0;
}

static int rule_process(const struct spec *spec)
{
	return spec->process ? rules_process(spec->process, "process.") : 0;
}

static int rule_resources(const struct spec *spec)
{
	return rules_resources(&spec->linux.resources, "linux.resources.");
}

static int check_hooks(const struct spec_hook_list *hooks, const char *name)
{
	for (size_t i = 0; i < hooks->count; i++) {
		if (*hooks->at[i].path != '/')
			return broken(at("hooks.%s[%zu].path", name, i),
				      "expected an absolute path, got %s",
				      shown(hooks->at[i].path));
	}
	return 0;
}

static int rule_hooks(const struct spec *spec)
{
	const struct spec_hooks *hooks = &spec->hooks;
	const struct {
		const struct spec_hook_list *list;
		const char *name;
	} all[] = {
		{ &hooks->prestart, "prestart" },
		{ &hooks->create_runtime, "createRuntime" },
		{ &hooks->create_container, "createContainer" },
		{ &hooks->start_container, "startContainer" },
		{ &hooks->poststart, "poststart" },
		{ &hooks->poststop, "poststop" },
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		int result = check_hooks(all[i].list, all[i].name);

		if (result < 0)
			return result;
	}
	return 0;
}

static int rule_annotations(const struct spec *spec)
{
	for (size_t i = 0; i < spec->annotations.count; i++) {
		if (!*spec->annotations.at[i].key)
			return broken("annotations", "a key must not be empty");
	}
	return 0;
}

static int rule_vm(const struct spec *spec)
{
	if (spec->has_vm)
		warn("vm: this runtime starts no virtual machine; the isolation asked for is not "
		     "given");
	return 0;
}

const struct spec_rule spec_rules[] = {
	{ "version", "config.md, Specification version: SemVer, major 1", rule_version },
	{ "root", "config.md, Root: required", rule_root },
	{ "process", "config.md, Process: cwd, args, env, rlimits, scheduler", rule_process },
	{ "destinations", "config.md, Mounts: relative paths are deprecated", rule_destinations },
	{ "bind sources", "mount(2), MS_BIND: source", rule_bind_sources },
	{ "mount mappings", "config.md, Mounts: both mappings or none", rule_mount_mappings },
	{ "hooks", "config.md, POSIX-platform Hooks: path is absolute", rule_hooks },
	{ "annotations", "config.md, Annotations: keys are not empty", rule_annotations },
	{ "namespaces", "config-linux.md, Namespaces: once each, absolute path", rule_namespaces },
	{ "host names", "config.md, Hostname: of a uts namespace", rule_uts_names },
	{ "user namespace", "config-linux.md, User namespace mappings", rule_user_namespace },
	{ "time offsets", "config-linux.md, Offset for Time Namespace", rule_time_offsets },
	{ "devices", "config-linux.md, Devices: path, major and minor", rule_devices },
	{ "network devices", "config-linux.md, Network Devices: names", rule_net_devices },
	{ "cgroups path", "config-linux.md, Cgroups Path: stays in the tree", rule_cgroups_path },
	{ "resources", "config-linux.md, Control groups", rule_resources },
	{ "hidden paths", "config-linux.md, Masked Paths: absolute", rule_hidden_paths },
	{ "seccomp errno", "config-linux.md, Seccomp: errnoRet", rule_seccomp_errno },
	{ "seccomp names", "config-linux.md, Seccomp: names", rule_seccomp_names },
	{ "seccomp listener", "config-linux.md, Seccomp: listenerPath", rule_seccomp_listener },
	{ "Intel RDT", "config-linux.md, IntelRdt: closID, schemata", rule_intel_rdt },
	{ "memory policy", "config-linux.md, Memory policy; set_mempolicy(2)", rule_memory_policy },
	{ "personality", "config-linux.md, Personality: no flags are defined", rule_personality },
	{ "vm", "config.md, Platform-specific configuration", rule_vm },
	{ NULL, NULL, NULL },
};

int spec_check(const struct spec *spec)
{
	for (const struct spec_rule *rule = spec_rules; rule->name; rule++) {
		int result = rule->test(spec);

		if (result < 0)
			return result;
	}
	return 0;
}

int spec_check_process(const struct spec_process *process)
{
	return rules_process(process, "");
}

int spec_check_resources(const struct spec_resources *resources)
{
	return rules_resources(resources, "");
}
