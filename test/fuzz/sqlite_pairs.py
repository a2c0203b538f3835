"""Random pairs of SQLite's schemas, there and back, with rows: sqlite_pairs.py [PAIRS [SEED]]

Build A and fill it; ask for what leads to B; run it: now nothing differs, SQLite describes every table as in
a database that B made, and what both have holds the same values, under the same rowids.  Take it back: A
again, byte for byte, and the values again.  What is not marked destructive has lost nothing on the way.

Where rows stand in the way (a NOT NULL, a key, a CHECK that they break) it must fail with a message that
says so, and change nothing; then it goes on without rows.  STOP=1 ends at the first pair that fails and
shows it; a second argument with a PAIRS of 1 runs one again.
"""
import collections
import difflib
import os
import random
import re
import sqlite3
import sys
import traceback

TOP = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [TOP, os.path.join(TOP, "..", "clients")]
from alter import content, describe, integrity, q, rowid_name, sequence  # noqa: E402
from sqlite_schemas import Schema  # noqa: E402
from tap import OWN_TABLES, check, db_config, done, sqlite  # noqa: E402

# what rows can stand in the way of
ROWS_IN_THE_WAY = re.compile("contains null values|violated by some row|could not create unique index|"
                             "violates foreign key constraint|without loss|NOT NULL constraint failed|"
                             "UNIQUE constraint failed|CHECK constraint failed|cannot store|datatype mismatch")
counts = collections.Counter()


# SQLite's own RENAME COLUMN, where a key of the table and a UNIQUE with a collation have the column; and a
# comment that it takes for a part of the type before GENERATED ALWAYS
SQLITE_FAILS = re.compile(r"after rename: (no such column|expressions prohibited)|unknown datatype for .*(/\*|--)")


class Failed(Exception):
    """What is wrong with a pair, as text."""
    pass


def same(what, a, b):
    """Raises Failed unless a and b are equal, with the place where they differ."""
    if a == b:
        return
    if isinstance(a, str) and isinstance(b, str):
        raise Failed(what + "\n" + "\n".join(difflib.unified_diff(a.split("\n"), b.split("\n"), lineterm="", n=3)))
    if isinstance(a, (tuple, list)) and isinstance(b, (tuple, list)) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b)):
            same("%s, %d" % (what, i), x, y)
    if isinstance(a, dict) and isinstance(b, dict) and sorted(a) == sorted(b):
        for key in a:
            same("%s, %s" % (what, key), a[key], b[key])
    raise Failed("%s\n  %r\n  %r" % (what, a, b))


def connect():
    """With a function and a collation of the application's."""
    db = sqlite(":memory:")
    db.create_function("appf", 1, lambda x: x, deterministic=True)
    db.create_collation("appc", lambda a, b: (a > b) - (a < b))
    return db


def build(ddl):
    """A database that SQLite alone has made of the text."""
    db = connect()
    db.executescript(ddl)
    return db


def value(db, sql, *args):
    return db.execute(sql, args).fetchone()[0]


def schema(db):
    return value(db, "SELECT migrate_schema()")


# ---- rows ----

def random_value(r, column, n):
    """A value for the n-th row, mostly of the column's kind and different in each row."""
    if r.random() < 0.1:
        return None
    how = column.kind()
    if r.random() < 0.05:
        how = r.choice(["int", "text", "real", "any"])
    return {"int": n * 3 + r.choice([1, 2]), "real": n + 0.5, "text": "v%d" % n,
            "any": r.choice([n, "n%d" % n, b"\x00" + bytes([n]), n + 0.25])}[how]


def fill(r, db, s):
    """Some rows in most tables; what breaks a constraint is left out.

    False: what is there breaks a foreign key.
    """
    db_config(db, 1003, False)  # triggers
    for table in s.tables:
        plain = [c for c in table.columns if not c.generated]
        for n in range(r.choice([0, 1, 3, 6])):
            row = {c: random_value(r, c, n + 1) for c in plain}
            for key in table.foreign_keys():
                parents = key.parents or key.parent.key()
                mine = key.columns or [c for c in table.columns if c.reference is key]
                found = db.execute("SELECT %s FROM %s" % (", ".join(q(c.name) for c in parents), q(key.parent.name)))
                found = found.fetchall()
                row.update(zip(mine, r.choice(found) if found else [None] * len(mine)))
            row = {c: v for c, v in row.items() if r.random() < 0.95}
            names = [q(c.name) for c in row] + (["rowid"] if rowid_name(db, table.name) == "rowid" and not any(
                table.is_alias(c) for c in plain) else [])
            values = list(row.values()) + ([n * 7 + 3] if len(names) > len(row) else [])
            try:
                db.execute("INSERT INTO %s (%s) VALUES (%s)" % (q(table.name), ", ".join(names),
                                                                ", ".join("?" * len(names))), values)
            except (sqlite3.Error, UnicodeDecodeError):  # of a collation of Python's: x'00ff' as text
                counts["rows left out"] += 1
        if table.has_counter() and r.random() < 0.5:
            db.execute("DELETE FROM %s" % q(table.name))
    for v in s.virtuals:
        names = [c.name for c in v.columns]
        db.execute("INSERT INTO %s (%s) VALUES (%s)" % (q(v.name), ", ".join(map(q, names)), ", ".join("123"[:len(names)])))
    db_config(db, 1003, True)
    bad = db.execute("PRAGMA foreign_key_check").fetchall()
    try:
        for table, _, _, _ in bad:
            db.execute("DELETE FROM %s" % q(table))
    except UnicodeDecodeError:  # the same collation, asked by an index
        return False
    return not db.execute("PRAGMA foreign_key_check").fetchall()


def clear(db):
    """Without triggers and rules of foreign keys."""
    db_config(db, 1003, False)
    (enforced,) = db.execute("PRAGMA foreign_keys").fetchone()
    db.execute("PRAGMA foreign_keys = OFF")
    for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'create%' AND "
                              "name NOT LIKE 'migrate\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND "
                              "sql NOT LIKE 'create%virtual%table%using%'").fetchall():
        if not is_shadow(db, name):
            db.execute("DELETE FROM %s" % q(name))
    db.execute("PRAGMA foreign_keys = %d" % enforced)
    db_config(db, 1003, True)


def is_shadow(db, name):
    """Does a virtual table keep its data there?"""
    virtuals = [v for (v,) in db.execute("SELECT name FROM sqlite_schema WHERE sql LIKE 'create%virtual%'")]
    return any(name.startswith(v + "_") for v in virtuals)


def values(db, s):
    """{table's uid: ({column's uid: name}, {rowid or place: {uid: (type, value)}})}"""
    found = {}
    for t in s.tables + s.virtuals:
        rowid = rowid_name(db, t.name)
        columns = [c for c in t.columns]
        rows = db.execute("SELECT %s, %s FROM %s" % (rowid or "0", ", ".join(
            "typeof(%s), %s" % (q(c.name), q(c.name)) for c in columns), q(t.name))).fetchall()
        found[t.uid] = (rowid is not None, [
            (row[0], {c.uid: (row[1 + 2 * i], row[2 + 2 * i]) for i, c in enumerate(columns)}) for row in rows])
    return found


# ---- what has become of what ----

def matched(old, new):
    """Pairs of the same, as the text tells it: by name, or renamed where the new name is free."""
    live = {x.name.lower(): x for x in old}
    of = {}
    gone = set()
    while True:
        found = [x for x in new if x.told and x not in of and x.told.lower() in live and
                 (x.name.lower() not in live or x.name.lower() in gone) and x.told.lower() not in gone]
        if not found:
            break
        for x in found:
            if x.told.lower() not in gone:
                of[x] = live[x.told.lower()]
                gone.add(x.told.lower())
    for x in new:
        if x not in of and x.name.lower() in live and x.name.lower() not in gone:
            of[x] = live[x.name.lower()]
    return [(o, n) for n, o in of.items()]


def loose(v):
    """A value whatever its type."""
    if isinstance(v, (str, bytes)):
        try:
            v = float(v)
        except ValueError:
            return v if isinstance(v, bytes) else v.encode()
    return float(v) if isinstance(v, (int, float)) else v


def label_names(db, steps, destructive=True):
    """Labels of steps as migrate_diff() has them, without quotes: of those that are marked
    destructive, or of all.
    """
    return {row[1].replace('"', "") for row in steps if row[4] or not destructive}


def spelled(name):
    """As in a label, but for quotes."""
    return name.replace('"', "")


def survivors(a, b, lost, before, after, exact, through=None):
    """Rows and values of what both have must be the same.

    before, after: as values() has them; lost: labels; exact: says of a pair of columns whether the
    values' types count; through: a schema on the way, which may have had other rowids.
    """
    has_own = {x.uid: y.without_rowid or any(map(y.is_alias, y.columns)) for x, y in matched(a.tables, (through or b).tables)}
    for x, y in matched(a.tables, b.tables) + matched(a.virtuals, b.virtuals):
        kind = "table" if x in a.tables else "virtual table"
        names = [spelled(x.name), spelled(y.name)]  # it may have its new name by then

        def is_lost(c):
            return any("column %s.%s" % (name, spelled(c.name)) in lost for name in names)
        if "%s %s" % (kind, spelled(x.name)) in lost:
            continue
        keyed, old_rows = before[x.uid]
        still, new_rows = after[y.uid]
        same("number of rows of %s" % x.name, len(old_rows), len(new_rows))
        columns = [(c, d) for c, d in matched(x.columns, y.columns)
                   if kind != "table" or not (c.generated or d.generated) and not is_lost(c)]
        if kind == "table":
            missing = [c.name for c in x.columns if not c.generated and c not in [p[0] for p in columns] and
                       not is_lost(c) and not any(d.generated for e, d in matched(x.columns, y.columns) if e is c)]
            same("columns of %s that went without a mark" % x.name, missing, [])
        if kind == "table" and keyed and still and not has_own.get(x.uid, True) and \
                not any(map(x.is_alias, x.columns)):
            same("rowids of %s" % x.name, [row[0] for row in old_rows], [row[0] for row in new_rows])

        def shown(rows, which):
            found = []
            for _, row in rows:
                found.append([row[pair[which].uid] if exact(pair) else loose(row[pair[which].uid][1])
                              for pair in columns])
            return sorted(found, key=repr)
        same("values of %s" % x.name, shown(old_rows, 0), shown(new_rows, 1))


def same_type(pair):
    """Has a pair of columns the same type, so that values keep theirs?"""
    if not hasattr(pair[0], "declared"):
        return True
    if pair[0].declared.upper() == "ANY":
        return False  # in a STRICT table it is another one
    return pair[0].declared.lower() == pair[1].declared.lower()


def counters(db, s):
    """{table's uid: AUTOINCREMENT's counter}"""
    found = {name.lower(): n for name, n in sequence(db)}
    return {t.uid: found.get(t.name.lower(), 0) for t in s.tables if t.has_counter()}


# ---- a pair ----

def whole(db):
    """All that a run that fails must leave as it was."""
    return (schema(db), {t: rows for t, rows in content(db).items() if t != "sqlite_sequence"},
            [s for s in sequence(db) if s[0] not in OWN_TABLES],
            db.execute("PRAGMA foreign_keys").fetchall())


def sound(db):
    """Nothing is wrong with the database in SQLite's own eyes."""
    same("integrity_check", integrity(db), [])
    same("foreign_key_check", db.execute("PRAGMA foreign_key_check").fetchall(), [])


def description(db, s):
    """Every table as the PRAGMAs tell it, in no order of columns."""
    found = {}
    for t in s.tables:
        d = describe(db, t.name)
        d["indexes"] = sorted(repr(i[:3] + ([x for x in i[3] if x[-1]],)).lower() for i in d["indexes"])
        cs = sorted(zip(d["columns"], d.pop("collations")), key=lambda c: c[0][0].lower())
        keys = {c.name.lower() for c in t.key()}
        # a key is NOT NULL, and what is not is not printed; names keep the letters that they have
        d["columns"] = [((c[0].lower(), re.sub(r" +|\]$|\]?/\*.*", "", c[1].replace("\n", " ")), c[2] or c[0].lower() in keys) + c[3:], k.lower())
                        for c, k in cs]
        d["columns"] = [(c[:3] + (None if str(c[3]).lower() == "null" else str(c[3]).lower() if "current" in str(c[3]).lower() else c[3],) + c[4:], k)
                        for c, k in d["columns"]]
        d["foreign keys"] = sorted(x.lower() for x in d["foreign keys"])
        d["columns"] = [(c[:3] + (c[3] if c[3] not in ("bareword", '"in quotes"') else "'" + c[3].strip('"') + "'",) +
                         c[4:], k) for c, k in d["columns"]]
        found[t.name.lower()] = d
    return found


class Pair:
    """Two schemas and their databases; what SQLite itself cannot build is thrown again."""
    def __init__(self, seed):
        self.seed = seed
        r = self.r = random.Random(seed)
        while True:
            self.a = Schema(r).generate()
            self.respelled = r.random() < 0.08
            self.b = self.a.changed(0 if self.respelled else r.choice([1, 1, 2, 3, 5, 8])) \
                if r.random() < 0.8 or self.respelled else Schema(r).generate()
            self.ddl_a, self.ddl_b = self.a.ddl(False), self.b.ddl()
            try:
                self.db, self.wanted = build(self.ddl_a), build(self.ddl_b)
                for db, s in ((self.db, self.a), (self.wanted, self.b)):
                    for v in s.views:
                        db.execute("SELECT * FROM " + q(v.name)).fetchall()
                    if not fill(r, db, s):
                        raise sqlite3.Error("rows")
                break
            except sqlite3.Error:
                counts["not built"] += 1
        clear(self.wanted)
        self.analyzed = r.random() < 0.2
        if self.analyzed:
            self.db.execute("ANALYZE")
        self.db.execute("ATTACH ':memory:' AS other")
        for t in self.a.tables[:1]:
            self.db.execute("CREATE TABLE other.%s (a, b, c)" % q(t.name))
        self.db.execute("PRAGMA foreign_keys = %d" % (r.random() < 0.5))

    def printed_again(self, db):
        """What migrate_schema() prints makes the same schema."""
        text = schema(db)
        again = connect()
        value(again, "SELECT migrate_revision('printed', ?)", text)
        value(again, "SELECT migrate_upgrade('head')")
        same("printed, loaded and printed again", text, schema(again))
        again.close()

    def run(self, sql, *args):
        """A run that rows may stand in the way of: then nothing has changed, and they go."""
        before = whole(self.db)
        try:
            return self.db.execute(sql, args).fetchall()
        except sqlite3.Error as e:
            same("state after the error " + str(e), before, whole(self.db))
            if not ROWS_IN_THE_WAY.search(str(e)):
                raise
            counts["rows in the way"] += 1
            counts[re.sub('"[^"]*"', '"x"', str(e).split("\n")[0])[:70]] += 1
            clear(self.db)
            self.cleared = True
            return self.db.execute(sql, args).fetchall()

    def check(self):
        """There and back; see above."""
        db, r = self.db, self.r
        self.cleared = False
        self.printed_again(db)
        self.printed_again(self.wanted)
        before = whole(db)
        steps = db.execute("SELECT * FROM migrate_diff(?)", (self.ddl_b,)).fetchall()
        made = value(db, "SELECT migrate_autogenerate('pair', ?, 'rev_id', 'aa')", self.ddl_b)
        same("what comparing changed", before, whole(db))
        self.script = value(db, "SELECT migrate_script('aa')") if made else "nothing to do"
        if self.respelled:
            same("what differs though only the spelling is another", steps, [])
        if not made:
            same("steps where autogenerate found none", steps, [])
            same("what SQLite says of a schema that is as desired", description(db, self.b),
                 description(self.wanted, self.b))
            return
        rows = values(db, self.a)
        counted = counters(db, self.a)
        self.run("SELECT migrate_upgrade('aa')")
        if self.cleared:
            rows = None
        sound(db)
        left = db.execute("SELECT object, upgrade, downgrade FROM migrate_diff(?)", (self.ddl_b,)).fetchall()
        same("what differs after the upgrade", left, [])
        value(db, "SELECT migrate_check(?)", self.ddl_b)
        same("what SQLite says of the schema", description(db, self.b), description(self.wanted, self.b))
        self.printed_again(db)
        lost = label_names(db, steps)
        if rows:
            counts["with rows"] += 1
            there = values(db, self.b)
            survivors(self.a, self.b, lost, rows, there, same_type)
            reached = counters(db, self.b)
            for x, y in matched(self.a.tables, self.b.tables):
                if x.uid in counted and y.uid in reached and (x.key()[0], y.key()[0]) in matched(x.columns, y.columns) and "table " + spelled(x.name) not in lost:
                    same("AUTOINCREMENT's counter of " + x.name, counted[x.uid], reached[y.uid])
        reached = whole(db)[0]
        self.cleared = False
        self.run("SELECT migrate_downgrade('-1')")
        sound(db)
        same("the schema after the downgrade", before[0], schema(db))
        same("what differs after the downgrade", db.execute("SELECT * FROM migrate_diff(?)", (self.ddl_a,)).fetchall(),
             [])
        if rows and not self.cleared:
            counts["with rows, and back"] += 1
            back = values(db, self.a)
            survivors(self.a, self.a, lost, rows, back, self.unchanged, self.b)
            same("AUTOINCREMENT's counters", {}, {
                x.uid: counted[x.uid] for x, y in matched(self.a.tables, self.b.tables)
                if x.uid in counted and y.has_counter() and
                (x.key()[0], y.key()[0]) in matched(x.columns, y.columns) and "table " + spelled(x.name) not in lost and
                counters(db, self.a).get(x.uid) != counted[x.uid]})
        if r.random() < 0.15:
            self.by_hand(steps, reached)

    def unchanged(self, pair):
        """Has a column kept its type on the way?"""
        for x, y in matched(self.a.tables, self.b.tables):
            for c, d in matched(x.columns, y.columns):
                if c.uid == pair[0].uid:
                    return same_type((c, d))
        return True

    def by_hand(self, steps, reached):
        """The statements of migrate_diff as a revision that one writes."""
        db = build(self.ddl_a)
        up = ";\n".join(s[2] for s in steps if s[2])
        down = ";\n".join(s[3] for s in reversed(steps) if s[3])
        before = schema(db)
        db.execute("SELECT migrate_revision('by hand', ?, ?)", (up, down)).fetchall()
        db.execute("SELECT migrate_upgrade('head')").fetchall()
        same("the statements by hand", reached, schema(db))
        db.execute("SELECT migrate_downgrade('-1')").fetchall()
        same("the statements by hand, and back", before, schema(db))

    def show(self):
        return "A:\n%s\nB:\n%s\nscript:\n%s" % (self.ddl_a, self.ddl_b, getattr(self, "script", "none"))


def main(n="100", seed="1"):
    build("").close()  # else no pair would ever be built
    good = 0
    kinds = collections.Counter()
    for i in range(int(seed), int(seed) + int(n)):
        pair = Pair(i)
        try:
            pair.check()
            good += 1
        except Exception as e:
            if SQLITE_FAILS.search(str(e)):
                counts["what SQLite cannot do"] += 1
                good += 1
                continue
            text = str(e) if isinstance(e, (Failed, sqlite3.Error)) else traceback.format_exc()
            kinds[re.sub('"[^"]*"', '"x"', text.split("\n")[0])[:60]] += 1
            print("# pair %d: %s" % (i, text.replace("\n", "\n# ")), flush=True)
            if os.environ.get("STOP"):
                print("# " + pair.show().replace("\n", "\n# "))
                break
        finally:
            pair.db.close()
            pair.wanted.close()
    for what, k in kinds.most_common():
        print("# %4d %s" % (k, what))
    print("# " + ", ".join("%s: %d" % x for x in counts.most_common(30)))
    check("%s random pairs on sqlite, there and back" % n, good, int(n))


if __name__ == "__main__":
    main(*sys.argv[1:])
    done()
