#!/usr/bin/python3
"""Times of migrate_diff(), migrate_drift() and their kin, beside Alembic's compare_metadata().

    bench/diff.py [TABLES [ROUNDS]]

A schema of so many tables, of 12 columns, 2 indexes and a foreign key each, is compared with one that
differs in 10 places, and with one that does not differ, for the first time and again.  Both sides see
the same schemas: Alembic as SQLAlchemy's MetaData, we as the DDL that SQLAlchemy prints for it, which is
run each time but where it is known that nothing differs.  Process start is left out.  Printed are medians.
Asserts nothing.
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
    lines = []
    for table in meta.sorted_tables:
        lines.append(str(CreateTable(table).compile(engine)).strip() + ";")
        lines += [str(CreateIndex(index).compile(engine)).strip() + ";" for index in
                  sorted(table.indexes, key=lambda i: i.name)]
    return "\n".join(lines)


results = {}
FORGET = "DELETE FROM migrate_compared"  # what was compared before


def timed(engine, what, who, call):
    start = time.perf_counter()
    answer = call()
    results.setdefault((engine, what, who), []).append(time.perf_counter() - start)
    return answer


def alembic(engine, url, changed):
    live = sa.create_engine(url)
    with live.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True,
                                             "include_name": not_ours})
        found = timed(engine, "diff", "Alembic", lambda: compare_metadata(context, changed))
    live.dispose()
    return len(found)


def not_ours(name, kind, parents):
    return not (kind == "table" and name.startswith("migrate_"))


def ours(engine, execute, forget, text, same):
    found = timed(engine, "diff", "migrate",
                  lambda: execute("SELECT count(*) FROM migrate_diff(%s)", text))
    forget()
    timed(engine, "no difference", "migrate",
          lambda: execute("SELECT count(*) FROM migrate_diff(%s)", same))
    timed(engine, "no difference, again", "migrate",
          lambda: execute("SELECT count(*) FROM migrate_diff(%s)", same))
    timed(engine, "check, again", "migrate", lambda: execute("SELECT migrate_check(%s)", same))
    timed(engine, "drift", "migrate", lambda: execute("SELECT count(*) FROM migrate_drift()"))
    timed(engine, "schema", "migrate", lambda: execute("SELECT length(migrate_schema())"))
    return found


def compare(engine, url, execute, forget):
    dialect = sa.create_engine(url)
    same, changed = ddl(metadata(False), dialect), ddl(metadata(True), dialect)
    execute("SELECT migrate_revision('all', %s, '', 'base', 'a1')", same)
    timed(engine, "base -> head", "migrate", lambda: execute("SELECT migrate_upgrade('head')"))
    for _ in range(ROUNDS):
        found = ours(engine, execute, forget, changed, same)
        theirs = alembic(engine, url, metadata(True))
    print("%s: differences found: migrate %d, Alembic %d" % (engine, found, theirs))


def sqlite():
    path = tempfile.mktemp(".db")
    db = sqlite3.connect(path, isolation_level=None)
    db.enable_load_extension(True)
    db.load_extension(os.path.join(TOP, "build/sqlite/migrate"))
    compare("SQLite", "sqlite:///" + path,
            lambda sql, *args: db.execute(sql.replace("%s", "?"), args).fetchone()[0],
            lambda: db.execute(FORGET))
    db.close()
    os.remove(path)


def postgres():
    import psycopg2
    admin = psycopg2.connect(dbname="postgres")
    admin.autocommit = True
    admin.cursor().execute("DROP DATABASE IF EXISTS bench_diff")
    admin.cursor().execute("CREATE DATABASE bench_diff")
    db = psycopg2.connect(dbname="bench_diff")
    db.autocommit = True

    def execute(sql, *args):
        with db.cursor() as c:
            c.execute(sql, args or None)
            return c.fetchone()[0]

    with db.cursor() as c:
        c.execute("CREATE EXTENSION migrate")
    def forget():
        with db.cursor() as c:
            c.execute(FORGET)

    compare("PostgreSQL", "postgresql:///bench_diff?host=%s" % os.environ["PGHOST"], execute, forget)
    db.close()
    admin.cursor().execute("DROP DATABASE bench_diff")


def show():
    print("\n%d tables; Alembic %s, SQLAlchemy %s; medians of %d rounds\n"
          % (TABLES, alembic_version, sa.__version__, ROUNDS))
    print("%-11s %-21s %-9s %10s  %s" % ("engine", "what", "who", "ms", "ratio to Alembic"))
    for (engine, what, who), seconds in results.items():
        median = statistics.median(seconds)
        beside = results.get((engine, what, "Alembic"))
        ratio = "%.2f" % (median / statistics.median(beside)) if beside else ""
        print("%-11s %-21s %-9s %10.2f  %s" % (engine, what, who, median * 1000, ratio))


sqlite()
postgres()
show()
