/*
 * diff.h - what the files of the diff share
 *
 * diff.c says how one way from schema to schema is found; diff_match.c which
 * objects are the same, diff_decide.c what becomes of each (diff_enum.c of an
 * enumeration, diff_spread.c for the sake of others), diff_order.c in which order,
 * diff_text.c by which statements, diff_online.c by which where others must be
 * able to go on.
 */
#ifndef DIFF_H
#define DIFF_H

#include "schema.h"

typedef enum OpKind
{
	OP_RENAME,
	OP_ASIDE, /* a type gets another name, until it is dropped; a column or attribute is text */
	OP_DROP,
	OP_CREATE,
	OP_ALTER
} OpKind;

/*
 * One thing that is done to one object, in one direction.  It is decided first, put in order
 * then, and gets its text last: what a statement says depends on which names are in force.
 */
typedef struct Op
{
	OpKind kind;
	Object *object; /* OP_DROP, OP_ASIDE: of the schema that is there; else the wanted one */
	MigText label;  /* "column t.c" */
	MigText text;   /* one or several statements, the last without its semicolon; null: not yet */
	bool destructive;
	MigText hint;       /* null: none */
	const Object *like; /* what is lost may be there under this one's name; or NULL */
	struct Op **after;  /* it runs behind these, as far as they are put */
	size_t nafter;
	size_t room;
	int mark;     /* of a walk, as that of an object; DROPS_ALONE */
	bool awaited; /* of a drop: something runs behind it, besides what comes instead */
} Op;

#define DROPS_ALONE 3 /* put, with nothing but drops before it: before anything is renamed */

typedef struct Ops
{
	Op **at;
	size_t n;
	size_t room;
} Ops;

/*
 * One direction: what makes a schema another one.  The way back is a Way of its own, with the
 * schemas exchanged; it is found behind the way there, which leaves "rewritten" in the objects.
 */
typedef struct Way
{
	Mig *m;
	MigSchema *from;        /* the one that is there */
	MigSchema *to;          /* the wanted one */
	const Renames *renames; /* told as live -> desired, whichever way this is */
	bool online;
	MigText own;    /* see MigDesired */
	bool outside;   /* some of the statements cannot run in a transaction */
	bool back;      /* alterations in the reverse of the order that the way there has */
	Objects spread; /* of from: what was replaced, dropped or broken, and not looked at yet */
	Objects tables; /* of to: those that come, once that was looked at */
	bool looked;
	Ops ops;  /* as they were found */
	Ops done; /* in order */
} Way;

/* ---- diff.c ---- */

extern void diff_ops_add(Mig *m, Ops *list, Op *op);
/* A new operation of the way, not yet in order; the caller notes it at the object. */
extern Op *diff_op(Way *way, OpKind kind, Object *object);
/* The one runs behind the other; either may be NULL: then there is nothing to say. */
extern void diff_after(Way *way, Op *op, Op *before);
/*
 * Adds those renames that are seen once the told ones are known, see rename_find(); before that
 * marks what wanted leaves out, which is not renamed either.  wanted: NULL for nothing.
 */
extern void diff_find_renames(Mig *m, MigSchema *live, MigSchema *desired, Renames *renames,
							  const MigDesired *wanted);
/*
 * The operations that lead from the one schema to the other, in order, with
 * their statements.  wanted: NULL for all objects in plain forms; back: see Way.
 */
extern Ops diff_one_way(Mig *m, MigSchema *from, MigSchema *to, const Renames *renames,
						MigDesired *wanted, bool back);

/* ---- diff_rename.c ---- */

/* What is renamed gets its new name in all that names it: keys, names and texts of way->from. */
extern void diff_rename(Way *way);
/* Statements name what is renamed by its new name, or still by its old one. */
extern void diff_use_names(const Way *way, bool new);
/*
 * What must be unique, of an object with a name: a place and the name.  called:
 * NULL for the name that it gets.  second: of a constraint's index.  Null: it has
 * none of this sort.
 */
extern MigText diff_held_name(Mig *m, const Object *object, const MigText *called, bool second);
/*
 * A name for what stands beside what has that name, because it waits for it or to be dropped.
 * Quoted, and no longer than the NAME_BYTES that PostgreSQL keeps.
 */
extern MigText diff_name_beside(Mig *m, MigText name, const char *suffix);
#define NAME_BYTES 63
#define ASIDE " (old)"
/* The renames, in an order in which each new name is free; once it is decided what goes. */
extern void diff_put_renames(Way *way);

/* ---- diff_match.c ---- */

/* Finds the twins: same key, same object. */
extern void diff_match(Mig *m, const MigSchema *a, const MigSchema *b);

/* ---- diff_decide.c ---- */

/* Steps 1 to 3: the way's operations, without order. */
extern void diff_decide(Way *way);
/* The template that gives a property its new value; NULL: there is none. */
extern const char *diff_setter(const Property *property, MigText old, MigText new);
/* Is it a column that is computed? */
extern bool diff_is_generated(const Object *object);
/* Of a SQLite column: its collation stands behind the type. */
extern MigText diff_without_collation(MigText type);
/* Does a column of SQLite's lose the key that made it NOT NULL, and is to stay so? */
extern bool diff_loses_not_null(const Way *way, const Object *old);
/* Is an old object dropped, or a new one created: by itself or with its whole? */
extern bool diff_goes(const Object *old);
extern bool diff_comes(const Object *new);

/* ---- diff_enum.c ---- */

/* The literals of an enumeration, with their quotes. */
extern MigList diff_enum_values(Mig *m, const Object *type);
/* What becomes of the enumerations, once it is known of all else. */
extern void diff_decide_enums(Way *way);

/* ---- diff_spread.c ---- */

/* An old object with a twin goes and comes again, and so do its parts. */
extern void diff_replace(Way *way, Object *old);
/* Looks who needs what is on the worklist, until nothing changes any more. */
extern void diff_spread(Way *way);
/* Is the old type put aside under another name until no column has it? */
extern bool diff_is_aside(const Object *object);
/*
 * A range's functions have its name, so it cannot wait to be dropped, nor can what is made of
 * it, or of a composite type whose attributes change: columns of these are text meanwhile.
 */
extern bool diff_is_swapped(const Object *object);
/* A column or an attribute. */
extern bool diff_waits_as_text(const Object *object);
/* Does a number tell the names of two constraints, which SQLite makes up? */
extern bool diff_is_namesake(const Object *a, const Object *b);

/* ---- diff_order.c ---- */

/* The column of a table that a column's table inherits from, which has that name; or NULL. */
extern Object *diff_inherited(Mig *m, const Object *column);
/* Step 4: from ops to done. */
extern void diff_order(Way *way);

/* ---- diff_text.c ---- */

/* Label, statement, hint and whether data is lost.  In order: an Op without text comes later. */
extern void diff_write(Way *way, Op *op);
/* Does the change of a column's type write all rows anew?  column: the wanted one, with a twin. */
extern bool diff_rewrites(Mig *m, const Object *column);

/* ---- diff_online.c ---- */

/* Takes those drops out that are done together with what comes instead. */
extern void diff_online_swap(Way *way);
/* The statement, written before, becomes one that lets others go on; or a hint says why not. */
extern void diff_online(Way *way, Op *op);
/* Hints for what goes and comes back, which no transaction hides from others. */
extern void diff_online_end(Way *way);

#endif
