/*
 * rebuild.h - what the files that carry out taught statements share
 */
#ifndef REBUILD_H
#define REBUILD_H

#include "migrate_alter.h"
#include "sqlite.h"

#define NO_TEXT ((MigText){NULL, 0})

/* ---- lookup.c ---- */

/* As SQLite compares names. */
extern bool lookup_same_name(MigText a, MigText b);
/* Quoted, for a statement. */
extern const char *lookup_name_sql(Call *call, MigText name);
/* With up to two texts bound, where the statement has parameters for them. */
extern void lookup_prepare(Call *call, const char *sql, MigText first, MigText second);
/* The first column of all rows. */
extern MigList lookup_list(Call *call, const char *sql, MigText first, MigText second);

/* The table's row of sqlite_schema; false: there is none.  42809 for a view. */
extern bool lookup_table(Call *call, MigStored *stored, MigText schema, MigText name);
/* Indexes or triggers, in the order in which they were made. */
extern MigObject *lookup_objects(Call *call, MigText schema, MigText table, const char *type,
								 size_t *n);
/* Names, those of hidden ones, too. */
extern MigList lookup_columns(Call *call, MigText schema, MigText table);
/* All of a table, which is looked for in all schemas where schema is null.  NULL: it need not be
 * there, and is not.  42P01 if it must be; 42501 for one of SQLite's own. */
extern MigStored *lookup_stored(Call *call, MigText schema, MigText name, bool if_exists);
extern _Noreturn void lookup_fail_missing(Call *call, MigText name);
/* Names of the tables that refer to it in foreign keys. */
extern MigList lookup_children(Call *call, const MigStored *stored);

/* ---- probe.c ---- */

/* A statement that compiles as long as a view, a trigger or a foreign key has what it needs. */
typedef struct Probe
{
	const char *what; /* "view v" */
	const char *sql;
	const char *drop; /* of a trigger: several may stand behind one statement */
	int columns;      /* of the result, before */
	bool strings;     /* it has texts in double quotes */
	bool lost;        /* it will compile, but mean something else */
} Probe;

typedef struct Probes
{
	Probe *at;
	size_t n;
} Probes;

/* Before the change. */
extern Probes probes_compile(Call *call, const MigShape *shape);
/* After it: 2BP01 where something has needed what is gone. */
extern void probes_check(Changes *changes, const Probes *probes);

/* ---- rebuild.c ---- */

/* Offline: what is run on an empty schema is what the script has. */
extern bool rebuild_is_recording(Call *call);
/* Runs a statement, and writes it down. */
extern void rebuild_do(Call *call, MigText sql);

/* ---- truncate.c ---- */

/* Looks at all tables before the first one is emptied; 0A000 where a foreign key refers to one. */
extern void truncate_run(Call *call, const MigTaught *taught);

#endif
