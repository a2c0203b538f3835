/*
 * shape_constraint.c - constraints added, dropped, renamed and validated
 */
#include "shape.h"

/* ---- foreign keys of the table to itself ---- */

/*
 * The columns of the table that its own foreign key refers to (those of the key, where it names
 * none); empty if it refers to another table.
 */
static MigList
own_parents(const MigShape *shape, const Clause *key)
{
	const Clause *primary = table_primary_key(shape->table);

	if (key->kind != CLAUSE_FOREIGN_KEY || !name_same(key->parent, shape->stored->name))
		return (MigList){NULL, 0};
	if (key->parent_columns.n == 0 && primary)
		return primary->columns;
	return key->parent_columns;
}

/* With equal numbers, which the caller has seen to: the same columns, in any order. */
static bool
is_subset(MigList columns, MigList of)
{
	for (size_t i = 0; i < columns.n; i++)
		if (!name_in(of, columns.at[i]))
			return false;
	return true;
}

/* An own foreign key that needs what is dropped: refused, or it goes, too. */
static void
drop_own_key(Mig *m, MigShape *shape, const Clause *key, const char *dropped, bool cascade)
{
	if (!cascade)
		shape_fail_needed(m, dropped,
						  mig_format(m, "constraint %.*s on table %.*s",
									 MIG_ARG(table_constraint_name(m, shape->table, key)),
									 MIG_ARG(shape->stored->name)));
	shape->table = table_drop_clause(m, shape->table, key);
	shape_needs_rebuild(shape);
}

/*
 * Those that refer to just the columns of a key that is dropped.  Each drop reads the text again,
 * so after one the same place is looked at again.  Keys of other tables are the adapter's to find.
 */
static void
drop_keys_to_key(Mig *m, MigShape *shape, MigList columns, const char *dropped, bool cascade)
{
	size_t i = 0;

	while (i < shape->table->nclauses)
	{
		MigList parents = own_parents(shape, &shape->table->clauses[i]);

		if (parents.n > 0 && parents.n == columns.n && is_subset(parents, columns))
			drop_own_key(m, shape, &shape->table->clauses[i], dropped, cascade);
		else
			i++;
	}
}

/* Those that refer to a column that is dropped; with the column at both ends, it goes anyway. */
void
shape_drop_keys_to_column(Mig *m, MigShape *shape, MigText column, bool cascade)
{
	size_t i = 0;

	while (i < shape->table->nclauses)
	{
		const Clause *key = &shape->table->clauses[i];

		if (name_in(own_parents(shape, key), column) && !name_in(key->columns, column))
			drop_own_key(m, shape, key, shape_dropped_column(m, shape, column), cascade);
		else
			i++;
	}
}

/* ---- constraints ---- */

/* SQLite would say so, too, but only when the table is made, and not in PostgreSQL's words. */
static void
check_key_columns(Mig *m, const MigShape *shape, const Clause *clause)
{
	for (size_t i = 0; i < clause->columns.n; i++)
		if (table_column(shape->table, clause->columns.at[i]) == NO_COLUMN)
			shape_fail(
				m, "42703",
				mig_format(m,
						   clause->kind == CLAUSE_FOREIGN_KEY
							   ? "column \"%.*s\" referenced in foreign key constraint does not "
								 "exist"
							   : "column \"%.*s\" named in key does not exist",
						   MIG_ARG(clause->columns.at[i])),
				NULL, NULL);
}

/* PostgreSQL's primary key takes no null; SQLite's does, unless it is the rowid. */
static void
require_key(Mig *m, MigShape *shape, MigList columns)
{
	for (size_t i = 0; i < columns.n; i++)
		shape_set_not_null(m, shape, table_column(shape->table, columns.at[i]), (MigText){NULL, 0});
}

/*
 * PRIMARY KEY (c DESC) as it is said: SQLite would make an INTEGER the rowid, which has no order,
 * but not where the key stands behind the column (lang_createtable, 5).  So it is moved there,
 * with its name and its ON CONFLICT.
 */
static void
keep_descending(Mig *m, MigShape *shape)
{
	size_t column = table_rowid_column(m, shape->table);
	const Clause *key = table_primary_key(shape->table);
	const Tokens *tokens = &shape->table->tokens;
	MigBuf text = mig_buf(m);

	if (column == NO_COLUMN || !token_spells(tokens->at[key->body.to - 1], "DESC"))
		return;
	if (key->name.at)
		mig_buf_format(&text, "CONSTRAINT %s ", mig_quoted_name(m, key->name).at);
	mig_buf_str(&text, "PRIMARY KEY DESC");
	if (key->span.to > key->body.to + 1)
		mig_buf_format(&text, " %.*s",
					   MIG_ARG(tokens_text(tokens, (Span){key->body.to + 1, key->span.to})));
	shape->table = table_drop_clause(m, shape->table, key);
	shape_add_to_column(m, shape, column, mig_buf_text(&text));
}

/*
 * What is checked depends on the kind; NOT VALID checks nothing now, not even for the parent.  The
 * definition is read once alone, to refuse it before anything changes, and once in its place,
 * where it has its name.
 */
void
shape_add_constraint(Mig *m, MigShape *shape, const Action *action)
{
	const Table *one =
		portable_table(m, read_definition(m, shape->stored->name, "x, ", action->text));
	Clause clause = one->clauses[0];
	MigText text = mig_copy(m, tokens_text(&one->tokens, clause.span));

	shape_not_native(shape);
	shape_check_name_free(m, shape, action->name);
	check_key_columns(m, shape, &clause);
	if (clause.kind == CLAUSE_PRIMARY_KEY)
	{
		shape_check_one_primary_key(m, shape);
		require_key(m, shape, clause.columns);
	}
	shape->table = table_add_constraint(m, shape->table, text);
	clause = shape->table->clauses[shape->table->nclauses - 1];
	if (clause.kind == CLAUSE_PRIMARY_KEY || clause.kind == CLAUSE_UNIQUE)
	{
		shape_needs_rebuild(shape);
		shape_check_unique(m, shape, &shape->table->clauses[shape->table->nclauses - 1]);
		if (clause.kind == CLAUSE_PRIMARY_KEY)
			keep_descending(m, shape);
	}
	else if (clause.kind == CLAUSE_CHECK && action->not_valid)
		shape_need_expression(m, shape, tokens_text(&shape->table->tokens, clause.body));
	else if (clause.kind == CLAUSE_CHECK) /* 3.53 has it, and refuses a row for which it is null */
		shape_check_condition(m, shape, &shape->table->clauses[shape->table->nclauses - 1]);
	else if (clause.kind == CLAUSE_FOREIGN_KEY && !action->not_valid)
	{
		shape_need_parent(shape, &clause);
		shape_check_foreign_key(m, shape, &shape->table->clauses[shape->table->nclauses - 1]);
	}
}

/* Raises where it is not there, and where it is not clear which of several is meant. */
static Clause *
need_constraint(Mig *m, const MigShape *shape, MigText name)
{
	Clause *clause = table_constraint(m, shape->table, name);

	if (clause == NULL)
		shape_fail(m, MIG_UNKNOWN_OBJECT,
				   mig_format(m, "constraint \"%.*s\" of relation \"%.*s\" does not exist",
							  MIG_ARG(name), MIG_ARG(shape->stored->name)),
				   NULL, NULL);
	if (table_has_several(shape->table, name))
		shape_fail(m, MIG_WRONG_STATE,
				   mig_format(m, "relation \"%.*s\" has several constraints \"%.*s\"",
							  MIG_ARG(shape->stored->name), MIG_ARG(name)),
				   NULL, "Make the table anew, each constraint with a name of its own.");
	return clause;
}

/*
 * A key takes its index with it, and so needs a copy.  The clause is looked for again where keys
 * to it have been dropped: the text is another one by then.
 */
void
shape_drop_constraint(Mig *m, MigShape *shape, const Action *action)
{
	Clause *clause = table_constraint(m, shape->table, action->name);
	bool rowid = table_rowid_column(m, shape->table) != NO_COLUMN;
	MigList columns;

	if (clause == NULL && action->if_exists)
		return;
	clause = need_constraint(m, shape, action->name);
	columns = clause->columns;
	shape_not_native(shape);
	if (clause->kind == CLAUSE_PRIMARY_KEY || clause->kind == CLAUSE_UNIQUE)
	{
		drop_keys_to_key(m, shape, columns,
						 mig_format(m, "constraint %.*s on table %.*s", MIG_ARG(action->name),
									MIG_ARG(shape->stored->name)),
						 action->cascade);
		clause = need_constraint(m, shape, action->name);
		shape_needs_rebuild(shape);
		shape->drops = true;
		shape->dropped = mig_format(m, "constraint %.*s on table %.*s", MIG_ARG(action->name),
									MIG_ARG(shape->stored->name));
	}
	if (clause->kind == CLAUSE_CHECK && clause->name.at)
		shape_add_newer(m, shape, "DROP CONSTRAINT", mig_quoted_name(m, clause->name));
	if (clause->kind != CLAUSE_PRIMARY_KEY || !rowid)
	{
		shape->table = table_drop_clause(m, shape->table, clause);
		return;
	}
	/* what was the rowid took no null, and shall take none */
	shape->table = table_drop_clause(m, shape->table, clause);
	require_key(m, shape, columns);
}

/*
 * SQLite does not remember what was not checked: it is looked at again.  A key or a NOT NULL was
 * checked when it came.
 */
void
shape_validate_constraint(Mig *m, MigShape *shape, MigText name)
{
	const Clause *clause = need_constraint(m, shape, name);

	shape_not_native(shape);
	if (clause->kind == CLAUSE_CHECK)
		shape_check_condition(m, shape, clause);
	else if (clause->kind == CLAUSE_FOREIGN_KEY)
		shape_check_foreign_key(m, shape, clause);
}

/*
 * One without a name has been known under the name that it would have in PostgreSQL, and gets a
 * name of its own here.
 */
void
shape_rename_constraint(Mig *m, MigShape *shape, const Action *action)
{
	const Clause *clause = need_constraint(m, shape, action->name);
	const char *name = mig_quoted_name(m, action->to).at;

	shape_check_name_free(m, shape, action->to);
	if (name_same(action->name, action->to))
		shape_fail_name_taken(m, shape, action->to);
	shape_not_native(shape);
	if (clause->name.at)
		shape->table = table_replace_span(
			m, shape->table, (Span){clause->span.from + 1, clause->span.from + 2}, mig_text(name));
	else
	{
		size_t at = (size_t) (shape->table->tokens.at[clause->span.from].text.at -
							  shape->table->tokens.text.at);

		shape->table =
			table_replace(m, shape->table, at, at, mig_text(mig_format(m, "CONSTRAINT %s ", name)));
	}
}
