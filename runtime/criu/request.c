/* request.c -- what we ask of criu, as bytes. The numbers are those of criu's images/rpc.proto. */
#include "runtime/criu/criu.h"
#include "runtime/criu/wire.h"

enum { /* criu_req */
	REQ_TYPE = 1, REQ_OPTS = 2, REQ_NOTIFY_SUCCESS = 3, REQ_KEEP_OPEN = 4, REQ_FEATURES = 5,
};
enum { TYPE_NOTIFY = 6, TYPE_FEATURE_CHECK = 9, TYPE_VERSION = 10 };

/* criu_opts */
enum {
	OPT_IMAGES_DIR_FD = 1, OPT_PID = 2, OPT_LOG_LEVEL = 9, OPT_PAGE_SERVER = 11,
	OPT_NOTIFY_SCRIPTS = 12, OPT_WORK_DIR_FD = 17, OPT_EXT_MNT = 23, OPT_MANAGE_CGROUPS = 24,
	OPT_CG_ROOT = 25, OPT_INHERIT_FD = 27, OPT_MANAGE_CGROUPS_MODE = 34, OPT_EXTERNAL = 37,
	OPT_EMPTY_NS = 38, OPT_JOIN_NS = 39, OPT_NETWORK_LOCK = 64,
};

enum { log_level_debug = 4 };

#define AT(member) offsetof(struct criu_options, member)

struct option {
	unsigned field;
	size_t offset;
};

static const struct option flags[] = {
	{ 3, AT(leave_running) },   { 4, AT(ext_unix_sk) },	   { 5, AT(tcp_established) },
	{ 6, AT(evasive_devices) }, { 7, AT(shell_job) },	   { 8, AT(file_locks) },
	{ 15, AT(track_mem) },	    { 16, AT(auto_dedup) },	   { 18, AT(link_remap) },
	{ 26, AT(rst_sibling) },    { 29, AT(ext_sharing) },	   { 30, AT(ext_masters) },
	{ 46, AT(tcp_skip_in_flight) }, { 48, AT(lazy_pages) },   { 50, AT(orphan_pts_master) },
	{ 52, AT(tcp_close) },
};

static const struct option texts[] = {
	{ 10, AT(log_file) },	    { 13, AT(root) },	     { 14, AT(parent) },
	{ 44, AT(freeze_cgroup) },  { 51, AT(config_file) }, { 53, AT(lsm_profile) },
	{ 60, AT(cgroup_yard) },    { 63, AT(lsm_mount_context) },
};

void criu_pairs_room(struct criu_pairs *pairs, size_t most, struct arena *arena)
{
	*pairs = (struct criu_pairs){ arena_array(arena, most + 1, sizeof *pairs->at), 0 };
}

void criu_pairs_add(struct criu_pairs *pairs, const char *key, const char *value)
{
	pairs->at[pairs->count++] = (struct criu_pair){ key, value };
}

/* ext_mnt, cg_root and join_ns: each a message of two texts, numbered 1 and 2. */
static void write_pairs(struct wire *opts, unsigned field, const struct criu_pairs *pairs)
{
	for (size_t i = 0; i < pairs->count; i++) {
		struct wire pair = { .arena = opts->arena };

		wire_text(&pair, 1, pairs->at[i].key);
		wire_text(&pair, 2, pairs->at[i].value);
		wire_message(opts, field, &pair);
	}
}

static void write_inherited(struct wire *opts, const struct criu_options *options)
{
	for (size_t i = 0; i < options->inherits; i++) {
		struct wire inherit = { .arena = opts->arena };

		wire_text(&inherit, 1, options->inherit[i].key);
		wire_number(&inherit, 2, options->inherit[i].fd);
		wire_message(opts, OPT_INHERIT_FD, &inherit);
	}
}

static void write_page_server(struct wire *opts, const struct criu_options *options)
{
	struct wire server = { .arena = opts->arena };

	if (!options->page_server)
		return;
	wire_text(&server, 1, options->page_server);
	wire_number(&server, 2, options->page_server_port);
	wire_message(opts, OPT_PAGE_SERVER, &server);
}

static void write_options(struct wire *opts, const struct criu_options *options)
{
	const char *base = (const char *)options;

	wire_number(opts, OPT_IMAGES_DIR_FD, options->images);
	wire_number(opts, OPT_WORK_DIR_FD, options->work);
	if (options->pid)
		wire_number(opts, OPT_PID, options->pid);
	wire_number(opts, OPT_LOG_LEVEL, log_level_debug);
	wire_number(opts, OPT_NOTIFY_SCRIPTS, true);
	/* A flag alone for versions that know no modes. */
	wire_number(opts, OPT_MANAGE_CGROUPS, options->cgroups != CRIU_CGROUPS_IGNORE);
	wire_number(opts, OPT_MANAGE_CGROUPS_MODE, options->cgroups);
	if (options->network_lock)
		wire_number(opts, OPT_NETWORK_LOCK, options->network_lock);
	if (options->empty_ns)
		wire_number(opts, OPT_EMPTY_NS, options->empty_ns);
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		if (*(const bool *)(base + flags[i].offset))
			wire_number(opts, flags[i].field, true);
	}
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		wire_text(opts, texts[i].field, *(const char *const *)(base + texts[i].offset));
	for (size_t i = 0; i < options->external.count; i++)
		wire_text(opts, OPT_EXTERNAL, options->external.at[i]);
	write_pairs(opts, OPT_EXT_MNT, &options->mounts);
	write_pairs(opts, OPT_JOIN_NS, &options->join_ns);
	write_pairs(opts, OPT_CG_ROOT, &options->cg_root);
	write_inherited(opts, options);
	write_page_server(opts, options);
}

static struct criu_message message_of(const struct wire *wire)
{
	return (struct criu_message){ wire->bytes, wire->length };
}

struct criu_message criu_request(enum criu_task task, const struct criu_options *options,
				 struct arena *arena)
{
	struct wire request = { .arena = arena }, opts = { .arena = arena };

	write_options(&opts, options);
	wire_number(&request, REQ_TYPE, task);
	wire_message(&request, REQ_OPTS, &opts);
	return message_of(&request);
}

struct criu_message criu_answer(struct arena *arena)
{
	struct wire request = { .arena = arena };

	wire_number(&request, REQ_TYPE, TYPE_NOTIFY);
	wire_number(&request, REQ_NOTIFY_SUCCESS, true);
	return message_of(&request);
}

/* It is to stay for the request that follows. */
struct criu_message criu_version_request(struct arena *arena)
{
	struct wire request = { .arena = arena };

	wire_number(&request, REQ_TYPE, TYPE_VERSION);
	wire_number(&request, REQ_KEEP_OPEN, true);
	return message_of(&request);
}

struct criu_message criu_feature_request(enum criu_feature feature, struct arena *arena)
{
	struct wire request = { .arena = arena }, features = { .arena = arena };

	wire_number(&features, feature, true);
	wire_number(&request, REQ_TYPE, TYPE_FEATURE_CHECK);
	wire_number(&request, REQ_KEEP_OPEN, true);
	wire_message(&request, REQ_FEATURES, &features);
	return message_of(&request);
}
