"""Seals of both shapes, made here with throwaway keys: what holds, what does not, and whose they are."""

import base64
import random
from datetime import date, datetime, timezone

import pytest
from anaf_samples import ERRORS, INVOICE
from anaf_sealing import DSIG, certificate, detached, enveloped, new_key, pem
from lxml import etree

import anaf

THEN = date(2025, 3, 1)
KEY, CA_KEY, OTHER_KEY = new_key(), new_key(), new_key()
CA = certificate(CA_KEY, "Some Qualified CA", ca=True)
MINISTRY = certificate(KEY, "Ministerul Finantelor", CA, CA_KEY)
SELF_MADE = certificate(OTHER_KEY, "Ministerul Finantelor")
SHAPES = pytest.mark.parametrize("shape", [detached, enveloped])


def state(report):
    return report.state, report.reason_code


@SHAPES
@pytest.mark.parametrize("document", [INVOICE, ERRORS, INVOICE.replace(b"\n", b"\r\n")])
@pytest.mark.parametrize("trusted", [pem(MINISTRY), pem(CA), pem(CA).decode()])
def test_a_true_seal(shape, document, trusted):
    report = anaf.verify(document, shape(document, KEY, MINISTRY), [trusted], THEN)
    assert state(report) == ("valid", "ok")
    assert report.subject == "CN=Ministerul Finantelor,O=Ministerul Finantelor,C=RO"
    assert report.issuer.startswith("CN=Some Qualified CA")
    assert report.not_after == datetime(2025, 12, 31, tzinfo=timezone.utc)
    assert len(report.fingerprint) == 64
    assert int(report.serial, 16) == MINISTRY.serial_number


def test_trusted_certificates_may_come_as_a_bundle():
    seal = detached(INVOICE, KEY, MINISTRY)
    assert state(anaf.verify(INVOICE, seal, [pem(SELF_MADE) + pem(CA)], THEN)) == ("valid", "ok")
    with pytest.raises(ValueError):
        anaf.verify(INVOICE, seal, ["no certificate"], THEN)


@SHAPES
def test_a_changed_document_is_invalid(shape):
    seal = shape(INVOICE, KEY, MINISTRY)
    report = anaf.verify(INVOICE.replace(b"121.00", b"921.00"), seal, [pem(CA)], THEN)
    assert report.state == "invalid"
    assert report.subject, "the report still says whose certificate it carries"


def test_every_byte_counts_in_production():
    report = anaf.verify(INVOICE + b"\n", detached(INVOICE, KEY, MINISTRY), [pem(CA)], THEN)
    assert state(report) == ("invalid", "digest_mismatch")


def test_a_sealed_copy_of_something_else_is_invalid():
    compact = etree.tostring(etree.fromstring(INVOICE, etree.XMLParser(remove_blank_text=True)))
    seal = enveloped(compact, KEY, MINISTRY).replace(b"\n<SignedInfo>", b"<SignedInfo>")
    other = compact.replace(b"AB-101", b"AB-102")
    assert state(anaf.verify(other, seal, [pem(CA)], THEN)) == ("invalid", "document_mismatch")
    assert state(anaf.verify(b"not xml", seal, [pem(CA)], THEN)) == ("invalid", "document_mismatch")


@SHAPES
def test_a_signature_of_another_key_is_invalid(shape):
    seal = shape(INVOICE, OTHER_KEY, MINISTRY)
    assert state(anaf.verify(INVOICE, seal, [pem(MINISTRY)], THEN)) == ("invalid", "bad_signature")


@SHAPES
def test_a_changed_signed_info_is_invalid(shape):
    seal = shape(INVOICE, KEY, MINISTRY).replace(b'<Reference URI="">', b'<Reference URI="" Id="x">')
    assert state(anaf.verify(INVOICE, seal, [pem(CA)], THEN)) == ("invalid", "bad_signature")


@SHAPES
def test_a_self_made_ministry_is_unverified(shape):
    seal = shape(INVOICE, OTHER_KEY, SELF_MADE)
    assert state(anaf.verify(INVOICE, seal, [pem(CA)], THEN)) == ("unverified", "untrusted_certificate")
    assert state(anaf.verify(INVOICE, seal)) == ("unverified", "untrusted_certificate")


def test_a_trusted_issuer_does_not_make_a_ministry():
    somebody = certificate(OTHER_KEY, "Altcineva SRL", CA, CA_KEY)
    seal = detached(INVOICE, OTHER_KEY, somebody)
    assert state(anaf.verify(INVOICE, seal, [pem(CA)], THEN)) == ("unverified", "not_the_ministry")


def test_a_trusted_leaf_cannot_issue():
    forged = certificate(OTHER_KEY, "Ministerul Finantelor", MINISTRY, KEY)
    seal = detached(INVOICE, OTHER_KEY, forged)
    assert state(anaf.verify(INVOICE, seal, [pem(MINISTRY)], THEN)) == ("unverified", "untrusted_certificate")


def test_a_ca_of_the_same_name_with_another_key_is_not_the_ca():
    forged_ca_key = new_key()
    forged_ca = certificate(forged_ca_key, "Some Qualified CA", ca=True)
    seal = detached(INVOICE, OTHER_KEY, certificate(OTHER_KEY, "Ministerul Finantelor", forged_ca, forged_ca_key))
    assert state(anaf.verify(INVOICE, seal, [pem(CA)], THEN)) == ("unverified", "untrusted_certificate")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (date(2023, 12, 31), ("unverified", "certificate_not_valid_then")),
        (date(2024, 1, 1), ("valid", "ok")),
        (datetime(2025, 6, 1, 10, tzinfo=timezone.utc), ("valid", "ok")),
        (datetime(2026, 1, 1, tzinfo=timezone.utc), ("unverified", "certificate_not_valid_then")),
        (None, ("unverified", "signing_day_unknown")),
    ],
)
def test_validity_is_judged_on_the_day_of_signing(at, expected):
    assert state(anaf.verify(INVOICE, detached(INVOICE, KEY, MINISTRY), [pem(CA)], at)) == expected


def test_without_a_day_a_certificate_valid_today_will_do():
    now = certificate(KEY, "Ministerul Finantelor", CA, CA_KEY, end=datetime(2999, 1, 1, tzinfo=timezone.utc))
    assert state(anaf.verify(INVOICE, detached(INVOICE, KEY, now), [pem(CA)])) == ("valid", "ok")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda s: b"", "unreadable_seal"),
        (lambda s: b"PK\x03\x04", "unreadable_seal"),
        (lambda s: b"<Invoice/>", "unreadable_seal"),
        (lambda s: b"<!DOCTYPE a []>" + s[s.index(b"<Signature") :], "unreadable_seal"),
        (lambda s: s.replace(b"rsa-sha1", b"rsa-md5"), "unsupported_seal"),
        (lambda s: s.replace(b"xmlenc#sha256", b"xmlenc#sha1"), "unsupported_seal"),
        (lambda s: s.replace(b'URI=""', b'URI="#part"'), "unsupported_seal"),
        (lambda s: s.replace(b"REC-xml-c14n-20010315", b"whatever"), "unsupported_seal"),
        (lambda s: s.replace(b"</Reference>", b'</Reference><Reference URI=""/>'), "unsupported_seal"),
        (lambda s: s.replace(b"X509Certificate>", b"Other>"), "unsupported_seal"),
        (lambda s: s.replace(b"<X509Certificate>MII", b"<X509Certificate>ABC"), "unreadable_certificate"),
    ],
)
def test_what_cannot_be_judged_is_unverified(change, code):
    seal = change(detached(INVOICE, KEY, MINISTRY))
    assert state(anaf.verify(INVOICE, seal, [pem(CA)], THEN)) == ("unverified", code)


def meaning(seal):
    """What a seal says: SignedInfo without white space, and the signature's bytes."""
    signature = next(etree.fromstring(bytes(seal)).iter(f"{{{DSIG}}}Signature"))
    info, value = signature[0], signature[1]
    canonical = etree.tostring(info, method="c14n", exclusive=True, with_tail=False)
    return b"".join(canonical.split()), base64.b64decode("".join(value.text.split()))


@SHAPES
def test_random_damage_never_crashes_and_never_means_something_else(shape):
    rng = random.Random(19)
    sound = shape(ERRORS, KEY, MINISTRY)
    start, end = sound.index(b"<SignedInfo>"), sound.index(b"<KeyInfo>")
    states = set()
    for _ in range(400):
        data = bytearray(sound)
        data[rng.randrange(start, end)] = rng.choice(b"<>AZaz09=\"'& \x00\xff")
        report = anaf.verify(ERRORS, bytes(data), [pem(CA)], THEN)
        states.add(report.state)
        if report.state == "valid":
            assert meaning(data) == meaning(sound)
    assert {"invalid", "unverified"} <= states
