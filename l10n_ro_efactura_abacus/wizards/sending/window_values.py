from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation

from lxml import etree
from odoo import models
from odoo.tools.misc import format_date

from ...anaf import cius
from ...models.document.document_build import LineTaxes, number
from ...models.document.texts import plain
from ...models.sending.submission_error import VAT_TERMS

# UBL 2.1 namespaces of the paths below.
NSMAP = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
_SELLER, _BUYER = "cac:AccountingSupplierParty/cac:Party/", "cac:AccountingCustomerParty/cac:Party/"
_DELIVERY = "cac:Delivery/cac:DeliveryLocation/cac:Address/"
_TOTAL, _VAT = "cac:LegalMonetaryTotal/cbc:", "cac:TaxTotal/cac:TaxSubtotal/"
_LINE = "*[self::cac:InvoiceLine or self::cac:CreditNoteLine]"
_QUANTITY = "*[self::cbc:InvoicedQuantity or self::cbc:CreditedQuantity]"
# (BT, path in the document, shown when empty too) of terms that CIUS-RO makes mandatory, and their group.
HEADER = [
    ("BT-1", "cbc:ID", True),
    ("BT-2", "cbc:IssueDate", True),
    ("BT-3", "cbc:InvoiceTypeCode | cbc:CreditNoteTypeCode", True),
    ("BT-5", "cbc:DocumentCurrencyCode", True),
    ("BT-6", "cbc:TaxCurrencyCode", False),
    ("BT-9", "cbc:DueDate | cac:PaymentMeans/cbc:PaymentDueDate", True),
    ("BT-20", "cac:PaymentTerms/cbc:Note", False),
    ("BT-24", "cbc:CustomizationID", False),
    ("BT-25", "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID", False),
    ("BT-26", "cac:BillingReference/cac:InvoiceDocumentReference/cbc:IssueDate", False),
    ("BT-73", "cac:InvoicePeriod/cbc:StartDate", False),
    ("BT-74", "cac:InvoicePeriod/cbc:EndDate", False),
    ("BT-27", f"{_SELLER}cac:PartyLegalEntity/cbc:RegistrationName", True),
    ("BT-31", f"{_SELLER}cac:PartyTaxScheme[cac:TaxScheme/cbc:ID='VAT']/cbc:CompanyID", False),
    ("BT-32", f"{_SELLER}cac:PartyTaxScheme[not(cac:TaxScheme/cbc:ID='VAT')]/cbc:CompanyID", False),
    ("BT-30", f"{_SELLER}cac:PartyLegalEntity/cbc:CompanyID", False),
    ("BT-35", f"{_SELLER}cac:PostalAddress/cbc:StreetName", True),
    ("BT-37", f"{_SELLER}cac:PostalAddress/cbc:CityName", True),
    ("BT-39", f"{_SELLER}cac:PostalAddress/cbc:CountrySubentity", True),
    ("BT-40", f"{_SELLER}cac:PostalAddress/cac:Country/cbc:IdentificationCode", True),
    ("BT-44", f"{_BUYER}cac:PartyLegalEntity/cbc:RegistrationName", True),
    ("BT-47", f"{_BUYER}cac:PartyLegalEntity/cbc:CompanyID", False),
    ("BT-48", f"{_BUYER}cac:PartyTaxScheme/cbc:CompanyID", False),
    ("BT-50", f"{_BUYER}cac:PostalAddress/cbc:StreetName", True),
    ("BT-52", f"{_BUYER}cac:PostalAddress/cbc:CityName", True),
    ("BT-54", f"{_BUYER}cac:PostalAddress/cbc:CountrySubentity", False),
    ("BT-55", f"{_BUYER}cac:PostalAddress/cac:Country/cbc:IdentificationCode", True),
    ("BT-72", "cac:Delivery/cbc:ActualDeliveryDate", False),
    ("BT-75", f"{_DELIVERY}cbc:StreetName", False),
    ("BT-77", f"{_DELIVERY}cbc:CityName", False),
    ("BT-79", f"{_DELIVERY}cbc:CountrySubentity", False),
    ("BT-80", f"{_DELIVERY}cac:Country/cbc:IdentificationCode", False),
    ("BT-81", "cac:PaymentMeans/cbc:PaymentMeansCode", False),
    ("BT-84", "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID", False),
    ("BT-106", f"{_TOTAL}LineExtensionAmount", True),
    ("BT-107", f"{_TOTAL}AllowanceTotalAmount", False),
    ("BT-108", f"{_TOTAL}ChargeTotalAmount", False),
    ("BT-109", f"{_TOTAL}TaxExclusiveAmount", True),
    ("BT-110", "cac:TaxTotal[cac:TaxSubtotal]/cbc:TaxAmount", True),
    ("BT-111", "cac:TaxTotal[not(cac:TaxSubtotal)]/cbc:TaxAmount", False),
    ("BT-112", f"{_TOTAL}TaxInclusiveAmount", True),
    ("BT-113", f"{_TOTAL}PrepaidAmount", False),
    ("BT-114", f"{_TOTAL}PayableRoundingAmount", False),
    ("BT-115", f"{_TOTAL}PayableAmount", True),
    ("BT-116", f"{_VAT}cbc:TaxableAmount", True),
    ("BT-117", f"{_VAT}cbc:TaxAmount", True),
    ("BT-118", f"{_VAT}cac:TaxCategory/cbc:ID", True),
    ("BT-119", f"{_VAT}cac:TaxCategory/cbc:Percent", False),
    ("BT-120", f"{_VAT}cac:TaxCategory/cbc:TaxExemptionReason", False),
    ("BT-121", f"{_VAT}cac:TaxCategory/cbc:TaxExemptionReasonCode", False),
]
# {BT: (column of a row, path in a line of the document)}.
LINES = {
    "BT-153": ("value", "cac:Item/cbc:Name | cac:Item/cbc:Description"),
    "BT-129": ("quantity", _QUANTITY),
    "BT-130": ("unit", f"{_QUANTITY}/@unitCode"),
    "BT-146": ("price", "cac:Price/cbc:PriceAmount"),
    "BT-131": ("amount", "cbc:LineExtensionAmount"),
    "BT-151": ("category", "cac:Item/cac:ClassifiedTaxCategory/cbc:ID"),
    "BT-152": ("rate", "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent"),
}
# {BT: field of account.move.line}.
FIELD_OF_LINE = {"BT-129": "quantity", "BT-146": "price_unit", "BT-131": "price_subtotal", "BT-153": "name"}
# Terms that are dates.
DATES = ("BT-2", "BT-9", "BT-26", "BT-72", "BT-73", "BT-74")
# {term that is a number: decimals shown at least}.
NUMBERS = {
    **dict.fromkeys(("BT-131", "BT-146", *(f"BT-{n}" for n in range(106, 118))), 2),
    **dict.fromkeys(("BT-119", "BT-129", "BT-152"), 0),
}


class EfacturaWindow(models.TransientModel):
    """The values of the window: each mandatory term with the record it comes from."""

    _inherit = "l10n_ro_efactura.window"

    def _values(self, move, xml, asked, refused):
        """Yield the values of rows, in the order of the standard.

        :param xml: the document, or b'' where it cannot be built yet: the records are read instead
        :param asked: {(BT, record)} with a row of their own as missing
        :param refused: {(BT, record)} that ANAF's last answer is about
        """
        root = etree.fromstring(xml) if xml else None
        missing_terms = {bt for bt, _record in asked}
        for bt, path, always in HEADER:
            record, field = self._source(move, bt)
            if (bt, record) in asked or (bt in missing_terms and record == move):
                continue
            if root is not None:
                texts = [
                    node if isinstance(node, str) else node.text
                    for node in root.xpath(" | ".join(f"/*/{one.strip()}" for one in path.split("|")), namespaces=NSMAP)
                ]
                value = ", ".join(self._readable(bt, text) for text in texts if text)
            else:
                value = self._shown(move, bt, record, field)
            if value or (always and root is not None):
                row = self._value_row(bt, value, record, field)
                yield {**row, "is_refused": bt in {term for term, _record in refused}}
        yield from self._line_values(move, root, asked | refused)

    def _readable(self, bt, text):
        """Return a value of the document as the user writes it: a date, a number, a code with its word."""
        if not text:
            return text
        message = self.env["l10n_ro_efactura.message"]
        with suppress(ValueError, InvalidOperation):
            if bt in DATES:
                return format_date(self.env, date.fromisoformat(text))
            if bt in NUMBERS:
                return message._number_of(NUMBERS[bt])(Decimal(text))
        word = {
            "BT-3": lambda: message._type_words().get(text),
            "BT-81": lambda: message._payment_words().get(text),
            "BT-118": lambda: message._category_word(text),
            "BT-151": lambda: message._category_word(text),
            "BT-130": lambda: message._unit_word(text),
            **dict.fromkeys(("BT-40", "BT-55", "BT-80"), lambda: message._place_words(text, "")[0]),
            **dict.fromkeys(("BT-39", "BT-54", "BT-79"), lambda: message._place_words("RO", text)[1]),
        }.get(bt)
        said = word and word()
        return f"{text} {said}" if said and said != text else text

    def _line_values(self, move, root, asked):
        """Yield a row for each line of the invoice: the document's values, and which of its codes are asked.

        :param asked: {(BT, record)} whose cells are yellow
        """
        lines = move.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and not line._l10n_ro_efactura_is_document_level()
        )
        nodes = root.xpath(f"/*/{_LINE}", namespaces=NSMAP) if root is not None else []
        Line = self.env["l10n_ro_efactura.window.line"]
        for position, line in enumerate(lines, start=1):
            tax = LineTaxes(line.tax_ids).vat
            code = move._l10n_ro_efactura_tax_code(tax)
            own_tax = ("BT-151", line) in asked and Line._kind(line, "tax_ids")
            row = {
                "state": "line",
                "number": position,
                "model": line._name,
                "res_id": line.id,
                "move_ids": move.ids,
                "unit_kind": line.product_uom_id and "unit",
                # A seller who is not registered for VAT has category O, whatever the tax.
                "category_kind": own_tax or (bool(tax) and (not code or code[0] != "O") and "vat"),
                "asked": " ".join(
                    filter(
                        None,
                        (
                            ("BT-130", line.product_uom_id) in asked and "unit",
                            (own_tax or any(term in asked for term in self._terms_of(tax))) and "vat",
                        ),
                    )
                ),
                **Line._prepare_code("unit", line.product_uom_id and self._unit_code(move, line.product_uom_id)),
                **Line._prepare_code("vat", tax and code),
            }
            for bt, (column, path) in LINES.items():
                if len(nodes) >= position:
                    found = nodes[position - 1].xpath(path, namespaces=NSMAP)
                    texts = [node if isinstance(node, str) else node.text or "" for node in found]
                else:
                    texts = [self._line_value(move, line, bt)]
                row[column] = " - ".join(self._readable(bt, text) for text in texts)
            yield row

    def _terms_of(self, tax):
        return {(bt, tax) for bt in VAT_TERMS}

    def _unit_code(self, move, uom):
        code = self.env["l10n_ro_efactura.code.map"]._uom_code(move.company_id, uom)
        return bool(code) and (code,)

    def _line_value(self, move, line, bt):
        """Return the value of a line from the records, before there is a document, as the document writes it."""
        if bt == "BT-130":
            return self.env["l10n_ro_efactura.code.map"]._uom_code(move.company_id, line.product_uom_id) or ""
        if bt == "BT-151":
            code = line.tax_ids and move._l10n_ro_efactura_tax_code(LineTaxes(line.tax_ids).vat)
            return code[0] if code else ""
        if bt == "BT-152":
            return ", ".join(str(number(tax.amount)) for tax in line.tax_ids if tax.amount_type == "percent")
        value = line[FIELD_OF_LINE[bt]]
        return str(number(value)) if isinstance(value, float) else value or ""

    def _value_row(self, bt, value, record, field):
        return {
            "state": "ok",
            "bt": bt,
            "label": self._label(bt),
            "value": value,
            "model": record._name,
            "res_id": record.id,
            "field": field,
            "source": self._source_name(record),
        }

    def _source(self, move, bt):
        """Return the (record, field) that a header term comes from."""
        term = cius.terms().get(bt) or {}
        partners = {
            "seller": move._l10n_ro_efactura_seller(),
            "buyer": move._l10n_ro_efactura_buyer(),
            "delivery": move._l10n_ro_efactura_delivery_address(),
        }
        record = partners.get(term.get("place"))
        return (record, term["field"]) if record and term.get("model") == "res.partner" else (move, term.get("field"))

    def _shown(self, move, bt, record, field):
        """Return the value from the record, before there is a document."""
        if bt in ("BT-106", "BT-107", "BT-108", "BT-114", *(f"BT-{n}" for n in range(116, 122)), "BT-24", "BT-32"):
            return ""  # computed by the document
        if bt == "BT-3":
            return self._readable(bt, move._l10n_ro_efactura_type_code())
        if bt == "BT-6":
            return "RON" if move.currency_id.name != "RON" else ""
        if bt == "BT-25":
            return ", ".join(number for number, _date in move._l10n_ro_efactura_preceding())
        if bt == "BT-26":
            return ", ".join(format_date(self.env, day) for _number, day in move._l10n_ro_efactura_preceding() if day)
        if bt in ("BT-73", "BT-74"):
            day = move._l10n_ro_efactura_period()[bt == "BT-74"]
            return format_date(self.env, day) if day else ""
        if bt in ("BT-37", "BT-52", "BT-77"):
            return record._l10n_ro_efactura_city_name() if record._name == "res.partner" else ""
        if bt in ("BT-31", "BT-30", "BT-47", "BT-48"):
            vat, other = move._l10n_ro_efactura_party_ids("supplier" if bt in ("BT-31", "BT-30") else "customer")
            if bt == "BT-30" and vat:
                other = plain(move._l10n_ro_efactura_seller().nrc) or ""
            return vat if bt in ("BT-31", "BT-48") else other
        amounts = {
            "BT-109": "amount_untaxed",
            "BT-110": "amount_tax",
            "BT-112": "amount_total",
            "BT-115": "amount_residual",
        }
        if bt in amounts:
            return self._readable(bt, str(number(move[amounts[bt]])))
        if bt == "BT-81":
            return self._readable(bt, move._l10n_ro_efactura_payment_means_code())
        if not field or field not in record._fields:
            return ""
        value = record[field]
        if record._fields[field].type == "many2one":
            return value.code if field == "state_id" else value.display_name or ""
        if record._fields[field].type == "date":
            return format_date(self.env, value) if value else ""
        return value if isinstance(value, str) else ""
