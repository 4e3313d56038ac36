"""Which entries are e-Factura documents, and the addresses that they show."""

from odoo import models


class AccountMove(models.Model):
    """An entry that may be an e-Factura document, with the addresses on it."""

    _inherit = "account.move"

    def _autopost_draft_entries(self, batch_size=100):
        # EXTENDS 'account': the cron logs a UserError on the invoice, where a RedirectWarning would stop it
        quiet = self.with_context(l10n_ro_efactura_no_dialog=True)
        return super(AccountMove, quiet)._autopost_draft_entries(batch_size)

    def _l10n_ro_efactura_addresses(self):
        """Return the contacts whose addresses the moves' e-invoices show: seller, buyer and delivery."""
        moves = self.filtered(lambda move: move.is_invoice() and move.country_code == "RO")
        return moves.partner_id | moves.partner_shipping_id | moves.company_id.sudo().partner_id

    def _l10n_ro_efactura_is_self_billing(self):
        """Return True for an invoice that we issue in the supplier's name (document type 389)."""
        return self.move_type == "in_invoice" and self.journal_id.is_self_billing

    def _l10n_ro_efactura_is_document(self):
        """Return True for a kind of document that goes to ANAF; receipts, bills and other entries do not."""
        self.ensure_one()
        return self.country_code == "RO" and (
            self.move_type in ("out_invoice", "out_refund") or self._l10n_ro_efactura_is_self_billing()
        )
