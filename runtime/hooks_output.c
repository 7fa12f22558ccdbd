/* hooks_output.c -- files for what hooks say: the annotations run.oci.hooks.stdout and .stderr.
 *
 * As in crun. A hook's words then go there and are not part of the error when it fails. The paths
 * are the host's, so they are opened by its side before the container is there.
 *
 * Does not run hooks (hooks.c). */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/hooks.h"
#include "specs/annotations.h"

/* A fifo nobody reads is an error and not a reason to wait. */
static int open_one(int *fd, const struct pairs *annotations, const char *key)
{
	const char *path = spec_annotation(annotations, key);

	if (!path)
		return 0;
	*fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
	if (*fd < 0)
		return blame(fail(errno, "open %s", path), "annotations[\"%s\"]", key);
	fcntl(*fd, F_SETFL, O_APPEND);
	return 0;
}

bool hooks_have_output(const struct pairs *annotations)
{
	return spec_annotation(annotations, ANNOTATION_HOOKS_STDOUT) || spec_annotation(annotations, ANNOTATION_HOOKS_STDERR);
}

int hooks_open_output(struct hooks_output *output, const struct pairs *annotations)
{
	int result;

	*output = (struct hooks_output){ -1, -1 };
	result = open_one(&output->out, annotations, ANNOTATION_HOOKS_STDOUT);
	if (!result)
		result = open_one(&output->err, annotations, ANNOTATION_HOOKS_STDERR);
	if (result)
		hooks_close_output(output);
	return result;
}

void hooks_close_output(struct hooks_output *output)
{
	close_owned(&output->out);
	close_owned(&output->err);
	*output = (struct hooks_output){ -1, -1 };
}
