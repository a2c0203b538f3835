-- The tables in which a virtual table keeps its data are no difference, in whatever form they are listed.
CREATE VIRTUAL TABLE s USING fts4(v);
CREATE TABLE s_x (a integer);
SELECT object FROM migrate_diff('CREATE VIRTUAL TABLE s USING fts4(v)
/* s(v) */;
CREATE TABLE IF NOT EXISTS ''s_content''(docid INTEGER PRIMARY KEY, ''c0v'');
CREATE TABLE IF NOT EXISTS ''s_stat''(id INTEGER PRIMARY KEY, value BLOB);
CREATE TABLE s_x (a integer);');
SELECT object FROM migrate_diff('CREATE VIRTUAL TABLE s USING fts4(v)
/* s(v) */;
CREATE TABLE ''s_content''(docid INTEGER PRIMARY KEY, ''c0v'');
CREATE TABLE ''S_stat''(id INTEGER PRIMARY KEY, value BLOB);
CREATE TABLE s_x (a integer);');
SELECT object FROM migrate_diff('CREATE TABLE s_x (a integer); CREATE TABLE s_x (a integer);');
SELECT object FROM migrate_diff('CREATE VIRTUAL TABLE s USING fts4(v);
CREATE TABLE s_x (a integer); CREATE TABLE s_x (a integer);');
