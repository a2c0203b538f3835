-- INTEGER PRIMARY KEY DESC is no rowid.  Its name is compared as any constraint's: who gets its name finds it free.
CREATE TABLE t (a INTEGER CONSTRAINT k PRIMARY KEY DESC, b int);
SELECT migrate_autogenerate('named', 'CREATE TABLE t (a INTEGER PRIMARY KEY DESC, b int CONSTRAINT k UNIQUE)', 'rev_id', 'd1');
SELECT substr(migrate_script('d1'), instr(migrate_script('d1'), '-- migrate:upgrade'));
SELECT migrate_upgrade();
SELECT count(*) FROM migrate_diff('CREATE TABLE t (a INTEGER PRIMARY KEY DESC, b int CONSTRAINT k UNIQUE)');
SELECT migrate_downgrade('base');
SELECT migrate_schema();
.print ---- a key that gets a collation stays the rowid, with its counter
CREATE TABLE u (id INTEGER PRIMARY KEY AUTOINCREMENT, b); INSERT INTO u VALUES (50, 1); DELETE FROM u;
SELECT object, upgrade, downgrade, destructive FROM migrate_diff('CREATE TABLE u (id INTEGER COLLATE nocase PRIMARY KEY AUTOINCREMENT, b)', 'table u');
SELECT migrate_alter('ALTER TABLE u ALTER COLUMN id TYPE integer COLLATE nocase');
SELECT sql FROM sqlite_schema WHERE name = 'u'; SELECT * FROM sqlite_sequence;
