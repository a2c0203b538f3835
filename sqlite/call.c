/*
 * call.c - the frame of a call from SQL: memory, errors, arguments, statements,
 * results
 *
 * Whatever SQLite calls back has a Call of its own, and call_protect() has the
 * only setjmp of the module: so a raise never crosses a frame of SQLite's.  It
 * leaves frames that own nothing; what must be given back is in the Call, and
 * call_end() gives it back, the only way a call ends.
 */
#include "sqlite.h"

#include <string.h>

#if defined(__APPLE__) || defined(__FreeBSD__) || defined(__OpenBSD__) || defined(__NetBSD__)
#define SETJMP _setjmp /* the other one saves the signal mask, by a system call */
#define LONGJMP _longjmp
#else
#define SETJMP setjmp
#define LONGJMP longjmp
#endif

/* ---- memory and errors ---- */

/* What the core cuts its memory from, in a list: free_memory() is the only free. */
typedef struct Block
{
	struct Block *next;
	char pad[16 - sizeof(void *)]; /* keeps what follows aligned to 16 */
} Block;

Call *
call_outer(Call *call)
{
	return call->outer ? call->outer : call;
}

/*
 * No message is made: there is no memory for one.
 * The landing is the outer call's: a nested one has none of its own.
 */
static _Noreturn void
raise_no_memory(Call *call)
{
	Call *outer = call_outer(call);

	outer->code = SQLITE_NOMEM;
	LONGJMP(outer->landing, 1);
}

/* sqlite3_malloc64(): the application's limits and statistics count it. */
static void *
call_alloc(Mig *m, size_t size)
{
	Call *call = (Call *) m;
	Block *block = sqlite3_malloc64(sizeof(Block) + size);

	if (block == NULL)
		raise_no_memory(call);
	block->next = call->blocks;
	call->blocks = block;
	return block + 1;
}

/*
 * The result code that says the most about an SQLSTATE.  Where SQLite itself has failed, its own
 * code is kept instead: see call_raise_code().
 */
static int
result_code(const char *sqlstate)
{
	static const struct
	{
		const char *sqlstate;
		int code;
	} codes[] = {
		{MIG_BUSY, SQLITE_BUSY},
		{MIG_READ_ONLY, SQLITE_READONLY},
		{"23503", SQLITE_CONSTRAINT_FOREIGNKEY},
		{"58030", SQLITE_CANTOPEN},
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(codes[i].sqlstate, sqlstate) == 0)
			return codes[i].code;
	return SQLITE_ERROR;
}

/*
 * All parts in one text, labelled as psql labels them.
 * SQLite has one text for an error.  NULL: no memory.
 */
static char *
error_message(const MigError *e, const char *context)
{
	return sqlite3_mprintf("%s%s%s%s%s%s%s", e->message, e->detail ? "\nDETAIL:  " : "",
						   e->detail ? e->detail : "", e->hint ? "\nHINT:  " : "",
						   e->hint ? e->hint : "", context ? "\nCONTEXT:  " : "",
						   context ? context : "");
}

/*
 * The context is the error's own, that of the call, or the statement that runs.  A result code
 * that is set already is SQLite's.
 */
static void
raise_error(Mig *m, const MigError *e)
{
	Call *outer = call_outer((Call *) m);
	const Where *where = outer->where;
	const char *context = e->context ? e->context : outer->context;

	if (context == NULL && where && where->what)
		context = mig_text_context(m, where->what, where->statement, where->line);
	else if (context == NULL && where)
		context = mig_statement_context(m, where->revision, where->direction, where->statement,
										where->line);
	outer->message = error_message(e, context);
	if (outer->message == NULL)
		raise_no_memory(outer);
	if (outer->code == SQLITE_OK)
		outer->code = result_code(e->sqlstate);
	LONGJMP(outer->landing, 1);
}

/* Code and message have outlived the other one's call_end(); from here on the message is ours. */
_Noreturn void
call_fail_as(Call *call, const Call *failed)
{
	Call *outer = call_outer(call);

	outer->code = failed->code;
	outer->message = failed->message;
	LONGJMP(outer->landing, 1);
}

_Noreturn void
call_raise(Call *call, const char *sqlstate, const char *message, const char *detail,
		   const char *hint)
{
	mig_raise(&call->mig, &(MigError){sqlstate, message, detail, hint, NULL});
}

_Noreturn void
call_raise_code(Call *call, int code, const MigError *e)
{
	if ((code & 0xff) == SQLITE_NOMEM)
		raise_no_memory(call);
	call_outer(call)->code = code;
	mig_raise(&call->mig, e);
}

/*
 * To be called before anything else is asked of SQLite, which would take the message away.  A
 * SQLITE_BUSY_SNAPSHOT is no matter of waiting: only the caller's ROLLBACK gives the connection a
 * new snapshot.
 */
_Noreturn void
call_raise_engine(Call *call)
{
	int code = sqlite3_extended_errcode(call->db);
	MigError e = {MIG_INTERNAL, mig_format(&call->mig, "%s", sqlite3_errmsg(call->db)),
				  transaction_lost(call), NULL, NULL};

	if (code == SQLITE_BUSY_SNAPSHOT)
	{
		e.message = "transaction cannot see the latest version rows";
		e.detail = "Another connection has written since the calling transaction began to read.";
		e.hint = "Roll it back and begin it again with BEGIN IMMEDIATE.";
	}
	else if ((code & 0xff) == SQLITE_BUSY)
		e.hint = "Another connection is using the database: call again, or set PRAGMA busy_timeout "
				 "so that "
				 "the call waits; in a transaction, begin it with BEGIN IMMEDIATE.";
	call_raise_code(call, code, &e);
}

/* ---- the frame ---- */

/* Nothing is acquired yet: a call that was begun need not be ended. */
Call
call_begin(sqlite3 *db, const Entry *entry)
{
	return (Call){.mig = {.alloc = call_alloc, .raise = raise_error},
				  .db = db,
				  .connection = entry->connection,
				  .function = entry->function};
}

/*
 * The only setjmp.  It has no local variable that a longjmp could spoil.
 * The commit is in it, since it may fail, too; what it fails with is the call's error.
 */
bool
call_protect(Call *call, Body body)
{
	if (SETJMP(call->landing) != 0)
		return false;
	body(call);
	transaction_commit(call);
	return true;
}

/* The same one again, once it was dropped: thousands of revisions need one. */
Call *
call_nested(Call *call)
{
	Call *nested = call->nested ? call->nested : mig_alloc(&call->mig, 1, sizeof(Call));

	nested->mig = (Mig){.alloc = call_alloc, .raise = raise_error};
	nested->db = call->db;
	nested->connection = call->connection;
	nested->function = call->function;
	nested->outer = call;
	call->nested = nested;
	return nested;
}

/* All blocks; the arena begins anew with the next one. */
static void
free_memory(Call *call)
{
	while (call->blocks)
	{
		Block *next = call->blocks->next;

		sqlite3_free(call->blocks);
		call->blocks = next;
	}
	call->mig.free = NULL;
	call->mig.left = 0;
}

void
call_drop(Call *nested)
{
	db_finish(nested);
	free_memory(nested);
}

/* A failed undo makes a failure worse, and what was right is wrong: it is said in any case. */
static void
end_transaction(Call *call)
{
	const char *failure = transaction_undo(call);

	if (failure && call->message)
	{
		char *message = sqlite3_mprintf("%s\n%s", call->message, failure);

		sqlite3_free(call->message);
		call->message = message;
	}
}

/*
 * In this order: statements, since nothing may read while the transaction is undone; the
 * transaction; then foreign keys and settings, whose change makes prepared statements out of
 * date, those of the undo, too.  Nothing here raises.
 */
void
call_end(Call *call)
{
	if (call->nested)
		call_drop(call->nested);
	db_finish(call);
	sqlite3_finalize(call->script_query);
	call->where = NULL;
	end_transaction(call); /* before anything that makes prepared statements out of date */
	keys_resume(call);
	settings_restore(call);
	sqlite3_close_v2(call->shadow);
	call->shadow = NULL;
	sqlite3_finalize(call->probe);
	call->probe = NULL;
	if (call->running)
	{
		call->connection->running = false;
		call->connection->outside = NULL;
	}
	if (call->file)
		fclose(call->file);
	if (call->directory)
		closedir(call->directory);
	sqlite3_free(call->answer);
	free_memory(call);
}

/* ---- arguments ---- */

/* Not given, or NULL: for most arguments the same. */
static bool
is_null(const Call *call, int i)
{
	return call->args[i] == NULL || sqlite3_value_type(call->args[i]) == SQLITE_NULL;
}

/* 22004, with the argument's name. */
static void
check_not_null(Call *call, int i)
{
	if (is_null(call, i))
		mig_refuse_null(&call->mig, call->function->args[i]);
}

/* SQLite would silently ignore what stands behind a NUL. */
static void
check_no_nul(Call *call, int i, MigText text)
{
	if (text.len > 0 && memchr(text.at, '\0', text.len))
		call_raise(call, MIG_INVALID_VALUE,
				   mig_format(&call->mig, "argument \"%s\" is not text", call->function->args[i]),
				   "It has NUL bytes.", NULL);
}

/*
 * A blob is UTF-8, as the shell's readfile() returns it, whatever the database's encoding is.
 * NULL means no memory, but for an empty blob.
 */
static MigText
value_text(Call *call, sqlite3_value *value)
{
	bool blob = sqlite3_value_type(value) == SQLITE_BLOB;
	const void *at = blob ? sqlite3_value_blob(value) : sqlite3_value_text(value);
	size_t len = (size_t) sqlite3_value_bytes(value);

	if (at == NULL && blob && len == 0)
		return mig_text("");
	if (at == NULL)
		raise_no_memory(call);
	return (MigText){at, len};
}

/* Not a copy: the value lives as long as the call. */
MigText
arg_text_or_null(Call *call, int i)
{
	MigText text;

	if (is_null(call, i))
		return (MigText){NULL, 0};
	text = value_text(call, call->args[i]);
	check_no_nul(call, i, text);
	return text;
}

MigText
arg_text(Call *call, int i)
{
	check_not_null(call, i);
	return arg_text_or_null(call, i);
}

/* otherwise: where it is not given.  NULL is an error all the same. */
MigText
arg_text_or(Call *call, int i, const char *otherwise)
{
	return call->args[i] ? arg_text(call, i) : mig_text(otherwise);
}

/* What SQL writes as TRUE is 1; words are those that PostgreSQL takes. */
bool
arg_bool(Call *call, int i, bool otherwise)
{
	static const char *const words[] = {"0", "1", "false", "true", "off", "on", "no", "yes"};
	MigText given;

	if (call->args[i] == NULL)
		return otherwise;
	given = arg_text(call, i);
	for (int k = 0; k < (int) (sizeof(words) / sizeof(words[0])); k++)
		if (mig_same(given, mig_text(words[k])))
			return k % 2 == 1;
	call_raise(call, MIG_INVALID_VALUE,
			   mig_format(&call->mig, "argument \"%s\" is not a boolean", call->function->args[i]),
			   mig_format(&call->mig, "It is \"%.*s\".", MIG_ARG(given)), "Give TRUE or FALSE.");
}

/* Text that is a number is taken, as SQLite takes it. */
double
arg_float(Call *call, int i, double otherwise)
{
	int type = call->args[i] ? sqlite3_value_numeric_type(call->args[i]) : SQLITE_FLOAT;

	if (call->args[i] == NULL)
		return otherwise;
	check_not_null(call, i);
	if (type != SQLITE_INTEGER && type != SQLITE_FLOAT)
		call_raise(
			call, MIG_INVALID_VALUE,
			mig_format(&call->mig, "argument \"%s\" is not a number", call->function->args[i]),
			NULL, NULL);
	return sqlite3_value_double(call->args[i]);
}

/* ---- statements ---- */

/*
 * Our SQL is right; where it is wrong for this database, something else has the name of a table.
 * So the hint says that, and the SQLSTATE is 55000.
 */
void
db_prepare(Call *call, const char *sql)
{
	int rc = sqlite3_prepare_v2(call->db, sql, -1, &call->statement, NULL);

	if (rc == SQLITE_ERROR)
		call_raise(call, MIG_WRONG_STATE, mig_format(&call->mig, "%s", sqlite3_errmsg(call->db)),
				   NULL,
				   "The tables migrate_revision, migrate_version and migrate_log are this "
				   "library's: give another name to what has one of theirs.");
	if (rc != SQLITE_OK)
		call_raise_engine(call);
}

void
db_prepare_users(Call *call, const char *sql)
{
	if (sqlite3_prepare_v2(call->db, sql, -1, &call->statement, NULL) != SQLITE_OK)
		call_raise_engine(call);
}

/* The text must live until the statement is finished.  A null binds NULL. */
void
db_bind_text(Call *call, int i, MigText text)
{
	int rc = text.at ? sqlite3_bind_text64(call->statement, i, text.at, text.len, SQLITE_STATIC,
										   SQLITE_UTF8)
					 : sqlite3_bind_null(call->statement, i);

	if (rc != SQLITE_OK)
		call_raise_engine(call);
}

void
db_bind_int(Call *call, int i, int64_t value)
{
	if (sqlite3_bind_int64(call->statement, i, value) != SQLITE_OK)
		call_raise_engine(call);
}

/* Raises what SQLite fails with; call_end() finalizes the statement then. */
bool
db_step(Call *call)
{
	int rc = sqlite3_step(call->statement);

	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		call_raise_engine(call);
	return rc == SQLITE_ROW;
}

/* The code is of no interest: an error was raised by the step that had it. */
void
db_finish(Call *call)
{
	sqlite3_finalize(call->statement);
	call->statement = NULL;
}

/* A PRAGMA, and an INSERT under count_changes, has rows: they are passed over. */
static void
run_prepared(Call *call)
{
	while (db_step(call))
		;
	db_finish(call);
}

void
db_run(Call *call, const char *sql)
{
	db_prepare(call, sql);
	run_prepared(call);
}

void
db_run_users(Call *call, const char *sql)
{
	db_prepare_users(call, sql);
	run_prepared(call);
}

/* A copy: what SQLite returns is gone with the next step.  Terminated by a NUL. */
MigText
db_text(Call *call, int i)
{
	const unsigned char *at;
	size_t len;
	char *copy;

	/* sqlite3_column_text() is NULL for a null and for no memory alike */
	if (sqlite3_column_type(call->statement, i) == SQLITE_NULL)
		return (MigText){NULL, 0};
	at = sqlite3_column_text(call->statement, i);
	if (at == NULL)
		raise_no_memory(call);
	len = (size_t) sqlite3_column_bytes(call->statement, i);
	if (len == 0)
		return mig_text("");
	copy = mig_alloc(&call->mig, len + 1, 1);
	memcpy(copy, at, len);
	return (MigText){copy, len};
}

/* ---- results ---- */

/*
 * Before the transaction is committed: from then on, memory must not be what makes a call fail.
 * SQLite gets the buffer itself, see call_function(), so nothing is copied behind it.
 */
void
result_text(Call *call, MigText text)
{
	call->answer = sqlite3_malloc64(text.len + 1);
	if (call->answer == NULL)
		raise_no_memory(call);
	if (text.len > 0)
		memcpy(call->answer, text.at, text.len);
	call->answer[text.len] = '\0';
}

void
result_lines(Call *call, MigList lines)
{
	result_text(call, mig_join(&call->mig, lines, "\n"));
}
