"""A transaction for each revision, and revisions that run outside of one."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, fresh_database, postgres, rows  # noqa: E402


def parts(db, sql, *args):
    """SQLSTATE, message, detail, hint and context of the error that a statement raises."""
    try:
        rows(db, sql, *args)
    except Exception as e:
        d = e.diag
        return (e.pgcode, d.message_primary, d.message_detail, d.message_hint, d.context)
    return None


def notices(db, sql):
    """The notices of a statement, as lines."""
    del db.notices[:]
    rows(db, sql)
    return [n.strip().replace("NOTICE:  ", "") for n in db.notices]


def log(db):
    return rows(db, "SELECT direction, revision, statements, status, detail FROM migrate_log "
                    "ORDER BY id")


name = fresh_database("autocommit")
db = postgres(name)
other = postgres(name)
ENDED = "SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'"

rows(db, "CREATE TABLE t AS SELECT g AS a, g % 100 AS b FROM generate_series(1, 5000) g")
rows(db, "SELECT migrate_add(%s)", """
-- migrate:revision r1
-- migrate:message one
-- migrate:upgrade
CREATE TABLE n (x integer UNIQUE DEFERRABLE INITIALLY DEFERRED);
CREATE TYPE mood AS ENUM ('sad');
-- migrate:downgrade
DROP TABLE n;
DROP TYPE mood;

-- migrate:revision r2
-- migrate:revises r1
-- migrate:message two
-- migrate:transaction off
-- migrate:upgrade
CREATE INDEX CONCURRENTLY i ON t (a);
SET work_mem = '7MB';
VACUUM ANALYZE t;
DO $$ BEGIN RAISE NOTICE 'work_mem is %', current_setting('work_mem'); END $$;
ALTER TYPE mood ADD VALUE 'glad';
INSERT INTO n VALUES (1);
REINDEX INDEX CONCURRENTLY i;
-- migrate:downgrade
DROP INDEX CONCURRENTLY i;

-- migrate:revision r3
-- migrate:revises r2
-- migrate:upgrade
CREATE UNIQUE INDEX j ON t (a);
INSERT INTO n VALUES (2);
-- migrate:downgrade
DROP INDEX j;
""")

# Where it may not be called
WHERE_NOT = ("25001", "migrate_upgrade_autocommit() cannot run inside a transaction block",
             "It commits as it goes.",
             "CALL it by itself, with autocommit on: not between BEGIN and COMMIT, not in a "
             "function, and as the only statement of a query. To run everything in this "
             "transaction, use SELECT migrate_upgrade().")
rows(db, "BEGIN")
check("in a transaction block", parts(db, "CALL migrate_upgrade_autocommit()")[:4], WHERE_NOT)
rows(db, "ROLLBACK")
check("behind another statement",
      parts(db, "SELECT 1; CALL migrate_upgrade_autocommit('head')")[:4], WHERE_NOT)
check("in a block with EXCEPTION",
      parts(db, "DO $$ BEGIN CALL migrate_upgrade_autocommit(); "
                "EXCEPTION WHEN division_by_zero THEN END $$")[:4], WHERE_NOT)
rows(db, "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS "
         "'BEGIN CALL migrate_upgrade_autocommit(); END'")
check("in a function", parts(db, "SELECT f()")[:4], WHERE_NOT)
check("downgrade, too", parts(db, "SELECT 1; CALL migrate_downgrade_autocommit('-1')")[:2],
      ("25001", "migrate_downgrade_autocommit() cannot run inside a transaction block"))
check("the function refuses the plan and shows the CALL",
      parts(db, "SELECT migrate_upgrade('heads')")[:4],
      ("0A000", 'revision "r2" cannot run inside a transaction',
       'Its script says "-- migrate:transaction off".',
       "Run CALL migrate_upgrade_autocommit('heads'), outside of a transaction."))
check("before anything has run", (log(db), rows(db, "SELECT to_regclass('n')")), ([], [(None,)]))

# The whole way up and down
check("up", notices(db, "CALL migrate_upgrade_autocommit('head')"),
      ["running upgrade <base> -> r1, one (1 of 3)", "running upgrade r1 -> r2, two (2 of 3)",
       "work_mem is 7MB", "running upgrade r2 -> r3 (3 of 3)", "current: r3 (head)"])
check("a row of the log for each revision, and those of the statements", log(db), [
    ("upgrade", "r1", 2, "done", None), ("upgrade", "r2", 0, "running", "index public.i"),
    ("upgrade", "r2", 1, "running", None), ("upgrade", "r2", 2, "running", None),
    ("upgrade", "r2", 3, "running", None), ("upgrade", "r2", 4, "running", None),
    ("upgrade", "r2", 5, "running", None), ("upgrade", "r2", 6, "running", None),
    ("upgrade", "r2", 6, "running", "reindex "), ("upgrade", "r2", 7, "running", None),
    ("upgrade", "r2", 7, "done", None), ("upgrade", "r3", 2, "done", None)])
check("everything is there", rows(
    db, "SELECT string_agg(i.indexrelid::regclass || ' ' || i.indisvalid, ', ' "
        "ORDER BY i.indexrelid::regclass::text), "
        "(SELECT string_agg(e::text, ',') FROM unnest(enum_range(NULL::mood)) e), "
        "(SELECT count(*)::int FROM n) FROM pg_index i WHERE indrelid = 't'::regclass"),
    [("i true, j true", "sad,glad", 2)])
check("a SET ends with its revision", rows(db, "SHOW work_mem"), [("4MB",)])
check("at the target: no lock, one line", notices(db, "CALL migrate_upgrade_autocommit()"),
      ["current: r3 (head)"])
check("down", notices(db, "CALL migrate_downgrade_autocommit('base')"),
      ["running downgrade r3 -> r2 (1 of 3)", "running downgrade r2 -> r1, two (2 of 3)",
       "running downgrade r1 -> <base>, one (3 of 3)", "current: <base>"])
check("and nothing is held", rows(other, ENDED), [(0,)])
rows(db, "DO $$ BEGIN CALL migrate_upgrade_autocommit('r1'); END $$")
check("from DO", rows(db, "SELECT migrate_status()"), [("2 of 3 revisions pending, current r1",)])

# A revision that fails: what was before it stays, and the log says why
rows(db, "SELECT migrate_add(%s)", """
-- migrate:revision f1
-- migrate:revises r1
-- migrate:labels fail
-- migrate:upgrade
CREATE TABLE before_the_failure (id integer);
-- migrate:downgrade

-- migrate:revision f2
-- migrate:revises f1
-- migrate:message fails
-- migrate:upgrade
CREATE TABLE gone (id integer);
SELECT 1
  / 0;
-- migrate:downgrade

-- migrate:revision f3
-- migrate:revises f1
-- migrate:labels deferred
-- migrate:upgrade
INSERT INTO n VALUES (1), (1);
-- migrate:downgrade
""")
rows(db, "TRUNCATE migrate_log")
check("the error of a statement", parts(db, "CALL migrate_upgrade_autocommit('f2')"),
      ("22012", "division by zero", None, None,
       'SQL statement "SELECT 1\n  / 0"\n'
       "revision f2 (fails), upgrade, statement 2, line 6"))
check("what was before stays, the failure is in the log", (log(db), rows(
    db, "SELECT to_regclass('before_the_failure')::text, to_regclass('gone')::text")),
    ([("upgrade", "f1", 1, "done", None), ("upgrade", "f2", 0, "failed", "division by zero")],
     [("before_the_failure", None)]))
check("a constraint that is checked at the end has its revision, too",
      parts(db, "CALL migrate_upgrade_autocommit('f3')")[0::4],
      ("23505", 'SQL statement "SET CONSTRAINTS ALL IMMEDIATE"\nrevision f3, upgrade, line 5'))
check("no lock is left", rows(other, ENDED), [(0,)])
rows(db, "SELECT migrate_downgrade('r1')")
rows(db, "DROP TABLE before_the_failure")
for r in ("f3", "f2", "f1"):
    rows(db, "SELECT migrate_remove(%s)", r)

# Resume
rows(db, "SELECT migrate_remove('r3')")
rows(db, "SELECT migrate_remove('r2')")
rows(db, "INSERT INTO t VALUES (1, 1)")
RESUME = """
-- migrate:revision s1
-- migrate:revises r1
-- migrate:message stops
-- migrate:transaction off
-- migrate:upgrade
SET search_path = pg_catalog;
INSERT INTO public.n VALUES (10);
CREATE UNIQUE INDEX CONCURRENTLY k ON public.t (a);
DO $$ BEGIN RAISE NOTICE 'search_path is %', current_setting('search_path'); END $$;
INSERT INTO public.n VALUES (11);
-- migrate:downgrade
DROP INDEX k;
"""
rows(db, "SELECT migrate_add(%s)", RESUME)
rows(db, "TRUNCATE migrate_log")
check("a statement fails in the worker", parts(db, "CALL migrate_upgrade_autocommit()"),
      ("23505", 'could not create unique index "k"', "Key (a)=(1) is duplicated.",
       "Mend the rows and call again: it goes on at this statement.",
       "revision s1 (stops), upgrade, statement 3, line 9"))
INVALID = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
check("an invalid index is left", rows(db, INVALID), [("k",)])
check("status", rows(db, "SELECT migrate_status()"),
      [("1 of 2 revisions pending, current r1, stopped in revision s1 at statement 3 of 5",)])
check("the log", log(db), [
    ("upgrade", "s1", 0, "running", None), ("upgrade", "s1", 1, "running", None),
    ("upgrade", "s1", 2, "running", None), ("upgrade", "s1", 2, "running", "index public.k"),
    ("upgrade", "s1", 2, "failed", 'could not create unique index "k"')])
check("it cannot be removed", parts(db, "SELECT migrate_remove('s1')")[:4],
      ("55000", 'revision "s1" is partly applied', "Its upgrade has stopped at statement 3.",
       "Finish its upgrade, then downgrade below it."))
check("nor can what it stands on be downgraded", parts(db, "SELECT migrate_downgrade('base')")[:4],
      ("55000", 'cannot downgrade revision "r1": the upgrade of revision "s1" has stopped at '
                'statement 3', None, "Finish it first: CALL migrate_upgrade_autocommit('s1')."))
rows(db, "SELECT migrate_add(%s)", RESUME.replace("(10)", "(12)"))
check("edited where it has run", parts(db, "CALL migrate_upgrade_autocommit()")[:4],
      ("55000", 'revision "s1" was edited where it has already run',
       "Its upgrade has stopped at statement 3.",
       "Put the statements before that one back as they were; it and those behind it may change."))
rows(db, "SELECT migrate_add(%s)",
     RESUME.replace("UNIQUE INDEX", "INDEX").replace("(10);", "(10); -- ten"))
check("edited where it has not", notices(db, "CALL migrate_upgrade_autocommit()"),
      ["running upgrade r1 -> s1, stops (1 of 1)", "search_path is pg_catalog",
       "current: s1 (head)"])
check("each statement once, no invalid index",
      (rows(db, "SELECT x FROM n ORDER BY 1"), rows(db, INVALID), rows(
          db, "SELECT indisunique FROM pg_index WHERE indexrelid = 'k'::regclass")),
      ([(10,), (11,)], [], [(False,)]))
check("status afterwards", rows(db, "SELECT migrate_status()"),
      [("0 of 2 revisions pending, current s1",)])

# From wherever it is allowed, with nothing held that an index would have to wait for
def index(n):
    rows(db, "SELECT migrate_revision('', %s, '', rev_id => %s, transaction => false)",
         "CREATE INDEX CONCURRENTLY w%d ON t (a)" % n, "w%d" % n)


rows(db, "SET statement_timeout = '20s'")
index(1)
rows(db, "DO $$ DECLARE n integer; BEGIN SELECT count(*) INTO n FROM t; "
         "CALL migrate_upgrade_autocommit(); END $$")
check("DO that has read the table", rows(db, "SELECT migrate_status()"),
      [("0 of 3 revisions pending, current w1",)])
index(2)
rows(db, "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN PERFORM count(*) FROM t; COMMIT; "
         "FOR i IN 1..2 LOOP CALL migrate_upgrade_autocommit(); END LOOP; END $$")
rows(db, "CALL p()")
check("a procedure that has read it", rows(db, "SELECT migrate_status()"),
      [("0 of 4 revisions pending, current w2",)])
rows(db, "CREATE PROCEDURE definer() LANGUAGE plpgsql SECURITY DEFINER AS "
         "'BEGIN CALL migrate_upgrade_autocommit(); END'")
check("a procedure with other rights", parts(db, "CALL definer()")[:2], WHERE_NOT[:2])
script = os.path.join(os.environ.get("TMPDIR", "/tmp"), "call.sql")
with open(script, "w", encoding="utf-8") as f:
    f.write("CALL migrate_upgrade_autocommit('head');\n")
for n, mode in ((3, "extended"), (4, "prepared")):
    index(n)
    p = subprocess.run([os.path.join(os.environ["PGBIN"], "pgbench"), "-n", "-t", "2", "-M", mode,
                        "-f", script, name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       text=True, timeout=60)
    check("in the %s protocol" % mode, (p.returncode, rows(db, "SELECT migrate_status()")),
          (0, [("0 of %d revisions pending, current w%d" % (n + 2, n),)]))

# A role that the revision takes does not write the log
rows(db, "DROP ROLE IF EXISTS autocommit_role")
rows(db, "CREATE ROLE autocommit_role")
rows(db, "GRANT CREATE ON SCHEMA public TO autocommit_role")
rows(db, "SELECT migrate_revision('', %s, '', rev_id => 'role', transaction => false)",
     "SET ROLE autocommit_role; CREATE TABLE theirs (a integer);")
rows(db, "CALL migrate_upgrade_autocommit()")
check("SET ROLE in a revision", rows(
    db, "SELECT (SELECT tableowner FROM pg_tables WHERE tablename = 'theirs'), "
        "(SELECT string_agg(DISTINCT actor, ',') FROM migrate_log WHERE revision = 'role'), "
        "current_user::text"), [("autocommit_role", "postgres", "postgres")])
rows(db, "DROP OWNED BY autocommit_role")
rows(db, "DROP ROLE autocommit_role")
db.close()
other.close()
done()
