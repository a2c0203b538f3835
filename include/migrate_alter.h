/*
 * migrate_alter.h - the core, as the SQLite adapter sees it where a table is altered
 *
 * A statement is understood (alter.c), its changes are collected in the shape
 * that the table is to have (shape.c), and the shape answers with SQL.
 */
#ifndef MIGRATE_ALTER_H
#define MIGRATE_ALTER_H

#include "migrate.h"

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
/* Of those that can be set: the generated ones cannot. */
extern MigList mig_shape_plain_columns(Mig *m, const MigShape *shape);
/* Raises what the check's query found. */
extern _Noreturn void mig_check_fail(Mig *m, const MigCheck *check, int64_t n, MigText row);

#endif
