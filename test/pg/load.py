"""A concurrent index, a column, a constraint and a backfill under load: no client waits long, none
fails.  A long transaction of somebody else stands in the way at first."""
import glob
import os
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, fresh_database, postgres, rows, scratch  # noqa: E402

CLIENTS = 8
LOCK_TIMEOUT = 150  # ms
MARGIN = 350        # ms: a machine with two cores has pauses of its own

name = fresh_database("load")
db = postgres(name)
folder = os.path.dirname(scratch("x"))
rows(db, "CREATE TABLE account (id integer PRIMARY KEY, balance integer NOT NULL DEFAULT 0)")
rows(db, "INSERT INTO account (id) SELECT generate_series(1, 50000)")
rows(db, "SELECT migrate_add(%s)", """
-- migrate:revision r1
-- migrate:message a column
-- migrate:upgrade
ALTER TABLE account ADD COLUMN owner text;
-- migrate:downgrade

-- migrate:revision r2
-- migrate:revises r1
-- migrate:message an index
-- migrate:transaction off
-- migrate:upgrade
CREATE INDEX CONCURRENTLY account_balance ON account (balance);
-- migrate:downgrade

-- migrate:revision r3
-- migrate:revises r2
-- migrate:message fill the column, then a constraint
-- migrate:transaction off
-- migrate:upgrade
CALL migrate_backfill('account', 'owner = ''owner '' || id', 'owner IS NULL', 500);
ALTER TABLE account ADD CONSTRAINT has_owner CHECK (owner IS NOT NULL) NOT VALID;
ALTER TABLE account VALIDATE CONSTRAINT has_owner;
-- migrate:downgrade
""")

script = os.path.join(folder, "load.sql")
with open(script, "w", encoding="utf-8") as f:
    f.write("\\set id random(1, 50000)\n"
            "UPDATE account SET balance = balance + 1 WHERE id = :id;\n"
            "SELECT balance FROM account WHERE id = :id;\n")


def load():
    return subprocess.Popen(
        [os.path.join(os.environ["PGBIN"], "pgbench"), "-n", "-c", str(CLIENTS), "-j", "2", "-T",
         "600", "-R", "400", "-l", "--log-prefix", os.path.join(folder, "log"), "-f",
         script, name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder)


def blocker():
    """A report that reads the table and takes its time."""
    c = postgres(name)
    rows(c, "BEGIN")
    rows(c, "SELECT count(*) FROM account")
    time.sleep(1.2)
    rows(c, "COMMIT")
    c.close()


p = load()
time.sleep(0.7)
thread = threading.Thread(target=blocker)
thread.start()
time.sleep(0.1)
rows(db, "SET migrate.lock_timeout = %d" % LOCK_TIMEOUT)
rows(db, "CALL migrate_upgrade_autocommit()")
migrated = time.time()
thread.join()
time.sleep(0.5)
p.send_signal(signal.SIGALRM)  # its time is over
out = p.communicate()[0]
waits = []
last = 0
for path in glob.glob(os.path.join(folder, "log.*")):
    with open(path, encoding="utf-8") as f:
        for line in f:
            fields = line.split()
            # latency without the lag of the schedule, in microseconds
            last = max(last, int(fields[4]))
            waits.append((int(fields[2]) - int(fields[6])) / 1000)
check("pgbench ran", (p.returncode, len(waits) > 100), (0, True))
check("no transaction failed", [line for line in out.split("\n")
                                if "failed" in line and not line.endswith("0 (0.000%)")], [])
check("no client waited longer than migrate.lock_timeout and a margin",
      max(waits) < LOCK_TIMEOUT + MARGIN, True)
check("everything is there", rows(
    db, "SELECT migrate_status(), (SELECT convalidated FROM pg_constraint WHERE conname = "
        "'has_owner'), (SELECT indisvalid FROM pg_index WHERE indexrelid = "
        "'account_balance'::regclass), (SELECT count(*)::int FROM account WHERE owner IS NULL)"),
    [("0 of 3 revisions pending, current r3", True, True, 0)])
check("the load went on meanwhile", last >= int(migrated), True)
check("the locks were waited for", any("did not get a lock" in n for n in db.notices), True)
print("# %d transactions, longest %.0f ms"
      % (len(waits), max(waits)))
done()
