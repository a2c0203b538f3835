/*
 * offline.h - what the files of an offline script share
 *
 * offline.c says what stands in a script and in which order, offline_frame.c
 * what stands around each section, offline_write.c how the shells are written to.
 */
#ifndef OFFLINE_H
#define OFFLINE_H

#include "graph.h"

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

/* ---- offline_write.c ---- */

/* A literal of any text; null is NULL. */
extern const char *offline_literal(const MigOffline *o, MigText text);
/* What a list column has: text[] in PostgreSQL, a text with commas in SQLite. */
extern const char *offline_list(const MigOffline *o, MigList list);
/* 'a', 'b' */
extern const char *offline_values(const MigOffline *o, MigList list);
/* A table of ours, with its schema. */
extern const char *offline_table(const MigOffline *o, const char *name);
/* White space and comments. */
extern void offline_gap(MigOffline *o, MigText gap);
/* A comment on a line of its own. */
extern void offline_comment(MigOffline *o, MigText line);
/* What is written next is a statement; offline_statement() does it by itself. */
extern void offline_open(MigOffline *o);
/* A statement of ours, without its semicolon, on a line of its own. */
extern void offline_statement(MigOffline *o, const char *sql);
/* Ends what the sqlite3 shell takes as one piece. */
extern void offline_end_piece(MigOffline *o);
/*
 * The part of a step that the script's author wrote.  Raises 0A000 for what the shell would not
 * read as it is.
 */
extern void offline_add_section(MigOffline *o, MigText sql);

/* ---- offline_frame.c ---- */

/* BEGIN, the tables where the script starts from base, the guard; first: nothing has run yet. */
extern void offline_begin(MigOffline *o, bool first);
/* The section, in a transaction where it may be, with the settings as they were behind it. */
extern void offline_run(MigOffline *o, const MigRevision *revision, MigText sql);
/* SQLite, before the first transaction: foreign keys are not enforced from here on. */
extern void offline_keys_off(MigOffline *o);
/* In the first one: what refers to nothing already. */
extern void offline_count_violations(MigOffline *o);
/* At the end of each: fails where more does. */
extern void offline_check_keys(MigOffline *o);

#endif
