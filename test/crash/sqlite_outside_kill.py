"""kill -9 in revisions that run outside of a transaction: they are resumed, each statement's effect
is there once, also where several processes run them."""
import os
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, processes, scalar, scratch, sqlite  # noqa: E402

ROUNDS = int(os.environ.get("KILLS", "16"))
UPGRADE = """
import sys
sys.path.insert(0, %r)
from tap import scalar, sqlite
db = sqlite(%r, timeout=20)
print("go", flush=True)
while True:
    try:
        scalar(db, "SELECT migrate_upgrade()")
        break
    except Exception as e:
        if "in progress" not in str(e) and "locked" not in str(e):
            raise
"""


def bundle():
    effects = ["INSERT INTO effect VALUES (%d);\n" % i for i in range(60)]
    effects[20] += "PRAGMA user_version = 20;\n"
    effects[30] += "SELECT migrate_backfill('t', 'n = n + 1', NULL, 20, 0.001);\n"
    effects[40] += "PRAGMA journal_mode = wal;\n"
    effects[50] += "SELECT migrate_backfill('t', 'n = n + 1', 'id > 100', 30);\n"
    return ("-- migrate:revision a\n-- migrate:upgrade\nCREATE TABLE effect (n);\n"
            "CREATE TABLE t (id integer PRIMARY KEY, n integer DEFAULT 0);\n"
            "WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < 1000) "
            "INSERT INTO t (id) SELECT i FROM g;\n"
            "-- migrate:revision b\n-- migrate:revises a\n-- migrate:transaction off\n"
            "-- migrate:upgrade\n" + "".join(effects[:35]) +
            "-- migrate:revision c\n-- migrate:revises b\n-- migrate:transaction off\n"
            "-- migrate:upgrade\n" + "".join(effects[35:]) +
            "-- migrate:revision d\n-- migrate:revises c\n-- migrate:upgrade\n"
            "CREATE TABLE last (n);\n")


def fresh():
    path = scratch("outside.db")
    db = sqlite(path)
    scalar(db, "SELECT migrate_add(?)", bundle())
    db.close()
    return path, UPGRADE % (os.path.dirname(sys.modules["tap"].__file__), path)


def state(path):
    db = sqlite(path)
    found = (scalar(db, "SELECT migrate_status()"), scalar(db, "PRAGMA integrity_check"),
             [row[0] for row in db.execute("SELECT n FROM effect ORDER BY n")] == list(range(60)),
             db.execute("SELECT min(id), n, count(*) FROM t GROUP BY n ORDER BY n").fetchall(),
             scalar(db, "SELECT count(*) FROM migrate_position"),
             scalar(db, "PRAGMA user_version"), scalar(db, "PRAGMA journal_mode"))
    db.close()
    return found


GOOD = ("0 of 4 revisions pending, current d", "ok", True, [(1, 1, 100), (101, 2, 900)], 0, 20, "wal")
random.seed(11)
bad = []
kills = 0
while kills < ROUNDS:
    path, code = fresh()
    for _ in range(random.randrange(2, 8)):
        p = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        p.stdout.readline()
        time.sleep(random.random() * 0.15)
        p.send_signal(signal.SIGKILL)
        p.wait()
        kills += 1
    subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=True)
    if state(path) != GOOD:
        bad.append(state(path))
check("%d kills" % kills, bad, [])

path, code = fresh()
results = processes(4, sys.executable, "-c", code)
check("4 processes at once", ([r for r in results if r[0] != 0], state(path)), ([], GOOD))

path, code = fresh()
SHARE = code.replace("SELECT migrate_upgrade()", "SELECT migrate_backfill('t', 'n = n + 1', NULL, 7, 0.002)")
db = sqlite(path)
db.execute("CREATE TABLE t (id integer PRIMARY KEY, n integer DEFAULT 0)")
db.execute("WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < 2000) "
           "INSERT INTO t (id) SELECT i FROM g")
results = processes(4, sys.executable, "-c", SHARE)
counts = db.execute("SELECT n, count(*) FROM t GROUP BY n").fetchall()
check("4 processes share a backfill", ([r for r in results if r[0] != 0], len(counts), counts[0][1]),
      ([], 1, 2000))
done()
