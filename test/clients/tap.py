"""What the Python tests share: lines "ok - name", connections, a small history."""
import ctypes
import os
import sqlite3
import subprocess
import sys
import tempfile

failed = 0

# the library's tables in SQLite
OWN_TABLES = ("migrate_revision", "migrate_version", "migrate_log", "migrate_snapshot",
              "migrate_compared")


def check(name, got, expected):
    """One test: both must be equal, else both are shown."""
    global failed
    good = got == expected
    print(("ok - " if good else "not ok - ") + name, flush=True)
    if not good:
        failed += 1
        print("# expected: %r\n# got:      %r" % (expected, got), flush=True)


def done():
    sys.exit(1 if failed else 0)


def history(n, prefix="r"):
    """A chain of n revisions, a table each."""
    scripts = []
    for i in range(1, n + 1):
        parent = "-- migrate:revises %s%04d\n" % (prefix, i - 1) if i > 1 else ""
        scripts.append("-- migrate:revision %s%04d\n%s"
                       "-- migrate:upgrade\nCREATE TABLE %s%04d (id integer);\n"
                       "-- migrate:downgrade\nDROP TABLE %s%04d;\n"
                       % (prefix, i, parent, prefix, i, prefix, i))
    return "".join(scripts)


def sqlite(path, **options):
    """A connection in autocommit mode with the module loaded."""
    options.setdefault("isolation_level", None)
    db = sqlite3.connect(path, **options)
    db.enable_load_extension(True)
    db.load_extension(os.environ["MIGRATE_SO"])
    db.enable_load_extension(False)
    return db


def db_config(db, option, on=None):
    """Asks sqlite3_db_config for a switch of a connection, and sets it; what it was.

    Python has this from 3.12 on (setconfig); before, the handle is the first field of the object.
    """
    if hasattr(db, "setconfig"):
        was = db.getconfig(option)
        if on is not None:
            db.setconfig(option, bool(on))
        return was
    library = ctypes.CDLL("libsqlite3.so.0")
    handle = ctypes.c_void_p.from_address(id(db) + object.__basicsize__)
    was = ctypes.c_int()
    library.sqlite3_db_config(handle, option, -1, ctypes.byref(was))
    if on is not None:
        library.sqlite3_db_config(handle, option, int(on), None)
    return bool(was.value)


def defensive(db, on=True):
    """Turns SQLite's defensive mode on, as better-sqlite3 and newer shells do; what it was."""
    return db_config(db, 1010, on)


def scalar(db, sql, *args):
    row = db.execute(sql, args).fetchone()
    return row[0] if row else None


def error(call):
    """The text of the exception that call raises."""
    try:
        call()
    except Exception as e:
        return str(e).strip()
    return "no error"


def scratch(name):
    return os.path.join(tempfile.mkdtemp(dir=os.environ.get("TMPDIR")), name)


def postgres(dbname="postgres"):
    import psycopg2
    db = psycopg2.connect(dbname=dbname)
    db.autocommit = True
    return db


def fresh_database(name):
    """A new database with the extension, and its name."""
    admin = postgres()
    with admin.cursor() as c:
        c.execute('DROP DATABASE IF EXISTS "%s" WITH (FORCE)' % name)
        c.execute('CREATE DATABASE "%s"' % name)
    admin.close()
    db = postgres(name)
    with db.cursor() as c:
        c.execute("CREATE EXTENSION migrate")
    db.close()
    return name


def rows(db, sql, *args):
    """All rows of a statement on a psycopg2 connection."""
    with db.cursor() as c:
        c.execute(sql, args or None)
        return c.fetchall() if c.description else None


def failure(db, sql, *args):
    """SQLSTATE, message, detail, hint and context of a statement's error; None: it succeeds."""
    import psycopg2
    try:
        rows(db, sql, *args)
    except psycopg2.Error as e:
        d = e.diag
        return (e.pgcode, d.message_primary, d.message_detail, d.message_hint, d.context)
    return None


def processes(n, *command):
    """Runs the command n times at once; a list of (exit status, output)."""
    running = [subprocess.Popen(list(command) + [str(i)], stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True) for i in range(n)]
    return [(p.wait(), p.stdout.read()) for p in running]


def as_postgres(*command):
    """Runs a server program, as user postgres where we are root."""
    command = (os.path.join(os.environ["PGBIN"], command[0]),) + command[1:]
    if os.getuid() == 0:
        keep = ["%s=%s" % (k, v) for k, v in os.environ.items() if k.startswith("PG")]
        command = ("runuser", "-u", "postgres", "--", "env", *keep) + command
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   cwd="/")
