"""The bill that was imported from an e-invoice: its warnings, posting, pairing, and what is learned from it."""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError, ValidationError

from ..common.actions import open_action
from ..common.rights import check_bill


class AccountMove(models.Model):
    """A bill that may have been imported from an SPV XML, with the warnings of its import."""

    _inherit = "account.move"

    l10n_ro_efactura_import_warnings = fields.Json("Import Warnings", copy=False, readonly=True)
    l10n_ro_efactura_import_banner = fields.Html(compute="_compute_l10n_ro_efactura_import_banner")

    @api.depends("l10n_ro_efactura_import_warnings")
    def _compute_l10n_ro_efactura_import_banner(self):
        for move in self:
            texts = move.l10n_ro_efactura_import_warnings or []
            move.l10n_ro_efactura_import_banner = (
                Markup("<ul class='mb-0'>%s</ul>") % Markup().join(Markup("<li>%s</li>") % text for text in texts)
                if texts
                else False
            )

    @api.private
    def _l10n_ro_efactura_post_imported(self):
        """Post each bill; one that cannot be posted stays a draft with the reason in its chatter."""
        for move in self:
            try:
                with self.env.cr.savepoint():
                    move.with_context(l10n_ro_efactura_no_dialog=True).action_post()
            except (UserError, ValidationError, RedirectWarning) as error:
                move._message_log(body=self.env._("It could not be posted by itself: %s", error.args[0]))

    def action_l10n_ro_efactura_pair_import(self):
        """Pair the document of the import page in the context with this bill, instead of creating a second one."""
        check_bill(self)
        self.ensure_one().check_access("read")
        return open_action(self.env, "l10n_ro_efactura_abacus.l10n_ro_efactura_import_action_pair", self)

    def _l10n_ro_efactura_learn_posted(self):
        """Remember the choices of posted bills for the supplier's next invoice, where a user posted them."""
        imported = self.filtered(lambda move: move.is_purchase_document())
        if imported and not self.env.context.get("l10n_ro_efactura_unattended"):
            self.env["l10n_ro_efactura.importer"]._learn(imported)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    l10n_ro_efactura_line_key = fields.Char(
        copy=False, readonly=True, help="What the line of the e-Factura is recognised by."
    )
