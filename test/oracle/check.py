#!/usr/bin/python3
"""The module and the extension against Alembic's answers.

    check.py ENGINE FILE...               answers recorded in files; Alembic is not needed
    check.py --random ENGINE [SEED [COUNT [SIZE]]]
                                          Alembic is asked now; exit 1 on a difference not meant
    check.py --record FILE                writes Alembic's answers and our differences into FILE
    check.py --draw SEED COUNT            prints random cases for such a file

ENGINE: sqlite or postgresql; SIZE multiplies the revisions of a random history.
"""
import collections
import json
import os
import subprocess
import sys

import cases
import engines
import generate

HERE = os.path.dirname(os.path.abspath(__file__))


class Alembic:
    """Alembic in processes of its own, each with other dice."""

    def __init__(self):
        self.processes = []

    def process(self, seed):
        while len(self.processes) <= seed:
            self.processes.append(subprocess.Popen(
                [sys.executable, os.path.join(HERE, "alembic_answers.py")], text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                env=dict(os.environ, PYTHONHASHSEED=str(len(self.processes)))))
        return self.processes[seed]

    def ask(self, case, got):
        """Its answers, each once; where ours differs the dice are thrown again, twelve times."""
        line = json.dumps({k: case[k] for k in ("revisions", "rows", "do", "target")}) + "\n"
        answers, seen = [], []
        for seed in range(12):
            p = self.process(seed)
            p.stdin.write(line)
            p.stdin.flush()
            a = json.loads(p.stdout.readline())
            if cases.comparable(case, a) not in seen:
                seen.append(cases.comparable(case, a))
                answers.append(a)
            if cases.comparable(case, got) in seen:
                break
        return answers

    def close(self):
        for p in self.processes:
            p.stdin.close()
            p.wait()


def ours(engine, revisions, asked):
    """Our answer to each case of a history; one that is refused is the answer to all."""
    refused = engine.history(revisions)
    return [refused or engine.ask(case) for case in asked]


def show(name, revisions, case, expected, got):
    """A difference, as a case that can be put into a file."""
    print("# differs: history " + name)
    for r in revisions:
        print("#     " + cases.write_revision(r))
    print("# " + cases.write_ask(case))
    for title, answer in [("alembic", a) for a in expected] + [("ours", got)]:
        print("#     %s %s" % (title, answer.get("message", "")))
        for line in cases.write_answer(answer):
            print("#         " + line)


def replay(engine_name, paths):
    """A line for each history, so that a file of hundreds of cases has hundreds of tests."""
    engine, failed = engines.ENGINES[engine_name](), 0
    for path in paths:
        for name, revisions, asked in cases.read(path):
            good = True
            for case, got in zip(asked, ours(engine, revisions, asked)):
                expected = case.get("ours") or case["alembic"]
                if cases.comparable(case, expected) != cases.comparable(case, got):
                    good = False
                    show(name, revisions, case, [expected], got)
            failed += not good
            print("%sok - %s, %s, %d cases" % (
                "" if good else "not ", engine_name, name, len(asked)))
    return failed


def compare(engine_name, seed=1, count=1000, size=1):
    engine, alembic = engines.ENGINES[engine_name](), Alembic()
    meant, failed = collections.Counter(), 0
    for name, revisions, asked in generate.histories(seed, count, size):
        for case, got in zip(asked, ours(engine, revisions, asked)):
            answers = alembic.ask(case, got)
            why = cases.judge(case, answers, got)
            if why is False:
                failed += 1
                show(name, revisions, case, answers, got)
            meant[why or "same"] += 1
    alembic.close()
    print("%d cases on %s, seed %s: %d differ, %s" % (count, engine_name, seed, failed, ", ".join(
        "%s %d" % (why, n) for why, n in sorted(meant.items()) if why)))
    return failed


def record(path):
    engine, alembic = engines.SQLite(), Alembic()
    with open(path, encoding="utf-8") as f:
        head = "".join(line for line in f if line.startswith("#"))
    histories, failed = list(cases.read(path)), 0
    for name, revisions, asked in histories:
        for case, got in zip(asked, ours(engine, revisions, asked)):
            answers = alembic.ask(case, got)
            case["alembic"], why = answers[0], cases.judge(case, answers, got)
            case.pop("why", None)
            if why is None:
                case["alembic"] = next(a for a in answers if
                                       cases.comparable(case, a) == cases.comparable(case, got))
            elif why:
                case["why"], case["ours"] = why, got
            else:
                failed += 1
                show(name, revisions, case, answers, got)
    with open(path, "w", encoding="utf-8") as f:
        f.write(head + "\n")
        cases.write(histories, f)
    return failed


def main(args):
    if args[:1] == ["--random"]:
        return compare(args[1], *map(int, args[2:]))
    if args[:1] == ["--record"]:
        return record(args[1])
    if args[:1] == ["--draw"]:
        cases.write(generate.histories(int(args[1]), int(args[2])), sys.stdout)
        return 0
    if len(args) < 2 or args[0] not in engines.ENGINES:
        sys.exit(__doc__)
    return replay(args[0], args[1:])


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
