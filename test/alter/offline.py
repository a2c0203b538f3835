"""ALTER TABLE in offline mode: the printed script, run by plain SQLite, makes what an upgrade makes.

Each form of forms.sql that passes is printed by migrate_upgrade_sql() on an empty store, and the text is
run on a connection that has never seen the module.
"""
import os
import sqlite3
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from forms import Sqlite, read_expected, read_forms  # noqa: E402
from tap import OWN_TABLES, check, done, error, scalar, sqlite  # noqa: E402

RANDOM = ("uuid", "now()", "CURRENT_TIMESTAMP", "portable types")


def dump(db, rows=True):
    """Schema and rows without migrate's own tables."""
    schema = [r for r in db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2")
              if r[2] not in OWN_TABLES]
    tables = [r[1] for r in schema if r[0] == "table"]
    return schema, [(t, sorted(db.execute('SELECT * FROM "%s"' % t.replace('"', '""')), key=repr)) for t in tables] if rows else []


def online(form):
    engine = Sqlite("")
    engine.begin(form)
    scalar(engine.db, "SELECT migrate_upgrade('after')")
    return engine.db


def offline(form):
    """The database that the script makes, and the script."""
    store = sqlite(":memory:")
    scalar(store, "SELECT migrate_add(?)", form.bundle())
    script = scalar(store, "SELECT migrate_upgrade_sql('after')")
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.execute("PRAGMA foreign_keys = 1")
    db.executescript(script)
    return db


def compare(form):
    rows = not any(word in form.name for word in RANDOM)
    a, b = online(form), offline(form)
    check("offline: " + form.name, dump(b, rows), dump(a, rows))
    check("offline: %s, integrity" % form.name, (b.execute("PRAGMA integrity_check").fetchall(), b.in_transaction), ([("ok",)], False))


expected = read_expected()
for f in read_forms():
    if "change: passes" in expected[f.name + (" (SQLite)" if f.differs else "")] and (sys.argv[1:] or [""])[0] in f.name:
        said = error(lambda: compare(f))
        if said != "no error":
            check("offline: " + f.name, said, "no error")
done()
