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

APT = LOCAL / 'apt'


def _debian_source():
    """(uri, keyring) of the machine's main Debian source, from the deb822 or the one-line format."""
    keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
    etc = Path('/etc/apt')
    for path in sorted(etc.glob('sources.list.d/*.sources')):
        for stanza in re.split(r'\n\s*\n', path.read_text()):
            fields = dict(re.findall(r'^([\w-]+):[ \t]*(.+)$', stanza, re.M))
            uri = fields.get('URIs', '').split(' ')[0]
            if uri.rstrip('/').endswith('/debian'):
                return uri, fields.get('Signed-By', keyring)
    for path in [etc / 'sources.list', *sorted(etc.glob('sources.list.d/*.list'))]:
        for line in path.read_text().splitlines() if path.exists() else ():
            found = re.match(r'deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+/debian)/?\s', line)
            if found:
                signed = re.search(r'signed-by=(\S+)', found['options'] or '')
                return found['uri'], signed[1] if signed else keyring
    raise SystemExit("No Debian package source found under /etc/apt. This set-up needs a Debian machine, "
                     "or an Odoo 19 named by the ODOO variable.")


class Suite:
    """One Debian suite ('sid', 'bookworm'...) seen through our own lists and cache."""

    def __init__(self, name):
        self.name = name
        self.folder = APT / name
        self.environment = {**os.environ, 'LC_ALL': 'C', 'DEBIAN_FRONTEND': 'noninteractive'}
        for part in ('lists/partial', 'cache/archives/partial', 'debs'):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        uri, keyring = _debian_source()
        source = self.folder / 'sources.list'
        source.write_text(f'deb [signed-by={keyring}] {uri} {name} main\n')
        self.options = [
            '-o', f'Dir::Etc::SourceList={source}', '-o', 'Dir::Etc::SourceParts=/dev/null',
            '-o', f'Dir::State::Lists={self.folder / "lists"}', '-o', f'Dir::Cache={self.folder / "cache"}',
            '-o', 'Dir::Etc::PreferencesParts=/dev/null', '-o', 'Dir::Etc::Preferences=/dev/null',
            '-o', 'Debug::NoLocking=1', '-o', 'APT::Sandbox::User=', '-o', 'Acquire::Retries=3',
        ]
        self._apt('apt-get', 'update')

    def _apt(self, program, *arguments):
        done = subprocess.run([program, '-q', *self.options, *arguments], cwd=self.folder / 'debs',
                              env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{program} {' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def missing_closure(self, package):
        """`package` and what it needs that this machine lacks, as a list of 'name=version'."""
        planned = self._apt('apt-get', '--simulate', '--no-install-recommends', 'install', package)
        return [f'{name}={version}' for name, version in re.findall(r'^Inst (\S+) (?:\[\S+\] )?\((\S+)', planned, re.M)]

    def unpack(self, packages, tree):
        """Download `packages` (apt verifies signature and hash) and unpack them over the folder `tree`."""
        debs = self.folder / 'debs'
        shutil.rmtree(debs)
        debs.mkdir()
        self._apt('apt-get', 'download', *packages)
        for deb in sorted(debs.glob('*.deb')):
            subprocess.run(['dpkg-deb', '-x', deb, tree], check=True)
        shutil.rmtree(debs)
