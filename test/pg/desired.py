"""What a desired schema may hold: right or clearly refused, and nothing of it stays."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, error, fresh_database, postgres, rows, scratch  # noqa: E402

import psycopg2  # noqa: E402

LIVE = """CREATE TABLE t (id serial PRIMARY KEY, a text);
INSERT INTO t (a) VALUES ('x'), ('y');
CREATE TABLE gone (x integer);"""
T = "CREATE TABLE t (id serial PRIMARY KEY, a text);\n"
GONE = [("table gone",)]
GONE_STEP = [("table gone", "DROP TABLE gone")]
PATH = os.path.dirname(scratch("x"))

name = fresh_database("desired")
db = postgres(name)
rows(db, "LOAD 'plpgsql'")
rows(db, LIVE)


def state(db):
    return [rows(db, sql) for sql in (
        "SELECT migrate_schema()", "SELECT * FROM t ORDER BY 1",
        "SELECT last_value, is_called FROM t_id_seq",
        "SELECT locktype, mode, relation::regclass FROM pg_locks WHERE pid = pg_backend_pid() "
        "AND locktype <> 'virtualxid' AND relation IS DISTINCT FROM 'pg_locks'::regclass",
        "SELECT name, setting FROM pg_settings ORDER BY 1", "SELECT current_user, session_user",
        "SELECT name FROM pg_prepared_statements UNION ALL SELECT name FROM pg_cursors UNION ALL "
        "SELECT pg_listening_channels()", "SELECT * FROM migrate_log", "SELECT * FROM migrate_revision",
        "SELECT oid, relname, relfilenode FROM pg_class WHERE oid >= 16384 ORDER BY 1")]


def objects(text):
    return rows(db, "SELECT object FROM migrate_diff(%s)", text)


def same(what, text, expected):
    """The differences, and that all is as before."""
    before = state(db)
    got = None
    try:
        got = objects(text)
    except psycopg2.Error as e:
        got = str(e).strip()
    check(what, got, expected)
    check(what + ": all is as before", [a == b for a, b in zip(before, state(db))], [True] * 10)


# ---- what is passed over ----

same("no text", None, 'argument "desired" must not be null')
same("an empty text is an empty schema", "",
     [("table gone",), ("sequence owner t_id_seq",), ("table t",), ("sequence t_id_seq",)])

same("comments alone are an empty schema", "-- t\n/* u */\n;;",
     [("table gone",), ("sequence owner t_id_seq",), ("table t",), ("sequence t_id_seq",)])
same("a byte order mark", "\ufeff" + T, GONE)
same("lines that end as on Windows", T.replace("\n", "\r\n") + "\r\n", GONE)
same("what pg_dump puts around its output", "\\restrict abc\n" + T + "\\unrestrict abc\n", GONE)
same("BEGIN and COMMIT", "BEGIN;\n" + T + "COMMIT;\n", GONE)
same("the settings of pg_dump, a newer one's, too",
     "SET statement_timeout = 0;\nSET transaction_timeout = 0;\nSET role nobody_here;\n"
     "SELECT pg_catalog.set_config('search_path', '', false);\n" + T.replace("t (", "public.t ("), GONE)
same("owners and privileges, of roles that are not there",
     T + "ALTER TABLE t OWNER TO nobody_here; GRANT SELECT ON t TO nobody_here;"
     "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO nobody_here;"
     "ALTER SCHEMA public OWNER TO nobody_here; REVOKE ALL ON migrate_log FROM nobody_here;", GONE)
same("rows", T + "INSERT INTO t (a) VALUES ('z');\nSELECT setval('t_id_seq', 77), nextval('t_id_seq');", GONE)
same("a temporary table", "CREATE TEMP TABLE u (x integer);\n" + T, GONE)
same("what a session does", T + "DECLARE c CURSOR FOR SELECT 1; LISTEN x; NOTIFY x; SET ROLE pg_monitor; RESET ALL;"
     "SET SESSION AUTHORIZATION postgres; LOCK TABLE t; ANALYZE t; REINDEX TABLE t; CLUSTER t USING t_pkey;"
     "ALTER DATABASE desired SET work_mem = '5MB'; ALTER ROLE postgres SET work_mem = '5MB'; SELECT lo_create(7);", GONE)

# ---- access methods: a text's tables have one without TOAST tables where nothing shows it ----

same("a row of more than a page",
     T + "INSERT INTO t (a) SELECT string_agg(md5(i::text), '') FROM generate_series(1, 9999) i", GONE)
same("the access method that pg_dump names", "SET default_table_access_method = heap;\n" + T, GONE)
same("options of a TOAST table", T + "ALTER TABLE t SET (toast.autovacuum_enabled = false);",
     GONE + [("table t",)])
same("an extension that goes and comes again, as in a dump that cleans up first",
     "DROP EXTENSION IF EXISTS migrate;\nCREATE EXTENSION IF NOT EXISTS migrate WITH SCHEMA public;\n" + T, GONE)
same("one that goes behind a table", T + "DROP EXTENSION migrate CASCADE;", GONE)
check("a setting that a function takes from the current one", rows(
    db, "SELECT upgrade FROM migrate_diff(%s) WHERE object = 'function f()'", T + "CREATE FUNCTION f() RETURNS integer "
    "LANGUAGE sql SET default_table_access_method FROM CURRENT AS 'SELECT 1'"),
      [("CREATE OR REPLACE FUNCTION f()\n RETURNS integer\n LANGUAGE sql\n"
        " SET default_table_access_method TO 'heap'\nAS $function$SELECT 1$function$",)])
rows(db, "CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler")
OTHER = "CREATE TABLE u (x integer) USING other;\n"
for what, text in (
        ("a table's own access method", T + OTHER),
        ("one by default", "SET default_table_access_method = other;\nCREATE TABLE u (x integer);\n"
                           "SET default_table_access_method = heap;\n" + T),
        ("one by default in front", "SET default_table_access_method = heap;\n" + T +
                                    "SET default_table_access_method = 'other';\nCREATE TABLE u (x integer);")):
    check(what, rows(db, "SELECT object, upgrade FROM migrate_diff(%s)", text),
          GONE_STEP + [("table u", OTHER.replace("(x integer)", "(\n\tx integer\n)").strip(";\n"))])
rows(db, "SET default_table_access_method = other")
check("the session's is another one", rows(db, "SELECT upgrade FROM migrate_diff('CREATE TABLE u (x integer)') "
                                               "WHERE object = 'table u'"),
      [("CREATE TABLE u (\n\tx integer\n) USING other",)])
rows(db, "RESET default_table_access_method; DROP ACCESS METHOD other")

# ---- what a session has ----

rows(db, "SELECT pg_advisory_lock(1), pg_advisory_xact_lock(2)")
same("locks of the session", T + "SELECT pg_advisory_lock(-3), pg_advisory_lock(-3), pg_advisory_lock_shared(-4, 5);"
     "DO $$BEGIN PERFORM pg_advisory_lock(3, -4), pg_advisory_xact_lock(5); END$$", GONE)
same("locks of the session, and an error", T + "SELECT pg_advisory_lock(6);\nSELECT 1 / 0",
     'division by zero\nCONTEXT:  SQL statement "SELECT 1 / 0"\ndesired schema, statement 3, line 3')
check("its own lock is there", rows(db, "SELECT pg_advisory_unlock(1), pg_advisory_unlock(1)"), [(True, False)])
same("rows of a table that it makes, and a table of rows", T + "CREATE TABLE u AS SELECT 1 AS x; DELETE FROM u;"
     "SELECT * FROM u;", GONE + [("table u",)])
same("schemas and a path", "CREATE SCHEMA o; SET search_path = o; CREATE TABLE q (x int); RESET search_path;" + T,
     GONE + [("schema o",), ("table o.q",)])
same("a DO block", "DO $$ BEGIN FOR i IN 1..2 LOOP EXECUTE format('CREATE TABLE l%s (x integer)', i);\n"
     "END LOOP; END $$;\n" + T, GONE + [("table l1",), ("table l2",)])
same("a role that is made", "CREATE ROLE made_here;\n" + T, GONE)
same("the role that is taken with a function", "SELECT set_config('role', 'pg_monitor', false);", [
    ("table gone",), ("sequence owner t_id_seq",), ("table t",), ("sequence t_id_seq",)])
same("an extension that is there", "CREATE EXTENSION migrate; CREATE EXTENSION plpgsql;\n"
     "COMMENT ON EXTENSION migrate IS 'x';\n" + T, GONE)
same("one that is available", "CREATE EXTENSION hstore; CREATE TABLE h (h hstore);\n" + T,
     GONE + [("extension hstore",), ("table h",)])
same("tables of ours, as a dump of a database has them that knows offline scripts alone",
     T + "CREATE TABLE migrate_log (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, at timestamptz DEFAULT now());"
     "CREATE INDEX log_at ON migrate_log (at); COMMENT ON COLUMN migrate_log.at IS 'x';"
     "CREATE TABLE public.migrate_version (revision text PRIMARY KEY, CHECK (revision <> ''));", GONE)
same("one of that name elsewhere is the user's", T + "CREATE SCHEMA o; CREATE TABLE o.migrate_log (x integer);",
     GONE + [("schema o",), ("table o.migrate_log",)])
same("schemas that are dropped", "DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n" + T, GONE)

# ---- what is refused ----

same("one that is not available",
     "CREATE EXTENSION no_such_extension", error(lambda: objects("CREATE EXTENSION no_such_extension")))
words = error(lambda: objects("CREATE EXTENSION no_such_extension")).split("\n")
check("in these words", [words[0].startswith(("extension \"no_such_extension\" is not available",
                                              "could not open extension control file")), words[-1]],
      [True, "desired schema, statement 1, line 1"])
same("other commands of psql", T + "\\connect other\n",
     "psql's \\connect is not allowed in a desired schema\n"
     "HINT:  Remove the line: the schema is SQL alone.\nCONTEXT:  desired schema, line 2")
same("the rows of a dump", T + "COPY public.t (id, a) FROM stdin;\n1\t'\n2\t$$\n\\.\n",
     "COPY FROM STDIN is not allowed in a desired schema\n"
     "HINT:  Leave the rows out: pg_dump --schema-only.\nCONTEXT:  desired schema, line 2")
same("files", T + "COPY t TO PROGRAM 'touch %s/evil'" % PATH,
     "COPY is not allowed in a desired schema\n"
     "HINT:  Leave the rows out: pg_dump --schema-only.\nCONTEXT:  desired schema, statement 2, line 2")
for statement in ("ROLLBACK", "SAVEPOINT a", "PREPARE p AS SELECT 1", "PREPARE TRANSACTION 'p'"):
    same(statement, T + statement,
         statement.split()[0] + " is not allowed in a desired schema\n"
         "HINT:  It is run as a whole and taken back: remove the statement.\n"
         "CONTEXT:  desired schema, statement 2, line 2")
for statement in ("DEALLOCATE mine", "CLOSE ALL", "DISCARD SEQUENCES"):
    same(statement, T + statement,
         statement.split()[0] + " is not allowed in a desired schema\n"
         "HINT:  What the session has would not come back: remove the statement.\n"
         "CONTEXT:  desired schema, statement 2, line 2")
for statement in ("CREATE INDEX CONCURRENTLY i ON t (a)", "VACUUM t", "CREATE DATABASE d",
                  "ALTER SYSTEM SET work_mem = '5MB'"):
    words = " ".join(statement.split()[:3 if "INDEX" in statement else 2]).replace("VACUUM t", "VACUUM")
    same(statement, T + "\n" + statement,
         words + " cannot run inside a transaction block\nCONTEXT:  SQL statement \"" + statement +
         "\"\ndesired schema, statement 2, line 3")
same("a transaction that a DO block ends", "DO $$ BEGIN COMMIT; END $$",
     "invalid transaction termination\nCONTEXT:  PL/pgSQL function inline_code_block line 1 at COMMIT\n"
     "SQL statement \"DO $$ BEGIN COMMIT; END $$\"\ndesired schema, statement 1, line 1")
for what, call in (("function migrate_upgrade()", "SELECT migrate_upgrade()"),
                   ("function migrate_add(unknown)", "SELECT migrate_add('x')"),
                   ("procedure migrate_upgrade_autocommit()", "CALL migrate_upgrade_autocommit()")):
    check("what is not there: " + call, error(lambda: objects(T + call)).split("\n")[0], what + " does not exist")
same("a table of migrate's", T + "DROP TABLE migrate_revision",
     'table "migrate_revision" does not exist\nCONTEXT:  SQL statement "DROP TABLE migrate_revision"\n'
     "desired schema, statement 2, line 2")
same("a tablespace", T + "CREATE TABLESPACE x LOCATION '/tmp/x'",
     "CREATE TABLESPACE cannot run inside a transaction block\n"
     "CONTEXT:  SQL statement \"CREATE TABLESPACE x LOCATION '/tmp/x'\"\ndesired schema, statement 2, line 2")
same("a kind that is not compared", T + "CREATE AGGREGATE agg (int) (sfunc = int4pl, stype = int)",
     "cannot compare function agg(integer)\nDETAIL:  Its kind is not known here.\n"
     "HINT:  Make it in a revision of its own, and leave it out of the desired schema.")
same("a table that is live alone", T + "CREATE TABLE c (x integer REFERENCES gone (x))",
     'relation "gone" does not exist\n'
     'CONTEXT:  SQL statement "CREATE TABLE c (x integer REFERENCES gone (x))"\n'
     "desired schema, statement 2, line 2")
same("a live table that is dropped", "DROP TABLE gone",
     'table "gone" does not exist\nCONTEXT:  SQL statement "DROP TABLE gone"\n'
     "desired schema, statement 1, line 1")

# ---- where an error is ----

MANY = "".join("CREATE TABLE x%d (id integer);\n" % i for i in range(4999))


def place(text):
    e = error(lambda: objects(text))
    return e.split("\n")[0] + ": " + e.split("\n")[-1].replace("CONTEXT:  ", "")


check("in the middle of 10,000 lines", place(MANY + "CREATE TABEL u ();\n" + MANY),
      'syntax error at or near "TABEL": desired schema, line 5000')
check("with Windows' ends of lines", place(T.replace("\n", "\r\n") + "\r\nCREATE TABEL u ();\r\n"),
      'syntax error at or near "TABEL": desired schema, line 3')
check("behind a byte order mark", place("\ufeff\nCREATE TABEL u ();"),
      'syntax error at or near "TABEL": desired schema, line 2')
check("in a function of PL/pgSQL", place(
    T + "CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS $$\nBEGIN\n  RETRUN 1;\nEND $$;"),
    'syntax error at or near "RETRUN": desired schema, statement 2, line 4')
check("in a function of SQL", place(
    T + "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS $$\nSELECT\n  nope;\n$$;"),
    'column "nope" does not exist: desired schema, statement 2, line 4')
if db.server_version >= 140000:
    check("in a body of SQL", place(
        T + "CREATE FUNCTION f() RETURNS integer LANGUAGE sql\nBEGIN ATOMIC\n SELECT 1;\n SELECT nope;\nEND;"),
        'column "nope" does not exist: desired schema, statement 2, line 5')
check("an open quote", place(T + "CREATE TABLE u (a text DEFAULT 'x);\n\n"),
      'unterminated quoted string at or near "\'x);: desired schema, line 2')
check("an open comment", place(T + "\n/* CREATE TABLE u ();"),
      'unterminated /* comment at or near "/* CREATE TABLE u ();": desired schema, line 3')
check("at the end", place(T + "CREATE TABLE u (\n\n"),
      "syntax error at end of input: desired schema, line 4")
check("a statement of 5 MB",
      rows(db, "SELECT sum(length(upgrade)) FROM migrate_diff(%s)", T +
           "COMMENT ON TABLE t IS '" + "x" * 5000000 + "'"), [(5000039,)])

check("50,000 statements", objects(T + "INSERT INTO t (a) VALUES ('%s');\n" % ("x" * 70) * 50000), GONE)

# ---- what goes on around it ----

rows(db, "BEGIN")
rows(db, "CREATE TABLE mine (x integer); INSERT INTO mine VALUES (1)")
check("the transaction's own changes are live", objects(T), [("table mine",), ("table gone",)])
rows(db, "SAVEPOINT a")
check("an error leaves them", error(lambda: objects("x")).split("\n")[0], 'syntax error at or near "x"')
rows(db, "ROLLBACK TO a")
check("and they can be used", rows(db, "SELECT * FROM mine"), [(1,)])
rows(db, "ROLLBACK")

# what another session sees of a transaction that goes on after a refusal
watcher = postgres(name)
pid = rows(db, "SELECT pg_backend_pid()")[0][0]
rows(db, "CREATE VIEW seen AS SELECT a FROM t; CREATE EXTENSION citext")
# the server keeps those on sequences to the end of the transaction, which here nobody else ever sees
LOCKS = ("SELECT locktype, mode, coalesce(relation, classid)::regclass::text FROM pg_locks WHERE pid = %s "
         "AND (relation IS NULL OR relation IN (SELECT oid FROM pg_class)) AND (relation >= 16384 OR locktype IN ('object', 'advisory', 'tuple') OR mode NOT LIKE 'AccessShare%%' "
         "AND locktype NOT LIKE '%%id')")
rows(db, "BEGIN")
for what, text, words in (
        ("a syntax error", T + "CREATE TABEL u ();", 'syntax error at or near "TABEL"'),
        ("a table that is not there", T + "CREATE TABLE u (x integer REFERENCES nowhere);",
         'relation "nowhere" does not exist'),
        ("an extension that is there, in a schema that is not", "CREATE EXTENSION citext SCHEMA nowhere",
         'schema "nowhere" does not exist'),
        ("5 MB with an error at their end", T + "INSERT INTO t (a) VALUES ('%s');\n" % ("x" * 70) * 49999 + "x",
         'syntax error at or near "x"'),
        ("a run-time error behind many tables", T + "".join("CREATE TABLE x%d (id integer);" % i for i in range(99)) +
         "SELECT 1 / 0;", "division by zero"),
        ("what is not compared", T + "CREATE AGGREGATE agg (int) (sfunc = int4pl, stype = int)",
         "cannot compare function agg(integer)")):
    rows(db, "SAVEPOINT a")
    check("refused: " + what, error(lambda: objects(text)).split("\n")[0], words)
    rows(db, "ROLLBACK TO a")
    check("no lock is left by " + what, rows(watcher, LOCKS, pid), [])
objects("")
VIEW = ["seen"] if db.server_version < 160000 else []  # a rule had its view among its tables
check("nor by an empty text, but a reader's on what views are of", rows(watcher, LOCKS + " ORDER BY 3", pid),
      [("relation", "AccessShareLock", name) for name in ["migrate_compared", "migrate_compared_pkey", *VIEW, "t"]])
rows(db, "ROLLBACK")
rows(db, "DROP VIEW seen; DROP EXTENSION citext")
watcher.close()

rows(db, "CREATE TEMP TABLE u (a integer)")
check("a temporary table does not hide one", rows(db, "SELECT upgrade FROM migrate_diff(%s)", T + (
    "CREATE TABLE u (a integer); CREATE INDEX u_a ON u (a);")),
    [("DROP TABLE gone",), ("CREATE TABLE u (\n\ta integer\n)",), ("CREATE INDEX u_a ON u (a)",)])
rows(db, "DROP TABLE pg_temp.u")

rows(db, """CREATE FUNCTION ask(text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT string_agg(object, ', ') FROM migrate_diff($1));
EXCEPTION WHEN OTHERS THEN RETURN sqlerrm; END $$""")
check("in a function, which goes on after an error",
      rows(db, "SELECT ask('x'), ask(%s), ask('y')", T),
      [('syntax error at or near "x"', "function ask(text), table gone", 'syntax error at or near "y"')])
rows(db, "DROP FUNCTION ask")

rows(db, "SET statement_timeout = 300")
check("the caller's time limit holds", error(lambda: objects(
    "SET statement_timeout = 0;\nDO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$")).split("\n")[0],
    "canceling statement due to statement timeout")
other = postgres(name)
rows(other, "BEGIN; ALTER SCHEMA public RENAME TO theirs")
rows(db, "SET statement_timeout = 0; SET lock_timeout = 300")
check("and so does the one of locks", error(lambda: objects("SET lock_timeout = 0;\n" + T)).split("\n")[0],
      "canceling statement due to lock timeout")
rows(other, "ROLLBACK")
rows(db, "RESET lock_timeout")
rows(other, "BEGIN")
rows(other, "SELECT * FROM migrate_diff(%s)", T)
rows(db, "SET lock_timeout = 300")
check("others write and make tables while the transaction that has compared goes on",
      error(lambda: rows(db, "INSERT INTO t (a) VALUES ('w'); CREATE TABLE v (x integer); DROP TABLE v")),
      "no error")
rows(other, "COMMIT")
rows(db, "RESET lock_timeout")

# event triggers see nothing of it
rows(db, """CREATE SCHEMA audit; CREATE TABLE audit.log (tag text);
CREATE FUNCTION audit.note() RETURNS event_trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO audit.log VALUES (tg_tag); END $$;
CREATE EVENT TRIGGER note ON ddl_command_start EXECUTE FUNCTION audit.note();
CREATE PUBLICATION p FOR TABLE t""")
dump = subprocess.run([os.path.join(os.environ["PGBIN"], "pg_dump"), "-s", "-d", name],
                      stdout=subprocess.PIPE, text=True, check=True).stdout
check("a dump with an event trigger and a publication", objects(dump), [])
check("what the trigger notes", rows(db, "SELECT * FROM audit.log"), [("CREATE PUBLICATION",)])
check("nor are they off behind it", rows(db, "SHOW session_replication_role"), [("origin",)])
rows(db, "DROP EVENT TRIGGER note; DROP PUBLICATION p; DROP SCHEMA audit CASCADE")

rows(db, "SET search_path = ''")
check("without a current schema, names have one",
      rows(db, "SELECT object FROM public.migrate_diff(%s)", T.replace("TABLE t", "TABLE public.t")),
      [("table public.gone",)])
check("or there is no place for them", error(lambda: rows(db, "SELECT * FROM public.migrate_diff(%s)", T)).split("\n")[-1],
      "CONTEXT:  desired schema, statement 1, line 1")
rows(db, "RESET search_path")

# ---- roles ----

rows(db, "DROP ROLE IF EXISTS desired_other")
rows(db, "CREATE ROLE desired_other LOGIN; CREATE SCHEMA hers AUTHORIZATION desired_other; "
         "GRANT CREATE ON SCHEMA public TO desired_other")
other.close()
other = psycopg2.connect(dbname=name, user="desired_other")
other.autocommit = True
check("renaming schemas takes a privilege",
      error(lambda: rows(other, "SELECT * FROM migrate_diff('')")),
      "permission denied to compare schemas\n"
      "DETAIL:  While it is done the user's schemas have other names, which takes the privilege CREATE on "
      "the database.\nHINT:  GRANT CREATE ON DATABASE desired TO desired_other;")
rows(db, "GRANT CREATE ON DATABASE desired TO desired_other")
check("then the role's own schemas are compared",
      rows(other, "SELECT object FROM migrate_diff('CREATE SCHEMA hers; CREATE TABLE hers.u (x integer)')"),
      [("table hers.u",)])
for text in ("TABLE public.u (x integer)", "DOMAIN public.u AS integer",
             "FUNCTION public.u() RETURNS integer LANGUAGE sql AS 'SELECT 1'"):
    check("and no other is said to be the same: " + text.split()[0],
          error(lambda: rows(other, "SELECT * FROM migrate_diff(%s)", "CREATE " + text)),
          'cannot compare schema "public"\n'
          "DETAIL:  The desired schema uses it, and it is not the user's to alter.\n"
          "HINT:  Call this as a member of the role that owns the schema.")
check("an extension may be there", rows(other, "SELECT object FROM migrate_diff(%s)", (
    "CREATE SCHEMA hers; CREATE EXTENSION hstore SCHEMA public;")), [("extension hstore",)])
other.close()
rows(db, "DROP OWNED BY desired_other; DROP ROLE desired_other")
check("no file was written", os.path.exists(os.path.join(PATH, "evil")), False)
db.close()

# a schema that comes before the current one is made: names without a schema would be another's then
db = postgres(fresh_database("desired"))
rows(db, "CREATE TABLE t (a integer); SET search_path = app, public")
before = rows(db, "SELECT migrate_schema()")
FIRST = "CREATE SCHEMA app; CREATE TABLE public.t (a bigint); CREATE TABLE public.u (b integer); CREATE VIEW v AS SELECT 1 AS a;"
check("a schema in front of the current one", rows(db, "SELECT upgrade FROM migrate_diff(%s)", FIRST), [
    ("ALTER TABLE public.t ALTER COLUMN a TYPE bigint",), ("CREATE SCHEMA IF NOT EXISTS app",),
    ("CREATE TABLE public.u (\n\tb integer\n)",), ("CREATE VIEW app.v AS\n SELECT 1 AS a",)])
rows(db, "SELECT migrate_autogenerate('x', %s)", FIRST)
rows(db, "SELECT count(*) FROM migrate_upgrade()")
check("what is desired is there", rows(db, "SELECT upgrade FROM migrate_diff(%s)", FIRST), [])
rows(db, "SELECT count(*) FROM migrate_downgrade('base')")
check("and goes", rows(db, "SELECT migrate_schema()"), before)
db.close()
done()
