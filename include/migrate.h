/*
 * migrate.h - the core, as the adapters and the tests see it
 *
 * The core computes and never acts: it takes text and plain structs, and
 * answers with text, lines and tables.  It includes no database header, keeps
 * no global state and calls nothing but the two functions of Mig.
 *
 * Memory: everything that a function returns is in the arena of its Mig and
 * lives until the call ends.  Nothing is freed one by one, nothing is owned.
 * What a function takes must live as long: results point into it.
 * Errors: a function that fails does not return, see mig_raise().  The
 * SQLSTATEs are those of PostgreSQL's manual, appendix A.
 */
#ifndef MIGRATE_H
#define MIGRATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What went wrong.  Texts follow PostgreSQL's message style guide. */
typedef struct MigError
{
	const char *sqlstate; /* five characters, one of the names below */
	const char *message;  /* lower case, no full stop */
	const char *detail;   /* whole sentences, or NULL */
	const char *hint;     /* whole sentences, or NULL */
	const char *context;  /* where: file, revision, line, or NULL */
} MigError;

#define MIG_NULL_VALUE "22004"     /* null_value_not_allowed */
#define MIG_INVALID_VALUE "22023"  /* invalid_parameter_value */
#define MIG_DENIED "42501"         /* insufficient_privilege */
#define MIG_SYNTAX_ERROR "42601"   /* syntax_error */
#define MIG_UNKNOWN_OBJECT "42704" /* undefined_object */
#define MIG_DUPLICATE "42710"      /* duplicate_object */
#define MIG_TOO_LARGE "54000"      /* program_limit_exceeded */
#define MIG_WRONG_STATE "55000"    /* object_not_in_prerequisite_state */
#define MIG_BUSY "55P03"           /* lock_not_available */
#define MIG_UNSUPPORTED "0A000"    /* feature_not_supported */
#define MIG_IN_TRANSACTION "25001" /* active_sql_transaction */
#define MIG_READ_ONLY "25006"      /* read_only_sql_transaction */
#define MIG_DAMAGED "XX001"        /* data_corrupted: the store contradicts itself */
#define MIG_INTERNAL "XX000"       /* internal_error */

/*
 * The host: what the core needs from the database around it.  One for each
 * call from SQL, one more for each revision that is run; an adapter embeds it
 * as the first member of its own struct.
 */
typedef struct Mig
{
	void *(*alloc)(struct Mig *m, size_t size);      /* never NULL, raises */
	void (*raise)(struct Mig *m, const MigError *e); /* never returns */
	char *free;                                      /* unused rest of the newest block */
	size_t left;
} Mig;

/* A piece of text, not terminated.  at NULL: SQL's null. */
typedef struct MigText
{
	const char *at;
	size_t len;
} MigText;

/* For printf's "%.*s". */
#define MIG_ARG(text) (int) (text).len, (text).at

/* Several texts: identifiers, labels, lines. */
typedef struct MigList
{
	MigText *at;
	size_t n;
} MigList;

typedef enum MigEngine
{
	MIG_POSTGRESQL,
	MIG_SQLITE
} MigEngine;

typedef enum MigDirection
{
	MIG_UPGRADE,
	MIG_DOWNGRADE,
	MIG_STAMP
} MigDirection;

/* A revision, as a script says it and as a row of migrate_revision holds it. */
typedef struct MigRevision
{
	MigText id;
	MigList revises; /* none: a base; several: a merge */
	MigList depends; /* identifiers or labels */
	MigList labels;
	MigText message; /* may be empty */
	MigText created; /* ISO 8601 with zone, null if the script has none */
	bool transactional;
	bool plain;       /* made from a file without a migrate:revision line */
	MigText checksum; /* 64 hexadecimal digits: SHA-256 of the upgrade's tokens */
	MigText script;   /* all bytes; null where a store was loaded without scripts */
	MigText file;     /* the file's name for messages, null if from a bundle */
} MigRevision;

typedef struct MigRevisions
{
	MigRevision *at;
	size_t n;
} MigRevisions;

/* A row of migrate_version. */
typedef struct MigVersion
{
	MigText revision;
	MigText since; /* ISO 8601 */
} MigVersion;

/* Where a revision that runs outside of a transaction was last, see resume.c. */
typedef struct MigStop
{
	MigText revision;
	MigDirection direction;
	int done;         /* statements whose effect is committed */
	int total;        /* statements of the section; 0: not known */
	MigText checksum; /* mig_resume_checksum() of those that are done */
	MigText left;     /* what the next one may leave behind, in the adapter's words; or null */
	MigText since;    /* ISO 8601 */
} MigStop;

/*
 * What an adapter loads before it asks: all revisions (scripts null) and all
 * version rows, each ordered by identifier, bytewise.
 */
typedef struct MigStore
{
	MigRevisions revisions;
	MigVersion *versions;
	size_t nversions;
	MigStop *stops; /* none where a store was loaded without them */
	size_t nstops;
	bool running; /* the stops are of a run that is in progress */
} MigStore;

/* ---- tables: one shape for every result that has columns ---- */

typedef enum MigType
{
	MIG_TEXT,
	MIG_TEXTS, /* cell: identifiers joined by ","; text[] in PostgreSQL */
	MIG_BOOL,  /* cell: "t" or "f" */
	MIG_INT,   /* cell: decimal */
	MIG_TIME   /* cell: ISO 8601 */
} MigType;

typedef struct MigColumn
{
	const char *name; /* NULL ends the list */
	MigType type;
} MigColumn;

typedef struct MigTable
{
	const MigColumn *columns;
	size_t ncol;
	size_t nrow;
	MigText *cells; /* nrow * ncol, row by row; null: SQL's null */
} MigTable;

/* The columns of each table function, the same in both engines. */
extern const MigColumn mig_current_columns[];
extern const MigColumn mig_heads_columns[];
extern const MigColumn mig_branches_columns[];
extern const MigColumn mig_history_columns[];
extern const MigColumn mig_plan_columns[];
extern const MigColumn mig_resolve_columns[];
extern const MigColumn mig_scripts_columns[];
extern const MigColumn mig_verify_columns[];
extern const MigColumn mig_progress_columns[];

/* ---- arena.c: memory of one call ---- */

/* Room for count things of size bytes, zeroed, aligned to 16.  54000 if the product overflows. */
extern void *mig_alloc(Mig *m, size_t count, size_t size);
/*
 * An array with room for one thing more than the n that it has, which it grew to by this function
 * alone: at itself, or a copy where its room, a power of two, is used up.
 */
extern void *mig_grow(Mig *m, void *at, size_t n, size_t size);

/* ---- error.c ---- */

/* Leaves the call through the host.  The parts of e must live until the host has copied them. */
extern _Noreturn void mig_raise(Mig *m, const MigError *e);

/* ---- buf.c: growing text, lines, table cells ---- */

typedef struct MigBuf
{
	Mig *m;
	char *at;
	size_t len;
	size_t room;
} MigBuf;

extern MigBuf mig_buf(Mig *m);
extern void mig_buf_add(MigBuf *buf, MigText text);
extern void mig_buf_str(MigBuf *buf, const char *text);
extern void mig_buf_format(MigBuf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The text so far, terminated by a NUL that its length does not count. */
extern MigText mig_buf_text(MigBuf *buf);

extern char *mig_format(Mig *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The literal's or C string's text; NULL gives null. */
extern MigText mig_text(const char *text);
/* A copy of text in the arena, terminated by a NUL. */
extern MigText mig_copy(Mig *m, MigText text);
extern bool mig_same(MigText a, MigText b);
/* -1, 0, 1; bytewise, a prefix first. */
extern int mig_compare(MigText a, MigText b);
/* The list's texts with sep between them. */
extern MigText mig_join(Mig *m, MigList list, const char *sep);
/* The parts between the commas of text, without the blanks around them; none for empty or null. */
extern MigList mig_split(Mig *m, MigText text);
/* "name" and 'text', quoted; terminated by a NUL that the length does not count. */
extern MigText mig_quoted_name(Mig *m, MigText name);
extern MigText mig_quoted_text(Mig *m, MigText text);

/* Lines of a result. */
typedef struct MigLines
{
	Mig *m;
	MigList list;
} MigLines;

extern MigLines mig_lines(Mig *m);
extern void mig_lines_add(MigLines *lines, MigText line);

extern MigTable *mig_table(Mig *m, const MigColumn *columns);
/* A new row at the end, all null: fill its ncol cells. */
extern MigText *mig_table_row(Mig *m, MigTable *table);
extern MigText mig_cell_int(Mig *m, int64_t value);
extern MigText mig_cell_bool(bool value);

/* ---- sha256.c (FIPS 180-4) ---- */

/* 64 lower-case hexadecimal digits. */
extern MigText mig_sha256(Mig *m, MigText text);

/* ---- script.c: scripts <-> revisions ---- */

/*
 * Reads a bundle: revisions in the bundle's order, each with the bytes of its
 * script and its checksum.  A blank bundle has none.
 * Raises 42601, with revision and line as context, for an unknown, repeated
 * or misplaced directive, for one inside a quote, a comment or behind other
 * text, for text outside a section; 22023 for an illegal identifier.
 */
extern MigRevisions mig_script_parse(Mig *m, MigText bundle);

typedef struct MigFile
{
	MigText name; /* without the directory */
	MigText text;
} MigFile;

/*
 * Reads files as migrate_load does: those with a migrate:revision line are
 * bundles; the others are a linear chain in name order (leading numbers
 * compare by value), the identifier being what stands before the first "_" or
 * "-" of the name, and get a header of their own.
 * Raises as mig_script_parse(), with the file's name in the context.
 */
extern MigRevisions mig_script_load(Mig *m, MigFile *files, size_t n);

/* What one revision runs in one direction on one engine. */
typedef struct MigSection
{
	MigText sql;
	int line; /* line of the script on which sql begins, from 1 */
} MigSection;

/*
 * The section of a stored script that runs, the engine's own before the plain one.
 * Raises 55000 where there is none, naming the revision and the way out.
 */
extern MigSection mig_script_section(Mig *m, const MigRevision *revision, MigDirection direction,
									 MigEngine engine);

/* "375b918c8740_add_user_profiles_table.sql" */
extern MigText mig_script_filename(Mig *m, const MigRevision *revision);

/* ---- statement.c: statements of a section ---- */

/*
 * The first key word of a statement, in upper case, without leading blanks and
 * comments; empty if there is none.  *skipped: bytes before it.
 */
extern MigText mig_statement_keyword(Mig *m, MigText sql, MigEngine engine, size_t *skipped);

/* The statements of SQLite in sql, each from its first token up to its ";" or the end. */
extern MigList mig_statements(Mig *m, MigText sql);

/*
 * Raises 0A000 where the keyword is one that must not be used (BEGIN, COMMIT, ...).
 * what: as for mig_text_context(); NULL: a revision.
 */
extern void mig_statement_check(Mig *m, MigText keyword, const char *what);

/* Lines in text, i.e. its line feeds; adds to a line number. */
extern int mig_count_lines(MigText text);

/* "revision 375b918c8740 (add user_profiles table), upgrade, statement 2, line 14"; 0: not told */
extern const char *mig_statement_context(Mig *m, const MigRevision *revision,
										 MigDirection direction, int statement, int line);

/* "desired schema, statement 2, line 14"; 0: not told */
extern const char *mig_text_context(Mig *m, const char *what, int statement, int line);

/* ---- graph.c, graph_sets.c: who descends from whom ---- */

typedef struct MigGraph MigGraph;

/*
 * The graph of all revisions.  They stay the caller's and must be ordered as in MigStore.
 * Raises 42710 for a duplicate identifier or label, 42704 for a missing parent or dependency,
 * 22023 for a revision that revises or depends on itself or a cycle (all in it named).
 */
extern MigGraph *mig_graph(Mig *m, MigRevisions revisions);
/* Finds by full identifier; NULL if unknown. */
extern const MigRevision *mig_graph_find(const MigGraph *g, MigText id);
/* Is id one of rows, or an ancestor (dependencies included) of one?  Unknown rows count as none. */
extern bool mig_graph_applied(Mig *m, const MigGraph *g, MigList rows, MigText id);
/* All applied revisions, in identifier order. */
extern MigList mig_graph_all_applied(Mig *m, const MigGraph *g, MigList rows);

/* ---- refuse.c: what both engines refuse, in the same words ---- */

/* 22004 */
extern _Noreturn void mig_refuse_null(Mig *m, const char *argument);
/* 55000: inside of a run another one would take the version rows from under it. */
extern _Noreturn void mig_refuse_nested(Mig *m, const char *function);
/* 55P03; detail: who runs, or NULL. */
extern _Noreturn void mig_refuse_busy(Mig *m, const char *detail);
/* 0A000: the revision is not transactional; hint: how to run it. */
extern _Noreturn void mig_refuse_transaction(Mig *m, const MigRevision *revision, const char *hint);
/* 55000: a revision, or a version row, was there when the store was loaded. */
extern _Noreturn void mig_refuse_removed(Mig *m, MigText revision);
extern _Noreturn void mig_refuse_moved(Mig *m, MigText version);
/* 22023: a file to be loaded has a NUL byte. */
extern _Noreturn void mig_refuse_binary(Mig *m, const char *path);
/* 22021 for a script that is not UTF-8: kept in another encoding, it would not come back. */
extern void mig_check_utf8(Mig *m, MigText script, const char *path); /* path: may be NULL */
/* 55000: a file to be exported is there with another text, perhaps edited. */
extern _Noreturn void mig_refuse_overwriting(Mig *m, const char *path);

/* ---- plan.c: target -> steps (Alembic's _upgrade_revs, _downgrade_revs, _stamp_revs) ---- */

typedef struct MigStep
{
	const MigRevision *revision; /* NULL: a stamp to base that only removes rows */
	MigDirection direction;      /* MIG_UPGRADE or MIG_DOWNGRADE, also in a stamp */
	bool stamp;
	MigList from; /* as Alembic's log line shows it: parents, or the revision going down */
	MigList to;
	MigList removed; /* version rows that the step takes away */
	MigList added;   /* version rows that it puts there */
} MigStep;

typedef struct MigPlan
{
	MigStep *steps;
	size_t n;
} MigPlan;

/*
 * What leads from the version rows to the target, in the order in which it runs.
 * Raises 42704 and 22023 for targets, 55000 for several heads where one is meant, for a version
 * row that the store does not know and, in an upgrade, for rows of which one is another's ancestor.
 */
extern MigPlan mig_plan(Mig *m, const MigGraph *g, MigList rows, MigText target,
						MigDirection direction);
/* The version rows after a step, sorted. */
extern MigList mig_plan_apply(Mig *m, MigList before, const MigStep *step);
/* Both sorted: the texts of a that are not in b. */
extern MigList mig_plan_without(Mig *m, MigList a, MigList b);
/* "375b918c8740 (head), 1975ea83b712"; "<base>" for none. */
extern MigText mig_plan_current(Mig *m, const MigGraph *g, MigList rows);
/* "upgrade 1975ea83b712 -> 375b918c8740, add user_profiles table" */
extern MigText mig_plan_line(Mig *m, const MigStep *step);
/* "current: 375b918c8740 (head)" */
extern MigText mig_plan_current_line(Mig *m, const MigGraph *g, MigList rows);
/* The answer of a run: a line for each step that was done, NULL for none, and the current line. */
extern MigLines mig_plan_lines(Mig *m, const MigGraph *g, const MigPlan *done, MigList rows);

/* "upgrade", "downgrade", "stamp" */
extern const char *mig_direction_name(MigDirection direction);
/* The one of that name; 22023 for another. */
extern MigDirection mig_direction(Mig *m, MigText name);

/* ---- offline.c: a run as a script that needs no extension ---- */

/* What the adapter knows of the tables that the script writes. */
typedef struct MigOfflineTables
{
	MigEngine engine;
	MigText schema; /* as SQL has it, quoted where needed */
	MigText create; /* the statements that make the tables, each with its ";" and a line feed */
} MigOfflineTables;

typedef struct MigOffline MigOffline;

/*
 * Begins the text of migrate_upgrade_sql() or migrate_downgrade_sql().  range: "from:to"; in an
 * upgrade also "to" alone, from base.  tables and g live as long as the text is made.
 * Raises 22023 for what is no range, and as mig_plan() with the version rows that from names.
 */
extern MigOffline *mig_offline(Mig *m, const MigGraph *g, const MigOfflineTables *tables,
							   MigText range, MigDirection direction);
/* The version rows from which the script starts. */
extern MigList mig_offline_start(const MigOffline *o);
/* SQLite's statements that raise message, and undo the transaction, unless the condition holds. */
extern MigList mig_offline_guard(Mig *m, const char *condition, const char *message);
/* The steps; mig_offline_step() is called once for each of them, in order. */
extern const MigPlan *mig_offline_plan(const MigOffline *o);
/*
 * Writes the next step.  revision: with its script; sql: the statements that run, of which there
 * are count.  Raises 0A000 for what the engine's shell would not read as it is.
 */
extern void mig_offline_step(MigOffline *o, const MigRevision *revision, MigText sql, int count);
/* The whole text. */
extern MigText mig_offline_text(MigOffline *o);

/* ---- draw.c: what people look at ---- */

extern MigTable *mig_current(Mig *m, const MigGraph *g, const MigStore *store);
extern MigTable *mig_heads(Mig *m, const MigGraph *g, const MigStore *store,
						   bool resolve_dependencies);
extern MigTable *mig_branches(Mig *m, const MigGraph *g, const MigStore *store);
/* range null: everything. */
extern MigTable *mig_history(Mig *m, const MigGraph *g, const MigStore *store, MigText range);
extern MigText mig_show(Mig *m, const MigGraph *g, const MigStore *store, MigText target);
extern MigTable *mig_plan_table(Mig *m, const MigGraph *g, const MigStore *store, MigText target,
								MigDirection direction);
extern MigTable *mig_resolve(Mig *m, const MigGraph *g, const MigStore *store, MigText target);
/* The one revision that target names; 22023 for none or several. */
extern const MigRevision *mig_resolve_one(Mig *m, const MigGraph *g, const MigStore *store,
										  MigText target);
/* format: "text", "dot" or "mermaid"; 22023 for another. */
extern MigText mig_draw(Mig *m, const MigGraph *g, const MigStore *store, MigText format);

/* ---- store.c: what add, remove, stamp, verify decide ---- */

/* Our tables, as a query has them in IN (...). */
#define MIG_TABLES                                                                                 \
	"'migrate_revision', 'migrate_version', 'migrate_log', 'migrate_snapshot', "                   \
	"'migrate_position', 'migrate_compared'"

/* The identifiers of store's version rows. */
extern MigList mig_store_rows(Mig *m, const MigStore *store);
/* The revision of that identifier, or NULL. */
extern MigRevision *mig_store_find(const MigStore *store, MigText id);
/* What migrate_scripts() shows, of a store with all scripts. */
extern MigTable *mig_store_scripts(Mig *m, const MigStore *store);
/*
 * Is the store, loaded before a run and now, as the run has left it?  heads: the version rows,
 * sorted. Raises 55000 if not: a revision or a trigger has written to our tables.
 */
extern void mig_store_settled(Mig *m, const MigStore *before, const MigStore *now, MigList heads);

typedef enum MigAction
{
	MIG_ADDED,
	MIG_REPLACED,
	MIG_UNCHANGED
} MigAction;

typedef struct MigAdd
{
	MigAction *actions; /* one for each revision of the bundle */
	bool writes;        /* is one of them not MIG_UNCHANGED? */
	MigList lines;      /* the function's answer */
} MigAdd;

/*
 * What becomes of a bundle.  In store, the revisions that the bundle has, too,
 * must have their scripts.
 * Raises as mig_graph() for what store and bundle are together; 55000 for an
 * applied revision whose upgrade, place or labels would change, and for a
 * plain file that appears in the middle of the chain.
 */
extern MigAdd mig_store_add(Mig *m, const MigStore *store, MigRevisions bundle);

/* The arguments of migrate_revision() and migrate_merge(). */
typedef struct MigNew
{
	MigText message;
	MigText upgrade;
	MigText downgrade; /* null: no downgrade section */
	MigText head;      /* target; null: head */
	MigText rev_id;    /* null: random_id */
	MigText label;     /* comma-separated, may be null */
	MigText depends;   /* comma-separated, may be null */
	bool splice;
	bool merge; /* head must name a revision: nothing is no new root */
	bool transactional;
	MigText random_id; /* see mig_store_random_id() */
	MigText now;       /* ISO 8601, UTC, whole seconds */
} MigNew;

/* 12 hexadecimal digits, of bytes from the engine's strong random source. */
extern MigText mig_store_random_id(Mig *m, const unsigned char bytes[6]);
/*
 * A new revision with its script, as `alembic revision` makes it.  Add it with mig_store_add().
 * Raises 55000 for several heads or a revision that is no head (without splice), 22023 for a head
 * that names nothing (but base, in no merge), 42710 for an identifier that exists.
 */
extern MigRevision *mig_store_new(Mig *m, const MigGraph *g, const MigNew *new_revision);

/* The one revision that may be removed; 55000 if it is applied or has children. */
extern const MigRevision *mig_store_remove(Mig *m, const MigGraph *g, const MigStore *store,
										   MigText target);
/* The answer of migrate_remove(). */
extern MigText mig_store_removed_line(Mig *m, const MigRevision *revision);

/*
 * Before a run: an applied revision must be what was run.  logged: the
 * checksum of its last log row since it was added or replaced, null if none.  Raises XX001 for an
 * edited script.
 */
extern void mig_store_check(Mig *m, const MigRevision *revision, MigText logged);
/* mig_store_check() and mig_script_section() in one reading of the script. */
extern MigSection mig_store_section(Mig *m, const MigRevision *revision, MigText logged,
									MigDirection direction, MigEngine engine);

/* "2 of 14 revisions pending, current 375b918c8740" */
extern MigText mig_store_status(Mig *m, const MigGraph *g, const MigStore *store);
/* The answer of migrate_check(); 55000 unless every head is applied. */
extern MigText mig_store_all_applied(Mig *m, const MigGraph *g, const MigStore *store);

/*
 * Everything in which the store contradicts itself.  All revisions must have
 * their scripts; logged[i]: as in mig_store_check(), for revisions.at[i].
 */
extern MigTable *mig_store_verify(Mig *m, const MigStore *store, const MigText *logged);

/* ---- alter.c: the statements that SQLite is taught ---- */

typedef enum MigLesson
{
	MIG_PLAIN,       /* SQLite's own, or nobody's: run it as it is */
	MIG_REWRITTEN,   /* sql instead of it */
	MIG_ALTER_TABLE, /* see mig_shape_alter(); so is COMMENT ON a table or a column */
	MIG_TRUNCATE     /* tables */
} MigLesson;

/* A statement, understood.  ALTER TABLE's actions are the core's own matter. */
typedef struct MigTaught
{
	MigLesson lesson;
	size_t len; /* of the statement, its semicolon included; of MIG_PLAIN 0 */
	MigText sql;
	MigText schema; /* null: where the name is found first */
	MigText table;
	bool if_exists;
	MigList tables; /* of TRUNCATE */
	bool restart;   /* TRUNCATE ... RESTART IDENTITY */
	struct Action *actions;
	size_t nactions;
} MigTaught;

/*
 * The statement at the start of sql, as SQLite sees it that has not learned PostgreSQL's ALTER
 * TABLE.  Raises 0A000 for what has no meaning in SQLite, and nothing for what it does not know.
 */
extern MigTaught mig_teach(Mig *m, MigText sql);
/* The argument of migrate_alter(): 22023 unless it is one statement, ALTER TABLE. */
extern void mig_alter_check(Mig *m, MigText sql, MigEngine engine);

/* ---- shape.c: a table of SQLite's that is altered ---- */

/* An index or a trigger of a table. */
typedef struct MigObject
{
	MigText name;
	MigText sql; /* as it is stored */
} MigObject;

/* A table as it is. */
typedef struct MigStored
{
	MigText schema;
	MigText name;
	MigText sql;     /* as it is stored */
	MigList columns; /* as SQLite names them, generated ones too */
	MigObject *indexes;
	size_t nindexes;
	MigObject *triggers;
	size_t ntriggers;
} MigStored;

/* When a check is made. */
typedef enum MigWhen
{
	MIG_BEFORE, /* at once, in the table as it is */
	MIG_FAILED, /* where the copy has failed: it checks that itself */
	MIG_AFTER   /* in the table as it is then */
} MigWhen;

/* Rows that a change does not suffer, and what to say about them. */
typedef struct MigCheck
{
	MigWhen when;
	MigText sql; /* one row: their number n, and one of them */
	const char *sqlstate;
	const char *message;
	const char *one; /* "row violates it" */
	const char *many;
	const char *hint;
	MigText constraint; /* of MIG_AFTER: the foreign key */
} MigCheck;

/* The changes of a table that are collected, until they are carried out together. */
typedef struct MigShape
{
	const MigStored *stored;
	struct Table *table; /* as it is to be */
	struct Value *values;
	MigLines native; /* the statements by which SQLite does it, if native is what it is */
	MigLines newer;  /* those of SQLite 3.53, which has some of our grammar, if is_newer */
	bool is_newer;
	bool is_native;       /* SQLite can do all of it itself */
	bool stands_alone;    /* nothing may join it */
	bool is_edit;         /* no stored row changes: the schema's text can be edited */
	bool is_talk;         /* comments alone: what SQLite knows of the table stays the same */
	bool changes_values;  /* rows of others may refer to what is no longer there */
	bool drops;           /* a column or a key goes: views, triggers, foreign keys may need it */
	MigLines defaults;    /* columns of the old table whose default changes */
	MigLines expressions; /* must be known to SQLite */
	MigLines parents;     /* tables that must exist */
	MigLines drop_indexes;
	const char *dropped;   /* "column b of table t", the last one */
	MigText dropped_rowid; /* a column that was named rowid: the name has a meaning without it */
	MigCheck *checks;
	size_t nchecks;
} MigShape;

/* Raises 0A000 for a table whose text is not understood, and so could not be given back. */
extern MigShape *mig_shape(Mig *m, const MigStored *stored);
/* SQLite's own statement, where a virtual table gets another name; null: it is nothing of that. */
extern MigText mig_shape_virtual(Mig *m, const MigStored *stored, const MigTaught *taught);
/* Can the statement's changes be collected with those that the shape has? */
extern bool mig_shape_joins(const MigShape *shape, const MigTaught *taught);
/*
 * Adds the statement's changes.  New checks are those from the shape's nchecks before the call on.
 * Raises 42703, 42701, 42704, 42710, 42P16 and 2BP01, as PostgreSQL does.
 */
extern void mig_shape_alter(Mig *m, MigShape *shape, const MigTaught *taught);
/* CREATE TABLE as it is to be; where is no schema, without one. */
extern MigText mig_shape_sql(const MigShape *shape);
extern MigText mig_shape_create(Mig *m, const MigShape *shape);
/* INSERT ... SELECT from the old table, which has another name now. */
extern MigText mig_shape_copy(Mig *m, const MigShape *shape, MigText old_name);
/* The statements that give a new table the AUTOINCREMENT counter of the old one; or none. */
extern MigList mig_shape_count(Mig *m, const MigShape *shape, MigText old_name);
/* Has nothing changed, or only been looked at? */
extern bool mig_shape_is_same(const MigShape *shape);
/* A query of the old table's columns as they are stored. */
extern MigText mig_shape_read(Mig *m, const MigShape *shape, MigText old_name);
/* The statements that put the rows into a table of another name, where it cannot be renamed. */
extern MigList mig_shape_hold(Mig *m, const MigShape *shape, MigText old_name);
/*
 * The old table's text with another default for the columns whose default changes, and the query
 * that then finds a row which has no value of its own there.  marker: a literal that no row has.
 */
extern MigText mig_shape_marked(Mig *m, const MigShape *shape, const char *marker);
extern MigText mig_shape_find_marker(Mig *m, const MigShape *shape, const char *marker);
/* The query of a MIG_AFTER check; null: the foreign key is not there any more. */
extern MigText mig_shape_after(Mig *m, const MigShape *shape, const MigCheck *check);
/* A stored index or trigger, to be made again in the schema. */
extern MigText mig_object_create(Mig *m, MigText sql, MigText schema);
/* Does the text use the name, of a table or a column? */
extern bool mig_mentions(Mig *m, MigText sql, MigText name);

/* What fires a trigger. */
typedef struct MigTrigger
{
	MigText event; /* INSERT, UPDATE or DELETE, in any case */
	MigText table;
	MigText column; /* the first of UPDATE OF, null if there is none */
} MigTrigger;

extern MigTrigger mig_trigger(Mig *m, MigText sql);
/* Raises 2BP01: something needs the column or the constraint.  what: "view v" */
extern _Noreturn void mig_shape_needed(Mig *m, const MigShape *shape, const char *what);
/* The names of all columns. */
extern MigList mig_shape_columns(Mig *m, const MigShape *shape);
/* Raises what the check's query found. */
extern _Noreturn void mig_check_fail(Mig *m, const MigCheck *check, int64_t n, MigText row);

/* ---- backfill.c: data changed in batches ---- */

/* The arguments of migrate_backfill(). */
typedef struct MigBackfill
{
	MigText relation; /* the table, with its schema and quoted as needed */
	MigText set;      /* what stands behind SET */
	MigText where;    /* may be null */
	int batch_size;
	double pause; /* seconds between two batches */
} MigBackfill;

/* Tells one backfill from another: the name of its position. */
extern MigText mig_backfill_id(Mig *m, const MigBackfill *b);
/* Raises 22023 for sizes that make no sense. */
extern void mig_backfill_check(Mig *m, const MigBackfill *b);
/*
 * The table's name without quotes: SQLite's way to write one.  schema: null if
 * there is none.  Raises 22023 for what is no name.
 */
extern void mig_backfill_relation(Mig *m, const MigBackfill *b, MigText *schema, MigText *name);
/* Does the SET clause assign to the column?  Names are compared as SQLite does. */
extern bool mig_backfill_assigns(Mig *m, MigText set, MigText column);
/* Raises 55000: no primary key. */
extern _Noreturn void mig_backfill_fail_key(Mig *m, const MigBackfill *b);
/* Raises 0A000: a row has got another key. */
extern _Noreturn void mig_backfill_fail_moved(Mig *m);
/* "backfilled 12000 rows of t" */
extern MigText mig_backfill_line(Mig *m, const MigBackfill *b, int64_t rows);

/* ---- resume.c: revisions outside of a transaction ---- */

/* The checksum of the statements that are done, as the section has them: of their tokens. */
extern MigText mig_resume_checksum(Mig *m, MigText statements);
/* The revisions that have stopped, without scripts. */
extern MigRevisions mig_resume_stopped(Mig *m, const MigStore *store);
/*
 * Sets how many statements the sections of those seem to have: for people to read, not to split
 * by.  The store has their scripts.
 */
extern void mig_resume_count(Mig *m, MigStore *store, MigEngine engine);
/* Where that revision has stopped, or NULL. */
extern const MigStop *mig_resume_find(Mig *m, const MigGraph *g, const MigStore *store,
									  MigText revision, MigDirection direction);
/* Raises 55000 where a step of the plan must wait until a revision that has stopped is finished. */
extern void mig_resume_check_plan(Mig *m, const MigGraph *g, const MigStore *store,
								  const MigPlan *plan, MigEngine engine);
/*
 * Raises 55000 unless the section's text up to the end of statement stop->done
 * is what was run; null: there are fewer statements.
 */
extern void mig_resume_check_script(Mig *m, const MigStop *stop, MigText done);
/* "stopped in revision 375b918c8740 at statement 3 of 5" */
extern MigText mig_resume_line(Mig *m, const MigStop *stop, bool running);
/* Adds a row of migrate_progress() for each revision that has stopped, where no more is known. */
extern void mig_resume_progress(Mig *m, const MigGraph *g, const MigStore *store, MigTable *table);
/* Adds such a line for each revision that has stopped. */
extern void mig_resume_lines(Mig *m, const MigGraph *g, const MigStore *store, MigLines *lines);

/* ---- schema.c, schema_text.c: a schema as plain structs ---- */

/*
 * Which thing in the database: PostgreSQL's object address, any three numbers
 * in SQLite.  All zero: none.
 */
typedef struct MigAddress
{
	uint32_t class;
	uint32_t id;
	int32_t sub;
} MigAddress;

/*
 * A thing that has a statement of its own: a table, and each column, default
 * and constraint of it, an index, a view, a comment.  Names are quoted as SQL
 * needs it.  values: the properties of its kind, in the order of kinds.c, null
 * where they are what the engine takes when nothing is said.
 */
typedef struct MigItem
{
	const char *kind; /* a name in kinds.c */
	MigAddress address;
	MigAddress parent; /* what it is a part of, or none */
	int position;      /* of a column; else 0 */
	MigText name;      /* its own */
	MigText full;      /* with its schema, where that must be said; of a part, that of the whole */
	MigText same;      /* what tells it from others of its kind, if not its name; or null */
	MigText *values;
	size_t nvalues;
} MigItem;

typedef struct MigSchema MigSchema;

extern MigSchema *mig_schema(Mig *m, MigEngine engine);
/* The object and its values become the schema's.  XX000 for an unknown kind. */
extern void mig_schema_add(MigSchema *schema, const MigItem *object);
/* What depends on the one thing depends on the other: an index that is a constraint's. */
extern void mig_schema_alias(MigSchema *schema, MigAddress alias, MigAddress of);
/* Either may be an alias, or no object at all: then nothing is said. */
extern void mig_schema_depend(MigSchema *schema, MigAddress object, MigAddress on);
/*
 * Values of the one type can be converted to the other, besides by way of text; assigned: also where
 * nothing asks for it, as an INSERT does.
 */
extern void mig_schema_cast(MigSchema *schema, MigText from, MigText to, bool assigned);
/*
 * The comment on what has this address; text: as a literal.  column: the name of the column that
 * has it, which need not have been told (a view's, an inherited one); null: it is on no column.
 */
extern void mig_schema_comment(MigSchema *schema, MigAddress object, MigText column, MigText text);
/*
 * Normalised DDL: the same text for the same schema, whatever the order in
 * which it was made.  An object stands behind all that it needs.
 */
extern MigText mig_schema_print(Mig *m, MigSchema *schema);

/* ---- stored.c: the schema of a SQLite database ---- */

/*
 * rows: type, name, tbl_name and sql of sqlite_schema, n rows; sql terminated
 * by a NUL; without those that have no sql.  Tables in which virtual tables
 * keep their data are left out.
 */
extern MigSchema *mig_schema_stored(Mig *m, const MigText *rows, size_t n);
/* The same rows as a script, one statement each. */
extern MigText mig_stored_text(Mig *m, const MigText *rows, size_t n);
/* The rows that such a script was made of, four texts each. */
extern MigList mig_stored_rows(Mig *m, MigText text);

/* ---- desired.c: the text of a desired schema ---- */

/*
 * The text as it is to be run, with the lines that it had: without a byte order
 * mark, and without the two commands of psql that pg_dump puts around its output.
 * Raises 0A000 for any other command of psql, and for rows of a COPY; 42601 for a
 * comment that does not end, which PostgreSQL refuses itself.
 */
extern MigText mig_desired_text(Mig *m, MigText text, MigEngine engine);
/*
 * Bytes of the statement with which a text for SQLite begins, where it is to be
 * passed over: BEGIN, COMMIT, and a CREATE TABLE of SQLite's own, as its shell
 * writes them.  Else 0.
 */
extern size_t mig_desired_skip(Mig *m, MigText text);
/* Bytes of the CREATE TABLE with which a text for SQLite begins, and of what; else 0. */
extern size_t mig_desired_table(Mig *m, MigText text, MigText *name);
/*
 * Raises 42704: a view, a trigger or a foreign key names what the desired schema of SQLite's does
 * not have.  error: as SQLite says it, "error in view v: no such table: main.t"; text: the desired
 * schema, for the line.
 */
extern _Noreturn void mig_desired_refuse(Mig *m, MigText text, const char *error);

/* ---- diff.c: two schemas -> what leads from the one to the other ---- */

/* What is wanted, and of what. */
typedef struct MigDesired
{
	MigText text;    /* DDL; its comments tell what was renamed */
	MigText include; /* patterns of names, separated by commas; null: all */
	MigText exclude;
	bool online;  /* in forms that let others go on, PostgreSQL's */
	MigText own;  /* stands before the names of migrate's own procedures: "schema." or null */
	bool outside; /* set by mig_diff(): some of them cannot run in a transaction */
} MigDesired;

extern const MigColumn mig_diff_columns[];

/*
 * The steps: step, object, upgrade, downgrade, destructive, hint, and whether the
 * downgrade is destructive.  Upgrades in the order of steps lead from live to
 * desired, downgrades in the reverse order back; a step may have only one of them.  A cell is one or several statements,
 * each but the last with a semicolon.
 * Raises 0A000 for an object that is desired and cannot be compared, 42601 for
 * such a comment that cannot be understood.
 */
extern MigTable *mig_diff(Mig *m, MigSchema *live, MigSchema *desired, MigDesired *wanted);
/* The upgrade or downgrade section that runs the steps. */
extern MigText mig_diff_script(Mig *m, const MigTable *diff, MigDirection direction);
/* The answer of migrate_check(desired); 55000 with the steps unless there are none. */
extern MigText mig_diff_check(Mig *m, const MigTable *diff);

/* ---- compared.c: comparisons that need not be made again ---- */

/*
 * Does the text make the same schema whenever it is run?  Not if it runs queries
 * or functions, or has a literal like 'today'; where that is not sure, it does not.
 */
extern bool mig_desired_lasts(MigText text, MigEngine engine);
/*
 * What was asked, as 64 hexadecimal digits: the text, its options, and all else
 * that the answer depends on but for the live schema.
 */
extern MigText mig_compared_question(Mig *m, const MigDesired *wanted, MigList surroundings);

/* What the last run left: a row of migrate_snapshot. */
typedef struct MigSnapshot
{
	MigList heads;       /* the version rows then */
	MigText fingerprint; /* SHA-256 of schema */
	MigText schema;      /* as mig_schema_print() or mig_stored_text() has it */
	MigText state;       /* the adapter's: while it is the same, so is the schema; or null */
} MigSnapshot;

/* Of the schema that the text says. */
extern MigSnapshot mig_snapshot(Mig *m, MigList heads, MigText schema);
/* "snapshot 4f2a91c07b3e of 375b918c8740" */
extern MigText mig_snapshot_line(Mig *m, const MigSnapshot *snapshot);
/* Is it of these version rows? */
extern bool mig_snapshot_is_of(const MigSnapshot *snapshot, MigList heads);
/* Raises 55000: there is none of the version rows. */
extern _Noreturn void mig_snapshot_missing(Mig *m);

extern const MigColumn mig_drift_columns[];

/* object, change, undo: what has changed since a snapshot, and what would lead back. */
extern MigTable *mig_drift(Mig *m, MigSchema *live, MigSchema *left);
/* Raises 55000 where there is such a row; the detail names what has changed. */
extern void mig_drift_check(Mig *m, const MigTable *drift);

#endif
