#!/usr/bin/python3
"""Times of migrate_diff(), migrate_drift() and their kin, beside Alembic's compare_metadata().

    bench/diff.py [TABLES [ROUNDS]]

A schema of so many tables, of 12 columns, 2 indexes and a foreign key each, is compared with one that
differs in 10 places, and with one that does not differ, for the first time and again.  Both sides see
the same schemas: Alembic as SQLAlchemy's MetaData, we as the DDL that SQLAlchemy prints for it, which is
run each time but where the answer is known ("again").  "by hand" is that DDL in an empty database, in a
transaction that is rolled back.  Each has a database of its own: the catalogs keep what was rolled back
until they are vacuumed.  Process start is left out.  Printed are medians.  Asserts nothing.
"""
import os
import sqlite3
import statistics
import sys
import tempfile
import time

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
TABLES = int(sys.argv[1]) if len(sys.argv) > 1 else 500
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5

try:
    import sqlalchemy as sa
    from alembic import __version__ as alembic_version
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy.schema import CreateIndex, CreateTable
except ImportError:
    print("bench/diff.py needs Alembic: test/setup alembic")
    sys.exit(0)


def metadata(changed):
    """The schema; changed: with the 10 differences."""
    meta = sa.MetaData()
    for i in range(TABLES):
        hit = changed and i % (TABLES // 10) == 0
        kind = i // (TABLES // 10) % 5 if hit else None
        columns = [sa.Column("id", sa.Integer, primary_key=True),
                   sa.Column("parent_id", sa.Integer, sa.ForeignKey("t%04d.id" % (i // 2),
                                                                    name="t%04d_parent" % i)),
                   sa.Column("name", sa.String(100), nullable=False),
                   sa.Column("amount", sa.Numeric(12, 2)),
                   sa.Column("made", sa.DateTime, nullable=False),
                   sa.Column("active", sa.Boolean, nullable=False)]
        columns += [sa.Column("c%d" % k, (sa.Text, sa.BigInteger, sa.Date)[k % 3],
                              nullable=not (kind == 0 and k == 8)) for k in range(6, 12)]
        if kind == 1:
            columns.append(sa.Column("more", sa.Integer))
        if kind == 2:
            del columns[-1]
        if kind == 3:
            columns[2].type = sa.String(200)
        table = sa.Table("t%04d" % i, meta, *columns)
        sa.Index("t%04d_name" % i, table.c.name)
        sa.Index("t%04d_made" % i, table.c.made, table.c.active)
        if kind == 4:
            sa.Index("t%04d_amount" % i, table.c.amount)
    return meta


def ddl(meta, engine):
    """The schema as SQLAlchemy prints it for the engine: the same to both sides."""
    lines = []
    for table in meta.sorted_tables:
        lines.append(str(CreateTable(table).compile(engine)).strip() + ";")
        lines += [str(CreateIndex(index).compile(engine)).strip() + ";" for index in
                  sorted(table.indexes, key=lambda i: i.name)]
    return "\n".join(lines)


results = {}
FORGET = "DELETE FROM migrate_compared"  # what was compared before


def timed(engine, what, who, call):
    """Wall-clock time of a call, and its answer."""
    start = time.perf_counter()
    answer = call()
    results.setdefault((engine, what, who), []).append(time.perf_counter() - start)
    return answer


def by_hand(engine, database, text):
    """What nobody can do without: to run the text and take it back."""
    def run():
        database.script("BEGIN;\n%s\nROLLBACK;" % text)
    timed(engine, "diff", "by hand", run)


def alembic(engine, database, changed):
    """With a new engine: nothing is cached from the last round.  Returns the number of differences."""
    live = sa.create_engine(database.url)
    with live.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = timed(engine, "diff", "Alembic", lambda: compare_metadata(context, changed))
    live.dispose()
    return len(found)


def ours(engine, database, text, same):
    """text: the schema with the differences; same: without.

    What was compared before is forgotten in between, or the first look would not be one.
    """
    def ask(what, sql, *args):
        return timed(engine, what, "migrate", lambda: database.value(sql, *args))
    found = ask("diff", "SELECT count(*) FROM migrate_diff(%s)", text)
    ask("diff, again", "SELECT count(*) FROM migrate_diff(%s)", text)
    database.script(FORGET)
    ask("no difference", "SELECT count(*) FROM migrate_diff(%s)", same)
    ask("no difference, again", "SELECT count(*) FROM migrate_diff(%s)", same)
    ask("check, again", "SELECT migrate_check(%s)", same)
    ask("drift", "SELECT count(*) FROM migrate_drift()")
    ask("schema", "SELECT length(migrate_schema())")
    return found


def compare(engine, kind):
    """Three databases: ours, Alembic's, and an empty one. kind: SQLite or PostgreSQL."""
    mine, theirs, empty = kind("migrate"), kind("alembic"), kind("hand")
    dialect = sa.create_engine(theirs.url)
    same, changed = ddl(metadata(False), dialect), ddl(metadata(True), dialect)
    theirs.script(same)
    mine.load()
    mine.value("SELECT migrate_revision('all', %s, '', 'base', 'a1')", same)
    timed(engine, "base -> head", "migrate", lambda: mine.value("SELECT migrate_upgrade('head')"))
    for _ in range(ROUNDS):
        found = ours(engine, mine, changed, same)
        by_hand(engine, empty, changed)
        found_by_alembic = alembic(engine, theirs, metadata(True))
    print("%s: differences found: migrate %d, Alembic %d" % (engine, found, found_by_alembic))
    for database in (mine, theirs, empty):
        database.drop()


class SQLite:
    """A file; load() loads the module into its connection."""
    def __init__(self, name):
        self.path = tempfile.mktemp("-%s.db" % name)
        self.url = "sqlite:///" + self.path
        self.db = sqlite3.connect(self.path, isolation_level=None)

    def load(self):
        self.db.enable_load_extension(True)
        self.db.load_extension(os.path.join(TOP, "build/sqlite/migrate"))

    def script(self, text):
        self.db.executescript(text)

    def value(self, sql, *args):
        return self.db.execute(sql.replace("%s", "?"), args).fetchone()[0]

    def drop(self):
        self.db.close()
        os.remove(self.path)


class PostgreSQL:
    """A database of the server that PGHOST names; load() makes the extension there."""
    def __init__(self, name):
        import psycopg2
        self.name = "bench_diff_" + name
        self.url = "postgresql:///%s?host=%s" % (self.name, os.environ["PGHOST"])
        self.admin = psycopg2.connect(dbname="postgres")
        self.admin.autocommit = True
        self.admin.cursor().execute("DROP DATABASE IF EXISTS " + self.name)
        self.admin.cursor().execute("CREATE DATABASE " + self.name)
        self.db = psycopg2.connect(dbname=self.name)
        self.db.autocommit = True

    def load(self):
        self.script("CREATE EXTENSION migrate")

    def script(self, text):
        with self.db.cursor() as c:
            c.execute(text)

    def value(self, sql, *args):
        with self.db.cursor() as c:
            c.execute(sql, args or None)
            return c.fetchone()[0]

    def drop(self):
        self.db.close()
        self.admin.cursor().execute("DROP DATABASE " + self.name)


def show():
    """Medians, and their ratio to Alembic's."""
    print("\n%d tables; Alembic %s, SQLAlchemy %s; medians of %d rounds\n"
          % (TABLES, alembic_version, sa.__version__, ROUNDS))
    print("%-11s %-21s %-9s %10s  %s" % ("engine", "what", "who", "ms", "ratio to Alembic"))
    for (engine, what, who), seconds in results.items():
        median = statistics.median(seconds)
        beside = results.get((engine, what, "Alembic"))
        ratio = "%.2f" % (median / statistics.median(beside)) if beside else ""
        print("%-11s %-21s %-9s %10.2f  %s" % (engine, what, who, median * 1000, ratio))


compare("SQLite", SQLite)
compare("PostgreSQL", PostgreSQL)
show()
