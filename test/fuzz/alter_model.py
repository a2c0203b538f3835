"""A schema as plain objects, made at random, and what ALTER TABLE has to make of it.

The model knows nothing of how the module works.  It is the other side of the comparison: it prints
a schema to be altered, says for each action what the schema is afterwards or that the action must be
refused, and prints that schema again, so that SQLite itself can build the database that ought to be.
"""
import copy
import re
import sqlite3

WORDS = ["a", "b", "c", "d", "name", "Amount", "order", "group", "select", "check", "index", "from", "default",
         "two words", "a-b", 'x"y', "d`e", "über", "CamelCase", "1st", "key", "value", "comma,", "(paren",
         "it's", "unique", "constraint", "references", "oid", "type", "generated", "no", "row", "strict"]
PLAIN = {"a", "b", "c", "d", "name", "Amount", "CamelCase", "value", "oid", "type", "no", "row", "strict",
         "t", "p", "log", "key", "id", "ID", "part", "child", "ref_p0", "ref_t0", "generated", "über"}
COMMENTS = ["/* , ) ( */", "/**/", "/* it's \" [ ` */", "-- don't, ever) \"\n", "--\n", "/* CHECK (a > 0) */",
            "/* two\n lines */"]
LOOSE_TYPES = {"int": ["integer", "INT", "bigint", "unsigned big int", "mediumint"],
               "text": ["text", "varchar(20)", "character varying (5)", "mediumtext", "CLOB"],
               "real": ["real", "double precision", "FLOAT"], "any": ["", "blob", '"weird type"(3)']}
STRICT_TYPES = {"int": ["INTEGER", "int"], "text": ["TEXT"], "real": ["REAL"], "any": ["ANY", "blob"]}
TYPES_OF_PK = ("int", "text")


class Refused(Exception):
    """The action must fail."""


class Unsure(Exception):
    """It may fail or not, but must do one or the other as a whole."""


def quoted(r, name, definition=False):
    """A name in one of the styles that SQLite reads; 'x' only where a column is defined."""
    styles = ['"%s"' % name.replace('"', '""'), "`%s`" % name.replace("`", "``"), "[%s]" % name]
    if definition:
        styles.append("'%s'" % name.replace("'", "''"))
    if name in PLAIN:
        styles += [name] * 4
        if r.random() < 0.1 and name.isascii():
            styles = [name.swapcase()] if not definition else [name]
    return r.choice(styles)


def spaced(r, *words):
    """Words with odd white space, comments and letters between them."""
    text = []
    for word in words:
        if text:
            text.append(r.choice([" "] * 12 + ["  ", "\n\t", " " + r.choice(COMMENTS) + " ",
                                               " " + r.choice(COMMENTS)]))
        text.append(word)
    return "".join(text)


def key(r, words):
    """Keywords in random letters."""
    how = r.choice([str.upper] * 3 + [str.lower, str.title])
    return spaced(r, *[how(w) for w in words.split()])


class Piece:
    """A constraint of a column or a table; cols: the names that it mentions."""
    def __init__(self, kind, text, name=None, cols=(), **more):
        self.kind, self.text, self.name, self.cols = kind, text, name, set(cols)
        self.__dict__.update(more)

    def rename(self, old, new):
        self.name = new


class Column:
    """spelling: the name as it is written; kind: what its values are; declared: its type; touched:
    its definition need not keep its bytes; added: by an action, so no row has a value.
    """
    def __init__(self, name, spelling, kind, declared):
        self.name, self.spelling, self.kind, self.declared = name, spelling, kind, declared
        self.pieces = []
        self.touched = self.added = False

    def find(self, kind):
        return next((p for p in self.pieces if p.kind == kind), None)

    def drop(self, kind):
        self.pieces = [p for p in self.pieces if p.kind != kind]

    @property
    def generated(self):
        return self.find("generated")

    def render(self, r=None):
        parts = [self.spelling] + ([self.declared] if self.declared else []) + [p.text for p in self.pieces]
        return spaced(r, *parts) if r else " ".join(parts)


class Table:
    """name is what it is called, spelling how that is written; text: its CREATE as SQLite has
    stored it.
    """
    def __init__(self, name, spelling):
        self.name, self.spelling = name, spelling
        self.columns, self.constraints = [], []
        self.without_rowid = self.strict = False
        self.text = None

    def column(self, name):
        """The column of that name.  Refused: there is none; Unsure: it may be the rowid."""
        for c in self.columns:
            if c.name.lower() == name.lower():
                return c
        # such a name is the rowid's where no column has it
        raise (Unsure if name.lower() in ("oid", "rowid", "_rowid_") else Refused)('no column "%s"' % name)

    def names(self):
        return [c.name for c in self.columns]

    def primary(self):
        """The primary key: columns, piece, owner (a column or None)."""
        for c in self.columns:
            p = c.find("pk")
            if p:
                return [c.name], p, c
        for p in self.constraints:
            if p.kind == "pk":
                return p.order, p, None
        return [], None, None

    def alias(self):
        """The column that is the rowid, or None."""
        names, piece, _ = self.primary()
        if self.without_rowid or len(names) != 1 or piece.descending:
            return None
        c = self.column(names[0])
        return c if c.declared.lower() == "integer" else None

    def uniques(self):
        """Column lists that are unique, as other tables may refer to them."""
        found = [self.primary()[0]] if self.primary()[0] else []
        found += [[c.name] for c in self.columns if c.find("unique")]
        return found + [p.order for p in self.constraints if p.kind == "unique"]

    def pieces(self):
        return [(c, p) for c in self.columns for p in c.pieces] + [(None, p) for p in self.constraints]

    def render(self, r=None):
        """CREATE TABLE; with r in the odd ways that people write it in."""
        if not r:
            body = ", ".join([c.render() for c in self.columns] + [p.text for p in self.constraints])
            return "CREATE TABLE %s (%s)%s" % (self.spelling, body, self.options())
        parts = []
        for c in self.columns:
            c.text = c.render(r)
            parts.append(c.text)
        parts += [p.text for p in self.constraints]
        gap = lambda: r.choice(["", " ", "\n    ", "\n\t", " " + r.choice(COMMENTS)])  # noqa: E731
        body = "".join((", " + gap() if i else gap()) + part for i, part in enumerate(parts))
        return "%s %s%s(%s%s)%s" % (key(r, "CREATE TABLE"), self.spelling, gap() or " ", body, gap(),
                                    self.options())

    def options(self):
        return ", ".join((["STRICT"] if self.strict else []) +
                         (["WITHOUT ROWID"] if self.without_rowid else [])).join([" ", ""])


class Thing:
    """An index, a view or a trigger; needs: (table, column) pairs in lower case."""
    def __init__(self, kind, name, table, text, needs):
        self.kind, self.name, self.table, self.text = kind, name, table, text
        self.needs = {(t.lower(), c.lower()) for t, c in needs}


class Schema:
    """Tables, and what stands on them."""
    def __init__(self, r):
        self.r = r
        self.tables, self.things = [], []
        self.counter = 0

    def table(self, name):
        return next(t for t in self.tables if t.name == name)

    # ---- making one ----

    def constraint(self, kind, words, cols=(), chance=0.5, **more):
        """A piece, with a name before it or without."""
        r = self.r
        name = None
        if r.random() < chance:
            self.counter += 1
            name = r.choice(["n%d", "N %d", "check%d"]) % self.counter
            words = spaced(r, key(r, "CONSTRAINT"), quoted(r, name), words)
        return Piece(kind, words, name, cols, **more)

    def conflict(self):
        """ON CONFLICT, seldom; it must not make a copy lose rows."""
        r = self.r
        return " " + key(r, "ON CONFLICT") + " " + r.choice(["IGNORE", "REPLACE", "ABORT", "FAIL"]) \
            if r.random() < 0.2 else ""

    def condition(self, columns):
        """A CHECK's expression over one or two columns that most random rows keep."""
        r = self.r
        q = [quoted(r, c.name) for c in columns]
        if len(q) == 2:
            return "%s IS NULL OR %s IS NOT 'never' OR 1" % (q[0], q[1]) if r.random() < 0.2 else \
                "coalesce(%s, 0) <> coalesce(%s, 1) || 'x'" % (q[0], q[1])
        return r.choice(["%s <> 13", "%s IS NOT 'bad, (very)'", "length(%s) < 9", "%s NOT IN (17, 'x)')"]) % q[0]

    def default(self, column):
        """A default that the column's kind can have."""
        r = self.r
        return r.choice({"int": ["5", "-3", "(2 + 1)", "+7"], "text": ["'d'", "'it''s, (d)'", "''", "('x' || 'y')"],
                         "real": ["1.5", "-2e3", "(1 / 4.0)"],
                         "any": ["NULL", "7", "'any'", "x'00ff'"]}[column.kind])

    def make_column(self, table, name, kind=None):
        """A column without constraints; its type is one that a STRICT table knows where the table
        is one.
        """
        r = self.r
        kind = kind or r.choice(["int", "int", "text", "text", "real", "any"])
        types = STRICT_TYPES if table.strict else LOOSE_TYPES
        column = Column(name, quoted(r, name, True), kind, r.choice(types[kind]))
        return column

    def decorate(self, table, column):
        """Random constraints of a column that is no key."""
        r = self.r
        pieces = []
        if r.random() < 0.2 and column is not table.columns[0]:
            earlier = table.columns[:table.columns.index(column)] if column in table.columns else table.columns
            base = r.choice([c for c in earlier if not c.generated])
            how = r.choice(["VIRTUAL", "STORED", ""])
            words = r.choice(["GENERATED ALWAYS AS", "AS"])
            expression = r.choice(["coalesce(%s, 'none') || ')'", "typeof(%s)"]) % quoted(r, base.name)
            if column.kind == "text":
                text = [key(r, words), "(" + expression + ")"] + ([key(r, how)] if how else [])
                pieces.append(Piece("generated", spaced(r, *text), None, {base.name}, stored=how == "STORED"))
                column.pieces = pieces
                return
        if r.random() < 0.3:
            pieces.append(self.constraint("notnull", key(r, "NOT NULL") + self.conflict(), chance=0.2))
        if r.random() < 0.3:
            pieces.append(Piece("default", spaced(r, key(r, "DEFAULT"), self.default(column))))
        if r.random() < 0.25:
            pieces.append(self.constraint("check", spaced(r, key(r, "CHECK"),
                                                          "(" + self.condition([column]) + ")"), {column.name}))
        if r.random() < 0.2:
            pieces.append(self.constraint("unique", key(r, "UNIQUE") + self.conflict(), {column.name}))
        if r.random() < 0.2 and column.kind == "text":
            pieces.append(Piece("collate", spaced(r, key(r, "COLLATE"), r.choice(["nocase", "RTRIM", '"binary"']))))
        r.shuffle(pieces)
        column.pieces = pieces

    def reference(self, parent, cols, words=""):
        """REFERENCES with random actions; words: what stands before it."""
        r = self.r
        text = spaced(r, key(r, "REFERENCES"), quoted(r, parent.name)) + \
            " (%s)" % ", ".join(quoted(r, c) for c in cols)
        for event in ("DELETE", "UPDATE"):
            if r.random() < 0.6:
                text += " " + spaced(r, key(r, "ON " + event), key(r, r.choice(
                    ["CASCADE", "CASCADE", "SET NULL", "NO ACTION", "RESTRICT"])))
        if r.random() < 0.2:
            text += " " + key(r, "DEFERRABLE INITIALLY DEFERRED")
        return spaced(r, words, text) if words else text

    def make_key(self, table):
        """A primary key of one of the kinds, or none."""
        r = self.r
        how = r.choice(["alias", "alias", "autoincrement", "none", "text", "two", "table", "desc"])
        if table.without_rowid and how in ("none", "autoincrement", "desc"):
            how = "two"
        id_column = self.make_column(table, r.choice(["id", "ID", "key"]), "text" if how == "text" else "int")
        table.columns.append(id_column)
        if how in ("alias", "autoincrement", "desc"):
            id_column.declared = "INTEGER"
            words = {"alias": "PRIMARY KEY", "autoincrement": "PRIMARY KEY AUTOINCREMENT",
                     "desc": "PRIMARY KEY DESC"}[how]
            id_column.pieces = [self.constraint("pk", key(r, words), {id_column.name}, chance=0.3,
                                                descending=how == "desc", autoincrement=how == "autoincrement")]
        elif how == "text":
            id_column.pieces = [self.constraint("pk", key(r, "PRIMARY KEY") + self.conflict(), {id_column.name},
                                                descending=False, autoincrement=False)]
            if r.random() < 0.5:
                id_column.pieces.insert(0, Piece("notnull", key(r, "NOT NULL")))
        elif how in ("two", "table"):
            names = [id_column.name]
            if how == "two":
                other = self.make_column(table, "part", r.choice(TYPES_OF_PK))
                table.columns.append(other)
                names.append(other.name)
            table.constraints.append(self.constraint(
                "pk", spaced(r, key(r, "PRIMARY KEY"), "(%s)" % ", ".join(quoted(r, n) for n in names)),
                names, order=names, descending=False, autoincrement=False))

    def make_table(self, name):
        """A table with a key, columns and constraints, added to the schema."""
        r = self.r
        table = Table(name, quoted(r, name, True))
        table.strict = r.random() < 0.2 and sqlite3.sqlite_version_info >= (3, 37)
        table.without_rowid = r.random() < 0.2
        self.make_key(table)
        for name in r.sample(WORDS, r.randint(1, 6)):
            if name.lower() not in [n.lower() for n in table.names()]:
                table.columns.append(self.make_column(table, name))
        for column in table.columns:
            if column.name not in table.primary()[0]:
                self.decorate(table, column)
        plain = [c for c in table.columns if not c.generated]
        if len(plain) > 1 and r.random() < 0.4:
            two = r.sample(plain, 2)
            table.constraints.append(self.constraint(
                "check", spaced(r, key(r, "CHECK"), "(" + self.condition(two) + ")"), [c.name for c in two]))
        if len(plain) > 1 and r.random() < 0.3:
            two = [c.name for c in r.sample(plain, 2)]
            table.constraints.append(self.constraint(
                "unique", spaced(r, key(r, "UNIQUE"), "(%s)" % ", ".join(quoted(r, n) for n in two))
                + self.conflict(), two, order=two))
        self.tables.append(table)
        return table

    def link(self, child, parent):
        """A foreign key: a new column of the child for each column of one of the parent's keys."""
        r = self.r
        keys = parent.uniques()
        if not keys:
            return
        cols = r.choice(keys)
        if any(parent.column(c).generated for c in cols):
            return
        mine = []
        for i, c in enumerate(cols):
            name = "ref_%s%d%s" % (parent.name, i, "x" if child is parent else "")
            if name in child.names():
                return
            column = self.make_column(child, name, parent.column(c).kind)
            column.declared = parent.column(c).declared if child.strict == parent.strict else column.declared
            child.columns.append(column)
            mine.append(name)
        if len(cols) == 1 and r.random() < 0.6:
            column = child.column(mine[0])
            column.pieces.append(self.constraint("fk", self.reference(parent, cols), mine, 0.3,
                                                 parent=parent.name, parent_cols=cols))
        else:
            words = spaced(r, key(r, "FOREIGN KEY"), "(%s)" % ", ".join(quoted(r, n) for n in mine))
            child.constraints.append(self.constraint("fk", self.reference(parent, cols, words), mine, 0.5,
                                                     parent=parent.name, parent_cols=cols))

    def make_indexes(self, table):
        """Indexes of columns and of expressions, some with a WHERE."""
        r = self.r
        for i in range(r.randint(0, 3)):
            cols = r.sample(table.columns, min(len(table.columns), r.randint(1, 2)))
            needs, items = [], []
            for c in cols:
                q = quoted(r, c.name)
                items.append(r.choice(["%s", "%s DESC", "%s COLLATE nocase", "lower(%s)", "%s /* , */ ASC"]) % q)
                needs.append((table.name, c.name))
            where = ""
            if r.random() < 0.3:
                c = r.choice(table.columns)
                where = " %s %s IS NOT 'q'" % (key(r, "WHERE"), quoted(r, c.name))
                needs.append((table.name, c.name))
            name = "%s index %d" % (table.name, i)
            text = "%s %s %s %s (%s)%s" % (key(r, r.choice(["CREATE INDEX", "CREATE INDEX", "CREATE UNIQUE INDEX"])),
                                           quoted(r, name), key(r, "ON"), quoted(r, table.name), ", ".join(items), where)
            self.things.append(Thing("index", name, table.name, text, needs))

    def make_views(self, table):
        """Views of the table, views of views, and INSTEAD OF triggers."""
        r = self.r
        for i in range(r.choice([0, 0, 1, 2])):
            cols = r.sample(table.columns, r.randint(1, len(table.columns)))
            name = "%s_view%d" % (table.name, i)
            needs = [(table.name, c.name) for c in cols]
            text = "CREATE VIEW %s AS SELECT %s /* ; */ FROM %s" % (
                quoted(r, name), ", ".join("%s AS x%d" % (quoted(r, c.name), j) for j, c in enumerate(cols)),
                quoted(r, table.name))
            self.things.append(Thing("view", name, name, text, needs))
            if r.random() < 0.3:
                self.things.append(Thing("view", name + "2", name + "2", "CREATE VIEW %s2 AS SELECT count(*) FROM %s"
                                         % (name, name), needs))
            if r.random() < 0.3:
                self.things.append(Thing(
                    "trigger", name + "_g", name, "CREATE TRIGGER %s_g INSTEAD OF INSERT ON %s BEGIN "
                    "INSERT INTO log (what, value) SELECT 'view', count(*) FROM %s; END"
                    % (name, name, quoted(r, table.name)), needs))

    def make_triggers(self, table):
        """Triggers of the table and of others that read it."""
        r = self.r
        for i in range(r.choice([0, 1, 1, 2])):
            c = r.choice(table.columns)
            q = quoted(r, c.name)
            needs = [(table.name, c.name)]
            host, event, value = r.choice([
                (table, "AFTER INSERT", "NEW.%s" % q), (table, "BEFORE DELETE", "OLD.%s" % q),
                (table, "AFTER UPDATE", "OLD.%s || NEW.%s" % (q, q)), (table, "AFTER UPDATE OF %s" % q, "1"),
                (r.choice(self.tables), "AFTER INSERT",
                 "(SELECT group_concat(%s) FROM %s)" % (q, quoted(r, table.name)))])
            name = "%s_g%d" % (table.name, i)
            text = "%s %s %s %s %s\n%s INSERT INTO log (what, value) VALUES ('it''s; %s', %s); END" % (
                key(r, "CREATE TRIGGER"), quoted(r, name), event, key(r, "ON"), quoted(r, host.name),
                key(r, "BEGIN"), event.replace("'", "").replace('"', ""), value)
            self.things.append(Thing("trigger", name, host.name, text, needs))


def random_schema(r):
    """Parents, the table itself, children, a log for triggers."""
    s = Schema(r)
    log = Table("log", "log")
    log.columns = [Column("id", "id", "int", "INTEGER"), Column("what", "what", "text", "TEXT"),
                   Column("value", "value", "any", "")]
    log.columns[0].pieces = [Piece("pk", "PRIMARY KEY", descending=False, autoincrement=False)]
    parent = s.make_table("p")
    table = s.make_table(r.choice(["t", "t", "order", "my table", 'T"x']))
    child = s.make_table("child")
    if r.random() < 0.6:
        s.link(table, parent)
    if r.random() < 0.3:
        s.link(table, table)
    for _ in range(r.choice([0, 1, 1, 2])):
        s.link(child, r.choice([table, table, parent]))
    s.tables.append(log)
    s.main = table
    for t in (parent, table, child):
        s.make_indexes(t)
        s.make_triggers(t)
    for t in (parent, table):
        s.make_views(t)
    for t in s.tables:
        t.text = t.render(r if t is not log else None)
    return s


# ---- what an action does to the schema ----

def needed_by(s, table, name):
    """What keeps a column from being dropped."""
    pair = (table.name.lower(), name.lower())
    for thing in s.things:
        if pair in thing.needs and thing.kind != "index":
            raise Refused("%s %s needs it" % (thing.kind, thing.name))
    for c in table.columns:
        if c.generated and c.name != name and name in c.generated.cols:
            raise Refused("generated column needs it")
    for other in s.tables:
        for owner, p in other.pieces():
            if p.kind == "fk" and p.parent == table.name and name in p.parent_cols:
                if other is table and name in p.cols:
                    raise Unsure("a foreign key of a column to itself")
                raise Refused("a foreign key needs it")


def drop_column(s, table, name, if_exists=False):
    """With it go, as in PostgreSQL, indexes and constraints that have it; what else needs it
    refuses.
    """
    if if_exists and name.lower() not in [n.lower() for n in table.names()]:
        return
    column = table.column(name)
    needed_by(s, table, column.name)
    if len(table.columns) == 1:
        raise Refused("the last column")
    pk = table.primary()
    if table.without_rowid and column.name in pk[0]:
        raise Unsure("WITHOUT ROWID needs its key, which the next statement may add")
    if len([c for c in table.columns if not c.generated and c is not column]) == 0:
        raise Refused("only generated columns would be left")
    table.columns.remove(column)
    table.constraints = [p for p in table.constraints if column.name not in p.cols]
    for c in table.columns:
        if any(column.name in p.cols for p in c.pieces):
            c.pieces = [p for p in c.pieces if column.name not in p.cols]
            c.touched = True
    s.things = [x for x in s.things if (table.name.lower(), column.name.lower()) not in x.needs]


def require(column):
    """NOT NULL, as a column of a primary key has it in PostgreSQL."""
    if not column.find("notnull"):
        column.pieces.append(Piece("notnull", "NOT NULL"))
        column.touched = True


def set_not_null(s, table, name):
    """As the action says; a column that has it stays as it is."""
    column = table.column(name)
    if not column.find("notnull"):
        column.pieces.append(Piece("notnull", "NOT NULL"))
        column.touched = True


def drop_not_null(s, table, name):
    """Refused in a primary key, as in PostgreSQL."""
    column = table.column(name)
    if column.name in table.primary()[0]:
        raise Refused("it is in the primary key")
    if column.find("notnull"):
        column.drop("notnull")
        column.touched = True


def set_default(s, table, name, text):
    """Refused in a generated column."""
    column = table.column(name)
    if column.generated:
        raise Refused("it is generated")
    column.drop("default")
    column.pieces.append(Piece("default", "DEFAULT " + text))
    column.touched = True


def drop_default(s, table, name):
    column = table.column(name)
    if column.generated:
        raise Refused("it is generated")
    column.drop("default")
    column.touched = True


def set_type(s, table, name, declared, kind):
    """What becomes of the values is expected_rows()'s matter."""
    column = table.column(name)
    column.declared, column.kind, column.touched = declared, kind, True


def drop_constraint(s, table, name):
    """Refused where a foreign key needs it, unless another key may do."""
    for column, p in table.pieces():
        if p.name and p.name.lower() == name.lower():
            break
    else:
        raise Refused("no such constraint")
    if p.kind in ("pk", "unique"):
        cols = list(getattr(p, "order", p.cols))
        rest = list(table.uniques())
        rest.remove(cols)
        others = [set(u) == set(cols) for u in rest] + [x.kind == "index" and x.table == table.name for x in s.things]
        for other in s.tables:
            for _, fk in other.pieces():
                if fk.kind == "fk" and fk.parent == table.name and set(fk.parent_cols) == set(cols):
                    raise Unsure("another key may do") if any(others) else Refused("a foreign key needs it")
    if p.kind == "pk":
        if table.without_rowid:
            raise Unsure("WITHOUT ROWID needs its key, which the next statement may add")
        # any other key of SQLite's may hold NULLs
        if table.alias():
            require(table.alias())
    if column:
        column.pieces.remove(p)
        column.touched = True
    else:
        table.constraints.remove(p)


def rename_constraint(s, table, old, new):
    """The text is edited in place: all behind the name keeps its bytes."""
    taken = [p.name.lower() for _, p in table.pieces() if p.name]
    if old.lower() not in taken or new.lower() in taken:
        raise Refused("no such constraint, or the name is taken")
    for column, p in table.pieces():
        if p.name and p.name.lower() == old.lower():
            head = re.match(r"(?is)constraint(\s|--[^\n]*\n|/\*.*?\*/)*(\"(\"\"|[^\"])*\"|\[[^]]*\]|`[^`]*`|\w+)", p.text)
            p.text = 'CONSTRAINT "%s"%s' % (new, p.text[head.end():])
            p.name = new
            p.touched = True
            if column:
                column.touched = True


def add_constraint(s, table, piece):
    """A primary key makes its columns NOT NULL, as PostgreSQL does and SQLite does not."""
    if piece.name and piece.name.lower() in [p.name.lower() for _, p in table.pieces() if p.name]:
        raise Refused("the name is taken")
    for name in piece.cols:
        table.column(name)
    if piece.kind == "pk":
        if table.primary()[0]:
            raise Refused("there is a primary key")
        for c in piece.order:
            require(table.column(c))
    table.constraints.append(piece)


def add_column(s, table, column):
    """At the end, as both engines do."""
    if column.name.lower() in [n.lower() for n in table.names()]:
        raise Refused("there is such a column")
    for p in column.pieces:
        for name in p.cols - {column.name}:
            table.column(name)
    column.touched = column.added = True
    table.columns.append(column)


class Action:
    """One action: its SQL, what it does to the schema, what a row's new values are."""
    def __init__(self, sql, apply, *args, values=None, column=None):
        self.sql, self.function, self.args = sql, apply, args
        self.values, self.column = values, column

    def apply(self, schema):
        """args are copied: a case may apply the action to several schemas."""
        self.function(schema, schema.table(schema.main.name), *copy.deepcopy(self.args))


def alter_column(r, q, rest):
    """The word COLUMN may be left out."""
    return spaced(r, key(r, r.choice(["ALTER", "ALTER COLUMN"])), q, rest)


def random_action(r, s):
    """An action on s.main; None where this one has nothing to work on."""
    table = s.main
    column = r.choice(table.columns)
    q = quoted(r, column.name)
    plain = [c for c in table.columns if not c.generated]
    what = r.choice(["set not null", "drop not null", "set default", "drop default", "type", "type using",
                     "drop column", "drop column", "add column", "add check", "add unique", "add fk", "add pk",
                     "drop constraint", "drop constraint", "rename constraint"])
    if what == "set not null":
        return Action(alter_column(r, q, key(r, "SET NOT NULL")), set_not_null, column.name)
    if what == "drop not null":
        return Action(alter_column(r, q, key(r, "DROP NOT NULL")), drop_not_null, column.name)
    if what == "set default":
        text = s.default(column)
        if text == "+7":
            text = "7"
        return Action(alter_column(r, q, spaced(r, key(r, "SET DEFAULT"), text)), set_default, column.name, text)
    if what == "drop default":
        return Action(alter_column(r, q, key(r, "DROP DEFAULT")), drop_default, column.name)
    if what in ("type", "type using"):
        return random_type(r, s, column, q, what)
    if what == "drop column":
        words = r.choice(["DROP", "DROP COLUMN", "DROP COLUMN IF EXISTS"])
        return Action(spaced(r, key(r, words), q), drop_column, column.name, "IF" in words)
    if what == "add column":
        return random_add(r, s)
    if what == "rename constraint" or what == "drop constraint":
        names = [p.name for _, p in table.pieces() if p.name and not getattr(p, "autoincrement", False)]
        if not names:
            return None
        old = r.choice(names)
        if what == "drop constraint":
            return Action(spaced(r, key(r, "DROP CONSTRAINT"), quoted(r, old)), drop_constraint, old)
        new = r.choice(["renamed", "select", r.choice(names)])
        return Action(spaced(r, key(r, "RENAME CONSTRAINT"), quoted(r, old), key(r, "TO"), quoted(r, new)),
                      rename_constraint, old, new)
    return random_constraint(r, s, what, plain)


def random_type(r, s, column, q, what):
    """None for a column of which the model cannot say what becomes of its values."""
    table = s.main
    if column.generated or column.name in table.primary()[0] or \
            any(column.name in p.cols for _, p in table.pieces() if p.kind == "fk"):
        return None
    kind = r.choice(["int", "text", "real", "any"])
    declared = r.choice([t for t in (STRICT_TYPES if table.strict else LOOSE_TYPES)[kind] if t and "weird" not in t]
                        or ["ANY"])
    words = spaced(r, key(r, r.choice(["TYPE", "SET DATA TYPE"])), declared)
    values = None
    if what == "type using":
        values = r.choice(["%s", "coalesce(%s, 1)", "length(%s)", "NULL", "typeof(%s)"])
        values = values.replace("%s", q)
        words = spaced(r, words, key(r, "USING"), values)
    elif declared.lower() == "blob":
        return None
    return Action(alter_column(r, q, words), set_type, column.name, declared, kind, values=values, column=column.name)


def random_add(r, s):
    """A column as in CREATE TABLE, but without names of constraints."""
    table = s.main
    name = r.choice(WORDS)
    column = s.make_column(table, name)
    column.spelling = r.choice(['"%s"' % name.replace('"', '""'), "`%s`" % name.replace("`", "``"), "[%s]" % name])
    if "(" in column.declared and "weird" in column.declared:
        column.declared = ""
    s.decorate(table, column)
    for p in column.pieces:
        p.name = None
        p.text = re.sub(r"(?is)^constraint(\s|--[^\n]*\n|/\*.*?\*/)*(\"(\"\"|[^\"])*\"|\[[^]]*\]|`[^`]*`|\w+)", "", p.text)
    if column.find("notnull") and column.find("default") and "NULL" in column.find("default").text:
        return None
    # SQLite takes a comment before GENERATED as a part of the type
    return Action(spaced(r, key(r, r.choice(["ADD", "ADD COLUMN"])), column.render(None if column.generated else r)),
                  add_column, column)


def random_constraint(r, s, what, plain):
    """what: "add check", "add unique", "add pk", "add fk"; plain: the columns that are not
    generated.
    """
    table = s.main
    if what == "add check":
        cols = r.sample(plain, min(len(plain), r.randint(1, 2)))
        piece = s.constraint("check", spaced(r, "CHECK", "(" + s.condition(cols) + ")"), [c.name for c in cols])
    elif what == "add unique":
        cols = [c.name for c in r.sample(table.columns, min(len(table.columns), r.randint(1, 2)))]
        piece = s.constraint("unique", spaced(r, "UNIQUE", "(%s)" % ", ".join(quoted(r, c) for c in cols)), cols,
                             order=cols)
    elif what == "add pk":
        if table.primary()[0] and r.random() < 0.8:
            return None
        cols = [c.name for c in r.sample(plain, min(len(plain), r.randint(1, 2)))]
        if len(cols) == 1 and table.column(cols[0]).declared.lower() == "integer":
            return None
        piece = s.constraint("pk", spaced(r, "PRIMARY KEY", "(%s)" % ", ".join(quoted(r, c) for c in cols)), cols,
                             order=cols, descending=False, autoincrement=False)
    else:
        parent = r.choice([t for t in s.tables if t.name in ("p", table.name)])
        keys = [k for k in parent.uniques() if len(k) == 1 and not parent.column(k[0]).generated]
        if not keys:
            return None
        cols = r.choice(keys)
        column = r.choice(plain)
        words = spaced(r, "FOREIGN KEY", "(%s)" % quoted(r, column.name))
        piece = s.constraint("fk", s.reference(parent, cols, words), [column.name], parent=parent.name,
                             parent_cols=cols)
    return Action(spaced(r, key(r, "ADD"), piece.text), add_constraint, piece)
