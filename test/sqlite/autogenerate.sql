-- What is SQLite's own in autogenerate.
CREATE TABLE author (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE, born date DEFAULT (date('now')), x, CHECK (length(name)>0 and born<>''));
CREATE TABLE "Book" (isbn text primary key, author_id integer not null references author on delete cascade, price numeric(10,2) default -1.5 check(price>-2),
  g integer generated always as (price*2) stored, "select" text default 'it''s', unique(author_id, isbn) on conflict ignore) without rowid;
CREATE INDEX book_ix ON "Book" (author_id DESC) WHERE price > 3;
create view v as select a.name, b.isbn /* comment */ from author a join "Book" b on b.author_id=a.id;
CREATE TRIGGER tr AFTER INSERT ON author BEGIN UPDATE "Book" SET price=1 WHERE author_id=NEW.id; END;
CREATE VIRTUAL TABLE ft USING fts5(body);
SELECT migrate_schema();
-- written otherwise, it is the same
SELECT count(*) FROM migrate_diff('create table author (id integer primary key autoincrement, name text collate NoCase not null, born DATE default (date(''now'')), x, check (length(name) > 0 AND born <> ''''));
CREATE TABLE Book (isbn text, author_id integer NOT NULL, price numeric (10, 2) DEFAULT -1.5, g integer AS (price * 2) STORED, [select] text DEFAULT ''it''''s'',
PRIMARY KEY (isbn), UNIQUE (author_id, isbn) ON CONFLICT IGNORE, FOREIGN KEY (author_id) REFERENCES author ON DELETE CASCADE, CHECK (price > -2)) WITHOUT ROWID;
CREATE INDEX book_ix ON Book(author_id desc) WHERE price>3;
CREATE VIEW v AS SELECT a.name, b.isbn FROM author a JOIN Book b ON b.author_id = a.id;
CREATE TRIGGER tr AFTER INSERT ON author BEGIN UPDATE Book SET price = 1 WHERE author_id = NEW.id; END;
CREATE VIRTUAL TABLE ft USING fts5 (body);');
SELECT * FROM migrate_diff('CREATE TABLE a (b integer)', NULL, NULL, 1);
SELECT migrate_check('CREATE TABLE a (', 'include', 'a');
SELECT count(*) FROM migrate_diff('ATTACH ''x'' AS y');
SELECT migrate_autogenerate('nothing');
-- numbers, blobs, bare words and NULL as defaults; what is said of a foreign key, in any order
.print ---- literals and foreign keys
DROP TRIGGER tr; DROP VIEW v; DROP TABLE ft; DROP TABLE "Book"; DROP TABLE author;
CREATE TABLE p (id INTEGER PRIMARY KEY, a DEFAULT -2.5e-3, b DEFAULT .5, c DEFAULT x'00ff', d DEFAULT (X'01' || 'z'), e DEFAULT bare,
  f DEFAULT "quoted", g DEFAULT (NULL), h DEFAULT 0x1F, i DEFAULT (1e+5-2), j NOT NULL ON CONFLICT IGNORE, k NOT NULL ON CONFLICT ABORT);
CREATE TABLE q (a REFERENCES p NOT DEFERRABLE INITIALLY DEFERRED, b REFERENCES p MATCH SIMPLE DEFERRABLE INITIALLY IMMEDIATE,
  c REFERENCES p ON DELETE SET NULL MATCH FULL ON UPDATE CASCADE ON DELETE NO ACTION, d REFERENCES p NOT NULL DEFERRABLE INITIALLY DEFERRED);
SELECT migrate_schema();
DROP TABLE q;
-- what SQLite does with a row that breaks NOT NULL is changed in its place
SELECT upgrade, downgrade FROM migrate_diff('CREATE TABLE p (id INTEGER PRIMARY KEY, a DEFAULT -2.5e-3, b DEFAULT .5, c DEFAULT x''00ff'', d DEFAULT (X''01'' || ''z''), e DEFAULT ''bare'', f DEFAULT ''quoted'',
  g, h DEFAULT 0x1F, i DEFAULT (1e+5-2), j NOT NULL, k NOT NULL ON CONFLICT REPLACE)');
SELECT migrate_autogenerate('conflict', 'CREATE TABLE p (j NOT NULL ON CONFLICT FAIL, k INTEGER PRIMARY KEY)', 'rev_id', 'c1');
SELECT migrate_upgrade('head');
SELECT sql FROM sqlite_schema WHERE name = 'p';
SELECT migrate_alter('ALTER TABLE p ALTER j SET NOT NULL ON CONFLICT abort');
SELECT migrate_alter('ALTER TABLE p ALTER j SET NOT NULL ON CONFLICT NOTHING');
SELECT sql FROM sqlite_schema WHERE name = 'p';
.print ---- comments at the end of a view, directives in an index
SELECT migrate_autogenerate('comments', migrate_schema() || 'CREATE VIEW v AS SELECT j FROM p -- the end
; CREATE INDEX i -- migrate:renamed-from h
  ON p (j); CREATE VIEW w AS SELECT k FROM p', 'rev_id', 'c2');
SELECT migrate_upgrade('head');
SELECT migrate_schema();
SELECT migrate_downgrade('base');
SELECT migrate_remove('c2');
SELECT migrate_remove('c1');
.print ---- names that pass on: a becomes b, and b becomes c
DROP TABLE p;
CREATE TABLE a (x UNIQUE, y CHECK (y > 0)); CREATE TABLE b (x, z, FOREIGN KEY (z) REFERENCES a (x)); CREATE VIEW d AS SELECT x, y FROM a;
INSERT INTO a VALUES ('of a', 1); INSERT INTO b (x) VALUES ('of b');
SELECT migrate_autogenerate('pass on', 'CREATE TABLE b -- migrate:renamed-from a
 (y UNIQUE, -- migrate:renamed-from x
  z CHECK (z > 0) -- migrate:renamed-from y
);
CREATE TABLE c -- migrate:renamed-from b
 (x, z)', 'rev_id', 'c3');
SELECT substr(migrate_script('c3'), instr(migrate_script('c3'), '-- migrate:upgrade'));
SELECT migrate_upgrade('head');
SELECT *, 'b' FROM b UNION ALL SELECT *, 'c' FROM c;
SELECT migrate_downgrade('-1');
SELECT *, 'a' FROM a UNION ALL SELECT *, 'b' FROM b;
.print ---- blobs, a type with a name in brackets, keys that need each other
DROP TABLE b; DROP VIEW d; DROP TABLE a;
CREATE TABLE a (k int NOT NULL DEFAULT X'01', b int, FOREIGN KEY (b) REFERENCES b (k));
CREATE UNIQUE INDEX a_key ON a (k);
CREATE TABLE b (k varchar[10] NOT NULL, a int, CHECK (a <> x'02'), FOREIGN KEY (a) REFERENCES a (k));
CREATE UNIQUE INDEX b_key ON b (k);
SELECT migrate_schema();
SELECT count(*) FROM migrate_diff(migrate_schema());
SELECT object, upgrade FROM migrate_diff((SELECT group_concat(replace(sql, 'b (k varchar[10]', 'b (c varchar[20], k varchar[10]'), ';') FROM sqlite_schema));
SELECT object FROM migrate_diff('CREATE TABLE a (k text[])');
DROP TABLE a; DROP TABLE b;
.print ---- a foreign key stands behind what makes its parent unique, and is made anew with that
SELECT migrate_remove('c3');
CREATE TABLE p (id int, n int, PRIMARY KEY (id)); CREATE TABLE c (p int REFERENCES p (id), n int);
SELECT migrate_autogenerate('keys', 'CREATE TABLE p (id int, n int, PRIMARY KEY (n)); CREATE UNIQUE INDEX p_id ON p (id); CREATE UNIQUE INDEX p_both ON p (id, n);
CREATE TABLE c (p int REFERENCES p (id), n int, FOREIGN KEY (p, n) REFERENCES p (id, n));', 'rev_id', 'k1');
SELECT migrate_upgrade('head');
SELECT migrate_downgrade('base');
SELECT migrate_schema();
.print ---- a virtual table whose columns are called as a table is stays when that goes
DROP TABLE c; DROP TABLE p;
CREATE TABLE title (x); CREATE VIRTUAL TABLE f USING fts5(title); INSERT INTO f VALUES ('kept');
SELECT object, upgrade, downgrade, destructive FROM migrate_diff('CREATE VIRTUAL TABLE f USING fts5(title)');
DROP TABLE f; DROP TABLE title;
.print ---- a name in apostrophes is told as any other; a number is no boolean without a word
CREATE TABLE a (x int); INSERT INTO a VALUES (10);
SELECT upgrade FROM migrate_diff('CREATE TABLE ''b'' -- migrate:renamed-from a
 (''y'' -- migrate:renamed-from x
 int)');
SELECT migrate_alter('ALTER TABLE a ALTER x TYPE boolean');
UPDATE a SET x = 1; SELECT migrate_alter('ALTER TABLE a ALTER x TYPE boolean');
.print ---- INTEGER PRIMARY KEY is the rowid, of another type it is not
DROP TABLE a; CREATE TABLE a (id INTEGER PRIMARY KEY, x); CREATE TABLE b (y REFERENCES a); INSERT INTO a VALUES (7, 'x'); INSERT INTO b VALUES (7);
SELECT migrate_stamp('k1');
SELECT migrate_autogenerate('key', 'CREATE TABLE a (id int PRIMARY KEY, x); CREATE TABLE b (y REFERENCES a)', 'rev_id', 'c4');
SELECT substr(migrate_script('c4'), instr(migrate_script('c4'), '-- migrate:upgrade'));
SELECT migrate_upgrade('head');
SELECT count(*) FROM migrate_diff('CREATE TABLE a (id int PRIMARY KEY, x); CREATE TABLE b (y REFERENCES a)');
SELECT * FROM a JOIN b ON y = id; SELECT migrate_downgrade('-1'); SELECT a.rowid, * FROM a JOIN b ON y = id;
.print ---- migrate_check() says what has changed since
CREATE TABLE z1 (x); CREATE TABLE z2 (x); CREATE TABLE z3 (x); CREATE TABLE z4 (x); CREATE TABLE z5 (x); CREATE TABLE z6 (x); ALTER TABLE a ADD COLUMN y;
CREATE TABLE z7 (x); CREATE TABLE z8 (x); CREATE TABLE z9 (x); CREATE VIEW z AS SELECT 1; SELECT migrate_remove('c4');
SELECT migrate_check();
SELECT migrate_check(migrate_schema());
DROP VIEW z; DROP TABLE z1; DROP TABLE z2; DROP TABLE z3; DROP TABLE z4; DROP TABLE z5; DROP TABLE z6; DROP TABLE z7; DROP TABLE z8; DROP TABLE z9;
.print ---- INTEGER PRIMARY KEY DESC is no rowid: such a key comes, goes and becomes another one
SELECT migrate_stamp('base', 1); SELECT migrate_remove('k1'); DROP TABLE b; DROP TABLE a;
CREATE TABLE a (id INTEGER CONSTRAINT k PRIMARY KEY DESC ON CONFLICT IGNORE, n int); CREATE TABLE b (id INTEGER, n int PRIMARY KEY DESC);
INSERT INTO a VALUES (3, 4), (5, 6); INSERT INTO b VALUES (3, 4);
SELECT migrate_schema();
SELECT migrate_autogenerate('descending', 'CREATE TABLE a (id INTEGER, n int, PRIMARY KEY (id DESC)); CREATE TABLE b (id INTEGER PRIMARY KEY DESC, n int)', 'base', 'd1');
SELECT substr(migrate_script('d1'), instr(migrate_script('d1'), '-- migrate:upgrade'));
SELECT migrate_upgrade('d1');
SELECT count(*) FROM migrate_diff('CREATE TABLE a (id INTEGER, n int, PRIMARY KEY (id DESC)); CREATE TABLE b (id INTEGER PRIMARY KEY DESC, n int)');
SELECT sql FROM sqlite_schema WHERE name IN ('a', 'b') ORDER BY name; SELECT rowid, * FROM a; SELECT rowid, * FROM b;
SELECT migrate_downgrade('base'); SELECT migrate_remove('d1');
SELECT sql FROM sqlite_schema WHERE name IN ('a', 'b') ORDER BY name; SELECT * FROM a; SELECT * FROM b;
.print ---- a column gets no type, and one again; int of a STRICT table stays int; what a key made NOT NULL stays so
DROP TABLE a; DROP TABLE b;
CREATE TABLE a (x text, y COLLATE nocase, z int); CREATE TABLE b (i INTEGER, k int PRIMARY KEY) STRICT;
INSERT INTO a VALUES ('007', 7, 7); INSERT INTO b VALUES (1, 2);
SELECT migrate_autogenerate('types', 'CREATE TABLE a (x COLLATE nocase, y int COLLATE nocase, z ""); CREATE TABLE b (i int, k int NOT NULL) STRICT', 'base', 'd2');
SELECT substr(migrate_script('d2'), instr(migrate_script('d2'), '-- migrate:upgrade'));
SELECT migrate_upgrade('d2');
SELECT sql FROM sqlite_schema WHERE name IN ('a', 'b') ORDER BY name; SELECT *, typeof(x), typeof(y), typeof(z) FROM a;
SELECT count(*) FROM migrate_diff('CREATE TABLE a (x COLLATE nocase, y int COLLATE nocase, z ""); CREATE TABLE b (i int, k int NOT NULL) STRICT');
SELECT migrate_downgrade('base'); SELECT migrate_remove('d2');
SELECT *, typeof(x), typeof(y), typeof(z) FROM a; SELECT * FROM b;
SELECT migrate_alter('ALTER TABLE b ALTER i TYPE ""');
.print ---- quotes are no difference: names that are key words, qualified, of views and of virtual tables
DROP TABLE a; DROP TABLE b;
CREATE TABLE a (key int, action int, g int AS (key + 1), CHECK (key > 0)); CREATE INDEX i ON a (key DESC); CREATE VIEW v (o) AS SELECT a."key" FROM a;
CREATE VIEW w AS SELECT o FROM v; CREATE VIRTUAL TABLE f USING fts5(title); CREATE VIEW u AS SELECT title FROM f;
CREATE TRIGGER t AFTER UPDATE OF key ON a FOR EACH ROW BEGIN UPDATE a SET action = key WHERE key = new.key; END;
SELECT migrate_schema();
SELECT count(*) FROM migrate_diff('CREATE TABLE a ("key" int, "action" int, g int AS ("key" + 1), CHECK ("key" > 0)); CREATE INDEX i ON a ("key" DESC);
CREATE VIEW v ("o") AS SELECT a.key FROM a; CREATE VIEW w AS SELECT "o" FROM v; CREATE VIRTUAL TABLE f USING fts5(title); CREATE VIEW u AS SELECT "title" FROM f;
CREATE TRIGGER t AFTER UPDATE OF "key" ON a FOR EACH ROW BEGIN UPDATE a SET "action" = "key" WHERE "key" = new."key"; END;');
.print ---- ASC says nothing, but where it is a column
DROP VIEW w; DROP VIEW v; DROP VIEW u; DROP TABLE f; DROP TABLE a; CREATE TABLE s (a, b, asc, PRIMARY KEY (a ASC), UNIQUE (b asc, a ASC)); CREATE INDEX i ON s (a ASC, b COLLATE NOCASE asc, asc);
SELECT count(*) FROM migrate_diff('CREATE TABLE s (a PRIMARY KEY, b, asc, UNIQUE (b, a)); CREATE INDEX i ON s (a, b COLLATE NOCASE, asc ASC)');
SELECT upgrade FROM migrate_diff('CREATE TABLE s (a PRIMARY KEY, b, asc, UNIQUE (b, a)); CREATE INDEX i ON s (a, b COLLATE NOCASE DESC)');
.print ---- what names a table that the desired schema does not have is refused, with its line
SELECT * FROM migrate_diff('CREATE TABLE a (x);

CREATE VIEW v AS SELECT * FROM nope');
SELECT * FROM migrate_diff('CREATE TABLE a (x);
CREATE TRIGGER IF NOT EXISTS main.t AFTER INSERT ON a BEGIN
 SELECT new.y; END');
SELECT * FROM migrate_diff('
CREATE TABLE "a b" (x REFERENCES nope (id))');
SELECT * FROM migrate_diff('CREATE VIEW v AS SELECT * FROM v');
SELECT count(*) FROM migrate_diff('CREATE TABLE a (x REFERENCES b); CREATE TABLE B (x REFERENCES A); CREATE VIEW v AS SELECT * FROM migrate_version');
