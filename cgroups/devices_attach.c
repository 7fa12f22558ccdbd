/* devices_attach.c -- the program of the device rules, loaded and put in its place.
 *
 * BPF_F_ALLOW_MULTI leaves room for programs above, below and beside: all of them must say yes. So
 * a second one of ours would not replace the first but be one more that has to agree, and the rules
 * could only become stricter. BPF_F_REPLACE (Linux 5.6) puts one in the place of another in one
 * step: there is no moment without a program, and none with both.
 *
 * What is in the way: an older program of ours, or in a cgroup that was there before us, one that a
 * former owner left. systemd's own is let alone: it puts it back at every reload.
 *
 * No RLIMIT_MEMLOCK games: since 5.11 the memory of a program is charged to a cgroup.
 *
 * Does not write the program: devices_bpf.c. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroups/devices.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"

static const char our_name[] = "devices";      /* BPF_OBJ_NAME_LEN: 15 letters */
static const char systemds_name[] = "sd_devices";

/* Programs attached to one cgroup: BPF_CGROUP_MAX_PROGS. */
enum { programs_at_most = 64 };
struct attached {
	uint32_t id[programs_at_most];
	uint32_t count, flags;
};

static int bpf(int command, union bpf_attr *attributes)
{
	return (int)syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

static int load(const struct bpf_code *code)
{
	union bpf_attr attributes;
	int fd;

	memset(&attributes, 0, sizeof attributes);
	attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attributes.insns = (uintptr_t)code->at;
	attributes.insn_cnt = (uint32_t)code->count;
	attributes.license = (uintptr_t) "Apache-2.0";
	memcpy(attributes.prog_name, our_name, sizeof our_name);
	/* EAGAIN: a signal came while the verifier worked; bounded, as that is its answer too when
	 * memory is short. */
	for (unsigned tries = 0; tries < 10; tries++) {
		fd = bpf(BPF_PROG_LOAD, &attributes);
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return fd < 0 ? -errno : fd;
}

static int attach(int dir, int program, uint32_t flags, int instead_of)
{
	union bpf_attr attributes;

	memset(&attributes, 0, sizeof attributes);
	attributes.target_fd = (uint32_t)dir;
	attributes.attach_bpf_fd = (uint32_t)program;
	attributes.attach_type = BPF_CGROUP_DEVICE;
	attributes.attach_flags = flags;
	if (instead_of >= 0) {
		attributes.attach_flags |= BPF_F_REPLACE;
		attributes.replace_bpf_fd = (uint32_t)instead_of;
	}
	return bpf(BPF_PROG_ATTACH, &attributes) < 0 ? -errno : 0;
}

static void detach(int dir, int program)
{
	union bpf_attr attributes;

	memset(&attributes, 0, sizeof attributes);
	attributes.target_fd = (uint32_t)dir;
	attributes.attach_bpf_fd = (uint32_t)program;
	attributes.attach_type = BPF_CGROUP_DEVICE;
	bpf(BPF_PROG_DETACH, &attributes);
}

/* Those of this very cgroup, not those above. */
static int query(int dir, struct attached *attached)
{
	union bpf_attr attributes;

	memset(&attributes, 0, sizeof attributes);
	attributes.query.target_fd = (uint32_t)dir;
	attributes.query.attach_type = BPF_CGROUP_DEVICE;
	attributes.query.prog_ids = (uintptr_t)attached->id;
	attributes.query.prog_cnt = programs_at_most;
	if (bpf(BPF_PROG_QUERY, &attributes) < 0)
		return -errno;
	attached->count = attributes.query.prog_cnt;
	attached->flags = attributes.query.attach_flags;
	return 0;
}

/* Opens a program and tells its name. */
static int open_program(uint32_t id, char name[BPF_OBJ_NAME_LEN])
{
	union bpf_attr attributes;
	struct bpf_prog_info info = { 0 };

	memset(&attributes, 0, sizeof attributes);
	attributes.prog_id = id;
	autoclose int fd = bpf(BPF_PROG_GET_FD_BY_ID, &attributes);
	if (fd < 0)
		return -errno;
	memset(&attributes, 0, sizeof attributes);
	attributes.info.bpf_fd = (uint32_t)fd;
	attributes.info.info_len = sizeof info;
	attributes.info.info = (uintptr_t)&info;
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attributes) < 0)
		return -errno;
	memcpy(name, info.name, BPF_OBJ_NAME_LEN);
	return take(&fd);
}

/* What our program takes the place of: our own, or, where there is none of ours, all but
 * systemd's. */
static void keep_candidates(struct attached *attached)
{
	struct attached ours = { .flags = attached->flags }, others = ours;

	for (uint32_t i = 0; i < attached->count; i++) {
		char name[BPF_OBJ_NAME_LEN] = "";
		autoclose int fd = open_program(attached->id[i], name);

		if (fd < 0 || !strcmp(name, systemds_name))
			continue;
		if (!strcmp(name, our_name))
			ours.id[ours.count++] = attached->id[i];
		others.id[others.count++] = attached->id[i];
	}
	*attached = ours.count ? ours : others;
}

/* The newest of them is replaced; what is older goes afterwards. One that is held by a link
 * (BPF_LINK_CREATE) is neither replaced nor detached: ENOENT. */
static int replace(int dir, int program, const struct attached *attached)
{
	int result = -ENOENT;
	uint32_t i = attached->count;
	char name[BPF_OBJ_NAME_LEN];

	while (result == -ENOENT && i-- > 0) {
		autoclose int old = open_program(attached->id[i], name);

		if (old >= 0)
			result = attach(dir, program, attached->flags, old);
	}
	if (result == -ENOENT)
		return attach(dir, program, BPF_F_ALLOW_MULTI, -1);
	while (!result && i-- > 0) {
		autoclose int old = open_program(attached->id[i], name);

		if (old >= 0)
			detach(dir, old);
	}
	return result;
}

static int put(int dir, int program, bool may_be_old)
{
	struct attached attached = { 0 };
	int result = may_be_old ? query(dir, &attached) : 0;

	if (result)
		return result;
	/* Without that flag there is room for one, which the next takes. */
	if (attached.count && !(attached.flags & BPF_F_ALLOW_MULTI))
		return attach(dir, program, attached.flags, -1);
	keep_candidates(&attached);
	return replace(dir, program, &attached);
}

int cg_devices_bpf(struct cgroup *cgroup, struct cg_hierarchy *hierarchy,
		   const struct device_rules *rules, bool may_be_old)
{
	struct bpf_code code = cg_devices_program(rules, cgroup->arena);
	autoclose int program = load(&code);
	int result;

	if (program < 0)
		return advise(fail(program, "load the device rules as a BPF program"),
			      "needs CAP_BPF (CAP_SYS_ADMIN before 5.8) and CONFIG_CGROUP_BPF");
	result = put(hierarchy->fd, program, may_be_old);
	return result ? fail(result, "attach the device rules to cgroup %s%s", hierarchy->mount,
			     hierarchy->path) :
			0;
}
