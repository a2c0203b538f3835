/*
 * target.c - the text of a target -> revisions, as Alembic resolves it
 *
 *   symbol    head, heads, base, an identifier, a label, or what one of these
 *             two begins with, if no other does
 *   absolute  [branch @] symbol
 *   relative  [branch @] [symbol] +N or -N
 *
 * A branch is a label, or an identifier: all that is above or below it.  What
 * follows mirrors Alembic's RevisionMap function by function (its name stands
 * above each), down to which of two errors comes first, since the same text
 * must mean the same here as there.  Where Alembic trips over itself there is
 * an error here.
 *
 * Alembic's None is NODE_NONE, its "base" at the end of a walk NODE_BELOW.
 *
 * Where b2 and c3 revise a1, d4 merges the two, c3 has the label left, and only a1 is
 * applied, an upgrade understands
 *
 *   head          d4
 *   left          c3, whose label it is
 *   left@head     d4: of the heads the one on the line of c3, above or below it
 *   left@+1       c3: of the two above a1 the one on that line
 *   +1            an error: b2 and c3 are both one above a1
 *   b2+1          d4, with all that it needs
 *   head-1        an error: b2 and c3 are both one below d4
 */
#include "target.h"

#include <string.h>

/* Walks longer than this end anyway; so no number overflows. */
#define MAX_STEPS 1000000000

/* ---- errors ---- */

/* detail: why there are not as many.  The words are Alembic's; the number is without its sign. */
static _Noreturn void
fail_direction(const Ask *a, const Relative *r, const char *detail, const char *hint)
{
	target_refuse(a, MIG_INVALID_VALUE,
				  mig_format(a->m, "relative revision \"%.*s\" didn't produce %.*s migrations",
							 MIG_ARG(a->text), (int) r->number.len - 1, r->number.at + 1),
				  detail, hint);
}

/* From the version rows the walk began where nobody had to say: so that is told. */
static _Noreturn void
fail_steps(const Ask *a, const Relative *r)
{
	const char *current = "";

	if (a->rows && r->symbol.at == NULL)
		current = mig_format(a->m, "  Current is %s.", mig_plan_current(a->m, a->g, a->current).at);
	fail_direction(
		a, r, mig_format(a->m, "There are not that many revisions in that direction.%s", current),
		"Look at migrate_history() and migrate_current(), and give a smaller number or an "
		"identifier.");
}

/* Says between which revisions the walk could not choose. */
static _Noreturn void
fail_walk(const Ask *a, Node from, Nodes near, bool up)
{
	const char *at = from == NODE_NONE
						 ? "the base"
						 : mig_format(a->m, "revision \"%.*s\"", MIG_ARG(graph_id(a->g, from)));

	target_refuse(a, MIG_INVALID_VALUE,
				  mig_format(a->m, "relative target \"%.*s\" is ambiguous", MIG_ARG(a->text)),
				  mig_format(a->m, "Ambiguous walk: %s %s are %s.", up ? "above" : "below", at,
							 graph_names(a->m, a->g, near)),
				  up ? "Say which branch, as in \"label@+1\", or give an identifier."
					 : "Give the identifier of the revision that you mean.");
}

/* "+1" or "-1" from several current revisions. */
static _Noreturn void
fail_current(const Ask *a, const char *direction, MigList current, const char *offset)
{
	MigList some = {current.at, current.n > 10 ? 8 : current.n};
	const char *more = "";

	if (some.n < current.n)
		more = mig_format(a->m, " and %zu more", current.n - some.n);
	target_refuse(
		a, MIG_INVALID_VALUE,
		mig_format(a->m, "relative target \"%.*s\" is ambiguous", MIG_ARG(a->text)),
		mig_format(a->m, "Ambiguous %s from multiple current revisions %s%s.", direction,
				   mig_join(a->m, some, ", ").at, more),
		mig_format(a->m, "Say which branch, as in \"label@%s\", or give the revision's identifier.",
				   offset));
}

/* Either is most likely a variable that is not set, and not meant as base. */
void
target_check(Mig *m, MigText target)
{
	if (target.at == NULL)
		mig_raise(m, &(MigError){MIG_NULL_VALUE, "target must not be null", NULL,
								 "Give a revision, \"head\", \"heads\" or \"base\".", NULL});
	if (target.len == 0)
		mig_raise(m, &(MigError){MIG_INVALID_VALUE, "target must not be empty", NULL,
								 "Give a revision, \"head\", \"heads\" or \"base\".", NULL});
}

/* ---- relative targets ---- */

/* What an identifier or label may be made of, and all that is not ASCII. */
static bool
is_symbol_char(char c)
{
	return is_digit(c) || is_letter(c) || c == '_' || c == '.' || (unsigned char) c >= 0x80;
}

/* "+12" -> 12.  What is too large for a number ends at MAX_STEPS, which no walk reaches. */
static int32_t
parse_steps(MigText number)
{
	int32_t steps = 0;

	for (size_t i = 1; i < number.len; i++)
		if (steps < MAX_STEPS / 10)
			steps = steps * 10 + (number.at[i] - '0');
		else
			steps = MAX_STEPS;
	return number.at[0] == '-' ? -steps : steps;
}

/* [symbol] +N or -N, and what is behind it */
static bool
parse_offset(MigText text, Relative *r)
{
	size_t symbol = 0;
	size_t end;

	while (symbol < text.len && is_symbol_char(text.at[symbol]))
		symbol++;
	if (symbol == text.len || (text.at[symbol] != '+' && text.at[symbol] != '-'))
		return false;
	end = symbol + 1;
	while (end < text.len && is_digit(text.at[end]))
		end++;
	if (end == symbol + 1)
		return false;
	r->symbol = (MigText){symbol > 0 ? text.at : NULL, symbol};
	r->number = (MigText){text.at + symbol, end - symbol};
	r->steps = parse_steps(r->number);
	r->junk = end < text.len;
	return true;
}

/* As Alembic's pattern: the branch ends at the first "@" behind which an offset stands. */
bool
target_parse_relative(MigText text, Relative *r)
{
	*r = (Relative){{NULL, 0}, {NULL, 0}, {NULL, 0}, 0, false};
	for (size_t i = 1; i < text.len; i++)
		if (text.at[i] == '@' && parse_offset((MigText){text.at + i + 1, text.len - i - 1}, r))
		{
			r->branch = (MigText){text.at, i};
			return true;
		}
	return parse_offset(text, r);
}

/*
 * Alembic does not look at what is behind the number; here it is a mistake.  Asked last, so that
 * all that Alembic refuses is told in its words first.
 */
static void
check_junk(const Ask *a, const Relative *r)
{
	size_t end = (size_t) (r->number.at - a->text.at) + r->number.len;

	if (r->junk)
		target_refuse(
			a, MIG_INVALID_VALUE,
			mig_format(a->m, "relative target \"%.*s\" has text behind its number",
					   MIG_ARG(a->text)),
			mig_format(a->m, "\"%.*s\" is too much.", (int) (a->text.len - end), a->text.at + end),
			"Give \"+N\" or \"-N\", with a revision or \"label@\" before it if need be.");
}

/* Those children that the branch leads to; which those are is found out once for a walk. */
static Nodes
branch_children(const Ask *a, Nodes children, MigText branch, const bool **members)
{
	Nodes kept = {children.at, 0};

	if (branch.len == 0 || children.n == 0)
		return children;
	if (*members == NULL)
	{
		Symbol symbol = target_parse_symbol(a, branch);
		Nodes tests = target_line_tests(a, &symbol);

		if (tests.n == 0) /* "base": everything */
			tests = graph_bases(a->m, a->g);
		*members = target_line(a, tests, false);
	}
	kept.at = mig_alloc(a->m, children.n, sizeof(Node));
	for (size_t i = 0; i < children.n; i++)
		if ((*members)[children.at[i]])
			kept.at[kept.n++] = children.at[i];
	return kept;
}

/*
 * _walk, up.  From NODE_NONE the first step is to a base.  Where no child is left: strict,
 * NODE_NONE, which is an error to the caller; else the last one that there is.
 */
static Node
walk_up(const Ask *a, Node from, int32_t steps, MigText branch, bool strict)
{
	const bool *members = NULL;
	Node x = from;

	for (; steps > 0; steps--)
	{
		Nodes next = x == NODE_NONE ? graph_bases(a->m, a->g) : graph_of(a->g->next, x);

		next = branch_children(a, next, branch, &members);
		if (next.n == 0)
			return strict ? NODE_NONE : x;
		if (next.n > 1)
			fail_walk(a, x, next, true);
		x = next.at[0];
	}
	return x;
}

/*
 * _walk, down.  From NODE_NONE the first step is to a head.  One step below a base is NODE_BELOW,
 * which a downgrade takes for base; a step further is too far.
 */
static Node
walk_down(const Ask *a, Node from, int32_t steps, bool strict)
{
	Node x = from;

	for (; steps < 0; steps++)
	{
		Nodes down;

		if (x == NODE_BELOW)
			return strict ? NODE_NONE : x;
		down = x == NODE_NONE ? graph_heads(a->m, a->g, false) : graph_of(a->g->down, x);
		if (down.n > 1)
			fail_walk(a, x, down, false);
		x = down.n == 0 ? NODE_BELOW : down.at[0];
	}
	return x;
}

/* ---- several revisions ---- */

/* A number below zero, with blanks around it? */
static bool
is_negative(MigText text, Relative *r)
{
	return parse_offset(text_trim(text), r) && r->symbol.at == NULL && r->steps < 0 && !r->junk;
}

/* Has x the label, declared or propagated? */
static bool
carries(const MigList *labels, Node x, MigText label)
{
	for (size_t i = 0; i < labels[x].n; i++)
		if (mig_same(labels[x].at[i], label))
			return true;
	return false;
}

/* "branch@-N": down from the real heads that carry the label. */
static Nodes
down_from_heads(const Ask *a, MigText branch, int32_t steps)
{
	Nodes heads = graph_heads(a->m, a->g, true);
	const MigList *labels = branch.at ? graph_labels(a->m, a->g) : NULL;
	Nodes found = {mig_alloc(a->m, heads.n, sizeof(Node)), 0};

	for (size_t i = 0; i < heads.n; i++)
		if (labels == NULL || carries(labels, heads.at[i], branch))
			found.at[found.n++] = walk_down(a, heads.at[i], steps, true);
	return found;
}

/*
 * get_revisions, of a single text; may hold NODE_NONE and NODE_BELOW, so whoever indexes by what
 * comes of it asks first (check_real()).
 */
static Nodes
some_revisions(const Ask *a, MigText text)
{
	Symbol symbol = target_parse_symbol(a, text);
	Relative r;

	if (symbol.literal && is_negative(symbol.text, &r))
		return down_from_heads(a, symbol.branch, r.steps);
	if (!symbol.literal && symbol.nodes.n == 0)
		return symbol.nodes; /* "base": the branch is not even looked up */
	return target_look_up(a, &symbol);
}

/* Of two lists that may belong to the graph, so neither is changed. */
static Nodes
append(Mig *m, Nodes a, Nodes b)
{
	Nodes both = {mig_alloc(m, a.n + b.n, sizeof(Node)), a.n + b.n};

	if (a.n > 0)
		memcpy(both.at, a.at, a.n * sizeof(Node));
	if (b.n > 0)
		memcpy(both.at + a.n, b.at, b.n * sizeof(Node));
	return both;
}

/* get_revisions, of a list of texts */
static Nodes
all_revisions(const Ask *a, MigList texts)
{
	Nodes all = {NULL, 0};

	if (texts.n == 1)
		return some_revisions(a, texts.at[0]);
	for (size_t i = 0; i < texts.n; i++)
		all = append(a->m, all, some_revisions(a, texts.at[i]));
	return all;
}

/* ---- upgrade ---- */

/*
 * Members of the branch among what is applied that have none of it above them.  For a branch that
 * no version row is on, since its revisions are applied as ancestors of others.
 */
static Nodes
branch_tips(const Ask *a, Nodes current, MigText branch)
{
	const MigGraph *g = a->g;
	Nodes applied = graph_members(a->m, g, graph_reach(a->m, g, g->parents, current));
	Nodes active = target_keep_line(a, applied, branch, false);
	bool *covered = mig_alloc(a->m, g->n, sizeof(bool));
	Nodes tips = {mig_alloc(a->m, active.n, sizeof(Node)), 0};

	for (size_t i = 0; i < active.n; i++)
	{
		Nodes below = graph_of(g->normal, active.at[i]);

		for (size_t k = 0; k < below.n; k++)
			covered[below.at[k]] = true;
	}
	for (size_t i = 0; i < active.n; i++)
		if (!covered[active.at[i]])
			tips.at[tips.n++] = active.at[i];
	return tips;
}

/*
 * Current revisions that a "-N" names may lie below a base: nothing starts there.  Returns what it
 * was given.
 */
static Nodes
check_real(const Ask *a, Nodes nodes, const Relative *r)
{
	for (size_t i = 0; i < nodes.n; i++)
		if (nodes.at[i] >= a->g->n)
			fail_steps(a, r);
	return nodes;
}

/*
 * Where "+N" starts: NODE_NONE, below all bases.  Without a branch there may be only one current
 * revision; with one, only one on it.
 */
static Node
upgrade_start(const Ask *a, MigList current, const Relative *r)
{
	Nodes start;
	Nodes rows;

	if (r->branch.at == NULL)
	{
		if (current.n == 0)
			return NODE_NONE;
		if (current.n > 1)
			fail_current(a, "upgrade", current, "+1");
		return target_one(a, current.at[0]);
	}
	rows = all_revisions(a, current);
	for (size_t i = 0; i < rows.n; i++)
		if (rows.at[i] == NODE_BELOW)
			target_look_up_text(a,
								mig_text("base")); /* as a revision of that name, as Alembic does */
	rows = check_real(a, rows, r);
	start = target_keep_line(a, rows, r->branch, false);
	if (start.n == 0)
		start = branch_tips(a, rows, r->branch);
	if (start.n > 1)
		fail_current(a, "upgrade", graph_ids(a->m, a->g, start), "+1");
	return start.n > 0 ? start.at[0] : NODE_NONE;
}

/*
 * _parse_upgrade_target, of a relative one.  "rev-N" goes down from rev, to a revision that may be
 * above what is current all the same.
 */
static Node
upgrade_relative(const Ask *a, MigList current, const Relative *r, bool strict)
{
	Node node;

	if (r->symbol.at == NULL && r->steps <= 0)
		fail_direction(a, r, "An upgrade goes up from what is current.",
					   "Give \"+N\" with N from 1, or use migrate_downgrade().");
	if (r->steps <= 0)
		node = walk_down(a, target_one_of(a, r->branch, r->symbol), r->steps, strict);
	else if (r->symbol.at)
		node = walk_up(a, target_one(a, r->symbol), r->steps, r->branch, strict);
	else
		node = walk_up(a, upgrade_start(a, current, r), r->steps, r->branch, strict);
	if (node >= a->g->n)
		fail_steps(a, r);
	return node;
}

/*
 * A number that led below a base names no revision.  r is for the error: without a number in the
 * text it stands for none.
 */
static Nodes
check_nodes(const Ask *a, Nodes nodes)
{
	Relative r;

	if (!target_parse_relative(a->text, &r))
		r.number = mig_text("-0");
	return check_real(a, nodes, &r);
}

/* Several targets are target_several()'s: here is one text. */
Nodes
target_upgrade(Mig *m, const MigGraph *g, MigList current, MigText target, bool strict)
{
	Ask a = {m, g, target, current, strict};
	Relative r;
	Nodes one;

	target_check(m, target);
	if (!target_parse_relative(target, &r))
		return check_nodes(&a, some_revisions(&a, target));
	one = (Nodes){mig_alloc(m, 1, sizeof(Node)), 1};
	one.at[0] = upgrade_relative(&a, current, &r, strict);
	check_junk(&a, &r);
	return one;
}

/* ---- downgrade ---- */

/*
 * _get_all_current: what is applied and has nothing applied above it (through down).  More than
 * the version rows: a dependency that has lost its row to its dependent is one, too.
 */
static Nodes
effective_tips(const Ask *a, Nodes current)
{
	const MigGraph *g = a->g;
	const bool *applied = graph_reach(a->m, g, g->parents, current);
	Nodes tips = {mig_alloc(a->m, g->n, sizeof(Node)), 0};

	for (Node x = 0; x < g->n; x++)
	{
		Nodes next = graph_of(g->next, x);
		bool covered = false;

		for (size_t i = 0; i < next.n; i++)
			covered |= applied[next.at[i]];
		if (applied[x] && !covered)
			tips.at[tips.n++] = x;
	}
	return tips;
}

/*
 * Where "branch@-N" starts: the one current revision on the branch.  Alembic's AssertionError, for
 * none and for several, is an error in words here.
 */
static Node
branch_start(const Ask *a, MigList current, const Relative *r)
{
	Nodes rows = {mig_alloc(a->m, current.n, sizeof(Node)), 0};
	Nodes start;

	for (size_t i = 0; i < current.n; i++)
	{
		rows.at[rows.n++] = target_look_up_text(a, current.at[i]);
		if (i == 0)
			target_keep_line(a, rows, r->branch,
							 false); /* a wrong branch is told before a wrong row */
	}
	start = target_keep_line(a, rows, r->branch, false);
	if (start.n == 0)
		start = target_keep_line(a, effective_tips(a, rows), r->branch, false);
	if (start.n == 0)
		fail_steps(a, r);
	if (start.n > 1)
		fail_current(a, "downgrade", graph_ids(a->m, a->g, start), "-1");
	return start.at[0];
}

/*
 * "-N" and "branch@-N": down from what is current.  Without a branch, what is current stands for
 * one: so of two roots only its own is taken down.
 */
static Below
downgrade_from_current(const Ask *a, MigList current, const Relative *r, bool strict)
{
	Below below = {r->branch, NODE_NONE};
	Node start;

	if (r->branch.at)
		start = target_one_of(a, r->branch, graph_id(a->g, branch_start(a, current, r)));
	else
	{
		if (current.n == 0)
			fail_steps(a, r);
		if (current.n > 1)
			fail_current(a, "downgrade", current, "-1");
		below.label = current.at[0];
		start = target_one_of(a, current.at[0], current.at[0]);
	}
	below.node = walk_down(a, start, r->steps, strict);
	return below;
}

/* _parse_downgrade_target, of a relative one.  NODE_BELOW is base, NODE_NONE too far. */
static Below
downgrade_relative(const Ask *a, MigList current, const Relative *r, bool strict)
{
	Below below = {r->branch, NODE_NONE};

	if (r->steps >= 0 && r->symbol.at == NULL)
		fail_direction(a, r, "A downgrade goes down from what is current.",
					   "Give \"-N\" with N from 1, or use migrate_upgrade().");
	if (r->steps >= 0)
		below.node = walk_up(a, target_one(a, r->symbol), r->steps, r->branch, strict);
	else if (r->symbol.at == NULL)
		below = downgrade_from_current(a, current, r, strict);
	else
		below.node = walk_down(a, target_one_of(a, r->branch, r->symbol), r->steps, strict);
	if (below.node == NODE_NONE)
		fail_steps(a, r);
	return below;
}

/*
 * _parse_downgrade_target; the branch of an absolute target only says what to take down: the
 * revision is looked up without it, so "left@head" has several heads where there are several.
 */
Below
target_downgrade(Mig *m, const MigGraph *g, MigList current, MigText target, bool strict)
{
	Ask a = {m, g, target, current, strict};
	Below below = {{NULL, 0}, NODE_NONE};
	MigText symbol = target;
	Relative r;

	target_check(m, target);
	if (target_parse_relative(target, &r))
	{
		below = downgrade_relative(&a, current, &r, strict);
		check_junk(&a, &r);
		return below;
	}
	while (symbol.len > 0 && memchr(symbol.at, '@', symbol.len))
	{
		symbol.at++;
		symbol.len--;
	}
	if (symbol.len + 1 < target.len)
		below.label = (MigText){target.at, target.len - symbol.len - 1};
	below.node = target_one(&a, symbol);
	return below;
}

/* ---- for other files ---- */

Nodes
target_revisions(Mig *m, const MigGraph *g, MigText target)
{
	Ask a = {m, g, target, {NULL, 0}, false};

	target_check(m, target);
	return some_revisions(&a, target);
}

/* Everything is resolved before anything is refused as unreal, as Alembic does it. */
Nodes
target_several(Mig *m, const MigGraph *g, MigText target, bool real)
{
	MigList parts = {&target, 1};
	Nodes all = {NULL, 0};
	Nodes *found;

	target_check(m, target);
	if (memchr(target.at, ',', target.len))
		parts = mig_split(m, target);
	found = mig_alloc(m, parts.n, sizeof(Nodes));
	for (size_t i = 0; i < parts.n; i++)
		found[i] = target_revisions(m, g, parts.at[i]);
	for (size_t i = 0; i < parts.n; i++)
	{
		Ask a = {m, g, parts.at[i], {NULL, 0}, false};

		all = append(m, all, real ? check_nodes(&a, found[i]) : found[i]);
	}
	return all;
}

Node
target_revision(Mig *m, const MigGraph *g, MigText target)
{
	Ask a = {m, g, target, {NULL, 0}, false};

	target_check(m, target);
	return target_one(&a, target);
}

Nodes
target_lineage(Mig *m, const MigGraph *g, Nodes nodes, MigText against, bool dependencies)
{
	Ask a = {m, g, against, {NULL, 0}, false};

	return target_keep_line(&a, nodes, against, dependencies);
}

Node
target_branch(Mig *m, const MigGraph *g, MigText target, MigText label)
{
	Ask a = {m, g, target, {NULL, 0}, false};

	return target_branch_node(&a, label);
}
