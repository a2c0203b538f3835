"""Every type into every other: the statement runs or the data is at fault, and nothing is lost unmarked."""
import os
import sys

import psycopg2

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, fresh_database, postgres, rows  # noqa: E402

TYPES = {
    "smallint": ["7"], "integer": ["70000"], "bigint": ["7000000000"], "numeric": ["1.25"],
    "numeric(6,3)": ["1.125"], "real": ["1.5"], "double precision": ["1e300"], "boolean": ["t"],
    "text": ["a longer text", "1", "'  '"], "character varying(5)": ["abc "], "character(4)": ["ab"],
    "bit(4)": ["1010"], "bit varying(6)": ["101010"], "date": ["2020-02-03"],
    "timestamp without time zone": ["2020-02-03 04:05:06.789"],
    "timestamp(0) with time zone": ["2020-02-03 04:05:06+00"], "interval": ["1 day 02:03:04"],
    "uuid": ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"], "json": ['{"a": 1,  "a": 2}'],
    "jsonb": ['{"a": 1}'], "bytea": ["\\x6162"], "inet": ["10.0.0.1/8"], "cidr": ["10.0.0.0/8"],
    "mood": ["sad"], "short": ["abc"], "integer[]": ["{1,2}"], "text[]": ["{a,1}"], "int4range": ["[1,5)"],
    "name": ["ab"], "oid": ["7"], '"char"': ["x"], "xml": ["<a/>"]}
MADE = "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN short AS varchar(3);"
db = postgres(fresh_database("types"))
rows(db, MADE)


def table(types):
    return "CREATE TABLE t (id integer, %s)" % ", ".join("c%d %s" % pair for pair in enumerate(types))


def content(column):
    return rows(db, "SELECT c%d::text FROM t ORDER BY id" % column)


def outcome(column, steps):
    """What becomes of a column there and back."""
    before = content(column)
    try:
        for up, down, destructive in steps:
            rows(db, up)
        for up, down, destructive in reversed(steps):
            rows(db, down)
    except psycopg2.Error as e:
        return "ok" if e.pgcode[:2] in ("22", "23") else str(e).split("\n")[0]
    if content(column) != before and not any(destructive for up, down, destructive in steps):
        return "lost: %s, now %s" % (before, content(column))
    return "ok"


statements = {}
for old, values in TYPES.items():
    rows(db, table([old] * len(TYPES)))
    for i, value in enumerate(values):
        rows(db, "INSERT INTO t SELECT %d, %s" % (i, ", ".join(["%s"] * len(TYPES))), *[value] * len(TYPES))
    found = rows(db, "SELECT object, upgrade, downgrade, destructive FROM migrate_diff(%s)",
                 MADE + table(TYPES))
    bad = []
    for column, new in enumerate(TYPES):
        steps = [row[1:] for row in found if row[0] == "column t.c%d" % column]
        if steps:
            statements[old, new] = steps[0][0].replace("ALTER TABLE t ALTER COLUMN c%d " % column, "").replace(
                "USING c%d" % column, "USING c")
        rows(db, "BEGIN")
        result = outcome(column, steps)
        rows(db, "ROLLBACK")
        if result != "ok":
            bad.append("%s -> %s: %s" % (old, new, result))
    check("from %s" % old, bad, [])
    rows(db, "DROP TABLE t")

for old, new, expected in [
        ("integer", "bigint", "TYPE bigint"),
        ("bigint", "integer", "TYPE integer"),
        ("text", "character varying(5)", "TYPE character varying(5)"),
        ("uuid", "text", "TYPE text"),
        ("short", "text", "TYPE text"),
        ("text", "uuid", "TYPE uuid USING c::uuid"),
        ("integer", "boolean", "TYPE boolean USING c::boolean"),
        ("date", "integer", "TYPE integer USING c::text::integer"),
        ("text[]", "integer[]", "TYPE integer[] USING c::text::integer[]")]:
    check("%s to %s" % (old, new), statements[old, new], expected)

rows(db, table(["text"]))
rows(db, "INSERT INTO t VALUES (1, 'longer than five')")
for up, in rows(db, "SELECT upgrade FROM migrate_diff(%s)", MADE + table(["varchar(5)"])):
    try:
        rows(db, up)
    except psycopg2.Error as e:
        check("what does not fit is an error, not cut", e.pgerror.split("\n")[0],
              "ERROR:  value too long for type character varying(5)")
check("and stays", content(0), [("longer than five",)])
db.close()
done()
