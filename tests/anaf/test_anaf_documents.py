"""Reading UBL, identifiers, endpoints, hints, and parsing XML from strangers."""

import time
from datetime import date
from decimal import Decimal

import pytest
from anaf_samples import CREDIT_NOTE, ERRORS, INVOICE

import anaf

LAUGHS = (
    b'<!DOCTYPE a [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>"
)


def test_facts_of_an_invoice():
    facts = anaf.read_facts(INVOICE)
    assert (facts.root, facts.type_code, facts.number, facts.currency) == ("Invoice", "380", "AB-101", "EUR")
    assert (facts.issue_date, facts.due_date) == (date(2026, 1, 30), date(2026, 2, 28))
    assert (facts.seller_cif, facts.seller_name) == ("1234567897", "Vânzător SRL")
    assert (facts.buyer_cif, facts.buyer_name) == ("0000000000000", "Client")
    assert (facts.untaxed, facts.tax_amount) == (Decimal("100.00"), Decimal("21.00"))
    assert (facts.total, facts.payable) == (Decimal("121.00"), Decimal("120.00"))
    assert facts.preceding == ["AB-99"]


def test_facts_of_a_credit_note_with_odd_prefixes_and_gaps():
    facts = anaf.read_facts(CREDIT_NOTE)
    assert (facts.root, facts.type_code, facts.number) == ("CreditNote", "381", "CN1")
    assert (facts.issue_date, facts.due_date) == (None, date(2026, 3, 1))
    assert (facts.seller_cif, facts.payable, facts.tax_amount) == ("", None, None)


def test_a_foreign_buyer_has_no_cif():
    foreign = INVOICE.replace(b"<cbc:CompanyID>0000000000000<", b"<cbc:CompanyID>DE123456789<")
    assert anaf.read_facts(foreign).buyer_cif == ""


@pytest.mark.parametrize("xml", [b"", b"oops", ERRORS, b"<!DOCTYPE Invoice><Invoice/>", b"<Invoice>"])
def test_what_is_not_ubl(xml):
    with pytest.raises(anaf.UblError):
        anaf.read_facts(xml)


@pytest.mark.parametrize(
    "xml",
    [
        LAUGHS + b"<a>&j;</a>",
        LAUGHS + b'<a b="&j;"/>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        '<!DOCTYPE a [<!ENTITY x "y">]><a/>'.encode("utf-16"),
        b"<a>" * 100_000,
    ],
)
def test_hostile_xml_is_refused_quickly(xml):
    started = time.monotonic()
    with pytest.raises(anaf.XmlError):
        anaf.parse_xml(xml)
    assert time.monotonic() - started < 2


def test_a_doctype_in_text_is_only_text():
    assert anaf.parse_xml(b"<a><![CDATA[<!DOCTYPE a>]]></a>").text == "<!DOCTYPE a>"


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("RO 123 ", "123"),
        ("ro123", "123"),
        (" 12.345-6", "123456"),
        (123, "123"),
        ("DE123", ""),
        ("R123", ""),
        ("RO", ""),
        ("", ""),
        (None, ""),
        (False, ""),
        ("12a", ""),
        ("١٢٣", ""),
    ],
)
def test_cif_digits(text, digits):
    assert anaf.cif_digits(text) == digits


def test_control_digits():
    assert anaf.valid_cui("RO 1234567897") and not anaf.valid_cui("1234567890")
    assert not anaf.valid_cui("DE1234567897") and not anaf.valid_cui("")
    assert anaf.valid_cnp("1800101221144") and not anaf.valid_cnp("1800101221145")
    assert not anaf.valid_cnp(anaf.NO_CNP) and not anaf.valid_cnp(None)


def test_same_cif():
    assert anaf.same_cif("RO123", "123") and anaf.same_cif("0123", "RO 123")
    assert not anaf.same_cif("", "") and not anaf.same_cif("DE1", "DE1") and not anaf.same_cif("1", "2")


@pytest.mark.parametrize(
    "url",
    ["https://api.anaf.ro/", "http://127.0.0.1:80", "http://127.9.9.9", "http://localhost:8069", "http://[::1]:1"],
)
def test_addresses_that_may_be_used(url):
    endpoints = anaf.Endpoints(api_url=url)
    assert endpoints.fctel("test", "upload") == url.rstrip("/") + "/test/FCTEL/rest/upload"


@pytest.mark.parametrize(
    "url",
    [
        "http://api.anaf.ro",
        "http://10.0.0.1",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "https://user:pw@api.anaf.ro",
        "https://api.anaf.ro?x=1",
        "https://api.anaf.ro:x",
        "ftp://127.0.0.1",
        "api.anaf.ro",
        "https://",
        "",
        None,
    ],
)
@pytest.mark.parametrize("field", ["api_url", "public_url", "oauth_url"])
def test_addresses_that_may_not(url, field):
    with pytest.raises(ValueError):
        anaf.Endpoints(**{field: url})


def test_only_two_environments():
    with pytest.raises(ValueError):
        anaf.AnafClient(anaf.Endpoints(), "production", "a.b.c")


@pytest.mark.parametrize(
    ("text", "code", "rule", "bt", "field"),
    [
        (
            "E: validari globale\n eroare regula: R6.1: CIF-ul vanzatorului nu figureaza in baza de date:64",
            "seller_unknown",
            "R6.1",
            "BT-31",
            "seller",
        ),
        (
            "Factura a mai fost transmisa anterior cu index=5 si data incarcare=2026-01-20",
            "duplicate",
            None,
            None,
            None,
        ),
        (
            "tipAssert=E; codEroare=ERRIdentif; textEroare=CUI vanzator incorect",
            "seller_cui_invalid",
            None,
            "BT-31",
            "seller",
        ),
        ("CUI cumparator incorect", "buyer_cui_invalid", None, "BT-48", "buyer"),
        ("CNP sau NIF cumparator incorect", "buyer_cnp_invalid", None, "BT-47", "buyer"),
        ("nu a fost identificat cui cumparator", "buyer_not_identified", None, "BT-48", "buyer"),
        ("[BR-RO-110]-Daca codul (BT-54)", "county_code", "BR-RO-110", "BT-54", "county"),
        ("codEroare=BR-RO-101; x", "bucharest_sector", "BR-RO-101", "BT-37", "city"),
        ("[BR-RO-020_2]-x", "type_code", "BR-RO-020_2", "BT-3", None),
        ("[BR-RO-L100]-Lungimea (BT-153)", "text_too_long", "BR-RO-L100", "BT-153", "text"),
        ("[BR-CO-15]-Invoice total", "totals", "BR-CO-15", "BT-112", "totals"),
        ("[BR-O-02]-x", "tax_category", "BR-O-02", "BT-31", "tax"),
        ("[BR-DEC-12]-x", "too_many_decimals", "BR-DEC-12", None, "totals"),
        ("[BR-99]-x", "business_rule", "BR-99", None, None),
        ("codEroare=UBL-CR-661; x", "business_rule", "UBL-CR-661", None, None),
        (
            "Fisierul transmis nu este valid. org.xml.sax.SAXParseException; cvc-elt.1.a",
            "xsd_invalid",
            None,
            None,
            None,
        ),
        ("Nu aveti drept in SPV pentru CIF=1234", "no_spv_right", None, None, "seller"),
        ("ceva nou", None, None, None, None),
        ("", None, None, None, None),
        (None, None, None, None, None),
    ],
)
def test_explain(text, code, rule, bt, field):
    assert anaf.explain(text) == anaf.Explanation(code, rule, bt, field)
