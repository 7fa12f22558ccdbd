/* unit_annotations.c -- annotations org.systemd.property.NAME: properties of the container's unit.
 *
 * config.json is not always written by whoever may talk to systemd: Kubernetes lets users of pods
 * set annotations. So the list below is of what a scope may be given; what would break out of it,
 * pull in other units or undo a limit's meaning is refused by name, the rest as unknown. A row's
 * type is systemd's (its D-Bus interface), so that a wrong value is found here and not half-way.
 *
 * A name that ends in Sec is the same in seconds: TimeoutStopSec "1.5" is TimeoutStopUSec 1500000,
 * as systemd's own files have it and runc allows.
 *
 * Does not parse values: gvariant.c. */
#include <errno.h>
#include <string.h>

#include "cgroups/unit.h"
#include "runtime/base/fault.h"
#include "runtime/base/words.h"
#include "specs/annotations.h"

static const char prefix[] = ANNOTATION_UNIT_PROPERTY;
enum { microseconds = 1000000 };

enum kind { A_BOOL, A_STRING, A_STRINGS, A_BYTES, AN_INT, AN_UNSIGNED, A_NUMBER };
static const char *const type_of_kind[] = {
	[A_BOOL] = "b", [A_STRING] = "s",    [A_STRINGS] = "as", [A_BYTES] = "ay",
	[AN_INT] = "i", [AN_UNSIGNED] = "u", [A_NUMBER] = "t",
};

static const struct word allowed[] = {
	/* systemd.unit(5) */
	{ "After", A_STRINGS },
	{ "Before", A_STRINGS },
	{ "CollectMode", A_STRING },
	{ "DefaultDependencies", A_BOOL },
	{ "Description", A_STRING },
	{ "Documentation", A_STRINGS },
	{ "IgnoreOnIsolate", A_BOOL },
	{ "JobRunningTimeoutUSec", A_NUMBER },
	{ "JobTimeoutUSec", A_NUMBER },
	{ "RefuseManualStart", A_BOOL },
	/* systemd.scope(5), systemd.kill(5) */
	{ "FinalKillSignal", AN_INT },
	{ "KillMode", A_STRING },
	{ "KillSignal", AN_INT },
	{ "OOMPolicy", A_STRING },
	{ "RestartKillSignal", AN_INT },
	{ "RuntimeMaxUSec", A_NUMBER },
	{ "RuntimeRandomizedExtraUSec", A_NUMBER },
	{ "SendSIGHUP", A_BOOL },
	{ "SendSIGKILL", A_BOOL },
	{ "TimeoutStopUSec", A_NUMBER },
	{ "WatchdogSignal", AN_INT },
	/* systemd.resource-control(5) */
	{ "AllowedCPUs", A_BYTES },
	{ "AllowedMemoryNodes", A_BYTES },
	{ "BlockIOAccounting", A_BOOL },
	{ "BlockIOWeight", A_NUMBER },
	{ "CPUAccounting", A_BOOL },
	{ "CPUQuotaPerSecUSec", A_NUMBER },
	{ "CPUQuotaPeriodUSec", A_NUMBER },
	{ "CPUShares", A_NUMBER },
	{ "CPUWeight", A_NUMBER },
	{ "DefaultMemoryLow", A_NUMBER },
	{ "DefaultMemoryMin", A_NUMBER },
	{ "IOAccounting", A_BOOL },
	{ "IOWeight", A_NUMBER },
	{ "IPAccounting", A_BOOL },
	{ "ManagedOOMMemoryPressure", A_STRING },
	{ "ManagedOOMMemoryPressureLimit", AN_UNSIGNED },
	{ "ManagedOOMPreference", A_STRING },
	{ "ManagedOOMSwap", A_STRING },
	{ "MemoryAccounting", A_BOOL },
	{ "MemoryHigh", A_NUMBER },
	{ "MemoryLimit", A_NUMBER },
	{ "MemoryLow", A_NUMBER },
	{ "MemoryMax", A_NUMBER },
	{ "MemoryMin", A_NUMBER },
	{ "MemorySwapMax", A_NUMBER },
	{ "MemoryZSwapMax", A_NUMBER },
	{ "StartupBlockIOWeight", A_NUMBER },
	{ "StartupCPUShares", A_NUMBER },
	{ "StartupCPUWeight", A_NUMBER },
	{ "StartupIOWeight", A_NUMBER },
	{ "TasksAccounting", A_BOOL },
	{ "TasksMax", A_NUMBER },
	{ 0 },
};

static const struct {
	const char *name, *why;
} dangerous[] = {
	{ "PIDs", "it puts other processes into the container's scope" },
	{ "Slice", "linux.cgroupsPath says which slice it is" },
	{ "Delegate", "the container's cgroup is always delegated" },
	{ "DelegateControllers", "the container's cgroup is always delegated" },
	{ "DisableControllers", "limits would have no effect" },
	{ "Controller", "it hands the scope to somebody else" },
	{ "DevicePolicy", "linux.resources.devices says which devices there are" },
	{ "DeviceAllow", "linux.resources.devices says which devices there are" },
	{ "BPFProgram", "it runs a program of somebody else's in the kernel" },
	{ "IPIngressFilterPath", "it runs a program of somebody else's in the kernel" },
	{ "IPEgressFilterPath", "it runs a program of somebody else's in the kernel" },
	{ "User", "the scope would belong to another user" },
	{ "Group", "the scope would belong to another user" },
	{ "Wants", "it starts other units" },
	{ "Requires", "it starts other units" },
	{ "Requisite", "it ties the container to other units" },
	{ "BindsTo", "it starts other units" },
	{ "PartOf", "it ties the container to other units" },
	{ "Upholds", "it starts other units" },
	{ "Conflicts", "it stops other units" },
	{ "RequiresMountsFor", "it starts other units" },
	{ "WantsMountsFor", "it starts other units" },
	{ "JoinsNamespaceOf", "it ties the container to other units" },
	{ "PropagatesReloadTo", "it reaches other units" },
	{ "PropagatesStopTo", "it stops other units" },
	{ "StopPropagatedFrom", "it ties the container to other units" },
	{ "OnFailure", "it starts other units" },
	{ "OnSuccess", "it starts other units" },
	{ "SuccessAction", "it can shut the host down" },
	{ "FailureAction", "it can shut the host down" },
	{ "JobTimeoutAction", "it can shut the host down" },
	{ "JobTimeoutRebootArgument", "it can shut the host down" },
	{ "StartLimitAction", "it can shut the host down" },
	{ "RebootArgument", "it can shut the host down" },
};

static int refuse_name(const char *name)
{
	const char *nearest = word_nearest(allowed, name);

	for (size_t i = 0; i < sizeof dangerous / sizeof *dangerous; i++) {
		if (!strcmp(name, dangerous[i].name))
			return refuse(EPERM, "the property %s is not for a container to set: %s",
				      name, dangerous[i].why);
	}
	return advise(refuse(EINVAL, "systemd's property %s is not known here", name),
		      nearest ? "did you mean %s?" : "see systemd.scope(5) and "
						     "systemd.resource-control(5)",
		      nearest);
}

/* "TimeoutStopSec", but not "TimeoutStopUSec" (nor a name that is only "Sec"). */
static bool is_in_seconds(const char *name)
{
	size_t length = strlen(name);

	return length > 3 && !strcmp(name + length - 3, "Sec") && name[length - 4] >= 'a' &&
	       name[length - 4] <= 'z';
}

static int add_annotation(struct unit_properties *list, const char *given, const char *value,
			  struct arena *arena)
{
	bool seconds = is_in_seconds(given);
	char *name = seconds ? arena_format(arena, "%.*sUSec", (int)strlen(given) - 3, given) :
			       arena_copy(arena, given);
	struct strings values;
	int64_t kind;
	int result;

	if (!word_value(allowed, name, &kind))
		return refuse_name(name);
	result = gvariant_parse(value, type_of_kind[kind], seconds ? microseconds : 1, &values,
				arena);
	if (!result)
		unit_add(list, arena, name, type_of_kind[kind], values);
	return result;
}

int unit_annotations(struct unit_properties *list, const struct pairs *annotations,
		     struct arena *arena)
{
	for (size_t i = 0; annotations && i < annotations->count; i++) {
		const struct pair *pair = &annotations->at[i];
		int result;

		if (strncmp(pair->key, prefix, sizeof prefix - 1) != 0)
			continue;
		result = add_annotation(list, pair->key + sizeof prefix - 1, pair->value, arena);
		if (result)
			return blame(result, "annotations[\"%s\"]", pair->key);
	}
	return 0;
}
