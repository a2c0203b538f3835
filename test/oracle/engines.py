"""Both engines behind one door: a case goes in through the public functions, an answer comes out.

A history is added once; each case runs in a savepoint that is undone.
"""
import json
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "clients"))
import tap  # noqa: E402
from cases import kind_of  # noqa: E402

LISTS = {
    "history": "SELECT revision FROM migrate_history(?)",
    "show": "SELECT migrate_show(?)",
    "heads": "SELECT revision FROM migrate_heads()",
    "heads_resolved": "SELECT revision FROM migrate_heads(true)",
    "branches": "SELECT revision, children FROM migrate_branches()",
    "current": "SELECT revision FROM migrate_current()",
    "labels": "SELECT revision, labels FROM migrate_history() WHERE labels <> %s",
}


def script(r):
    """A revision that changes nothing."""
    lines = ["-- migrate:revision " + r["id"]]
    for key, name in (("down", "revises"), ("needs", "depends"), ("labels", "labels")):
        if r[key]:
            lines.append("-- migrate:%s %s" % (name, ", ".join(r[key])))
    return "\n".join(lines + ["-- migrate:upgrade", "SELECT 1;",
                              "-- migrate:downgrade", "SELECT 1;", ""])


def as_list(cell):
    """A list's cell: an array in PostgreSQL, a text with commas in SQLite."""
    return [x for x in cell.split(",") if x] if isinstance(cell, str) else list(cell)


class Engine:
    errors = Exception

    def history(self, revisions):
        """Starts anew with these revisions; the error if they are refused."""
        self.undo("history")
        self.begin("history")
        try:
            self.rows("SELECT migrate_add(?)", "".join(map(script, revisions)))
            return None
        except self.errors as e:
            return {"error": kind_of(str(e)), "message": str(e)}

    def put_rows(self, rows):
        for row in rows:
            self.rows("INSERT INTO migrate_version (revision, since) "
                      "VALUES (?, '2026-01-01T00:00:00Z')", row)

    def ask(self, case):
        self.begin("ask")
        try:
            self.put_rows(case["rows"])
            return self.answer(case)
        except self.errors as e:
            return {"error": kind_of(str(e)), "message": str(e)}
        except AssertionError as e:
            return {"error": "something else than planned", "message": str(e)}
        finally:
            self.undo("ask")

    def answer(self, case):
        do, target = case["do"], case["target"]
        if isinstance(target, list):
            target = ",".join(target)
        if do in ("upgrade", "downgrade", "stamp"):
            return {"steps": self.run(do, target)}
        if do == "purge":
            self.rows("DELETE FROM migrate_version")
            steps = self.steps("stamp", target)
            self.put_rows(case["rows"])
            self.rows("SELECT migrate_stamp(?, true)", target)
            self.check_rows(steps)
            return {"steps": steps}
        if do in LISTS:
            return {"list": self.listing(do, target)}
        return {"list": self.make(do, target)}

    def steps(self, do, target):
        plan = self.rows("SELECT direction, revision, heads_after FROM migrate_plan(?, ?) "
                         "ORDER BY step", target, do)
        return [["+" if d == "upgrade" else "-", r, sorted(as_list(rows))] for d, r, rows in plan]

    def run(self, do, target):
        """The plan, and then the run itself, which must do what was planned."""
        steps = self.steps(do, target)
        lines = "\n".join(r[0] for r in self.rows("SELECT migrate_%s(?)" % do, target)).split("\n")
        told = [line.split(" ", 2)[0] for line in lines[:-1] if not line.startswith("stamp ")]
        planned = ["upgrade" if s == "+" else "downgrade" for s, _, _ in steps]
        if do != "stamp" and [t for t in told if t in ("upgrade", "downgrade")] != planned:
            raise AssertionError("planned %s, told %s" % (steps, lines))
        self.check_rows(steps)
        return steps

    def check_rows(self, steps):
        got = sorted(r[0] for r in self.rows("SELECT revision FROM migrate_version"))
        if steps and got != steps[-1][2]:
            raise AssertionError("planned %s, got %s" % (steps[-1][2], got))

    def listing(self, do, target):
        sql = LISTS[do] % self.empty_list if "%s" in LISTS[do] else LISTS[do]
        rows = self.rows(sql, *([target] if "?" in sql else []))
        if do == "show":
            return [line[5:].split()[0] for line in (rows[0][0] or "").split("\n")
                    if line.startswith("Rev: ")]
        if do in ("branches", "labels"):
            return ["%s:%s" % (r[0], ",".join(sorted(as_list(r[1])))) for r in rows]
        return [r[0] for r in rows]

    def make(self, do, target):
        if do == "merge":
            made = self.rows("SELECT migrate_merge(?, 'new', 'new1')", target)
        elif do == "depend":
            made = self.rows("SELECT migrate_revision('new', '', '', 'base', 'new1', NULL, ?)",
                             target)
        else:
            made = self.rows("SELECT migrate_revision('new', '', '', ?, 'new1', NULL, NULL, ?)",
                             target, do == "splice")
        column = "depends" if do == "depend" else "revises"
        return as_list(self.rows("SELECT %s FROM migrate_revision WHERE revision = ?" % column,
                                 made[0][0])[0][0])


class SQLite(Engine):
    errors = sqlite3.Error
    empty_list = "''"

    def __init__(self):
        self.db = tap.sqlite(":memory:")
        self.db.execute("SELECT migrate_revision('x', '', '')").fetchall()
        self.db.execute("DELETE FROM migrate_revision")
        self.open = []

    def rows(self, sql, *args):
        return self.db.execute(sql, args).fetchall()

    def begin(self, name):
        self.rows("SAVEPOINT " + name)
        self.open.append(name)

    def undo(self, name):
        if name in self.open:
            self.rows("ROLLBACK TO " + name)
            self.rows("RELEASE " + name)
            del self.open[self.open.index(name):]


class PostgreSQL(Engine):
    """A new transaction for each history, which is rolled back."""
    empty_list = "'{}'"

    def __init__(self):
        import psycopg2
        self.errors = psycopg2.Error
        self.db = psycopg2.connect(dbname=tap.fresh_database("oracle"))
        self.cursor = self.db.cursor()
        self.rows("SET client_min_messages = warning")
        self.db.commit()

    def rows(self, sql, *args):
        self.cursor.execute(sql.replace("?", "%s"), args or None)
        return self.cursor.fetchall() if self.cursor.description else None

    def begin(self, name):
        if name != "history":
            self.rows("SAVEPOINT " + name)

    def undo(self, name):
        if name == "history":
            self.db.rollback()
        else:
            self.rows("ROLLBACK TO " + name)


ENGINES = {"sqlite": SQLite, "postgresql": PostgreSQL}
