/*
 * draw.c - what people look at: tables, the verbose form of one revision, and
 * the whole history drawn as text, for Graphviz and for Mermaid
 *
 * What is drawn is the history, newest first; as text it is
 *
 *   o d4 (head) four
 *   |\
 *   * | b2 (current) two
 *   | o c3 [left] three
 *   |/
 *   * a1 one
 *   (* applied, o pending)
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
	{"revision", MIG_TEXT},       {"revises", MIG_TEXTS},      {"depends", MIG_TEXTS},
	{"labels", MIG_TEXTS},        {"message", MIG_TEXT},       {"created_at", MIG_TIME},
	{"is_head", MIG_BOOL},        {"is_current", MIG_BOOL},    {"is_applied", MIG_BOOL},
	{"is_branchpoint", MIG_BOOL}, {"is_mergepoint", MIG_BOOL}, {NULL, MIG_TEXT}};
const MigColumn mig_plan_columns[] = {{"step", MIG_INT},      {"direction", MIG_TEXT},
									  {"revision", MIG_TEXT}, {"heads_after", MIG_TEXTS},
									  {"message", MIG_TEXT},  {"transactional", MIG_BOOL},
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

/*
 * For looking at things: rows that the store does not know are left out, not refused, as what is
 * wrong is looked at with these functions.
 */
static const bool *
find_applied(Mig *m, const MigGraph *g, const MigVersion **versions)
{
	Nodes rows = {mig_alloc(m, g->n, sizeof(Node)), 0};

	for (Node x = 0; x < g->n; x++)
		if (versions[x])
			rows.at[rows.n++] = x;
	return graph_reach(m, g, g->parents, rows);
}

/*
 * Of MIG_TEXTS: the adapter makes an array of it where the engine has some.  Names have no commas.
 */
static MigText
list_cell(Mig *m, MigList list)
{
	return mig_join(m, list, ",");
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
	const bool *applied = graph_reach(m, g, g->parents, graph_rows(m, g, mig_store_rows(m, store)));

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

/* resolve_dependencies: Alembic's option of that name; without it a head may have dependents. */
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
		row[1] = list_cell(m, labels[x]);
		row[2] = g->revisions.at[x].message;
		row[3] = mig_cell_bool(versions[x] != NULL);
	}
	return table;
}

/* In the order of the history, as Alembic's. */
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
		row[1] = list_cell(m, graph_ids(m, g, graph_of(g->next, nodes.at[i])));
		row[2] = g->revisions.at[nodes.at[i]].message;
	}
	return table;
}

/* is_head is the real head, which nobody depends on either, as Alembic's list prints it. */
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
		row[1] = list_cell(m, revision->revises);
		row[2] = list_cell(m, revision->depends);
		row[3] = list_cell(m, labels[x]);
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

/*
 * Version rows as a cell, "a,b,c" in order.  A step changes few of them, and
 * with thousands of branches nearly all that a plan shows is such cells: each
 * is the one before with a piece cut out or put in.
 */

/* Where in rows the first one begins that is not before id; rows.len if all are. */
static size_t
row_place(MigText rows, MigText id)
{
	size_t low = 0;
	size_t high = rows.len;

	while (low < high)
	{
		size_t at = low + (high - low) / 2;
		const char *end;

		while (at > low && rows.at[at - 1] != ',')
			at--;
		end = memchr(rows.at + at, ',', rows.len - at);
		if (end == NULL)
			end = rows.at + rows.len;
		if (mig_compare((MigText){rows.at + at, (size_t) (end - rows.at) - at}, id) >= 0)
			high = at;
		else
			low = (size_t) (end - rows.at) + 1;
	}
	return high;
}

/* Does nothing where the identifier is not there. */
static void
cut_row(MigBuf *rows, MigText id)
{
	size_t place = row_place((MigText){rows->at, rows->len}, id);
	size_t len = id.len + (rows->len > id.len); /* with a comma, unless it is the only one */

	if (rows->len - place < id.len || memcmp(rows->at + place, id.at, id.len) != 0)
		return;
	if (place > 0 && place + id.len == rows->len)
		place--;
	memmove(rows->at + place, rows->at + place + len, rows->len - place - len);
	rows->len -= len;
}

/* Before the first one that is not before it, so that the cell stays in order. */
static void
put_row(MigBuf *rows, MigText id)
{
	size_t place = row_place((MigText){rows->at, rows->len}, id);
	size_t rest = rows->len - place;

	if (rows->len == 0)
	{
		mig_buf_add(rows, id);
		return;
	}
	mig_buf_str(rows, ",");
	mig_buf_add(rows, id); /* all there is to do, where it is the last one */
	if (rest > 0)
	{
		memmove(rows->at + place + id.len + 1, rows->at + place, rest);
		memcpy(rows->at + place, id.at, id.len);
		rows->at[place + id.len] = ',';
	}
}

/* For each step the rows as they are then, which is what the table is for. */
MigTable *
mig_plan_table(Mig *m, const MigGraph *g, const MigStore *store, MigText target,
			   MigDirection direction)
{
	MigTable *table = mig_table(m, mig_plan_columns);
	MigList before = mig_store_rows(m, store);
	MigPlan plan = mig_plan(m, g, before, target, direction);
	MigBuf rows = mig_buf(m);

	for (size_t i = 0; i < before.n; i++)
		put_row(&rows, before.at[i]);
	for (size_t i = 0; i < plan.n; i++)
	{
		const MigStep *step = &plan.steps[i];
		MigText *row = mig_table_row(m, table);

		for (size_t k = 0; k < step->removed.n; k++)
			cut_row(&rows, step->removed.at[k]);
		for (size_t k = 0; k < step->added.n; k++)
			put_row(&rows, step->added.at[k]);
		row[0] = mig_cell_int(m, (int64_t) i + 1);
		row[1] = mig_text(mig_direction_name(step->direction));
		row[2] = step->revision ? step->revision->id : step->from.at[0];
		row[3] = mig_copy(m, (MigText){rows.at, rows.len});
		row[4] = step->revision ? step->revision->message : mig_text("");
		/* NOLINTNEXTLINE(*NullDereference): a step without a revision is a stamp */
		row[5] = mig_cell_bool(step->stamp || step->revision->transactional);
	}
	return table;
}

/* What a target names, with "current" for the version rows. */
static Nodes
resolve_target(Mig *m, const MigGraph *g, const MigStore *store, MigText target)
{
	if (mig_same(target, mig_text("current")))
		return graph_rows(m, g, mig_store_rows(m, store));
	return target_several(m, g, target, true);
}

MigTable *
mig_resolve(Mig *m, const MigGraph *g, const MigStore *store, MigText target)
{
	MigTable *table = mig_table(m, mig_resolve_columns);
	Nodes nodes = resolve_target(m, g, store, target);

	for (size_t i = 0; i < nodes.n; i++)
		mig_table_row(m, table)[0] = graph_id(g, nodes.at[i]);
	return table;
}

/* Of functions that are about one revision: what names several or none would be guessed at. */
const MigRevision *
mig_resolve_one(Mig *m, const MigGraph *g, const MigStore *store, MigText target)
{
	Nodes nodes = resolve_target(m, g, store, target);

	if (nodes.n != 1)
		mig_raise(
			m, &(MigError){MIG_INVALID_VALUE,
						   mig_format(m, "\"%.*s\" does not name one revision", MIG_ARG(target)),
						   nodes.n == 0 ? "It names none."
										: mig_format(m, "It names %s.", graph_names(m, g, nodes)),
						   "Give the revision's identifier.", NULL});
	return &g->revisions.at[nodes.at[0]];
}

/* ---- one revision ---- */

/* A line of the verbose form, if there is something to say. */
static void
show_list(MigBuf *buf, const char *name, MigText list)
{
	if (list.len > 0)
		mig_buf_format(buf, "%s: %.*s\n", name, MIG_ARG(list));
}

/* Alembic's lines without the path; "(head)" here means that nobody revises it. */
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
			  revision->revises.n > 0 ? mig_join(m, revision->revises, ", ") : mig_text("<base>"));
	show_list(buf, "Also depends on", mig_join(m, revision->depends, ", "));
	if (branch)
		show_list(buf, "Branches into", mig_join(m, graph_ids(m, g, graph_of(g->next, x)), ", "));
	show_list(buf, "Branch names", mig_join(m, labels, ", "));
	mig_buf_format(buf, "\n    %.*s\n", MIG_ARG(revision->message));
}

/* With an empty line between two; of base there is nothing to show. */
MigText
mig_show(Mig *m, const MigGraph *g, const MigStore *store, MigText target)
{
	MigBuf buf = mig_buf(m);
	const MigVersion **versions = find_versions(m, g, store);
	const MigList *labels = graph_labels(m, g);
	Nodes nodes = resolve_target(m, g, store, target);

	for (size_t i = 0; i < nodes.n; i++)
	{
		Node x = nodes.at[i];

		if (i > 0)
			mig_buf_str(&buf, "\n");
		show_node(m, &buf, g, x, versions[x] != NULL, labels[x]);
	}
	return mig_buf_text(&buf);
}

/* ---- the whole history ---- */

/* What is drawn, and what is known about it. */
typedef struct Drawing
{
	Mig *m;
	const MigGraph *g;
	Nodes nodes; /* newest first */
	const MigVersion **versions;
	const bool *applied;
	MigBuf buf;
} Drawing;

#define WIDTH 80

/* Bytes of text that take at most columns columns; characters are taken to be as wide as one. */
static size_t
cut(MigText text, size_t columns)
{
	size_t i = 0;

	for (; i < text.len; i++)
		if (((unsigned char) text.at[i] & 0xc0) != 0x80 && columns-- == 0)
			break;
	return i;
}

/* The longer of text and width ends in dots. */
static void
add_cut(MigBuf *buf, MigText text, size_t columns)
{
	if (cut(text, columns) == text.len)
		mig_buf_add(buf, text);
	else
		mig_buf_format(buf, "%.*s...", (int) cut(text, columns - 3), text.at);
}

/* "375b918c8740 (head) (current) [billing] add user_profiles table" */
static MigText
describe(const Drawing *d, Node x)
{
	const MigRevision *revision = &d->g->revisions.at[x];
	MigBuf buf = mig_buf(d->m);

	mig_buf_add(&buf, revision->id);
	mig_buf_str(&buf, graph_is_real_head(d->g, x) ? " (head)" : "");
	mig_buf_str(&buf, d->versions[x] ? " (current)" : "");
	if (revision->labels.n > 0)
		mig_buf_format(&buf, " [%s]", mig_join(d->m, revision->labels, ", ").at);
	if (revision->depends.n > 0)
		mig_buf_format(&buf, " needs %s", mig_join(d->m, revision->depends, ", ").at);
	if (revision->message.len > 0)
		mig_buf_format(&buf, " %.*s", MIG_ARG(revision->message));
	return mig_buf_text(&buf);
}

/* ---- as text, like git log --graph ---- */

#define NO_LANE SIZE_MAX

/*
 * Lines that are open below what has been drawn, from left to right, two
 * columns each.  No two of them lead to the same revision: what would is
 * joined at once.  Dependencies are told in words, since a line would look
 * like a merge.
 */
typedef struct Lanes
{
	Drawing *d;
	Node *to; /* the revision to which each leads */
	size_t n;
	size_t ended; /* the lane that ended in the last row drawn, NO_LANE: none did */
	char *row;
} Lanes;

static size_t
find_lane(const Lanes *l, Node x)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->to[i] == x)
			return i;
	return NO_LANE;
}

/* A row in which the lanes before stop go straight on. */
static void
begin_row(Lanes *l, size_t stop)
{
	memset(l->row, ' ', 2 * l->n + 2);
	for (size_t i = 0; i < stop; i++)
		l->row[2 * i] = '|';
}

/* Without the blanks at its end. */
static void
end_row(Lanes *l)
{
	size_t len = 2 * l->n + 2;

	while (len > 0 && l->row[len - 1] == ' ')
		len--;
	mig_buf_add(&l->d->buf, (MigText){l->row, len});
	mig_buf_str(&l->d->buf, "\n");
}

static void
insert_lane(Lanes *l, size_t at, Node to)
{
	memmove(l->to + at + 1, l->to + at, (l->n - at) * sizeof(Node));
	l->to[at] = to;
	l->n++;
}

static void
remove_lane(Lanes *l, size_t at)
{
	l->n--;
	memmove(l->to + at, l->to + at + 1, (l->n - at) * sizeof(Node));
}

/* A line from lane c to a new one at its right, which those behind it make room for. */
static void
open_lane(Lanes *l, size_t c, Node to)
{
	insert_lane(l, c + 1, to);
	begin_row(l, c + 1);
	for (size_t i = c; i + 1 < l->n; i++)
		l->row[2 * i + 1] = '\\';
	end_row(l);
}

/* Lane gone leads into lane keep at its left; those behind it move up. */
static void
close_lane(Lanes *l, size_t keep, size_t gone)
{
	begin_row(l, gone);
	for (size_t i = keep; i + 1 < gone; i++)
		l->row[2 * i + 1] = '_';
	for (size_t i = gone; i < l->n; i++)
		l->row[2 * i - 1] = '/';
	end_row(l);
	remove_lane(l, gone);
}

/* A line from lane c to another one, both go on. */
static void
link_lane(Lanes *l, size_t c, size_t other)
{
	begin_row(l, l->n);
	for (size_t i = c < other ? c : other; i < c || i < other; i++)
		l->row[2 * i + 1] = '_';
	if (other < c)
		l->row[2 * c - 1] = '/';
	else
		l->row[2 * c + 1] = '\\';
	end_row(l);
}

/* Nothing is below a base: those behind it move up. */
static void
end_lane(Lanes *l, size_t c)
{
	if (c + 1 == l->n)
		l->ended = c;
	else
	{
		begin_row(l, c);
		for (size_t i = c + 1; i < l->n; i++)
			l->row[2 * i - 1] = '/';
		end_row(l);
	}
	remove_lane(l, c);
}

/* A new lane at the end.  Right below a base it would look like that one's parent: hence a gap. */
static size_t
begin_lane(Lanes *l, Node x)
{
	if (l->ended == l->n)
	{
		begin_row(l, l->n);
		end_row(l);
	}
	insert_lane(l, l->n, x);
	return l->n - 1;
}

/* A star is applied, as in git; what does not fit into the width is cut. */
static void
draw_row(Lanes *l, size_t c, Node x)
{
	size_t before = 2 * l->n;

	begin_row(l, l->n);
	l->row[2 * c] = l->d->applied[x] ? '*' : 'o';
	mig_buf_add(&l->d->buf, (MigText){l->row, before});
	add_cut(&l->d->buf, describe(l->d, x), before + 40 < WIDTH ? WIDTH - before : 40);
	mig_buf_str(&l->d->buf, "\n");
}

/*
 * Further parents first, from the last to the second: each new lane pushes the ones before.  The
 * first parent keeps the lane of its child, so a line without merges is drawn straight.
 */
static void
draw_node(Lanes *l, Node x)
{
	Nodes down = graph_of(l->d->g->down, x);
	size_t c = find_lane(l, x);
	size_t other;

	if (c == NO_LANE)
		c = begin_lane(l, x);
	l->ended = NO_LANE;
	draw_row(l, c, x);
	if (down.n == 0)
	{
		end_lane(l, c);
		return;
	}
	for (size_t i = down.n - 1; i > 0; i--)
		if ((other = find_lane(l, down.at[i])) == NO_LANE)
			open_lane(l, c, down.at[i]);
		else
			link_lane(l, c, other);
	other = find_lane(l, down.at[0]);
	l->to[c] = down.at[0];
	if (other != NO_LANE)
		close_lane(l, other < c ? other : c, other < c ? c : other);
}

/* There can be no more lanes than revisions, and one that is being opened. */
static void
draw_text(Drawing *d)
{
	size_t room = (size_t) d->g->n + 2;
	Lanes l = {d, NULL, 0, NO_LANE, NULL};

	l.to = mig_alloc(d->m, room, sizeof(Node));
	l.row = mig_alloc(d->m, room, 2);
	for (size_t i = 0; i < d->nodes.n; i++)
		draw_node(&l, d->nodes.at[i]);
	mig_buf_str(&d->buf, d->nodes.n > 0 ? "(* applied, o pending)" : "(no revisions)");
}

/* ---- for programs that draw ---- */

/* Text with what a format gives a meaning written in another way: "from" to "to", pair by pair. */
static void
add_escaped(MigBuf *buf, MigText text, const char *from, const char *const *to)
{
	for (size_t i = 0; i < text.len; i++)
	{
		const char *found = memchr(from, text.at[i], strlen(from));

		if (found)
			mig_buf_str(buf, to[found - from]);
		else
			mig_buf_add(buf, (MigText){text.at + i, 1});
	}
}

static void
add_dot(MigBuf *buf, MigText text)
{
	static const char *const to[] = {"\\\"", "\\\\"};

	add_escaped(buf, text, "\"\\", to);
}

/* From parent to child, as time goes; graphviz turns it so that the newest is at the top. */
static void
draw_dot_edges(Drawing *d, Node x)
{
	Nodes parents = graph_of(d->g->parents, x);
	size_t down = graph_of(d->g->down, x).n;

	for (size_t i = 0; i < parents.n; i++)
	{
		mig_buf_str(&d->buf, "\t\"");
		add_dot(&d->buf, graph_id(d->g, parents.at[i]));
		mig_buf_str(&d->buf, "\" -> \"");
		add_dot(&d->buf, graph_id(d->g, x));
		mig_buf_str(&d->buf, i < down ? "\";\n" : "\" [style=dashed];\n");
	}
}

/* Graphviz: the newest at the top, dependencies dashed, what is applied grey, what is current bold
 */
static void
draw_dot(Drawing *d)
{
	mig_buf_str(&d->buf, "digraph migrate {\n\trankdir=BT;\n"
						 "\tnode [shape=box, style=filled, fillcolor=white];\n");
	for (size_t i = 0; i < d->nodes.n; i++)
	{
		Node x = d->nodes.at[i];

		mig_buf_str(&d->buf, "\t\"");
		add_dot(&d->buf, graph_id(d->g, x));
		mig_buf_str(&d->buf, "\" [label=\"");
		add_dot(&d->buf, describe(d, x));
		mig_buf_format(&d->buf, "\"%s%s];\n", d->applied[x] ? ", fillcolor=lightgrey" : "",
					   d->versions[x] ? ", penwidth=3" : "");
	}
	for (size_t i = 0; i < d->nodes.n; i++)
		draw_dot_edges(d, d->nodes.at[i]);
	mig_buf_str(&d->buf, "}");
}

/* Mermaid: nodes are numbered, since an identifier may be one of its key words. */
static void
draw_mermaid(Drawing *d)
{
	static const char *const to[] = {"#quot;", "#35;", "#lt;", "#gt;", "#amp;"};

	mig_buf_str(&d->buf, "flowchart BT\n"
						 "\tclassDef applied fill:#ddd\n"
						 "\tclassDef current fill:#ddd,stroke-width:3px\n");
	for (size_t i = 0; i < d->nodes.n; i++)
	{
		Node x = d->nodes.at[i];

		mig_buf_format(&d->buf, "\tr%u[\"", (unsigned) x);
		add_escaped(&d->buf, describe(d, x), "\"#<>&", to);
		mig_buf_format(&d->buf, "\"]%s\n",
					   d->versions[x]  ? ":::current"
					   : d->applied[x] ? ":::applied"
									   : "");
	}
	for (size_t i = 0; i < d->nodes.n; i++)
	{
		Nodes parents = graph_of(d->g->parents, d->nodes.at[i]);
		size_t down = graph_of(d->g->down, d->nodes.at[i]).n;

		for (size_t k = 0; k < parents.n; k++)
			mig_buf_format(&d->buf, "\tr%u %s r%u\n", (unsigned) parents.at[k],
						   k < down ? "-->" : "-.->", (unsigned) d->nodes.at[i]);
	}
}

/* All revisions, applied or not: a picture of the graph is not one of the database. */
MigText
mig_draw(Mig *m, const MigGraph *g, const MigStore *store, MigText format)
{
	Drawing d = {.m = m, .g = g, .buf = mig_buf(m)};

	d.nodes = plan_history(m, g, mig_store_rows(m, store), (MigText){NULL, 0});
	d.versions = find_versions(m, g, store);
	d.applied = find_applied(m, g, d.versions);
	if (mig_same(format, mig_text("text")))
		draw_text(&d);
	else if (mig_same(format, mig_text("dot")))
		draw_dot(&d);
	else if (mig_same(format, mig_text("mermaid")))
		draw_mermaid(&d);
	else
		mig_raise(m, &(MigError){MIG_INVALID_VALUE,
								 mig_format(m, "unknown graph format \"%.*s\"", MIG_ARG(format)),
								 NULL, "Use \"text\", \"dot\" or \"mermaid\".", NULL});
	return mig_buf_text(&d.buf);
}
