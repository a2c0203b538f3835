/*
 * desired.c - the desired schema: DDL is run, not parsed, and nothing stays
 *
 * All in a subtransaction that is rolled back.  The user's schemas are renamed
 * away, which locks no table of theirs, and those that every database has, or
 * that an extension lives in, are made anew; extensions move there.  So the
 * text finds an empty database with its extensions, qualified names mean what
 * they will mean, and the catalogs are read by the same queries.  Other
 * sessions go on reading and writing; only their DDL in these schemas waits.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "migrate.h"
#include "pg.h"

typedef struct Build
{
	Call *call;
	MigText desired;
	const char *path; /* see catalog_load() */
	MigSchema *schema;
} Build;

static void
run_ddl(Call *call, const char *sql)
{
	int result = SPI_execute(sql, false, 0);

	if (result < 0)
		call_raise(
			call, MIG_INTERNAL,
			mig_format(&call->mig, "could not run \"%s\": %s", sql, SPI_result_code_string(result)),
			NULL, NULL);
}

/* The texts in the first column of a query. */
static MigList
query_texts(Call *call, const char *sql, Datum schemas)
{
	Oid type = OIDARRAYOID;
	MigLines lines = mig_lines(&call->mig);

	if (SPI_execute_with_args(sql, 1, &type, &schemas, NULL, false, 0) < 0)
		call_raise(call, MIG_INTERNAL, "could not read the catalogs", NULL, NULL);
	for (uint64 i = 0; i < SPI_processed; i++)
		mig_lines_add(&lines,
					  mig_copy(&call->mig, mig_text(SPI_getvalue(SPI_tuptable->vals[i],
																 SPI_tuptable->tupdesc, 1))));
	return lines.list;
}

static void
run_all(Call *call, MigList statements)
{
	for (size_t i = 0; i < statements.n; i++)
		run_ddl(call, statements.at[i].at);
}

/* The statements that rename schemas away, make anew those that are needed, and move extensions. */
static void
clear_the_way(Call *call, Datum schemas)
{
	MigList rename = query_texts(
		call,
		"SELECT pg_catalog.format('ALTER SCHEMA %I RENAME TO %I', nspname, "
		"'" CATALOG_AWAY "' || nspname) FROM pg_catalog.pg_namespace WHERE oid = ANY ($1)",
		schemas);
	MigList create = query_texts(
		call,
		"SELECT pg_catalog.format('CREATE SCHEMA %I', nspname) FROM pg_catalog.pg_namespace n "
		"WHERE oid = ANY ($1) AND (nspname IN ('public', pg_catalog.current_schema()) OR EXISTS "
		"(SELECT FROM pg_catalog.pg_extension WHERE extnamespace = n.oid))",
		schemas);
	MigList move = query_texts(
		call,
		"SELECT pg_catalog.format('ALTER EXTENSION %I SET SCHEMA %I', extname, nspname) "
		"FROM pg_catalog.pg_extension JOIN pg_catalog.pg_namespace n ON n.oid = extnamespace "
		"WHERE n.oid = ANY ($1) AND extrelocatable AND extname <> 'migrate'",
		schemas);

	run_all(call, rename);
	run_all(call, create);
	run_all(call, move);
}

static void
build(Build *it)
{
	Call *call = it->call;
	Datum schemas = catalog_schemas(it->path[0] == '\0');

	(void) set_config_option("client_min_messages", "warning", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	clear_the_way(call, schemas);
	CommandCounterIncrement();
	run_text(call, it->desired, "desired schema");
	CommandCounterIncrement();
	it->schema = catalog_load(call, it->path);
}

/* Ends the subtransaction; the caller's memory and resources are current again. */
static void
roll_back(const Build *it, ResourceOwner owner)
{
	MemoryContextSwitchTo(it->call->memory);
	RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(it->call->memory);
	CurrentResourceOwner = owner;
}

/* An error leaves through here: the server would roll back a subtransaction and stay in ours. */
static void
roll_back_and_throw(const Build *it, ResourceOwner owner)
{
	ErrorData *error;

	MemoryContextSwitchTo(it->call->memory);
	error = CopyErrorData();
	FlushErrorState();
	roll_back(it, owner);
	ReThrowError(error);
}

static void
build_protected(Build *it)
{
	ResourceOwner owner = CurrentResourceOwner;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(it->call->memory);
	PG_TRY();
	{
		build(it);
	}
	PG_CATCH();
	{
		roll_back_and_throw(it, owner);
	}
	PG_END_TRY();
	roll_back(it, owner);
}

MigSchema *
desired_load(Call *call, MigText desired, const char *path)
{
	MemoryContext memory = CurrentMemoryContext;
	Build it = {call, desired, path, NULL};

	build_protected(&it);
	MemoryContextSwitchTo(memory);
	return it.schema;
}
