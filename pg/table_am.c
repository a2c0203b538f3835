/*
 * table_am.c - tables that are made to be looked at
 *
 * A desired schema is run for what its catalogs say, and for as long as it takes to read them.
 * One third of what CREATE TABLE does is to make the table's TOAST table, with its index and two
 * files, which says nothing.  Whether a table has one is the access method's to decide
 * (PostgreSQL manual, "Table Access Method Interface Definition"): this one is heap, and has none.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/tableam.h"
#include "fmgr.h"
#include "nodes/execnodes.h"

#include "pg.h"

static bool
needs_no_toast_table(Relation rel)
{
	(void) rel;
	return false;
}

/* Some of heap's functions, which this one calls, refuse a table that does not say it is heap's. */
static double
index_build_range_scan(Relation table, Relation index, IndexInfo *info, bool allow_sync,
					   bool anyvisible, bool progress, BlockNumber start, BlockNumber blocks,
					   IndexBuildCallback callback, void *state, TableScanDesc scan)
{
	const TableAmRoutine *mine = table->rd_tableam;
	double rows;

	table->rd_tableam = GetHeapamTableAmRoutine();
	rows = table->rd_tableam->index_build_range_scan(
		table, index, info, allow_sync, anyvisible, progress, start, blocks, callback, state, scan);
	table->rd_tableam = mine;
	return rows;
}

PGDLLEXPORT Datum migrate_desired_am(PG_FUNCTION_ARGS);
PG_FUNCTION_INFO_V1(migrate_desired_am);

/* The handler of the access method.  The server keeps what it returns as long as it runs. */
Datum
migrate_desired_am(PG_FUNCTION_ARGS)
{
	static TableAmRoutine routine;

	routine = *GetHeapamTableAmRoutine();
	routine.relation_needs_toast_table = needs_no_toast_table;
	routine.index_build_range_scan = index_build_range_scan;
	PG_RETURN_POINTER(&routine);
}
