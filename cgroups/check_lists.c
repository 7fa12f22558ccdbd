/* check_lists.c -- what is wrong with an element of a list in linux.resources.
 *
 * A name becomes a word of a line, or a part of a file's name: it must not become more. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/knobs.h"
#include "runtime/base/fault.h"

static bool is_one_word(const char *name)
{
	if (!*name)
		return false;
	for (; *name; name++) {
		if (isspace((unsigned char)*name) || *name == '/')
			return false;
	}
	return true;
}

static int check_weight(const struct maybe_u32 *weight, size_t index, const char *member)
{
	if (!weight->given || !weight->value || (weight->value >= 10 && weight->value <= 1000))
		return 0;
	return blame(refuse_range(weight->value, NULL, 10, 1000, ""),
		     "linux.resources.blockIO.weightDevice[%zu].%s", index, member);
}

static int check_weights(const struct spec_weight_devices *devices)
{
	int result = 0;

	for (size_t i = 0; i < devices->count && !result; i++) {
		result = check_weight(&devices->at[i].weight, i, "weight");
		if (!result)
			result = check_weight(&devices->at[i].leaf_weight, i, "leafWeight");
	}
	return result;
}

/* "2MB", "64KB", "1GB": as the names of the kernel's files. In KiB; 0: no such size. */
static uint64_t page_size(const char *text)
{
	static const char units[] = "KMG";
	size_t digits = strspn(text, "0123456789");
	const char *unit = text[digits] ? strchr(units, text[digits]) : NULL;

	if (!digits || digits > 7 || !unit || strcmp(text + digits + 1, "B") != 0)
		return 0;
	return strtoull(text, NULL, 10) << 10 * (unit - units);
}

/* A host whose sysfs is out of sight may have it all the same: the cgroup's files will tell. */
static bool is_known_absent(uint64_t kib)
{
	static const char all[] = "/sys/kernel/mm/hugepages";
	char one[64];

	snprintf(one, sizeof one, "%s/hugepages-%" PRIu64 "kB", all, kib);
	return access(one, F_OK) < 0 && access(all, F_OK) == 0;
}

static int check_huge_pages(const struct spec_hugepage_limits *limits)
{
	for (size_t i = 0; i < limits->count; i++) {
		const char *size = limits->at[i].page_size;
		uint64_t kib = page_size(size);
		int result = 0;

		if (!kib)
			result = refuse(EINVAL, "expected a size such as \"2MB\", got \"%s\"", size);
		else if (is_known_absent(kib))
			result = advise(refuse(ENOTSUP, "this host has no huge pages of %s", size),
					"see /sys/kernel/mm/hugepages");
		if (result)
			return blame(result, "linux.resources.hugepageLimits[%zu].pageSize", i);
	}
	return 0;
}

static int check_priorities(const struct spec_net_priorities *priorities)
{
	for (size_t i = 0; i < priorities->count; i++) {
		const char *name = priorities->at[i].name;

		if (!is_one_word(name) || strlen(name) >= IFNAMSIZ)
			return blame(refuse(EINVAL, "\"%s\" is not the name of an interface", name),
				     "linux.resources.network.priorities[%zu].name", i);
	}
	return 0;
}

static int check_count(const struct maybe_u32 *count, const char *device, const char *member)
{
	if (!count->given || count->value <= INT32_MAX)
		return 0;
	return blame(refuse_range(count->value, NULL, 0, INT32_MAX, ""),
		     "linux.resources.rdma[\"%s\"].%s", device, member);
}

static int check_rdma(const struct spec_rdmas *rdma)
{
	int result = 0;

	for (size_t i = 0; i < rdma->count && !result; i++) {
		const struct spec_rdma *one = &rdma->at[i];

		if (!is_one_word(one->device) || strlen(one->device) > 64)
			return blame(refuse(EINVAL, "\"%s\" is not the name of a device",
					    one->device),
				     "linux.resources.rdma");
		result = check_count(&one->hca_handles, one->device, "hcaHandles");
		if (!result)
			result = check_count(&one->hca_objects, one->device, "hcaObjects");
	}
	return result;
}

int cg_check_lists(const struct spec_resources *asked)
{
	int result = check_weights(&asked->block_io.weight_device);

	if (!result)
		result = check_huge_pages(&asked->hugepage_limits);
	if (!result)
		result = check_priorities(&asked->network.priorities);
	return result ? result : check_rdma(&asked->rdma);
}
