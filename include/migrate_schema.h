/*
 * migrate_schema.h - the core, as the adapters see it where schemas are compared
 *
 * An adapter fills a schema from its catalogs, the live one and the desired one;
 * the core prints it, and says what leads from the one to the other.
 */
#ifndef MIGRATE_SCHEMA_H
#define MIGRATE_SCHEMA_H

#include "migrate.h"

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
	bool folds;        /* SQLite: words of its values are the same in any case */
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
 * Values of the one type can be converted to the other, besides by way of text; assigned: also
 * where nothing asks for it, as an INSERT does.
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
 * desired, downgrades in the reverse order back; a step may have only one of them.
 * A cell is one or several statements, each but the last with a semicolon.
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
/* Does the word (in lower case) stand anywhere in the text, with no letter around it? */
extern bool mig_desired_mentions(MigText text, const char *word);
/*
 * What was asked, as 64 hexadecimal digits: the text, its options, and all else
 * that the answer depends on but for the live schema.
 */
extern MigText mig_compared_question(Mig *m, const MigDesired *wanted, MigList surroundings);
/* What mig_diff() has answered, as a text to be kept; empty where nothing differs. */
extern MigText mig_compared_answer(Mig *m, const MigDesired *wanted, const MigTable *steps);
/* The steps again, which point into answer, and what mig_diff() sets; NULL if it is none. */
extern MigTable *mig_compared_steps(Mig *m, MigDesired *wanted, MigText answer);

/* ---- drift.c: what the last run left, and what has changed since ---- */

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

/*
 * object, change, undo: what has changed since a snapshot, and what would lead back; null where
 * that is not known.  text: that of mig_schema_print() of which left was made by running it; or
 * null.
 */
extern MigTable *mig_drift(Mig *m, MigSchema *live, MigSchema *left, MigText text);
/* Raises 55000 where there is such a row; the detail names what has changed. */
extern void mig_drift_check(Mig *m, const MigTable *drift);

#endif
