/*
 * refuse.c - what adapters refuse on both engines, in the same words
 */
#include "common.h"

void
mig_refuse_null(Mig *m, const char *argument)
{
	mig_raise(m, &(MigError){MIG_NULL_VALUE,
							 mig_format(m, "argument \"%s\" must not be null", argument), NULL,
							 NULL, NULL});
}

void
mig_refuse_nested(Mig *m, const char *function)
{
	mig_raise(m,
			  &(MigError){MIG_WRONG_STATE, mig_format(m, "a revision must not call %s()", function),
						  NULL, "Remove the call from the revision.", NULL});
}

void
mig_refuse_busy(Mig *m, const char *detail)
{
	mig_raise(m, &(MigError){MIG_BUSY, "another migration run is in progress", detail,
							 "Call again when it has ended.", NULL});
}

void
mig_refuse_transaction(Mig *m, const MigRevision *revision, const char *hint)
{
	mig_raise(m, &(MigError){MIG_UNSUPPORTED,
							 mig_format(m, "revision \"%.*s\" cannot run inside a transaction",
										MIG_ARG(revision->id)),
							 "Its script says \"-- migrate:transaction off\".", hint, NULL});
}

void
mig_refuse_removed(Mig *m, MigText revision)
{
	mig_raise(m, &(MigError){MIG_WRONG_STATE,
							 mig_format(m, "revision \"%.*s\" was removed", MIG_ARG(revision)),
							 NULL, "Run the call again.", NULL});
}

void
mig_refuse_moved(Mig *m, MigText version)
{
	mig_raise(m,
			  &(MigError){MIG_WRONG_STATE,
						  mig_format(m, "version row \"%.*s\" is gone", MIG_ARG(version)),
						  "The table migrate_version was changed by somebody else during the run.",
						  "Look at migrate_current() and run the call again.", NULL});
}

void
mig_refuse_binary(Mig *m, const char *path)
{
	mig_raise(m, &(MigError){MIG_INVALID_VALUE, mig_format(m, "file \"%s\" is not text", path),
							 "It has NUL bytes.", NULL, NULL});
}

void
mig_refuse_overwriting(Mig *m, const char *path)
{
	mig_raise(m, &(MigError){MIG_WRONG_STATE,
							 mig_format(m, "file \"%s\" exists with other content", path), NULL,
							 "Move it away, or export to another directory.", NULL});
}
