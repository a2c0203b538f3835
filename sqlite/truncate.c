/*
 * truncate.c - TRUNCATE, as in PostgreSQL: no trigger fires, and no foreign key
 * of another table may refer to what is emptied
 */
#include "rebuild.h"

/* PostgreSQL refuses that even where no row refers to one; a table of the same statement may. */
static void
check_not_referenced(Call *call, const MigStored *stored, MigList tables)
{
	MigList children = lookup_children(call, stored);

	for (size_t i = 0; i < children.n; i++)
	{
		bool listed = false;

		for (size_t k = 0; k < tables.n; k++)
			listed = listed || lookup_same_name(tables.at[k], children.at[i]);
		if (!listed)
			call_raise(call, MIG_UNSUPPORTED,
					   "cannot truncate a table referenced in a foreign key constraint",
					   mig_format(&call->mig, "Table \"%.*s\" references \"%.*s\".",
								  MIG_ARG(children.at[i]), MIG_ARG(stored->name)),
					   mig_format(&call->mig, "Truncate table \"%.*s\" at the same time.",
								  MIG_ARG(children.at[i])));
	}
}

/* SQLite makes that table with the first AUTOINCREMENT. */
static bool
has_sequences(Call *call, MigText schema)
{
	return sqlite3_table_column_metadata(call->db, schema.at, "sqlite_sequence", NULL, NULL, NULL,
										 NULL, NULL, NULL) == SQLITE_OK;
}

/*
 * No trigger fires, as in PostgreSQL; no plain SQL can ask for that.
 * Nor does an ON DELETE: whoever refers to it is emptied, too.  DELETE without a WHERE is
 * SQLite's TRUNCATE; without RESTART IDENTITY the counter stays.
 */
static void
truncate_one(Call *call, const MigStored *stored, bool restart)
{
	if (rebuild_is_recording(call) && stored->ntriggers > 0)
		call_raise(call, MIG_UNSUPPORTED,
				   mig_format(&call->mig,
							  "TRUNCATE of table \"%.*s\", which has triggers, cannot "
							  "stand in a script",
							  MIG_ARG(stored->name)),
				   NULL, "Write DELETE in a section for sqlite; triggers will fire.");
	keys_off(call);
	setting_set(call, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0);
	rebuild_do(call, mig_text(mig_format(&call->mig, "DELETE FROM %s.%s",
										 lookup_name_sql(call, stored->schema),
										 lookup_name_sql(call, stored->name))));
	settings_restore(call);
	keys_resume(call);
	if (restart && has_sequences(call, stored->schema))
		rebuild_do(call,
				   mig_text(mig_format(&call->mig, "DELETE FROM %s.sqlite_sequence WHERE name = %s",
									   lookup_name_sql(call, stored->schema),
									   mig_quoted_text(&call->mig, stored->name).at)));
}

/* All are looked at before the first one is emptied. */
void
truncate_run(Call *call, const MigTaught *taught)
{
	for (size_t i = 0; i < taught->tables.n; i++)
		check_not_referenced(call, lookup_stored(call, NO_TEXT, taught->tables.at[i], false),
							 taught->tables);
	for (size_t i = 0; i < taught->tables.n; i++)
		truncate_one(call, lookup_stored(call, NO_TEXT, taught->tables.at[i], false),
					 taught->restart);
}
