-- What is stored is what the shell would store of the same statements: an index without a
-- semicolon at the end of its section brings no white space along.
SELECT migrate_add('-- migrate:revision a1
-- migrate:upgrade
CREATE TABLE t (id integer);
CREATE INDEX i ON t (id)

-- migrate:downgrade
');
SELECT migrate_upgrade();
SELECT quote(sql) FROM sqlite_schema WHERE name = 'i';
