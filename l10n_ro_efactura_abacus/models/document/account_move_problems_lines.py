import re

from odoo import models

from .texts import plain

# VAT categories whose invoice needs the seller's VAT number.
SELLER_VAT = ("S", "Z", "E", "AE", "K", "G")
REASON_BY_DEFAULT = ("AE", "K", "G", "O")
NC8 = re.compile(r"\d{8}")
CPV = re.compile(r"\d{8}(-\d)?")


class AccountMove(models.Model):
    """What the lines of an invoice lack; a unit or a tax that several lines share is named once."""

    _inherit = "account.move"

    def _l10n_ro_efactura_problems_lines(self, build):
        _, problem = self.env._, self._l10n_ro_efactura_problem
        lines = build.items["product"]
        if not lines:
            yield problem("lines", "BG-25", _("There are no lines."), field="invoice_line_ids")
        for line in lines:
            if not plain(line.name) and not build.product(line.product_id).name:
                yield problem("item_name", "BT-153", _("A line has neither a product nor a label."), line, "name")
        yield from self._l10n_ro_efactura_problems_units(build, lines)
        yield from self._l10n_ro_efactura_problems_taxes(build, lines)
        yield from self._l10n_ro_efactura_problems_codes(build, lines)

    def _l10n_ro_efactura_problems_units(self, build, lines):
        _, problem = self.env._, self._l10n_ro_efactura_problem
        for unit in dict.fromkeys(line.product_uom_id for line in lines if line.id not in build.on_document):
            if not build.unit(unit):
                name = unit.with_env(self.env).name
                yield problem("unit", "BT-130", _("The unit %(unit)s has no ANAF code.", unit=name), unit, "code")

    def _l10n_ro_efactura_problems_taxes(self, build, lines):
        _, problem = self.env._, self._l10n_ro_efactura_problem
        # without any CUI: that is asked first
        registered = bool(build.seller_vat or not build.seller._l10n_ro_efactura_cui())
        for number, line in enumerate(lines, start=1):
            vat = build.taxes(line).rated
            if len(vat) > 1:
                yield problem(
                    "taxes",
                    "BT-151",
                    _("The line %(line)s has more than one VAT: leave one.", line=_label(line, number)),
                    line,
                    "tax_ids",
                )
            elif not vat and registered:
                yield problem(
                    "tax_missing",
                    "BT-151",
                    _("The line %(line)s has no VAT: choose a tax, even 0 %%.", line=_label(line, number)),
                    line,
                    "tax_ids",
                )
        found = {}
        taxes = dict.fromkeys(tax for line in lines for tax in build.taxes(line).flat)
        for tax in self.env["account.tax"].browse(tax.id for tax in taxes):
            if tax.amount < 0 or (tax.amount_type != "percent" and tax.include_base_amount):
                continue  # withheld, or a charge on the line
            code = build.tax_code(tax)
            if code:
                found[tax] = code
            else:
                yield problem("tax", "BT-151", _("The tax %(tax)s has no VAT category.", tax=tax.name), tax, "code")
        for tax, (category, exemption, text) in found.items():
            yield from self._l10n_ro_efactura_problems_category(build, tax, category, exemption, text, registered)
        yield from self._l10n_ro_efactura_problems_buyer_vat(build, {code[0] for code in found.values()})

    def _l10n_ro_efactura_problems_category(self, build, tax, category, exemption, text, registered):
        """Does what is said of `tax` agree with its rate and with the seller?"""
        _, problem = self.env._, self._l10n_ro_efactura_problem
        seller = build.seller
        rate = 0.0 if tax.amount_type != "percent" or tax.has_negative_factor else tax.amount
        if category == "S" and not rate:
            yield problem(
                "tax_rate",
                "BT-152",
                _("The tax %(tax)s is 0 %% and cannot be of category S.", tax=tax.name),
                tax,
                "code",
            )
        elif category != "S" and rate:
            yield problem(
                "tax_rate",
                "BT-152",
                _(
                    "The tax %(tax)s is %(rate)s %% and cannot be of category %(category)s.",
                    tax=tax.name,
                    rate=rate,
                    category=category,
                ),
                tax,
                "code",
            )
        if category in SELLER_VAT and not registered:
            yield problem(
                "seller_vat",
                "BT-31",
                _(
                    "%(seller)s is not registered for VAT (its CUI has no RO) but the invoice has "
                    "the tax %(tax)s: write "
                    "RO before the CUI or take the tax away.",
                    seller=seller.display_name,
                    tax=tax.name,
                ),
                seller,
                "vat",
            )
        if category == "O" and registered:
            yield problem(
                "tax_o",
                "BT-151",
                _(
                    "Category O is for sellers who are not registered for VAT: choose another for the tax %(tax)s.",
                    tax=tax.name,
                ),
                tax,
                "code",
            )
        if category not in ("S", "Z", *REASON_BY_DEFAULT) and not exemption and not plain(text):
            yield problem(
                "exemption", "BT-120", _("The tax %(tax)s does not say why it is exempt.", tax=tax.name), tax, "code"
            )

    def _l10n_ro_efactura_problems_buyer_vat(self, build, categories):
        """BR-IC-02: an intra-community supply is one to a VAT number, and leaves the country (BR-IC-12)."""
        _, problem = self.env._, self._l10n_ro_efactura_problem
        buyer = build.buyer
        if "K" in categories and not build.buyer_ids[0]:
            yield problem(
                "buyer_vat",
                "BT-48",
                _("An intra-community supply needs the VAT number of %(partner)s.", partner=buyer.display_name),
                buyer,
                "vat",
            )
        if "AE" in categories and not build.buyer_ids[0] and not build.buyer_ids[1].strip("0"):
            yield problem(
                "buyer_vat",
                "BT-48",
                _("Reverse charge needs the VAT number of %(partner)s.", partner=buyer.display_name),
                buyer,
                "vat",
            )

    def _l10n_ro_efactura_problems_codes(self, build, lines):
        _, problem = self.env._, self._l10n_ro_efactura_problem
        for product in dict.fromkeys(build.product(line.product_id) for line in lines):
            for code, list_id in product.classifications:
                if not (CPV if list_id == "STI" else NC8).fullmatch(code):
                    yield problem(
                        "classification",
                        "BT-158",
                        _(
                            "%(code)s on %(product)s is no code: NC8 has 8 digits, CPV 8 digits and a check digit.",
                            code=code,
                            product=product.record.with_env(self.env).display_name,
                        ),
                        product.record,
                        "l10n_ro_efactura_cpv" if list_id == "STI" else "l10n_ro_efactura_nc8",
                    )


def _label(line, number):
    """Return a few words that show which line is meant; its `number` on the invoice where it has none."""
    text = plain(line.name) or line.product_id.display_name or str(number)
    return text if len(text) <= 40 else f"{text[:39]}…"
