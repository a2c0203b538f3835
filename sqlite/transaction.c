/*
 * transaction.c - the transaction of a call that writes
 *
 * An error in a function undoes nothing in SQLite: a call that writes has a
 * transaction of its own, BEGIN IMMEDIATE ... COMMIT, or a savepoint in the
 * transaction of its caller, and takes back all that it did when it fails.
 *
 * SQLite's busy handler waits for a lock only while the transaction has no
 * snapshot that may be out of date by then.  So in a transaction of the
 * caller's that has read nothing yet the lock comes before the first look
 * (transaction_prepare), and where it cannot be had, the call looks all the
 * same: there may be nothing to do.
 *
 * DROP TABLE fails as long as anything reads on the connection: a call from a
 * statement that reads, or next to one, is refused.
 */
#include "sqlite.h"

#include <string.h>

/* ---- before the first write ---- */

/*
 * Inside of a run another one would take the version rows from under it.  But a statement that
 * runs outside of a transaction may call what says that it nests: migrate_backfill().
 */
static void
check_not_nested(Call *call)
{
	if (call->connection->running && !(call->connection->outside && call->nests))
		mig_refuse_nested(&call->mig, call->function->name);
}

/* SQLite would say so, too, at the first write, and without a way out. */
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

/* For a message: what an application runs may be long. */
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

/* Nothing to undo, nothing to keep. */
void
transaction_keep_undo(Call *call)
{
	Call *outer = call_outer(call);

	if (outer->transaction != TRANSACTION_NONE)
		prepare_undo(outer, outer->transaction);
}

/* The undo is prepared first: where that fails, nothing has begun. */
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

/*
 * A write, before anything is read.
 * A SAVEPOINT takes no lock by itself.  SQLITE_NOTFOUND: no tables yet, the CREATE will take it.
 */
static void
take_lock(Call *call)
{
	int rc = call->locked ? SQLITE_OK : store_touch(call);

	if (rc != SQLITE_OK && rc != SQLITE_NOTFOUND)
		call_raise_engine(call);
	call->locked = true;
}

/*
 * Nothing is to be done in autocommit, where BEGIN IMMEDIATE comes, or where the caller's
 * transaction has a snapshot or the lock already.  A lock that is not to be had is no error here:
 * the call may have nothing to write.
 */
void
transaction_prepare(Call *call)
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

/*
 * running is ours unless it was somebody's already, so that call_end() gives back no more than
 * that.
 */
void
transaction_begin(Call *call, const char *what)
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
transaction_lock(Call *call, const char *what)
{
	transaction_begin(call, what);
	store_create(call);
}

void
transaction_begin_again(Call *call)
{
	begin(call, TRANSACTION_OWN);
}

/*
 * A COMMIT that fails with SQLITE_BUSY, since others still read, leaves the transaction open: the
 * call fails, and call_end() rolls it back.
 */
void
transaction_commit(Call *call)
{
	if (call->transaction == TRANSACTION_NONE)
		return;
	db_run(call, transactions[call->transaction].commit);
	call->transaction = TRANSACTION_NONE;
}

/*
 * The prepared one first, which needs no memory; then the same anew, should it be out of date.
 * True: done, or there is none.
 */
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

/*
 * For call_end() and transaction_try(), with nothing open but the undo itself.  A transaction
 * that has ended by itself has nothing to undo, and what it says of that transaction_lost() has
 * said.
 */
const char *
transaction_undo(Call *call)
{
	const char *failure = NULL;

	/* some errors, and ON CONFLICT ROLLBACK, have ended the transaction already */
	if (call->transaction != TRANSACTION_NONE && !sqlite3_get_autocommit(call->db) &&
		!(undo_step(call, 0) && undo_step(call, 1)))
		failure = undo_all(call)
					  ? transaction_lost(call)
					  : "The transaction could not be rolled back and is still open: roll it back.";
	call->transaction = TRANSACTION_NONE;
	for (int i = 0; i < 3; i++)
	{
		sqlite3_finalize(call->undo[i]);
		call->undo[i] = NULL;
	}
	return failure;
}

/* NULL as long as our transaction is there; the shadow's is nobody's business. */
const char *
transaction_lost(const Call *call)
{
	const Call *outer = call->outer ? call->outer : call;

	if (outer->transaction == TRANSACTION_NONE || outer->connection->is_shadow ||
		!sqlite3_get_autocommit(call->db))
		return NULL;
	if (outer->transaction == TRANSACTION_SAVEPOINT)
		return "It rolled back the whole transaction, the caller's part included.";
	return "It rolled back the whole transaction.";
}

/* ---- what may as well not be written ---- */

/* 0, too, where the application has a busy handler of its own. */
static int
busy_timeout(Call *call)
{
	int timeout;

	db_prepare(call, "PRAGMA busy_timeout");
	timeout = db_step(call) ? sqlite3_column_int(call->statement, 0) : 0;
	db_finish(call);
	return timeout;
}

/* Returns a result code; what was begun is undone by the caller. */
static int
try_all(Call *call, const char *sql)
{
	int rc = sqlite3_exec(call->db, "BEGIN", NULL, NULL, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(call->db, sql, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(call->db, "COMMIT", NULL, NULL, NULL);
	return rc;
}

/*
 * Who has read gets the lock to write at once or not at all: so no busy handler
 * is asked before COMMIT.  A statement that writes and has called us would be
 * rolled back with us.  The application may still want its last_insert_rowid().
 */
void
transaction_try(Call *call, const char *sql)
{
	sqlite3_int64 rowid = sqlite3_last_insert_rowid(call->db);
	int timeout;
	int rc;

	if (!sqlite3_get_autocommit(call->db) || call->connection->running ||
		sqlite3_txn_state(call->db, NULL) == SQLITE_TXN_WRITE)
		return;
	timeout = busy_timeout(call);
	prepare_undo(call, TRANSACTION_OWN);
	call->transaction = TRANSACTION_OWN;
	if (timeout > 0)
		sqlite3_busy_timeout(call->db, 0);
	rc = try_all(call, sql);
	if (timeout > 0)
		sqlite3_busy_timeout(call->db, timeout);
	if (rc == SQLITE_OK)
		call->transaction = TRANSACTION_NONE;
	transaction_undo(call);
	sqlite3_set_last_insert_rowid(call->db, rowid);
	if ((rc & 0xff) == SQLITE_NOMEM)
		call_raise_code(call, SQLITE_NOMEM, &(MigError){MIG_INTERNAL, "", NULL, NULL, NULL});
}
