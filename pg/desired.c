/*
 * desired.c - the desired schema: DDL is run, not parsed, and nothing stays
 *
 * All in a subtransaction that is rolled back.  The user's schemas are renamed
 * away, which locks no table of theirs, and those that every database has, or
 * that an extension lives in, are made anew; what extensions have moves there.  So the
 * text finds an empty database with its extensions, qualified names mean what
 * they will mean, and the catalogs are read by the same queries.  Other
 * sessions go on reading and writing; only their DDL in these schemas waits.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "tcop/pquery.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "migrate_schema.h"
#include "pg.h"

/* A build of the desired schema, while it goes on. */
typedef struct Build
{
	Call *call;
	MigText desired;
	const char *path;   /* see catalog_load() */
	MigSchema *schema;  /* the answer */
	const char *source; /* of the caller's statement; NULL where there is no portal */
	bool calls;         /* the text may call functions, and so do what is not rolled back */
	MigList locks;      /* those that the session has anyway: see session_locks() */
} Build;

/* For SQL of our own, which goes on as a part of the call: its error is told as it is. */
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

/*
 * The texts in the first column of a query, whose $1 is the schemas as oid[].  In the call's
 * memory.
 */
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

/* ---- whose the schemas are ---- */

/*
 * Is there a row o that a (sub)transaction of that id, or a later one, has made in schema n?
 * By age(): xids are in a circle and cannot be compared as numbers.  What CREATE EXTENSION makes
 * is not the text's.
 */
#define MADE_IN(catalog, schema)                                                                   \
	"EXISTS (SELECT FROM pg_catalog." catalog " o WHERE " schema " = n.oid AND "                   \
	"pg_catalog.age(o.xmin) <= pg_catalog.age('%u'::xid) AND NOT EXISTS "                          \
	"(SELECT FROM pg_catalog.pg_depend WHERE classid = 'pg_catalog." catalog "'::regclass "        \
	"AND objid = o.oid AND deptype = 'e'))"

/*
 * Schemas that the text has used and that are not among $1, the user's, which were renamed away;
 * a schema that the text itself has made is the user's.  Each %u: the xid of the subtransaction.
 */
static const char others_query[] =
	"SELECT nspname::text FROM pg_catalog.pg_namespace n WHERE oid <> ALL ($1) "
	"AND nspname !~ '^pg_' AND NOT pg_catalog.pg_has_role(nspowner, 'USAGE') "
	"AND (" MADE_IN("pg_class", "relnamespace") /* its arrays are an extension's by way of types */
	" OR " MADE_IN("pg_type", "typtype IN ('d', 'e', 'r') AND typnamespace") " OR " MADE_IN(
		"pg_proc", "pronamespace") ")";

/*
 * What the text finds must be the user's to put out of the way.  The server asks for CREATE on
 * the database when a schema is renamed; its error would be about a statement that the user never
 * wrote.  Schemas of others are among them for a snapshot alone, which is everybody's.
 */
static void
check_before(Call *call, Datum schemas)
{
	MigList foreign =
		query_texts(call,
					"SELECT nspname::text FROM pg_catalog.pg_namespace WHERE "
					"oid = ANY ($1) AND NOT pg_catalog.pg_has_role(nspowner, 'USAGE') "
					"ORDER BY nspname COLLATE \"C\"",
					schemas);
	MigList denied = query_texts(call,
								 "SELECT pg_catalog.quote_ident(pg_catalog.current_database()) "
								 "WHERE $1 <> '{}' AND NOT pg_catalog.has_database_privilege("
								 "pg_catalog.current_database(), 'CREATE')",
								 schemas);

	if (denied.n > 0)
		call_raise(call, MIG_DENIED, "permission denied to compare schemas",
				   "While it is done the user's schemas have other names, which takes the "
				   "privilege CREATE on the database.",
				   mig_format(&call->mig, "GRANT CREATE ON DATABASE %.*s TO %s;",
							  MIG_ARG(denied.at[0]),
							  quote_identifier(GetUserNameFromId(GetUserId(), false))));
	if (foreign.n > 0)
		call_raise(call, MIG_DENIED, "permission denied to compare schemas",
				   mig_format(&call->mig,
							  "The schema was changed since the last run, outside of migrations, "
							  "and to tell what takes the rights of the owner of schema \"%.*s\".",
							  MIG_ARG(foreign.at[0])),
				   "Call migrate_drift() as a member of the roles that own the schemas.");
}

/*
 * What the text has made where it is not looked for would be told as not there.  Only known
 * behind it: whether a text makes anything in a schema cannot be seen without running it.
 */
static void
check_behind(Call *call, Datum schemas, TransactionId xid)
{
	const char *sql = mig_format(&call->mig, others_query, xid, xid, xid);
	MigList names = query_texts(call, sql, schemas);

	if (names.n > 0)
		call_raise(call, MIG_DENIED,
				   mig_format(&call->mig, "cannot compare schema \"%.*s\"", MIG_ARG(names.at[0])),
				   "The desired schema uses it, and it is not the user's to alter.",
				   "Call this as a member of the role that owns the schema.");
}

/* ---- building ---- */

/* Rows of (oid, name): those that every database has, or that an extension has something in. */
static const char *const needed_query =
	"SELECT oid, nspname FROM pg_catalog.pg_namespace n WHERE oid = ANY ($1) AND (nspname IN "
	"('public', pg_catalog.current_schema()) OR EXISTS (SELECT FROM pg_catalog.pg_extension "
	"WHERE extnamespace = n.oid) OR EXISTS (SELECT FROM pg_catalog.pg_depend WHERE objid = n.oid "
	"AND classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND deptype = 'e'))";

/*
 * Renames schemas away and makes those anew that are needed, with what extensions have in them.
 * What is needed is asked first: then the current schema still has its name.  All are renamed
 * before the first is made, and oids make the names unique.
 */
static void
clear_the_way(Call *call, Datum schemas)
{
	Oid type = OIDARRAYOID;
	SPITupleTable *needed;
	uint64 n;

	if (SPI_execute_with_args(needed_query, 1, &type, &schemas, NULL, false, 0) < 0)
		call_raise(call, MIG_INTERNAL, "could not read the catalogs", NULL, NULL);
	needed = SPI_tuptable;
	n = SPI_processed;
	run_all(call, query_texts(call,
							  "SELECT pg_catalog.format('ALTER SCHEMA %I RENAME TO %I', nspname, "
							  "'" CATALOG_AWAY "' || oid) FROM pg_catalog.pg_namespace "
							  "WHERE oid = ANY ($1)",
							  schemas));
	for (uint64 i = 0; i < n; i++)
	{
		bool isnull;
		Oid old = DatumGetObjectId(SPI_getbinval(needed->vals[i], needed->tupdesc, 1, &isnull));
		const char *name = SPI_getvalue(needed->vals[i], needed->tupdesc, 2);

		run_ddl(call, mig_format(&call->mig, "CREATE SCHEMA %s", quote_identifier(name)));
		CommandCounterIncrement();
		extensions_move(call, old, get_namespace_oid(name, false));
	}
	SPI_freetuptable(needed);
}

/*
 * Their functions use tables that are out of the way, and what they see is taken
 * back.  So they do not fire, whoever asks: a right of superusers, which nothing
 * that stays can come of.
 */
static void
silence_event_triggers(Call *call)
{
	run_ddl(call, "SELECT FROM pg_catalog.pg_event_trigger");
	if (SPI_processed > 0)
		(void) set_config_option("session_replication_role", "replica", PGC_SUSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
}

/* The text may write rows, which may be too long without, or says something of TOAST tables. */
static bool
needs_toast(const Build *it)
{
	return it->calls || mig_desired_mentions(it->desired, "toast");
}

/* Until the subtransaction is rolled back. */
static void
set_path(const char *path)
{
	(void) set_config_option("search_path", path, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true,
							 0, false);
}

/*
 * A schema that the text has made may stand in the search_path before the one that was the current
 * one: then a name without a schema would mean another object as soon as it is there.
 */
static const char *
path_behind(const Build *it)
{
	return strcmp(it->path, catalog_path(it->call)) == 0 ? it->path : "";
}

/*
 * In the subtransaction: all that it does and sets goes with it, but for what catalog_load() has
 * copied.  A temporary table of the session, which would come first, must not hide one of the
 * text: so pg_temp is named, behind the rest.  Where there is none to name it behind, or for a
 * snapshot (NULL), all names are with their schemas.
 */
static void
build(Build *it)
{
	Call *call = it->call;
	Datum schemas = catalog_schemas(it->path == NULL);
	Extensions extensions;
	int nest;

	(void) set_config_option("client_min_messages", "warning", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	/* to plan for workers takes longer than to make the index of an empty table */
	(void) set_config_option("max_parallel_maintenance_workers", "0", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	if (it->path && it->path[0])
		set_path(psprintf("%s, pg_temp", namespace_search_path));
	check_before(call, schemas);
	silence_event_triggers(call);
	clear_the_way(call, schemas);
	CommandCounterIncrement();
	extensions = extensions_read(call);
	nest = NewGUCNestLevel(); /* a SET ends with the text */
	desired_run_text(call, it->desired, it->path ? "desired schema" : "snapshot", needs_toast(it));
	AtEOXact_GUC(false, nest);
	CommandCounterIncrement();
	check_behind(call, schemas, GetCurrentTransactionId());
	extensions_take_back(call, &extensions);
	if (it->path)
		it->path = path_behind(it);
	it->schema = catalog_load(call, it->path);
}

/* ---- locks of the session, which a rollback leaves ---- */

/*
 * Calls that give the advisory locks back that the backend has.  The mode is one of two; a key is
 * one number of 64 bits or two of 32 (objsubid). $1 is what query_texts() passes, and of no use
 * here.
 */
static MigList
session_locks(Call *call)
{
	return query_texts(call,
					   "SELECT pg_catalog.format('pg_catalog.pg_advisory_unlock%s(%s)', "
					   "CASE mode WHEN 'ShareLock' THEN '_shared' END, CASE objsubid "
					   "WHEN 1 THEN ((classid::bigint << 32) | objid::bigint)::text "
					   "ELSE pg_catalog.concat_ws(', ', classid::integer, objid::integer) END) "
					   "FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted "
					   "AND pid = pg_catalog.pg_backend_pid() AND $1 IS NOT NULL",
					   PointerGetDatum(construct_empty_array(OIDOID)));
}

static bool
is_among(MigList list, MigText text)
{
	for (size_t i = 0; i < list.n; i++)
		if (mig_same(list.at[i], text))
			return true;
	return false;
}

/* A lock that was taken several times is given back as often. */
static void
give_back(Call *call, MigText unlock)
{
	do
		run_ddl(call, mig_format(&call->mig, "SELECT WHERE %.*s", MIG_ARG(unlock)));
	while (SPI_processed > 0);
}

/* The server warns once of what is no longer there, which nobody has asked for. */
static void
give_back_locks(const Build *it)
{
	MigList now = session_locks(it->call);
	int nest = NewGUCNestLevel();

	(void) set_config_option("client_min_messages", "error", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	for (size_t i = 0; i < now.n; i++)
		if (!is_among(it->locks, now.at[i]))
			give_back(it->call, now.at[i]);
	AtEOXact_GUC(false, nest);
}

/*
 * Ends the subtransaction; the caller's memory and resources are current again.  The memory is
 * switched before, too: the one that is current may be the subtransaction's, and goes with it.
 */
static void
roll_back(const Build *it, ResourceOwner owner)
{
	if (ActivePortal)
		ActivePortal->sourceText = it->source;
	MemoryContextSwitchTo(it->call->memory);
	RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(it->call->memory);
	CurrentResourceOwner = owner;
	if (it->calls)
		give_back_locks(it);
}

/*
 * An error leaves through here: the server would roll back a subtransaction and stay in ours.
 * The error is copied first, out of memory that the rollback frees.
 */
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

/*
 * The server looks for an error in a function's body in the statement of the
 * client, too.  It would find it there, as our argument, and tell that place:
 * so it has nothing to look at.
 */
static void
build_protected(Build *it)
{
	ResourceOwner owner = CurrentResourceOwner;

	if (ActivePortal)
	{
		it->source = ActivePortal->sourceText;
		ActivePortal->sourceText = "";
	}
	if (it->calls)
		it->locks = session_locks(it->call);
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

/*
 * The subtransaction needs no savepoint of the user's and works in a function: it is the one that
 * PL/pgSQL's EXCEPTION has.
 */
MigSchema *
desired_load(Call *call, MigText desired, const char **path)
{
	MemoryContext memory = CurrentMemoryContext;
	Build it = {.call = call,
				.desired = desired,
				.path = *path,
				.calls = !mig_desired_lasts(desired, MIG_POSTGRESQL)};

	build_protected(&it);
	MemoryContextSwitchTo(memory);
	*path = it.path;
	return it.schema;
}
