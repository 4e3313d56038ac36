"""Databases made by copying a ready template: installing l10n_ro_edi takes a minute, a copy takes a second."""
import hashlib
import re
import shutil

from . import odoo, postgres
from .paths import DATA_DIR, ODOO_TREE, own_odoo

# what a Romanian Odoo 19 has before our addon comes; stock brings core's e-Transport
BASE_MODULES = ('l10n_ro_edi',)


def exists(name):
    return bool(postgres.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]))


def drop(name):
    """Drop a database of ours with its files; nothing happens where it is missing."""
    postgres.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(DATA_DIR / 'filestore' / name, ignore_errors=True)


def copy(source, target):
    """Make `target` an exact copy of `source`, attachments included, replacing what was there."""
    drop(target)
    postgres.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    files = DATA_DIR / 'filestore'
    if (files / source).exists():
        shutil.copytree(files / source, files / target)


def template(*modules):
    """The name of a database with core's modules (BASE_MODULES and `modules`) installed, made at the first call."""
    wanted = sorted({*BASE_MODULES, *modules})
    source = own_odoo() or (ODOO_TREE / '.complete').read_text()
    name = 'template_' + re.sub(r'\W', '', hashlib.sha256(repr((wanted, source)).encode()).hexdigest()[:12])
    if not exists(name):
        part = f'{name}_part'
        drop(part)
        odoo.install(part, *wanted)
        postgres.execute(f'ALTER DATABASE "{part}" RENAME TO "{name}"')
        files = DATA_DIR / 'filestore'
        if (files / part).exists():
            (files / part).rename(files / name)
    return name


def fresh(name, *modules):
    """A fresh database `name` with core's modules and `modules` of ours or core's installed."""
    copy(template(), name)
    if modules:
        odoo.install(name, *modules)
    return name
