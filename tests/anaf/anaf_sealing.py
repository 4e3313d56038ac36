"""Seals made here with throwaway keys, in the two shapes ANAF makes (anaf-api.md §5.3, §5.4)."""

import base64
import datetime
import hashlib
import io
import zipfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from lxml import etree

DSIG = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
START = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
END = datetime.datetime(2025, 12, 31, tzinfo=datetime.timezone.utc)


def new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(key, organisation, issuer=None, issuer_key=None, *, ca=False, start=START, end=END):
    """A certificate of ``organisation``, self-signed unless an issuer is given."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "RO"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, organisation),
        ]
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(issuer_key or key, hashes.SHA256())
    )


def pem(cert):
    return cert.public_bytes(serialization.Encoding.PEM)


def _b64(data):
    return base64.b64encode(data).decode()


def _wrapped(data):
    text = _b64(data)
    return "&#13;\n".join(text[i : i + 76] for i in range(0, len(text), 76))


def _signature(signed_info, value, cert, gap=""):
    der = cert.public_bytes(serialization.Encoding.DER)
    return (
        f'<Signature xmlns="{DSIG}">{gap}{signed_info}{gap}<SignatureValue>{_wrapped(value)}</SignatureValue>{gap}'
        f"<KeyInfo>{gap}<X509Data>{gap}<X509Certificate>{_wrapped(der)}</X509Certificate>{gap}</X509Data>{gap}"
        f"</KeyInfo>{gap}</Signature>"
    )


def _canonical(xml):
    return etree.tostring(etree.fromstring(xml), method="c14n", exclusive=True)


def detached(document, key, cert):
    """PROD: a digest over raw bytes, RSA with SHA-1, inclusive C14N by name."""
    info = (
        f'<SignedInfo><CanonicalizationMethod Algorithm="{C14N}"/>'
        f'<SignatureMethod Algorithm="{DSIG}rsa-sha1"/><Reference URI="">'
        '<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        f"<DigestValue>{_b64(hashlib.sha256(document).digest())}</DigestValue></Reference></SignedInfo>"
    )
    signed = _canonical(info.replace("<SignedInfo>", f'<SignedInfo xmlns="{DSIG}">'))
    value = key.sign(signed, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303  what ANAF uses
    head = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>'
    return (head + _signature(info, value, cert)).encode()


def enveloped(document, key, cert):
    """TEST: a copy of the document with the signature inside, line breaks added after signing."""
    digest = hashlib.sha256(etree.tostring(etree.fromstring(document), method="c14n", with_comments=False)).digest()
    parts = [
        "<SignedInfo>",
        f'<CanonicalizationMethod Algorithm="{EXC}"/>',
        '<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>',
        '<Reference URI="">',
        "<Transforms>",
        f'<Transform Algorithm="{DSIG}enveloped-signature"/>',
        "</Transforms>",
        '<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>',
        f"<DigestValue>{_b64(digest)}</DigestValue>",
        "</Reference>",
        "</SignedInfo>",
    ]
    signed = _canonical("".join(parts).replace("<SignedInfo>", f'<SignedInfo xmlns="{DSIG}">'))
    value = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    body, _, closing = document.rpartition(b"</")
    return body + _signature("\n".join(parts), value, cert, "\n").encode() + b"\n</" + closing


def package(document, seal, index="6552704998"):
    """The ZIP of a document and its seal."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if seal is not None:
            archive.writestr(f"semnatura_{index}.xml", seal)
        archive.writestr(f"{index}.xml", document)
    return out.getvalue()
