"""The invoice's e-Factura columns and the actions of its buttons; account_move_queue.py queues it for ANAF."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.sql import column_exists, create_column

from ..calls.outgoing import ASKABLE, FAILED, IN_WORK, ON_THE_WAY
from ..common.actions import open_action
from ..common.rights import check_bill
from ..parties.res_partner import BILLING
from .states import LIVE, STATES, TEST_STATES


class AccountMove(models.Model):
    """An invoice and its state at ANAF, in production and in the test environment.

    Only its submissions write the columns (`_sync_moves`); the states are described at `states.STATES`.
    """

    _inherit = "account.move"

    l10n_ro_efactura_state = fields.Selection(
        selection=STATES,
        string="e-Factura",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="What ANAF said about this invoice. Empty: it was not sent.",
    )
    l10n_ro_efactura_upload_index = fields.Char(
        string="Upload Index",
        readonly=True,
        copy=False,
        help="The number ANAF gave when it received the invoice.",
    )
    l10n_ro_efactura_download_id = fields.Char(
        string="Download Index",
        readonly=True,
        copy=False,
        help="The number of ANAF's answer: the sealed invoice, or its errors.",
    )
    l10n_ro_efactura_test_state = fields.Selection(
        selection=TEST_STATES,
        string="e-Factura Test",
        readonly=True,
        copy=False,
        help="What ANAF's test environment said. It has no legal effect: the invoice is not reported.",
    )
    l10n_ro_efactura_test_upload_index = fields.Char(string="Test Upload Index", readonly=True, copy=False)
    l10n_ro_efactura_test_download_id = fields.Char(string="Test Download Index", readonly=True, copy=False)
    l10n_ro_efactura_missing = fields.Json(
        string="Missing Data",
        readonly=True,
        copy=False,
        help="What the invoice lacked when it should have been queued: a list of texts.",
    )

    l10n_ro_efactura_submission_ids = fields.One2many(
        "l10n_ro_efactura.submission", "move_id", string="Sent to ANAF", readonly=True, groups=BILLING
    )
    # Flags computed from the states, for views and their filters.
    l10n_ro_efactura_is_live = fields.Boolean(
        string="At ANAF or on its way", compute="_compute_l10n_ro_efactura_from_states"
    )
    l10n_ro_efactura_is_on_the_way = fields.Boolean(
        string="e-Factura in progress",
        compute="_compute_l10n_ro_efactura_from_states",
        search="_search_l10n_ro_efactura_is_on_the_way",
    )
    l10n_ro_efactura_is_failed = fields.Boolean(
        string="e-Factura nok or refused",
        compute="_compute_l10n_ro_efactura_from_states",
        search="_search_l10n_ro_efactura_is_failed",
    )
    l10n_ro_efactura_is_askable = fields.Boolean(
        string="ANAF can be asked", compute="_compute_l10n_ro_efactura_from_states"
    )
    l10n_ro_efactura_is_test_in_work = fields.Boolean(
        string="Test in work", compute="_compute_l10n_ro_efactura_from_states"
    )

    def _auto_init(self):
        # EXTENDS 'account'
        # Create the columns here, so that Odoo computes and writes nothing on existing moves.
        for prefix in ("l10n_ro_efactura", "l10n_ro_efactura_test"):
            for name in ("state", "upload_index", "download_id"):
                if not column_exists(self.env.cr, "account_move", f"{prefix}_{name}"):
                    create_column(self.env.cr, "account_move", f"{prefix}_{name}", "varchar")
        if not column_exists(self.env.cr, "account_move", "l10n_ro_efactura_missing"):
            create_column(self.env.cr, "account_move", "l10n_ro_efactura_missing", "jsonb")
        return super()._auto_init()

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends("l10n_ro_efactura_state", "l10n_ro_efactura_test_state")
    def _compute_l10n_ro_efactura_from_states(self):
        for move in self:
            state, test_state = move.l10n_ro_efactura_state, move.l10n_ro_efactura_test_state
            move.l10n_ro_efactura_is_live = state in LIVE
            move.l10n_ro_efactura_is_on_the_way = state in ON_THE_WAY
            move.l10n_ro_efactura_is_failed = state in FAILED
            move.l10n_ro_efactura_is_askable = state in ASKABLE or test_state in ASKABLE
            move.l10n_ro_efactura_is_test_in_work = test_state in IN_WORK

    def _search_l10n_ro_efactura_is_on_the_way(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return Domain("l10n_ro_efactura_state", "in", ON_THE_WAY)

    def _search_l10n_ro_efactura_is_failed(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return Domain("l10n_ro_efactura_state", "in", FAILED)

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    def action_l10n_ro_efactura_send(self):
        """Queue the invoices for ANAF. Makes no HTTP call and no commit; the crons send them.

        :return: dict of an action: a notification, or the eFactura window where one invoice lacks data
        """
        check_bill(self, "write")
        return self._l10n_ro_efactura_send("prod")

    def action_l10n_ro_efactura_send_test(self):
        """Queue the invoices for ANAF's test environment, which reports nothing; can be repeated."""
        check_bill(self, "write")
        return self._l10n_ro_efactura_send("test")

    def action_l10n_ro_efactura_refresh(self):
        """Ask ANAF now about the invoices in processing, and search SPV for those whose answer was lost."""
        check_bill(self, "write")
        submissions = self.env["l10n_ro_efactura.submission"]
        return submissions._refresh_notification(self._l10n_ro_efactura_refresh_now())

    def l10n_ro_efactura_refresh_visible(self):
        """Ask ANAF for the status of the rows on the screen; the web client calls it.

        :return: {id: {field: value}} with both states, for the rows that were in processing
        """
        check_bill(self, "write")
        in_work = self.exists().filtered(
            lambda move: "processing" in (move.l10n_ro_efactura_state, move.l10n_ro_efactura_test_state)
        )
        if in_work:
            in_work._l10n_ro_efactura_refresh_now()
        return {row["id"]: row for row in in_work.read(["l10n_ro_efactura_state", "l10n_ro_efactura_test_state"])}

    def action_l10n_ro_efactura_window(self):
        """Open the eFactura window for the invoices.

        :raise UserError: none is chosen, or one of them never goes to ANAF
        """
        check_bill(self, "write")
        if not self:
            raise UserError(self.env._("Choose the invoices first."))
        if self.filtered(lambda move: move.country_code != "RO" or not move._l10n_ro_efactura_is_document()):
            raise UserError(self.env._("Only customer invoices, credit notes and self-billed invoices go to ANAF."))
        return open_action(self.env, "l10n_ro_efactura_abacus.l10n_ro_efactura_window_action_open", self)

    def _l10n_ro_efactura_window_action(self):
        """Return the server action that opens the eFactura window when the user clicks a link."""
        action = self.env.ref("l10n_ro_efactura_abacus.account_move_action_window")
        return {
            "type": "ir.actions.server",
            "id": action.id,
            "context": {"active_model": self._name, "active_id": self[:1].id, "active_ids": self.ids},
        }

    def _l10n_ro_efactura_refresh_now(self):
        """Ask ANAF about the invoices' submissions, within its daily limits; return what `_refresh_now` does."""
        return (
            self.env["l10n_ro_efactura.submission"]
            .sudo()
            .search([("move_id", "in", self.ids), ("state", "in", ASKABLE)])
            ._refresh_now()
        )

    # -------------------------------------------------------------------------
    # HOOKS
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_after_change(self, environment):
        """React to a new state: the submissions call it after writing the columns of `environment`."""

    def _l10n_ro_efactura_live(self, environment):
        """Return the moves that are on their way to ANAF, or at ANAF, in `environment`.

        A test that ended Ok is not among them, so it can be repeated; a production Ok cannot.
        """
        if environment == "test":
            return self.filtered(lambda move: move.l10n_ro_efactura_test_state in IN_WORK)
        return self.filtered(lambda move: move.l10n_ro_efactura_state in LIVE)
