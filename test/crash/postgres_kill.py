"""kill -9 of a backend, and of the whole server, at a random moment of a run: the server starts,
the store is consistent, and the run completes."""
import os
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import as_postgres, check, done, fresh_database, history, rows, scratch  # noqa: E402

import psycopg2  # noqa: E402

ROUNDS = int(os.environ.get("KILLS", "6"))
REVISIONS = 150
WORKER = """
import psycopg2
db = psycopg2.connect(%r)
db.autocommit = True
c = db.cursor()
print(db.get_backend_pid(), flush=True)
while True:
    c.execute("SELECT migrate_upgrade('head')")
    c.execute("SELECT migrate_downgrade('base')")
"""
SOUND = (True, True, True, 0)


class Server:
    """A server of its own with a database, whose crashes trouble no other test."""

    def __init__(self):
        self.directory = os.path.dirname(scratch("x"))
        os.chmod(self.directory, 0o777)
        self.data = os.path.join(self.directory, "data")
        as_postgres("initdb", "-D", self.data, "-U", os.environ["PGUSER"], "-A", "trust", "-N",
                    "-E", "UTF8", "--locale=C.UTF-8")
        os.environ["PGHOST"] = self.directory
        self.start()

    def start(self):
        as_postgres("pg_ctl", "-D", self.data, "-w", "-l", os.path.join(self.directory, "log"),
                    "-o", "-c listen_addresses= -c unix_socket_directories=%s "
                    "-c fsync=off" % self.directory, "start")

    def stop(self):
        as_postgres("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    def pid(self):
        with open(os.path.join(self.data, "postmaster.pid"), encoding="ascii") as f:
            return int(f.readline())


def connect():
    """Waits while the server recovers."""
    for _ in range(300):
        try:
            db = psycopg2.connect(dbname=name)
            db.autocommit = True
            return db
        except psycopg2.OperationalError:
            time.sleep(0.1)
    raise RuntimeError("the server does not come back")


def state(db):
    """What must hold after every crash: the log, the version and the tables tell the same."""
    applied, tables, log, problems = rows(db, """
        SELECT (SELECT count(*) FROM migrate_history() WHERE is_applied)::int,
               (SELECT count(*) FROM pg_tables WHERE tablename LIKE 'r0%%')::int,
               (SELECT coalesce(sum(CASE direction WHEN 'upgrade' THEN 1 ELSE -1 END), 0)
                FROM migrate_log)::int,
               (SELECT count(*) FROM migrate_verify())::int""")[0]
    return applied in (0, REVISIONS), tables == applied, log == applied, problems


def start_worker():
    worker = subprocess.Popen([sys.executable, "-c", WORKER % ("dbname=" + name)],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return worker, int(worker.stdout.readline())


def kill_backend(pid):
    """The postmaster ends all other sessions and recovers."""
    time.sleep(random.random() * 0.5)
    os.kill(pid, signal.SIGKILL)


def kill_server(_):
    """The postmaster and all that it has started, as a machine that loses its power."""
    time.sleep(random.random() * 0.5)
    pids = [server.pid()]
    with open("/proc/%d/task/%d/children" % (pids[0], pids[0]), encoding="ascii") as f:
        pids += map(int, f.read().split())
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    while any(os.path.exists("/proc/%d" % pid) for pid in pids):
        time.sleep(0.01)
    server.start()


def kills(what, kill):
    bad = []
    moments = set()
    for _ in range(ROUNDS):
        worker, pid = start_worker()
        kill(pid)
        worker.wait()
        db = connect()
        found = state(db)
        if found != SOUND:
            bad.append(found)
        moments.add(rows(db, "SELECT count(*)::int FROM migrate_log")[0][0])
        db.close()
    db = connect()
    rows(db, "SELECT migrate_upgrade('head')")
    check("%d kills of %s" % (ROUNDS, what), (bad, state(db)), ([], SOUND))
    print("# at %d different lengths of the log" % len(moments))
    rows(db, "SELECT migrate_downgrade('base')")
    db.close()


random.seed(7)
server = Server()
try:
    name = fresh_database("kill")
    db = connect()
    rows(db, "SELECT migrate_add(%s)", history(REVISIONS))
    db.close()
    kills("the backend", kill_backend)
    kills("the server", kill_server)
finally:
    server.stop()
done()
