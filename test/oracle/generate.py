"""Random histories and what may be asked of them; the same seed gives the same cases."""
import random

from cases import Graph

WORDS = ("initial", "add_users", "orders", "v2", "users2", "a1", "b", "zz9", "r_0", "q3", "Initial")
LABELS = ("billing", "auth", "core", "reports", "shop", "lab", "Core", "my-label")
NONSENSE = ("", " ", "nope", "@", "@head", "head@", "head@x", "core@", "+", "-", "+0", "-0",
            "head+1", "heads-1", "heads+1", "base+1", "base-1", "HEAD", "+1+1", "--1", "a:b", "head:base",
            "+99999999999999999999", "current", "nolabel@head", "nolabel@base", "nolabel@+1",
            "nolabel@-1", "nolabel@heads", "+1abc", "-1abc", "+01", "head-1x", "%",
            "billing@auth@head")


class Maker:
    """A history in the making."""

    def __init__(self, rng, size):
        self.r, self.size, self.ids, self.down, self.needs, self.labels = rng, size, [], {}, {}, {}

    def new_id(self):
        r = self.r
        while True:
            p = r.random()
            if p < 0.12:
                name = r.choice(WORDS)
            elif p < 0.3 and self.ids:
                name = r.choice(self.ids)[:r.randint(3, 6)] + "%06x" % r.getrandbits(24)
            elif p < 0.34:
                name = "%012d" % r.randrange(10 ** 12)
            elif p < 0.36 and self.ids:
                name = r.choice(self.ids) + r.choice("0ab")
            else:
                name = "%012x" % r.getrandbits(48)
            if name not in self.down and len(name) < 40:
                return name

    def add(self, down):
        name = self.new_id()
        self.ids.append(name)
        self.down[name], self.needs[name], self.labels[name] = list(down), [], []
        return name

    def line(self, n, top=None):
        for _ in range(n):
            top = self.add([top] if top else [])
        return top

    def heads(self):
        used = {d for down in self.down.values() for d in down}
        return [i for i in self.ids if i not in used]

    def revisions(self):
        return [{"id": i, "down": self.down[i], "needs": self.needs[i], "labels": self.labels[i]}
                for i in sorted(self.ids)]

    def graph(self):
        return Graph(self.revisions())


def some(k, n):
    return k.r.randint(1, max(1, n * k.size))


def linear(k):
    k.line(some(k, 8))


def branches(k):
    k.line(some(k, 4))
    for _ in range(some(k, 3)):
        k.line(some(k, 3), k.r.choice(k.ids))


def diamonds(k):
    top = k.line(some(k, 2))
    for _ in range(some(k, 2)):
        arms = [k.line(k.r.randint(1, 3), top) for _ in range(k.r.randint(2, 3))]
        k.r.shuffle(arms)
        top = k.add(arms)
    k.line(k.r.randint(0, 2), top)
    if k.r.random() < 0.3:
        k.line(k.r.randint(1, 2), k.r.choice(k.ids))


def merges(k):
    k.line(1)
    for _ in range(some(k, 7)):
        heads = k.heads()
        if k.r.random() < 0.35 and len(heads) > 1:
            k.add(k.r.sample(heads, k.r.randint(2, min(3, len(heads)))))
        else:
            k.line(k.r.randint(1, 2), k.r.choice(k.ids if k.r.random() < 0.6 else heads))


def bases(k):
    for _ in range(k.r.randint(2, 4)):
        k.line(some(k, 4))
    for _ in range(k.r.randint(0, 2)):
        k.line(k.r.randint(1, 2), k.r.choice(k.ids))
    if k.r.random() < 0.4:
        k.add(k.r.sample(k.heads(), 2))


def depending(k):
    bases(k)
    depend(k, some(k, 4))


def anything(k):
    """Any graph without a cycle; parents may be redundant."""
    for _ in range(some(k, 12)):
        n = k.r.choice((0, 1, 1, 1, 1, 2, 2, 3)) if k.ids else 0
        k.add(k.r.sample(k.ids, min(n, len(k.ids))))
    depend(k, k.r.choice((0, 0, 1, 2, 3)))


def depend(k, n):
    for _ in range(n):
        if len(k.ids) < 2:
            return
        a, b = k.r.sample(k.ids, 2)
        g = k.graph()
        if a in g.below([b]):
            a, b = b, a
        if a in g.below([b]) or b in k.needs[a] or (b in g.below([a]) and k.r.random() < 0.7):
            continue
        k.needs[a].append(b)


def label(k):
    names = list(LABELS)
    k.r.shuffle(names)
    for _ in range(k.r.choice((0, 0, 1, 1, 2, 3))):
        pool = k.r.choice((k.ids, k.heads(), [i for i in k.ids if not k.down[i]]))
        k.labels[k.r.choice(pool)].append(names.pop())
    named = [(i, x) for i in k.ids for x in k.labels[i]]
    if named and k.r.random() < 0.25:
        b, name = k.r.choice(named)
        g = k.graph()
        may = [i for i in k.ids if i not in g.below([b]) and b not in g.below([i])]
        if may:
            k.needs[k.r.choice(may)].append(name)


def spoil(k):
    """A history that must be refused."""
    a, b = k.r.sample(k.ids, 2)
    below = sorted(k.graph().below([a]))
    how = k.r.randrange(6)
    if how == 0:
        k.down[k.r.choice(below)].append(a)
    elif how == 1:
        k.needs[k.r.choice(below)].append(a)
    elif how == 2:
        k.down[a].append("123456789abc")
    elif how == 3:
        k.needs[a].append("123456789abc")
    elif how == 4:
        k.labels[a].append("twice")
        k.labels[b].append("twice")
    else:
        k.labels[a].append(b)


SHAPES = ((linear, 12), (branches, 18), (diamonds, 12), (merges, 16), (bases, 14), (depending, 18),
          (anything, 12))


class Asker:
    """Draws commands and targets for a history and version rows."""

    def __init__(self, rng, revisions, rows, do):
        self.r, self.rows, self.do = rng, rows, do
        self.ids = [r["id"] for r in revisions] or ["deadbeefcafe"]
        self.labels = [x for r in revisions for x in r["labels"]]
        applied = Graph(revisions).below(rows)
        self.near = [i for i in self.ids if (i in applied) == (do == "downgrade")] or self.ids

    def one(self):
        p = self.r.random()
        if self.rows and p < 0.2:
            return self.r.choice(self.rows)
        return self.r.choice(self.near if p < 0.7 else self.ids)

    def partial(self):
        return self.one()[:self.r.choice((1, 2, 3, 3, 4, 4, 5, 6, 8, 11))]

    def symbol(self):
        p = self.r.random()
        if p < 0.2:
            return self.partial()
        return self.r.choice(self.labels) if self.labels and p < 0.4 else self.one()

    def branch(self):
        if self.labels and self.r.random() < 0.8:
            return self.r.choice(self.labels)
        return self.symbol()

    def offset(self):
        sign = {"upgrade": "+", "downgrade": "-"}.get(self.do)
        if sign is None or self.r.random() < 0.15:
            sign = self.r.choice("+-")
        return sign + str(self.r.choice((1, 1, 1, 1, 2, 2, 3, 4, 7, 50, 0)))

    def target(self):
        at = lambda rest: self.branch() + "@" + rest
        ways = ((14, self.one), (8, self.partial), (6, lambda: "head"), (7, lambda: "heads"),
                (8, lambda: "base"), (14, self.offset), (9, lambda: self.symbol() + self.offset()),
                (4, self.branch), (5, lambda: at("head")), (3, lambda: at("heads")),
                (4, lambda: at("base")), (9, lambda: at(self.offset())),
                (5, lambda: at(self.symbol())),
                (4, lambda: at(self.symbol() + self.offset())),
                (4, lambda: self.symbol() + "@head"),
                (2, lambda: at("base" + self.offset())), (2, lambda: at("head" + self.offset())),
                (4, lambda: self.r.choice(NONSENSE)))
        return self.r.choices([w for _, w in ways], [n for n, _ in ways])[0]()

    def range(self):
        p = self.r.random()
        if p < 0.2:
            return None
        if p < 0.25:
            return self.target()
        end = lambda: self.r.choice(("", "current", self.target(), self.target(), self.one()))
        return end() + ":" + end()

    def question(self):
        if self.do in ("heads", "heads_resolved", "branches", "current", "labels"):
            return None
        if self.do == "history":
            return self.range()
        if self.do == "merge" or self.do in ("stamp", "purge") and self.r.random() < 0.3:
            parts = [self.target() for _ in range(self.r.choice((2, 2, 3)))]
            # a list of targets is one text here: each must be one that a comma can stand behind
            return [t.strip() or "heads" for t in parts]
        target = self.target()
        return "nope" if self.do == "depend" and not target.strip() else target  # blank: on nothing


COMMANDS = (("upgrade", 34), ("downgrade", 30), ("stamp", 15), ("purge", 2), ("history", 9),
            ("show", 6), ("revision", 3), ("splice", 3), ("merge", 4), ("depend", 3), ("current", 2),
            ("heads", 1), ("heads_resolved", 1), ("branches", 1), ("labels", 2))


def rows_of(rng, revisions):
    """Version rows as a database may have them: the newest of what some commands left applied."""
    g = Graph(revisions)
    ids = sorted(g.down)
    if not ids or rng.random() < 0.2:
        return []
    if rng.random() < 0.02:
        return sorted(rng.sample(ids, min(2, len(ids))))
    rows = g.tips(g.below(rng.sample(ids, min(len(ids), rng.choice((1, 1, 2, 2, 3, 4))))))
    return sorted(rows + (["cafebabe0000"] if rng.random() < 0.01 else []))


def histories(seed, count, size=1):
    """Yields (name, revisions, cases), count cases in all.  size: times as many revisions."""
    rng = random.Random(seed)
    while count > 0:
        k = Maker(rng, size)
        shape = rng.choices([s for s, _ in SHAPES], [w for _, w in SHAPES])[0]
        name = shape.__name__
        if rng.random() < 0.99:
            shape(k)
            label(k)
            if rng.random() < 0.03 and len(k.ids) > 1:
                spoil(k)
                name = "spoilt " + name
        revisions, cases = k.revisions(), []
        for _ in range(min(count, 1 if "spoilt" in name else rng.randint(1, 5))):
            rows = rows_of(rng, revisions) if "spoilt" not in name else []
            do = rng.choices([c for c, _ in COMMANDS], [w for _, w in COMMANDS])[0]
            cases.append({"revisions": revisions, "rows": rows, "do": do,
                          "target": Asker(rng, revisions, rows, do).question()})
        count -= len(cases)
        yield name, revisions, cases
