"""Pairs of SQLAlchemy models for test/extra/autogenerate_alembic, which says what is done with them.

A pair: a name, what makes the live model, what makes the desired one, the objects that differ, and
wrong: what Alembic finds there that is no difference.  Behind each headline: the group of Alembic's own
tests, or of its users' reports, that the pairs answer.
"""
from sqlalchemy import (
    CHAR, JSON, BigInteger, Boolean, CheckConstraint, Column, Computed, Date, DateTime, Enum, Float,
    ForeignKey, ForeignKeyConstraint, Identity, Index, Integer, Interval, LargeBinary, MetaData, Numeric,
    PrimaryKeyConstraint, Sequence, SmallInteger, String, Table, Text, Time, Unicode, UniqueConstraint, asc,
    desc, func, nullsfirst, nullslast, text)
from sqlalchemy.dialects import postgresql as pg

BOTH = ("postgresql", "sqlite")
PG = ("postgresql",)
LITE = ("sqlite",)

pairs = []


def model(build):
    meta = MetaData()
    build(meta)
    return meta


def pair(name, before, after, *expected, engines=BOTH, wrong=()):
    """before and after: functions of a MetaData."""
    pairs.append((name, model(before), model(after), sorted(expected), engines, list(wrong)))


def key_column():
    return Column("id", Integer, primary_key=True, autoincrement=False)


def table(build, name="t", **options):
    """A model of one table with a key, from a function that makes the rest anew each time."""
    return lambda meta: Table(name, meta, key_column(), *build(), **options)


def change(name, before, after, *expected, **more):
    pair(name, table(before), table(after), *expected, **more)


def same(name, build, **more):
    change(name, build, build, **more)


def nothing():
    return []


# ---- tables and columns (test_autogen_diffs: the two models, with and without a schema) ----

def shop(schema, new):
    """A model of several tables; new: the one that is wanted."""
    def build(meta):
        ref = schema + "." if schema else ""
        Table("user", meta, key_column(), Column("name", String(50), nullable=not new),
              Column("a1", Text, server_default="x" if new else None),
              *([] if new else [Column("pw", String(50)), Index("pw_idx", "pw")]), schema=schema)
        if not new:
            Table("extra", meta, Column("x", CHAR), Column("uid", Integer, ForeignKey(ref + "user.id")),
                  schema=schema)
        Table("address", meta, key_column(), Column("email", String(100), nullable=False),
              *([Column("street", String(50)), UniqueConstraint("email", name="uq_email")] if new else []),
              schema=schema)
        Table("order", meta, key_column(),
              Column("amount", Numeric(10 if new else 8, 2), nullable=False, server_default=text("0")),
              CheckConstraint("amount >= 0", name="ck_order_amount"),
              *([Column("user_id", Integer, ForeignKey(ref + "user.id"))] if new else []), schema=schema)
        if new:
            Table("item", meta, key_column(), Column("description", String(100)),
                  Column("order_id", Integer, ForeignKey(ref + "order.id")),
                  CheckConstraint("length(description) > 5"), schema=schema)
    return build


SHOP = ["column {}address.street", 'column {}order.amount', 'column {}order.user_id', 'column {}user.name',
        'column {}user.pw', "constraint {}address.uq_email", 'default {}user.a1',
        'constraint {}order.order_user_id_fkey', "index {}pw_idx", "table {}extra", "table {}item"]
# PostgreSQL: the key of a table that goes or comes stands alone, and a default goes while its type changes
SHOP_PG = ['default {}order.amount', "constraint {}extra.extra_uid_fkey", "constraint {}item.item_order_id_fkey"]
pair("several tables", shop(None, False), shop(None, True), *(x.format("") for x in SHOP), engines=LITE)
for schema in (None, "shop"):
    pair("several tables, schema %s" % schema, shop(schema, False), shop(schema, True),
         *(x.format(schema + "." if schema else "") for x in SHOP + SHOP_PG), engines=PG)

pair("a table is added", lambda m: None, table(nothing), "table t")
pair("a table is dropped", table(nothing), lambda m: None, "table t")
change("a column is added", nothing, lambda: [Column("a", String(10))], "column t.a")
change("a column is dropped", lambda: [Column("a", String(10))], nothing, "column t.a")
change("the order of columns", lambda: [Column("a", Integer), Column("b", Integer)],
       lambda: [Column("b", Integer), Column("a", Integer)])
change("a column may be null", lambda: [Column("a", Integer, nullable=False)], lambda: [Column("a", Integer)],
       "column t.a")
change("a column may not be null", lambda: [Column("a", Integer)], lambda: [Column("a", Integer, nullable=False)],
       "column t.a")
pair("a key's column that is said not to be null", table(nothing),
     lambda m: Table("t", m, Column("id", Integer, primary_key=True, autoincrement=False, nullable=False)))
pair("names that need quotes", *[lambda m: Table("Ta ble", m, Column("MyId", Integer, primary_key=True),
                                                 Column("select", String, index=True),
                                                 Column("a.b", Integer, unique=True))] * 2)
pair("names in other letters than their table's", table(lambda: [Column("Name", Integer)], "Big"),
     table(lambda: [Column("Name", Integer), Column("More", Integer)], "Big"), "column Big.More")
pair("two tables that refer to each other",
     *[lambda m: (Table("a", m, Column("id", Integer, primary_key=True),
                        Column("b", Integer, ForeignKey("b.id", name="a_b", use_alter=True))),
                  Table("b", m, Column("id", Integer, primary_key=True),
                        Column("a", Integer, ForeignKey("a.id", name="b_a"))))] * 2, engines=PG)
pair("a table of the same name in another schema", table(nothing),
     lambda m: (table(nothing)(m), table(nothing, schema="other")(m)), "schema other", "table other.t", engines=PG)
pair("what only migrate has", table(nothing), table(nothing))

# ---- types (the specificity of types, strings, times, numbers, variants, reflected as declared) ----

ALL_TYPES = [Integer, SmallInteger, BigInteger, Float, lambda: Float(20), Numeric, lambda: Numeric(8),
             lambda: Numeric(8, 2), String, lambda: String(30), lambda: CHAR(5), Text, lambda: Unicode(30), Boolean,
             Date, Time, DateTime, Interval, LargeBinary, JSON, lambda: Enum("a", "b", name="letters"),
             lambda: Enum("a", "b", native_enum=False, name="letters", create_constraint=True),
             lambda: Boolean(create_constraint=True, name="ck_bool"),
             lambda: BigInteger().with_variant(Integer(), "sqlite")]
PG_TYPES = [pg.UUID, pg.INET, pg.JSONB, pg.BIT, lambda: pg.BIT(8), lambda: pg.BIT(8, varying=True),
            pg.BYTEA, pg.TSVECTOR, pg.CIDR, pg.MACADDR, pg.MONEY, pg.OID, pg.REAL, pg.DOUBLE_PRECISION, pg.INT4RANGE,
            pg.TSTZRANGE, lambda: pg.ARRAY(Integer), lambda: pg.ARRAY(String(5), dimensions=2),
            lambda: pg.ARRAY(Enum("x", "y", name="xy")), lambda: pg.TIMESTAMP(precision=3),
            lambda: pg.TIMESTAMP(timezone=True), lambda: pg.TIME(timezone=True, precision=2),
            lambda: pg.INTERVAL(fields="DAY TO SECOND", precision=2), lambda: pg.INTERVAL(fields="YEAR"),
            lambda: String(10, collation="C")]


def each(things, engine, build):
    """A table with a column a1, a2... for each thing that the engine has."""
    return lambda: [build("a%d" % i, thing) for i, thing in enumerate(things, 1) if engine in thing[-1]]


def all_differ(things, engine, what):
    return ["%s t.a%d" % (what, i) for i, thing in enumerate(things, 1) if engine in thing[-1]]


for engine in BOTH:
    same("every type", each([(b, BOTH) for b in ALL_TYPES] + [(b, PG) for b in PG_TYPES], engine,
                            lambda name, thing: Column(name, thing[0]())), engines=(engine,),
         wrong=["column t.a5"])  # FLOAT(20) is read back as REAL

OTHER_TYPES = [
    (lambda: String(30), lambda: String(40), BOTH), (lambda: String(30), Integer, BOTH),
    (Text, lambda: String(255), BOTH), (lambda: String(255), Text, BOTH), (String, lambda: String(30), BOTH),
    (lambda: Numeric(10, 5), lambda: Numeric(10, 6), BOTH), (lambda: Numeric(10, 5), lambda: Numeric(12, 5), BOTH),
    (lambda: Numeric(10, 5), lambda: Numeric(10), BOTH), (Numeric, lambda: Numeric(10, 5), BOTH),
    (lambda: Numeric(8, 0), lambda: Numeric(8, 2), BOTH), (Integer, lambda: Numeric(8, 0), BOTH),
    (lambda: Numeric(10, 5), DateTime, BOTH), (BigInteger, Integer, BOTH), (SmallInteger, Integer, BOTH),
    (Integer, BigInteger, BOTH), (BigInteger, SmallInteger, BOTH), (Integer, lambda: String(10), BOTH),
    (lambda: CHAR(1), lambda: String(1), BOTH), (Date, DateTime, BOTH), (Boolean, Integer, BOTH),
    (Float, pg.DOUBLE_PRECISION, ()), (pg.REAL, pg.DOUBLE_PRECISION, PG),
    (DateTime, lambda: DateTime(timezone=True), PG), (lambda: DateTime(timezone=True), DateTime, PG),
    (JSON, pg.JSONB, PG), (lambda: pg.ARRAY(Integer), lambda: pg.ARRAY(BigInteger), PG),
    (lambda: pg.TIMESTAMP(precision=3), lambda: pg.TIMESTAMP(precision=6), PG),
    (lambda: pg.INTERVAL(fields="YEAR"), lambda: pg.INTERVAL(fields="MONTH"), PG),
    (lambda: pg.BIT(8), lambda: pg.BIT(9), PG), (lambda: String(10, collation="C"), lambda: String(10), PG),
    (lambda: String(10, collation="C"), lambda: String(10, collation="POSIX"), PG),
    (lambda: String(10), lambda: String(10, collation="NOCASE"), LITE)]
for engine in BOTH:
    change("every type becomes another", *[each(OTHER_TYPES, engine, lambda name, thing, k=k: Column(name, thing[k]()))
                                           for k in (0, 1)],
           *all_differ(OTHER_TYPES, engine, "column"), engines=(engine,))

SAME_TYPES = [(lambda: String(32), lambda: Unicode(32), BOTH), (Numeric, lambda: Numeric(scale=None), BOTH),
              (DateTime, lambda: DateTime(timezone=False), BOTH), (Float, lambda: pg.DOUBLE_PRECISION(), PG),
              (lambda: pg.FLOAT(53), lambda: pg.DOUBLE_PRECISION(), PG), (lambda: pg.FLOAT(24), lambda: pg.REAL(), PG),
              (lambda: Numeric(8), lambda: Numeric(8, 0), PG), (lambda: pg.NUMERIC(8, 2), lambda: Numeric(8, 2), PG),
              (LargeBinary, lambda: pg.BYTEA(), PG), (lambda: pg.TIMESTAMP(precision=6), DateTime, ()),
              (lambda: pg.ARRAY(Integer), lambda: pg.ARRAY(Integer, dimensions=2), PG),
              (lambda: pg.BIT(1), lambda: pg.BIT(), PG)]
for engine in BOTH:
    change("types with two names", *[each(SAME_TYPES, engine, lambda name, thing, k=k: Column(name, thing[k]()))
                                     for k in (0, 1)], engines=(engine,))

# enumerations: Alembic sees no change of their values
for name, old, new, found in (
        ("a value more", "ab", "abc", ["enum letters"]), ("one in the middle", "ac", "abc", ["enum letters"]),
        ("one less", "abc", "ab", ["enum letters", "column t.a"]), ("the same", "ab", "ab", [])):
    change("an enumeration: " + name, lambda: [Column("a", Enum(*old, name="letters"))],
           lambda: [Column("a", Enum(*new, name="letters"))], *found, engines=PG)
change("an enumeration that is a CHECK: a value more",
       lambda: [Column("a", Enum("a", "b", name="ck", native_enum=False, create_constraint=True, length=9))],
       lambda: [Column("a", Enum("a", "b", "c", name="ck", native_enum=False, create_constraint=True, length=9))],
       "constraint t.ck")
change("a column gets an enumeration", nothing, lambda: [Column("a", Enum("a", name="letters"))],
       "enum letters", "column t.a", engines=PG)
pair("an enumeration in a schema", *[table(lambda: [
    Column("a", Enum("a", "b", name="letters", schema="other"), server_default="a")], schema="other")] * 2, engines=PG)

# ---- defaults (CompareServerDefaultTest, PostgresqlDefaultCompareTest, SQLiteDefaultCompareTest) ----

DEFAULTS = [
    (String(30), "some default", BOTH), (String(30), text("'some default'"), BOTH), (String(30), "", BOTH),
    (String(30), text("'//slash'"), BOTH), (String(30), r"back\slash", BOTH), (String(30), "has ' quote", BOTH),
    (String(30), "100%", BOTH), (String(30), "NULL", BOTH),
    (String(30), text("NULL"), BOTH), (String(30), "ünïcode", BOTH), (Text, "a\nb", BOTH),
    (Integer, "15", BOTH), (Integer, text("15"), BOTH), (Integer, text("-15"), BOTH), (Integer, text("(1 + 2)"), BOTH),
    (Float, "5.2", BOTH), (Float, text("5.2"), BOTH), (Numeric(8, 2), text("1.00"), BOTH), (Numeric, "5", BOTH),
    (Boolean, text("true"), PG), (Boolean, text("1"), LITE), (Boolean, "f", PG), (DateTime, func.now(), PG),
    (DateTime, text("(now())"), PG), (DateTime, func.current_timestamp(), BOTH),
    (DateTime, text("CURRENT_TIMESTAMP"), BOTH),
    (DateTime, text("TIMEZONE('utc', CURRENT_TIMESTAMP)"), PG),
    (DateTime, func.timezone("utc", func.current_timestamp()), PG), (DateTime, text("'-infinity'"), PG),
    (DateTime, text("(datetime('now', 'localtime'))"), LITE), (DateTime, text("(strftime('%Y', 'now'))"), LITE),
    (String(30), func.substring("name", 1, 3), PG), (String(30), text("substring('name', 1, 3)"), PG),
    (Interval, "14 days", PG), (pg.ARRAY(Integer), text("(ARRAY[]::integer[])"), PG),
    (pg.ARRAY(Integer), "{}", PG), (pg.JSONB, "{}", PG), (pg.JSONB, text("'{\"a\": 1}'::jsonb"), PG),
    (pg.UUID, func.gen_random_uuid(), PG), (Float, func.random(), PG), (Integer, text("abs(random())"), ()),
    (Integer, text("(abs(random()))"), LITE), (String, text("(lower(hex(randomblob(4))))"), LITE),
    (Date, func.current_date(), BOTH), (pg.BYTEA, text("'\\x00ff'"), PG), (LargeBinary, text("x'00ff'"), LITE),
    (pg.INT4RANGE, "[1,5)", PG), (Enum("a", "b", name="letters"), "a", PG)]


def with_default(k):
    return lambda name, thing: Column(name, thing[0], server_default=thing[k])


for engine in BOTH:
    # on SQLite Alembic compares texts without their quotes and parentheses
    same("every default", each(DEFAULTS, engine, with_default(1)), engines=(engine,),
         wrong=["default t.a%d" % i for i in range(99) if engine == "sqlite"])

OTHER_DEFAULTS = [
    (String(30), "some default", "some new default", BOTH), (String(30), text("'//slash'"), text("'s//l//ash'"), BOTH),
    (Integer, "15", "20", BOTH), (Integer, text("15"), text("20"), BOTH), (Integer, text("5"), "7", BOTH),
    (Float, "5.2", "5.3", BOTH), (String(30), "im a default", "me too", BOTH), (String(30), "a", "A", BOTH),
    (Integer, None, "1", BOTH), (Integer, "1", None, BOTH), (Boolean, text("true"), text("false"), PG),
    (Boolean, text("1"), text("0"), LITE), (DateTime, func.now(), text("clock_timestamp()"), PG),
    (String(30), "a ", "a", BOTH)]
for engine in BOTH:
    change("every default becomes another", *[each(OTHER_DEFAULTS, engine, with_default(k)) for k in (1, 2)],
           *all_differ(OTHER_DEFAULTS, engine, "default"), engines=(engine,))

SAME_DEFAULTS = [
    (String(30), "a", text("'a'"), BOTH), (String(30), "a", text("'a'::text"), ()), (Integer, "5", text(" 5 "), PG),
    (String(30), text("'a'::varchar"), text("'a'"), PG), (DateTime, func.now(), text("NOW()"), PG),
    (DateTime, text("CURRENT_TIMESTAMP"), text("current_timestamp"), BOTH),
    (Boolean, text("true"), text("TRUE"), PG), (Boolean, text("'t'"), text("true"), PG),
    (Integer, text("(1 + 2)"), text("(1+2)"), BOTH), (Date, text("'2020-01-01'"), text("'2020-01-01'::date"), PG)]
for engine in BOTH:
    change("defaults in other words", *[each(SAME_DEFAULTS, engine, with_default(k)) for k in (1, 2)],
           engines=(engine,), wrong=["default t.a%d" % i for i in range(99) if engine == "sqlite"])


# each alone, as Alembic, which asks the server whether two defaults are equal, fails at some
same("a default with a quote", lambda: [Column("a", String(30), server_default=text("'has '' quote'"))],
     wrong=["default t.a"])
change("a default of a function in other letters",
       lambda: [Column("a", String(30), server_default=text("lower('A')"))],
       lambda: [Column("a", String(30), server_default=text("LOWER( 'A' )"))], engines=PG)
change("a default that is a function now, of the same value",
       lambda: [Column("a", String(30), server_default=text("'a'"))],
       lambda: [Column("a", String(30), server_default=text("lower('A')"))], "default t.a", engines=PG)
# PostgreSQL itself keeps them apart since 14
change("a default in words that the server keeps apart",
       lambda: [Column("a", DateTime, server_default=text("timezone('utc', now())"))],
       lambda: [Column("a", DateTime, server_default=text("(now() AT TIME ZONE 'utc')"))], "default t.a", engines=PG)

# ---- sequences (PostgresqlDetectSerialTest) ----

def with_sequence(kind, primary_key, schema=None):
    def build(meta):
        seq = Sequence("x_seq", metadata=meta, start=1, schema=schema)
        Table("t", meta, Column("x", kind, server_default=seq.next_value(), primary_key=primary_key), schema=schema)
    return build


def serial(schema):
    return lambda meta: Table("t", meta, Column("id", Integer, primary_key=True), schema=schema)


for schema in (None, "other"):
    where = " in a schema" if schema else ""
    pair("a serial key" + where, *[serial(schema)] * 2, engines=PG)
    pair("a key without" + where,
         *[lambda m: Table("t", m, Column("x", Integer, primary_key=True, autoincrement=False), schema=schema)] * 2,
         engines=PG)
    for kind in (Integer, Numeric(8, 2)):
        for key in (True, False):
            pair("a sequence that stands alone, %s, %s%s" % (kind, key, where),
                 *[with_sequence(kind, key, schema)] * 2, engines=PG,
                 wrong=["default %st.x" % (schema + "." if schema else "")])
pair("a serial key that no longer is one", serial(None),
     lambda m: Table("t", m, Column("id", Integer, primary_key=True, autoincrement=False)),
     "sequence t_id_seq", "sequence owner t_id_seq", "default t.id", engines=PG)

# ---- unique constraints and indexes (test_autogen_indexes) ----


def xy():
    return [Column("x", Integer), Column("y", Integer)]


def name_columns():
    return [Column("first", String(10)), Column("last", String(10))]


def with_index(*args, **more):
    return lambda: xy() + [Index("ix", *args, **more)]


def with_unique(*args, **more):
    return lambda: xy() + [UniqueConstraint(*args, **more)]


change("a unique constraint is added", xy, with_unique("x", name="uq"), "constraint t.uq")
change("a unique constraint is dropped", with_unique("x", name="uq"), xy, "constraint t.uq")
change("an unnamed one is added", xy, with_unique("x"), "constraint t.t_x_key")
change("an unnamed one is dropped", with_unique("x"), xy, "constraint t.t_x_key")
change("an unnamed one of other columns", with_unique("x"), with_unique("x", "y"), "constraint t.t_x_key",
       "constraint t.t_x_y_key")
change("a named one of other columns", with_unique("x", name="uq"), with_unique("x", "y", name="uq"), "constraint t.uq")
same("a unique constraint", with_unique("x", "y", name="uq"))
same("an unnamed one", with_unique("x", "y"))
same("a column that is unique", lambda: [Column("x", Integer, unique=True)])
change("a flag is a constraint", lambda: [Column("x", Integer, unique=True)],
       lambda: [Column("x", Integer), UniqueConstraint("x")])
same("a unique constraint with a name in mixed case", with_unique("x", name="SomeUnique"))
same("one with a name that is cut", with_unique("x", name="u" * 63), engines=PG)
same("one whose columns have other keys", lambda: [Column("x", Integer, key="k"), UniqueConstraint("k", name="uq")])
change("its columns in another order", with_unique("x", "y", name="uq"), with_unique("y", "x", name="uq"),
       "constraint t.uq")
change("an index becomes a unique constraint", lambda: [Column("x", Integer, index=True)],
       lambda: [Column("x", Integer, unique=True)], "index ix_t_x", "constraint t.t_x_key")
change("a unique index becomes a constraint", lambda: xy() + [Index("ux", "x", unique=True)],
       with_unique("x", name="ux"), "index ux", "constraint t.ux")
change("a unique constraint becomes an index", with_unique("x", name="ux"),
       lambda: xy() + [Index("ux", "x", unique=True)], "index ux", "constraint t.ux")
change("an index becomes unique", with_index("x"), with_index("x", unique=True), "index ix")
change("and no longer", with_index("x", unique=True), with_index("x"), "index ix")
pair("a new table with constraint and index", lambda m: None,
     table(lambda: [Column("x", Integer, unique=True), Column("y", Integer, index=True)]), "table t", "index ix_t_y")
pair("and it goes", table(lambda: [Column("x", Integer, unique=True), Column("y", Integer, index=True)]),
     lambda m: None, "table t", wrong=["index ix_t_y"])
change("an index is added", xy, with_index("x"), "index ix")
change("an index is dropped", with_index("x"), xy, "index ix")
same("an index", with_index("x", "y"))
same("an index with a name in mixed case", lambda: xy() + [Index("SomeIndex", "x")])
same("one with a name that is cut", lambda: xy() + [Index("i" * 63, "x")], engines=PG)
same("one with the name of a column", lambda: xy() + [Index("x", "x")])
change("one with the name of a column is added", xy, lambda: xy() + [Index("x", "x")], "index x")
change("one is dropped", lambda: xy() + [Index("x", "x")], xy, "index x")
change("its columns in another order", with_index("x", "y"), with_index("y", "x"), "index ix")
change("a column less", with_index("x", "y"), with_index("x"), "index ix")
same("one with columns that it covers", lambda: xy() + [Index("ix", "x", postgresql_include=["y"])], engines=PG)
change("one that covers another", with_index("x"), lambda: xy() + [Index("ix", "x", postgresql_include=["y"])],
       "index ix", engines=PG)
change("an index's sort", with_index(text("x DESC")), with_index("x"), "index ix")
for old, new in ((desc, asc), (asc, desc), (desc, lambda x: nullslast(desc(x))), (nullslast, nullsfirst),
                 (lambda x: nullslast(desc(x)), lambda x: nullsfirst(asc(x)))):
    change("an index sorted by %s, then %s" % (old(text("y")), new(text("y"))),
           lambda: xy() + [Index("ix", old("y"))], lambda: xy() + [Index("ix", new("y"))], "index ix", engines=PG)
for old, new in ((asc, asc), (desc, desc), (nullslast, nullslast), (lambda x: x, asc), (lambda x: x, nullslast),
                 (desc, lambda x: nullsfirst(desc(x))), (lambda x: nullslast(asc(x)), lambda x: x)):
    change("one sorted by %s is %s" % (old(text("y")), new(text("y"))), lambda: xy() + [Index("ix", old("y"))],
           lambda: xy() + [Index("ix", new("y"))], engines=PG, wrong=["index ix"])
# what Alembic does not compare
change("an index's WHERE", with_index("x", postgresql_where=text("y > 1"), sqlite_where=text("y > 1")),
       with_index("x", postgresql_where=text("y > 99"), sqlite_where=text("y > 99")), "index ix")
change("a WHERE that is new", with_index("x"),
       with_index("x", postgresql_where=text("y > 1"), sqlite_where=text("y > 1")),
       "index ix")
change("a WHERE in other words", with_index("x", postgresql_where=text("y > 1 AND x IN (1, 2)")),
       with_index("x", postgresql_where=text("(y>1) and (x = ANY (ARRAY[1,2]))")), engines=PG)
change("an index's method", with_index("x"), with_index("x", postgresql_using="hash"), "index ix", engines=PG)
change("an index's operator class", lambda: name_columns() + [Index("ix", "first")],
       lambda: name_columns() + [Index("ix", "first", postgresql_ops={"first": "varchar_pattern_ops"})],
       "index ix", engines=PG)
change("an index's fill factor", with_index("x"), with_index("x", postgresql_with={"fillfactor": 50}), "index ix",
       engines=PG)
same("an index that is made CONCURRENTLY", with_index("x", postgresql_using="btree"), engines=PG)


# ---- indexes of expressions (AutogenerateExpressionIndexTest, PGIndexAutogenerateTest, SQLiteAutogenIndexTest) ----

def letters():
    return [Column("x", String(100)), Column("y", String(100)), Column("q", String(100)), Column("z", Integer),
            Column("ff", Float), Column("aa", pg.ARRAY(Integer).with_variant(Text(), "sqlite")),
            Column("jb", pg.JSONB().with_variant(Text(), "sqlite")), Column("jsonb_path", Integer)]


def expressions(*texts, **more):
    return lambda: letters() + [Index("ix", *[text(t) for t in texts], **more)]


EXPRESSIONS = [
    (["y", "lower(x)"], ["lower(x)"], BOTH), (["y", "lower(x)"], ["lower(x)", "y"], BOTH),
    (["y", "lower(x)"], ["y", "lower(q)"], BOTH), (["z", "lower(x)"], ["y", "lower(x)"], BOTH),
    (["lower(x)"], ["y", "lower(x)"], BOTH), (["y", "upper(x)"], ["y", "lower(x)"], BOTH),
    (["y", "(ff + 1)"], ["y", "(ff + 3)"], BOTH), (["y", "lower(x)"], ["y", "lower(x || q)"], BOTH),
    (["y", "(z + 3)"], ["y", "(z * 3)"], BOTH), (["(ff + 42)"], ["(42 + ff)"], BOTH),
    (["lower(x)", "(q || '42')"], ["lower(q)", "(x || '42')"], BOTH),
    (["coalesce(z, -1)"], ["coalesce(q, '-1')"], BOTH), (["(CAST(y AS INTEGER))"], ["(CAST(x AS INTEGER))"], BOTH),
    (["y", "lower(x)"], ["y", "lower(x) DESC"], BOTH), (["y", "lower(x)"], ["y DESC", "lower(x)"], BOTH),
    (["lower(x) NULLS FIRST"], ["lower(x) DESC"], PG),
    (["x NULLS FIRST", "lower(y)"], ["x NULLS LAST", "lower(y)"], PG),
    (["x NULLS LAST", "lower(y)"], ["y NULLS LAST", "lower(x)"], PG),
    (["(jb -> 'foo')"], ["(jb -> 'bar')"], PG), (["(jb ->> 'foo')"], ["(jb -> 'foo')"], PG),
    (["((jb -> 'a')::integer)"], ["((jb -> 'b')::integer)"], PG), (["aa"], ["jsonb_path"], BOTH)]
SAME_EXPRESSIONS = [
    (["y", "lower(x)"], ["y", "lower(x) ASC"], PG), (["y", "lower(x)"], ["y", "LOWER( x ) NULLS LAST"], PG),
    (["lower(x) DESC"], ["lower(x) DESC NULLS FIRST"], PG), (["z"], ["z ASC NULLS LAST"], PG),
    (["(jb->'x')"], ["(jb -> 'x')"], PG), (["(cast(jb->'x' as integer))"], ["((jb -> 'x')::integer)"], PG),
    (["lower(x)"], ["lower((x)::text)"], PG), (["y", "lower(x)"], ["y", "lower( x )"], BOTH),
    (["z"], ["z ASC"], BOTH)]


def indexes(things, engine, *ks):
    """An index a1, a2... for each thing that the engine has."""
    return lambda: letters() + [Index("a%d_%d" % (i, k), *[text(t) for t in thing[k]]) for k in ks
                                for i, thing in enumerate(things, 1) if engine in thing[-1]]


for engine in BOTH:
    names = ["index a%d_0" % i for i, thing in enumerate(EXPRESSIONS, 1) if engine in thing[-1]]
    # before SQLAlchemy 2.0 an index of expressions could not be read
    more = dict(engines=(engine,), wrong=["index a%d_%d" % (i, k) for i in range(99) for k in (0, 1)])
    change("indexes of expressions become others", indexes(EXPRESSIONS, engine, 0),
           indexes([(e[1], None, e[2]) for e in EXPRESSIONS], engine, 0), *names, **more)
    same("indexes of expressions", indexes(EXPRESSIONS, engine, 0, 1), **more)
    change("indexes of expressions in other words", indexes(SAME_EXPRESSIONS, engine, 0),
           indexes([(e[1], None, e[2]) for e in SAME_EXPRESSIONS], engine, 0), **more)
for old, new, found in (
        (["(jb->'x') jsonb_path_ops"], ["(jb->'x') jsonb_path_ops"], []), (["aa array_ops"], ["aa"], []),
        (["(jb->'x') jsonb_path_ops"], ["(jb->'y') jsonb_path_ops"], ["index ix"]),
        (["jb jsonb_path_ops"], ["jb"], ["index ix"]),
        (["aa array_ops", "(jb->'y') jsonb_path_ops"], ["(jb->'y') jsonb_path_ops", "aa array_ops"], ["index ix"])):
    change("a GIN index of %s, then %s" % (old, new), expressions(*old, postgresql_using="gin"),
           expressions(*new, postgresql_using="gin"), *found, engines=PG, wrong=["index ix"])
change("an index of an expression is added", letters, expressions("y", "lower(x)"), "index ix")
change("and dropped", expressions("y", "lower(x)"), letters, "index ix")
same("a unique one", expressions("lower(x)", unique=True), wrong=["index ix"])


# ---- foreign keys (the suite's keys and their options) ----

def keys(*columns, key=None, **more):
    """A table with a foreign key; without more: none."""
    def build(meta):
        Table("p", meta, Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True),
              Column("c", Integer, unique=True), Column("d", Integer, unique=True))
        Table("t", meta, Column("id", Integer, primary_key=True), Column("x", Integer), Column("y", Integer),
              *([ForeignKeyConstraint(columns, key, **more)] if key else []))
    return build


def key(*columns, to=("p.c",), **more):
    return keys(*columns, key=list(to), **dict({"name": "fk"}, **more))


pair("a foreign key is added", keys(), key("x"), "constraint t.fk")
pair("a foreign key is dropped", key("x"), keys(), "constraint t.fk")
pair("an unnamed one is added", keys(), key("x", name=None), "constraint t.t_x_fkey")
pair("an unnamed one is dropped", key("x", name=None), keys(), "constraint t.t_x_fkey")
pair("a foreign key", *[key("x")] * 2)
pair("one of two columns", *[key("x", "y", to=("p.a", "p.b"))] * 2)
pair("one of two columns is added", keys(), key("x", "y", to=("p.a", "p.b")), "constraint t.fk")
pair("one of two columns is dropped", key("x", "y", to=("p.a", "p.b")), keys(), "constraint t.fk")
pair("one to another column", key("x"), key("x", to=("p.d",)), "constraint t.fk")
pair("one of another column", key("x"), key("y"), "constraint t.fk")
pair("one with another name", key("x"), key("x", name="fk_t_x"), "constraint t.fk_t_x")
OPTIONS = [
    ({}, {"ondelete": "cascade"}), ({"ondelete": "CASCADE"}, {}), ({}, {"onupdate": "cascade"}),
    ({"onupdate": "CASCADE"}, {}), ({"ondelete": "restrict"}, {"ondelete": "cascade"}),
    ({"onupdate": "restrict"}, {"onupdate": "cascade"}),
    ({"onupdate": "CASCADE", "ondelete": "SET NULL"}, {"onupdate": "RESTRICT", "ondelete": "RESTRICT"}),
    ({}, {"initially": "deferred"}), ({"initially": "deferred"}, {}), ({}, {"deferrable": True}),
    ({"deferrable": True}, {}), ({}, {"deferrable": True, "initially": "deferred"}),
    ({"deferrable": True, "initially": "deferred"}, {"deferrable": True})]
SAME_OPTIONS = [
    ({"ondelete": "cascade"}, {"ondelete": "CasCade"}), ({"onupdate": "caSCAde"}, {"onupdate": "CasCade"}),
    ({"ondelete": "restrict"}, {"ondelete": "RESTRICT"}), ({"ondelete": "no action"}, {}),
    ({"onupdate": "no action"}, {}), ({}, {"deferrable": False}), ({"deferrable": True}, {"deferrable": True}),
    ({"deferrable": True}, {"deferrable": True, "initially": "immediate"}),
    ({"deferrable": True, "initially": "deferred"}, {"deferrable": True, "initially": "deferred"})]
for options, found in [(o, ["constraint t.fk"]) for o in OPTIONS] + [(o, []) for o in SAME_OPTIONS]:
    pair("a foreign key with %s, then %s" % options, key("x", **options[0]), key("x", **options[1]), *found,
         engines=PG if {"initially": "deferred"} in options else BOTH)
pair("one to another schema",
     *[lambda m: (Table("p", m, Column("id", Integer, primary_key=True), schema="other"),
                  Table("t", m, Column("x", Integer, ForeignKey("other.p.id"))))] * 2, engines=PG)
pair("one to itself", *[lambda m: Table("t", m, Column("id", Integer, primary_key=True),
                                        Column("up", Integer, ForeignKey("t.id")))] * 2)
same("one whose columns have other keys", lambda: [Column("up", Integer, ForeignKey("t.id", name="up"), key="k")])

# ---- primary keys: Alembic sees no change ----



def key_of(*names):
    """A model of a table with two columns, whose key is those of the names."""
    return lambda meta: Table("t", meta, *[
        Column(name, Integer, nullable=False, primary_key=name in names, autoincrement=False) for name in "ab"])


pair("a primary key of another column", key_of("a"), key_of("b"), "constraint t.t_pkey")
pair("a primary key of a column more", key_of("a"), key_of("a", "b"), "constraint t.t_pkey")
pair("a primary key with another name",
     *[lambda m, n=n: Table("t", m, Column("a", Integer), PrimaryKeyConstraint("a", name=n)) for n in ("pk_a", "pk_b")],
     "constraint t.pk_b")

# ---- comments ----

for old, new, what in ((None, "this is some table", "added"), ("this is some table", None, "dropped"),
                       ("this is some table", "this is also some table", "changed"),
                       ("it's", "it's", "the same"), ("two\nlines", "two\nlines", "the same in two lines")):
    pair("a table's comment is " + what, table(nothing, comment=old), table(nothing, comment=new),
         *(["comment TABLE t"] if old != new else []), engines=PG)
    change("a column's comment is " + what, lambda: [Column("a", Float, comment=old)],
           lambda: [Column("a", Float, comment=new)], *(["comment COLUMN t.a"] if old != new else []), engines=PG)

# ---- generated columns: Alembic warns that they cannot be changed ----



def computed(sql, **options):
    """Columns, the second generated by an expression; of None: stored as it comes."""
    return lambda: [Column("bar", Integer), Column("foo", Integer, *(
        [Computed(sql, **dict({"persisted": True}, **options))] if sql else []))]


for old, new in ((None, "bar * 5"), ("bar * 5", None), ("bar * 5", "bar * 42")):
    change("a column generated by %s, then %s" % (old, new), computed(old), computed(new), "column t.foo")
for old, new in (("5", "5"), ("bar*5", "bar*5"), ("bar*5", "bar * \r\n\t5")):
    change("a column generated by %r is by %r" % (old, new), computed(old), computed(new))
change("a generated column is added", lambda: [Column("bar", Integer)], computed("bar * 5"), "column t.foo")
change("a generated column is dropped", computed("bar * 5"), lambda: [Column("bar", Integer)], "column t.foo")
change("a generated column that is stored", computed("bar*5", persisted=False), computed("bar*5"), "column t.foo",
       engines=LITE)


# ---- identity columns ----

def identity(*options):
    return lambda meta: Table("t", meta, Column("a", Integer, *[Identity(**o) for o in options], nullable=False))


pair("an identity column", *[identity({"start": 2})] * 2, engines=PG)
pair("identity is added", identity(), identity({"start": 2, "maxvalue": 1000}), "column t.a", engines=PG)
pair("identity is dropped", identity({"start": 2, "maxvalue": 1000}), identity(), "column t.a", engines=PG)
pair("an identity column is added", lambda m: Table("t", m, Column("b", Integer)),
     lambda m: Table("t", m, Column("b", Integer), Column("a", Integer, Identity(start=5, increment=7))), "column t.a",
     engines=PG)
for old, new in (({"start": 2}, {"start": 3}), ({"always": True}, {"always": False}), ({}, {"increment": 7}),
                 ({}, {"maxvalue": 1000}), ({"maxvalue": 1000}, {}), ({}, {"cycle": True}), ({}, {"cache": 5}),
                 ({"minvalue": 1}, {"minvalue": -5})):
    pair("identity with %s, then %s" % (old, new), identity(old), identity(new), "column t.a", engines=PG)
for old, new in (({}, {"start": 1, "increment": 1, "minvalue": 1, "maxvalue": 2147483647, "cache": 1}),
                 ({"nominvalue": True}, {}), ({"nomaxvalue": True}, {}), ({"cycle": False}, {})):
    pair("identity with %s is %s" % (old, new), identity(old), identity(new), engines=PG)


# ---- CHECKs (test_autogen_check_constraints); Alembic 1.18 sees none, 1.19 sees names ----

def checks(*pairs):
    return lambda: [Column("x", Integer)] + [CheckConstraint(sql, name=name) for name, sql in pairs]


change("a CHECK is added", checks(), checks(("ck", "x > 0")), "constraint t.ck")
change("a CHECK is dropped", checks(("ck", "x > 0")), checks(), "constraint t.ck")
change("a CHECK that says something else", checks(("ck", "x > 0")), checks(("ck", "x > 1")), "constraint t.ck")
same("a CHECK", checks(("ck", "x > 0 AND x < 10")))
same("an unnamed one", checks((None, "x > 0 AND x < 10")))
change("one of several is dropped", checks(("a", "x > 0"), ("b", "x < 9")), checks(("b", "x < 9")), "constraint t.a")
change("an unnamed one is added", checks(), checks((None, "x > 0")), "constraint t.t_x_check")
change("a CHECK in other words", checks(("ck", "x>0 and x<10")), checks(("ck", "(x > 0) AND (x < 10)")), engines=PG)
change("IN and ANY", checks(("ck", "x IN (1, 2)")), checks(("ck", "x = ANY (ARRAY[1, 2])")), engines=PG)
change("BETWEEN", checks(("ck", "x BETWEEN 1 AND 5")), checks(("ck", "x >= 1 AND x <= 5")), engines=PG)
change("white space in a CHECK", checks(("ck", "x>0 and x<10")), checks(("ck", "x > 0  AND\n x < 10")))
pair("a CHECK in a schema is added", table(checks(), schema="other"), table(checks(("ck", "x > 0")), schema="other"),
     "constraint other.t.ck", engines=PG)

# ---- what is PostgreSQL's alone ----

for name, old, new, found in (("added", None, "=", True), ("dropped", "=", None, True), ("the same", "&&", "&&", False),
                              ("changed", "=", "&&", True)):
    change("an EXCLUDE constraint is " + name, *[lambda op=op: [Column("period", pg.TSRANGE)] + (
        [pg.ExcludeConstraint(("period", op), name="excl")] if op else []) for op in (old, new)],
        *(["constraint t.excl"] if found else []), engines=PG)
