/*
 * order.c - in which order revisions run: Alembic's, to the last tie
 *
 * Newest first.  Alembic (_topological_sort) keeps a list of heads and works on one of them:
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
 * So of a diamond with two revisions on each side, where b2 and b3 revise a, c2
 * revises b2, c3 revises b3, and d revises c2 and c3 in this order, the newest come
 * as d, c2, b2, c3, b3, a: the first parent's side is emitted first, and so it is the
 * one that runs last in an upgrade.
 *
 * "within" are the nodes through which a head can be above x.  Those of them
 * that are not to be emitted (in a history that begins somewhere) count as
 * done as soon as all their children are.
 */
#include "graph.h"

#include <string.h>

/*
 * Arrays are of all nodes, or of all edges from a parent to its children (heap and key: those of
 * node x begin at all_next.start[x]).  A node has not been met, is the head of a thread, or is
 * done.
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

/* All bits set is NODE_NONE, which 0 is not: 0 is the first node. */
static Node *
none_for_each(Mig *m, size_t n)
{
	Node *nodes = mig_alloc(m, n, sizeof(Node));

	if (n > 0)
		memset(nodes, 0xff, n * sizeof(Node));
	return nodes;
}

/* Places only ever grow, so the end of the list has the highest. */
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

/*
 * Takes a thread out of the list.  Place 0 tells whoever has kept it as an answer: see is_known().
 */
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

/*
 * Ends a thread; one that begins at x has its place.  A name of its own, so that answers that
 * named the old one are asked again: what was below the old head need not be below x.
 */
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

/* Puts the top of x's heap where its key belongs: a binary heap, the least on top. */
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

/* Done children leave the heap when they come to its top, not before. */
static void
drop_top(Sorter *s, Node x)
{
	uint32_t base = s->g->all_next.start[x];
	uint32_t last = base + --s->size[x];

	s->heap[base] = s->heap[last];
	s->key[base] = s->key[last];
	sink(s, x);
}

/* What was found for x holds as long as the thread of that head goes on. */
static bool
is_known(const Sorter *s, Node x)
{
	return s->first[x] != NODE_NONE && s->place[s->first[x]] != 0;
}

/*
 * Puts x's heap right as far as its children are known.  Returns the child that has to be looked
 * at first; NODE_NONE: the top is what it should be.  Keys only ever rise, so a key that is out of
 * date is too low, and its child comes to the top to be put right.
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

/*
 * The thread of the first head above x's children, once the heap is settled; NODE_NONE: they are
 * all done.
 */
static Node
top_thread(const Sorter *s, Node x)
{
	return s->size[x] > 0 ? s->first[s->heap[s->g->all_next.start[x]]] : NODE_NONE;
}

/*
 * The thread of the first head that descends from c, which is not done and has open children.  A
 * walk up with a stack, that goes to a child only when its answer is needed; the answer of each
 * node is kept.
 */
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
		if (x != c && s->thread[x] != NODE_NONE &&
			(above == NODE_NONE || s->place[s->thread[x]] < s->place[above]))
			above = s->thread[x];
		if (above == NODE_NONE)
			mig_raise(s->m, &(MigError){MIG_INTERNAL, "could not order the revisions", NULL,
										"Please report this, with migrate_history().", NULL});
		if (x == c)
			return above;
		s->first[x] = above;
		n--;
	}
}

/*
 * x is done, and so is what only waited for it and is not to be emitted: that may lie between two
 * that are, and would keep the lower one waiting.
 */
static void
mark_done(Sorter *s, Node x)
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

/*
 * Of all kinds, dependencies too.  One: the thread goes on, since all that was below x is now
 * below that parent.
 */
static size_t
count_open_parents(const Sorter *s, Node x)
{
	Nodes parents = graph_of(s->g->parents, x);
	size_t n = 0;

	for (size_t i = 0; i < parents.n; i++)
		n += !s->done[parents.at[i]];
	return n;
}

/*
 * Emits the head of thread t; returns the thread with which to go on.  Its first open parent takes
 * the place, by the revises line alone, and the others go to the end: see the top of the file.
 */
static Node
emit(Sorter *s, Node t)
{
	Node x = s->head[t];
	Nodes parents = graph_of(s->g->normal, x);
	bool line = count_open_parents(s, x) == 1;
	bool moved = false;
	Node go_on = t;

	mark_done(s, x);
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

/* Everything is made at once: 10,000 revisions take a megabyte, and there is one sort a call. */
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

/*
 * Heads begin threads: those that were named, and what is a parent of none
 * that will be emitted (in a history that begins somewhere).
 */
static void
begin_threads(Sorter *s, Nodes heads)
{
	const MigGraph *g = s->g;
	bool *begins = mig_alloc(s->m, g->n, sizeof(bool));

	memcpy(begins, s->todo, g->n * sizeof(bool));
	for (Node x = 0; x < g->n; x++)
	{
		Nodes parents = graph_of(g->normal, x);

		for (size_t i = 0; s->todo[x] && i < parents.n; i++)
			begins[parents.at[i]] = false;
	}
	for (size_t i = 0; i < heads.n; i++)
		begins[heads.at[i]] = s->todo[heads.at[i]];
	for (Node x = 0; x < g->n; x++)
		if (begins[x])
			append_thread(s, x);
}

/*
 * What is within and not to be emitted, with nothing above it, is done before anything begins.
 * Then the loop of the algorithm: a head with open children waits for the first head above it.
 */
Nodes
order_newest_first(Mig *m, const MigGraph *g, const bool *todo, const bool *within, Nodes heads)
{
	Sorter s = sorter(m, g, todo, within);
	Node t;

	for (Node x = 0; x < g->n; x++)
		if (!s.done[x] && !todo[x] && s.pending[x] == 0)
			mark_done(&s, x);
	begin_threads(&s, heads);
	t = s.front;
	while (t != NODE_NONE)
		t = s.pending[s.head[t]] > 0 ? first_above(&s, s.head[t]) : emit(&s, t);
	return s.out;
}
