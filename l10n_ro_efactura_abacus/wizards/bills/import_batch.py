from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.common.actions import soft_reload
from ...models.common.rights import check_bill


class EfacturaImportBatch(models.TransientModel):
    """The import table: suppliers' documents, each ready, to fill in, refused (with its reason) or imported."""

    _name = "l10n_ro_efactura.import.batch"
    _description = "e-Factura import of many documents"

    import_ids = fields.One2many("l10n_ro_efactura.import", "batch_id", string="Documents")
    ready_count = fields.Integer(compute="_compute_counts")
    yellow_count = fields.Integer(compute="_compute_counts")
    refused_count = fields.Integer(compute="_compute_counts")
    done_count = fields.Integer(compute="_compute_counts")
    total_count = fields.Integer(compute="_compute_counts")
    late_count = fields.Integer(compute="_compute_counts", help="Ready but for their locked period")

    @api.depends("import_ids.state", "import_ids.locked")
    def _compute_counts(self):
        for batch in self:
            states = batch.import_ids.mapped("state")
            batch.total_count = len(states)
            for name in ("ready", "yellow", "refused", "done"):
                batch[f"{name}_count"] = states.count(name)
            batch.late_count = len(batch._late())

    def _late(self):
        """Return the documents whose locked period is the only reason against the import."""
        return self.import_ids.filtered(
            lambda page: page.state == "refused" and not page.yellow_count and page._reasons() == [page.locked]
        )

    def _compute_display_name(self):
        self.display_name = self.env._("XML → Bills")

    @api.model
    @api.private
    def _open(self, sources):
        """Load `sources` (see `l10n_ro_efactura.import._load`).

        :return: the action: the page of one document, the table of many
        """
        pages = self.env["l10n_ro_efactura.import"]
        if len(sources) == 1:
            return pages._load(sources)._action()
        batch = self.create({})
        pages._load(sources, batch)
        return batch._action()

    @api.model
    @api.private
    def _open_messages(self, messages):
        """Return the action of the import of archived SPV messages."""
        return self._open(
            [
                {"company": message.company_id, "message": message, "xml": message._document_bytes()}
                for message in messages
            ]
        )

    @api.model
    @api.private
    def _open_files(self, attachments):
        """Return the action of the import of uploaded files.

        `l10n_ro_efactura_journal_id` of the context is the journal of the bills.
        """
        sources = self.env["l10n_ro_efactura.importer"]._sources_of_files(
            [(attachment.name, attachment.raw or b"") for attachment in attachments]
        )
        journal = self.env["account.journal"].browse(self.env.context.get("l10n_ro_efactura_journal_id"))
        return self._open([{**source, "journal": journal} for source in sources])

    def _action(self):
        self.ensure_one()
        return self._get_records_action(name=self.display_name, context={})

    def _next_action(self, page):
        """Apply what was learned from `page`; return the action of the next page to fill in, else of the table."""
        self._use_what_was_learned(page)
        later = self.import_ids.filtered(lambda other: other.state == "yellow")
        after = later.filtered(lambda other: other.sequence > page.sequence) or later
        return after[0]._action() if after else self._action()

    def _use_what_was_learned(self, pages):
        """Propose the other documents of the same suppliers again, as their contact and lines are known now."""
        suppliers = set(pages.mapped("supplier_cif")) - {False}
        self.import_ids.filtered(
            lambda page: page.state in ("yellow", "ready") and not page.import_error and page.supplier_cif in suppliers
        )._look_again()

    # -------------------------------------------------------------------------
    # BUTTONS
    # -------------------------------------------------------------------------

    def _check_may(self):
        check_bill(self)
        self.ensure_one().check_access("write")

    def action_import_ready(self):
        """Create draft bills of all documents that are ready; the others stay in the table with their reason."""
        self._check_may()
        return self._import_ready()

    def action_import_ready_post(self):
        """Create and post the bills of all documents that are ready."""
        self._check_may()
        return self._import_ready(post=True)

    def action_import_late(self):
        """Create draft bills, on the first open date, of the documents with a locked period."""
        self._check_may()
        late = self._late()
        for page in late:
            page.accounting_date = page.open_date
        return self._import_ready(pages=late)

    def action_open_bills(self):
        """Open the bills created here."""
        self._check_may()
        bills = self.import_ids.move_id
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_in_invoice_type")
        return {**action, "domain": [("id", "in", bills.ids)], "context": {"create": False}}

    def _import_ready(self, post=False, pages=None):
        ready = (self.import_ids if pages is None else pages).filtered(lambda page: page.state == "ready")
        if not ready:
            raise UserError(self.env._("No document is ready."))
        ready._import(post)
        self._use_what_was_learned(ready.filtered("move_id"))
        return soft_reload()
