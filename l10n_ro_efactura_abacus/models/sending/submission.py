"""One upload of one immutable XML to one environment: the record and what a user may do with it."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..calls.worker import SETTLE_CRONS
from ..common.rights import check_bill, check_manage

# States of a submission; the class docstring has the diagram.
STATES = [
    ("queued", "Queued"),
    ("uploading", "Uploading"),
    ("processing", "In processing"),
    ("uncertain", "Uncertain"),
    ("ok", "Ok"),
    ("nok", "Nok"),
    ("refused", "Refused"),
]
# SQL condition of a live submission, of which the unique indexes allow one per invoice and per number; a test that
# ended Ok is not live, so that it can be repeated.
LIVE = "state NOT IN ('nok', 'refused') AND NOT (environment = 'test' AND state = 'ok')"
# Days that a submission must be uncertain before an accountant may decide that ANAF does not have it.
DECISION_DAYS = 3
# Questions in a day about an index that ANAF does not know yet, before asking is slowed down or given up.
FEW_RETRIES = 5


class EfacturaSubmission(models.Model):
    """One upload of one XML to one environment. It is never deleted, even where its invoice is.

    State diagram; every arrow is a call of `_transition`, the only writer of `state`::

        queued --claim, commit--> uploading --index--> processing --> ok | nok
           ^                         |--refused by ANAF--> refused
           |<--body not read---------|
           |<--witness, quiet period-- uncertain <--any other end, or the lease is over
                                         |--found in SPV by content--> ok
                                         |--decided by an accountant--> refused
        nok "sent before with index N" --N holds the same bytes--> ok (seen while still `processing`)
        ok of another program --somebody undid the pairing--> refused
    """

    _name = "l10n_ro_efactura.submission"
    _description = "e-Factura submission"
    _inherit = ["l10n_ro_efactura.outgoing"]
    _claimed_columns = ("id", "attempt", "xml", "cif", "standard", "is_b2c", "extern", "autofactura")
    _order = "id DESC"
    _rec_name = "number"

    move_id = fields.Many2one("account.move", string="Invoice", readonly=True, ondelete="set null", index=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="queued")
    origin = fields.Selection(
        [
            ("odoo", "Odoo"),
            ("core", "Odoo before this addon"),
            ("manual", "Uploaded by hand"),
            ("elsewhere", "Another program"),
        ],
        required=True,
        readonly=True,
        default="odoo",
    )
    # the document
    number = fields.Char(readonly=True, help="BT-1")
    issue_date = fields.Date(readonly=True, help="BT-2")
    document_type = fields.Char(readonly=True, help="BT-3")
    seller_cif = fields.Char(string="Seller CIF", readonly=True)
    buyer_cif = fields.Char(string="Buyer CIF", readonly=True)
    amount_total = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    # parameters of the upload call
    standard = fields.Char(readonly=True)
    is_b2c = fields.Boolean(string="B2C", readonly=True)
    extern = fields.Boolean(readonly=True)
    autofactura = fields.Boolean(readonly=True)
    batch = fields.Char(readonly=True, index="btree_not_null")
    # in the queue
    queued_at = fields.Datetime(readonly=True)
    looked_up_at = fields.Datetime(readonly=True, help="When SPV was last searched for an invoice that waited long")
    quota_day = fields.Date(readonly=True)
    quota_count = fields.Integer(readonly=True)
    # outcome
    duplicate_index = fields.Char(
        readonly=True, help="Our own index, where ANAF answered that the document was there before"
    )
    message_id = fields.Many2one("l10n_ro_efactura.message", string="ANAF package", readonly=True)
    decision_reason = fields.Char(readonly=True)
    suspect_ids = fields.Many2many(
        "l10n_ro_efactura.message",
        string="Probably this one",
        compute="_compute_suspect_ids",
        help="Error messages with an unknown upload index that arrived within a day of this attempt",
    )

    _live_move_uniq = models.UniqueIndex(f"(move_id, environment) WHERE {LIVE}")
    _live_number_uniq = models.UniqueIndex(f"(seller_cif, environment, document_type, number, issue_date) WHERE {LIVE}")
    _work_idx = models.Index(
        "(state, environment, company_id) WHERE state IN ('queued', 'uploading', 'processing', 'uncertain')"
    )

    @api.depends("state", "attempted_at")
    def _compute_suspect_ids(self):
        for submission in self:
            suspects = self.env["l10n_ro_efactura.message"]
            if submission.state == "uncertain" and submission.attempted_at:
                suspects = suspects.search(
                    [
                        ("company_id", "=", submission.company_id.id),
                        ("environment", "=", submission.environment),
                        ("kind", "=", "error"),
                        ("submission_id", "=", False),
                        ("listed_at", ">=", fields.Datetime.subtract(submission.attempted_at, minutes=5)),
                        ("listed_at", "<=", fields.Datetime.add(submission.attempted_at, days=1)),
                    ],
                    limit=20,
                )
            submission.suspect_ids = suspects

    # -- an index from elsewhere ----------------------------------------------------------------------------

    @api.model
    @api.private
    def _adopt(self, move, environment, upload_index, origin="manual"):
        """Create a submission in processing for an index obtained elsewhere, such as on ANAF's portal.

        :raise UserError: the index is no number, or belongs to another submission
        """
        index = (upload_index or "").strip()
        if not index.isascii() or not index.isdigit():
            raise UserError(self.env._("An upload index is a number, as ANAF's portal shows it."))
        known = self.sudo().search([("upload_index", "=", index), ("environment", "=", environment)], limit=1)
        if known:
            raise UserError(
                self.env._(
                    "Upload index %(index)s already belongs to %(number)s.",
                    index=index,
                    number=known.number or known.display_name,
                )
            )
        submission = self._create_queued(
            [
                {
                    **self._values_of(move, environment),
                    "origin": origin,
                    "state": "processing",
                    "upload_index": index,
                    "uploaded_at": fields.Datetime.now(),
                    "queued_at": False,
                }
            ]
        )
        self._wake(SETTLE_CRONS)
        return submission

    # -- what a user may do ---------------------------------------------------------------------------------

    def action_refresh(self):
        """Ask ANAF now for the status of the submissions."""
        check_bill(self, "read").sudo()._refresh_now()

    def action_withdraw(self):
        """Withdraw submissions that are queued and were never attempted.

        :raise UserError: one of them was attempted, or is no longer queued
        """
        submissions = check_bill(self, "read").sudo()
        gone = submissions._transition(
            ["queued"],
            "refused",
            attempt=0,
            errors=[{"code": "withdrawn", "text": self.env._("Withdrawn before it was sent."), "hint": "withdrawn"}],
        )
        if gone != submissions:
            raise UserError(self.env._("Only what still waits and was never attempted can be withdrawn."))
        gone._show_on_moves()

    def action_not_at_anaf(self, reason):
        """Refuse uncertain submissions by an accountant's decision that ANAF does not have them.

        :param reason: how the accountant knows; kept on the submission and in the invoice's chatter
        :raise UserError: no reason, or uncertain for less than `DECISION_DAYS`
        """
        submissions = check_manage(self, "read").sudo()
        if not (reason or "").strip():
            raise UserError(self.env._("A reason is needed: how do you know that ANAF does not have it?"))
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=DECISION_DAYS)
        early = submissions.filtered(
            lambda s: s.state != "uncertain" or not s.uncertain_since or s.uncertain_since > limit
        )
        if early:
            raise UserError(
                self.env._(
                    "Only what has been uncertain for %(days)s days can be decided by hand; until then it is looked "
                    "for in SPV.",
                    days=DECISION_DAYS,
                )
            )
        decided = submissions._transition(
            ["uncertain"],
            "refused",
            decision_reason=reason.strip(),
            errors=[{"code": "not_at_anaf", "text": reason.strip(), "hint": "not_at_anaf"}],
        )
        for submission in decided.filtered("move_id"):
            submission.move_id.message_post(
                body=self.env._(
                    "%(user)s decided that ANAF does not have this invoice: %(reason)s",
                    user=self.env.user.name,
                    reason=reason.strip(),
                )
            )
        decided._show_on_moves()

    def action_view_package(self):
        """Download the archived package."""
        check_bill(self, "read")
        self.ensure_one()
        if not self.message_id:
            raise UserError(self.env._("ANAF's package is not here yet."))
        return self.message_id.action_download_package()
