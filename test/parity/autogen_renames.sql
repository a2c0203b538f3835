-- Renames that are told: chains, both ends at once, names in quotes, and what is said wrongly.
SELECT migrate_add('-- migrate:revision ab01
-- migrate:upgrade
CREATE TABLE t (id integer NOT NULL, a text, b text, CONSTRAINT t_pkey PRIMARY KEY (id), CONSTRAINT positive CHECK (id > 0));
CREATE TABLE u (n integer);
CREATE INDEX ti ON t (a);
INSERT INTO t VALUES (1, ''in a'', ''in b'');
INSERT INTO u VALUES (7);
-- migrate:downgrade
DROP TABLE t;
DROP TABLE u;
');
SELECT migrate_upgrade('head');
-- chains: a is b, and b is c; t is u, and u is another; with quotes
SELECT migrate_autogenerate('chains', 'CREATE TABLE u ( -- migrate:renamed-from t
  id integer NOT NULL,
  b text, -- migrate:renamed-from a
  "C ""c" text, -- migrate:renamed-from b
  CONSTRAINT t_pkey PRIMARY KEY (id),
  CONSTRAINT "not negative" CHECK (id > 0) -- migrate:renamed-from positive
);
CREATE TABLE "T t" (n integer
); -- migrate:renamed-from "u"
CREATE INDEX "i i" ON u (b); -- migrate:renamed-from ti
', 'head', 'ab02');
SELECT migrate_upgrade('head');
SELECT * FROM u;
SELECT * FROM "T t";
-- told again, nothing is left to do: so it may stay
SELECT count(*) FROM migrate_diff('CREATE TABLE u ( -- migrate:renamed-from t
  id integer NOT NULL,
  b text, -- migrate:renamed-from a
  "C ""c" text, -- migrate:renamed-from b
  CONSTRAINT t_pkey PRIMARY KEY (id),
  CONSTRAINT "not negative" CHECK (id > 0) -- migrate:renamed-from positive
);
CREATE TABLE "T t" (n integer
); -- migrate:renamed-from "u"
CREATE INDEX "i i" ON u (b); -- migrate:renamed-from ti
');
SELECT migrate_downgrade('ab01');
SELECT * FROM t;
SELECT * FROM u;
SELECT migrate_remove('ab02');
-- the old name is not there, and never was: it is new
SELECT upgrade FROM migrate_diff('CREATE TABLE t (id integer NOT NULL, a text, b text, d text, -- migrate:renamed-from x
  CONSTRAINT t_pkey PRIMARY KEY (id), CONSTRAINT positive CHECK (id > 0)); CREATE TABLE u (n integer); CREATE INDEX ti ON t (a);');
-- the old name is desired, too: what has it gets the new one, and it is made anew
SELECT upgrade FROM migrate_diff('CREATE TABLE t (id integer NOT NULL, a text, b text, d text, -- migrate:renamed-from b
  CONSTRAINT t_pkey PRIMARY KEY (id), CONSTRAINT positive CHECK (id > 0)); CREATE TABLE u (n integer); CREATE INDEX ti ON t (a);') WHERE upgrade IS NOT NULL;
-- both names are there: nothing is renamed, and the old one goes
SELECT upgrade, CASE WHEN destructive THEN 'destructive' END FROM migrate_diff('CREATE TABLE t (id integer NOT NULL, a text, -- migrate:renamed-from b
  CONSTRAINT t_pkey PRIMARY KEY (id), CONSTRAINT positive CHECK (id > 0)); CREATE TABLE u (n integer); CREATE INDEX ti ON t (a);');
-- the names that it had, one after another, may all stay
SELECT upgrade FROM migrate_diff('CREATE TABLE t (id integer NOT NULL, a text, d -- migrate:renamed-from y
  text, -- migrate:renamed-from b
  CONSTRAINT t_pkey PRIMARY KEY (id), CONSTRAINT positive CHECK (id > 0)); CREATE TABLE u (n integer); CREATE INDEX ti ON t (a);');
-- behind the closing parenthesis it is the table's
SELECT upgrade FROM migrate_diff('CREATE TABLE t (id integer NOT NULL, a text, b text, CONSTRAINT t_pkey PRIMARY KEY (id), CONSTRAINT positive CHECK (id > 0));
CREATE INDEX ti ON t (a);
CREATE TABLE v (
  n integer
); -- migrate:renamed-from u');
-- an exchange says nothing: it may have been made already, so it takes a name between
SELECT count(*) FROM migrate_diff('CREATE TABLE t (id integer NOT NULL, a text, -- migrate:renamed-from b
  b text, -- migrate:renamed-from a
  CONSTRAINT t_pkey PRIMARY KEY (id), CONSTRAINT positive CHECK (id > 0)); CREATE TABLE u (n integer); CREATE INDEX ti ON t (a);');
-- two names that it had, and both are there
SELECT * FROM migrate_diff('CREATE TABLE t (id integer NOT NULL, d -- migrate:renamed-from a
  text, -- migrate:renamed-from b
  CONSTRAINT t_pkey PRIMARY KEY (id)); CREATE TABLE u (n integer);');
-- two that had the same name
SELECT * FROM migrate_diff('CREATE TABLE t (id integer NOT NULL, a text,
  c text, -- migrate:renamed-from b
  d text, -- migrate:renamed-from b
  CONSTRAINT t_pkey PRIMARY KEY (id)); CREATE TABLE u (n integer);');
-- on a line of its own
SELECT * FROM migrate_diff('CREATE TABLE t (id integer NOT NULL, a text,
  -- migrate:renamed-from b
  c text,
  CONSTRAINT t_pkey PRIMARY KEY (id)); CREATE TABLE u (n integer);');
-- behind a column and the table's end
SELECT * FROM migrate_diff('CREATE TABLE t (id integer NOT NULL, a text, c text); -- migrate:renamed-from b
CREATE TABLE u (n integer);');
-- behind what has no name
SELECT * FROM migrate_diff('CREATE TABLE t (id integer NOT NULL, a text, b text, CONSTRAINT t_pkey PRIMARY KEY (id));
INSERT INTO t VALUES (1, NULL, NULL); -- migrate:renamed-from u
');
SELECT * FROM migrate_diff('CREATE TABLE t (id integer NOT NULL, a text, b text, PRIMARY KEY (id) -- migrate:renamed-from k
);');
SELECT * FROM migrate_diff('CREATE TABLE t (id integer NOT NULL, "d" text -- migrate:renamed-from "x
);');
-- a column whose new name is that of a computed one gives its old name to another: it is dropped under the name that it has by then
CREATE TABLE k (id integer NOT NULL, a integer NOT NULL, b text, CONSTRAINT k_pkey PRIMARY KEY (id, a));
INSERT INTO k VALUES (1, 7, 'x');
SELECT migrate_autogenerate('keys', 'CREATE TABLE k (id integer NOT NULL, -- migrate:renamed-from a
b text, x integer GENERATED ALWAYS AS (id * 2) STORED, -- migrate:renamed-from id
CONSTRAINT k_pkey PRIMARY KEY (id));', include => 'k, *k.*', rev_id => 'e1');
SELECT migrate_upgrade('e1');
SELECT * FROM k;
