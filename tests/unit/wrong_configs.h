/* wrong_configs.h -- wrong configs, and the whole sentence each of them gets.
 *
 * A row is a config and what is said about it. Equal keys are legal JSON and the last one counts,
 * so a row only states what is wrong on top of a config that is right. */
#define TOP(more)     "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"rootfs\"}," more "}"
#define PROCESS(more) TOP("\"process\":{\"cwd\":\"/\",\"args\":[\"sh\"]," more "}")
#define DEADLINE(more) PROCESS("\"scheduler\":{\"policy\":\"SCHED_DEADLINE\"," more "}")
#define LINUX(more)   TOP("\"linux\":{" more "}")
#define RESOURCES(m)  LINUX("\"resources\":{" m "}")
#define SECCOMP(more) LINUX("\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ERRNO\"," more "}")
#define MOUNT(more)   TOP("\"mounts\":[{\"destination\":\"/a\"," more "}]")
#define IN_USERNS     "\"namespaces\":[{\"type\":\"user\"}],"
#define ONE_MAP	      "[{\"containerID\":0,\"hostID\":1000,\"size\":1}]"

static const struct {
	const char *config, *message;
} wrong[] = {
	/* the text */
	{ "", "config.json: the file is empty" },
	{ " \n ", "config.json: the file is empty" },
	{ "{\n  \"ociVersion\": \"1.3.0\",\n}",
	  "config.json:3:1: string or '}' expected near '}'" },
	{ "{\"ociVersion\": \"1.3.0\"} trailing",
	  "config.json:1:32: end of file expected near 'trailing'" },
	{ "{\"ociVersion\": 'x'}", "config.json:1:16: invalid token near '''" },
	{ "{\"hostname\": \"a\\u0000b\"}",
	  "config.json:1:23: \\u0000 is not allowed without JSON_ALLOW_NUL near '\"a\\u0000b\"'" },
	{ "[]", "config.json: expected an object, got a list" },
	{ "7", "config.json:1:1: '[' or '{' expected near '7'" },

	/* ociVersion */
	{ "{}", "config.json: ociVersion: required, but missing" },
	{ "{\"ociVersion\":null}", "config.json: ociVersion: required, but missing" },
	{ "{\"ociVersion\":1.3}", "config.json: ociVersion: expected a string, got 1.3" },
	{ "{\"ociVersion\":\"\"}",
	  "config.json: ociVersion: expected a non-empty string, got \"\"" },
	{ TOP("\"ociVersion\":\"2.0.0\""), "config.json: ociVersion: \"2.0.0\" is not supported; "
					   "caisson implements 1.0.0 to 1.3.0" },
	{ TOP("\"ociVersion\":\"0.1.0\""), "config.json: ociVersion: \"0.1.0\" is not supported; "
					   "caisson implements 1.0.0 to 1.3.0" },
	{ TOP("\"ociVersion\":\"banana\""),
	  "config.json: ociVersion: expected a version such as 1.3.0, got \"banana\"" },
	{ TOP("\"ociVersion\":\"1.0\""),
	  "config.json: ociVersion: expected a version such as 1.3.0, got \"1.0\"" },
	{ TOP("\"ociVersion\":\"1.03.0\""),
	  "config.json: ociVersion: expected a version such as 1.3.0, got \"1.03.0\"" },
	{ TOP("\"ociVersion\":\"1.3.0-\""),
	  "config.json: ociVersion: expected a version such as 1.3.0, got \"1.3.0-\"" },

	/* root, names, hooks, annotations */
	{ "{\"ociVersion\":\"1.3.0\"}", "config.json: root: required, but missing" },
	{ TOP("\"root\":{}"), "config.json: root.path: required, but missing" },
	{ TOP("\"root\":{\"path\":\"\"}"),
	  "config.json: root.path: expected a non-empty string, got \"\"" },
	{ TOP("\"root\":\"rootfs\""), "config.json: root: expected an object, got \"rootfs\"" },
	{ TOP("\"root\":{\"path\":\"r\",\"readonly\":\"true\"}"),
	  "config.json: root.readonly: expected true or false, got \"true\"" },
	{ TOP("\"hostname\":\"box\""),
	  "config.json: hostname: needs a uts namespace, or it would be set on the host" },
	{ TOP("\"domainname\":\"net\""),
	  "config.json: domainname: needs a uts namespace, or it would be set on the host" },
	{ TOP("\"hostname\":\"1234567890123456789012345678901234567890123456789012345678901234x\","
	      "\"linux\":{\"namespaces\":[{\"type\":\"uts\"}]}"),
	  "config.json: hostname: expected at most 64 bytes, got 65" },
	{ TOP("\"hooks\":{\"poststop\":[{\"path\":\"bin/clean\"}]}"),
	  "config.json: hooks.poststop[0].path: expected an absolute path, got \"bin/clean\"" },
	{ TOP("\"hooks\":{\"createRuntime\":[{\"path\":\"/bin/x\",\"timeout\":0}]}"),
	  "config.json: hooks.createRuntime[0].timeout: expected an integer above 0, got 0" },
	{ TOP("\"hooks\":{\"prestart\":[{\"args\":[\"x\"]}]}"),
	  "config.json: hooks.prestart[0].path: required, but missing" },
	{ TOP("\"hooks\":{\"prestart\":{}}"),
	  "config.json: hooks.prestart: expected a list of objects, got an object" },
	{ TOP("\"annotations\":{\"a.b\":7}"),
	  "config.json: annotations.a.b: expected a string, got 7" },
	{ TOP("\"annotations\":{\"\":\"x\"}"),
	  "config.json: annotations: a key must not be empty" },
	{ TOP("\"annotations\":[]"),
	  "config.json: annotations: expected an object of strings, got a list" },

	/* mounts */
	{ TOP("\"mounts\":[{\"source\":\"/x\"}]"),
	  "config.json: mounts[0].destination: required, but missing" },
	{ TOP("\"mounts\":[{\"destination\":\"/a\"},{\"destination\":\"/b\",\"type\":7}]"),
	  "config.json: mounts[1].type: expected a string, got 7" },
	{ TOP("\"mounts\":[null]"), "config.json: mounts[0]: expected an object, got null" },
	{ MOUNT("\"options\":\"ro\""),
	  "config.json: mounts[0].options: expected a list of strings, got \"ro\"" },
	{ MOUNT("\"options\":[\"ro\",1]"),
	  "config.json: mounts[0].options[1]: expected a string, got 1" },
	{ MOUNT("\"options\":[\"rbind\"]"),
	  "config.json: mounts[0].source: a bind mount needs one" },
	{ MOUNT("\"uidMappings\":" ONE_MAP),
	  "config.json: mounts[0].uidMappings: gidMappings must be given too" },
	{ MOUNT("\"gidMappings\":" ONE_MAP),
	  "config.json: mounts[0].gidMappings: uidMappings must be given too" },
	{ MOUNT("\"source\":\"/x\",\"options\":[\"bind\",\"ridmap\"]"),
	  "config.json: mounts[0].options: idmap needs uidMappings and gidMappings here, or a user "
	  "namespace" },

	/* process */
	{ TOP("\"process\":{\"args\":[\"sh\"]}"),
	  "config.json: process.cwd: required, but missing" },
	{ TOP("\"process\":[]"), "config.json: process: expected an object, got a list" },
	{ PROCESS("\"cwd\":\"home\""),
	  "config.json: process.cwd: expected an absolute path, got \"home\"" },
	{ PROCESS("\"args\":[]"), "config.json: process.args: at least one entry is required" },
	{ PROCESS("\"args\":null"), "config.json: process.args: at least one entry is required" },
	{ PROCESS("\"args\":\"sh\""),
	  "config.json: process.args: expected a list of strings, got \"sh\"" },
	{ PROCESS("\"args\":[\"sh\",null]"),
	  "config.json: process.args[1]: expected a string, got null" },
	{ PROCESS("\"env\":[\"A=1\",\"PATH\"]"),
	  "config.json: process.env[1]: expected NAME=value, got \"PATH\"" },
	{ PROCESS("\"env\":[\"=1\"]"),
	  "config.json: process.env[0]: expected NAME=value, got \"=1\"" },
	{ PROCESS("\"user\":{\"uid\":-1,\"gid\":0}"),
	  "config.json: process.user.uid: expected an integer from 0 to 4294967294, got -1" },
	{ PROCESS("\"user\":{\"uid\":4294967295,\"gid\":0}"),
	  "config.json: process.user.uid: expected an integer from 0 to 4294967294, got "
	  "4294967295" },
	{ PROCESS("\"user\":{\"uid\":0,\"gid\":18446744073709551616}"),
	  "config.json: process.user.gid: expected an integer from 0 to 4294967294, "
	  "got 18446744073709551616" },
	{ PROCESS("\"user\":{\"uid\":\"root\"}"),
	  "config.json: process.user.uid: expected an integer, got \"root\"" },
	{ PROCESS("\"user\":{\"uid\":1.0}"),
	  "config.json: process.user.uid: expected an integer, got 1.0" },
	{ PROCESS("\"user\":{\"additionalGids\":[5,4294967295]}"),
	  "config.json: process.user.additionalGids[1]: expected an integer from 0 to 4294967294, "
	  "got 4294967295" },
	{ PROCESS("\"user\":{\"umask\":512}"),
	  "config.json: process.user.umask: expected an integer from 0 to 511, got 512" },
	{ PROCESS("\"terminal\":1"),
	  "config.json: process.terminal: expected true or false, got 1" },
	{ PROCESS("\"terminal\":true,\"consoleSize\":{\"height\":24}"),
	  "config.json: process.consoleSize.width: required, but missing" },
	{ PROCESS("\"terminal\":true,\"consoleSize\":{\"height\":70000,\"width\":80}"),
	  "config.json: process.consoleSize.height: expected at most 65535 (struct winsize), got "
	  "70000" },
	{ PROCESS("\"rlimits\":[{\"type\":\"RLIMIT_NOFIL\",\"hard\":1,\"soft\":1}]"),
	  "config.json: process.rlimits[0].type: unknown value \"RLIMIT_NOFIL\"; one of: "
	  "RLIMIT_AS, "
	  "RLIMIT_CORE, RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_LOCKS, RLIMIT_MEMLOCK, "
	  "RLIMIT_MSGQUEUE, RLIMIT_NICE, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_RSS, RLIMIT_RTPRIO, "
	  "RLIMIT_RTTIME, RLIMIT_SIGPENDING, RLIMIT_STACK (did you mean \"RLIMIT_NOFILE\"?)" },
	{ PROCESS("\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"hard\":1,\"soft\":2}]"),
	  "config.json: process.rlimits[0].soft: expected at most the hard limit, 1, got 2" },
	{ PROCESS("\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"hard\":1,\"soft\":1},"
		  "{\"type\":\"RLIMIT_CORE\",\"hard\":2,\"soft\":2}]"),
	  "config.json: process.rlimits[1].type: RLIMIT_CORE is limited by entry 0 already" },
	{ PROCESS("\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"soft\":2}]"),
	  "config.json: process.rlimits[0].hard: required, but missing" },
	{ PROCESS("\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"hard\":18446744073709551616,\"soft\":1}"
		  "]"),
	  "config.json: process.rlimits[0].hard: expected an integer from 0 to "
	  "18446744073709551615, got 18446744073709551616" },
	{ PROCESS("\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"hard\":-1,\"soft\":1}]"),
	  "config.json: process.rlimits[0].hard: expected an integer from 0 to "
	  "18446744073709551615, got -1" },
	{ PROCESS("\"oomScoreAdj\":1001"),
	  "config.json: process.oomScoreAdj: expected an integer from -1000 to 1000, got 1001" },
	{ PROCESS("\"capabilities\":{\"bounding\":\"ALL\"}"),
	  "config.json: process.capabilities.bounding: expected a list of strings, got \"ALL\"" },
	{ PROCESS("\"noNewPrivileges\":\"yes\""),
	  "config.json: process.noNewPrivileges: expected true or false, got \"yes\"" },
	{ PROCESS("\"scheduler\":{\"policy\":\"SCHED_FIFO\"}"),
	  "config.json: process.scheduler.priority: expected 1 to 99 with SCHED_FIFO, got 0" },
	{ PROCESS("\"scheduler\":{\"policy\":\"SCHED_BATCH\",\"priority\":3}"),
	  "config.json: process.scheduler.priority: only SCHED_FIFO and SCHED_RR have a priority, "
	  "not SCHED_BATCH" },
	{ PROCESS("\"scheduler\":{\"policy\":\"SCHED_OTHER\",\"nice\":20}"),
	  "config.json: process.scheduler.nice: expected -20 to 19, got 20" },
	{ PROCESS("\"scheduler\":{\"policy\":\"SCHED_ISO\"}"),
	  "config.json: process.scheduler.policy: SCHED_ISO has a number but no code: no Linux "
	  "kernel has this policy" },
	{ PROCESS("\"scheduler\":{\"policy\":\"SCHED_OTHER\",\"runtime\":1}"),
	  "config.json: process.scheduler: only SCHED_DEADLINE has runtime, deadline and period, "
	  "not SCHED_OTHER" },
	{ DEADLINE("\"deadline\":9000"),
	  "config.json: process.scheduler.runtime: sched_setattr: `SCHED_DEADLINE` requires "
	  "`runtime`" },
	{ DEADLINE("\"runtime\":9000"),
	  "config.json: process.scheduler.deadline: sched_setattr: `SCHED_DEADLINE` requires "
	  "`deadline`" },
	{ DEADLINE("\"runtime\":0,\"deadline\":9000"),
	  "config.json: process.scheduler.runtime: sched_setattr: `SCHED_DEADLINE` runtime "
	  "must be greater than 0" },
	{ DEADLINE("\"runtime\":1023,\"deadline\":9000"),
	  "config.json: process.scheduler.runtime: sched_setattr: `SCHED_DEADLINE` runtime "
	  "1023 must be between 1024 and 9223372036854775807 nanoseconds" },
	{ DEADLINE("\"runtime\":9223372036854775808,\"deadline\":9223372036854775809"),
	  "config.json: process.scheduler.runtime: sched_setattr: `SCHED_DEADLINE` runtime "
	  "9223372036854775808 must be between 1024 and 9223372036854775807 nanoseconds" },
	{ DEADLINE("\"runtime\":5000,\"deadline\":4000"),
	  "config.json: process.scheduler.runtime: sched_setattr: `SCHED_DEADLINE` runtime "
	  "5000 must be <= deadline 4000" },
	{ DEADLINE("\"runtime\":5000,\"deadline\":9000,\"period\":8000"),
	  "config.json: process.scheduler.deadline: sched_setattr: `SCHED_DEADLINE` deadline "
	  "9000 must be <= period 8000" },
	{ PROCESS("\"scheduler\":{\"policy\":\"SCHED_RR\",\"flags\":[\"SCHED_FLAG_RECLAM\"]}"),
	  "config.json: process.scheduler.flags[0]: unknown value \"SCHED_FLAG_RECLAM\"; one of: "
	  "SCHED_FLAG_RESET_ON_FORK, SCHED_FLAG_RECLAIM, SCHED_FLAG_DL_OVERRUN, "
	  "SCHED_FLAG_KEEP_POLICY, SCHED_FLAG_KEEP_PARAMS, SCHED_FLAG_UTIL_CLAMP_MIN, "
	  "SCHED_FLAG_UTIL_CLAMP_MAX (did you mean \"SCHED_FLAG_RECLAIM\"?)" },
	{ PROCESS("\"ioPriority\":{\"class\":\"IOPRIO_CLASS_BE\",\"priority\":8}"),
	  "config.json: process.ioPriority.priority: expected an integer from 0 to 7, got 8" },
	{ PROCESS("\"ioPriority\":{\"class\":\"best\"}"),
	  "config.json: process.ioPriority.class: unknown value \"best\"; one of: IOPRIO_CLASS_RT, "
	  "IOPRIO_CLASS_BE, IOPRIO_CLASS_IDLE" },
	{ PROCESS("\"execCPUAffinity\":{\"initial\":\"0-\"}"),
	  "config.json: process.execCPUAffinity.initial: expected a list of CPUs such as 0-3,7, "
	  "got "
	  "\"0-\"" },
	{ PROCESS("\"execCPUAffinity\":{\"final\":\"3-1\"}"),
	  "config.json: process.execCPUAffinity.final: expected a list of CPUs such as 0-3,7, got "
	  "\"3-1\"" },

	/* namespaces and what needs one */
	{ LINUX("\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"nework\"}]"),
	  "config.json: linux.namespaces[1].type: unknown value \"nework\"; one of: pid, network, "
	  "mount, ipc, uts, user, cgroup, time (did you mean \"network\"?)" },
	{ LINUX("\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"pid\"}]"),
	  "config.json: linux.namespaces[1].type: \"pid\" is there already, in entry 0" },
	{ LINUX("\"namespaces\":[{\"type\":\"pid\",\"path\":\"proc/1/ns/pid\"}]"),
	  "config.json: linux.namespaces[0].path: expected an absolute path, got "
	  "\"proc/1/ns/pid\"" },
	{ LINUX("\"namespaces\":[{\"path\":\"/proc/1/ns/pid\"}]"),
	  "config.json: linux.namespaces[0].type: required, but missing" },
	{ LINUX("\"uidMappings\":" ONE_MAP),
	  "config.json: linux.uidMappings: needs a user namespace" },
	{ LINUX("\"namespaces\":[{\"type\":\"user\",\"path\":\"/u\"}],\"uidMappings\":" ONE_MAP),
	  "config.json: linux.uidMappings: linux.gidMappings must be given too" },
	{ LINUX(IN_USERNS "\"gidMappings\":" ONE_MAP),
	  "config.json: linux.gidMappings: linux.uidMappings must be given too" },
	{ LINUX(IN_USERNS "\"gidMappings\":" ONE_MAP
			  ",\"uidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":0}]"),
	  "config.json: linux.uidMappings[0].size: expected an integer above 0, got 0" },
	{ LINUX(IN_USERNS "\"gidMappings\":" ONE_MAP ",\"uidMappings\":["
			  "{\"containerID\":4294967294,\"hostID\":0,\"size\":2}]"),
	  "config.json: linux.uidMappings[0]: containerID and size reach beyond 4294967294, the "
	  "last "
	  "id there is" },
	{ LINUX(IN_USERNS "\"gidMappings\":" ONE_MAP ",\"uidMappings\":["
			  "{\"containerID\":0,\"hostID\":0,\"size\":10},"
			  "{\"containerID\":9,\"hostID\":20,\"size\":2}]"),
	  "config.json: linux.uidMappings[1]: maps ids inside that entry 0 maps already" },
	{ LINUX(IN_USERNS "\"gidMappings\":" ONE_MAP ",\"uidMappings\":["
			  "{\"containerID\":0,\"hostID\":5,\"size\":10},"
			  "{\"containerID\":10,\"hostID\":0,\"size\":6}]"),
	  "config.json: linux.uidMappings[1]: maps ids outside that entry 0 maps already" },
	{ LINUX("\"timeOffsets\":{\"boottime\":{\"secs\":1}}"),
	  "config.json: linux.timeOffsets: needs a time namespace" },
	{ LINUX("\"namespaces\":[{\"type\":\"time\",\"path\":\"/t\"}],"
		"\"timeOffsets\":{\"boottime\":{\"secs\":1}}"),
	  "config.json: linux.timeOffsets: the time namespace \"/t\" that is joined has its "
	  "offsets "
	  "already" },
	{ LINUX("\"namespaces\":[{\"type\":\"time\"}],"
		"\"timeOffsets\":{\"monotonic\":{\"nanosecs\":1000000000}}"),
	  "config.json: linux.timeOffsets.monotonic.nanosecs: expected an integer from 0 to "
	  "999999999, got 1000000000" },
	{ LINUX("\"maskedPaths\":[\"proc/kcore\"]"),
	  "config.json: linux.maskedPaths[0]: expected an absolute path, got \"proc/kcore\"" },
	{ LINUX("\"readonlyPaths\":[\"/proc/sys\",\"\"]"),
	  "config.json: linux.readonlyPaths[1]: expected an absolute path, got \"\"" },
	{ LINUX("\"maskedPaths\":[\"/proc/kcore\"]"),
	  "config.json: linux.maskedPaths: needs a mount namespace" },
	{ LINUX("\"netDevices\":{\"eth0\":{}}"),
	  "config.json: linux.netDevices: needs a network namespace" },

	/* devices */
	{ LINUX("\"devices\":[{\"type\":\"c\",\"path\":\"/dev/x\",\"minor\":1}]"),
	  "config.json: linux.devices[0].major: required, but missing" },
	{ LINUX("\"devices\":[{\"type\":\"b\",\"path\":\"/dev/x\",\"major\":8,\"minor\":1048576}]"),
	  "config.json: linux.devices[0].minor: expected an integer from 0 to 1048575, got "
	  "1048576" },
	{ LINUX("\"devices\":[{\"type\":\"c\",\"path\":\"dev/x\",\"major\":1,\"minor\":1}]"),
	  "config.json: linux.devices[0].path: expected an absolute path, got \"dev/x\"" },
	{ LINUX("\"devices\":[{\"type\":\"char\",\"path\":\"/dev/x\"}]"),
	  "config.json: linux.devices[0].type: unknown value \"char\"; one of: c, b, u, p" },
#define IN_NETNS "\"namespaces\":[{\"type\":\"network\"}],"
	{ LINUX(IN_NETNS "\"netDevices\":{\"a/b\":{}}"),
	  "config.json: linux.netDevices: \"a/b\" is no name for a network device" },
	{ LINUX(IN_NETNS "\"netDevices\":{\"eth0\":{\"name\":\"sixteen-letters-\"}}"),
	  "config.json: linux.netDevices.eth0.name: \"sixteen-letters-\" is no name for a network "
	  "device" },
	{ LINUX(IN_NETNS "\"netDevices\":{\"eth0\":{\"name\":\"a%d%d\"}}"),
	  "config.json: linux.netDevices.eth0.name: \"a%d%d\" is no name for a network device" },
	{ LINUX(IN_NETNS "\"netDevices\":{\"eth0\":{\"name\":\"n\"},\"eth1\":{\"name\":\"n\"}}"),
	  "config.json: linux.netDevices.eth1: eth0 would have the name \"n\" inside, too" },
	{ LINUX("\"rootfsPropagation\":\"shard\""),
	  "config.json: linux.rootfsPropagation: unknown value \"shard\"; one of: shared, slave, "
	  "private, unbindable, rshared, rslave, rprivate, runbindable (did you mean "
	  "\"shared\"?)" },
	{ LINUX("\"cgroupsPath\":\"/a/../../b\""),
	  "config.json: linux.cgroupsPath: \"..\" could leave the cgroup tree: \"/a/../../b\"" },
	{ LINUX("\"sysctl\":{\"net.ipv4.ip_forward\":1}"),
	  "config.json: linux.sysctl.net.ipv4.ip_forward: expected a string, got 1" },

	/* resources */
	{ RESOURCES("\"memory\":{\"limit\":\"512M\"}"),
	  "config.json: linux.resources.memory.limit: expected an integer, got \"512M\"" },
	{ RESOURCES("\"memory\":{\"limit\":-2}"),
	  "config.json: linux.resources.memory.limit: expected an integer of at least -1, got -2" },
	{ RESOURCES("\"memory\":{\"limit\":9223372036854775808}"),
	  "config.json: linux.resources.memory.limit: expected an integer of at least -1, got "
	  "9223372036854775808" },
	{ RESOURCES("\"memory\":{\"limit\":5e8}"),
	  "config.json: linux.resources.memory.limit: expected an integer, got 5e8" },
	{ RESOURCES("\"memory\":{\"limit\":100,\"swap\":50}"),
	  "config.json: linux.resources.memory.swap: counts memory and swap together, so expected "
	  "at "
	  "least memory.limit, 100, got 50" },
	{ RESOURCES("\"memory\":{\"swappiness\":101}"),
	  "config.json: linux.resources.memory.swappiness: expected an integer from 0 to 100, got "
	  "101" },
	{ RESOURCES("\"cpu\":{\"quota\":1000,\"burst\":2000}"),
	  "config.json: linux.resources.cpu.burst: expected at most the quota, 1000, got 2000" },
	{ RESOURCES("\"cpu\":{\"cpus\":[0,1]}"),
	  "config.json: linux.resources.cpu.cpus: expected a string, got a list" },
	{ RESOURCES("\"pids\":{\"limit\":true}"),
	  "config.json: linux.resources.pids.limit: expected an integer, got true" },
	{ RESOURCES("\"devices\":[{\"access\":\"rwm\"}]"),
	  "config.json: linux.resources.devices[0].allow: required, but missing" },
	{ RESOURCES("\"devices\":[{\"allow\":true,\"access\":\"rx\"}]"),
	  "config.json: linux.resources.devices[0].access: expected letters of r (read), w (write) "
	  "and m (mknod), got \"rx\"" },
	{ RESOURCES("\"devices\":[{\"allow\":true,\"type\":\"u\"}]"),
	  "config.json: linux.resources.devices[0].type: unknown value \"u\"; one of: a, c, b" },
	{ RESOURCES("\"blockIO\":{\"weight\":65536}"),
	  "config.json: linux.resources.blockIO.weight: expected an integer from 0 to 65535, got "
	  "65536" },
	{ RESOURCES("\"blockIO\":{\"weightDevice\":[{\"major\":8,\"minor\":0}]}"),
	  "config.json: linux.resources.blockIO.weightDevice[0]: weight or leafWeight is "
	  "required" },
	{ RESOURCES("\"blockIO\":{\"throttleReadBpsDevice\":[{\"major\":8,\"minor\":0}]}"),
	  "config.json: linux.resources.blockIO.throttleReadBpsDevice[0].rate: required, but "
	  "missing" },
	{ RESOURCES("\"hugepageLimits\":[{\"pageSize\":\"2M\",\"limit\":0}]"),
	  "config.json: linux.resources.hugepageLimits[0].pageSize: expected a size such as 64KB, "
	  "2MB or 1GB, got \"2M\"" },
	{ RESOURCES("\"rdma\":{\"mlx5_1\":{\"hcaHandles\":\"3\"}}"),
	  "config.json: linux.resources.rdma.mlx5_1.hcaHandles: expected an integer, got \"3\"" },
	{ RESOURCES("\"rdma\":{\"mlx5_1\":{}}"),
	  "config.json: linux.resources.rdma.mlx5_1: hcaHandles or hcaObjects is required" },
	{ RESOURCES("\"unified\":{\"../cgroup.procs\":\"1\"}"),
	  "config.json: linux.resources.unified: expected names of cgroup files such as "
	  "memory.high, "
	  "got \"../cgroup.procs\"" },

	/* seccomp */
	{ LINUX("\"seccomp\":{}"),
	  "config.json: linux.seccomp.defaultAction: required, but missing" },
	{ LINUX("\"seccomp\":{\"defaultAction\":\"ALLOW\"}"),
	  "config.json: linux.seccomp.defaultAction: unknown value \"ALLOW\"; one of: "
	  "SCMP_ACT_KILL, "
	  "SCMP_ACT_KILL_PROCESS, SCMP_ACT_KILL_THREAD, SCMP_ACT_TRAP, SCMP_ACT_ERRNO, "
	  "SCMP_ACT_TRACE, SCMP_ACT_ALLOW, SCMP_ACT_LOG, SCMP_ACT_NOTIFY" },
	{ SECCOMP("\"flags\":[\"SECCOMP_FILTER_FLAG_LOGS\"]"),
	  "config.json: linux.seccomp.flags[0]: unknown value \"SECCOMP_FILTER_FLAG_LOGS\"; one "
	  "of: "
	  "SECCOMP_FILTER_FLAG_TSYNC, SECCOMP_FILTER_FLAG_LOG, SECCOMP_FILTER_FLAG_SPEC_ALLOW, "
	  "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (did you mean \"SECCOMP_FILTER_FLAG_LOG\"?)" },
	{ SECCOMP("\"listenerMetadata\":\"x\""),
	  "config.json: linux.seccomp.listenerMetadata: needs listenerPath" },
	{ SECCOMP("\"syscalls\":[{\"names\":[\"mknod\"],\"action\":\"SCMP_ACT_NOTIFY\"}]"),
	  "config.json: linux.seccomp.syscalls[0].action: SCMP_ACT_NOTIFY needs listenerPath" },
	{ SECCOMP("\"syscalls\":[{\"names\":[],\"action\":\"SCMP_ACT_ALLOW\"}]"),
	  "config.json: linux.seccomp.syscalls[0].names: at least one entry is required" },
	{ SECCOMP("\"syscalls\":[{\"names\":[\"x\"],\"action\":\"SCMP_ACT_ALLOW\",\"errnoRet\":1}"
		  "]"),
	  "config.json: linux.seccomp.syscalls[0].errnoRet: only SCMP_ACT_ERRNO and SCMP_ACT_TRACE "
	  "return an errno, not SCMP_ACT_ALLOW" },
	{ SECCOMP("\"defaultErrnoRet\":4096"),
	  "config.json: linux.seccomp.defaultErrnoRet: expected at most 4095 with SCMP_ACT_ERRNO, "
	  "got 4096" },
	{ SECCOMP("\"syscalls\":[{\"names\":[\"x\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
		  "{\"index\":6,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]}]"),
	  "config.json: linux.seccomp.syscalls[0].args[0].index: expected an integer from 0 to 5, "
	  "got 6" },

	/* the rest of linux */
	{ LINUX("\"intelRdt\":{\"closID\":\"..\"}"),
	  "config.json: linux.intelRdt.closID: expected \"/\" or the name of a directory, got "
	  "\"..\"" },
	{ LINUX("\"intelRdt\":{\"memBwSchema\":\"L3:0=f\"}"),
	  "config.json: linux.intelRdt.memBwSchema: expected to start with MB:, got \"L3:0=f\"" },
	{ LINUX("\"intelRdt\":{\"schemata\":[\"L3:0=f\\nMB:0=1\"]}"),
	  "config.json: linux.intelRdt.schemata[0]: expected one line, got \"L3:0=f?MB:0=1\"" },
	{ LINUX("\"memoryPolicy\":{\"mode\":\"MPOL_BIND\"}"),
	  "config.json: linux.memoryPolicy.nodes: MPOL_BIND as memory policy mode requires at "
	  "least one node but got 0" },
	{ LINUX("\"memoryPolicy\":{\"mode\":\"MPOL_LOCAL\",\"nodes\":\"0-7\"}"),
	  "config.json: linux.memoryPolicy.nodes: MPOL_LOCAL as memory policy mode requires 0 "
	  "nodes but got 8" },
	{ LINUX("\"memoryPolicy\":{\"mode\":\"MPOL_BIND\",\"nodes\":\"all\"}"),
	  "config.json: linux.memoryPolicy.nodes: invalid memory policy nodes: expected a list of "
	  "nodes such as 0-3,7, below 1024, got \"all\"" },
	{ LINUX("\"memoryPolicy\":{\"mode\":\"MPOL_BIND\",\"nodes\":\"0-9876543210\"}"),
	  "config.json: linux.memoryPolicy.nodes: invalid memory policy nodes: expected a list of "
	  "nodes such as 0-3,7, below 1024, got \"0-9876543210\"" },
	{ LINUX("\"memoryPolicy\":{}"),
	  "config.json: linux.memoryPolicy.mode: invalid memory policy mode: required, but missing" },
	{ LINUX("\"memoryPolicy\":{\"mode\":\"INTERLEAVE\",\"nodes\":\"0\"}"),
	  "config.json: linux.memoryPolicy.mode: invalid memory policy mode: unknown value "
	  "\"INTERLEAVE\"; one of: MPOL_DEFAULT, MPOL_BIND, MPOL_INTERLEAVE, "
	  "MPOL_WEIGHTED_INTERLEAVE, MPOL_PREFERRED, MPOL_PREFERRED_MANY, MPOL_LOCAL" },
	{ LINUX("\"memoryPolicy\":{\"mode\":\"MPOL_PREFERRED\",\"flags\":[\"badflag\"]}"),
	  "config.json: linux.memoryPolicy.flags[0]: invalid memory policy flag: unknown value "
	  "\"badflag\"; one of: MPOL_F_NUMA_BALANCING, MPOL_F_RELATIVE_NODES, "
	  "MPOL_F_STATIC_NODES" },
	{ LINUX("\"memoryPolicy\":{\"mode\":\"MPOL_BIND\",\"nodes\":\"0\",\"flags\":["
		"\"MPOL_F_STATIC_NODES\",\"MPOL_F_RELATIVE_NODES\"]}"),
	  "config.json: linux.memoryPolicy.flags: MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES "
	  "exclude each other" },
	{ LINUX("\"personality\":{\"domain\":\"LINUX64\"}"),
	  "config.json: linux.personality.domain: unknown value \"LINUX64\"; one of: LINUX, "
	  "LINUX32 "
	  "(did you mean \"LINUX\"?)" },
};
