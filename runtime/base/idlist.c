/* idlist.c -- users and groups given on the command line. See idlist.h.
 *
 * Looks no name up: that is done in the container's own files, and inside (runtime/accounts.c). */
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
		return refuse(EINVAL, "bad %s: \"%.*s\" is not a number", what, (int)length, text);
	*id = (uint32_t)value;
	return 0;
}

/* useradd(8): a letter or "_" first, so that no name looks like a number or an option; at most 32
 * bytes. Samba's machines end in "$". */
static bool is_name(const char *text, size_t length)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
				     "0123456789.-";

	if (!length || length > 32 || !strchr(letters, text[0]))
		return false;
	if (length > 1 && text[length - 1] == '$')
		length--;
	return strspn(text, others) >= length;
}

static int parse_half(const char *what, const char *text, size_t length, struct arena *arena,
		      const char **name, uint32_t *id)
{
	int result;

	if (is_name(text, length)) {
		*name = arena_copy_bytes(arena, text, length);
		return 0;
	}
	result = parse_id(what, text, length, id);
	return result ? advise(result, "give USER or USER:GROUP, each a number or a name that the "
				       "container's /etc/passwd and /etc/group have")
		      : 0;
}

int identity_parse_user(const char *text, struct asked_user *asked, struct arena *arena)
{
	const char *colon = strchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : strlen(text);
	int result;

	*asked = (struct asked_user){ .gid_given = colon };
	result = parse_half("uid", text, length, arena, &asked->user, &asked->uid);
	if (!result && colon)
		result = parse_half("gid", colon + 1, strlen(colon + 1), arena, &asked->group,
				    &asked->gid);
	return result;
}

int identity_parse_group(const char *text, uint32_t *gid)
{
	return parse_id("gid", text, strlen(text), gid);
}
