/*
 * pg.h - what the files of the PostgreSQL adapter share, grouped under the
 * file that holds it
 */
#ifndef PG_H
#define PG_H

#include "fmgr.h"
#include "migrate_schema.h"
#include "utils/palloc.h"

/*
 * The server loads modules with RTLD_GLOBAL and exports all that is its own:
 * names that are not hidden would be bound to whoever has them first.
 */
#pragma GCC visibility push(hidden)

/* ---- call.c: memory, errors, arguments and results of a call ---- */

/*
 * A call from SQL, or one revision inside of it.  SPI is connected as long as
 * a call lasts; an error undoes both through the transaction's abort.
 */
typedef struct Call
{
	Mig mig; /* first: the core's handle is the call */
	MemoryContext memory;
	Oid function;     /* the SQL function */
	Oid schema;       /* its schema, which is where our tables are */
	const char *home; /* and its name, also while it has another; NULL in a worker */
} Call;

extern Call *call_begin(FunctionCallInfo fcinfo);
/*
 * A call that commits: its memory lives until the CALL ends.  25001 inside a
 * transaction block; instead: a hint, what else to do there, may be NULL.
 */
extern Call *call_begin_procedure(FunctionCallInfo fcinfo, const char *instead);
/* A call that nobody called from SQL, in a process of our own. */
extern Call *call_begin_worker(Oid function, Oid schema);
extern void call_end(Call *call);
/* A call inside a call, with memory of its own, for one revision. */
extern Call *call_nested(Call *call);
extern void call_drop(Call *nested);
/* For errors that PostgreSQL alone can have. */
extern _Noreturn void call_raise(Call *call, const char *sqlstate, const char *message,
								 const char *detail, const char *hint);

/* Arguments: 22004 for a null, with the argument's name. */
extern MigText arg_text(Call *call, FunctionCallInfo fcinfo, int i, const char *name);
extern bool arg_bool(Call *call, FunctionCallInfo fcinfo, int i, const char *name);
extern int arg_int(Call *call, FunctionCallInfo fcinfo, int i, const char *name);
extern double arg_float(Call *call, FunctionCallInfo fcinfo, int i, const char *name);
/* Null stays null. */
extern MigText arg_text_or_null(FunctionCallInfo fcinfo, int i);

/* Results.  Each ends the call. */
extern Datum result_text(Call *call, MigText text);
extern Datum result_lines(Call *call, FunctionCallInfo fcinfo, MigList lines);

/* ---- rows.c: tables ---- */

/* As result_lines(), for what the core has as a table. */
extern Datum result_table(Call *call, FunctionCallInfo fcinfo, const MigTable *table);

/* ---- files.c: the server's files ---- */

extern MigRevisions files_load(Call *call, MigText path);
/* Writes what migrate_scripts() shows; returns the names. */
extern MigList files_export(Call *call, MigText path, const MigTable *scripts);

/* ---- store.c: all SQL on our tables ---- */

extern MigStore store_load(Call *call);
/* What a script without the extension has to know of the tables. */
extern MigOfflineTables store_offline(Call *call);
/* The script of a revision, in the call's memory. */
extern MigText store_script(Call *call, MigText revision);
/* Sets the scripts of those revisions of the store that the bundle has, too. */
extern void store_scripts_of(Call *call, MigStore *store, MigRevisions bundle);
/* Sets all scripts. */
extern void store_all_scripts(Call *call, MigStore *store);
/* For each revision of the store the checksum of its last log row, null if there is none. */
extern MigText *store_logged(Call *call, const MigStore *store);

extern void store_insert(Call *call, const MigRevision *revision);
extern void store_replace(Call *call, const MigRevision *revision);
extern void store_delete(Call *call, MigText revision);
/* Each removed row must be there: 55000 if not. */
extern void store_set_versions(Call *call, MigList removed, MigList added);

/* A row of migrate_log. */
typedef struct Log
{
	const char *direction;
	const MigRevision *revision; /* NULL: a stamp that only removes */
	MigList before;
	MigList after;
	int statements; /* that were run */
	int64 duration_ms;
	const char *status; /* NULL: done */
	MigText checksum;   /* null: the revision's */
	MigText detail;     /* may be null */
} Log;

extern void store_log(Call *call, const Log *log);

/* Sets where revisions have stopped, see MigStop; what applies now. */
extern void store_load_stops(Call *call, MigStore *store);

/* Who holds, or waits for, one of our advisory locks: a detail, or NULL if it is free by now. */
extern const char *store_lock_holder(Call *call, int32 key);
/* Does that process hold it exclusively? */
extern bool store_has_lock(Call *call, int32 key, int pid);

/* ---- autocommit.c: a transaction for each revision ---- */

/* What CALL migrate_upgrade_autocommit() and migrate_downgrade_autocommit() do. */
extern void run_autocommit(Call *call, MigText target, MigDirection direction);

/* Where a backfill is: the key of its last row, as text. */
extern void store_begin_position(Call *call, MigText id, const MigBackfill *b);
/* Locks it; false: the backfill has ended. */
extern bool store_load_position(Call *call, MigText id, MigList *position, int64 *rows);
extern void store_move_position(Call *call, MigText id, MigList position, int64 rows);
extern void store_end_position(Call *call, MigText id);

/* ---- backfill.c: data changed in batches ---- */

/* CALL migrate_backfill(); b as it was given. */
extern void backfill(Call *call, MigBackfill b);

/* ---- progress.c: what runs now ---- */

extern MigTable *progress(Call *call);

/* ---- settings.c: what SET can change ---- */

extern int settings_lock_timeout; /* in milliseconds; 0: none */
extern int settings_lock_retries;

/* ---- run.c: locks, and all that runs revisions ---- */

/*
 * Before the first write: refuses where writing cannot work, then takes the
 * locks, for the rest of the transaction.  what: "run migrations".  Whoever
 * calls must load the store again afterwards.
 */
extern void run_lock(Call *call, const char *what);
/* Refuses on a standby and in a read-only transaction. */
extern void run_check_writable(Call *call, const char *what);
/* Is a run in progress that commits as it goes? */
extern bool run_is_locked(Call *call);
/* The lines of migrate_upgrade() and migrate_downgrade(). */
extern MigList run(Call *call, MigText target, MigDirection direction);
/* The lines of migrate_stamp(). */
extern MigList run_stamp(Call *call, MigText target, bool purge);
/* The text of migrate_upgrade_sql() and migrate_downgrade_sql(). */
extern MigText run_sql(Call *call, MigText range, MigDirection direction);

/* False: there is none. */
extern bool store_load_snapshot(Call *call, MigSnapshot *snapshot);
extern void store_save_snapshot(Call *call, const MigSnapshot *snapshot);

/*
 * What mig_compared_answer() was in that state of the live schema.  False: it is not kept, or the
 * user may not know.
 */
extern bool store_load_compared(Call *call, MigText question, MigText state, MigText *answer);
/* Keeps it, and nothing of other states, if the user may.  The caller has a lock. */
extern void store_keep_compared(Call *call, MigText question, MigText state, MigText answer);

/* ---- compare.c ---- */

/* What migrate_diff() shows. */
extern MigTable *schema_compare(Call *call, MigDesired *wanted);

/* ---- drift.c ---- */

/* At the end of a run: keeps the schema as it is, for these version rows. */
extern MigSnapshot drift_save(Call *call, MigList heads);
/* Raises 55000 where the schema is not what the last run of these version rows has left. */
extern void drift_check(Call *call, MigList heads);
/* What migrate_drift() shows. */
extern MigTable *drift(Call *call, MigList heads);

/* ---- state.c: has anything changed? ---- */

/* While it is the same, so are all definitions in this database. */
extern MigText state_now(Call *call);

/* ---- catalog.c: the live schema ---- */

/* Begins the name of a schema that is out of the way while a desired one is built. */
#define CATALOG_AWAY "migrate_away_"
/* The access method of the tables of a desired schema, see table_am.c.  It is told as heap. */
#define CATALOG_DESIRED_AM "migrate_desired"

/* The current schema as a search_path of its own, "" if there is none. */
extern const char *catalog_path(Call *call);
/* The user's schemas, or everybody's, as oid[]. */
extern Datum catalog_schemas(bool everybody);
/* What is in the schema of path is named without it; NULL: all names, in everybody's schemas. */
extern MigSchema *catalog_load(Call *call, const char *path);

/* ---- extensions.c: what they have goes with their schemas ---- */

typedef struct Extension
{
	Oid id;
	Oid schema;
} Extension;

typedef struct Extensions
{
	Extension *at;
	size_t n;
} Extensions;

/* All but ours, as they are now. */
extern Extensions extensions_read(Call *call);
/* Where one of these is, else InvalidOid. */
extern Oid extensions_schema(Call *call, Oid extension);
/* All that is in the schema goes to the other one; to be rolled back. */
extern void extensions_move(Call *call, Oid from, Oid to);
/* What those have that are in another schema than before goes back there; they themselves stay. */
extern void extensions_take_back(Call *call, const Extensions *before);

/* ---- desired_text.c ---- */

/*
 * Runs statements that are no revision's; what: their name in the context of
 * an error.  What a desired schema may say and the database has already, an
 * extension or a schema, is passed over.  toast: its tables may need TOAST tables.
 */
extern void desired_run_text(Call *call, MigText sql, const char *what, bool toast);

/* ---- desired.c ---- */

/*
 * The schema that DDL makes in an empty database.  The caller has asked run_check().  path: as
 * catalog_load() has it; set to "" where a name without a schema would not mean the same behind
 * the DDL as in front of it.
 */
extern MigSchema *desired_load(Call *call, MigText desired, const char **path);

#pragma GCC visibility pop

#endif
