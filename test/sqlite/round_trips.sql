.print ---- constraints without a name on the same columns come and go together: a number tells their names
CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (a int REFERENCES p, b int, FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE, CHECK (a > 0), CHECK (a > 1));
SELECT migrate_schema() AS before;
SELECT migrate_autogenerate('numbers', 'CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE d -- migrate:renamed-from c
 (a int, b int, CHECK (a > 1), FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE, FOREIGN KEY (a) REFERENCES p ON UPDATE CASCADE)', 'base', 'd3');
SELECT substr(migrate_script('d3'), instr(migrate_script('d3'), '-- migrate:upgrade'));
SELECT migrate_upgrade('d3'); SELECT sql FROM sqlite_schema WHERE name = 'd';
SELECT migrate_downgrade('base'); SELECT migrate_remove('d3'); SELECT migrate_schema();
.print ---- a column called as its table keeps its name when that gets another one; drops in a circle go before renames
DROP TABLE c; DROP TABLE p;
CREATE TABLE t (t int, id int UNIQUE, CHECK (t > 0)); CREATE TABLE x (y int UNIQUE REFERENCES z (y), t int REFERENCES t (id)); CREATE TABLE z (y int UNIQUE REFERENCES x (y));
SELECT upgrade, downgrade FROM migrate_diff('CREATE TABLE s -- migrate:renamed-from t
 (t int, k int, -- migrate:renamed-from id
 CHECK (t > 0))');
.print ---- names differ in more than letters; a table whose columns all change places with generated ones is another one
SELECT upgrade, downgrade FROM migrate_diff('CREATE TABLE t2 -- migrate:renamed-from t
 (t int, id int UNIQUE, CHECK (t > 0)); CREATE TABLE T -- migrate:renamed-from x
 (y int UNIQUE REFERENCES z (y), t int REFERENCES t2 (id)); CREATE TABLE z (y int UNIQUE REFERENCES T (y))');
DROP TABLE z; DROP TABLE x; DROP TABLE t; CREATE TABLE t (a int NOT NULL, b int AS (a));
SELECT upgrade, destructive FROM migrate_diff('CREATE TABLE t (a int AS (b), b int NOT NULL)');
.print ---- a directive directly behind the name of a column's constraint is that one's; triggers have names, too
DROP TABLE t; CREATE TABLE t (a int CONSTRAINT k CHECK (a > 0)); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END;
SELECT upgrade FROM migrate_diff('CREATE TABLE t (b int CONSTRAINT l -- migrate:renamed-from k
 CHECK (b > 0), -- migrate:renamed-from a
 c int); CREATE TRIGGER h -- migrate:renamed-from g
 AFTER INSERT ON t BEGIN SELECT 1; END');
.print ---- STRICT and WITHOUT ROWID come and go, and rows stay
DROP TABLE t; CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c int) -- kept as long as SQLite keeps it
; INSERT INTO t VALUES (5, 'x', 1), (7, 'y', NULL); CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT a FROM t;
SELECT migrate_autogenerate('options', 'CREATE TABLE t (a INTEGER, b TEXT NOT NULL, d any, PRIMARY KEY (b, a)) WITHOUT ROWID, STRICT; CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT a FROM t', 'base', 'd4');
SELECT substr(migrate_script('d4'), instr(migrate_script('d4'), '-- migrate:upgrade'));
SELECT migrate_upgrade('d4'); SELECT * FROM t;
SELECT count(*) FROM migrate_diff('CREATE TABLE t (a INTEGER, b TEXT NOT NULL, d any, PRIMARY KEY (b, a)) STRICT, WITHOUT ROWID; CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT a FROM t');
SELECT upgrade, destructive FROM migrate_diff('CREATE TABLE t (a INTEGER, b TEXT NOT NULL, d any, PRIMARY KEY (b, a)) STRICT; CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT a FROM t');
SELECT migrate_schema();
SELECT migrate_downgrade('base'); SELECT rowid, * FROM t; SELECT migrate_remove('d4');
SELECT sql FROM sqlite_schema WHERE name = 't';
SELECT migrate_alter('ALTER TABLE t SET (STRICT, WITHOUT ROWID)'); SELECT migrate_alter('ALTER TABLE t SET (strict)');
SELECT migrate_alter('ALTER TABLE t ADD COLUMN e any, RESET (without rowid)');
SELECT sql FROM sqlite_schema WHERE name = 't';
UPDATE t SET e = '007'; SELECT migrate_alter('ALTER TABLE t RESET (STRICT)');
UPDATE t SET e = '7'; SELECT migrate_alter('ALTER TABLE t RESET (STRICT)'); SELECT typeof(e) FROM t;
SELECT sql FROM sqlite_schema WHERE name = 't';
UPDATE t SET c = 'no number' WHERE a = 5; SELECT migrate_alter('ALTER TABLE t SET (STRICT)');
SELECT migrate_alter('ALTER TABLE t SET (fillfactor = 70)');
SELECT migrate_alter('ALTER TABLE t RESET (STRICT');
CREATE TABLE n (x text); SELECT migrate_alter('ALTER TABLE n SET (WITHOUT ROWID)');
.print ---- a virtual table that is told keeps its rows
DROP VIEW v; DROP TABLE t; DROP TABLE n; CREATE VIRTUAL TABLE f USING fts5(title); INSERT INTO f VALUES ('kept'); CREATE VIEW v AS SELECT title FROM f;
SELECT migrate_autogenerate('told', 'CREATE VIRTUAL TABLE g -- migrate:renamed-from f
USING fts5(title); CREATE VIEW v AS SELECT title FROM g', 'base', 'd5');
SELECT substr(migrate_script('d5'), instr(migrate_script('d5'), '-- migrate:upgrade'));
SELECT migrate_upgrade('d5'); SELECT * FROM g, v;
SELECT count(*) FROM migrate_diff('CREATE VIRTUAL TABLE g USING fts5(title); CREATE VIEW v AS SELECT title FROM g');
SELECT migrate_downgrade('base'); SELECT migrate_remove('d5'); SELECT * FROM f; SELECT migrate_schema();
.print ---- a constraint gets the name that the primary key had
CREATE TABLE p (id int CONSTRAINT k PRIMARY KEY, x int CONSTRAINT j CHECK (x > 0));
SELECT migrate_autogenerate('names', 'CREATE TABLE p (id int CONSTRAINT l PRIMARY KEY, x int CONSTRAINT k CHECK (x > 0)); CREATE VIRTUAL TABLE f USING fts5(title); CREATE VIEW v AS SELECT title FROM f', 'base', 'd6');
SELECT substr(migrate_script('d6'), instr(migrate_script('d6'), '-- migrate:upgrade'));
SELECT migrate_upgrade('d6'); SELECT sql FROM sqlite_schema WHERE name = 'p'; SELECT migrate_downgrade('base'); SELECT sql FROM sqlite_schema WHERE name = 'p';
.print ---- a constraint is not renamed to the name that it has, NOT NULL neither
CREATE TABLE same_name (x CONSTRAINT n NOT NULL CONSTRAINT c CHECK (x > 0));
SELECT migrate_alter('ALTER TABLE same_name RENAME CONSTRAINT n TO n');
SELECT migrate_alter('ALTER TABLE same_name RENAME CONSTRAINT c TO C');
