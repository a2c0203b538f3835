/*
 * desired.c - the desired schema: DDL is run, not parsed, in a database of its
 * own that lives in memory and as long as the call
 *
 * What an application has added to its connection is not there: collations,
 * functions and virtual table modules of the same names stand in for its own,
 * so that a text that uses them can be run.  They are never called for more
 * than that: the database has no rows.
 */
#include "sqlite.h"

#include <string.h>

/* ---- stand-ins ---- */

/* Any order will do: the database has no rows. */
static int
compare_bytes(void *unused, int alen, const void *a, int blen, const void *b)
{
	int order = memcmp(a, b, (size_t) (alen < blen ? alen : blen));

	(void) unused;
	return order ? order : alen - blen;
}

/* SQLite asks for a collation that it does not know, by name; every encoding gets this one. */
static void
make_collation(void *unused, sqlite3 *db, int encoding, const char *name)
{
	(void) unused;
	(void) encoding;
	sqlite3_create_collation(db, name, SQLITE_UTF8, NULL, compare_bytes);
}

/* The answer of a function that stands in: there are no rows for which it could be wrong. */
static void
return_null(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	(void) argc;
	(void) argv;
	sqlite3_result_null(context);
}

/*
 * The first column of a query on one of the two databases.  db_prepare() works on call->db, so
 * that is changed for the query.
 */
static MigList
names_in(Call *call, sqlite3 *db, const char *query)
{
	MigLines names = mig_lines(&call->mig);
	sqlite3 *own = call->db;

	call->db = db;
	db_prepare(call, query);
	while (db_step(call))
		mig_lines_add(&names, db_text(call, 0));
	db_finish(call);
	call->db = own;
	return names.list;
}

static bool
is_among(MigList names, MigText name)
{
	for (size_t i = 0; i < names.n; i++)
		if (sqlite3_stricmp(names.at[i].at, name.at) == 0)
			return true;
	return false;
}

/*
 * The functions of an application; ours would hide that they are not there.  With their flags: an
 * index or a generated column takes deterministic ones alone.  What cannot be made is missing
 * then, and the statement that needs it says so.  One that it has put in place of SQLite's own
 * (PRAGMA case_sensitive_like does) needs none, and our queries there have LIKE.
 */
static void
make_functions(Call *call)
{
	MigList there =
		names_in(call, call->shadow, "SELECT name || ' ' || narg FROM pragma_function_list");

	db_prepare(call, "SELECT DISTINCT name, narg, flags, name || ' -1', name || ' ' || narg "
					 "FROM pragma_function_list WHERE NOT builtin "
					 "AND name NOT LIKE 'migrate\\_%' ESCAPE '\\'");
	while (db_step(call))
	{
		MigText name = db_text(call, 0);
		int narg = sqlite3_column_int(call->statement, 1);
		int flags = sqlite3_column_int(call->statement, 2);

		if (is_among(there, db_text(call, 3)) || is_among(there, db_text(call, 4)))
			continue;
		sqlite3_create_function(call->shadow, name.at, narg,
								SQLITE_UTF8 | (flags & (SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)),
								NULL, return_null, NULL, NULL);
	}
	db_finish(call);
}

/*
 * aux: call->is_stubbed.  From here on a column that is not known says nothing: a module's
 * columns are.
 */
static int
stub_connect(sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **result,
			 char **error)
{
	int rc = sqlite3_declare_vtab(db, "CREATE TABLE x(c)");

	*(bool *) aux = true;
	(void) argc;
	(void) argv;
	(void) error;
	if (rc != SQLITE_OK)
		return rc;
	*result = sqlite3_malloc(sizeof(**result));
	if (*result == NULL)
		return SQLITE_NOMEM;
	memset(*result, 0, sizeof(**result));
	return SQLITE_OK;
}

static int
stub_disconnect(sqlite3_vtab *table)
{
	sqlite3_free(table);
	return SQLITE_OK;
}

static int
stub_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
	(void) table;
	(void) info;
	return SQLITE_CONSTRAINT; /* it has no rows to be asked for */
}

static const sqlite3_module stub = {
	.xCreate = stub_connect,
	.xConnect = stub_connect,
	.xBestIndex = stub_best_index,
	.xDisconnect = stub_disconnect,
	.xDestroy = stub_disconnect,
};

/* All but those that a new connection has, too, or makes when they are used. */
static void
make_modules(Call *call)
{
	static const char query[] = "SELECT name FROM pragma_module_list WHERE name NOT LIKE "
								"'migrate\\_%' ESCAPE '\\' AND name NOT LIKE 'pragma\\_%' "
								"ESCAPE '\\'";
	MigList there = names_in(call, call->shadow, query);
	MigList wanted = names_in(call, call->db, query);

	for (size_t i = 0; i < wanted.n; i++)
		if (!is_among(there, wanted.at[i]))
			sqlite3_create_module(call->shadow, wanted.at[i].at, &stub, &call->is_stubbed);
}

/* ---- the database ---- */

/* A string in double quotes is one where the application lets it be. */
static void
copy_setting(Call *call, int setting)
{
	int on = 0;

	sqlite3_db_config(call->db, setting, -1, &on);
	sqlite3_db_config(call->shadow, setting, on, NULL);
}

/*
 * sqlite3_interrupt() is for the connection: its statements say so, and any will do.  Not 0 ends
 * what the shadow is running.
 */
static int
is_interrupted(void *probe)
{
	int rc = sqlite3_step(probe);

	sqlite3_reset(probe);
	return rc == SQLITE_INTERRUPT;
}

#define INTERRUPT_EVERY 10000 /* instructions: milliseconds at most */

/*
 * The shadow is the call's and closed with it.  In memory with all that is temporary: nothing is
 * written to a disk, and no other process sees it.
 */
void
shadow_open(Call *call)
{
	if (sqlite3_open_v2(":memory:", &call->shadow,
						SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY,
						NULL) != SQLITE_OK)
		call_raise_code(call, SQLITE_NOMEM, &(MigError){MIG_INTERNAL, "", NULL, NULL, NULL});
	copy_setting(call, SQLITE_DBCONFIG_DQS_DDL);
	copy_setting(call, SQLITE_DBCONFIG_DQS_DML);
	sqlite3_exec(call->shadow, "PRAGMA temp_store = memory", NULL, NULL, NULL);
	sqlite3_collation_needed(call->shadow, NULL, make_collation);
	make_functions(call);
	make_modules(call);
	if (sqlite3_prepare_v2(call->db, "SELECT 1", -1, &call->probe, NULL) != SQLITE_OK)
		call_raise_engine(call);
	sqlite3_progress_handler(call->shadow, INTERRUPT_EVERY, is_interrupted, call->probe);
}

/* ---- rows put aside ---- */

/*
 * For each CREATE SQLite reads all rows of sqlite_schema, which takes more time
 * than all else once there are a thousand.  It looks for the one that it has just
 * written, and knows the others by heart.  So after each so many of them the rows
 * are put aside, and put back before a statement of another kind, which may need
 * them.
 */
#define ASIDE_EVERY 64

#define COLUMNS "type, name, tbl_name, rootpage, sql"

/* Both are the shadow's own: an application's defensive mode is not touched. */
static void
allow_writing(Call *call)
{
	setting_set(call, SQLITE_DBCONFIG_DEFENSIVE, 0);
	setting_set(call, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1);
}

/* Into a temporary table, whose own row is in another sqlite_schema. */
static void
put_aside(Call *call)
{
	if (!call->connection->is_aside)
		db_run(call, "CREATE TEMP TABLE migrate_aside (" COLUMNS ")");
	call->connection->is_aside = true;
	allow_writing(call);
	db_run(call, "INSERT INTO temp.migrate_aside SELECT " COLUMNS
				 " FROM main.sqlite_schema ORDER BY rowid");
	db_run(call, "DELETE FROM main.sqlite_schema");
	settings_restore(call);
}

/*
 * In the order in which they were written.  What has been written since goes aside first, behind
 * the rest; created starts again.
 */
static void
put_back(Call *call)
{
	call->connection->created = 0;
	if (!call->connection->is_aside)
		return;
	put_aside(call);
	allow_writing(call);
	db_run(call, "INSERT INTO main.sqlite_schema (" COLUMNS ") SELECT " COLUMNS
				 " FROM temp.migrate_aside ORDER BY rowid");
	settings_restore(call);
	db_run(call, "DROP TABLE temp.migrate_aside");
	call->connection->is_aside = false;
}

/* Called for every statement that runs; does nothing outside of the shadow. */
void
shadow_before(Call *call, MigText keyword)
{
	if (!call->connection->is_shadow)
		return;
	call->connection->has_pragma |= mig_same(keyword, mig_text("PRAGMA"));
	if (!mig_same(keyword, mig_text("CREATE")))
		put_back(call);
	else if (++call->connection->created % ASIDE_EVERY == 0)
		put_aside(call);
}

/* ---- what is missing; but not what the live schema lacks as well ---- */

/*
 * Tables of ours are not there, and columns of a module's that is stood in for are not known:
 * such an error is not the desired schema's fault.
 */
static bool
says_nothing(const Call *call, const char *error)
{
	const char *missing = strstr(error, ": no such table: ");

	return strncmp(error, "error in ", strlen("error in ")) != 0 ||
		   (missing == NULL && call->is_stubbed) || (missing && strstr(missing, ": main.migrate_"));
}

/*
 * Does the query, whose parameters are texts, have a row in the live schema?  That is the
 * database beside the shadow: as module_names() does it.
 */
static bool
live_has(Call *call, const char *sql, MigText a, MigText b)
{
	sqlite3 *own = call->db;
	bool found;

	call->db = call->live;
	db_prepare(call, sql);
	db_bind_text(call, 1, a);
	db_bind_text(call, 2, b);
	found = db_step(call);
	db_finish(call);
	call->db = own;
	return found;
}

/* The text of what "error in view v: no such table: main.t" is about. */
static MigText
text_of(Call *call, MigText message)
{
	MigText sql = {NULL, 0};

	db_prepare(call, "SELECT sql FROM sqlite_schema WHERE instr(?1, 'error in ' || type || ' ' || "
					 "name || ': ') = 1");
	db_bind_text(call, 1, message);
	if (db_step(call))
		sql = db_text(call, 0);
	db_finish(call);
	return sql;
}

/*
 * SQLite looks at what a view or a trigger names when it is used, and at all of them when a table
 * gets another name: so a table is made that gets one.  It costs a look at every view and
 * trigger, and is left out where there are none.
 */
static void
check_views(Call *call)
{
	MigText message;
	bool any;
	int rc;

	db_prepare(call, "SELECT 1 FROM sqlite_schema WHERE type IN ('view', 'trigger')");
	any = db_step(call);
	db_finish(call);
	if (!any)
		return;
	rc = sqlite3_exec(call->db,
					  "CREATE TABLE migrate_desired (x); "
					  "ALTER TABLE migrate_desired RENAME TO migrate_desired_again",
					  NULL, NULL, NULL);

	if (rc == SQLITE_OK)
		return;
	if (rc != SQLITE_ERROR)
		call_raise_engine(call);
	message = mig_text(mig_format(&call->mig, "%s", sqlite3_errmsg(call->db)));
	if (!says_nothing(call, message.at) &&
		!live_has(call, "SELECT 1 FROM main.sqlite_schema WHERE sql = ?1 OR sql = ?2",
				  text_of(call, message), (MigText){NULL, 0}))
		mig_desired_refuse(&call->mig, call->text, message.at);
}

#define LOST_REFERENCES                                                                            \
	"FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table' "        \
	"AND f.\"table\" COLLATE nocase NOT IN (SELECT name FROM sqlite_schema)"

/*
 * And at a foreign key when its table is written to.  The list is read before live_has() is
 * asked: one statement is open at a time.
 */
static void
check_references(Call *call)
{
	MigLines lost = mig_lines(&call->mig);

	db_prepare(call, "SELECT t.name, f.\"table\" " LOST_REFERENCES);
	while (db_step(call))
	{
		mig_lines_add(&lost, db_text(call, 0));
		mig_lines_add(&lost, db_text(call, 1));
	}
	db_finish(call);
	for (size_t i = 0; i < lost.list.n; i += 2)
		if (!live_has(call,
					  "SELECT 1 " LOST_REFERENCES
					  " AND t.name = ?1 COLLATE nocase AND f.\"table\" = ?2 COLLATE nocase",
					  lost.list.at[i], lost.list.at[i + 1]))
			mig_desired_refuse(&call->mig, call->text,
							   mig_format(&call->mig,
										  "error in table %.*s: no such table: main.%.*s",
										  MIG_ARG(lost.list.at[i]), MIG_ARG(lost.list.at[i + 1])));
}

/* ---- running in it ---- */

/* At the end all rows are back: catalog_load() reads them. */
static void
body_run(Call *call)
{
	run_text(call, call->text, "desired schema");
	put_back(call);
	if (call->connection->has_pragma)
		db_run(call, "PRAGMA writable_schema = RESET"); /* so .dump makes a virtual table */
}

static void
body_check_whole(Call *call)
{
	check_references(call);
	check_views(call);
}

/* A call of its own, whose connection is the shadow: settings and all are that one's. */
static void
run_in_shadow(Call *call, Body body, MigText desired)
{
	Connection connection = {.references = 1, .is_shadow = true};
	Entry entry = {&connection, call->function};
	Call inner = call_begin(call->shadow, &entry);
	bool done;

	inner.text = desired;
	inner.live = call->db;
	inner.is_stubbed = call->is_stubbed;
	done = call_protect(&inner, body);
	call_end(&inner);
	if (!done)
		call_fail_as(call, &inner);
}

/* The schema is read before it is checked, since that leaves a table behind. */
MigSchema *
desired_load(Call *call, MigText desired)
{
	sqlite3 *own = call->db;
	MigSchema *schema;

	shadow_open(call);
	run_in_shadow(call, body_run, desired);
	call->db = call->shadow;
	schema = catalog_load(call);
	call->db = own;
	run_in_shadow(call, body_check_whole, desired);
	return schema;
}
