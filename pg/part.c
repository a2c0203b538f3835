/*
 * part.c - a section: its statements, running one, and where an error in it is
 *
 * A statement runs through SPI.  Its error is caught in part_protected(), and
 * nowhere else, to say which revision, statement and line of the script it was.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "nodes/parsenodes.h"
#include "tcop/tcopprot.h"
#include "utils/memutils.h"

#include "compat.h"
#include "migrate.h"
#include "run.h"

/*
 * Is a statement running?  Whatever it calls must not start a run inside of ours.  For the
 * process and not for a call: the inner call is another one.  It is put back by whoever set it,
 * after an error by part_protected().
 */
static bool running = false;

void
part_set_running(bool now)
{
	running = now;
}

bool
part_is_running(void)
{
	return running;
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
		running = false;
		rethrow(part);
	}
	PG_END_TRY();
}

/* ---- a section and its statements ---- */

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

/* The script is not read with the store: it would be there for all revisions at once. */
Part *
part_begin(Call *call, const MigRevision *revision, MigDirection direction)
{
	Part *part = part_of_section(call, revision, direction, (MigSection){0});

	part->revision.script = store_script(part->call, revision->id);
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

void
part_for_each(Part *part, void (*work)(Part *))
{
	part_split(part);
	for (int i = 1; i <= list_length(part->statements); i++)
	{
		part_select(part, i);
		part_protected(part, work);
	}
}

/* What the server would end the transaction by, or refuse in words that help nobody. */
void
part_check(Part *part)
{
	const CopyStmt *copy = (const CopyStmt *) part->tree;

	if (IsA(part->tree, TransactionStmt))
		mig_statement_check(&part->call->mig, part->keyword, NULL);
	if (!part->revision.transactional)
		statement_check_resumable(part->call, part->tree);
	if (IsA(copy, CopyStmt) && copy->filename == NULL)
		call_raise(part->call, MIG_UNSUPPORTED,
				   copy->is_from ? "COPY FROM STDIN is not allowed in a revision"
								 : "COPY TO STDOUT is not allowed in a revision",
				   "A revision has no client to send rows to or from.",
				   copy->is_from ? "Write the rows as INSERT ... VALUES."
								 : "Remove the statement.");
}

/*
 * Some statements fail by a negative result instead of an error: SPI says so of what it leaves to
 * its caller, and nothing has been done then.
 */
void
part_run(Part *part)
{
	int result;

	running = true;
	result = execute_discarding(part->sql);
	running = false;
	if (result < 0)
		call_raise(part->call, MIG_UNSUPPORTED,
				   mig_format(&part->call->mig, "statement cannot run in a revision: %s",
							  SPI_result_code_string(result)),
				   NULL, "Run it by hand.");
}
