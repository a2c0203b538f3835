"""Random schemas of SQLite's as objects that know each other: printed in many spellings, and changed.

What an object names it holds as an object, so a change of a name reaches all that names it, and what
has lost something that it names goes, too.  uid stays the same in a changed copy: it says which object
of the one schema another one's was made from.
"""
import copy
import itertools
import re
import sqlite3

VERSION = sqlite3.sqlite_version_info
OPTIONS = {row[0] for row in sqlite3.connect(":memory:").execute("PRAGMA compile_options")}
KEYWORDS = {"select", "order", "group", "index", "check", "default", "table", "values", "to"}
TABLES = ["t1", "t2", "t3", "Mixed", "two words", "order", 't"q', "üml"]
COLUMNS = ["c1", "c2", "c3", "Amount", "two words", "select", 'x"y', "a`b", "it's", "über", "group", "1st",
           "comma,", "(paren", "--dash", "%s", "key", "rowid", "t1", "index"]
TYPES = ["", "integer", "INTEGER", "int", "BIGINT", "unsigned big int", "text", "TEXT", "varchar(20)",
         "VARCHAR (20)", "character varying(40)", "numeric(10, 2)", "numeric(8,2)", "decimal", "real", "REAL",
         "double precision", "FLOAT", "blob", "boolean", "date", "datetime", "timestamp", "json",
         '"weird type"(3)', "[odd type]"]
STRICT_TYPES = ["INTEGER", "int", "TEXT", "real", "BLOB", "ANY"]
DEFAULTS = {"int": ["0", "42", "-1", "+7", "0x1F", "TRUE", "(1 + 2)", "(-(3))", "((1))", "NULL", "(abs(-5))"],
            "real": ["-1.5", "1e3", "0.5", ".5", "(1 / 4.0)", "-2.5e-3", "NULL"],
            "text": ["'x'", "'it''s'", "''", "'a, (b)'", "CURRENT_TIME", "CURRENT_DATE", "current_timestamp",
                     "('a' || 'b')", "(lower('A'))", "(date('now'))", "'2020-02-29'", "(CASE WHEN 1 THEN 'y' END)",
                     "' -- no comment'", "(appf('z'))"],
            "any": ["x'00ff'", "X'AB'", "NULL", "(NULL)", "5", "'any'", "(x'01' || 'z')", "(coalesce(NULL, -1))"]}
LOOSE_DEFAULTS = ["bareword", '"in quotes"', "false"]
CONFLICTS = ["IGNORE", "REPLACE", "ABORT", "FAIL", "ROLLBACK"]
ACTIONS = ["CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"]
DEFERRED = ["DEFERRABLE", "NOT DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED", "DEFERRABLE INITIALLY IMMEDIATE",
            "NOT DEFERRABLE INITIALLY DEFERRED", "NOT DEFERRABLE INITIALLY IMMEDIATE"]
COMMENTS = ["/* , ) ( */", "/**/", "/* it's \" [ ` */", "-- don't, ever) \"\n", "/* CHECK (a > 0) */",
            "/* two\n lines */"]
uids = itertools.count(1)


def kind_of(declared):
    """int, real, text or any: what a column of the type is filled with."""
    name = declared.lower()
    if "int" in name or name == "boolean":
        return "int"
    if any(x in name for x in ("char", "text", "date", "timestamp", "json")):
        return "text"
    if any(x in name for x in ("real", "double", "float", "numeric", "decimal")):
        return "real"
    return "any"


class Thing:
    """What has a name; given: the name that it had before."""
    def __init__(self, name, **more):
        self.uid = next(uids)
        self.name = name
        self.told = None
        self.__dict__.update(more)

    def uses(self):
        """What it names: where one of these is gone, it goes."""
        return []


class Expression:
    """A template over columns: {0}, {1}; qualifier: NEW, OLD or an alias before each."""
    def __init__(self, template, columns, qualifier=None):
        self.template, self.columns, self.qualifier = template, columns, qualifier

    def text(self, p):
        return self.template.format(*[(self.qualifier + "." if self.qualifier else "") + p.name(c.name)
                                      for c in self.columns])


class Column(Thing):
    """Everything that stands in a column's definition.

    Constraints of the column are objects, or None; told: the old name, where the text tells it.
    """
    def __init__(self, name, declared):
        super().__init__(name, declared=declared, not_null=None, default=None, collate=None, generated=None,
                         stored="", key=None, unique=None, checks=[], reference=None, order=None, comment=None)

    def kind(self):
        return kind_of(self.declared)

    def uses(self):
        found = list(self.generated.columns) if self.generated else []
        for check in self.checks:
            found += check.expression.columns
        return found


class Constraint(Thing):
    """Of a table or, owner being a column, of that; the name may be None."""
    def __init__(self, kind, name, columns=(), **more):
        super().__init__(name, kind=kind, columns=list(columns), expression=None, conflict=None, parent=None,
                         parents=None, actions="", order=[], auto=False)
        self.__dict__.update(more)

    def uses(self):
        return (self.expression.columns if self.expression else []) + self.columns + \
            ([self.parent] if self.parent else []) + (self.parents or [])


class Table(Thing):
    def __init__(self, name):
        super().__init__(name, columns=[], constraints=[], strict=False, without_rowid=False, comment=None)

    def key(self):
        """Columns of the primary key."""
        for c in self.columns:
            if c.key:
                return [c]
        for c in self.constraints:
            if c.kind == "PRIMARY KEY":
                return c.columns
        return []

    def keys(self):
        """Lists of columns that a foreign key may refer to."""
        found = [self.key()] if self.key() else []
        found += [[c] for c in self.columns if c.unique]
        return found + [c.columns for c in self.constraints if c.kind == "UNIQUE"]

    def is_alias(self, column):
        """Is the column the rowid?"""
        return not self.without_rowid and self.key() == [column] and column.declared.lower() == "integer" and \
            not (column.key and column.order == "DESC")

    def has_counter(self):
        return any(c.key and c.key.auto for c in self.columns) or any(c.auto for c in self.constraints)

    def foreign_keys(self):
        return [c.reference for c in self.columns if c.reference] + \
            [c for c in self.constraints if c.kind == "FOREIGN KEY"]


class Index(Thing):
    """parts: (expression, what stands behind it)."""
    def uses(self):
        return [self.table] + [c for e, _ in self.parts for c in e.columns] + \
            (self.where.columns if self.where else [])


class View(Thing):
    """outputs: (expression, Thing with the name that it has outside)."""
    @property
    def columns(self):
        return [out for _, out in self.outputs]

    def uses(self):
        return [self.source] + [c for e, _ in self.outputs for c in e.columns] + \
            (self.where.columns if self.where else [])


class Trigger(Thing):
    """steps: (relation, expression), in which @ is the relation's name."""
    def uses(self):
        return [self.on] + list(self.of) + (self.when.columns if self.when else []) + \
            [x for relation, e in self.steps for x in [relation] + e.columns]


class Virtual(Thing):
    """fts5 and rtree, where they are compiled in."""


class Printer:
    """The spelling of one text: quotes, letters of key words, white space and comments; told: with
    the directives; plain: in one way only.
    """
    def __init__(self, r, told=True, plain=False):
        self.r, self.told, self.plain = r, told, plain

    def name(self, name, definition=False):
        """A name in one of the ways in which SQLite reads it; 'x' only where one is defined."""
        styles = ['"%s"' % name.replace('"', '""')]
        if "`" not in name:
            styles.append("`%s`" % name)
        if "]" not in name:
            styles.append("[%s]" % name)
        if definition and self.r.random() < 0.3:
            styles.append("'%s'" % name.replace("'", "''"))
        if re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name) and name.lower() not in KEYWORDS:
            styles += [name] * 6
        return styles[0] if self.plain else self.r.choice(styles)

    def words(self, text):
        return text if self.plain else self.r.choice([str.upper] * 3 + [str.lower, str.title])(text)

    def gap(self):
        """What stands between two words."""
        if self.plain:
            return " "
        return self.r.choice([" "] * 14 + ["  ", "\n\t", " " + self.r.choice(COMMENTS) + " "])

    def join(self, *parts):
        return self.gap().join(x for x in parts if x)

    def outside(self, name):
        """A view's: there a name in double quotes may be a text, so it is not taken for the one without."""
        return name if re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name) and name.lower() not in KEYWORDS else self.name(name)

    def names(self, things, orders=()):
        return "(" + ", ".join(self.name(c.name) + (" " + o if o else "") for c, o in
                               itertools.zip_longest(things, orders)) + ")"

    def comment(self, thing):
        """As COMMENT ON leaves it."""
        return " /* comment: %s */" % thing.comment if thing.comment else ""

    def declared(self, thing, definition=True, comment=""):
        """A name where it is declared, with the directive if it is told."""
        text = self.name(thing.name, definition) + comment
        if thing.told and self.told:
            text += " -- migrate:renamed-from %s\n" % (
                '"%s"' % thing.told.replace('"', '""') if not re.fullmatch("[a-z_][a-z0-9_]*", thing.told)
                else thing.told)
        return text

    # ---- tables ----

    def constraint_name(self, constraint):
        return self.join(self.words("CONSTRAINT"), self.declared(constraint, False)) if constraint.name else ""

    def conflict(self, constraint):
        return self.words("ON CONFLICT ") + constraint.conflict if constraint.conflict else ""

    def references(self, key):
        return self.join(self.words("REFERENCES"), self.name(key.parent.name) +
                         (" " + self.names(key.parents) if key.parents else ""), key.actions)

    def constraint(self, c):
        if c.kind == "CHECK":
            body = "(" + c.expression.text(self) + ")"
        elif c.kind == "FOREIGN KEY":
            body = self.join(self.names(c.columns), self.references(c))
        else:
            body = self.names(c.columns, c.order)
            if c.auto:
                body = body[:-1] + " AUTOINCREMENT)"
        return self.join(self.constraint_name(c), self.words(c.kind), body, self.conflict(c))

    def column(self, c):
        parts = []
        if c.not_null:
            parts.append(self.join(self.constraint_name(c.not_null), self.words("NOT NULL"), self.conflict(c.not_null)))
        if c.default is not None:
            parts.append(self.join(self.words("DEFAULT"), c.default))
        if c.collate:
            parts.append(self.join(self.words("COLLATE"), c.collate))
        if c.key:
            parts.append(self.join(self.constraint_name(c.key), self.words("PRIMARY KEY"), c.order or "",
                                   self.conflict(c.key), self.words("AUTOINCREMENT") if c.key.auto else ""))
        if c.unique:
            parts.append(self.join(self.constraint_name(c.unique), self.words("UNIQUE"), self.conflict(c.unique)))
        for check in c.checks:
            parts.append(self.join(self.constraint_name(check), self.words("CHECK"),
                                   "(" + check.expression.text(self) + ")", self.conflict(check)))
        if c.generated:
            parts.append(self.join(self.words(self.r.choice(["GENERATED ALWAYS AS", "AS"])),
                                   "(" + c.generated.text(self) + ")", self.words(c.stored)))
        if not self.plain:
            self.r.shuffle(parts)
        if c.reference:
            parts.append(self.join(self.constraint_name(c.reference), self.references(c.reference)))
        return self.join(self.declared(c), c.declared, *parts)

    def table(self, t):
        inside = [self.column(c) + self.comment(c) for c in t.columns] + [self.constraint(c) for c in t.constraints]
        options = (["STRICT"] if t.strict else []) + (["WITHOUT ROWID"] if t.without_rowid else [])
        return "%s (%s%s%s)%s" % (self.join(self.words("CREATE TABLE"), self.declared(t, comment=self.comment(t))), self.gap(),
                                  (", " if self.plain else self.r.choice([", ", ",\n\t"])).join(inside), self.gap(),
                                  " " + ", ".join(self.words(o) for o in options) if options else "")

    # ---- the others ----

    def index(self, i):
        parts = ", ".join(self.join(e.text(self), o) for e, o in i.parts)
        return self.join(self.words("CREATE UNIQUE INDEX" if i.unique else "CREATE INDEX"), self.declared(i, False),
                         self.words("ON"), self.name(i.table.name), "(" + parts + ")",
                         self.join(self.words("WHERE"), i.where.text(self)) if i.where else "")

    def view(self, v):
        outputs = ", ".join(e.text(self) + ("" if v.listed else " AS " + self.name(out.name))
                            for e, out in v.outputs)
        return self.join(self.words("CREATE VIEW"), self.declared(v, False), "(" + ", ".join(map(self.outside, [o.name for o in v.columns])) + ")" if v.listed else "",
                         self.words("AS SELECT"), outputs, self.words("FROM"), self.name(v.source.name), v.alias,
                         self.join(self.words("WHERE"), v.where.text(self)) if v.where else "", v.rest)

    def trigger(self, t):
        steps = " ".join("%s;" % e.text(self).replace("@", self.name(relation.name)) for relation, e in t.steps)
        return self.join(self.words("CREATE TRIGGER"), self.declared(t, False), self.words(t.event),
                         self.words("OF ") + ", ".join(self.name(c.name) for c in t.of) if t.of else "",
                         self.words("ON"), self.name(t.on.name), t.each,
                         self.join(self.words("WHEN"), t.when.text(self)) if t.when else "",
                         self.words("BEGIN"), steps, self.words("END"))

    def virtual(self, v):
        return self.join(self.words("CREATE VIRTUAL TABLE"), self.declared(v, False), self.words("USING"), v.arguments)


class Schema:
    """generate() makes one, changed() another one of it.

    The methods change_...() each change one thing, or return False where there is none.
    """
    def __init__(self, r):
        self.r = r
        self.tables, self.virtuals, self.indexes, self.views, self.triggers = [], [], [], [], []

    def maybe(self, p):
        return self.r.random() < p

    def all(self):
        return self.tables + self.virtuals + self.indexes + self.views + self.triggers

    def statements(self, told=True, plain=False):
        """The statements, in an order in which they can run."""
        p = Printer(self.r, told, plain)
        tables = list(self.tables)
        if not plain:
            self.r.shuffle(tables)
        return [p.table(t) for t in tables] + [p.virtual(v) for v in self.virtuals] + \
            [p.index(i) for i in self.indexes] + [p.view(v) for v in self.views] + \
            [p.trigger(t) for t in self.triggers]

    def ddl(self, told=True, plain=False):
        return "".join(s + ";\n" for s in self.statements(told, plain))

    def is_free(self, name):
        return name.lower() not in [x.name.lower() for x in self.all()]

    def free(self, names):
        names = [n for n in names if self.is_free(n)]
        return self.r.choice(names) if names else None

    # ---- making one ----

    def constraint_name(self, table, p=0.35):
        """A name that no other constraint of the table has, or None."""
        taken = {c.name.lower() for c in self.named(table)}
        names = [n for n in ("k1", "k2", "k3", "K 4", "check", "k'6") if n.lower() not in taken]
        return self.r.choice(names) if names and self.maybe(p) else None

    def named(self, table):
        """The constraints of a table that have names."""
        return [c for c in self.constraints(table) if c.name]

    def constraints(self, table):
        found = []
        for c in table.columns:
            found += [x for x in [c.not_null, c.key, c.unique, c.reference] + c.checks if x]
        return found + table.constraints

    def condition(self, columns):
        """Holds for the rows that fill() makes, mostly."""
        r = self.r
        columns = r.sample(columns, min(len(columns), r.choice([1, 1, 2])))
        if len(columns) == 2:
            return Expression(r.choice(["{0} IS NULL OR {1} IS NOT 'never'", "coalesce({0},0)<>coalesce({1}, 'n')||'x'",
                                        "{0} >= 0 OR {1} IS NOT NULL"]), columns)
        return Expression(r.choice(["{0} <> 13", "{0} IS NOT 'bad, (very)'", "length({0})<900", "{0} NOT IN (17, 'x)')",
                                    "appf({0}) IS NOT 5", "{0} NOTNULL", "({0} > -1)", "{0}>=0 AND {0} != -7",
                                    "CASE WHEN {0} IS NULL THEN 1 ELSE {0} == {0} END"]), columns)

    def make_type(self, table):
        return self.r.choice(STRICT_TYPES if table.strict else TYPES)

    def make_default(self, table, column):
        kind = column.kind()
        if self.maybe(0.1) and not table.strict:
            return self.r.choice(LOOSE_DEFAULTS)
        return self.r.choice(DEFAULTS[kind if self.maybe(0.9) or table.strict else "any"])

    def set_default(self, table, column):
        column.default = None if column.generated or table.is_alias(column) else self.make_default(table, column)

    def set_not_null(self, table, column):
        column.not_null = Constraint("NOT NULL", self.constraint_name(table, 0.1), conflict=self.conflict(0.1))

    def conflict(self, p=0.15):
        return self.r.choice(CONFLICTS) if self.maybe(p) else None

    def set_collate(self, table, column):
        column.collate = self.r.choice(["nocase", "RTRIM", '"binary"', "appc", "NOCASE"])

    def set_generated(self, table, column):
        """Makes a column generated from another one, unless something says that it cannot be."""
        plain = [c for c in table.columns if not c.generated and c is not column and c.name.lower() != "rowid"]
        if not plain or column in table.key() or column.reference:
            return
        base = self.r.choice(plain)
        if any(column in c.columns for c in self.constraints(table)):
            return
        column.default = None
        column.generated = Expression(self.r.choice(
            ["typeof({0})", "coalesce({0}, 'none')||')'", "{0} + 1", "-{0}", "appf({0})"]) if not table.strict
            else "{0}", [base])
        if table.strict:
            column.declared = "ANY"
        column.stored = self.r.choice(["STORED", "VIRTUAL", ""])

    def make_column(self, table, name):
        r = self.r
        column = Column(name, self.make_type(table))
        table.columns.append(column)
        if len(table.columns) > 1 and self.maybe(0.15):
            self.set_generated(table, column)
        if self.maybe(0.35):
            self.set_default(table, column)
        if self.maybe(0.3):
            self.set_not_null(table, column)
        if self.maybe(0.15):
            self.set_collate(table, column)
        if self.maybe(0.05):
            column.comment = "of a column"
        if self.maybe(0.12):
            column.checks.append(Constraint("CHECK", self.constraint_name(table), expression=self.condition([column])))
        if self.maybe(0.1):
            column.unique = Constraint("UNIQUE", self.constraint_name(table), conflict=self.conflict())
        return column

    def make_key(self, table):
        """A primary key of one of the kinds, or none; without_rowid tables have one."""
        r = self.r
        how = r.choice(["alias", "alias", "auto", "auto table", "desc", "text", "int", "table", "two", "two desc",
                        "none", "asc"])
        if table.without_rowid:
            how = r.choice(["text", "int", "two", "two desc", "table"])
        column = Column(r.choice(["id", "id", "ID", "Key Id"]), "TEXT" if how == "text" else
                        "INTEGER" if how not in ("int", "two") else "int")
        table.columns.insert(0, column)
        if how == "none":
            return
        name = self.constraint_name(table)
        if how in ("table", "auto table", "two", "two desc"):
            columns = [column]
            if how.startswith("two"):
                columns.append(Column("part", r.choice(["text", "int"])))
                table.columns.insert(1, columns[1])
            table.constraints.append(Constraint(
                "PRIMARY KEY", name, columns, auto=how == "auto table", conflict=self.conflict(),
                order=["", "DESC"] if how == "two desc" else []))
            return
        column.key = Constraint("PRIMARY KEY", name, auto=how == "auto", conflict=self.conflict())
        column.order = {"desc": "DESC", "asc": "ASC"}.get(how)

    def table_constraint(self, table):
        r = self.r
        columns = [c for c in table.columns if c.name.lower() != "rowid"]
        if not columns:
            return
        kind = r.choice(["CHECK", "UNIQUE"])
        name = self.constraint_name(table)
        if kind == "CHECK":
            table.constraints.append(Constraint(kind, name, expression=self.condition(columns)))
        else:
            chosen = r.sample(columns, r.randint(1, min(2, len(columns))))
            if not any(c.generated for c in chosen):
                table.constraints.append(Constraint(
                    kind, name, chosen, conflict=self.conflict(), order=[r.choice(["", "", "", "DESC", "COLLATE nocase"])]))

    def make_reference(self, table):
        """A foreign key to a key of any table, in the column or in the table."""
        r = self.r
        parents = [t for t in self.tables if t.keys()]
        if not parents:
            return
        parent = r.choice(parents)
        key = r.choice(parent.keys())
        plain = [c for c in table.columns if not c.generated and c not in table.key()]
        plain = [c for c in plain if kind_of(c.declared) == key[0].kind()] or plain
        if len(plain) < len(key) or any(c.generated for c in key):
            return
        mine = r.sample(plain, len(key))
        actions = ""
        for event in r.sample(["DELETE", "UPDATE"], 2):
            if self.maybe(0.4):
                actions += " ON %s %s" % (event, r.choice(ACTIONS))
        if self.maybe(0.15):
            actions += " MATCH " + r.choice(["FULL", "SIMPLE", "PARTIAL"])
        if self.maybe(0.25):
            actions += " " + r.choice(DEFERRED)
        reference = Constraint("FOREIGN KEY", self.constraint_name(table), mine, parent=parent, actions=actions.strip(),
                               parents=None if key == parent.key() and self.maybe(0.4) else list(key))
        if len(mine) == 1 and not mine[0].reference and self.maybe(0.5):
            reference.columns = []
            mine[0].reference = reference
        else:
            table.constraints.append(reference)

    def make_table(self, name):
        r = self.r
        table = Table(name)
        table.strict = self.maybe(0.15) and VERSION >= (3, 37)
        table.without_rowid = self.maybe(0.15)
        self.make_key(table)
        for c in r.sample(COLUMNS, r.randint(1, 6)):
            self.make_column(table, c)
        if all(c.generated for c in table.columns):
            table.columns[0].generated = None
        for _ in range(r.randint(0, 2)):
            self.table_constraint(table)
        self.tables.append(table)
        return table

    def make_index(self, table, name=None):
        r = self.r
        columns = [c for c in table.columns if c.name.lower() != "rowid"]
        name = name or self.free(["ix1", "ix2", "ix3", "Index 4", "ix5", "index"])
        if not columns or not name:
            return
        parts = []
        for c in r.sample(columns, r.randint(1, min(3, len(columns)))):
            parts.append((Expression(r.choice(["{0}"] * 4 + ["lower({0})", "appf({0})", "{0} || 'x'", "abs({0})+1"]), [c]),
                          r.choice(["", "", "DESC", "COLLATE nocase", "COLLATE appc DESC", "ASC"])))
        self.indexes.append(Index(name, table=table, parts=parts, unique=self.maybe(0.2),
                                  where=self.condition(columns) if self.maybe(0.3) else None))

    def make_view(self, name=None):
        r = self.r
        sources = [s for s in self.tables + self.views + self.virtuals if s.columns]
        name = name or self.free(["v1", "v2", "V 3", "values"])
        if not sources or not name:
            return
        source = r.choice(sources)
        alias = r.choice(["", "", "AS x"])
        outputs = []
        for i, c in enumerate(r.sample(source.columns, r.randint(1, len(source.columns)))):
            outputs.append((Expression(r.choice(["{0}"] * 5 + ["{0} || 'v'", "max({0}, 1)"]), [c], "x" if alias else None),
                            Thing(r.choice(["o%d" % i, "o%d" % i, "Out %d" % i]), told=None)))
        where = self.condition(source.columns) if self.maybe(0.3) and not alias else None
        self.views.append(View(name, source=source, alias=alias, outputs=outputs, listed=self.maybe(0.3), where=where,
                               rest=r.choice(["", "", "LIMIT 7", "-- the end\n", "UNION ALL SELECT %s" % ", ".join(
                                   ["NULL"] * len(outputs))])))

    def make_trigger(self, on=None, name=None):
        r = self.r
        on = on or r.choice([x for x in self.tables + self.views if x.columns])
        name = name or self.free(["tr1", "tr2", "Tr 3", "tr4"])
        if not name:
            return
        timing = "INSTEAD OF" if on in self.views else r.choice(["BEFORE", "AFTER"])
        what = r.choice(["INSERT", "UPDATE", "DELETE"])
        row = "OLD" if what == "DELETE" else "NEW"
        of = r.sample(on.columns, 1) if what == "UPDATE" and self.maybe(0.6) else []
        steps = []
        for _ in range(r.randint(1, 3)):
            other = r.choice([on] + [t for t in self.tables])
            c = r.choice(other.columns)
            template = r.choice(["SELECT {0} FROM @", "DELETE FROM @ WHERE {0} = 'zz'",
                                 "SELECT count(*), 'a;b' FROM @ WHERE {0} IS NOT NULL"] +
                                ([] if getattr(c, "generated", 1) else ["UPDATE @ SET {0} = {0} WHERE {0} = 'zz'"]))
            steps.append((other, Expression(template, [c])))
        when = Expression("{0} IS NOT 'zz'", [r.choice(on.columns)], row) if self.maybe(0.3) else None
        self.triggers.append(Trigger(name, on=on, event=timing + " " + what, of=of, when=when, steps=steps,
                                     each=r.choice(["", "FOR EACH ROW"])))

    def make_virtual(self, name=None):
        r = self.r
        name = name or self.free(["ft", "Ft 2", "rt"])
        kinds = [k for k in ("FTS5", "RTREE") if "ENABLE_" + k in OPTIONS]
        if not kinds or not name:
            return
        if r.choice(kinds) == "FTS5":
            columns = r.sample(["body", "title", "two words"], r.randint(1, 2))
            arguments = "fts5(" + ", ".join('"%s"' % c for c in columns) + r.choice(
                ["", "", ", tokenize = 'porter ascii'", ", prefix='2 3'"]) + ")"
        else:
            columns = ["id", "a1", "a2"]
            arguments = r.choice(["rtree(id, a1, a2)", "rtree_i32(id, a1, a2)", "rtree(id, a1, a2, +aux)"])
        self.virtuals.append(Virtual(name, arguments=arguments, columns=[Thing(c) for c in columns]))

    def generate(self):
        r = self.r
        for name in r.sample(TABLES, r.randint(1, 4)):
            self.make_table(name)
        for table in self.tables:
            for _ in range(r.choice([0, 0, 1, 1, 2])):
                self.make_reference(table)
        for _ in range(r.randint(0, 4)):
            self.make_index(r.choice(self.tables))
        if self.maybe(0.3):
            self.make_virtual()
        for _ in range(r.randint(0, 3)):
            self.make_view()
        for _ in range(r.randint(0, 3)):
            self.make_trigger()
        self.prune()
        return self

    # ---- what no longer can be ----

    def is_there(self, thing, there):
        return thing in there

    def broken(self, table):
        """Takes from a table what names what is not there, or what cannot be beside something else."""
        there = set(map(id, table.columns))
        for c in table.columns:
            c.checks = [k for k in c.checks if all(id(x) in there for x in k.expression.columns)]
            if c.generated and not all(id(x) in there and not x.generated for x in c.generated.columns):
                c.generated = None
            if c.unique and c.generated:
                c.unique = None
            if c.key and c.key.auto and not table.is_alias(c):
                c.key.auto = False
            if c.reference and not self.refers_well(c.reference, [c]):
                c.reference = None
            if c.generated and c.name.lower() == "rowid":
                c.generated = None
        kept = []
        for k in table.constraints:
            mine = k.columns + (k.expression.columns if k.expression else [])
            if not all(id(x) in there for x in mine) or (k.kind != "CHECK" and any(x.generated for x in mine)):
                continue
            if k.kind == "FOREIGN KEY" and not self.refers_well(k, k.columns):
                continue
            if k.kind == "PRIMARY KEY" and k.auto and not table.is_alias(k.columns[0]):
                k.auto = False
            kept.append(k)
        table.constraints = kept
        if table.without_rowid and not table.key():
            table.without_rowid = False
        if table.without_rowid:
            for k in table.constraints + [c.key for c in table.columns if c.key]:
                k.auto = False
        if all(c.generated for c in table.columns):
            for c in table.columns:
                c.generated = None
        for c in table.key():
            c.generated = None

    def refers_well(self, key, mine):
        """Does the foreign key refer to a key that is still one?"""
        if key.parent not in self.tables or any(c.generated for c in mine):
            return False
        columns = key.parents or key.parent.key()
        return len(columns) == len(mine) and any(columns == k for k in key.parent.keys()) and \
            not any(c.generated for c in columns)

    def prune(self):
        """Takes away what names what is not there.  Three times: what goes can be what others need."""
        for _ in range(3):
            for table in self.tables:
                self.broken(table)
            self.indexes = [i for i in self.indexes if i.table in self.tables and
                            all(c in i.table.columns for c in i.uses()[1:])]
            relations = self.tables + self.virtuals
            kept = []
            for v in self.views:
                if v.source in relations + kept and all(c in v.source.columns for c in v.uses()[1:]):
                    kept.append(v)
            self.views = kept
            relations = self.tables + self.views
            self.triggers = [t for t in self.triggers if t.on in relations and all(c in t.on.columns for c in t.of) and
                             (not t.when or t.when.columns[0] in t.on.columns) and
                             ("INSTEAD" in t.event) == (t.on in self.views) and
                             all(o in relations and e.columns[0] in o.columns and
                                 not ("UPDATE" in e.template and (o in self.views or e.columns[0].generated)) and
                                 not ("DELETE" in e.template and o in self.views and o is not t.on)
                                 for o, e in t.steps)]

    # ---- changing one ----

    def changed(self, n):
        """A copy with n random changes."""
        b = copy.deepcopy(self)
        b.r = self.r
        for thing in b.all() + [c for t in b.tables for c in t.columns + b.constraints(t)]:
            thing.told = None
        done = 0
        while done < n:
            change = b.r.choice([getattr(b, x) for x in dir(b) if x.startswith("change_")])
            if b.tables and change() is not False:
                b.prune()
                done += 1
        return b

    def some(self, things):
        return self.r.choice(things) if things else None

    def rename(self, thing, name, p=0.7):
        """Gives it another name, and tells the old one with probability p; a name that was told
        stays told.
        """
        if name and name.lower() != thing.name.lower():
            if self.maybe(p) and not thing.told:
                thing.told = thing.name
            thing.name = name

    def change_table_name(self):
        self.rename(self.some(self.tables), self.free(TABLES))

    def change_table_names_exchanged(self):
        """a becomes b, and b becomes a, untold: so each keeps its name and changes its columns."""
        if len(self.tables) < 2:
            return False
        a, b = self.r.sample(self.tables, 2)
        a.name, b.name = b.name, a.name
        a.told = b.told = None

    def change_table_names_moved(self):
        """a becomes b, and b becomes c."""
        if len(self.tables) < 2 or any(t.told for t in self.tables):
            return False
        a, b = self.r.sample(self.tables, 2)
        name = self.free(TABLES)
        if not name:
            return False
        a.told, b.told = a.name, b.name
        a.name, b.name = b.name, name

    def free_column(self, table):
        names = [n for n in COLUMNS if n.lower() not in [c.name.lower() for c in table.columns] and n != "rowid"]
        return self.r.choice(names)

    def change_column_name(self):
        table = self.some(self.tables)
        self.rename(self.some(table.columns), self.free_column(table), 0.8)

    def change_column_names_exchanged(self):
        """As change_table_names_exchanged()."""
        table = self.some(self.tables)
        if len(table.columns) < 2:
            return False
        a, b = self.r.sample(table.columns, 2)
        a.name, b.name = b.name, a.name
        a.told = b.told = None

    def change_column_names_moved(self):
        """As change_table_names_moved()."""
        table = self.some(self.tables)
        if len(table.columns) < 2 or any(c.told for c in table.columns):
            return False
        a, b = self.r.sample(table.columns, 2)
        a.told, b.told = a.name, b.name
        a.name, b.name = b.name, self.free_column(table)

    def change_letters(self):
        """Only the case of its letters, which does not count for SQLite."""
        thing = self.some(self.tables + self.some(self.tables).columns + self.views + self.indexes)
        if thing.name.isascii():
            thing.name = thing.name.swapcase()

    def change_other_name(self):
        thing = self.some(self.indexes + self.views + self.triggers + self.virtuals)
        if not thing:
            return False
        self.rename(thing, self.free(["ix8", "v8", "tr 8", "Eight"]))

    def change_constraint_name(self):
        table = self.some(self.tables)
        constraint = self.some(self.constraints(table))
        if not constraint:
            return False
        name = self.constraint_name(table, 0.7)
        if name and constraint.name and constraint.kind != "NOT NULL":
            self.rename(constraint, name)
        else:
            constraint.name = name
            constraint.told = None

    def change_drop(self):
        kind = self.some(["tables", "indexes", "views", "triggers", "virtuals"])
        things = getattr(self, kind)
        if not things or (kind == "tables" and len(things) == 1):
            return False
        things.remove(self.some(things))

    def change_add(self):
        r = self.r
        how = r.choice(["table", "index", "view", "trigger", "virtual", "reference", "constraint"])
        if how == "table" and self.free(TABLES):
            self.make_table(self.free(TABLES))
        elif how == "index":
            self.make_index(self.some(self.tables))
        elif how == "view":
            self.make_view()
        elif how == "trigger":
            self.make_trigger()
        elif how == "virtual":
            self.make_virtual()
        elif how == "reference":
            self.make_reference(self.some(self.tables))
        else:
            self.table_constraint(self.some(self.tables))

    def change_add_column(self):
        table = self.some(self.tables)
        column = self.make_column(table, self.free_column(table))
        if self.maybe(0.5):
            table.columns.remove(column)
            table.columns.insert(self.r.randint(0, len(table.columns)), column)

    def change_drop_column(self):
        table = self.some(self.tables)
        if len(table.columns) < 2:
            return False
        table.columns.remove(self.some(table.columns))

    def change_replace_column(self):
        """One goes, and another of its name comes."""
        table = self.some(self.tables)
        old = self.some(table.columns)
        if len(table.columns) < 2 or old in table.key():
            return False
        table.columns.remove(old)
        self.make_column(table, old.name)

    def change_column(self):
        table = self.some(self.tables)
        column = self.some(table.columns)
        how = self.r.choice(["type", "type", "default", "default", "not null", "not null", "collate", "check", "unique",
                             "generated"])
        if how == "type" and not (table.strict and column.generated):
            column.declared = self.make_type(table)
        elif how == "default":
            if column.default is None or self.maybe(0.7):
                self.set_default(table, column)
            else:
                column.default = None
        elif how == "not null":
            if column.not_null:
                column.not_null = None
            else:
                self.set_not_null(table, column)
        elif how == "collate":
            if column.collate and self.maybe(0.5):
                column.collate = None
            else:
                self.set_collate(table, column)
        elif how == "check":
            if column.checks:
                column.checks = []
            else:
                column.checks.append(Constraint("CHECK", self.constraint_name(table),
                                                expression=self.condition([column])))
        elif how == "unique":
            column.unique = None if column.unique else Constraint("UNIQUE", self.constraint_name(table),
                                                                  conflict=self.conflict())
        elif how == "generated" and column.name.lower() != "rowid":
            if column.generated and self.maybe(0.5):
                column.generated = None
            else:
                self.set_generated(table, column)

    def change_column_order(self):
        self.r.shuffle(self.some(self.tables).columns)

    def change_key(self):
        table = self.some(self.tables)
        column = self.some([c for c in table.columns if not c.generated] or table.columns)
        for c in table.columns:
            c.key = c.order = None
        table.constraints = [k for k in table.constraints if k.kind != "PRIMARY KEY"]
        if self.maybe(0.2):
            return
        how = self.r.choice(["column", "auto", "table", "two"])
        if how in ("column", "auto"):
            column.key = Constraint("PRIMARY KEY", self.constraint_name(table), auto=how == "auto",
                                    conflict=self.conflict())
            column.order = self.r.choice([None, None, "DESC", "ASC"])
            if how == "auto":
                column.declared, column.order, column.default = "INTEGER", None, None
        else:
            columns = [c for c in table.columns if not c.generated]
            columns = self.r.sample(columns, min(len(columns), 2 if how == "two" else 1))
            if columns:
                table.constraints.append(Constraint("PRIMARY KEY", self.constraint_name(table), columns,
                                                    conflict=self.conflict()))

    def change_options(self):
        table = self.some(self.tables)
        if self.maybe(0.5) and table.key():
            table.without_rowid = not table.without_rowid
        elif VERSION >= (3, 37):
            table.strict = not table.strict
            if table.strict:
                for c in table.columns:
                    c.declared = self.r.choice(STRICT_TYPES) if not table.is_alias(c) else "INTEGER"
                    if c.generated:
                        c.declared = "ANY"

    def change_comment(self):
        table = self.some(self.tables)
        self.some([table] + table.columns).comment = self.r.choice([None, "it's", 'a "b", (c)', "two\nlines", "\u00fc; --"])

    def change_conflict(self):
        constraint = self.some(self.constraints(self.some(self.tables)))
        if not constraint or constraint.kind not in ("PRIMARY KEY", "UNIQUE", "NOT NULL"):
            return False
        constraint.conflict = self.conflict(0.6)

    def change_drop_constraint(self):
        table = self.some(self.tables)
        if not table.constraints:
            return False
        table.constraints.remove(self.some(table.constraints))

    def change_move_constraint(self):
        """From a column to the table."""
        table = self.some(self.tables)
        for c in table.columns:
            if c.unique:
                c.unique.columns = [c]
                table.constraints.append(c.unique)
                c.unique = None
                return True
        return False

    def change_actions(self):
        key = self.some(self.some(self.tables).foreign_keys())
        if not key:
            return False
        key.actions = self.r.choice(["", "ON DELETE CASCADE", "ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED"])

    def change_index(self):
        if not self.indexes:
            return False
        old = self.some(self.indexes)
        self.indexes.remove(old)
        self.make_index(self.some(self.tables), old.name)

    def change_view(self):
        if not self.views:
            return False
        old = self.some(self.views)
        self.views.remove(old)
        self.prune()
        self.make_view(old.name)

    def change_trigger(self):
        if not self.triggers:
            return False
        old = self.some(self.triggers)
        self.triggers.remove(old)
        self.make_trigger(None, old.name)

    def change_kind(self):
        """A table becomes a view, or a view a table; a virtual table becomes one, too."""
        old = self.some([x for x in self.tables + self.views + self.virtuals])
        if len(self.tables) == 1 and old in self.tables:
            return False
        for things in (self.tables, self.views, self.virtuals):
            if old in things:
                things.remove(old)
        self.prune()
        if isinstance(old, Table):
            self.make_view(old.name)
        else:
            self.make_table(old.name)
