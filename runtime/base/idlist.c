/* idlist.c -- users and groups given as numbers on the command line. See idlist.h.
 *
 * Knows no names: whoever looks a name up does it in the container's own files, elsewhere. */
#include "runtime/base/idlist.h"

#include <errno.h>
#include <string.h>

#include "runtime/base/decimal.h"
#include "runtime/base/fault.h"

static int parse_id(const char *what, const char *text, size_t length, uint32_t *id)
{
	uint64_t value;
	int result = decimal_span(text, length, IDLIST_LARGEST, &value);

	if (result == -ERANGE)
		return refuse(EINVAL, "bad %s: \"%.*s\" is out of range: 0 to %u", what,
			      (int)length, text, (unsigned)IDLIST_LARGEST);
	if (result)
		return advise(
			refuse(EINVAL, "bad %s: \"%.*s\" is not a number", what, (int)length, text),
			"names are not looked up; give numbers: UID or UID:GID");
	*id = (uint32_t)value;
	return 0;
}

int identity_parse_user(const char *text, uint32_t *uid, bool *gid_given, uint32_t *gid)
{
	const char *colon = strchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : strlen(text);
	uint32_t user, group = 0;
	int result = parse_id("uid", text, length, &user);

	if (!result && colon)
		result = parse_id("gid", colon + 1, strlen(colon + 1), &group);
	if (result)
		return result;
	*uid = user;
	*gid_given = colon;
	if (colon)
		*gid = group;
	return 0;
}

int identity_parse_group(const char *text, uint32_t *gid)
{
	return parse_id("gid", text, strlen(text), gid);
}
