"""An application that migrates at start-up over its own psycopg2 connection."""
import psycopg2

from tap import check, done, error, fresh_database, history, postgres, rows


def lines(db, sql, *args):
    return [row[0] for row in rows(db, sql, *args)]


name = fresh_database("client_app")
db = postgres(name)
rows(db, "SELECT migrate_add(%s)", history(3))
check("start-up migrates", lines(db, "SELECT migrate_upgrade('head')"),
      ["upgrade <base> -> r0001", "upgrade r0001 -> r0002", "upgrade r0002 -> r0003",
       "current: r0003 (head)"])
check("progress is told by notices", [n.strip() for n in db.notices],
      ["NOTICE:  running upgrade <base> -> r0001 (1 of 3)",
       "NOTICE:  running upgrade r0001 -> r0002 (2 of 3)",
       "NOTICE:  running upgrade r0002 -> r0003 (3 of 3)"])
check("the next start-up does nothing", lines(db, "SELECT migrate_upgrade('head')"),
      ["current: r0003 (head)"])
check("an older release adds its bundle", lines(db, "SELECT migrate_add(%s)", history(2)),
      ["unchanged r0001", "unchanged r0002"])
check("an older release rolls back", lines(db, "SELECT migrate_downgrade('r0002')"),
      ["downgrade r0003 -> r0002", "current: r0002"])

# inside the application's transaction
db.autocommit = False
rows(db, "SELECT migrate_upgrade('head')")
db.rollback()
check("the application's rollback takes the run back", lines(db, "SELECT migrate_status()"),
      ["1 of 3 revisions pending, current r0002"])
db.rollback()
rows(db, "SELECT migrate_revision('bad', 'INSERT INTO nowhere VALUES (1);', '', 'head', 'bad1')")
rows(db, "CREATE TABLE own (x integer)")
db.commit()
rows(db, "INSERT INTO own VALUES (1)")
rows(db, "SAVEPOINT here")
check("a failing revision is named", error(lambda: rows(db, "SELECT migrate_upgrade('head')")),
      'relation "nowhere" does not exist\nLINE 1: INSERT INTO nowhere VALUES (1)\n'
      "                    ^\nQUERY:  INSERT INTO nowhere VALUES (1)\n"
      "CONTEXT:  revision bad1 (bad), upgrade, statement 1, line 7")
rows(db, "ROLLBACK TO here")
db.commit()
check("earlier work of the application is kept", rows(db, "SELECT x FROM own"), [(1,)])
check("nothing of the run stays", lines(db, "SELECT migrate_status()"),
      ["2 of 4 revisions pending, current r0002"])
db.rollback()

db.set_session(isolation_level="REPEATABLE READ")
check("a stale snapshot is refused",
      error(lambda: rows(db, "SELECT migrate_upgrade('head')")).split("\n")[0],
      "cannot run migrations in a REPEATABLE READ or SERIALIZABLE transaction")
db.rollback()
db.set_session(isolation_level="READ COMMITTED", readonly=True)
check("a read-only transaction is refused",
      error(lambda: rows(db, "SELECT migrate_upgrade('head')")).split("\n")[0],
      "cannot run migrations in a read-only transaction")
db.rollback()
done()
