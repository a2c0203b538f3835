#!/usr/bin/python3
"""What `make bench` calls: times beside the same SQL by hand, Alembic and dbmate, in the same run.

    bench/run [REVISIONS] [ROUNDS]

Each round runs every way once, so that what else the machine does hits all alike; printed are
medians and their ratio to the same SQL by hand in one transaction (psql -1, sqlite3).  A revision
makes a table and an index; "by hand" writes the version and the log as well, which is what a
script without this program would have to do.  Asserts nothing.
"""
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
N = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
WORK = tempfile.mkdtemp(prefix="migrate-bench.")
MODULE = os.path.join(TOP, "build/sqlite/migrate")

UP = ["CREATE TABLE t%d (id integer PRIMARY KEY, name text NOT NULL, x integer);\n"
      "CREATE INDEX t%d_name ON t%d (name);\n" % (i, i, i) for i in range(N)]
DOWN = ["DROP TABLE t%d;\n" % i for i in range(N)]
BUNDLE = "".join(
    "-- migrate:revision r%05d\n%s-- migrate:message table %d\n\n-- migrate:upgrade\n%s\n"
    "-- migrate:downgrade\n%s" % (i, "-- migrate:revises r%05d\n" % (i - 1) if i else "", i,
                                  UP[i], DOWN[i]) for i in range(N))
BOOKS = ("CREATE TABLE hand_version (revision text PRIMARY KEY);\n"
         "CREATE TABLE hand_log (id integer, revision text, direction text);\n"
         "INSERT INTO hand_version VALUES ('');\n")


def by_hand(statements, direction):
    """The statements of all revisions, with a version and a log."""
    return "".join(s + "UPDATE hand_version SET revision = 'r%05d';\n"
                   "INSERT INTO hand_log VALUES (%d, 'r%05d', '%s');\n" % (i, i, i, direction)
                   for i, s in statements)


HAND_UP = BOOKS + by_hand(list(enumerate(UP)), "upgrade")
HAND_DOWN = by_hand(list(enumerate(DOWN))[::-1], "downgrade")


def write(name, text):
    """A file in the work folder; returns its path."""
    path = os.path.join(WORK, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def run(*command, **options):
    """A program without its output; raises where it fails."""
    options.setdefault("stdout", subprocess.DEVNULL)
    options.setdefault("stderr", subprocess.DEVNULL)
    return subprocess.run(command, check=True, **options)


def timed(call):
    """Seconds of wall-clock time: another process may do the work."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


# ---- the ways: (engine, what, who) -> seconds of each round ----

results = {}


def note(engine, what, who, seconds):
    """A time of this round."""
    results.setdefault((engine, what, who), []).append(seconds)


def sqlite_hand(files):
    """files: (what, a script); a shell for each, as one would run it."""
    db = os.path.join(WORK, "hand.db")
    for what, file in files:
        note("SQLite", what, "by hand",
             timed(lambda: run("sqlite3", "-bail", db, ".read " + file)))
    os.remove(db)


def sqlite_ours(bundle):
    """The bundle is loaded before: its time is no part of a run's."""
    db = os.path.join(WORK, "ours.db")

    def call(sql):
        run("sqlite3", "-bail", "-cmd", ".load " + MODULE, db, sql)

    call("SELECT migrate_load('%s')" % bundle)
    note("SQLite", "base -> head", "migrate", timed(lambda: call("SELECT migrate_upgrade('head')")))
    open_connection("SQLite", sqlite_connect(db))
    note("SQLite", "head -> base", "migrate",
         timed(lambda: call("SELECT migrate_downgrade('base')")))
    os.remove(db)


def sqlite_connect(path):
    """A function that runs SQL on a connection of its own."""
    db = sqlite3.connect(path, isolation_level=None)
    db.enable_load_extension(True)
    db.load_extension(MODULE)
    return lambda sql, *args: db.execute(sql, args).fetchall()


def open_connection(engine, execute):
    """Calls on a connection that the application has anyway."""
    mark = "?" if engine == "SQLite" else "%s"
    execute("SELECT migrate_upgrade('head')")
    for what, sql, args in (("SELECT 1", "SELECT 1", ()),
                            ("at head", "SELECT migrate_upgrade('head')", ()),
                            ("unchanged add", "SELECT count(*) FROM (SELECT migrate_add(%s)) x"
                             % mark, (BUNDLE,))):
        note(engine, what, "migrate",
             statistics.median(timed(lambda: execute(sql, *args)) for _ in range(7)))


def psql(*args, **options):
    run(os.path.join(os.environ["PGBIN"], "psql"), "-qX", "-v", "ON_ERROR_STOP=1", *args,
        **options)


def new_database():
    """Its catalogs have none of what was dropped in the last round."""
    psql("-d", "postgres", "-c", "DROP DATABASE IF EXISTS bench WITH (FORCE)",
         "-c", "CREATE DATABASE bench")


def postgres_hand(files):
    """As sqlite_hand(), each script in one transaction."""
    new_database()
    for what, file in files:
        note("PostgreSQL", what, "by hand", timed(lambda: psql("-d", "bench", "-1", "-f", file)))


def postgres_ours(bundle):
    import psycopg2
    new_database()
    psql("-d", "bench", "-c", "CREATE EXTENSION migrate",
         "-c", "SELECT migrate_load('%s')" % bundle)
    note("PostgreSQL", "base -> head", "migrate",
         timed(lambda: psql("-d", "bench", "-c", "SELECT migrate_upgrade('head')")))
    db = psycopg2.connect(dbname="bench")
    db.autocommit = True

    def execute(sql, *args):
        with db.cursor() as c:
            c.execute(sql, args or None)
            return c.fetchall()

    open_connection("PostgreSQL", execute)
    db.close()
    note("PostgreSQL", "head -> base", "migrate",
         timed(lambda: psql("-d", "bench", "-c", "SELECT migrate_downgrade('base')")))


# ---- Alembic and dbmate, where they are installed ----

ENV = """
from alembic import context
from sqlalchemy import create_engine
with create_engine(%r).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


def alembic_directory(url):
    """The same revisions as Alembic's scripts, written once for each database."""
    top = os.path.join(WORK, "alembic" + str(abs(hash(url))))
    if os.path.exists(top):
        return top
    os.makedirs(os.path.join(top, "scripts/versions"))
    with open(os.path.join(top, "alembic.ini"), "w") as f:
        f.write("[alembic]\nscript_location = %s/scripts\n" % top)
    with open(os.path.join(top, "scripts/env.py"), "w") as f:
        f.write(ENV % url)
    for i in range(N):
        statements = "".join("    op.execute(%r)\n" % s for s in UP[i].strip().split("\n"))
        with open(os.path.join(top, "scripts/versions/r%05d_.py" % i), "w") as f:
            f.write("from alembic import op\nrevision = 'r%05d'\ndown_revision = %r\n"
                    "def upgrade():\n%sdef downgrade():\n    op.execute(%r)\n"
                    % (i, "r%05d" % (i - 1) if i else None, statements, DOWN[i].strip()))
    return top


def alembic(engine, url):
    """A process for each command: that is how it is used, and most of what "at head" costs."""
    top = alembic_directory(url)

    def call(*args):
        run("/usr/bin/python3", "-m", "alembic.config", "-c", os.path.join(top, "alembic.ini"),
            *args)

    note(engine, "base -> head", "Alembic", timed(lambda: call("upgrade", "head")))
    note(engine, "at head", "Alembic", timed(lambda: call("upgrade", "head")))
    note(engine, "head -> base", "Alembic", timed(lambda: call("downgrade", "base")))


def dbmate(engine, url):
    """The same revisions as its files; it needs no downgrade of all."""
    folder = os.path.join(WORK, "dbmate")
    if not os.path.exists(folder):
        os.mkdir(folder)
        for i in range(N):
            with open(os.path.join(folder, "%05d_table.sql" % i), "w") as f:
                f.write("-- migrate:up\n%s\n-- migrate:down\n%s" % (UP[i], DOWN[i]))
    program = [os.path.join(TOP, "build/node/node_modules/.bin/dbmate"), "--no-dump-schema",
               "-d", folder, "-u", url]
    note(engine, "base -> head", "dbmate", timed(lambda: run(*program, "up")))
    note(engine, "at head", "dbmate", timed(lambda: run(*program, "up")))


def have_alembic():
    return subprocess.run(["/usr/bin/python3", "-c", "import alembic, sqlalchemy, psycopg2"],
                          stderr=subprocess.DEVNULL).returncode == 0


def have_dbmate():
    return os.path.exists(os.path.join(TOP, "build/node/node_modules/.bin/dbmate"))


def round_of_others():
    """Once: they take long, and differ from us by more than a round does."""
    host = "%s?host=%s" % ("bench", os.environ["PGHOST"])
    for who, function, wanted in (("Alembic", alembic, have_alembic()),
                                  ("dbmate", dbmate, have_dbmate())):
        if not wanted:
            continue
        path = os.path.join(WORK, who + ".db")
        function("SQLite", ("sqlite:///" if who == "Alembic" else "sqlite:") + path)
        os.remove(path)
        new_database()
        function("PostgreSQL", ("postgresql:///" if who == "Alembic" else "postgres:///") + host
                 + ("" if who == "Alembic" else "&sslmode=disable"))


def show():
    """Medians, and their ratio to what is done by hand."""
    print("%d revisions, a table and an index each; medians of %d rounds\n" % (N, ROUNDS))
    print("%-11s %-14s %-9s %10s  %s" % ("engine", "what", "who", "ms", "ratio to by hand"))
    for engine in ("SQLite", "PostgreSQL"):
        for what in ("base -> head", "head -> base", "at head", "SELECT 1", "unchanged add"):
            hand = results.get((engine, what, "by hand"))
            for who in ("by hand", "migrate", "Alembic", "dbmate"):
                seconds = results.get((engine, what, who))
                if seconds:
                    median = statistics.median(seconds)
                    ratio = "%.2f" % (median / statistics.median(hand)) if hand else ""
                    print("%-11s %-14s %-9s %10.2f  %s" % (engine, what, who, median * 1000, ratio))


try:
    transaction = "BEGIN;\n%sCOMMIT;\n"
    bundle = write("bundle.sql", BUNDLE)
    os.chmod(WORK, 0o755)
    for _ in range(ROUNDS):
        sqlite_hand([("base -> head", write("up.sql", transaction % HAND_UP)),
                     ("head -> base", write("down.sql", transaction % HAND_DOWN))])
        sqlite_ours(bundle)
        postgres_hand([("base -> head", write("pg_up.sql", HAND_UP)),
                       ("head -> base", write("pg_down.sql", HAND_DOWN))])
        postgres_ours(bundle)
    round_of_others()
    show()
finally:
    shutil.rmtree(WORK)
