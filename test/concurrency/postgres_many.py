"""Sessions that upgrade one PostgreSQL database at once: every revision is applied exactly once."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, fresh_database, postgres, processes, rows  # noqa: E402

WORKER = """
import sys
sys.path.insert(0, %r)
from tap import history, postgres, rows
db = postgres(%r)
for target in %r:
    rows(db, "SELECT migrate_add(%%s)", history(40))
    print(len(rows(db, "SELECT migrate_upgrade(%%s)", target)) - 1)
"""


def run(n, targets):
    name = fresh_database("many")
    code = WORKER % (os.path.dirname(sys.modules["tap"].__file__), name, targets)
    results = processes(n, sys.executable, "-c", code)
    done_by = sorted(sum(map(int, out.split())) if status == 0 else out for status, out in results)
    db = postgres(name)
    log = rows(db, "SELECT count(*)::int, count(DISTINCT revision)::int FROM migrate_log")[0]
    problems = rows(db, "SELECT count(*)::int FROM migrate_verify()")[0][0]
    db.close()
    return (sum(done_by) if all(isinstance(x, int) for x in done_by) else done_by, log, problems)


check("2 sessions", run(2, ["head"]), (40, (40, 40), 0))
check("8 sessions in steps", run(8, ["r%04d" % i for i in range(4, 41, 4)]), (40, (40, 40), 0))
done()
