"""e-Factura in Odoo's Send wizards and in the job that sends in the background."""

from odoo import api, models

# Invoices whose data is checked while Send is open.
CHECKED_IN_SEND = 100
# Key of a move's sending settings that holds the environment, 'prod' or 'test'.
ENVIRONMENT = "l10n_ro_efactura_environment"


class AccountMoveSend(models.AbstractModel):
    """Odoo's Send with e-Factura as the EDI `ro_edi`, which is core's own key.

    The overrides of `l10n_ro_edi` in models/takeover call the methods at the end of this class. Companies that have
    no connection of this addon keep core's behaviour.
    """

    _inherit = "account.move.send"

    @api.model
    def _get_default_extra_edis(self, move):
        # EXTENDS 'account'
        edis = super()._get_default_extra_edis(move)
        if "ro_edi" in edis and move._l10n_ro_efactura_is_ours() and move.l10n_ro_efactura_obligation != "due":
            edis = edis - {"ro_edi"}  # foreign buyers and exemptions: only where the user ticks it
        return edis

    @api.model
    def _get_default_sending_settings(self, move, from_cron=False, **custom_settings):
        # EXTENDS 'account'
        settings = super()._get_default_sending_settings(move, from_cron=from_cron, **custom_settings)
        settings[ENVIRONMENT] = (
            custom_settings.get(ENVIRONMENT) or (from_cron and (move.sending_data or {}).get(ENVIRONMENT)) or "prod"
        )
        return settings

    @api.model
    def _generate_invoice_documents(self, invoices_data, allow_fallback_pdf=False):
        # EXTENDS 'account'
        # Sending by e-Factura alone renders no PDF, so it works without wkhtmltopdf.
        alone = {
            invoice: data
            for invoice, data in invoices_data.items()
            if set(data["extra_edis"]) == {"ro_edi"}
            and not data["sending_methods"]
            and invoice._l10n_ro_efactura_is_ours()
        }
        others = {invoice: data for invoice, data in invoices_data.items() if invoice not in alone}
        if others:
            super()._generate_invoice_documents(others, allow_fallback_pdf=allow_fallback_pdf)
        if alone:
            self._l10n_ro_efactura_queue_invoices(alone)
            for data in alone.values():
                data.setdefault("proforma_pdf_attachment", self.env["ir.attachment"])

    @api.model
    def _hook_invoice_document_after_pdf_report_render(self, invoice, invoice_data):
        # EXTENDS 'account_edi_ubl_cii', which may still change the PDF: embed the bytes that are attached
        super()._hook_invoice_document_after_pdf_report_render(invoice, invoice_data)
        pdf = (invoice_data.get("pdf_attachment_values") or {}).get("raw")
        if pdf and self._l10n_ro_efactura_is_our_xml(invoice, invoice_data):
            values = invoice_data["ubl_cii_xml_attachment_values"]
            values["raw"] = invoice._l10n_ro_efactura_with_pdf(values["raw"], pdf)

    @api.model
    def _l10n_ro_efactura_is_our_xml(self, invoice, invoice_data):
        """Return True where core attaches the XML of our builder, whose bytes also go to ANAF."""
        options = invoice_data.get("ubl_cii_xml_options") or {}
        return options.get("ubl_cii_format") == "ciusro" and invoice._l10n_ro_efactura_is_written_here()

    @api.model
    def _generate_invoice_fallback_documents(self, invoices_data):
        # EXTENDS 'account'
        # No pro forma for invoices that are sent without a PDF.
        alone = [invoice for invoice, data in invoices_data.items() if "proforma_pdf_attachment" in data]
        return super()._generate_invoice_fallback_documents(
            {invoice: data for invoice, data in invoices_data.items() if invoice not in alone}
        )

    @api.model
    def _hook_if_errors(self, moves_data, allow_raising=True):
        # EXTENDS 'account'
        if not allow_raising:
            for move, data in moves_data.items():
                if (
                    "ro_edi" in data["extra_edis"]
                    and move._l10n_ro_efactura_is_ours()
                    and move.l10n_ro_efactura_to_send
                ):
                    texts = [str(text) for text in data["error"].get("errors") or [data["error"]["error_title"]]]
                    move._l10n_ro_efactura_mark_missing({move.id: texts})
        return super()._hook_if_errors(moves_data, allow_raising=allow_raising)

    # -------------------------------------------------------------------------
    # WHAT THE TAKEOVER CALLS
    # -------------------------------------------------------------------------

    @api.model
    def _l10n_ro_efactura_is_applicable(self, move):
        """Return True where Send offers e-Factura: a document that is concerned and not yet at ANAF."""
        return (
            move._l10n_ro_efactura_is_document()
            and not move._l10n_ro_efactura_live("prod")
            and move.l10n_ro_efactura_obligation != "none"
        )

    @api.model
    def _l10n_ro_efactura_queue_invoices(self, invoices_data):
        """Queue the invoices that have `ro_edi` ticked; one that cannot be queued gets an `error` in its data.

        :param invoices_data: {invoice (sudo): dict of its sending data}, as core's web service hooks get it
        """
        for invoice, data in invoices_data.items():
            if "ro_edi" not in data["extra_edis"] or data.get("error"):
                continue
            environment = data.get(ENVIRONMENT) or "prod"
            if invoice._l10n_ro_efactura_live(environment):
                continue  # clicked twice
            author = self.env["res.users"].browse(data.get("author_user_id") or self.env.uid)
            blocked, lacking = invoice.with_user(author).sudo()._l10n_ro_efactura_queue(environment)
            if blocked or lacking:
                data["error"] = {
                    "error_title": self.env._("The invoice cannot be sent to ANAF (missing data):")
                    if lacking
                    else self.env._("The invoice cannot be sent to ANAF:"),
                    "errors": (blocked or lacking)[invoice.id],
                }

    @api.model
    def _l10n_ro_efactura_alerts(self, moves, moves_data):
        """Return the Send wizards' alerts about e-Factura, {key: core's alert}."""
        _ = self.env._
        asked = moves.filtered(lambda move: "ro_edi" in (moves_data[move].get("extra_edis") or {}))
        alerts = {}
        if waiting := moves._l10n_ro_efactura_live("prod").filtered(lambda m: m.l10n_ro_efactura_state != "ok"):
            alerts["l10n_ro_efactura_waiting"] = {
                "level": "info",
                "message": _("On the way to ANAF, not sent again: %s", ", ".join(waiting.mapped("name"))),
                "action_text": _("View Invoice(s)"),
                "action": waiting._get_records_action(name=_("On the way to ANAF")),
            }
        # One document is built; of more only the records are checked, and the rest when it is sent.
        checked = asked[:CHECKED_IN_SEND]
        building = len(asked) == 1
        found = {move: texts for move in checked if (texts := move._l10n_ro_efactura_check_data(building))}
        if found:
            texts = [f"{move.name}: {text}" for move, lacking in found.items() for text in lacking]
            alerts["l10n_ro_efactura_missing"] = {
                "level": "warning",
                "message": "\n".join([_("e-Factura lacks data:"), *texts[:20]]),
                "action_text": _("Fill in"),
                "action": moves.browse(move.id for move in found)._l10n_ro_efactura_window_action(),
            }
        if len(asked) > len(checked):
            alerts["l10n_ro_efactura_unchecked"] = {
                "level": "info",
                "message": _(
                    "e-Factura: the data of the first %s invoices was checked; the others are checked when they are "
                    "sent, and each says what it lacks.",
                    len(checked),
                ),
            }
        if asked and (reason := self.env["l10n_ro_efactura.guard"]._hold_reason("prod")):
            alerts["l10n_ro_efactura_hold"] = {
                "level": "warning",
                "message": _("e-Factura waits in the queue: %s", reason),
            }
        return alerts
