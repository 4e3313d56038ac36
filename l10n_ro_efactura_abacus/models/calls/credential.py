"""The test of a connection, and the gates that a new token opens."""

from odoo import models

from ...anaf.environment import ENVIRONMENTS
from ...anaf.errors import AnafError, NoRight, Unauthorized
from ...anaf.messages import spv_window
from ..common.anaf_words import anaf_error_words


class EfacturaCredential(models.Model):
    """A connection that can be tested by calls to ANAF."""

    _inherit = "l10n_ro_efactura.credential"

    def _gate_key(self):
        """Return the key of this connection's gate and budget: its client id at ANAF."""
        return self.client_id or f"credential {self.id}"

    def set_tokens(self, access, refresh):
        # EXTENDS: another token may have other rights, so open the gates that the old one closed. That happens on a
        # side connection, because a conflict must not roll back the new tokens: the old refresh token is used up.
        result = super().set_tokens(access, refresh)
        gates, key = self.env["l10n_ro_efactura.gate"], self.sudo()._gate_key()
        gates._open(key, reasons=("unauthorized", "forbidden"))
        gates._open_rights(key)
        return result

    # -------------------------------------------------------------------------
    # THE TEST OF THE CONNECTION
    # -------------------------------------------------------------------------

    def action_test_connection(self):
        """Test the token, and the right in SPV for each company on this connection; store the rights.

        :return: dict of an action: a notification with the result
        """
        self._check_system()
        self.ensure_one()
        credential, rights, problems = self.sudo(), {}, []
        try:
            credential._call("test", lambda client: client.hello("Odoo"))
        except AnafError as error:
            return self._notify(
                "danger", self.env._("ANAF does not take the token: %s", anaf_error_words(self.env, error)), sticky=True
            )
        environments = [name for name in ENVIRONMENTS if name != "prod" or not self._is_neutralized()]
        for company in self.user_company_ids.sudo():
            rights[company.id] = {}
            for environment in environments:
                right, problem = credential._ask_right(environment, company._l10n_ro_efactura_cif())
                rights[company.id][f"l10n_ro_efactura_right_{environment}"] = right
                if problem:
                    problems.append(problem)
        credential._isolated(lambda own: own._store_rights(rights))
        return self._notify(*self._rights_text(rights, problems))

    def _ask_right(self, environment, cif):
        """Return ('yes'|'no'|'unknown', problem or '') for one CIF, by asking for one page of its list."""
        if not cif:
            return "unknown", self.env._("The company has no valid CIF.")
        start, end = spv_window(days=1)
        try:
            self._call(environment, lambda client: client.list_page(cif, start, end))
        except NoRight:
            return "no", ""
        except AnafError as error:
            return "unknown", anaf_error_words(self.env, error)
        return "yes", ""

    def _call(self, environment, function):
        """Return ``function(client)``, repeated once with a renewed token where ANAF answered 401."""
        client = self._client(environment)
        self.env["l10n_ro_efactura.call"]._grant(self.client_id or "", 1)  # counted, but not waited for
        try:
            return function(client)
        except Unauthorized:
            if not self._renew_after_401(client):
                raise
            return function(self._client(environment))

    def _store_rights(self, rights):
        """Write {company id: {field: 'yes'|'no'|'unknown'}} on the companies."""
        for company_id, values in rights.items():
            self.env["res.company"].browse(company_id).write(values)

    def _rights_text(self, rights, problems):
        """Return (kind, message, sticky) of the notification about `rights`, as `_store_rights` gets them."""
        words = {"yes": self.env._("yes"), "no": self.env._("no"), "unknown": self.env._("unknown")}
        lines = []
        for company in self.env["res.company"].sudo().browse(rights):
            values = rights[company.id]
            lines.append(
                self.env._(
                    "%(company)s (CIF %(cif)s): right in SPV: %(prod)s, in the test environment: %(test)s",
                    company=company.name,
                    cif=company._l10n_ro_efactura_cif() or "-",
                    prod=words[values.get("l10n_ro_efactura_right_prod", "unknown")],
                    test=words[values.get("l10n_ro_efactura_right_test", "unknown")],
                )
            )
        good = all(right == "yes" for values in rights.values() for right in values.values())
        return "success" if good else "warning", "\n".join(lines + problems), not good
