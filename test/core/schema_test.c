/*
 * schema_test.c - schemas made by hand: how they are printed, what leads from one to
 * another, and what is refused
 *
 * A schema is lines: kind number whole position name, and behind "|" its values, "-" for null.
 *
 *   table 1 0 0 t
 *   column 2 1 1 id |integer|-|-
 *   depend 3 2          3 needs 2
 *   alias 4 2           what needs 4 needs 2
 *   comment 1 'text'
 *
 * A part's full name is its whole's, but for an index.  "_" in a kind is a blank, and before a name
 * a schema may be said: app.t.  "==" stands between two schemas; then options may follow behind
 * "--": online, include PATTERNS, exclude PATTERNS, text DDL.
 */
#include "host.h"
#include "migrate_schema.h"

/* ---- reading ---- */

static MigText
next_part(MigText *rest, char end)
{
	const char *at = rest->len > 0 ? memchr(rest->at, end, rest->len) : NULL;
	size_t len = at ? (size_t) (at - rest->at) : rest->len;
	MigText part = {rest->at, len};

	len += at != NULL;
	*rest = (MigText){rest->at + len, rest->len - len};
	return part;
}

static uint32_t
number(MigText text)
{
	uint32_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n = n * 10 + (uint32_t) (text.at[i] - '0');
	return n;
}

static MigAddress
address(MigText id)
{
	return (MigAddress){number(id) > 0, number(id), 0};
}

static const char *
kind_name(Mig *m, MigText word)
{
	char *name = mig_format(m, "%.*s", MIG_ARG(word));

	for (char *c = name; *c; c++)
		if (*c == '_')
			*c = ' ';
	return name;
}

static void
read_item(Mig *m, MigSchema *schema, MigText names[100], MigText line)
{
	MigText head = text_trim(next_part(&line, '|'));
	MigItem item = {.kind = kind_name(m, next_part(&head, ' '))};
	MigText id = next_part(&head, ' ');
	MigText whole = next_part(&head, ' ');
	const char *dot;

	item.address = address(id);
	item.parent = address(whole);
	item.position = (int) number(next_part(&head, ' '));
	item.name = head;
	item.full = number(whole) && strcmp(item.kind, "index") != 0 ? names[number(whole)] : head;
	names[number(id)] = item.full;
	dot = memchr(head.at, '.', head.len);
	if (dot)
		item.name = (MigText){dot + 1, (size_t) (head.at + head.len - dot - 1)};
	item.values = mig_alloc(m, 10, sizeof(MigText));
	for (bool more = head.at + head.len < line.at; more;)
	{
		MigText value = next_part(&line, '|');

		more = value.at + value.len < line.at;

		if (!mig_same(value, mig_text("-")))
			item.values[item.nvalues] = value;
		item.nvalues++;
	}
	mig_schema_add(schema, &item);
}

static void
read_line(Mig *m, MigSchema *schema, MigText names[100], MigText line)
{
	MigText rest = line;
	MigText word = next_part(&rest, ' ');

	if (mig_same(word, mig_text("depend")))
	{
		MigAddress object = address(next_part(&rest, ' '));

		mig_schema_depend(schema, object, address(rest));
	}
	else if (mig_same(word, mig_text("alias")))
	{
		MigAddress alias = address(next_part(&rest, ' '));

		mig_schema_alias(schema, alias, address(rest));
	}
	else if (mig_same(word, mig_text("comment")))
	{
		MigAddress object = address(next_part(&rest, ' '));

		mig_schema_comment(schema, object, (MigText){NULL, 0}, rest);
	}
	else
		read_item(m, schema, names, line);
}

/* Up to a line "==" or "--", or the end. */
static MigSchema *
read_schema(Mig *m, MigText *input)
{
	MigSchema *schema = mig_schema(m, MIG_POSTGRESQL);
	MigText names[100] = {{NULL, 0}};

	while (input->len > 0)
	{
		MigText line = next_part(input, '\n');

		if (mig_same(line, mig_text("==")) || mig_same(line, mig_text("--")))
			break;
		read_line(m, schema, names, line);
	}
	return schema;
}

static void
read_options(MigDesired *wanted, MigText input)
{
	while (input.len > 0)
	{
		MigText word = next_part(&input, ' ');

		if (mig_same(word, mig_text("online")))
			wanted->online = true;
		else if (mig_same(word, mig_text("include")))
			wanted->include = next_part(&input, ' ');
		else if (mig_same(word, mig_text("exclude")))
			wanted->exclude = next_part(&input, ' ');
		else
		{
			wanted->text = input;
			return;
		}
	}
}

/* ---- answers ---- */

static MigText
print_schema(Mig *m, const char *text)
{
	MigText input = mig_text(text);

	return mig_schema_print(m, read_schema(m, &input));
}

static void
print_row(MigBuf *buf, const MigText *row, size_t n)
{
	for (size_t i = 1; i < n; i++)
		mig_buf_format(buf, "%s%.*s", i > 1 ? " | " : "", MIG_ARG(row[i]));
	mig_buf_str(buf, "\n");
}

static MigText
print_diff(Mig *m, const char *text)
{
	MigText input = mig_text(text);
	MigSchema *live = read_schema(m, &input);
	MigSchema *desired = read_schema(m, &input);
	MigDesired wanted = {.online = false};
	MigBuf buf = mig_buf(m);
	MigTable *table;

	read_options(&wanted, input);
	table = mig_diff(m, live, desired, &wanted);
	for (size_t i = 0; i < table->nrow; i++)
		print_row(&buf, table->cells + i * table->ncol, table->ncol);
	if (wanted.outside)
		mig_buf_str(&buf, "outside\n");
	return mig_buf_text(&buf);
}

static MigText
print_script(Mig *m, const char *text)
{
	MigText input = mig_text(text);
	MigSchema *live = read_schema(m, &input);
	MigSchema *desired = read_schema(m, &input);
	MigDesired wanted = {.online = false};
	MigTable *table;

	read_options(&wanted, input);
	table = mig_diff(m, live, desired, &wanted);
	return mig_text(mig_format(m, "%.*s--\n%.*s", MIG_ARG(mig_diff_script(m, table, MIG_UPGRADE)),
							   MIG_ARG(mig_diff_script(m, table, MIG_DOWNGRADE))));
}

static MigText
print_check(Mig *m, const char *text)
{
	MigText input = mig_text(text);
	MigSchema *live = read_schema(m, &input);
	MigSchema *desired = read_schema(m, &input);
	MigDesired wanted = {.online = false};

	return mig_diff_check(m, mig_diff(m, live, desired, &wanted));
}

static MigText
print_drift(Mig *m, const char *text)
{
	MigText input = mig_text(text);
	MigSchema *live = read_schema(m, &input);
	MigTable *table = mig_drift(m, live, read_schema(m, &input), (MigText){NULL, 0});
	MigBuf buf = mig_buf(m);

	for (size_t i = 0; i < table->nrow; i++)
		mig_buf_format(&buf, "%.*s %.*s: %.*s\n", MIG_ARG(table->cells[i * table->ncol]),
					   MIG_ARG(table->cells[i * table->ncol + 1]),
					   MIG_ARG(table->cells[i * table->ncol + 2]));
	return mig_buf_text(&buf);
}

static MigText
check_drift(Mig *m, const char *text)
{
	MigText input = mig_text(text);
	MigSchema *live = read_schema(m, &input);

	mig_drift_check(m, mig_drift(m, live, read_schema(m, &input), (MigText){NULL, 0}));
	return mig_text("none");
}

/* ---- cases ---- */

#define T "table 1 0 0 t\ncolumn 2 1 1 id |integer|-|\n"
#define TA T "column 3 1 2 a |text\n"
#define U "table 11 0 0 u\ncolumn 12 11 1 t |integer\n"

static const Pair printed[] = {
	{"nothing", "", ""},
	{"a table and its parts, in order of names",
	 "table 1 0 0 t\ncolumn 3 1 2 a |text\ncolumn 2 1 1 id |integer|-|\n"
	 "default 4 3 0 |'x'::text\nconstraint 5 1 0 k |CHECK ((id > 0))|-\n",
	 "CREATE TABLE t (\n\ta text DEFAULT 'x'::text,\n\tid integer NOT NULL,\n\tCONSTRAINT k CHECK "
	 "((id > 0))\n);\n"},
	{"the order in which they come makes no difference",
	 "constraint 5 1 0 k |CHECK ((id > 0))|-\ndefault 4 3 0 |'x'::text\ncolumn 2 1 1 id "
	 "|integer|-|\n"
	 "column 3 1 2 a |text\ntable 1 0 0 t\n",
	 "CREATE TABLE t (\n\ta text DEFAULT 'x'::text,\n\tid integer NOT NULL,\n\tCONSTRAINT k CHECK "
	 "((id > 0))\n);\n"},
	{"what is needed comes first",
	 "view 1 0 0 a |x integer|-|SELECT f() AS x\nfunction 2 0 0 f() |f|CREATE FUNCTION f() ...\n"
	 "depend 1 2\n",
	 "SET check_function_bodies = off;\n\nCREATE FUNCTION f() ...;\n\nCREATE VIEW a AS\nSELECT f() "
	 "AS x;\n"},
	{"also by way of another name",
	 "view 1 0 0 a |x z|-|SELECT\ntable 2 0 0 z\nalias 9 2\ndepend 1 9\n",
	 "CREATE TABLE z ();\n\nCREATE VIEW a AS\nSELECT;\n"},
	{"two that need each other",
	 "function 1 0 0 f |f|CREATE FUNCTION f\nfunction 2 0 0 g |g|CREATE FUNCTION g\n"
	 "depend 1 2\ndepend 2 1\n",
	 "SET check_function_bodies = off;\n\nCREATE FUNCTION g;\n\nCREATE FUNCTION f;\n"},
	{"a foreign key stands behind both tables",
	 "table 1 0 0 a\ncolumn 2 1 1 b |integer\ntable 3 0 0 b\ncolumn 4 3 1 id |integer\n"
	 "foreign_key 5 1 0 k |FOREIGN KEY (b) REFERENCES b(id)|-\ndepend 5 2\ndepend 5 4\n",
	 "CREATE TABLE a (\n\tb integer\n);\n\nCREATE TABLE b (\n\tid integer\n);\n"
	 "ALTER TABLE a ADD CONSTRAINT k FOREIGN KEY (b) REFERENCES b(id);\n"},
	{"a default that needs what needs its table",
	 TA "default 4 3 0 |f()\nfunction 5 0 0 f() |f|CREATE FUNCTION f()\n"
		"depend 4 5\ndepend 5 2\n",
	 "SET check_function_bodies = off;\n\nCREATE TABLE t (\n\ta text,\n\tid integer NOT "
	 "NULL\n);\n\nCREATE FUNCTION f();\n"
	 "ALTER TABLE t ALTER COLUMN a SET DEFAULT f();\n"},
	{"comments", TA "comment 1 'of t'\ncomment 3 'of a'\ncomment 99 'of nothing'\n",
	 "CREATE TABLE t (\n\ta text,\n\tid integer NOT NULL\n);\nCOMMENT ON TABLE t IS 'of "
	 "t';\nCOMMENT ON COLUMN t.a IS 'of a';\n"},
	{"a constraint that is not valid is added",
	 T "constraint 5 1 0 k |CHECK ((id > 0))|NOT VALID\n",
	 "CREATE TABLE t (\n\tid integer NOT NULL\n);\nALTER TABLE t ADD CONSTRAINT k CHECK ((id > 0)) "
	 "NOT VALID;\n"},
	{"what is not known is named", "other 9 0 0 aggregate x\n" T,
	 "CREATE TABLE t (\n\tid integer NOT NULL\n);\n\n-- not shown: aggregate x\n"},
	{"an unknown kind", "thing 1 0 0 x\n",
	 "XX000: unknown kind \"thing\"\nHINT: Please report this."},
};

#define CIRCLE                                                                                     \
	T U "foreign_key 5 11 0 k |FOREIGN KEY (t) REFERENCES t(id)|-\ndepend 5 2\ndepend 5 12\n"      \
		"foreign_key 6 1 0 l |FOREIGN KEY (id) REFERENCES u(t)|-\ndepend 6 2\ndepend 6 12\n"

static const Pair diffs[] = {
	{"two tables that refer to each other", "==\n" CIRCLE,
	 "table t | CREATE TABLE t (\n\tid integer NOT NULL\n) | DROP TABLE t | f |  | t\n"
	 "table u | CREATE TABLE u (\n\tt integer\n) | DROP TABLE u | f |  | t\n"
	 "constraint t.l | ALTER TABLE t ADD CONSTRAINT l FOREIGN KEY (id) REFERENCES u(t) | ALTER "
	 "TABLE t DROP CONSTRAINT l | f |  | f\n"
	 "constraint u.k | ALTER TABLE u ADD CONSTRAINT k FOREIGN KEY (t) REFERENCES t(id) | ALTER "
	 "TABLE u DROP CONSTRAINT k | f |  | f\n"},
	{"nothing and nothing", "==\n", ""},
	{"the same", TA "==\n" TA, ""},
	{"a column more", T "==\n" TA,
	 "column t.a | ALTER TABLE t ADD COLUMN a text | ALTER TABLE t DROP COLUMN a | f |  | t\n"},
	{"a column less", TA "==\n" T,
	 "column t.a | ALTER TABLE t DROP COLUMN a | ALTER TABLE t ADD COLUMN a text | t |  | f\n"},
	{"another type", TA "==\n" T "column 3 1 2 a |integer\n",
	 "column t.a | ALTER TABLE t ALTER COLUMN a TYPE integer | ALTER TABLE t ALTER COLUMN a TYPE "
	 "text | t |  | f\n"},
	{"drops from what needs to what is needed, creates the other way",
	 "==\n" T U "foreign_key 5 11 0 k |FOREIGN KEY (t) REFERENCES t(id)|-\ndepend 5 2\ndepend 5 "
	 "12\nview 6 0 0 a |x|-|SELECT\ndepend 6 11\n",
	 "table t | CREATE TABLE t (\n\tid integer NOT NULL\n) | DROP TABLE t | f |  | t\n"
	 "table u | CREATE TABLE u (\n\tt integer\n) | DROP TABLE u | f |  | t\n"
	 "constraint u.k | ALTER TABLE u ADD CONSTRAINT k FOREIGN KEY (t) REFERENCES t(id) | ALTER "
	 "TABLE u DROP CONSTRAINT k | f |  | f\n"
	 "view a | CREATE VIEW a AS\nSELECT | DROP VIEW a | f |  | f\n"},
	{"a view in the way of a type goes and comes back",
	 TA "view 6 0 0 v |a|-|SELECT a\ndepend 6 3\n==\n" T
		"column 3 1 2 a |character varying(9)\nview 6 0 0 v |a|-|SELECT a\ndepend 6 3\n",
	 "view v | DROP VIEW v | CREATE VIEW v AS\nSELECT a | f |  | f\n"
	 "column t.a | ALTER TABLE t ALTER COLUMN a TYPE character varying(9) | ALTER TABLE t ALTER "
	 "COLUMN a TYPE text | t |  | f\n"
	 "view v | CREATE VIEW v AS\nSELECT a | DROP VIEW v | f |  | f\n"},
	{"an index where a view was",
	 "view 6 0 0 x |a|-|SELECT\n" T "==\n" T "index 6 1 0 x |CREATE INDEX x ON t (id)\n",
	 "view x | DROP VIEW x | CREATE VIEW x AS\nSELECT | f |  | f\n"
	 "index x | CREATE INDEX x ON t (id) | DROP INDEX x | f |  | f\n"},
	{"values of an enumeration are added",
	 "enum 1 0 0 e |'a', 'c'\n==\nenum 1 0 0 e |'a', 'b', 'c'\n",
	 "enum e | ALTER TYPE e ADD VALUE 'b' AFTER 'a' |  | f |  | f\n"
	 "enum e |  | CREATE TYPE e AS ENUM ('a', 'c') | f |  | f\n"
	 "enum e |  | DROP TYPE \"e (old)\" | f |  | f\n"
	 "enum e |  | ALTER TYPE e RENAME TO \"e (old)\" | f |  | f\n"},
	{"a kind that cannot be compared", "==\nother 1 0 0 aggregate x\n",
	 "0A000: cannot compare aggregate x\nDETAIL: Its kind is not known here.\n"
	 "HINT: Make it in a revision of its own, and leave it out of the desired schema."},
	{"and that is live is left alone", "other 1 0 0 aggregate x\n==\n", ""},
	{"so is an extension", "extension 1 0 0 citext\n==\n", ""},
	{"a hint, of a column", TA "==\n" T "column 3 1 2 b |text\n",
	 "column t.a | ALTER TABLE t DROP COLUMN a | ALTER TABLE t ADD COLUMN a text | t | If it is "
	 "now b, put the comment "
	 "migrate:renamed-from a behind that name in the desired schema. | f\n"
	 "column t.b | ALTER TABLE t ADD COLUMN b text | ALTER TABLE t DROP COLUMN b | f |  | t\n"},
	{"none where the type is another", TA "==\n" T "column 3 1 2 b |integer\n",
	 "column t.a | ALTER TABLE t DROP COLUMN a | ALTER TABLE t ADD COLUMN a text | t |  | f\n"
	 "column t.b | ALTER TABLE t ADD COLUMN b integer | ALTER TABLE t DROP COLUMN b | f |  | t\n"},
	{"a hint, of a table", T "==\ntable 1 0 0 s\ncolumn 2 1 1 id |integer|-|\n",
	 "table t | DROP TABLE t | CREATE TABLE t (\n\tid integer NOT NULL\n) | t | If it is now s, "
	 "put the comment "
	 "migrate:renamed-from t behind that name in the desired schema. | f\n"
	 "table s | CREATE TABLE s (\n\tid integer NOT NULL\n) | DROP TABLE s | f |  | t\n"},
	{"a rename that is told",
	 TA "==\n" T "column 3 1 2 b |text\n--\ntext CREATE TABLE t (id integer NOT NULL, b text -- "
		"migrate:renamed-from a\n)",
	 "column t.b | ALTER TABLE t RENAME COLUMN a TO b | ALTER TABLE t RENAME COLUMN b TO a | f | "
	 " | f\n"},
	{"a constraint of another name needs no telling",
	 T "constraint 5 1 0 k |CHECK ((id > 0))|-\n==\n" T "constraint 5 1 0 l |CHECK ((id > 0))|-\n",
	 "constraint t.l | ALTER TABLE t RENAME CONSTRAINT k TO l | ALTER TABLE t RENAME CONSTRAINT l "
	 "TO k | f |  | f\n"},
};

static const Pair filters[] = {
	{"included", "==\n" T U "--\ninclude u",
	 "table u | CREATE TABLE u (\n\tt integer\n) | DROP TABLE u | f |  | t\n"},
	{"a part is in with its whole", T U "==\n" TA U "column 13 11 2 b |text\n--\ninclude t",
	 "column t.a | ALTER TABLE t ADD COLUMN a text | ALTER TABLE t DROP COLUMN a | f |  | t\n"},
	{"and out, if it is excluded itself",
	 T "==\n" TA "column 4 1 3 b |text\n--\ninclude t exclude t.b",
	 "column t.a | ALTER TABLE t ADD COLUMN a text | ALTER TABLE t DROP COLUMN a | f |  | t\n"},
	{"excluded", T "==\n" U "--\nexclude t",
	 "table u | CREATE TABLE u (\n\tt integer\n) | DROP TABLE u | f |  | t\n"},
	{"patterns, of kinds, too",
	 "==\n" T "index 5 1 0 tmp_1 |CREATE INDEX tmp_1\nindex 6 1 0 tmp |CREATE INDEX "
	 "tmp\n--\nexclude index*_?,x*",
	 "table t | CREATE TABLE t (\n\tid integer NOT NULL\n) | DROP TABLE t | f |  | t\n"
	 "index tmp | CREATE INDEX tmp |  | f |  | f\n"},
	{"what is out is not dropped", "table 1 0 0 audit.x\ntable 2 0 0 y\n==\n--\nexclude audit.*",
	 "table y | DROP TABLE y | CREATE TABLE y () | t |  | f\n"},
};

static const Pair onlines[] = {
	{"an index of a table that is there",
	 T "==\n" T "index 5 1 0 i |CREATE INDEX i ON t (id)\n--\nonline",
	 "index i | CREATE INDEX CONCURRENTLY i ON t (id) | DROP INDEX CONCURRENTLY i | f | "
	 " | f\noutside\n"},
	{"not of one that comes", "==\n" T "index 5 1 0 i |CREATE INDEX i ON t (id)\n--\nonline",
	 "table t | CREATE TABLE t (\n\tid integer NOT NULL\n) | DROP TABLE t | f |  | t\n"
	 "index i | CREATE INDEX i ON t (id) |  | f |  | f\n"},
	{"a key, with all that it can have",
	 T
	 "==\n" T
	 "constraint 5 1 0 k |UNIQUE NULLS NOT DISTINCT (\"a)\", b) INCLUDE (c) DEFERRABLE\n--\nonline",
	 "constraint t.k | CREATE UNIQUE INDEX CONCURRENTLY k ON t (\"a)\", b) INCLUDE (c) NULLS NOT "
	 "DISTINCT;\n"
	 "ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX k DEFERRABLE | ALTER TABLE t DROP "
	 "CONSTRAINT k | f |  | f\noutside\n"},
	{"a key of periods has no such index",
	 T "==\n" T "constraint 5 1 0 k |PRIMARY KEY (a, b WITHOUT OVERLAPS)\n--\nonline",
	 "constraint t.k | ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (a, b WITHOUT OVERLAPS) | ALTER "
	 "TABLE t DROP CONSTRAINT k | f | "
	 "Others wait for table t while an index of it is built. | f\n"},
};

static const Pair scripts[] = {
	{"what loses data, and what may be a rename, has a comment; a downgrade is from the last step "
	 "on",
	 TA "==\n" T "column 3 1 2 b |text\n",
	 "-- destructive: column t.a\n-- If it is now b, put the comment migrate:renamed-from a behind "
	 "that name in the desired schema.\n"
	 "ALTER TABLE t DROP COLUMN a;\nALTER TABLE t ADD COLUMN b text;\n--\n"
	 "-- destructive: column t.b\nALTER TABLE t DROP COLUMN b;\nALTER TABLE t ADD COLUMN a "
	 "text;\n"},
	{"bodies are not looked into", "==\nfunction 1 0 0 f() |f|CREATE FUNCTION f()\n",
	 "SET check_function_bodies = off;\nCREATE FUNCTION f();\n--\nSET check_function_bodies = "
	 "off;\nDROP FUNCTION f();\n"},
};

static const Pair checks[] = {
	{"the check passes", TA "==\n" TA, "schema is as desired"},
	{"or says what is to be done", T "==\n" TA U,
	 "55000: schema is not as desired\nDETAIL: ALTER TABLE t ADD COLUMN a text;\nCREATE TABLE u "
	 "(\n\tt integer\n)\n"
	 "HINT: Make a revision of the differences with migrate_autogenerate()."},
};

static const Pair drifts[] = {
	{"no drift", TA "==\n" TA, ""},
	{"drift is what would undo it", T U "default 4 2 0 |1\n==\n" TA "default 4 2 0 |2\n",
	 "table u added: -- destructive: table u\nDROP TABLE u\ndefault t.id changed: ALTER TABLE t "
	 "ALTER COLUMN id SET DEFAULT "
	 "2\n"
	 "column t.a removed: ALTER TABLE t ADD COLUMN a text\n"},
	{"a constraint that has another name",
	 T "constraint 5 1 0 k |CHECK ((id > 0))|-\n==\n" T "constraint 5 1 0 l |CHECK ((id > 0))|-\n",
	 "constraint t.l renamed: ALTER TABLE t RENAME CONSTRAINT k TO l\n"},
};

static const Pair drift_checks[] = {
	{"no drift passes", TA "==\n" TA, "none"},
	{"a table more, a column less, a default that is another",
	 T U "default 4 2 0 |1\n==\n" TA "default 4 2 0 |2\n",
	 "55000: schema was changed since the last run, outside of migrations\n"
	 "DETAIL: 3 changes: table u added, default t.id changed, column t.a removed.\n"
	 "HINT: SELECT * FROM migrate_drift() shows what would undo it. Undo it, or make it a "
	 "revision; if it is right as it is, "
	 "SELECT migrate_snapshot()."},
};

int
main(void)
{
	int failed = 0;

	failed += host_check(print_schema, printed, sizeof(printed) / sizeof(Pair));
	failed += host_check(print_diff, diffs, sizeof(diffs) / sizeof(Pair));
	failed += host_check(print_diff, filters, sizeof(filters) / sizeof(Pair));
	failed += host_check(print_diff, onlines, sizeof(onlines) / sizeof(Pair));
	failed += host_check(print_script, scripts, sizeof(scripts) / sizeof(Pair));
	failed += host_check(print_check, checks, sizeof(checks) / sizeof(Pair));
	failed += host_check(print_drift, drifts, sizeof(drifts) / sizeof(Pair));
	failed += host_check(check_drift, drift_checks, sizeof(drift_checks) / sizeof(Pair));
	return failed > 0;
}
