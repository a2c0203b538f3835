/*
 * lookup.c - the user's tables as SQLite has stored them: rows of sqlite_schema,
 * columns, and who refers to whom
 */
#include "rebuild.h"

#include <string.h>

/* ---- small queries ---- */

/* As SQLite compares names: the case of ASCII letters does not count. */
bool
lookup_same_name(MigText a, MigText b)
{
	return a.len == b.len && sqlite3_strnicmp(a.at, b.at, (int) a.len) == 0;
}

const char *
lookup_name_sql(Call *call, MigText name)
{
	return mig_quoted_name(&call->mig, name).at;
}

/* With up to two texts bound, where the statement has parameters for them. */
void
lookup_prepare(Call *call, const char *sql, MigText first, MigText second)
{
	db_prepare_users(call, sql);
	if (sqlite3_bind_parameter_count(call->statement) > 0)
		db_bind_text(call, 1, first);
	if (sqlite3_bind_parameter_count(call->statement) > 1)
		db_bind_text(call, 2, second);
}

/* The first column of all rows. */
MigList
lookup_list(Call *call, const char *sql, MigText first, MigText second)
{
	MigLines rows = mig_lines(&call->mig);

	lookup_prepare(call, sql, first, second);
	while (db_step(call))
		mig_lines_add(&rows, db_text(call, 0));
	db_finish(call);
	return rows.list;
}

/* ---- tables ---- */

/*
 * The table's row of sqlite_schema; false: there is none.  The name is then as it was written
 * when the table was made.
 */
bool
lookup_table(Call *call, MigStored *stored, MigText schema, MigText name)
{
	bool found;

	lookup_prepare(
		call,
		mig_format(&call->mig,
				   "SELECT type, name, sql FROM %s.sqlite_schema WHERE type IN ('table', "
				   "'view') AND name = ?1 COLLATE NOCASE",
				   lookup_name_sql(call, schema)),
		name, NO_TEXT);
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

/*
 * Without a schema SQLite looks into the temporary one (seq 1) first, then in their order: main,
 * and what was attached.
 */
static bool
find_anywhere(Call *call, MigStored *stored, MigText schema, MigText name)
{
	MigList schemas;

	if (schema.at)
		return lookup_table(call, stored, schema, name);
	schemas = lookup_list(call, "SELECT name FROM pragma_database_list ORDER BY seq <> 1, seq",
						  NO_TEXT, NO_TEXT);
	for (size_t i = 0; i < schemas.n; i++)
		if (lookup_table(call, stored, schemas.at[i], name))
			return true;
	return false;
}

/* In the order in which they were made: it decides which trigger fires first. */
MigObject *
lookup_objects(Call *call, MigText schema, MigText table, const char *type, size_t *n)
{
	MigObject *objects = NULL;

	*n = 0;
	lookup_prepare(
		call,
		mig_format(&call->mig,
				   "SELECT name, sql FROM %s.sqlite_schema WHERE type = '%s' AND sql IS NOT "
				   "NULL AND tbl_name = ?1 COLLATE NOCASE ORDER BY rowid",
				   lookup_name_sql(call, schema), type),
		table, NO_TEXT);
	while (db_step(call))
	{
		objects = mig_grow(&call->mig, objects, *n, sizeof(MigObject));
		objects[(*n)++] = (MigObject){db_text(call, 0), db_text(call, 1)};
	}
	db_finish(call);
	return objects;
}

/* Hidden ones, too: the text has them. */
MigList
lookup_columns(Call *call, MigText schema, MigText table)
{
	return lookup_list(call, "SELECT name FROM pragma_table_xinfo(?1, ?2) ORDER BY cid", table,
					   schema);
}

/* In the words in which SQLite refuses it, before anything is collected. */
static void
check_not_internal(Call *call, MigText name)
{
	if (name.len >= 7 && sqlite3_strnicmp(name.at, "sqlite_", 7) == 0)
		call_raise(call, "42501",
				   mig_format(&call->mig, "table %.*s may not be altered", MIG_ARG(name)), NULL,
				   NULL);
}

_Noreturn void
lookup_fail_missing(Call *call, MigText name)
{
	call_raise(call, "42P01",
			   mig_format(&call->mig, "relation \"%.*s\" does not exist", MIG_ARG(name)), NULL,
			   NULL);
}

/* NULL: there is no such table, and there need not be one. */
MigStored *
lookup_stored(Call *call, MigText schema, MigText name, bool if_exists)
{
	MigStored *stored = mig_alloc(&call->mig, 1, sizeof(MigStored));

	if (!find_anywhere(call, stored, schema, name))
	{
		if (if_exists)
			return NULL;
		lookup_fail_missing(call, name);
	}
	check_not_internal(call, stored->name);
	stored->columns = lookup_columns(call, stored->schema, stored->name);
	stored->indexes =
		lookup_objects(call, stored->schema, stored->name, "index", &stored->nindexes);
	stored->triggers =
		lookup_objects(call, stored->schema, stored->name, "trigger", &stored->ntriggers);
	return stored;
}

/*
 * In foreign keys; not the table itself.  CROSS JOIN keeps the planner from asking the pragma
 * first, which has no table's name then.  A virtual table has none.
 */
MigList
lookup_children(Call *call, const MigStored *stored)
{
	return lookup_list(
		call,
		mig_format(&call->mig,
				   "SELECT DISTINCT t.name FROM %s.sqlite_schema AS t CROSS JOIN "
				   "pragma_foreign_key_list(t.name, ?2) AS k WHERE t.type = 'table' AND t.sql NOT "
				   "LIKE 'create virtual%%' AND k.\"table\" = ?1 COLLATE NOCASE AND t.name <> ?1",
				   lookup_name_sql(call, stored->schema)),
		stored->name, stored->schema);
}
