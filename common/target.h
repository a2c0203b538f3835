/*
 * target.h - what target.c and target_symbol.c share
 *
 * target_symbol.c says what a symbol stands for, target.c where a number of
 * steps leads from there, and what an upgrade or a downgrade goes to.
 */
#ifndef TARGET_H
#define TARGET_H

#include "graph.h"

/* One target being resolved. */
typedef struct Ask
{
	Mig *m;
	const MigGraph *g;
	MigText text;    /* as it was given, for messages */
	MigList current; /* from where a relative one counts */
	bool rows;       /* current are version rows, not texts of the user */
} Ask;

/* What the part behind the "@" stands for: nodes at once, or a text to look up. */
typedef struct Symbol
{
	MigText branch; /* null: there was no "@" */
	bool literal;   /* text is still to be looked up; else nodes, none of them: "base" */
	MigText text;
	Nodes nodes;
} Symbol;

/* The parts of "left@b2+1". */
typedef struct Relative
{
	MigText branch; /* null: none */
	MigText symbol; /* null: none */
	MigText number; /* with its sign */
	int32_t steps;  /* below zero: down */
	bool junk;      /* there is something behind it */
} Relative;

/* ---- target_symbol.c ---- */

/* All errors of both files leave here; the message quotes the target as given. */
extern _Noreturn void target_refuse(const Ask *a, const char *sqlstate, const char *message,
									const char *detail, const char *hint);
/* "[branch @] symbol", where each head that is meant is found at once. */
extern Symbol target_parse_symbol(const Ask *a, MigText text);
/* Every node of a symbol; 42704 for what is not there, or not on its branch. */
extern Nodes target_look_up(const Ask *a, const Symbol *symbol);
/* The one node that a text names or begins; 42704. */
extern Node target_look_up_text(const Ask *a, MigText text);
/* The one that a text with or without a branch names, NODE_NONE for "base"; 55000 for several. */
extern Node target_one(const Ask *a, MigText text);
/* The same of a symbol on a branch; branch null: on any. */
extern Node target_one_of(const Ask *a, MigText branch, MigText symbol);
/* The node that a branch is named by; 42704. */
extern Node target_branch_node(const Ask *a, MigText branch);
/* A flag for each node: nodes themselves, and all that is above and below them. */
extern bool *target_line(const Ask *a, Nodes nodes, bool dependencies);
/* The nodes of which one must be in a node's line; none: every node passes. */
extern Nodes target_line_tests(const Ask *a, const Symbol *symbol);
/* Those of nodes that share a line with what against names. */
extern Nodes target_keep_line(const Ask *a, Nodes nodes, MigText against, bool dependencies);

/* ---- target.c ---- */

/* Is it "[branch @] [symbol] +N" or "-N"? */
extern bool target_parse_relative(MigText text, Relative *r);

#endif
