from odoo import fields, models


class AccountMoveSendWizard(models.TransientModel):
    _inherit = "account.move.send.wizard"

    l10n_ro_efactura_environment = fields.Selection(
        selection=[("prod", "Production: the invoice is reported"), ("test", "Test: nothing is reported")],
        string="ANAF",
        default="prod",
    )

    def _l10n_ro_efactura_checkboxes(self, checkboxes):
        """Return `checkboxes` with e-Factura's: unticked where it is not due, locked where it is never sent.

        Called by the takeover for companies connected through us.
        """
        self.ensure_one()
        move = self.move_id
        core = self._get_all_extra_edis().get("ro_edi")  # none where core has renamed its checkbox
        if "ro_edi" in checkboxes or not core or not move._l10n_ro_efactura_is_document():
            return checkboxes
        box = {"checked": False, "label": core["label"]}
        if move._l10n_ro_efactura_live("prod"):
            states = dict(move._fields["l10n_ro_efactura_state"]._description_selection(self.env))
            box |= {
                "readonly": True,
                "question_circle": self.env._(
                    "It is not sent twice. e-Factura: %s", states[move.l10n_ro_efactura_state]
                ),
            }
        else:
            box["question_circle"] = move.l10n_ro_efactura_obligation_reason
            box["readonly"] = move.l10n_ro_efactura_obligation == "none"  # such as from before the start date
        return {**checkboxes, "ro_edi": box}

    def _get_sending_settings(self):
        # EXTENDS 'account'
        settings = super()._get_sending_settings()
        settings["l10n_ro_efactura_environment"] = self.l10n_ro_efactura_environment or "prod"
        return settings
