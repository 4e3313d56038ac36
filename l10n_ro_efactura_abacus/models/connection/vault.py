"""Encryption of tokens and client secrets.

The key lives outside the database: ``l10n_ro_efactura_secret_key`` in odoo.conf or the environment (several,
separated by commas: the first encrypts, all decrypt), else a file in Odoo's data folder, beside the filestore.
A stored value is ``<key fingerprint>$<Fernet token>``. The Fernet key is derived from the key *and* the database's
uuid, so that a copy with another uuid cannot decrypt anything.
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

# Table and columns that hold encrypted values.
TABLE = "l10n_ro_efactura_credential"
COLUMNS = ("access_cipher", "refresh_cipher", "client_secret_cipher")


class VaultLocked(UserError):
    """A stored secret that cannot be decrypted here. ``code``: ``key_missing`` or ``other_database``."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def encrypt(env, text):
    """Return `text` encrypted with the first key, as it is stored.

    Creates the key file where no key is configured and no secret is stored yet.

    :raise VaultLocked: stored secrets need a key that is missing
    """
    keys = _keys() or [_new_key_file(env)]
    return f"{fingerprint(keys[0])}${_fernet(keys[0], _uuid(env)).encrypt(text.encode()).decode()}"


def decrypt(env, stored):
    """Return the text of a stored value; '' for none.

    :raise VaultLocked: the key is missing, or the value belongs to another database
    """
    if not stored:
        return ""
    known, _, token = stored.partition("$")
    keys = [key for key in _keys() if fingerprint(key) == known]
    if not keys:
        raise VaultLocked(
            "key_missing",
            env._(
                "The encryption key of the connection to ANAF is missing on this server (key %s). Restore the key, "
                "or disconnect and connect to ANAF again.",
                known,
            ),
        )
    try:
        return MultiFernet([_fernet(key, _uuid(env)) for key in keys]).decrypt(token.encode()).decode()
    except InvalidToken:
        raise VaultLocked(
            "other_database",
            env._(
                "The connection to ANAF belongs to another database (this one is a copy). Disconnect and connect to "
                "ANAF again."
            ),
        ) from None


def is_current(stored):
    """Return True when the value is encrypted with the first key."""
    keys = _keys()
    return bool(stored and keys) and stored.partition("$")[0] == fingerprint(keys[0])


@lru_cache
def _stretched(key):
    """Return 32 bytes from a key of any length; slow on purpose, against guessing a short key."""
    return Scrypt(salt=b"l10n_ro_efactura", length=32, n=2**14, r=8, p=1).derive(key.encode())


def _derived(key, purpose):
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(_stretched(key))


def fingerprint(key):
    """Return the first 12 hex digits of a hash of `key`, which tell nothing about it."""
    return _derived(key, "fingerprint").hex()[:12]


@lru_cache
def _fernet(key, uuid):
    return Fernet(base64.urlsafe_b64encode(_derived(key, f"fernet:{uuid}")))


def _uuid(env):
    return get_parameter(env, "database.uuid") or ""


def key_file():
    """Return the path of the key that is used when none is configured, outside database and filestore."""
    return Path(config["data_dir"]) / "l10n_ro_efactura" / "secret.key"


def _keys():
    """Return all keys, the encrypting one first; the key file's comes after the configured ones."""
    keys = [key.strip() for key in (knob("secret_key") or "").split(",") if key.strip()]
    try:
        keys.append(key_file().read_text("ascii").strip())
    except FileNotFoundError:
        pass
    return keys


def _new_key_file(env):
    """Create the key file atomically, never over an existing one, and return the key in it.

    :raise VaultLocked: stored secrets need a key that is missing
    """
    env["l10n_ro_efactura.credential"].flush_model(COLUMNS)
    env.cr.execute(
        f"SELECT split_part(coalesce({', '.join(COLUMNS)}), '$', 1) FROM {TABLE}"
        f" WHERE coalesce({', '.join(COLUMNS)}) IS NOT NULL LIMIT 1"
    )
    for [known] in env.cr.fetchall():
        raise VaultLocked(
            "key_missing",
            env._(
                "The encryption key of the connection to ANAF is missing on this server (key %s). Restore the key, "
                "or disconnect and connect to ANAF again.",
                known,
            ),
        )
    target = key_file()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{secrets.token_hex(8)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(Fernet.generate_key().decode())
            file.flush()
            os.fsync(file.fileno())
        os.link(part, target)  # fails where another worker was first; then its key is used
        _logger.info("A new encryption key was made in %s: include it in your backups.", target)
    except FileExistsError:
        pass
    finally:
        part.unlink()
    return target.read_text("ascii").strip()
