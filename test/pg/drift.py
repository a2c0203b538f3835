"""Drift: what changes the catalogs' rows and no definition, what no run takes a snapshot of, locks."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, error, fresh_database, postgres, rows  # noqa: E402

name = fresh_database("drift")
db = postgres(name)
other = postgres(name)
DRIFT = "SELECT change, object FROM migrate_drift()"
CHANGED = """schema was changed since the last run, outside of migrations
DETAIL:  1 change: constraint public.entry.entry_account_id_check added.
HINT:  SELECT * FROM migrate_drift() shows what would undo it. Undo it, or make it a revision; if it \
is right as it is, SELECT migrate_snapshot()."""
STATE = "SELECT state FROM migrate_snapshot"

rows(db, """SELECT migrate_add('-- migrate:revision a1
-- migrate:upgrade
CREATE TABLE account (id integer PRIMARY KEY, mail text);
CREATE TABLE entry (account_id integer REFERENCES account);
-- migrate:revision a2
-- migrate:revises a1
-- migrate:upgrade
ALTER TABLE account ADD COLUMN name text;
-- migrate:revision a3
-- migrate:revises a2
-- migrate:upgrade
SELECT 1 / 0;
')""")
rows(db, "SELECT migrate_upgrade('a1')")


def state_of_now():
    """What a snapshot would have; nothing stays."""
    rows(db, "BEGIN")
    rows(db, "SELECT migrate_snapshot()")
    state = rows(db, STATE)
    rows(db, "ROLLBACK")
    return state


left = rows(db, STATE)
check("a run has kept the state of the catalogs", len(left[0][0]), 16)
rows(other, "CREATE TEMP TABLE t (id serial PRIMARY KEY, x text DEFAULT 'a' CHECK (x <> 'b'))")
rows(other, "CREATE TEMP VIEW v AS SELECT * FROM t")
rows(other, "COMMENT ON TABLE account IS NULL")
rows(other, "INSERT INTO account VALUES (1, 'x')")
rows(other, "ANALYZE")
check("rows, statistics and temporary objects leave the state as it is", state_of_now(), left)
rows(other, "REINDEX TABLE account")
check("REINDEX does not", state_of_now() == left, False)
check("but is no drift", rows(db, DRIFT), [])
rows(db, "BEGIN READ ONLY")
check("nor in a read-only transaction", rows(db, DRIFT), [])
rows(db, "ROLLBACK")
rows(db, "ALTER TABLE entry ADD CHECK (account_id > 0) NOT VALID")
check("a constraint is", rows(db, DRIFT),
      [("added", "constraint public.entry.entry_account_id_check")])
check("migrate_check() says so with what is pending done",
      error(lambda: (rows(db, "SELECT migrate_remove('a3')"), rows(db, "SELECT migrate_remove('a2')"),
                     rows(db, "SELECT migrate_check()"))),
      CHANGED)
check("and so does migrate_check(desired)",
      error(lambda: rows(db, "SELECT migrate_check(migrate_schema())")),
      CHANGED)

# what others see while the snapshot is run to compare with it
rows(db, "BEGIN")
rows(db, DRIFT)
check("no lock on the live tables that stands in anybody's way is left", rows(
    other, "SELECT mode, relation::regclass::text FROM pg_locks WHERE locktype = 'relation' "
           "AND pid <> pg_backend_pid() AND relation IN ('account'::regclass, 'entry'::regclass) "
           "AND mode NOT IN ('AccessShareLock')"), [])
rows(other, "SET lock_timeout = '2s'")
rows(other, "INSERT INTO entry VALUES (1)")
rows(db, "ROLLBACK")

# a CALL that fails behind a revision that is committed
rows(db, "SELECT migrate_snapshot()")
rows(db, """SELECT migrate_add('-- migrate:revision b2
-- migrate:revises a1
-- migrate:upgrade
ALTER TABLE account ADD COLUMN name text;
-- migrate:revision b3
-- migrate:revises b2
-- migrate:upgrade
SELECT 1 / 0;
')""")
check("a CALL fails in its second revision",
      error(lambda: rows(db, "CALL migrate_upgrade_autocommit()")).split("\n")[0],
      "division by zero")
check("then there is no snapshot of the current version",
      error(lambda: rows(db, DRIFT)).split("\n")[0],
      "there is no snapshot of the current version")
rows(db, "SELECT migrate_remove('b3')")
check("and migrate_check() asks for the version alone", rows(db, "SELECT migrate_check()"),
      [("all 2 revisions applied, current b2 (head)",)])
rows(db, """SELECT migrate_add('-- migrate:revision c3
-- migrate:revises b2
-- migrate:upgrade
CREATE TABLE more (id integer);
')""")
rows(db, "CALL migrate_upgrade_autocommit()")
check("a CALL that ends takes one", rows(db, DRIFT), [])
left = rows(db, "SELECT schema, state FROM migrate_snapshot")
rows(db, "SELECT migrate_add('-- migrate:revision d4\n-- migrate:revises c3\n-- migrate:upgrade\nSELECT 1;\n')")
rows(db, "SELECT migrate_upgrade()")
check("a run that changes no definition keeps the text, for its own version",
      (rows(db, DRIFT), rows(db, "SELECT schema, state FROM migrate_snapshot"),
       rows(db, "SELECT heads FROM migrate_snapshot")), ([], left, [(["d4"],)]))
rows(db, "DROP TABLE more")
check("of what it has left", rows(db, DRIFT), [("removed", "table public.more")])

rows(db, "CREATE SCHEMA app; CREATE SCHEMA old; CREATE TABLE app.t (id integer)")
rows(db, "SELECT migrate_snapshot()")
rows(db, "ALTER TABLE app.t ADD COLUMN x text; DROP SCHEMA old; CREATE SCHEMA new")
check("in other schemas, and of schemas", rows(db, DRIFT + " ORDER BY 2"),
      [("added", "column app.t.x"), ("added", "schema new"), ("removed", "schema old")])
rows(db, "SET search_path = app, public")
check("whatever the current schema is", rows(db, DRIFT + " ORDER BY 2"),
      [("added", "column app.t.x"), ("added", "schema new"), ("removed", "schema old")])
rows(db, "RESET search_path")

# what no text makes, or is the whole database's
rows(db, "CREATE AGGREGATE total (integer) (sfunc = int4pl, stype = integer); CREATE PUBLICATION old_one;"
         "CREATE COLLATION \"two\nlines\" (locale = 'C')")
rows(db, "SELECT migrate_snapshot()")
rows(db, "CREATE EXTENSION citext; CREATE TABLE words (word citext); CREATE COLLATION c (locale = 'C'); "
         "CREATE PUBLICATION new_one FOR TABLE words; DROP PUBLICATION old_one; DROP AGGREGATE total (integer)")
check("what is known by name alone, and extensions", rows(db, "SELECT * FROM migrate_drift()"), [
    ("table public.words", "added", "-- destructive: table public.words\nDROP TABLE public.words"),
    ("extension citext", "added", "-- destructive: extension citext\nDROP EXTENSION citext"),
    ("collation public.c", "added", None), ("publication new_one", "added", None),
    ("function public.total(integer)", "removed", None), ("publication old_one", "removed", None)])
check("migrate_check() tells them", error(lambda: rows(db, "SELECT migrate_check()")).split("\n")[1],
      "DETAIL:  6 changes: table public.words added, extension citext added, collation public.c added, "
      "publication new_one added, function public.total(integer) removed, publication old_one removed.")
rows(db, "SELECT migrate_snapshot()")
rows(db, "COMMENT ON TABLE words IS 'x'")
check("and not once they are taken for right", rows(db, DRIFT), [("added", "comment TABLE public.words")])

# a role that cannot put everybody's schemas out of the way
rows(db, "SELECT migrate_snapshot(); DROP ROLE IF EXISTS drift_other; CREATE ROLE drift_other; "
         "GRANT SELECT ON migrate_revision, migrate_version, migrate_snapshot TO drift_other")
rows(db, "GRANT CREATE ON DATABASE drift TO drift_other; SET ROLE drift_other")
check("any role sees that nothing has changed", rows(db, DRIFT), [])
rows(db, "RESET ROLE; DROP TABLE words; SET ROLE drift_other")
check("what has is told to owners", error(lambda: rows(db, "SELECT migrate_check()")),
      "permission denied to compare schemas\n"
      "DETAIL:  The schema was changed since the last run, outside of migrations, and to tell what takes "
      "the rights of the owner of schema \"app\".\n"
      "HINT:  Call migrate_drift() as a member of the roles that own the schemas.")
rows(db, "RESET ROLE; DROP OWNED BY drift_other; DROP ROLE drift_other")
done()
