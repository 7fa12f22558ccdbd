/* signals.h -- the names of signals, as kill(1) and Go know them. */
#ifndef CAISSON_SIGNALS_H
#define CAISSON_SIGNALS_H

/* "9", "KILL", "SIGKILL", "sigkill", "RTMIN+3", "RTMAX-1"; also "0", which only asks.
 * -EINVAL `unknown signal "FOO"`. */
int signal_number(const char *text);

#endif
