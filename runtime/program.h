/* program.h -- the name we are called by: runc and crun have callers that look at it. */
#ifndef CAISSON_PROGRAM_H
#define CAISSON_PROGRAM_H

/* "runc" or "crun" when argv[0] is that, or ends in it after a dash (docker-runc, buildkit-runc);
 * else "caisson". */
const char *program_name(char *const *argv);

#endif
