/* rules_resources.c -- rules for linux.resources (config-linux.md, "Control groups").
 *
 * What a limit becomes on this host, and whether it can be set at all, cgroups/ decides. */
#include <stdlib.h>
#include <string.h>

#include "specs/rules.h"

static int check_devices(const struct spec_resources *resources, const char *path)
{
	for (size_t i = 0; i < resources->devices.count; i++) {
		const char *access = resources->devices.at[i].access;

		if (access && access[strspn(access, "rwm")])
			return broken(
				at("%sdevices[%zu].access", path, i),
				"expected letters of r (read), w (write) and m (mknod), got %s",
				shown(access));
	}
	return 0;
}

static int check_memory(const struct spec_resources *resources, const char *path)
{
	const struct spec_memory *memory = &resources->memory;

	if (memory->limit.value > 0 && memory->swap.value > 0 &&
	    memory->swap.value < memory->limit.value)
		return broken(at("%smemory.swap", path),
			      "counts memory and swap together, so expected at least memory.limit, "
			      "%lld, got %lld",
			      (long long)memory->limit.value, (long long)memory->swap.value);
	/* -1, as an unsigned number: how dockerd says "not set". */
	if (memory->swappiness.value > 100 && memory->swappiness.value != UINT64_MAX)
		return broken(at("%smemory.swappiness", path),
			      "expected an integer from 0 to 100, got %llu",
			      (unsigned long long)memory->swappiness.value);
	return 0;
}

static int check_cpu(const struct spec_resources *resources, const char *path)
{
	const struct spec_cpu *cpu = &resources->cpu;

	if (cpu->quota.value > 0 && cpu->burst.value > (uint64_t)cpu->quota.value)
		return broken(at("%scpu.burst", path), "expected at most the quota, %lld, got %llu",
			      (long long)cpu->quota.value, (unsigned long long)cpu->burst.value);
	return 0;
}

static int check_block_io(const struct spec_resources *resources, const char *path)
{
	const struct spec_weight_devices *devices = &resources->block_io.weight_device;

	for (size_t i = 0; i < devices->count; i++) {
		if (!devices->at[i].weight.given && !devices->at[i].leaf_weight.given)
			return broken(at("%sblockIO.weightDevice[%zu]", path, i),
				      "weight or leafWeight is required");
	}
	return 0;
}

/* "2MB": a number without leading zero, a binary prefix, "B". */
static bool is_page_size(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits && digits < 10 && *text != '0' && text[digits] &&
	       strchr("KMG", text[digits]) && !strcmp(text + digits + 1, "B");
}

static int check_huge_pages(const struct spec_resources *resources, const char *path)
{
	const struct spec_hugepage_limits *limits = &resources->hugepage_limits;

	for (size_t i = 0; i < limits->count; i++) {
		if (!is_page_size(limits->at[i].page_size))
			return broken(at("%shugepageLimits[%zu].pageSize", path, i),
				      "expected a size such as 64KB, 2MB or 1GB, got %s",
				      shown(limits->at[i].page_size));
	}
	return 0;
}

static int check_rdma(const struct spec_resources *resources, const char *path)
{
	for (size_t i = 0; i < resources->rdma.count; i++) {
		const struct spec_rdma *rdma = &resources->rdma.at[i];

		if (!rdma->hca_handles.given && !rdma->hca_objects.given)
			return broken(at("%srdma.%s", path, rdma->device),
				      "hcaHandles or hcaObjects is required");
	}
	return 0;
}

/* A key is the name of a file in the container's cgroup, and must not become a path to another. */
static int check_unified(const struct spec_resources *resources, const char *path)
{
	for (size_t i = 0; i < resources->unified.count; i++) {
		const char *key = resources->unified.at[i].key;

		if (!*key || *key == '.' || strchr(key, '/'))
			return broken(at("%sunified", path),
				      "expected names of cgroup files such as memory.high, got %s",
				      shown(key));
	}
	return 0;
}

int rules_resources(const struct spec_resources *resources, const char *path)
{
	static int (*const checks[])(const struct spec_resources *, const char *) = {
		check_devices,	  check_memory, check_cpu,     check_block_io,
		check_huge_pages, check_rdma,	check_unified,
	};

	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		int result = checks[i](resources, path);

		if (result < 0)
			return result;
	}
	return 0;
}
