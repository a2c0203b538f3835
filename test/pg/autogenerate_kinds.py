"""Autogenerate: what PostgreSQL 18 has more, comments and options of all kinds, and what is told by name alone."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, error, fresh_database, postgres, rows  # noqa: E402


def schema(db):
    return rows(db, "SELECT migrate_schema()")[0][0]


def there_and_back(name, a, b):
    """A revision leads from a to b and back, and the printed schema of b makes the same."""
    db = postgres(fresh_database("kinds"))
    rows(db, a)
    before = schema(db)
    check(name, error(lambda: (rows(db, "SELECT migrate_autogenerate('x', %s)", b), rows(db, "SELECT migrate_upgrade()"))),
          "no error")
    check(name + ": is what is desired", rows(db, "SELECT * FROM migrate_diff(%s)", b), [])
    printed = schema(db)
    check(name + ": is what is printed", rows(db, "SELECT * FROM migrate_diff(%s)", printed), [])
    check(name + ": and back", error(lambda: rows(db, "SELECT migrate_downgrade('base')")), "no error")
    check(name + ": to the same", schema(db), before)
    db.close()
    db = postgres(fresh_database("kinds"))
    rows(db, printed)
    check(name + ": loaded again it is the same", schema(db), printed)
    db.close()


there_and_back("comments on columns that are a view's or inherited, options of all kinds",
               "CREATE TABLE t (a integer, b text); CREATE VIEW v AS SELECT a FROM t; COMMENT ON COLUMN v.a IS 'x';"
               "CREATE MATERIALIZED VIEW m AS SELECT a FROM t; COMMENT ON COLUMN m.a IS 'x';"
               "CREATE TABLE u (c integer) INHERITS (t); COMMENT ON COLUMN u.a IS 'x'; CREATE STATISTICS s ON a, b FROM t;",
               "CREATE TABLE t (a bigint, b text) WITH (fillfactor=90, toast.autovacuum_enabled=false);"
               "CREATE VIEW v AS SELECT a, b FROM t; COMMENT ON COLUMN v.a IS 'y'; COMMENT ON COLUMN v.b IS 'z';"
               "CREATE MATERIALIZED VIEW m AS SELECT a FROM t;"
               "CREATE TABLE u (c integer) INHERITS (t); COMMENT ON COLUMN u.a IS 'y';"
               "CREATE STATISTICS s ON a, b FROM t; ALTER STATISTICS s SET STATISTICS 7;")

there_and_back("comments on the index of a key, which is renamed, and on public",
               "CREATE TABLE t (a integer, b text UNIQUE, CONSTRAINT k PRIMARY KEY (a)); COMMENT ON INDEX k IS 'x';"
               "COMMENT ON CONSTRAINT k ON t IS 'y'; CREATE SCHEMA o; CREATE TABLE o.q (a integer PRIMARY KEY);"
               "COMMENT ON INDEX o.q_pkey IS 'z'; COMMENT ON SCHEMA public IS 'ours';",
               "CREATE TABLE t (a integer, b text UNIQUE, CONSTRAINT l PRIMARY KEY (a)); COMMENT ON INDEX l IS 'u';"
               "COMMENT ON INDEX t_b_key IS 'v'; CREATE SCHEMA o; COMMENT ON SCHEMA public IS 'standard public schema';"
               "CREATE TABLE o.r ( -- migrate:renamed-from q\na integer PRIMARY KEY); COMMENT ON INDEX o.r_pkey IS 'w';"
               "CREATE TABLE p (a integer PRIMARY KEY) PARTITION BY LIST (a); COMMENT ON INDEX p_pkey IS 'p';")

if int(rows(postgres(), "SHOW server_version_num")[0][0]) >= 150000:
    there_and_back("sequences that are not logged",
                   "CREATE SEQUENCE s; CREATE UNLOGGED SEQUENCE u; CREATE UNLOGGED TABLE t (a serial); CREATE TABLE v (a serial)",
                   "CREATE UNLOGGED SEQUENCE s; CREATE SEQUENCE u; CREATE TABLE t (a serial); CREATE UNLOGGED TABLE v (a serial);"
                   "CREATE UNLOGGED TABLE w (a serial)")
    u = " UNLOGGED"
    OWNED = "CREATE%s TABLE t (a int); CREATE%s SEQUENCE s OWNED BY t.a"
    for left, right in [((u, ""), ("", "")), ((u, ""), ("", u)), ((u, u), ("", u)), (("", u), (u, ""))]:
        there_and_back("a sequence that is not logged as its table", OWNED % left, OWNED % right)

there_and_back("an inherited expression over a column that the child has, too",
               "CREATE TABLE p (a integer, b integer GENERATED ALWAYS AS (a) STORED);"
               "CREATE TABLE c (a integer DEFAULT 1) INHERITS (p);"
               "CREATE TABLE q (a integer, b integer GENERATED ALWAYS AS (a) STORED) PARTITION BY LIST (a);"
               "CREATE TABLE r PARTITION OF q FOR VALUES IN (1);", "CREATE TABLE t (a integer);")

there_and_back("a line feed in a name", 'CREATE TABLE "a\n\rb" ("c\nd" integer)', "CREATE TABLE t (a integer)")
there_and_back("a line feed in the name of a column", 'CREATE TABLE t (a integer, "c\nd" integer)', "CREATE TABLE t (a integer)")

there_and_back("a domain that has not the default of the one that it is of",
               "CREATE DOMAIN d AS integer DEFAULT 1; CREATE DOMAIN e AS d; ALTER DOMAIN e DROP DEFAULT; CREATE DOMAIN f AS d",
               "CREATE DOMAIN d AS integer; CREATE DOMAIN e AS d; ALTER DOMAIN d SET DEFAULT 1; CREATE DOMAIN f AS d; ALTER DOMAIN f DROP DEFAULT;"
               "CREATE DOMAIN g AS e; ALTER DOMAIN g DROP DEFAULT")

WHOLE = ("CREATE TABLE p (a integer PRIMARY KEY) PARTITION BY LIST (a); CREATE TABLE q PARTITION OF p FOR VALUES IN (1);"
         "CREATE TABLE r PARTITION OF p DEFAULT PARTITION BY LIST (a); CREATE TABLE c (a integer REFERENCES p%s);")
there_and_back("partitions of a table that a foreign key refers to go", WHOLE % "" + "CREATE TABLE s PARTITION OF p FOR VALUES IN (2);"
               "CREATE TABLE t PARTITION OF r FOR VALUES IN (3)", WHOLE % "")
there_and_back("and come, as the key changes", WHOLE % "", WHOLE % " ON DELETE CASCADE" + "CREATE TABLE t PARTITION OF r FOR VALUES IN (3)")

KEYS = ("CREATE TABLE p (a %s, b %s) PARTITION BY LIST (a); CREATE TABLE q PARTITION OF p FOR VALUES IN ('1') PARTITION BY HASH (b);"
        "CREATE TABLE r PARTITION OF q FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE s (a %s) PARTITION BY LIST (lower(a))")
there_and_back("columns of a partition's key get another type", KEYS % ("integer", "integer", "varchar"), KEYS % ("integer", "bigint", "text"))
there_and_back("and of the whole's", KEYS % ("integer", "integer", "text"), KEYS % ("text", "integer", 'text COLLATE "C"'))

db = postgres(fresh_database("kinds"))
rows(db, "CREATE TABLE t (a text, UNIQUE (a) WITH (fillfactor=70, deduplicate_items=off)) WITH (fillfactor=90, parallel_workers=2);"
     "CREATE VIEW v WITH (security_barrier, check_option=local) AS SELECT a FROM t")
check("options in another order are the same", rows(db, "SELECT * FROM migrate_diff(%s)",
      "CREATE TABLE t (a text, UNIQUE (a) WITH (deduplicate_items=off, fillfactor=70)) WITH (parallel_workers=2, fillfactor=90);"
      "CREATE VIEW v WITH (check_option=local, security_barrier) AS SELECT a FROM t"), [])
db.close()

PARTITIONS = ("CREATE TABLE p (a integer, b integer%s, c text%s) PARTITION BY LIST (a);"
              "CREATE TABLE q PARTITION OF p FOR VALUES IN (1); CREATE TABLE r PARTITION OF p DEFAULT PARTITION BY LIST (a);"
              "CREATE TABLE s PARTITION OF r DEFAULT;")
ONE, TWO = PARTITIONS % (" DEFAULT 1", ""), PARTITIONS % ("", " DEFAULT 'x'")
for n, (a, b) in enumerate((
        (ONE, ONE + "ALTER TABLE q ALTER b SET DEFAULT 2; ALTER TABLE r ALTER c SET DEFAULT 'r'; ALTER TABLE s ALTER b DROP DEFAULT"),
        (ONE + "ALTER TABLE r ALTER b SET DEFAULT 3; ALTER TABLE s ALTER b SET DEFAULT 4",
         ONE + "ALTER TABLE r ALTER b DROP DEFAULT; ALTER TABLE s ALTER b SET DEFAULT 1"),
        (ONE + "ALTER TABLE q ALTER b SET DEFAULT 2; ALTER TABLE s ALTER c SET DEFAULT 's'",
         TWO + "ALTER TABLE q ALTER b SET DEFAULT 2; ALTER TABLE s ALTER c DROP DEFAULT"),
        (ONE + "ALTER TABLE q ALTER b SET DEFAULT 2",
         PARTITIONS.replace("b integer", "b text") % (" DEFAULT 'y'", "") + "ALTER TABLE q ALTER b SET DEFAULT 'z'"),
        (ONE + "ALTER TABLE q ALTER b SET DEFAULT 2",
         ONE.replace("b integer DEFAULT 1,", "") + "ALTER TABLE r ALTER c SET DEFAULT 'r'"),
        (ONE + "ALTER TABLE s ALTER b SET DEFAULT 2", "CREATE TABLE o (x integer)"))):
    there_and_back("defaults of partitions alone, %d" % n, a, b)
    there_and_back("defaults of partitions alone, %d, and the reverse" % n, b, a)
there_and_back("defaults of partitions alone, of a column that gets another name",
               ONE + "ALTER TABLE q ALTER b SET DEFAULT 2; ALTER TABLE s ALTER b DROP DEFAULT",
               ONE.replace("b integer DEFAULT 1", "d integer DEFAULT 5 -- migrate:renamed-from b\n") +
               "ALTER TABLE q ALTER d SET DEFAULT 2; ALTER TABLE s ALTER d SET DEFAULT 9")
there_and_back("defaults of a partition alone that gets another name", ONE + "ALTER TABLE q ALTER b SET DEFAULT 2",
               ONE.replace("q PARTITION OF p FOR VALUES IN (1)", "q1 PARTITION OF p FOR VALUES IN (1) -- migrate:renamed-from q\n")
               + "ALTER TABLE q1 ALTER b DROP DEFAULT")
there_and_back("an index that no partition has", ONE, ONE + "CREATE INDEX i ON ONLY p (b)")
there_and_back("an index that no partition has, and all are to have", ONE + "CREATE INDEX i ON ONLY p (b)", ONE + "CREATE INDEX i ON p (b)")
db = postgres(fresh_database("kinds"))
rows(db, ONE)
check("an index that no partition has: in forms that let others go on",
      rows(db, "SELECT upgrade FROM migrate_diff(%s, online => true)", ONE + "CREATE INDEX i ON ONLY p (b)"),
      [("CREATE INDEX i ON ONLY p (b)",)])
db.close()
db = postgres(fresh_database("kinds"))
rows(db, ONE + "ALTER TABLE q ALTER b SET DEFAULT 2; ALTER TABLE r ALTER c SET DEFAULT 'r'; ALTER TABLE s ALTER b DROP DEFAULT")
check("defaults of partitions alone: their statements", rows(db, "SELECT object, upgrade, downgrade FROM migrate_diff(%s)", ONE), [
    ("default s.b", "ALTER TABLE s ALTER COLUMN b SET DEFAULT 1", "ALTER TABLE s ALTER COLUMN b DROP DEFAULT"),
    ("default r.c", "ALTER TABLE r ALTER COLUMN c DROP DEFAULT", "ALTER TABLE r ALTER COLUMN c SET DEFAULT 'r'::text"),
    ("default q.b", "ALTER TABLE q ALTER COLUMN b SET DEFAULT 1", "ALTER TABLE q ALTER COLUMN b SET DEFAULT 2")])
dump = subprocess.run([os.path.join(os.environ["PGBIN"], "pg_dump"), "-s", "-d", "kinds"], stdout=subprocess.PIPE, text=True,
                      check=True).stdout
check("defaults of partitions alone: as pg_dump has them", rows(db, "SELECT * FROM migrate_diff(%s)", dump), [])
db.close()


def new_in_18():
    """NOT NULL as a constraint, constraints that are not enforced, virtual columns, keys over time."""
    def table(columns, more=""):
        return "CREATE TABLE t (%s);%s" % (columns, more)
    named, plain, late = table("a integer CONSTRAINT n NOT NULL"), table("a integer NOT NULL"), table(
        "a integer", "ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID")
    for name, a, b in (
            ("a NOT NULL with a name", plain, named),
            ("one that is not valid", late, named),
            ("its comment", plain, plain + "COMMENT ON CONSTRAINT t_a_not_null ON t IS 'x'"),
            ("one that is not inherited", named, table("a integer CONSTRAINT n NOT NULL NO INHERIT")),
            ("an identity's", table("a integer"), table("a integer CONSTRAINT n NOT NULL GENERATED ALWAYS AS IDENTITY")),
            ("a domain's", "CREATE DOMAIN d AS text NOT NULL", "CREATE DOMAIN d AS text CONSTRAINT n NOT NULL"),
            ("a column has another name", plain, table("b integer NOT NULL -- migrate:renamed-from a\n")),
            ("a CHECK that is not enforced", table("a integer, CHECK (a > 0)"), table("a integer, CHECK (a > 0) NOT ENFORCED")),
            ("a virtual column", table("a integer, b integer GENERATED ALWAYS AS (a + 1) STORED"),
             table("a bigint, b bigint GENERATED ALWAYS AS (a + 1)")),
            ("keys over time", table("a int4range, b daterange"),
             table("a int4range, b daterange, PRIMARY KEY (a, b WITHOUT OVERLAPS)",
                   "CREATE TABLE u (a int4range, b daterange, FOREIGN KEY (a, PERIOD b) REFERENCES t (a, PERIOD b))"))):
        there_and_back(name, a, b)
        there_and_back(name + ", and the reverse", b, a)
    db = postgres(fresh_database("kinds"))
    rows(db, named + late.replace(" t ", " u "))
    check("a NOT NULL's name is shown", schema(db),
          "CREATE TABLE t (\n\ta integer,\n\tCONSTRAINT n NOT NULL a\n);\n\n"
          "CREATE TABLE u (\n\ta integer\n);\nALTER TABLE u ADD CONSTRAINT n NOT NULL a NOT VALID;\n")
    db.close()


db = postgres(fresh_database("kinds"))
if db.server_version >= 180000:
    new_in_18()
db.close()

# what no property holds is told by name
db = postgres(fresh_database("kinds"))
rows(db, """CREATE TABLE t (a integer, b text); CREATE INDEX i ON t ((a + 1)); CREATE MATERIALIZED VIEW v AS SELECT a FROM t;
    CREATE TABLE p (a integer NOT NULL, b integer) PARTITION BY LIST (a); CREATE TABLE q PARTITION OF p DEFAULT;
    CREATE TABLE h () INHERITS (t)""")
before = schema(db)
odd = """ALTER MATERIALIZED VIEW v ALTER a SET (n_distinct = 5); ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 7;
    ALTER TABLE q ALTER b SET NOT NULL; ALTER TABLE h ALTER a SET DEFAULT 2;
    CREATE ACCESS METHOD m TYPE TABLE HANDLER heap_tableam_handler;
    CREATE TYPE c AS (x integer); CREATE TABLE typed OF c;
    ALTER TABLE p ADD PRIMARY KEY (a); COMMENT ON CONSTRAINT q_pkey ON q IS 'y'"""
rows(db, odd)
check("what is not shown", [line for line in schema(db).split("\n") if "--" in line],
      ["-- not shown: " + line for line in (
          "NOT NULL of column q.b", "access method m",
          "comment of constraint q_pkey on table q (y)", "default of column h.a (2)", "options of column v.a (n_distinct=5)",
          "statistics of column 1 of index i (7)", "type c of table typed")])
check("it is left alone where it is live", rows(db, "SELECT object FROM migrate_diff(%s)", before),
      [("table typed",), ("constraint p.p_pkey",), ("type c",)])
check("and refused where it is desired and is another one",
      error(lambda: rows(db, "SELECT * FROM migrate_diff(%s)", before + "ALTER MATERIALIZED VIEW v ALTER a SET (n_distinct = 6);")).split("\n")[0],
      "cannot compare options of column v.a (n_distinct=6)")
db.close()

# a table of an extension's is not shown, nor are its columns, though others need them
db = postgres(fresh_database("kinds"))
rows(db, "CREATE VIEW v AS SELECT at FROM migrate_log; CREATE TABLE f (v text REFERENCES migrate_version)")
check("what needs an extension's table", rows(db, "SELECT object FROM migrate_diff('')"),
      [("view v",), ("constraint f.f_v_fkey",), ("table f",)])
check("and no more is shown", [line for line in schema(db).split("\n") if line[:1] not in ("", "\t", " ")],
      ["CREATE TABLE f (", ");", "ALTER TABLE f ADD CONSTRAINT f_v_fkey FOREIGN KEY (v) REFERENCES migrate_version(revision);",
       "CREATE VIEW v AS"])
db.close()
db = postgres(fresh_database("kinds"))
rows(db, 'CREATE TABLE "a\nb" (c integer); CREATE TABLE h () INHERITS ("a\nb"); ALTER TABLE h ALTER c SET DEFAULT CASE WHEN true THEN 2 END;'
     'CREATE AGGREGATE "x\ny" (integer) (SFUNC = int4pl, STYPE = integer)')
check("what is not shown, in one line", [line for line in schema(db).split("\n") if "--" in line],
      ["-- not shown: default of column h.c ( CASE     WHEN true THEN 2     ELSE NULL::integer END)",
       '-- not shown: function "x y"(integer)'])
rows(db, "SELECT migrate_revision('x', 'SELECT 1', ''), migrate_upgrade()")
check("which is no drift", rows(db, "SELECT * FROM migrate_drift()"), [])
db.close()
done()
