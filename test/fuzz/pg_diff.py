"""Random pairs of schemas on PostgreSQL, there and back: pg_diff.py [PAIRS [SEED]]

For each pair: what migrate_schema() prints of B makes B again.  Then A is built
and filled with rows, and a revision leads to B: migrate_diff() is empty, the schema
is printed as B is, and the rows of columns that no step calls destructive are
all there.  The downgrade leads back to A, byte for byte, with the rows.
Some pairs run the statements of migrate_diff() by hand, some the online forms.
"""
import difflib
import os
import re
import sys
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
sys.path.insert(0, os.path.dirname(__file__))
from tap import check, done, fresh_database, postgres, rows  # noqa: E402
import pg_schemas  # noqa: E402

# Rows 1 to 3 of each table, as far as its constraints let them in; then, with NULLs, one at least.
FILL = r"""
CREATE FUNCTION pg_temp.fill() RETURNS void LANGUAGE plpgsql AS $fill$
DECLARE t record; full_table boolean;
BEGIN
	FOR t IN SELECT pass, c.oid::regclass AS name, string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns,
		string_agg(CASE WHEN typtype = 'e' THEN format('(enum_range(NULL::%1$s))[1 + n %% cardinality(enum_range(NULL::%1$s))]', full_type)
			WHEN typtype = 'c' THEN 'NULL'
			WHEN typtype = 'r' AND typname <> 'int4range' THEN format('(''['' || n || '','' || n || '']'')::%s', full_type)
			WHEN typcategory = 'A' AND base IN ('integer', 'text') THEN format('(''{'' || n || ''}'')::%s', full_type)
			WHEN typcategory = 'A' THEN '''{}'''
			ELSE CASE base WHEN 'boolean' THEN 'n % 2 = 1' WHEN 'date' THEN '''2020-01-01''::date + n'
				WHEN 'timestamp with time zone' THEN '''2020-01-01''::timestamptz + n * interval ''1 h'''
				WHEN 'timestamp without time zone' THEN '''2020-01-01''::timestamp + n * interval ''1 h'''
				WHEN 'time without time zone' THEN '''10:00''::time + n * interval ''1 m'''
				WHEN 'uuid' THEN 'md5(n::text)::uuid' WHEN 'bytea' THEN 'decode(''0'' || n, ''hex'')'
				WHEN 'inet' THEN '(''10.0.0.'' || n)::inet' WHEN 'xml' THEN '(''<a>'' || n || ''</a>'')::xml'
				WHEN 'int4range' THEN 'int4range(n * 2, n * 2 + 1)' WHEN 'point' THEN 'point(n, n)' WHEN 'bit' THEN 'n::bit(3)'
				WHEN 'interval' THEN 'n * interval ''1 d'''
				ELSE format('n::text::%s', full_type) END END, ', ' ORDER BY attnum) AS row
		FROM generate_series(1, 2) pass, pg_class c JOIN pg_attribute a ON attrelid = c.oid
		JOIN (SELECT *, format_type(coalesce(nullif(typelem, 0), nullif(typbasetype, 0), y.oid), NULL) AS base FROM pg_type y) y ON y.oid = atttypid,
		format_type(atttypid, atttypmod) full_type
		WHERE relkind IN ('r', 'p') AND NOT relispartition AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
		AND attidentity <> 'a' AND (pass = 1 OR attnotnull OR typnotnull)
		AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'app', 'Other S'))
		GROUP BY pass, c.oid ORDER BY pass, c.oid
	LOOP
		EXECUTE format('SELECT EXISTS (SELECT FROM ONLY %s)', t.name) INTO full_table;
		CONTINUE WHEN full_table;
		FOR n IN 1 .. 3 LOOP
			BEGIN
				EXECUTE format('INSERT INTO %s (%s) SELECT %s FROM (SELECT %s AS n) x', t.name, t.columns, t.row, n);
				SET CONSTRAINTS ALL IMMEDIATE;
			EXCEPTION WHEN OTHERS THEN NULL;
			END;
		END LOOP;
	END LOOP;
END $fill$;
CREATE FUNCTION pg_temp.empty() RETURNS void LANGUAGE plpgsql AS $empty$
DECLARE t text;
BEGIN
	SELECT string_agg(oid::regclass::text, ', ') INTO t FROM pg_class WHERE relkind IN ('r', 'p')
		AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'app', 'Other S'));
	EXECUTE 'TRUNCATE ' || t;
END $empty$;
"""
TABLES = """SELECT c.oid::regclass::text, array_agg(quote_ident(attname) ORDER BY attnum), relkind = 'p'
FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid WHERE relkind IN ('r', 'p') AND NOT relispartition
AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'app', 'Other S')) GROUP BY c.oid"""


class Failed(Exception):
    """What is wrong with a pair, as text."""
    pass


def difference(what, a, b):
    """Raises Failed with a diff of the two printed schemas unless they are equal."""
    if compared(a) != compared(b):
        raise Failed(what + "\n" + "\n".join(difflib.unified_diff(a.split("\n"), b.split("\n"), lineterm="", n=2)))


def compared(text):
    """Extensions stay where they are not desired; what is not shown is not compared."""
    return re.sub("CREATE EXTENSION .*;\n\n", "", re.sub("\n-- not shown: .*\n", "", text))


def simple(value):
    """Values that a lossless change of type makes are equal: 1.50 and 1.5000, 'a' and 'a    '."""
    if value is not None:
        value = value.rstrip(" ")
        if re.fullmatch(r"-?\d+\.\d+", value):
            value = value.rstrip("0").rstrip(".")
    return value


class Database:
    """A database with the extension in a schema of its own; a pair that fails gets a new one, since
    nobody knows what it has left.
    """
    def __init__(self):
        self.connect()

    def connect(self):
        self.db = postgres(fresh_database("fuzz%d" % os.getpid()))
        self.sql("DROP EXTENSION migrate")
        self.sql("CREATE SCHEMA migrate")
        self.sql("CREATE EXTENSION migrate SCHEMA migrate")
        self.sql("SET search_path = public, migrate")
        self.sql("SET client_min_messages = warning")
        self.sql(FILL)

    def sql(self, text, *args):
        return rows(self.db, text, *args)

    def value(self, text, *args):
        return self.sql(text, *args)[0][0]

    def schema(self):
        return self.value("SELECT migrate_schema()")

    def clear(self):
        """citext goes first: its functions are in public."""
        self.sql("DROP EXTENSION IF EXISTS citext CASCADE")
        for (name,) in self.sql("SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname IN ('public', 'app', 'Other S')"):
            self.sql("DROP SCHEMA %s CASCADE" % name)
        self.sql("CREATE SCHEMA public; TRUNCATE migrate.migrate_revision, migrate.migrate_version, migrate.migrate_log")

    def rows(self):
        """{table: [{column: text}]}"""
        result = {}
        for table, columns, partitioned in self.sql(TABLES):
            found = self.sql("SELECT %s FROM %s%s" % (", ".join(c + "::text" for c in columns), "" if partitioned else "ONLY ", table))
            result[table] = [dict(zip(columns, row)) for row in found]
        return result

    def sequences(self):
        """{name: last value} of those that have given one."""
        return dict(self.sql("SELECT format('%I.%I', schemaname, sequencename)::regclass::text, last_value FROM pg_sequences "
                             "WHERE schemaname <> 'migrate' AND last_value IS NOT NULL"))


def followed(old, new):
    """{old name: new name} of what keeps its things.  A told name counts where it is free or becomes free."""
    live = {o.name for o in old}
    kept = {}
    again = True
    while again:
        again = False
        for n in new:
            if n.was in live and n.was not in kept and n.name not in kept.values() and (n.name not in live or n.name in kept):
                kept[n.was] = n.name
                again = True
    taken = set(kept.values())
    kept.update({n.name: n.name for n in new if n.name in live and n.name not in kept and n.name not in taken})
    return kept


def survivors(a, b, destructive):
    """[(old table, new table, {old column: new column})] of what must be there after the upgrade.

    destructive: labels of the steps that say so, by the old or the new name; a generated column's
    values are computed anew.
    """
    result = []
    for schema in {t.schema for t in a.tables}:
        old = [t for t in a.tables if t.schema == schema]
        new = [t for t in b.tables if t.schema == schema]
        for before, after in followed(old, new).items():
            t = next(t for t in old if t.name == before)
            u = next(t for t in new if t.name == after)
            if any("table %s" % x.full in destructive for x in (t, u)) or (
                    t.kind == "partitioned" and any(d.startswith("table ") and "%s_" % t.slot in d for d in destructive)):
                continue
            columns = followed(t.columns, u.columns)
            columns = {c: d for c, d in columns.items()
                       if not any("column %s.%s" % (x.full, y) in destructive for x in (t, u) for y in (c, d))}
            for x in t.columns + u.columns:
                if x.generated:
                    columns = {c: d for c, d in columns.items() if x.name not in (c, d)}
            result.append((t.full, u.full, columns))
    return result


def compare_rows(what, before, after, expected):
    """before, after: as Database.rows(); expected: as survivors() has it.

    The order does not count.
    """
    for t, u, columns in expected:
        x = sorted(repr([simple(row[c]) for c in columns]) for row in before.get(t, []))
        y = sorted(repr([simple(row.get(d)) for d in columns.values()]) for row in after.get(u, []))
        if x != y:
            raise Failed("%s: rows of %s (now %s), columns %s\nbefore: %s\nafter:  %s" % (what, t, u, columns, x, y))


def is_of_data(e):
    """Rows that do not fit, and no fault of the statements: SQLSTATE classes 22 and 23."""
    return getattr(e, "pgcode", None) and e.pgcode[:2] in ("22", "23")


def run(db, action):
    """Runs it; where rows do not fit, without them: False."""
    try:
        action()
        return True
    except Exception as e:
        if not is_of_data(e):
            raise
        rows(db.db, "ROLLBACK")
    db.sql("SELECT pg_temp.empty()")
    action()
    return False


def by_hand(db, statements):
    """As somebody does who copies the statements."""
    db.sql("BEGIN")
    try:
        for statement in statements:
            db.sql(statement)
    except Exception:
        db.sql("ROLLBACK")
        raise
    db.sql("COMMIT")


def pair(db, seed, stats):
    """seed decides all. stats: counts, for the last line."""
    a, b = pg_schemas.pair(seed, db.db.server_version)
    if os.environ.get("SHOW"):
        print(a.text + "\n-- B\n" + b.text)
    db.clear()
    db.sql(b.text)
    wanted = db.schema()
    db.clear()
    db.sql("SET check_function_bodies = off")
    db.sql(wanted)
    db.sql("RESET check_function_bodies")
    difference("what is printed makes another schema", wanted, db.schema())
    db.clear()
    db.sql(a.text)
    db.sql("SELECT pg_temp.fill()")
    before, data, sequences = db.schema(), db.rows(), db.sequences()
    way = Way(db, seed, b.text)
    if seed % 5 == 0:
        difference("comparing changed the schema", before, db.schema())
    if not way.differs:
        difference("nothing differs", wanted, before)
        return
    try:
        there_and_back(db, way, a, b, (before, data, sequences), wanted, stats)
    except Exception:
        print("# " + way.text().replace("\n", "\n# "))
        raise


class Way:
    """The steps of migrate_diff() by hand, or a revision; some revisions have the online forms."""

    def __init__(self, db, seed, desired):
        self.db, self.online, self.steps = db, seed % 10 == 0, None
        if seed % 3 == 0 and not self.online:
            self.steps = db.sql("SELECT object, upgrade, downgrade, destructive FROM migrate_diff(%s)", desired)
            self.differs = bool(self.steps)
            self.destructive = {s[0] for s in self.steps if s[3]}
        else:
            self.differs = db.value("SELECT migrate_autogenerate('pair', %s, rev_id => 'aa', online => %s)", desired, self.online)
            upgrades = re.sub("^-- migrate:downgrade.*?(?=^-- migrate:revision|\\Z)", "", self.text() or "", flags=re.M | re.S)
            self.destructive = set(re.findall("^-- destructive: (.*)$", upgrades, re.M))

    def text(self):
        """For the output, where a pair fails."""
        if self.steps is not None:
            return "\n".join("%s\n\t-- back: %s" % s[1:3] for s in self.steps)
        return self.db.value("SELECT string_agg(migrate_script(revision), '') FROM migrate.migrate_revision")

    def go(self, up):
        """There, or back.  The online forms commit as they go, so they are a CALL."""
        if self.steps is not None:
            by_hand(self.db, [s[1] for s in self.steps if s[1]] if up else [s[2] for s in reversed(self.steps) if s[2]])
        else:
            call = "CALL migrate_%s_autocommit(%%s)" if self.online else "SELECT count(*) FROM migrate_%s(%%s)"
            self.db.sql(call % ("upgrade" if up else "downgrade"), "head" if up else "base")


def there_and_back(db, way, a, b, was, wanted, stats):
    """was: printed schema, rows and sequences before; wanted: B as it is printed.

    Where rows had to go for the upgrade, or for the downgrade, only the schemas are compared.
    """
    before, data, sequences = was
    kept = run(db, lambda: way.go(True))
    stats["kept"] += kept
    stats["rows"] += sum(map(len, data.values()))
    left = db.sql("SELECT object, upgrade, downgrade FROM migrate_diff(%s)", b.text)
    if left:
        raise Failed("not as desired after the upgrade: %r" % left)
    difference("another schema than desired after the upgrade", wanted, db.schema())
    expected = survivors(a, b, way.destructive)
    now = db.rows()
    if kept:
        compare_rows("after the upgrade", data, now, expected)
        later = db.sequences()
        for name, last in sequences.items():
            if name in later and later[name] != last and not any(name in x for x in way.destructive):
                raise Failed("sequence %s was at %s and is at %s" % (name, last, later[name]))
    again = run(db, lambda: way.go(False))
    stats["back"] += again
    difference("not as before after the downgrade", before, db.schema())
    if kept and again:
        compare_rows("after the downgrade", data, db.rows(), [(t, t, {c: c for c in columns}) for t, u, columns in expected])


def main(n="20", seed="1"):
    """A new database from time to time: the catalogs grow with all that is rolled back."""
    db = Database()
    pg_schemas.Schema.contrib = bool(db.sql("SELECT FROM pg_available_extensions WHERE name = 'citext'"))
    good = 0
    stats = {"kept": 0, "rows": 0, "back": 0}
    for i in range(int(seed), int(seed) + int(n)):
        try:
            pair(db, i, stats)
            good += 1
        except Exception as e:
            known = isinstance(e, Failed) or "psycopg2" in type(e).__module__
            print("# pair %d: %s" % (i, (str(e) if known else traceback.format_exc()).replace("\n", "\n# ")), flush=True)
            db.db.close()
            db.connect()
        if i % 40 == 0:
            db.db.close()
            db.connect()
    print("# %(rows)d rows; the upgrade kept them in %(kept)d pairs, the downgrade in %(back)d" % stats)
    check("%d random pairs on PostgreSQL, there and back" % int(n), good, int(n))


if __name__ == "__main__":
    main(*sys.argv[1:])
    done()
