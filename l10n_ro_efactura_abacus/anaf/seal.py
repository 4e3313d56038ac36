"""The Ministry's seal on a document: is it this document, is it signed, and by whom (anaf-api.md §5.3, §5.4).

Stock XML signature validators reject the production seal (a digest over raw bytes behind ``URI=""``), and
some OpenSSL builds forbid SHA-1, so the RSA step is done here by its definition (RFC 8017 §8.2.2):
encode what is expected, compare with what the key yields.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from .seal_trust import describe, load_certificate, trust
from .xml import Element, XmlError, children, local_name, namespace, parse_xml

DSIG = "http://www.w3.org/2000/09/xmldsig#"

_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
#: is the form exclusive? (the forms with comments are not used by ANAF)
_CANONICAL = {_C14N: False, _EXC_C14N: True}
_ENVELOPED = DSIG + "enveloped-signature"
_DIGESTS = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
_SIGNATURES = {
    DSIG + "rsa-sha1": "sha1",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384": "sha384",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": "sha512",
}
#: DER of DigestInfo up to the hash itself (RFC 8017 §9.2, note 1)
_DIGEST_INFO = {
    "sha1": "3021300906052b0e03021a05000414",
    "sha256": "3031300d060960864801650304020105000420",
    "sha384": "3041300d060960864801650304020205000430",
    "sha512": "3051300d060960864801650304020305000440",
}


@dataclass(frozen=True)
class SealReport:
    """Verdict on a seal.

    :ivar state: valid; invalid (the digest or the signature is wrong); unverified (all else)
    :ivar reason_code: ok, digest_mismatch, document_mismatch, bad_signature, untrusted_certificate,
        not_the_ministry, certificate_not_valid_then, signing_day_unknown, unreadable_seal, unsupported_seal,
        unreadable_certificate
    :ivar not_before, not_after: aware UTC
    :ivar serial: hex
    :ivar fingerprint: SHA-256 of the certificate, hex
    """

    state: str
    reason_code: str
    reason: str
    subject: str | None = None
    issuer: str | None = None
    serial: str | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    fingerprint: str | None = None


class _Verdict(Exception):
    def __init__(self, state: str, code: str, reason: str) -> None:
        super().__init__(code)
        self.found = (state, code, reason)


def verify(
    document: bytes, seal: bytes | None, trusted: Iterable[str | bytes] = (), at: date | None = None
) -> SealReport:
    """Check a seal against the document it came with.

    :param bytes document: untouched, as it was in the package
    :param bytes seal: untouched ``semnatura_*.xml``
    :param trusted: PEM or DER certificates (bytes or str): the seal's own, or a CA that issued it to the
        Ministry
    :param at: date or datetime of signing; without it a certificate must be valid today
    :rtype: SealReport
    :raises ValueError: a trusted certificate is unreadable; nothing in document or seal raises
    """
    certificate = None
    try:
        signature, carrier = _open(seal)
        signed_info = _only(signature, "SignedInfo")
        octets = _signed_octets(signed_info)  # first: checking the digest takes the signature out of its tree
        method = _SIGNATURES.get(_only(signed_info, "SignatureMethod").get("Algorithm", ""))
        found = _certificate(signature)
        if isinstance(found, x509.Certificate):
            certificate = found
        _check_digest(bytes(document), signature, carrier, signed_info)
        if isinstance(found, _Verdict):
            raise found
        _check_signature(signature, method, octets, found)
        state, code, reason = trust(found, trusted, at)
    except _Verdict as verdict:
        state, code, reason = verdict.found
    return SealReport(state, code, reason, **(describe(certificate) if certificate else {}))


def seal_certificate(seal: bytes | None) -> x509.Certificate | None:
    """Return the X.509 certificate in a seal, believed or not; None where there is none to be read."""
    try:
        signature, _carrier = _open(seal)
        found = _certificate(signature)
    except (_Verdict, XmlError):
        return None
    return found if isinstance(found, x509.Certificate) else None


def _unsupported(what: str) -> _Verdict:
    return _Verdict("unverified", "unsupported_seal", f"the seal has an unknown shape: {what}")


def _open(seal: bytes | None) -> tuple[Element, Element | None]:
    """Return ``(Signature element, the document that carries it or None)``.

    :raises _Verdict: no readable XML, or no signature in it
    """
    try:
        root = parse_xml(seal or b"", remove_comments=True)
    except XmlError:
        raise _Verdict("unverified", "unreadable_seal", "the seal is not readable XML") from None
    if _is_signature(root):
        return root, None
    own = [child for child in root if _is_signature(child)]
    if not own:
        raise _Verdict("unverified", "unreadable_seal", "the seal file holds no signature")
    return own[-1], root


def _is_signature(element: Element) -> bool:
    return local_name(element) == "Signature" and namespace(element) == DSIG


def _only(element: Element, *path: str) -> Element:
    """Return the one element at ``path``.

    :raises _Verdict: none or several
    """
    found = children(element, *path)
    if len(found) != 1 or namespace(found[0]) != DSIG:
        raise _unsupported(f"{len(found)} x {path[-1]}")
    return found[0]


def _bytes_of(element: Element, state: str, code: str) -> bytes:
    """Decode the base64 text of an element.

    :raises _Verdict: of this state and code where it is not base64
    """
    try:
        return base64.b64decode("".join("".join(element.itertext()).split()), validate=True)
    except (binascii.Error, ValueError):
        raise _Verdict(state, code, f"{local_name(element)} is not base64") from None


def _check_digest(document: bytes, signature: Element, carrier: Element | None, signed_info: Element) -> None:
    """Compare the digest with *our* document; the copy inside an enveloped seal is only a witness.

    ANAF's TEST signer indents that copy after signing, so it need not match its own digest any more.

    :raises _Verdict: invalid where it is of other bytes
    """
    reference = _only(signed_info, "Reference")
    if reference.get("URI"):
        raise _unsupported("a reference to a part")
    name = _DIGESTS.get(_only(reference, "DigestMethod").get("Algorithm", ""))
    if not name:
        raise _unsupported("digest algorithm")
    expected = _bytes_of(_only(reference, "DigestValue"), "invalid", "digest_mismatch")
    transforms = [t.get("Algorithm", "") for t in children(reference, "Transforms", "Transform")]
    if carrier is None:
        if transforms:
            raise _unsupported("transforms on a detached seal")
        ours, copy = document, None
    else:
        ours, copy = _enveloped(document, signature, carrier, transforms)
    if hashlib.new(name, ours).digest() == expected:
        return
    if copy is not None and hashlib.new(name, copy).digest() == expected:
        raise _Verdict("invalid", "document_mismatch", "the sealed copy differs from this document")
    raise _Verdict("invalid", "digest_mismatch", "the seal was made for other bytes than this document")


def _enveloped(document: bytes, signature: Element, carrier: Element, transforms: list[str]) -> tuple[bytes, bytes]:
    """Return the octets of our document and of the seal's copy without its signature, as a digest covers them."""
    if transforms[:1] != [_ENVELOPED] or any(t not in _CANONICAL for t in transforms[1:]) or len(transforms) > 2:
        raise _unsupported("transforms")
    exclusive = bool(transforms[1:]) and _CANONICAL[transforms[1]]
    signature.tail = None  # a line break the serialiser put there
    carrier.remove(signature)
    try:
        ours = _c14n(parse_xml(document), exclusive)
    except XmlError:
        ours = b""
    return ours, _c14n(carrier, exclusive)


def _c14n(element: Element, exclusive: bool) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=exclusive, with_comments=False, with_tail=False)  # type: ignore[call-overload, no-any-return]


def _signed_octets(signed_info: Element) -> list[bytes]:
    """Return SignedInfo in every form it may have been signed in; they say the same, whichever verifies.

    Standing in the seal it may have gained line breaks (TEST indents after signing) and, canonicalised
    inclusively, the carrier's namespaces (PROD names the inclusive form; it has none to gain).
    """
    if _only(signed_info, "CanonicalizationMethod").get("Algorithm") not in _CANONICAL:
        raise _unsupported("canonicalisation")
    compact = parse_xml(_c14n(signed_info, exclusive=True))
    for element in compact.iter():
        if len(element) and not (element.text or "").strip():
            element.text = None
        if not (element.tail or "").strip():
            element.tail = None
    return [
        _c14n(signed_info, exclusive=True),
        _c14n(compact, exclusive=True),
        _c14n(signed_info, exclusive=False),
    ]


def _certificate(signature: Element) -> x509.Certificate | _Verdict:
    """Return the seal's certificate, or the verdict that there is none to be read.

    The verdict is returned and not raised: a wrong digest weighs more than a bad certificate.
    """
    found = children(signature, "KeyInfo", "X509Data", "X509Certificate")
    if not found:
        return _unsupported("no certificate")
    try:
        return load_certificate(_bytes_of(found[0], "unverified", "unreadable_certificate"))
    except _Verdict as verdict:
        return verdict
    except ValueError:
        return _Verdict("unverified", "unreadable_certificate", "the seal's certificate is not readable")


def _check_signature(
    signature: Element, method: str | None, octets: list[bytes], certificate: x509.Certificate
) -> None:
    key = certificate.public_key()
    if not method or not isinstance(key, rsa.RSAPublicKey):
        raise _unsupported("signature algorithm")
    value = _bytes_of(_only(signature, "SignatureValue"), "invalid", "bad_signature")
    if not any(_rsa_signed(key.public_numbers(), value, form, method) for form in octets):
        raise _Verdict("invalid", "bad_signature", "the signature was not made by the certificate in the seal")


def _rsa_signed(key: rsa.RSAPublicNumbers, signature: bytes, data: bytes, name: str) -> bool:
    """Verify EMSA-PKCS1-v1_5: build the one encoding of this hash and compare it whole."""
    size = (key.n.bit_length() + 7) // 8
    digest = hashlib.new(name, data, usedforsecurity=False).digest()
    info = bytes.fromhex(_DIGEST_INFO[name]) + digest
    padding = size - len(info) - 3
    number = int.from_bytes(signature, "big")
    if len(signature) != size or padding < 8 or number >= key.n:
        return False
    expected = b"\x00\x01" + b"\xff" * padding + b"\x00" + info
    return hmac.compare_digest(pow(number, key.e, key.n).to_bytes(size, "big"), expected)
