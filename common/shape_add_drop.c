/*
 * shape_add_drop.c - ADD COLUMN and DROP COLUMN, with all that goes with a column
 */
#include "shape.h"

#include <string.h>

/* ---- ADD COLUMN ---- */

/*
 * The last column has just been added to the table's text.  Old pointers to the values stay right:
 * they are copied.
 */
static void
append_value(Mig *m, MigShape *shape)
{
	size_t n = shape->table->ncolumns;
	Value *values = mig_alloc(m, n, sizeof(Value));

	memcpy(values, shape->values, (n - 1) * sizeof(Value));
	values[n - 1] = (Value){.added = true};
	shape->values = values;
}

/*
 * What has to be looked at in the new column, and what that means for the way.  SQLite's ADD
 * COLUMN refuses a key, a stored computed column and a default that is not constant
 * (lang_altertable); nor may older rows read another value than new ones get, as a text column's
 * DEFAULT false.  Then the table is copied.  What else it refuses, or checks in words of its own
 * (a CHECK, NOT NULL without a default, a foreign key with one), is an edit, and rows are looked
 * at first.
 */
static void
check_new_column(Mig *m, MigShape *shape, size_t column)
{
	const Clause *clause = table_clause(shape->table, column, CLAUSE_DEFAULT);
	MigText value = shape_default(m, shape, column);
	bool null = name_same(value, mig_text("NULL"));
	Type type = portable_type(m, &shape->table->tokens, shape->table->columns[column].type);

	if (clause && !portable_is_constant(m, value, &type))
		shape_needs_rebuild(shape);
	if (clause)
		mig_lines_add(&shape->expressions, value);
	for (size_t i = 0; i < shape->table->nclauses; i++)
	{
		clause = &shape->table->clauses[i];
		if (clause->column != column)
			continue;
		if (clause->kind == CLAUSE_PRIMARY_KEY || clause->kind == CLAUSE_UNIQUE)
		{
			shape_needs_rebuild(shape);
			shape_check_unique(m, shape, clause);
		}
		else if (clause->kind == CLAUSE_COLLATE)
			shape_need_collation(m, shape, shape->table->tokens.at[clause->span.to - 1].text);
		else if (clause->kind == CLAUSE_GENERATED)
		{
			shape_need_expression(m, shape, tokens_text(&shape->table->tokens, clause->body));
			if (clause->stored)
				shape_needs_rebuild(shape);
		}
		else if (clause->kind == CLAUSE_CHECK)
		{
			shape_not_native(shape);
			shape_check_condition(m, shape, clause);
		}
		else if (clause->kind == CLAUSE_NOT_NULL &&
				 (null || table_is_generated(shape->table, column)))
		{
			shape_not_native(shape);
			shape_check_nulls(m, shape, column);
		}
		else if (clause->kind == CLAUSE_FOREIGN_KEY && null)
			shape_need_parent(shape, clause);
		else if (clause->kind == CLAUSE_FOREIGN_KEY)
		{
			shape_not_native(shape);
			shape_check_foreign_key(m, shape, clause);
		}
	}
}

/* The definition in SQLite's words: read as the only column of a table, and cut out of it again. */
static MigText
portable_definition(Mig *m, const MigShape *shape, MigText text)
{
	Table *table = portable_table(m, read_definition(m, shape->stored->name, "", text));

	return mig_copy(m, tokens_text(&table->tokens, (Span){table->open + 1, table->close}));
}

/*
 * What can fail is looked at before anything changes: the shape may hold changes of an earlier
 * statement, and an error leaves them as they are.
 */
void
shape_add_column(Mig *m, MigShape *shape, const Action *action)
{
	MigText text;
	const Table *one;

	if (table_column(shape->table, action->name) != NO_COLUMN)
	{
		if (action->if_exists)
			return;
		shape_fail(m, "42701",
				   mig_format(m, "column \"%.*s\" of relation \"%.*s\" already exists",
							  MIG_ARG(action->name), MIG_ARG(shape->stored->name)),
				   NULL, NULL);
	}
	text = portable_definition(m, shape, action->text);
	one = read_definition(m, shape->stored->name, "", text);
	if (table_clause(one, 0, CLAUSE_DEFAULT))
		shape_check_no_column(
			m, tokens_text(&one->tokens, table_clause(one, 0, CLAUSE_DEFAULT)->body));
	if (table_primary_key(one))
		shape_check_one_primary_key(m, shape);
	for (size_t i = 0; i < one->nclauses; i++)
		shape_check_name_free(m, shape, one->clauses[i].name);
	if (!table_add_is_plain(shape->table))
		shape_not_native(shape);
	shape->table = table_add_column(m, shape->table, text);
	append_value(m, shape);
	check_new_column(m, shape, shape->table->ncolumns - 1);
	mig_lines_add(&shape->native, mig_text(mig_format(m, "ALTER TABLE %s ADD COLUMN %.*s",
													  shape_table(m, shape), MIG_ARG(text))));
}

/* ---- DROP COLUMN ---- */

/*
 * Does a clause go with the column, as in PostgreSQL?  A foreign key of the table to itself may
 * refer to it.  An own CHECK or UNIQUE of the column stands in its definition and goes with that.
 */
static bool
goes_with(Mig *m, const MigShape *shape, const Clause *clause, MigText column)
{
	size_t own = table_column(shape->table, column);

	if (clause->column == own)
		return false; /* it is in the column's definition */
	switch (clause->kind)
	{
		case CLAUSE_CHECK:
			return tokens_mention(m, &shape->table->tokens, clause->body, column);
		case CLAUSE_FOREIGN_KEY:
			if (name_same(clause->parent, shape->stored->name) &&
				name_in(clause->parent_columns, column))
				return true;
			return name_in(clause->columns, column);
		case CLAUSE_PRIMARY_KEY:
		case CLAUSE_UNIQUE:
			return name_in(clause->columns, column);
		default:
			return false;
	}
}

/*
 * One at a time, until there is none: each edit reads the text again, so all clauses are others
 * then.
 */
static bool
drop_next_dependent(Mig *m, MigShape *shape, MigText column)
{
	for (size_t i = 0; i < shape->table->nclauses; i++)
		if (goes_with(m, shape, &shape->table->clauses[i], column))
		{
			shape->table = table_drop_clause(m, shape->table, &shape->table->clauses[i]);
			return true;
		}
	return false;
}

/*
 * Also one that uses the column in its WHERE alone, as in PostgreSQL.  Without this, SQLite's DROP
 * COLUMN would refuse, and a rebuild would fail where it makes the index again.
 */
static void
drop_column_indexes(Mig *m, MigShape *shape, MigText column)
{
	for (size_t i = 0; i < shape->stored->nindexes; i++)
	{
		const MigObject *index = &shape->stored->indexes[i];
		Tokens tokens = tokens_read(m, index->sql);
		size_t open = 0;

		while (open < tokens.n && !token_is_char(tokens.at[open], '('))
			open++;
		if (tokens_mention(m, &tokens, (Span){open + 1, tokens.n}, column) &&
			!name_in(shape->drop_indexes.list, index->name))
			mig_lines_add(&shape->drop_indexes, index->name);
	}
}

/*
 * UPDATE OF column: SQLite would take the trigger as it is, and it would never fire.  Whatever
 * else triggers and views say of the column the adapter finds, with SQLite's help.
 */
static void
check_trigger_columns(Mig *m, const MigShape *shape, MigText column)
{
	for (size_t i = 0; i < shape->stored->ntriggers; i++)
	{
		Tokens tokens = tokens_read(m, shape->stored->triggers[i].sql);
		size_t of = 0;
		size_t on = 0;

		while (on < tokens.n && !token_spells(tokens.at[on], "ON"))
			on++;
		while (of < on && !token_spells(tokens.at[of], "OF"))
			of++;
		if (of < on && tokens_mention(m, &tokens, (Span){of + 1, on}, column))
			shape_fail_needed(m, shape_dropped_column(m, shape, column),
							  mig_format(m, "trigger %.*s on table %.*s",
										 MIG_ARG(shape->stored->triggers[i].name),
										 MIG_ARG(shape->stored->name)));
	}
}

/* A column that is computed from the column, or NO_COLUMN: the first in the table. */
static size_t
generated_from(Mig *m, const MigShape *shape, MigText column)
{
	for (size_t i = 0; i < shape->table->nclauses; i++)
	{
		const Clause *clause = &shape->table->clauses[i];

		if (clause->kind == CLAUSE_GENERATED &&
			!name_same(shape_column_name(shape, clause->column), column) &&
			tokens_mention(m, &shape->table->tokens, clause->body, column))
			return clause->column;
	}
	return NO_COLUMN;
}

/* Before the table's text forgets the column, whose index and number of columns are used here. */
static void
remove_value(MigShape *shape, size_t column)
{
	memmove(&shape->values[column], &shape->values[column + 1],
			(shape->table->ncolumns - column - 1) * sizeof(Value));
}

/* May SQLite's own DROP COLUMN do it? */
static bool
is_plain_column(const MigShape *shape, size_t column)
{
	return table_clause(shape->table, column, CLAUSE_PRIMARY_KEY) == NULL &&
		   table_clause(shape->table, column, CLAUSE_UNIQUE) == NULL &&
		   table_clause(shape->table, column, CLAUSE_FOREIGN_KEY) == NULL;
}

/*
 * With the constraints and indexes that PostgreSQL would take with it.  An edit will not do, since
 * rows keep the field; SQLite's own DROP COLUMN writes them anew, and will do where no constraint
 * goes.
 */
static void
drop_one_column(Mig *m, MigShape *shape, size_t column)
{
	MigText name = shape_column_name(shape, column);

	if (shape->table->ncolumns == 1)
		shape_fail(m, MIG_UNSUPPORTED,
				   mig_format(m, "cannot drop column \"%.*s\" of relation \"%.*s\"", MIG_ARG(name),
							  MIG_ARG(shape->stored->name)),
				   "A table of SQLite's has at least one column.", "Drop the table.");
	check_trigger_columns(m, shape, name);
	drop_column_indexes(m, shape, name);
	shape->drops = true;
	shape->dropped = shape_dropped_column(m, shape, name);
	if (shape_is_rowid_name(name))
		shape->dropped_rowid = name;
	shape->is_edit = false;
	if (!is_plain_column(shape, column) || !table_drop_is_plain(shape->table, column))
		shape_needs_rebuild(shape);
	while (drop_next_dependent(m, shape, name))
		shape_needs_rebuild(shape);
	remove_value(shape, column);
	shape->table = table_drop_column(m, shape->table, column);
	mig_lines_add(&shape->native,
				  mig_text(mig_format(m, "ALTER TABLE %s DROP COLUMN %s", shape_table(m, shape),
									  mig_quoted_name(m, name).at)));
}

/*
 * A column that is computed from the column, from one computed from it, and so on: the last one,
 * which nothing is computed from, so that it can go first.
 */
static size_t
last_generated_from(Mig *m, const MigShape *shape, MigText column)
{
	size_t last = NO_COLUMN;

	for (;;)
	{
		size_t next = generated_from(m, shape, column);

		if (next == NO_COLUMN)
			return last;
		last = next;
		column = shape_column_name(shape, last);
	}
}

/* Nothing goes before all that could refuse has been asked. */
void
shape_drop_column(Mig *m, MigShape *shape, const Action *action)
{
	size_t generated;

	if (table_column(shape->table, action->name) == NO_COLUMN && action->if_exists)
		return;
	shape_need_column(m, shape, action->name);
	generated = generated_from(m, shape, action->name);
	if (generated != NO_COLUMN && !action->cascade)
		shape_fail_needed(m, shape_dropped_column(m, shape, action->name),
						  shape_dropped_column(m, shape, shape_column_name(shape, generated)));
	while ((generated = last_generated_from(m, shape, action->name)) != NO_COLUMN)
		drop_one_column(m, shape, generated);
	shape_drop_keys_to_column(m, shape, action->name, action->cascade);
	drop_one_column(m, shape, table_column(shape->table, action->name));
}
