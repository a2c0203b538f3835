# A revision that has stopped on the primary is finished on the standby that takes its place.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->start;
$primary->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->start;

$primary->safe_psql('postgres', q{
	CREATE EXTENSION migrate;
	CREATE TABLE t AS SELECT g AS a FROM generate_series(1, 1000) g;
	INSERT INTO t VALUES (1);
	CREATE TABLE effect (n integer);
	SELECT migrate_add('
-- migrate:revision r1
-- migrate:transaction off
-- migrate:upgrade
INSERT INTO effect VALUES (1);
CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);
INSERT INTO effect VALUES (2);
')});
$primary->wait_for_catchup($standby);

sub call_fails
{
	my ($node, $pattern, $name) = @_;
	my ($status, $out, $err) = $node->psql('postgres', 'CALL migrate_upgrade_autocommit()');

	isnt($status, 0, "$name: it fails");
	like($err, $pattern, $name);
}

my $read_only = qr/ERROR:  cannot run migrations on a standby server\nHINT:  Connect to the primary/;
my $stopped = '1 of 1 revisions pending, current <base>, stopped in revision r1 at statement 2 of 3';

call_fails($standby, $read_only, 'refused on a standby');
is($standby->safe_psql('postgres', 'SELECT count(*) FROM migrate_progress()'), '0',
	'progress can be looked at there');
call_fails($primary, qr/could not create unique index "i"/, 'the revision stops');
$primary->wait_for_catchup($standby);
is($standby->safe_psql('postgres', 'SELECT migrate_status()'), $stopped, 'which the standby sees');
call_fails($standby, $read_only, 'still refused there');

$primary->stop('immediate');
$standby->promote;
call_fails($standby, qr/could not create unique index "i"/, 'the promoted server goes on there');
$standby->safe_psql('postgres', 'DELETE FROM t WHERE ctid = (SELECT max(ctid) FROM t WHERE a = 1)');
$standby->safe_psql('postgres', 'CALL migrate_upgrade_autocommit()');
is( $standby->safe_psql('postgres', q{
		SELECT migrate_status(), (SELECT string_agg(n::text, ',' ORDER BY n) FROM effect),
			(SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass)}),
	'0 of 1 revisions pending, current r1|1,2|t', 'and ends, each statement once');

# A standby that is not yet promoted has no part in a CALL that runs; a crash in one is recovered.
$standby->safe_psql('postgres', q{SELECT migrate_revision('slow', 'SELECT pg_sleep(30)', rev_id => 'r2',
	transaction => false)});
my $background = $standby->background_psql('postgres', on_error_stop => 0);
$background->query_until(qr/started/, "\\echo started\nCALL migrate_upgrade_autocommit();\n");
ok($standby->poll_query_until('postgres', q{
		SELECT count(*) = 1 FROM migrate_progress() WHERE revision = 'r2' AND statement = 1}),
	'a statement runs');
$standby->stop('immediate');
$standby->start;
is($standby->safe_psql('postgres', 'SELECT migrate_status()'),
	'1 of 2 revisions pending, current r1, stopped in revision r2 at statement 1 of 1',
	'after a crash it has stopped');
is($standby->safe_psql('postgres', q{SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'}), '0',
	'and nothing is locked');
eval { $background->quit };
$standby->stop;
done_testing();
