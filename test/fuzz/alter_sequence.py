"""Random revisions of many statements: at once, one by one and offline, the database must be the same.

    alter_sequence.py [CASES [FIRST SEED]]      defaults: 150, 1
    alter_sequence.py --case SEED               one case, shown

ALTER TABLE on several tables stands among indexes, views, triggers and rows that change.  In a revision
consecutive ALTERs share a rebuild; migrate_alter() runs each alone; migrate_upgrade_sql() prints what
plain SQLite then runs.  All three must end alike.
"""
import os
import random
import re
import sqlite3
import sys

TOP = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [TOP, os.path.join(TOP, "..", "clients")]
from alter import build, content, q, sequence, stored, value  # noqa: E402
from alter_model import quoted, random_action, random_schema  # noqa: E402
from alter import statement_text  # noqa: E402
from tap import check, defensive, done, scalar, sqlite  # noqa: E402


def literal(v):
    """A value as SQL, by SQLite itself."""
    return scalar(plain, "SELECT '' || quote(?)", v)


plain = sqlite3.connect(":memory:")
# what is quoted, kept; a comment or white space, dropped; and NOT NULL, which SQLite 3.53's own ALTER puts elsewhere
TOKENS = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^]]*\])|/\*.*?\*/|--[^\n]*|\bNOT\s+NULL\b|\s+""",
                    re.S | re.I)


def rows_of(db, table):
    """INSERT statements for a table's rows, with rowids."""
    names = [c.name for c in table.columns if not c.generated]
    free = [x for x in ("rowid", "_rowid_", "oid") if x not in [n.lower() for n in table.names()]]
    columns = list(map(q, names))
    if not table.without_rowid and not table.alias():
        columns.append(free[0])
    for row in db.execute("SELECT %s FROM %s" % (", ".join(columns), q(table.name))).fetchall():
        yield "INSERT INTO %s (%s) VALUES (%s)" % (q(table.name), ", ".join(columns), ", ".join(map(literal, row)))


def setup_statements(db, schema):
    """What makes the database anew."""
    statements = [t.text for t in schema.tables]
    statements += [s for t in schema.tables for s in rows_of(db, t)]
    for kind in ("index", "view", "trigger"):
        statements += [x.text for x in schema.things if x.kind == kind]
    return statements


def random_other(r, schema, n):
    """A statement that is no ALTER TABLE."""
    table = r.choice([t for t in schema.tables if t.name != "log"])
    column = r.choice(table.columns)
    free = r.choice([c for c in table.columns if not c.generated])
    return r.choice([
        "CREATE INDEX %s ON %s (%s)" % (q("new index %d" % n), q(table.name), quoted(r, column.name)),
        "DROP INDEX IF EXISTS %s" % q("%s index 0" % table.name),
        "CREATE VIEW new_view%d AS SELECT %s FROM %s" % (n, quoted(r, column.name), q(table.name)),
        "DROP VIEW IF EXISTS %s_view0" % table.name if table.name in ("p", "t") else "DROP VIEW IF EXISTS new_view1",
        "DROP TRIGGER IF EXISTS %s" % q(table.name + "_g0"),
        "CREATE TRIGGER new_trigger%d AFTER DELETE ON %s BEGIN INSERT INTO log (what) VALUES (OLD.%s); END"
        % (n, q(table.name), quoted(r, column.name)),
        "UPDATE %s SET %s = %s" % (q(table.name), q(free.name), literal(value(r, free))),
        "DELETE FROM %s WHERE %s IS %s" % (q(table.name), q(free.name), literal(value(r, free))),
        "INSERT INTO %s (%s) VALUES (%s)" % (q(table.name), q(free.name), literal(value(r, free))),
        "ALTER TABLE %s RENAME COLUMN %s TO %s" % (q(table.name), quoted(r, column.name), "renamed%d" % n),
        "SELECT count(*) FROM %s" % q(table.name)])


def alone(db, statement):
    """One statement by itself."""
    if statement.lstrip()[:5].lower() == "alter":
        scalar(db, "SELECT migrate_alter(?)", statement)
    else:
        db.execute(statement).fetchall()


def choose(r, db, schema):
    """Statements that pass one after another; db is left as they make it."""
    chosen, main = [], schema.main
    for n in range(r.randint(3, 9)):
        schema.main = r.choice([main, main, schema.table("p"), schema.table("child")])
        if r.random() < 0.65:
            action = random_action(r, schema)
            statement = action and statement_text(r, schema, [action])
        else:
            statement = random_other(r, schema, n)
        if not statement:
            continue
        db.execute("SAVEPOINT s")
        try:
            alone(db, statement)
            chosen.append(statement)
        except sqlite3.Error:
            db.execute("ROLLBACK TO s")
        db.execute("RELEASE s")
    schema.main = main
    return chosen


def bundle(setup, chosen):
    """Two revisions: what makes the database, and what changes it."""
    end = "\n;\n"
    return ("-- migrate:revision setup\n-- migrate:upgrade sqlite\n%s\n-- migrate:revision change\n-- migrate:revises setup\n"
            "-- migrate:upgrade sqlite\n%s\n" % (end.join(setup) + end, end.join(chosen) + end))


def state(db):
    """What must be alike.

    White space, comments and the place of NOT NULL are not: a rebuild of several statements leaves
    other ones than several rebuilds.
    """
    # which comment goes with a dropped column is decided otherwise by SQLite's own DROP COLUMN
    schema = [row[:3] + (row[3] and TOKENS.sub(lambda m: m.group(1) or "", row[3]),) for row in stored(db)]
    rows = {k: v for k, v in content(db).items() if k != "sqlite_sequence"}
    needed = [(t, r[1]) for t in sorted(rows) for r in db.execute("PRAGMA table_xinfo(%s)" % q(t)) if r[3]]
    return {"schema": schema, "rows": rows, "sequences": sequence(db), "not null": needed}


def differences(name, got, expected):
    """A line for each part of the state that is another, with what is on one side alone."""
    for part in expected:
        if got[part] != expected[part]:
            a, b = got[part], expected[part]
            if part == "schema":
                a, b = [x for x in a if x not in b], [x for x in b if x not in a]
            elif part == "rows":
                a, b = {k: v for k, v in a.items() if b.get(k) != v}, {k: v for k, v in b.items() if a.get(k) != v}
            yield "%s: %s\n#   one by one: %r\n#   got:        %r" % (name, part, b, a)


def run_case(seed):
    """What is wrong, as text, and the case.  Three databases start from the same statements."""
    r = random.Random(seed)
    db = None
    while not db:
        schema = random_schema(r)
        db = build(r, schema)
    keys, hard = r.random() < 0.7, r.random() < 0.3
    setup = setup_statements(db, schema)
    db = sqlite(":memory:")
    for statement in setup:
        db.execute(statement)
    db.execute("PRAGMA foreign_keys = %d" % keys)
    defensive(db, hard)
    chosen = choose(r, db, schema)
    shown = "seed %d: foreign keys %s, defensive %s\n%s" % (seed, keys, hard, ";\n".join(setup + ["--- "] + chosen))
    expected = state(db)
    wrong = []
    at_once, offline = sqlite(":memory:"), sqlite3.connect(":memory:", isolation_level=None)
    scalar(at_once, "SELECT migrate_add(?)", bundle(setup, chosen))
    try:
        scripts = [scalar(at_once, "SELECT migrate_upgrade_sql(?)", x) for x in ("setup", "setup:change")]
        scalar(at_once, "SELECT migrate_upgrade('setup')")
        at_once.execute("PRAGMA foreign_keys = %d" % keys)
        defensive(at_once, hard)
        scalar(at_once, "SELECT migrate_upgrade('change')")
        wrong += differences("at once", state(at_once), expected)
        offline.executescript(scripts[0])
        offline.execute("PRAGMA foreign_keys = %d" % keys)
        offline.executescript(scripts[1])
        wrong += differences("offline", state(offline), expected)
    except sqlite3.Error as e:
        wrong.append("fails: %s" % e)
    return wrong, shown


def main(args):
    if args[:1] == ["--case"]:
        wrong, shown = run_case(int(args[1]))
        print(shown)
        print("\n".join(wrong))
        return
    n = int(args[0]) if args else int(os.environ.get("CASES", "150"))
    first = int(args[1]) if len(args) > 1 else 1
    bad = 0
    for seed in range(first, first + n):
        wrong, shown = run_case(seed)
        bad += bool(wrong)
        if wrong:
            print("# %s\n#   %s" % ("\n# ".join(wrong), shown.replace("\n", "\n#   ")), flush=True)
    check("%d random revisions end alike at once, one by one and offline" % n, bad, 0)
    done()


if __name__ == "__main__":
    main(sys.argv[1:])
