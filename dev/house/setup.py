"""Set-up from nothing: Python packages, Odoo 19, a browser for the tours. Standard library only.

Each part is made beside its place and moved there when complete, with a stamp of what it was made from: a broken
or half-done part is simply made again.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from . import debian
from .paths import BROWSER_TREE, DEV, LOCAL, NPM, ODOO_PACKAGES, ODOO_TREE, PYTHON, VENV, own_odoo

ODOO_DEBS = [
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
]
# sid's newer Font Awesome has other file names: the web client would show no icons
ODOO_DEBS_BOOKWORM = ["fonts-font-awesome"]
# Debian strips this file but leaves it in the asset bundle: the page would log an error and fail every tour
STRIPPED_ASSET = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def enter(needs_odoo=True):
    """Make the set-up complete (or its Python packages only), then run the calling script in its environment."""
    try:
        if sys.version_info < (3, 10):  # noqa: UP036  (the caller's own Python)
            raise SystemExit("Python 3.10 or newer is needed.")
        LOCAL.mkdir(exist_ok=True)
        os.environ["PIP_CACHE_DIR"] = str(LOCAL / "pip-cache")
        with _one_at_a_time():
            _part("Python packages", VENV, _fingerprint(DEV / "requirements.txt", sys.version), _make_venv, PYTHON)
            if needs_odoo and not own_odoo():
                _part(
                    "Odoo 19",
                    ODOO_TREE,
                    " ".join(ODOO_DEBS + ODOO_DEBS_BOOKWORM),
                    _make_odoo,
                    ODOO_PACKAGES / "odoo" / "release.py",
                )
    except KeyboardInterrupt:
        print("\nSet-up interrupted: the next start goes on from here.", file=sys.stderr)
        sys.exit(130)
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(PYTHON, [str(PYTHON), *sys.argv])


def browser():
    """The path of a Chromium for the tours: the machine's own, else one unpacked into our folder."""
    for name in BROWSERS:
        if shutil.which(name):
            return shutil.which(name)
    with _one_at_a_time():
        _part(
            "Chromium for the browser tours",
            BROWSER_TREE,
            "chromium 2",
            _make_browser,
            BROWSER_TREE / "bin" / "chromium",
        )
    return str(BROWSER_TREE / "bin" / "chromium")


def prettier():
    """Install prettier and its plugin for XML at the versions of dev/package.json; False where there is no npm."""
    if not shutil.which("npm"):
        return False
    with _one_at_a_time():
        _part(
            "prettier",
            NPM,
            _fingerprint(DEV / "package.json"),
            _make_prettier,
            NPM / "node_modules" / "@prettier" / "plugin-xml" / "src" / "plugin.js",
        )
    return True


@contextmanager
def _one_at_a_time():
    with open(LOCAL / "setup.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fingerprint(path, *more):
    return hashlib.sha256(b"\0".join([path.read_bytes(), *(text.encode() for text in more)])).hexdigest()


def _part(title, place, wanted, make, proof):
    """Make the part at `place` unless it bears the stamp `wanted` and the file `proof` is really there."""
    stamp = place / ".complete"
    if stamp.exists() and stamp.read_text() == wanted and proof.exists():
        return
    print(f"Setting up: {title}...", file=sys.stderr, flush=True)
    shutil.rmtree(place, ignore_errors=True)
    make(place)
    stamp.write_text(wanted)


def _make_venv(place):
    """A virtual environment does not survive a move, so it is made in place; the stamp comes last."""
    if subprocess.run([sys.executable, "-m", "venv", place], capture_output=True).returncode:
        # Debian's python3 comes without ensurepip: take pip from Debian's own wheel
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--clear", place], check=True)
        wheels = LOCAL / "pip.part"
        shutil.rmtree(wheels, ignore_errors=True)
        debian.Suite(_debian_codename()).unpack(["python3-pip-whl"], wheels)
        pip = next(wheels.glob("usr/share/python-wheels/pip-*.whl"))
        _run([PYTHON, pip / "pip", "install", "-qq", "--no-index", pip])
        shutil.rmtree(wheels)
    _run([PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "-r", DEV / "requirements.txt"])


def _make_odoo(place):
    part = place.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    debian.Suite("sid").unpack(ODOO_DEBS, part)
    debian.Suite("bookworm").unpack(ODOO_DEBS_BOOKWORM, part)
    _mend_links(part)
    stripped = part / ODOO_PACKAGES.relative_to(ODOO_TREE) / STRIPPED_ASSET
    stripped.parent.mkdir(parents=True, exist_ok=True)
    stripped.touch()
    part.rename(place)


def _mend_links(tree):
    """Debian's links to /usr/share/... lead out of the unpacked tree: point them at its own copy."""
    for folder, folders, files in os.walk(tree):
        for name in folders + files:
            link = Path(folder) / name
            if link.is_symlink() and not link.exists():
                target = Path(os.path.normpath(os.path.join("/", link.parent.relative_to(tree), os.readlink(link))))
                inside = tree / target.relative_to("/")
                if inside.exists():
                    link.unlink()
                    link.symlink_to(os.path.relpath(inside, link.parent))


def _make_browser(place):
    part = place.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    suite = debian.Suite(_debian_codename())
    suite.unpack(suite.missing_closure("chromium"), part)
    _mend_links(part)
    launcher = part / "bin" / "chromium"
    launcher.parent.mkdir(exist_ok=True)
    launcher.write_text(
        "#!/bin/sh\n"
        "# the unpacked libraries and fonts first, then the machine's own\n"
        'tree=$(dirname "$(dirname "$(readlink -f "$0")")")\n'
        'for folder in $(find "$tree/usr/lib" "$tree/lib" -type d 2>/dev/null); do\n'
        "  LD_LIBRARY_PATH=$LD_LIBRARY_PATH:$folder; done\n"
        "export LD_LIBRARY_PATH\n"
        '[ -d "$tree/etc/fonts" ] && export FONTCONFIG_SYSROOT="$tree"\n'
        'exec "$tree/usr/lib/chromium/chromium" --no-sandbox "$@"\n'
    )
    launcher.chmod(0o755)
    part.rename(place)


def _make_prettier(place):
    place.mkdir()
    shutil.copy(DEV / "package.json", place)
    _run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", "--prefix", place])


def _debian_codename():
    return re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.M)[1]


def _run(command):
    if subprocess.run([str(part) for part in command]).returncode:
        raise SystemExit(f"Set-up stopped at: {' '.join(str(part) for part in command)}")
