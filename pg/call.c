/*
 * call.c - the frame of a call from SQL: memory, errors, arguments, results
 *
 * The core raises with ereport(ERROR), which leaves through its frames; they
 * hold nothing but the call's memory context, a child of the caller's, and SPI
 * is disconnected by the abort.  So no call cleans up after an error.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "migrate.h"
#include "pg.h"

/* The core asks for memory often enough for a long computation to be cancelled here. */
static void *
call_alloc(Mig *m, size_t size)
{
	CHECK_FOR_INTERRUPTS();
	return MemoryContextAllocHuge(((Call *) m)->memory, size);
}

/* The core has the five characters, the server a number. */
static int
sqlstate_code(const char *state)
{
	return MAKE_SQLSTATE(state[0], state[1], state[2], state[3], state[4]);
}

/*
 * errmsg_internal and errdetail_internal: the core's texts are made, and in no catalog of
 * translations.  errhint has no such form in all servers.  None of it is a format: it may have
 * "%".
 */
static void
raise_error(Mig *m, const MigError *e)
{
	(void) m;
	ereport(ERROR,
			(errcode(sqlstate_code(e->sqlstate)), errmsg_internal("%s", e->message),
			 e->detail ? errdetail_internal("%s", e->detail) : 0,
			 e->hint ? errhint("%s", e->hint) : 0, e->context ? errcontext("%s", e->context) : 0));
}

/* Small at first: most calls look at a few rows. */
static Call *
new_call(MemoryContext parent)
{
	MemoryContext memory = AllocSetContextCreate(parent, "migrate call", ALLOCSET_SMALL_SIZES);
	Call *call = MemoryContextAllocZero(memory, sizeof(Call));

	call->mig.alloc = call_alloc;
	call->mig.raise = raise_error;
	call->memory = memory;
	return call;
}

/*
 * Our tables are in the schema of the function that was called, whatever the search_path is; the
 * name, for statements that have to say it, is taken once, since desired.c renames schemas away.
 */
static void
set_home(Call *call)
{
	call->schema = get_func_namespace(call->function);
	call->home = mig_copy(&call->mig, mig_text(get_namespace_name(call->schema))).at;
}

/*
 * The memory is a child of the caller's, not of SPI's, which is gone at
 * SPI_finish(): what result_text() copies from may be in either.
 */
Call *
call_begin(FunctionCallInfo fcinfo)
{
	Call *call = new_call(CurrentMemoryContext);

	call->function = fcinfo->flinfo->fn_oid;
	set_home(call);
	SPI_connect();
	return call;
}

/* Not in a transaction block, a function, or a block with EXCEPTION: the server knows them all. */
static bool
is_atomic(FunctionCallInfo fcinfo)
{
	const CallContext *context = (const CallContext *) fcinfo->context;

	return context == NULL || !IsA(context, CallContext) || context->atomic;
}

/* The portal's memory outlives the transactions of a CALL. */
Call *
call_begin_procedure(FunctionCallInfo fcinfo, const char *instead)
{
	Call *call = new_call(PortalContext);

	call->function = fcinfo->flinfo->fn_oid;
	if (is_atomic(fcinfo))
		call_raise(
			call, MIG_IN_TRANSACTION,
			mig_format(&call->mig, "%s() cannot run inside a transaction block",
					   get_func_name(call->function)),
			"It commits as it goes.",
			mig_format(&call->mig,
					   "CALL it by itself, with autocommit on: not between BEGIN and COMMIT, "
					   "not in a function, and as the only statement of a query.%s%s",
					   instead ? " " : "", instead ? instead : ""));
	set_home(call);
	SPI_connect_ext(SPI_OPT_NONATOMIC);
	return call;
}

/* SPI is not connected: a worker process has many transactions, and connects in each. */
Call *
call_begin_worker(Oid function, Oid schema)
{
	Call *call = new_call(TopMemoryContext);

	call->function = function;
	call->schema = schema;
	return call;
}

/* Only where all went well: after an error the transaction's abort does both. */
void
call_end(Call *call)
{
	SPI_finish();
	MemoryContextDelete(call->memory);
}

/* A child context: what goes wrong inside of it is freed with the call. */
Call *
call_nested(Call *call)
{
	Call *nested = new_call(call->memory);

	nested->function = call->function;
	nested->schema = call->schema;
	nested->home = call->home;
	return nested;
}

void
call_drop(Call *nested)
{
	MemoryContextDelete(nested->memory);
}

/* The server has ereport() for it; by way of the core there is one place that makes errors. */
_Noreturn void
call_raise(Call *call, const char *sqlstate, const char *message, const char *detail,
		   const char *hint)
{
	mig_raise(&call->mig, &(MigError){sqlstate, message, detail, hint, NULL});
}

/* ---- arguments ---- */

/* The functions are not STRICT: NULL for an answer would hide a mistake in the call. */
static void
check_not_null(Call *call, FunctionCallInfo fcinfo, int i, const char *name)
{
	if (PG_ARGISNULL(i))
		call_raise(call, MIG_NULL_VALUE,
				   mig_format(&call->mig, "argument \"%s\" must not be null", name), NULL, NULL);
}

/*
 * Not a copy, unless the server had to fetch or decompress it: it lives as long as the argument,
 * which in a procedure is less than the call.
 */
MigText
arg_text_or_null(FunctionCallInfo fcinfo, int i)
{
	text *value;

	if (PG_ARGISNULL(i))
		return (MigText){NULL, 0};
	value = PG_GETARG_TEXT_PP(i);
	return (MigText){VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
}

MigText
arg_text(Call *call, FunctionCallInfo fcinfo, int i, const char *name)
{
	check_not_null(call, fcinfo, i, name);
	return arg_text_or_null(fcinfo, i);
}

bool
arg_bool(Call *call, FunctionCallInfo fcinfo, int i, const char *name)
{
	check_not_null(call, fcinfo, i, name);
	return PG_GETARG_BOOL(i);
}

int
arg_int(Call *call, FunctionCallInfo fcinfo, int i, const char *name)
{
	check_not_null(call, fcinfo, i, name);
	return PG_GETARG_INT32(i);
}

double
arg_float(Call *call, FunctionCallInfo fcinfo, int i, const char *name)
{
	check_not_null(call, fcinfo, i, name);
	return PG_GETARG_FLOAT8(i);
}

/* ---- results ---- */

/* Outlives the call and SPI: SPI_palloc() takes the memory that was current at SPI_connect(). */
Datum
result_text(Call *call, MigText value)
{
	text *result = SPI_palloc(value.len + VARHDRSZ);

	SET_VARSIZE(result, value.len + VARHDRSZ);
	memcpy(VARDATA(result), value.at, value.len);
	call_end(call);
	PG_RETURN_TEXT_P(result);
}

/* Lines are a table of one column. */
Datum
result_lines(Call *call, FunctionCallInfo fcinfo, MigList lines)
{
	static const MigColumn columns[] = {{"line", MIG_TEXT}, {NULL, MIG_TEXT}};
	MigTable *table = mig_table(&call->mig, columns);

	for (size_t i = 0; i < lines.n; i++)
		*mig_table_row(&call->mig, table) = lines.at[i];
	return result_table(call, fcinfo, table);
}
