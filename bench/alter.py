#!/usr/bin/python3
"""ALTER TABLE on SQLite beside the same change by hand and Alembic's batch mode.

    bench/alter.py [ROWS] [ROUNDS] [TABLES]      defaults: 1000000, 3, 2000

A table of ROWS rows with two indexes, and one table among TABLES.  Each round runs every way once,
on a file of its own; printed are medians and their ratio to what has to be done at least: the
INSERT ... SELECT with the index builds, the scan that a check needs, SQLite's own RENAME TABLE.
Needs build/sqlite/migrate.so (make sqlite).  Asserts nothing.
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
MODULE = os.environ.get("MIGRATE_SO", os.path.join(TOP, "build/sqlite/migrate.so"))
ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1000000
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3
TABLES = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
WORK = tempfile.mkdtemp(prefix="migrate-bench.", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
# in lines of their own, since SQLAlchemy cannot read a CHECK otherwise
TABLE = """CREATE TABLE t (
id INTEGER PRIMARY KEY,
name text,
amount integer,
note text,
at text DEFAULT 'now',
CONSTRAINT positive CHECK (amount >= 0)
)"""
INDEXES = ["CREATE INDEX t_name ON t (name)", "CREATE INDEX t_amount ON t (amount DESC)"]

# name, what the module is asked, what by hand is compared with it, Alembic's batch operation
CHANGES = [
    ("TYPE", "ALTER TABLE t ALTER COLUMN amount TYPE text", "rebuild",
     "b.alter_column('amount', type_=sa.Text())"),
    ("ADD UNIQUE", "ALTER TABLE t ADD CONSTRAINT u UNIQUE (id, name)", "rebuild, UNIQUE", "b.create_unique_constraint('u', ['id', 'name'])"),
    ("DROP COLUMN", "ALTER TABLE t DROP COLUMN note", "native DROP COLUMN", "b.drop_column('note')"),
    ("SET NOT NULL", "ALTER TABLE t ALTER COLUMN note SET NOT NULL", "scan", "b.alter_column('note', nullable=False)"),
    ("ADD CHECK", "ALTER TABLE t ADD CHECK (amount < 2000000000)", "scan, CHECK",
     "b.create_check_constraint('c', 'amount < 2000000000')"),
    ("DROP NOT NULL", "ALTER TABLE t ALTER COLUMN name DROP NOT NULL", "nothing", "b.alter_column('name', nullable=True)"),
    ("SET DEFAULT", "ALTER TABLE t ALTER COLUMN at SET DEFAULT 'then'", "nothing", "b.alter_column('at', server_default='then')"),
    ("DROP CONSTRAINT", "ALTER TABLE t DROP CONSTRAINT positive", "nothing", "b.drop_constraint('positive', type_='check')"),
    ("ADD COLUMN", "ALTER TABLE t ADD COLUMN more text NOT NULL DEFAULT ''", "native ADD COLUMN",
     "b.add_column(sa.Column('more', sa.Text(), nullable=False, server_default='x'))"),
]


def rebuild(table):
    """What SQLite's manual says to do by hand (ALTER TABLE, other kinds of schema changes).

    table: its new CREATE.
    """
    return ["BEGIN", table.replace("TABLE t ", "TABLE new_t "),
            "INSERT INTO new_t (id, name, amount, note, at) SELECT id, name, amount, note, at FROM t",
            "DROP TABLE t", "ALTER TABLE new_t RENAME TO t"] + INDEXES + ["COMMIT"]


BY_HAND = {
    "rebuild": rebuild(TABLE.replace("amount integer", "amount text")),
    "rebuild, UNIQUE": rebuild(TABLE[:-2] + ",\nUNIQUE (id, name)\n)"),
    "scan": ["SELECT count(*) FROM t NOT INDEXED WHERE note IS NULL"],
    "scan, CHECK": ["SELECT count(*) FROM t NOT INDEXED WHERE NOT (amount < 2000000000)"],
    "nothing": ["BEGIN IMMEDIATE", "PRAGMA user_version = 1", "COMMIT"],
    "native DROP COLUMN": ["ALTER TABLE t DROP COLUMN note"],
    "native ADD COLUMN": ["ALTER TABLE t ADD COLUMN more text NOT NULL DEFAULT ''"],
}

ALEMBIC = """
import sys, time
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
with sa.create_engine('sqlite:///' + sys.argv[1]).begin() as connection:
    op = Operations(MigrationContext.configure(connection))
    start = time.process_time()
    with op.batch_alter_table('t') as b:
        %s
    seconds = time.process_time() - start
print(seconds)
"""


def make(path, not_null):
    """The table that every way starts from; not_null: with what DROP NOT NULL drops."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = off")
    db.execute("BEGIN")
    db.execute(TABLE.replace("name text", "name text NOT NULL") if not_null else TABLE)
    db.execute("WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO t (id, name, amount, note) "
               "SELECT i, printf('name %%08d', i * 7919 %% 1000003), i * 104729 %% 1000003, 'a note of some length, ' || i FROM n"
               .replace("%%", "%"), (ROWS,))
    for index in INDEXES:
        db.execute(index)
    db.execute("COMMIT")
    db.close()


def timed(path, statements, parameters=()):
    """Seconds of this process's time: what else the machine does does not count.

    The module is loaded in any case.
    """
    db = sqlite3.connect(path, isolation_level=None)
    db.enable_load_extension(True)
    db.load_extension(MODULE)
    start = time.process_time()
    for statement in statements:
        db.execute(statement, parameters).fetchall()
    seconds = time.process_time() - start
    db.close()
    return seconds


def on_a_copy(what, source):
    """Each way meets the same file, of the same age."""
    path = os.path.join(WORK, "copy.db")
    shutil.copyfile(source, path)
    try:
        return what(path)
    finally:
        for end in ("", "-journal"):
            if os.path.exists(path + end):
                os.remove(path + end)


def have_alembic():
    return subprocess.run(["/usr/bin/python3", "-c", "import alembic, sqlalchemy"], stderr=subprocess.DEVNULL).returncode == 0


def by_alembic(path, operation):
    """Its own time, without starting Python; None where it cannot do the change."""
    done = subprocess.run(["/usr/bin/python3", "-c", ALEMBIC % operation, path], capture_output=True, text=True)
    if done.returncode:
        print("# Alembic: %s" % done.stderr.strip().split("\n")[-1])
        return None
    return float(done.stdout)


def changes():
    """The large table."""
    sources = {n: os.path.join(WORK, "source%d.db" % n) for n in (0, 1)}
    for n, path in sources.items():
        make(path, n)
    alembic = have_alembic()
    print("%d rows, two indexes; seconds, medians of %d rounds\n" % (ROWS, ROUNDS))
    print("%-16s %9s  %-20s %9s %6s %9s %6s" % ("change", "migrate", "beside", "by hand", "ratio", "Alembic", "ratio"))
    for name, statement, hand, operation in CHANGES:
        source = sources[name == "DROP NOT NULL"]
        ours, theirs, batch = [], [], []
        for _ in range(ROUNDS):
            ours.append(on_a_copy(lambda p: timed(p, ["SELECT migrate_alter(?)"], (statement,)), source))
            theirs.append(on_a_copy(lambda p: timed(p, BY_HAND[hand]), source))
            if alembic:
                batch.append(on_a_copy(lambda p: by_alembic(p, operation), source))
        show(name, ours, hand, theirs, [b for b in batch if b])


def show(name, ours, hand, theirs, batch):
    """ours, theirs, batch: seconds of each round; hand: what theirs is."""
    a, b = statistics.median(ours), statistics.median(theirs)
    c = statistics.median(batch) if batch else None
    print("%-16s %9.4f  %-20s %9.4f %6.2f %9s %6s" % (name, a, hand, b, a / b, "%.4f" % c if c else "",
                                                      "%.1f" % (c / a) if c else ""), flush=True)


def wide():
    """One table among many: what SQLite needs to read the schema again is most of it."""
    path = os.path.join(WORK, "wide.db")
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN")
    for i in range(TABLES):
        db.execute("CREATE TABLE t%d (id INTEGER PRIMARY KEY, name text, amount integer, up integer REFERENCES t%d)" % (i, i // 2))
        db.execute("CREATE INDEX t%d_name ON t%d (name)" % (i, i))
    db.execute("COMMIT")
    db.close()
    print("\none table among %d; seconds, medians of %d rounds\n" % (TABLES, ROUNDS * 3))
    print("%-16s %9s  %-20s %9s %6s" % ("change", "migrate", "beside", "by hand", "ratio"))
    rename = ["ALTER TABLE t7 RENAME TO u7"]
    for name, action in (("SET NOT NULL", "ALTER COLUMN name SET NOT NULL"), ("TYPE", "ALTER COLUMN name TYPE integer"),
                         ("ADD UNIQUE", "ADD UNIQUE (name)"), ("DROP COLUMN", "DROP COLUMN amount"),
                         ("ADD COLUMN", "ADD COLUMN more text")):
        ours, theirs = [], []
        for _ in range(ROUNDS * 3):
            ours.append(on_a_copy(lambda p: timed(p, ["SELECT migrate_alter(?)"], ("ALTER TABLE t7 " + action,)), path))
            theirs.append(on_a_copy(lambda p: timed(p, rename), path))
        show(name, ours, "RENAME TABLE", theirs, [])


try:
    changes()
    wide()
finally:
    shutil.rmtree(WORK)
