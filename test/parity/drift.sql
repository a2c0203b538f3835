-- What has changed since the last run, outside of migrations.
SELECT count(*) FROM migrate_drift();
SELECT migrate_add('-- migrate:revision aa01
-- migrate:upgrade
CREATE TABLE account (id integer NOT NULL, mail text, CONSTRAINT account_pkey PRIMARY KEY (id));
CREATE INDEX account_mail ON account (mail);
-- migrate:downgrade
DROP TABLE account;
');
SELECT substr(migrate_snapshot(), 1, 8);
SELECT migrate_upgrade('head');
SELECT migrate_downgrade('base');
SELECT migrate_upgrade('head');
SELECT migrate_check();
SELECT * FROM migrate_drift();
ALTER TABLE account ADD COLUMN age integer;
DROP INDEX account_mail;
CREATE TABLE other (id integer);
SELECT migrate_check();
SELECT change, replace(object, 'public.', ''), replace(undo, 'public.', '') FROM migrate_drift();
-- undone
DROP TABLE other;
ALTER TABLE account DROP COLUMN age;
CREATE INDEX account_mail ON account (mail);
SELECT migrate_check();
SELECT count(*) FROM migrate_drift();
-- or taken for right
DROP INDEX account_mail;
SELECT substr(migrate_snapshot(), 1, 8), substr(migrate_snapshot(), 23);
SELECT migrate_check();
SELECT count(*) FROM migrate_drift();
SELECT migrate_downgrade('base');
SELECT count(*) FROM migrate_drift();
DELETE FROM migrate_snapshot;
SELECT * FROM migrate_drift();
