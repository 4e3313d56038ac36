"""An e-Factura as a page that people read: from the document's business terms to words, numbers and dates."""

from odoo import api, models
from odoo.tools.misc import format_date

from ...anaf import cif_digits
from ..common.core import ormcache

LINES_SHOWN = 500  # of one document; all of them only where asked for


class EfacturaMessage(models.Model):
    _inherit = "l10n_ro_efactura.message"

    @api.model
    @api.private
    def _readable_html(self, document, message=None, all_lines=False):
        """`document` as HTML to look at, every text escaped, with styles of its own and nothing from outside.

        :param document: :class:`anaf.Document`
        :param message: the message whose package holds it, for the seal's badge and the indexes
        :param all_lines: more than the first 500
        :rtype: Markup
        """
        return self.env["ir.qweb"]._render(
            "l10n_ro_efactura_abacus.readable_invoice", self._readable_values(document, message, all_lines)
        )

    @api.model
    def _readable_values(self, document, message=None, all_lines=False):
        facts = document.facts
        shown = document.lines if all_lines else document.lines[:LINES_SHOWN]
        money = self._number_of(2)
        units = self._unit_words(shown)
        address = message and f"/l10n_ro_efactura/package/{message.id}"
        return {
            "title": self._type_word(facts),
            "is_credit": document.sign < 0,
            "number": facts.number,
            "currency": facts.currency,
            "seal": message and message._seal_words(),
            "is_test": bool(message) and message.environment == "test",
            "headline": money(facts.payable if facts.payable is not None else facts.total),
            "facts": self._with_values(
                [
                    (self.env._("Issue date"), self._day(facts.issue_date)),
                    (self.env._("Due date"), self._day(facts.due_date)),
                    (self.env._("Currency"), facts.currency),
                    (self.env._("VAT due"), self._vat_point(document)),
                    (self.env._("Delivery date"), self._day(document.delivery_date)),
                    (self.env._("Period"), self._period(document.period_start, document.period_end)),
                    (self.env._("Upload index"), message and message.upload_index),
                    (self.env._("Download index"), message and message.anaf_id),
                ]
            ),
            "seller": self._party_values(document.seller),
            "buyer": self._party_values(document.buyer),
            "payee": document.payee and self._party_values(document.payee),
            "lines": [self._line_values(line, units) for line in shown],
            "left_out": len(document.lines) - len(shown),
            "line_count": len(document.lines),
            "all_link": address and f"{address}/view?all_lines=1",
            "allowances": [self._allowance_values(item) for item in document.allowances],
            "subtotals": [
                {
                    "category": self._category_word(tax.category),
                    "rate": self._rate(tax.rate),
                    "taxable": money(tax.taxable),
                    "amount": money(tax.amount),
                    "reason": " ".join(filter(None, (tax.exemption_code, tax.exemption_text))),
                }
                for tax in document.subtotals
            ],
            "totals": self._totals(document, money),
            "payment": self._with_values(
                [
                    (self.env._("Payment"), self._payment_word(document.payment_means)),
                    (self.env._("IBAN"), ", ".join(document.ibans)),
                    (self.env._("Payment reference"), document.payment_reference),
                    (self.env._("Terms"), document.payment_terms),
                ]
            ),
            "references": self._with_values(
                [
                    *(
                        (self.env._("Invoice it refers to"), " / ".join(filter(None, (number, self._day(day)))))
                        for number, day in document.preceding
                    ),
                    (self.env._("Order"), document.order),
                    (self.env._("Sales order"), document.sales_order),
                    (self.env._("Contract"), document.contract),
                    (self.env._("Project"), document.project),
                    (self.env._("Buyer's reference"), document.buyer_reference),
                    (self.env._("Despatch note"), document.despatch),
                    (
                        self.env._("Delivered to"),
                        ", ".join(filter(None, (document.delivery_name, document.delivery_address))),
                    ),
                ]
            ),
            "notes": document.notes,
            "unreadable": document.unreadable,
            "attachments": [
                {
                    "link": address and item.content and f"{address}/attachment?n={position}",
                    "name": item.name or item.description or item.url,
                    "description": item.description,
                    "url": item.url,
                    "size": len(item.content),
                }
                for position, item in enumerate(document.attachments)
            ],
        }

    # -- words ----------------------------------------------------------------------------------------------

    @api.model
    def _type_word(self, facts):
        """Return what a document is called, by its type (BT-3), else by its root."""
        credit = facts.root == "CreditNote"
        return self._type_words().get(facts.type_code) or (
            self.env._("Credit note") if credit else self.env._("Invoice")
        )

    @api.model
    def _type_words(self):
        """Return {code of UNTDID 1001 (BT-3): what the document is called}."""
        _ = self.env._
        return {
            "380": _("Invoice"),
            "381": _("Credit note"),
            "384": _("Corrected invoice"),
            "389": _("Self-billed invoice"),
            "751": _("Invoice for accounting purposes"),
            "326": _("Partial invoice"),
            "386": _("Prepayment invoice"),
        }

    @api.model
    def _category_word(self, code):
        _ = self.env._
        return {
            "S": _("Taxed"),
            "Z": _("Zero rate"),
            "E": _("Exempt"),
            "AE": _("Reverse charge"),
            "K": _("Intra-Community supply"),
            "G": _("Export"),
            "O": _("Not subject to VAT"),
            "L": "IGIC",
            "M": "IPSI",
        }.get(code, code)

    @api.model
    def _payment_word(self, code):
        """Return a means of payment as "word (code)", the code alone where it has no word here."""
        word = self._payment_words().get(code)
        return f"{word} ({code})" if word else code

    @api.model
    def _payment_words(self):
        """Return {code of UNTDID 4461 (BT-81): what the means of payment is called}."""
        _ = self.env._
        return {
            "1": _("Not specified"),
            "10": _("Cash"),
            "20": _("Cheque"),
            "30": _("Bank transfer"),
            "31": _("Bank transfer"),
            "42": _("Payment to a bank account"),
            "48": _("Bank card"),
            "49": _("Direct debit"),
            "54": _("Credit card"),
            "55": _("Debit card"),
            "57": _("Standing agreement"),
            "58": _("SEPA transfer"),
            "59": _("SEPA direct debit"),
            "68": _("Online payment"),
            "97": _("Compensation between partners"),
            "ZZZ": _("As agreed"),
        }

    @api.model
    def _vat_point(self, document):
        _ = self.env._
        word = {
            "3": _("at the issue date"),
            "35": _("at the delivery date"),
            "432": _("on payment (VAT on payment)"),
        }.get(document.vat_point_code, document.vat_point_code)
        return word or self._day(document.vat_point_date)

    @api.model
    def _unit_words(self, lines):
        """{code: what the unit is called}"""
        return {code: self._unit_word(code) for code in {line.unit_code for line in lines}}

    @api.model
    @ormcache("code", "self.env.lang")
    def _unit_word(self, code):
        unit = self.env["l10n_ro_efactura.unit"].sudo().search([("code", "=", code)], limit=1)
        romanian = (self.env.lang or "").startswith("ro")
        return (romanian and unit.name_ro) or unit.name or code

    @api.model
    @ormcache("country", "county", "self.env.lang")
    def _place_words(self, country, county):
        """(country, county) in words; what is in no list stays as written."""
        found = self.env["res.country"].search([("code", "=", country.upper())], limit=1)
        state = (
            self.env["res.country.state"].search(
                [("country_id", "=", found.id), ("code", "=", county.rpartition("-")[2])], limit=1
            )
            if found
            else found
        )
        return found.name or country, (state and state.name) or county

    # -- parts ----------------------------------------------------------------------------------------------

    @api.model
    def _party_values(self, party):
        country, county = self._place_words(party.country[:10], party.county[:80])
        address = [
            ", ".join(filter(None, (party.street, party.street2))),
            ", ".join(filter(None, (party.postcode, party.city, county))),
            country,
        ]
        return {
            "name": party.name or party.trading_name,
            "trading_name": party.trading_name if party.trading_name != party.name else "",
            "address": [text for text in address if text],
            "facts": self._with_values(
                [
                    ("CIF", party.vat or party.cif),
                    (
                        self.env._("Registration"),
                        "" if cif_digits(party.registration) == party.cif != "" else party.registration,
                    ),
                    (
                        self.env._("Tax registration"),
                        party.tax_registration if party.tax_registration not in (party.vat, party.registration) else "",
                    ),
                    (self.env._("Legal information"), party.legal_form),
                    (self.env._("Contact"), ", ".join(filter(None, (party.contact, party.phone, party.email)))),
                ]
            ),
        }

    @api.model
    def _line_values(self, line, units):
        money = self._number_of(2)
        per = ""
        if line.base_quantity not in (None, 1):
            per = self.env._("for %s", self._number_of(0)(line.base_quantity))
        return {
            "id": line.id,
            "name": line.name,
            "texts": [text for text in (line.description, line.note) if text and text != line.name],
            "facts": self._with_values(
                [
                    (self.env._("Seller's code"), line.seller_code),
                    (self.env._("Buyer's code"), line.buyer_code),
                    (self.env._("Barcode"), line.standard_code),
                    *(({"HS": "NC8", "STI": "CPV"}.get(kind, kind), code) for code, kind in line.classifications),
                    (self.env._("Period"), self._period(line.period_start, line.period_end)),
                    (self.env._("Order line"), line.order_line),
                ]
            ),
            "unit": units.get(line.unit_code, line.unit_code),
            "unit_code": line.unit_code,
            "quantity": self._number_of(0)(line.quantity),
            "price": money(line.price),
            "per": per,
            "gross": money(line.gross_price) if line.price_discount else "",
            "category": "" if line.category == "S" else self._category_word(line.category),
            "reason": " ".join(filter(None, (line.exemption_code, line.exemption_text))),
            "rate": self._rate(line.rate),
            "net": money(line.net),
            "allowances": [self._allowance_values(item) for item in line.allowances],
        }

    @api.model
    def _allowance_values(self, item):
        money = self._number_of(2)
        sign = "" if item.is_charge else "−"
        word = item.reason or (self.env._("Charge") if item.is_charge else self.env._("Discount"))
        if item.percent is not None:
            word = f"{word} {self._number_of(0)(item.percent)} %"
            if item.base is not None:
                word = self.env._("%(what)s of %(base)s", what=word, base=money(item.base))
        return {
            "word": word,
            "amount": f"{sign}{money(item.amount)}",
            "rate": self._rate(item.rate),
            "category": self._category_word(item.category),
        }

    @api.model
    def _totals(self, document, money):
        facts = document.facts
        rows = [
            (self.env._("Lines"), money(document.line_total), ""),
            (self.env._("Discounts"), document.allowance_total and f"−{money(document.allowance_total)}", ""),
            (self.env._("Charges"), document.charge_total and money(document.charge_total), ""),
            (self.env._("Total without VAT"), money(facts.untaxed), ""),
            (self.env._("VAT"), money(facts.tax_amount), ""),
            (
                self.env._("VAT in %s", document.vat_currency),
                document.vat_currency != facts.currency and money(document.vat_in_vat_currency),
                "",
            ),
            (self.env._("Total with VAT"), money(facts.total), "o_ro_einv_strong"),
            (self.env._("Paid in advance"), document.prepaid and f"−{money(document.prepaid)}", ""),
            (self.env._("Rounding"), document.rounding and money(document.rounding), ""),
            (self.env._("To pay"), money(facts.payable), "o_ro_einv_payable"),
        ]
        return [row for row in rows if row[1]]

    # -- numbers and dates ----------------------------------------------------------------------------------

    @api.model
    def _number_of(self, decimals):
        """A function that writes a Decimal in the user's way, with at least `decimals` and all that it has."""
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        point, group = lang.decimal_point or ".", lang.thousands_sep or ""

        def write(value):
            if value is None:
                return ""
            if value.adjusted() > 20 or value.as_tuple().exponent < -20:
                return str(value)[:40]
            whole, _point, fraction = f"{abs(value):,f}".partition(".")
            fraction = fraction.rstrip("0").ljust(decimals, "0")
            text = whole.replace(",", group) + (point + fraction if fraction else "")
            return f"−{text}" if value < 0 else text

        return write

    @api.model
    def _rate(self, rate):
        return "" if rate is None else f"{self._number_of(0)(rate)} %"

    @api.model
    def _day(self, day):
        return format_date(self.env, day) if day else ""

    @api.model
    def _period(self, start, end):
        return " – ".join(filter(None, (self._day(start), self._day(end))))

    @api.model
    def _with_values(self, rows):
        return [(label, value) for label, value in rows if value]
