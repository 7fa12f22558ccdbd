/* flags.c -- the words of mounts[].options, sorted by what they are to the kernel.
 *
 * What a word means is data: specs/options.c. Here the words of one mount are added up: flags of
 * this mount (ro, nosuid), of its whole tree (rro), of the file system's superblock (sync),
 * propagation types in their order (rslave, shared), what we do ourselves (tmpcopyup), and the
 * rest, which is the file system's business. Later words win over earlier ones.
 *
 * "loud", "silent": whether a failing mount leaves a line in the kernel's log. The new mount API
 * hands such lines to its caller instead, so both mean what we do anyway.
 * "norelatime": relatime is what the kernel does when nothing is said (since 2.6.30), so undoing
 * it leaves it; strictatime is the word for the other thing.
 *
 * Does not mount anything (attach.c) and does not know types of file systems (mounts.c). */
#include "ns/flags.h"

#include <errno.h>
#include <string.h>

#include "ns/attach.h"
#include "runtime/base/fault.h"
#include "specs/options.h"

static const unsigned long atime_flags = MS_NOATIME | MS_STRICTATIME | MS_RELATIME | MS_NODIRATIME;

/* crun's and podman's way to give an idmapped mount a mapping of its own: idoption.c. */
static bool is_mapping(struct mount_options *options, const char *word)
{
	bool tree = !strncmp(word, "ridmap=", 7);

	if (!tree && strncmp(word, "idmap=", 6))
		return false;
	options->idmap = true;
	options->idmap_recursive |= tree;
	options->idmap_text = strchr(word, '=') + 1;
	return true;
}

static void add_tree_attribute(struct mount_options *options, const struct spec_mount_option *word)
{
	/* The atime ones are one number, not bits: all of it is cleared before one is set
	 * (mount_setattr(2)). */
	options->rec_set = (options->rec_set & ~word->attr_clear) | word->attr_set;
	options->rec_clear = (options->rec_clear | word->attr_clear) &
			     ~(word->attr_set & ~(uint64_t)MOUNT_ATTR__ATIME);
}

static void add_attribute(struct mount_options *options, const struct spec_mount_option *word)
{
	options->flags_said = true;
	if (word->flag & atime_flags && word->clears) {
		options->atime &= ~word->flag;
		options->no_atime |= word->flag;
	} else if (word->flag & atime_flags) {
		options->atime |= word->flag;
		options->no_atime &= ~word->flag;
	} else if (word->clears) {
		options->set &= ~word->attr_clear;
		options->clear |= word->attr_clear;
	} else {
		options->set |= word->attr_set;
		options->clear &= ~word->attr_set;
	}
}

static int add_propagation(struct mount_options *options, const struct spec_mount_option *word)
{
	size_t most = sizeof options->propagation / sizeof *options->propagation;

	if (options->propagation_count == most)
		return refuse(EINVAL, "more than %zu propagation options, \"%s\" the last", most,
			      word->name);
	options->propagation[options->propagation_count++] =
		word->flag | (word->recursive ? MS_REC : 0);
	return 0;
}

static int add_word(struct mount_options *options, const struct spec_mount_option *word)
{
	switch (word->kind) {
	case OPTION_NOTHING:
		break;
	case OPTION_ATTRIBUTE:
		if (word->recursive)
			add_tree_attribute(options, word);
		else
			add_attribute(options, word);
		break;
	case OPTION_SUPERBLOCK:
		options->super =
			word->clears ? options->super & ~word->flag : options->super | word->flag;
		break;
	case OPTION_PROPAGATION:
		return add_propagation(options, word);
	case OPTION_BIND:
		options->bind = true;
		options->recursive |= word->recursive;
		break;
	case OPTION_REMOUNT:
		options->remount = true;
		break;
	case OPTION_IDMAP:
		options->idmap = true;
		options->idmap_recursive |= word->recursive;
		break;
	case OPTION_TMPCOPYUP:
		options->copy_up = true;
		break;
	case OPTION_COPY_SYMLINK:
		options->copy_symlink = true;
		break;
	case OPTION_SOURCE_NOFOLLOW:
		options->source_nofollow = true;
		break;
	case OPTION_DESTINATION_NOFOLLOW:
		options->destination_nofollow = true;
		break;
	}
	return 0;
}

int mount_options_read(struct mount_options *options, const struct strings *said,
		       struct arena *arena)
{
	*options = (struct mount_options) { 0 };
	options->data.at = arena_array(arena, said->count + 1, sizeof *options->data.at);
	for (size_t i = 0; i < said->count; i++) {
		const struct spec_mount_option *word = spec_mount_option(said->at[i]);
		int result = word ? add_word(options, word) : 0;

		if (result)
			return result;
		if (!word && said->at[i][0] && !is_mapping(options, said->at[i]))
			options->data.at[options->data.count++] = said->at[i];
	}
	return 0;
}

uint64_t atime_attributes(unsigned long atime)
{
	uint64_t attributes = MOUNT_ATTR_RELATIME;

	if (atime & MS_STRICTATIME)
		attributes = MOUNT_ATTR_STRICTATIME;
	else if (atime & MS_NOATIME)
		attributes = MOUNT_ATTR_NOATIME;
	return attributes | (atime & MS_NODIRATIME ? MOUNT_ATTR_NODIRATIME : 0);
}

uint64_t mount_options_attributes(const struct mount_options *options)
{
	uint64_t one = options->set | atime_attributes(options->atime);

	/* A new mount is a tree of one. */
	return (one & ~options->rec_clear) | options->rec_set;
}

bool mount_options_have(const struct mount_options *options, const char *key)
{
	size_t length = strlen(key);

	for (size_t i = 0; i < options->data.count; i++) {
		const char *word = options->data.at[i];

		if (!strncmp(word, key, length) && (word[length] == '=' || !word[length]))
			return true;
	}
	return false;
}
