/*
 * keys.c - foreign keys around DROP TABLE
 *
 * While foreign keys are enforced, SQLite's DROP TABLE deletes the rows first,
 * and so fires ON DELETE CASCADE and SET NULL: a table that is rebuilt (copied,
 * dropped, the copy renamed) silently takes the rows of others with it.  Neither
 * PRAGMA foreign_keys, which does nothing in a transaction, nor
 * defer_foreign_keys, which defers checks but not actions, is a way out;
 * sqlite3_db_config() is.  Every other statement of a revision keeps what the
 * connection has.
 *
 * At the end of the revision no rows must refer to nothing that did not do so
 * before.  Violations are counted for each pair of tables, since a rebuild may
 * change rowids.
 */
#include "rebuild.h"

#include <string.h>

/* Of the connection, as PRAGMA foreign_keys says it; the module itself may have switched it off. */
static bool
is_enforced(Call *call)
{
	return setting_get(call, SQLITE_DBCONFIG_ENABLE_FKEY) != 0;
}

/* Tables that may have foreign keys; one of a virtual table's is none. */
static MigList
tables_of(Call *call, MigText schema)
{
	return lookup_list(call,
					   mig_format(&call->mig,
								  "SELECT name FROM %s.sqlite_schema WHERE type = 'table' AND "
								  "instr(upper(sql), 'REFERENCES') > 0",
								  lookup_name_sql(call, schema)),
					   NO_TEXT, NO_TEXT);
}

/*
 * False: there are no more.  A key whose other side is not unique cannot be looked at: SQLite says
 * so, and lets nobody write to its table.  A revision may be there to mend it.
 */
static bool
next_violation(Call *call)
{
	int rc = sqlite3_step(call->statement);

	if (rc == SQLITE_ERROR && strncmp(sqlite3_errmsg(call->db), "foreign key mismatch",
									  strlen("foreign key mismatch")) == 0)
		return false;
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		call_raise_engine(call);
	return rc == SQLITE_ROW;
}

/* All databases of the connection.  Names in main without their schema, as a user writes them. */
static Violation *
find_violations(Call *call, size_t *n)
{
	Violation *at = NULL;
	MigList schemas = lookup_list(call, "SELECT name FROM pragma_database_list", NO_TEXT, NO_TEXT);

	*n = 0;
	for (size_t i = 0; i < schemas.n; i++)
	{
		MigList tables = tables_of(call, schemas.at[i]);

		for (size_t k = 0; k < tables.n; k++)
		{
			db_prepare(call, "SELECT CASE ?2 WHEN 'main' THEN '' ELSE ?2 || '.' END || ?1, parent, "
							 "count(*), max(\"rowid\") FROM pragma_foreign_key_check(?1, ?2) "
							 "GROUP BY parent");
			db_bind_text(call, 1, tables.at[k]);
			db_bind_text(call, 2, schemas.at[i]);
			while (next_violation(call))
			{
				at = mig_grow(&call->mig, at, *n, sizeof(Violation));
				at[(*n)++] =
					(Violation){db_text(call, 0), db_text(call, 1),
								sqlite3_column_int64(call->statement, 2), db_text(call, 3)};
			}
			db_finish(call);
		}
	}
	return at;
}

/*
 * Counted once, before the first DROP TABLE of a revision: it reads all tables that have foreign
 * keys.  where: for the error at the end; NULL outside of a revision.
 */
void
keys_suspend(Call *call, Keys *keys, const Where *where)
{
	if (!is_enforced(call))
		return;
	if (!keys->counted)
		keys->before = find_violations(call, &keys->n);
	keys->counted = true;
	if (where)
		keys->where = *where;
	keys_off(call);
}

/* Noted in the outer call before it is done, so that call_end() undoes it. */
void
keys_off(Call *call)
{
	Call *outer = call_outer(call);

	if (!is_enforced(call))
		return;
	outer->keys_off = true;
	sqlite3_db_config(call->db, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL);
}

/*
 * Only what keys_off() has done: with enforcement off in the application, nothing is switched on.
 */
void
keys_resume(Call *call)
{
	Call *outer = call_outer(call);

	if (outer->keys_off)
		sqlite3_db_config(call->db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	outer->keys_off = false;
}

/* Of the same two tables; 0: there were none. */
static int64_t
count_before(const Keys *keys, const Violation *now)
{
	for (size_t i = 0; i < keys->n; i++)
		if (mig_same(keys->before[i].table, now->table) &&
			mig_same(keys->before[i].parent, now->parent))
			return keys->before[i].n;
	return 0;
}

/* more: than before the revision. */
static _Noreturn void
fail_violation(Call *call, const Violation *now, int64_t more)
{
	Mig *m = &call->mig;

	call_raise(
		call, "23503",
		mig_format(m, "rows of \"%.*s\" refer to rows that \"%.*s\" does not have",
				   MIG_ARG(now->table), MIG_ARG(now->parent)),
		mig_format(m, "After the statement there are %lld such rows more%s%.*s.", (long long) more,
				   now->rowid.at ? "; one has rowid " : "", MIG_ARG(now->rowid)),
		"Delete or change those rows in the revision, or drop the table that has them first.");
}

/* Only where something was dropped, so only then it costs anything. */
void
keys_check(Call *call, const Keys *keys)
{
	Call *outer = call_outer(call);
	Violation *now;
	size_t n;

	if (!keys->counted)
		return;
	if (keys->where.revision)
		outer->where = &keys->where;
	now = find_violations(call, &n);
	for (size_t i = 0; i < n; i++)
		if (now[i].n > count_before(keys, &now[i]))
			fail_violation(call, &now[i], now[i].n - count_before(keys, &now[i]));
	outer->where = NULL;
}
