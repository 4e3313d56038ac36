"""The row of a verification, and the actions on it."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.actions import open_action, soft_reload
from ..common.rights import check_bill, check_read_spv
from .verification import SECTIONS


class EfacturaVerificationLine(models.Model):
    _name = "l10n_ro_efactura.verification.line"
    _description = "e-Factura verification row"
    _order = "section, done, date, id"

    verification_id = fields.Many2one(
        "l10n_ro_efactura.verification", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="verification_id.company_id", store=True, index=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Currency of the books")
    section = fields.Selection(SECTIONS, required=True, readonly=True)
    done = fields.Boolean(string="Ticked off", readonly=True, help="Somebody looked at it and it is right as it is")
    done_uid = fields.Many2one("res.users", string="By", readonly=True)
    message_id = fields.Many2one(
        "l10n_ro_efactura.message", string="Package", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    move_id = fields.Many2one(
        "account.move", string="Odoo document", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    purchase = fields.Boolean(readonly=True)
    partner_name = fields.Char(string="Partner", readonly=True)
    number = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_tax = fields.Monetary(string="VAT", readonly=True)
    amount_total = fields.Monetary(string="Total", readonly=True)
    amount_company = fields.Monetary(
        string="Total (lei)",
        currency_field="company_currency_id",
        readonly=True,
        help="Of a pair that differs: by how much",
    )
    vat_company = fields.Monetary(string="VAT deducted (lei)", currency_field="company_currency_id", readonly=True)
    reason = fields.Char(string="What", readonly=True)
    in_spv = fields.Char(string="In SPV", readonly=True)
    in_books = fields.Char(string="In the books", readonly=True)
    score = fields.Integer(string="Likeness", readonly=True, help="Of the entry that is proposed")
    partner_reason = fields.Boolean(readonly=True, help="Not expected because of what its supplier is remembered for")

    # -- what a user may do -----------------------------------------------------------------------------------

    def action_import(self):
        """Import the packages as bills."""
        self._check(check_bill)
        return self.message_id.action_import()

    def action_find(self):
        """Open the search for the other side: the entry of a package, the package of an entry."""
        self._check(check_bill)
        line = self._one()
        name, record = (
            ("message", line.message_id) if line.section == "spv_only" or not line.move_id else ("move", line.move_id)
        )
        return open_action(self.env, f"l10n_ro_efactura_abacus.l10n_ro_efactura_find_action_open_{name}", record)

    def action_open_package(self):
        """Open the package."""
        return self._one("message_id").message_id.action_open_package()

    def action_open_move(self):
        """Open the entry."""
        return self._one("move_id").move_id._get_records_action()

    def action_unpair(self):
        """Undo the pairing of the package and the entry, and remove the row."""
        self._check(check_bill)
        line = self._one("message_id")
        line.message_id.action_unpair()
        line.sudo().unlink()
        return soft_reload()

    def action_send(self):
        """Open the sending of the invoices of these rows."""
        self._check(check_bill)
        return self.move_id.action_l10n_ro_efactura_send()

    def action_not_expected(self):
        """Open the dialog that asks why no e-Factura comes from this supplier."""
        self._check(check_bill)
        partners = self.move_id.commercial_partner_id
        if not partners:
            raise UserError(self.env._("There is no supplier."))
        return open_action(
            self.env,
            "l10n_ro_efactura_abacus.l10n_ro_efactura_not_expected_action",
            self,
            default_partner_ids=partners.ids,
            default_verification_id=self.verification_id[:1].id,
        )

    def action_expected(self):
        """Expect e-Facturas of this supplier again."""
        self._check(check_bill)
        partners = self.move_id.commercial_partner_id
        partners.check_access("read")
        partners.sudo()._l10n_ro_efactura_expect(False)
        self.verification_id.sudo()._fill()
        return soft_reload()

    def action_done(self):
        """Tick the rows off, or take the tick back."""
        self._check(check_bill)
        for line in self.sudo():
            line.write({"done": not line.done, "done_uid": False if line.done else self.env.uid})
        return soft_reload()

    def _one(self, *needed):
        self._check(check_read_spv)
        self.ensure_one()
        for name in needed:
            if not self[name]:
                raise UserError(self.env._("There is nothing to open in this row."))
            self[name].check_access("read")
        return self

    def _check(self, check):
        """Run `check` of common/rights.py on the rows and their verification.

        Readers of the books may look at a row, billing users may act on it.
        """
        check(self.verification_id, "read")
        check(self, "read")

    @api.depends("number")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.number or "?"
