"""kill -9 of the caller, the worker or the server, anywhere in a run: it can always be resumed.

Each statement's effect is there exactly once in the end, and no invalid index is left.  KILLS
says how often; `make crash` does it a few hundred times.
"""
import os
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
from tap import check, done, scratch  # noqa: E402

import psycopg2  # noqa: E402

CRASHES = int(os.environ.get("KILLS", "16"))
SEED = int(os.environ.get("SEED", str(random.randrange(10 ** 6))))
parent = os.path.dirname(scratch("x"))
os.chmod(parent, 0o777)
data = os.path.join(parent, "data")
OPTIONS = ("-c listen_addresses= -c unix_socket_directories=%s -c port=65431 -c fsync=off "
           "-c autovacuum=off -c max_connections=30" % parent)


def as_postgres(*command):
    """Runs a server program, as user postgres where we are root."""
    command = (os.path.join(os.environ["PGBIN"], command[0]),) + command[1:]
    if os.getuid() == 0:
        command = ("runuser", "-u", "postgres", "--") + command
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          cwd="/").returncode


def start():
    return as_postgres("pg_ctl", "-D", data, "-w", "-l", os.path.join(parent, "log"),
                       "-o", OPTIONS, "start")


def postmaster():
    with open(os.path.join(data, "postmaster.pid"), encoding="utf-8") as f:
        return int(f.readline())


def connect(dbname="crash"):
    """A connection, as soon as the server takes one again."""
    for _ in range(400):
        try:
            db = psycopg2.connect(dbname=dbname, host=parent, port=65431, user="postgres")
            db.autocommit = True
            return db
        except psycopg2.OperationalError:
            time.sleep(0.05)
    raise SystemExit("the server did not come back")


def rows(db, sql, *args):
    with db.cursor() as c:
        c.execute(sql, args or None)
        return c.fetchall() if c.description else None


def ask(sql):
    """A query in a session of its own; the server may just be going down because of a crash."""
    for _ in range(400):
        db = connect()
        try:
            return rows(db, sql)
        except psycopg2.OperationalError:
            time.sleep(0.05)
        finally:
            db.close()
    raise SystemExit("the server did not come back")


def effect(n):
    return "INSERT INTO effect VALUES (%d);\n" % n


NEW = False  # is the server 14 or newer?


def history():
    """Revisions with all kinds of statements; each INSERT is an effect that is counted."""
    off = "-- migrate:transaction off\n"
    bodies = [
        ("", effect(1) + "ALTER TABLE t ADD COLUMN c integer;\n" + effect(2)),
        (off, effect(3) + "CREATE INDEX CONCURRENTLY i1 ON t (a);\n" + effect(4) +
         "CREATE UNIQUE INDEX CONCURRENTLY i2 ON t (a, b);\n" + effect(5)),
        (off, "REINDEX TABLE CONCURRENTLY t;\nALTER TYPE mood ADD VALUE 'b';\n" + effect(6) +
         "REINDEX INDEX CONCURRENTLY i1;\nVACUUM ANALYZE t;\n"),
        ("", "CREATE TABLE u AS SELECT * FROM t;\n" + effect(7)),
        (off, "SET lock_timeout = '10s';\nDROP INDEX CONCURRENTLY i1;\n" + effect(8) +
         "ALTER TABLE p DETACH PARTITION p1%s;\n" % (" CONCURRENTLY" if NEW else "") + effect(9) +
         "CREATE INDEX CONCURRENTLY i3 ON u (b);\n"),
        ("", effect(10))]
    return "".join("-- migrate:revision r%d\n%s%s-- migrate:upgrade\n%s" % (
        i, "-- migrate:revises r%d\n" % (i - 1) if i else "", head, sql)
        for i, (head, sql) in enumerate(bodies))


def fresh():
    db = connect("postgres")
    rows(db, "DROP DATABASE IF EXISTS crash WITH (FORCE)")
    rows(db, "CREATE DATABASE crash")
    db.close()
    db = connect()
    rows(db, "CREATE EXTENSION migrate")
    rows(db, "CREATE TABLE effect (n integer)")
    rows(db, "CREATE TYPE mood AS ENUM ('a')")
    rows(db, "CREATE TABLE t AS SELECT g AS a, g % 10 AS b FROM generate_series(1, 40000) g")
    rows(db, "CREATE TABLE p (a integer) PARTITION BY LIST (a)")
    rows(db, "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)")
    rows(db, "SELECT migrate_add(%s)", history())
    db.close()


CALLER = """
import psycopg2, sys
db = psycopg2.connect(dbname="crash", host=sys.argv[1], port=65431, user="postgres")
db.autocommit = True
print("ready", flush=True)
db.cursor().execute("CALL migrate_upgrade_autocommit()")
"""


def pid_of(db, kind):
    found = rows(db, "SELECT pid FROM pg_stat_activity WHERE CASE %s WHEN 'caller' THEN "
                     "backend_type = 'client backend' AND pid <> pg_backend_pid() "
                     "ELSE backend_type = 'migrate worker' END", kind)
    return found[0][0] if found else None


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def crash(kind):
    """Runs the CALL and kills somebody meanwhile; was anything killed?"""
    db = connect()
    caller = subprocess.Popen([sys.executable, "-c", CALLER, parent], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
    caller.stdout.readline()
    time.sleep(random.random() * 0.25)
    target = None
    end = time.time() + 1
    while target is None and caller.poll() is None and time.time() < end:
        target = postmaster() if kind == "server" else pid_of(db, kind)
        time.sleep(0.001)
    killed = target is not None and caller.poll() is None and kill(target)  # else the CALL was faster
    db.close()
    error = caller.communicate()[1]
    if kind == "server" and killed:
        while start() != 0:
            time.sleep(0.1)
    return error


as_postgres("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N")
start()
NEW = connect("postgres").server_version >= 140000
random.seed(SEED)
problems = []
runs = 0
crashes = 0
at = {"stopped": 0, "running": 0}
try:
    while crashes < CRASHES:
        fresh()
        runs += 1
        for _ in range(random.randrange(1, 6)):
            kind = random.choice(["caller", "worker", "worker", "server"])
            error = crash(kind)
            if "psycopg2." in error and "Operational" not in error and "closed" not in error:
                problems.append((kind, error.strip().split("\n")[-3:]))
            crashes += 1
            at["stopped"] += "stopped" in ask("SELECT migrate_status()")[0][0]
        db = connect()
        try:
            rows(db, "CALL migrate_upgrade_autocommit()")
        except psycopg2.Error as e:
            problems.append(("resume", str(e)))
        got = (rows(db, "SELECT migrate_status()")[0][0],
               rows(db, "SELECT array_agg(n ORDER BY n) FROM effect")[0][0],
               rows(db, "SELECT array_agg(indexrelid::regclass::text) FROM pg_index "
                        "WHERE NOT indisvalid")[0][0],
               rows(db, "SELECT array_agg(indexrelid::regclass::text "
                        "ORDER BY indexrelid::regclass::text) FROM pg_index "
                        "WHERE indrelid::regclass::text IN ('t', 'u')")[0][0],
               rows(db, "SELECT count(*) FROM pg_inherits")[0][0])
        expected = ("0 of 6 revisions pending, current r5", list(range(1, 11)), None,
                    ["i2", "i3"], 0)
        if got != expected:
            problems.append(got)
        db.close()
finally:
    as_postgres("pg_ctl", "-D", data, "-m", "immediate", "stop")
if problems:
    print("# seed %d" % SEED)
    for p in problems[:5]:
        print("#", p)
check("resumed to the head after each of the crashes", problems, [])
if crashes >= 100:  # of a few, all may come too early or too late
    check("and many of them stopped a revision half way", at["stopped"] > crashes // 20, True)
print("# %d crashes in %d runs, %d stopped half way" % (crashes, runs, at["stopped"]))
done()
