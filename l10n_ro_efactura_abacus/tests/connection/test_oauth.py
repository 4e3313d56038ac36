"""OAuth over HTTP: Odoo, the browser's redirects, ANAF's login, and back."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from odoo import Command, fields
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from ..common import CLIENT_ID, CLIENT_SECRET, COMPANY_CIF, EfacturaCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOauth(EfacturaCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.sim.reset()
        self.credential._forget_tokens()
        self.callbacks = [
            f"{self.base_url()}/l10n_ro_efactura/callback",
            f"{self.base_url()}/l10n_ro_edi/callback/{self.company.id}",
        ]
        self.sim.add_client(CLIENT_ID, CLIENT_SECRET, self.callbacks)
        self.credential.callback_url = self.callbacks[0]
        self.authenticate("accountman", "accountman")

    def _call(self, method):
        self.env.flush_all()
        return self.make_jsonrpc_request(
            "/web/dataset/call_button",
            {"model": "l10n_ro_efactura.credential", "method": method, "args": [self.credential.ids], "kwargs": {}},
        )

    def _at_anaf(self, url, certificate="director"):
        """What ANAF's page answers the browser that presents a certificate: the address it is sent back to."""
        self.assertTrue(url.startswith(self.sim.oauth_url + "/authorize?"))
        answer = self.url_open(f"{url}&{urlencode({'certificate': certificate})}", allow_redirects=False)
        self.assertEqual(answer.status_code, 302)
        return answer.headers["Location"]

    def _state(self, url):
        return parse_qs(urlsplit(url).query)["state"][0]

    def _back(self, url):
        answer = self.url_open(url, allow_redirects=False)
        self.credential.invalidate_recordset()
        return answer

    def assertConnected(self, answer=None):
        if answer is not None:
            self.assertEqual(
                urlsplit(answer.headers["Location"]).path, f"/odoo/efactura-connections/{self.credential.id}"
            )
        self.assertEqual(self.credential.state, "connected")
        self.assertIn("Hello", self.credential._client().hello("x"))

    def assertNothingExchanged(self):
        self.assertEqual(self.sim.calls()["token"], 0)

    def assertRefused(self, answer, text, status=400):
        self.assertEqual(answer.status_code, status)
        self.assertIn(text, answer.text)
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(self.credential.state, "draft")

    def test_there_and_back(self):
        url = self._call("action_connect")["url"]
        query = parse_qs(urlsplit(url).query)
        self.assertEqual(query["client_id"], [CLIENT_ID])
        self.assertEqual(query["redirect_uri"], [self.callbacks[0]])
        self.assertEqual(query["token_content_type"], ["jwt"])
        self.assertNotIn(CLIENT_SECRET, url)
        back = self._at_anaf(url)
        self.assertConnected(self._back(back))
        version = self.credential.sudo().token_version
        self.assertEqual(self._back(back).status_code, 400, "the same answer again")
        self.assertEqual(self.credential.sudo().token_version, version)

    def test_core_paths(self):
        self.credential.callback_url = self.callbacks[1]
        self.env.flush_all()
        answer = self.url_open(f"/l10n_ro_edi/authorize/{self.company.id}", allow_redirects=False)
        self.assertEqual(answer.status_code, 302)
        back = self._at_anaf(answer.headers["Location"])
        self.assertTrue(back.startswith(self.callbacks[1]))
        self.assertConnected(self._back(back))

    def test_core_paths_are_checked(self):
        answer = self._back(f"{self.callbacks[1]}?code=prepared-by-an-attacker")
        self.assertRefused(answer, "was not expected")
        other = self._create_company(name="Neconectată SRL")
        self.env.flush_all()
        self.assertEqual(self.url_open(f"/l10n_ro_edi/authorize/{other.id}").status_code, 404)
        self.authenticate("efactura_biller", "efactura_biller")
        self.assertEqual(self.url_open(f"/l10n_ro_edi/authorize/{self.company.id}").status_code, 403)
        self.assertNothingExchanged()

    def test_state_of_another_path(self):
        back = self._at_anaf(self._call("action_connect")["url"])
        self.assertRefused(self._back(back.replace(self.callbacks[0], self.callbacks[1])), "was not expected")
        self.assertConnected(self._back(back))

    def test_bad_states(self):
        state = self._state(self._call("action_connect")["url"])
        for bad in ("", "x", "AAAA", state[:-4] + "AAAA", state[:40], "%00", "ă"):
            self.assertRefused(
                self._back(f"{self.callbacks[0]}?{urlencode({'code': 'c', 'state': bad})}"), "was not expected"
            )
        self.assertRefused(self._back(self.callbacks[0]), "was not expected")
        self.assertNothingExchanged()

    def test_expired_state(self):
        back = self._at_anaf(self._call("action_connect")["url"])
        ticket = self.env["l10n_ro_efactura.ticket"].sudo().search([("credential_id", "=", self.credential.id)])
        ticket.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.env.flush_all()
        self.assertRefused(self._back(back), "was not expected")
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            self.assertFalse(ticket._from_state(self._state(back)))

    def test_state_of_another_user(self):
        back = self._at_anaf(self._call("action_connect")["url"])
        new_test_user(
            self.env,
            "efactura_admin2",
            groups="base.group_system",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.env.flush_all()
        self.authenticate("efactura_admin2", "efactura_admin2")
        self.assertRefused(self._back(back), "not the session", 403)
        self.authenticate(None, None)
        self.assertRefused(self._back(back), "not the session", 403)
        self.authenticate("accountman", "accountman")
        self.assertRefused(self._back(back), "not the session", 403)

    def test_no_more_an_administrator(self):
        back = self._at_anaf(self._call("action_connect")["url"])
        self.env.ref("base.user_admin").company_ids |= self.company
        self.env.user.sudo().group_ids -= self.env.ref("base.group_system")
        self.env.flush_all()
        self.assertRefused(self._back(back), "not the session", 403)

    def test_connection_of_another_company_since(self):
        back = self._at_anaf(self._call("action_connect")["url"])
        self.credential.sudo().company_id = self._create_company(name="Alta SRL")
        self.env.flush_all()
        self.assertRefused(self._back(back), "was not expected")

    def test_denied(self):
        back = self._at_anaf(self._call("action_connect")["url"], certificate="-")
        self.assertIn("error=access_denied", back)
        self.assertRefused(self._back(back), "No certificate was presented", 200)
        self.assertNothingExchanged()

    def test_the_code_is_in_no_row_of_the_list_of_calls(self):
        back = self._at_anaf(self._call("action_connect")["url"])
        self.assertConnected(self._back(back))
        self.env["l10n_ro_efactura.call.log"]._flush()
        code = parse_qs(urlsplit(back).query)["code"][0]
        self.env.cr.execute(
            "SELECT count(*), count(*) FILTER (WHERE strpos(t::text, %s) > 0) FROM l10n_ro_efactura_call_log t"
            " WHERE call = 'token'",
            [code],
        )
        rows, quoting = self.env.cr.fetchone()
        self.assertTrue(rows)
        self.assertFalse(quoting)

    def test_the_chatter_names_who_connected(self):
        back = self._at_anaf(self._call("action_connect")["url"])
        self._back(back)
        self.assertEqual(self.credential.message_ids[0].author_id, self.env.user.partner_id)

    def test_code_too_late(self):
        back = self._at_anaf(self._call("action_connect")["url"])
        self.sim.advance(61)
        self.addCleanup(self.sim.advance, -61)
        self.assertRefused(self._back(back), "60 seconds", 200)
        self.assertIn("60 seconds", self.credential.last_error)

    def test_identity_provider_down(self):
        back = self._at_anaf(self._call("action_connect")["url"])
        self.sim.fault("http_503", "token")
        self.assertRefused(self._back(back), "no usable answer", 200)

    # -- the certificate holder's link ------------------------------------------------------------------------------

    def _link(self):
        action = self._call("action_holder_link")
        return action["context"]["default_link"]

    def _go(self, link):
        """Open the link without an account, press the button."""
        page = self.url_open(link)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        return self.url_open(link, data={"csrf_token": token}, allow_redirects=False)

    def test_holder(self):
        link = self._link()
        self.authenticate(None, None)
        page = self.url_open(link)
        self.assertIn(COMPANY_CIF, page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        denied = self._back(self._at_anaf(self._go(link).headers["Location"], certificate="-"))
        self.assertRefused(denied, "No certificate was presented", 200)
        back, other = (self._at_anaf(self._go(link).headers["Location"]) for _time in range(2))
        answer = self._back(back)
        self.assertIn("You can close this page", answer.text)
        self.assertConnected()
        version = self.credential.sudo().token_version
        for url in (back, other):
            self.assertEqual(self._back(url).status_code, 400)
        self.assertEqual(self.url_open(link).status_code, 410)
        self.assertEqual(self.credential.sudo().token_version, version)
        self.assertIn("link", self.credential.message_ids[0].body)

    def test_holder_link_needs_the_button(self):
        link = self._link()
        self.authenticate(None, None)
        answer = self.url_open(link, data={"x": "y"}, allow_redirects=False)
        self.assertEqual(answer.status_code, 400, "no CSRF token")

    def test_holder_link_ends(self):
        first, second = self._link(), self._link()
        self.assertEqual(self.url_open(first).status_code, 410, "a newer link replaces it")
        self.assertEqual(self.url_open(second).status_code, 200)
        self.env["l10n_ro_efactura.ticket"].sudo().search([("kind", "=", "link")]).expires_at = fields.Datetime.now()
        self.env.flush_all()
        self.assertEqual(self.url_open(second).status_code, 410)
        self.assertEqual(self.url_open("/l10n_ro_efactura/holder/nonsense").status_code, 410)

    def test_link_is_not_stored(self):
        secret = self._link().rpartition("/")[2]
        self.env.cr.execute("SELECT count(*) FROM l10n_ro_efactura_ticket t WHERE strpos(t::text, %s) > 0", [secret])
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_holder_page_speaks_romanian(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        link = self._link()
        self.authenticate(None, None)
        self.assertIn('lang="ro-RO"', self.url_open(link).text)

    def test_unsafe_callback(self):
        self.credential.callback_url = "http://erp.example/l10n_ro_efactura/callback"
        self.env.flush_all()
        response = self.url_open(
            "/web/dataset/call_button",
            json={
                "params": {
                    "model": "l10n_ro_efactura.credential",
                    "method": "action_connect",
                    "args": [self.credential.ids],
                    "kwargs": {},
                }
            },
        )
        self.assertIn("https://", response.json()["error"]["data"]["message"])
