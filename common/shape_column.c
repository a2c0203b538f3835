/*
 * shape_column.c - ALTER COLUMN: NOT NULL, DEFAULT, the type, generated columns
 */
#include "shape.h"

#include <string.h>

/* ---- NOT NULL, DEFAULT ---- */

/* "NOT NULL ON CONFLICT IGNORE"; ABORT is what SQLite takes anyway, and is left out. */
static MigText
not_null_text(Mig *m, MigText conflict)
{
	if (conflict.at == NULL || name_same(conflict, mig_text("ABORT")))
		return mig_text("NOT NULL");
	return mig_text(mig_format(m, "NOT NULL ON CONFLICT %.*s", MIG_ARG(conflict)));
}

/*
 * An explicit NULL goes: PostgreSQL refuses both.  Without ON CONFLICT, which is SQLite's, what is
 * NOT NULL already stays as it is.  Where only the ON CONFLICT changes, no row has to be looked
 * at.
 */
void
shape_set_not_null(Mig *m, MigShape *shape, size_t column, MigText conflict)
{
	const Clause *clause = table_clause(shape->table, column, CLAUSE_NOT_NULL);
	MigText text = not_null_text(m, conflict);

	if (clause && conflict.at == NULL)
		return;
	shape_not_native(shape);
	if (conflict.at)
		shape->is_newer = false;
	if (clause)
	{
		shape->table =
			table_replace_span(m, shape->table, (Span){clause->word, clause->span.to}, text);
		return;
	}
	if (table_clause(shape->table, column, CLAUSE_NULL))
		shape->is_newer = false;
	shape_add_newer(m, shape, "ALTER COLUMN",
					mig_text(mig_format(m, "%s SET NOT NULL",
										mig_quoted_name(m, shape_column_name(shape, column)).at)));
	shape_drop_clauses(m, shape, column, CLAUSE_NULL);
	shape_add_to_column(m, shape, column, text);
	shape_check_nulls(m, shape, column);
}

/* In a key SQLite may take a null, PostgreSQL does not: so neither do we. */
void
shape_drop_not_null(Mig *m, MigShape *shape, size_t column)
{
	if (shape_in_primary_key(shape, column))
		shape_fail(m, "42P16",
				   mig_format(m, "column \"%.*s\" is in a primary key",
							  MIG_ARG(shape_column_name(shape, column))),
				   NULL, NULL);
	if (table_clause(shape->table, column, CLAUSE_NOT_NULL) == NULL)
		return;
	shape_not_native(shape);
	shape_add_newer(m, shape, "ALTER COLUMN",
					mig_text(mig_format(m, "%s DROP NOT NULL",
										mig_quoted_name(m, shape_column_name(shape, column)).at)));
	shape_drop_clauses(m, shape, column, CLAUSE_NOT_NULL);
}

/*
 * A row that is older than an ADD COLUMN does not have the field: SQLite reads the default of
 * today's text there.  So an edit would change values, unless all rows have the field.  A column
 * that this very shape adds gets the old default in its rows; one that is not changed is noted,
 * for the adapter to look whether there are such rows (mig_shape_marked()).  What is changed is
 * written by the copy.
 */
static void
keep_old_default(Mig *m, MigShape *shape, size_t column)
{
	Value *value = &shape->values[column];

	if (value->expression.at == NULL)
	{
		value->expression = shape_default(m, shape, column);
		value->changed = true;
		shape_needs_rebuild(shape);
	}
	else if (!value->changed)
		mig_lines_add(&shape->defaults, shape_column_name(shape, column));
}

/* A name: SQLite would take it for a text, and store "b" where PostgreSQL refuses DEFAULT b. */
void
shape_check_no_column(Mig *m, MigText text)
{
	Tokens tokens = tokens_read(m, text);

	if (tokens.n == 1 && token_is_bare(tokens.at[0]))
		shape_fail(m, MIG_UNSUPPORTED, "cannot use column reference in DEFAULT expression", NULL,
				   NULL);
}

/*
 * text null: DROP DEFAULT.  SQLite sees what the new default is only at the first INSERT that
 * needs it: so it is among the expressions that the adapter tries.
 */
void
shape_set_default(Mig *m, MigShape *shape, size_t column, MigText text)
{
	const Clause *clause = table_clause(shape->table, column, CLAUSE_DEFAULT);

	if (table_is_generated(shape->table, column))
		shape_fail(m, MIG_SYNTAX_ERROR,
				   mig_format(m, "column \"%.*s\" of relation \"%.*s\" is a generated column",
							  MIG_ARG(shape_column_name(shape, column)),
							  MIG_ARG(shape->stored->name)),
				   NULL, NULL);
	if (clause == NULL && text.at == NULL)
		return;
	shape_not_native(shape);
	keep_old_default(m, shape, column);
	shape_drop_clauses(m, shape, column, CLAUSE_DEFAULT);
	if (text.at == NULL)
		return;
	text = portable_default(m, text);
	shape_check_no_column(m, text);
	shape_add_to_column(m, shape, column, mig_text(mig_format(m, "DEFAULT %.*s", MIG_ARG(text))));
	mig_lines_add(&shape->expressions, shape_default(m, shape, column));
}

/* ---- type, generated ---- */

/*
 * The types that a STRICT table takes, of which each class has one; INT is one of them, and not
 * the rowid.  What has none stays as it is, for SQLite to refuse.
 */
static MigText
strict_type(const Type *type)
{
	static const char *const names[] = {
		[TYPE_INTEGER] = "INTEGER", [TYPE_REAL] = "REAL",       [TYPE_TEXT] = "TEXT",
		[TYPE_BLOB] = "BLOB",       [TYPE_BOOLEAN] = "INTEGER", [TYPE_DATE] = "TEXT",
		[TYPE_TIME] = "TEXT",       [TYPE_TIMESTAMP] = "TEXT",  [TYPE_NUMERIC] = NULL,
		[TYPE_OTHER] = NULL};

	if (name_same(type->text, mig_text("INT")))
		return type->text;
	return names[type->class] ? mig_text(names[type->class]) : type->text;
}

/* A column need not have a type in SQLite: then the new one comes behind the name. */
static void
set_type_text(Mig *m, MigShape *shape, size_t column, MigText text)
{
	Span span = shape->table->columns[column].type;

	if (span.to > span.from || text.len == 0)
		shape->table = table_replace_span(m, shape->table, span, text);
	else
		shape->table = table_insert(m, shape->table, span.from - 1, text);
}

/*
 * In the table as it is: the new type is not there yet.  SQLite would keep what does not fit, as
 * text; PostgreSQL refuses it, and so is it here, before a row has changed.
 */
static void
check_doubt(Mig *m, MigShape *shape, const Action *action, MigText doubt)
{
	MigCheck *check;

	if (doubt.len == 0)
		return;
	check = shape_add_check(m, shape);
	*check = (MigCheck){.when = MIG_BEFORE};
	check->sql = mig_text(mig_format(m, "SELECT count(*) AS n, %s FROM %s WHERE %.*s",
									 shape_row_text(m, shape->stored->columns),
									 shape_table(m, shape), MIG_ARG(doubt)));
	check->sqlstate = "22P02";
	check->message = mig_format(
		m, "column \"%.*s\" of relation \"%.*s\" cannot be converted to type %.*s without loss",
		MIG_ARG(action->name), MIG_ARG(shape->stored->name), MIG_ARG(action->text));
	check->one = "row has another value";
	check->many = "rows have another value";
	check->hint = "Change those rows in the revision first, or say what is to become of them: "
				  "USING expression.";
}

/*
 * Values and checks of a type's change; what is checked is the table before it.  Of the same class
 * (varchar(10) and varchar(20)) no value changes, and only a limit that shrinks has to be looked
 * at.  Booleans are the exception: 1 becomes true as a text, and only 0 and 1 become one.
 */
static void
convert(Mig *m, MigShape *shape, size_t column, const Action *action, const Type *old,
		const Type *new)
{
	Value *value = &shape->values[column];
	MigText name = mig_quoted_name(m, shape_column_name(shape, column));
	Conversion conversion = portable_convert(m, name, new);
	bool same = strcmp(old->affinity, new->affinity) == 0 && old->class == new->class;

	if (old->class == TYPE_BOOLEAN && new->class == TYPE_TEXT)
		conversion.value = mig_text(mig_format(m,
											   "CASE %.*s WHEN 1 THEN 'true' WHEN 0 THEN "
											   "'false' ELSE CAST(%.*s AS TEXT) END",
											   MIG_ARG(name), MIG_ARG(name)));
	if (new->class == TYPE_BOOLEAN)
		conversion.doubt = mig_text(
			mig_format(m, "%.*s OR typeof(%.*s) IN ('integer', 'real') AND %.*s NOT IN (0, 1)",
					   MIG_ARG(conversion.doubt), MIG_ARG(name), MIG_ARG(name)));
	if (!same || (new->limit > 0 && (old->limit == 0 || old->limit > new->limit)))
		check_doubt(m, shape, action, conversion.doubt);
	if (same)
		return;
	shape_needs_rebuild(shape);
	shape->changes_values = true;
	value->expression = conversion.value;
	value->changed = true;
}

/*
 * The casts inside are checked as well as the result: 'x'::integer is an error in PostgreSQL and 0
 * in SQLite.
 */
static void
convert_using(Mig *m, MigShape *shape, size_t column, const Action *action, const Type *new)
{
	MigLines doubts = mig_lines(m);
	MigText text = portable_expression(m, action->using, &doubts);
	MigText value = mig_text(mig_format(m, "(%.*s\n)", MIG_ARG(text)));
	Conversion conversion = portable_convert(m, value, new);

	shape_need_expression(m, shape, value);
	for (size_t i = 0; i < doubts.list.n; i++)
		check_doubt(m, shape, action, doubts.list.at[i]);
	check_doubt(m, shape, action, conversion.doubt);
	shape_needs_rebuild(shape);
	shape->changes_values = true;
	shape->values[column].expression = conversion.value;
	shape->values[column].changed = true;
}

/* The indexes' order changes with it, so they are built again. */
static void
set_collation(Mig *m, MigShape *shape, size_t column, MigText collation)
{
	shape_need_collation(m, shape, mig_quoted_name(m, collation));
	shape_drop_clauses(m, shape, column, CLAUSE_COLLATE);
	shape_needs_rebuild(shape);
	shape_add_to_column(m, shape, column,
						mig_text(mig_format(m, "COLLATE %s", mig_quoted_name(m, collation).at)));
}

/*
 * The copy checks what the column is under; where it fails, this tells why.  SQLite names the
 * constraint, but not the rows.
 */
static void
explain_failure(Mig *m, MigShape *shape, size_t column)
{
	MigText name = shape_column_name(shape, column);
	size_t first = shape->nchecks;

	if (!shape->values[column].changed)
		return;
	if (table_clause(shape->table, column, CLAUSE_NOT_NULL))
		shape_check_nulls(m, shape, column);
	for (size_t i = 0; i < shape->table->nclauses; i++)
	{
		const Clause *clause = &shape->table->clauses[i];

		if (clause->kind == CLAUSE_CHECK &&
			tokens_mention(m, &shape->table->tokens, clause->body, name))
			shape_check_condition(m, shape, clause);
		else if ((clause->kind == CLAUSE_UNIQUE || clause->kind == CLAUSE_PRIMARY_KEY) &&
				 name_in(clause->columns, name))
			shape_check_unique(m, shape, clause);
	}
	for (size_t i = first; i < shape->nchecks; i++)
		shape->checks[i].when = MIG_FAILED;
}

/*
 * A generated column is computed anew, whatever it was.  Types come in PostgreSQL's words and are
 * kept as they are written, but for STRICT tables, which take SQLite's alone.  The rowid has 64
 * bits whatever it is called, and is the rowid only as INTEGER.
 */
static void
change_type(Mig *m, MigShape *shape, size_t column, const Action *action)
{
	Span span = shape->table->columns[column].type;
	Type old = portable_type(m, &shape->table->tokens, span);
	Tokens tokens = tokens_read(m, action->text);
	bool none = tokens.n == 1 && token_name(m, tokens.at[0]).len == 0; /* TYPE "" */
	Type new = portable_type(m, &tokens, (Span){0, none ? 0 : tokens.n});
	bool rowid = table_rowid_column(m, shape->table) == column;

	if (rowid && new.class == TYPE_INTEGER && action->using.at == NULL)
		return;
	if (table_is_generated(shape->table, column))
		shape_needs_rebuild(shape);
	else if (action->using.at)
		convert_using(m, shape, column, action, &new);
	else
		convert(m, shape, column, action, &old, &new);
	set_type_text(m, shape, column, shape->table->strict ? strict_type(&new) : new.text);
	if (rowid || table_rowid_column(m, shape->table) != column)
		return;
	shape_needs_rebuild(shape); /* as INTEGER it is the rowid, and has no index */
	shape_check_nulls(m, shape, column); /* which would get a number of its own */
}

void
shape_set_type(Mig *m, MigShape *shape, size_t column, const Action *action)
{
	shape_not_native(shape);
	change_type(m, shape, column, action);
	if (action->collation.at)
		set_collation(m, shape, column, action->collation);
	explain_failure(m, shape, column);
}

/* As PostgreSQL asks for it. */
static void
need_generated(Mig *m, const MigShape *shape, size_t column)
{
	if (!table_is_generated(shape->table, column))
		shape_fail(m, MIG_WRONG_STATE,
				   mig_format(m, "column \"%.*s\" of relation \"%.*s\" is not a generated column",
							  MIG_ARG(shape_column_name(shape, column)),
							  MIG_ARG(shape->stored->name)),
				   NULL, NULL);
}

/* The copy computes it.  The value is emptied, so that value_of() takes the new expression. */
void
shape_set_expression(Mig *m, MigShape *shape, size_t column, MigText text)
{
	Clause *clause;

	need_generated(m, shape, column);
	clause = table_clause(shape->table, column, CLAUSE_GENERATED);
	shape_needs_rebuild(shape);
	shape->changes_values = true;
	text = portable_expression(m, text, NULL);
	shape_need_expression(m, shape, text);
	shape->values[column] = (Value){.changed = true};
	shape->table = table_replace_span(m, shape->table, clause->body, text);
}

/*
 * The values of today stay: the column is copied like any other once it is not generated any more.
 */
void
shape_drop_expression(Mig *m, MigShape *shape, size_t column, bool if_exists)
{
	if (if_exists && !table_is_generated(shape->table, column))
		return;
	need_generated(m, shape, column);
	shape_needs_rebuild(shape);
	shape_drop_clauses(m, shape, column, CLAUSE_GENERATED);
	shape->values[column].changed = true;
}

/*
 * The clause is put there as CREATE TABLE has it, and translated as there, into INTEGER PRIMARY
 * KEY AUTOINCREMENT.
 */
void
shape_add_identity(Mig *m, MigShape *shape, size_t column, MigText text)
{
	const Clause *key = table_primary_key(shape->table);

	if (key && key->autoincrement && shape_in_primary_key(shape, column))
		shape_fail(
			m, MIG_WRONG_STATE,
			mig_format(m, "column \"%.*s\" of relation \"%.*s\" is already an identity column",
					   MIG_ARG(shape_column_name(shape, column)), MIG_ARG(shape->stored->name)),
			NULL, NULL);
	shape_needs_rebuild(shape);
	shape_add_to_column(m, shape, column, text);
	shape->table = portable_table(m, shape->table);
}

/* ---- options of the table ---- */

/*
 * ANY keeps every value as it is in a STRICT table, and makes numbers of texts in another, where
 * it is a name like any other, with numeric affinity.  So rows are looked at for such texts.
 */
static void
check_any(Mig *m, MigShape *shape)
{
	for (size_t i = 0; i < shape->table->ncolumns; i++)
	{
		Action action = {.name = shape_column_name(shape, i), .text = mig_text("ANY")};
		Type type = portable_type(m, &shape->table->tokens, shape->table->columns[i].type);

		if (name_same(type.text, mig_text("ANY")) && !table_is_generated(shape->table, i) &&
			!shape->values[i].added)
			check_doubt(m, shape, &action,
						portable_convert(m, mig_quoted_name(m, action.name), &type).doubt);
	}
}

/* All that is behind the parenthesis is written anew: nothing else is stored there. */
static void
set_options_text(Mig *m, MigShape *shape, bool strict, bool without_rowid)
{
	const Tokens *tokens = &shape->table->tokens;
	size_t close = (size_t) (tokens->at[shape->table->close].text.at - tokens->text.at) + 1;
	const char *text = strict && without_rowid ? " STRICT, WITHOUT ROWID"
					   : strict                ? " STRICT"
					   : without_rowid         ? " WITHOUT ROWID"
											   : "";

	shape->table = table_replace(m, shape->table, close, tokens->text.len, mig_text(text));
}

/*
 * Values that do not fit into a STRICT table are SQLite's to tell: it says which column they are
 * for.  WITHOUT ROWID makes a key's columns NOT NULL by itself; saying so lets them stay it when
 * the option goes again.
 */
void
shape_set_option(Mig *m, MigShape *shape, MigText name, bool on)
{
	bool is_strict = name_same(name, mig_text("STRICT"));
	const Clause *key = table_primary_key(shape->table);
	MigList columns = key ? key->columns : (MigList){NULL, 0};

	shape_not_native(shape);
	if (on == (is_strict ? shape->table->strict : shape->table->without_rowid))
		return;
	shape_needs_rebuild(shape);
	if (is_strict && !on)
		check_any(m, shape);
	for (size_t i = 0; on && !is_strict && i < columns.n; i++)
		shape_set_not_null(m, shape, table_column(shape->table, columns.at[i]), (MigText){NULL, 0});
	set_options_text(m, shape, is_strict ? on : shape->table->strict,
					 is_strict ? shape->table->without_rowid : on);
}
