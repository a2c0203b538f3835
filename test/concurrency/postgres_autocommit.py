"""Sessions that migrate one database by CALL and by function at once: no deadlock, no hang, every
statement once."""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, fresh_database, postgres, rows  # noqa: E402

import psycopg2  # noqa: E402


def bundle(n):
    """Every third revision builds an index concurrently; each counts itself."""
    scripts = []
    for i in range(n):
        off = i % 3 == 2
        scripts.append("-- migrate:revision r%02d\n%s%s-- migrate:upgrade\n"
                       "INSERT INTO effect VALUES (%d);\n%s"
                       % (i, "-- migrate:revises r%02d\n" % (i - 1) if i else "",
                          "-- migrate:transaction off\n" if off else "", i,
                          "CREATE INDEX CONCURRENTLY i%02d ON t (a);\n" % i if off else
                          "ALTER TABLE t ADD COLUMN c%02d integer;\n" % i))
    return "".join(scripts)


def session(name, i, n, errors):
    """Upgrades in small steps until all is done; what it may be told is that others are at it."""
    db = postgres(name)
    rows(db, "SET statement_timeout = '60s'")
    call = i % 2 == 0
    while True:
        status = rows(db, "SELECT migrate_status()")[0][0]
        if status.startswith("0 of"):
            break
        try:
            if call:
                rows(db, "CALL migrate_upgrade_autocommit(%s)", "+1" if i % 4 == 0 else "head")
            else:
                rows(db, "SELECT migrate_upgrade('+1')")
        except psycopg2.Error as e:
            text = e.diag.message_primary or str(e)
            if not ("in progress" in text or "inside a transaction" in text or
                    "didn't produce" in text):
                errors.append((i, e.pgcode, text))
                if len(errors) > 20:
                    break
            time.sleep(0.01)
    db.close()


def run(n, sessions):
    name = fresh_database("mixed")
    db = postgres(name)
    rows(db, "CREATE TABLE effect (n integer)")
    rows(db, "CREATE TABLE t AS SELECT g AS a FROM generate_series(1, 2000) g")
    rows(db, "SELECT migrate_add(%s)", bundle(n))
    errors = []
    threads = [threading.Thread(target=session, args=(name, i, n, errors))
               for i in range(sessions)]
    start = time.time()
    for t in threads:
        t.start()
    for t in threads:
        t.join(120)
    hung = sum(t.is_alive() for t in threads)
    got = (hung, errors[:5], rows(db, "SELECT array_agg(n ORDER BY n) FROM effect")[0][0] ==
           list(range(n)),
           rows(db, "SELECT count(*)::int FROM migrate_log WHERE status = 'done'")[0][0],
           rows(db, "SELECT count(*)::int FROM pg_index WHERE NOT indisvalid")[0][0],
           rows(db, "SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'")[0][0])
    db.close()
    print("# %d sessions: %.1f s" % (sessions, time.time() - start))
    return got


check("8 sessions, by CALL and by function", run(60, 8), (0, [], True, 60, 0, 0))

# Many that come at once to the same thing: one does the work, the others find it done
name = fresh_database("same")
db = postgres(name)
rows(db, "CREATE TABLE effect (n integer)")
rows(db, "CREATE TABLE t AS SELECT g AS a FROM generate_series(1, 2000) g")
rows(db, "SELECT migrate_add(%s)", bundle(6))
errors = []


def one():
    c = postgres(name)
    try:
        rows(c, "CALL migrate_upgrade_autocommit()")
    except psycopg2.Error as e:
        errors.append(str(e))
    c.close()


threads = [threading.Thread(target=one) for _ in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join(60)
check("8 CALLs of the same", (errors, rows(db, "SELECT count(*)::int FROM effect")[0][0],
                              rows(db, "SELECT migrate_status()")[0][0]),
      ([], 6, "0 of 6 revisions pending, current r05"))
done()
