/*
 * offline_test.c - a run as a script, with tables that are a word: where statements end, what is
 * put between them, literals; and what a range may be
 */
#include "host.h"

/* input: "engine direction range" in the first line, a bundle in identifier order behind it */
static MigText
write_script(Mig *m, const char *input)
{
	MigText rest = mig_text(input);
	size_t line = strcspn(input, "\n");
	MigEngine engine = input[0] == 's' ? MIG_SQLITE : MIG_POSTGRESQL;
	MigDirection direction = input[1] == 'u' ? MIG_UPGRADE : MIG_DOWNGRADE;
	MigText range = {input + 3, line - 3};
	MigOfflineTables tables = {engine, mig_text("our"), mig_text("CREATE TABLES;\n")};
	MigRevisions all = mig_script_parse(m, (MigText){rest.at + line, rest.len - line});
	MigOffline *o = mig_offline(m, mig_graph(m, all), &tables, range, direction);
	const MigPlan *plan = mig_offline_plan(o);
	const char *first;
	MigText text;

	for (size_t i = 0; i < plan->n; i++)
	{
		const MigRevision *revision = plan->steps[i].revision;
		MigText sql = mig_script_section(m, revision, direction, engine).sql;

		mig_offline_step(o, revision, sql, (int) mig_statements(m, sql).n);
	}
	text = mig_offline_text(o);
	first = strstr(text.at, "script <> excluded.script");
	return first ? (MigText){first + 25, text.len - (size_t) (first + 25 - text.at)} : text;
}

#define A "\n-- migrate:revision a\n-- migrate:upgrade\n"
#define NOW "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
#define SQLITE_END                                                                                 \
	"*/INSERT INTO our.migrate_version (revision, since) VALUES ('a', " NOW "); /*\n"              \
	"*/INSERT INTO our.migrate_log (at, direction, revision, heads_before, heads_after,\n"         \
	"\tchecksum, statements, status, client)\nVALUES (" NOW ", 'upgrade', 'a', '', 'a',\n\t'"
#define SQLITE_LAST(count)                                                                         \
	"', " count                                                                                    \
	", 'done', 'sqlite ' || sqlite_version()); /*\n\n*/CREATE TEMP TABLE migrate_piece (ended);\n" \
	"DROP TABLE temp.migrate_piece; /*\n*/COMMIT;\n"
#define PG_END                                                                                     \
	"INSERT INTO our.migrate_version (revision, since) VALUES ('a', DEFAULT);\n"                   \
	"INSERT INTO our.migrate_log (at, direction, revision, heads_before, heads_after,\n"           \
	"\tchecksum, statements, status, client)\n"                                                    \
	"VALUES (DEFAULT, 'upgrade', 'a', '{}', '{\"a\"}',\n\t'"
#define PG_LAST(count) "', " count ", 'done', DEFAULT);\n\nCOMMIT;\n"

static const Pair scripts[] = {
	{"SQLite: no line ends a statement", "su a" A "S; -- one */\nT /* ; */ ;\n",
	 "; /*\n*/S; /* -- one * /\n*/T /* ; */ ; /*\n" SQLITE_END
	 "0000000000000000000000000000000000000000000000000000000000000000" SQLITE_LAST("2")},
	{"SQLite: statements in a line", "su a" A "S;T;;U",
	 "; /*\n*/S; /**/T; /*;*/U; /*\n" SQLITE_END
	 "0000000000000000000000000000000000000000000000000000000000000000" SQLITE_LAST("3")},
	{"SQLite: a trigger is one statement",
	 "su a" A "create temp trigger t BEGIN S; SELECT CASE END; END;\nCREATE TABLE TRIGGER; END;\n",
	 "; /*\n*/create temp trigger t BEGIN S; SELECT CASE END; END; /*\n*/CREATE TABLE TRIGGER; /* "
	 "*/END; /*\n" SQLITE_END
	 "0000000000000000000000000000000000000000000000000000000000000000" SQLITE_LAST("3")},
	{"SQLite: a comment at the end, without a \";\"", "su a" A "S -- c",
	 "; /*\n*/S -- c\n; /*\n" SQLITE_END
	 "0000000000000000000000000000000000000000000000000000000000000000" SQLITE_LAST("1")},
	{"SQLite: lines that the shell takes for an end", "su a" A "S\n / \nT\nGo\n;\n",
	 "; /*\n*/S\n /**// \nT\n/**/Go\n; /*\n" SQLITE_END
	 "0000000000000000000000000000000000000000000000000000000000000000" SQLITE_LAST("1")},
	{"SQLite: a byte order mark",
	 "su a" A "\xEF\xBB\xBF"
	 "CREATE TRIGGER t BEGIN S; END;\n",
	 "; /*\n\xEF\xBB\xBF"
	 "*/CREATE TRIGGER t BEGIN S; END; /*\n" SQLITE_END
	 "0000000000000000000000000000000000000000000000000000000000000000" SQLITE_LAST("1")},
	{"SQLite: a carriage return in a quote", "su a" A "SELECT 'a\r\nb';\n",
	 "0A000: carriage return in a quote cannot stand in a script\nDETAIL: The sqlite3 shell drops "
	 "it from the end of a line.\nHINT: Write the value with char(13)."},
	{"PostgreSQL: byte for byte", "pu a" A "S; -- one */\nT /* ; */ ;\n",
	 ";\nS; -- one */\nT /* ; */ ;\n" PG_END
	 "0000000000000000000000000000000000000000000000000000000000000000" PG_LAST("2")},
	{"PostgreSQL: a comment at the end, without a \";\"", "pu a" A "S -- c",
	 ";\nS -- c\n;\n" PG_END
	 "0000000000000000000000000000000000000000000000000000000000000000" PG_LAST("1")},
	{"PostgreSQL: what psql takes for a variable",
	 "pu a" A "x[1:n] y[:'n'] 1::int '::n' z:=2 $$:n$$;\n",
	 ";\nx[1: n] y[: 'n'] 1::int '::n' z:=2 $$:n$$;\n" PG_END
	 "0000000000000000000000000000000000000000000000000000000000000000" PG_LAST("1")},
};

static const Pair ranges[] = {
	{"two colons", "su a:a:a" A,
	 "22023: \"a:a:a\" is not a range for an upgrade script\n"
	 "DETAIL: A script for an upgrade is from:to, or the target alone to start at base.\n"
	 "HINT: Put one colon between the two revisions, like \"base:head\"."},
	{"a downgrade needs both ends", "sd a:" A,
	 "22023: \"a:\" is not a range for a downgrade script\n"
	 "DETAIL: A script for a downgrade requires from:to; it cannot look at the version.\n"
	 "HINT: Put one colon between the two revisions, like \"head:head-1\"."},
	{"nothing to run", "pu a:" A,
	 "-- upgrade a (head) -> a (head), 0 revisions, for postgresql\n"
	 "-- There is nothing to run.\n"},
};

/* The same with each checksum as zeros, so that expected texts need none. */
static MigText
without_checksums(Mig *m, const char *input)
{
	MigText text = write_script(m, input);
	char *at = (char *) mig_copy(m, text).at;

	for (size_t i = 0, run = 0; i <= text.len; i++)
	{
		run = i < text.len && strchr("0123456789abcdef", at[i]) ? run + 1 : 0;
		if (run == 64)
			memset(at + i - 63, '0', 64);
	}
	return (MigText){at, text.len};
}

int
main(void)
{
	int failed = host_check(without_checksums, scripts, sizeof(scripts) / sizeof(scripts[0]));

	failed += host_check(without_checksums, ranges, sizeof(ranges) / sizeof(ranges[0]));
	return failed > 0;
}
