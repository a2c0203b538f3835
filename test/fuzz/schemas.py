"""Random schemas, as DDL.

A schema is made from a small set of names, so that two of them have much in
common and differ in all ways.  The text is valid for an empty database.
"""

TYPES = ["integer", "bigint", "smallint", "text", "varchar(20)", "varchar(40)", "numeric(8,2)",
         "numeric(10,2)", "boolean", "date", "timestamptz", "jsonb", "uuid", "integer[]", "bytea",
         "real", 'text COLLATE "C"', "interval", "char(5)"]
DEFAULTS = {"integer": ["0", "42", "f1(3)"], "bigint": ["0", "-1"], "text": ["'x'", "'it''s'", "lower('A')"],
            "varchar(20)": ["'v'"], "numeric(8,2)": ["1.50"], "boolean": ["true", "false"],
            "date": ["current_date", "'2020-02-29'"], "timestamptz": ["now()", "'2020-01-01 10:00+02'"],
            "jsonb": ["'{}'"], "integer[]": ["'{1,2}'", "ARRAY[1]"], "real": ["0.1"], "bytea": ["'\\x00ff'"],
            "interval": ["'1 day'"], "uuid": ["gen_random_uuid()"], "e1": ["'a'"], "d1": ["5"]}
NAMES = ["c1", "c2", "c3", "c4", '"Mixed Case"', '"select"', "c7", '"üml"']


class Postgres:
    """One random schema; r: random.Random.

    Names are few, so that the second of a pair meets the first.
    """
    def __init__(self, r):
        self.r = r
        self.out = []
        self.comments = []
        self.tables = {}

    def maybe(self, p):
        return self.r.random() < p

    def say(self, *text):
        """A statement."""
        self.out.append("".join(text) + ";")

    def comment(self, on, p=0.15):
        """COMMENT ON, seldom, behind everything else."""
        if self.maybe(p):
            self.comments.append("COMMENT ON %s IS '%s'" % (on, self.r.choice(["one", "two''s", "x\ny"])))

    def types(self):
        """Types of the schema's own; their names are in self.own for the columns."""
        r = self.r
        self.own = []
        if self.maybe(0.7):
            labels = ["a", "b", "c", "d'e", "f"]
            rest = r.sample(labels[1:], r.randint(0, 4))
            self.say("CREATE TYPE e1 AS ENUM (", ", ".join("'%s'" % v.replace("'", "''") for v in ["a"] + rest), ")")
            self.own.append("e1")
            self.comment("TYPE e1")
        if self.maybe(0.6):
            self.say("CREATE DOMAIN d1 AS ", r.choice(["integer", "bigint"]),
                     r.choice(["", " DEFAULT 7", " DEFAULT 8"]), r.choice(["", "", " NOT NULL"]),
                     r.choice(["", " CONSTRAINT d1_c CHECK (VALUE > 0)", " CHECK (VALUE < 1000)"]))
            self.own.append("d1")
            self.comment("DOMAIN d1")
        if self.maybe(0.5):
            attributes = r.sample(["x integer", "y text", "z numeric(5,1)", "w integer[]"], r.randint(1, 4))
            self.say("CREATE TYPE p1 AS (", ", ".join(attributes), ")")
            self.own.append("p1")
        if self.maybe(0.3):
            self.say("CREATE TYPE r1 AS RANGE (SUBTYPE = ", r.choice(["float8", "integer"]), ")")
            self.own.append("r1")

    def sequences(self):
        r = self.r
        for s in ("s1", "s2"):
            if self.maybe(0.5):
                self.say("CREATE SEQUENCE ", s, r.choice(["", " AS integer", " AS smallint"]),
                         r.choice(["", " INCREMENT 5", " START 10", " MAXVALUE 30000 CYCLE", " CACHE 3"]))
                self.comment("SEQUENCE " + s)

    def functions(self):
        """Some that others need: f1() stands in defaults, tf() in triggers."""
        r = self.r
        self.say("CREATE FUNCTION f1(i integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT i + %d'"
                 % r.randint(1, 3))
        if self.maybe(0.6):
            self.say("CREATE FUNCTION f2(", r.choice(["a text", "a text, b integer DEFAULT 1", "x text"]),
                     ") RETURNS ", r.choice(["text", "integer"]), " LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$")
            self.functions_made = True
        self.say("CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ",
                 r.choice(["", "/* more */ "]), "RETURN NEW; END $$")
        if self.maybe(0.3):
            self.say("CREATE PROCEDURE pr(n integer) LANGUAGE plpgsql AS $$ BEGIN ",
                     r.choice(["NULL;", "n := 1;"]), " END $$")
            self.comment("PROCEDURE pr(integer)")
        self.comment("FUNCTION f1(integer)")

    def column(self, name):
        """The type and the text of a column."""
        r = self.r
        t = r.choice(TYPES + self.own * 3)
        text = "%s %s" % (name, t)
        kind = r.random()
        if kind < 0.08 and t in ("integer", "bigint", "smallint"):
            return t, text + " GENERATED %s AS IDENTITY%s" % (
                r.choice(["ALWAYS", "BY DEFAULT"]), r.choice(["", " (START 5)", " (INCREMENT 2 CACHE 4)"]))
        if t in DEFAULTS and self.maybe(0.4):
            text += " DEFAULT " + r.choice(DEFAULTS[t])
        if self.maybe(0.3):
            text += " NOT NULL"
        return t, text

    def table(self, name, schema=""):
        """A table; schema: "" or one with a dot.  Returns its columns and their types."""
        r = self.r
        full = schema + name
        columns = {}
        lines = []
        if self.maybe(0.85):
            key = r.choice(["integer PRIMARY KEY", "serial PRIMARY KEY", "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
                            "integer CONSTRAINT %s_key PRIMARY KEY" % name, "integer UNIQUE"])
            columns["id"] = "integer" if key.startswith(("integer", "serial")) else "bigint"
            lines.append("id " + key)
        for c in r.sample(NAMES, r.randint(1, 6)):
            t, text = self.column(c)
            columns[c] = t
            lines.append(text)
        integers = [c for c, t in columns.items() if t in ("integer", "bigint", "smallint")]
        texts = [c for c, t in columns.items() if t.startswith(("text", "varchar"))]
        if integers and self.maybe(0.2):
            columns["g"] = "integer"
            lines.append("g bigint GENERATED ALWAYS AS (%s * %d) STORED" % (r.choice(integers), r.randint(1, 3)))
        if integers and self.maybe(0.4):
            lines.append("CHECK (%s > %d)" % (r.choice(integers), r.randint(0, 2)))
        if integers and self.maybe(0.3):
            lines.append("CONSTRAINT ck CHECK (%s IN (1, 2, %d))" % (r.choice(integers), r.randint(3, 5)))
        if texts and self.maybe(0.3):
            lines.append("UNIQUE (%s)%s" % (r.choice(texts), r.choice(["", " DEFERRABLE", " INCLUDE (%s)" % texts[0]])))
        for other, keys in list(self.tables.items()):
            mine = [c for c in integers if columns[c] == keys.get("id")]
            if mine and "id" in keys and self.maybe(0.4):
                lines.append("FOREIGN KEY (%s) REFERENCES %s (id)%s%s" % (
                    r.choice(mine), other, r.choice(["", " ON DELETE CASCADE", " ON UPDATE SET NULL"]),
                    r.choice(["", " DEFERRABLE INITIALLY DEFERRED"])))
        self.say("CREATE ", "UNLOGGED " if self.maybe(0.1) and not any("REFERENCES" in x for x in lines) else "", "TABLE ", full, " (\n  ", ",\n  ".join(lines), "\n)",
                 r.choice(["", "", "", " WITH (fillfactor=%d)" % r.choice([70, 80])]))
        self.comment("TABLE " + full)
        for c in columns:
            self.comment("COLUMN %s.%s" % (full, c), 0.1)
        if columns.get("id") and "UNLOGGED" not in self.out[-1]:
            self.tables[full] = columns
        self.extras(name, full, columns, integers, texts)
        return columns

    def extras(self, name, full, columns, integers, texts):
        """Indexes, triggers, policies and the like of a table, which needs some columns for each."""
        r = self.r
        plain = [c for c, t in columns.items() if t not in ("jsonb", "p1", "r1", "d1")]
        for i in range(r.randint(0, 3)):
            c = r.choice(plain) if plain else None
            if c:
                self.say("CREATE ", r.choice(["", "UNIQUE "]), "INDEX ", "%s_ix%d" % (name, i), " ON ", full, " (",
                         r.choice([c, c + " DESC", c + ", " + c]), ")",
                         r.choice(["", " WHERE %s IS NOT NULL" % c]))
                self.comment("INDEX %s%s_ix%d" % (full[:-len(name)], name, i), 0.1)
        if texts and self.maybe(0.2):
            self.say("CREATE INDEX %s_lower ON %s (lower(%s))" % (name, full, texts[0]))
        if integers and self.maybe(0.2):
            self.say("ALTER TABLE %s ADD CONSTRAINT nv CHECK (%s <> %d) NOT VALID" % (full, integers[0], r.randint(5, 6)))
        if self.maybe(0.2):
            self.say("CREATE TRIGGER tr %s ON %s FOR EACH ROW EXECUTE FUNCTION tf()" % (
                r.choice(["BEFORE INSERT", "AFTER UPDATE", "BEFORE UPDATE OF " + list(columns)[0]]), full))
            if self.maybe(0.3):
                self.say("ALTER TABLE %s %s TRIGGER tr" % (full, r.choice(["DISABLE", "ENABLE ALWAYS"])))
        if self.maybe(0.15):
            self.say("ALTER TABLE %s ENABLE ROW LEVEL SECURITY" % full)
        if self.maybe(0.15) and integers:
            self.say("CREATE POLICY po ON %s%s USING (%s > %d)" % (
                full, r.choice(["", " FOR SELECT", " AS RESTRICTIVE"]), integers[0], r.randint(0, 1)))
        if self.maybe(0.15) and len(plain) > 1:
            self.say("CREATE STATISTICS %s%s_st ON %s FROM %s" % (full[:-len(name)], name, ", ".join(plain[:2]), full))
        if self.maybe(0.1):
            self.say("CREATE RULE ru AS ON DELETE TO %s DO INSTEAD NOTHING" % full)
        if texts and self.maybe(0.1):
            self.say("ALTER TABLE %s ALTER COLUMN %s SET STORAGE EXTERNAL" % (full, texts[0]))
        if texts and self.maybe(0.1):
            self.say("ALTER TABLE %s ALTER COLUMN %s SET STATISTICS %d" % (full, texts[0], r.choice([50, 60])))

    def partitions(self):
        """A partitioned table, some partitions and an index."""
        r = self.r
        if not self.maybe(0.4):
            return
        self.say("CREATE TABLE pt (k integer%s, v %s%s) PARTITION BY RANGE (k)" % (
            r.choice(["", " PRIMARY KEY", " NOT NULL"]), r.choice(["text", "integer"]), r.choice(["", ", w date"])))
        for i in range(r.randint(0, 2)):
            self.say("CREATE TABLE pt%d PARTITION OF pt FOR VALUES FROM (%d) TO (%d)" % (
                i, i * 100, i * 100 + r.choice([50, 100])))
        if self.maybe(0.5):
            self.say("CREATE INDEX pt_ix ON pt (%s)" % r.choice(["k", "v"]))

    def views(self):
        """Views of tables and of views."""
        r = self.r
        made = []
        for v in ("v1", "v2", "v3"):
            if not self.maybe(0.5) or not (self.tables or made):
                continue
            source = r.choice(list(self.tables) + made)
            columns = list(self.tables[source]) if source in self.tables else None
            what = ", ".join(r.sample(columns, r.randint(1, len(columns)))) if columns else "*"
            if v == "v3" and self.maybe(0.6):
                self.say("CREATE MATERIALIZED VIEW v3 AS SELECT %s FROM %s%s" % (
                    what, source, r.choice(["", " LIMIT 5"])))
                self.comment("MATERIALIZED VIEW v3")
            else:
                self.say("CREATE VIEW %s%s AS SELECT %s FROM %s%s" % (
                    v, r.choice(["", " WITH (security_barrier=true)"]), what, source, r.choice(["", " LIMIT 3"])))
                self.comment("VIEW " + v)
            made.append(v)

    def ddl(self):
        """The text, in an order in which it can run."""
        self.types()
        self.sequences()
        self.functions()
        for t in ("t1", "t2", "t3", '"T 4"'):
            if self.maybe(0.6):
                self.table(t) if t[0] != '"' else self.plain()
        if self.maybe(0.3):
            self.say("CREATE SCHEMA app")
            self.comment("SCHEMA app")
            if self.maybe(0.7):
                self.table("t1", "app.")
        self.partitions()
        self.views()
        for c in self.comments:
            self.say(c)
        return "\n".join(self.out)

    def plain(self):
        """A table whose names need quotes."""
        self.say('CREATE TABLE "T 4" (id serial, "A b" %s)' % self.r.choice(["text", "integer", "date"]))
