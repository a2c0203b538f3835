"""Pairs of schemas, there and back in both directions: what random pairs (test/fuzz/pg_diff.py) once failed at.

Rows of A are written as INSERTs in it; a query that both schemas answer says what stays of them.
"""
import difflib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, error, fresh_database, postgres, rows  # noqa: E402

db = postgres(fresh_database("pairs"))
for statement in ("DROP EXTENSION migrate", "CREATE SCHEMA migrate", "CREATE EXTENSION migrate SCHEMA migrate",
                  "SET search_path = public, migrate", "SET client_min_messages = warning"):
    rows(db, statement)


def clear():
    rows(db, "DROP SCHEMA IF EXISTS public, app CASCADE")
    rows(db, "CREATE SCHEMA public; TRUNCATE migrate.migrate_revision, migrate.migrate_version, migrate.migrate_log")


def schema():
    return rows(db, "SELECT migrate_schema()")[0][0].split("\n")


def one_way(a, b, query, back=None):
    """What is wrong with the way from a to b and back.  back: a query that a alone answers."""
    back = back or query
    clear()
    rows(db, a)
    before = schema(), back and rows(db, back)
    clear()
    rows(db, "\n".join(before[0]))
    problems = list(difflib.unified_diff(before[0], schema(), "printed", "loaded", lineterm="", n=0))
    clear()
    rows(db, a)
    rows(db, "SELECT migrate_autogenerate('pair', %s)", b)
    script = rows(db, "SELECT string_agg(migrate_script(revision), '') FROM migrate.migrate_revision")[0][0]
    problems.append(error(lambda: rows(db, "SELECT migrate_upgrade()")))
    if problems == ["no error"]:
        problems += rows(db, "SELECT upgrade FROM migrate_diff(%s)", b)
        if query and rows(db, query) != before[1]:
            problems.append("rows: %r, now %r" % (before[1], rows(db, query)))
        problems.append(error(lambda: rows(db, "SELECT migrate_downgrade('base')")))
    if problems == ["no error"] * 2:
        problems += difflib.unified_diff(before[0], schema(), lineterm="", n=0)
        if back and rows(db, back) != before[1]:
            problems.append("rows back: %r, now %r" % (before[1], rows(db, back)))
    return [] if problems == ["no error"] * 2 else problems + [script]


def pair(name, a, b, query=None):
    check(name, one_way(a, b, query), [])
    check(name + ", and the reverse", one_way(b, a, query), [])


pair("a domain made anew, and a column that leaves another one for it",
     "CREATE DOMAIN d AS integer CHECK (VALUE < 1000); CREATE DOMAIN z AS text; CREATE TABLE t (a d[], b d, c z);"
     "INSERT INTO t VALUES ('{1,2}', 3, '4')",
     "CREATE DOMAIN d AS varchar(9) CHECK (length(VALUE) < 1000); CREATE TABLE t (a d[], b d, c d);"
     "INSERT INTO t VALUES ('{1,2}', '3', '4')",
     "SELECT a::text, b::text, c::text FROM t")

pair("of several keys that a foreign key could refer to, the first that was made is not the first that is printed",
     "CREATE TABLE b (id integer PRIMARY KEY, UNIQUE (id)); CREATE TABLE a (id integer REFERENCES b (id));",
     "CREATE TABLE b (id integer, self integer); CREATE UNIQUE INDEX i ON b (id); ALTER TABLE b ADD UNIQUE (id);"
     "ALTER TABLE b ADD FOREIGN KEY (self) REFERENCES b (id); CREATE TABLE a (id integer REFERENCES b (id));")
pair("a column's old name is that of a table which has another name by now",
     "CREATE TABLE a (x integer); CREATE TABLE z (x text)",
     "CREATE TABLE b -- migrate:renamed-from a\n(x integer -- migrate:renamed-from x\n);"
     "CREATE TABLE a (y text -- migrate:renamed-from x\n)")

CHILDREN = """CREATE TYPE e AS ENUM (%s); CREATE DOMAIN d AS integer%s;
CREATE TABLE p (a e, b d[], c %s); CREATE TABLE c (own integer) INHERITS (p); CREATE TABLE cc () INHERITS (c);
CREATE TABLE q (k integer, a e, c %s) PARTITION BY LIST (k); CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1);
CREATE VIEW v AS SELECT c FROM cc; CREATE INDEX i ON cc (c); CREATE VIEW w AS SELECT a, c FROM q1;
COMMENT ON COLUMN cc.c IS 'inherited';
INSERT INTO p VALUES ('x', '{1}', 1); INSERT INTO c VALUES ('x', '{2}', 2, 2); INSERT INTO cc VALUES ('x', '{3}', 3, 3);
INSERT INTO q VALUES (1, 'x', 1);"""
pair("types made anew of columns that others inherit, and views of these",
     CHILDREN % ("'w', 'x'", "", "integer", "integer"), CHILDREN % ("'x', 'y'", " CHECK (VALUE > 0)", "bigint", "bigint"),
     "SELECT own, a::text, b::text, c FROM (SELECT own, a, b, c FROM c UNION ALL SELECT k, a, '{}', c FROM q1 "
     "UNION ALL SELECT 9, a, b, c FROM ONLY p) x ORDER BY own")
IDENTITY = "CREATE TABLE p (a integer%s); CREATE TABLE c () INHERITS (p); "
pair("an identity of a table that has children", IDENTITY % "",
     IDENTITY % ", b bigint GENERATED ALWAYS AS IDENTITY (START 5)")
pair("a column that a child declares, too",
     "CREATE TABLE p (a integer); CREATE TABLE c (a integer) INHERITS (p); INSERT INTO c VALUES (1)",
     "CREATE TABLE p (a bigint); CREATE TABLE c (a bigint) INHERITS (p); INSERT INTO c VALUES (1)", "SELECT a FROM p")
pair("and one that comes in both", "CREATE TABLE p (a integer); CREATE TABLE c (a integer) INHERITS (p)",
     "CREATE TABLE p (a integer, b text); CREATE TABLE c (a integer, b text) INHERITS (p)")
OVER = """CREATE DOMAIN d AS text%s; CREATE DOMAIN over AS d%s; CREATE TABLE t (a over%s); CREATE TYPE r AS RANGE (SUBTYPE = d);
INSERT INTO t VALUES (%s)"""
pair("a CHECK of a domain that is in a domain's array",
     OVER % ("", "[]", "", "'{a}'"), OVER % (" CHECK (length(VALUE) < 5)", "[]", "", "'{a}'"), "SELECT a::text FROM t")
pair("and of one whose domain is in an array",
     OVER % ("", "", "[]", "'{a}'"), OVER % (" CHECK (length(VALUE) < 5) NOT NULL", "", "[]", "'{a}'"), "SELECT a::text FROM t")
SPAN = """CREATE TYPE span AS RANGE (SUBTYPE = %s); CREATE TYPE c AS (r span, rs span[]); CREATE TYPE cc AS (c c);
CREATE DOMAIN s AS span; CREATE DOMAIN ds AS cc; CREATE TABLE t (a span, b c, cs c[], d s, e cc, f ds, g s[]);
INSERT INTO t VALUES ('[1,2)', '("[1,3)","{\\"[1,2)\\"}")', NULL, '[1,4)', NULL, NULL, NULL)"""
pair("a range made anew that attributes and domains have", SPAN % "integer", SPAN % "bigint", "SELECT a::text, b::text, d::text FROM t")
pair("a column that leaves a type with such an attribute for another one",
     "CREATE TYPE span AS RANGE (SUBTYPE = integer); CREATE TYPE c AS (r span); CREATE DOMAIN s AS span;"
     "CREATE TABLE t (a c, b s, d span)",
     "CREATE TYPE span AS RANGE (SUBTYPE = bigint); CREATE TABLE t (a span, b span, d span)")
ENUM = "CREATE TYPE e AS ENUM (%s); CREATE TYPE c AS (a e); "
pair("a column whose type held a composite type with such an attribute",
     ENUM % "'a', 'b'" + "CREATE DOMAIN d AS c; CREATE TYPE cc AS (c c); CREATE TABLE t (a d, b cc, f c);"
     "INSERT INTO t VALUES ('(a)', NULL, '(a)')",
     ENUM % "'a'" + "CREATE DOMAIN d AS integer; CREATE TABLE t (a c, b e, f c); INSERT INTO t VALUES ('(a)', NULL, '(a)')",
     "SELECT a::text, b::text, f::text FROM t")
INCLUDED = "CREATE TABLE t (a integer, b integer, c %s, %s (a) INCLUDE (c), FOREIGN KEY (b) REFERENCES t (a)); INSERT INTO t VALUES (1, 1, 2)"
pair("a column that a foreign key's key includes", INCLUDED % ("integer", "UNIQUE"), INCLUDED % ("bigint", "UNIQUE"), "SELECT * FROM t")
pair("a domain over an enumeration that is made anew, and a column that leaves it",
     ENUM % "'a', 'b'" + "CREATE DOMAIN d AS e; CREATE DOMAIN ds AS e[]; CREATE TABLE t (a d, b ds, f e); INSERT INTO t VALUES ('a', '{a}', 'a')",
     ENUM % "'a'" + "CREATE DOMAIN d AS e; CREATE TABLE t (a e, b e[], f d); INSERT INTO t VALUES ('a', '{a}', 'a')",
     "SELECT a::text, b::text, f::text FROM t")
check("a column's old name is used again, and its table is renamed, too",
      one_way("CREATE TABLE t (id integer, a integer[], b text); INSERT INTO t VALUES (1, '{2}', 'three')",
              "CREATE TABLE u -- migrate:renamed-from t\n(id integer, a json, b json, z integer[], -- migrate:renamed-from a\n"
              "x text -- migrate:renamed-from b\n)", None, "SELECT * FROM t"), [])
pair("columns that go from one domain over what is made anew to another one",
     "CREATE DOMAIN d AS integer; CREATE DOMAIN e AS d; CREATE DOMAIN es AS d[]; CREATE TABLE t (a e, b es, f d[]); INSERT INTO t VALUES (1, '{2}', '{3}')",
     "CREATE DOMAIN d AS text; CREATE DOMAIN f AS d; CREATE DOMAIN fs AS d[]; CREATE TABLE t (a f, b fs, f fs); INSERT INTO t VALUES (1, '{2}', '{3}')",
     "SELECT a::text, b::text, f::text FROM t")
pair("a view's column gets another collation",
     "CREATE VIEW v AS SELECT 'x'::text AS a", "CREATE VIEW v AS SELECT 'x'::text COLLATE \"C\" AS a")
SUB = """CREATE TABLE q (k %s, a text) PARTITION BY RANGE (k); CREATE TABLE q1 PARTITION OF q DEFAULT PARTITION BY LIST (a);
CREATE TABLE q2 PARTITION OF q1 DEFAULT; INSERT INTO q VALUES (1, '2')"""
pair("partitions of partitions", SUB % "integer", SUB % "integer" + "; ALTER TABLE q ADD b integer", "SELECT k, a FROM q2")
KEY = "CREATE TABLE t (id integer, parent integer, %s (id)); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (parent) REFERENCES t (id)%s;"
pair("a foreign key that is made valid while its key goes", KEY % ("PRIMARY KEY", ""), KEY % ("UNIQUE", " NOT VALID"))

pair("tables whose policies and rules ask each other",
     """CREATE TABLE t (id integer); CREATE TABLE u (id integer);
     CREATE POLICY p ON t USING (EXISTS (SELECT FROM u)); CREATE POLICY p ON u USING (EXISTS (SELECT FROM t));
     CREATE RULE r AS ON INSERT TO t DO ALSO DELETE FROM u; CREATE RULE r AS ON INSERT TO u DO ALSO DELETE FROM t""",
     "CREATE TABLE v (id integer)")
pair("values come to an enumeration, and columns to a domain over it",
     "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (c e[]); INSERT INTO t VALUES ('{a}')",
     "CREATE TYPE e AS ENUM ('a', 'b'); CREATE DOMAIN d AS e; CREATE TABLE t (c d[]); INSERT INTO t VALUES ('{a}')",
     "SELECT c::text FROM t")
pair("a column that leaves an altered domain for one that is made of it",
     "CREATE DOMAIN d AS integer DEFAULT 1; CREATE TABLE t (a d[]); INSERT INTO t VALUES ('{1}')",
     "CREATE DOMAIN d AS integer; CREATE DOMAIN ds AS d[]; CREATE TABLE t (a ds); INSERT INTO t VALUES ('{1}')",
     "SELECT a::text FROM t")
SAID = """CREATE TABLE t (a integer, v %s) PARTITION BY LIST (a); CREATE TABLE p PARTITION OF t FOR VALUES IN (1);
CREATE INDEX i ON t (v); COMMENT ON INDEX i IS '%s'; INSERT INTO t VALUES (1, '2')"""
pair("a column of another type, with an index that has a comment, of a partitioned table",
     SAID % ("integer", "x"), SAID % ("varchar(20)", "y"), "SELECT a, v::text FROM t")

db.close()
done()
