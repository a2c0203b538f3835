"""CREATE EXTENSION takes over the tables of an offline script, and no others."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, error, fresh_database, history, postgres, rows  # noqa: E402

admin = postgres()
source = postgres(fresh_database("takeover_source"))
rows(source, "SELECT migrate_add(%s)", history(3))
SCRIPT = rows(source, "SELECT migrate_upgrade_sql('r0002')")[0][0]

for role in ("takeover_owner", "takeover_other"):
    rows(admin, "DROP DATABASE IF EXISTS takeover WITH (FORCE)")
    rows(admin, "DROP ROLE IF EXISTS " + role)
    rows(admin, "CREATE ROLE " + role)


def bare(owner="takeover_owner"):
    """A new database without the extension, where everybody may create in public."""
    rows(admin, "DROP DATABASE IF EXISTS takeover WITH (FORCE)")
    rows(admin, "CREATE DATABASE takeover OWNER " + owner)
    db = postgres("takeover")
    rows(db, "GRANT ALL ON SCHEMA public TO PUBLIC")
    return db


def run_script(db, role, text=SCRIPT):
    rows(db, "SET ROLE " + role)
    rows(db, text)
    rows(db, "RESET ROLE")


def install(db, role="CURRENT_USER", how=""):
    if role != "CURRENT_USER":
        rows(db, "SET ROLE " + role)
    text = error(lambda: rows(db, "CREATE EXTENSION migrate" + how))
    rows(db, "RESET ROLE")
    return text.split("\nCONTEXT")[0]


STATE = """SELECT (SELECT string_agg(revision, ',') FROM migrate_version),
                  (SELECT string_agg(id || ':' || revision, ',' ORDER BY id) FROM migrate_log),
                  (SELECT count(*)::int FROM migrate_revision),
                  (SELECT count(*)::int FROM migrate_verify())"""
DONE = [("r0002", "1:r0001,2:r0002", 2, 0)]
OWNERS = "SELECT DISTINCT tableowner FROM pg_tables WHERE tablename LIKE 'migrate%%'"
SHAPE = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
           a.attcollation, pg_get_expr(d.adbin, d.adrelid),
           (SELECT array_agg(pg_get_indexdef(indexrelid)) FROM pg_index WHERE indrelid = c.oid),
           pg_get_serial_sequence(c.oid::regclass::text, a.attname),
           (SELECT array_agg(pg_get_constraintdef(oid)) FROM pg_constraint WHERE conrelid = c.oid)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relname IN ('migrate_revision', 'migrate_version', 'migrate_log')
    ORDER BY c.relname, a.attnum"""

db = bare()
run_script(db, "takeover_owner")
check("the script's tables are those of the extension", rows(db, SHAPE), rows(source, SHAPE))
check("no superuser: installed over them", install(db, "takeover_owner"), "no error")
rows(db, "SET ROLE takeover_owner")
check("no superuser: the rows are there", rows(db, STATE), DONE)
check("no superuser: and are his", rows(db, OWNERS), [("takeover_owner",)])
check("no superuser: the tables are as ever", rows(db, SHAPE), rows(source, SHAPE))
check("nothing is left behind", rows(db, "SELECT count(*)::int FROM pg_namespace WHERE nspname LIKE 'migrate%%'"),
      [(0,)])
rows(db, "SELECT migrate_add(%s)", history(3))
check("the run goes on", rows(db, "SELECT migrate_upgrade()"),
      [("upgrade r0002 -> r0003",), ("current: r0003 (head)",)])
check("the log, too", rows(db, "SELECT max(id)::int FROM migrate_log"), [(3,)])
check("a script runs on the extension's tables", [rows(db, text) and None for text in (
    rows(db, "SELECT migrate_downgrade_sql('r0003:r0001')")[0][0],)] + rows(db, "SELECT migrate_status()"),
      [None, ("2 of 3 revisions pending, current r0001",)])
db.close()

db = bare()
run_script(db, "takeover_owner")
check("a superuser's tables are taken by whoever installs",
      (rows(db, "ALTER TABLE migrate_log OWNER TO postgres"), install(db, "takeover_owner"),
       rows(db, OWNERS)), (None, "no error", [("takeover_owner",)]))
db.close()

db = bare()
run_script(db, "takeover_other")
OTHER = ('table "public.migrate_revision" belongs to another role\n'
         'DETAIL:  Its owner, takeover_other, can have written revisions, which would run with your '
         'rights.\nHINT:  If you trust its rows, ALTER TABLE public.migrate_revision OWNER TO %s.')
check("somebody else's tables, no superuser", install(db, "takeover_owner"), OTHER % "takeover_owner")
check("somebody else's tables, superuser", install(db), OTHER % "postgres")
check("they stay as they were", rows(db, OWNERS), [("takeover_other",)])
for table in ("revision", "version", "log"):
    rows(db, "ALTER TABLE public.migrate_%s OWNER TO postgres" % table)
check("with the hint followed", (install(db), rows(db, STATE)), ("no error", DONE))
db.close()

# Whatever could run somebody's code when the rows are read, or is not what a script makes.
FOREIGN = {
    "a column more": "ALTER TABLE migrate_log ADD more text",
    "a column less": "ALTER TABLE migrate_log DROP detail",
    "another type": "ALTER TABLE migrate_log ALTER detail TYPE varchar",
    "a domain": "CREATE DOMAIN d AS text; ALTER TABLE migrate_log ALTER detail TYPE d",
    "a generated column": "ALTER TABLE migrate_log DROP client; "
                          "ALTER TABLE migrate_log ADD client text GENERATED ALWAYS AS (actor) STORED",
    "no identity": "ALTER TABLE migrate_log ALTER id DROP IDENTITY",
    "a trigger": "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
                 "CREATE TRIGGER t BEFORE DELETE ON migrate_log EXECUTE FUNCTION f()",
    "a rule": "CREATE RULE r AS ON DELETE TO migrate_log DO INSTEAD NOTHING",
    "an index on an expression": "CREATE INDEX i ON migrate_log (lower(actor))",
    "a partial index": "CREATE INDEX i ON migrate_log (actor) WHERE id > 0",
    "a constraint": "ALTER TABLE migrate_log ADD CHECK (id > 0)",
    "row security": "ALTER TABLE migrate_log ENABLE ROW LEVEL SECURITY",
    "extended statistics": "CREATE STATISTICS s ON actor, client FROM migrate_log",
    "a child": "CREATE TABLE child () INHERITS (migrate_log)",
    "a parent": "CREATE TABLE parent (actor text NOT NULL); ALTER TABLE migrate_log INHERIT parent",
    "unlogged": "ALTER TABLE migrate_log SET UNLOGGED",
    "a view": "ALTER TABLE migrate_log RENAME TO x; CREATE VIEW migrate_log AS SELECT * FROM x",
    "partitioned": "DROP TABLE migrate_log; CREATE TABLE migrate_log (id bigint) PARTITION BY LIST (id)",
    "an index": "DROP TABLE migrate_log; CREATE TABLE x (y int); CREATE INDEX migrate_log ON x (y)",
}
for name, change in FOREIGN.items():
    db = bare()
    run_script(db, "takeover_owner")
    run_script(db, "takeover_owner", change)
    check("not taken over: " + name, install(db, "takeover_owner"),
          '"public.migrate_log" exists and is not as an offline script makes it\n'
          "HINT:  Rename it, or install the extension in another schema.")
    db.close()

# In public anybody can make operators that fit better than pg_catalog's, for types that it has none for.
OPERATORS = """
    CREATE FUNCTION public.planted%(n)d(%(l)s, %(r)s) RETURNS %(t)s LANGUAGE plpgsql
        AS 'BEGIN RAISE EXCEPTION ''planted code was run as %%'', current_user; END';
    CREATE OPERATOR public.%(o)s (FUNCTION = public.planted%(n)d, LEFTARG = %(l)s, RIGHTARG = %(r)s)"""
db = bare()
run_script(db, "takeover_owner")
PLANTED = [("||", "name", "name", "text"), ("||", "name", "text", "text"), ("||", '"char"', "text", "text")]
for left in ("oid", "regclass", "regnamespace", "name", '"char"', "int4", "int2"):
    for right in ("oid", "regclass", "regnamespace", "int4", "int8", "text", "name"):
        PLANTED += [("=", left, right, "bool"), ("<>", left, right, "bool")]
run_script(db, "takeover_other", ";".join(
    OPERATORS % {"n": n, "o": o, "l": left, "r": right, "t": result}
    for n, (o, left, right, result) in enumerate(PLANTED)))
check("planted operators are not run", install(db, "takeover_owner"), "no error")
db.close()

db = bare()
run_script(db, "takeover_owner", "CREATE SCHEMA migrate_taken_over; " + SCRIPT)
check("a schema that has our name for the time being", install(db, "takeover_owner"),
      'schema "migrate_taken_over" already exists')
run_script(db, "takeover_owner", "ALTER TABLE migrate_log SET SCHEMA migrate_taken_over; "
                                 "DROP TABLE migrate_version, migrate_revision")
check("what somebody put there is not taken",
      (install(db, "takeover_owner"), rows(db, "SELECT count(*)::int FROM migrate_log")), ("no error", [(0,)]))
db.close()

db = bare()
run_script(db, "takeover_owner")
rows(db, "CREATE VIEW watch AS SELECT count(*) FROM migrate_log")
check("a view of somebody is not dropped", install(db, "takeover_owner").split("\n")[0],
      "cannot drop table migrate_taken_over.migrate_log because other objects depend on it")
check("and all stays", rows(db, "SELECT * FROM watch"), [(2,)])
db.close()

rows(source, "DROP EXTENSION migrate")
rows(source, 'CREATE SCHEMA "Odd ""name"""')
rows(source, 'CREATE EXTENSION migrate SCHEMA "Odd ""name"""')
rows(source, 'SET search_path = "Odd ""name""", public')
rows(source, "SELECT migrate_add(%s)", history(3))
odd = rows(source, "SELECT migrate_upgrade_sql('r0002')")[0][0]
db = bare()
run_script(db, "takeover_owner", odd)
how = install(db, "takeover_owner", ' SCHEMA "Odd ""name"""')
rows(db, 'SET search_path = "Odd ""name""", public')
check("a schema of its own is made, and found",
      (how, rows(db, STATE) if how == "no error" else 0), ("no error", DONE))
db.close()
source.close()
rows(admin, "DROP DATABASE takeover WITH (FORCE)")
done()
