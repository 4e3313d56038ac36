"""Every override of Odoo's `l10n_ro_edi`, in this one file (its OAuth controller apart: controllers/connection.py).

Core keeps the partner format and the `ro_edi` checkbox. Its transport and its bookkeeping are taken over for the
companies that have a connection of ours; any other company gets `super()`, i.e. core as it was.
`CORE_NAMES` lists what each duty of the takeover needs of core. Where a name is gone, that duty alone is degraded and
says so (degraded.py); sending, receiving and archiving need none of them.
"""

import logging
from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.urls import urljoin

from ...anaf import AnafError, claims, expires_at
from ..common.rights import check_bill, is_system
from ..connection import vault
from .log_secrets import without_secrets

_logger = logging.getLogger(__name__)

CORE = ("l10n_ro_edi", "account_edi_ubl_cii")
SECRET_FIELDS = ("l10n_ro_edi_client_secret", "l10n_ro_edi_access_token", "l10n_ro_edi_refresh_token")
SPV_CRONS = ("ir_cron_refresh_spv",)
# {duty: {model: names of core that the duty overrides, calls or reads}}; degraded.py says what each duty is
CORE_NAMES = {
    "send": {
        "account.move": ("_l10n_ro_edi_get_pre_send_errors", "_l10n_ro_edi_send_invoice"),
        "account.move.send": (
            "_is_ro_edi_applicable",
            "_get_all_extra_edis",
            "_call_web_service_after_invoice_pdf_render",
        ),
    },
    "state": {
        "account.move": ("l10n_ro_edi_document_ids", "l10n_ro_edi_state", "l10n_ro_edi_index"),
        "l10n_ro_edi.document": (
            "invoice_id",
            "state",
            "key_download",
            "key_signature",
            "key_certificate",
            "attachment",
        ),
    },
    "tokens": {
        "res.company": (
            "l10n_ro_edi_client_id",
            "l10n_ro_edi_client_secret",
            "l10n_ro_edi_access_token",
            "l10n_ro_edi_refresh_token",
            "l10n_ro_edi_access_expiry_date",
            "l10n_ro_edi_refresh_expiry_date",
            "l10n_ro_edi_callback_url",
        ),
    },
    "oauth": {
        "res.company": (
            "_compute_l10n_ro_edi_callback_url",
            "_l10n_ro_edi_log_message",
            "_l10n_ro_edi_process_token_response",
            "_l10n_ro_edi_refresh_access_token",
            "_cron_l10n_ro_edi_refresh_access_token",
        ),
    },
    "reception": {
        "account.move": (
            "_l10n_ro_edi_fetch_invoice_sent_documents",
            "_l10n_ro_edi_fetch_invoices",
            "action_l10n_ro_edi_fetch_invoices",
            "_l10n_ro_edi_process_invoice_accepted_messages",
            "_l10n_ro_edi_process_invoice_refused_messages",
            "_l10n_ro_edi_process_bill_messages",
        ),
        "l10n_ro_edi.document": ("action_l10n_ro_edi_fetch_status",),
    },
    "history": {
        "account.move": ("l10n_ro_edi_state", "l10n_ro_edi_index"),
        "l10n_ro_edi.document": ("invoice_id", "datetime", "message", "key_download", "attachment"),
        "res.company": ("l10n_ro_edi_test_env",),
    },
    "door": {
        "account.edi.xml.ubl_ro": ("_export_invoice", "_export_invoice_filename"),
        "account.move.send": ("_postprocess_invoice_ubl_xml",),
    },
}
# {duty: external ids of core that it needs}
CORE_XMLIDS = {
    "oauth": ("l10n_ro_edi.ir_cron_l10n_ro_edi_refresh_access_token",),
    "reception": ("l10n_ro_edi.ir_cron_l10n_ro_edi_synchronize_invoices",),
}


def _token_times(token):
    """(issued, ends) of a token as naive UTC; False where it does not say."""
    try:
        ends = expires_at(token)
        issued = claims(token).get("iat")
        issued = bool(issued) and datetime.fromtimestamp(issued, timezone.utc).replace(tzinfo=None)
        return issued, ends.replace(tzinfo=None)
    except (AnafError, TypeError, ValueError, OverflowError):
        return False, False


class AccountMove(models.Model):
    _inherit = "account.move"

    def _l10n_ro_efactura_taken_over(self):
        """Those of these moves whose company is connected through us."""
        ours = self.company_id.filtered(lambda company: company._l10n_ro_efactura_taken_over())
        return self.filtered(lambda move: move.company_id in ours)

    # -------------------------------------------------------------------------
    # SENDING
    # -------------------------------------------------------------------------

    def _l10n_ro_edi_get_pre_send_errors(self, xml_data):
        # OVERRIDE 'l10n_ro_edi'
        if not self._l10n_ro_efactura_taken_over():
            return super()._l10n_ro_edi_get_pre_send_errors(xml_data)
        return self._l10n_ro_efactura_check_send("prod")

    def _l10n_ro_edi_send_invoice(self, xml_data):
        """Queue the invoice; no HTTP. The bytes that go out are built by the worker, once: `xml_data` is not kept.

        :return: list of errors, or None where the invoice was queued
        """
        # OVERRIDE 'l10n_ro_edi'
        self.ensure_one()
        if not self._l10n_ro_efactura_taken_over():
            return super()._l10n_ro_edi_send_invoice(xml_data)
        if errors := self._l10n_ro_edi_get_pre_send_errors(xml_data):
            return errors
        try:
            self.env["l10n_ro_efactura.submission"]._enqueue(self, "prod")
        except UserError as error:
            return [str(error)]
        return None

    # -------------------------------------------------------------------------
    # STATUS AND RECEPTION
    # -------------------------------------------------------------------------

    def _l10n_ro_edi_fetch_invoice_sent_documents(self):
        # OVERRIDE 'l10n_ro_edi': core's button on the document and its server action
        ours = self._l10n_ro_efactura_taken_over()
        if ours:
            ours.action_l10n_ro_efactura_refresh()
        if rest := self - ours:
            super(AccountMove, rest)._l10n_ro_edi_fetch_invoice_sent_documents()

    @api.model
    def _l10n_ro_edi_fetch_invoices(self, nb_days=1, **kwargs):
        # OVERRIDE 'l10n_ro_edi': only wakes our crons
        if not self.env.company._l10n_ro_efactura_taken_over():
            if nb_days != 1:  # core learns this argument in a later version
                kwargs["nb_days"] = nb_days
            return super()._l10n_ro_edi_fetch_invoices(**kwargs)
        return self.env["l10n_ro_efactura.submission"]._wake(SPV_CRONS)

    def action_l10n_ro_edi_fetch_invoices(self):
        # OVERRIDE 'l10n_ro_edi': the entry of the cog menu opens our SPV messages
        if not self.env.company._l10n_ro_efactura_taken_over():
            return super().action_l10n_ro_edi_fetch_invoices()
        check_bill(self)
        today = fields.Date.context_today(self)
        self.env["l10n_ro_efactura.message"].refresh_spv(self.env.company, fields.Date.subtract(today, days=1), today)
        return self.env["ir.actions.act_window"]._for_xml_id("l10n_ro_efactura_abacus.l10n_ro_efactura_message_action")

    @api.model
    def _l10n_ro_edi_process_invoice_accepted_messages(self, sent_invoices_accepted_messages):
        # OVERRIDE 'l10n_ro_edi'
        if self._l10n_ro_efactura_refuse_core_messages(sent_invoices_accepted_messages):
            return None
        return super()._l10n_ro_edi_process_invoice_accepted_messages(sent_invoices_accepted_messages)

    @api.model
    def _l10n_ro_edi_process_invoice_refused_messages(self, sent_invoices_refused_messages):
        # OVERRIDE 'l10n_ro_edi'
        if self._l10n_ro_efactura_refuse_core_messages(sent_invoices_refused_messages):
            return None
        return super()._l10n_ro_edi_process_invoice_refused_messages(sent_invoices_refused_messages)

    @api.model
    def _l10n_ro_edi_process_bill_messages(self, received_bills_messages):
        # OVERRIDE 'l10n_ro_edi'
        if self._l10n_ro_efactura_refuse_core_messages(received_bills_messages):
            return None
        return super()._l10n_ro_edi_process_bill_messages(received_bills_messages)

    @api.model
    def _l10n_ro_efactura_refuse_core_messages(self, messages):
        """True where the messages are not core's to handle: our own SPV list brings them all."""
        ours = self.env.company._l10n_ro_efactura_taken_over()
        if ours:
            _logger.warning(
                "%s SPV messages handed to l10n_ro_edi for company %s are left alone: e-Factura is connected through "
                "l10n_ro_efactura_abacus.",
                len(messages),
                self.env.company.id,
            )
        return ours

    # -------------------------------------------------------------------------
    # STATE
    # -------------------------------------------------------------------------

    @api.depends("l10n_ro_efactura_state")
    def _compute_show_reset_to_draft_button(self):
        # EXTENDS 'l10n_ro_edi': what decides is our production state; core's column may hold a test of long ago
        super()._compute_show_reset_to_draft_button()
        for move in self._l10n_ro_efactura_taken_over():
            if move.l10n_ro_efactura_state in (
                "queued",
                "uploading",
                "processing",
                "uncertain",
                "ok",
            ) and move.move_type in ("out_invoice", "out_refund"):
                move.show_reset_to_draft_button = False

    def unlink(self):
        # EXTENDS 'account': core's row about a bill would forbid its deletion; the archive keeps the package
        ours = self._l10n_ro_efactura_taken_over().filtered(lambda move: move.state == "draft")
        if ours and not self._l10n_ro_efactura_missing_for("state"):
            self.env["l10n_ro_edi.document"].sudo().search([("invoice_id", "in", ours.ids)]).unlink()
        return super().unlink()


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _is_ro_edi_applicable(self, move):
        # OVERRIDE 'l10n_ro_edi'
        if not move._l10n_ro_efactura_taken_over():
            return super()._is_ro_edi_applicable(move)
        return self._l10n_ro_efactura_is_applicable(move)

    def _get_alerts(self, moves, moves_data):
        # EXTENDS 'l10n_ro_edi'
        ours = moves._l10n_ro_efactura_taken_over()
        alerts = super()._get_alerts(moves, moves_data)
        if ours:
            alerts.pop("l10n_ro_edi_warning_waiting_moves", None)
            alerts.update(self._l10n_ro_efactura_alerts(ours, moves_data))
        return alerts

    @api.model
    def _call_web_service_after_invoice_pdf_render(self, invoices_data):
        # EXTENDS 'l10n_ro_edi': core never sees the checkbox of our invoices, the other channels see everything
        ours = {
            invoice: data
            for invoice, data in invoices_data.items()
            if "ro_edi" in data["extra_edis"] and invoice._l10n_ro_efactura_taken_over()
        }
        chosen = {invoice: data["extra_edis"] for invoice, data in ours.items()}
        for data in ours.values():
            data["extra_edis"] = [key for key in data["extra_edis"] if key != "ro_edi"]
        super()._call_web_service_after_invoice_pdf_render(invoices_data)
        for invoice, data in ours.items():
            data["extra_edis"] = chosen[invoice]
        if ours:
            self._l10n_ro_efactura_queue_invoices(ours)

    @api.model
    def _postprocess_invoice_ubl_xml(self, invoice, invoice_data):
        # OVERRIDE 'account_edi_ubl_cii': core always embeds the PDF; ours is embedded where the company wants it
        if not self._l10n_ro_efactura_is_our_xml(invoice, invoice_data):
            super()._postprocess_invoice_ubl_xml(invoice, invoice_data)


class AccountMoveSendWizard(models.TransientModel):
    _inherit = "account.move.send.wizard"

    def _compute_extra_edi_checkboxes(self):
        # EXTENDS 'l10n_ro_edi'
        super()._compute_extra_edi_checkboxes()
        for wizard in self:
            if wizard.move_id._l10n_ro_efactura_taken_over():
                checkboxes = {
                    key: value for key, value in (wizard.extra_edi_checkboxes or {}).items() if key != "ro_spv"
                }
                wizard.extra_edi_checkboxes = wizard._l10n_ro_efactura_checkboxes(checkboxes)


def _connection_field(name, column, groups):
    """Core's company field `name`, shown from and written into `column` of the company's connection."""

    def compute(companies):
        for company in companies:
            company[name] = company._l10n_ro_efactura_open(column)

    def inverse(companies):
        for company, text in [(company, company[name]) for company in companies.sudo()]:
            company._l10n_ro_efactura_keep(column, text)

    def search(companies, operator, value):
        """Companies that have, or lack, a value; its content is not searched for."""
        companies._check_field_access(companies._fields[name], "read")
        if operator != "in" or not set(value) <= {False, ""}:
            return NotImplemented
        every = companies.sudo().with_context(active_test=False).search([])
        return [("id", "in", every.filtered(lambda company: not company[name]).ids)]

    return fields.Char(
        compute=compute, inverse=inverse, search=search, compute_sudo=True, groups=groups, exportable=False
    )


class ResCompany(models.Model):
    """Core's connection fields show what is in the vault; their columns in res_company stay empty."""

    _inherit = "res.company"

    l10n_ro_edi_client_id = _connection_field("l10n_ro_edi_client_id", "client_id", "base.group_system")
    l10n_ro_edi_client_secret = _connection_field("l10n_ro_edi_client_secret", "client_secret_cipher", fields.NO_ACCESS)
    l10n_ro_edi_access_token = _connection_field("l10n_ro_edi_access_token", "access_cipher", fields.NO_ACCESS)
    l10n_ro_edi_refresh_token = _connection_field("l10n_ro_edi_refresh_token", "refresh_cipher", fields.NO_ACCESS)
    l10n_ro_edi_access_expiry_date = fields.Date(
        compute="_compute_l10n_ro_edi_expiry_dates", inverse="_inverse_l10n_ro_edi_expiry_dates", compute_sudo=True
    )
    l10n_ro_edi_refresh_expiry_date = fields.Date(
        compute="_compute_l10n_ro_edi_expiry_dates", inverse="_inverse_l10n_ro_edi_expiry_dates", compute_sudo=True
    )

    @api.model
    def _has_field_access(self, field, operation):
        # EXTENDS 'base': an administrator may give a secret, as on the connection's form; nobody gets one back
        if field.model_name == "res.company" and field.name in SECRET_FIELDS:
            if operation == "write":
                return is_system(self.env)
            if self and not any(company._l10n_ro_efactura_taken_over() for company in self):
                return True  # nothing is there to hide, and core's own requests for these companies read it as the user
        return super()._has_field_access(field, operation)

    def _l10n_ro_efactura_taken_over(self):
        """True where this company, or the one above it, is connected through us: core does nothing for it."""
        return bool(self._l10n_ro_efactura_credential())

    # -------------------------------------------------------------------------
    # CORE'S FIELDS OVER THE VAULT
    # -------------------------------------------------------------------------

    def _compute_l10n_ro_edi_expiry_dates(self):
        for company in self:
            credential = company._l10n_ro_efactura_credential()
            company.l10n_ro_edi_access_expiry_date = credential.access_expires_at
            company.l10n_ro_edi_refresh_expiry_date = credential.refresh_expires_at

    def _inverse_l10n_ro_edi_expiry_dates(self):
        """Nothing to keep: the dates are in the tokens themselves."""

    def _l10n_ro_efactura_open(self, column):
        """What the connection holds in `column`, deciphered; False where there is nothing or the key is not here."""
        value = self._l10n_ro_efactura_credential()[column]
        if not column.endswith("_cipher"):
            return value
        try:
            return vault.decrypt(self.env, value) or False
        except vault.VaultLocked:
            return False

    def _l10n_ro_efactura_keep(self, column, text):
        """Write `text` into `column` of the company's own connection, made where it is missing.

        For what reaches core's fields by other ways than our forms: nothing is judged, ANAF will.
        """
        self.ensure_one()
        # the fields being written keep their values until each has been through here
        credential = self.env["l10n_ro_efactura.credential"].sudo().with_context(l10n_ro_edi_keeping=True)
        credential = credential.search([("company_id", "=", self.id)])
        if not credential:
            if not text:
                return
            credential = credential.create({"company_id": self.id})
        if not column.endswith("_cipher"):
            credential.write({column: text})
            return
        values = {column: vault.encrypt(self.env, text) if text else False}
        if (kind := column.removesuffix("_cipher")) in ("access", "refresh"):
            issued, ends = _token_times(text)
            values |= {
                f"{kind}_refused": False,
                f"{kind}_expires_at": ends,
                "token_version": credential.token_version + 1,
            }
            if kind == "refresh":
                values["refresh_issued_at"] = issued
        credential.write(values)

    @api.depends("country_code")
    def _compute_l10n_ro_edi_callback_url(self):
        # OVERRIDE 'l10n_ro_edi': no request is needed, and a proxy changes nothing
        for company in self:
            company.l10n_ro_edi_callback_url = company.country_code == "RO" and urljoin(
                company.get_base_url(), f"l10n_ro_edi/callback/{company.id or company._origin.id}"
            )

    # -------------------------------------------------------------------------
    # TOKENS
    # -------------------------------------------------------------------------

    def _l10n_ro_edi_log_message(self, message, func):
        # EXTENDS 'l10n_ro_edi'
        return super()._l10n_ro_edi_log_message(without_secrets(message), func)

    def _l10n_ro_edi_process_token_response(self, response_json):
        # EXTENDS 'l10n_ro_edi': whatever is wrong, the answer itself is never shown nor logged
        self.ensure_one()
        access, refresh = (response_json.get(name) for name in ("access_token", "refresh_token"))
        if not access or not refresh:
            raise ValidationError(self.env._("ANAF's answer holds no tokens."))
        if not self._l10n_ro_efactura_taken_over():
            return super()._l10n_ro_edi_process_token_response(response_json)
        return self._l10n_ro_efactura_credential().set_tokens(access, refresh)

    def _l10n_ro_edi_refresh_access_token(self, session):
        # OVERRIDE 'l10n_ro_edi': the credential cron renews what is due, each under its row lock
        self.ensure_one()
        if not self._l10n_ro_efactura_taken_over():
            return super()._l10n_ro_edi_refresh_access_token(session)
        return None

    def _cron_l10n_ro_edi_refresh_access_token(self):
        # EXTENDS 'l10n_ro_edi': parked at installation; by hand it does what ours does
        self.env["l10n_ro_efactura.credential"]._cron_refresh_tokens()
        return super()._cron_l10n_ro_edi_refresh_access_token()


class EfacturaCredential(models.Model):
    _inherit = "l10n_ro_efactura.credential"

    @api.model_create_multi
    def create(self, vals_list):
        credentials = super().create(vals_list)
        credentials._l10n_ro_edi_forget()
        return credentials

    def write(self, vals):
        result = super().write(vals)
        self._l10n_ro_edi_forget()
        return result

    def _l10n_ro_edi_forget(self):
        """Core's fields show the connection as it is now."""
        if self.env.context.get("l10n_ro_edi_keeping"):
            return
        self.env["res.company"].invalidate_model(
            [
                "l10n_ro_edi_client_id",
                "l10n_ro_edi_client_secret",
                "l10n_ro_edi_access_token",
                "l10n_ro_edi_refresh_token",
                "l10n_ro_edi_access_expiry_date",
                "l10n_ro_edi_refresh_expiry_date",
            ],
            flush=False,
        )


class L10nRoEdiDocument(models.Model):
    _inherit = "l10n_ro_edi.document"

    invoice_id = fields.Many2one("account.move", index="btree_not_null")  # looked for by invoice, thousands at a time

    def action_l10n_ro_edi_fetch_status(self):
        # EXTENDS 'l10n_ro_edi'
        self.check_access("read")
        return super().action_l10n_ro_edi_fetch_status()
