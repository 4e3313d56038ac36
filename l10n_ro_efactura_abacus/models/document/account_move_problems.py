from odoo import models

from ...anaf import valid_cui
from ..common.core import ACCOUNT_NUMBER
from .document_build import Build
from .texts import is_iban, plain

SECTORS = tuple(f"SECTOR{number}" for number in range(1, 7))
IDENTIFIER_LENGTH = 200  # BR-RO-L200: BT-1, 12, 13, 25 are never cut
ADDRESS_BT = {
    "supplier": ("BT-35", "BT-37", "BT-39", "BT-40"),
    "customer": ("BT-50", "BT-52", "BT-54", "BT-55"),
    "representative": ("BT-64", "BT-66", "BT-68", "BT-69"),
    "delivery": ("BT-75", "BT-77", "BT-79", "BT-80"),
}


class AccountMove(models.Model):
    """Everything ANAF would refuse an invoice for, found at once from the records, before any XML is built."""

    _inherit = "account.move"

    def _l10n_ro_efactura_problems(self, build=None):
        """What stands between this invoice and its e-Factura.

        :param build: a :class:`Build` of this invoice, where its document is made next
        :return: list of dict(code, bt, text (translated), model, res_id, field): where each is to be mended. For a
            unit or a tax the field is 'code': the answer goes to `l10n_ro_efactura.code.map._remember`. Nothing is
            asked where Odoo's own module makes the XML: it guesses
        """
        self.ensure_one()
        if self.company_id.l10n_ro_efactura_core_xml:
            return []
        build = build or Build(self)
        return [
            *self._l10n_ro_efactura_problems_header(build),
            *self._l10n_ro_efactura_problems_correction(build),
            *self._l10n_ro_efactura_problems_seller(build),
            *self._l10n_ro_efactura_problems_buyer(build),
            *self._l10n_ro_efactura_problems_delivery(build),
            *self._l10n_ro_efactura_problems_payment(build),
            *self._l10n_ro_efactura_problems_lines(build),
        ]

    def _l10n_ro_efactura_problem(self, code, bt, text, record=None, field=""):
        record = self if record is None else record
        return {
            "code": code,
            "bt": bt,
            "text": text,
            "model": record._name,
            "res_id": record.id,
            "field": field,
        }

    # -------------------------------------------------------------------------
    # HEADER
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_problems_header(self, build):
        _, problem = self.env._, self._l10n_ro_efactura_problem
        number = plain(self.name) if self.name and self.name != "/" else ""
        if number and not any(char.isdigit() for char in number):
            yield problem(
                "number_digit", "BT-1", _("The invoice number %(number)s has no digit.", number=number), field="name"
            )
        if not self.invoice_date and self.state == "posted":
            yield problem("issue_date", "BT-2", _("The invoice date is missing."), field="invoice_date")
        kind = build.kind
        if kind not in self._l10n_ro_efactura_types_allowed():
            yield problem(
                "type",
                "BT-3",
                _("An invoice of this kind cannot have the type %(type)s.", type=kind),
                field="l10n_ro_efactura_type",
            )
        if "RON" not in (self.currency_id.name, self.company_currency_id.name):
            yield problem(
                "currency",
                "BT-6",
                _("The VAT total must be in RON, which neither the invoice nor the accounts of the company are in."),
                field="currency_id",
            )
        for bt, field, text, label in (
            ("BT-1", "name", number, _("invoice number")),
            ("BT-13", "ref", self._l10n_ro_efactura_order_reference(), _("order reference")),
            ("BT-12", "l10n_ro_efactura_contract", plain(self.l10n_ro_efactura_contract), _("contract number")),
            (
                "BT-25",
                "l10n_ro_efactura_origin_number",
                plain(self.l10n_ro_efactura_origin_number),
                _("number of the preceding invoice"),
            ),
        ):
            if len(text) > IDENTIFIER_LENGTH:
                yield problem(
                    "identifier_length",
                    bt,
                    _(
                        "The %(what)s has %(count)s characters, at most %(limit)s are allowed and "
                        "identifiers are not cut.",
                        what=label,
                        count=len(text),
                        limit=IDENTIFIER_LENGTH,
                    ),
                    field=field,
                )

    def _l10n_ro_efactura_problems_correction(self, build):
        """A correction says what it corrects (art. 330 Cod fiscal) and why. The way out for a rebate over a period,
        which corrects no single invoice, is chosen by the user and tells the period."""
        _, problem = self.env._, self._l10n_ro_efactura_problem
        refund = self.move_type == "out_refund"
        if not refund and build.kind != "384":
            return
        preceding = self._l10n_ro_efactura_preceding()
        if refund and self.l10n_ro_efactura_for_period:
            yield from self._l10n_ro_efactura_problems_period()
        elif not preceding:
            yield problem(
                "origin",
                "BT-25",
                _("The number of the corrected invoice is missing."),
                field="l10n_ro_efactura_origin_number",
            )
        if (
            preceding
            and not preceding[-1][1]
            or not preceding
            and not self.l10n_ro_efactura_origin_date
            and not (refund and self.l10n_ro_efactura_for_period)
        ):
            yield problem(
                "origin_date",
                "BT-26",
                _("The date of the corrected invoice is missing."),
                field="l10n_ro_efactura_origin_date",
            )
        if refund and not self._l10n_ro_efactura_reason_text():
            yield problem(
                "reason", "BT-22", _("The reason of the correction is missing."), field="l10n_ro_efactura_reason"
            )

    def _l10n_ro_efactura_problems_period(self):
        _, problem = self.env._, self._l10n_ro_efactura_problem
        start, end = self._l10n_ro_efactura_period()
        if not start:
            yield problem(
                "period", "BT-73", _("The first day of the period is missing."), field="l10n_ro_efactura_period_start"
            )
        if not end:
            yield problem(
                "period", "BT-74", _("The last day of the period is missing."), field="l10n_ro_efactura_period_end"
            )
        if start and end and end < start:
            yield problem(
                "period", "BT-74", _("The period ends before it begins."), field="l10n_ro_efactura_period_end"
            )

    # -------------------------------------------------------------------------
    # PARTIES
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_problems_address(self, build, partner, role):
        """The parts of an address that its role needs, each on the contact that lacks it."""
        _, problem = self.env._, self._l10n_ro_efactura_problem
        street_bt, city_bt, county_bt, country_bt = ADDRESS_BT[role]
        place = build.place(partner)
        if not place.street:
            yield problem(
                "street", street_bt, _("%(partner)s has no street.", partner=partner.display_name), partner, "street"
            )
        if not place.typed_city:
            yield problem("city", city_bt, _("%(partner)s has no city.", partner=partner.display_name), partner, "city")
        if not place.country:
            yield problem(
                "country",
                country_bt,
                _("%(partner)s has no country.", partner=partner.display_name),
                partner,
                "country_id",
            )
        elif place.country == "RO":
            if not place.state:
                yield problem(
                    "county",
                    county_bt,
                    _("%(partner)s has no county.", partner=partner.display_name),
                    partner,
                    "state_id",
                )
            elif place.state == "B" and place.typed_city and place.city not in SECTORS:
                yield problem(
                    "sector",
                    city_bt,
                    _("%(partner)s is in Bucharest: choose its sector.", partner=partner.display_name),
                    partner,
                    "l10n_ro_efactura_sector",
                )

    def _l10n_ro_efactura_problems_cui(self, partner, bt, vat):
        """ANAF looks up the CUI of both sides: one with a wrong digit is nobody's.

        :param vat: the VAT number of `partner`, '' where it has none here
        """
        cui = vat[2:] if vat.startswith("RO") else partner._l10n_ro_efactura_cui()
        if cui and not valid_cui(cui):
            yield self._l10n_ro_efactura_problem(
                "cui_invalid",
                bt,
                self.env._(
                    "The CUI %(cui)s of %(partner)s is not valid: a digit is wrong or missing.",
                    cui=cui,
                    partner=partner.display_name,
                ),
                partner,
                "vat",
            )

    def _l10n_ro_efactura_problems_seller(self, build):
        _, problem = self.env._, self._l10n_ro_efactura_problem
        seller = build.seller
        known = build.seller_vat and not build.purchase
        if not known and not self.company_id._l10n_ro_efactura_cif():
            yield problem(
                "company_cif",
                "BT-31",
                _(
                    "The company %(company)s has no CIF: fill in its Tax ID or Company ID.",
                    company=self.company_id.name,
                ),
                self.company_id,
                "vat",
            )
        elif not build.seller_vat and not build.seller_id:
            yield problem(
                "seller_cui",
                "BT-31",
                _("%(partner)s has no CUI: fill in its Tax ID or Company ID.", partner=seller.display_name),
                seller,
                "vat",
            )
        yield from self._l10n_ro_efactura_problems_cui(seller, "BT-31", build.seller_vat)
        where = self.partner_id if build.purchase else self._l10n_ro_efactura_own_contact()
        yield from self._l10n_ro_efactura_problems_address(build, where if where.street else seller, "supplier")
        representative = build.representative
        if representative:
            if not representative._l10n_ro_efactura_vat():
                yield problem(
                    "representative_vat",
                    "BT-63",
                    _("The fiscal representative %(partner)s has no VAT number.", partner=representative.display_name),
                    representative,
                    "vat",
                )
            yield from self._l10n_ro_efactura_problems_address(build, representative, "representative")

    def _l10n_ro_efactura_problems_buyer(self, build):
        _, problem = self.env._, self._l10n_ro_efactura_problem
        buyer = build.buyer
        if not self.partner_id:
            yield problem("buyer", "BT-44", _("There is no customer."), field="partner_id")
            return
        if not any(build.buyer_ids):
            foreign = buyer._l10n_ro_efactura_is_foreign()
            yield problem(
                "buyer_cui",
                "BT-47",
                _(
                    "%(partner)s has no VAT number: fill in its Tax ID or Company ID, or mark it as a person.",
                    partner=buyer.display_name,
                )
                if foreign
                else _(
                    "%(partner)s is a company but has no valid CUI: fill in its Tax ID or Company ID, "
                    "or mark it as a person.",
                    partner=buyer.display_name,
                ),
                buyer,
                "vat",
            )
        yield from self._l10n_ro_efactura_problems_cui(buyer, "BT-48", build.buyer_ids[0])
        where = self._l10n_ro_efactura_own_contact() if build.purchase else self.partner_id
        yield from self._l10n_ro_efactura_problems_address(build, where if where.street else buyer, "customer")

    def _l10n_ro_efactura_problems_delivery(self, build):
        address = build.delivery_address
        if address and address not in self.partner_id | self.commercial_partner_id:
            yield from self._l10n_ro_efactura_problems_address(build, address, "delivery")

    # -------------------------------------------------------------------------
    # PAYMENT
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_problems_payment(self, build):
        _, problem = self.env._, self._l10n_ro_efactura_problem
        code, bank = build.payment_code, self.partner_bank_id
        if code == "30" and not bank:
            yield problem(
                "bank_account", "BT-84", _("A transfer needs the bank account to pay to."), field="partner_bank_id"
            )
        elif code == "30" and not is_iban(bank[ACCOUNT_NUMBER]):
            yield problem(
                "iban",
                "BT-84",
                _(
                    "%(account)s is no IBAN: a transfer needs one, else choose 'Payment to bank account'.",
                    account=bank[ACCOUNT_NUMBER],
                ),
                bank,
                ACCOUNT_NUMBER,
            )
