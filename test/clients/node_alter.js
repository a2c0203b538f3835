// ALTER TABLE over better-sqlite3 as it opens a database: defensive mode, foreign keys on, no string in
// double quotes.
'use strict';
const path = require('path');
const fs = require('fs');
const os = require('os');
const Database = require(process.env.BETTER_SQLITE3 || 'better-sqlite3');

let failed = 0;
function check(name, got, expected) {
  const good = JSON.stringify(got) === JSON.stringify(expected);
  console.log((good ? 'ok - ' : 'not ok - ') + name);
  if (!good) {
    failed++;
    console.log('# expected: ' + JSON.stringify(expected) + '\n# got:      ' + JSON.stringify(got));
  }
}

const directory = fs.mkdtempSync(path.join(process.env.TMPDIR || os.tmpdir(), 'node-'));
const scalar = (db, sql, ...args) => db.prepare(sql).pluck().get(...args);
const all = (db, sql) => db.prepare(sql).raw().all();
const fails = (f) => { try { f(); return 'no error'; } catch (e) { return e.code; } };

const setup = `
CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, note TEXT DEFAULT 'n', score INTEGER CHECK (score >= 0));
CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent ON DELETE CASCADE);
CREATE INDEX parent_name ON parent (name COLLATE NOCASE DESC) WHERE score > 0;
CREATE VIEW names AS SELECT name FROM parent;
CREATE TABLE log (what);
CREATE TRIGGER after_parent AFTER INSERT ON parent BEGIN INSERT INTO log VALUES (NEW.name); END;
INSERT INTO parent (id, name, score) VALUES (1, 'a', 1), (2, 'b', 2), (9, 'c', 3);
INSERT INTO child VALUES (1, 1), (2, 2);
DELETE FROM parent WHERE id = 9;
DELETE FROM log;`;
const change = `
ALTER TABLE parent ALTER COLUMN name SET NOT NULL;
ALTER TABLE parent ALTER COLUMN score TYPE bigint, ADD CONSTRAINT one UNIQUE (name), ALTER note SET DEFAULT 'm';
ALTER TABLE parent ADD COLUMN at timestamp NOT NULL DEFAULT now();
ALTER TABLE child ALTER COLUMN parent SET NOT NULL;`;
const back = `
ALTER TABLE child ALTER COLUMN parent DROP NOT NULL;
ALTER TABLE parent DROP COLUMN at;
ALTER TABLE parent DROP CONSTRAINT one, ALTER note SET DEFAULT 'n', ALTER name DROP NOT NULL;`;
const bundle = `-- migrate:revision a1\n-- migrate:upgrade\n${setup}\n-- migrate:downgrade\n
-- migrate:revision a2\n-- migrate:revises a1\n-- migrate:upgrade\n${change}\n-- migrate:downgrade\n${back}\n`;

function open(name) {
  const db = new Database(path.join(directory, name));
  db.loadExtension(process.env.MIGRATE_SO);
  scalar(db, 'SELECT migrate_add(?)', bundle);
  scalar(db, "SELECT migrate_upgrade('a1')");
  return db;
}

function look(db, when) {
  check(when + ': rows', all(db, 'SELECT id, name, note, score FROM parent'), [[1, 'a', 'n', 1], [2, 'b', 'n', 2]]);
  check(when + ': children', all(db, 'SELECT * FROM child'), [[1, 1], [2, 2]]);
  check(when + ': no trigger fired', all(db, 'SELECT * FROM log'), []);
  check(when + ': the counter', scalar(db, "SELECT seq FROM sqlite_sequence WHERE name = 'parent'"), 9);
  check(when + ': the objects', all(db, "SELECT name FROM sqlite_schema WHERE name IN " +
    "('parent_name', 'names', 'after_parent') ORDER BY 1"), [['after_parent'], ['names'], ['parent_name']]);
  check(when + ': integrity', db.pragma('integrity_check', { simple: true }), 'ok');
  check(when + ': foreign keys', [db.pragma('foreign_key_check'), db.pragma('foreign_keys', { simple: true })], [[], 1]);
  check(when + ': still defensive', fails(() => {
    db.pragma('writable_schema = 1');
    try {
      db.prepare("UPDATE sqlite_schema SET sql = sql WHERE name = 'log'").run();
    } finally {
      db.pragma('writable_schema = 0');
    }
  }), 'SQLITE_ERROR');
}

function rules(db, when, on) {
  const tries = [
    "INSERT INTO parent (name, score) VALUES (NULL, 1)", "INSERT INTO parent (name, score) VALUES ('a', 1)",
    "INSERT INTO parent (name, score) VALUES ('z', -1)", 'INSERT INTO child VALUES (5, NULL)', 'INSERT INTO child VALUES (6, 77)'];
  db.exec('BEGIN');
  check(when + ': rules', tries.map((t) => fails(() => db.exec(t))), on
    ? ['SQLITE_CONSTRAINT_NOTNULL', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_CHECK', 'SQLITE_CONSTRAINT_NOTNULL',
      'SQLITE_CONSTRAINT_FOREIGNKEY']
    : ['no error', 'no error', 'SQLITE_CONSTRAINT_CHECK', 'no error', 'SQLITE_CONSTRAINT_FOREIGNKEY']);
  db.exec('ROLLBACK');
}

const db = open('app.db');
scalar(db, "SELECT migrate_upgrade('head')");
look(db, 'upgraded');
rules(db, 'upgraded', true);
scalar(db, "SELECT migrate_downgrade('a1')");
look(db, 'downgraded');
rules(db, 'downgraded', false);

const inside = open('inside.db');
inside.transaction(() => scalar(inside, "SELECT migrate_upgrade('head')"))();
look(inside, 'upgraded in a transaction');
rules(inside, 'upgraded in a transaction', true);
check('a transaction that fails', fails(() => inside.transaction(() => {
  scalar(inside, "SELECT migrate_downgrade('a1')");
  inside.exec('INSERT INTO child VALUES (6, 77)');
})()), 'SQLITE_CONSTRAINT_FOREIGNKEY');
rules(inside, 'and is taken back', true);

const alone = open('alone.db');
scalar(alone, 'SELECT migrate_alter(?)', 'ALTER TABLE parent ALTER COLUMN name SET NOT NULL');
look(alone, 'migrate_alter');
check('a value in double quotes is no string here', fails(() =>
  scalar(alone, 'SELECT migrate_alter(?)', 'ALTER TABLE parent ADD CHECK (name <> "no such column")')) !== 'no error', true);
look(alone, 'after an error');
check('rows that break it', fails(() =>
  scalar(alone, 'SELECT migrate_alter(?)', 'ALTER TABLE parent ADD CHECK (score < 2)')) !== 'no error', true);
look(alone, 'after another error');
process.exit(failed ? 1 : 0);
