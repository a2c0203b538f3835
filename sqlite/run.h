/*
 * run.h - a run and its revisions: what run.c has and outside.c and offline.c
 * use, too
 */
#ifndef RUN_H
#define RUN_H

#include "sqlite.h"

/* What is to be done, and from where. */
typedef struct Run
{
	Call *call;
	MigDirection direction;
	MigStore store;
	MigGraph *graph;
	MigList rows; /* version rows from which the plan starts: none in a purge */
	MigPlan plan;
	MigSection *sections; /* what each step runs, as far as it is kept: see check_step() */
	size_t room;          /* bytes that may still be kept */
	MigList written;      /* version rows as they are in the table, see run_write_books() */
	Log *logs;            /* one for each step that is done and not yet in the table */
	size_t nlogs;
} Run;

/* A revision that is checked or run.  Lives in memory of its own. */
typedef struct Part
{
	Call *call;
	MigRevision revision; /* with its script */
	MigText rest;         /* of the section, terminated by a NUL */
	Where where;
	Keys keys;
	Changes changes;
} Part;

/* ---- run.c ---- */

/* Memory for a revision, which part_end() gives back. */
extern Part *part_begin(Call *call, const MigRevision *revision, MigDirection direction);
/* Loads its script; XX001 where that is no text. */
extern void part_load(Part *part);
extern void part_end(Part *part);
/* Prepares and runs the statement that comes next, all of its rows; returns its length. */
extern size_t part_execute(Part *part);
/* Runs all statements of a section, those that SQLite is taught, too. */
extern void part_run(Part *part, MigSection section);

/* The section that step i runs. */
extern MigSection run_section(const Run *it, Part *part, size_t i);
/* Writes the version and the log of the steps that are done. */
extern void run_write_books(Run *it, MigList heads);
/* In milliseconds since 1970. */
extern int64_t run_now(void);

/* ---- outside.c: statements outside of a transaction ---- */

/* Before anything runs: what could not run, and what has run that is not the same any more. */
extern void outside_check(const Run *it, Part *part, MigSection section);
/* Runs step i; returns the version rows after it. */
extern MigList outside_run(Run *it, size_t i, MigList heads);

#endif
