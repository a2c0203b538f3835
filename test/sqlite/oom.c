/*
 * oom.c - the SQLite module under memory that runs out, at every single
 * allocation of every kind of call: once only, and from then on
 *
 * Usage: oom path/of/migrate.so [STRIDE].  Each attempt has a database of its
 * own; STRIDE: only every so many allocations, where all take too long.  A
 * call without memory says so, or does not need it; afterwards nothing is
 * half done, the same call succeeds, and closing leaves no memory behind.
 */
#include <dlfcn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- an allocator that fails ---- */

static sqlite3_mem_methods real;
static long countdown = -1; /* allocations until the one that fails; -1: none does */
static int for_good;        /* and all behind it? */
static int failed;

static int
fails(void)
{
	if (countdown < 0 || countdown-- > 0)
		return 0;
	countdown = for_good ? 0 : -1;
	failed = 1;
	return 1;
}

static void *
failing_malloc(int n)
{
	return fails() ? NULL : real.xMalloc(n);
}

static void *
failing_realloc(void *p, int n)
{
	return fails() ? NULL : real.xRealloc(p, n);
}

static void
install_allocator(void)
{
	sqlite3_mem_methods methods;

	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real);
	methods = real;
	methods.xMalloc = failing_malloc;
	methods.xRealloc = failing_realloc;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
	sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
}

/* ---- calls ---- */

#define BUNDLE                                                                                     \
	"'-- migrate:revision a1' || char(10) || '-- migrate:message one' || char(10) || "             \
	"'-- migrate:labels lab' || char(10) || '-- migrate:upgrade' || char(10) || "                  \
	"'CREATE TABLE p(id integer PRIMARY KEY);' || char(10) || "                                    \
	"'CREATE TABLE c(x REFERENCES p ON DELETE CASCADE); CREATE INDEX i ON c(x);' || char(10) || "  \
	"'INSERT INTO p VALUES (1); INSERT INTO c VALUES (1);' || char(10) || "                        \
	"'-- migrate:downgrade' || char(10) || 'DROP TABLE c; DROP TABLE p;' || char(10) || "          \
	"'-- migrate:revision a2' || char(10) || '-- migrate:revises a1' || char(10) || "              \
	"'-- migrate:upgrade' || char(10) || 'CREATE TABLE n(id integer PRIMARY KEY);' || char(10) "   \
	"|| "                                                                                          \
	"'INSERT INTO n SELECT id FROM p; DROP TABLE p;' || char(10) || "                              \
	"'ALTER TABLE n RENAME TO p;' || char(10) || '-- migrate:downgrade' || char(10)"

#define FAILING                                                                                    \
	"'-- migrate:revision a3' || char(10) || '-- migrate:revises a2' || char(10) || "              \
	"'-- migrate:upgrade' || char(10) || 'INSERT INTO p VALUES (1);' || char(10)"

#define TABLES                                                                                     \
	"CREATE TABLE t(id integer PRIMARY KEY AUTOINCREMENT, a int DEFAULT 1, n text, b text);"       \
	"CREATE TABLE c(t int REFERENCES t ON DELETE CASCADE); CREATE INDEX i ON t(a) WHERE n > 0;"    \
	"CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO c VALUES (NEW.id); END;"                 \
	"CREATE VIEW v AS SELECT b FROM t; INSERT INTO t(a) VALUES (1), (2);"

#define DESIRED                                                                                    \
	"'CREATE TABLE u(id integer PRIMARY KEY AUTOINCREMENT, -- migrate:renamed-from t' || char(10) "\
	"|| 'a int NOT NULL DEFAULT 2, m text UNIQUE, b text CHECK (b <> 1)); CREATE VIEW w AS SELECT a " \
	"FROM u; CREATE INDEX i ON u(m);'"

#define SAME                                                                                       \
	"'CREATE TABLE p(id integer PRIMARY KEY); CREATE TABLE c(x REFERENCES p ON DELETE CASCADE);'"  \
	"|| 'CREATE INDEX i ON c(x)'"

#define ADDED "SELECT migrate_add(" BUNDLE ");"
#define UP ADDED "SELECT migrate_upgrade();"

/* "@" stands for a new directory. */
static const struct
{
	const char *setup;
	const char *sql;
} cases[] = {
	{"", ADDED},
	{"", "SELECT migrate_add('-- migrate:wrong x')"},
	{"", "SELECT migrate_add(NULL)"},
	{"", "SELECT migrate_status(1, 2)"},
	{ADDED, ADDED},
	{ADDED, "SELECT migrate_revision('three', 'SELECT 1', '', 'rev_id', 'a4', 'splice', 0)"},
	{ADDED, "SELECT migrate_merge('head', 'm', 'a4')"},
	{ADDED, "SELECT migrate_remove('a2')"},
	{ADDED, "SELECT migrate_script('a2')"},
	{ADDED, "SELECT migrate_export('@')"},
	{ADDED "SELECT migrate_export('@')", "SELECT migrate_load('@')"},
	{ADDED, "SELECT migrate_upgrade()"},
	{ADDED "BEGIN;", "SELECT migrate_upgrade()"},
	{ADDED "BEGIN; CREATE TABLE z(x);", "SELECT migrate_upgrade()"},
	{UP, "SELECT migrate_upgrade()"},
	{UP, "SELECT migrate_downgrade('base')"},
	{UP "BEGIN;", "SELECT migrate_downgrade('base')"},
	{UP "SELECT migrate_add(" FAILING ");", "SELECT migrate_upgrade()"},
	{UP "SELECT migrate_add(" FAILING "); BEGIN;", "SELECT migrate_upgrade()"},
	{UP, "SELECT migrate_stamp('a1')"},
	{UP, "SELECT migrate_stamp('base', 1)"},
	{UP, "SELECT migrate_upgrade('nothing')"},
	{UP, "SELECT migrate_upgrade() FROM p"},
	{UP, "SELECT migrate_downgrade('base') FROM p"},
	{TABLES, "SELECT migrate_alter('ALTER TABLE t ALTER a SET NOT NULL')"},
	{TABLES, "SELECT migrate_alter('ALTER TABLE t ALTER a TYPE text, ADD UNIQUE (a)')"},
	{TABLES "BEGIN;", "SELECT migrate_alter('ALTER TABLE t ALTER a TYPE text, DROP n')"},
	{TABLES, "SELECT migrate_alter('ALTER TABLE t ALTER n SET NOT NULL')"},
	{TABLES, "SELECT migrate_alter('ALTER TABLE t DROP b')"},
	{TABLES, "SELECT migrate_schema()"},
	{TABLES, "SELECT group_concat(upgrade || downgrade) FROM migrate_diff(" DESIRED ")"},
	{TABLES, "SELECT count(*) FROM migrate_diff('CREATE TABLE t (a integer); wrong')"},
	{TABLES, "SELECT migrate_autogenerate('m', " DESIRED ", 'head', 'a9')"},
	{UP, "SELECT group_concat(upgrade) FROM migrate_diff(" SAME ")"},
	{UP "SELECT count(*) FROM migrate_diff(" SAME ");", "SELECT migrate_check(" SAME ")"},
	{UP "CREATE TABLE z(x);", "SELECT group_concat(undo) FROM migrate_drift"},
	{UP, "SELECT migrate_snapshot()"},
	{UP, "SELECT migrate_graph()"},
	{UP, "SELECT migrate_show('a1')"},
	{UP, "SELECT migrate_check()"},
	{UP, "SELECT group_concat(revision || revises || is_head) FROM migrate_history('base:')"},
	{ADDED, "SELECT group_concat(revision || heads_after) FROM migrate_plan('head', 'upgrade')"},
	{UP, "SELECT group_concat(filename || script) FROM migrate_scripts"},
	{UP, "SELECT count(*) FROM migrate_verify"},
	{UP, "SELECT count(*) FROM migrate_heads(1), migrate_current, migrate_branches"},
	{UP, "SELECT revision FROM migrate_resolve('lab@head')"},
	{UP, "SELECT revision FROM migrate_resolve('nothing')"},
};

#define CASES ((int) (sizeof(cases) / sizeof(cases[0])))

static const char *module;
static long stride = 1;
static char directory[] = "/tmp/migrate_oom_XXXXXX";
static int problems;
static long left_open; /* transactions of the case */

static void
problem(int i, long n, const char *what, const char *more)
{
	printf("not ok - %s: allocation %ld%s: %s: %s\n", cases[i].sql, n, for_good ? " and on" : "",
		   what, more);
	problems++;
}

/* "@" may stand there once. */
static const char *
with_directory(const char *sql, char *text, size_t size)
{
	const char *at = strchr(sql, '@');

	if (at == NULL || at[1] != '\'')
		return sql;
	snprintf(text, size, "%.*s%s%s", (int) (at - sql), sql, directory, at + 1);
	return text;
}

static sqlite3 *
open_database(const char *setup)
{
	char text[4000];
	char *error = NULL;
	sqlite3 *db;

	if (sqlite3_open(":memory:", &db) != SQLITE_OK ||
		sqlite3_enable_load_extension(db, 1) != SQLITE_OK ||
		sqlite3_load_extension(db, module, "sqlite3_migrate_init", &error) != SQLITE_OK ||
		sqlite3_exec(db, "PRAGMA foreign_keys = ON", NULL, NULL, &error) != SQLITE_OK ||
		sqlite3_exec(db, with_directory(setup, text, sizeof(text)), NULL, NULL, &error))
	{
		printf("not ok - cannot set up: %s\n", error ? error : sqlite3_errmsg(db));
		exit(1);
	}
	return db;
}

/* The first column of the first row, or the error. */
static int
run(sqlite3 *db, const char *sql, long fail_at, char *out, size_t size)
{
	char text[4000];
	sqlite3_stmt *statement = NULL;
	int rc;

	failed = 0;
	countdown = fail_at;
	rc = sqlite3_prepare_v2(db, with_directory(sql, text, sizeof(text)), -1, &statement, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(statement);
	countdown = -1;
	if (rc == SQLITE_ROW)
		rc = SQLITE_OK;
	snprintf(out, size, "%s",
			 rc ? sqlite3_errmsg(db) : (const char *) sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	return rc;
}

/* What of a database a failed call must not change. */
static void
describe(sqlite3 *db, int had_transaction, char *out, size_t size)
{
	char keys[10];

	run(db, "SELECT group_concat(name || coalesce(sql, '')) FROM sqlite_schema", -1, out, size);
	run(db, "PRAGMA foreign_keys", -1, keys, sizeof(keys));
	strncat(out, keys, size - strlen(out) - 1);
	strncat(out, had_transaction ? " in" : " out", size - strlen(out) - 1);
}

/*
 * Where the failure comes between a statement that makes prepared ones out of
 * date and the moment when what undoes the run is prepared again, SQLite gives
 * no way to undo before the caller's statement ends: the transaction is left
 * open, and the caller sees that it is.  Nothing is committed.
 */
static void
undo_by_hand(sqlite3 *db, int had_transaction)
{
	if (!had_transaction && !sqlite3_get_autocommit(db))
		left_open += sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK;
	else if (had_transaction && sqlite3_exec(db, "ROLLBACK TO migrate_call; RELEASE migrate_call",
											 NULL, NULL, NULL) == SQLITE_OK)
		left_open++;
}

/* SQLite itself ends the transaction at some of its failures, the caller's included. */
static void
check_afterwards(sqlite3 *db, int i, long n, int had_transaction, const char *before,
				 const char *expected)
{
	char after[5000];
	char again[5000];

	if (had_transaction && sqlite3_get_autocommit(db))
		return;
	undo_by_hand(db, had_transaction);
	describe(db, !sqlite3_get_autocommit(db), after, sizeof(after));
	if (strcmp(before, after) != 0)
		problem(i, n, "left behind", after);
	run(db, cases[i].sql, -1, again, sizeof(again));
	if (strcmp(again, expected) != 0)
		problem(i, n, "the same call again", again);
}

/*
 * One call with a failure; 0: it did not come to it.  Where SQLite cannot keep
 * an error's text, its code is right all the same.
 */
static int
attempt(int i, long n, int expected_rc, const char *expected)
{
	char before[5000];
	char out[5000];
	sqlite3 *db = open_database(cases[i].setup);
	int had_transaction = !sqlite3_get_autocommit(db);
	int came;
	int rc;

	describe(db, had_transaction, before, sizeof(before));
	rc = run(db, cases[i].sql, n, out, sizeof(out));
	came = failed;
	if (rc == SQLITE_NOMEM)
		check_afterwards(db, i, n, had_transaction, before, expected);
	else if (strcmp(out, expected) != 0 && (rc != expected_rc || strcmp(out, sqlite3_errstr(rc))))
		problem(i, n, "unexpected answer", out);
	if (sqlite3_close(db) != SQLITE_OK)
		problem(i, n, "cannot close", sqlite3_errmsg(db));
	return came;
}

static void
run_case(int i)
{
	char expected[5000];
	int before = problems;
	sqlite3_int64 used = sqlite3_memory_used();
	sqlite3 *db = open_database(cases[i].setup);
	long n = 0;
	int rc;

	left_open = 0;
	rc = run(db, cases[i].sql, -1, expected, sizeof(expected));
	sqlite3_close(db);
	for (for_good = 0; for_good < 2; for_good++)
		for (n = i % stride; attempt(i, n, rc, expected); n += stride)
			;
	if (sqlite3_memory_used() != used)
		problem(i, n, "memory is left", "after closing");
	if (problems == before)
		printf("ok - %.60s: %ld allocations, %ld left the transaction open\n", cases[i].sql, 2 * n,
			   left_open);
}

static int
says(sqlite3 *db, const char *sql, const char *expected)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_ERROR &&
		   strstr(sqlite3_errmsg(db), expected) != NULL;
}

/*
 * A module that says no is unloaded: nothing of it may stay registered.  Where SQLite itself has
 * no memory left to remember it (SQLITE_NOMEM), all of it stays.
 */
static int
attempt_to_load(long n)
{
	sqlite3 *db;
	int rc;

	sqlite3_open(":memory:", &db);
	sqlite3_enable_load_extension(db, 1);
	countdown = n;
	rc = sqlite3_load_extension(db, module, "sqlite3_migrate_init", NULL);
	countdown = -1;
	if (rc == SQLITE_ERROR && (!says(db, "SELECT migrate_add()", "no such function") ||
							   !says(db, "SELECT * FROM migrate_scripts", "no such table")))
		problems++;
	if (sqlite3_close(db) != SQLITE_OK)
		problems++;
	return rc;
}

static void
run_load(void)
{
	sqlite3_int64 used = sqlite3_memory_used();
	long n = 0;

	for_good = 1;
	while (attempt_to_load(n) != SQLITE_OK)
		n++;
	problems += sqlite3_memory_used() != used;
	printf("%s - loading: %ld allocations\n", problems ? "not ok" : "ok", n);
}

int
main(int argc, char **argv)
{
	char command[100];

	if (argc < 2 || mkdtemp(directory) == NULL)
		return 2;
	if (argc > 2)
		stride = atol(argv[2]);
	module = argv[1];
	if (dlopen(module, RTLD_NOW) == NULL) /* once and for all: each connection loads it */
		return 2;
	install_allocator();
	run_load();
	for (int i = 0; i < CASES; i++)
		run_case(i);
	snprintf(command, sizeof(command), "rm -r %s", directory);
	return system(command) != 0 || problems > 0;
}
