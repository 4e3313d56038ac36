"""A Document as UBL: its elements, its numbers and texts, and what keeps it from being written."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from anaf_invoices import FULL
from lxml import etree

import anaf
from anaf.cius import structure

D = Decimal
HOME = anaf.Address(street="Str. Lungă 1", city="Cluj-Napoca", county="RO-CJ", country="RO")
LINE = anaf.DocumentLine(
    id="1", name="Scaun", quantity=D("2"), unit_code="H87", price=D("50"), net=D("100"), category="S", rate=D("21")
)
GOOD = anaf.Document(
    type_code="380", number="A 1", issue_date=date(2026, 10, 5), due_date=date(2026, 11, 4), currency="RON",
    seller=anaf.Party(legal_name="Mobila SRL", vat="RO18547290", address=HOME),
    buyer=anaf.Party(legal_name="Casa SRL", vat="RO4221306", address=HOME), lines=[LINE],
    subtotals=[anaf.TaxSubtotal("S", D("21"), D("100"), D("21"))], line_total=D("100"), untaxed=D("100"),
    tax_amount=D("21"), total=D("121"), payable=D("121"), customization="urn:x",
)  # fmt: skip


def written(document):
    xml = anaf.write(document)
    root = etree.fromstring(xml)
    assert structure.problems(etree.QName(root).localname, root) == []
    assert anaf.read_document(xml) == document
    return root


def texts(document, name):
    return [element.text for element in etree.fromstring(anaf.write(document)).iter("{*}" + name)]


def names(element):
    return [etree.QName(child).localname for child in element]


def problems(document):
    with pytest.raises(anaf.DocumentError) as caught:
        anaf.write(document)
    assert caught.value.problems == anaf.document_problems(document)
    assert all(one.bt in str(caught.value) and one.text for one in caught.value.problems[:20])
    return [one.bt for one in caught.value.problems]


def with_line(**changes):
    return replace(GOOD, lines=[replace(LINE, **changes)])


def test_a_small_invoice_to_the_byte():
    spaces = "".join(
        f' {key}="urn:oasis:names:specification:ubl:schema:xsd:{name}-2"'
        for key, name in (
            ("xmlns", "Invoice"),
            ("xmlns:cac", "CommonAggregateComponents"),
            ("xmlns:cbc", "CommonBasicComponents"),
        )
    )
    xml = anaf.write(GOOD).decode()
    assert xml.startswith(f"<?xml version='1.0' encoding='UTF-8'?>\n<Invoice{spaces}>\n  <cbc:CustomizationID>urn:x<")
    assert xml[xml.index("  <cac:InvoiceLine>") :] == (
        "  <cac:InvoiceLine>\n"
        "    <cbc:ID>1</cbc:ID>\n"
        '    <cbc:InvoicedQuantity unitCode="H87">2</cbc:InvoicedQuantity>\n'
        '    <cbc:LineExtensionAmount currencyID="RON">100.00</cbc:LineExtensionAmount>\n'
        "    <cac:Item>\n"
        "      <cbc:Name>Scaun</cbc:Name>\n"
        "      <cac:ClassifiedTaxCategory>\n"
        "        <cbc:ID>S</cbc:ID>\n"
        "        <cbc:Percent>21</cbc:Percent>\n"
        "        <cac:TaxScheme>\n"
        "          <cbc:ID>VAT</cbc:ID>\n"
        "        </cac:TaxScheme>\n"
        "      </cac:ClassifiedTaxCategory>\n"
        "    </cac:Item>\n"
        "    <cac:Price>\n"
        '      <cbc:PriceAmount currencyID="RON">50</cbc:PriceAmount>\n'
        "    </cac:Price>\n"
        "  </cac:InvoiceLine>\n"
        "</Invoice>\n"
    )
    assert "Str. Lungă 1" in xml


def test_what_a_credit_note_has_elsewhere():
    credit = replace(
        GOOD, root="CreditNote", type_code="381", project="P 1", tender="T 1", contract="C 1",
        vat_point_date=date(2026, 10, 1), notes=["Notă"], payments=[anaf.PaymentMeans(code="30")] * 2,
    )  # fmt: skip
    root = written(credit)
    assert names(root) == [
        "CustomizationID", "ID", "IssueDate", "TaxPointDate", "CreditNoteTypeCode", "Note", "DocumentCurrencyCode",
        "ContractDocumentReference", "AdditionalDocumentReference", "OriginatorDocumentReference",
        "AccountingSupplierParty", "AccountingCustomerParty", "PaymentMeans", "PaymentMeans", "TaxTotal",
        "LegalMonetaryTotal", "CreditNoteLine",
    ]  # fmt: skip
    assert [element.text for element in root.iter("{*}DocumentTypeCode")] == ["50"]
    assert [element.text for element in root.iter("{*}PaymentDueDate")] == ["2026-11-04"]
    invoice = replace(credit, root="Invoice")
    assert names(written(invoice))[2:9] == [
        "IssueDate", "DueDate", "InvoiceTypeCode", "Note", "TaxPointDate", "DocumentCurrencyCode",
        "OriginatorDocumentReference"]  # fmt: skip
    assert problems(replace(credit, payments=[])) == ["BT-9"]


@pytest.mark.parametrize(
    ("value", "text"),
    [("100", "100.00"), ("1E+2", "100.00"), ("100.0", "100.00"), ("100.0000", "100.00"), ("1.00E2", "100.00")],
)
def test_amounts_have_two_decimals(value, text):
    assert texts(with_line(net=D(value)), "LineExtensionAmount") == ["100.00", text]


@pytest.mark.parametrize(
    ("value", "text"),
    [("2", "2"), ("2.50", "2.50"), ("-0.0", "0.0"), ("-0", "0"), ("1E+3", "1000"), ("1E-7", "0.0000001"),
     ("-3.123456", "-3.123456"), ("0E+2", "0")],
)  # fmt: skip
def test_quantities_and_prices_keep_their_decimals(value, text):
    changed = with_line(quantity=D(value), price=D(value), price_discount=D(value), gross_price=D(value))
    assert texts(changed, "InvoicedQuantity") == [text]
    assert texts(changed, "PriceAmount") == texts(changed, "BaseAmount") == [text]


def test_no_zero_has_a_sign():
    nothing = replace(
        with_line(net=D("-0.00"), rate=D("-0")),
        subtotals=[anaf.TaxSubtotal("S", D("-0"), D("-0"), D("-0.0"))],
        **dict.fromkeys(("line_total", "untaxed", "tax_amount", "total", "payable", "rounding"), D("-0.00")),
    )
    assert b">-" not in anaf.write(nothing)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("a\0b\x1f\x0b", "ab"), (" a ", "a"), ("a\ufffe\uffff\ud800b", "ab"), ("\t\n", None), ("\x01", None),
     ("a\nb", "a\nb"), ("<&>\"'", "<&>\"'"), ("\U0001f600 ș", "\U0001f600 ș"), ("\xa0x\xa0", "x")],
)  # fmt: skip
def test_texts_lose_what_xml_forbids(text, kept):
    changed = replace(with_line(note=text), buyer=replace(GOOD.buyer, contact=text, identifiers=[("1", text)]))
    assert texts(changed, "Note") == ([kept] if kept else [])
    found = anaf.read_document(anaf.write(changed))
    assert found.buyer.contact == (kept or "")
    assert found.buyer.identifiers == [("1", kept or "")]


def test_what_ubl_asks_for_and_nobody_knows_is_empty():
    odd = replace(GOOD, sales_order="SO 1", payments=[anaf.PaymentMeans(code="48", card="1234")])
    root = written(odd)
    assert [root.findtext(f".//{{*}}{name}") for name in ("OrderReference/{*}ID", "NetworkID")] == ["", ""]


def test_registrations_that_are_no_vat_numbers():
    seller = replace(GOOD.seller, vat="", tax_registration="18547290", registration="J12/1/2020")
    root = written(replace(GOOD, seller=seller))
    assert [names(one) for one in root.iter("{*}TaxScheme")][0] == []
    assert problems(replace(GOOD, seller=replace(seller, tax_registration_scheme="VAT"))) == ["BT-32"]


def test_notes_with_their_subject():
    assert (anaf.noted("text"), anaf.noted("text", "AAI")) == ("text", "#AAI#text")


def test_a_lot_is_missing_of_nothing():
    assert problems(anaf.Document()) == [
        "BT-24", "BT-1", "BT-2", "BT-3", "BT-5", "BG-25", "BT-27", "BT-40", "BT-44", "BT-55", "BT-29", "BG-23",
        "BT-106", "BT-109", "BT-110", "BT-112", "BT-115",
    ]  # fmt: skip
    assert problems(replace(GOOD, lines=[anaf.DocumentLine("", " ")]))[:7] == [
        "BT-126 []", "BT-130 []", "BT-151 []", "BT-153 []", "BT-129 []", "BT-146 []", "BT-131 []"
    ]  # fmt: skip


def test_what_a_read_document_lacks():
    """The sample with every term says BT-7 and BT-8, and has no country in two addresses, no code in one BG-16."""
    assert problems(anaf.read_document(FULL)) == ["BT-8", "BT-55", "BT-80", "BT-81"]


def test_what_could_not_be_read_is_not_written():
    assert problems(replace(GOOD, unreadable=["BT-146 [1]: 1,5"])) == ["BT-146 [1]"]


@pytest.mark.parametrize(
    ("bt", "changes"),
    [
        ("BT-25", {"preceding": [("", None)]}),
        ("BT-122", {"supporting": [("", "Deviz")]}),
        ("BT-122", {"attachments": [anaf.Attachment("", "", b"", url="https://example.com")]}),
        ("BT-125-1", {"attachments": [anaf.Attachment("a.pdf", "", b"%PDF-")]}),
        ("BT-34-1", {"seller": replace(GOOD.seller, endpoint="a@example.com")}),
        ("BT-49-1", {"buyer": replace(GOOD.buyer, endpoint="a@example.com")}),
        ("BT-59", {"payee": anaf.Party(legal_name="Factor SA")}),
        ("BT-62", {"tax_representative": replace(GOOD.seller, trading_name="")}),
        ("BT-63", {"tax_representative": replace(GOOD.seller, trading_name="X", vat="")}),
        ("BT-69", {"tax_representative": replace(GOOD.seller, trading_name="X", address=None)}),
        ("BT-74", {"period_start": date(2026, 2, 1), "period_end": date(2026, 1, 1)}),
        ("BT-111", {"vat_currency": "EUR"}),
        ("BT-111", {"vat_in_vat_currency": D(1)}),
        ("BT-3", {"root": "DebitNote"}),
        ("BT-113", {"prepaid": D("0.001"), "payable": D("120.999")}),
    ],
)
def test_what_is_missing_or_wrong_is_named(bt, changes):
    assert bt in problems(replace(GOOD, **changes))


@pytest.mark.parametrize(
    ("bt", "changes"),
    [
        ("BT-131 [1]", {"net": D("100.001")}),
        ("BT-147 [1]", {"gross_price": D(60)}),
        ("BT-149 [1]", {"base_quantity": D(0)}),
        ("BT-135 [1]", {"period_start": date(2026, 2, 1), "period_end": date(2026, 1, 1)}),
        ("BT-157-1 [1]", {"standard_code": "5941234567899"}),
        ("BT-158-1 [1]", {"classifications": [("25232100", "")]}),
        ("BT-160 [1]", {"attributes": [("", "verde")]}),
        ("BT-161 [1]", {"attributes": [("Culoare", "")]}),
        ("BT-136 [1] reason", {"allowances": [anaf.AllowanceCharge(False, D(1))]}),
        ("BT-141 [1] base", {"allowances": [anaf.AllowanceCharge(True, D(1), D("0.001"), reason="x")]}),
    ],
)
def test_what_is_missing_or_wrong_in_a_line_is_named(bt, changes):
    assert problems(with_line(**changes)) == [bt]


@pytest.mark.parametrize("value", [1.5, 2, float("nan"), D("NaN"), D("Infinity"), D("1e30"), D("1e-30"), "2", True])
def test_only_numbers_that_are_decimal(value):
    """And nothing is reckoned with the others."""
    assert problems(with_line(price=value)) == ["BT-146 [1]"]
    assert problems(replace(GOOD, total=value)) == ["BT-112"]
    assert problems(replace(GOOD, subtotals=[anaf.TaxSubtotal("S", value, D(100), D(21))])) == ["BT-119"]


@pytest.mark.parametrize(
    ("found", "changes"),
    [
        (["BT-106"], {"line_total": D("100.01")}),
        (["BT-107"], {"allowance_total": D("1.00")}),
        (["BT-108"], {"charge_total": D("1.00")}),
        (["BT-109", "BT-112"], {"untaxed": D("100.01")}),
        (["BT-110", "BT-112"], {"tax_amount": D("21.01")}),
        (["BT-112", "BT-115"], {"total": D("121.01")}),
        (["BT-115"], {"payable": D("121.01")}),
        (["BT-115"], {"prepaid": D("1.00")}),
        (["BT-110", "BT-117 [S 21]"], {"subtotals": [anaf.TaxSubtotal("S", D(21), D(100), D(22))]}),
        (["BT-116 [S 21]", "BT-116 [S 11]"], {"subtotals": [anaf.TaxSubtotal("S", D(11), D(100), D(21))]}),
        (["BT-118", "BT-118"], {"subtotals": [anaf.TaxSubtotal("E", D(0), D(100), D(21))]}),
        (["BT-107", "BT-109"], {
            "allowances": [anaf.AllowanceCharge(False, D(5), reason="x", category="S", rate=D(21))]}),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_named(found, changes):
    assert set(found) <= set(problems(replace(GOOD, **changes)))


def test_a_second_breakdown_of_a_category_without_rates():
    line = replace(LINE, category="E", rate=D(0))
    half = anaf.TaxSubtotal("E", D(0), D(50), D(0), "scutit")
    twice = replace(GOOD, lines=[line], subtotals=[half, half], tax_amount=D(0), total=D(100), payable=D(100))
    assert problems(twice) == ["BT-118"]
    assert written(replace(twice, subtotals=[replace(half, taxable=D(100))])) is not None


def test_a_line_need_not_be_quantity_times_price():
    assert written(with_line(quantity=D(3))) is not None
