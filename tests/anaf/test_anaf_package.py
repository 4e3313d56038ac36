"""Packages: what they hold, and that hostile ones only ever raise PackageError."""

import io
import random
import tracemalloc
import zipfile
from datetime import date

import pytest
from anaf_samples import BUYER_MESSAGE, CREDIT_NOTE, DUPLICATE, ERRORS, INVOICE
from anaf_sealing import package

import anaf
from anaf.package import duplicate_of


def zipped(*files, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(("document", "kind"), [(INVOICE, "invoice"), (CREDIT_NOTE, "credit_note")])
def test_documents_come_out_byte_for_byte(document, kind):
    found = anaf.read_package(package(document, b"<Signature/>"))
    assert (found.upload_index, found.kind, found.document, found.seal) == (
        "6552704998",
        kind,
        document,
        b"<Signature/>",
    )
    assert found.document_name == "6552704998.xml"


def test_every_error_is_kept():
    found = anaf.read_package(package(ERRORS, b"<Signature/>"))
    assert found.kind == "errors"
    assert found.errors == [
        "E: validari globale\n eroare regula: R6.1: CIF-ul vanzatorului nu figureaza",
        "[BR-RO-065]-x \n\t\t#English",
    ]
    assert found.duplicate_of is None


def test_a_duplicate_names_the_first_upload():
    found = anaf.read_package(package(DUPLICATE, None))
    assert found.duplicate_of == ("6552704990", date(2026, 7, 13))
    assert found.seal is None


def test_a_buyers_message_is_not_the_invoice_it_answers():
    found = anaf.read_package(package(BUYER_MESSAGE, b"<Signature/>", index="77"))
    assert (found.kind, found.upload_index, found.answered_index) == ("buyer_message", "77", "4009876")
    assert found.message == "Cantitatea nu corespunde."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Factura a mai fost transmisa anterior cu index=12 si data incarcare=2026-01-20", "12"),
        ("Factura a mai fost  transmisa\nanterior cu index = 12", "12"),
        ("Factura cu index=12", None),
        ("", None),
        (None, None),
    ],
)
def test_duplicate_text(text, expected):
    assert anaf.duplicate_of_text(text) == expected


def test_duplicate_with_an_impossible_date():
    text = "a mai fost transmisa anterior cu index=12 si data incarcare=2026-99-20"
    assert duplicate_of(text) == ("12", None)


@pytest.mark.parametrize("seal_name", ["semnatura_5.xml", "5_semnatura.xml", "Semnatura_5.XML"])
def test_the_seal_is_found_in_any_order(seal_name):
    for files in ([("5.xml", INVOICE), (seal_name, b"s")], [(seal_name, b"s"), ("5.xml", INVOICE)]):
        found = anaf.read_package(zipped(*files))
        assert (found.document, found.seal, found.upload_index) == (INVOICE, b"s", "5")


def test_the_document_is_the_one_the_seal_names():
    found = anaf.read_package(
        zipped(("4.xml", b"<a/>"), ("5.xml", INVOICE), ("semnatura_5.xml", b"s"), ("x.pdf", b"%"))
    )
    assert found.document_name == "5.xml"


@pytest.mark.parametrize("document", [b"", b"oops", b"<a/>", b"<header/>", b"\x00" * 9, b"<!DOCTYPE a><a/>"])
def test_what_is_not_understood_is_unknown(document):
    found = anaf.read_package(package(document, None))
    assert (found.kind, found.document) == ("unknown", document)


def test_a_package_without_xml_is_unknown():
    found = anaf.read_package(zipped(("inner.zip", zipped(("5.xml", INVOICE)))))
    assert (found.kind, found.document, found.document_name, found.upload_index) == ("unknown", b"", None, None)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_a_zip"),
        (b"<html>", "not_a_zip"),
        (b'{"eroare":"x"}', "not_a_zip"),
        (b"PK\x03\x04 cut short", "corrupt"),
        (zipped(), "empty"),
        (zipped(("../5.xml", b"x")), "bad_name"),
        (zipped(("/5.xml", b"x")), "bad_name"),
        (zipped(("a\\5.xml", b"x")), "bad_name"),
        (zipped(("C:5.xml", b"x")), "bad_name"),
        (zipped(*((f"{n}.xml", b"x") for n in range(21))), "too_many_entries"),
        (zipped(("5.xml", b"x" * 100), compression=zipfile.ZIP_BZIP2), "corrupt"),
        (zipped(("5.xml", b"0" * 70_000_000)), "too_large"),
        (zipped(*((f"{n}.xml", b"0" * 10_000_000) for n in range(8))), "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hostile_packages(data, code):
    with pytest.raises(anaf.PackageError) as caught:
        anaf.read_package(data)
    assert caught.value.code == code


def test_a_wrong_checksum_is_corrupt():
    data = bytearray(zipped(("5.xml", b"hello hello"), compression=zipfile.ZIP_STORED))
    data[data.index(b"hello")] ^= 1
    with pytest.raises(anaf.PackageError) as caught:
        anaf.read_package(bytes(data))
    assert caught.value.code == "corrupt"


def test_an_encrypted_entry_is_refused():
    data = bytearray(zipped(("5.xml", b"x")))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(anaf.PackageError) as caught:
        anaf.read_package(bytes(data))
    assert caught.value.code == "encrypted"


def test_declared_sizes_are_not_believed():
    data = bytearray(zipped(("5.xml", b"0" * 1_000_000)))
    central = data.index(b"PK\x01\x02")
    for at in (22, central + 24):
        data[at : at + 4] = (10).to_bytes(4, "little")
    try:
        found = anaf.read_package(bytes(data), max_size=100_000)
    except anaf.PackageError as error:
        assert error.code in ("too_large", "corrupt")
    else:
        assert len(found.document) <= 10


def test_a_bomb_is_not_unpacked_to_see_how_large_it_is():
    bomb = zipped(("5.xml", b"0" * 50_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(anaf.PackageError):
            anaf.read_package(bomb, max_size=100_000)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_random_damage_never_escapes_as_something_else():
    rng = random.Random(19)
    sound = package(ERRORS, b"<Signature/>")
    for _ in range(1500):
        data = bytearray(sound)
        for _ in range(rng.randint(1, 6)):
            data[rng.randrange(2, len(data))] = rng.randrange(256)
        try:
            anaf.read_package(bytes(data[: rng.randint(2, len(data))] if rng.random() < 0.2 else data))
        except anaf.PackageError:
            pass
