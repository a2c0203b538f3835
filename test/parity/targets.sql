-- What is wrong with a target is told: what was asked, what there is, what to do.
SELECT migrate_upgrade('nosuch');
SELECT migrate_add('-- migrate:revision aaaa1
-- migrate:labels alpha
-- migrate:upgrade
-- migrate:downgrade
-- migrate:revision aaaa2
-- migrate:revises aaaa1
-- migrate:labels left, links
-- migrate:upgrade
-- migrate:downgrade
-- migrate:revision aaaa3
-- migrate:revises aaaa1
-- migrate:labels right
-- migrate:upgrade
-- migrate:downgrade
-- migrate:revision aaaa4
-- migrate:revises aaaa3
-- migrate:upgrade
-- migrate:downgrade
-- migrate:revision bbbb1
-- migrate:depends aaaa2
-- migrate:upgrade
-- migrate:downgrade
-- migrate:revision cc
-- migrate:revises bbbb1
-- migrate:upgrade
-- migrate:downgrade
');
-- partial identifiers
SELECT migrate_upgrade('aaaa');
SELECT migrate_upgrade('bbb');
SELECT migrate_upgrade('c');
SELECT migrate_upgrade('aaaa@head');
SELECT migrate_upgrade('le@head');
SELECT migrate_upgrade('l@head');
SELECT migrate_upgrade('nosuch@+1');
SELECT migrate_upgrade('right@aaaa2');
SELECT migrate_upgrade('alpha@');
SELECT migrate_upgrade('right@bbbb1+1');
-- several
SELECT migrate_upgrade('left,right');
SELECT migrate_upgrade('left,aaaa1');
SELECT migrate_upgrade('left,nosuch');
SELECT migrate_upgrade('left,,right');
-- numbers
SELECT migrate_upgrade('right@+5');
SELECT migrate_upgrade('right@+0');
SELECT migrate_upgrade('cc+1');
SELECT migrate_upgrade('cc-9');
SELECT migrate_upgrade('cc-1x');
SELECT migrate_upgrade('+99999999999999999999');
SELECT migrate_upgrade('-1');
SELECT migrate_downgrade('+1');
SELECT migrate_downgrade('cc');
SELECT migrate_upgrade('heads');
SELECT migrate_downgrade('-1');
SELECT migrate_downgrade('right@-1x');
SELECT migrate_downgrade('nosuch@-1');
SELECT migrate_downgrade('alpha@-1');
SELECT migrate_downgrade('a:b');
-- what stays applied because something depends on it
SELECT migrate_downgrade('left');
SELECT migrate_downgrade('right@cc');
SELECT migrate_downgrade('cc@aaaa1');
SELECT migrate_downgrade('right@nosuch');
SELECT migrate_downgrade('nosuch@base');
-- stamps
SELECT migrate_stamp('bbbb1,aaaa2');
SELECT migrate_stamp('cc,cc');
SELECT migrate_stamp('aaaa1,aaaa4', true);
SELECT migrate_stamp('left,right', true);
SELECT migrate_stamp('alpha');
SELECT migrate_stamp('head');
SELECT migrate_stamp('nosuch');
SELECT migrate_stamp('');
SELECT migrate_stamp(NULL);
-- ranges
SELECT revision FROM migrate_history('left:right');
SELECT revision FROM migrate_history('links@base:');
SELECT revision FROM migrate_history('aaaa2@base:');
SELECT revision FROM migrate_history('-1:');
SELECT revision FROM migrate_history('cc-1:');
SELECT revision FROM migrate_history('');
-- making revisions on what is no head
SELECT migrate_revision('x', '', '', head => 'left,right');
SELECT migrate_revision('x', '', '', head => 'left@-9');
SELECT migrate_revision('x', '', '', head => 'cc@-9');
SELECT migrate_merge('base');
-- a version row that the store does not know
INSERT INTO migrate_version (revision, since) VALUES ('ffff', '2026-01-01T00:00:00Z');
SELECT migrate_upgrade('heads');
SELECT migrate_downgrade('base');
SELECT migrate_stamp('heads');
SELECT revision FROM migrate_current();
SELECT migrate_show('current');
SELECT migrate_upgrade('ffff@+1');
SELECT migrate_downgrade('ffff@-1');
SELECT migrate_stamp('heads', true);
-- more heads than a line holds
SELECT migrate_revision('one more', '', '', head => 'base', rev_id => 'h01');
SELECT migrate_revision('one more', '', '', head => 'base', rev_id => 'h02');
SELECT migrate_revision('one more', '', '', head => 'base', rev_id => 'h03');
SELECT migrate_revision('one more', '', '', head => 'base', rev_id => 'h04');
SELECT migrate_revision('one more', '', '', head => 'base', rev_id => 'h05');
SELECT migrate_revision('one more', '', '', head => 'base', rev_id => 'h06');
SELECT migrate_revision('one more', '', '', head => 'base', rev_id => 'h07');
SELECT migrate_revision('one more', '', '', head => 'base', rev_id => 'h08');
SELECT migrate_revision('one more', '', '', head => 'base', rev_id => 'h09');
SELECT migrate_upgrade('head');
SELECT migrate_upgrade('right@heads');
SELECT migrate_upgrade('heads');
SELECT migrate_upgrade('+1');
SELECT migrate_downgrade('-1');
SELECT migrate_upgrade('nosuch');
-- the rarer ones
SELECT migrate_upgrade('l@aaaa1');
SELECT migrate_stamp('left,right', true);
SELECT migrate_downgrade('alpha@-1');
SELECT migrate_stamp('base');
INSERT INTO migrate_version (revision, since) VALUES ('aaaa1', '2026-01-01T00:00:00Z');
INSERT INTO migrate_version (revision, since) VALUES ('aaaa4', '2026-01-01T00:00:00Z');
SELECT migrate_stamp('aaaa3');
SELECT migrate_upgrade('heads');
SELECT migrate_stamp('base');
SELECT migrate_add('-- migrate:revision dd1
-- migrate:revises aaa
-- migrate:upgrade
');
SELECT migrate_add('-- migrate:revision dd1
-- migrate:revises bbb
-- migrate:upgrade
');
SELECT migrate_add('-- migrate:revision dd1
-- migrate:depends right@head
-- migrate:upgrade
');
SELECT migrate_revision('two
lines', '', '', head => 'cc');
SELECT migrate_revision('x', '-- migrate:revision yy
', '', head => 'cc');
SELECT migrate_remove('heads');
SELECT migrate_remove('base');
SELECT migrate_script('heads');
SELECT CASE WHEN migrate_script('right') LIKE '%aaaa3%' THEN 'found' END;
SELECT migrate_remove('aaaa1');
SELECT revision FROM migrate_history(' right:aaaa4 ');
SELECT revision FROM migrate_history('cc@base:aaaa4');
