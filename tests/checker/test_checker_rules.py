"""One accepting and one rejecting case per family of rules, and that each finding says what and where."""

import checker_samples as samples
import pytest
from checker_samples import CIUS, delivery, invoice, line, preceding, tag

from anaf.cius import check

KINDS = samples.kinds()


def fatal(xml):
    return {finding.rule for finding in check(xml).fatal}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_accepted(name):
    report = check(KINDS[name])
    assert report.verdict == "pass", [(one.rule, one.node, one.text_en) for one in report.fatal]


def change(old, new, count=1, base="b2b"):
    text = KINDS[base].decode()
    assert old in text, old
    return text.replace(old, new, count).encode()


def amount(name, old, new, before="", base="b2b"):
    """One amount of a sample, after the text ``before``, changed."""
    opening = f'{before}<cbc:{name} currencyID="RON">'
    return change(opening + old, opening + new, base=base)


#: rule: a document that breaks it (others may break with it)
BROKEN = {
    "BR-02": change("<cbc:ID>FCT-2026/001</cbc:ID>", "<cbc:ID></cbc:ID>"),
    "BR-05": change("<cbc:DocumentCurrencyCode>RON</cbc:DocumentCurrencyCode>", ""),
    "BR-06": change("<cbc:RegistrationName>Mobila Noua SRL</cbc:RegistrationName>", ""),
    "BR-11": change(
        "<cbc:IdentificationCode>RO</cbc:IdentificationCode></cac:Country></cac:PostalAddress>"
        "<cac:PartyTaxScheme><cbc:CompanyID>RO4",
        "</cac:Country></cac:PostalAddress><cac:PartyTaxScheme><cbc:CompanyID>RO4",
    ),
    "BR-16": invoice().replace(invoice()[invoice().index(b"<cac:InvoiceLine>") : invoice().index(b"</Invoice>")], b""),
    "BR-17": change("Factoring Plus IFN", "Mobila Noua", base="rich"),
    "BR-20": change(
        "<cbc:IdentificationCode>RO</cbc:IdentificationCode></cac:Country></cac:PostalAddress>"
        "<cac:PartyTaxScheme><cbc:CompanyID>RO6",
        "</cac:Country></cac:PostalAddress><cac:PartyTaxScheme><cbc:CompanyID>RO6",
        base="rich",
    ),
    "BR-22": change('<cbc:InvoicedQuantity unitCode="H87">2</cbc:InvoicedQuantity>', ""),
    "BR-23": change(' unitCode="H87"', ""),
    "BR-25": change("<cbc:Name>Scaun</cbc:Name>", ""),
    "BR-27": change(">50</cbc:PriceAmount>", ">-50</cbc:PriceAmount>"),
    "BR-29": change("<cbc:EndDate>2026-01-31", "<cbc:EndDate>2025-12-31", base="rich"),
    "BR-30": change("<cbc:EndDate>2026-01-31", "<cbc:EndDate>2025-12-31", 2, base="rich"),
    "BR-33": change(
        "<cbc:AllowanceChargeReasonCode>95</cbc:AllowanceChargeReasonCode>"
        "<cbc:AllowanceChargeReason>Discount</cbc:AllowanceChargeReason>",
        "",
        base="document_sides",
    ),
    "BR-45": change('<cbc:TaxableAmount currencyID="RON">100.00</cbc:TaxableAmount>', ""),
    "BR-50": change("<cbc:ID>RO49AAAA1B31007593840000</cbc:ID>", "<cbc:ID></cbc:ID>"),
    "BR-53": change("<cbc:TaxCurrencyCode>RON", "<cbc:TaxCurrencyCode>USD", base="euro"),
    "BR-61": change("<cbc:ID>RO49AAAA1B31007593840000</cbc:ID>", ""),
    "BR-64": change(' schemeID="0160"', "", base="rich"),
    "BR-65": change(' listID="STI"', "", base="rich"),
    "BR-CO-03": change(
        "<cbc:DocumentCurrencyCode>",
        "<cbc:TaxPointDate>2026-01-14</cbc:TaxPointDate><cbc:DocumentCurrencyCode>",
        base="vat_on_payment",
    ),
    "BR-CO-09": change("<cbc:CompanyID>RO4221306", "<cbc:CompanyID>4221306"),
    "BR-CO-10": amount("LineExtensionAmount", "100.00", "100.01"),
    "BR-CO-11": amount("AllowanceTotalAmount", "10.00", "10.01", base="document_sides"),
    "BR-CO-13": amount("TaxExclusiveAmount", "100.00", "99.99"),
    "BR-CO-14": amount("TaxAmount", "21.00", "21.01", before="<cac:TaxTotal>"),
    "BR-CO-15": amount("TaxInclusiveAmount", "121.00", "121.01"),
    "BR-CO-16": amount("PayableAmount", "121.00", "120.99"),
    "BR-CO-17": amount("TaxAmount", "21.00", "22.00", before="</cbc:TaxableAmount>"),
    "BR-CO-25": change("<cbc:DueDate>2026-02-14</cbc:DueDate>", ""),
    "BR-S-01": change("<cac:ClassifiedTaxCategory><cbc:ID>S", "<cac:ClassifiedTaxCategory><cbc:ID>Z"),
    "BR-S-02": invoice(seller=dict(vat=None, tax_id=None)),
    "BR-S-05": invoice(lines=[dict(rate="0")]),
    "BR-S-08": amount("TaxableAmount", "100.00", "101.01"),
    "BR-S-10": change(
        "<cbc:Percent>21</cbc:Percent><cac:TaxScheme>",
        "<cbc:Percent>21</cbc:Percent><cbc:TaxExemptionReason>x</cbc:TaxExemptionReason><cac:TaxScheme>",
    ),
    "BR-E-10": change("<cbc:TaxExemptionReason>Scutit conform art. 292</cbc:TaxExemptionReason>", "", base="exempt"),
    "BR-AE-02": invoice(lines=[dict(code="AE", rate="0")], buyer=dict(vat=None)),
    "BR-AE-05": change("<cbc:Percent>0<", "<cbc:Percent>19<", 2, base="reverse_charge"),
    "BR-IC-02": invoice(lines=[dict(code="K", rate="0")], delivery=delivery("AT"), buyer=dict(vat=None, legal_id="X1")),
    "BR-IC-11": invoice(lines=[dict(code="K", rate="0")]),
    "BR-IC-12": invoice(lines=[dict(code="K", rate="0")]),
    "BR-G-09": amount("TaxAmount", "0.00", "0.01", before="</cbc:TaxableAmount>", base="export"),
    "BR-O-02": invoice(lines=[dict(code="O", rate="0")]),
    "BR-O-12": change(
        "<cac:ClassifiedTaxCategory><cbc:ID>O", "<cac:ClassifiedTaxCategory><cbc:ID>Z", base="not_registered"
    ),
    "BR-Z-10": change(
        "<cbc:ID>Z</cbc:ID><cbc:Percent>0</cbc:Percent>",
        "<cbc:ID>Z</cbc:ID><cbc:Percent>0</cbc:Percent><cbc:TaxExemptionReason>x</cbc:TaxExemptionReason>",
        base="zero_rate",
    ),
    "BR-IG-05": change("<cbc:ID>L</cbc:ID><cbc:Percent>7", "<cbc:ID>L</cbc:ID><cbc:Percent>-7", 2, base="canary"),
    "BR-IP-01": change("<cac:ClassifiedTaxCategory><cbc:ID>M", "<cac:ClassifiedTaxCategory><cbc:ID>L", base="canary"),
    "BR-B-01": invoice(lines=[dict(code="B", rate="22")]),
    "BR-DEC-12": amount("TaxExclusiveAmount", "100.00", "100.000"),
    "BR-DEC-RO-12": amount("TaxExclusiveAmount", "100.00", "100.000"),
    "UBL-DT-01": amount("TaxAmount", "21.00", "21.000", before="<cac:TaxTotal>"),
    "BR-CL-04": invoice(currency="XYZ", tax_currency="RON"),
    "BR-CL-14": change("<cbc:IdentificationCode>RO", "<cbc:IdentificationCode>XX"),
    "BR-CL-16": change("<cbc:PaymentMeansCode>10", "<cbc:PaymentMeansCode>99", base="b2c_zeros"),
    "BR-CL-18": change("<cac:ClassifiedTaxCategory><cbc:ID>S", "<cac:ClassifiedTaxCategory><cbc:ID>X"),
    "BR-CL-19": change("Code>95<", "Code>999<", base="document_sides"),
    "BR-CL-22": change("VATEX-EU-AE", "VATEX-RO-1", base="reverse_charge"),
    "BR-CL-23": invoice(lines=[dict(unit="BUC")]),
    "BR-CL-24": change("application/pdf", "text/xml", base="rich"),
    "BR-CL-25": change('schemeID="EM"', 'schemeID="XX"', base="rich"),
    "BR-RO-001": change(CIUS, CIUS[:-1] + "0"),
    "BR-RO-010": invoice(number="FARA"),
    "BR-RO-020_1": invoice(type_code="326"),
    "BR-RO-020_2": invoice("CreditNote", type_code="396"),
    "BR-RO-030": invoice(currency="EUR"),
    "BR-RO-040": change("432", "5", base="vat_on_payment"),
    "BR-RO-065": invoice(seller=dict(vat=None)),
    "BR-RO-081": change("<cbc:StreetName>Str. Lunga 1</cbc:StreetName>", "<cbc:StreetName> </cbc:StreetName>"),
    "BR-RO-101": invoice(buyer=dict(county="RO-B", city="Bucuresti")),
    "BR-RO-110": invoice(seller=dict(county="B")),
    "BR-RO-120": invoice(buyer=dict(vat=None)),
    "BR-RO-170": change("RO-TM", "TM", base="rich"),
    "BR-RO-211": invoice(delivery=delivery(county=None)),
    "BR-RO-A020": invoice(notes=["n"] * 21),
    "BR-RO-DT001": change("2026-01-15<", "2026-01-15Z<"),
    "BR-RO-DT003": change("2026-02-14<", "2026-02-14+02:00<"),
    "UBL-SR-05": invoice(terms=tag("cac:PaymentTerms", tag("cbc:Note", "a")) * 2),
    "UBL-SR-24": invoice(delivery=delivery() * 2),
    "UBL-SR-34": change(
        "<cbc:Note>Nota liniei</cbc:Note>", "<cbc:Note>a</cbc:Note><cbc:Note>b</cbc:Note>", base="rich"
    ),
    "UBL-SR-43": change("<cbc:DocumentTypeCode>130", "<cbc:DocumentTypeCode>916", base="rich"),
    "UBL-SR-47": change("<cbc:PaymentMeansCode>30", "<cbc:PaymentMeansCode>42", base="rich"),
    "UBL-SR-48": invoice().replace(
        b"</cac:ClassifiedTaxCategory>",
        b"</cac:ClassifiedTaxCategory>"
        b"<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent>"
        b"<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory>",
    ),
    "UBL-CR-666": change(
        "</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode>",
        "</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode><cac:Attachment/>",
        base="rich",
    ),
    "XSD": change("<cbc:IssueDate>2026-01-15</cbc:IssueDate>", "<cbc:IssueDate>ieri</cbc:IssueDate>"),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_named(rule):
    report = check(BROKEN[rule])
    assert rule in {one.rule for one in report.fatal}, [(one.rule, one.text_en) for one in report.fatal]
    assert report.verdict == "fail"


@pytest.mark.parametrize(
    "number, limit, rule, build",
    [
        (1, 200, "BR-RO-L155", lambda text: invoice(number="1" + text[1:])),
        (2, 50, "BR-RO-L0501", lambda text: invoice(seller=dict(county="RO-CJ", city=text))),
        (3, 150, "BR-RO-L152", lambda text: invoice(buyer=dict(street=text))),
        (4, 200, "BR-RO-L203", lambda text: invoice(buyer=dict(legal_name=text))),
        (5, 20, "BR-RO-L0202", lambda text: invoice(buyer=dict(zip=text))),
        (6, 300, "BR-RO-L302", lambda text: invoice(notes=[text])),
        (7, 300, "BR-RO-L301", lambda text: invoice(terms=tag("cac:PaymentTerms", tag("cbc:Note", text)))),
        (8, 100, "BR-RO-L1024", lambda text: invoice(lines=[dict(name=text)])),
        (9, 300, "BR-RO-L303", lambda text: invoice(lines=[dict(), dict(note=text)])),
        (10, 200, "BR-RO-L156", lambda text: invoice(references=preceding(number=text))),
    ],
)
def test_lengths_count_characters_after_squeezing_blanks(number, limit, rule, build):
    assert rule not in fatal(build("ș" * limit))
    assert rule not in fatal(build("ș" * (limit - 2) + "   ț"))
    assert rule in fatal(build("ș" * (limit + 1)))


@pytest.mark.parametrize("tax, accepted", [("20.01", True), ("20.00", False), ("21.99", True), ("22.00", False)])
def test_tax_may_differ_by_less_than_one(tax, accepted):
    xml = (
        KINDS["b2b"].replace(b">21.00<", f">{tax}<".encode()).replace(b">121.00<", f">{100 + float(tax):.2f}<".encode())
    )
    assert (fatal(xml) == set()) is accepted


def test_every_occurrence_is_named():
    xml = invoice(lines=[dict(unit="BUC"), dict(), dict(unit="PCE")])
    found = [one for one in check(xml).findings if one.rule == "BR-CL-23"]
    assert [one.line for one in found] == [1, 3]
    assert [one.node for one in found] == [f"/Invoice/cac:InvoiceLine[{i}]/cbc:InvoicedQuantity" for i in (1, 3)]
    assert found[0].odoo == ("account.move.line", "product_uom_id")
    assert "BUC" in found[0].text_ro and "BUC" in found[0].text_en


def test_twelve_mistakes_are_twelve_findings():
    xml = invoice(
        number="FARA",
        type_code="326",
        seller=dict(county="B", street=""),
        buyer=dict(vat=None, city=""),
        lines=[dict(unit="BUC"), dict(price="-5", name="x" * 101), dict(rate="0")],
        due=None,
        notes=["n" * 301],
    )
    wanted = {
        "BR-RO-010",
        "BR-RO-020_1",
        "BR-RO-110",
        "BR-RO-081",
        "BR-RO-120",
        "BR-RO-092",
        "BR-CL-23",
        "BR-27",
        "BR-RO-L1024",
        "BR-S-05",
        "BR-CO-25",
        "BR-RO-L302",
    }
    report = check(xml)
    assert wanted <= {one.rule for one in report.fatal}
    assert all(one.odoo for one in report.fatal)


def test_a_credit_note_is_asked_less_by_cius_ro():
    parties = dict(seller=dict(vat=None, tax_id=None), buyer=dict(vat=None))
    assert {"BR-RO-065", "BR-RO-120"} <= fatal(invoice(**parties))
    assert fatal(invoice("CreditNote", **parties)) == {"BR-S-02"}


def test_warnings_do_not_refuse():
    xml = change("<cbc:ID>FCT-2026/001</cbc:ID>", "<cbc:ID>FCT-2026/001</cbc:ID><cbc:UUID>1</cbc:UUID>")
    report = check(xml)
    assert report.verdict == "pass"
    assert [(one.rule, one.severity) for one in report.findings] == [("UBL-CR-005", "warning")]


def test_prefixes_and_layout_do_not_matter():
    xml = KINDS["rich"].decode()
    renamed = xml.replace("cbc:", "x:").replace("xmlns:cbc", "xmlns:x")
    renamed = renamed.replace("cac:", "y:").replace("xmlns:cac", "xmlns:y")
    assert fatal(renamed.encode()) == set()
    assert fatal(xml.replace("><", ">\n  <").encode()) == set()


def test_line_helper_gives_net_tax_and_element():
    net, tax, xml = line(1, "Invoice", "RON", quantity="3", price="1.005")
    assert (str(net), tax) == ("3.02", ("S", "21")) and xml.startswith("<cac:InvoiceLine>")
