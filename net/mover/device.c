/* device.c -- linux.netDevices: network devices of the host move into the container.
 *
 * A device is in one network namespace at a time. One message moves and renames it, but that is
 * not one step: the kernel takes its addresses and routes, sets it down, moves it, and only then
 * renames it, so a name that is taken leaves it moved under its old name. Hence: look at
 * everything first, then move one after the other, and on any failure bring back what has moved.
 *
 * Where a device went is heard, not guessed: the kernel announces its leaving together with its
 * new index (IFLA_NEW_IFINDEX, since 4.20). A name would not do, for "eth%d" is chosen by the
 * kernel.
 *
 * Asked are three sockets: `here` (the runtime's network namespace), `there` (the container's) and
 * `news`. What has moved is kept until the process ends, for devices_return().
 *
 * Does not bring devices back when a container ends (the spec forbids it) and does not restore
 * routes other than those that come with an address. */
#include "net/mover/device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "net/mover/address.h"
#include "net/mover/netlink.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"

/* A device as one namespace sees it. */
struct view {
	int index;
	unsigned flags; /* IFF_* */
	char name[IFNAMSIZ];
};

struct device {
	struct view here;  /* as it was */
	struct view there; /* index 0: it has not moved */
	const char *new_name;
	struct address *addresses;
};

struct removal {
	struct netlink here, there, news;
	int home; /* the network namespace of `here` */
	struct arena *arena;
	struct device *devices;
	size_t count;
};

/* One container for one process: what devices_move() did, for devices_return(). */
static struct {
	struct arena arena;
	struct device *devices;
	size_t count;
} moved;

/* ---- one device -------------------------------------------------------------------------- */

static int see(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *about = mnl_nlmsg_get_payload(message);
	const struct nlattr *attribute;
	struct view *view = data;

	view->index = about->ifi_index;
	view->flags = about->ifi_flags;
	mnl_attr_for_each(attribute, message, sizeof *about) {
		if (mnl_attr_get_type(attribute) == IFLA_IFNAME)
			snprintf(view->name, sizeof view->name, "%s", mnl_attr_get_str(attribute));
	}
	return MNL_CB_OK;
}

/* By index, or, when that is 0, by name. -ENODEV: there is none. */
static int look(struct netlink *link, int index, const char *name, struct view *view)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct nlmsghdr *request = netlink_begin(buffer, RTM_GETLINK, 0);
	struct ifinfomsg *about = mnl_nlmsg_put_extra_header(request, sizeof *about);

	about->ifi_index = index;
	if (!index && (!name || strlen(name) >= IFNAMSIZ))
		return -ENODEV;
	if (!index)
		mnl_attr_put_strz(request, IFLA_IFNAME, name);
	*view = (struct view){ 0 };
	return netlink_ask(link, request, see, view);
}

static int set_up(struct netlink *link, int index)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct nlmsghdr *request = netlink_begin(buffer, RTM_NEWLINK, 0);
	struct ifinfomsg *about = mnl_nlmsg_put_extra_header(request, sizeof *about);

	about->ifi_index = index;
	about->ifi_flags = about->ifi_change = IFF_UP;
	return netlink_ask(link, request, NULL, NULL);
}

static int send_away(struct netlink *link, int index, int netns, const char *name)
{
	_Alignas(struct nlmsghdr) char buffer[512];
	struct nlmsghdr *request = netlink_begin(buffer, RTM_NEWLINK, 0);
	struct ifinfomsg *about = mnl_nlmsg_put_extra_header(request, sizeof *about);

	about->ifi_index = index;
	mnl_attr_put_u32(request, IFLA_NET_NS_FD, (uint32_t)netns);
	mnl_attr_put_strz(request, IFLA_IFNAME, name);
	return netlink_ask(link, request, NULL, NULL);
}

static int note_leaving(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *about = mnl_nlmsg_get_payload(message);
	const struct nlattr *attribute;
	struct device *device = data;

	if (message->nlmsg_type != RTM_DELLINK || about->ifi_index != device->here.index)
		return MNL_CB_OK;
	mnl_attr_for_each(attribute, message, sizeof *about) {
		if (mnl_attr_get_type(attribute) == IFLA_NEW_IFINDEX)
			device->there.index = (int)mnl_attr_get_u32(attribute);
	}
	return MNL_CB_OK;
}

static int move(struct removal *removal, struct device *device, int netns)
{
	const char *name = device->here.name;
	int result = send_away(&removal->here, device->here.index, netns, device->new_name);
	struct view arrived;

	/* Also after a failure: it may have gone, and kept its name. */
	netlink_hear(&removal->news, note_leaving, device);
	if (result == -EINVAL)
		return advise(fail(result, "move network device %s into the container", name),
			      "devices such as bridges and tunnels' fallbacks cannot leave their "
			      "network namespace");
	if (result)
		return fail(result, "move network device %s into the container", name);
	if (!device->there.index)
		return refuse(ENODEV, "network device %s moved into the container and cannot be "
				      "found there", name);
	result = look(&removal->there, device->there.index, NULL, &arrived);
	if (result)
		return fail(result, "look at network device %s in the container", name);
	device->there = arrived;
	result = address_restore(&removal->there, device->there.index, device->there.name, name,
				 device->addresses, the_lasting);
	if (result)
		return fail(result, "give network device %s its addresses in the container", name);
	result = set_up(&removal->there, device->there.index);
	return result ? fail(result, "bring up network device %s in the container", name) : 0;
}

/* ---- back again -------------------------------------------------------------------------- */

/* Nobody can be told no any more: what fails is a warning. */
static void bring_back(struct removal *removal, struct device *device)
{
	const char *name = device->here.name;
	struct view view;
	int result;

	if (!device->there.index)
		return;
	result = send_away(&removal->there, device->there.index, removal->home, name);
	if (result) {
		warn("network device %s stays in the container's network namespace: %s", name,
		     strerror(-result));
		return;
	}
	device->there.index = 0;
	result = look(&removal->here, 0, name, &view);
	if (!result)
		result = address_restore(&removal->here, view.index, name, name,
					 device->addresses, all_of_them);
	if (!result && device->here.flags & IFF_UP)
		result = set_up(&removal->here, view.index);
	if (result)
		warn("network device %s is back from the container, but not as it was: %s", name,
		     strerror(-result));
}

static void bring_all_back(struct removal *removal)
{
	for (size_t i = removal->count; i-- > 0;)
		bring_back(removal, &removal->devices[i]);
}

/* ---- all of them ------------------------------------------------------------------------- */

static void close_removal(struct removal *removal)
{
	netlink_close(&removal->here);
	netlink_close(&removal->there);
	netlink_close(&removal->news);
	close_owned(&removal->home);
}

static int open_removal(struct removal *removal, int netns)
{
	struct stat ours, theirs;
	int result;

	removal->home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (removal->home < 0 || fstat(removal->home, &ours) < 0 || fstat(netns, &theirs) < 0)
		return fail(errno, "look at the network namespaces");
	if (ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino)
		return refuse(EINVAL, "the container has no network namespace of its own to move "
				      "devices into");
	result = netlink_open(&removal->here);
	if (!result)
		result = netlink_open(&removal->news);
	if (!result)
		result = netlink_listen(&removal->news);
	if (result)
		return fail(result, "open a netlink socket");
	result = netlink_open_in(&removal->there, netns);
	return result ? fail(result, "open a netlink socket in the container's network namespace") :
			0;
}

/* A name with a template in it ("eth%d") is the kernel's to fill in. */
static int check_name(struct removal *removal, size_t at)
{
	const char *name = removal->devices[at].new_name;
	struct view taken;
	int result;

	if (strchr(name, '%'))
		return 0;
	for (size_t i = 0; i < at; i++) {
		if (!strcmp(removal->devices[i].new_name, name))
			return refuse(EEXIST, "network devices %s and %s cannot both be called %s",
				      removal->devices[i].here.name, removal->devices[at].here.name,
				      name);
	}
	result = look(&removal->there, 0, name, &taken);
	if (!result)
		return refuse(EEXIST, "the container has a network device called %s already", name);
	return result == -ENODEV ? 0 : fail(result, "look for %s in the container", name);
}

static int prepare(struct removal *removal, const struct spec_net_device *asked, size_t at)
{
	struct device *device = &removal->devices[at];
	int result = look(&removal->here, 0, asked->name, &device->here);

	if (result == -ENODEV)
		return refuse(ENODEV, "network device %s: no such device", asked->name);
	if (result)
		return fail(result, "look at network device %s", asked->name);
	if (device->here.flags & IFF_LOOPBACK)
		return refuse(EINVAL, "network device %s: a loopback device cannot move",
			      asked->name);
	/* An alternative name finds a device too; it keeps its own. */
	device->new_name = asked->new_name && asked->new_name[0] ?
				   arena_copy(removal->arena, asked->new_name) :
				   device->here.name;
	if (strlen(device->new_name) >= IFNAMSIZ)
		return refuse(EINVAL, "network device %s: \"%s\" is longer than %d letters",
			      asked->name, device->new_name, IFNAMSIZ - 1);
	result = check_name(removal, at);
	if (result)
		return result;
	result = address_list(&removal->here, device->here.index, removal->arena,
			      &device->addresses);
	return result ? fail(result, "list the addresses of network device %s", asked->name) : 0;
}

static int prepare_all(struct removal *removal, const struct spec_net_devices *devices, int netns)
{
	int result = open_removal(removal, netns);

	if (result)
		return blame(result, "linux.netDevices");
	for (size_t i = 0; i < devices->count; i++) {
		result = prepare(removal, &devices->at[i], i);
		if (result)
			return blame(result, "linux.netDevices.%s", devices->at[i].name);
	}
	return 0;
}

static int move_all(struct removal *removal, const struct spec_net_devices *devices, int netns)
{
	for (size_t i = 0; i < devices->count; i++) {
		int result = move(removal, &removal->devices[i], netns);

		if (!result)
			continue;
		bring_all_back(removal);
		return blame(result, "linux.netDevices.%s", devices->at[i].name);
	}
	return 0;
}

int devices_move(const struct spec_net_devices *devices, int netns)
{
	struct removal removal = { .home = -1, .arena = &moved.arena, .count = devices->count };
	int result;

	if (!devices->count)
		return 0;
	removal.devices = arena_array(removal.arena, devices->count, sizeof *removal.devices);
	result = prepare_all(&removal, devices, netns);
	if (!result)
		result = move_all(&removal, devices, netns);
	close_removal(&removal);
	if (result) {
		arena_free(&moved.arena);
		return result;
	}
	moved.devices = removal.devices;
	moved.count = removal.count;
	return 0;
}

void devices_return(int netns)
{
	struct removal removal = { .home = -1,
				   .arena = &moved.arena,
				   .devices = moved.devices,
				   .count = moved.count };
	struct fault cause = *last_fault(); /* why this is undone: nothing here may replace it */

	if (!moved.count)
		return;
	if (open_removal(&removal, netns) < 0)
		warn("network devices stay in the container's network namespace: %s",
		     last_fault()->what);
	else
		bring_all_back(&removal);
	close_removal(&removal);
	arena_free(&moved.arena);
	moved.count = 0;
	*last_fault() = cause;
}
