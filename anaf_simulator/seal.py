"""The Ministry's seal, made with throwaway keys, in the shapes real packages have; and its verification.

detached          PROD: `semnatura` holds only the Signature; SHA-256 of the raw bytes, RSA-SHA1 over SignedInfo.
enveloped         TEST, as in real packages: a copy of the document with the Signature as last child. ANAF signs
                  compact XML and then writes line breaks between the Signature's elements, so a stock validator
                  refuses it: drop the white space between tags before checking SignedInfo, and the line break after
                  the Signature before digesting.
enveloped_strict  the same without those line breaks: what a stock validator accepts.
"""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Callable
from datetime import datetime
from functools import cache, wraps
from typing import ParamSpec, TypeVar, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from lxml import etree

DSIG = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
RSA_SHA1, RSA_SHA256 = DSIG + "rsa-sha1", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
ORGANIZATION_ID = x509.ObjectIdentifier("2.5.4.97")
# Validity of our certificates: wide, as tests move the clock in both directions.
NOT_BEFORE, NOT_AFTER = datetime(2020, 1, 1), datetime(2045, 1, 1)


_P = ParamSpec("_P")
_T = TypeVar("_T")
_making = threading.RLock()


def once(make: Callable[_P, _T]) -> Callable[_P, _T]:
    """Cache a function for threads: two requests at once never make two keys, of which one is in the certificate."""
    cached = cast(Callable[_P, _T], cache(make))

    @wraps(make)
    def locked(*arguments: _P.args, **named: _P.kwargs) -> _T:
        with _making:
            return cached(*arguments, **named)

    return locked


@once
def key(purpose: str) -> rsa.RSAPrivateKey:
    """Make one RSA key per purpose and process, when first needed."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _name(*pairs: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs])


def _certificate(
    subject: x509.Name, public_key: rsa.RSAPublicKey, issuer: x509.Name, issuer_key: rsa.RSAPrivateKey, ca: bool
) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOT_BEFORE)
        .not_valid_after(NOT_AFTER)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


@once
def ca_certificate() -> x509.Certificate:
    name = _name(
        (NameOID.COUNTRY_NAME, "RO"),
        (NameOID.ORGANIZATION_NAME, "ANAF Simulator"),
        (NameOID.COMMON_NAME, "ANAF Simulator Throwaway CA"),
    )
    return _certificate(name, key("ca").public_key(), name, key("ca"), ca=True)


def ca_pem() -> str:
    return ca_certificate().public_bytes(serialization.Encoding.PEM).decode()


@once
def certificate(environment: str) -> x509.Certificate:
    """Make the sealing certificate: `prod` is a leaf of the CA, `test` is self-signed."""
    public = key(environment).public_key()
    if environment == "prod":
        subject = _name(
            (NameOID.COUNTRY_NAME, "RO"),
            (NameOID.ORGANIZATION_NAME, "Ministerul Finantelor"),
            (ORGANIZATION_ID, "25886108"),
            (NameOID.COMMON_NAME, "Ministerul Finantelor"),
        )
        return _certificate(subject, public, ca_certificate().subject, key("ca"), ca=False)
    subject = _name(
        (NameOID.COUNTRY_NAME, "RO"),
        (NameOID.STATE_OR_PROVINCE_NAME, "Bucharest"),
        (NameOID.LOCALITY_NAME, "Bucharest"),
        (NameOID.ORGANIZATION_NAME, "ANAF-TEST"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "ANAF-TEST"),
        (NameOID.COMMON_NAME, "ANAF TEST"),
    )
    return _certificate(subject, public, subject, key("test"), ca=False)


def certificate_pem(environment: str) -> str:
    return certificate(environment).public_bytes(serialization.Encoding.PEM).decode()


def _subject_text(cert: x509.Certificate) -> str:
    """Write a subject in RFC 2253 order.

    Attributes Java does not know by name come as OID=#hex of their DER (UTF8String).
    """
    names = {
        NameOID.COMMON_NAME: "CN",
        NameOID.ORGANIZATION_NAME: "O",
        NameOID.COUNTRY_NAME: "C",
        NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
        NameOID.LOCALITY_NAME: "L",
        NameOID.STATE_OR_PROVINCE_NAME: "ST",
    }
    parts = []
    for item in reversed(list(cert.subject)):
        text = str(item.value)
        value = text.encode()
        known = names.get(item.oid)
        parts.append(f"{known}={text}" if known else f"{item.oid.dotted_string}=#0c{len(value):02x}{value.hex()}")
    return ",".join(parts)


def _lines(data: bytes) -> str:
    """Write base64 in 76-character lines ended by the character reference &#13; and LF, none after the last."""
    encoded = base64.b64encode(data).decode()
    return "&#13;\n".join(encoded[at : at + 76] for at in range(0, len(encoded), 76))


def _signature(environment: str, digest: bytes, canonicalization: str, method: str, transforms: str) -> str:
    """Make a compact Signature element over one Reference URI="" with this digest."""
    signed_info = (
        f'<SignedInfo><CanonicalizationMethod Algorithm="{canonicalization}"/><SignatureMethod Algorithm="{method}"/>'
        f'<Reference URI="">{transforms}<DigestMethod Algorithm="{SHA256}"/>'
        f"<DigestValue>{base64.b64encode(digest).decode()}</DigestValue></Reference></SignedInfo>"
    )
    value = key(environment).sign(_canonical(signed_info), padding.PKCS1v15(), _hash(method))
    cert = certificate(environment)
    der = cert.public_bytes(serialization.Encoding.DER)
    return (
        f'<Signature xmlns="{DSIG}">{signed_info}<SignatureValue>{_lines(value)}</SignatureValue><KeyInfo><X509Data>'
        f"<X509SubjectName>{_subject_text(cert)}</X509SubjectName>"
        f"<X509Certificate>{_lines(der)}</X509Certificate></X509Data></KeyInfo></Signature>"
    )


def _hash(method: str) -> hashes.HashAlgorithm:
    return hashes.SHA1() if method == RSA_SHA1 else hashes.SHA256()


def _canonical(signed_info: str) -> bytes:
    """Write SignedInfo as C14N does in its only namespace; inclusive and exclusive agree here."""
    text = signed_info.replace("<SignedInfo>", f'<SignedInfo xmlns="{DSIG}">', 1)
    return re.sub(r"<([A-Za-z]+)((?: [^<>]*?)?)/>", r"<\1\2></\1>", text).encode()


def make(document: bytes, environment: str, shape: str, damaged: bool = False) -> bytes:
    """The bytes of `semnatura_<index>.xml` for `document`; `damaged` signs other content."""
    source = document + b" " if damaged else document
    if shape == "detached":
        body = _signature(environment, hashlib.sha256(source).digest(), C14N, RSA_SHA1, "")
        return f'<?xml version="1.0" encoding="UTF-8" standalone="no"?>{body}'.encode()
    root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, huge_tree=True))
    digest = hashlib.sha256(_c14n(root) + (b" " if damaged else b"")).digest()
    body = _signature(
        environment,
        digest,
        EXC_C14N,
        RSA_SHA256,
        f'<Transforms><Transform Algorithm="{DSIG}enveloped-signature"/></Transforms>',
    )
    if shape == "enveloped":  # the line breaks ANAF adds after signing
        body = body.replace("><", ">\n<")
    root.append(etree.fromstring(body))
    if shape == "enveloped":
        root[-1].tail = "\n"
    return etree.tostring(root, encoding="UTF-8", xml_declaration=False) + b"\n"


def _c14n(root: etree._Element) -> bytes:
    # no canonicalization among the Transforms: XMLDSig then means inclusive C14N 1.0 without comments
    return etree.tostring(root, method="c14n", with_comments=False)


def verify(document: bytes, signature: bytes) -> bool:
    """Verify that `signature` is our seal of `document`. Both shapes; False for anything else."""
    try:
        root = etree.fromstring(signature, etree.XMLParser(resolve_entities=False, huge_tree=True))
        seal = root if root.tag == f"{{{DSIG}}}Signature" else root.find(f"{{{DSIG}}}Signature")
        info = re.search(r"<SignedInfo>.*</SignedInfo>", signature.decode(), re.DOTALL)
        if seal is None or info is None:
            return False
        names = {"d": DSIG}
        methods = [node.get("Algorithm", "") for node in seal.iterfind(".//d:SignatureMethod", names)]
        digest = base64.b64decode(seal.findtext(".//d:DigestValue", "", namespaces=names))
        value = base64.b64decode(seal.findtext("d:SignatureValue", "", namespaces=names))
        der = base64.b64decode(seal.findtext(".//d:X509Certificate", "", namespaces=names))
        if seal is root:
            expected = hashlib.sha256(document).digest()
        else:
            content = etree.fromstring(document, etree.XMLParser(resolve_entities=False, huge_tree=True))
            expected = hashlib.sha256(_c14n(content)).digest()
        known = {
            certificate(name).public_bytes(serialization.Encoding.DER): key(name).public_key()
            for name in ("prod", "test")
        }
        signed = _canonical(re.sub(r">\s+<", "><", info.group()))
        known[der].verify(value, signed, padding.PKCS1v15(), _hash(methods[0]))
        return digest == expected
    except (InvalidSignature, AttributeError, LookupError, TypeError, ValueError, etree.XMLSyntaxError):
        return False
