"""Refresh SPV: the wizard, the hourly round, and that no message is missed, whatever ANAF's lists return."""

import threading
import time
from datetime import datetime, timedelta
from datetime import time as time_of_day

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from ...anaf import ListedMessage, spv_window, today
from ..pipeline import PipelineCase

OTHER_CIF = "14399840"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestInboxRefresh(PipelineCase):
    def _box(self):
        return self.boxes.search([("company_id", "=", self.company.id), ("environment", "=", "prod")])

    def _round(self, **later):
        """One hourly round, after some time; returns how many list calls it cost."""
        if later:
            self._later(**later)
        before = self.sim.calls()["list_paged"]
        self.messages._cron_refresh_spv()
        return self.sim.calls()["list_paged"] - before

    def _count(self):
        return self.messages.search_count([("company_id", "=", self.company.id)])

    # -- nothing is missed ------------------------------------------------------------------------------------

    def test_more_than_a_page_and_then_little(self):
        self.sim.generate_supplier_invoices(self.company.vat, 1203, days=59)
        self.assertEqual(self._round(), 3)
        self.assertEqual(self._count(), 1203)
        self.sim.generate_supplier_invoices(self.company.vat, 2, days=0, seed=7)
        time.sleep(1.1)
        self.assertLessEqual(self._round(hours=1), 2)
        self.assertEqual(self._count(), 1205)

    def test_indexed_late(self):
        """A message may show hours after the time it bears."""
        self._round()
        for days_ago in (0.01, 0.5, 0.9):
            self.sim.put_supplier_invoice(self.company.vat, self._supplier_xml(f"LATE/{days_ago}"), days_ago=days_ago)
        self._round(hours=1)
        self.assertEqual(self._count(), 3)

    def test_shown_days_late_or_after_a_right_was_given(self):
        self._round()
        self.sim.put_supplier_invoice(self.company.vat, self._supplier_xml("OLD/1"), days_ago=40)
        self._round(hours=1)
        self.assertFalse(self._count())
        self._round(days=8)
        self.assertEqual(self._count(), 1, "once a week everything is read")

    def test_list_lag(self):
        self.sim.settings.list_lag = 900
        self.sim.settings.processing_delay = 0
        submission = self._queue()
        self._upload()
        self._round()
        self.assertFalse(self._count())
        self.sim.advance(seconds=901)
        self.addCleanup(self.sim.advance, seconds=-901)
        time.sleep(1.1)
        with freeze_time(fields.Datetime.now() + timedelta(seconds=901)):
            self._round(hours=1)
        self.assertEqual(self.messages.search([]).upload_index, submission.upload_index)

    def _supplier_xml(self, number):
        record = self.sim.generate_supplier_invoices(OTHER_CIF, 1, seed=len(number))[0]
        return record.xml.replace(record.number.encode(), number.encode())

    def test_added_while_paging(self):
        """More come between the pages: those of the window are all there, none twice."""
        self.sim.settings.latency = 0.2
        self.addCleanup(self.sim.settings.update, latency=0)
        self.sim.generate_supplier_invoices(self.company.vat, 1100, days=50)

        def add():
            while self.sim.calls()["list_paged"] < 1:
                time.sleep(0.01)
            self.sim.generate_supplier_invoices(self.company.vat, 450, days=50, seed=99)

        adding = threading.Thread(target=add)
        adding.start()
        self._round()
        adding.join()
        self.assertEqual(self._count(), 1550)

    def test_clocks(self):
        """ANAF's clock is ahead or behind, quoted or not, by more than one correction."""
        self.sim.generate_supplier_invoices(self.company.vat, 5, days=30)
        for skew, quoted in ((-30, True), (-7200, True), (-7200, False), (300, True), (7200, True)):
            with self.subTest(skew=skew, quoted=quoted):
                self.boxes.search([]).unlink()
                self.sim.settings.update(clock_skew=skew, future_text_with_clock=quoted)
                self.addCleanup(self.sim.settings.update, clock_skew=0, future_text_with_clock=True)
                self._round()
                self.assertFalse(self._box().last_error)
                self.assertTrue(self._box().listed_until)
        self.assertEqual(self._count(), 5)

    def test_a_clock_that_was_ahead(self):
        self._round()
        self._set(self._box(), listed_until=fields.Datetime.now() + timedelta(days=3))
        self.sim.generate_supplier_invoices(self.company.vat, 2, days=0)
        time.sleep(1.1)
        self._round(hours=1)
        self.assertEqual(self._count(), 2)
        self.assertLess(self._box().listed_until, fields.Datetime.now())

    def test_a_broken_reading_is_repeated(self):
        self.sim.generate_supplier_invoices(self.company.vat, 1100, days=50)
        self.sim.fault("http_503", "list_paged", after=1)
        self._round()
        self.assertTrue(self._box().last_error)
        self.assertFalse(self._box().listed_until)
        self.assertEqual(self._count(), 500, "what came is kept")
        self._round(minutes=5)
        self.assertEqual(self._count(), 1100)
        self.assertFalse(self._box().last_error)

    def test_pages_that_shift_hide_nothing(self):
        """Fewer messages were seen than ANAF counts: the pages are read again."""
        self.sim.settings.update(latency=0.2, page_size=100)
        self.addCleanup(self.sim.settings.update, latency=0, page_size=500)
        self.sim.generate_supplier_invoices(self.company.vat, 900, days=50)

        def shift():
            while self.sim.calls()["list_paged"] < 2:
                time.sleep(0.01)
            self.sim.settings.page_size = 500

        shifting = threading.Thread(target=shift)
        shifting.start()
        self._round()
        shifting.join()
        self.assertEqual(self._count(), 900)

    # -- whose ------------------------------------------------------------------------------------------------

    def test_messages_of_other_companies(self):
        other = self.env["res.company"].create(
            {"name": "Other SRL", "country_id": self.env.ref("base.ro").id, "vat": f"RO{OTHER_CIF}"}
        )
        box = self.boxes._for_lane(self._lanes()[0])

        def keep(number, cif, kind="received"):
            return self.messages.browse(
                box._insert_listed([ListedMessage(number, number, cif, kind, "", "", spv_window()[1], None, None)])
            )

        self.assertEqual(keep("1", OTHER_CIF).company_id, other)
        self.assertEqual(keep("2", self.company._l10n_ro_efactura_cif()).company_id, self.company)
        self.assertEqual(keep("3", "").company_id, self.company)
        self.assertFalse(keep("4", "987654328"))

    def test_branches_share_one_box(self):
        """What a company with branches receives is in one place, and asked for once."""
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.assertEqual(self.boxes._pairs().count((self.company.id, "prod")), 1)
        self.assertNotIn((branch.id, "prod"), self.boxes._pairs())
        self.sim.generate_supplier_invoices(self.company.vat, 2, days=5)
        lane = self._lanes()[0]
        lane.company = branch
        self.boxes._for_lane(lane)._sweep(lane, fields.Datetime.now() - timedelta(days=10))
        self.assertEqual(self.messages.search([]).company_id, self.company)

    def test_what_a_branch_sent_is_its_own(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        submission = self._queue()
        self._upload()
        self._set(submission, company_id=branch.id)
        time.sleep(1.1)
        self._round()
        self.assertEqual(self.messages.search([]).company_id, branch)

    def test_an_unknown_type_is_shown_in_anaf_s_words(self):
        box = self.boxes._for_lane(self._lanes()[0])
        message = self.messages.browse(
            box._insert_listed([ListedMessage("1", "2", "", "other", "NOTIFICARE NOUA", "", None, None, None)])
        )
        self.assertEqual((message.type_text, message.kind), ("NOTIFICARE NOUA", "other"))

    # -- who hears of it --------------------------------------------------------------------------------------

    def test_lists_that_cannot_be_read_for_days(self):
        self._round()
        kind = self.env.ref("l10n_ro_efactura_abacus.activity_type_spv_unread")

        def alerts():
            return self.env["mail.activity"].search([("activity_type_id", "=", kind.id)])

        self.assertFalse(alerts())
        self.sim.fault("waf", "list_paged", times=2)
        self._set(self._box(), listed_until=fields.Datetime.now() - timedelta(days=3))
        self._round(hours=1)
        self.assertTrue(alerts())
        self.assertIn("firewall", alerts()[0].summary)
        self.assertIn(self.company, alerts()[0].user_id.company_ids)
        wizard = self._wizard()
        self.assertEqual((wizard.last_read, bool(wizard.last_error)), (self._box().listed_until, True))
        self._later(hours=1)
        self.sim.clear_faults()
        self._round(hours=1)
        self.assertFalse(alerts())
        self.assertFalse(self._wizard().last_error)

    # -- the wizard -------------------------------------------------------------------------------------------

    def _wizard(self, **values):
        return self.env["l10n_ro_efactura.refresh"].with_user(self.biller).with_company(self.company).create(values)

    def _refresh(self, **values):
        """Press Refresh and let the worker read; return (the opened list, the card)."""
        action = self._wizard(**values).action_refresh()
        self.env["l10n_ro_efactura.progress"]._cron_work()
        return action, self._cards()[0]

    def _cards(self):
        """Return the cards of the reading, the newest first."""
        works = self.env["l10n_ro_efactura.progress"].sudo().search([("kind", "=", "refresh")], order="id desc")
        self.assertEqual(works.user_id, self.biller)
        return [work._card() for work in works]

    def test_the_wizard_says_how_many_days(self):
        with freeze_time("2026-11-22 10:00:00"):
            form = Form(self.env["l10n_ro_efactura.refresh"].with_user(self.biller).with_company(self.company))
            self.assertEqual(
                (form.date_from, form.date_to), (fields.Date.to_date("2026-11-01"), fields.Date.to_date("2026-11-30"))
            )
            self.assertIn("22 days", form.asked)
            form.period = "previous"
            self.assertEqual(
                (form.date_from, form.date_to), (fields.Date.to_date("2026-10-01"), fields.Date.to_date("2026-10-31"))
            )
            self.assertIn("53 days", form.asked)
            form.period = "other"
            form.date_from = fields.Date.to_date("2026-05-01")
            self.assertTrue(form.too_old)
            self.assertIn("60 days", form.asked)

    def test_the_wizard_asks_says_what_came_and_opens_the_period(self):
        self.sim.generate_supplier_invoices(self.company.vat, 8, days=50)
        first = today() - timedelta(days=20)
        opened, card = self._refresh(date_from=first, date_to=today())
        found = self.messages.search([])
        self.assertTrue(found)
        self.assertLessEqual(len(found), 8, "only the period's days were asked")
        self.assertEqual((card["state"], card["is_shown"]), ("done", True))
        self.assertIn(f"{len(found)} new", card["title"])
        self.assertEqual(self.messages.search(opened["domain"]), found, "shown before their dates are known")
        self.assertEqual(set(found.mapped("batch_user_id").ids), {self.biller.id})
        self._archive()
        shown = self.messages.search(opened["domain"])
        self.assertEqual(shown, found.filtered(lambda m: first <= m.issue_date <= today()))
        _opened, card = self._refresh(date_from=first, date_to=today())
        self.assertIn("nothing new", card["title"])
        self.assertIn("archived", card["text"])
        work = self.env["l10n_ro_efactura.progress"].with_user(self.biller).browse(card["id"])
        self.assertEqual(work.action_open("period")["domain"], opened["domain"])

    def test_the_click_makes_no_call_and_a_second_worker_reads_nothing_again(self):
        self._wizard().action_refresh()
        self.assertEqual(self.sim.calls()["list_paged"], 0)
        [card] = self._cards()
        self.assertEqual((card["state"], card["can_cancel"]), ("running", True))
        jobs = self.env["l10n_ro_efactura.progress"].sudo()
        self.assertEqual(jobs._in_fresh_transaction(jobs._claim), [card["id"]])
        self.assertFalse(jobs._in_fresh_transaction(jobs._claim), "another worker has it")
        self.assertFalse(self._cards()[0]["can_cancel"])
        for _time in range(2):  # its worker was killed
            jobs.flush_model()
            self.env.cr.execute("UPDATE l10n_ro_efactura_progress SET lease_until = now() - interval '1 day'")
            jobs.invalidate_model()
            jobs._in_fresh_transaction(jobs._claim)
        self.assertEqual(self._cards()[0]["title"], "SPV was not read")

    def test_a_cancelled_refresh_reads_nothing(self):
        self._wizard().action_refresh()
        [card] = self._cards()
        self.env["l10n_ro_efactura.progress"].with_user(self.biller).browse(card["id"]).action_cancel()
        self.env["l10n_ro_efactura.progress"]._cron_work()
        self.assertEqual(self._cards()[0]["state"], "cancelled")
        self.assertEqual(self.sim.calls()["list_paged"], 0)

    def test_what_a_user_read_is_read(self):
        self._round()
        before = fields.Datetime.now() - timedelta(hours=5)
        self._set(self._box(), listed_until=before)
        self._refresh(date_from=today(), date_to=today() + timedelta(days=1))
        late = datetime.combine(today(), time_of_day.min) - timedelta(hours=3) > before - timedelta(hours=1)
        self.assertEqual(self._box().listed_until == before, late, "a gap is left for the hourly round")
        self._refresh(date_from=today() - timedelta(days=3), date_to=today())
        self.assertGreater(self._box().listed_until, before)

    def test_uploaded_after_the_period(self):
        """An invoice of the period's last day that reaches ANAF days later belongs to the period."""
        record = self.sim.generate_supplier_invoices(OTHER_CIF, 1)[0]
        dated = today() - timedelta(days=12)
        xml = record.xml.replace(f"<cbc:IssueDate>{record.issue_date}".encode(), f"<cbc:IssueDate>{dated}".encode())
        self.sim.put_supplier_invoice(self.company.vat, xml, days_ago=3)
        action, _card = self._refresh(date_from=dated - timedelta(days=5), date_to=dated)
        self._archive()
        self.assertEqual(self.messages.search(action["domain"]).issue_date, dated)

    def test_no_connection(self):
        self.credential.unlink()
        wizard = self._wizard()
        self.assertFalse(wizard.connected)
        self.assertIn("not connected", wizard.problem)
        with self.assertRaisesRegex(UserError, "not connected"):
            wizard.action_refresh()
        self.assertEqual(self.sim.calls()["list_paged"], 0)

    def test_anaf_says_no(self):
        self.sim.fault("maintenance", "list_paged", times=0)
        _action, card = self._refresh()
        self.assertEqual((card["state"], card["title"]), ("done", "SPV was not read"))
        self.assertIn("maintenance", card["text"])
        self._round()
        self._round(seconds=31)
        calls = self.sim.calls()["list_paged"]
        with self.assertRaisesRegex(UserError, "do not answer"):
            self._wizard().action_refresh()
        self.assertEqual(self.sim.calls()["list_paged"], calls, "a closed gate is not knocked at")

    def test_another_company_s_box(self):
        other = self.env["res.company"].create({"name": "Other SRL", "vat": f"RO{OTHER_CIF}"})
        with self.assertRaises(AccessError):
            self._wizard(company_id=other.id).action_refresh()
        self.biller.company_ids = [Command.link(other.id)]
        with self.assertRaisesRegex(UserError, "not connected"):
            self._wizard(company_id=other.id).with_context(
                allowed_company_ids=(self.company | other).ids
            ).action_refresh()
