"""Upload of supplier e-invoices on a purchase journal: XML and ANAF ZIPs open our import."""

from odoo import models
from odoo.exceptions import AccessError

from ...anaf import PackageError, read_package
from ..common.actions import open_action

# Kinds of `anaf.read_package` that are an invoice, in a ZIP or as plain XML.
INVOICES = ("invoice", "credit_note")


class AccountJournal(models.Model):
    _inherit = "account.journal"

    def create_document_from_attachment(self, attachment_ids):
        # EXTENDS 'account': e-Factura XML and ANAF's packages open our import, everything else is core's
        if not self.env["account.move"].has_access("create"):
            raise AccessError(self.env._("You may not create bills."))
        attachments = self.env["ir.attachment"].browse(attachment_ids)
        ours = self._l10n_ro_efactura_uploads(attachments)
        if not ours:
            return super().create_document_from_attachment(attachment_ids)
        journal = self or self.browse(self.env.context.get("default_journal_id"))
        action = open_action(
            self.env,
            "l10n_ro_efactura_abacus.l10n_ro_efactura_import_action_open_files",
            ours,
            l10n_ro_efactura_journal_id=journal.id,
        )
        others = attachments - ours
        ours.unlink()
        if others:
            super().create_document_from_attachment(others.ids)
        return action

    def _l10n_ro_efactura_uploads(self, attachments):
        """Return the `attachments` that are Romanian e-invoices, where this is a purchase journal."""
        journal = self or self.browse(self.env.context.get("default_journal_id"))
        company = journal.company_id or self.env.company
        purchase = (
            journal.type == "purchase"
            if journal
            else self.env.context.get("default_move_type") in ("in_invoice", "in_refund")
        )
        if (
            not purchase
            or company.account_fiscal_country_id.code != "RO"
            or not self.env.user.has_group("account.group_account_invoice")
        ):
            return attachments.browse()
        return attachments.filtered(lambda attachment: _is_efactura(attachment.raw or b""))


def _is_efactura(content):
    """Return True where the bytes are a CIUS-RO document or ANAF's ZIP of one."""
    if content[:2] != b"PK":
        return b"CIUS-RO" in content[:20000]
    try:
        return read_package(content).kind in INVOICES
    except PackageError:
        return False
