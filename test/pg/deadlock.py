"""A deadlock between a migration and a client: the migration gives way and is tried again."""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, error, fresh_database, postgres, rows  # noqa: E402

name = fresh_database("deadlock")
db, client = postgres(name), postgres(name)
rows(db, "CREATE TABLE a (x integer); CREATE TABLE b (x integer); INSERT INTO b VALUES (1)")
rows(db, """SELECT migrate_add('-- migrate:revision r1
-- migrate:upgrade
ALTER TABLE a ADD COLUMN y integer;
SELECT pg_sleep(0.6);
ALTER TABLE b ADD COLUMN y integer;
')""")
rows(client, "BEGIN")
rows(client, "UPDATE b SET x = 2")
met = []
thread = threading.Thread(target=lambda: met.append(error(lambda: rows(db, "CALL migrate_upgrade_autocommit()"))))
thread.start()
time.sleep(0.3)
check("the client, which waits first, gets its lock", error(lambda: rows(client, "SELECT * FROM a")), "no error")
rows(client, "COMMIT")
thread.join()
check("and the migration runs", met, ["no error"])
check("after it has given way", [n.split(",")[0] for n in db.notices if "did not get" in n and "deadlock" in n],
      ["NOTICE:  revision r1 did not get a lock and was rolled back"])
check("both have done what they should", rows(db, "SELECT x, y FROM b"), [(2, None)])
done()
