/*
 * migrate.h - the core, as the adapters and the tests see it: revisions and their runs
 *
 * What SQLite's ALTER TABLE is taught is in migrate_alter.h, schemas and what
 * leads from one to another in migrate_schema.h; what follows holds there, too.
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

/* ---- offline.c, offline_frame.c: a run as a script that needs no extension ---- */

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

#endif
