"""A transaction that needs more locks than there are: the way out is named, nothing stays."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, fresh_database, postgres, rows  # noqa: E402

db = postgres(fresh_database("limits"))
tables = "".join("CREATE TABLE t%d (id integer PRIMARY KEY);\n" % i for i in range(20000))
rows(db, "SELECT migrate_revision('far too many', %s, '', 'head', 'many')", tables)
try:
    rows(db, "SELECT migrate_upgrade('head')")
    got = None
except Exception as e:
    got = (e.pgcode, str(e).split("\n")[0], e.diag.message_hint)
check("out of shared memory", got,
      ("53200", "out of shared memory",
       "Increase max_locks_per_transaction, or upgrade in several transactions, like "
       "SELECT migrate_upgrade('+100'), each with its own COMMIT."))
try:
    rows(db, "SELECT * FROM migrate_diff(%s)", tables)
    got = None
except Exception as e:
    got = (e.pgcode, str(e).split("\n")[0], e.diag.message_detail, e.diag.message_hint)
check("out of shared memory for a desired schema", got,
      ("53200", "out of shared memory",
       "The desired schema is built and undone in one transaction, with a lock for each of its "
       "tables, indexes and sequences.",
       "Increase max_locks_per_transaction, which takes a restart of the server."))
check("nothing stays", rows(db, "SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public' "
                                "AND tablename LIKE 't%%'"), [(0,)])
done()
