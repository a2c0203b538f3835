/*
 * plan.c - from the version rows to a target: which steps, in which order
 *
 * Three parts: the order of steps, which is Alembic's to the last tie; what
 * each direction takes (_collect_upgrade_revisions, _collect_downgrade_revisions,
 * _stamp_revs); and what each step does to the version rows.
 *
 * The version rows are always the applied revisions that have nothing applied
 * above them.  That is what Alembic's HeadMaintainer comes to, and it makes a
 * step cheap: it only has to look at its own parents.
 */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

/* ---- order ---- */

/*
 * Newest first.  Alembic keeps a list of heads and works on one of them:
 *
 *   - if another head descends from it, go on with the first such head;
 *   - else emit it and put its first open parent in its place, the other ones
 *     at the list's end; without a parent to put there, take its place away
 *     and go on with the place before.
 *
 * It asks who descends from whom with a set of ancestors for each head, made
 * anew at each merge: quadratic.  Here a place in the list is a thread with a
 * number that rises along the list, and "the first head above x" is kept for
 * each x that was asked about: it is the least over x's open children, each of
 * which keeps its children in a heap by that number.  The number for an x
 * never falls, since heads only move down and new places are at the end.  So
 * a heap whose top is out of date is put right when it is looked at, and a
 * thread that moves down a line invalidates nothing: what was below its head
 * still is.  Where a head has several parents the thread ends and new ones
 * begin.
 *
 * "within" are the nodes through which a head can be above x.  Those of them
 * that are not to be emitted (in a history that begins somewhere) count as
 * done as soon as all their children are.
 */
typedef struct Sorter
{
	Mig *m;
	const MigGraph *g;
	const bool *todo;
	bool *done;        /* emitted, not within, or passed */
	uint32_t *pending; /* for each node, its children within that are not done */
	Node *heap;        /* for each node, its children, the first by key on top */
	uint32_t *key;     /* for each of those, the place that it had when last asked */
	uint32_t *size;    /* of each node's heap */
	Node *first;       /* for each node, the thread of the first head above it, or NODE_NONE */
	Node *stack;

	/* Threads are named after the node that began them. */
	Node *thread;    /* for each node that is a head, its thread, else NODE_NONE */
	Node *head;      /* for each thread */
	uint32_t *place; /* for each thread, rising along the list; 0: it has ended */
	Node *before;    /* the list */
	Node *after;
	Node front;
	Node back;
	uint32_t places; /* given so far */
	Nodes out;
} Sorter;

static Node *
none_for_each(Mig *m, size_t n)
{
	Node *nodes = mig_alloc(m, n, sizeof(Node));

	if (n > 0)
		memset(nodes, 0xff, n * sizeof(Node));
	return nodes;
}

static void
append_thread(Sorter *s, Node x)
{
	s->head[x] = x;
	s->thread[x] = x;
	s->place[x] = ++s->places;
	s->before[x] = s->back;
	s->after[x] = NODE_NONE;
	if (s->back == NODE_NONE)
		s->front = x;
	else
		s->after[s->back] = x;
	s->back = x;
}

/* Takes a thread out of the list. */
static void
end_thread(Sorter *s, Node t)
{
	if (s->before[t] == NODE_NONE)
		s->front = s->after[t];
	else
		s->after[s->before[t]] = s->after[t];
	if (s->after[t] == NODE_NONE)
		s->back = s->before[t];
	else
		s->before[s->after[t]] = s->before[t];
	s->place[t] = 0;
}

/* Ends a thread; one that begins at x has its place. */
static void
replace_thread(Sorter *s, Node t, Node x)
{
	s->head[x] = x;
	s->thread[x] = x;
	s->place[x] = s->place[t];
	s->before[x] = s->before[t];
	s->after[x] = s->after[t];
	if (s->before[x] == NODE_NONE)
		s->front = x;
	else
		s->after[s->before[x]] = x;
	if (s->after[x] == NODE_NONE)
		s->back = x;
	else
		s->before[s->after[x]] = x;
	s->place[t] = 0;
}

/* Puts the top of x's heap where its key belongs. */
static void
sink(Sorter *s, Node x)
{
	uint32_t base = s->g->all_next.start[x];
	Node *heap = s->heap + base;
	uint32_t *key = s->key + base;
	uint32_t i = 0;

	for (;;)
	{
		uint32_t least = 2 * i + 1;
		Node child = heap[i];
		uint32_t its_key = key[i];

		if (least >= s->size[x])
			return;
		if (least + 1 < s->size[x] && key[least + 1] < key[least])
			least++;
		if (key[least] >= its_key)
			return;
		heap[i] = heap[least];
		key[i] = key[least];
		heap[least] = child;
		key[least] = its_key;
		i = least;
	}
}

static void
drop_top(Sorter *s, Node x)
{
	uint32_t base = s->g->all_next.start[x];
	uint32_t last = base + --s->size[x];

	s->heap[base] = s->heap[last];
	s->key[base] = s->key[last];
	sink(s, x);
}

static bool
is_known(const Sorter *s, Node x)
{
	return s->first[x] != NODE_NONE && s->place[s->first[x]] != 0;
}

/*
 * Puts x's heap right as far as its children are known.  Returns the child
 * that has to be looked at first; NODE_NONE: the top is what it should be.
 */
static Node
settle(Sorter *s, Node x)
{
	uint32_t base = s->g->all_next.start[x];

	while (s->size[x] > 0)
	{
		Node top = s->heap[base];

		if (s->done[top])
			drop_top(s, x);
		else if (!is_known(s, top))
			return top;
		else if (s->key[base] == s->place[s->first[top]])
			return NODE_NONE;
		else
		{
			s->key[base] = s->place[s->first[top]];
			sink(s, x);
		}
	}
	return NODE_NONE;
}

/* The thread of the first head above x's children, once the heap is settled. */
static Node
top_thread(const Sorter *s, Node x)
{
	return s->size[x] > 0 ? s->first[s->heap[s->g->all_next.start[x]]] : NODE_NONE;
}

/* The thread of the first head that descends from c. */
static Node
first_above(Sorter *s, Node c)
{
	size_t n = 0;

	s->stack[n++] = c;
	for (;;)
	{
		Node x = s->stack[n - 1];
		Node ask = settle(s, x);
		Node above;

		if (ask != NODE_NONE)
		{
			s->stack[n++] = ask;
			continue;
		}
		above = top_thread(s, x);
		if (x == c)
			return above;
		if (s->thread[x] != NODE_NONE &&
			(above == NODE_NONE || s->place[s->thread[x]] < s->place[above]))
			above = s->thread[x];
		s->first[x] = above;
		n--;
	}
}

/* x is done, and so is what only waited for it and is not to be emitted. */
static void
finish(Sorter *s, Node x)
{
	size_t n = 0;

	s->stack[n++] = x;
	s->done[x] = true;
	while (n > 0)
	{
		Nodes parents = graph_of(s->g->parents, s->stack[--n]);

		for (size_t i = 0; i < parents.n; i++)
		{
			Node p = parents.at[i];

			if (s->done[p] || --s->pending[p] > 0 || s->todo[p])
				continue;
			s->done[p] = true;
			s->stack[n++] = p;
		}
	}
}

static size_t
count_open_parents(const Sorter *s, Node x)
{
	Nodes parents = graph_of(s->g->parents, x);
	size_t n = 0;

	for (size_t i = 0; i < parents.n; i++)
		n += !s->done[parents.at[i]];
	return n;
}

/* Emits the head of thread t; returns the thread with which to go on. */
static Node
emit(Sorter *s, Node t)
{
	Node x = s->head[t];
	Nodes parents = graph_of(s->g->normal, x);
	bool line = count_open_parents(s, x) == 1;
	bool moved = false;
	Node go_on = t;

	finish(s, x);
	s->out.at[s->out.n++] = x;
	for (size_t i = 0; i < parents.n; i++)
	{
		Node p = parents.at[i];

		if (!s->todo[p] || s->done[p] || s->thread[p] != NODE_NONE)
			continue;
		if (moved)
			append_thread(s, p);
		else if (line)
			s->thread[s->head[t] = p] = t;
		else
		{
			replace_thread(s, t, p);
			go_on = p;
		}
		moved = true;
	}
	if (!moved)
	{
		go_on = s->before[t];
		end_thread(s, t);
		if (go_on == NODE_NONE)
			go_on = s->front;
	}
	return go_on;
}

static Sorter
sorter(Mig *m, const MigGraph *g, const bool *todo, const bool *within)
{
	size_t edges = g->all_next.start[g->n];
	Sorter s = {.m = m, .g = g, .todo = todo, .front = NODE_NONE, .back = NODE_NONE};

	s.done = mig_alloc(m, g->n, sizeof(bool));
	s.pending = mig_alloc(m, g->n, sizeof(uint32_t));
	s.heap = mig_alloc(m, edges, sizeof(Node));
	s.key = mig_alloc(m, edges, sizeof(uint32_t));
	s.size = mig_alloc(m, g->n, sizeof(uint32_t));
	s.first = none_for_each(m, g->n);
	s.stack = mig_alloc(m, g->n, sizeof(Node));
	s.thread = none_for_each(m, g->n);
	s.head = mig_alloc(m, g->n, sizeof(Node));
	s.place = mig_alloc(m, g->n, sizeof(uint32_t));
	s.before = mig_alloc(m, g->n, sizeof(Node));
	s.after = mig_alloc(m, g->n, sizeof(Node));
	s.out.at = mig_alloc(m, g->n, sizeof(Node));
	if (edges > 0)
		memcpy(s.heap, g->all_next.to, edges * sizeof(Node));
	for (Node x = 0; x < g->n; x++)
	{
		Nodes children = graph_of(g->all_next, x);

		s.size[x] = (uint32_t) children.n;
		s.done[x] = !within[x];
		for (size_t i = 0; i < children.n; i++)
			s.pending[x] += within[children.at[i]];
	}
	return s;
}

/* Is none of x's children to be emitted?  Then it begins a thread, whether named or not. */
static bool
is_top(const MigGraph *g, const bool *todo, Node x)
{
	Nodes children = graph_of(g->all_next, x);

	for (size_t i = 0; i < children.n; i++)
		if (todo[children.at[i]])
			return false;
	return true;
}

/* The nodes of todo, newest first. */
static Nodes
sort_nodes(Mig *m, const MigGraph *g, const bool *todo, const bool *within, Nodes heads)
{
	Sorter s = sorter(m, g, todo, within);
	bool *named = mig_alloc(m, g->n, sizeof(bool));
	Node t;

	for (size_t i = 0; i < heads.n; i++)
		named[heads.at[i]] = true;
	for (Node x = 0; x < g->n; x++)
		if (!s.done[x] && !todo[x] && s.pending[x] == 0)
			finish(&s, x);
	for (Node x = 0; x < g->n; x++)
		if (todo[x] && (named[x] || is_top(g, todo, x)))
			append_thread(&s, x);
	t = s.front;
	while (t != NODE_NONE)
		t = s.pending[s.head[t]] > 0 ? first_above(&s, s.head[t]) : emit(&s, t);
	return s.out;
}

/* ---- which ---- */

#define HINT_OVERLAP                                                                               \
	"Leave out the ancestor: a revision is applied with everything that it needs."
#define HINT_ROWS                                                                                  \
	"Delete the row of the ancestor from migrate_version, or set the version anew with "           \
	"migrate_stamp(target, purge)."

/* a, less b. */
static bool *
difference(Mig *m, const MigGraph *g, const bool *a, const bool *b)
{
	bool *rest = mig_alloc(m, g->n, sizeof(bool));

	for (Node x = 0; x < g->n; x++)
		rest[x] = a[x] && !b[x];
	return rest;
}

static Nodes
current_nodes(Mig *m, const MigGraph *g, MigList rows)
{
	Nodes nodes = graph_rows(m, g, rows);

	graph_check_overlap(m, g, nodes, MIG_WRONG_STATE, HINT_ROWS);
	return nodes;
}

static void
check_no_range(Mig *m, MigText target, const char *name)
{
	if (memchr(target.at, ':', target.len))
		mig_raise(m,
				  &(MigError){MIG_INVALID_VALUE,
							  mig_format(m, "target of %s must not be a range", name),
							  mig_format(m, "Range revision not allowed: \"%.*s\".",
										 MIG_ARG(target)),
							  "Give only its end; only history and offline mode take a range.",
							  NULL});
}

/* Newest first. */
static Nodes
upgrade_nodes(Mig *m, const MigGraph *g, MigList rows, MigText target)
{
	const bool *required;
	const bool *todo;
	Nodes targets;
	Nodes current;

	if (memchr(target.at, ',', target.len))
		targets = target_several(m, g, target);
	else
	{
		check_no_range(m, target, "an upgrade");
		targets = target_upgrade(m, g, rows, target, true);
	}
	graph_check_overlap(m, g, targets, MIG_INVALID_VALUE, HINT_OVERLAP);
	current = current_nodes(m, g, rows);
	required = graph_reach(m, g, g->parents, targets);
	todo = difference(m, g, required, graph_reach(m, g, g->parents, current));
	return sort_nodes(m, g, todo, todo, targets);
}

/*
 * What has to go first: the children (through down) of what stays, or all
 * bases.  A branch narrows that down to those below it, where there is a
 * choice; Alembic counts a base once more for each of its labels.
 */
static Nodes
downgrade_roots(Mig *m, const MigGraph *g, const Below *below)
{
	bool all = below->node >= g->n;
	Nodes roots = all ? graph_bases(m, g) : graph_of(g->next, below->node);
	Nodes kept = {NULL, 0};
	size_t choice = roots.n;
	const bool *line;
	Node branch;

	for (size_t i = 0; all && i < roots.n; i++)
		choice += g->revisions.at[roots.at[i]].labels.n;
	if (below->label.len == 0 || choice < 2)
		return roots;
	branch = target_branch(m, g, below->label);
	line = graph_reach(m, g, g->down, (Nodes){&branch, 1});
	kept.at = mig_alloc(m, roots.n, sizeof(Node));
	for (size_t i = 0; i < roots.n; i++)
		if (line[roots.at[i]])
			kept.at[kept.n++] = roots.at[i];
	if (kept.n == 0)
		mig_raise(m, &(MigError){MIG_INVALID_VALUE,
								 "not a valid downgrade target from current heads",
								 mig_format(m, "Nothing above the target is below branch \"%.*s\".",
											MIG_ARG(below->label)),
								 "Name another branch, or leave it out.", NULL});
	return kept;
}

static bool
holds(Nodes nodes, Node x)
{
	for (size_t i = 0; i < nodes.n; i++)
		if (nodes.at[i] == x)
			return true;
	return false;
}

/* Newest first. */
static Nodes
downgrade_nodes(Mig *m, const MigGraph *g, MigList rows, MigText target)
{
	Below below;
	Nodes roots;
	Nodes current;
	const bool *applied;
	bool *todo;
	size_t n = 0;

	check_no_range(m, target, "a downgrade");
	below = target_downgrade(m, g, rows, target, true);
	roots = downgrade_roots(m, g, &below);
	current = current_nodes(m, g, rows);
	applied = graph_reach(m, g, g->parents, current);
	todo = graph_reach(m, g, g->all_next, roots);
	for (Node x = 0; x < g->n; x++)
		n += todo[x] &= applied[x];
	if (below.node < g->n && n == 0 && !holds(current, below.node))
		mig_raise(
			m, &(MigError){MIG_INVALID_VALUE,
						   mig_format(m,
									  "destination \"%.*s\" is not a valid downgrade target from "
									  "current heads",
									  MIG_ARG(target)),
						   mig_format(m, "Current is %s.", mig_plan_current(m, g, rows).at),
						   applied[below.node]
							   ? "It is applied because another revision depends on it: name what "
								 "is to stay on that revision's branch."
							   : "Give a revision that is applied: is_applied in migrate_history().",
						   NULL});
	return sort_nodes(m, g, todo, todo, current);
}

/* ---- history ---- */

typedef struct Range
{
	MigText text;
	MigText start; /* null: several, that is, what is current */
	MigText end;
	MigList start_texts;
	MigList end_texts;
} Range;

static MigText
trim(MigText text)
{
	while (text.len > 0 && memchr(" \t\r\n", text.at[0], 4))
	{
		text.at++;
		text.len--;
	}
	while (text.len > 0 && memchr(" \t\r\n", text.at[text.len - 1], 4))
		text.len--;
	return text;
}

static _Noreturn void
fail_range(Mig *m, MigText range)
{
	mig_raise(m, &(MigError){MIG_INVALID_VALUE,
							 mig_format(m, "\"%.*s\" is not a range", MIG_ARG(range)),
							 "History range requires [start]:[end], [start]:, or :[end].",
							 "Put one colon between the two revisions; either may be left out.",
							 NULL});
}

/* One end: a text, or all version rows for "current". */
static MigList
range_end(Mig *m, MigText *end, MigList rows, bool current, const char *missing)
{
	MigList one = {mig_alloc(m, 1, sizeof(MigText)), 1};

	if (current && mig_same(*end, mig_text("current")) && rows.n > 0)
	{
		*end = (MigText){NULL, 0};
		return rows;
	}
	if (end->len == 0 || (current && mig_same(*end, mig_text("current"))))
		*end = mig_text(missing);
	one.at[0] = *end;
	return one;
}

/* "current" stands for the rows at one of the ends, the upper one if it is at both. */
static Range
parse_range(Mig *m, MigText text, MigList rows)
{
	Range range = {text, mig_text("base"), mig_text("heads"), {NULL, 0}, {NULL, 0}};
	bool current;

	if (text.at)
	{
		MigText trimmed = trim(text);
		const char *colon = trimmed.len > 0 ? memchr(trimmed.at, ':', trimmed.len) : NULL;

		if (colon == NULL)
			fail_range(m, text);
		range.start = (MigText){trimmed.at, (size_t) (colon - trimmed.at)};
		range.end = (MigText){colon + 1, trimmed.len - range.start.len - 1};
		if (range.end.len > 0 && memchr(range.end.at, ':', range.end.len))
			fail_range(m, text);
	}
	current = mig_same(range.end, mig_text("current"));
	range.end_texts = range_end(m, &range.end, rows, current, "heads");
	range.start_texts = range_end(m, &range.start, rows, !current, "base");
	return range;
}

static _Noreturn void
fail_unrelated(Mig *m, const Range *range)
{
	mig_raise(m, &(MigError){MIG_INVALID_VALUE,
							 mig_format(m,
										"requested range \"%.*s\" does not refer to "
										"ancestor/descendant revisions along the same branch",
										MIG_ARG(range->text)),
							 NULL, "Give the older revision first.", NULL});
}

static Nodes
several(Mig *m, const MigGraph *g, MigList texts)
{
	Nodes all = {NULL, 0};

	if (texts.n == 1)
		return target_revisions(m, g, texts.at[0]);
	all.at = mig_alloc(m, texts.n, sizeof(Node));
	for (size_t i = 0; i < texts.n; i++)
		all.at[all.n++] = target_revisions(m, g, texts.at[i]).at[0];
	return all;
}

/* The label that the branch of a range's start means: a revision there stands for its only one. */
static MigText
start_label(Mig *m, const MigGraph *g, const Range *range, const MigList *labels)
{
	const char *at = memchr(range->start.at, '@', range->start.len);
	MigText branch = {range->start.at, (size_t) (at - range->start.at)};
	Node x = target_revision(m, g, branch);

	if (x >= g->n || !mig_same(graph_id(g, x), branch))
		return branch;
	if (labels[x].n != 1)
		mig_raise(m,
				  &(MigError){MIG_INVALID_VALUE,
							  mig_format(m, "revision \"%.*s\" has not one branch label",
										 MIG_ARG(branch)),
							  NULL, "Name a label before the \"@\", or leave that out.", NULL});
	return labels[x].at[0];
}

/* A start with a branch leaves only those ends that carry its label. */
static Nodes
filter_ends(Mig *m, const MigGraph *g, const Range *range, Nodes ends)
{
	Nodes kept = {mig_alloc(m, ends.n, sizeof(Node)), 0};
	const MigList *labels;
	MigText label;

	if (range->start.len == 0 || memchr(range->start.at, '@', range->start.len) == NULL)
		return ends;
	labels = graph_labels(m, g);
	label = start_label(m, g, range, labels);
	for (size_t i = 0; i < ends.n; i++)
		for (size_t k = 0; k < labels[ends.at[i]].n; k++)
			if (mig_same(labels[ends.at[i]].at[k], label))
				kept.at[kept.n++] = ends.at[i];
	return kept;
}

/* Where a range starts.  Too large a "-N" counts from the range's end, as in Alembic. */
static Nodes
range_starts(Mig *m, const MigGraph *g, const Range *range, const bool *required)
{
	Nodes starts = several(m, g, range->start_texts);
	size_t real = 0;

	for (size_t i = 0; i < starts.n; i++)
	{
		if (starts.at[i] != NODE_NONE && (starts.at[i] == NODE_BELOW || !required[starts.at[i]]))
			fail_unrelated(m, range);
		real += starts.at[i] != NODE_NONE;
	}
	if (starts.n > 0 && starts.at[0] == NODE_NONE)
	{
		starts.at[0] = target_downgrade(m, g, range->end_texts, range->start, false).node;
		starts.n = starts.at[0] < g->n;
	}
	else if (real < starts.n)
		fail_unrelated(m, range);
	return starts;
}

Nodes
plan_history(Mig *m, const MigGraph *g, MigList rows, MigText text)
{
	Range range = parse_range(m, text, rows);
	const bool *required;
	const bool *above;
	bool *todo;
	Nodes ends;
	Nodes starts;

	ends = range.end.at ? target_upgrade(m, g, range.start_texts, range.end, false)
						: graph_rows(m, g, rows);
	ends = filter_ends(m, g, &range, ends);
	graph_check_overlap(m, g, ends, MIG_INVALID_VALUE, HINT_OVERLAP);
	required = graph_reach(m, g, g->parents, ends);
	starts = range_starts(m, g, &range, required);
	graph_check_overlap(m, g, starts, MIG_INVALID_VALUE, HINT_OVERLAP);
	todo = difference(m, g, required, graph_reach(m, g, g->parents, starts));
	for (size_t i = 0; i < starts.n; i++)
		todo[starts.at[i]] = true;
	above = graph_reach(m, g, g->next, starts);
	for (Node x = 0; starts.n > 0 && x < g->n; x++)
		todo[x] &= above[x];
	return sort_nodes(m, g, todo, required, ends);
}

/* ---- steps ---- */

static MigList
one_text(MigText *text)
{
	return (MigList){text, 1};
}

/* Texts of those nodes for which the flag is set. */
static MigList
flagged_ids(Mig *m, const MigGraph *g, Nodes nodes, const bool *flags)
{
	MigLines ids = mig_lines(m);

	for (size_t i = 0; i < nodes.n; i++)
		if (flags[nodes.at[i]])
			mig_lines_add(&ids, graph_id(g, nodes.at[i]));
	return ids.list;
}

static MigPlan
new_plan(Mig *m, size_t n)
{
	return (MigPlan){mig_alloc(m, n, sizeof(MigStep)), n};
}

/* A revision takes the place of its parents that were rows. */
static MigPlan
plan_upgrade(Mig *m, const MigGraph *g, MigList rows, MigText target)
{
	Nodes nodes = upgrade_nodes(m, g, rows, target);
	MigPlan plan = new_plan(m, nodes.n);
	Nodes current = graph_rows(m, g, rows);
	bool *is_row = mig_alloc(m, g->n, sizeof(bool));

	for (size_t i = 0; i < current.n; i++)
		is_row[current.at[i]] = true;
	for (size_t i = 0; i < nodes.n; i++)
	{
		Node x = nodes.at[nodes.n - 1 - i];
		MigRevision *revision = &g->revisions.at[x];
		Nodes parents = graph_of(g->parents, x);

		plan.steps[i] = (MigStep){.revision = revision,
								  .direction = MIG_UPGRADE,
								  .from = revision->revises,
								  .to = one_text(&revision->id),
								  .removed = flagged_ids(m, g, parents, is_row),
								  .added = one_text(&revision->id)};
		for (size_t k = 0; k < parents.n; k++)
			is_row[parents.at[k]] = false;
		is_row[x] = true;
	}
	return plan;
}

/* Parents above which nothing applied is left become rows in a revision's place. */
static MigPlan
plan_downgrade(Mig *m, const MigGraph *g, MigList rows, MigText target)
{
	Nodes nodes = downgrade_nodes(m, g, rows, target);
	MigPlan plan = new_plan(m, nodes.n);
	const bool *applied = graph_reach(m, g, g->parents, graph_rows(m, g, rows));
	uint32_t *above = mig_alloc(m, g->n, sizeof(uint32_t));
	bool *bare = mig_alloc(m, g->n, sizeof(bool));

	for (Node x = 0; x < g->n; x++)
		for (size_t k = 0; applied[x] && k < graph_of(g->parents, x).n; k++)
			above[graph_of(g->parents, x).at[k]]++;
	for (size_t i = 0; i < nodes.n; i++)
	{
		MigRevision *revision = &g->revisions.at[nodes.at[i]];
		Nodes parents = graph_of(g->parents, nodes.at[i]);

		for (size_t k = 0; k < parents.n; k++)
			bare[parents.at[k]] = --above[parents.at[k]] == 0;
		plan.steps[i] = (MigStep){.revision = revision,
								  .direction = MIG_DOWNGRADE,
								  .from = one_text(&revision->id),
								  .to = revision->revises,
								  .removed = one_text(&revision->id),
								  .added = flagged_ids(m, g, parents, bare)};
	}
	return plan;
}

/* ---- stamp ---- */

/* Rows as they become, step by step. */
typedef struct Stamper
{
	Mig *m;
	const MigGraph *g;
	MigText target;
	bool *is_row;
	Nodes moved; /* rows that some target concerns: what goes when a target is set */
	MigPlan plan;
} Stamper;

static _Noreturn void
fail_stamp(const Stamper *s, const char *detail)
{
	mig_raise(s->m, &(MigError){MIG_INVALID_VALUE,
								mig_format(s->m, "cannot stamp \"%.*s\"", MIG_ARG(s->target)),
								detail,
								"Stamp one target after the other, or all of them at once with "
								"migrate_stamp(target, purge).",
								NULL});
}

static void
remove_row(Stamper *s, Node x)
{
	if (!s->is_row[x])
		fail_stamp(s, mig_format(s->m, "Two of the targets would both replace \"%.*s\".",
								 MIG_ARG(graph_id(s->g, x))));
	s->is_row[x] = false;
}

static void
add_row(Stamper *s, Node x)
{
	if (s->is_row[x])
		fail_stamp(s, mig_format(s->m, "Two of the targets are \"%.*s\".",
								 MIG_ARG(graph_id(s->g, x))));
	s->is_row[x] = true;
}

static MigList
ids_of(Mig *m, const MigGraph *g, Nodes nodes)
{
	MigList ids = {mig_alloc(m, nodes.n, sizeof(MigText)), nodes.n};

	for (size_t i = 0; i < nodes.n; i++)
		ids.at[i] = graph_id(g, nodes.at[i]);
	return ids;
}

/* x in the place of rows; NODE_NONE: they only go. */
static void
add_stamp(Stamper *s, Nodes rows, Node x, MigDirection direction)
{
	MigStep *step = &s->plan.steps[s->plan.n++];

	for (size_t i = 0; i < rows.n; i++)
		remove_row(s, rows.at[i]);
	step->direction = direction;
	step->stamp = true;
	step->from = step->removed = ids_of(s->m, s->g, rows);
	if (x == NODE_NONE)
		return;
	add_row(s, x);
	step->revision = &s->g->revisions.at[x];
	step->to = step->added = one_text(&s->g->revisions.at[x].id);
}

static bool
any_of(Nodes nodes, const bool *set)
{
	for (size_t i = 0; i < nodes.n; i++)
		if (set[nodes.at[i]])
			return true;
	return false;
}

static bool
all_rows(const Stamper *s, Nodes nodes)
{
	for (size_t i = 0; i < nodes.n; i++)
		if (!s->is_row[nodes.at[i]])
			return false;
	return true;
}

/* Each target is planned from the rows as they were; one that no row concerns is a new row. */
static void
stamp_one(Stamper *s, Node x)
{
	const MigGraph *g = s->g;
	Nodes one = {&x, 1};
	const bool *above;
	const bool *below;

	if (holds(s->moved, x))
		return;
	above = graph_reach(s->m, g, g->all_next, one);
	below = graph_reach(s->m, g, g->parents, one);
	if (any_of(s->moved, above))
	{
		if (any_of(s->moved, below))
			fail_stamp(s, mig_format(s->m, "Rows are above \"%.*s\" and below it.",
									 MIG_ARG(graph_id(g, x))));
		add_stamp(s, s->moved, x, MIG_DOWNGRADE);
	}
	else if (any_of(s->moved, below) && all_rows(s, s->moved))
		add_stamp(s, s->moved, x, MIG_UPGRADE);
	else
		add_stamp(s, (Nodes){NULL, 0}, x, MIG_UPGRADE);
}

/* The rows that share a line of descent, dependencies included, with one of the targets. */
static Nodes
moved_rows(Mig *m, const MigGraph *g, Nodes current, MigList targets)
{
	Nodes moved = {mig_alloc(m, current.n, sizeof(Node)), 0};
	bool *taken = mig_alloc(m, g->n, sizeof(bool));

	for (size_t i = 0; i < targets.n; i++)
	{
		Nodes kin = target_lineage(m, g, current, targets.at[i], true);

		for (size_t k = 0; k < kin.n; k++)
			if (!taken[kin.at[k]])
			{
				taken[kin.at[k]] = true;
				moved.at[moved.n++] = kin.at[k];
			}
	}
	return moved;
}

static MigPlan
plan_stamp(Mig *m, const MigGraph *g, MigList rows, MigText target)
{
	bool list = memchr(target.at, ',', target.len) != NULL;
	Nodes current = graph_rows(m, g, rows);
	Stamper s = {.m = m, .g = g, .target = target};
	Nodes targets;

	s.is_row = mig_alloc(m, g->n, sizeof(bool));
	for (size_t i = 0; i < current.n; i++)
		s.is_row[current.at[i]] = true;
	s.moved = moved_rows(m, g, current, list ? mig_split(m, target) : one_text(&target));
	targets = target_several(m, g, target);
	s.plan.steps = mig_alloc(m, targets.n + s.moved.n, sizeof(MigStep));
	for (size_t i = 0; i < targets.n; i++)
		if (targets.at[i] < g->n)
			stamp_one(&s, targets.at[i]);
	for (size_t i = 0; targets.n == 0 && i < s.moved.n; i++)
		add_stamp(&s, (Nodes){&s.moved.at[i], 1}, NODE_NONE, MIG_DOWNGRADE);
	graph_check_overlap(m, g, graph_members(m, g, s.is_row), MIG_INVALID_VALUE, HINT_OVERLAP);
	return s.plan;
}

MigPlan
mig_plan(Mig *m, const MigGraph *g, MigList rows, MigText target, MigDirection direction)
{
	target_check(m, target);
	switch (direction)
	{
		case MIG_UPGRADE:
			return plan_upgrade(m, g, rows, target);
		case MIG_DOWNGRADE:
			return plan_downgrade(m, g, rows, target);
		default:
			return plan_stamp(m, g, rows, target);
	}
}

/* ---- words ---- */

static int
compare_texts(const void *a, const void *b)
{
	return mig_compare(*(const MigText *) a, *(const MigText *) b);
}

static MigList
sorted(Mig *m, MigList list)
{
	MigList copy = {mig_alloc(m, list.n, sizeof(MigText)), list.n};

	if (list.n > 0)
		memcpy(copy.at, list.at, list.n * sizeof(MigText));
	if (list.n > 1)
		qsort(copy.at, copy.n, sizeof(MigText), compare_texts);
	return copy;
}

/* Both sorted: the texts of a that are not in b. */
static MigList
without(Mig *m, MigList a, MigList b)
{
	MigList rest = {mig_alloc(m, a.n, sizeof(MigText)), 0};
	size_t k = 0;

	for (size_t i = 0; i < a.n; i++)
	{
		while (k < b.n && mig_compare(b.at[k], a.at[i]) < 0)
			k++;
		if (k == b.n || !mig_same(b.at[k], a.at[i]))
			rest.at[rest.n++] = a.at[i];
	}
	return rest;
}

/* Both sorted. */
static MigList
merged(Mig *m, MigList a, MigList b)
{
	MigList both = {mig_alloc(m, a.n + b.n, sizeof(MigText)), 0};
	size_t i = 0;
	size_t k = 0;

	while (i < a.n || k < b.n)
		if (k == b.n || (i < a.n && mig_compare(a.at[i], b.at[k]) <= 0))
			both.at[both.n++] = a.at[i++];
		else
			both.at[both.n++] = b.at[k++];
	return both;
}

MigList
mig_plan_apply(Mig *m, MigList before, const MigStep *step)
{
	MigList rest = without(m, sorted(m, before), sorted(m, step->removed));

	return merged(m, rest, sorted(m, step->added));
}

MigText
mig_plan_current(Mig *m, const MigGraph *g, MigList rows)
{
	MigList ids = sorted(m, rows);
	MigLines words = mig_lines(m);

	if (rows.n == 0)
		return mig_text("<base>");
	for (size_t i = 0; i < ids.n; i++)
	{
		const MigRevision *known = mig_graph_find(g, ids.at[i]);
		bool head = known && graph_is_real_head(g, (Node) (known - g->revisions.at));

		mig_lines_add(&words,
					  head ? mig_text(mig_format(m, "%.*s (head)", MIG_ARG(ids.at[i]))) : ids.at[i]);
	}
	return mig_join(m, words.list, ", ");
}

static const char *
joined(Mig *m, MigList list)
{
	return list.n > 0 ? mig_join(m, list, ", ").at : "<base>";
}

MigText
mig_plan_line(Mig *m, const MigStep *step)
{
	const char *verb = step->direction == MIG_UPGRADE ? "upgrade" : "downgrade";
	bool told = !step->stamp && step->revision->message.len > 0;

	return mig_text(mig_format(
		m, "%s %s -> %s%s%.*s", step->stamp ? "stamp" : verb, joined(m, step->from),
		joined(m, step->to), told ? ", " : "", told ? (int) step->revision->message.len : 0,
		told ? step->revision->message.at : ""));
}
