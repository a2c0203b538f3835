/*
 * settings.c - what SET can change
 *
 * A setting that was given before the library was loaded is taken over when it
 * is.
 */
#include "postgres.h"

#include <limits.h>

#include "utils/guc.h"

#include "compat.h"
#include "pg.h"

int settings_lock_timeout = 1000;
int settings_lock_retries = 30;

PGDLLEXPORT void _PG_init(void);

/*
 * Called when the library is loaded: by the first of our functions that is called, by LOAD, or in
 * a worker process, which loads it to find migrate_worker_main().
 */
void
_PG_init(void)
{
	DefineCustomIntVariable(
		"migrate.lock_timeout",
		"How long a revision that CALL migrate_upgrade_autocommit() runs waits for a lock.",
		"It is rolled back then and tried again; 0: as long as lock_timeout says.",
		&settings_lock_timeout, 1000, 0, INT_MAX, PGC_USERSET, GUC_UNIT_MS, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"migrate.lock_retries",
		"How often a revision that did not get its locks in time is tried again.", NULL,
		&settings_lock_retries, 30, 0, INT_MAX, PGC_USERSET, 0, NULL, NULL, NULL);
	MarkGUCPrefixReserved("migrate");
}
