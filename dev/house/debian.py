"""Debian packages without root: apt checks and downloads them, dpkg unpacks them into our own folder.

The machine's own apt source is read for its address and keyring, so that mirrors and proxies set up by the
administrator are respected; nothing of the system's package state is read for writing or changed.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from .paths import LOCAL

APT = LOCAL / "apt"


def _sources():
    """(uri, suites, keyring or '') of every package source of this machine, deb822 and one-line formats."""
    etc = Path("/etc/apt")
    for path in sorted(etc.glob("sources.list.d/*.sources")):
        for stanza in re.split(r"\n[ \t]*\n", path.read_text()):
            fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*)$", stanza, re.M))
            if "deb" in fields.get("Types", "").split() and fields.get("Enabled", "yes").lower() != "no":
                for uri in fields.get("URIs", "").split():
                    yield uri, fields.get("Suites", "").split(), fields.get("Signed-By", "").strip()
    for path in [etc / "sources.list", *sorted(etc.glob("sources.list.d/*.list"))]:
        for line in path.read_text().splitlines() if path.exists() else ():
            found = re.match(r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)", line)
            if found:
                signed = re.search(r"signed-by=(\S+)", found["options"] or "")
                yield found["uri"], [found["suite"]], signed[1] if signed else ""


def _debian_source():
    """(uri, keyring) of the machine's main Debian source: the one that offers its own release."""
    release = dict(re.findall(r'^(\w+)="?([^"\n]*)', Path("/etc/os-release").read_text(), re.M))
    names = {release.get("VERSION_CODENAME"), "stable", "testing", "unstable", "sid"} - {None}
    keyrings = [str(path) for path in sorted(Path("/usr/share/keyrings").glob("debian-archive-keyring.*"))]
    for uri, suites, keyring in _sources() if release.get("ID") == "debian" else ():
        if names & set(suites) and "security" not in uri:
            return uri, keyring if keyring.startswith("/") else next(iter(keyrings), "")
    raise SystemExit(
        "No Debian package source found under /etc/apt. This set-up needs a Debian machine, "
        "or an Odoo 19 named by the ODOO variable."
    )


class Suite:
    """One Debian suite ('sid', 'bookworm'...) seen through our own lists and cache."""

    def __init__(self, name):
        self.name = name
        self.folder = APT / name
        self.environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
        for part in ("lists/partial", "cache/archives/partial", "debs"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        uri, keyring = _debian_source()
        source = self.folder / "sources.list"
        signed = f"[signed-by={keyring}] " if keyring else ""
        source.write_text(f"deb {signed}{uri} {name} main\n")
        self.options = [
            "-o",
            f"Dir::Etc::SourceList={source}",
            "-o",
            "Dir::Etc::SourceParts=/dev/null",
            "-o",
            f"Dir::State::Lists={self.folder / 'lists'}",
            "-o",
            f"Dir::Cache={self.folder / 'cache'}",
            "-o",
            "Dir::Etc::PreferencesParts=/dev/null",
            "-o",
            "Dir::Etc::Preferences=/dev/null",
            "-o",
            "Debug::NoLocking=1",
            "-o",
            "APT::Sandbox::User=",
            "-o",
            "Acquire::Retries=3",
        ]
        self._apt("apt-get", "update")

    def _apt(self, program, *arguments):
        done = subprocess.run(
            [program, "-q", *self.options, *arguments],
            cwd=self.folder / "debs",
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SystemExit(f"{program} {' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def missing_closure(self, package):
        """`package` and what it needs that this machine lacks, as a list of 'name=version'."""
        planned = self._apt("apt-get", "--simulate", "--no-install-recommends", "install", package)
        return [f"{name}={version}" for name, version in re.findall(r"^Inst (\S+) (?:\[\S+\] )?\((\S+)", planned, re.M)]

    def unpack(self, packages, tree):
        """Download `packages` (apt verifies signature and hash) and unpack them over the folder `tree`."""
        debs = self.folder / "debs"
        shutil.rmtree(debs)
        debs.mkdir()
        self._apt("apt-get", "download", *packages)
        for deb in sorted(debs.glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", deb, tree], check=True)
        shutil.rmtree(debs)
