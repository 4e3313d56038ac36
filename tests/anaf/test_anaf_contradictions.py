"""Where documents disagree with themselves, to the cent, with the tolerances of EN 16931."""

from decimal import Decimal

import pytest
from anaf_invoices import FULL, small

import anaf


def found(*args, **kwargs):
    """``{(code, place): (stated, computed)}``."""
    listed = anaf.contradictions(anaf.read_document(small(*args, **kwargs)))
    return {(one.code, one.place): (str(one.stated), str(one.computed)) for one in listed}


GOOD = dict(
    subtotals=[("S", "21.00", "110.00", "23.10"), ("S", "11", "50.00", "5.50"), ("E", None, "10.00", "0.00")],
    vat="28.60", LineExtension="165.00", TaxExclusive="170.00", TaxInclusive="198.60", Payable="98.61",
    AllowanceTotal="5.00", ChargeTotal="10.00", Prepaid="100.00", PayableRounding="0.01",
    allowances=[("5.00", "S", "21"), ("+10.00", "S", "21.0")],
)  # fmt: skip
LINES = [
    {"net": "105.00", "quantity": "10", "price": "1050", "base": "100"},
    {"net": "50.00", "quantity": "3", "price": "20", "allowances": ["12", "+2"], "rate": "11.00"},
    {"net": "10.00", "category": "E", "rate": "0"},
]


def test_an_invoice_that_agrees():
    assert found(LINES, **GOOD) == {}
    assert anaf.contradictions(anaf.read_document(FULL)) == []


@pytest.mark.parametrize(
    ("name", "code", "computed"),
    [
        ("LineExtension", "BT-106", "165.00"),
        ("AllowanceTotal", "BT-107", "5.00"),
        ("ChargeTotal", "BT-108", "10.00"),
        ("Payable", "BT-115", "98.61"),
    ],
)
def test_a_total_that_is_a_cent_away(name, code, computed):
    stated = str(Decimal(GOOD[name]) + Decimal("0.01"))
    listed = anaf.contradictions(anaf.read_document(small(LINES, **{**GOOD, name: stated})))
    assert [(one.code, str(one.stated), str(one.computed), str(one.difference), one.counts) for one in listed] == [
        (code, stated, computed, "0.01", False)
    ]


def test_totals_that_a_bill_cannot_follow():
    listed = anaf.contradictions(anaf.read_document(small(LINES, **{**GOOD, "TaxExclusive": "170.01"})))
    assert {(one.code, one.counts) for one in listed} == {("BT-109", True), ("BT-112", True)}
    assert found(LINES, **{**GOOD, "TaxInclusive": "198.61", "Payable": "98.62"}) == {
        ("BT-112", ""): ("198.61", "198.60")
    }
    assert found(LINES, **{**GOOD, "vat": "28.61", "TaxInclusive": "198.61", "Payable": "98.62"}) == {
        ("BT-110", ""): ("28.61", "28.60")
    }


def test_bt_109_is_measured_by_the_lines_whatever_bt_106_says():
    wrong = {**GOOD, "LineExtension": "999.00"}
    assert set(found(LINES, **wrong)) == {("BT-106", "")}


@pytest.mark.parametrize(
    ("net", "away"), [("100.00", False), ("100.02", False), ("100.52", False), ("100.53", True), ("50.00", True)]
)
def test_a_line_may_be_away_by_what_its_rounded_price_hides(net, away):
    """100 x 1.00: the price may have been 0.995 to 1.005, and two cents are nobody's business."""
    assert found([{"net": net, "quantity": "100", "price": "1.00"}]) == (
        {("BT-131", "1"): (net, "100.00")} if away else {}
    )


def test_more_decimals_hide_less():
    assert found([{"net": "100.08", "quantity": "100", "price": "1.0000"}]) == {("BT-131", "1"): ("100.08", "100.00")}


def test_the_base_quantity_is_believed_only_in_the_price():
    """Common: the price of the whole line with its quantity as base."""
    assert found([{"net": "20.00", "quantity": "2", "price": "10.000", "base": "2"}]) == {
        ("BT-131", "1"): ("20.00", "10.00")
    }


def test_a_rated_base_may_be_away_by_less_than_one():
    lines = [{"net": "100.00"}]
    for base, listed in (("100.99", False), ("101.00", True), ("99.01", False), ("99.00", True)):
        assert (("BT-116", "S 21") in found(lines, subtotals=[("S", "21", base, "21.00")], vat="21.00")) is listed


def test_a_base_without_vat_is_exact():
    lines = [{"net": "100.00", "category": "AE", "rate": "0"}]
    assert found(lines, subtotals=[("AE", "0.00", "100.01", "0.00")], vat="0.00") == {
        ("BT-116", "AE"): ("100.01", "100.00")
    }
    assert found(lines, subtotals=[("AE", None, "100.00", "0.50")], vat="0.50") == {("BT-117", "AE"): ("0.50", "0.00")}


def test_a_rate_without_a_subtotal_and_a_subtotal_without_lines():
    lines = [{"net": "100.00"}, {"net": "10.00", "rate": "11"}]
    assert found(lines, subtotals=[("S", "21", "100.00", "21.00"), ("S", "9", "10.00", "0.90")], vat="21.90") == {
        ("BT-116", "S 9"): ("10.00", "0.00"),
        ("BT-116", "S 11"): ("0", "10.00"),
    }


def test_vat_is_a_rate_of_its_base():
    lines = [{"net": "100.00"}]
    assert found(lines, subtotals=[("S", "21", "100.00", "21.99")], vat="21.99") == {}
    assert found(lines, subtotals=[("S", "21", "100.00", "22.00")], vat="22.00") == {
        ("BT-117", "S 21"): ("22.00", "21.00")
    }


def test_without_a_breakdown_the_lines_say_the_vat():
    lines = [{"net": "0.33"}] * 3 + [{"net": "5.00", "rate": "11"}]
    assert found(lines, vat="0.76") == {}
    assert found(lines, vat="1.00") == {("BT-110", ""): ("1.00", "0.76")}


def test_what_is_absent_contradicts_nothing():
    assert found([]) == {}
    assert found([{"net": None, "price": "3"}, {"net": "1", "price": "x"}, {"net": "2", "quantity": None}]) == {}


def test_a_credit_note_and_negative_lines():
    lines = [{"net": "-20.00", "quantity": "-2", "price": "10.00"}, {"net": "5.00", "quantity": "-1", "price": "-5"}]
    money = dict(subtotals=[("S", "21", "-15.00", "-3.15")], vat="-3.15", TaxExclusive="-15.00", TaxInclusive="-18.15")
    assert found(lines, kind="CreditNote", **money) == found(lines, **money) == {}
