"""What a revision or a broken file can do to a call, and what is then said and kept."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, fresh_database, postgres, rows, scratch  # noqa: E402

db = postgres(fresh_database("hostile"))


def script(identifier, upgrade, parent=None):
    revises = "-- migrate:revises %s\n" % parent if parent else ""
    return ("-- migrate:revision %s\n%s-- migrate:upgrade\n%s\n-- migrate:downgrade\n"
            % (identifier, revises, upgrade))


def failure(sql, *args):
    try:
        rows(db, sql, *args)
        return None
    except Exception as e:
        return (e.pgcode, e.diag.message_primary, e.diag.message_detail, e.diag.message_hint,
                e.diag.context)


rows(db, "CREATE EXTENSION migrate")
# one file of many is not text in UTF-8
path = os.path.dirname(scratch("x"))
os.chmod(path, 0o755)
with open(os.path.join(path, "0001_good.sql"), "w") as file:
    file.write("SELECT 1;\n")
with open(os.path.join(path, "0002_bad.sql"), "wb") as file:
    file.write(b"SELECT '\xff';\n")
check("a file in another encoding is named", failure("SELECT migrate_load(%s)", path),
      ("22021", 'invalid byte sequence for encoding "UTF8": 0xff', None, None,
       'file "%s/0002_bad.sql"' % path))
done()
