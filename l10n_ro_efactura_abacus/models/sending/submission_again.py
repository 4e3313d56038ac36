"""Sending again after a refusal: the same bytes while the invoice still says the same, else a new document."""

from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...anaf import UblError, XmlError, read_document
from ..calls.outgoing import FAILED
from ..common.core import binary
from ..common.rights import check_bill
from .submission_queue import FROZEN_WITH_THE_XML


class EfacturaSubmission(models.Model):
    """A rejected submission that may be sent again while it is the last one of its invoice."""

    _inherit = "l10n_ro_efactura.submission"

    can_send_again = fields.Boolean(
        compute="_compute_can_send_again", help="Rejected, and the last attempt of its invoice"
    )

    @api.depends("state", "move_id", "environment")
    def _compute_can_send_again(self):
        last = self._last_of_moves()
        for submission in self:
            submission.can_send_again = submission.state in FAILED and submission.id in last

    def _last_of_moves(self):
        """Return the ids of the last submissions of the invoices of `self`, one for each environment."""
        rows = self._read_group([("move_id", "in", self.move_id.ids)], ["move_id", "environment"], ["id:max"])
        return {last for _move, _environment, last in rows}

    def action_send_again(self):
        """Queue the same XML again, as a new submission.

        :raise UserError: the invoice has other contents by now, so that the old XML is no longer what the books say
        """
        return self._again(same_bytes=True)._show_attempts()

    def action_regenerate(self):
        """Queue the invoice again as a new submission, whose XML is built from its present data."""
        return self._again(same_bytes=False)._show_attempts()

    def _again(self, same_bytes):
        """Queue a new submission for each rejected one.

        :param same_bytes: True copies the old XML; False lets the worker build a new one
        :return: the new submissions
        :raise UserError: one was not rejected, is not the last attempt, cannot be sent, or says something else than
            its invoice
        """
        submissions = check_bill(self, "read").sudo()
        last = submissions._last_of_moves()
        rows = []
        for old in submissions:
            if old.state not in FAILED or not old.move_id:
                raise UserError(self.env._("%s cannot be sent again: it was not rejected.", old.number))
            if old.id not in last:
                raise UserError(
                    self.env._("%s was sent again after this attempt: continue from its last one.", old.number)
                )
            self._raise_by_name(old.move_id, old.move_id._l10n_ro_efactura_cannot_send(old.environment))
            row = self._values_of(old.move_id, old.environment)
            if same_bytes and old.sha256:
                old._check_says_the_same()
                row |= {name: old[name] for name in FROZEN_WITH_THE_XML if name != "currency_id"}
                row |= {"currency_id": old.currency_id.id, "sha256": old.sha256, "xml": binary(old._xml_bytes())}
            rows.append(row)
        return self._create_queued(rows)

    def _check_says_the_same(self):
        """Check that the XML states what its invoice states now, and goes by the same call.

        :raise UserError: it states something else, or the invoice lacks data for a document
        """
        self.ensure_one()
        move = self.move_id
        xml, errors = move._l10n_ro_efactura_build_xml()
        if errors:
            raise UserError("\n".join([self.env._("%s lacks data:", self.number), *errors]))
        values = self._values_of(move, self.environment)
        calls = all(self[name] == values[name] for name in ("standard", "cif", "is_b2c", "extern", "autofactura"))
        try:
            same = calls and _statement(self._xml_bytes()) == _statement(xml)
        except (UblError, XmlError):
            same = False
        if not same:
            raise UserError(
                self.env._(
                    "%s was changed after this document was made: the old document would tell ANAF something else than "
                    'your books. Press "Send again with the corrections", which makes a new one.',
                    self.number,
                )
            )


def _statement(xml):
    """Return what a document (bytes) states: its number and dates, who sells and buys, its lines, amounts and VAT.

    Addresses, notes, attachments, what was paid meanwhile and how it is paid make no other statement.

    :return: a tuple to compare
    :raise UblError, XmlError: not an e-invoice
    """
    document = read_document(xml)
    return (
        document.facts.number,
        document.type_code,
        document.issue_date,
        document.due_date,
        document.currency,
        document.vat_currency,
        document.seller.cif,
        document.buyer.cif,
        document.buyer.registration,
        document.buyer.legal_name,
        [replace(line, note="") for line in document.lines],
        document.allowances,
        document.subtotals,
        document.untaxed,
        document.tax_amount,
        document.vat_in_vat_currency,
        document.total,
        document.rounding,
        document.preceding,
        document.period_start,
        document.period_end,
    )
