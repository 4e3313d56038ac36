"""Encryption of what must never be read from a database: tokens and client secrets.

The key lives outside the database: ``l10n_ro_efactura_secret_key`` in odoo.conf or the environment (several,
separated by commas: the first encrypts, all decrypt), else a file in Odoo's data folder, beside the filestore.
A stored value is ``<key fingerprint>$<Fernet token>``. The Fernet key is derived from the key *and* the database's
uuid, so that a restored copy with an identity of its own cannot open anything.
"""
import base64
import logging
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from odoo.exceptions import UserError
from odoo.tools import config

from ..common.core import get_parameter
from ..common.knobs import knob

_logger = logging.getLogger(__name__)

TABLE = 'l10n_ro_efactura_credential'
COLUMNS = ('access_cipher', 'refresh_cipher', 'client_secret_cipher')


class VaultLocked(UserError):
    """A stored secret cannot be opened here. ``code``: ``key_missing`` or ``other_database``."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def encrypt(env, text):
    """`text` as it may be stored, encrypted with the first key.

    The key file is made here, at the very first secret of a database without a configured key, and never again.

    :raises VaultLocked: secrets of a key that is not here are stored already
    """
    keys = _keys() or [_new_key_file(env)]
    return f'{fingerprint(keys[0])}${_fernet(keys[0], _uuid(env)).encrypt(text.encode()).decode()}'


def decrypt(env, stored):
    """The text behind a stored value; '' for none. Never makes a key.

    :raises VaultLocked: the key is not here, or the value belongs to another database
    """
    if not stored:
        return ''
    known, _, token = stored.partition('$')
    keys = [key for key in _keys() if fingerprint(key) == known]
    if not keys:
        raise VaultLocked('key_missing', env._(
            "The encryption key of the connection to ANAF is missing on this server (key %s). Restore the key, "
            "or disconnect and connect to ANAF again.", known))
    try:
        return MultiFernet([_fernet(key, _uuid(env)) for key in keys]).decrypt(token.encode()).decode()
    except InvalidToken:
        raise VaultLocked('other_database', env._(
            "The connection to ANAF belongs to another database (this one is a copy). Disconnect and connect to "
            "ANAF again.")) from None


def is_current(stored):
    """True when the value is encrypted with the key that encrypts now."""
    keys = _keys()
    return bool(stored and keys) and stored.partition('$')[0] == fingerprint(keys[0])


@lru_cache
def _stretched(key):
    """32 bytes from a key of any length; slow on purpose, so that a short one is not guessed from a dump."""
    return Scrypt(salt=b'l10n_ro_efactura', length=32, n=2**14, r=8, p=1).derive(key.encode())


def _derived(key, purpose):
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(_stretched(key))


def fingerprint(key):
    """A short name of a key; tells nothing about it."""
    return _derived(key, 'fingerprint').hex()[:12]


@lru_cache
def _fernet(key, uuid):
    return Fernet(base64.urlsafe_b64encode(_derived(key, f'fernet:{uuid}')))


def _uuid(env):
    return get_parameter(env, 'database.uuid') or ''


def key_file():
    """Where the key is when none is configured: outside the database and outside the filestore."""
    return Path(config['data_dir']) / 'l10n_ro_efactura' / 'secret.key'


def _keys():
    """All keys, the encrypting one first. A key file stays readable after a key was configured."""
    keys = [key.strip() for key in (knob('secret_key') or '').split(',') if key.strip()]
    try:
        keys.append(key_file().read_text('ascii').strip())
    except FileNotFoundError:
        pass
    return keys


def _new_key_file(env):
    """Make the key file, whole or not at all, never over an existing one; returns the key that is in it."""
    env['l10n_ro_efactura.credential'].flush_model(COLUMNS)
    env.cr.execute(f"SELECT split_part(coalesce({', '.join(COLUMNS)}), '$', 1) FROM {TABLE}"
                   f" WHERE coalesce({', '.join(COLUMNS)}) IS NOT NULL LIMIT 1")
    for [known] in env.cr.fetchall():
        raise VaultLocked('key_missing', env._(
            "The encryption key of the connection to ANAF is missing on this server (key %s). Restore the key, "
            "or disconnect and connect to ANAF again.", known))
    target = key_file()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(f'{target.name}.{secrets.token_hex(8)}')
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, 'w') as file:
            file.write(Fernet.generate_key().decode())
            file.flush()
            os.fsync(file.fileno())
        os.link(part, target)  # fails where another worker was first: its key is ours then
        _logger.info("A new encryption key was made in %s: include it in your backups.", target)
    except FileExistsError:
        pass
    finally:
        part.unlink()
    return target.read_text('ascii').strip()
