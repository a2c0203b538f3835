"""While a schema is compared: which locks there are, what other sessions do meanwhile, and what a cancel leaves."""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, error, fresh_database, postgres, rows  # noqa: E402

import psycopg2  # noqa: E402

TABLES = 100
DDL = "".join("CREATE TABLE t%d (id integer PRIMARY KEY, up integer REFERENCES t%d, a text);\n"
              "CREATE INDEX t%d_a ON t%d (a);\n" % (i, max(i - 1, 0), i, i) for i in range(TABLES))
DDL += "CREATE VIEW v AS SELECT a FROM t0; CREATE SEQUENCE s;\n"
# what is desired takes a while, and differs
DESIRED = DDL + "ALTER TABLE t7 ADD more integer; SELECT nextval('s'); SELECT pg_sleep(%s);"

name = fresh_database("desired_live")
db = postgres(name)
db.autocommit = False
rows(db, "ALTER SCHEMA public RENAME TO away")  # the server locks its name, or, as 18 does, not
NAME_LOCKED = rows(db, "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'object'")[0][0]
db.rollback()
db.autocommit = True
rows(db, DDL)
rows(db, "INSERT INTO t0 VALUES (0, 0, 'x')")
pid = rows(db, "SELECT pg_backend_pid()")[0][0]
live = rows(db, "SELECT array_agg(oid) FROM pg_class WHERE oid >= 16384")[0][0]
watcher, reader, writer, maker = [postgres(name) for _ in range(4)]
before = rows(db, "SELECT md5(migrate_schema())")
running = True
lock_modes = set()
waits = {"reading": [], "writing": [], "looking": []}


def watch():
    """The locks of the comparing session on what is live, and on schemas."""
    while running:
        lock_modes.update(rows(watcher, """SELECT CASE WHEN relation IS NULL THEN classid::regclass::text
            ELSE relation::regclass::text END, mode FROM pg_locks WHERE pid = %s AND (relation = ANY (%s::oid[])
            OR classid = 'pg_namespace'::regclass)""", pid, live))
        time.sleep(0.01)


def wait_for_sleep(connection):
    """Until the comparing session sleeps, in the text that it runs."""
    for _ in range(1000):
        if rows(connection, "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'", pid):
            return
        time.sleep(0.01)
    check("the text sleeps", False, True)


def again(what, connection, sql):
    """A statement again and again; how long each takes."""
    while running:
        start = time.monotonic()
        rows(connection, sql)
        waits[what].append(time.monotonic() - start)
        time.sleep(0.01)


threads = [threading.Thread(target=watch),
           threading.Thread(target=again, args=("reading", reader, "SELECT count(*) FROM t0 JOIN t1 USING (id), v")),
           threading.Thread(target=again, args=("writing", writer, "UPDATE t0 SET a = a || '.' WHERE length(a) < 9"))]
for thread in threads:
    thread.start()
rows(maker, "SET lock_timeout = '200ms'")
found = []
comparing = threading.Thread(target=lambda: found.append(
    error(lambda: found.append(rows(
        db, "SELECT object FROM migrate_diff(%s, NULL, '*other*')", DESIRED % 1)))))
comparing.start()
wait_for_sleep(maker)
check("while it runs, others have temporary tables",
      error(lambda: rows(maker, "CREATE TEMP TABLE mine AS SELECT * FROM t0")), "no error")
check("and make schemas", error(lambda: rows(maker, "CREATE SCHEMA other; CREATE TABLE other.t (x integer)")),
      "no error")
check("their tables in a schema that is compared wait where the server locks its name",
      error(lambda: rows(maker, "CREATE TABLE made (x integer); DROP TABLE made")).split("\n")[0],
      "canceling statement due to lock timeout" if NAME_LOCKED else "no error")
check("but those that are there are altered", error(lambda: rows(maker, "ALTER TABLE t9 ADD meanwhile integer")),
      "no error")
comparing.join()
running = False
for thread in threads:
    thread.join()
check("what it finds", found, [[("column t7.more",)], "no error"])
check("the locks on what is live: a reader's on a view and what it reads; the schema's name",
      lock_modes - {("pg_namespace", "AccessShareLock"), ("v", "AccessShareLock")}, {("t0", "AccessShareLock")} |
      ({("pg_namespace", "AccessExclusiveLock")} if NAME_LOCKED else set()))
check("reading went on", (len(waits["reading"]) > 20, max(waits["reading"]) < 0.5), (True, True))
check("writing went on", (len(waits["writing"]) > 20, max(waits["writing"]) < 0.5), (True, True))
LOCKS = "SELECT count(*) FROM pg_locks WHERE pid = %s AND (relation >= 16384 OR locktype IN ('object', 'advisory'))"
check("no lock is left", rows(watcher, LOCKS, pid), [(0,)])
check("then tables are made again", error(lambda: rows(maker, "CREATE TABLE made (x integer); DROP TABLE made")),
      "no error")
check("a sequence was not advanced", rows(db, "SELECT last_value, is_called FROM s"), [(1, False)])
rows(maker, "DROP SCHEMA other CASCADE; ALTER TABLE t9 DROP meanwhile")
check("the schema is as it was", rows(db, "SELECT md5(migrate_schema())"), before)

# ---- a cancel ----

failed = []
rows(db, "SET search_path = public, pg_catalog; SET work_mem = '7MB'")
comparing = threading.Thread(target=lambda: failed.append(error(lambda: rows(
    db, "SELECT object FROM migrate_diff(%s)", "SET work_mem = '9MB'; " + DESIRED % 60))))
comparing.start()
wait_for_sleep(watcher)
rows(watcher, "SELECT pg_cancel_backend(%s)", pid)
comparing.join()
check("a cancel ends it", failed[0].split("\n")[0], "canceling statement due to user request")
check("it leaves no lock", rows(watcher, LOCKS, pid), [(0,)])
check("and the settings", rows(db, "SELECT current_setting('search_path'), current_setting('work_mem'), "
                                   "current_setting('session_replication_role')"),
      [("public, pg_catalog", "7MB", "origin")])
check("and the schema", rows(db, "SELECT md5(migrate_schema())"), before)
check("and the comparison works again", rows(db, "SELECT object FROM migrate_diff(%s)", DESIRED % 0),
      [("column t7.more",)])

# ---- transactions that cannot ----

READ_ONLY = ("cannot compare schemas in a read-only transaction\nHINT:  Begin the transaction with READ WRITE; "
             "if every transaction is read-only, see default_transaction_read_only.")
rows(db, "BEGIN READ ONLY")
check("in a read-only transaction", error(lambda: rows(db, "SELECT * FROM migrate_diff('')")), READ_ONLY)
rows(db, "ROLLBACK; BEGIN READ ONLY")
check("a check in one", error(lambda: rows(db, "SELECT migrate_check('')")), READ_ONLY)
rows(db, "ROLLBACK; BEGIN READ ONLY")
check("which can print", rows(db, "SELECT md5(migrate_schema())"), before)
rows(db, "ROLLBACK")
for level in ("REPEATABLE READ", "SERIALIZABLE"):
    rows(db, "BEGIN ISOLATION LEVEL " + level)
    rows(db, "SELECT count(*) FROM t0")
    rows(maker, "ALTER TABLE t3 ADD meanwhile integer")
    check("in " + level, rows(db, "SELECT object FROM migrate_diff(%s)", DESIRED % 0)[-1:], [("column t7.more",)])
    rows(db, "ROLLBACK")
    rows(maker, "ALTER TABLE t3 DROP meanwhile")

# ---- two at once ----

rows(db, "BEGIN")
check("one compares", rows(db, "SELECT object FROM migrate_diff(%s)", DESIRED % 0), [("column t7.more",)])
check("another, before the first has committed",
      error(lambda: rows(maker, "SELECT object FROM migrate_diff(%s)", DESIRED % 0)), "no error")
rows(db, "COMMIT")
for connection in (db, watcher, reader, writer, maker):
    connection.close()
done()
