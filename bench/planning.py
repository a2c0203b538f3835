#!/usr/bin/python3
"""Times of planning on large histories: reading the store, the graph, the order, the answer.

    planning.py      needs MIGRATE_SO and PGHOST, a server with the extension: bench/run sets both

Medians of five calls from the client's side.  "read" is the same rows selected by hand; the last
column is the ratio to that.  Alembic, where it is installed, plans the same history from scripts in
memory (it has no store to read), for at most 20 seconds.  Asserts nothing.
"""
import os
import signal
import statistics
import sys
import time

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path[:0] = [os.path.join(TOP, "test", "clients"), os.path.join(TOP, "test", "oracle")]
sys.dont_write_bytecode = True
import engines  # noqa: E402


def revision(name, *down):
    """down: the revisions that it revises."""
    return {"id": name, "down": list(down), "needs": [], "labels": []}


def linear(n):
    return [revision("r%05d" % i, *["r%05d" % (i - 1)] * (i > 0)) for i in range(n)]


def branches(n):
    return [revision("a")] + [revision("b%05d" % i, "a") for i in range(n)]


def merged(n):
    """Branches, and one merge of all."""
    return branches(n) + [revision("m", *("b%05d" % i for i in range(n)))]


def diamonds(n):
    """n branches, each merged before the next one begins."""
    out = [revision("m00000")]
    for i in range(1, n + 1):
        top = "m%05d" % (i - 1)
        out += [revision("l%05d" % i, top), revision("r%05d" % i, top),
                revision("m%05d" % i, "l%05d" % i, "r%05d" % i)]
    return out


HISTORIES = (("10,000 in a line", linear(10000)), ("2,000 branches, each merged", diamonds(2000)),
             ("2,000 branches, one merge", merged(2000)), ("2,000 branches, open", branches(2000)))
CALLS = (("read", "SELECT count(*), sum(length(revision) + length(CAST(revises AS text))) "
                  "FROM migrate_revision"),
         ("plan up", "SELECT count(*) FROM migrate_plan('heads')"),
         ("at head", "SELECT migrate_upgrade('heads')"),
         ("plan down", "SELECT count(*) FROM migrate_plan('base', 'downgrade')"),
         ("history", "SELECT count(*) FROM migrate_history()"),
         ("status", "SELECT migrate_status()"))


def timed(call, rounds=5):
    """Milliseconds, the median."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def measure(name, engine, title, revisions):
    """Loads the history once for all calls; "at head" is behind a stamp, so there is nothing to
    run.
    """
    engine.history(revisions)
    if name == "PostgreSQL":
        engine.rows("ANALYZE migrate_revision")
    base = None
    for what, sql in CALLS:
        if what == "at head":
            engine.rows("SELECT migrate_stamp('heads')")
        ms = timed(lambda: engine.rows(sql))
        base = base or ms
        print("%-10s  %-28s %-10s %9.1f ms %8.1f" % (name, title, what, ms, ms / base), flush=True)


def too_long(*_):
    """A signal handler."""
    raise TimeoutError


def alembic(title, revisions):
    """Planning alone, without a process and without reading files, of which Alembic would have one
    for each revision.
    """
    try:
        from alembic_answers import Directory
    except ImportError:
        return
    env = Directory(revisions)
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(20)
    try:
        start = time.perf_counter()
        env._upgrade_revs("heads", ())
        took = "%9.1f ms" % ((time.perf_counter() - start) * 1000)
    except TimeoutError:
        took = "over 20 s"
    signal.alarm(0)
    print("%-10s  %-28s %-10s %s" % ("Alembic", title, "plan up", took), flush=True)


def main():
    print("%-10s  %-28s %-10s %12s %8s" % ("", "history", "call", "", "ratio"))
    for title, revisions in HISTORIES:
        measure("SQLite", engines.SQLite(), title, revisions)
        measure("PostgreSQL", engines.PostgreSQL(), title, revisions)
        alembic(title, revisions)


main()
