"""Random schemas, random rows, random ALTER TABLE statements: nothing may be lost.

    alter.py [CASES [FIRST SEED]]      without: 300 cases, and --lossy
    alter.py --case SEED               one case, shown
    alter.py --lossy                   is each kind of loss found?  (a rebuild that loses it is tried)

For each case the model (alter_model.py) says what the schema has to be afterwards, or that the statement
must be refused.  SQLite itself builds that schema in a second database, from the model's own text, with
the rows that the first one had.  Then both must have the same rows and rowids, the same answers of every
PRAGMA that describes them, and must do the same under random INSERTs, UPDATEs and DELETEs; the stored text
of what was not asked to change must stay byte for byte.  After a refusal the database must be as before.
"""
import copy
import os
import random
import re
import sqlite3
import sys

TOP = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [TOP, os.path.join(TOP, "..", "clients")]
from alter_model import Refused, Unsure, key, quoted, random_action, random_schema, spaced  # noqa: E402
from tap import OWN_TABLES, check, db_config, defensive, done, sqlite  # noqa: E402


class Wrong(Exception):
    """What the module did is not what the model says."""


def q(name):
    """A name in double quotes."""
    return '"%s"' % name.replace('"', '""')


# ---- databases ----

def rowid_name(db, table):
    """A name by which the rowid of a table can be read, or None."""
    names = [r[1].lower() for r in db.execute("PRAGMA table_xinfo(%s)" % q(table))]
    for name in ("rowid", "_rowid_", "oid"):
        if name not in names:
            try:
                db.execute("SELECT %s FROM %s LIMIT 0" % (name, q(table)))
                return name
            except sqlite3.OperationalError:
                return None
    return None


def user_tables(db):
    """Without those of the module, which are no part of what is compared."""
    return [r[0] for r in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            if r[0] not in OWN_TABLES]


def content(db):
    """Every row of every table, with its rowid and its values' types."""
    found = {}
    for table in user_tables(db):
        rowid = rowid_name(db, table)
        columns = ", ".join(([rowid] if rowid else ["0"]) + ["'' || quote(%s)" % q(r[1]) for r in db.execute(
            "PRAGMA table_xinfo(%s)" % q(table)) if r[6] != 1])  # 1: hidden, a virtual table's
        found[table] = sorted(db.execute("SELECT %s FROM %s" % (columns, q(table))).fetchall())
    return found


def stored(db):
    """What sqlite_schema holds, in no order."""
    return sorted((r for r in db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema")
                   if r[2] not in OWN_TABLES), key=repr)


def settings(db):
    """What the module switches while it works, and must leave as it was."""
    return {name: db.execute("PRAGMA " + name).fetchone()[0] for name in
            ("foreign_keys", "legacy_alter_table", "writable_schema", "recursive_triggers",
             "defer_foreign_keys", "ignore_check_constraints")}


def evaluated(db, expression):
    """A default's value; a word without quotes is a text there."""
    if expression is None or "current_" in expression.lower():
        return expression
    try:
        return db.execute("SELECT '' || quote(%s)" % expression).fetchone()[0]
    except sqlite3.OperationalError:
        return expression


def type_name(text):
    """A type without what SQLite leaves in it where a comment stands before or in GENERATED ALWAYS.

    A comment or the spelling of GENERATED ALWAYS decides, too, whether a quoted type keeps its last quote.
    """
    text = re.sub(r"(?s)/\*.*?\*/|--[^\n]*(\n|$)", " ", text).lower()
    text = re.sub(r"[\]\"`]", "", text)
    text = re.sub(r"(^| )generated( always)?$", "", " ".join(text.split()))
    return "integer" if text == "int" else text


def is_strict(db, table):
    """From 3.37 on there are such tables."""
    return sqlite3.sqlite_version_info >= (3, 37) and bool(
        db.execute("SELECT strict FROM pragma_table_list(?)", (table,)).fetchone()[0])


def describe(db, table):
    """A table as SQLite's PRAGMAs tell it, without the spelling.

    Of two keys of the same columns the first has the index, and so the DESC for both.
    """
    found = {"list": [rowid_name(db, table) is None, is_strict(db, table)]}
    found["columns"] = [(r[1], type_name(r[2]), r[3], evaluated(db, r[4]), r[5], r[6])
                        for r in db.execute("PRAGMA table_xinfo(%s)" % q(table))]
    found["indexes"] = sorted((
        (i[1] if i[3] == "c" else i[3], i[2], i[4],
         tuple((x[2], x[3] if i[3] == "c" else 0) + x[4:] for x in db.execute("PRAGMA index_xinfo(%s)" % q(i[1]))))
        for i in db.execute("PRAGMA index_list(%s)" % q(table))), key=repr)
    keys = {}
    for r in db.execute("PRAGMA foreign_key_list(%s)" % q(table)):
        keys.setdefault(r[0], []).append((r[2].lower(),) + r[3:])
    found["foreign keys"] = sorted(map(repr, keys.values()))
    found["collations"] = collations(db, table)
    return found


def collations(db, table):
    """How each column is compared, by an index that is made for the question."""
    db.execute("SAVEPOINT c")
    try:
        columns = [r[1] for r in db.execute("PRAGMA table_xinfo(%s)" % q(table))]
        db.execute("CREATE INDEX zz ON %s (%s)" % (q(table), ", ".join(map(q, columns))))
        return [r[4] for r in db.execute("PRAGMA index_xinfo(zz)") if r[5]]
    finally:
        db.execute("ROLLBACK TO c")
        db.execute("RELEASE c")


def integrity(db):
    """What SQLite finds wrong with the database, but for a null that nobody can read.

    Its 3.40 looks for that of a table WITHOUT ROWID whose key is not the first column in the wrong place.
    """
    found = []
    for text, in db.execute("PRAGMA integrity_check"):
        null = re.match(r"NULL value in ([^.]*)\.(.*)$", text)
        if text != "ok" and not (null and rowid_name(db, null[1]) is None and not db.execute(
                "SELECT count(*) FROM %s WHERE %s IS NULL" % (q(null[1]), q(null[2]))).fetchone()[0]):
            found.append(text)
    return found


def sequence(db):
    """AUTOINCREMENT's counters; none where no table has one."""
    try:
        # 0 is the same as no row
        return sorted(db.execute("SELECT name, seq FROM sqlite_sequence WHERE seq <> 0").fetchall())
    except sqlite3.OperationalError:
        return []


# ---- making the database that is altered ----

VALUES = {"int": [None, 0, 1, 2, 3, 7, 13, -4, 2 ** 40, 2 ** 53 + 1, "abc"], "real": [None, 0.5, 2.0, -7.25, 1e10],
          "text": [None, "", "x", "X", "yy ", "a'b\"c", "12", "uni\u00e4\n"],
          "any": [None, 5, "5", "12abc", 1.5, b"\x00\xff"]}


def value(r, column):
    """A value that mostly fits the column's kind, and seldom does not."""
    return r.choice(VALUES[column.kind]) if r.random() < 0.6 else \
        {"int": r.randint(-50, 99), "real": r.randint(0, 99) / 4, "text": "v%d" % r.randint(0, 99),
         "any": r.randint(0, 99)}[column.kind]


def parent_value(r, db, piece):
    """A value of the referred-to column that exists, mostly."""
    rows = db.execute("SELECT %s FROM %s" % (", ".join(map(q, piece.parent_cols)), q(piece.parent))).fetchall()
    return r.choice(rows) if rows else (None,) * len(piece.parent_cols)


def fill(r, db, schema, table, n):
    """Up to n rows; what breaks a constraint is left out."""
    plain = [c for c in table.columns if not c.generated]
    for _ in range(n):
        row = {c.name: value(r, c) for c in plain}
        for _, piece in table.pieces():
            if piece.kind == "fk" and r.random() < 0.8:
                child_cols = [c for c in table.names() if c in piece.cols]
                row.update(zip(child_cols, parent_value(r, db, piece)))
        for name in table.primary()[0]:
            row[name] = r.randint(1, 500) if table.column(name).kind == "int" else "k%d" % r.randint(1, 500)
        names, values = list(map(q, row)), list(row.values())
        if not table.without_rowid and not table.alias():
            free = [x for x in ("rowid", "_rowid_", "oid") if x not in [c.lower() for c in table.names()]]
            names.append(free[0])
            values.append(r.randint(1, 1000))
        try:
            db.execute("INSERT INTO %s (%s) VALUES (%s)" % (q(table.name), ", ".join(names),
                                                            ", ".join("?" * len(names))), values)
        except (sqlite3.IntegrityError, sqlite3.OperationalError):
            pass


def thin_out(r, db, table):
    """Deletes rows, the newest too, so that rowids have gaps and AUTOINCREMENT is ahead of them."""
    first = table.columns[0].name
    for which in ("max", "min"):
        if r.random() < 0.5 and table.name != "log":
            try:
                db.execute("DELETE FROM %s WHERE %s = (SELECT %s(%s) FROM %s)"
                           % (q(table.name), q(first), which, q(first), q(table.name)))
            except sqlite3.IntegrityError:
                pass


def build(r, schema):
    """The database to be altered, or None where the random schema is none.

    What SQLite refuses of indexes, views and triggers is left out of the schema, too.
    """
    db = sqlite(":memory:")
    db.execute("PRAGMA foreign_keys = ON")
    try:
        for table in schema.tables:
            db.execute(table.text)
            table.text = db.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table.name,)).fetchone()[0]
        for table in schema.tables:
            fill(r, db, schema, table, r.choice([0, 1, 8, 20]) if table.name != "log" else 3)
            thin_out(r, db, table)
    except sqlite3.Error:
        return None
    if db.execute("PRAGMA foreign_key_check").fetchall():
        return None
    kept = []
    for thing in schema.things:
        try:
            db.execute(thing.text)
            if thing.kind == "view":
                db.execute("SELECT * FROM %s" % q(thing.name)).fetchall()
            # SQLite spells the first words anew
            thing.text = db.execute("SELECT sql FROM sqlite_schema WHERE type = ? AND name = ?",
                                    (thing.kind, thing.name)).fetchone()[0]
            kept.append(thing)
        except sqlite3.Error:
            if thing.kind == "view":
                db.execute("DROP VIEW IF EXISTS %s" % q(thing.name))
    schema.things = kept
    return db


# ---- making the database that it has to become ----

def expected_rows(db, schema, actions):
    """The main table's rows after the actions: names of columns, rows with the rowid first.

    The values of USING are asked of SQLite, in the table as it is.
    """
    table = schema.main
    values = {c.name: q(c.name) for c in table.columns if not c.generated}
    rowid = rowid_name(db, table.name)
    for action in actions:
        if action.values:
            values[action.column] = action.values
    rows = db.execute("SELECT %s%s FROM %s" % (rowid or "0", "".join(", " + v for v in values.values()),
                                               q(table.name))).fetchall()
    return list(values), rows


def fits(value, declared):
    """May a value become one of this type without losing anything?  None: not a type of PostgreSQL's."""
    declared = re.sub(r"\s+", " ", declared.lower())
    length = re.match(r"(?:varchar|character varying) ?\((\d+)\)$", declared)
    if value is None:
        return True
    if declared not in ("integer", "int", "bigint", "real", "double precision", "float", "text") and not length:
        return None
    if isinstance(value, bytes):
        return False
    if declared == "text" or length:
        return isinstance(value, str) and (not length or len(value) <= int(length.group(1))) or \
            (None if length or isinstance(value, float) else True)
    try:
        number = float(value)
    except ValueError:
        return False
    if "int" in declared:
        bits = 63 if declared == "bigint" else 31
        return number == int(number) and -2 ** bits <= int(value if isinstance(value, int) else number) < 2 ** bits
    return True if number == int(number) and abs(number) < 2 ** 20 else number == value or None


def build_expected(db, before, after, actions):
    """SQLite's own answer: the schema after, with the rows that it must have.

    Raises Refused where a row does not fit; a value that SQLite converts is converted by the
    INSERT.
    """
    new = sqlite3.connect(":memory:", isolation_level=None)
    names, rows = expected_rows(db, before, actions)
    for table in after.tables:
        new.execute(table.render() if table is after.main else table.text)
    for table in after.tables:
        have, its_rows = (names, rows) if table is after.main else expected_other(db, table)
        keep = [c.name for c in table.columns if c.name in have and not c.added]
        rowid = rowid_name(new, table.name) if not table.alias() else None
        target = ", ".join(([rowid] if rowid else []) + list(map(q, keep)))
        for row in its_rows:
            row = ([row[0]] if rowid else []) + [row[1 + have.index(n)] for n in keep]
            before_count = new.total_changes
            if target:
                # a conflict clause must not swallow the row
                new.execute("INSERT OR ABORT INTO %s (%s) VALUES (%s)"
                            % (q(table.name), target, ", ".join("?" * len(row))), row)
            else:
                new.execute("INSERT INTO %s DEFAULT VALUES" % q(table.name))
            if new.total_changes == before_count:
                raise Refused("a row would be lost")
    for kind in ("index", "view", "trigger"):
        for thing in after.things:
            if thing.kind == kind:
                new.execute(thing.text)
    for name, seq in sequence(db):
        table = next((t for t in after.tables if t.name.lower() == name.lower()), None)
        if table and table.primary()[1] and table.primary()[1].autoincrement:
            new.execute("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
            new.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (name, seq))
    if new.execute("PRAGMA foreign_key_check").fetchall():
        raise Refused("foreign key")
    return new


def expected_other(db, table):
    """As expected_rows(), of a table that is not altered."""
    names = [c.name for c in table.columns if not c.generated]
    rowid = rowid_name(db, table.name)
    return names, db.execute("SELECT %s, %s FROM %s" % (rowid or "0", ", ".join(map(q, names)),
                                                        q(table.name))).fetchall()


def check_types(db, before, actions):
    """A change of the type must not lose a value, nor must what USING makes of it."""
    for a in actions:
        if a.function.__name__ != "set_type":
            continue
        table = before.main
        for old, new in db.execute("SELECT %s, %s FROM %s" % (q(a.column), a.values or q(a.column), q(table.name))):
            good = fits(new, a.args[1])
            if good is None or not good and not fits(old, table.column(a.column).declared):
                raise Unsure("%r becomes %s" % (new, a.args[1]))
            if not good:
                raise Refused("%r does not fit" % (new,))


def ordered(actions):
    """PostgreSQL's order of the actions of one statement: columns and constraints are dropped first.

    Sorting is stable, so those of one rank stay as they were written.
    """
    def rank(a):
        name = a.function.__name__
        return 0 if name.startswith("drop_") else 1 if name == "set_type" else 2 if name == "add_column" else 3
    return sorted(actions, key=rank)


def mended(action, statements):
    """May another action put back what this one takes away: a key, or a column of the same name?"""
    return action.function.__name__ == "drop_constraint" and len(statements) > 1 or any(
        a.function.__name__ == "add_column" and a.args[0].name.lower() == str(action.args[0]).lower()
        for actions in statements for a in actions)


def expectation(db, schema, statements):
    """(schema after, database after), or raises Refused.

    What one statement breaks and a later one mends may pass: they can share a rebuild.
    """
    after, everything, new = copy.deepcopy(schema), [], None
    after.main = after.table(schema.main.name)
    for actions in statements:
        for a in ordered(actions):
            try:
                a.apply(after)
            except Refused as e:
                raise (Unsure if "needs it" in str(e) and mended(a, statements) else Refused)(str(e))
            everything.append(a)
        changed = [a.column for a in everything if a.column]
        if len(changed) != len(set(changed)):
            raise Unsure("the second USING sees what the first one made")
        check_types(db, schema, ordered(actions))
        try:
            new = build_expected(db, schema, after, everything)
        except (sqlite3.Error, Refused) as e:
            # SQLite's own ADD COLUMN does not look at the type of a default in a STRICT table
            own = "cannot store" in str(e) and any(a.function.__name__ == "add_column" for a in actions)
            raise (Refused if actions is statements[-1] and not own else Unsure)(str(e))
    return after, new


# ---- comparing ----

def same(what, got, expected):
    """Raises Wrong unless both are equal."""
    if got != expected:
        raise Wrong("%s\n#   expected: %r\n#   got:      %r" % (what, expected, got))


def compare(db, new, before, after):
    """db, which the module has altered, beside new, which SQLite has built: rows, descriptions,
    counters, texts.
    """
    got, wanted = content(db), content(new)
    same("tables", sorted(set(got) - {"sqlite_sequence"}), sorted(set(wanted) - {"sqlite_sequence"}))
    for table in wanted:
        if table != "sqlite_sequence":
            same("rows of %s" % table, got[table], wanted[table])
            if table != "sqlite_stat1":
                ours, theirs = describe(db, table), describe(new, table)
                for part in theirs:
                    same("%s of %s" % (part, table), ours[part], theirs[part])
    same("sqlite_sequence", sequence(db), sequence(new))
    same("integrity_check", integrity(db), [])
    same("foreign_key_check", db.execute("PRAGMA foreign_key_check").fetchall(), [])
    compare_texts(db, before, after)


def compare_texts(db, before, after):
    """Other objects keep their text; in the table's own, all that was not touched keeps its bytes."""
    texts = {(r[0], r[1]): r[3] for r in stored(db)}
    for thing in after.things:
        same("text of %s" % thing.name, texts.get((thing.kind, thing.name)), thing.text)
    names = {(x.kind, x.name) for x in after.things}
    extra = [k for k in texts if k[0] != "table" and texts[k] and k not in names]
    same("objects that nobody made", extra, [])
    for table in after.tables:
        text = texts[("table", table.name)]
        if table is not after.main:
            same("text of %s" % table.name, text, table.text)
            continue
        at = 0
        for c in table.columns:
            parts = [c.text] if hasattr(c, "text") and not c.touched else \
                [p.text for p in c.pieces if p.kind in ("check", "fk", "generated", "unique", "pk", "collate")
                 and not getattr(p, "touched", False)] if hasattr(c, "text") else []
            for part in parts:
                found = text.find(part, at) if not c.touched else text.find(part)
                if found < 0:
                    raise Wrong("%r is gone from %s" % (part, text))
                at = found if not c.touched else at
        for p in table.constraints:
            if p.text not in text and not getattr(p, "touched", False):
                raise Wrong("%r is gone from %s" % (p.text, text))


def outcome(db, statement, values):
    """What a statement does: its error, and all rows afterwards; then it is taken back."""
    db.execute("SAVEPOINT p")
    try:
        db.execute(statement, values)
        # seldom SQLite lets a row through that refers to nothing in its own table
        result = "broken" if db.execute("PRAGMA foreign_key_check").fetchall() else "ok"
    except sqlite3.Error as e:
        result = e.sqlite_errorname
    # in which order rows are found, and triggers fire, is the planner's affair
    rows = content(db)
    rows["log"] = sorted(row[2:] for row in rows["log"])
    if db.in_transaction:
        db.execute("ROLLBACK TO p")
        db.execute("RELEASE p")
    return result, rows


def random_statement(r, db, table):
    """An INSERT, UPDATE or DELETE, and its values."""
    plain = [c for c in table.columns if not c.generated]
    which = r.sample(plain, r.randint(1, len(plain)))
    if r.random() < 0.6:
        values = [value(r, c) for c in which]
        return "INSERT INTO %s (%s) VALUES (%s)" % (q(table.name), ", ".join(q(c.name) for c in which),
                                                    ", ".join("?" * len(which))), values
    where = "(SELECT min(%s) FROM %s)" % (q(plain[0].name), q(table.name))
    if r.random() < 0.5:
        return "DELETE FROM %s WHERE %s = %s" % (q(table.name), q(plain[0].name), where), []
    c = r.choice(plain)
    return "UPDATE %s SET %s = ? WHERE %s = %s" % (q(table.name), q(c.name), q(plain[0].name), where), [value(r, c)]


def probe(r, db, new, after):
    """Do both databases take and refuse the same?

    A constraint that is there but does nothing shows only so.
    """
    for d in (db, new):
        d.execute("PRAGMA foreign_keys = ON")
    for table in [t for t in after.tables if t.name != "log"] + [after.main] * 3:
        for _ in range(2):
            statement, values = random_statement(r, db, table)
            ours, theirs = outcome(db, statement, values), outcome(new, statement, values)
            if theirs[0] == "broken":
                continue
            same("%s %r" % (statement, values), ours[0], theirs[0])
            for name in theirs[1]:
                if name != "sqlite_sequence":
                    same("rows of %s after %s %r" % (name, statement, values), ours[1].get(name), theirs[1][name])


# ---- a case ----

def random_statements(r, schema):
    """One to three statements on the main table, of one to three actions each."""
    statements = []
    for _ in range(r.choice([1, 1, 1, 2, 3])):
        actions, touched = [], set()
        for _ in range(r.choice([1, 1, 1, 2, 3])):
            a = random_action(r, schema)
            if a and a.function.__name__ == "rename_constraint":
                if not actions:
                    actions = [a]
                break
            target = repr(a.args[0] if a and isinstance(a.args[0], str) else id(a))
            if a and target not in touched:
                touched.add(target)
                actions.append(a)
        if actions:
            statements.append(actions)
    return statements


def statement_text(r, schema, actions):
    """ALTER TABLE in the odd ways in which people write it."""
    return spaced(r, key(r, "ALTER TABLE"), r.choice(["", "", "IF EXISTS", "ONLY"]) or "/* */",
                  r.choice(["", "", "", "main.", "[main] . "]) + quoted(r, schema.main.name), (r.choice([",", ", ", " ,\n\t"])).join(a.sql for a in actions))


class Case:
    """A random database and statements for it, and how they are run: by migrate_alter() or as a
    revision, in a transaction of the caller's or not, with foreign keys and defensive mode on or
    off.
    """
    def __init__(self, seed):
        self.seed = seed
        r = self.r = random.Random(seed)
        self.db = None
        while not self.db:
            self.schema = random_schema(r)
            self.db = build(r, self.schema)
        self.statements = []
        while not self.statements:
            self.statements = random_statements(r, self.schema)
        self.sql = [statement_text(r, self.schema, a) for a in self.statements]
        self.keys = r.random() < 0.7
        self.transaction = r.choice(["", "", "commit", "rollback"])
        self.defensive = r.random() < 0.3
        self.revision = len(self.sql) > 1 or r.random() < 0.3

    def show(self):
        lines = ["seed %d: foreign keys %s, transaction %r, defensive %s, %s"
                 % (self.seed, self.keys, self.transaction, self.defensive,
                    "migrate_upgrade" if self.revision else "migrate_alter")]
        lines += [r[4] + ";" for r in self.db.execute("SELECT * FROM sqlite_schema WHERE sql IS NOT NULL")
                  if r[2] not in OWN_TABLES]
        return "\n".join("#   " + x.replace("\n", "\n#   ") for x in lines + ["---"] + self.sql)

    def alter(self):
        """The module does it."""
        if self.revision:
            self.db.execute("SELECT migrate_upgrade('change')").fetchall()
        else:
            self.db.execute("SELECT migrate_alter(?)", (self.sql[0],)).fetchall()

    def prepare(self):
        """What has to be there before the state is taken that an error must lead back to."""
        if self.revision:
            self.db.execute("SELECT migrate_add(?)", ("-- migrate:revision change\n-- migrate:upgrade\n%s\n"
                            % "\n".join(x + "\n;" for x in self.sql),)).fetchall()
        self.db.execute("PRAGMA foreign_keys = %d" % self.keys)
        if self.defensive:
            defensive(self.db)

    def state(self):
        """All that an error must leave as it was."""
        return stored(self.db), content(self.db), sequence(self.db), settings(self.db)

    def run(self):
        """Raises Wrong; returns "passed" or "refused"."""
        db = self.db
        try:
            after, new = expectation(db, self.schema, self.statements)
            refused = None
        except Refused as e:
            after, new, refused = None, None, e
            if str(e) == "foreign key" and not self.keys and "references" not in " ".join(self.sql).lower():
                # that a change of values leaves children behind is looked for where it is enforced
                refused = Unsure(str(e))
        except Unsure as e:
            after, new, refused = None, None, e
        self.prepare()
        before = self.state()
        if self.transaction:
            db.execute("BEGIN")
            before = self.state()
        try:
            self.alter()
            error = None
        except sqlite3.Error as e:
            error = e
        same("in a transaction", db.in_transaction, bool(self.transaction))
        same("settings", settings(db), before[3])
        if self.transaction:
            db.execute("COMMIT" if self.transaction == "commit" or not error else "ROLLBACK")
        if self.defensive:
            same("defensive mode", defensive(db, False), True)
        if error:
            for name, ours, theirs in zip(("schema", "rows", "sequences", "settings"), self.state(), before):
                same("%s after the error %s" % (name, error), ours, theirs)
            if not refused:
                raise Wrong("refused, and should not be: %s" % error)
            return "refused"
        if isinstance(refused, Unsure):
            return "passed"
        if refused:
            raise Wrong("should be refused: %s" % refused)
        if self.transaction != "rollback":
            compare(db, new, self.schema, after)
            probe(self.r, db, new, after)
        return "passed"


class Rebuilt(Case):
    """A rebuild from what the model knows, with one loss of those that happen when it is done by hand."""
    LOSSES = ["trigger", "index", "view", "rowid", "sequence", "cascade", "spelling", "check", "unique", "strict",
              "without rowid", "collation", "conflict", "on delete", "default", "settings", "half", "a row",
              "notnull", "stored", "defensive", "value"]

    def __init__(self, seed, loss=None):
        super().__init__(seed)
        self.loss = loss

    def new_text(self, table):
        """The table as it is to be, without what the loss takes away."""
        parts = [c.text if hasattr(c, "text") and not c.touched else c.render() for c in table.columns]
        text = "CREATE TABLE %s (%s)%s" % (q("_new"), ", ".join(parts + [p.text for p in table.constraints]),
                                           table.options())
        if self.loss == "spelling":
            return re.sub(r"(?s)/\*.*?\*/", " ", text)
        pattern, by = {"check": (r"(?i)check\s*\(", "DEFAULT ("), "unique": (r"(?i)\bunique\b(?!\s*\()", ""),
                       "strict": (r"STRICT(?=,|$)", ""), "without rowid": (r",? ?WITHOUT ROWID$", ""),
                       "collation": (r"(?i)collate\s+\w+", ""), "notnull": (r"(?i)\bnot\s+null\b", "NULL"),
                       "conflict": (r"(?i)on\s+conflict\s+\w+", ""), "stored": (r"(?i)\bstored\b", ""),
                       "on delete": (r"(?i)on\s+delete\s+(cascade|set\s+null|restrict)", ""),
                       "default": (r"(?i)default\s+[-+]?\w+", "")}.get(self.loss, ("$^", ""))
        return re.sub(pattern, by, text)

    def alter(self):
        """What people do by hand, with every precaution but the one that the loss leaves out."""
        try:
            after, new = expectation(self.db, self.schema, self.statements)
        except (Refused, Unsure) as e:
            if self.loss == "half":
                self.db.execute("CREATE TABLE _new (x)")
            raise sqlite3.OperationalError(str(e))
        db, table = self.db, after.main
        if self.loss != "cascade":
            db_config(db, 1002, False)
        db.execute("PRAGMA legacy_alter_table = ON")
        try:
            self.rebuild(db, new, after, table)
        finally:
            if self.loss != "settings":
                db.execute("PRAGMA legacy_alter_table = OFF")
                db_config(db, 1002, self.keys)
            if self.loss == "defensive":
                defensive(db, False)

    def rebuild(self, db, new, after, table):
        """Copy, drop, rename, make again."""
        old = sequence(db)
        columns = [c.name for c in table.columns if not c.generated]
        rowid = rowid_name(new, table.name) if not table.alias() else None
        names = ([rowid] if rowid and self.loss != "rowid" else []) + list(map(q, columns))
        rows = new.execute("SELECT %s FROM %s" % (", ".join(names), q(table.name))).fetchall()
        db.execute(self.new_text(table))
        for row in rows[1:] if self.loss == "a row" else rows:
            if self.loss == "value":
                row = [x + 1 if isinstance(x, int) and i == len(row) - 1 else x for i, x in enumerate(row)]
            db.execute("INSERT OR ABORT INTO _new (%s) VALUES (%s)"
                       % (", ".join(names), ", ".join("?" * len(row))), row)
        db.execute("DROP TABLE %s" % q(table.name))
        db.execute("ALTER TABLE _new RENAME TO %s" % q(table.name))
        auto = table.primary()[1] and table.primary()[1].autoincrement
        if old and self.loss != "sequence":
            db.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
            db.executemany("INSERT INTO sqlite_sequence SELECT ?, ? WHERE ? = ?",
                           [x + (x[0], table.name) for x in old if auto])
        for kind in ("index", "trigger"):
            for thing in after.things:
                if thing.kind == kind and thing.table == table.name and self.loss != kind:
                    db.execute(thing.text)
        if self.loss == "view":
            for thing in after.things:
                if thing.kind == "view":
                    db.execute("DROP VIEW IF EXISTS %s" % q(thing.name))


def lossy(first, n):
    """Each loss has to be noticed in some case, and a rebuild without a loss in none."""
    wrong = [text for seed in range(first, first + n) for _, text in [run_case(seed, Rebuilt)] if text]
    check("a rebuild that loses nothing is not complained of", wrong[:3], [])
    print("# %d of %d statements have to be refused" % (
        [run_case(seed, Rebuilt)[0] for seed in range(first, first + n)].count("refused"), n))
    for loss in Rebuilt.LOSSES:
        found = False
        for seed in range(first, first + n):
            try:
                found = found or run_case(seed, lambda s: Rebuilt(s, loss))[1] is not None
            except sqlite3.Error:
                pass
            if found:
                break
        check("a rebuild that loses %s is found" % loss, found, True)


def run_case(seed, kind=Case):
    """How it ended, and what is wrong, or None."""
    case = kind(seed)
    shown = case.show()
    try:
        return case.run(), None
    except Wrong as e:
        return "wrong", "%s\n%s" % (e, shown)


def main(args):
    if args[:1] == ["--case"]:
        case = Case(int(args[1]))
        print(case.show())
        print(case.run())
        return
    if args[:1] == ["--lossy"]:
        lossy(1, int(args[1]) if len(args) > 1 else 200)
        done()
    if not args:
        lossy(1, 150)
    n = int(args[0]) if args else int(os.environ.get("CASES", "300"))
    first = int(args[1]) if len(args) > 1 else 1
    count = {"passed": 0, "refused": 0, "wrong": 0}
    for seed in range(first, first + n):
        result, text = run_case(seed)
        count[result] += 1
        if text:
            print("# %s" % text, flush=True)
    print("# %s" % count)
    check("%d random ALTER TABLE statements lose nothing" % n, count["wrong"], 0)
    done()


if __name__ == "__main__":
    main(sys.argv[1:])
