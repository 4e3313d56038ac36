"""Settlement of many submissions from the lists and of few one by one; each listed message is kept once."""

import re
import time
from datetime import datetime, timedelta, timezone

from odoo import fields
from odoo.tests import tagged

from ...anaf import ListedMessage
from ..pipeline import PipelineCase

OTHER_CIF = "14399840"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSettleLists(PipelineCase):
    def _many(self, count):
        """`count` submissions in processing; ANAF has real documents of theirs, copies of one invoice."""
        first = self._queue()
        self._upload()
        xml, client = first._xml_bytes(), self.credential._client("prod")
        number = first.number.encode()
        values = {**self.submissions._values_of(first.move_id, "prod"), "move_id": False, "state": "processing"}
        rows = []
        for one in range(1, count):
            name = f"{first.number}/{one}"
            receipt = client.upload(
                re.sub(
                    b"<cbc:ID>" + re.escape(number) + b"</cbc:ID>", f"<cbc:ID>{name}</cbc:ID>".encode(), xml, count=1
                ),
                standard="UBL",
                cif=values["cif"],
            )
            rows.append(
                {
                    **values,
                    "number": name,
                    "upload_index": receipt.upload_index,
                    "sha256": str(one),
                    "uploaded_at": fields.Datetime.now(),
                }
            )
        return first | self.submissions.create(rows)

    def test_three_hundred(self):
        submissions = self._many(301)
        time.sleep(1.1)
        self._later(seconds=10)
        before = self.sim.calls()
        self._settle()
        calls = self.sim.calls()
        self.assertEqual(set(submissions.mapped("state")), {"ok"})
        self.assertLessEqual(calls["list_paged"] - before["list_paged"], 2)
        self.assertFalse(calls["status"])
        self.assertEqual(len(submissions.message_id), 301)

    def test_pages(self):
        self.sim.settings.page_size = 40
        self.addCleanup(self.sim.settings.update, page_size=500)
        submissions = self._many(101)
        time.sleep(1.1)
        self._later(seconds=10)
        self._settle()
        self.assertEqual(set(submissions.mapped("state")), {"ok"})
        self.assertEqual(self.sim.calls()["list_paged"], 3)

    def test_one_round_in_thirty_seconds(self):
        self.sim.settings.processing_delay = 1000000
        self._many(70)
        for _run in range(4):
            self._later(seconds=6)
            self._settle()
        self.assertEqual(self.sim.calls()["list_paged"], 1)
        self._later(seconds=31)
        self._settle()
        self.assertEqual(self.sim.calls()["list_paged"], 2)

    def test_one_reader_at_a_time(self):
        box = self.boxes._for_lane(self._lanes()[0])
        self.assertTrue(box._claim_reading())
        self.assertFalse(box._claim_reading())

    def test_few_are_asked_by_themselves(self):
        submissions = self._queue(3)
        self._upload()
        self._settle()
        self.assertEqual(set(submissions.mapped("state")), {"ok"})
        self.assertEqual((self.sim.calls()["list_paged"], self.sim.calls()["status"]), (0, 3))

    def test_what_no_list_shows_is_asked_by_itself(self):
        self.sim.settings.list_lag = 1000000
        submissions = self._many(65)
        self._later(seconds=10)
        self._settle()
        self.assertEqual(set(submissions.mapped("state")), {"processing"})
        self._later(minutes=16)
        self._settle()
        self.assertEqual(submissions.mapped("state").count("ok"), 50)

    def test_the_lists_fail_but_statuses_go_on(self):
        self.sim.settings.list_lag = 1000000
        submissions = self._many(65)
        self._later(minutes=16)
        self.sim.fault("quota", "list_paged")
        self._settle()
        self.assertEqual(submissions.mapped("state").count("ok"), 50)
        waiting = submissions.filtered(lambda s: s.state == "processing")
        self.assertEqual(self._codes(waiting[0]), ["daily_quota"])

    def test_many_rejected_and_each_with_its_reasons(self):
        good = self._queue(2)
        bad = self._queue(2)
        self._upload()
        self.sim.settle()
        for submission in bad:
            record = self.sim.stores["prod"].uploads[submission.upload_index]
            record.errors, record.verdict, record.state = [f"[BR-27]-{submission.number}"], "nok", "nok"
            entry = self.sim.stores["prod"].entries[record.download_id]
            entry.kind = "ERORI FACTURA"
        time.sleep(1.1)
        self.boxes._for_lane(self._lanes()[0])._sweep(self._lanes()[0])
        self.submissions._match_listed(self._lanes()[0])
        self.assertEqual(set(good.mapped("state")), {"ok"})
        for submission in bad:
            self.assertEqual(submission.state, "nok")
            self.assertEqual(submission.errors[0]["text"], f"[BR-27]-{submission.number}")

    # -- the hourly reading ---------------------------------------------------------------------------------------

    def test_the_hourly_reading_brings_suppliers_invoices(self):
        self.sim.generate_supplier_invoices(self.company.vat, 7, days=30)
        self.messages._cron_refresh_spv()
        received = self.messages.search([("company_id", "=", self.company.id)])
        self.assertEqual((len(received), set(received.mapped("kind"))), (7, {"received"}))
        box = self.boxes.search([("company_id", "=", self.company.id), ("environment", "=", "prod")])
        self.assertTrue(box.listed_until)
        self._later(hours=1)
        self.messages._cron_refresh_spv()
        self.assertEqual(self.messages.search_count([]), 7, "each once")

    def test_a_search_is_not_taken_for_a_complete_reading(self):
        self.sim.generate_supplier_invoices(self.company.vat, 3, days=30)
        submission = self._queue()
        self.sim.fault("drop_after", "upload")
        self._upload()
        time.sleep(1.1)
        self._settle()
        self.assertEqual(submission.state, "ok")
        self._later(hours=1)
        self.messages._cron_refresh_spv()
        self.assertEqual(self.messages.search_count([("kind", "=", "received")]), 3, "older messages are not missed")

    def test_anaf_s_clock_is_behind(self):
        self.sim.settings.clock_skew = -400
        self.sim.generate_supplier_invoices(self.company.vat, 3, days=30)
        self.messages._cron_refresh_spv()
        self.assertEqual(self.messages.search_count([]), 3)
        self.assertEqual(self.sim.calls()["list_paged"], 2, "corrected once from the time ANAF quoted")

    def test_trouble_is_shown_on_the_box_and_goes(self):
        self.sim.fault("waf", "list_paged")
        self.messages._cron_refresh_spv()
        box = self.boxes.search([("company_id", "=", self.company.id), ("environment", "=", "prod")])
        self.assertIn("firewall", box.last_error)
        self._later(minutes=2)
        self.messages._cron_refresh_spv()
        self.assertFalse(box.last_error)

    def test_no_right_to_the_lists_pauses_and_is_shown(self):
        self._drop_certificates()
        self.messages._cron_refresh_spv()
        [lane] = self._lanes()
        self.assertIn("Nu aveti drept", lane.hold()[1])
        self.assertTrue(self._alarms())

    # -- odd messages ---------------------------------------------------------------------------------------------

    def _keep(self, **values):
        message = ListedMessage(
            **{
                "id": "3000000001",
                "upload_index": "6000000001",
                "cif": self.company._l10n_ro_efactura_cif(),
                "kind": "received",
                "tip": "FACTURA PRIMITA",
                "details": "",
                "created_at": datetime.now(timezone.utc),
                "seller_cif": None,
                "buyer_cif": None,
                **values,
            }
        )
        return self.messages.browse(self.boxes._for_lane(self._lanes()[0])._insert_listed([message]))

    def test_the_same_message_twice(self):
        self.assertEqual(len(self._keep()), 1)
        self.assertFalse(self._keep())

    def test_a_message_without_an_id_stops_nothing(self):
        self.assertFalse(self._keep(id=None))

    def test_an_unknown_type_is_kept_and_is_no_success(self):
        submission = self._queue()
        self._upload()
        message = self._keep(kind="other", tip="CEVA NOU", upload_index=submission.upload_index)
        self.submissions._match_listed(self._lanes()[0])
        self.assertEqual((message.kind, message.tip, submission.state), ("other", "CEVA NOU", "processing"))

    def test_a_message_of_another_cif(self):
        other = self.env["res.company"].create(
            {"name": "Other SRL", "country_id": self.env.ref("base.ro").id, "vat": f"RO{OTHER_CIF}"}
        )
        self.assertEqual(self._keep(cif=OTHER_CIF).company_id, other)
        self.assertFalse(self._keep(cif="987654328"), "of nobody here")

    def test_texts_and_dates_that_no_column_holds(self):
        latest = datetime.max.replace(tzinfo=timezone.utc)
        message = self._keep(tip="A\0B", details="half \ud800 character", created_at=latest)
        self.assertEqual((message.tip, message.kind), ("AB", "received"))
        self.assertLess(message.listed_at, fields.Datetime.now() + timedelta(days=1))
