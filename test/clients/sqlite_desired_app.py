"""What a desired schema may hold: right or clearly refused, and the database is as it was."""
import os
import sqlite3
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(__file__))
from tap import check, done, error, scalar, scratch, sqlite  # noqa: E402

LIVE = """CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a text);
INSERT INTO t (a) VALUES ('x'), ('y');
CREATE TABLE gone (x integer);"""
T = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a text);\n"
GONE = ["table gone"]

path = scratch("desired.db")
db = sqlite(path)
db.executescript(LIVE)


def state():
    """All that could be left behind: the schema, rows, counters, settings, databases, locks, files."""
    pragmas = ("foreign_keys", "defensive", "recursive_triggers", "user_version", "application_id",
               "writable_schema", "query_only", "ignore_check_constraints", "journal_mode", "busy_timeout")
    return [scalar(db, "SELECT migrate_schema()"), db.execute("SELECT * FROM sqlite_schema").fetchall(),
            db.execute("SELECT * FROM t").fetchall(), db.execute("SELECT * FROM sqlite_sequence").fetchall(),
            [scalar(db, "PRAGMA " + pragma) for pragma in pragmas],
            db.execute("SELECT name, file FROM pragma_database_list").fetchall(), db.in_transaction,
            db.total_changes, free(), sorted(os.listdir(os.path.dirname(path)))]


def free():
    """Can another connection write?"""
    other = sqlite3.connect(path, isolation_level=None, timeout=0)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
        return True
    except sqlite3.OperationalError as e:
        return str(e)
    finally:
        other.close()


def objects(text):
    return [row[0] for row in db.execute("SELECT object FROM migrate_diff(?)", (text,))]


def same(what, text, expected):
    """The differences, and that all is as before."""
    before = state()
    try:
        got = objects(text)
    except sqlite3.Error as e:
        got = str(e).strip()
    check(what, got, expected)
    check(what + ": all is as before", [a == b for a, b in zip(before, state())], [True] * len(before))


# ---- what is passed over ----

check("no text", error(lambda: objects(None)), 'argument "desired" must not be null')
same("an empty text is an empty schema", "", ["table t", "table gone"])
same("comments alone are one, too", "-- t\n/* u */\n;;", ["table t", "table gone"])
same("a byte order mark", "\ufeff" + T, GONE)
same("lines that end as on Windows", T.replace("\n", "\r\n") + "\r\n", GONE)
same("BEGIN and COMMIT", "BEGIN IMMEDIATE TRANSACTION;\n" + T + "END TRANSACTION;\n", GONE)
same("the shell's .dump", "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n" + T + "INSERT INTO t VALUES(1,'x');\n"
     "CREATE TABLE sqlite_stat1(tbl,idx,stat);\nDELETE FROM sqlite_sequence;\n"
     "INSERT INTO sqlite_sequence VALUES('t',2);\nCOMMIT;\n", GONE)
same("the shell's .dump of a virtual table", "PRAGMA writable_schema=ON;\n" + T +
     "INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql) "
     "VALUES('table','f','f',0,'CREATE VIRTUAL TABLE f USING fts5(x)');\nPRAGMA writable_schema=OFF;",
     GONE + ["virtual table f"])
same("rows", T + "INSERT INTO t (a) VALUES ('z'); UPDATE t SET a = 'q'; SELECT * FROM t; DELETE FROM t; TRUNCATE t;",
     GONE)
same("what is temporary", "CREATE TEMP TABLE u (x);" + T + "CREATE TEMP VIEW v AS SELECT 1;"
     "CREATE TEMP TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END; CREATE TABLE temp.w (x)", GONE)
same("settings", T + "PRAGMA user_version = 7; PRAGMA application_id = 9; PRAGMA foreign_keys = 1;"
     "PRAGMA journal_mode = wal; PRAGMA query_only = 1; PRAGMA query_only = 0; ANALYZE; REINDEX;", GONE)
same("what is dropped if it is there", T + "DROP TABLE IF EXISTS gone; CREATE TABLE IF NOT EXISTS t (other);", GONE)
same("migrate's own tables", T + "CREATE TABLE migrate_revision (x); CREATE TABLE main.migrate_log (y);", GONE)
same("the schema's name", "CREATE TABLE main.t (id INTEGER PRIMARY KEY AUTOINCREMENT, a text)", GONE)
same("statements that SQLite has not", T + "ALTER TABLE t ALTER COLUMN a SET NOT NULL; COMMENT ON TABLE t IS 'x';",
     GONE + ["column t.a", "comment TABLE t"])
same("a table that is made of rows", T + "CREATE TABLE u AS SELECT 1 AS x", GONE + ["table u"])

# ---- what is refused ----


def refused(statement, text, line=2):
    same(statement.split("\n")[0], T + statement, "%s\nCONTEXT:  desired schema, statement 2, line %d" % (text, line))


for statement in ("ROLLBACK", "SAVEPOINT a", "RELEASE a"):
    refused(statement, statement.split()[0] + " is not allowed in a desired schema\n"
            "HINT:  It is run as a whole and taken back: remove the statement.")
for statement in ("VACUUM", "VACUUM INTO '%s.copy'" % path, "ATTACH '%s.more' AS more" % path, "DETACH main"):
    refused(statement, statement.split()[0] + " is not allowed in a desired schema\n"
            "HINT:  It cannot run inside a function: remove the statement.")
refused(".load x", 'near ".": syntax error')
refused("\\connect x", 'unrecognized token: "\\"')
refused("SELECT load_extension('x')", "not authorized")
refused("SELECT migrate_upgrade()", "no such function: migrate_upgrade")
refused("SELECT migrate_add('x')", "no such function: migrate_add")
refused("CREATE EXTENSION x", 'near "EXTENSION": syntax error')
refused("CREATE SCHEMA x", 'near "SCHEMA": syntax error')
refused("SET ROLE x", 'near "SET": syntax error')
refused("DROP TABLE gone", "no such table: gone")
refused("CREATE TABLE t (x)", "table t already exists")
refused("CREATE TABLE other.u (x)", "unknown database other")
refused("CREATE INDEX i ON gone (x)", "no such table: main.gone")
refused("CREATE TABLE u (a CHECK (nope(a)))", "no such function: nope")
refused("CREATE INDEX i ON t (nope(a))", "no such function: nope")
refused("CREATE VIRTUAL TABLE u USING nope(x)", "no such module: nope")
refused("INSERT INTO nope VALUES (1)", "no such table: nope")
same("a NUL byte", T + "\0CREATE TABLE u (x)", 'argument "desired" is not text\nDETAIL:  It has NUL bytes.')
check("no file was made", os.listdir(os.path.dirname(path)), ["desired.db"])

# ---- where an error is ----

MANY = "".join("CREATE TABLE x%d (id integer);\n" % i for i in range(999))


def place(text):
    e = error(lambda: objects(text)).split("\n")
    return e[0] + ": " + e[-1].replace("CONTEXT:  ", "")


check("in the middle of 10,000 lines", place(MANY + "\n" * 4000 + "CREATE TABEL u ();\n" + "-- x\n" * 5000),
      'near "TABEL": syntax error: desired schema, statement 1000, line 5000')
check("with Windows' ends of lines", place(T.replace("\n", "\r\n") + "\r\nCREATE TABEL u ();\r\n"),
      'near "TABEL": syntax error: desired schema, statement 2, line 3')
check("behind a byte order mark", place("\ufeff\nCREATE TABEL u ();"),
      'near "TABEL": syntax error: desired schema, statement 1, line 2')
check("in a trigger", place(T + "CREATE TRIGGER g AFTER INSERT ON t BEGIN\n SELECT 1;\n SELEC 2;\nEND"),
      'near "SELEC": syntax error: desired schema, statement 2, line %d' % (
          4 if sqlite3.sqlite_version_info >= (3, 38) else 2))
check("an open quote", place(T + "\nCREATE TABLE u (a DEFAULT 'x);\n\n"),
      'unrecognized token: "\'x);: desired schema, statement 2, line 3')
check("at the end", place(T + "CREATE TABLE u (\n\n"), "incomplete input: desired schema, statement 2, line 2")

# ---- large ----

check("a statement of 5 MB", db.execute("SELECT sum(length(upgrade)) FROM migrate_diff(?)", (
    T + "CREATE TABLE gone (x integer); COMMENT ON TABLE t IS '" + "x" * 5000000 + "'",)).fetchone(), (5000024,))
check("50,000 statements", objects(T + "INSERT INTO t (a) VALUES ('%s');\n" % ("x" * 70) * 50000), GONE)

# ---- what goes on around it ----

db.execute("BEGIN")
db.execute("CREATE TABLE mine (x integer)")
db.execute("INSERT INTO mine VALUES (1)")
check("the transaction's own changes are live", objects(T), ["table mine", "table gone"])
check("an error leaves them", error(lambda: objects("x")).split("\n")[0], 'near "x": syntax error')
check("and they can be used", (db.in_transaction, db.execute("SELECT * FROM mine").fetchall()), (True, [(1,)]))
db.execute("ROLLBACK")

other = sqlite3.connect(path, isolation_level=None, timeout=0)
other.execute("BEGIN IMMEDIATE")
other.execute("INSERT INTO t (a) VALUES ('theirs')")
check("while another connection writes", objects(T), GONE)
other.execute("ROLLBACK")
running = threading.Event()
written = []


def write():
    """Another connection's writes, one after another, each with no wait for a lock."""
    writer = sqlite3.connect(path, isolation_level=None, timeout=0)
    running.set()
    while running.is_set():
        written.append(error(lambda: writer.execute("UPDATE t SET a = a")))
        time.sleep(0.001)
    writer.close()


db.execute("PRAGMA journal_mode = wal")
db.execute("UPDATE t SET a = a")  # who comes first makes the index of the log, and others find it locked
thread = threading.Thread(target=write)
thread.start()
running.wait()
found = len(objects(T + MANY))
running.clear()
thread.join()
check("others write while it runs", (found, set(written)), (1000, {"no error"}))
other.close()

readonly = sqlite3.connect("file:%s?mode=ro" % path, uri=True, isolation_level=None)
readonly.enable_load_extension(True)
readonly.load_extension(os.environ["MIGRATE_SO"])
check("a database that is read alone", [row[0] for row in readonly.execute(
    "SELECT object FROM migrate_diff(?)", (T,))], GONE)
check("a check of it", error(lambda: readonly.execute("SELECT migrate_check(?)", (T,))), """schema is not as desired
DETAIL:  DROP TABLE gone
HINT:  Make a revision of the differences with migrate_autogenerate().""")
readonly.close()
db.close()
done()
