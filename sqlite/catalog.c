/*
 * catalog.c - the schema of the main database as structs
 *
 * SQLite's catalog is one table of statements; the core takes them apart.
 * Without what is SQLite's own and ours.
 */
#include "sqlite.h"

/*
 * In the order in which things were made: the core needs an index behind its table, and a trigger
 * fires in that order.  What has no text is SQLite's: the indexes of UNIQUE and PRIMARY KEY.
 */
static const char *const rows_query =
	"SELECT type, name, tbl_name, sql FROM main.sqlite_schema "
	"WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
	"AND tbl_name NOT IN (" MIG_TABLES ") ORDER BY rowid";

MigList
catalog_rows(Call *call)
{
	MigLines cells = mig_lines(&call->mig);

	db_prepare(call, rows_query);
	while (db_step(call))
		for (int i = 0; i < 4; i++)
			mig_lines_add(&cells, db_text(call, i));
	db_finish(call);
	return cells.list;
}

/* A new schema at each call: the core resolves it once and keeps marks in it. */
MigSchema *
catalog_load(Call *call)
{
	MigList rows = catalog_rows(call);

	return mig_schema_stored(&call->mig, rows.at, rows.n / 4);
}
