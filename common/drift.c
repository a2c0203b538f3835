/*
 * drift.c - what has changed since the last run, outside of migrations
 *
 * A run leaves a snapshot: the schema as text, and the text's fingerprint.  As
 * long as the fingerprint is the same, nothing has changed; else the text, made
 * a schema again, says what.
 */
#include "diff.h"

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

MigTable *
mig_drift(Mig *m, MigSchema *live, MigSchema *left)
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
	diff_find_renames(m, live, left, &renames);
	ops = diff_one_way(m, live, left, &renames, NULL, false);
	for (size_t i = 0; i < ops.n; i++)
	{
		MigText *row = mig_table_row(m, table);

		row[0] = ops.at[i]->label;
		row[1] = mig_text(changes[ops.at[i]->kind]);
		row[2] = ops.at[i]->text;
	}
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
