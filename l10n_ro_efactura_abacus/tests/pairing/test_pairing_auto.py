"""Automatic pairs, and pairs that are only proposed."""

from odoo.tests import tagged

from ...models.pairing.score import Paper, match, only_certain
from .pairing_common import SUPPLIER_CIF, PairingCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPairingAuto(PairingCase):
    def assertPaired(self, message, move):
        self.assertEqual(message.move_id, move)
        self.assertTrue(message.pairing_reason)

    def _proposed(self, message):
        return [row["id"] for row in message.pairing_proposal or []]

    # -- certain ----------------------------------------------------------------------------------------------

    def test_number_and_date(self):
        for number, ref in (
            ("ABC 0012", "abc12"),
            ("ABC-13", "13"),
            ("FCT ABC 14", "Seria ABC nr. 14"),
            ("ȘTB/2026-0015", "STB 2026/15"),
        ):
            message = self._message(number)
            bill = self._bill(ref, price=500)  # the total differs: for the verification to tell
            self.assertPaired(message, bill)  # when it was posted

    def test_date_and_total_of_a_bill_typed_by_hand(self):
        bill = self._bill("whatever")
        message = self._message("ABC 0012")
        message._auto_pair()
        self.assertPaired(message, bill)
        self.assertIn("date", message.pairing_reason)

    def test_a_draft_is_an_entry_too(self):
        bill = self._bill(post=False)
        message = self._message()
        message._auto_pair()
        self.assertPaired(message, bill)
        bill.action_post()
        self.assertPaired(message, bill)

    def test_cif_without_ro_or_as_company_id_or_of_an_address(self):
        self.supplier.write({"vat": False, "company_registry": SUPPLIER_CIF})
        message, bill = self._message(), self._bill()
        self.assertPaired(message, bill)
        shop = self.env["res.partner"].create({"name": "Magazin", "parent_id": self.supplier.id})
        message, bill = self._message("ABC 13"), self._bill("ABC 13", partner=shop)
        self.assertPaired(message, bill)

    def test_a_credit_note_is_a_refund(self):
        message = self._message("ABC 12", document_type="381")
        bill = self._bill("ABC 12")
        message._auto_pair()
        self.assertFalse(message.move_id)  # the number alone does not make an invoice of a credit note
        self.assertEqual(self._proposed(message), bill.ids)
        refund = self._bill("ABC 12", move_type="in_refund")
        message._auto_pair()
        self.assertPaired(message, refund)
        negative = self._message("ABC 13", total=-242.0)  # an invoice below zero takes back too
        typed = self._bill("typed", price=200, move_type="in_refund")
        self.assertPaired(negative, typed)

    def test_another_currency_is_no_equal_total(self):
        message = self._message("ABC 12", currency_id=self.env.ref("base.EUR").id)
        self._bill("typed")
        message._auto_pair()
        self.assertFalse(message.move_id)

    # -- not certain ------------------------------------------------------------------------------------------

    def test_two_bills_of_the_same_day_and_sum(self):
        bills = self._bill("one") + self._bill("two")
        message = self._message("ABC 12")
        message._auto_pair()
        self.assertFalse(message.move_id)
        self.assertEqual(self._proposed(message), bills.ids)
        # one of them gets a package: still nobody knows whether the other is this one
        self._message("other")._pair(bills[0], "by hand")
        message._auto_pair()
        self.assertFalse(message.move_id)

    def test_two_packages_of_the_same_day_and_sum(self):
        messages = self._message("ABC 12") + self._message("ABC 13")
        bill = self._bill("typed")
        messages._auto_pair()
        self.assertFalse(messages.move_id)
        numbered = self._bill("13")
        self.assertPaired(messages[1], numbered)
        self.assertFalse(messages[0].move_id)
        self.assertEqual(self._proposed(messages[0]), bill.ids)

    def test_the_same_digits_in_two_series(self):
        messages = self._message("ABC 12", total=50) + self._message("XYZ 12", total=60)
        bill = self._bill("12")
        messages._auto_pair()
        self.assertFalse(messages.move_id)
        sure = self._bill("XYZ 12", price=700)
        self.assertPaired(messages[1], sure)
        self.assertFalse(messages[0].move_id)
        self.assertIn(bill.id, self._proposed(messages[0]))

    def test_a_bill_typed_twice(self):
        first = self._bill("ABC 12")
        message = self._message("ABC 12")
        message._auto_pair()
        self.assertPaired(message, first)
        second = self._bill("ABC12", post=False)
        again = self._message("ABC 12")  # and ANAF has it twice
        (message + again)._auto_pair()
        self.assertFalse(again.move_id)
        self.assertEqual(self._proposed(again), second.ids)

    def test_less_than_certain_is_proposed_with_reasons(self):
        message = self._message("ABC 12")
        near = self._bill("ABC 12", date="2026-10-06")
        stranger = self._partner(name="Altul SRL", vat="RO18547290")
        same_sum = self._bill("77", partner=stranger)
        self._bill("unlike", date="2026-09-01", price=3)
        message._auto_pair()
        self.assertFalse(message.move_id)
        found = [
            (self.env["account.move"].browse(entry.id), compared.score, message._reason_texts(compared.reasons))
            for entry, compared in message._near_entries(message.company_id)[message.id]
        ]
        self.assertEqual([move for move, _score, _reasons in found], [near, same_sum])
        self.assertGreater(found[0][1], found[1][1])
        self.assertEqual(found[0][2], ["the same CIF", "the same number", "the same total", "dates up to 3 days apart"])
        self.assertIn("another CIF", found[1][2])
        self.assertEqual(self._proposed(message), [near.id, same_sum.id])
        find = self.env["l10n_ro_efactura.find"]
        back = find.browse(find._open_for(moves=near)["res_id"]).line_ids
        self.assertEqual([(line.message_id, line.score) for line in back], [(message, found[0][1])])

    def test_cancelled_bills_and_other_companies(self):
        self._bill().button_cancel()
        other = (
            self.company_data_2["company"]
            if hasattr(self, "company_data_2")
            else self.env["res.company"].create({"name": "Alta SRL", "country_id": self.env.ref("base.ro").id})
        )
        message = self._message(company_id=other.id)
        self._bill()
        message._auto_pair()
        self.assertFalse(message.move_id)
        self.assertFalse(message.pairing_proposal)
        mine = self._message()
        mine._auto_pair()
        self.assertTrue(mine.move_id)

    def test_an_entry_that_goes_away_gives_its_package_back(self):
        message, bill = self._message(), self._bill()
        self.assertPaired(message, bill)
        bill.button_draft()
        bill.button_cancel()
        self.assertFalse(message.move_id)
        again = self._bill()
        self.assertPaired(message, again)
        again.button_draft()
        again.unlink()
        self.assertFalse(message.move_id)
        self.assertFalse(message.pairing_reason)
        self.assertTrue(message.pairing_due)

    def test_what_was_undone_is_not_made_again(self):
        message, bill = self._message(), self._bill()
        self.assertPaired(message, bill)
        message.with_user(self.biller).action_unpair()
        self.messages._pair_due()
        message._on_opened()
        bill.button_draft()
        bill.action_post()
        self.assertFalse(message.move_id)
        self.assertEqual(self._proposed(message), bill.ids)

    def test_test_messages_are_not_of_the_books(self):
        message = self._message(environment="test")
        self._bill()
        message._auto_pair()
        self.assertFalse(message.move_id)

    def test_when_a_package_is_opened(self):
        """The manual's way: an entry typed since is found when somebody opens the package."""
        message = self._message(package=False)
        bill = self._bill(post=False)
        self.assertFalse(message.move_id)
        before = self.sim.calls()
        message.with_user(self.biller).action_open_package()
        self.assertPaired(message, bill)
        self.assertEqual(self.sim.calls(), before)

    def test_the_bill_says_that_a_package_may_be_its_own(self):
        message = self._message("ABC 12", date="2026-10-06")
        bill = self._bill("ABC 12").with_user(self.biller)
        alert = bill._get_alerts()["l10n_ro_efactura_proposal"]
        self.assertIn("ABC 12", alert["message"])
        self.assertEqual(alert["action"]["context"]["active_ids"], bill.ids)
        self.assertIn("dates up to 3 days apart", message.with_user(self.biller).proposal_text)
        message._pair(bill, "yes")
        self.assertNotIn("l10n_ro_efactura_proposal", bill._get_alerts())
        self.assertFalse(message.proposal_text)

    def test_one_odd_message_does_not_stop_the_rest(self):
        odd, good = self._message("ABC 11", total=5), self._message("ABC 12")
        self.messages.browse((odd + good).ids).write({"pairing_due": True})
        bill = self._bill("ABC 12", post=False)
        make = type(self.messages)._certain_pairs

        def spoiled(records, company):
            if odd in records:
                raise ValueError("odd")
            return make(records, company)

        self.patch(type(self.messages), "_certain_pairs", spoiled)
        with self.assertLogs("odoo.addons.l10n_ro_efactura_abacus.models.pairing.message_matching"):
            self.messages._pair_due()
        self.assertPaired(good, bill)
        self.assertFalse((odd + good).filtered("pairing_due"))

    # -- how much it costs ------------------------------------------------------------------------------------

    def test_as_many_queries_for_fifty_as_for_five(self):
        def cost(count, day):
            messages = self.messages.create(
                [
                    {
                        "anaf_id": f"{day}{number}",
                        "environment": "prod",
                        "company_id": self.company.id,
                        "kind": "received",
                        "seller_cif": SUPPLIER_CIF,
                        "number": f"N {number}",
                        "issue_date": f"2026-09-{day}",
                        "amount_total": number,
                        "currency_id": self.env.ref("base.RON").id,
                        "archive_state": "archived",
                        "document_type": "380",
                        "pairing_due": True,
                    }
                    for number in range(count)
                ]
            )
            for number in range(0, count, 5):
                self._bill(f"n-{number}", date=f"2026-09-{day}", price=7, post=False)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.messages._pair_due()
            self.env.flush_all()
            self.assertEqual(len(messages.filtered("move_id")), count / 5)
            return self.env.cr.sql_log_count - before

        cost(5, 10)
        few, many = cost(5, 11), cost(50, 12)
        self.assertLess(many, few + 12)

    # -- when -------------------------------------------------------------------------------------------------

    def test_after_the_download(self):
        [put] = self.sim.generate_supplier_invoices(self.company.vat, 1)
        seller, number, day, _type = put.key
        self.messages._cron_refresh_spv()
        message = self.messages.search([("company_id", "=", self.company.id), ("kind", "=", "received")])
        bill = self._bill(number.lower(), date=day, partner=self._partner(name="Alt furnizor", vat=f"RO{seller}"))
        self.assertFalse(message.move_id)
        self._archive()
        self.assertPaired(message, bill)
        self.assertFalse(message.pairing_due)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPairingSales(PairingCase):
    def _sent(self, invoice, **values):
        return self._message(invoice.name, str(invoice.invoice_date), invoice.amount_total, "sent", **values)

    def test_a_sale_sent_by_another_program_is_ok(self):
        invoice = self._invoice()
        message = self._sent(invoice)
        message._auto_pair()
        self.assertEqual(message.move_id, invoice)
        submission = invoice.l10n_ro_efactura_submission_ids
        self.assertEqual((submission.origin, submission.state, submission.message_id), ("elsewhere", "ok", message))
        self.assertEqual(
            (
                invoice.l10n_ro_efactura_state,
                invoice.l10n_ro_efactura_upload_index,
                invoice.l10n_ro_efactura_download_id,
            ),
            ("ok", message.upload_index, message.anaf_id),
        )
        self.assertIn("another program", invoice._l10n_ro_efactura_check_send("prod")[0])
        calls = self.sim.calls()
        invoice.action_l10n_ro_efactura_send()
        self._upload()
        self.assertEqual(len(invoice.l10n_ro_efactura_submission_ids), 1)
        self.assertEqual(self.sim.calls(), calls)

    def test_an_invoice_typed_after_the_package_is_not_queued_by_itself(self):
        draft = self._invoice(post=False)
        draft.journal_id.l10n_ro_efactura_auto_send = True
        message = self._message("FACT/2026/00001", str(draft.invoice_date), draft.amount_total, "sent")
        draft.name = "FACT/2026/00001"
        draft.action_post()
        self.assertEqual(message.move_id, draft)
        self.assertEqual(draft.l10n_ro_efactura_submission_ids.mapped("origin"), ["elsewhere"])

    def test_less_than_all_is_proposed(self):
        invoice = self._invoice()
        for values in ({"amount_total": 5.0}, {"buyer_cif": "18547290"}, {"number": "XX 1"}):
            message = self._sent(invoice)
            message.write(values)
            message._auto_pair()
            self.assertFalse(message.move_id)
            self.assertFalse(invoice.l10n_ro_efactura_state)
            self.assertEqual([row["id"] for row in message.pairing_proposal], invoice.ids)

    def test_by_hand_and_back(self):
        invoice = self._invoice()
        message = self._sent(invoice)
        message.number = "XX 1"
        message.with_user(self.biller)._pair(invoice, "the same, renumbered")
        self.assertEqual(invoice.l10n_ro_efactura_state, "ok")
        self.assertEqual(message.pairing_reason, "the same, renumbered")
        message.with_user(self.biller).action_unpair()
        self.assertFalse(message.move_id)
        self.assertFalse(message.submission_id)
        self.assertEqual(invoice.l10n_ro_efactura_state, "refused")
        self.assertFalse(invoice._l10n_ro_efactura_check_send("prod"))
        alert = invoice._get_alerts()["l10n_ro_efactura_prod_nok"]
        self.assertEqual(alert["level"], "info")
        self.assertIn("undid the pairing", alert["message"])
        message._pair(invoice, "after all")
        self.assertEqual(invoice.l10n_ro_efactura_state, "ok")

    def test_what_odoo_sends_itself_is_left_alone(self):
        submission = self._queue()
        message = self._sent(submission.move_id)
        message._auto_pair()
        self.assertFalse(message.move_id)
        self._upload()
        self._settle()
        self.assertEqual(submission.message_id.move_id, submission.move_id)

    def test_a_person_without_a_number(self):
        person = self.env["res.partner"].create(
            {
                "name": "Ion Popescu",
                "country_id": self.env.ref("base.ro").id,
                "city": "Brașov",
                "street": "Lungă 1",
                "state_id": self.env.ref("base.RO_BV").id,
            }
        )
        invoice = self._invoice(person)
        message = self._sent(invoice, buyer_cif="0000000000000")
        message._auto_pair()
        self.assertEqual(message.move_id, invoice)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPairingScore(PairingCase):
    def test_points_add_up(self):
        paper = Paper(1, False, "1", "A 1", None, None, 1)
        self.assertEqual(match(paper, Paper(2, False, "1", "A 1", None, None, 1)).score, 65)
        self.assertEqual(match(paper, Paper(2, False, "", "", None, None, 1)).score, 0)

    def test_nothing_is_certain_without_a_cif(self):
        from datetime import date
        from decimal import Decimal

        day = date(2026, 10, 5)
        papers = [Paper(1, False, "", "A 1", day, Decimal(5), 1)]
        self.assertEqual(only_certain(papers, [Paper(2, False, "", "A 1", day, Decimal(5), 1)]), [])
