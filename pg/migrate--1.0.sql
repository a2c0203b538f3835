/*
 * migrate--1.0.sql - the tables and the functions
 *
 * The comments on functions are the reference that users read: what it takes,
 * what it returns, its errors.
 */
\echo Use "CREATE EXTENSION migrate" to load this file. \quit

/* ---- tables ---- */

/*
 * Tables that an offline script made (migrate_upgrade_sql()) stand where ours
 * belong: their rows are taken over.  They are moved into a schema of their own,
 * with all that has their names, until the new tables have the rows.
 *
 * We may be the bootstrap superuser here, acting for somebody who is not, and
 * rows of migrate_revision will be run.  So a table counts only when it belongs
 * to who installs, or to a superuser; and it is not even read unless it is a
 * plain table, with our columns, and without anything that could run code.  The
 * lock comes first: from then on the name stays what was looked at.  Operators
 * are given the very types that pg_catalog has them for: the schema may hold
 * somebody's own for any others.
 */
DO $migrate$
DECLARE
	columns CONSTANT text[] := ARRAY[
		'migrate_revision: revision text, revises text[], depends text[], labels text[], message text, '
		'transactional boolean, checksum text, created_at timestamp with time zone, '
		'added_at timestamp with time zone, added_by text, script text',
		'migrate_version: revision text, since timestamp with time zone',
		'migrate_log: id bigint identity, at timestamp with time zone, direction text, revision text, '
		'heads_before text[], heads_after text[], checksum text, statements integer, duration_ms bigint, '
		'status text, detail text, actor text, client text'];
	owner CONSTANT oid := (SELECT extowner FROM pg_catalog.pg_extension WHERE extname = 'migrate');
	expected text;
	name text;
	path text;
	class pg_catalog.pg_class;
	shape text;
	moved boolean := false;
BEGIN
	FOREACH expected IN ARRAY columns LOOP
		name := pg_catalog.split_part(expected, ':', 1);
		path := pg_catalog.format('%I.%I', pg_catalog.current_schema(), name);
		CONTINUE WHEN pg_catalog.to_regclass(path) IS NULL;
		SELECT * INTO class FROM pg_catalog.pg_class
			WHERE oid = pg_catalog.to_regclass(path)::oid;
		IF class.relkind = 'r' THEN
			EXECUTE pg_catalog.format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', path);
			SELECT * INTO STRICT class FROM pg_catalog.pg_class
				WHERE oid = pg_catalog.to_regclass(path)::oid;
		END IF;
		SELECT name || ': ' || pg_catalog.string_agg(a.attname::text || ' '
				|| pg_catalog.format_type(a.atttypid, a.atttypmod)
				|| CASE WHEN a.attidentity <> '' THEN ' identity' ELSE '' END
				|| CASE WHEN a.attgenerated <> '' THEN ' generated' ELSE '' END, ', ' ORDER BY a.attnum)
			INTO shape FROM pg_catalog.pg_attribute AS a
			WHERE a.attrelid = class.oid AND a.attnum > 0 AND NOT a.attisdropped;
		IF class.relkind <> 'r' OR class.relpersistence <> 'p' OR class.relispartition
			OR class.reloftype <> 0::oid OR class.relrowsecurity OR shape IS DISTINCT FROM expected
			OR EXISTS (SELECT FROM pg_catalog.pg_rewrite WHERE ev_class = class.oid)
			OR EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = class.oid)
			OR EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE class.oid IN (inhrelid, inhparent))
			OR EXISTS (SELECT FROM pg_catalog.pg_constraint
				WHERE conrelid = class.oid AND contype NOT IN ('p', 'n'))
			OR EXISTS (SELECT FROM pg_catalog.pg_index
				WHERE indrelid = class.oid AND NOT indisprimary)
			OR EXISTS (SELECT FROM pg_catalog.pg_statistic_ext WHERE stxrelid = class.oid)
		THEN
			RAISE EXCEPTION USING ERRCODE = '42P07',
				MESSAGE = pg_catalog.format('"%s" exists and is not as an offline script makes it', path),
				HINT = 'Rename it, or install the extension in another schema.';
		END IF;
		IF class.relowner <> owner AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles
			WHERE oid = class.relowner AND rolsuper)
		THEN
			RAISE EXCEPTION USING ERRCODE = '42501',
				MESSAGE = pg_catalog.format('table "%s" belongs to another role', path),
				DETAIL = pg_catalog.format('Its owner, %s, can have written revisions, which '
					'would run with your rights.', pg_catalog.pg_get_userbyid(class.relowner)),
				HINT = pg_catalog.format('If you trust its rows, ALTER TABLE %s OWNER TO %I.', path,
					pg_catalog.pg_get_userbyid(owner));
		END IF;
		IF NOT moved THEN
			CREATE SCHEMA migrate_taken_over;
		END IF;
		moved := true;
		EXECUTE pg_catalog.format('ALTER TABLE %s SET SCHEMA migrate_taken_over', path);
	END LOOP;
END
$migrate$;

/*
 * Without foreign keys among themselves: a parallel pg_restore would lose rows.
 * Without any grant: who can write a revision can run SQL as whoever upgrades.
 */
CREATE TABLE migrate_revision (
	revision text COLLATE "C" PRIMARY KEY,
	revises text[] NOT NULL DEFAULT '{}',
	depends text[] NOT NULL DEFAULT '{}',
	labels text[] NOT NULL DEFAULT '{}',
	message text NOT NULL DEFAULT '',
	transactional boolean NOT NULL DEFAULT true,
	checksum text NOT NULL,
	created_at timestamptz,
	added_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	added_by text NOT NULL DEFAULT current_user,
	script text NOT NULL
);
COMMENT ON TABLE migrate_revision IS 'revisions, each with its script as it was added';

CREATE TABLE migrate_version (
	revision text COLLATE "C" PRIMARY KEY,
	since timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE migrate_version IS
	'the current heads; a revision is applied when it is a row here or an ancestor of one';

CREATE TABLE migrate_log (
	id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	direction text NOT NULL,
	revision text COLLATE "C",
	heads_before text[] NOT NULL DEFAULT '{}',
	heads_after text[] NOT NULL DEFAULT '{}',
	checksum text,
	statements integer NOT NULL DEFAULT 0,
	duration_ms bigint NOT NULL DEFAULT 0,
	status text NOT NULL DEFAULT 'done',
	detail text,
	actor text NOT NULL DEFAULT current_user,
	client text DEFAULT pg_catalog.concat_ws(' ',
		nullif(pg_catalog.current_setting('application_name'), ''),
		pg_catalog.host(pg_catalog.inet_client_addr()), nullif(session_user, current_user))
);
COMMENT ON TABLE migrate_log IS
	'what was run: one row for each revision and direction; only ever appended to';

CREATE TABLE migrate_position (
	backfill text PRIMARY KEY,
	relation text NOT NULL,
	set_clause text NOT NULL,
	where_clause text,
	position text[] NOT NULL DEFAULT '{}',
	rows bigint NOT NULL DEFAULT 0,
	started_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	updated_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE migrate_position IS
	'backfills that have not ended, each with the key of the last row that is done';

CREATE TABLE migrate_snapshot (
	one boolean PRIMARY KEY DEFAULT true,
	at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	heads text[] NOT NULL,
	fingerprint text NOT NULL,
	schema text NOT NULL,
	state text
);
COMMENT ON TABLE migrate_snapshot IS 'the schema that the last run has left; one row';
COMMENT ON COLUMN migrate_snapshot.state IS
	'the rows of the catalogs then, as a number: while it is the same, nothing has changed';

/* Not for pg_dump: what was compared elsewhere says nothing here. */
CREATE TABLE migrate_compared (
	question text COLLATE "C" PRIMARY KEY,
	state text NOT NULL,
	answer text COLLATE "C" NOT NULL
);
COMMENT ON TABLE migrate_compared IS
	'what comparisons have found: what was asked, the rows of the catalogs then, and the steps';

SELECT pg_catalog.pg_extension_config_dump('migrate_revision', '');
SELECT pg_catalog.pg_extension_config_dump('migrate_version', '');
SELECT pg_catalog.pg_extension_config_dump('migrate_log', '');
SELECT pg_catalog.pg_extension_config_dump('migrate_log_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('migrate_position', '');
SELECT pg_catalog.pg_extension_config_dump('migrate_snapshot', '');

/* The rows of the tables that were moved away; a schema of that name that is not ours has none. */
DO $migrate$
DECLARE
	name text;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
		JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'migrate'
		WHERE d.refclassid = 'pg_catalog.pg_extension'::regclass::oid AND d.deptype = 'e'
		AND d.classid = 'pg_catalog.pg_namespace'::regclass::oid
		AND d.objid = pg_catalog.to_regnamespace('migrate_taken_over')::oid)
	THEN
		RETURN;
	END IF;
	FOREACH name IN ARRAY ARRAY['migrate_revision', 'migrate_version', 'migrate_log'] LOOP
		CONTINUE WHEN pg_catalog.to_regclass('migrate_taken_over.' || name) IS NULL;
		EXECUTE pg_catalog.format('INSERT INTO %I.%I SELECT * FROM ONLY migrate_taken_over.%I',
			pg_catalog.current_schema(), name, name);
		IF name = 'migrate_log' THEN
			EXECUTE pg_catalog.format('SELECT pg_catalog.setval(%L, last_value, is_called) FROM %s',
				pg_catalog.format('%I.migrate_log_id_seq', pg_catalog.current_schema()),
				pg_catalog.pg_get_serial_sequence('migrate_taken_over.migrate_log', 'id'));
		END IF;
		EXECUTE pg_catalog.format('DROP TABLE migrate_taken_over.%I', name);
	END LOOP;
	DROP SCHEMA migrate_taken_over;
END
$migrate$;

/* A trusted extension is made by the bootstrap superuser; its data belongs to who asked for it. */
ALTER TABLE migrate_revision OWNER TO @extowner@;
ALTER TABLE migrate_version OWNER TO @extowner@;
ALTER TABLE migrate_log OWNER TO @extowner@;
ALTER TABLE migrate_position OWNER TO @extowner@;
ALTER TABLE migrate_snapshot OWNER TO @extowner@;
ALTER TABLE migrate_compared OWNER TO @extowner@;

/* ---- author ---- */

CREATE FUNCTION migrate_add(bundle text) RETURNS SETOF text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_add(text) IS
'registers every revision of a bundle (any number of scripts one after another), all or none.
Returns a line for each: added, replaced (not applied yet, other content) or unchanged.
Errors: a script that cannot be read, with revision and line; a missing parent; a cycle; a
duplicate; other statements in a revision that is applied';

CREATE FUNCTION migrate_load(path text) RETURNS SETOF text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_load(text) IS
'migrate_add() of a file on the server, or of every *.sql in a directory; needs the role
pg_read_server_files and, in PostgreSQL, an absolute path. Files without a migrate:revision line are
a linear chain in name order, the identifier being what stands before the first "_" or "-" of the
name.
Returns and errors: as migrate_add(); a new file in the middle of the chain';

CREATE FUNCTION migrate_revision(message text, upgrade text DEFAULT '', downgrade text DEFAULT NULL,
	head text DEFAULT 'head', rev_id text DEFAULT NULL, label text DEFAULT NULL,
	depends text DEFAULT NULL, splice boolean DEFAULT false, transaction boolean DEFAULT true)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_revision(text, text, text, text, text, text, text, boolean, boolean) IS
'makes a revision on the single head or on head, a target (base: a new root); splice: also on one
that is no head. upgrade and downgrade are SQL; without a downgrade the revision cannot be undone,
with an empty one there is nothing to undo. rev_id: instead of a random identifier. label and
depends: separated by commas. transaction: false for what cannot run in a transaction.
Returns the identifier.
Errors: several heads; a head that is none; an identifier or a label that exists';

CREATE FUNCTION migrate_merge(revisions text, message text DEFAULT '', rev_id text DEFAULT NULL,
	label text DEFAULT NULL, splice boolean DEFAULT false) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_merge(text, text, text, text, boolean) IS
'makes a revision that joins several heads: targets separated by commas, or heads for all of them;
splice: also revisions that are no heads. It has nothing to run.
Returns the identifier. Errors: as migrate_revision()';

CREATE FUNCTION migrate_remove(revision text) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_remove(text) IS
'takes a revision out of the store. Returns a line that says so.
Errors: it is applied; other revisions stand on it';

CREATE FUNCTION migrate_script(revision text) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_script(text) IS
'the script of a revision, byte for byte as it was added.
Errors: no such revision, or several';

CREATE FUNCTION migrate_scripts() RETURNS TABLE (filename text, script text)
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_scripts() IS
'every script, and the name of the file that migrate_export() writes it to';

CREATE FUNCTION migrate_export(path text) RETURNS SETOF text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_export(text) IS
'writes every script to a directory of the server, an absolute path, and makes the directory if it
is missing; needs the role pg_write_server_files. Returns the names of the files.
Errors: a file that exists with other content, before any is written';

/* ---- run ---- */

CREATE FUNCTION migrate_upgrade(target text DEFAULT 'head') RETURNS SETOF text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_upgrade(text) IS
'runs what is missing up to the target, in the caller''s transaction: all of it or nothing. Any
number of sessions may call at once, one does the work. Returns a line for each revision, then
"current: 375b918c8740 (head)"; at the target already, that line alone, and no lock is taken.
Errors: a target that names nothing; several heads; an applied revision that was edited; a failing
statement, with its revision and line; a transaction that is read-only or not READ COMMITTED';

CREATE FUNCTION migrate_downgrade(target text) RETURNS SETOF text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_downgrade(text) IS
'the reverse of migrate_upgrade(): runs the downgrades down to the target, which stays applied: -1,
a revision, base. label@base, label@-1: of that branch alone, with what depends on it.
Errors: as migrate_upgrade(); a target that is not applied; a revision without a downgrade section, before anything has run';

CREATE PROCEDURE migrate_upgrade_autocommit(target text DEFAULT 'head')
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON PROCEDURE migrate_upgrade_autocommit(text) IS
'as migrate_upgrade(), with a transaction for each revision, and the only one that runs revisions
with "transaction off": statement by statement, each recorded when it is done. After a failure the
next CALL goes on at the statement that failed. A revision that does not get its locks within
migrate.lock_timeout (1s) is rolled back and tried again, migrate.lock_retries (30) times. Says in
notices what it does.
Errors: as migrate_upgrade(); 25001 inside a transaction block; no free worker process';

CREATE PROCEDURE migrate_downgrade_autocommit(target text)
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON PROCEDURE migrate_downgrade_autocommit(text) IS
'the reverse of migrate_upgrade_autocommit(). Errors: as that and migrate_downgrade()';

CREATE PROCEDURE migrate_backfill(relation text, set_clause text, where_clause text DEFAULT NULL,
	batch_size integer DEFAULT 1000, pause double precision DEFAULT 0)
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON PROCEDURE migrate_backfill(text, text, text, integer, double precision) IS
'UPDATE relation SET set_clause WHERE where_clause, in batches of so many rows in the order of the
primary key, each committed, with a pause of so many seconds between them. Interrupted, the same call
goes on behind the last batch; each row is changed once. Stands in a revision with "transaction off",
or alone. Several sessions may share the work. SQLite: a function that returns a line; in a
transaction, without the commits.
Errors: 25001 inside a transaction block; a table without a primary key; a changed key';

CREATE FUNCTION migrate_stamp(target text, purge boolean DEFAULT false) RETURNS SETOF text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_stamp(text, boolean) IS
'sets the version and runs nothing: one target, or several separated by commas. Only the rows of the
branches that a target is on change. purge: forgets all version rows first, whatever they are.
Returns a line for each step, then the current heads.
Errors: a target that names nothing; two of which one contains the other';

CREATE FUNCTION migrate_upgrade_sql(target text DEFAULT 'head') RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_upgrade_sql(text) IS
'the run of migrate_upgrade() as a script for psql -f, or sqlite3 <, where this library is not
installed; see "Offline". target: from:to, or the target alone to start at base; the version rows
of this database do not count.
Errors: as migrate_upgrade(); what is no range';

CREATE FUNCTION migrate_downgrade_sql(target text) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_downgrade_sql(text) IS
'the run of migrate_downgrade() as such a script. target: from:to, both needed.
Errors: as migrate_downgrade(); what is no range';

CREATE FUNCTION migrate_alter(statement text) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_alter(text) IS
'runs one ALTER TABLE statement without a revision, on SQLite as PostgreSQL has it. Returns its
name. Errors: another statement; those of ALTER TABLE, with the number of rows that do not fit';

/* ---- look ---- */

CREATE FUNCTION migrate_current()
RETURNS TABLE (revision text, message text, is_head boolean, since timestamptz)
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_current() IS
'the newest revisions that are applied: the version rows, and those that have none because a current
revision depends on them (since is null).
Errors: a version row that names no revision';

CREATE FUNCTION migrate_heads(resolve_dependencies boolean DEFAULT false)
RETURNS TABLE (revision text, labels text[], message text, is_current boolean)
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_heads(boolean) IS
'the revisions that no other revises; resolve_dependencies: without those on which another depends,
so that what is left is what an upgrade to heads makes current';

CREATE FUNCTION migrate_branches() RETURNS TABLE (revision text, children text[], message text)
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_branches() IS
'the revisions that several others, the children, revise; newest first';

CREATE FUNCTION migrate_history(range text DEFAULT NULL)
RETURNS TABLE (revision text, revises text[], depends text[], labels text[], message text,
	created_at timestamptz, is_head boolean, is_current boolean, is_applied boolean,
	is_branchpoint boolean, is_mergepoint boolean)
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_history(text) IS
'revisions, newest first; range: from:to, both included, either end left out for the first or the
last; an end is a target or current, as in -3:current.
is_head: nobody revises it or depends on it. is_current: it is a version row.
Errors: a target that names nothing; ends that are not on one line of descent';

CREATE FUNCTION migrate_show(revision text) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_show(text) IS
'a revision for people: what it revises, its message, labels and place. Any target, several
separated by commas, or current.
Errors: a target that names nothing, or is ambiguous';

CREATE FUNCTION migrate_plan(target text DEFAULT 'head', direction text DEFAULT 'upgrade')
RETURNS TABLE (step integer, direction text, revision text, heads_after text[], message text,
	transactional boolean)
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_plan(text, text) IS
'what it would do, in order; direction: upgrade, downgrade or stamp. heads_after: the version rows
after each step. Runs nothing and takes no lock.
Errors: those of the target that the call itself would have';

CREATE FUNCTION migrate_resolve(target text) RETURNS TABLE (revision text)
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_resolve(text) IS
'the identifiers that a target names: none for base, the version rows for current.
Errors: it names nothing, or is ambiguous';

CREATE FUNCTION migrate_graph(format text DEFAULT 'text') RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_graph(text) IS
'the history drawn, newest first: text (like git log --graph, * applied, o pending; dependencies in
words), dot for Graphviz, or mermaid for Markdown. Errors: another format';

CREATE FUNCTION migrate_status() RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_status() IS
'one line for people: 2 of 14 revisions pending, current 375b918c8740';

CREATE FUNCTION migrate_progress()
RETURNS TABLE (pid integer, username text, direction text, revision text, step integer,
	steps integer, statement integer, statements integer, since timestamptz, waiting_for integer[],
	phase text, percent integer)
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_progress() IS
'the migration runs of all sessions: which revision (step of steps), which statement of one that runs
outside of a transaction, since when, the processes whose locks it waits for, and phase and percent of
an index that is being built or of migrate_backfill(). Other users'' runs show what
pg_read_all_stats lets see. SQLite: what the log says of revisions outside of a transaction';

CREATE FUNCTION migrate_check() RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_check() IS
'for CI and start-up: a line if every head is applied and the schema is what the last run has left.
Errors: the pending revisions, if not; a change outside of migrations, see migrate_drift()';

CREATE FUNCTION migrate_verify() RETURNS TABLE (revision text, problem text, hint text)
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_verify() IS
'every way in which the store contradicts itself: edited scripts, unknown version rows, missing
parents, cycles. No row: all is well';

/* ---- autogenerate ---- */

CREATE FUNCTION migrate_schema() RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_schema() IS
'the live schema as normalised DDL, the same text for the same schema, without migrate''s own
objects and those of extensions. What cannot be shown is named in a comment';

CREATE FUNCTION migrate_desired_am(internal) RETURNS table_am_handler
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_desired_am(internal) IS
'the handler of the access method migrate_desired';

CREATE ACCESS METHOD migrate_desired TYPE TABLE HANDLER migrate_desired_am;
COMMENT ON ACCESS METHOD migrate_desired IS
'heap without TOAST tables: migrate_diff() and its like use it for the tables of a desired schema,
which they take back. Not for tables that stay: a row of more than 8 kB does not fit';

CREATE FUNCTION migrate_diff(desired text, include text DEFAULT NULL, exclude text DEFAULT NULL,
	online boolean DEFAULT false)
RETURNS TABLE (step integer, object text, upgrade text, downgrade text, destructive boolean,
	hint text, downgrade_destructive boolean)
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_diff(text, text, text, boolean) IS
'the statements that lead from the live schema to the one that desired, DDL for an empty database,
makes: upgrades in the order of steps, downgrades in the reverse order. desired is run and taken
back; nothing of it stays. destructive: the upgrade may lose data; downgrade_destructive: the downgrade.
What has another name is told by a comment behind that name, like mail text, -- migrate:renamed-from
email; hint: what may be such, and what else to know before the step is run.
include and exclude: patterns of names, separated by commas, with * for any text: app.*, index tmp_*;
what is not included is left alone, as if it were the same in both, a table with its counters, what is
renamed under either name.
online: in forms that let other sessions go on, for tables that are there: indexes concurrently,
also those of UNIQUE and PRIMARY KEY, foreign keys and CHECKs NOT VALID and validated then, NOT NULL
by way of such a CHECK, a default that each row has anew by migrate_backfill(). What still makes
others wait has a hint that says so.
Errors: a statement of desired that fails, with its line; a schema that is not the user''s to alter;
an object that cannot be compared';

CREATE FUNCTION migrate_autogenerate(message text, desired text, head text DEFAULT 'head',
	rev_id text DEFAULT NULL, label text DEFAULT NULL, include text DEFAULT NULL,
	exclude text DEFAULT NULL, online boolean DEFAULT false) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_autogenerate(text, text, text, text, text, text, text, boolean) IS
'makes a revision, as migrate_revision() does, whose upgrade and downgrade are the steps of
migrate_diff(). What may lose data is marked by a comment. Read it before it runs. Where online has
changed a statement, the revision runs outside of a transaction.
Returns the identifier, or null where nothing differs.
Errors: pending revisions; as migrate_diff() and migrate_revision()';

CREATE FUNCTION migrate_check(desired text, include text DEFAULT NULL, exclude text DEFAULT NULL)
RETURNS text
AS 'MODULE_PATHNAME', 'migrate_check_desired' LANGUAGE C;
COMMENT ON FUNCTION migrate_check(text, text, text) IS
'as migrate_check(), and the live schema must be the one that desired makes.
Errors: as migrate_check(); the statements that are missing; as migrate_diff()';

CREATE FUNCTION migrate_snapshot() RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_snapshot() IS
'takes the schema for right as it is now, as each run does with what it has left, for migrate_drift()
and migrate_check(). Returns a line with the fingerprint';

CREATE FUNCTION migrate_drift() RETURNS TABLE (object text, change text, undo text)
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_drift() IS
'what has changed since the last run, outside of migrations (added, removed, changed, renamed), and
the statements that would undo it, in order, with a comment where that may lose data; null for what
migrate_schema() names in a comment alone. No row: nothing.
Errors: there is no snapshot of the current version: no run has ended there, but an offline script, or
one that failed behind a revision that it had committed';

CREATE FUNCTION migrate_version() RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION migrate_version() IS
'the version of the library';
