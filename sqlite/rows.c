/*
 * rows.c - a table of the core as a result set: one virtual table module for
 * all table functions
 *
 * The tables are eponymous, i.e. there without CREATE VIRTUAL TABLE.  Their
 * arguments are hidden columns, and "migrate_history('base:')" is SQLite's way
 * to write WHERE range = 'base:'.  Only rows_filter() computes, and so it alone
 * has a landing; its call, with the memory of the rows, lives until the cursor
 * is closed or used again.
 */
#include "sqlite.h"

#include <string.h>

typedef struct RowsTable
{
	sqlite3_vtab base; /* first: SQLite's part */
	sqlite3 *db;
	const Entry *entry;
} RowsTable;

typedef struct RowsCursor
{
	sqlite3_vtab_cursor base; /* first: SQLite's part */
	Call call;
	const MigTable *table; /* NULL: no call to end */
	size_t row;
} RowsCursor;

static int
count_columns(const MigColumn *columns)
{
	int n = 0;

	while (columns[n].name)
		n++;
	return n;
}

/* For the declaration: what a client of SQLite's is told.  Values have types of their own. */
static const char *
column_type(MigType type)
{
	return type == MIG_INT || type == MIG_BOOL ? "INTEGER" : "TEXT";
}

/* Has the answer a column of that name?  Then no argument can have it. */
static bool
is_column(const MigColumn *columns, const char *name)
{
	while (columns->name && strcmp(columns->name, name) != 0)
		columns++;
	return columns->name != NULL;
}

/*
 * "CREATE TABLE x("revision" TEXT, ..., "range" HIDDEN)"; NULL: no memory.  An argument that has
 * a column's name gets "_" behind it, or it could not be asked for.
 */
static char *
declaration(const Function *function)
{
	sqlite3_str *text = sqlite3_str_new(NULL);
	const char *sep = "";

	sqlite3_str_appendall(text, "CREATE TABLE x(");
	for (const MigColumn *c = function->columns; c->name; c++, sep = ", ")
		sqlite3_str_appendf(text, "%s\"%w\" %s", sep, c->name, column_type(c->type));
	for (int i = 0; i < MAX_ARGS && function->args[i]; i++)
		sqlite3_str_appendf(text, ", \"%w%s\" HIDDEN", function->args[i],
							is_column(function->columns, function->args[i]) ? "_" : "");
	sqlite3_str_appendall(text, ")");
	return sqlite3_str_finish(text);
}

/* Called when the table is first used.  DIRECTONLY: as for the scalar functions. */
static int
rows_connect(sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **result,
			 char **error)
{
	const Entry *entry = aux;
	char *sql = declaration(entry->function);
	RowsTable *table = NULL;
	int rc = sql ? sqlite3_declare_vtab(db, sql) : SQLITE_NOMEM;

	(void) argc;
	(void) argv;
	(void) error;
	sqlite3_free(sql);
	if (rc == SQLITE_OK)
		rc = sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
	if (rc == SQLITE_OK && (table = sqlite3_malloc(sizeof(*table))) == NULL)
		rc = SQLITE_NOMEM;
	if (rc != SQLITE_OK)
		return rc;
	*table = (RowsTable){.db = db, .entry = entry};
	*result = &table->base;
	return SQLITE_OK;
}

static int
rows_disconnect(sqlite3_vtab *base)
{
	sqlite3_free(base);
	return SQLITE_OK;
}

/*
 * Arguments go to rows_filter() in their order; idxNum has a bit for each that is there.  A plan
 * in which one is not known yet is no plan: SQLite then tries another order of the tables.  omit:
 * SQLite need not compare the column, which is null, with the argument.
 */
static int
rows_best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
	const Function *function = ((RowsTable *) base)->entry->function;
	int first = count_columns(function->columns);
	int given[MAX_ARGS] = {0}; /* index of the constraint, from 1 */
	int n = 0;

	for (int i = 0; i < info->nConstraint; i++)
	{
		int arg = info->aConstraint[i].iColumn - first;

		if (arg < 0 || info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
			continue;
		if (!info->aConstraint[i].usable)
			return SQLITE_CONSTRAINT;
		given[arg] = i + 1;
	}
	for (int arg = 0; arg < MAX_ARGS; arg++)
		if (given[arg])
		{
			info->aConstraintUsage[given[arg] - 1].argvIndex = ++n;
			info->aConstraintUsage[given[arg] - 1].omit = 1;
			info->idxNum |= 1 << arg;
		}
	info->estimatedCost = 1000;
	info->estimatedRows = 1000;
	return SQLITE_OK;
}

/* No call yet: SQLite calls rows_filter() next, or nothing. */
static int
rows_open(sqlite3_vtab *base, sqlite3_vtab_cursor **result)
{
	RowsCursor *cursor = sqlite3_malloc(sizeof(*cursor));

	(void) base;
	if (cursor == NULL)
		return SQLITE_NOMEM;
	memset(cursor, 0, sizeof(*cursor));
	*result = &cursor->base;
	return SQLITE_OK;
}

/* A cursor may be used again, once for each row of another table in a join. */
static void
forget_rows(RowsCursor *cursor)
{
	if (cursor->table)
		call_end(&cursor->call);
	cursor->table = NULL;
	cursor->row = 0;
}

static int
rows_close(sqlite3_vtab_cursor *base)
{
	forget_rows((RowsCursor *) base);
	sqlite3_free(base);
	return SQLITE_OK;
}

/*
 * All the work.  The message is the table's, which SQLite frees; the call's code is what it
 * returns.
 */
static int
rows_filter(sqlite3_vtab_cursor *base, int given, const char *unused, int argc,
			sqlite3_value **argv)
{
	RowsCursor *cursor = (RowsCursor *) base;
	RowsTable *table = (RowsTable *) base->pVtab;
	Call *call = &cursor->call;
	int n = 0;

	(void) unused;
	(void) argc;
	forget_rows(cursor);
	*call = call_begin(table->db, table->entry);
	for (int arg = 0; arg < MAX_ARGS; arg++)
		call->args[arg] = given & (1 << arg) ? argv[n++] : NULL;
	if (call_protect(call, table->entry->function->body))
	{
		cursor->table = call->table;
		return SQLITE_OK;
	}
	call_end(call);
	sqlite3_free(table->base.zErrMsg);
	table->base.zErrMsg = call->message;
	return call->code;
}

static int
rows_next(sqlite3_vtab_cursor *base)
{
	((RowsCursor *) base)->row++;
	return SQLITE_OK;
}

static int
rows_eof(sqlite3_vtab_cursor *base)
{
	RowsCursor *cursor = (RowsCursor *) base;

	return cursor->table == NULL || cursor->row >= cursor->table->nrow;
}

/* The core's own digits: no overflow, no other sign. */
static sqlite3_int64
cell_int(MigText cell)
{
	bool negative = cell.len > 0 && cell.at[0] == '-';
	sqlite3_int64 value = 0;

	for (size_t i = negative; i < cell.len; i++)
		value = value * 10 + (cell.at[i] - '0');
	return negative ? -value : value;
}

/* SQLITE_TRANSIENT: SQLite may keep a value when the cursor is closed. */
static void
result_cell(sqlite3_context *context, MigText cell, MigType type)
{
	if (cell.at == NULL)
		sqlite3_result_null(context);
	else if (type == MIG_BOOL)
		sqlite3_result_int(context, cell.at[0] == 't');
	else if (type == MIG_INT)
		sqlite3_result_int64(context, cell_int(cell));
	else
		sqlite3_result_text64(context, cell.at, cell.len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* Hidden columns are null: with omit set, SQLite does not look at them. */
static int
rows_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int i)
{
	const RowsCursor *cursor = (RowsCursor *) base;
	const MigTable *table = cursor->table;

	if ((size_t) i < table->ncol)
		result_cell(context, table->cells[cursor->row * table->ncol + (size_t) i],
					table->columns[i].type);
	return SQLITE_OK;
}

static int
rows_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid)
{
	*rowid = (sqlite3_int64) ((RowsCursor *) base)->row;
	return SQLITE_OK;
}

static const sqlite3_module module = {
	.xConnect = rows_connect,
	.xDisconnect = rows_disconnect,
	.xBestIndex = rows_best_index,
	.xOpen = rows_open,
	.xClose = rows_close,
	.xFilter = rows_filter,
	.xNext = rows_next,
	.xEof = rows_eof,
	.xColumn = rows_column,
	.xRowid = rows_rowid,
};

int
rows_register(sqlite3 *db, Entry *entry, void (*destroy)(void *entry))
{
	return sqlite3_create_module_v2(db, entry->function->name, &module, entry, destroy);
}
