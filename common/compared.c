/*
 * compared.c - of which comparison the answer can be kept, and how
 *
 * A desired schema is run to know it.  Where the same text is compared again, in
 * the same surroundings and with the same live schema, that can be left out, if
 * the text makes the same schema whenever it is run: that is so of definitions,
 * but not of what runs queries or functions, and not of a date that says "today".
 * Where this is not sure, a text does not last: that costs time and nothing else.
 *
 *   lasts                                    does not
 *   CREATE TABLE t (a int DEFAULT f())       CREATE TABLE t AS SELECT f()
 *   CREATE VIEW v AS SELECT now()            INSERT INTO t VALUES (1)
 *   SET search_path = app                    SELECT f()
 *   COMMENT ON TABLE t IS 'as of today'      CREATE TABLE t (a date DEFAULT 'today')
 */
#include "common.h"
#include "migrate_schema.h"

#include <string.h>

static bool
is_one_of(const Token *token, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (token_is(token, words[i]))
			return true;
	return false;
}

#define IS_ONE_OF(token, words) is_one_of(token, words, sizeof(words) / sizeof(words[0]))

static bool
is_mark(const Token *token, char c)
{
	return token->kind == TOKEN_OTHER && token->text.at[0] == c;
}

/* ---- literals ---- */

/* Is the word there, with no letter around it?  word: in lower case. */
static bool
has_word(MigText text, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= text.len; i++)
	{
		size_t k = 0;

		while (k < len && to_lower(text.at[i + k]) == word[k])
			k++;
		if (k == len && (i == 0 || !is_letter(text.at[i - 1])) &&
			(i + len == text.len || !is_letter(text.at[i + len])))
			return true;
	}
	return false;
}

/* Can the string be a date or time that is another one later?  Escapes can hide the word. */
static bool
tells_time(MigText string)
{
	static const char *const words[] = {"now", "today", "tomorrow", "yesterday"};
	const char *end = string.at + string.len;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (has_word(string, words[i]))
			return true;
	for (const char *p = string.at; (p = memchr(p, '\\', (size_t) (end - p))) != NULL; p++)
		if (p + 1 < end && (is_digit(p[1]) || strchr("xuU+", p[1])))
			return true;
	return false;
}

/* ---- statements ---- */

/* A statement, as far as it has been read. */
typedef struct Lasting
{
	bool creates; /* CREATE, and what of is not known yet */
	bool comments;
	bool table; /* CREATE TABLE or MATERIALIZED VIEW */
	bool queries;
	bool bound; /* of a partition */
	int depth;  /* of parentheses */
	int tokens;
	Token last;
} Lasting;

/*
 * CREATE TABLE ... AS and its like run their query, unless they end in WITH NO DATA.  An AS in
 * parentheses is a cast or a generated column.
 */
static void
lasting_create(Lasting *r, const Token *token)
{
	static const char *const before[] = {"OR",   "REPLACE",   "GLOBAL",  "LOCAL",
										 "TEMP", "TEMPORARY", "UNLOGGED"};

	if (r->creates && r->tokens > 0 && !IS_ONE_OF(token, before))
	{
		r->creates = false;
		r->table = token_is(token, "TABLE") || token_is(token, "MATERIALIZED");
	}
	if (r->table && r->depth == 0 && token_is(token, "AS"))
		r->queries = true;
	if (r->depth == 0 && token_is(token, "DATA") && token_is(&r->last, "NO"))
		r->queries = false;
}

/*
 * An expression in a partition's bound is computed at once: only what is plain is sure to stay.  A
 * parenthesis behind any other word than these calls a function.
 */
static bool
bound_is_plain(const Lasting *r, const Token *token)
{
	static const char *const before[] = {"VALUES", "IN",   "FROM",  "TO",
										 "WITH",   "LIST", "RANGE", "HASH"};
	static const char *const computed[] = {"CURRENT_DATE",
										   "CURRENT_TIME",
										   "CURRENT_TIMESTAMP",
										   "LOCALTIME",
										   "LOCALTIMESTAMP",
										   "CURRENT_CATALOG",
										   "CURRENT_SCHEMA",
										   "CURRENT_USER",
										   "CURRENT_ROLE",
										   "SESSION_USER",
										   "USER"};

	if (is_mark(token, '('))
		return r->depth == 0 && IS_ONE_OF(&r->last, before);
	if (token->kind == TOKEN_OTHER)
		return strchr("),:-.", token->text.at[0]) != NULL;
	return !IS_ONE_OF(token, computed);
}

/*
 * Does the statement go on with what makes the same whenever it is run?  The text of a comment and
 * the body of a function (AS '...') may say "now" as they like: nothing reads it as a time then.
 * Behind a line's end a string goes on in the next one: the word may stand in both.
 */
static bool
lasting_token(Lasting *r, const Token *token, MigEngine engine)
{
	bool lasts = true;

	if (r->tokens == 0)
		*r =
			(Lasting){.creates = token_is(token, "CREATE"), .comments = token_is(token, "COMMENT")};
	lasting_create(r, token);
	if (engine == MIG_POSTGRESQL)
	{
		if (token->kind == TOKEN_STRING && !r->comments && !token_is(&r->last, "AS"))
			lasts = !tells_time(token->text) && r->last.kind != TOKEN_STRING;
		lasts = lasts && !token_is(token, "UESCAPE") && (!r->bound || bound_is_plain(r, token));
		r->bound |= token_is(token, "VALUES") && token_is(&r->last, "FOR");
	}
	r->depth += is_mark(token, '(') - is_mark(token, ')');
	r->tokens++;
	r->last = *token;
	return lasts;
}

/* What pg_dump begins with: SELECT pg_catalog.set_config('search_path', '', false). */
static bool
is_setting(MigText statement)
{
	static const char *const tokens[] = {"SELECT", "pg_catalog", ".", "set_config", "("};
	Lexer l = lexer(statement, LEX_POSTGRESQL, 1);
	Token token = lexer_next_word(&l);

	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++, token = lexer_next_word(&l))
		if (!mig_same(token.text, mig_text(tokens[i])))
			return false;
	for (; token.kind != TOKEN_END; token = lexer_next_word(&l))
		if (is_mark(&token, '('))
			return false;
	return true;
}

/*
 * In PostgreSQL a semicolon in a body (BEGIN ATOMIC) ends it, too: what follows does not last
 * then, as it begins with no known word.
 */
static bool
next_statement(Lexer *l, MigEngine engine, MigText *statement)
{
	MigText gap;
	Token token;

	if (engine == MIG_SQLITE)
		return lexer_next_statement(l, &gap, statement);
	token = lexer_next_word(l);
	while (is_mark(&token, ';'))
		token = lexer_next_word(l);
	*statement = token.text;
	while (token.kind != TOKEN_END && !is_mark(&token, ';'))
	{
		statement->len = (size_t) (token.text.at + token.text.len - statement->at);
		token = lexer_next_word(l);
	}
	return statement->len > 0;
}

/*
 * By the first word: definitions, settings and transactions.  ALTER and DROP change what the same
 * text has made before.
 */
static bool
statement_lasts(MigText statement, MigEngine engine)
{
	static const char *const plain[] = {"CREATE", "ALTER",  "DROP",   "COMMENT", "SET",
										"RESET",  "GRANT",  "REVOKE", "PRAGMA",  "BEGIN",
										"START",  "COMMIT", "END"};
	Lexer l = lexer(statement, engine == MIG_SQLITE ? LEX_SQLITE : LEX_POSTGRESQL, 1);
	Token token = lexer_next_word(&l);
	Lasting r = {.tokens = 0};

	if (!IS_ONE_OF(&token, plain) && !(engine == MIG_POSTGRESQL && is_setting(statement)))
		return false;
	for (; token.kind != TOKEN_END; token = lexer_next_word(&l))
		if (!lasting_token(&r, &token, engine))
			return false;
	return !r.queries;
}

/* One statement that is not sure is enough.  A text without any lasts, too. */
bool
mig_desired_lasts(MigText text, MigEngine engine)
{
	Lexer l = lexer(text, engine == MIG_SQLITE ? LEX_SQLITE : LEX_POSTGRESQL, 1);
	MigText statement;

	while (next_statement(&l, engine, &statement))
		if (!statement_lasts(statement, engine))
			return false;
	return true;
}

bool
mig_desired_mentions(MigText text, const char *word)
{
	return has_word(text, word);
}

/* ---- what is kept ---- */

/* Each with its length, so that no two lists are the same text; that of null is -1. */
static const char *
part_head(Mig *m, MigText part)
{
	return mig_format(m, "%lld:", part.at ? (long long) part.len : -1LL);
}

static void
add_part(Mig *m, Sha256 *s, MigText part)
{
	sha256_add(s, mig_text(part_head(m, part)));
	sha256_add(s, part);
}

/*
 * All that mig_diff() is asked with; what is in surroundings (version, search_path and such) is
 * the adapter's to know.
 */
MigText
mig_compared_question(Mig *m, const MigDesired *wanted, MigList surroundings)
{
	Sha256 s;

	sha256_init(&s);
	add_part(m, &s, wanted->text);
	add_part(m, &s, wanted->include);
	add_part(m, &s, wanted->exclude);
	add_part(m, &s, mig_text(wanted->online ? "online" : ""));
	for (size_t i = 0; i < surroundings.n; i++)
		add_part(m, &s, surroundings.at[i]);
	return sha256_hex(m, &s);
}

static void
write_part(Mig *m, MigBuf *buf, MigText part)
{
	mig_buf_str(buf, part_head(m, part));
	mig_buf_add(buf, part);
}

/* Cell by cell, row by row, behind what else mig_diff() has found. */
MigText
mig_compared_answer(Mig *m, const MigDesired *wanted, const MigTable *steps)
{
	MigBuf buf = mig_buf(m);

	if (steps->nrow > 0)
		write_part(m, &buf, mig_cell_bool(wanted->outside));
	for (size_t i = 0; i < steps->nrow * steps->ncol; i++)
		write_part(m, &buf, steps->cells[i]);
	return mig_buf_text(&buf);
}

/* Takes a part off the front of the text.  False: none begins there. */
static bool
take_part(MigText *text, MigText *part)
{
	const char *colon = text->len ? memchr(text->at, ':', text->len) : NULL;
	const char *p = text->at;
	size_t len = 0;
	bool null = colon && mig_same((MigText){p, (size_t) (colon - p)}, mig_text("-1"));

	if (colon == NULL || colon == p)
		return false;
	while (!null && p < colon && is_digit(*p) && len <= text->len)
		len = len * 10 + (size_t) (*p++ - '0');
	text->len -= (size_t) (colon + 1 - text->at);
	if ((!null && p < colon) || len > text->len)
		return false;
	*part = null ? (MigText){NULL, 0} : (MigText){colon + 1, len};
	*text = (MigText){colon + 1 + len, text->len - len};
	return true;
}

MigTable *
mig_compared_steps(Mig *m, MigDesired *wanted, MigText answer)
{
	MigTable *steps = mig_table(m, mig_diff_columns);
	MigText outside = {NULL, 0};

	if (answer.len > 0 && !take_part(&answer, &outside))
		return NULL;
	wanted->outside = mig_same(outside, mig_cell_bool(true));
	while (answer.len > 0)
	{
		MigText *cells = mig_table_row(m, steps);

		for (size_t i = 0; i < steps->ncol; i++)
			if (!take_part(&answer, &cells[i]))
				return NULL;
	}
	return steps;
}
