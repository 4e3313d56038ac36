"""A supplier's XML on its way to a bill: read, proposed, made. What each part holds is in importer_*.py."""
import logging

from odoo import api, models

from ...anaf import UblError, XmlError, read_document
from ..common.anaf_words import document_error_words
from .keys import line_keys
from .lookup import Lookup
from .proposal import Choice, Proposal

_logger = logging.getLogger(__name__)


class EfacturaImporter(models.AbstractModel):
    """No table, no state: proposals are plain values, a wizard shows and changes them, `_create_bills` books them."""
    _name = 'l10n_ro_efactura.importer'
    _description = "e-Factura import of bills"

    @api.private
    def _read(self, xml, message=None):  # noqa: ARG002  what an extension may look at
        """The document of exact bytes. :raises UblError: it is no invoice"""
        try:
            return read_document(xml)
        except XmlError as error:
            raise UblError.of(error) from None

    @api.private
    def _propose(self, company, sources):
        """What would be booked, nothing written.

        :param sources: [(xml bytes, SPV message or empty recordset)]
        :return: a Proposal for each, in the same order; what is no invoice has `document` None and a refusal
        """
        self = self.with_company(company)
        proposals = [self._start(company, xml, message) for xml, message in sources]
        readable = [proposal for proposal in proposals if proposal.document]
        lookup = Lookup(self, company, [proposal.document for proposal in readable])
        for proposal in readable:
            proposal.lookup = lookup
            self._isolated(self._propose_header, proposal)
            lookup.keys |= line_keys(proposal.document)
        self._mark_twins(readable)
        for proposal in readable:
            if proposal.document:
                self._isolated(self._propose_rest, proposal)
        return proposals

    @api.private
    def _isolated(self, step, proposal):
        """One document that cannot be understood never stops the others."""
        try:
            step(proposal)
        except ArithmeticError:  # numbers that no amount can be
            proposal.document = None
            proposal.refusals.append({'code': 'unreadable', 'text': self.env._("The amounts cannot be read.")})

    @api.private
    def _start(self, company, xml, message):
        message = message if message is not None else self.env['l10n_ro_efactura.message']
        proposal = Proposal(company, None, xml, message)
        proposal.duplicates = proposal.original = self.env['account.move']
        proposal.partner = Choice(self.env['res.partner'])
        proposal.journal = Choice(self.env['account.journal'])
        proposal.location = Choice()
        proposal.currency = company.currency_id
        try:
            proposal.document = self._read(xml, message)
        except UblError as error:
            text = self.env._("This is no invoice: %s", document_error_words(self.env, error))
            proposal.refusals.append({'code': 'unreadable', 'text': text})
        return proposal

    @api.private
    def _propose_header(self, proposal):
        facts = proposal.document.facts
        proposal.currency = proposal.lookup.currencies.get(
            facts.currency or 'RON', self.env['res.currency']) or proposal.currency
        proposal.move_type = 'in_refund' if proposal.document.sign < 0 else 'in_invoice'
        self._propose_partner(proposal)

    @api.private
    def _propose_rest(self, proposal):
        proposal.on_payment = self._is_on_payment(proposal)
        self._propose_location(proposal)
        self._propose_lines(proposal)
        self._apply_location(proposal)
        self._propose_bank(proposal)
        self._propose_original(proposal)
        self._guard(proposal)
        self._warn(proposal)

    # -- location -------------------------------------------------------------------------------------------

    @api.private
    def _locations(self, company):
        """The records that a location of this company may be; glue addons add theirs. Empty where it means nothing."""
        if company.l10n_ro_efactura_location == 'journal':
            Journal = self.env['account.journal']
            return Journal.search([*Journal._check_company_domain(company), ('type', '=', 'purchase')])
        if company.l10n_ro_efactura_location == 'analytic':
            Account = self.env['account.analytic.account'].sudo()
            return Account.search(Account._check_company_domain(company)).sudo(self.env.su)
        return None

    @api.private
    def _location_field(self, company):
        """The field of res.partner that remembers the location, or False."""
        return {
            'journal': 'l10n_ro_efactura_journal_id',
            'analytic': 'l10n_ro_efactura_analytic_id',
        }.get(company.l10n_ro_efactura_location, False)

    @api.private
    def _propose_location(self, proposal):
        company = proposal.company
        proposal.journal = Choice(proposal.lookup.journal, 'default' if proposal.lookup.journal else 'none')
        name = self._location_field(company)
        if not name:
            return
        remembered = proposal.partner.value.with_company(company).sudo()[name]
        proposal.location = Choice(remembered.sudo(self.env.su), 'remembered' if remembered else 'none')
        if name == 'l10n_ro_efactura_journal_id' and not remembered:
            proposal.location = proposal.journal

    @api.private
    def _apply_location(self, proposal):
        """Put the location on the bill and its lines; a wizard calls this again after a change."""
        location = proposal.location
        if not location.value:
            return
        if location.value._name == 'account.journal':
            proposal.journal = location
        elif location.value._name == 'account.analytic.account':
            for line_proposal in proposal.lines:
                if line_proposal.analytic.source != 'user' and not (
                        line_proposal.analytic.value and line_proposal.analytic.source == 'remembered'):
                    line_proposal.analytic = Choice({str(location.value.id): 100.0}, location.source)
