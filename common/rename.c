/*
 * rename.c - what has got another name
 *
 * "-- migrate:renamed-from old" in a desired schema stands behind the new name:
 * it belongs to the last name that was declared before it in the statement, that of a
 * table, of a column or constraint in it, of an index or of another object; behind the
 * parenthesis that closes a table, to that again.  It says nothing where the new name is
 * live already, so it may stay in the text.
 *
 *   CREATE TABLE accounts ( -- migrate:renamed-from users        the table
 *     mail text, -- migrate:renamed-from email                   the column
 *     n int CONSTRAINT small -- migrate:renamed-from little      the constraint
 *       CHECK (n < 9) -- migrate:renamed-from m                  the column n again
 *   ); -- here it would be                                       the table again
 *
 * What needs no telling: a constraint or an index that is the same but for its
 * name, and the sequence of a column.
 */
#include "schema.h"
#include "table.h"

#include <string.h>

#define DIRECTIVE "-- migrate:renamed-from"

/* ---- reading the text ---- */

/*
 * The text is read besides being run: a comment is in no catalog.  Only what can declare a name is
 * understood; all else is skipped to its semicolon.
 */
typedef struct Reader
{
	Mig *m;
	const MigSchema *desired;
	Lexer lexer;
	Token token;
	int line;       /* on which the last token ends, or the comments behind it */
	MigText schema; /* of the statement's object; null: none was said */
	MigText whole;  /* the table in which we are, or null */
	MigText name;   /* declared last, or null */
	bool is_part;   /* the name is that of a part of whole */
	int part_line;  /* behind the parts of a table: where the last one was declared; else 0 */
	Renames *renames;
} Reader;

/* An identifier as the engine knows it: without quotes; folded where it has none. */
static MigText
identifier_of(const Reader *r, Token token)
{
	MigBuf buf = mig_buf(r->m);

	for (size_t i = 0; i < token.text.len; i++)
	{
		char c = token.text.at[i];

		if (token.kind == TOKEN_WORD && c >= 'A' && c <= 'Z')
			c = (char) (c - 'A' + 'a');
		else if (token.kind != TOKEN_WORD && (i == 0 || i + 1 == token.text.len))
			continue;
		else if (token.kind != TOKEN_WORD && c == token.text.at[0] && token.text.at[i + 1] == c)
			i++;
		mig_buf_add(&buf, (MigText){&c, 1});
	}
	return mig_buf_text(&buf);
}

/* The first identifier of a text, and the token behind it. */
static Token
read_identifier(Mig *m, MigText text, MigEngine engine, MigText *identifier)
{
	Reader r = {.m = m};
	Lexer l = lexer(text, engine == MIG_SQLITE ? LEX_SQLITE : LEX_POSTGRESQL, 1);
	Token token = lexer_next_word(&l);

	*identifier = identifier_of(&r, token);
	return lexer_next_word(&l);
}

/* SQLite takes names in any case, of ASCII alone; PostgreSQL has folded them already. */
bool
schema_same_name(const MigSchema *schema, MigText a, MigText b)
{
	return schema->engine == MIG_SQLITE ? name_same(a, b) : mig_same(a, b);
}

/* name: without quotes; an object's has them where it needs them. */
static bool
goes_by(const MigSchema *schema, const Object *object, MigText name)
{
	MigText own;

	if (object->given.name.len < name.len)
		return false; /* quotes make a name longer, nothing makes it shorter */
	read_identifier(schema->m, object->given.name, schema->engine, &own);
	return schema_same_name(schema, own, name);
}

/* How sure it is that an object is the one that was declared; in rising order. */
typedef enum Likely
{
	IMPOSSIBLE,
	POSSIBLE,
	CERTAIN
} Likely;

/*
 * Is the object in the schema that was said, or in the current one where none was?  The current
 * one has no name here; and a SET may have made another the current one, so where one side says a
 * schema and the other does not, it is possible.
 */
static Likely
is_in_schema(const Reader *r, const Object *object)
{
	bool current = object->given.full.len == object->given.name.len;
	MigText schema;

	if (current || r->schema.at == NULL)
		return current == (r->schema.at == NULL) ? CERTAIN : POSSIBLE;
	read_identifier(r->m, object->given.full, r->desired->engine, &schema);
	return mig_same(schema, r->schema) ? CERTAIN : IMPOSSIBLE;
}

/* A part is looked for in the table that was declared, an index or another object by itself. */
static bool
is_declared(const Reader *r, const Object *object)
{
	if (!goes_by(r->desired, object, r->name))
		return false;
	if (!r->is_part)
		return object->parent == NULL || object->kind->part == NULL;
	return object->parent && goes_by(r->desired, schema_owner(object), r->whole);
}

/*
 * The object that was declared last; NULL if it is nothing that is compared.  Of several that are
 * possible the first, unless one is certain.
 */
static Object *
declared(const Reader *r)
{
	Object *found = NULL;
	Likely best = IMPOSSIBLE;

	for (size_t i = 0; r->name.at && best < CERTAIN && i < r->desired->objects.n; i++)
	{
		Object *object = r->desired->objects.at[i];
		Likely likely = IMPOSSIBLE;

		if (is_declared(r, object))
			likely = is_in_schema(r, r->is_part ? schema_owner(object) : object);
		if (likely > best)
		{
			best = likely;
			found = object;
		}
	}
	return found;
}

static _Noreturn void
fail_directive(Mig *m, int line, const char *detail)
{
	mig_raise(m, &(MigError){MIG_SYNTAX_ERROR, "migrate:renamed-from cannot be understood", detail,
							 "Write it behind the new name: mail text, -- migrate:renamed-from "
							 "email",
							 mig_text_context(m, "desired schema", 0, line)});
}

/*
 * Refused is what could be meant in two ways, as taking the wrong one drops what was meant to
 * stay: a comment on a line of its own, and one behind the last column and the table's end on the
 * same line.
 */
static void
read_renamed_from(const Reader *r)
{
	size_t len = strlen(DIRECTIVE);
	MigText rest = {r->token.text.at + len, r->token.text.len - len};
	Rename *rename;

	if (rest.len == 0 || (rest.at[0] != ' ' && rest.at[0] != '\t'))
		fail_directive(r->m, r->token.line, "It names no old name.");
	if (r->line < r->token.line)
		fail_directive(r->m, r->token.line, "It stands on a line of its own.");
	if (r->part_line == r->token.line)
		fail_directive(r->m, r->token.line,
					   "It can be said of the table and of its last column or constraint.");
	rename = mig_alloc(r->m, 1, sizeof(Rename));
	if (read_identifier(r->m, rest, r->desired->engine, &rename->old).kind != TOKEN_END ||
		rename->old.len == 0)
		fail_directive(r->m, r->token.line, "It does not name one old name.");
	rename->line = r->token.line;
	rename->to = declared(r);
	if (rename->to == NULL)
		fail_directive(r->m, r->token.line, "There is no name before it that can be renamed.");
	if (rename->to->kind->rename == NULL)
		return; /* SQLite's indexes are made anew, which loses nothing */
	rename->next = r->renames->first;
	r->renames->first = rename;
}

/*
 * The next token that is neither blank nor comment; directives are read by the way.  r->line
 * follows comments only where they begin on the line of what is before them: a directive behind a
 * comment of several lines still stands behind the name.
 */
static void
next_token(Reader *r)
{
	size_t len = strlen(DIRECTIVE);

	for (;;)
	{
		r->token = lexer_next(&r->lexer);
		if (r->token.kind == TOKEN_COMMENT && r->token.text.len >= len &&
			memcmp(r->token.text.at, DIRECTIVE, len) == 0)
			read_renamed_from(r);
		if (r->token.kind == TOKEN_SPACE ||
			(r->token.kind == TOKEN_COMMENT && r->line < r->token.line))
			continue;
		r->line = r->token.line + mig_count_lines(r->token.text);
		if (r->token.kind != TOKEN_COMMENT)
			return;
	}
}

static bool
accept_word(Reader *r, const char *word)
{
	if (!token_is(&r->token, word))
		return false;
	next_token(r);
	return true;
}

static bool
is_char(const Reader *r, char c)
{
	return r->token.kind == TOKEN_OTHER && r->token.text.at[0] == c;
}

static bool
is_name(const Reader *r)
{
	return r->token.kind == TOKEN_WORD || r->token.kind == TOKEN_QUOTED ||
		   (r->token.kind == TOKEN_STRING && r->desired->engine == MIG_SQLITE);
}

/*
 * A name of an object, perhaps with a schema before it, is the last that was declared.  Of "a.b"
 * the first is the schema; of a part, whose name has no dot, it stays that of the table.
 */
static void
declare(Reader *r, bool is_part)
{
	while (is_name(r))
	{
		r->name = identifier_of(r, r->token);
		r->is_part = is_part;
		next_token(r);
		if (!is_char(r, '.'))
			return;
		r->schema = r->name;
		next_token(r);
	}
}

/* IF NOT EXISTS, or IF EXISTS and ONLY behind ALTER TABLE. */
static void
skip_if_exists(Reader *r)
{
	if (accept_word(r, "IF") && accept_word(r, "NOT"))
		accept_word(r, "EXISTS");
	else if (accept_word(r, "EXISTS"))
		accept_word(r, "ONLY");
}

/* Directly behind it, a directive is of the constraint; further on of the column again. */
static void
declare_constraint(Reader *r)
{
	MigText column = r->name;

	declare(r, true);
	r->name = column;
}

/*
 * To the end of an item or of the list around it.  A CONSTRAINT inside of a column's definition
 * has a name of its own, which a directive directly behind it is about.
 */
static void
skip_item(Reader *r)
{
	int depth = 0;

	while (r->token.kind != TOKEN_END && (depth > 0 || (!is_char(r, ',') && !is_char(r, ')'))))
	{
		depth += is_char(r, '(');
		depth -= is_char(r, ')');
		if (depth == 0 && accept_word(r, "CONSTRAINT"))
			declare_constraint(r);
		else
			next_token(r);
	}
}

/*
 * Columns and constraints between the parentheses of CREATE TABLE and CREATE TYPE.  Behind the
 * closing one the table is the last that was declared, again; on the line of the last part it
 * could be either.
 */
static void
read_parts(Reader *r)
{
	int line = 0;

	r->whole = r->name;
	next_token(r);
	while (r->token.kind != TOKEN_END && !is_char(r, ')'))
	{
		accept_word(r, "CONSTRAINT");
		line = r->token.line;
		declare(r, true);
		skip_item(r);
		if (is_char(r, ','))
			next_token(r);
	}
	r->name = r->whole;
	r->is_part = false;
	r->part_line = line;
}

/* CREATE, up to three words (OR REPLACE, UNIQUE, MATERIALIZED), the type and the name. */
static void
read_create(Reader *r)
{
	static const char *const words[] = {"TABLE",    "INDEX",  "VIEW",    "TYPE", "DOMAIN",
										"SEQUENCE", "SCHEMA", "TRIGGER", NULL};
	int k = 8;

	for (int i = 0; i < 4 && words[k] == NULL && is_name(r); i++)
	{
		for (k = 0; words[k] && !token_is(&r->token, words[k]); k++)
			;
		next_token(r);
	}
	if (words[k] == NULL)
		return;
	accept_word(r, "CONCURRENTLY");
	skip_if_exists(r);
	declare(r, false);
	if (k == 3)
		accept_word(r, "AS");
	if ((k == 0 || k == 3) && is_char(r, '('))
		read_parts(r);
}

/* ALTER TABLE ... ADD declares a column or a constraint: pg_dump adds all constraints so. */
static void
read_alter(Reader *r)
{
	if (!accept_word(r, "TABLE"))
		return;
	accept_word(r, "ONLY");
	skip_if_exists(r);
	declare(r, false);
	r->whole = r->name;
	if (accept_word(r, "ADD") && (accept_word(r, "CONSTRAINT") || accept_word(r, "COLUMN")))
		declare(r, true);
}

/* What was declared ends with its statement: a directive further on belongs to nothing. */
static void
read_statement(Reader *r)
{
	r->schema = r->whole = r->name = (MigText){NULL, 0};
	r->part_line = 0;
	if (accept_word(r, "CREATE"))
		read_create(r);
	else if (accept_word(r, "ALTER"))
		read_alter(r);
	while (r->token.kind != TOKEN_END && !is_char(r, ';'))
		next_token(r);
	if (r->token.kind != TOKEN_END)
		next_token(r);
}

/* ---- finding what had the old name ---- */

/* Asked of live objects: is it the old side of a rename that is known already? */
static bool
gets_name(const Renames *renames, const Object *object)
{
	for (const Rename *r = renames->first; r; r = r->next)
		if (r->from == object)
			return true;
	return false;
}

bool
rename_same_place(const Object *a, const Object *b)
{
	const MigItem *x = &a->given;
	const MigItem *y = &b->given;

	return a->parent || mig_same((MigText){x->full.at, x->full.len - x->name.len},
								 (MigText){y->full.at, y->full.len - y->name.len});
}

/*
 * What is live and will be the desired object, once wholes have their new names; or NULL.  By its
 * key where no whole is renamed, else by name among the parts of the renamed one.  What gets
 * another name is not it.  Goes up as many levels as parts have.
 */
static Object *
live_twin(const MigSchema *live, const Renames *renames, const Object *to)
{
	const Object *whole = to->parent ? live_twin(live, renames, to->parent) : NULL;

	for (const Rename *r = renames->first; r; r = r->next)
		if (r->to == to && r->from)
			return r->from;
	if (to->parent && whole == NULL)
		return NULL;
	if (whole == NULL || mig_same(whole->key, to->parent->key))
	{
		for (size_t i = 0; i < live->objects.n; i++)
			if (mig_same(live->objects.at[i]->key, to->key) &&
				!gets_name(renames, live->objects.at[i]))
				return live->objects.at[i];
		return NULL;
	}
	for (size_t i = 0; i < whole->parts.n; i++)
		if (whole->parts.at[i]->kind == to->kind &&
			mig_same(whole->parts.at[i]->given.name, to->given.name))
			return whole->parts.at[i];
	return NULL;
}

/*
 * What is live has the old name; even_if: even if it gets another new name, for the error.  It is
 * of the same kind, in the same place, and its whole is what the desired one's whole will be.
 */
static Object *
renamed(const MigSchema *live, const Renames *renames, const Rename *rename, bool even_if)
{
	const Object *to = rename->to;
	const Object *whole = to->parent ? live_twin(live, renames, to->parent) : NULL;

	for (size_t i = 0; i < live->objects.n; i++)
	{
		Object *object = live->objects.at[i];

		if (object->kind == to->kind && object->parent == whole &&
			(whole == NULL) == (to->parent == NULL) && goes_by(live, object, rename->old) &&
			rename_same_place(object, to) && (even_if || !gets_name(renames, object)))
			return object;
	}
	return NULL;
}

/* Has something the name that does not get another one itself? */
static bool
is_live(const MigSchema *live, const Renames *renames, const Object *to)
{
	const Object *twin = live_twin(live, renames, to);

	return twin && !gets_name(renames, twin);
}

/*
 * Where a becomes b and b becomes c, b is free once it is known that it becomes c: so rounds,
 * until one finds nothing.  Wholes before parts, whose place depends on theirs.  What has its new
 * name already is not looked for: the directive may stay in the text.
 */
static void
resolve(const MigSchema *live, Renames *renames, bool parts)
{
	size_t before;

	do
	{
		before = renames->n;
		for (Rename *r = renames->first; r; r = r->next)
			if (r->from == NULL && (r->to->parent != NULL) == parts &&
				!is_live(live, renames, r->to) &&
				(r->from = renamed(live, renames, r, false)) != NULL)
				renames->n++;
	} while (renames->n > before);
}

/*
 * An object has one old name and one new one.  Two directives for one object are allowed as long
 * as only one of the old names is there: a text may keep those of years.
 */
static void
check_told(Mig *m, const MigSchema *live, const Renames *renames)
{
	for (const Rename *r = renames->first; r; r = r->next)
	{
		const Object *taken = NULL;

		for (const Rename *q = renames->first; r->from && q != r; q = q->next)
			if (q->from && q->to == r->to)
				fail_directive(
					m, r->line,
					mig_format(m, "It was %.*s, too, and both are there.", MIG_ARG(q->old)));
		if (r->from == NULL && !is_live(live, renames, r->to))
			taken = renamed(live, renames, r, true);
		if (taken)
			fail_directive(m, r->line,
						   mig_format(m, "It is the second new name of %.*s.",
									  MIG_ARG(schema_label(m, taken))));
	}
}

/* They were put before each other: now they are as in the text. */
static void
reverse_renames(Renames *renames)
{
	Rename *rest = renames->first;

	renames->first = NULL;
	while (rest)
	{
		Rename *next = rest->next;

		rest->next = renames->first;
		renames->first = rest;
		rest = next;
	}
}

/*
 * All directives are read first, in the order of the text; then live objects are looked for,
 * wholes before parts.
 */
Renames
rename_read(Mig *m, const MigSchema *live, const MigSchema *desired, MigText text)
{
	Renames renames = {NULL, 0};
	Reader r = {.m = m, .desired = desired, .renames = &renames};

	if (text.len == 0)
		return renames;
	r.lexer = lexer(text, desired->engine == MIG_SQLITE ? LEX_SQLITE : LEX_POSTGRESQL, 1);
	next_token(&r);
	while (r.token.kind != TOKEN_END)
		read_statement(&r);
	reverse_renames(&renames);
	resolve(live, &renames, false);
	resolve(live, &renames, true);
	check_told(m, live, &renames);
	return renames;
}

/* ---- what needs no telling ---- */

/* old stays null: nobody told it. */
static void
add_rename(Mig *m, Renames *renames, Object *from, Object *to)
{
	Rename *rename = mig_alloc(m, 1, sizeof(Rename));

	*rename = (Rename){.from = from, .to = to, .next = renames->first};
	renames->first = rename;
	renames->n++;
}

/* The definition of an index begins with its name, which is what may differ. */
static MigText
without_name(Mig *m, const Object *object, MigText value)
{
	MigText name = object->given.name;
	const char *at = value.at && name.len > 0 ? strstr(value.at, name.at) : NULL;

	if (strcmp(object->kind->name, "index") != 0 || at == NULL)
		return value;
	return mig_text(mig_format(m, "%.*s%s", (int) (at - value.at), value.at, at + name.len));
}

/*
 * Every property that is compared, for a constraint its definition, for an index the definition
 * without the name in it.
 */
static bool
same_but_name(Mig *m, const Object *a, const Object *b)
{
	/* one without a name cannot get one, and back to that (SQLite, see stored.c) */
	if (a->kind != b->kind || schema_value(a, 9).at || schema_value(b, 9).at)
		return false;
	for (size_t i = 0; a->kind->properties[i].name; i++)
	{
		MigText x = without_name(m, a, schema_value(a, i));
		MigText y = without_name(m, b, schema_value(b, i));

		if ((x.at == NULL) != (y.at == NULL) || !mig_same(x, y))
			return false;
	}
	return true;
}

/*
 * Of a whole that both have: a part that the one has and the other has under another name.  The
 * first that fits; what is the same but for its name may be taken for each other.
 */
static Object *
find_same_part(Mig *m, const Object *part)
{
	const Objects *parts = &part->parent->twin->parts;

	for (size_t i = 0; i < parts->n; i++)
		if (parts->at[i]->twin == NULL && !parts->at[i]->out &&
			same_but_name(m, part, parts->at[i]))
			return parts->at[i];
	return NULL;
}

/* By what its "sequence owner", a part of it, needs. */
Object *
rename_owner_column(const Object *sequence)
{
	for (size_t i = 0; i < sequence->parts.n; i++)
		for (size_t k = 0; k < sequence->parts.at[i]->needs.n; k++)
			if (object_is(sequence->parts.at[i], "sequence owner") &&
				object_is(sequence->parts.at[i]->needs.at[k], "column"))
				return sequence->parts.at[i]->needs.at[k];
	return NULL;
}

/*
 * A sequence that a column owns (serial) is its column's, whatever the two are called: PostgreSQL
 * leaves its name as it is when the table or column is renamed.
 */
static Object *
find_sequence(const MigSchema *desired, const Object *sequence)
{
	const Object *column = rename_owner_column(sequence);

	for (size_t i = 0; column && column->twin && i < desired->objects.n; i++)
	{
		Object *object = desired->objects.at[i];

		if (object->kind == sequence->kind && object->twin == NULL &&
			rename_owner_column(object) == column->twin && rename_same_place(sequence, object))
			return object;
	}
	return NULL;
}

/*
 * Constraints and indexes are found by what they say.  An identity's sequence is renamed only
 * along with its table or column; elsewhere its name is a name like any other's.
 */
void
rename_find(Mig *m, const MigSchema *live, const MigSchema *desired, Renames *renames)
{
	for (size_t i = 0; i < live->objects.n; i++)
	{
		Object *object = live->objects.at[i];
		Object *to = NULL;

		if (object->twin || object->kind->rename == NULL || object->out)
			continue;
		if (strcmp(object->kind->name, "sequence") == 0)
			to = find_sequence(desired, object);
		else if (object_is(object, "identity sequence") && object->parent->twin &&
				 (object->parent->moves || object->parent->parent->moves))
			to = find_same_part(m, object);
		else if (object->parent && object->parent->twin && object->kind->part == NULL)
			to = find_same_part(m, object);
		else if (object->parent && object->parent->twin &&
				 strcmp(object->kind->name, "constraint") == 0)
			to = find_same_part(m, object);
		if (to == NULL)
			continue;
		add_rename(m, renames, object, to);
		object->twin = to; /* so that none is taken twice */
		to->twin = object;
	}
}
