"""pg_dump | psql and pg_restore -j2: history, version and log come along, the next upgrade goes on."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, fresh_database, history, postgres, rows, scratch  # noqa: E402

STATE = """
SELECT (SELECT count(*)::int FROM migrate_revision), (SELECT count(*)::int FROM migrate_log),
       (SELECT string_agg(revision, ',') FROM migrate_version),
       (SELECT count(*)::int FROM migrate_verify())"""


def run(*command, **options):
    command = (os.path.join(os.environ["PGBIN"], command[0]),) + command[1:]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, **options).stdout


def empty_database(name):
    admin = postgres()
    rows(admin, 'DROP DATABASE IF EXISTS "%s" WITH (FORCE)' % name)
    rows(admin, 'CREATE DATABASE "%s"' % name)
    admin.close()


def check_restored(name, restored):
    db = postgres(restored)
    check(name + ": everything is there", rows(db, STATE), [(4, 3, "r0003", 0)])
    check(name + ": the next upgrade goes on",
          [row[0] for row in rows(db, "SELECT migrate_upgrade('head')")],
          ["upgrade r0003 -> r0004", "current: r0004 (head)"])
    check(name + ": the log goes on", rows(db, "SELECT max(id)::int FROM migrate_log"), [(4,)])
    db.close()


source = fresh_database("dump_source")
db = postgres(source)
rows(db, "SELECT migrate_add(%s)", history(4))
rows(db, "SELECT migrate_upgrade('r0003')")
db.close()

empty_database("dump_psql")
run("psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", "dump_psql", input=run("pg_dump", source))
check_restored("pg_dump | psql", "dump_psql")

empty_database("dump_restore")
archive = scratch("dump.d")
run("pg_dump", "-Fd", "-j2", "-f", archive, source)
run("pg_restore", "-j2", "-d", "dump_restore", archive)
check_restored("pg_restore -j2", "dump_restore")
done()
