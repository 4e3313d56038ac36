from odoo import models


class AccountMove(models.Model):
    """Who stands on an invoice: which entries are e-Factura's, and whose addresses need a sector of Bucharest."""
    _inherit = 'account.move'

    def _autopost_draft_entries(self, batch_size=100):
        # EXTENDS 'account': the cron writes on the invoice why it was not posted, and goes on
        quiet = self.with_context(l10n_ro_efactura_no_dialog=True)
        return super(AccountMove, quiet)._autopost_draft_entries(batch_size)

    def _l10n_ro_efactura_addresses(self):
        """The contacts whose address an e-invoice of these moves would show: both parties, and the delivery."""
        moves = self.filtered(lambda move: move.is_invoice() and move.country_code == 'RO')
        return moves.partner_id | moves.partner_shipping_id | moves.company_id.sudo().partner_id

    def _l10n_ro_efactura_is_self_billing(self):
        """We issue the invoice in the supplier's name (type 389)."""
        return self.move_type == 'in_invoice' and self.journal_id.is_self_billing

    def _l10n_ro_efactura_is_document(self):
        """Is this a kind of document ANAF takes? Receipts, bills and entries are not."""
        self.ensure_one()
        return self.country_code == 'RO' and (
            self.move_type in ('out_invoice', 'out_refund') or self._l10n_ro_efactura_is_self_billing())
