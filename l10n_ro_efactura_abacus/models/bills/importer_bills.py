"""Creation of bills from proposals: many in one create(); a failing batch is halved until the bad one is alone."""

import logging
import mimetypes

from markupsafe import Markup
from odoo import SUPERUSER_ID, Command, api, models
from odoo.exceptions import RedirectWarning, UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..common.rights import check_bill
from .proposal import Choice

_logger = logging.getLogger(__name__)
# Bills of one create().
BATCH = 20
# Bill lines of one create(), over all its bills.
BATCH_LINES = 2000


class EfacturaImporter(models.AbstractModel):
    _inherit = "l10n_ro_efactura.importer"

    @api.private
    def _create_bills(self, proposals):
        """Create draft bills of `proposals`, in their order, and their new suppliers first.

        A proposal that fails writes the reason on its message; the others are still created.

        :return: the bills
        :raise UserError: the only proposal cannot be booked
        """
        check_bill(self)
        wanted = []
        for proposal in proposals:
            if proposal.refusals:
                self._failed(proposal, " ".join(refusal["text"] for refusal in proposal.refusals), proposals)
            else:
                wanted.append(proposal)
        made = self._create_partners(wanted, proposals)
        bills = {}
        batch, lines = [], 0
        for proposal in made:
            if batch and (len(batch) >= BATCH or lines + len(proposal.lines) > BATCH_LINES):
                bills.update(self._create_batch(batch, proposals))
                batch, lines = [], 0
            batch.append(proposal)
            lines += len(proposal.lines)
        bills.update(self._create_batch(batch, proposals))
        for proposal in made:
            proposal.made = bills.get(id(proposal), self.env["account.move"])
        return self.env["account.move"].union(*(proposal.made for proposal in made))

    @api.private
    def _failed(self, proposal, reason, proposals):
        """Keep `reason` on the proposal and its message; raise it where this is the only proposal.

        :raise UserError: there is only one proposal
        """
        proposal.failure = reason
        if len(proposals) == 1:
            raise UserError(reason)
        if proposal.message:
            proposal.message.sudo().import_error = reason

    @api.private
    def _create_partners(self, wanted, proposals):
        """Create the missing suppliers, each once for all its documents.

        :return: the proposals whose supplier exists now
        """
        new, ready = {}, []
        for proposal in wanted:
            if not proposal.partner.value:
                seller = proposal.document.seller
                key = seller.cif or seller.vat or seller.name
                try:
                    if key not in new:
                        with self.env.cr.savepoint():
                            new[key] = self._create_partner(proposal)
                except (UserError, ValidationError, RedirectWarning) as error:
                    self._failed(
                        proposal,
                        self.env._(
                            "The supplier %(name)s cannot be created: %(reason)s",
                            name=seller.name,
                            reason=error.args[0],
                        ),
                        proposals,
                    )
                    continue
                proposal.partner = Choice(new[key], "xml")
            ready.append(proposal)
        return ready

    @api.private
    def _create_batch(self, batch, proposals):
        """Create the bills of a few proposals, in halves where the whole batch fails.

        :return: {id(proposal): bill}
        """
        if not batch:
            return {}
        try:
            with self.env.cr.savepoint():
                return self._create_together(batch)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # any error of one XML concerns its own bill only
            if len(batch) == 1:
                said = isinstance(error, (UserError, ValidationError, RedirectWarning))
                if not said:
                    _logger.exception("An XML cannot be booked")
                self._failed(
                    batch[0],
                    str(error.args[0]) if said else self.env._("It cannot be booked: %s", type(error).__name__),
                    proposals,
                )
                return {}
        half = len(batch) // 2
        return {**self._create_batch(batch[:half], proposals), **self._create_batch(batch[half:], proposals)}

    @api.private
    def _create_together(self, batch):
        company = batch[0].company
        Move = (
            self.env["account.move"]
            .with_company(company)
            .with_context(
                tracking_disable=True,
                mail_create_nolog=True,
                mail_create_nosubscribe=True,
                default_move_type="in_invoice",
                l10n_ro_efactura_import=True,
            )
        )
        with self._stand_ins(batch):
            bills = self._make_bills(Move, batch)
            self._attach(list(zip(batch, bills, strict=True)))
            self._pair_and_log(list(zip(batch, bills, strict=True)))
            bills.flush_recordset()
        context = self.env.context
        return {id(proposal): bill.with_context(context) for proposal, bill in zip(batch, bills, strict=True)}

    @api.private
    def _pair_and_log(self, pairs):
        """Pair the bills with their packages in one write, and log in the chatter who imported them.

        :raise UserError: another transaction has paired one of the packages
        """
        user = self.env.user.name
        uploaded = {
            bill.id: self.env._("Imported by %(user)s from an uploaded e-Factura.", user=user)
            for proposal, bill in pairs
            if not proposal.message
        }
        self.env["account.move"].browse(uploaded)._message_log_batch(bodies=uploaded)
        reason = self.env._("imported by %s", user)
        rows = [(proposal.message.id, bill.id, reason) for proposal, bill in pairs if proposal.message]
        paired = self.env["l10n_ro_efactura.message"].sudo()._write_pairs(rows)
        if len(paired) != len(rows):
            raise UserError(self.env._("Somebody else has imported this package meanwhile."))
        paired._after_pairing()

    @api.private
    def _make_bills(self, Move, batch):
        """Create or fill the bills of a batch, in its order."""
        new = iter(Move.create([self._bill_values(proposal) for proposal in batch if not proposal.bill]))
        return Move.union(*(self._fill_bill(proposal) if proposal.bill else next(new) for proposal in batch))

    @api.private
    def _fill_bill(self, proposal):
        """Replace the content of the proposal's draft bill with the invoice."""
        bill = proposal.bill.with_context(l10n_ro_efactura_import=True)
        values = self._bill_values(proposal)
        values["invoice_line_ids"] = [
            *(Command.delete(line.id) for line in bill.invoice_line_ids),
            *values["invoice_line_ids"],
        ]
        del values["company_id"]
        if bill.journal_id.id == values["journal_id"]:
            del values["journal_id"]
        if bill.move_type == values["move_type"]:
            del values["move_type"]
        bill.write(values)
        return bill

    # -- values ---------------------------------------------------------------------------------------------

    @api.private
    def _bill_values(self, proposal):
        """Return the values of the bill. `invoice_date` is always BT-2; only `date` may differ."""
        document, facts = proposal.document, proposal.document.facts
        self._propose_rate(proposal)
        forced = self._forced_amounts(proposal)
        values = {
            "move_type": proposal.move_type,
            "company_id": proposal.company.id,
            "journal_id": proposal.journal.value.id,
            "partner_id": proposal.partner.value.id,
            "currency_id": proposal.currency.id,
            "ref": facts.number,
            "invoice_date": facts.issue_date,
            "invoice_origin": document.order or False,
            "narration": Markup("<br/>").join(document.notes) or False,
            "payment_reference": document.payment_reference or facts.number,
            "reversed_entry_id": proposal.original.id if proposal.original else False,
            "l10n_ro_efactura_import_warnings": proposal.warnings or False,
            "invoice_line_ids": [],
            **proposal.extra,
        }
        if facts.due_date:
            values |= {"invoice_date_due": facts.due_date, "invoice_payment_term_id": False}
        if proposal.accounting_date or facts.issue_date:  # else core uses today's date
            values["date"] = proposal.accounting_date or facts.issue_date
        for index, line_proposal in enumerate(proposal.lines):
            line_values = {
                "sequence": 10 + index,
                **self._bill_line_values(proposal, line_proposal),
                **self._journal_values(proposal, line_proposal),
            }
            if index in forced:
                line_values["extra_tax_data"] = forced[index]
            values["invoice_line_ids"].append(Command.create(line_values))
        return values

    @api.private
    def _bill_line_values(self, proposal, line_proposal):  # noqa: ARG002  for extensions
        """Return the values of one bill line."""
        return {
            "display_type": "product",
            "is_imported": True,
            "name": line_proposal.name,
            "product_id": line_proposal.product.value.id if line_proposal.product.value else False,
            "account_id": line_proposal.account.value.id if line_proposal.account.value else False,
            "product_uom_id": line_proposal.uom.value.id if line_proposal.uom.value else False,
            "quantity": line_proposal.quantity,
            "price_unit": line_proposal.price_unit,
            "discount": line_proposal.discount,
            "tax_ids": [Command.set(line_proposal.taxes.value.ids if line_proposal.taxes.value else [])],
            "analytic_distribution": line_proposal.analytic.value or False,
            "l10n_ro_efactura_line_key": line_proposal.key,
            **line_proposal.extra,
            "l10n_ro_efactura_treatment": line_proposal.treatment.value or "expense",
            "l10n_ro_efactura_to_expense": bool(line_proposal.to_expense.value),
        }

    @api.private
    def _journal_values(self, proposal, line_proposal):
        """Return the line's journal amounts and tax tags, which core would otherwise compute and write line by line."""
        company, refund = proposal.company.currency_id, proposal.move_type == "in_refund"
        rate = 1.0 if proposal.currency == company else proposal.extra.get("invoice_currency_rate")
        taxes = (line_proposal.taxes.value or self.env["account.tax"]).sudo()
        if not rate or any(tax.price_include or tax.amount_type == "group" for tax in taxes):
            return {}
        amount = float(line_proposal.net) * (-1 if refund else 1)
        tags = (line_proposal.product.value or self.env["product.product"]).sudo().account_tag_ids
        for tax in taxes.filtered(lambda tax: tax.tax_exigibility == "on_invoice"):
            lines = tax.refund_repartition_line_ids if refund else tax.invoice_repartition_line_ids
            tags |= lines.filtered(lambda line: line.repartition_type == "base").tag_ids
        return {
            "amount_currency": proposal.currency.round(amount),
            "balance": company.round(amount / rate),
            "tax_tag_ids": [Command.set(tags.ids)],
        }

    # -- attachments ----------------------------------------------------------------------------------------

    @api.private
    def _attach(self, pairs):
        """Attach the XML and the files embedded in it (BG-24) to the bills.

        The XML as superuser, as core stores other users' XML as plain text; embedded XML always becomes plain text.
        """
        xmls, files = [], []
        for proposal, bill in pairs:
            owner = {"res_model": "account.move", "res_id": bill.id, "type": "binary"}
            number = proposal.document.facts.number.replace("/", "-")
            xmls.append({**owner, "name": f"{number}.xml", "raw": proposal.xml, "mimetype": "application/xml"})
            files += [
                {
                    **owner,
                    "name": file.name or number,
                    "raw": file.content,
                    "mimetype": file.mimetype or mimetypes.guess_type(file.name)[0] or "application/octet-stream",
                }
                for file in proposal.document.attachments
                if file.content
            ]
        Attachment = self.env["ir.attachment"].with_user(SUPERUSER_ID)
        Attachment.create(xmls)
        shown = {}
        for attachment in Attachment.with_context(attachments_mime_plainxml=True).create(files):
            if attachment.mimetype == "application/pdf":
                shown.setdefault(attachment.res_id, attachment)
        for _proposal, bill in pairs:
            if bill.id in shown:
                bill.sudo().message_main_attachment_id = shown[bill.id]
