/*
 * diff_online.c - the forms of a diff's statements that let others go on
 *
 * Of tables that are there before and stay: a new one is nobody's yet.  PostgreSQL's:
 *
 *   an index                  is built and dropped CONCURRENTLY
 *   UNIQUE, PRIMARY KEY       the index first, then the constraint takes it
 *   CHECK, FOREIGN KEY        NOT VALID, then validated
 *   NOT NULL                  a CHECK says it first, so that no row is read for it
 *   a column whose default    comes without it, and rows that are there get it in
 *   each row has anew         batches
 *   what is replaced          stays until the new one is built
 *
 * Each statement then is a transaction of its own, so the revision runs outside of
 * one.  On a partitioned table the server refuses most of it: there it is done for each
 * partition, and the table takes what its partitions have.  What locks a table for as
 * long as its rows are read or written, and cannot do without, has a hint that says so.
 */
#include "diff.h"

#include <string.h>

/* The statements of one operation, each with its semicolon. */
typedef struct Forms
{
	Way *way;
	Mig *m;
	MigBuf sql;
} Forms;

static void
add_form(Forms *f, const Object *object, const char *template)
{
	mig_buf_add(&f->sql, schema_expand(f->m, object, template, (MigText){NULL, 0}));
	mig_buf_str(&f->sql, ";\n");
}

/*
 * What cannot be done without a lock that others wait for: the statement stays as it was, and its
 * hint says what is waited for.
 */
static void
say(Forms *f, Op *op, const char *what)
{
	const Object *table = op->object->parent ? op->object->parent : op->object;

	op->hint = mig_text(mig_format(f->m, "Others wait for %.*s while %s.",
								   MIG_ARG(schema_label(f->m, table)), what));
}

/* ---- properties of a column ---- */

#define GENERATED 1
#define NOT_NULL 2
#define IDENTITY 3

/* ---- what is live ---- */

/* Was it there before, and is it there all the time? */
static bool
stays(const Object *wanted)
{
	return wanted->twin && !wanted->replaced && !wanted->twin->replaced;
}

/* What is of a table that this revision makes has no rows and no users: it needs no care. */
static bool
is_of_live_table(const Object *part)
{
	const Object *of = part->parent;

	return of && (object_is(of, "table") || object_is(of, "materialized view")) && stays(of);
}

static bool
starts_with(MigText text, const char *word)
{
	return text.len >= strlen(word) && memcmp(text.at, word, strlen(word)) == 0;
}

#define PARTITION_OF 1
#define BOUND 2
#define PARTITION_BY 4

static bool
is_partitioned(const Object *table)
{
	return schema_value(table, PARTITION_BY).at != NULL;
}

/* Not a child of INHERITS: that has its own indexes and constraints. */
static bool
is_partition_of(const Object *table, const Object *parent)
{
	MigText of = schema_value(table, PARTITION_OF);

	return object_is(table, "table") && of.at && mig_same(of, parent->given.full);
}

/* ---- partitions ---- */

/*
 * The table's partitions, theirs, and so on, each behind that of which it is one.  Not those that
 * are made later (their CREATE has no text yet): they get by themselves what the table has.
 */
static Objects
partitions(Forms *f, Object *table)
{
	Objects all = {NULL, 0, 0};

	objects_add(f->m, &all, table);
	for (size_t i = 0; i < all.n; i++)
		for (size_t k = 0; k < all.at[i]->needed_by.n; k++)
		{
			Object *part = all.at[i]->needed_by.at[k];

			if (is_partition_of(part, all.at[i]) && (part->create == NULL || part->create->text.at))
				objects_add(f->m, &all, part);
		}
	all.at++;
	all.n--;
	return all;
}

/*
 * Are there such that cannot be dealt with one by one: foreign tables (KIND_OTHER), on which there
 * are no indexes, or partitions that are dropped later (their DROP has no text yet)?  Then the
 * statement is made in its plain form, with a hint.
 */
static bool
has_odd_partitions(const Object *table)
{
	for (size_t i = 0; i < table->needed_by.n; i++)
		if (table->needed_by.at[i]->kind->flags & KIND_OTHER)
			return true;
	for (size_t i = 0; table->twin && i < table->twin->needed_by.n; i++)
	{
		const Object *old = table->twin->needed_by.at[i];

		if (old->drop && old->drop->text.at == NULL && object_is(old, "table"))
			return true;
	}
	return false;
}

/*
 * What a partition's own index is called: p_i, with a number (of both names) for what is too long,
 * so that two long names do not become one.
 */
static MigText
partition_name(Forms *f, const Object *partition, MigText index)
{
	MigText p = partition->given.name;
	size_t quotes = index.at[0] == '"';
	const char *suffix =
		mig_format(f->m, "_%.*s", (int) (index.len - 2 * quotes), index.at + quotes);
	Sha256 s;

	if (p.len + strlen(suffix) > NAME_BYTES)
	{
		sha256_init(&s);
		sha256_add(&s, p);
		sha256_add(&s, mig_text(suffix));
		suffix = mig_format(f->m, "_%.8s", sha256_hex(f->m, &s).at);
	}
	return diff_name_beside(f->m, p, suffix);
}

/*
 * What stands before an index's name where it must have a schema, as in DROP INDEX and ALTER
 * INDEX: that of its table, with the dot, or nothing.
 */
static MigText
schema_prefix(const Object *table)
{
	return (MigText){table->given.full.at, table->given.full.len - table->given.name.len};
}

/* ---- what is replaced ---- */

/*
 * What changes of a column changes under the eyes of its keys and indexes, too, so it is no reason
 * to drop the old one before.  Not so of a type; nor of DROP NOT NULL, for which a primary key
 * must go.
 */
static bool
goes_on_beside(const Op *op, const Op *drop)
{
	const Object *column = op->object;

	if (op->kind != OP_ALTER || !object_is(column, "column") ||
		(schema_value(column, NOT_NULL).at == NULL &&
		 starts_with(schema_value(drop->object, 0), "PRIMARY KEY")))
		return false;
	for (size_t i = 0; column->kind->properties[i].name; i++)
		if (column->kind->properties[i].hard && object_differs(column, column->twin, i))
			return false;
	return true;
}

/*
 * Nothing runs between the drop and what comes instead, so they are one operation: the old one
 * serves until then.  The drop goes from the list and from its object, which is how is_swapped()
 * knows; the name must be the same, as it is the new one's form that names the old one.
 */
void
diff_online_swap(Way *way)
{
	Ops all = way->done;

	if (!way->online)
		return;
	for (size_t i = 0; i < all.n; i++)
		for (size_t k = 0; k < all.at[i]->nafter; k++)
			if (all.at[i]->object->twin != all.at[i]->after[k]->object &&
				!goes_on_beside(all.at[i], all.at[i]->after[k]))
				all.at[i]->after[k]->awaited = true;
	way->done = (Ops){NULL, 0, 0};
	for (size_t i = 0; i < all.n; i++)
	{
		Object *old = all.at[i]->object;

		if (all.at[i]->kind == OP_DROP && !all.at[i]->awaited && old->twin && old->twin->create &&
			mig_same(old->given.name, old->twin->given.name) && is_of_live_table(old) &&
			!is_partitioned(old->parent) &&
			(object_is(old, "index") || object_is(old, "constraint") ||
			 object_is(old, "foreign key")))
			old->drop = NULL;
		else
			diff_ops_add(way->m, &way->done, all.at[i]);
	}
}

/* Is the old one still there? */
static bool
is_swapped(const Object *wanted)
{
	return wanted->twin && wanted->twin->replaced && wanted->twin->drop == NULL;
}

/*
 * In the statement that it has anyway, the old one goes: between two of them the table would be
 * without it.
 */
static void
at_once(Forms *f, Op *op)
{
	if (is_swapped(op->object))
		op->text = schema_expand(f->m, op->object, "ALTER TABLE %P DROP CONSTRAINT %n, ADD %N%0%1",
								 (MigText){NULL, 0});
}

/* ---- indexes ---- */

/* CREATE UNIQUE INDEX name ON table and the rest, of an index's definition. */
typedef struct Definition
{
	MigText create; /* up to INDEX */
	MigText rest;   /* what stands behind the table */
	bool only;      /* of the table alone, of no partition: no rows are read */
} Definition;

/* By tokens, as pg_get_indexdef() prints it: CREATE UNIQUE INDEX i ON ONLY app.t USING gist (a). */
static Definition
read_index(const Object *index)
{
	MigText sql = schema_value(index, 0);
	Lexer l = lexer(sql, LEX_POSTGRESQL, 1);
	Token token = lexer_next_word(&l);
	Definition d;

	while (token.kind != TOKEN_END && !token_is(&token, "INDEX"))
		token = lexer_next_word(&l);
	d.create = (MigText){sql.at, (size_t) (l.rest.at - sql.at)};
	(void) lexer_next_word(&l); /* the name */
	(void) lexer_next_word(&l); /* ON */
	token = lexer_next_word(&l);
	d.only = token_is(&token, "ONLY");
	if (d.only)
		(void) lexer_next_word(&l);
	d.rest = l.rest;
	while ((token = lexer_next_word(&l)).kind == TOKEN_OTHER && token.text.at[0] == '.')
	{
		(void) lexer_next_word(&l);
		d.rest = l.rest;
	}
	return d;
}

static void
build_index(Forms *f, Definition d, MigText name, const Object *table)
{
	mig_buf_format(&f->sql, "%.*s CONCURRENTLY %.*s ON %.*s%.*s;\n", MIG_ARG(d.create),
				   MIG_ARG(name), MIG_ARG(table->given.full), MIG_ARG(d.rest));
}

/* The partition's index becomes part of that of the table that it is a partition of. */
static void
attach(Forms *f, const Object *index, const Object *partition)
{
	const Object *of = NULL;
	MigText name = index->given.name;

	for (size_t i = 0; of == NULL && i < partition->needs.n; i++)
		if (is_partition_of(partition, partition->needs.at[i]))
			of = partition->needs.at[i];
	if (of != index->parent)
		name = partition_name(f, of, name);
	mig_buf_format(&f->sql, "ALTER INDEX %.*s%.*s ATTACH PARTITION %.*s%.*s;\n",
				   MIG_ARG(schema_prefix(of)), MIG_ARG(name), MIG_ARG(schema_prefix(partition)),
				   MIG_ARG(partition_name(f, partition, index->given.name)));
}

/*
 * PostgreSQL's manual, CREATE INDEX: CONCURRENTLY is refused of a partitioned table.  So the index
 * is made ONLY of the table, which has no rows itself and leaves it invalid, then concurrently of
 * each partition, and attached; with the last one it becomes valid.
 */
static void
index_partitions(Forms *f, const Object *index, Definition d)
{
	Objects parts = partitions(f, index->parent);

	mig_buf_format(&f->sql, "%.*s %.*s ON ONLY %.*s%.*s;\n", MIG_ARG(d.create),
				   MIG_ARG(index->given.name), MIG_ARG(index->parent->given.full), MIG_ARG(d.rest));
	for (size_t i = 0; i < parts.n; i++)
	{
		MigText name = partition_name(f, parts.at[i], index->given.name);

		if (is_partitioned(parts.at[i]))
			mig_buf_format(&f->sql, "%.*s %.*s ON ONLY %.*s%.*s;\n", MIG_ARG(d.create),
						   MIG_ARG(name), MIG_ARG(parts.at[i]->given.full), MIG_ARG(d.rest));
		else
			build_index(f, d, name, parts.at[i]);
		attach(f, index, parts.at[i]);
	}
}

/*
 * One that is replaced is built under the name "i (new)" beside the old one, which serves until
 * then, and gets its name.  ON ONLY: it needs no form, no rows are read for it.
 */
static void
create_index(Forms *f, Op *op)
{
	const Object *index = op->object;
	MigText name = index->given.name;
	MigText prefix = schema_prefix(index->parent);
	MigText new = diff_name_beside(f->m, name, " (new)");
	Definition d = read_index(index);

	if (d.only)
		return;
	if (is_partitioned(index->parent) && has_odd_partitions(index->parent))
		say(f, op, "an index of it is built");
	else if (is_partitioned(index->parent))
		index_partitions(f, index, d);
	else if (is_swapped(index))
	{
		build_index(f, d, new, index->parent);
		mig_buf_format(&f->sql,
					   "DROP INDEX CONCURRENTLY %.*s;\nALTER INDEX %.*s%.*s RENAME TO %.*s;\n",
					   MIG_ARG(index->given.full), MIG_ARG(prefix), MIG_ARG(new), MIG_ARG(name));
	}
	else
		build_index(f, d, name, index->parent);
}

static void
drop_index(Forms *f, const Object *index)
{
	if (!is_partitioned(index->parent)) /* the server refuses it of others */
		add_form(f, index, "DROP INDEX CONCURRENTLY %f");
}

/* ---- UNIQUE and PRIMARY KEY ---- */

/* The parts of UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b) DEFERRABLE. */
typedef struct Key
{
	const char *word; /* NULL: none that an index can be built for first */
	MigText definition;
	MigText columns; /* with INCLUDE */
	MigText options; /* of its index */
	const char *nulls;
	MigText rest;
} Key;

/*
 * Behind the parenthesis that closes the first one.  plain: becomes false where the columns have a
 * WITHOUT OVERLAPS, whose index is not UNIQUE but gist, and cannot be built first.
 */
static const char *
behind_columns(Lexer *l, bool *plain)
{
	int depth = 0;

	for (;;)
	{
		Token token = lexer_next_word(l);

		if (token_is(&token, "WITHOUT")) /* OVERLAPS */
			*plain = false;
		if (token.kind == TOKEN_OTHER && token.text.at[0] == '(')
			depth++;
		if (token.kind == TOKEN_OTHER && token.text.at[0] == ')')
			depth--;
		if (token.kind == TOKEN_END || (depth == 0 && token.text.at[0] == ')'))
			return l->rest.at;
	}
}

/* By tokens, as pg_get_constraintdef() prints it. */
static Key
read_unique(const Object *constraint)
{
	static const char nulls[] = " NULLS NOT DISTINCT";
	MigText text = schema_value(constraint, 0);
	Key key = {starts_with(text, "UNIQUE")        ? "UNIQUE"
			   : starts_with(text, "PRIMARY KEY") ? "PRIMARY KEY"
												  : NULL,
			   text,
			   {NULL, 0},
			   schema_value(constraint, 2),
			   "",
			   {NULL, 0}};
	const char *end = text.at + text.len;
	bool plain = true;
	Lexer l;

	if (key.word == NULL)
		return key;
	l = lexer(text, LEX_POSTGRESQL, 1);
	key.columns.at = memchr(text.at, '(', text.len);
	if (strncmp(text.at + strlen(key.word), nulls, strlen(nulls)) == 0)
		key.nulls = nulls;
	key.rest.at = behind_columns(&l, &plain);
	if (starts_with((MigText){key.rest.at, (size_t) (end - key.rest.at)}, " INCLUDE"))
		key.rest.at = behind_columns(&l, &plain);
	key.rest.len = (size_t) (end - key.rest.at);
	key.columns.len = (size_t) (key.rest.at - key.columns.at);
	if (!plain)
		key.word = NULL;
	return key;
}

/*
 * The index of what will be a constraint: with its columns, INCLUDE and storage parameters, since
 * USING INDEX takes it as it is.
 */
static void
build_unique(Forms *f, Key key, MigText name, const Object *table)
{
	mig_buf_format(&f->sql, "CREATE UNIQUE INDEX CONCURRENTLY %.*s ON %.*s %.*s%s", MIG_ARG(name),
				   MIG_ARG(table->given.full), MIG_ARG(key.columns), key.nulls);
	if (key.options.at)
		mig_buf_format(&f->sql, " WITH (%.*s)", MIG_ARG(key.options));
	mig_buf_str(&f->sql, ";\n");
}

/*
 * The last action of an ALTER TABLE that the caller has begun, perhaps with a DROP CONSTRAINT.
 * The index gets the constraint's name.
 */
static void
use_index(Forms *f, Key key, MigText name, MigText index)
{
	mig_buf_format(&f->sql, "ADD CONSTRAINT %.*s %s USING INDEX %.*s%.*s;\n", MIG_ARG(name),
				   key.word, MIG_ARG(index), MIG_ARG(key.rest));
}

/*
 * As for an index: ONLY of the table, then the partitions' constraints, by way of indexes that are
 * built first, are attached to the table's.
 */
static void
add_unique_to_partitions(Forms *f, const Object *constraint, Key key)
{
	Objects parts = partitions(f, constraint->parent);

	add_form(f, constraint, "ALTER TABLE ONLY %P ADD %N%0");
	for (size_t i = 0; i < parts.n; i++)
	{
		MigText name = partition_name(f, parts.at[i], constraint->given.name);
		MigText table = parts.at[i]->given.full;

		if (is_partitioned(parts.at[i]))
			mig_buf_format(&f->sql, "ALTER TABLE ONLY %.*s ADD CONSTRAINT %.*s %.*s;\n",
						   MIG_ARG(table), MIG_ARG(name), MIG_ARG(key.definition));
		else
		{
			build_unique(f, key, name, parts.at[i]);
			mig_buf_format(&f->sql, "ALTER TABLE %.*s ", MIG_ARG(table));
			use_index(f, key, name, name);
		}
		attach(f, constraint, parts.at[i]);
	}
}

/* PRIMARY KEY, UNIQUE and EXCLUDE; the last and WITHOUT OVERLAPS have no form but the plain one. */
static void
add_unique(Forms *f, Op *op)
{
	const Object *constraint = op->object;
	MigText name = constraint->given.name;
	Key key = read_unique(constraint);
	bool partitioned = is_partitioned(constraint->parent);

	if (key.word == NULL || (partitioned && has_odd_partitions(constraint->parent)))
	{
		at_once(f, op);
		say(f, op, "an index of it is built");
	}
	else if (partitioned)
		add_unique_to_partitions(f, constraint, key);
	else
	{
		bool swapped = is_swapped(constraint);
		MigText index = swapped ? diff_name_beside(f->m, name, " (new)") : name;

		build_unique(f, key, index, constraint->parent);
		mig_buf_format(&f->sql, "ALTER TABLE %.*s ", MIG_ARG(constraint->parent->given.full));
		if (swapped)
			mig_buf_format(&f->sql, "DROP CONSTRAINT %.*s, ", MIG_ARG(name));
		use_index(f, key, name, index);
	}
}

/* ---- CHECK and FOREIGN KEY ---- */

/*
 * A foreign key of a partitioned table cannot be NOT VALID before PostgreSQL 18, but takes those
 * that its partitions have, as they are.  So the leaves come first, each NOT VALID and then
 * validated; the table's finds them by their definition and checks nothing again.
 */
static void
add_to_partitions(Forms *f, const Object *key)
{
	Objects parts = partitions(f, key->parent);
	MigText name = key->given.name;
	MigText definition = schema_value(key, 0);

	for (size_t i = 0; i < parts.n; i++)
	{
		MigText table = parts.at[i]->given.full;

		if (!is_partitioned(parts.at[i]))
			mig_buf_format(&f->sql,
						   "ALTER TABLE %.*s ADD CONSTRAINT %.*s %.*s NOT VALID;\n"
						   "ALTER TABLE %.*s VALIDATE CONSTRAINT %.*s;\n",
						   MIG_ARG(table), MIG_ARG(name), MIG_ARG(definition), MIG_ARG(table),
						   MIG_ARG(name));
	}
	add_form(f, key, "ALTER TABLE %P ADD %N%0");
}

/*
 * ADD ... NOT VALID takes its lock for a moment; VALIDATE CONSTRAINT reads the rows under one with
 * which others read and write (PostgreSQL's manual, ALTER TABLE, Notes).
 */
static void
add_checked_later(Forms *f, Op *op)
{
	const Object *constraint = op->object;
	bool partitioned = is_partitioned(constraint->parent);

	if (schema_value(constraint, 1).at) /* it is to be NOT VALID */
		at_once(f, op);
	else if (object_is(constraint, "foreign key") && partitioned)
	{
		if (has_odd_partitions(constraint->parent))
			say(f, op, "its rows are read");
		else
			add_to_partitions(f, constraint);
	}
	else
	{
		add_form(f, constraint,
				 is_swapped(constraint) ? "ALTER TABLE %P DROP CONSTRAINT %n, ADD %N%0 NOT VALID"
										: "ALTER TABLE %P ADD %N%0 NOT VALID");
		add_form(f, constraint, "ALTER TABLE %P VALIDATE CONSTRAINT %n");
	}
}

/* By the first word of the definition.  NOT NULL is a constraint since PostgreSQL 18. */
static void
create_constraint(Forms *f, Op *op)
{
	MigText definition = schema_value(op->object, 0);

	if (object_is(op->object, "foreign key") || starts_with(definition, "CHECK") ||
		starts_with(definition, "NOT NULL"))
		add_checked_later(f, op);
	else
		add_unique(f, op);
}

/* ---- columns ---- */

/*
 * SET NOT NULL reads no row where a valid CHECK says it already (PostgreSQL 12 and later); so one
 * comes for that and goes again.  An error names that one, which so names the column.
 */
static void
set_not_null(Forms *f, const Object *column)
{
	MigText table = schema_expand(f->m, column, "%P", (MigText){NULL, 0});
	MigText name = schema_expand(f->m, column, "%n", (MigText){NULL, 0});
	MigText check = diff_name_beside(f->m, name, " (not null)");

	mig_buf_format(&f->sql,
				   "ALTER TABLE %.*s ADD CONSTRAINT %.*s CHECK (%.*s IS NOT NULL) NOT VALID;\n"
				   "ALTER TABLE %.*s VALIDATE CONSTRAINT %.*s;\n"
				   "ALTER TABLE %.*s ALTER COLUMN %.*s SET NOT NULL;\n"
				   "ALTER TABLE %.*s DROP CONSTRAINT %.*s;\n",
				   MIG_ARG(table), MIG_ARG(check), MIG_ARG(name), MIG_ARG(table), MIG_ARG(check),
				   MIG_ARG(table), MIG_ARG(name), MIG_ARG(table), MIG_ARG(check));
}

/*
 * The text has been written already, by alter_text(), and SET NOT NULL may be one of several
 * statements in it: what stands before it is kept, then the four instead of it, then the rest.
 */
static void
alter_column(Forms *f, Op *op)
{
	const Object *column = op->object;
	MigText set = schema_expand(f->m, column, "ALTER TABLE %P ALTER COLUMN %n SET NOT NULL",
								(MigText){NULL, 0});
	const char *at = strstr(op->text.at, set.at);

	if (diff_rewrites(f->m, column))
		say(f, op, "its rows are written anew");
	if (at == NULL || !object_differs(column->twin, column, NOT_NULL))
		return;
	mig_buf_add(&f->sql, (MigText){op->text.at, (size_t) (at - op->text.at)});
	set_not_null(f, column);
	at += set.len;
	if (*at) /* ";\n" */
		mig_buf_format(&f->sql, "%s;\n", at + 2);
}

/* One that is there all the time: batches may begin before one that comes later in the revision. */
static bool
has_primary_key(const Object *table)
{
	for (size_t i = 0; i < table->parts.n; i++)
		if (object_is(table->parts.at[i], "constraint") && stays(table->parts.at[i]) &&
			starts_with(schema_value(table->parts.at[i], 0), "PRIMARY KEY"))
			return true;
	return false;
}

/*
 * A default that is another in each row, such as random(): value 1 says so.  ADD COLUMN writes all
 * rows anew for it; any other default it keeps once for all rows.
 */
static const Object *
volatile_default(const Object *column)
{
	for (size_t i = 0; i < column->parts.n; i++)
		if (object_is(column->parts.at[i], "default") && column->parts.at[i]->inside &&
			schema_value(column->parts.at[i], 1).at)
			return column->parts.at[i];
	return NULL;
}

/* A domain with a constraint: each row must be looked at then, for the value that it gets. */
static bool
has_checked_type(const Object *column)
{
	for (size_t i = 0; i < column->needs.n; i++)
	{
		const Object *type = column->needs.at[i];

		for (size_t k = 0; object_is(type, "domain") && k < type->parts.n; k++)
			if (object_is(type->parts.at[k], "domain constraint"))
				return true;
	}
	return false;
}

/* The column without what would have all rows written anew, or looked at. */
static MigText
create_bare(Forms *f, const Object *column)
{
	Object bare = *column;

	bare.parts = (Objects){NULL, 0, 0};
	bare.given.values = mig_alloc(f->m, column->given.nvalues, sizeof(MigText));
	memcpy(bare.given.values, column->given.values, column->given.nvalues * sizeof(MigText));
	bare.given.values[NOT_NULL] = (MigText){NULL, 0};
	return schema_create(f->m, &bare);
}

/*
 * A volatile default: the column comes bare, gets the default for rows to come, and those that are
 * there get it in batches, each a transaction of its own.  The batches go along the primary key,
 * so without one there is only the hint; so is there for what PostgreSQL computes for each row
 * itself.
 */
static void
add_column(Forms *f, Op *op)
{
	const Object *column = op->object;
	const Object *value = volatile_default(column);
	MigText generated = schema_value(column, GENERATED);
	MigText name = column->given.name;

	if (schema_value(column, IDENTITY).at ||
		(generated.at && memcmp(generated.at + generated.len - 6, "STORED", 6) == 0) ||
		has_checked_type(column) || (value && !has_primary_key(column->parent)))
		say(f, op, "its rows are written anew");
	else if (value)
	{
		mig_buf_format(&f->sql, "%.*s;\n", MIG_ARG(create_bare(f, column)));
		mig_buf_format(&f->sql, "%.*s;\n", MIG_ARG(schema_create(f->m, value)));
		mig_buf_format(
			&f->sql, "CALL %.*smigrate_backfill(%.*s, %.*s, %.*s);\n", MIG_ARG(f->way->own),
			MIG_ARG(mig_quoted_text(f->m, column->parent->given.full)),
			MIG_ARG(
				mig_quoted_text(f->m, mig_text(mig_format(f->m, "%.*s = DEFAULT", MIG_ARG(name))))),
			MIG_ARG(
				mig_quoted_text(f->m, mig_text(mig_format(f->m, "%.*s IS NULL", MIG_ARG(name))))));
		if (schema_value(column, NOT_NULL).at)
			set_not_null(f, column);
	}
}

/* ---- tables ---- */

/*
 * Those rows of the default partition that the new one is for would be in the wrong place:
 * PostgreSQL reads all of it to see that there are none.
 */
static bool
is_beside_default(const Object *table)
{
	const Object *parent = NULL;

	for (size_t i = 0; parent == NULL && i < table->needs.n; i++)
		if (is_partition_of(table, table->needs.at[i]))
			parent = table->needs.at[i];
	for (size_t i = 0; parent && stays(parent) && i < parent->needed_by.n; i++)
		if (is_partition_of(parent->needed_by.at[i], parent) && stays(parent->needed_by.at[i]) &&
			mig_same(schema_value(parent->needed_by.at[i], BOUND), mig_text("DEFAULT")))
			return true;
	return false;
}

/* No form helps here; what others wait for is at least told. */
static void
say_of_table(Forms *f, Op *op)
{
	const Object *table = op->object;

	if (op->kind == OP_CREATE && is_beside_default(table))
		op->hint = mig_text("Others wait for the default partition while its rows are read.");
	else if (op->kind == OP_ALTER && object_differs(table, table->twin, 0))
		say(f, op, "its rows are written anew"); /* SET LOGGED, UNLOGGED */
	else if (op->kind == OP_ALTER && object_differs(table, table->twin, BOUND))
		op->hint = mig_text("Its rows are out of the partitioned table while they are read.");
}

/* ---- domains ---- */

/* Constraints of a domain are checked in all tables that have it, each locked against writers. */
static void
say_of_domain(Op *op)
{
	op->hint =
		mig_text("Those who write to tables with the domain wait while their rows are read.");
}

/*
 * Of a domain that is there before and stays; in two steps, the check under a lock that lets
 * readers go on.
 */
static void
add_domain_constraint(Forms *f, Op *op)
{
	const Object *constraint = op->object;

	if (!stays(constraint->parent) || schema_value(constraint, 1).at)
		return;
	add_form(f, constraint, "ALTER DOMAIN %P ADD CONSTRAINT %n %0 NOT VALID");
	add_form(f, constraint, "ALTER DOMAIN %P VALIDATE CONSTRAINT %n");
	say_of_domain(op);
}

#define DOMAIN_NOT_NULL 2

/* SET NOT NULL has no form that lets writers go on. */
static void
alter_domain(Op *op)
{
	const Object *domain = op->object;

	if (schema_value(domain, DOMAIN_NOT_NULL).at &&
		object_differs(domain, domain->twin, DOMAIN_NOT_NULL))
		say_of_domain(op);
}

/* ---- all of them ---- */

/*
 * Fills the buffer with other statements instead of the operation's, or says something in its
 * hint, or does neither: then the plain form lets others go on as it is.
 */
static void
write_forms(Forms *f, Op *op)
{
	const Object *object = op->object;
	bool comes = op->kind == OP_CREATE;

	if (object_is(object, "domain constraint") && comes)
		add_domain_constraint(f, op);
	else if (object_is(object, "domain") && op->kind == OP_ALTER)
		alter_domain(op);
	else if (object_is(object, "table"))
		say_of_table(f, op);
	if (!is_of_live_table(object))
		return;
	if (object_is(object, "index") && op->kind == OP_DROP)
		drop_index(f, object);
	else if (object_is(object, "index") && comes)
		create_index(f, op);
	else if ((object_is(object, "constraint") || object_is(object, "foreign key")) && comes)
		create_constraint(f, op);
	else if (object_is(object, "column") && comes)
		add_column(f, op);
	else if (object_is(object, "column") && op->kind == OP_ALTER)
		alter_column(f, op);
}

/*
 * Forms of several statements cannot be one transaction, and CONCURRENTLY none at all: the
 * revision then runs outside of one.
 */
void
diff_online(Way *way, Op *op)
{
	Forms f = {way, way->m, mig_buf(way->m)};
	MigText sql;

	if (!way->online)
		return;
	write_forms(&f, op);
	sql = mig_buf_text(&f.sql);
	if (sql.len == 0)
		return;
	way->outside = true;
	op->text = mig_copy(way->m, (MigText){sql.at, sql.len - strlen(";\n")});
}

/*
 * Only where the revision runs outside of a transaction: inside of one, nobody sees the gap.  A
 * type that is put aside is there all the time.
 */
void
diff_online_end(Way *way)
{
	for (size_t i = 0; way->online && way->outside && i < way->done.n; i++)
	{
		Op *op = way->done.at[i];

		if (op->kind == OP_DROP && op->object->replaced && !diff_is_aside(op->object) &&
			op->hint.at == NULL)
			op->hint = mig_text("It is not there until it is made again below.");
	}
}
