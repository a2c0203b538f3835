/*
 * shape_check.c - what a table's rows must be like for a change
 *
 * A check is a query that the adapter runs and that finds what must not be
 * there; before the change, after it, or only where the copy has failed, to
 * say why.
 */
#include "shape.h"

#include <string.h>

#define SHOWN_COLUMNS 20

/*
 * A row as text: (1, NULL, 'x').  It is SQL that makes it, so that the adapter reads one text
 * whatever the row is; cut at 20 columns of 64 characters, for a person to find the row by.
 */
const char *
shape_row_text(Mig *m, MigList names)
{
	MigBuf buf = mig_buf(m);

	mig_buf_str(&buf, "'('");
	for (size_t i = 0; i < names.n && i < SHOWN_COLUMNS; i++)
		mig_buf_format(&buf, "%s || substr(quote(%s), 1, 64)", i > 0 ? " || ', '" : "",
					   mig_quoted_name(m, names.at[i]).at);
	mig_buf_str(&buf, names.n > SHOWN_COLUMNS ? " || ', ...)'" : " || ')'");
	return mig_buf_text(&buf).at;
}

/* A check that is still to be filled in. */
MigCheck *
shape_add_check(Mig *m, MigShape *shape)
{
	shape->checks = mig_grow(m, shape->checks, shape->nchecks, sizeof(MigCheck));
	return &shape->checks[shape->nchecks++];
}

/*
 * Rows for which a condition holds must not be there.  They are asked for as they will be, by
 * shape_source(), so that it can be done before anything has changed.
 */
static MigCheck *
check_rows(Mig *m, MigShape *shape, const char *condition)
{
	MigCheck *check = shape_add_check(m, shape);

	*check = (MigCheck){.when = MIG_BEFORE};
	check->sql = mig_text(mig_format(m, "SELECT count(*) AS n, %s FROM %s WHERE %s",
									 shape_row_text(m, mig_shape_columns(m, shape)),
									 shape_source(m, shape).at, condition));
	return check;
}

/*
 * For SET NOT NULL, and for what implies it.  In PostgreSQL's words and with its SQLSTATE, as all
 * checks.
 */
void
shape_check_nulls(Mig *m, MigShape *shape, size_t column)
{
	MigText name = shape_column_name(shape, column);
	MigCheck *check =
		check_rows(m, shape, mig_format(m, "%s IS NULL", mig_quoted_name(m, name).at));

	check->sqlstate = "23502";
	check->message = mig_format(m, "column \"%.*s\" of relation \"%.*s\" contains null values",
								MIG_ARG(name), MIG_ARG(shape->stored->name));
	check->one = "row has one";
	check->many = "rows have one";
}

/* A CHECK that is NULL holds: NOT of it is NULL, and the row is not found. */
void
shape_check_condition(Mig *m, MigShape *shape, const Clause *clause)
{
	MigText body = tokens_text(&shape->table->tokens, clause->body);
	MigCheck *check = check_rows(m, shape, mig_format(m, "NOT (%.*s\n)", MIG_ARG(body)));

	check->sqlstate = "23514";
	check->message = mig_format(
		m, "check constraint \"%.*s\" of relation \"%.*s\" is violated by some row",
		MIG_ARG(table_constraint_name(m, shape->table, clause)), MIG_ARG(shape->stored->name));
	check->one = "row violates it";
	check->many = "rows violate it";
}

/*
 * Only looked at where the copy has failed, which checks it itself by its index: a GROUP BY of all
 * rows each time would double the work.  Rows with a null in the key are no duplicates.
 */
void
shape_check_unique(Mig *m, MigShape *shape, const Clause *clause)
{
	MigCheck *check = shape_add_check(m, shape);
	MigBuf columns = mig_buf(m);
	MigBuf known = mig_buf(m);

	for (size_t i = 0; i < clause->columns.n; i++)
	{
		const char *name = mig_quoted_name(m, clause->columns.at[i]).at;

		mig_buf_format(&columns, "%s%s", i > 0 ? ", " : "", name);
		mig_buf_format(&known, "%s%s IS NOT NULL", i > 0 ? " AND " : "", name);
	}
	*check = (MigCheck){.when = MIG_FAILED, .sqlstate = "23505"};
	check->sql = mig_text(mig_format(m,
									 "SELECT count(*) AS n, %s FROM (SELECT %s FROM %s WHERE %s "
									 "GROUP BY %s HAVING count(*) > 1)",
									 shape_row_text(m, clause->columns), mig_buf_text(&columns).at,
									 shape_source(m, shape).at, mig_buf_text(&known).at,
									 mig_buf_text(&columns).at));
	check->message = mig_format(m, "could not create unique index \"%.*s\"",
								MIG_ARG(table_constraint_name(m, shape->table, clause)));
	check->one = "key is duplicated";
	check->many = "keys are duplicated";
}

/* SQLite would take a foreign key to a table that is not there, and fail at the first INSERT. */
void
shape_need_parent(MigShape *shape, const Clause *clause)
{
	if (!name_same(clause->parent, shape->stored->name))
		mig_lines_add(&shape->parents, clause->parent);
}

/*
 * MIG_AFTER: foreign_key_check looks at the table as it is, so there must be the key first.  The
 * query is made then, by mig_shape_after(), as the key's number is not known before.
 */
void
shape_check_foreign_key(Mig *m, MigShape *shape, const Clause *clause)
{
	MigCheck *check = shape_add_check(m, shape);
	MigText name = table_constraint_name(m, shape->table, clause);

	*check = (MigCheck){.when = MIG_AFTER, .sqlstate = "23503", .constraint = name};
	check->message =
		mig_format(m, "insert or update on table \"%.*s\" violates foreign key constraint \"%.*s\"",
				   MIG_ARG(shape->stored->name), MIG_ARG(name));
	check->one = mig_format(m, "row has no match in table \"%.*s\"", MIG_ARG(clause->parent));
	check->many = mig_format(m, "rows have no match in table \"%.*s\"", MIG_ARG(clause->parent));
}

/*
 * SQLite numbers foreign keys from the last one on, so the number is how many stand behind it.  A
 * table WITHOUT ROWID has no row to be shown.  Null: a later statement has dropped the key again.
 */
MigText
mig_shape_after(Mig *m, const MigShape *shape, const MigCheck *check)
{
	const Clause *clause = table_constraint(m, shape->table, check->constraint);
	const MigStored *stored = shape->stored;
	int behind = 0;

	if (clause == NULL)
		return (MigText){NULL, 0};
	for (const Clause *c = clause + 1; c < shape->table->clauses + shape->table->nclauses; c++)
		behind += c->kind == CLAUSE_FOREIGN_KEY;
	return mig_text(mig_format(
		m,
		"SELECT n, (SELECT %s FROM %s%s) FROM (SELECT count(*) AS n, max(\"rowid\") AS r FROM "
		"pragma_foreign_key_check(%s, %s) WHERE fkid = %d)",
		shape_row_text(m, mig_shape_columns(m, shape)),
		shape_qualified(m, stored->schema, stored->name).at,
		shape->table->without_rowid ? " WHERE 0" : " WHERE rowid = r",
		mig_quoted_text(m, stored->name).at, mig_quoted_text(m, stored->schema).at, behind));
}

/* n and row are the two columns of the check's query. */
void
mig_check_fail(Mig *m, const MigCheck *check, int64_t n, MigText row)
{
	MigBuf detail = mig_buf(m);

	mig_buf_format(&detail, "%lld %s", (long long) n, n == 1 ? check->one : check->many);
	if (row.len > 0)
		mig_buf_format(&detail, "%s %.*s", n == 1 ? ":" : ", one of them is", MIG_ARG(row));
	mig_buf_str(&detail, ".");
	shape_fail(m, check->sqlstate, check->message, mig_buf_text(&detail).at, check->hint);
}

/* An expression over the columns that SQLite must be able to compute. */
void
shape_need_expression(Mig *m, MigShape *shape, MigText expression)
{
	mig_lines_add(&shape->expressions,
				  mig_text(mig_format(m, "(SELECT %.*s\n FROM %s)", MIG_ARG(expression),
									  shape_source(m, shape).at)));
}

/* SQLite would take one that it does not know, and fail when it is used. */
void
shape_need_collation(Mig *m, MigShape *shape, MigText name)
{
	mig_lines_add(&shape->expressions,
				  mig_text(mig_format(m, "'' = '' COLLATE %.*s", MIG_ARG(name))));
}
