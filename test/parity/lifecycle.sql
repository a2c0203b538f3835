-- A team's life: first scripts, upgrade, a branch, a merge, a rollback, and what is refused.
SELECT migrate_status();
SELECT migrate_check();
SELECT migrate_upgrade('head');
SELECT migrate_add('-- migrate:revision aa01
-- migrate:message create account
-- migrate:upgrade
CREATE TABLE account (id integer PRIMARY KEY, email text NOT NULL);
-- migrate:downgrade
DROP TABLE account;
-- migrate:revision aa02
-- migrate:revises aa01
-- migrate:message add name
-- migrate:upgrade
ALTER TABLE account ADD COLUMN name text;
INSERT INTO account (id, email, name) VALUES (1, ''a@example.org'', ''Ada'');
-- migrate:downgrade
DELETE FROM account WHERE id = 1;
ALTER TABLE account DROP COLUMN name;
');
SELECT migrate_status();
SELECT migrate_check();
SELECT step, direction, revision, message FROM migrate_plan('head', 'upgrade');
SELECT migrate_upgrade('+1');
SELECT migrate_status();
SELECT migrate_upgrade('head');
SELECT migrate_upgrade('head');
SELECT migrate_check();
SELECT name FROM account;
SELECT revision, message FROM migrate_current();
SELECT revision, direction, status, statements FROM migrate_log ORDER BY id;
-- the same again, and the same reformatted, and something else
SELECT migrate_add('-- migrate:revision aa02
-- migrate:revises aa01
-- migrate:message add name
-- migrate:upgrade
-- now with a comment
ALTER TABLE account   ADD COLUMN name text;
INSERT INTO account (id, email, name) VALUES (1, ''a@example.org'', ''Ada'');
-- migrate:downgrade
DELETE FROM account WHERE id = 1;
ALTER TABLE account DROP COLUMN name;
');
SELECT migrate_add('-- migrate:revision aa02
-- migrate:revises aa01
-- migrate:message add name
-- migrate:upgrade
ALTER TABLE account ADD COLUMN nom text;
');
-- two developers with the same parent
SELECT migrate_revision('billing', 'CREATE TABLE invoice (id integer PRIMARY KEY);', 'DROP TABLE invoice;', head => 'aa02', rev_id => 'bb01', label => 'billing');
SELECT migrate_revision('search', 'CREATE TABLE term (word text);', 'DROP TABLE term;', head => 'aa02', rev_id => 'cc01', splice => true);
SELECT migrate_revision('orphan', '', '', head => 'aa01', rev_id => 'dd01');
SELECT migrate_upgrade('head');
SELECT revision, message FROM migrate_heads();
SELECT migrate_upgrade('heads');
SELECT migrate_merge('bb01,cc01', 'merge billing and search', rev_id => 'ee01');
SELECT migrate_upgrade('head');
SELECT revision, message FROM migrate_history('base:heads');
SELECT migrate_show('ee01');
SELECT migrate_downgrade('aa02');
SELECT migrate_downgrade('-1');
SELECT migrate_downgrade('base');
SELECT migrate_downgrade('base');
SELECT migrate_status();
-- targets that cannot be
SELECT migrate_upgrade('nosuch');
SELECT migrate_upgrade('');
SELECT migrate_upgrade(NULL);
SELECT migrate_upgrade('+9');
SELECT migrate_upgrade('-1');
SELECT migrate_downgrade('-1');
SELECT migrate_upgrade('a');
-- what has a child stays
SELECT migrate_add('-- migrate:revision ff01
-- migrate:revises ee01
-- migrate:upgrade
CREATE TABLE one (id integer);
-- migrate:downgrade
DROP TABLE one;
-- migrate:revision ff02
-- migrate:revises ff01
-- migrate:message the bad one
-- migrate:upgrade
CREATE TABLE two (id integer);
-- migrate:downgrade
DROP TABLE two;
');
SELECT migrate_remove('ff01');
SELECT migrate_remove('ff02');
SELECT migrate_remove('ff02');
-- no way back
SELECT migrate_revision('one way', 'CREATE TABLE one_way (id integer);', NULL, rev_id => 'ff03');
SELECT migrate_upgrade('head');
SELECT migrate_downgrade('base');
SELECT migrate_remove('ff03');
SELECT migrate_stamp('ff01');
SELECT migrate_downgrade('ee01');
SELECT migrate_stamp('ee01');
SELECT migrate_stamp('base');
SELECT migrate_stamp('head');
SELECT migrate_script('aa01');
SELECT * FROM migrate_verify();
-- what a revision must not do
SELECT migrate_revision('transaction', 'COMMIT;', '', rev_id => 'ff04');
SELECT migrate_upgrade('head');
SELECT migrate_remove('ff04');
-- a store that was tampered with
UPDATE migrate_revision SET script = 'nonsense' WHERE revision = 'aa01';
SELECT revision, problem FROM migrate_verify();
SELECT migrate_downgrade('-1');
INSERT INTO migrate_version (revision, since) VALUES ('zz99', '2026-01-01T00:00:00Z');
SELECT revision, problem FROM migrate_verify();
SELECT migrate_status();
SELECT migrate_upgrade('head');
SELECT migrate_stamp('head', true);
INSERT INTO migrate_version (revision, since) VALUES ('aa02', '2026-01-01T00:00:00Z');
SELECT migrate_upgrade('head');
-- bundles that are refused
SELECT migrate_add('-- nothing');
SELECT migrate_add(NULL);
SELECT migrate_add('-- migrate:revision x1
-- migrate:revises x2
-- migrate:upgrade
-- migrate:revision x2
-- migrate:revises x1
-- migrate:upgrade
');
SELECT migrate_add('-- migrate:revision x1
-- migrate:revises nosuch
-- migrate:upgrade
');
SELECT migrate_add('-- migrate:revision x1
-- migrate:upgrade
-- migrate:revision x1
-- migrate:upgrade
');
SELECT migrate_add('-- migrate:revision x1
-- migrate:revises x1
-- migrate:upgrade
');
SELECT migrate_add('-- migrate:revision x1
-- migrate:labels billing
-- migrate:upgrade
');
SELECT migrate_add('-- migrate:revision x1
-- migrate:mesage x
-- migrate:upgrade
');
-- what was run, forgotten and replaced is no contradiction; what was edited is, and can be added again
SELECT migrate_stamp('base', true);
SELECT migrate_add('-- migrate:revision aa01
-- migrate:message create account
-- migrate:upgrade
CREATE TABLE account_again (id integer PRIMARY KEY, email text);
-- migrate:downgrade
DROP TABLE account_again;
');
SELECT * FROM migrate_verify();
SELECT migrate_upgrade('aa01');
SELECT * FROM migrate_verify();
UPDATE migrate_revision SET script = 'nonsense' WHERE revision = 'aa01';
SELECT migrate_upgrade('aa02');
SELECT migrate_add('-- migrate:revision aa01
-- migrate:message create account
-- migrate:upgrade
CREATE TABLE account_again (id integer PRIMARY KEY, email text);
-- migrate:downgrade
DROP TABLE account_again;
');
SELECT migrate_downgrade('base');
UPDATE migrate_revision SET checksum = 'x' WHERE revision = 'aa02';
SELECT revision, problem FROM migrate_verify();
-- other comments are no other revision: what was run still counts as run of it
SELECT migrate_add('-- migrate:revision kept
-- migrate:upgrade
CREATE TABLE kept (a integer);
');
UPDATE migrate_revision SET added_at = '2020-01-01T00:00:00Z' WHERE revision = 'kept';
SELECT migrate_add('-- migrate:revision kept
-- migrate:upgrade
CREATE TABLE kept (a integer); -- a comment
');
SELECT count(*) FROM migrate_revision WHERE revision = 'kept' AND added_at < '2021-01-01';
SELECT migrate_add('-- migrate:revision kept
-- migrate:upgrade
CREATE TABLE kept (b integer);
');
SELECT count(*) FROM migrate_revision WHERE revision = 'kept' AND added_at < '2021-01-01';
