/*
 * portable.h - PostgreSQL's types and expressions, as SQLite has them
 */
#ifndef PORTABLE_H
#define PORTABLE_H

#include "table.h"

/* What a value of a type is in SQLite, and so what a conversion means. */
typedef enum TypeClass
{
	TYPE_OTHER, /* any other, by SQLite's rules for its name */
	TYPE_INTEGER,
	TYPE_NUMERIC,
	TYPE_REAL,
	TYPE_TEXT,
	TYPE_BLOB,
	TYPE_BOOLEAN, /* 0 and 1 */
	TYPE_DATE,    /* text, as date() writes it; so the next two */
	TYPE_TIME,
	TYPE_TIMESTAMP
} TypeClass;

typedef struct Type
{
	TypeClass class;
	const char *affinity; /* as SQLite names it: "INTEGER", ... */
	int64_t limit;        /* the greatest integer, the greatest length of text; 0: none */
	bool serial;
	MigText text; /* as it is written */
} Type;

/* 0A000 for an array. */
extern Type portable_type(Mig *m, const Tokens *tokens, Span span);

/* A value converted to a type. */
typedef struct Conversion
{
	MigText value;
	MigText doubt; /* a condition, true where the value cannot be converted or would change */
} Conversion;

extern Conversion portable_convert(Mig *m, MigText value, const Type *type);

/*
 * An expression of PostgreSQL's in SQLite's words: casts, now(), gen_random_uuid().  doubts, if not
 * NULL, gets a condition for each cast of something else than a literal, unless the expression
 * chooses by CASE what it evaluates.
 */
extern MigText portable_expression(Mig *m, MigText expression, MigLines *doubts);
/* The same as SQLite wants a DEFAULT: a literal, or in parentheses. */
extern MigText portable_default(Mig *m, MigText expression);
/*
 * Is it a constant for which ALTER TABLE ADD COLUMN need not touch a row?  In a
 * column of text SQLite reads false and 1e3 as they are written from the rows
 * that are older, and stores them as it stores any value in newer ones.
 */
extern bool portable_is_constant(Mig *m, MigText value, const Type *type);

/* CREATE TABLE; 0A000 for what SQLite cannot have.  The same table where nothing has to change. */
extern Table *portable_table(Mig *m, Table *table);

#endif
