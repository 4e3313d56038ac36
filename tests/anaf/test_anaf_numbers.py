"""Invoice numbers as people write them."""

import pytest

from anaf.numbers import compare_numbers, number_forms, number_key


@pytest.mark.parametrize(
    "xml, typed",
    [
        ("ABC 0012", "ABC 0012"),
        ("ABC 0012", "abc0012"),
        ("ABC-0012", "ABC/0012"),
        ("ABC.0012", " ABC  0012 "),
        ("ȘTEF 12", "STEF12"),
        ("ŞTEF 12", "ȘTEF 12"),  # cedilla and comma below
        ("ÎNV-7", "inv 7"),
        ("2026/0012", "20260012"),
        ("F-2026-0012", "F20260012"),
        ("12-A", "12a"),
        ("№12", "no 12"),
    ],
)
def test_the_same_characters(xml, typed):
    assert compare_numbers(xml, typed) == compare_numbers(typed, xml) == "exact"
    assert number_forms(xml) & number_forms(typed)


@pytest.mark.parametrize(
    "xml, typed",
    [
        ("ABC 0012", "ABC 12"),
        ("ABC0000000012", "abc-12"),
        ("ABC 0012", "12"),  # only the digits
        ("ABC 0012", "0012"),
        ("ABC 0012", "nr. 12"),
        ("ABC 0012", "Seria ABC nr. 0012"),
        ("ABC 0012", "Factura fiscală seria ABC numărul 12"),
        ("FACT ABC 0012", "ABC 12"),  # prefix dropped
        ("FCT-ABC-0012", "12"),
        ("ABC 2026/0012", "2026/12"),
        ("ABC 2026/0012", "20260012"),
        ("ABC 2026-0012", "ABC 2026/12"),
        ("ABC 0012", "ABC 12 / 15.10.2026"),
        ("ABC 0012", "ABC 12 din 15.10.26"),
        ("ABC 0012", "12/15-10-2026"),
        ("ABC 0012", "12 15.10.2026"),
        ("0000123", "123"),
        ("0", "000"),
    ],
)
def test_as_people_write_them(xml, typed):
    assert compare_numbers(xml, typed) == compare_numbers(typed, xml) == "same"
    assert number_forms(xml) & number_forms(typed)


@pytest.mark.parametrize(
    "xml, typed",
    [
        ("2026/0012", "12"),
        ("ABC 2026/0012", "12"),
        ("ABC 2026/0012", "ABC 12"),
        ("ABC 2026-10-0012", "10/12"),
        ("ABC2026000123", "123"),
        ("4001234567", "34567"),
    ],
)
def test_a_part_is_not_certain(xml, typed):
    assert compare_numbers(xml, typed) == compare_numbers(typed, xml) == "part"


@pytest.mark.parametrize(
    "xml, typed",
    [
        ("ABC 0012", "XYZ 0012"),
        ("ABC 0012", "XYZ 12"),
        ("ABC 12", "BC 12"),
        ("ABC 0012", "FACT 12"),
        ("12A", "12"),
        ("12A", "12B"),
        ("ABC 12/A", "ABC 12/B"),
    ],
)
def test_another_series_is_not_certain(xml, typed):
    assert compare_numbers(xml, typed) == compare_numbers(typed, xml) == "digits"


@pytest.mark.parametrize(
    "xml, typed",
    [
        ("ABC 12", "ABC 13"),
        ("ABC 12", "ABC 112"),
        ("ABC 120", "ABC 12"),
        ("ABC 1-23", "ABC 12-3"),  # cut elsewhere
        ("1-23", "12-3"),
        ("ABC 2026/12", "XYZ 12"),
        ("ABC 4512", "XYZ 512"),
        ("ABC 12", ""),
        ("", ""),
        ("-", "/"),
        (None, "12"),
        (False, None),
        ("ABC", "XYZ"),
        ("12/10/2026", "12"),  # a whole number that looks like a date
    ],
)
def test_another_number(xml, typed):
    assert compare_numbers(xml, typed) == compare_numbers(typed, xml) == ""


def test_letters_alone():
    assert compare_numbers("FARA NUMAR", "fără număr") == "exact"
    assert compare_numbers("FACTURA", "Seria") == ""


@pytest.mark.parametrize(
    "text, key",
    [
        ("ABC 0012", "12"),
        ("ABC 2026/0012", "12"),
        ("ABC2026000123", "123"),
        ("12A", "12"),
        ("ABC 123456", "3456"),
        ("ABC 100000", ""),
        ("ABC", ""),
        (None, ""),
    ],
)
def test_key(text, key):
    assert number_key(text) == key


def test_a_hostile_text_costs_nothing():
    for text in ("1" * 1_000_000, "1 " * 500_000, "A1" * 500_000, " / " * 300_000 + "1", "\u0301" * 100_000):
        compare_numbers(text, text + "2")
        number_key(text)
