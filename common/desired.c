/*
 * desired.c - the text of a desired schema, before it is run
 *
 * Such a text is often a dump.  What stands in it for the program that reads it,
 * and not for the schema, is passed over; what cannot be passed over is refused.
 */
#include "migrate_schema.h"
#include "table.h"

#include <string.h>

static _Noreturn void
refuse_line(Mig *m, int line, const char *message, const char *hint)
{
	mig_raise(m, &(MigError){MIG_UNSUPPORTED, message, NULL, hint,
							 mig_text_context(m, "desired schema", 0, line)});
}

/* ---- psql's commands ---- */

/* Up to the end of the line, or of the text. */
static MigText
line_from(MigText text, const char *at)
{
	size_t rest = text.len - (size_t) (at - text.at);
	const char *end = memchr(at, '\n', rest);

	return (MigText){at, end ? (size_t) (end - at) : rest};
}

/* The whole word: psql's \restrict has a key behind it. */
static bool
line_begins(MigText line, const char *word)
{
	size_t len = strlen(word);

	return line.len >= len && memcmp(line.at, word, len) == 0 &&
		   (line.len == len || strchr(" \t\r", line.at[len]) != NULL);
}

/* pg_dump puts its output between these two, so that it cannot run other commands of psql. */
static bool
is_restriction(MigText line)
{
	return line_begins(line, "\\restrict") || line_begins(line, "\\unrestrict");
}

static _Noreturn void
refuse_command(Mig *m, MigText line, int number)
{
	size_t len = 1;

	while (len < line.len && strchr(" \t\r;", line.at[len]) == NULL)
		len++;
	refuse_line(m, number,
				mig_format(m, "psql's %.*s is not allowed in a desired schema", (int) len, line.at),
				"Remove the line: the schema is SQL alone.");
}

/* A statement COPY ... FROM STDIN: what stands behind it is no SQL. */
typedef struct Copying
{
	bool begins; /* a statement begins here */
	bool copies; /* it is a COPY */
	bool from;   /* its last word was FROM */
	bool stdin_; /* FROM STDIN */
} Copying;

/* COPY may have anything between its name and FROM STDIN: only these three words are looked at. */
static void
copying_goes_on(Copying *copying, const Token *token)
{
	if (token->kind == TOKEN_OTHER && token->text.at[0] == ';')
		*copying = (Copying){.begins = true};
	else
	{
		copying->copies |= copying->begins && token_is(token, "COPY");
		copying->stdin_ |= copying->from && token_is(token, "STDIN");
		copying->from = token_is(token, "FROM");
		copying->begins = false;
	}
}

/* Not cut out: so lines keep their numbers, and bytes their places. */
static void
blank(MigText line)
{
	memset((char *) line.at, ' ', line.len);
}

/*
 * text: a copy of our own, as lines are blanked in it.  A backslash that is a token of its own
 * stands outside of all quotes: it is psql's.  The lexer goes on behind the line, which is no SQL.
 */
static void
pass_over_commands(Mig *m, MigText text)
{
	Lexer l = lexer(text, LEX_POSTGRESQL, 1);
	Copying copying = {.begins = true};

	for (Token token = lexer_next_word(&l); token.kind != TOKEN_END; token = lexer_next_word(&l))
	{
		bool ends = token.kind == TOKEN_OTHER && token.text.at[0] == ';';
		MigText line;

		if (ends && copying.copies && copying.stdin_)
			refuse_line(m, token.line, "COPY FROM STDIN is not allowed in a desired schema",
						"Leave the rows out: pg_dump --schema-only.");
		copying_goes_on(&copying, &token);
		if (token.kind != TOKEN_OTHER || token.text.at[0] != '\\')
			continue;
		line = line_from(text, token.text.at);
		if (!is_restriction(line))
			refuse_command(m, line, token.line);
		blank(line);
		copying = (Copying){.begins = true};
		l.rest =
			(MigText){line.at + line.len, l.rest.len - (size_t) (line.at + line.len - l.rest.at)};
	}
}

/* To SQLite it goes on to the end, and what stands there would be missed without a word. */
static void
check_comments_end(Mig *m, MigText text)
{
	Lexer l = lexer(text, LEX_SQLITE, 1);
	Token token;

	do
		token = lexer_next(&l);
	while (token.kind != TOKEN_END && !(token.kind == TOKEN_COMMENT && token.open));
	if (token.open)
		mig_raise(m, &(MigError){MIG_SYNTAX_ERROR, "unterminated /* comment", NULL,
								 "End it with */, or remove it.",
								 mig_text_context(m, "desired schema", 0, token.line)});
}

/* A text without a backslash has no command of psql's: nothing is copied. */
MigText
mig_desired_text(Mig *m, MigText text, MigEngine engine)
{
	if (text.len >= 3 && memcmp(text.at, "\xEF\xBB\xBF", 3) == 0)
		text = (MigText){text.at + 3, text.len - 3};
	if (engine == MIG_SQLITE)
		check_comments_end(m, text);
	if (engine == MIG_SQLITE || text.len == 0 || memchr(text.at, '\\', text.len) == NULL)
		return text;
	text = mig_copy(m, text);
	pass_over_commands(m, text);
	return text;
}

/* ---- SQLite's dumps ---- */

/* A table of SQLite's own, which it makes itself where it is needed. */
static bool
creates_internal(MigText statement)
{
	static const char *const words[] = {"CREATE", "TABLE", "IF", "NOT", "EXISTS"};
	Lexer l = lexer(statement, LEX_SQLITE, 1);
	Token token = lexer_next_word(&l);
	size_t quote;

	for (int i = 0; i < 5; i++)
		if (token_is(&token, words[i]))
			token = lexer_next_word(&l);
		else if (i < 2)
			return false;
	quote = token.kind != TOKEN_WORD;
	return token.text.len > 7 + quote && memcmp(token.text.at + quote, "sqlite_", 7) == 0;
}

/*
 * What .dump writes around its output: BEGIN TRANSACTION, COMMIT, and a CREATE TABLE of
 * sqlite_sequence or sqlite_stat1, which SQLite refuses from anybody else.
 */
size_t
mig_desired_skip(Mig *m, MigText text)
{
	static const char *const ends[] = {"BEGIN", "COMMIT", "END"};
	Lexer l = lexer(text, LEX_SQLITE, 1);
	MigText gap;
	MigText statement;
	size_t skipped;
	MigText keyword;
	bool skip = false;

	keyword = mig_statement_keyword(m, text, MIG_SQLITE, &skipped);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		skip |= mig_same(keyword, mig_text(ends[i]));
	if (!skip && !(mig_same(keyword, mig_text("CREATE")) && creates_internal(text)))
		return 0;
	if (!lexer_next_statement(&l, &gap, &statement))
		return 0;
	return gap.len + statement.len;
}

/* ---- what is missing ---- */

/*
 * Of CREATE with any words before the type; the name null: it is none of such.  Without its
 * schema, as SQLite's errors have it.
 */
static MigText
created_name(Mig *m, MigText statement, MigText *type)
{
	Tokens tokens = tokens_read(m, statement);
	size_t i = 0;

	while (i < tokens.n && !token_spells(tokens.at[i], "TABLE") &&
		   !token_spells(tokens.at[i], "VIEW") && !token_spells(tokens.at[i], "TRIGGER"))
		i++;
	if (i >= tokens.n || !token_spells(tokens.at[0], "CREATE"))
		return (MigText){NULL, 0};
	*type = tokens.at[i++].text;
	if (i + 3 < tokens.n && token_spells(tokens.at[i], "IF") &&
		token_spells(tokens.at[i + 1], "NOT"))
		i += 3;
	if (i + 2 < tokens.n && token_is_char(tokens.at[i + 1], '.'))
		i += 2;
	return token_is_name(tokens.at[i]) ? token_name(m, tokens.at[i]) : (MigText){NULL, 0};
}

/* Of the first statement alone: the adapter goes through the text statement by statement. */
size_t
mig_desired_table(Mig *m, MigText text, MigText *name)
{
	Lexer l = lexer(text, LEX_SQLITE, 1);
	MigText type = mig_text("");
	MigText gap;
	MigText statement;

	if (!lexer_next_statement(&l, &gap, &statement))
		return 0;
	*name = created_name(m, statement, &type);
	return name->at && name_same(type, mig_text("TABLE")) ? gap.len + statement.len : 0;
}

/* "error in view v: " */
static bool
is_about(Mig *m, const char *error, MigText statement)
{
	MigText type = mig_text("");
	MigText name = created_name(m, statement, &type);
	MigText begin;

	if (name.at == NULL)
		return false;
	begin = mig_text(mig_format(m, "error in %.*s %.*s: ", MIG_ARG(type), MIG_ARG(name)));
	return strlen(error) > begin.len && name_same((MigText){error, begin.len}, begin);
}

/*
 * SQLite does not check a view when it is made, so the error comes when all is there, and names
 * the object alone: the statement that made it is looked for, for its line.
 */
void
mig_desired_refuse(Mig *m, MigText text, const char *error)
{
	Lexer l = lexer(text, LEX_SQLITE, 1);
	MigError e = {MIG_UNKNOWN_OBJECT, error, NULL,
				  "Add what is missing to the desired schema, or leave out what names it.", NULL};
	MigText gap;
	MigText statement;
	int line = 1;

	while (e.context == NULL && lexer_next_statement(&l, &gap, &statement))
	{
		line += mig_count_lines(gap);
		if (is_about(m, error, statement))
			e.context = mig_text_context(m, "desired schema", 0, line);
		line += mig_count_lines(statement);
	}
	if (e.context == NULL)
		e.context = "desired schema";
	mig_raise(m, &e);
}
