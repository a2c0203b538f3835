"""The ways in which a CALL ends early, and who may call it from where."""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, failure, fresh_database, postgres, rows  # noqa: E402

import psycopg2  # noqa: E402

name = fresh_database("paths")
db = postgres(name)
other = postgres(name)


class Background(threading.Thread):
    """A statement in a session of its own."""

    def __init__(self, sql, *before):
        super().__init__()
        self.db = postgres(name)
        for s in before:
            rows(self.db, s)
        self.pid = self.db.info.backend_pid
        self.sql = sql
        self.start()

    def run(self):
        try:
            self.got = failure(self.db, self.sql)
        except Exception as e:
            self.got = str(e)

    def end(self):
        self.join(30)
        self.notices = [n.strip().replace("NOTICE:  ", "") for n in self.db.notices]
        self.db.close()
        return self.got if not self.is_alive() else "still running"


def wait_for(sql, expected=[(True,)], seconds=10):
    """Until a query gives what is expected."""
    end = time.time() + seconds
    while rows(other, sql) != expected and time.time() < end:
        time.sleep(0.02)
    return rows(other, sql)


WORKERS = "SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'migrate worker'"
LOCKS = "SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'"
UP = "CALL migrate_upgrade_autocommit()"

rows(db, "CREATE TABLE t AS SELECT g AS a FROM generate_series(1, 1000) g")
rows(db, "CREATE TABLE n (x text)")
rows(db, "SELECT migrate_add(%s)", """
-- migrate:revision s1
-- migrate:message sleeps
-- migrate:transaction off
-- migrate:upgrade
INSERT INTO n VALUES (current_user);
SELECT pg_sleep((SELECT CASE WHEN x = '' THEN 0 ELSE 60 END FROM n ORDER BY x LIMIT 1));
INSERT INTO n VALUES ('end');
-- migrate:downgrade
""")

# Cancel, terminate
SLEEPS = "SELECT query LIKE 'SELECT pg_sleep%' FROM pg_stat_activity " \
         "WHERE backend_type = 'migrate worker'"
b = Background(UP)
check("a worker runs the statement", wait_for(SLEEPS), [(True,)])
check("what pg_stat_activity shows of the caller",
      rows(other, "SELECT query FROM pg_stat_activity WHERE pid = %s", b.pid),
      [("migrate: upgrade of revision s1 (1 of 1), statement 2 of 3: sleeps",)])
check("the caller holds no snapshot",
      rows(other, "SELECT backend_xmin FROM pg_stat_activity WHERE pid = %s", b.pid), [(None,)])
check("status while it runs", rows(other, "SELECT migrate_status()"),
      [("1 of 1 revisions pending, current <base>, running revision s1 with statement 2 of 3",)])
check("progress", rows(other, "SELECT pid, username, direction, revision, step, steps, statement, "
                              "statements, now() - since BETWEEN '0' AND '10s', waiting_for, "
                              "phase, percent FROM migrate_progress()"),
      [(b.pid, "postgres", "upgrade", "s1", 1, 1, 2, 3, True, [], None, None)])
got = failure(other, "SELECT migrate_upgrade()")
check("a function fails at once", (got[0], got[1], got[2].split(" since ")[0], got[3]),
      ("55P03", "another migration run is in progress",
       "Process %d of user postgres has it running" % b.pid, "Call again when it has ended."))
rows(other, "SELECT pg_cancel_backend(%s)", b.pid)
check("cancelled", b.end(), ("57014", "canceling statement due to user request", None, None,
                             "revision s1 (sleeps), upgrade, statement 2, line 7"))
check("the worker is gone, and the locks", (rows(other, WORKERS), rows(other, LOCKS)),
      ([(0,)], [(0,)]))
check("the log", rows(db, "SELECT statements, status, detail FROM migrate_log ORDER BY id"),
      [(0, "running", None), (1, "running", None),
       (1, "failed", "canceling statement due to user request")])

b = Background(UP)
wait_for(SLEEPS)
rows(other, "SELECT pg_terminate_backend(%s)", b.pid)
b.end()
check("the worker goes, too", wait_for(WORKERS, [(0,)]), [(0,)])
check("no lock is left", wait_for(LOCKS, [(0,)]), [(0,)])

b = Background(UP)
wait_for(SLEEPS)
rows(other, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity "
            "WHERE backend_type = 'migrate worker'")
check("the worker cancelled", b.end(), ("57014", "canceling statement due to user request", None,
                                        None, "revision s1 (sleeps), upgrade, statement 2, line 7"))
b = Background(UP)
wait_for(SLEEPS)
rows(other, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE backend_type = 'migrate worker'")
check("the worker terminated", b.end()[0:5:4],
      ("57P01", "revision s1 (sleeps), upgrade, statement 2, line 7"))
b = Background(UP, "SET statement_timeout = '500ms'")
check("a statement_timeout", b.end()[:2],
      ("57014", "canceling statement due to statement timeout"))

# Two CALLs: the second waits, holding no snapshot
rows(db, "UPDATE n SET x = ''")
first = Background("SELECT pg_advisory_lock(%d, 'public'::regnamespace::oid::int), "
                   "pg_sleep(1), pg_advisory_unlock_all()" % 0x6d696742)
wait_for("SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND granted")
b = Background(UP)
wait_for("SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
check("a CALL that waits for another",
      rows(other, "SELECT backend_xmin, query FROM pg_stat_activity WHERE pid = %s", b.pid),
      [(None, "migrate: waiting for another migration run to end")])
first.end()
check("goes on afterwards", (b.end(), rows(db, "SELECT migrate_status()")),
      (None, [("0 of 1 revisions pending, current s1",)]))
check("each statement once", rows(db, "SELECT x FROM n ORDER BY 1"), [("",), ("end",)])

# Progress of an index, and of a run in one transaction
rows(db, "SELECT migrate_add(%s)", """
-- migrate:revision p1
-- migrate:revises s1
-- migrate:transaction off
-- migrate:upgrade
CREATE INDEX CONCURRENTLY pi ON t (a);
-- migrate:downgrade
DROP INDEX pi;
""")
rows(db, "BEGIN")
rows(db, "UPDATE t SET a = a WHERE a = 1")
b = Background(UP)
PROGRESS = "SELECT revision, statement, statements, waiting_for, phase, percent " \
           "FROM migrate_progress() WHERE phase IS NOT NULL"
AT = [("p1", 1, 1, [db.info.backend_pid], "waiting for writers before build", 0)]
check("progress of an index", wait_for(PROGRESS, AT), AT)
rows(db, "COMMIT")
check("is built", b.end(), None)
rows(db, "CALL migrate_downgrade_autocommit('-1')")
rows(db, "SELECT migrate_remove('p1')")
rows(db, "BEGIN")
rows(db, "SELECT migrate_revision('slow', 'SELECT pg_sleep(60)', rev_id => 'p2')")
rows(db, "COMMIT")
b = Background("SELECT migrate_upgrade()")
PROGRESS = "SELECT pid, revision, step, steps, statement FROM migrate_progress() " \
           "WHERE revision IS NOT NULL"
AT = [(b.pid, "p2", 1, 1, None)]
check("progress of a function", wait_for(PROGRESS, AT), AT)
rows(other, "SELECT pg_cancel_backend(%s)", b.pid)
b.end()
rows(db, "SELECT migrate_remove('p2')")
check("nothing runs", rows(db, "SELECT count(*)::int FROM migrate_progress()"), [(0,)])

# Locks that cannot be had
rows(db, "SELECT migrate_add(%s)", """
-- migrate:revision l1
-- migrate:revises s1
-- migrate:upgrade
CREATE TABLE l (id integer);
ALTER TABLE t ADD COLUMN c integer;
-- migrate:downgrade
-- migrate:revision l2
-- migrate:revises l1
-- migrate:transaction off
-- migrate:upgrade
INSERT INTO n VALUES ('l2');
ALTER TABLE t ADD COLUMN d integer;
-- migrate:downgrade
""")
rows(db, "SET migrate.lock_timeout = '50ms'")
rows(db, "SET migrate.lock_retries = 2")
rows(other, "BEGIN")
rows(other, "SELECT count(*) FROM t")
start = time.time()
rows(db, "TRUNCATE migrate_log")
del db.notices[:]
check("a lock that cannot be had", failure(db, UP),
      ("55P03", "canceling statement due to lock timeout", None, None,
       'SQL statement "ALTER TABLE t ADD COLUMN c integer"\n'
       "revision l1, upgrade, statement 2, line 6"))
check("was tried three times", [n.split(" in ")[0] + n.split(" ms")[1] for n in db.notices
                                if "trying" in n],
      ["NOTICE:  revision l1 did not get a lock and was rolled back, trying again (1 of 2)\n"
       "DETAIL:  canceling statement due to lock timeout\n",
       "NOTICE:  revision l1 did not get a lock and was rolled back, trying again (2 of 2)\n"
       "DETAIL:  canceling statement due to lock timeout\n"])
check("and is in the log", rows(db, "SELECT revision, status, detail FROM migrate_log"),
      [("l1", "failed", "2 times without a lock; canceling statement due to lock timeout")])
rows(db, "SET migrate.lock_retries = 100")
timer = threading.Timer(0.5, lambda: rows(other, "COMMIT"))
timer.start()
check("when it can be had, it goes on", failure(db, "CALL migrate_upgrade_autocommit('l1')"), None)
timer.join()
check("and the log says so",
      rows(db, "SELECT statements, status, detail LIKE '_ times without a lock' "
               "FROM migrate_log ORDER BY id DESC LIMIT 1"), [(2, "done", True)])
rows(other, "BEGIN")
rows(other, "SELECT count(*) FROM t")
timer = threading.Timer(0.5, lambda: rows(other, "COMMIT"))
timer.start()
check("outside of a transaction, too", failure(db, UP), None)
timer.join()
check("each statement once", rows(db, "SELECT count(*)::int FROM n WHERE x = 'l2'"), [(1,)])
rows(db, "RESET migrate.lock_timeout")
check("the settings", rows(db, "SHOW migrate.lock_timeout") + rows(
    db, "SHOW migrate.lock_retries"), [("1s",), ("100",)])
if db.server_version >= 150000:
    check("no others", failure(db, "SET migrate.lock_timout = 1")[:2],
          ("42602", 'invalid configuration parameter name "migrate.lock_timout"'))

# No worker
slots = int(rows(db, "SHOW max_worker_processes")[0][0])
rows(db, "SELECT migrate_add(%s)", "-- migrate:revision w1\n-- migrate:revises l2\n"
     "-- migrate:transaction off\n-- migrate:upgrade\nVACUUM t;\nVACUUM n;\n")
holders = []
for i in range(slots):
    base = fresh_database("paths%d" % i)
    c = postgres(base)
    rows(c, "SELECT migrate_revision('s', 'SELECT pg_sleep(60)', rev_id => 's', "
            "transaction => false)")
    c.close()
    name = base
    holders.append(Background(UP))
    name = "paths"
full = wait_for("SELECT count(*)::int FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'",
                [(slots - 1,)])[0][0]
rows(db, "TRUNCATE migrate_log")
check("no worker is free", failure(db, UP),
      ("53000", "could not start a worker process",
       "All %d of max_worker_processes are in use." % slots,
       "Increase max_worker_processes, or call again when others have ended.",
       "revision w1, upgrade, line 5"))
check("nothing is marked as done", rows(db, "SELECT statements, status FROM migrate_log"),
      [(0, "failed")])
for h in holders:
    rows(other, "SELECT pg_cancel_backend(%s)", h.pid)
for h in holders:
    h.end()
wait_for(WORKERS, [(0,)])
check("then it is", failure(db, UP), None)

# Who
for role in ("paths_login", "paths_owner"):
    rows(db, "DROP ROLE IF EXISTS " + role)
rows(db, "CREATE ROLE paths_login LOGIN NOINHERIT")
rows(db, "CREATE ROLE paths_owner")
rows(db, "GRANT paths_owner TO paths_login")
rows(db, "CREATE SCHEMA app AUTHORIZATION paths_owner")
rows(db, "GRANT SELECT, INSERT, UPDATE, DELETE ON migrate_revision, migrate_version "
         "TO paths_owner")
rows(db, "GRANT SELECT, INSERT ON migrate_log TO paths_owner")
rows(db, "GRANT SELECT, INSERT, UPDATE ON migrate_snapshot TO paths_owner")
rows(db, "GRANT USAGE ON SEQUENCE migrate_log_id_seq TO paths_owner")
user = psycopg2.connect(dbname="paths", user="paths_login")
user.autocommit = True
rows(user, "SET ROLE paths_owner")
rows(user, "SET search_path = app, public")
rows(user, "SET application_name = 'deploy'")
rows(user, "SELECT migrate_add(%s)", """
-- migrate:revision u1
-- migrate:revises w1
-- migrate:transaction off
-- migrate:upgrade
CREATE TABLE a AS SELECT current_user::text, session_user::text AS s,
  current_setting('search_path') AS path, current_setting('application_name') AS app;
CREATE INDEX CONCURRENTLY ai ON a (s);
-- migrate:downgrade
-- migrate:revision u2
-- migrate:revises u1
-- migrate:transaction off
-- migrate:upgrade
ALTER SYSTEM SET work_mem = '5MB';
-- migrate:downgrade
""")
check("SET ROLE, search_path and all settings",
      (failure(user, "CALL migrate_upgrade_autocommit('u1')"), rows(
          user, "SELECT * FROM app.a"), rows(
          user, "SELECT relowner::regrole::text FROM pg_class WHERE relname = 'ai'"), rows(
          user, "SELECT DISTINCT actor, client FROM migrate_log WHERE revision = 'u1' "
                "AND status = 'running'")),
      (None, [("paths_owner", "paths_login", "app, public", "deploy")], [("paths_owner",)],
       [("paths_owner", "deploy paths_login")]))
check("no more rights than the caller has", failure(user, UP)[0::4],
      ("42501", "revision u2, upgrade, statement 1, line 5"))
rows(user, "RESET ROLE")
check("none at all", failure(user, UP)[:2],
      ("42501", "permission denied for table migrate_revision"))
rows(db, "SET default_transaction_read_only = on")
check("default_transaction_read_only", failure(db, UP)[:2],
      ("25006", "cannot run migrations in a read-only transaction"))
rows(db, "RESET default_transaction_read_only")
rows(db, "SET default_transaction_isolation = serializable")
check("serializable by default", failure(db, UP), None)
rows(db, "ALTER SYSTEM RESET work_mem")
rows(db, "RESET default_transaction_isolation")

# What a revision must not do
for i, (what, sql, expected) in enumerate([
        ("a run in a run", "CALL migrate_upgrade_autocommit()",
         ("55000", "a revision must not call migrate_upgrade_autocommit()")),
        ("a function in a run", "SELECT migrate_upgrade()",
         ("55000", "a revision must not call migrate_upgrade()")),
        ("COMMIT", "COMMIT", ("0A000", "COMMIT is not allowed in a revision")),
        ("an index without a name", "CREATE INDEX CONCURRENTLY ON t (a)",
         ("0A000", "CREATE INDEX CONCURRENTLY in a revision must name the index")),
        ("COPY", "COPY t FROM STDIN", ("0A000", "COPY FROM STDIN is not allowed in a revision")),
        ("an error in a statement", "SELECT nothing", ("42703",
                                                       'column "nothing" does not exist'))]):
    rows(db, "SELECT migrate_revision('x', %s, rev_id => 'x', transaction => false)", sql)
    got = failure(db, UP)
    check(what, got[:2], expected)
    rows(db, "SELECT migrate_stamp('x')")
    rows(db, "SELECT migrate_stamp('u2')")
    rows(db, "SELECT migrate_remove('x')")
check("no lock and no worker is left", (rows(other, LOCKS), rows(other, WORKERS)),
      ([(0,)], [(0,)]))
rows(db, "DROP OWNED BY paths_owner, paths_login CASCADE")
done()
