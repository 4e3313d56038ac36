"""Buyer messages (RASP): received on a sale, sent from a bill, the same text never sent twice."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...anaf import build_buyer_message, read_package
from ...anaf.rasp import MAX_TEXT
from ..common import zipped
from ..package.common import PackageCase

ACTIVITY = "l10n_ro_efactura_abacus.activity_type_buyer_message"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRaspReceived(PackageCase):
    def setUp(self):
        super().setUp()
        self.sim.settings.update(list_lag=-60)  # our lists end a second ago

    def _sold(self):
        submission = self._queue()
        self._upload()
        self._settle()
        self._archive()
        return submission

    def _message(self, index, text):
        self.sim.put_buyer_message(index, text)
        self._refresh()
        return self.messages.search([("answers_index", "=", index), ("kind", "=", "buyer_message")], limit=1)

    def test_it_is_shown_on_the_invoice(self):
        submission = self._sold()
        move = submission.move_id
        text = "Cantitatea livrată nu corespunde <b>deloc</b> & rândul 2"
        message = self._message(submission.upload_index, text)
        self.assertEqual((message.buyer_message, message.is_our_message, message.move_id), (text, False, move))
        self.assertEqual(move.l10n_ro_efactura_buyer_message_ids, message)
        self.assertEqual((message.partner_id, message.cif), (self.customer, submission.buyer_cif))
        self.assertIn(message, self.messages.search([("cif", "=", submission.buyer_cif)]))
        self.assertIn("nu corespunde", " ".join(move.message_ids.mapped("body")))
        self.assertNotIn("<b>", " ".join(move.message_ids.mapped("body")), "the buyer's text is no markup")
        activity = move.activity_ids.filtered(lambda a: a.activity_type_id == self.env.ref(ACTIVITY))
        self.assertEqual((len(activity), activity.user_id), (1, move.invoice_user_id))
        alerts = move.with_user(self.biller)._get_alerts()
        self.assertIn(text, alerts["l10n_ro_efactura_buyer_message"]["message"])
        self.assertEqual(alerts["l10n_ro_efactura_buyer_message"]["level"], "warning")
        activity.action_done()
        self.assertEqual(move._get_alerts()["l10n_ro_efactura_buyer_message"]["level"], "info")
        html = str(message._package_html())
        self.assertIn("&lt;b&gt;deloc&lt;/b&gt;", html)
        self.assertIn(move.name, html)

    def test_whose_it_is(self):
        received = self._received()
        submission = self._sold()
        message = self._message(submission.upload_index, "Ceva")
        both = "MESAJ CUMPARATOR PRIMIT / MESAJ CUMPARATOR TRANSMIS"
        for tip, index, ours in (
            ("MESAJ CUMPARATOR PRIMIT", received.upload_index, False),
            ("MESAJ CUMPARATOR TRANSMIS", submission.upload_index, True),
            (both, submission.upload_index, False),
            (both, received.upload_index, True),
        ):
            self._set(message, tip=tip, answers_index=index)
            self.assertEqual(message.is_our_message, ours, (tip, ours))

    def test_it_is_told_once(self):
        submission = self._sold()
        message = self._message(submission.upload_index, "Vă rugăm corectați")
        message._deliver_buyer_messages()
        self._refresh()
        self.assertEqual(
            len(submission.move_id.activity_ids.filtered(lambda a: a.activity_type_id == self.env.ref(ACTIVITY))), 1
        )

    def test_its_invoice_is_found_later(self):
        submission = self._sold()
        package, move = submission.message_id, self._invoice()  # sent by another program: nobody's here yet
        self._set(submission, upload_index="1")
        self._set(package, move_id=None, submission_id=None, pairing_reason=None)
        message = self._message(package.upload_index, "Alt preț")
        self.assertFalse(message.move_id)
        package._pair(move, "by hand")
        self.assertEqual(message.move_id, move)

    def test_of_an_unknown_invoice(self):
        submission = self._sold()
        index = submission.upload_index
        self._set(submission, upload_index="1")
        self._set(submission.message_id, upload_index="1")
        message = self._message(index, "Ceva")
        self.assertEqual((message.archive_state, message.move_id.id), ("archived", False))

    def test_a_failure_costs_no_package(self):
        submission = self._sold()
        self.env.ref(ACTIVITY).unlink()
        with mute_logger("odoo.addons.l10n_ro_efactura_abacus.models.buyer_messages.message"):
            message = self._message(submission.upload_index, "Ceva")
        self.assertEqual((message.archive_state, message.buyer_message), ("archived", "Ceva"))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRaspSent(PackageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rasps = cls.env["l10n_ro_efactura.rasp"].sudo()

    def setUp(self):
        super().setUp()
        self.sim.settings.update(list_lag=-60)
        self.message = self._received()
        self.bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.customer.id, "invoice_date": "2026-11-02"}
        )
        self.message._pair(self.bill, "by hand")

    def _write(self, text="Cantitatea livrată nu corespunde."):
        wizard = (
            self.env["l10n_ro_efactura.rasp.write"]
            .with_user(self.biller)
            .create({"message_id": self.message.id, "text": text})
        )
        wizard.action_send()
        return self.rasps.search([("text", "=", text.strip())], limit=1)

    def _sent(self):
        return [upload for upload in self.sim.uploads() if upload.standard == "RASP"]

    def test_sent_once_and_delivered(self):
        self.assertTrue(self.bill.l10n_ro_efactura_can_message)
        action = self.bill.with_user(self.biller).action_l10n_ro_efactura_message_seller()
        self.assertEqual(action["context"]["default_message_id"], self.message.id)
        text = 'Rândul 2:\nlipsesc 3 bucăți & <un> "colet"'
        rasp = self._write(text)
        self.assertEqual((rasp.state, self._sent()), ("queued", []), "nothing goes out in the user's click")
        self.rasps._cron_rasp()
        [upload] = self._sent()
        self.assertEqual((upload.cif, upload.xml), (self.company.vat[2:], rasp._xml_bytes()))
        self.assertEqual((rasp.state, rasp.upload_index, rasp.download_id), ("ok", upload.index, upload.download_id))
        self.rasps._cron_rasp()
        self.assertEqual(len(self._sent()), 1)
        self.assertIn("lipsesc 3 buc", " ".join(self.bill.message_ids.mapped("body")))
        # our own copy comes back through SPV and finds the bill
        self._refresh()
        copy = self.messages.search([("kind", "=", "buyer_message")])
        self.assertEqual((copy.buyer_message, copy.is_our_message, copy.move_id), (text, True, self.bill))
        self.assertNotIn("l10n_ro_efactura_buyer_message", self.bill._get_alerts())
        self.assertFalse(self.bill.activity_ids)

    def test_the_same_words_never_twice(self):
        self._write()
        with self.assertRaises(UserError):
            self._write()
        self.rasps._cron_rasp()
        with self.assertRaises(UserError):
            self._write()
        self._write("Altceva")
        self.rasps._cron_rasp()
        self.assertEqual(len(self._sent()), 2)

    def test_a_lost_answer_is_not_repeated(self):
        self.sim.fault("drop_after", "upload")
        rasp = self._write()
        self.rasps._cron_rasp()
        self.assertEqual(rasp.state, "uncertain")
        self._later(hours=30)
        self.rasps._cron_rasp()
        self.assertEqual((rasp.state, len(self._sent())), ("uncertain", 1), "nobody asked")
        self.assertIn("l10n_ro_efactura_rasp", self.bill._get_alerts())
        self._refresh()
        self.assertEqual((rasp.state, rasp.upload_index), ("ok", self._sent()[0].index), "found in SPV")

    def test_asked_for_it_goes_again(self):
        self.sim.fault("drop_before", "upload")
        rasp = self._write()
        self.rasps._cron_rasp()
        if rasp.state == "uncertain":
            rasp.with_user(self.biller).sudo(False).action_send_again()
        self._later(hours=1)
        self._set(rasp, next_attempt_at=None)
        self.rasps._cron_rasp()
        self.assertEqual((rasp.state, len(self._sent())), ("ok", 1))
        with self.assertRaises(UserError):
            rasp.with_user(self.biller).sudo(False).action_send_again()

    @mute_logger("odoo.models.unlink")
    def test_it_outlives_its_bill(self):
        self.sim.settings.update(processing_delay=5)
        rasp = self._write()
        self.rasps._cron_rasp()
        self.assertEqual(rasp.state, "processing")
        self.bill.unlink()
        self.sim.finish()
        self._set(rasp, next_attempt_at=None)
        self.rasps._cron_rasp()
        self.assertEqual((rasp.state, rasp.move_id.id), ("ok", False))

    def test_a_worker_that_died(self):
        rasp = self._write()
        self.rasps._claim(self._lanes()[0], 1)
        self._set(rasp, lease_until="2020-01-01 00:00:00")
        self.rasps._cron_rasp()
        self.assertEqual((rasp.state, self._sent()), ("uncertain", []))

    def test_not_sent_waits(self):
        rasp = self._write()
        with self._api_url("http://127.0.0.1:9"):
            self.rasps._cron_rasp()
        self.assertEqual(rasp.state, "queued")
        self.assertTrue(rasp.problem)
        self.rasps._cron_rasp()
        self.assertEqual(rasp.state, "queued", "not before its time")
        self._set(rasp, next_attempt_at=None)
        self.gates.search([]).unlink()
        self.rasps._cron_rasp()
        self.assertEqual((rasp.state, rasp.problem), ("ok", False))

    def test_quota_waits_for_tomorrow(self):
        self.sim.settings.update(rasp_per_day=0)
        self.addCleanup(self.sim.settings.update, rasp_per_day=1000)
        rasp = self._write()
        self.rasps._cron_rasp()
        self.assertEqual(rasp.state, "queued")
        self.assertIn("RASP", rasp.problem)
        self.assertGreater(rasp.next_attempt_at, rasp.attempted_at)
        rasp.with_user(self.biller).sudo(False).action_take_back()  # ANAF did not take it, so it cannot have it
        self.assertEqual(rasp.state, "refused")

    def test_refused_and_nok(self):
        self._drop_certificates()
        rasp = self._write()
        self.rasps._cron_rasp()
        self.assertEqual(rasp.state, "refused")
        self.assertIn("drept in SPV", rasp.problem)
        self.sim.add_certificate("director", [self.company.vat])
        self.gates.search([]).write({"closed_until": False})
        again = self._write()
        self.sim.fault("nok", "upload", errors=["Eroare"])
        self.rasps._cron_rasp()
        self.assertEqual(again.state, "nok")

    def test_taken_back(self):
        rasp = self._write()
        rasp.with_user(self.biller).sudo(False).action_take_back()
        self.rasps._cron_rasp()
        self.assertEqual((rasp.state, self._sent()), ("refused", []))

    def test_what_waited_long_is_first_looked_up(self):
        """A restored copy: the original sent the message after the backup was made."""
        rasp = self._write()
        self._set(rasp, create_date="2026-01-01 00:00:00")
        self.boxes.search([]).write({"listed_until": "2026-01-01 00:00:00"})
        self.sim.put_buyer_message(rasp.answers_index, rasp.text)
        self.rasps._cron_rasp()
        self.assertEqual((rasp.state, len(self._sent())), ("queued", 1))
        self._refresh()
        self.rasps._cron_rasp()
        self.assertEqual((rasp.state, rasp.upload_index, len(self._sent())), ("ok", self._sent()[0].index, 1))
        other = self._write("Altceva, de care SPV nu știe")
        self._set(other, create_date="2026-01-01 00:00:00")
        self.rasps._cron_rasp()
        self.assertEqual((other.state, len(self._sent())), ("ok", 2))

    def test_a_held_database_sends_nothing(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", True)
        rasp = self._write()
        self.rasps._cron_rasp()
        self.assertEqual((rasp.state, self._sent()), ("queued", []))
        self.assertTrue(rasp.problem)

    def test_what_cannot_be_written(self):
        for text in ("", "   ", "x" * (MAX_TEXT + 1)):
            with self.subTest(length=len(text)), self.assertRaises(UserError):
                self._write(text)
        self.message._unpair()
        with self.assertRaises(UserError):
            self.bill.with_user(self.biller).action_l10n_ro_efactura_message_seller()

    def test_who_may(self):
        rasp = self._write()
        for name in ("action_send_again", "action_take_back"):
            with self.assertRaises(AccessError):
                getattr(rasp.with_user(self.env.ref("base.public_user")).sudo(False), name)()
        with self.assertRaises(UserError):
            rasp.unlink()

    def test_the_document(self):
        xml = build_buyer_message("123", 'a\r\nb\x00 "ș"')
        self.assertIn(b'index_incarcare="123"', xml)
        self.assertEqual(read_package_of(xml), ("123", 'a\nb "ș"'))
        for index in ("", "abc", None):
            with self.assertRaises(ValueError):
                build_buyer_message(index, "text")


def read_package_of(xml):
    package = read_package(zipped({"9.xml": xml}))
    return package.answered_index, package.message
