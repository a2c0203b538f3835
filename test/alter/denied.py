"""What can stand in the way of ALTER TABLE: an authorizer, an interrupt, a full disk, a lock, odd settings.

Whatever it is, the answer is the change, whole, or an error that says why, and then nothing at all is
different: not the schema, not a row, not a setting, not the transaction.
"""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "clients"))
from tap import check, defensive, done, error, scratch, sqlite  # noqa: E402

SETUP = """
CREATE TABLE p (id INTEGER PRIMARY KEY);
CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a integer CONSTRAINT old CHECK (a <> 13), b text DEFAULT 'd',
  secret text, p integer REFERENCES p ON DELETE CASCADE);
CREATE TABLE child (t integer REFERENCES t ON DELETE CASCADE);
CREATE INDEX i ON t (a DESC) WHERE b <> '';
CREATE VIEW v AS SELECT a, b FROM t;
CREATE TABLE log (x);
CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NEW.a); END;
INSERT INTO p VALUES (1), (2);
INSERT INTO t (id, a, b, secret, p) VALUES (1, 1, 'x', 's1', 1), (5, 2, 'y', 's2', 2), (90, 3, 'z', 's3', NULL);
DELETE FROM t WHERE id = 90;
INSERT INTO child VALUES (1), (5);
DELETE FROM log;
PRAGMA user_version = 7;
"""
CHANGES = {"a rebuild": "ALTER TABLE t ALTER COLUMN a TYPE numeric",
           "an edit": "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
           "a default": "ALTER TABLE t ALTER COLUMN b SET DEFAULT 'e'",
           "a constraint": "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)",
           "a dropped column": "ALTER TABLE t DROP COLUMN secret",
           "several actions": "ALTER TABLE t ADD COLUMN n text NOT NULL DEFAULT 'n', DROP CONSTRAINT old, ADD CHECK (a > 0)"}


def fresh(path=":memory:", keys=1, setup=SETUP):
    db = sqlite(path)
    db.executescript(setup)
    db.execute("PRAGMA foreign_keys = %d" % keys)
    return db


def everything(db):
    tables = [r[0] for r in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")]
    return (db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2").fetchall(),
            [(t, db.execute('SELECT * FROM "%s"' % t.replace('"', '""')).fetchall()) for t in tables],
            [db.execute("PRAGMA " + p).fetchone() for p in
             ("foreign_keys", "legacy_alter_table", "writable_schema", "defer_foreign_keys", "integrity_check", "user_version")],
            defensive_now(db))


def defensive_now(db):
    was = defensive(db, False)
    defensive(db, was)
    return was


def alter(db, statement):
    db.execute("SELECT migrate_alter(?)", (statement,)).fetchall()


def result_of(change, hard):
    """Everything after the change where nothing stands in its way."""
    db = fresh()
    if hard:
        defensive(db)
    alter(db, change)
    return everything(db)


# old versions need CREATE TABLE for a PRAGMA's table, too
WORDS = ["not authorized", "prohibited"] + ["no such table: pragma_"] * (sqlite3.sqlite_version_info < (3, 38))


# ---- an authorizer that denies one of the things that the module asks for, each in turn ----

def authorized(change, n, code, transaction, hard):
    """Runs the change with the n-th question answered by code.  (asked, changed, said, sound)"""
    db = fresh()
    if hard:
        defensive(db)
    if transaction:
        db.execute("BEGIN")
        db.execute("INSERT INTO log VALUES ('own')")
    before = everything(db)
    asked = 0

    def authorizer(*_):
        nonlocal asked
        asked += 1
        return code if asked == n else sqlite3.SQLITE_OK

    db.set_authorizer(authorizer)
    said = error(lambda: alter(db, change))
    db.set_authorizer(None)
    return asked, said, before, everything(db), db.in_transaction == bool(transaction), db


def every_denial():
    for hard in (False, True):
        for transaction in (False, True):
            for name, change in CHANGES.items():
                asked = authorized(change, 0, sqlite3.SQLITE_DENY, transaction, hard)[0]
                wrong = []
                for n in range(1, asked + 1):
                    _, said, before, after, sound, db = authorized(change, n, sqlite3.SQLITE_DENY, transaction, hard)
                    if not sound or (said != "no error" and after != before) or (said == "no error" and n == 1):
                        wrong.append((n, said, sound))
                    db.close()
                check("%s, %s%s: each of its questions denied"
                      % (name, "in a transaction" if transaction else "on its own", ", defensive" if hard else ""),
                      (asked > 0, wrong[:3]), (True, []))


def words():
    """The error says that it was the authorizer."""
    db = fresh()
    db.set_authorizer(lambda action, *_: sqlite3.SQLITE_DENY if action in (
        sqlite3.SQLITE_CREATE_TABLE, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_ALTER_TABLE) else sqlite3.SQLITE_OK)
    for name, change in CHANGES.items():
        said = error(lambda: alter(db, change))
        check("%s, denied: the words" % name, [w for w in WORDS if w in said] != [], True)


def ignored():
    """An authorizer that hides a column reads it as NULL: the column must not be emptied by a rebuild."""
    def hide(action, table, column, *_):
        return sqlite3.SQLITE_IGNORE if action == sqlite3.SQLITE_READ and column == "secret" else sqlite3.SQLITE_OK
    for name, change in CHANGES.items():
        if "secret" in change:
            continue
        db = fresh()
        before = everything(db)
        db.set_authorizer(hide)
        said = error(lambda: alter(db, change))
        db.set_authorizer(None)
        check("%s, a column hidden by the authorizer is not lost" % name,
              (db.execute("SELECT secret FROM t").fetchall(), said == "no error" or everything(db) == before),
              ([("s1",), ("s2",)], True))


def ignored_deletes():
    """SQLITE_IGNORE of other things turns them into nothing; what was asked for is done or is an error."""
    for action in ("INSERT", "UPDATE", "DELETE", "DROP_TABLE", "CREATE_TABLE", "CREATE_INDEX", "CREATE_TRIGGER", "PRAGMA",
                   "ALTER_TABLE"):
        for name, change in CHANGES.items():
            for hard in (False, True):
                db = fresh()
                defensive(db, hard)
                before = everything(db)
                db.set_authorizer(lambda a, *_: sqlite3.SQLITE_IGNORE if a == getattr(sqlite3, "SQLITE_" + action)
                                  else sqlite3.SQLITE_OK)
                said = error(lambda: alter(db, change))
                db.set_authorizer(None)
                after = everything(db)
                good = after == before if said != "no error" else after == result_of(change, hard)
                check("%s, %s ignored%s" % (name, action, ", defensive" if hard else ""), (good, said if not good else ""),
                      (True, ""))


# ---- an interrupt, at many moments ----

def interrupted(change, steps, once, done_already):
    """The change with an interrupt after so many steps; what is wrong then.

    An interrupt that comes when all is done finds the caller's SELECT, which says so, the change made.

    once: a progress handler that says so one time; else sqlite3_interrupt(), as Ctrl-C in the shell,
    which stays until no statement runs any more: our rollback is interrupted, too.
    """
    db = fresh()
    before = everything(db)
    left = [steps]

    def handler():
        left[0] -= 1
        if left[0] == 0 and not once:
            db.interrupt()
        return left[0] == 0 and once

    db.set_progress_handler(handler, 1)
    said = error(lambda: alter(db, change))
    db.set_progress_handler(None, 1)
    bad = db.in_transaction
    if bad:
        db.execute("ROLLBACK")
    bad = bad or said != "no error" and everything(db) not in (before, done_already)
    db.close()
    return [(steps, said)] if bad else []


def interrupts():
    for once in (True, False):
        for name, change in CHANGES.items():
            wrong, whole = [], result_of(change, False)
            for steps in list(range(1, 400, 7)) + list(range(400, 6000, 211)):
                wrong += interrupted(change, steps, once, whole)
            check("%s, interrupted at any moment by %s" % (name, "a handler" if once else "sqlite3_interrupt()"), wrong[:3], [])


# ---- a full disk ----

def full():
    for transaction in (False, True):
        for extra in (0, 1, 5, 20, 60):
            db = fresh(scratch("full.db"))
            db.execute("WITH n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO t (id, a, b) "
                       "SELECT i, i, printf('%080d', i) FROM n")
            before = everything(db)
            if transaction:
                db.execute("BEGIN")
            db.execute("PRAGMA max_page_count = %d" % (db.execute("PRAGMA page_count").fetchone()[0] + extra))
            said = error(lambda: alter(db, CHANGES["a rebuild"]))
            if db.in_transaction:
                db.execute("COMMIT")
            check("a full disk, %d pages left%s" % (extra, ", in a transaction" if transaction else ""),
                  (said.split("\n")[0], everything(db) == before), ("database or disk is full", True))


# ---- locks, readers, triggers, read-only ----

def locks():
    path = scratch("lock.db")
    fresh(path).close()
    db, other = sqlite(path, timeout=0.1), sqlite3.connect(path, isolation_level=None)
    before = everything(db)
    other.execute("BEGIN IMMEDIATE")
    for name, change in CHANGES.items():
        check("%s, locked by another" % name, (error(lambda: alter(db, change)).split("\n")[0], everything(db) == before),
              ("database is locked", True))
    other.execute("ROLLBACK")
    other.execute("BEGIN")
    other.execute("SELECT * FROM t").fetchall()
    for name, change in CHANGES.items():
        said = error(lambda: alter(db, change))
        check("%s, another reads" % name, (said.split("\n")[0], db.in_transaction, everything(db) == before),
              ("database is locked", False, True))
    other.execute("COMMIT")
    alter(db, CHANGES["a rebuild"])
    check("and works when the others are gone", everything(db) == result_of(CHANGES["a rebuild"], False)
          or everything(db)[1] == result_of(CHANGES["a rebuild"], False)[1], True)
    ro = sqlite("file:%s?mode=ro" % path, uri=True)
    before = everything(ro)
    for name, change in CHANGES.items():
        said = error(lambda: alter(ro, change))
        check("%s, a read-only database" % name, ("read-only" in said or "readonly" in said, everything(ro) == before), (True, True))


def statements():
    """A statement of the application that is half read, a trigger, a statement with FROM."""
    for name, change in CHANGES.items():
        db = fresh()
        before = everything(db)
        reader = db.execute("SELECT x FROM (SELECT 1 AS x UNION ALL SELECT id FROM t)")
        reader.fetchone()
        said = error(lambda: alter(db, change))
        reader.close()
        check("%s, while a statement is active" % name,
              (said == "no error" or "active" in said or "locked" in said, said == "no error" or everything(db) == before), (True, True))
        db = fresh()
        before = everything(db)
        said = error(lambda: db.execute("SELECT migrate_alter(?) FROM t", (change,)).fetchall())
        check("%s, from a SELECT with FROM" % name, (said != "no error", everything(db) == before), (True, True))
        db.execute("CREATE TRIGGER bad AFTER INSERT ON p BEGIN SELECT migrate_alter('%s'); END" % change.replace("'", "''"))
        check("%s, from a trigger" % name, error(lambda: db.execute("INSERT INTO p VALUES (77)")), "unsafe use of migrate_alter()")


# ---- settings that applications use ----

def settings():
    plain = {name: result_of(change, False) for name, change in CHANGES.items()}
    for pragma in ("recursive_triggers = 1", "case_sensitive_like = 1", "reverse_unordered_selects = 1", "trusted_schema = 0",
                   "ignore_check_constraints = 1", "full_column_names = 1", "count_changes = 1", "cell_size_check = 1",
                   "temp_store = 2", "cache_size = 2", "secure_delete = 1", "journal_mode = off", "empty_result_callbacks = 1",
                   "short_column_names = 0", "automatic_index = 0", "encoding = 'UTF-16'", "auto_vacuum = 2"):
        for name, change in CHANGES.items():
            db = sqlite(":memory:")
            db.execute("PRAGMA " + pragma).fetchall()
            db.executescript(SETUP)
            db.execute("PRAGMA foreign_keys = 1")
            said = error(lambda: alter(db, change))
            db.execute("PRAGMA reverse_unordered_selects = 0")
            check("%s, PRAGMA %s" % (name, pragma), (said, everything(db)[:2] == plain[name][:2]), ("no error", True))


def checks_are_checked():
    """PRAGMA ignore_check_constraints is not for a constraint that is being added."""
    db = fresh()
    db.execute("PRAGMA ignore_check_constraints = 1")
    before = everything(db)
    check("rows that break a new CHECK, ignore_check_constraints = 1",
          (error(lambda: alter(db, "ALTER TABLE t ADD CHECK (a < 2)")) != "no error", everything(db) == before), (True, True))
    db = fresh(keys=0)
    db.execute("UPDATE t SET p = 77")
    alter(db, CHANGES["a rebuild"])
    check("rows that broke a foreign key before do not stand in the way",
          db.execute("SELECT count(*) FROM pragma_foreign_key_check").fetchone()[0], 2)
    before = everything(db)
    check("rows that break a new FOREIGN KEY, foreign_keys = 0",
          (error(lambda: alter(db, "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES child (t)")) != "no error",
           everything(db) == before), (True, True))


def functions():
    """Functions and collations of the application, used by the table."""
    def with_functions():
        db = sqlite(":memory:")
        db.create_function("half", 1, lambda x: x // 2 if x is not None else None, deterministic=True)
        db.create_collation("backwards", lambda a, b: (a < b) - (a > b))
        return db
    setup = ("CREATE TABLE t (a integer CHECK (half(a) < 50), b text COLLATE backwards, h integer AS (half(a)));\n"
             "CREATE UNIQUE INDEX i ON t (half(a));\nCREATE INDEX j ON t (b);\nINSERT INTO t VALUES (2, 'x'), (5, 'y');")
    db = with_functions()
    db.executescript(setup)
    alter(db, CHANGES["a rebuild"])
    check("functions and collations of the application",
          (db.execute("SELECT a, b, h FROM t ORDER BY b").fetchall(), error(lambda: db.execute("INSERT INTO t VALUES (200, '')")),
           error(lambda: db.execute("INSERT INTO t VALUES (3, '')"))),
          ([(5, "y", 2), (2, "x", 1)], "CHECK constraint failed: half(a) < 50", "UNIQUE constraint failed: index 'i'"))
    path = scratch("f.db")
    db = with_functions()
    db.execute("ATTACH ? AS f", (path,))
    db.executescript(setup.replace("TABLE t", "TABLE f.t").replace("INDEX ", "INDEX f."))
    db.close()
    db = sqlite(path)
    dump = "SELECT type, name, sql FROM sqlite_schema ORDER BY 2"
    before = db.execute(dump).fetchall()
    said = error(lambda: alter(db, CHANGES["a rebuild"]))
    check("functions that this connection does not have", ("half" in said or "backwards" in said, db.execute(dump).fetchall() == before,
                                                          db.in_transaction), (True, True, False))


def odd_values():
    """Values that do not fit their column's type stay what they are, to the bit."""
    db = sqlite(":memory:")
    db.executescript("CREATE TABLE t (id INTEGER PRIMARY KEY, a integer, i integer, r real, x text, n numeric, z);")
    odd = ["abc", "12abc", 1.5, 2.0, 9007199254740993, -0.0, 1e308, float("inf"), b"\x00\xff", "", "nul\0inside", b"", None, "007", "1e3"]
    for k, v in enumerate(odd):
        db.execute("INSERT INTO t VALUES (?, 1, ?, ?, ?, ?, ?)", (k,) + (v,) * 5)
    db.execute("INSERT INTO t VALUES (900, 1, CAST(x'c328' AS text), CAST(x'ff' AS text), CAST(x'c0' AS text), CAST(x'80' AS text), "
               "CAST(x'61ff00' AS text))")
    every = "SELECT id, %s FROM t ORDER BY id" % ", ".join("typeof(%s), hex(CAST(%s AS blob)), quote(%s)" % (c, c, c)
                                                           for c in "irnz") + ""
    every = every.replace(" FROM", ", typeof(x), hex(CAST(x AS blob)) FROM")
    db.text_factory = bytes
    before = db.execute(every).fetchall()
    db.text_factory = str
    alter(db, CHANGES["a rebuild"])
    db.text_factory = bytes
    check("odd values stay what they are", db.execute(every).fetchall() == before, True)


def meaningless():
    """What has no meaning in SQLite is an error, and never ignored."""
    for action in ("OWNER TO someone", "SET TABLESPACE fast", "SET SCHEMA other", "ENABLE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY",
                   "INHERIT p", "NO INHERIT p", "SET LOGGED", "SET UNLOGGED", "SET (fillfactor = 70)", "RESET (fillfactor)",
                   "CLUSTER ON i", "SET WITHOUT CLUSTER", "REPLICA IDENTITY FULL", "DISABLE TRIGGER g", "ENABLE ALWAYS TRIGGER g",
                   "DISABLE RULE r", "ALTER COLUMN a SET STATISTICS 100", "ALTER COLUMN a SET STORAGE PLAIN",
                   "ALTER COLUMN a SET (n_distinct = 5)", "ALTER COLUMN a SET COMPRESSION pglz", "ATTACH PARTITION p DEFAULT",
                   "DETACH PARTITION p", "ADD CONSTRAINT x EXCLUDE USING gist (a WITH =)", "OF sometype", "NOT OF",
                   "ADD CONSTRAINT u UNIQUE USING INDEX i", "ALTER CONSTRAINT old DEFERRABLE", "ALTER COLUMN a", "ALTER COLUMN a SET",
                   "DROP", "ADD", "", "ALTER COLUMN a SET NOT NULL,", ", ALTER COLUMN a SET NOT NULL", "ALTER COLUMN a SET NOT NULL extra",
                   "ALTER COLUMN a SET NOT NULL; DELETE FROM t", "ALTER COLUMN a SET DEFAULT", "ALTER COLUMN a SET DEFAULT (1",
                   "ALTER COLUMN a TYPE", "ADD CHECK", "ADD CHECK (", "ADD CHECK a > 0", "ADD UNIQUE", "ADD UNIQUE ()", "ADD PRIMARY KEY",
                   "ADD FOREIGN KEY (a)", "ADD FOREIGN KEY REFERENCES p", "ADD CONSTRAINT", "ADD CONSTRAINT x", "RENAME", "RENAME a",
                   "RENAME a TO", "RENAME CONSTRAINT old", "DROP CONSTRAINT", "ALTER COLUMN a SET NOT NULL, RENAME TO u",
                   "ALTER COLUMN a SET DEFAULT b", "ALTER COLUMN a SET DEFAULT (SELECT 1)", "ADD CHECK (a > (SELECT 1))",
                   "ADD CHECK (nothing > 0)", "ADD CHECK (random_function(a))", "ALTER COLUMN a TYPE integer USING nothing",
                   "ALTER COLUMN a TYPE integer USING (a", "DROP COLUMN a CASCADE, ALTER COLUMN a SET NOT NULL",
                   "ADD COLUMN z text COLLATE nowhere", "ADD COLUMN z integer REFERENCES", "ADD COLUMN z integer CHECK (zz > 0)"):
        db = fresh()
        before = everything(db)
        said = error(lambda: alter(db, "ALTER TABLE t " + action))
        check("refused: ALTER TABLE t " + action, (said != "no error", everything(db) == before, db.in_transaction), (True, True, False))
    for statement in ("", ";", "-- nothing", "SELECT 1", "DELETE FROM t", "DROP TABLE t", "ALTER", "ALTER TABLE", "ALTER VIEW v RENAME TO w",
                      "ALTER TABLE t", "ALTER TABLE sqlite_schema ALTER COLUMN sql SET NOT NULL",
                      "ALTER TABLE sqlite_sequence ALTER COLUMN seq SET NOT NULL", "ALTER TABLE v ALTER COLUMN a SET NOT NULL",
                      "ALTER TABLE t ALTER COLUMN a SET NOT NULL; ALTER TABLE t ALTER COLUMN b SET NOT NULL",
                      "ALTER TABLE other.t ALTER COLUMN a SET NOT NULL", "ALTER TABLE t ALTER COLUMN a SET NOT NULL\0 -- DROP TABLE t"):
        db = fresh()
        before = everything(db)
        said = error(lambda: alter(db, statement))
        check("refused: %r" % statement, (said != "no error", everything(db) == before, db.in_transaction), (True, True, False))
    check("NULL gives NULL or an error", fresh().execute("SELECT migrate_alter(NULL)").fetchone()[0]
          if error(lambda: fresh().execute("SELECT migrate_alter(NULL)").fetchone()) == "no error" else None, None)


def names():
    """The same name in several schemas, qualified names, names that look like patterns."""
    db = fresh()
    db.executescript("CREATE TEMP TABLE t (a text, only_temp text);\nCREATE TABLE t_x (a text);\nCREATE INDEX tx ON t_x (a);")
    alter(db, "ALTER TABLE main.t ALTER COLUMN a SET NOT NULL")
    alter(db, "ALTER TABLE main.t ALTER COLUMN b TYPE varchar(20)")
    check("main.t, where there is temp.t, too",
          (error(lambda: db.execute("INSERT INTO main.t (a) VALUES (NULL)")), error(lambda: db.execute("INSERT INTO temp.t VALUES (NULL, 1)"))),
          ("NOT NULL constraint failed: t.a", "no error"))
    alter(db, "ALTER TABLE t ALTER COLUMN a SET DEFAULT 'q'")
    check("t alone is the temporary one", db.execute("SELECT dflt_value FROM pragma_table_info('t', 'temp')").fetchone(), ("'q'",))
    for name in ("t%", "t_", "it's", 'quo"te', "[brackets]", "migrate_mine", "sqlitex", "über", "semi;colon", "-- comment", "/*", " "):
        quoted = '"%s"' % name.replace('"', '""')
        db = fresh()
        db.executescript("CREATE TABLE %s (id INTEGER PRIMARY KEY AUTOINCREMENT, a integer);\nCREATE INDEX %s ON %s (a);\n"
                         "INSERT INTO %s VALUES (7, 1);\nCREATE TABLE c (x integer REFERENCES %s ON DELETE CASCADE);\n"
                         "INSERT INTO c VALUES (7);" % (quoted, '"i ' + quoted[1:], quoted, quoted, quoted))
        others = [r for r in everything(db)[0] if r[2] not in (name, "c")]
        for change in ("ALTER COLUMN a TYPE numeric", "ALTER COLUMN a SET NOT NULL", "ADD UNIQUE (a)", "ALTER COLUMN a SET DEFAULT 3"):
            alter(db, "ALTER TABLE %s %s" % (quoted, change))
        check("a table named %s" % name,
              (db.execute("SELECT * FROM %s" % quoted).fetchall(), db.execute("SELECT * FROM c").fetchall(),
               db.execute("SELECT count(*) FROM pragma_index_list(?)", (name,)).fetchone(),
               db.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (name,)).fetchall(),
               [r for r in everything(db)[0] if r[2] not in (name, "c")] == others),
              ([(7, 1)], [(7,)], (2,), [(7,)], True))


def large():
    """Many columns, long text, many tables that refer to it."""
    db = sqlite(":memory:")
    db.executescript("CREATE TABLE t (id INTEGER PRIMARY KEY, a integer, %s);" % ", ".join("c%d text /* %d */" % (i, i) for i in range(1500)))
    db.execute("INSERT INTO t (id, a, c1, c1499) VALUES (1, 2, ?, 'last')", ("x" * 3000000,))
    for i in range(300):
        db.execute("CREATE TABLE child%d (t integer REFERENCES t (id) ON DELETE CASCADE)" % i)
        db.execute("INSERT INTO child%d VALUES (1)" % i)
    for change in (CHANGES["a rebuild"], CHANGES["an edit"], "ALTER TABLE t DROP COLUMN c700"):
        alter(db, change)
    check("1500 columns, 300 children", (db.execute("SELECT id, a, length(c1), c1499 FROM t").fetchall(),
                                          sum(db.execute("SELECT count(*) FROM child%d" % i).fetchone()[0] for i in range(300))),
          ([(1, 2, 3000000, "last")], 300))
    deep = "CREATE TABLE t (a integer, CHECK (" + "(" * 60 + "a > 0" + ")" * 60 + "))"
    db = sqlite(":memory:")
    db.execute(deep)
    alter(db, CHANGES["a rebuild"])
    check("a CHECK in 60 parentheses", error(lambda: db.execute("INSERT INTO t VALUES (0)"))[:23], "CHECK constraint failed")


for part in (every_denial, words, ignored, ignored_deletes, interrupts, full, locks, statements, settings, checks_are_checked,
             functions, odd_values, meaningless, names, large):
    if len(sys.argv) < 2 or sys.argv[1] == part.__name__:
        try:
            part()
        except Exception as e:
            check("%s runs to its end" % part.__name__, "%s: %s" % (type(e).__name__, e), "")
done()
