// An application that migrates at start-up over better-sqlite3, whose connections are stricter
// than the shell's: foreign keys on, defensive mode on, no string in double quotes.
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

function open(file) {
  const db = new Database(file);
  db.loadExtension(process.env.MIGRATE_SO);
  return db;
}

const scalar = (db, sql, ...args) => db.prepare(sql).pluck().get(...args);
const directory = fs.mkdtempSync(path.join(process.env.TMPDIR || os.tmpdir(), 'node-'));
const bundle = `-- migrate:revision n1
-- migrate:upgrade
CREATE TABLE parent (id INTEGER PRIMARY KEY);
CREATE TABLE child (id INTEGER PRIMARY KEY, parent REFERENCES parent ON DELETE CASCADE);
INSERT INTO parent VALUES (1);
INSERT INTO child VALUES (1, 1);
-- migrate:downgrade
DROP TABLE child;
DROP TABLE parent;
-- migrate:revision n2
-- migrate:revises n1
-- migrate:upgrade
CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '');
INSERT INTO new_parent (id) SELECT id FROM parent;
DROP TABLE parent;
ALTER TABLE new_parent RENAME TO parent;
-- migrate:downgrade
`;

const db = open(path.join(directory, 'app.db'));
check('start-up adds', scalar(db, 'SELECT migrate_add(?)', bundle), 'added n1\nadded n2');
check('start-up migrates', scalar(db, "SELECT migrate_upgrade('head')"),
  'upgrade <base> -> n1\nupgrade n1 -> n2\ncurrent: n2 (head)');
check('a parent rebuilt by hand keeps its children', scalar(db, 'SELECT count(*) FROM child'), 1);
check('foreign keys are on again', db.pragma('foreign_keys', { simple: true }), 1);
check('and checked', db.pragma('foreign_key_check'), []);

const inside = open(path.join(directory, 'inside.db'));
scalar(inside, 'SELECT migrate_add(?)', bundle);
inside.transaction(() => {
  check('inside a transaction', scalar(inside, "SELECT migrate_upgrade('head')"),
    'upgrade <base> -> n1\nupgrade n1 -> n2\ncurrent: n2 (head)\n' +
    'pending: the changes become permanent with the COMMIT of the calling transaction');
})();
check('children are kept there, too', scalar(inside, 'SELECT count(*) FROM child'), 1);

let code = '';
scalar(inside, 'SELECT migrate_revision(?, ?, ?)', 'twice', 'INSERT INTO parent VALUES (1, 1);', '');
try {
  scalar(inside, "SELECT migrate_upgrade('head')");
} catch (e) {
  code = e.code + ' ' + e.message.split('\n')[0];
}
check('the engine\'s own result code is kept', code,
  'SQLITE_CONSTRAINT_PRIMARYKEY UNIQUE constraint failed: parent.id');
process.exit(failed ? 1 : 0);
