"""The workflows of a team, and texts as files really have them: the same on both engines."""
import os
import subprocess

from tap import (check, done, error, fresh_database, history, postgres, rows, scalar, scratch,
                 sqlite)


class Engine:
    """A database with the calls that both engines answer alike."""

    def migrate(self, name, *args):
        """The lines of a function."""
        return self.text(name, *args).split("\n")

    def failure(self, name, *args):
        return error(lambda: self.text(name, *args))

    def failure_of(self, sql):
        return error(lambda: self.run(sql))


class Sqlite(Engine):
    name = "sqlite"
    key = "integer PRIMARY KEY"
    set_not_null = ("CREATE TABLE new (id integer PRIMARY KEY, email text NOT NULL);\n"
                    "INSERT INTO new SELECT id, email FROM account;\n"
                    "DROP TABLE account;\nALTER TABLE new RENAME TO account;\n")
    schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)"

    def __init__(self, _):
        self.path = scratch("workflow.db")
        self.db = sqlite(self.path)

    def text(self, name, *args):
        return scalar(self.db, "SELECT %s(%s)" % (name, ",".join("?" * len(args))), *args)

    def run(self, sql):
        return self.db.executescript(sql)

    def value(self, sql, *args):
        return scalar(self.db, sql.replace("%s", "?"), *args)

    def shell(self, sql):
        """The exit status of the engine's own shell, stopping at the first error."""
        module = os.path.splitext(os.environ["MIGRATE_SO"])[0]
        return subprocess.run(["sqlite3", "-bail", "-cmd", ".load " + module, self.path],
                              input=sql, text=True, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode != 0


class Postgresql(Engine):
    name = "postgresql"
    key = "integer PRIMARY KEY"
    set_not_null = "ALTER TABLE account ALTER COLUMN email SET NOT NULL;\n"
    schema = ("SELECT string_agg(format('%%s.%%s %%s %%s', relname, attname, atttypid::regtype, "
              "attnotnull), ';' ORDER BY relname, attnum) FROM pg_attribute "
              "JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace "
              "AND attnum > 0 AND relname NOT LIKE 'migrate%%'")

    def __init__(self, name):
        self.database = fresh_database("workflow_" + name)
        self.db = postgres(self.database)

    def text(self, name, *args):
        return "\n".join(row[0] for row in rows(
            self.db, "SELECT %s(%s)" % (name, ",".join(["%s"] * len(args))), *args))

    def run(self, sql):
        return rows(self.db, sql)

    def value(self, sql, *args):
        return rows(self.db, sql, *args)[0][0]

    def shell(self, sql):
        return subprocess.run([os.path.join(os.environ["PGBIN"], "psql"), "-Xq", "-v",
                               "ON_ERROR_STOP=1", "-d", self.database], input=sql, text=True,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode != 0


def script(revision, revises, up, down=None):
    return ("-- migrate:revision %s\n" % revision +
            ("-- migrate:revises %s\n" % revises if revises else "") +
            "-- migrate:upgrade\n" + up +
            ("" if down is None else "-- migrate:downgrade\n" + down))


def first_line(text):
    return text.split("\n")[0]


def baseline(e, say):
    """A database that is older than its history."""
    e.run("CREATE TABLE account (id %s, email text)" % e.key)
    create = "CREATE TABLE account (id %s, email text);\n" % e.key
    e.migrate("migrate_add", script("b1", None, create, "DROP TABLE account;\n"))
    e.migrate("migrate_add", script("b2", "b1", "CREATE TABLE b (id integer);\n",
                                    "DROP TABLE b;\n"))
    text = e.failure("migrate_upgrade", "head")
    say("a table that exists already",
        ("already exists" in first_line(text), text.split("\n")[-1].replace("CONTEXT:  ", "")),
        (True, "revision b1, upgrade, statement 1, line 3"))
    say("and nothing is half done", e.text("migrate_status"),
        "2 of 2 revisions pending, current <base>")
    say("the baseline is stamped", e.migrate("migrate_stamp", "b1"),
        ["stamp <base> -> b1", "current: b1"])
    say("and runs nothing", e.value("SELECT count(*) FROM migrate_log WHERE direction <> 'stamp'"),
        0)
    say("what is new goes on from there", e.migrate("migrate_upgrade", "head"),
        ["upgrade b1 -> b2", "current: b2 (head)"])
    say("all of it is stamped at once: nothing to do", e.migrate("migrate_stamp", "head"),
        ["current: b2 (head)"])


def three_steps(e, say):
    """Add the column, fill it, then forbid NULL; CI goes up, down and up."""
    other = "DROP TABLE account;\n"
    e.migrate("migrate_add", "".join([
        script("d1", None, "CREATE TABLE account (id %s);\n"
                           "INSERT INTO account (id) VALUES (1), (2);\n" % e.key, other),
        script("d2", "d1", "ALTER TABLE account ADD COLUMN email text;\n",
               "ALTER TABLE account DROP COLUMN email;\n"),
        script("d3", "d2", "UPDATE account SET email = 'user' || id WHERE email IS NULL;\n", ""),
        script("d4", "d3", "", "") + "-- migrate:upgrade %s\n" % e.name + e.set_not_null]))
    e.migrate("migrate_upgrade", "head")
    say("the data is there", [e.value("SELECT email FROM account WHERE id = %s", i)
                              for i in (1, 2)], ["user1", "user2"])
    say("and must be", "email" in e.failure_of("INSERT INTO account (id) VALUES (3)"), True)
    first = e.value(e.schema)
    e.migrate("migrate_downgrade", "base")
    say("CI: the downgrade leaves nothing", e.failure_of("SELECT * FROM account") != "no error",
        True)
    e.migrate("migrate_upgrade", "head")
    say("CI: up, down and up is the same schema", e.value(e.schema), first)
    say("CI: and the store is sound", e.value("SELECT count(*) FROM migrate_verify()"
                                              if e.name == "postgresql" else
                                              "SELECT count(*) FROM migrate_verify"), 0)


def pre_deploy(e, say):
    e.migrate("migrate_add", history(2))
    e.migrate("migrate_upgrade", "r0001")
    say("the pre-deploy check stops", e.shell("SELECT migrate_check();"), True)
    say("and says so", first_line(e.failure("migrate_check")),
        "database is not on all head revisions")
    say("the release migrates", e.shell("SELECT migrate_upgrade('head');"), False)
    say("and passes", e.shell("SELECT migrate_check();"), False)


def texts(e, say):
    """Bytes as editors and other systems write them."""
    bundle = "\ufeff" + script("t1", None, "CREATE TABLE t (id integer);\nINSERT INTO t\n"
                               "VALUES (1);\n", "DROP TABLE t;").replace("\n", "\r\n")
    say("CRLF, a BOM and no line feed at the end", e.migrate("migrate_add", bundle), ["added t1"])
    say("the bytes are kept", e.text("migrate_script", "t1"), bundle)
    e.migrate("migrate_upgrade", "head")
    say("and run", e.value("SELECT id FROM t"), 1)
    say("the same with line feeds is unchanged in what it does",
        e.migrate("migrate_add", bundle.replace("\r", "").lstrip("\ufeff")), ["replaced t1"])
    e.migrate("migrate_downgrade", "base")
    bad = script("t2", "t1", "SELECT 1;\n\nSELECT * FROM nowhere;\n", "").replace("\n", "\r\n")
    e.migrate("migrate_add", bad)
    say("lines are counted with CRLF",
        e.failure("migrate_upgrade", "head").split("CONTEXT:  ")[1],
        "revision t2, upgrade, statement 2, line 6")
    say("cat of files with a BOM each", e.migrate("migrate_add", script("t3", "t1", "") + bundle),
        ["added t3", "replaced t1"])
    word = "Grüße, 世界 🎉"
    e.migrate("migrate_remove", "t2")
    e.migrate("migrate_remove", "t3")
    e.migrate("migrate_add", script("t4", "t1", "CREATE TABLE \"%s\" (id integer);\n" % word)
              .replace("-- migrate:upgrade", "-- migrate:message %s\n-- migrate:upgrade" % word))
    say("any UTF-8", e.migrate("migrate_upgrade", "head")[-1], "current: t4 (head)")
    say("in names, too", e.value('SELECT count(*) FROM "%s"' % word), 0)


def large(e, say):
    """10 MB in one revision."""
    text = "x'\n-- y;" * (10 * 1024 * 1024 // 8)
    bundle = script("big", None, "CREATE TABLE big (t text);\nINSERT INTO big VALUES ('%s');\n"
                    % text.replace("'", "''"), "DROP TABLE big;\n")
    say("10 MB in one revision", e.migrate("migrate_add", bundle), ["added big"])
    say("run as they are", e.migrate("migrate_upgrade", "head")[-1], "current: big (head)")
    say("arrive", e.value("SELECT t = %s FROM big", text), 1)
    say("come back", e.text("migrate_script", "big") == bundle, True)
    say("and are known", e.migrate("migrate_add", bundle), ["unchanged big"])


def folder(e, say):
    """A dbmate folder grows at its end."""
    path = os.path.dirname(scratch("x"))
    os.chmod(path, 0o755)

    def write(name, text):
        with open(os.path.join(path, name), "w", encoding="utf-8") as f:
            f.write(text)

    for i in (1, 2):
        write("2026010%d_table_%d.sql" % (i, i), "-- migrate:up\nCREATE TABLE f%d (id integer);\n"
              "-- migrate:down\nDROP TABLE f%d;\n" % (i, i))
    say("a dbmate folder is a chain", e.migrate("migrate_load", path),
        ["added 20260101, table 1", "added 20260102, table 2"])
    e.migrate("migrate_upgrade", "head")
    write("20260104_table_4.sql", "-- migrate:up\nCREATE TABLE f4 (id integer);\n")
    say("a new file at the end is added", e.migrate("migrate_load", path),
        ["unchanged 20260101, table 1", "unchanged 20260102, table 2",
         "added 20260104, table 4"])
    say("and runs alone", e.migrate("migrate_upgrade", "head"),
        ["upgrade 20260102 -> 20260104, table 4", "current: 20260104 (head)"])
    write("20260103_table_3.sql", "-- migrate:up\nCREATE TABLE f3 (id integer);\n")
    say("one in the middle is an error", e.failure("migrate_load", path),
        'file "20260104_table_4.sql" is not where it was in the chain of files\n'
        'DETAIL:  Revision 20260104 was added behind 20260102 and now stands behind 20260103.\n'
        'HINT:  A new file goes to the end: give it a name that sorts behind all others; a file '
        'that is missing must come back.')
    say("that changes nothing", e.text("migrate_status"),
        "0 of 3 revisions pending, current 20260104")


for engine in (Sqlite, Postgresql):
    for workflow in (baseline, three_steps, pre_deploy, texts, large, folder):
        workflow(engine(workflow.__name__),
                 lambda what, got, expected: check("%s: %s" % (engine.name, what), got, expected))
done()
