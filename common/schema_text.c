/*
 * schema_text.c - the objects of a schema as DDL: templates of kinds.c filled in, and the whole
 * printed
 *
 * Of a column "n" of type integer, with the default 1 inside, the template of its CREATE,
 * "ALTER TABLE %P ADD COLUMN %i", becomes ALTER TABLE t ADD COLUMN and its own part, which is
 * "%n%0%1%2%3%c": the name, the clause " integer" of property 0, those of the others (null:
 * nothing), and the parts one behind the other, of which the default's is " DEFAULT %0".
 */
#include "schema.h"
#include "table.h"

#include <string.h>

/* ---- templates ---- */

/* A catalog fills as many values as its kind needs; the others are null. */
MigText
schema_value(const Object *object, size_t i)
{
	return i < object->given.nvalues ? object->given.values[i] : (MigText){NULL, 0};
}

/* The one that it has once names are new: see speak_anew(). */
static MigText
current_value(const Object *object, size_t i)
{
	return object->values && i < object->given.nvalues ? object->values[i]
													   : schema_value(object, i);
}

/* Strings are not: 'A' is another one than 'a'. */
static bool
same_but_for_case(MigText a, MigText b)
{
	Lexer x = lexer(a, LEX_SQLITE, 1);
	Lexer y = lexer(b, LEX_SQLITE, 1);
	Token s;
	Token t;

	do
	{
		s = lexer_next(&x);
		t = lexer_next(&y);
		if (s.kind != t.kind ||
			!(s.kind == TOKEN_WORD ? name_same(s.text, t.text) : mig_same(s.text, t.text)))
			return false;
	} while (s.kind != TOKEN_END);
	return true;
}

/* Null and empty are two things: a DEFAULT '' and none. */
bool
object_differs(const Object *a, const Object *b, size_t i)
{
	MigText x = current_value(a, i);
	MigText y = current_value(b, i);

	if ((x.at == NULL) != (y.at == NULL))
		return true;
	return !mig_same(x, y) && !(a->given.folds && same_but_for_case(x, y));
}

/*
 * The parts inside of an object: behind false, those of the list in parentheses, or those one
 * behind the other; true, those that follow the list (KIND_BEHIND).
 */
static Objects
parts_inside(Mig *m, const Object *object, bool behind)
{
	Objects list = {NULL, 0, 0};

	for (size_t i = 0; i < object->parts.n; i++)
		if (object->parts.at[i]->inside &&
			behind == ((object->parts.at[i]->kind->flags & KIND_BEHIND) != 0))
			objects_add(m, &list, object->parts.at[i]);
	return list;
}

static void expand(Mig *m, MigBuf *buf, const Object *object, const char *template, MigText value);

static void
add_parts(Mig *m, MigBuf *buf, const Object *object, const char *between, bool behind)
{
	Objects parts = parts_inside(m, object, behind);

	for (size_t i = 0; i < parts.n; i++)
	{
		mig_buf_str(buf, i > 0 ? between : "");
		expand(m, buf, parts.at[i], parts.at[i]->kind->part, (MigText){NULL, 0});
	}
}

/*
 * A partition whose columns are all its parent's has no list; any other table without columns has
 * an empty one, which PostgreSQL takes.
 */
static void
add_list(Mig *m, MigBuf *buf, const Object *object)
{
	bool empty = parts_inside(m, object, false).n == 0;

	if (empty)
	{
		mig_buf_str(buf,
					schema_value(object, 1).at ? "" : " ()"); /* a partition's is its parent's */
		return;
	}
	mig_buf_str(buf, " (\n\t");
	add_parts(m, buf, object, ",\n\t", false);
	mig_buf_str(buf, "\n)");
}

/*
 * A clause is itself a template, with %v in it; where the kind has no property of the number the
 * value is what the adapter put there to be used as it is.
 */
static void
add_value(Mig *m, MigBuf *buf, const Object *object, size_t i)
{
	MigText value = current_value(object, i);

	if (value.at && object->kind->properties[i].name)
		expand(m, buf, object, object->kind->properties[i].clause, value);
	else
		mig_buf_add(buf, value);
}

/*
 * Value 9 says that the constraint has no name of its own: SQLite's, known by one that is made up.
 */
static void
add_constraint_name(MigBuf *buf, const Object *object)
{
	if (schema_value(object, 9).at == NULL)
		mig_buf_format(buf, "CONSTRAINT %.*s ", MIG_ARG(object->given.name));
}

/* "a, b" of the twin's options "a=1, b=2". */
static void
add_old_options(Mig *m, MigBuf *buf, const Object *object)
{
	MigList options = {NULL, 0};

	for (size_t i = 0; object->twin && object->kind->properties[i].name; i++)
		if (strcmp(object->kind->properties[i].name, "options") == 0)
			options = mig_split(m, schema_value(object->twin, i));
	for (size_t i = 0; i < options.n; i++)
	{
		const char *end = memchr(options.at[i].at, '=', options.at[i].len);

		mig_buf_format(buf, "%s%.*s", i > 0 ? ", " : "",
					   (int) (end ? (size_t) (end - options.at[i].at) : options.at[i].len),
					   options.at[i].at);
	}
}

/* The names that an object has now, or will have. */
static const MigItem *
named(const Object *object)
{
	return object->now ? object->now : &object->given;
}

/* A name, quoted as it needs to be, with more behind it. */
static MigText
suffixed(Mig *m, MigText name, const char *suffix)
{
	if (name.at[0] == '"')
		return mig_text(mig_format(m, "%.*s%s\"", (int) name.len - 1, name.at, suffix));
	return mig_text(mig_format(m, "%.*s%s", MIG_ARG(name), suffix));
}

/*
 * The name of what the statement is about before it.  SQLite makes up that of an unnamed key from
 * the table's, which may be new by now.
 */
static MigText
old_name(Mig *m, const Object *object)
{
	const Object *old = object->twin;

	if (!object_is(old, "primary key") || schema_value(old, 9).at == NULL ||
		old->parent->now == NULL)
		return old->now ? old->now->name : old->given.name;
	return suffixed(m, old->parent->now->name, "_pkey");
}

/*
 * "SET CACHE 1 SET NO CYCLE" of "CACHE 1 NO CYCLE": so ALTER COLUMN wants them of an identity.  A
 * SET goes before each word that begins an option; the word behind NO belongs to the same one.
 */
static void
add_sequence_options(MigBuf *buf, MigText options)
{
	static const char *const words[] = {"INCREMENT", "MINVALUE", "MAXVALUE", "START",
										"CACHE",     "CYCLE",    "NO"};
	Lexer l = lexer(options.at ? options : mig_text(SEQUENCE_DEFAULTS), LEX_POSTGRESQL, 1);
	bool set = false;

	for (Token token = lexer_next(&l); token.kind != TOKEN_END; token = lexer_next(&l))
	{
		for (int i = 0; i < 7 && !set; i++)
			if (token_is(&token, words[i]))
			{
				mig_buf_str(buf, "SET ");
				set = true;
			}
		set = token_is(&token, "NO") || (set && token.kind == TOKEN_SPACE);
		mig_buf_add(buf, token.text);
	}
}

/*
 * The text of one character behind a percent sign, if it is a name; false: it is none.  See
 * schema.h for all of them.
 */
static bool
expand_name(Mig *m, MigBuf *buf, const Object *object, char c, MigText value)
{
	if (c == 'f')
		mig_buf_add(buf, named(object)->full);
	else if (c == 'n')
		mig_buf_add(buf, named(object)->name);
	else if (c == 'p')
		mig_buf_add(buf, named(object->parent)->name);
	else if (c == 'P')
		mig_buf_add(buf, named(schema_owner(object))->full);
	else if (c == 'm')
		mig_buf_add(buf, old_name(m, object));
	else if (c == 'M')
		mig_buf_add(buf, object->twin->given.full);
	else if (c == 'N')
		add_constraint_name(buf, object);
	else if (c == 'v')
		mig_buf_add(buf, value);
	else if (c == 's')
		add_sequence_options(buf, value);
	else
		return false;
	return true;
}

/* The one expansion of a template; recursive as deep as parts have parts. */
static void
expand(Mig *m, MigBuf *buf, const Object *object, const char *template, MigText value)
{
	for (const char *p = template; *p; p++)
	{
		if (*p != '%')
			mig_buf_add(buf, (MigText){p, 1});
		else if (expand_name(m, buf, object, *++p, value))
			continue;
		else if (*p == 'l')
			add_list(m, buf, object);
		else if (*p == 'c')
			add_parts(m, buf, object, "", false);
		else if (*p == 'b')
			add_parts(m, buf, object, ",", true);
		else if (*p == 'i')
			expand(m, buf, object, object->kind->part, value);
		else if (*p == 'o')
			add_old_options(m, buf, object);
		else if (*p == 'k')
			expand(m, buf, object->parent, object->parent->kind->on, value);
		else
			add_value(m, buf, object, (size_t) (*p - '0'));
	}
}

MigText
schema_expand(Mig *m, const Object *object, const char *template, MigText value)
{
	MigBuf buf = mig_buf(m);

	expand(m, &buf, object, template, value);
	return mig_buf_text(&buf);
}

MigText
schema_label(Mig *m, const Object *object)
{
	return schema_expand(m, object, object->kind->label, (MigText){NULL, 0});
}

/*
 * What follows a CREATE: properties that have no clause in it (storage, statistics, row security),
 * of all that it has inside.
 */
static void
add_late(Mig *m, MigBuf *buf, const Object *object)
{
	Objects parts = parts_inside(m, object, false);

	for (size_t i = 0; object->kind->properties[i].name; i++)
	{
		const Property *property = &object->kind->properties[i];

		if (property->clause || schema_value(object, i).at == NULL)
			continue;
		mig_buf_str(buf, ";\n");
		expand(m, buf, object, property->add ? property->add : property->set,
			   schema_value(object, i));
	}
	for (size_t i = 0; i < parts.n; i++)
		add_late(m, buf, parts.at[i]);
}

/* Several statements, where some properties have none of their own in the CREATE. */
MigText
schema_create(Mig *m, const Object *object)
{
	MigBuf buf = mig_buf(m);

	expand(m, &buf, object, object->kind->create, (MigText){NULL, 0});
	add_late(m, &buf, object);
	return mig_buf_text(&buf);
}

/* ---- printing ---- */

/*
 * A body can name what is made behind it, which no catalog knows of: then its check is switched
 * off before all of it.
 */
static bool
has_programs(const MigSchema *schema)
{
	for (size_t i = 0; i < schema->objects.n; i++)
		if (object_is(schema->objects.at[i], "function") ||
			object_is(schema->objects.at[i], "procedure"))
			return true;
	return false;
}

/*
 * Resolves the schema in the order of names, columns as well: where a column stands in its table
 * is no difference, and must not change the text.  So nothing may have resolved it before.
 */
MigText
mig_schema_print(Mig *m, MigSchema *schema)
{
	MigBuf buf = mig_buf(m);

	schema->by_name = true;
	schema_resolve(schema);
	if (has_programs(schema))
		mig_buf_str(&buf, UNCHECKED_BODIES);
	for (size_t i = 0; i < schema->objects.n; i++)
	{
		const Object *object = schema->objects.at[i];

		if (object->inside)
			continue;
		if (buf.len > 0 && object->parent == NULL)
			mig_buf_str(&buf, "\n");
		if (object->kind->flags & KIND_OTHER)
			mig_buf_format(&buf, NOT_SHOWN "%.*s\n", MIG_ARG(text_one_line(m, object->given.full)));
		else
			mig_buf_format(&buf, "%s;\n", schema_create(m, object).at);
	}
	return mig_buf_text(&buf);
}
