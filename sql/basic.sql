-- Every function once, with what it returns.
CREATE EXTENSION migrate;
SELECT migrate_version() = (SELECT extversion FROM pg_extension WHERE extname = 'migrate') AS same;

-- author
SELECT migrate_add('
-- migrate:revision aa02
-- migrate:revises aa01
-- migrate:message add name
-- migrate:created 2026-11-20T19:24:00Z
-- migrate:upgrade
ALTER TABLE account ADD COLUMN name text;
-- migrate:downgrade
ALTER TABLE account DROP COLUMN name;
-- migrate:revision aa01
-- migrate:message create account
-- migrate:upgrade postgresql
CREATE TABLE account (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
-- migrate:upgrade
CREATE TABLE account (id integer PRIMARY KEY);
-- migrate:downgrade
DROP TABLE account;
');
SELECT migrate_script('aa01');
SELECT migrate_revision('billing', 'CREATE TABLE invoice (id integer);', 'DROP TABLE invoice;',
	rev_id => 'bb01', label => 'billing');
SELECT migrate_revision('search', 'CREATE TABLE term (word text);', 'DROP TABLE term;',
	head => 'aa02', rev_id => 'cc01', splice => true);
SELECT migrate_merge('heads', 'merge billing and search', 'dd01');
SELECT migrate_revision('mistake', rev_id => 'ee01');
SELECT migrate_remove('ee01');
SELECT length(migrate_revision('generated identifier', head => 'billing@head'));
SELECT migrate_remove('head') ~ '^removed [0-9a-f]{12}$' AS removed;

-- look
SELECT * FROM migrate_heads();
SELECT * FROM migrate_branches();
SELECT revision, revises, depends, labels, message, created_at AT TIME ZONE 'UTC' AS created_at,
	is_head, is_current, is_applied, is_branchpoint, is_mergepoint
FROM migrate_history(':aa02');
SELECT revision FROM migrate_history();
SELECT * FROM migrate_plan();
SELECT * FROM migrate_resolve('bb');
SELECT migrate_show('aa02');
SELECT migrate_graph();
SELECT migrate_status();
SELECT migrate_check();

-- run
SELECT migrate_upgrade('aa02');
SELECT migrate_upgrade();
SELECT migrate_upgrade();
SELECT migrate_check();
SELECT revision, message, is_head, since <= now() AS since FROM migrate_current();
SELECT * FROM migrate_plan('aa01', 'downgrade');
SELECT migrate_downgrade('aa01');
SELECT migrate_stamp('cc01');
SELECT * FROM migrate_plan('base', 'stamp');
SELECT migrate_stamp('aa01', purge => true);
SELECT id, direction, revision, heads_before, heads_after, length(checksum), statements, status, detail
FROM migrate_log ORDER BY id;
SELECT * FROM migrate_verify();

-- a statement that fails: what is said, and what stays
SELECT migrate_revision('fails', 'CREATE TABLE half (id integer);
INSERT INTO half
VALUES (1 / 0);', '', 'cc01', 'ff01', splice => true);
SELECT migrate_upgrade('ff01');
SELECT to_regclass('half'), migrate_status();
SELECT migrate_remove('ff01');
-- found before anything has run
SELECT migrate_revision('syntax', 'SELECT 1;
SELEC 2;', '', 'cc01', 'ff01', splice => true);
SELECT migrate_upgrade('ff01');
SELECT migrate_remove('ff01');
SELECT migrate_revision('end', 'SELECT 1; COMMIT;', '', 'cc01', 'ff01', splice => true);
SELECT migrate_upgrade('ff01');
SELECT migrate_remove('ff01');
SELECT migrate_revision('off', 'VACUUM;', '', 'cc01', 'ff01', splice => true, transaction => false);
SELECT migrate_upgrade('ff01');
SELECT migrate_remove('ff01');
SELECT migrate_upgrade(NULL);

-- a SET ends with its revision, and the search_path is the caller's
SELECT migrate_revision('set', 'SET search_path = pg_catalog; SET work_mem = ''1MB'';', '', 'cc01', 'ff01',
	splice => true);
SELECT migrate_upgrade('ff01');
SHOW search_path;
SELECT current_setting('work_mem') = '1MB' AS leaked;

-- files of the server
SELECT current_setting('data_directory') || '/migrate_basic' AS directory \gset
SELECT migrate_export(:'directory');
SELECT * FROM migrate_load(:'directory');
SELECT filename, script = migrate_script(split_part(filename, '_', 1)) AS same FROM migrate_scripts();
COPY (SELECT 1) TO PROGRAM 'cat >/dev/null; rm -r "$PWD/migrate_basic"';
SELECT migrate_export('migrate_basic');

DROP TABLE account, term;
DROP EXTENSION migrate;
