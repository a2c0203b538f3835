/*
 * compare.c - the live schema beside a desired one
 *
 * The answer is kept, as a row with what was asked and the state of the catalogs:
 * while both are so, the text need not be run again.  The row is there to save
 * time, so it is written where that disturbs nobody, and never waited for.
 */
#include "postgres.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/namespace.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "migrate_schema.h"
#include "pg.h"
#include "run.h"

/*
 * All but the text that can make its DDL mean something else, or show something
 * else: who asks, which schemas are the asker's, versions, settings; each in a
 * line of its own.  $1: schemas.  Those settings of which that is not so are
 * another one in each transaction or client, and what a library adds at its
 * default comes with the library.
 */
static const char surroundings_query[] =
	"SELECT pg_catalog.concat_ws(E'\n', current_user, $1::text, pg_catalog.version(), "
	"(SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', name, setting, reset_val), E'\n' "
	"ORDER BY name COLLATE \"C\") FROM pg_catalog.pg_settings WHERE source <> 'default' "
	"AND name NOT LIKE 'transaction\\_%' AND name NOT LIKE '%\\_timeout' "
	"AND name NOT IN ('application_name', 'client_encoding')))";

/* Asked before the text is run, in the caller's own settings: those are what counts. */
static MigText
question(Call *call, const MigDesired *wanted, const char *path)
{
	MigLines lines = mig_lines(&call->mig);
	Oid type = OIDARRAYOID;
	Datum schemas = catalog_schemas(false);

	if (SPI_execute_with_args(surroundings_query, 1, &type, &schemas, NULL, false, 1) < 0 ||
		SPI_processed == 0)
		call_raise(call, MIG_INTERNAL, "could not read the settings", NULL, NULL);
	mig_lines_add(&lines, mig_text(MIGRATE_VERSION));
	mig_lines_add(&lines, mig_text(path));
	mig_lines_add(&lines, mig_text(SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1)));
	return mig_compared_question(&call->mig, wanted, lines.list);
}

/* Then a text can use what is there for the session alone, and is no error. */
static bool
has_temporary_schema(void)
{
	Oid schema;
	Oid toast;

	GetTempNamespaceState(&schema, &toast);
	return OidIsValid(schema);
}

/*
 * In a transaction whose snapshot is older than the state of the catalogs nobody
 * knows which rows the live schema was read from, and a write could fail.  Differences are asked
 * for while somebody works on them: not worth a lock until that transaction ends.
 */
static bool
can_keep(const MigTable *steps)
{
	return !RecoveryInProgress() && !XactReadOnly && !IsolationUsesXactSnapshot() &&
		   !has_temporary_schema() && (steps->nrow == 0 || !IsTransactionBlock());
}

/* Until the end of the transaction others that compare do not keep anything; they do not wait. */
static bool
try_to_lock(Call *call)
{
	return DatumGetBool(DirectFunctionCall2(pg_try_advisory_xact_lock_int4, Int32GetDatum(LOCK_C),
											Int32GetDatum((int32) call->schema)));
}

/* The slow way.  Nearly all of its time is the running of the text. */
static MigTable *
compare_now(Call *call, MigDesired *wanted, const char *path)
{
	const char *path_behind = path;
	MigSchema *live;
	MigSchema *desired;

	run_check(call, "compare schemas");
	/* read first: what the desired schema must not see is out of its way then */
	live = catalog_load(call, path);
	desired = desired_load(call, wanted->text, &path_behind);
	if (strcmp(path_behind, path) != 0)
		live = catalog_load(call, path_behind);
	return mig_diff(&call->mig, live, desired, wanted);
}

/* Another session may change the schema meanwhile: the state must be the same before and after. */
MigTable *
schema_compare(Call *call, MigDesired *wanted)
{
	const char *path = catalog_path(call);
	MigText asked;
	MigText state;
	MigText answer;
	MigTable *steps;

	if (!mig_desired_lasts(wanted->text, MIG_POSTGRESQL))
		return compare_now(call, wanted, path);
	asked = question(call, wanted, path);
	state = state_now(call);
	if (store_load_compared(call, asked, state, &answer) &&
		(steps = mig_compared_steps(&call->mig, wanted, answer)) != NULL)
		return steps;
	steps = compare_now(call, wanted, path);
	if (can_keep(steps) && mig_same(state, state_now(call)) && try_to_lock(call))
		store_keep_compared(call, asked, state, mig_compared_answer(&call->mig, wanted, steps));
	return steps;
}
