-- From the schema that is wanted to the revision that leads there, and a check that nothing differs.
SELECT migrate_add('-- migrate:revision aa01
-- migrate:upgrade
CREATE TABLE account (id integer NOT NULL, mail text, old text, CONSTRAINT account_pkey PRIMARY KEY (id));
CREATE INDEX account_mail ON account (mail);
-- migrate:downgrade
DROP TABLE account;
');
SELECT migrate_upgrade('head');
SELECT migrate_check('CREATE TABLE account (id integer NOT NULL, mail text NOT NULL, name text, CONSTRAINT account_pkey PRIMARY KEY (id));');
SELECT step, object, upgrade, downgrade, CASE WHEN destructive THEN 'destructive' END FROM migrate_diff('CREATE TABLE account (id integer NOT NULL, mail text NOT NULL, name integer DEFAULT 7, CONSTRAINT account_pkey PRIMARY KEY (id));');
SELECT migrate_autogenerate('mail is needed', 'CREATE TABLE account (id integer NOT NULL, mail text NOT NULL, name integer DEFAULT 7, CONSTRAINT account_pkey PRIMARY KEY (id));', 'head', 'aa02');
SELECT substr(migrate_script('aa02'), 125);
SELECT migrate_upgrade('head');
SELECT migrate_check('CREATE TABLE account (id integer NOT NULL, mail text NOT NULL, name integer DEFAULT 7, CONSTRAINT account_pkey PRIMARY KEY (id));');
SELECT coalesce(migrate_autogenerate('again', 'CREATE TABLE account (id integer NOT NULL, mail text NOT NULL, name integer DEFAULT 7, CONSTRAINT account_pkey PRIMARY KEY (id));'), 'nothing differs');
SELECT migrate_schema();
SELECT migrate_downgrade('aa01');
-- what is pending would be in the difference, too
SELECT migrate_autogenerate('again', 'CREATE TABLE account (id integer NOT NULL, mail text, CONSTRAINT account_pkey PRIMARY KEY (id));');
SELECT migrate_schema();
-- filters: what is left out is as if it were the same
SELECT object FROM migrate_diff('CREATE TABLE wanted (id integer);');
SELECT object FROM migrate_diff('CREATE TABLE wanted (id integer);', NULL, 'account');
SELECT object FROM migrate_diff('CREATE TABLE wanted (id integer);', 'want*', NULL);
SELECT object FROM migrate_diff('CREATE TABLE account (id integer NOT NULL, mail text, CONSTRAINT account_pkey PRIMARY KEY (id));', NULL, 'index acc*, column account.o??');
SELECT migrate_upgrade('head');
SELECT migrate_check('CREATE TABLE other (id integer);', exclude => 'account, other');
SELECT migrate_downgrade('aa01');
-- what is refused
SELECT migrate_check(NULL);
SELECT count(*) FROM migrate_diff('ROLLBACK');
SELECT count(*) FROM migrate_diff('');
