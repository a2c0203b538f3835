/*
 * diff_text.c - the statements of a diff's operations
 *
 * Most are templates of kinds.c; here is what needs more: types that change
 * under their columns, enumerations, hints of renames, and the forms that let
 * others go on.
 */
#include "diff.h"
#include "portable.h"

#include <string.h>

/*
 * ALTER TYPE ... ADD VALUE for each that is new, behind the one that stands before it in the
 * wanted list: that one is there by then.  Before the first old one it is BEFORE.  Old values are
 * all there, in their order: can_add_values() has seen to it.
 */
static void
add_new_values(Mig *m, MigLines *lines, const Object *new)
{
	MigList a = diff_enum_values(m, new->twin);
	MigList b = diff_enum_values(m, new);
	size_t k = 0;

	for (size_t i = 0; i < b.n; i++)
	{
		bool old = k < a.n && mig_same(a.at[k], b.at[i]);
		MigText next = i > 0 ? b.at[i - 1] : a.n > 0 ? a.at[0] : (MigText){NULL, 0};

		k += old;
		if (!old)
			mig_lines_add(lines, mig_text(mig_format(m, "ALTER TYPE %.*s ADD VALUE %.*s%s%.*s",
													 MIG_ARG(new->given.full), MIG_ARG(b.at[i]),
													 next.at == NULL ? ""
													 : i > 0         ? " AFTER "
																	 : " BEFORE ",
													 MIG_ARG(next))));
	}
}

/* ---- counters ---- */

/* A column's GENERATED ... AS IDENTITY, and its options; a sequence's. */
#define IDENTITY 3
#define IDENTITY_OPTIONS 4
#define SEQUENCE_OPTIONS 1

/* Larger holds smaller; numeric holds all of them.  -1: it is none. */
static int
integer_size(MigText type)
{
	static const char *const names[] = {"smallint", "integer", "bigint", "numeric"};

	for (int i = 0; i < 4; i++)
		if (mig_same(type, mig_text(names[i])))
			return i;
	return -1;
}

/*
 * Does it hold where a counter is, as a sequence of its own would?  An identity's number and that
 * of SQLite's AUTOINCREMENT are lost with it, and no statement of the way back knows them.
 */
static bool
is_counter(const Object *object)
{
	MigText key = schema_value(object, 0);

	if (object_is(object, "column"))
		return schema_value(object, IDENTITY).at != NULL;
	return object_is(object, "primary key") && key.at && strstr(key.at, " AUTOINCREMENT");
}

/*
 * The sequence of a column, for a query: pg_get_serial_sequence() takes the table's name as it is
 * quoted, the column's without quotes.
 */
static const char *
serial_sequence(Mig *m, const Object *column)
{
	Lexer name = lexer(column->given.name, LEX_POSTGRESQL, 1);

	return mig_format(m, "pg_get_serial_sequence(%s, %s)",
					  mig_quoted_text(m, column->parent->given.full).at,
					  mig_quoted_text(m, token_name(m, lexer_next(&name))).at);
}

/*
 * A counter that is new for a column that has rows begins behind them, where it does not begin
 * later (START WITH); else its first number is a duplicate.  NULL: it counts nothing, or down.
 * HAVING: no row, no setval().
 */
static const char *
begin_behind_rows(Mig *m, const Object *column, MigText options)
{
	const char *start = options.at ? strstr(options.at, "START WITH ") : NULL;
	int size = integer_size(schema_value(column, 0));
	int len = 0;

	if (size < 0 || size > 2 || (options.at && strstr(options.at, "INCREMENT BY -")))
		return NULL;
	start = start ? start + strlen("START WITH ") : "1";
	while (start[len] == '-' || (start[len] >= '0' && start[len] <= '9'))
		len++;
	return mig_format(m, "SELECT setval(%s, max(%.*s)) FROM %.*s HAVING max(%.*s) >= %.*s",
					  serial_sequence(m, column), MIG_ARG(column->given.name),
					  MIG_ARG(column->parent->given.full), MIG_ARG(column->given.name), len, start);
}

/* ---- statements ---- */

/* The names that a type has until it is put aside; it may have been renamed before that. */
static const MigItem *
type_names(const Object *type)
{
	return type->now ? type->now : &type->given;
}

/* With its schema: a rename leaves it there. */
static MigText
aside_full(Mig *m, const Object *type)
{
	const MigItem *names = type_names(type);

	return mig_text(mig_format(m, "%.*s%s", (int) (names->full.len - names->name.len),
							   names->full.at, diff_name_beside(m, names->name, ASIDE).at));
}

/*
 * OP_ASIDE is three things: a type gets another name, a column or an attribute becomes text.  The
 * last is altered where no column has its type, so it needs no USING.
 */
static MigText
aside_text(Mig *m, const Object *type)
{
	const MigItem *names = type_names(type);

	if (object_is(type, "attribute"))
		return schema_expand(m, type->twin, type->kind->properties[0].set, mig_text("text"));
	if (object_is(type, "column"))
		return mig_text(
			mig_format(m, "ALTER TABLE %.*s ALTER COLUMN %.*s TYPE text USING %.*s::text",
					   MIG_ARG(type->twin->parent->given.full), MIG_ARG(type->twin->given.name),
					   MIG_ARG(type->twin->given.name)));
	return mig_text(mig_format(m, "ALTER %s %.*s RENAME TO %s",
							   object_is(type, "domain") ? "DOMAIN" : "TYPE", MIG_ARG(names->full),
							   diff_name_beside(m, names->name, ASIDE).at));
}

/* The table that a partition is one of, and that stays; NULL: none. */
static const Object *
lasting_parent(const Object *partition)
{
	MigText of = schema_value(partition, 1);

	for (size_t i = 0; object_is(partition, "table") && of.at && i < partition->needs.n; i++)
		if (object_is(partition->needs.at[i], "table") && !diff_goes(partition->needs.at[i]) &&
			mig_same(of, partition->needs.at[i]->given.full))
			return partition->needs.at[i];
	return NULL;
}

/*
 * A type that was put aside is dropped under the name that it has since.  A partition is detached
 * first: foreign keys to the whole depend on it, and the server looks whether they need its rows.
 */
static MigText
drop_text(Mig *m, const Object *old)
{
	const Object *parent = lasting_parent(old);
	Object aside = *old;

	if (parent)
		return mig_text(mig_format(m, "ALTER TABLE %.*s DETACH PARTITION %.*s;\n%s",
								   MIG_ARG(parent->now ? parent->now->full : parent->given.full),
								   MIG_ARG(old->now ? old->now->full : old->given.full),
								   schema_expand(m, old, old->kind->drop, (MigText){NULL, 0}).at));
	if (!diff_is_aside(old))
		return schema_expand(m, old, old->kind->drop, (MigText){NULL, 0});
	aside.given.full = aside_full(m, old);
	aside.now = NULL;
	return schema_expand(m, &aside, old->kind->drop, (MigText){NULL, 0});
}

/* Partitions are children, too. */
static bool
has_children(const Object *table)
{
	for (size_t i = 0; i < table->needed_by.n; i++)
		if (object_is(table->needed_by.at[i], "table"))
			return true;
	return false;
}

/* PostgreSQL adds no identity to children: where there are some it is said of the parent alone. */
static MigText
create_with_identity(Mig *m, const Object *column)
{
	Object plain = *column;
	MigText create;
	MigText identity = schema_expand(m, column, column->kind->properties[IDENTITY].add,
									 schema_value(column, IDENTITY));

	plain.given.values = mig_alloc(m, plain.given.nvalues, sizeof(MigText));
	memcpy(plain.given.values, column->given.values, plain.given.nvalues * sizeof(MigText));
	plain.given.values[IDENTITY] = plain.given.values[IDENTITY + 1] = (MigText){NULL, 0};
	create = schema_create(m, &plain);
	return mig_text(mig_format(m, "%.*s;\n%.*s", MIG_ARG(create), MIG_ARG(identity)));
}

/*
 * What owns a new sequence may be a column that is there already, with rows: serial in the desired
 * schema, where it was integer.
 */
static MigText
with_begin(Mig *m, const Object *owner, MigText text)
{
	const Object *column = NULL;
	const char *begin = NULL;

	if (object_is(owner, "sequence owner") && owner->parent->create)
		column = rename_owner_column(owner->parent);
	if (column && column->twin && column->create == NULL)
		begin = begin_behind_rows(m, column, schema_value(owner->parent, SEQUENCE_OPTIONS));
	return begin ? mig_text(mig_format(m, "%.*s;\n%s", MIG_ARG(text), begin)) : text;
}

/* A constraint of SQLite's that goes and comes for the sake of something else. */
static bool
differs_in_case(const Object *new)
{
	return new->twin &&new->given.folds && !(new->kind->flags &KIND_DATA) &&
		   !mig_same(schema_value(new, 0), schema_value(new->twin, 0));
}

/*
 * What is kept as text and is no other than before comes back as it was live, in both directions:
 * a change of its letters alone is none.  Where it does become another text, the object is marked
 * as rewritten, so that the way back, found later, gives it the live text again and does not take
 * the two for the same.
 */
static MigText
create_text(Way *way, const Object *new)
{
	bool is_text = strcmp(new->kind->create, "%9") == 0;

	if (is_text && !way->back && new->twin && !object_differs(new, new->twin, 0))
		return schema_create(way->m, new->twin);
	((Object *) new)->rewritten = !way->back && (is_text || differs_in_case(new));
	if (object_is(new, "column") && schema_value(new, IDENTITY).at && has_children(new->parent))
		return create_with_identity(way->m, new);
	return with_begin(way->m, new, schema_create(way->m, new));
}

/* ---- types of columns ---- */

/* A column's type without modifier, and that of a domain's values: see the catalog. */
#define BASE_TYPE 10

static bool
has_pair(MigList casts, MigText from, MigText to)
{
	for (size_t i = 0; i < casts.n; i += 2)
		if (mig_same(casts.at[i], from) && mig_same(casts.at[i + 1], to))
			return true;
	return false;
}

static bool
is_text(MigText type)
{
	return mig_same(type, mig_text("text")) || mig_same(type, mig_text("character varying")) ||
		   mig_same(type, mig_text("character"));
}

/* Arrays are converted element by element. */
static MigText
element(MigText type)
{
	while (type.len > 2 && memcmp(type.at + type.len - 2, "[]", 2) == 0)
		type.len -= 2;
	return type;
}

/*
 * Is there something replaced among the types that the column's is made of?  Then the same name is
 * another type's, and a conversion is needed though the names say that there is none.  Not so
 * where the column's own type is a domain: its base type is what is compared, not its name.
 */
static bool
has_type_made_anew(Mig *m, const Object *column)
{
	Objects all = {NULL, 0, 0};
	bool array = element(schema_value(column, 0)).len < schema_value(column, 0).len;

	objects_add(m, &all, (Object *) column);
	for (size_t i = 0; i < all.n; i++)
		for (size_t k = 0; k < all.at[i]->needs.n; k++)
		{
			Object *type = all.at[i]->needs.at[k];

			if (type->replaced && (i > 0 || array || object_is(type, "enum")))
				return true;
			if (object_is(type, "domain"))
				objects_add(m, &all, type);
		}
	return false;
}

/*
 * What converts a value; NULL: assigning it does.  That is left to the server where it can be,
 * since a cast that is asked for cuts what does not fit into varchar(20), and assigning it is an
 * error.  What has no cast goes by way of text; so does a type that has got its values anew, and a
 * column that is text meanwhile.  An array is converted by the casts of its elements, so both must
 * be one.
 */
static const char *
conversion(const Way *way, const Object *old, const Object *new)
{
	MigText a = schema_value(old, BASE_TYPE);
	MigText b = schema_value(new, BASE_TYPE);
	bool same_shape = (element(a).len == a.len) == (element(b).len == b.len);

	if (!object_differs(old, new, 0) || diff_waits_as_text(old))
		return "::text::";
	if (is_text(b) || (mig_same(a, b) && !has_type_made_anew(way->m, old)) ||
		(same_shape && has_pair(way->to->assignments.list, element(a), element(b))))
		return NULL;
	if (is_text(a) || (same_shape && has_pair(way->to->casts.list, element(a), element(b))))
		return "::";
	return "::text::";
}

/* SQLite's: its columns have the collation behind the type, in the same value. */
static bool
has_collation(MigText type)
{
	return diff_without_collation(type).len < type.len;
}

/*
 * The type of a SQLite column, whose text has a collation behind it.  What would be an array
 * elsewhere is a name like any other.
 */
static Type
type_of_column(Mig *m, MigText text)
{
	Tokens tokens;

	text = diff_without_collation(text);
	if (text.len == 0)
		return (Type){.affinity = "BLOB"};
	if (memchr(text.at, '[', text.len))
		return (Type){.affinity = "TEXT"};
	tokens = tokens_read(m, text);
	return portable_type(m, &tokens, (Span){0, tokens.n});
}

static bool
is_blob(Mig *m, MigText text)
{
	return type_of_column(m, text).class == TYPE_BLOB;
}

/* Has a column no type, or that of STRICT tables which is none?  It keeps 5 and '5' apart. */
static bool
is_any(Mig *m, MigText text)
{
	Type type = type_of_column(m, text);

	return type.class == TYPE_OTHER &&
		   (strcmp(type.affinity, "BLOB") == 0 || name_same(type.text, mig_text("ANY")));
}

static bool
is_number(Mig *m, MigText text)
{
	Type type = type_of_column(m, text);

	if (type.class == TYPE_OTHER)
		return !is_any(m, text) && strcmp(type.affinity, "TEXT") != 0;
	return type.class < TYPE_TEXT || type.class == TYPE_BOOLEAN;
}

/*
 * SQLite's: a text has become a blob, by a cast that the way back must undo.  TYPE text by itself
 * would refuse it, as no blob is a text; || is how SQLite reads one as such.
 */
static bool
becomes_text_again(const Way *way, const Object *new)
{
	Type type;

	if (!way->back || way->to->engine != MIG_SQLITE || !is_blob(way->m, schema_value(new->twin, 0)))
		return false;
	type = type_of_column(way->m, schema_value(new, 0));
	return type.class == TYPE_TEXT || type.class >= TYPE_DATE ||
		   (type.class == TYPE_OTHER && strcmp(type.affinity, "TEXT") == 0);
}

/* A SQLite column may have no type, which is spelled TYPE "". */
static void
add_type_change(Way *way, MigLines *lines, const Object *new)
{
	Mig *m = way->m;
	MigText name = new->given.name;
	MigText type = schema_value(new, 0);
	bool none = diff_without_collation(type).len == 0;
	bool postgres = way->to->engine == MIG_POSTGRESQL;
	const char *cast = postgres ? conversion(way, new->twin, new) : NULL;
	MigBuf buf = mig_buf(m);

	if (postgres && diff_inherited(m, new))
		return; /* it gets its type with that one */
	mig_buf_format(&buf, "ALTER TABLE %.*s ALTER COLUMN %.*s TYPE %s%s%.*s",
				   MIG_ARG(new->parent->given.full), MIG_ARG(name), none ? "\"\"" : "",
				   none && type.at ? " " : "", MIG_ARG(type));
	if (cast)
		mig_buf_format(&buf, " USING %.*s%s%.*s", MIG_ARG(name), cast, MIG_ARG(type));
	else if (!postgres && has_collation(schema_value(new->twin, 0)) && !has_collation(type))
		mig_buf_str(&buf, " COLLATE binary"); /* SQLite's keeps its collation else */
	if (becomes_text_again(way, new))
		mig_buf_format(&buf, " USING %.*s || ''", MIG_ARG(name));
	mig_lines_add(lines, mig_buf_text(&buf));
}

/* "numeric" and 10, 2 of "numeric(10,2)"; limits are -1 where there is none. */
static MigText
split_type(MigText type, int limits[2])
{
	const char *open = type.len > 0 ? memchr(type.at, '(', type.len) : NULL;
	int n = 0;

	limits[0] = limits[1] = -1;
	if (open == NULL)
		return type;
	for (const char *p = open + 1; p < type.at + type.len && *p != ')'; p++)
	{
		if (*p == ',' && n == 0)
			n++;
		else if (*p >= '0' && *p <= '9' && limits[n] < 100000000)
			limits[n] = (limits[n] < 0 ? 0 : limits[n]) * 10 + (*p - '0');
	}
	return (MigText){type.at, (size_t) (open - type.at)};
}

/* "timestamp with time zone" of "timestamp(3) with time zone". */
static MigText
without_limits(Mig *m, MigText type)
{
	const char *open = memchr(type.at, '(', type.len);
	const char *close = memchr(type.at, ')', type.len);

	if (open == NULL || close == NULL)
		return mig_copy(m, type);
	return mig_text(mig_format(m, "%.*s%.*s", (int) (open - type.at), type.at,
							   (int) (type.at + type.len - close - 1), close + 1));
}

/*
 * Does the new type keep every value of the old one?  Decides what is marked as destructive.  An
 * integer that is too large for the new type is an error and no loss; digits that numeric(10,2)
 * has no place for are rounded away.  Unlimited limits are -1.
 */
static bool
holds_all(Mig *m, MigText old, MigText new)
{
	int from[2];
	int to[2];
	MigText a = split_type(old, from);
	MigText b = split_type(new, to);

	if (mig_same(b, mig_text("text")) || (mig_same(b, mig_text("character varying")) && to[0] < 0))
		return true;
	if (integer_size(a) >= 0 && integer_size(a) < 3 && to[0] < 0)
		return integer_size(b) >= 0;
	if (!mig_same(without_limits(m, old), without_limits(m, new)))
		return false;
	return to[0] < 0 || (from[0] >= 0 && from[1] <= to[1] && from[0] - from[1] <= to[0] - to[1]);
}

/*
 * The types whose limits can grow without a look at the rows (PostgreSQL's support functions for
 * varchar, numeric and so on leave the cast out then); without the limits.
 */
static bool
grows(MigText type)
{
	static const char *const names[] = {"character varying", "numeric", "bit varying",
										"timestamp",         "time",    "interval"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncmp(type.at, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/*
 * Says no only where the server's own rules are known to leave the rows alone: from varchar to
 * text, and limits that grow; numeric's second one, the scale, must stay.
 */
bool
diff_rewrites(Mig *m, const Object *column)
{
	MigText old = without_limits(m, schema_value(column->twin, 0));
	MigText new = without_limits(m, schema_value(column, 0));
	int from[2];
	int to[2];

	split_type(schema_value(column->twin, 0), from);
	split_type(schema_value(column, 0), to);
	if (!column->twin->broken)
		return false;
	if (to[0] < 0 && is_text(new) && !mig_same(new, mig_text("character")))
		return !is_text(old) || mig_same(old, mig_text("character"));
	return !mig_same(old, new) || !grows(new) ||
		   (to[0] >= 0 && (from[0] < 0 || from[0] > to[0] || from[1] != to[1]));
}

/* ---- alterations ---- */

/* The lowest value of a sequence that counts up, as it stands in its options. */
static int64_t
lowest(MigText options)
{
	const char *at = options.len > 0 ? strstr(options.at, "MINVALUE ") : NULL;
	bool negative;
	int64_t n = 0;

	if (at == NULL)
		return 1;
	at += strlen("MINVALUE ");
	negative = *at == '-';
	for (at += negative; *at >= '0' && *at <= '9'; at++)
		n = n * 10 - (*at - '0'); /* as far as the lowest of all */
	return negative ? n : -n;
}

/*
 * Where the lowest value rises above what comes next, the server refuses it and asks for another
 * next one: so that is set first.  nextval() rather than last_value, as a sequence that was never
 * used has none.
 */
static void
add_next_value(Mig *m, MigLines *lines, const Object *new, size_t i)
{
	MigText options = schema_value(new, i);
	const char *sequence =
		object_is(new, "column") ? serial_sequence(m, new) : mig_quoted_text(m, new->given.full).at;

	if (lowest(options) <= lowest(schema_value(new->twin, i)) ||
		(options.len > 0 && strstr(options.at, "INCREMENT BY -")))
		return;
	mig_lines_add(lines,
				  mig_text(mig_format(m, "SELECT setval(%s, greatest(nextval(%s), %lld), false)",
									  sequence, sequence, (long long) lowest(options))));
}

/*
 * Writes what one property needs.  The exceptions are here: types by add_type_change(), a NOT NULL
 * that the key had said, options of an identity that come and go with it.  What has no clause in a
 * CREATE (storage, statistics) is said again where the type changed, as it is lost with the old
 * type.
 */
static void
add_change(Way *way, MigLines *lines, const Object *new, size_t i)
{
	const Object *old = new->twin;
	const Property *property = &new->kind->properties[i];
	MigText value = schema_value(new, i);
	const char *template = diff_setter(property, schema_value(old, i), value);

	if (i == 0 && object_is(new, "column") && (old->broken || object_differs(old, new, 0)))
		add_type_change(way, lines, new);
	else if (i == 2 && diff_loses_not_null(way, old))
		mig_lines_add(lines, schema_expand(way->m, new, new->kind->properties[2].add, value));
	else if (strcmp(property->name, "identity options") == 0 &&
			 (schema_value(old, i - 1).at == NULL || schema_value(new, i - 1).at == NULL))
		return; /* they come and go with the identity */
	else if (object_differs(old, new, i) ||
			 (old->broken && value.at && (!property->clause || object_is(new, "attribute"))))
	{
		if (object_is(new, "sequence") || strcmp(property->name, "identity options") == 0)
			add_next_value(way->m, lines, new, i);
		mig_lines_add(lines, schema_expand(way->m, new, template, value));
	}
}

/*
 * First what goes, from the last property on, then what comes: an identity needs the NOT NULL that
 * stands before it, so it goes first and comes last, and it goes before a type that it does not
 * fit.
 */
static MigText
alter_text(Way *way, const Object *new)
{
	Mig *m = way->m;
	MigLines lines = mig_lines(m);
	const char *begin = NULL;
	size_t n = 0;

	if (object_is(new, "enum"))
		add_new_values(m, &lines, new);
	else
		while (new->kind->properties[n].name)
			n++;
	for (size_t i = n; i-- > 0;)
		if (schema_value(new, i).at == NULL)
			add_change(way, &lines, new, i);
	for (size_t i = 0; i < n; i++)
		if (schema_value(new, i).at)
			add_change(way, &lines, new, i);
	if (object_is(new, "column") && is_counter(new) && !is_counter(new->twin))
		begin = begin_behind_rows(m, new, schema_value(new, IDENTITY_OPTIONS));
	if (begin)
		mig_lines_add(&lines, mig_text(begin));
	return mig_join(m, lines.list, ";\n");
}

/* ---- what may be a rename ---- */

/*
 * Has b every column that a has, of the same type?  Asked in both directions; a table without
 * columns is like no other.
 */
static bool
has_same_columns(const Object *a, const Object *b)
{
	size_t n = 0;

	for (size_t i = 0; i < a->parts.n; i++)
	{
		const Object *column = a->parts.at[i];
		bool found = false;

		if (!object_is(column, "column"))
			continue;
		for (size_t k = 0; k < b->parts.n; k++)
			found |= b->parts.at[k]->kind == column->kind &&
					 mig_same(b->parts.at[k]->given.name, column->given.name) &&
					 !object_differs(b->parts.at[k], column, 0);
		if (!found)
			return false;
		n++;
	}
	return n > 0;
}

/*
 * Is a dropped object like one that is created, but for its name?  Alembic guesses no renames;
 * here neither, but a hint says how to tell one.
 */
static bool
is_like(const Object *old, const Object *new)
{
	if (old->kind != new->kind || new->twin || new->create == NULL)
		return false;
	if (object_is(old, "table"))
		return has_same_columns(old, new) && has_same_columns(new, old);
	return object_is(old, "column") && old->parent->twin == new->parent &&
		   !object_differs(old, new, 0);
}

/*
 * Where it may be under another name: a column in its table, a table among the new ones.  These
 * are collected once, as 4,000 dropped tables would each look at all objects.
 */
static const Objects *
likely_names(Way *way, const Object *old)
{
	static const Objects none = {NULL, 0, 0};

	if (old->parent)
		return old->parent->twin ? &old->parent->twin->parts : &none;
	for (size_t i = 0; !way->looked && i < way->to->objects.n; i++)
		if (object_is(way->to->objects.at[i], "table") && way->to->objects.at[i]->create)
			objects_add(way->m, &way->tables, way->to->objects.at[i]);
	way->looked = true;
	return &way->tables;
}

/* Of the way there alone: a step has no other hint. */
static void
suspect_rename(Way *way, Op *op)
{
	const Object *old = op->object;
	const Objects *list = likely_names(way, old);

	for (size_t i = 0; old->twin == NULL && !way->back && i < list->n; i++)
	{
		const Object *new = list->at[i];

		if (!is_like(old, new))
			continue;
		op->like = new;
		op->hint = rename_same_place(old, new)
					   ? mig_text(mig_format(way->m,
											 "If it is now %.*s, put the comment "
											 "migrate:renamed-from %.*s behind that name in the "
											 "desired schema.",
											 MIG_ARG(new->given.name), MIG_ARG(old->given.name)))
					   : mig_text(mig_format(way->m,
											 "If it is now %.*s, move it with ALTER TABLE ... SET "
											 "SCHEMA in a revision of its own first.",
											 MIG_ARG(new->given.full)));
		return;
	}
}

/* ---- what is lost ---- */

/*
 * SQLite refuses what a column cannot take without loss.  But a text that is a number becomes one,
 * and how it was written (007) is lost; a text becomes a blob, of which there may be some already;
 * and where values have kinds of their own, all are of one kind then.
 */
static bool
forgets_kind(Way *way, const Object *new)
{
	MigText from = schema_value(new->twin, 0);
	MigText to = schema_value(new, 0);

	if (way->to->engine != MIG_SQLITE || !object_is(new, "column") ||
		!object_differs(new->twin, new, 0))
		return false;
	if (is_number(way->m, to))
		return !is_number(way->m, from);
	if (is_blob(way->m, to))
		return !is_blob(way->m, from);
	return is_any(way->m, from) && !is_any(way->m, to);
}

/*
 * Do rows lose something, so that the way back cannot give it again?  That is a drop of what holds
 * data, a counter that ends, a text that becomes a number or a blob, and a type that does not hold
 * all values of the old one.
 */
static bool
is_destructive(Way *way, const Op *op)
{
	const Object *object = op->object;

	if (op->kind == OP_DROP)
		return (object->kind->flags & KIND_DATA) || is_counter(object);
	if (op->kind != OP_ALTER)
		return false;
	if ((is_counter(object->twin) && !is_counter(object)) || forgets_kind(way, object))
		return true;
	return object->twin->broken && !object_is(object, "primary key") &&
		   (!object_is(object, "column") || !object_differs(object, object->twin, 0) ||
			!holds_all(way->m, schema_value(object->twin, 0), schema_value(object, 0)));
}

/*
 * The plain statement, then its online form, then its mark.  A hint of a rename only where rows
 * would be lost: an index is made anew without harm.
 */
void
diff_write(Way *way, Op *op)
{
	Mig *m = way->m;
	Object *object = op->object;

	op->label = schema_label(m, object);
	if (op->kind == OP_RENAME)
		return; /* written as it was put */
	if (op->kind == OP_ASIDE)
	{
		op->text = aside_text(m, object);
		if (object->at_once)
			op->hint = mig_text("Its new values are used in the same revision. With online => true "
								"they are added, and no table is rewritten.");
	}
	else if (op->kind == OP_DROP)
		op->text = drop_text(m, object);
	else if (op->kind == OP_CREATE)
		op->text = create_text(way, object);
	else
		op->text = alter_text(way, object);
	diff_online(way, op);
	op->destructive = is_destructive(way, op);
	if (op->kind == OP_DROP && op->destructive)
		suspect_rename(way, op);
}
