/*
 * shape.c - what ALTER TABLE makes of a table of SQLite's
 *
 * A shape is a table's text as it is to be, and for each column the expression
 * over the old table that fills it.  Actions change both, one after another;
 * what is carried out in the end, and how, is then known: by SQLite itself, by
 * an edit of the stored text where no stored row changes, or by a copy.
 *
 * What PostgreSQL refuses is refused, in its words.  Rows are looked at by
 * queries that the adapter runs, each with what it means when it finds some.
 */
#include "alter.h"

#include <string.h>

static const char *const rowid_names[] = {"rowid", "_rowid_", "oid"};

#define ROWID_NAMES (sizeof(rowid_names) / sizeof(rowid_names[0]))

/* How a column of the new table is filled. */
typedef struct Value
{
	MigText expression; /* over the old table; null: by its default */
	bool changed;       /* it is more than the old column of the name */
	bool added;
} Value;

/* ---- errors ---- */

/* In PostgreSQL's words where it has some, so that a person finds the same in both. */
static _Noreturn void
shape_fail(Mig *m, const char *sqlstate, const char *message, const char *detail, const char *hint)
{
	mig_raise(m, &(MigError){sqlstate, message, detail, hint, NULL});
}

/* what: "view v", of which the thing dropped is a part */
static _Noreturn void
fail_needed(Mig *m, const char *dropped, const char *what)
{
	shape_fail(m, "2BP01",
			   mig_format(m, "cannot drop %s because other objects depend on it", dropped),
			   mig_format(m, "%s depends on %s", what, dropped),
			   "Drop or change it first, in the same revision.");
}

/* Found by the adapter: only SQLite can tell what a view uses. */
void
mig_shape_needed(Mig *m, const MigShape *shape, const char *what)
{
	fail_needed(m, shape->dropped, what);
}

static const char *
dropped_column(Mig *m, const MigShape *shape, MigText column)
{
	return mig_format(m, "column %.*s of table %.*s", MIG_ARG(column),
					  MIG_ARG(shape->stored->name));
}

/* Raises where it is not there. */
static size_t
need_column(Mig *m, const MigShape *shape, MigText name)
{
	size_t column = table_column(shape->table, name);

	if (column == NO_COLUMN)
		shape_fail(m, "42703",
				   mig_format(m, "column \"%.*s\" of relation \"%.*s\" does not exist",
							  MIG_ARG(name), MIG_ARG(shape->stored->name)),
				   NULL, NULL);
	return column;
}

static MigText
column_name(const MigShape *shape, size_t column)
{
	return shape->table->columns[column].name;
}

/* ---- the old table ---- */

/* With the schema: a temporary table of the name must not get in the way. */
static MigText
qualified(Mig *m, MigText schema, MigText name)
{
	return mig_text(
		mig_format(m, "%s.%s", mig_quoted_name(m, schema).at, mig_quoted_name(m, name).at));
}

static bool
is_generated(const Table *table, size_t column)
{
	return table_clause(table, column, CLAUSE_GENERATED) != NULL;
}

/* The columns of the text must be those that SQLite sees, or ranges would be of others. */
MigShape *
mig_shape(Mig *m, const MigStored *stored)
{
	MigShape *shape = mig_alloc(m, 1, sizeof(MigShape));
	const char *detail = NULL;

	*shape = (MigShape){.stored = stored, .is_native = true, .is_newer = true, .is_edit = true};
	shape->native = mig_lines(m);
	shape->newer = mig_lines(m);
	shape->defaults = mig_lines(m);
	shape->expressions = mig_lines(m);
	shape->parents = mig_lines(m);
	shape->drop_indexes = mig_lines(m);
	shape->table = table_read(m, stored->sql);
	if (shape->table == NULL)
		detail = "Its stored definition is not understood.";
	else if (shape->table->ncolumns != stored->columns.n)
		detail = "Its stored definition does not have the columns that SQLite sees.";
	for (size_t i = 0; detail == NULL && i < stored->columns.n; i++)
		if (!name_same(column_name(shape, i), stored->columns.at[i]))
			detail = "Its stored definition does not have the columns that SQLite sees.";
	if (detail)
		shape_fail(m, MIG_UNSUPPORTED,
				   mig_format(m, "table \"%.*s\" cannot be altered", MIG_ARG(stored->name)), detail,
				   "Make a new table, copy the rows, and drop this one.");
	shape->table->name = stored->name;
	shape->values = mig_alloc(m, stored->columns.n, sizeof(Value));
	for (size_t i = 0; i < stored->columns.n; i++)
		shape->values[i].expression = mig_quoted_name(m, stored->columns.at[i]);
	return shape;
}

/* Words that are a value, and no name. */
static bool
is_value_word(Token token)
{
	static const char *const words[] = {"NULL",         "TRUE",         "FALSE",
										"CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (token_spells(token, words[i]))
			return true;
	return false;
}

/* The default as an expression: SQLite takes a bare word there for a text. */
static MigText
default_value(Mig *m, const Table *table, const Clause *clause)
{
	Token token = table->tokens.at[clause->body.from];

	if (clause->body.to == clause->body.from + 1 &&
		(token.kind == TOKEN_QUOTED || (token.kind == TOKEN_WORD && !is_value_word(token))))
		return mig_quoted_text(m, token_name(m, token));
	return tokens_text(&table->tokens, clause->body);
}

/* A column without a default has NULL. */
static MigText
default_of(Mig *m, const MigShape *shape, size_t column)
{
	const Clause *clause = table_clause(shape->table, column, CLAUSE_DEFAULT);

	return clause ? default_value(m, shape->table, clause) : mig_text("NULL");
}

/* What a column will hold, over the old table. */
static MigText
value_of(Mig *m, const MigShape *shape, size_t column)
{
	const Value *value = &shape->values[column];
	const Clause *generated = table_clause(shape->table, column, CLAUSE_GENERATED);

	if (value->expression.at)
		return value->expression;
	if (generated)
		return mig_text(
			mig_format(m, "(%.*s)", MIG_ARG(tokens_text(&shape->table->tokens, generated->body))));
	return default_of(m, shape, column);
}

/* Rows, not only what is said about them. */
static bool
is_changed(const MigShape *shape)
{
	for (size_t i = 0; i < shape->table->ncolumns; i++)
		if (shape->values[i].changed || shape->values[i].added)
			return true;
	return shape->table->ncolumns != shape->stored->columns.n;
}

/* A generated column that the old table does not have: it needs the new values of others. */
static bool
is_new_generated(const MigShape *shape, size_t column)
{
	return shape->values[column].expression.at == NULL && is_generated(shape->table, column);
}

/* The rows as they will be, for a FROM; under the table's name. */
static MigText
source(Mig *m, const MigShape *shape)
{
	MigText table = qualified(m, shape->stored->schema, shape->stored->name);
	const char *name = mig_quoted_name(m, shape->stored->name).at;
	const char *sep = "";
	MigBuf buf = mig_buf(m);

	if (!is_changed(shape))
		return table;
	for (size_t i = shape->table->ncolumns; i-- > 0;)
		if (is_new_generated(shape, i))
			mig_buf_format(&buf, "(SELECT *, %.*s AS %s FROM ", MIG_ARG(value_of(m, shape, i)),
						   mig_quoted_name(m, column_name(shape, i)).at);
	mig_buf_str(&buf, "(SELECT ");
	for (size_t i = 0; i < shape->table->ncolumns; i++)
		if (!is_new_generated(shape, i))
		{
			mig_buf_format(&buf, "%s%.*s AS %s", sep, MIG_ARG(value_of(m, shape, i)),
						   mig_quoted_name(m, column_name(shape, i)).at);
			sep = ", ";
		}
	mig_buf_format(&buf, " FROM %s) AS %s", table.at, name);
	for (size_t i = 0; i < shape->table->ncolumns; i++)
		if (is_new_generated(shape, i))
			mig_buf_format(&buf, ") AS %s", name);
	return mig_buf_text(&buf);
}

#define SHOWN_COLUMNS 20

/* A row as text: (1, NULL, 'x') */
static const char *
row_text(Mig *m, MigList names)
{
	MigBuf buf = mig_buf(m);

	mig_buf_str(&buf, "'('");
	for (size_t i = 0; i < names.n && i < SHOWN_COLUMNS; i++)
		mig_buf_format(&buf, "%s || substr(quote(%s), 1, 64)", i > 0 ? " || ', '" : "",
					   mig_quoted_name(m, names.at[i]).at);
	mig_buf_str(&buf, names.n > SHOWN_COLUMNS ? " || ', ...)'" : " || ')'");
	return mig_buf_text(&buf).at;
}

/* Generated ones, too. */
MigList
mig_shape_columns(Mig *m, const MigShape *shape)
{
	MigLines names = mig_lines(m);

	for (size_t i = 0; i < shape->table->ncolumns; i++)
		mig_lines_add(&names, column_name(shape, i));
	return names.list;
}

/* ---- checks ---- */

/* A check that is still to be filled in. */
static MigCheck *
add_check(Mig *m, MigShape *shape)
{
	if (shape->nchecks % 8 == 0)
	{
		MigCheck *at = mig_alloc(m, shape->nchecks + 8, sizeof(MigCheck));

		if (shape->nchecks > 0)
			memcpy(at, shape->checks, shape->nchecks * sizeof(MigCheck));
		shape->checks = at;
	}
	return &shape->checks[shape->nchecks++];
}

/* Rows for which a condition holds must not be there. */
static MigCheck *
check_rows(Mig *m, MigShape *shape, const char *condition)
{
	MigCheck *check = add_check(m, shape);

	*check = (MigCheck){.when = MIG_BEFORE};
	check->sql = mig_text(mig_format(m, "SELECT count(*) AS n, %s FROM %s WHERE %s",
									 row_text(m, mig_shape_columns(m, shape)), source(m, shape).at,
									 condition));
	return check;
}

/* For SET NOT NULL, and for what implies it. */
static void
check_nulls(Mig *m, MigShape *shape, size_t column)
{
	MigText name = column_name(shape, column);
	MigCheck *check =
		check_rows(m, shape, mig_format(m, "%s IS NULL", mig_quoted_name(m, name).at));

	check->sqlstate = "23502";
	check->message = mig_format(m, "column \"%.*s\" of relation \"%.*s\" contains null values",
								MIG_ARG(name), MIG_ARG(shape->stored->name));
	check->one = "row has one";
	check->many = "rows have one";
}

/* A CHECK that is NULL holds. */
static void
check_condition(Mig *m, MigShape *shape, const Clause *clause)
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

/* Only looked at where the copy has failed. */
static void
check_unique(Mig *m, MigShape *shape, const Clause *clause)
{
	MigCheck *check = add_check(m, shape);
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
									 row_text(m, clause->columns), mig_buf_text(&columns).at,
									 source(m, shape).at, mig_buf_text(&known).at,
									 mig_buf_text(&columns).at));
	check->message = mig_format(m, "could not create unique index \"%.*s\"",
								MIG_ARG(table_constraint_name(m, shape->table, clause)));
	check->one = "key is duplicated";
	check->many = "keys are duplicated";
}

/* SQLite would take a foreign key to a table that is not there. */
static void
need_parent(MigShape *shape, const Clause *clause)
{
	if (!name_same(clause->parent, shape->stored->name))
		mig_lines_add(&shape->parents, clause->parent);
}

static void
check_foreign_key(Mig *m, MigShape *shape, const Clause *clause)
{
	MigCheck *check = add_check(m, shape);
	MigText name = table_constraint_name(m, shape->table, clause);

	*check = (MigCheck){.when = MIG_AFTER, .sqlstate = "23503", .constraint = name};
	check->message =
		mig_format(m, "insert or update on table \"%.*s\" violates foreign key constraint \"%.*s\"",
				   MIG_ARG(shape->stored->name), MIG_ARG(name));
	check->one = mig_format(m, "row has no match in table \"%.*s\"", MIG_ARG(clause->parent));
	check->many = mig_format(m, "rows have no match in table \"%.*s\"", MIG_ARG(clause->parent));
}

/* SQLite numbers foreign keys from the last one on. */
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
		row_text(m, mig_shape_columns(m, shape)), qualified(m, stored->schema, stored->name).at,
		shape->table->without_rowid ? " WHERE 0" : " WHERE rowid = r",
		mig_quoted_text(m, stored->name).at, mig_quoted_text(m, stored->schema).at, behind));
}

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
static void
need_expression(Mig *m, MigShape *shape, MigText expression)
{
	mig_lines_add(&shape->expressions,
				  mig_text(mig_format(m, "(SELECT %.*s\n FROM %s)", MIG_ARG(expression),
									  source(m, shape).at)));
}

/* ---- helpers of the actions ---- */

/* SQLite has no statement for it; no row changes. */
static void
not_native(MigShape *shape)
{
	shape->is_native = false;
}

/* Rows change, or an index of SQLite's own. */
static void
needs_rebuild(MigShape *shape)
{
	shape->is_native = false;
	shape->is_edit = false;
	shape->is_newer = false;
}

/* The last token of name and type: what is said of a column comes behind it. */
static size_t
type_token(const MigShape *shape, size_t column)
{
	return shape->table->columns[column].type.to - 1;
}

static void
add_to_column(Mig *m, MigShape *shape, size_t column, MigText text)
{
	shape->table = table_insert(m, shape->table, type_token(shape, column), text);
}

/* What the action is in SQLite 3.53. */
static void
add_newer(Mig *m, MigShape *shape, const char *action, MigText what)
{
	mig_lines_add(&shape->newer,
				  mig_text(mig_format(m, "ALTER TABLE %s %s %.*s",
									  qualified(m, shape->stored->schema, shape->stored->name).at,
									  action, MIG_ARG(what))));
}

/* SQLite takes a clause several times. */
static void
drop_clauses(Mig *m, MigShape *shape, size_t column, ClauseKind kind)
{
	Clause *clause;

	while ((clause = table_clause(shape->table, column, kind)) != NULL)
		shape->table = table_drop_clause(m, shape->table, clause);
}

/* Of one column or of several. */
static bool
in_primary_key(const MigShape *shape, size_t column)
{
	const Clause *key = table_primary_key(shape->table);

	return key && name_in(key->columns, column_name(shape, column));
}

static void
check_one_primary_key(Mig *m, const MigShape *shape)
{
	if (table_primary_key(shape->table))
		shape_fail(m, "42P16",
				   mig_format(m, "multiple primary keys for table \"%.*s\" are not allowed",
							  MIG_ARG(shape->stored->name)),
				   NULL, NULL);
}

/* SQLite does not mind two constraints of a name; DROP CONSTRAINT would. */
static void
check_name_free(Mig *m, const MigShape *shape, MigText name)
{
	if (name.at && table_constraint(m, shape->table, name))
		shape_fail(m, MIG_DUPLICATE,
				   mig_format(m, "constraint \"%.*s\" for relation \"%.*s\" already exists",
							  MIG_ARG(name), MIG_ARG(shape->stored->name)),
				   NULL, NULL);
}

/* ---- columns: NOT NULL, DEFAULT ---- */

/* An explicit NULL goes: PostgreSQL refuses both. */
static void
set_not_null(Mig *m, MigShape *shape, size_t column)
{
	if (table_clause(shape->table, column, CLAUSE_NOT_NULL))
		return;
	not_native(shape);
	if (table_clause(shape->table, column, CLAUSE_NULL))
		shape->is_newer = false;
	add_newer(m, shape, "ALTER COLUMN",
			  mig_text(mig_format(m, "%s SET NOT NULL",
								  mig_quoted_name(m, column_name(shape, column)).at)));
	drop_clauses(m, shape, column, CLAUSE_NULL);
	add_to_column(m, shape, column, mig_text("NOT NULL"));
	check_nulls(m, shape, column);
}

/* In a key SQLite may take a null, PostgreSQL does not. */
static void
drop_not_null(Mig *m, MigShape *shape, size_t column)
{
	if (in_primary_key(shape, column))
		shape_fail(m, "42P16",
				   mig_format(m, "column \"%.*s\" is in a primary key",
							  MIG_ARG(column_name(shape, column))),
				   NULL, NULL);
	if (table_clause(shape->table, column, CLAUSE_NOT_NULL) == NULL)
		return;
	not_native(shape);
	add_newer(m, shape, "ALTER COLUMN",
			  mig_text(mig_format(m, "%s DROP NOT NULL",
								  mig_quoted_name(m, column_name(shape, column)).at)));
	drop_clauses(m, shape, column, CLAUSE_NOT_NULL);
}

/*
 * A row that is older than an ADD COLUMN does not have the field: SQLite reads
 * the default of today's text there.  So an edit would change values, unless
 * all rows have the field.
 */
static void
keep_old_default(Mig *m, MigShape *shape, size_t column)
{
	Value *value = &shape->values[column];

	if (value->expression.at == NULL)
	{
		value->expression = default_of(m, shape, column);
		value->changed = true;
		needs_rebuild(shape);
	}
	else if (!value->changed)
		mig_lines_add(&shape->defaults, column_name(shape, column));
}

MigText
mig_shape_marked(Mig *m, const MigShape *shape, const char *marker)
{
	MigShape old = {.stored = shape->stored, .table = table_read(m, shape->stored->sql)};

	for (size_t i = 0; i < shape->defaults.list.n; i++)
	{
		size_t column = table_column(old.table, shape->defaults.list.at[i]);

		drop_clauses(m, &old, column, CLAUSE_DEFAULT);
		add_to_column(m, &old, column, mig_text(mig_format(m, "DEFAULT %s", marker)));
	}
	return mig_shape_sql(&old);
}

/* An index has the values of the time when it was built. */
MigText
mig_shape_find_marker(Mig *m, const MigShape *shape, const char *marker)
{
	MigBuf buf = mig_buf(m);

	mig_buf_format(&buf, "SELECT 1 FROM %s NOT INDEXED WHERE ",
				   qualified(m, shape->stored->schema, shape->stored->name).at);
	for (size_t i = 0; i < shape->defaults.list.n; i++)
		mig_buf_format(&buf, "%s%s IS %s", i > 0 ? " OR " : "",
					   mig_quoted_name(m, shape->defaults.list.at[i]).at, marker);
	mig_buf_str(&buf, " LIMIT 1");
	return mig_buf_text(&buf);
}

/* A name: SQLite would take it for a text. */
static void
check_no_column(Mig *m, MigText text)
{
	Tokens tokens = tokens_read(m, text);
	Token token = tokens.at[0];

	if (tokens.n == 1 &&
		(token.kind == TOKEN_QUOTED || (token.kind == TOKEN_WORD && !is_value_word(token))))
		shape_fail(m, MIG_UNSUPPORTED, "cannot use column reference in DEFAULT expression", NULL,
				   NULL);
}

/* text null: DROP DEFAULT. */
static void
set_default(Mig *m, MigShape *shape, size_t column, MigText text)
{
	const Clause *clause = table_clause(shape->table, column, CLAUSE_DEFAULT);

	if (is_generated(shape->table, column))
		shape_fail(m, MIG_SYNTAX_ERROR,
				   mig_format(m, "column \"%.*s\" of relation \"%.*s\" is a generated column",
							  MIG_ARG(column_name(shape, column)), MIG_ARG(shape->stored->name)),
				   NULL, NULL);
	if (clause == NULL && text.at == NULL)
		return;
	not_native(shape);
	keep_old_default(m, shape, column);
	drop_clauses(m, shape, column, CLAUSE_DEFAULT);
	if (text.at == NULL)
		return;
	text = portable_default(m, text);
	check_no_column(m, text);
	add_to_column(m, shape, column, mig_text(mig_format(m, "DEFAULT %.*s", MIG_ARG(text))));
	mig_lines_add(&shape->expressions, default_of(m, shape, column));
}

/* ---- columns: type, generated ---- */

/* The types that a STRICT table takes. */
static MigText
strict_type(const Type *type)
{
	static const char *const names[] = {
		[TYPE_INTEGER] = "INTEGER", [TYPE_REAL] = "REAL",       [TYPE_TEXT] = "TEXT",
		[TYPE_BLOB] = "BLOB",       [TYPE_BOOLEAN] = "INTEGER", [TYPE_DATE] = "TEXT",
		[TYPE_TIME] = "TEXT",       [TYPE_TIMESTAMP] = "TEXT",  [TYPE_NUMERIC] = NULL,
		[TYPE_OTHER] = NULL};

	return names[type->class] ? mig_text(names[type->class]) : type->text;
}

/* A column need not have a type in SQLite. */
static void
set_type_text(Mig *m, MigShape *shape, size_t column, MigText text)
{
	Span span = shape->table->columns[column].type;

	if (span.to > span.from)
		shape->table = table_replace_span(m, shape->table, span, text);
	else
		shape->table = table_insert(m, shape->table, span.from - 1, text);
}

/* In the table as it is: the new type is not there yet. */
static void
check_doubt(Mig *m, MigShape *shape, const Action *action, MigText doubt)
{
	MigCheck *check;

	if (doubt.len == 0)
		return;
	check = add_check(m, shape);
	*check = (MigCheck){.when = MIG_BEFORE};
	check->sql = mig_text(mig_format(
		m, "SELECT count(*) AS n, %s FROM %s WHERE %.*s", row_text(m, shape->stored->columns),
		qualified(m, shape->stored->schema, shape->stored->name).at, MIG_ARG(doubt)));
	check->sqlstate = "22P02";
	check->message = mig_format(
		m, "column \"%.*s\" of relation \"%.*s\" cannot be converted to type %.*s without loss",
		MIG_ARG(action->name), MIG_ARG(shape->stored->name), MIG_ARG(action->text));
	check->one = "row has another value";
	check->many = "rows have another value";
	check->hint = "Change those rows in the revision first, or say what is to become of them: "
				  "USING expression.";
}

/* Values and checks of a type's change; what is checked is the table before it. */
static void
convert(Mig *m, MigShape *shape, size_t column, const Action *action, const Type *old,
		const Type *new)
{
	Value *value = &shape->values[column];
	MigText name = mig_quoted_name(m, column_name(shape, column));
	Conversion conversion = portable_convert(m, name, new);
	bool same = old->class == new->class &&strcmp(old->affinity, new->affinity) == 0 &&
				(old->class != TYPE_OTHER || action->using.at == NULL);

	if (old->class == TYPE_BOOLEAN && new->class == TYPE_TEXT)
		conversion.value = mig_text(mig_format(m,
											   "CASE %.*s WHEN 1 THEN 'true' WHEN 0 THEN "
											   "'false' ELSE CAST(%.*s AS TEXT) END",
											   MIG_ARG(name), MIG_ARG(name)));
	if (!same || (new->limit > 0 && (old->limit == 0 || old->limit > new->limit)))
		check_doubt(m, shape, action, conversion.doubt);
	if (same)
		return;
	needs_rebuild(shape);
	shape->changes_values = true;
	value->expression = conversion.value;
	value->changed = true;
}

/* The casts inside are checked as well as the result. */
static void
convert_using(Mig *m, MigShape *shape, size_t column, const Action *action, const Type *new)
{
	MigLines doubts = mig_lines(m);
	MigText text = portable_expression(m, action->using, &doubts);
	MigText value = mig_text(mig_format(m, "(%.*s\n)", MIG_ARG(text)));
	Conversion conversion = portable_convert(m, value, new);

	need_expression(m, shape, value);
	for (size_t i = 0; i < doubts.list.n; i++)
		check_doubt(m, shape, action, doubts.list.at[i]);
	check_doubt(m, shape, action, conversion.doubt);
	needs_rebuild(shape);
	shape->changes_values = true;
	shape->values[column].expression = conversion.value;
	shape->values[column].changed = true;
}

/* SQLite would take one that it does not know, and fail when it is used. */
static void
need_collation(Mig *m, MigShape *shape, MigText name)
{
	mig_lines_add(&shape->expressions,
				  mig_text(mig_format(m, "'' = '' COLLATE %.*s", MIG_ARG(name))));
}

/* The indexes' order changes with it. */
static void
set_collation(Mig *m, MigShape *shape, size_t column, MigText collation)
{
	need_collation(m, shape, mig_quoted_name(m, collation));
	drop_clauses(m, shape, column, CLAUSE_COLLATE);
	needs_rebuild(shape);
	add_to_column(m, shape, column,
				  mig_text(mig_format(m, "COLLATE %s", mig_quoted_name(m, collation).at)));
}

/* The copy checks what the column is under; where it fails, this tells why. */
static void
explain_failure(Mig *m, MigShape *shape, size_t column)
{
	MigText name = column_name(shape, column);
	size_t first = shape->nchecks;

	if (!shape->values[column].changed)
		return;
	if (table_clause(shape->table, column, CLAUSE_NOT_NULL))
		check_nulls(m, shape, column);
	for (size_t i = 0; i < shape->table->nclauses; i++)
	{
		const Clause *clause = &shape->table->clauses[i];

		if (clause->kind == CLAUSE_CHECK &&
			tokens_mention(m, &shape->table->tokens, clause->body, name))
			check_condition(m, shape, clause);
		else if ((clause->kind == CLAUSE_UNIQUE || clause->kind == CLAUSE_PRIMARY_KEY) &&
				 name_in(clause->columns, name))
			check_unique(m, shape, clause);
	}
	for (size_t i = first; i < shape->nchecks; i++)
		shape->checks[i].when = MIG_FAILED;
}

/* A generated column is computed anew, whatever it was. */
static void
set_type(Mig *m, MigShape *shape, size_t column, const Action *action)
{
	Span span = shape->table->columns[column].type;
	Type old = portable_type(m, &shape->table->tokens, span);
	Tokens tokens = tokens_read(m, action->text);
	Type new = portable_type(m, &tokens, (Span){0, tokens.n});
	bool rowid = table_rowid_column(m, shape->table) == column;

	not_native(shape);
	/* the rowid has 64 bits whatever it is called, and is the rowid only as INTEGER */
	if (rowid && new.class == TYPE_INTEGER && action->using.at == NULL)
		return;
	if (is_generated(shape->table, column))
		needs_rebuild(shape);
	else if (action->using.at)
		convert_using(m, shape, column, action, &new);
	else
		convert(m, shape, column, action, &old, &new);
	set_type_text(m, shape, column, shape->table->strict ? strict_type(&new) : new.text);
	if (action->collation.at)
		set_collation(m, shape, column, action->collation);
	explain_failure(m, shape, column);
}

/* As PostgreSQL asks for it. */
static void
need_generated(Mig *m, const MigShape *shape, size_t column)
{
	if (!is_generated(shape->table, column))
		shape_fail(m, MIG_WRONG_STATE,
				   mig_format(m, "column \"%.*s\" of relation \"%.*s\" is not a generated column",
							  MIG_ARG(column_name(shape, column)), MIG_ARG(shape->stored->name)),
				   NULL, NULL);
}

/* The copy computes it. */
static void
set_expression(Mig *m, MigShape *shape, size_t column, MigText text)
{
	Clause *clause;

	need_generated(m, shape, column);
	clause = table_clause(shape->table, column, CLAUSE_GENERATED);
	needs_rebuild(shape);
	shape->changes_values = true;
	text = portable_expression(m, text, NULL);
	need_expression(m, shape, text);
	shape->values[column] = (Value){.changed = true};
	shape->table = table_replace_span(m, shape->table, clause->body, text);
}

/* The values of today stay. */
static void
drop_expression(Mig *m, MigShape *shape, size_t column, bool if_exists)
{
	if (if_exists && !is_generated(shape->table, column))
		return;
	need_generated(m, shape, column);
	needs_rebuild(shape);
	drop_clauses(m, shape, column, CLAUSE_GENERATED);
	shape->values[column].changed = true;
}

/* The clause is put there as CREATE TABLE has it, and translated as there. */
static void
add_identity(Mig *m, MigShape *shape, size_t column, MigText text)
{
	const Clause *key = table_primary_key(shape->table);

	if (key && key->autoincrement && in_primary_key(shape, column))
		shape_fail(m, MIG_WRONG_STATE,
				   mig_format(m,
							  "column \"%.*s\" of relation \"%.*s\" is already an identity column",
							  MIG_ARG(column_name(shape, column)), MIG_ARG(shape->stored->name)),
				   NULL, NULL);
	needs_rebuild(shape);
	add_to_column(m, shape, column, text);
	shape->table = portable_table(m, shape->table);
}

/* ---- ADD COLUMN ---- */

/* Old pointers to the values stay right: they are copied. */
static void
append_value(Mig *m, MigShape *shape)
{
	size_t n = shape->table->ncolumns;
	Value *values = mig_alloc(m, n, sizeof(Value));

	memcpy(values, shape->values, (n - 1) * sizeof(Value));
	values[n - 1] = (Value){.added = true};
	shape->values = values;
}

/* What has to be looked at in the new column, and what that means for the way. */
static void
check_new_column(Mig *m, MigShape *shape, size_t column)
{
	const Clause *clause = table_clause(shape->table, column, CLAUSE_DEFAULT);
	MigText value = default_of(m, shape, column);
	bool null = name_same(value, mig_text("NULL"));

	if (clause && !portable_is_constant(m, value))
		needs_rebuild(shape);
	if (clause)
		mig_lines_add(&shape->expressions, value);
	for (size_t i = 0; i < shape->table->nclauses; i++)
	{
		clause = &shape->table->clauses[i];
		if (clause->column != column)
			continue;
		if (clause->kind == CLAUSE_PRIMARY_KEY || clause->kind == CLAUSE_UNIQUE)
		{
			needs_rebuild(shape);
			check_unique(m, shape, clause);
		}
		else if (clause->kind == CLAUSE_COLLATE)
			need_collation(m, shape, shape->table->tokens.at[clause->span.to - 1].text);
		else if (clause->kind == CLAUSE_GENERATED)
		{
			need_expression(m, shape, tokens_text(&shape->table->tokens, clause->body));
			if (clause->stored)
				needs_rebuild(shape);
		}
		else if (clause->kind == CLAUSE_CHECK)
		{
			not_native(shape);
			check_condition(m, shape, clause);
		}
		else if (clause->kind == CLAUSE_NOT_NULL && (null || is_generated(shape->table, column)))
		{
			not_native(shape);
			check_nulls(m, shape, column);
		}
		else if (clause->kind == CLAUSE_FOREIGN_KEY && null)
			need_parent(shape, clause);
		else if (clause->kind == CLAUSE_FOREIGN_KEY)
		{
			not_native(shape);
			check_foreign_key(m, shape, clause);
		}
	}
}

/* The definition in SQLite's words. */
static MigText
portable_definition(Mig *m, const MigShape *shape, MigText text)
{
	Table *table = portable_table(m, read_definition(m, shape->stored->name, "", text));

	return mig_copy(m, tokens_text(&table->tokens, (Span){table->open + 1, table->close}));
}

/* What can fail is looked at before anything changes. */
static void
add_column(Mig *m, MigShape *shape, const Action *action)
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
		check_no_column(m, tokens_text(&one->tokens, table_clause(one, 0, CLAUSE_DEFAULT)->body));
	if (table_primary_key(one))
		check_one_primary_key(m, shape);
	for (size_t i = 0; i < one->nclauses; i++)
		check_name_free(m, shape, one->clauses[i].name);
	shape->table = table_add_column(m, shape->table, text);
	append_value(m, shape);
	check_new_column(m, shape, shape->table->ncolumns - 1);
	mig_lines_add(&shape->native,
				  mig_text(mig_format(m, "ALTER TABLE %s ADD COLUMN %.*s",
									  qualified(m, shape->stored->schema, shape->stored->name).at,
									  MIG_ARG(text))));
}

/* ---- foreign keys of the table to itself ---- */

/* The columns of the table that its own foreign key refers to; none if it refers to another table.
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
		fail_needed(m, dropped,
					mig_format(m, "constraint %.*s on table %.*s",
							   MIG_ARG(table_constraint_name(m, shape->table, key)),
							   MIG_ARG(shape->stored->name)));
	shape->table = table_drop_clause(m, shape->table, key);
	needs_rebuild(shape);
}

/* Those that refer to just the columns of a key that is dropped. */
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
static void
drop_keys_to_column(Mig *m, MigShape *shape, MigText column, bool cascade)
{
	size_t i = 0;

	while (i < shape->table->nclauses)
	{
		const Clause *key = &shape->table->clauses[i];

		if (name_in(own_parents(shape, key), column) && !name_in(key->columns, column))
			drop_own_key(m, shape, key, dropped_column(m, shape, column), cascade);
		else
			i++;
	}
}

/* ---- DROP COLUMN ---- */

/* Does a clause go with the column?  A foreign key of the table to itself may refer to it. */
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

/* One at a time: each edit moves the others. */
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

/* Also one that uses the column in its WHERE alone, as in PostgreSQL. */
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

/* UPDATE OF column: SQLite would take the trigger as it is, and it would never fire. */
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
			fail_needed(m, dropped_column(m, shape, column),
						mig_format(m, "trigger %.*s on table %.*s",
								   MIG_ARG(shape->stored->triggers[i].name),
								   MIG_ARG(shape->stored->name)));
	}
}

/* A column that is computed from the column, or NO_COLUMN. */
static size_t
generated_from(Mig *m, const MigShape *shape, MigText column)
{
	for (size_t i = 0; i < shape->table->nclauses; i++)
	{
		const Clause *clause = &shape->table->clauses[i];

		if (clause->kind == CLAUSE_GENERATED &&
			!name_same(column_name(shape, clause->column), column) &&
			tokens_mention(m, &shape->table->tokens, clause->body, column))
			return clause->column;
	}
	return NO_COLUMN;
}

/* Before the table's text forgets the column. */
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

/* With the constraints and indexes that PostgreSQL would take with it. */
static void
drop_one_column(Mig *m, MigShape *shape, size_t column)
{
	MigText name = column_name(shape, column);

	if (shape->table->ncolumns == 1)
		shape_fail(m, MIG_UNSUPPORTED,
				   mig_format(m, "cannot drop column \"%.*s\" of relation \"%.*s\"", MIG_ARG(name),
							  MIG_ARG(shape->stored->name)),
				   "A table of SQLite's has at least one column.", "Drop the table.");
	check_trigger_columns(m, shape, name);
	drop_column_indexes(m, shape, name);
	shape->drops = true;
	shape->dropped = dropped_column(m, shape, name);
	for (size_t i = 0; i < ROWID_NAMES; i++)
		if (name_same(name, mig_text(rowid_names[i])))
			shape->dropped_rowid = name;
	shape->is_edit = false;
	if (!is_plain_column(shape, column))
		needs_rebuild(shape);
	while (drop_next_dependent(m, shape, name))
		needs_rebuild(shape);
	remove_value(shape, column);
	shape->table = table_drop_column(m, shape->table, column);
	mig_lines_add(&shape->native,
				  mig_text(mig_format(m, "ALTER TABLE %s DROP COLUMN %s",
									  qualified(m, shape->stored->schema, shape->stored->name).at,
									  mig_quoted_name(m, name).at)));
}

/* A column that is computed from the column, from one computed from it, and so on: the last one. */
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
		column = column_name(shape, last);
	}
}

/* Nothing goes before all that could refuse has been asked. */
static void
drop_column(Mig *m, MigShape *shape, const Action *action)
{
	size_t generated;

	if (table_column(shape->table, action->name) == NO_COLUMN && action->if_exists)
		return;
	need_column(m, shape, action->name);
	generated = generated_from(m, shape, action->name);
	if (generated != NO_COLUMN && !action->cascade)
		fail_needed(m, dropped_column(m, shape, action->name),
					dropped_column(m, shape, column_name(shape, generated)));
	while ((generated = last_generated_from(m, shape, action->name)) != NO_COLUMN)
		drop_one_column(m, shape, generated);
	drop_keys_to_column(m, shape, action->name, action->cascade);
	drop_one_column(m, shape, table_column(shape->table, action->name));
}

/* ---- constraints ---- */

/* SQLite would say so, too, but only when the table is made. */
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
		set_not_null(m, shape, table_column(shape->table, columns.at[i]));
}

/* What is checked depends on the kind; NOT VALID checks nothing now. */
static void
add_constraint(Mig *m, MigShape *shape, const Action *action)
{
	const Table *one =
		portable_table(m, read_definition(m, shape->stored->name, "x, ", action->text));
	Clause clause = one->clauses[0];
	MigText text = mig_copy(m, tokens_text(&one->tokens, clause.span));

	not_native(shape);
	check_name_free(m, shape, action->name);
	check_key_columns(m, shape, &clause);
	if (clause.kind == CLAUSE_PRIMARY_KEY)
	{
		check_one_primary_key(m, shape);
		require_key(m, shape, clause.columns);
	}
	shape->table = table_add_constraint(m, shape->table, text);
	clause = shape->table->clauses[shape->table->nclauses - 1];
	if (clause.kind == CLAUSE_PRIMARY_KEY || clause.kind == CLAUSE_UNIQUE)
	{
		needs_rebuild(shape);
		check_unique(m, shape, &shape->table->clauses[shape->table->nclauses - 1]);
	}
	else if (clause.kind == CLAUSE_CHECK && action->not_valid)
		need_expression(m, shape, tokens_text(&shape->table->tokens, clause.body));
	else if (clause.kind == CLAUSE_CHECK)
	{
		add_newer(m, shape, "ADD", text);
		check_condition(m, shape, &shape->table->clauses[shape->table->nclauses - 1]);
	}
	else if (clause.kind == CLAUSE_FOREIGN_KEY)
	{
		need_parent(shape, &clause);
		if (!action->not_valid)
			check_foreign_key(m, shape, &shape->table->clauses[shape->table->nclauses - 1]);
	}
}

/* Raises where it is not there. */
static Clause *
need_constraint(Mig *m, const MigShape *shape, MigText name)
{
	Clause *clause = table_constraint(m, shape->table, name);

	if (clause == NULL)
		shape_fail(m, MIG_UNKNOWN_OBJECT,
				   mig_format(m, "constraint \"%.*s\" of relation \"%.*s\" does not exist",
							  MIG_ARG(name), MIG_ARG(shape->stored->name)),
				   NULL, NULL);
	return clause;
}

/* A key takes its index with it, and so needs a copy. */
static void
drop_constraint(Mig *m, MigShape *shape, const Action *action)
{
	Clause *clause = table_constraint(m, shape->table, action->name);
	bool rowid = table_rowid_column(m, shape->table) != NO_COLUMN;
	MigList columns;

	if (clause == NULL && action->if_exists)
		return;
	clause = need_constraint(m, shape, action->name);
	columns = clause->columns;
	not_native(shape);
	if (clause->kind == CLAUSE_PRIMARY_KEY || clause->kind == CLAUSE_UNIQUE)
	{
		drop_keys_to_key(m, shape, columns,
						 mig_format(m, "constraint %.*s on table %.*s", MIG_ARG(action->name),
									MIG_ARG(shape->stored->name)),
						 action->cascade);
		clause = need_constraint(m, shape, action->name);
		needs_rebuild(shape);
		shape->drops = true;
		shape->dropped = mig_format(m, "constraint %.*s on table %.*s", MIG_ARG(action->name),
									MIG_ARG(shape->stored->name));
	}
	if (clause->kind == CLAUSE_CHECK && clause->name.at)
		add_newer(m, shape, "DROP CONSTRAINT", mig_quoted_name(m, clause->name));
	if (clause->kind != CLAUSE_PRIMARY_KEY || !rowid)
	{
		shape->table = table_drop_clause(m, shape->table, clause);
		return;
	}
	/* what was the rowid took no null, and shall take none */
	shape->table = table_drop_clause(m, shape->table, clause);
	require_key(m, shape, columns);
}

/* SQLite does not remember what was not checked: it is looked at again. */
static void
validate_constraint(Mig *m, MigShape *shape, MigText name)
{
	const Clause *clause = need_constraint(m, shape, name);

	not_native(shape);
	if (clause->kind == CLAUSE_CHECK)
		check_condition(m, shape, clause);
	else if (clause->kind == CLAUSE_FOREIGN_KEY)
		check_foreign_key(m, shape, clause);
}

/* One without a name has been known under the name that it would have in PostgreSQL. */
static void
rename_constraint(Mig *m, MigShape *shape, const Action *action)
{
	const Clause *clause = need_constraint(m, shape, action->name);
	const char *name = mig_quoted_name(m, action->to).at;

	check_name_free(m, shape, action->to);
	not_native(shape);
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

/* ---- RENAME: SQLite has it ---- */

/* SQLite changes views, triggers and foreign keys that say the old name. */
static void
rename_column(Mig *m, MigShape *shape, const Action *action)
{
	if (table_column(shape->table, action->name) == NO_COLUMN)
		shape_fail(m, "42703",
				   mig_format(m, "column \"%.*s\" does not exist", MIG_ARG(action->name)), NULL,
				   NULL);
	if (table_column(shape->table, action->to) != NO_COLUMN && !name_same(action->name, action->to))
		shape_fail(m, "42701",
				   mig_format(m, "column \"%.*s\" of relation \"%.*s\" already exists",
							  MIG_ARG(action->to), MIG_ARG(shape->stored->name)),
				   NULL, NULL);
	shape->stands_alone = true;
	mig_lines_add(&shape->native,
				  mig_text(mig_format(m, "ALTER TABLE %s RENAME COLUMN %s TO %s",
									  qualified(m, shape->stored->schema, shape->stored->name).at,
									  mig_quoted_name(m, action->name).at,
									  mig_quoted_name(m, action->to).at)));
}

/* The same; constraints that PostgreSQL named by the table are called by the new name then. */
static void
rename_whole(Mig *m, MigShape *shape, const Action *action)
{
	shape->stands_alone = true;
	mig_lines_add(&shape->native,
				  mig_text(mig_format(m, "ALTER TABLE %s RENAME TO %s",
									  qualified(m, shape->stored->schema, shape->stored->name).at,
									  mig_quoted_name(m, action->to).at)));
}

/* ---- COMMENT ON: a comment in the stored text, marked as ours ---- */

/* Nothing in it may end the comment before its time. */
static MigText
comment_text(Mig *m, MigText text)
{
	MigBuf buf = mig_buf(m);

	mig_buf_str(&buf, " " TABLE_COMMENT);
	for (size_t i = 0; i < text.len; i++)
	{
		if (i > 0 && text.at[i - 1] == '*' && text.at[i] == '/')
			mig_buf_str(&buf, " ");
		mig_buf_add(&buf, (MigText){text.at + i, 1});
	}
	mig_buf_str(&buf, " */");
	return mig_buf_text(&buf);
}

/* Behind the table's name or the column's definition; a new one replaces the old one. */
static void
comment(Mig *m, MigShape *shape, const Action *action)
{
	size_t token = shape->table->name_at;
	size_t at;

	if (action->name.at)
		token = shape->table->columns[need_column(m, shape, action->name)].span.to - 1;
	at = (size_t) (shape->table->tokens.at[token].text.at +
				   shape->table->tokens.at[token].text.len - shape->table->tokens.text.at);
	not_native(shape);
	shape->table = table_replace(m, shape->table, at, table_comment_end(shape->table, at),
								 action->text.at ? comment_text(m, action->text) : mig_text(""));
}

/* ---- a statement ---- */

/* PostgreSQL's order, whatever the order in the statement (AlterTablePass). */
static int
pass_of(ActionKind kind)
{
	switch (kind)
	{
		case ACTION_DROP_COLUMN:
		case ACTION_DROP_CONSTRAINT:
		case ACTION_DROP_NOT_NULL:
		case ACTION_DROP_EXPRESSION:
			return 0;
		case ACTION_SET_TYPE:
			return 1;
		case ACTION_ADD_COLUMN:
			return 2;
		case ACTION_SET_EXPRESSION:
			return 3;
		case ACTION_ADD_CONSTRAINT:
			return 5;
		case ACTION_VALIDATE_CONSTRAINT:
			return 6;
		default:
			return 4;
	}
}

#define LAST_PASS 6

/* All of these are about a column that must be there. */
static void
apply_to_column(Mig *m, MigShape *shape, const Action *action)
{
	size_t column = need_column(m, shape, action->name);

	switch (action->kind)
	{
		case ACTION_SET_NOT_NULL:
			set_not_null(m, shape, column);
			break;
		case ACTION_DROP_NOT_NULL:
			drop_not_null(m, shape, column);
			break;
		case ACTION_SET_DEFAULT:
		case ACTION_DROP_DEFAULT:
			set_default(m, shape, column, action->text);
			break;
		case ACTION_SET_TYPE:
			set_type(m, shape, column, action);
			break;
		case ACTION_ADD_IDENTITY:
			add_identity(m, shape, column, action->text);
			break;
		case ACTION_SET_EXPRESSION:
			set_expression(m, shape, column, action->text);
			break;
		default:
			drop_expression(m, shape, column, action->if_exists);
	}
}

static void
apply(Mig *m, MigShape *shape, const Action *action)
{
	switch (action->kind)
	{
		case ACTION_ADD_COLUMN:
			add_column(m, shape, action);
			break;
		case ACTION_DROP_COLUMN:
			drop_column(m, shape, action);
			break;
		case ACTION_ADD_CONSTRAINT:
			add_constraint(m, shape, action);
			break;
		case ACTION_DROP_CONSTRAINT:
			drop_constraint(m, shape, action);
			break;
		case ACTION_VALIDATE_CONSTRAINT:
			validate_constraint(m, shape, action->name);
			break;
		case ACTION_RENAME_CONSTRAINT:
			rename_constraint(m, shape, action);
			break;
		case ACTION_RENAME_COLUMN:
			rename_column(m, shape, action);
			break;
		case ACTION_RENAME_TABLE:
			rename_whole(m, shape, action);
			break;
		case ACTION_COMMENT:
			comment(m, shape, action);
			break;
		default:
			apply_to_column(m, shape, action);
	}
}

/* Raises before the adapter has run anything. */
void
mig_shape_alter(Mig *m, MigShape *shape, const MigTaught *taught)
{
	for (int pass = 0; pass <= LAST_PASS; pass++)
		for (size_t i = 0; i < taught->nactions; i++)
			if (pass_of(taught->actions[i].kind) == pass)
			{
				const Table *before = shape->table;
				size_t newer = shape->newer.list.n;

				apply(m, shape, &taught->actions[i]);
				if (shape->table != before && shape->newer.list.n == newer)
					shape->is_newer = false;
			}
}

/* Is the column in the table as it is, with the values that it has there? */
static bool
is_old(const MigShape *shape, MigText name)
{
	size_t column = table_column(shape->table, name);

	return column == NO_COLUMN || (!shape->values[column].changed && !shape->values[column].added);
}

/*
 * A rename is SQLite's and stands alone.  A conversion and a key are checked
 * in the table as it is: not over values that are not there yet.
 */
bool
mig_shape_joins(const MigShape *shape, const MigTaught *taught)
{
	for (size_t i = 0; i < taught->nactions; i++)
		switch (taught->actions[i].kind)
		{
			case ACTION_RENAME_COLUMN:
			case ACTION_RENAME_TABLE:
				return false;
			case ACTION_SET_TYPE:
				if (taught->actions[i].using.at ? is_changed(shape)
												: !is_old(shape, taught->actions[i].name))
					return false;
				break;
			case ACTION_SET_EXPRESSION:
			case ACTION_DROP_EXPRESSION:
				if (is_changed(shape))
					return false;
				break;
			default:
				break;
		}
	return !shape->stands_alone;
}

/* ---- carrying out ---- */

MigText
mig_shape_sql(const MigShape *shape)
{
	return shape->table->tokens.text;
}

/* With the schema in front of the name. */
MigText
mig_shape_create(Mig *m, const MigShape *shape)
{
	const char *name = shape->table->tokens.at[shape->table->name_at].text.at;
	MigText text = shape->table->tokens.text;

	return mig_text(mig_format(m, "CREATE TABLE %s.%.*s",
							   mig_quoted_name(m, shape->stored->schema).at,
							   (int) (text.at + text.len - name), name));
}

/* Does what is stored change, and not only what is said about it? */
bool
mig_shape_is_same(const MigShape *shape)
{
	return mig_same(shape->stored->sql, mig_shape_sql(shape)) && !is_changed(shape);
}

/* A name for the rowid that no column has, old or new; null if all are taken. */
static const char *
rowid_name(const MigShape *shape)
{
	for (size_t i = 0; i < ROWID_NAMES; i++)
		if (!name_in(shape->stored->columns, mig_text(rowid_names[i])) &&
			table_column(shape->table, mig_text(rowid_names[i])) == NO_COLUMN)
			return rowid_names[i];
	return NULL;
}

/*
 * OR ABORT, so that no ON CONFLICT clause of the table's leaves out or changes
 * a row.  A rowid that is no column is copied, too.
 */
MigText
mig_shape_copy(Mig *m, const MigShape *shape, MigText old_name)
{
	MigBuf names = mig_buf(m);
	MigBuf values = mig_buf(m);
	const char *rowid = rowid_name(shape);
	const char *comma = "";

	if (rowid && !shape->table->without_rowid && table_rowid_column(m, shape->table) == NO_COLUMN)
	{
		mig_buf_str(&names, rowid);
		mig_buf_str(&values, rowid);
		comma = ", ";
	}
	for (size_t i = 0; i < shape->table->ncolumns; i++)
	{
		if (shape->values[i].expression.at == NULL || is_generated(shape->table, i))
			continue;
		mig_buf_format(&names, "%s%s", comma, mig_quoted_name(m, column_name(shape, i)).at);
		mig_buf_format(&values, "%s%.*s", comma, MIG_ARG(shape->values[i].expression));
		comma = ", ";
	}
	return mig_text(mig_format(m, "INSERT OR ABORT INTO %s (%s) SELECT %s FROM %s",
							   qualified(m, shape->stored->schema, shape->stored->name).at,
							   mig_buf_text(&names).at, mig_buf_text(&values).at,
							   qualified(m, shape->stored->schema, old_name).at));
}

/* It may be ahead of all rows: a number is not given twice.  RENAME has given it the old one's
 * name. */
MigList
mig_shape_count(Mig *m, const MigShape *shape, MigText old_name)
{
	const MigStored *stored = shape->stored;
	const Clause *old = table_primary_key(table_read(m, stored->sql));
	const Clause *new = table_primary_key(shape->table);
	MigLines lines = mig_lines(m);
	const char *table = qualified(m, stored->schema, mig_text("sqlite_sequence")).at;
	const char *name = mig_quoted_text(m, stored->name).at;

	if (old == NULL || !old->autoincrement || new == NULL || !new->autoincrement)
		return lines.list;
	mig_lines_add(&lines, mig_text(mig_format(m, "DELETE FROM %s WHERE name = %s", table, name)));
	mig_lines_add(&lines,
				  mig_text(mig_format(m,
									  "INSERT INTO %s (name, seq) SELECT %s, seq FROM %s "
									  "WHERE name = %s",
									  table, name, table, mig_quoted_text(m, old_name).at)));
	return lines.list;
}

/* The columns that have a place in a row, each as "name". */
static const char *
stored_columns(Mig *m, const MigStored *stored, const Table *table)
{
	MigBuf buf = mig_buf(m);

	for (size_t i = 0; i < table->ncolumns; i++)
		if (!is_generated(table, i))
			mig_buf_format(&buf, "%s%s", buf.len > 0 ? ", " : "",
						   mig_quoted_name(m, stored->columns.at[i]).at);
	return mig_buf_text(&buf).at;
}

MigText
mig_shape_read(Mig *m, const MigShape *shape, MigText old_name)
{
	const MigStored *stored = shape->stored;

	return mig_text(mig_format(m, "SELECT %s FROM %s",
							   stored_columns(m, stored, table_read(m, stored->sql)),
							   qualified(m, stored->schema, old_name).at));
}

/*
 * A table to keep the rows of one that cannot be renamed: a CHECK says "t.a"
 * there, which SQLite does not find any more under the other name.  Columns
 * have their types, so that expressions over them mean the same.
 */
MigList
mig_shape_hold(Mig *m, const MigShape *shape, MigText old_name)
{
	const MigStored *stored = shape->stored;
	const Table *table = table_read(m, stored->sql);
	const char *rowid = rowid_name(shape);
	MigBuf definitions = mig_buf(m);
	MigBuf names = mig_buf(m);
	MigLines statements = mig_lines(m);

	if (rowid && !table->without_rowid)
		mig_buf_format(&names, "%s, ", rowid);
	for (size_t i = 0; i < table->ncolumns; i++)
	{
		const char *name = mig_quoted_name(m, stored->columns.at[i]).at;

		mig_buf_format(&definitions, "%s%s %.*s", i > 0 ? ", " : "", name,
					   MIG_ARG(tokens_text(&table->tokens, table->columns[i].type)));
		mig_buf_format(&names, "%s%s", i > 0 ? ", " : "", name);
	}
	mig_lines_add(&statements, mig_text(mig_format(m, "CREATE TABLE %s (%s)",
												   qualified(m, stored->schema, old_name).at,
												   mig_buf_text(&definitions).at)));
	mig_lines_add(&statements, mig_text(mig_format(m, "INSERT INTO %s (%s) SELECT %s FROM %s",
												   qualified(m, stored->schema, old_name).at,
												   mig_buf_text(&names).at, mig_buf_text(&names).at,
												   qualified(m, stored->schema, stored->name).at)));
	return statements.list;
}

/* ---- other objects ---- */

/* CREATE [UNIQUE] INDEX or TRIGGER, then the name: so SQLite stores them. */
MigText
mig_object_create(Mig *m, MigText sql, MigText schema)
{
	Tokens tokens = tokens_read(m, sql);
	size_t name = token_spells(tokens.at[1], "UNIQUE") ? 3 : 2;
	const char *at = tokens.at[name < tokens.n ? name : tokens.n].text.at;

	return mig_text(mig_format(m, "%.*s%s.%.*s", (int) (at - sql.at), sql.at,
							   mig_quoted_name(m, schema).at, (int) (sql.at + sql.len - at), at));
}

/* As a token, so not in a comment or a part of a longer name. */
bool
mig_mentions(Mig *m, MigText sql, MigText name)
{
	Tokens tokens = tokens_read(m, sql);

	for (size_t i = 0; i < tokens.n; i++)
		if (token_is_name(tokens.at[i]) && name_same(token_name(m, tokens.at[i]), name))
			return true;
	return false;
}

/* CREATE TRIGGER name [when] event [OF columns] ON table: so SQLite stores it. */
MigTrigger
mig_trigger(Mig *m, MigText sql)
{
	Tokens tokens = tokens_read(m, sql);
	MigTrigger trigger = {mig_text(""), mig_text(""), {NULL, 0}};
	size_t i = 3; /* behind CREATE TRIGGER name */

	if (tokens.n < 6)
		return trigger;
	if (token_spells(tokens.at[i], "BEFORE") || token_spells(tokens.at[i], "AFTER"))
		i++;
	else if (token_spells(tokens.at[i], "INSTEAD"))
		i += 2;
	trigger.event = tokens.at[i++].text;
	if (i < tokens.n && token_spells(tokens.at[i], "OF"))
		trigger.column = token_name(m, tokens.at[i + 1]);
	while (i < tokens.n && !token_spells(tokens.at[i], "ON"))
		i++;
	if (i + 1 < tokens.n)
		trigger.table = token_name(m, tokens.at[i + 1]);
	if (i + 3 < tokens.n && token_is_char(tokens.at[i + 2], '.'))
		trigger.table = token_name(m, tokens.at[i + 3]);
	return trigger;
}
