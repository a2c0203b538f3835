/*
 * drift.c - the snapshot that a run leaves, and what has changed since
 *
 * Whoever asks must see the same text: so all names are with their schemas, and
 * the schemas are everybody's.  As long as the rows of the catalogs are the same,
 * no text is made.
 */
#include "postgres.h"

#include "fmgr.h"

#include "migrate_schema.h"
#include "pg.h"
#include "run.h"

/* Another session may change the schema meanwhile: then nobody knows which rows the text is of. */
static MigSnapshot
read_snapshot(Call *call, MigText state)
{
	Mig *m = &call->mig;
	MigSnapshot now =
		mig_snapshot(m, (MigList){NULL, 0}, mig_schema_print(m, catalog_load(call, NULL)));

	if (mig_same(state, state_now(call)))
		now.state = state;
	return now;
}

/*
 * Where a run has changed rows of tables alone, the last text is still the one: to print it anew
 * took a third of a run that makes tables.
 */
MigSnapshot
drift_save(Call *call, MigList heads)
{
	MigText state = state_now(call);
	MigSnapshot now;

	if (!store_load_snapshot(call, &now) || !now.state.at || !mig_same(now.state, state))
		now = read_snapshot(call, state);
	now.heads = heads;
	store_save_snapshot(call, &now);
	return now;
}

/*
 * From the cheapest look to the dearest: the rows of the catalogs, the printed text, and only
 * where that is another one, too, both as schemas.  For that the snapshot's text is run: it is
 * all that there is of the schema then.
 */
static MigTable *
changes_since(Call *call, const MigSnapshot *left)
{
	Mig *m = &call->mig;
	const char *path = NULL;
	MigSchema *live;

	if (left->state.at && mig_same(left->state, state_now(call)))
		return mig_table(m, mig_drift_columns);
	live = catalog_load(call, path);
	if (mig_same(left->schema, mig_schema_print(m, live)))
		return mig_table(m, mig_drift_columns);
	run_check(call, "compare schemas");
	return mig_drift(m, live, desired_load(call, left->schema, &path), left->schema);
}

/*
 * For migrate_check(): nothing is said where there is no snapshot of these version rows, as where
 * migrate_version was changed by hand.
 */
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
