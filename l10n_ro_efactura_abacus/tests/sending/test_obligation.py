from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from ..common import EfacturaCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestObligation(EfacturaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        country = cls.env.ref
        cls.person = cls._partner(name="Ion Popescu", is_company=False, vat=False)
        cls.german = cls._partner(
            name="Kunde GmbH", vat="DE123456788", country_id=country("base.de").id, state_id=False, city="Berlin"
        )
        cls.german_person = cls._partner(
            name="Hans", is_company=False, vat=False, country_id=country("base.de").id, state_id=False
        )
        cls.registered = cls._partner(
            name="Kunde registered in Romania", vat="RO1234567897", country_id=country("base.de").id, state_id=False
        )
        cls.journal = cls.company_data["default_journal_sale"]

    def _dated(self, day, partner=None, **values):
        return self._invoice(partner, invoice_date=day, post=False, **values)

    def test_table(self):
        for partner, day, expected in [
            (self.customer, "2026-03-02", "due"),
            (self.customer, "2024-03-02", "due"),
            (self.customer, "2023-12-31", "voluntary"),
            (self.person, "2025-01-01", "due"),
            (self.person, "2024-12-31", "voluntary"),
            (self.german, "2026-03-02", "voluntary"),
            (self.german_person, "2026-03-02", "voluntary"),
            (self.registered, "2026-03-02", "due"),
        ]:
            with self.subTest(partner=partner.name, day=day):
                move = self._dated(day, partner)
                self.assertEqual(move.l10n_ro_efactura_obligation, expected)
                self.assertTrue(move.l10n_ro_efactura_obligation_reason)
                for value in ("due", "voluntary", "exempt", "none"):
                    self.assertEqual(
                        bool(move.search_count([("id", "=", move.id), ("l10n_ro_efactura_obligation", "=", value)])),
                        value == expected,
                        "the search says what the field says",
                    )

    def test_not_concerned(self):
        self.assertEqual(self._dated("2026-03-02", move_type="in_invoice").l10n_ro_efactura_obligation, "none")
        self.assertEqual(self._dated("2026-03-02", move_type="out_receipt").l10n_ro_efactura_obligation, "none")
        self.assertEqual(self._dated("2026-03-02", move_type="out_refund").l10n_ro_efactura_obligation, "due")
        self.company.l10n_ro_efactura_start_date = "2026-03-01"
        before, after = self._dated("2026-02-28"), self._dated("2026-03-01")
        self.assertEqual(before.l10n_ro_efactura_obligation, "none")
        self.assertEqual(after.l10n_ro_efactura_obligation, "due")
        self.assertFalse(before.l10n_ro_efactura_deadline)
        self.assertEqual(
            (before + after).search([("id", "in", (before + after).ids), ("l10n_ro_efactura_obligation", "=", "due")]),
            after,
        )

    def test_exemptions(self):
        for source in ("journal", "partner", "move"):
            with self.subTest(source=source), self.cr.savepoint(flush=True) as savepoint:
                move = self._dated("2026-03-02")
                record = {"journal": self.journal, "partner": self.customer, "move": move}[source]
                record.write({"l10n_ro_efactura_exempt": True, "l10n_ro_efactura_exempt_reason": "NATO, OUG 69/2024"})
                move.invalidate_recordset()
                self.assertEqual(move.l10n_ro_efactura_obligation, "exempt")
                self.assertIn("NATO, OUG 69/2024", move.l10n_ro_efactura_obligation_reason)
                self.assertTrue(
                    move.search_count([("id", "=", move.id), ("l10n_ro_efactura_obligation", "=", "exempt")])
                )
                savepoint.rollback()

    def test_exemption_is_an_accountants_decision_with_a_reason(self):
        move = self._dated("2026-03-02")
        with self.assertRaises(ValidationError):
            move.l10n_ro_efactura_exempt = True
        with self.assertRaises(AccessError):
            move.with_user(self.biller).write(
                {"l10n_ro_efactura_exempt": True, "l10n_ro_efactura_exempt_reason": "I say so"}
            )
        # what is not changed asks for no right
        move.with_user(self.biller).write({"l10n_ro_efactura_exempt": False, "ref": "x"})

    def test_deadline(self):
        # 2026-04-10 is Good Friday, 2026-04-13 Easter Monday
        for issued, event, expected in [
            ("2026-03-02", False, date(2026, 3, 9)),
            ("2026-04-08", False, date(2026, 4, 17)),
            ("2025-03-03", False, date(2025, 3, 10)),  # calendar days: the 8th is a Saturday
            ("2026-03-30", "2026-02-03", date(2026, 3, 20)),
        ]:
            with self.subTest(issued=issued, event=event):
                move = self._dated(issued, delivery_date=event)
                self.assertEqual(move.l10n_ro_efactura_deadline, expected)

    def test_late(self):
        move = self._invoice(invoice_date="2026-03-02")
        event = self._invoice(invoice_date="2026-03-09", delivery_date="2026-01-05")
        foreign = self._invoice(self.german, invoice_date="2026-03-02")
        moves = move + event + foreign
        with freeze_time("2026-03-09 10:00:00"):
            self._assert_late(moves, event)
        with freeze_time("2026-03-10 10:00:00"):
            self._assert_late(moves, move + event)
            move.l10n_ro_efactura_state = "processing"
            moves.flush_recordset()
            self._assert_late(moves, event)
            self.assertFalse(move.l10n_ro_efactura_to_send)
            move.l10n_ro_efactura_state = "nok"
            self._assert_late(moves, move + event)
            self.assertTrue(move.l10n_ro_efactura_to_send)
            move.l10n_ro_efactura_state, move.l10n_ro_efactura_test_state = False, "ok"
            self._assert_late(moves, move + event)
            self.assertEqual(
                moves.search([("id", "in", moves.ids), ("l10n_ro_efactura_to_send", "=", True)]), move + event
            )

    def _assert_late(self, moves, expected):
        moves.invalidate_recordset()
        self.assertEqual(moves.filtered("l10n_ro_efactura_late"), expected)
        self.assertEqual(
            moves.search([("id", "in", moves.ids), ("l10n_ro_efactura_late", "=", True)]), expected.sorted()
        )
