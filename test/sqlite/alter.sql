-- What a rebuild keeps: the text, rowids, counters, indexes, triggers, views, foreign keys both ways.
PRAGMA foreign_keys = ON;
CREATE TABLE item (
	id integer PRIMARY KEY AUTOINCREMENT, -- the key
	code text COLLATE nocase UNIQUE ON CONFLICT REPLACE,
	n integer DEFAULT 7 CHECK (n > 0), /* counted */
	twice integer GENERATED ALWAYS AS (n * 2) STORED,
	up integer REFERENCES item ON DELETE SET NULL
);
CREATE TABLE part (item integer REFERENCES item ON DELETE CASCADE ON UPDATE CASCADE, t text);
CREATE TABLE log (what text);
CREATE INDEX item_n ON item (n DESC, lower(code)) WHERE n > 1;
CREATE TRIGGER item_log AFTER INSERT ON item BEGIN INSERT INTO log VALUES (NEW.code); END;
CREATE TEMP TRIGGER item_temp AFTER DELETE ON main.item BEGIN INSERT INTO log VALUES ('gone ' || OLD.code); END;
CREATE TRIGGER part_log AFTER INSERT ON part BEGIN UPDATE item SET n = n + 1 WHERE id = NEW.item; END;
CREATE VIEW large AS SELECT code, n FROM item WHERE n > 5;
INSERT INTO item (id, code, n) VALUES (1, 'a', 10), (5, 'b', 20), (99, 'c', 30);
DELETE FROM item WHERE id = 99;
INSERT INTO part VALUES (1, 'x'), (5, 'y');
SELECT migrate_alter('ALTER TABLE item ALTER n TYPE numeric, ADD CONSTRAINT few CHECK (n < 1000)');
SELECT sql FROM sqlite_schema WHERE name = 'item';
SELECT type, name, tbl_name FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name;
SELECT name, tbl_name FROM temp.sqlite_schema;
SELECT id, code, n, twice FROM item;
SELECT * FROM part;
SELECT * FROM large;
INSERT INTO item (code) VALUES ('d');
SELECT id, n FROM item WHERE code = 'D';
DELETE FROM item WHERE id = 1;
SELECT * FROM part;
SELECT * FROM log;
PRAGMA foreign_keys;
PRAGMA legacy_alter_table;
-- In the application's transaction: joined, and undone with it.
BEGIN;
SELECT migrate_alter('ALTER TABLE item ALTER code TYPE integer USING length(code)');
SELECT id, code, typeof(code) FROM item;
SELECT count(*) FROM part;
ROLLBACK;
SELECT id, code, typeof(code) FROM item;
-- Rows that do not fit are counted, and one is shown; nothing has changed.
CREATE TABLE bad (a, b text);
INSERT INTO bad VALUES (1, 'x'), (1, 'y'), (NULL, '12'), (2, '1.5');
SELECT migrate_alter('ALTER TABLE bad ALTER a SET NOT NULL');
SELECT migrate_alter('ALTER TABLE bad ADD CONSTRAINT two UNIQUE (a)');
SELECT migrate_alter('ALTER TABLE bad ADD CHECK (a < 2)');
SELECT migrate_alter('ALTER TABLE bad ADD FOREIGN KEY (a) REFERENCES item (id)');
SELECT migrate_alter('ALTER TABLE bad ALTER b TYPE integer');
SELECT migrate_alter('ALTER TABLE bad ALTER b TYPE integer USING b::integer');
SELECT migrate_alter('ALTER TABLE bad ALTER b TYPE varchar(2)');
SELECT migrate_alter('ALTER TABLE bad ADD COLUMN c integer NOT NULL');
SELECT sql FROM sqlite_schema WHERE name = 'bad';
SELECT rowid, * FROM bad;
-- What another object needs stays.
SELECT migrate_alter('ALTER TABLE item DROP COLUMN n');
SELECT migrate_alter('ALTER TABLE item DROP COLUMN code');
SELECT migrate_alter('ALTER TABLE item DROP COLUMN id');
SELECT migrate_alter('ALTER TABLE item DROP CONSTRAINT item_pkey');
SELECT migrate_alter('ALTER TABLE large ADD COLUMN x integer');
SELECT migrate_alter('ALTER TABLE sqlite_sequence ADD COLUMN x integer');
-- The default of rows that are older than a column stays theirs.
CREATE TABLE old (id integer PRIMARY KEY);
INSERT INTO old VALUES (1);
ALTER TABLE old ADD COLUMN a integer DEFAULT 5;
SELECT migrate_alter('ALTER TABLE old ALTER a SET DEFAULT 6');
INSERT INTO old (id) VALUES (2);
SELECT migrate_alter('ALTER TABLE old ALTER a DROP DEFAULT');
INSERT INTO old (id) VALUES (3);
SELECT * FROM old;
ALTER TABLE old ADD COLUMN b integer DEFAULT (5);
ALTER TABLE old ADD COLUMN c text DEFAULT word;
CREATE INDEX old_b ON old (b);
SELECT migrate_alter('ALTER TABLE old ALTER b SET DEFAULT 6, ALTER c DROP DEFAULT');
SELECT * FROM old;
-- Rowids without a key, a table without them, a STRICT one, a temporary one, one of another database.
CREATE TABLE loose (a text);
INSERT INTO loose (rowid, a) VALUES (5, '1'), (9, '2');
SELECT migrate_alter('ALTER TABLE loose ALTER a TYPE integer');
SELECT rowid, a, typeof(a) FROM loose;
CREATE TABLE keyed (k text PRIMARY KEY, v text) WITHOUT ROWID, STRICT;
INSERT INTO keyed VALUES ('k', '1');
SELECT migrate_alter('ALTER TABLE keyed ALTER v TYPE bigint, ALTER v SET NOT NULL');
SELECT k, v, typeof(v) FROM keyed;
CREATE TEMP TABLE bad (a text);
CREATE TEMP TRIGGER bad_temp AFTER INSERT ON bad BEGIN SELECT 1; END;
SELECT migrate_alter('ALTER TABLE bad ALTER a TYPE integer');
SELECT sql FROM temp.sqlite_schema WHERE tbl_name = 'bad';
DROP TABLE temp.bad;
ATTACH ':memory:' AS other;
CREATE TABLE other.far (a text);
SELECT migrate_alter('ALTER TABLE other.far ALTER a TYPE integer, ADD UNIQUE (a)');
SELECT sql FROM other.sqlite_schema WHERE type = 'table';
-- A CHECK that names its table: the table cannot be renamed, its rows are held elsewhere.
CREATE TABLE named (id integer PRIMARY KEY AUTOINCREMENT, a text, CHECK (named.a <> ''));
INSERT INTO named VALUES (7, '1');
DELETE FROM named;
INSERT INTO named (a) VALUES ('2');
SELECT migrate_alter('ALTER TABLE named ALTER a TYPE integer');
INSERT INTO named (a) VALUES (3);
SELECT id, a, typeof(a) FROM named;
SELECT sql FROM sqlite_schema WHERE name LIKE '%named%';
-- In a revision: statements on a table share a rebuild, and an error belongs to its statement.
SELECT migrate_revision('portable', 'CREATE TABLE account (id serial PRIMARY KEY, email varchar(20));
CREATE INDEX CONCURRENTLY ON account USING btree (email);
INSERT INTO account (email) VALUES (''a''), (NULL);
COMMENT ON COLUMN account.email IS ''unique'';
ALTER TABLE account ALTER email TYPE text;
ALTER TABLE account
	ALTER email SET NOT NULL;
SELECT 1;', '', 'rev_id', 'r1');
SELECT migrate_upgrade();
SELECT migrate_remove('r1');
SELECT migrate_revision('portable', 'CREATE TABLE account (id serial PRIMARY KEY, email varchar(20), created timestamp DEFAULT now());
CREATE INDEX CONCURRENTLY ON account USING btree (email);
INSERT INTO account (email) VALUES (''a''), (''b'');
COMMENT ON COLUMN account.email IS ''unique'';
ALTER TABLE account ALTER email TYPE text;
ALTER TABLE account ADD UNIQUE (email), ALTER email SET NOT NULL;
TRUNCATE account RESTART IDENTITY;
INSERT INTO account (email) VALUES (''c'');', '', 'rev_id', 'r1');
SELECT migrate_upgrade();
SELECT name, sql FROM sqlite_schema WHERE tbl_name = 'account' ORDER BY name;
SELECT id, email FROM account;
SELECT statements FROM migrate_log;
-- What SQLite says to what is not ours.
SELECT migrate_alter('ALTER TABLE bad OWNER TO somebody');
SELECT migrate_alter('ALTER TABLE bad ALTER b TYPE integer PRIMARY KEY DESC');
SELECT migrate_alter('ALTER TABLE bad ALTER b TYPE text[]');
SELECT migrate_alter('ALTER TABLE bad ALTER b SET DEFAULT nextval(''s'')');
SELECT migrate_alter('ALTER TABLE bad ADD COLUMN n serial');
PRAGMA integrity_check;
.print ---- a trigger does not need what a foreign key misses
CREATE TABLE fk (a, b, c); CREATE TABLE fk_log (x);
CREATE TRIGGER fk_log AFTER UPDATE ON fk BEGIN INSERT INTO fk_log VALUES (NEW.a); END;
SELECT migrate_alter('ALTER TABLE fk DROP COLUMN c, ADD FOREIGN KEY (a) REFERENCES fk (b) NOT VALID');
SELECT migrate_alter('ALTER TABLE fk DROP COLUMN a');
SELECT sql FROM sqlite_schema WHERE tbl_name = 'fk';
