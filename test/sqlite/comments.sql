-- SQLite reads the schema again once for many comments, and before it goes by the text.
CREATE TABLE a (id INTEGER PRIMARY KEY, v text);
CREATE TABLE b (id INTEGER PRIMARY KEY, v text);
SELECT migrate_add('-- migrate:revision r1
-- migrate:upgrade
COMMENT ON TABLE a IS ''the first one'';
COMMENT ON COLUMN b.v IS ''a value'';
CREATE TABLE c (id INTEGER PRIMARY KEY);
COMMENT ON COLUMN a.id IS ''its key'';
COMMENT ON TABLE c IS ''the last one'';
ALTER TABLE a ADD COLUMN w int;
COMMENT ON TABLE b IS ''the second one'';
CREATE INDEX b_v ON b (v);
INSERT INTO b (v) VALUES (''x'');
COMMENT ON TABLE a IS NULL;
ALTER TABLE b ADD COLUMN w int;
ALTER TABLE c ADD COLUMN w int
-- migrate:downgrade
COMMENT ON TABLE b IS NULL;
COMMENT ON COLUMN a.id IS NULL;
DROP TABLE c;
ALTER TABLE a DROP COLUMN w;
COMMENT ON COLUMN b.v IS NULL;
ALTER TABLE b DROP COLUMN w;
');
SELECT migrate_upgrade();
SELECT sql FROM sqlite_schema WHERE tbl_name IN ('a', 'b', 'c') ORDER BY name;
SELECT * FROM b;
PRAGMA integrity_check;
SELECT migrate_downgrade('base');
SELECT sql FROM sqlite_schema WHERE tbl_name IN ('a', 'b', 'c') ORDER BY name;
-- what fails leaves what SQLite knows as it was
SELECT migrate_add('-- migrate:revision r2
-- migrate:upgrade
COMMENT ON TABLE a IS ''a long comment, so that all else stands further on'';
CREATE TABLE a (id);
');
SELECT migrate_upgrade('r2');
ALTER TABLE a ADD COLUMN w int;
SELECT sql FROM sqlite_schema WHERE tbl_name = 'a';
-- a comment that ends a line is about what stands before it, and stays there
CREATE TABLE last (
  a int, -- about a
  b int -- about b
);
CREATE TABLE followed (
	a int, -- about a
	b int, /* about b */
	CHECK (a > 0), -- about one
	CHECK (b > 0) /* comment: of COMMENT ON */ -- about two
);
CREATE TABLE line (a int /* about a */, b int /* about b */);
SELECT migrate_alter('ALTER TABLE ' || name || ' ADD COLUMN c int UNIQUE, ADD CONSTRAINT x CHECK (a < b)')
FROM (SELECT 'last' AS name UNION ALL SELECT 'followed' UNION ALL SELECT 'line');
SELECT sql FROM sqlite_schema WHERE name IN ('last', 'followed', 'line') AND type = 'table';
SELECT migrate_alter('ALTER TABLE ' || name || ' DROP CONSTRAINT x, DROP COLUMN c')
FROM (SELECT 'last' AS name UNION ALL SELECT 'followed' UNION ALL SELECT 'line');
SELECT sql FROM sqlite_schema WHERE name IN ('last', 'followed', 'line') AND type = 'table';
