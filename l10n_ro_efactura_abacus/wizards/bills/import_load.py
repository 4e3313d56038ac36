"""Exchange between a Proposal and the import page, in both directions."""

from decimal import Decimal

from odoo import api, models
from odoo.fields import Command

from ...models.bills.proposal import Choice
from ...models.common.core import binary
from .import_document import vat_key

ZERO = Decimal(0)
# Pairing score from which a bill is shown as a possible duplicate.
LIKELY = 50
# {value of the supplier to create: field of the page}.
NEW_SUPPLIER = {
    "name": "new_name",
    "vat": "new_vat",
    "nrc": "new_nrc",
    "street": "new_street",
    "street2": "new_street2",
    "zip": "new_zip",
    "city": "new_city",
    "country_id": "new_country_id",
    "state_id": "new_state_id",
    "l10n_ro_efactura_sector": "new_sector",
    "phone": "new_phone",
    "email": "new_email",
}


class EfacturaImport(models.TransientModel):
    _inherit = "l10n_ro_efactura.import"

    @api.model
    def _location_fields(self):
        """Return {value of the company's "location": field of the page}; the journal is the bill's own field."""
        return {"journal": "journal_id", "analytic": "location_analytic_id"}

    # -------------------------------------------------------------------------
    # LOADING
    # -------------------------------------------------------------------------

    @api.model
    @api.private
    def _load(self, sources, batch=None):
        """Create the pages of documents.

        :param sources: [dict] of company, xml (bytes), message (may be empty); for dropped files also name, package
            (bytes), journal
        :return: the pages
        """
        pages = self.create(
            [
                {
                    "batch_id": batch.id if batch else False,
                    "sequence": number,
                    "company_id": source["company"].id,
                    "message_id": source["message"].id,
                    "file_name": source.get("name"),
                    "xml": False if source["message"] else binary(source["xml"]),
                    "package": binary(source.get("package")),
                }
                for number, source in enumerate(sources)
            ]
        )
        pages._look()
        for page, source in zip(pages, sources, strict=True):
            if source.get("journal"):
                page.write({"journal_id": source["journal"].id, "journal_source": "user"})
        return pages

    def _look(self):
        """Propose again and fill the pages."""
        Line = self.env["l10n_ro_efactura.import.line"]
        lines = []
        for page, proposal, error in self._proposals():
            if error:
                page.write({"refusals": _plain(proposal.refusals), "import_error": False})
                continue
            page.write(page._page_values(proposal))
            units = self.env["l10n_ro_efactura.message"]._unit_words(proposal.document.lines)
            lines += [
                {**Line._prepare(line, number, units), "import_id": page.id}
                for number, line in enumerate(proposal.lines)
            ]
        self.line_ids.unlink()
        Line.create(lines)

    def _look_again(self):
        """Propose again and restore the user's answers."""
        answers = {line: line._user_values() for line in self.line_ids}
        rows = {page: {line.sequence: answers[line] for line in page.line_ids} for page in self}
        headers = {page: page._user_values() for page in self}
        self._look()
        for page in self:
            for line in page.line_ids:
                if values := rows[page].get(line.sequence):
                    line.write(values)
            if headers[page]:
                page.write(headers[page])

    def _user_values(self):
        """Return the user's choices in the head of the page, as values to write."""
        self.ensure_one()
        sources = {"partner_id": "partner_source", "journal_id": "journal_source"}
        sources |= {field: "location_source" for field in self._location_fields().values() if field != "journal_id"}
        chosen = {
            name: value
            for name, source in sources.items()
            if self[source] == "user"
            for name, value in ((name, self[name].id), (source, "user"))
        }
        if self.accounting_date != self.invoice_date:
            chosen["accounting_date"] = self.accounting_date
        if not self.partner_id:
            chosen |= {
                field: self._fields[field].convert_to_write(self[field], self) for field in NEW_SUPPLIER.values()
            }
        return chosen

    def _proposals(self):
        """Propose the documents of the pages again.

        :return: [(page, Proposal, why it cannot be read or False)]
        """
        importer = self.env["l10n_ro_efactura.importer"]
        found = {}
        for company, pages in self.grouped("company_id").items():
            proposals = importer._propose(company, [(page._xml_bytes(), page.message_id) for page in pages])
            found.update(zip(pages, proposals, strict=True))
        return [(page, found[page], not found[page].document and found[page].refusals[0]["text"]) for page in self]

    def _page_values(self, proposal):
        facts = proposal.document.facts
        sign = -1 if (facts.total or 0) < 0 else 1  # a negative Invoice becomes a refund with positive amounts
        partner, location = proposal.partner.value, proposal.location.value
        values = {
            "number": facts.number,
            "invoice_date": facts.issue_date,
            "due_date": facts.due_date,
            "supplier_name": facts.seller_name,
            "supplier_cif": facts.seller_cif or proposal.document.seller.vat,
            "currency_id": proposal.currency.id if proposal.currency else False,
            "move_type": proposal.move_type,
            "original_id": proposal.original.id if proposal.original else False,
            "amount_untaxed": sign * float(facts.untaxed or 0),
            "amount_tax": sign * float(facts.tax_amount or 0),
            "amount_total": sign * float(facts.total or 0),
            "partner_id": partner.id if partner else False,
            "partner_source": proposal.partner.source,
            "journal_id": proposal.journal.value.id if proposal.journal.value else False,
            "journal_source": proposal.journal.source,
            "location_source": proposal.location.source,
            "accounting_date": proposal.accounting_date or facts.issue_date,
            "new_ibans": ", ".join(proposal.partner_values.get("acc_numbers") or []),
            "vat_targets": self._vat_targets(proposal),
            "refusals": _plain(proposal.refusals),
            "warnings": "\n".join(proposal.warnings) or False,
            "duplicate_ids": [Command.set(self._maybe_the_same(proposal).ids)],
            "import_error": False,
        }
        for name, field in NEW_SUPPLIER.items():
            value = proposal.partner_values.get(name)
            values[field] = value.id if isinstance(value, models.BaseModel) else value or False
        field = self._location_fields().get(self.location_kind)
        if field and field != "journal_id":
            values[field] = location.id if location else False
        return values

    @api.model
    def _vat_targets(self, proposal):
        """Return {category and rate: VAT that the importer gives the bill where the taxes have the XML's rates}."""
        groups = {}
        for index, line in enumerate(proposal.lines):
            groups.setdefault((line.category, line.rate or ZERO), []).append(index)
        targets = self.env["l10n_ro_efactura.importer"]._vat_targets(proposal, groups)
        return {vat_key(*group): float(amount) for group, amount in targets.items()}

    def _maybe_the_same(self, proposal):
        """Return the bills that may be this document: with the same number, or likely by the pairing score."""
        moves = proposal.duplicates or self.env["account.move"]
        likely = [found["id"] for found in self.message_id.pairing_proposal or [] if found["score"] >= LIKELY]
        return moves | self.env["account.move"].search([("id", "in", likely), ("state", "!=", "cancel")])

    # -------------------------------------------------------------------------
    # WRITING BACK
    # -------------------------------------------------------------------------

    def _write_back(self, proposal):
        """Write the answers of this page into a newly made proposal."""
        self.ensure_one()
        if self.partner_id:
            proposal.partner = Choice(self.partner_id, self.partner_source or "none")
        elif not proposal.partner.value:  # not created by another user meanwhile
            proposal.partner_values |= {
                name: self[field].id if isinstance(self[field], models.BaseModel) else self[field]
                for name, field in NEW_SUPPLIER.items()
                if name in proposal.partner_values or self[field]
            }
        proposal.journal = Choice(self.journal_id, self.journal_source or "none")
        field = self._location_fields().get(self.location_kind)
        if field:
            source = self.journal_source if field == "journal_id" else self.location_source
            proposal.location = Choice(self[field], source or "none")
        proposal.accounting_date = self.accounting_date or proposal.accounting_date  # as it was shown
        for row, line in zip(self.line_ids.sorted("sequence"), proposal.lines, strict=True):
            row._write_back(line)


def _plain(refusals):
    """Return the refusals without dates, which a Json field cannot hold."""
    return [{"code": refusal["code"], "text": refusal["text"]} for refusal in refusals]
