/*
 * graph.h - what graph.c, graph_sets.c, target.c, target_symbol.c, order.c,
 * plan.c, draw.c and store.c share
 *
 * Inside, a revision is a Node: its place among the revisions, which are in
 * identifier order.  So lists of nodes sort as identifiers do, sets are arrays
 * of flags, and what Alembic leaves to the order of its files is decided by
 * identifiers.  Lists in a script keep the order in which they were written.
 */
#ifndef GRAPH_H
#define GRAPH_H

#include "common.h"

typedef uint32_t Node;

#define NODE_NONE UINT32_MAX        /* no revision: what "base" names */
#define NODE_BELOW (UINT32_MAX - 1) /* where a walk down from a base arrives */

typedef struct Nodes
{
	Node *at;
	size_t n;
} Nodes;

/* Neighbours of every node x: to[start[x]] up to to[start[x + 1]]. */
typedef struct Edges
{
	uint32_t *start;
	Node *to;
} Edges;

typedef struct Label
{
	MigText name;
	Node node;
} Label;

struct MigGraph
{
	MigRevisions revisions;
	Node n;         /* how many */
	Edges down;     /* parents: what it revises, in declared order */
	Edges deps;     /* what it depends on, labels resolved */
	Edges parents;  /* both, each once */
	Edges normal;   /* the same without dependencies that an ancestor through down has already */
	Edges next;     /* children: down turned round */
	Edges all_next; /* children and dependents: parents turned round */
	Node *order;    /* all nodes, parents first */
	Label *labels;  /* in name order */
	size_t nlabels;
	uint32_t *slots; /* hash table: 0, or 1 + node, or 1 + n + index into labels */
	uint32_t mask;
};

/* ---- graph.c ---- */

static inline Nodes
graph_of(Edges edges, Node x)
{
	return (Nodes){edges.to + edges.start[x], edges.start[x + 1] - edges.start[x]};
}

static inline MigText
graph_id(const MigGraph *g, Node x)
{
	return g->revisions.at[x].id; /* NOLINT(*NullDereference): a node is below revisions.n */
}

/* The node of a full identifier or label, NODE_NONE if there is none. */
extern Node graph_key(const MigGraph *g, MigText key);

/* ---- graph_sets.c ---- */

/* A flag for each node that can be reached from some over edges, those included. */
extern bool *graph_reach(Mig *m, const MigGraph *g, Edges edges, Nodes from);
extern Nodes graph_members(Mig *m, const MigGraph *g, const bool *set);
/* Nodes without a child; real: which nobody depends on either. */
extern Nodes graph_heads(Mig *m, const MigGraph *g, bool real);
extern Nodes graph_bases(Mig *m, const MigGraph *g);
extern bool graph_is_real_head(const MigGraph *g, Node x);
/* Version rows as nodes; 55000 for one that the store does not know. */
extern Nodes graph_rows(Mig *m, const MigGraph *g, MigList rows);
/* That error; what: what there is no such thing of. */
extern _Noreturn void graph_fail_row(Mig *m, MigText row, const char *what);
/* Raises where one of nodes is an ancestor of another, with that state and hint. */
extern void graph_check_overlap(Mig *m, const MigGraph *g, Nodes nodes, const char *sqlstate,
								const char *hint);
extern MigList graph_ids(Mig *m, const MigGraph *g, Nodes nodes);
/* "a", "b" and 3 more */
extern const char *graph_names(Mig *m, const MigGraph *g, Nodes nodes);
/* The branch labels of every node as Alembic propagates them, sorted. */
extern MigList *graph_labels(Mig *m, const MigGraph *g);

/* ---- target.c: the text of a target -> nodes, see the file's header ---- */

/*
 * All that target names, several with commas between them; none for "base".
 * "-N" from a head may lead below a base: real makes that an error.
 */
extern Nodes target_several(Mig *m, const MigGraph *g, MigText target, bool real);
/* All that a text without commas names, real or not. */
extern Nodes target_revisions(Mig *m, const MigGraph *g, MigText target);
/* The one that it names, NODE_NONE for "base"; 55000 for several heads. */
extern Node target_revision(Mig *m, const MigGraph *g, MigText target);
/*
 * Where an upgrade from current goes.  strict: current are version rows, and
 * too far a walk is an error; else they are texts, and the walk ends early.
 */
extern Nodes target_upgrade(Mig *m, const MigGraph *g, MigList current, MigText target,
							bool strict);

typedef struct Below
{
	MigText label; /* the branch to take down, null: all */
	Node node;     /* what stays, NODE_NONE or NODE_BELOW: nothing */
} Below;

/* Where a downgrade from current goes. */
extern Below target_downgrade(Mig *m, const MigGraph *g, MigList current, MigText target,
							  bool strict);
/* Those of nodes that share a line of descent with what against names. */
extern Nodes target_lineage(Mig *m, const MigGraph *g, Nodes nodes, MigText against,
							bool dependencies);
/* The revision whose branch a label (or identifier) in target means. */
extern Node target_branch(Mig *m, const MigGraph *g, MigText target, MigText label);
/* Raises for a missing or empty target. */
extern void target_check(Mig *m, MigText target);

/* ---- order.c ---- */

/*
 * The nodes of todo, newest first.  within: those through which one may
 * descend from another.  heads: where to begin, further ones are found.
 */
extern Nodes order_newest_first(Mig *m, const MigGraph *g, const bool *todo, const bool *within,
								Nodes heads);

/* ---- plan.c ---- */

/* The revisions of a range, newest first; null: all. */
extern Nodes plan_history(Mig *m, const MigGraph *g, MigList rows, MigText range);

#endif
