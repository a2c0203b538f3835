-- Scripts for machines without the library: what is refused, and where there is nothing to run.
SELECT migrate_upgrade_sql('head');
SELECT migrate_add('-- migrate:revision aa01
-- migrate:message create account
-- migrate:upgrade
CREATE TABLE account (id integer PRIMARY KEY);
-- migrate:downgrade
DROP TABLE account;
-- migrate:revision bb01
-- migrate:revises aa01
-- migrate:labels billing
-- migrate:upgrade
CREATE TABLE invoice (id integer);
-- migrate:downgrade
DROP TABLE invoice;
-- migrate:revision cc01
-- migrate:revises aa01
-- migrate:upgrade
CREATE TABLE term (word text);
-- migrate:revision dd01
-- migrate:revises cc01
-- migrate:upgrade
BEGIN;
-- migrate:downgrade
');
-- ranges
SELECT migrate_upgrade_sql('aa01:aa01');
SELECT migrate_upgrade_sql('bb01:aa01');
SELECT migrate_upgrade_sql('aa01:bb01:cc01');
SELECT migrate_upgrade_sql(':');
SELECT migrate_upgrade_sql('');
SELECT migrate_upgrade_sql(NULL);
SELECT migrate_upgrade_sql('nosuch:aa01');
SELECT migrate_upgrade_sql('aa01:nosuch');
SELECT migrate_upgrade_sql('aa01,bb01:dd01');
SELECT migrate_upgrade_sql('aa01:+1');
SELECT migrate_upgrade_sql('+9');
SELECT migrate_upgrade_sql('aa01:head');
SELECT migrate_downgrade_sql('aa01');
SELECT migrate_downgrade_sql(':base');
SELECT migrate_downgrade_sql('aa01:');
SELECT migrate_downgrade_sql('aa01:bb01');
SELECT migrate_downgrade_sql('base:base');
-- sections
SELECT migrate_downgrade_sql('cc01:aa01');
SELECT migrate_upgrade_sql('cc01:dd01');
UPDATE migrate_revision SET script = replace(script, 'word', 'name') WHERE revision = 'cc01';
SELECT migrate_upgrade_sql('aa01:cc01');
-- nothing of it depends on the version of this database, or changes it
SELECT migrate_stamp('bb01');
SELECT count(*) FROM migrate_log;
SELECT migrate_upgrade_sql('bb01:bb01');
SELECT migrate_downgrade_sql('bb01:bb01');
SELECT count(*) FROM migrate_log;
