"""What a case is, how it stands in a file, and which of our differences from Alembic are meant.

A case: a history, version rows, a command and its target.  An answer: steps with the version rows
after each, a list, or the kind of an error.  In a file:

    history diamond
        a1 [label]
        b1 < a1
        b2 < a1
        c1 < b1 b2 needs x1
    ask b1 : upgrade head
        + b2 : b1 b2
        + c1 : c1

"+" is a step up, "-" one down, "=" a list, "!" an error; "nothing" an empty plan.  Where we differ
on purpose "ours REASON" follows, with our answer.
"""
import json
import re

# ---- graph: a plain model, to judge answers where Alembic has none that can be used ----


class Graph:
    def __init__(self, revisions):
        self.down = {r["id"]: r["down"] for r in revisions}
        label = {x: r["id"] for r in revisions for x in r["labels"]}
        self.needs = {r["id"]: [label.get(d, d) for d in r["needs"]] for r in revisions}

    def parents(self, x):
        return self.down.get(x, []) + self.needs.get(x, [])

    def below(self, ids):
        """ids and all that they need"""
        seen, todo = set(), list(ids)
        while todo:
            x = todo.pop()
            if x not in seen and x in self.down:
                seen.add(x)
                todo += self.parents(x)
        return seen

    def proper(self, ids):
        return self.below(p for x in ids for p in self.parents(x))

    def tips(self, applied):
        return sorted(applied - self.proper(applied))

    def nested(self, rows):
        return bool(set(rows) & self.proper(rows))

    def broken(self):
        """a missing parent, or a revision that comes back to itself"""
        return (any(p not in self.down for x in self.down for p in self.parents(x)) or
                any(x in self.proper([x]) for x in self.down))

    def redundant(self):
        """a parent that another parent has already"""
        return any(self.nested(self.parents(x)) or len(set(self.parents(x))) < len(self.parents(x))
                   for x in self.down)


def sound(case, answer):
    """Do the steps respect the graph, and are the rows after each the newest of what is applied?"""
    g = Graph(case["revisions"])
    applied = g.below(case["rows"])
    for sign, revision, rows in steps(answer):
        if case["do"] in ("stamp", "purge"):
            applied = g.below(rows)
        elif sign == "+":
            if revision in applied or not set(g.parents(revision)) <= applied:
                return False
            applied.add(revision)
        else:
            if revision not in applied or revision in g.proper(applied):
                return False
            applied.remove(revision)
        if sorted(rows) != g.tips(applied):
            return False
    return True


# ---- errors ----

KINDS = [(kind, re.compile(pattern, re.I | re.S)) for kind, pattern in (
    ("branch", r"no such branch|not a member of branch|already\s+used by revision"),
    ("ambiguous", r"multiple revisions start"),
    ("unknown", r"no such revision|can't locate revision"),
    ("heads", r"multiple heads? "),
    ("not_head", r"is not a head revision"),
    ("duplicate", r"duplicate head revisions|named twice|more than once"),
    ("steps", r"didn't produce|walked too far"),
    ("walk", r"ambiguous (walk|upgrade|downgrade)"),
    ("overlap", r"overlaps with"),
    ("cycle", r"cycle is detected|self-loop is detected"),
    ("place", r"is not an ancestor|not a valid (up|down)grade target|does not refer to ancestor"),
    ("range", r"range revision not allowed|history range requires"),
    ("name", r"not allowed in (revision|a revision)|is not a (revision|label)"),
    ("junk", r"text behind its number"),
    ("stamp", r"cannot stamp"),
    ("no head", r"names no revision"),
)]


def kind_of(message):
    """What an error is about, from Alembic's words or from ours."""
    for kind, pattern in KINDS:
        if pattern.search(message):
            return kind
    return "other"


# ---- differences on purpose: the README's list, one function for each ----

RELATIVE = re.compile(r"(?:(.+?)@)?(\w+)?((?:\+|-)\d+)")


def steps(answer):
    return answer.get("steps", ())


def moves(answer):
    """The steps without the rows."""
    return [s[:2] for s in steps(answer)]


def targets(case):
    target = case["target"]
    if not isinstance(target, str):
        return target or []
    return target.strip().split(":") if case["do"] == "history" else [target]


def one_step_down(case, alembic, ours):
    """Alembic takes the first of several rows and warns that it will refuse this."""
    return ours.get("error") == "walk" and any(
        "ambiguous" in warning for warning in alembic.get("warnings", ()))


def junk(case, alembic, ours):
    """Alembic's pattern has no end: +1x is +1."""
    return ours.get("error") in ("junk", "unknown", "branch", "ambiguous") and any(
        RELATIVE.match(t) and not RELATIVE.fullmatch(t) for t in targets(case))


def nested_stamp(case, alembic, ours):
    """Rows that contain each other, which no upgrade accepts afterwards."""
    return (case["do"] in ("stamp", "purge") and ours.get("error") == "overlap" and
            any(Graph(case["revisions"]).nested(rows) for rows in
                [case["rows"]] + [rows for _, _, rows in steps(alembic)]))


def nested_rows(case, alembic, ours):
    """Alembic's downgrade through a redundant parent leaves such rows, ours does not."""
    g = Graph(case["revisions"])
    rows = [(a[2], b[2]) for a, b in zip(steps(ours), steps(alembic))]
    return (case["do"] == "downgrade" and moves(ours) == moves(alembic) and
            all(set(a) <= set(b) and g.below(a) == g.below(b) for a, b in rows) and
            any(g.nested(b) for _, b in rows))


def random_order(case, alembic, ours):
    """Several dependencies of one revision: a set in Alembic, its order different in each run."""
    if not any(len(set(n)) > 1 for n in Graph(case["revisions"]).needs.values()):
        return False
    if "steps" in alembic:
        return sorted(moves(ours)) == sorted(moves(alembic)) and sound(case, ours)
    return (case["do"] == "history" and "list" in alembic and
            sorted(ours.get("list", ())) == sorted(alembic["list"]))


def broken_history(case, alembic, ours):
    """Cycles that Alembic does not see or fails on, missing parents: refused when added."""
    return ours.get("error") in ("cycle", "unknown", "name") and Graph(case["revisions"]).broken()


def no_head(case, alembic, ours):
    """A head that names nothing, and is not base: Alembic makes a new root of it."""
    return (case["do"] in ("revision", "splice", "merge") and ours.get("error") == "no head" and
            alembic.get("list") == [])


def crash(case, alembic, ours):
    """An AssertionError, KeyError or the like: a clear error, or the right answer."""
    return alembic.get("error") == "crash" and ("error" in ours or sound(case, ours))


DIFFERENCES = (one_step_down, junk, nested_stamp, nested_rows, random_order, broken_history,
               no_head, crash)


def comparable(case, answer):
    """The part of an answer that must be the same."""
    if "error" in answer:
        return ("error", answer["error"])
    if "steps" in answer:
        return ("steps", [(s, r, tuple(sorted(rows))) for s, r, rows in answer["steps"]])
    return ("list", answer["list"])


def judge(case, alembics, ours):
    """None where ours is one of Alembic's answers; the name of a difference that is meant; False.

    alembics: its answers under different hash seeds; more than one where it rolls dice."""
    if any(comparable(case, a) == comparable(case, ours) for a in alembics):
        return None
    for difference in DIFFERENCES:
        if difference is random_order and len(alembics) == 1:
            continue
        if any(difference(case, a, ours) for a in alembics):
            return difference.__name__
    return False


# ---- files ----

def write_word(text):
    return text if re.fullmatch(r"[^\s\"\[]\S*", text) else json.dumps(text)


def write_revision(r):
    parts = [r["id"]]
    if r["down"]:
        parts += ["<"] + r["down"]
    if r["needs"]:
        parts += ["needs"] + r["needs"]
    if r["labels"]:
        parts.append("[%s]" % " ".join(r["labels"]))
    return " ".join(parts)


def read_revision(line):
    r = {"id": None, "down": [], "needs": [], "labels": []}
    line, _, labels = line.partition("[")
    r["labels"] = labels.rstrip("]").split()
    line, _, needs = line.partition(" needs ")
    r["needs"] = needs.split()
    name, _, down = line.partition("<")
    r["id"], r["down"] = name.strip(), down.split()
    return r


def write_answer(answer):
    if "error" in answer:
        return ["! " + answer["error"]]
    if "list" in answer:
        return [" ".join(["="] + answer["list"])]
    return ["%s %s : %s" % (s, r, " ".join(sorted(rows)) or "-")
            for s, r, rows in answer["steps"]] or ["nothing"]


def read_answer(lines):
    if lines[0].startswith("! "):
        return {"error": lines[0][2:]}
    if lines[0].startswith("="):
        return {"list": lines[0][1:].split()}
    steps = []
    for line in lines if lines != ["nothing"] else []:
        sign, revision, _, *rows = line.split()
        steps.append([sign, revision, [r for r in rows if r != "-"]])
    return {"steps": steps}


def write_ask(case):
    target = case["target"]
    words = [] if target is None else [write_word(target)] if isinstance(target, str) else \
        [", ".join(target)]
    return "ask %s : %s" % (" ".join(case["rows"]) or "-", " ".join([case["do"]] + words))


def read_ask(line):
    rows, _, command = line[4:].partition(" : ")
    do, _, target = command.partition(" ")
    if target.startswith('"'):
        target = json.loads(target)
    elif ", " in target:
        target = target.split(", ")
    return {"do": do, "target": target if " " in command else None,
            "rows": [r for r in rows.split() if r != "-"]}


def read(path):
    """Yields (name, revisions, cases) of each history; a case has "alembic", and perhaps "ours" and
    "why"."""
    name, revisions, asked = None, [], []
    case = part = None

    def close():
        if case is None:
            return
        for key in ("alembic", "ours"):
            if case.get(key):
                case[key] = read_answer(case[key])
        asked.append(case)

    for line in open(path, encoding="utf-8"):
        line = line.rstrip("\n")
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if line.startswith("history"):
            close()
            if name is not None:
                yield name, revisions, asked
            name, revisions, asked, case = line[8:], [], [], None
        elif line.startswith("ask"):
            close()
            case = dict(read_ask(line), revisions=revisions, alembic=[])
            part = "alembic"
        elif text.startswith("ours "):
            case["why"], part = text[5:], "ours"
            case["ours"] = []
        elif case is None:
            revisions.append(read_revision(text))
        else:
            case[part].append(text)
    close()
    if name is not None:
        yield name, revisions, asked


def write(histories, out):
    for name, revisions, asked in histories:
        out.write("history %s\n" % name)
        for r in revisions:
            out.write("    %s\n" % write_revision(r))
        for case in asked:
            out.write(write_ask(case) + "\n")
            for line in write_answer(case["alembic"]) if case.get("alembic") else ():
                out.write("    %s\n" % line)
            if case.get("why"):
                out.write("    ours %s\n" % case["why"])
                for line in write_answer(case["ours"]):
                    out.write("        %s\n" % line)
        out.write("\n")
