#!/usr/bin/env python3
"""Cases for compare.py --cases -, without those that a text cannot express.

usage: cases.py ORACLE_DIRECTORY SEED COUNT

Targets reach the core as one text, with commas between several.  So a list
with one relative target, a text with a comma that is one target, and a list
where Alembic's get_revision() takes one name cannot be told from others.
"""
import json
import os
import re
import subprocess
import sys

RELATIVE = re.compile(r"(?:(.+?)@)?(\w+)?((?:\+|-)\d+)")


def expressible(case):
    target, op = case.get("target"), case["op"]
    if isinstance(target, str):
        return "," not in target or op in ("downgrade", "history", "resolve")
    if isinstance(target, list):
        if op == "resolve" or any(t != t.strip() or not t or "," in t for t in target):
            return False
        return len(target) > 1 or not (RELATIVE.match(target[0]) or ":" in target[0])
    return True


def main():
    oracle, seed, count = sys.argv[1:]
    command = [sys.executable, os.path.join(oracle, "gen.py"), "--seed", seed, "--count", count]
    for line in subprocess.Popen(command, stdout=subprocess.PIPE, text=True).stdout:
        if expressible(json.loads(line)):
            sys.stdout.write(line)


if __name__ == "__main__":
    main()
