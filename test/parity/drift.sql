-- What has changed since the last run, outside of migrations.
SELECT count(*) FROM migrate_drift();
SELECT migrate_add('-- migrate:revision aa01
-- migrate:upgrade
CREATE TABLE account (id integer NOT NULL, mail text, CONSTRAINT account_pkey PRIMARY KEY (id));
CREATE INDEX account_mail ON account (mail);
-- migrate:downgrade
DROP TABLE account;
-- migrate:revision ab02
-- migrate:revises aa01
-- migrate:upgrade
ALTER TABLE account ADD COLUMN name text;
ALTER TABLE account RENAME COLUMN mail TO email;
-- migrate:downgrade
ALTER TABLE account RENAME COLUMN email TO mail;
ALTER TABLE account DROP COLUMN name;
-- migrate:revision ac03
-- migrate:revises ab02
-- migrate:upgrade
CREATE TABLE half (id integer);
DELETE FROM migrate_version;
');
-- a run leaves a snapshot, each way
SELECT migrate_upgrade('aa01');
SELECT * FROM migrate_drift();
SELECT migrate_upgrade('ab02');
SELECT * FROM migrate_drift();
SELECT migrate_downgrade('base');
SELECT * FROM migrate_drift();
SELECT migrate_upgrade('aa01');
SELECT * FROM migrate_drift();
SELECT migrate_upgrade('aa01');
ALTER TABLE account ADD COLUMN age integer;
DROP INDEX account_mail;
CREATE TABLE other (id integer);
SELECT change, replace(object, 'public.', ''), replace(undo, 'public.', '') FROM migrate_drift();
-- what has another name by hand
ALTER TABLE other RENAME TO others;
ALTER TABLE account RENAME COLUMN mail TO email;
SELECT change, replace(object, 'public.', ''), replace(undo, 'public.', '') FROM migrate_drift() WHERE undo LIKE '%instead%' ORDER BY 2;
ALTER TABLE account RENAME COLUMN email TO mail;
ALTER TABLE others RENAME TO other;
-- one that has nothing to do, and one that fails, leave the snapshot that was
SELECT migrate_upgrade('aa01');
SELECT change, replace(object, 'public.', '') FROM migrate_drift();
SELECT migrate_upgrade('ac03');
SELECT change, replace(object, 'public.', '') FROM migrate_drift();
-- undone
DROP TABLE other;
ALTER TABLE account DROP COLUMN age;
CREATE INDEX account_mail ON account (mail);
SELECT count(*) FROM migrate_drift();
-- the same in another spelling
DROP INDEX account_mail;
create index  account_mail  on account(mail) ;
SELECT count(*) FROM migrate_drift();
-- migrate_check()
SELECT migrate_remove('ac03');
SELECT migrate_upgrade('head');
SELECT migrate_check();
CREATE TABLE other (id integer);
-- or taken for right
SELECT substr(migrate_snapshot(), 1, 8), substr(migrate_snapshot(), 23);
SELECT migrate_check();
SELECT count(*) FROM migrate_drift();
DROP TABLE other;
SELECT change, replace(object, 'public.', '') FROM migrate_drift();
-- a stamp takes the schema for right as well
SELECT migrate_stamp('aa01');
SELECT count(*) FROM migrate_drift();
-- what moves the version besides a run takes no snapshot: migrate_check() asks for the version alone
UPDATE migrate_version SET revision = 'ab02';
SELECT count(*) FROM migrate_drift();
SELECT migrate_check();
