/*
 * compared_test.c - which texts make the same schema whenever they are run, and
 * how an answer is kept
 */
#include "host.h"
#include "migrate_schema.h"

/* input: 'p' or 's', and a text */
static MigText
lasts(Mig *m, const char *input)
{
	(void) m;
	return mig_text(mig_desired_lasts(mig_text(input + 1),
									  input[0] == 's' ? MIG_SQLITE : MIG_POSTGRESQL)
						? "lasts"
						: "does not");
}

static const Pair pairs[] = {
	{"an empty text", "p", "lasts"},
	{"definitions", "pCREATE TABLE t (a int DEFAULT now()); ALTER TABLE t ADD b date; -- DO\n", "lasts"},
	{"a default with a query's words", "pCREATE TABLE t (a int DEFAULT (1) CHECK (a IN (1, 2)))",
	 "lasts"},
	{"a query", "pCREATE TABLE t (a int); SELECT f()", "does not"},
	{"a block", "pDO $$BEGIN END$$", "does not"},
	{"rows", "pCREATE TABLE t (a int); insert into t VALUES (1)", "does not"},
	{"rows, SQLite", "sCREATE TABLE t (a int); insert into t VALUES (1)", "does not"},
	{"what pg_dump begins with",
	 "pSET x = 1; SELECT pg_catalog.set_config('search_path', '', false);", "lasts"},
	{"a function in it", "pSELECT pg_catalog.set_config('a', f('x'), false);", "does not"},
	{"a table made by a query", "pCREATE UNLOGGED TABLE t AS SELECT f()", "does not"},
	{"a table made by a query, SQLite", "sCREATE TABLE IF NOT EXISTS t AS SELECT 1", "does not"},
	{"a table without rows", "pCREATE TABLE t AS SELECT f() WITH NO DATA", "lasts"},
	{"a materialized view", "pCREATE MATERIALIZED VIEW v AS SELECT f()", "does not"},
	{"a materialized view without rows",
	 "pCREATE MATERIALIZED VIEW v AS SELECT f() WITH NO DATA;", "lasts"},
	{"a view", "pCREATE OR REPLACE VIEW v AS SELECT f()", "lasts"},
	{"a generated column", "pCREATE TABLE t (a int, b int GENERATED ALWAYS AS (a) STORED)", "lasts"},
	{"a literal that is a time", "pCREATE TABLE t (a date DEFAULT 'today')", "does not"},
	{"with other letters around it", "pCREATE TABLE t (a text DEFAULT 'unknown')", "lasts"},
	{"with blanks around it", "pCREATE TABLE t (a date DEFAULT ' NOW ')", "does not"},
	{"behind an escape", "pCREATE TABLE t (a date DEFAULT E'\\x6eow')", "does not"},
	{"behind an escape of its own", "pCREATE TABLE t (a date DEFAULT U&'!006eow' UESCAPE '!')",
	 "does not"},
	{"over a line's end", "pCREATE TABLE t (a date DEFAULT 'to'\n'day')", "does not"},
	{"a regular expression", "pCREATE TABLE t (a text CHECK (a ~ '^\\w$'))", "lasts"},
	{"in a comment", "pCOMMENT ON TABLE t IS 'as of today'", "lasts"},
	{"in a body", "pCREATE FUNCTION f() RETURNS date LANGUAGE sql AS $$SELECT 'today'::date$$",
	 "lasts"},
	{"as a function's default", "pCREATE FUNCTION f(a date DEFAULT 'today') AS 'x'", "does not"},
	{"SQLite computes it later", "sCREATE TABLE t (a text DEFAULT (date('now')))", "lasts"},
	{"a trigger of SQLite's", "sCREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END; DROP "
							  "TABLE c",
	 "lasts"},
	{"a partition", "pCREATE TABLE p PARTITION OF t FOR VALUES FROM ('2026-01-01') TO (MAXVALUE)",
	 "lasts"},
	{"of numbers", "pCREATE TABLE p PARTITION OF t FOR VALUES IN (-1, 2.5, NULL) PARTITION BY HASH "
				   "(a)",
	 "lasts"},
	{"that is computed", "pCREATE TABLE p PARTITION OF t FOR VALUES FROM (f()) TO (9)", "does not"},
	{"by an operator", "pCREATE TABLE p PARTITION OF t FOR VALUES IN (1 + 2)", "does not"},
	{"from the time", "pCREATE TABLE p PARTITION OF t FOR VALUES FROM (current_date) TO (MAXVALUE)",
	 "does not"},
	{"within more", "pALTER TABLE t ATTACH PARTITION p FOR VALUES IN ((f()))", "does not"},
};

/* What is read from an answer, written again. */
static MigText
again(Mig *m, const char *input)
{
	MigDesired wanted = {.outside = false};
	MigTable *steps = mig_compared_steps(m, &wanted, mig_text(input));

	return steps ? mig_compared_answer(m, &wanted, steps) : mig_text("none");
}

#define ROW "1:17:table t6:CREATE-1:1:f0:1:t"

static const Pair answers[] = {
	{"no difference", "", ""},
	{"a step", "1:f" ROW, "1:f" ROW},
	{"two steps, outside of a transaction", "1:t" ROW ROW, "1:t" ROW ROW},
	{"colons and digits in a cell", "1:f1:19:2:-1:3:\n\xc3-1:-1:-1:-1:-1:",
	 "1:f1:19:2:-1:3:\n\xc3-1:-1:-1:-1:-1:"},
	{"a step that is cut off", "1:f" ROW "1:1", "none"},
	{"a cell that is", "1:f1:17:tab", "none"},
	{"a length beyond all", "99999999999999999999999:a", "none"},
	{"something else", "abc", "none"},
	{"a length that is none", "1:fx" ROW, "none"},
	{"no length", "1:f:" ROW, "none"},
};

int
main(void)
{
	size_t failed = 0;

	failed += host_check(lasts, pairs, sizeof(pairs) / sizeof(pairs[0]));
	failed += host_check(again, answers, sizeof(answers) / sizeof(answers[0]));
	return failed > 0;
}
