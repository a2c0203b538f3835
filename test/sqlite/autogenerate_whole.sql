.print ---- what the live schema lacks, too, is no reason to refuse the desired one
CREATE TABLE c (x REFERENCES gone (id)); CREATE TABLE d (x); CREATE VIEW v AS SELECT * FROM nowhere; CREATE TRIGGER t AFTER INSERT ON d BEGIN INSERT INTO lost VALUES (1); END;
SELECT count(*) FROM migrate_diff(migrate_schema());
SELECT upgrade FROM migrate_diff(migrate_schema() || 'CREATE TABLE e (x);');
.print ---- but what is new is
SELECT count(*) FROM migrate_diff(migrate_schema() || 'CREATE TABLE e (x REFERENCES gone (id));');
SELECT count(*) FROM migrate_diff('CREATE TABLE c (x REFERENCES away (id))');
DROP VIEW v; DROP TRIGGER t;
SELECT count(*) FROM migrate_diff(migrate_schema() || 'CREATE VIEW v AS SELECT * FROM nowhere;');
.print ---- drift
SELECT migrate_revision('x', 'CREATE VIEW v AS SELECT * FROM nowhere', 'DROP VIEW v', 'rev_id', 'a1'); SELECT migrate_upgrade();
CREATE TABLE f (x);
SELECT * FROM migrate_drift();
.print ---- a foreign key to a table that is not there goes, and comes back
CREATE TABLE g (x, y, CONSTRAINT lost FOREIGN KEY (x) REFERENCES gone (id)); INSERT INTO g VALUES (1, 2);
SELECT upgrade, downgrade FROM migrate_diff('CREATE TABLE g (x, y);', 'g, *g.*');
SELECT migrate_autogenerate('lost', 'CREATE TABLE g (x, y);', 'include', 'g, *g.*', 'rev_id', 'a2');
SELECT migrate_upgrade(); SELECT migrate_downgrade('-1'); SELECT sql FROM sqlite_schema WHERE name = 'g'; SELECT * FROM g;
