/*
 * run.c - running revisions in the caller's transaction; autocommit.c runs them
 * in transactions of their own
 *
 * A run looks twice.  The first look takes no lock: at the target already,
 * done.  Then the locks, and a second look with a fresh snapshot, since another
 * session may have done the work while we waited.  All locks are advisory, for
 * the transaction, and made from the extension's schema:
 *
 *   B, shared, without waiting: a run that commits between its revisions holds
 *      it exclusively, and must never have a session wait for it that holds a
 *      snapshot: CREATE INDEX CONCURRENTLY waits for snapshots.
 *   W, shared, without waiting: a worker process of such a run holds it
 *      exclusively, which may outlive the run for a moment.
 *   A, exclusive, waiting: one run at a time.
 *
 * Nothing runs before everything was checked: what is applied is what was run,
 * each section exists, can be parsed and has no statement that cannot work.
 */
#include "postgres.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "executor/spi.h"
#include "pgstat.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "migrate.h"
#include "run.h"

/* ---- before the first write ---- */

/* Inside of a run another one would take the version rows from under it. */
static void
check_not_nested(Call *call)
{
	if (part_is_running())
		mig_refuse_nested(&call->mig, get_func_name(call->function));
}

/* The server would say so, too, but at the first write, and without a way out. */
void
run_check_writable(Call *call, const char *what)
{
	if (RecoveryInProgress())
		call_raise(call, MIG_READ_ONLY,
				   mig_format(&call->mig, "cannot %s on a standby server", what), NULL,
				   "Connect to the primary server.");
	if (XactReadOnly)
		call_raise(call, MIG_READ_ONLY,
				   mig_format(&call->mig, "cannot %s in a read-only transaction", what), NULL,
				   "Begin the transaction with READ WRITE; if every transaction is read-only, see "
				   "default_transaction_read_only.");
}

/*
 * The snapshot of such a transaction is older than our locks: the second look would be stale, and
 * what is decided by it wrong.
 */
static void
check_isolation(Call *call, const char *what)
{
	if (IsolationUsesXactSnapshot())
		call_raise(call, MIG_IN_TRANSACTION,
				   mig_format(&call->mig,
							  "cannot %s in a REPEATABLE READ or SERIALIZABLE transaction", what),
				   "It would not see what another session has just committed.",
				   "Begin the transaction with ISOLATION LEVEL READ COMMITTED.");
}

/* Shared, without waiting; 55P03, with who holds it, where that is impossible. */
static void
try_lock(Call *call, int32 key)
{
	if (!DatumGetBool(DirectFunctionCall2(pg_try_advisory_xact_lock_shared_int4, Int32GetDatum(key),
										  Int32GetDatum((int32) call->schema))))
		mig_refuse_busy(&call->mig, store_lock_holder(call, key));
}

/*
 * B and W first: where one of them cannot be had there is no use in waiting for A.  The server
 * gives all of them back at the end of the transaction.
 */
static void
take_locks(Call *call)
{
	try_lock(call, LOCK_B);
	try_lock(call, LOCK_W);
	DirectFunctionCall2(pg_advisory_xact_lock_int4, Int32GetDatum(LOCK_A),
						Int32GetDatum((int32) call->schema));
}

bool
run_is_locked(Call *call)
{
	return store_lock_holder(call, LOCK_B) || store_lock_holder(call, LOCK_W);
}

/* Called by all that writes or builds a desired schema, before it does. */
void
run_check(Call *call, const char *what)
{
	check_not_nested(call);
	run_check_writable(call, what);
}

void
run_lock(Call *call, const char *what)
{
	run_check(call, what);
	check_isolation(call, what);
	take_locks(call);
}

/* ---- looking ---- */

/* Asks the tables anew at each call.  purge: the plan starts from no version rows. */
Run
run_look(Call *call, MigText target, MigDirection direction, bool purge)
{
	Mig *m = &call->mig;
	Run it = {.call = call, .target = target, .direction = direction, .store = store_load(call)};

	it.graph = mig_graph(m, it.store.revisions);
	if (!purge)
		it.rows = mig_store_rows(m, &it.store);
	it.plan = mig_plan(m, it.graph, it.rows, target, direction);
	return it;
}

/* The lines of the answer: what was done, then where we are. */
static MigList
answer(const Run *it, MigList heads, bool done)
{
	return mig_plan_lines(&it->call->mig, it->graph, done ? &it->plan : NULL, heads).list;
}

/* A revision, or a trigger on our tables, may have changed them: what we answer must be so. */
static MigList
done(const Run *it, MigList heads)
{
	MigStore now = store_load(it->call);

	mig_store_settled(&it->call->mig, &it->store, &now, heads);
	drift_save(it->call, heads);
	return answer(it, heads, true);
}

/* ---- checking a run ---- */

/*
 * Whatever the plan stands on must be what was run: nobody edited history.  One script after the
 * other is read and dropped, since all of them together may be large.
 */
static void
check_applied(const Run *it)
{
	Call *call = it->call;
	MigList applied = mig_graph_all_applied(&call->mig, it->graph, it->rows);
	MigText *logged = store_logged(call, &it->store);

	for (size_t i = 0; i < applied.n; i++)
	{
		const MigRevision *revision = mig_graph_find(it->graph, applied.at[i]);
		Part *part = part_begin(call, revision, MIG_UPGRADE);

		mig_store_check(&part->call->mig, &part->revision,
						logged[revision - it->store.revisions.at]);
		part_end(part);
	}
}

/* 0A000 where only a CALL can do it, with that as the hint. */
static void
check_transactional(const Run *it, Call *call, const MigRevision *revision)
{
	if (!revision->transactional)
		mig_refuse_transaction(
			&call->mig, revision,
			mig_format(&call->mig, "Run CALL migrate_%s_autocommit(%s), outside of a transaction.",
					   mig_direction_name(it->direction),
					   quote_literal_cstr(mig_copy(&call->mig, it->target).at)));
}

/* What has been done of a revision that has stopped must be what is in its script now. */
static void
check_resume(const Run *it, Part *part)
{
	Mig *m = &part->call->mig;
	const MigStop *stop =
		mig_resume_find(m, it->graph, &it->store, part->revision.id, part->direction);

	if (stop)
		mig_resume_check_script(m, stop, part_done(part, stop->done));
}

/*
 * Splits and checks; the trees are dropped with the part and made again when the step runs,
 * rather than kept for all steps at once.
 */
static void
check_step(const Run *it, const MigStep *step)
{
	Part *part = part_begin(it->call, step->revision, step->direction);

	if (!it->autocommit)
		check_transactional(it, part->call, step->revision);
	part_for_each(part, part_check);
	check_resume(it, part);
	part_end(part);
}

/*
 * In this order: what has stopped first, since it says which revision must be gone on with; then
 * what is applied, then each step.
 */
void
run_check_plan(Run *it)
{
	if (it->plan.n == 0)
		return;
	store_load_stops(it->call, &it->store);
	mig_resume_check_plan(&it->call->mig, it->graph, &it->store, &it->plan, MIG_POSTGRESQL);
	check_applied(it);
	for (size_t i = 0; i < it->plan.n; i++)
		check_step(it, &it->plan.steps[i]);
}

/* ---- running ---- */

/* With the statement, for a worker's long ones; progress.c takes the text apart. */
const char *
run_activity(const Run *it, size_t i, int statement, int statements)
{
	const MigStep *step = &it->plan.steps[i];
	MigBuf buf = mig_buf(&it->call->mig);

	mig_buf_format(&buf, "migrate: %s of revision %.*s (%zu of %zu)",
				   mig_direction_name(step->direction), MIG_ARG(step->revision->id), i + 1,
				   it->plan.n);
	if (statement > 0)
		mig_buf_format(&buf, ", statement %d of %d", statement, statements);
	mig_buf_format(&buf, ": %.*s", MIG_ARG(step->revision->message));
	return mig_buf_text(&buf).at;
}

/* A NOTICE is what a person at psql sees; the activity is for everybody else. */
void
run_tell(const Run *it, Part *part, size_t i)
{
	const char *line =
		mig_format(&part->call->mig, "running %s (%zu of %zu)",
				   mig_plan_line(&part->call->mig, &it->plan.steps[i]).at, i + 1, it->plan.n);

	ereport(NOTICE, (errmsg_internal("%s", line)));
	pgstat_report_activity(STATE_RUNNING, run_activity(it, i, 0, 0));
}

/* Timestamps are microseconds. */
static int64
milliseconds_since(TimestampTz start)
{
	return (GetCurrentTimestamp() - start) / 1000;
}

/* SPI's: its error comes back through part_protected(). */
static void
fire_deferred(Part *part)
{
	(void) part;
	SPI_execute("SET CONSTRAINTS ALL IMMEDIATE", false, 0);
}

/*
 * The COMMIT would do it, but its error would not say which revision it was, and would come when
 * there is nobody left to write it into the log.
 */
static void
check_deferred(Part *part)
{
	part->statement = 0;
	part->line = part->section.line;
	part_protected(part, fire_deferred);
}

/*
 * A SET ends with its revision: what one sets must not change what the next one's names mean.
 * The log row is the last thing written, so it is there only when all else is.
 */
MigList
run_step(const Run *it, size_t i, MigList heads)
{
	const MigStep *step = &it->plan.steps[i];
	Part *part = part_begin(it->call, step->revision, step->direction);
	MigList after = mig_plan_apply(&it->call->mig, heads, step);
	TimestampTz start = GetCurrentTimestamp();
	Log log = {.direction = mig_direction_name(step->direction),
			   .revision = step->revision,
			   .before = heads,
			   .after = after,
			   .detail = it->detail};
	int nest;

	run_tell(it, part, i);
	nest = NewGUCNestLevel();
	part_for_each(part, part_run);
	if (it->autocommit)
		check_deferred(part);
	AtEOXact_GUC(false, nest);
	log.statements = list_length(part->statements);
	log.duration_ms = milliseconds_since(start);
	store_set_versions(it->call, step->removed, step->added);
	store_log(it->call, &log);
	part_end(part);
	return after;
}

/*
 * The first look takes no lock: N replicas that start at once, at head, disturb nobody.
 * The second one makes the plan anew.
 */
MigList
run(Call *call, MigText target, MigDirection direction)
{
	Run it = run_look(call, target, direction, false);
	MigList heads;

	if (it.plan.n == 0)
		return answer(&it, it.rows, false);
	run_lock(call, "run migrations");
	it = run_look(call, target, direction, false);
	run_check_plan(&it);
	heads = it.rows;
	for (size_t i = 0; i < it.plan.n; i++)
		heads = run_step(&it, i, heads);
	pgstat_report_activity(STATE_RUNNING, debug_query_string);
	return done(&it, heads);
}

/* ---- stamping ---- */

/* logged_before: what the log says was there, also what a purge has removed. */
static MigList
stamp_step(const Run *it, const MigStep *step, MigList logged_before, MigList heads)
{
	MigList after = mig_plan_apply(&it->call->mig, heads, step);

	store_set_versions(it->call, step->removed, step->added);
	store_log(it->call, &(Log){.direction = "stamp",
							   .revision = step->revision,
							   .before = logged_before,
							   .after = after});
	return after;
}

/*
 * A purge, as Alembic has it, is for version rows that no revision of the store explains: the
 * plan starts from none, and the rows that were there are removed first.
 */
MigList
run_stamp(Call *call, MigText target, bool purge)
{
	Run it = run_look(call, target, MIG_STAMP, purge);
	MigList stored;
	MigList heads;

	if (it.plan.n == 0 && (!purge || it.store.nversions == 0))
		return answer(&it, it.rows, false);
	run_lock(call, "stamp");
	it = run_look(call, target, MIG_STAMP, purge);
	stored = mig_store_rows(&call->mig, &it.store);
	heads = it.rows;
	if (purge)
		store_set_versions(call, stored, heads);
	if (purge && it.plan.n == 0)
		store_log(call, &(Log){.direction = "stamp", .before = stored, .after = heads});
	for (size_t i = 0; i < it.plan.n; i++)
		heads = stamp_step(&it, &it.plan.steps[i], i == 0 ? stored : heads, heads);
	return done(&it, heads);
}

/* ---- a run as a script ---- */

/* Writes a step: the section as it is, when the server can parse it. */
static void
write_step(Call *call, MigOffline *offline, const MigStep *step)
{
	Part *part = part_begin(call, step->revision, step->direction);

	part_for_each(part, part_check);
	mig_offline_step(offline, &part->revision, part->section.sql, part->statement);
	part_end(part);
}

/* For a server without the extension: the plan starts from the range, not from the version rows. */
MigText
run_sql(Call *call, MigText range, MigDirection direction)
{
	Mig *m = &call->mig;
	MigStore store = store_load(call);
	MigOfflineTables tables = store_offline(call);
	MigOffline *offline = mig_offline(m, mig_graph(m, store.revisions), &tables, range, direction);
	const MigPlan *plan = mig_offline_plan(offline);

	for (size_t i = 0; i < plan->n; i++)
		write_step(call, offline, &plan->steps[i]);
	return mig_offline_text(offline);
}
