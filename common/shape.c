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
 *
 * An example: of t (a text, b text),
 *
 *   ALTER TABLE t ALTER COLUMN a TYPE integer, ALTER COLUMN b SET NOT NULL;
 *
 * leaves the shape with
 *
 *   the text     CREATE TABLE t (a integer, b text NOT NULL)
 *   values       a: CAST("a" AS INTEGER), b: "b"
 *   checks       rows in which a is no integer, and rows in which b is NULL, the latter of
 *                  (SELECT CAST("a" AS INTEGER) AS "a", "b" AS "b" FROM "main"."t") AS "t"
 *   is_native    false: SQLite has no statement for either
 *   is_edit      false: a's values change; for b alone an edit would have done
 *
 * and a copy is made by
 *
 *   ALTER TABLE "main"."t" RENAME TO "migrate_old_t";
 *   CREATE TABLE "main".t (a integer, b text NOT NULL);
 *   INSERT OR ABORT INTO "main"."t" (rowid, "a", "b")
 *     SELECT rowid, CAST("a" AS INTEGER), "b" FROM "main"."migrate_old_t";
 *   DROP TABLE "main"."migrate_old_t";
 *
 * and by what makes its indexes and triggers again.
 */
#include "shape.h"

#include <string.h>

/* ---- errors ---- */

/* In PostgreSQL's words where it has some, so that a person finds the same in both. */
_Noreturn void
shape_fail(Mig *m, const char *sqlstate, const char *message, const char *detail, const char *hint)
{
	mig_raise(m, &(MigError){sqlstate, message, detail, hint, NULL});
}

/* what: "view v", of which the thing dropped is a part */
_Noreturn void
shape_fail_needed(Mig *m, const char *dropped, const char *what)
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
	shape_fail_needed(m, shape->dropped, what);
}

/*
 * As PostgreSQL names what is dropped in an error of dependencies; also kept for the adapter,
 * which finds later that a view needs it.
 */
const char *
shape_dropped_column(Mig *m, const MigShape *shape, MigText column)
{
	return mig_format(m, "column %.*s of table %.*s", MIG_ARG(column),
					  MIG_ARG(shape->stored->name));
}

/* Raises where it is not there. */
size_t
shape_need_column(Mig *m, const MigShape *shape, MigText name)
{
	size_t column = table_column(shape->table, name);

	if (column == NO_COLUMN)
		shape_fail(m, "42703",
				   mig_format(m, "column \"%.*s\" of relation \"%.*s\" does not exist",
							  MIG_ARG(name), MIG_ARG(shape->stored->name)),
				   NULL, NULL);
	return column;
}

MigText
shape_column_name(const MigShape *shape, size_t column)
{
	return shape->table->columns[column].name;
}

/* ---- the old table ---- */

/* With the schema: a temporary table of the name must not get in the way. */
MigText
shape_qualified(Mig *m, MigText schema, MigText name)
{
	return mig_text(
		mig_format(m, "%s.%s", mig_quoted_name(m, schema).at, mig_quoted_name(m, name).at));
}

/* Quoted: it is put into the statements as it is. */
const char *
shape_table(Mig *m, const MigShape *shape)
{
	return shape_qualified(m, shape->stored->schema, shape->stored->name).at;
}

static const char *const rowid_names[] = {"rowid", "_rowid_", "oid"};

#define ROWID_NAMES (sizeof(rowid_names) / sizeof(rowid_names[0]))

/*
 * A name for the rowid that no column has, old or new, since the copy reads the one table and
 * writes the other; NULL if all three are taken: then the rowid cannot be named, and is not kept.
 */
const char *
shape_rowid_name(const MigShape *shape)
{
	for (size_t i = 0; i < ROWID_NAMES; i++)
		if (!name_in(shape->stored->columns, mig_text(rowid_names[i])) &&
			table_column(shape->table, mig_text(rowid_names[i])) == NO_COLUMN)
			return rowid_names[i];
	return NULL;
}

/* In any case, as all names. */
bool
shape_is_rowid_name(MigText name)
{
	for (size_t i = 0; i < ROWID_NAMES; i++)
		if (name_same(name, mig_text(rowid_names[i])))
			return true;
	return false;
}

/*
 * The columns of the text must be those that SQLite sees, or ranges would be of others: a table is
 * altered only where its stored text is understood as SQLite has understood it.  At first every
 * column is filled by the old one of its name, and all ways to carry it out are open; each action
 * closes those that will not do.
 */
MigShape *
mig_shape(Mig *m, const MigStored *stored)
{
	MigShape *shape = mig_alloc(m, 1, sizeof(MigShape));
	const char *detail = NULL;

	*shape = (MigShape){
		.stored = stored, .is_native = true, .is_newer = true, .is_edit = true, .is_talk = true};
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
		if (!name_same(shape_column_name(shape, i), stored->columns.at[i]))
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

/* The default as an expression: SQLite takes a bare word there for a text. */
static MigText
default_value(Mig *m, const Table *table, const Clause *clause)
{
	Token token = table->tokens.at[clause->body.from];

	if (clause->body.to == clause->body.from + 1 && token_is_bare(token))
		return mig_quoted_text(m, token_name(m, token));
	return tokens_text(&table->tokens, clause->body);
}

/* A column without a default has NULL. */
MigText
shape_default(Mig *m, const MigShape *shape, size_t column)
{
	const Clause *clause = table_clause(shape->table, column, CLAUSE_DEFAULT);

	return clause ? default_value(m, shape->table, clause) : mig_text("NULL");
}

/* What a column will hold, over the old table: for checks, before the copy. */
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
	return shape_default(m, shape, column);
}

/* Rows, not only what is said about them. */
bool
shape_is_changed(const MigShape *shape)
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
	return shape->values[column].expression.at == NULL && table_is_generated(shape->table, column);
}

/*
 * The rows as they will be, for a FROM; under the table's name, as a CHECK may say "t.a".  A
 * generated column that is new is computed over the new values of others, so it stands in a query
 * around theirs; several of them, each one around the next.  Where no row changes, it is the table
 * itself.
 */
MigText
shape_source(Mig *m, const MigShape *shape)
{
	MigText table = mig_text(shape_table(m, shape));
	const char *name = mig_quoted_name(m, shape->stored->name).at;
	const char *sep = "";
	MigBuf buf = mig_buf(m);

	if (!shape_is_changed(shape))
		return table;
	for (size_t i = shape->table->ncolumns; i-- > 0;)
		if (is_new_generated(shape, i))
			mig_buf_format(&buf, "(SELECT *, %.*s AS %s FROM ", MIG_ARG(value_of(m, shape, i)),
						   mig_quoted_name(m, shape_column_name(shape, i)).at);
	mig_buf_str(&buf, "(SELECT ");
	for (size_t i = 0; i < shape->table->ncolumns; i++)
		if (!is_new_generated(shape, i))
		{
			mig_buf_format(&buf, "%s%.*s AS %s", sep, MIG_ARG(value_of(m, shape, i)),
						   mig_quoted_name(m, shape_column_name(shape, i)).at);
			sep = ", ";
		}
	mig_buf_format(&buf, " FROM %s) AS %s", table.at, name);
	for (size_t i = 0; i < shape->table->ncolumns; i++)
		if (is_new_generated(shape, i))
			mig_buf_format(&buf, ") AS %s", name);
	return mig_buf_text(&buf);
}

/* Generated ones, too, as SQLite's own list of columns has them. */
MigList
mig_shape_columns(Mig *m, const MigShape *shape)
{
	MigLines names = mig_lines(m);

	for (size_t i = 0; i < shape->table->ncolumns; i++)
		mig_lines_add(&names, shape_column_name(shape, i));
	return names.list;
}

MigList
mig_shape_plain_columns(Mig *m, const MigShape *shape)
{
	MigLines names = mig_lines(m);

	for (size_t i = 0; i < shape->table->ncolumns; i++)
		if (!table_is_generated(shape->table, i))
			mig_lines_add(&names, shape_column_name(shape, i));
	return names.list;
}

MigText
mig_shape_sql(const MigShape *shape)
{
	return shape->table->tokens.text;
}

/*
 * Does what is stored change, and not only what is said about it?  Where nothing does, nothing is
 * run: a SET NOT NULL of what is NOT NULL must not cost a copy.
 */
bool
mig_shape_is_same(const MigShape *shape)
{
	return mig_same(shape->stored->sql, mig_shape_sql(shape)) && !shape_is_changed(shape);
}

/* ---- helpers of the actions ---- */

/*
 * SQLite before 3.53 has no statement for it; no row changes.  So an edit of the text will do, and
 * where that is not allowed, a newer SQLite's statement or a copy.
 */
void
shape_not_native(MigShape *shape)
{
	shape->is_native = false;
}

/* Rows change, or an index of SQLite's own, which a UNIQUE and a key have: only a copy will do. */
void
shape_needs_rebuild(MigShape *shape)
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

void
shape_add_to_column(Mig *m, MigShape *shape, size_t column, MigText text)
{
	shape->table = table_insert(m, shape->table, type_token(shape, column), text);
}

/*
 * What the action is in SQLite 3.53, which has SET and DROP NOT NULL and DROP CONSTRAINT.  Only
 * where all actions of a shape have such a statement are they used: see mig_shape_alter().
 */
void
shape_add_newer(Mig *m, MigShape *shape, const char *action, MigText what)
{
	mig_lines_add(&shape->newer,
				  mig_text(mig_format(m, "ALTER TABLE %s %s %.*s", shape_table(m, shape), action,
									  MIG_ARG(what))));
}

/* SQLite takes a clause several times. */
void
shape_drop_clauses(Mig *m, MigShape *shape, size_t column, ClauseKind kind)
{
	Clause *clause;

	while ((clause = table_clause(shape->table, column, kind)) != NULL)
		shape->table = table_drop_clause(m, shape->table, clause);
}

/* Of one column or of several. */
bool
shape_in_primary_key(const MigShape *shape, size_t column)
{
	const Clause *key = table_primary_key(shape->table);

	return key && name_in(key->columns, shape_column_name(shape, column));
}

/* SQLite would say so, too, but only when the table is made, and in words of its own. */
void
shape_check_one_primary_key(Mig *m, const MigShape *shape)
{
	if (table_primary_key(shape->table))
		shape_fail(m, "42P16",
				   mig_format(m, "multiple primary keys for table \"%.*s\" are not allowed",
							  MIG_ARG(shape->stored->name)),
				   NULL, NULL);
}

_Noreturn void
shape_fail_name_taken(Mig *m, const MigShape *shape, MigText name)
{
	shape_fail(m, MIG_DUPLICATE,
			   mig_format(m, "constraint \"%.*s\" for relation \"%.*s\" already exists",
						  MIG_ARG(name), MIG_ARG(shape->stored->name)),
			   NULL, NULL);
}

/* SQLite does not mind two constraints of a name; DROP CONSTRAINT would. */
void
shape_check_name_free(Mig *m, const MigShape *shape, MigText name)
{
	if (name.at && table_has_constraint(m, shape->table, name))
		shape_fail_name_taken(m, shape, name);
}

/* ---- RENAME: SQLite has it ---- */

/*
 * SQLite changes views, triggers and foreign keys that say the old name.  It stands alone, as the
 * shape's text and the names in what is collected would have to change with it.
 */
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
									  shape_table(m, shape), mig_quoted_name(m, action->name).at,
									  mig_quoted_name(m, action->to).at)));
}

/*
 * The same; constraints that PostgreSQL named by the table are called by the new name then, as
 * theirs is made up from it each time.
 */
static void
rename_whole(Mig *m, MigShape *shape, const Action *action)
{
	shape->stands_alone = true;
	mig_lines_add(&shape->native,
				  mig_text(mig_format(m, "ALTER TABLE %s RENAME TO %s", shape_table(m, shape),
									  mig_quoted_name(m, action->to).at)));
}

/*
 * A virtual table's rename is SQLite's and the module's; there is nothing else that can be
 * altered, and its text is not one that mig_shape() could read.
 */
MigText
mig_shape_virtual(Mig *m, const MigStored *stored, const MigTaught *taught)
{
	Tokens tokens = tokens_read(m, stored->sql);
	MigShape shape = {.stored = stored, .native = mig_lines(m)};

	if (tokens.n < 2 || !token_spells(tokens.at[1], "VIRTUAL") || taught->nactions != 1 ||
		taught->actions[0].kind != ACTION_RENAME_TABLE)
		return (MigText){NULL, 0};
	rename_whole(m, &shape, &taught->actions[0]);
	return shape.native.list.at[0];
}

/* ---- COMMENT ON: a comment in the stored text, marked as ours ---- */

/*
 * SQLite has no COMMENT ON: it becomes a block comment behind what it is about, where .schema
 * shows it.  Nothing in it may end that before its time, so a blank parts a star from a slash.
 */
static MigText
comment_text(Mig *m, MigText text)
{
	MigBuf buf = mig_buf(m);

	mig_buf_str(&buf, TABLE_COMMENT);
	for (size_t i = 0; i < text.len; i++)
	{
		if (i > 0 && text.at[i - 1] == '*' && text.at[i] == '/')
			mig_buf_str(&buf, " ");
		mig_buf_add(&buf, (MigText){text.at + i, 1});
	}
	mig_buf_str(&buf, " */");
	return mig_buf_text(&buf);
}

/*
 * Behind the table's name or the column's definition; a new one replaces the old one, and NULL
 * takes it away, with the blank before it.
 */
static void
comment(Mig *m, MigShape *shape, const Action *action)
{
	size_t token = shape->table->name_at;
	MigText new = action->text.at ? comment_text(m, action->text) : mig_text("");
	MigText old;
	size_t at;

	if (action->name.at)
		token = shape->table->columns[shape_need_column(m, shape, action->name)].span.to - 1;
	old = table_comment(shape->table, token);
	at = (size_t) (old.at - shape->table->tokens.text.at);
	shape_not_native(shape);
	if (old.len == 0 && new.len > 0)
		shape->table = table_insert(m, shape->table, token, new);
	else
		shape->table =
			table_replace(m, shape->table, at - (new.len == 0 && old.len > 0 && old.at[-1] == ' '),
						  at + old.len, new);
}

/* ---- a statement ---- */

/*
 * PostgreSQL's order, whatever the order in the statement (AlterTablePass in tablecmds.c): so  ADD
 * CHECK (b > 0), ADD COLUMN b int  works, and a column may be dropped and added again.
 */
static int
pass_of(ActionKind kind)
{
	switch (kind)
	{
		case ACTION_DROP_COLUMN:
		case ACTION_DROP_CONSTRAINT:
		case ACTION_DROP_NOT_NULL:
		case ACTION_DROP_EXPRESSION:
		case ACTION_RESET_OPTION:
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
		case ACTION_SET_OPTION:
			return 6;
		default:
			return 4;
	}
}

#define LAST_PASS 6

/*
 * All of these are about a column that must be there; IF EXISTS of DROP EXPRESSION is about the
 * expression.
 */
static void
apply_to_column(Mig *m, MigShape *shape, const Action *action)
{
	size_t column = shape_need_column(m, shape, action->name);

	switch (action->kind)
	{
		case ACTION_SET_NOT_NULL:
			shape_set_not_null(m, shape, column, action->text);
			break;
		case ACTION_DROP_NOT_NULL:
			shape_drop_not_null(m, shape, column);
			break;
		case ACTION_SET_DEFAULT:
		case ACTION_DROP_DEFAULT:
			shape_set_default(m, shape, column, action->text);
			break;
		case ACTION_SET_TYPE:
			shape_set_type(m, shape, column, action);
			break;
		case ACTION_ADD_IDENTITY:
			shape_add_identity(m, shape, column, action->text);
			break;
		case ACTION_SET_EXPRESSION:
			shape_set_expression(m, shape, column, action->text);
			break;
		default:
			shape_drop_expression(m, shape, column, action->if_exists);
	}
}

static void
apply(Mig *m, MigShape *shape, const Action *action)
{
	switch (action->kind)
	{
		case ACTION_ADD_COLUMN:
			shape_add_column(m, shape, action);
			break;
		case ACTION_DROP_COLUMN:
			shape_drop_column(m, shape, action);
			break;
		case ACTION_ADD_CONSTRAINT:
			shape_add_constraint(m, shape, action);
			break;
		case ACTION_DROP_CONSTRAINT:
			shape_drop_constraint(m, shape, action);
			break;
		case ACTION_VALIDATE_CONSTRAINT:
			shape_validate_constraint(m, shape, action->name);
			break;
		case ACTION_RENAME_CONSTRAINT:
			shape_rename_constraint(m, shape, action);
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
		case ACTION_SET_OPTION:
		case ACTION_RESET_OPTION:
			shape_set_option(m, shape, action->name, action->kind == ACTION_SET_OPTION);
			break;
		default:
			apply_to_column(m, shape, action);
	}
}

/*
 * Raises before the adapter has run anything.  An action that has changed the text and has no
 * statement in SQLite 3.53 closes that way for the whole shape.
 */
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
				shape->is_talk &= taught->actions[i].kind == ACTION_COMMENT;
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
 * A rename is SQLite's and stands alone.  A conversion and a key are checked in the table as it
 * is: not over values that are not there yet.  A USING may read any column, so none may have
 * changed.
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
				if (taught->actions[i].using.at ? shape_is_changed(shape)
												: !is_old(shape, taught->actions[i].name))
					return false;
				break;
			case ACTION_SET_EXPRESSION:
			case ACTION_DROP_EXPRESSION:
				if (shape_is_changed(shape))
					return false;
				break;
			default:
				break;
		}
	return !shape->stands_alone;
}
