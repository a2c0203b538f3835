"""Processes that upgrade one SQLite database at once: every revision is applied exactly once."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, history, processes, scalar, scratch, sqlite  # noqa: E402

WORKER = """
import sys
sys.path.insert(0, %r)
from tap import history, scalar, sqlite
db = sqlite(%r, timeout=60)
for target in %r:
    scalar(db, "SELECT migrate_add(?)", history(40))
    print(len(scalar(db, "SELECT migrate_upgrade(?)", target).split("\\n")) - 1)
"""


def run(n, mode, targets):
    path = scratch("many.db")
    db = sqlite(path)
    db.execute("PRAGMA journal_mode = " + mode)
    code = WORKER % (os.path.dirname(sys.modules["tap"].__file__), path, targets)
    results = processes(n, sys.executable, "-c", code)
    done_by = sorted(sum(map(int, out.split())) if status == 0 else out for status, out in results)
    log = db.execute("SELECT count(*), count(DISTINCT revision) FROM migrate_log").fetchone()
    return (sum(done_by) if all(isinstance(x, int) for x in done_by) else done_by, log,
            scalar(db, "SELECT count(*) FROM migrate_verify()"))


for mode in ("delete", "wal"):
    check("2 processes, " + mode, run(2, mode, ["head"]), (40, (40, 40), 0))
    check("8 processes in steps, " + mode,
          run(8, mode, ["r%04d" % i for i in range(4, 41, 4)]), (40, (40, 40), 0))
done()
