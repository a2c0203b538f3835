/*
 * compare.c - the live schema beside a desired one
 *
 * The answer is kept, as a row with what was asked and the live schema's
 * fingerprint: while both are so, the text need not be run again.  The row is
 * there to save time, so it is written where that is in nobody's way.
 */
#include "sqlite.h"

/*
 * All but the text that can make its DDL mean something else, or fail: versions, settings, what
 * the application has added to its connection.  Modules of SQLite's own are not there before they
 * are used, so they would make the question another one after it was asked.
 */
static MigText
question(Call *call, const MigDesired *wanted)
{
	MigLines lines = mig_lines(&call->mig);

	mig_lines_add(&lines, mig_text(MIGRATE_VERSION));
	mig_lines_add(&lines, mig_text(sqlite3_sourceid()));
	mig_lines_add(&lines, mig_cell_bool(setting_get(call, SQLITE_DBCONFIG_DQS_DDL)));
	mig_lines_add(&lines, mig_cell_bool(setting_get(call, SQLITE_DBCONFIG_DQS_DML)));
	db_prepare(call,
			   "SELECT DISTINCT name || ' ' || narg || ' ' || flags FROM pragma_function_list "
			   "WHERE NOT builtin UNION ALL SELECT name FROM pragma_module_list "
			   "WHERE name NOT LIKE 'pragma\\_%' ESCAPE '\\' AND name NOT LIKE 'json\\_%' "
			   "ESCAPE '\\' ORDER BY 1");
	while (db_step(call))
		mig_lines_add(&lines, db_text(call, 0));
	db_finish(call);
	return mig_compared_question(&call->mig, wanted, lines.list);
}

/*
 * rows: of the live schema, as catalog_rows() has them; the answer is of the same moment as the
 * state.
 */
static MigTable *
compare_now(Call *call, MigDesired *wanted, MigList rows)
{
	MigSchema *live = mig_schema_stored(&call->mig, rows.at, rows.n / 4);

	return mig_diff(&call->mig, live, desired_load(call, wanted->text), wanted);
}

/* The live schema is read first, and once: what is kept is what was compared. */
MigTable *
schema_compare(Call *call, MigDesired *wanted)
{
	Mig *m = &call->mig;
	MigList rows = catalog_rows(call);
	MigText asked;
	MigText state;
	MigText answer;
	MigTable *steps;

	if (!mig_desired_lasts(wanted->text, MIG_SQLITE))
		return compare_now(call, wanted, rows);
	asked = question(call, wanted);
	state = mig_sha256(m, mig_stored_text(m, rows.at, rows.n / 4));
	if (store_load_compared(call, asked, state, &answer) &&
		(steps = mig_compared_steps(m, wanted, answer)) != NULL)
		return steps;
	steps = compare_now(call, wanted, rows);
	store_keep_compared(call, asked, state, mig_compared_answer(m, wanted, steps));
	return steps;
}
