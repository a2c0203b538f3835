"""Through pgbouncer in transaction mode: another client gets the connection behind a CALL, and
nothing of the CALL is left on it."""
import os
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, failure, fresh_database, postgres, rows, scratch  # noqa: E402

import psycopg2  # noqa: E402

program = os.environ.get("PGBOUNCER") or shutil.which("pgbouncer", path=os.environ["PATH"] +
                                                      ":/usr/sbin")
if program is None:
    print("ok - pgbouncer is not installed # SKIP")
    sys.exit()

name = fresh_database("pooled")
folder = os.path.dirname(scratch("x"))
os.chmod(folder, 0o777)
with open(os.path.join(folder, "users.txt"), "w", encoding="utf-8") as f:
    f.write('"postgres" ""\n')
with open(os.path.join(folder, "pgbouncer.ini"), "w", encoding="utf-8") as f:
    f.write("[databases]\n%s = host=%s port=%s dbname=%s user=postgres\n[pgbouncer]\n"
            "listen_addr =\nunix_socket_dir = %s\nlisten_port = 6432\nauth_type = any\n"
            "auth_file = %s/users.txt\npool_mode = transaction\ndefault_pool_size = 1\n"
            "ignore_startup_parameters = extra_float_digits\nserver_check_query = select 1\n"
            % (name, os.environ["PGHOST"], os.environ["PGPORT"], name, folder, folder))
command = [program, os.path.join(folder, "pgbouncer.ini")]
if os.getuid() == 0:
    command = ["runuser", "-u", "postgres", "--"] + command
pooler = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def client():
    for _ in range(100):
        try:
            db = psycopg2.connect(dbname=name, host=folder, port=6432, user="postgres")
            db.autocommit = True
            return db
        except psycopg2.OperationalError:
            time.sleep(0.05)
    raise SystemExit("pgbouncer did not start")


try:
    direct = postgres(name)
    rows(direct, "CREATE TABLE t AS SELECT g AS a FROM generate_series(1, 1000) g")
    rows(direct, "SELECT migrate_add(%s)", """
-- migrate:revision r1
-- migrate:transaction off
-- migrate:upgrade
SET work_mem = '9MB';
CREATE INDEX CONCURRENTLY i ON t (a);
SELECT pg_sleep(0.3);
-- migrate:downgrade
-- migrate:revision r2
-- migrate:revises r1
-- migrate:upgrade
SET work_mem = '8MB';
CREATE TABLE n (a integer UNIQUE);
-- migrate:downgrade
-- migrate:revision r3
-- migrate:revises r2
-- migrate:upgrade
INSERT INTO n VALUES (1), (1);
-- migrate:downgrade
""")
    one, two = client(), client()
    LEFT = "SELECT pg_backend_pid(), current_setting('work_mem'), (SELECT count(*)::int FROM " \
           "pg_locks WHERE locktype = 'advisory')"
    pid = rows(two, "SELECT pg_backend_pid()")[0][0]
    thread = threading.Thread(target=rows, args=(one, "CALL migrate_upgrade_autocommit('r2')"))
    thread.start()
    time.sleep(0.1)
    check("behind a CALL nothing is left for the next client", rows(two, LEFT), [(pid, "4MB", 0)])
    thread.join()
    check("it has run", rows(two, "SELECT migrate_status()"),
          [("1 of 3 revisions pending, current r2",)])
    check("an error", failure(one, "CALL migrate_upgrade_autocommit()")[0], "23505")
    check("leaves nothing either", rows(two, LEFT), [(pid, "4MB", 0)])
    rows(one, "BEGIN")
    check("in a transaction", failure(one, "CALL migrate_upgrade_autocommit()")[0], "25001")
    rows(one, "ROLLBACK")
    rows(one, "SELECT migrate_downgrade('r1')")
    check("the function, too", rows(two, LEFT), [(pid, "4MB", 0)])
    rows(two, "ALTER TABLE t ADD PRIMARY KEY (a)")
    rows(two, "CALL migrate_backfill('t', 'a = a', batch_size => 100)")
    check("a backfill", rows(one, LEFT), [(pid, "4MB", 0)])
finally:
    pooler.terminate()
    pooler.wait()
done()
