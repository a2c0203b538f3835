/*
 * graph.c - revisions as a graph
 *
 * Built once for each call from what the store holds, so it is fast rather
 * than small: identifiers and labels in a hash table, edges of each kind in
 * one array, both ways.  All walks are work lists; what is too broken to walk
 * (a missing parent, a cycle) is found while building and refused.
 *
 * Of b that revises a, and c that revises b and depends on a and on x:
 *
 *   down of c      b          what it revises
 *   deps of c      a, x       what it depends on
 *   parents of c   b, a, x    both: what must be applied before it
 *   normal of c    b, a, x    less a, if b or what is below b depended on it, too
 *   next of a      b          who revises it
 *   all_next of a  b, c       who revises it or depends on it
 */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

/* A graph in the making. */
typedef struct Builder
{
	Mig *m;
	MigGraph *g;
	Problem *first; /* what is wrong with it, in the order in which it was found */
	Problem **last;
	Node *seen; /* for each node, 1 + the node whose list last named it */
} Builder;

/* Goes on building: migrate_verify() wants all that is wrong, not the first thing. */
static void
note_problem(Builder *b, MigText revision, MigError error)
{
	Problem *problem = mig_alloc(b->m, 1, sizeof(Problem));

	problem->revision = revision;
	problem->error = error;
	*b->last = problem;
	b->last = &problem->next;
}

/* ---- keys ---- */

/* FNV-1a: short keys, no attacker whose collisions could do more than cost time. */
static uint32_t
hash(MigText key)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < key.len; i++)
		h = (h ^ (unsigned char) key.at[i]) * 16777619u;
	return h;
}

/* The text that a filled slot of the hash table stands for. */
static MigText
slot_key(const MigGraph *g, uint32_t slot)
{
	return slot <= g->n ? graph_id(g, slot - 1) : g->labels[slot - 1 - g->n].name;
}

/* The slot that holds key, or the empty one where it belongs. */
static uint32_t *
find_slot(const MigGraph *g, MigText key)
{
	uint32_t i = hash(key) & g->mask;

	while (g->slots[i] != 0 && !mig_same(slot_key(g, g->slots[i]), key))
		i = (i + 1) & g->mask;
	return &g->slots[i];
}

/* A slot tells identifiers from labels by its number, since both share one name space. */
Node
graph_key(const MigGraph *g, MigText key)
{
	uint32_t slot = *find_slot(g, key);

	if (slot == 0)
		return NODE_NONE;
	return slot <= g->n ? slot - 1 : g->labels[slot - 1 - g->n].node;
}

/* In identifier order a duplicate stands behind its first, which keeps the key. */
static void
add_identifiers(Builder *b)
{
	MigGraph *g = b->g;

	for (Node x = 0; x < g->n; x++)
	{
		uint32_t *slot = find_slot(g, graph_id(g, x));

		if (*slot == 0)
			*slot = x + 1;
		else
			note_problem(b, graph_id(g, x),
						 (MigError){MIG_DUPLICATE,
									mig_format(b->m, "revision \"%.*s\" is present more than once",
											   MIG_ARG(graph_id(g, x))),
									NULL, "Give one of them another identifier.", NULL});
	}
}

/* A label may be neither an identifier nor another label: a target could mean both. */
static void
add_label(Builder *b, Node x, MigText name)
{
	MigGraph *g = b->g;
	uint32_t *slot = find_slot(g, name);

	if (*slot != 0)
	{
		Node user = graph_key(g, name);

		note_problem(
			b, graph_id(g, x),
			(MigError){
				MIG_DUPLICATE,
				mig_format(b->m,
						   "label \"%.*s\" of revision \"%.*s\" is already used by revision "
						   "\"%.*s\"",
						   MIG_ARG(name), MIG_ARG(graph_id(g, x)), MIG_ARG(graph_id(g, user))),
				"Labels and identifiers share one name space.", "Choose another label.", NULL});
		return;
	}
	g->labels[g->nlabels] = (Label){name, x};
	*slot = 1 + g->n + (uint32_t) g->nlabels++;
}

static int
compare_labels(const void *a, const void *b)
{
	return mig_compare(((const Label *) a)->name, ((const Label *) b)->name);
}

/*
 * In the order of revisions, so that of two owners of a label it is always the second that is told;
 * then in that of names, which target_symbol.c wants.
 */
static void
add_labels(Builder *b)
{
	MigGraph *g = b->g;

	for (Node x = 0; x < g->n; x++)
		for (size_t i = 0; i < g->revisions.at[x].labels.n; i++)
			add_label(b, x, g->revisions.at[x].labels.at[i]);
	/* sorted, they stand elsewhere: their slots follow */
	for (uint32_t i = 0; i <= g->mask; i++)
		if (g->slots[i] > g->n)
			g->slots[i] = 0;
	if (g->nlabels > 1)
		qsort(g->labels, g->nlabels, sizeof(Label), compare_labels);
	for (uint32_t i = 0; i < g->nlabels; i++)
		*find_slot(g, g->labels[i].name) = 1 + g->n + i;
}

/* Half full at most, so that a look-up meets few others. */
static void
index_keys(Builder *b)
{
	MigGraph *g = b->g;
	size_t keys = g->n;
	uint32_t size = 16;

	for (Node x = 0; x < g->n; x++)
		keys += g->revisions.at[x].labels.n;
	while (size < 2 * keys)
		size *= 2;
	g->mask = size - 1;
	g->slots = mig_alloc(b->m, size, sizeof(uint32_t));
	g->labels = mig_alloc(b->m, keys - g->n, sizeof(Label));
	add_identifiers(b);
	add_labels(b);
}

/* ---- edges ---- */

/* start has one more than there are nodes, so that the last one's neighbours end somewhere. */
static Edges
new_edges(Builder *b, size_t room)
{
	return (Edges){mig_alloc(b->m, (size_t) b->g->n + 1, sizeof(uint32_t)),
				   mig_alloc(b->m, room, sizeof(Node))};
}

/*
 * The identifier that a cut one may stand for, NODE_NONE if none or several may: for a hint alone.
 * In a script identifiers are written in full, or a later revision could make one ambiguous.
 */
static Node
only_prefix(const MigGraph *g, MigText cut)
{
	Node found = NODE_NONE;

	for (Node x = 0; x < g->n && cut.len > 0; x++)
	{
		MigText id = graph_id(g, x);

		if (id.len < cut.len || memcmp(id.at, cut.at, cut.len) != 0)
			continue;
		if (found != NODE_NONE)
			return NODE_NONE;
		found = x;
	}
	return found;
}

/* The detail has the words by which Alembic's users know this mistake. */
static void
add_missing(Builder *b, Node x, MigText name, bool depends)
{
	Node meant = only_prefix(b->g, name);
	const char *hint = "Add that revision as well, in the same bundle or before.";

	if (meant != NODE_NONE)
		hint = mig_format(b->m, "Write it in full, as \"%.*s\".", MIG_ARG(graph_id(b->g, meant)));
	note_problem(
		b, graph_id(b->g, x),
		(MigError){MIG_UNKNOWN_OBJECT,
				   mig_format(b->m, "revision \"%.*s\" %s \"%.*s\", which does not exist",
							  MIG_ARG(graph_id(b->g, x)), depends ? "depends on" : "revises",
							  MIG_ARG(name)),
				   mig_format(b->m, "No such revision or branch: \"%.*s\".", MIG_ARG(name)), hint,
				   NULL});
}

static void
add_loop(Builder *b, Node x, bool depends)
{
	MigText id = graph_id(b->g, x);

	note_problem(b, id,
				 (MigError){MIG_INVALID_VALUE,
							mig_format(b->m, "%sself-loop is detected in revision \"%.*s\"",
									   depends ? "dependency " : "", MIG_ARG(id)),
							mig_format(b->m, "It %s itself.", depends ? "depends on" : "revises"),
							"Name the revision before it.", NULL});
}

/*
 * The node that a script names as a parent; a label will do as a dependency, as in Alembic.
 * NODE_NONE: it has been noted as a problem, and the edge is left out.
 */
static Node
named_node(Builder *b, Node x, MigText name, bool depends)
{
	uint32_t slot = *find_slot(b->g, name);
	Node parent = slot == 0 || (slot > b->g->n && !depends) ? NODE_NONE : graph_key(b->g, name);

	if (parent == NODE_NONE)
		add_missing(b, x, name, depends);
	else if (parent == x)
		add_loop(b, x, depends);
	else
		return parent;
	return NODE_NONE;
}

/* Edges from what each script lists, in its order, each neighbour once. */
static Edges
named_edges(Builder *b, bool depends)
{
	MigGraph *g = b->g;
	size_t room = 0;
	uint32_t n = 0;
	Edges edges;

	for (Node x = 0; x < g->n; x++)
		room += depends ? g->revisions.at[x].depends.n : g->revisions.at[x].revises.n;
	edges = new_edges(b, room);
	memset(b->seen, 0, g->n * sizeof(Node));
	for (Node x = 0; x < g->n; x++)
	{
		const MigRevision *r = &g->revisions.at[x];
		MigList names = depends ? r->depends : r->revises;

		for (size_t i = 0; i < names.n; i++)
		{
			Node parent = named_node(b, x, names.at[i], depends);

			if (parent == NODE_NONE || b->seen[parent] == x + 1)
				continue;
			b->seen[parent] = x + 1;
			edges.to[n++] = parent;
		}
		edges.start[x + 1] = n;
	}
	return edges;
}

/* What either has, each neighbour once, those of a first. */
static Edges
join_edges(Builder *b, Edges a, Edges other)
{
	Node count = b->g->n;
	Edges both = new_edges(b, (size_t) a.start[count] + other.start[count]);
	uint32_t n = 0;

	memset(b->seen, 0, count * sizeof(Node));
	for (Node x = 0; x < count; x++)
	{
		Nodes lists[] = {graph_of(a, x), graph_of(other, x)};

		for (int k = 0; k < 2; k++)
			for (size_t i = 0; i < lists[k].n; i++)
			{
				if (b->seen[lists[k].at[i]] == x + 1)
					continue;
				b->seen[lists[k].at[i]] = x + 1;
				both.to[n++] = lists[k].at[i];
			}
		both.start[x + 1] = n;
	}
	return both;
}

/* Turned round: a counting sort, so neighbours come in identifier order. */
static Edges
turn_edges(Builder *b, Edges edges)
{
	Node count = b->g->n;
	uint32_t total = edges.start[count];
	Edges turned = new_edges(b, total);
	uint32_t *next = mig_alloc(b->m, (size_t) count + 1, sizeof(uint32_t));

	for (uint32_t i = 0; i < total; i++)
		turned.start[edges.to[i] + 1]++;
	for (Node x = 0; x < count; x++)
		turned.start[x + 1] += turned.start[x];
	memcpy(next, turned.start, count * sizeof(uint32_t));
	for (Node x = 0; x < count; x++)
		for (uint32_t i = edges.start[x]; i < edges.start[x + 1]; i++)
			turned.to[next[edges.to[i]]++] = x;
	return turned;
}

/* ---- order and cycles ---- */

/*
 * Does x revise parent, and not only depend on it?  Tells which of Alembic's two words a cycle
 * has.
 */
static bool
has_parent(Edges down, Node x, Node parent)
{
	Nodes parents = graph_of(down, x);

	for (size_t i = 0; i < parents.n; i++)
		if (parents.at[i] == parent)
			return true;
	return false;
}

/* Reports the cycle that a walk down, which came back to x, has found. */
static void
add_cycle(Builder *b, const Node *below, Node x)
{
	MigLines names = mig_lines(b->m);
	bool depends = false;
	Node y = x;

	do
	{
		MigText id = graph_id(b->g, y);

		mig_lines_add(&names, mig_text(mig_format(b->m, "\"%.*s\"", MIG_ARG(id))));
		depends |= !has_parent(b->g->down, y, below[y]);
		y = below[y];
	} while (y != x);
	note_problem(
		b, (MigText){NULL, 0},
		(MigError){MIG_INVALID_VALUE,
				   mig_format(b->m, "%scycle is detected in revisions %s",
							  depends ? "dependency " : "", mig_join(b->m, names.list, ", ").at),
				   "Each of them needs the next, and the last needs the first.",
				   "Take one of these references away.", NULL});
}

/*
 * pending[x] > 0: x could not be ordered, since a cycle is below it.  Such a
 * node has such a parent, so a walk down over them must come back to itself.
 */
static void
find_cycles(Builder *b, const uint32_t *pending)
{
	MigGraph *g = b->g;
	Node *below = mig_alloc(b->m, g->n, sizeof(Node));
	uint32_t *walk = mig_alloc(b->m, g->n, sizeof(uint32_t)); /* in which walk it was met */

	for (Node start = 0; start < g->n; start++)
	{
		Node x = start;

		if (pending[start] == 0)
			continue;
		while (walk[x] == 0)
		{
			uint32_t i = g->parents.start[x];

			walk[x] = start + 1;
			while (pending[g->parents.to[i]] == 0)
				i++;
			x = below[x] = g->parents.to[i];
		}
		if (walk[x] == start + 1)
			add_cycle(b, below, x);
	}
}

/*
 * Parents first (Kahn): who has no parent that is still to come is next.  What is left over then
 * is in a cycle or above one.
 */
static void
order_nodes(Builder *b)
{
	MigGraph *g = b->g;
	uint32_t *pending = mig_alloc(b->m, g->n, sizeof(uint32_t));
	Node done = 0;
	Node n = 0;

	g->order = mig_alloc(b->m, g->n, sizeof(Node));
	for (Node x = 0; x < g->n; x++)
	{
		pending[x] = (uint32_t) graph_of(g->parents, x).n;
		if (pending[x] == 0)
			g->order[n++] = x;
	}
	while (done < n)
	{
		Nodes children = graph_of(g->all_next, g->order[done++]);

		for (size_t i = 0; i < children.n; i++)
			if (--pending[children.at[i]] == 0)
				g->order[n++] = children.at[i];
	}
	if (n < g->n)
		find_cycles(b, pending);
}

/* ---- dependencies that say nothing new ---- */

/*
 * Alembic leaves a dependency of x out of the order of steps where an ancestor
 * of x (through down alone) declares it, too.  Most dependencies are declared
 * once and need no search.  For the others the search goes down from x, but
 * no deeper than the lowest place at which one of them is declared.
 */
typedef struct Normalizer
{
	MigGraph *g;
	uint32_t *place;  /* of each node in g->order */
	uint32_t *lowest; /* for each node, the lowest place of one that depends on it */
	Node *met;        /* for each node, 1 + the node whose search met it */
	Node *wanted;     /* for each node, 1 + the node one of whose doubtful dependencies it is */
	Node *found;      /* for each node, 1 + the node below which it was found declared */
	Node *todo;
} Normalizer;

/* The order of nodes serves as depth: whatever is below x stands before it. */
static Normalizer
normalizer(Builder *b)
{
	MigGraph *g = b->g;
	Normalizer s = {g, NULL, NULL, NULL, NULL, NULL, NULL};

	s.place = mig_alloc(b->m, g->n, sizeof(uint32_t));
	s.lowest = mig_alloc(b->m, g->n, sizeof(uint32_t));
	s.met = mig_alloc(b->m, g->n, sizeof(Node));
	s.wanted = mig_alloc(b->m, g->n, sizeof(Node));
	s.found = mig_alloc(b->m, g->n, sizeof(Node));
	s.todo = mig_alloc(b->m, g->n, sizeof(Node));
	memset(s.lowest, 0xff, g->n * sizeof(uint32_t));
	for (uint32_t i = 0; i < g->n; i++)
	{
		Nodes deps = graph_of(g->deps, g->order[i]);

		s.place[g->order[i]] = i;
		for (size_t k = 0; k < deps.n; k++)
			if (s.lowest[deps.at[k]] == UINT32_MAX)
				s.lowest[deps.at[k]] = i;
	}
	return s;
}

/* Marks x's dependencies that may be declared below it; how many, and down to which place. */
static size_t
want(Normalizer *s, Node x, uint32_t *lowest)
{
	Nodes deps = graph_of(s->g->deps, x);
	size_t n = 0;

	*lowest = UINT32_MAX;
	for (size_t i = 0; i < deps.n; i++)
	{
		if (s->lowest[deps.at[i]] >= s->place[x])
			continue;
		s->wanted[deps.at[i]] = x + 1;
		if (s->lowest[deps.at[i]] < *lowest)
			*lowest = s->lowest[deps.at[i]];
		n++;
	}
	return n;
}

/* Puts y's parents on the work list, unless this search met them or they are too low. */
static size_t
push_down(Normalizer *s, Node x, Node y, uint32_t lowest, size_t n)
{
	Nodes down = graph_of(s->g->down, y);

	for (size_t i = 0; i < down.n; i++)
		if (s->met[down.at[i]] != x + 1 && s->place[down.at[i]] >= lowest)
		{
			s->met[down.at[i]] = x + 1;
			s->todo[n++] = down.at[i];
		}
	return n;
}

/* Marks as found those of x's dependencies that an ancestor declares. */
static void
search_below(Normalizer *s, Node x)
{
	uint32_t lowest;
	size_t open = want(s, x, &lowest);
	size_t n = open > 0 ? push_down(s, x, x, lowest, 0) : 0;

	while (n > 0 && open > 0)
	{
		Node y = s->todo[--n];
		Nodes deps = graph_of(s->g->deps, y);

		for (size_t i = 0; i < deps.n; i++)
			if (s->wanted[deps.at[i]] == x + 1)
			{
				s->wanted[deps.at[i]] = 0;
				s->found[deps.at[i]] = x + 1;
				open--;
			}
		n = push_down(s, x, y, lowest, n);
	}
}

/* Parents through down stay whatever depends on them; only dependencies may be dropped. */
static void
normalize(Builder *b)
{
	MigGraph *g = b->g;
	Normalizer s = normalizer(b);
	uint32_t n = 0;

	g->normal = new_edges(b, g->parents.start[g->n]);
	for (Node x = 0; x < g->n; x++)
	{
		Nodes parents = graph_of(g->parents, x);
		size_t down = graph_of(g->down, x).n;

		if (parents.n > down)
			search_below(&s, x);
		for (size_t i = 0; i < parents.n; i++)
			if (i < down || s.found[parents.at[i]] != x + 1)
				g->normal.to[n++] = parents.at[i];
		g->normal.start[x + 1] = n;
	}
}

/* ---- the whole ---- */

/*
 * Builds what can be built of a broken graph, too, so that all problems are found at once.  Only a
 * sound one is normalized: that goes by the order, which has no place for what is in a cycle.
 */
static MigGraph *
build(Mig *m, MigRevisions revisions, Problem **problems)
{
	MigGraph *g = mig_alloc(m, 1, sizeof(MigGraph));
	Builder b = {m, g, NULL, NULL, NULL};

	if (revisions.n >= NODE_BELOW / 2)
		mig_raise(m, &(MigError){MIG_TOO_LARGE, "too many revisions", NULL, NULL, NULL});
	*problems = NULL;
	b.last = problems;
	b.seen = mig_alloc(m, revisions.n, sizeof(Node));
	g->revisions = revisions;
	g->n = (Node) revisions.n;
	index_keys(&b);
	g->down = named_edges(&b, false);
	g->deps = named_edges(&b, true);
	g->parents = join_edges(&b, g->down, g->deps);
	g->next = turn_edges(&b, g->down);
	g->all_next = turn_edges(&b, g->parents);
	order_nodes(&b);
	if (*problems == NULL)
		normalize(&b);
	return g;
}

/* Raises the first problem; migrate_verify() lists them all. */
MigGraph *
mig_graph(Mig *m, MigRevisions revisions)
{
	Problem *problems;
	MigGraph *g = build(m, revisions, &problems);

	if (problems)
		mig_raise(m, &problems->error);
	return g;
}

Problem *
graph_problems(Mig *m, MigRevisions revisions)
{
	Problem *problems;

	build(m, revisions, &problems);
	return problems;
}

/* A label is no identifier here. */
const MigRevision *
mig_graph_find(const MigGraph *g, MigText id)
{
	uint32_t slot = *find_slot(g, id);

	return slot == 0 || slot > g->n ? NULL : &g->revisions.at[slot - 1];
}
