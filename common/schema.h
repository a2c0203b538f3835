/*
 * schema.h - what kinds.c, schema.c, schema_text.c and diff.c share
 *
 * A schema is a list of objects of many kinds.  All that differs from kind to
 * kind is a row in the table of kinds.c: the statements that create and drop an
 * object and change each of its properties.  The rest, the order among them
 * included, is the same for all.
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include "common.h"
#include "migrate_schema.h"

/* ---- kinds.c ---- */

/*
 * Templates: text with a letter or a digit behind each percent sign.
 *
 *   %f %n     full name, own name
 *   %P %p     those of the whole: full name of the owner (a column's table), name of the parent
 *   %M %m     full name and own name that it had before
 *   %v        the value; %s: the same, options of a sequence, each as ALTER COLUMN sets it
 *   %0 to %9  the clause of that property; where the kind has none of that number, the value itself
 *   %i        its own part
 *   %l %c     the parts inside: in parentheses with commas; one behind the other
 *   %b        the parts that stand behind that list
 *   %N        "CONSTRAINT name ", unless it has none of its own (value 9)
 *   %o        the names of the options that it had before
 *   %k        what COMMENT ON says for the whole
 */

/*
 * What one of the values of an object is, and the statements that change it.  Without a way to do
 * that, the whole object is dropped and created.
 */
typedef struct Property
{
	const char *name;   /* NULL ends the list */
	const char *clause; /* of the CREATE; "" is only compared, NULL: see set */
	const char *set;    /* changes it; without a clause it follows the CREATE; NULL: by replacing */
	const char *unset;  /* the same, to the null value */
	bool hard;          /* what looks at it must not be there meanwhile: see KIND_BREAKS */
	const char *add;    /* instead of set where the value was null; NULL: set */
} Property;

/* A comment in which a schema's text names what is known by name alone. */
#define NOT_SHOWN "-- not shown: "

#define KIND_DATA 1    /* a drop loses data, and is marked as destructive */
#define KIND_BREAKS 2  /* goes while a hard property of what it needs changes: a view, a default */
#define KIND_STAYS 4   /* is left alone where it is not desired */
#define KIND_TYPE 8    /* columns have it: replaced under their feet, see diff.c */
#define KIND_OTHER 16  /* is known by name alone: no statement can be made of it */
#define KIND_QUERY 32  /* its text keeps old names as aliases: SELECT b AS a */
#define KIND_BEHIND 64 /* stands behind the list of its whole's parts: %b */

#define MAX_PROPERTIES 11

#define SEQUENCE_DEFAULTS "INCREMENT BY 1 NO MINVALUE NO MAXVALUE START WITH 1 CACHE 1 NO CYCLE"

/* The texts from label to rename are templates. */
typedef struct Kind
{
	const char *name;   /* as the catalogs say it */
	const char *label;  /* what migrate_diff() calls it: a word for the kind, and the name */
	const char *create; /* NULL, and no drop: comes and goes with its whole */
	const char *drop;
	const char *part;   /* inside the CREATE of the whole; NULL: never there */
	const char *on;     /* what COMMENT ON says */
	const char *rename; /* %m and %M: the old name and full name; NULL: by replacing */
	unsigned flags;
	Property properties[MAX_PROPERTIES + 1];
} Kind;

/* NULL if there is none. */
extern const Kind *kind_find(const char *name);

/* ---- printed.c ---- */

/* A text that PostgreSQL has printed, as it prints it once more when it has read it. */
extern MigText printed_again(Mig *m, MigText text);

/* ---- schema.c ---- */

/* In front of what makes functions and procedures, as pg_dump has it. */
#define UNCHECKED_BODIES "SET check_function_bodies = off;\n"

typedef struct Object Object;

typedef struct Objects
{
	Object **at;
	size_t n;
	size_t room;
} Objects;

struct Object
{
	MigItem given; /* first: the adapter's part */
	const Kind *kind;
	Object *parent;    /* what it is a part of: a column's table, a default's column; or NULL */
	Objects parts;     /* in order: by kind, position, name */
	Objects needs;     /* without its parent */
	Objects needed_by; /* needs turned round */
	MigText key;       /* says which object of another schema is the same */
	bool inside;       /* stands in the CREATE of its parent, without one of its own */
	int mark;          /* of a walk: 0 not seen, 1 begun, 2 done */
	/* diff_rename.c */
	MigItem *gets;     /* the names that it gets; NULL: as given */
	MigItem *now;      /* those that it has where a statement is written; NULL: as given */
	MigText *values;   /* once all that is renamed has its new name; NULL: as given */
	Objects speaks_of; /* what is renamed, and stands in its values */
	bool moves;        /* is renamed itself */
	bool stale;        /* what it says is not what it would say were it made anew */
	/* diff.c */
	Object *twin;      /* the same in the other schema */
	struct Op *drop;   /* of an old object */
	struct Op *create; /* of a wanted one */
	struct Op *alter;  /* of a wanted one; of an old one it is OP_ASIDE */
	bool replaced;     /* of an old one with a twin: dropped, and the twin is created */
	bool at_once;      /* an enumeration: only online can values be added that are used at once */
	bool swapped;      /* a type of what is not there for a while: see diff_is_swapped() */
	bool rewritten;    /* the way there has made it anew from another text: so does the way back */
	bool broken;       /* a hard property changes */
	bool out;          /* is not looked at */
	bool stays;        /* is not touched though the other schema does not have it */
};

/* What an adapter tells, as it comes: one address stands for another, or needs another. */
typedef struct Pair
{
	MigAddress from;
	MigAddress to;
} Pair;

typedef struct Pairs
{
	Pair *at;
	size_t n;
	size_t room;
} Pairs;

/* Filled by an adapter, then resolved once; what is told after that is not looked at. */
struct MigSchema
{
	Mig *m;
	MigEngine engine;
	Objects objects; /* once resolved, in an order in which they can be created */
	Pairs aliases;   /* from: the alias */
	Pairs depends;   /* from needs to */
	Pairs comments;  /* from: the object, to.id: index into texts */
	MigLines texts;
	MigLines casts;       /* from, to, from, to...: those that must be asked for */
	MigLines assignments; /* from, to...: those that assigning a value does */
	bool by_name;         /* columns, too: for printing; else as they stand in their table */
	bool resolved;
};

extern bool object_is(const Object *object, const char *kind);
/* enum, range, domain, composite type: may columns have it? */
extern bool object_is_type(const Object *object);
/* Has it a name among those of tables, or in a schema, though it may be a part? */
extern bool object_is_named_alone(const Object *object);
/* At the end; it may be there already. */
extern void objects_add(Mig *m, Objects *list, Object *object);
/* Linear: for lists of a few. */
extern bool objects_have(const Objects *list, const Object *object);
/* Finds parents, parts and needs, and puts the objects in order.  Once; again does nothing. */
extern void schema_resolve(MigSchema *schema);
/* What says which object of another schema is the same, with the names that objects get. */
extern MigText schema_key(Mig *m, const Object *object);
/* Whose statements speak of it: the table, though the part may be a column's. */
extern const Object *schema_owner(const Object *part);
/* The object whose CREATE has it. */
extern Object *schema_whole(Object *object);

/* ---- schema_text.c ---- */

/* Do two twins differ in a property, once all that is renamed has its new name? */
extern bool object_differs(const Object *a, const Object *b, size_t i);
/* "column t.c" */
extern MigText schema_label(Mig *m, const Object *object);
/* Expands a template; value: for %v. */
extern MigText schema_expand(Mig *m, const Object *object, const char *template, MigText value);
/* The CREATE, and what must follow it.  */
extern MigText schema_create(Mig *m, const Object *object);
extern MigText schema_value(const Object *object, size_t i);

/* ---- rename.c ---- */

/* SQLite does not mind the case of ASCII letters. */
extern bool schema_same_name(const MigSchema *schema, MigText a, MigText b);

typedef struct Rename
{
	MigText old;  /* the identifier that was told */
	Object *from; /* live; NULL: nothing to rename */
	Object *to;   /* desired */
	int line;     /* of the desired schema's text */
	struct Rename *next;
} Rename;

typedef struct Renames
{
	Rename *first;
	size_t n; /* those that rename something */
} Renames;

/* The column that owns a sequence, or NULL. */
extern Object *rename_owner_column(const Object *sequence);
/* A rename leaves an object in its schema: full names are the same but for the last part. */
extern bool rename_same_place(const Object *a, const Object *b);
/* What the text of the desired schema says; 42601 for a directive that cannot be understood. */
extern Renames rename_read(Mig *m, const MigSchema *live, const MigSchema *desired, MigText text);
/* Adds what needs no telling.  Twins must have been found; those that are renamed become twins. */
extern void rename_find(Mig *m, const MigSchema *live, const MigSchema *desired, Renames *renames);

#endif
