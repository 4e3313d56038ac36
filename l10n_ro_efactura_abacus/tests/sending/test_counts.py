"""The numbers of sending, by company, and the lists behind them."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...models.sending.sending_counts import KEYS
from ..common import queries_of
from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSendingCounts(PipelineCase):
    def _counts(self):
        self.env.invalidate_all()
        return self.company.with_user(self.biller)._l10n_ro_efactura_sending_counts()[self.company.id]

    def test_each_invoice_is_counted_where_its_list_shows_it(self):
        before = self._counts()
        self._invoice()  # to send
        late = self._invoice(invoice_date=fields.Date.today() - timedelta(days=40))
        self.assertTrue(late.l10n_ro_efactura_late)
        lacking = self._invoice(self._partner(name="Fara Strada SRL", street=False))
        lacking._l10n_ro_efactura_queue("prod")
        ok = self._queue()
        self._upload()
        self._settle()
        self.assertEqual(ok.state, "ok")
        nok, uncertain, _waiting = self._queue(3)
        self._set(nok, state="nok", errors='[{"code": "nok", "text": "BR-RO-110"}]')
        self._set(uncertain, state="uncertain")
        (nok + uncertain)._show_on_moves()
        after = self._counts()
        self.assertEqual(
            {key: after[key] - before[key] for key in KEYS},
            {"to_send": 4, "late": 1, "nok": 1, "uncertain": 1, "missing": 1, "in_work": 1, "ok_today": 1},
        )
        moves = self.env["account.move"].with_user(self.biller)
        for key in KEYS:
            action = moves._l10n_ro_efactura_sending_action(key, self.company)
            self.assertEqual(moves.search_count(action["domain"]), after[key], key)
        self.assertEqual(moves.search(moves._l10n_ro_efactura_sending_domain("nok")), nok.move_id)

    def test_counting_needs_as_many_queries_for_two_companies_as_for_one(self):
        other = self.setup_other_company(name="A doua firma SRL")["company"]
        one = queries_of(self, lambda companies: companies._l10n_ro_efactura_sending_counts(), self.company)
        two = queries_of(self, lambda companies: companies._l10n_ro_efactura_sending_counts(), self.company + other)
        self.assertLessEqual(two, one + 2)  # the second company's own columns
