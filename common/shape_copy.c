/*
 * shape_copy.c - the statements by which a shape is carried out: the new table,
 * its rows, and what stood beside the old one
 */
#include "shape.h"

/* ---- the table and its rows ---- */

/*
 * With the schema in front of the name, which the stored text does not have.  The rest is the text
 * as the user wrote it.
 */
MigText
mig_shape_create(Mig *m, const MigShape *shape)
{
	const char *name = shape->table->tokens.at[shape->table->name_at].text.at;
	MigText text = shape->table->tokens.text;

	return mig_text(mig_format(m, "CREATE TABLE %s.%.*s",
							   mig_quoted_name(m, shape->stored->schema).at,
							   (int) (text.at + text.len - name), name));
}

/*
 * OR ABORT, so that no ON CONFLICT clause of the table's leaves out or changes a row.  A rowid
 * that is no column is copied, too, or rows would be numbered anew: full-text indexes with
 * external content go by it.  What has no expression gets its default, generated columns compute
 * themselves.
 */
MigText
mig_shape_copy(Mig *m, const MigShape *shape, MigText old_name)
{
	MigBuf names = mig_buf(m);
	MigBuf values = mig_buf(m);
	const char *rowid = shape_rowid_name(shape);
	const char *comma = "";

	if (rowid && !shape->table->without_rowid &&
		!table_read(m, shape->stored->sql)->without_rowid &&
		table_rowid_column(m, shape->table) == NO_COLUMN)
	{
		mig_buf_str(&names, rowid);
		mig_buf_str(&values, rowid);
		comma = ", ";
	}
	for (size_t i = 0; i < shape->table->ncolumns; i++)
	{
		if (shape->values[i].expression.at == NULL || table_is_generated(shape->table, i))
			continue;
		mig_buf_format(&names, "%s%s", comma, mig_quoted_name(m, shape_column_name(shape, i)).at);
		mig_buf_format(&values, "%s%.*s", comma, MIG_ARG(shape->values[i].expression));
		comma = ", ";
	}
	return mig_text(mig_format(m, "INSERT OR ABORT INTO %s (%s) SELECT %s FROM %s",
							   shape_table(m, shape), mig_buf_text(&names).at,
							   mig_buf_text(&values).at,
							   shape_qualified(m, shape->stored->schema, old_name).at));
}

/*
 * The AUTOINCREMENT counter may be ahead of all rows: a number is not given twice.  What is there
 * under the other name already is taken away: the copy has made one for the new table.
 */
static void
move_counter(Mig *m, const MigShape *shape, MigLines *lines, MigText from, MigText to)
{
	const MigStored *stored = shape->stored;
	const Clause *old = table_primary_key(table_read(m, stored->sql));
	const Clause *new = table_primary_key(shape->table);
	const char *table = shape_qualified(m, stored->schema, mig_text("sqlite_sequence")).at;
	const char *name = mig_quoted_text(m, to).at;

	if (old == NULL || !old->autoincrement || new == NULL || !new->autoincrement)
		return;
	mig_lines_add(lines, mig_text(mig_format(m, "DELETE FROM %s WHERE name = %s", table, name)));
	mig_lines_add(lines, mig_text(mig_format(m, "UPDATE %s SET name = %s WHERE name = %s", table,
											 name, mig_quoted_text(m, from).at)));
}

MigList
mig_shape_count(Mig *m, const MigShape *shape, MigText old_name)
{
	MigLines lines = mig_lines(m);

	move_counter(m, shape, &lines, old_name, shape->stored->name);
	return lines.list;
}

/* The columns that have a place in a row, each as "name". */
static const char *
stored_columns(Mig *m, const MigStored *stored, const Table *table)
{
	MigBuf buf = mig_buf(m);

	for (size_t i = 0; i < table->ncolumns; i++)
		if (!table_is_generated(table, i))
			mig_buf_format(&buf, "%s%s", buf.len > 0 ? ", " : "",
						   mig_quoted_name(m, stored->columns.at[i]).at);
	return mig_buf_text(&buf).at;
}

/* For the adapter to see which columns an authorizer hides: it compiles the query and looks. */
MigText
mig_shape_read(Mig *m, const MigShape *shape, MigText old_name)
{
	const MigStored *stored = shape->stored;

	return mig_text(mig_format(m, "SELECT %s FROM %s",
							   stored_columns(m, stored, table_read(m, stored->sql)),
							   shape_qualified(m, stored->schema, old_name).at));
}

/*
 * A table to keep the rows of one that cannot be renamed: a CHECK says "t.a" there, which SQLite
 * does not find any more under the other name.  Columns have their types, so that expressions over
 * them mean the same, and nothing else: generated ones hold their values of now.
 */
MigList
mig_shape_hold(Mig *m, const MigShape *shape, MigText old_name)
{
	const MigStored *stored = shape->stored;
	const Table *table = table_read(m, stored->sql);
	const char *rowid = shape_rowid_name(shape);
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
												   shape_qualified(m, stored->schema, old_name).at,
												   mig_buf_text(&definitions).at)));
	mig_lines_add(&statements,
				  mig_text(mig_format(m, "INSERT INTO %s (%s) SELECT %s FROM %s",
									  shape_qualified(m, stored->schema, old_name).at,
									  mig_buf_text(&names).at, mig_buf_text(&names).at,
									  shape_qualified(m, stored->schema, stored->name).at)));
	move_counter(m, shape, &statements, stored->name, old_name);
	return statements.list;
}

/* ---- rows that are older than a column ---- */

/*
 * A row that is older than an ADD COLUMN has no field for it, and reads the default of today's
 * text.  SQLite does not tell which are such, so the adapter makes the default for a moment what no
 * row has, and looks for it.
 */
MigText
mig_shape_marked(Mig *m, const MigShape *shape, const char *marker)
{
	MigShape old = {.stored = shape->stored, .table = table_read(m, shape->stored->sql)};

	for (size_t i = 0; i < shape->defaults.list.n; i++)
	{
		size_t column = table_column(old.table, shape->defaults.list.at[i]);

		shape_drop_clauses(m, &old, column, CLAUSE_DEFAULT);
		shape_add_to_column(m, &old, column, mig_text(mig_format(m, "DEFAULT %s", marker)));
	}
	return mig_shape_sql(&old);
}

/* An index has the values of the time when it was built: so none is asked. */
MigText
mig_shape_find_marker(Mig *m, const MigShape *shape, const char *marker)
{
	MigBuf buf = mig_buf(m);

	mig_buf_format(&buf, "SELECT 1 FROM %s NOT INDEXED WHERE ", shape_table(m, shape));
	for (size_t i = 0; i < shape->defaults.list.n; i++)
		mig_buf_format(&buf, "%s%s IS %s", i > 0 ? " OR " : "",
					   mig_quoted_name(m, shape->defaults.list.at[i]).at, marker);
	mig_buf_str(&buf, " LIMIT 1");
	return mig_buf_text(&buf);
}

/* ---- other objects ---- */

/*
 * CREATE [UNIQUE] INDEX or TRIGGER, then the name: so SQLite stores them, without TEMP and IF NOT
 * EXISTS.  The schema goes before the name, which is all that is not in the stored text.
 */
MigText
mig_object_create(Mig *m, MigText sql, MigText schema)
{
	Tokens tokens = tokens_read(m, sql);
	size_t name = token_spells(tokens.at[1], "UNIQUE") ? 3 : 2;
	const char *at = tokens.at[name < tokens.n ? name : tokens.n].text.at;

	return mig_text(mig_format(m, "%.*s%s.%.*s", (int) (at - sql.at), sql.at,
							   mig_quoted_name(m, schema).at, (int) (sql.at + sql.len - at), at));
}

/*
 * As a token, so not in a comment or a part of a longer name.  A string counts: it may be a name
 * in SQLite.  Whose column or table it is, is not known: rather once too often.
 */
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
