"""The test of a connection, and the gates that a new token opens."""

from odoo import models

from ...anaf.environment import ENVIRONMENTS
from ...anaf.errors import AnafError, NoRight, Unauthorized
from ...anaf.messages import spv_window
from ..common.anaf_words import anaf_error_words


class EfacturaCredential(models.Model):
    """A connection that can be tested by calls to ANAF."""

    _inherit = "l10n_ro_efactura.credential"

    def _application_key(self):
        """Return the key of the gate and budget of the application at ANAF, which several connections may use."""
        return self.client_id or self._own_key()

    def _own_key(self):
        """Return the key of this connection's own gate."""
        return f"credential {self.id}"

    def _client(self, environment="prod", session=None):
        # EXTENDS: every call stands in the list of calls
        client = super()._client(environment, session)
        client.observer = self.env["l10n_ro_efactura.call.log"]._observer(self.sudo().company_id, environment)
        return client

    def _token_observer(self):
        # EXTENDS: the identity provider serves both environments
        return self.env["l10n_ro_efactura.call.log"]._observer(self.sudo().company_id, "none")

    def _after_new_tokens(self):
        # EXTENDS: another token may have other rights, so open the gates that the old one closed
        super()._after_new_tokens()
        gates = self.env["l10n_ro_efactura.gate"]
        gates._open(self._own_key())
        gates._open_rights(self._own_key())

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
            problem = self.env._("ANAF does not take the token: %s", anaf_error_words(self.env, error))
            credential._isolated(lambda own: own.write({"test_problem": problem}))
            return self._notify("danger", problem)
        environments = [name for name in ENVIRONMENTS if name != "prod" or not self._is_neutralized()]
        for company in self.user_company_ids.sudo():
            rights[company.id] = {}
            for environment in environments:
                right, problem = credential._ask_right(environment, company._l10n_ro_efactura_cif())
                rights[company.id][f"l10n_ro_efactura_right_{environment}"] = right
                if problem:
                    problems.append(problem)
        kind, text = self._rights_text(rights, problems)
        credential._isolated(lambda own: own._store_rights(rights, text if kind != "success" else False))
        return self._notify(kind, text)

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
        self.env["l10n_ro_efactura.call"]._grant(self._application_key(), 1)  # counted, but not waited for
        try:
            return function(client)
        except Unauthorized:
            if not self._renew_after_401(client):
                raise
            return function(self._client(environment))
        finally:
            self.env["l10n_ro_efactura.call.log"]._flush()

    def _store_rights(self, rights, problem):
        """Write {company id: {field: 'yes'|'no'|'unknown'}} on the companies, and what is not well (or False) here."""
        self.test_problem = problem
        for company_id, values in rights.items():
            self.env["res.company"].browse(company_id).write(values)

    def _rights_text(self, rights, problems):
        """Return (kind, message) of the notification about `rights`, as `_store_rights` gets them."""
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
        return "success" if good else "warning", "\n".join(lines + problems)
