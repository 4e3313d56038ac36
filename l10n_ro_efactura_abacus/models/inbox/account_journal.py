"""The count of SPV invoices that are not in the books yet, on the purchase journal's card."""

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class AccountJournal(models.Model):
    """A purchase journal that shows the invoices to import."""

    _inherit = "account.journal"

    def _fill_sale_purchase_dashboard_data(self, dashboard_data):
        # EXTENDS 'account'
        super()._fill_sale_purchase_dashboard_data(dashboard_data)
        messages = self.env["l10n_ro_efactura.message"]
        if not messages.has_access("read"):
            return
        purchases = self.filtered(lambda journal: journal.type == "purchase")
        counts = {
            company: messages.search_count(company._l10n_ro_efactura_to_import_domain())
            for company in purchases.company_id
            if company._l10n_ro_efactura_credential()
        }
        for company, count in counts.items():
            first = self.env["account.journal"].search(
                [*self.env["account.journal"]._check_company_domain(company), ("type", "=", "purchase")], limit=1
            )
            if first.id in dashboard_data:
                dashboard_data[first.id]["l10n_ro_efactura_to_import"] = count

    def action_l10n_ro_efactura_to_import(self):
        """Open the list of SPV invoices that are not in the books.

        :raise AccessError: the user may not read SPV
        """
        if not self.env["l10n_ro_efactura.message"].has_access("read"):
            raise AccessError(self.env._("Your user may not read SPV."))
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "l10n_ro_efactura_abacus.l10n_ro_efactura_message_action_received"
        )
        return {
            **action,
            "context": {"search_default_received": 1, "search_default_unpaired": 1},
            "domain": list(self.company_id._l10n_ro_efactura_to_import_domain()),
        }


class ResCompany(models.Model):
    """A company with SPV invoices to import."""

    _inherit = "res.company"

    def _l10n_ro_efactura_to_import_domain(self):
        """Return the domain of received messages without a bill, dated since the company uses e-Factura."""
        self.ensure_one()
        domain = Domain(
            [
                ("company_id", "=", self.id),
                ("environment", "=", "prod"),
                ("kind", "=", "received"),
                ("move_id", "=", False),
                ("archive_state", "!=", "gone"),
            ]
        )
        if start := self._l10n_ro_efactura_since():
            domain &= Domain("issue_date", "=", False) | Domain("issue_date", ">=", fields.Date.to_string(start))
        return domain
