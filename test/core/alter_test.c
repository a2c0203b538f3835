/*
 * alter_test.c - ALTER TABLE: what it makes of a table's text, what is copied
 * and what is looked at, and what is refused
 *
 * An input is a stored table, then statements, each behind a line "--"; a line
 * "index:" or "trigger:" in front adds an object to the table.
 */
#include "host.h"

#include "alter.h"

static MigText
until(MigText *rest, const char *separator)
{
	size_t len = strlen(separator);
	MigText part = *rest;

	for (size_t i = 0; i + len <= rest->len; i++)
		if (memcmp(rest->at + i, separator, len) == 0)
		{
			part.len = i;
			rest->at += i + len;
			rest->len -= i + len;
			return part;
		}
	rest->at += rest->len;
	rest->len = 0;
	return part;
}

static void
add_object(Mig *m, MigObject **objects, size_t *n, MigText sql)
{
	MigObject *at = mig_alloc(m, *n + 1, sizeof(MigObject));

	for (size_t i = 0; i < *n; i++)
		at[i] = (*objects)[i];
	at[*n] = (MigObject){mig_text(mig_format(m, "o%zu", *n + 1)), sql};
	*objects = at;
	(*n)++;
}

/* The table with the columns that its text says it has. */
static MigStored *
stored(Mig *m, MigText *rest)
{
	MigStored *s = mig_alloc(m, 1, sizeof(MigStored));
	MigLines names = mig_lines(m);
	Table *table;

	while (rest->len > 8 &&
		   (memcmp(rest->at, "index: ", 7) == 0 || memcmp(rest->at, "trigger", 7) == 0))
	{
		bool index = rest->at[0] == 'i';
		MigText line = until(rest, "\n");
		MigText sql = {line.at + (index ? 7 : 9), line.len - (index ? 7 : 9)};

		add_object(m, index ? &s->indexes : &s->triggers, index ? &s->nindexes : &s->ntriggers,
				   sql);
	}
	s->schema = mig_text("main");
	s->sql = until(rest, "\n--\n");
	table = table_read(m, s->sql);
	s->name = table ? table->name : mig_text("t");
	for (size_t i = 0; table && i < table->ncolumns; i++)
		mig_lines_add(&names, table->columns[i].name);
	s->columns = names.list;
	return s;
}

static void
print_shape(Mig *m, MigBuf *buf, const MigShape *shape)
{
	mig_buf_add(buf, mig_shape_sql(shape));
	mig_buf_format(buf, "\n%s", shape->is_native ? "native" : shape->is_edit ? "edit" : "rebuild");
	for (size_t i = 0; shape->is_native && i < shape->native.list.n; i++)
		mig_buf_format(buf, ": %.*s", MIG_ARG(shape->native.list.at[i]));
	for (size_t i = 0; i < shape->drop_indexes.list.n; i++)
		mig_buf_format(buf, ", without %.*s", MIG_ARG(shape->drop_indexes.list.at[i]));
	if (!shape->is_native && !shape->is_edit)
		mig_buf_format(buf, "\n%.*s", MIG_ARG(mig_shape_copy(m, shape, mig_text("old"))));
	if (shape->is_edit && !shape->is_native && shape->defaults.list.n > 0)
		mig_buf_format(buf, "\n%.*s\n%.*s", MIG_ARG(mig_shape_marked(m, shape, "x'00'")),
					   MIG_ARG(mig_shape_find_marker(m, shape, "x'00'")));
	for (size_t i = 0; i < shape->nchecks; i++)
		mig_buf_format(buf, "\n%s %s: %.*s", shape->checks[i].sqlstate, shape->checks[i].message,
					   MIG_ARG(shape->checks[i].sql));
}

/* What all statements together make of the table. */
static MigText
alter_all(Mig *m, const char *input)
{
	MigText rest = mig_text(input);
	MigShape *shape = mig_shape(m, stored(m, &rest));
	MigBuf buf = mig_buf(m);

	while (rest.len > 0)
	{
		MigTaught taught = mig_teach(m, until(&rest, "\n--\n"));

		if (taught.lesson == MIG_PLAIN)
			return mig_text("plain");
		if (!mig_shape_joins(shape, &taught))
			mig_buf_str(&buf, "apart: ");
		mig_shape_alter(m, shape, &taught);
	}
	print_shape(m, &buf, shape);
	return mig_buf_text(&buf);
}

/* A statement that is no ALTER TABLE. */
static MigText
teach(Mig *m, const char *input)
{
	MigTaught taught = mig_teach(m, mig_text(input));
	MigBuf buf = mig_buf(m);

	if (taught.lesson == MIG_PLAIN)
		return mig_text("plain");
	mig_buf_format(&buf, "%zu ", taught.len);
	if (taught.lesson == MIG_REWRITTEN)
		mig_buf_add(&buf, taught.sql);
	else if (taught.lesson == MIG_TRUNCATE)
		mig_buf_format(&buf, "truncate %.*s%s", MIG_ARG(mig_join(m, taught.tables, ", ")),
					   taught.restart ? " restart" : "");
	else
		mig_buf_format(&buf, "alter %.*s, %zu actions", MIG_ARG(taught.table), taught.nactions);
	return mig_buf_text(&buf);
}

#include "alter_cases.h"

int
main(void)
{
	int failed = host_check(alter_all, alters, sizeof(alters) / sizeof(alters[0]));

	failed += host_check(teach, lessons, sizeof(lessons) / sizeof(lessons[0]));
	return failed > 0;
}
