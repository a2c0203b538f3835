-- Histories drawn: a line, a branch that is merged, three in parallel, dependencies, several parents.
SELECT migrate_graph();
SELECT migrate_add('-- migrate:revision 1a01
-- migrate:message create customer
-- migrate:upgrade
-- migrate:downgrade
-- migrate:revision 1a02
-- migrate:revises 1a01
-- migrate:message create orders with a message that is longer than what is left of the eighty columns of a terminal
-- migrate:upgrade
-- migrate:downgrade
-- migrate:revision 1a03
-- migrate:revises 1a02
-- migrate:message say "hi" \ <b>&amp;</b> #1 [x](y) `z` ü%s
-- migrate:upgrade
-- migrate:downgrade
');
SELECT migrate_upgrade('1a02');
SELECT migrate_graph();
SELECT migrate_graph('dot');
SELECT migrate_graph('mermaid');
SELECT migrate_graph('svg');
-- a branch, merged
SELECT migrate_revision('billing', '', '', rev_id => '2b01', label => 'billing');
SELECT migrate_revision('stock', '', '', head => '1a03', rev_id => '2c01', label => 'stock', splice => true);
SELECT migrate_revision('more stock', '', '', head => 'stock@head', rev_id => '2c02');
SELECT migrate_upgrade('billing@head');
SELECT migrate_merge('billing@head,stock@head', 'billing and stock', rev_id => '2d01');
SELECT migrate_graph();
SELECT migrate_graph('dot');
SELECT migrate_graph('mermaid');
-- three in parallel
SELECT migrate_revision('mail', '', '', rev_id => '3a01', label => 'mail');
SELECT migrate_revision('search', '', '', head => '2d01', rev_id => '3b01', label => 'search', splice => true);
SELECT migrate_revision('shop', '', '', head => '2d01', rev_id => '3c01', label => 'shop', splice => true);
SELECT migrate_revision('mail again', '', '', head => 'mail@head', rev_id => '3a02');
SELECT migrate_revision('search again', '', '', head => 'search@head', rev_id => '3b02');
SELECT migrate_revision('shop again with a message that is longer than what is left of the eighty columns', '', '', head => 'shop@head', rev_id => '3c02');
SELECT migrate_upgrade('3a02,3b01');
SELECT migrate_graph();
-- all three at once
SELECT migrate_merge('heads', 'mail, search and shop', rev_id => '4a01');
SELECT migrate_graph();
-- dependencies, and trees that have nothing to do with each other
SELECT migrate_revision('accounts', '', '', head => 'base', rev_id => '5a01', label => 'accounts');
SELECT migrate_revision('accounts need mail', '', '', head => 'accounts@head', rev_id => '5a02', depends => 'mail,3c01');
SELECT migrate_revision('logs', '', '', head => 'base', rev_id => '6a01');
SELECT migrate_revision('statistics', '', '', head => 'base', rev_id => '7a01', depends => '6a01');
SELECT migrate_upgrade('5a02');
SELECT migrate_graph();
SELECT migrate_graph('dot');
SELECT migrate_graph('mermaid');
