-- a desired schema of so many statements that the rows of sqlite_schema are put aside meanwhile
CREATE TEMP TABLE wanted AS
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 149)
SELECT group_concat(
	'CREATE TABLE t' || i || ' (id integer PRIMARY KEY, a text UNIQUE, p integer REFERENCES t' || (i / 2) || ');' ||
	'CREATE INDEX i' || i || ' ON t' || i || ' (p);' ||
	CASE i WHEN 110 THEN
		'CREATE TRIGGER g AFTER INSERT ON t1 BEGIN UPDATE t2 SET a = 1; END;'
		|| 'ALTER TABLE t3 ADD COLUMN more integer; DROP INDEX i4; COMMENT ON TABLE t5 IS ''five'';'
		|| 'ALTER TABLE t6 ALTER COLUMN a SET NOT NULL; INSERT INTO t0 (id) VALUES (7); DROP TABLE t149a;'
	WHEN 40 THEN 'CREATE TABLE t149a (id integer PRIMARY KEY AUTOINCREMENT); CREATE VIEW v AS SELECT a FROM t7;'
	ELSE '' END, char(10)) AS text FROM n;

SELECT count(*), sum(upgrade LIKE 'CREATE TABLE%'), sum(upgrade LIKE 'CREATE INDEX%') FROM migrate_diff((SELECT text FROM wanted));
SELECT upgrade FROM migrate_diff((SELECT text FROM wanted))
	WHERE object IN ('table t3', 'table t5', 'table t6', 'index i4', 'trigger g', 'view v', 'table t149a');
