"""A buyer's message as it is written, read back, and the certificate that a seal carries."""

import pytest
from anaf_samples import INVOICE
from anaf_sealing import certificate, detached, enveloped, new_key, package

import anaf
from anaf.rasp import MAX_TEXT, NAMESPACE, clean_text

TEXTS = ["Cantitatea livrată nu corespunde.", "a \"b\" <c> & 'd'", "două\nrânduri\tși tab", "x" * MAX_TEXT]


@pytest.mark.parametrize("text", TEXTS)
def test_written_and_read_back(text):
    xml = anaf.build_buyer_message("4009876", text)
    found = anaf.read_package(package(xml, b"<x/>"))
    assert (found.kind, found.message, found.answered_index) == ("buyer_message", text, "4009876")
    assert f'xmlns="{NAMESPACE}"'.encode() in xml
    assert xml == anaf.build_buyer_message(4009876, text), "the same words are the same bytes"


@pytest.mark.parametrize("index", ["", None, "12a", "-1", "1 2"])
def test_an_index_is_a_number(index):
    with pytest.raises(ValueError):
        anaf.build_buyer_message(index, "text")


@pytest.mark.parametrize("text", ["", None, " \n ", "\x00\x01", "x" * (MAX_TEXT + 1)])
def test_what_is_no_message(text):
    with pytest.raises(ValueError):
        anaf.build_buyer_message("1", text)


def test_what_xml_cannot_carry_is_left_out():
    assert clean_text(" a\r\nb\x00\x0b\ud800 ") == "a\nb"


@pytest.mark.parametrize("shape", [detached, enveloped])
def test_the_certificate_of_a_seal(shape):
    key = new_key()
    made = certificate(key, "Ministerul Finantelor")
    assert anaf.seal_certificate(shape(INVOICE, key, made)) == made


@pytest.mark.parametrize("seal", [b"", None, b"<x/>", b"not XML", b"<!DOCTYPE x><x/>"])
def test_no_certificate_to_be_read(seal):
    assert anaf.seal_certificate(seal) is None
