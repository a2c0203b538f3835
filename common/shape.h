/*
 * shape.h - what the files that change a table of SQLite's share
 *
 * The actions are functions of one form: they raise what PostgreSQL would, and
 * then change the table's text, its values and the way to carry them out.
 */
#ifndef SHAPE_H
#define SHAPE_H

#include "alter.h"

/* How a column of the new table is filled; one for each column, in the order of the table. */
typedef struct Value
{
	MigText expression; /* over the old table; null: by its default */
	bool changed;       /* it is more than the old column of the name */
	bool added;         /* the old table has no such column */
} Value;

/* ---- shape.c: the table as it is to be ---- */

extern _Noreturn void shape_fail(Mig *m, const char *sqlstate, const char *message,
								 const char *detail, const char *hint);
/* 2BP01; what: "view v", of which the thing dropped is a part */
extern _Noreturn void shape_fail_needed(Mig *m, const char *dropped, const char *what);
/* "column b of table t" */
extern const char *shape_dropped_column(Mig *m, const MigShape *shape, MigText column);
/* 42703 where it is not there. */
extern size_t shape_need_column(Mig *m, const MigShape *shape, MigText name);
extern MigText shape_column_name(const MigShape *shape, size_t column);
/* With the schema: a temporary table of the name must not get in the way. */
extern MigText shape_qualified(Mig *m, MigText schema, MigText name);
/* The old table, so. */
extern const char *shape_table(Mig *m, const MigShape *shape);
/* A name for the rowid that no column has, old or new; null if all are taken. */
extern const char *shape_rowid_name(const MigShape *shape);
/* Does the name stand for the rowid where no column has it? */
extern bool shape_is_rowid_name(MigText name);
/* The default of a column as an expression; NULL without one. */
extern MigText shape_default(Mig *m, const MigShape *shape, size_t column);
/* Does a row change, and not only what is said about it? */
extern bool shape_is_changed(const MigShape *shape);
/* The rows as they will be, for a FROM; under the table's name. */
extern MigText shape_source(Mig *m, const MigShape *shape);

/* SQLite has no statement for it; no row changes. */
extern void shape_not_native(MigShape *shape);
/* Rows change, or an index of SQLite's own. */
extern void shape_needs_rebuild(MigShape *shape);
/* What the action is in SQLite 3.53. */
extern void shape_add_newer(Mig *m, MigShape *shape, const char *action, MigText what);
/* Behind the column's name and type. */
extern void shape_add_to_column(Mig *m, MigShape *shape, size_t column, MigText text);
/* All clauses of the kind: pointers to clauses are of another table after that. */
extern void shape_drop_clauses(Mig *m, MigShape *shape, size_t column, ClauseKind kind);
/* Of one column or of several. */
extern bool shape_in_primary_key(const MigShape *shape, size_t column);
/* 42P16 */
extern void shape_check_one_primary_key(Mig *m, const MigShape *shape);
/* 42710; a null name is free.  The second says so of a name that is known to be taken. */
extern void shape_check_name_free(Mig *m, const MigShape *shape, MigText name);
extern _Noreturn void shape_fail_name_taken(Mig *m, const MigShape *shape, MigText name);

/* ---- shape_check.c: what rows must be like ---- */

/* A row as text: (1, NULL, 'x') */
extern const char *shape_row_text(Mig *m, MigList names);
/* A check that is still to be filled in; pointers to others may move. */
extern MigCheck *shape_add_check(Mig *m, MigShape *shape);
extern void shape_check_nulls(Mig *m, MigShape *shape, size_t column);
/* clause, in these three: of shape->table as it is then, with the name that it has there. */
extern void shape_check_condition(Mig *m, MigShape *shape, const Clause *clause);
extern void shape_check_unique(Mig *m, MigShape *shape, const Clause *clause);
extern void shape_check_foreign_key(Mig *m, MigShape *shape, const Clause *clause);
/* The table that a foreign key refers to must be there. */
extern void shape_need_parent(MigShape *shape, const Clause *clause);
/* SQLite must be able to compute an expression over the columns. */
extern void shape_need_expression(Mig *m, MigShape *shape, MigText expression);
extern void shape_need_collation(Mig *m, MigShape *shape, MigText name);

/* ---- shape_column.c: ALTER COLUMN, options of the table ---- */

/* conflict: of ON CONFLICT; null: none, then what is NOT NULL already stays as it is. */
extern void shape_set_not_null(Mig *m, MigShape *shape, size_t column, MigText conflict);
extern void shape_drop_not_null(Mig *m, MigShape *shape, size_t column);
/* text null: DROP DEFAULT. */
extern void shape_set_default(Mig *m, MigShape *shape, size_t column, MigText text);
/* 0A000 where a default is a name. */
extern void shape_check_no_column(Mig *m, MigText text);
/* 22P02 later, where a row does not fit and no USING says what is to become of it. */
extern void shape_set_type(Mig *m, MigShape *shape, size_t column, const Action *action);
/* 55000 where it is none; the same for the next, unless if_exists. */
extern void shape_set_expression(Mig *m, MigShape *shape, size_t column, MigText text);
extern void shape_drop_expression(Mig *m, MigShape *shape, size_t column, bool if_exists);
extern void shape_add_identity(Mig *m, MigShape *shape, size_t column, MigText text);

/* STRICT, WITHOUT ROWID; on: whether the table is to have it. */
extern void shape_set_option(Mig *m, MigShape *shape, MigText name, bool on);

/* ---- shape_add_drop.c: ADD COLUMN, DROP COLUMN ---- */

/* 42701, unless IF NOT EXISTS. */
extern void shape_add_column(Mig *m, MigShape *shape, const Action *action);
/* 42703, unless IF EXISTS; 2BP01 where something needs the column, and there is no CASCADE. */
extern void shape_drop_column(Mig *m, MigShape *shape, const Action *action);

/* ---- shape_constraint.c ---- */

/* 42710, 42P16, 42703 before the table has changed; rows are looked at by checks. */
extern void shape_add_constraint(Mig *m, MigShape *shape, const Action *action);
/* 42704, unless IF EXISTS; so do the next two. */
extern void shape_drop_constraint(Mig *m, MigShape *shape, const Action *action);
extern void shape_validate_constraint(Mig *m, MigShape *shape, MigText name);
extern void shape_rename_constraint(Mig *m, MigShape *shape, const Action *action);
/*
 * Foreign keys of the table to itself that need a column which is dropped: 2BP01, or with cascade
 * they are dropped, too.  With the column at both ends, they go anyway.
 */
extern void shape_drop_keys_to_column(Mig *m, MigShape *shape, MigText column, bool cascade);

#endif
