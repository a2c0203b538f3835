/*
 * store.c - all SQL on our tables
 *
 * Tables are named with the schema of the function that was called, so that a
 * search_path changes nothing.  Each query is prepared once in a session and
 * kept; when the extension has moved to another schema, or its schema has got
 * another name, all are prepared anew.
 *
 * Rows are not copied: the texts of a MigStore point into SPI's result, which
 * lives until call_end().  Only scripts are, since one run reads many.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "migrate.h"
#include "pg.h"

/* ---- queries ---- */

/* Indexes into queries[] and the cache. */
typedef enum StoreQuery
{
	LOAD_REVISIONS,
	LOAD_VERSIONS,
	LOAD_SCRIPT,
	LOAD_LOGGED,
	LOAD_STOPS,
	LOAD_LOCK_HOLDER,
	LOAD_HAS_LOCK,
	INSERT_REVISION,
	UPDATE_REVISION,
	DELETE_REVISION,
	MOVE_VERSION,
	DELETE_VERSION,
	INSERT_VERSION,
	INSERT_LOG,
	INSERT_POSITION,
	LOAD_POSITION,
	LOAD_SNAPSHOT,
	SAVE_SNAPSHOT,
	LOAD_COMPARED,
	FORGET_COMPARED,
	KEEP_COMPARED,
	UPDATE_POSITION,
	DELETE_POSITION,
	QUERIES
} StoreQuery;

#define MAX_PARAMS 9

/* Rows l of pg_locks: an advisory lock with the keys $1 and $2, held or waited for exclusively. */
#define OUR_LOCK                                                                                   \
	"FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid "         \
	"WHERE l.locktype = 'advisory' AND l.classid = $1 AND l.objid = $2 AND l.objsubid = 2 "        \
	"AND l.mode = 'ExclusiveLock' AND l.database = (SELECT oid FROM pg_catalog.pg_database "       \
	"WHERE datname = pg_catalog.current_database()) "

/*
 * "@" stands for the schema.  Columns that are not set here (when, by whom, from
 * where) have defaults in migrate--1.0.sql, so that a script which runs without
 * the extension can leave them out, too.
 */
static const struct
{
	const char *sql;
	int nparams;
	Oid types[MAX_PARAMS];
} queries[QUERIES] = {
	[LOAD_REVISIONS] = {"SELECT revision, revises, depends, labels, message, transactional, "
						"checksum, created_at FROM @.migrate_revision ORDER BY revision",
						0,
						{0}},
	[LOAD_VERSIONS] = {"SELECT revision, since FROM @.migrate_version ORDER BY revision", 0, {0}},
	[LOAD_SCRIPT] = {"SELECT script FROM @.migrate_revision WHERE revision = $1", 1, {TEXTOID}},
	/*
	 * The checksum with which each revision was last run.  What was taken back may have been
	 * replaced since.  Not what was run before other statements came: it was not applied then.
	 */
	[LOAD_LOGGED] = {"SELECT DISTINCT ON (l.revision) l.revision, l.checksum "
					 "FROM @.migrate_log l JOIN @.migrate_revision r ON r.revision = l.revision "
					 "WHERE l.status = 'done' AND l.at >= r.added_at "
					 "ORDER BY l.revision, l.id DESC",
					 0,
					 {0}},
	/*
	 * The last row of each that was begun and never finished: statements are "running" rows, and
	 * a "done" row behind them closes them.  A "failed" row says why, and closes nothing.
	 */
	[LOAD_STOPS] = {"SELECT DISTINCT ON (l.revision) l.revision, l.direction, l.statements, "
					"l.checksum, l.detail FROM @.migrate_log l WHERE l.status = 'running' "
					"AND NOT EXISTS (SELECT FROM @.migrate_log d WHERE d.revision = l.revision "
					"AND d.id > l.id AND d.status = 'done') ORDER BY l.revision, l.id DESC",
					0,
					{0}},
	/*
	 * A whole sentence, made by the server, which knows the time zone.  Who has the lock comes
	 * before who waits for it.
	 */
	[LOAD_LOCK_HOLDER] = {"SELECT pg_catalog.format('Process %s of user %s %s since %s.', l.pid, "
						  "coalesce(a.usename, '?'), CASE WHEN l.granted THEN 'has it running' "
						  "ELSE 'is waiting to begin one' END, pg_catalog.to_char(a.query_start, "
						  "'YYYY-MM-DD HH24:MI:SS OF')) " OUR_LOCK
						  "ORDER BY l.granted DESC, a.query_start LIMIT 1",
						  2,
						  {OIDOID, OIDOID}},
	[LOAD_HAS_LOCK] = {"SELECT " OUR_LOCK "AND l.granted AND l.pid = $3",
					   3,
					   {OIDOID, OIDOID, INT4OID}},
	[INSERT_REVISION] = {"INSERT INTO @.migrate_revision (revision, revises, depends, labels, "
						 "message, transactional, checksum, created_at, script) "
						 "VALUES ($1, $2, $3, $4, $5, $6, $7, $8::pg_catalog.timestamptz, $9)",
						 9,
						 {TEXTOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, TEXTOID, BOOLOID,
						  TEXTOID, TEXTOID, TEXTOID}},
	/*
	 * added_at is the time of these statements: a script that differs in comments alone keeps it.
	 */
	[UPDATE_REVISION] = {"UPDATE @.migrate_revision SET revises = $2, depends = $3, labels = $4, "
						 "message = $5, transactional = $6, checksum = $7, "
						 "created_at = $8::pg_catalog.timestamptz, script = $9, "
						 "added_at = CASE WHEN checksum = $7 THEN added_at "
						 "ELSE pg_catalog.now() END, added_by = DEFAULT WHERE revision = $1",
						 9,
						 {TEXTOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, TEXTOID, BOOLOID,
						  TEXTOID, TEXTOID, TEXTOID}},
	[DELETE_REVISION] = {"DELETE FROM @.migrate_revision WHERE revision = $1", 1, {TEXTOID}},
	[MOVE_VERSION] = {"UPDATE @.migrate_version SET revision = $2, since = DEFAULT "
					  "WHERE revision = $1",
					  2,
					  {TEXTOID, TEXTOID}},
	[DELETE_VERSION] = {"DELETE FROM @.migrate_version WHERE revision = $1", 1, {TEXTOID}},
	[INSERT_VERSION] = {"INSERT INTO @.migrate_version (revision) VALUES ($1)", 1, {TEXTOID}},
	[INSERT_LOG] = {"INSERT INTO @.migrate_log (direction, revision, heads_before, heads_after, "
					"checksum, statements, duration_ms, status, detail) "
					"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
					9,
					{TEXTOID, TEXTOID, TEXTARRAYOID, TEXTARRAYOID, TEXTOID, INT4OID, INT8OID,
					 TEXTOID, TEXTOID}},
	/* Two sessions with the same call: the second finds the row. */
	[INSERT_POSITION] = {"INSERT INTO @.migrate_position (backfill, relation, set_clause, "
						 "where_clause) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
						 4,
						 {TEXTOID, TEXTOID, TEXTOID, TEXTOID}},
	[LOAD_POSITION] = {"SELECT position, rows FROM @.migrate_position WHERE backfill = $1 "
					   "FOR UPDATE",
					   1,
					   {TEXTOID}},
	[UPDATE_POSITION] = {"UPDATE @.migrate_position SET position = $2, rows = $3, "
						 "updated_at = DEFAULT WHERE backfill = $1",
						 3,
						 {TEXTOID, TEXTARRAYOID, INT8OID}},
	[LOAD_SNAPSHOT] = {"SELECT heads, fingerprint, schema, state FROM @.migrate_snapshot", 0, {0}},
	/* "one" is always true and the key: the table has one row at most. */
	[SAVE_SNAPSHOT] = {"INSERT INTO @.migrate_snapshot (heads, fingerprint, schema, state) "
					   "VALUES ($1, $2, $3, $4) ON CONFLICT (one) DO UPDATE SET at = DEFAULT, "
					   "heads = $1, fingerprint = $2, schema = $3, state = $4",
					   4,
					   {TEXTARRAYOID, TEXTOID, TEXTOID, TEXTOID}},
	[LOAD_COMPARED] = {"SELECT answer FROM @.migrate_compared WHERE question = $1 AND state = $2",
					   2,
					   {TEXTOID, TEXTOID}},
	/* Of another state of the catalogs, which does not come back; of differences the last alone. */
	[FORGET_COMPARED] = {"DELETE FROM @.migrate_compared WHERE state <> $1 OR answer <> ''",
						 1,
						 {TEXTOID}},
	[KEEP_COMPARED] = {"INSERT INTO @.migrate_compared (question, state, answer) "
					   "VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
					   3,
					   {TEXTOID, TEXTOID, TEXTOID}},
	[DELETE_POSITION] = {"DELETE FROM @.migrate_position WHERE backfill = $1", 1, {TEXTOID}},
};

/* The plans of this session, for the schema that it used last. */
static struct
{
	Oid schema;
	NameData name;
	SPIPlanPtr plans[QUERIES];
} cache;

/* A plan is out of the cache before it is freed: an error in between loses memory, nothing else. */
static void
forget_plans(void)
{
	for (int i = 0; i < QUERIES; i++)
	{
		SPIPlanPtr plan = cache.plans[i];

		cache.plans[i] = NULL;
		if (plan)
			SPI_freeplan(plan);
	}
}

/*
 * A renamed schema keeps its oid; the plans have its name in their text.  The search_path is not
 * asked: our tables are where the called function is.  55000 where somebody has dropped that
 * schema while the session had the function.
 */
static void
use_schema(Call *call)
{
	const char *name = get_namespace_name(call->schema);

	if (name == NULL)
		call_raise(call, MIG_WRONG_STATE, "schema of the extension was dropped", NULL, NULL);
	if (cache.schema == call->schema && strcmp(NameStr(cache.name), name) == 0)
		return;
	cache.schema = InvalidOid;
	forget_plans();
	namestrcpy(&cache.name, name);
	cache.schema = call->schema;
}

/*
 * Puts the schema in.
 * Quoted; no query has an "@" of another meaning.
 */
static const char *
query_text(Call *call, const char *sql)
{
	MigBuf buf = mig_buf(&call->mig);
	const char *schema = quote_identifier(NameStr(cache.name));

	for (const char *at; (at = strchr(sql, '@')) != NULL; sql = at + 1)
	{
		mig_buf_add(&buf, (MigText){sql, (size_t) (at - sql)});
		mig_buf_str(&buf, schema);
	}
	mig_buf_str(&buf, sql);
	return mig_buf_text(&buf).at;
}

/*
 * The kept plan, made at the first use.  The server plans it anew by itself where a table has
 * changed.  Kept before it is in the cache: what fails in between is freed with SPI.
 */
static SPIPlanPtr
query_plan(Call *call, StoreQuery query)
{
	SPIPlanPtr plan;

	use_schema(call);
	if (cache.plans[query])
		return cache.plans[query];
	plan = SPI_prepare(query_text(call, queries[query].sql), queries[query].nparams,
					   unconstify(Oid *, &queries[query].types[0]));
	if (plan == NULL || SPI_keepplan(plan) != 0)
		call_raise(call, MIG_INTERNAL,
				   mig_format(&call->mig, "could not prepare a query: %s",
							  SPI_result_code_string(SPI_result)),
				   NULL, NULL);
	cache.plans[query] = plan;
	return plan;
}

/*
 * Runs a query and returns the number of its rows.  Not read-only: each query
 * has a snapshot of its own, so that what was committed while we waited for a
 * lock is seen.
 */
static uint64
execute(Call *call, StoreQuery query, Datum *values, const char *nulls)
{
	int result = SPI_execute_plan(query_plan(call, query), values, nulls, false, 0);

	if (result < 0)
		call_raise(
			call, MIG_INTERNAL,
			mig_format(&call->mig, "could not run a query: %s", SPI_result_code_string(result)),
			NULL, NULL);
	return SPI_processed;
}

/*
 * The tables of migrate--1.0.sql, as a script without the extension makes them;
 * test/pg/offline.py compares.  Indented as the DO block around them.  Whoever makes them owns
 * them, until CREATE EXTENSION takes their rows over.
 */
static const char *const tables =
	"\t\tCREATE TABLE @.migrate_revision (\n"
	"\t\t\trevision text COLLATE \"C\" PRIMARY KEY,\n"
	"\t\t\trevises text[] NOT NULL DEFAULT '{}',\n"
	"\t\t\tdepends text[] NOT NULL DEFAULT '{}',\n"
	"\t\t\tlabels text[] NOT NULL DEFAULT '{}',\n"
	"\t\t\tmessage text NOT NULL DEFAULT '',\n"
	"\t\t\ttransactional boolean NOT NULL DEFAULT true,\n"
	"\t\t\tchecksum text NOT NULL,\n"
	"\t\t\tcreated_at timestamptz,\n"
	"\t\t\tadded_at timestamptz NOT NULL DEFAULT pg_catalog.now(),\n"
	"\t\t\tadded_by text NOT NULL DEFAULT current_user,\n"
	"\t\t\tscript text NOT NULL\n"
	"\t\t);\n"
	"\t\tCREATE TABLE @.migrate_version (\n"
	"\t\t\trevision text COLLATE \"C\" PRIMARY KEY,\n"
	"\t\t\tsince timestamptz NOT NULL DEFAULT pg_catalog.now()\n"
	"\t\t);\n"
	"\t\tCREATE TABLE @.migrate_log (\n"
	"\t\t\tid bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,\n"
	"\t\t\tat timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),\n"
	"\t\t\tdirection text NOT NULL,\n"
	"\t\t\trevision text COLLATE \"C\",\n"
	"\t\t\theads_before text[] NOT NULL DEFAULT '{}',\n"
	"\t\t\theads_after text[] NOT NULL DEFAULT '{}',\n"
	"\t\t\tchecksum text,\n"
	"\t\t\tstatements integer NOT NULL DEFAULT 0,\n"
	"\t\t\tduration_ms bigint NOT NULL DEFAULT 0,\n"
	"\t\t\tstatus text NOT NULL DEFAULT 'done',\n"
	"\t\t\tdetail text,\n"
	"\t\t\tactor text NOT NULL DEFAULT current_user,\n"
	"\t\t\tclient text DEFAULT pg_catalog.concat_ws(' ',\n"
	"\t\t\t\tnullif(pg_catalog.current_setting('application_name'), ''),\n"
	"\t\t\t\tpg_catalog.host(pg_catalog.inet_client_addr()), nullif(session_user, "
	"current_user))\n"
	"\t\t);\n";

/* The text is in the call's memory. */
MigOfflineTables
store_offline(Call *call)
{
	use_schema(call);
	return (MigOfflineTables){MIG_POSTGRESQL, mig_text(quote_identifier(NameStr(cache.name))),
							  mig_text(query_text(call, tables))};
}

/* ---- values ---- */

/* Null is told by the nulls of execute(), not here. */
static Datum
text_datum(MigText value)
{
	return PointerGetDatum(cstring_to_text_with_len(value.len ? value.at : "", (int) value.len));
}

/* Never null: no elements are an empty array, as the columns' NOT NULL wants it. */
static Datum
list_datum(MigList list)
{
	Datum *elements = palloc(sizeof(Datum) * (list.n + 1));

	for (size_t i = 0; i < list.n; i++)
		elements[i] = text_datum(list.at[i]);
	return PointerGetDatum(
		construct_array(elements, (int) list.n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* Points into the row, unless the server had to fetch or decompress it. */
static MigText
datum_text(Datum value, bool isnull)
{
	text *at;

	if (isnull)
		return (MigText){NULL, 0};
	at = DatumGetTextPP(value);
	return (MigText){VARDATA_ANY(at), VARSIZE_ANY_EXHDR(at)};
}

/* What an array without elements has behind its length word; there are many of them. */
#define EMPTY_ARRAY (ARR_OVERHEAD_NONULLS(0) - VARHDRSZ)

/*
 * An array's texts; none for null.  Elements that are null cannot come from us and are passed
 * over.
 */
static MigList
datum_list(Call *call, Datum value, bool isnull)
{
	MigList list = {NULL, 0};
	Datum *elements;
	bool *nulls;
	int n;

	if (isnull || VARSIZE_ANY_EXHDR(DatumGetPointer(value)) <= EMPTY_ARRAY)
		return list;
	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false, TYPALIGN_INT, &elements,
					  &nulls, &n);
	list.at = mig_alloc(&call->mig, (size_t) n, sizeof(MigText));
	for (int i = 0; i < n; i++)
		if (!nulls[i])
			list.at[list.n++] = datum_text(elements[i], false);
	return list;
}

/*
 * In UTC, as scripts have it: 2026-11-20T19:24:00Z.  Without a time zone
 * timestamp2tm() gives the parts of the stored value, which is UTC.
 */
static MigText
datum_time(Call *call, Datum value, bool isnull)
{
	TimestampTz time = DatumGetTimestampTz(value);
	char text[MAXDATELEN + 1];
	struct pg_tm tm;
	fsec_t fraction;

	if (isnull)
		return (MigText){NULL, 0};
	if (TIMESTAMP_NOT_FINITE(time) || timestamp2tm(time, NULL, &tm, &fraction, NULL, NULL) != 0)
		return mig_text(TIMESTAMP_IS_NOBEGIN(time) ? "-infinity" : "infinity");
	EncodeDateTime(&tm, fraction, false, 0, NULL, USE_XSD_DATES, text);
	return mig_text(mig_format(&call->mig, "%sZ", text));
}

/* ---- reading ---- */

#define REVISION_COLUMNS 8

/* All columns at once: one by one, each would be looked for from the row's begin. */
static void
read_revision(Call *call, HeapTuple row, TupleDesc desc, MigRevision *revision)
{
	Datum values[REVISION_COLUMNS];
	bool nulls[REVISION_COLUMNS];

	heap_deform_tuple(row, desc, values, nulls);
	revision->id = datum_text(values[0], nulls[0]);
	revision->revises = datum_list(call, values[1], nulls[1]);
	revision->depends = datum_list(call, values[2], nulls[2]);
	revision->labels = datum_list(call, values[3], nulls[3]);
	revision->message = datum_text(values[4], nulls[4]);
	revision->transactional = nulls[5] || DatumGetBool(values[5]);
	revision->checksum = datum_text(values[6], nulls[6]);
	revision->created = datum_time(call, values[7], nulls[7]);
}

/* Without scripts: thousands of them would be read for each call that says "at head". */
static void
load_revisions(Call *call, MigRevisions *revisions)
{
	uint64 n = execute(call, LOAD_REVISIONS, NULL, NULL);
	SPITupleTable *rows = SPI_tuptable;

	*revisions = (MigRevisions){mig_alloc(&call->mig, n, sizeof(MigRevision)), n};
	for (uint64 i = 0; i < n; i++)
		read_revision(call, rows->vals[i], rows->tupdesc, &revisions->at[i]);
}

static void
load_versions(Call *call, MigStore *store)
{
	uint64 n = execute(call, LOAD_VERSIONS, NULL, NULL);
	SPITupleTable *rows = SPI_tuptable;

	store->versions = mig_alloc(&call->mig, n, sizeof(MigVersion));
	store->nversions = n;
	for (uint64 i = 0; i < n; i++)
	{
		Datum values[2];
		bool nulls[2];

		heap_deform_tuple(rows->vals[i], rows->tupdesc, values, nulls);
		store->versions[i].revision = datum_text(values[0], nulls[0]);
		store->versions[i].since = datum_time(call, values[1], nulls[1]);
	}
}

/* In two queries, each with its own snapshot: who writes by it has the locks and asks again. */
MigStore
store_load(Call *call)
{
	MigStore store = {.nversions = 0};

	load_revisions(call, &store.revisions);
	load_versions(call, &store);
	return store;
}

/* Copied and freed at once: a run reads one after another. */
MigText
store_script(Call *call, MigText revision)
{
	Datum value = text_datum(revision);
	MigText script;
	bool isnull;

	if (execute(call, LOAD_SCRIPT, &value, NULL) != 1)
		mig_refuse_removed(&call->mig, revision);
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	script = mig_copy(&call->mig, datum_text(value, isnull));
	SPI_freetuptable(SPI_tuptable);
	return script;
}

/* One by one, by the primary key: a bundle is mostly all there is, or a few. */
void
store_scripts_of(Call *call, MigStore *store, MigRevisions bundle)
{
	for (size_t i = 0; i < bundle.n; i++)
	{
		MigRevision *stored = mig_store_find(store, bundle.at[i].id);

		if (stored)
			stored->script = store_script(call, stored->id);
	}
}

void
store_all_scripts(Call *call, MigStore *store)
{
	store_scripts_of(call, store, store->revisions);
}

/* In the order of the store's revisions; a log row of a revision that was removed is of none. */
MigText *
store_logged(Call *call, const MigStore *store)
{
	MigText *logged = mig_alloc(&call->mig, store->revisions.n, sizeof(MigText));
	uint64 n = execute(call, LOAD_LOGGED, NULL, NULL);
	SPITupleTable *rows = SPI_tuptable;

	for (uint64 i = 0; i < n; i++)
	{
		Datum values[2];
		bool nulls[2];
		MigRevision *revision;

		heap_deform_tuple(rows->vals[i], rows->tupdesc, values, nulls);
		revision = mig_store_find(store, datum_text(values[0], nulls[0]));
		if (revision)
			logged[revision - store->revisions.at] = datum_text(values[1], nulls[1]);
	}
	return logged;
}

/* total and since are not known here: mig_resume_count() and the log say them to whoever asks. */
void
store_load_stops(Call *call, MigStore *store)
{
	uint64 n = execute(call, LOAD_STOPS, NULL, NULL);
	SPITupleTable *rows = SPI_tuptable;

	store->stops = mig_alloc(&call->mig, n, sizeof(MigStop));
	store->nstops = n;
	for (uint64 i = 0; i < n; i++)
	{
		MigStop *stop = &store->stops[i];
		Datum values[5];
		bool nulls[5];

		heap_deform_tuple(rows->vals[i], rows->tupdesc, values, nulls);
		stop->revision = datum_text(values[0], nulls[0]);
		stop->direction = mig_same(datum_text(values[1], nulls[1]), mig_text("upgrade"))
							  ? MIG_UPGRADE
							  : MIG_DOWNGRADE;
		stop->done = DatumGetInt32(values[2]);
		stop->checksum = datum_text(values[3], nulls[3]);
		stop->left = datum_text(values[4], nulls[4]);
	}
}

/* Keys of advisory locks are oids in pg_locks. */
bool
store_has_lock(Call *call, int32 key, int pid)
{
	Datum values[] = {ObjectIdGetDatum((Oid) key), ObjectIdGetDatum(call->schema),
					  Int32GetDatum(pid)};

	return execute(call, LOAD_HAS_LOCK, values, NULL) > 0;
}

/* In the call's memory.  Asked behind a lock that was not to be had: it may be free by now. */
const char *
store_lock_holder(Call *call, int32 key)
{
	Datum values[] = {ObjectIdGetDatum((Oid) key), ObjectIdGetDatum(call->schema)};
	bool isnull;

	if (execute(call, LOAD_LOCK_HOLDER, values, NULL) == 0)
		return NULL;
	return mig_copy(&call->mig, datum_text(SPI_getbinval(SPI_tuptable->vals[0],
														 SPI_tuptable->tupdesc, 1, &isnull),
										   false))
		.at;
}

/* ---- writing ---- */

/* Both queries have the same parameters; "n" marks the null among them. */
static void
write_revision(Call *call, StoreQuery query, const MigRevision *revision)
{
	Datum values[] = {text_datum(revision->id),       list_datum(revision->revises),
					  list_datum(revision->depends),  list_datum(revision->labels),
					  text_datum(revision->message),  BoolGetDatum(revision->transactional),
					  text_datum(revision->checksum), text_datum(revision->created),
					  text_datum(revision->script)};

	execute(call, query, values, revision->created.at ? "         " : "       n ");
}

void
store_insert(Call *call, const MigRevision *revision)
{
	write_revision(call, INSERT_REVISION, revision);
}

/*
 * added_at stays where the checksum does, so that what was run still counts as run of it, see
 * LOAD_LOGGED.
 */
void
store_replace(Call *call, const MigRevision *revision)
{
	write_revision(call, UPDATE_REVISION, revision);
}

void
store_delete(Call *call, MigText revision)
{
	Datum value = text_datum(revision);

	execute(call, DELETE_REVISION, &value, NULL);
}

/*
 * Takes a version row away, or makes it the row of another revision.  55000 where it is not
 * there: somebody has changed our tables by hand in the meantime.
 */
static void
change_version(Call *call, MigText from, const MigText *to)
{
	Datum values[] = {text_datum(from), to ? text_datum(*to) : (Datum) 0};

	if (execute(call, to ? MOVE_VERSION : DELETE_VERSION, values, NULL) != 1)
		mig_refuse_moved(&call->mig, from);
}

/*
 * A row moves rather than goes and comes, as in alembic_version; so "since" is the time of the
 * move.
 */
void
store_set_versions(Call *call, MigList removed, MigList added)
{
	for (size_t i = 0; i < removed.n; i++)
		change_version(call, removed.at[i], i < added.n ? &added.at[i] : NULL);
	for (size_t i = removed.n; i < added.n; i++)
	{
		Datum value = text_datum(added.at[i]);

		execute(call, INSERT_VERSION, &value, NULL);
	}
}

/* "n" marks the nulls, as SPI wants it, in the order of the parameters. */
void
store_log(Call *call, const Log *log)
{
	MigText none = {NULL, 0};
	MigText checksum =
		log->checksum.at || log->revision == NULL ? log->checksum : log->revision->checksum;
	char nulls[] = "         ";
	Datum values[] = {text_datum(mig_text(log->direction)),
					  text_datum(log->revision ? log->revision->id : none),
					  list_datum(log->before),
					  list_datum(log->after),
					  text_datum(checksum),
					  Int32GetDatum(log->statements),
					  Int64GetDatum(log->duration_ms),
					  text_datum(mig_text(log->status ? log->status : "done")),
					  text_datum(log->detail)};

	if (log->revision == NULL)
		nulls[1] = 'n';
	if (checksum.at == NULL)
		nulls[4] = 'n';
	if (log->detail.at == NULL)
		nulls[8] = 'n';
	execute(call, INSERT_LOG, values, nulls);
}

/* ---- backfills ---- */

/* Nothing where there is one: an interrupted backfill, or another session's, is gone on with. */
void
store_begin_position(Call *call, MigText id, const MigBackfill *b)
{
	Datum values[] = {text_datum(id), text_datum(b->relation), text_datum(b->set),
					  text_datum(b->where)};

	execute(call, INSERT_POSITION, values, b->where.at ? "    " : "   n");
}

/* FOR UPDATE is what makes two sessions with the same call take turns. */
bool
store_load_position(Call *call, MigText id, MigList *position, int64 *rows)
{
	Datum value = text_datum(id);
	Datum values[2];
	bool nulls[2];

	if (execute(call, LOAD_POSITION, &value, NULL) == 0)
		return false;
	heap_deform_tuple(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, values, nulls);
	*position = datum_list(call, values[0], nulls[0]);
	*rows = DatumGetInt64(values[1]);
	return true;
}

void
store_move_position(Call *call, MigText id, MigList position, int64 rows)
{
	Datum values[] = {text_datum(id), list_datum(position), Int64GetDatum(rows)};

	execute(call, UPDATE_POSITION, values, NULL);
}

void
store_end_position(Call *call, MigText id)
{
	Datum value = text_datum(id);

	execute(call, DELETE_POSITION, &value, NULL);
}

/* ---- snapshots ---- */

/* One row at most: the table's key is a constant. */
bool
store_load_snapshot(Call *call, MigSnapshot *snapshot)
{
	Datum values[4];
	bool nulls[4];

	if (execute(call, LOAD_SNAPSHOT, NULL, NULL) == 0)
		return false;
	heap_deform_tuple(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, values, nulls);
	*snapshot = (MigSnapshot){.heads = datum_list(call, values[0], nulls[0]),
							  .fingerprint = datum_text(values[1], nulls[1]),
							  .schema = datum_text(values[2], nulls[2]),
							  .state = datum_text(values[3], nulls[3])};
	return true;
}

/* In place of the last one. */
void
store_save_snapshot(Call *call, const MigSnapshot *snapshot)
{
	Datum values[] = {list_datum(snapshot->heads), text_datum(snapshot->fingerprint),
					  text_datum(snapshot->schema), text_datum(snapshot->state)};

	execute(call, SAVE_SNAPSHOT, values, snapshot->state.at ? "    " : "   n");
}

/* ---- what comparisons have found ---- */

/*
 * Of the current user on the table, all of the rights; false, too, where the table is not there,
 * as after an update of the library alone.
 */
static bool
may(Call *call, AclMode rights)
{
	Oid table = get_relname_relid("migrate_compared", call->schema);

	return OidIsValid(table) && pg_class_aclmask(table, GetUserId(), rights, ACLMASK_ALL) == rights;
}

bool
store_load_compared(Call *call, MigText question, MigText state, MigText *answer)
{
	Datum values[] = {text_datum(question), text_datum(state)};
	Datum value;
	bool isnull;

	if (!may(call, ACL_SELECT) || execute(call, LOAD_COMPARED, values, NULL) == 0)
		return false;
	heap_deform_tuple(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, &value, &isnull);
	*answer = mig_copy(&call->mig, datum_text(value, isnull));
	return true;
}

/* FORGET_COMPARED first, so that the table stays as small as what is asked. */
void
store_keep_compared(Call *call, MigText question, MigText state, MigText answer)
{
	Datum values[] = {text_datum(question), text_datum(state), text_datum(answer)};

	if (!may(call, ACL_SELECT | ACL_INSERT | ACL_DELETE))
		return;
	execute(call, FORGET_COMPARED, &values[1], NULL);
	execute(call, KEEP_COMPARED, values, NULL);
}
