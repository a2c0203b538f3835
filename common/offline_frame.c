/*
 * offline_frame.c - what stands around the sections of a script: settings, the
 * guard, transactions, foreign keys
 */
#include "offline.h"

/* ---- settings (PostgreSQL): a SET ends with its revision ---- */

#define SAVE_SETTINGS                                                                              \
	"DO $migrate$\n"                                                                               \
	"BEGIN\n"                                                                                      \
	"\tPERFORM pg_catalog.set_config('migrate.settings', (SELECT pg_catalog.json_object_agg("      \
	"name, setting)::text\n"                                                                       \
	"\t\tFROM pg_catalog.pg_settings WHERE context IN ('user', 'superuser')), false);\n"           \
	"\tPERFORM pg_catalog.set_config('migrate.role', pg_catalog.current_setting('role'), "         \
	"false);\n"                                                                                    \
	"END\n"                                                                                        \
	"$migrate$"

#define RESTORE_SETTINGS                                                                           \
	"DO $migrate$\n"                                                                               \
	"BEGIN\n"                                                                                      \
	"\tPERFORM pg_catalog.set_config('role', pg_catalog.current_setting('migrate.role'), "         \
	"false);\n"                                                                                    \
	"\tPERFORM pg_catalog.set_config(now.name, saved.value, false)\n"                              \
	"\t\tFROM pg_catalog.pg_settings AS now JOIN pg_catalog.json_each_text(\n"                     \
	"\t\t\tpg_catalog.current_setting('migrate.settings')::pg_catalog.json) AS saved\n"            \
	"\t\tON saved.key = now.name AND saved.value <> now.setting\n"                                 \
	"\t\tWHERE now.context IN ('user', 'superuser');\n"                                            \
	"END\n"                                                                                        \
	"$migrate$"

/*
 * May the section change a setting: SET, RESET, a block of code or set_config()?  A block of code
 * may do anything, so it counts; only what is at the start of a statement is a SET of its own, and
 * not that of an UPDATE.
 */
static bool
may_set(const MigOffline *o, MigText sql)
{
	Lexer l = lexer(sql, LEX_POSTGRESQL, 1);
	bool begins = true;

	if (o->tables->engine == MIG_SQLITE)
		return false;
	for (Token token = lexer_next_word(&l); token.kind != TOKEN_END; token = lexer_next_word(&l))
	{
		if (token_is(&token, "SET_CONFIG"))
			return true;
		if (begins &&
			(token_is(&token, "SET") || token_is(&token, "RESET") || token_is(&token, "DO")))
			return true;
		begins = token.kind == TOKEN_OTHER && token.text.at[0] == ';';
	}
	return false;
}

/* ---- the guard ---- */

/* What holds where the version rows are these, and no others: as many, and as many of these. */
static const char *
version_is(const MigOffline *o, MigList rows)
{
	const char *versions = offline_table(o, "migrate_version");

	if (rows.n == 0)
		return mig_format(o->m, "(SELECT count(*) FROM %s) = 0", versions);
	return mig_format(o->m,
					  "(SELECT count(*) FROM %s) = %zu\n\tAND (SELECT count(*) FROM %s WHERE "
					  "revision IN (%s)) = %zu",
					  versions, rows.n, versions, offline_values(o, rows), rows.n);
}

/* The guard's message; first: nothing has run yet. */
static const char *
wrong_version(const MigOffline *o, bool first)
{
	const char *rows = o->heads.n > 0 ? mig_join(o->m, o->heads, ", ").at : "<base>";

	return mig_format(o->m, "version is not %s, where this script %s", rows,
					  first ? "starts" : "goes on");
}

#define GUARD_HINT                                                                                 \
	"Look at the rows of migrate_version, and make a script that starts from them: from:to."

/*
 * Raises message unless condition holds.  What was done in the transaction is undone, the table
 * of the guard included, and so the last statement cannot be prepared: shells that went on end
 * there, with the table's name in their message.
 */
MigList
mig_offline_guard(Mig *m, const char *condition, const char *message)
{
	const char *name = mig_quoted_name(m, mig_text(message)).at;
	MigLines lines = mig_lines(m);

	mig_lines_add(&lines, mig_text(mig_format(m, "CREATE TEMP TABLE %s (holds)", name)));
	mig_lines_add(
		&lines, mig_text(mig_format(m,
									"CREATE TEMP TRIGGER migrate_guard BEFORE INSERT ON %s WHEN "
									"NEW.holds IS NOT 1\nBEGIN\n\tSELECT RAISE(ROLLBACK, %s);\nEND",
									name, mig_quoted_text(m, mig_text(message)).at)));
	mig_lines_add(&lines,
				  mig_text(mig_format(m, "INSERT INTO temp.%s SELECT %s", name, condition)));
	mig_lines_add(&lines, mig_text(mig_format(m, "DROP TABLE temp.%s", name)));
	return lines.list;
}

static void
add_sqlite_guard(MigOffline *o, const char *condition, const char *message)
{
	MigList statements = mig_offline_guard(o->m, condition, message);

	for (size_t i = 0; i < statements.n; i++)
		offline_statement(o, statements.at[i].at);
}

/* The locks are those of a run, so that neither it nor another script comes between. */
#define LOCKS                                                                                      \
	"\tlock_key := %s::pg_catalog.regnamespace::pg_catalog.oid::pg_catalog.int8"                   \
	"::pg_catalog.bit(32)::pg_catalog.int4;\n"                                                     \
	"\tIF NOT pg_catalog.pg_try_advisory_xact_lock_shared(1835622722, lock_key) THEN\n"            \
	"\t\tRAISE EXCEPTION USING ERRCODE = '55P03', MESSAGE = "                                      \
	"'another migration run is in progress',\n"                                                    \
	"\t\t\tHINT = 'Run the script again when it has ended.';\n"                                    \
	"\tEND IF;\n"                                                                                  \
	"\tPERFORM pg_catalog.pg_advisory_xact_lock(1835622721, lock_key);\n"

/* As one block, with the guard: the tables are made only where they are not there. */
static void
add_postgresql_tables(MigOffline *o, MigBuf *buf)
{
	mig_buf_format(buf, "\tIF pg_catalog.to_regclass(%s) IS NULL THEN\n%.*s\tEND IF;\n",
				   mig_quoted_text(o->m, mig_text(offline_table(o, "migrate_version"))).at,
				   MIG_ARG(o->tables->create));
}

/*
 * In one DO block, so that locks, tables and the look at the version are in one statement that
 * either holds or leaves an aborted transaction behind.
 */
static void
add_postgresql_guard(MigOffline *o, bool first, bool create)
{
	Mig *m = o->m;
	MigBuf buf = mig_buf(m);
	const char *schema = mig_quoted_text(m, o->tables->schema).at;
	const char *versions = offline_table(o, "migrate_version");

	mig_buf_str(&buf, "DO $migrate$\nDECLARE\n\tlock_key pg_catalog.int4;\n"
					  "\tseen pg_catalog.text := 'There is no table migrate_version.';\n"
					  "\tholds pg_catalog.bool := false;\nBEGIN\n");
	if (create)
		mig_buf_format(&buf,
					   "\tIF pg_catalog.to_regnamespace(%s) IS NULL THEN\n"
					   "\t\tCREATE SCHEMA %.*s;\n\tEND IF;\n",
					   schema, MIG_ARG(o->tables->schema));
	mig_buf_format(&buf, LOCKS, schema);
	if (create)
		add_postgresql_tables(o, &buf);
	mig_buf_format(&buf,
				   "\tIF pg_catalog.to_regclass(%s) IS NOT NULL THEN\n"
				   "\t\tholds := %s;\n"
				   "\t\tseen := 'It is ' || coalesce((SELECT pg_catalog.string_agg(revision, ', ' "
				   "ORDER BY revision) FROM %s), '<base>') || '.';\n\tEND IF;\n"
				   "\tIF NOT holds THEN\n"
				   "\t\tRAISE EXCEPTION USING ERRCODE = '55000', MESSAGE = %s,\n"
				   "\t\t\tDETAIL = seen, HINT = '" GUARD_HINT "';\n"
				   "\tEND IF;\nEND\n$migrate$",
				   mig_quoted_text(m, mig_text(versions)).at, version_is(o, o->heads), versions,
				   mig_quoted_text(m, mig_text(wrong_version(o, first))).at);
	offline_statement(o, mig_buf_text(&buf).at);
}

/* ---- transactions ---- */

/* One CREATE TABLE at a time, so that each ends as a statement of ours does. */
static void
add_sqlite_tables(MigOffline *o)
{
	MigList creates = mig_statements(o->m, o->tables->create);

	for (size_t i = 0; i < creates.n; i++)
		offline_statement(o, mig_copy(o->m, creates.at[i]).at);
}

/* Each transaction has a guard: between two of them another session can have moved the version. */
void
offline_begin(MigOffline *o, bool first)
{
	bool create = first && o->start.n == 0;

	o->outside = false;
	if (o->tables->engine == MIG_POSTGRESQL)
	{
		offline_statement(o, "BEGIN ISOLATION LEVEL READ COMMITTED");
		add_postgresql_guard(o, first, create);
		return;
	}
	offline_statement(o, "BEGIN IMMEDIATE");
	if (create)
		add_sqlite_tables(o);
	add_sqlite_guard(o, version_is(o, o->heads), wrong_version(o, first));
}

/*
 * ---- foreign keys around DROP TABLE (SQLite), see keys.c there ----
 *
 * The pragma does nothing in a transaction, so they are off for the whole
 * script.  Where they were enforced, no rows must refer to nothing that did not
 * do so when it began.
 */

#define VIOLATIONS                                                                                 \
	"SELECT \"table\" AS child, parent, count(*) AS n FROM pragma_foreign_key_check GROUP BY 1, 2"

/* Before the first transaction. */
void
offline_keys_off(MigOffline *o)
{
	offline_statement(o, "DROP TABLE IF EXISTS temp.migrate_keys");
	offline_statement(o,
					  "CREATE TEMP TABLE migrate_keys AS SELECT foreign_keys AS enforced, NULL AS "
					  "child, NULL AS parent, NULL AS n\n\tFROM pragma_foreign_keys");
	offline_statement(o, "PRAGMA foreign_keys = OFF");
}

/* Before anything is dropped: what refers to nothing already is not this script's doing. */
void
offline_count_violations(MigOffline *o)
{
	offline_statement(o, "INSERT INTO temp.migrate_keys SELECT NULL, * FROM (" VIOLATIONS
						 ")\n\tWHERE (SELECT enforced FROM temp.migrate_keys LIMIT 1)");
}

/* Only where keys were enforced: elsewhere SQLite would not have looked either. */
void
offline_check_keys(MigOffline *o)
{
	add_sqlite_guard(o,
					 "NOT (SELECT enforced FROM temp.migrate_keys LIMIT 1) OR NOT EXISTS (\n"
					 "\tSELECT 1 FROM (" VIOLATIONS
					 ") AS now\n\tLEFT JOIN temp.migrate_keys AS was ON was.child "
					 "= now.child AND was.parent = now.parent\n\tWHERE now.n > ifnull(was.n, 0))",
					 "after a DROP TABLE, rows refer to rows that are not there");
}

/* ---- the end of a transaction ---- */

/* A check of foreign keys belongs to the transaction whose rows it looks at. */
static void
add_commit(MigOffline *o)
{
	if (o->drops)
		offline_check_keys(o);
	offline_end_piece(o);
	offline_statement(o, "COMMIT");
	o->outside = true;
}

/* ---- a section ---- */

/*
 * The section, in a transaction where it may be.  Outside of one the script commits before it, and
 * the guard of the next transaction asks for the same rows as before: the step's own move follows.
 */
void
offline_run(MigOffline *o, const MigRevision *revision, MigText sql)
{
	bool sets = may_set(o, sql);

	if (sets)
		offline_statement(o, SAVE_SETTINGS);
	if (!revision->transactional)
		add_commit(o);
	offline_add_section(o, sql);
	if (!revision->transactional)
		offline_begin(o, false);
	if (sets)
		offline_statement(o, RESTORE_SETTINGS);
}
