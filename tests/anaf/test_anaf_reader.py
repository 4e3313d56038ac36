"""A whole document read: every business term, gaps, and bytes from strangers."""

import dataclasses
import itertools
import random
import resource
import time
from datetime import date
from decimal import Decimal

import pytest
from anaf_invoices import FULL, UBL, small
from anaf_samples import BUYER_MESSAGE, CREDIT_NOTE, ERRORS, INVOICE

import anaf

D = Decimal


def test_the_header():
    found = anaf.read_document(FULL)
    assert found.facts == anaf.read_facts(FULL)
    assert (found.facts.number, found.facts.due_date) == ("FV 12/7", date(2026, 11, 4))
    assert found.notes == ["Prima notă", "A doua"]
    assert found.preceding == [("FV 11", date(2026, 9, 1)), ("FV 10", None)]
    assert (found.vat_currency, found.vat_in_vat_currency) == ("RON", D("104.50"))
    assert (found.vat_point_code, found.vat_point_date) == ("432", date(2026, 10, 1))
    assert (found.line_total, found.allowance_total, found.charge_total) == (D("90.00"), None, D("9.00"))
    assert (found.prepaid, found.rounding) == (D("19.80"), D("0.01"))
    assert (found.order, found.sales_order, found.contract, found.project) == ("PO77", "SO5", "C-2025", "PR9")
    assert (found.buyer_reference, found.despatch) == ("CUMP-1", "AVIZ 3")
    assert (found.delivery_date, found.delivery_name) == (date(2026, 10, 2), "Depozitul")
    assert found.delivery_address == "Depozit 4, Arad"
    assert (found.period_start, found.period_end) == (date(2026, 9, 1), date(2026, 9, 30))
    assert (found.payment_means, found.payment_reference) == ("30", "REF1")
    assert (found.payment_terms, found.ibans) == ("30 de zile", ["RO49AAAA1B31007593840000"])
    assert found.customization.endswith("CIUS-RO:1.0.1")
    assert (found.sign, found.unreadable) == (1, [])


def test_the_parties():
    found = anaf.read_document(FULL)
    assert found.seller == anaf.Party(
        legal_name="Vânzător SRL", trading_name="Vânzătorul", vat="RO 1234567897", tax_registration="0099",
        tax_registration_scheme="FC", registration="J35/1/2020", legal_form="capital 200 lei",
        endpoint="facturi@example.com", endpoint_scheme="EM", contact="Ana", phone="0256 000 000",
        address=anaf.Address("Str. Unu 1", "et. 2", "ap. 3", "Timișoara", "300001", "RO-TM", "RO"),
    )  # fmt: skip
    assert (found.seller.cif, found.seller.name, found.seller.email) == (
        "1234567897", "Vânzător SRL", "facturi@example.com")  # fmt: skip
    assert [getattr(found.seller, name) for name in ("street", "street2", "city", "postcode", "county", "country")] == [
        "Str. Unu 1", "et. 2, ap. 3", "Timișoara", "300001", "RO-TM", "RO"]  # fmt: skip
    assert (found.buyer.cif, found.buyer.vat, found.buyer.name) == ("", "DE123456789", "Käufer GmbH")
    assert (found.payee.name, found.payee.registration) == ("Factor SA", "99")


def test_amounts_of_the_document():
    found = anaf.read_document(FULL)
    assert found.subtotals == [anaf.TaxSubtotal("S", D("21.00"), D("99.00"), D("20.79"))]
    assert found.allowances == [
        anaf.AllowanceCharge(True, D("9.00"), D("90.00"), D(10), "Transport", "FC", "S", D("21.00"))
    ]


def test_a_line():
    (line,) = anaf.read_document(FULL).lines
    assert line == anaf.DocumentLine(
        id="1", name="Ciment alb", description="Saci de 25 kg", note="lotul 5", quantity=D(500), unit_code="KGM",
        price=D(20), base_quantity=D(100), gross_price=D(25), price_discount=D(5), net=D("90.00"),
        allowances=[anaf.AllowanceCharge(False, D("10.00"), reason="Rabat")], category="S", rate=D("21.00"),
        seller_code="S1", buyer_code="B1", standard_code="5941234567899", standard_scheme="0160", base_unit="KGM",
        classifications=[("25232100", "HS")],
        order_line="10", accounting_cost="CC1", period_start=date(2026, 9, 1), period_end=date(2026, 9, 15),
    )  # fmt: skip


def test_attachments_lose_the_folders_of_their_names():
    file, link = anaf.read_document(FULL).attachments
    assert (file.name, file.mimetype, file.content) == ("deviz.pdf", "application/pdf", b"%PDF-")
    assert file.description == "Deviz"
    assert (link.name, link.content, link.url) == ("D2", b"", "https://example.com/d2")
    windows = FULL.replace(b"../../etc/", b"C:\\temp\\")
    assert anaf.read_document(windows).attachments[0].name == "deviz.pdf"


def test_a_credit_note_reads_its_own_names():
    xml = small([{"net": "-5", "quantity": "-2", "price": "2.5"}], kind="CreditNote")
    found = anaf.read_document(xml)
    assert (found.sign, found.lines[0].quantity, found.lines[0].unit_code) == (-1, D(-2), "H87")
    assert anaf.read_document(small([], TaxInclusive="-1.00")).sign == -1


def test_the_project_of_a_credit_note_is_a_reference_without_a_file():
    kinds = {"50": "P 1", "130": "OBJ", "": "D 1"}
    bare = "".join(
        f"<AdditionalDocumentReference><ID schemeID='AAA'>{number}</ID><DocumentTypeCode>{code}</DocumentTypeCode>"
        "</AdditionalDocumentReference>"
        for code, number in kinds.items()
    )
    file = bare.replace("</AdditionalDocumentReference>", "<Attachment/></AdditionalDocumentReference>")
    found = anaf.read_document(f"<CreditNote>{file}{bare}</CreditNote>".encode())
    assert (found.project, found.object_id, found.object_scheme) == ("P 1", "OBJ", "AAA")
    assert found.supporting == [("D 1", "")] and [one.name for one in found.attachments] == ["P 1", "OBJ", "D 1"]
    found = anaf.read_document(f"<CreditNote>{file}</CreditNote>".encode())
    assert (found.project, found.object_id, found.supporting) == ("", "", [])
    assert anaf.read_document(f"<Invoice>{bare}</Invoice>".encode()).project == ""


def test_no_namespace_at_all_and_a_default_one():
    bare = b"<Invoice><ID>7</ID><InvoiceLine><ID>1</ID><Item><Name>X</Name></Item></InvoiceLine></Invoice>"
    assert anaf.read_document(bare).lines[0].name == "X"
    default = bare.replace(b"<Invoice>", f'<Invoice xmlns="{UBL}Invoice-2">'.encode())
    assert anaf.read_document(default) == anaf.read_document(bare)


def test_nothing_is_there():
    found = anaf.read_document(b"<Invoice><InvoiceLine/><TaxTotal/><AllowanceCharge/></Invoice>")
    assert found.lines == [anaf.DocumentLine(id="", name="")]
    assert found.allowances == [anaf.AllowanceCharge(False, D(0))]
    assert found.seller == found.buyer == anaf.Party()
    assert (found.facts.total, found.payee, found.unreadable, found.sign) == (None, None, [], 1)


@pytest.mark.parametrize(
    "text", ["1,5", "1e3", "1_000", "NaN", "Infinity", "1 000", "١٢", "0x10", "9" * 41, "1.2.3", "-"]
)
def test_what_is_no_amount_is_none_and_named(text):
    found = anaf.read_document(small([{"net": text, "price": "1", "base": "0"}], TaxExclusive=text))
    assert (found.lines[0].net, found.facts.untaxed) == (None, None)
    assert found.unreadable == [f"BT-109: {text}", f"BT-131 [1]: {text}"]


@pytest.mark.parametrize(("text", "value"), [(" 1.50\n", "1.50"), ("+2", "2"), ("-.5", "-0.5"), ("3.", "3")])
def test_what_is_an_amount(text, value):
    found = anaf.read_document(small([{"net": text}]))
    assert (found.lines[0].net, found.unreadable) == (D(value), [])


@pytest.mark.parametrize("base", [None, "", "0", "0.00", "x"])
def test_a_base_quantity_of_nothing_is_one(base):
    assert anaf.read_document(small([{"net": "1", "base": base}])).lines[0].base_quantity == 1


def test_unreadable_amounts_are_not_listed_without_end():
    found = anaf.read_document(small([{"net": "x" * 500}] * 500))
    assert len(found.unreadable) == 100 and max(map(len, found.unreadable)) < 250


@pytest.mark.parametrize("day", ["2026-W05-5", "20260130", "2026-13-01", "30.01.2026", "0000-00-00", "2026-1-3"])
def test_what_is_no_date(day):
    assert anaf.read_facts(INVOICE.replace(b"2026-01-30", day.encode())).issue_date is None


@pytest.mark.parametrize(
    ("declared", "codec"),
    [("UTF-8", "utf-8-sig"), ("windows-1250", "cp1250"), ("ISO-8859-2", "iso8859-2"), ("UTF-16", "utf-16"),
     ("utf-8", "utf-8")],
)  # fmt: skip
def test_encodings_that_are_what_they_say(declared, codec):
    text = FULL.decode().replace("ș", "s").replace('"UTF-8"', f'"{declared}"')
    assert anaf.read_document(text.encode(codec)).seller.name == "Vânzător SRL"


@pytest.mark.parametrize(
    "data",
    [
        FULL.decode().replace("ș", "s").encode("cp1250"),  # says UTF-8
        FULL.replace(b'"UTF-8"', b'"UTF-16"'),
        FULL.replace(b'"UTF-8"', b'"x-unknown"'),
        FULL.replace(b'"UTF-8"', b'"UTF-7"'),
        FULL[:-20],
        FULL + b"<more/>",
        b"\x00" * 100,
        b"PK\x03\x04" + b"\x00" * 100,
        b"%PDF-1.4",
        b"<html><body>Request Rejected</body></html>",
        b"",
        ERRORS,
        BUYER_MESSAGE,
        b"<Invoice>&undefined;</Invoice>",
        b"<a>" * 50_000 + b"</a>" * 50_000,
        b'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/hostname">]><Invoice><ID>&x;</ID></Invoice>',
        b'<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:1/x.dtd"><Invoice/>',
        b'<!DOCTYPE Invoice [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x"> %x;]><Invoice/>',
        b'<!DOCTYPE Invoice [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">'
        b'<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;">]><Invoice><ID x="&d;">&d;</ID></Invoice>',
        "text, no bytes",
        None,
    ],
    ids=itertools.count(),
)
def test_what_is_no_invoice(data):
    started = time.monotonic()
    with pytest.raises(anaf.UblError):
        anaf.read_document(data)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32", "utf-16"])
def test_bytes_that_show_their_encoding_whatever_is_declared(codec):
    data = FULL.decode().encode(codec)
    try:
        assert anaf.read_document(data).seller.name == "Vânzător SRL"
    except anaf.UblError:
        assert codec == "utf-32"


def test_an_xinclude_is_only_an_element():
    xml = (
        b'<Invoice xmlns:xi="http://www.w3.org/2001/XInclude"><ID><xi:include href="file:///etc/hostname" '
        b'parse="text"/>7</ID></Invoice>'
    )
    assert anaf.read_document(xml).facts.number == "7"


def test_a_nesting_as_deep_as_the_parser_takes_it():
    xml = b"<Invoice><Note>" + b"<a>" * 200 + b"x" + b"</a>" * 200 + b"</Note></Invoice>"
    assert anaf.read_document(xml).notes == ["x"]


@pytest.mark.parametrize("size", [9_000_000, 11_000_000])
def test_a_huge_text_is_kept_or_refused(size):
    xml = small([]).replace(b"<b:ID>1</b:ID>", b"<b:ID>" + b"7" * size + b"</b:ID>", 1)
    started = time.monotonic()
    try:
        assert len(anaf.read_document(xml).facts.number) == size
    except anaf.UblError:
        assert size > 10_000_000
    assert time.monotonic() - started < 5


def test_fifty_thousand_lines_take_seconds():
    xml = small([{"net": "20.00", "quantity": "2", "price": "10.00", "allowances": ["0.10"]}] * 50_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    found = anaf.read_document(xml)
    assert (len(found.lines), found.lines[-1].id) == (50_000, "50000")
    assert time.monotonic() - started < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 900 * 1024, "KB"


def test_damaged_bytes_give_a_document_or_an_error():
    """A thousand random damages; whatever else came out would reach the user as a traceback."""
    chance = random.Random(20261122)
    outcomes = {"read": 0, "refused": 0}
    for _turn in range(1000):
        data = bytearray(chance.choice((FULL, INVOICE, CREDIT_NOTE)))
        for _hit in range(chance.randint(1, 2)):
            at = chance.randrange(len(data))
            match chance.randrange(5):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + chance.randint(1, 60)]
                case 2:
                    data[at:at] = chance.choice((b"&#0;", b"&lt;", b"]]>", b"<!--", b"<x/>", b"9" * 50, b"\xff\xfe"))
                case 3:  # a number becomes something else
                    where = data.find(b">", data.find(b"Amount", at)) + 1
                    data[where:where] = chance.choice((b"-", b"9", b"1e", b",", b"<x/>", b"<!-- -->", b"&#48;", b" "))
                case 4:  # an element leaves
                    start = data.find(b"<", data.find(b"Line", at))
                    del data[start : data.find(b">", start) + 1 if chance.random() < 0.2 else start]
        try:
            found = anaf.read_document(bytes(data))
        except anaf.UblError as error:
            assert len(str(error)) < 400
            outcomes["refused"] += 1
        else:
            assert dataclasses.is_dataclass(found)
            anaf.contradictions(found)
            outcomes["read"] += 1
    assert min(outcomes.values()) > 50
