"""The importer of supplier XMLs: read, propose, create bills. This file runs the steps; importer_*.py hold them."""

import logging

from odoo import api, models

from ...anaf import UblError, XmlError, read_document
from ..common.anaf_words import document_error_words
from .keys import line_keys
from .lookup import Lookup
from .proposal import Choice, Proposal

_logger = logging.getLogger(__name__)


class EfacturaImporter(models.AbstractModel):
    """Turns XMLs into Proposals (plain values that a wizard shows and changes) and Proposals into bills.

    Has no table and no state: `_propose` writes nothing, `_create_bills` books.
    """

    _name = "l10n_ro_efactura.importer"
    _description = "e-Factura import of bills"

    @api.private
    def _read(self, xml, message=None):  # noqa: ARG002  for extensions
        """Parse the exact bytes of an invoice.

        :return: ``anaf.Document``
        :raise UblError: the bytes are no invoice
        """
        try:
            return read_document(xml)
        except XmlError as error:
            raise UblError.of(error) from None

    @api.private
    def _propose(self, company, sources):
        """Propose a bill for each source; nothing is written.

        :param sources: [(xml bytes, SPV message or empty recordset)]
        :return: [Proposal] in the same order; where the source is no invoice, `document` is None and `refusals` says so
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
        """Run `step` on one proposal; unreadable amounts refuse that document and no other."""
        try:
            step(proposal)
        except ArithmeticError:  # for example NaN or an exponent out of range
            proposal.document = None
            proposal.refusals.append({"code": "unreadable", "text": self.env._("The amounts cannot be read.")})

    @api.private
    def _start(self, company, xml, message):
        """Return a new Proposal with its document read, or refused where the XML is no invoice."""
        message = message if message is not None else self.env["l10n_ro_efactura.message"]
        proposal = Proposal(company, None, xml, message)
        proposal.duplicates = proposal.original = self.env["account.move"]
        proposal.partner = Choice(self.env["res.partner"])
        proposal.journal = Choice(self.env["account.journal"])
        proposal.location = Choice()
        proposal.currency = company.currency_id
        try:
            proposal.document = self._read(xml, message)
        except UblError as error:
            text = self.env._("This is no invoice: %s", document_error_words(self.env, error))
            proposal.refusals.append({"code": "unreadable", "text": text})
        return proposal

    @api.private
    def _propose_header(self, proposal):
        """Propose currency, type (`in_invoice`, `in_refund`) and supplier."""
        facts = proposal.document.facts
        proposal.currency = (
            proposal.lookup.currencies.get(facts.currency or "RON", self.env["res.currency"]) or proposal.currency
        )
        proposal.move_type = "in_refund" if proposal.document.sign < 0 else "in_invoice"
        self._propose_partner(proposal)

    @api.private
    def _propose_rest(self, proposal):
        """Propose location, lines, bank account and corrected bill, then collect refusals and warnings."""
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
        """Return the records that can be a location of this company, None where it uses none.

        Other addons extend it.
        """
        if company.l10n_ro_efactura_location == "journal":
            Journal = self.env["account.journal"]
            return Journal.search([*Journal._check_company_domain(company), ("type", "=", "purchase")])
        if company.l10n_ro_efactura_location == "analytic":
            Account = self.env["account.analytic.account"].sudo()
            return Account.search(Account._check_company_domain(company)).sudo(self.env.su)
        return None

    @api.private
    def _location_field(self, company):
        """Return the name of the res.partner field that remembers the location, or False."""
        return {
            "journal": "l10n_ro_efactura_journal_id",
            "analytic": "l10n_ro_efactura_analytic_id",
        }.get(company.l10n_ro_efactura_location, False)

    @api.private
    def _propose_location(self, proposal):
        """Propose the journal, and the location that is remembered of the supplier."""
        company = proposal.company
        proposal.journal = Choice(proposal.lookup.journal, "default" if proposal.lookup.journal else "none")
        name = self._location_field(company)
        if not name:
            return
        remembered = proposal.partner.value.with_company(company).sudo()[name]
        proposal.location = Choice(remembered.sudo(self.env.su), "remembered" if remembered else "none")
        if name == "l10n_ro_efactura_journal_id" and not remembered:
            proposal.location = proposal.journal

    @api.private
    def _apply_location(self, proposal):
        """Put the location on the bill and its lines; a wizard calls this again after a change."""
        location = proposal.location
        if not location.value:
            return
        if location.value._name == "account.journal":
            proposal.journal = location
        elif location.value._name == "account.analytic.account":
            for line_proposal in proposal.lines:
                if line_proposal.analytic.source != "user" and not (
                    line_proposal.analytic.value and line_proposal.analytic.source == "remembered"
                ):
                    line_proposal.analytic = Choice({str(location.value.id): 100.0}, location.source)
