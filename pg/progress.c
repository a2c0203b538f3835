/*
 * progress.c - what runs now, as another session can see it
 *
 * Who runs is told by our advisory locks, what it runs by the text that
 * run_activity() made for pg_stat_activity, and the rest by the server's own
 * views: of the session, or of its worker process, which holds lock W.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"

#include "migrate.h"
#include "run.h"

/*
 * $1: the schema; $2, $3, $4: the locks A, B and W.
 * "locks" are our own kind: two keys (objsubid 2), of this database.  "runs" are the sessions
 * that have A or B, or wait for one, each with the worker that belongs to a CALL; and backfills
 * that were called by themselves, which hold no lock and are known by their activity.  m is the
 * activity of a run taken apart, b that of a backfill in the worker.  An index's percentage is
 * that of its phase: of the sessions that it waits for, or of the table.
 */
static const char runs[] =
	"WITH locks AS (SELECT pid, classid, granted FROM pg_catalog.pg_locks "
	"WHERE locktype = 'advisory' AND objid = $1 AND objsubid = 2 AND classid IN ($2, $3, $4) "
	"AND mode = 'ExclusiveLock' AND database = (SELECT oid FROM pg_catalog.pg_database "
	"WHERE datname = pg_catalog.current_database())), "
	"runs AS (SELECT l.pid, l.granted, (SELECT w.pid FROM locks w WHERE w.classid = $4 "
	"AND w.granted AND w.pid <> l.pid AND l.granted LIMIT 1) AS worker "
	"FROM locks l WHERE l.classid IN ($2, $3) UNION ALL SELECT pid, true, pid "
	"FROM pg_catalog.pg_stat_activity WHERE datname = pg_catalog.current_database() "
	"AND state = 'active' AND backend_type = 'client backend' "
	"AND query LIKE 'migrate: backfill of %') "
	"SELECT r.pid, a.usename, m.at[1], m.at[2], m.at[3], m.at[4], m.at[6], m.at[7], "
	"pg_catalog.to_char(a.state_change AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), "
	"pg_catalog.pg_blocking_pids(coalesce(r.worker, r.pid)), "
	"coalesce(p.phase, b.at[1]), coalesce(CASE WHEN p.phase LIKE 'waiting%' "
	"THEN 100 * p.lockers_done / nullif(p.lockers_total, 0) "
	"WHEN p.tuples_total > 0 THEN 100 * p.tuples_done / p.tuples_total "
	"ELSE 100 * p.blocks_done / nullif(p.blocks_total, 0) END, b.at[2]::bigint) "
	"FROM runs r LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = r.pid "
	"LEFT JOIN pg_catalog.pg_stat_activity w ON w.pid = r.worker "
	"LEFT JOIN pg_catalog.pg_stat_progress_create_index p "
	"ON p.pid = coalesce(r.worker, r.pid) "
	"LEFT JOIN LATERAL pg_catalog.regexp_match(a.query, '^migrate: (\\w+) of revision (\\S+) "
	"\\((\\d+) of (\\d+)\\)(, statement (\\d+) of (\\d+))?') AS m(at) ON true "
	"LEFT JOIN LATERAL pg_catalog.regexp_match(w.query, "
	"'^migrate: (backfill of .*?)(?: \\((\\d+) %\\))?$') AS b(at) ON true ORDER BY r.granted DESC, "
	"r.pid";

/*
 * The server hides from whoever is neither the same role nor a member of pg_read_all_stats what
 * others run: those columns are null then.
 */
MigTable *
progress(Call *call)
{
	MigTable *table = mig_table(&call->mig, mig_progress_columns);
	Datum values[] = {ObjectIdGetDatum(call->schema), ObjectIdGetDatum(LOCK_A),
					  ObjectIdGetDatum(LOCK_B), ObjectIdGetDatum(LOCK_W)};
	Oid types[] = {OIDOID, OIDOID, OIDOID, OIDOID};

	if (SPI_execute_with_args(runs, lengthof(types), types, values, NULL, false, 0) !=
		SPI_OK_SELECT)
		call_raise(call, MIG_INTERNAL, "could not read the activity of the server", NULL, NULL);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		MigText *row = mig_table_row(&call->mig, table);

		for (size_t k = 0; k < table->ncol; k++)
			row[k] =
				mig_text(SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, (int) k + 1));
	}
	return table;
}
