/*
 * error.c - the one way out
 *
 * The host's raise() leaves the call: ereport(ERROR) in PostgreSQL, a longjmp
 * to the call's entry in SQLite.  No core frame is in its way that holds
 * anything but arena memory.
 */
#include "common.h"

#include <stdlib.h>

_Noreturn void
mig_raise(Mig *m, const MigError *e)
{
	m->raise(m, e);
	abort(); /* a host whose raise() returns is broken */
}
