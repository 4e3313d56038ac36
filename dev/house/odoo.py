"""Odoo's command line with our addons path, database server and data folder."""

import hashlib
import os
import subprocess
import sys
from contextlib import contextmanager

from . import processes
from .paths import (
    ADDON,
    BROWSER_TREE,
    DATA_DIR,
    GLUE_ADDON,
    LOCAL,
    ODOO_PACKAGES,
    ORDER_ADDONS,
    PYTHON,
    ROOT,
    extra_addons,
    own_odoo,
)
from .postgres import connection_options


def addons_path():
    """Our addons and the caller's; Odoo adds its own."""
    return [str(ROOT), *extra_addons()]


def write_conf(**options):
    """Write an odoo.conf for this database server and these `options`; returns its path.

    The file is named after its content, so that two commands at once never read each other's.
    """
    server = connection_options()
    values = {
        "addons_path": ",".join(addons_path()),
        "data_dir": str(DATA_DIR),
        "http_interface": "127.0.0.1",
        "db_host": server["host"],
        "db_port": server["port"],
        "db_user": server["user"],
        **({"db_password": server["password"]} if server["password"] else {}),
        "list_db": "False",
        **options,
    }
    text = "[options]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
    conf = LOCAL / "conf" / f"odoo-{hashlib.sha256(text.encode()).hexdigest()[:12]}.conf"
    conf.parent.mkdir(exist_ok=True)
    if not conf.exists():
        part = conf.with_suffix(f".{os.getpid()}")
        part.write_text(text)
        part.chmod(0o600)
        part.rename(conf)
    return conf


def command(*arguments):
    """The full command that runs Odoo with `arguments`."""
    if own_odoo():
        return [own_odoo(), *arguments]
    return [str(PYTHON), "-m", "odoo", *arguments]


def environment(**options):
    """The environment Odoo runs in; `options` go to its odoo.conf."""
    variables = {**os.environ, "ODOO_RC": str(write_conf(**options))}
    if (BROWSER_TREE / ".complete").exists():  # after the machine's own browsers
        variables["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), str(BROWSER_TREE / "bin")])
    if not own_odoo():
        variables["PYTHONPATH"] = os.pathsep.join(
            [str(ODOO_PACKAGES)] + [path for path in [os.environ.get("PYTHONPATH")] if path]
        )
    return variables


def run(*arguments, stdin=None, stdout=None, quiet=False, **options):
    """Run Odoo to its end; returns the exit code. With `quiet` only a failure's output is shown."""
    done = subprocess.run(
        command(*arguments),
        env=environment(**options),
        input=stdin,
        text=True,
        stdout=subprocess.PIPE if quiet else stdout,
        stderr=subprocess.STDOUT if quiet else None,
    )
    if quiet and done.returncode:
        print(done.stdout[-8000:], file=sys.stderr)
    return done.returncode


def install(database, *modules, **options):
    """Install `modules` into `database` (made if missing)."""
    if run(
        "-d",
        database,
        "-i",
        ",".join(modules),
        "--stop-after-init",
        "--max-cron-threads=0",
        "--no-http",
        "--log-level=warn",
        quiet=True,
        **options,
    ):
        raise SystemExit(f"Odoo could not install {', '.join(modules)}.")


@contextmanager
def server(database, port, *arguments, log=None, extra_environment=None, **options):
    """A running Odoo server, stopped at the end of the block; yields its process."""
    with processes.running(
        command("-d", database, "--http-port", str(port), "--gevent-port", str(processes.free_port()), *arguments),
        env={**environment(**options), **(extra_environment or {})},
        stdout=log,
        stderr=subprocess.STDOUT if log else None,
    ) as process:
        yield process


def our_addons():
    """The addons of this repository."""
    return [name for name in (ADDON, GLUE_ADDON, *ORDER_ADDONS) if (ROOT / name / "__manifest__.py").exists()]
