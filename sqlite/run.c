/*
 * run.c - transactions, and running revisions
 *
 * An error in a function undoes nothing in SQLite: a call that writes has a
 * transaction of its own, BEGIN IMMEDIATE ... COMMIT, or a savepoint in the
 * transaction of its caller, and takes back all that it did when it fails.
 *
 * A run looks twice.  The first look takes no lock: at the target already,
 * done.  Then the lock, and a second look, since another process may have done
 * the work while we waited.  In a transaction of the caller's that has read
 * nothing yet, the first look would be one read too early: SQLite's busy
 * handler waits for a lock only while the transaction has no snapshot that may
 * be out of date by then.  So there the lock comes first (run_prepare), and
 * where it cannot be had, we look all the same: there may be nothing to do.
 *
 * A revision's statements are split by sqlite3_prepare_v2(), which needs what
 * the statements before have made: they are prepared one by one as they run.
 * No statement of ours is open meanwhile, since DROP TABLE fails as long as
 * anything reads on the connection; for the same reason a call from a
 * statement that reads, or next to one, is refused.
 */
#include "sqlite.h"

#include <string.h>
#include <time.h>

/* ---- before the first write ---- */

static void
check_not_nested(Call *call)
{
	if (call->connection->running && !(call->connection->outside && call->nests))
		call_raise(call, MIG_WRONG_STATE,
				   mig_format(&call->mig, "a revision must not call %s()", call->function->name),
				   NULL, "Remove the call from the revision.");
}

static void
check_writable(Call *call, const char *what)
{
	if (sqlite3_db_readonly(call->db, "main") == 1)
		call_raise(call, MIG_READ_ONLY,
				   mig_format(&call->mig, "cannot %s in a read-only database", what), NULL,
				   "Open the database for writing, and check the rights to its file and "
				   "directory.");
	db_prepare(call, "PRAGMA query_only");
	if (db_step(call) && sqlite3_column_int(call->statement, 0))
		call_raise(call, MIG_READ_ONLY,
				   mig_format(&call->mig, "cannot %s while PRAGMA query_only is on", what), NULL,
				   "Set PRAGMA query_only = off.");
	db_finish(call);
}

/*
 * Does a statement read or write a database?  SQLite does not say; its program
 * has a Transaction instruction then, which EXPLAIN shows.
 */
static bool
uses_database(Call *call, const char *sql)
{
	const char *explain = mig_format(&call->mig, "EXPLAIN %s", sql);
	bool found = false;

	if (sqlite3_prepare_v2(call->db, explain, -1, &call->statement, NULL) == SQLITE_OK)
		while (!found && sqlite3_step(call->statement) == SQLITE_ROW)
		{
			const char *opcode = (const char *) sqlite3_column_text(call->statement, 1);

			found = opcode && strcmp(opcode, "Transaction") == 0;
		}
	db_finish(call);
	return found;
}

static const char *
short_sql(Mig *m, const char *sql)
{
	size_t len = strlen(sql);

	return len <= 200 ? sql : mig_format(m, "%.200s...", sql);
}

/* The statement that calls us is among the active ones; a plain SELECT of it uses no database. */
static void
check_no_reader(Call *call, const char *what)
{
	for (sqlite3_stmt *s = sqlite3_next_stmt(call->db, NULL); s; s = sqlite3_next_stmt(call->db, s))
	{
		const char *sql = sqlite3_stmt_busy(s) ? sqlite3_sql(s) : NULL;

		if (sql && uses_database(call, sql))
			call_raise(
				call, MIG_WRONG_STATE,
				mig_format(&call->mig, "cannot %s while a statement on this connection is active",
						   what),
				mig_format(&call->mig, "It is: %s", short_sql(&call->mig, sql)),
				mig_format(&call->mig,
						   "Fetch all of its rows, or reset or close it; and call %s() in a SELECT "
						   "without FROM.",
						   call->function->name));
	}
}

/* ---- transactions ---- */

static const struct
{
	const char *begin;
	const char *commit;
	const char *undo[3]; /* the last one: see undo_all() */
} transactions[] = {
	[TRANSACTION_OWN] = {"BEGIN IMMEDIATE", "COMMIT", {"ROLLBACK", NULL, "BEGIN IMMEDIATE"}},
	[TRANSACTION_SAVEPOINT] = {"SAVEPOINT migrate_call",
							   "RELEASE migrate_call",
							   {"ROLLBACK TO migrate_call", "RELEASE migrate_call",
								"BEGIN IMMEDIATE"}},
};

/*
 * Prepares what undoes the transaction, while there is memory: from the first
 * allocation that fails until our caller's statement has ended, SQLite prepares
 * nothing.  Some statements make prepared ones out of date (CREATE INDEX does),
 * and so does keys_suspend(), so this is done again after each of a revision.
 */
static void
prepare_undo(Call *call, Transaction transaction)
{
	for (int i = 0; i < 3; i++)
	{
		const char *sql = transactions[transaction].undo[i];
		sqlite3_stmt *undo = NULL;

		if (sql && sqlite3_prepare_v2(call->db, sql, -1, &undo, NULL) != SQLITE_OK)
			call_raise_engine(call);
		sqlite3_finalize(call->undo[i]);
		call->undo[i] = undo;
	}
}

void
run_keep_undo(Call *call)
{
	Call *outer = call->outer ? call->outer : call;

	if (outer->transaction != TRANSACTION_NONE)
		prepare_undo(outer, outer->transaction);
}

static void
begin(Call *call, Transaction transaction)
{
	prepare_undo(call, transaction);
	/* an interrupt may come when BEGIN has done its work */
	if (transaction == TRANSACTION_OWN)
		call->transaction = transaction;
	db_run(call, transactions[transaction].begin);
	call->transaction = transaction;
}

/* A write, before anything is read. */
static void
take_lock(Call *call)
{
	int rc = call->locked ? SQLITE_OK : store_touch(call);

	if (rc != SQLITE_OK && rc != SQLITE_NOTFOUND)
		call_raise_engine(call);
	call->locked = true;
}

void
run_prepare(Call *call)
{
	int rc;

	if (sqlite3_get_autocommit(call->db) || call->connection->running ||
		sqlite3_txn_state(call->db, "main") != SQLITE_TXN_NONE ||
		sqlite3_db_readonly(call->db, "main") == 1)
		return;
	rc = store_touch(call);
	call->locked = rc == SQLITE_OK;
	if ((rc & 0xff) == SQLITE_NOMEM)
		call_raise_engine(call);
}

void
run_begin(Call *call, const char *what)
{
	bool own = sqlite3_get_autocommit(call->db) != 0;

	check_not_nested(call);
	check_writable(call, what);
	check_no_reader(call, what);
	begin(call, own ? TRANSACTION_OWN : TRANSACTION_SAVEPOINT);
	call->running = !call->connection->running;
	call->connection->running = true;
	if (!own)
		take_lock(call);
}

void
run_lock(Call *call, const char *what)
{
	run_begin(call, what);
	store_create(call);
}

void
run_begin_again(Call *call)
{
	begin(call, TRANSACTION_OWN);
}

void
run_commit(Call *call)
{
	if (call->transaction == TRANSACTION_NONE)
		return;
	db_run(call, transactions[call->transaction].commit);
	call->transaction = TRANSACTION_NONE;
}

static bool
undo_step(Call *call, int i)
{
	const char *sql = transactions[call->transaction].undo[i];

	return sql == NULL || sqlite3_step(call->undo[i]) == SQLITE_DONE ||
		   sqlite3_exec(call->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/*
 * After sqlite3_interrupt() nothing runs until our caller's statement has ended,
 * ROLLBACK neither.  But a statement that would write and is stopped takes the
 * whole transaction back.  BEGIN IMMEDIATE is one that harms nothing, should it
 * not be stopped.  Where a change of the schema has made it out of date, it would
 * have to be prepared again, and an interrupt is asked for at each blank and at
 * the end of a text: the PRAGMA has none, ends before its end, needs no schema, and
 * is stopped before it writes.
 */
static bool
undo_all(Call *call)
{
	if (sqlite3_step(call->undo[2]) == SQLITE_INTERRUPT && !sqlite3_get_autocommit(call->db))
		sqlite3_exec(call->db, "PRAGMA\"user_version\"=0;", NULL, NULL, NULL);
	return sqlite3_get_autocommit(call->db) != 0;
}

const char *
run_undo(Call *call)
{
	const char *failure = NULL;

	/* some errors, and ON CONFLICT ROLLBACK, have ended the transaction already */
	if (call->transaction != TRANSACTION_NONE && !sqlite3_get_autocommit(call->db) &&
		!(undo_step(call, 0) && undo_step(call, 1)))
		failure = undo_all(call)
					  ? run_lost(call)
					  : "The transaction could not be rolled back and is still open: roll it back.";
	call->transaction = TRANSACTION_NONE;
	for (int i = 0; i < 3; i++)
		sqlite3_finalize(call->undo[i]);
	return failure;
}

const char *
run_lost(const Call *call)
{
	const Call *outer = call->outer ? call->outer : call;

	if (outer->transaction == TRANSACTION_NONE || !sqlite3_get_autocommit(call->db))
		return NULL;
	if (outer->transaction == TRANSACTION_SAVEPOINT)
		return "It rolled back the whole transaction, the caller's part included.";
	return "It rolled back the whole transaction.";
}

/* ---- looking ---- */

typedef struct Run
{
	Call *call;
	MigDirection direction;
	MigStore store;
	MigGraph *graph;
	MigList rows; /* version rows from which the plan starts: none in a purge */
	MigPlan plan;
	MigSection *sections; /* what each step runs, as far as it is kept: see check_step() */
	size_t room;          /* bytes that may still be kept */
	MigList written;      /* version rows as they are in the table, see write_books() */
	Log *logs;            /* one for each step that is done and not yet in the table */
	size_t nlogs;
} Run;

#ifndef KEEP_BYTES /* a test makes it small */
#define KEEP_BYTES ((size_t) 8 << 20)
#endif

static Run
look(Call *call, MigText target, MigDirection direction, bool purge)
{
	Mig *m = &call->mig;
	Run it = {.call = call, .direction = direction, .store = store_load(call)};

	it.graph = mig_graph(m, it.store.revisions);
	if (!purge)
		it.rows = mig_store_rows(m, &it.store);
	it.written = it.rows;
	it.plan = mig_plan(m, it.graph, it.rows, target, direction);
	it.sections = mig_alloc(m, it.plan.n, sizeof(MigSection));
	it.room = KEEP_BYTES;
	it.logs = mig_alloc(m, it.plan.n + 1, sizeof(Log));
	return it;
}

/* The lines of the answer: what was done, where we are, and what the caller has yet to do. */
static MigList
answer(const Run *it, MigList heads, bool done)
{
	Mig *m = &it->call->mig;
	MigLines lines = mig_lines(m);

	for (size_t i = 0; done && i < it->plan.n; i++)
		mig_lines_add(&lines, mig_plan_line(m, &it->plan.steps[i]));
	mig_lines_add(&lines,
				  mig_text(mig_format(m, "current: %s", mig_plan_current(m, it->graph, heads).at)));
	if (done && it->plan.n > 0 && it->call->transaction == TRANSACTION_SAVEPOINT)
		mig_lines_add(&lines, mig_text("pending: the changes become permanent with the COMMIT of "
									   "the calling transaction"));
	return lines.list;
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

/* ---- a revision's statements ---- */

/* A revision that is checked or run.  Lives in memory of its own. */
typedef struct Part
{
	Call *call;
	MigRevision revision; /* with its script */
	MigText rest;         /* of the section, terminated by a NUL */
	Where where;
	Keys keys;
	Changes changes;
} Part;

/* SQLite would run a script up to its first NUL, as if there were nothing behind it. */
static void
check_script(Call *call, const MigRevision *revision)
{
	if (memchr(revision->script.at, '\0', revision->script.len))
		call_raise(call, MIG_DAMAGED,
				   mig_format(&call->mig, "script of revision \"%.*s\" is not text",
							  MIG_ARG(revision->id)),
				   "It has NUL bytes.", "Put the script back as it was added.");
}

static Part *
part_begin(Call *call, const MigRevision *revision, MigDirection direction)
{
	Call *nested = call_nested(call);
	Part *part = mig_alloc(&nested->mig, 1, sizeof(Part));

	part->call = nested;
	part->revision = *revision;
	part->where = (Where){NULL, &part->revision, direction, 0, 0};
	part->changes = (Changes){.call = nested, .keys = &part->keys};
	return part;
}

static void
load_script(Part *part)
{
	part->revision.script = store_script(part->call, part->revision.id);
	check_script(part->call, &part->revision);
}

static void
part_end(Part *part)
{
	call_drop(part->call);
}

static void
skip(Part *part, size_t bytes)
{
	part->where.line += mig_count_lines((MigText){part->rest.at, bytes});
	part->rest.at += bytes;
	part->rest.len -= bytes;
}

/* Goes on to the next statement; returns its keyword.  A byte order mark is white space to SQLite.
 */
static MigText
next_keyword(Part *part)
{
	size_t skipped;
	MigText keyword = mig_statement_keyword(&part->call->mig, part->rest, MIG_SQLITE, &skipped);

	skip(part, skipped);
	while (part->rest.len >= 3 && memcmp(part->rest.at, "\xEF\xBB\xBF", 3) == 0)
	{
		skip(part, 3);
		keyword = mig_statement_keyword(&part->call->mig, part->rest, MIG_SQLITE, &skipped);
		skip(part, skipped);
	}
	return keyword;
}

static bool
is_drop_table(Part *part, MigText keyword)
{
	MigText behind = {part->rest.at + keyword.len, part->rest.len - keyword.len};
	size_t skipped;

	return mig_same(keyword, mig_text("DROP")) &&
		   mig_same(mig_statement_keyword(&part->call->mig, behind, MIG_SQLITE, &skipped),
					mig_text("TABLE"));
}

/* SQLite knows the place of some errors, from version 3.38 on; else it is the statement's first
 * line. */
static void
find_line(Part *part)
{
	int offset = -1;

	if (sqlite3_libversion_number() >= 3038000)
		offset = sqlite3_error_offset(part->call->db);
	if (offset > 0 && (size_t) offset <= part->rest.len)
		part->where.line += mig_count_lines((MigText){part->rest.at, (size_t) offset});
}

static _Noreturn void
fail_statement(Part *part)
{
	Call *call = part->call;
	int code = sqlite3_extended_errcode(call->db);
	const char *message = mig_format(&call->mig, "%s", sqlite3_errmsg(call->db));

	find_line(part);
	db_finish(call);
	call_raise_code(call, code, &(MigError){MIG_INTERNAL, message, run_lost(call), NULL, NULL});
}

/* INSERT OR ROLLBACK and RAISE(ROLLBACK) end the transaction; from there on nothing may run. */
static void
check_transaction(Part *part)
{
	if (sqlite3_get_autocommit(part->call->db))
		call_raise(part->call, MIG_WRONG_STATE, "statement ended the transaction of the run",
				   run_lost(part->call), "Remove ROLLBACK from the statement or its trigger.");
}

/* Prepares and runs the statement that comes next, all of its rows; returns its length. */
static size_t
execute(Part *part)
{
	Call *call = part->call;
	const char *tail = NULL;
	int rc = sqlite3_prepare_v2(call->db, part->rest.at, -1, &call->statement, &tail);

	if (rc != SQLITE_OK)
		fail_statement(part);
	if (call->statement)
		while ((rc = sqlite3_step(call->statement)) == SQLITE_ROW)
			;
	if (call->statement && rc != SQLITE_DONE)
		fail_statement(part);
	db_finish(call);
	return (size_t) (tail - part->rest.at);
}

static void
suspend_keys(Part *part)
{
	keys_suspend(part->call, &part->keys, &part->where);
	prepare_undo(part->call->outer, part->call->outer->transaction);
}

/* Runs the next statement; false: there is none. */
static bool
run_statement(Part *part)
{
	MigText keyword = next_keyword(part);
	bool drops;
	size_t len;

	if (part->rest.len == 0)
		return false;
	part->where.statement++;
	mig_statement_check(&part->call->mig, keyword);
	len = rebuild_statement(&part->changes, part->rest);
	drops = is_drop_table(part, keyword);
	if (drops)
		suspend_keys(part);
	if (len == 0)
		len = execute(part);
	if (drops)
		keys_resume(part->call);
	check_transaction(part);
	prepare_undo(part->call->outer, part->call->outer->transaction);
	skip(part, len);
	return true;
}

/* Of an index that no ";" ends, SQLite would store the white space behind it, too. */
static MigText
without_space_behind(MigText sql)
{
	while (sql.len > 0 && strchr(" \t\r\n", sql.at[sql.len - 1]))
		sql.len--;
	return sql;
}

static void
run_statements(Part *part, MigSection section)
{
	part->rest = mig_copy(&part->call->mig, without_space_behind(section.sql));
	part->where.line = section.line;
	part->call->outer->where = &part->where;
	while (run_statement(part))
		;
	rebuild_flush(&part->changes);
	part->call->outer->where = NULL;
	keys_check(part->call, &part->keys);
}

void
run_text(Call *call, MigText sql, const char *what)
{
	Call *nested = call_nested(call);
	Part part = {
		.call = nested, .rest = mig_copy(&nested->mig, sql), .where = {.what = what, .line = 1}};

	part.changes = (Changes){.call = nested, .keys = &part.keys};
	begin(call, TRANSACTION_OWN);
	call->where = &part.where;
	while (run_statement(&part))
		;
	rebuild_flush(&part.changes);
	call->where = NULL;
	call_drop(nested);
}

/* ---- checking a run ---- */

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

		load_script(part);
		mig_store_check(&part->call->mig, &part->revision,
						logged[revision - it->store.revisions.at]);
		part_end(part);
	}
}

static void
check_transactional(Call *call, const MigRevision *revision)
{
	if (!revision->transactional && call->outer->transaction == TRANSACTION_SAVEPOINT)
		call_raise(
			call, MIG_UNSUPPORTED,
			mig_format(&call->mig, "revision \"%.*s\" cannot run inside a transaction",
					   MIG_ARG(revision->id)),
			"Its script says \"-- migrate:transaction off\".",
			mig_format(&call->mig, "Call %s() outside of a transaction.", call->function->name));
}

/* Of the script, on which a statement of the section begins. */
static int
statement_line(MigSection section, const MigText *statement)
{
	return section.line +
		   mig_count_lines((MigText){section.sql.at, (size_t) (statement->at - section.sql.at)});
}

/* The section up to the end of so many statements; null: it has fewer. */
static MigText
text_done(MigText section, MigList statements, int done)
{
	const MigText *last = &statements.at[done - 1];

	if (done > (int) statements.n)
		return (MigText){NULL, 0};
	return (MigText){section.at, done == 0 ? 0 : (size_t) (last->at + last->len - section.at)};
}

/* Of a revision that runs outside of a transaction: what could not run, and what has run. */
static void
check_outside(const Run *it, Part *part, MigSection section)
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
		mig_statement_check(m, mig_statement_keyword(m, statements.at[i], MIG_SQLITE, &skipped));
	}
	it->call->where = NULL;
	if (stop)
		mig_resume_check_script(m, stop, text_done(section.sql, statements, stop->done));
}

/*
 * Before anything runs.  What the step will run is kept, so that it need not be
 * read and parsed again; but not where scripts are so long that they would fill
 * the memory.
 */
static void
check_step(Run *it, size_t i)
{
	const MigStep *step = &it->plan.steps[i];
	Part *part = part_begin(it->call, step->revision, step->direction);
	MigSection section;

	check_transactional(part->call, step->revision);
	load_script(part);
	section = mig_store_section(&part->call->mig, &part->revision, (MigText){NULL, 0},
								step->direction, MIG_SQLITE);
	if (!part->revision.transactional)
		check_outside(it, part, section);
	if (section.sql.len < it->room)
	{
		it->room -= section.sql.len;
		it->sections[i] = (MigSection){mig_copy(&it->call->mig, section.sql), section.line};
	}
	part_end(part);
}

static MigSection
step_section(const Run *it, Part *part, size_t i)
{
	if (it->sections[i].sql.at)
		return it->sections[i];
	load_script(part);
	return mig_store_section(&part->call->mig, &part->revision, (MigText){NULL, 0},
							 part->where.direction, MIG_SQLITE);
}

/* ---- running ---- */

static const char *
name_of_direction(MigDirection direction)
{
	return direction == MIG_UPGRADE ? "upgrade" : "downgrade";
}

static int64_t
milliseconds(void)
{
	struct timespec now = {0, 0};

	timespec_get(&now, TIME_UTC);
	return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Writes the version and the log of the steps that are done.  Not after each of
 * them: one that makes a table makes prepared statements out of date, and to
 * prepare ours again would take a tenth of the whole run.
 */
static void
write_books(Run *it, MigList heads)
{
	Mig *m = &it->call->mig;

	store_set_versions(it->call, mig_plan_without(m, it->written, heads),
					   mig_plan_without(m, heads, it->written));
	store_log(it->call, it->logs, it->nlogs);
	it->written = heads;
	it->nlogs = 0;
}

/* Does a section look at our tables? */
static bool
looks_at_us(MigSection section)
{
	return sqlite3_strlike("%migrate\\_%", section.sql.at, '\\') == 0;
}

/* Runs a step.  Returns the version rows after it. */
static MigList
run_step(Run *it, size_t i, MigList heads)
{
	const MigStep *step = &it->plan.steps[i];
	Part *part = part_begin(it->call, step->revision, step->direction);
	MigList after = mig_plan_apply(&it->call->mig, heads, step);
	MigSection section = step_section(it, part, i);
	int64_t start = milliseconds();
	int64_t end;

	if (looks_at_us(section))
		write_books(it, heads);
	run_statements(part, section);
	end = milliseconds();
	it->logs[it->nlogs++] = (Log){.at = end,
								  .direction = name_of_direction(step->direction),
								  .revision = step->revision,
								  .before = heads,
								  .after = after,
								  .statements = part->where.statement,
								  .duration_ms = end - start};
	part_end(part);
	return after;
}

/* ---- outside of a transaction ---- */

/* A revision whose statements are transactions of their own. */
typedef struct Outside
{
	const Run *it;
	Part *part;
	MigSection section;
	MigList statements;
	MigList heads;
	int done;
} Outside;

/* Another process may have begun the same run: the lock is not ours between two statements. */
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
		call_raise(call, MIG_BUSY, "another migration run is in progress", NULL,
				   "Call again when it has ended.");
}

static void
begin_alone(const Outside *o)
{
	run_begin_again(o->it->call);
	check_alone(o, o->it->call);
}

void
run_check_alone(Call *call)
{
	if (call->connection->outside)
		check_alone(call->connection->outside, call);
}

/* What the statement's backfill has kept goes with the record that it is done. */
static void
record_done(Outside *o, int done)
{
	Call *call = o->it->call;
	Connection *connection = call->connection;
	Log log = {.at = milliseconds(),
			   .direction = name_of_direction(o->it->direction),
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

static void
execute_alone(Outside *o, MigText sql)
{
	Call *call = o->it->call;

	begin_alone(o);
	if (o->done == 0)
		record_done(o, 0);
	run_commit(call);
	o->part->rest = sql;
	call->where = &o->part->where;
	call->connection->backfill[0] = '\0';
	call->connection->outside = o;
	execute(o->part);
	call->connection->outside = NULL;
	call->where = NULL;
	begin_alone(o);
}

/* The next statement, in a transaction with its record where it can be. */
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
		run_statements(o->part, one);
		o->part->keys = (Keys){.counted = false};
	}
	record_done(o, o->done + 1);
	run_commit(o->it->call);
}

/* What has run so far is committed before, and so is the step; the rest is in a new transaction. */
static MigList
run_outside(Run *it, size_t i, MigList heads)
{
	const MigStep *step = &it->plan.steps[i];
	Part *part = part_begin(it->call, step->revision, step->direction);
	Mig *m = &part->call->mig;
	int64_t start = milliseconds();
	const MigStop *stop =
		mig_resume_find(m, it->graph, &it->store, step->revision->id, step->direction);
	Outside o = {.it = it, .part = part, .heads = heads, .done = stop ? stop->done : 0};
	MigList after = mig_plan_apply(&it->call->mig, heads, step);

	o.section = step_section(it, part, i);
	o.statements = mig_statements(m, o.section.sql);
	write_books(it, heads);
	run_commit(it->call);
	while (o.done < (int) o.statements.n)
		run_next(&o);
	begin_alone(&o);
	store_set_versions(part->call, step->removed, step->added);
	store_log(it->call,
			  &(Log){.at = milliseconds(),
					 .direction = name_of_direction(step->direction),
					 .revision = step->revision,
					 .before = heads,
					 .after = after,
					 .statements = o.done,
					 .duration_ms = milliseconds() - start},
			  1);
	run_commit(it->call);
	it->written = after;
	o.heads = after;
	o.done = 0;
	begin_alone(&o);
	part_end(part);
	return after;
}

/* ---- runs ---- */

MigList
run(Call *call, MigText target, MigDirection direction)
{
	Run it;
	MigList heads;

	run_prepare(call);
	it = look(call, target, direction, false);
	if (it.plan.n == 0)
		return answer(&it, it.rows, false);
	run_lock(call, "run migrations");
	it = look(call, target, direction, false);
	if (it.plan.n > 0)
		check_applied(&it);
	store_load_stops(call, &it.store);
	mig_resume_check_plan(&call->mig, it.graph, &it.store, &it.plan, MIG_SQLITE);
	for (size_t i = 0; i < it.plan.n; i++)
		check_step(&it, i);
	heads = it.rows;
	for (size_t i = 0; i < it.plan.n; i++)
		heads = it.plan.steps[i].revision->transactional ? run_step(&it, i, heads)
														 : run_outside(&it, i, heads);
	write_books(&it, heads);
	return done(&it, heads);
}

/* ---- stamping ---- */

static void
log_stamp(Run *it, const MigRevision *revision, MigList before, MigList after)
{
	it->logs[it->nlogs++] = (Log){.at = milliseconds(),
								  .direction = "stamp",
								  .revision = revision,
								  .before = before,
								  .after = after};
}

static MigList
stamp_step(Run *it, const MigStep *step, MigList logged_before, MigList heads)
{
	MigList after = mig_plan_apply(&it->call->mig, heads, step);

	store_set_versions(it->call, step->removed, step->added);
	log_stamp(it, step->revision, logged_before, after);
	return after;
}

MigList
run_stamp(Call *call, MigText target, bool purge)
{
	Run it;
	MigList stored;
	MigList heads;

	run_prepare(call);
	it = look(call, target, MIG_STAMP, purge);
	if (it.plan.n == 0 && (!purge || it.store.nversions == 0))
		return answer(&it, it.rows, false);
	run_lock(call, "stamp");
	it = look(call, target, MIG_STAMP, purge);
	stored = mig_store_rows(&call->mig, &it.store);
	heads = it.rows;
	if (purge)
		store_set_versions(call, stored, heads);
	if (purge && it.plan.n == 0)
		log_stamp(&it, NULL, stored, heads);
	for (size_t i = 0; i < it.plan.n; i++)
		heads = stamp_step(&it, &it.plan.steps[i], i == 0 ? stored : heads, heads);
	store_log(call, it.logs, it.nlogs);
	return done(&it, heads);
}

/* ---- a run as a script ---- */

/* What must not stand in a transaction may stand outside of one. */
static void
check_offline(Part *part, MigList statements)
{
	static const char *const outside[] = {"VACUUM", "ATTACH", "DETACH"};
	Mig *m = &part->call->mig;

	for (size_t i = 0; i < statements.n; i++)
	{
		size_t skipped;
		MigText keyword = mig_statement_keyword(m, statements.at[i], MIG_SQLITE, &skipped);
		bool allowed = false;

		for (size_t k = 0; !part->revision.transactional && k < 3; k++)
			allowed |= mig_same(keyword, mig_text(outside[k]));
		part->where.statement = (int) i + 1;
		part->where.line += mig_count_lines(
			(MigText){part->rest.at, (size_t) (statements.at[i].at - part->rest.at)});
		part->rest.at = statements.at[i].at;
		if (!allowed)
			mig_statement_check(m, keyword);
	}
}

/* Data is left out: the shadow is an empty schema. */
static bool
makes_schema(MigText keyword)
{
	static const char *const words[] = {"CREATE", "ALTER", "DROP", "COMMENT", "TRUNCATE"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (mig_same(keyword, mig_text(words[i])))
			return true;
	return false;
}

static void
take_recorded(Part *part, MigBuf *script)
{
	MigLines *recorded = part->call->outer->recorded;

	for (size_t i = 0; i < recorded->list.n; i++)
		mig_buf_format(script, "%.*s;\n", MIG_ARG(recorded->list.at[i]));
	recorded->list.n = 0;
}

/* A statement on the shadow; false: it is SQLite's own, and goes into the script as it is. */
static bool
play_statement(Part *part, MigText statement, MigBuf *script)
{
	Mig *m = &part->call->mig;
	size_t skipped;
	MigText keyword = mig_statement_keyword(m, statement, MIG_SQLITE, &skipped);
	bool taught;

	part->rest = mig_copy(m, statement);
	taught = rebuild_statement(&part->changes, part->rest) > 0;
	take_recorded(part, script);
	if (!taught && makes_schema(keyword))
		execute(part);
	return taught;
}

/*
 * A section in SQLite's own words: what is taught becomes the statements that
 * run for it on the shadow, and all else stays as it is.
 */
static MigText
play(Part *part, MigSection section)
{
	Mig *m = &part->call->mig;
	MigList statements = mig_statements(m, section.sql);
	MigBuf script = mig_buf(m);
	MigLines recorded = mig_lines(m);
	Call *outer = part->call->outer;
	sqlite3 *db = part->call->db;
	const char *at = section.sql.at;

	part->call->db = outer->shadow;
	outer->recorded = &recorded;
	for (size_t i = 0; i < statements.n; i++)
	{
		MigText statement = statements.at[i];

		mig_buf_add(&script, (MigText){at, (size_t) (statement.at - at)});
		part->where.statement = (int) i + 1;
		part->where.line =
			section.line +
			mig_count_lines((MigText){section.sql.at, (size_t) (statement.at - section.sql.at)});
		at = statement.at + statement.len;
		if (!play_statement(part, statement, &script))
			mig_buf_add(&script, statement);
		else if (at < section.sql.at + section.sql.len && *at == ';')
			at++; /* what is recorded has its own */
	}
	rebuild_flush(&part->changes);
	mig_buf_str(&script, recorded.list.n > 0 ? "\n" : "");
	take_recorded(part, &script);
	mig_buf_add(&script, (MigText){at, (size_t) (section.sql.at + section.sql.len - at)});
	outer->recorded = NULL;
	part->call->db = db;
	return mig_buf_text(&script);
}

static MigSection
offline_section(Part *part)
{
	load_script(part);
	return mig_store_section(&part->call->mig, &part->revision, (MigText){NULL, 0},
							 part->where.direction, MIG_SQLITE);
}

/* Writes a step: the section as it is, or as it is played. */
static void
write_step(Call *call, MigOffline *offline, const MigStep *step)
{
	Part *part = part_begin(call, step->revision, step->direction);
	Mig *m = &part->call->mig;
	MigSection section = offline_section(part);
	MigList statements = mig_statements(m, section.sql);
	MigText sql = section.sql;

	part->rest = section.sql;
	part->where.line = section.line;
	call->where = &part->where;
	check_offline(part, statements);
	if (call->shadow)
		sql = play(part, section);
	mig_offline_step(offline, &part->revision, sql, (int) statements.n);
	call->where = NULL;
	part_end(part);
}

static bool
step_is_taught(Call *call, const MigStep *step)
{
	Part *part = part_begin(call, step->revision, step->direction);
	MigList statements = mig_statements(&part->call->mig, offline_section(part).sql);
	bool needs = false;

	for (size_t i = 0; !needs && i < statements.n; i++)
		needs = mig_teach(&part->call->mig, statements.at[i]).lesson != MIG_PLAIN;
	part_end(part);
	return needs;
}

/* Brings the shadow to where the script starts. */
static void
play_start(Call *call, const MigGraph *g, MigList start)
{
	Mig *m = &call->mig;
	MigPlan plan = mig_plan(m, g, (MigList){NULL, 0}, mig_join(m, start, ","), MIG_UPGRADE);

	for (size_t i = 0; i < plan.n; i++)
	{
		Part *part = part_begin(call, plan.steps[i].revision, MIG_UPGRADE);

		call->where = &part->where;
		play(part, offline_section(part));
		call->where = NULL;
		part_end(part);
	}
}

MigText
run_sql(Call *call, MigText range, MigDirection direction)
{
	Mig *m = &call->mig;
	MigStore store = store_load(call);
	MigOfflineTables tables = store_offline(call);
	const MigGraph *g = mig_graph(m, store.revisions);
	MigOffline *offline = mig_offline(m, g, &tables, range, direction);
	const MigPlan *plan = mig_offline_plan(offline);
	bool needs = false;

	for (size_t i = 0; !needs && i < plan->n; i++)
		needs = step_is_taught(call, &plan->steps[i]);
	if (needs)
		shadow_open(call);
	if (needs && mig_offline_start(offline).n > 0)
		play_start(call, g, mig_offline_start(offline));
	for (size_t i = 0; i < plan->n; i++)
		write_step(call, offline, &plan->steps[i]);
	return mig_offline_text(offline);
}
