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
