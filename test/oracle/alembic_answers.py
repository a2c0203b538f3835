#!/usr/bin/python3
"""Alembic's answer to a case: JSON lines in, JSON lines out; its own code over scripts in memory.

The commands are those of its command line; revision, splice, merge and depend answer with what the
new script would say.  Under another PYTHONHASHSEED another answer may come: some of its orders are
those of a Python set.  Revisions are listed by identifier, which is how ties are decided here.
"""
import json
import pathlib
import signal
import sys
import types
import warnings

import alembic
from alembic.runtime.migration import HeadMaintainer, RevisionStep
from alembic.script.base import Script, ScriptDirectory
from alembic.script.revision import RevisionError, RevisionMap
from alembic.util import CommandError

from cases import kind_of

VERSION = tuple(int(x) for x in alembic.__version__.split(".")[:2])


class MemoryScript(Script):
    """A set of scripts is ordered by their addresses in Alembic; by their names here."""

    def __hash__(self):
        return hash(self.revision)

    def __eq__(self, other):
        return self is other


class Rows(HeadMaintainer):
    """Keeps the version rows in memory."""

    def __init__(self, rows):
        self.context, self.heads = None, set(rows)

    def _insert_version(self, version):
        assert version not in self.heads
        self.heads.add(version)

    def _delete_version(self, version):
        self.heads.remove(version)

    def _update_version(self, old, new):
        assert new not in self.heads
        self.heads.remove(old)
        self.heads.add(new)


class Written(Exception):
    """Carries what a new script would say."""


class Directory(ScriptDirectory):
    def __init__(self, revisions):
        self.scripts = [self.script(r) for r in sorted(revisions, key=lambda r: r["id"])]
        self.revision_map = RevisionMap(lambda: self.scripts)
        self.revision_map._revision_map  # loaded now: its errors are those of the scripts

    @staticmethod
    def script(r):
        def scalar(texts):
            return None if not texts else texts[0] if len(texts) == 1 else tuple(texts)

        if ":" in r["id"]:  # newer than Debian's
            raise RevisionError("Character(s) ':' not allowed in revision identifier " + r["id"])
        module = types.SimpleNamespace(
            down_revision=scalar(r["down"]), depends_on=scalar(r["needs"]),
            branch_labels=scalar(r["labels"]), upgrade=None, downgrade=None, __doc__=r["id"])
        module.upgrade = module.downgrade = lambda **kw: None
        return MemoryScript(module, r["id"], r["id"] + ".py")

    # what generate_revision() asks for on its way to the template
    dir, hooks, timezone, version_locations = "/", [], None, []
    _singular_version_location = versions = pathlib.Path("/versions")
    _version_locations = [versions]
    file_template, truncate_slug_length = "%(rev)s", 40

    def _ensure_directory(self, path):
        pass

    def _generate_create_date(self):
        return None

    def _rev_path(self, path, *rest):
        return self.versions / "new.py"

    def _generate_template(self, src, dest, down_revision, depends_on, **rest):
        raise Written(depends_on if rest["message"] == "depend" else down_revision)


def repair_unmerge():
    """Since 1.15 a downgrade brings no parent back that another parent has already (#1373)."""
    original = RevisionStep._unmerge_to_revisions

    def unmerge(self, heads):
        rows = original(self, heads)
        if set(heads) - {self.revision.revision}:
            return rows
        ancestors = self.revision_map._get_ancestor_nodes
        below = {a.revision for r in rows
                 for a in ancestors(self.revision_map.get_revisions(r)) if a.revision != r}
        return tuple(r for r in rows if r not in below)

    RevisionStep._unmerge_to_revisions = unmerge


if VERSION < (1, 15):
    repair_unmerge()


def run(steps, rows):
    kept, out = Rows(rows), []
    for step in steps:
        kept.update_to_step(step)
        stamp = not hasattr(step, "revision")
        to, frm = step.to_revisions, step.from_revisions
        revision = step.revision.revision if not stamp else (to or frm)[0]
        out.append(["+" if step.is_upgrade else "-", revision, sorted(kept.heads)])
    return {"steps": out}


def no_range(target):
    if isinstance(target, str) and ":" in target:
        raise CommandError("Range revision not allowed")
    return tuple(target) if isinstance(target, list) else target


def history(env, target, rows):
    base, head = "base", "heads"
    if target is not None:
        if ":" not in target:
            raise CommandError("History range requires [start]:[end], [start]:, or :[end]")
        base, head = target.strip().split(":")
    if head == "current":
        head = rows
    elif base == "current":
        base = rows
    return [s.revision for s in env.walk_revisions(base=base or "base", head=head or "heads")]


def make(env, do, target):
    """revision, splice, merge, depend: which parents (or dependencies) the new script names."""
    head = "base" if do == "depend" else target
    if do == "merge":
        head = [target] if isinstance(target, str) else target
    # a number that leads below a base makes a script that cannot be loaded
    assert do == "depend" or not {None, "base"} & set(env.get_revisions(head))
    try:
        env.generate_revision("new1", do, refresh=True, splice=do == "splice", head=head,
                              depends_on=[target] if do == "depend" else None)
    except Written as written:
        named = written.args[0]
        return [named] if isinstance(named, str) else list(named or ())


def listing(env, do, target, rows):
    rmap = env.revision_map
    if do == "history":
        return history(env, target, rows)
    if do == "show":
        return [s.revision for s in env.get_revisions(rows if target == "current" else target)]
    if do == "heads":
        return list(env.get_heads())
    if do == "heads_resolved":
        return list(rmap._real_heads)
    if do == "branches":
        return ["%s:%s" % (s.revision, ",".join(sorted(s.nextrev)))
                for s in env.walk_revisions() if s.is_branch_point]
    if do == "current":
        return sorted(s.revision for s in env.get_all_current(rows))
    if do == "labels":
        return ["%s:%s" % (s.revision, ",".join(sorted(s.branch_labels)))
                for s in env.walk_revisions() if s.branch_labels]
    return make(env, do, target)


def answer(case):
    env = Directory(case["revisions"])
    do, target, rows = case["do"], no_range(case["target"]) if case["do"] in (
        "upgrade", "downgrade") else case["target"], tuple(sorted(case["rows"]))
    if do == "upgrade":
        return run(env._upgrade_revs(target, rows), rows)
    if do == "downgrade":
        return run(env._downgrade_revs(target, rows), rows)
    if do in ("stamp", "purge"):
        rows = () if do == "purge" else rows
        targets = (target,) if isinstance(target, str) else tuple(target)
        return run(env._stamp_revs(targets, rows), rows)
    return {"list": listing(env, do, target, rows)}


class Hangs(Exception):
    pass


def too_long(*_):
    raise Hangs("no answer")


DELIBERATE = (CommandError, RevisionError)


def safe_answer(case):
    """The answer, or the error's kind: an exception that no user is meant to see is a crash."""
    said = []
    warnings.showwarning = lambda message, *rest: said.append(str(message))
    try:
        signal.setitimer(signal.ITIMER_REAL, 2)
        out = answer(case)
    except DELIBERATE as e:
        cause = str(e.__cause__ or "")
        out = {"error": kind_of(cause) if kind_of(cause) != "other" else kind_of(str(e)),
               "message": "%s / %s" % (e, cause)}
    except Exception as e:
        out = {"error": "crash", "message": "%s: %s" % (type(e).__name__, e)}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if said:
        out["warnings"] = said
    return out


def main():
    warnings.simplefilter("always")
    signal.signal(signal.SIGALRM, too_long)
    for line in sys.stdin:
        print(json.dumps(safe_answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
