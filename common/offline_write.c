/*
 * offline_write.c - the text of a script, as psql and the sqlite3 shell read it
 *
 * Both shells go on behind an error, so the script must stop by itself, first
 * of all where its guard finds another version than the one it starts from:
 *
 *   PostgreSQL: an error aborts the transaction, all else in it is ignored and
 *      its COMMIT is a ROLLBACK.  Statements outside of a transaction need
 *      psql's ON_ERROR_STOP; only where there are some the script sets it, so
 *      that otherwise it is plain SQL for any client.
 *   SQLite: a statement's error undoes that statement alone.  But the shell
 *      hands over its input whenever a line ends a statement, and leaves out
 *      the rest of that piece after an error.  So no line ends a statement: a
 *      comment that begins behind each ";" goes on into the next line.  Only
 *      the COMMIT is a piece of its own, and each statement that stands outside
 *      of a transaction: with -bail the shell stops between pieces.  A piece
 *      ends by making a temporary table, and the next one begins by dropping it,
 *      which cannot even be prepared where the piece before was left early.
 *      (Shells since 3.52 go on in a piece after an error at run time, not after
 *      one at prepare time: there -bail is needed for the one, and the guard
 *      turns the other into the first.)
 */
#include "offline.h"

#include <string.h>

/* ---- literals ---- */

/* A word, with a number where needed, that does not occur in text. */
static const char *
absent(Mig *m, MigText text, const char *word)
{
	const char *found = word;

	for (int i = 1; text_has(text, mig_text(found)); i++)
		found = mig_format(m, "%s%d", word, i);
	return found;
}

/* text, each occurrence of what replaced. */
static void
add_replaced(MigBuf *buf, MigText text, const char *what, const char *with)
{
	size_t len = strlen(what);
	size_t begin = 0;

	for (size_t i = 0; i + len <= text.len;)
	{
		if (memcmp(text.at + i, what, len) != 0)
		{
			i++;
			continue;
		}
		mig_buf_add(buf, (MigText){text.at + begin, i - begin});
		mig_buf_str(buf, with);
		begin = i += len;
	}
	mig_buf_add(buf, (MigText){text.at + begin, text.len - begin});
}

static MigText
replaced(Mig *m, MigText text, const char *what, const char *with)
{
	MigBuf buf = mig_buf(m);

	add_replaced(&buf, text, what, with);
	return mig_buf_text(&buf);
}

/*
 * A literal of any text; null is NULL.  In PostgreSQL a backslash in '' means what a setting says,
 * in $$ it is one.  The sqlite3 shell drops a carriage return at the end of a line: something else
 * stands for each, and is replaced as it runs.
 */
const char *
offline_literal(const MigOffline *o, MigText text)
{
	Mig *m = o->m;
	const char *mark;

	if (text.at == NULL)
		return "NULL";
	if (o->tables->engine == MIG_POSTGRESQL &&
		(text_has(text, mig_text("\\")) || text_has(text, mig_text("\n"))))
	{
		mark = absent(m, text, "$script");
		return mig_format(m, "%s$%s%s$", mark, mig_copy(m, text).at, mark);
	}
	if (o->tables->engine == MIG_POSTGRESQL || !text_has(text, mig_text("\r")))
		return mig_quoted_text(m, text).at;
	mark = absent(m, text, "<CR>");
	return mig_format(m, "replace(%s, '%s', char(13))",
					  mig_quoted_text(m, replaced(m, text, "\r", mark)).at, mark);
}

/* A list column: text[] in PostgreSQL, text with commas in SQLite.  Names need no escapes. */
const char *
offline_list(const MigOffline *o, MigList list)
{
	bool array = o->tables->engine == MIG_POSTGRESQL && list.n > 0;
	const char *joined = mig_join(o->m, list, array ? "\",\"" : ",").at;

	if (o->tables->engine == MIG_SQLITE)
		return mig_format(o->m, "'%s'", joined);
	return array ? mig_format(o->m, "'{\"%s\"}'", joined) : "'{}'";
}

/* 'a', 'b' */
const char *
offline_values(const MigOffline *o, MigList list)
{
	return mig_format(o->m, "'%s'", mig_join(o->m, list, "', '").at);
}

/* A table of ours, with its schema. */
const char *
offline_table(const MigOffline *o, const char *name)
{
	return mig_format(o->m, "%.*s.%s", MIG_ARG(o->tables->schema), name);
}

/* ---- statements and what is between them ---- */

/*
 * What is no statement: white space and comments.  In SQLite it stands inside of a comment, which
 * a block comment of the author's must not end.
 */
void
offline_gap(MigOffline *o, MigText gap)
{
	if (o->in_comment)
		add_replaced(&o->out, gap, "*/", "* /");
	else
		mig_buf_add(&o->out, gap);
}

/* On one line, so that a message of several does not come to stand outside of it. */
void
offline_comment(MigOffline *o, MigText line)
{
	offline_gap(o, mig_text(mig_format(o->m, "\n-- %.*s\n", MIG_ARG(text_one_line(o->m, line)))));
}

/* In SQLite the statement begins where the comment behind the one before ends. */
void
offline_open(MigOffline *o)
{
	if (o->in_comment)
		mig_buf_str(&o->out, "*/");
	o->in_comment = false;
}

/*
 * The semicolon, and what keeps the sqlite3 shell from taking the line's end for a statement's:
 * see the top of the file.
 */
static void
close_statement(MigOffline *o)
{
	o->in_comment = o->tables->engine == MIG_SQLITE;
	mig_buf_str(&o->out, o->in_comment ? "; /*" : ";");
}

/* A statement of ours, on a line of its own. */
void
offline_statement(MigOffline *o, const char *sql)
{
	offline_open(o);
	mig_buf_str(&o->out, sql);
	close_statement(o);
	mig_buf_str(&o->out, "\n");
}

/* Ends what the sqlite3 shell takes as one piece. */
void
offline_end_piece(MigOffline *o)
{
	if (o->tables->engine == MIG_POSTGRESQL)
		return;
	offline_open(o);
	mig_buf_str(&o->out, "CREATE TEMP TABLE migrate_piece (ended);\n");
	offline_statement(o, "DROP TABLE temp.migrate_piece");
}

/* ---- sections ---- */

/* A comment to the end of the line would swallow the ";" behind it. */
static void
end_line_comment(MigOffline *o, const Token *last)
{
	if (last->kind == TOKEN_COMMENT && last->text.at[0] == '-')
		mig_buf_str(&o->out, "\n");
}

/*
 * psql puts the value of a variable for ":name" outside of quotes, if it has one: a blank helps,
 * and means nothing to SQL.  "::name" is a cast, which psql leaves alone.
 */
static bool
is_variable(const Token *before, const Token *colon, const Token *name)
{
	return colon->kind == TOKEN_OTHER && colon->text.at[0] == ':' &&
		   !(before->kind == TOKEN_OTHER && before->text.at[0] == ':') &&
		   (name->kind == TOKEN_WORD || name->kind == TOKEN_STRING || name->kind == TOKEN_QUOTED);
}

/* Byte for byte, with a ";" at the end where there is none. */
static void
add_postgresql(MigOffline *o, MigText sql)
{
	Lexer l = lexer(sql, LEX_POSTGRESQL, 1);
	Token before = {TOKEN_END, {"", 0}, 0, false};
	Token last = before;
	bool open = false;

	for (Token token = lexer_next(&l); token.kind != TOKEN_END; token = lexer_next(&l))
	{
		if (is_variable(&before, &last, &token))
			mig_buf_str(&o->out, " ");
		mig_buf_add(&o->out, token.text);
		before = last;
		last = token;
		if (token.kind != TOKEN_SPACE && token.kind != TOKEN_COMMENT)
			open = !(token.kind == TOKEN_OTHER && token.text.at[0] == ';');
	}
	end_line_comment(o, &last);
	if (open)
		close_statement(o);
}

/*
 * The sqlite3 shell takes a line that is nothing but GO or "/" as the end of a statement, comments
 * behind it not counted.  An empty comment on the line makes it another.
 */
static bool
is_terminator(const Token *token, const char *begin, const char *end)
{
	const char *before = token->text.at;
	const char *behind = token->text.at + token->text.len;

	if (!token_is(token, "GO") && !(token->kind == TOKEN_OTHER && token->text.at[0] == '/'))
		return false;
	while (before > begin && strchr(" \t", before[-1]))
		before--;
	while (behind < end && strchr(" \t\r", *behind))
		behind++;
	return (before == begin || before[-1] == '\n') && (behind == end || *behind == '\n');
}

/*
 * In a quote, the end of a line is part of a value, and the shell would take a carriage return
 * from it.
 */
static void
check_token(const MigOffline *o, const Token *token)
{
	if ((token->kind == TOKEN_STRING || token->kind == TOKEN_QUOTED) &&
		text_has(token->text, mig_text("\r\n")))
		mig_raise(o->m, &(MigError){MIG_UNSUPPORTED,
									"carriage return in a quote cannot stand in a script",
									"The sqlite3 shell drops it from the end of a line.",
									"Write the value with char(13).", NULL});
}

/* Byte for byte but for that, as it is stored in sqlite_schema. */
static void
add_sqlite_statement(MigOffline *o, MigText sql)
{
	Lexer l = lexer(sql, LEX_SQLITE, 1);
	Token last = {TOKEN_END, {"", 0}, 0, false};
	const char *end = sql.at + sql.len;

	offline_open(o);
	for (Token token = lexer_next(&l); token.kind != TOKEN_END; token = lexer_next(&l))
	{
		check_token(o, &token);
		if (is_terminator(&token, sql.at, end))
			mig_buf_str(&o->out, "/**/");
		mig_buf_add(&o->out, token.text);
		last = token;
	}
	end_line_comment(o, &last);
	close_statement(o);
}

/* As keys.c has it for a run: which statements need foreign keys to be off. */
static bool
drops_table(MigText sql)
{
	Lexer l = lexer(sql, LEX_SQLITE, 1);
	Token first = lexer_next_word(&l);
	Token second = lexer_next_word(&l);

	return token_is(&first, "DROP") && token_is(&second, "TABLE");
}

/*
 * Outside of a transaction each statement is a piece of its own: with -bail the shell stops behind
 * the one that failed.
 */
static void
add_sqlite(MigOffline *o, MigText sql)
{
	Lexer l = lexer(sql, LEX_SQLITE, 1);
	MigText gap;
	MigText statement;

	while (lexer_next_statement(&l, &gap, &statement))
	{
		offline_gap(o, gap);
		add_sqlite_statement(o, statement);
		o->drops |= drops_table(statement);
		if (o->outside)
		{
			mig_buf_str(&o->out, "\n");
			offline_end_piece(o);
		}
	}
	offline_gap(o, gap);
}

/* The part of a step that the script's author wrote, on lines of its own. */
void
offline_add_section(MigOffline *o, MigText sql)
{
	if (o->tables->engine == MIG_SQLITE)
		add_sqlite(o, sql);
	else
		add_postgresql(o, sql);
	if (sql.len > 0 && (o->out.len == 0 || o->out.at[o->out.len - 1] != '\n'))
		mig_buf_str(&o->out, "\n");
}
