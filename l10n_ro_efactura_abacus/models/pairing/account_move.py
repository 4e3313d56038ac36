"""The SPV package of an entry: fields, banners, search when a bill is posted, release when it is cancelled."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date
from psycopg2.extras import Json

from ..common.actions import open_action
from ..common.rights import check_bill, check_read_spv, may_bill
from .message_matching import BILLS, CHUNK, NEAR_DAYS


class AccountMove(models.Model):
    _inherit = "account.move"

    l10n_ro_efactura_package_id = fields.Many2one(
        "l10n_ro_efactura.message",
        string="ANAF package",
        compute="_compute_l10n_ro_efactura_package_id",
        compute_sudo=True,
    )

    l10n_ro_efactura_findable = fields.Boolean(compute="_compute_l10n_ro_efactura_findable")

    @api.depends("move_type", "state", "country_code")
    def _compute_l10n_ro_efactura_findable(self):
        """Set whether an SPV package can belong to this entry."""
        for move in self:
            move.l10n_ro_efactura_findable = move.country_code == "RO" and (
                move.is_purchase_document(include_receipts=True)
                and move.state != "cancel"
                or move.is_sale_document()
                and move.state == "posted"
            )

    @api.depends("l10n_ro_efactura_message_ids.move_id")
    def _compute_l10n_ro_efactura_package_id(self):
        for move in self:
            packages = move.l10n_ro_efactura_message_ids.filtered(
                lambda message: message.kind in ("received", "sent") and message.environment == "prod"
            )
            move.l10n_ro_efactura_package_id = packages[:1]

    def _l10n_ro_efactura_pair_posted(self):
        """Pair entries that were just posted with the packages that wait for them."""
        entries = self.sudo().filtered(
            lambda move: move.country_code == "RO" and move.invoice_date and move.is_invoice(include_receipts=True)
        )
        messages = self.env["l10n_ro_efactura.message"].sudo()
        waiting = messages.browse()
        for company, moves in entries.grouped("company_id").items():
            wanted = {("received" if move.move_type in BILLS else "sent", move.invoice_date) for move in moves}
            days = [day for _kind, day in wanted]
            sellers = {move.commercial_partner_id._l10n_ro_efactura_cui() for move in moves if move.move_type in BILLS}
            self.env.cr.execute(
                SQL(  # of the same day to be paired, of the same seller to be proposed
                    """SELECT m.id FROM l10n_ro_efactura_message m
                    WHERE m.kind IN ('received', 'sent') AND m.issue_date BETWEEN %s::date - %s AND %s::date + %s
                      AND m.company_id IN %s AND m.environment = 'prod' AND m.move_id IS NULL
                      AND m.submission_id IS NULL AND m.number IS NOT NULL
                      AND ((m.kind, m.issue_date) IN %s OR m.kind = 'received' AND m.seller_cif IN %s)
                    ORDER BY (m.kind, m.issue_date) IN %s DESC, m.id LIMIT %s""",
                    min(days),
                    NEAR_DAYS,
                    max(days),
                    NEAR_DAYS,
                    tuple(messages._companies_sharing(company).ids),
                    tuple(wanted),
                    tuple(sellers - {""}) or ("",),
                    tuple(wanted),
                    CHUNK,
                )
            )
            waiting += messages.browse(row[0] for row in self.env.cr.fetchall())
        waiting._auto_pair()

    def _l10n_ro_efactura_cannot_send(self, environment):
        """Add the refusal to send what another program has sent already."""
        found = super()._l10n_ro_efactura_cannot_send(environment)
        if environment == "prod":
            elsewhere = (
                self.env["l10n_ro_efactura.submission"]
                .sudo()
                .search_fetch(
                    [
                        ("move_id", "in", self.ids),
                        ("environment", "=", "prod"),
                        ("state", "=", "ok"),
                        ("origin", "=", "elsewhere"),
                    ],
                    ["move_id", "upload_index"],
                )
            )
            for move, submissions in elsewhere.grouped("move_id").items():
                text = self.env._("Sent to ANAF by another program, upload index %s.", submissions[:1].upload_index)
                found[move.id] = [text, *found.get(move.id, [])]
        return found

    # -------------------------------------------------------------------------
    # BANNERS
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_pairing_alerts(self):
        """Return the alert of a package that may be this entry's: {key: core's alert}."""
        alerts = {}
        if self.id and self.l10n_ro_efactura_findable and not self.l10n_ro_efactura_package_id and may_bill(self.env):
            message = self._l10n_ro_efactura_proposed_package()
            if message:
                alerts["l10n_ro_efactura_proposal"] = {
                    "level": "info",
                    "message": self.env._(
                        "In SPV there is a package that may be this document's: %s", message._l10n_ro_efactura_subject()
                    ),
                    "action_text": self.env._("Find in SPV"),
                    "action": {
                        **self.env["ir.actions.actions"]
                        .sudo()
                        ._for_xml_id("l10n_ro_efactura_abacus.account_move_action_find"),
                        "context": {"active_model": self._name, "active_id": self.id, "active_ids": self.ids},
                    },
                }
        return alerts

    def _l10n_ro_efactura_invoice_alerts(self):
        """Show an undone pairing as information instead of as a refusal by ANAF."""
        alerts = super()._l10n_ro_efactura_invoice_alerts()
        submission = self._l10n_ro_efactura_last_submission("prod")
        if self.l10n_ro_efactura_state == "refused" and submission.origin == "elsewhere":
            alerts["l10n_ro_efactura_prod_nok"] = {
                "level": "info",
                "message": "\n".join(submission._l10n_ro_efactura_plain_texts()),
            }
        return alerts

    def _l10n_ro_efactura_proposed_package(self):
        """Return the package for which this entry is proposed, empty where there is none."""
        self.env.cr.execute(
            SQL(
                """SELECT id FROM l10n_ro_efactura_message WHERE pairing_proposal @> %s AND move_id IS NULL
                ORDER BY (jsonb_path_query_first(pairing_proposal, '$[*] ? (@.id == $id)', %s)->>'score')::int DESC, id
                LIMIT 1""",
                Json([{"id": self.id}]),
                Json({"id": self.id}),
            )
        )
        return self.env["l10n_ro_efactura.message"].browse(row[0] for row in self.env.cr.fetchall()).sudo()

    # -------------------------------------------------------------------------
    # CANCEL AND DELETE
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_received(self):
        return (
            self.env["l10n_ro_efactura.message"].sudo().search([("move_id", "in", self.ids), ("kind", "=", "received")])
        )

    def _l10n_ro_efactura_release_packages(self):
        """Unpair cancelled bills, so that their packages are matched again."""
        cancelled = self.filtered(lambda move: move.state == "cancel")
        for message in cancelled._l10n_ro_efactura_received():
            move = message.move_id
            message.write({"move_id": False, "pairing_reason": False, "pairing_due": True})
            message._after_unpairing(move, self.env._("It was cancelled."))

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    def action_l10n_ro_efactura_find(self):
        """Open the packages that may belong to these entries."""
        check_bill(self, "read")
        found = self.filtered("l10n_ro_efactura_findable")
        if not found:
            raise UserError(self.env._("Only invoices and bills of Romanian companies are looked for in SPV."))
        return open_action(self.env, "l10n_ro_efactura_abacus.l10n_ro_efactura_find_action_open_move", found)

    def _l10n_ro_efactura_subject(self):
        """Return number, partner, date and total of the document in one line."""
        self.ensure_one()
        number = self.ref if self.is_purchase_document(include_receipts=True) and self.ref else self.name
        parts = [
            number,
            self.commercial_partner_id.name,
            format_date(self.env, self.invoice_date),
            self.currency_id.format(self.amount_total),
        ]
        return " · ".join(filter(None, parts))

    def action_l10n_ro_efactura_open_package(self):
        """Open the ANAF package of this entry; read access is enough."""
        check_read_spv(self, "read")
        self.ensure_one()
        return self.l10n_ro_efactura_package_id.sudo(False).action_open_package()
