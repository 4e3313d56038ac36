"""Verification: what it finds, the actions on its rows, and that ANAF is never called."""

import io
from zipfile import ZipFile

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..pairing.pairing_common import SUPPLIER_CIF, PairingCase

FIRST, LAST = "2026-10-01", "2026-10-31"


class VerificationCase(PairingCase):
    def _verify(self, first=FIRST, last=LAST, user=None):
        wizard = (
            self.env["l10n_ro_efactura.verify"]
            .with_user(user or self.biller)
            .with_company(self.company)
            .create({"company_id": self.company.id, "date_from": first, "date_to": last})
        )
        action = wizard.action_verify()
        return self.env[action["res_model"]].with_user(user or self.biller).browse(action["res_id"])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestVerification(VerificationCase):
    def test_every_section(self):
        before = self.sim.calls()
        # in SPV only
        missing = self._message("ABC 1", total=605, amount_tax=105, amount_untaxed=500)
        sent = self._message("WEB 9", kind="sent", total=50)
        self._message("ABC 2", date="2026-09-30")
        # in the books only
        lonely = self._bill("LONE 1", date="2026-10-10", price=1000)
        typed_late = self._bill("LATE 1", date="2026-09-28", price=10, post=False)
        typed_late.date = "2026-10-02"  # booked, and its VAT deducted, in October
        typed_late.action_post()
        # not expected
        stranger = self.env["res.partner"].create(
            {"name": "Fremder GmbH", "is_company": True, "vat": "DE123456788", "country_id": self.env.ref("base.de").id}
        )
        foreign = self._bill("F 1", partner=stranger)
        # differs
        differing = self._message("DIF 1", date="2026-10-12", total=122, amount_tax=22, amount_untaxed=100)
        bill = self._bill("DIF 1", date="2026-10-12")
        self.assertEqual(differing.move_id, bill)
        # corrected later
        first = self._message("AGAIN 1", date="2026-10-13", amount_tax=21)
        agreed = self._bill("AGAIN 1", date="2026-10-13")
        again = self._message("again-1", date="2026-10-14", total=99)
        storno = self._message("ST 1", date="2026-11-02", total=121, document_type="381", preceding=["AGAIN 1"])
        self.assertEqual(first.move_id, agreed)
        # sales
        sale = self._invoice(invoice_date="2026-10-15")

        verification = self._verify()
        self.assertEqual(verification.spv_only_ids.message_id, missing + sent + again)
        self.assertEqual(verification.book_only_ids.move_id, typed_late + lonely)
        self.assertEqual(verification.not_expected_ids.move_id, foreign)
        self.assertEqual(verification.not_expected_ids.reason, "Foreign supplier")
        self.assertEqual(verification.differs_ids.message_id, differing)
        row = verification.differs_ids
        self.assertEqual(
            (row.reason, row.in_spv, row.in_books), ("Total, VAT", "Total 122.00; VAT 22.00", "Total 121.00; VAT 21.00")
        )
        self.assertAlmostEqual(row.amount_company, 1.0)
        self.assertEqual(
            {(line.move_id, line.message_id, line.reason) for line in verification.later_ids},
            {(agreed, again, "The same number came again"), (agreed, storno, "A credit note or storno takes it back")},
        )
        self.assertEqual(verification.sales_ids.move_id, sale)
        self.assertIn("late", verification.sales_ids.reason)
        # the cards
        self.assertEqual(
            [
                verification[f"{section}_count"]
                for section in ("paired", "spv_only", "book_only", "differs", "later", "sales", "not_expected")
            ],
            [2, 3, 2, 1, 2, 1, 1],
        )
        self.assertAlmostEqual(verification.book_only_vat, 212.1)
        self.assertAlmostEqual(verification.sales_total, sale.amount_total)
        self.assertEqual(self.sim.calls(), before)

    def test_date_and_partner_differ(self):
        other = self._partner(name="Altul SRL", vat="RO18547290")
        message = self._message("P 1")
        message._pair(self._bill("P 1", date="2026-10-06", partner=other), "by hand")
        row = self._verify().differs_ids
        self.assertEqual(row.reason, "Date, Partner")
        self.assertIn(SUPPLIER_CIF, row.in_spv)
        self.assertIn("18547290 Altul SRL", row.in_books)

    def test_half_of_the_vat_is_deducted(self):
        half = (
            self.env["account.tax"]
            .with_company(self.company)
            .search([("company_id", "=", self.company.id), ("type_tax_use", "=", "purchase"), ("amount", "=", 21)])
            .filtered(lambda tax: any(0 < line.factor_percent < 100 for line in tax.invoice_repartition_line_ids))[:1]
        )
        self.assertTrue(half)
        bill = self._bill("H 1", post=False)
        bill.invoice_line_ids.tax_ids = half
        bill.action_post()
        self.assertAlmostEqual(self._verify().book_only_vat, 10.5)

    def test_reverse_charge_deducts_nothing(self):
        reverse = (
            self.env["account.tax"]
            .with_company(self.company)
            .search([("company_id", "=", self.company.id), ("type_tax_use", "=", "purchase"), ("amount", "=", 21)])
            .filtered(lambda tax: any(line.factor_percent < 0 for line in tax.invoice_repartition_line_ids))[:1]
        )
        self.assertTrue(reverse)
        bill = self._bill("R 1", post=False)
        bill.invoice_line_ids.tax_ids = reverse
        bill.action_post()
        verification = self._verify()
        self.assertEqual(verification.book_only_ids.move_id, bill)
        self.assertAlmostEqual(verification.book_only_vat, 0)

    def test_before_the_start_date_nothing_is_missed(self):
        self._bill("OLD 1", date="2026-10-05")
        self.company.l10n_ro_efactura_start_date = "2026-10-10"
        new = self._bill("NEW 1", date="2026-10-10")
        self._message("OLD 9", total=9)
        verification = self._verify()
        self.assertEqual(verification.book_only_ids.move_id, new)
        self.assertFalse(verification.spv_only_ids)

    def test_why_is_remembered_of_the_supplier(self):
        customs = self._partner(name="Direcția Vamală", vat="RO18547290")
        bills = self._bill("DVI 1", partner=customs) + self._bill("DVI 2", partner=customs, price=50)
        verification = self._verify()
        self.assertEqual(verification.book_only_ids.move_id, bills)
        action = verification.book_only_ids[0].action_not_expected()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.biller)
            .with_context(action["context"])
            .create({"reason": "customs", "note": "DVI"})
        )
        wizard.action_remember()
        self.assertFalse(verification.book_only_ids)
        self.assertEqual(verification.not_expected_ids.move_id, bills)
        self.assertEqual(verification.not_expected_ids.mapped("reason"), ["Customs and import duties: DVI"] * 2)
        self.assertEqual(customs.message_ids[0].author_id, self.biller.partner_id)
        self.assertEqual(self._verify("2026-11-01", "2026-11-30").book_only_count, 0)
        verification.not_expected_ids[0].action_expected()
        self.assertEqual(verification.book_only_ids.move_id, bills)

    def test_what_was_ticked_off_stays_so(self):
        self._bill("LONE 1")
        verification = self._verify()
        verification.book_only_ids.action_done()
        self.assertEqual(verification.book_only_count, 0)
        again = self._verify()
        self.assertEqual(again, verification)
        self.assertTrue(again.book_only_ids.done)
        self.assertEqual(again.book_only_ids.done_uid, self.biller)
        self.assertEqual(again.book_only_vat, 0)
        again.book_only_ids.action_done()
        self.assertEqual(again.book_only_count, 1)

    def test_actions_of_the_rows(self):
        message = self._message("ABC 12", date="2026-10-06")
        bill = self._bill("ABC 12")
        verification = self._verify()
        row = verification.spv_only_ids
        self.assertEqual(row.score, 93)
        self.assertIn(bill.display_name, row.reason)
        find = self.env["l10n_ro_efactura.find"].with_user(self.biller).browse(row.action_find()["res_id"])
        self.assertEqual(find.line_ids.move_id, bill)
        other = (
            self.env["l10n_ro_efactura.find"]
            .with_user(self.biller)
            .browse(verification.book_only_ids.action_find()["res_id"])
        )
        self.assertEqual(other.line_ids.message_id, message)
        other.line_ids.action_pair()
        self.assertFalse(verification.spv_only_ids + verification.book_only_ids)  # at once
        verification.action_verify_again()
        self.assertFalse(verification.spv_only_ids + verification.book_only_ids)
        self.assertEqual(verification.differs_ids.reason, "Date")
        verification.differs_ids.action_unpair()
        self.assertFalse(message.move_id)
        self.assertFalse(verification.differs_ids)

    def test_packages_are_imported_from_the_row(self):
        self.sim.generate_supplier_invoices(self.company.vat, 2, days=20)
        self.messages._cron_refresh_spv()
        self._archive()
        days = self.messages.search([("kind", "=", "received")]).mapped("issue_date")
        verification = self._verify(min(days), max(days))
        self.assertEqual(verification.spv_only_count, 2)
        action = verification.spv_only_ids.action_import()
        self.assertEqual(action["res_model"], "l10n_ro_efactura.import.batch")
        verification.spv_only_ids.message_id._import_bills()
        self.assertFalse(verification.spv_only_ids)  # at once

    def test_sales_are_sent_from_the_row(self):
        sale = self._invoice(invoice_date="2026-10-15")
        verification = self._verify()
        verification.sales_ids.action_send()
        self.assertEqual(sale.l10n_ro_efactura_state, "queued")

    def test_what_is_not_downloaded_is_said(self):
        self._message(False, date=False, archive_state="listed", listed_at="2026-10-20 10:00:00")
        verification = self._verify()
        self.assertEqual(verification.waiting_count, 1)
        self.assertEqual(self.messages.search_count(verification.action_waiting()["domain"]), 1)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_who_may(self):
        verification = self._verify()
        other = self.env["res.company"].create({"name": "Alta SRL"})
        stranger = self.env["res.users"].create(
            {
                "name": "Străin",
                "login": "strain",
                "company_id": other.id,
                "company_ids": [Command.set(other.ids)],
                "group_ids": [Command.set(self.env.ref("account.group_account_invoice").ids)],
            }
        )
        with self.assertRaises(AccessError):
            verification.with_user(stranger).action_verify_again()
        with self.assertRaises(AccessError):
            self._verify(user=stranger)

    def test_who_only_reads_the_books_verifies_and_changes_nothing(self):
        reader = new_test_user(
            self.env,
            "efactura_auditor",
            groups="account.group_account_readonly",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self._message("ABC 1", total=605)
        lonely = self._bill("LONE 1", date="2026-10-10", price=1000)
        verification = self._verify(user=reader)
        verification.action_verify_again()
        row = verification.book_only_ids
        self.assertEqual(row.move_id, lonely)
        self.assertEqual(row.action_open_move()["res_id"], lonely.id)
        for method in (
            "action_done",
            "action_not_expected",
            "action_expected",
            "action_find",
            "action_import",
            "action_send",
            "action_unpair",
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(row, method)()
        Form(verification)
        views = verification.get_views([(False, "form")])["views"]["form"]["arch"]
        self.assertIn("action_open_package", views)
        self.assertNotIn("action_done", views)
        menus = self.env["ir.ui.menu"].with_user(reader)._visible_menu_ids()
        for name in ("verify_menu", "verify_menu_bills", "verification_menu"):
            self.assertIn(self.env.ref(f"l10n_ro_efactura_abacus.l10n_ro_efactura_{name}").id, menus)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestVerificationFiles(VerificationCase, HttpCase):
    def test_excel_and_paper(self):
        self._bill("=1+1", date="2026-10-10", price=1000)
        self._message("ABC 1", total=605)
        verification = self._verify()
        self.authenticate("efactura_biller", "efactura_biller")
        answer = self.url_open(verification.action_excel()["url"])
        self.assertEqual(answer.status_code, 200)
        with ZipFile(io.BytesIO(answer.content)) as book:
            texts = book.read("xl/sharedStrings.xml").decode()
            self.assertIn("=1+1", texts)
            self.assertIn("VAT deducted without an XML", texts)
            self.assertFalse([name for name in book.namelist() if b"<f>" in book.read(name)])
        report = self.env.ref("l10n_ro_efactura_abacus.l10n_ro_efactura_verification_action_report")
        html = report.with_user(self.biller)._render_qweb_html(report.report_name, verification.ids)[0].decode()
        self.assertIn("VAT deducted without an XML", html)
        self.assertIn("ABC 1", html)

    def test_a_stranger_gets_no_file(self):
        verification = self._verify()
        self.authenticate(None, None)
        self.assertNotIn(
            "spreadsheet",
            self.url_open(f"/l10n_ro_efactura/verification/{verification.id}.xlsx").headers["Content-Type"],
        )

    def test_tour_of_a_month(self):
        first = self.env["l10n_ro_efactura.verification"]._previous_month()[0]
        day = str(first.replace(day=10))
        customs = self._partner(name="Direcția Vamală", vat="RO18547290")
        self._bill("DVI 1", date=day, partner=customs, price=1000)
        self._bill("ABC 1", date=day)
        self._message("ABC 1", date=str(first.replace(day=12)), total=131, amount_tax=21, amount_untaxed=110)
        before = self.sim.calls()
        self.start_tour(
            "/odoo/action-l10n_ro_efactura_abacus.l10n_ro_efactura_verify_action",
            "l10n_ro_efactura_verify_month",
            login="efactura_biller",
            timeout=120,
        )
        self.assertEqual(self.sim.calls(), before)
        self.assertEqual(customs.l10n_ro_efactura_no_spv, "customs")
