"""Names that pass from one object to another, and what a diff must do before others."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, error, fresh_database, postgres, rows  # noqa: E402


def there_and_back(name, a, b, data=None, expected=None):
    """From a to b and back; data: a query on b, which gives expected."""
    db = postgres(fresh_database("names"))
    rows(db, a)
    before = rows(db, "SELECT migrate_schema()")
    steps = rows(db, "SELECT upgrade, downgrade FROM migrate_diff(%s)", b)
    rows(db, "SELECT migrate_autogenerate('pair', %s)", b)
    check(name + ": upgrade", error(lambda: rows(db, "SELECT migrate_upgrade()")), "no error")
    check(name + ": as desired", rows(db, "SELECT upgrade FROM migrate_diff(%s)", b), [])
    if data:
        check(name + ": rows", rows(db, data), expected)
    check(name + ": downgrade", error(lambda: rows(db, "SELECT migrate_downgrade('base')")), "no error")
    check(name + ": as before", rows(db, "SELECT migrate_schema()"), before)
    db.close()
    return steps


there_and_back("NOT VALID of a domain", "SELECT 1",
               "CREATE DOMAIN d AS integer; ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID;")

# a name is that of a table that is new, so two tables have it on the way back
check("a renamed table whose old name is used again",
      there_and_back("used again", "CREATE TABLE a (id integer, x text); INSERT INTO a VALUES (1, 'one')",
                     "CREATE TABLE b -- migrate:renamed-from a\n(id integer, x text);\nCREATE TABLE a (id integer, y date);",
                     "SELECT * FROM b", [(1, "one")]),
      [("ALTER TABLE a RENAME TO b", "ALTER TABLE b RENAME TO a"),
       ("CREATE TABLE a (\n\tid integer,\n\ty date\n)", "DROP TABLE a")])

check("a chain of names",
      there_and_back("chain", "CREATE TABLE t (a integer, b integer); INSERT INTO t VALUES (1, 2)",
                     "CREATE TABLE t (b integer, -- migrate:renamed-from a\nc integer -- migrate:renamed-from b\n);",
                     "SELECT b, c FROM t", [(1, 2)]),
      [("ALTER TABLE t RENAME COLUMN b TO c", "ALTER TABLE t RENAME COLUMN c TO b"),
       ("ALTER TABLE t RENAME COLUMN a TO b", "ALTER TABLE t RENAME COLUMN b TO a")])

check("constraints that exchange names",
      there_and_back("exchange", "CREATE TABLE t (a integer, CONSTRAINT x CHECK (a > 1), CONSTRAINT y CHECK (a > 2));",
                     "CREATE TABLE t (a integer, CONSTRAINT x CHECK (a > 2), CONSTRAINT y CHECK (a > 1));")[0][0],
      "ALTER TABLE t DROP CONSTRAINT y")

ATOMIC = ("CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(%s) FROM %s; END;"
          if postgres().server_version >= 140000 else
          "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS $$ SELECT 1::bigint -- %s, %s\n$$;")
there_and_back("a view of what is renamed",
               "CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t; " + ATOMIC % ("a", "t"),
               "CREATE TABLE u -- migrate:renamed-from t\n(b integer -- migrate:renamed-from a\n);\n"
               "CREATE VIEW v AS SELECT b FROM u; " + ATOMIC % ("b", "u"))

there_and_back("an old name in another schema",
               "CREATE SCHEMA app; CREATE TABLE app.t (id serial); CREATE TABLE t (id serial);",
               "CREATE TABLE u -- migrate:renamed-from t\n(id serial);")

there_and_back("a default that needs its table",
               "CREATE TABLE t (a bigint); " + ATOMIC % ("*", "t") + "ALTER TABLE t ALTER a SET DEFAULT f();",
               "CREATE TABLE other (id integer);")

there_and_back("a name passes to another kind",
               "CREATE TABLE t (a integer, CONSTRAINT n UNIQUE (a)); CREATE TABLE w (a integer);",
               "CREATE TABLE t (a integer); CREATE INDEX n ON t (a) WHERE a > 0; CREATE VIEW w AS SELECT a FROM t;")

there_and_back("a domain in an array",
               "CREATE DOMAIN d AS integer; CREATE TABLE t (a d[]); INSERT INTO t VALUES ('{1,2}');",
               "CREATE DOMAIN d AS integer CHECK (VALUE > 0); CREATE TABLE t (a d[]);", "SELECT a::text FROM t", [("{1,2}",)])

there_and_back("a generated column of another type",
               "CREATE TABLE t (a integer, g bigint GENERATED ALWAYS AS (a) STORED);",
               "CREATE TABLE t (a integer, g text GENERATED ALWAYS AS (a) STORED);")

# the name is free before anything is renamed, since its owner goes with the view
there_and_back("the name of what goes with its whole",
               "CREATE TABLE t (a integer, b integer); CREATE INDEX x ON t (a); CREATE INDEX y ON t (b); "
               "CREATE VIEW v AS SELECT a FROM t; ",
               "CREATE TABLE t (a bigint, b integer); CREATE INDEX z ON t (b); CREATE INDEX y ON t (a); "
               "CREATE MATERIALIZED VIEW v AS SELECT a FROM t; CREATE INDEX x ON v (a);")

# CREATE OR REPLACE would come before the drop of the old one and behind the new one
there_and_back("a function that needs what is made anew",
               "CREATE TABLE t (a integer PRIMARY KEY) PARTITION BY LIST (a); " + ATOMIC % ("a", "t"),
               "CREATE TABLE t (a integer) PARTITION BY HASH (a); " + ATOMIC % ("*", "t"))

# columns are text while an attribute changes; its values stand in the order of the attributes
there_and_back("an attribute of another type",
               "CREATE TYPE p AS (x integer, y integer, z text); CREATE TYPE q AS (p p, n integer); "
               "CREATE TABLE t (a p, b p[], c q); CREATE INDEX x ON t (a); CREATE VIEW v AS SELECT a FROM t; "
               "INSERT INTO t VALUES ('(1,2,three)', '{\"(1,2,three)\"}', '(\"(1,2,three)\",4)');",
               "CREATE TYPE p AS (y bigint, x integer, w date); CREATE TYPE q AS (p p, n integer); "
               "CREATE TABLE t (a p, b p[], c q); CREATE INDEX x ON t (a); CREATE VIEW v AS SELECT a FROM t; "
               "CREATE TABLE u (a p)",
               "SELECT (a).x, (a).y, (b[1]).x, ((c).p).y FROM t", [(1, 2, 1, 2)])

there_and_back("an enumeration in a composite type",
               "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TYPE p AS (x integer, e e); "
               "CREATE TABLE t (a p); INSERT INTO t VALUES ('(1,b)');",
               "CREATE TYPE e AS ENUM ('b', 'c'); CREATE TYPE p AS (x integer, e e); CREATE TABLE t (a p);",
               "SELECT a::text FROM t", [("(1,b)",)])

there_and_back("a domain that will be in an array", "CREATE DOMAIN d AS integer; CREATE TABLE t (a d);",
               "CREATE DOMAIN d AS integer CHECK (VALUE > 0); CREATE TABLE t (a d[]);")

# what comes next stays; it was 0 or 6
there_and_back("a lowest value that rises",
               "CREATE SEQUENCE s MINVALUE 0; CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY (MINVALUE 0 START 5)); "
               "INSERT INTO t DEFAULT VALUES;",
               "CREATE SEQUENCE s; CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY);",
               "SELECT nextval('s'), nextval('t_a_seq')", [(1, 6)])

there_and_back("an identity that starts elsewhere", "CREATE TABLE u (b integer NOT NULL);",
               "CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY (MINVALUE 5 START 7)); "
               "CREATE TABLE u (b integer GENERATED ALWAYS AS IDENTITY (START 9));",
               "SELECT nextval('t_a_seq'), nextval('u_b_seq')", [(7, 9)])

there_and_back("a type that is renamed and rebuilt",
               "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (a e); INSERT INTO t VALUES ('b');",
               "CREATE TYPE f -- migrate:renamed-from e\nAS ENUM ('b', 'c'); CREATE TABLE t (a f);", "SELECT a::text FROM t", [("b",)])

steps = there_and_back("the sequence of an identity",
                       "CREATE TABLE a (id integer GENERATED ALWAYS AS IDENTITY); "
                       "INSERT INTO a DEFAULT VALUES; COMMENT ON SEQUENCE a_id_seq IS 'one';",
                       "CREATE TABLE b -- migrate:renamed-from a\n(id integer GENERATED ALWAYS AS IDENTITY); "
                       "CREATE TABLE a (id serial); COMMENT ON SEQUENCE b_id_seq IS 'one';",
                       "SELECT nextval('b_id_seq'), nextval('a_id_seq')", [(2, 1)])
check("the sequence of an identity has its table's name", [s[0] for s in steps if s[0]][:2],
      ["ALTER TABLE a RENAME TO b", "ALTER SEQUENCE a_id_seq RENAME TO b_id_seq"])

# it has no rows, and servers before 18 let it be
if postgres().server_version < 180000:
    there_and_back("a partitioned table that is unlogged", "CREATE TABLE t (a integer) PARTITION BY LIST (a); "
                   "CREATE TABLE p PARTITION OF t FOR VALUES IN (1);",
                   "CREATE UNLOGGED TABLE t (a integer) PARTITION BY LIST (a); "
                   "CREATE UNLOGGED TABLE p PARTITION OF t FOR VALUES IN (1);")
done()
