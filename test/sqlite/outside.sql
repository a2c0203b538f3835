-- Revisions that run outside of a transaction.
CREATE TABLE t (id INTEGER PRIMARY KEY, n integer NOT NULL DEFAULT 0);
INSERT INTO t (id) VALUES (1), (2), (3), (4), (5), (6), (7);
SELECT migrate_add('
-- migrate:revision r1
-- migrate:upgrade
CREATE TABLE log (x);
-- migrate:downgrade
DROP TABLE log;

-- migrate:revision r2
-- migrate:revises r1
-- migrate:message write-ahead log
-- migrate:transaction off
-- migrate:upgrade
CREATE TABLE n (x UNIQUE);
PRAGMA journal_mode = WAL;
INSERT INTO n VALUES (1);
SELECT migrate_backfill(''t'', ''n = n + 1'', NULL, 3);
ALTER TABLE n ADD COLUMN y integer NOT NULL DEFAULT 7;
-- migrate:downgrade
PRAGMA journal_mode = DELETE;
DROP TABLE n;

-- migrate:revision r3
-- migrate:revises r2
-- migrate:upgrade
INSERT INTO log VALUES (3);
-- migrate:downgrade
DELETE FROM log;
');
-- inside of a transaction: before anything has run
BEGIN;
SELECT migrate_upgrade();
SELECT migrate_status();
COMMIT;
SELECT migrate_upgrade();
PRAGMA journal_mode;
SELECT n, count(*) FROM t GROUP BY n;
SELECT * FROM n;
SELECT revision, heads_before, heads_after, statements, status FROM migrate_log ORDER BY id;
SELECT count(*) FROM migrate_position;
SELECT migrate_downgrade('r1');
PRAGMA journal_mode;

-- it stops, and goes on
SELECT migrate_remove('r3');
SELECT migrate_remove('r2');
SELECT migrate_add('
-- migrate:revision s1
-- migrate:revises r1
-- migrate:message stops
-- migrate:transaction off
-- migrate:upgrade
INSERT INTO log VALUES (1);
PRAGMA user_version = 5;
INSERT INTO log
  SELECT nothing;
INSERT INTO log VALUES (3);
-- migrate:downgrade
');
SELECT migrate_upgrade();
SELECT migrate_status();
SELECT pid, username, direction, revision, step, steps, statement, statements, since IS NULL,
  waiting_for, phase, percent FROM migrate_progress();
SELECT * FROM log;
SELECT migrate_remove('s1');
SELECT migrate_downgrade('base');
SELECT migrate_add('
-- migrate:revision s1
-- migrate:revises r1
-- migrate:message stops
-- migrate:transaction off
-- migrate:upgrade
INSERT INTO log VALUES (100);
PRAGMA user_version = 5;
-- migrate:downgrade
');
SELECT migrate_upgrade();
SELECT migrate_add('
-- migrate:revision s1
-- migrate:revises r1
-- migrate:message stops
-- migrate:transaction off
-- migrate:upgrade
INSERT INTO log   VALUES (1);
PRAGMA user_version = 5; -- the same
INSERT INTO log VALUES (2);
INSERT INTO log VALUES (3);
-- migrate:downgrade
');
SELECT migrate_upgrade();
SELECT * FROM log;
SELECT migrate_status();

-- what it must not do
SELECT migrate_add('
-- migrate:revision v1
-- migrate:revises s1
-- migrate:transaction off
-- migrate:upgrade
INSERT INTO log VALUES (4);
VACUUM;
');
SELECT migrate_upgrade();
SELECT migrate_remove('v1');
SELECT migrate_revision('nested', 'SELECT migrate_upgrade();', '', 'rev_id', 'v2', 'transaction', FALSE);
SELECT migrate_upgrade();
SELECT count(*) FROM log;
SELECT migrate_remove('v2');

-- batches, by themselves
SELECT migrate_backfill('t', 'n = 2 -- two', 'id < 4 -- three', 2);
SELECT migrate_backfill('"main"."t"', 'n = 3');
SELECT n, count(*) FROM t GROUP BY n;
BEGIN;
SELECT migrate_backfill('t', 'n = n + 1', NULL, 2, 0.01);
ROLLBACK;
SELECT n, count(*) FROM t GROUP BY n;
CREATE TABLE k (a text COLLATE NOCASE, "b c" real, d blob, v integer DEFAULT 0, PRIMARY KEY (a, "b c", d)) WITHOUT ROWID;
INSERT INTO k (a, "b c", d) VALUES ('a', 0.1, x'00'), ('B', 0.1, x'00'), ('it''s', -1e300, 'x'),
  ('it''s', 1.0/3, 'x'), ('it''s', 1.0/3, x'ff00'), ('z', 1, 2), ('Z', 1, 3);
SELECT migrate_backfill('k', 'v = v + 1', NULL, 1);
SELECT v, count(*) FROM k GROUP BY v;
-- interrupted by an error
ALTER TABLE k ADD COLUMN w integer CHECK (w < 5);
SELECT migrate_backfill('k', 'v = v + 1, w = length(a)', NULL, 2);
SELECT migrate_backfill('k', 'v = v + 1, w = CASE d WHEN 2 THEN 9 END', NULL, 2);
SELECT v, count(*) FROM k GROUP BY v;
SELECT relation, replace(position, '3.33333333333333314829e-01', '0.33333333333333332'), rows FROM migrate_position;
SELECT phase FROM migrate_progress();
UPDATE k SET d = 4 WHERE d = 2;
SELECT migrate_backfill('k', 'v = v + 1, w = CASE d WHEN 2 THEN 9 END', NULL, 2);
SELECT count(*) FROM migrate_position;
-- errors
SELECT migrate_backfill('nothing', 'n = 1');
SELECT migrate_backfill('log', 'x = 1');
SELECT migrate_backfill('t; DROP TABLE t', 'n = 1');
SELECT migrate_backfill('t', 'id = id + 1');
SELECT migrate_backfill('t', '(n, "ID") = (1, 2)');
SELECT migrate_backfill('t', 'n = 1; DROP TABLE t; --');
SELECT migrate_backfill('t', 'n = 1', 'true; DROP TABLE t; --');
SELECT migrate_backfill('t', '');
SELECT migrate_backfill('t', 'n = 1', NULL, 0);
SELECT migrate_backfill('t', 'n = 1', NULL, 10, -1);
SELECT migrate_backfill('t', 'n = 1', NULL, 'many');
SELECT migrate_backfill('t');
SELECT migrate_backfill('t', NULL);
CREATE TABLE nulls (id text PRIMARY KEY, n);
INSERT INTO nulls VALUES (NULL, 1), ('a', 1);
SELECT migrate_backfill('nulls', 'n = 2');
SELECT count(*) FROM t;
