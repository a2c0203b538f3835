-- A constraint over a table that gets, in the same rebuild, a column and another one made from it.
CREATE TABLE t (a integer);
INSERT INTO t VALUES (1), (2);
SELECT migrate_add('-- migrate:revision g1
-- migrate:upgrade
ALTER TABLE t ADD COLUMN b integer DEFAULT 3;
ALTER TABLE t ADD COLUMN g integer GENERATED ALWAYS AS (b * 2) STORED;
ALTER TABLE t ADD COLUMN h integer GENERATED ALWAYS AS (g + 1) VIRTUAL;
ALTER TABLE t ADD CONSTRAINT small CHECK (b < 5 AND h = 7);
-- migrate:downgrade
');
SELECT migrate_upgrade('head');
SELECT * FROM t;
SELECT migrate_alter('ALTER TABLE t ADD CONSTRAINT smaller CHECK (h < 7)');
