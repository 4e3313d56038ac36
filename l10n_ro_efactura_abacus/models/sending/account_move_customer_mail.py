"""The mail to the customer once ANAF said Ok: the invoice's PDF and the sealed package, once and never again."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools.sql import column_exists, create_column

_logger = logging.getLogger(__name__)
# The cron that writes the mails, and how many at most in one run.
CRONS, BATCH = ("ir_cron_customer_mail",), 200
# Origins of submissions that Odoo itself uploaded; of all others the customer knows since long.
OWN_ORIGINS = ("odoo",)
TEMPLATE = "l10n_ro_efactura_abacus.mail_template_customer"


class AccountMove(models.Model):
    """An invoice whose customer gets a mail after Ok.

    ::

        (empty) --Ok in production, wanted by the company--> waiting --package archived, mail queued--> sent
                                                                \\--no address, no PDF--> failed
    """

    _inherit = "account.move"

    l10n_ro_efactura_customer_mail = fields.Selection(
        [("waiting", "Waiting for the package"), ("sent", "Mailed"), ("failed", "Not mailed")],
        string="Mail to the Customer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The mail with the PDF and ANAF's package, which is written once, after ANAF said Ok.",
    )

    def _auto_init(self):
        # EXTENDS 'account'
        if not column_exists(self.env.cr, "account_move", "l10n_ro_efactura_customer_mail"):
            create_column(self.env.cr, "account_move", "l10n_ro_efactura_customer_mail", "varchar")
        return super()._auto_init()

    def _l10n_ro_efactura_after_change(self, environment):
        # EXTENDS: what is wanted is stored with the Ok, in one transaction
        super()._l10n_ro_efactura_after_change(environment)
        if environment == "prod":
            self.sudo()._l10n_ro_efactura_await_customer_mail()

    def _l10n_ro_efactura_await_customer_mail(self):
        """Mark the invoices whose customers get a mail, and wake the cron."""
        wanted = self.filtered(
            lambda move: (
                move.l10n_ro_efactura_state == "ok"
                and not move.l10n_ro_efactura_customer_mail
                and move.is_sale_document()
                and move._l10n_ro_efactura_wants_customer_mail()
            )
        )
        sent_here = (
            self.env["l10n_ro_efactura.submission"]
            .sudo()
            .search(
                [
                    ("move_id", "in", wanted.ids),
                    ("environment", "=", "prod"),
                    ("state", "=", "ok"),
                    ("origin", "in", OWN_ORIGINS),
                ]
            )
        )
        if sent_here:
            sent_here.move_id.with_context(skip_is_manually_modified=True).l10n_ro_efactura_customer_mail = "waiting"
            self.env["l10n_ro_efactura.worker"]._wake(CRONS)

    def _l10n_ro_efactura_wants_customer_mail(self):
        """Return True where the company's setting covers this customer."""
        setting = self.company_id.l10n_ro_efactura_customer_mail
        partner = self.commercial_partner_id
        person = not partner.is_company and not partner._l10n_ro_efactura_cui()
        return setting == "all" or (setting == "persons" and person)

    @api.model
    def _l10n_ro_efactura_cron_customer_mail(self):
        """Queue the mails of the invoices whose package is archived, each in a transaction of its own."""
        worker = self.env["l10n_ro_efactura.worker"]
        packages = (
            self.env["l10n_ro_efactura.message"]
            .sudo()
            .search(
                [
                    ("move_id.l10n_ro_efactura_customer_mail", "=", "waiting"),
                    ("environment", "=", "prod"),
                    ("kind", "=", "sent"),
                    ("archive_state", "=", "archived"),
                ],
                order="id",
                limit=BATCH,
            )
        )
        for package in packages:
            move = package.move_id
            try:
                worker._in_fresh_transaction(move._l10n_ro_efactura_mail_customer, package)
            except Exception as error:
                _logger.warning("No mail to the customer of %s: %s", move.name, error, exc_info=True)
                reason = str(error) if isinstance(error, UserError) else self.env._("see the server's log")
                worker._in_fresh_transaction(move._l10n_ro_efactura_customer_mail_failed, reason)
        worker._checkpoint(processed=len(packages))

    def _l10n_ro_efactura_mail_customer(self, package):
        """Claim the invoice and queue its mail, both or neither.

        :param package: its archived message of SPV
        :raise UserError: the mail cannot be written; the text says why
        """
        if not self._l10n_ro_efactura_claim_customer_mail("sent"):
            return
        partner = self.partner_id
        words = self.with_context(lang=partner.lang or self.env.lang).env
        if not partner.email:
            raise UserError(self.env._("the customer has no e-mail address"))
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        if not template:
            raise UserError(self.env._("the mail template was deleted"))
        if not self._l10n_ro_efactura_pdf() and self._l10n_ro_efactura_can_render():
            self._l10n_ro_efactura_render_pdf()
        pdf = self._l10n_ro_efactura_pdf()
        if not pdf:
            raise UserError(self.env._("the invoice's PDF could not be made"))
        mail = self.env["mail.mail"].browse(template.send_mail(self.id))
        name = words._("e-Factura %s", package._package_name())
        mail.attachment_ids = [
            Command.create(
                {"name": file, "raw": content, "res_model": "mail.message", "res_id": mail.mail_message_id.id}
            )
            for file, content in (
                (f"{self._get_report_base_filename()}.pdf", pdf),
                (f"{name}.zip", package._package_bytes()),
            )
        ]

    def _l10n_ro_efactura_claim_customer_mail(self, state):
        """Write `state` where the mail is still waiting; return whether it was."""
        self.env.cr.execute(
            "UPDATE account_move SET l10n_ro_efactura_customer_mail = %s"
            " WHERE id = %s AND l10n_ro_efactura_customer_mail = 'waiting' RETURNING id",
            [state, self.id],
        )
        claimed = bool(self.env.cr.fetchone())
        self.invalidate_recordset(["l10n_ro_efactura_customer_mail"], flush=False)
        return claimed

    def _l10n_ro_efactura_customer_mail_failed(self, reason):
        """Give the mail up and log why on the invoice."""
        if self._l10n_ro_efactura_claim_customer_mail("failed"):
            self._message_log(body=self.env._("e-Factura: the customer was not mailed: %s.", reason))
