"""What an application, its user or a revision can do to a run, and what it then says and keeps."""
import threading

from tap import check, done, error, scalar, scratch, sqlite


def script(identifier, upgrade, parent=None):
    revises = "-- migrate:revises %s\n" % parent if parent else ""
    return ("-- migrate:revision %s\n%s-- migrate:upgrade\n%s\n-- migrate:downgrade\n"
            % (identifier, revises, upgrade))


def database(*scripts):
    db = sqlite(scratch("hostile.db"))
    db.execute("CREATE TABLE own (x)")
    for text in scripts:
        scalar(db, "SELECT migrate_add(?)", text)
    return db


def tables(db):
    return [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND "
                                         "name NOT LIKE 'migrate%' ORDER BY 1")]


def upgrade(db):
    return error(lambda: scalar(db, "SELECT migrate_upgrade('head')"))


# sqlite3_interrupt(): it lets nothing run any more until the statement that calls us has ended
ENDLESS = ("WITH RECURSIVE c (n) AS (SELECT stop() UNION ALL SELECT n FROM c) "
           "SELECT count(*) FROM c")
PLACE = "\nCONTEXT:  revision a1, upgrade, statement 2, line 4"


def interrupted(sql, in_transaction):
    db = database(script("a1", "CREATE TABLE half (x);\n" + sql + ";"))
    db.create_function("stop", 0, db.interrupt)
    if in_transaction:
        db.execute("BEGIN")
        db.execute("INSERT INTO own VALUES (1)")
    return upgrade(db), db.in_transaction, tables(db)


check("an interrupt while a query runs", interrupted(ENDLESS, False),
      ("interrupted" + PLACE + "\nIt rolled back the whole transaction.", False, ["own"]))
check("and in the application's transaction", interrupted(ENDLESS, True),
      ("interrupted" + PLACE +
       "\nIt rolled back the whole transaction, the caller's part included.", False, ["own"]))
check("an interrupt while rows are written", interrupted("INSERT INTO half " + ENDLESS, False),
      ("interrupted\nDETAIL:  It rolled back the whole transaction." + PLACE, False, ["own"]))
check("and in the application's transaction", interrupted("INSERT INTO half " + ENDLESS, True),
      ("interrupted\nDETAIL:  It rolled back the whole transaction, the caller's part included." +
       PLACE, False, ["own"]))

# the desired schema is run in a database of its own, which the interrupt must reach, too
db = database()
threading.Timer(0.3, db.interrupt).start()
check("an interrupt while a desired schema is run",
      error(lambda: scalar(db, "SELECT count(*) FROM migrate_diff(?)", "CREATE TABLE t AS WITH RECURSIVE c (n) AS "
                           "(SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c")),
      "interrupted\nCONTEXT:  desired schema, statement 1, line 1")

# and wherever a revision is interrupted, what ALTER TABLE is made of included
ALTERS = """PRAGMA user_version = 5;
CREATE TABLE new (a);
ALTER TABLE p ADD COLUMN z int NOT NULL DEFAULT 5, ALTER COLUMN y SET NOT NULL;
ALTER TABLE c ADD CONSTRAINT k CHECK (x > 0);
ALTER TABLE p DROP COLUMN y;
DROP TABLE new;"""


def interrupt_at(moment):
    """What is left of a run that is interrupted so many times 50 instructions after its begin."""
    db = database(script("a1", ALTERS))
    db.executescript("CREATE TABLE p (id integer PRIMARY KEY, y text); INSERT INTO p VALUES (1, 'y');"
                     "CREATE TABLE c (x integer REFERENCES p); INSERT INTO c VALUES (1);"
                     "PRAGMA user_version = 3; PRAGMA foreign_keys = on")
    calls = iter(range(1000000))
    db.set_progress_handler(lambda: db.interrupt() if next(calls) == moment else None, 50)
    message = upgrade(db)
    db.set_progress_handler(None, 0)
    return message, (db.in_transaction, scalar(db, "PRAGMA user_version"), ",".join(tables(db)),
                     scalar(db, "SELECT migrate_status()"), scalar(db, "PRAGMA foreign_keys"))


left = set()
for moment in range(0, 10000, 3):
    message, state = interrupt_at(moment)
    if message == "no error":
        break
    left.add(state)
check("an interrupt at any moment", left,
      {(False, 3, "c,own,p", "1 of 1 revisions pending, current <base>", 1)})

# somebody else's objects with our names
FOREIGN = ("\nHINT:  The tables migrate_revision, migrate_version and migrate_log are this "
           "library's: give another name to what has one of theirs.")


def foreign(sql):
    db = database()
    db.execute(sql)
    return (error(lambda: scalar(db, "SELECT migrate_add(?)", script("a1", ""))),
            error(lambda: scalar(db, "SELECT migrate_upgrade('head')")))


check("a table migrate_revision with other columns", foreign("CREATE TABLE migrate_revision (x)"),
      ("no such column: revision" + FOREIGN, "no error"))
check("an index with the name", foreign("CREATE INDEX migrate_version ON own (x)"),
      ("there is already an index named migrate_version" + FOREIGN, "no error"))
check("a log with other columns", foreign("CREATE TABLE migrate_log (x)"),
      ("no error", "no such column: l.revision" + FOREIGN))
check("temporary tables with the names are not ours",
      foreign("CREATE TEMP TABLE migrate_revision (x)"), ("no error", "no error"))

db = database(script("a1", ""))
db.execute("PRAGMA query_only = on")
check("PRAGMA query_only", upgrade(db), "cannot run migrations while PRAGMA query_only is on\n"
      "HINT:  Set PRAGMA query_only = off.")

# a revision, or a trigger, that changes the tables behind the run's back
CHANGED = ("revisions or version rows are not as the run has left them\n"
           "DETAIL:  %s\n"
           "HINT:  A revision or a trigger changes migrate_revision or migrate_version: "
           "take that out.")


def changed(sql):
    db = database(script("a1", sql))
    return upgrade(db), tables(db), scalar(db, "SELECT migrate_status()")


NOTHING = (["own"], "1 of 1 revisions pending, current <base>")
check("a revision that adds a version row",
      changed("INSERT INTO migrate_version VALUES ('zzz', 'now');"),
      (CHANGED % 'The version rows are "a1", "zzz"; they should be "a1".', *NOTHING))
check("a revision that deletes the revisions", changed("DELETE FROM migrate_revision;"),
      (CHANGED % "There are 0 revisions; there were 1.", *NOTHING))
check("a trigger that removes version rows",
      changed("CREATE TRIGGER t AFTER INSERT ON migrate_version BEGIN DELETE FROM migrate_version; "
              "END;"), (CHANGED % 'The version rows are none; they should be "a1".', *NOTHING))

# an option that is given twice, in SQLite's pairs of name and value
db = database()
check("an option given twice", error(lambda: scalar(
    db, "SELECT migrate_revision('m', '', '', 'rev_id', 'x1', 'label', 'l', 'rev_id', 'x2')")),
      'argument "rev_id" is given twice')

# a script that another encoding would not give back as it is
path = scratch("0001_latin.sql")
with open(path, "wb") as file:
    file.write("-- \u00e9 is well\nSELECT 1;\n".encode() + b"SELECT '\xe9';\n")
db = sqlite(scratch("utf16.db"))
db.execute("PRAGMA encoding = 'UTF-16'")
check("a file that is not UTF-8", error(lambda: scalar(db, "SELECT migrate_load(?)", path)),
      "script is not UTF-8 text\nDETAIL:  Byte 0xe9 on line 3 is no part of it.\n"
      "HINT:  Write the script as UTF-8 text.\nCONTEXT:  file \"%s\"" % path)
db = sqlite(scratch("utf8.db"))
check("a bundle that is not UTF-8", [error(lambda: scalar(
    db, "SELECT migrate_add(CAST(x'%s' AS TEXT))" % text.hex())).split("\n")[1:2] for text in (
        b"-- \xc0\x80", b"-- \xed\xa0\x80", b"\n\xf4\x90\x80\x80", b"-- \xe2\x82", b"\x80")],
      [["DETAIL:  Byte 0x%s on line %d is no part of it." % byte] for byte in (
          ("c0", 1), ("ed", 1), ("f4", 2), ("e2", 1), ("80", 1))])
check("UTF-8 of all lengths", error(lambda: scalar(
    db, "SELECT migrate_add(?)", script("u1", "-- a \u00e9 \u20ac \U0001f600"))), "no error")

db = sqlite(scratch("writable.db"))
db.execute("PRAGMA writable_schema = ON")
db.execute("CREATE TABLE t (a)")
scalar(db, "SELECT migrate_alter('ALTER TABLE t ALTER a SET NOT NULL')")
check("the application may write to the schema as before", scalar(db, "PRAGMA writable_schema"), 1)

# in a rollback journal, readers keep a COMMIT waiting
path = scratch("busy.db")
db = sqlite(path, timeout=0.1)
scalar(db, "SELECT migrate_add(?)", script("a1", ""))
other = sqlite(path)
reader = other.execute("SELECT * FROM migrate_revision, (VALUES (1), (2))")
reader.fetchone()
check("a reader that does not end", upgrade(db),
      "database is locked\nHINT:  Another connection is using the database: call again, or set "
      "PRAGMA busy_timeout so that the call waits; in a transaction, begin it with "
      "BEGIN IMMEDIATE.")
check("nothing of the run stays", (db.in_transaction, scalar(db, "SELECT migrate_status()")),
      (False, "1 of 1 revisions pending, current <base>"))

done()
