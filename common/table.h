/*
 * table.h - a CREATE TABLE statement as ranges of its tokens
 *
 * Nothing is printed anew: an edit replaces bytes between two tokens, and the
 * text that comes of it is read again.  So what an edit does not touch keeps
 * its spelling and its comments.
 */
#ifndef TABLE_H
#define TABLE_H

#include "common.h"

/* ---- tokens.c: the tokens of a statement, without white space and comments ---- */

/* Their text is the statement's: no token is a copy, so any range of them is one of bytes. */
typedef struct Tokens
{
	MigText text;
	Token *at; /* at[n] is a TOKEN_END */
	size_t n;
} Tokens;

/* Tokens from, ..., to - 1. */
typedef struct Span
{
	size_t from;
	size_t to;
} Span;

extern Tokens tokens_read(Mig *m, MigText text);
/* token_is() of a token that has no address. */
extern bool token_spells(Token token, const char *word);
extern bool token_is_char(Token token, char c);
/* Can it be a name in SQLite?  A string can. */
extern bool token_is_name(Token token);
/* A name where a value is wanted; in a DEFAULT it is a text to SQLite. */
extern bool token_is_bare(Token token);
/* The name without its quotes. */
extern MigText token_name(Mig *m, Token token);
/* The parenthesis that closes the one at open; n if there is none. */
extern size_t tokens_close(const Tokens *tokens, size_t open);
/* Where the comma, the closing parenthesis or the end that comes next at this depth is. */
extern size_t tokens_item_end(const Tokens *tokens, size_t from);
/* The text of a span, with all that stands between its tokens. */
extern MigText tokens_text(const Tokens *tokens, Span span);
/* Does the span, an expression or a list of columns, use the column? */
extern bool tokens_mention(Mig *m, const Tokens *tokens, Span span, MigText column);

/* As SQLite compares names: without regard to the case of ASCII letters. */
extern bool name_same(MigText a, MigText b);
extern bool name_in(MigList names, MigText name);

/* ---- table.c: CREATE TABLE ---- */

typedef enum ClauseKind
{
	CLAUSE_EMPTY, /* CONSTRAINT name with nothing behind it, which SQLite takes */
	CLAUSE_NOT_NULL,
	CLAUSE_NULL,
	CLAUSE_DEFAULT,
	CLAUSE_PRIMARY_KEY,
	CLAUSE_UNIQUE,
	CLAUSE_CHECK,
	CLAUSE_FOREIGN_KEY,
	CLAUSE_COLLATE,
	CLAUSE_DEFERRABLE, /* of the foreign key before it, not directly behind it */
	CLAUSE_GENERATED,
	CLAUSE_IDENTITY /* PostgreSQL's, never in a stored text */
} ClauseKind;

#define NO_COLUMN ((size_t) -1)

/* A constraint, of a column or of the table. */
typedef struct Clause
{
	ClauseKind kind;
	Span span;              /* all of it, its name included */
	size_t word;            /* the first token behind CONSTRAINT name, if there is a name */
	Span body;              /* the default's value; else what is between the parentheses */
	MigText name;           /* as it is written, null if it is not */
	size_t column;          /* to which it belongs; NO_COLUMN: the table's */
	MigList columns;        /* of a key: those it names, or the one to which it belongs */
	MigText parent;         /* of a foreign key */
	MigList parent_columns; /* empty: the parent's primary key */
	bool autoincrement;
	bool stored; /* a generated column */
} Clause;

typedef struct Column
{
	MigText name;
	Span span; /* of the whole definition */
	Span type; /* may be empty */
} Column;

/* An edit makes another Table, with tokens and clauses of its own. */
typedef struct Table
{
	Tokens tokens;
	MigText name;
	size_t name_at; /* its token */
	size_t open;    /* the parentheses around columns and constraints */
	size_t close;
	Column *columns;
	size_t ncolumns;
	Clause *clauses; /* of columns and of the table, as they stand there */
	size_t nclauses;
	bool temporary;
	bool without_rowid;
	bool strict;
} Table;

/* NULL: it is not, or not as either engine has it, CREATE TABLE with a list of columns. */
extern Table *table_read(Mig *m, MigText sql);
/* Index of the column; NO_COLUMN if there is none of the name. */
extern size_t table_column(const Table *table, MigText name);
/* The column's clause of a kind, or NULL. */
extern Clause *table_clause(const Table *table, size_t column, ClauseKind kind);
/* Nothing, or "", which is the same to SQLite and can be said in an ALTER TABLE. */
extern bool table_has_no_type(Mig *m, const Table *table, size_t column);
extern bool table_is_generated(const Table *table, size_t column);
/* The primary key, of a column or of the table, or NULL. */
extern Clause *table_primary_key(const Table *table);
/*
 * The column of a key of one column whose type is INTEGER and nothing else, or
 * NO_COLUMN.  It is the rowid unless the table has none or the key descends.
 */
extern size_t table_integer_key(Mig *m, const Table *table);
/* The column that is the rowid, or NO_COLUMN. */
extern size_t table_rowid_column(Mig *m, const Table *table);
/* INTEGER PRIMARY KEY DESC, which is not the rowid, and of the table, PRIMARY KEY (c DESC), would
 * be. */
extern bool table_has_descending_key(Mig *m, const Table *table);

/*
 * The name by which PostgreSQL knows a constraint: the one that it was given,
 * or the one that PostgreSQL would choose (t_pkey, t_a_b_key, t_a_check,
 * t_a_fkey, with a number where it is taken); null for what has no name.
 */
extern MigText table_constraint_name(Mig *m, const Table *table, const Clause *clause);
/* The same for one that has no name of its own, without the number. */
extern MigText table_constraint_base(Mig *m, const Table *table, const Clause *clause);
/* The constraint of the name, or NULL. */
extern Clause *table_constraint(Mig *m, const Table *table, MigText name);
/* Have several constraints the name?  SQLite lets them. */
extern bool table_has_several(const Table *table, MigText name);
/* Has a constraint the name?  That of a NOT NULL is nobody's to PostgreSQL before 18, and here. */
extern bool table_has_constraint(Mig *m, const Table *table, MigText name);

/* ---- table_edit.c ---- */

/* How a comment begins that COMMENT ON has made. */
#define TABLE_COMMENT "/* comment: "

/*
 * Such a comment behind a token, perhaps behind other comments; empty, and at
 * the token's end, where there is none.
 */
extern MigText table_comment(const Table *table, size_t behind);
/* Bytes from, ..., to - 1 of the text replaced.  XX000 where the result cannot be read. */
extern Table *table_replace(Mig *m, const Table *table, size_t from, size_t to, MigText with);
/* The tokens of a span replaced; the same table where they are the same. */
extern Table *table_replace_span(Mig *m, Table *table, Span span, MigText with);
/* Inserts text, with a space before it, behind a token. */
extern Table *table_insert(Mig *m, const Table *table, size_t behind, MigText text);
/* An item goes with its comma, and with the comments that belong to it; so do columns. */
extern Table *table_drop_clause(Mig *m, const Table *table, const Clause *clause);
extern Table *table_drop_column(Mig *m, const Table *table, size_t column);
/*
 * Does SQLite's own DROP COLUMN leave the comments that table_drop_column() does?  It takes all
 * from the column to the next one, or from the comma in front of the last one, which it looks for
 * in comments, too.
 */
extern bool table_drop_is_plain(const Table *table, size_t column);
/* Does ADD COLUMN leave each comment with its column?  It adds in front of the comma. */
extern bool table_add_is_plain(const Table *table);
/* Behind the last column. */
extern Table *table_add_column(Mig *m, const Table *table, MigText definition);
/* Behind everything. */
extern Table *table_add_constraint(Mig *m, const Table *table, MigText definition);

#endif
