"""Alerts on invoices and bills whose partner ANAF's register describes otherwise. None stops a posting."""

from odoo import fields, models
from odoo.tools.misc import format_date

from .taxpayer import NEWS_DAYS


class AccountMove(models.Model):
    """An invoice or a bill with the warnings about its partner."""

    _inherit = "account.move"

    def _l10n_ro_efactura_register_alerts(self):
        """Return the alerts about the partner: {key: core's alert}. Drafts, and what was dated within 60 days."""
        day = self.invoice_date or fields.Date.context_today(self)
        recent = (fields.Date.context_today(self) - day).days <= NEWS_DAYS
        if not self.is_invoice() or self.country_code != "RO" or self.state == "cancel" or not recent:
            return {}
        partner = self.commercial_partner_id.sudo()
        taxpayer = partner.l10n_ro_efactura_taxpayer_id
        if not taxpayer.checked_at:
            return {}
        texts = self._l10n_ro_efactura_register_warnings(partner, taxpayer, day)
        opens = (
            {"action_text": self.env._("Open the contact"), "action": self.commercial_partner_id._get_records_action()}
            if self.commercial_partner_id.has_access("read")
            else {}
        )
        return {
            f"l10n_ro_efactura_register_{name}": {"level": level, "message": text, **opens}
            for name, (level, text) in texts.items()
        }

    def _l10n_ro_efactura_register_warnings(self, partner, taxpayer, day):
        """Return {name: (level, text)} of what the register says of `partner` for an invoice of `day`."""
        _ = self.env._
        if not taxpayer.found:
            return {
                "unknown": (
                    "warning",
                    _(
                        "ANAF's register does not know the CUI %(cif)s of %(partner)s.",
                        cif=taxpayer.cif,
                        partner=partner.name,
                    ),
                )
            }
        found = {}
        if taxpayer.deregistered_on and taxpayer.deregistered_on <= day:
            date = format_date(self.env, taxpayer.deregistered_on)
            found["gone"] = (
                "danger",
                _("%(partner)s was deregistered on %(date)s, says ANAF's register.", partner=partner.name, date=date),
            )
        elif taxpayer._was_inactive(day):
            date = format_date(self.env, taxpayer.inactive_since) if taxpayer.inactive_since else "?"
            text = (
                _(
                    "%(partner)s was declared inactive by ANAF on %(date)s: expenses and VAT of its invoices cannot be "
                    "deducted (art. 11 of the Fiscal Code).",
                    partner=partner.name,
                    date=date,
                )
                if self.is_purchase_document()
                else _(
                    "%(partner)s was declared inactive by ANAF on %(date)s: it cannot deduct the expenses and the VAT "
                    "of this invoice (art. 11 of the Fiscal Code).",
                    partner=partner.name,
                    date=date,
                )
            )
            found["inactive"] = ("danger", text)
        news, since = taxpayer._vat_news(day)
        if news == "became":
            text = _(
                "%(partner)s is a VAT payer since %(date)s, says ANAF's register.",
                partner=partner.name,
                date=format_date(self.env, since),
            )
            found["vat_news"] = ("warning", text)
        elif news == "ceased":
            text = _(
                "%(partner)s is no longer a VAT payer since %(date)s, says ANAF's register.",
                partner=partner.name,
                date=format_date(self.env, since),
            )
            found["vat_news"] = ("warning", text)
        payer = partner._l10n_ro_efactura_is_vat_payer()
        if not news and taxpayer.vat_payer and (taxpayer.vat_payer == "yes") != payer:
            found["vat"] = (
                "warning",
                _("%s is no VAT payer for ANAF, but its Tax ID here says so.", partner.name)
                if payer
                else _("%s is a VAT payer for ANAF, but its Tax ID here lacks RO.", partner.name),
            )
        return found
