"""Actions of the import page: create the bill, or pair with an existing one."""

from odoo import api, models
from odoo.exceptions import UserError

from ...models.bills.importer_guards import BACKGROUND_LINES
from ...models.bills.proposal import Choice
from ...models.common.actions import notification, soft_reload
from ...models.common.core import bytes_of


class EfacturaImport(models.TransientModel):
    _inherit = "l10n_ro_efactura.import"

    # -------------------------------------------------------------------------
    # BUTTONS
    # -------------------------------------------------------------------------

    def action_import(self):
        """Create the draft bill, remember the answers, and open it."""
        self._check_may()
        return self._import_one()

    def action_import_post(self):
        """Create and post the bill, and open it."""
        self._check_may()
        return self._import_one(post=True)

    def action_import_open_date(self):
        """Import with the first open date, as the invoice's period is locked. `invoice_date` stays BT-2."""
        self._check_may()
        if self.open_date:
            self.accounting_date = self.open_date
        return self._import_one()

    def action_look_again(self):
        """Propose again after a supplier, a product or a lock date has changed; the user's answers stay."""
        self._check_may()
        self._look_again()
        return soft_reload()

    def _import_one(self, post=False):
        if self.move_id:
            return self.move_id._get_records_action()
        if reasons := self._reasons():
            raise UserError("\n".join(reasons))
        if self.line_ids._yellow():
            raise UserError(self._yellow_text())
        self._import(post)
        if self.in_background:
            return self._background_action()
        if not self.move_id:
            raise UserError(self.import_error or self.env._("The bill was not made."))
        if self.batch_id:
            return self.batch_id._next_action(self)
        action = self.move_id._get_records_action()
        if post and self.move_id.state != "posted":  # the reason is in its chatter too
            return notification(
                self.env._("The bill was imported but not posted: its messages say why."),
                "warning",
                sticky=True,
                then=action,
            )
        return action

    def _background_action(self):
        """Open the message that the cron will import."""
        return notification(
            self.env._("This invoice has %s lines: its bill is made in the background.", len(self.line_ids)),
            "warning",
            sticky=True,
            then=self.batch_id._action() if self.batch_id else self.message_id._get_records_action(),
        )

    def _yellow_text(self):
        """Name the cells that are still to be filled in."""
        _ = self.env._
        names = {"account": _("account"), "taxes": _("taxes"), "uom": _("unit"), "analytic": _("analytic")}
        rows = {}
        for line, choice in self.line_ids._yellow():
            rows.setdefault(line, []).append(names[choice])
        texts = [
            _(
                "Line %(number)s (%(name)s): %(cells)s",
                number=line.sequence + 1,
                name=(line.name or "")[:40],
                cells=", ".join(cells),
            )
            for line, cells in list(rows.items())[:10]
        ]
        return "\n".join([_("Fill in the yellow cells first."), *texts])

    # -------------------------------------------------------------------------
    # IMPORTING
    # -------------------------------------------------------------------------

    def _import(self, post=False):
        """Create the bills of the pages; a page that fails keeps its reason and stops no other."""
        importer = self.env["l10n_ro_efactura.importer"]
        free = self.message_id._lock_for_import()
        wanted = []
        for page, proposal, error in self._proposals():
            if page.message_id and page.message_id not in free:
                page.import_error = self.env._("It has a bill already, or somebody else is importing it now.")
            elif error:
                page.import_error = error
            else:
                page._write_back(proposal)
                proposal.refusals = [refusal for refusal in proposal.refusals if not page._is_answered(refusal)]
                if not page._leave_to_background(importer, proposal, post):
                    wanted.append((page, proposal))
        try:
            importer._create_bills([proposal for _page, proposal in wanted])
        except UserError as error:  # raised for a single proposal only
            wanted[0][0].import_error = str(error)
            return
        importer._remember([proposal for _page, proposal in wanted if proposal.made])
        for page, proposal in wanted:
            page.write({"move_id": proposal.made.id if proposal.made else False, "import_error": proposal.failure})
            if proposal.made:
                page._keep_evidence(proposal.made)
        if post:
            self.browse(page.id for page, _proposal in wanted).move_id._l10n_ro_efactura_post_imported()

    def _leave_to_background(self, importer, proposal, post):
        """Leave a document with thousands of lines to the cron, with the answers given here.

        :return: True where it was left to the cron
        """
        if not self.message_id or len(proposal.lines) <= BACKGROUND_LINES or proposal.refusals:
            return False
        if not proposal.partner.value:
            proposal.partner = Choice(importer._create_partner(proposal), "xml")
        importer._remember([proposal])
        self.message_id._import_later("post" if post else "draft")
        self.in_background = True
        return True

    def _is_answered(self, refusal):
        """Return True where the user has chosen another date, or has said that it is another document."""
        return refusal["code"] == "locked" and not self.locked or refusal["code"] == "duplicate" and self.is_other

    def _keep_evidence(self, bill):
        """Attach a package that was dropped by hand, and that is in no SPV message, to its bill."""
        if self.package and not self.message_id:
            bill._message_log(
                body=self.env._("ANAF's package, as it was dropped by hand."),
                attachment_ids=self.env["ir.attachment"]
                .create(
                    {
                        "name": self.file_name,
                        "raw": bytes_of(self, "package"),
                        "res_model": bill._name,
                        "res_id": bill.id,
                    }
                )
                .ids,
            )

    # -------------------------------------------------------------------------
    # DUPLICATES
    # -------------------------------------------------------------------------

    @api.model
    @api.private
    def _pair_opened_with(self, bill):
        """Pair the document of the page in the context with `bill`, instead of creating a second one.

        :return: the next action
        """
        self._check_user()
        page = self.browse(self.env.context.get("l10n_ro_efactura_import_id")).exists()
        if not page:
            raise UserError(self.env._("Open the import again."))
        return page._pair_with(bill)

    def _pair_with(self, bill):
        """Pair this document with `bill`, which a user has typed in already.

        :return: the next action
        """
        self._check_may()
        bill.check_access("write")
        if self.message_id:
            self.message_id._pair(bill, self.env._("Chosen at the import, in place of a second bill"))
        else:
            self.env["ir.attachment"].create(
                {
                    "name": self.file_name or "factura.xml",
                    "raw": self._xml_bytes(),
                    "res_model": bill._name,
                    "res_id": bill.id,
                }
            )
        self.move_id = bill
        return self.batch_id._next_action(self) if self.batch_id else bill._get_records_action()
