"""Into the queue: what a new submission says of its invoice, and the numbers that are live already."""

import hashlib
from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date
from psycopg2.errors import UniqueViolation

from ...anaf import cif_digits
from ..calls.worker import UPLOAD_CRONS
from ..common.core import registry_number
from .submission import LIVE

# Values of a submission that name its document and its upload call; they are fixed together with its bytes.
FROZEN_WITH_THE_XML = (
    "number",
    "issue_date",
    "document_type",
    "seller_cif",
    "buyer_cif",
    "amount_total",
    "currency_id",
    "standard",
    "cif",
    "is_b2c",
    "extern",
    "autofactura",
)


class EfacturaSubmission(models.Model):
    """A submission that enters the queue; the unique indexes allow one live per invoice and one per number."""

    _inherit = "l10n_ro_efactura.submission"

    @api.model
    @api.private
    def _enqueue(self, moves, environment, at=None):
        """Queue `moves` for `environment` and wake the workers. Makes no HTTP call and no commit.

        :param at: naive UTC datetime before which nothing is sent
        :return: the new submissions
        :raise UserError: names every invoice that cannot be queued, and why; none is queued then
        """
        reasons = moves._l10n_ro_efactura_cannot_send(environment)
        submissions = self.browse()
        if not reasons:
            submissions, reasons = self._queue_checked(moves, environment, at)
        self._raise_by_name(moves, reasons)
        return submissions

    @api.model
    def _queue_checked(self, moves, environment, at=None):
        """Queue `moves`, which passed the checks, except those whose number is live already.

        :param at: naive UTC datetime before which nothing is sent
        :return: (the new submissions, {move id: [reason]} of the moves left out)
        """
        batch = f"{self.env.uid}-{fields.Datetime.now():%Y%m%d%H%M%S}-{moves[:1].id}" if len(moves) > 1 else False
        rows = [
            {**self._values_of(move, environment), "next_attempt_at": at or False, "batch": batch} for move in moves
        ]
        taken = self._taken(rows)
        submissions, late = self._insert_queued([row for row in rows if row["move_id"] not in taken])
        return submissions, taken | late

    @api.model
    def _values_of(self, move, environment):
        """Return the values of a new submission of `move`, without its XML."""
        params = move._l10n_ro_efactura_upload_params()
        supplier, customer = move.company_id.partner_id, move.commercial_partner_id
        if move.is_purchase_document():
            supplier, customer = customer, supplier
        return {
            "move_id": move.id,
            "company_id": move.company_id.id,
            "environment": environment,
            "number": move.name,
            "issue_date": move.invoice_date,
            "document_type": "381" if params["standard"] == "CN" else "389" if params["autofactura"] else "380",
            "seller_cif": cif_digits(supplier.vat or registry_number(supplier)) or params["cif"],
            "buyer_cif": cif_digits(customer.vat or registry_number(customer)),
            "amount_total": abs(move.amount_total),
            "currency_id": move.currency_id.id,
            "queued_at": fields.Datetime.now(),
            **{name: params[name] for name in ("standard", "cif", "is_b2c", "extern", "autofactura")},
        }

    @api.model
    def _create_queued(self, rows):
        """Insert submissions, show them on their invoices and wake the upload workers.

        :param rows: [dict of field values]
        :return: the new submissions
        :raise UserError: names the invoices that have a live submission already, or whose number has
        """
        moves = self.env["account.move"].browse(row["move_id"] for row in rows)
        self._raise_by_name(moves, self._taken(rows))
        submissions, late = self._insert_queued(rows)
        self._raise_by_name(moves, late)
        return submissions

    @api.model
    def _raise_by_name(self, moves, reasons):
        """Raise the `reasons` ({move id: [text]}) behind the names of their invoices, where there are any."""
        if reasons:
            raise UserError(
                "\n".join(f"{move.display_name}: {text}" for move in moves for text in reasons.get(move.id, ()))
            )

    @api.model
    def _insert_queued(self, rows):
        """Insert the rows that the unique indexes take, show them on their invoices and wake the upload workers.

        :param rows: [dict of field values]
        :return: (the new submissions, {move id: [reason]} of rows that another transaction was faster with)
        """
        submissions, late = self.browse(), {}
        with suppress(UniqueViolation):
            submissions = self._insert(rows)
        if not submissions:
            for row in rows:  # one by one, so that a conflict stops only its own invoice
                try:
                    submissions |= self._insert([row])
                except UniqueViolation:
                    late[row["move_id"]] = [self.env._("It is already on its way to ANAF. Nothing was queued twice.")]
        if submissions:
            submissions._show_on_moves()
            self._wake(UPLOAD_CRONS)
        return submissions, late

    @api.model
    def _insert(self, rows):
        """Insert `rows` in a savepoint and return them; raises UniqueViolation where one is live already."""
        now = fields.Datetime.now()
        with self.env.cr.savepoint():
            submissions = self.sudo().create([{**row, "changed_at": now} for row in rows])
            submissions.flush_recordset()
        return submissions

    @api.model
    def _taken(self, rows):
        """Return {move id: [reason]} of the rows whose invoice or number is live in the database or earlier in `rows`.

        :param rows: [dict of `_values_of`], all of one environment
        """
        if not rows:
            return {}
        found = self._live_rows(rows)
        invoices = {row["move_id"] for row in found}
        numbers = {self._number_key(row): row["company_id"] for row in reversed(found)}
        taken = {}
        for row in rows:
            key = self._number_key(row)
            if row["move_id"] in invoices:
                taken[row["move_id"]] = [self.env._("It is already on its way to ANAF. Nothing was queued twice.")]
            elif key in numbers:
                taken[row["move_id"]] = [
                    self.env._(
                        "An invoice with the number %(number)s of %(date)s is already at ANAF, or on its way there, "
                        "from %(company)s. ANAF takes a number once for each CIF: give this invoice another one.",
                        number=row["number"],
                        date=format_date(self.env, row["issue_date"]),
                        company=self.env["res.company"].sudo().browse(numbers[key]).display_name,
                    )
                ]
            else:
                invoices.add(row["move_id"])
                numbers[key] = row["company_id"]
        return taken

    @api.model
    def _number_key(self, row):
        """Return the columns of the unique index over live numbers."""
        return row["seller_cif"], row["document_type"], row["number"], row["issue_date"]

    @api.model
    def _live_rows(self, rows):
        """Return the live submissions of the invoices, and of the numbers, of `rows`: [dict], the newest first."""
        self.flush_model()
        columns = ("move_id", "company_id", "seller_cif", "document_type", "number", "issue_date")
        self.env.cr.execute(
            SQL(
                "SELECT %(columns)s FROM l10n_ro_efactura_submission WHERE environment = %(env)s AND %(live)s"
                " AND (move_id = ANY(%(moves)s) OR seller_cif = ANY(%(sellers)s) AND number = ANY(%(numbers)s)"
                " AND issue_date = ANY(%(dates)s)) ORDER BY id DESC",
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                env=rows[0]["environment"],
                live=SQL(LIVE),
                moves=[row["move_id"] for row in rows],
                sellers=list({row["seller_cif"] for row in rows}),
                numbers=[row["number"] for row in rows],
                dates=list({row["issue_date"] for row in rows}),
            )
        )
        return self.env.cr.dictfetchall()

    # -- bytes ----------------------------------------------------------------------------------------------

    def _freeze(self, xml):
        """Store `xml` (bytes), its SHA-256, and what the invoice says now of the document and of its upload call.

        They are decided together, in one statement, and no later step changes them: what waited in the queue goes out
        as the call that fits its document.

        :return: the submission; an empty one where it is no longer queued
        :raise UniqueViolation: the invoice got a number meanwhile that is live already
        """
        self.ensure_one()
        values = self._values_of(self.move_id, self.environment)
        return self._transition(
            ["queued"],
            "queued",
            xml=xml,
            sha256=hashlib.sha256(xml).hexdigest(),
            errors=None,
            **{name: values[name] for name in FROZEN_WITH_THE_XML},
        )
