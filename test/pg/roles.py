"""Who may do what: the owner of the database, who is no superuser, and everybody else."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, error, history, postgres, rows  # noqa: E402

admin = postgres()
rows(admin, "DROP DATABASE IF EXISTS roles WITH (FORCE)")
for role in ("migrate_owner", "migrate_deployer", "migrate_reader", "migrate_nobody"):
    rows(admin, "DROP ROLE IF EXISTS " + role)
    rows(admin, "CREATE ROLE " + role)
rows(admin, "CREATE DATABASE roles OWNER migrate_owner")
rows(admin, "GRANT migrate_owner TO CURRENT_USER")

db = postgres("roles")
rows(db, "GRANT USAGE ON SCHEMA public TO PUBLIC")
rows(db, "GRANT CREATE ON SCHEMA public TO migrate_owner, migrate_deployer")
rows(db, "SET ROLE migrate_owner")
rows(db, "CREATE EXTENSION migrate")
rows(db, "SELECT migrate_add(%s)", history(2))
check("the owner, no superuser, migrates",
      [row[0] for row in rows(db, "SELECT migrate_upgrade('r0001')")],
      ["upgrade <base> -> r0001", "current: r0001"])
check("and owns what a revision makes",
      rows(db, "SELECT tableowner FROM pg_tables WHERE tablename = 'r0001'"), [("migrate_owner",)])
check("the tables are the owner's",
      rows(db, "SELECT DISTINCT tableowner FROM pg_tables WHERE tablename LIKE 'migrate_%%'"),
      [("migrate_owner",)])
check("a file of the server is not read for everybody",
      error(lambda: rows(db, "SELECT migrate_load('/etc/passwd')")).split("\n")[0],
      "permission denied to read files of the server")
check("nor written",
      error(lambda: rows(db, "SELECT migrate_export('/tmp/x')")).split("\n")[0],
      "permission denied to write files of the server")

rows(db, "SET ROLE migrate_nobody")
for call in ("migrate_status()", "migrate_upgrade('head')", "migrate_add('x')"):
    expected = ("bundle" if "add" in call else "permission denied for table")
    text = error(lambda: rows(db, "SELECT " + call)).split("\n")[0]
    if "add" in call:
        check("nobody: " + call, text, "statement before the first revision")
    else:
        check("nobody: " + call, text.startswith(expected), True)

rows(db, "SET ROLE migrate_owner")
rows(db, "GRANT SELECT ON migrate_revision, migrate_version, migrate_log, migrate_snapshot "
         "TO migrate_reader")
rows(db, "SET ROLE migrate_reader")
check("a reader looks", rows(db, "SELECT migrate_status()"),
      [("1 of 2 revisions pending, current r0001",)])
check("and does not write",
      error(lambda: rows(db, "SELECT migrate_upgrade('head')")).startswith("permission denied"),
      True)

rows(db, "SET ROLE migrate_owner")
rows(db, "GRANT SELECT, INSERT, UPDATE, DELETE ON migrate_revision, migrate_version "
         "TO migrate_deployer")
rows(db, "GRANT SELECT, INSERT ON migrate_log TO migrate_deployer")
rows(db, "GRANT SELECT, INSERT, UPDATE ON migrate_snapshot TO migrate_deployer")
rows(db, "GRANT USAGE ON SEQUENCE migrate_log_id_seq TO migrate_deployer")
rows(db, "SET ROLE migrate_deployer")
check("a deployer migrates", [row[0] for row in rows(db, "SELECT migrate_upgrade('head')")],
      ["upgrade r0001 -> r0002", "current: r0002 (head)"])
check("and is in the log", rows(db, "SELECT actor FROM migrate_log ORDER BY id DESC LIMIT 1"),
      [("migrate_deployer",)])
db.close()

# with psql, logged in as the owner of a database: files of the client, no right on the server
rows(admin, "DROP DATABASE IF EXISTS roles_psql WITH (FORCE)")
rows(admin, "ALTER ROLE migrate_owner LOGIN")
rows(admin, "CREATE DATABASE roles_psql OWNER migrate_owner")
versions = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo", "versions")
p = subprocess.run([os.path.join(os.environ["PGBIN"], "psql"), "-AtXq", "-v", "ON_ERROR_STOP=1",
                    "-U", "migrate_owner", "-d", "roles_psql"], text=True, cwd=versions,
                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, input="""
                   CREATE EXTENSION migrate;
                   \\set bundle `cat *.sql`
                   SELECT count(*) FROM migrate_add(:'bundle');
                   SELECT count(*) FROM migrate_upgrade('head');
                   SELECT migrate_check() LIKE 'all % revisions applied%';""")
n = len(os.listdir(versions))
check("psql, the owner's own files", (p.returncode, p.stdout), (0, "%d\n%d\nt\n" % (n, n + 1)))
rows(admin, "DROP DATABASE roles_psql")
done()
