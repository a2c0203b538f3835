/*
 * rows.c - a table of the core as a result set, for all functions that return
 * one
 *
 * The core's cells are text.  The types are those that the function was
 * declared with: the server's own input functions make them, but for lists.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
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

/*
 * "a,b" as an array, written in one pass: with thousands of branches, a plan
 * has millions of identifiers, and the input function takes a microsecond each.
 */
static Datum
texts_datum(Mig *m, MigText cell)
{
	size_t room = ARR_OVERHEAD_NONULLS(1) + INTALIGN(VARHDRSZ + cell.len);
	ArrayType *array;
	char *at;
	int n = 0;

	for (size_t i = 0; i < cell.len; i++)
		room += cell.at[i] == ',' ? VARHDRSZ + ALIGNOF_INT : 0;
	if (cell.len == 0)
		return PointerGetDatum(construct_empty_array(TEXTOID));
	array = mig_alloc(m, room, 1);
	at = ARR_OVERHEAD_NONULLS(1) + (char *) array;
	for (const char *next = cell.at, *end = cell.at + cell.len; next <= end; n++)
	{
		const char *comma = memchr(next, ',', (size_t) (end - next));
		size_t len = (size_t) ((comma ? comma : end) - next);

		SET_VARSIZE(at, VARHDRSZ + len);
		memcpy(VARDATA(at), next, len);
		at += INTALIGN(VARHDRSZ + len);
		next += len + 1;
	}
	SET_VARSIZE(array, at - (char *) array);
	array->ndim = 1;
	array->elemtype = TEXTOID;
	ARR_DIMS(array)[0] = n;
	ARR_LBOUND(array)[0] = 1;
	return PointerGetDatum(array);
}

/*
 * Other types: what the server's input function makes of the text.  It is called for a null, too,
 * as it wants to be: a domain may refuse it.
 */
static Datum
cell_datum(Mig *m, MigText cell, MigType type, AttInMetadata *input, int i)
{
	char *text;

	if (cell.at != NULL && type == MIG_TEXTS)
		return texts_datum(m, cell);
	text = cell.at != NULL ? (char *) mig_copy(m, cell).at : NULL;
	return InputFunctionCall(&input->attinfuncs[i], text, input->attioparams[i],
							 input->atttypmods[i]);
}

/* i: the row of the table.  Values are in the memory of the group; the tuplestore copies them. */
static void
put_row(Call *row, const MigTable *table, size_t i, AttInMetadata *input, Tuplestorestate *store)
{
	Datum *values = mig_alloc(&row->mig, table->ncol, sizeof(Datum));
	bool *nulls = mig_alloc(&row->mig, table->ncol, sizeof(bool));
	const MigText *cells = table->cells + i * table->ncol;

	for (size_t k = 0; k < table->ncol; k++)
	{
		nulls[k] = cells[k].at == NULL;
		values[k] = cell_datum(&row->mig, cells[k], table->columns[k].type, input, (int) k);
	}
	tuplestore_putvalues(store, input->tupdesc, values, nulls);
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

/* Lists are arrays of text: those are not left to an input function. */
static bool
fits(TupleDesc declared, const MigTable *table)
{
	if ((size_t) declared->natts != table->ncol)
		return false;
	for (int i = 0; i < declared->natts; i++)
		if (table->columns[i].type == MIG_TEXTS &&
			TupleDescAttr(declared, i)->atttypid != TEXTARRAYOID)
			return false;
	return true;
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

	if (!fits(info->setDesc, table))
		call_raise(call, MIG_WRONG_STATE, "function does not fit the installed library", NULL,
				   "Run ALTER EXTENSION migrate UPDATE.");
	put_rows(call, table, TupleDescGetAttInMetadata(info->setDesc), store);
	call_end(call);
	return (Datum) 0;
}
