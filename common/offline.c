/*
 * offline.c - a run as a script, for psql or the sqlite3 shell, that needs no extension
 *
 * The script does what the run would do, in the same order, and leaves the same
 * rows: the tables where it starts from base, then for each step the revision,
 * its section byte for byte, the version rows and a row of the log.  Columns
 * that the run leaves to defaults are left to them here.
 *
 * The parts of a script, in this order:
 *
 *   add_title()      comments for whoever opens the file
 *   add_beginning()  what the shell must be told, and foreign keys off where a table is dropped
 *   offline_begin()  BEGIN, the tables where it starts from base, the guard
 *   mig_offline_step(), for each step: its line, the revision's row, the section, the version
 *                    rows, a row of the log; where the section cannot run in a transaction,
 *                    COMMIT before it, and BEGIN and another guard behind it
 *   add_ending()     the look for rows that refer to nothing, COMMIT
 */
#include "offline.h"

#include <string.h>

/* What differs between the engines in statements on our tables. */
static const struct Words
{
	const char *name;
	const char *now;    /* for columns that say when */
	const char *client; /* for the log's column client */
	const char *yes;
	const char *no;
} engine_words[] = {
	[MIG_POSTGRESQL] = {"postgresql", "DEFAULT", "DEFAULT", "true", "false"},
	[MIG_SQLITE] = {"sqlite", "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
					"'sqlite ' || sqlite_version()", "1", "0"},
};

/* ---- the range ---- */

/* Alembic asks for both ends of a downgrade: a script cannot look where it is. */
static _Noreturn void
fail_ends(Mig *m, MigText text, MigDirection direction)
{
	bool up = direction == MIG_UPGRADE;

	mig_raise(m, &(MigError){MIG_INVALID_VALUE,
							 mig_format(m, "\"%.*s\" is not a range for %s script", MIG_ARG(text),
										up ? "an upgrade" : "a downgrade"),
							 up ? "A script for an upgrade is from:to, or the target alone to "
								  "start at base."
								: "A script for a downgrade requires from:to; it cannot look at "
								  "the version.",
							 up ? "Put one colon between the two revisions, like \"base:head\"."
								: "Put one colon between the two revisions, like \"head:head-1\".",
							 NULL});
}

/*
 * The two ends; from is empty where the script starts at base.  "a:" goes to the heads, ":" alone
 * is no range.
 */
static void
split_range(Mig *m, MigText text, MigDirection direction, MigText *from, MigText *to)
{
	const char *colon = text.len > 0 ? memchr(text.at, ':', text.len) : NULL;

	*from = (MigText){text.at, colon ? (size_t) (colon - text.at) : 0};
	*to = text;
	if (colon)
		*to = (MigText){colon + 1, text.len - from->len - 1};
	if ((to->len > 0 && memchr(to->at, ':', to->len)) || (colon && text.len == 1))
		fail_ends(m, text, direction);
	if (direction == MIG_DOWNGRADE && (from->len == 0 || to->len == 0))
		fail_ends(m, text, direction);
	if (colon && to->len == 0)
		*to = mig_text("heads");
}

/*
 * The version rows of a database that has been brought to from; empty: base.  In the order of
 * nodes, so each once and as migrate_version has them.
 */
static MigList
start_rows(Mig *m, const MigGraph *g, MigText from)
{
	bool *named = mig_alloc(m, g->n, sizeof(bool));
	Nodes nodes = {NULL, 0};

	if (from.len > 0)
		nodes = target_several(m, g, from, true);
	graph_check_overlap(m, g, nodes, MIG_INVALID_VALUE,
						"Leave out the ancestor: a revision is applied with all that it needs.");
	for (size_t i = 0; i < nodes.n; i++)
		if (nodes.at[i] < g->n)
			named[nodes.at[i]] = true;
	return graph_ids(m, g, graph_members(m, g, named));
}

/*
 * The steps are written before what stands above them: whether a table is dropped, and so whether
 * foreign keys must be off, is known at their end.  For SQLite they begin inside of the comment
 * that the top leaves open.
 */
MigOffline *
mig_offline(Mig *m, const MigGraph *g, const MigOfflineTables *tables, MigText range,
			MigDirection direction)
{
	MigOffline *o = mig_alloc(m, 1, sizeof(MigOffline));
	MigText from;
	MigText to;

	split_range(m, range, direction, &from, &to);
	*o = (MigOffline){.m = m, .g = g, .tables = tables, .direction = direction};
	o->start = o->heads = start_rows(m, g, from);
	o->plan = mig_plan(m, g, o->start, to, direction);
	o->out = mig_buf(m);
	o->in_comment = tables->engine == MIG_SQLITE;
	return o;
}

MigList
mig_offline_start(const MigOffline *o)
{
	return o->start;
}

const MigPlan *
mig_offline_plan(const MigOffline *o)
{
	return &o->plan;
}

/* ---- a step ---- */

/*
 * As migrate_add() would leave it, where the revision is there already: only what differs is
 * written, and added_at moves only with what runs, as the log is compared from there on.
 */
static void
add_revision_row(MigOffline *o, const MigRevision *r)
{
	const struct Words *w = &engine_words[o->tables->engine];
	const char *name = offline_table(o, "migrate_revision");

	offline_statement(
		o,
		mig_format(o->m,
				   "INSERT INTO %s (revision, revises, depends, labels, message,\n"
				   "\ttransactional, checksum, created_at, added_at, script)\n"
				   "VALUES ('%.*s', %s, %s, %s, %s,\n\t%s, '%.*s', %s, %s, %s)\n"
				   "ON CONFLICT (revision) DO UPDATE SET revises = excluded.revises, "
				   "depends = excluded.depends,\n\tlabels = excluded.labels, "
				   "message = excluded.message, transactional = excluded.transactional,\n"
				   "\tchecksum = excluded.checksum, created_at = excluded.created_at, "
				   "added_at =\n\tCASE WHEN migrate_revision.checksum = excluded.checksum "
				   "THEN migrate_revision.added_at ELSE excluded.added_at END,\n\tadded_by = "
				   "excluded.added_by, "
				   "script = excluded.script\n\tWHERE migrate_revision.script <> excluded.script",
				   name, MIG_ARG(r->id), offline_list(o, r->revises), offline_list(o, r->depends),
				   offline_list(o, r->labels), offline_literal(o, r->message),
				   r->transactional ? w->yes : w->no, MIG_ARG(r->checksum),
				   offline_literal(o, r->created), w->now, offline_literal(o, r->script)));
}

/*
 * In the order of the run: rows are moved as long as there are some to move; then those that are
 * left go, or those that are missing come.
 */
static void
add_versions(MigOffline *o, const MigStep *step)
{
	const char *name = offline_table(o, "migrate_version");
	const char *now = engine_words[o->tables->engine].now;
	MigList removed = step->removed;
	MigList added = step->added;

	for (size_t i = 0; i < removed.n && i < added.n; i++)
		offline_statement(
			o,
			mig_format(o->m, "UPDATE %s SET revision = '%.*s', since = %s WHERE revision = '%.*s'",
					   name, MIG_ARG(added.at[i]), now, MIG_ARG(removed.at[i])));
	for (size_t i = added.n; i < removed.n; i++)
		offline_statement(o, mig_format(o->m, "DELETE FROM %s WHERE revision = '%.*s'", name,
										MIG_ARG(removed.at[i])));
	for (size_t i = removed.n; i < added.n; i++)
		offline_statement(o,
						  mig_format(o->m, "INSERT INTO %s (revision, since) VALUES ('%.*s', %s)",
									 name, MIG_ARG(added.at[i]), now));
}

/* Who runs the script, and by which client, is for defaults and SQL to say. */
static void
add_log(MigOffline *o, const MigRevision *r, MigList after, int count)
{
	const struct Words *w = &engine_words[o->tables->engine];

	offline_statement(
		o, mig_format(o->m,
					  "INSERT INTO %s (at, direction, revision, heads_before, heads_after,\n"
					  "\tchecksum, statements, status, client)\n"
					  "VALUES (%s, '%s', '%.*s', %s, %s,\n\t'%.*s', %d, 'done', %s)",
					  offline_table(o, "migrate_log"), w->now, mig_direction_name(o->direction),
					  MIG_ARG(r->id), offline_list(o, o->heads), offline_list(o, after),
					  MIG_ARG(r->checksum), count, w->client));
}

/* What the run tells as it goes; psql names the line of an error, the sqlite3 shell does not. */
static void
announce(MigOffline *o, const MigStep *step)
{
	const char *line =
		mig_format(o->m, "%s (%zu of %zu)%s", mig_plan_line(o->m, step).at, o->next, o->plan.n,
				   step->revision->transactional ? "" : ", outside a transaction");

	offline_comment(o, mig_text(line));
	if (o->tables->engine == MIG_SQLITE)
		offline_statement(
			o, mig_format(o->m, "SELECT %s",
						  offline_literal(o, mig_text(mig_format(o->m, "running %s", line)))));
}

/* In the order of a run, which stores the revision before it runs it. */
void
mig_offline_step(MigOffline *o, const MigRevision *revision, MigText sql, int count)
{
	const MigStep *step = &o->plan.steps[o->next++];
	MigList after = mig_plan_apply(o->m, o->heads, step);

	announce(o, step);
	if (o->direction == MIG_UPGRADE)
		add_revision_row(o, revision);
	offline_run(o, revision, sql);
	add_versions(o, step);
	add_log(o, revision, after, count);
	o->heads = after;
}

/* ---- the whole ---- */

/* The last COMMIT ends a line: only there may the shell see that a statement is complete. */
static void
add_ending(MigOffline *o)
{
	if (o->drops)
	{
		offline_check_keys(o);
		offline_statement(o, "DROP TABLE temp.migrate_keys");
	}
	offline_gap(o, mig_text("\n"));
	offline_end_piece(o);
	offline_open(o);
	mig_buf_str(&o->out, "COMMIT;\n");
}

/*
 * Then psql must stop at an error by itself: outside of a transaction nothing undoes what follows.
 */
static bool
leaves_transaction(const MigOffline *o)
{
	for (size_t i = 0; i < o->plan.n; i++)
		if (!o->plan.steps[i].revision->transactional)
			return true;
	return false;
}

/* What the script is, for whoever opens the file. */
static void
add_title(MigOffline *o)
{
	const char *from = mig_plan_current(o->m, o->g, o->start).at;

	mig_buf_format(&o->out, "-- %s %s -> %s, %zu revision%s, for %s\n",
				   mig_direction_name(o->direction), from,
				   mig_plan_current(o->m, o->g, o->heads).at, o->plan.n, o->plan.n == 1 ? "" : "s",
				   engine_words[o->tables->engine].name);
	if (o->plan.n == 0)
	{
		mig_buf_str(&o->out, "-- There is nothing to run.\n");
		return;
	}
	mig_buf_format(&o->out, "-- Nothing runs where the version is not %s.\n", from);
	if (o->tables->engine == MIG_SQLITE)
		mig_buf_str(&o->out,
					"-- Run it with sqlite3 -bail.  The comments at the ends of lines make "
					"the shell take what\n-- belongs together as one piece, of which it "
					"leaves out the rest after an error.\n");
	mig_buf_str(&o->out, "\n");
}

/* Up to the first step. */
static void
add_beginning(MigOffline *o)
{
	bool postgresql = o->tables->engine == MIG_POSTGRESQL;

	if (postgresql && leaves_transaction(o))
		mig_buf_str(&o->out, "\\set ON_ERROR_STOP on\n\\set AUTOCOMMIT on\n\n");
	if (!postgresql)
		offline_statement(o, "DROP TABLE IF EXISTS temp.migrate_piece");
	if (o->drops)
		offline_keys_off(o);
	offline_begin(o, true);
	if (o->drops)
		offline_count_violations(o);
}

/*
 * The top is written last, by a copy that shares all but the text and starts from the first rows.
 */
MigText
mig_offline_text(MigOffline *o)
{
	MigOffline top = *o;

	top.out = mig_buf(o->m);
	top.in_comment = false;
	add_title(&top);
	if (o->plan.n == 0)
		return mig_buf_text(&top.out);
	top.heads = o->start;
	add_beginning(&top);
	add_ending(o);
	mig_buf_add(&top.out, mig_buf_text(&o->out));
	return mig_buf_text(&top.out);
}
