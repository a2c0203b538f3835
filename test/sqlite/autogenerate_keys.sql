.print ---- a comment of COMMENT ON behind another comment
CREATE TABLE t (a int REFERENCES t -- parents
 CONSTRAINT k CHECK (a > 0) /* comment: of a column */, b int -- why
 /* comment: of b */);
SELECT migrate_schema();
SELECT migrate_revision('c', 'ALTER TABLE t DROP CONSTRAINT k; COMMENT ON COLUMN t.b IS ''new''; COMMENT ON COLUMN t.a IS NULL; ALTER TABLE t ADD COLUMN c int; COMMENT ON COLUMN t.c IS ''of c''', '', 'rev_id', 'c1');
SELECT migrate_upgrade();
SELECT sql FROM sqlite_schema WHERE name = 't';
DROP TABLE t;
.print ---- the type of a key changes, and WITHOUT ROWID comes, goes or stays
CREATE TABLE t (id int PRIMARY KEY, a); CREATE TABLE u (id INTEGER PRIMARY KEY, a) WITHOUT ROWID; CREATE TABLE v (id INTEGER PRIMARY KEY, a) WITHOUT ROWID;
INSERT INTO t VALUES (7, 'x'); INSERT INTO u VALUES (8, 'y'); INSERT INTO v VALUES (9, 'z');
SELECT migrate_autogenerate('keys', 'CREATE TABLE t (id INTEGER PRIMARY KEY, a) WITHOUT ROWID; CREATE TABLE u (id int PRIMARY KEY, a); CREATE TABLE v (id text PRIMARY KEY, a) WITHOUT ROWID;', 'rev_id', 'k1');
SELECT migrate_upgrade(); SELECT name, sql FROM sqlite_schema WHERE name IN ('t', 'u', 'v');
SELECT migrate_downgrade('c1'); SELECT name, sql FROM sqlite_schema WHERE name IN ('t', 'u', 'v');
SELECT * FROM t UNION ALL SELECT * FROM u UNION ALL SELECT * FROM v;
DROP TABLE t; DROP TABLE u; DROP TABLE v;
.print ---- migrate:renamed-from behind a comment of several lines, and behind a key of a column
CREATE TABLE t (a INTEGER CONSTRAINT k PRIMARY KEY DESC, b UNIQUE);
SELECT upgrade, downgrade FROM migrate_diff('CREATE TABLE u /* comment: two
lines */ -- migrate:renamed-from t
(a INTEGER CONSTRAINT l -- migrate:renamed-from k
PRIMARY KEY DESC, b CONSTRAINT m -- migrate:renamed-from t_b_key
UNIQUE);');
DROP TABLE t;
.print ---- a default that SQLite reads in another way from older rows
CREATE TABLE t (a); INSERT INTO t VALUES (1);
SELECT migrate_alter('ALTER TABLE t ADD COLUMN b varchar DEFAULT false, ADD COLUMN c text DEFAULT -1.50, ADD COLUMN d DEFAULT 1e3, ADD COLUMN e text DEFAULT 0, ADD COLUMN f text DEFAULT NULL');
INSERT INTO t (a) VALUES (2);
SELECT *, typeof(b), typeof(d) FROM t; CREATE INDEX i ON t (b); PRAGMA integrity_check;
.print ---- a key with another collation than its column's: SQLite checks no foreign key against it
DROP TABLE t; CREATE TABLE p (a text COLLATE nocase, b text COLLATE rtrim, c text, UNIQUE (a COLLATE binary), UNIQUE (b COLLATE RTRIM));
CREATE UNIQUE INDEX i ON p (c COLLATE nocase); CREATE TABLE x (a); CREATE TABLE y (b); CREATE TABLE z (c);
SELECT upgrade FROM migrate_diff('CREATE TABLE p (a text COLLATE nocase, b text COLLATE rtrim, c text, UNIQUE (a COLLATE binary), UNIQUE (b COLLATE RTRIM));
CREATE UNIQUE INDEX i ON p (c COLLATE nocase); CREATE TABLE x (a REFERENCES p (a)); CREATE TABLE y (b REFERENCES p (b)); CREATE TABLE z (c REFERENCES p (c))');
