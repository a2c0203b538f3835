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
#include "sqlite.h"

#include <stdlib.h>
#include <string.h>

/* ---- settings of the connection ---- */

static Call *
outer_of(Call *call)
{
	return call->outer ? call->outer : call;
}

/* Asking is setting to a negative value. */
static int
get_setting(Call *call, int setting)
{
	int on = 0;

	sqlite3_db_config(call->db, setting, -1, &on);
	return on;
}

/* Until settings_restore(), or the end of the call. */
static void
set(Call *call, int setting, int value)
{
	Call *outer = outer_of(call);
	int old = get_setting(call, setting);

	if (old == value)
		return;
	outer->settings[outer->nsettings++] = (Setting){call->db, setting, old};
	sqlite3_db_config(call->db, setting, value, NULL);
}

/* The last one first, since one may have been set twice. */
void
settings_restore(Call *call)
{
	Call *outer = outer_of(call);

	while (outer->nsettings > 0)
	{
		outer->nsettings--;
		sqlite3_db_config(outer->settings[outer->nsettings].db,
						  outer->settings[outer->nsettings].name,
						  outer->settings[outer->nsettings].value, NULL);
	}
}

/* ---- small queries ---- */

/* As SQLite compares names. */
static bool
is_same_name(MigText a, MigText b)
{
	return a.len == b.len && sqlite3_strnicmp(a.at, b.at, (int) a.len) == 0;
}

static const char *
name_sql(Call *call, MigText name)
{
	return mig_quoted_name(&call->mig, name).at;
}

/* With up to two texts bound, where the statement has parameters for them. */
static void
prepare(Call *call, const char *sql, MigText first, MigText second)
{
	db_prepare_users(call, sql);
	if (sqlite3_bind_parameter_count(call->statement) > 0)
		db_bind_text(call, 1, first);
	if (sqlite3_bind_parameter_count(call->statement) > 1)
		db_bind_text(call, 2, second);
}

/* The first column of all rows. */
static MigList
query(Call *call, const char *sql, MigText first, MigText second)
{
	MigLines rows = mig_lines(&call->mig);

	prepare(call, sql, first, second);
	while (db_step(call))
		mig_lines_add(&rows, db_text(call, 0));
	db_finish(call);
	return rows.list;
}

#define NONE ((MigText){NULL, 0})

/* Can it be prepared?  Columns of the result; -1: no. */
static int
compile(Call *call, const char *sql)
{
	int columns = -1;
	int rc = sqlite3_prepare_v2(call->db, sql, -1, &call->statement, NULL);

	if ((rc & 0xff) == SQLITE_NOMEM)
		call_raise_engine(call);
	if (rc == SQLITE_OK)
		columns = sqlite3_column_count(call->statement);
	db_finish(call);
	return columns;
}

/* ---- statements, run or written down ---- */

/* Offline: what is run on an empty schema is what the script has. */
static bool
is_recording(Call *call)
{
	return outer_of(call)->recorded != NULL;
}

static void
write_down(Call *call, MigText sql)
{
	if (is_recording(call))
		mig_lines_add(outer_of(call)->recorded, sql);
}

static void
write_all_down(Call *call, MigList statements)
{
	for (size_t i = 0; i < statements.n; i++)
		write_down(call, statements.at[i]);
}

static void
do_sql(Call *call, MigText sql)
{
	db_run_users(call, sql.at);
	write_down(call, sql);
	transaction_keep_undo(call);
}

static void
do_all(Call *call, MigList statements)
{
	for (size_t i = 0; i < statements.n; i++)
		do_sql(call, statements.at[i]);
}

/* ---- loading a table ---- */

/* The table's row of sqlite_schema; false: there is none. */
static bool
find_table(Call *call, MigStored *stored, MigText schema, MigText name)
{
	bool found;

	prepare(call,
			mig_format(&call->mig,
					   "SELECT type, name, sql FROM %s.sqlite_schema WHERE type IN ('table', "
					   "'view') AND name = ?1 COLLATE NOCASE",
					   name_sql(call, schema)),
			name, NONE);
	found = db_step(call);
	if (found)
	{
		if (mig_same(db_text(call, 0), mig_text("view")))
			call_raise(call, "42809",
					   mig_format(&call->mig, "\"%.*s\" is not a table", MIG_ARG(name)), NULL,
					   NULL);
		stored->schema = schema;
		stored->name = db_text(call, 1);
		stored->sql = db_text(call, 2);
	}
	db_finish(call);
	return found;
}

/* Without a schema SQLite looks into the temporary one first, then in their order. */
static bool
find_anywhere(Call *call, MigStored *stored, MigText schema, MigText name)
{
	MigList schemas;

	if (schema.at)
		return find_table(call, stored, schema, name);
	schemas =
		query(call, "SELECT name FROM pragma_database_list ORDER BY seq <> 1, seq", NONE, NONE);
	for (size_t i = 0; i < schemas.n; i++)
		if (find_table(call, stored, schemas.at[i], name))
			return true;
	return false;
}

/* In the order in which they were made: it decides which trigger fires first. */
static MigObject *
load_objects(Call *call, MigText schema, MigText table, const char *type, size_t *n)
{
	MigObject *objects = NULL;
	size_t room = 0;

	*n = 0;
	prepare(call,
			mig_format(&call->mig,
					   "SELECT name, sql FROM %s.sqlite_schema WHERE type = '%s' AND sql IS NOT "
					   "NULL AND tbl_name = ?1 COLLATE NOCASE ORDER BY rowid",
					   name_sql(call, schema), type),
			table, NONE);
	while (db_step(call))
	{
		if (*n == room)
		{
			MigObject *larger = mig_alloc(&call->mig, room = 2 * room + 8, sizeof(MigObject));

			if (objects)
				memcpy(larger, objects, *n * sizeof(MigObject));
			objects = larger;
		}
		objects[(*n)++] = (MigObject){db_text(call, 0), db_text(call, 1)};
	}
	db_finish(call);
	return objects;
}

/* Hidden ones, too: the text has them. */
static MigList
columns_of(Call *call, MigText schema, MigText table)
{
	return query(call, "SELECT name FROM pragma_table_xinfo(?1, ?2) ORDER BY cid", table, schema);
}

/* SQLite says the same. */
static void
check_not_internal(Call *call, MigText name)
{
	if (name.len >= 7 && sqlite3_strnicmp(name.at, "sqlite_", 7) == 0)
		call_raise(call, "42501",
				   mig_format(&call->mig, "table %.*s may not be altered", MIG_ARG(name)), NULL,
				   NULL);
}

static _Noreturn void
fail_no_table(Call *call, MigText name)
{
	call_raise(call, "42P01",
			   mig_format(&call->mig, "relation \"%.*s\" does not exist", MIG_ARG(name)), NULL,
			   NULL);
}

/* NULL: there is no such table, and there need not be one. */
static MigStored *
load(Call *call, MigText schema, MigText name, bool if_exists)
{
	MigStored *stored = mig_alloc(&call->mig, 1, sizeof(MigStored));

	if (!find_anywhere(call, stored, schema, name))
	{
		if (if_exists)
			return NULL;
		fail_no_table(call, name);
	}
	check_not_internal(call, stored->name);
	stored->columns = columns_of(call, stored->schema, stored->name);
	stored->indexes = load_objects(call, stored->schema, stored->name, "index", &stored->nindexes);
	stored->triggers =
		load_objects(call, stored->schema, stored->name, "trigger", &stored->ntriggers);
	return stored;
}

/* ---- checks ---- */

/* Errors of what is collected belong to the statement that asked for it. */
static void
set_where(Call *call, const Where *where)
{
	outer_of(call)->where = where;
}

/* A script has the check as a guard instead: there will be rows where it runs. */
static void
run_check(Changes *changes, const MigCheck *check, MigText sql)
{
	Call *call = changes->call;
	int64_t n;
	MigText row;

	if (is_recording(call))
		write_all_down(call,
					   mig_offline_guard(&call->mig,
										 mig_format(&call->mig, "(SELECT n FROM (%s)) = 0", sql.at),
										 check->message));
	db_prepare_users(call, sql.at);
	db_step(call);
	n = sqlite3_column_int64(call->statement, 0);
	row = n > 0 ? db_text(call, 1) : NONE;
	db_finish(call);
	if (n > 0)
		mig_check_fail(&call->mig, check, n, row);
}

/* Each check fails as the statement that asked for it. */
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

/* SQLite takes a DEFAULT with a function that it does not know, and fails at the first INSERT. */
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

/* A foreign key cannot leave its database. */
static void
check_parents(Call *call, const MigShape *shape, size_t from)
{
	MigStored parent;

	for (size_t i = from; i < shape->parents.list.n; i++)
		if (!find_table(call, &parent, shape->stored->schema, shape->parents.list.at[i]))
			fail_no_table(call, shape->parents.list.at[i]);
}

/* ---- what needs a column or a key that goes ---- */

/* A statement that compiles as long as a view, a trigger or a foreign key has what it needs. */
typedef struct Probe
{
	const char *what; /* "view v" */
	const char *sql;
	const char *drop; /* of a trigger: several may stand behind one statement */
	int columns;      /* of the result, before */
	bool strings;     /* it has texts in double quotes */
	bool lost;        /* it will compile, but mean something else */
} Probe;

typedef struct Probes
{
	Probe *at;
	size_t n;
	size_t room;
} Probes;

/*
 * Foreign keys are enforced, or a statement would compile without the key that
 * they need.  "b" must not become a text when the column is gone, unless the
 * statement does not compile otherwise.
 */
static int
compile_probe(Call *call, const Probe *probe)
{
	int columns;

	set(call, SQLITE_DBCONFIG_ENABLE_FKEY, 1);
	set(call, SQLITE_DBCONFIG_DQS_DML, probe->strings);
	columns = compile(call, probe->sql);
	settings_restore(call);
	return columns;
}

static void
add_probe(Call *call, Probes *probes, Probe probe)
{
	probe.columns = compile_probe(call, &probe);
	probe.strings = probe.columns < 0;
	if (probe.strings)
		probe.columns = compile_probe(call, &probe);
	if (probe.columns < 0)
		return; /* it is broken already */
	if (probes->n == probes->room)
	{
		Probe *at = mig_alloc(&call->mig, probes->room = 2 * probes->room + 8, sizeof(Probe));

		if (probes->n > 0)
			memcpy(at, probes->at, probes->n * sizeof(Probe));
		probes->at = at;
	}
	probes->at[probes->n++] = probe;
}

/* Without a column of the name rowid, rowid is something else. */
static bool
is_lost(Call *call, const MigShape *shape, MigText sql)
{
	return shape->dropped_rowid.at && mig_mentions(&call->mig, sql, shape->stored->name) &&
		   mig_mentions(&call->mig, sql, shape->dropped_rowid);
}

/* Names and texts of a schema's views or triggers, in turns. */
static MigList
objects_of(Call *call, MigText schema, const char *type)
{
	MigLines found = mig_lines(&call->mig);

	prepare(call,
			mig_format(&call->mig,
					   "SELECT name, sql FROM %s.sqlite_schema WHERE type = '%s' ORDER BY rowid",
					   name_sql(call, schema), type),
			NONE, NONE);
	while (db_step(call))
	{
		mig_lines_add(&found, db_text(call, 0));
		mig_lines_add(&found, db_text(call, 1));
	}
	db_finish(call);
	return found.list;
}

static void
probe_views(Call *call, Probes *probes, const MigShape *shape, MigText schema)
{
	MigList views = objects_of(call, schema, "view");

	for (size_t i = 0; i < views.n; i += 2)
		add_probe(call, probes,
				  (Probe){.what = mig_format(&call->mig, "view %.*s", MIG_ARG(views.at[i])),
						  .sql = mig_format(&call->mig, "SELECT * FROM %s.%s",
											name_sql(call, schema), name_sql(call, views.at[i])),
						  .lost = is_lost(call, shape, views.at[i + 1])});
}

/* Tables that refer to it. */
static void
probe_children(Call *call, Probes *probes, const MigStored *stored)
{
	MigList children = query(
		call,
		mig_format(&call->mig,
				   "SELECT DISTINCT t.name FROM %s.sqlite_schema AS t CROSS JOIN "
				   "pragma_foreign_key_list(t.name, ?2) AS k WHERE t.type = 'table' AND t.sql NOT "
				   "LIKE 'create virtual%%' AND k.\"table\" = ?1 COLLATE NOCASE AND t.name <> ?1",
				   name_sql(call, stored->schema)),
		stored->name, stored->schema);

	for (size_t i = 0; i < children.n; i++)
		add_probe(call, probes,
				  (Probe){.what = mig_format(&call->mig, "foreign key of table %.*s",
											 MIG_ARG(children.at[i])),
						  .sql = mig_format(&call->mig, "INSERT INTO %s.%s DEFAULT VALUES",
											name_sql(call, stored->schema),
											name_sql(call, children.at[i]))});
}

/* A column of the table that is there before and after; null if there is none. */
static MigText
lasting_column(Call *call, const MigShape *shape, MigText table)
{
	const MigStored *stored = shape->stored;
	MigList columns = query(call, "SELECT name FROM pragma_table_xinfo(?1, ?2) WHERE hidden = 0",
							table, stored->schema);
	MigList left = mig_shape_columns(&call->mig, shape);

	for (size_t i = 0; i < columns.n; i++)
	{
		if (!is_same_name(table, stored->name))
			return columns.at[i];
		for (size_t k = 0; k < left.n; k++)
			if (is_same_name(columns.at[i], left.at[k]))
				return columns.at[i];
	}
	return NONE;
}

/* The statement that fires a trigger; NULL where none can be made. */
static const char *
firing(Call *call, const MigShape *shape, MigText sql)
{
	Mig *m = &call->mig;
	MigTrigger trigger = mig_trigger(m, sql);
	const char *table = mig_format(m, "%s.%s", name_sql(call, shape->stored->schema),
								   name_sql(call, trigger.table));

	if (is_same_name(trigger.event, mig_text("INSERT")))
		return mig_format(m, "INSERT INTO %s DEFAULT VALUES", table);
	if (is_same_name(trigger.event, mig_text("DELETE")))
		return mig_format(m, "DELETE FROM %s", table);
	if (trigger.column.at == NULL)
		trigger.column = lasting_column(call, shape, trigger.table);
	if (trigger.column.at == NULL)
		return NULL;
	return mig_format(m, "UPDATE %s SET %s = NULL", table, name_sql(call, trigger.column));
}

static void
probe_triggers(Call *call, Probes *probes, const MigShape *shape, MigText schema)
{
	Mig *m = &call->mig;
	MigList triggers = objects_of(call, schema, "trigger");

	for (size_t i = 0; i < triggers.n; i += 2)
	{
		const char *sql;

		if (!mig_mentions(m, triggers.at[i + 1], shape->stored->name))
			continue;
		sql = firing(call, shape, triggers.at[i + 1]);
		if (sql)
			add_probe(call, probes,
					  (Probe){.what = mig_format(m, "trigger %.*s", MIG_ARG(triggers.at[i])),
							  .sql = sql,
							  .drop = mig_format(m, "DROP TRIGGER %s.%s", name_sql(call, schema),
												 name_sql(call, triggers.at[i])),
							  .lost = is_lost(call, shape, triggers.at[i + 1])});
	}
}

static Probes
probe(Call *call, const MigShape *shape)
{
	const MigStored *stored = shape->stored;
	Probes probes = {NULL, 0, 0};
	MigText temp = mig_text("temp");

	probe_views(call, &probes, shape, stored->schema);
	probe_children(call, &probes, stored);
	probe_triggers(call, &probes, shape, stored->schema);
	if (!mig_same(stored->schema, temp))
	{
		probe_views(call, &probes, shape, temp);
		probe_triggers(call, &probes, shape, temp);
	}
	return probes;
}

/* Of several triggers behind one statement, the one without which it compiles. */
static bool
is_to_blame(Call *call, const Probe *probe)
{
	if (probe->drop == NULL)
		return true;
	db_run_users(call, probe->drop);
	return compile_probe(call, probe) >= 0;
}

/* What compiled and does not any more has needed what is gone. */
static void
check_probes(Changes *changes, const Probes *probes)
{
	Call *call = changes->call;
	const char *suspect = NULL;

	for (size_t i = 0; i < probes->n; i++)
		if (probes->at[i].lost || compile_probe(call, &probes->at[i]) != probes->at[i].columns)
		{
			suspect = probes->at[i].what;
			if (probes->at[i].lost || is_to_blame(call, &probes->at[i]))
				break;
		}
	if (suspect)
		mig_shape_needed(&call->mig, changes->shape, suspect);
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

static int64_t
count(Call *call, const char *sql, MigText first)
{
	return atoll(query(call, sql, first, NONE).at[0].at);
}

/* A rebuild has all that depends on the table again, and nothing of the old one. */
static void
verify_objects(Changes *changes, MigText old_name)
{
	Call *call = changes->call;
	const MigStored *stored = changes->shape->stored;
	const char *schema = name_sql(call, stored->schema);
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

/* The table has the columns that it should have, and the text. */
static void
verify(Changes *changes)
{
	Call *call = changes->call;
	const MigStored *stored = changes->shape->stored;
	MigList wanted = mig_shape_columns(&call->mig, changes->shape);
	MigList found = columns_of(call, stored->schema, stored->name);
	bool same = wanted.n == found.n;
	MigStored now;

	for (size_t i = 0; same && i < wanted.n; i++)
		same = is_same_name(wanted.at[i], found.at[i]);
	if (!same || !find_table(call, &now, stored->schema, stored->name) ||
		(!changes->shape->is_native && !mig_same(now.sql, mig_shape_sql(changes->shape))))
		fail_ignored(call, stored->name);
}

/* SQLite's DROP COLUMN refuses a column that is in one. */
static void
drop_indexes(Changes *changes)
{
	Call *call = changes->call;
	MigList names = changes->shape->drop_indexes.list;

	for (size_t i = 0; i < names.n; i++)
		do_sql(call, mig_text(mig_format(&call->mig, "DROP INDEX %s.%s",
										 name_sql(call, changes->shape->stored->schema),
										 name_sql(call, names.at[i]))));
}

#define SOUND_DROP_COLUMN 3035005 /* before, it could corrupt the database (release log) */

/* SQLite's own statements; false: it refuses the first one. */
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

#define HAS_SET_NOT_NULL 3053000 /* and DROP NOT NULL, ADD CHECK, DROP CONSTRAINT */

/*
 * A newer SQLite has a part of the grammar; where the text may be edited, that
 * gives the same more evenly, so this is for where it may not.
 */
static bool
run_newer(Changes *changes)
{
	const MigShape *shape = changes->shape;

	return shape->is_newer && shape->newer.list.n > 0 && !is_recording(changes->call) &&
		   sqlite3_libversion_number() >= HAS_SET_NOT_NULL &&
		   run_native(changes, shape->newer.list);
}

/* Sets the table's text in the schema, here and for other connections. */
static void
store_text(Call *call, const MigStored *stored, MigText sql)
{
	const char *schema = name_sql(call, stored->schema);
	MigList version;

	set(call, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1);
	prepare(call,
			mig_format(&call->mig,
					   "UPDATE %s.sqlite_schema SET sql = ?1 WHERE type = 'table' AND name = ?2",
					   schema),
			sql, stored->name);
	db_step(call);
	db_finish(call);
	version = query(call, mig_format(&call->mig, "PRAGMA %s.schema_version", schema), NONE, NONE);
	do_sql(call, mig_text(mig_format(&call->mig, "PRAGMA %s.schema_version = %d", schema,
									 atoi(version.at[0].at) + 1)));
	do_sql(call, mig_text("PRAGMA writable_schema = RESET"));
	settings_restore(call);
}

/* A column that an authorizer hides is read as NULL, by a Null instruction. */
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
 * Is there a row that takes its value from the default, since it is older than
 * the column?  SQLite does not tell, so the default becomes for a moment what
 * no row has, and is looked for.
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
	found = query(call, mig_shape_find_marker(&call->mig, shape, marker).at, NONE, NONE).n > 0;
	if (found)
		store_text(call, shape->stored, shape->stored->sql);
	return found;
}

/* Defensive mode is the application's decision: it is not switched off. */
static bool
may_edit(Changes *changes)
{
	return changes->shape->is_edit && !is_recording(changes->call) &&
		   !get_setting(changes->call, SQLITE_DBCONFIG_DEFENSIVE) && !has_short_rows(changes);
}

static void
edit(Changes *changes)
{
	store_text(changes->call, changes->shape->stored, mig_shape_sql(changes->shape));
}

/* ---- the rebuild ---- */

/* Whatever was left behind by others, the name is new. */
static MigText
free_name(Call *call, const MigStored *stored)
{
	MigText name = mig_text(mig_format(&call->mig, "migrate_old_%.*s", MIG_ARG(stored->name)));
	const char *sql =
		mig_format(&call->mig, "SELECT 1 FROM %s.sqlite_schema WHERE name = ?1 COLLATE NOCASE",
				   name_sql(call, stored->schema));

	for (int i = 2; query(call, sql, name, NONE).n > 0; i++)
		name = mig_text(mig_format(&call->mig, "migrate_old_%.*s_%d", MIG_ARG(stored->name), i));
	return name;
}

static void
rename_table(Call *call, MigText schema, MigText from, MigText to)
{
	do_sql(call,
		   mig_text(mig_format(&call->mig, "ALTER TABLE %s.%s RENAME TO %s", name_sql(call, schema),
							   name_sql(call, from), name_sql(call, to))));
}

static void
drop_table(Call *call, MigText schema, MigText name)
{
	do_sql(call, mig_text(mig_format(&call->mig, "DROP TABLE %s.%s", name_sql(call, schema),
									 name_sql(call, name))));
}

/* The old table gets another name, or where it cannot be renamed, its rows another table. */
static void
set_aside(Changes *changes, MigText old_name)
{
	Call *call = changes->call;
	const MigStored *stored = changes->shape->stored;
	const char *rename =
		mig_format(&call->mig, "ALTER TABLE %s.%s RENAME TO %s", name_sql(call, stored->schema),
				   name_sql(call, stored->name), name_sql(call, old_name));
	int rc;

	set(call, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, 1);
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

static void
copy(Changes *changes, MigText old_name)
{
	Call *call = changes->call;
	const MigStored *stored = changes->shape->stored;
	const char *old =
		mig_format(&call->mig, "%s.%s", name_sql(call, stored->schema), name_sql(call, old_name));
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
	rows = count(call, mig_format(&call->mig, "SELECT count(*) FROM %s", old), NONE);
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

/* Indexes after the rows: they are built by sorting, at once. */
static void
restore_objects(Changes *changes)
{
	Call *call = changes->call;
	const MigStored *stored = changes->shape->stored;

	for (size_t i = 0; i < stored->nindexes; i++)
		if (!is_dropped(changes->shape, stored->indexes[i].name))
			do_sql(call, mig_object_create(&call->mig, stored->indexes[i].sql, stored->schema));
	for (size_t i = 0; i < stored->ntriggers; i++)
		do_sql(call, mig_object_create(&call->mig, stored->triggers[i].sql, stored->schema));
}

/* Temporary triggers of the table went with it; those of others of its name did not. */
static void
restore_temporary(Call *call, const MigObject *triggers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (query(call, "SELECT 1 FROM temp.sqlite_schema WHERE type = 'trigger' AND name = ?1",
				  triggers[i].name, NONE)
				.n == 0)
			do_sql(call, mig_object_create(&call->mig, triggers[i].sql, mig_text("temp")));
}

/* Where no value changes, nothing can refer to what is no longer there: no need to count. */
static void
keys_for_rebuild(Changes *changes)
{
	if (changes->shape->changes_values)
		keys_suspend(changes->call, changes->keys, changes->where);
	else
		keys_off(changes->call);
}

static void
rebuild_table(Changes *changes)
{
	Call *call = changes->call;
	const MigStored *stored = changes->shape->stored;
	MigText old_name = free_name(call, stored);
	size_t ntemporary = 0;
	MigObject *temporary = NULL;

	if (!mig_same(stored->schema, mig_text("temp")))
		temporary = load_objects(call, mig_text("temp"), stored->name, "trigger", &ntemporary);
	keys_for_rebuild(changes);
	set(call, SQLITE_DBCONFIG_DQS_DDL, 1); /* as when SQLite reads what it has stored */
	set(call, SQLITE_DBCONFIG_DQS_DML, 1);
	set_aside(changes, old_name);
	do_sql(call, mig_shape_create(&call->mig, changes->shape));
	copy(changes, old_name);
	do_all(call, mig_shape_count(&call->mig, changes->shape, old_name));
	drop_table(call, stored->schema, old_name);
	restore_objects(changes);
	restore_temporary(call, temporary, ntemporary);
	verify_objects(changes, old_name);
	settings_restore(call);
	keys_resume(call);
}

/* The cheapest way that will do. */
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

/* What needs a dropped column is asked before and after: it may be broken already. */
void
rebuild_flush(Changes *changes)
{
	Call *call = changes->call;
	const Where *where = outer_of(call)->where;
	Probes probes = {NULL, 0, 0};

	if (changes->shape == NULL)
		return;
	if (changes->where)
		set_where(call, changes->where);
	if (changes->shape->drops)
		probes = probe(call, changes->shape);
	carry_out(changes);
	check_probes(changes, &probes);
	run_checks(changes, MIG_AFTER, 0);
	changes->shape = NULL;
	set_where(call, where);
}

/* ---- statements ---- */

/* The statement of each new check, and of the changes as a whole. */
static void
note_where(Changes *changes, size_t from)
{
	Call *call = changes->call;
	size_t n = changes->shape->nchecks;
	Where *wheres = mig_alloc(&call->mig, n + 1, sizeof(Where));

	if (from > 0)
		memcpy(wheres, changes->wheres, from * sizeof(Where));
	if (outer_of(call)->where)
	{
		for (size_t i = from; i < n; i++)
			wheres[i] = *outer_of(call)->where;
		wheres[n] = *outer_of(call)->where;
		changes->where = &wheres[n];
	}
	changes->wheres = wheres;
}

/* Checks rows at once, so that an error comes with its statement. */
static void
alter(Changes *changes, const MigTaught *taught)
{
	Call *call = changes->call;
	const Where *where = outer_of(call)->where;
	MigShape *shape = changes->shape;
	size_t checks;
	size_t expressions;
	size_t parents;

	if (shape == NULL)
	{
		MigStored *stored = load(call, taught->schema, taught->table, taught->if_exists);

		if (stored == NULL)
			return;
		shape = changes->shape = mig_shape(&call->mig, stored);
	}
	checks = shape->nchecks;
	expressions = shape->expressions.list.n;
	parents = shape->parents.list.n;
	mig_shape_alter(&call->mig, shape, taught);
	note_where(changes, checks);
	set(call, SQLITE_DBCONFIG_DQS_DML, 0); /* a misspelled "name" is no text */
	check_expressions(call, shape, expressions);
	check_parents(call, shape, parents);
	run_checks(changes, MIG_BEFORE, checks);
	settings_restore(call);
	set_where(call, where);
}

/* ---- TRUNCATE ---- */

static void
check_not_referenced(Call *call, const MigStored *stored, MigList tables)
{
	MigList children = query(
		call,
		mig_format(&call->mig,
				   "SELECT DISTINCT t.name FROM %s.sqlite_schema AS t CROSS JOIN "
				   "pragma_foreign_key_list(t.name, ?2) AS k WHERE t.type = 'table' AND t.sql NOT "
				   "LIKE 'create virtual%%' AND k.\"table\" = ?1 COLLATE NOCASE AND t.name <> ?1",
				   name_sql(call, stored->schema)),
		stored->name, stored->schema);

	for (size_t i = 0; i < children.n; i++)
	{
		bool listed = false;

		for (size_t k = 0; k < tables.n; k++)
			listed = listed || is_same_name(tables.at[k], children.at[i]);
		if (!listed)
			call_raise(call, MIG_UNSUPPORTED,
					   "cannot truncate a table referenced in a foreign key constraint",
					   mig_format(&call->mig, "Table \"%.*s\" references \"%.*s\".",
								  MIG_ARG(children.at[i]), MIG_ARG(stored->name)),
					   mig_format(&call->mig, "Truncate table \"%.*s\" at the same time.",
								  MIG_ARG(children.at[i])));
	}
}

static bool
has_sequences(Call *call, MigText schema)
{
	return sqlite3_table_column_metadata(call->db, schema.at, "sqlite_sequence", NULL, NULL, NULL,
										 NULL, NULL, NULL) == SQLITE_OK;
}

/* No trigger fires, as in PostgreSQL; no plain SQL can ask for that. */
static void
truncate_one(Call *call, const MigStored *stored, bool restart)
{
	if (is_recording(call) && stored->ntriggers > 0)
		call_raise(call, MIG_UNSUPPORTED,
				   mig_format(&call->mig,
							  "TRUNCATE of table \"%.*s\", which has triggers, cannot "
							  "stand in a script",
							  MIG_ARG(stored->name)),
				   NULL, "Write DELETE in a section for sqlite; triggers will fire.");
	keys_off(call);
	set(call, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0);
	do_sql(call,
		   mig_text(mig_format(&call->mig, "DELETE FROM %s.%s", name_sql(call, stored->schema),
							   name_sql(call, stored->name))));
	settings_restore(call);
	keys_resume(call);
	if (restart && has_sequences(call, stored->schema))
		do_sql(call,
			   mig_text(mig_format(&call->mig, "DELETE FROM %s.sqlite_sequence WHERE name = %s",
								   name_sql(call, stored->schema),
								   mig_quoted_text(&call->mig, stored->name).at)));
}

/* All are looked at before the first one is emptied. */
static void
truncate_tables(Call *call, const MigTaught *taught)
{
	for (size_t i = 0; i < taught->tables.n; i++)
		check_not_referenced(call, load(call, NONE, taught->tables.at[i], false), taught->tables);
	for (size_t i = 0; i < taught->tables.n; i++)
		truncate_one(call, load(call, NONE, taught->tables.at[i], false), taught->restart);
}

/* ---- what run.c and migrate_alter() call ---- */

/* A change of the same table, that does not depend on what waits having been done. */
static bool
joins(const Changes *changes, const MigTaught *taught)
{
	const MigStored *stored = changes->shape->stored;

	return taught->lesson == MIG_ALTER_TABLE && is_same_name(taught->table, stored->name) &&
		   (taught->schema.at == NULL || is_same_name(taught->schema, stored->schema)) &&
		   mig_shape_joins(changes->shape, taught);
}

size_t
rebuild_statement(Changes *changes, MigText sql)
{
	Call *call = changes->call;
	MigTaught taught = mig_teach(&call->mig, sql);

	if (changes->shape && !joins(changes, &taught))
		rebuild_flush(changes);
	switch (taught.lesson)
	{
		case MIG_REWRITTEN:
			do_sql(call, mig_copy(&call->mig, taught.sql));
			break;
		case MIG_ALTER_TABLE:
			alter(changes, &taught);
			break;
		case MIG_TRUNCATE:
			truncate_tables(call, &taught);
			break;
		default:
			break;
	}
	return taught.len;
}
