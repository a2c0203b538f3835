-- A statement that fails in the third of five revisions: nothing of the run stays.
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
CREATE TABLE three (id integer NOT NULL);

INSERT INTO three
	VALUES (NULL);
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
SELECT count(*) FROM sqlite_schema WHERE name IN ('one', 'two', 'three', 'never');
SELECT count(*) FROM migrate_log;
-- inside a transaction, earlier work stays
BEGIN;
CREATE TABLE own (id integer);
SELECT migrate_upgrade('head');
COMMIT;
SELECT count(*) FROM own;
SELECT migrate_remove('e5'), migrate_remove('e4'), migrate_remove('e3');
-- a syntax error has its own line
SELECT migrate_revision('syntax', 'SELECT 1;

SELEC 2;', '', 'rev_id', 's2');
SELECT migrate_upgrade('head');
SELECT migrate_remove('s2');
-- what a revision must not do
SELECT migrate_revision('itself', 'SELECT migrate_upgrade();', '', 'rev_id', 's4');
SELECT migrate_upgrade('head');
SELECT migrate_remove('s4');
SELECT migrate_revision('savepoint', 'SELECT 1;
SAVEPOINT x;', '', 'rev_id', 's5');
SELECT migrate_upgrade('head');
SELECT migrate_remove('s5');
SELECT migrate_revision('vacuum', 'VACUUM;', '', 'rev_id', 's6');
SELECT migrate_upgrade('head');
SELECT migrate_remove('s6');
SELECT migrate_revision('rollback', 'INSERT OR ROLLBACK INTO two SELECT 1; CREATE TABLE u (x UNIQUE); INSERT INTO u VALUES (1); INSERT OR ROLLBACK INTO u VALUES (1);', '', 'rev_id', 's7');
SELECT migrate_upgrade('head');
SELECT migrate_status();
SELECT migrate_remove('s7');
SELECT migrate_revision('no transaction', 'PRAGMA journal_mode = wal;', '', 'rev_id', 's8', 'transaction', 0);
BEGIN;
SELECT migrate_upgrade('head');
ROLLBACK;
SELECT migrate_remove('s8');
-- called from a statement that does something
CREATE TABLE note (x);
INSERT INTO note SELECT migrate_upgrade('head');
SELECT count(*) FROM note;
-- foreign keys: a parent that is rebuilt by hand keeps its children, one that goes does not
PRAGMA foreign_keys = on;
SELECT migrate_add('-- migrate:revision f1
-- migrate:revises e2
-- migrate:upgrade
CREATE TABLE parent (id integer PRIMARY KEY);
CREATE TABLE child (id integer PRIMARY KEY, p integer REFERENCES parent ON DELETE CASCADE);
INSERT INTO parent VALUES (1), (2);
INSERT INTO child VALUES (1, 1), (2, 2);
CREATE TABLE parent_new (id integer PRIMARY KEY, name text);
INSERT INTO parent_new (id) SELECT id FROM parent;
DROP TABLE parent;
ALTER TABLE parent_new RENAME TO parent;
DELETE FROM parent WHERE id = 2;
-- migrate:revision f2
-- migrate:revises f1
-- migrate:message leaves orphans
-- migrate:upgrade
DROP TABLE parent;
');
SELECT migrate_upgrade('f1');
SELECT * FROM child;
SELECT migrate_upgrade('f2');
SELECT * FROM child;
PRAGMA foreign_keys;
