/*
 * probe.c - what needs a column or a key that goes
 *
 * Only SQLite can tell what a view, a trigger or a foreign key uses.  So each
 * has a statement that compiles as long as it has what it needs, and that is
 * compiled before the change and after it: what does not any more has lost
 * something.  What is broken already is left out.
 */
#include "rebuild.h"

#include <string.h>

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

/*
 * Foreign keys are enforced, or a statement would compile without the key that they need; but not
 * behind a trigger, which is none of theirs.  "b" must not become a text when the column is gone,
 * unless the statement does not compile otherwise, which strings says.
 */
static int
compile_probe(Call *call, const Probe *probe)
{
	int columns;

	setting_set(call, SQLITE_DBCONFIG_ENABLE_FKEY, probe->drop == NULL);
	setting_set(call, SQLITE_DBCONFIG_DQS_DML, probe->strings);
	columns = compile(call, probe->sql);
	settings_restore(call);
	return columns;
}

/* Compiled at once, as it is before the change. */
static void
add_probe(Call *call, Probes *probes, Probe probe)
{
	probe.columns = compile_probe(call, &probe);
	probe.strings = probe.columns < 0;
	if (probe.strings)
		probe.columns = compile_probe(call, &probe);
	if (probe.columns < 0)
		return; /* it is broken already */
	probes->at = mig_grow(&call->mig, probes->at, probes->n, sizeof(Probe));
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

	lookup_prepare(
		call,
		mig_format(&call->mig,
				   "SELECT name, sql FROM %s.sqlite_schema WHERE type = '%s' ORDER BY rowid",
				   lookup_name_sql(call, schema), type),
		NO_TEXT, NO_TEXT);
	while (db_step(call))
	{
		mig_lines_add(&found, db_text(call, 0));
		mig_lines_add(&found, db_text(call, 1));
	}
	db_finish(call);
	return found.list;
}

/* A view that has fewer columns has lost something, too: a SELECT * may. */
static void
probe_views(Call *call, Probes *probes, const MigShape *shape, MigText schema)
{
	MigList views = objects_of(call, schema, "view");

	for (size_t i = 0; i < views.n; i += 2)
		add_probe(call, probes,
				  (Probe){.what = mig_format(&call->mig, "view %.*s", MIG_ARG(views.at[i])),
						  .sql = mig_format(&call->mig, "SELECT * FROM %s.%s",
											lookup_name_sql(call, schema),
											lookup_name_sql(call, views.at[i])),
						  .lost = is_lost(call, shape, views.at[i + 1])});
}

/* Tables that refer to it: an INSERT into one compiles as long as what it refers to is a key. */
static void
probe_children(Call *call, Probes *probes, const MigStored *stored)
{
	MigList children = lookup_children(call, stored);

	for (size_t i = 0; i < children.n; i++)
		add_probe(call, probes,
				  (Probe){.what = mig_format(&call->mig, "foreign key of table %.*s",
											 MIG_ARG(children.at[i])),
						  .sql = mig_format(&call->mig, "INSERT INTO %s.%s DEFAULT VALUES",
											lookup_name_sql(call, stored->schema),
											lookup_name_sql(call, children.at[i]))});
}

/*
 * A column of the table that is there and can be set before and after; null if there is none.  A
 * generated or hidden one cannot be.
 */
static MigText
lasting_column(Call *call, const MigShape *shape, MigText table)
{
	const MigStored *stored = shape->stored;
	MigList columns =
		lookup_list(call, "SELECT name FROM pragma_table_xinfo(?1, ?2) WHERE hidden = 0", table,
					stored->schema);
	MigList left = mig_shape_plain_columns(&call->mig, shape);

	for (size_t i = 0; i < columns.n; i++)
	{
		if (!lookup_same_name(table, stored->name))
			return columns.at[i];
		for (size_t k = 0; k < left.n; k++)
			if (lookup_same_name(columns.at[i], left.at[k]))
				return columns.at[i];
	}
	return NO_TEXT;
}

/*
 * The statement that fires a trigger; NULL where none can be made.  It is only prepared: SQLite
 * compiles the triggers of a statement with it.
 */
static const char *
firing(Call *call, const MigShape *shape, MigText sql)
{
	Mig *m = &call->mig;
	MigTrigger trigger = mig_trigger(m, sql);
	const char *table = mig_format(m, "%s.%s", lookup_name_sql(call, shape->stored->schema),
								   lookup_name_sql(call, trigger.table));

	if (lookup_same_name(trigger.event, mig_text("INSERT")))
		return mig_format(m, "INSERT INTO %s DEFAULT VALUES", table);
	if (lookup_same_name(trigger.event, mig_text("DELETE")))
		return mig_format(m, "DELETE FROM %s", table);
	if (trigger.column.at == NULL)
		trigger.column = lasting_column(call, shape, trigger.table);
	if (trigger.column.at == NULL)
		return NULL;
	return mig_format(m, "UPDATE %s SET %s = NULL", table, lookup_name_sql(call, trigger.column));
}

/* Those alone that name the table: others cannot have lost anything. */
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
			add_probe(
				call, probes,
				(Probe){.what = mig_format(m, "trigger %.*s", MIG_ARG(triggers.at[i])),
						.sql = sql,
						.drop = mig_format(m, "DROP TRIGGER %s.%s", lookup_name_sql(call, schema),
										   lookup_name_sql(call, triggers.at[i])),
						.lost = is_lost(call, shape, triggers.at[i + 1])});
	}
}

/*
 * In the table's schema and in temp: only a temporary view or trigger may name a table of another
 * schema.
 */
Probes
probes_compile(Call *call, const MigShape *shape)
{
	const MigStored *stored = shape->stored;
	Probes probes = {NULL, 0};
	MigText temp = mig_text("temp");

	if (call->connection->is_shadow)
		return probes;
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

/*
 * Of several triggers behind one statement, the one without which it compiles.  It is dropped for
 * that: the error that follows takes it back.
 */
static bool
is_to_blame(Call *call, const Probe *probe)
{
	if (probe->drop == NULL)
		return true;
	db_run_users(call, probe->drop);
	return compile_probe(call, probe) >= 0;
}

/* What compiled and does not any more has needed what is gone. */
void
probes_check(Changes *changes, const Probes *probes)
{
	Call *call = changes->call;
	const char *suspect = NULL;

	for (size_t i = 0; i < probes->n; i++)
		if (probes->at[i].lost || compile_probe(call, &probes->at[i]) < probes->at[i].columns)
		{
			suspect = probes->at[i].what;
			if (probes->at[i].lost || is_to_blame(call, &probes->at[i]))
				break;
		}
	if (suspect)
		mig_shape_needed(&call->mig, changes->shape, suspect);
}
