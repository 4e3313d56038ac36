"""The demo: a simulated ANAF, a database with a Romanian company connected to it, and Odoo's server over both."""

import fcntl
import hashlib
import json
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

from . import databases, odoo, postgres, processes
from .paths import ADDON, DATA_DIR, LOCAL, PYTHON, ROOT, SHELL

CIF = "9900001016"  # of demo/company.xml
LOG = LOCAL / "logs"


@contextmanager
def simulator(port=0, *arguments):
    """ANAF on 127.0.0.1, knowing the certificate 'demo'; yields its address."""
    port = processes.free_port(port)
    for folder in (LOG, LOCAL / "conf"):
        folder.mkdir(exist_ok=True)
    with (
        open(LOG / "simulator.log", "a") as log,
        processes.running(
            [PYTHON, "-m", "anaf_simulator", "--port", port, "--trust-any-token", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        ) as process,
    ):
        if not processes.wait_for_port(port, process, 20):
            raise SystemExit(f"The simulator did not start:\n{(LOG / 'simulator.log').read_text()[-2000:]}")
        url = f"http://127.0.0.1:{port}"
        _seals(url).write_bytes(b"".join(_get(f"{url}/_control/{name}") for name in ("ca.pem", "seal/test.pem")))
        try:
            yield url
        finally:
            _seals(url).unlink(missing_ok=True)


def _get(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read()


def _seals(url):
    """The file with the certificates that the simulator at `url` seals with."""
    return LOCAL / "conf" / f"seals-{url.rpartition(':')[2]}.pem"


def control(url, action, **values):
    """One call of the simulator's control interface, with `values` an order, without a look; returns its answer."""
    request = urllib.request.Request(f"{url}/_control/{action}", data=json.dumps(values).encode() if values else None)
    return json.loads(_get(request))


def endpoints(url):
    """The environment that makes Odoo talk to the simulator at `url`."""
    return {
        "L10N_RO_EFACTURA_API_URL": url,
        "L10N_RO_EFACTURA_PUBLIC_URL": url,
        "L10N_RO_EFACTURA_OAUTH_URL": f"{url}/anaf-oauth2/v1",
        "L10N_RO_EFACTURA_TRUSTED_CERTIFICATES": str(_seals(url)),
    }


def shell(database, script, url, **variables):
    """Run the Python file `script` in Odoo's shell; returns the JSON that its last line prints."""
    done = subprocess.run(
        odoo.command("shell", "-d", database, "--no-http", "--log-level=warn", "--max-cron-threads=0"),
        env={**odoo.environment(), **(endpoints(url) if url else {}), **variables},
        cwd=ROOT,
        input=script.read_text(),
        capture_output=True,
        text=True,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise SystemExit(f"{script.name} failed in {database}:\n{done.stdout[-2000:]}{done.stderr[-6000:]}")
    return json.loads(lines[-1])


def build(database, url):
    """A database with our addons, both languages and the demo data, connected to the simulator at `url`."""
    part = f"{database}_part"
    try:
        databases.copy(databases.template(), part)
        if odoo.run(
            "-d",
            part,
            "-i",
            ADDON,
            "--load-language=ro_RO",
            "--stop-after-init",
            "--max-cron-threads=0",
            "--no-http",
            "--log-level=warn",
            quiet=True,
        ):
            raise SystemExit("Odoo could not install the addon.")
        shell(part, SHELL / "demo_load.py", url)
        databases.rename(part, database)
    finally:
        databases.drop(part)
    _stamp(database).write_text(_source())


def connect(database, url):
    """(Re)connect the demo company with tokens of the simulator at `url`."""
    tokens = control(url, "tokens", certificate="demo")
    return shell(
        database,
        SHELL / "demo_connect.py",
        url,
        DEMO_ACCESS=tokens["access_token"],
        DEMO_REFRESH=tokens["refresh_token"],
    )


@contextmanager
def only_one():
    """Two demos of one checkout would share a database and not their ANAF."""
    with open(LOCAL / "demo.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("The demo of this checkout is already running.")
        yield


def ready(database, url):
    """The demo database, made where it is missing, updated where the addon has changed since."""
    if not databases.exists(database):
        print("Making the demo company...", flush=True)
        build(database, url)
        connect(database, url)
    elif not _stamp(database).exists() or _stamp(database).read_text() != _source():
        print("Updating the demo database...", flush=True)
        if odoo.run(
            "-d",
            database,
            "-u",
            ADDON,
            "--stop-after-init",
            "--max-cron-threads=0",
            "--no-http",
            "--log-level=warn",
            quiet=True,
        ):
            raise SystemExit("Odoo could not update the demo database; ./dev/demo --fresh makes a new one.")
        _stamp(database).write_text(_source())
    # the simulator takes the tokens of an earlier start as long as they last
    if not postgres.execute(
        "SELECT 1 FROM l10n_ro_efactura_credential WHERE access_expires_at > now() + '30 days'", dbname=database
    ):
        connect(database, url)


def _stamp(database):
    return DATA_DIR / f"{database}.source"


def _source():
    digest = hashlib.sha256()
    for addon in odoo.our_addons():
        for path in sorted((ROOT / addon).rglob("*")):
            if path.is_file() and path.suffix != ".pyc" and "tests" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def start_failed(log):
    """End with the last lines of Odoo's log."""
    sys.exit(f"Odoo did not start:\n{log.read_text()[-4000:]}")
