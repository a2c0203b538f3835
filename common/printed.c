/*
 * printed.c - a definition as PostgreSQL prints it, in a form that it prints again
 *
 * What the server prints is what is compared, and what makes an object anew; the
 * new one must be printed as the old one was.  That is not so with a cast of an
 * array constructor, which comes of a varchar IN ('a', 'b'):
 *
 *     (ARRAY['a'::character varying, 'b'::character varying])::text[]
 *
 * is read as a cast of each element (parse_expr.c, transformTypeCast), and then printed as
 *
 *     ARRAY[('a'::character varying)::text, ('b'::character varying)::text]
 *
 * So it is taken for the latter wherever it stands.  In the short form that indexes, triggers
 * and rules have, without the parentheses.
 *
 * It is the same with two more:
 *
 *     (a AND b) AND c                          a AND b AND c
 *     BEGIN ATOMIC SELECT 'a'::text AS text    BEGIN ATOMIC SELECT 'a'::text
 *
 * where the former comes of a BETWEEN, and the name in the latter of the cast that was printed for
 * a plain 'a' before.
 */
#include "schema.h"

#include <string.h>

/* ---- a text as words ---- */

/* A token that is neither white space nor comment. */
typedef struct PrintedWord
{
	Token token;
	bool gone;
	bool opens;   /* a parenthesis is put in front of it */
	MigText cast; /* the type that is put behind it, or null */
	bool closes;  /* with a parenthesis */
} PrintedWord;

/*
 * All edits are noted at the words and made at once, at the end: so no edit moves what another one
 * speaks of.
 */
typedef struct Printed
{
	PrintedWord *at; /* at[n] is a TOKEN_END */
	size_t n;
} Printed;

/* Only what may change is read, so that most values cost a look for a few words. */
static Printed
read_printed(Mig *m, MigText text)
{
	Lexer l = lexer(text, LEX_POSTGRESQL, 1);
	Printed words = {NULL, 0};

	for (;;)
	{
		words.at = mig_grow(m, words.at, words.n, sizeof(PrintedWord));
		words.at[words.n] = (PrintedWord){.token = lexer_next_word(&l)};
		if (words.at[words.n].token.kind == TOKEN_END)
			return words;
		words.n++;
	}
}

static bool
is_sign(const Printed *words, size_t i, char c)
{
	return i < words->n && words->at[i].token.kind == TOKEN_OTHER &&
		   words->at[i].token.text.at[0] == c;
}

/* One level deeper, one back, or none. */
static int
depth_of(const Printed *words, size_t i)
{
	return is_sign(words, i, '(') || is_sign(words, i, '[')   ? 1
		   : is_sign(words, i, ')') || is_sign(words, i, ']') ? -1
															  : 0;
}

/* The bracket that closes what opens there; n: none. */
static size_t
find_close(const Printed *words, size_t open)
{
	size_t i = open;

	for (int depth = 0; i < words->n; i++)
	{
		depth += depth_of(words, i);
		if (depth == 0)
			break;
	}
	return i;
}

/* ---- casts of arrays ---- */

/*
 * Behind the last token of the type of an array's elements, "text" of "text[]", "numeric(10,2)" or
 * "app.mood"; from: none.  What is cast to no array stays as it is.
 */
static size_t
find_type_end(const Printed *words, size_t from)
{
	size_t i = from;

	while (words->at[i].token.kind == TOKEN_WORD || words->at[i].token.kind == TOKEN_QUOTED ||
		   is_sign(words, i, '.') || is_sign(words, i, '('))
		i = is_sign(words, i, '(') ? find_close(words, i) + 1 : i + 1;
	return is_sign(words, i, '[') && is_sign(words, i + 1, ']') ? i : from;
}

/* With what stands between the words, as it was printed. */
static MigText
slice_of(const Printed *words, size_t from, size_t to)
{
	const char *start = words->at[from].token.text.at;
	MigText last = words->at[to - 1].token.text;

	return (MigText){start, (size_t) (last.at + last.len - start)};
}

/* Does the short form need parentheses around an element that is cast?  If it has some, it does. */
static bool
is_operator_text(const Printed *words, size_t from, size_t to)
{
	static const char *const operations[] = {"AND", "OR", "NOT", "IS", "COLLATE", "AT"};
	bool is_case = token_is(&words->at[from].token, "CASE");

	if (is_sign(words, from, '('))
		return true;
	for (size_t i = from; i < to && !is_case; i++)
	{
		const Token *token = &words->at[i].token;

		for (size_t k = 0; k < sizeof(operations) / sizeof(operations[0]); k++)
			if (token_is(token, operations[k]))
				return true;
		if (token->kind == TOKEN_OTHER && strchr(".:()[]", token->text.at[0]) == NULL)
			return true;
		if (depth_of(words, i) > 0)
			i = find_close(words, i);
	}
	return false;
}

/* in_full: the long form, in which the server puts parentheses around each element that is cast. */
static void
cast_element(Printed *words, size_t from, size_t to, MigText type, bool in_full)
{
	bool parentheses = in_full || is_operator_text(words, from, to);

	words->at[from].opens = parentheses;
	words->at[to - 1].closes = parentheses;
	words->at[to - 1].cast = type;
}

/* Commas of this level alone part the elements: what an element has in brackets is passed over. */
static void
cast_elements(Printed *words, size_t open, size_t close, MigText type, bool in_full)
{
	size_t from = open + 1;

	for (size_t i = from; i <= close; i++)
	{
		if (i == close || is_sign(words, i, ','))
		{
			cast_element(words, from, i, type, in_full);
			from = i + 1;
		}
		if (i < close && depth_of(words, i) > 0)
			i = find_close(words, i);
	}
}

/*
 * Is it in parentheses, which are not those of a function that is called?  Those of a call stand
 * right behind its name.
 */
static bool
is_enclosed(const Printed *words, size_t array, size_t close)
{
	Token before;

	if (array == 0 || !is_sign(words, array - 1, '(') || !is_sign(words, close + 1, ')'))
		return false;
	if (array == 1)
		return true;
	before = words->at[array - 2].token;
	return before.text.at + before.text.len < words->at[array - 1].token.text.at ||
		   before.kind == TOKEN_OTHER;
}

/* The word ARRAY: is what it constructs cast, and not empty, nor of arrays? */
static void
cast_array(Printed *words, size_t array)
{
	size_t close = find_close(words, array + 1);
	bool in_full = is_enclosed(words, array, close);
	size_t colons = in_full ? close + 2 : close + 1;
	size_t end;

	if (close == array + 2 || token_is(&words->at[array + 2].token, "ARRAY") ||
		!is_sign(words, colons, ':') || !is_sign(words, colons + 1, ':'))
		return;
	end = find_type_end(words, colons + 2);
	if (end == colons + 2)
		return;
	cast_elements(words, array + 1, close, slice_of(words, colons + 2, end), in_full);
	if (in_full)
		words->at[array - 1].gone = true;
	for (size_t i = close + 1; i < end + 2; i++)
		words->at[i].gone = true;
}

/* ---- AND in AND, OR in OR ---- */

/*
 * Is what the parentheses have inside connected by that word, and by none that binds less?  In the
 * short form OR stands beside AND without parentheses; a query has its own AND.
 */
static bool
is_connected(const Printed *words, size_t open, size_t close, const char *word)
{
	static const char *const others[] = {"SELECT", "VALUES", "WITH", "OR"};
	bool found = false;

	for (size_t i = open + 1; i < close; i++)
	{
		const Token *token = &words->at[i].token;

		if (token_is(token, word))
			found = true;
		else
			for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++)
				if (token_is(token, others[k]))
					return false;
		if (depth_of(words, i) > 0)
			i = find_close(words, i);
	}
	return found;
}

/*
 * A parenthesis with another behind it: do they stand around "(a AND b) AND c"?  The server prints
 * that of a BETWEEN, and reads it as "a AND b AND c" (gram.y, makeAndExpr).
 */
static void
flatten(Printed *words, size_t outer)
{
	size_t close = find_close(words, outer + 1);
	const Token *behind = &words->at[close < words->n ? close + 1 : words->n].token;
	const char *word = token_is(behind, "AND") ? "AND" : token_is(behind, "OR") ? "OR" : NULL;

	if (word && is_connected(words, outer + 1, close, word))
		words->at[outer + 1].gone = words->at[close].gone = true;
}

/* ---- names of what a function's body answers ---- */

/* The name that a cast gives to a column, of a type that is printed otherwise. */
static const char *const type_columns[][2] = {
	{"integer", "int4"},
	{"bigint", "int8"},
	{"smallint", "int2"},
	{"boolean", "bool"},
	{"real", "float4"},
	{"double precision", "float8"},
	{"character varying", "varchar"},
	{"character", "bpchar"},
	{"bit varying", "varbit"},
	{"time without time zone", "time"},
	{"time with time zone", "timetz"},
	{"timestamp without time zone", "timestamp"},
	{"timestamp with time zone", "timestamptz"},
};

/* Behind the name that begins there and those that it is qualified with; last: the last of them. */
static size_t
find_path_end(const Printed *words, size_t from, size_t *last)
{
	size_t i = from;

	while (words->at[i].token.kind == TOKEN_WORD || words->at[i].token.kind == TOKEN_QUOTED)
	{
		*last = i;
		if (!is_sign(words, i + 1, '.'))
			return i + 1;
		i += 2;
	}
	return from;
}

/* Is that the name that the server gives to a cast to this type? */
static bool
is_named_as_type(const Printed *words, size_t from, size_t to, MigText name)
{
	MigText type = slice_of(words, from, to);
	size_t last = from;

	for (size_t i = 0; i < sizeof(type_columns) / sizeof(type_columns[0]); i++)
		if (mig_same(type, mig_text(type_columns[i][0])))
			return mig_same(name, mig_text(type_columns[i][1]));
	return find_path_end(words, from, &last) == to && mig_same(words->at[last].token.text, name);
}

/*
 * Is "value AS name", AS being that word, what is read of the value alone?  Of a literal and of an
 * argument: SELECT 'a' is printed without a name, read as a cast, and printed with the type's.
 */
static bool
is_name_read(const Printed *words, size_t from, size_t as)
{
	MigText name = words->at[as + 1].token.text;
	size_t last = from;

	if (find_path_end(words, from, &last) == as)
		return mig_same(words->at[last].token.text, name);
	return (words->at[from].token.kind == TOKEN_STRING ||
			token_is(&words->at[from].token, "NULL")) &&
		   is_sign(words, from + 1, ':') && is_sign(words, from + 2, ':') && from + 3 < as &&
		   is_named_as_type(words, from + 3, as, name);
}

/* The body begins there; what is in parentheses has its names told. */
static void
drop_names(Printed *words, size_t body)
{
	size_t from = body;

	for (size_t i = body; i < words->n; i++)
	{
		const Token *token = &words->at[i].token;

		if (token_is(token, "SELECT") || token_is(token, "RETURNING") || is_sign(words, i, ','))
			from = i + 1;
		else if (token_is(token, "AS") && from < i && is_name_read(words, from, i))
			words->at[i].gone = words->at[i + 1].gone = true;
		if (depth_of(words, i) > 0)
			i = find_close(words, i);
	}
}

/* ---- all of it ---- */

/* What stands before a word that goes, a blank, goes with it. */
static MigText
put_together(Mig *m, const Printed *words, MigText text)
{
	MigBuf buf = mig_buf(m);
	const char *done = text.at;

	for (size_t i = 0; i <= words->n; i++)
	{
		const PrintedWord *word = &words->at[i];

		if (!word->gone)
			mig_buf_add(&buf, (MigText){done, (size_t) (word->token.text.at - done)});
		mig_buf_str(&buf, word->opens ? "(" : "");
		if (!word->gone)
			mig_buf_add(&buf, word->token.text);
		mig_buf_str(&buf, word->closes ? ")" : "");
		if (word->cast.at)
			mig_buf_format(&buf, "::%.*s", MIG_ARG(word->cast));
		done = word->token.text.at + word->token.text.len;
	}
	return mig_buf_text(&buf);
}

/* Letter by letter, also in a string: who has it is only read, and changed where it must be. */
static bool
has(MigText text, const char *what)
{
	const char *end = text.at + text.len;
	size_t len = strlen(what);

	for (const char *p = text.at; p && (size_t) (end - p) >= len;
		 p = memchr(p + 1, what[0], (size_t) (end - p - 1)))
		if (memcmp(p, what, len) == 0)
			return true;
	return false;
}

MigText
printed_again(Mig *m, MigText text)
{
	Printed words;

	if (text.at == NULL || !(has(text, "ARRAY[") || has(text, "BEGIN ATOMIC") ||
							 has(text, ") AND ") || has(text, ") OR "))) /* most */
		return text;
	words = read_printed(m, text);
	for (size_t i = 0; i + 1 < words.n; i++)
		if (token_is(&words.at[i].token, "ARRAY") && is_sign(&words, i + 1, '['))
			cast_array(&words, i);
		else if (is_sign(&words, i, '(') && is_sign(&words, i + 1, '('))
			flatten(&words, i);
		else if (token_is(&words.at[i].token, "BEGIN") &&
				 token_is(&words.at[i + 1].token, "ATOMIC"))
			drop_names(&words, i + 2);
	return put_together(m, &words, text);
}
