"""What of the takeover is degraded because a name of Odoo's own e-Factura module is gone, said to administrators.

Shown on the connection's form and on the settings page, and logged once when the registry is loaded.
"""

import logging

from odoo import api, fields, models

from .l10n_ro_edi import CORE, CORE_NAMES, CORE_XMLIDS

_logger = logging.getLogger(__name__)


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    @api.private
    def _l10n_ro_efactura_missing_core_names(self):
        """Look for the names of CORE_NAMES and CORE_XMLIDS in core's classes and records.

        :return: {duty: ['model.name', 'model' or external id, ...]} of the duties that lack something
        """
        return {duty: missing for duty in CORE_NAMES if (missing := self._l10n_ro_efactura_missing_for(duty))}

    @api.model
    def _l10n_ro_efactura_missing_for(self, duty):
        """Return what `duty` lacks of core, a list of 'model.name', 'model' or external ids; [] where it can work."""
        missing = []
        for model, names in CORE_NAMES[duty].items():
            if model not in self.env:
                missing.append(model)
                continue
            core = [vars(cls) for cls in type(self.env[model]).mro() if vars(cls).get("_module") in CORE]
            missing += [f"{model}.{name}" for name in names if not any(name in members for members in core)]
        return missing + [
            xmlid for xmlid in CORE_XMLIDS.get(duty, ()) if not self.env.ref(xmlid, raise_if_not_found=False)
        ]


class EfacturaCredential(models.Model):
    _inherit = "l10n_ro_efactura.credential"

    degraded_duties = fields.Text("Changed in Odoo", compute="_compute_degraded_duties")

    @api.depends_context("lang")
    def _compute_degraded_duties(self):
        self.degraded_duties = self._degraded_text()

    @api.model
    @api.private
    def _degraded_text(self):
        """Return what is degraded, a line each with the missing names; False where the takeover is whole."""
        _ = self.env._
        missing = self.env["account.move"]._l10n_ro_efactura_missing_core_names()
        if not missing:
            return False
        duties = {
            "send": _(
                "Odoo's Send dialog may lack e-Factura, or send it as Odoo's own module does. Send with the "
                "button on the invoice."
            ),
            "state": _(
                "Odoo's own e-Factura fields and documents of an invoice no longer follow the state that this "
                "addon shows."
            ),
            "tokens": _(
                "Odoo's own connection fields no longer show this connection. What reads them, as e-Transport "
                "does, has no token."
            ),
            "oauth": _("Odoo's own module may renew tokens by itself and write them into its log."),
            "reception": _(
                "Odoo's own module may fetch SPV messages by itself and make bills of them. Look for bills "
                "that were entered twice."
            ),
            "history": _("What Odoo's own module sent or received is not taken over when this addon is installed."),
            "door": _("Odoo may attach an XML of its own to e-mails, other than the one that goes to ANAF."),
        }
        return "\n".join(
            [
                _(
                    "Odoo's own e-Factura module has changed. Sending to ANAF, receiving and "
                    "archiving go on. Until this "
                    "addon is updated:"
                ),
                *(
                    _("• %(duty)s Missing: %(names)s", duty=duties[duty], names=", ".join(names))
                    for duty, names in missing.items()
                ),
            ]
        )

    def _register_hook(self):
        # EXTENDS 'base'
        super()._register_hook()
        if missing := self.env["account.move"]._l10n_ro_efactura_missing_core_names():
            _logger.warning(
                "Odoo's own e-Factura module changed; degraded until this addon is updated: %s",
                "; ".join(f"{duty} (missing: {', '.join(names)})" for duty, names in missing.items()),
            )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_ro_efactura_degraded_duties = fields.Text("Changed in Odoo", compute="_compute_l10n_ro_efactura_degraded")

    @api.depends_context("lang")
    def _compute_l10n_ro_efactura_degraded(self):
        self.l10n_ro_efactura_degraded_duties = self.env["l10n_ro_efactura.credential"]._degraded_text()
