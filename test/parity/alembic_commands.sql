-- Every command of Alembic's command line and its options, as they are said here.
-- alembic revision -m --rev-id --branch-label
SELECT migrate_revision('create account', 'CREATE TABLE account (id integer PRIMARY KEY);', 'DROP TABLE account;', rev_id => 'a1', label => 'main');
SELECT migrate_revision('add name', 'ALTER TABLE account ADD COLUMN name text;', 'ALTER TABLE account DROP COLUMN name;', rev_id => 'a2');
-- alembic revision --head --splice
SELECT migrate_revision('billing', 'CREATE TABLE invoice (id integer);', 'DROP TABLE invoice;', head => 'a1', rev_id => 'b1', label => 'billing');
SELECT migrate_revision('billing', 'CREATE TABLE invoice (id integer);', 'DROP TABLE invoice;', head => 'a1', rev_id => 'b1', label => 'billing', splice => true);
SELECT migrate_revision('late', '', '', rev_id => 'x1');
SELECT migrate_revision('pay', 'CREATE TABLE payment (id integer);', 'DROP TABLE payment;', head => 'billing@head', rev_id => 'b2');
-- alembic revision --head base --depends-on
SELECT migrate_revision('shop', 'CREATE TABLE shop (id integer);', 'DROP TABLE shop;', head => 'base', rev_id => 's1', label => 'shop', depends => 'billing,a2');
SELECT migrate_revision('x', '', '', head => 'base', rev_id => 'x1', depends => 'nosuch');
SELECT migrate_revision('x', '', '', head => 'base', rev_id => 'x1', depends => 'heads');
SELECT migrate_revision('x', '', '', head => 'base', rev_id => 'x1', depends => 'base');
SELECT migrate_revision('x', '', '', head => 'nosuch', rev_id => 'x1');
SELECT migrate_revision('x', '', '', head => 'current', rev_id => 'x1');
SELECT migrate_revision('x', '', '', head => 'b1', rev_id => 'b1', splice => true);
SELECT migrate_revision('x', '', '', head => 'b1', rev_id => 'x1', label => 'shop', splice => true);
SELECT migrate_revision('x', '', '', head => 'b1', rev_id => 'x-1', splice => true);
SELECT migrate_revision('x', '', '', head => 'b1', rev_id => 'head', splice => true);
-- alembic heads, --resolve-dependencies
SELECT revision, replace(replace(CAST(labels AS text), '{', ''), '}', ''), message FROM migrate_heads();
SELECT revision FROM migrate_heads(true);
-- alembic branches
SELECT revision, replace(replace(CAST(children AS text), '{', ''), '}', ''), message FROM migrate_branches();
-- alembic upgrade
SELECT migrate_upgrade('head');
SELECT migrate_upgrade('a1:a2');
SELECT migrate_upgrade('+1');
SELECT migrate_upgrade('+1');
SELECT migrate_upgrade('billing@+1');
SELECT migrate_upgrade('billing@+1');
SELECT migrate_upgrade('billing@+2');
SELECT migrate_upgrade('a2,billing');
SELECT migrate_upgrade('+1');
SELECT migrate_upgrade('a1+1');
SELECT migrate_upgrade('billing@head');
SELECT migrate_upgrade('shop@heads');
SELECT migrate_upgrade('heads');
SELECT migrate_upgrade('-1');
SELECT migrate_upgrade('a');
SELECT migrate_upgrade('nosuch@head');
SELECT migrate_upgrade('shop@a2');
SELECT migrate_upgrade('current');
SELECT migrate_upgrade('+1x');
SELECT migrate_upgrade('a1,a2');
-- alembic current, -v, --check-heads
SELECT revision, message, CASE WHEN is_head THEN 'head' END FROM migrate_current();
SELECT migrate_show('current');
SELECT migrate_check();
-- alembic downgrade
SELECT migrate_downgrade('head');
SELECT migrate_downgrade('-1');
SELECT migrate_downgrade('billing@-1');
SELECT migrate_check();
SELECT migrate_downgrade('shop@base');
SELECT migrate_downgrade('billing@a1');
SELECT migrate_downgrade('a1+1');
SELECT migrate_downgrade('b2');
SELECT migrate_downgrade('head-1');
SELECT migrate_downgrade('billing@head-1');
SELECT migrate_downgrade('a2-1');
SELECT migrate_downgrade('-1');
SELECT migrate_downgrade('-1');
SELECT migrate_downgrade('+1');
SELECT migrate_upgrade('base+1');
SELECT migrate_downgrade('base');
-- alembic merge -m --branch-label --rev-id --splice
SELECT migrate_merge('a2,b1', 'no', rev_id => 'm1');
SELECT migrate_merge('a2,a2', 'no', rev_id => 'm1');
SELECT migrate_merge('nosuch,a2', 'no', rev_id => 'm1');
SELECT migrate_merge('a2,b1', 'merge in the middle', rev_id => 'm1', label => 'mid', splice => true);
SELECT migrate_remove('m1');
SELECT migrate_merge('a2,billing@head', 'merge', rev_id => 'm1', label => 'merged');
SELECT migrate_merge('heads', 'all', rev_id => 'm2');
-- alembic history, -r, -v, -i
SELECT revision, message FROM migrate_history();
SELECT migrate_upgrade('m1');
SELECT revision, CASE WHEN is_head THEN 'head' END, CASE WHEN is_current THEN 'current' END, CASE WHEN is_applied THEN 'applied' END,
	CASE WHEN is_branchpoint THEN 'branchpoint' END, CASE WHEN is_mergepoint THEN 'mergepoint' END FROM migrate_history();
SELECT revision FROM migrate_history('a2:');
SELECT revision FROM migrate_history(':b1');
SELECT revision FROM migrate_history('a1:m1');
SELECT revision FROM migrate_history('current:');
SELECT revision FROM migrate_history('-1:current');
SELECT revision FROM migrate_history('billing@base:');
SELECT revision FROM migrate_history('m1:a1');
SELECT revision FROM migrate_history('m1');
SELECT revision FROM migrate_history('a1:a2:m1');
SELECT migrate_show(revision) FROM migrate_history('b2:m1');
-- alembic show
SELECT migrate_show('a1');
SELECT migrate_show('merged');
SELECT migrate_show('heads');
SELECT migrate_show('m2-1');
SELECT migrate_show('base');
SELECT migrate_show('nosuch');
-- what a target names, and what would run (Alembic has neither)
SELECT revision FROM migrate_resolve('billing@head');
SELECT step, direction, revision, replace(replace(CAST(heads_after AS text), '{', ''), '}', '') FROM migrate_plan('a1', 'downgrade');
SELECT step, direction, revision, replace(replace(CAST(heads_after AS text), '{', ''), '}', '') FROM migrate_plan('heads');
SELECT step, direction, revision, replace(replace(CAST(heads_after AS text), '{', ''), '}', '') FROM migrate_plan('b1', 'stamp');
SELECT step FROM migrate_plan('b1', 'sideways');
-- alembic stamp, several, --purge
SELECT migrate_stamp('a2,b1');
SELECT migrate_stamp('a1');
SELECT migrate_stamp('b2');
SELECT migrate_stamp('a2');
SELECT migrate_stamp('a2,b2');
SELECT migrate_stamp('a1,b1');
SELECT migrate_stamp('+1');
SELECT migrate_stamp('head');
SELECT migrate_stamp('base');
SELECT migrate_stamp('a2,billing', true);
SELECT migrate_stamp('heads', true);
SELECT migrate_stamp('base', true);
-- alembic edit
SELECT CASE WHEN migrate_script('m1') LIKE '%merge%' THEN 'the file that goes to the editor' END;
-- alembic check, in its first half: every head is applied
SELECT migrate_check();
