-- Filters of a comparison: what Alembic has include_name and include_object for, for each kind of object.
CREATE TABLE parent (id integer PRIMARY KEY, code integer, CONSTRAINT parent_code_key UNIQUE (code));
CREATE TABLE account (id integer PRIMARY KEY, mail text, parent integer, CONSTRAINT account_parent_fkey FOREIGN KEY (parent) REFERENCES parent (id), CONSTRAINT mail_is_long CHECK (length(mail) > 3));
CREATE INDEX account_mail_index ON account (mail);
CREATE INDEX account_mail_lower ON account (lower(mail));
CREATE VIEW accounts_of_parents AS SELECT id, parent FROM account;
-- without: all that the desired schema does not have goes
SELECT object FROM migrate_diff('CREATE TABLE parent (id integer PRIMARY KEY, code integer);', NULL, '*account_parent_fkey') WHERE upgrade IS NOT NULL ORDER BY object;
-- an index, by name, by its kind and name, by a pattern of each
SELECT count(*) FROM migrate_diff('CREATE TABLE parent (id integer PRIMARY KEY, code integer);', 'account_mail_index') WHERE upgrade IS NOT NULL;
SELECT object FROM migrate_diff('CREATE TABLE parent (id integer PRIMARY KEY, code integer);', 'account_mail_*') WHERE upgrade IS NOT NULL;
SELECT object FROM migrate_diff('CREATE TABLE parent (id integer PRIMARY KEY, code integer);', 'index account_mail_l*') WHERE upgrade IS NOT NULL;
SELECT object FROM migrate_diff('CREATE TABLE parent (id integer PRIMARY KEY, code integer);', 'index *') WHERE upgrade IS NOT NULL;
-- a view, a constraint, a column
SELECT object FROM migrate_diff('CREATE TABLE parent (id integer PRIMARY KEY, code integer);', 'accounts_of_?arents') WHERE upgrade IS NOT NULL;
SELECT object FROM migrate_diff('CREATE TABLE parent (id integer PRIMARY KEY, code integer);', 'parent.parent_code_key') WHERE upgrade IS NOT NULL;
SELECT object FROM migrate_diff('CREATE TABLE parent (id integer PRIMARY KEY, code integer); CREATE TABLE account (id integer PRIMARY KEY, mail text, parent integer);', 'constraint account.*') WHERE upgrade IS NOT NULL ORDER BY object;
SELECT object FROM migrate_diff('CREATE TABLE parent (id integer PRIMARY KEY);', 'column *') WHERE upgrade IS NOT NULL AND object LIKE 'column parent%';
-- a key is another, and left out: by the name of the constraint, by that of the table
SELECT object FROM migrate_diff('CREATE TABLE parent (id integer, code integer PRIMARY KEY);', NULL, 'account*, column *, constraint parent.parent_pkey') WHERE upgrade IS NOT NULL;
SELECT count(*) FROM migrate_diff('CREATE TABLE parent (id integer, code integer PRIMARY KEY);', NULL, 'account*, parent');
-- what is excluded counts, though it is included, too; a change of it is as none
SELECT count(*) FROM migrate_diff('CREATE TABLE parent (id integer PRIMARY KEY, code text);', 'parent', 'parent.*');
-- what refers to a table that is left out stays
SELECT object, upgrade FROM migrate_diff('CREATE TABLE account (id integer PRIMARY KEY, mail text, parent integer, more integer, CONSTRAINT mail_is_long CHECK (length(mail) > 3));', 'column account.*') WHERE upgrade IS NOT NULL;
-- the same of the other functions, which say what they leave out by what they do
SELECT migrate_check('CREATE TABLE parent (id integer PRIMARY KEY, code integer, CONSTRAINT parent_code_key UNIQUE (code));', exclude => 'account*');
SELECT coalesce(migrate_autogenerate('none', 'CREATE TABLE other (id integer);', exclude => 'account*, parent, other'), 'nothing differs');
SELECT migrate_check('CREATE TABLE other (id integer);', include => 'other, parent');
-- what each direction may lose
SELECT object, CASE WHEN destructive THEN 'loses' ELSE 'keeps' END, CASE WHEN downgrade_destructive THEN 'loses' ELSE 'keeps' END FROM migrate_diff('CREATE TABLE parent (id integer PRIMARY KEY, code text, added integer);', 'parent*') ORDER BY step;
-- what is renamed is left out under each of its names, and in under each
SELECT count(*) FROM migrate_diff('CREATE TABLE older ( -- migrate:renamed-from parent
id integer PRIMARY KEY, code integer, added integer);', NULL, 'parent, account*, accounts*');
SELECT count(*) FROM migrate_diff('CREATE TABLE older ( -- migrate:renamed-from parent
id integer PRIMARY KEY, code integer, added integer);', NULL, 'older, account*, accounts*');
SELECT object FROM migrate_diff('CREATE TABLE older ( -- migrate:renamed-from parent
id integer PRIMARY KEY, code integer, added integer, CONSTRAINT parent_code_key UNIQUE (code));', 'older') WHERE upgrade IS NOT NULL AND object NOT LIKE '%pkey' ORDER BY step;
SELECT object FROM migrate_diff('CREATE TABLE older ( -- migrate:renamed-from parent
id integer PRIMARY KEY, code integer, added integer, CONSTRAINT parent_code_key UNIQUE (code));', 'parent') WHERE upgrade IS NOT NULL AND object NOT LIKE '%pkey' ORDER BY step;
-- a comma in a name
SELECT object FROM migrate_diff('CREATE TABLE "a,b" (id integer); CREATE TABLE b (id integer);', '"a,b"');
