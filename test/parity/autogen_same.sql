-- What Alembic's users report as found every time, and what it does not find: no difference where there is
-- none, and one where there is.  Its groups: types, defaults, unique constraints and indexes, foreign keys and
-- their options, CHECKs, keys.  The same with models of SQLAlchemy: test/extra/autogenerate_alembic.
CREATE TABLE parent (id integer PRIMARY KEY, code integer UNIQUE, CONSTRAINT parent_code_id UNIQUE (code, id));
CREATE TABLE item (id integer NOT NULL, name varchar(20) DEFAULT 'it''s', price numeric(10,2) DEFAULT 1.50 NOT NULL, made timestamp DEFAULT CURRENT_TIMESTAMP, flags integer DEFAULT -1, note text, up integer, parent integer, twice integer GENERATED ALWAYS AS (flags * 2) STORED, PRIMARY KEY (id), CONSTRAINT item_up FOREIGN KEY (up) REFERENCES item (id) ON DELETE SET NULL, FOREIGN KEY (parent) REFERENCES parent (id), CHECK (price > 0), CONSTRAINT item_flags CHECK (flags IN (-1, 0, 1)));
CREATE INDEX item_name ON item (name);
CREATE UNIQUE INDEX item_lower ON item (lower(name)) WHERE flags > 0;
CREATE INDEX item_two ON item (up DESC, parent);
-- the same, written otherwise: key words in other letters, clauses and columns in another order, what says nothing
SELECT object, upgrade FROM migrate_diff('create table parent (id integer primary key, code integer, constraint parent_code_id unique (code, id), unique (code));
CREATE TABLE item (note text NULL, flags integer DEFAULT (-1), id integer PRIMARY KEY, name varchar ( 20 ) DEFAULT ''it''''s'', parent integer REFERENCES parent (id) ON UPDATE NO ACTION NOT DEFERRABLE,
  price numeric(10, 2) NOT NULL CHECK ((price>0)) DEFAULT 1.50, made timestamp NULL DEFAULT current_timestamp, up integer CONSTRAINT item_up REFERENCES item (id) ON DELETE SET NULL NOT DEFERRABLE INITIALLY IMMEDIATE,
  twice integer GENERATED ALWAYS AS (flags*2) STORED, CONSTRAINT item_flags CHECK (flags IN (-1,0,1)));
create index item_name on item (name asc); CREATE UNIQUE INDEX item_lower ON item (lower( name )) WHERE flags>0; CREATE INDEX item_two ON item (up desc, parent ASC);');
-- a primary key that is said to be NOT NULL, and what the schema prints, is the same
SELECT count(*) FROM migrate_diff('CREATE TABLE parent (id integer NOT NULL PRIMARY KEY, code integer UNIQUE, CONSTRAINT parent_code_id UNIQUE (code, id))', 'parent');
SELECT count(*) FROM migrate_diff((SELECT migrate_schema()));
-- what differs in little: a default, a type, a CHECK of the same name, an index of the same name, an option of a key
SELECT DISTINCT object FROM migrate_diff('CREATE TABLE item (id integer PRIMARY KEY, name varchar(20) DEFAULT ''its'', price numeric(10,2) DEFAULT 1.50 NOT NULL, made timestamp DEFAULT CURRENT_TIMESTAMP, flags integer DEFAULT 1, note text, up integer, parent integer, twice integer)', 'default item.*') WHERE upgrade IS NOT NULL ORDER BY object;
SELECT DISTINCT object FROM migrate_diff('CREATE TABLE item (id integer PRIMARY KEY, name varchar(30), price numeric(10,2), made timestamp, flags integer, note text NOT NULL, up integer, parent integer, twice integer GENERATED ALWAYS AS (flags * 2) STORED)', 'column item.*', 'column item.price') WHERE upgrade IS NOT NULL ORDER BY object;
SELECT DISTINCT object FROM migrate_diff('CREATE TABLE item (id integer PRIMARY KEY, flags integer, price numeric(10,2), CONSTRAINT item_flags CHECK (flags IN (-1, 0, 2)), CHECK (price > 0))', 'constraint item.item_flags') WHERE upgrade IS NOT NULL ORDER BY object;
SELECT DISTINCT object FROM migrate_diff('CREATE TABLE item (id integer PRIMARY KEY, name varchar(20), up integer, parent integer, flags integer); CREATE INDEX item_name ON item (name DESC); CREATE UNIQUE INDEX item_lower ON item (lower(name)) WHERE flags > 1; CREATE INDEX item_two ON item (parent, up DESC)', 'index *') WHERE upgrade IS NOT NULL ORDER BY object;
SELECT count(*) FROM migrate_diff('CREATE TABLE item (id integer PRIMARY KEY, up integer, CONSTRAINT item_up FOREIGN KEY (up) REFERENCES item (id) ON DELETE CASCADE)', '*item_up') WHERE upgrade LIKE '%CASCADE%';
-- a primary key of other columns, which Alembic does not see
SELECT count(*) FROM migrate_diff('CREATE TABLE parent (id integer NOT NULL, code integer NOT NULL, PRIMARY KEY (code, id))', 'constraint parent.parent_pkey') WHERE upgrade LIKE '%PRIMARY KEY (code, id)%';
-- a revision: what may lose data carries a comment, and a hint where it may be a rename
SELECT migrate_autogenerate('less', 'CREATE TABLE parent (id integer PRIMARY KEY, number integer UNIQUE);', 'head', 'b1', NULL, 'parent', 'constraint *');
SELECT substr(migrate_script('b1'), 88);
-- a check lists what differs, in order
SELECT migrate_check('CREATE TABLE parent (id integer PRIMARY KEY, number integer);', 'parent', 'constraint *');
SELECT migrate_remove('b1');
SELECT migrate_check('CREATE TABLE parent (id integer PRIMARY KEY, number integer);', 'parent', 'constraint *');
SELECT migrate_check('CREATE TABLE parent (id integer PRIMARY KEY, code integer);', 'parent', 'constraint *');
SELECT coalesce(migrate_autogenerate('none', 'CREATE TABLE parent (id integer PRIMARY KEY, code integer);', 'head', 'b2', NULL, 'parent', 'constraint *'), 'nothing differs');
