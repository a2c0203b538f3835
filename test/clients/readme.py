"""Every command of the README is run, and nothing that it shows fails."""
import os
import re
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
from tap import check, done, fresh_database, postgres, rows, scratch  # noqa: E402

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
README = open(os.path.join(TOP, "README.md"), encoding="utf-8").read()


def block(name):
    """The code block behind <!-- test: name -->."""
    return re.search(r"<!-- test: %s -->\n```\w+\n(.*?)```" % name, README, re.S).group(1)


def shell(command, **options):
    p = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                       cwd=TOP, **options)
    return p.returncode, p.stdout


name = fresh_database("readme")
db = postgres(name)
rows(db, "DROP EXTENSION migrate")
status, out = shell([os.path.join(os.environ["PGBIN"], "psql"), "-AtXq", "-v", "ON_ERROR_STOP=1",
                     "-d", name], input=block("psql"))
check("PostgreSQL in five lines", (status, out.split("\n")[-3:]),
      (0, [out.split("\n")[-3], "current: <base>", ""]))

folder = os.path.dirname(scratch("x"))
if not os.path.exists(os.path.join(folder, "versions")):
    os.symlink(os.path.join(TOP, "test/demo/versions"), os.path.join(folder, "versions"))
name = fresh_database("readme_bundle")
p = subprocess.run([os.path.join(os.environ["PGBIN"], "psql"), "-AtXq", "-v", "ON_ERROR_STOP=1",
                    "-d", name], input=block("bundle"), stdout=subprocess.PIPE,
                   stderr=subprocess.DEVNULL, text=True, cwd=folder)
check("files from psql", (p.returncode, p.stdout.count("added "), p.stdout.count("upgrade ")),
      (0,) + (len(os.listdir(os.path.join(folder, "versions"))),) * 2)
name = fresh_database("readme_grants")
db = postgres(name)
rows(db, "DROP TABLE IF EXISTS account")
status, out = shell([os.path.join(os.environ["PGBIN"], "psql"), "-AtXq", "-v", "ON_ERROR_STOP=1",
                     "-d", name], input=block("autogenerate"))
check("autogenerate", (status, out.split("\n")[0]),
      (0, "1|column account.mail|ALTER TABLE account ALTER COLUMN mail SET NOT NULL|"
          "ALTER TABLE account ALTER COLUMN mail DROP NOT NULL|f|"))

for role in ("reader", "deployer"):
    rows(db, "DROP ROLE IF EXISTS " + role)
    rows(db, "CREATE ROLE " + role)
rows(db, block("grants"))
check("the grants are valid", True, True)
rows(db, "DROP OWNED BY reader, deployer")

rows(db, "CREATE TABLE orders AS SELECT g AS id, g AS customer_id, NULL::text AS state "
         "FROM generate_series(1, 9000) g")
rows(db, "ALTER TABLE orders ADD PRIMARY KEY (id)")
rows(db, "SELECT migrate_stamp('base', true)")
rows(db, "DELETE FROM migrate_revision")
status, out = shell([os.path.join(os.environ["PGBIN"], "psql"), "-AtXq", "-v", "ON_ERROR_STOP=1",
                     "-d", name], input=block("large"))
check("large live databases", (status, out.split("\n")[-2:], rows(
    db, "SELECT count(*)::int FROM orders WHERE state = 'open'")),
      (0, ["NOTICE:  current: 8c1f20d4ab37 (head)", ""], [(9000,)]))

module = os.path.splitext(os.environ["MIGRATE_SO"])[0]
status, out = shell(["sqlite3", "-bail", scratch("readme.db")],
                    input=block("sqlite").replace("./build/sqlite/migrate", module))
check("SQLite in five lines", (status, "0 of" in out, out.count("\ndowngrade ")), (0, True, 1))

example = block("python").replace("app.db", scratch("app.db")).replace(
    "build/sqlite/migrate", module)
scope = {"sqlite3": sqlite3, "bundle": block("script") if "test: script" in README else
         "-- migrate:revision a\n-- migrate:upgrade\nCREATE TABLE t (x);\n"}
exec(example, scope)
check("an application at start-up",
      scope["db"].execute("SELECT migrate_status()").fetchone()[0],
      "0 of 1 revisions pending, current a")

source, target = fresh_database("readme_source"), fresh_database("readme_target")
db2 = postgres(source)
rows(db2, "SELECT migrate_revision('create t', 'CREATE TABLE t (x integer);', rev_id => 'a')")
db2.close()
db2 = postgres(target)
rows(db2, "DROP EXTENSION migrate")
folder = os.path.dirname(scratch("x"))
lite = sqlite3.connect(os.path.join(folder, "source.db"))
lite.enable_load_extension(True)
lite.load_extension(module)
lite.execute("SELECT migrate_revision('create t', 'CREATE TABLE t (x integer);', NULL, 'rev_id', 'a')")
offline = block("offline").replace("./build/sqlite/migrate", module)
offline = offline.replace(" source ", " readme_source ").replace(" target ", " readme_target ")
p = subprocess.run(["sh", "-e"], input="PATH=%s:$PATH\n%s" % (os.environ["PGBIN"], offline), text=True,
                   cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
check("a run as a script", (p.returncode, "ERROR" in p.stdout,
      rows(db2, "SELECT revision FROM migrate_version"),
      sqlite3.connect(os.path.join(folder, "target.db")).execute("SELECT revision FROM migrate_version").fetchall()),
      (0, False, [("a",)], [("a",)]))
db2.close()


# The reference is made from the comments on the functions.
FUNCTIONS = """
    SELECT p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
           obj_description(p.oid, 'pg_proc')
    FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_extension e ON e.oid = d.refobjid
    WHERE e.extname = 'migrate' AND p.prorettype <> 'table_am_handler'::regtype ORDER BY p.oid"""


def entry(name, arguments, result, comment):
    arguments = re.sub(r"::\w+|pg_catalog\.", "", arguments).replace(" DEFAULT ", " = ")
    arguments = re.sub(r"\bIN ", "", arguments)
    head = "`%s(%s)`** → `%s`" if result else "`CALL %s(%s)`**"
    head = head % ((name, arguments, result) if result else (name, arguments))
    return "**%s\n\n%s.\n" % (head, (comment or "").strip().rstrip("."))


reference = "\n".join(entry(*row) for row in rows(db, FUNCTIONS))
BEGIN, END = "<!-- reference -->\n", "<!-- end of reference -->"
before, rest = README.split(BEGIN)
shown, after = rest.split(END)
if os.environ.get("UPDATE"):
    shown = reference
    with open(os.path.join(TOP, "README.md"), "w", encoding="utf-8") as f:
        f.write(before + BEGIN + shown + END + after)
check("the reference is what the functions' comments say", shown, reference)
check("every function has a comment", [row[0] for row in rows(db, FUNCTIONS) if not row[3]], [])
done()
