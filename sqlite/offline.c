/*
 * offline.c - a run written as a script
 *
 * A section goes into the script as it is, unless SQLite is taught one of its
 * statements.  Then the revisions are played on the shadow, an empty database
 * in memory, and the script has what ran there.
 */
#include "migrate_alter.h"
#include "run.h"

/*
 * As a run's check, but what must not stand in a transaction may stand outside of one: the script
 * of a revision that runs outside of a transaction has none around it.
 */
static void
check_offline(Part *part, MigList statements)
{
	static const char *const outside[] = {"VACUUM", "ATTACH", "DETACH"};
	Mig *m = &part->call->mig;

	for (size_t i = 0; i < statements.n; i++)
	{
		size_t skipped;
		MigText keyword = mig_statement_keyword(m, statements.at[i], MIG_SQLITE, &skipped);
		bool allowed = false;

		for (size_t k = 0; !part->revision.transactional && k < 3; k++)
			allowed |= mig_same(keyword, mig_text(outside[k]));
		part->where.statement = (int) i + 1;
		part->where.line += mig_count_lines(
			(MigText){part->rest.at, (size_t) (statements.at[i].at - part->rest.at)});
		part->rest.at = statements.at[i].at;
		if (!allowed)
			mig_statement_check(m, keyword, NULL);
	}
}

/* Data is left out: the shadow is an empty schema. */
static bool
makes_schema(MigText keyword)
{
	static const char *const words[] = {"CREATE", "ALTER", "DROP", "COMMENT", "TRUNCATE"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (mig_same(keyword, mig_text(words[i])))
			return true;
	return false;
}

static void
take_recorded(Part *part, MigBuf *script)
{
	MigLines *recorded = part->call->outer->recorded;

	for (size_t i = 0; i < recorded->list.n; i++)
		mig_buf_format(script, "%.*s;\n", MIG_ARG(recorded->list.at[i]));
	recorded->list.n = 0;
}

/*
 * A statement on the shadow; false: it is SQLite's own, and goes into the script as it is.  Those
 * that change the schema run there all the same: later ones build on it.
 */
static bool
play_statement(Part *part, MigText statement, MigBuf *script)
{
	Mig *m = &part->call->mig;
	size_t skipped;
	MigText keyword = mig_statement_keyword(m, statement, MIG_SQLITE, &skipped);
	bool taught;

	part->rest = mig_copy(m, statement);
	taught = rebuild_statement(&part->changes, part->rest) > 0;
	take_recorded(part, script);
	if (!taught && makes_schema(keyword))
		part_execute(part);
	return taught;
}

/*
 * A section in SQLite's own words: what is taught becomes the statements that run for it on the
 * shadow, and all else stays as it is, with its comments and line ends.  While it is played, the
 * part's statements go to the shadow and outer->recorded collects.
 */
static MigText
play(Part *part, MigSection section)
{
	Mig *m = &part->call->mig;
	MigList statements = mig_statements(m, section.sql);
	MigBuf script = mig_buf(m);
	MigLines recorded = mig_lines(m);
	Call *outer = part->call->outer;
	sqlite3 *db = part->call->db;
	const char *at = section.sql.at;

	part->call->db = outer->shadow;
	outer->recorded = &recorded;
	for (size_t i = 0; i < statements.n; i++)
	{
		MigText statement = statements.at[i];

		mig_buf_add(&script, (MigText){at, (size_t) (statement.at - at)});
		part->where.statement = (int) i + 1;
		part->where.line =
			section.line +
			mig_count_lines((MigText){section.sql.at, (size_t) (statement.at - section.sql.at)});
		at = statement.at + statement.len;
		if (!play_statement(part, statement, &script))
			mig_buf_add(&script, statement);
		else if (at < section.sql.at + section.sql.len && *at == ';')
			at++; /* what is recorded has its own */
	}
	rebuild_flush(&part->changes);
	mig_buf_str(&script, recorded.list.n > 0 ? "\n" : "");
	take_recorded(part, &script);
	mig_buf_add(&script, (MigText){at, (size_t) (section.sql.at + section.sql.len - at)});
	outer->recorded = NULL;
	part->call->db = db;
	return mig_buf_text(&script);
}

/* The section of the stored script, read and checked as for a run. */
static MigSection
offline_section(Part *part)
{
	part_load(part);
	return mig_store_section(&part->call->mig, &part->revision, (MigText){NULL, 0},
							 part->where.direction, MIG_SQLITE);
}

/* Writes a step: the section as it is, or as it is played. */
static void
write_step(Call *call, MigOffline *offline, const MigStep *step)
{
	Part *part = part_begin(call, step->revision, step->direction);
	Mig *m = &part->call->mig;
	MigSection section = offline_section(part);
	MigList statements = mig_statements(m, section.sql);
	MigText sql = section.sql;

	part->rest = section.sql;
	part->where.line = section.line;
	call->where = &part->where;
	check_offline(part, statements);
	if (call->shadow)
		sql = play(part, section);
	mig_offline_step(offline, &part->revision, sql, (int) statements.n);
	call->where = NULL;
	part_end(part);
}

/*
 * Most runs need no shadow: it is opened for those alone in which SQLite would refuse a
 * statement.
 */
static bool
step_is_taught(Call *call, const MigStep *step)
{
	Part *part = part_begin(call, step->revision, step->direction);
	MigList statements = mig_statements(&part->call->mig, offline_section(part).sql);
	bool needs = false;

	for (size_t i = 0; !needs && i < statements.n; i++)
		needs = mig_teach(&part->call->mig, statements.at[i]).lesson != MIG_PLAIN;
	part_end(part);
	return needs;
}

/*
 * Brings the shadow to where the script starts: by the upgrades from base, of which only the
 * schema is played.
 */
static void
play_start(Call *call, const MigGraph *g, MigList start)
{
	Mig *m = &call->mig;
	MigPlan plan = mig_plan(m, g, (MigList){NULL, 0}, mig_join(m, start, ","), MIG_UPGRADE);

	for (size_t i = 0; i < plan.n; i++)
	{
		Part *part = part_begin(call, plan.steps[i].revision, MIG_UPGRADE);

		call->where = &part->where;
		play(part, offline_section(part));
		call->where = NULL;
		part_end(part);
	}
}

/*
 * Nothing is locked or written: the script begins where the range says, whatever is applied here.
 */
MigText
offline_sql(Call *call, MigText range, MigDirection direction)
{
	Mig *m = &call->mig;
	MigStore store = store_load(call);
	MigOfflineTables tables = store_offline(call);
	const MigGraph *g = mig_graph(m, store.revisions);
	MigOffline *offline = mig_offline(m, g, &tables, range, direction);
	const MigPlan *plan = mig_offline_plan(offline);
	bool needs = false;

	for (size_t i = 0; !needs && i < plan->n; i++)
		needs = step_is_taught(call, &plan->steps[i]);
	if (needs)
		shadow_open(call);
	if (needs && mig_offline_start(offline).n > 0)
		play_start(call, g, mig_offline_start(offline));
	for (size_t i = 0; i < plan->n; i++)
		write_step(call, offline, &plan->steps[i]);
	return mig_offline_text(offline);
}
