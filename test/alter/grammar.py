"""CREATE TABLE as SQLite's grammar allows it, which is more than its manual shows: no byte is lost.

Each text is altered in several ways.  All of it but the words that the change is about must stay, byte
for byte, and SQLite must see the same table but for that.
"""
import os
import sqlite3
import sys

TOP = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(TOP, "..", "clients"), os.path.join(TOP, "..", "fuzz")]
from alter import content, describe  # noqa: E402
from tap import check, defensive, done, scalar, sqlite  # noqa: E402

# the table is t, its column a has the type integer, and may become NOT NULL
TEXTS = [
    "CREATE TABLE t(a integer)",
    "CREATE TABLE t(a integer,b)",
    "CREATE TABLE t (b, a integer)",
    "create\ttable\ft\r\n(\na\ninteger\n)",
    "CREATE TABLE IF NOT EXISTS main.t (a integer, b text)",
    'CREATE TABLE main . "t" ("a" integer, "b" text)',
    "CREATE TABLE [t] ([a] integer, [b c] text)",
    "CREATE TABLE `t` (`a` integer, `b` text)",
    "CREATE TABLE 't' ('a' integer, 'b' 'text')",
    'CREATE TABLE t (a integer, "" text, "b""c" text, "(" text, "," text)',
    "CREATE TABLE t (a integer, b text, UNIQUE (a) CHECK (b <> '') FOREIGN KEY (a) REFERENCES p)",
    "CREATE TABLE t (a integer, b text, CONSTRAINT x UNIQUE (a) CONSTRAINT y CHECK (b <> ''))",
    "CREATE TABLE t (a integer CONSTRAINT lonely, b text CONSTRAINT lonely)",
    "CREATE TABLE t (a integer CONSTRAINT one CONSTRAINT two CHECK (a > 0), b text)",
    "CREATE TABLE t (a integer, b text, CONSTRAINT lonely)",
    "CREATE TABLE t (a integer, b text DEFAULT word, c DEFAULT - 5, d DEFAULT +5, e DEFAULT -x, f DEFAULT (a || 'x'))".replace("-x", "-7.5e-3").replace("(a || 'x')", "('a' || 'x')"),
    "CREATE TABLE t (a integer, b text DEFAULT CURRENT_DATE, c DEFAULT current_time, d DEFAULT \"dq\", e DEFAULT x'00', f DEFAULT (1) NOT NULL)",
    "CREATE TABLE t (a integer, b DEFAULT NULL, c DEFAULT TRUE, d DEFAULT 0x1F, e DEFAULT 1., f DEFAULT .5, g DEFAULT 1e3)",
    "CREATE TABLE t (a integer, b REFERENCES p ON INSERT CASCADE ON DELETE SET NULL ON UPDATE SET DEFAULT MATCH SIMPLE)",
    "CREATE TABLE t (a integer, b REFERENCES p UNIQUE DEFERRABLE INITIALLY DEFERRED, c REFERENCES p NOT DEFERRABLE INITIALLY IMMEDIATE)",
    "CREATE TABLE t (a integer REFERENCES p (id) DEFERRABLE, b NOT DEFERRABLE)".replace(", b NOT DEFERRABLE", ", b text"),
    "CREATE TABLE t (a integer, id integer, PRIMARY KEY (id AUTOINCREMENT))",
    "CREATE TABLE t (a integer, id integer PRIMARY KEY ASC ON CONFLICT REPLACE AUTOINCREMENT)",
    "CREATE TABLE t (a integer, b text, PRIMARY KEY (b COLLATE nocase DESC, a) ON CONFLICT FAIL)",
    "CREATE TABLE t (a integer, b text, UNIQUE (b COLLATE rtrim ASC) ON CONFLICT IGNORE, UNIQUE (a, b))",
    "CREATE TABLE t (a integer, b text NULL ON CONFLICT FAIL, c text NOT NULL ON CONFLICT ROLLBACK)",
    "CREATE TABLE t (a integer, b integer AS (a + 1) STORED NOT NULL, c AS (a) UNIQUE, d text GENERATED ALWAYS AS ('(,)') VIRTUAL CHECK (d <> ''))",
    "CREATE TABLE t (a integer, generated text, always integer, stored generated, virtual text)",
    "CREATE TABLE t (a integer, b unsigned big int, c varchar(10), d numeric(+10, -2), e double precision, f \"two words\", g 'str')",
    "CREATE TABLE t (a integer, b 'x' \"y\" z, c text(1) CHECK (c <> ','), d decimal ( 10 , 2 ))",
    "CREATE TABLE t (a integer, key text, no text, row text, action text, temp text, view text, abort text, cast text, end text)",
    "CREATE TABLE t (a integer, if text, like text, match text, plan text, query text, rename text, replace text, with text, without text)",
    "CREATE TABLE t (a integer, strict text, rowid text, oid integer, filter text, over text, window text, first text, last text, nulls text)",
    "CREATE TABLE t (a integer, é text, 名前 text, x$y text, _z text)",
    "CREATE TABLE t (a integer CHECK (a > 0 AND (a < 5 OR a IN (1, 2, 3)) AND 'it''s )' <> '('), b text)",
    "CREATE TABLE t (a integer, b text CHECK (b NOT LIKE '%/*%' AND b <> '--' AND \"b\" <> ')'), c)",
    "CREATE TABLE t (a integer, b text CHECK (CASE WHEN b IS NULL THEN 1 ELSE length(b) > 0 END), c text CHECK (c -> '$' IS NOT 5))",
    "CREATE TABLE t (a integer /* one */, /* two, */ b text -- three, (\n, -- four\n c text /* five */) -- six",
    "CREATE TABLE t (-- a comment first\n a integer, b text -- last\n)",
    "CREATE TABLE t (a integer, b text) /* never closed",
    "CREATE TABLE /* x */ t /* y */ ( /* z */ a /* u */ integer /* v */ , b /* w */ text /* q */ )",
    "CREATE TABLE t (a integer PRIMARY KEY DESC, b text)",
    "CREATE TABLE t (a integer, b text PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE t (a integer, b text PRIMARY KEY) WITHOUT/**/ROWID, STRICT",
    "CREATE TABLE t (a integer, b any, c blob) strict",
    "CREATE TABLE t (a integer NOT NULL DEFAULT 5 UNIQUE CHECK (a > 0) COLLATE nocase REFERENCES p, b)",
    "CREATE TABLE t (a integer NULL, b text)",
    "CREATE TABLE t (a integer UNIQUE UNIQUE, b text CHECK (b <> '1') CHECK (b <> '2'))",
    "CREATE TABLE t (a integer DEFAULT 1 DEFAULT 2, b text COLLATE nocase COLLATE rtrim)",
    "CREATE TABLE t (A integer, B text, CHECK (t.a > 0), CHECK ([A] <> 9))",
    "CREATE TABLE t (a integer, FOREIGN KEY (a) REFERENCES t (a), UNIQUE (a))",
    "CREATE TABLE t (a integer, b text, FOREIGN KEY (a) REFERENCES \"p\" ON DELETE CASCADE DEFERRABLE, CHECK (a))",
    "CREATE TABLE t (a integer, b text, CONSTRAINT 'quoted' CHECK (a > 0), CONSTRAINT [in brackets] CHECK (a > 1), CONSTRAINT `t` UNIQUE (b))",
    "CREATE TABLE t (a integer, b text CHECK (b REGEXP 'x' OR b GLOB '*(*' OR b ISNULL OR b NOTNULL))".replace("b REGEXP 'x' OR ", ""),
    "CREATE TABLE t (a integer, b text, CHECK ((SELECT 1)))".replace("(SELECT 1)", "EXISTS (VALUES (1))").replace("EXISTS (VALUES (1))", "1"),
    "CREATE TABLE t AS SELECT 1 AS a, 'x' AS [b c], 3 AS \"d\"\"e\"",
]
CHANGES = [
    ("SET NOT NULL", "ALTER TABLE t ALTER COLUMN a SET NOT NULL"),
    ("TYPE", "ALTER TABLE t ALTER COLUMN a TYPE numeric"),
    ("SET DEFAULT", "ALTER TABLE t ALTER COLUMN a SET DEFAULT 11"),
    ("ADD CHECK", "ALTER TABLE t ADD CONSTRAINT added CHECK (a < 1000)"),
    ("ADD UNIQUE", "ALTER TABLE t ADD CONSTRAINT added UNIQUE (a)"),
    ("ADD COLUMN", "ALTER TABLE t ADD COLUMN added text NOT NULL DEFAULT (1 + 1)"),
]


def make(text):
    db = sqlite(":memory:")
    db.execute("CREATE TABLE p (id INTEGER PRIMARY KEY)")
    db.execute("INSERT INTO p VALUES (3)")
    try:
        db.execute(text)
    except sqlite3.Error:
        return None
    for statement in ("INSERT INTO t (a) VALUES (3)", "INSERT INTO t (a, b) VALUES (3, 'x')"):
        try:
            db.execute(statement)
            break
        except sqlite3.Error:
            pass
    return db


def text_of(db):
    return db.execute("SELECT sql FROM sqlite_schema WHERE name = 't'").fetchone()[0]


def column_a(columns):
    return next(i for i, c in enumerate(columns) if c[0].lower() == "a")


def pieces_kept(before, after):
    """What of before is not in after, beside one place: that is all that a change may touch."""
    head = before.index("(")
    before, after = before[head:], after[after.index("("):]
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return before[start:len(before) - end]


def change(text, name, statement, hard):
    db = make(text)
    if db is None or "STRICT" in text.upper() and name == "TYPE":
        return None
    before, old, rows = text_of(db), describe(db, "t"), content(db)
    defensive(db, hard)
    try:
        scalar(db, "SELECT migrate_alter(?)", statement)
    except sqlite3.Error as e:
        same = (text_of(db), describe(db, "t"), content(db)) == (before, old, rows)
        return "refused%s: %s" % ("" if same else ", and changed all the same", str(e).split("\n")[0])
    after, new = text_of(db), describe(db, "t")
    i = column_a(old["columns"])
    wanted = list(old["columns"])
    a = list(wanted[i])
    if name == "SET NOT NULL":
        a[2] = 1
    elif name == "TYPE":
        a[1] = "numeric"
    elif name == "SET DEFAULT":
        a[3] = "11"
    wanted[i] = tuple(a)
    if name == "ADD COLUMN":
        wanted.append(("added", "text", 1, "2", 0, 0))
    letters = iter(after)
    # a comma and what is added may stand on either side of a comment
    lost = "" if name.startswith("ADD") and all(c in letters for c in before) else pieces_kept(before, after)
    allowed = {"TYPE": ["integer", "int", "num", "INT", ""], "SET DEFAULT": ["NOT NULL DEFAULT 5", "5", "1", "1 DEFAULT 2", "2", "DEFAULT 1 DEFAULT 2", "DEFAULT 5", ""]}
    problems = []
    if new["columns"] != wanted:
        problems.append(("columns", wanted, new["columns"]))
    for part in ("list", "foreign keys"):
        if new[part] != old[part]:
            problems.append((part, old[part], new[part]))
    # in a table WITHOUT ROWID the key holds every column
    if name != "ADD UNIQUE" and not (name == "ADD COLUMN" and old["list"][0]) and [x for x in new["indexes"]] != old["indexes"]:
        problems.append(("indexes", old["indexes"], new["indexes"]))
    if lost.strip() not in allowed.get(name, [""]) and not any(lost.strip() in x for x in allowed.get(name, [""])):
        problems.append(("lost", lost, after))
    kept_rows = [r[1:] for r in content(db)["t"]]
    extra = ("'2'",) if name == "ADD COLUMN" else ()
    if kept_rows != [r[1:] + extra for r in rows["t"]]:
        problems.append(("rows", rows["t"], kept_rows))
    return problems or None


for text in TEXTS:
    if len(sys.argv) > 1 and sys.argv[1] not in text:
        continue
    if make(text) is None:
        print("# not in this version: %s" % text.replace("\n", "\\n"))
        continue
    found = {}
    for name, statement in CHANGES:
        for hard in (False, True):
            problem = change(text, name, statement, hard)
            if problem:
                found[name + (", defensive" if hard else "")] = problem
    check(text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t").replace("\f", "\\f"), found, {})
done()
