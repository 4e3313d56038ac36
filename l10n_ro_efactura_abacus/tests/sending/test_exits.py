"""Every state has a way out that a person may take with a reason, and none of them sends anything twice."""

import socket
import time
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import config

from ...models.common.core import binary_column
from ..common import COMPANY_CIF
from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestExits(PipelineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.biller.copy(
            {"login": "exits", "group_ids": [(4, cls.env.ref("account.group_account_manager").id)]}
        )

    def _lost(self, fault="waf", **options):
        submission = self._queue()
        self.sim.fault(fault, "upload", **options)
        self._upload()
        self.assertEqual(submission.state, "uncertain")
        time.sleep(1.1)  # the lists are read to a second ago
        return submission

    def _as(self, user, record):
        return record.with_user(user).sudo(False)

    def _client(self):
        return self.credential._client("prod")

    # -- taking back --------------------------------------------------------------------------------------------

    def test_what_is_taken_back_counts_as_not_sent_and_nobody_says_that_anaf_refused_it(self):
        submission = self._queue()
        move = submission.move_id
        self._as(self.biller, submission).action_withdraw()
        self.assertEqual(submission.state, "withdrawn")
        self.assertFalse(move.l10n_ro_efactura_state)
        self.assertTrue(move.l10n_ro_efactura_to_send)
        self.assertFalse([key for key in move.alerts or {} if key.endswith("_nok")])
        self.assertIn(self.biller.name, "".join(move.message_ids.mapped("body")))
        self._upload()
        self.assertFalse(self.sim.calls()["upload"])
        self._as(self.biller, move).action_l10n_ro_efactura_send()
        self._upload()
        self.assertEqual(move.l10n_ro_efactura_state, "processing", "a withdrawn one is not in the way")

    def test_what_is_proved_not_sent_is_taken_back_however_often_it_was_tried(self):
        submission = self._queue()
        for _attempt in range(2):
            with self._api_url("http://127.0.0.1:1"):
                self._upload()
            self.gates.search([]).unlink()
            self._later(minutes=20)
        self.assertEqual((submission.state, submission.attempt), ("queued", 2))
        with self.assertRaisesRegex(UserError, "take it back first"):
            submission.move_id.button_draft()
        self._as(self.biller, submission).action_withdraw()
        submission.move_id.button_draft()
        self.assertEqual((submission.state, submission.move_id.state), ("withdrawn", "draft"))

    def test_what_may_have_arrived_is_not_taken_back(self):
        submission = self._lost()
        with self.assertRaises(UserError):
            self._as(self.biller, submission).action_withdraw()
        self._later(hours=7)
        self._settle()
        self.assertEqual(submission.state, "queued")
        with self.assertRaises(UserError):
            self._as(self.biller, submission).action_withdraw()

    def test_a_test_may_be_given_up_at_any_time(self):
        submission = self._queue(environment="test")
        self.sim.fault("waf", "upload")
        self._upload()
        self.assertEqual(submission.state, "uncertain")
        self._as(self.biller, submission).action_withdraw()
        self.assertFalse(submission.move_id.l10n_ro_efactura_test_state)
        self._as(self.biller, submission.move_id).action_l10n_ro_efactura_send_test()
        self._upload()
        self.assertEqual(submission.move_id.l10n_ro_efactura_test_state, "processing")

    # -- lost again and again -----------------------------------------------------------------------------------

    def test_the_three_days_count_from_the_first_lost_answer(self):
        submission = self._lost()
        first = submission.uncertain_since
        self._later(hours=7)
        self._settle()
        self.sim.fault("waf", "upload")
        self._upload()
        self.assertEqual((submission.state, submission.lost_count), ("uncertain", 2))
        self.assertEqual(submission.uncertain_since, first - timedelta(hours=7))
        self._later(hours=5)
        self._settle()
        self.assertEqual(submission.state, "uncertain", "the quiet period counts from the last one")
        self._later(hours=61)
        self._as(self.accountant, submission).action_not_at_anaf("Not in SPV")
        self.assertEqual(submission.state, "refused")

    def test_the_firewall_is_tried_three_times_and_then_a_person_decides(self):
        submission = self._lost(times=0)
        for _round in range(5):
            self._later(hours=7)
            self._settle()
            self._upload()
        self.assertEqual((submission.state, self.sim.calls()["upload"]), ("uncertain", 3))
        self.assertIn("waf_repeated", self._codes(submission))
        alert = submission.move_id.alerts["l10n_ro_efactura_uncertain"]
        self.assertEqual((alert["level"], alert["action"]["res_id"]), ("danger", submission.id))
        self.assertIn("3 times", alert["message"])
        self._as(self.accountant, submission).action_not_at_anaf("The firewall rejects it")
        submission.move_id.button_draft()
        self.assertEqual(submission.move_id.state, "draft")

    def test_a_body_that_leaves_too_slowly_closes_no_gate(self):
        submission = self._queue()
        self.submissions._prepare(self._lanes()[0])
        self._set(submission, xml=binary_column(b"<x>" + b"x" * 12_000_000))
        with socket.socket() as deaf:  # accepts and never reads
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.bind(("127.0.0.1", 0))
            deaf.listen()
            config["l10n_ro_efactura_lease_seconds"] = 10
            self.addCleanup(config.options.pop, "l10n_ro_efactura_lease_seconds", None)
            with self._api_url(f"http://127.0.0.1:{deaf.getsockname()[1]}"):
                for _attempt in range(2):  # two bad answers in a row would close the gate
                    self._upload()
                    self._later(minutes=31)
                    self._set(submission, queued_at=fields.Datetime.now())
        self.assertEqual((submission.state, self._codes(submission)), ("queued", ["slow_upload"]))
        self.assertEqual(submission.attempt, 2)
        self.assertTrue(self._lanes()[0].stays_open(), "other documents go on")
        self.assertTrue(submission.can_withdraw)

    # -- an index that ANAF does not know -----------------------------------------------------------------------

    def _mistyped(self):
        """An invoice uploaded on the portal, whose index was typed with one digit wrong; (submission, true index)."""
        submission = self._queue()
        self.submissions._prepare(self._lanes()[0])
        xml = submission._xml_bytes()
        submission.action_withdraw()
        receipt = self._client().upload(xml, standard="UBL", cif=COMPANY_CIF)
        wrong = str(int(receipt.upload_index) + 77)
        return self.submissions._adopt(submission.move_id, "prod", wrong), receipt.upload_index

    def test_a_mistyped_index_becomes_uncertain_and_late_and_its_invoice_is_found_in_spv(self):
        submission, index = self._mistyped()
        move = submission.move_id
        self._settle()
        self.assertEqual(submission.state, "processing")
        self._set(move, invoice_date=fields.Date.today() - timedelta(days=20))
        self.assertFalse(move.l10n_ro_efactura_late)
        self.sim.fault("http_503", "list_paged", times=0)
        for _question in range(4):
            self._later(hours=1)
            self._settle()
        self.assertEqual((submission.state, self._codes(submission)[0]), ("uncertain", "unknown_index"))
        self.assertTrue(move.l10n_ro_efactura_late, "the legal term runs")
        with self.assertRaises(UserError):
            move.button_draft()
        self.sim.clear_faults()
        self._later(hours=1)
        self.gates.search([]).unlink()
        time.sleep(1.1)
        self._settle()
        self.assertEqual((submission.state, submission.upload_index), ("ok", index))

    def test_an_accountant_corrects_the_index_at_once(self):
        submission, index = self._mistyped()
        self._settle()
        with self.assertRaises(AccessError):
            self._as(self.biller, submission).action_correct_index(index, "Typed wrongly")
        wizard = self.env["l10n_ro_efactura.not.at.anaf"].with_user(self.accountant)
        wizard = wizard.create({"submission_ids": submission.ids, "upload_index": index, "reason": "Typed wrongly"})
        self.assertFalse(wizard.is_decidable)
        wizard.action_correct()
        self._settle()
        self.assertEqual((submission.state, submission.upload_index), ("ok", index))
        self.assertIn("Typed wrongly", "".join(submission.move_id.message_ids.mapped("body")))

    def test_an_index_that_exists_nowhere_is_decided_after_a_day(self):
        submission = self.submissions._adopt(self._invoice(), "prod", "4000000001")
        for _question in range(8):
            self._later(hours=4)
            self._settle()
        asked = self.sim.calls()["status"]
        self.assertEqual(submission.state, "uncertain")
        for _day in range(4):
            self._later(days=1, hours=1)
            self._settle()
        self.assertLessEqual(self.sim.calls()["status"] - asked, 4, "once a day")
        self._upload()
        self.assertFalse(self.sim.calls()["upload"], "never sent by itself")
        self._as(self.accountant, submission).action_not_at_anaf("Never uploaded")
        self.assertTrue(submission.move_id.l10n_ro_efactura_to_send)

    def test_a_lost_document_whose_typed_index_is_of_another_one_is_searched_for_again(self):
        submission = self._lost()
        other = self._queue()
        self.submissions._prepare(self._lanes()[0])
        receipt = self._client().upload(other._xml_bytes(), standard="UBL", cif=COMPANY_CIF)
        self._as(self.accountant, submission).action_correct_index(receipt.upload_index, "Seen in SPV")
        self._settle()
        self.assertEqual((submission.state, submission.upload_index), ("uncertain", False))
        self.assertEqual(self._codes(submission), ["other_document"])

    def test_what_nobody_can_answer_does_not_wake_the_worker_every_half_minute(self):
        submission = self.submissions._adopt(self._invoice(), "prod", "4000000001")
        self._set(submission, next_attempt_at=fields.Datetime.now() + timedelta(hours=6))
        triggers = self.env["ir.cron.trigger"].search([])
        self.submissions._schedule_next_run()
        new = self.env["ir.cron.trigger"].search([]) - triggers
        self.assertGreater(min(new.mapped("call_at")), fields.Datetime.now() + timedelta(hours=5))

    # -- packages that cannot be read ---------------------------------------------------------------------------

    def test_an_unreadable_package_is_named_and_an_accountant_sets_it_aside(self):
        submission = self._lost()
        self._client().upload(
            submission._xml_bytes().replace(b"</cbc:ID>", b"X</cbc:ID>", 1), standard="UBL", cif=COMPANY_CIF
        )
        time.sleep(1.1)
        self._settle()
        [message] = self.messages.search([])
        self._set(message, document_sha256=None, number=None)
        self._later(hours=7)
        self._settle()
        self.assertEqual((submission.state, submission.holding_ids), ("uncertain", message))
        self.assertIn("unread_package", self._codes(submission))
        self.assertIn(message.anaf_id, submission.move_id.alerts["l10n_ro_efactura_uncertain"]["message"])
        with self.assertRaises(AccessError):
            self._as(self.biller, message).action_set_aside("Another invoice")
        self._as(self.accountant, message).action_set_aside("Another invoice")
        self._later(minutes=1)
        self._settle()
        self.assertEqual(submission.state, "queued")
        self._upload()
        self._settle()
        self.assertEqual(submission.state, "ok")

    # -- asking now ---------------------------------------------------------------------------------------------

    def test_ask_anaf_now_searches_for_what_is_uncertain_and_says_what_it_did(self):
        submission = self._lost("drop_after")
        action = self._as(self.biller, submission.move_id).action_l10n_ro_efactura_refresh()
        self.assertEqual(submission.state, "ok")
        self.assertIn("Searched in SPV: 1.", action["params"]["message"])
        self.assertIn(f"{submission.number}: Ok", action["params"]["message"])
        action = self._as(self.biller, submission).action_refresh()
        self.assertIn("nothing to ask", action["params"]["message"])

    def test_data_found_missing_by_the_worker_is_not_called_a_refusal_of_anaf(self):
        submission = self._queue()
        self.customer.street = False
        self._upload()
        self.assertEqual(submission.state, "refused")
        message = submission.move_id.alerts["l10n_ro_efactura_prod_nok"]["message"]
        self.assertIn("Not sent to ANAF", message)
        self.assertNotIn("refused", message)

    # -- restored copies: what the original sent with other bytes -------------------------------------------------

    def _sent_by_the_original(self, submission):
        """The original sent `submission` with other bytes, half an hour ago; ANAF would take it twice."""
        self.sim.settings.duplicates = "accept"
        self.submissions._prepare(self._lanes()[0])
        xml = submission._xml_bytes().replace(b"</cbc:ID>", b"</cbc:ID><!-- x -->", 1)
        self._client().upload(xml, standard=submission.standard, cif=COMPANY_CIF, b2c=submission.is_b2c)
        time.sleep(1.1)
        self._later(minutes=61)
        for _round in range(2):
            self._settle()
            self._upload()
            self._later(minutes=16)
        self.assertEqual((submission.state, submission.origin), ("ok", "elsewhere"))
        self.assertEqual(len(self.sim.accepted("prod")), 1)

    def test_a_storno_with_a_negative_total_is_found(self):
        self.company.l10n_ro_efactura_storno = "negative"
        storno = self._invoice()._reverse_moves([{"invoice_date": fields.Date.today()}])
        storno.action_post()
        self.assertEqual(storno._l10n_ro_efactura_queue("prod"), ({}, {}))
        submission = self.submissions.search([("move_id", "=", storno.id)])
        self._sent_by_the_original(submission)
        self.assertLess(submission.message_id.amount_total, 0)

    def test_a_person_known_by_a_cnp_is_found(self):
        self.customer.write({"vat": False, "is_company": False, "l10n_ro_efactura_cnp": "1800101221144"})
        self._sent_by_the_original(self._queue())
