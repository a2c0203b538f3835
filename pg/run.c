/*
 * run.c - running revisions in the caller's transaction; autocommit.c runs them
 * in transactions of their own
 *
 * A run looks twice.  The first look takes no lock: at the target already,
 * done.  Then the locks, and a second look with a fresh snapshot, since another
 * session may have done the work while we waited.  Both locks are advisory, for
 * the transaction, and made from the extension's schema:
 *
 *   B, shared, without waiting: a run that commits between its revisions holds
 *      it exclusively, and must never have a session wait for it that holds a
 *      snapshot: CREATE INDEX CONCURRENTLY waits for snapshots.
 *   W, shared, without waiting: a worker process of such a run holds it
 *      exclusively, which may outlive the run for a moment.
 *   A, exclusive, waiting: one run at a time.
 *
 * Nothing runs before everything was checked: what is applied is what was run,
 * each section exists, can be parsed and has no statement that cannot work.
 *
 * A statement runs through SPI.  Its error is caught in part_protected(), and
 * nowhere else, to say which revision, statement and line of the script it was.
 */
#include "postgres.h"

#include "access/tableam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/namespace.h"
#include "catalog/pg_publication.h"
#include "commands/event_trigger.h"
#include "commands/defrem.h"
#include "commands/extension.h"
#include "commands/proclang.h"
#include "executor/spi.h"
#include "foreign/foreign.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "parser/parse_type.h"
#include "pgstat.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "migrate.h"
#include "run.h"

/* ---- before the first write ---- */

/*
 * Is a statement of a revision running?  Whatever it calls must not start a run inside of ours.
 * For the process and not for a call: the inner call is another one.  It is put back by whoever
 * set it, after an error by part_protected().
 */
static bool in_statement = false;

/* Inside of a run another one would take the version rows from under it. */
static void
check_not_nested(Call *call)
{
	if (in_statement)
		mig_refuse_nested(&call->mig, get_func_name(call->function));
}

/* The server would say so, too, but at the first write, and without a way out. */
void
run_check_writable(Call *call, const char *what)
{
	if (RecoveryInProgress())
		call_raise(call, MIG_READ_ONLY,
				   mig_format(&call->mig, "cannot %s on a standby server", what), NULL,
				   "Connect to the primary server.");
	if (XactReadOnly)
		call_raise(call, MIG_READ_ONLY,
				   mig_format(&call->mig, "cannot %s in a read-only transaction", what), NULL,
				   "Begin the transaction with READ WRITE; if every transaction is read-only, see "
				   "default_transaction_read_only.");
}

/*
 * The snapshot of such a transaction is older than our locks: the second look would be stale, and
 * what is decided by it wrong.
 */
static void
check_isolation(Call *call, const char *what)
{
	if (IsolationUsesXactSnapshot())
		call_raise(call, MIG_IN_TRANSACTION,
				   mig_format(&call->mig,
							  "cannot %s in a REPEATABLE READ or SERIALIZABLE transaction", what),
				   "It would not see what another session has just committed.",
				   "Begin the transaction with ISOLATION LEVEL READ COMMITTED.");
}

/* Shared, without waiting; 55P03, with who holds it, where that is impossible. */
static void
try_lock(Call *call, int32 key)
{
	if (!DatumGetBool(DirectFunctionCall2(pg_try_advisory_xact_lock_shared_int4, Int32GetDatum(key),
										  Int32GetDatum((int32) call->schema))))
		mig_refuse_busy(&call->mig, store_lock_holder(call, key));
}

/*
 * B and W first: where one of them cannot be had there is no use in waiting for A.  The server
 * gives all of them back at the end of the transaction.
 */
static void
take_locks(Call *call)
{
	try_lock(call, LOCK_B);
	try_lock(call, LOCK_W);
	DirectFunctionCall2(pg_advisory_xact_lock_int4, Int32GetDatum(LOCK_A),
						Int32GetDatum((int32) call->schema));
}

bool
run_is_locked(Call *call)
{
	return store_lock_holder(call, LOCK_B) || store_lock_holder(call, LOCK_W);
}

/* Called by all that writes or builds a desired schema, before it does. */
void
run_check(Call *call, const char *what)
{
	check_not_nested(call);
	run_check_writable(call, what);
}

void
run_lock(Call *call, const char *what)
{
	run_check(call, what);
	check_isolation(call, what);
	take_locks(call);
}

/* ---- looking ---- */

/* Asks the tables anew at each call.  purge: the plan starts from no version rows. */
Run
run_look(Call *call, MigText target, MigDirection direction, bool purge)
{
	Mig *m = &call->mig;
	Run it = {.call = call, .target = target, .direction = direction, .store = store_load(call)};

	it.graph = mig_graph(m, it.store.revisions);
	if (!purge)
		it.rows = mig_store_rows(m, &it.store);
	it.plan = mig_plan(m, it.graph, it.rows, target, direction);
	return it;
}

/* The lines of the answer: what was done, then where we are. */
static MigList
answer(const Run *it, MigList heads, bool done)
{
	return mig_plan_lines(&it->call->mig, it->graph, done ? &it->plan : NULL, heads).list;
}

/* A revision, or a trigger on our tables, may have changed them: what we answer must be so. */
static MigList
done(const Run *it, MigList heads)
{
	MigStore now = store_load(it->call);

	mig_store_settled(&it->call->mig, &it->store, &now, heads);
	drift_save(it->call, heads);
	return answer(it, heads, true);
}

/* ---- errors of a statement ---- */

/* Bytes before a position, which counts characters from 1. */
static size_t
position_offset(const char *sql, int position)
{
	return (size_t) pg_mbcharcliplen(sql, (int) strlen(sql), position - 1);
}

/* A section may be long: what is shown of it is the line with the error. */
static void
show_line(ErrorData *error, const char *sql, size_t offset)
{
	size_t begin = offset;

	while (begin > 0 && sql[begin - 1] != '\n')
		begin--;
	error->internalquery = pnstrdup(sql + begin, strcspn(sql + begin, "\n"));
	error->internalpos = pg_mbstrlen_with_len(sql + begin, (int) (offset - begin)) + 1;
	error->cursorpos = 0;
}

/*
 * Where a query stands in our text, which may be the body of a function; NULL unless it is once.
 * In CREATE FUNCTION the server tells positions in the body, which is a literal of ours.
 */
static const char *
find_query(const char *sql, const char *query)
{
	const char *found = strstr(sql, query);

	return found && query[0] && strstr(found + 1, query) == NULL ? found : NULL;
}

/*
 * The line of the script on which the error is; that of the statement's first word where the
 * server tells no position, as most utility statements do.  The position is one in our text only
 * if the query is our text, or stands in it: a function that the statement calls has positions in
 * its own queries.  statement 0: the parser refuses the whole section.
 */
static int
error_line(const Part *part, ErrorData *error)
{
	const char *query = NULL;
	size_t offset = 0;

	if (part->statement == 0 && error->cursorpos > 0)
	{
		offset = position_offset(part->sql, error->cursorpos);
		show_line(error, part->sql, offset);
	}
	else if (error->internalquery && error->internalpos > 0)
		query = find_query(part->sql, error->internalquery);
	if (query)
		offset = (size_t) (query - part->sql) +
				 position_offset(error->internalquery, error->internalpos);
	return part->line + mig_count_lines((MigText){part->sql, offset});
}

/* The server's hint on a full lock table is not the only way out. */
static void
add_lock_hint(const Part *part, ErrorData *error)
{
	const char *verb = mig_direction_name(part->direction);

	if (!error->hint || !strstr(error->hint, "max_locks_per_transaction"))
		return;
	if (part->what)
	{
		error->detail = psprintf("The %s is built and undone in one transaction, with a lock for "
								 "each of its tables, indexes and sequences.",
								 part->what);
		error->hint = "Increase max_locks_per_transaction, which takes a restart of the server.";
	}
	else
		error->hint = psprintf("Increase max_locks_per_transaction, or %s in several transactions, "
							   "like SELECT migrate_%s('%c100'), each with its own COMMIT.",
							   verb, verb, part->direction == MIG_UPGRADE ? '+' : '-');
}

/* Rows break what the statement says: what was done is done, and the rest can be. */
static void
add_resume_hint(const Part *part, ErrorData *error)
{
	if (!part->what && !part->revision.transactional && !error->hint &&
		ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION)
		error->hint = "Mend the rows and call again: it goes on at this statement.";
}

/*
 * Throws the error again, with our line behind the context that it has.  What
 * stands around our call (a function that called it) comes behind that, from
 * the callbacks, which the statement itself did not see.
 */
static void
rethrow(const Part *part)
{
	ErrorData *error;
	const char *place;

	MemoryContextSwitchTo(part->call->memory);
	error = CopyErrorData();
	FlushErrorState();
	place = part->what ? mig_text_context(&part->call->mig, part->what, part->statement,
										  error_line(part, error))
					   : mig_statement_context(&part->call->mig, &part->revision, part->direction,
											   part->statement, error_line(part, error));
	error->context = error->context ? psprintf("%s\n%s", error->context, place) : pstrdup(place);
	add_lock_hint(part, error);
	add_resume_hint(part, error);
	ThrowErrorData(error);
}

/* Without the callbacks of our callers, see rethrow(); PG_TRY puts them back. */
static void
work_alone(Part *part, void (*work)(Part *))
{
	error_context_stack = NULL;
	work(part);
}

const char *
part_context(Part *part)
{
	return mig_statement_context(&part->call->mig, &part->revision, part->direction,
								 part->statement, part->line);
}

/*
 * What failed is not gone on with: the abort cleans up.  PG_TRY and not an error-context
 * callback, which would see the position of a query, but not of which one.
 */
void
part_protected(Part *part, void (*work)(Part *))
{
	PG_TRY();
	{
		work_alone(part, work);
	}
	PG_CATCH();
	{
		in_statement = false;
		rethrow(part);
	}
	PG_END_TRY();
}

/* ---- a revision's statements ---- */

/* The script is not read with the store: it would be there for all revisions at once. */
Part *
part_begin(Call *call, const MigRevision *revision, MigDirection direction)
{
	Call *nested = call_nested(call);
	Part *part = mig_alloc(&nested->mig, 1, sizeof(Part));

	part->call = nested;
	part->revision = *revision;
	part->revision.script = store_script(nested, revision->id);
	part->direction = direction;
	return part;
}

/* For a worker, which has the section from its caller and does not read the tables. */
Part *
part_of_section(Call *call, const MigRevision *revision, MigDirection direction, MigSection section)
{
	Call *nested = call_nested(call);
	Part *part = mig_alloc(&nested->mig, 1, sizeof(Part));

	part->call = nested;
	part->revision = *revision;
	part->direction = direction;
	part->section = section;
	return part;
}

void
part_end(Part *part)
{
	call_drop(part->call);
}

/* The trees live as long as the part, not in the memory of the whole run. */
static void
parse(Part *part)
{
	MemoryContext old = MemoryContextSwitchTo(part->call->memory);

	part->statements = pg_parse_query(part->sql);
	MemoryContextSwitchTo(old);
}

/*
 * The server's own parser does it, and finds syntax errors, also in a statement that will run
 * last.  The script must be what was added, each time that it is read: it may be changed in the
 * meantime.
 */
void
part_split(Part *part)
{
	Mig *m = &part->call->mig;

	if (part->section.sql.at == NULL)
		part->section = mig_store_section(m, &part->revision, (MigText){NULL, 0}, part->direction,
										  MIG_POSTGRESQL);
	part->sql = (char *) mig_copy(m, part->section.sql).at;
	part->line = part->section.line;
	part_protected(part, parse);
}

/*
 * The text begins with the statement's first word, for lines and positions: what the parser gives
 * as the statement's place includes the blanks and comments before it.  stmt_len 0 is "to the
 * end".  Lines are counted on from the last statement that was selected: from the section's
 * begin, 50,000 statements would take the square of it.
 */
void
part_select(Part *part, int statement)
{
	Mig *m = &part->call->mig;
	const RawStmt *raw = list_nth(part->statements, statement - 1);
	MigText all = part->section.sql;
	size_t begin = (size_t) raw->stmt_location;
	MigText sql = {all.at + begin, raw->stmt_len ? (size_t) raw->stmt_len : all.len - begin};
	size_t skipped;

	while (sql.len > 0 && strchr(" \t\r\n", sql.at[sql.len - 1]))
		sql.len--;
	part->keyword = mig_statement_keyword(m, sql, MIG_POSTGRESQL, &skipped);
	part->tree = raw->stmt;
	part->end = begin + sql.len;
	if (part->statement == 0 || part->begin > begin)
	{
		part->line = part->section.line;
		part->begin = 0;
	}
	part->line += mig_count_lines((MigText){all.at + part->begin, begin + skipped - part->begin});
	part->begin = begin + skipped;
	part->statement = statement;
	part->sql = (char *) mig_copy(m, (MigText){sql.at + skipped, sql.len - skipped}).at;
}

MigText
part_done(Part *part, int statements)
{
	if (statements > list_length(part->statements))
		return (MigText){NULL, 0};
	if (statements == 0)
		return (MigText){part->section.sql.at, 0};
	part_select(part, statements);
	return (MigText){part->section.sql.at, part->end};
}

/*
 * What the server would end the transaction by, or refuse in words that help nobody; and in a
 * text, what a rollback does not bring back.  Of a revision before anything has run; a text is
 * undone anyway.
 */
static void
check_statement(Part *part)
{
	const CopyStmt *copy = (const CopyStmt *) part->tree;

	if (IsA(part->tree, TransactionStmt) || (part->what && IsA(part->tree, PrepareStmt)))
		mig_statement_check(&part->call->mig, part->keyword, part->what);
	if (part->what && (IsA(part->tree, DeallocateStmt) || IsA(part->tree, ClosePortalStmt) ||
					   IsA(part->tree, DiscardStmt)))
		call_raise(part->call, MIG_UNSUPPORTED,
				   mig_format(&part->call->mig, "%.*s is not allowed in a %s",
							  MIG_ARG(part->keyword), part->what),
				   NULL, "What the session has would not come back: remove the statement.");
	if (part->what && IsA(copy, CopyStmt))
		call_raise(part->call, MIG_UNSUPPORTED,
				   mig_format(&part->call->mig, "COPY is not allowed in a %s", part->what), NULL,
				   "Leave the rows out: pg_dump --schema-only.");
	if (!part->what && !part->revision.transactional)
		statement_check_resumable(part->call, part->tree);
	if (IsA(copy, CopyStmt) && copy->filename == NULL)
		call_raise(part->call, MIG_UNSUPPORTED,
				   copy->is_from ? "COPY FROM STDIN is not allowed in a revision"
								 : "COPY TO STDOUT is not allowed in a revision",
				   "A revision has no client to send rows to or from.",
				   copy->is_from ? "Write the rows as INSERT ... VALUES."
								 : "Remove the statement.");
}

/* Splits the section, and does the work on each statement. */
static void
for_each_statement(Part *part, void (*work)(Part *))
{
	part_split(part);
	for (int i = 1; i <= list_length(part->statements); i++)
	{
		part_select(part, i);
		part_protected(part, work);
	}
}

void
run_in_statement(bool in)
{
	in_statement = in;
}

/*
 * Some statements fail by a negative result instead of an error: SPI says so of what it leaves to
 * its caller, and nothing has been done then.
 */
static void
run_statement(Part *part)
{
	int result;

	in_statement = true;
	result = execute_discarding(part->sql);
	in_statement = false;
	if (result < 0)
		call_raise(part->call, MIG_UNSUPPORTED,
				   mig_format(&part->call->mig, "statement cannot run in a revision: %s",
							  SPI_result_code_string(result)),
				   NULL, "Run it by hand.");
}

/* ---- a text ---- */

/* By its types: a cast has no name.  42704 where a type is not there. */
static bool
is_cast_there(const CreateCastStmt *create)
{
	return SearchSysCacheExists2(CASTSOURCETARGET,
								 ObjectIdGetDatum(typenameTypeId(NULL, create->sourcetype)),
								 ObjectIdGetDatum(typenameTypeId(NULL, create->targettype)));
}

static bool
is_extension_there(const char *name)
{
	return OidIsValid(get_extension_oid(name, true));
}

/*
 * One that is there is moved where the text has it: the server says so where that cannot be.
 * migrate itself has not come along, see desired.c.  Without SCHEMA nothing is asked for.
 */
static void
move_extension(Part *part, const CreateExtensionStmt *create)
{
	Oid schema = extensions_schema(part->call, get_extension_oid(create->extname, false));
	ListCell *cell;

	foreach (cell, create->options)
	{
		DefElem *option = lfirst(cell);

		if (OidIsValid(schema) && strcmp(option->defname, "schema") == 0 &&
			get_namespace_oid(defGetString(option), false) != schema)
			(void) execute_discarding(mig_format(
				&part->call->mig, "ALTER EXTENSION %s SET SCHEMA %s",
				quote_identifier(create->extname), quote_identifier(defGetString(option))));
	}
}

/*
 * What is the whole database's and in no schema is not out of the way: see desired.c.  So a
 * CREATE of it would fail, though it is as desired; what is different in it is not compared.
 */
static bool
is_there(const Node *tree)
{
	switch (nodeTag(tree))
	{
		case T_CreateExtensionStmt:
			return is_extension_there(((const CreateExtensionStmt *) tree)->extname);
		case T_CreateSchemaStmt:
		{
			const CreateSchemaStmt *create = (const CreateSchemaStmt *) tree;

			return create->schemaname && create->schemaElts == NIL &&
				   OidIsValid(get_namespace_oid(create->schemaname, true));
		}
		case T_CreatePublicationStmt:
			return OidIsValid(
				get_publication_oid(((const CreatePublicationStmt *) tree)->pubname, true));
		case T_CreateEventTrigStmt:
			return OidIsValid(
				get_event_trigger_oid(((const CreateEventTrigStmt *) tree)->trigname, true));
		case T_CreateFdwStmt:
			return OidIsValid(
				get_foreign_data_wrapper_oid(((const CreateFdwStmt *) tree)->fdwname, true));
		case T_CreateForeignServerStmt:
			return OidIsValid(
				get_foreign_server_oid(((const CreateForeignServerStmt *) tree)->servername, true));
		case T_CreatePLangStmt:
			return OidIsValid(get_language_oid(((const CreatePLangStmt *) tree)->plname, true));
		case T_CreateCastStmt:
			return is_cast_there((const CreateCastStmt *) tree);
		default:
			return false;
	}
}

static bool
is_transaction_frame(const TransactionStmt *stmt)
{
	return stmt->kind == TRANS_STMT_BEGIN || stmt->kind == TRANS_STMT_START ||
		   stmt->kind == TRANS_STMT_COMMIT;
}

/* Which role is the current one, and how long we may wait: the caller has decided that. */
static bool
is_setting_of_caller(const VariableSetStmt *set)
{
	return set->name &&
		   (strcmp(set->name, "role") == 0 || strcmp(set->name, "session_authorization") == 0 ||
			strstr(set->name, "_timeout") != NULL);
}

/* A dump that cleans up first says so.  We are no part of what is compared. */
static bool
drops_migrate(const DropStmt *drop)
{
	return drop->removeType == OBJECT_EXTENSION && list_length(drop->objects) == 1 &&
		   strcmp(strVal(linitial(drop->objects)), "migrate") == 0;
}

/* pg_dump writes one ALTER TABLE ... OWNER TO for each table, view and sequence. */
static bool
changes_owner_alone(const AlterTableStmt *alter)
{
	ListCell *cell;

	foreach (cell, alter->cmds)
		if (((const AlterTableCmd *) lfirst(cell))->subtype != AT_ChangeOwner)
			return false;
	return true;
}

/*
 * What a dump has and a schema that is compared has not: owners, privileges,
 * subscriptions, and what is said of extensions.  It may name roles and objects
 * that are not there.
 */
static bool
is_not_compared(const Node *tree)
{
	switch (nodeTag(tree))
	{
		case T_TransactionStmt:
			return is_transaction_frame((const TransactionStmt *) tree);
		case T_VariableSetStmt:
			return is_setting_of_caller((const VariableSetStmt *) tree);
		case T_DropStmt:
			return drops_migrate((const DropStmt *) tree);
		case T_AlterTableStmt:
			return changes_owner_alone((const AlterTableStmt *) tree);
		case T_CommentStmt:
			return ((const CommentStmt *) tree)->objtype == OBJECT_EXTENSION;
		case T_AlterOwnerStmt:
		case T_GrantStmt:
		case T_AlterDefaultPrivilegesStmt:
		case T_CreateUserMappingStmt:
		case T_CreateSubscriptionStmt:
		case T_AlterSubscriptionStmt:
		case T_SecLabelStmt:
			return true;
		default:
			return false;
	}
}

/*
 * Without TOAST tables a table is made in two thirds of the time.  Where another access method is
 * the default, that one counts.  For one statement: what else asks for the setting, or is made by
 * an extension's script, is as everywhere.
 */
static void
leave_toast_out(void)
{
	if (strcmp(default_table_access_method, DEFAULT_TABLE_ACCESS_METHOD) == 0 &&
		OidIsValid(get_table_am_oid(CATALOG_DESIRED_AM, true)))
		(void) set_config_option("default_table_access_method", CATALOG_DESIRED_AM, PGC_USERSET,
								 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

static void
run_create_table(Part *part)
{
	int nest = NewGUCNestLevel();

	leave_toast_out();
	run_statement(part);
	AtEOXact_GUC(false, nest);
}

/* What is passed over is not checked either: a dump may have BEGIN and COMMIT. */
static void
run_text_statement(Part *part)
{
	if (IsA(part->tree, CreateExtensionStmt) && is_there(part->tree))
		move_extension(part, (const CreateExtensionStmt *) part->tree);
	if (is_not_compared(part->tree) || is_there(part->tree))
		return;
	check_statement(part);
	if (!part->toast && (IsA(part->tree, CreateStmt) || IsA(part->tree, CreateTableAsStmt)))
		run_create_table(part);
	else
		run_statement(part);
}

/* The text is no revision's, so the part has no revision, and "what" is in its place. */
void
run_text(Call *call, MigText sql, const char *what, bool toast)
{
	Call *nested = call_nested(call);
	Part part = {.call = nested, .what = what, .toast = toast, .section = {sql, 1}};

	for_each_statement(&part, run_text_statement);
	call_drop(nested);
}

/* ---- checking a run ---- */

/*
 * Whatever the plan stands on must be what was run: nobody edited history.  One script after the
 * other is read and dropped, since all of them together may be large.
 */
static void
check_applied(const Run *it)
{
	Call *call = it->call;
	MigList applied = mig_graph_all_applied(&call->mig, it->graph, it->rows);
	MigText *logged = store_logged(call, &it->store);

	for (size_t i = 0; i < applied.n; i++)
	{
		const MigRevision *revision = mig_graph_find(it->graph, applied.at[i]);
		Part *part = part_begin(call, revision, MIG_UPGRADE);

		mig_store_check(&part->call->mig, &part->revision,
						logged[revision - it->store.revisions.at]);
		part_end(part);
	}
}

/* 0A000 where only a CALL can do it, with that as the hint. */
static void
check_transactional(const Run *it, Call *call, const MigRevision *revision)
{
	if (!revision->transactional)
		mig_refuse_transaction(
			&call->mig, revision,
			mig_format(&call->mig, "Run CALL migrate_%s_autocommit(%s), outside of a transaction.",
					   mig_direction_name(it->direction),
					   quote_literal_cstr(mig_copy(&call->mig, it->target).at)));
}

/* What has been done of a revision that has stopped must be what is in its script now. */
static void
check_resume(const Run *it, Part *part)
{
	Mig *m = &part->call->mig;
	const MigStop *stop =
		mig_resume_find(m, it->graph, &it->store, part->revision.id, part->direction);

	if (stop)
		mig_resume_check_script(m, stop, part_done(part, stop->done));
}

/*
 * Splits and checks; the trees are dropped with the part and made again when the step runs,
 * rather than kept for all steps at once.
 */
static void
check_step(const Run *it, const MigStep *step)
{
	Part *part = part_begin(it->call, step->revision, step->direction);

	if (!it->autocommit)
		check_transactional(it, part->call, step->revision);
	for_each_statement(part, check_statement);
	check_resume(it, part);
	part_end(part);
}

/*
 * In this order: what has stopped first, since it says which revision must be gone on with; then
 * what is applied, then each step.
 */
void
run_check_plan(Run *it)
{
	if (it->plan.n == 0)
		return;
	store_load_stops(it->call, &it->store);
	mig_resume_check_plan(&it->call->mig, it->graph, &it->store, &it->plan, MIG_POSTGRESQL);
	check_applied(it);
	for (size_t i = 0; i < it->plan.n; i++)
		check_step(it, &it->plan.steps[i]);
}

/* ---- running ---- */

/* With the statement, for a worker's long ones; progress.c takes the text apart. */
const char *
run_activity(const Run *it, size_t i, int statement, int statements)
{
	const MigStep *step = &it->plan.steps[i];
	MigBuf buf = mig_buf(&it->call->mig);

	mig_buf_format(&buf, "migrate: %s of revision %.*s (%zu of %zu)",
				   mig_direction_name(step->direction), MIG_ARG(step->revision->id), i + 1,
				   it->plan.n);
	if (statement > 0)
		mig_buf_format(&buf, ", statement %d of %d", statement, statements);
	mig_buf_format(&buf, ": %.*s", MIG_ARG(step->revision->message));
	return mig_buf_text(&buf).at;
}

/* A NOTICE is what a person at psql sees; the activity is for everybody else. */
void
run_tell(const Run *it, Part *part, size_t i)
{
	const char *line =
		mig_format(&part->call->mig, "running %s (%zu of %zu)",
				   mig_plan_line(&part->call->mig, &it->plan.steps[i]).at, i + 1, it->plan.n);

	ereport(NOTICE, (errmsg_internal("%s", line)));
	pgstat_report_activity(STATE_RUNNING, run_activity(it, i, 0, 0));
}

/* Timestamps are microseconds. */
static int64
milliseconds_since(TimestampTz start)
{
	return (GetCurrentTimestamp() - start) / 1000;
}

/* SPI's: its error comes back through part_protected(). */
static void
fire_deferred(Part *part)
{
	(void) part;
	SPI_execute("SET CONSTRAINTS ALL IMMEDIATE", false, 0);
}

/*
 * The COMMIT would do it, but its error would not say which revision it was, and would come when
 * there is nobody left to write it into the log.
 */
static void
check_deferred(Part *part)
{
	part->statement = 0;
	part->line = part->section.line;
	part_protected(part, fire_deferred);
}

/*
 * A SET ends with its revision: what one sets must not change what the next one's names mean.
 * The log row is the last thing written, so it is there only when all else is.
 */
MigList
run_step(const Run *it, size_t i, MigList heads)
{
	const MigStep *step = &it->plan.steps[i];
	Part *part = part_begin(it->call, step->revision, step->direction);
	MigList after = mig_plan_apply(&it->call->mig, heads, step);
	TimestampTz start = GetCurrentTimestamp();
	Log log = {.direction = mig_direction_name(step->direction),
			   .revision = step->revision,
			   .before = heads,
			   .after = after,
			   .detail = it->detail};
	int nest;

	run_tell(it, part, i);
	nest = NewGUCNestLevel();
	for_each_statement(part, run_statement);
	if (it->autocommit)
		check_deferred(part);
	AtEOXact_GUC(false, nest);
	log.statements = list_length(part->statements);
	log.duration_ms = milliseconds_since(start);
	store_set_versions(it->call, step->removed, step->added);
	store_log(it->call, &log);
	part_end(part);
	return after;
}

/*
 * The first look takes no lock: N replicas that start at once, at head, disturb nobody.
 * The second one makes the plan anew.
 */
MigList
run(Call *call, MigText target, MigDirection direction)
{
	Run it = run_look(call, target, direction, false);
	MigList heads;

	if (it.plan.n == 0)
		return answer(&it, it.rows, false);
	run_lock(call, "run migrations");
	it = run_look(call, target, direction, false);
	run_check_plan(&it);
	heads = it.rows;
	for (size_t i = 0; i < it.plan.n; i++)
		heads = run_step(&it, i, heads);
	pgstat_report_activity(STATE_RUNNING, debug_query_string);
	return done(&it, heads);
}

/* ---- stamping ---- */

/* logged_before: what the log says was there, also what a purge has removed. */
static MigList
stamp_step(const Run *it, const MigStep *step, MigList logged_before, MigList heads)
{
	MigList after = mig_plan_apply(&it->call->mig, heads, step);

	store_set_versions(it->call, step->removed, step->added);
	store_log(it->call, &(Log){.direction = "stamp",
							   .revision = step->revision,
							   .before = logged_before,
							   .after = after});
	return after;
}

/*
 * A purge, as Alembic has it, is for version rows that no revision of the store explains: the
 * plan starts from none, and the rows that were there are removed first.
 */
MigList
run_stamp(Call *call, MigText target, bool purge)
{
	Run it = run_look(call, target, MIG_STAMP, purge);
	MigList stored;
	MigList heads;

	if (it.plan.n == 0 && (!purge || it.store.nversions == 0))
		return answer(&it, it.rows, false);
	run_lock(call, "stamp");
	it = run_look(call, target, MIG_STAMP, purge);
	stored = mig_store_rows(&call->mig, &it.store);
	heads = it.rows;
	if (purge)
		store_set_versions(call, stored, heads);
	if (purge && it.plan.n == 0)
		store_log(call, &(Log){.direction = "stamp", .before = stored, .after = heads});
	for (size_t i = 0; i < it.plan.n; i++)
		heads = stamp_step(&it, &it.plan.steps[i], i == 0 ? stored : heads, heads);
	return done(&it, heads);
}

/* ---- a run as a script ---- */

/* Writes a step: the section as it is, when the server can parse it. */
static void
write_step(Call *call, MigOffline *offline, const MigStep *step)
{
	Part *part = part_begin(call, step->revision, step->direction);

	for_each_statement(part, check_statement);
	mig_offline_step(offline, &part->revision, part->section.sql, part->statement);
	part_end(part);
}

/* For a server without the extension: the plan starts from the range, not from the version rows. */
MigText
run_sql(Call *call, MigText range, MigDirection direction)
{
	Mig *m = &call->mig;
	MigStore store = store_load(call);
	MigOfflineTables tables = store_offline(call);
	MigOffline *offline = mig_offline(m, mig_graph(m, store.revisions), &tables, range, direction);
	const MigPlan *plan = mig_offline_plan(offline);

	for (size_t i = 0; i < plan->n; i++)
		write_step(call, offline, &plan->steps[i]);
	return mig_offline_text(offline);
}
