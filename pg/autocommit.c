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

#include "executor/spi.h"
#include "pgstat.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "migrate.h"
#include "run.h"

/* ---- the locks of the session ---- */

/* A CALL. */
typedef struct Auto
{
	Call *call;
	Run it; /* of the second look, once B is ours; until then of the first */
	MigText target;
	MigDirection direction;
	MigList heads; /* version rows after the steps that are committed */
	bool locked;   /* B is ours */
} Auto;

/* Waits.  For the session: it outlives the transactions. */
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

/*
 * The activity is for whoever looks why a deployment does not go on.  W is not kept: B keeps
 * other runs out, and the workers of this one need W.
 */
static void
take_locks(Auto *a)
{
	pgstat_report_activity(STATE_RUNNING, "migrate: waiting for another migration run to end");
	attempt_hold_no_snapshot();
	lock(a, LOCK_B);
	a->locked = true;
	lock(a, LOCK_W);
	unlock(a, LOCK_W);
}

/*
 * The only thing that an abort does not give back.  locked: an error while we waited for B has
 * nothing to give.
 */
static void
release_locks(Auto *a)
{
	if (a->locked)
		unlock(a, LOCK_B);
	a->locked = false;
}

/*
 * One of the places with PG_TRY: an error must not leave the session with lock B, which the
 * server gives back at the end of the session alone.
 */
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

/* ---- steps ---- */

/* A step of the plan. */
typedef struct Step
{
	Attempt attempt; /* first: what it does is given the step */
	Auto *a;
	size_t i; /* in the plan */
	const MigStep *step;
	MigList after;     /* version rows */
	Work work;         /* where it is not transactional */
	TimestampTz start; /* of its first attempt: the log has the time of all of them */
} Step;

/* For the log: how often the step was tried again, and what else there is to say; may be null. */
static MigText
retries(Step *s, const char *behind)
{
	if (s->attempt.n == 0)
		return mig_text(behind);
	return mig_text(mig_format(&s->a->call->mig, "%d times without a lock%s%s", s->attempt.n,
							   behind ? "; " : "", behind ? behind : ""));
}

/*
 * In a transaction of its own: that of the step was rolled back.  statements: of a transactional
 * step none is left.
 */
static void
log_failure(Step *s, const ErrorData *error)
{
	bool worker = !s->step->revision->transactional;
	Log log = {.direction = mig_direction_name(s->a->direction),
			   .revision = s->step->revision,
			   .before = s->a->heads,
			   .after = s->a->heads,
			   .statements = worker ? s->work.done : 0,
			   .duration_ms = (GetCurrentTimestamp() - s->start) / 1000,
			   .status = "failed",
			   .detail = retries(s, error->message)};

	attempt_begin();
	store_log(s->a->call, &log);
	attempt_commit();
}

/* Until it succeeds; raises the error if it does not. */
static void
run_attempts(Step *s)
{
	ErrorData *error = attempt_run(&s->attempt);

	if (error == NULL)
		return;
	log_failure(s, error);
	ReThrowError(error);
}

/* The version rows and the log are written in the same subtransaction, by run_step(). */
static void
run_transactional(Attempt *attempt)
{
	Step *s = (Step *) attempt;

	attempt_limit_lock_waits();
	s->a->it.detail = retries(s, NULL);
	s->after = run_step(&s->a->it, s->i, s->a->heads);
}

/* One transaction; log_failure() begins another one where it fails. */
static void
step_inside(Step *s)
{
	s->attempt.work = run_transactional;
	attempt_begin();
	run_attempts(s);
	attempt_commit();
}

/* Without a transaction's work of our own: the worker has its own. */
static void
run_worker(Attempt *attempt)
{
	worker_run(&((Step *) attempt)->work);
}

/* The process must be gone before anything else is done. */
static bool
can_repeat_worker(Attempt *attempt)
{
	Step *s = (Step *) attempt;

	worker_wait(&s->work);
	return worker_can_repeat(&s->work);
}

/*
 * The version row moves when all statements are done; until then the log says how many are.
 * Three parts: the script is read and committed, so that neither a snapshot nor a lock is held
 * while the worker runs; the worker; a transaction for the version row.  A crash between the last
 * two leaves a stop with all statements done, which the next CALL finishes.
 */
static void
step_outside(Step *s)
{
	const Auto *a = s->a;
	Part *part;
	const MigStop *stop = mig_resume_find(&a->call->mig, a->it.graph, &a->it.store,
										  s->step->revision->id, a->direction);
	Log log = {.direction = mig_direction_name(a->direction),
			   .revision = s->step->revision,
			   .before = a->heads};

	attempt_begin();
	part = part_begin(a->call, s->step->revision, s->step->direction);
	run_tell(&a->it, part, s->i);
	part_split(part);
	attempt_commit();
	s->work = (Work){.part = part, .run = &a->it, .step = s->i, .heads = a->heads};
	if (stop)
	{
		s->work.done = stop->done;
		s->work.left = stop->left;
	}
	s->attempt.work = run_worker;
	s->attempt.can_repeat = can_repeat_worker;
	run_attempts(s);
	attempt_begin();
	s->after = mig_plan_apply(&a->call->mig, a->heads, s->step);
	log.after = s->after;
	log.statements = s->work.done;
	log.duration_ms = (GetCurrentTimestamp() - s->start) / 1000;
	log.detail = retries(s, NULL);
	store_set_versions(a->call, s->step->removed, s->step->added);
	store_log(a->call, &log);
	part_end(part);
	attempt_commit();
}

/* One Step for each: the number of attempts is its own. */
static void
run_steps(Auto *a)
{
	for (size_t i = 0; i < a->it.plan.n; i++)
	{
		const MigStep *step = &a->it.plan.steps[i];
		Step s = {.a = a, .i = i, .step = step, .start = GetCurrentTimestamp()};

		s.attempt.call = a->call;
		s.attempt.what = mig_format(&a->call->mig, "revision %.*s", MIG_ARG(step->revision->id));
		if (step->revision->transactional)
			step_inside(&s);
		else
			step_outside(&s);
		a->heads = s.after;
	}
}

/* A CALL has no result, so the line that a function returns is a notice. */
static void
tell_current(const Auto *a)
{
	ereport(NOTICE, (errmsg_internal(
						"%s", mig_plan_current_line(&a->call->mig, a->it.graph, a->heads).at)));
}

/* A revision, or a trigger on our tables, may have changed them: what we answer must be so. */
static void
check_settled(const Auto *a)
{
	MigStore now = store_load(a->call);

	mig_store_settled(&a->call->mig, &a->it.store, &now, a->heads);
}

/* The second look, with the locks; then the steps, then what a function does at its end, too. */
static void
work_locked(Auto *a)
{
	take_locks(a);
	attempt_begin();
	a->it = run_look(a->call, a->target, a->direction, false);
	a->it.autocommit = true;
	run_check_plan(&a->it);
	a->heads = a->it.rows;
	attempt_commit();
	run_steps(a);
	attempt_begin();
	check_settled(a);
	drift_save(a->call, a->heads);
	attempt_commit();
}

/*
 * The first look is the CALL's own transaction, which is committed before anything is waited for:
 * it has a snapshot.  Auto is in the call's memory, which outlives all of them.
 */
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
