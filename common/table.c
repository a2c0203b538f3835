/*
 * table.c - CREATE TABLE text parsed to token ranges
 *
 * The grammar is what SQLite stores (its parse.y: columns, types of any words,
 * column and table constraints, the latter also without a comma between them)
 * and what PostgreSQL adds to it in the part that both understand: types with
 * words behind their parentheses, IDENTITY, default expressions without
 * parentheses.  What is not understood is no error here: whoever asked decides.
 *
 * What comes of it are numbers of tokens, counted from 0.  In
 *
 *   CREATE TABLE t (a varchar(20) CONSTRAINT c NOT NULL, CHECK (a > 0))
 *
 * the table's parentheses are tokens 3 and 20.  Column a is 4 to 12, its type 5 to 8; the clause
 * NOT NULL is 9 to 12 with its name, and its word is 11.  The CHECK is 14 to 19 with the body 16
 * to 18, and no column's.  (A Span ends one behind that.)
 */
#include "table.h"

#include <string.h>

/* ---- reading ---- */

/* Where the reader is.  Once failed, it stands at the end, and nothing matches any more. */
typedef struct TableReader
{
	Mig *m;
	Table *table;
	size_t i;
	bool failed;
} TableReader;

/* The token at which the reader stands. */
static Token
now(const TableReader *r)
{
	return r->table->tokens.at[r->i];
}

/* The token behind it; at the end, the end again. */
static Token
next(const TableReader *r)
{
	return r->table->tokens.at[r->i + (r->i < r->table->tokens.n)];
}

/*
 * What follows fails quietly, and table_read() looks once at its end: so the functions between
 * need no return code, and each may go on as if all were well.
 */
static void
stop(TableReader *r)
{
	r->failed = true;
	r->i = r->table->tokens.n;
}

/* Goes on if the word is there. */
static bool
read_word(TableReader *r, const char *word)
{
	if (!token_spells(now(r), word))
		return false;
	r->i++;
	return true;
}

static bool
read_char(TableReader *r, char c)
{
	if (!token_is_char(now(r), c))
		return false;
	r->i++;
	return true;
}

static void
must_read(TableReader *r, const char *word)
{
	if (!read_word(r, word))
		stop(r);
}

static MigText
need_name(TableReader *r)
{
	Token token = now(r);

	if (!token_is_name(token))
	{
		stop(r);
		return mig_text("");
	}
	r->i++;
	return token_name(r->m, token);
}

/*
 * What is between the parentheses that come next; the reader stops where there are none, or they
 * are not closed.
 */
static Span
need_parentheses(TableReader *r)
{
	size_t open = r->i;
	size_t close = tokens_close(&r->table->tokens, open);

	if (!token_is_char(now(r), '(') || close == r->table->tokens.n)
	{
		stop(r);
		return (Span){r->i, r->i};
	}
	r->i = close + 1;
	return (Span){open + 1, close};
}

/*
 * The first name of each item: columns with a collation, an order or AUTOINCREMENT behind them.
 * SQLite takes no expressions there.
 */
static MigList
names_of(TableReader *r, Span span)
{
	const Tokens *tokens = &r->table->tokens;
	MigLines names = mig_lines(r->m);

	for (size_t i = span.from; i < span.to && !r->failed; i = tokens_item_end(tokens, i) + 1)
	{
		if (!token_is_name(tokens->at[i]))
			stop(r);
		else
			mig_lines_add(&names, token_name(r->m, tokens->at[i]));
	}
	return names.list;
}

/* SQLite's clause behind a constraint, ON CONFLICT and one word; PostgreSQL has none. */
static void
read_on_conflict(TableReader *r)
{
	if (token_spells(now(r), "ON") && token_spells(next(r), "CONFLICT"))
		r->i += 3;
	if (r->i > r->table->tokens.n)
		stop(r);
}

/* Behind ON DELETE or ON UPDATE. */
static void
read_action(TableReader *r)
{
	if (read_word(r, "SET"))
	{
		if (!read_word(r, "NULL"))
			must_read(r, "DEFAULT");
	}
	else if (read_word(r, "NO"))
		must_read(r, "ACTION");
	else if (!read_word(r, "CASCADE"))
		must_read(r, "RESTRICT");
}

/*
 * Behind REFERENCES: the table, columns, and any of the clauses in any order, which SQLite takes
 * even several times.
 */
static void
read_references(TableReader *r, Clause *clause)
{
	clause->parent = need_name(r);
	if (token_is_char(now(r), '('))
		clause->parent_columns = names_of(r, need_parentheses(r));
	for (;;)
	{
		if (token_spells(now(r), "ON") && !token_spells(next(r), "CONFLICT"))
		{
			r->i += 2;
			read_action(r);
		}
		else if (read_word(r, "MATCH"))
			need_name(r);
		else if (token_spells(now(r), "NOT") && token_spells(next(r), "DEFERRABLE"))
			r->i += 2;
		else if (read_word(r, "INITIALLY"))
			need_name(r);
		else if (!read_word(r, "DEFERRABLE"))
			return;
	}
}

/* GENERATED alone may be a word of a type: SQLite takes any. */
static bool
starts_generated(const TableReader *r)
{
	return token_spells(now(r), "GENERATED") &&
		   (token_spells(next(r), "ALWAYS") || token_spells(next(r), "BY"));
}

/*
 * Does a constraint of a column begin here?  It is what ends a type, which may be any words, and a
 * DEFAULT of PostgreSQL's, which may be any expression.
 */
static bool
starts_clause(const TableReader *r)
{
	static const char *const words[] = {"CONSTRAINT", "DEFAULT",    "NULL",      "NOT",
										"PRIMARY",    "UNIQUE",     "CHECK",     "REFERENCES",
										"COLLATE",    "DEFERRABLE", "INITIALLY", "AS"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (token_spells(now(r), words[i]))
			return true;
	return starts_generated(r);
}

static bool
at_item_end(const TableReader *r)
{
	return r->failed || now(r).kind == TOKEN_END || token_is_char(now(r), ',') ||
		   token_is_char(now(r), ')') || token_is_char(now(r), ';');
}

/* A token, or all that a parenthesis holds. */
static void
skip_one(TableReader *r)
{
	if (token_is_char(now(r), '('))
		need_parentheses(r);
	else
		r->i++;
}

/*
 * A term in SQLite; any expression up to the next constraint in PostgreSQL.  The first token is
 * never asked: DEFAULT NULL would begin a constraint.
 */
static void
read_default(TableReader *r, Clause *clause)
{
	clause->body.from = r->i;
	if (at_item_end(r))
		stop(r);
	while (!at_item_end(r) && (r->i == clause->body.from || !starts_clause(r)))
		skip_one(r);
	clause->body.to = r->i;
}

/* AS (...) with or without its words, or an identity. */
static void
read_generated(TableReader *r, Clause *clause)
{
	clause->kind = CLAUSE_GENERATED;
	if (read_word(r, "GENERATED") && !read_word(r, "ALWAYS"))
	{
		must_read(r, "BY");
		must_read(r, "DEFAULT");
	}
	must_read(r, "AS");
	if (read_word(r, "IDENTITY"))
	{
		clause->kind = CLAUSE_IDENTITY;
		clause->body = (Span){r->i, r->i};
		if (token_is_char(now(r), '('))
			clause->body = need_parentheses(r);
		return;
	}
	clause->body = need_parentheses(r);
	clause->stored = token_spells(now(r), "STORED");
	if (!read_word(r, "STORED"))
		read_word(r, "VIRTUAL");
}

/* Of a column; the order may stand behind it, which for INTEGER DESC means that it is no rowid. */
static void
read_primary_key(TableReader *r, Clause *clause)
{
	clause->kind = CLAUSE_PRIMARY_KEY;
	must_read(r, "KEY");
	if (!read_word(r, "ASC"))
		read_word(r, "DESC");
	read_on_conflict(r);
	clause->autoincrement = read_word(r, "AUTOINCREMENT");
}

/*
 * What belongs to the foreign key before it and does not stand right behind it, which SQLite
 * takes: so it is a clause of its own.
 */
static void
read_deferrable(TableReader *r, Clause *clause)
{
	clause->kind = CLAUSE_DEFERRABLE;
	read_word(r, "NOT");
	read_word(r, "DEFERRABLE");
	if (read_word(r, "INITIALLY"))
		need_name(r);
}

/*
 * What stands behind CONSTRAINT name, if something does.  The kind stays CLAUSE_EMPTY where
 * nothing was known, and read_clause() decides.
 */
static void
read_column_clause(TableReader *r, Clause *clause)
{
	if (token_spells(now(r), "DEFERRABLE") || token_spells(now(r), "INITIALLY") ||
		(token_spells(now(r), "NOT") && token_spells(next(r), "DEFERRABLE")))
		read_deferrable(r, clause);
	else if (read_word(r, "NOT"))
	{
		clause->kind = CLAUSE_NOT_NULL;
		must_read(r, "NULL");
		read_on_conflict(r);
	}
	else if (read_word(r, "NULL"))
	{
		clause->kind = CLAUSE_NULL;
		read_on_conflict(r);
	}
	else if (read_word(r, "DEFAULT"))
	{
		clause->kind = CLAUSE_DEFAULT;
		read_default(r, clause);
	}
	else if (read_word(r, "PRIMARY"))
		read_primary_key(r, clause);
	else if (read_word(r, "UNIQUE"))
	{
		clause->kind = CLAUSE_UNIQUE;
		read_on_conflict(r);
	}
	else if (read_word(r, "CHECK"))
	{
		clause->kind = CLAUSE_CHECK;
		clause->body = need_parentheses(r);
		read_on_conflict(r);
	}
	else if (read_word(r, "REFERENCES"))
	{
		clause->kind = CLAUSE_FOREIGN_KEY;
		read_references(r, clause);
	}
	else if (read_word(r, "COLLATE"))
	{
		clause->kind = CLAUSE_COLLATE;
		need_name(r);
	}
	else if (starts_generated(r) || token_spells(now(r), "AS"))
		read_generated(r, clause);
}

/* The same for a constraint of the table, which names its columns. */
static void
read_table_clause(TableReader *r, Clause *clause)
{
	if (read_word(r, "PRIMARY"))
	{
		clause->kind = CLAUSE_PRIMARY_KEY;
		must_read(r, "KEY");
		clause->body = need_parentheses(r);
		clause->columns = names_of(r, clause->body);
		clause->autoincrement =
			!r->failed && clause->body.to > clause->body.from &&
			token_spells(r->table->tokens.at[clause->body.to - 1], "AUTOINCREMENT");
		read_on_conflict(r);
	}
	else if (read_word(r, "UNIQUE"))
	{
		clause->kind = CLAUSE_UNIQUE;
		clause->body = need_parentheses(r);
		clause->columns = names_of(r, clause->body);
		read_on_conflict(r);
	}
	else if (read_word(r, "CHECK"))
	{
		clause->kind = CLAUSE_CHECK;
		clause->body = need_parentheses(r);
		read_on_conflict(r);
	}
	else if (read_word(r, "FOREIGN"))
	{
		clause->kind = CLAUSE_FOREIGN_KEY;
		must_read(r, "KEY");
		clause->body = need_parentheses(r);
		clause->columns = names_of(r, clause->body);
		must_read(r, "REFERENCES");
		read_references(r, clause);
	}
}

/* A clause that is still to be read; pointers to others may move. */
static Clause *
add_clause(TableReader *r, size_t column)
{
	Table *table = r->table;

	table->clauses = mig_grow(r->m, table->clauses, table->nclauses, sizeof(Clause));
	table->clauses[table->nclauses] = (Clause){.column = column};
	return &table->clauses[table->nclauses++];
}

/*
 * A constraint with the name that it may have.  SQLite takes a name with nothing behind it.  A
 * column's own constraint is about that column, as if it named it.
 */
static void
read_clause(TableReader *r, size_t column)
{
	Clause *clause = add_clause(r, column);

	clause->span.from = r->i;
	if (read_word(r, "CONSTRAINT"))
		clause->name = need_name(r);
	clause->word = r->i;
	clause->body = (Span){r->i, r->i};
	if (column == NO_COLUMN)
		read_table_clause(r, clause);
	else
		read_column_clause(r, clause);
	clause->span.to = r->i;
	if (column != NO_COLUMN)
		clause->columns = (MigList){&r->table->columns[column].name, 1};
	if (clause->kind == CLAUSE_EMPTY && clause->name.at == NULL)
		stop(r);
}

static Column *
new_column(TableReader *r)
{
	Table *table = r->table;

	table->columns = mig_grow(r->m, table->columns, table->ncolumns, sizeof(Column));
	return &table->columns[table->ncolumns++];
}

/*
 * Type words first, then clauses, up to the comma.  The array of columns may move while clauses
 * are read, so the column is asked by its index at the end.
 */
static void
read_column(TableReader *r)
{
	Column *column = new_column(r);
	size_t index = r->table->ncolumns - 1;

	column->span.from = r->i;
	column->name = need_name(r);
	column->type.from = r->i;
	while (!at_item_end(r) && !starts_clause(r))
		skip_one(r);
	column->type.to = r->i;
	while (!at_item_end(r))
		read_clause(r, index);
	r->table->columns[index].span.to = r->i;
}

/* Words that cannot be a column's name in SQLite unless they are quoted. */
static bool
starts_table_clause(const TableReader *r)
{
	static const char *const words[] = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (token_spells(now(r), words[i]))
			return true;
	return false;
}

/*
 * Behind the closing parenthesis: SQLite's own, in any order, with commas between.  PostgreSQL's
 * (WITH, INHERITS, PARTITION BY) stop the reader.
 */
static void
read_options(TableReader *r)
{
	while (!r->failed && now(r).kind != TOKEN_END && !token_is_char(now(r), ';'))
	{
		if (read_word(r, "WITHOUT"))
		{
			must_read(r, "ROWID");
			r->table->without_rowid = true;
		}
		else
		{
			must_read(r, "STRICT");
			r->table->strict = true;
		}
		read_char(r, ',');
	}
}

/* Up to the opening parenthesis.  The schema is not kept: the table is where it was found. */
static void
read_head(TableReader *r)
{
	must_read(r, "CREATE");
	r->table->temporary = read_word(r, "TEMP") || read_word(r, "TEMPORARY");
	must_read(r, "TABLE");
	if (token_spells(now(r), "IF") && token_spells(next(r), "NOT"))
		r->i += 3;
	if (r->i > r->table->tokens.n)
		stop(r);
	r->table->name = need_name(r);
	if (read_char(r, '.'))
		r->table->name = need_name(r);
	r->table->name_at = r->i - (r->failed ? 0 : 1);
}

/*
 * Columns first and then constraints, as both engines want it, is not asked for here: what SQLite
 * has stored is right, and what it refuses it says itself.
 */
Table *
table_read(Mig *m, MigText sql)
{
	Table *table = mig_alloc(m, 1, sizeof(Table));
	TableReader r = {m, table, 0, false};

	table->tokens = tokens_read(m, sql);
	read_head(&r);
	table->open = r.i;
	if (!read_char(&r, '('))
		stop(&r);
	while (!r.failed)
	{
		if (!starts_table_clause(&r))
			read_column(&r);
		else
			while (!at_item_end(&r))
				read_clause(&r, NO_COLUMN);
		table->close = r.i;
		if (read_char(&r, ')'))
			break;
		if (!read_char(&r, ','))
			stop(&r);
	}
	read_options(&r);
	return r.failed || table->ncolumns == 0 ? NULL : table;
}

/* ---- looking ---- */

/* Linear: tables have few columns, and each statement asks a few times.  The first of the name. */
size_t
table_column(const Table *table, MigText name)
{
	for (size_t i = 0; i < table->ncolumns; i++)
		if (name_same(table->columns[i].name, name))
			return i;
	return NO_COLUMN;
}

/* The first one: SQLite takes most clauses several times. */
Clause *
table_clause(const Table *table, size_t column, ClauseKind kind)
{
	for (size_t i = 0; i < table->nclauses; i++)
		if (table->clauses[i].kind == kind && table->clauses[i].column == column)
			return &table->clauses[i];
	return NULL;
}

bool
table_has_no_type(Mig *m, const Table *table, size_t column)
{
	Span type = table->columns[column].type;

	return type.to == type.from ||
		   (type.to == type.from + 1 && token_name(m, table->tokens.at[type.from]).len == 0);
}

bool
table_is_generated(const Table *table, size_t column)
{
	return table_clause(table, column, CLAUSE_GENERATED) != NULL;
}

/* There can be one, which SQLite sees to. */
Clause *
table_primary_key(const Table *table)
{
	for (size_t i = 0; i < table->nclauses; i++)
		if (table->clauses[i].kind == CLAUSE_PRIMARY_KEY)
			return &table->clauses[i];
	return NULL;
}

/*
 * Is it INTEGER PRIMARY KEY DESC, behind the column?  The order is two tokens behind the first
 * one.
 */
static bool
is_descending(const Table *table, const Clause *key)
{
	return key->column != NO_COLUMN && token_spells(table->tokens.at[key->word + 2], "DESC");
}

/* The type must be this one word: INT, or INTEGER(8), makes no rowid. */
size_t
table_integer_key(Mig *m, const Table *table)
{
	const Clause *key = table_primary_key(table);
	size_t column;
	Span type;

	if (key == NULL || key->columns.n != 1)
		return NO_COLUMN;
	column = table_column(table, key->columns.at[0]);
	if (column == NO_COLUMN)
		return NO_COLUMN;
	type = table->columns[column].type;
	if (type.to != type.from + 1 || !token_is_name(table->tokens.at[type.from]) ||
		!name_same(token_name(m, table->tokens.at[type.from]), mig_text("INTEGER")))
		return NO_COLUMN;
	return column;
}

/* By a historical accident not one that is descending (lang_createtable, 5). */
size_t
table_rowid_column(Mig *m, const Table *table)
{
	size_t column = table_integer_key(m, table);

	if (column == NO_COLUMN || table->without_rowid ||
		is_descending(table, table_primary_key(table)))
		return NO_COLUMN;
	return column;
}

bool
table_has_descending_key(Mig *m, const Table *table)
{
	return table_integer_key(m, table) != NO_COLUMN && !table->without_rowid &&
		   is_descending(table, table_primary_key(table));
}

/* ---- names of constraints ---- */

#define NAME_MAX_BYTES 63

/*
 * PostgreSQL's makeObjectName() (indexcmds.c): the longer of two names is cut until all fits into
 * the 63 bytes of a name.
 */
static MigText
object_name(Mig *m, MigText first, MigText second, const char *label)
{
	size_t overhead = strlen(label) + 1 + (second.len > 0);

	while (first.len + second.len + overhead > NAME_MAX_BYTES)
		if (first.len > second.len)
			first.len--;
		else
			second.len--;
	return mig_text(mig_format(m, "%.*s%s%.*s_%s", MIG_ARG(first), second.len > 0 ? "_" : "",
							   MIG_ARG(second), label));
}

/* The one column that a CHECK uses; empty if it uses none or several. */
static MigText
only_column(Mig *m, const Table *table, const Clause *clause)
{
	MigText only = mig_text("");

	for (size_t i = 0; i < table->ncolumns; i++)
		if (tokens_mention(m, &table->tokens, clause->body, table->columns[i].name))
		{
			if (only.len > 0)
				return mig_text("");
			only = table->columns[i].name;
		}
	return only;
}

/* What PostgreSQL puts at the end of a name that it chooses; NULL: it chooses none. */
static const char *
name_label(ClauseKind kind)
{
	switch (kind)
	{
		case CLAUSE_PRIMARY_KEY:
			return "pkey";
		case CLAUSE_UNIQUE:
			return "key";
		case CLAUSE_CHECK:
			return "check";
		case CLAUSE_FOREIGN_KEY:
			return "fkey";
		default:
			return NULL;
	}
}

/*
 * Without regard to others that have the name; number: 0 for none.  As ChooseConstraintName() and
 * its like in PostgreSQL: a CHECK has the name of its column if it uses just one.
 */
static MigText
chosen_name(Mig *m, const Table *table, const Clause *clause, int number)
{
	const char *label = name_label(clause->kind);
	MigText columns = mig_text("");

	if (number > 0)
		label = mig_format(m, "%s%d", label, number);
	if (clause->kind == CLAUSE_CHECK)
		columns = only_column(m, table, clause);
	else if (clause->kind != CLAUSE_PRIMARY_KEY)
		columns = mig_join(m, clause->columns, "_");
	return object_name(m, table->name, columns, label);
}

/*
 * A name that was given is taken even by a clause that comes later; of made-up ones only those
 * before count, so that names do not depend on what is added behind.
 */
static bool
is_taken(Mig *m, const Table *table, const MigText *names, size_t n, MigText name)
{
	for (size_t i = 0; i < table->nclauses; i++)
		if (table->clauses[i].name.at && name_same(table->clauses[i].name, name))
			return true;
	for (size_t i = 0; i < n; i++)
		if (names[i].at && name_same(names[i], name))
			return true;
	(void) m;
	return false;
}

/*
 * The names of all clauses: a made-up one is told from the same one before it by a number,
 * t_a_fkey1.
 */
static MigText *
constraint_names(Mig *m, const Table *table)
{
	MigText *names = mig_alloc(m, table->nclauses + 1, sizeof(MigText));

	for (size_t i = 0; i < table->nclauses; i++)
	{
		const Clause *clause = &table->clauses[i];
		int number = 0;

		names[i] = clause->name;
		if (clause->name.at || name_label(clause->kind) == NULL)
			continue;
		do
			names[i] = chosen_name(m, table, clause, number++);
		while (is_taken(m, table, names, i, names[i]));
	}
	return names;
}

MigText
table_constraint_name(Mig *m, const Table *table, const Clause *clause)
{
	return constraint_names(m, table)[clause - table->clauses];
}

MigText
table_constraint_base(Mig *m, const Table *table, const Clause *clause)
{
	return chosen_name(m, table, clause, 0);
}

/*
 * NOT NULL can be found by the name that it was given, unless a constraint that has one has it.
 * Of several of a name, which SQLite takes, the first.
 */
Clause *
table_constraint(Mig *m, const Table *table, MigText name)
{
	MigText *names = constraint_names(m, table);
	Clause *found = NULL;

	for (size_t i = table->nclauses; i-- > 0;)
	{
		Clause *clause = &table->clauses[i];

		if (names[i].at && clause->kind != CLAUSE_EMPTY && name_same(names[i], name) &&
			(name_label(clause->kind) || found == NULL || name_label(found->kind) == NULL))
			found = clause;
	}
	return found;
}

bool
table_has_several(const Table *table, MigText name)
{
	int n = 0;

	for (size_t i = 0; i < table->nclauses; i++)
		n += table->clauses[i].name.at && name_label(table->clauses[i].kind) &&
			 name_same(table->clauses[i].name, name);
	return n > 1;
}

/* A NOT NULL's name is left out, see table.h. */
bool
table_has_constraint(Mig *m, const Table *table, MigText name)
{
	const Clause *found = table_constraint(m, table, name);

	return found && name_label(found->kind);
}
