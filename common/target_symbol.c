/*
 * target_symbol.c - what a symbol stands for: "head", "heads", "base", an
 * identifier, a label or its beginning, alone or on a branch; see target.c
 */
#include "target.h"

#include <string.h>

/* ---- errors ---- */

/* All errors of this file leave here; the first line always quotes the target as given. */
_Noreturn void
target_refuse(const Ask *a, const char *sqlstate, const char *message, const char *detail,
			  const char *hint)
{
	mig_raise(a->m, &(MigError){sqlstate, message, detail, hint, NULL});
}

/*
 * Alembic hides the reason behind this line; here it is the detail.  So people find it, and
 * programs that look for its words.
 */
static _Noreturn void
fail_locate(const Ask *a, const char *detail, const char *hint)
{
	target_refuse(
		a, MIG_UNKNOWN_OBJECT,
		mig_format(a->m, "can't locate revision identified by \"%.*s\"", MIG_ARG(a->text)), detail,
		hint);
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
	target_refuse(
		a, MIG_WRONG_STATE,
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

/*
 * Keys of at most three characters must be given in full: Alembic takes none of them for what is
 * only a beginning, however many characters that has.
 */
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

/*
 * within: NULL, or a set to which what is only a prefix must lead.  A key that is given in full
 * wins over all that it begins, and is not asked where it leads: the caller does, and says so.
 */
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
	if (target_parse_relative(text, &r))
		return "Here a number of steps has no meaning: give an identifier, a label, \"head\", "
			   "\"heads\" or \"base\".";
	return "migrate_history() lists the revisions; add what is missing with migrate_add().";
}

/*
 * Leaves unless text stands for exactly one revision.  A version row that the store does not know
 * is told as such, since nobody has typed it.
 */
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
Node
target_branch_node(const Ask *a, MigText branch)
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

/*
 * Everything above and below nodes, and they themselves: Alembic's lineage.  Siblings are not in
 * it.
 */
bool *
target_line(const Ask *a, Nodes nodes, bool dependencies)
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

/*
 * _revision_for_ident, for every node of a symbol.  On a branch a prefix need only be one there;
 * what is found must be on it, however it was found.
 */
Nodes
target_look_up(const Ask *a, const Symbol *symbol)
{
	Node branch = symbol->branch.len > 0 ? target_branch_node(a, symbol->branch) : NODE_NONE;
	const bool *members = branch != NODE_NONE ? target_line(a, (Nodes){&branch, 1}, false) : NULL;
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

Node
target_look_up_text(const Ask *a, MigText text)
{
	Found found = search(a->g, text, NULL);

	return only(a, text, &found);
}

/* ---- symbols ---- */

/*
 * get_current_head: "head" is the one without a child through down; who is only depended on is
 * one, too.
 */
static Nodes
current_head(const Ask *a, MigText branch)
{
	Nodes heads = graph_heads(a->m, a->g, false);

	if (branch.len > 0)
		heads = target_keep_line(a, heads, branch, false);
	if (heads.n > 1)
		fail_heads(a, heads, branch);
	return heads;
}

/*
 * _resolve_revision_number.  "heads" without a branch are those that nobody depends on either,
 * with one all that nobody revises: as Alembic has it.
 */
Symbol
target_parse_symbol(const Ask *a, MigText text)
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
			symbol.nodes = target_keep_line(a, symbol.nodes, symbol.branch, false);
	}
	else if (is(symbol.text, "head"))
		symbol.nodes = current_head(a, symbol.branch);
	else
		symbol.literal = !is(symbol.text, "base");
	return symbol;
}

/* The nodes against which lineage is tested; none: everything passes. */
Nodes
target_line_tests(const Ask *a, const Symbol *symbol)
{
	Nodes tests = {mig_alloc(a->m, symbol->nodes.n + 2, sizeof(Node)), 0};

	if (symbol->branch.len > 0)
		tests.at[tests.n++] = target_look_up_text(a, symbol->branch);
	if (symbol->literal)
		tests.at[tests.n++] = target_look_up_text(a, symbol->text);
	for (size_t i = 0; i < symbol->nodes.n; i++)
		tests.at[tests.n++] = symbol->nodes.at[i];
	return tests;
}

/* filter_for_lineage: looks against up only where there is something to test */
Nodes
target_keep_line(const Ask *a, Nodes nodes, MigText against, bool dependencies)
{
	Symbol symbol = target_parse_symbol(a, against);
	Nodes kept = {mig_alloc(a->m, nodes.n, sizeof(Node)), 0};
	const bool *members;
	Nodes tests;

	if (nodes.n == 0)
		return kept;
	tests = target_line_tests(a, &symbol);
	if (tests.n == 0)
		return nodes;
	members = target_line(a, tests, dependencies);
	for (size_t i = 0; i < nodes.n; i++)
		if (members[nodes.at[i]])
			kept.at[kept.n++] = nodes.at[i];
	return kept;
}

/* get_revision */
Node
target_one(const Ask *a, MigText text)
{
	Symbol symbol = target_parse_symbol(a, text);
	Nodes nodes;

	if (symbol.nodes.n > 1)
		fail_heads(a, symbol.nodes, symbol.branch);
	nodes = target_look_up(a, &symbol);
	return nodes.n > 0 ? nodes.at[0] : NODE_NONE;
}

/*
 * The same with the branch before it, if there is one.  As text, since what the symbol means on a
 * branch is for target_parse_symbol() to say.
 */
Node
target_one_of(const Ask *a, MigText branch, MigText symbol)
{
	if (branch.at == NULL)
		return target_one(a, symbol);
	return target_one(a, mig_text(mig_format(a->m, "%.*s@%.*s", MIG_ARG(branch), MIG_ARG(symbol))));
}
