"""Import of SPV packages as bills: chosen by a user, or automatically where the company wants it."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import SQL
from psycopg2.errors import SerializationFailure

from ...anaf import PackageError, UblError, read_facts, read_package
from ..common.actions import open_action
from ..common.anaf_words import document_error_words, in_words
from ..common.rights import check_bill
from .importer_guards import BACKGROUND_LINES

_logger = logging.getLogger(__name__)
# External id of the import's cron.
CRON = "l10n_ro_efactura_abacus.ir_cron_import"
# Documents that the cron imports in one transaction.
AT_ONCE = 20
# Messages proposed together in one import by a user.
PROPOSED_AT_ONCE = 100
# Messages in one import table: their bills are created while the user waits.
MOST_MESSAGES = 300


class EfacturaMessage(models.Model):
    _inherit = "l10n_ro_efactura.message"

    import_error = fields.Char("Not Imported", readonly=True, help="Why this package has not become a bill.")
    import_due = fields.Selection(
        [("draft", "As a draft"), ("post", "Posted when nothing is unknown")], string="To Be Imported", readonly=True
    )
    can_import = fields.Boolean(compute="_compute_can_import")

    _import_due_idx = models.Index("(id) WHERE import_due IS NOT NULL")

    @api.depends("kind", "environment", "archive_state", "move_id")
    def _compute_can_import(self):
        for message in self:
            message.can_import = message._is_importable()

    def _is_importable(self):
        return (
            self.kind == "received"
            and self.environment == "prod"
            and self.archive_state == "archived"
            and not self.move_id
        )

    @api.private
    def _import_bills(self, post=False):
        """Create the bills of the messages that have none.

        A message that fails raises nothing: its `import_error` says why. Messages that another worker is importing are
        skipped.

        :param bool post: post the bills without an unknown choice
        :return: the bills of the messages, those that existed included
        """
        check_bill(self, "read")
        bills = self.env["account.move"].browse(
            self.sudo().filtered(lambda message: message.kind == "received").move_id.ids
        )
        for company, messages in self.filtered(lambda message: not message.move_id).grouped("company_id").items():
            for start in range(0, len(messages), PROPOSED_AT_ONCE):
                bills |= messages[start : start + PROPOSED_AT_ONCE]._lock_for_import()._import_of(company, post)
        return bills

    @api.private
    def _lock_for_import(self):
        """Lock and return the messages that have no bill and that no other worker is importing."""
        if not self:
            return self
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    SQL(
                        "SELECT id FROM l10n_ro_efactura_message WHERE id IN %s AND move_id IS NULL ORDER BY id"
                        " FOR UPDATE SKIP LOCKED",
                        tuple(self.ids),
                    ),
                    log_exceptions=False,
                )
                free = {row[0] for row in self.env.cr.fetchall()}
        except SerializationFailure:  # one was changed since our snapshot, perhaps imported
            half = len(self) // 2
            return self[:half]._lock_for_import() + self[half:]._lock_for_import() if half else self.browse()
        return self.filtered(lambda message: message.id in free)

    @api.private
    def _import_of(self, company, post):
        importer = self.env["l10n_ro_efactura.importer"].with_company(company)
        mine = self.sudo().filtered(lambda message: message.kind == "received" and message.environment == "prod")
        # pair with bills typed by hand, where that is certain
        known = mine._make_pairs(mine._certain_pairs(company)) if mine else mine
        typed = self.env["account.move"].browse(known.move_id.ids)
        sources = [(xml, message) for message in self - known.sudo(False) if (xml := message._xml_to_import())]
        proposals = importer._propose(company, sources)
        if request:
            proposals = [proposal for proposal in proposals if not proposal.message._left_to_background(proposal)]
        good = []
        for proposal in proposals:
            if proposal.refusals:
                proposal.message.sudo().import_error = " ".join(refusal["text"] for refusal in proposal.refusals)
            else:
                good.append(proposal)
        bills = self.env["account.move"]
        try:
            bills = importer._create_bills(good)
        except UserError as error:  # raised for a single proposal only
            good[0].message.sudo().import_error = error.args[0]
        done = self.sudo().filtered(lambda message: message.move_id in bills)
        done.filtered("import_error").import_error = False
        self.sudo().filtered(lambda message: message.import_due and (message.move_id or message.import_error)).write(
            {"import_due": False}
        )
        if post:
            sure = {proposal.message.id for proposal in good if not proposal.unknown and not proposal.to_check}
            self.env["account.move"].with_context(l10n_ro_efactura_unattended=True).browse(
                done.filtered(lambda message: message.id in sure).move_id.ids
            )._l10n_ro_efactura_post_imported()
        return typed | bills

    @api.private
    def _xml_to_import(self):
        """Return the XML of an archived package; b'' where there is none, with the reason in `import_error`."""
        message = self.sudo()
        _ = self.env._
        reason = None
        if message.archive_state != "archived":
            reason = (
                _("The package is not downloaded yet.")
                if message.archive_state == "listed"
                else _("ANAF has deleted the package.")
            )
            if message.archive_state == "listed" and message.last_error:
                reason = _(
                    "The package cannot be downloaded yet: %s",
                    in_words(self.env, message.last_error, message.last_error_code),
                )
        elif message.kind not in ("received", "sent"):
            reason = _("This is no invoice.")
        else:
            try:
                package = read_package(message._package_bytes())
            except PackageError as error:
                reason = why_not_opened(self.env, error)
            else:
                if package.kind in ("invoice", "credit_note"):
                    return package.document
                reason = why_no_invoice(self.env, package)
        message.import_error = reason
        return b""

    @api.private
    def _left_to_background(self, proposal):
        """Return True where the document has so many lines that the cron imports it instead of the user's request."""
        if not proposal.document or proposal.refusals or len(proposal.lines) <= BACKGROUND_LINES:
            return False
        self._import_later("draft")
        return True

    @api.private
    def _import_later(self, how):
        """Leave the import to the cron: `how` is 'draft' or 'post'."""
        self.sudo().write({"import_due": how})
        self.env.ref(CRON).sudo()._trigger()

    @api.model
    @api.private
    def _cron_import(self):
        """Import the messages that are due, a few per transaction. Safe on many workers at once."""
        self = self.sudo()
        while True:
            taken = self._in_fresh_transaction(self._import_due_batch)
            if not taken or self._checkpoint(taken) <= 0:
                break
        self._checkpoint(remaining=self.search_count([("import_due", "!=", False)]))

    def _import_due_batch(self):
        """Import a few messages that are due; return how many were taken."""
        self.env.cr.execute(
            SQL(
                "SELECT id, import_due FROM l10n_ro_efactura_message WHERE import_due IS NOT NULL ORDER BY id LIMIT %s"
                " FOR UPDATE SKIP LOCKED",
                AT_ONCE,
            )
        )
        rows = self.env.cr.fetchall()
        for how in ("draft", "post"):
            messages = self.browse(identifier for identifier, due in rows if due == how)
            if messages:
                messages._import_bills(post=how == "post")
                messages.write({"import_due": False})
        return len(rows)

    @api.private
    def _kept(self, package):
        # EXTENDS: import automatically for companies that want it
        super()._kept(package)
        for company, messages in self.grouped("company_id").items():
            how = company.sudo().l10n_ro_efactura_auto_import
            wanted = messages.filtered(
                lambda message: message.kind == "received" and message.environment == "prod" and not message.move_id
            )
            if how != "no" and wanted:
                wanted._import_later(how)

    # -- what a user may do ---------------------------------------------------------------------------------

    def action_import(self):
        """Open the import: the page of one document, the table of many."""
        check_bill(self)
        self.check_access("read")
        if len(self) > MOST_MESSAGES:
            raise UserError(
                self.env._(
                    "Choose at most %s messages at a time. The settings can import all by themselves.", MOST_MESSAGES
                )
            )
        self.filtered(lambda message: message.kind == "received")._on_opened()
        messages = self.filtered(lambda message: message._is_importable())
        if not messages:
            if len(self) == 1 and self.kind == "received" and self.move_id:
                return self._in_the_books_action()
            raise UserError(self._why_not_importable())
        return open_action(self.env, "l10n_ro_efactura_abacus.l10n_ro_efactura_import_action_open_messages", messages)

    def _in_the_books_action(self):
        """Open the bill that this document already is, and say why."""
        text = self.env._(
            "It is in the books already: %(bill)s (%(reason)s).",
            bill=self.move_id.display_name,
            reason=self.pairing_reason or self.env._("paired"),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": text, "next": self.move_id._get_records_action()},
        }

    def _why_not_importable(self):
        _ = self.env._
        received = self.filtered(lambda message: message.kind == "received")
        if received and not received.filtered(lambda message: message.environment == "prod"):
            return _("What ANAF's test environment holds is no bill.")
        if not received:
            return _("Only invoices received from suppliers become bills.")
        if received.filtered(lambda message: message.archive_state != "archived"):
            return _("ANAF's package is not here yet: download it first.")
        return _("All of these are in the books already.")

    def create_document_from_attachment(self, attachment_ids):
        """Open the import of files that were dropped on the list of messages: XML invoices, ANAF's ZIPs.

        :return: the action
        """
        check_bill(self)
        attachments = self.env["ir.attachment"].browse(attachment_ids)
        action = open_action(self.env, "l10n_ro_efactura_abacus.l10n_ro_efactura_import_action_open_files", attachments)
        attachments.unlink()
        return action


def why_not_opened(env, error):
    """Say that a package cannot be opened, with the reason and the code of its PackageError."""
    return env._(
        "The package cannot be opened: %(reason)s (%(code)s).", reason=package_words(env, error), code=error.code
    )


def package_words(env, error):
    """Say what is wrong with a ZIP, as the end of a sentence."""
    _ = env._
    words = {
        "not_a_zip": _("it is no ZIP"),
        "too_large": _("it is larger than any e-Factura"),
        "too_many_entries": _("it holds too many files"),
        "bad_name": _("a file in it has a name that no package has"),
        "encrypted": _("it is encrypted"),
        "corrupt": _("it is damaged or cut"),
        "empty": _("it is empty"),
    }
    return words.get(error.code, error.code)


def why_no_invoice(env, package):
    """Say what a package holds instead of an invoice."""
    _ = env._
    if not package.document:
        return _("There is no XML of an invoice in the package.")
    if package.kind == "errors":
        return _("The package holds errors of ANAF, not an invoice.")
    if package.kind == "buyer_message":
        return _("The package holds a message of the buyer, not an invoice.")
    try:
        read_facts(package.document)
    except UblError as error:
        return _("This is no invoice: %s", document_error_words(env, error))
    return _("This is no invoice.")
