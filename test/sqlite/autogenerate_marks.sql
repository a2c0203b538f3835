-- What a change of type or key loses without an error is marked: how a number was written, and a counter's place.
CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, code text, b varchar(10) COLLATE nocase, n, d text, i int, e blob);
INSERT INTO t VALUES (100, '007', '1', '1.0', '2026-01-01', 1, '5');
DELETE FROM t WHERE id > 100;
SELECT object, destructive, upgrade FROM migrate_diff('CREATE TABLE t (id INTEGER PRIMARY KEY, code integer, b boolean COLLATE nocase,
	n numeric, d date, i bigint, e money)');
SELECT migrate_autogenerate('x', 'CREATE TABLE t (id INTEGER PRIMARY KEY, code integer, b varchar(10) COLLATE nocase, n, d text,
	i int, e blob)') IS NOT NULL;
SELECT substr(migrate_script('heads'), instr(migrate_script('heads'), '-- migrate:upgrade'));
-- nothing is lost, or it is refused; but n has no type, so 1 and '1' are two values in it
SELECT object, destructive, upgrade FROM migrate_diff('CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, code varchar(3), b text,
	n text COLLATE rtrim, d text COLLATE nocase, i real, e text)');
SELECT object, destructive, upgrade FROM migrate_diff('CREATE TABLE t (id int, code text, b varchar(10) COLLATE nocase, n, d text,
	i int, e blob)');
.print ---- a comment that does not end would hide what stands in it
SELECT * FROM migrate_diff('CREATE TABLE t (a); /* one */
/* two
CREATE TABLE u (a);');
SELECT object FROM migrate_diff('CREATE TABLE u (a DEFAULT ''/* two'')');
