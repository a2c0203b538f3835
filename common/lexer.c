/*
 * lexer.c - SQL tokens of both dialects, with line numbers
 *
 * The lexer never fails: it is there to tell code from comments and quotes.
 * What it cannot make out is one TOKEN_OTHER; what the end of the text cuts
 * off is marked open.  Rules: PostgreSQL manual 4.1 (Lexical Structure),
 * SQLite "SQL As Understood By SQLite", lang_keywords and lang_expr.
 *
 *                     PostgreSQL   SQLite    both
 *   $tag$ ... $tag$   string       no        string
 *   E'...\'...'       string       no        string
 *   `...`             no           name      name
 *   [...]             no           name      no
 *   nested comments   yes          no        yes
 *
 * "Both" is for sections that either engine may run.  There a text may be read otherwise than by
 * the engine; what is at stake is where a directive is seen, and what counts for a checksum.
 */
#include "common.h"

#include <string.h>

Lexer
lexer(MigText text, Dialect dialect, int line)
{
	return (Lexer){text, dialect, line};
}

/* SQLite's and PostgreSQL's both: a vertical tab and a form feed are white space, too. */
static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Bytes over 127 are letters in both engines. */
static bool
is_word_start(char c)
{
	return is_letter(c) || c == '_' || (unsigned char) c >= 128;
}

static bool
is_word(char c)
{
	return is_word_start(c) || is_digit(c) || c == '$';
}

/* The byte at i, or NUL behind the end. */
static char
peek(const Lexer *l, size_t i)
{
	return i < l->rest.len ? l->rest.at[i] : '\0';
}

static size_t
run_of(const Lexer *l, size_t i, bool (*test)(char))
{
	while (i < l->rest.len && test(l->rest.at[i]))
		i++;
	return i;
}

/*
 * End of a quote that opens at i; a doubled quote stands for itself, a backslash only if asked.
 * open is set where the text ends first, which then is all of it the quote's.
 */
static size_t
quote_end(const Lexer *l, size_t i, char close, bool backslash, bool *open)
{
	for (i++; i < l->rest.len; i++)
	{
		if (backslash && l->rest.at[i] == '\\')
			i++;
		else if (l->rest.at[i] == close && peek(l, i + 1) == close && close != ']')
			i++;
		else if (l->rest.at[i] == close)
			return i + 1;
	}
	*open = true;
	return l->rest.len;
}

/*
 * Comments nest in PostgreSQL and not in SQLite.  A plain section, which either may run, is read
 * by PostgreSQL's rule.
 */
static size_t
block_comment_end(const Lexer *l, bool *open)
{
	int depth = 1;

	for (size_t i = 2; i < l->rest.len; i++)
	{
		if (l->rest.at[i] == '*' && peek(l, i + 1) == '/')
		{
			i++;
			if (--depth == 0)
				return i + 1;
		}
		else if (l->rest.at[i] == '/' && peek(l, i + 1) == '*' && l->dialect != LEX_SQLITE)
		{
			i++;
			depth++;
		}
	}
	*open = true;
	return l->rest.len;
}

/*
 * Length of the "$tag$" at the start of rest, 0 if there is none.  A digit cannot begin a tag: $1
 * is a parameter.
 */
static size_t
dollar_tag(const Lexer *l)
{
	size_t i = 1;

	if (l->dialect == LEX_SQLITE)
		return 0;
	if (is_word_start(peek(l, 1)))
		while (is_word_start(peek(l, i)) || is_digit(peek(l, i)))
			i++;
	return peek(l, i) == '$' ? i + 1 : 0;
}

/* Nothing inside has a meaning, so only the tag is looked for. */
static size_t
dollar_quote_end(const Lexer *l, size_t tag, bool *open)
{
	const char *end = l->rest.at + l->rest.len;
	const char *p = l->rest.at + tag;

	while ((p = memchr(p, '$', (size_t) (end - p))) != NULL)
	{
		if ((size_t) (end - p) >= tag && memcmp(p, l->rest.at, tag) == 0)
			return (size_t) (p - l->rest.at) + tag;
		p++;
	}
	*open = true;
	return l->rest.len;
}

/* X'...' and x'...': bytes in SQLite, bits in PostgreSQL. */
static bool
is_hex_string(const Lexer *l)
{
	return (peek(l, 0) == 'X' || peek(l, 0) == 'x') && peek(l, 1) == '\'';
}

/* E'...' and e'...': PostgreSQL alone has them, a plain section may. */
static bool
is_escape_string(const Lexer *l)
{
	return l->dialect != LEX_SQLITE && (peek(l, 0) == 'E' || peek(l, 0) == 'e') &&
		   peek(l, 1) == '\'';
}

static size_t
comment_end(const Lexer *l, bool *open)
{
	const char *end;

	if (l->rest.at[0] == '/')
		return block_comment_end(l, open);
	end = memchr(l->rest.at, '\n', l->rest.len);
	return end ? (size_t) (end - l->rest.at) : l->rest.len;
}

static bool
is_comment(const Lexer *l)
{
	return (peek(l, 0) == '-' && peek(l, 1) == '-') || (peek(l, 0) == '/' && peek(l, 1) == '*');
}

static bool
is_identifier_quote(const Lexer *l, char c)
{
	return c == '"' || (c == '`' && l->dialect != LEX_POSTGRESQL) ||
		   (c == '[' && l->dialect == LEX_SQLITE);
}

/*
 * Kind and length of the token at the start of a rest that is not empty.  The order matters: a
 * string's prefix (E, X) would be a word, a comment's first character an operator.
 */
static size_t
scan(const Lexer *l, TokenKind *kind, bool *open)
{
	char c = l->rest.at[0];
	size_t tag;

	if (is_space(c))
		return *kind = TOKEN_SPACE, run_of(l, 0, is_space);
	if (is_comment(l))
		return *kind = TOKEN_COMMENT, comment_end(l, open);
	if (c == '\'')
		return *kind = TOKEN_STRING, quote_end(l, 0, c, false, open);
	if (is_escape_string(l))
		return *kind = TOKEN_STRING, quote_end(l, 1, '\'', true, open);
	if (is_hex_string(l))
		return *kind = TOKEN_STRING, quote_end(l, 1, '\'', false, open);
	if (is_identifier_quote(l, c))
		return *kind = TOKEN_QUOTED, quote_end(l, 0, c == '[' ? ']' : c, false, open);
	if (c == '$' && (tag = dollar_tag(l)) > 0)
		return *kind = TOKEN_STRING, dollar_quote_end(l, tag, open);
	if (is_word_start(c))
		return *kind = TOKEN_WORD, run_of(l, 0, is_word);
	if (is_digit(c))
		return *kind = TOKEN_NUMBER, run_of(l, 0, is_word);
	return *kind = TOKEN_OTHER, 1;
}

/*
 * Never fails, and takes at least a byte unless it is at the end: whoever loops until TOKEN_END
 * ends.
 */
Token
lexer_next(Lexer *l)
{
	Token token = {TOKEN_END, {l->rest.at, 0}, l->line, false};

	if (l->rest.len == 0)
		return token;
	token.text.len = scan(l, &token.kind, &token.open);
	l->line += mig_count_lines(token.text);
	l->rest.at += token.text.len;
	l->rest.len -= token.text.len;
	return token;
}

Token
lexer_next_word(Lexer *l)
{
	Token token = lexer_next(l);

	while (token.kind == TOKEN_SPACE || token.kind == TOKEN_COMMENT)
		token = lexer_next(l);
	return token;
}

/* Only a word that is not quoted: "select" is a name. */
bool
token_is(const Token *token, const char *word)
{
	size_t i = 0;

	if (token->kind != TOKEN_WORD)
		return false;
	for (; i < token->text.len && word[i] != '\0'; i++)
		if (to_upper(token->text.at[i]) != word[i])
			return false;
	return i == token->text.len && word[i] == '\0';
}

/* Where in a statement we are: inside a trigger a ";" ends it only behind "; END". */
typedef enum StatementState
{
	AT_START,
	PLAIN_STATEMENT,
	BEHIND_CREATE,
	IN_TRIGGER,
	BEHIND_SEMICOLON,
	BEHIND_END
} StatementState;

/*
 * The state behind a token that is neither white space nor comment: the automaton of
 * sqlite3_complete(), which knows a trigger by CREATE [TEMP] TRIGGER and its end by "; END ;".
 */
static StatementState
next_state(StatementState state, const Token *token)
{
	bool semicolon = token->kind == TOKEN_OTHER && token->text.at[0] == ';';

	switch (state)
	{
		case AT_START:
			if (token_is(token, "EXPLAIN"))
				return AT_START;
			return token_is(token, "CREATE") ? BEHIND_CREATE : PLAIN_STATEMENT;
		case BEHIND_CREATE:
			if (token_is(token, "TEMP") || token_is(token, "TEMPORARY"))
				return BEHIND_CREATE;
			return token_is(token, "TRIGGER") ? IN_TRIGGER : PLAIN_STATEMENT;
		case IN_TRIGGER:
		case BEHIND_SEMICOLON:
		case BEHIND_END:
			if (semicolon)
				return BEHIND_SEMICOLON;
			return state == BEHIND_SEMICOLON && token_is(token, "END") ? BEHIND_END : IN_TRIGGER;
		default:
			return state;
	}
}

/* A byte order mark is white space to SQLite, wherever a statement begins. */
static bool
skip_mark(Lexer *l)
{
	if (l->rest.len < 3 || memcmp(l->rest.at, "\xEF\xBB\xBF", 3) != 0)
		return false;
	l->rest.at += 3;
	l->rest.len -= 3;
	return true;
}

/* Goes on to the first token of a statement; false: there is none. */
static bool
find_statement(Lexer *l)
{
	for (;;)
	{
		Lexer ahead = *l;
		Token token;

		if (skip_mark(l))
			continue;
		token = lexer_next(&ahead);
		if (token.kind == TOKEN_END)
			return false;
		if (token.kind != TOKEN_SPACE && token.kind != TOKEN_COMMENT &&
			!(token.kind == TOKEN_OTHER && token.text.at[0] == ';'))
			return true;
		*l = ahead;
	}
}

/* Does the token end a statement? */
static bool
ends_statement(StatementState state, const Token *token)
{
	return token->kind == TOKEN_OTHER && token->text.at[0] == ';' &&
		   (state < IN_TRIGGER || state == BEHIND_END);
}

/*
 * Without a ";" at the end the statement ends with its last token or comment, and the lexer stands
 * right behind that: white space at the end belongs to the next gap.
 */
bool
lexer_next_statement(Lexer *l, MigText *gap, MigText *statement)
{
	StatementState state = AT_START;
	Lexer end; /* behind the last token that is no white space */
	Token token;

	gap->at = l->rest.at;
	if (!find_statement(l))
	{
		gap->len = (size_t) (l->rest.at - gap->at);
		return false;
	}
	gap->len = (size_t) (l->rest.at - gap->at);
	statement->at = l->rest.at;
	end = *l;
	for (token = lexer_next(l); token.kind != TOKEN_END && !ends_statement(state, &token);
		 token = lexer_next(l))
	{
		if (token.kind != TOKEN_SPACE)
			end = *l;
		if (token.kind != TOKEN_SPACE && token.kind != TOKEN_COMMENT)
			state = next_state(state, &token);
	}
	if (token.kind == TOKEN_END)
		*l = end;
	statement->len =
		(size_t) ((token.kind == TOKEN_END ? end.rest.at : token.text.at) - statement->at);
	return true;
}
