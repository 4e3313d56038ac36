"""Hostile and odd inputs give findings, never exceptions; words are complete; the command speaks JSON lines."""

import json
import subprocess
import sys

import checker_samples as samples
import pytest

from anaf.cius import check, codes, words
from anaf.cius.structure import _exact, _fast
from house.paths import ROOT

INVOICE = samples.invoice()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"not xml",
        b"<a>",
        b"\x00\xff" * 50,
        b"<Invoice/>",
        b"<html><body/></html>",
        "ăîș".encode("utf-16"),
        INVOICE[:-30],
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + INVOICE.partition(b"?>")[2],
        b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        INVOICE.replace(b"Invoice-2", b"Invoice-3"),
        INVOICE.replace(b"UTF-8", b"no-such-encoding"),
        b"<a>" * 5000 + b"</a>" * 5000,
    ],
    ids=range(14),
)
def test_what_is_no_invoice_is_one_finding(data):
    report = check(data)
    assert report.verdict == "fail"
    assert [(one.rule, one.severity) for one in report.findings] == [("XML", "fatal")]
    assert len(report.findings[0].text_ro) < 400


@pytest.mark.parametrize(
    "old, new",
    [
        (b"<cbc:ID>S</cbc:ID>", b""),
        (b"100.00", b"NaN"),
        (b"100.00", b"1e400"),
        (b"100.00", b"9" * 5000),
        (b"21.00", b""),
        (b"<cbc:Percent>21", b"<cbc:Percent>-99999999999999999999"),
        (b"2026-01-15", b"0000-00-00"),
        (b"H87", b"\xc8\x98" * 999),
        (b"<cac:TaxTotal>", b"<cac:TaxTotal><cac:TaxTotal>"[:14]),
        (b"<cac:Price>", b"<cac:Price><cac:Price/>"),
        (b"<cbc:Note>", b'<cbc:Note xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="x">'),
        (b"2026-01-15", b"9" * 5000 + b"-01-01"),
        (b"<cbc:DueDate>", b'<cbc:DueDate xmlns:x="u" x:a="1">'),
        (b"<cbc:Name>Scaun", b"<cbc:Name><cbc:Name>a</cbc:Name>"),
        (b"<cbc:Note>", b"<cbc:Note><?pi x?><!-- y -->"),
    ],
)
def test_nonsense_inside_never_raises(old, new):
    check(INVOICE.replace(old, new))


def test_structure_is_explained_in_plain_words():
    report = check(
        INVOICE.replace(b"<cbc:IssueDate>2026-01-15</cbc:IssueDate>", b"").replace(
            b'<cbc:PriceAmount currencyID="RON">50', b"<cbc:PriceAmount>cincizeci"
        )
    )
    found = [one for one in report.findings if one.rule == "XSD"]
    assert "/Invoice/cac:InvoiceLine/cac:Price/cbc:PriceAmount" in {one.node for one in found}
    assert any("IssueDate" in one.text_en for one in found)
    assert any("cincizeci" in one.text_ro for one in found)
    assert any("currencyID" in one.text_ro for one in found)
    assert all("{" not in one.text_en for one in found)


def test_a_decimal_of_thirty_digits_is_a_decimal():
    """libxml2 stops at 24 digits; the schema does not."""
    price = b"0." + b"1" * 30
    xml = INVOICE.replace(b">50</cbc:PriceAmount>", b">" + price + b"</cbc:PriceAmount>")
    assert check(xml).verdict == "pass"


@pytest.mark.parametrize("kind", ["Invoice", "CreditNote"])
def test_both_readers_of_the_schema_agree_on_the_samples(kind):
    from lxml import etree

    for xml in samples.kinds().values():
        root = etree.fromstring(xml)
        if root.tag.endswith(f"}}{kind}"):
            assert _fast(kind).validate(root) and _exact(kind).is_valid(root)


def test_a_large_invoice_is_judged_whole():
    lines = [dict(price="1.00", quantity="1", unit="BUC" if number == 2999 else "H87") for number in range(3000)]
    report = check(samples.invoice(lines=lines))
    assert [(one.rule, one.line) for one in report.fatal] == [("BR-CL-23", 3000)]


def test_hostile_shapes_cost_little():
    deep = INVOICE.replace(b"<cac:Price>", b"<cac:Price>" * 150).replace(b"</cac:Price>", b"</cac:Price>" * 150)
    wide = INVOICE.replace(b"<cac:PaymentMeans>", b"<cac:PayeeParty/>" * 20000 + b"<cac:PaymentMeans>")
    for xml in (deep, wide):
        assert check(xml).verdict == "fail"


def test_code_lists_are_whole():
    sizes = {"unit": 2162, "currency": 178, "vatex": 57, "county": 42, "country": 251, "payment_means": 83, "eas": 90}
    assert {name: len(codes(name)) for name in sizes} == sizes
    assert "H87" in codes("unit") and "RO-B" in codes("county")


def test_every_sentence_is_filled():
    every = [one for table in (words._rules(),) for one in table.values()]
    assert len(every) == len({one["rule"] for one in every})
    for row in every:
        assert bool(row["form"]) != bool(row["ro"] and row["en"]), row["rule"]
        assert not row["form"] or row["form"] in words._FORMS, row["rule"]
        assert not row["bt"].startswith("BT-") or row["bt"] in words.terms() or not row["form"], row["rule"]
    for term in words.terms().values():
        assert term["ro"] and term["en"] and bool(term["model"]) == bool(term["field"])


def test_the_command_writes_one_json_line_a_file(tmp_path):
    good, bad = tmp_path / "bună.xml", tmp_path / "rea.xml"
    good.write_bytes(INVOICE)
    bad.write_bytes(INVOICE.replace(b"H87", b"BUC"))
    done = subprocess.run(
        [sys.executable, ROOT / "dev" / "check", good, bad, tmp_path / "lipsa.xml"], capture_output=True, text=True
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["file"], one["verdict"]) for one in lines] == [
        (str(good), "pass"),
        (str(bad), "fail"),
        (str(tmp_path / "lipsa.xml"), "fail"),
    ]
    assert lines[0]["findings"] == []
    assert {"rule": "BR-CL-23", "severity": "fatal", "bt": "BT-130"}.items() <= lines[1]["findings"][0].items()
    assert lines[1]["findings"][0]["text"]
    assert done.returncode == 2
