"""Online forms: what they are, that no row is read under a lock that others wait for, and where they lead.

Each statement of a script is run by itself.  One that reads all rows of a table, as
the server counts it, must not hold a lock there for which a writer would wait.
"""
import os
import re
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, error, failure, fresh_database, postgres, rows  # noqa: E402

UP = "CALL migrate_upgrade_autocommit()"

# How often this session has read all rows of each table, and the tables for which a writer waits.
SCANS = "SELECT oid, pg_stat_get_xact_numscans(oid) FROM pg_class WHERE oid >= 16384 AND relkind IN ('r', 'p')"
LOCKED = """SELECT DISTINCT relation FROM pg_locks WHERE pid = pg_backend_pid() AND relation >= 16384
AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')"""


def schema(db):
    return rows(db, "SELECT migrate_schema()")[0][0]


def schema_left(db):
    """Since PostgreSQL 18 a key that a partition takes over by its index leaves NOT NULL there, as its own."""
    text = schema(db)
    return re.sub(r"\n-- not shown: NOT NULL of column .*\n", "", text) if db.server_version >= 180000 else text


def made_by(ddl):
    db = postgres(fresh_database("online_b"))
    rows(db, ddl)
    text = schema(db)
    db.close()
    return text


def section(script, name):
    """The statements of a section, comments left out."""
    text = script.split("-- migrate:%s\n" % name)[1].split("\n\n-- migrate:")[0]
    text = "\n".join(line for line in text.split("\n") if not line.startswith("--"))
    return [s.rstrip(";\n") for s in text.split(";\n") if s.strip()]


def by_hand(db, statements):
    """Runs them one by one; those that read a table's rows under a lock that writers wait for."""
    bad = []
    for s in statements:
        alone = "CONCURRENTLY" in s or s.startswith("CALL")
        if not alone:
            rows(db, "BEGIN")
            was = dict(rows(db, SCANS))
        rows(db, s)
        if not alone:
            now = dict(rows(db, SCANS))
            if any(now.get(table, 0) > was.get(table, 0) for table, in rows(db, LOCKED)):
                bad.append(s)
            rows(db, "COMMIT")
    return bad


def online(name, a, b, upgrade, downgrade=None, data=None, locked=[]):
    """From a to b and back by the online forms.  locked: the statements that cannot do without."""
    wanted = made_by(b)
    db = postgres(fresh_database("online"))
    rows(db, a)
    if data:
        rows(db, data)
    before = schema(db)
    rows(db, "SELECT migrate_autogenerate('x', %s, rev_id => 'x', online => true)", b)
    script = rows(db, "SELECT migrate_script('x')")[0][0]
    got = script.split("-- migrate:upgrade\n")[1].split("\n\n-- migrate:downgrade\n")
    check(name + ": the upgrade's statements", got[0], upgrade.strip("\n"))
    if downgrade is not None:
        check(name + ": the downgrade's", got[1].strip("\n"), downgrade.strip("\n"))
    check(name + ": no row is read while writers wait", by_hand(db, section(script, "upgrade")), locked)
    check(name + ": they lead to what is desired", schema(db), wanted)
    check(name + ": and the downgrade leads back",
          error(lambda: by_hand(db, section(script, "downgrade"))), "no error")
    check(name + ": to the same", schema_left(db), before)
    rows(db, UP)
    check(name + ": the revision runs", schema(db), wanted)
    check(name + ": nothing differs then", rows(db, "SELECT upgrade FROM migrate_diff(%s)", b), [])
    rows(db, "CALL migrate_downgrade_autocommit('base')")
    check(name + ": it can be undone", schema_left(db), before)
    db.close()


T = "CREATE TABLE t (id integer PRIMARY KEY, a integer, b text, c integer);\n"
ROWS = "INSERT INTO t SELECT g, g, g::text, g FROM generate_series(1, 100) g"

online("indexes", T + "CREATE INDEX gone ON t (c);",
       T + "CREATE INDEX i ON t (a); CREATE UNIQUE INDEX \"J j\" ON t (lower(b)) WHERE a > 0;", """
DROP INDEX CONCURRENTLY gone;
CREATE UNIQUE INDEX CONCURRENTLY "J j" ON t (lower(b)) WHERE a > 0;
CREATE INDEX CONCURRENTLY i ON t (a);
""", """
DROP INDEX CONCURRENTLY i;
DROP INDEX CONCURRENTLY "J j";
CREATE INDEX CONCURRENTLY gone ON t (c);
""", ROWS)

online("another index of the same name", T + "CREATE INDEX i ON t (a);", T + "CREATE INDEX i ON t (a, b);", """
CREATE INDEX CONCURRENTLY "i (new)" ON t (a, b);
DROP INDEX CONCURRENTLY i;
ALTER INDEX "i (new)" RENAME TO i;
""", None, ROWS)

online("another index and another key, whose columns become NOT NULL",
       T + "CREATE INDEX i ON t (a); ALTER TABLE t ADD CONSTRAINT u UNIQUE (c);",
       T.replace("a integer", "a integer NOT NULL").replace("c integer", "c integer NOT NULL") +
       "CREATE INDEX i ON t (a, b); ALTER TABLE t ADD CONSTRAINT u UNIQUE (c, b);", """
ALTER TABLE t ADD CONSTRAINT "a (not null)" CHECK (a IS NOT NULL) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT "a (not null)";
ALTER TABLE t ALTER COLUMN a SET NOT NULL;
ALTER TABLE t DROP CONSTRAINT "a (not null)";
ALTER TABLE t ADD CONSTRAINT "c (not null)" CHECK (c IS NOT NULL) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT "c (not null)";
ALTER TABLE t ALTER COLUMN c SET NOT NULL;
ALTER TABLE t DROP CONSTRAINT "c (not null)";
CREATE UNIQUE INDEX CONCURRENTLY "u (new)" ON t (c, b);
ALTER TABLE t DROP CONSTRAINT u, ADD CONSTRAINT u UNIQUE USING INDEX "u (new)";
CREATE INDEX CONCURRENTLY "i (new)" ON t (a, b);
DROP INDEX CONCURRENTLY i;
ALTER INDEX "i (new)" RENAME TO i;
""", """
ALTER TABLE t ALTER COLUMN c DROP NOT NULL;
ALTER TABLE t ALTER COLUMN a DROP NOT NULL;
CREATE UNIQUE INDEX CONCURRENTLY "u (new)" ON t (c);
ALTER TABLE t DROP CONSTRAINT u, ADD CONSTRAINT u UNIQUE USING INDEX "u (new)";
CREATE INDEX CONCURRENTLY "i (new)" ON t (a);
DROP INDEX CONCURRENTLY i;
ALTER INDEX "i (new)" RENAME TO i;
""", ROWS)

LONG = "x" * 60 + "abc"
online("names as long as they can be", T + "CREATE INDEX %s ON t (a);" % LONG, T + "CREATE INDEX %s ON t (b);" % LONG, """
CREATE INDEX CONCURRENTLY "%s (new)" ON t (b);
DROP INDEX CONCURRENTLY %s;
ALTER INDEX "%s (new)" RENAME TO %s;
""" % (LONG[:57], LONG, LONG[:57], LONG), None, ROWS)

online("an index whose column goes", T + "CREATE INDEX i ON t (a, c);",
       "CREATE TABLE t (id integer PRIMARY KEY, a integer, b text); CREATE INDEX i ON t (a);", """
-- It is not there until it is made again below.
DROP INDEX CONCURRENTLY i;
-- destructive: column t.c
ALTER TABLE t DROP COLUMN c;
CREATE INDEX CONCURRENTLY i ON t (a);
""", None, ROWS)

online("of a materialized view", "CREATE TABLE s (a integer); CREATE MATERIALIZED VIEW v AS SELECT a FROM s;",
       "CREATE TABLE s (a integer); CREATE MATERIALIZED VIEW v AS SELECT a FROM s; CREATE UNIQUE INDEX i ON v (a);", """
CREATE UNIQUE INDEX CONCURRENTLY i ON v (a);
""", "DROP INDEX CONCURRENTLY i;")

online("keys", "CREATE TABLE t (id integer, a integer, b text);",
       "CREATE TABLE t (id integer PRIMARY KEY, a integer, b text, UNIQUE (a) INCLUDE (b), "
       "CONSTRAINT \"U u\" UNIQUE (a, b) DEFERRABLE INITIALLY DEFERRED);", """
ALTER TABLE t ADD CONSTRAINT "id (not null)" CHECK (id IS NOT NULL) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT "id (not null)";
ALTER TABLE t ALTER COLUMN id SET NOT NULL;
ALTER TABLE t DROP CONSTRAINT "id (not null)";
CREATE UNIQUE INDEX CONCURRENTLY "U u" ON t (a, b);
ALTER TABLE t ADD CONSTRAINT "U u" UNIQUE USING INDEX "U u" DEFERRABLE INITIALLY DEFERRED;
CREATE UNIQUE INDEX CONCURRENTLY t_a_b_key ON t (a) INCLUDE (b);
ALTER TABLE t ADD CONSTRAINT t_a_b_key UNIQUE USING INDEX t_a_b_key;
CREATE UNIQUE INDEX CONCURRENTLY t_pkey ON t (id);
ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX t_pkey;
""", """
ALTER TABLE t DROP CONSTRAINT t_pkey;
ALTER TABLE t DROP CONSTRAINT t_a_b_key;
ALTER TABLE t DROP CONSTRAINT "U u";
ALTER TABLE t ALTER COLUMN id DROP NOT NULL;
""", "INSERT INTO t SELECT g, g, g::text FROM generate_series(1, 100) g")

online("a key of other columns", T + "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a);", T + "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a, b);", """
CREATE UNIQUE INDEX CONCURRENTLY "u (new)" ON t (a, b);
ALTER TABLE t DROP CONSTRAINT u, ADD CONSTRAINT u UNIQUE USING INDEX "u (new)";
""", None, ROWS)

R = "CREATE TABLE r (id integer PRIMARY KEY, t integer);\n"
online("a key that another table refers to",
       "CREATE TABLE t (id integer PRIMARY KEY, a integer NOT NULL); CREATE TABLE r (t integer REFERENCES t);",
       "CREATE TABLE t (id integer UNIQUE, a integer PRIMARY KEY); CREATE TABLE r (t integer REFERENCES t);", """
-- It is not there until it is made again below.
ALTER TABLE r DROP CONSTRAINT r_t_fkey;
-- It is not there until it is made again below.
ALTER TABLE t DROP CONSTRAINT t_pkey;
ALTER TABLE t ALTER COLUMN id DROP NOT NULL;
CREATE UNIQUE INDEX CONCURRENTLY t_id_key ON t (id);
ALTER TABLE t ADD CONSTRAINT t_id_key UNIQUE USING INDEX t_id_key;
CREATE UNIQUE INDEX CONCURRENTLY t_pkey ON t (a);
ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX t_pkey;
ALTER TABLE r ADD CONSTRAINT r_t_fkey FOREIGN KEY (t) REFERENCES t(a) NOT VALID;
ALTER TABLE r VALIDATE CONSTRAINT r_t_fkey;
""", None, "INSERT INTO t SELECT g, g FROM generate_series(1, 100) g; INSERT INTO r SELECT id FROM t")

online("CHECK and FOREIGN KEY", T + R, T + R + "ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0);"
       "ALTER TABLE r ADD FOREIGN KEY (t) REFERENCES t ON DELETE CASCADE DEFERRABLE;", """
ALTER TABLE t ADD CONSTRAINT positive CHECK ((a > 0)) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT positive;
ALTER TABLE r ADD CONSTRAINT r_t_fkey FOREIGN KEY (t) REFERENCES t(id) ON DELETE CASCADE DEFERRABLE NOT VALID;
ALTER TABLE r VALIDATE CONSTRAINT r_t_fkey;
""", """
ALTER TABLE r DROP CONSTRAINT r_t_fkey;
ALTER TABLE t DROP CONSTRAINT positive;
""", ROWS + "; INSERT INTO r SELECT id, id FROM t")

online("other ones of the same name", T + R + "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0);"
       "ALTER TABLE r ADD FOREIGN KEY (t) REFERENCES t;",
       T + R + "ALTER TABLE t ADD CONSTRAINT k CHECK (a > -1);"
       "ALTER TABLE r ADD FOREIGN KEY (t) REFERENCES t ON DELETE CASCADE;", """
ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k CHECK ((a > '-1'::integer)) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT k;
ALTER TABLE r DROP CONSTRAINT r_t_fkey, ADD CONSTRAINT r_t_fkey FOREIGN KEY (t) REFERENCES t(id) ON DELETE CASCADE NOT VALID;
ALTER TABLE r VALIDATE CONSTRAINT r_t_fkey;
""", None, ROWS + "; INSERT INTO r SELECT id, id FROM t")

online("what is to stay NOT VALID", T + "ALTER TABLE t ADD CONSTRAINT l CHECK (a > 0) NOT VALID;",
       T + "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID, ADD CONSTRAINT l CHECK (a > -1) NOT VALID;", """
ALTER TABLE t ADD CONSTRAINT k CHECK ((a > 0)) NOT VALID;
ALTER TABLE t DROP CONSTRAINT l, ADD CONSTRAINT l CHECK ((a > '-1'::integer)) NOT VALID;
""", """
ALTER TABLE t DROP CONSTRAINT k;
ALTER TABLE t DROP CONSTRAINT l, ADD CONSTRAINT l CHECK ((a > 0)) NOT VALID;
""")

online("an exclusion constraint", T, T + "ALTER TABLE t ADD CONSTRAINT e EXCLUDE USING gist (int4range(a, a + 1) WITH &&);", """
-- Others wait for table t while an index of it is built.
ALTER TABLE t ADD CONSTRAINT e EXCLUDE USING gist (int4range(a, (a + 1)) WITH &&);
""", None, ROWS, ["ALTER TABLE t ADD CONSTRAINT e EXCLUDE USING gist (int4range(a, (a + 1)) WITH &&)"])

E = "ALTER TABLE t ADD CONSTRAINT e EXCLUDE USING gist (int4range(a, a + %d) WITH &&);"
online("another exclusion constraint of the same name", T + E % 1, T + E % 2, """
-- Others wait for table t while an index of it is built.
ALTER TABLE t DROP CONSTRAINT e, ADD CONSTRAINT e EXCLUDE USING gist (int4range(a, (a + 2)) WITH &&);
""", None, None, ["ALTER TABLE t DROP CONSTRAINT e, ADD CONSTRAINT e EXCLUDE USING gist (int4range(a, (a + 2)) WITH &&)"])

online("a domain", "CREATE DOMAIN d AS integer; CREATE TABLE u (d d);",
       "CREATE DOMAIN d AS integer CONSTRAINT positive CHECK (VALUE > 0) NOT NULL; CREATE TABLE u (d d);", """
-- Those who write to tables with the domain wait while their rows are read.
ALTER DOMAIN d SET NOT NULL;
-- Those who write to tables with the domain wait while their rows are read.
ALTER DOMAIN d ADD CONSTRAINT positive CHECK ((VALUE > 0)) NOT VALID;
ALTER DOMAIN d VALIDATE CONSTRAINT positive;
""", None, "INSERT INTO u SELECT generate_series(1, 100)",
       ["ALTER DOMAIN d SET NOT NULL", "ALTER DOMAIN d VALIDATE CONSTRAINT positive"])

online("columns", T, T + "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';"
       "ALTER TABLE t ADD u uuid NOT NULL DEFAULT gen_random_uuid(), ADD at timestamptz NOT NULL DEFAULT now(), "
       "ADD f integer DEFAULT f(), ALTER u SET STORAGE PLAIN, ADD plain integer NOT NULL DEFAULT 3;", """
SET check_function_bodies = off;
CREATE OR REPLACE FUNCTION f()
 RETURNS integer
 LANGUAGE sql
AS $function$SELECT 1$function$;
ALTER TABLE t ADD COLUMN u uuid;
ALTER TABLE t ALTER COLUMN u SET DEFAULT gen_random_uuid();
CALL migrate_backfill('t', 'u = DEFAULT', 'u IS NULL');
ALTER TABLE t ADD CONSTRAINT "u (not null)" CHECK (u IS NOT NULL) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT "u (not null)";
ALTER TABLE t ALTER COLUMN u SET NOT NULL;
ALTER TABLE t DROP CONSTRAINT "u (not null)";
ALTER TABLE t ADD COLUMN at timestamp with time zone NOT NULL DEFAULT now();
ALTER TABLE t ADD COLUMN f integer;
ALTER TABLE t ALTER COLUMN f SET DEFAULT f();
CALL migrate_backfill('t', 'f = DEFAULT', 'f IS NULL');
ALTER TABLE t ADD COLUMN plain integer NOT NULL DEFAULT 3;
""", None, ROWS)

D = "CREATE DOMAIN d AS integer CHECK (VALUE > 0);"
online("a column of a domain that checks", T + D, T + D + "ALTER TABLE t ADD d d;", """
-- Others wait for table t while its rows are written anew.
ALTER TABLE t ADD COLUMN d d;
""", None, ROWS, ["ALTER TABLE t ADD COLUMN d d"])

online("columns that have all rows written anew", "CREATE TABLE t (a integer);",
       "CREATE TABLE t (a integer, u uuid DEFAULT gen_random_uuid(), g integer GENERATED ALWAYS AS (a + 1) STORED, "
       "i integer GENERATED ALWAYS AS IDENTITY);", """
-- Others wait for table t while its rows are written anew.
ALTER TABLE t ADD COLUMN u uuid DEFAULT gen_random_uuid();
-- Others wait for table t while its rows are written anew.
ALTER TABLE t ADD COLUMN g integer GENERATED ALWAYS AS ((a + 1)) STORED;
-- Others wait for table t while its rows are written anew.
ALTER TABLE t ADD COLUMN i integer NOT NULL GENERATED ALWAYS AS IDENTITY;
""", None, "INSERT INTO t SELECT generate_series(1, 100)",
       ["ALTER TABLE t ADD COLUMN u uuid DEFAULT gen_random_uuid()",
        "ALTER TABLE t ADD COLUMN g integer GENERATED ALWAYS AS ((a + 1)) STORED",
        "ALTER TABLE t ADD COLUMN i integer NOT NULL GENERATED ALWAYS AS IDENTITY"])

WIDE = "CREATE TABLE t (v varchar(10), w varchar(10), n numeric(8, 2), m numeric(8, 2), s timestamp(3), i integer, c char(5));"
online("types", WIDE,
       "CREATE TABLE t (v varchar(20), w text, n numeric(9, 2), m numeric(9, 3), s timestamp, i bigint, c text);", """
ALTER TABLE t ALTER COLUMN v TYPE character varying(20);
ALTER TABLE t ALTER COLUMN w TYPE text;
ALTER TABLE t ALTER COLUMN n TYPE numeric(9,2);
-- Others wait for table t while its rows are written anew.
ALTER TABLE t ALTER COLUMN m TYPE numeric(9,3);
ALTER TABLE t ALTER COLUMN s TYPE timestamp without time zone;
-- Others wait for table t while its rows are written anew.
ALTER TABLE t ALTER COLUMN i TYPE bigint;
-- Others wait for table t while its rows are written anew.
ALTER TABLE t ALTER COLUMN c TYPE text;
""", None, "INSERT INTO t SELECT g, g, g, g, now(), g, g FROM generate_series(1, 100) g",
       ["ALTER TABLE t ALTER COLUMN m TYPE numeric(9,3)",
        "ALTER TABLE t ALTER COLUMN i TYPE bigint",
        "ALTER TABLE t ALTER COLUMN c TYPE text"])

P = """CREATE SCHEMA s;
CREATE TABLE ref (id integer PRIMARY KEY);
CREATE TABLE p (id integer NOT NULL, at date NOT NULL, r integer) PARTITION BY RANGE (at);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY LIST (r);
CREATE TABLE "p 21" PARTITION OF p2 FOR VALUES IN (1);
CREATE TABLE s.p22 PARTITION OF p2 DEFAULT;
"""
PROWS = "INSERT INTO ref VALUES (1), (2); INSERT INTO p SELECT g, '2020-06-01'::date + g, 1 + g % 2 FROM generate_series(1, 400) g"
online("an index of a partitioned table", P, P + "CREATE INDEX i ON p (r);", """
CREATE INDEX i ON ONLY p (r);
CREATE INDEX CONCURRENTLY "p1_i" ON p1 (r);
ALTER INDEX i ATTACH PARTITION "p1_i";
CREATE INDEX "p2_i" ON ONLY p2 (r);
ALTER INDEX i ATTACH PARTITION "p2_i";
CREATE INDEX CONCURRENTLY "p 21_i" ON "p 21" (r);
ALTER INDEX "p2_i" ATTACH PARTITION "p 21_i";
CREATE INDEX CONCURRENTLY "p22_i" ON s.p22 (r);
ALTER INDEX "p2_i" ATTACH PARTITION s."p22_i";
""", "DROP INDEX i;", PROWS)
online("keys of a partitioned table", P, P + "ALTER TABLE p ADD PRIMARY KEY (id, at, r);", """
ALTER TABLE p ADD CONSTRAINT "r (not null)" CHECK (r IS NOT NULL) NOT VALID;
ALTER TABLE p VALIDATE CONSTRAINT "r (not null)";
ALTER TABLE p ALTER COLUMN r SET NOT NULL;
ALTER TABLE p DROP CONSTRAINT "r (not null)";
ALTER TABLE ONLY p ADD CONSTRAINT p_pkey PRIMARY KEY (id, at, r);
CREATE UNIQUE INDEX CONCURRENTLY "p1_p_pkey" ON p1 (id, at, r);
ALTER TABLE p1 ADD CONSTRAINT "p1_p_pkey" PRIMARY KEY USING INDEX "p1_p_pkey";
ALTER INDEX p_pkey ATTACH PARTITION "p1_p_pkey";
ALTER TABLE ONLY p2 ADD CONSTRAINT "p2_p_pkey" PRIMARY KEY (id, at, r);
ALTER INDEX p_pkey ATTACH PARTITION "p2_p_pkey";
CREATE UNIQUE INDEX CONCURRENTLY "p 21_p_pkey" ON "p 21" (id, at, r);
ALTER TABLE "p 21" ADD CONSTRAINT "p 21_p_pkey" PRIMARY KEY USING INDEX "p 21_p_pkey";
ALTER INDEX "p2_p_pkey" ATTACH PARTITION "p 21_p_pkey";
CREATE UNIQUE INDEX CONCURRENTLY "p22_p_pkey" ON s.p22 (id, at, r);
ALTER TABLE s.p22 ADD CONSTRAINT "p22_p_pkey" PRIMARY KEY USING INDEX "p22_p_pkey";
ALTER INDEX "p2_p_pkey" ATTACH PARTITION s."p22_p_pkey";
""", """
ALTER TABLE p DROP CONSTRAINT p_pkey;
ALTER TABLE p ALTER COLUMN r DROP NOT NULL;
""", PROWS)
online("checks of a partitioned table", P, P + "ALTER TABLE p ADD CONSTRAINT k CHECK (id > 0), ADD FOREIGN KEY (r) REFERENCES ref;", """
ALTER TABLE p ADD CONSTRAINT k CHECK ((id > 0)) NOT VALID;
ALTER TABLE p VALIDATE CONSTRAINT k;
ALTER TABLE p1 ADD CONSTRAINT p_r_fkey FOREIGN KEY (r) REFERENCES ref(id) NOT VALID;
ALTER TABLE p1 VALIDATE CONSTRAINT p_r_fkey;
ALTER TABLE "p 21" ADD CONSTRAINT p_r_fkey FOREIGN KEY (r) REFERENCES ref(id) NOT VALID;
ALTER TABLE "p 21" VALIDATE CONSTRAINT p_r_fkey;
ALTER TABLE s.p22 ADD CONSTRAINT p_r_fkey FOREIGN KEY (r) REFERENCES ref(id) NOT VALID;
ALTER TABLE s.p22 VALIDATE CONSTRAINT p_r_fkey;
ALTER TABLE p ADD CONSTRAINT p_r_fkey FOREIGN KEY (r) REFERENCES ref(id);
""", """
ALTER TABLE p DROP CONSTRAINT p_r_fkey;
ALTER TABLE p DROP CONSTRAINT k;
""", PROWS)
online("beside a default partition", P, P + "ALTER TABLE p1 SET UNLOGGED; CREATE TABLE p23 PARTITION OF p2 FOR VALUES IN (3);", """
-- Others wait for table p1 while its rows are written anew.
ALTER TABLE p1 SET UNLOGGED;
-- Others wait for the default partition while its rows are read.
CREATE TABLE p23 PARTITION OF p2 FOR VALUES IN (3);
""", None, PROWS, ["ALTER TABLE p1 SET UNLOGGED", "CREATE TABLE p23 PARTITION OF p2 FOR VALUES IN (3)"])
online("another bound", P, P.replace("('2020-01-01')", "('2019-01-01')"), """
-- Its rows are out of the partitioned table while they are read.
ALTER TABLE p DETACH PARTITION p1;
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM ('2019-01-01') TO ('2021-01-01');
""", None, PROWS, ["ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM ('2019-01-01') TO ('2021-01-01')"])
LP = "CREATE TABLE p (a integer) PARTITION BY LIST (a); CREATE TABLE %s PARTITION OF p FOR VALUES IN (1);" % LONG
online("a partition whose name is long", LP, LP + "CREATE INDEX i_of_p ON p (a);", """
CREATE INDEX i_of_p ON ONLY p (a);
CREATE INDEX CONCURRENTLY "%s_50110569" ON %s (a);
ALTER INDEX i_of_p ATTACH PARTITION "%s_50110569";
""" % (LONG[:54], LONG, LONG[:54]))
online("a partition that comes along", P, P + "CREATE TABLE p3 PARTITION OF p FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');"
       "ALTER TABLE p ADD FOREIGN KEY (r) REFERENCES ref; DROP TABLE p1;", """
-- destructive: table p1
ALTER TABLE p DETACH PARTITION p1;
DROP TABLE p1;
ALTER TABLE "p 21" ADD CONSTRAINT p_r_fkey FOREIGN KEY (r) REFERENCES ref(id) NOT VALID;
ALTER TABLE "p 21" VALIDATE CONSTRAINT p_r_fkey;
ALTER TABLE s.p22 ADD CONSTRAINT p_r_fkey FOREIGN KEY (r) REFERENCES ref(id) NOT VALID;
ALTER TABLE s.p22 VALIDATE CONSTRAINT p_r_fkey;
ALTER TABLE p ADD CONSTRAINT p_r_fkey FOREIGN KEY (r) REFERENCES ref(id);
CREATE TABLE p3 PARTITION OF p FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
""")

# what needs no such form runs in a transaction
db = postgres(fresh_database("online"))
rows(db, T)
rows(db, "SELECT migrate_autogenerate('x', %s, rev_id => 'x', online => true)",
     T.replace("c integer", "c bigint") + "CREATE TABLE fresh (a integer UNIQUE CHECK (a > 0)); CREATE INDEX j ON fresh (a);")
check("a new table is nobody's yet", rows(db, "SELECT migrate_script('x')")[0][0].split("\n\n", 1)[1].split("\n\n")[0],
      "-- migrate:upgrade\n"
      "-- Others wait for table t while its rows are written anew.\n"
      "ALTER TABLE t ALTER COLUMN c TYPE bigint;\n"
      "CREATE TABLE fresh (\n\ta integer,\n\tCONSTRAINT fresh_a_check CHECK ((a > 0)),\n"
      "\tCONSTRAINT fresh_a_key UNIQUE (a)\n);\n"
      "CREATE INDEX j ON fresh (a);")
check("and such a revision is transactional", rows(db, "SELECT transactional FROM migrate_plan()"), [(True,)])
db.close()


# ---- rows that break what is desired: the call fails, and goes on when they are gone ----

def fails(name, b, data, expected, mend):
    wanted = made_by(b)
    db = postgres(fresh_database("online"))
    rows(db, T + R + "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a);")
    rows(db, data)
    rows(db, "SELECT migrate_autogenerate('x', %s, rev_id => 'x', online => true)", b)
    got = failure(db, UP)
    check(name + " is told", got and got[:3], expected)
    rows(db, mend)
    check(name + ": once it is gone, the call goes on", failure(db, UP), None)
    check(name + ": and leads to what is desired", schema(db), wanted)
    check(name + ": no index is left invalid", rows(db, "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid"), [])
    db.close()


U = "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a);"
fails("a null", T.replace("b text", "b text NOT NULL") + R + U, "INSERT INTO t VALUES (1, 1, NULL, 1)",
      ("23514", 'check constraint "b (not null)" of relation "t" is violated by some row', None), "UPDATE t SET b = ''")
fails("a row that breaks a CHECK", T + R + U + "ALTER TABLE t ADD CONSTRAINT k CHECK (c > 0);", "INSERT INTO t VALUES (1, 1, '', 0)",
      ("23514", 'check constraint "k" of relation "t" is violated by some row', None), "UPDATE t SET c = 1")
fails("a row that refers to none", T + R + U + "ALTER TABLE r ADD CONSTRAINT k FOREIGN KEY (t) REFERENCES t;", "INSERT INTO r VALUES (1, 7)",
      ("23503", 'insert or update on table "r" violates foreign key constraint "k"', 'Key (t)=(7) is not present in table "t".'), "DELETE FROM r")
TWO = "INSERT INTO t VALUES (1, 1, 'x', 7), (2, 2, 'x', 7)"
fails("a double", T + R + U + "ALTER TABLE t ADD CONSTRAINT k UNIQUE (b);", TWO,
      ("23505", 'could not create unique index "k"', "Key (b)=(x) is duplicated."), "UPDATE t SET b = id::text")
fails("a double of a changed key", T + R + "ALTER TABLE t ADD CONSTRAINT u UNIQUE (c);", TWO,
      ("23505", 'could not create unique index "u (new)"', "Key (c)=(7) is duplicated."), "UPDATE t SET c = id")


# an index that a build by hand has left is none
db = postgres(fresh_database("online"))
rows(db, T + TWO)
error(lambda: rows(db, "CREATE UNIQUE INDEX CONCURRENTLY i ON t (c)"))
rows(db, "UPDATE t SET c = id")
desired = T + "CREATE UNIQUE INDEX i ON t (c);"
check("an index that is not valid is built anew",
      rows(db, "SELECT object, upgrade FROM migrate_diff(%s) WHERE upgrade IS NOT NULL", desired),
      [("index i", "DROP INDEX i"), ("index i", "CREATE UNIQUE INDEX i ON t (c)")])
rows(db, "SELECT migrate_autogenerate('x', %s, online => true)", desired)
rows(db, UP)
check("and is valid then", rows(db, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), [(True,)])
check("once", rows(db, "SELECT upgrade FROM migrate_diff(%s)", desired), [])
db.close()


db = postgres(fresh_database("online"))
rows(db, "CREATE TABLE t (id integer, c integer)")
desired = "CREATE TABLE t (id integer, c integer, CONSTRAINT u UNIQUE (c) WITH (fillfactor=70))"
check("a key's index keeps its options", rows(db, "SELECT upgrade FROM migrate_diff(%s, online => true)", desired),
      [("CREATE UNIQUE INDEX CONCURRENTLY u ON t (c) WITH (fillfactor=70);\n"
        "ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX u",)])
rows(db, "SELECT migrate_autogenerate('x', %s, online => true)", desired)
rows(db, UP)
check("and is as desired", rows(db, "SELECT upgrade FROM migrate_diff(%s)", desired), [])
db.close()

# ---- somebody writes all the time ----

class Writer(threading.Thread):
    """Inserts, updates and deletes rows; keeps count of what must be there."""

    def __init__(self, name):
        super().__init__()
        self.db = postgres(name)
        self.stop = False
        self.n = 0
        self.error = None
        self.start()

    def run(self):
        try:
            while not self.stop:
                i = 1000 + self.n
                rows(self.db, "INSERT INTO t (id, a, b, c) VALUES (%s, %s, %s, %s)", i, i, str(i), i)
                rows(self.db, "INSERT INTO r (id, t) VALUES (%s, %s)", i, i)
                rows(self.db, "UPDATE t SET b = b || 'x' WHERE id = %s", i)
                rows(self.db, "DELETE FROM r WHERE id = %s", i - 10)
                rows(self.db, "DELETE FROM t WHERE id = %s", i - 10)
                rows(self.db, "INSERT INTO p VALUES (%s, '2020-06-01', 1)", i)
                self.n += 1
        except Exception as e:
            self.error = str(e)
        self.db.close()


A = T + R + P + "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a); CREATE INDEX i ON t (c);"
B = T.replace("b text", "b text NOT NULL") + R + P + """
ALTER TABLE t ADD CONSTRAINT u UNIQUE (a, c); CREATE INDEX i ON t (c, a); ALTER TABLE t ADD UNIQUE (c);
ALTER TABLE t ADD u uuid NOT NULL DEFAULT gen_random_uuid(), ADD CONSTRAINT k CHECK (a > 0);
ALTER TABLE r ADD FOREIGN KEY (t) REFERENCES t; CREATE INDEX r_t ON r (t);
CREATE INDEX p_r ON p (r); ALTER TABLE p ADD FOREIGN KEY (r) REFERENCES ref, ADD CONSTRAINT pk CHECK (id > 0);
ALTER TABLE p ADD UNIQUE (id, at, r);"""
wanted = made_by(B)
name = fresh_database("online")
db = postgres(name)
rows(db, A)
rows(db, ROWS + ";" + PROWS + "; INSERT INTO r SELECT id, id FROM t")
before = schema(db)
rows(db, "SELECT migrate_autogenerate('x', %s, rev_id => 'x', online => true)", B)
writer = Writer(name)
for direction, call, expected in (("upgrade", UP, wanted), ("downgrade", "CALL migrate_downgrade_autocommit('base')", before)):
    start = writer.n
    check("with a writer beside it the %s runs" % direction, failure(db, call), None)
    check("with a writer beside it the %s leads to the same" % direction, schema(db), expected)
    check("and the writer went on in the %s" % direction, writer.n > start, True)
writer.stop = True
writer.join()
check("it met no error", writer.error, None)
check("and all its rows are there", rows(db, "SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM r), (SELECT count(*) FROM p)"),
      [(100 + min(writer.n, 10), 100 + min(writer.n, 10), 400 + writer.n)])
db.close()
done()
