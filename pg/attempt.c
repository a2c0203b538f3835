/*
 * attempt.c - the transactions of a CALL, and work in them that is tried again
 *
 * Work runs in a subtransaction, so that its error leaves us able to roll back
 * and to go on.  An error that was about a lock is no reason to give up: nothing
 * is left of the work, and the lock may be free a moment later.  Waiting a
 * little, often, is better than waiting long: whoever comes for the same table
 * waits behind us.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "migrate.h"
#include "run.h"

/* ---- transactions ---- */

/* What we read may be stored out of line, for which the server wants a snapshot. */
void
attempt_begin(void)
{
	PushActiveSnapshot(GetTransactionSnapshot());
}

/* The next transaction begins at once, without a snapshot. */
void
attempt_commit(void)
{
	if (ActiveSnapshotSet())
		PopActiveSnapshot();
	SPI_commit();
	SPI_start_transaction(); /* servers that SPI_commit() leaves without one */
}

void
attempt_leave_open(void)
{
	PopActiveSnapshot();
}

/* The transaction around the work, too: during the pause nothing is held. */
static void
roll_back(void)
{
	if (ActiveSnapshotSet())
		PopActiveSnapshot();
	SPI_rollback();
	SPI_start_transaction();
}

void
attempt_hold_no_snapshot(void)
{
	InvalidateCatalogSnapshot();
}

/* ---- one attempt ---- */

/*
 * Does the work in a subtransaction; returns its error, or NULL.  The error is copied into the
 * call's memory, which outlives the rollback.  volatile: it is set and read on both sides of a
 * longjmp.
 */
static ErrorData *
run_once(Attempt *a)
{
	MemoryContext memory = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(memory);
	PG_TRY();
	{
		a->work(a);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(a->call->memory);
		error = CopyErrorData();
		FlushErrorState();
	}
	PG_END_TRY();
	if (error)
		RollbackAndReleaseCurrentSubTransaction();
	else
		ReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(memory);
	CurrentResourceOwner = owner;
	return error;
}

/* ms: whose time is up first looks for a deadlock, and gives way */
#define LOOK_FOR_DEADLOCKS_AFTER 10

/*
 * Unless somebody has set a timeout of his own.  We are tried again after a deadlock, a client is
 * not: so it shall be us who see it.  For the transaction: GUC_ACTION_LOCAL is SET LOCAL.
 * deadlock_timeout is a superuser's to set; here it is ours, and for our own waits alone.
 */
void
attempt_limit_lock_waits(void)
{
	if (DeadlockTimeout > LOOK_FOR_DEADLOCKS_AFTER)
		(void) set_config_option("deadlock_timeout", psprintf("%d", LOOK_FOR_DEADLOCKS_AFTER),
								 PGC_SUSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
	if (LockTimeout == 0 && settings_lock_timeout > 0)
		(void) set_config_option("lock_timeout", psprintf("%d", settings_lock_timeout), PGC_USERSET,
								 PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
}

/* ---- trying again ---- */

/* lock_timeout and NOWAIT give the first, the deadlock detector the second. */
static bool
is_about_locks(const ErrorData *error)
{
	return error->sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE ||
		   error->sqlerrcode == ERRCODE_T_R_DEADLOCK_DETECTED;
}

/*
 * ms; 50 at first, then longer and longer up to 10,000, and never two sessions at the same
 * moment. failed: attempts so far, from 1.
 */
static int
pause_after(int failed)
{
	int most = failed < 9 ? 50 << (failed - 1) : 10000;
	uint32 random = 0;

	(void) pg_strong_random(&random, sizeof(random));
	return most / 2 + (int) (random % (uint32) most) / 2 + 1;
}

void
attempt_sleep(int ms)
{
	TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), ms);

	attempt_hold_no_snapshot();
	for (long left = ms; left > 0; left = (long) ((end - GetCurrentTimestamp()) / 1000))
	{
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, left,
						 PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
}

/* Is there another attempt?  If so, the pause is over when this returns. */
static bool
try_again(Attempt *a, const ErrorData *error)
{
	int ms;

	if (!is_about_locks(error) || a->n >= settings_lock_retries)
		return false;
	a->n++;
	ms = pause_after(a->n);
	ereport(NOTICE, (errmsg_internal("%s", mig_format(&a->call->mig,
													  "%s did not get a lock and was rolled back, "
													  "trying again in %d ms (%d of %d)",
													  a->what, ms, a->n, settings_lock_retries)),
					 errdetail_internal("%s", error->message)));
	attempt_sleep(ms);
	return true;
}

/* can_repeat is asked before the rollback: it waits until a worker process has ended. */
ErrorData *
attempt_run(Attempt *a)
{
	bool snapshot = ActiveSnapshotSet();

	for (;;)
	{
		ErrorData *error = run_once(a);
		bool can_repeat;

		if (error == NULL)
			return NULL;
		can_repeat = a->can_repeat == NULL || a->can_repeat(a);
		roll_back();
		if (!can_repeat || !try_again(a, error))
			return error;
		if (snapshot)
			attempt_begin();
	}
}
