/*
 * rebuild.c - carries out the statements that SQLite is taught
 *
 * The core says what a table is to be (MigShape), rows are checked at once, and
 * the changes wait: consecutive statements on a table are carried out together,
 * when another statement or the end of the revision comes.  There are three
 * ways, the cheapest one first.
 *
 * SQLite itself, statement by statement.  Where it refuses, by a rebuild: that
 * succeeds, or says in our words why it cannot.
 *
 * An edit of the stored text, where no stored row changes.  It needs
 * writable_schema, which an application may have ruled out (defensive mode):
 * then by a rebuild.  schema_version is counted up, or other connections would
 * go on with what they know.
 *
 * A rebuild: the table is renamed, made again under its own name, filled and
 * the old one dropped.  Renaming the old one, and not the new one, leaves the
 * text as the user wrote it and CHECKs that name the table right; and
 * sqlite_stat1's rows stay.  That it leaves alone what others say about the
 * table needs legacy_alter_table and foreign keys that are not enforced, which
 * is what saves the rows of others from DROP TABLE, too.  Both switches work in
 * a transaction.  Settings are in the Call and put back however it ends.
 */
#include "rebuild.h"

#include <stdlib.h>
#include <string.h>

/* ---- statements, run or written down ---- */

/*
 * Offline: what is run on an empty schema is what the script has.
 * It holds no rows, so no check of rows can fail there, and no way may be taken that a plain
 * SQLite could not go where the script runs.
 */
bool
rebuild_is_recording(Call *call)
{
	return call_outer(call)->recorded != NULL;
}

/* A statement that runs here for the script's sake only, or that was run in another way. */
static void
write_down(Call *call, MigText sql)
{
	if (rebuild_is_recording(call))
		mig_lines_add(call_outer(call)->recorded, sql);
}

static void
write_all_down(Call *call, MigList statements)
{
	for (size_t i = 0; i < statements.n; i++)
		write_down(call, statements.at[i]);
}

/*
 * Raises what SQLite fails with.  A change of the schema makes the prepared undo out of date: so
 * that is made anew behind each.
 */
void
rebuild_do(Call *call, MigText sql)
{
	db_run_users(call, sql.at);
	write_down(call, sql);
	transaction_keep_undo(call);
}

static void
do_all(Call *call, MigList statements)
{
	for (size_t i = 0; i < statements.n; i++)
		rebuild_do(call, statements.at[i]);
}

/* ---- checks ---- */

/* Errors of what is collected belong to the statement that asked for it. */
static void
set_where(Call *call, const Where *where)
{
	call_outer(call)->where = where;
}

/*
 * One row, its number and an example, is the answer of a check.  A script has the check as a
 * guard instead: there will be rows where it runs.
 */
static void
run_check(Changes *changes, const MigCheck *check, MigText sql)
{
	Call *call = changes->call;
	int64_t n;
	MigText row;

	if (rebuild_is_recording(call))
		write_all_down(call,
					   mig_offline_guard(&call->mig,
										 mig_format(&call->mig, "(SELECT n FROM (%s)) = 0", sql.at),
										 check->message));
	db_prepare_users(call, sql.at);
	db_step(call);
	n = sqlite3_column_int64(call->statement, 0);
	row = n > 0 ? db_text(call, 1) : NO_TEXT;
	db_finish(call);
	if (n > 0)
		mig_check_fail(&call->mig, check, n, row);
}

/*
 * Each check fails as the statement that asked for it.
 * from: the first of the shape's checks that is looked at; those before were looked at when their
 * statement came.  A check of MIG_AFTER has no query before the change, and none where a later
 * statement has taken the foreign key away again.
 */
static void
run_checks(Changes *changes, MigWhen when, size_t from)
{
	MigShape *shape = changes->shape;

	for (size_t i = from; i < shape->nchecks; i++)
	{
		MigText sql = shape->checks[i].sql;

		if (shape->checks[i].when != when)
			continue;
		if (changes->where)
			set_where(changes->call, &changes->wheres[i]);
		if (when == MIG_AFTER)
			sql = mig_shape_after(&changes->call->mig, shape, &shape->checks[i]);
		if (sql.at)
			run_check(changes, &shape->checks[i], sql);
	}
}

/*
 * SQLite takes a DEFAULT with a function that it does not know, and fails at the first INSERT.
 * Prepared, not run: it may be a function that has an effect.
 */
static void
check_expressions(Call *call, const MigShape *shape, size_t from)
{
	for (size_t i = from; i < shape->expressions.list.n; i++)
	{
		db_prepare_users(
			call, mig_format(&call->mig, "SELECT %.*s", MIG_ARG(shape->expressions.list.at[i])));
		db_finish(call);
	}
}

/*
 * A foreign key cannot leave its database.  SQLite takes one to a table that is not there, and
 * fails at the first write; PostgreSQL refuses it with 42P01, and so do we.
 */
static void
check_parents(Call *call, const MigShape *shape, size_t from)
{
	MigStored parent;

	for (size_t i = from; i < shape->parents.list.n; i++)
		if (!lookup_table(call, &parent, shape->stored->schema, shape->parents.list.at[i]))
			lookup_fail_missing(call, shape->parents.list.at[i]);
}

/* ---- carrying out ---- */

/*
 * An authorizer may silently leave things out (SQLITE_IGNORE), of which a
 * rebuild would make losses: what was asked for must be there.
 */
static _Noreturn void
fail_ignored(Call *call, MigText table)
{
	call_raise(call, MIG_WRONG_STATE,
			   mig_format(&call->mig, "table \"%.*s\" is not what it should be after the change",
						  MIG_ARG(table)),
			   NULL,
			   "Let the application's authorizer allow or deny, and ignore nothing, while "
			   "migrations run.");
}

/* The query has one row. */
static int64_t
count(Call *call, const char *sql, MigText first)
{
	return atoll(lookup_list(call, sql, first, NO_TEXT).at[0].at);
}

/*
 * A rebuild has all that depends on the table again, and nothing of the old one.  By number: each
 * was made by a statement that an authorizer may have turned into nothing.
 */
static void
verify_objects(Changes *changes, MigText old_name)
{
	Call *call = changes->call;
	const MigStored *stored = changes->shape->stored;
	const char *schema = lookup_name_sql(call, stored->schema);
	size_t expected = stored->nindexes + stored->ntriggers - changes->shape->drop_indexes.list.n;

	if (count(call,
			  mig_format(&call->mig,
						 "SELECT count(*) FROM %s.sqlite_schema WHERE type IN ('index', 'trigger') "
						 "AND sql IS NOT NULL AND tbl_name = ?1 COLLATE NOCASE",
						 schema),
			  stored->name) != (int64_t) expected ||
		count(
			call,
			mig_format(&call->mig, "SELECT count(*) FROM %s.sqlite_schema WHERE name = ?1", schema),
			old_name) != 0)
		fail_ignored(call, stored->name);
}

/* SQLite's own statements have words of their own: the text is not as before then. */
static bool
has_stored(const Changes *changes, MigText now)
{
	const MigShape *shape = changes->shape;

	return shape->is_native ? mig_shape_is_same(shape) || !mig_same(now, shape->stored->sql)
							: mig_same(now, mig_shape_sql(shape));
}

/* The table has the columns that it should have, and the text. */
static void
verify(Changes *changes)
{
	Call *call = changes->call;
	const MigStored *stored = changes->shape->stored;
	MigList wanted = mig_shape_columns(&call->mig, changes->shape);
	MigList found = lookup_columns(call, stored->schema, stored->name);
	bool same = wanted.n == found.n;
	MigStored now;

	for (size_t i = 0; same && i < wanted.n; i++)
		same = lookup_same_name(wanted.at[i], found.at[i]);
	if (!same || !lookup_table(call, &now, stored->schema, stored->name) ||
		!has_stored(changes, now.sql))
		fail_ignored(call, stored->name);
}

/* SQLite's DROP COLUMN refuses a column that is in one. */
static void
drop_indexes(Changes *changes)
{
	Call *call = changes->call;
	MigList names = changes->shape->drop_indexes.list;

	for (size_t i = 0; i < names.n; i++)
		rebuild_do(call, mig_text(mig_format(&call->mig, "DROP INDEX %s.%s",
											 lookup_name_sql(call, changes->shape->stored->schema),
											 lookup_name_sql(call, names.at[i]))));
}

#define SOUND_DROP_COLUMN 3035005 /* before, it could corrupt the database (release log) */

/*
 * SQLite's own statements; false: it refuses the first one, with an error that is about the
 * statement and not about locks, memory or the disk.  Behind the first one it is too late for
 * another way. stands_alone: there is no other way.
 */
static bool
run_native(Changes *changes, MigList statements)
{
	Call *call = changes->call;

	for (size_t i = 0; i < statements.n; i++)
	{
		int rc = sqlite3_exec(call->db, statements.at[i].at, NULL, NULL, NULL);

		if (rc == SQLITE_OK)
		{
			write_down(call, statements.at[i]);
			continue;
		}
		if (i > 0 || changes->shape->stands_alone || (rc & 0xff) != SQLITE_ERROR)
			call_raise_engine(call);
		return false;
	}
	return true;
}

#define HAS_SET_NOT_NULL 3053000 /* and DROP NOT NULL, DROP CONSTRAINT */

/*
 * A newer SQLite has a part of the grammar; where the text may be edited, that
 * gives the same more evenly, so this is for where it may not.
 */
static bool
run_newer(Changes *changes)
{
	const MigShape *shape = changes->shape;

	return shape->is_newer && shape->newer.list.n > 0 && !rebuild_is_recording(changes->call) &&
		   sqlite3_libversion_number() >= HAS_SET_NOT_NULL &&
		   run_native(changes, shape->newer.list);
}

/*
 * Sets the table's text in the schema, which SQLite does not see before it has read that again.
 * writable_schema by way of the setting: the PRAGMA would be left on by an error.
 */
static void
write_text(Call *call, const MigStored *stored, MigText sql)
{
	setting_set(call, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1);
	lookup_prepare(
		call,
		mig_format(&call->mig,
				   "UPDATE %s.sqlite_schema SET sql = ?1 WHERE type = 'table' AND name = ?2",
				   lookup_name_sql(call, stored->schema)),
		sql, stored->name);
	db_step(call);
	db_finish(call);
	settings_restore(call);
}

/*
 * Here and in other connections.
 * The counter tells those; RESET drops what this one has read.
 */
static void
read_again(Call *call, MigText schema)
{
	const char *name = lookup_name_sql(call, schema);
	int writable = setting_get(call, SQLITE_DBCONFIG_WRITABLE_SCHEMA);
	MigList version;

	setting_set(call, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1);
	version = lookup_list(call, mig_format(&call->mig, "PRAGMA %s.schema_version", name), NO_TEXT,
						  NO_TEXT);
	rebuild_do(call, mig_text(mig_format(&call->mig, "PRAGMA %s.schema_version = %d", name,
										 atoi(version.at[0].at) + 1)));
	rebuild_do(call, mig_text("PRAGMA writable_schema = RESET")); /* switches it off, too */
	settings_restore(call);
	sqlite3_db_config(call->db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, writable, NULL);
}

static void
store_text(Call *call, const MigStored *stored, MigText sql)
{
	write_text(call, stored, sql);
	read_again(call, stored->schema);
}

/*
 * A column that an authorizer hides is read as NULL, by a Null instruction: a copy would lose it.
 */
static void
check_readable(Changes *changes, MigText old_name)
{
	Call *call = changes->call;
	bool hidden = false;

	db_prepare_users(call, mig_format(&call->mig, "EXPLAIN %s",
									  mig_shape_read(&call->mig, changes->shape, old_name).at));
	while (db_step(call))
		hidden = hidden || mig_same(db_text(call, 1), mig_text("Null"));
	db_finish(call);
	if (hidden)
		fail_ignored(call, changes->shape->stored->name);
}

/*
 * Is there a row that takes its value from the default, since it is older than the column?  ALTER
 * TABLE ADD COLUMN writes no rows: with another default in the text, those rows would have
 * another value.  SQLite does not tell, so the default becomes for a moment what no row has, and
 * is looked for.  If there is none, the marked text stays until edit() writes the right one.
 */
static bool
has_short_rows(Changes *changes)
{
	Call *call = changes->call;
	const MigShape *shape = changes->shape;
	sqlite3_uint64 random[2];
	const char *marker;
	bool found;

	if (shape->defaults.list.n == 0)
		return false;
	check_readable(changes, shape->stored->name);
	sqlite3_randomness(sizeof(random), random);
	marker = mig_format(&call->mig, "x'%016llx%016llx'", (unsigned long long) random[0],
						(unsigned long long) random[1]);
	store_text(call, shape->stored, mig_shape_marked(&call->mig, shape, marker));
	found =
		lookup_list(call, mig_shape_find_marker(&call->mig, shape, marker).at, NO_TEXT, NO_TEXT).n >
		0;
	if (found)
		store_text(call, shape->stored, shape->stored->sql);
	return found;
}

/*
 * Defensive mode is the application's decision: it is not switched off.  A script cannot edit:
 * nobody knows whether that is ruled out where it runs.
 */
static bool
may_edit(Changes *changes)
{
	return changes->shape->is_edit && !rebuild_is_recording(changes->call) &&
		   !setting_get(changes->call, SQLITE_DBCONFIG_DEFENSIVE) && !has_short_rows(changes);
}

/* changes->stale is the schema that was written to and not read again. */
static void
refresh(Changes *changes)
{
	if (changes->stale.at)
		read_again(changes->call, changes->stale);
	changes->stale = NO_TEXT;
}

/*
 * To read the schema again for each of many comments would take the square of their number: what
 * they say SQLite need not know, so that is put off until something minds.
 */
static void
edit(Changes *changes)
{
	MigShape *shape = changes->shape;
	MigText schema = shape->stored->schema;

	if (changes->stale.at && !lookup_same_name(changes->stale, schema))
		refresh(changes);
	write_text(changes->call, shape->stored, mig_shape_sql(shape));
	changes->stale = schema;
	if (!shape->is_talk)
		refresh(changes);
}

/* ---- the rebuild ---- */

/* Whatever was left behind by others, the name is new. */
static MigText
free_name(Call *call, const MigStored *stored)
{
	MigText name = mig_text(mig_format(&call->mig, "migrate_old_%.*s", MIG_ARG(stored->name)));
	const char *sql =
		mig_format(&call->mig, "SELECT 1 FROM %s.sqlite_schema WHERE name = ?1 COLLATE NOCASE",
				   lookup_name_sql(call, stored->schema));

	for (int i = 2; lookup_list(call, sql, name, NO_TEXT).n > 0; i++)
		name = mig_text(mig_format(&call->mig, "migrate_old_%.*s_%d", MIG_ARG(stored->name), i));
	return name;
}

static void
rename_table(Call *call, MigText schema, MigText from, MigText to)
{
	rebuild_do(call, mig_text(mig_format(&call->mig, "ALTER TABLE %s.%s RENAME TO %s",
										 lookup_name_sql(call, schema), lookup_name_sql(call, from),
										 lookup_name_sql(call, to))));
}

static void
drop_table(Call *call, MigText schema, MigText name)
{
	rebuild_do(call,
			   mig_text(mig_format(&call->mig, "DROP TABLE %s.%s", lookup_name_sql(call, schema),
								   lookup_name_sql(call, name))));
}

/*
 * The old table gets another name, or where it cannot be renamed, its rows another table.  SQLite
 * refuses that where a CHECK names the table, "t.a > 0": it would not find it under the other
 * name.
 */
static void
set_aside(Changes *changes, MigText old_name)
{
	Call *call = changes->call;
	const MigStored *stored = changes->shape->stored;
	const char *rename = mig_format(
		&call->mig, "ALTER TABLE %s.%s RENAME TO %s", lookup_name_sql(call, stored->schema),
		lookup_name_sql(call, stored->name), lookup_name_sql(call, old_name));
	int rc;

	setting_set(call, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, 1);
	rc = sqlite3_exec(call->db, rename, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
	{
		write_down(call, mig_text("PRAGMA legacy_alter_table = ON"));
		write_down(call, mig_text(rename));
		write_down(call, mig_text("PRAGMA legacy_alter_table = OFF"));
		return;
	}
	if (rc != SQLITE_ERROR)
		call_raise_engine(call);
	do_all(call, mig_shape_hold(&call->mig, changes->shape, old_name));
	drop_table(call, stored->schema, stored->name);
}

/*
 * The copy has met rows that the table must not have.  Which they are is asked
 * of the old table, put back under its name: all of it is rolled back anyway.
 */
static _Noreturn void
fail_copy(Changes *changes, MigText old_name)
{
	Call *call = changes->call;
	const MigStored *stored = changes->shape->stored;
	int code = sqlite3_extended_errcode(call->db);
	const char *message = mig_format(&call->mig, "%s", sqlite3_errmsg(call->db));

	db_finish(call);
	if ((code & 0xff) == SQLITE_CONSTRAINT)
	{
		drop_table(call, stored->schema, stored->name);
		rename_table(call, stored->schema, old_name, stored->name);
		run_checks(changes, MIG_FAILED, 0);
	}
	set_where(call, changes->where);
	call_raise_code(call, code, &(MigError){MIG_INTERNAL, message, NULL, NULL, NULL});
}

/*
 * The number of rows that SQLite says it has written must be that of the old table: an authorizer
 * may have taken the statement away.
 */
static void
copy(Changes *changes, MigText old_name)
{
	Call *call = changes->call;
	const MigStored *stored = changes->shape->stored;
	const char *old = mig_format(&call->mig, "%s.%s", lookup_name_sql(call, stored->schema),
								 lookup_name_sql(call, old_name));
	int64_t rows;
	int64_t copied;
	int rc;

	check_readable(changes, old_name);
	write_down(call, mig_shape_copy(&call->mig, changes->shape, old_name));
	db_prepare_users(call, mig_shape_copy(&call->mig, changes->shape, old_name).at);
	/* under PRAGMA count_changes an INSERT has a row */
	do
		rc = sqlite3_step(call->statement);
	while (rc == SQLITE_ROW);
	if (rc != SQLITE_DONE)
		fail_copy(changes, old_name);
	copied = sqlite3_changes(call->db);
	db_finish(call);
	rows = count(call, mig_format(&call->mig, "SELECT count(*) FROM %s", old), NO_TEXT);
	/* what SQLite says has 31 bits */
	if (((rows ^ copied) & 0x7fffffff) != 0)
		fail_ignored(call, stored->name);
}

static bool
is_dropped(const MigShape *shape, MigText index)
{
	for (size_t i = 0; i < shape->drop_indexes.list.n; i++)
		if (mig_same(shape->drop_indexes.list.at[i], index))
			return true;
	return false;
}

/*
 * Indexes after the rows: they are built by sorting, at once.  Triggers last, and in the order in
 * which they were made, which is that in which they fire: the copy fires none.
 */
static void
restore_objects(Changes *changes)
{
	Call *call = changes->call;
	const MigStored *stored = changes->shape->stored;

	for (size_t i = 0; i < stored->nindexes; i++)
		if (!is_dropped(changes->shape, stored->indexes[i].name))
			rebuild_do(call, mig_object_create(&call->mig, stored->indexes[i].sql, stored->schema));
	for (size_t i = 0; i < stored->ntriggers; i++)
		rebuild_do(call, mig_object_create(&call->mig, stored->triggers[i].sql, stored->schema));
}

/* Temporary triggers of the table went with it; those of others of its name did not. */
static void
restore_temporary(Call *call, const MigObject *triggers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (lookup_list(call,
						"SELECT 1 FROM temp.sqlite_schema WHERE type = 'trigger' AND name = ?1",
						triggers[i].name, NO_TEXT)
				.n == 0)
			rebuild_do(call, mig_object_create(&call->mig, triggers[i].sql, mig_text("temp")));
}

/*
 * Where no value changes, nothing can refer to what is no longer there: no need to count, which
 * reads all tables that have foreign keys.
 */
static void
keys_for_rebuild(Changes *changes)
{
	if (changes->shape->changes_values)
		keys_suspend(changes->call, changes->keys, changes->where);
	else
		keys_off(changes->call);
}

/*
 * The order: the table is renamed, made, filled and counted, and the old one dropped, before
 * indexes and triggers come, whose names the old one had until then.  DQS: a stored text may have
 * strings in double quotes, which SQLite itself takes when it reads the schema.
 */
static void
rebuild_table(Changes *changes)
{
	Call *call = changes->call;
	const MigStored *stored = changes->shape->stored;
	MigText old_name = free_name(call, stored);
	size_t ntemporary = 0;
	MigObject *temporary = NULL;

	if (!mig_same(stored->schema, mig_text("temp")))
		temporary = lookup_objects(call, mig_text("temp"), stored->name, "trigger", &ntemporary);
	keys_for_rebuild(changes);
	setting_set(call, SQLITE_DBCONFIG_DQS_DDL, 1); /* as when SQLite reads what it has stored */
	setting_set(call, SQLITE_DBCONFIG_DQS_DML, 1);
	set_aside(changes, old_name);
	rebuild_do(call, mig_shape_create(&call->mig, changes->shape));
	copy(changes, old_name);
	do_all(call, mig_shape_count(&call->mig, changes->shape, old_name));
	drop_table(call, stored->schema, old_name);
	restore_objects(changes);
	restore_temporary(call, temporary, ntemporary);
	verify_objects(changes, old_name);
	settings_restore(call);
	keys_resume(call);
}

/*
 * The cheapest way that will do.  is_native says from here on whether it was SQLite's own, for
 * verify(); DROP COLUMN of an unsound version is none of it.
 */
static void
carry_out(Changes *changes)
{
	MigShape *shape = changes->shape;
	bool native =
		shape->is_native && !(shape->drops && sqlite3_libversion_number() < SOUND_DROP_COLUMN);

	if (!shape->is_native && mig_shape_is_same(shape))
		return;
	if (shape->is_native)
		drop_indexes(changes);
	shape->is_native = native && run_native(changes, shape->native.list);
	if (!shape->is_native && may_edit(changes))
		edit(changes);
	else if (!shape->is_native)
	{
		shape->is_native = run_newer(changes);
		if (!shape->is_native)
			rebuild_table(changes);
	}
	if (!shape->stands_alone)
		verify(changes);
}

/*
 * What needs a dropped column is asked before and after: it may be broken already.  Errors are
 * those of the last statement that is waiting, or of the one that asked for a check; then the
 * statement that made us flush is the current one again.
 */
static void
flush(Changes *changes)
{
	Call *call = changes->call;
	const Where *where = call_outer(call)->where;
	Probes probes = {NULL, 0};

	if (changes->shape == NULL)
		return;
	if (changes->where)
		set_where(call, changes->where);
	if (changes->shape->drops)
		probes = probes_compile(call, changes->shape);
	carry_out(changes);
	probes_check(changes, &probes);
	run_checks(changes, MIG_AFTER, 0);
	changes->shape = NULL;
	set_where(call, where);
}

/* At the end of a section: nothing waits any more, and SQLite has read what is stored. */
void
rebuild_flush(Changes *changes)
{
	flush(changes);
	refresh(changes);
}

/* ---- statements ---- */

/*
 * The statement of each new check, and of the changes as a whole.  Copies: the caller's Where
 * goes on to the next statement.
 */
static void
note_where(Changes *changes, size_t from)
{
	Call *call = changes->call;
	size_t n = changes->shape->nchecks;
	Where *wheres = mig_alloc(&call->mig, n + 1, sizeof(Where));

	if (from > 0)
		memcpy(wheres, changes->wheres, from * sizeof(Where));
	if (call_outer(call)->where)
	{
		for (size_t i = from; i < n; i++)
			wheres[i] = *call_outer(call)->where;
		wheres[n] = *call_outer(call)->where;
		changes->where = &wheres[n];
	}
	changes->wheres = wheres;
}

/*
 * Checks rows at once, so that an error comes with its statement, and before anything is written.
 * A virtual table can only get another name, and SQLite does that.
 */
static void
alter(Changes *changes, const MigTaught *taught)
{
	Call *call = changes->call;
	const Where *where = call_outer(call)->where;
	MigShape *shape = changes->shape;
	size_t checks;
	size_t expressions;
	size_t parents;
	MigText own;

	if (shape == NULL)
	{
		MigStored *stored = lookup_stored(call, taught->schema, taught->table, taught->if_exists);

		if (stored == NULL)
			return;
		own = mig_shape_virtual(&call->mig, stored, taught);
		if (own.at)
		{
			rebuild_do(call, own);
			return;
		}
		shape = changes->shape = mig_shape(&call->mig, stored);
	}
	checks = shape->nchecks;
	expressions = shape->expressions.list.n;
	parents = shape->parents.list.n;
	mig_shape_alter(&call->mig, shape, taught);
	note_where(changes, checks);
	setting_set(call, SQLITE_DBCONFIG_DQS_DML, 0); /* a misspelled "name" is no text */
	check_expressions(call, shape, expressions);
	check_parents(call, shape, parents);
	run_checks(changes, MIG_BEFORE, checks);
	settings_restore(call);
	set_where(call, where);
}

/* ---- what run.c and migrate_alter() call ---- */

/* A change of the same table, that does not depend on what waits having been done. */
static bool
joins(const Changes *changes, const MigTaught *taught)
{
	const MigStored *stored = changes->shape->stored;

	return taught->lesson == MIG_ALTER_TABLE && lookup_same_name(taught->table, stored->name) &&
		   (taught->schema.at == NULL || lookup_same_name(taught->schema, stored->schema)) &&
		   mig_shape_joins(changes->shape, taught);
}

/* ADD COLUMN goes by the place in the text where SQLite has seen the last column's end. */
static bool
minds_comments(Call *call, MigText sql)
{
	size_t skipped;
	MigText keyword = mig_statement_keyword(&call->mig, sql, MIG_SQLITE, &skipped);

	return !mig_same(keyword, mig_text("COMMENT")) && !mig_same(keyword, mig_text("CREATE"));
}

/*
 * What waits is carried out first, unless this statement joins it; and SQLite reads the schema
 * again first, unless the statement does not care what the comments in it are.
 */
size_t
rebuild_statement(Changes *changes, MigText sql)
{
	Call *call = changes->call;
	MigTaught taught = mig_teach(&call->mig, sql);

	if (changes->shape && !joins(changes, &taught))
		flush(changes);
	if (changes->stale.at && minds_comments(call, sql))
		refresh(changes);
	switch (taught.lesson)
	{
		case MIG_REWRITTEN:
			rebuild_do(call, mig_copy(&call->mig, taught.sql));
			break;
		case MIG_ALTER_TABLE:
			alter(changes, &taught);
			break;
		case MIG_TRUNCATE:
			truncate_run(call, &taught);
			break;
		default:
			break;
	}
	return taught.len;
}
