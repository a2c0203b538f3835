-- Every form of ALTER TABLE in PostgreSQL's manual that makes sense on SQLite.
--
-- A form is: tables and rows; "-- change", what the revision runs; "-- probe", statements that pass or
-- fail, and queries.  One statement ends with ";" at the end of its line.  forms.py runs the same text on
-- both engines; forms.out is what PostgreSQL does.

-- form: ADD COLUMN
CREATE TABLE t (id integer PRIMARY KEY, a text);
INSERT INTO t VALUES (1, 'x');
-- change
ALTER TABLE t ADD COLUMN b integer;
-- probe
INSERT INTO t VALUES (2, 'y', NULL);
INSERT INTO t (id, b) VALUES (3, 7);
SELECT * FROM t ORDER BY id;

-- form: ADD without COLUMN
CREATE TABLE t (id integer PRIMARY KEY);
-- change
ALTER TABLE t ADD b integer;
-- probe
INSERT INTO t VALUES (2, 3);
SELECT * FROM t ORDER BY id;

-- form: ADD COLUMN IF NOT EXISTS, new
CREATE TABLE t (id integer PRIMARY KEY);
-- change
ALTER TABLE t ADD COLUMN IF NOT EXISTS b integer;
-- probe
INSERT INTO t VALUES (2, 3);

-- form: ADD COLUMN IF NOT EXISTS, there already
CREATE TABLE t (id integer PRIMARY KEY, b text NOT NULL);
-- change
ALTER TABLE t ADD COLUMN IF NOT EXISTS b integer;
-- probe
INSERT INTO t VALUES (2, 'three');
INSERT INTO t VALUES (3, NULL);

-- form: ADD COLUMN that exists
CREATE TABLE t (id integer PRIMARY KEY, b text);
-- change
ALTER TABLE t ADD COLUMN b integer;
-- probe
INSERT INTO t VALUES (2, 'three');

-- form: ADD COLUMN DEFAULT
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1);
-- change
ALTER TABLE t ADD COLUMN b integer DEFAULT 5;
-- probe
INSERT INTO t (id) VALUES (2);
INSERT INTO t VALUES (3, NULL);
SELECT * FROM t ORDER BY id;

-- form: ADD COLUMN NOT NULL DEFAULT
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1);
-- change
ALTER TABLE t ADD COLUMN b integer NOT NULL DEFAULT 5;
-- probe
INSERT INTO t (id) VALUES (2);
INSERT INTO t VALUES (3, NULL);
SELECT * FROM t ORDER BY id;

-- form: ADD COLUMN NOT NULL DEFAULT expression
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1);
-- change
ALTER TABLE t ADD COLUMN b integer NOT NULL DEFAULT (2 * 3 + 1);
-- probe
INSERT INTO t (id) VALUES (2);
INSERT INTO t VALUES (3, NULL);
SELECT * FROM t ORDER BY id;

-- form: ADD COLUMN NOT NULL DEFAULT now()
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1);
-- change
ALTER TABLE t ADD COLUMN b timestamp NOT NULL DEFAULT now();
-- probe
INSERT INTO t (id) VALUES (2);
INSERT INTO t VALUES (3, NULL);
SELECT count(*) FROM t WHERE b > '2001-01-01' AND b < '2999-01-01';

-- form: ADD COLUMN NOT NULL DEFAULT CURRENT_TIMESTAMP
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1);
-- change
ALTER TABLE t ADD COLUMN b timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP;
-- probe
INSERT INTO t (id) VALUES (2);
INSERT INTO t VALUES (3, NULL);
SELECT count(*) FROM t WHERE b > '2001-01-01' AND b < '2999-01-01';

-- form: ADD COLUMN DEFAULT gen_random_uuid()
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1), (2);
-- change
ALTER TABLE t ADD COLUMN b uuid NOT NULL DEFAULT gen_random_uuid();
-- probe
INSERT INTO t (id) VALUES (3);
SELECT count(DISTINCT b), min(length(CAST(b AS text))) FROM t;

-- form: ADD COLUMN DEFAULT with a cast of a literal
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1);
-- change
ALTER TABLE t ADD COLUMN b text NOT NULL DEFAULT 'new'::text;
-- probe
INSERT INTO t (id) VALUES (2);
SELECT * FROM t ORDER BY id;

-- form: ADD COLUMN NOT NULL without a default, rows
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1);
-- change
ALTER TABLE t ADD COLUMN b integer NOT NULL;
-- probe
INSERT INTO t VALUES (2);
SELECT * FROM t ORDER BY id;

-- form: ADD COLUMN NOT NULL without a default, no rows
CREATE TABLE t (id integer PRIMARY KEY);
-- change
ALTER TABLE t ADD COLUMN b integer NOT NULL;
-- probe
INSERT INTO t VALUES (2, 3);
INSERT INTO t VALUES (3, NULL);
INSERT INTO t (id) VALUES (4);

-- form: ADD COLUMN NULL
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1);
-- change
ALTER TABLE t ADD COLUMN b integer NULL;
-- probe
INSERT INTO t VALUES (2, NULL);

-- form: ADD COLUMN UNIQUE
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1), (2);
-- change
ALTER TABLE t ADD COLUMN b integer UNIQUE;
-- probe
INSERT INTO t VALUES (3, 1);
INSERT INTO t VALUES (4, 1);
INSERT INTO t VALUES (5, NULL);

-- form: ADD COLUMN UNIQUE DEFAULT that all rows share
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1), (2);
-- change
ALTER TABLE t ADD COLUMN b integer UNIQUE DEFAULT 1;
-- probe
INSERT INTO t VALUES (3);
INSERT INTO t VALUES (4);

-- form: ADD COLUMN PRIMARY KEY
CREATE TABLE t (a text);
-- change
ALTER TABLE t ADD COLUMN id integer PRIMARY KEY;
-- probe
INSERT INTO t VALUES ('x', 1);
INSERT INTO t VALUES ('y', 1);
INSERT INTO t VALUES ('z', 2);

-- form: ADD COLUMN CHECK, rows that keep it
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1);
-- change
ALTER TABLE t ADD COLUMN b integer DEFAULT 5 CHECK (b > 3);
-- probe
INSERT INTO t VALUES (2, 3);
INSERT INTO t VALUES (3, 4);
INSERT INTO t VALUES (4, NULL);
SELECT * FROM t ORDER BY id;

-- form: ADD COLUMN CHECK, rows that break it
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1);
-- change
ALTER TABLE t ADD COLUMN b integer DEFAULT 1 CHECK (b > 3);
-- probe
INSERT INTO t VALUES (2);
INSERT INTO t VALUES (3, 4);

-- form: ADD COLUMN CONSTRAINT n CHECK, then DROP CONSTRAINT n
CREATE TABLE t (id integer PRIMARY KEY);
-- change
ALTER TABLE t ADD COLUMN b integer CONSTRAINT high CHECK (b > 3);
ALTER TABLE t ADD COLUMN c integer CONSTRAINT low CHECK (c < 3);
ALTER TABLE t DROP CONSTRAINT high;
-- probe
INSERT INTO t VALUES (1, 0, 0);
INSERT INTO t VALUES (2, 0, 5);

-- form: ADD COLUMN REFERENCES
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1);
-- change
ALTER TABLE t ADD COLUMN p integer REFERENCES p (id);
-- probe
INSERT INTO t VALUES (2, 1);
INSERT INTO t VALUES (3, 2);
DELETE FROM p;

-- form: ADD COLUMN REFERENCES DEFAULT
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1);
-- change
ALTER TABLE t ADD COLUMN p integer NOT NULL DEFAULT 1 REFERENCES p (id) ON DELETE CASCADE;
-- probe
INSERT INTO t (id) VALUES (2);
INSERT INTO t VALUES (3, 2);
DELETE FROM p;
SELECT * FROM t ORDER BY id;

-- form: ADD COLUMN REFERENCES DEFAULT that has no parent
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1);
-- change
ALTER TABLE t ADD COLUMN p integer DEFAULT 1 REFERENCES p (id);
-- probe
INSERT INTO t VALUES (2);

-- form: ADD COLUMN REFERENCES itself
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1);
-- change
ALTER TABLE t ADD COLUMN up integer REFERENCES t (id);
-- probe
INSERT INTO t VALUES (2, 1);
INSERT INTO t VALUES (3, 9);
DELETE FROM t WHERE id = 1;

-- form: ADD COLUMN REFERENCES deferred
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY);
-- change
ALTER TABLE t ADD COLUMN p integer REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED;
-- probe
BEGIN;
INSERT INTO t VALUES (1, 1);
INSERT INTO p VALUES (1);
COMMIT;
INSERT INTO t VALUES (2, 2);
SELECT * FROM t ORDER BY id;

-- form: ADD COLUMN GENERATED STORED
CREATE TABLE t (id integer PRIMARY KEY, a integer);
INSERT INTO t VALUES (1, 10);
-- change
ALTER TABLE t ADD COLUMN b integer GENERATED ALWAYS AS (a * 2) STORED;
-- probe
INSERT INTO t (id, a) VALUES (2, 20);
INSERT INTO t VALUES (3, 30, 5);
SELECT * FROM t ORDER BY id;

-- form: ADD COLUMN GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY
CREATE TABLE t (a text);
INSERT INTO t VALUES ('x'), ('y');
-- change
ALTER TABLE t ADD COLUMN id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY;
-- probe
INSERT INTO t (a) VALUES ('z');
INSERT INTO t (a, id) VALUES ('u', 3);
SELECT a, id FROM t ORDER BY id;

-- form: ADD COLUMN serial PRIMARY KEY
CREATE TABLE t (a text);
INSERT INTO t VALUES ('x'), ('y');
-- change
ALTER TABLE t ADD COLUMN id serial PRIMARY KEY;
-- probe
INSERT INTO t (a) VALUES ('z');
INSERT INTO t (a, id) VALUES ('u', 3);
SELECT a, id FROM t ORDER BY id;

-- form: several ADD COLUMN in one statement
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1);
-- change
ALTER TABLE t ADD COLUMN a integer DEFAULT 1, ADD COLUMN b text NOT NULL DEFAULT 'b', ADD c integer UNIQUE;
-- probe
INSERT INTO t (id, c) VALUES (2, 5);
INSERT INTO t (id, c) VALUES (3, 5);
SELECT * FROM t ORDER BY id;

-- form: DROP COLUMN
CREATE TABLE t (id integer PRIMARY KEY, a text, b text);
INSERT INTO t VALUES (1, 'x', 'y');
-- change
ALTER TABLE t DROP COLUMN a;
-- probe
INSERT INTO t VALUES (2, 'z');
SELECT * FROM t ORDER BY id;

-- form: DROP without COLUMN
CREATE TABLE t (id integer PRIMARY KEY, a text, b text);
-- change
ALTER TABLE t DROP a;
-- probe
INSERT INTO t VALUES (2, 'z');

-- form: DROP COLUMN IF EXISTS, there
CREATE TABLE t (id integer PRIMARY KEY, a text, b text);
-- change
ALTER TABLE t DROP COLUMN IF EXISTS a;
-- probe
INSERT INTO t VALUES (2, 'z');

-- form: DROP COLUMN IF EXISTS, not there
CREATE TABLE t (id integer PRIMARY KEY, b text);
-- change
ALTER TABLE t DROP COLUMN IF EXISTS a;
-- probe
INSERT INTO t VALUES (2, 'z');

-- form: DROP COLUMN that is not there
CREATE TABLE t (id integer PRIMARY KEY, b text);
-- change
ALTER TABLE t DROP COLUMN a;
-- probe
INSERT INTO t VALUES (2, 'z');

-- form: DROP COLUMN RESTRICT
CREATE TABLE t (id integer PRIMARY KEY, a text, b text);
-- change
ALTER TABLE t DROP COLUMN a RESTRICT;
-- probe
INSERT INTO t VALUES (2, 'z');

-- form: DROP COLUMN with an index
CREATE TABLE t (id integer PRIMARY KEY, a text, b text);
CREATE UNIQUE INDEX t_a ON t (a);
CREATE UNIQUE INDEX t_b ON t (b);
INSERT INTO t VALUES (1, 'x', 'y');
-- change
ALTER TABLE t DROP COLUMN a;
-- probe
INSERT INTO t VALUES (2, 'y');
INSERT INTO t VALUES (3, 'z');

-- form: DROP COLUMN in an index of two columns
CREATE TABLE t (id integer PRIMARY KEY, a text, b text);
CREATE UNIQUE INDEX t_ab ON t (a, b);
INSERT INTO t VALUES (1, 'x', 'y');
-- change
ALTER TABLE t DROP COLUMN a;
-- probe
INSERT INTO t VALUES (2, 'y');

-- form: DROP COLUMN in the condition of an index
CREATE TABLE t (id integer PRIMARY KEY, a integer, b text);
CREATE UNIQUE INDEX t_b ON t (b) WHERE a > 0;
INSERT INTO t VALUES (1, 1, 'y');
-- change
ALTER TABLE t DROP COLUMN a;
-- probe
INSERT INTO t VALUES (2, 'y');

-- form: DROP COLUMN in an expression of an index
CREATE TABLE t (id integer PRIMARY KEY, a text, b text);
CREATE UNIQUE INDEX t_e ON t (lower(a));
INSERT INTO t VALUES (1, 'x', 'y');
-- change
ALTER TABLE t DROP COLUMN a;
-- probe
INSERT INTO t VALUES (2, 'y');

-- form: DROP COLUMN UNIQUE
CREATE TABLE t (id integer PRIMARY KEY, a text UNIQUE, b text);
INSERT INTO t VALUES (1, 'x', 'y');
-- change
ALTER TABLE t DROP COLUMN a;
-- probe
INSERT INTO t VALUES (2, 'y');

-- form: DROP COLUMN in a UNIQUE of two columns
CREATE TABLE t (id integer PRIMARY KEY, a text, b text, UNIQUE (a, b));
INSERT INTO t VALUES (1, 'x', 'y');
-- change
ALTER TABLE t DROP COLUMN a;
-- probe
INSERT INTO t VALUES (2, 'y');

-- form: DROP COLUMN PRIMARY KEY
CREATE TABLE t (id integer PRIMARY KEY, a text, b text);
INSERT INTO t VALUES (1, 'x', 'y');
-- change
ALTER TABLE t DROP COLUMN id;
-- probe
INSERT INTO t VALUES ('x', 'y');
SELECT * FROM t ORDER BY a, b;

-- form: DROP COLUMN of a PRIMARY KEY of two columns
CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c text, PRIMARY KEY (a, b));
INSERT INTO t VALUES (1, 1, 'x'), (1, 2, 'y');
-- change
ALTER TABLE t DROP COLUMN b;
-- probe
INSERT INTO t VALUES (1, 'z');
INSERT INTO t VALUES (NULL, 'z');
SELECT * FROM t ORDER BY c;

-- form: DROP COLUMN with its own CHECK
CREATE TABLE t (id integer PRIMARY KEY, a integer CHECK (a > 0), b integer CHECK (b > 0));
INSERT INTO t VALUES (1, 1, 1);
-- change
ALTER TABLE t DROP COLUMN a;
-- probe
INSERT INTO t VALUES (2, 1);
INSERT INTO t VALUES (3, 0);

-- form: DROP COLUMN in a CHECK of two columns
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer, CHECK (a < b), CHECK (b < 100));
INSERT INTO t VALUES (1, 1, 2);
-- change
ALTER TABLE t DROP COLUMN a;
-- probe
INSERT INTO t VALUES (2, -1);
INSERT INTO t VALUES (3, 100);

-- form: DROP COLUMN with a foreign key
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY, p integer REFERENCES p (id), b text);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1, 1, 'x');
-- change
ALTER TABLE t DROP COLUMN p;
-- probe
DELETE FROM p;
INSERT INTO t VALUES (2, 'y');

-- form: DROP COLUMN in a foreign key of two columns
CREATE TABLE p (a integer, b integer, PRIMARY KEY (a, b));
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer, FOREIGN KEY (a, b) REFERENCES p (a, b));
INSERT INTO p VALUES (1, 1);
INSERT INTO t VALUES (1, 1, 1);
-- change
ALTER TABLE t DROP COLUMN a;
-- probe
DELETE FROM p;
INSERT INTO t VALUES (2, 9);

-- form: DROP COLUMN that another table's foreign key needs
CREATE TABLE p (id integer PRIMARY KEY, code text UNIQUE);
CREATE TABLE t (id integer PRIMARY KEY, code text REFERENCES p (code));
INSERT INTO p VALUES (1, 'x');
-- change
ALTER TABLE p DROP COLUMN code;
-- probe
INSERT INTO t VALUES (1, 'x');
INSERT INTO t VALUES (2, 'y');
SELECT * FROM p ORDER BY id;

-- form: DROP COLUMN that a view needs
CREATE TABLE t (id integer PRIMARY KEY, a text, b text);
CREATE VIEW v AS SELECT id, a FROM t;
-- change
ALTER TABLE t DROP COLUMN a;
-- probe
SELECT * FROM v;
INSERT INTO t VALUES (1, 'x', 'y');

-- form: DROP COLUMN that a view of the table does not need
CREATE TABLE t (id integer PRIMARY KEY, a text, b text);
CREATE VIEW v AS SELECT id, a FROM t;
INSERT INTO t VALUES (1, 'x', 'y');
-- change
ALTER TABLE t DROP COLUMN b;
-- probe
SELECT * FROM v;
INSERT INTO t VALUES (2, 'z');

-- form: DROP COLUMN that a generated column needs
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer GENERATED ALWAYS AS (a + 1) STORED);
INSERT INTO t VALUES (1, 1);
-- change
ALTER TABLE t DROP COLUMN a;
-- probe
INSERT INTO t (id, a) VALUES (2, 2);
SELECT * FROM t ORDER BY id;

-- form: DROP COLUMN generated
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer GENERATED ALWAYS AS (a + 1) STORED);
INSERT INTO t VALUES (1, 1);
-- change
ALTER TABLE t DROP COLUMN b;
-- probe
INSERT INTO t VALUES (2, 2);
SELECT * FROM t ORDER BY id;

-- form: SET NOT NULL
CREATE TABLE t (id integer PRIMARY KEY, a text);
INSERT INTO t VALUES (1, 'x');
-- change
ALTER TABLE t ALTER COLUMN a SET NOT NULL;
-- probe
INSERT INTO t VALUES (2, NULL);
INSERT INTO t VALUES (3, 'y');

-- form: SET NOT NULL with a NULL there
CREATE TABLE t (id integer PRIMARY KEY, a text);
INSERT INTO t VALUES (1, 'x'), (2, NULL);
-- change
ALTER TABLE t ALTER COLUMN a SET NOT NULL;
-- probe
INSERT INTO t VALUES (3, NULL);

-- form: SET NOT NULL on what is NOT NULL
CREATE TABLE t (id integer PRIMARY KEY, a text NOT NULL);
INSERT INTO t VALUES (1, 'x');
-- change
ALTER TABLE t ALTER COLUMN a SET NOT NULL;
-- probe
INSERT INTO t VALUES (2, NULL);

-- form: ALTER without COLUMN, SET NOT NULL
CREATE TABLE t (id integer PRIMARY KEY, a text);
-- change
ALTER TABLE t ALTER a SET NOT NULL;
-- probe
INSERT INTO t VALUES (2, NULL);

-- form: SET NOT NULL of no column
CREATE TABLE t (id integer PRIMARY KEY, a text);
-- change
ALTER TABLE t ALTER COLUMN zz SET NOT NULL;
-- probe
INSERT INTO t VALUES (2, NULL);

-- form: DROP NOT NULL
CREATE TABLE t (id integer PRIMARY KEY, a text NOT NULL);
INSERT INTO t VALUES (1, 'x');
-- change
ALTER TABLE t ALTER COLUMN a DROP NOT NULL;
-- probe
INSERT INTO t VALUES (2, NULL);
SELECT * FROM t ORDER BY id;

-- form: DROP NOT NULL on what is nullable
CREATE TABLE t (id integer PRIMARY KEY, a text);
-- change
ALTER TABLE t ALTER COLUMN a DROP NOT NULL;
-- probe
INSERT INTO t VALUES (2, NULL);

-- form: DROP NOT NULL of a primary key
CREATE TABLE t (id integer NOT NULL PRIMARY KEY, a text);
-- change
ALTER TABLE t ALTER COLUMN id DROP NOT NULL;
-- probe
INSERT INTO t VALUES (1, NULL);
INSERT INTO t VALUES (1, NULL);

-- form: SET DEFAULT
CREATE TABLE t (id integer PRIMARY KEY, a text);
INSERT INTO t VALUES (1, NULL);
-- change
ALTER TABLE t ALTER COLUMN a SET DEFAULT 'd';
-- probe
INSERT INTO t (id) VALUES (2);
INSERT INTO t VALUES (3, NULL);
SELECT * FROM t ORDER BY id;

-- form: SET DEFAULT in place of another
CREATE TABLE t (id integer PRIMARY KEY, a integer DEFAULT 1);
INSERT INTO t (id) VALUES (1);
-- change
ALTER TABLE t ALTER COLUMN a SET DEFAULT 2;
-- probe
INSERT INTO t (id) VALUES (2);
SELECT * FROM t ORDER BY id;

-- form: SET DEFAULT leaves rows older than the column alone
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1), (2);
-- change
ALTER TABLE t ADD COLUMN a integer DEFAULT 5;
ALTER TABLE t ADD COLUMN b integer NOT NULL DEFAULT 6;
ALTER TABLE t ALTER COLUMN a SET DEFAULT 99;
ALTER TABLE t ALTER COLUMN b SET DEFAULT 98;
-- probe
INSERT INTO t (id) VALUES (3);
SELECT * FROM t ORDER BY id;

-- form: SET DEFAULT expression
CREATE TABLE t (id integer PRIMARY KEY, a integer);
-- change
ALTER TABLE t ALTER COLUMN a SET DEFAULT (1 + 1);
-- probe
INSERT INTO t (id) VALUES (2);
SELECT * FROM t ORDER BY id;

-- form: SET DEFAULT NULL
CREATE TABLE t (id integer PRIMARY KEY, a integer DEFAULT 1);
-- change
ALTER TABLE t ALTER COLUMN a SET DEFAULT NULL;
-- probe
INSERT INTO t (id) VALUES (2);
SELECT * FROM t ORDER BY id;

-- form: SET DEFAULT negative number, text with quotes
CREATE TABLE t (id integer PRIMARY KEY, a integer, b text);
-- change
ALTER TABLE t ALTER COLUMN a SET DEFAULT -7, ALTER COLUMN b SET DEFAULT 'it''s, (a) -- "b"';
-- probe
INSERT INTO t (id) VALUES (2);
SELECT * FROM t ORDER BY id;

-- form: SET DEFAULT with a cast of a literal
CREATE TABLE t (id integer PRIMARY KEY, a text, b integer);
-- change
ALTER TABLE t ALTER a SET DEFAULT 'x'::text;
ALTER TABLE t ALTER b SET DEFAULT '12'::integer;
-- probe
INSERT INTO t (id) VALUES (2);
SELECT * FROM t ORDER BY id;

-- form: SET DEFAULT now()
CREATE TABLE t (id integer PRIMARY KEY, a timestamp);
-- change
ALTER TABLE t ALTER a SET DEFAULT now();
-- probe
INSERT INTO t (id) VALUES (2);
SELECT count(*) FROM t WHERE a > '2001-01-01' AND a < '2999-01-01';

-- form: SET DEFAULT true
CREATE TABLE t (id integer PRIMARY KEY, a boolean NOT NULL);
-- change
ALTER TABLE t ALTER a SET DEFAULT true;
-- probe
INSERT INTO t (id) VALUES (2);
SELECT id FROM t WHERE a;

-- form: DROP DEFAULT
CREATE TABLE t (id integer PRIMARY KEY, a integer DEFAULT 1, b integer NOT NULL DEFAULT 2);
INSERT INTO t (id) VALUES (1);
-- change
ALTER TABLE t ALTER COLUMN a DROP DEFAULT;
-- probe
INSERT INTO t (id) VALUES (2);
SELECT * FROM t ORDER BY id;

-- form: DROP DEFAULT of NOT NULL
CREATE TABLE t (id integer PRIMARY KEY, b integer NOT NULL DEFAULT 2);
INSERT INTO t (id) VALUES (1);
-- change
ALTER TABLE t ALTER COLUMN b DROP DEFAULT;
-- probe
INSERT INTO t (id) VALUES (2);
SELECT * FROM t ORDER BY id;

-- form: DROP DEFAULT leaves rows older than the column alone
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1), (2);
-- change
ALTER TABLE t ADD COLUMN a integer DEFAULT 5;
ALTER TABLE t ALTER COLUMN a DROP DEFAULT;
-- probe
INSERT INTO t (id) VALUES (3);
SELECT * FROM t ORDER BY id;

-- form: DROP DEFAULT where there is none
CREATE TABLE t (id integer PRIMARY KEY, a integer);
-- change
ALTER TABLE t ALTER COLUMN a DROP DEFAULT;
-- probe
INSERT INTO t (id) VALUES (3);

-- form: TYPE
CREATE TABLE t (id integer PRIMARY KEY, a integer NOT NULL);
INSERT INTO t VALUES (1, 42);
-- change
ALTER TABLE t ALTER COLUMN a TYPE text;
-- probe
INSERT INTO t VALUES (2, 'x');
INSERT INTO t VALUES (3, NULL);
SELECT id, a || '!' FROM t ORDER BY id;

-- form: SET DATA TYPE
CREATE TABLE t (id integer PRIMARY KEY, a integer);
INSERT INTO t VALUES (1, 42);
-- change
ALTER TABLE t ALTER COLUMN a SET DATA TYPE bigint;
-- probe
INSERT INTO t VALUES (2, 9007199254740993);
SELECT * FROM t ORDER BY id;

-- form: TYPE USING
CREATE TABLE t (id integer PRIMARY KEY, a text);
INSERT INTO t VALUES (1, 'n42'), (2, NULL);
-- change
ALTER TABLE t ALTER COLUMN a TYPE integer USING CAST(substr(a, 2) AS integer);
-- probe
INSERT INTO t VALUES (3, 5);
SELECT id, a + 1 FROM t ORDER BY id;

-- form: TYPE USING other columns
CREATE TABLE t (id integer PRIMARY KEY, a text, b integer, c integer);
INSERT INTO t VALUES (1, 'x', 3, 4);
-- change
ALTER TABLE t ALTER COLUMN a TYPE integer USING b * 10 + c;
-- probe
SELECT * FROM t ORDER BY id;

-- form: TYPE USING that swaps two columns
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer);
INSERT INTO t VALUES (1, 3, 4);
-- change
ALTER TABLE t ALTER COLUMN a TYPE integer USING b, ALTER COLUMN b TYPE integer USING a;
-- probe
SELECT * FROM t ORDER BY id;

-- form: TYPE USING that gives NULL to a NOT NULL column
CREATE TABLE t (id integer PRIMARY KEY, a text NOT NULL);
INSERT INTO t VALUES (1, 'x'), (2, '');
-- change
ALTER TABLE t ALTER COLUMN a TYPE text USING nullif(a, '');
-- probe
SELECT * FROM t ORDER BY id;

-- form: TYPE USING that breaks a CHECK
CREATE TABLE t (id integer PRIMARY KEY, a integer CHECK (a > 0));
INSERT INTO t VALUES (1, 1), (2, 2);
-- change
ALTER TABLE t ALTER COLUMN a TYPE bigint USING a - 1;
-- probe
SELECT * FROM t ORDER BY id;

-- form: TYPE USING that breaks a UNIQUE
CREATE TABLE t (id integer PRIMARY KEY, a integer UNIQUE);
INSERT INTO t VALUES (1, 1), (2, 2);
-- change
ALTER TABLE t ALTER COLUMN a TYPE integer USING a / 4;
-- probe
SELECT * FROM t ORDER BY id;

-- form: TYPE text to integer, a value that is none
CREATE TABLE t (id integer PRIMARY KEY, a text);
INSERT INTO t VALUES (1, '12'), (2, 'abc');
-- change
ALTER TABLE t ALTER COLUMN a TYPE integer USING CAST(a AS integer);
-- probe
SELECT id FROM t WHERE a = 'abc';

-- form: TYPE integer USING a::integer
CREATE TABLE t (id integer PRIMARY KEY, a text);
INSERT INTO t VALUES (1, '12'), (2, NULL);
-- change
ALTER TABLE t ALTER COLUMN a TYPE integer USING a::integer;
-- probe
SELECT id, a + 1 FROM t ORDER BY id;

-- form: TYPE integer USING a::integer, a value that is none
CREATE TABLE t (id integer PRIMARY KEY, a text);
INSERT INTO t VALUES (1, '12'), (2, 'abc');
-- change
ALTER TABLE t ALTER COLUMN a TYPE integer USING a::integer;
-- probe
SELECT id FROM t WHERE a = 'abc';

-- form: TYPE of the same type with USING
CREATE TABLE t (id integer PRIMARY KEY, a integer, b text);
INSERT INTO t VALUES (1, 1, 'x');
-- change
ALTER TABLE t ALTER COLUMN a TYPE integer USING a * 100, ALTER b TYPE text USING b || id;
-- probe
SELECT * FROM t ORDER BY id;

-- form: SET DEFAULT of another column
CREATE TABLE t (id integer PRIMARY KEY, a text, b text);
-- change
ALTER TABLE t ALTER COLUMN a SET DEFAULT b;
-- probe
INSERT INTO t (id) VALUES (1);
SELECT * FROM t;

-- form: SET DEFAULT of a name in double quotes
CREATE TABLE t (id integer PRIMARY KEY, a text, b text);
-- change
ALTER TABLE t ALTER COLUMN a SET DEFAULT "word";
-- probe
INSERT INTO t (id) VALUES (1);
SELECT * FROM t;

-- form: ADD CHECK of a name in double quotes that is no column
CREATE TABLE t (id integer PRIMARY KEY, a text);
-- change
ALTER TABLE t ADD CHECK ("word" IS NOT NULL);
-- probe
INSERT INTO t VALUES (1, NULL);

-- form: ADD COLUMN with a CHECK of a name in double quotes that is no column
CREATE TABLE t (id integer PRIMARY KEY, a text);
-- change
ALTER TABLE t ADD COLUMN b text CHECK ("word" <> b);
-- probe
INSERT INTO t VALUES (1, NULL);

-- form: ADD COLUMN generated from a name in double quotes that is no column
CREATE TABLE t (id integer PRIMARY KEY, a text);
-- change
ALTER TABLE t ADD COLUMN b text GENERATED ALWAYS AS ("word" || a) STORED;
-- probe
INSERT INTO t VALUES (1, NULL);

-- form: TYPE USING a name in double quotes that is no column
CREATE TABLE t (id integer PRIMARY KEY, a text);
INSERT INTO t VALUES (1, 'x');
-- change
ALTER TABLE t ALTER a TYPE varchar(9) USING "word";
-- probe
SELECT * FROM t;

-- form: RENAME TO beside another action
CREATE TABLE t (id integer PRIMARY KEY, a text);
-- change
ALTER TABLE t ALTER COLUMN a SET NOT NULL, RENAME TO u;
-- probe
INSERT INTO t VALUES (1, NULL);

-- form: DROP CONSTRAINT, UNIQUE that the table's own foreign key needs
CREATE TABLE t (id integer PRIMARY KEY, code text CONSTRAINT one UNIQUE, up text REFERENCES t (code));
-- change
ALTER TABLE t DROP CONSTRAINT one;
-- probe
INSERT INTO t VALUES (1, 'x', NULL);
INSERT INTO t VALUES (2, 'x', NULL);
INSERT INTO t VALUES (3, 'y', 'z');

-- form: DROP COLUMN that the table's own foreign key needs
CREATE TABLE t (id integer PRIMARY KEY, code text UNIQUE, up text REFERENCES t (code));
-- change
ALTER TABLE t DROP COLUMN code;
-- probe
INSERT INTO t (id, up) VALUES (3, 'z');

-- form: DROP COLUMN with the table's own foreign key
CREATE TABLE t (id integer PRIMARY KEY, code text UNIQUE, up text REFERENCES t (code));
-- change
ALTER TABLE t DROP COLUMN up;
-- probe
INSERT INTO t VALUES (1, 'x');

-- form: TYPE keeps default, NOT NULL, index and constraints
CREATE TABLE t (id integer PRIMARY KEY, a integer NOT NULL DEFAULT 3 UNIQUE CHECK (a > 0), b integer);
CREATE UNIQUE INDEX t_ab ON t (b, a);
INSERT INTO t VALUES (1, 1, 1);
-- change
ALTER TABLE t ALTER COLUMN a TYPE bigint;
-- probe
INSERT INTO t (id) VALUES (2);
INSERT INTO t (id) VALUES (3);
INSERT INTO t VALUES (4, 0, 1);
INSERT INTO t VALUES (5, NULL, 1);
SELECT * FROM t ORDER BY id;

-- form: TYPE of a referenced column
CREATE TABLE p (id integer PRIMARY KEY, a text);
CREATE TABLE t (id integer PRIMARY KEY, p integer REFERENCES p (id) ON DELETE CASCADE);
INSERT INTO p VALUES (1, 'x');
INSERT INTO t VALUES (1, 1);
-- change
ALTER TABLE p ALTER COLUMN a TYPE varchar(20);
ALTER TABLE p ALTER COLUMN a SET NOT NULL;
-- probe
SELECT * FROM t;
INSERT INTO t VALUES (2, 2);
DELETE FROM p;
SELECT * FROM t;

-- form: TYPE of a column that a view needs
-- differs: a view has no types there, so nothing is in the way
CREATE TABLE t (id integer PRIMARY KEY, a integer);
CREATE VIEW v AS SELECT id, a FROM t;
-- change
ALTER TABLE t ALTER COLUMN a TYPE bigint;
-- probe
INSERT INTO t VALUES (1, 2);
SELECT * FROM v;

-- form: TYPE boolean from integer
CREATE TABLE t (id integer PRIMARY KEY, a integer);
INSERT INTO t VALUES (1, 0), (2, 1);
-- change
ALTER TABLE t ALTER COLUMN a TYPE boolean USING a <> 0;
-- probe
SELECT id FROM t WHERE a;

-- form: ADD CONSTRAINT CHECK
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer);
INSERT INTO t VALUES (1, 1, 2);
-- change
ALTER TABLE t ADD CONSTRAINT ab CHECK (a < b);
-- probe
INSERT INTO t VALUES (2, 2, 2);
INSERT INTO t VALUES (3, NULL, 2);
INSERT INTO t VALUES (4, 1, 2);

-- form: ADD CHECK without a name
CREATE TABLE t (id integer PRIMARY KEY, a integer);
INSERT INTO t VALUES (1, 1);
-- change
ALTER TABLE t ADD CHECK (a > 0);
-- probe
INSERT INTO t VALUES (2, 0);
INSERT INTO t VALUES (3, NULL);

-- form: ADD CONSTRAINT CHECK that rows break
CREATE TABLE t (id integer PRIMARY KEY, a integer);
INSERT INTO t VALUES (1, 1), (2, -1), (3, -2);
-- change
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0);
-- probe
INSERT INTO t VALUES (4, -3);

-- form: ADD CONSTRAINT whose name is taken
CREATE TABLE t (id integer PRIMARY KEY, a integer, CONSTRAINT c CHECK (a > 0));
-- change
ALTER TABLE t ADD CONSTRAINT c CHECK (a < 10);
-- probe
INSERT INTO t VALUES (1, 11);

-- form: ADD CONSTRAINT CHECK NOT VALID
CREATE TABLE t (id integer PRIMARY KEY, a integer);
INSERT INTO t VALUES (1, 1);
-- change
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT positive;
-- probe
INSERT INTO t VALUES (2, -3);
INSERT INTO t VALUES (3, 3);

-- form: ADD CONSTRAINT UNIQUE
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer);
INSERT INTO t VALUES (1, 1, 1), (2, 1, 2), (3, NULL, 1), (4, NULL, 1);
-- change
ALTER TABLE t ADD CONSTRAINT ab UNIQUE (a, b);
-- probe
INSERT INTO t VALUES (5, 1, 2);
INSERT INTO t VALUES (6, NULL, 1);
INSERT INTO t VALUES (7, 2, 1);

-- form: ADD UNIQUE without a name
CREATE TABLE t (id integer PRIMARY KEY, a integer);
-- change
ALTER TABLE t ADD UNIQUE (a);
-- probe
INSERT INTO t VALUES (1, 1);
INSERT INTO t VALUES (2, 1);

-- form: ADD CONSTRAINT UNIQUE that rows break
CREATE TABLE t (id integer PRIMARY KEY, a integer);
INSERT INTO t VALUES (1, 1), (2, 1), (3, 2);
-- change
ALTER TABLE t ADD CONSTRAINT one UNIQUE (a);
-- probe
INSERT INTO t VALUES (4, 1);

-- form: ADD CONSTRAINT UNIQUE of no column
CREATE TABLE t (id integer PRIMARY KEY, a integer);
-- change
ALTER TABLE t ADD CONSTRAINT one UNIQUE (zz);
-- probe
INSERT INTO t VALUES (4, 1);

-- form: ADD CONSTRAINT PRIMARY KEY
CREATE TABLE t (a integer, b text);
INSERT INTO t VALUES (1, 'x');
-- change
ALTER TABLE t ADD CONSTRAINT t_key PRIMARY KEY (a);
-- probe
INSERT INTO t VALUES (1, 'y');
INSERT INTO t VALUES (2, 'y');
SELECT * FROM t ORDER BY a;

-- form: ADD PRIMARY KEY of two columns
CREATE TABLE t (a integer, b text);
INSERT INTO t VALUES (1, 'x'), (1, 'y');
-- change
ALTER TABLE t ADD PRIMARY KEY (a, b);
-- probe
INSERT INTO t VALUES (1, 'y');
INSERT INTO t VALUES (2, 'y');
INSERT INTO t VALUES (NULL, 'y');
INSERT INTO t VALUES (3, NULL);

-- form: ADD PRIMARY KEY of a text
CREATE TABLE t (a text, b text);
INSERT INTO t VALUES ('1', 'x'), ('2', 'y');
-- change
ALTER TABLE t ADD PRIMARY KEY (a);
-- probe
INSERT INTO t VALUES ('1', 'y');
INSERT INTO t VALUES (NULL, 'y');

-- form: ADD PRIMARY KEY with a NULL there
CREATE TABLE t (a text, b text);
INSERT INTO t VALUES (NULL, 'x'), ('2', 'y');
-- change
ALTER TABLE t ADD PRIMARY KEY (a);
-- probe
INSERT INTO t VALUES (NULL, 'y');

-- form: ADD PRIMARY KEY with a duplicate there
CREATE TABLE t (a integer, b text);
INSERT INTO t VALUES (2, 'x'), (2, 'y');
-- change
ALTER TABLE t ADD PRIMARY KEY (a);
-- probe
INSERT INTO t VALUES (2, 'y');

-- form: a second PRIMARY KEY
CREATE TABLE t (id integer PRIMARY KEY, a integer);
-- change
ALTER TABLE t ADD PRIMARY KEY (a);
-- probe
INSERT INTO t VALUES (1, 1);
INSERT INTO t VALUES (2, 1);

-- form: DROP CONSTRAINT of the primary key, another in its place
CREATE TABLE t (a integer, b integer NOT NULL, CONSTRAINT k PRIMARY KEY (a));
INSERT INTO t VALUES (1, 7), (2, 8);
-- change
ALTER TABLE t DROP CONSTRAINT k;
ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (b);
-- probe
INSERT INTO t VALUES (1, 9);
INSERT INTO t VALUES (3, 9);
INSERT INTO t VALUES (NULL, 10);
SELECT * FROM t ORDER BY b;

-- form: ADD CONSTRAINT FOREIGN KEY
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY, p integer);
INSERT INTO p VALUES (1), (2);
INSERT INTO t VALUES (1, 1), (2, NULL);
-- change
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id) ON DELETE SET NULL ON UPDATE CASCADE;
-- probe
INSERT INTO t VALUES (3, 2);
INSERT INTO t VALUES (4, 3);
UPDATE p SET id = 5 WHERE id = 1;
DELETE FROM p WHERE id = 2;
SELECT * FROM t ORDER BY id;

-- form: ADD FOREIGN KEY without a name and columns
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY, p integer);
INSERT INTO p VALUES (1);
-- change
ALTER TABLE t ADD FOREIGN KEY (p) REFERENCES p;
-- probe
INSERT INTO t VALUES (3, 1);
INSERT INTO t VALUES (4, 3);

-- form: ADD FOREIGN KEY of two columns
CREATE TABLE p (a integer, b integer, PRIMARY KEY (a, b));
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer);
INSERT INTO p VALUES (1, 1);
INSERT INTO t VALUES (1, 1, 1), (2, 1, NULL);
-- change
ALTER TABLE t ADD FOREIGN KEY (a, b) REFERENCES p (a, b) ON DELETE CASCADE;
-- probe
INSERT INTO t VALUES (3, 1, 2);
INSERT INTO t VALUES (4, NULL, 7);
DELETE FROM p;
SELECT * FROM t ORDER BY id;

-- form: ADD FOREIGN KEY that rows break
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY, p integer);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1, 1), (2, 2);
-- change
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id);
-- probe
INSERT INTO t VALUES (3, 3);
DELETE FROM p;

-- form: ADD FOREIGN KEY to no table
CREATE TABLE t (id integer PRIMARY KEY, p integer);
-- change
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES nowhere (id);
-- probe
INSERT INTO t VALUES (3, 3);

-- form: ADD FOREIGN KEY to a column that is not unique
CREATE TABLE p (id integer PRIMARY KEY, a integer);
CREATE TABLE t (id integer PRIMARY KEY, p integer);
-- change
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (a);
-- probe
INSERT INTO t VALUES (3, 3);

-- form: ADD FOREIGN KEY to itself
CREATE TABLE t (id integer PRIMARY KEY, up integer);
INSERT INTO t VALUES (1, NULL), (2, 1), (3, 2);
-- change
ALTER TABLE t ADD CONSTRAINT tree FOREIGN KEY (up) REFERENCES t (id) ON DELETE CASCADE;
-- probe
INSERT INTO t VALUES (4, 9);
DELETE FROM t WHERE id = 2;
SELECT * FROM t ORDER BY id;

-- form: ADD FOREIGN KEY deferred
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY, p integer);
-- change
ALTER TABLE t ADD FOREIGN KEY (p) REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED;
-- probe
BEGIN;
INSERT INTO t VALUES (1, 1);
INSERT INTO p VALUES (1);
COMMIT;
INSERT INTO t VALUES (2, 2);
SELECT * FROM t ORDER BY id;

-- form: DROP CONSTRAINT, CHECK of the table
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer, CONSTRAINT one CHECK (a > 0), CONSTRAINT two CHECK (b > 0));
INSERT INTO t VALUES (1, 1, 1);
-- change
ALTER TABLE t DROP CONSTRAINT one;
-- probe
INSERT INTO t VALUES (2, 0, 1);
INSERT INTO t VALUES (3, 1, 0);

-- form: DROP CONSTRAINT, CHECK of a column
CREATE TABLE t (id integer PRIMARY KEY, a integer CONSTRAINT one CHECK (a > 0) NOT NULL CONSTRAINT two CHECK (a < 9));
-- change
ALTER TABLE t DROP CONSTRAINT one;
-- probe
INSERT INTO t VALUES (2, 0);
INSERT INTO t VALUES (3, 9);
INSERT INTO t VALUES (4, NULL);

-- form: DROP CONSTRAINT, UNIQUE
CREATE TABLE t (id integer PRIMARY KEY, a integer CONSTRAINT one UNIQUE, b integer, CONSTRAINT two UNIQUE (b));
INSERT INTO t VALUES (1, 1, 1);
-- change
ALTER TABLE t DROP CONSTRAINT one;
ALTER TABLE t DROP CONSTRAINT two;
-- probe
INSERT INTO t VALUES (2, 1, 1);

-- form: DROP CONSTRAINT, UNIQUE that a foreign key needs
CREATE TABLE p (id integer PRIMARY KEY, code text, CONSTRAINT one UNIQUE (code));
CREATE TABLE t (id integer PRIMARY KEY, code text REFERENCES p (code));
INSERT INTO p VALUES (1, 'x');
-- change
ALTER TABLE p DROP CONSTRAINT one;
-- probe
INSERT INTO p VALUES (2, 'x');
INSERT INTO t VALUES (1, 'x');
INSERT INTO t VALUES (2, 'y');

-- form: DROP CONSTRAINT, FOREIGN KEY
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY, p integer, q integer, CONSTRAINT one FOREIGN KEY (p) REFERENCES p (id), CONSTRAINT two FOREIGN KEY (q) REFERENCES p (id));
-- change
ALTER TABLE t DROP CONSTRAINT one;
-- probe
INSERT INTO t VALUES (1, 1, NULL);
INSERT INTO t VALUES (2, NULL, 1);

-- form: DROP CONSTRAINT, FOREIGN KEY of a column
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY, p integer CONSTRAINT one REFERENCES p (id) ON DELETE CASCADE NOT NULL);
-- change
ALTER TABLE t DROP CONSTRAINT one;
-- probe
INSERT INTO t VALUES (1, 1);
INSERT INTO t VALUES (2, NULL);

-- form: DROP CONSTRAINT that is not there
CREATE TABLE t (id integer PRIMARY KEY, a integer CHECK (a > 0));
-- change
ALTER TABLE t DROP CONSTRAINT one;
-- probe
INSERT INTO t VALUES (1, 0);

-- form: DROP CONSTRAINT IF EXISTS, not there
CREATE TABLE t (id integer PRIMARY KEY, a integer CHECK (a > 0));
-- change
ALTER TABLE t DROP CONSTRAINT IF EXISTS one;
-- probe
INSERT INTO t VALUES (1, 0);

-- form: DROP CONSTRAINT IF EXISTS, there
CREATE TABLE t (id integer PRIMARY KEY, a integer CONSTRAINT one CHECK (a > 0));
-- change
ALTER TABLE t DROP CONSTRAINT IF EXISTS one;
-- probe
INSERT INTO t VALUES (1, 0);

-- form: DROP CONSTRAINT RESTRICT
CREATE TABLE t (id integer PRIMARY KEY, a integer CONSTRAINT one CHECK (a > 0));
-- change
ALTER TABLE t DROP CONSTRAINT one RESTRICT;
-- probe
INSERT INTO t VALUES (1, 0);

-- form: DROP CONSTRAINT by the name that PostgreSQL gives, CHECK of a column
CREATE TABLE t (id integer PRIMARY KEY, a integer CHECK (a > 0), b integer CHECK (b > 0));
-- change
ALTER TABLE t DROP CONSTRAINT t_a_check;
-- probe
INSERT INTO t VALUES (1, 0, 1);
INSERT INTO t VALUES (2, 0, 0);

-- form: DROP CONSTRAINT by the name that PostgreSQL gives, UNIQUE
CREATE TABLE t (id integer PRIMARY KEY, a integer UNIQUE, b integer, UNIQUE (a, b));
INSERT INTO t VALUES (1, 1, 1);
-- change
ALTER TABLE t DROP CONSTRAINT t_a_key;
-- probe
INSERT INTO t VALUES (2, 1, 2);
INSERT INTO t VALUES (3, 1, 2);

-- form: DROP CONSTRAINT by the name that PostgreSQL gives, foreign key
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY, p integer REFERENCES p (id));
-- change
ALTER TABLE t DROP CONSTRAINT t_p_fkey;
-- probe
INSERT INTO t VALUES (2, 1);

-- form: DROP CONSTRAINT by the name that PostgreSQL gives, primary key
CREATE TABLE t (id integer NOT NULL, a text, PRIMARY KEY (id));
INSERT INTO t VALUES (1, 'x');
-- change
ALTER TABLE t DROP CONSTRAINT t_pkey;
-- probe
INSERT INTO t VALUES (1, 'y');
INSERT INTO t VALUES (NULL, 'y');
SELECT * FROM t ORDER BY a;

-- form: RENAME CONSTRAINT
CREATE TABLE t (id integer PRIMARY KEY, a integer, CONSTRAINT one CHECK (a > 0));
-- change
ALTER TABLE t RENAME CONSTRAINT one TO uno;
ALTER TABLE t DROP CONSTRAINT uno;
-- probe
INSERT INTO t VALUES (1, 0);

-- form: RENAME CONSTRAINT, the old name is gone
CREATE TABLE t (id integer PRIMARY KEY, a integer, CONSTRAINT one CHECK (a > 0));
-- change
ALTER TABLE t RENAME CONSTRAINT one TO uno;
ALTER TABLE t DROP CONSTRAINT one;
-- probe
INSERT INTO t VALUES (1, 0);

-- form: RENAME CONSTRAINT to a name that is taken
CREATE TABLE t (id integer PRIMARY KEY, a integer, CONSTRAINT one CHECK (a > 0), CONSTRAINT two CHECK (a < 9));
-- change
ALTER TABLE t RENAME CONSTRAINT one TO two;
-- probe
INSERT INTO t VALUES (1, 0);

-- form: RENAME COLUMN
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer, CHECK (a < b));
CREATE UNIQUE INDEX t_a ON t (a) WHERE b > 0;
CREATE VIEW v AS SELECT a + b AS s FROM t;
INSERT INTO t VALUES (1, 1, 2);
-- change
ALTER TABLE t RENAME COLUMN a TO c;
-- probe
INSERT INTO t (id, c, b) VALUES (2, 1, 3);
INSERT INTO t (id, c, b) VALUES (3, 5, 3);
INSERT INTO t (id, a, b) VALUES (4, 5, 6);
SELECT * FROM v ORDER BY s;

-- form: RENAME without COLUMN
CREATE TABLE t (id integer PRIMARY KEY, a integer);
-- change
ALTER TABLE t RENAME a TO b;
-- probe
INSERT INTO t (id, b) VALUES (1, 1);

-- form: RENAME COLUMN that another table's foreign key needs
CREATE TABLE p (id integer PRIMARY KEY, code text UNIQUE);
CREATE TABLE t (id integer PRIMARY KEY, code text REFERENCES p (code) ON UPDATE CASCADE);
INSERT INTO p VALUES (1, 'x');
INSERT INTO t VALUES (1, 'x');
-- change
ALTER TABLE p RENAME COLUMN code TO sign;
ALTER TABLE p ALTER COLUMN sign SET NOT NULL;
-- probe
INSERT INTO t VALUES (2, 'y');
UPDATE p SET sign = 'z';
SELECT * FROM t ORDER BY id;
INSERT INTO p VALUES (2, NULL);

-- form: RENAME COLUMN to a name that is taken
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer);
-- change
ALTER TABLE t RENAME COLUMN a TO b;
-- probe
INSERT INTO t (id, a) VALUES (1, 1);

-- form: RENAME TO
CREATE TABLE t (id integer PRIMARY KEY, a integer);
CREATE TABLE c (id integer PRIMARY KEY, t integer REFERENCES t (id));
CREATE VIEW v AS SELECT a FROM t;
INSERT INTO t VALUES (1, 5);
-- change
ALTER TABLE t RENAME TO u;
-- probe
SELECT * FROM v;
INSERT INTO c VALUES (1, 1);
INSERT INTO c VALUES (2, 2);
INSERT INTO t VALUES (3, 3);
INSERT INTO u VALUES (3, 3);

-- form: ALTER TABLE IF EXISTS, not there
CREATE TABLE t (id integer PRIMARY KEY);
-- change
ALTER TABLE IF EXISTS nowhere ALTER COLUMN a SET NOT NULL;
ALTER TABLE IF EXISTS nowhere ADD COLUMN a integer;
ALTER TABLE IF EXISTS nowhere DROP CONSTRAINT a;
ALTER TABLE IF EXISTS nowhere RENAME TO b;
ALTER TABLE IF EXISTS nowhere RENAME COLUMN a TO b;
-- probe
INSERT INTO t VALUES (1);

-- form: ALTER TABLE IF EXISTS, there
CREATE TABLE t (id integer PRIMARY KEY, a integer);
-- change
ALTER TABLE IF EXISTS t ALTER COLUMN a SET NOT NULL;
ALTER TABLE IF EXISTS t ADD COLUMN b integer;
ALTER TABLE IF EXISTS t RENAME COLUMN b TO c;
-- probe
INSERT INTO t VALUES (1, NULL, 2);
INSERT INTO t (id, a, c) VALUES (2, 1, 2);

-- form: ALTER TABLE of no table
CREATE TABLE t (id integer PRIMARY KEY);
-- change
ALTER TABLE nowhere ALTER COLUMN a SET NOT NULL;
-- probe
INSERT INTO t VALUES (1);

-- form: ALTER TABLE ONLY
CREATE TABLE t (id integer PRIMARY KEY, a integer);
-- change
ALTER TABLE ONLY t ALTER COLUMN a SET NOT NULL;
-- probe
INSERT INTO t VALUES (1, NULL);

-- form: ALTER TABLE of a view
CREATE TABLE t (id integer PRIMARY KEY, a integer);
CREATE VIEW v AS SELECT * FROM t;
-- change
ALTER TABLE v ALTER COLUMN a SET NOT NULL;
-- probe
INSERT INTO t VALUES (1, NULL);

-- form: many actions in one statement
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY, a integer DEFAULT 1, b text, c integer CONSTRAINT old CHECK (c > 0));
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1, 1, 'x', 1);
-- change
ALTER TABLE t ALTER COLUMN a SET NOT NULL, ALTER COLUMN a DROP DEFAULT, ALTER COLUMN b SET DEFAULT 'd', DROP CONSTRAINT old, ADD CONSTRAINT new CHECK (c < 9), ADD COLUMN p integer DEFAULT 1 REFERENCES p (id), ADD UNIQUE (a, b);
-- probe
INSERT INTO t (id, c) VALUES (2, 1);
INSERT INTO t (id, a, c) VALUES (3, 2, -1);
INSERT INTO t (id, a, c) VALUES (4, 3, 9);
INSERT INTO t (id, a, c) VALUES (5, 2, -1);
INSERT INTO t (id, a, p) VALUES (6, 4, 7);
SELECT * FROM t ORDER BY id;

-- form: one of many actions fails
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer);
INSERT INTO t VALUES (1, 1, NULL);
-- change
ALTER TABLE t ALTER COLUMN a SET NOT NULL, ALTER COLUMN b SET NOT NULL;
-- probe
INSERT INTO t VALUES (2, NULL, NULL);

-- form: an action uses a column that an earlier one adds
CREATE TABLE t (id integer PRIMARY KEY, a integer);
INSERT INTO t VALUES (1, 1);
-- change
ALTER TABLE t ADD COLUMN b integer, ADD CONSTRAINT ab CHECK (a < b), ADD UNIQUE (b);
-- probe
INSERT INTO t VALUES (2, 2, 1);
INSERT INTO t VALUES (3, 2, 3);
INSERT INTO t VALUES (4, 2, 3);

-- form: a column dropped and added anew in one statement
CREATE TABLE t (id integer PRIMARY KEY, a integer NOT NULL, b text);
INSERT INTO t VALUES (1, 1, 'x');
-- change
ALTER TABLE t DROP COLUMN a, ADD COLUMN a text;
-- probe
INSERT INTO t VALUES (2, 'y', NULL);
SELECT * FROM t ORDER BY id;

-- form: a column's type changed and its NOT NULL set in one statement
CREATE TABLE t (id integer PRIMARY KEY, a integer, b text);
INSERT INTO t VALUES (1, NULL, 'x');
-- change
ALTER TABLE t ALTER COLUMN a TYPE text USING coalesce(CAST(a AS text), 'none'), ALTER COLUMN a SET NOT NULL, ALTER COLUMN a SET DEFAULT 'd';
-- probe
INSERT INTO t (id) VALUES (2);
INSERT INTO t VALUES (3, NULL, NULL);
SELECT * FROM t ORDER BY id;

-- form: consecutive statements on one table, data between
CREATE TABLE t (id integer PRIMARY KEY, a integer);
INSERT INTO t VALUES (1, NULL);
-- change
ALTER TABLE t ALTER COLUMN a TYPE bigint;
ALTER TABLE t ADD COLUMN b integer;
UPDATE t SET a = 0, b = 1 WHERE a IS NULL;
ALTER TABLE t ALTER COLUMN a SET NOT NULL;
ALTER TABLE t ALTER COLUMN b SET NOT NULL;
INSERT INTO t VALUES (2, 2, 2);
ALTER TABLE t ADD CONSTRAINT u UNIQUE (b);
-- probe
INSERT INTO t VALUES (3, NULL, 3);
INSERT INTO t VALUES (4, 3, 2);
SELECT * FROM t ORDER BY id;

-- form: two tables in turn
CREATE TABLE p (id integer PRIMARY KEY, a integer);
CREATE TABLE t (id integer PRIMARY KEY, p integer REFERENCES p (id) ON DELETE CASCADE);
INSERT INTO p VALUES (1, 1);
INSERT INTO t VALUES (1, 1);
-- change
ALTER TABLE p ALTER COLUMN a SET NOT NULL;
ALTER TABLE t ALTER COLUMN p SET NOT NULL;
ALTER TABLE p ALTER COLUMN a SET DEFAULT 3;
ALTER TABLE t ADD CONSTRAINT one UNIQUE (p);
ALTER TABLE p ADD CONSTRAINT two UNIQUE (a);
-- probe
INSERT INTO p (id) VALUES (2);
INSERT INTO p (id) VALUES (3);
INSERT INTO t VALUES (2, NULL);
INSERT INTO t VALUES (3, 1);
DELETE FROM p WHERE id = 1;
SELECT * FROM t ORDER BY id;

-- form: names in quotes, keywords and spaces
CREATE TABLE "order" ("group" integer PRIMARY KEY, "my select" text, "check" integer, "a""b" integer);
INSERT INTO "order" ("group", "my select", "check", "a""b") VALUES (1, 'x', 1, 1);
-- change
ALTER TABLE "order" ALTER COLUMN "my select" SET NOT NULL;
ALTER TABLE "order" ADD CONSTRAINT "unique" UNIQUE ("check");
ALTER TABLE "order" ADD CONSTRAINT "two words" CHECK ("a""b" > 0);
ALTER TABLE "order" ADD COLUMN "from" integer NOT NULL DEFAULT 0;
-- probe
INSERT INTO "order" ("group", "my select", "check", "a""b") VALUES (2, NULL, 2, 1);
INSERT INTO "order" ("group", "my select", "check", "a""b") VALUES (3, 'y', 1, 1);
INSERT INTO "order" ("group", "my select", "check", "a""b") VALUES (4, 'y', 2, 0);
INSERT INTO "order" ("group", "my select", "check", "a""b") VALUES (5, 'z', 3, 1);
SELECT * FROM "order" ORDER BY 1;

-- form: comments and odd spacing
CREATE TABLE t (id integer PRIMARY KEY, a integer, /* ,) b */ b text DEFAULT 'a, b)');
INSERT INTO t VALUES (1, 1, 'x');
-- change
  aLtEr/**/TABLE/* of
 two lines */t  alter   column a/**/set  not/*x*/null,aLTER b drop default
 -- and that is all
;
-- probe
INSERT INTO t (id, a) VALUES (2, 2);
INSERT INTO t (id, b) VALUES (3, 'x');
SELECT * FROM t ORDER BY id;

-- form: identity key, the numbers go on
CREATE TABLE t (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, a text);
INSERT INTO t (a) VALUES ('x'), ('y');
DELETE FROM t WHERE id = 2;
-- change
ALTER TABLE t ALTER COLUMN a SET NOT NULL;
ALTER TABLE t ALTER COLUMN a TYPE varchar(10);
-- probe
INSERT INTO t (a) VALUES ('z');
SELECT * FROM t ORDER BY id;

-- form: serial key, the numbers go on
CREATE TABLE t (id serial PRIMARY KEY, a text);
INSERT INTO t (a) VALUES ('x'), ('y');
DELETE FROM t WHERE id = 2;
-- change
ALTER TABLE t ALTER COLUMN a SET NOT NULL;
ALTER TABLE t ALTER COLUMN a TYPE varchar(10);
-- probe
INSERT INTO t (a) VALUES ('z');
SELECT * FROM t ORDER BY id;

-- form: identity key to bigint, the numbers go on
CREATE TABLE t (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, a text);
CREATE TABLE c (t integer REFERENCES t (id) ON DELETE CASCADE);
INSERT INTO t (a) VALUES ('x'), ('y');
INSERT INTO c VALUES (1);
DELETE FROM t WHERE id = 2;
-- change
ALTER TABLE t ALTER COLUMN id TYPE bigint;
ALTER TABLE c ALTER COLUMN t TYPE bigint;
-- probe
INSERT INTO t (a) VALUES ('z');
SELECT * FROM t ORDER BY id;
DELETE FROM t;
SELECT * FROM c;

-- form: serial key to bigint, the numbers go on
CREATE TABLE t (id serial PRIMARY KEY, a text);
INSERT INTO t (a) VALUES ('x'), ('y');
DELETE FROM t WHERE id = 2;
-- change
ALTER TABLE t ALTER COLUMN id SET DATA TYPE bigint, ALTER a SET NOT NULL;
-- probe
INSERT INTO t (a) VALUES ('z');
INSERT INTO t (a) VALUES (NULL);
SELECT * FROM t ORDER BY id;

-- form: the primary key of a serial is renamed
CREATE TABLE t (id serial PRIMARY KEY, a text);
INSERT INTO t (a) VALUES ('x');
-- change
ALTER TABLE t RENAME COLUMN id TO number;
ALTER TABLE t ALTER COLUMN a SET NOT NULL;
-- probe
INSERT INTO t (a) VALUES ('z');
SELECT * FROM t ORDER BY number;

-- form: statements between two changes of a table
CREATE TABLE t (id integer PRIMARY KEY, a integer, b text);
CREATE TABLE log (what text);
INSERT INTO t VALUES (1, 1, 'x');
-- change
ALTER TABLE t ALTER COLUMN a TYPE numeric;
CREATE UNIQUE INDEX t_b ON t (b);
ALTER TABLE t ADD UNIQUE (a);
CREATE VIEW v AS SELECT a FROM t;
ALTER TABLE t ADD COLUMN c integer DEFAULT 4;
DROP VIEW v;
INSERT INTO log SELECT b FROM t;
ALTER TABLE t DROP COLUMN a;
ALTER TABLE t RENAME TO u;
ALTER TABLE u ALTER COLUMN b SET NOT NULL;
CREATE TABLE t (x integer);
ALTER TABLE t ADD UNIQUE (x);
DROP TABLE t;
-- probe
INSERT INTO u VALUES (2, 'x', 1);
INSERT INTO u VALUES (3, NULL, 1);
INSERT INTO u (id, b) VALUES (4, 'y');
SELECT * FROM u ORDER BY id;
SELECT * FROM log;

-- form: DROP EXPRESSION
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer GENERATED ALWAYS AS (a + 1) STORED);
INSERT INTO t (id, a) VALUES (1, 1);
-- change
ALTER TABLE t ALTER COLUMN b DROP EXPRESSION;
-- probe
INSERT INTO t VALUES (2, 2, 9);
SELECT * FROM t ORDER BY id;

-- form: DROP EXPRESSION IF EXISTS where there is none
CREATE TABLE t (id integer PRIMARY KEY, a integer);
-- change
ALTER TABLE t ALTER COLUMN a DROP EXPRESSION IF EXISTS;
-- probe
INSERT INTO t VALUES (2, 2);

-- form: CREATE INDEX USING btree
CREATE TABLE t (id integer PRIMARY KEY, a integer);
-- change
CREATE UNIQUE INDEX t_a ON t USING btree (a);
-- probe
INSERT INTO t VALUES (1, 1);
INSERT INTO t VALUES (2, 1);

-- form: COMMENT ON
CREATE TABLE t (id integer PRIMARY KEY, a integer);
-- change
COMMENT ON TABLE t IS 'things; that''s all';
COMMENT ON COLUMN t.a IS NULL;
-- probe
INSERT INTO t VALUES (1, 1);

-- form: TRUNCATE
CREATE TABLE t (id integer PRIMARY KEY, a integer);
INSERT INTO t VALUES (1, 1), (2, 2);
-- change
TRUNCATE TABLE t;
INSERT INTO t VALUES (7, 7);
-- probe
SELECT * FROM t;

-- form: TRUNCATE of a table that another refers to
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY, p integer REFERENCES p (id) ON DELETE CASCADE);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1, 1);
-- change
TRUNCATE p;
-- probe
SELECT * FROM t;
SELECT * FROM p;

-- form: portable types in CREATE TABLE
CREATE TABLE u (id integer PRIMARY KEY);
-- change
CREATE TABLE t (id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), u uuid DEFAULT gen_random_uuid(), ok boolean NOT NULL DEFAULT false, n numeric(10, 2) DEFAULT 0, s varchar(10) DEFAULT 'x'::character varying, j text DEFAULT '{}'::text);
-- probe
INSERT INTO t (ok) VALUES (true);
INSERT INTO t (at) VALUES (NULL);
SELECT id, ok, s, j, length(CAST(u AS text)) FROM t ORDER BY id;
