/*
 * store.c - all SQL on our tables
 *
 * Tables are named with their schema, main, so that neither a temporary table
 * nor an attached database is taken for ours.  They are made by the first call
 * that writes; until then a call that reads sees an empty store.  Lists are
 * text, separated by commas.  script is the last column of its table: a row's
 * other columns are then read without the pages that a long script fills.
 */
#include "sqlite.h"

#include <stdlib.h>
#include <string.h>

/*
 * SQLite has no type for times: ISO 8601 in UTC with milliseconds, which as text is in the order
 * of time.  store_logged() relies on it.
 */
#define NOW "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"

/* ---- the tables ---- */

/* migrate_position, migrate_snapshot and migrate_compared are made when they are needed, below. */
static const char *const creates[] = {
	"CREATE TABLE IF NOT EXISTS main.migrate_revision (\n"
	"\trevision text NOT NULL PRIMARY KEY,\n"
	"\trevises text NOT NULL DEFAULT '',\n"
	"\tdepends text NOT NULL DEFAULT '',\n"
	"\tlabels text NOT NULL DEFAULT '',\n"
	"\tmessage text NOT NULL DEFAULT '',\n"
	"\ttransactional integer NOT NULL DEFAULT 1,\n"
	"\tchecksum text NOT NULL,\n"
	"\tcreated_at text,\n"
	"\tadded_at text NOT NULL,\n"
	"\tadded_by text,\n"
	"\tscript text NOT NULL\n)",
	"CREATE TABLE IF NOT EXISTS main.migrate_version (\n"
	"\trevision text NOT NULL PRIMARY KEY,\n"
	"\tsince text NOT NULL\n)",
	"CREATE TABLE IF NOT EXISTS main.migrate_log (\n"
	"\tid integer PRIMARY KEY,\n"
	"\tat text NOT NULL,\n"
	"\tdirection text NOT NULL,\n"
	"\trevision text,\n"
	"\theads_before text NOT NULL DEFAULT '',\n"
	"\theads_after text NOT NULL DEFAULT '',\n"
	"\tchecksum text,\n"
	"\tstatements integer NOT NULL DEFAULT 0,\n"
	"\tduration_ms integer NOT NULL DEFAULT 0,\n"
	"\tstatus text NOT NULL DEFAULT 'done',\n"
	"\tdetail text,\n"
	"\tactor text,\n"
	"\tclient text\n)",
};

#define CREATES (sizeof(creates) / sizeof(creates[0]))

/* In the call's transaction: a call that fails leaves no tables behind. */
void
store_create(Call *call)
{
	for (size_t i = 0; i < CREATES; i++)
		db_run(call, creates[i]);
}

/* The tables that a script writes to: revisions, versions, the log. */
MigOfflineTables
store_offline(Call *call)
{
	MigBuf buf = mig_buf(&call->mig);

	for (size_t i = 0; i < CREATES; i++)
		mig_buf_format(&buf, "%s;\n", creates[i]);
	return (MigOfflineTables){MIG_SQLITE, mig_text("main"), mig_buf_text(&buf)};
}

/* Without a statement, which would fail where it is not there. */
static bool
table_exists(Call *call, const char *name)
{
	return sqlite3_table_column_metadata(call->db, "main", name, NULL, NULL, NULL, NULL, NULL,
										 NULL) == SQLITE_OK;
}

static bool
tables_exist(Call *call)
{
	return table_exists(call, "migrate_revision") && table_exists(call, "migrate_version");
}

/* By a write that changes nothing: SQLite takes the lock when the statement begins to run. */
int
store_touch(Call *call)
{
	int rc = sqlite3_prepare_v2(call->db, "DELETE FROM main.migrate_version WHERE 0", -1,
								&call->statement, NULL);

	if (rc == SQLITE_ERROR) /* whoever reads them will say more */
		return SQLITE_NOTFOUND;
	if (rc == SQLITE_OK)
		sqlite3_step(call->statement);
	rc = sqlite3_finalize(call->statement);
	call->statement = NULL;
	return rc;
}

/* ---- reading ---- */

/*
 * One statement, so that both tables are seen as of the same moment; without
 * ORDER BY, which costs SQLite more than sort() costs us.  A failed prepare has
 * just brought SQLite's own picture of the schema up to date: what
 * tables_exist() says afterwards is true.
 */
static bool
prepare_load(Call *call)
{
	const char *sql =
		"SELECT 0, revision, revises, depends, labels, message, transactional, checksum, "
		"created_at FROM main.migrate_revision "
		"UNION ALL SELECT 1, revision, since, NULL, NULL, NULL, NULL, NULL, NULL "
		"FROM main.migrate_version";
	int rc = sqlite3_prepare_v2(call->db, sql, -1, &call->statement, NULL);

	if (rc == SQLITE_ERROR && !tables_exist(call))
		return false;
	if (rc != SQLITE_OK) /* again: tables_exist() has taken the message away */
		db_prepare(call, sql);
	return true;
}

static MigText
text_or_empty(Call *call, int i)
{
	MigText text = db_text(call, i);

	return text.at ? text : mig_text("");
}

/* Nulls in columns that are NOT NULL can only come from a table that somebody else has made. */
static void
load_revision(Call *call, MigRevision *revision)
{
	Mig *m = &call->mig;

	revision->id = db_text(call, 1);
	revision->revises = mig_split(m, db_text(call, 2));
	revision->depends = mig_split(m, db_text(call, 3));
	revision->labels = mig_split(m, db_text(call, 4));
	revision->message = text_or_empty(call, 5);
	revision->transactional = sqlite3_column_int(call->statement, 6) != 0;
	revision->checksum = text_or_empty(call, 7);
	revision->created = db_text(call, 8);
}

/* The first column says of which table it is. */
static void
load_row(Call *call, MigStore *store)
{
	MigRevisions *revisions = &store->revisions;

	if (sqlite3_column_int(call->statement, 0) == 0)
	{
		revisions->at = mig_grow(&call->mig, revisions->at, revisions->n, sizeof(MigRevision));
		load_revision(call, &revisions->at[revisions->n++]);
	}
	else
	{
		store->versions =
			mig_grow(&call->mig, store->versions, store->nversions, sizeof(MigVersion));
		store->versions[store->nversions++] = (MigVersion){db_text(call, 1), db_text(call, 2)};
	}
}

/* As the core compares; must not raise, since qsort() may hold memory. */
static int
by_stored_identifier(const void *a, const void *b)
{
	return mig_compare(((const MigRevision *) a)->id, ((const MigRevision *) b)->id);
}

static int
by_current_identifier(const void *a, const void *b)
{
	return mig_compare(((const MigVersion *) a)->revision, ((const MigVersion *) b)->revision);
}

/* By identifier, byte by byte. */
static void
sort(MigStore *store)
{
	if (store->revisions.n > 1)
		qsort(store->revisions.at, store->revisions.n, sizeof(MigRevision), by_stored_identifier);
	if (store->nversions > 1)
		qsort(store->versions, store->nversions, sizeof(MigVersion), by_current_identifier);
}

MigStore
store_load(Call *call)
{
	MigStore store = {.nversions = 0};

	if (!prepare_load(call))
		return store;
	while (db_step(call))
		load_row(call, &store);
	db_finish(call);
	sort(&store);
	return store;
}

/*
 * The statement is kept from one revision to the next.
 * It is reset at once: DROP TABLE fails as long as anything reads on the connection.
 */
MigText
store_script(Call *call, MigText revision)
{
	Call *outer = call_outer(call);
	MigText script;

	call->statement = outer->script_query;
	outer->script_query = NULL;
	if (call->statement == NULL)
		db_prepare(call, "SELECT script FROM main.migrate_revision WHERE revision = ?1");
	db_bind_text(call, 1, revision);
	if (!db_step(call))
		mig_refuse_removed(&call->mig, revision);
	script = db_text(call, 0);
	sqlite3_reset(call->statement);
	outer->script_query = call->statement;
	call->statement = NULL;
	return script;
}

/* One by one, by the primary key: a bundle is mostly all there is, or a few. */
void
store_scripts_of(Call *call, MigStore *store, MigRevisions bundle)
{
	for (size_t i = 0; i < bundle.n; i++)
	{
		MigRevision *stored = mig_store_find(store, bundle.at[i].id);

		if (stored)
			stored->script = store_script(call, stored->id);
	}
}

void
store_all_scripts(Call *call, MigStore *store)
{
	store_scripts_of(call, store, store->revisions);
}

/*
 * In the order of the store's revisions.  With max(id), SQLite takes the other columns from the
 * row that has it, which its manual promises (SELECT, bare columns in an aggregate query).
 */
MigText *
store_logged(Call *call, const MigStore *store)
{
	MigText *logged = mig_alloc(&call->mig, store->revisions.n, sizeof(MigText));

	if (store->revisions.n == 0)
		return logged;
	/* not what was run before other statements came: it was not applied then */
	db_prepare(call, "SELECT l.revision, l.checksum, max(l.id) FROM main.migrate_log l "
					 "JOIN main.migrate_revision r ON r.revision = l.revision "
					 "WHERE l.status = 'done' AND l.at >= r.added_at GROUP BY l.revision");
	while (db_step(call))
	{
		MigRevision *revision = mig_store_find(store, db_text(call, 0));

		if (revision)
			logged[revision - store->revisions.at] = db_text(call, 1);
	}
	db_finish(call);
	return logged;
}

/* SQLite's clock, as in the defaults of the other columns. */
MigText
store_now(Call *call)
{
	MigText now;

	db_prepare(call, "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', 'now')");
	db_step(call);
	now = db_text(call, 0);
	db_finish(call);
	return now;
}

/*
 * The last row of each revision that was begun and never finished: a "done" row behind the
 * "running" ones closes them.
 */
void
store_load_stops(Call *call, MigStore *store)
{
	if (!table_exists(call, "migrate_log"))
		return;
	db_prepare(call, "SELECT l.revision, l.direction, l.statements, l.checksum, l.at, max(l.id) "
					 "FROM main.migrate_log l WHERE l.status = 'running' AND NOT EXISTS "
					 "(SELECT 1 FROM main.migrate_log d WHERE d.revision = l.revision "
					 "AND d.id > l.id AND d.status = 'done') GROUP BY l.revision");
	while (db_step(call))
	{
		MigText direction = db_text(call, 1);

		store->stops = mig_grow(&call->mig, store->stops, store->nstops, sizeof(MigStop));
		store->stops[store->nstops++] = (MigStop){
			.revision = db_text(call, 0),
			.direction = mig_same(direction, mig_text("upgrade")) ? MIG_UPGRADE : MIG_DOWNGRADE,
			.done = sqlite3_column_int(call->statement, 2),
			.checksum = db_text(call, 3),
			.since = db_text(call, 4)};
	}
	db_finish(call);
}

/* ---- writing ---- */

/* Both statements have the same parameters. */
static void
write_revision(Call *call, const char *sql, const MigRevision *revision)
{
	Mig *m = &call->mig;

	db_prepare(call, sql);
	db_bind_text(call, 1, revision->id);
	db_bind_text(call, 2, mig_join(m, revision->revises, ","));
	db_bind_text(call, 3, mig_join(m, revision->depends, ","));
	db_bind_text(call, 4, mig_join(m, revision->labels, ","));
	db_bind_text(call, 5, revision->message.at ? revision->message : mig_text(""));
	db_bind_int(call, 6, revision->transactional);
	db_bind_text(call, 7, revision->checksum);
	db_bind_text(call, 8, revision->created);
	db_bind_text(call, 9, revision->script);
	db_step(call);
	db_finish(call);
}

void
store_insert(Call *call, const MigRevision *revision)
{
	write_revision(call,
				   "INSERT INTO main.migrate_revision (revision, revises, depends, labels, "
				   "message, transactional, checksum, created_at, script, added_at) "
				   "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, " NOW ")",
				   revision);
}

/*
 * added_at stays where the checksum does: a script that differs in comments alone keeps it, so
 * that what was run still counts as run of it.
 */
void
store_replace(Call *call, const MigRevision *revision)
{
	write_revision(call,
				   "UPDATE main.migrate_revision SET revises = ?2, depends = ?3, labels = ?4, "
				   "message = ?5, transactional = ?6, checksum = ?7, created_at = ?8, "
				   "script = ?9, added_at = CASE WHEN checksum = ?7 THEN added_at ELSE " NOW
				   " END WHERE revision = ?1",
				   revision);
}

/* Runs a statement on one or two identifiers; returns the number of rows that it changed. */
static int
change(Call *call, const char *sql, MigText revision, MigText other)
{
	db_prepare(call, sql);
	db_bind_text(call, 1, revision);
	if (other.at)
		db_bind_text(call, 2, other);
	db_step(call);
	db_finish(call);
	return sqlite3_changes(call->db);
}

static const MigText no_text = {NULL, 0};

void
store_delete(Call *call, MigText revision)
{
	change(call, "DELETE FROM main.migrate_revision WHERE revision = ?1", revision, no_text);
}

/* 55000: somebody has changed our tables by hand in the meantime. */
static void
check_changed(Call *call, int rows, MigText revision)
{
	if (rows != 1)
		mig_refuse_moved(&call->mig, revision);
}

/*
 * A row moves rather than goes and comes, as in alembic_version; so "since" is the time of the
 * move.
 */
void
store_set_versions(Call *call, MigList removed, MigList added)
{
	for (size_t i = 0; i < removed.n; i++)
		check_changed(call,
					  i < added.n
						  ? change(call,
								   "UPDATE main.migrate_version SET revision = ?2, since = " NOW
								   " WHERE revision = ?1",
								   removed.at[i], added.at[i])
						  : change(call, "DELETE FROM main.migrate_version WHERE revision = ?1",
								   removed.at[i], no_text),
					  removed.at[i]);
	for (size_t i = removed.n; i < added.n; i++)
		change(call, "INSERT INTO main.migrate_version (revision, since) VALUES (?1, " NOW ")",
			   added.at[i], no_text);
}

/* The statement is prepared already and stays so for the next row.  at: milliseconds. */
static void
write_log(Call *call, const Log *log)
{
	Mig *m = &call->mig;

	db_bind_text(call, 1, mig_text(log->direction));
	db_bind_text(call, 2, log->revision ? log->revision->id : no_text);
	db_bind_text(call, 3, mig_join(m, log->before, ","));
	db_bind_text(call, 4, mig_join(m, log->after, ","));
	db_bind_text(call, 5,
				 log->checksum.at || log->revision == NULL ? log->checksum
														   : log->revision->checksum);
	db_bind_int(call, 6, log->statements);
	db_bind_int(call, 7, log->duration_ms);
	db_bind_int(call, 8, log->at);
	db_bind_text(call, 9, mig_text(log->status ? log->status : "done"));
	db_step(call);
	sqlite3_reset(call->statement);
}

/* actor stays null: SQLite knows no users. */
void
store_log(Call *call, const Log *rows, size_t n)
{
	db_prepare(call,
			   "INSERT INTO main.migrate_log (at, direction, revision, heads_before, heads_after, "
			   "checksum, statements, duration_ms, status, client) VALUES ("
			   "strftime('%Y-%m-%dT%H:%M:%fZ', ?8 / 1000.0, 'unixepoch'), "
			   "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?9, 'sqlite ' || sqlite_version())");
	for (size_t i = 0; i < n; i++)
		write_log(call, &rows[i]);
	db_finish(call);
}

/* ---- backfills ---- */

/* In a transaction that writes: the table is made here, by the first backfill. */
bool
store_load_position(Call *call, MigText id, MigText *position, int64_t *rows)
{
	bool found;

	db_run(call, "CREATE TABLE IF NOT EXISTS main.migrate_position (\n"
				 "\tbackfill text NOT NULL PRIMARY KEY,\n"
				 "\trelation text NOT NULL,\n"
				 "\tset_clause text NOT NULL,\n"
				 "\twhere_clause text,\n"
				 "\tposition text NOT NULL,\n"
				 "\trows integer NOT NULL,\n"
				 "\tstarted_at text NOT NULL,\n"
				 "\tupdated_at text NOT NULL\n)");
	db_prepare(call, "SELECT position, rows FROM main.migrate_position WHERE backfill = ?1");
	db_bind_text(call, 1, id);
	found = db_step(call);
	if (found)
	{
		*position = db_text(call, 0);
		*rows = sqlite3_column_int64(call->statement, 1);
	}
	db_finish(call);
	return found;
}

/* The row is made by the first batch, so nothing is there for a backfill of no rows. */
void
store_move_position(Call *call, MigText id, const MigBackfill *b, MigText position, int64_t rows)
{
	db_prepare(call, "INSERT INTO main.migrate_position VALUES (?1, ?2, ?3, ?4, ?5, ?6, " NOW
					 ", " NOW ") ON CONFLICT (backfill) DO UPDATE SET "
					 "position = ?5, rows = ?6, updated_at = " NOW);
	db_bind_text(call, 1, id);
	db_bind_text(call, 2, b->relation);
	db_bind_text(call, 3, b->set);
	db_bind_text(call, 4, b->where);
	db_bind_text(call, 5, position);
	db_bind_int(call, 6, rows);
	db_step(call);
	db_finish(call);
}

/* Nothing where there is none. */
void
store_end_position(Call *call, MigText id)
{
	change(call, "DELETE FROM main.migrate_position WHERE backfill = ?1", id, no_text);
}

/* Columns of migrate_progress(): 8 is since, 10 the phase. */
void
store_show_positions(Call *call, MigTable *progress)
{
	if (!table_exists(call, "migrate_position"))
		return;
	db_prepare(call, "SELECT updated_at, 'backfill of ' || relation || ', ' || rows || ' rows' "
					 "FROM main.migrate_position ORDER BY started_at");
	while (db_step(call))
	{
		MigText *row = mig_table_row(&call->mig, progress);

		row[8] = db_text(call, 0);
		row[10] = db_text(call, 1);
	}
	db_finish(call);
}

/* ---- snapshots: this table and the next one are made with the first of them ---- */

/* No state: the fingerprint of the stored text is as cheap to ask. */
bool
store_load_snapshot(Call *call, MigSnapshot *snapshot)
{
	bool there;

	if (!table_exists(call, "migrate_snapshot"))
		return false;
	db_prepare(call, "SELECT heads, fingerprint, schema FROM main.migrate_snapshot");
	there = db_step(call);
	if (there)
		*snapshot = (MigSnapshot){.heads = mig_split(&call->mig, db_text(call, 0)),
								  .fingerprint = db_text(call, 1),
								  .schema = db_text(call, 2)};
	db_finish(call);
	return there;
}

/*
 * In place of the last one.  The table of comparisons is made here, too, since
 * store_keep_compared() must not change the schema.
 */
void
store_save_snapshot(Call *call, const MigSnapshot *snapshot)
{
	db_run(call, "CREATE TABLE IF NOT EXISTS main.migrate_snapshot (\n"
				 "\tone integer PRIMARY KEY DEFAULT 1,\n"
				 "\tat text NOT NULL,\n"
				 "\theads text NOT NULL,\n"
				 "\tfingerprint text NOT NULL,\n"
				 "\tschema text NOT NULL\n)");
	db_run(call, "CREATE TABLE IF NOT EXISTS main.migrate_compared (\n"
				 "\tquestion text PRIMARY KEY,\n"
				 "\tstate text NOT NULL,\n"
				 "\tanswer text NOT NULL\n)");
	db_prepare(call,
			   "INSERT OR REPLACE INTO main.migrate_snapshot VALUES (1, " NOW ", ?1, ?2, ?3)");
	db_bind_text(call, 1, mig_join(&call->mig, snapshot->heads, ","));
	db_bind_text(call, 2, snapshot->fingerprint);
	db_bind_text(call, 3, snapshot->schema);
	db_step(call);
	db_finish(call);
}

/* ---- what comparisons have found ---- */

/* No, too, without the table or where it is another one or hidden: the answer can be found anew. */
bool
store_load_compared(Call *call, MigText question, MigText state, MigText *answer)
{
	int rc;

	*answer = (MigText){NULL, 0};
	if (!table_exists(call, "migrate_compared"))
		return false;
	rc = sqlite3_prepare_v2(
		call->db, "SELECT answer FROM main.migrate_compared WHERE question = ?1 AND state = ?2", -1,
		&call->statement, NULL);
	if ((rc & 0xff) == SQLITE_NOMEM)
		call_raise_engine(call);
	if (rc != SQLITE_OK)
		return false;
	db_bind_text(call, 1, question);
	db_bind_text(call, 2, state);
	if (db_step(call))
		*answer = db_text(call, 0);
	db_finish(call);
	return answer->at != NULL;
}

/*
 * Of differences the last alone.  Two are digits, so they can stand in the text as they are.
 * The SELECT is what transaction_try() wants first: a read, so that no busy handler is asked.
 */
void
store_keep_compared(Call *call, MigText question, MigText state, MigText answer)
{
	if (table_exists(call, "migrate_compared"))
		transaction_try(call, mig_format(&call->mig,
										 "SELECT 1 FROM main.migrate_compared;"
										 "DELETE FROM main.migrate_compared "
										 "WHERE state <> '%.*s' OR answer <> '';"
										 "INSERT OR IGNORE INTO main.migrate_compared "
										 "VALUES ('%.*s', '%.*s', %s)",
										 MIG_ARG(state), MIG_ARG(question), MIG_ARG(state),
										 mig_quoted_text(&call->mig, answer).at));
}
