"""kill -9 at a random moment of a run: the database opens, is consistent, and the run completes."""
import os
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, history, scalar, scratch, sqlite  # noqa: E402

ROUNDS = int(os.environ.get("KILLS", "40"))
REVISIONS = 300
WORKER = """
import sys
sys.path.insert(0, %r)
from tap import scalar, sqlite
db = sqlite(%r)
db.execute("PRAGMA cache_size = 5")
print("go", flush=True)
while True:
    scalar(db, "SELECT migrate_upgrade('head')")
    scalar(db, "SELECT migrate_downgrade('base')")
"""


def state(db):
    """What must hold after every crash: the log, the version and the tables tell the same."""
    applied = scalar(db, "SELECT count(*) FROM migrate_history() WHERE is_applied")
    tables = scalar(db, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'r0%'")
    log = scalar(db, "SELECT sum(CASE direction WHEN 'upgrade' THEN 1 ELSE -1 END) "
                     "FROM migrate_log") or 0
    return (scalar(db, "PRAGMA integrity_check"), applied in (0, REVISIONS), tables == applied,
            log == applied, scalar(db, "SELECT count(*) FROM migrate_verify()"))


random.seed(7)
for mode in ("delete", "wal"):
    path = scratch("kill.db")
    db = sqlite(path)
    db.execute("PRAGMA journal_mode = " + mode)
    scalar(db, "SELECT migrate_add(?)", history(REVISIONS))
    db.close()
    code = WORKER % (os.path.dirname(sys.modules["tap"].__file__), path)
    bad = []
    for _ in range(ROUNDS):
        p = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        p.stdout.readline()
        time.sleep(random.random() * 0.25)
        p.send_signal(signal.SIGKILL)
        p.wait()
        db = sqlite(path)
        found = state(db)
        if found != ("ok", True, True, True, 0):
            bad.append(found)
        db.close()
    db = sqlite(path)
    scalar(db, "SELECT migrate_upgrade('head')")
    check("%d kills, %s" % (ROUNDS, mode), (bad, state(db)), ([], ("ok", True, True, True, 0)))
    db.close()
done()
