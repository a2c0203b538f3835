-- The same script, the same outcome: each form of ALTER TABLE that both engines have.
CREATE TABLE parent (id integer PRIMARY KEY, code text);
CREATE TABLE item (id integer PRIMARY KEY, a integer, b text, c integer DEFAULT 7);
INSERT INTO parent VALUES (1, 'one');
INSERT INTO item (id, a, b) VALUES (1, 10, 'x'), (2, NULL, '20');
SELECT migrate_alter('ALTER TABLE item ALTER COLUMN b SET NOT NULL');
INSERT INTO item (id, b) VALUES (3, 'third');
SELECT migrate_alter('ALTER TABLE item ALTER b DROP NOT NULL, ALTER c SET DEFAULT 8');
INSERT INTO item (id) VALUES (4);
SELECT id, a, b, c FROM item ORDER BY id;
SELECT migrate_alter('ALTER TABLE item ALTER c DROP DEFAULT');
INSERT INTO item (id) VALUES (5);
SELECT id, c FROM item ORDER BY id;
-- columns
SELECT migrate_alter('ALTER TABLE item ADD COLUMN d integer NOT NULL DEFAULT 3, ADD e text UNIQUE');
SELECT id, d, e FROM item ORDER BY id;
SELECT migrate_alter('ALTER TABLE item ADD COLUMN d integer');
SELECT migrate_alter('ALTER TABLE item ADD COLUMN IF NOT EXISTS d integer');
SELECT migrate_alter('ALTER TABLE item DROP COLUMN nosuch');
SELECT migrate_alter('ALTER TABLE item DROP COLUMN IF EXISTS nosuch');
SELECT migrate_alter('ALTER TABLE item DROP COLUMN e');
SELECT migrate_alter('ALTER TABLE item DROP COLUMN d, ADD COLUMN d text DEFAULT ''new''');
SELECT id, d FROM item ORDER BY id;
-- types
SELECT migrate_alter('ALTER TABLE item ALTER a TYPE text USING ''n'' || a');
SELECT id, a FROM item WHERE a IS NOT NULL;
SELECT migrate_alter('ALTER TABLE item ALTER a TYPE integer USING length(a)');
SELECT id, a + 1 FROM item WHERE a IS NOT NULL;
SELECT migrate_alter('ALTER TABLE item ALTER c SET DATA TYPE bigint');
-- constraints
SELECT migrate_alter('ALTER TABLE item ADD CONSTRAINT positive CHECK (a > 0)');
SELECT migrate_alter('ALTER TABLE item ADD CONSTRAINT positive CHECK (a > 1)');
SELECT migrate_alter('ALTER TABLE item RENAME CONSTRAINT positive TO above');
SELECT migrate_alter('ALTER TABLE item DROP CONSTRAINT positive');
SELECT migrate_alter('ALTER TABLE item DROP CONSTRAINT IF EXISTS positive');
SELECT migrate_alter('ALTER TABLE item DROP CONSTRAINT above');
INSERT INTO item (id, a) VALUES (6, -1);
SELECT migrate_alter('ALTER TABLE item ADD UNIQUE (a, b)');
SELECT migrate_alter('ALTER TABLE item DROP CONSTRAINT item_a_b_key');
SELECT migrate_alter('ALTER TABLE item ADD CONSTRAINT item_parent FOREIGN KEY (c) REFERENCES nosuch (id)');
SELECT migrate_alter('ALTER TABLE item ADD PRIMARY KEY (b)');
SELECT migrate_alter('ALTER TABLE item DROP CONSTRAINT item_pkey');
SELECT migrate_alter('ALTER TABLE item ADD CONSTRAINT item_key PRIMARY KEY (id)');
SELECT migrate_alter('ALTER TABLE item ALTER id DROP NOT NULL');
-- what does not exist, and what exists already
SELECT migrate_alter('ALTER TABLE nosuch ALTER a SET NOT NULL');
SELECT migrate_alter('ALTER TABLE IF EXISTS nosuch ALTER a SET NOT NULL');
SELECT migrate_alter('ALTER TABLE item ALTER nosuch SET NOT NULL');
SELECT migrate_alter('ALTER TABLE item RENAME nosuch TO b');
SELECT migrate_alter('ALTER TABLE item RENAME a TO b');
SELECT migrate_alter('ALTER TABLE item RENAME COLUMN a TO number');
SELECT migrate_alter('ALTER TABLE IF EXISTS item RENAME TO thing');
SELECT id, number FROM thing ORDER BY id;
-- not what the function is for
SELECT migrate_alter('DROP TABLE thing');
SELECT migrate_alter('ALTER TABLE thing DROP number; DROP TABLE thing');
SELECT migrate_alter(NULL);
