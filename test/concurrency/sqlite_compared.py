"""What is kept of comparisons in SQLite: never told once it is not true, never waited for."""
import os
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, db_config, done, error, scalar, scratch, sqlite  # noqa: E402

DESIRED = "CREATE TABLE account (id integer PRIMARY KEY, mail text DEFAULT 'x'); CREATE INDEX i ON account (mail);"
path = scratch("compared.db")
db = sqlite(path, timeout=20)


def steps(connection=None, text=DESIRED):
    return [r[0] for r in (connection or db).execute("SELECT upgrade FROM migrate_diff(?)", (text,))]


def kept(connection=None):
    return (connection or db).execute("SELECT question, state FROM migrate_compared ORDER BY 1").fetchall()


db.executescript(DESIRED)
check("no difference in a database that has no tables of ours", steps(), [])
check("where nothing is kept", scalar(db, "SELECT count(*) FROM sqlite_master WHERE name LIKE 'migrate%'"), 0)
scalar(db, "SELECT migrate_stamp('base')")
scalar(db, "SELECT migrate_snapshot()")
check("once there are", (steps(), len(kept())), ([], 1))
first = kept()
check("it answers", (steps(), kept()), ([], first))
check("and migrate_autogenerate()", (scalar(db, "SELECT migrate_autogenerate('x', ?)", DESIRED), kept()),
      (None, first))
check("and migrate_check()", (scalar(db, "SELECT migrate_check(?)", DESIRED).split("; ")[-1], kept()),
      ("schema is as desired", first))
check("other options are another question",
      (scalar(db, "SELECT count(*) FROM migrate_diff(?, 'account')", DESIRED), len(kept())), (0, 2))

# changes
other = sqlite(path, timeout=20)
other.execute("INSERT INTO account VALUES (1, 'x')")
check("rows are no change", (steps(), len(kept())), ([], 2))
other.execute("DROP INDEX i")
check("another session's change is seen", steps(), ["CREATE INDEX i ON account (mail)"])
other.execute("CREATE INDEX i ON account (mail)")
check("as is that it is taken back", (steps(), len(kept())), ([], 1))
db.execute("BEGIN")
db.execute("ALTER TABLE account ADD COLUMN more")
check("a change in a transaction is seen", steps(), ["ALTER TABLE account DROP COLUMN more"])
db.execute("ROLLBACK")
check("and that it is rolled back", steps(), [])

# differences
DIFFERENT = """CREATE TABLE account (id integer PRIMARY KEY, "mäil:
1:x" text NOT NULL DEFAULT ''); CREATE VIEW v AS SELECT 'it''s' AS a;"""


def difference(text, connection=db):
    return connection.execute("SELECT * FROM migrate_diff(?)", (text,)).fetchall()


answer = difference(DIFFERENT)
check("differences, with nulls and hints", (len(answer) > 2, {type(v) for r in answer for v in r}),
      (True, {int, str, type(None)}))
check("are kept", (len(kept()), difference(DIFFERENT) == answer, difference(DIFFERENT, other) == answer), (2, True, True))
db.execute("UPDATE migrate_compared SET answer = replace(answer, 'mail', 'MAIL')")
check("and told from there", difference(DIFFERENT) == [tuple(
    v.replace("mail", "MAIL") if isinstance(v, str) else v for v in r) for r in answer], True)
check("of differences the last are kept", (len(difference("")) > 0, len(kept()), steps(), len(kept())), (True, 2, [], 2))
db.execute("UPDATE migrate_compared SET answer = '3:abc'")
check("what is no answer is not told", steps(), [])
for name, verdict in (("hidden", sqlite3.SQLITE_IGNORE), ("denied", sqlite3.SQLITE_DENY)):
    difference(DIFFERENT)
    db.set_authorizer(lambda action, table, column, *rest: verdict if (action, table, column) == (
        sqlite3.SQLITE_READ, "migrate_compared", "answer") else sqlite3.SQLITE_OK)
    found = db.execute("SELECT *, %r FROM migrate_diff(?)" % name, (DIFFERENT,)).fetchall()
    db.set_authorizer(None)
    check("an answer that is %s is found anew" % name, [row[:-1] for row in found] == answer, True)
db.execute("DELETE FROM migrate_compared")
db.execute("INSERT INTO account VALUES (7777, 'rowid')")
check("what the application has inserted last stays so", (steps(), len(kept()), scalar(db, "SELECT last_insert_rowid()")), ([], 1, 7777))
db.execute("DELETE FROM account WHERE id = 7777")

# in nobody's way
db.execute("DELETE FROM migrate_compared")
db.execute("BEGIN")
scalar(db, "SELECT count(*) FROM account")
check("a transaction that reads is not made a writer", (steps(), kept()), ([], []))
db.execute("COMMIT")
other.execute("INSERT INTO account VALUES (2, 'y')")
for mode in ("DELETE", "WAL"):
    scalar(db, "PRAGMA journal_mode = " + mode)
    db.execute("DELETE FROM migrate_compared")
    other.execute("BEGIN IMMEDIATE")
    start = time.monotonic()
    check(mode + ": another writer is not waited for", (steps(), time.monotonic() - start < 10), ([], True))
    other.execute("COMMIT")
    check(mode + ": and nothing is kept then", kept(), [])
    other.execute("BEGIN")
    scalar(other, "SELECT count(*) FROM account")
    start = time.monotonic()
    check(mode + ": another reader is not", (steps(), time.monotonic() - start < 10), ([], True))
    other.execute("COMMIT")
    check(mode + ": the timeout is as it was", scalar(db, "PRAGMA busy_timeout"), 20000)
    steps()
    check(mode + ": alone it is kept", len(kept()), 1)
db.execute("DELETE FROM migrate_compared")
db.execute("CREATE TABLE copy (question text)")
db.execute("INSERT INTO copy SELECT count(*) FROM migrate_diff(?)", (DESIRED + "CREATE TABLE copy (question text);",))
check("a statement that writes stays whole", (scalar(db, "SELECT count(*) FROM copy"), kept()), (1, []))
db.execute("DROP TABLE copy")
reading = db.execute("SELECT * FROM account")
reading.fetchone()
check("a statement that reads goes on", (steps(), len(reading.fetchall()), len(kept())), ([], 1, 1))
db.execute("DELETE FROM migrate_compared")
db.execute("PRAGMA query_only = on")
check("PRAGMA query_only keeps nothing", (steps(), kept()), ([], []))
db.execute("PRAGMA query_only = off")
readonly = sqlite("file:%s?mode=ro" % path, uri=True)
check("a read-only connection compares", (steps(readonly), kept(readonly)), ([], []))
steps()
check("and is told what is known", (steps(readonly), len(kept(readonly))), ([], 1))

# what is around the text
before = kept()
db.create_function("f", 1, lambda x: x)
check("another function of the application: compared anew", (steps(), len(kept())), ([], 2))
INDEXED = DESIRED.replace("(mail);", "(f(mail));")
db.create_function("f", 1, lambda x: x, deterministic=True)
db.execute("DROP INDEX i")
db.execute("CREATE INDEX i ON account (f(mail))")
check("an index by a function of the application", steps(db, INDEXED), [])
check("is not known where the function is not there", error(lambda: steps(other, INDEXED)).split("\n")[0],
      "no such function: f")
db.execute("DROP INDEX i")
db.execute("CREATE INDEX i ON account (mail)")
steps()
QUOTED = DESIRED.replace("'x'", '"x"')
before = kept()
was = db_config(db, 1014, False)
check("strings in double quotes are another question", (steps(), len(kept()) > len(before)), ([], True))
db_config(db, 1014, was)
check("a text with rows is not kept", (steps(db, DESIRED + "INSERT INTO account VALUES (1, 'x');"), len(kept())),
      ([], len(before) + 1))
db.execute("ATTACH ':memory:' AS more")
db.execute("CREATE TABLE more.migrate_compared (question, state)")
db.execute("DROP TABLE main.migrate_compared")
check("a table of that name in another database is none", (steps(), steps()), ([], []))
check("and is left alone", scalar(db, "SELECT count(*) FROM more.migrate_compared"), 0)
db.execute("CREATE TABLE main.migrate_compared (question, state)")
check("a table of that name with other columns is none", (steps(), steps()), ([], []))
done()
