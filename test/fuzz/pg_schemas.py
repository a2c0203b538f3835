"""Random schemas of PostgreSQL, as DDL, in pairs that have much in common.

Each decision (which type has column 2 of table 1?) is a throw of dice that are
known by the question's name.  The second schema of a pair throws some of them
anew, so any property may change alone or with others.  Tables and columns have
slots: a slot whose name changes may tell so with migrate:renamed-from.
The text is valid for an empty database.
"""
import random

LONG = "n" * 63
RELATIONS = ["t1", "t2", "t3", "t4", '"T 4"', '"select"', '"üml"', '"a.b"', '"q""q"', '"it\'s %n"', LONG, "v1", "v2",
             '"x -- y"']
COLUMNS = ["c1", "c2", "c3", "c4", '"Mixed Case"', '"select"', '"üml"', '"c%0"', '"d""q"', "m" + "n" * 62]
INDEXES = ["ix1", "ix2", "ix3", "ix4", "ix5", '"Ix 6"', "ix7", "ix8", "ix9", "ixa", "ixb", "ixc", "ixd", "ixe", "ixf", "ixg", "ixh", "ixi"]
INTEGERS = ["integer", "bigint", "smallint"]
SCALARS = INTEGERS + ["text", "varchar(20)", "varchar(40)", "varchar", "numeric(8,2)", "numeric(10,2)", "numeric",
                      "boolean", "date", "timestamptz", "timestamp(3)", "time", "uuid", "bytea", "real", "double precision",
                      'text COLLATE "C"', "char(5)", "interval", "oid", "inet"]
OTHERS = ["jsonb", "json", "integer[]", "text[]", "xml", "tsvector", "int4range", "point", "bit(3)", "money", "varbit(5)",
          "integer[][]", "macaddr", "name"]
DEFAULTS = {"integer": ["0", "42", "f1(3)", "1 + 1"], "bigint": ["0", "-1"], "smallint": ["3"],
            "text": ["'x'", "'it''s'", "lower('A')", "E'a\\nb'"], "varchar(20)": ["'v'"], "numeric(8,2)": ["1.50"],
            "numeric": ["1e3", "0.1"], "boolean": ["true", "false"], "date": ["current_date", "'2020-02-29'"],
            "timestamptz": ["now()", "'2020-01-01 10:00+02'"], "timestamp(3)": ["localtimestamp"], "jsonb": ["'{}'"],
            "integer[]": ["'{1,2}'", "ARRAY[1]"], "text[]": ["'{}'"], "real": ["0.1"], "bytea": ["'\\x00ff'"],
            "interval": ["'1 day'"], "uuid": ["gen_random_uuid()"], "int4range": ["'[1,2)'"], "char(5)": ["'a'"]}


class Dice:
    """The same answer to the same question; another one in so many of the questions as p says."""

    def __init__(self, seed, base=None, p=1.0):
        self.seed, self.base, self.p = seed, base, p

    def at(self, *key):
        key = "/".join(map(str, key))
        if self.base is not None and random.Random("%s?%s" % (self.seed, key)).random() >= self.p:
            return self.base.at(key)
        return random.Random("%s=%s" % (self.seed, key))


class Column:
    """slot: which column of its table this is, whatever its name is; was: the old name, where the
    text tells it; extra: "identity", "key" or "".
    """
    def __init__(self, slot, name, type):
        self.slot, self.name, self.type = slot, name, type
        self.text, self.generated, self.was, self.extra = "", False, None, ""


class Table:
    """key: type of the column id that foreign keys may refer to, or None; logged: not UNLOGGED;
    kind: also that of views, which are sources of other views.
    """
    def __init__(self, slot, schema, name):
        self.slot, self.schema, self.name, self.columns, self.was = slot, schema, name, [], None
        self.full = full(schema, name)
        self.key, self.logged, self.kind = None, True, "table"
        self.pair = None  # the columns of a key of two

    def of(self, *types):
        """Names of the columns that have one of the types."""
        return [c.name for c in self.columns if c.type in types]


def full(schema, name):
    """The name with its schema, where that is not the current one."""
    return name if schema == "public" else schema + "." + name


class Schema:
    """dice answer every question; before: the first schema of the pair, from which names may have
    been changed. out: statements; late: those behind all others; used: names that are taken in a
    name space.
    """
    contrib = True  # is citext there to be installed?

    def __init__(self, dice, version, before=None):
        self.dice, self.version, self.before = dice, version, before
        self.out, self.late, self.tables, self.views, self.types, self.used = [], [], [], [], [], {}
        self.functions, self.names, self.extended = [], {}, []

    # ---- dice ----

    def maybe(self, p, *key):
        """Yes, with probability p.  The key is the question: the same one has the same answer."""
        return self.dice.at("maybe", *key).random() < p

    def one(self, choices, *key):
        """One of the choices."""
        return self.dice.at("one", *key).choice(choices)

    def some(self, choices, low, high, *key):
        """low to high of the choices, in any order."""
        r = self.dice.at("some", *key)
        return r.sample(choices, min(len(choices), r.randint(low, high)))

    def name(self, pool, space, *key):
        """The first of the names, in an order of the dice, that is free in a name space."""
        order = self.dice.at("name", *key).sample(pool, len(pool))
        taken = self.used.setdefault(space, set())
        name = next(n for n in order if n not in taken)
        taken.add(name)
        return name

    def schema(self, *key):
        """One of the schemas, mostly public."""
        return self.one(["public", "public", "public"] + self.schemas, "schema", *key)

    # ---- text ----

    def say(self, *text):
        self.out.append("".join(text) + ";")

    def comment(self, on, p=0.12):
        if self.maybe(p, "comment", on):
            self.late.append("COMMENT ON %s IS '%s';" % (on, self.one(["one", "two''s", "x\ny", "%0 %n"], "text", on)))

    def ddl(self):
        """The text.  What needs tables comes behind all of them."""
        self.schemas = [s for s in ("app", '"Other S"') if self.maybe(0.4, s)]
        for s in self.schemas:
            self.say("CREATE SCHEMA ", s)
            self.comment("SCHEMA " + s)
        if self.contrib and self.maybe(0.15, "extension"):
            self.say("CREATE EXTENSION citext SCHEMA public")  # one that is there stays where it is: see README
            self.extended = ["citext", "citext[]"]
        self.make_types()
        self.make_sequences()
        self.make_functions()
        for slot in range(5):
            if self.maybe(0.6, "table", slot):
                self.make_table(slot)
        self.make_children()
        for i in range(2):
            self.make_partitions(i)
        for t in self.tables:
            self.foreign_keys(t)
            self.foreign_pairs(t)
        for t in self.tables:
            self.extras(t)
        self.make_views()
        self.make_late_functions()
        for t in self.tables:
            self.triggers(t)
        return "\n".join(self.out + self.late) + "\n"

    # ---- types, sequences, functions ----

    def named(self, slot, schema, names):
        """The full name of one without columns, and the mark behind it where it is told that it had another."""
        name = self.one(names + names[:1], slot, "name")
        return full(schema, name), self.mark(slot, schema, name)

    def mark(self, slot, schema, name):
        """The comment that tells a slot's old name, where it is another and is told; else ""."""
        self.names[slot] = (schema, name)
        old = self.before.names.get(slot) if self.before else None
        told = old and old[0] == schema and old[1] != name and self.maybe(0.7, "told", slot)
        return " -- migrate:renamed-from %s\n" % old[1] if told else ""

    def make_types(self):
        """Enumerations, domains, composite types and ranges, which the columns may have."""
        for t in ("e1", "e2"):
            if self.maybe(0.6, t):
                schema = self.schema(t)
                name, mark = self.named(t, schema, [t, '"%s"' % t.upper() if t == "e2" else "x" + t])
                labels = ["a"] + [v for v in self.some(["b", "c", "d''e", "f", "B"], 0, 5, t, "labels")]
                self.say("CREATE TYPE ", name, mark, " AS ENUM (", ", ".join("'%s'" % v for v in labels), ")")
                self.types.append(name)
                self.comment("TYPE " + name)
        for t in ("d1", "d2"):
            if self.maybe(0.5, t):
                name, mark = self.named(t, self.schema(t), [t, "x" + t])
                base = self.one(["integer", "bigint", "text", "varchar(9)"], t, "base")
                test = "length(VALUE) %s" if base[0] in "tv" else "VALUE %s"
                self.say("CREATE DOMAIN ", name, mark, " AS ", base, self.one(["", ' COLLATE "C"'], t, "C") if base == "text" else "",
                         self.one(["", " DEFAULT '7'", " DEFAULT '8'"], t, "default"),
                         self.one(["", "", " NOT NULL"], t, "null"),
                         self.one(["", " CONSTRAINT %s_c CHECK (%s)" % (t, test % "> 0"),
                                   " CHECK (%s)" % test % "< 1000",
                                   " CONSTRAINT x CHECK (%s) CHECK (%s)" % (test % "> 0", test % "< 99")], t, "check"))
                if self.maybe(0.2, t, "not valid"):
                    self.say("ALTER DOMAIN ", name, " ADD CONSTRAINT nv CHECK (", test % "<> 5", ") NOT VALID")
                    self.comment("CONSTRAINT nv ON DOMAIN " + name)
                self.types.append(name)
                self.comment("DOMAIN " + name)
        if self.maybe(0.5, "p1"):
            name, mark = self.named("p1", self.schema("p1"), ["p1", "xp1"])
            attributes = ["x " + self.one(["integer", "bigint"], "p1.x"), "y " + self.one(["text", 'text COLLATE "C"'], "p1.y"),
                          "z numeric(5,1)", "w integer[]"]
            attributes += ["e " + t for t in self.types if t.endswith("e1")]
            self.say("CREATE TYPE ", name, mark, " AS (", ", ".join(self.some(attributes, 1, 4, "p1")), ")")
            self.types.append(name)
            self.comment("TYPE " + name)
        if self.maybe(0.3, "r1"):
            name = full(self.schema("r1"), "r1")
            self.say("CREATE TYPE ", name, " AS RANGE (SUBTYPE = ", self.one(["float8", "integer", "text"], "r1"), ")")
            self.types.append(name)

        self.make_types_of_types()

    def make_types_of_types(self):
        """Domains over what is made so far, a composite type with such attributes; the last may be over one of these."""
        for t in ("d3", "d4"):
            if self.types and self.maybe(0.25, t):
                name, mark = self.named(t, self.schema(t), [t, "x" + t])
                of = self.one(self.types, t, "of")
                base = of + ("" if of.endswith("p1") else self.one(["", "[]"], t, "array"))
                self.say("CREATE DOMAIN ", name, mark, " AS ", base, self.one(["", "", " NOT NULL"], t, "null"),
                         self.one(["", " CHECK (VALUE IS NOT NULL)", " CONSTRAINT c CHECK (VALUE::text <> 'q')"], t, "check"))
                self.types.append(name)
                self.comment("DOMAIN " + name)
        if self.types and self.maybe(0.25, "p2"):
            name, mark = self.named("p2", self.schema("p2"), ["p2", "xp2"])
            attributes = ["a%d %s%s" % (i, t, self.one(["", "[]"], "p2", "array", i)) for i, t in enumerate(self.types)]
            self.say("CREATE TYPE ", name, mark, " AS (", ", ".join(self.some(attributes, 1, 3, "p2")), ")")
            self.types.append(name)
            self.comment("TYPE " + name)
            if self.maybe(0.2, "p2 comment"):
                self.late.append("COMMENT ON COLUMN %s.a0 IS 'a';" % name if " a0 " in self.out[-1].replace("(", " ") else "")

    def make_sequences(self):
        for s in ("s1", "s2"):
            if self.maybe(0.4, s):
                name, mark = self.named(s, self.schema(s), [s, "x" + s, '"S %s"' % s])
                self.say("CREATE SEQUENCE ", name, mark, self.one(["", " AS integer", " AS smallint"], s, "type"),
                         *[self.one(["", "", word], s, word) for word in
                           (" INCREMENT 5", " START 10", " MAXVALUE 30000", " CYCLE", " CACHE 3")])
                self.comment("SEQUENCE " + name)

    def make_functions(self):
        """Functions that need no table; f1() stands in defaults, checks and views, tf() in
        triggers.
        """
        self.say("CREATE FUNCTION f1(i integer) RETURNS integer LANGUAGE sql IMMUTABLE ",
                 self.one(["AS 'SELECT i + %d'", "RETURN i + %d", "STRICT AS 'SELECT i + %d'"], "f1")
                 % self.one([1, 2], "f1 n"))
        self.comment("FUNCTION f1(integer)")
        if self.maybe(0.4, "f1 text"):
            self.say("CREATE FUNCTION f1(i text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT i'")
        if self.maybe(0.5, "f2"):
            name = full(self.schema("f2"), self.one(["f2", '"F 2"'], "f2 name"))
            self.say("CREATE FUNCTION ", name, "(",
                     self.one(["a text", "a text, b integer DEFAULT 1", "x text", "OUT a text, OUT b integer",
                               "VARIADIC a integer[]"], "f2 in"), ") ",
                     "" if self.one(["a text", "a text, b integer DEFAULT 1", "x text", "OUT a text, OUT b integer",
                                     "VARIADIC a integer[]"], "f2 in").startswith("OUT") else
                     "RETURNS " + self.one(["text", "integer", "SETOF integer", "TABLE (q integer)"], "f2 out"),
                     " LANGUAGE plpgsql ", self.one(["", "STABLE ", "SECURITY DEFINER ", "SET search_path = public "], "f2 how"),
                     "AS $$ BEGIN RAISE 'no'; END $$")
        for t in self.types:
            if self.maybe(0.15, "function of", t):
                self.say("CREATE FUNCTION ft(v ", t, self.one(["", "[]"], "ft", t), ") RETURNS ", self.one(["integer", t], "ft out", t),
                         " LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$")
        self.say("CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ",
                 self.one(["", "/* more */ "], "tf"), "RETURN NEW; END $$")
        if self.maybe(0.3, "pr"):
            self.say("CREATE PROCEDURE pr(n integer", self.one(["", " DEFAULT 4"], "pr default"), ") LANGUAGE plpgsql AS $$ BEGIN ",
                     self.one(["NULL;", "PERFORM 1;"], "pr"), " END $$")
            self.comment("PROCEDURE pr(integer)")

    def make_late_functions(self):
        """Functions that need tables or views; a default and a CHECK that need such a function."""
        for t in self.tables + self.views:
            if self.maybe(0.1, "atomic", t.slot):
                self.say("CREATE FUNCTION fa%s() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(%s) FROM %s; END"
                         % (t.slot, t.columns[0].name if self.maybe(0.5, "count", t.slot) else "*", t.full))
                for c in t.columns:
                    if c.type == "bigint" and not c.generated and t in self.tables and not c.extra and t.kind == "table":
                        self.say("ALTER TABLE %s ALTER %s SET DEFAULT fa%s()" % (t.full, c.name, t.slot))
                        break
            if self.maybe(0.05, "row type", t.slot):
                self.say("CREATE FUNCTION fr%s(r %s) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$"
                         % (t.slot, t.full))
            if self.maybe(0.05, "row set", t.slot):
                self.say("CREATE FUNCTION fs%s() RETURNS SETOF %s LANGUAGE sql AS 'SELECT * FROM %s'"
                         % (t.slot, t.full, t.full.replace("'", "''")))

    # ---- tables ----

    def told(self, new, old):
        """Was the slot called otherwise, and is that said?"""
        return bool(old) and old.name != new.name and self.maybe(0.7, "told", new.slot)

    def column(self, table, slot, old):
        """A column of a table; old: the one of that slot in the first schema, or None."""
        key = (table.slot, slot)
        c = Column(slot, self.name(COLUMNS, table, *key), None)
        own = self.types + [t + "[]" for t in self.types if "p1" not in t and "p2" not in t]
        kinds = [SCALARS, SCALARS, INTEGERS, OTHERS] + [own] * 2 if own else [SCALARS, INTEGERS, OTHERS]
        kinds = kinds + [self.extended] * bool(self.extended)
        c.type = self.one(self.one(kinds, *key, "kind"), *key, "type")
        c.text = "%s %s" % (c.name, c.type)
        if c.type in INTEGERS and self.maybe(0.1, *key, "identity"):
            c.text += " GENERATED %s AS IDENTITY%s" % (
                self.one(["ALWAYS", "BY DEFAULT"], *key, "identity"),
                self.one(["", " (START 5)", " (INCREMENT 2 CACHE 4)", " (MINVALUE 0 MAXVALUE 99 CYCLE)"], *key, "options"))
            c.extra = "identity"
        elif self.maybe(0.4, *key, "default"):
            if c.type in DEFAULTS:
                c.text += " DEFAULT " + self.one(DEFAULTS[c.type], *key, "default")
            elif c.type.endswith("e1"):
                c.text += " DEFAULT 'a'"
            elif c.type.endswith("e1[]"):
                c.text += " DEFAULT '{a}'"
        if self.maybe(0.3, *key, "null"):
            c.text += " NOT NULL"
        c.was = old.name if self.told(c, old) else None
        return c

    def columns(self, table, old):
        """Up to six slots, in their order or the reverse, and a generated column."""
        slots = {c.slot: c for c in old.columns} if old else {}
        chosen = [i for i in range(6) if self.maybe(0.55, table.slot, "column", i)]
        if self.maybe(0.15, table.slot, "order"):
            chosen.reverse()
        for i in chosen:
            table.columns.append(self.column(table, i, slots.get(i)))
        integers = table.of(*INTEGERS)
        if integers and self.maybe(0.2, table.slot, "g"):
            c = Column("g", "g", self.one(["bigint", "numeric", "text"], table.slot, "g type"))
            c.text = "g %s GENERATED ALWAYS AS (%s) STORED" % (
                c.type, self.one(["%s * 2", "%s * 3", "f1(%s::integer)"], table.slot, "g how") % self.one(integers, table.slot, "g of"))
            c.generated = True
            table.columns.append(c)

    def find_old(self, slot):
        """The table of that slot in the first schema, or None."""
        return next((t for t in self.before.tables if t.slot == slot), None) if self.before else None

    def make_table(self, slot):
        """CREATE TABLE with its constraints; marks stand behind the comma, at the end of the line,
        as people write them.
        """
        schema = self.schema("table", slot)
        table = Table(slot, schema, self.name(RELATIONS, schema, "relation", slot))
        old = self.find_old(slot)
        table.was = old.name if self.told(table, old) and old.schema == schema and old.kind == "table" else None
        lines = []
        key = self.one([None, "integer PRIMARY KEY", "serial PRIMARY KEY", "bigserial PRIMARY KEY",
                        "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
                        "integer CONSTRAINT pk%d PRIMARY KEY" % slot, "integer UNIQUE", "smallint UNIQUE DEFERRABLE",
                        "integer GENERATED BY DEFAULT AS IDENTITY (START 7) UNIQUE", "text PRIMARY KEY"], slot, "key")
        if key:
            c = Column("id", "id", {"serial": "integer", "bigserial": "bigint"}.get(key.split()[0], key.split()[0]))
            c.text = "id " + key
            c.extra = "key"
            table.columns.append(c)
            table.key = None if "DEFERRABLE" in key else c.type
        self.columns(table, old)
        if not table.columns:
            table.columns.append(Column("x", "x", "integer"))
            table.columns[0].text = "x integer"
        lines = [c.text + "%s" for c in table.columns]
        marks = [c for c in table.columns]
        for text in self.constraints(table):
            lines.append(text.replace("%", "%%") + "%s")
            marks.append(None)
        texts = []
        for i, (text, c) in enumerate(zip(lines, marks)):
            body = c.text if c else text[:-2].replace("%%", "%")
            comma = "," if i + 1 < len(lines) else ""
            mark = " -- migrate:renamed-from %s" % c.was if c and c.was else ""
            texts.append(body + comma + mark)
        table.logged = not self.maybe(0.1, slot, "unlogged")
        self.say("CREATE ", "" if table.logged else "UNLOGGED ", "TABLE ", table.full,
                 " -- migrate:renamed-from %s\n" % table.was if table.was else "", " (\n  ", "\n  ".join(texts), "\n)",
                 self.one(["", "", "", " WITH (fillfactor=70)", " WITH (fillfactor=80, autovacuum_enabled=false)"], slot, "with"))
        self.tables.append(table)
        self.comment("TABLE " + table.full)
        for c in table.columns:
            self.comment("COLUMN %s.%s" % (table.full, c.name), 0.08)

    def constraints(self, t):
        """Clauses for CREATE TABLE; foreign keys come later, see foreign_keys()."""
        integers, texts = t.of(*INTEGERS), t.of("text", "varchar(20)", "varchar(40)")
        plain = [c.name for c in t.columns if c.type in SCALARS]
        if integers and self.maybe(0.3, t.slot, "check"):
            yield "CHECK (%s > %d)" % (self.one(integers, t.slot, "check"), self.one([-1, 0], t.slot, "check n"))
        if integers and self.maybe(0.3, t.slot, "ck"):
            name = self.one(["ck", '"C k"'], t.slot, "ck name")
            yield "CONSTRAINT %s%s CHECK (%s IN (1, 2, 3, %d))%s" % (
                name, self.mark("ck %s" % t.slot, t.schema, name), self.one(integers, t.slot, "ck"),
                self.one([4, 5], t.slot, "ck n"), self.one(["", " NO INHERIT"], t.slot, "ck in"))
        if t.of("integer") and self.maybe(0.15, t.slot, "fcheck"):
            yield "CHECK (f1(%s) > -5)" % self.one(t.of("integer"), t.slot, "fcheck")
        if texts and self.maybe(0.3, t.slot, "unique"):
            nulls = self.one(["", " NULLS NOT DISTINCT"], t.slot, "nulls") if self.version >= 150000 else ""
            yield "UNIQUE%s (%s)%s" % (nulls, self.one(texts, t.slot, "unique"),
                                       self.one(["", " DEFERRABLE", " INCLUDE (%s)" % texts[0], " WITH (fillfactor=90)"], t.slot, "unique how"))
        if len(plain) > 1 and self.maybe(0.2, t.slot, "unique 2"):
            yield "CONSTRAINT u2_%s UNIQUE (%s)" % (t.slot, ", ".join(self.some(plain, 2, 2, t.slot, "unique 2")))
        solid = [c for c in t.columns if c.type in INTEGERS + ["text", "date", "uuid"]]
        if len(solid) > 1 and not any("PRIMARY KEY" in c.text for c in t.columns) and self.maybe(0.3, t.slot, "key of two"):
            t.pair = self.some(solid, 2, 2, t.slot, "key of two")
            yield "%s%s (%s)%s" % (self.one(["", "CONSTRAINT k2_%s " % t.slot], t.slot, "key of two name"),
                                   self.one(["PRIMARY KEY", "UNIQUE"], t.slot, "key of two is"), ", ".join(c.name for c in t.pair),
                                   self.one(["", " INCLUDE (%s)" % t.columns[0].name], t.slot, "key of two includes"))
        if integers and self.maybe(0.1, t.slot, "exclude"):
            yield "CONSTRAINT ex_%s EXCLUDE USING %s (%s WITH =)%s%s" % (
                t.slot, self.one(["btree", "hash"], t.slot, "exclude using"), integers[0],
                self.one(["", " WHERE (%s > 0)" % integers[0]], t.slot, "exclude where"),
                self.one(["", " DEFERRABLE"], t.slot, "exclude how"))
        if t.of("int4range") and self.maybe(0.3, t.slot, "exclude range"):
            yield "EXCLUDE USING gist (%s WITH &&)" % t.of("int4range")[0]

    def make_children(self):
        """A table that inherits from another one."""
        parents = [t for t in self.tables if t.logged]
        if not parents or not self.maybe(0.25, "child"):
            return
        parent = self.one(parents, "child of")
        child = Table("child", "public", self.name(RELATIONS, "public", "relation", "child"))
        child.kind = "child"
        extra = self.one(["", "own integer", "own text NOT NULL, own2 date", "id2 integer PRIMARY KEY"], "child own")
        child.columns = [Column(w.split()[0], w.split()[0], w.split()[1]) for w in extra.split(", ") if w]
        self.say("CREATE TABLE %s (%s) INHERITS (%s)" % (child.full, extra, parent.full))
        if not child.columns:
            child.columns = parent.columns[:1]
        self.tables.append(child)
        self.comment("TABLE " + child.full)

    def make_partitions(self, i):
        """A partitioned table with partitions, some of them attached, partitioned themselves or
        with an index of their own.
        """
        if not self.maybe(0.3, "pt", i):
            return
        pt = "pt%d" % i
        schema = self.schema(pt)
        how = self.one(["RANGE", "LIST", "HASH"], pt, "how")
        t = Table(pt, schema, pt)
        t.kind = "partitioned"
        t.columns = [Column("k", "k", "integer"), Column("v", "v", self.one(["text", "integer", "varchar(20)"], pt, "v"))]
        more = self.one(["", ", w date DEFAULT '2020-01-01'", ", w bigint GENERATED ALWAYS AS (k + 1) STORED"], pt, "w")
        check = self.one(["", ", CONSTRAINT pt_k_check CHECK (k < 1000)", ", CONSTRAINT pck CHECK (k <> 3)"], pt, "check")
        key = self.one(["", " PRIMARY KEY", " NOT NULL", " UNIQUE"], pt, "key")
        self.say("CREATE TABLE %s (k integer%s, v %s%s%s) PARTITION BY %s (k)" % (t.full, key, t.columns[1].type, more, check, how))
        if "PRIMARY" in key or "UNIQUE" in key:
            t.columns[0].name, t.key = "k", None
        self.tables.append(t)
        self.comment("TABLE " + t.full)
        made = []
        for n in range(3):
            if not self.maybe(0.6, pt, "part", n):
                continue
            part = full(self.one([schema, "public"], pt, "part schema", n), "%s_%d" % (pt, n))
            if n == 2 and how != "HASH" and self.maybe(0.5, pt, "default"):
                bound = "DEFAULT"
            elif how == "RANGE":
                bound = "FOR VALUES FROM (%s) TO (%d)" % (n * 100 or "MINVALUE", n * 100 + self.one([50, 100], pt, "bound", n))
            elif how == "LIST":
                bound = "FOR VALUES IN (%d, %s)" % (n, self.one([n + 10, n + 20, "NULL" if n == 0 else n + 30], pt, "bound", n))
            else:
                bound = "FOR VALUES WITH (MODULUS 3, REMAINDER %d)" % n
            sub = self.maybe(0.2, pt, "sub", n)
            if not more and not sub and self.maybe(0.15, pt, "attached", n):
                self.say("CREATE TABLE %s (v %s, k integer%s%s)" % (
                    part, t.columns[1].type, " NOT NULL" if key in (" PRIMARY KEY", " NOT NULL") else "", check))
                self.say("ALTER TABLE ", t.full, " ATTACH PARTITION ", part, " ", bound)
                made.append(part)
                continue
            unlogged = self.maybe(0.05, pt, "unlogged", n) and not (sub and self.version >= 180000)
            self.say("CREATE ", "UNLOGGED " if unlogged else "", "TABLE ", part, " PARTITION OF ", t.full,
                     self.one(["", " (CONSTRAINT own%d CHECK (k > -5))" % n], pt, "own", n),
                     " ", bound, " PARTITION BY LIST (k)" if sub else
                     self.one(["", "", " WITH (fillfactor=60)"], pt, "with", n))
            made.append(part)
            self.comment("TABLE " + part)
            if sub and self.maybe(0.7, pt, "subpart", n):
                self.say("CREATE TABLE ", full("public", "%s_%d_s" % (pt, n)), " PARTITION OF ", part, " ",
                         self.one(["FOR VALUES IN (1)", "FOR VALUES IN (1, 2)", "DEFAULT"], pt, "subpart", n))
            elif self.maybe(0.3, pt, "part index", n):
                self.say("CREATE INDEX %s_%d_own ON %s (%s) WHERE k <> 77" % (pt, n, part, self.one(["v", "k", "v DESC"], pt, "part index", n)))
        if self.maybe(0.4, pt, "index"):
            self.say("CREATE INDEX %s_ix ON %s (%s)" % (pt, t.full, self.one(["k", "v", "v, k"], pt, "index")))
            self.comment("INDEX " + full(schema, pt + "_ix"))
        if self.maybe(0.2, pt, "trigger"):
            self.say("CREATE TRIGGER ptr %s ON %s FOR EACH ROW EXECUTE FUNCTION tf()" % (
                self.one(["AFTER INSERT", "AFTER UPDATE OR DELETE"], pt, "trigger"), t.full))
        for n, part in enumerate(made):
            if self.maybe(0.1, pt, "part trigger", n):
                self.say("CREATE TRIGGER own AFTER INSERT ON %s FOR EACH ROW EXECUTE FUNCTION tf()" % part)

    def foreign_keys(self, t):
        """From columns that have the type of another table's id."""
        if t.kind == "child" or not t.logged:
            return
        for other in self.tables:
            mine = [c.name for c in t.columns if other.key and c.type == other.key and not c.generated]
            if not mine or not other.logged or not self.maybe(0.3, t.slot, "fk", other.slot):
                continue
            mine = self.one(mine, t.slot, "fk of", other.slot)
            generated = next(c for c in t.columns if c.name == mine).extra == "identity"
            self.say("ALTER TABLE %s ADD %sFOREIGN KEY (%s) REFERENCES %s (id)%s%s%s%s" % (
                t.full, self.one(["", 'CONSTRAINT "fk %s" ' % other.slot], t.slot, "fk name", other.slot), mine, other.full,
                self.one(["", " MATCH FULL"], t.slot, "match", other.slot),
                "" if generated else
                self.one(["", " ON DELETE CASCADE", " ON UPDATE SET NULL", " ON DELETE SET DEFAULT ON UPDATE RESTRICT"] +
                         ([" ON DELETE SET NULL (%s)" % mine] if self.version >= 150000 else []), t.slot, "on", other.slot),
                self.one(["", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"], t.slot, "defer", other.slot),
                self.one(["", "", " NOT VALID"], t.slot, "valid", other.slot) if t.kind == "table" else ""))

    def foreign_pairs(self, t):
        """To keys of two columns."""
        for other in self.tables:
            if t.kind != "table" or not t.logged or not other.pair or not other.logged:
                continue
            mine = [[c.name for c in t.columns if c.type == o.type and not c.generated and c.extra != "identity"] for o in other.pair]
            if mine[0] and mine[1] and mine[0][0] != mine[1][-1] and self.maybe(0.6, t.slot, "fk2", other.slot):
                self.say("ALTER TABLE %s ADD FOREIGN KEY (%s, %s) REFERENCES %s (%s)%s%s%s" % (
                    t.full, mine[0][0], mine[1][-1], other.full, ", ".join(c.name for c in other.pair),
                    self.one(["", " MATCH FULL"], t.slot, "match2", other.slot),
                    self.one(["", " ON DELETE CASCADE ON UPDATE CASCADE", " ON DELETE SET NULL"], t.slot, "on2", other.slot),
                    self.one(["", "", " NOT VALID"], t.slot, "valid2", other.slot)))

    def index(self, t, i, plain):
        """The i-th index of a table or materialized view; plain: columns that can be in any index."""
        key = (t.slot, "index", i)
        c = self.one(plain, *key, "of")
        type = next(x.type for x in t.columns if x.name == c)
        name = self.name(INDEXES, ("index", t.schema), *key)
        what = self.one([c, c + " DESC", c + " NULLS FIRST", "%s, (%s IS NULL)" % (c, c)], *key, "what")
        tail = self.one(["", " WHERE %s IS NOT NULL" % c], *key, "where")
        using = ""
        if type in ("text", "varchar(20)", "varchar(40)"):
            what = self.one([what, "lower(%s)" % c, c + " text_pattern_ops", c + ' COLLATE "C" DESC', "(%s || 'x')" % c], *key, "text")
        if type == "integer":
            what = self.one([what, what, "f1(%s)" % c, "(%s + 1) DESC" % c], *key, "integer")
        how = self.one(["btree", "btree", "btree", "hash", "brin", "gin"], *key, "using")
        if how == "hash" or (how == "brin" and type in INTEGERS):
            using, what = " USING " + how, c
        elif type in ("jsonb", "integer[]", "text[]", "tsvector") and how == "gin":
            using, what = " USING gin", self.one([c, c + " jsonb_path_ops"], *key, "gin") if type == "jsonb" else c
        if not using:
            tail = self.one(["", "", " INCLUDE (%s)" % plain[0]], *key, "include") + \
                (self.one(["", "", " NULLS NOT DISTINCT"], *key, "nulls") if self.version >= 150000 else "") + \
                self.one(["", "", " WITH (fillfactor='60')"], *key, "with") + tail
        unique = "UNIQUE " if not using and t.kind == "table" and self.maybe(0.2, *key, "unique") else ""
        self.say("CREATE ", unique, "INDEX ", name, self.mark("index %s %s" % (t.slot, i), t.schema, name), " ON ", t.full, using,
                 " (", what, ")", tail)
        self.comment("INDEX " + full(t.schema, name), 0.1)

    def extras(self, t):
        """Indexes, policies, statistics, rules and settings of a table."""
        slot = t.slot
        plain = [c.name for c in t.columns if c.type in SCALARS and c.type not in ("xml", "json", "point")]
        integers, texts = t.of(*INTEGERS), t.of("text", "varchar(20)", "varchar(40)", "jsonb")
        for i in range(3):
            if plain and self.maybe(0.4, slot, "index", i):
                self.index(t, i, plain)
        if t.kind != "table":
            return
        for c in t.columns:
            if c.type in ("jsonb", "integer[]", "tsvector", "text[]") and self.maybe(0.2, slot, "gin", c.slot):
                self.say("CREATE INDEX gin_%s_%s ON %s USING gin (%s)" % (slot, c.slot, t.full, c.name))
        for c in t.columns:
            if c.type in ("int4range", "point") and self.maybe(0.4, slot, "gist", c.slot):
                self.say("CREATE INDEX gist_%s_%s ON %s USING %s (%s)" % (
                    slot, c.slot, t.full, self.one(["gist", "spgist"], slot, "gist", c.slot), c.name))
        if integers and self.maybe(0.2, slot, "nv"):
            self.say("ALTER TABLE %s ADD CONSTRAINT nv CHECK (%s <> %d)%s" % (
                t.full, self.one(integers, slot, "nv of"), self.one([5, 6], slot, "nv n"), self.one(["", " NOT VALID"], slot, "nv how")))
            self.comment("CONSTRAINT nv ON " + t.full)
        if self.maybe(0.15, slot, "rls"):
            self.say("ALTER TABLE %s ENABLE ROW LEVEL SECURITY" % t.full)
        if self.maybe(0.08, slot, "forced"):
            self.say("ALTER TABLE %s FORCE ROW LEVEL SECURITY" % t.full)
        if self.maybe(0.15, slot, "policy") and integers:
            self.say("CREATE POLICY po ON %s%s TO %s USING (%s > %d)%s" % (
                t.full, self.one(["", " FOR UPDATE", " AS RESTRICTIVE"], slot, "po for"), self.one(["PUBLIC", "postgres"], slot, "po to"),
                self.one(integers, slot, "po of"), self.one([0, 1], slot, "po n"),
                self.one(["", " WITH CHECK (f1(3) > 0)"], slot, "po check")))
            self.comment("POLICY po ON " + t.full)
        others = [o for o in self.tables if o is not t and o.key and o.kind == "table"]
        if others and self.maybe(0.1, slot, "policy 2"):
            o = self.one(others, slot, "policy of")
            self.say("CREATE POLICY \"Po 2\" ON %s FOR %s" % (t.full, self.one(
                ["SELECT USING (EXISTS (SELECT FROM %s))" % o.full, "INSERT WITH CHECK ((SELECT count(%s.id) FROM %s) > 1)" % (o.full, o.full),
                 "ALL TO postgres USING (true) WITH CHECK (false)"], slot, "policy how")))
        if self.maybe(0.06, slot, "n_distinct"):
            self.say("ALTER TABLE %s ALTER COLUMN %s SET (n_distinct = %d%s)" % (
                t.full, t.columns[-1].name, self.one([5, 9], slot, "n_distinct"), self.one(["", ", n_distinct_inherited = 3"], slot, "n_more")))
        if self.maybe(0.15, slot, "st") and len(plain) > 1:
            self.say("CREATE STATISTICS %s%s ON %s FROM %s" % (
                full(t.schema, "st_%s" % slot), self.one(["", " (ndistinct)", " (mcv, dependencies)"], slot, "st kind"),
                ", ".join(self.some(plain, 2, 3, slot, "st of") + self.one(
                    [[], ["(%s IS NULL)" % plain[0]]] if self.version >= 140000 else [[]], slot, "st expression")), t.full))
            self.comment("STATISTICS " + full(t.schema, "st_%s" % slot))
        if self.maybe(0.1, slot, "rule"):
            self.say("CREATE RULE ru AS ON %s TO %s DO INSTEAD NOTHING" % (self.one(["DELETE", "UPDATE"], slot, "rule on"), t.full))
            if self.maybe(0.3, slot, "rule state"):
                self.say("ALTER TABLE %s %s RULE ru" % (t.full, self.one(["DISABLE", "ENABLE REPLICA"], slot, "rule state")))
            self.comment("RULE ru ON " + t.full)
        for c in texts:
            if self.maybe(0.08, slot, "storage", c):
                self.say("ALTER TABLE %s ALTER COLUMN %s SET STORAGE %s" % (
                    t.full, c, self.one(["EXTERNAL", "MAIN", "PLAIN"], slot, "storage", c)))
            if self.maybe(0.08, slot, "statistics", c):
                self.say("ALTER TABLE %s ALTER COLUMN %s SET STATISTICS %d" % (t.full, c, self.one([50, 60], slot, "statistics", c)))
            if self.version >= 140000 and self.maybe(0.05, slot, "compression", c):
                self.say("ALTER TABLE %s ALTER COLUMN %s SET COMPRESSION pglz" % (t.full, c))
        if integers and self.maybe(0.1, slot, "owned"):
            name = full(t.schema, "so_%s" % slot)
            self.say("CREATE SEQUENCE %s OWNED BY %s.%s" % (name, t.full, self.one(integers, slot, "owned")))

    def triggers(self, t):
        """Triggers of a table: for each row, of a constraint, for each statement."""
        slot = t.slot
        if t.kind != "table":
            return
        if self.maybe(0.2, slot, "tr"):
            c = self.one(t.columns, slot, "tr of").name
            when = "" if not self.maybe(0.3, slot, "tr when") else " WHEN (NEW.%s IS NOT NULL)" % c
            what = self.one(["BEFORE INSERT", "AFTER UPDATE", "BEFORE UPDATE OF " + c, "AFTER INSERT OR UPDATE"], slot, "tr")
            generated = next(x for x in t.columns if x.name == c).generated and "BEFORE" in what
            self.say("CREATE TRIGGER tr %s ON %s FOR EACH ROW%s EXECUTE FUNCTION tf(%s)" % (
                what, t.full, "" if generated else when, self.one(["", "'a', 'b''c'"], slot, "tr args")))
            if self.maybe(0.4, slot, "tr state"):
                self.say("ALTER TABLE %s %s TRIGGER tr" % (
                    t.full, self.one(["DISABLE", "ENABLE ALWAYS", "ENABLE REPLICA"], slot, "tr state")))
            self.comment("TRIGGER tr ON " + t.full)
        if self.maybe(0.1, slot, "ctr"):
            self.say("CREATE CONSTRAINT TRIGGER ctr AFTER INSERT ON %s%s FOR EACH ROW EXECUTE FUNCTION tf()" % (
                t.full, self.one(["", " DEFERRABLE INITIALLY DEFERRED"], slot, "ctr")))
        if self.maybe(0.1, slot, "str"):
            self.say("CREATE TRIGGER str AFTER INSERT ON %s REFERENCING NEW TABLE AS %s FOR EACH STATEMENT EXECUTE FUNCTION tf()" % (
                t.full, self.one(["n", '"New"'], slot, "str")))

    def make_views(self):
        """Views and materialized views of tables and of views."""
        for i in range(4):
            sources = [t for t in self.tables if t.kind != "child"] + self.views
            if not sources or not self.maybe(0.45, "view", i):
                continue
            source = self.one(sources, "view of", i)
            schema = self.schema("view", i)
            v = Table("v%d" % i, schema, self.name(RELATIONS, schema, "view", i))
            v.kind = "matview" if self.maybe(0.3, "materialized", i) else "view"
            chosen = self.some(source.columns, 1, len(source.columns), "view columns", i)
            v.columns = [Column(c.slot, c.name, c.type) for c in chosen]
            what = ", ".join(c.name for c in chosen)
            joined = [t for t in sources if t is not source and t.key]
            if joined and self.maybe(0.25, "view joins", i):
                self.joining_view(i, v, source, self.one(joined, "view joins", i), chosen)
                continue
            where = self.one(["", "", " WHERE f1(2) > 1", " LIMIT 3"], "view where", i)
            mark = self.mark("view %d" % i, schema, v.name)
            if v.kind == "matview":
                self.say("CREATE MATERIALIZED VIEW %s%s%s AS SELECT %s FROM %s%s" % (
                    v.full, mark, self.one(["", " WITH (fillfactor=50)"], "matview with", i), what, source.full, where))
                self.comment("MATERIALIZED VIEW " + v.full)
                plain = [c.name for c in v.columns if c.type in SCALARS]
                if plain and self.maybe(0.5, "matview index", i):
                    self.index(v, 0, plain)
            else:
                check = "" if "LIMIT" in where or source.kind == "matview" else \
                    self.one(["", "", " WITH CHECK OPTION", " WITH LOCAL CHECK OPTION"], "view check", i)
                if source.kind == "view" and getattr(source, "fixed", False):
                    check = ""
                v.fixed = "LIMIT" in where or source.kind == "matview" or getattr(source, "fixed", False)
                self.say("CREATE VIEW %s%s%s AS SELECT %s FROM %s%s%s" % (
                    v.full, mark, self.one(["", "", " WITH (security_barrier=true)"] +
                                     ([" WITH (security_invoker=true)"] if self.version >= 150000 else []), "view with", i),
                    what, source.full, where, check))
                self.comment("VIEW " + v.full)
                self.comment("COLUMN %s.%s" % (v.full, v.columns[0].name))
                if self.maybe(0.1, "view trigger", i):
                    self.say("CREATE TRIGGER vtr INSTEAD OF INSERT ON %s FOR EACH ROW EXECUTE FUNCTION tf()" % v.full)
            self.views.append(v)


    def joining_view(self, i, v, source, other, chosen):
        """A view or materialized view of two relations, which computes; a column of a view may have a default."""
        v.kind, v.fixed = "view", True
        extra = self.one(["count(*) AS n", "max(o.id) AS n", "count(o.id) FILTER (WHERE o.id IS NOT NULL) AS n"], "view computes", i)
        how = self.one(["JOIN %s o ON o.id IS NOT NULL", "LEFT JOIN %s o ON true", ", LATERAL (SELECT id FROM %s LIMIT 2) o"], "view how", i)
        self.say("CREATE %sVIEW %s AS WITH w AS (SELECT %s FROM %s) SELECT w.%s::text AS a, %s FROM w %s GROUP BY w.%s::text" % (
            self.one(["", "", "MATERIALIZED "], "view joined", i), v.full, chosen[0].name, source.full, chosen[0].name, extra,
            how % other.full, chosen[0].name))
        if "MATERIALIZED" in self.out[-1]:
            v.kind = "matview"
        elif self.maybe(0.3, "view default", i):
            self.say("ALTER VIEW %s ALTER COLUMN a SET DEFAULT '%s'" % (v.full, self.one(["x", "y"], "view default", i)))
        v.columns = [Column("a", "a", "text")]
        self.comment("%sVIEW %s" % ("MATERIALIZED " if v.kind == "matview" else "", v.full))
        self.comment("COLUMN %s.a" % v.full)
        self.views.append(v)


def pair(seed, version):
    """Two schemas; their text is in .text.

    How much the second one throws anew is thrown, too: one property or all.
    """
    first = Dice("a%d" % seed)
    r = random.Random(seed)
    a = Schema(first, version)
    a.text = a.ddl()
    b = Schema(Dice("b%d" % seed, first, r.choice([0.02, 0.05, 0.15, 0.5, 1.0])), version, a)
    b.text = b.ddl()
    return a, b
