"""Autogenerate: what PostgreSQL prints of a definition makes one that it prints otherwise; both are the same."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, fresh_database, postgres, rows  # noqa: E402

# Casts of array constructors, in full and in the short form, and what looks like them.
LISTS = """
CREATE TYPE pair AS (a integer); COMMENT ON TYPE pair IS 'two';
CREATE DOMAIN word AS varchar CHECK (VALUE IN ('a', 'b'));
CREATE TABLE item (kind varchar(20) CHECK (kind IN ('x', 'y')), size numeric CHECK (size IN (1, -2, 2.5)), note varchar,
    tags varchar(5)[] DEFAULT ARRAY['a', 'b'], is_small boolean GENERATED ALWAYS AS (kind IN ('x', 'z')) STORED,
    CHECK (size = ANY (ARRAY[1, 2])), CHECK (kind IN (lower('x'), 'y' || 'z', CASE WHEN true THEN 'x' ELSE 'u' END)),
    CHECK (note NOT IN ('(ARRAY[''x''::character varying])::text[]', 'b')), CHECK (ARRAY['x']::varchar[]::text[] IS NOT NULL),
    CHECK (note = ANY (ARRAY['a'::varchar, ARRAY_TO_STRING(ARRAY['u'::varchar], note)]) AND note <> ALL (ARRAY[]::varchar[])));
CREATE INDEX item_kind ON item (kind) WHERE kind IN ('x', 'y', lower('x'), 'a' || 'b');
CREATE INDEX item_note ON item (note) WHERE (array_remove(ARRAY[note], 'a')::text[]) IS NOT NULL AND size IN (-1, 2);
CREATE STATISTICS item_both ON kind, (note IN ('x', 'y')) FROM item;
CREATE VIEW small AS SELECT kind FROM item WHERE kind IN ('x', 'y') AND ARRAY[kind, note]::text[] = ARRAY['x'::varchar]::text[];
CREATE POLICY seen ON item USING (kind IN ('x', 'y'));
CREATE RULE kept AS ON DELETE TO item WHERE old.kind IN ('x', 'y') DO ALSO NOTHING;
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER stamp BEFORE UPDATE ON item FOR EACH ROW WHEN (new.kind IN ('x', 'y')) EXECUTE FUNCTION stamp();
CREATE TABLE part (kind varchar) PARTITION BY LIST ((kind IN ('x', 'y')));
CREATE INDEX item_size ON item USING brin (size numeric_minmax_multi_ops(values_per_range=16));
CREATE TYPE stretch AS RANGE (SUBTYPE = integer%s);
"""
# AND in AND and OR in OR, which are so only if they come from something else.
CONDITIONS = """
CREATE TABLE span (a integer, b integer, c integer, CHECK (a BETWEEN 1 AND 5 AND b > 0), CHECK (a NOT BETWEEN 1 AND 5 OR b > 0),
    CHECK (a IN (b, c) OR a = 1), CHECK ((a, b) = (1, 2) AND c = 1), CHECK ((a, b) IN ((1, 2), (3, 4)) OR c = 1 OR c = 2),
    CHECK (a BETWEEN 1 AND 5 AND b BETWEEN 1 AND 5 AND c BETWEEN 1 AND 5), CHECK (a = 1 AND (b BETWEEN 1 AND 2 AND c = 1)),
    CHECK ((a BETWEEN 1 AND 2) IS NOT NULL AND b = 1), CHECK (((a, b) IN ((1, 2)) AND c = 1) OR c = 2 AND (a = 1 OR b = 1)));
CREATE INDEX span_short ON span (a) WHERE NOT ((a = 1 AND b = 1 OR c = 1) AND a = 2) OR NOT ((a = 1 OR b = 1 AND c = 1) AND b = 2);
CREATE RULE span_rule AS ON DELETE TO span WHERE NOT ((SELECT true AND old.a = 1) AND old.b = 1) DO ALSO NOTHING;
CREATE INDEX span_a ON span (a) WHERE a BETWEEN 1 AND 5 AND b > 0;
CREATE VIEW spans AS SELECT t.a FROM span t JOIN span u ON t.a BETWEEN u.a AND u.b AND t.c = u.c WHERE t.a BETWEEN 1 AND 5 AND u.b = 1;
"""
# Columns without a name, which they have once the body is read again.
BODIES = """
CREATE TYPE mood AS ENUM ('a');
CREATE FUNCTION one(cc text, dd text) RETURNS text BEGIN ATOMIC SELECT 'x' AS kept; SELECT lower(cc) AS cc; SELECT cc; END;
CREATE FUNCTION two(cc integer) RETURNS integer BEGIN ATOMIC SELECT NULL, 'it''s', -1, cc AS dd, $1 AS cc, 'a'::mood, 'a'::mood AS x, '1'::bigint; SELECT -1; END;
CREATE FUNCTION three() RETURNS text BEGIN ATOMIC WITH q AS (SELECT 'a'), r AS (SELECT 'b' AS text) SELECT 'c' FROM q, r; END;
CREATE PROCEDURE four() BEGIN ATOMIC SELECT 'a', 'b'::varchar(3), ARRAY['a']; END;
"""
NEWER = int(rows(postgres(), "SHOW server_version_num")[0][0]) >= 140000
if not NEWER:
    LISTS = LISTS.replace(" numeric_minmax_multi_ops(values_per_range=16)", "").replace("(note IN ('x', 'y'))", "note")
LISTS = LISTS % ", MULTIRANGE_TYPE_NAME = stretches" + BODIES if NEWER else LISTS % ""
LISTS += CONDITIONS

db = postgres(fresh_database("printed"))
rows(db, LISTS)
printed = rows(db, "SELECT migrate_schema()")[0][0]
check("what is printed is what there is", rows(db, "SELECT * FROM migrate_diff(%s)", printed), [])
check("an IN of varchar", [line for line in printed.split("\n") if "item_kind " in line or "item_kind_check " in line], [
    "\tCONSTRAINT item_kind_check CHECK (((kind)::text = ANY (ARRAY[('x'::character varying)::text, ('y'::character varying)::text]))),",
    "CREATE INDEX item_kind ON item (kind) WHERE kind::text = ANY (ARRAY['x'::character varying::text, 'y'::character varying::text, "
    "lower('x'::text)::character varying::text, (('a'::text || 'b'::text)::character varying)::text]);"])
check("parentheses that are needed", [line for line in printed.split("\n") if "span_short" in line], [
    "CREATE INDEX span_short ON span (a) WHERE NOT ((a = 1 AND b = 1 OR c = 1) AND a = 2) OR NOT ((a = 1 OR b = 1 AND c = 1) AND b = 2);"])
check("it goes", len(rows(db, "SELECT migrate_autogenerate('x', '')")), 1)
check("and comes back", [rows(db, "SELECT count(*) FROM migrate_upgrade()"), rows(db, "SELECT count(*) FROM migrate_downgrade('base')")],
      [[(2,)], [(2,)]])
check("as it was", rows(db, "SELECT migrate_schema()")[0][0], printed)
check("as it was desired", rows(db, "SELECT * FROM migrate_diff(%s)", LISTS), [])
db.close()
db = postgres(fresh_database("printed"))
rows(db, printed)
check("loaded again it is the same", rows(db, "SELECT migrate_schema()")[0][0], printed)
db.close()
db = postgres(fresh_database("printed"))
rows(db, "SELECT migrate_autogenerate('x', %s)", LISTS)
rows(db, "SELECT migrate_upgrade()")
check("a revision that makes it leaves no difference", rows(db, "SELECT * FROM migrate_diff(%s)", LISTS), [])
db.close()
done()
