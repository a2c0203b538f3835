-- The name of an INTEGER PRIMARY KEY DESC is compared as any other constraint's: who gets its name finds it free.
CREATE TABLE t (a INTEGER CONSTRAINT k PRIMARY KEY DESC, b int);
SELECT migrate_autogenerate('named', 'CREATE TABLE t (a INTEGER PRIMARY KEY DESC, b int CONSTRAINT k UNIQUE)', 'rev_id', 'd1');
SELECT substr(migrate_script('d1'), instr(migrate_script('d1'), '-- migrate:upgrade'));
SELECT migrate_upgrade();
SELECT count(*) FROM migrate_diff('CREATE TABLE t (a INTEGER PRIMARY KEY DESC, b int CONSTRAINT k UNIQUE)');
SELECT migrate_downgrade('base');
SELECT migrate_schema();
