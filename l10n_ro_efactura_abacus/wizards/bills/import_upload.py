"""Ways into the import: SPV messages, and files that people drop."""
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...anaf import MAX_SIZE, PackageError, UblError, read_facts, read_package, unzip
from ...models.bills.reasons import package_words

#: ANAF's document in a ZIP or by itself
INVOICES = ('invoice', 'credit_note')
MOST_FILES = 500  # of a dropped ZIP
MOST_MESSAGES = 300  # in one table: their bills are made while the user waits


class EfacturaMessage(models.Model):
    _inherit = 'l10n_ro_efactura.message'

    can_import = fields.Boolean(compute='_compute_can_import')

    @api.depends('kind', 'environment', 'archive_state', 'move_id')
    def _compute_can_import(self):
        for message in self:
            message.can_import = message._is_importable()

    def _is_importable(self):
        return self.kind == 'received' and self.environment == 'prod' and self.archive_state == 'archived' \
            and not self.move_id

    def action_import(self):
        """XML -> bill: the page of one document, the table of many."""
        self.env['l10n_ro_efactura.import']._check_user()
        self.check_access('read')
        if len(self) > MOST_MESSAGES:
            raise UserError(self.env._(
                "Choose at most %s messages at a time. The settings can import all by themselves.", MOST_MESSAGES))
        self.filtered(lambda message: message.kind == 'received')._opened()
        messages = self.filtered(lambda message: message._is_importable())
        if not messages:
            if len(self) == 1 and self.kind == 'received' and self.move_id:
                return self._in_the_books_action()
            raise UserError(self._why_not_importable())
        return self.env['l10n_ro_efactura.import.batch']._open([
            {'company': message.company_id, 'message': message, 'xml': message._document_bytes()}
            for message in messages])

    def _in_the_books_action(self):
        """Open the bill that this document is, and say why it is."""
        text = self.env._("It is in the books already: %(bill)s (%(reason)s).", bill=self.move_id.display_name,
                          reason=self.pairing_reason or self.env._("paired"))
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification',
            'params': {'type': 'info', 'message': text, 'next': self.move_id._get_records_action()},
        }

    def _why_not_importable(self):
        _ = self.env._
        received = self.filtered(lambda message: message.kind == 'received')
        if received and not received.filtered(lambda message: message.environment == 'prod'):
            return _("What ANAF's test environment holds is no bill.")
        if not received:
            return _("Only invoices received from suppliers become bills.")
        if received.filtered(lambda message: message.archive_state != 'archived'):
            return _("ANAF's package is not here yet: download it first.")
        return _("All of these are in the books already.")

    def create_document_from_attachment(self, attachment_ids):
        """Files dropped on the list of messages, or uploaded there: XML of invoices, ANAF's ZIPs.

        :return: the action that opens their import
        """
        self.env['l10n_ro_efactura.import']._check_user()
        attachments = self.env['ir.attachment'].browse(attachment_ids)
        files = [(attachment.name, attachment.raw or b'') for attachment in attachments]
        sources = self.env['l10n_ro_efactura.import']._sources_of_files(files)
        attachments.unlink()
        return self.env['l10n_ro_efactura.import.batch']._open(sources)


class EfacturaImport(models.TransientModel):
    _inherit = 'l10n_ro_efactura.import'

    @api.model
    def _sources_of_files(self, files):
        """What `_load` wants, of ``[(name, bytes)]``.

        :raise UserError: a file that is neither
        """
        sources = []
        for name, content in files:
            for xml, package in self._documents_in(name, content):
                company = self._company_of(xml)
                sources.append({'company': company, 'xml': xml, 'package': package, 'name': name,
                                'message': self.env['l10n_ro_efactura.message']._holding(company, xml)})
        if not sources:
            raise UserError(self.env._("Drop XML files of invoices or ANAF's ZIP packages."))
        return sources

    @api.model
    def _documents_in(self, name, content):
        """[(xml, the package it came in or None)] of one file: an XML, ANAF's ZIP, or a ZIP of these."""
        if content[:2] != b'PK':
            return [(content, None)]
        try:
            found = self._documents_in_zip(content, MAX_SIZE)
        except PackageError as error:
            raise UserError(self.env._("%(file)s cannot be opened: %(error)s", file=name,
                                       error=package_words(self.env, error))) from None
        if not found:
            raise UserError(self.env._("%s holds no invoice.", name))
        return found

    @api.model
    def _documents_in_zip(self, content, left, nested=True):
        """The invoices of a ZIP, and of the ZIPs in it.

        :param left: bytes that may still be unpacked
        :raise PackageError: it cannot be opened
        """
        files = unzip(content, max_size=left, max_entries=MOST_FILES)
        left -= sum(map(len, files.values()))
        sealed = any('semnatura' in path.lower() for path in files)
        found = []
        for data in files.values():
            if data[:2] == b'PK' and nested:
                inner = self._documents_in_zip(data, left, nested=False)
                left -= sum(len(xml) for xml, _package in inner)
                found += inner
            elif _is_invoice(data):
                found.append((data, content if sealed else None))
        return found

    @api.model
    def _company_of(self, xml):
        """The company of the user that is the buyer, else the current one."""
        try:
            buyer = read_facts(xml).buyer_cif
        except UblError:
            return self.env.company
        companies = self.env.company | self.env.companies
        return companies.filtered(lambda company: buyer and company._l10n_ro_efactura_cif() == buyer)[:1] \
            or self.env.company


class AccountJournal(models.Model):
    _inherit = 'account.journal'

    def create_document_from_attachment(self, attachment_ids):
        # EXTENDS 'account': e-Factura XML and ANAF's packages open our import, everything else is core's
        if not self.env['account.move'].has_access('create'):
            raise AccessError(self.env._("You may not create bills."))
        attachments = self.env['ir.attachment'].browse(attachment_ids)
        ours = self._l10n_ro_efactura_uploads(attachments)
        if not ours:
            return super().create_document_from_attachment(attachment_ids)
        Import = self.env['l10n_ro_efactura.import']
        sources = Import._sources_of_files([(attachment.name, attachment.raw) for attachment in ours])
        journal = self or self.browse(self.env.context.get('default_journal_id'))
        for source in sources:
            source['journal'] = journal
        others = attachments - ours
        ours.unlink()
        action = self.env['l10n_ro_efactura.import.batch']._open(sources)
        if others:
            super().create_document_from_attachment(others.ids)
        return action

    def _l10n_ro_efactura_uploads(self, attachments):
        """Those of `attachments` that are Romanian e-Facturi for a purchase journal."""
        journal = self or self.browse(self.env.context.get('default_journal_id'))
        company = journal.company_id or self.env.company
        purchase = journal.type == 'purchase' if journal else self.env.context.get('default_move_type') in (
            'in_invoice', 'in_refund')
        if not purchase or company.account_fiscal_country_id.code != 'RO' \
                or not self.env.user.has_group('account.group_account_invoice'):
            return attachments.browse()
        return attachments.filtered(lambda attachment: _is_efactura(attachment.raw or b''))


def _is_invoice(content):
    try:
        return bool(read_facts(content))
    except UblError:
        return False


def _is_efactura(content):
    """A CIUS-RO document, or ANAF's ZIP of one."""
    if content[:2] != b'PK':
        return b'CIUS-RO' in content[:20000]
    try:
        return read_package(content).kind in INVOICES
    except PackageError:
        return False
