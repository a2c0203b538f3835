/*
 * sqlite.h - what the files of the SQLite adapter share, grouped under the
 * file that holds it
 */
#ifndef SQLITE_H
#define SQLITE_H

#include <dirent.h>
#include <setjmp.h>
#include <stdio.h>

#include <sqlite3ext.h>

#include "migrate_schema.h"

SQLITE_EXTENSION_INIT3

/* ---- entry.c: the functions ---- */

typedef struct Call Call;
typedef void (*Body)(Call *call);

#define MAX_ARGS 9

/* A function as SQL sees it.  Table functions are virtual tables, see rows.c. */
typedef struct Function
{
	const char *name;
	Body body;
	int required;               /* arguments that must be given */
	int named;                  /* those from here on may be given as name, value; 0: none */
	const MigColumn *columns;   /* of a table function, else NULL */
	const char *args[MAX_ARGS]; /* names of the arguments */
} Function;

/* What the functions of one connection share; freed with the last of them. */
typedef struct Connection
{
	int references;
	bool running;    /* a call is writing: nothing that it runs may start another */
	bool is_shadow;  /* its transactions are nobody else's, see desired.c */
	bool is_aside;   /* the rows of its sqlite_schema are elsewhere, see shadow_before() */
	int created;     /* CREATE statements one behind the other */
	bool has_pragma; /* the desired text has one: it may have written to sqlite_schema itself */
	/* a statement of a revision that runs outside of a transaction: it may call what nests */
	const struct Outside *outside;
	char backfill[65]; /* whose position is to be removed when that statement is recorded, or "" */
} Connection;

/* The user data of a registered function. */
typedef struct Entry
{
	Connection *connection;
	const Function *function;
} Entry;

/* ---- call.c: memory, errors, arguments, statements and results of a call ---- */

/* A statement of a revision: the context of an error. */
typedef struct Where
{
	const char *what; /* of a text that is no revision's, else NULL */
	const MigRevision *revision;
	MigDirection direction;
	int statement; /* from 1 */
	int line;      /* of the script, on which it begins */
} Where;

/* A setting of the connection, SQLITE_DBCONFIG_..., and what it was. */
typedef struct Setting
{
	sqlite3 *db;
	int name;
	int value;
} Setting;

#define MAX_SETTINGS 8

typedef enum Transaction
{
	TRANSACTION_NONE,
	TRANSACTION_OWN,      /* BEGIN IMMEDIATE ... COMMIT */
	TRANSACTION_SAVEPOINT /* a savepoint in the caller's transaction */
} Transaction;

/*
 * A call from SQL, or one revision inside of it, and all that it must give
 * back, however it ends.  A field is set before the thing that it stands for
 * is acquired, and call_end() undoes it.
 */
struct Call
{
	Mig mig; /* first: the core's handle is the call */
	sqlite3 *db;
	Connection *connection;
	const Function *function;
	sqlite3_value *args[MAX_ARGS]; /* NULL: not given */
	bool one_pair;                 /* the only option was given as name, value */
	struct Call *outer;            /* of a revision: the call; else NULL */
	struct Call *nested;           /* of a call: the revision, or NULL */
	struct Block *blocks;
	sqlite3_stmt *statement; /* open, or NULL */
	/* What follows is used in the outer call alone. */
	FILE *file;
	DIR *directory;
	sqlite3_stmt *script_query; /* prepared and not running, or NULL */
	Transaction transaction;
	sqlite3_stmt *undo[3];          /* prepared beforehand: undoing should need no memory */
	bool locked;                    /* the main database is ours to write */
	bool running;                   /* connection->running is ours */
	bool nests;                     /* a revision may call it, outside of a transaction */
	bool keys_off;                  /* foreign keys are to be enforced again */
	Setting settings[MAX_SETTINGS]; /* to be put back, the last one first */
	int nsettings;
	const Where *where;    /* the statement that runs, or NULL */
	MigLines *recorded;    /* gets the statements that rebuild.c runs, or NULL */
	const char *context;   /* of errors outside of a revision, or NULL */
	char *answer;          /* sqlite3_malloc'd, or NULL */
	const MigTable *table; /* a table function's answer */
	sqlite3 *shadow;       /* a database in memory, see desired.c, or NULL */
	sqlite3 *live;         /* of a call in the shadow: the database beside it */
	sqlite3_stmt *probe;   /* asked by the shadow whether it is to go on, or NULL */
	bool is_stubbed;       /* the shadow has a table of a module that is stood in for */
	MigText text;          /* what the body of a call within the module works on */
	int code;              /* result code, if the call failed */
	char *message;         /* sqlite3_malloc'd, NULL when out of memory */
	jmp_buf landing;
};

extern Call call_begin(sqlite3 *db, const Entry *entry);
/* Runs the body, and what it answers is kept; false: it raised.  In any case call_end() follows. */
extern bool call_protect(Call *call, Body body);
/* Gives everything back but code and message, which are the caller's. */
extern void call_end(Call *call);
/* A call inside a call, with memory of its own, for one revision; one at a time. */
extern Call *call_nested(Call *call);
extern void call_drop(Call *nested);
/* The call itself, for one that is not nested. */
extern Call *call_outer(Call *call);
/* Fails as another call, which has ended, has failed. */
extern _Noreturn void call_fail_as(Call *call, const Call *failed);
/* For errors that SQLite alone can have. */
extern _Noreturn void call_raise(Call *call, const char *sqlstate, const char *message,
								 const char *detail, const char *hint);
/* Raises an error with a result code of SQLite's. */
extern _Noreturn void call_raise_code(Call *call, int code, const MigError *e);
/* Raises what SQLite has just failed with. */
extern _Noreturn void call_raise_engine(Call *call);

/* Arguments, by position; 22004 for a null, with the argument's name. */
extern MigText arg_text(Call *call, int i);
extern MigText arg_text_or(Call *call, int i, const char *otherwise);
/* Null stays null. */
extern MigText arg_text_or_null(Call *call, int i);
extern bool arg_bool(Call *call, int i, bool otherwise);
/* 22023 for what is no number. */
extern double arg_float(Call *call, int i, double otherwise);

/* One statement of ours at a time; each is gone before a statement of a revision runs. */
extern void db_prepare(Call *call, const char *sql);
/* A statement on tables of the user's: what is wrong with it is SQLite's to say. */
extern void db_prepare_users(Call *call, const char *sql);
extern void db_bind_text(Call *call, int i, MigText text);
extern void db_bind_int(Call *call, int i, int64_t value);
/* Is there a row? */
extern bool db_step(Call *call);
extern void db_finish(Call *call);
/* A statement without parameters and rows. */
extern void db_run(Call *call, const char *sql);
extern void db_run_users(Call *call, const char *sql);
/* A column of the row, in the call's memory. */
extern MigText db_text(Call *call, int i);

/* Results. */
extern void result_text(Call *call, MigText text);
extern void result_lines(Call *call, MigList lines);

/* ---- rows.c: tables ---- */

/* Registers a table function; destroy is called with the entry when it is gone, also where that
 * fails. */
extern int rows_register(sqlite3 *db, Entry *entry, void (*destroy)(void *entry));

/* ---- files.c: the files of whoever runs SQLite ---- */

extern MigRevisions files_load(Call *call, MigText path);
/* Writes what migrate_scripts() shows; returns the names. */
extern MigList files_export(Call *call, MigText path, const MigTable *scripts);

/* ---- store.c: all SQL on our tables ---- */

/* Makes the tables that are missing. */
extern void store_create(Call *call);
/* The same, as a script has it. */
extern MigOfflineTables store_offline(Call *call);
/*
 * Takes the main database's write lock, by a write that reads and changes
 * nothing.  Returns a result code; SQLITE_NOTFOUND: there are no tables.
 */
extern int store_touch(Call *call);
/* Without the tables, an empty store. */
extern MigStore store_load(Call *call);
/* The script of a revision, in the call's memory. */
extern MigText store_script(Call *call, MigText revision);
/* Sets the scripts of those revisions of the store that the bundle has, too. */
extern void store_scripts_of(Call *call, MigStore *store, MigRevisions bundle);
/* Sets all scripts. */
extern void store_all_scripts(Call *call, MigStore *store);
/* For each revision of the store the checksum of its last log row, null if there is none. */
extern MigText *store_logged(Call *call, const MigStore *store);
/* Now, in UTC and whole seconds. */
extern MigText store_now(Call *call);

extern void store_insert(Call *call, const MigRevision *revision);
extern void store_replace(Call *call, const MigRevision *revision);
extern void store_delete(Call *call, MigText revision);
/* Each removed row must be there: 55000 if not. */
extern void store_set_versions(Call *call, MigList removed, MigList added);

/* A row of migrate_log. */
typedef struct Log
{
	int64_t at; /* milliseconds since 1970 */
	const char *direction;
	const MigRevision *revision; /* NULL: a stamp that only removes */
	MigList before;
	MigList after;
	int statements;
	int64_t duration_ms;
	const char *status; /* NULL: done */
	MigText checksum;   /* null: the revision's */
} Log;

extern void store_log(Call *call, const Log *rows, size_t n);
/* Sets where revisions have stopped, see MigStop. */
extern void store_load_stops(Call *call, MigStore *store);

/* Where a backfill is: the key of its last row, as SQL literals.  False: it has not begun. */
extern bool store_load_position(Call *call, MigText id, MigText *position, int64_t *rows);
extern void store_move_position(Call *call, MigText id, const MigBackfill *b, MigText position,
								int64_t rows);
extern void store_end_position(Call *call, MigText id);
/* Adds a row for each backfill that has not ended. */
extern void store_show_positions(Call *call, MigTable *progress);

/* False: there is no snapshot. */
extern bool store_load_snapshot(Call *call, MigSnapshot *snapshot);
extern void store_save_snapshot(Call *call, const MigSnapshot *snapshot);

/* What mig_compared_answer() was in that state of the live schema.  False: it is not kept. */
extern bool store_load_compared(Call *call, MigText question, MigText state, MigText *answer);
/* Keeps it, and nothing of other states, if transaction_try() can. */
extern void store_keep_compared(Call *call, MigText question, MigText state, MigText answer);

/* ---- settings.c: settings of the connection ---- */

/* SQLITE_DBCONFIG_... */
extern int setting_get(Call *call, int setting);
/* Until settings_restore(), or the end of the call. */
extern void setting_set(Call *call, int setting, int value);
/* Puts all back. */
extern void settings_restore(Call *call);

/* ---- keys.c: foreign keys around DROP TABLE ---- */

/* Rows of a table that refer to rows which another one does not have. */
typedef struct Violation
{
	MigText table;
	MigText parent;
	int64_t n;
	MigText rowid; /* of one of them; null in a table without rowids */
} Violation;

/* A revision's foreign keys: what was violated before its first DROP TABLE. */
typedef struct Keys
{
	bool counted;
	Violation *before;
	size_t n;
	Where where; /* of the last DROP TABLE */
} Keys;

/* Enforces no foreign keys until keys_resume(), if the connection enforces them at all. */
extern void keys_suspend(Call *call, Keys *keys, const Where *where);
extern void keys_resume(Call *call);
/* The same without counting: for what leaves all values as they are. */
extern void keys_off(Call *call);
/* At the end of a revision: 23503 if more rows than before refer to rows that are not there. */
extern void keys_check(Call *call, const Keys *keys);

/* ---- rebuild.c: the statements that SQLite is taught ---- */

/* Changes of one table, waiting to be carried out together. */
typedef struct Changes
{
	Call *call; /* in whose memory they are */
	Keys *keys;
	struct MigShape *shape; /* NULL: none */
	const Where *where;     /* the last statement's; NULL outside of a revision */
	Where *wheres;          /* for each check of the shape, its statement's */
	MigText stale;          /* schema in which the text has other comments than SQLite has read */
} Changes;

/*
 * Does the statement at the start of sql, if SQLite is taught it, and before it the changes that
 * wait, unless it joins them.  Returns its length; 0: it is SQLite's own, and has not run.
 */
extern size_t rebuild_statement(Changes *changes, MigText sql);
/* Carries out what waits. */
extern void rebuild_flush(Changes *changes);

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

/* ---- catalog.c ---- */

/* Type, name, tbl_name and sql of all that is the user's in the main database. */
extern MigList catalog_rows(Call *call);
/* The same as a schema. */
extern MigSchema *catalog_load(Call *call);

/* ---- desired.c ---- */

/* Opens call->shadow, an empty database that knows what the connection's own knows. */
extern void shadow_open(Call *call);
/* In the shadow, before a statement that begins with that word. */
extern void shadow_before(Call *call, MigText keyword);
/* The schema that DDL makes in an empty database.  Once in a call. */
extern MigSchema *desired_load(Call *call, MigText desired);

/* ---- backfill.c: data changed in batches ---- */

/* The answer of migrate_backfill(). */
extern MigText backfill(Call *call, MigBackfill b);

/* ---- transaction.c: the transaction of a call that writes ---- */

/*
 * Before a call that may have nothing to write looks: a read in the caller's
 * transaction may not come before the lock, see transaction.c.
 */
extern void transaction_prepare(Call *call);
/* Before the first write: refuses where writing cannot work.  what: "run migrations". */
extern void transaction_begin(Call *call, const char *what);
/* The same, and makes the tables.  Whoever calls must load the store again afterwards. */
extern void transaction_lock(Call *call, const char *what);
/* Begins one of our own: another one after transaction_commit(), or on the shadow. */
extern void transaction_begin_again(Call *call);
/*
 * Statements in a transaction of their own, for what may as well not be written:
 * nothing is done inside a transaction, or where a lock is not to be had at once.
 * The first statement must read the main database.
 */
extern void transaction_try(Call *call, const char *sql);
/* At the end of a call that succeeded. */
extern void transaction_commit(Call *call);
/* After a statement that makes prepared ones out of date: what undoes the transaction again. */
extern void transaction_keep_undo(Call *call);
/* Undoes the transaction; returns what could not be undone, or NULL.  Never raises. */
extern const char *transaction_undo(Call *call);
/* What an error that has ended the transaction has to say besides, or NULL. */
extern const char *transaction_lost(const Call *call);

/* ---- run.c: all that runs revisions ---- */

/* Runs statements that are no revision's, in a transaction; what: their name in an error. */
extern void run_text(Call *call, MigText sql, const char *what);
/* The lines of migrate_upgrade() and migrate_downgrade(). */
extern MigList run(Call *call, MigText target, MigDirection direction);
/* The lines of migrate_stamp(). */
extern MigList run_stamp(Call *call, MigText target, bool purge);

/* ---- outside.c: revisions outside of a transaction ---- */

/*
 * In a transaction of a call that nests: 55P03 if another process has gone on
 * with the revision that the calling statement belongs to.
 */
extern void outside_check_alone(Call *call);

/* ---- offline.c: a run as a script ---- */

/* The text of migrate_upgrade_sql() and migrate_downgrade_sql(). */
extern MigText offline_sql(Call *call, MigText range, MigDirection direction);

#endif
