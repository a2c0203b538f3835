/*
 * drift.c - the snapshot that a run leaves, and what has changed since
 *
 * Reading a schema of 1,000 tables takes a third as long as making them: so a run
 * keeps a snapshot up to date where migrate_snapshot() has begun with one.
 */
#include "sqlite.h"

MigSnapshot
drift_now(Call *call, MigList heads)
{
	return mig_snapshot(&call->mig, heads, catalog_load(call));
}

void
drift_save(Call *call, MigList heads)
{
	MigSnapshot left;
	MigSnapshot now;

	if (!store_load_snapshot(call, &left))
		return;
	now = drift_now(call, heads);
	store_save_snapshot(call, &now);
}

void
drift_check(Call *call, MigList heads)
{
	MigSnapshot left;
	MigSnapshot now;

	if (!store_load_snapshot(call, &left))
		return;
	now = drift_now(call, heads);
	mig_snapshot_compare(&call->mig, &left, &now);
}

MigTable *
drift(Call *call, MigList heads)
{
	Mig *m = &call->mig;
	MigSnapshot left;
	bool there = store_load_snapshot(call, &left);
	MigSchema *live = catalog_load(call);
	MigSnapshot now = mig_snapshot(m, heads, live);

	mig_snapshot_check(m, there ? &left : NULL, heads);
	if (mig_same(left.fingerprint, now.fingerprint))
		return mig_table(m, mig_drift_columns);
	return mig_drift(m, live, desired_load(call, left.schema));
}
