-- A statement that fails in the third of five revisions: nothing of the run stays.
CREATE EXTENSION migrate;
SET client_min_messages = warning;
SELECT migrate_add('-- migrate:revision e1
-- migrate:upgrade
CREATE TABLE one (id integer);
-- migrate:revision e2
-- migrate:revises e1
-- migrate:upgrade
CREATE TABLE two (id integer);
-- migrate:revision e3
-- migrate:revises e2
-- migrate:message the bad one
-- migrate:upgrade
CREATE TABLE three (id integer);

INSERT INTO three
	VALUES (1 / (SELECT count(*) FROM two));
CREATE TABLE never (id integer);
-- migrate:revision e4
-- migrate:revises e3
-- migrate:upgrade
-- migrate:revision e5
-- migrate:revises e4
-- migrate:upgrade
');
SELECT migrate_upgrade('head');
SELECT migrate_status();
SELECT count(*) FROM pg_tables WHERE tablename IN ('one', 'two', 'three', 'never');
SELECT count(*) FROM migrate_log;
-- inside a transaction, earlier work stays
BEGIN;
CREATE TABLE own (id integer);
SAVEPOINT here;
SELECT migrate_upgrade('head');
ROLLBACK TO here;
COMMIT;
SELECT count(*) FROM own;
DROP EXTENSION migrate;
CREATE EXTENSION migrate;
-- a syntax error anywhere is found before anything has run
SELECT migrate_revision('first', 'CREATE TABLE one (id integer);', '', 'head', 's1');
SELECT migrate_revision('second', E'SELECT 1;\n\nSELEC 2;', '', 'head', 's2');
SELECT migrate_upgrade('head');
SELECT migrate_remove('s2');
-- in a function, the function's own place is told, too
SELECT migrate_revision('in a function', E'DO $$\nBEGIN\n  PERFORM 1 / 0;\nEND\n$$;', '', 'head', 's3');
SELECT migrate_upgrade('head');
SELECT migrate_remove('s3');
-- what a revision must not do
SELECT migrate_revision('itself', 'SELECT migrate_upgrade();', '', 'head', 's4');
SELECT migrate_upgrade('head');
SELECT migrate_remove('s4');
SELECT migrate_revision('savepoint', E'SELECT 1;\nSAVEPOINT x;', '', 'head', 's5');
SELECT migrate_upgrade('head');
SELECT migrate_remove('s5');
SELECT migrate_revision('rows from the client', 'COPY one FROM STDIN;', '', 'head', 's6');
SELECT migrate_upgrade('head');
SELECT migrate_remove('s6');
SELECT migrate_revision('index', 'CREATE INDEX CONCURRENTLY i ON one (id);', '', 'head', 's7');
SELECT migrate_upgrade('head');
SELECT migrate_remove('s7');
SELECT migrate_revision('no transaction', 'VACUUM one;', '', transaction => false, rev_id => 's8');
SELECT migrate_upgrade('head');
SELECT migrate_remove('s8');
-- a SET ends with its revision
SELECT migrate_revision('settings', 'SET search_path = nowhere; SET work_mem = ''1MB'';', '', 'head', 's9');
SHOW search_path;
SELECT migrate_upgrade('head');
SHOW search_path;
SELECT count(*) FROM one;
DROP EXTENSION migrate;
DROP TABLE one, own;
