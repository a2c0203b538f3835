"""Autogenerate: schemas there and back, what is refused, and that nothing of a desired schema stays."""
import difflib
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, error, fresh_database, postgres, rows  # noqa: E402


def schema(db):
    return rows(db, "SELECT migrate_schema()")[0][0]


def differences(a, b):
    return [line for line in difflib.unified_diff(a.split("\n"), b.split("\n"), lineterm="", n=0)
            if not line.startswith(("---", "+++", "@@"))]


def run(db, statements):
    """Runs the statements in one transaction, as a revision does."""
    rows(db, "BEGIN")
    for statement in statements:
        rows(db, statement)
    rows(db, "COMMIT")


def script_runs(name, a, b):
    """From a to b by migrate_autogenerate(), and back."""
    db = postgres(fresh_database("generate"))
    rows(db, a)
    before = schema(db)
    check(name + ": the revision runs", error(lambda: (
        rows(db, "SELECT migrate_autogenerate('x', %s)", b), rows(db, "SELECT migrate_upgrade()"))), "no error")
    check(name + ": and leads to what is desired", rows(db, "SELECT * FROM migrate_diff(%s)", b), [])
    check(name + ": and back", error(lambda: rows(db, "SELECT migrate_downgrade('base')")), "no error")
    check(name + ": to the same", differences(before, schema(db)), [])
    db.close()


def there_and_back(name, a, b):
    """From a to b and back to a; the text of migrate_schema() makes the same schema again."""
    db = postgres(fresh_database("generate"))
    if a:
        rows(db, a)
    before = schema(db)
    steps = rows(db, "SELECT upgrade, downgrade FROM migrate_diff(%s)", b)
    check(name + ": comparing changes nothing", differences(before, schema(db)), [])
    text = error(lambda: run(db, [up for up, down in steps if up]))
    check(name + ": the upgrade runs", text, "no error")
    if text == "no error":
        check(name + ": and leads to what is desired", rows(db, "SELECT * FROM migrate_diff(%s)", b), [])
        check(name + ": the downgrade runs",
              error(lambda: run(db, [down for up, down in reversed(steps) if down])), "no error")
        check(name + ": and leads back", differences(before, schema(db)), [])
    db.close()
    db = postgres(fresh_database("generate"))
    if before:
        rows(db, before)
    check(name + ": the printed schema makes the same", differences(before, schema(db)), [])
    db.close()


A = open(os.path.join(os.path.dirname(__file__), "autogenerate_a.sql"), encoding="utf-8").read()
B = open(os.path.join(os.path.dirname(__file__), "autogenerate_b.sql"), encoding="utf-8").read()
there_and_back("nothing to everything", "", A)
there_and_back("everything to nothing", A, "")
there_and_back("one to another", A, B)
there_and_back("and the reverse", B, A)

RANGE = """CREATE TYPE span AS RANGE (SUBTYPE = %s);
CREATE TABLE t (id integer, r span DEFAULT '[1,2)', more span[], EXCLUDE USING gist (r WITH &&));
CREATE INDEX t_r ON t (r);
CREATE VIEW v AS SELECT r FROM t;"""
there_and_back("a range of another type, in use", RANGE % "float8", RANGE % "integer")

there_and_back("a sequence goes to another table, and so do the names of constraints",
               "CREATE TABLE pinned (id serial PRIMARY KEY, sticky boolean);",
               "CREATE TABLE featured (id integer PRIMARY KEY, what boolean);"
               "ALTER TABLE featured RENAME CONSTRAINT featured_pkey TO pinned_pkey;"
               "CREATE SEQUENCE pinned_id_seq AS integer OWNED BY featured.id;"
               "ALTER TABLE featured ALTER id SET DEFAULT nextval('pinned_id_seq');")
script_runs("bodies that name what is made behind them",
            "CREATE FUNCTION place() RETURNS text LANGUAGE sql AS $$ SELECT 'none' $$;",
            "CREATE SEQUENCE places; CREATE TABLE p (at text);"
            "CREATE OR REPLACE FUNCTION place() RETURNS text LANGUAGE sql "
            "AS $$ SELECT nextval('places') || coalesce(max(at), '') FROM p $$;"
            "ALTER TABLE p ALTER at SET DEFAULT place();")
script_runs("columns that a foreign key and an expression join get another type",
            "CREATE TABLE p (id text PRIMARY KEY, a bigint, b bigint, CHECK (coalesce(a, b) > 0));"
            "CREATE TABLE c (p text REFERENCES p);"
            "CREATE INDEX p_ab ON p (coalesce(a, b)); CREATE INDEX p_a ON p (a, b);",
            "CREATE TABLE p (id uuid PRIMARY KEY, a integer, b integer, CHECK (coalesce(a, b) > 0));"
            "CREATE TABLE c (p uuid REFERENCES p);"
            "CREATE INDEX p_ab ON p (coalesce(a, b)); CREATE INDEX p_a ON p (a, b);")
there_and_back("two keys of the same columns", "CREATE TABLE t (id integer, more text);",
               "CREATE TABLE t (id integer PRIMARY KEY, more text); ALTER TABLE t ADD CONSTRAINT a UNIQUE (id);"
               "ALTER TABLE t ADD CONSTRAINT z UNIQUE (id); CREATE TABLE u (id integer REFERENCES t);")

# a step without a way back behind as many others as any list has room for
db = postgres(fresh_database("generate"))
for n in (63, 64, 65):
    many = "".join("CREATE TABLE t%02d (id integer);" % i for i in range(n)) + "CREATE INDEX i ON t%d (id);" % (n - 1)
    check("an index behind %d tables" % n,
          rows(db, "SELECT count(*), count(downgrade), max(object) FILTER (WHERE step = %s) "
                   "FROM migrate_diff(%s)", n + 1, many), [(n + 1, n, "index i")])
db.close()

# what pg_dump prints is the schema that it dumped
db = postgres(fresh_database("generate"))
rows(db, A)
dump = subprocess.run([os.path.join(os.environ["PGBIN"], "pg_dump"), "-s", "-d", "generate"],
                      stdout=subprocess.PIPE, text=True, check=True).stdout
check("nothing differs from a dump", rows(db, "SELECT object, upgrade FROM migrate_diff(%s)", dump), [])
db.close()

# what is refused
db = postgres(fresh_database("generate"))
rows(db, "CREATE TABLE t (id integer PRIMARY KEY)")
before = schema(db)
check("a syntax error has its line", error(lambda: rows(db, "SELECT * FROM migrate_diff(%s)",
                                                        "CREATE TABLE u (\n  id integer,\n  x x x\n);")),
      'syntax error at or near "x"\n'
      "LINE 1:   x x x\n              ^\n"
      "QUERY:    x x x\n"
      "CONTEXT:  desired schema, line 3")
check("so has a table that is missing",
      error(lambda: rows(db, "SELECT * FROM migrate_diff(%s)",
                         "CREATE TABLE u (id integer);\nCREATE VIEW v AS SELECT * FROM missing;")),
      'relation "missing" does not exist\n'
      "LINE 1: CREATE VIEW v AS SELECT * FROM missing\n                                       ^\n"
      "QUERY:  CREATE VIEW v AS SELECT * FROM missing\n"
      "CONTEXT:  desired schema, statement 2, line 2")
check("a table of the live schema is not seen by a desired one",
      error(lambda: rows(db, "SELECT * FROM migrate_diff('CREATE VIEW v AS SELECT * FROM t')")).split("\n")[0],
      'relation "t" does not exist')
check("migrate is not there",
      error(lambda: rows(db, "SELECT * FROM migrate_diff('SELECT migrate_upgrade()')")).split("\n")[0],
      "function migrate_upgrade() does not exist")
check("null is refused", error(lambda: rows(db, "SELECT * FROM migrate_diff(NULL)")),
      'argument "desired" must not be null')
check("an object that cannot be compared is refused",
      error(lambda: rows(db, "SELECT * FROM migrate_diff(%s)",
                         "CREATE AGGREGATE add(integer) (sfunc = int4pl, stype = integer)")),
      "cannot compare function add(integer)\nDETAIL:  Its kind is not known here.\n"
      "HINT:  Make it in a revision of its own, and leave it out of the desired schema.")
rows(db, "BEGIN READ ONLY")
check("a read-only transaction is refused",
      error(lambda: rows(db, "SELECT * FROM migrate_diff('')")).split("\n")[0],
      "cannot compare schemas in a read-only transaction")
rows(db, "ROLLBACK")
check("nothing stays", schema(db), before)
check("and no lock", rows(db, "SELECT count(*) FROM pg_locks WHERE locktype = 'relation' "
                              "AND relation >= 16384 AND database = (SELECT oid FROM pg_database "
                              "WHERE datname = current_database())"), [(0,)])

# migrate_autogenerate, migrate_check
desired = "CREATE TABLE t (id integer PRIMARY KEY, mail text NOT NULL);"
check("check(desired) says what is missing",
      error(lambda: rows(db, "SELECT migrate_check(%s)", desired)),
      "schema is not as desired\n"
      "DETAIL:  ALTER TABLE t ADD COLUMN mail text NOT NULL\n"
      "HINT:  Make a revision of the differences with migrate_autogenerate().")
check("autogenerate makes a revision",
      rows(db, "SELECT migrate_autogenerate('add mail', %s, rev_id => 'a1')", desired), [("a1",)])
script = rows(db, "SELECT migrate_script('a1')")[0][0]
check("with its statements", script.split("\n\n", 1)[1],
      "-- migrate:upgrade\nALTER TABLE t ADD COLUMN mail text NOT NULL;\n\n"
      "-- migrate:downgrade\n-- destructive: column t.mail\nALTER TABLE t DROP COLUMN mail;\n")
rows(db, "SELECT migrate_upgrade()")
check("once it has run, nothing differs",
      rows(db, "SELECT migrate_autogenerate('again', %s)", desired), [(None,)])
check("and the check passes", rows(db, "SELECT migrate_check(%s)", desired),
      [("all 1 revisions applied, current a1 (head); schema is as desired",)])
check("what loses data is marked",
      rows(db, "SELECT migrate_script(migrate_autogenerate('drop', '', rev_id => 'a2'))")[0][0].split("\n\n", 1)[1],
      "-- migrate:upgrade\n-- destructive: table t\nDROP TABLE t;\n\n"
      "-- migrate:downgrade\nCREATE TABLE t (\n\tid integer NOT NULL,\n\tmail text NOT NULL,\n"
      "\tCONSTRAINT t_pkey PRIMARY KEY (id)\n);\n")

# online: forms that let others go on
rows(db, "CREATE TABLE p (id integer PRIMARY KEY)")
rows(db, "CREATE TABLE q (id integer PRIMARY KEY, p integer, n integer)")
rows(db, "INSERT INTO q VALUES (1, NULL, 1)")
rows(db, "SELECT migrate_remove('a2')")
before = schema(db)
desired = before.replace("n integer,", "n integer NOT NULL,").replace(
    "CONSTRAINT q_pkey", "CONSTRAINT positive CHECK (n > 0), CONSTRAINT q_pkey") + """
ALTER TABLE q ADD CONSTRAINT q_p FOREIGN KEY (p) REFERENCES p (id);
CREATE INDEX q_n ON q (n);
CREATE TABLE fresh (n integer); CREATE INDEX fresh_n ON fresh (n);"""
rows(db, "SELECT migrate_autogenerate('online', %s, rev_id => 'a3', online => true)", desired)
check("online statements", rows(db, "SELECT migrate_script('a3')")[0][0].split("\n\n", 1)[1].split("\n\n")[0],
      "-- migrate:upgrade\n"
      "ALTER TABLE q ADD CONSTRAINT \"n (not null)\" CHECK (n IS NOT NULL) NOT VALID;\n"
      "ALTER TABLE q VALIDATE CONSTRAINT \"n (not null)\";\n"
      "ALTER TABLE q ALTER COLUMN n SET NOT NULL;\n"
      "ALTER TABLE q DROP CONSTRAINT \"n (not null)\";\n"
      "CREATE TABLE fresh (\n\tn integer\n);\n"
      "CREATE INDEX fresh_n ON fresh (n);\n"
      "ALTER TABLE q ADD CONSTRAINT positive CHECK ((n > 0)) NOT VALID;\n"
      "ALTER TABLE q VALIDATE CONSTRAINT positive;\n"
      "ALTER TABLE q ADD CONSTRAINT q_p FOREIGN KEY (p) REFERENCES p(id) NOT VALID;\n"
      "ALTER TABLE q VALIDATE CONSTRAINT q_p;\n"
      "CREATE INDEX CONCURRENTLY q_n ON q (n);")
check("they run outside of a transaction",
      rows(db, "SELECT transactional FROM migrate_plan()"), [(False,)])
rows(db, "CALL migrate_upgrade_autocommit()")
check("and lead to what is desired", rows(db, "SELECT * FROM migrate_diff(%s)", desired), [])
rows(db, "CALL migrate_downgrade_autocommit('-1')")
check("and back", schema(db), before)
db.close()

# ---- filters: what only PostgreSQL has ----

db = postgres(fresh_database("autogenerate_filters"))
FILTERED = "SELECT object FROM migrate_diff(%s, %s, %s)"
rows(db, "CREATE TABLE mine (id serial PRIMARY KEY); CREATE TABLE theirs (id serial PRIMARY KEY); "
         "CREATE FUNCTION f(integer, text) RETURNS integer LANGUAGE sql AS 'SELECT 1'; "
         "CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'")
check("a table is left out with its counter", rows(db, FILTERED, "", None, "table theirs, function *"),
      [("sequence owner mine_id_seq",), ("table mine",), ("sequence mine_id_seq",)])
check("and comes with it", rows(db, FILTERED, "CREATE TABLE new (id serial PRIMARY KEY)", "new", None),
      [("sequence new_id_seq",), ("table new",), ("sequence owner new_id_seq",)])
check("commas between a function's arguments", rows(db, FILTERED, "", "f(integer,text), table nothing", None),
      [("function f(integer,text)",)])
db.close()
done()
