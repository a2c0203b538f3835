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
-- SQLite's own DROP COLUMN would take a comment about another column, and ADD COLUMN part one from its own
CREATE TABLE before (
  a int, -- about a
  b int -- about b
);
CREATE TABLE above (
  a int, b int,
  -- above c
  c int);
CREATE TABLE behind (
  a int, -- about a
  b int, -- about b
  CHECK (a > 0));
CREATE TABLE found (a int, /* a, by far */ b int, CHECK (a > 0), CHECK (a < 9) /* small */);
SELECT migrate_alter('ALTER TABLE ' || name || ' DROP COLUMN b')
FROM (SELECT 'before' AS name UNION ALL SELECT 'above' UNION ALL SELECT 'behind' UNION ALL SELECT 'found');
SELECT sql FROM sqlite_schema WHERE name IN ('before', 'above', 'behind', 'found');
INSERT INTO found VALUES (0);
SELECT migrate_alter('ALTER TABLE ' || name || ' ADD COLUMN d int')
FROM (SELECT 'above' AS name UNION ALL SELECT 'behind');
SELECT migrate_alter('ALTER TABLE above DROP COLUMN a');
SELECT sql FROM sqlite_schema WHERE name IN ('above', 'behind');
-- several comments, and blanks behind the last column
CREATE TABLE blanks (a int, b int /* one */ /* two */ 	
);
SELECT migrate_alter('ALTER TABLE blanks ADD COLUMN c int UNIQUE');
SELECT migrate_alter('ALTER TABLE blanks DROP COLUMN b');
SELECT sql FROM sqlite_schema WHERE name = 'blanks';
-- with the comma in front a comment above the next column stands before it
CREATE TABLE commas (
  a int
  , b int -- about b
  -- above c
  , c int
);
SELECT migrate_alter('ALTER TABLE commas DROP COLUMN b');
SELECT sql FROM sqlite_schema WHERE name = 'commas';
