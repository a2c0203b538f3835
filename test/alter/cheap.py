"""The cheapest safe way is taken: how often a table is copied, as SQLite's own trace of statements tells."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "clients"))
from tap import OWN_TABLES, check, defensive, done, scalar, sqlite  # noqa: E402

SETUP = """
CREATE TABLE p (id INTEGER PRIMARY KEY);
CREATE TABLE t (id INTEGER PRIMARY KEY, a integer CONSTRAINT ca CHECK (a > 0), b text DEFAULT 'b', c text NOT NULL,
  p integer, CONSTRAINT fk FOREIGN KEY (p) REFERENCES p, CONSTRAINT two CHECK (a < 100));
CREATE INDEX i ON t (a);
CREATE UNIQUE INDEX j ON t (b, c);
CREATE TABLE other (id INTEGER PRIMARY KEY, a integer);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1, 1, 'x', 'y', 1), (2, 2, 'x', 'z', NULL);
INSERT INTO other VALUES (1, 1);
"""


def traced(statements, hard=False, revision=False):
    """The statements that SQLite ran for it."""
    db = sqlite(":memory:")
    db.executescript(SETUP)
    db.execute("PRAGMA foreign_keys = 1")
    defensive(db, hard)
    if revision:
        scalar(db, "SELECT migrate_add(?)", "-- migrate:revision r\n-- migrate:upgrade\n%s;\n" % ";\n".join(statements))
    seen = []
    db.set_trace_callback(lambda s: seen.append(s.strip()))
    if revision:
        scalar(db, "SELECT migrate_upgrade('r')")
    else:
        for s in statements:
            scalar(db, "SELECT migrate_alter(?)", s)
    db.set_trace_callback(None)
    return [s for s in (re.sub(r"^(--\s*)+", "", s) for s in seen) if not re.search("|".join(OWN_TABLES), s)]


def copies(statements):
    return len([s for s in statements if re.match(r"(?is)INSERT\b.*\bSELECT\b", s)])


def whole_scans(statements):
    """UPDATEs of the table's rows."""
    return len([s for s in statements if re.match(r"(?is)UPDATE\s+(\S+\s*\.\s*)?\"?(t|other)\"?\s", s)])


EDITS = ["ALTER COLUMN a TYPE bigint", "ALTER COLUMN a SET NOT NULL", "ALTER COLUMN c DROP NOT NULL", "ALTER COLUMN c SET DEFAULT 'c'", "DROP CONSTRAINT ca",
         "DROP CONSTRAINT two", "DROP CONSTRAINT fk", "ADD CHECK (a < 50)", "ADD CONSTRAINT z CHECK (a <> 7)",
         "ADD FOREIGN KEY (a) REFERENCES t (id)", "RENAME CONSTRAINT ca TO cb", "ADD COLUMN z text", "ADD COLUMN z text NOT NULL DEFAULT ''",
         "ADD COLUMN z integer REFERENCES p (id)", "RENAME COLUMN a TO z", "RENAME TO z",
         "ALTER a SET NOT NULL, ALTER c DROP NOT NULL, DROP CONSTRAINT two, ADD CHECK (id > 0)"]
REBUILDS = ["ALTER COLUMN a TYPE numeric", "ADD UNIQUE (a)", "ADD COLUMN z text UNIQUE", "ADD COLUMN z text NOT NULL DEFAULT (1 + 1)",
            "ADD COLUMN z integer AS (a) STORED", "ALTER a TYPE numeric, ADD UNIQUE (a), ALTER c DROP NOT NULL, DROP CONSTRAINT two"]
for action in EDITS:
    ran = traced(["ALTER TABLE t " + action])
    check("no copy: " + action, (copies(ran), whole_scans(ran)), (0, 0))
for action in REBUILDS:
    for hard in (False, True):
        ran = traced(["ALTER TABLE t " + action], hard)
        check("one copy%s: %s" % (", defensive" if hard else "", action), copies(ran), 1)
        order = [s.split()[0].upper() + " " + s.split()[1].upper() for s in ran if re.match(r"(?i)(insert|create\s+(unique\s+)?index)", s)]
        check("and the indexes after it: " + action, [o for o in order if o.startswith("INSERT")] == order[:1] and len(order), 3)
for hard in (False, True):
    check("at most one copy in defensive mode%s" % ("" if hard else ", turned off"),
          max(copies(traced(["ALTER TABLE t " + action], hard)) for action in EDITS) <= (1 if hard else 0), True)
three = ["ALTER TABLE t ALTER a TYPE numeric", "ALTER TABLE t ADD UNIQUE (a)", "ALTER TABLE t ALTER b SET NOT NULL",
         "ALTER TABLE t ALTER b TYPE varchar(9)"]
for hard in (False, True):
    check("consecutive statements share one copy%s" % (", defensive" if hard else ""), copies(traced(three, hard, True)), 1)
check("two tables, one copy each", copies(traced(three[:2] + ["ALTER TABLE other ALTER a TYPE text", "ALTER TABLE other ADD UNIQUE (a)"],
                                                 False, True)), 2)
check("an edit, then a rebuild", copies(traced(["ALTER TABLE t ALTER a SET NOT NULL", "ALTER TABLE t ALTER a TYPE numeric"], False, True)), 1)
done()
