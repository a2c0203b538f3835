/*
 * drift.c - what has changed since the last run, outside of migrations
 *
 * A run leaves a snapshot: the schema as text, and the text's fingerprint.  As
 * long as the fingerprint is the same, nothing has changed; else the text, made
 * a schema again, says what.
 */
#include "diff.h"

#include <stdlib.h>

MigSnapshot
mig_snapshot(Mig *m, MigList heads, MigText schema)
{
	return (MigSnapshot){.heads = heads, .fingerprint = mig_sha256(m, schema), .schema = schema};
}

MigText
mig_snapshot_line(Mig *m, const MigSnapshot *snapshot)
{
	return mig_text(
		mig_format(m, "snapshot %.12s of %s", snapshot->fingerprint.at,
				   snapshot->heads.n ? mig_join(m, snapshot->heads, ", ").at : "<base>"));
}

/* Both come sorted. */
bool
mig_snapshot_is_of(const MigSnapshot *snapshot, MigList heads)
{
	if (snapshot->heads.n != heads.n)
		return false;
	for (size_t i = 0; i < heads.n; i++)
		if (!mig_same(snapshot->heads.at[i], heads.at[i]))
			return false;
	return true;
}

/* The hint's call is for who knows that the schema is right: without a snapshot nobody can tell. */
void
mig_snapshot_missing(Mig *m)
{
	mig_raise(m, &(MigError){MIG_WRONG_STATE, "there is no snapshot of the current version",
							 "A run takes one when it ends; an offline script, and a run that "
							 "failed behind a revision that it had committed, take none.",
							 "SELECT migrate_snapshot() takes the schema for right as it is now.",
							 NULL});
}

/* ---- drift ---- */

const MigColumn mig_drift_columns[] = {
	{"object", MIG_TEXT}, {"change", MIG_TEXT}, {"undo", MIG_TEXT}, {NULL, MIG_TEXT}};

static void
add_drift(Mig *m, MigTable *table, MigText object, const char *change, MigText undo)
{
	MigText *row = mig_table_row(m, table);

	row[0] = object;
	row[1] = mig_text(change);
	row[2] = undo;
}

/* A comment says what it may lose: who undoes by hand must see that.  like: see Op. */
static MigText
marked(Mig *m, MigText object, const Object *like, MigText undo)
{
	const char *instead = "";

	if (like)
		instead = mig_format(m, "-- If it was %.*s, give it that name again instead.\n",
							 MIG_ARG(text_one_line(m, schema_label(m, like))));
	return mig_text(mig_format(m, "-- destructive: %.*s\n%s%.*s", MIG_ARG(text_one_line(m, object)),
							   instead, MIG_ARG(undo)));
}

/* ---- what a desired schema does not bring along ---- */

/*
 * What is the whole database's is there when a text is run, whatever it says, and what is known
 * by name alone is not made by it: so of these the text itself says what there was.
 */
typedef struct Said
{
	MigLines others; /* see NOT_SHOWN */
	MigLines extensions;
} Said;

/*
 * Of a text that mig_schema_print() has made: the comments stand at the start of a line, the name
 * behind CREATE EXTENSION [IF NOT EXISTS].
 */
static Said
read_said(Mig *m, MigText text)
{
	MigText begin = mig_text(NOT_SHOWN);
	Said said = {mig_lines(m), mig_lines(m)};
	Lexer l = lexer(text, LEX_POSTGRESQL, 1);
	bool creates = false;

	for (Token token = lexer_next(&l); token.kind != TOKEN_END; token = lexer_next(&l))
		if (token.kind == TOKEN_COMMENT && token.text.len > begin.len &&
			mig_same((MigText){token.text.at, begin.len}, begin))
			mig_lines_add(&said.others,
						  (MigText){token.text.at + begin.len, token.text.len - begin.len});
		else if (token_is(&token, "EXTENSION"))
			creates = true;
		else if (creates && token.kind != TOKEN_SPACE && !token_is(&token, "IF") &&
				 !token_is(&token, "NOT") && !token_is(&token, "EXISTS"))
		{
			mig_lines_add(&said.extensions, token.text);
			creates = false;
		}
	return said;
}

/* For mig_plan_without(), which merges. */
static MigList
in_order(MigLines names)
{
	if (names.list.n > 1)
		qsort(names.list.at, names.list.n, sizeof(MigText), text_compare);
	return names.list;
}

/* Full names, as the text of the snapshot has them. */
static MigLines
names_of_kind(Mig *m, const MigSchema *schema, const char *kind)
{
	MigLines names = mig_lines(m);

	for (size_t i = 0; i < schema->objects.n; i++)
		if (object_is(schema->objects.at[i], kind))
			mig_lines_add(&names, text_one_line(m, schema->objects.at[i]->given.full));
	return names;
}

/* Nobody knows how to make or to drop them: so there is no statement that would undo it. */
static void
add_others(Mig *m, MigTable *table, MigList names, const char *change)
{
	for (size_t i = 0; i < names.n; i++)
		add_drift(m, table, names.at[i], change, (MigText){NULL, 0});
}

/*
 * Only those that have come: one that is gone is a CREATE of the way, as a desired schema's would
 * be.
 */
static void
add_extensions(Mig *m, MigTable *table, const MigSchema *live, MigList left)
{
	for (size_t i = 0; i < live->objects.n; i++)
	{
		const Object *object = live->objects.at[i];
		MigList name = {(MigText *) &object->given.name, 1};

		if (object_is(object, "extension") && mig_plan_without(m, name, left).n > 0)
		{
			MigText label = schema_label(m, object);
			MigText drop = schema_expand(m, object, object->kind->drop, (MigText){NULL, 0});

			add_drift(m, table, label, "added", marked(m, label, NULL, drop));
		}
	}
}

/* text: null where left was not made by running one, and has it all (SQLite's). */
static void
add_said(Mig *m, MigTable *table, const MigSchema *live, const MigSchema *left, MigText text)
{
	Said said = read_said(m, text);
	MigList there = in_order(names_of_kind(m, live, "other"));
	MigList were = in_order(text.at ? said.others : names_of_kind(m, left, "other"));

	add_extensions(m, table, live, in_order(said.extensions));
	add_others(m, table, mig_plan_without(m, there, were), "added");
	add_others(m, table, mig_plan_without(m, were, there), "removed");
}

/* ---- all of it ---- */

MigTable *
mig_drift(Mig *m, MigSchema *live, MigSchema *left, MigText text)
{
	static const char *const changes[] = {[OP_RENAME] = "renamed",
										  [OP_ASIDE] = "changed",
										  [OP_DROP] = "added",
										  [OP_CREATE] = "removed",
										  [OP_ALTER] = "changed"};
	MigTable *table = mig_table(m, mig_drift_columns);
	Renames renames = {NULL, 0};
	Ops ops;

	schema_resolve(live);
	schema_resolve(left);
	diff_find_renames(m, live, left, &renames, NULL);
	ops = diff_one_way(m, live, left, &renames, NULL, false);
	for (size_t i = 0; i < ops.n; i++)
	{
		const Op *op = ops.at[i];

		add_drift(m, table, op->label, changes[op->kind],
				  op->destructive ? marked(m, op->label, op->like, op->text) : op->text);
	}
	add_said(m, table, live, left, text);
	return table;
}

/* "2 changes: table other added, index account_mail removed." */
static const char *
list_changes(Mig *m, const MigTable *drift)
{
	MigLines lines = mig_lines(m);

	for (size_t i = 0; i < drift->nrow && i < 10; i++)
	{
		const MigText *row = drift->cells + i * drift->ncol;

		mig_lines_add(&lines,
					  mig_text(mig_format(m, "%.*s %.*s", MIG_ARG(row[0]), MIG_ARG(row[1]))));
	}
	return mig_format(m, "%zu change%s: %s%s", drift->nrow, drift->nrow == 1 ? "" : "s",
					  mig_join(m, lines.list, ", ").at, drift->nrow > lines.list.n ? ", ..." : ".");
}

/* Drift is no error of a run, only of a check. */
void
mig_drift_check(Mig *m, const MigTable *drift)
{
	if (drift->nrow > 0)
		mig_raise(m,
				  &(MigError){MIG_WRONG_STATE,
							  "schema was changed since the last run, outside of migrations",
							  list_changes(m, drift),
							  "SELECT * FROM migrate_drift() shows what would undo it. Undo it, or "
							  "make it a revision; if it is right as it is, SELECT "
							  "migrate_snapshot().",
							  NULL});
}
