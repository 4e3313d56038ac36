"""From packages to bills: the ones a user chose, the ones a company wants made by themselves."""
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import SQL
from psycopg2.errors import SerializationFailure

from ...anaf import PackageError, read_package
from ..common.anaf_words import in_words
from ..common.rights import check_bill
from .importer_guards import BACKGROUND_LINES
from .reasons import why_no_invoice, why_not_opened

_logger = logging.getLogger(__name__)
CRON = 'l10n_ro_efactura_abacus.ir_cron_efactura_import'
AT_ONCE = 20  # documents committed together by the cron
PROPOSED_AT_ONCE = 100


class EfacturaMessageImport(models.Model):
    _inherit = 'l10n_ro_efactura.message'

    import_error = fields.Char("Not Imported", readonly=True, help="Why this package has not become a bill.")
    import_due = fields.Selection(
        [('draft', "As a draft"), ('post', "Posted when nothing is unknown")], string="To Be Imported", readonly=True)

    _import_due_idx = models.Index("(id) WHERE import_due IS NOT NULL")

    @api.private
    def _import_bills(self, post=False):
        """The bills of these messages: made where there are none yet.

        One bad message never stops the others and raises nothing: its `import_error` says why. What another worker is
        importing now is left to it.

        :param post: post the bills that have no unknown choice
        """
        check_bill(self, 'read')
        bills = self.env['account.move'].browse(self.sudo().filtered(
            lambda message: message.kind == 'received').move_id.ids)
        for company, messages in self.filtered(lambda message: not message.move_id).grouped('company_id').items():
            for start in range(0, len(messages), PROPOSED_AT_ONCE):
                bills |= messages[start:start + PROPOSED_AT_ONCE]._lock_for_import()._import_of(company, post)
        return bills

    @api.private
    def _lock_for_import(self):
        """Those of these messages that nobody else imports now and that have no bill."""
        if not self:
            return self
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(SQL(
                    "SELECT id FROM l10n_ro_efactura_message WHERE id IN %s AND move_id IS NULL ORDER BY id"
                    " FOR UPDATE SKIP LOCKED", tuple(self.ids)), log_exceptions=False)
                free = {row[0] for row in self.env.cr.fetchall()}
        except SerializationFailure:  # one of them was changed since our snapshot, perhaps imported
            half = len(self) // 2
            return self[:half]._lock_for_import() + self[half:]._lock_for_import() if half else self.browse()
        return self.filtered(lambda message: message.id in free)

    @api.private
    def _import_of(self, company, post):
        importer = self.env['l10n_ro_efactura.importer'].with_company(company)
        mine = self.sudo().filtered(lambda message: message.kind == 'received' and message.environment == 'prod')
        # what somebody typed already is paired, where that is certain
        known = mine._make_pairs(mine._certain_pairs(company)) if mine else mine
        typed = self.env['account.move'].browse(known.move_id.ids)
        sources = [(xml, message) for message in self - known.sudo(False) if (xml := message._xml_to_import())]
        proposals = importer._propose(company, sources)
        if request:
            proposals = [proposal for proposal in proposals if not proposal.message._left_to_background(proposal)]
        good = []
        for proposal in proposals:
            if proposal.refusals:
                proposal.message.sudo().import_error = ' '.join(refusal['text'] for refusal in proposal.refusals)
            else:
                good.append(proposal)
        bills = self.env['account.move']
        try:
            bills = importer._create_bills(good)
        except UserError as error:  # there was one only
            good[0].message.sudo().import_error = error.args[0]
        done = self.sudo().filtered(lambda message: message.move_id in bills)
        done.filtered('import_error').import_error = False
        self.sudo().filtered(lambda message: message.import_due and (message.move_id or message.import_error)).write(
            {'import_due': False})
        if post:
            sure = {proposal.message.id for proposal in good if not proposal.unknown and not proposal.to_check}
            self.env['account.move'].with_context(l10n_ro_efactura_unattended=True).browse(
                done.filtered(lambda message: message.id in sure).move_id.ids)._l10n_ro_efactura_post_imported()
        return typed | bills

    @api.private
    def _xml_to_import(self):
        """The XML of an archived package; b'' where there is none, and `import_error` says why."""
        message = self.sudo()
        _ = self.env._
        reason = None
        if message.archive_state != 'archived':
            reason = _("The package is not downloaded yet.") if message.archive_state == 'listed' else _(
                "ANAF has deleted the package.")
            if message.archive_state == 'listed' and message.last_error:
                reason = _("The package cannot be downloaded yet: %s", in_words(
                    self.env, message.last_error, message.last_error_code))
        elif message.kind not in ('received', 'sent'):
            reason = _("This is no invoice.")
        else:
            try:
                package = read_package(message._package_bytes())
            except PackageError as error:
                reason = why_not_opened(self.env, error)
            else:
                if package.kind in ('invoice', 'credit_note'):
                    return package.document
                reason = why_no_invoice(self.env, package)
        message.import_error = reason
        return b''

    @api.private
    def _left_to_background(self, proposal):
        """A user does not wait for thousands of lines: True where the cron makes this bill."""
        if not proposal.document or proposal.refusals or len(proposal.lines) <= BACKGROUND_LINES:
            return False
        self._import_later('draft')
        return True

    @api.private
    def _import_later(self, how):
        """Let the cron make these bills: `how` is draft or post."""
        self.sudo().write({'import_due': how})
        self.env.ref(CRON).sudo()._trigger()

    @api.model
    @api.private
    def _cron_import(self):
        """Make the bills that are due, a few per transaction; any number of workers may run this."""
        self = self.sudo()
        while True:
            taken = self._in_fresh_transaction(self._import_due_batch)
            if not taken or self._checkpoint(taken) <= 0:
                break
        self._checkpoint(remaining=self.search_count([('import_due', '!=', False)]))

    def _import_due_batch(self):
        """Import a few that are due; how many were taken."""
        self.env.cr.execute(SQL(
            "SELECT id, import_due FROM l10n_ro_efactura_message WHERE import_due IS NOT NULL ORDER BY id LIMIT %s"
            " FOR UPDATE SKIP LOCKED", AT_ONCE))
        rows = self.env.cr.fetchall()
        for how in ('draft', 'post'):
            messages = self.browse(identifier for identifier, due in rows if due == how)
            if messages:
                messages._import_bills(post=how == 'post')
                messages.write({'import_due': False})
        return len(rows)

    @api.private
    def _package_kept(self):
        # EXTENDS: companies that want it have their bills made by themselves
        super()._package_kept()
        for company, messages in self.grouped('company_id').items():
            how = company.sudo().l10n_ro_efactura_auto_import
            wanted = messages.filtered(
                lambda message: message.kind == 'received' and message.environment == 'prod' and not message.move_id)
            if how != 'no' and wanted:
                wanted._import_later(how)
