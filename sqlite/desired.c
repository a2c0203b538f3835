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

static int
compare_bytes(void *unused, int alen, const void *a, int blen, const void *b)
{
	int order = memcmp(a, b, (size_t) (alen < blen ? alen : blen));

	(void) unused;
	return order ? order : alen - blen;
}

static void
make_collation(void *unused, sqlite3 *db, int encoding, const char *name)
{
	(void) unused, (void) encoding;
	sqlite3_create_collation(db, name, SQLITE_UTF8, NULL, compare_bytes);
}

static void
return_null(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	(void) argc, (void) argv;
	sqlite3_result_null(context);
}

/* The functions of an application; ours would hide that they are not there. */
static void
make_functions(Call *call)
{
	db_prepare(call,
			   "SELECT DISTINCT name, narg, flags FROM pragma_function_list WHERE NOT builtin "
			   "AND name NOT LIKE 'migrate\\_%' ESCAPE '\\'");
	while (db_step(call))
	{
		int flags = sqlite3_column_int(call->statement, 2);

		sqlite3_create_function(call->shadow, db_text(call, 0).at,
								sqlite3_column_int(call->statement, 1),
								SQLITE_UTF8 | (flags & (SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)),
								NULL, return_null, NULL, NULL);
	}
	db_finish(call);
}

static int
stub_connect(sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **result,
			 char **error)
{
	int rc = sqlite3_declare_vtab(db, "CREATE TABLE x(c)");

	(void) aux, (void) argc, (void) argv, (void) error;
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
	(void) table, (void) info;
	return SQLITE_CONSTRAINT; /* it has no rows to be asked for */
}

static const sqlite3_module stub = {
	.xCreate = stub_connect,
	.xConnect = stub_connect,
	.xBestIndex = stub_best_index,
	.xDisconnect = stub_disconnect,
	.xDestroy = stub_disconnect,
};

static MigList
module_names(Call *call, sqlite3 *db)
{
	MigLines names = mig_lines(&call->mig);
	sqlite3 *own = call->db;

	call->db = db;
	db_prepare(call, "SELECT name FROM pragma_module_list WHERE name NOT LIKE 'migrate\\_%' "
					 "ESCAPE '\\' AND name NOT LIKE 'pragma\\_%' ESCAPE '\\'");
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
		if (mig_same(names.at[i], name))
			return true;
	return false;
}

/* All but those that a new connection has, too, or makes when they are used. */
static void
make_modules(Call *call)
{
	MigList there = module_names(call, call->shadow);
	MigList wanted = module_names(call, call->db);

	for (size_t i = 0; i < wanted.n; i++)
		if (!is_among(there, wanted.at[i]))
			sqlite3_create_module(call->shadow, wanted.at[i].at, &stub, NULL);
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

void
shadow_open(Call *call)
{
	if (sqlite3_open_v2(":memory:", &call->shadow,
						SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY,
						NULL) != SQLITE_OK)
		call_raise_code(call, SQLITE_NOMEM, &(MigError){MIG_INTERNAL, "", NULL, NULL, NULL});
	copy_setting(call, SQLITE_DBCONFIG_DQS_DDL);
	copy_setting(call, SQLITE_DBCONFIG_DQS_DML);
	sqlite3_collation_needed(call->shadow, NULL, make_collation);
	make_functions(call);
	make_modules(call);
}

static void
body_run(Call *call)
{
	run_text(call, call->text, "desired schema");
}

/* A call of its own, whose connection is the shadow: settings and all are that one's. */
static void
run_in_shadow(Call *call, MigText desired)
{
	Connection connection = {.references = 1};
	Entry entry = {&connection, call->function};
	Call inner = call_begin(call->shadow, &entry);
	bool done;

	inner.text = desired;
	done = call_protect(&inner, body_run);
	call_end(&inner);
	if (!done)
		call_fail_as(call, &inner);
}

MigSchema *
desired_load(Call *call, MigText desired)
{
	sqlite3 *own = call->db;
	MigSchema *schema;

	shadow_open(call);
	run_in_shadow(call, desired);
	call->db = call->shadow;
	schema = catalog_load(call);
	call->db = own;
	return schema;
}
