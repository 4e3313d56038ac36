"""Databases made by copying a ready template: installing l10n_ro_edi takes a minute, a copy takes a second."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager

import psycopg2

from . import odoo, postgres
from .paths import DATA_DIR, LOCAL, ODOO_TREE, own_odoo

# what a Romanian Odoo 19 has before our addon comes; stock brings core's e-Transport
BASE_MODULES = ("l10n_ro_edi",)


def exists(name):
    return bool(postgres.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]))


def drop(name):
    """Drop a database of ours with its files; nothing happens where it is missing."""
    postgres.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(DATA_DIR / "filestore" / name, ignore_errors=True)


def copy(source, target):
    """Make `target` an exact copy of `source`, attachments included, replacing what was there."""
    drop(target)
    for attempt in range(10):
        try:
            postgres.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
            break
        except psycopg2.errors.ObjectInUse:  # somebody looks at the template: a moment's wait
            if attempt == 9:
                raise
            time.sleep(1)
    files = DATA_DIR / "filestore"
    if (files / source).exists():
        shutil.copytree(files / source, files / target)


def rename(source, target):
    """Give the database `source` the free name `target`, with its files."""
    postgres.execute(f'ALTER DATABASE "{source}" RENAME TO "{target}"')
    # the addon holds its queue in a database that was renamed, until an administrator confirms: here it is us
    postgres.execute(
        "UPDATE ir_config_parameter SET value = %s WHERE key = 'l10n_ro_efactura.database'", [target], dbname=target
    )
    files = DATA_DIR / "filestore"
    if (files / source).exists():
        shutil.rmtree(files / target, ignore_errors=True)
        (files / source).rename(files / target)


def template(*modules):
    """The name of a database with core's modules (BASE_MODULES and `modules`) installed, made at the first call."""
    wanted = sorted({*BASE_MODULES, *modules})
    source = _odoo_source()
    # its list of modules names our addons too: one that was renamed would be installed by itself and not be found
    made_of = repr((wanted, source, odoo.our_addons()))
    name = "template_" + re.sub(r"\W", "", hashlib.sha256(made_of.encode()).hexdigest()[:12])
    with open(LOCAL / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not exists(name):
            print(f"Setting up: a database with {', '.join(wanted)}...", file=sys.stderr, flush=True)
            part = f"{name}_part"
            drop(part)
            odoo.install(part, *wanted)
            rename(part, name)
    return name


def _odoo_source():
    """Return a text that differs for each Odoo: our package's stamp, or ODOO's path and, where git knows it, commit."""
    if not own_odoo():
        return (ODOO_TREE / ".complete").read_text()
    commit = (
        shutil.which("git")
        and subprocess.run(
            ["git", "-C", os.path.dirname(os.path.realpath(own_odoo())), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
        ).stdout.strip()
    )
    return f"{own_odoo()} {commit or ''}"


def fresh(name, *modules, base=()):
    """A fresh database `name` with core's modules (and core's `base`) and `modules` of ours or core's installed."""
    copy(template(*base), name)
    if modules:
        odoo.install(name, *modules)
    return name


@contextmanager
def temporary(purpose, *modules, base=()):
    """A fresh database for the length of the block; what a killed run of ours left behind goes first."""
    for (left,) in postgres.execute(r"SELECT datname FROM pg_database WHERE datname ~ '^test_\d+_'"):
        if not os.path.exists(f"/proc/{left.split('_')[1]}"):
            drop(left)
    name = f"test_{os.getpid()}_{purpose}"
    try:
        yield fresh(name, *modules, base=base)
    finally:
        drop(name)
