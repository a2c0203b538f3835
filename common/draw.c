/*
 * draw.c - what people look at: tables, the verbose form of one revision, and
 * the whole history drawn as text, for Graphviz and for Mermaid
 */
#include "graph.h"

#include <string.h>

const MigColumn mig_current_columns[] = {{"revision", MIG_TEXT},
										 {"message", MIG_TEXT},
										 {"is_head", MIG_BOOL},
										 {"since", MIG_TIME},
										 {NULL, MIG_TEXT}};
const MigColumn mig_heads_columns[] = {{"revision", MIG_TEXT},
									   {"labels", MIG_TEXTS},
									   {"message", MIG_TEXT},
									   {"is_current", MIG_BOOL},
									   {NULL, MIG_TEXT}};
const MigColumn mig_branches_columns[] = {
	{"revision", MIG_TEXT}, {"children", MIG_TEXTS}, {"message", MIG_TEXT}, {NULL, MIG_TEXT}};
const MigColumn mig_history_columns[] = {
	{"revision", MIG_TEXT},		 {"revises", MIG_TEXTS},	 {"depends", MIG_TEXTS},
	{"labels", MIG_TEXTS},		 {"message", MIG_TEXT},		 {"created_at", MIG_TIME},
	{"is_head", MIG_BOOL},		 {"is_current", MIG_BOOL},	 {"is_applied", MIG_BOOL},
	{"is_branchpoint", MIG_BOOL}, {"is_mergepoint", MIG_BOOL}, {NULL, MIG_TEXT}};
const MigColumn mig_plan_columns[] = {{"step", MIG_INT},
									  {"direction", MIG_TEXT},
									  {"revision", MIG_TEXT},
									  {"heads_after", MIG_TEXTS},
									  {"message", MIG_TEXT},
									  {"transactional", MIG_BOOL},
									  {NULL, MIG_TEXT}};
const MigColumn mig_resolve_columns[] = {{"revision", MIG_TEXT}, {NULL, MIG_TEXT}};

/* ---- what is current and applied ---- */

/* For each node its version row, or NULL.  Rows that the store does not know have none. */
static const MigVersion **
find_versions(Mig *m, const MigGraph *g, const MigStore *store)
{
	const MigVersion **versions = mig_alloc(m, g->n, sizeof(MigVersion *));

	for (size_t i = 0; i < store->nversions; i++)
	{
		const MigRevision *known = mig_graph_find(g, store->versions[i].revision);

		if (known)
			versions[known - g->revisions.at] = &store->versions[i];
	}
	return versions;
}

static const bool *
find_applied(Mig *m, const MigGraph *g, const MigVersion **versions)
{
	Nodes rows = {mig_alloc(m, g->n, sizeof(Node)), 0};

	for (Node x = 0; x < g->n; x++)
		if (versions[x])
			rows.at[rows.n++] = x;
	return graph_reach(m, g, g->parents, rows);
}

static MigText
joined(Mig *m, MigList list)
{
	return mig_join(m, list, ",");
}

/* Identifiers, with commas. */
static MigText
joined_nodes(Mig *m, const MigGraph *g, Nodes nodes, const char *sep)
{
	MigLines ids = mig_lines(m);

	for (size_t i = 0; i < nodes.n; i++)
		mig_lines_add(&ids, graph_id(g, nodes.at[i]));
	return mig_join(m, ids.list, sep);
}

static bool
is_branchpoint(const MigGraph *g, Node x)
{
	return graph_of(g->next, x).n > 1;
}

static bool
is_mergepoint(const MigGraph *g, Node x)
{
	return graph_of(g->down, x).n > 1;
}

/* ---- tables ---- */

/* Is anything applied that revises x? */
static bool
is_covered(const MigGraph *g, const bool *applied, Node x)
{
	Nodes next = graph_of(g->next, x);

	for (size_t i = 0; i < next.n; i++)
		if (applied[next.at[i]])
			return true;
	return false;
}

/*
 * As in Alembic, current is also what has no row because another current
 * revision depends on it, if nothing applied revises it.
 */
MigTable *
mig_current(Mig *m, const MigGraph *g, const MigStore *store)
{
	MigTable *table = mig_table(m, mig_current_columns);
	const MigVersion **versions = find_versions(m, g, store);
	const bool *applied =
		graph_reach(m, g, g->parents, graph_rows(m, g, mig_store_rows(m, store)));

	for (Node x = 0; x < g->n; x++)
	{
		MigText *row;

		if (!applied[x] || is_covered(g, applied, x))
			continue;
		row = mig_table_row(m, table);
		row[0] = graph_id(g, x);
		row[1] = g->revisions.at[x].message;
		row[2] = mig_cell_bool(graph_is_real_head(g, x));
		if (versions[x])
			row[3] = versions[x]->since;
	}
	return table;
}

MigTable *
mig_heads(Mig *m, const MigGraph *g, const MigStore *store, bool resolve_dependencies)
{
	MigTable *table = mig_table(m, mig_heads_columns);
	const MigVersion **versions = find_versions(m, g, store);
	const MigList *labels = graph_labels(m, g);
	Nodes heads = graph_heads(m, g, resolve_dependencies);

	for (size_t i = 0; i < heads.n; i++)
	{
		Node x = heads.at[i];
		MigText *row = mig_table_row(m, table);

		row[0] = graph_id(g, x);
		row[1] = joined(m, labels[x]);
		row[2] = g->revisions.at[x].message;
		row[3] = mig_cell_bool(versions[x] != NULL);
	}
	return table;
}

MigTable *
mig_branches(Mig *m, const MigGraph *g, const MigStore *store)
{
	MigTable *table = mig_table(m, mig_branches_columns);
	Nodes nodes = plan_history(m, g, mig_store_rows(m, store), (MigText){NULL, 0});

	for (size_t i = 0; i < nodes.n; i++)
	{
		MigText *row;

		if (!is_branchpoint(g, nodes.at[i]))
			continue;
		row = mig_table_row(m, table);
		row[0] = graph_id(g, nodes.at[i]);
		row[1] = joined_nodes(m, g, graph_of(g->next, nodes.at[i]), ",");
		row[2] = g->revisions.at[nodes.at[i]].message;
	}
	return table;
}

MigTable *
mig_history(Mig *m, const MigGraph *g, const MigStore *store, MigText range)
{
	MigTable *table = mig_table(m, mig_history_columns);
	const MigVersion **versions = find_versions(m, g, store);
	const bool *applied = find_applied(m, g, versions);
	const MigList *labels = graph_labels(m, g);
	Nodes nodes = plan_history(m, g, mig_store_rows(m, store), range);

	for (size_t i = 0; i < nodes.n; i++)
	{
		Node x = nodes.at[i];
		const MigRevision *revision = &g->revisions.at[x];
		MigText *row = mig_table_row(m, table);

		row[0] = revision->id;
		row[1] = joined(m, revision->revises);
		row[2] = joined(m, revision->depends);
		row[3] = joined(m, labels[x]);
		row[4] = revision->message;
		row[5] = revision->created;
		row[6] = mig_cell_bool(graph_is_real_head(g, x));
		row[7] = mig_cell_bool(versions[x] != NULL);
		row[8] = mig_cell_bool(applied[x]);
		row[9] = mig_cell_bool(is_branchpoint(g, x));
		row[10] = mig_cell_bool(is_mergepoint(g, x));
	}
	return table;
}

MigTable *
mig_plan_table(Mig *m, const MigGraph *g, const MigStore *store, MigText target,
			   MigDirection direction)
{
	MigTable *table = mig_table(m, mig_plan_columns);
	MigList rows = mig_store_rows(m, store);
	MigPlan plan = mig_plan(m, g, rows, target, direction);

	for (size_t i = 0; i < plan.n; i++)
	{
		const MigStep *step = &plan.steps[i];
		MigText *row = mig_table_row(m, table);

		rows = mig_plan_apply(m, rows, step);
		row[0] = mig_cell_int(m, (int64_t) i + 1);
		row[1] = mig_text(step->direction == MIG_UPGRADE ? "upgrade" : "downgrade");
		row[2] = step->revision ? step->revision->id : step->from.at[0];
		row[3] = joined(m, rows);
		row[4] = step->revision ? step->revision->message : mig_text("");
		row[5] = mig_cell_bool(step->stamp || step->revision->transactional);
	}
	return table;
}

/* What a target names, with "current" for the version rows. */
static Nodes
resolve(Mig *m, const MigGraph *g, const MigStore *store, MigText target)
{
	Nodes nodes;

	target_check(m, target);
	if (mig_same(target, mig_text("current")))
		return graph_rows(m, g, mig_store_rows(m, store));
	nodes = target_several(m, g, target);
	for (size_t i = 0; i < nodes.n; i++)
		if (nodes.at[i] >= g->n)
			mig_raise(m, &(MigError){MIG_INVALID_VALUE,
									 mig_format(m,
												"relative revision \"%.*s\" didn't produce a "
												"revision",
												MIG_ARG(target)),
									 "It goes below a base.", "Give a smaller number.", NULL});
	return nodes;
}

MigTable *
mig_resolve(Mig *m, const MigGraph *g, const MigStore *store, MigText target)
{
	MigTable *table = mig_table(m, mig_resolve_columns);
	Nodes nodes = resolve(m, g, store, target);

	for (size_t i = 0; i < nodes.n; i++)
		mig_table_row(m, table)[0] = graph_id(g, nodes.at[i]);
	return table;
}

/* ---- one revision ---- */

/* A line of the verbose form, if there is something to say. */
static void
show_list(MigBuf *buf, const char *name, MigText list)
{
	if (list.len > 0)
		mig_buf_format(buf, "%s: %.*s\n", name, MIG_ARG(list));
}

static void
show_node(Mig *m, MigBuf *buf, const MigGraph *g, Node x, bool current, MigList labels)
{
	const MigRevision *revision = &g->revisions.at[x];
	bool branch = is_branchpoint(g, x);
	bool merge = is_mergepoint(g, x);
	bool head = graph_of(g->next, x).n == 0;

	mig_buf_format(buf, "Rev: %.*s%s%s%s%s\n", MIG_ARG(revision->id), head ? " (head)" : "",
				   branch ? " (branchpoint)" : "", merge ? " (mergepoint)" : "",
				   current ? " (current)" : "");
	show_list(buf, merge ? "Merges" : "Parent",
			  revision->revises.n > 0 ? mig_join(m, revision->revises, ", ")
									  : mig_text("<base>"));
	show_list(buf, "Also depends on", mig_join(m, revision->depends, ", "));
	if (branch)
		show_list(buf, "Branches into", joined_nodes(m, g, graph_of(g->next, x), ", "));
	show_list(buf, "Branch names", mig_join(m, labels, ", "));
	mig_buf_format(buf, "\n    %.*s\n", MIG_ARG(revision->message));
}

MigText
mig_show(Mig *m, const MigGraph *g, const MigStore *store, MigText target)
{
	MigBuf buf = mig_buf(m);
	const MigVersion **versions = find_versions(m, g, store);
	const MigList *labels = graph_labels(m, g);
	Nodes nodes = resolve(m, g, store, target);

	for (size_t i = 0; i < nodes.n; i++)
	{
		Node x = nodes.at[i];

		if (i > 0)
			mig_buf_str(&buf, "\n");
		show_node(m, &buf, g, x, versions[x] != NULL, labels[x]);
	}
	return mig_buf_text(&buf);
}
