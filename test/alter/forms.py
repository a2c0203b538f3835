"""Every form of ALTER TABLE in forms.sql, run as a revision on both engines: they must do the same.

What is compared: does the change pass, which statements behind it pass and which kind of
constraint stops the others, what queries see, the columns.  forms.out is what PostgreSQL does
(UPDATE=1 writes it anew); SQLite must do that in each of four modes.  Where SQLite differs by nature,
the form says why ("-- differs: ..."), and what SQLite does stands behind it in forms.out.

    forms.py [PATTERN]    only forms whose name contains PATTERN
"""
import os
import re
import sys

TOP = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(TOP, "..", "clients"))
from tap import OWN_TABLES, check, defensive, done, sqlite  # noqa: E402

STATES = {"23502": "not null", "23505": "unique", "23514": "check", "23503": "foreign key"}
CODES = {"SQLITE_CONSTRAINT_NOTNULL": "not null", "SQLITE_CONSTRAINT_UNIQUE": "unique",
         "SQLITE_CONSTRAINT_PRIMARYKEY": "unique", "SQLITE_CONSTRAINT_ROWID": "unique",
         "SQLITE_CONSTRAINT_CHECK": "check", "SQLITE_CONSTRAINT_FOREIGNKEY": "foreign key"}


class Form:
    def __init__(self, text):
        head, self.change, self.probe = re.split(r"^-- (?:change|probe)\n", text, flags=re.M)
        self.name, self.setup = head.split("\n", 1)
        differs = re.search(r"^-- differs: (.*)\n", self.setup, re.M)
        self.differs = differs.group(1) if differs else None

    def bundle(self):
        return ("-- migrate:revision before\n-- migrate:upgrade\n%s"
                "-- migrate:revision after\n-- migrate:revises before\n-- migrate:upgrade\n%s"
                % (self.setup, self.change))

    def probes(self):
        return [s.strip() for s in re.split(r";\s*$", self.probe, flags=re.M) if s.strip()]


def read_forms():
    with open(os.path.join(TOP, "forms.sql")) as f:
        return [Form(text) for text in re.split(r"^-- form: ", f.read(), flags=re.M)[1:]]


def family(declared):
    """A type's kind: how SQLite spells and stores the others is not this test's subject."""
    declared = declared.lower()
    for pattern, name in (("bool", "boolean"), ("serial|int", "integer"), ("numeric|decimal", "numeric"),
                          ("char|text|uuid|json|time|date", "text")):
        if re.search(pattern, declared):
            return name
    return declared


def show_value(value):
    if value is None:
        return "NULL"
    return str(int(value) if isinstance(value, bool) else value)


def show_columns(columns):
    """columns: name, type, not null, has a default, generated"""
    return ", ".join("%s %s%s%s%s" % (name, family(declared), " not null" if required else "",
                                      " default" if default else "", " generated" if generated else "")
                     for name, declared, required, default, generated in columns)


class Postgres:
    def __init__(self):
        from tap import fresh_database, postgres
        self.db = postgres(fresh_database("forms"))
        self.run("SET client_min_messages = warning")

    def run(self, sql, *args):
        with self.db.cursor() as c:
            c.execute(sql, args or None)
            return c.fetchall() if c.description else []

    def kind(self, error):
        return STATES.get(getattr(error, "pgcode", None), "error")

    def begin(self, form):
        self.run("ROLLBACK")
        self.run("DROP SCHEMA IF EXISTS form CASCADE; CREATE SCHEMA form; SET search_path = form, public")
        self.run("SELECT migrate_stamp('base', true)")
        self.run("DELETE FROM migrate_revision")
        self.run("SELECT migrate_add(%s)", form.bundle())
        self.run("SELECT migrate_upgrade('before')")

    def tables(self):
        return [r[0] for r in self.run("SELECT tablename FROM pg_tables WHERE schemaname = 'form' "
                                       "ORDER BY tablename COLLATE \"C\"")]

    def columns(self, table):
        return self.run(
            "SELECT column_name, data_type, is_nullable = 'NO', NOT EXISTS (SELECT FROM "
            "pg_get_serial_sequence(quote_ident(table_name), column_name) s WHERE s IS NOT NULL) "
            "AND coalesce(column_default, 'NULL') NOT LIKE 'NULL%%', is_generated = 'ALWAYS' "
            "FROM information_schema.columns WHERE table_schema = 'form' AND table_name = %s "
            "ORDER BY ordinal_position", table)


class Sqlite:
    def __init__(self, mode):
        self.mode = mode

    def run(self, sql, *args):
        return self.db.execute(sql, args).fetchall()

    def kind(self, error):
        return CODES.get(getattr(error, "sqlite_errorname", None), "error")

    def begin(self, form):
        self.db = sqlite(":memory:")
        self.run("PRAGMA foreign_keys = ON")
        if "defensive" in self.mode:
            defensive(self.db)
        self.run("SELECT migrate_add(?)", form.bundle())
        self.run("SELECT migrate_upgrade('before')")

    def tables(self):
        return [r[0] for r in self.run("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE "
                                       "'sqlite_%' ORDER BY 1") if r[0] not in OWN_TABLES]

    def columns(self, table):
        return self.run("SELECT name, type, \"notnull\" OR pk, coalesce(dflt_value, 'NULL') NOT LIKE 'NULL%', "
                        "hidden IN (2, 3) FROM pragma_table_xinfo(?) ORDER BY cid", table)


def attempt(engine, sql):
    try:
        return "ok", engine.run(sql)
    except Exception as e:
        return engine.kind(e), []


def change(engine, transaction):
    """Runs the change, inside a transaction of the application's if asked; did it pass?"""
    if transaction:
        engine.run("BEGIN")
    result = attempt(engine, "SELECT migrate_upgrade('after')")[0]
    if transaction:
        engine.run("COMMIT")
    return "passes" if result == "ok" else "refused"


def outcome(engine, form, transaction=False):
    """What an engine makes of a form, as text."""
    try:
        engine.begin(form)
    except Exception as e:
        return "  not even the tables can be made: %s\n" % e
    lines = ["change: " + change(engine, transaction)]
    for table in engine.tables():
        lines.append("%s: %s" % (table, show_columns(engine.columns(table))))
    for probe in form.probes():
        result, rows = attempt(engine, probe)
        lines.append("%s: %s" % (probe, result))
        lines += ["    " + " | ".join(map(show_value, row)) for row in rows]
    return "".join("  %s\n" % line for line in lines)


def read_expected():
    expected = {}
    path = os.path.join(TOP, "forms.out")
    if os.path.exists(path):
        with open(path) as f:
            for part in re.split(r"^== ", f.read(), flags=re.M)[1:]:
                name, text = part.split("\n", 1)
                expected[name] = text
    return expected


def write_expected(forms, expected):
    with open(os.path.join(TOP, "forms.out"), "w") as f:
        for form in forms:
            for name in (form.name, form.name + " (SQLite)"):
                if name in expected:
                    f.write("== %s\n%s" % (name, expected[name]))


def main(pattern):
    forms = read_forms()
    chosen = [f for f in forms if pattern in f.name]
    expected = read_expected()
    update = os.environ.get("UPDATE")
    if "PGHOST" in os.environ:
        postgres = Postgres()
        for form in chosen:
            got = outcome(postgres, form)
            if update:
                expected[form.name] = got
            check("PostgreSQL: " + form.name, got, expected.get(form.name))
    for mode in ("", "in a transaction", "defensive", "defensive, in a transaction"):
        for form in chosen:
            name = form.name + (" (SQLite)" if form.differs else "")
            got = outcome(Sqlite(mode), form, "transaction" in mode)
            if update and form.differs:
                expected[name] = got
            check("SQLite%s: %s" % (mode and ", " + mode, form.name), got, expected.get(name))
    if update:
        write_expected(forms, expected)
    done()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
