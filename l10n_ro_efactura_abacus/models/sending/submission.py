"""One upload of one immutable XML to one environment: the record and what a user may do with it."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..calls.worker import SETTLE_CRONS
from ..common.rights import check_bill, check_read_spv

# States of a submission; the class docstring has the diagram.
STATES = [
    ("queued", "Queued"),
    ("uploading", "Uploading"),
    ("processing", "In processing"),
    ("uncertain", "Uncertain"),
    ("ok", "Ok"),
    ("nok", "Nok"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
]
# SQL condition of a live submission, of which the unique indexes allow one per invoice and per number; a test that
# ended Ok is not live, so that it can be repeated.
LIVE = "state NOT IN ('nok', 'refused', 'withdrawn') AND NOT (environment = 'test' AND state = 'ok')"
# Questions in a day about an index that ANAF does not know yet, before asking is slowed down or given up.
FEW_RETRIES = 5


class EfacturaSubmission(models.Model):
    """One upload of one XML to one environment. It is never deleted, even where its invoice is.

    State diagram; every arrow is a call of `_transition`, the only writer of `state`::

        queued --claim, commit--> uploading --index--> processing --> ok | nok
         | ^                         |--refused by ANAF--> refused
         | |<--body not read---------|
         | |<--witness, quiet period-- uncertain <--any other end, or the lease is over
         |                               |--found in SPV by content--> ok
         |                               |--index entered by an accountant--> processing
         |                               |--decided by an accountant--> refused
         |--taken back by a person--> withdrawn (the invoice counts as not sent)
        processing --ANAF does not know the index--> uncertain (searched in SPV, never sent again by itself)
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
    searched_since = fields.Datetime(readonly=True, help="When the search in SPV for an invoice that waited long began")
    quota_day = fields.Date(readonly=True)
    quota_count = fields.Integer(readonly=True)
    index_by_hand = fields.Boolean(readonly=True, help="The upload index was typed, so its package is compared")
    unknown_since = fields.Datetime(readonly=True, help="Since when ANAF says that it does not know the upload index")
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
        index = self._check_index(upload_index, environment)
        submission = self._create_queued(
            [
                {
                    **self._values_of(move, environment),
                    "origin": origin,
                    "state": "processing",
                    "upload_index": index,
                    "index_by_hand": origin == "manual",
                    "uploaded_at": fields.Datetime.now(),
                    "queued_at": False,
                }
            ]
        )
        self._wake(SETTLE_CRONS)
        return submission

    @api.model
    def _check_index(self, upload_index, environment):
        """Return the digits of an upload index that a user typed.

        :raise UserError: it is no number, or belongs to another submission
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
        return index

    # -- what a user may do ---------------------------------------------------------------------------------

    def action_refresh(self):
        """Ask ANAF now about the submissions; the notification says what was asked and what came of it."""
        submissions = check_bill(self, "read").sudo()
        return submissions._refresh_notification(submissions._refresh_now())

    def action_view_package(self):
        """Download the archived package."""
        check_read_spv(self, "read")
        self.ensure_one()
        if not self.message_id:
            raise UserError(self.env._("ANAF's package is not here yet."))
        return self.message_id.action_download_package()
