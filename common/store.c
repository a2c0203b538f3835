/*
 * store.c - what the store's functions decide: add, make, remove, verify
 *
 * The adapter loads the store's rows, asks here, and writes what the answer
 * says.  A revision counts as applied when it is a version row or an ancestor
 * of one; what is applied is history and is not rewritten.
 *
 * What becomes of a script that is added:
 *
 *   not stored                                       added
 *   stored, the same bytes                           unchanged
 *   stored, others; not applied                      replaced
 *   stored, others; applied, and only white space,
 *     comments or the downgrade differ               replaced
 *   stored, others; applied, anything else           refused
 */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

const MigColumn mig_scripts_columns[] = {
	{"filename", MIG_TEXT}, {"script", MIG_TEXT}, {NULL, MIG_TEXT}};
const MigColumn mig_verify_columns[] = {
	{"revision", MIG_TEXT}, {"problem", MIG_TEXT}, {"hint", MIG_TEXT}, {NULL, MIG_TEXT}};

/* In the store's order: the adapter loads them sorted. */
MigList
mig_store_rows(Mig *m, const MigStore *store)
{
	MigLines rows = mig_lines(m);

	for (size_t i = 0; i < store->nversions; i++)
		mig_lines_add(&rows, store->versions[i].revision);
	return rows.list;
}

static int
compare_revisions(const void *a, const void *b)
{
	return mig_compare(((const MigRevision *) a)->id, ((const MigRevision *) b)->id);
}

/* The revision of that identifier among sorted ones, or NULL. */
static MigRevision *
find(MigRevisions sorted, MigText id)
{
	MigRevision key = {.id = id};

	return sorted.n == 0
			   ? NULL
			   : bsearch(&key, sorted.at, sorted.n, sizeof(MigRevision), compare_revisions);
}

MigRevision *
mig_store_find(const MigStore *store, MigText id)
{
	return find(store->revisions, id);
}

MigTable *
mig_store_scripts(Mig *m, const MigStore *store)
{
	MigTable *table = mig_table(m, mig_scripts_columns);

	for (size_t i = 0; i < store->revisions.n; i++)
	{
		MigText *row = mig_table_row(m, table);

		row[0] = mig_script_filename(m, &store->revisions.at[i]);
		row[1] = store->revisions.at[i].script;
	}
	return table;
}

static bool
same_list(MigList a, MigList b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (!mig_same(a.at[i], b.at[i]))
			return false;
	return true;
}

static bool
contains_sorted(MigList sorted, MigText text)
{
	return sorted.n > 0 && bsearch(&text, sorted.at, sorted.n, sizeof(MigText), text_compare);
}

static bool
contains(MigList list, MigText text)
{
	for (size_t i = 0; i < list.n; i++)
		if (mig_same(list.at[i], text))
			return true;
	return false;
}

/* ---- add ---- */

/* The store as it will be: the bundle's revisions, and those that it does not have. */
static MigRevisions
together(Mig *m, MigRevisions stored, MigRevisions bundle)
{
	MigRevisions sorted = {mig_alloc(m, bundle.n, sizeof(MigRevision)), bundle.n};
	MigRevisions all = {mig_alloc(m, stored.n + bundle.n, sizeof(MigRevision)), bundle.n};

	if (bundle.n == 0)
		return stored;
	memcpy(sorted.at, bundle.at, bundle.n * sizeof(MigRevision));
	qsort(sorted.at, sorted.n, sizeof(MigRevision), compare_revisions);
	memcpy(all.at, sorted.at, sorted.n * sizeof(MigRevision));
	for (size_t i = 0; i < stored.n; i++)
		if (find(sorted, stored.at[i].id) == NULL)
			all.at[all.n++] = stored.at[i];
	qsort(all.at, all.n, sizeof(MigRevision), compare_revisions);
	return all;
}

/* A file behind another one than before: the chain was cut, or a file was put into it. */
static void
check_chain(Mig *m, const MigRevision *stored, const MigRevision *given)
{
	if (!given->plain || same_list(stored->revises, given->revises))
		return;
	mig_raise(m,
			  &(MigError){
				  MIG_WRONG_STATE,
				  mig_format(m, "file \"%.*s\" is not where it was in the chain of files",
							 MIG_ARG(given->file)),
				  mig_format(m, "Revision %.*s was added behind %s and now stands behind %s.",
							 MIG_ARG(stored->id),
							 stored->revises.n ? mig_join(m, stored->revises, ", ").at : "no other",
							 given->revises.n ? mig_join(m, given->revises, ", ").at : "no other"),
				  "A new file goes to the end: give it a name that sorts behind all others; a "
				  "file that is missing must come back.",
				  NULL});
}

/*
 * What differs, in words, or NULL where only what may change in history has changed: white space,
 * comments, the downgrade (which may need to be mended just when it is wanted).
 */
static const char *
difference(const MigRevision *stored, const MigRevision *given)
{
	if (!mig_same(stored->checksum, given->checksum))
		return "The statements of its upgrade differ.";
	if (!same_list(stored->revises, given->revises))
		return "What it revises differs.";
	if (!same_list(stored->depends, given->depends))
		return "What it depends on differs.";
	if (!same_list(stored->labels, given->labels))
		return "Its labels differ.";
	if (!mig_same(stored->message, given->message))
		return "Its message differs.";
	if (stored->transactional != given->transactional)
		return "Its transaction directive differs.";
	return NULL;
}

static void
check_applied(Mig *m, const MigRevision *stored, const MigRevision *given)
{
	const char *what = difference(stored, given);

	if (what)
		mig_raise(m, &(MigError){MIG_WRONG_STATE,
								 mig_format(m, "revision \"%.*s\" is applied and cannot be changed",
											MIG_ARG(stored->id)),
								 what,
								 "Put the script back as migrate_script() shows it, and make the "
								 "change in a new revision; or downgrade below it first.",
								 NULL});
}

static const char *
action_name(MigAction action)
{
	static const char *const names[] = {"added", "replaced", "unchanged"};

	return names[action];
}

static MigText
action_line(Mig *m, MigAction action, const MigRevision *revision)
{
	return mig_text(mig_format(m, "%s %.*s%s%.*s", action_name(action), MIG_ARG(revision->id),
							   revision->message.len ? ", " : "", MIG_ARG(revision->message)));
}

/*
 * Compares a bundle with what is stored, byte by byte: even a comment that changed is to come back
 * as it is now.
 */
static MigAdd
compare_bundle(Mig *m, const MigStore *store, MigRevisions bundle)
{
	MigAdd add = {mig_alloc(m, bundle.n, sizeof(MigAction)), false, {NULL, 0}};
	MigLines lines = mig_lines(m);

	for (size_t i = 0; i < bundle.n; i++)
	{
		const MigRevision *stored = find(store->revisions, bundle.at[i].id);

		if (stored == NULL)
			add.actions[i] = MIG_ADDED;
		else if (mig_same(stored->script, bundle.at[i].script))
			add.actions[i] = MIG_UNCHANGED;
		else
			add.actions[i] = MIG_REPLACED;
		add.writes |= add.actions[i] != MIG_UNCHANGED;
		mig_lines_add(&lines, action_line(m, add.actions[i], &bundle.at[i]));
	}
	add.lines = lines.list;
	return add;
}

/*
 * Of a bundle that changes nothing, so that no graph is made of it: one that names a revision
 * twice is refused there as anywhere else.
 */
static bool
has_duplicates(Mig *m, MigRevisions bundle)
{
	MigRevisions sorted = {mig_alloc(m, bundle.n, sizeof(MigRevision)), bundle.n};

	if (bundle.n < 2)
		return false;
	memcpy(sorted.at, bundle.at, bundle.n * sizeof(MigRevision));
	qsort(sorted.at, sorted.n, sizeof(MigRevision), compare_revisions);
	for (size_t i = 1; i < sorted.n; i++)
		if (mig_same(sorted.at[i - 1].id, sorted.at[i].id))
			return true;
	return false;
}

/* Nothing to write is the common case, at each start of an application: then no graph is built. */
MigAdd
mig_store_add(Mig *m, const MigStore *store, MigRevisions bundle)
{
	MigAdd add = compare_bundle(m, store, bundle);
	MigGraph *graph;
	MigList applied;

	if (!add.writes && !has_duplicates(m, bundle))
		return add;
	for (size_t i = 0; i < bundle.n; i++)
		if (add.actions[i] == MIG_REPLACED)
			check_chain(m, find(store->revisions, bundle.at[i].id), &bundle.at[i]);
	graph = mig_graph(m, together(m, store->revisions, bundle));
	applied = mig_graph_all_applied(m, graph, mig_store_rows(m, store));
	for (size_t i = 0; i < bundle.n; i++)
		if (add.actions[i] == MIG_REPLACED && contains_sorted(applied, bundle.at[i].id))
			check_applied(m, find(store->revisions, bundle.at[i].id), &bundle.at[i]);
	return add;
}

/* ---- make ---- */

/* As Alembic's: 12 hexadecimal digits. */
MigText
mig_store_random_id(Mig *m, const unsigned char bytes[6])
{
	return mig_text(mig_format(m, "%02x%02x%02x%02x%02x%02x", bytes[0], bytes[1], bytes[2],
							   bytes[3], bytes[4], bytes[5]));
}

/*
 * A dependency is one revision, named in any way.  A label stays one, so that
 * it follows its branch.
 */
static MigList
resolve_depends(Mig *m, const MigGraph *g, MigText depends)
{
	MigList given = mig_split(m, depends);
	MigLines ids = mig_lines(m);

	for (size_t i = 0; i < given.n; i++)
	{
		Node x = target_revision(m, g, given.at[i]);

		if (x >= g->n)
			mig_raise(m, &(MigError){MIG_INVALID_VALUE,
									 mig_format(m, "\"%.*s\" is not a revision to depend on",
												MIG_ARG(given.at[i])),
									 NULL, "Name a revision or a label.", NULL});
		mig_lines_add(&ids, contains(g->revisions.at[x].labels, given.at[i]) ? given.at[i]
																			 : graph_id(g, x));
	}
	return ids.list;
}

/* As Alembic without --splice: a new branch is rarely meant where a head was meant. */
static void
check_is_head(Mig *m, const MigGraph *g, MigText id)
{
	if (graph_of(g->next, graph_key(g, id)).n > 0)
		mig_raise(
			m, &(MigError){MIG_WRONG_STATE,
						   mig_format(m, "revision \"%.*s\" is not a head revision", MIG_ARG(id)),
						   NULL,
						   "Set the argument splice to create a new branch from this "
						   "revision, or name a head: migrate_heads() lists them.",
						   NULL});
}

static void
header_line(MigBuf *buf, const char *name, MigText value)
{
	if (value.len > 0)
		mig_buf_format(buf, "-- migrate:%s %.*s\n", name, MIG_ARG(value));
}

/* NULL: there is no such section; empty: there is one, on purpose. */
static void
header_section(MigBuf *buf, const char *name, MigText sql)
{
	if (sql.at == NULL)
		return;
	mig_buf_format(buf, "\n-- migrate:%s\n", name);
	mig_buf_add(buf, sql);
	if (sql.len > 0 && sql.at[sql.len - 1] != '\n')
		mig_buf_str(buf, "\n");
}

/*
 * Written as a person would write it, and read again by the parser: what does not come back as it
 * went in is refused by the same rules.
 */
static MigText
new_script(Mig *m, const MigNew *new, MigText id, MigList revises, MigList depends)
{
	MigBuf buf = mig_buf(m);

	header_line(&buf, "revision", id);
	header_line(&buf, "revises", mig_join(m, revises, ", "));
	header_line(&buf, "message", new->message);
	header_line(&buf, "labels", mig_join(m, mig_split(m, new->label), ", "));
	header_line(&buf, "depends", mig_join(m, depends, ", "));
	header_line(&buf, "created", new->now);
	if (!new->transactional)
		header_line(&buf, "transaction", mig_text("off"));
	header_section(&buf, "upgrade", new->upgrade.at ? new->upgrade : mig_text(""));
	header_section(&buf, "downgrade", new->downgrade);
	return mig_buf_text(&buf);
}

/* A directive is one line. */
static void
check_message(Mig *m, MigText message)
{
	for (size_t i = 0; i < message.len; i++)
		if (message.at[i] == '\n' || message.at[i] == '\r')
			mig_raise(m, &(MigError){MIG_INVALID_VALUE, "message has more than one line", NULL,
									 "Put what does not fit into a comment of the upgrade.", NULL});
}

/* As in Alembic, one named twice is told before one that is no head. */
static void
check_revises(Mig *m, const MigGraph *g, const MigNew *new, MigList revises)
{
	for (size_t i = 0; i < revises.n; i++)
		for (size_t k = 0; k < i; k++)
			if (mig_same(revises.at[i], revises.at[k]))
				mig_raise(m, &(MigError){MIG_INVALID_VALUE,
										 mig_format(m, "head \"%.*s\" is named twice",
													MIG_ARG(revises.at[i])),
										 NULL, "Name each head once.", NULL});
	for (size_t i = 0; i < revises.n && !new->splice; i++)
		check_is_head(m, g, revises.at[i]);
}

/* "base" or "label@base" */
static bool
names_base(MigText head)
{
	return mig_same(head, mig_text("base")) ||
		   (head.len > 5 && memcmp(head.at + head.len - 5, "@base", 5) == 0);
}

/*
 * A text of statements can hold a line "-- migrate:revision": then two scripts come back, and it
 * is refused.
 */
MigRevision *
mig_store_new(Mig *m, const MigGraph *g, const MigNew *new)
{
	MigText id = new->rev_id.at ? new->rev_id : new->random_id;
	MigText head = new->head.at ? new->head : mig_text("head");
	MigList revises = graph_ids(m, g, target_several(m, g, head, true));
	MigRevisions made;

	script_check_revision_id(m, id);
	check_message(m, new->message);
	if (mig_graph_find(g, id))
		mig_raise(m, &(MigError){MIG_DUPLICATE,
								 mig_format(m, "revision \"%.*s\" exists already", MIG_ARG(id)),
								 NULL, "Choose another rev_id, or none to have one made.", NULL});
	check_revises(m, g, new, revises);
	if (revises.n == 0 && (new->merge || (g->n > 0 && !names_base(head))))
		mig_raise(m,
				  &(MigError){MIG_INVALID_VALUE,
							  mig_format(m, "\"%.*s\" names no revision", MIG_ARG(head)), NULL,
							  "Name the revisions to stand on; \"base\" makes a new root.", NULL});
	made =
		mig_script_parse(m, new_script(m, new, id, revises, resolve_depends(m, g, new->depends)));
	if (made.n != 1)
		mig_raise(m, &(MigError){MIG_INVALID_VALUE, "statements contain a revision of their own",
								 NULL, "Add whole scripts with migrate_add().", NULL});
	return made.at;
}

/* ---- remove ---- */

/* A dependency on one of its labels is one on it. */
static bool
is_child(const MigRevision *child, const MigRevision *parent)
{
	if (contains(child->revises, parent->id) || contains(child->depends, parent->id))
		return true;
	for (size_t i = 0; i < parent->labels.n; i++)
		if (contains(child->depends, parent->labels.at[i]))
			return true;
	return false;
}

/* Dependents are children here: without it they could not run. */
static void
check_no_children(Mig *m, const MigStore *store, const MigRevision *revision)
{
	MigLines children = mig_lines(m);

	for (size_t i = 0; i < store->revisions.n; i++)
		if (is_child(&store->revisions.at[i], revision))
			mig_lines_add(&children, store->revisions.at[i].id);
	if (children.list.n > 0)
		mig_raise(
			m, &(MigError){
				   MIG_WRONG_STATE,
				   mig_format(m, "revision \"%.*s\" has revisions above it", MIG_ARG(revision->id)),
				   mig_format(m, "It is needed by %s.", mig_join(m, children.list, ", ").at),
				   "Remove those first.", NULL});
}

/* Nobody could tell any more what has been done of it. */
static void
check_not_stopped(Mig *m, const MigGraph *g, const MigStore *store, const MigRevision *revision)
{
	const MigStop *stop = mig_resume_find(m, g, store, revision->id, MIG_UPGRADE);

	if (stop)
		mig_raise(
			m,
			&(MigError){MIG_WRONG_STATE,
						mig_format(m, "revision \"%.*s\" is partly applied", MIG_ARG(revision->id)),
						mig_format(m, "Its upgrade has stopped at statement %d.", stop->done + 1),
						"Finish its upgrade, then downgrade below it.", NULL});
}

/*
 * Whatever stands on it, or has been done of it, must be gone first: nothing is removed in
 * passing.
 */
const MigRevision *
mig_store_remove(Mig *m, const MigGraph *g, const MigStore *store, MigText target)
{
	const MigRevision *revision = mig_resolve_one(m, g, store, target);

	if (mig_graph_applied(m, g, mig_store_rows(m, store), revision->id))
		mig_raise(m, &(MigError){MIG_WRONG_STATE,
								 mig_format(m, "revision \"%.*s\" is applied and cannot be removed",
											MIG_ARG(revision->id)),
								 NULL, "Downgrade below it first.", NULL});
	check_no_children(m, store, revision);
	check_not_stopped(m, g, store, revision);
	return revision;
}

MigText
mig_store_removed_line(Mig *m, const MigRevision *revision)
{
	return mig_text(mig_format(m, "removed %.*s", MIG_ARG(revision->id)));
}

/* ---- check, status, verify ---- */

/*
 * What is wrong with a revision's script, as an error, or one without message.  Two ways in which
 * a script can be another than what it claims: the row says something else than its text, or both
 * say something else than what the log has as run.
 */
static MigError
script_problem(Mig *m, const MigRevision *revision, const Script *script, MigText logged)
{
	const MigRevision *parsed = script ? script_revision(script) : NULL;

	if (parsed == NULL || !mig_same(parsed->id, revision->id) || difference(revision, parsed))
		return (MigError){MIG_DAMAGED,
						  mig_format(m, "script of revision \"%.*s\" was edited in the store",
									 MIG_ARG(revision->id)),
						  "Its text no longer says what was added.",
						  "Add the script again as it was, with migrate_add().", NULL};
	if (logged.at && !mig_same(logged, revision->checksum))
		return (MigError){
			MIG_DAMAGED,
			mig_format(m, "revision \"%.*s\" is not what was run", MIG_ARG(revision->id)),
			mig_format(m, "Its checksum is %.*s; what was run had %.*s.",
					   MIG_ARG(revision->checksum), MIG_ARG(logged)),
			"Restore its row from a backup of migrate_revision.", NULL};
	return (MigError){NULL, NULL, NULL, NULL, NULL};
}

/* Read once, for the check and for what the caller wants of it. */
static const Script *
checked_script(Mig *m, const MigRevision *revision, MigText logged)
{
	const Script *script = script_read(m, revision->script);
	MigError error = script_problem(m, revision, script, logged);

	if (error.message)
		mig_raise(m, &error);
	return script;
}

void
mig_store_check(Mig *m, const MigRevision *revision, MigText logged)
{
	checked_script(m, revision, logged);
}

MigSection
mig_store_section(Mig *m, const MigRevision *revision, MigText logged, MigDirection direction,
				  MigEngine engine)
{
	return script_section(m, checked_script(m, revision, logged), direction, engine);
}

static _Noreturn void
raise_unsettled(Mig *m, const char *detail)
{
	mig_raise(m, &(MigError){MIG_WRONG_STATE,
							 "revisions or version rows are not as the run has left them", detail,
							 "A revision or a trigger changes migrate_revision or migrate_version: "
							 "take that out.",
							 NULL});
}

static const char *
quoted_or_none(Mig *m, MigList ids)
{
	return ids.n == 0 ? "none" : mig_format(m, "\"%s\"", mig_join(m, ids, "\", \"").at);
}

/*
 * A revision can write to any table, ours included, and a trigger can, too: then the plan went by
 * what is not so any more.
 */
void
mig_store_settled(Mig *m, const MigStore *before, const MigStore *now, MigList heads)
{
	MigList rows = mig_store_rows(m, now);

	if (!same_list(rows, heads))
		raise_unsettled(m, mig_format(m, "The version rows are %s; they should be %s.",
									  quoted_or_none(m, rows), quoted_or_none(m, heads)));
	if (before->revisions.n != now->revisions.n)
		raise_unsettled(m, mig_format(m, "There are %zu revisions; there were %zu.",
									  now->revisions.n, before->revisions.n));
}

/* Unknown rows are told, not refused: this is what one looks at when something is wrong. */
MigText
mig_store_status(Mig *m, const MigGraph *g, const MigStore *store)
{
	MigList rows = mig_store_rows(m, store);
	size_t applied = mig_graph_all_applied(m, g, rows).n;
	MigLines current = mig_lines(m);
	MigLines status = mig_lines(m);

	for (size_t i = 0; i < rows.n; i++)
		mig_lines_add(&current,
					  mig_graph_find(g, rows.at[i])
						  ? rows.at[i]
						  : mig_text(mig_format(m, "%.*s (unknown)", MIG_ARG(rows.at[i]))));
	mig_lines_add(&status,
				  mig_text(mig_format(m, "%zu of %zu revisions pending, current %s",
									  store->revisions.n - applied, store->revisions.n,
									  rows.n ? mig_join(m, current.list, ", ").at : "<base>")));
	mig_resume_lines(m, g, store, &status);
	return mig_join(m, status.list, ", ");
}

/* The plan of an upgrade to heads says what is pending, and in which order. */
MigText
mig_store_all_applied(Mig *m, const MigGraph *g, const MigStore *store)
{
	MigList rows = mig_store_rows(m, store);
	MigPlan plan = mig_plan(m, g, rows, mig_text("heads"), MIG_UPGRADE);
	MigLines pending = mig_lines(m);

	if (plan.n == 0)
		return mig_text(mig_format(m, "all %zu revisions applied, current %s", store->revisions.n,
								   mig_plan_current(m, g, rows).at));
	for (size_t i = 0; i < plan.n && i < 10; i++)
		mig_lines_add(&pending, plan.steps[i].revision->id);
	if (plan.n > pending.list.n)
		mig_lines_add(&pending, mig_text("..."));
	mig_raise(m, &(MigError){MIG_WRONG_STATE, "database is not on all head revisions",
							 mig_format(m, "%zu of %zu revisions are pending: %s.", plan.n,
										store->revisions.n, mig_join(m, pending.list, ", ").at),
							 "Run SELECT migrate_upgrade('heads').", NULL});
}

static void
add_problem(Mig *m, MigTable *table, MigText revision, const MigError *error)
{
	MigText *row = mig_table_row(m, table);

	row[0] = revision;
	row[1] = mig_text(error->detail ? mig_format(m, "%s: %s", error->message, error->detail)
									: error->message);
	row[2] = mig_text(error->hint);
}

static void
verify_version(Mig *m, MigTable *table, const MigStore *store, MigText row)
{
	if (find(store->revisions, row) == NULL)
		add_problem(m, table, row,
					&(MigError){MIG_WRONG_STATE, "version row is not among the revisions", NULL,
								"Add its script with migrate_add(), or set the version with "
								"migrate_stamp(target, purge).",
								NULL});
}

/*
 * Version rows of which one is another's ancestor: each pair, since each row that goes needs its
 * own statement.
 */
static void
verify_overlap(Mig *m, MigTable *table, const MigStore *store, const MigGraph *g)
{
	MigList rows = mig_store_rows(m, store);

	for (size_t i = 0; i < rows.n; i++)
		for (size_t k = 0; k < rows.n; k++)
			if (i != k && mig_graph_find(g, rows.at[i]) &&
				mig_graph_applied(m, g, (MigList){&rows.at[k], 1}, rows.at[i]))
				add_problem(m, table, rows.at[i],
							&(MigError){MIG_WRONG_STATE,
										mig_format(m,
												   "version row is an ancestor of version row "
												   "\"%.*s\"",
												   MIG_ARG(rows.at[k])),
										NULL,
										mig_format(m,
												   "Delete it: DELETE FROM migrate_version "
												   "WHERE revision = '%.*s'.",
												   MIG_ARG(rows.at[i])),
										NULL});
}

/* Problems of the graph first: with one, there is no graph by which rows could be compared. */
MigTable *
mig_store_verify(Mig *m, const MigStore *store, const MigText *logged)
{
	MigTable *table = mig_table(m, mig_verify_columns);
	const Problem *problems = graph_problems(m, store->revisions);

	for (const Problem *p = problems; p; p = p->next)
		add_problem(m, table, p->revision, &p->error);
	for (size_t i = 0; i < store->revisions.n; i++)
	{
		const MigRevision *revision = &store->revisions.at[i];
		MigError error = script_problem(m, revision, script_read(m, revision->script), logged[i]);

		if (error.message)
			add_problem(m, table, revision->id, &error);
	}
	for (size_t i = 0; i < store->nversions; i++)
		verify_version(m, table, store, store->versions[i].revision);
	if (problems == NULL)
		verify_overlap(m, table, store, mig_graph(m, store->revisions));
	return table;
}
