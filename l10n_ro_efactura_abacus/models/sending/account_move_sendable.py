"""Checks before an invoice is queued, and the parameters of its upload."""

from odoo import models

from ..document.account_move_check import finding_text


class AccountMove(models.Model):
    """An invoice's checks before sending, and the ANAF call that uploads it."""

    _inherit = "account.move"

    def _l10n_ro_efactura_upload_params(self):
        """Return the parameters of the call that uploads this invoice (ANAF, "API upload").

        :return: dict(standard='UBL'|'CN', is_b2c, extern, autofactura, cif=digits of our company)
        """
        self.ensure_one()
        self_billing = self._l10n_ro_efactura_is_self_billing()
        buyer = self.commercial_partner_id
        cui = buyer._l10n_ro_efactura_cui()
        foreign = not self_billing and not cui and buyer._l10n_ro_efactura_is_foreign()
        return {
            "standard": "CN" if self._l10n_ro_efactura_type_code() == "381" else "UBL",
            "is_b2c": not self_billing and not cui and not foreign,
            "extern": foreign,
            "autofactura": self_billing,
            "cif": self.company_id._l10n_ro_efactura_cif(),
        }

    def _l10n_ro_efactura_check_send(self, environment):
        """Return why this move cannot be queued for `environment`, as translated texts; [] when it can.

        Checks states, the obligation and the connection; `_l10n_ro_efactura_check_data` checks the document's data.
        """
        self.ensure_one()
        return self._l10n_ro_efactura_cannot_send(environment).get(self.id, [])

    def _l10n_ro_efactura_cannot_send(self, environment):
        """Return why moves cannot be queued for `environment`; every way to ANAF asks here.

        :return: {move id: [translated text, ...]} of those that cannot
        """
        _ = self.env._
        since = self._l10n_ro_efactura_starts()
        connected = {company: bool(company._l10n_ro_efactura_credential()) for company in self.company_id}
        live = set(self._l10n_ro_efactura_live(environment).ids)
        found = {}
        for move in self:
            reasons = move._l10n_ro_efactura_not_concerned(since)
            if move.state != "posted":
                reasons.append(_("It is not posted."))
            if move.id in live:
                reasons.append(
                    _("It is accepted by ANAF; correct it with a credit note.")
                    if environment == "prod" and move.l10n_ro_efactura_state == "ok"
                    else _("It is already on its way to ANAF.")
                )
            if not connected[move.company_id]:
                reasons.append(
                    _(
                        "The company %(company)s is not connected to ANAF: see Settings, Romanian e-Factura.",
                        company=move.company_id.name,
                    )
                )
            if reasons:
                found[move.id] = reasons
        return found

    def _l10n_ro_efactura_not_concerned(self, since=None):
        """Return why e-Factura never takes this move, whatever its state: [translated text], [] where it does.

        :param since: `_l10n_ro_efactura_starts` of many moves, where it was looked up already
        """
        self.ensure_one()
        _ = self.env._
        if self.country_code != "RO":
            return [_("The company is not in Romania.")]
        if not self._l10n_ro_efactura_is_document():
            return [
                _("Self-billed credit notes cannot be sent: ANAF knows no such type.")
                if self.move_type == "in_refund" and self.journal_id.is_self_billing
                else _("Only customer invoices, credit notes and self-billed invoices go to ANAF.")
            ]
        obligation, reason = self._l10n_ro_efactura_get_obligation(since)
        return [reason] if obligation == "none" else []

    def _l10n_ro_efactura_check_data(self, building=True):
        """Return the data that the document lacks ("Date lipsa"), as translated texts; [] when complete.

        :param building: True also builds the XML and checks it against CIUS-RO, which is slow
        """
        self.ensure_one()
        missing = [problem["text"] for problem in self._l10n_ro_efactura_problems()]
        if missing or not building:
            return missing
        _xml, errors, findings = self._l10n_ro_efactura_checked_xml()
        return errors or [finding_text(finding) for finding in findings if finding["severity"] == "fatal"]
