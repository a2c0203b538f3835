"""An application that migrates at start-up over its own sqlite3 connection."""
import sqlite3

from tap import check, done, error, history, scalar, scratch, sqlite

PENDING = "pending: the changes become permanent with the COMMIT of the calling transaction"

# start-up, twice
path = scratch("app.db")
db = sqlite(path)
scalar(db, "SELECT migrate_add(?)", history(3))
check("start-up migrates", scalar(db, "SELECT migrate_upgrade('head')"),
      "upgrade <base> -> r0001\nupgrade r0001 -> r0002\nupgrade r0002 -> r0003\n"
      "current: r0003 (head)")
check("the next start-up does nothing", scalar(db, "SELECT migrate_upgrade('head')"),
      "current: r0003 (head)")
check("the connection is in no transaction afterwards", db.in_transaction, False)
db.close()

# the older application: its bundle knows two revisions, the database is at the third
db = sqlite(path)
check("an older release adds its bundle", scalar(db, "SELECT migrate_add(?)", history(2)),
      "unchanged r0001\nunchanged r0002")
check("an older release rolls back", scalar(db, "SELECT migrate_downgrade('r0002')"),
      "downgrade r0003 -> r0002\ncurrent: r0002")
db.close()

# inside the application's transaction
db = sqlite(scratch("app.db"))
scalar(db, "SELECT migrate_add(?)", history(1))
db.execute("CREATE TABLE own (x)")
db.execute("BEGIN")
db.execute("INSERT INTO own VALUES (1)")
check("inside a transaction the result says what is to come",
      scalar(db, "SELECT migrate_upgrade('head')"),
      "upgrade <base> -> r0001\ncurrent: r0001 (head)\n" + PENDING)
db.execute("ROLLBACK")
check("the application's rollback takes the run back", scalar(db, "SELECT migrate_status()"),
      "1 of 1 revisions pending, current <base>")

# a failing revision inside the application's transaction keeps the application's work
scalar(db, "SELECT migrate_revision('bad', 'INSERT INTO nowhere VALUES (1);', '', 'head', 'bad1')")
db.execute("BEGIN")
db.execute("INSERT INTO own VALUES (2)")
check("a failing revision is named", error(lambda: scalar(db, "SELECT migrate_upgrade('head')")),
      "no such table: nowhere\nCONTEXT:  revision bad1 (bad), upgrade, statement 1, line 7")
check("earlier work of the application is kept", scalar(db, "SELECT x FROM own"), 2)
check("the transaction is still open", db.in_transaction, True)
db.execute("COMMIT")
check("nothing of the run stays", scalar(db, "SELECT migrate_status()"),
      "2 of 2 revisions pending, current <base>")
db.close()

# Python's own transactions
db = sqlite(scratch("app.db"), isolation_level="")
scalar(db, "SELECT migrate_add(?)", history(1))
db.execute("CREATE TABLE own (x)")
db.execute("INSERT INTO own VALUES (1)")
check("Python's implicit transaction is joined", scalar(db, "SELECT migrate_upgrade('head')"),
      "upgrade <base> -> r0001\ncurrent: r0001 (head)\n" + PENDING)
db.commit()
check("and committed by the application", scalar(db, "SELECT migrate_check()"),
      "all 1 revisions applied, current r0001 (head)")
db.close()

# where it cannot work
db = sqlite(scratch("app.db"))
scalar(db, "SELECT migrate_add(?)", history(1))
db.execute("CREATE TABLE t (x)")
db.execute("INSERT INTO t VALUES (1), (2)")
check("from a statement that reads a table",
      error(lambda: db.execute("SELECT migrate_upgrade('head') FROM t").fetchall()),
      "cannot run migrations while a statement on this connection is active\n"
      "DETAIL:  It is: SELECT migrate_upgrade('head') FROM t\n"
      "HINT:  Fetch all of its rows, or reset or close it; and call migrate_upgrade() in a SELECT "
      "without FROM.")
db.execute("CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT migrate_upgrade('head'); END")
check("from a trigger", error(lambda: db.execute("INSERT INTO t VALUES (3)")),
      "unsafe use of migrate_upgrade()")
db.execute("DROP TRIGGER g")
reader = db.execute("SELECT x FROM t")
reader.fetchone()
check("with another statement open",
      error(lambda: scalar(db, "SELECT migrate_upgrade('head')")).split("\n")[0],
      "cannot run migrations while a statement on this connection is active")
reader.close()
check("and after it is closed", scalar(db, "SELECT migrate_upgrade('head')").split("\n")[-1],
      "current: r0001 (head)")

# a database that is locked by another connection
path = scratch("locked.db")
db = sqlite(path, timeout=0.2)
scalar(db, "SELECT migrate_add(?)", history(1))
other = sqlite3.connect(path, isolation_level=None)
other.execute("BEGIN IMMEDIATE")
check("a locked database is an error after the busy timeout",
      error(lambda: scalar(db, "SELECT migrate_upgrade('head')")).split("\n")[0],
      "database is locked")
other.execute("ROLLBACK")
check("and works when the lock is gone",
      scalar(db, "SELECT migrate_upgrade('head')").split("\n")[-1], "current: r0001 (head)")

# read-only
db = sqlite("file:%s?mode=ro" % path, uri=True)
check("a read-only database at head", scalar(db, "SELECT migrate_upgrade('head')"),
      "current: r0001 (head)")
check("a read-only database with work to do",
      error(lambda: scalar(db, "SELECT migrate_downgrade('base')")).split("\n")[0],
      "cannot run migrations in a read-only database")
done()
