/*
 * alter.c - ALTER TABLE and its relatives, parsed
 *
 * The grammar is PostgreSQL's (ALTER TABLE, COMMENT, TRUNCATE, CREATE INDEX),
 * as far as it has a meaning in SQLite.  A statement that is not understood to
 * its end is not taught: SQLite gets it as it is, and says what it thinks of it.
 *
 *   ALTER TABLE [IF EXISTS] [ONLY] name [*] action, ...
 *
 *   action:  ADD [COLUMN] [IF NOT EXISTS] column | ADD constraint [NOT VALID]
 *            DROP [COLUMN | CONSTRAINT] [IF EXISTS] name [CASCADE | RESTRICT]
 *            ALTER [COLUMN] name
 *              SET NOT NULL [ON CONFLICT ...] | DROP NOT NULL
 *              SET DEFAULT expression | DROP DEFAULT
 *              [SET DATA] TYPE type [COLLATE name] [USING expression]
 *              SET EXPRESSION AS (expression) | DROP EXPRESSION [IF EXISTS]
 *              ADD GENERATED ... AS IDENTITY
 *            RENAME TO name | RENAME [COLUMN | CONSTRAINT] name TO name
 *            VALIDATE CONSTRAINT name
 *            SET (STRICT | WITHOUT ROWID, ...) | RESET (...)
 *
 *   COMMENT ON TABLE name | COLUMN name.column IS text | NULL
 *   TRUNCATE [TABLE] [ONLY] name [*], ... [RESTART IDENTITY | CONTINUE IDENTITY] [RESTRICT]
 *   CREATE [UNIQUE] INDEX, DROP INDEX, CREATE TABLE: rewritten, if there is something to rewrite
 *
 * ON CONFLICT, SET (STRICT) and the like are SQLite's own, in the place where PostgreSQL would
 * have them: a diff must be able to say what SQLite's tables have.
 */
#include "alter.h"

#include <string.h>

/*
 * The grammar is walked by functions that go on when something fails: give_up() puts the parser at
 * the end, where nothing matches any more, and parse_statement() looks once.
 */
typedef struct AlterParser
{
	Mig *m;
	Tokens tokens;
	size_t i;
	bool failed; /* then it stands at the end */
	MigTaught *taught;
} AlterParser;

/* ---- the parser's moves ---- */

/* Behind the end there is the end. */
static Token
peek_at(const AlterParser *p, size_t ahead)
{
	size_t i = p->i + ahead;

	return p->tokens.at[i < p->tokens.n ? i : p->tokens.n];
}

/* The statement is not ours.  Nothing matches from here on. */
static void
give_up(AlterParser *p)
{
	p->failed = true;
	p->i = p->tokens.n;
}

/* Goes on if the word is there. */
static bool
accept(AlterParser *p, const char *word)
{
	if (!token_spells(peek_at(p, 0), word))
		return false;
	p->i++;
	return true;
}

static bool
accept_char(AlterParser *p, char c)
{
	if (!token_is_char(peek_at(p, 0), c))
		return false;
	p->i++;
	return true;
}

/* Both words or none. */
static bool
accept_two(AlterParser *p, const char *first, const char *second)
{
	if (!token_spells(peek_at(p, 0), first) || !token_spells(peek_at(p, 1), second))
		return false;
	p->i += 2;
	return true;
}

static void
expect(AlterParser *p, const char *word)
{
	if (!accept(p, word))
		give_up(p);
}

/* A name in any of SQLite's quotes. */
static MigText
expect_name(AlterParser *p)
{
	Token token = peek_at(p, 0);

	if (!token_is_name(token))
	{
		give_up(p);
		return mig_text("");
	}
	p->i++;
	return token_name(p->m, token);
}

/* A semicolon ends a statement; one_statement() has left nothing behind it. */
static bool
at_end(const AlterParser *p)
{
	return p->failed || peek_at(p, 0).kind == TOKEN_END || token_is_char(peek_at(p, 0), ';');
}

/* Both words or none: IF alone could be a name. */
static bool
accept_if_exists(AlterParser *p)
{
	if (token_spells(peek_at(p, 0), "IF") && token_spells(peek_at(p, 1), "EXISTS"))
	{
		p->i += 2;
		return true;
	}
	return false;
}

/* The same with three. */
static bool
accept_if_not_exists(AlterParser *p)
{
	if (token_spells(peek_at(p, 0), "IF") && token_spells(peek_at(p, 1), "NOT") &&
		token_spells(peek_at(p, 2), "EXISTS"))
	{
		p->i += 3;
		return true;
	}
	return false;
}

/*
 * The text up to the next comma or the end, or up to one of two words (NULL: none), at this depth
 * of parentheses; at least one token.  How it is read is for the table's reader, or for SQLite.
 */
static MigText
expect_text(AlterParser *p, const char *stop, const char *or_stop)
{
	size_t from = p->i;
	size_t end = tokens_item_end(&p->tokens, from);

	while (p->i < end && !(stop && token_spells(peek_at(p, 0), stop)) &&
		   !(or_stop && token_spells(peek_at(p, 0), or_stop)))
		p->i = token_is_char(peek_at(p, 0), '(') ? tokens_close(&p->tokens, p->i) + 1 : p->i + 1;
	if (p->i == from || p->i > p->tokens.n)
	{
		give_up(p);
		return mig_text("");
	}
	return tokens_text(&p->tokens, (Span){from, p->i});
}

/* ---- the actions ---- */

/*
 * before: what stands in front of it, "x, " where a table must have a column to be one.  The line
 * feed ends a comment that the definition may end with.
 */
Table *
read_definition(Mig *m, MigText table, const char *before, MigText definition)
{
	return table_read(
		m, mig_text(mig_format(m, "CREATE TABLE %s (%s%.*s\n)", mig_quoted_name(m, table).at,
							   before, MIG_ARG(definition))));
}

/* Words that cannot begin a column's definition without quotes, in either engine. */
static bool
starts_constraint(const AlterParser *p)
{
	static const char *const words[] = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (token_spells(peek_at(p, 0), words[i]))
			return true;
	return false;
}

/* NOT VALID is PostgreSQL's and stands behind the constraint; SQLite must not see it. */
static void
parse_add_constraint(AlterParser *p, Action *action)
{
	size_t from = p->i;
	Table *table;

	action->kind = ACTION_ADD_CONSTRAINT;
	action->text = expect_text(p, NULL, NULL);
	if (!p->failed && p->i > from + 2 && token_spells(p->tokens.at[p->i - 1], "VALID") &&
		token_spells(p->tokens.at[p->i - 2], "NOT"))
	{
		action->not_valid = true;
		action->text = tokens_text(&p->tokens, (Span){from, p->i - 2});
	}
	table = read_definition(p->m, p->taught->table, "x, ", action->text);
	if (table == NULL || table->ncolumns != 1 || table->nclauses != 1 ||
		table->clauses[0].kind == CLAUSE_EMPTY)
		give_up(p);
	else
		action->name = table->clauses[0].name;
}

/*
 * What the table's reader does not take as one column is left to SQLite to complain about.  In
 * both engines the word COLUMN may be missing, so it is a constraint only by its first word.
 */
static void
parse_add(AlterParser *p, Action *action)
{
	Table *table;

	if (starts_constraint(p))
	{
		parse_add_constraint(p, action);
		return;
	}
	accept(p, "COLUMN");
	action->kind = ACTION_ADD_COLUMN;
	action->if_exists = accept_if_not_exists(p);
	action->text = expect_text(p, NULL, NULL);
	table = read_definition(p->m, p->taught->table, "", action->text);
	if (p->failed || table == NULL || table->ncolumns != 1)
		give_up(p);
	else
		action->name = table->columns[0].name;
}

/* RESTRICT is what happens anyway. */
static void
parse_drop(AlterParser *p, Action *action)
{
	action->kind = ACTION_DROP_COLUMN;
	if (accept(p, "CONSTRAINT"))
		action->kind = ACTION_DROP_CONSTRAINT;
	else
		accept(p, "COLUMN");
	action->if_exists = accept_if_exists(p);
	action->name = expect_name(p);
	action->cascade = accept(p, "CASCADE");
	if (!action->cascade)
		accept(p, "RESTRICT");
}

/* A type stands alone behind a column's name: a clause there would go into the table unseen. */
static bool
is_type_alone(const AlterParser *p, MigText text)
{
	const Table *table = read_definition(p->m, p->taught->table, "x ", text);

	return table && table->ncolumns == 1 && table->nclauses == 0;
}

/* COLLATE and USING cannot be words of a type, and stand in this order, as in PostgreSQL. */
static void
parse_type(AlterParser *p, Action *action)
{
	action->kind = ACTION_SET_TYPE;
	action->text = expect_text(p, "USING", "COLLATE");
	if (!p->failed && !is_type_alone(p, action->text))
		give_up(p);
	if (accept(p, "COLLATE"))
		action->collation = expect_name(p);
	if (accept(p, "USING"))
		action->using = expect_text(p, NULL, NULL);
}

/* The expression of SET EXPRESSION. */
static void
parse_parentheses(AlterParser *p, Action *action)
{
	size_t close = tokens_close(&p->tokens, p->i);

	if (!token_is_char(peek_at(p, 0), '(') || close >= p->tokens.n)
	{
		give_up(p);
		return;
	}
	action->text = tokens_text(&p->tokens, (Span){p->i + 1, close});
	p->i = close + 1;
}

/* What is done where a row breaks the constraint: one of the five of SQLite's (lang_conflict). */
static MigText
expect_conflict(AlterParser *p)
{
	static const char *const words[] = {"ABORT", "FAIL", "IGNORE", "REPLACE", "ROLLBACK"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (accept(p, words[i]))
			return mig_text(words[i]);
	give_up(p);
	return (MigText){NULL, 0};
}

/* Storage, statistics and options of a column have no meaning in SQLite, and are not ours. */
static void
parse_set(AlterParser *p, Action *action)
{
	if (accept_two(p, "NOT", "NULL"))
	{
		action->kind = ACTION_SET_NOT_NULL;
		if (accept_two(p, "ON", "CONFLICT"))
			action->text = expect_conflict(p);
	}
	else if (accept(p, "DEFAULT"))
	{
		action->kind = ACTION_SET_DEFAULT;
		action->text = expect_text(p, NULL, NULL);
	}
	else if (accept_two(p, "DATA", "TYPE"))
		parse_type(p, action);
	else if (accept_two(p, "EXPRESSION", "AS"))
	{
		action->kind = ACTION_SET_EXPRESSION;
		parse_parentheses(p, action);
	}
	else
		give_up(p);
}

/* The clause as it would stand in CREATE TABLE. */
static void
parse_identity(AlterParser *p, Action *action)
{
	Table *table;

	action->kind = ACTION_ADD_IDENTITY;
	action->text = expect_text(p, NULL, NULL);
	table = read_definition(p->m, p->taught->table, "x integer ", action->text);
	if (table == NULL || table->nclauses != 1 || table->clauses[0].kind != CLAUSE_IDENTITY)
		give_up(p);
}

/* COLUMN is a noise word. */
static void
parse_alter_column(AlterParser *p, Action *action)
{
	accept(p, "COLUMN");
	action->name = expect_name(p);
	if (accept(p, "SET"))
		parse_set(p, action);
	else if (accept(p, "TYPE"))
		parse_type(p, action);
	else if (accept_two(p, "DROP", "NOT"))
	{
		action->kind = ACTION_DROP_NOT_NULL;
		expect(p, "NULL");
	}
	else if (accept_two(p, "DROP", "DEFAULT"))
		action->kind = ACTION_DROP_DEFAULT;
	else if (accept_two(p, "DROP", "EXPRESSION"))
	{
		action->kind = ACTION_DROP_EXPRESSION;
		action->if_exists = accept_if_exists(p);
	}
	else if (accept(p, "ADD"))
		parse_identity(p, action);
	else
		give_up(p);
}

/*
 * RENAME TO renames the table, RENAME a TO b a column.  SQLite would do both, but the shape checks
 * names in PostgreSQL's words, and knows that nothing else may be collected with it.
 */
static void
parse_rename(AlterParser *p, Action *action)
{
	action->kind = ACTION_RENAME_COLUMN;
	if (accept(p, "TO"))
	{
		action->kind = ACTION_RENAME_TABLE;
		action->to = expect_name(p);
		return;
	}
	if (accept(p, "CONSTRAINT"))
		action->kind = ACTION_RENAME_CONSTRAINT;
	else
		accept(p, "COLUMN");
	action->name = expect_name(p);
	expect(p, "TO");
	action->to = expect_name(p);
}

/* The actions in the order in which they are written. */
static Action *
add_action(AlterParser *p)
{
	MigTaught *taught = p->taught;

	taught->actions = mig_grow(p->m, taught->actions, taught->nactions, sizeof(Action));
	return &taught->actions[taught->nactions++];
}

/*
 * SQLite's options of a table where PostgreSQL has storage parameters: SET (STRICT, WITHOUT ROWID)
 * is one action for each.  No other parameter has a meaning here.
 */
static void
parse_options(AlterParser *p, Action *action, ActionKind kind)
{
	do
	{
		action = action ? action : add_action(p);
		action->kind = kind;
		action->name = mig_text("STRICT");
		if (accept_two(p, "WITHOUT", "ROWID"))
			action->name = mig_text("WITHOUT ROWID");
		else
			expect(p, "STRICT");
		action = NULL;
	} while (!p->failed && accept_char(p, ','));
	if (!accept_char(p, ')'))
		give_up(p);
}

/* With the parenthesis: SET may be followed by something else, which is not ours. */
static bool
accept_options(AlterParser *p, const char *word)
{
	if (!token_spells(peek_at(p, 0), word) || !token_is_char(peek_at(p, 1), '('))
		return false;
	p->i += 2;
	return true;
}

/* One of those between commas. */
static void
parse_action(AlterParser *p)
{
	Action *action = add_action(p);

	if (accept_options(p, "SET"))
		parse_options(p, action, ACTION_SET_OPTION);
	else if (accept_options(p, "RESET"))
		parse_options(p, action, ACTION_RESET_OPTION);
	else if (accept(p, "ADD"))
		parse_add(p, action);
	else if (accept(p, "DROP"))
		parse_drop(p, action);
	else if (accept(p, "ALTER"))
		parse_alter_column(p, action);
	else if (accept(p, "RENAME"))
		parse_rename(p, action);
	else if (accept_two(p, "VALIDATE", "CONSTRAINT"))
	{
		action->kind = ACTION_VALIDATE_CONSTRAINT;
		action->name = expect_name(p);
	}
	else
		give_up(p);
}

/* Schema and name. */
static void
parse_table_name(AlterParser *p)
{
	p->taught->table = expect_name(p);
	if (accept_char(p, '.'))
	{
		p->taught->schema = p->taught->table;
		p->taught->table = expect_name(p);
	}
}

/* PostgreSQL has RENAME as a statement of its own, never among other actions. */
static void
check_rename_alone(AlterParser *p)
{
	for (size_t i = 0; p->taught->nactions > 1 && i < p->taught->nactions; i++)
		switch (p->taught->actions[i].kind)
		{
			case ACTION_RENAME_TABLE:
			case ACTION_RENAME_COLUMN:
			case ACTION_RENAME_CONSTRAINT:
				give_up(p);
				break;
			default:
				break;
		}
}

/* ONLY and * speak of tables that inherit: there are none. */
static void
parse_alter(AlterParser *p)
{
	p->taught->lesson = MIG_ALTER_TABLE;
	p->taught->if_exists = accept_if_exists(p);
	accept(p, "ONLY");
	parse_table_name(p);
	accept_char(p, '*');
	do
		parse_action(p);
	while (accept_char(p, ','));
	check_rename_alone(p);
}

/* ---- COMMENT ON, TRUNCATE ---- */

/*
 * A name of three parts is schema, table and column; one of two may be either.  COMMENT ON
 * something else than a table or a column has no place in SQLite, and is left to it to refuse.
 */
static void
parse_comment(AlterParser *p)
{
	Action *action = add_action(p);
	bool column = accept(p, "COLUMN");
	MigLines names = mig_lines(p->m);

	action->kind = ACTION_COMMENT;
	p->taught->lesson = MIG_ALTER_TABLE;
	if (!column)
		expect(p, "TABLE");
	do
		mig_lines_add(&names, expect_name(p));
	while (accept_char(p, '.'));
	if (column)
		action->name = names.list.at[--names.list.n];
	if (names.list.n == 0 || names.list.n > 2)
		give_up(p);
	else
	{
		p->taught->table = names.list.at[names.list.n - 1];
		p->taught->schema = names.list.n > 1 ? names.list.at[0] : (MigText){NULL, 0};
	}
	expect(p, "IS");
	if (peek_at(p, 0).kind == TOKEN_STRING)
		action->text = expect_name(p);
	else
		expect(p, "NULL");
}

/* CASCADE would empty tables that are not named: not ours. */
static void
parse_truncate(AlterParser *p)
{
	MigLines tables = mig_lines(p->m);

	p->taught->lesson = MIG_TRUNCATE;
	accept(p, "TABLE");
	do
	{
		accept(p, "ONLY");
		mig_lines_add(&tables, expect_name(p));
		accept_char(p, '*');
	} while (accept_char(p, ','));
	p->taught->tables = tables.list;
	p->taught->restart = accept_two(p, "RESTART", "IDENTITY");
	if (!p->taught->restart)
		accept_two(p, "CONTINUE", "IDENTITY");
	accept(p, "RESTRICT");
}

/* ---- CREATE TABLE, CREATE INDEX, DROP INDEX: the same with other words ---- */

/* A place in a statement where other text comes. */
typedef struct Cut
{
	Span span;
	MigText with;
} Cut;

/*
 * The statement with the cuts made, which are in order; without any it stays SQLite's own.
 * Comments and white space between what stays are kept, so errors speak of the user's text.
 */
static void
make_cuts(AlterParser *p, const Cut *cuts, size_t n)
{
	MigBuf buf = mig_buf(p->m);
	size_t i = 0;

	if (n == 0 || p->failed)
		return;
	for (size_t k = 0; k < n; k++)
	{
		mig_buf_add(&buf, tokens_text(&p->tokens, (Span){i, cuts[k].span.from}));
		mig_buf_format(&buf, " %.*s", MIG_ARG(cuts[k].with));
		i = cuts[k].span.to;
	}
	mig_buf_add(&buf, tokens_text(&p->tokens, (Span){i, p->tokens.n}));
	p->taught->lesson = MIG_REWRITTEN;
	p->taught->sql = mig_buf_text(&buf);
}

/*
 * PostgreSQL's choice for an index without a name, t_a_b_idx (ChooseIndexName()), of which SQLite
 * knows none; "expr" for an expression.
 */
static MigText
index_name(AlterParser *p, size_t open, MigText table)
{
	size_t close = tokens_close(&p->tokens, open);
	MigBuf buf = mig_buf(p->m);

	mig_buf_add(&buf, table);
	for (size_t i = open + 1; i < close; i = tokens_item_end(&p->tokens, i) + 1)
	{
		mig_buf_str(&buf, "_");
		mig_buf_add(&buf, token_is_name(p->tokens.at[i]) ? token_name(p->m, p->tokens.at[i])
														 : mig_text("expr"));
	}
	mig_buf_str(&buf, "_idx");
	return mig_quoted_name(p->m, mig_buf_text(&buf));
}

/* Leaving out another method would leave out what was asked for. */
static void
check_method(AlterParser *p)
{
	Token token = peek_at(p, 1);

	if (token_is_name(token) && !name_same(token_name(p->m, token), mig_text("btree")))
		mig_raise(p->m,
				  &(MigError){MIG_UNSUPPORTED,
							  mig_format(p->m, "access method \"%.*s\" does not exist in SQLite",
										 MIG_ARG(token_name(p->m, token))),
							  NULL, "Write a section for each engine.", NULL});
}

/* Takes the next tokens out; of none of them it is a place to put something. */
static void
cut_next(AlterParser *p, Cut *cuts, size_t *n, size_t tokens)
{
	cuts[(*n)++] = (Cut){{p->i, p->i + tokens}, mig_text("")};
	p->i += tokens;
}

/*
 * Behind CREATE [UNIQUE] INDEX: CONCURRENTLY, ONLY and USING btree go, a name
 * that is missing comes.
 */
static void
parse_create_index(AlterParser *p)
{
	Cut cuts[4];
	size_t n = 0;
	Cut *name = NULL;

	if (token_spells(peek_at(p, 0), "CONCURRENTLY"))
		cut_next(p, cuts, &n, 1);
	accept_if_not_exists(p);
	if (token_spells(peek_at(p, 0), "ON"))
	{
		name = &cuts[n];
		cut_next(p, cuts, &n, 0);
	}
	while (!at_end(p) && !token_spells(peek_at(p, 0), "ON"))
		p->i++;
	expect(p, "ON");
	if (token_spells(peek_at(p, 0), "ONLY"))
		cut_next(p, cuts, &n, 1);
	parse_table_name(p);
	if (token_spells(peek_at(p, 0), "USING"))
	{
		check_method(p);
		cut_next(p, cuts, &n, 2);
	}
	if (name)
		name->with =
			mig_text(mig_format(p->m, "%.*s ", MIG_ARG(index_name(p, p->i, p->taught->table))));
	make_cuts(p, cuts, n);
}

/* CONCURRENTLY goes; there is nobody to wait for. */
static void
parse_drop_index(AlterParser *p)
{
	Cut cuts[1];
	size_t n = 0;

	if (token_spells(peek_at(p, 0), "CONCURRENTLY"))
		cut_next(p, cuts, &n, 1);
	make_cuts(p, cuts, n);
}

/*
 * The same table comes back where nothing had to change: then it is SQLite's own.  So is what the
 * reader does not know, such as CREATE TABLE AS.
 */
static void
parse_create_table(AlterParser *p)
{
	Table *table = table_read(p->m, p->tokens.text);
	Table *portable;

	if (table == NULL)
		return;
	portable = portable_table(p->m, table);
	if (portable == table)
		return;
	p->taught->lesson = MIG_REWRITTEN;
	p->taught->sql = portable->tokens.text;
}

/* ---- statements ---- */

/* The text up to the semicolon, which none of our statements has inside. */
static MigText
one_statement(MigText sql)
{
	Lexer l = lexer(sql, LEX_SQLITE, 1);
	Token token;

	do
		token = lexer_next_word(&l);
	while (token.kind != TOKEN_END && !token_is_char(token, ';'));
	return (MigText){sql.at, (size_t) (token.text.at + token.text.len - sql.at)};
}

/* What is rewritten need not be understood to its end: SQLite reads it again. */
static void
parse_statement(AlterParser *p)
{
	if (accept_two(p, "ALTER", "TABLE"))
		parse_alter(p);
	else if (accept_two(p, "COMMENT", "ON"))
		parse_comment(p);
	else if (accept(p, "TRUNCATE"))
		parse_truncate(p);
	else if (accept_two(p, "DROP", "INDEX"))
		parse_drop_index(p);
	else if (accept_two(p, "CREATE", "INDEX"))
		parse_create_index(p);
	else if (accept_two(p, "CREATE", "UNIQUE"))
	{
		expect(p, "INDEX");
		parse_create_index(p);
	}
	else if (accept(p, "CREATE"))
		parse_create_table(p);
	if (p->taught->lesson != MIG_REWRITTEN && !at_end(p))
		give_up(p);
}

/* Most statements of a script are INSERTs, some of them long: they are not read twice. */
static bool
is_candidate(MigText sql)
{
	static const char *const words[] = {"ALTER", "COMMENT", "TRUNCATE", "DROP", "CREATE"};
	Lexer l = lexer(sql, LEX_SQLITE, 1);
	Token token = lexer_next_word(&l);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (token_spells(token, words[i]))
			return true;
	return false;
}

/*
 * Whatever fails on the way leaves MIG_PLAIN, with nothing of what was read: SQLite says what is
 * wrong with it.
 */
MigTaught
mig_teach(Mig *m, MigText sql)
{
	MigTaught taught = {.lesson = MIG_PLAIN};
	AlterParser p = {.m = m, .taught = &taught};
	MigText statement;

	if (!is_candidate(sql))
		return taught;
	statement = one_statement(sql);
	p.tokens = tokens_read(m, statement);
	parse_statement(&p);
	if (p.failed || taught.lesson == MIG_PLAIN)
		return (MigTaught){.lesson = MIG_PLAIN};
	taught.len = statement.len;
	return taught;
}

/* Tokens, so that a semicolon in a quote or a comment is none. */
void
mig_alter_check(Mig *m, MigText sql, MigEngine engine)
{
	Lexer l = lexer(sql, engine == MIG_SQLITE ? LEX_SQLITE : LEX_POSTGRESQL, 1);
	Token token = lexer_next_word(&l);
	bool alter = token_spells(token, "ALTER") && token_spells(lexer_next_word(&l), "TABLE");

	while (alter && token.kind != TOKEN_END && !token_is_char(token, ';'))
		token = lexer_next_word(&l);
	while (token_is_char(token, ';'))
		token = lexer_next_word(&l);
	if (!alter || token.kind != TOKEN_END)
		mig_raise(m, &(MigError){MIG_INVALID_VALUE,
								 "argument \"statement\" is not one ALTER TABLE statement", NULL,
								 "Write other statements in a revision.", NULL});
}
