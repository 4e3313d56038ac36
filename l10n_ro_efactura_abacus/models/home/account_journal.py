"""The accounting dashboard: what e-Factura wants of each journal, and core's buttons that ask ANAF."""

from odoo import api, fields, models
from odoo.fields import Domain

from ..common.rights import check_read_spv, may_bill, may_read_spv

# What the card of a sales journal counts, in the order in which it is shown.
COUNTED = ("to_send", "late", "nok", "uncertain")


class AccountJournal(models.Model):
    """A journal whose card shows what is to be sent, and which asks ANAF from core's menu entries."""

    _inherit = "account.journal"

    def _fill_sale_purchase_dashboard_data(self, dashboard_data):
        # EXTENDS 'account'
        super()._fill_sale_purchase_dashboard_data(dashboard_data)
        sales = self.filtered(lambda journal: journal.type == "sale" and journal.country_code == "RO")
        if not sales or not may_read_spv(self.env):
            return
        moves = self.env["account.move"]
        for key in COUNTED:
            domain = moves._l10n_ro_efactura_sending_domain(key) & Domain("journal_id", "in", sales.ids)
            for journal, count in moves._read_group(domain, ["journal_id"], ["__count"]):
                dashboard_data[journal.id][f"l10n_ro_efactura_{key}"] = count

    def action_l10n_ro_efactura_list(self):
        """Open the journal's invoices that the clicked badge counts (context `l10n_ro_efactura_key`).

        :raise AccessError: the user may neither invoice nor read the books
        """
        check_read_spv(self, "read")
        self.ensure_one()
        key = self.env.context.get("l10n_ro_efactura_key")
        moves = self.env["account.move"]
        action = moves._l10n_ro_efactura_sending_action(key if key in COUNTED else "to_send")
        return {**action, "domain": list(Domain(action["domain"]) & Domain("journal_id", "=", self.id))}

    # -------------------------------------------------------------------------
    # CORE'S BUTTONS
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_asks_anaf(self, kind):
        """Return the journals of `kind` ('sale' or 'purchase') whose company is connected, for who may bill."""
        if not may_bill(self.env):
            return self.browse()
        return self.filtered(
            lambda journal: (
                journal.type == kind
                and journal.country_code == "RO"
                and journal.company_id._l10n_ro_efactura_credential()
            )
        )

    @api.depends_context("uid")
    def _compute_show_fetch_in_einvoices_button(self):
        # EXTENDS 'account'
        super()._compute_show_fetch_in_einvoices_button()
        self._l10n_ro_efactura_asks_anaf("purchase").show_fetch_in_einvoices_button = True

    @api.depends_context("uid")
    def _compute_show_refresh_out_einvoices_status_button(self):
        # EXTENDS 'account'
        super()._compute_show_refresh_out_einvoices_status_button()
        self._l10n_ro_efactura_asks_anaf("sale").show_refresh_out_einvoices_status_button = True

    def button_fetch_in_einvoices(self):
        """Read SPV for what came since yesterday, and open what is to be imported.

        :raise UserError: as `refresh_spv`
        """
        # EXTENDS 'account'
        self.check_access("read")
        result = super().button_fetch_in_einvoices()
        journals = self._l10n_ro_efactura_asks_anaf("purchase")
        now = fields.Date.context_today(self)
        for company in journals.company_id:
            self.env["l10n_ro_efactura.message"].refresh_spv(company, fields.Date.subtract(now, days=1), now)
        return journals[:1].action_l10n_ro_efactura_to_import() if journals else result

    def button_refresh_out_einvoices_status(self):
        """Ask ANAF for the status of the journals' invoices in processing."""
        # EXTENDS 'account'
        self.check_access("read")
        result = super().button_refresh_out_einvoices_status()
        if journals := self._l10n_ro_efactura_asks_anaf("sale"):
            self.env["account.move"].search(
                [("journal_id", "in", journals.ids), ("l10n_ro_efactura_state", "=", "processing")]
            )._l10n_ro_efactura_refresh_now()
        return result
