"""Random pairs of PostgreSQL's schemas, there and back: diff.py [PAIRS [SEED]]

Build A; make a revision that leads to B; run it: nothing differs; take it back:
A again, byte for byte.  Rows stay.
"""
import difflib
import os
import random
import sys
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
sys.path.insert(0, os.path.dirname(__file__))
from tap import check, done, fresh_database, postgres, rows  # noqa: E402
from schemas import Postgres  # noqa: E402


class Failed(Exception):
    """What is wrong with a pair, as text."""
    pass



class PostgresPairs:
    """A database with the extension in a schema of its own, so that public can be dropped."""
    def __init__(self):
        self.db = postgres(fresh_database("fuzz"))
        rows(self.db, "DROP EXTENSION migrate")
        rows(self.db, "CREATE SCHEMA migrate")
        rows(self.db, "CREATE EXTENSION migrate SCHEMA migrate")
        rows(self.db, "SET search_path = public, migrate")
        rows(self.db, "SET client_min_messages = warning")

    def generate(self, r):
        return Postgres(r).ddl()

    def clear(self):
        """Drops what the last pair has made, and forgets its revision."""
        for (name,) in rows(self.db, "SELECT nspname FROM pg_namespace WHERE nspname IN ('public', 'app')"):
            rows(self.db, "DROP SCHEMA %s CASCADE" % name)
        rows(self.db, "CREATE SCHEMA public")
        rows(self.db, "DELETE FROM migrate.migrate_revision")
        rows(self.db, "DELETE FROM migrate.migrate_version")

    def build(self, ddl):
        rows(self.db, ddl)

    def value(self, sql, *args):
        return rows(self.db, sql, *args)[0][0]


    def rows(self, sql, *args):
        return rows(self.db, sql, *args)

    def upgrade(self, direction, target):
        self.value("SELECT count(*) FROM migrate_%s(%%s)" % direction, target)

    ERRORS = "psycopg2"


def difference(what, a, b):
    """Raises Failed with a diff of the two texts unless they are equal."""
    if a != b:
        raise Failed(what + "\n" + "\n".join(difflib.unified_diff(a.split("\n"), b.split("\n"), lineterm="", n=2)))


def pair(engine, a, b):
    """a and b: DDL.  The revision is printed where something fails."""
    engine.clear()
    engine.build(a)
    before = engine.value("SELECT migrate_schema()")
    made = engine.value("SELECT migrate_autogenerate('pair', %s, rev_id => 'aa')", b)
    difference("comparing changed the schema", before, engine.value("SELECT migrate_schema()"))
    if made is None:
        return
    try:
        engine.upgrade("upgrade", "aa")
        left = engine.rows("SELECT object, upgrade, downgrade FROM migrate_diff(%s)", b)
        if left:
            raise Failed("not as desired after the upgrade: %r" % left)
        engine.upgrade("downgrade", "-1")
        difference("not as before after the downgrade", before, engine.value("SELECT migrate_schema()"))
    except Exception:
        print("# " + engine.value("SELECT migrate_script('aa')").replace("\n", "\n# "))
        raise


def main(n="20", seed="1"):
    engine = PostgresPairs()
    good = 0
    for i in range(int(seed), int(seed) + int(n)):
        r = random.Random(i)
        a, b = engine.generate(r), engine.generate(r)
        try:
            pair(engine, a, b)
            good += 1
        except Exception as e:
            text = str(e) if isinstance(e, Failed) or engine.ERRORS in type(e).__module__ else traceback.format_exc()
            print("# pair %d: %s" % (i, text.replace("\n", "\n# ")), flush=True)
            if os.environ.get("STOP"):
                print(a, "\n-- B\n", b)
                break
    check("%s random pairs on postgresql, there and back" % n, good, int(n))


if __name__ == "__main__":
    main(*sys.argv[1:])
    done()
