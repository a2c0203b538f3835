"""What a revision or a broken file can do to a call, and what is then said and kept."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, failure, fresh_database, postgres, rows, scratch  # noqa: E402

db = postgres(fresh_database("hostile"))


def script(identifier, upgrade, parent=None):
    revises = "-- migrate:revises %s\n" % parent if parent else ""
    return ("-- migrate:revision %s\n%s-- migrate:upgrade\n%s\n-- migrate:downgrade\n"
            % (identifier, revises, upgrade))


def changed(first, second=""):
    rows(db, "DROP EXTENSION IF EXISTS migrate")
    rows(db, "CREATE EXTENSION migrate")
    rows(db, "SELECT migrate_add(%s)", script("a1", first) + script("b2", second, "a1"))
    return failure(db, "SELECT migrate_upgrade('head')"), rows(db, "SELECT migrate_status()")


# a revision, or a trigger, that changes the tables behind the run's back
CHANGED = "revisions or version rows are not as the run has left them"
TAKE_OUT = ("A revision or a trigger changes migrate_revision or migrate_version: take that out.")
NOTHING = [("2 of 2 revisions pending, current <base>",)]
check("a revision that adds a version row", changed("INSERT INTO migrate_version VALUES ('zzz');"),
      (("55000", CHANGED, 'The version rows are "b2", "zzz"; they should be "b2".', TAKE_OUT, None),
       NOTHING))
check("a revision that deletes another",
      changed("", "DELETE FROM migrate_revision WHERE revision = 'a1';"),
      (("55000", CHANGED, "There are 1 revisions; there were 2.", TAKE_OUT, None), NOTHING))
check("a script that is changed before its turn",
      changed("UPDATE migrate_revision SET script = replace(script, '1', '2') "
              "WHERE revision = 'b2';", "SELECT 1;"),
      (("XX001", 'script of revision "b2" was edited in the store',
        "Its text no longer says what was added.",
        "Add the script again as it was, with migrate_add().", None), NOTHING))

rows(db, "DROP EXTENSION migrate")
rows(db, "CREATE EXTENSION migrate")
rows(db, "SELECT migrate_add(%s)", script("a1", "INSERT INTO migrate_version VALUES ('zzz');"))
check("the same in a CALL that commits", failure(db, "CALL migrate_upgrade_autocommit('head')"),
      ("55000", CHANGED, 'The version rows are "a1", "zzz"; they should be "a1".', TAKE_OUT, None))

# one file of many is not text in UTF-8
path = os.path.dirname(scratch("x"))
os.chmod(path, 0o755)
with open(os.path.join(path, "0001_good.sql"), "w") as file:
    file.write("SELECT 1;\n")
with open(os.path.join(path, "0002_bad.sql"), "wb") as file:
    file.write(b"SELECT '\xff';\n")
check("a file in another encoding is named", failure(db, "SELECT migrate_load(%s)", path),
      ("22021", 'invalid byte sequence for encoding "UTF8": 0xff', None, None,
       'file "%s/0002_bad.sql"' % path))
check("a path in the server's own directory", failure(db, "SELECT migrate_load('versions')"),
      ("22023", 'path "versions" is not absolute',
       "It would be inside of the server's data directory.",
       "Give a path that begins with a slash.", None))
done()
