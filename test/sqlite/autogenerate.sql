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
