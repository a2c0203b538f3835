/*
 * autocommit.c - running revisions, a transaction each
 *
 * The CALL holds lock B exclusively, for the session and not for a transaction
 * since it has many, and gives it back in every way out.  It waits for it
 * without a snapshot: whoever has it may be building an index concurrently,
 * which waits for all snapshots that are older, and neither would ever see the
 * other.  Then it waits until no worker process of an earlier run is left
 * (lock W), and looks a second time.  While it runs, no function waits for it:
 * functions take B shared, or fail at once.
 *
 * A transactional revision runs in a subtransaction, so that an error leaves us
 * able to roll back, to say so in the log, and to try again where it was a lock
 * that could not be had in time.  A revision that is not transactional runs in
 * a worker process, see worker.c, while this session has neither a snapshot nor
 * a lock on any relation.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "migrate.h"
#include "run.h"

/* ---- transactions ---- */

/* What we read may be stored out of line, for which the server wants a snapshot. */
static void
begin_work(void)
{
	PushActiveSnapshot(GetTransactionSnapshot());
}

static void
commit_work(void)
{
	PopActiveSnapshot();
	SPI_commit();
	SPI_start_transaction(); /* servers that SPI_commit() leaves without one */
}

static void
roll_back_work(void)
{
	if (ActiveSnapshotSet())
		PopActiveSnapshot();
	SPI_rollback();
	SPI_start_transaction();
}

/* A look at the catalog has left a snapshot, which would be held while we wait. */
static void
hold_no_snapshot(void)
{
	InvalidateCatalogSnapshot();
}

/* ---- the locks of the session ---- */

/* A CALL. */
typedef struct Auto
{
	Call *call;
	Run it;
	MigText target;
	MigDirection direction;
	MigList heads;
	bool locked; /* B is ours */
} Auto;

static void
lock(const Auto *a, int32 key)
{
	DirectFunctionCall2(pg_advisory_lock_int4, Int32GetDatum(key),
						Int32GetDatum((int32) a->call->schema));
}

static void
unlock(const Auto *a, int32 key)
{
	DirectFunctionCall2(pg_advisory_unlock_int4, Int32GetDatum(key),
						Int32GetDatum((int32) a->call->schema));
}

static void
take_locks(Auto *a)
{
	pgstat_report_activity(STATE_RUNNING, "migrate: waiting for another migration run to end");
	hold_no_snapshot();
	lock(a, LOCK_B);
	a->locked = true;
	lock(a, LOCK_W);
	unlock(a, LOCK_W);
}

/* The only thing that an abort does not give back. */
static void
release_locks(Auto *a)
{
	if (a->locked)
		unlock(a, LOCK_B);
	a->locked = false;
}

static void
run_locked(Auto *a, void (*work)(Auto *))
{
	PG_TRY();
	{
		work(a);
	}
	PG_CATCH();
	{
		release_locks(a);
		PG_RE_THROW();
	}
	PG_END_TRY();
	release_locks(a);
}

/* ---- a step, until it succeeds or fails for good ---- */

/* A step of the plan. */
typedef struct Step
{
	Auto *a;
	size_t i;
	const MigStep *step;
	MigList after; /* version rows */
	Work work;     /* where it is not transactional */
	int attempt;   /* from 1 */
	TimestampTz start;
} Step;

/* Does the work in a subtransaction; returns its error, or NULL. */
static ErrorData *
attempt(Step *s, void (*work)(Step *))
{
	MemoryContext memory = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(memory);
	PG_TRY();
	{
		work(s);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(s->a->call->memory);
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

/* For the transaction, unless somebody has set a timeout of his own. */
static void
limit_lock_waits(void)
{
	if (LockTimeout == 0 && settings_lock_timeout > 0)
		(void) set_config_option("lock_timeout", psprintf("%d", settings_lock_timeout),
								 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
}

/* For the log. */
static MigText
retries(Step *s, const char *behind)
{
	if (s->attempt == 1)
		return mig_text(behind);
	return mig_text(mig_format(&s->a->call->mig, "%d times without a lock%s%s", s->attempt - 1,
							   behind ? "; " : "", behind ? behind : ""));
}

static void
run_transactional(Step *s)
{
	limit_lock_waits();
	s->a->it.detail = retries(s, NULL);
	s->after = run_step(&s->a->it, s->i, s->a->heads);
}

/* ---- trying again ---- */

/* Nothing is left of what failed so, and the same may succeed a moment later. */
static bool
is_about_locks(const Step *s, const ErrorData *error)
{
	return (error->sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE ||
			error->sqlerrcode == ERRCODE_T_R_DEADLOCK_DETECTED) &&
		   (s->step->revision->transactional || worker_can_repeat(&s->work));
}

/* 50 ms at first, then longer and longer up to 10 s, and never two sessions at the same moment. */
static int
pause_before(int attempt)
{
	int most = attempt < 9 ? 50 << (attempt - 1) : 10000;
	uint32 random = 0;

	(void) pg_strong_random(&random, sizeof(random));
	return most / 2 + (int) (random % (uint32) most) / 2 + 1;
}

static void
sleep_ms(int ms)
{
	TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), ms);

	hold_no_snapshot();
	for (long left = ms; left > 0; left = (long) ((end - GetCurrentTimestamp()) / 1000))
	{
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, left,
						 PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
}

/* Is there another attempt?  If so, the pause is over. */
static bool
try_again(Step *s, const ErrorData *error)
{
	Mig *m = &s->a->call->mig;
	int ms = pause_before(s->attempt);

	if (!is_about_locks(s, error) || s->attempt > settings_lock_retries)
		return false;
	ereport(NOTICE, (errmsg_internal("%s",
									 mig_format(m,
												"revision %.*s did not get a lock and was rolled "
												"back, trying again in %d ms (%d of %d)",
												MIG_ARG(s->step->revision->id), ms, s->attempt,
												settings_lock_retries)),
					 errdetail_internal("%s", error->message)));
	sleep_ms(ms);
	s->attempt++;
	return true;
}

/* ---- the log ---- */

static void
log_failure(Step *s, const ErrorData *error)
{
	bool worker = !s->step->revision->transactional;
	Log log = {.direction = s->a->direction == MIG_UPGRADE ? "upgrade" : "downgrade",
			   .revision = s->step->revision,
			   .before = s->a->heads,
			   .after = s->a->heads,
			   .statements = worker ? s->work.done : 0,
			   .duration_ms = (GetCurrentTimestamp() - s->start) / 1000,
			   .status = "failed",
			   .detail = retries(s, error->message)};

	begin_work();
	store_log(s->a->call, &log);
	commit_work();
}

/* ---- steps ---- */

/* Until it succeeds; raises the error if it does not. */
static void
run_attempts(Step *s, void (*work)(Step *), bool snapshot)
{
	for (;;)
	{
		ErrorData *error;

		if (snapshot)
			begin_work();
		error = attempt(s, work);
		if (error == NULL)
			return;
		worker_wait(&s->work);
		roll_back_work();
		if (try_again(s, error))
			continue;
		log_failure(s, error);
		ReThrowError(error);
	}
}

static void
step_inside(Step *s)
{
	run_attempts(s, run_transactional, true);
	commit_work();
}

static void
run_worker(Step *s)
{
	worker_run(&s->work);
}

/* The version row moves when all statements are done; until then the log says how many are. */
static void
step_outside(Step *s)
{
	const Auto *a = s->a;
	Part *part = part_begin(a->call, s->step->revision, s->step->direction);
	const MigStop *stop = mig_resume_find(&a->call->mig, a->it.graph, &a->it.store,
										  s->step->revision->id, a->direction);
	Log log = {.direction = a->direction == MIG_UPGRADE ? "upgrade" : "downgrade",
			   .revision = s->step->revision,
			   .before = a->heads};

	run_tell(&a->it, part, s->i);
	part_split(part);
	commit_work();
	s->work = (Work){.part = part, .run = &a->it, .step = s->i, .heads = a->heads};
	if (stop)
	{
		s->work.done = stop->done;
		s->work.left = stop->left;
	}
	run_attempts(s, run_worker, false);
	begin_work();
	s->after = mig_plan_apply(&a->call->mig, a->heads, s->step);
	log.after = s->after;
	log.statements = s->work.done;
	log.duration_ms = (GetCurrentTimestamp() - s->start) / 1000;
	log.detail = retries(s, NULL);
	store_set_versions(a->call, s->step->removed, s->step->added);
	store_log(a->call, &log);
	part_end(part);
	commit_work();
}

static void
run_steps(Auto *a)
{
	for (size_t i = 0; i < a->it.plan.n; i++)
	{
		Step s = {.a = a,
				  .i = i,
				  .step = &a->it.plan.steps[i],
				  .attempt = 1,
				  .start = GetCurrentTimestamp()};

		if (s.step->revision->transactional)
			step_inside(&s);
		else
		{
			begin_work();
			step_outside(&s);
		}
		a->heads = s.after;
	}
}

static void
tell_current(const Auto *a)
{
	ereport(NOTICE, (errmsg_internal("%s", run_current(&a->it, a->heads).at)));
}

static void
work_locked(Auto *a)
{
	take_locks(a);
	begin_work();
	a->it = run_look(a->call, a->target, a->direction, false);
	a->it.autocommit = true;
	run_check_plan(&a->it);
	a->heads = a->it.rows;
	commit_work();
	run_steps(a);
}

void
run_autocommit(Call *call, MigText target, MigDirection direction)
{
	Auto *a = mig_alloc(&call->mig, 1, sizeof(Auto));

	*a = (Auto){.call = call, .target = target, .direction = direction};
	run_check(call, "run migrations");
	a->it = run_look(call, target, direction, false);
	a->heads = a->it.rows;
	if (a->it.plan.n > 0)
	{
		SPI_commit();
		SPI_start_transaction();
		run_locked(a, work_locked);
	}
	tell_current(a);
	pgstat_report_activity(STATE_RUNNING, debug_query_string);
}
