/*
 * graph_sets.c - what is asked of a graph: what is reached, the heads, what the
 * version rows cover, the branch labels of each revision
 */
#include "graph.h"

#include <stdlib.h>

/* ---- sets ---- */

/*
 * Every set here comes from this: ancestors, descendants, what is applied.  A walk by a list; time
 * and memory are those of the whole graph.
 */
bool *
graph_reach(Mig *m, const MigGraph *g, Edges edges, Nodes from)
{
	bool *set = mig_alloc(m, g->n, sizeof(bool));
	Node *todo = mig_alloc(m, g->n, sizeof(Node));
	size_t n = 0;

	for (size_t i = 0; i < from.n; i++)
		if (!set[from.at[i]])
		{
			set[from.at[i]] = true;
			todo[n++] = from.at[i];
		}
	while (n > 0)
	{
		Nodes near = graph_of(edges, todo[--n]);

		for (size_t i = 0; i < near.n; i++)
			if (!set[near.at[i]])
			{
				set[near.at[i]] = true;
				todo[n++] = near.at[i];
			}
	}
	return set;
}

/* In the order of nodes, which is that of identifiers. */
Nodes
graph_members(Mig *m, const MigGraph *g, const bool *set)
{
	Nodes members = {mig_alloc(m, g->n, sizeof(Node)), 0};

	for (Node x = 0; x < g->n; x++)
		if (set[x])
			members.at[members.n++] = x;
	return members;
}

/* Alembic's "head" in what it prints: nobody revises it or depends on it. */
bool
graph_is_real_head(const MigGraph *g, Node x)
{
	return graph_of(g->all_next, x).n == 0;
}

/* Nodes without neighbours. */
static Nodes
ends(Mig *m, const MigGraph *g, Edges edges)
{
	Nodes found = {mig_alloc(m, g->n, sizeof(Node)), 0};

	for (Node x = 0; x < g->n; x++)
		if (graph_of(edges, x).n == 0)
			found.at[found.n++] = x;
	return found;
}

/* Alembic's two: heads and _real_heads. */
Nodes
graph_heads(Mig *m, const MigGraph *g, bool real)
{
	return ends(m, g, real ? g->all_next : g->next);
}

Nodes
graph_bases(Mig *m, const MigGraph *g)
{
	return ends(m, g, g->down);
}

MigList
graph_ids(Mig *m, const MigGraph *g, Nodes nodes)
{
	MigList ids = {mig_alloc(m, nodes.n, sizeof(MigText)), nodes.n};

	for (size_t i = 0; i < nodes.n; i++)
		ids.at[i] = graph_id(g, nodes.at[i]);
	return ids;
}

/* Ten fit into a line of an error. */
const char *
graph_names(Mig *m, const MigGraph *g, Nodes nodes)
{
	MigBuf buf = mig_buf(m);
	size_t shown = nodes.n <= 10 ? nodes.n : 8;

	for (size_t i = 0; i < shown; i++)
		mig_buf_format(&buf, "%s\"%.*s\"", i > 0 ? ", " : "", MIG_ARG(graph_id(g, nodes.at[i])));
	if (shown < nodes.n)
		mig_buf_format(&buf, " and %zu more", nodes.n - shown);
	return mig_buf_text(&buf).at;
}

/* ---- version rows ---- */

/* The words are Alembic's: the question that its users ask most. */
_Noreturn void
graph_fail_row(Mig *m, MigText row, const char *what)
{
	mig_raise(
		m, &(MigError){MIG_WRONG_STATE,
					   mig_format(m, "can't locate revision identified by \"%.*s\"", MIG_ARG(row)),
					   mig_format(m,
								  "No such %s: \"%.*s\" stands in migrate_version, but not in "
								  "migrate_revision.",
								  what, MIG_ARG(row)),
					   "Add the missing script with migrate_add(), or set the version anew with "
					   "migrate_stamp(target, purge).",
					   NULL});
}

/* In the order of rows, not of nodes. */
Nodes
graph_rows(Mig *m, const MigGraph *g, MigList rows)
{
	Nodes nodes = {mig_alloc(m, rows.n, sizeof(Node)), rows.n};

	for (size_t i = 0; i < rows.n; i++)
	{
		const MigRevision *known = mig_graph_find(g, rows.at[i]);

		if (known == NULL)
			graph_fail_row(m, rows.at[i], "revision or branch");
		nodes.at[i] = (Node) (known - g->revisions.at);
	}
	return nodes;
}

/* A node of which another is an ancestor: there is one, graph_check_overlap() has seen it. */
static Node
node_above(Mig *m, const MigGraph *g, Nodes nodes, Node below)
{
	const bool *above = graph_reach(m, g, g->all_next, (Nodes){&below, 1});

	for (size_t i = 0; i < nodes.n; i++)
		if (nodes.at[i] != below && above[nodes.at[i]])
			return nodes.at[i];
	return below;
}

/*
 * Marks what is below all of them at once: with thousands of rows, pairs are too many.  So it
 * starts from their parents, or each would be found to be below itself.
 */
void
graph_check_overlap(Mig *m, const MigGraph *g, Nodes nodes, const char *sqlstate, const char *hint)
{
	Nodes parents = {NULL, 0};
	const bool *below;
	size_t room = 0;

	if (nodes.n < 2)
		return;
	for (size_t i = 0; i < nodes.n; i++)
		room += graph_of(g->parents, nodes.at[i]).n;
	parents.at = mig_alloc(m, room, sizeof(Node));
	for (size_t i = 0; i < nodes.n; i++)
	{
		Nodes near = graph_of(g->parents, nodes.at[i]);

		for (size_t k = 0; k < near.n; k++)
			parents.at[parents.n++] = near.at[k];
	}
	below = graph_reach(m, g, g->parents, parents);
	for (size_t i = 0; i < nodes.n; i++)
		if (below[nodes.at[i]])
		{
			MigText above = graph_id(g, node_above(m, g, nodes, nodes.at[i]));
			MigText other = graph_id(g, nodes.at[i]);

			mig_raise(m,
					  &(MigError){sqlstate,
								  mig_format(m, "revision \"%.*s\" overlaps with revision \"%.*s\"",
											 MIG_ARG(above), MIG_ARG(other)),
								  mig_format(m,
											 "\"%.*s\" is an ancestor of \"%.*s\", which "
											 "contains it.",
											 MIG_ARG(other), MIG_ARG(above)),
								  hint, NULL});
		}
}

/* The rows that the store knows, for those who do not mind the others. */
static Nodes
known_rows(Mig *m, const MigGraph *g, MigList rows)
{
	Nodes nodes = {mig_alloc(m, rows.n, sizeof(Node)), 0};

	for (size_t i = 0; i < rows.n; i++)
	{
		const MigRevision *known = mig_graph_find(g, rows.at[i]);

		if (known)
			nodes.at[nodes.n++] = (Node) (known - g->revisions.at);
	}
	return nodes;
}

/* Rows that the store does not know are no reason to fail: adding their scripts asks here. */
bool
mig_graph_applied(Mig *m, const MigGraph *g, MigList rows, MigText id)
{
	const MigRevision *revision = mig_graph_find(g, id);

	return revision &&
		   graph_reach(m, g, g->parents, known_rows(m, g, rows))[revision - g->revisions.at];
}

/* As in mig_graph_applied(), unknown rows count as none. */
MigList
mig_graph_all_applied(Mig *m, const MigGraph *g, MigList rows)
{
	const bool *applied = graph_reach(m, g, g->parents, known_rows(m, g, rows));
	MigLines ids = mig_lines(m);

	for (Node x = 0; x < g->n; x++)
		if (applied[x])
			mig_lines_add(&ids, graph_id(g, x));
	return ids.list;
}

/* ---- branch labels ---- */

/*
 * A label belongs to all descendants (through down) of the revision that
 * declares it.  Where those are one line without a branch or merge point, it
 * belongs to the line above it as well, up to the next such point.  So of
 *
 *   a - b2
 *    \
 *     b3 - c3 [right] - d3
 *
 * b3, c3 and d3 are on the branch right, and a is not.
 */

/*
 * May labels rise from x?  Then nothing but a line of such nodes comes after it.  rising: of those
 * above it, which come before in this walk.
 */
static bool
rises(const MigGraph *g, const bool *rising, Node x)
{
	Nodes next = graph_of(g->next, x);

	if (graph_of(g->all_next, x).n > 1 || graph_of(g->down, x).n > 1)
		return false;
	return next.n == 0 || rising[next.at[0]];
}

/* Sorted, each once. */
static MigList
sorted_set(MigList list)
{
	size_t n = 0;

	if (list.n > 1)
		qsort(list.at, list.n, sizeof(MigText), text_compare);
	for (size_t i = 0; i < list.n; i++)
		if (n == 0 || !mig_same(list.at[n - 1], list.at[i]))
			list.at[n++] = list.at[i];
	list.n = n;
	return list;
}

static void
add_all(MigLines *lines, MigList list)
{
	for (size_t i = 0; i < list.n; i++)
		mig_lines_add(lines, list.at[i]);
}

/*
 * For each node the labels that rise to it from the line above; equal lists are shared.  From the
 * top down, in the reverse of g->order.
 */
static MigList *
risen_labels(Mig *m, const MigGraph *g)
{
	MigList *risen = mig_alloc(m, g->n, sizeof(MigList));
	bool *rising = mig_alloc(m, g->n, sizeof(bool));

	for (size_t i = g->n; i-- > 0;)
	{
		Node x = g->order[i];
		Nodes next = graph_of(g->next, x);
		MigLines lines = mig_lines(m);

		rising[x] = rises(g, rising, x);
		if (!rising[x] || next.n == 0)
			continue;
		risen[x] = risen[next.at[0]];
		if (g->revisions.at[next.at[0]].labels.n == 0)
			continue;
		add_all(&lines, risen[next.at[0]]);
		add_all(&lines, g->revisions.at[next.at[0]].labels);
		risen[x] = lines.list;
	}
	return risen;
}

/*
 * Lists are shared along a line, or a label at the root of 10,000 would fill memory.  From the
 * bottom up: each has what its parents have, its own and what rose to it.
 */
MigList *
graph_labels(Mig *m, const MigGraph *g)
{
	const MigList *risen = risen_labels(m, g);
	MigList *all = mig_alloc(m, g->n, sizeof(MigList));

	for (Node i = 0; i < g->n; i++)
	{
		Node x = g->order[i];
		Nodes down = graph_of(g->down, x);
		MigList own = g->revisions.at[x].labels;
		MigLines lines = mig_lines(m);

		/* along a line nothing changes: share the parent's list */
		if (down.n == 1 && own.n == 0 && risen[x].n <= risen[down.at[0]].n)
		{
			all[x] = all[down.at[0]];
			continue;
		}
		add_all(&lines, risen[x]);
		add_all(&lines, own);
		for (size_t k = 0; k < down.n; k++)
			add_all(&lines, all[down.at[k]]);
		all[x] = sorted_set(lines.list);
	}
	return all;
}
