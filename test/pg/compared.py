"""What is kept of comparisons: never told once it is not true, and in nobody's way."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, error, failure, fresh_database, postgres, rows  # noqa: E402

name = fresh_database("compared")
db = postgres(name)
other = postgres(name)
DESIRED = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TABLE account (id integer PRIMARY KEY, mail text, made date DEFAULT '2026-02-01', how mood);
COMMENT ON TABLE account IS 'who';
"""
rows(db, DESIRED)


def kept(connection=db):
    return rows(connection, "SELECT count(*) FROM migrate_compared")[0][0]


def steps(connection=db, text=None):
    return [r[0] for r in rows(connection, "SELECT upgrade FROM migrate_diff(%s)", text or DESIRED)]


def stamps(connection=db):
    return rows(connection, "SELECT question, state, xmin FROM migrate_compared ORDER BY question")


def asks_again(what, connection=db):
    """It is compared anew: the rows that are kept are others than before."""
    before = stamps(connection)
    check(what + " is asked anew", (steps(connection), stamps(connection) != before), ([], True))


check("nothing is kept at first", kept(), 0)
check("no difference", steps(), [])
check("is kept", kept(), 1)
first = stamps()
check("and answers", (steps(), stamps()), ([], first))
check("migrate_autogenerate(), too",
      (rows(db, "SELECT migrate_autogenerate('x', %s)", DESIRED), stamps()), ([(None,)], first))
rows(db, "SELECT migrate_snapshot()")
check("and migrate_check()", (rows(db, "SELECT migrate_check(%s)", DESIRED)[0][0].split("; ")[1], stamps()),
      ("schema is as desired", first))
check("it is one question with other options",
      (rows(db, "SELECT count(*) FROM migrate_diff(%s, exclude => 'x')", DESIRED), kept()), ([(0,)], 2))

# differences
DIFFERENT = """CREATE TABLE account (id bigint PRIMARY KEY, "mäil:
1:x" text NOT NULL); CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 7';"""


def difference(text, connection=db):
    return rows(connection, "SELECT * FROM migrate_diff(%s)", text)


answer = difference(DIFFERENT)
check("differences, with nulls and hints", (len(answer) > 3, {type(v) for r in answer for v in r}),
      (True, {int, str, bool, type(None)}))
before = stamps()
check("are kept", (kept(), difference(DIFFERENT) == answer, difference(DIFFERENT, other) == answer, stamps() == before),
      (3, True, True, True))
check("and are what migrate_autogenerate() takes",
      (rows(db, "SELECT migrate_autogenerate('x', %s, rev_id => 'ddd')", DIFFERENT), stamps() == before), ([("ddd",)], True))
script = rows(db, "SELECT migrate_script('ddd')")[0][0]
rows(db, "SELECT migrate_remove('ddd')")
rows(db, "DELETE FROM migrate_compared")
rows(db, "SELECT migrate_autogenerate('x', %s, rev_id => 'ddd')", DIFFERENT)
check("as if nothing were kept", rows(db, "SELECT migrate_script('ddd')")[0][0].split("\n", 3)[3], script.split("\n", 3)[3])
rows(db, "SELECT migrate_remove('ddd')")
INDEX = DESIRED + "CREATE INDEX i ON account (mail);"
check("what cannot run in a transaction", rows(db, "SELECT upgrade FROM migrate_diff(%s, online => true)", INDEX),
      [("CREATE INDEX CONCURRENTLY i ON account (mail)",)])
rows(db, "SELECT migrate_autogenerate('x', %s, rev_id => 'ddd', online => true)", INDEX)
check("is marked so", "-- migrate:transaction off\n" in rows(db, "SELECT migrate_script('ddd')")[0][0], True)
rows(db, "SELECT migrate_remove('ddd')")
check("of differences the last are kept", (len(difference("")) > 0, kept(), steps(), kept()), (True, 1, [], 1))
rows(db, "UPDATE migrate_compared SET answer = '3:abc'")
check("what is no answer is not told", steps(), [])
rows(db, "DELETE FROM migrate_compared")
rows(db, "BEGIN")
check("and none in a transaction, for its lock", (len(difference("")) > 0, kept()), (True, 0))
rows(db, "ROLLBACK")
check("no difference is kept", (steps(), kept()), ([], 1))

# what is no change of the live schema
rows(other, "INSERT INTO account VALUES (1, 'x')")
rows(other, "ANALYZE account")
rows(other, "CREATE TEMP TABLE t (a serial)")
rows(other, "BEGIN")
rows(other, "ALTER TABLE account ADD COLUMN more integer")
rows(other, "ROLLBACK")
rows(other, "SET application_name = 'another one'")
before = stamps()
check("rows, statistics, temporary tables, what was rolled back, a client's name: still known",
      (steps(), steps(other), stamps()), ([], [], before))

rows(other, "DELETE FROM migrate_compared")
IN_T = DESIRED + "CREATE VIEW of_t AS SELECT * FROM t;"
check("a session with temporary tables keeps nothing", (steps(other), kept()), ([], 0))
check("for they are in its answer", (steps(other, IN_T), error(lambda: steps(db, IN_T)).split("\n")[0]),
      ([], 'relation "t" does not exist'))
check("it is told what others have kept", (steps(), kept(), steps(other)), ([], 1, []))

# a change, of each kind, by another session; and back
for change, back, told in (
        ("CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 2'",
         "CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
         "CREATE OR REPLACE FUNCTION f()"),
        ("COMMENT ON TABLE account IS 'whom'", "COMMENT ON TABLE account IS 'who'",
         "COMMENT ON TABLE account IS 'who'"),
        ("ALTER TABLE account ALTER mail SET NOT NULL", "ALTER TABLE account ALTER mail DROP NOT NULL",
         "ALTER TABLE account ALTER COLUMN mail DROP NOT NULL"),
        ("ALTER TABLE account ENABLE ROW LEVEL SECURITY", "ALTER TABLE account DISABLE ROW LEVEL SECURITY",
         "ALTER TABLE account DISABLE ROW LEVEL SECURITY"),
        ("CREATE VIEW v AS SELECT 1", "DROP VIEW v", "DROP VIEW v"),
        ("CREATE INDEX i ON account (mail)", "DROP INDEX i", "DROP INDEX i")):
    rows(other, change)
    got = steps()
    check(change.split(" AS ")[0] + " is seen", (len(got), got[0].startswith(told)), (1, True))
    rows(other, back)
    check("and that it is taken back", steps(), [])
rows(other, "ALTER TYPE mood ADD VALUE 'none'")
check("a value of an enumeration is seen", len(steps()) > 0, True)
WITH_NONE = DESIRED.replace("'bad'", "'bad', 'none'")
check("and is as desired then", steps(db, WITH_NONE), [])
DESIRED = WITH_NONE

# a change in the same transaction, and taken back
steps()
before = stamps()
rows(db, "BEGIN")
rows(db, "ALTER TABLE account ADD COLUMN more integer")
check("a change of one's own is seen", steps(), ["ALTER TABLE account DROP COLUMN more"])
rows(db, "SAVEPOINT s")
rows(db, "ALTER TABLE account DROP COLUMN more")
check("taken back it is as desired", steps(), [])
check("and kept", stamps() != before, True)
rows(db, "ROLLBACK TO s")
check("until that is rolled back", steps(), ["ALTER TABLE account DROP COLUMN more"])
rows(db, "ROLLBACK")
check("with all, what was known is known again", (stamps(), steps(), stamps()), (before, [], before))

# who asks, and how
rows(db, "SET search_path = public")
asks_again("another search_path")
rows(db, "RESET search_path")
steps()
rows(db, "SET DateStyle = 'German'")
rows(db, "SET check_function_bodies = off")
asks_again("other settings")
rows(db, "RESET ALL")
AMBIGUOUS = DESIRED.replace("2026-02-01", "01/02/2026")
rows(db, "SET DateStyle = 'ISO, DMY'")
check("a date that is as desired with one setting", steps(db, AMBIGUOUS), [])
rows(db, "SET DateStyle = 'ISO, MDY'")
check("is not with another one", steps(db, AMBIGUOUS),
      ["ALTER TABLE account ALTER COLUMN made SET DEFAULT '2026-01-02'::date"])
rows(db, "RESET DateStyle")
rows(db, "CREATE TABLE daily (a date DEFAULT 'today')")
DAILY = DESIRED + "CREATE TABLE daily (a date DEFAULT 'today');"
before = stamps()
check("a text that is another one tomorrow is not kept", (steps(db, DAILY), stamps()), ([], before))
rows(db, "DROP TABLE daily")

# roles
rows(db, "DROP ROLE IF EXISTS compared_none, compared_some")
rows(db, "CREATE ROLE compared_none")
rows(db, "CREATE ROLE compared_some")
rows(db, "GRANT CREATE ON DATABASE compared TO compared_none, compared_some")
steps()
before = stamps()
rows(db, "SET ROLE compared_none")
OWN = "CREATE EXTENSION IF NOT EXISTS pg_trgm;"
check("a role without rights on the table compares, and is told what is its own to alter",
      steps(db, OWN), [])
rows(db, "RESET ROLE")
check("it has kept nothing", stamps(), before)
rows(db, "GRANT SELECT, INSERT, DELETE ON migrate_compared TO compared_some")
rows(db, "SET ROLE compared_some")
check("one with them keeps", (steps(db, OWN), stamps(db) != before), ([], True))
rows(db, "RESET ROLE")
check("what it has kept is no answer to another one",
      steps(db, OWN)[-1], "DROP TYPE mood")
rows(db, "DROP OWNED BY compared_none, compared_some")
rows(db, "DROP ROLE compared_none, compared_some")

# transactions
steps()
rows(db, "SELECT migrate_snapshot()")
rows(db, "CREATE SCHEMA mine")  # another state
rows(db, "BEGIN ISOLATION LEVEL REPEATABLE READ")
before = stamps()
check("an older snapshot writes nothing", (len(steps()), stamps()), (1, before))
rows(db, "ROLLBACK")
rows(db, "DROP SCHEMA mine")
for level in ("REPEATABLE READ", "SERIALIZABLE"):
    rows(db, "DELETE FROM migrate_compared")
    rows(db, "BEGIN ISOLATION LEVEL " + level)
    check(level + " compares and keeps nothing", (steps(), kept()), ([], 0))
    rows(db, "ROLLBACK")
steps()
rows(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
check("what is known is told in a read-only transaction", steps(), [])
rows(db, "ROLLBACK")
rows(db, "DELETE FROM migrate_compared")
rows(db, "BEGIN READ ONLY")
check("what is not cannot be found out there", error(steps).split("\n")[0],
      "cannot compare schemas in a read-only transaction")
rows(db, "ROLLBACK")

# two at once
rows(db, "BEGIN")
steps()
rows(other, "SET lock_timeout = '2s'")
check("another session compares meanwhile, waits for nothing and keeps nothing",
      (steps(other), kept(other)), ([], 0))
rows(db, "COMMIT")
check("what the first one has kept answers both", (kept(other), steps(other), kept(other)), (1, [], 1))

# what moves the catalogs' rows
for what in ("VACUUM FULL pg_class", "VACUUM FULL account", "REINDEX TABLE account", "VACUUM FREEZE pg_attribute"):
    rows(db, what)
    check(what + " costs time at most", (steps(), kept()), ([], 1))
rows(other, "ALTER EXTENSION migrate DROP FUNCTION migrate_version()")
check("an extension has lost a member: that is seen", steps(), [None, "DROP FUNCTION migrate_version()"])
rows(other, "ALTER EXTENSION migrate ADD FUNCTION migrate_version()")

# copies of the database: a dump does not have it, a template's does and it is not believed
steps()
check("before the copies", kept(), 1)
dump = subprocess.run([os.path.join(os.environ["PGBIN"], "pg_dump"), name], stdout=subprocess.PIPE, text=True)
check("a dump has no rows of the table", "COPY public.migrate_compared" in dump.stdout, False)
db.close()
other.close()
admin = postgres()
rows(admin, "DROP DATABASE IF EXISTS compared_copy")
rows(admin, "CREATE DATABASE compared_copy TEMPLATE compared")
copy = postgres("compared_copy")
asks_again("a copy by template", copy)
copy.close()
rows(admin, "DROP DATABASE compared_copy")
done()
