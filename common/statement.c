/*
 * statement.c - the statements of a section, and how messages name them
 */
#include "common.h"

#include <string.h>

/* For SQLite alone; PostgreSQL's own parser splits its sections. */
MigList
mig_statements(Mig *m, MigText sql)
{
	Lexer l = lexer(sql, LEX_SQLITE, 1);
	MigLines lines = mig_lines(m);
	MigText gap;
	MigText statement;

	while (lexer_next_statement(&l, &gap, &statement))
		mig_lines_add(&lines, statement);
	return lines.list;
}

int
mig_count_lines(MigText text)
{
	const char *end = text.at + text.len;
	const char *at = text.at;
	int lines = 0;

	while (at && at < end && (at = memchr(at, '\n', (size_t) (end - at))) != NULL)
	{
		lines++;
		at++;
	}
	return lines;
}

/* In capitals; "" where the statement begins with something else, such as a parenthesis. */
MigText
mig_statement_keyword(Mig *m, MigText sql, MigEngine engine, size_t *skipped)
{
	Lexer l = lexer(sql, engine == MIG_SQLITE ? LEX_SQLITE : LEX_POSTGRESQL, 1);
	Token token = lexer_next_word(&l);
	MigText keyword;

	while (token.kind == TOKEN_OTHER && token.text.at[0] == ';')
		token = lexer_next_word(&l);
	*skipped = (size_t) (token.text.at - sql.at);
	if (token.kind != TOKEN_WORD)
		return mig_text("");
	keyword = mig_copy(m, token.text);
	for (size_t i = 0; i < keyword.len; i++)
		((char *) keyword.at)[i] = to_upper(keyword.at[i]);
	return keyword;
}

/*
 * What ends the transaction that a run is, or what cannot be in one.  By the first word: SQLite
 * has one authorizer, and that may be the application's.
 */
void
mig_statement_check(Mig *m, MigText keyword, const char *what)
{
	static const char *const of_transactions[] = {
		"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE"};
	static const char *const of_files[] = {"VACUUM", "ATTACH", "DETACH"};
	const char *hint = NULL;

	for (size_t i = 0; i < sizeof(of_transactions) / sizeof(of_transactions[0]); i++)
		if (mig_same(keyword, mig_text(of_transactions[i])))
			hint = what ? "It is run as a whole and taken back: remove the statement."
						: "The run is a transaction of its own, all or nothing: remove the "
						  "statement.";
	for (size_t i = 0; i < sizeof(of_files) / sizeof(of_files[0]); i++)
		if (mig_same(keyword, mig_text(of_files[i])))
			hint = what ? "It cannot run inside a function: remove the statement."
						: "It cannot run inside a function: run it by hand, outside of a revision.";
	if (hint)
		mig_raise(m, &(MigError){MIG_UNSUPPORTED,
								 mig_format(m, "%.*s is not allowed in a %s", MIG_ARG(keyword),
											what ? what : "revision"),
								 NULL, hint, NULL});
}

/* The line is one of the script as migrate_script() shows it. */
const char *
mig_statement_context(Mig *m, const MigRevision *revision, MigDirection direction, int statement,
					  int line)
{
	MigBuf buf = mig_buf(m);

	mig_buf_format(&buf, "revision %.*s", MIG_ARG(revision->id));
	if (revision->message.len > 0)
		mig_buf_format(&buf, " (%.*s)", MIG_ARG(revision->message));
	mig_buf_format(&buf, ", %s", mig_direction_name(direction));
	if (statement > 0)
		mig_buf_format(&buf, ", statement %d", statement);
	mig_buf_format(&buf, ", line %d", line);
	return mig_buf_text(&buf).at;
}

const char *
mig_text_context(Mig *m, const char *what, int statement, int line)
{
	if (statement == 0)
		return mig_format(m, "%s, line %d", what, line);
	return mig_format(m, "%s, statement %d, line %d", what, statement, line);
}
