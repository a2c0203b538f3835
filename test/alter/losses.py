"""What rebuilding a table is known to lose elsewhere, each as a test that it is kept here.

The first part goes through what Alembic's batch mode loses on SQLite and what was reported against it
(numbers are those of its tracker), the second through the cases that SQLite's documentation names for
its procedure of twelve steps.  Each runs in autocommit and inside a transaction, with foreign keys
enforced and not, and in defensive mode; the change is one that needs a rebuild (TYPE) unless the
case is about another.

    losses.py [PATTERN]
"""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "clients"))
from tap import check, defensive, done, error, scratch, sqlite  # noqa: E402

PATTERN = sys.argv[1] if len(sys.argv) > 1 else ""
REBUILD = "ALTER TABLE t ALTER COLUMN a TYPE numeric"
MODES = [(keys, transaction, hard) for keys in (1, 0) for transaction in (0, 1) for hard in (0, 1)]


def database(setup, keys=1, hard=0, path=":memory:"):
    db = sqlite(path)
    db.execute("PRAGMA foreign_keys = %d" % keys)
    db.executescript(setup)
    if hard:
        defensive(db)
    return db


def everything(db):
    """Schema and rows, as bytes that must not change."""
    tables = [r[0] for r in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")]
    return (db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2").fetchall(),
            [(t, sorted(db.execute("SELECT * FROM \"%s\"" % t.replace('"', '""')), key=repr)) for t in tables],
            [db.execute("PRAGMA " + p).fetchone() for p in ("foreign_keys", "legacy_alter_table",
                                                            "writable_schema")])


def answer(db, statement):
    try:
        return db.execute(statement).fetchall()
    except sqlite3.Error as e:
        # the name of this one is too new for some versions of Python
        return "SQLITE_CONSTRAINT_DATATYPE" if e.sqlite_errorcode == 3091 else e.sqlite_errorname


def alter(db, statements, transaction):
    if transaction:
        db.execute("BEGIN")
    for statement in [statements] if isinstance(statements, str) else statements:
        db.execute("SELECT migrate_alter(?)", (statement,)).fetchall()
    if transaction:
        db.execute("COMMIT")


def kept(name, setup, probes, change=REBUILD):
    """After the change each probe answers as said, in every mode."""
    if PATTERN not in name or "STRICT" in name and sqlite3.sqlite_version_info < (3, 37):
        return
    wrong = []
    for keys, transaction, hard in MODES:
        db = database(setup, keys, hard)
        try:
            alter(db, change, transaction)
            got = [(probe, answer(db, probe)) for probe, _ in probes]
            got += [("PRAGMA " + p, db.execute("PRAGMA " + p).fetchall()) for p in
                    ("integrity_check", "foreign_key_check", "foreign_keys", "legacy_alter_table")]
        except sqlite3.Error as e:
            got = str(e)
        expected = list(probes) + [("PRAGMA integrity_check", [("ok",)]), ("PRAGMA foreign_key_check", []),
                                   ("PRAGMA foreign_keys", [(keys,)]), ("PRAGMA legacy_alter_table", [(0,)])]
        if got != expected:
            wrong.append(("foreign_keys=%d transaction=%d defensive=%d" % (keys, transaction, hard),
                          [(e, g) for e, g in zip(expected, got) if e != g] if isinstance(got, list) else got))
        db.close()
    check(name, wrong[:2], [])


def refused(name, setup, change):
    """The change is an error, and nothing at all is different then."""
    if PATTERN not in name:
        return
    wrong = []
    for keys, transaction, hard in MODES:
        db = database(setup, keys, hard)
        if transaction:
            db.execute("BEGIN")
        before = everything(db)
        said = error(lambda: alter(db, change, 0))
        if said == "no error" or everything(db) != before or db.in_transaction != bool(transaction):
            wrong.append(("foreign_keys=%d transaction=%d defensive=%d" % (keys, transaction, hard), said))
        db.close()
    check(name, wrong[:2], [])


T = "CREATE TABLE t (id INTEGER PRIMARY KEY, a integer, b text);\nINSERT INTO t VALUES (1, 10, 'x'), (7, 70, 'y');\n"
SQL = "SELECT sql FROM sqlite_schema WHERE name = "

# ---- what batch mode loses ----

kept("triggers on the table", T + "CREATE TABLE log (x);\n"
     "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NEW.a); END;\n"
     "CREATE TRIGGER h BEFORE DELETE ON t WHEN OLD.a > 5 BEGIN INSERT INTO log VALUES (-OLD.a); END;",
     [("INSERT INTO t VALUES (8, 80, '')", []), ("DELETE FROM t WHERE id = 1", []), ("SELECT x FROM log", [(80,), (-10,)]),
      (SQL + "'g'", [("CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NEW.a); END",)])])
kept("triggers on the table do not fire while it is rebuilt", T + "CREATE TABLE log (x);\n"
     "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (1); END;\n"
     "CREATE TRIGGER h AFTER DELETE ON t BEGIN INSERT INTO log VALUES (2); END;\n"
     "CREATE TRIGGER i AFTER UPDATE ON t BEGIN INSERT INTO log VALUES (3); END;",
     [("SELECT x FROM log", [])], [REBUILD, "ALTER TABLE t ALTER b SET NOT NULL", "ALTER TABLE t ALTER b SET DEFAULT 'd'",
                                   "ALTER TABLE t ADD COLUMN c text DEFAULT 'c'", "ALTER TABLE t ALTER c SET DEFAULT 'e'"])
kept("views that mention the table (#1207)", T + "CREATE VIEW v AS SELECT b, a FROM t;\nCREATE VIEW w AS SELECT a FROM v;",
     [("SELECT * FROM v ORDER BY 1", [("x", 10), ("y", 70)]), ("SELECT count(*) FROM w", [(2,)]),
      (SQL + "'v'", [("CREATE VIEW v AS SELECT b, a FROM t",)])])
kept("triggers of other tables that mention the table (#1207)", T + "CREATE TABLE o (x);\n"
     "CREATE TRIGGER g AFTER INSERT ON o BEGIN UPDATE t SET b = NEW.x WHERE id = 1; END;",
     [("INSERT INTO o VALUES ('new')", []), ("SELECT b FROM t ORDER BY id", [("new",), ("y",)])])
for event, after in (("CASCADE", [(1, 1), (2, 7)]), ("SET NULL", [(1, 1), (2, 7)]), ("SET DEFAULT", [(1, 1), (2, 7)]),
                     ("NO ACTION", [(1, 1), (2, 7)]), ("RESTRICT", [(1, 1), (2, 7)])):
    kept("children with ON DELETE " + event, T + "CREATE TABLE child (id INTEGER PRIMARY KEY, t integer DEFAULT 1 "
         "REFERENCES t (id) ON DELETE %s);\nINSERT INTO child VALUES (1, 1), (2, 7);" % event,
         [("SELECT id, t FROM child ORDER BY id", after),
          ("SELECT \"table\", \"from\", \"to\", on_delete FROM pragma_foreign_key_list('child')", [("t", "t", "id", event)])])
kept("children of children", T + "CREATE TABLE c1 (id INTEGER PRIMARY KEY REFERENCES t ON DELETE CASCADE);\n"
     "CREATE TABLE c2 (id INTEGER PRIMARY KEY REFERENCES c1 ON DELETE CASCADE);\n"
     "INSERT INTO c1 VALUES (1), (7);\nINSERT INTO c2 VALUES (7);", [("SELECT * FROM c2", [(7,)])])
kept("a deferred foreign key to the table", T + "CREATE TABLE child (t integer REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED);\n"
     "INSERT INTO child VALUES (7);", [("SELECT t FROM child", [(7,)])])
kept("a referred-to key that is renamed", T + "CREATE TABLE child (t integer REFERENCES t (id) ON DELETE CASCADE);\n"
     "INSERT INTO child VALUES (7);",
     [("SELECT \"to\" FROM pragma_foreign_key_list('child')", [("key",)]), ("SELECT * FROM child", [(7,)])],
     "ALTER TABLE t RENAME COLUMN id TO key")
kept("ON DELETE, ON UPDATE, DEFERRABLE and MATCH of a column's REFERENCES",
     "CREATE TABLE p (id INTEGER PRIMARY KEY);\nINSERT INTO p VALUES (1);\nCREATE TABLE t (a integer, p integer REFERENCES p (id) "
     "ON DELETE SET NULL ON UPDATE CASCADE MATCH FULL DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO t VALUES (1, 1);",
     [("SELECT on_update, on_delete, match FROM pragma_foreign_key_list('t')", [("CASCADE", "SET NULL", "NONE")]),
      ("SELECT instr(sql, 'ON DELETE SET NULL ON UPDATE CASCADE MATCH FULL DEFERRABLE INITIALLY DEFERRED') > 0 "
       "FROM sqlite_schema WHERE name = 't'", [(1,)])])
kept("unnamed CHECKs (#1846)", "CREATE TABLE t (a integer CHECK (a > 0), b integer, CHECK (a < b));\nINSERT INTO t VALUES (1, 2);",
     [("INSERT INTO t VALUES (0, 5)", "SQLITE_CONSTRAINT_CHECK"), ("INSERT INTO t VALUES (5, 5)", "SQLITE_CONSTRAINT_CHECK")])
kept("named CHECKs (#884)", "CREATE TABLE t (a integer CONSTRAINT one CHECK (a > 0), b integer, CONSTRAINT two CHECK (a < b));",
     [("INSERT INTO t VALUES (0, 5)", "SQLITE_CONSTRAINT_CHECK"), ("INSERT INTO t VALUES (5, 5)", "SQLITE_CONSTRAINT_CHECK"),
      ("SELECT migrate_alter('ALTER TABLE t DROP CONSTRAINT one') IS NULL", [(0,)]), ("INSERT INTO t VALUES (0, 5)", [])])
kept("a named CHECK can be dropped, added and dropped again (#884)", T, [("INSERT INTO t VALUES (2, 0, '')", [])],
     ["ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0)", "ALTER TABLE t DROP CONSTRAINT ck",
      "ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 1)", "ALTER TABLE t DROP CONSTRAINT ck"])
kept("a CHECK with an IN list over lines (sqlalchemy#8969)", "CREATE TABLE t (a integer);",
     [("INSERT INTO t (a, m) VALUES (1, 'other')", "SQLITE_CONSTRAINT_CHECK"), ("INSERT INTO t (a, m) VALUES (1, 'b, (c)')", [])],
     ["ALTER TABLE t ADD COLUMN m text", "ALTER TABLE t ADD CONSTRAINT ck CHECK (m IN ('allow', 'b, (c)',\n   'verify)'))", REBUILD])
kept("ON CONFLICT of UNIQUE and NOT NULL, names of NOT NULL", "CREATE TABLE t (a integer UNIQUE ON CONFLICT REPLACE, "
     "b text CONSTRAINT must NOT NULL ON CONFLICT IGNORE, c text, UNIQUE (b, c) ON CONFLICT IGNORE);\nINSERT INTO t VALUES (1, 'x', 'y');",
     [("INSERT INTO t VALUES (1, 'z', 'z')", []), ("INSERT INTO t VALUES (2, NULL, 'z')", []), ("INSERT INTO t VALUES (3, 'z', 'z')", []),
      ("SELECT * FROM t", [(1, "z", "z")]), ("SELECT instr(sql, 'CONSTRAINT must NOT NULL ON CONFLICT IGNORE') > 0 FROM sqlite_schema "
                                             "WHERE name = 't'", [(1,)])])
kept("ON CONFLICT of a primary key", "CREATE TABLE t (id integer PRIMARY KEY ON CONFLICT REPLACE, a integer);\nINSERT INTO t VALUES (1, 1);",
     [("INSERT INTO t VALUES (1, 2)", []), ("SELECT * FROM t", [(1, 2)])])
kept("AUTOINCREMENT goes on", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a integer);\n"
     "INSERT INTO t VALUES (5, 5), (100, 1);\nDELETE FROM t WHERE id = 100;",
     [("INSERT INTO t (a) VALUES (2)", []), ("SELECT max(id) FROM t", [(101,)]), ("SELECT * FROM sqlite_sequence", [("t", 101)])])
kept("AUTOINCREMENT of an emptied table goes on", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a integer);\n"
     "INSERT INTO t VALUES (50, 5);\nDELETE FROM t;", [("INSERT INTO t (a) VALUES (2)", []), ("SELECT id FROM t", [(51,)])])
kept("AUTOINCREMENT goes on where a CHECK names the table", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a integer CHECK (t.a > 0));\n"
     "INSERT INTO t VALUES (100, 1);\nDELETE FROM t;",
     [("INSERT INTO t (a) VALUES (2)", []), ("SELECT max(id) FROM t", [(101,)]), ("SELECT * FROM sqlite_sequence", [("t", 101)])])
kept("AUTOINCREMENT of another table is left alone", T + "CREATE TABLE o (id INTEGER PRIMARY KEY AUTOINCREMENT);\n"
     "INSERT INTO o VALUES (9);", [("SELECT * FROM sqlite_sequence", [("o", 9)])])
kept("WITHOUT ROWID (#1758)", "CREATE TABLE t (k text PRIMARY KEY, a integer) WITHOUT ROWID;\nINSERT INTO t VALUES ('x', 1);",
     [("SELECT rowid FROM t", "SQLITE_ERROR"), ("INSERT INTO t VALUES ('x', 1)", "SQLITE_CONSTRAINT_PRIMARYKEY")])
kept("STRICT (#1758)", "CREATE TABLE t (k text PRIMARY KEY, a int) STRICT;\nINSERT INTO t VALUES ('x', 1);",
     [("SELECT strict FROM pragma_table_list('t')", [(1,)]), ("INSERT INTO t VALUES ('y', 'z')", "SQLITE_CONSTRAINT_DATATYPE")],
     "ALTER TABLE t ALTER a TYPE integer")
kept("STRICT and WITHOUT ROWID", "CREATE TABLE t (k text PRIMARY KEY, a int) WITHOUT ROWID, STRICT;\nINSERT INTO t VALUES ('x', 1);",
     [("SELECT wr, strict FROM pragma_table_list('t')", [(1, 1)])], "ALTER TABLE t ALTER a TYPE integer")
kept("generated columns", "CREATE TABLE t (a integer, v integer AS (a + 1), s text GENERATED ALWAYS AS (a || ')') STORED, z text);\n"
     "INSERT INTO t (a, z) VALUES (1, 'z');",
     [("SELECT * FROM t", [(1, 2, "1)", "z")]), ("SELECT name, hidden FROM pragma_table_xinfo('t')", [("a", 0), ("v", 2), ("s", 3), ("z", 0)])])
kept("an index on a generated column", "CREATE TABLE t (a integer, v integer AS (a % 10));\nCREATE UNIQUE INDEX i ON t (v);\n"
     "INSERT INTO t VALUES (1), (2);", [("INSERT INTO t VALUES (12)", "SQLITE_CONSTRAINT_UNIQUE")])
kept("COLLATE of a column", "CREATE TABLE t (a integer, b text COLLATE nocase UNIQUE);\nINSERT INTO t VALUES (1, 'x');",
     [("SELECT count(*) FROM t WHERE b = 'X'", [(1,)]), ("INSERT INTO t VALUES (2, 'X')", "SQLITE_CONSTRAINT_UNIQUE")])
kept("COLLATE of the column itself", "CREATE TABLE t (a text COLLATE nocase);\nINSERT INTO t VALUES ('x');",
     [("SELECT count(*) FROM t WHERE a = 'X'", [(1,)])], "ALTER TABLE t ALTER a TYPE varchar(9)")
kept("DESC and COLLATE of an index", T + "CREATE INDEX i ON t (a DESC, b COLLATE nocase);",
     [("SELECT name, \"desc\", coll FROM pragma_index_xinfo('i') WHERE key", [("a", 1, "BINARY"), ("b", 0, "nocase")]),
      (SQL + "'i'", [("CREATE INDEX i ON t (a DESC, b COLLATE nocase)",)])])
kept("indexes on expressions", T + "CREATE UNIQUE INDEX i ON t (lower(b), a + 1);",
     [("INSERT INTO t VALUES (9, 10, 'X')", "SQLITE_CONSTRAINT_UNIQUE")])
kept("partial indexes (#1112)", T + "CREATE UNIQUE INDEX i ON t (b) WHERE a > 50;",
     [("INSERT INTO t VALUES (2, 10, 'x')", []), ("INSERT INTO t VALUES (3, 60, 'y')", "SQLITE_CONSTRAINT_UNIQUE")])
kept("a partial index whose column is renamed", T + "CREATE UNIQUE INDEX i ON t (b) WHERE a > 50;",
     [("INSERT INTO t VALUES (3, 60, 'y')", "SQLITE_CONSTRAINT_UNIQUE")],
     ["ALTER TABLE t RENAME COLUMN a TO n", "ALTER TABLE t ALTER n TYPE numeric"])
kept("an index that mentions a dropped column goes with it", T + "CREATE INDEX i ON t (a);\nCREATE INDEX j ON t (b) WHERE a > 0;\n"
     "CREATE INDEX k ON t (b);", [("SELECT name FROM sqlite_schema WHERE type = 'index'", [("k",)]), ("SELECT * FROM t", [(1, "x"), (7, "y")])],
     "ALTER TABLE t DROP COLUMN a")
kept("declared types", 'CREATE TABLE t (a integer, b mediumtext, c "weird type"(3), d unsigned big int, e varbinary(4), f, '
     "g double precision, h nvarchar (7), i native character(70), j decimal(10, 5));",
     [("SELECT name, type FROM pragma_table_info('t') WHERE name <> 'a'",
       [("b", "mediumtext"), ("c", "weird type"), ("d", "unsigned big int"), ("e", "varbinary(4)"), ("f", ""),
        ("g", "double precision"), ("h", "nvarchar (7)"), ("i", "native character(70)"), ("j", "decimal(10, 5)")])])
kept("rowids", "CREATE TABLE t (a integer, b text);\nINSERT INTO t (rowid, a, b) VALUES (5, 1, 'x'), (9, 2, 'y');",
     [("SELECT rowid, a FROM t ORDER BY 1", [(5, 1), (9, 2)])])
kept("rowids where a column has that name", 'CREATE TABLE t (a integer, rowid text, "OID" text);\n'
     "INSERT INTO t (_rowid_, a, rowid, oid) VALUES (5, 1, 'x', 'o'), (9, 2, 'y', 'p');",
     [("SELECT _rowid_, a, rowid, oid FROM t ORDER BY 1", [(5, 1, "x", "o"), (9, 2, "y", "p")])])
kept("rowids of a table with a key that is not the rowid", "CREATE TABLE t (k text PRIMARY KEY, a integer);\n"
     "INSERT INTO t (rowid, k, a) VALUES (5, 'x', 1), (9, 'w', 2);", [("SELECT rowid, k FROM t ORDER BY 1", [(5, "x"), (9, "w")])])
kept("a full text index of another table's rowids", "CREATE TABLE t (a integer, body text);\n"
     "INSERT INTO t (rowid, a, body) VALUES (5, 1, 'hello world'), (9, 2, 'good bye');\n"
     "CREATE VIRTUAL TABLE f USING fts5(body, content='t');\nINSERT INTO f (f) VALUES ('rebuild');",
     [("SELECT rowid, body FROM f WHERE f MATCH 'bye'", [(9, "good bye")]),
      ("INSERT INTO f (f) VALUES ('integrity-check')", [])])
kept("comments, letters and spacing of the stored text",
     "CREATE TABLE t (\n\t-- the key, (of all)\n\tid   Integer  pRIMARY Key, a integer /* , a */,\n\t[b c] TEXT, `d``e` Text -- last\n)",
     [("SELECT replace(replace(sql, 'numeric', 'integer'), '\"t\"', 't') FROM sqlite_schema WHERE name = 't'",
       [("CREATE TABLE t (\n\t-- the key, (of all)\n\tid   Integer  pRIMARY Key, a integer /* , a */,\n\t[b c] TEXT, `d``e` Text -- last\n)",)])])
kept("INTEGER PRIMARY KEY DESC is no rowid", "CREATE TABLE t (id INTEGER PRIMARY KEY DESC, a integer);\n"
     "INSERT INTO t (rowid, id, a) VALUES (5, 77, 1);", [("SELECT rowid, id FROM t", [(5, 77)])])
kept("a TEMP table stays one", "CREATE TEMP TABLE t (a integer, b text);\nINSERT INTO t VALUES (1, 'x');",
     [("SELECT count(*) FROM sqlite_temp_schema WHERE name = 't'", [(1,)]), ("SELECT count(*) FROM main.sqlite_schema", [(0,)]),
      ("SELECT * FROM t", [(1, "x")])])
kept("a table of an attached database stays there", "ATTACH ':memory:' AS other;\nCREATE TABLE other.t (a integer, b text);\n"
     "CREATE INDEX other.i ON t (b);\nINSERT INTO t VALUES (1, 'x');",
     [("SELECT name FROM other.sqlite_schema ORDER BY 1", [("i",), ("t",)]), ("SELECT count(*) FROM main.sqlite_schema", [(0,)]),
      ("SELECT * FROM other.t", [(1, "x")])])
kept("composite constraints with a dropped column", "CREATE TABLE p (x integer, y integer, PRIMARY KEY (x, y));\n"
     "CREATE TABLE t (id INTEGER PRIMARY KEY, a integer, b integer, c integer, UNIQUE (a, b), UNIQUE (b, c), "
     "FOREIGN KEY (a, b) REFERENCES p, FOREIGN KEY (b, c) REFERENCES p);",
     [("SELECT group_concat(\"from\") FROM pragma_foreign_key_list('t')", [("b,c",)]),
      ("SELECT count(*) FROM pragma_index_list('t')", [(1,)]), ("SELECT name FROM pragma_index_info('sqlite_autoindex_t_1')", [("b",), ("c",)])],
     "ALTER TABLE t DROP COLUMN a")
kept("a default in double quotes", 'CREATE TABLE t (a integer, b text DEFAULT "x y");',
     [("INSERT INTO t (a) VALUES (1)", []), ("SELECT b FROM t", [("x y",)])])
kept("defaults of every kind", "CREATE TABLE t (a integer, b text DEFAULT 'it''s', c DEFAULT -1.5e3, d DEFAULT (1 + 2), e DEFAULT x'ff', "
     "f DEFAULT NULL, g DEFAULT true, h text DEFAULT word, i DEFAULT +7);",
     [("INSERT INTO t (a) VALUES (1)", []), ("SELECT * FROM t", [(1, "it's", -1500.0, 3, b"\xff", None, 1, "word", 7)])])
refused("text that is no number is not bent to one", "CREATE TABLE t (a text);\nINSERT INTO t VALUES ('1'), ('12abc'), ('x');",
        "ALTER TABLE t ALTER COLUMN a TYPE integer")
kept("text that is a number becomes one", "CREATE TABLE t (a text);\nINSERT INTO t VALUES ('1'), ('12'), (NULL);",
     [("SELECT a, typeof(a) FROM t", [(1, "integer"), (12, "integer"), (None, "null")])], "ALTER TABLE t ALTER COLUMN a TYPE integer")
kept("JSON text is not cast (#697)", "CREATE TABLE t (a text);\nINSERT INTO t VALUES ('{\"x\": [1, 2]}');",
     [("SELECT a FROM t", [('{"x": [1, 2]}',)])], "ALTER TABLE t ALTER COLUMN a TYPE json USING a")
kept("a time as text is not cut to its year (#391)", "CREATE TABLE t (a varchar(40));\nINSERT INTO t VALUES ('2016-10-01 12:13:14');",
     [("SELECT a FROM t", [("2016-10-01 12:13:14",)])], "ALTER TABLE t ALTER COLUMN a TYPE timestamp")
kept("a self-reference (#345)", "CREATE TABLE t (id INTEGER PRIMARY KEY, a integer, up integer REFERENCES t (id) ON DELETE CASCADE);\n"
     "INSERT INTO t VALUES (1, 1, NULL), (2, 2, 1), (3, 3, 2);",
     [("SELECT \"table\", \"to\", on_delete FROM pragma_foreign_key_list('t')", [("t", "id", "CASCADE")]),
      ("SELECT count(*) FROM t", [(3,)]), ("SELECT instr(sql, 'REFERENCES t (id) ON DELETE CASCADE') > 0 FROM sqlite_schema WHERE name = 't'", [(1,)])])
kept("names of indexes (#333)", T + "CREATE INDEX \"ix t: b\" ON t (b);\nCREATE UNIQUE INDEX ux ON t (a);",
     [("SELECT name FROM pragma_index_list('t') ORDER BY 1", [("ix t: b",), ("ux",)])])
kept("columns added with a default that is an expression, unique or a key (#883)", T,
     [("SELECT c, d FROM t WHERE id = 1", [(3, None)]), ("INSERT INTO t (id, d) VALUES (2, 4)", []), ("INSERT INTO t (id, d) VALUES (3, 4)", "SQLITE_CONSTRAINT_UNIQUE")],
     "ALTER TABLE t ADD COLUMN c integer NOT NULL DEFAULT (1 + 2), ADD COLUMN d integer UNIQUE")
kept("a column and a constraint on it in one statement (#896)", T,
     [("INSERT INTO t VALUES (2, 2, 'p', 'q')", []), ("INSERT INTO t VALUES (3, 2, 'p', 'q')", "SQLITE_CONSTRAINT_UNIQUE")],
     "ALTER TABLE t ADD COLUMN c varchar(20), ADD CONSTRAINT uq UNIQUE (b, c)")
kept("quoted names and reserved words", 'CREATE TABLE "select" ("from" integer PRIMARY KEY, [order by] text, `a"b` integer);\n'
     'INSERT INTO "select" VALUES (1, \'x\', 2);', [('SELECT * FROM "select"', [(1, "x", 2)]),
     ('INSERT INTO "select" VALUES (2, NULL, 1)', "SQLITE_CONSTRAINT_NOTNULL")],
     ['ALTER TABLE "select" ALTER COLUMN "order by" SET NOT NULL', 'ALTER TABLE "select" ALTER "a""b" TYPE numeric'])
kept("a table that looks like a rebuild's own (#1553)", T + "CREATE TABLE _alembic_tmp_t (x);\nCREATE TABLE _mig_t (x);\nCREATE TABLE migrate_t (x);\n"
     "CREATE TABLE t_new (x);\nCREATE TABLE new_t (x);", [("SELECT count(*) FROM sqlite_schema WHERE type = 'table'", [(6,)]), ("SELECT a FROM t", [(10,), (70,)])])
refused("a NULL in a key that becomes the rowid gets no number of its own", "CREATE TABLE t (id int PRIMARY KEY, a);\n"
        "INSERT INTO t VALUES (15, 1), (NULL, 2);", "ALTER TABLE t ALTER COLUMN id TYPE integer")
refused("an error midway leaves nothing behind that blocks the next try (#1553)", T + "INSERT INTO t VALUES (8, 10, 'z');",
        "ALTER TABLE t ALTER b TYPE varchar(10), ADD CONSTRAINT u UNIQUE (a)")
kept("after an error the same change works once the rows are right (#1553)", T + "INSERT INTO t VALUES (8, 80, 'z');",
     [("SELECT count(*) FROM t", [(3,)])], "ALTER TABLE t ALTER b TYPE varchar(10), ADD CONSTRAINT u UNIQUE (a)")

for name in ("t", "main.t", '"main"."t"', "[main] . `T`"):
    kept("AUTOINCREMENT of an emptied table goes on, altered as %s" % name, "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, "
         "a integer);\nINSERT INTO t VALUES (50, 5);\nDELETE FROM t;", [("INSERT INTO t (a) VALUES (2)", []), ("SELECT id FROM t", [(51,)])],
         ["ALTER TABLE %s ALTER a TYPE numeric" % name, "ALTER TABLE %s ADD UNIQUE (a)" % name])
for quoted in ('"x y"', "[x y]", "`x y`"):
    refused("DROP COLUMN that a view needs, named %s there" % quoted, "CREATE TABLE t (a integer, [x y] text);\n"
            "CREATE VIEW v AS SELECT %s FROM t;" % quoted, 'ALTER TABLE t DROP COLUMN "x y"')
    refused("DROP COLUMN that a trigger needs, named %s there" % quoted, "CREATE TABLE t (a integer, [x y] text);\nCREATE TABLE o (x);\n"
            "CREATE TRIGGER g AFTER INSERT ON o BEGIN INSERT INTO t (a) SELECT %s FROM t; END;" % quoted, 'ALTER TABLE t DROP COLUMN "x y"')
for column in ("oid", "rowid", "_rowid_"):
    refused("DROP COLUMN %s that a trigger needs" % column, "CREATE TABLE t (a integer, %s text);\nCREATE TABLE log (x);\n"
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NEW.%s); END;" % (column, column), "ALTER TABLE t DROP COLUMN " + column)
    refused("DROP COLUMN %s that a view needs" % column, "CREATE TABLE t (a integer, %s text);\nCREATE VIEW v AS SELECT %s FROM t;"
            % (column, column), "ALTER TABLE t DROP COLUMN " + column)
kept("DROP COLUMN beside a trigger of every UPDATE that does not mention it", "CREATE TABLE t (a integer, b text, c text);\nCREATE TABLE log (x);\n"
     "CREATE TRIGGER g AFTER UPDATE ON t BEGIN INSERT INTO log VALUES (NEW.c); END;\nINSERT INTO t VALUES (1, 'b', 'c');",
     [("UPDATE t SET b = 'd'", []), ("SELECT x FROM log", [("c",)])], "ALTER TABLE t DROP COLUMN a")
kept("a column that becomes a generated one beside a trigger of every UPDATE", "CREATE TABLE t (a integer, b text);\nCREATE TABLE log (x);\n"
     "CREATE TRIGGER g AFTER UPDATE ON t BEGIN INSERT INTO log VALUES (NEW.b); END;\nINSERT INTO t VALUES (1, 'b');",
     [("UPDATE t SET b = 'd'", []), ("SELECT a, b FROM t", [("d", "d")]), ("SELECT x FROM log", [("d",)])],
     "ALTER TABLE t DROP COLUMN a, ADD COLUMN a text GENERATED ALWAYS AS (b) VIRTUAL")
refused("DROP COLUMN that UPDATE OF names", "CREATE TABLE t (a integer, b text);\nCREATE TABLE log (x);\n"
        "CREATE TRIGGER g AFTER UPDATE OF a ON t BEGIN INSERT INTO log VALUES (1); END;", "ALTER TABLE t DROP COLUMN a")
refused("DROP COLUMN that an INSTEAD OF trigger writes", "CREATE TABLE t (a integer, b text);\nCREATE VIEW v AS SELECT b FROM t;\n"
        "CREATE TRIGGER g INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a) VALUES (1); END;", "ALTER TABLE t DROP COLUMN a")
refused("DROP COLUMN that a view of a view needs", "CREATE TABLE t (a integer, b text);\nCREATE VIEW v AS SELECT b AS c FROM t AS u WHERE u.a > 0;\n"
        "CREATE VIEW w AS SELECT c FROM v;", "ALTER TABLE t DROP COLUMN a")
refused("DROP COLUMN that only another table's trigger reads", "CREATE TABLE t (a integer, b text);\nCREATE TABLE o (x);\n"
        "CREATE TRIGGER g AFTER DELETE ON o BEGIN UPDATE t SET b = 'x' WHERE a = OLD.x; END;", "ALTER TABLE t DROP COLUMN a")

# conflict clauses must not decide what becomes of rows that are copied
for what in ("IGNORE", "REPLACE", "ABORT", "FAIL", "ROLLBACK"):
    refused("a new UNIQUE ON CONFLICT %s that rows break" % what, "CREATE TABLE t (a integer, b text);\nINSERT INTO t VALUES (1, 'x'), (1, 'y');",
            "ALTER TABLE t ADD UNIQUE (a) ON CONFLICT " + what)
    refused("a TYPE that makes rows alike under UNIQUE ON CONFLICT %s" % what, "CREATE TABLE t (a text UNIQUE ON CONFLICT %s, b text);\n"
            "INSERT INTO t VALUES ('1', 'x'), ('01', 'y');" % what, "ALTER TABLE t ALTER a TYPE integer")
    refused("a USING that makes keys alike, PRIMARY KEY ON CONFLICT %s" % what, "CREATE TABLE t (a text PRIMARY KEY ON CONFLICT %s, b text);\n"
            "INSERT INTO t VALUES ('1', 'x'), ('2', 'y');" % what, "ALTER TABLE t ALTER a TYPE text USING 'same'")
    refused("a USING that gives NULL under NOT NULL ON CONFLICT %s" % what, "CREATE TABLE t (a text NOT NULL ON CONFLICT %s DEFAULT 'd', b text);\n"
            "INSERT INTO t VALUES ('1', 'x'), ('2', 'y');" % what, "ALTER TABLE t ALTER a TYPE text USING nullif(a, '2')")
    refused("a USING that breaks a CHECK, beside UNIQUE ON CONFLICT %s" % what, "CREATE TABLE t (a integer, b text "
            "UNIQUE ON CONFLICT %s, CHECK (a < 10) ON CONFLICT %s);\nINSERT INTO t VALUES (1, 'x'), (2, 'y');" % (what, what), "ALTER TABLE t ALTER a TYPE integer USING a * 9")
refused("a collation that makes rows alike under UNIQUE ON CONFLICT IGNORE", "CREATE TABLE t (a text UNIQUE ON CONFLICT IGNORE);\n"
        "INSERT INTO t VALUES ('x'), ('X');", "ALTER TABLE t ALTER a TYPE text COLLATE nocase")
kept("a collation that is asked for", "CREATE TABLE t (a text, b text);\nCREATE INDEX i ON t (a);\nINSERT INTO t VALUES ('x', 'y');",
     [("SELECT count(*) FROM t WHERE a = 'X'", [(1,)]), ("SELECT coll FROM pragma_index_xinfo('i') WHERE key", [("nocase",)])],
     "ALTER TABLE t ALTER a TYPE text COLLATE nocase")
kept("a default that is an expression does not touch old rows", "CREATE TABLE t (a integer, b integer DEFAULT (abs(random()) % 1000 + 5000));\n"
     "INSERT INTO t VALUES (1, 7);", [("SELECT b FROM t", [(7,)]), ("INSERT INTO t (a) VALUES (2)", []), ("SELECT b >= 5000 FROM t WHERE a = 2", [(1,)])])
for declared in ("bigint", "integer", "int", "bigserial"):
    if declared != "bigserial":
        kept("a key that is the rowid becomes %s and goes on counting" % declared, "CREATE TABLE t (id INTEGER PRIMARY KEY, a text);\n"
             "INSERT INTO t VALUES (7, 'x');", [("INSERT INTO t (a) VALUES ('y')", []), ("SELECT id, rowid FROM t", [(7, 7), (8, 8)])],
             "ALTER TABLE t ALTER id TYPE %s" % declared)
        kept("a key with AUTOINCREMENT becomes %s and goes on counting" % declared, "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a text);\n"
             "INSERT INTO t VALUES (7, 'x'), (9, 'z');\nDELETE FROM t WHERE id = 9;",
             [("INSERT INTO t (a) VALUES ('y')", []), ("SELECT id, rowid FROM t", [(7, 7), (10, 10)])], "ALTER TABLE t ALTER id TYPE %s" % declared)

# ---- SQLite's procedure of twelve steps ----

kept("indexes, triggers and views are all put back", T + "CREATE TABLE log (x);\nCREATE INDEX i ON t (a);\nCREATE VIEW v AS SELECT a FROM t;\n"
     "CREATE TRIGGER g AFTER UPDATE OF a ON t BEGIN INSERT INTO log VALUES (OLD.a); END;\n"
     "CREATE TRIGGER vi INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a) VALUES (NEW.a); END;",
     [("SELECT name FROM sqlite_schema ORDER BY name", [("g",), ("i",), ("log",), ("t",), ("v",), ("vi",)]),
      ("INSERT INTO v VALUES (5)", []), ("UPDATE t SET a = 6 WHERE a = 5", []), ("SELECT x FROM log", [(5,)])])
kept("a view that names the table twice, in other letters and quotes", T + 'CREATE VIEW v AS SELECT "T".a, [t].b FROM "T" JOIN t AS u ON u.id = "T".id;',
     [("SELECT count(*) FROM v", [(2,)])])
kept("a view that was broken before stays as it is", T + "CREATE VIEW bad AS SELECT x FROM nowhere;",
     [("SELECT a FROM t ORDER BY 1", [(10,), (70,)]), (SQL + "'bad'", [("CREATE VIEW bad AS SELECT x FROM nowhere",)])])
kept("a trigger that was broken before stays as it is", T + "CREATE TABLE o (x);\nCREATE TRIGGER bad AFTER INSERT ON o BEGIN INSERT INTO nowhere VALUES (1); END;",
     [("SELECT a FROM t ORDER BY 1", [(10,), (70,)]), ("SELECT count(*) FROM sqlite_schema WHERE name = 'bad'", [(1,)])])
kept("foreign keys from the table", "CREATE TABLE p (id INTEGER PRIMARY KEY);\nINSERT INTO p VALUES (1);\n"
     "CREATE TABLE t (a integer, p integer REFERENCES p);\nINSERT INTO t VALUES (1, 1);",
     [("SELECT \"table\", \"from\" FROM pragma_foreign_key_list('t')", [("p", "p")]), ("PRAGMA foreign_key_check", [])])
kept("a foreign key in a cycle of two tables", "CREATE TABLE t (id INTEGER PRIMARY KEY, a integer, u integer REFERENCES u (id) DEFERRABLE INITIALLY DEFERRED);\n"
     "CREATE TABLE u (id INTEGER PRIMARY KEY, t integer REFERENCES t (id) ON DELETE CASCADE);\nBEGIN;\nINSERT INTO t VALUES (1, 1, 1);\n"
     "INSERT INTO u VALUES (1, 1);\nCOMMIT;", [("SELECT * FROM u", [(1, 1)]), ("SELECT * FROM t", [(1, 1, 1)])])
kept("a table without columns to copy", "CREATE TABLE t (a integer, b integer AS (a));", [("INSERT INTO t VALUES (4)", []), ("SELECT * FROM t", [(4, 4)])])
kept("rows older than a column keep its default", "CREATE TABLE t (a integer);\nINSERT INTO t VALUES (1);\nALTER TABLE t ADD COLUMN b text DEFAULT 'old';",
     [("SELECT b FROM t", [("old",)]), ("INSERT INTO t (a) VALUES (2)", []), ("SELECT b FROM t ORDER BY a", [("old",), ("new",)])],
     "ALTER TABLE t ALTER b SET DEFAULT 'new'")
kept("rows older than a column keep its default when it is dropped", "CREATE TABLE t (a integer);\nINSERT INTO t VALUES (1);\nALTER TABLE t ADD COLUMN b text DEFAULT 'old';",
     [("SELECT b FROM t", [("old",)])], "ALTER TABLE t ALTER b DROP DEFAULT")
kept("statistics of ANALYZE", T + "CREATE INDEX i ON t (a);\nANALYZE;", [("SELECT tbl, idx, stat FROM sqlite_stat1", [("t", "i", "2 1")])])


def other_connection():
    """A second connection must see the new schema, and enforce it."""
    path = scratch("two.db")
    db, other = database(T, path=path), sqlite3.connect(path, isolation_level=None)
    other.execute("SELECT * FROM t").fetchall()
    for statement in ("ALTER TABLE t ALTER a SET NOT NULL", "ALTER TABLE t ADD CONSTRAINT c CHECK (a <> 13)"):
        alter(db, statement, 0)
    check("another connection refuses a NULL", answer(other, "INSERT INTO t VALUES (2, NULL, '')"), "SQLITE_CONSTRAINT_NOTNULL")
    check("another connection refuses what a new CHECK forbids", answer(other, "INSERT INTO t VALUES (2, 13, '')"), "SQLITE_CONSTRAINT_CHECK")
    alter(db, "ALTER TABLE t ALTER a DROP NOT NULL", 0)
    check("another connection takes a NULL again", answer(other, "INSERT INTO t VALUES (3, NULL, '')"), [])


def settings():
    """Settings of the connection are the same after success and after failure."""
    for value in (0, 1):
        db = database(T)
        db.execute("PRAGMA legacy_alter_table = %d" % value)
        db.execute("PRAGMA recursive_triggers = %d" % value)
        for statement in (REBUILD, "ALTER TABLE t ADD UNIQUE (b)", "ALTER TABLE t ADD CHECK (a < 0)"):
            error(lambda: alter(db, statement, 0))
            check("settings stay (legacy_alter_table = %d, %s)" % (value, statement),
                  [db.execute("PRAGMA " + p).fetchone()[0] for p in
                   ("legacy_alter_table", "recursive_triggers", "foreign_keys", "writable_schema", "defer_foreign_keys")],
                  [value, value, 1, 0, 0])


def counters():
    """The application's own view of its last statement is not what a rebuild did."""
    db = database(T)
    db.execute("INSERT INTO t VALUES (44, 1, '')")
    alter(db, REBUILD, 0)
    check("last_insert_rowid() is the application's own", db.execute("SELECT last_insert_rowid()").fetchone()[0], 44)


other_connection()
settings()
counters()
done()
