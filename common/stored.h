/*
 * stored.h - what the files share that read a SQLite schema
 *
 * stored.c reads the rows of sqlite_schema, stored_table.c takes tables apart,
 * stored_text.c makes texts comparable.
 */
#ifndef STORED_H
#define STORED_H

#include "schema.h"
#include "table.h"

/* A row of sqlite_schema. */
typedef struct Stored
{
	MigText type;
	MigText name;
	MigText on;  /* the table of an index or trigger; else its own name */
	MigText key; /* on, folded */
	MigText sql;
	Table *table; /* of a table that could be read */
	MigAddress address;
} Stored;

/* A schema while it is read. */
typedef struct Reading
{
	Mig *m;
	MigSchema *schema; /* what comes of it */
	Stored *stored;    /* in the order of the rows */
	size_t n;
	Stored **by_key; /* sorted: each relation with what is on it */
	size_t *virtual; /* indexes of virtual tables */
	size_t nvirtual;
	MigList names; /* of tables, views and columns, folded and sorted */
} Reading;

/*
 * Classes of addresses; id is that of the row, from 1.  sub is the column's or clause's number from
 * 1 (0: the relation itself), that of the column which has the default, or of the option.
 */
#define CLASS_STORED 1
#define CLASS_CLAUSE 2
#define CLASS_DEFAULT 3
#define CLASS_OPTION 4

/* ---- stored.c ---- */

/* "table", "index", "view" or "trigger"? */
extern bool stored_is(const Stored *s, const char *type);
/* Is it a virtual table? */
extern bool stored_is_virtual(const Stored *s);
/* Is it the statement of these two words, but for white space and comments? */
extern bool stored_begins(MigText sql, const char *first, const char *second);
/* Where a relation with that key is, or would be, with what is on it behind it. */
extern size_t stored_find_key(const Reading *r, MigText key);
/* Is it a relation with that key? */
extern bool stored_has_key(const Reading *r, size_t i, MigText key);
/* The table or view of a name, or NULL. */
extern const Stored *stored_find_relation(const Reading *r, MigText name);
/* An object's values, all null. */
extern MigText *stored_values(const Reading *r);
/* The object becomes the schema's. */
extern void stored_put(const Reading *r, MigItem item);

/* ---- stored_table.c ---- */

/* The object depends on the columns of a table that the tokens mention. */
extern void stored_depend_on_columns(const Reading *r, MigAddress object, const Stored *s,
									 const Tokens *tokens, Span span);
/* A table with all that is inside of it. */
extern void stored_put_table(const Reading *r, const Stored *s);

/* ---- stored_text.c ---- */

/* In lower case, as names are compared. */
extern MigText stored_folded(Mig *m, MigText text);
/* In quotes where it must be. */
extern MigText stored_identifier(Mig *m, MigText name);
/* The normal text of a span: key words in capitals, one blank between tokens, no comments. */
extern MigText stored_normal(const Reading *r, const Tokens *tokens, Span span);
/* Without the parentheses around the whole. */
extern Span stored_unwrap(const Tokens *tokens, Span span);
/* As it is, but for quotes that names do not need. */
extern MigText stored_unquoted(const Reading *r, MigText sql);
/* Fills the names of the schema, by which stored_normal() tells names from key words. */
extern void stored_find_names(Reading *r);

#endif
