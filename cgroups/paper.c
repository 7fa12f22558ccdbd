/* paper.c -- a list of words in memory that two processes share. See paper.h.
 *
 * Each word ends with a NUL. Written and read at offset 0 (pwrite, pread), since a file's position
 * is shared too. */
#include "cgroups/paper.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/fault.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

int paper_make(void)
{
	int paper = memfd_create("caisson-paper", MFD_CLOEXEC | MFD_NOEXEC_SEAL);

	if (paper < 0 && errno == EINVAL) /* before 6.3 */
		paper = memfd_create("caisson-paper", MFD_CLOEXEC);
	return paper < 0 ? fail(errno, "make memory to share with a helper") : paper;
}

int paper_write(int paper, const struct strings *words)
{
	off_t at = 0;

	if (ftruncate(paper, 0) < 0)
		return fail(errno, "clear memory shared with a helper");
	for (size_t i = 0; i < words->count; i++) {
		size_t length = strlen(words->at[i]) + 1;

		if (pwrite(paper, words->at[i], length, at) != (ssize_t)length)
			return fail(errno, "write to memory shared with a helper");
		at += (off_t)length;
	}
	return 0;
}

int paper_read(int paper, struct strings *words, struct arena *arena)
{
	struct stat about;
	size_t length, count = 0;
	char *text;

	*words = (struct strings){ 0 };
	if (fstat(paper, &about) < 0)
		return fail(errno, "look at memory shared with a helper");
	length = (size_t)about.st_size;
	text = arena_alloc(arena, length + 1);
	if (pread(paper, text, length, 0) != (ssize_t)length || (length && text[length - 1]))
		return refuse(EBADMSG, "what the helper wrote cannot be read");
	for (size_t i = 0; i < length; i++)
		count += !text[i];
	words->at = arena_array(arena, count + 1, sizeof *words->at);
	for (size_t i = 0; i < count; i++) {
		words->at[words->count++] = text;
		text += strlen(text) + 1;
	}
	return 0;
}
