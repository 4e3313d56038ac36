"""Company settings of sending: the mail to customers; and the journals that send by themselves."""

from odoo import api, fields, models

from ..common.rights import check_system


class ResCompany(models.Model):
    """A company that mails its customers after Ok, where it wants so."""

    _inherit = "res.company"

    l10n_ro_efactura_customer_mail = fields.Selection(
        [("no", "Nobody"), ("persons", "Persons (B2C)"), ("all", "All customers")],
        string="Mail after Ok",
        default="no",
        required=True,
        help="Who gets a mail with the PDF and ANAF's package once ANAF said Ok.",
    )


class ResConfigSettings(models.TransientModel):
    """Settings page: automatic sending for each journal, and the mail to customers."""

    _inherit = "res.config.settings"

    l10n_ro_efactura_customer_mail = fields.Selection(
        related="company_id.l10n_ro_efactura_customer_mail", readonly=False
    )
    l10n_ro_efactura_auto_journal_ids = fields.Many2many(
        "account.journal",
        string="Automatic Sending",
        compute="_compute_l10n_ro_efactura_auto_journal_ids",
        inverse="_inverse_l10n_ro_efactura_auto_journal_ids",
    )

    def _l10n_ro_efactura_sending_journals(self):
        """Return the journals of the company whose entries may go to ANAF."""
        return self.env["account.journal"].search(
            [
                ("company_id", "=", self.company_id.id),
                "|",
                ("type", "=", "sale"),
                "&",
                ("type", "=", "purchase"),
                ("is_self_billing", "=", True),
            ]
        )

    @api.depends("company_id")
    def _compute_l10n_ro_efactura_auto_journal_ids(self):
        for settings in self:
            settings.l10n_ro_efactura_auto_journal_ids = settings._l10n_ro_efactura_sending_journals().filtered(
                "l10n_ro_efactura_auto_send"
            )

    def _inverse_l10n_ro_efactura_auto_journal_ids(self):
        for settings in self:
            journals, wanted = settings._l10n_ro_efactura_sending_journals(), settings.l10n_ro_efactura_auto_journal_ids
            (journals & wanted).filtered(lambda journal: not journal.l10n_ro_efactura_auto_send).write(
                {"l10n_ro_efactura_auto_send": True}
            )
            (journals - wanted).filtered("l10n_ro_efactura_auto_send").write({"l10n_ro_efactura_auto_send": False})

    def action_l10n_ro_efactura_customer_template(self):
        """Open the template of the mail to customers.

        :raise AccessError: the user is no administrator
        """
        check_system(self)
        return self.env.ref("l10n_ro_efactura_abacus.mail_template_customer")._get_records_action(
            name=self.env._("Mail to the customer after Ok")
        )
