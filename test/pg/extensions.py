"""Extensions beside a desired schema: what they have is there as it is live, and they may move."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, error, fresh_database, postgres, rows  # noqa: E402

import psycopg2  # noqa: E402

# of all kinds, in two schemas of which one is its own, and not to be moved
SPREAD = """CREATE SCHEMA job;
CREATE TABLE job.job (id integer PRIMARY KEY, at timestamptz);
CREATE INDEX job_at ON job.job (at);
COMMENT ON INDEX job.job_at IS 'x';
CREATE TYPE job.kind AS ENUM ('a');
CREATE TYPE pair AS (a integer, b job.kind);
CREATE TYPE span AS RANGE (SUBTYPE = float8);
CREATE DOMAIN mail AS text CHECK (VALUE <> '');
CREATE VIEW jobs AS SELECT * FROM job.job;
CREATE FUNCTION job.plus(a pair, b pair) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE OPERATOR job.+ (FUNCTION = job.plus, LEFTARG = pair, RIGHTARG = pair);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE INSERT ON job.job FOR EACH ROW EXECUTE FUNCTION touch();
CREATE SEQUENCE counter;
CREATE COLLATION bytes (LOCALE = 'C');
CREATE TEXT SEARCH CONFIGURATION words (COPY = english);
CREATE AGGREGATE total (integer) (SFUNC = int4pl, STYPE = integer);
CREATE CAST (text AS pair) WITH INOUT;
CREATE OPERATOR FAMILY family USING btree;
CREATE STATISTICS many ON id, at FROM job.job;
"""
USES = """CREATE TABLE t (a pair, b pair[], k job.kind DEFAULT 'a', s span, m mail, r integer REFERENCES job.job,
    c citext, x integer DEFAULT nextval('counter'), z text COLLATE bytes);
CREATE VIEW v AS SELECT count(*) AS n FROM jobs;
CREATE FUNCTION q(p pair) RETURNS job.kind LANGUAGE sql AS 'SELECT $1.b';
"""
folder = subprocess.run([os.path.join(os.environ["PGBIN"], "pg_config"), "--sharedir"], stdout=subprocess.PIPE,
                        text=True, check=True).stdout.strip() + "/extension/"
with open(folder + "spread.control", "w") as f:
    f.write("default_version = '1'\nrelocatable = false\n")
with open(folder + "spread--1.sql", "w") as f:
    f.write(SPREAD)

name = fresh_database("extensions")
db = postgres(name)
other = postgres(name)


def schema():
    return rows(db, "SELECT migrate_schema()")[0][0]


def steps(text):
    return rows(db, "SELECT object, upgrade, downgrade FROM migrate_diff(%s)", text)


# ---- what an extension has ----

rows(db, "CREATE EXTENSION spread")
check("nothing of it is shown", schema(), "CREATE EXTENSION IF NOT EXISTS spread;\n")
rows(db, "CREATE EXTENSION citext")
rows(db, USES)
printed = schema()
check("what uses it is the same as is printed", steps(printed), [])
check("and as is written", steps(USES), [])
rows(db, "BEGIN")
rows(db, "SELECT count(*) FROM migrate_diff(%s)", USES + "CREATE TABLE u (LIKE t);")
rows(other, "SET lock_timeout = '2s'")
rows(other, "ALTER TABLE job.job ALTER at SET STATISTICS 7")
rows(db, "SELECT * FROM job.job, jobs")
rows(db, "ROLLBACK")
check("others alter its tables", rows(db, "SELECT attstattarget FROM pg_attribute WHERE attname = 'at' "
                                          "AND attrelid = 'job.job'::regclass"), [(7,)])
check("it is where it was", rows(db, "SELECT extname, extnamespace::regnamespace::text FROM pg_extension "
                                     "WHERE extname IN ('citext', 'spread')"),
      [("spread", "public"), ("citext", "public")])

# ---- another role than its owner ----

rows(db, "DROP ROLE IF EXISTS extensions_app; CREATE ROLE extensions_app LOGIN;"
         "GRANT CREATE ON DATABASE extensions TO extensions_app; ALTER SCHEMA public OWNER TO extensions_app;"
         "GRANT USAGE ON SCHEMA job TO extensions_app; GRANT SELECT, REFERENCES ON job.job TO extensions_app;"
         "GRANT USAGE ON SEQUENCE counter TO extensions_app; GRANT SELECT ON jobs TO extensions_app;"
         "ALTER TABLE t OWNER TO extensions_app; ALTER VIEW v OWNER TO extensions_app;"
         "ALTER FUNCTION q OWNER TO extensions_app; GRANT SELECT ON migrate_revision TO extensions_app")
app = psycopg2.connect(dbname=name, user="extensions_app")
app.autocommit = True
check("whose schema an extension of somebody else's is in", rows(
    app, "SELECT * FROM migrate_diff(migrate_schema() || %s)", "CREATE EXTENSION citext SCHEMA public"), [])
check("it is not that one's to move", error(lambda: rows(
    app, "SELECT * FROM migrate_diff('CREATE SCHEMA e; CREATE EXTENSION citext SCHEMA e')")),
    'must be owner of extension citext\nCONTEXT:  SQL statement "ALTER EXTENSION citext SET SCHEMA e"\n'
    "desired schema, statement 2, line 1")
check("nor is one that only superusers make", error(lambda: rows(
    app, "SELECT * FROM migrate_diff('CREATE EXTENSION pageinspect')")).split("\n")[0],
    'permission denied to create extension "pageinspect"')
app.close()
rows(db, "ALTER SCHEMA public OWNER TO postgres; REASSIGN OWNED BY extensions_app TO postgres;"
         "DROP OWNED BY extensions_app; DROP ROLE extensions_app")

# ---- one that cannot be moved ----

away = postgres(fresh_database("extensions_away"))
rows(away, "CREATE SCHEMA away; CREATE EXTENSION spread SCHEMA away; CREATE TABLE t (a away.pair)")
printed = rows(away, "SELECT migrate_schema()")[0][0]
check("its schema is printed", printed.split("\n")[0:4:2], [
    "CREATE SCHEMA IF NOT EXISTS away;", "CREATE EXTENSION IF NOT EXISTS spread WITH SCHEMA away;"])
check("and is the same", rows(away, "SELECT * FROM migrate_diff(%s)", printed), [])
check("it stays where the text has no schema", rows(away, "SELECT * FROM migrate_diff(%s)", printed.replace(
    " WITH SCHEMA away", "")), [])
check("and does not move", error(lambda: rows(
    away, "SELECT * FROM migrate_diff('CREATE SCHEMA b; CREATE EXTENSION spread SCHEMA b')")),
      'extension "spread" does not support SET SCHEMA\nCONTEXT:  SQL statement "ALTER EXTENSION spread SET SCHEMA b"\n'
      "desired schema, statement 2, line 1")
away.close()

# ---- one that moves ----

before = schema()
MOVED = ("CREATE SCHEMA e; CREATE EXTENSION citext SCHEMA e; CREATE EXTENSION IF NOT EXISTS migrate WITH SCHEMA public;"
         + USES.replace("citext", "e.citext") + "CREATE TABLE n (c e.citext DEFAULT 'x');"
         "CREATE FUNCTION f(c e.citext) RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE EXTENSION hstore SCHEMA e;")
check("what uses it has its old name until all is done", steps(MOVED), [
    ("schema e", "CREATE SCHEMA IF NOT EXISTS e", "DROP SCHEMA e"),
    ("extension hstore", "CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA e", "DROP EXTENSION hstore"),
    ("table n", "CREATE TABLE n (\n\tc citext DEFAULT 'x'::citext\n)", None),
    ("function f(citext)", "CREATE OR REPLACE FUNCTION f(c citext)\n RETURNS integer\n LANGUAGE sql\n"
                           "AS $function$SELECT 1$function$", "DROP FUNCTION f(citext)"),
    ("extension citext", "ALTER EXTENSION citext SET SCHEMA e", "ALTER EXTENSION citext SET SCHEMA public"),
    ("table n", None, "DROP TABLE n")])
rows(db, "SELECT migrate_autogenerate('move', %s)", MOVED)
rows(db, "SELECT migrate_upgrade()")
check("then nothing differs", steps(MOVED), [])
check("nor from what is printed", steps(schema()), [])
rows(db, "ALTER EXTENSION citext SET SCHEMA public")
check("it is drift when it is moved by hand", rows(db, "SELECT object, change, undo FROM migrate_drift()"),
      [("extension citext", "changed", "ALTER EXTENSION citext SET SCHEMA e")])
rows(db, "ALTER EXTENSION citext SET SCHEMA e")
rows(db, "SELECT migrate_downgrade('base')")
check("and back", schema(), before)
check("one that cannot be moved", error(lambda: steps("CREATE SCHEMA e; CREATE EXTENSION spread SCHEMA e")),
      'extension "spread" does not support SET SCHEMA\nCONTEXT:  SQL statement "ALTER EXTENSION spread SET SCHEMA e"\n'
      "desired schema, statement 2, line 1")
check("a schema that is not there", error(lambda: steps("CREATE EXTENSION citext SCHEMA e")),
      'schema "e" does not exist\nCONTEXT:  desired schema, statement 1, line 1')
other.close()
db.close()
for file in ("spread.control", "spread--1.sql"):
    os.remove(folder + file)
done()
