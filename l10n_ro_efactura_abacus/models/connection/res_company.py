"""The connection that a company uses, its rights in SPV, and the settings page."""

from odoo import api, fields, models

# Values and labels of a company's right in SPV.
RIGHTS = [("unknown", "not checked"), ("yes", "yes"), ("no", "no")]


class ResCompany(models.Model):
    """A company with its own connection to ANAF, or another company's."""

    _inherit = "res.company"

    l10n_ro_efactura_credential_id = fields.Many2one(
        "l10n_ro_efactura.credential",
        string="Connection to ANAF",
        groups="base.group_system",
        help="Another company's connection, where one certificate serves several CIFs. Empty: the company's own, "
        "else its parent's.",
    )
    l10n_ro_efactura_start_date = fields.Date(
        "e-Factura since", help="Invoices dated earlier are left out of e-Factura. Empty: the parent company's."
    )
    l10n_ro_efactura_right_prod = fields.Selection(
        RIGHTS, "Right in SPV", default="unknown", readonly=True, copy=False, groups="base.group_system"
    )
    l10n_ro_efactura_right_test = fields.Selection(
        RIGHTS, "Right in SPV (test)", default="unknown", readonly=True, copy=False, groups="base.group_system"
    )

    def _l10n_ro_efactura_credential(self):
        """Return the connection of this company, as superuser: the chosen one, else its own, else its parent's."""
        Credential = self.env["l10n_ro_efactura.credential"].sudo()
        for company in self._l10n_ro_efactura_chain():
            chosen = company.l10n_ro_efactura_credential_id
            found = chosen if chosen.active else Credential.search([("company_id", "=", company.id)], limit=1)
            if found:
                return found
        return Credential

    def _l10n_ro_efactura_since(self):
        """Return the date before which invoices are left out of e-Factura: the company's own, else its parent's.

        :return: date; False where none is set
        """
        starts = (company.l10n_ro_efactura_start_date for company in self._l10n_ro_efactura_chain())
        return next(filter(None, starts), False)

    def _l10n_ro_efactura_head(self):
        """Return the company that owns the mailbox: the highest parent with the same CIF and connection."""
        cif, credential = self._l10n_ro_efactura_cif(), self._l10n_ro_efactura_credential()
        head = self.sudo()
        for company in self._l10n_ro_efactura_chain()[1:]:
            if company._l10n_ro_efactura_cif() != cif or company._l10n_ro_efactura_credential() != credential:
                break
            head = company
        return head


class ResConfigSettings(models.TransientModel):
    """The settings page with the company's connection."""

    _inherit = "res.config.settings"

    l10n_ro_efactura_credential_id = fields.Many2one(
        related="company_id.l10n_ro_efactura_credential_id", readonly=False
    )
    l10n_ro_efactura_start_date = fields.Date(related="company_id.l10n_ro_efactura_start_date", readonly=False)
    l10n_ro_efactura_responsible_ids = fields.Many2many(
        related="company_id.l10n_ro_efactura_responsible_ids", readonly=False
    )
    l10n_ro_efactura_used_credential_id = fields.Many2one(
        "l10n_ro_efactura.credential", compute="_compute_l10n_ro_efactura_used_credential_id"
    )
    l10n_ro_efactura_state = fields.Selection(related="l10n_ro_efactura_used_credential_id.state")
    l10n_ro_efactura_refresh_days_left = fields.Integer(related="l10n_ro_efactura_used_credential_id.refresh_days_left")

    @api.depends("company_id", "l10n_ro_efactura_credential_id")
    def _compute_l10n_ro_efactura_used_credential_id(self):
        for settings in self:
            settings.l10n_ro_efactura_used_credential_id = settings.company_id._l10n_ro_efactura_credential().id

    def action_l10n_ro_efactura_connection(self):
        """Open the connection of the current company, or a new one where it has none."""
        self.env["l10n_ro_efactura.credential"]._check_system()
        credential = self.company_id._l10n_ro_efactura_credential()
        return credential._get_records_action(
            name=self.env._("Connection to ANAF"), context={"default_company_id": self.company_id.id}
        )
