/*
 * drift.c - the snapshot that a run leaves, and what has changed since
 *
 * The text of a snapshot is what SQLite stores, statement by statement: that costs
 * a run next to nothing.  It is taken apart only where it is no longer the same.
 */
#include "sqlite.h"

/* The fingerprint is of the stored text: equal texts need no look at what they mean. */
static MigSnapshot
snapshot_of(Call *call, MigList heads, MigList rows)
{
	return mig_snapshot(&call->mig, heads, mig_stored_text(&call->mig, rows.at, rows.n / 4));
}

/* In the run's transaction: schema and snapshot are there together or not at all. */
MigSnapshot
drift_save(Call *call, MigList heads)
{
	MigSnapshot now = snapshot_of(call, heads, catalog_rows(call));

	store_save_snapshot(call, &now);
	return now;
}

/*
 * Another text may mean the same schema (a comment, another spelling): so both are taken apart
 * then.
 */
static MigTable *
changes_since(Call *call, const MigSnapshot *left)
{
	Mig *m = &call->mig;
	MigList rows = catalog_rows(call);
	MigSnapshot now = snapshot_of(call, left->heads, rows);
	MigList left_rows;

	if (mig_same(left->fingerprint, now.fingerprint))
		return mig_table(m, mig_drift_columns);
	left_rows = mig_stored_rows(m, left->schema);
	return mig_drift(m, mig_schema_stored(m, rows.at, rows.n / 4),
					 mig_schema_stored(m, left_rows.at, left_rows.n / 4), (MigText){NULL, 0});
}

/* For migrate_check(): where no run has left a snapshot of these version rows, nothing is said. */
void
drift_check(Call *call, MigList heads)
{
	MigSnapshot left;

	if (store_load_snapshot(call, &left) && mig_snapshot_is_of(&left, heads))
		mig_drift_check(&call->mig, changes_since(call, &left));
}

/* For migrate_drift(): who asks wants an answer, so a missing snapshot is an error. */
MigTable *
drift(Call *call, MigList heads)
{
	MigSnapshot left;

	if (!store_load_snapshot(call, &left) || !mig_snapshot_is_of(&left, heads))
		mig_snapshot_missing(&call->mig);
	return changes_since(call, &left);
}
