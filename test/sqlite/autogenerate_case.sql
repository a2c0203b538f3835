-- Names and key words are the same to SQLite in any case, in the texts that it keeps, too.  Strings are not, and a view's
-- words are what clients see.
CREATE TABLE m (id integer, u int, g int AS (u + 1), t text DEFAULT 'X' CHECK (t <> 'A'), PRIMARY KEY (id, u), UNIQUE (u), FOREIGN KEY (u) REFERENCES m (u));
CREATE INDEX i ON m (u) WHERE u > 0;
CREATE TRIGGER g AFTER INSERT ON m BEGIN SELECT u FROM m; END;
CREATE VIEW v AS SELECT u FROM m;
SELECT upgrade FROM migrate_diff('CREATE TABLE M (ID integer, U int, G int AS (U + 1), T text DEFAULT ''X'' CHECK (T <> ''A''), PRIMARY KEY (ID, U),
	UNIQUE (U), FOREIGN KEY (U) REFERENCES M (U)); CREATE INDEX I ON M (U) WHERE U > 0; CREATE TRIGGER G AFTER INSERT ON M BEGIN SELECT U FROM M; END;
	CREATE VIEW v AS SELECT u FROM m');
SELECT upgrade FROM migrate_diff('CREATE TABLE m (id integer, u int, g int AS (u + 1), t text DEFAULT ''x'' CHECK (T <> ''a''), PRIMARY KEY (id, u),
	UNIQUE (u), FOREIGN KEY (u) REFERENCES m (u)); CREATE INDEX i ON m (u) WHERE u > 0; CREATE TRIGGER g AFTER INSERT ON m BEGIN SELECT u FROM m; END;
	CREATE VIEW v AS SELECT U FROM m');
.print ---- what goes and comes for another reason comes back in the letters that it had
DROP VIEW v; DROP TABLE m; CREATE TABLE m (ID integer, a text, PRIMARY KEY (ID), CHECK (A <> ''));
SELECT migrate_schema() AS before; CREATE TEMP TABLE before AS SELECT migrate_schema() AS text;
SELECT migrate_autogenerate('case', 'CREATE TABLE m (id int, a text, PRIMARY KEY (id), CHECK (a <> ''''))', 'rev_id', 'c1');
SELECT substr(migrate_script('c1'), instr(migrate_script('c1'), '-- migrate:upgrade'));
SELECT migrate_upgrade();
SELECT migrate_schema();
SELECT migrate_downgrade('base');
SELECT migrate_schema() = text FROM before;
.print ---- the columns of a view are names, whatever quotes they have
CREATE VIEW q ( 'x', "y z" ) AS SELECT a, 'x' FROM m;
SELECT upgrade FROM migrate_diff('CREATE TABLE m (ID integer, a text, PRIMARY KEY (ID), CHECK (A <> '''')); CREATE VIEW q (x, [y z]) AS SELECT a, ''x'' FROM m');
SELECT upgrade FROM migrate_diff('CREATE TABLE m (ID integer, a text, PRIMARY KEY (ID), CHECK (A <> '''')); CREATE VIEW q (x, [y z]) AS SELECT a, ''y'' FROM m');
