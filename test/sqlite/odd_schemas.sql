-- Schemas that somebody else has written: each way to spell them, and what SQLite lets be.
.print ---- a view of all columns stands in the way of the one that goes
CREATE TABLE t (a, b); CREATE TRIGGER g AFTER DELETE ON t BEGIN SELECT *, 2 * 3 FROM t; END; CREATE VIEW v AS SELECT * FROM t; CREATE VIEW n AS SELECT count(*), 2 * a FROM t; CREATE VIEW w AS SELECT DISTINCT t.* FROM t;
SELECT migrate_autogenerate('b goes', 'CREATE TABLE t (a, c AS (a)); CREATE TRIGGER g AFTER DELETE ON t BEGIN SELECT *, 2 * 3 FROM t; END; CREATE VIEW v AS SELECT * FROM t; CREATE VIEW n AS SELECT count(*), 2 * a FROM t; CREATE VIEW w AS SELECT DISTINCT t.* FROM t', 'rev_id', 'a1');
SELECT substr(migrate_script('a1'), instr(migrate_script('a1'), '-- migrate:upgrade'));
SELECT migrate_upgrade(); SELECT migrate_schema(); SELECT migrate_downgrade('base'); SELECT migrate_schema();
SELECT migrate_remove('a1'); DROP VIEW v; DROP VIEW w; DROP VIEW n; DROP TABLE t;
.print ---- and so does INSERT, with its columns or without them; what comes is in nobody's way
CREATE TABLE t (a PRIMARY KEY, b); CREATE TABLE u (a, b); CREATE TRIGGER g AFTER DELETE ON t BEGIN INSERT INTO u (a) VALUES (OLD.a); END; CREATE TRIGGER h AFTER DELETE ON t BEGIN REPLACE INTO u VALUES (1, 2); END; CREATE VIEW v AS SELECT * FROM t;
SELECT migrate_autogenerate('generated', 'CREATE TABLE t (a, b PRIMARY KEY, c); CREATE TABLE u (a AS (b), b, c); CREATE TRIGGER g AFTER DELETE ON t BEGIN INSERT INTO u (a) VALUES (OLD.a); END; CREATE TRIGGER h AFTER DELETE ON t BEGIN REPLACE INTO u VALUES (1, 2); END; CREATE VIEW v AS SELECT * FROM t', 'rev_id', 'b1');
SELECT substr(migrate_script('b1'), instr(migrate_script('b1'), '-- migrate:upgrade'));
SELECT migrate_upgrade(); SELECT migrate_downgrade('base');
SELECT migrate_remove('b1'); DROP VIEW v; DROP TABLE t; DROP TABLE u;
.print ---- names and words in every spelling are the same
CREATE TABLE größe (straße text CHECK (straße > ''), a$b DEFAULT true REFERENCES größe); CREATE INDEX 'i j' ON größe (straße ASC); CREATE VIEW 'v w' AS SELECT straße AS 'x' FROM größe; CREATE TABLE "a[b" (c REFERENCES [a[b]);
SELECT upgrade FROM migrate_diff('CREATE TABLE "größe" ([straße] text CHECK ("straße" > ''''), `a$b` DEFAULT TRUE REFERENCES "größe"); CREATE INDEX [i j] ON [größe] ("straße"); CREATE VIEW "v w" AS SELECT [straße] AS "x" FROM [größe]; CREATE TABLE [a[b] (c REFERENCES "a[b")');
SELECT migrate_schema();
DROP VIEW 'v w'; DROP TABLE größe; DROP TABLE "a[b";
.print ---- two minus signs are no comment, and white space behind an index is nothing
CREATE TABLE t (a, b AS (- -a), CHECK (- - - a < 1)); CREATE INDEX i ON t (a)

; CREATE INDEX j ON t (b) -- kept
;
SELECT migrate_schema();
SELECT count(*) FROM migrate_diff((SELECT migrate_schema()));
DROP TABLE t;
.print ---- what stands next to a word in the text does not become a part of it
CREATE TABLE p (s UNIQUE);
CREATE TABLE t ("a"json references p (s)NOT NULL, "b"INT"x"default'y'check(1)NOT NULL, constraint'c'check(2)constraint'd'check(3)unique("b"));
SELECT migrate_alter('ALTER TABLE t DROP CONSTRAINT t_a_fkey, ALTER COLUMN a TYPE "", ALTER COLUMN b TYPE text, ALTER COLUMN b DROP DEFAULT, DROP CONSTRAINT d');
SELECT sql FROM sqlite_schema WHERE name = 't';
DROP TABLE t; DROP TABLE p;
.print ---- a foreign key whose other side is not unique: nobody can check it, and a revision can mend it
PRAGMA foreign_keys = ON;
CREATE TABLE p (a, b, PRIMARY KEY (a, b)); CREATE TABLE k (x REFERENCES p (a), y REFERENCES k (x)); CREATE TABLE other (o);
SELECT migrate_autogenerate('mend', 'CREATE TABLE p (a PRIMARY KEY, b); CREATE TABLE k (x UNIQUE REFERENCES p (a), y REFERENCES k (x))', 'rev_id', 'k1');
SELECT substr(migrate_script('k1'), instr(migrate_script('k1'), '-- migrate:upgrade'));
SELECT migrate_upgrade(); SELECT migrate_schema(); SELECT migrate_downgrade('base'); SELECT migrate_schema();
SELECT migrate_remove('k1'); DROP TABLE other; PRAGMA foreign_keys = OFF; DROP TABLE k; DROP TABLE p;
.print ---- a temporary object of the name that a revision speaks of
CREATE TABLE t (a); CREATE INDEX i ON t (a); CREATE TEMP TABLE x (a); CREATE INDEX temp.i ON x (a);
SELECT migrate_revision('i', 'DROP INDEX i', '', 'rev_id', 't1'); SELECT migrate_upgrade();
SELECT name FROM temp.sqlite_schema; DROP TABLE x;
CREATE TEMP VIEW new AS SELECT 1;
SELECT migrate_upgrade();
SELECT migrate_revision('new', 'CREATE TABLE new (a); CREATE TABLE old (a)', '', 'rev_id', 't2'); SELECT migrate_upgrade();
SELECT count(*) FROM sqlite_schema WHERE name IN ('new', 'old');
CREATE TEMP TABLE i (a); SELECT migrate_downgrade('base'); DROP TABLE i; DROP VIEW new;
SELECT migrate_remove('t2'); SELECT migrate_remove('t1'); DROP TABLE t;
CREATE TEMP TABLE made (z); SELECT migrate_revision('made', 'CREATE TABLE made (a); CREATE INDEX made_a ON made (a)', 'DROP TABLE made', 'rev_id', 't3');
SELECT migrate_upgrade(); DROP TABLE temp.made; SELECT migrate_upgrade(); SELECT migrate_downgrade('base');
SELECT migrate_remove('t3');
.print ---- functions of the application in place of SQLite's own
PRAGMA case_sensitive_like = ON;
SELECT upgrade FROM migrate_diff('CREATE TABLE t (a CHECK (a LIKE ''x%'')); CREATE INDEX i ON t (a) WHERE a > 1;');
PRAGMA case_sensitive_like = OFF;
.print ---- what .dump says of a virtual table
CREATE VIRTUAL TABLE f USING fts5(a); CREATE VIEW v AS SELECT a FROM f;
SELECT object FROM migrate_diff('PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
PRAGMA writable_schema=ON;
INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES(''table'',''f'',''f'',0,''CREATE VIRTUAL TABLE f USING fts5(a)'');
CREATE TABLE IF NOT EXISTS ''f_data''(id INTEGER PRIMARY KEY, block BLOB);
INSERT INTO f_data VALUES(1,X'''');
CREATE TABLE IF NOT EXISTS ''f_config''(k PRIMARY KEY, v) WITHOUT ROWID;
CREATE VIEW v AS SELECT a FROM f;
CREATE VIEW w AS SELECT a FROM v;
PRAGMA writable_schema=OFF;
COMMIT;');
.print ---- of several constraints of one name none is guessed
DROP VIEW v; DROP TABLE f; CREATE TABLE t (a, b, CONSTRAINT k PRIMARY KEY (a), CONSTRAINT "K" UNIQUE (b));
SELECT migrate_alter('ALTER TABLE t DROP CONSTRAINT k');
SELECT sql FROM sqlite_schema WHERE name = 't'; DROP TABLE t;
.print ---- in a desired schema a column goes that a view of all columns shows, as SQLite has it
SELECT upgrade FROM migrate_diff('CREATE TABLE t (a, b); CREATE VIEW v AS SELECT * FROM t; ALTER TABLE t DROP COLUMN b');
SELECT upgrade FROM migrate_diff('CREATE TABLE t (a, b UNIQUE); CREATE VIEW v AS SELECT b FROM t; ALTER TABLE t DROP COLUMN b');
.print ---- a table is a virtual table's own only where its module names one so
CREATE VIRTUAL TABLE d USING fts4(x); CREATE TABLE d_idx (a); CREATE VIRTUAL TABLE e USING 'FTS5'(x); CREATE TABLE e_stat (a); CREATE VIRTUAL TABLE h USING rtree(id, x, y); CREATE TABLE h_data (a);
SELECT migrate_schema();
