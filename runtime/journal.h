/* journal.h -- systemd's journal and syslog as places for the log. */
#ifndef CAISSON_JOURNAL_H
#define CAISSON_JOURNAL_H

/* `priority` is syslog(3)'s: LOG_ERR, LOG_WARNING, LOG_DEBUG. `identifier` is borrowed. */

/* Connects to journald. 0, or a negative errno, silent. */
int journal_open(const char *identifier);
/* /dev/log, whoever listens there. 0, or a negative errno, silent. */
int syslog_open(const char *identifier);
/* One line to the one that was opened, of any length and any bytes but NUL. What cannot be
 * delivered is lost, as with every log. */
void journal_say(int priority, const char *message);
void journal_close(void);

#endif
