"""The legal term: who is told before it ends, what was declared late, and what ANAF's outages have to do with it."""

from datetime import date, timedelta

from odoo import fields
from odoo.tests import freeze_time, new_test_user, tagged

from ...anaf import add_working_days, today
from ...models.sending.account_move_term import TERM
from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTerm(PipelineCase):
    def _due_in(self, working_days, **values):
        """Return an invoice whose legal term ends in `working_days` working days, 0 for today or the next one."""
        issued = today() - timedelta(days=40)
        while True:
            issued += timedelta(days=1)
            if add_working_days(issued, 5) >= add_working_days(today() - timedelta(days=1), working_days + 1):
                return self._invoice(invoice_date=issued, **values)

    def _activities(self, moves):
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("activity_type_id", "=", self.env.ref(TERM).id),
                    ("res_model", "=", "account.move"),
                    ("res_id", "in", moves.ids),
                ]
            )
        )

    def _told(self):
        self.env["account.move"]._l10n_ro_efactura_cron_terms()

    def test_who_confirmed_the_invoice_is_told_once_on_the_working_day_before_the_term(self):
        with freeze_time("2026-03-06 08:00:00"):  # a Friday; the term ends on Monday
            move = self._invoice(invoice_date="2026-03-02", post=False)
            later = self._invoice(invoice_date="2026-03-03")
            move.with_user(self.biller).action_post()
            self.assertEqual(move.l10n_ro_efactura_deadline, date(2026, 3, 9))
            self._told()
            activity = self._activities(move + later)
            self.assertEqual((activity.res_id, activity.user_id), (move.id, self.biller))
            self.assertEqual(activity.date_deadline, date(2026, 3, 9))
            self.assertIn(move.name, activity.summary)
            activity.action_done()
        with freeze_time("2026-03-09 08:00:00"):
            self._told()
            self.assertEqual(self._activities(move + later).res_id, later.id, "the first was told already")

    def test_what_no_person_confirmed_is_told_to_the_responsible_people(self):
        responsible = new_test_user(self.env, "term_responsible", groups="account.group_account_manager")
        responsible.company_ids += self.company
        self.company.l10n_ro_efactura_responsible_ids = responsible
        move = self._due_in(0)
        move.l10n_ro_efactura_poster_id = self.env.ref("base.user_root")
        self._told()
        self.assertEqual(self._activities(move).user_id, responsible)

    def test_the_activity_goes_when_the_invoice_is_at_anaf_and_when_it_is_a_draft_again(self):
        sent, drafted, exempt = self._due_in(0), self._due_in(0), self._due_in(0)
        self._told()
        self.assertEqual(len(self._activities(sent + drafted + exempt)), 3)
        sent.action_l10n_ro_efactura_send()
        self._upload()
        self.assertEqual(sent.l10n_ro_efactura_state, "processing")
        self.assertFalse(self._activities(sent))
        drafted.button_draft()
        self.assertFalse(self._activities(drafted))
        exempt.write({"l10n_ro_efactura_exempt": True, "l10n_ro_efactura_exempt_reason": "OUG 69/2024"})
        self._told()
        self.assertFalse(self._activities(exempt))

    def test_what_goes_by_itself_disturbs_nobody(self):
        move = self._due_in(0)
        move.action_l10n_ro_efactura_send()
        self._told()
        self.assertFalse(self._activities(move))
        self._set(self.submissions.search([("move_id", "=", move.id)]), errors='[{"code": "held", "text": "waits"}]')
        self._told()
        self.assertTrue(self._activities(move), "something holds it up")

    def test_close_to_the_term_is_found_as_it_is_shown(self):
        moves = self._due_in(0) + self._due_in(1) + self._due_in(2) + self._due_in(3)
        late = self._invoice(invoice_date=today() - timedelta(days=40))
        event = self._invoice(invoice_date=today(), delivery_date=today() - timedelta(days=80))
        every = moves + late + event
        last = add_working_days(today(), 1)
        expected = every.filtered(lambda move: today() <= move.l10n_ro_efactura_deadline <= last)
        self.assertTrue(expected)
        self.assertEqual(every.filtered("l10n_ro_efactura_due_soon"), expected)
        self.assertEqual(
            every.search([("id", "in", every.ids), ("l10n_ro_efactura_due_soon", "=", True)]), expected.sorted()
        )

    # -- declared late ---------------------------------------------------------------------------------------

    def _declared(self, issued):
        move = self._invoice(invoice_date=issued)
        move.action_l10n_ro_efactura_send()
        self._upload()
        self._settle()
        self.assertEqual(move.l10n_ro_efactura_state, "ok")
        return move

    def test_what_was_declared_late_stays_declared_late(self):
        move, in_time = self._declared(today() - timedelta(days=40)), self._declared(today())
        term = move.l10n_ro_efactura_deadline
        self.assertEqual(move.l10n_ro_efactura_days_late, (today() - term).days)
        self.assertEqual(move.l10n_ro_efactura_term_missed, term)
        self.assertFalse(in_time.l10n_ro_efactura_term_missed)
        self.assertFalse(move.l10n_ro_efactura_late, "it is reported now")
        self.company.l10n_ro_efactura_start_date = today() - timedelta(days=1)
        move.invalidate_recordset()
        move._l10n_ro_efactura_note_late()
        self.assertEqual(move.l10n_ro_efactura_term_missed, term)
        late = move.search([("id", "in", (move + in_time).ids), ("l10n_ro_efactura_term_missed", "!=", False)])
        self.assertEqual(late, move)

    def test_an_index_from_elsewhere_is_dated_by_spv_and_never_by_the_day_of_typing(self):
        move = self._invoice(invoice_date=today() - timedelta(days=40))
        submission = self.submissions._adopt(move, "prod", "770011")
        self._set(submission, state="ok")
        submission._show_on_moves()
        self.assertFalse(move.l10n_ro_efactura_term_missed, "nothing says when ANAF received it")
        message = self.messages.create(
            {
                "anaf_id": "770012",
                "upload_index": "770011",
                "environment": "prod",
                "company_id": self.company.id,
                "kind": "sent",
                "listed_at": fields.Datetime.to_datetime(move.l10n_ro_efactura_deadline + timedelta(days=2)),
            }
        )
        self._set(submission, message_id=message.id, settled_at=fields.Datetime.now())
        self._told()
        self.assertEqual(move.l10n_ro_efactura_days_late, 2)

    def _outage(self, start, end, **values):
        return (
            self.env["l10n_ro_efactura.outage"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "environment": "prod",
                    "scope": "all",
                    "started_at": start,
                    "last_failed_at": end,
                    "ended_at": end,
                    **values,
                }
            )
        )

    def test_late_by_an_outage_of_anaf_is_shown_as_such_before_and_after_it_is_declared(self):
        waiting, other = (self._invoice(invoice_date=today() - timedelta(days=days)) for days in (40, 60))
        term = fields.Datetime.to_datetime(waiting.l10n_ro_efactura_deadline)
        outage = self._outage(term + timedelta(hours=8), term + timedelta(hours=20))
        self._outage(term + timedelta(hours=8), term + timedelta(hours=20), environment="test")
        self.assertEqual(waiting.l10n_ro_efactura_outage_id, outage)
        self.assertFalse(other.l10n_ro_efactura_outage_id)
        self.assertIn("ANAF did not work", waiting._get_alerts()["l10n_ro_efactura_outage"]["message"])
        self.assertNotIn("l10n_ro_efactura_outage", other._get_alerts())
        (waiting + other).action_l10n_ro_efactura_send()
        self._upload()
        self._settle()
        both = waiting + other
        both.invalidate_recordset()
        self.assertEqual(set(both.mapped("l10n_ro_efactura_state")), {"ok"})
        self.assertEqual(waiting.l10n_ro_efactura_outage_id, outage)
        self.assertEqual(both.search([("id", "in", both.ids), ("l10n_ro_efactura_outage_id", "!=", False)]), waiting)
        outage.invalidate_recordset()
        self.assertEqual(outage.late_count, 1)
        action = outage.with_user(self.biller).action_late_moves()
        self.assertEqual(self.env["account.move"].search(action["domain"]), waiting)
        page = (
            self.env["ir.actions.report"]
            ._render_qweb_html("l10n_ro_efactura_abacus.report_outage_document", outage.ids)[0]
            .decode()
        )
        self.assertIn(waiting.name, page)
        self.assertNotIn(other.name, page)

    def test_nothing_is_lost_by_an_outage_on_the_last_day(self):
        move = self._invoice(invoice_date=today() - timedelta(days=40))
        term = fields.Datetime.to_datetime(move.l10n_ro_efactura_deadline)
        outage = self._outage(term + timedelta(hours=8), term + timedelta(hours=40))
        self.sim.fault("http_503", "any", times=0)
        move.action_l10n_ro_efactura_send()
        self._upload()
        self.assertIn(move.l10n_ro_efactura_state, ("queued", "uncertain"))
        self.sim.clear_faults()
        for _round in range(3):
            self._later(hours=7)
            self._settle()
            self._upload()
            self._archive()
        self._settle()
        self.assertEqual(move.l10n_ro_efactura_state, "ok")
        self.assertEqual(len(self.sim.uploads()), 1)
        self.assertEqual(move.l10n_ro_efactura_outage_id, outage)

    def test_a_salesman_opens_an_invoice_that_an_outage_made_late(self):
        move = self._invoice(invoice_date=today() - timedelta(days=40))
        term = fields.Datetime.to_datetime(move.l10n_ro_efactura_deadline)
        self._outage(term + timedelta(hours=8), term + timedelta(hours=20))
        for model in ("account.move", "account.journal"):
            self.env["ir.model.access"].sudo().create(
                {
                    "name": f"employees read {model}",
                    "model_id": self.env["ir.model"]._get_id(model),
                    "group_id": self.env.ref("base.group_user").id,
                    "perm_read": True,
                }
            )
        employee = new_test_user(self.env, "term_employee", company_id=self.company.id)
        employee.company_ids = self.company
        values = move.with_user(employee).web_read(
            {"name": {}, "l10n_ro_efactura_outage_id": {"fields": {"display_name": {}}}}
        )
        self.assertIn("ANAF", values[0]["l10n_ro_efactura_outage_id"]["display_name"])
