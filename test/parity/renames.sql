-- What has another name is renamed, and nothing is lost.
SELECT migrate_add('-- migrate:revision aa01
-- migrate:upgrade
CREATE TABLE account (id integer NOT NULL, email text, age integer, CONSTRAINT account_pkey PRIMARY KEY (id), CONSTRAINT adult UNIQUE (age));
INSERT INTO account VALUES (1, ''a@example.org'', 20);
-- migrate:downgrade
DROP TABLE account;
');
SELECT migrate_upgrade('head');
SELECT coalesce(object, '') || ': ' || coalesce(upgrade, 'nothing') FROM migrate_diff('CREATE TABLE person ( -- migrate:renamed-from account
  id integer NOT NULL,
  mail text, -- migrate:renamed-from email
  age integer,
  CONSTRAINT account_pkey PRIMARY KEY (id),
  CONSTRAINT grown_up UNIQUE (age) -- migrate:renamed-from adult
);') WHERE upgrade IS NOT NULL;
SELECT migrate_autogenerate('people', 'CREATE TABLE person ( -- migrate:renamed-from account
  id integer NOT NULL,
  mail text, -- migrate:renamed-from email
  age integer,
  CONSTRAINT account_pkey PRIMARY KEY (id),
  CONSTRAINT grown_up UNIQUE (age) -- migrate:renamed-from adult
);', 'head', 'aa02');
SELECT migrate_upgrade('head');
SELECT * FROM person;
-- the comments may stay
SELECT count(*) FROM migrate_diff('CREATE TABLE person ( -- migrate:renamed-from account
  id integer NOT NULL,
  mail text, -- migrate:renamed-from email
  age integer,
  CONSTRAINT account_pkey PRIMARY KEY (id),
  CONSTRAINT grown_up UNIQUE (age) -- migrate:renamed-from adult
);');
SELECT migrate_downgrade('aa01');
SELECT migrate_schema();
SELECT * FROM account;
-- a constraint that is the same but for its name
SELECT upgrade FROM migrate_diff('CREATE TABLE account (id integer NOT NULL, email text, age integer, CONSTRAINT account_pkey PRIMARY KEY (id), CONSTRAINT old UNIQUE (age));');
-- what was not told is a drop, with a hint
SELECT object, hint FROM migrate_diff('CREATE TABLE account (id integer NOT NULL, mail text, age integer, CONSTRAINT account_pkey PRIMARY KEY (id), CONSTRAINT adult UNIQUE (age));') WHERE hint IS NOT NULL;
SELECT object, hint FROM migrate_diff('CREATE TABLE person (id integer NOT NULL, email text, age integer);') WHERE hint IS NOT NULL;
SELECT migrate_remove('aa02');
SELECT substr(migrate_script(migrate_autogenerate('a drop', 'CREATE TABLE account (id integer NOT NULL, mail text, age integer, CONSTRAINT account_pkey PRIMARY KEY (id), CONSTRAINT adult UNIQUE (age));', 'aa01', 'aa03')), 124);
-- what cannot be understood
SELECT * FROM migrate_diff('CREATE TABLE account (id integer NOT NULL, email text -- migrate:renamed-from
);');
SELECT * FROM migrate_diff('-- migrate:renamed-from account
CREATE TABLE person (id integer NOT NULL);');
SELECT * FROM migrate_diff('CREATE TABLE account (id integer NOT NULL, email text -- migrate:renamed-from a b
);');
