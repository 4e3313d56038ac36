"""Whose certificate is it? The allow-list rule for the Ministry's seals (anaf-api.md §5.3, last step).

Issuers change and several seals are in use at once, so nothing is pinned in code: the caller brings the
certificates it trusts. A name alone proves nothing; anybody can write it into a certificate of his own.
"""

from collections.abc import Iterable
from datetime import date, datetime, timezone
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

MINISTRY = ("Ministerul Finantelor", "Ministerul Finantelor Publice")


def load_certificate(data: str | bytes) -> x509.Certificate:
    """Load one X.509 certificate from PEM or DER (bytes or str).

    :raises ValueError: it is none
    """
    data = data.encode("ascii", "replace") if isinstance(data, str) else bytes(data)
    try:
        if b"-----BEGIN" in data:
            certificate = x509.load_pem_x509_certificate(data)
        else:
            certificate = x509.load_der_x509_certificate(data)
        certificate.public_key()
        return certificate
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError(f"not a usable certificate: {type(error).__name__}") from None


def _anchors(item: str | bytes) -> list[x509.Certificate]:
    """Load the certificates of one trusted item: a PEM may be a bundle."""
    data = item.encode("ascii", "replace") if isinstance(item, str) else bytes(item)
    end = b"-----END CERTIFICATE-----"
    return [load_certificate(part + end) for part in data.split(end)[:-1]] or [load_certificate(data)]


def _text(name: x509.Name) -> str | None:
    """Write a name as RFC 4514 does; None where it cannot be written."""
    try:
        return name.rfc4514_string()
    except ValueError:
        return None


def describe(certificate: x509.Certificate) -> dict[str, Any]:
    """Return the certificate's facts, as :class:`seal.SealReport` names them."""
    return {
        "subject": _text(certificate.subject),
        "issuer": _text(certificate.issuer),
        "serial": format(certificate.serial_number, "x"),
        "not_before": certificate.not_valid_before_utc,
        "not_after": certificate.not_valid_after_utc,
        "fingerprint": certificate.fingerprint(hashes.SHA256()).hex(),
    }


def trust(
    certificate: x509.Certificate, trusted: Iterable[str | bytes], at: date | None = None
) -> tuple[str, str, str]:
    """Judge a certificate whose signature already holds.

    :param trusted: certificates: the same one, or a CA that issued it to the Ministry (subject's O)
    :param at: date or datetime of signing, None when unknown
    :return: ``(state, reason_code, reason)``
    :raises ValueError: a trusted certificate is unreadable: our configuration, not the seal, is wrong
    """
    anchors = [anchor for item in trusted for anchor in _anchors(item)]
    if certificate not in anchors:
        if not any(_issued(certificate, anchor) for anchor in anchors):
            return (
                "unverified",
                "untrusted_certificate",
                "digest and signature hold; nobody we trust vouches for the certificate",
            )
        if not _is_ministry(certificate):
            return (
                "unverified",
                "not_the_ministry",
                "a trusted issuer, but not the Ministry of Finance's certificate",
            )
    if at is not None and not _valid_on(certificate, at):
        return (
            "unverified",
            "certificate_not_valid_then",
            "the certificate was not valid on the day of signing",
        )
    if at is None and not _valid_on(certificate, datetime.now(timezone.utc)):
        return (
            "unverified",
            "signing_day_unknown",
            "the certificate is not valid today, the signing day is unknown",
        )
    return "valid", "ok", "the seal is the Ministry's and covers exactly this document"


def _issued(certificate: x509.Certificate, anchor: x509.Certificate) -> bool:
    try:
        if not anchor.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        certificate.verify_directly_issued_by(anchor)
    except (x509.ExtensionNotFound, ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _is_ministry(certificate: x509.Certificate) -> bool:
    names = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return any(str(name.value).strip() in MINISTRY for name in names)


def _valid_on(certificate: x509.Certificate, at: date) -> bool:
    """Tell whether the certificate was valid on a day, or at a moment (datetime; naive is UTC)."""
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if isinstance(at, datetime):
        at = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
        return first <= at <= last
    return isinstance(at, date) and first.date() <= at <= last.date()
