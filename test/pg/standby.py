"""A hot standby: looking works, running is refused before anything ran."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import (as_postgres, check, done, error, fresh_database, history,  # noqa: E402
                 postgres, rows, scratch)

import psycopg2  # noqa: E402

name = fresh_database("standby")
db = postgres(name)
rows(db, "SELECT migrate_add(%s)", history(2))
rows(db, "SELECT migrate_upgrade('r0001')")
db.close()

parent = os.path.dirname(scratch("x"))
os.chmod(parent, 0o777)
data = os.path.join(parent, "standby")
as_postgres("pg_basebackup", "-R", "-D", data, "-c", "fast")
as_postgres("pg_ctl", "-D", data, "-w", "-l", os.path.join(parent, "log"), "-o",
            "-c listen_addresses= -c unix_socket_directories=%s -c port=65432" % parent, "start")
try:
    db = psycopg2.connect(dbname=name, host=parent, port=65432)
    db.autocommit = True
    check("it is a standby", rows(db, "SELECT pg_is_in_recovery()"), [(True,)])
    check("looking works", rows(db, "SELECT migrate_status()"),
          [("1 of 2 revisions pending, current r0001",)])
    check("nothing to do is no error",
          rows(db, "SELECT migrate_upgrade('r0001')"), [("current: r0001",)])
    check("running is refused",
          error(lambda: rows(db, "SELECT migrate_upgrade('head')")).split("\n")[0],
          "cannot run migrations on a standby server")
    check("and so is comparing, which writes for a while",
          error(lambda: rows(db, "SELECT * FROM migrate_diff('')")),
          "cannot compare schemas on a standby server\nHINT:  Connect to the primary server.")
    check("the schema can be printed", rows(db, "SELECT migrate_schema()"),
          [("CREATE TABLE r0001 (\n\tid integer\n);\n",)])
    db.close()
finally:
    as_postgres("pg_ctl", "-D", data, "-m", "immediate", "stop")
done()
