/*
 * outside.c - revisions that run outside of a transaction
 *
 * Each statement is a transaction of its own, with a row of the log that says
 * how many are done: a run that was stopped goes on behind them.  Between two
 * statements the lock is not ours, so each transaction begins with a look
 * whether we are still alone.
 */
#include "run.h"

/* A revision whose statements are transactions of their own. */
typedef struct Outside
{
	const Run *it;
	Part *part;
	MigSection section;
	MigList statements; /* they point into the section */
	MigList heads;      /* version rows before the step */
	int done;           /* statements, those of earlier runs, too */
} Outside;

/* The line of the script on which a statement of the section begins; it points into that. */
static int
statement_line(MigSection section, const MigText *statement)
{
	return section.line +
		   mig_count_lines((MigText){section.sql.at, (size_t) (statement->at - section.sql.at)});
}

/*
 * The section up to the end of so many statements, which is what the checksum of a stop is of;
 * null: it has fewer.
 */
static MigText
text_done(MigText section, MigList statements, int done)
{
	const MigText *last = &statements.at[done - 1];

	if (done > (int) statements.n)
		return (MigText){NULL, 0};
	return (MigText){section.at, done == 0 ? 0 : (size_t) (last->at + last->len - section.at)};
}

/*
 * Of a revision that runs outside of a transaction: what could not run, and what has run.  55000
 * where what has run is not in the script any more as it was.
 */
void
outside_check(const Run *it, Part *part, MigSection section)
{
	Mig *m = &part->call->mig;
	MigList statements = mig_statements(m, section.sql);
	const MigStop *stop =
		mig_resume_find(m, it->graph, &it->store, part->revision.id, part->where.direction);
	size_t skipped;

	it->call->where = &part->where;
	for (size_t i = 0; i < statements.n; i++)
	{
		part->where.statement = (int) i + 1;
		part->where.line = statement_line(section, &statements.at[i]);
		mig_statement_check(m, mig_statement_keyword(m, statements.at[i], MIG_SQLITE, &skipped),
							NULL);
	}
	it->call->where = NULL;
	if (stop)
		mig_resume_check_script(m, stop, text_done(section.sql, statements, stop->done));
}

/*
 * Another process may have begun the same run: the lock is not ours between two statements.  Both
 * the log and the version rows must be as we have left them: 55P03.
 */
static void
check_alone(const Outside *o, Call *call)
{
	MigStore store = store_load(call);
	const MigStop *stop;

	store_load_stops(call, &store);
	stop =
		mig_resume_find(&call->mig, o->it->graph, &store, o->part->revision.id, o->it->direction);
	if ((stop ? stop->done : 0) != o->done ||
		!mig_same(mig_join(&call->mig, mig_store_rows(&call->mig, &store), ","),
				  mig_join(&call->mig, o->heads, ",")))
		mig_refuse_busy(&call->mig, NULL);
}

/* In a new transaction, whose lock is BEGIN IMMEDIATE's. */
static void
begin_alone(const Outside *o)
{
	transaction_begin_again(o->it->call);
	check_alone(o, o->it->call);
}

void
outside_check_alone(Call *call)
{
	if (call->connection->outside)
		check_alone(call->connection->outside, call);
}

/*
 * What the statement's backfill has kept goes with the record that it is done.  The row is
 * "running" also for the last statement: the version row makes it "done".
 */
static void
record_done(Outside *o, int done)
{
	Call *call = o->it->call;
	Connection *connection = call->connection;
	Log log = {.at = run_now(),
			   .direction = mig_direction_name(o->it->direction),
			   .revision = &o->part->revision,
			   .before = o->heads,
			   .after = o->heads,
			   .statements = done,
			   .status = "running"};

	log.checksum = mig_resume_checksum(&call->mig, text_done(o->section.sql, o->statements, done));
	store_log(call, &log, 1);
	if (connection->backfill[0])
		store_end_position(call, mig_text(connection->backfill));
	connection->backfill[0] = '\0';
	o->done = done;
}

/* A PRAGMA may want no transaction, and so does a function that makes its own. */
static bool
wants_no_transaction(const MigText *statement, Mig *m)
{
	size_t skipped;
	MigText keyword = mig_statement_keyword(m, *statement, MIG_SQLITE, &skipped);

	return mig_same(keyword, mig_text("PRAGMA")) || mig_same(keyword, mig_text("SELECT"));
}

/*
 * A statement that is no transaction of ours: recorded behind itself, so a crash in between runs
 * it again.  The first record, of no statement, says that the revision has begun.  While it runs,
 * a function of ours that it calls may begin a transaction: connection->outside says so.
 */
static void
execute_alone(Outside *o, MigText sql)
{
	Call *call = o->it->call;

	begin_alone(o);
	if (o->done == 0)
		record_done(o, 0);
	transaction_commit(call);
	o->part->rest = sql;
	call->where = &o->part->where;
	call->connection->backfill[0] = '\0';
	call->connection->outside = o;
	part_execute(o->part);
	call->connection->outside = NULL;
	call->where = NULL;
	begin_alone(o);
}

/*
 * The next statement, in a transaction with its record where it can be.  part_run() counts its
 * statements from where.statement on, so that is one less.
 */
static void
run_next(Outside *o)
{
	Mig *m = &o->part->call->mig;
	const MigText *statement = &o->statements.at[o->done];
	MigSection one = {mig_copy(m, *statement), statement_line(o->section, statement)};

	o->part->where.statement = o->done + 1;
	o->part->where.line = one.line;
	if (wants_no_transaction(statement, m))
		execute_alone(o, one.sql);
	else
	{
		begin_alone(o);
		o->part->where.statement = o->done;
		part_run(o->part, one);
		o->part->keys = (Keys){.counted = false};
	}
	record_done(o, o->done + 1);
	transaction_commit(o->it->call);
}

/*
 * What has run so far is committed before, and so is the step; the rest is in a new transaction.
 * At the end the heads are those after the step and no statement is done: begin_alone() looks by
 * that.
 */
MigList
outside_run(Run *it, size_t i, MigList heads)
{
	const MigStep *step = &it->plan.steps[i];
	Part *part = part_begin(it->call, step->revision, step->direction);
	Mig *m = &part->call->mig;
	int64_t start = run_now();
	const MigStop *stop =
		mig_resume_find(m, it->graph, &it->store, step->revision->id, step->direction);
	Outside o = {.it = it, .part = part, .heads = heads, .done = stop ? stop->done : 0};
	MigList after = mig_plan_apply(&it->call->mig, heads, step);

	o.section = run_section(it, part, i);
	o.statements = mig_statements(m, o.section.sql);
	run_write_books(it, heads);
	transaction_commit(it->call);
	while (o.done < (int) o.statements.n)
		run_next(&o);
	begin_alone(&o);
	store_set_versions(part->call, step->removed, step->added);
	store_log(it->call,
			  &(Log){.at = run_now(),
					 .direction = mig_direction_name(step->direction),
					 .revision = step->revision,
					 .before = heads,
					 .after = after,
					 .statements = o.done,
					 .duration_ms = run_now() - start},
			  1);
	transaction_commit(it->call);
	it->written = after;
	o.heads = after;
	o.done = 0;
	begin_alone(&o);
	part_end(part);
	return after;
}
