"""Renames that are told where several schemas have objects of the same name."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, fresh_database, postgres, rows  # noqa: E402

db = postgres(fresh_database("renames"))
TWO = """CREATE SCHEMA app; CREATE SCHEMA "Z z";
CREATE TABLE app.t (id integer, %s text); CREATE INDEX %s ON app.t (id);
CREATE TABLE %st (id integer, %s text); CREATE INDEX %s ON %st (id);
CREATE TABLE "Z z".t (id integer, %s text);"""
rows(db, TWO % ("a", "i", "", "a", "i", "", "a"))


def renames(desired):
    return [row[0] for row in rows(db, "SELECT upgrade FROM migrate_diff(%s) WHERE upgrade IS NOT NULL", desired)]


told = "b -- migrate:renamed-from a\n"
told_index = "j -- migrate:renamed-from i\n"
check("in the schema that is said", renames(TWO % (told, "i", "", "a", "i", "", "a")), ["ALTER TABLE app.t RENAME COLUMN a TO b"])
check("in quotes", renames(TWO % ("a", "i", "", "a", "i", "", told)), ['ALTER TABLE "Z z".t RENAME COLUMN a TO b'])
check("in the current one", renames(TWO % ("a", "i", "", told, "i", "", "a")), ["ALTER TABLE t RENAME COLUMN a TO b"])
check("in the current one, which is said", renames(TWO % ("a", "i", "public.", told, "i", "public.", "a")),
      ["ALTER TABLE t RENAME COLUMN a TO b"])
check("in all", sorted(renames(TWO % (told, "i", "public.", told, "i", "public.", told))),
      ['ALTER TABLE "Z z".t RENAME COLUMN a TO b', "ALTER TABLE app.t RENAME COLUMN a TO b", "ALTER TABLE t RENAME COLUMN a TO b"])
check("in that which a SET made the current one",
      renames("SET search_path = app; " + (TWO % ("a", "i", "public.", "a", "i", "public.", "a")).replace("app.t (id integer, a", "t (id integer, " + told)),
      ["ALTER TABLE app.t RENAME COLUMN a TO b"])
db.close()
done()
