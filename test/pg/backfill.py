"""Data changed in batches: keys of all kinds, interrupted, shared, inside of a revision."""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, failure, fresh_database, postgres, rows  # noqa: E402

name = fresh_database("backfill")
db = postgres(name)
other = postgres(name)


def notices(c, sql):
    del c.notices[:]
    rows(c, sql)
    return [n.strip().replace("NOTICE:  ", "") for n in c.notices]


def positions():
    return rows(other, "SELECT relation, position, rows FROM migrate_position")


rows(db, "CREATE TABLE t (id integer PRIMARY KEY, n integer NOT NULL DEFAULT 0)")
rows(db, "INSERT INTO t (id) SELECT g * 3 FROM generate_series(1, 1050) g")
check("all rows, in batches", notices(db, "CALL migrate_backfill('t', 'n = n + 1')"),
      ["backfilled 1050 rows of t"])
check("each once", rows(db, "SELECT DISTINCT n FROM t"), [(1,)])
check("a transaction for each batch",
      rows(db, "SELECT count(DISTINCT xmin::text)::int FROM t"), [(2,)])
check("no position is left", positions(), [])
check("some rows", notices(db, "CALL migrate_backfill('public.t', 'n = 7 -- seven', "
                               "'id < 31 -- ten', batch_size => 3)"),
      ["backfilled 10 rows of public.t"])
check("only they", rows(db, "SELECT n, count(*)::int FROM t GROUP BY 1 ORDER BY 1"),
      [(1, 1040), (7, 10)])
check("nothing to do", notices(db, "CALL migrate_backfill('t', 'n = 7', 'false')"),
      ["backfilled 0 rows of t"])

rows(db, "CREATE SCHEMA \"Odd one\"")
rows(db, "CREATE TABLE \"Odd one\".\"T\" (\"Key\" timestamptz, d date, x numeric, s text, b bytea, "
         "i interval, u uuid, v integer DEFAULT 0, PRIMARY KEY (\"Key\", d, x, s, b, i, u))")
rows(db, "INSERT INTO \"Odd one\".\"T\" SELECT '2026-01-01'::timestamptz + (g / 9) * '1.000001 s'::"
         "interval, '2025-01-31'::date + g / 3, g / 7.0, 'it''s ' || g, '\\x00'::bytea, "
         "g * '25:00:00'::interval, gen_random_uuid() FROM generate_series(1, 100) g")
rows(db, "SET DateStyle = 'German'")
check("a key of many columns", notices(
    db, "CALL migrate_backfill('\"Odd one\".\"T\"', 'v = v + 1', batch_size => 7)"),
    ['backfilled 100 rows of "Odd one"."T"'])
check("each once", rows(db, "SELECT v, count(*)::int FROM \"Odd one\".\"T\" GROUP BY 1"),
      [(1, 100)])

# Interrupted, and gone on with in a session with other settings
rows(db, "ALTER TABLE \"Odd one\".\"T\" ADD CHECK (v < 2 OR x < 7.4)")
check("a batch fails", failure(db, "CALL migrate_backfill('\"Odd one\".\"T\"', 'v = v + 1', "
                                   "batch_size => 7)")[0], "23514")
check("those before it stay", rows(db, "SELECT v, count(*)::int FROM \"Odd one\".\"T\" GROUP BY 1 "
                                       "ORDER BY 1"), [(1, 51), (2, 49)])
check("where it is", [(p[0], len(p[1]), p[2]) for p in positions()], [('"Odd one"."T"', 7, 49)])
rows(db, "ALTER TABLE \"Odd one\".\"T\" DROP CONSTRAINT \"T_check\"")
rows(other, "SET DateStyle = 'SQL, MDY'")
rows(other, "SET TimeZone = 'Asia/Tokyo'")
rows(other, "SET IntervalStyle = 'iso_8601'")
check("the same call goes on", notices(
    other, "CALL migrate_backfill('\"Odd one\".\"T\"', 'v = v + 1', batch_size => 10)"),
    ['backfilled 100 rows of "Odd one"."T"'])
check("each once", rows(db, "SELECT v, count(*)::int FROM \"Odd one\".\"T\" GROUP BY 1"),
      [(2, 100)])
check("the position is gone", positions(), [])

# Two sessions share the work, another reads
rows(db, "UPDATE t SET n = 0")
sessions = [postgres(name) for _ in range(3)]
threads = [threading.Thread(target=rows, args=(
    s, "CALL migrate_backfill('t', 'n = n + 1', batch_size => 10, pause => 0.002)"))
    for s in sessions]
for t in threads:
    t.start()
seen = []
for _ in range(200):
    seen += rows(other, "SELECT phase FROM migrate_progress()")
    if not any(t.is_alive() for t in threads):
        break
for t in threads:
    t.join()
check("three sessions share the work", rows(db, "SELECT n, count(*)::int FROM t GROUP BY 1"),
      [(1, 1050)])
check("progress is seen", any(p[0] and p[0].startswith("backfill of public.t, ") for p in seen),
      True)

# Rows that somebody else has locked
rows(other, "BEGIN")
rows(other, "UPDATE t SET n = n + 100 WHERE id = 300")
rows(db, "SET migrate.lock_timeout = '20ms'")
timer = threading.Timer(0.3, lambda: rows(other, "COMMIT"))
timer.start()
lines = notices(db, "CALL migrate_backfill('t', 'n = n + 1', batch_size => 50)")
timer.join()
check("a locked row is waited for, politely",
      (lines[0].split(",")[0], lines[-1], rows(db, "SELECT n, count(*)::int FROM t GROUP BY 1 "
                                                   "ORDER BY 1")),
      ("batch did not get a lock and was rolled back", "backfilled 1050 rows of t",
       [(2, 1049), (102, 1)]))

# In a revision
rows(db, "SELECT migrate_add(%s)", """
-- migrate:revision b1
-- migrate:transaction off
-- migrate:upgrade
ALTER TABLE t ADD COLUMN m integer;
CALL migrate_backfill('t', 'm = coalesce(m, 0) + n', batch_size => 100, pause => 0.005);
ALTER TABLE t ALTER COLUMN m SET NOT NULL;
-- migrate:downgrade
ALTER TABLE t DROP COLUMN m;
-- migrate:revision b2
-- migrate:revises b1
-- migrate:upgrade
CALL migrate_backfill('t', 'm = 1');
-- migrate:downgrade
""")
del db.notices[:]
caller = postgres(name)
thread = threading.Thread(target=lambda: failure(caller, "CALL migrate_upgrade_autocommit('b1')"))
thread.start()
for _ in range(400):
    if rows(other, "SELECT count(*) FROM migrate_position WHERE rows >= 200") == [(1,)]:
        break
    time.sleep(0.005)
progress = rows(other, "SELECT revision, statement, phase ~ '^backfill of public.t, [0-9]+ rows$' "
                       "FROM migrate_progress()")
rows(other, "SELECT pg_terminate_backend(%s)", caller.info.backend_pid)
thread.join()
for _ in range(1000):  # the session is gone for its client before it is for others
    if not rows(other, "SELECT 1 FROM migrate_progress()"):
        break
    time.sleep(0.01)
check("progress of a backfill in a revision", progress, [("b1", 2, True)])
check("interrupted there", rows(other, "SELECT migrate_status()"),
      [("2 of 2 revisions pending, current <base>, stopped in revision b1 at statement 2 of 3",)])
half = positions()[0][2]
check("half way", 0 < half < 1050, True)
check("gone on with", notices(db, "CALL migrate_upgrade_autocommit('b1')")[1:],
      ["backfilled 1050 rows of t", "current: b1"])
check("each row once", rows(db, "SELECT count(*)::int FROM t WHERE m = n"), [(1050,)])
check("in a transactional revision", failure(db, "CALL migrate_upgrade_autocommit()")[:4],
      ("25001", "migrate_backfill() cannot run inside a transaction block",
       "It commits as it goes.",
       "CALL it by itself, with autocommit on: not between BEGIN and COMMIT, not in a function, "
       "and as the only statement of a query. To change all rows in this transaction, use UPDATE."))

# Errors
rows(db, "CREATE TABLE no_key (id integer)")
for what, arguments, expected in (
        ("no primary key", "'no_key', 'id = 1'",
         ("55000", 'table "no_key" has no primary key', "The batches are taken in its order.",
          "Use UPDATE, or add a primary key.")),
        ("no table", "'nothing', 'id = 1'", ("42P01", 'relation "nothing" does not exist', None,
                                             None)),
        ("a changed key", "'t', 'id = id + 1'",
         ("0A000", "a backfill must not change the primary key",
          "The batches are taken in its order.", "Use UPDATE.")),
        ("no batch", "'t', 'n = 1', batch_size => 0",
         ("22023", "batch_size must be at least 1", None, None)),
        ("a pause back in time", "'t', 'n = 1', pause => -1",
         ("22023", "pause must be from 0 to 3600 seconds", None, None)),
        ("nothing to set", "'t', ''",
         ("22023", "set_clause is empty", None,
          "Give what would stand behind SET in an UPDATE.")),
        ("two statements", "'t', 'n = 1; DROP TABLE t'",
         ("42601", 'syntax error at or near ";"', None, None)),
        ("a null", "NULL, 'n = 1'",
         ("22004", 'argument "relation" must not be null', None, None))):
    check(what, failure(db, "CALL migrate_backfill(%s)" % arguments)[:4], expected)
rows(db, "SET default_transaction_read_only = on")
check("read-only", failure(db, "CALL migrate_backfill('t', 'n = 1')")[:2],
      ("25006", "cannot backfill in a read-only transaction"))
done()
