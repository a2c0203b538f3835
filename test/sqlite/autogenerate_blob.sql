-- A text that becomes a blob is marked: what was a blob among the texts is one of many then.  On the way back all are text.
CREATE TABLE t (id INTEGER PRIMARY KEY, a text, b varchar(5) COLLATE nocase, c date, d) ;
CREATE TABLE s (id INTEGER PRIMARY KEY, a text) STRICT;
INSERT INTO t VALUES (1, 'x', 'é', '2026-01-01', 'y'), (2, '', x'00ff', NULL, NULL); INSERT INTO s VALUES (1, 'z');
SELECT migrate_autogenerate('blobs', 'CREATE TABLE t (id INTEGER PRIMARY KEY, a blob, b bytea COLLATE nocase, c blob, d blob);
CREATE TABLE s (id INTEGER PRIMARY KEY, a blob) STRICT', 'rev_id', 'b1');
SELECT substr(migrate_script('b1'), instr(migrate_script('b1'), '-- migrate:upgrade'));
SELECT migrate_upgrade();
SELECT id, quote(a), quote(b), quote(c), quote(d) FROM t UNION ALL SELECT id, quote(a), NULL, NULL, NULL FROM s;
SELECT migrate_downgrade('base');
SELECT id, quote(a), quote(b), quote(c), quote(d) FROM t UNION ALL SELECT id, quote(a), NULL, NULL, NULL FROM s;
.print ---- a blob that becomes a text is refused where there is one, by itself
CREATE TABLE u (a blob); INSERT INTO u VALUES (x'41');
SELECT upgrade, downgrade, destructive, downgrade_destructive FROM migrate_diff('CREATE TABLE u (a text)', 'table u');
.print ---- what is ANY keeps 5 and '5' apart
CREATE TABLE w (a any, b int) STRICT;
SELECT upgrade, downgrade, destructive, downgrade_destructive FROM migrate_diff('CREATE TABLE w (a int, b any) STRICT', 'table w');
