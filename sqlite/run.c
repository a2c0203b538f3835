/*
 * run.c - running revisions
 *
 * A run looks twice.  The first look takes no lock: at the target already,
 * done.  Then the lock, and a second look, since another process may have done
 * the work while we waited.
 *
 * A revision's statements are split by sqlite3_prepare_v2(), which needs what
 * the statements before have made: they are prepared one by one as they run.
 * No statement of ours is open meanwhile, since DROP TABLE fails as long as
 * anything reads on the connection.
 */
#include "rebuild.h"
#include "run.h"

#include <string.h>
#include <time.h>

/* ---- looking ---- */

#ifndef KEEP_BYTES /* a test makes it small */
#define KEEP_BYTES ((size_t) 8 << 20)
#endif

/*
 * Asks the tables anew at each call; nothing is checked yet.  logs has room for a row more than
 * there are steps: a purge logs one of its own.
 */
static Run
look(Call *call, MigText target, MigDirection direction, bool purge)
{
	Mig *m = &call->mig;
	Run it = {.call = call, .direction = direction, .store = store_load(call)};

	it.graph = mig_graph(m, it.store.revisions);
	if (!purge)
		it.rows = mig_store_rows(m, &it.store);
	it.written = it.rows;
	it.plan = mig_plan(m, it.graph, it.rows, target, direction);
	it.sections = mig_alloc(m, it.plan.n, sizeof(MigSection));
	it.room = KEEP_BYTES;
	it.logs = mig_alloc(m, it.plan.n + 1, sizeof(Log));
	return it;
}

/* The lines of the answer: what was done, where we are, and what the caller has yet to do. */
static MigList
answer(const Run *it, MigList heads, bool done)
{
	MigLines lines = mig_plan_lines(&it->call->mig, it->graph, done ? &it->plan : NULL, heads);

	if (done && it->plan.n > 0 && it->call->transaction == TRANSACTION_SAVEPOINT)
		mig_lines_add(&lines, mig_text("pending: the changes become permanent with the COMMIT of "
									   "the calling transaction"));
	return lines.list;
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

/* ---- a revision's statements ---- */

/* SQLite would run a script up to its first NUL, as if there were nothing behind it. */
static void
check_script(Call *call, const MigRevision *revision)
{
	if (memchr(revision->script.at, '\0', revision->script.len))
		call_raise(call, MIG_DAMAGED,
				   mig_format(&call->mig, "script of revision \"%.*s\" is not text",
							  MIG_ARG(revision->id)),
				   "It has NUL bytes.", "Put the script back as it was added.");
}

/* In the memory of the nested call, of which there is one: so there is one part at a time. */
Part *
part_begin(Call *call, const MigRevision *revision, MigDirection direction)
{
	Call *nested = call_nested(call);
	Part *part = mig_alloc(&nested->mig, 1, sizeof(Part));

	part->call = nested;
	part->revision = *revision;
	part->where = (Where){NULL, &part->revision, direction, 0, 0};
	part->changes = (Changes){.call = nested, .keys = &part->keys};
	return part;
}

void
part_load(Part *part)
{
	part->revision.script = store_script(part->call, part->revision.id);
	check_script(part->call, &part->revision);
}

void
part_end(Part *part)
{
	call_drop(part->call);
}

/* Goes on in the section; the line that errors are told with goes along. */
static void
skip(Part *part, size_t bytes)
{
	part->where.line += mig_count_lines((MigText){part->rest.at, bytes});
	part->rest.at += bytes;
	part->rest.len -= bytes;
}

/* Goes on to the next statement; returns its keyword.  A byte order mark is white space to SQLite.
 */
static MigText
next_keyword(Part *part)
{
	size_t skipped;
	MigText keyword = mig_statement_keyword(&part->call->mig, part->rest, MIG_SQLITE, &skipped);

	skip(part, skipped);
	while (part->rest.len >= 3 && memcmp(part->rest.at, "\xEF\xBB\xBF", 3) == 0)
	{
		skip(part, 3);
		keyword = mig_statement_keyword(&part->call->mig, part->rest, MIG_SQLITE, &skipped);
		skip(part, skipped);
	}
	return keyword;
}

/* The one statement of SQLite's own that deletes rows unasked, see keys.c. */
static bool
is_drop_table(Part *part, MigText keyword)
{
	MigText behind = {part->rest.at + keyword.len, part->rest.len - keyword.len};
	size_t skipped;

	return mig_same(keyword, mig_text("DROP")) &&
		   mig_same(mig_statement_keyword(&part->call->mig, behind, MIG_SQLITE, &skipped),
					mig_text("TABLE"));
}

/*
 * SQLite knows the place of some errors, from version 3.38 on, where the module was
 * built with it, too; else it is the statement's first line.
 */
static void
find_line(Part *part)
{
	int offset = -1;

#if SQLITE_VERSION_NUMBER >= 3038000
	if (sqlite3_libversion_number() >= 3038000)
		offset = sqlite3_error_offset(part->call->db);
#endif
	if (offset > 0 && (size_t) offset <= part->rest.len)
		part->where.line += mig_count_lines((MigText){part->rest.at, (size_t) offset});
}

/* What SQLite says is kept before anything else is asked of it. */
static _Noreturn void
fail_statement(Part *part)
{
	Call *call = part->call;
	int code = sqlite3_extended_errcode(call->db);
	const char *message = mig_format(&call->mig, "%s", sqlite3_errmsg(call->db));

	find_line(part);
	db_finish(call);
	call_raise_code(call, code,
					&(MigError){MIG_INTERNAL, message, transaction_lost(call), NULL, NULL});
}

/* INSERT OR ROLLBACK and RAISE(ROLLBACK) end the transaction; from there on nothing may run. */
static void
check_transaction(Part *part)
{
	if (sqlite3_get_autocommit(part->call->db))
		call_raise(part->call, MIG_WRONG_STATE, "statement ended the transaction of the run",
				   transaction_lost(part->call),
				   "Remove ROLLBACK from the statement or its trigger.");
}

#define HAS_TABLE_LIST 3037000

/*
 * Since 3.53 .schema prints the tables in which a virtual table keeps its data as any others, and
 * they are there already.  The length of such a statement, or 0.  Asked only where it could not
 * be prepared: before pragma_table_list, from 3.37 on, nobody can tell.
 */
static size_t
made_with_virtual_table(Part *part)
{
	Call *call = part->call;
	MigText name;
	MigList found;
	size_t len = part->where.what ? mig_desired_table(&call->mig, part->rest, &name) : 0;

	if (len == 0 || sqlite3_libversion_number() < HAS_TABLE_LIST)
		return 0;
	found = lookup_list(call,
						"SELECT name FROM pragma_table_list WHERE schema = 'main' "
						"AND type = 'shadow' AND name = ?1 COLLATE NOCASE",
						name, NO_TEXT);
	return found.n > 0 ? len : 0;
}

/*
 * Prepares and runs the statement that comes next, all of its rows; returns its length.  By
 * sqlite3_prepare_v2() of the whole rest, whose tail says where the statement ends: no other
 * splitter knows the body of a trigger as SQLite does.
 */
size_t
part_execute(Part *part)
{
	Call *call = part->call;
	const char *tail = NULL;
	int rc = sqlite3_prepare_v2(call->db, part->rest.at, -1, &call->statement, &tail);
	size_t made = rc == SQLITE_OK ? 0 : made_with_virtual_table(part);

	if (made > 0)
		return made;
	if (rc != SQLITE_OK) /* again, since another statement has run */
		rc = sqlite3_prepare_v2(call->db, part->rest.at, -1, &call->statement, &tail);
	if (rc != SQLITE_OK)
		fail_statement(part);
	if (call->statement)
		while ((rc = sqlite3_step(call->statement)) == SQLITE_ROW)
			;
	if (call->statement && rc != SQLITE_DONE)
		fail_statement(part);
	db_finish(call);
	return (size_t) (tail - part->rest.at);
}

/* sqlite3_db_config() makes prepared statements out of date, those of the undo, too. */
static void
suspend_keys(Part *part)
{
	keys_suspend(part->call, &part->keys, &part->where);
	transaction_keep_undo(part->call);
}

/*
 * Runs the next statement; false: there is none.  In a text that is no revision's, what says
 * nothing about the schema is passed over first.  What waits in part->changes is carried out by
 * rebuild_statement(), before a statement that does not join it.
 */
static bool
run_statement(Part *part)
{
	MigText keyword = next_keyword(part);
	bool drops;
	size_t len;

	if (part->rest.len == 0)
		return false;
	part->where.statement++;
	len = part->where.what ? mig_desired_skip(&part->call->mig, part->rest) : 0;
	if (len > 0)
	{
		skip(part, len);
		return true;
	}
	mig_statement_check(&part->call->mig, keyword, part->where.what);
	shadow_before(part->call, keyword);
	len = rebuild_statement(&part->changes, part->rest);
	drops = is_drop_table(part, keyword);
	if (drops)
		suspend_keys(part);
	if (len == 0)
		len = part_execute(part);
	if (drops)
		keys_resume(part->call);
	check_transaction(part);
	transaction_keep_undo(part->call);
	skip(part, len);
	return true;
}

/* Of an index that no ";" ends, SQLite would store the white space behind it, too. */
static MigText
without_space_behind(MigText sql)
{
	while (sql.len > 0 && strchr(" \t\r\n", sql.at[sql.len - 1]))
		sql.len--;
	return sql;
}

/*
 * A name without a schema is the temporary object's, if there is one: DROP INDEX i would drop that
 * and leave ours.
 */
static void
check_hidden(Part *part, MigText sql)
{
	Call *call = part->call;
	MigList hidden = lookup_list(
		call,
		"SELECT t.type || ' ' || t.name FROM temp.sqlite_schema AS t CROSS JOIN main.sqlite_schema "
		"AS m ON m.name = t.name COLLATE NOCASE AND (m.type = t.type OR (m.type IN ('table', "
		"'view') AND t.type IN ('table', 'view')))",
		NO_TEXT, NO_TEXT);

	for (size_t i = 0; i < hidden.n; i++)
	{
		MigText type = {hidden.at[i].at, strcspn(hidden.at[i].at, " ")};
		MigText name = mig_text(hidden.at[i].at + type.len + 1);

		if (mig_mentions(&call->mig, sql, name))
			call_raise(call, MIG_WRONG_STATE,
					   mig_format(&call->mig,
								  "temporary %.*s \"%.*s\" hides what the revision names",
								  MIG_ARG(type), MIG_ARG(name)),
					   NULL, "Drop it, or migrate on a connection that does not have it.");
	}
}

static bool
has_temporary(Call *call)
{
	return lookup_list(call, "SELECT name FROM temp.sqlite_schema LIMIT 1", NO_TEXT, NO_TEXT).n > 0;
}

/*
 * Errors are told with part->where until the statements have ended.  Changes that wait are
 * carried out before that, and foreign keys are looked at last.  What a statement has made may be
 * hidden from the next one.
 */
void
part_run(Part *part, MigSection section)
{
	bool temporary = has_temporary(part->call);

	part->rest = mig_copy(&part->call->mig, without_space_behind(section.sql));
	part->where.line = section.line;
	part->call->outer->where = &part->where;
	check_hidden(part, section.sql);
	while (run_statement(part))
		if (temporary)
			check_hidden(part, section.sql);
	rebuild_flush(&part->changes);
	check_hidden(part, section.sql); /* what it has made, too */
	part->call->outer->where = NULL;
	keys_check(part->call, &part->keys);
}

/* On the shadow, in one transaction, which is faster than one for each statement. */
void
run_text(Call *call, MigText sql, const char *what)
{
	Call *nested = call_nested(call);
	Part part = {
		.call = nested, .rest = mig_copy(&nested->mig, sql), .where = {.what = what, .line = 1}};

	part.changes = (Changes){.call = nested, .keys = &part.keys};
	transaction_begin_again(call);
	call->where = &part.where;
	while (run_statement(&part))
		;
	rebuild_flush(&part.changes);
	call->where = NULL;
	call_drop(nested);
}

/* ---- checking a run ---- */

/* What the plan stands on must be what was run: nobody edited history. */
static void
check_applied_scripts(const Run *it)
{
	Call *call = it->call;
	MigList applied = mig_graph_all_applied(&call->mig, it->graph, it->rows);
	MigText *logged = store_logged(call, &it->store);

	for (size_t i = 0; i < applied.n; i++)
	{
		const MigRevision *revision = mig_graph_find(it->graph, applied.at[i]);
		Part *part = part_begin(call, revision, MIG_UPGRADE);

		part_load(part);
		mig_store_check(&part->call->mig, &part->revision,
						logged[revision - it->store.revisions.at]);
		part_end(part);
	}
}

/* 0A000.  Outside of a transaction of the caller's such a revision can run: see outside.c. */
static void
check_transactional(Call *call, const MigRevision *revision)
{
	if (!revision->transactional && call->outer->transaction == TRANSACTION_SAVEPOINT)
		mig_refuse_transaction(
			&call->mig, revision,
			mig_format(&call->mig, "Call %s() outside of a transaction.", call->function->name));
}

/*
 * Before anything runs.  What the step will run is kept, so that it need not be
 * read and parsed again; but not where scripts are so long that they would fill
 * the memory.
 */
static void
check_step(Run *it, size_t i)
{
	const MigStep *step = &it->plan.steps[i];
	Part *part = part_begin(it->call, step->revision, step->direction);
	MigSection section;

	check_transactional(part->call, step->revision);
	part_load(part);
	section = mig_store_section(&part->call->mig, &part->revision, (MigText){NULL, 0},
								step->direction, MIG_SQLITE);
	if (!part->revision.transactional)
		outside_check(it, part, section);
	if (section.sql.len < it->room)
	{
		it->room -= section.sql.len;
		it->sections[i] = (MigSection){mig_copy(&it->call->mig, section.sql), section.line};
	}
	part_end(part);
}

/*
 * What check_step() has kept, or read again: the checksum is compared then, too, since a revision
 * may have changed a script that is not its own.
 */
MigSection
run_section(const Run *it, Part *part, size_t i)
{
	if (it->sections[i].sql.at)
		return it->sections[i];
	part_load(part);
	return mig_store_section(&part->call->mig, &part->revision, (MigText){NULL, 0},
							 part->where.direction, MIG_SQLITE);
}

/* ---- running ---- */

/* By the system's clock, as strftime('now') takes it. */
int64_t
run_now(void)
{
	struct timespec now = {0, 0};

	timespec_get(&now, TIME_UTC);
	return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Writes the version and the log of the steps that are done.  Not after each of
 * them: one that makes a table makes prepared statements out of date, and to
 * prepare ours again would take a tenth of the whole run.
 */
void
run_write_books(Run *it, MigList heads)
{
	Mig *m = &it->call->mig;

	store_set_versions(it->call, mig_plan_without(m, it->written, heads),
					   mig_plan_without(m, heads, it->written));
	store_log(it->call, it->logs, it->nlogs);
	it->written = heads;
	it->nlogs = 0;
}

/* Does a section look at our tables? */
static bool
looks_at_us(MigSection section)
{
	return sqlite3_strlike("%migrate\\_%", section.sql.at, '\\') == 0;
}

/*
 * Runs a step.  Returns the version rows after it.  A section that may look at our tables finds
 * them as they are then; those of other steps are written later, at the end of the run at the
 * latest.
 */
static MigList
run_step(Run *it, size_t i, MigList heads)
{
	const MigStep *step = &it->plan.steps[i];
	Part *part = part_begin(it->call, step->revision, step->direction);
	MigList after = mig_plan_apply(&it->call->mig, heads, step);
	MigSection section = run_section(it, part, i);
	int64_t start = run_now();
	int64_t end;

	if (looks_at_us(section))
		run_write_books(it, heads);
	part_run(part, section);
	end = run_now();
	it->logs[it->nlogs++] = (Log){.at = end,
								  .direction = mig_direction_name(step->direction),
								  .revision = step->revision,
								  .before = heads,
								  .after = after,
								  .statements = part->where.statement,
								  .duration_ms = end - start};
	part_end(part);
	return after;
}

/* ---- runs ---- */

/*
 * The first look is without a lock where there can be one: see transaction_prepare().  All checks
 * come before the first statement.
 */
MigList
run(Call *call, MigText target, MigDirection direction)
{
	Run it;
	MigList heads;

	transaction_prepare(call);
	it = look(call, target, direction, false);
	if (it.plan.n == 0)
		return answer(&it, it.rows, false);
	transaction_lock(call, "run migrations");
	it = look(call, target, direction, false);
	if (it.plan.n > 0)
		check_applied_scripts(&it);
	store_load_stops(call, &it.store);
	mig_resume_check_plan(&call->mig, it.graph, &it.store, &it.plan, MIG_SQLITE);
	for (size_t i = 0; i < it.plan.n; i++)
		check_step(&it, i);
	heads = it.rows;
	for (size_t i = 0; i < it.plan.n; i++)
		heads = it.plan.steps[i].revision->transactional ? run_step(&it, i, heads)
														 : outside_run(&it, i, heads);
	run_write_books(&it, heads);
	return done(&it, heads);
}

/* ---- stamping ---- */

/* revision NULL: a purge that leaves nothing. */
static void
log_stamp(Run *it, const MigRevision *revision, MigList before, MigList after)
{
	it->logs[it->nlogs++] = (Log){.at = run_now(),
								  .direction = "stamp",
								  .revision = revision,
								  .before = before,
								  .after = after};
}

/* logged_before: what the log says was there, also what a purge has removed. */
static MigList
stamp_step(Run *it, const MigStep *step, MigList logged_before, MigList heads)
{
	MigList after = mig_plan_apply(&it->call->mig, heads, step);

	store_set_versions(it->call, step->removed, step->added);
	log_stamp(it, step->revision, logged_before, after);
	return after;
}

/* A purge, as Alembic has it, is for version rows that no revision of the store explains. */
MigList
run_stamp(Call *call, MigText target, bool purge)
{
	Run it;
	MigList stored;
	MigList heads;

	transaction_prepare(call);
	it = look(call, target, MIG_STAMP, purge);
	if (it.plan.n == 0 && (!purge || it.store.nversions == 0))
		return answer(&it, it.rows, false);
	transaction_lock(call, "stamp");
	it = look(call, target, MIG_STAMP, purge);
	stored = mig_store_rows(&call->mig, &it.store);
	heads = it.rows;
	if (purge)
		store_set_versions(call, stored, heads);
	if (purge && it.plan.n == 0)
		log_stamp(&it, NULL, stored, heads);
	for (size_t i = 0; i < it.plan.n; i++)
		heads = stamp_step(&it, &it.plan.steps[i], i == 0 ? stored : heads, heads);
	store_log(call, it.logs, it.nlogs);
	return done(&it, heads);
}
