/*
 * plan.c - from the version rows to a target: which steps, in which order
 *
 * Two parts: which revisions each direction takes (Alembic's
 * _collect_upgrade_revisions, _collect_downgrade_revisions, _stamp_revs), and
 * what each step does to the version rows.  Their order is order.c's work.
 *
 * The version rows are always the applied revisions that have nothing applied
 * above them.  That is what Alembic's HeadMaintainer comes to, and it makes a
 * step cheap: it only has to look at its own parents.
 *
 * Where b2 and c3 revise a1, and d4 merges the two, the rows behind each step are
 *
 *   upgrade to d4      a1: a1    c3: c3      b2: b2, c3    d4: d4
 *   downgrade to a1    d4: b2, c3            b2: c3        c3: a1
 *
 * So b2 of the upgrade takes nobody's place (its parent has lost its row to c3), and
 * the downgrade of c3 brings a1 back, since nothing applied is left above it.
 */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

/* ---- which ---- */

#define HINT_OVERLAP "Leave out the ancestor: a revision is applied with everything that it needs."
#define HINT_ROWS                                                                                  \
	"Delete the row of the ancestor from migrate_version, or set the version anew with "           \
	"migrate_stamp(target, purge)."

/* a, less b. */
static bool *
minus(Mig *m, const MigGraph *g, const bool *a, const bool *b)
{
	bool *rest = mig_alloc(m, g->n, sizeof(bool));

	for (Node x = 0; x < g->n; x++)
		rest[x] = a[x] && !b[x];
	return rest;
}

/* An online run starts from the version rows, so a start would be ignored. */
static void
check_no_range(Mig *m, MigText target, const char *name)
{
	if (memchr(target.at, ':', target.len))
		mig_raise(m, &(MigError){
						 MIG_INVALID_VALUE, mig_format(m, "target of %s must not be a range", name),
						 mig_format(m, "Range revision not allowed: \"%.*s\".", MIG_ARG(target)),
						 "Give only its end; only history and offline mode take a range.", NULL});
}

/*
 * Newest first.  Alembic's _collect_upgrade_revisions: what the targets need, less what is
 * applied.  Overlaps are refused before anything is computed from them: rows of which one is
 * another's ancestor are a version table that nobody should build on.
 */
static Nodes
upgrade_nodes(Mig *m, const MigGraph *g, MigList rows, MigText target)
{
	const bool *required;
	const bool *todo;
	Nodes targets;
	Nodes current;

	if (memchr(target.at, ',', target.len))
		targets = target_several(m, g, target, true);
	else
	{
		check_no_range(m, target, "an upgrade");
		targets = target_upgrade(m, g, rows, target, true);
	}
	graph_check_overlap(m, g, targets, MIG_INVALID_VALUE, HINT_OVERLAP);
	current = graph_rows(m, g, rows);
	graph_check_overlap(m, g, current, MIG_WRONG_STATE, HINT_ROWS);
	required = graph_reach(m, g, g->parents, targets);
	todo = minus(m, g, required, graph_reach(m, g, g->parents, current));
	return order_newest_first(m, g, todo, todo, targets);
}

/*
 * What has to go first: the children (through down) of what stays, or all
 * bases.  A branch narrows that down to those below it, where there is a
 * choice; Alembic counts a base once more for each of its labels.
 */
static Nodes
downgrade_roots(Mig *m, const MigGraph *g, MigText target, const Below *below)
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
	branch = target_branch(m, g, target, below->label);
	line = graph_reach(m, g, g->down, (Nodes){&branch, 1});
	kept.at = mig_alloc(m, roots.n, sizeof(Node));
	for (size_t i = 0; i < roots.n; i++)
		if (line[roots.at[i]])
			kept.at[kept.n++] = roots.at[i];
	if (kept.n == 0)
		mig_raise(m,
				  &(MigError){MIG_INVALID_VALUE, "not a valid downgrade target from current heads",
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

/*
 * Newest first.  _collect_downgrade_revisions: the roots and all above them, dependents included,
 * as far as it is applied.  Nothing to do is an error, unless the destination is current or base:
 * else a mistyped target would be taken for done.
 */
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
	roots = downgrade_roots(m, g, target, &below);
	current = graph_rows(m, g, rows);
	applied = graph_reach(m, g, g->parents, current);
	todo = graph_reach(m, g, g->all_next, roots);
	for (Node x = 0; x < g->n; x++)
		n += todo[x] &= applied[x];
	if (below.node < g->n && n == 0 && !holds(current, below.node))
		mig_raise(m, &(MigError){
						 MIG_INVALID_VALUE,
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
	return order_newest_first(m, g, todo, todo, current);
}

/* ---- history ---- */

/* A range of the history.  The texts are what each end means for a relative one at the other. */
typedef struct Range
{
	MigText text;
	MigText start; /* null: several, that is, what is current */
	MigText end;
	MigList start_texts;
	MigList end_texts;
} Range;

/* The detail is Alembic's own line. */
static _Noreturn void
fail_range(Mig *m, MigText range)
{
	mig_raise(
		m, &(MigError){MIG_INVALID_VALUE, mig_format(m, "\"%.*s\" is not a range", MIG_ARG(range)),
					   "History range requires [start]:[end], [start]:, or :[end].",
					   "Put one colon between the two revisions; either may be left out.", NULL});
}

/*
 * One end: a text, or all version rows for "current".  Without any version row "current" is the
 * end that stands for nothing given, as Alembic has it.
 */
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

/*
 * "current" stands for the rows at one of the ends, the upper one if it is at both: the lower one
 * is then a text like any other, that nothing has.
 */
static Range
parse_range(Mig *m, MigText text, MigList rows)
{
	Range range = {text, mig_text("base"), mig_text("heads"), {NULL, 0}, {NULL, 0}};
	bool current;

	if (text.at)
	{
		MigText trimmed = text_trim(text);
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

/* Alembic's words; the detail where both ends are texts of the user's. */
static _Noreturn void
fail_unrelated(Mig *m, const Range *range)
{
	mig_raise(m, &(MigError){MIG_INVALID_VALUE,
							 mig_format(m,
										"requested range \"%.*s\" does not refer to "
										"ancestor/descendant revisions along the same branch",
										MIG_ARG(range->text)),
							 range->start.at && range->end.at
								 ? mig_format(m, "\"%.*s\" is not an ancestor of \"%.*s\".",
											  MIG_ARG(range->start), MIG_ARG(range->end))
								 : NULL,
							 "Give the older revision first.", NULL});
}

/*
 * The label that the branch of a range's start means: a revision there stands for its only one,
 * since it is labels that the ends are asked for.
 */
static MigText
start_label(Mig *m, const MigGraph *g, const Range *range, const MigList *labels)
{
	const char *at = memchr(range->start.at, '@', range->start.len);
	MigText branch = {range->start.at, (size_t) (at - range->start.at)};
	Node x = target_revision(m, g, branch);

	if (x >= g->n || !mig_same(graph_id(g, x), branch))
		return branch;
	if (labels[x].n != 1)
		mig_raise(m, &(MigError){MIG_INVALID_VALUE,
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

/*
 * Where a range starts.  Too large a "-N" counts from the range's end, as in Alembic.  A start
 * must be below some end, or there is nothing between them.
 */
static Nodes
range_starts(Mig *m, const MigGraph *g, const Range *range, const bool *required)
{
	Nodes starts = range->start.at ? target_revisions(m, g, range->start)
								   : graph_rows(m, g, range->start_texts);
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

/*
 * The upgrade from start to end, start included, along down alone.  Sorted with all that is
 * required in view: what lies between two of the range may be left out of it.
 */
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
	todo = minus(m, g, required, graph_reach(m, g, g->parents, starts));
	for (size_t i = 0; i < starts.n; i++)
		todo[starts.at[i]] = true;
	above = graph_reach(m, g, g->next, starts);
	for (Node x = 0; starts.n > 0 && x < g->n; x++)
		todo[x] &= above[x];
	return order_newest_first(m, g, todo, required, ends);
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

/*
 * A revision takes the place of its parents that were rows.  Alembic's HeadMaintainer comes to the
 * same by cases: insert, delete, update, merge, unmerge.
 */
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

/*
 * Parents above which nothing applied is left become rows in a revision's place.  One that is a
 * row already stays one (only an upgrade refuses rows that overlap).
 */
static MigPlan
plan_downgrade(Mig *m, const MigGraph *g, MigList rows, MigText target)
{
	Nodes nodes = downgrade_nodes(m, g, rows, target);
	MigPlan plan = new_plan(m, nodes.n);
	Nodes current = graph_rows(m, g, rows);
	const bool *applied = graph_reach(m, g, g->parents, current);
	uint32_t *above = mig_alloc(m, g->n, sizeof(uint32_t));
	bool *bare = mig_alloc(m, g->n, sizeof(bool)); /* to become a row */
	bool *is_row = mig_alloc(m, g->n, sizeof(bool));

	for (size_t i = 0; i < current.n; i++)
		is_row[current.at[i]] = true;

	for (Node x = 0; x < g->n; x++)
		for (size_t k = 0; applied[x] && k < graph_of(g->parents, x).n; k++)
			above[graph_of(g->parents, x).at[k]]++;
	for (size_t i = 0; i < nodes.n; i++)
	{
		MigRevision *revision = &g->revisions.at[nodes.at[i]];
		Nodes parents = graph_of(g->parents, nodes.at[i]);

		for (size_t k = 0; k < parents.n; k++)
			bare[parents.at[k]] = --above[parents.at[k]] == 0 && !is_row[parents.at[k]];
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
	mig_raise(s->m,
			  &(MigError){MIG_INVALID_VALUE,
						  mig_format(s->m, "cannot stamp \"%.*s\"", MIG_ARG(s->target)), detail,
						  "Stamp one target after the other, or all of them at once with "
						  "migrate_stamp(target, purge).",
						  NULL});
}

/*
 * Targets are planned from the rows as they were, so two of them may want the same row: Alembic
 * fails there in the middle, with a row that it does not find.
 */
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
		fail_stamp(
			s, mig_format(s->m, "Two of the targets are \"%.*s\".", MIG_ARG(graph_id(s->g, x))));
	s->is_row[x] = true;
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
	step->from = step->removed = graph_ids(s->m, s->g, rows);
	if (x == NODE_NONE)
		return;
	add_row(s, x);
	step->revision = &s->g->revisions.at[x];
	step->to = step->added = one_text(&s->g->revisions.at[x].id);
}

/* set: a flag for each node. */
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

/*
 * Each target is planned from the rows as they were, like Alembic's _stamp_revs.  Rows above it
 * move down to it, rows below it up; one that no row concerns is a new row.
 */
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

/*
 * The rows that share a line of descent, dependencies included, with one of the targets.  Each
 * once, however many targets it concerns.
 */
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

/*
 * Runs nothing; rows change as if the targets had been reached.  For base (no targets) each row
 * goes in a step of its own.  Where Alembic would leave rows that contain each other, it is
 * refused.
 */
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
	targets = target_several(m, g, target, false);
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

/* Rows nearly always are sorted already, and a plan asks once for each step. */
static MigList
sorted(Mig *m, MigList list)
{
	MigList copy = {NULL, list.n};
	size_t i = 1;

	while (i < list.n && mig_compare(list.at[i - 1], list.at[i]) <= 0)
		i++;
	if (i >= list.n)
		return list;
	copy.at = mig_alloc(m, list.n, sizeof(MigText));
	memcpy(copy.at, list.at, list.n * sizeof(MigText));
	qsort(copy.at, copy.n, sizeof(MigText), text_compare);
	return copy;
}

/* A merge: it is asked for each step of a plan, and rows may be thousands. */
MigList
mig_plan_without(Mig *m, MigList a, MigList b)
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

/* Both lists are sorted first, so rows may come in any order. */
MigList
mig_plan_apply(Mig *m, MigList before, const MigStep *step)
{
	MigList rest = mig_plan_without(m, sorted(m, before), sorted(m, step->removed));

	return merged(m, rest, sorted(m, step->added));
}

/*
 * What Alembic prints behind its identifiers: "(head)" where nobody revises it or depends on it.
 * A row that the store does not know is no head.
 */
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

		mig_lines_add(&words, head ? mig_text(mig_format(m, "%.*s (head)", MIG_ARG(ids.at[i])))
								   : ids.at[i]);
	}
	return mig_join(m, words.list, ", ");
}

/* What Alembic leaves empty in its log line is called what it is. */
static const char *
or_base(Mig *m, MigList list)
{
	return list.n > 0 ? mig_join(m, list, ", ").at : "<base>";
}

/* Alembic's log line, from -> to; a stamp has no message, as nothing of the revision happens. */
MigText
mig_plan_line(Mig *m, const MigStep *step)
{
	const char *verb = mig_direction_name(step->direction);
	bool told = !step->stamp && step->revision->message.len > 0;

	return mig_text(mig_format(m, "%s %s -> %s%s%.*s", step->stamp ? "stamp" : verb,
							   or_base(m, step->from), or_base(m, step->to), told ? ", " : "",
							   told ? (int) step->revision->message.len : 0,
							   told ? step->revision->message.at : ""));
}

MigText
mig_plan_current_line(Mig *m, const MigGraph *g, MigList rows)
{
	return mig_text(mig_format(m, "current: %s", mig_plan_current(m, g, rows).at));
}

MigLines
mig_plan_lines(Mig *m, const MigGraph *g, const MigPlan *done, MigList rows)
{
	MigLines lines = mig_lines(m);

	for (size_t i = 0; done && i < done->n; i++)
		mig_lines_add(&lines, mig_plan_line(m, &done->steps[i]));
	mig_lines_add(&lines, mig_plan_current_line(m, g, rows));
	return lines;
}

/* ---- directions ---- */

static const char *const direction_names[] = {
	[MIG_UPGRADE] = "upgrade", [MIG_DOWNGRADE] = "downgrade", [MIG_STAMP] = "stamp"};

const char *
mig_direction_name(MigDirection direction)
{
	return direction_names[direction];
}

/* The names are those of migrate_plan()'s argument and of the log's column. */
MigDirection
mig_direction(Mig *m, MigText name)
{
	for (int i = 0; i < (int) (sizeof(direction_names) / sizeof(direction_names[0])); i++)
		if (mig_same(name, mig_text(direction_names[i])))
			return (MigDirection) i;
	mig_raise(m, &(MigError){MIG_INVALID_VALUE,
							 mig_format(m, "\"%.*s\" is not a direction", MIG_ARG(name)), NULL,
							 "Give upgrade, downgrade or stamp.", NULL});
}
