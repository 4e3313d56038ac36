"""The support ticket: what it tells of every attempt, its files, its life, and who may see it."""

import io
import json
from zipfile import ZipFile

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from ..common import CLIENT_SECRET, COMPANY_CIF
from ..pipeline import PipelineCase
from ..tour_case import TourCase

COUNTY = "[BR-RO-110]-Daca codul tarii cumparatorului (BT-55) este RO, judetul (BT-54) trebuie sa fie din lista."
UNIT = "[BR-CL-23]-Unit code MUST be coded according to the UN/ECE Recommendation 20 with Rec 21 extension"


class SupportCase(PipelineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(
            cls.env,
            "efactura_reader",
            groups="account.group_account_readonly",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _sent(self, move=None, environment="prod", error=None):
        """Send an invoice; ANAF rejects it for `error`, where there is one."""
        move = move or self._invoice()
        if environment == "test":
            move.with_user(self.biller).action_l10n_ro_efactura_send_test()
        else:
            move.with_user(self.biller).action_l10n_ro_efactura_send()
        if error:
            self.sim.fault("nok", "upload", errors=[error])
        self._upload()
        self._settle()
        self._archive()
        self.env.invalidate_all()
        return move

    def _ticket(self, moves):
        """Return the ticket that the button of `moves` opens."""
        action = moves.with_user(self.biller).action_l10n_ro_efactura_support_ticket()
        return self.env[action["res_model"]].with_user(self.biller).browse(action["res_id"])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSupportTicket(SupportCase):
    def test_the_text_has_both_indexes_of_every_attempt_in_test_and_production_and_anafs_answers(self):
        move = self._sent(error=COUNTY)
        self._sent(move, "test")
        self._sent(move, error=UNIT)
        ticket = self._ticket(move)
        attempts = move.l10n_ro_efactura_submission_ids.sorted("id")
        self.assertEqual(attempts.mapped("environment"), ["prod", "test", "prod"])
        self.assertEqual(ticket.attempt_count, 3)
        text = ticket.text
        self.assertIn(f"Factura {move.name} din {move.invoice_date:%d.%m.%Y}", text)
        self.assertIn(f"CIF: {COMPANY_CIF}", text)
        for attempt in attempts:
            self.assertIn(f"Index de încărcare: {attempt.upload_index}", text)
            self.assertIn(f"Index de descărcare: {attempt.download_id}", text)
        self.assertIn(f"Eroare: {COUNTY}", text)
        self.assertIn(f"Eroare: {UNIT}", text)
        self.assertIn(f"Ultimul test la ANAF: Ok (index de încărcare {attempts[1].upload_index})", text)
        self.assertEqual(text.count(f'index_incarcare="{attempts[0].upload_index}"'), 1)  # ANAF's own answer
        self.assertIn("Încercarea 2, mediul TEST", text)

    def test_a_firewall_answer_is_told_with_its_support_id(self):
        self.sim.fault("waf", "upload")
        move = self._sent()
        submission = move.l10n_ro_efactura_submission_ids
        self.assertTrue(move.l10n_ro_efactura_needs_support)
        self.assertTrue(submission.support_id)
        text = self._ticket(move).text
        self.assertIn(f"Support ID: {submission.support_id}", text)
        self.assertIn("Request Rejected", text)
        self.assertIn("fără răspuns utilizabil", text)

    def test_the_button_is_offered_only_where_anaf_did_not_take_what_was_sent(self):
        self.assertFalse(self._invoice().l10n_ro_efactura_needs_support)
        move = self._sent(error=COUNTY)
        self.assertTrue(move.l10n_ro_efactura_needs_support)
        self._sent(move)
        self.assertEqual((move.l10n_ro_efactura_state, move.l10n_ro_efactura_needs_support), ("ok", False))
        with self.assertRaises(UserError):
            self._ticket(self._invoice())

    def test_the_button_opens_the_open_ticket_and_makes_another_after_it_was_closed(self):
        move = self._sent(error=COUNTY)
        ticket = self._ticket(move)
        self.assertEqual(self._ticket(move), ticket)
        ticket.action_opened()
        self.assertEqual(self._ticket(move), ticket)
        ticket.action_close()
        self.assertNotEqual(self._ticket(move), ticket)
        self.assertEqual(len(move.l10n_ro_efactura_support_ticket_ids), 2)

    def test_invoices_with_the_same_error_go_into_one_ticket(self):
        first, second, other = (self._sent(error=error) for error in (COUNTY, COUNTY, UNIT))
        ticket = self._ticket(first)
        self.assertEqual(ticket.similar_count, 1)
        ticket.action_add_similar()
        self.assertEqual(ticket.move_ids, first | second)
        self.assertEqual(ticket.similar_count, 0)
        self.assertIn(second.name, ticket.text)
        self.assertEqual(self._ticket(other).similar_count, 0)
        third, fourth = (self._sent(error=COUNTY) for _number in range(2))
        action = (third | fourth).l10n_ro_efactura_submission_ids.with_user(self.biller).action_support_ticket()
        self.assertEqual(self.env[action["res_model"]].browse(action["res_id"]).move_ids, third | fourth)

    def test_an_opened_ticket_remembers_its_number_answer_and_what_it_told(self):
        move = self._sent(error=COUNTY)
        ticket = self._ticket(move)
        ticket.number = "SPV-4711"
        ticket.action_opened()
        self.assertEqual((ticket.state, ticket.opened_on), ("open", fields.Date.context_today(ticket)))
        self.assertIn("SPV-4711", move.message_ids[0].body)
        told = ticket.text
        self._sent(move)
        self.assertEqual(ticket.text, told)
        ticket.answer = "Eroare remediată."
        ticket.action_close()
        self.assertEqual((ticket.state, ticket.closed_on), ("closed", fields.Date.context_today(ticket)))
        ticket.action_reopen()
        self.assertEqual((ticket.state, ticket.closed_on), ("open", False))
        with self.assertRaises(UserError):
            ticket.unlink()

    def test_the_text_is_romanian_for_every_reader(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        ticket = self._ticket(self._sent(error=COUNTY))
        ticket.note = "Am retrimis de două ori."
        self.assertEqual(ticket.text, ticket.with_context(lang="ro_RO").text)
        self.assertIn("Descriere: Am retrimis de două ori.", ticket.text)

    def test_no_token_or_secret_is_in_a_ticket(self):
        pair = self.sim.issue_tokens("director")
        self.credential.set_tokens(pair["access_token"], pair["refresh_token"])
        move = self._sent(error=COUNTY)
        ticket = self._ticket(move)
        ticket.action_opened()
        file = io.BytesIO()
        ticket._write_pack(file)
        with ZipFile(file) as pack:
            everything = b"".join(pack.read(name) for name in pack.namelist()).decode(errors="replace")
        everything += ticket.text + json.dumps(ticket.facts)
        self.assertIn(move.name, everything)
        for secret in (pair["access_token"], pair["refresh_token"], CLIENT_SECRET, "Bearer"):
            self.assertNotIn(secret, everything)

    def test_who_reads_the_books_reads_tickets_without_anafs_raw_answers_and_changes_nothing(self):
        move = self._sent(error=COUNTY)
        ticket = self._ticket(move)
        ticket.action_opened()
        raw = "<header"
        self.assertIn(raw, ticket.text)
        read = ticket.with_user(self.reader)
        Form(read)
        Form(move.with_user(self.reader))
        self.assertNotIn(raw, read.text)
        self.assertIn(move.l10n_ro_efactura_upload_index, read.text)
        with self.assertRaises(AccessError):
            read.read(["facts"])
        for call in (read.action_close, read.action_opened, read.action_reopen, read.action_add_similar):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(AccessError):
            move.with_user(self.reader).action_l10n_ro_efactura_support_ticket()

    def test_tickets_of_another_company_are_not_read(self):
        ticket = self._ticket(self._sent(error=COUNTY))
        other = self._create_company(name="Alta firma SRL")
        self.biller.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertFalse(ticket.with_context(allowed_company_ids=other.ids).search([("id", "=", ticket.id)]))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSupportTicketFiles(SupportCase, HttpCase):
    def test_the_zip_has_the_xml_that_was_sent_the_sealed_package_and_the_text(self):
        move = self._sent(error=COUNTY)
        self._sent(move, "test")
        ticket = self._ticket(move)
        production, test = move.l10n_ro_efactura_submission_ids.sorted("id")
        self.authenticate("efactura_biller", "efactura_biller")
        answer = self.url_open(ticket.action_zip()["url"])
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        with ZipFile(io.BytesIO(answer.content)) as pack:
            files = {name.rpartition("/")[2]: pack.read(name) for name in pack.namelist()}
        self.assertEqual(files["tichet.txt"].decode(), ticket.text)
        self.assertEqual(files["1_prod.xml"], production._xml_bytes())
        self.assertEqual(files["2_test.xml"], test._xml_bytes())
        package = self.messages.search([("upload_index", "=", production.upload_index), ("kind", "=", "error")])
        self.assertEqual(package.archive_state, "archived")
        self.assertEqual(files[f"1_prod_pachet_{package.anaf_id}.zip"], package._package_bytes())
        self.assertIn(production.upload_index, files["1_prod_raspunsuri.txt"].decode())
        self.authenticate("efactura_reader", "efactura_reader")
        with ZipFile(io.BytesIO(self.url_open(ticket.action_zip()["url"]).content)) as pack:
            self.assertFalse([name for name in pack.namelist() if "raspunsuri" in name])

    def test_the_paper_says_what_the_text_says(self):
        ticket = self._ticket(self._sent(error=COUNTY))
        report = self.env.ref("l10n_ro_efactura_abacus.l10n_ro_efactura_support_ticket_action_report")
        html = report.with_user(self.reader)._render_qweb_html(report.report_name, ticket.ids)[0].decode()
        self.assertIn("Solicitare de suport tehnic", html)
        self.assertIn(ticket.move_ids.l10n_ro_efactura_upload_index, html)
        self.assertIn("BR-RO-110", html)

    def test_a_stranger_gets_no_file(self):
        ticket = self._ticket(self._sent(error=COUNTY))
        new_test_user(self.env, "efactura_employee", groups="base.group_user", company_id=self.company.id)
        self.authenticate("efactura_employee", "efactura_employee")
        self.assertEqual(self.url_open(f"/l10n_ro_efactura/support_ticket/{ticket.id}").status_code, 404)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSupportTicketTour(TourCase):
    def test_a_rejected_invoice_is_tested_and_its_ticket_is_made_copied_numbered_and_closed(self):
        customer = self._partner(name="Client Refuzat SRL", vat="RO14399840")
        self.sim.settings.cuis_unknown = {"14399840"}
        self.addCleanup(setattr, self.sim.settings, "cuis_unknown", set())
        move = self._invoice(customer, name="TICHET/2026/00001")
        self._tour("l10n_ro_efactura_support_ticket", f"/odoo/customer-invoices/{move.id}")
        self.assertEqual((move.l10n_ro_efactura_state, move.l10n_ro_efactura_test_state), ("nok", "nok"))
        ticket = move.l10n_ro_efactura_support_ticket_ids
        self.assertEqual((ticket.number, ticket.answer, ticket.state), ("SPV-4711", "CUI înregistrat acum.", "closed"))
        self.assertEqual(ticket.attempt_count, 2)
