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
 */
#include "graph.h"

#include <string.h>

/* Walks longer than this end anyway; so no number overflows. */
#define MAX_STEPS 1000000000

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
	bool literal;
	MigText text;
	Nodes nodes;
} Symbol;

typedef struct Relative
{
	MigText branch; /* null: none */
	MigText symbol; /* null: none */
	MigText number; /* with its sign */
	int32_t steps;
	bool junk; /* there is something behind it */
} Relative;

static Nodes lineage(const Ask *a, Nodes nodes, MigText against, bool dependencies);

/* ---- errors ---- */

/* All errors of this file leave here; the first line always quotes the target as given. */
static _Noreturn void
refuse(const Ask *a, const char *sqlstate, const char *message, const char *detail,
	   const char *hint)
{
	mig_raise(a->m, &(MigError){sqlstate, message, detail, hint, NULL});
}

/* Alembic hides the reason behind this line; here it is the detail. */
static _Noreturn void
fail_locate(const Ask *a, const char *detail, const char *hint)
{
	refuse(a, MIG_UNKNOWN_OBJECT,
		   mig_format(a->m, "can't locate revision identified by \"%.*s\"", MIG_ARG(a->text)),
		   detail, hint);
}

/* The hint can be pasted, as long as the heads fit into a line. */
static _Noreturn void
fail_heads(const Ask *a, Nodes heads, MigText branch)
{
	const char *all = branch.len > 0 ? mig_format(a->m, "%.*s@heads", MIG_ARG(branch)) : "heads";
	const char *names = "";

	for (size_t i = 0; i < heads.n && i < 10; i++)
		names = mig_format(a->m, "%s%s%.*s", names, i > 0 ? "," : "",
						   MIG_ARG(graph_id(a->g, heads.at[i])));
	refuse(a, MIG_WRONG_STATE,
		   mig_format(a->m, "multiple heads are present for given argument \"%.*s\"",
					  MIG_ARG(a->text)),
		   mig_format(a->m, "The heads are %s.", graph_names(a->m, a->g, heads)),
		   heads.n > 10
			   ? mig_format(a->m, "Use \"%s\", one of them, or make them one with migrate_merge().",
							all)
			   : mig_format(a->m,
							"Use \"%s\", one of them, or make them one with SELECT "
							"migrate_merge('%s').",
							all, names));
}

/* detail: why there are not as many */
static _Noreturn void
fail_direction(const Ask *a, const Relative *r, const char *detail, const char *hint)
{
	refuse(a, MIG_INVALID_VALUE,
		   mig_format(a->m, "relative revision \"%.*s\" didn't produce %.*s migrations",
					  MIG_ARG(a->text), (int) r->number.len - 1, r->number.at + 1),
		   detail, hint);
}

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

	refuse(a, MIG_INVALID_VALUE,
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
	refuse(a, MIG_INVALID_VALUE,
		   mig_format(a->m, "relative target \"%.*s\" is ambiguous", MIG_ARG(a->text)),
		   mig_format(a->m, "Ambiguous %s from multiple current revisions %s%s.", direction,
					  mig_join(a->m, some, ", ").at, more),
		   mig_format(a->m,
					  "Say which branch, as in \"label@%s\", or give the revision's identifier.",
					  offset));
}

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

/* ---- look-up ---- */

static bool
is(MigText text, const char *word)
{
	return mig_same(text, mig_text(word));
}

static bool
begins_with(MigText text, MigText prefix)
{
	return text.len >= prefix.len && memcmp(text.at, prefix.at, prefix.len) == 0;
}

/* What a text may stand for: keys, i.e. identifiers and labels. */
typedef struct Found
{
	size_t n;
	Node node;
	MigText keys[3]; /* the first ones */
} Found;

/* Keys shorter than four characters must be given in full. */
static void
consider(Found *found, MigText key, MigText prefix, Node node, const bool *within)
{
	if (key.len < 4 || !begins_with(key, prefix) || (within && !within[node]))
		return;
	if (found->n < 3)
		found->keys[found->n] = key;
	found->node = node;
	found->n++;
}

/* The first node whose identifier is not before text. */
static Node
lower_bound(const MigGraph *g, MigText text)
{
	Node low = 0;
	Node high = g->n;

	while (low < high)
	{
		Node middle = low + (high - low) / 2;

		if (mig_compare(graph_id(g, middle), text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* within: NULL, or a set to which what is only a prefix must lead. */
static Found
search(const MigGraph *g, MigText text, const bool *within)
{
	Found found = {0, graph_key(g, text), {{NULL, 0}}};

	if (text.len == 0)
		return found;
	if (found.node != NODE_NONE)
	{
		found.n = 1;
		return found;
	}
	for (Node x = lower_bound(g, text); x < g->n && begins_with(graph_id(g, x), text); x++)
		consider(&found, graph_id(g, x), text, x, within);
	for (size_t i = 0; i < g->nlabels; i++)
		consider(&found, g->labels[i].name, text, g->labels[i].node, within);
	return found;
}

/* The keys that a too short text may stand for. */
static const char *
candidates(const Ask *a, MigText text, const Found *found)
{
	MigBuf buf = mig_buf(a->m);

	mig_buf_format(&buf, "Multiple revisions start with \"%.*s\": ", MIG_ARG(text));
	for (size_t i = 0; i < found->n && i < 3; i++)
		mig_buf_format(&buf, "%s\"%.*s\"", i > 0 ? ", " : "", MIG_ARG(found->keys[i]));
	if (found->n > 3)
		mig_buf_format(&buf, " and %zu more", found->n - 3);
	mig_buf_str(&buf, ".");
	return mig_buf_text(&buf).at;
}

/* A version row that a relative target counts from, and that the store does not know? */
static void
check_row(const Ask *a, MigText text, const char *what)
{
	for (size_t i = 0; a->rows && i < a->current.n; i++)
		if (mig_same(a->current.at[i], text))
			graph_fail_row(a->m, text, what);
}

static bool parse_relative(MigText text, Relative *r);

/* What there is instead of a branch. */
static const char *
labels_detail(const Ask *a)
{
	MigLines names = mig_lines(a->m);
	size_t shown = a->g->nlabels > 10 ? 8 : a->g->nlabels;
	const char *more = "";

	for (size_t i = 0; i < shown; i++)
		mig_lines_add(&names,
					  mig_text(mig_format(a->m, "\"%.*s\"", MIG_ARG(a->g->labels[i].name))));
	if (shown == 0)
		return "There are no labels.";
	if (shown < a->g->nlabels)
		more = mig_format(a->m, " and %zu more", a->g->nlabels - shown);
	return mig_format(a->m, "The labels are %s%s.", mig_join(a->m, names.list, ", ").at, more);
}

/* What there is instead of a revision. */
static const char *
heads_detail(const Ask *a)
{
	Nodes heads = graph_heads(a->m, a->g, false);

	if (a->g->n == 0)
		return "There are no revisions.";
	return mig_format(a->m, "There %s %u revision%s, the head%s %s.", a->g->n == 1 ? "is" : "are",
					  (unsigned) a->g->n, a->g->n == 1 ? "" : "s", heads.n == 1 ? " is" : "s are",
					  graph_names(a->m, a->g, heads));
}

/* Words that mean something elsewhere are told where. */
static const char *
unknown_hint(MigText text)
{
	Relative r;

	if (is(text, "current"))
		return "\"current\" is for migrate_show() and the ends of a history range.";
	if (parse_relative(text, &r))
		return "Here a number of steps has no meaning: give an identifier, a label, \"head\", "
			   "\"heads\" or \"base\".";
	return "migrate_history() lists the revisions; add what is missing with migrate_add().";
}

/* Leaves unless text stands for exactly one revision. */
static Node
only(const Ask *a, MigText text, const Found *found)
{
	if (found->n == 0)
	{
		check_row(a, text, "revision or branch");
		fail_locate(a,
					mig_format(a->m, "No such revision or branch: \"%.*s\".  %s", MIG_ARG(text),
							   heads_detail(a)),
					unknown_hint(text));
	}
	if (found->n > 1)
		fail_locate(a, candidates(a, text, found), "Give more characters of the one you mean.");
	return found->node;
}

/* _resolve_branch */
static Node
branch_node(const Ask *a, MigText branch)
{
	Found found = search(a->g, branch, NULL);

	if (found.n == 0)
	{
		check_row(a, branch, "branch");
		fail_locate(
			a, mig_format(a->m, "No such branch: \"%.*s\".  %s", MIG_ARG(branch), labels_detail(a)),
			"Before the \"@\" stands a label or an identifier; migrate_branches() and "
			"migrate_history() list them.");
	}
	if (found.n > 1)
		fail_locate(a,
					mig_format(a->m, "No such branch: \"%.*s\".  %s", MIG_ARG(branch),
							   candidates(a, branch, &found)),
					"Give more characters of the one you mean.");
	return found.node;
}

/* Everything above and below nodes, and they themselves. */
static bool *
lineage_set(const Ask *a, Nodes nodes, bool dependencies)
{
	const MigGraph *g = a->g;
	bool *set = graph_reach(a->m, g, dependencies ? g->parents : g->down, nodes);
	const bool *above = graph_reach(a->m, g, dependencies ? g->all_next : g->next, nodes);

	for (Node x = 0; x < g->n; x++)
		set[x] |= above[x];
	return set;
}

/* "label@rev" must be on the label's branch, even where rev alone would be found. */
static void
check_member(const Ask *a, const bool *members, Node x, MigText branch)
{
	if (!members[x])
		fail_locate(a,
					mig_format(a->m, "Revision \"%.*s\" is not a member of branch \"%.*s\".",
							   MIG_ARG(graph_id(a->g, x)), MIG_ARG(branch)),
					"Leave out the branch, or name a revision that is above or below it.");
}

/* _revision_for_ident, for every node of a symbol */
static Nodes
look_up(const Ask *a, const Symbol *symbol)
{
	Node branch = symbol->branch.len > 0 ? branch_node(a, symbol->branch) : NODE_NONE;
	const bool *members = branch != NODE_NONE ? lineage_set(a, (Nodes){&branch, 1}, false) : NULL;
	Nodes nodes = symbol->nodes;

	if (symbol->literal)
	{
		Found found = search(a->g, symbol->text, members);

		nodes = (Nodes){mig_alloc(a->m, 1, sizeof(Node)), 1};
		nodes.at[0] = only(a, symbol->text, &found);
	}
	for (size_t i = 0; members && i < nodes.n; i++)
		check_member(a, members, nodes.at[i], symbol->branch);
	return nodes;
}

static Node
look_up_text(const Ask *a, MigText text)
{
	Found found = search(a->g, text, NULL);

	return only(a, text, &found);
}

/* ---- symbols ---- */

/* get_current_head */
static Nodes
current_head(const Ask *a, MigText branch)
{
	Nodes heads = graph_heads(a->m, a->g, false);

	if (branch.len > 0)
		heads = lineage(a, heads, branch, false);
	if (heads.n > 1)
		fail_heads(a, heads, branch);
	return heads;
}

/* _resolve_revision_number */
static Symbol
parse_symbol(const Ask *a, MigText text)
{
	const char *at = text.len > 0 ? memchr(text.at, '@', text.len) : NULL;
	Symbol symbol = {{NULL, 0}, false, text, {NULL, 0}};

	if (at)
	{
		symbol.branch = (MigText){text.at, (size_t) (at - text.at)};
		symbol.text = (MigText){at + 1, text.len - symbol.branch.len - 1};
	}
	if (is(symbol.text, "heads"))
	{
		symbol.nodes = graph_heads(a->m, a->g, symbol.branch.len == 0);
		if (symbol.branch.len > 0)
			symbol.nodes = lineage(a, symbol.nodes, symbol.branch, false);
	}
	else if (is(symbol.text, "head"))
		symbol.nodes = current_head(a, symbol.branch);
	else
		symbol.literal = !is(symbol.text, "base");
	return symbol;
}

/* The nodes against which lineage is tested; none: everything passes. */
static Nodes
lineage_tests(const Ask *a, const Symbol *symbol)
{
	Nodes tests = {mig_alloc(a->m, symbol->nodes.n + 2, sizeof(Node)), 0};

	if (symbol->branch.len > 0)
		tests.at[tests.n++] = look_up_text(a, symbol->branch);
	if (symbol->literal)
		tests.at[tests.n++] = look_up_text(a, symbol->text);
	for (size_t i = 0; i < symbol->nodes.n; i++)
		tests.at[tests.n++] = symbol->nodes.at[i];
	return tests;
}

/* filter_for_lineage: looks against up only where there is something to test */
static Nodes
lineage(const Ask *a, Nodes nodes, MigText against, bool dependencies)
{
	Symbol symbol = parse_symbol(a, against);
	Nodes kept = {mig_alloc(a->m, nodes.n, sizeof(Node)), 0};
	const bool *members;
	Nodes tests;

	if (nodes.n == 0)
		return kept;
	tests = lineage_tests(a, &symbol);
	if (tests.n == 0)
		return nodes;
	members = lineage_set(a, tests, dependencies);
	for (size_t i = 0; i < nodes.n; i++)
		if (members[nodes.at[i]])
			kept.at[kept.n++] = nodes.at[i];
	return kept;
}

/* get_revision */
static Node
one_revision(const Ask *a, MigText text)
{
	Symbol symbol = parse_symbol(a, text);
	Nodes nodes;

	if (symbol.nodes.n > 1)
		fail_heads(a, symbol.nodes, symbol.branch);
	nodes = look_up(a, &symbol);
	return nodes.n > 0 ? nodes.at[0] : NODE_NONE;
}

/* The same with the branch before it, if there is one. */
static Node
branch_revision(const Ask *a, MigText branch, MigText symbol)
{
	if (branch.at == NULL)
		return one_revision(a, symbol);
	return one_revision(a,
						mig_text(mig_format(a->m, "%.*s@%.*s", MIG_ARG(branch), MIG_ARG(symbol))));
}

/* ---- relative targets ---- */

/* What an identifier or label may be made of, and all that is not ASCII. */
static bool
is_symbol_char(char c)
{
	return is_digit(c) || is_letter(c) || c == '_' || c == '.' || (unsigned char) c >= 0x80;
}

/* "+12" -> 12 */
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
static bool
parse_relative(MigText text, Relative *r)
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

/* Alembic does not look at what is behind the number; here it is a mistake. */
static void
check_junk(const Ask *a, const Relative *r)
{
	size_t end = (size_t) (r->number.at - a->text.at) + r->number.len;

	if (r->junk)
		refuse(
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
		Symbol symbol = parse_symbol(a, branch);
		Nodes tests = lineage_tests(a, &symbol);

		if (tests.n == 0) /* "base": everything */
			tests = graph_bases(a->m, a->g);
		*members = lineage_set(a, tests, false);
	}
	kept.at = mig_alloc(a->m, children.n, sizeof(Node));
	for (size_t i = 0; i < children.n; i++)
		if ((*members)[children.at[i]])
			kept.at[kept.n++] = children.at[i];
	return kept;
}

/* _walk, up */
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

/* _walk, down */
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

/* get_revisions, of a single text; may hold NODE_NONE and NODE_BELOW */
static Nodes
some_revisions(const Ask *a, MigText text)
{
	Symbol symbol = parse_symbol(a, text);
	Relative r;

	if (symbol.literal && is_negative(symbol.text, &r))
		return down_from_heads(a, symbol.branch, r.steps);
	if (!symbol.literal && symbol.nodes.n == 0)
		return symbol.nodes; /* "base": the branch is not even looked up */
	return look_up(a, &symbol);
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

/* Members of the branch among what is applied that have none of it above them. */
static Nodes
branch_tips(const Ask *a, Nodes current, MigText branch)
{
	const MigGraph *g = a->g;
	Nodes applied = graph_members(a->m, g, graph_reach(a->m, g, g->parents, current));
	Nodes active = lineage(a, applied, branch, false);
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

/* Current revisions that a "-N" names may lie below a base: nothing starts there. */
static Nodes
check_real(const Ask *a, Nodes nodes, const Relative *r)
{
	for (size_t i = 0; i < nodes.n; i++)
		if (nodes.at[i] >= a->g->n)
			fail_steps(a, r);
	return nodes;
}

/* Where "+N" starts: NODE_NONE, below all bases. */
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
		return one_revision(a, current.at[0]);
	}
	rows = all_revisions(a, current);
	for (size_t i = 0; i < rows.n; i++)
		if (rows.at[i] == NODE_BELOW)
			look_up_text(a, mig_text("base")); /* as a revision of that name, as Alembic does */
	rows = check_real(a, rows, r);
	start = lineage(a, rows, r->branch, false);
	if (start.n == 0)
		start = branch_tips(a, rows, r->branch);
	if (start.n > 1)
		fail_current(a, "upgrade", graph_ids(a->m, a->g, start), "+1");
	return start.n > 0 ? start.at[0] : NODE_NONE;
}

/* _parse_upgrade_target, of a relative one */
static Node
upgrade_relative(const Ask *a, MigList current, const Relative *r, bool strict)
{
	Node node;

	if (r->symbol.at == NULL && r->steps <= 0)
		fail_direction(a, r, "An upgrade goes up from what is current.",
					   "Give \"+N\" with N from 1, or use migrate_downgrade().");
	if (r->steps <= 0)
		node = walk_down(a, branch_revision(a, r->branch, r->symbol), r->steps, strict);
	else if (r->symbol.at)
		node = walk_up(a, one_revision(a, r->symbol), r->steps, r->branch, strict);
	else
		node = walk_up(a, upgrade_start(a, current, r), r->steps, r->branch, strict);
	if (node >= a->g->n)
		fail_steps(a, r);
	return node;
}

/* A number that led below a base names no revision. */
static Nodes
check_nodes(const Ask *a, Nodes nodes)
{
	Relative r;

	if (!parse_relative(a->text, &r))
		r.number = mig_text("-0");
	return check_real(a, nodes, &r);
}

Nodes
target_upgrade(Mig *m, const MigGraph *g, MigList current, MigText target, bool strict)
{
	Ask a = {m, g, target, current, strict};
	Relative r;
	Nodes one;

	target_check(m, target);
	if (!parse_relative(target, &r))
		return check_nodes(&a, some_revisions(&a, target));
	one = (Nodes){mig_alloc(m, 1, sizeof(Node)), 1};
	one.at[0] = upgrade_relative(&a, current, &r, strict);
	check_junk(&a, &r);
	return one;
}

/* ---- downgrade ---- */

/* _get_all_current: what is applied and has nothing applied above it (through down) */
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

/* Where "branch@-N" starts: the one current revision on the branch. */
static Node
branch_start(const Ask *a, MigList current, const Relative *r)
{
	Nodes rows = {mig_alloc(a->m, current.n, sizeof(Node)), 0};
	Nodes start;

	for (size_t i = 0; i < current.n; i++)
	{
		rows.at[rows.n++] = look_up_text(a, current.at[i]);
		if (i == 0)
			lineage(a, rows, r->branch, false); /* a wrong branch is told before a wrong row */
	}
	start = lineage(a, rows, r->branch, false);
	if (start.n == 0)
		start = lineage(a, effective_tips(a, rows), r->branch, false);
	if (start.n == 0)
		fail_steps(a, r);
	if (start.n > 1)
		fail_current(a, "downgrade", graph_ids(a->m, a->g, start), "-1");
	return start.at[0];
}

/* "-N" and "branch@-N": down from what is current */
static Below
downgrade_from_current(const Ask *a, MigList current, const Relative *r, bool strict)
{
	Below below = {r->branch, NODE_NONE};
	Node start;

	if (r->branch.at)
		start = branch_revision(a, r->branch, graph_id(a->g, branch_start(a, current, r)));
	else
	{
		if (current.n == 0)
			fail_steps(a, r);
		if (current.n > 1)
			fail_current(a, "downgrade", current, "-1");
		below.label = current.at[0];
		start = branch_revision(a, current.at[0], current.at[0]);
	}
	below.node = walk_down(a, start, r->steps, strict);
	return below;
}

/* _parse_downgrade_target, of a relative one */
static Below
downgrade_relative(const Ask *a, MigList current, const Relative *r, bool strict)
{
	Below below = {r->branch, NODE_NONE};

	if (r->steps >= 0 && r->symbol.at == NULL)
		fail_direction(a, r, "A downgrade goes down from what is current.",
					   "Give \"-N\" with N from 1, or use migrate_upgrade().");
	if (r->steps >= 0)
		below.node = walk_up(a, one_revision(a, r->symbol), r->steps, r->branch, strict);
	else if (r->symbol.at == NULL)
		below = downgrade_from_current(a, current, r, strict);
	else
		below.node = walk_down(a, branch_revision(a, r->branch, r->symbol), r->steps, strict);
	if (below.node == NODE_NONE)
		fail_steps(a, r);
	return below;
}

/* _parse_downgrade_target; the branch of an absolute target only says what to take down */
Below
target_downgrade(Mig *m, const MigGraph *g, MigList current, MigText target, bool strict)
{
	Ask a = {m, g, target, current, strict};
	Below below = {{NULL, 0}, NODE_NONE};
	MigText symbol = target;
	Relative r;

	target_check(m, target);
	if (parse_relative(target, &r))
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
	below.node = one_revision(&a, symbol);
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
	return one_revision(&a, target);
}

Nodes
target_lineage(Mig *m, const MigGraph *g, Nodes nodes, MigText against, bool dependencies)
{
	Ask a = {m, g, against, {NULL, 0}, false};

	return lineage(&a, nodes, against, dependencies);
}

Node
target_branch(Mig *m, const MigGraph *g, MigText target, MigText label)
{
	Ask a = {m, g, target, {NULL, 0}, false};

	return branch_node(&a, label);
}
