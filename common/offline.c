/*
 * offline.c - a run as a script, for psql or the sqlite3 shell, that needs no extension
 *
 * The script does what the run would do, in the same order, and leaves the same
 * rows: the tables where it starts from base, then for each step the revision,
 * its section byte for byte, the version rows and a row of the log.  Columns
 * that the run leaves to defaults are left to them here.
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
 *
 * The parts of a script, in this order:
 *
 *   add_title()      comments for whoever opens the file
 *   add_beginning()  what the shell must be told, and foreign keys off where a table is dropped
 *   add_begin()      BEGIN, the tables where it starts from base, the guard
 *   mig_offline_step(), for each step: its line, the revision's row, the section, the version
 *                    rows, a row of the log; where the section cannot run in a transaction,
 *                    COMMIT before it, and BEGIN and another guard behind it
 *   add_ending()     the look for rows that refer to nothing, COMMIT
 */
#include "graph.h"

#include <string.h>

/* What differs between the engines in statements on our tables. */
static const struct Words
{
	const char *name;
	const char *now;    /* for columns that say when */
	const char *client; /* for the log's column client */
	const char *yes;
	const char *no;
} engine_words[] = {
	[MIG_POSTGRESQL] = {"postgresql", "DEFAULT", "DEFAULT", "true", "false"},
	[MIG_SQLITE] = {"sqlite", "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
					"'sqlite ' || sqlite_version()", "1", "0"},
};

/* The script as it grows; what stands above the first step is put before it at the end. */
struct MigOffline
{
	Mig *m;
	const MigGraph *g;
	const MigOfflineTables *tables;
	MigDirection direction;
	MigList start; /* version rows that the guard wants */
	MigList heads; /* version rows after the steps that are written */
	MigPlan plan;
	size_t next; /* step */
	MigBuf out;
	bool in_comment; /* SQLite: the comment behind a ";" is open */
	bool outside;    /* what is written next stands outside of a transaction */
	bool drops;      /* SQLite: a table was dropped */
};

/* ---- the range ---- */

/* Alembic asks for both ends of a downgrade: a script cannot look where it is. */
static _Noreturn void
fail_ends(Mig *m, MigText text, MigDirection direction)
{
	bool up = direction == MIG_UPGRADE;

	mig_raise(m, &(MigError){MIG_INVALID_VALUE,
							 mig_format(m, "\"%.*s\" is not a range for %s script", MIG_ARG(text),
										up ? "an upgrade" : "a downgrade"),
							 up ? "A script for an upgrade is from:to, or the target alone to "
								  "start at base."
								: "A script for a downgrade requires from:to; it cannot look at "
								  "the version.",
							 up ? "Put one colon between the two revisions, like \"base:head\"."
								: "Put one colon between the two revisions, like \"head:head-1\".",
							 NULL});
}

/*
 * The two ends; from is empty where the script starts at base.  "a:" goes to the heads, ":" alone
 * is no range.
 */
static void
split_range(Mig *m, MigText text, MigDirection direction, MigText *from, MigText *to)
{
	const char *colon = text.len > 0 ? memchr(text.at, ':', text.len) : NULL;

	*from = (MigText){text.at, colon ? (size_t) (colon - text.at) : 0};
	*to = text;
	if (colon)
		*to = (MigText){colon + 1, text.len - from->len - 1};
	if ((to->len > 0 && memchr(to->at, ':', to->len)) || (colon && text.len == 1))
		fail_ends(m, text, direction);
	if (direction == MIG_DOWNGRADE && (from->len == 0 || to->len == 0))
		fail_ends(m, text, direction);
	if (colon && to->len == 0)
		*to = mig_text("heads");
}

/*
 * The version rows of a database that has been brought to from; empty: base.  In the order of
 * nodes, so each once and as migrate_version has them.
 */
static MigList
start_rows(Mig *m, const MigGraph *g, MigText from)
{
	bool *named = mig_alloc(m, g->n, sizeof(bool));
	Nodes nodes = {NULL, 0};

	if (from.len > 0)
		nodes = target_several(m, g, from, true);
	graph_check_overlap(m, g, nodes, MIG_INVALID_VALUE,
						"Leave out the ancestor: a revision is applied with all that it needs.");
	for (size_t i = 0; i < nodes.n; i++)
		if (nodes.at[i] < g->n)
			named[nodes.at[i]] = true;
	return graph_ids(m, g, graph_members(m, g, named));
}

/*
 * The steps are written before what stands above them: whether a table is dropped, and so whether
 * foreign keys must be off, is known at their end.  For SQLite they begin inside of the comment
 * that the top leaves open.
 */
MigOffline *
mig_offline(Mig *m, const MigGraph *g, const MigOfflineTables *tables, MigText range,
			MigDirection direction)
{
	MigOffline *o = mig_alloc(m, 1, sizeof(MigOffline));
	MigText from;
	MigText to;

	split_range(m, range, direction, &from, &to);
	*o = (MigOffline){.m = m, .g = g, .tables = tables, .direction = direction};
	o->start = o->heads = start_rows(m, g, from);
	o->plan = mig_plan(m, g, o->start, to, direction);
	o->out = mig_buf(m);
	o->in_comment = tables->engine == MIG_SQLITE;
	return o;
}

MigList
mig_offline_start(const MigOffline *o)
{
	return o->start;
}

const MigPlan *
mig_offline_plan(const MigOffline *o)
{
	return &o->plan;
}

/* ---- literals ---- */

static bool
has_text(MigText text, const char *what)
{
	size_t len = strlen(what);

	for (size_t i = 0; i + len <= text.len; i++)
		if (memcmp(text.at + i, what, len) == 0)
			return true;
	return false;
}

/* A word, with a number where needed, that does not occur in text. */
static const char *
absent(Mig *m, MigText text, const char *word)
{
	const char *found = word;

	for (int i = 1; has_text(text, found); i++)
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
static const char *
literal(const MigOffline *o, MigText text)
{
	Mig *m = o->m;
	const char *mark;

	if (text.at == NULL)
		return "NULL";
	if (o->tables->engine == MIG_POSTGRESQL && (has_text(text, "\\") || has_text(text, "\n")))
	{
		mark = absent(m, text, "$script");
		return mig_format(m, "%s$%s%s$", mark, mig_copy(m, text).at, mark);
	}
	if (o->tables->engine == MIG_POSTGRESQL || !has_text(text, "\r"))
		return mig_quoted_text(m, text).at;
	mark = absent(m, text, "<CR>");
	return mig_format(m, "replace(%s, '%s', char(13))",
					  mig_quoted_text(m, replaced(m, text, "\r", mark)).at, mark);
}

/* A list column: text[] in PostgreSQL, text with commas in SQLite.  Names need no escapes. */
static const char *
list_literal(const MigOffline *o, MigList list)
{
	bool array = o->tables->engine == MIG_POSTGRESQL && list.n > 0;
	const char *joined = mig_join(o->m, list, array ? "\",\"" : ",").at;

	if (o->tables->engine == MIG_SQLITE)
		return mig_format(o->m, "'%s'", joined);
	return array ? mig_format(o->m, "'{\"%s\"}'", joined) : "'{}'";
}

/* 'a', 'b' */
static const char *
values(const MigOffline *o, MigList list)
{
	return mig_format(o->m, "'%s'", mig_join(o->m, list, "', '").at);
}

/* A table of ours, with its schema. */
static const char *
our_table(const MigOffline *o, const char *name)
{
	return mig_format(o->m, "%.*s.%s", MIG_ARG(o->tables->schema), name);
}

/* ---- statements and what is between them ---- */

/*
 * What is no statement: white space and comments.  In SQLite it stands inside of a comment, which
 * a block comment of the author's must not end.
 */
static void
add_gap(MigOffline *o, MigText gap)
{
	if (o->in_comment)
		add_replaced(&o->out, gap, "*/", "* /");
	else
		mig_buf_add(&o->out, gap);
}

/* On one line, so that a message of several does not come to stand outside of it. */
static void
add_comment(MigOffline *o, MigText line)
{
	add_gap(o, mig_text(mig_format(o->m, "\n-- %.*s\n", MIG_ARG(text_one_line(o->m, line)))));
}

/* In SQLite the statement begins where the comment behind the one before ends. */
static void
open_statement(MigOffline *o)
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
static void
add_statement(MigOffline *o, const char *sql)
{
	open_statement(o);
	mig_buf_str(&o->out, sql);
	close_statement(o);
	mig_buf_str(&o->out, "\n");
}

/* Ends what the sqlite3 shell takes as one piece. */
static void
end_piece(MigOffline *o)
{
	if (o->tables->engine == MIG_POSTGRESQL)
		return;
	open_statement(o);
	mig_buf_str(&o->out, "CREATE TEMP TABLE migrate_piece (ended);\n");
	add_statement(o, "DROP TABLE temp.migrate_piece");
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
		has_text(token->text, "\r\n"))
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

	open_statement(o);
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
		add_gap(o, gap);
		add_sqlite_statement(o, statement);
		o->drops |= drops_table(statement);
		if (o->outside)
		{
			mig_buf_str(&o->out, "\n");
			end_piece(o);
		}
	}
	add_gap(o, gap);
}

/* The part of a step that the script's author wrote, on lines of its own. */
static void
add_section(MigOffline *o, MigText sql)
{
	if (o->tables->engine == MIG_SQLITE)
		add_sqlite(o, sql);
	else
		add_postgresql(o, sql);
	if (sql.len > 0 && (o->out.len == 0 || o->out.at[o->out.len - 1] != '\n'))
		mig_buf_str(&o->out, "\n");
}

/* ---- settings (PostgreSQL): a SET ends with its revision ---- */

#define SAVE_SETTINGS                                                                              \
	"DO $migrate$\n"                                                                               \
	"BEGIN\n"                                                                                      \
	"\tPERFORM pg_catalog.set_config('migrate.settings', (SELECT pg_catalog.json_object_agg("      \
	"name, setting)::text\n"                                                                       \
	"\t\tFROM pg_catalog.pg_settings WHERE context IN ('user', 'superuser')), false);\n"           \
	"\tPERFORM pg_catalog.set_config('migrate.role', pg_catalog.current_setting('role'), "         \
	"false);\n"                                                                                    \
	"END\n"                                                                                        \
	"$migrate$"

#define RESTORE_SETTINGS                                                                           \
	"DO $migrate$\n"                                                                               \
	"BEGIN\n"                                                                                      \
	"\tPERFORM pg_catalog.set_config('role', pg_catalog.current_setting('migrate.role'), "         \
	"false);\n"                                                                                    \
	"\tPERFORM pg_catalog.set_config(now.name, saved.value, false)\n"                              \
	"\t\tFROM pg_catalog.pg_settings AS now JOIN pg_catalog.json_each_text(\n"                     \
	"\t\t\tpg_catalog.current_setting('migrate.settings')::pg_catalog.json) AS saved\n"            \
	"\t\tON saved.key = now.name AND saved.value <> now.setting\n"                                 \
	"\t\tWHERE now.context IN ('user', 'superuser');\n"                                            \
	"END\n"                                                                                        \
	"$migrate$"

/*
 * May the section change a setting: SET, RESET, a block of code or set_config()?  A block of code
 * may do anything, so it counts; only what is at the start of a statement is a SET of its own, and
 * not that of an UPDATE.
 */
static bool
may_set(const MigOffline *o, MigText sql)
{
	Lexer l = lexer(sql, LEX_POSTGRESQL, 1);
	bool begins = true;

	if (o->tables->engine == MIG_SQLITE)
		return false;
	for (Token token = lexer_next_word(&l); token.kind != TOKEN_END; token = lexer_next_word(&l))
	{
		if (token_is(&token, "SET_CONFIG"))
			return true;
		if (begins &&
			(token_is(&token, "SET") || token_is(&token, "RESET") || token_is(&token, "DO")))
			return true;
		begins = token.kind == TOKEN_OTHER && token.text.at[0] == ';';
	}
	return false;
}

/* ---- the guard ---- */

/* What holds where the version rows are these, and no others: as many, and as many of these. */
static const char *
version_is(const MigOffline *o, MigList rows)
{
	const char *versions = our_table(o, "migrate_version");

	if (rows.n == 0)
		return mig_format(o->m, "(SELECT count(*) FROM %s) = 0", versions);
	return mig_format(o->m,
					  "(SELECT count(*) FROM %s) = %zu\n\tAND (SELECT count(*) FROM %s WHERE "
					  "revision IN (%s)) = %zu",
					  versions, rows.n, versions, values(o, rows), rows.n);
}

/* The guard's message; first: nothing has run yet. */
static const char *
wrong_version(const MigOffline *o, bool first)
{
	const char *rows = o->heads.n > 0 ? mig_join(o->m, o->heads, ", ").at : "<base>";

	return mig_format(o->m, "version is not %s, where this script %s", rows,
					  first ? "starts" : "goes on");
}

#define GUARD_HINT                                                                                 \
	"Look at the rows of migrate_version, and make a script that starts from them: from:to."

/*
 * Raises message unless condition holds.  What was done in the transaction is undone, the table
 * of the guard included, and so the last statement cannot be prepared: shells that went on end
 * there, with the table's name in their message.
 */
MigList
mig_offline_guard(Mig *m, const char *condition, const char *message)
{
	const char *name = mig_quoted_name(m, mig_text(message)).at;
	MigLines lines = mig_lines(m);

	mig_lines_add(&lines, mig_text(mig_format(m, "CREATE TEMP TABLE %s (holds)", name)));
	mig_lines_add(
		&lines, mig_text(mig_format(m,
									"CREATE TEMP TRIGGER migrate_guard BEFORE INSERT ON %s WHEN "
									"NEW.holds IS NOT 1\nBEGIN\n\tSELECT RAISE(ROLLBACK, %s);\nEND",
									name, mig_quoted_text(m, mig_text(message)).at)));
	mig_lines_add(&lines,
				  mig_text(mig_format(m, "INSERT INTO temp.%s SELECT %s", name, condition)));
	mig_lines_add(&lines, mig_text(mig_format(m, "DROP TABLE temp.%s", name)));
	return lines.list;
}

static void
add_sqlite_guard(MigOffline *o, const char *condition, const char *message)
{
	MigList statements = mig_offline_guard(o->m, condition, message);

	for (size_t i = 0; i < statements.n; i++)
		add_statement(o, statements.at[i].at);
}

/* The locks are those of a run, so that neither it nor another script comes between. */
#define LOCKS                                                                                      \
	"\tlock_key := %s::pg_catalog.regnamespace::pg_catalog.oid::pg_catalog.int8"                   \
	"::pg_catalog.bit(32)::pg_catalog.int4;\n"                                                     \
	"\tIF NOT pg_catalog.pg_try_advisory_xact_lock_shared(1835622722, lock_key) THEN\n"            \
	"\t\tRAISE EXCEPTION USING ERRCODE = '55P03', MESSAGE = "                                      \
	"'another migration run is in progress',\n"                                                    \
	"\t\t\tHINT = 'Run the script again when it has ended.';\n"                                    \
	"\tEND IF;\n"                                                                                  \
	"\tPERFORM pg_catalog.pg_advisory_xact_lock(1835622721, lock_key);\n"

/* As one block, with the guard: the tables are made only where they are not there. */
static void
add_postgresql_tables(MigOffline *o, MigBuf *buf)
{
	mig_buf_format(buf, "\tIF pg_catalog.to_regclass(%s) IS NULL THEN\n%.*s\tEND IF;\n",
				   mig_quoted_text(o->m, mig_text(our_table(o, "migrate_version"))).at,
				   MIG_ARG(o->tables->create));
}

/*
 * In one DO block, so that locks, tables and the look at the version are in one statement that
 * either holds or leaves an aborted transaction behind.
 */
static void
add_postgresql_guard(MigOffline *o, bool first, bool create)
{
	Mig *m = o->m;
	MigBuf buf = mig_buf(m);
	const char *schema = mig_quoted_text(m, o->tables->schema).at;
	const char *versions = our_table(o, "migrate_version");

	mig_buf_str(&buf, "DO $migrate$\nDECLARE\n\tlock_key pg_catalog.int4;\n"
					  "\tseen pg_catalog.text := 'There is no table migrate_version.';\n"
					  "\tholds pg_catalog.bool := false;\nBEGIN\n");
	if (create)
		mig_buf_format(&buf,
					   "\tIF pg_catalog.to_regnamespace(%s) IS NULL THEN\n"
					   "\t\tCREATE SCHEMA %.*s;\n\tEND IF;\n",
					   schema, MIG_ARG(o->tables->schema));
	mig_buf_format(&buf, LOCKS, schema);
	if (create)
		add_postgresql_tables(o, &buf);
	mig_buf_format(&buf,
				   "\tIF pg_catalog.to_regclass(%s) IS NOT NULL THEN\n"
				   "\t\tholds := %s;\n"
				   "\t\tseen := 'It is ' || coalesce((SELECT pg_catalog.string_agg(revision, ', ' "
				   "ORDER BY revision) FROM %s), '<base>') || '.';\n\tEND IF;\n"
				   "\tIF NOT holds THEN\n"
				   "\t\tRAISE EXCEPTION USING ERRCODE = '55000', MESSAGE = %s,\n"
				   "\t\t\tDETAIL = seen, HINT = '" GUARD_HINT "';\n"
				   "\tEND IF;\nEND\n$migrate$",
				   mig_quoted_text(m, mig_text(versions)).at, version_is(o, o->heads), versions,
				   mig_quoted_text(m, mig_text(wrong_version(o, first))).at);
	add_statement(o, mig_buf_text(&buf).at);
}

/* ---- transactions ---- */

/* One CREATE TABLE at a time, so that each ends as a statement of ours does. */
static void
add_sqlite_tables(MigOffline *o)
{
	MigList creates = mig_statements(o->m, o->tables->create);

	for (size_t i = 0; i < creates.n; i++)
		add_statement(o, mig_copy(o->m, creates.at[i]).at);
}

/* Each transaction has a guard: between two of them another session can have moved the version. */
static void
add_begin(MigOffline *o, bool first)
{
	bool create = first && o->start.n == 0;

	o->outside = false;
	if (o->tables->engine == MIG_POSTGRESQL)
	{
		add_statement(o, "BEGIN ISOLATION LEVEL READ COMMITTED");
		add_postgresql_guard(o, first, create);
		return;
	}
	add_statement(o, "BEGIN IMMEDIATE");
	if (create)
		add_sqlite_tables(o);
	add_sqlite_guard(o, version_is(o, o->heads), wrong_version(o, first));
}

/*
 * ---- foreign keys around DROP TABLE (SQLite), see keys.c there ----
 *
 * The pragma does nothing in a transaction, so they are off for the whole
 * script.  Where they were enforced, no rows must refer to nothing that did not
 * do so when it began.
 */

#define VIOLATIONS                                                                                 \
	"SELECT \"table\" AS child, parent, count(*) AS n FROM pragma_foreign_key_check GROUP BY 1, 2"

/* Before the first transaction. */
static void
turn_keys_off(MigOffline *o)
{
	add_statement(o, "DROP TABLE IF EXISTS temp.migrate_keys");
	add_statement(o, "CREATE TEMP TABLE migrate_keys AS SELECT foreign_keys AS enforced, NULL AS "
					 "child, NULL AS parent, NULL AS n\n\tFROM pragma_foreign_keys");
	add_statement(o, "PRAGMA foreign_keys = OFF");
}

/* Before anything is dropped: what refers to nothing already is not this script's doing. */
static void
count_violations(MigOffline *o)
{
	add_statement(o, "INSERT INTO temp.migrate_keys SELECT NULL, * FROM (" VIOLATIONS
					 ")\n\tWHERE (SELECT enforced FROM temp.migrate_keys LIMIT 1)");
}

/* Only where keys were enforced: elsewhere SQLite would not have looked either. */
static void
check_keys(MigOffline *o)
{
	add_sqlite_guard(o,
					 "NOT (SELECT enforced FROM temp.migrate_keys LIMIT 1) OR NOT EXISTS (\n"
					 "\tSELECT 1 FROM (" VIOLATIONS
					 ") AS now\n\tLEFT JOIN temp.migrate_keys AS was ON was.child "
					 "= now.child AND was.parent = now.parent\n\tWHERE now.n > ifnull(was.n, 0))",
					 "after a DROP TABLE, rows refer to rows that are not there");
}

/* ---- the end of a transaction ---- */

/* A check of foreign keys belongs to the transaction whose rows it looks at. */
static void
add_commit(MigOffline *o)
{
	if (o->drops)
		check_keys(o);
	end_piece(o);
	add_statement(o, "COMMIT");
	o->outside = true;
}

/* ---- a step ---- */

/*
 * As migrate_add() would leave it, where the revision is there already: only what differs is
 * written, and added_at moves only with what runs, as the log is compared from there on.
 */
static void
add_revision_row(MigOffline *o, const MigRevision *r)
{
	const struct Words *w = &engine_words[o->tables->engine];
	const char *name = our_table(o, "migrate_revision");

	add_statement(
		o,
		mig_format(o->m,
				   "INSERT INTO %s (revision, revises, depends, labels, message,\n"
				   "\ttransactional, checksum, created_at, added_at, script)\n"
				   "VALUES ('%.*s', %s, %s, %s, %s,\n\t%s, '%.*s', %s, %s, %s)\n"
				   "ON CONFLICT (revision) DO UPDATE SET revises = excluded.revises, "
				   "depends = excluded.depends,\n\tlabels = excluded.labels, "
				   "message = excluded.message, transactional = excluded.transactional,\n"
				   "\tchecksum = excluded.checksum, created_at = excluded.created_at, "
				   "added_at =\n\tCASE WHEN migrate_revision.checksum = excluded.checksum "
				   "THEN migrate_revision.added_at ELSE excluded.added_at END,\n\tadded_by = excluded.added_by, "
				   "script = excluded.script\n\tWHERE migrate_revision.script <> excluded.script",
				   name, MIG_ARG(r->id), list_literal(o, r->revises), list_literal(o, r->depends),
				   list_literal(o, r->labels), literal(o, r->message),
				   r->transactional ? w->yes : w->no, MIG_ARG(r->checksum), literal(o, r->created),
				   w->now, literal(o, r->script)));
}

/*
 * In the order of the run: rows are moved as long as there are some to move; then those that are
 * left go, or those that are missing come.
 */
static void
add_versions(MigOffline *o, const MigStep *step)
{
	const char *name = our_table(o, "migrate_version");
	const char *now = engine_words[o->tables->engine].now;
	MigList removed = step->removed;
	MigList added = step->added;

	for (size_t i = 0; i < removed.n && i < added.n; i++)
		add_statement(
			o,
			mig_format(o->m, "UPDATE %s SET revision = '%.*s', since = %s WHERE revision = '%.*s'",
					   name, MIG_ARG(added.at[i]), now, MIG_ARG(removed.at[i])));
	for (size_t i = added.n; i < removed.n; i++)
		add_statement(o, mig_format(o->m, "DELETE FROM %s WHERE revision = '%.*s'", name,
									MIG_ARG(removed.at[i])));
	for (size_t i = removed.n; i < added.n; i++)
		add_statement(o, mig_format(o->m, "INSERT INTO %s (revision, since) VALUES ('%.*s', %s)",
									name, MIG_ARG(added.at[i]), now));
}

/* Who runs the script, and by which client, is for defaults and SQL to say. */
static void
add_log(MigOffline *o, const MigRevision *r, MigList after, int count)
{
	const struct Words *w = &engine_words[o->tables->engine];

	add_statement(o,
				  mig_format(o->m,
							 "INSERT INTO %s (at, direction, revision, heads_before, heads_after,\n"
							 "\tchecksum, statements, status, client)\n"
							 "VALUES (%s, '%s', '%.*s', %s, %s,\n\t'%.*s', %d, 'done', %s)",
							 our_table(o, "migrate_log"), w->now, mig_direction_name(o->direction),
							 MIG_ARG(r->id), list_literal(o, o->heads), list_literal(o, after),
							 MIG_ARG(r->checksum), count, w->client));
}

/* What the run tells as it goes; psql names the line of an error, the sqlite3 shell does not. */
static void
announce(MigOffline *o, const MigStep *step)
{
	const char *line =
		mig_format(o->m, "%s (%zu of %zu)%s", mig_plan_line(o->m, step).at, o->next, o->plan.n,
				   step->revision->transactional ? "" : ", outside a transaction");

	add_comment(o, mig_text(line));
	if (o->tables->engine == MIG_SQLITE)
		add_statement(o, mig_format(o->m, "SELECT %s",
									literal(o, mig_text(mig_format(o->m, "running %s", line)))));
}

/*
 * The section, in a transaction where it may be.  Outside of one the script commits before it, and
 * the guard of the next transaction asks for the same rows as before: the step's own move follows.
 */
static void
add_run(MigOffline *o, const MigRevision *revision, MigText sql)
{
	bool sets = may_set(o, sql);

	if (sets)
		add_statement(o, SAVE_SETTINGS);
	if (!revision->transactional)
		add_commit(o);
	add_section(o, sql);
	if (!revision->transactional)
		add_begin(o, false);
	if (sets)
		add_statement(o, RESTORE_SETTINGS);
}

/* In the order of a run, which stores the revision before it runs it. */
void
mig_offline_step(MigOffline *o, const MigRevision *revision, MigText sql, int count)
{
	const MigStep *step = &o->plan.steps[o->next++];
	MigList after = mig_plan_apply(o->m, o->heads, step);

	announce(o, step);
	if (o->direction == MIG_UPGRADE)
		add_revision_row(o, revision);
	add_run(o, revision, sql);
	add_versions(o, step);
	add_log(o, revision, after, count);
	o->heads = after;
}

/* ---- the whole ---- */

/* The last COMMIT ends a line: only there may the shell see that a statement is complete. */
static void
add_ending(MigOffline *o)
{
	if (o->drops)
	{
		check_keys(o);
		add_statement(o, "DROP TABLE temp.migrate_keys");
	}
	add_gap(o, mig_text("\n"));
	end_piece(o);
	open_statement(o);
	mig_buf_str(&o->out, "COMMIT;\n");
}

/*
 * Then psql must stop at an error by itself: outside of a transaction nothing undoes what follows.
 */
static bool
leaves_transaction(const MigOffline *o)
{
	for (size_t i = 0; i < o->plan.n; i++)
		if (!o->plan.steps[i].revision->transactional)
			return true;
	return false;
}

/* What the script is, for whoever opens the file. */
static void
add_title(MigOffline *o)
{
	const char *from = mig_plan_current(o->m, o->g, o->start).at;

	mig_buf_format(&o->out, "-- %s %s -> %s, %zu revision%s, for %s\n",
				   mig_direction_name(o->direction), from,
				   mig_plan_current(o->m, o->g, o->heads).at, o->plan.n, o->plan.n == 1 ? "" : "s",
				   engine_words[o->tables->engine].name);
	if (o->plan.n == 0)
	{
		mig_buf_str(&o->out, "-- There is nothing to run.\n");
		return;
	}
	mig_buf_format(&o->out, "-- Nothing runs where the version is not %s.\n", from);
	if (o->tables->engine == MIG_SQLITE)
		mig_buf_str(&o->out,
					"-- Run it with sqlite3 -bail.  The comments at the ends of lines make "
					"the shell take what\n-- belongs together as one piece, of which it "
					"leaves out the rest after an error.\n");
	mig_buf_str(&o->out, "\n");
}

/* Up to the first step. */
static void
add_beginning(MigOffline *o)
{
	bool postgresql = o->tables->engine == MIG_POSTGRESQL;

	if (postgresql && leaves_transaction(o))
		mig_buf_str(&o->out, "\\set ON_ERROR_STOP on\n\\set AUTOCOMMIT on\n\n");
	if (!postgresql)
		add_statement(o, "DROP TABLE IF EXISTS temp.migrate_piece");
	if (o->drops)
		turn_keys_off(o);
	add_begin(o, true);
	if (o->drops)
		count_violations(o);
}

/*
 * The top is written last, by a copy that shares all but the text and starts from the first rows.
 */
MigText
mig_offline_text(MigOffline *o)
{
	MigOffline top = *o;

	top.out = mig_buf(o->m);
	top.in_comment = false;
	add_title(&top);
	if (o->plan.n == 0)
		return mig_buf_text(&top.out);
	top.heads = o->start;
	add_beginning(&top);
	add_ending(o);
	mig_buf_add(&top.out, mig_buf_text(&o->out));
	return mig_buf_text(&top.out);
}
