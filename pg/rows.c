/*
 * rows.c - a table of the core as a result set, for all functions that return
 * one
 *
 * The core's cells are text.  The types are those that the function was
 * declared with: the server's own input functions make them.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/tuplestore.h"

#include "migrate.h"
#include "pg.h"

/* Opens the result that the executor expects; it lives in the query's memory. */
static Tuplestorestate *
begin_result(Call *call, ReturnSetInfo *info)
{
	MemoryContext old;

	if (info == NULL || !IsA(info, ReturnSetInfo) || !(info->allowedModes & SFRM_Materialize) ||
		info->expectedDesc == NULL)
		call_raise(call, MIG_UNSUPPORTED,
				   "set-valued function called in context that cannot accept a set", NULL, NULL);
	old = MemoryContextSwitchTo(info->econtext->ecxt_per_query_memory);
	info->returnMode = SFRM_Materialize;
	info->setDesc = CreateTupleDescCopy(info->expectedDesc);
	info->setResult =
		tuplestore_begin_heap(info->allowedModes & SFRM_Materialize_Random, false, work_mem);
	MemoryContextSwitchTo(old);
	return info->setResult;
}

/* "a,b" -> {"a","b"}: identifiers and labels have neither quotes nor backslashes. */
static char *
array_literal(Mig *m, MigText cell)
{
	MigList list = mig_split(m, cell);

	if (list.n == 0)
		return mig_format(m, "{}");
	return mig_format(m, "{\"%s\"}", mig_join(m, list, "\",\"").at);
}

/* What the server's input function of the column's type reads. */
static char *
cell_cstring(Mig *m, MigText cell, MigType type)
{
	if (cell.at == NULL)
		return NULL;
	if (type == MIG_TEXTS)
		return array_literal(m, cell);
	return (char *) mig_copy(m, cell).at;
}

static void
put_row(Call *row, const MigTable *table, size_t i, AttInMetadata *input, Tuplestorestate *store)
{
	char **values = mig_alloc(&row->mig, table->ncol, sizeof(char *));

	for (size_t k = 0; k < table->ncol; k++)
		values[k] =
			cell_cstring(&row->mig, table->cells[i * table->ncol + k], table->columns[k].type);
	tuplestore_puttuple(store, BuildTupleFromCStrings(input, values));
}

/* Rows in groups, each with memory of its own: scripts may be large. */
#define GROUP 100

static void
put_rows(Call *call, const MigTable *table, AttInMetadata *input, Tuplestorestate *store)
{
	for (size_t first = 0; first < table->nrow; first += GROUP)
	{
		Call *group = call_nested(call);
		MemoryContext old = MemoryContextSwitchTo(group->memory);

		for (size_t i = first; i < table->nrow && i < first + GROUP; i++)
			put_row(group, table, i, input, store);
		MemoryContextSwitchTo(old);
		call_drop(group);
	}
}

/*
 * The declared columns are those of the installed script, the table's those of
 * the library: after an update of the one without the other they may differ.
 */
Datum
result_table(Call *call, FunctionCallInfo fcinfo, const MigTable *table)
{
	ReturnSetInfo *info = (ReturnSetInfo *) fcinfo->resultinfo;
	Tuplestorestate *store = begin_result(call, info);

	if ((size_t) info->setDesc->natts != table->ncol)
		call_raise(call, MIG_WRONG_STATE, "function does not fit the installed library", NULL,
				   "Run ALTER EXTENSION migrate UPDATE.");
	put_rows(call, table, TupleDescGetAttInMetadata(info->setDesc), store);
	call_end(call);
	return (Datum) 0;
}
