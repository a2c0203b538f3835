"""An enumeration gets values: they are added where nothing of the same revision uses one, which would fail in one
transaction; else the type is made anew, with all columns that have it.  There and back, with rows.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, error, fresh_database, postgres, rows  # noqa: E402

LIVE = """CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (m mood DEFAULT 'ok', said text DEFAULT 'glad');
INSERT INTO t VALUES ('sad', 'glad');"""
WANTED = """CREATE TYPE mood AS ENUM ('sad', 'so, so', 'ok', 'glad');
CREATE TABLE t (m mood DEFAULT 'ok', said text DEFAULT 'glad');"""
ADDED = ["ALTER TYPE mood ADD VALUE 'so, so' AFTER 'sad'", "ALTER TYPE mood ADD VALUE 'glad' AFTER 'ok'"]


def steps(more, wanted=WANTED):
    """What is done to the type; then all of it there and back."""
    db = postgres(fresh_database("enums"))
    rows(db, LIVE)
    before = rows(db, "SELECT migrate_schema()")
    rows(db, "SELECT migrate_autogenerate('values', %s)", wanted + more)
    upgrade = [r[0] for r in rows(db, "SELECT upgrade FROM migrate_diff(%s) WHERE object IN ('enum mood', 'type mood')",
                                  wanted + more)]
    found = [error(lambda: rows(db, "SELECT migrate_upgrade()")), rows(db, "SELECT m::text, said FROM t"),
             rows(db, "SELECT object FROM migrate_diff(%s)", wanted + more),
             error(lambda: rows(db, "SELECT migrate_downgrade('base')")), rows(db, "SELECT m::text, said FROM t"),
             rows(db, "SELECT migrate_schema()") == before]
    db.close()
    if found != ["no error", [("sad", "glad")], [], "no error", [("sad", "glad")], True]:
        return found
    return "\n".join(filter(None, upgrade)).split(";\n")


check("nothing else changes", steps(""), ADDED)
check("what is new has the type", steps("CREATE TABLE u (m mood DEFAULT 'sad', CHECK (m <> 'ok')); CREATE VIEW v AS SELECT m FROM t;"
                                        "CREATE FUNCTION f(mood) RETURNS mood LANGUAGE sql AS 'SELECT $1';"), ADDED)
for what, more in (
        ("a default", "CREATE TABLE u (m mood DEFAULT 'glad');"),
        ("a CHECK", "ALTER TABLE t ADD CHECK (m <> 'so, so');"),
        ("a view", "CREATE VIEW v AS SELECT * FROM t WHERE m = 'glad';"),
        ("the body of a function", "CREATE FUNCTION f() RETURNS mood LANGUAGE sql AS $$ SELECT 'glad'::mood $$;"),
        ("rows, in a materialized view", "CREATE MATERIALIZED VIEW v AS SELECT said::mood FROM t;")):
    check("%s of the same revision uses a value" % what, any("ADD VALUE" in s for s in steps(more)), False)
check("rows of a column that gets the type use a value",
      any("ADD VALUE" in s for s in steps("", WANTED.replace("said text DEFAULT 'glad'", "said mood DEFAULT 'ok'"))), False)

# the same where the type is an attribute's
db = postgres(fresh_database("enums"))
HELD = "CREATE TYPE mood AS ENUM ('sad'%s); CREATE TYPE held AS (m mood); CREATE TABLE t (h %s);"
rows(db, HELD % ("", "text") + "INSERT INTO t VALUES ('(glad)')")
rows(db, "SELECT migrate_autogenerate('held', %s)", HELD % (", 'glad'", "held"))
check("rows of a column that gets a composite type use a value",
      (error(lambda: rows(db, "SELECT migrate_upgrade()")), rows(db, "SELECT h::text FROM t")), ("no error", [("(glad)",)]))
db.close()

# statement by statement it can be used; and a partition's key could not get a type that is made anew
db = postgres(fresh_database("enums"))
rows(db, "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (m mood) PARTITION BY LIST (m);"
         "CREATE TABLE sad PARTITION OF t FOR VALUES IN ('sad'); INSERT INTO t VALUES ('sad')")
ANEW = ("CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TABLE t (m mood) PARTITION BY LIST (m);"
        "CREATE TABLE sad PARTITION OF t FOR VALUES IN ('sad'); CREATE TABLE glad PARTITION OF t FOR VALUES IN ('glad');")
check("a hint says so",
      rows(db, "SELECT upgrade, hint FROM migrate_diff(%s) WHERE hint IS NOT NULL", ANEW),
      [('ALTER TYPE mood RENAME TO "mood (old)"',
        "Its new values are used in the same revision. With online => true they are added, and no table is rewritten.")])
rows(db, "SELECT migrate_autogenerate('online', %s, online => true, rev_id => 'a1')", ANEW)
check("online a partition of a new value comes behind it",
      rows(db, "SELECT migrate_script('a1')")[0][0].split("-- migrate:downgrade")[0].split("\n")[3:],
      ["-- migrate:transaction off", "", "-- migrate:upgrade", "ALTER TYPE mood ADD VALUE 'glad' AFTER 'sad';",
       "CREATE TABLE glad PARTITION OF t FOR VALUES IN ('glad');", "", ""])
rows(db, "CALL migrate_upgrade_autocommit()")
check("and holds rows", rows(db, "INSERT INTO t VALUES ('glad') RETURNING tableoid::regclass::text"), [("glad",)])
db.close()
done()
