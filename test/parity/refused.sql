-- What a revision must not say: whatever would end the transaction of the run, on both engines.
SELECT migrate_revision('first', 'CREATE TABLE one (id integer);', 'DROP TABLE one;', rev_id => 'a1');
SELECT migrate_revision('begin', 'SELECT 1;
BEGIN;', '', rev_id => 'a2');
SELECT migrate_upgrade('head');
SELECT migrate_remove('a2');
SELECT migrate_revision('commit', 'SELECT 1; -- then
 commit ;', '', rev_id => 'a2');
SELECT migrate_upgrade('head');
SELECT migrate_remove('a2');
SELECT migrate_revision('end', '/* the */ END;', '', rev_id => 'a2');
SELECT migrate_upgrade('head');
SELECT migrate_remove('a2');
SELECT migrate_revision('rollback', 'ROLLBACK;', '', rev_id => 'a2');
SELECT migrate_upgrade('head');
SELECT migrate_remove('a2');
SELECT migrate_revision('savepoint', 'SAVEPOINT s; RELEASE s;', '', rev_id => 'a2');
SELECT migrate_upgrade('head');
SELECT migrate_remove('a2');
SELECT migrate_revision('release', 'RELEASE s;', '', rev_id => 'a2');
SELECT migrate_upgrade('head');
SELECT migrate_remove('a2');
-- in a downgrade, too: nothing of it stays
SELECT migrate_revision('no way back', 'CREATE TABLE two (id integer);', 'DROP TABLE two; ROLLBACK;', rev_id => 'a2');
SELECT migrate_upgrade('head');
SELECT migrate_downgrade('base');
SELECT migrate_status();
SELECT count(*) FROM two;
