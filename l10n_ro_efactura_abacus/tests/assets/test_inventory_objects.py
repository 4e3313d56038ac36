"""Transfer of inventory objects to expense: once, with an entry that follows its bill."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import ObjectsCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestInventoryObjects(ObjectsCase):
    def entry(self, bill):
        return bill.invoice_line_ids.l10n_ro_efactura_transfer_id

    def amounts(self, entry):
        return sorted((line.account_id.code[:3], line.debit, line.credit) for line in entry.line_ids)

    def wanted(self, *more, **values):
        return self.bill((self.objects, 500, {"l10n_ro_efactura_to_expense": True}), *more, **values)

    def transfer(self, bill, **values):
        form = Form(
            self.env["l10n_ro_efactura.inventory.transfer"].with_user(self.biller).with_context(default_move_id=bill.id)
        )
        for name, value in values.items():
            form[name] = value
        form.save().action_transfer()

    def test_with_the_bill(self):
        bill = self.bill(
            (self.services, 10),
            (
                self.objects,
                500,
                {"l10n_ro_efactura_to_expense": True, "analytic_distribution": {str(self.analytic.id): 100}},
            ),
        )
        self.assertFalse(self.entry(bill), "nothing before the bill is posted")
        bill.action_post()
        entry = self.entry(bill)
        self.assertEqual(
            (entry.state, entry.move_type, entry.journal_id.type, entry.date), ("posted", "entry", "general", bill.date)
        )
        self.assertEqual(self.amounts(entry), [("303", 0, 500), ("603", 500, 0)])
        self.assertEqual(
            set(entry.line_ids.mapped(lambda line: str(line.analytic_distribution))),
            {str({str(self.analytic.id): 100.0})},
        )
        costs = self.env["account.analytic.line"].search(
            [(self.analytic.plan_id._column_name(), "=", self.analytic.id)]
        )
        self.assertEqual(sum(costs.mapped("amount")), -500, "the analytic account bears the cost once")
        self.assertEqual(entry.l10n_ro_efactura_transfer_bill_id, bill)
        self.assertEqual(bill.action_l10n_ro_efactura_open_transfers()["res_id"], entry.id)
        self.assertEqual(entry.action_l10n_ro_efactura_open_transfer_bill()["res_id"], bill.id)

    def test_later_by_the_button_with_a_date_and_never_twice(self):
        bill = self.bill((self.objects, 500), (self.objects, 300))
        bill.action_post()
        self.assertTrue(bill.l10n_ro_efactura_can_transfer)
        first, second = bill.invoice_line_ids
        form = Form(
            self.env["l10n_ro_efactura.inventory.transfer"].with_user(self.biller).with_context(default_move_id=bill.id)
        )
        self.assertIn("603", form.entry_text)
        form.line_ids.remove(id=second.id)
        form.date = "2026-04-15"
        wizard = form.save()
        wizard.action_transfer()
        wizard.action_transfer()
        entry = self.entry(bill)
        self.assertEqual(self.amounts(entry), [("303", 0, 500), ("603", 500, 0)])
        self.assertEqual(str(entry.date), "2026-04-15")
        self.transfer(bill)
        bill.invalidate_recordset()
        self.assertEqual(len(self.entry(bill)), 2)
        self.assertFalse(bill.l10n_ro_efactura_can_transfer)
        self.assertEqual(second.l10n_ro_efactura_transfer_id.line_ids.mapped("debit"), [300, 0])

    def test_the_entry_follows_the_bill(self):
        bill = self.wanted((self.objects, 20, {"l10n_ro_efactura_to_expense": True}))
        bill.action_post()
        entry, name = self.entry(bill), self.entry(bill).name
        bill.button_draft()
        self.assertEqual(entry.state, "draft")
        bill.invoice_line_ids[0].price_unit = 400
        bill.invoice_line_ids[1].unlink()
        bill.action_post()
        self.assertEqual((self.entry(bill), entry.state, entry.name), (entry, "posted", name))
        self.assertEqual(self.amounts(entry), [("303", 0, 400), ("603", 400, 0)])
        bill.button_draft()
        bill.invoice_line_ids.l10n_ro_efactura_treatment = "expense"
        bill.action_post()
        self.assertEqual((self.entry(bill).ids, entry.state), ([], "cancel"))

    def test_cancelled_and_deleted_bills(self):
        bill = self.wanted()
        bill.action_post()
        entry = self.entry(bill)
        bill.button_cancel()
        self.assertEqual(entry.state, "cancel")
        bill.button_draft()
        bill.action_post()
        self.assertEqual((self.entry(bill), entry.state), (entry, "posted"))
        bill.button_draft()
        bill.with_context(force_delete=True).unlink()
        self.assertEqual(entry.state, "cancel")

    def test_a_locked_entry_is_reversed(self):
        bill = self.wanted(invoice_date="2026-03-20", date="2026-04-20")
        bill.action_post()
        self.transfer_date(bill, "2026-03-25")
        entry = self.entry(bill)
        self.company.fiscalyear_lock_date = "2026-03-31"
        bill.button_draft()
        self.assertEqual(entry.state, "posted")
        reversal = entry.reversal_move_ids
        self.assertEqual((reversal.state, sum(reversal.line_ids.mapped("balance"))), ("posted", 0))
        bill.action_post()
        self.assertNotEqual(self.entry(bill), entry)
        self.assertEqual(self.entry(bill).state, "posted")
        everything = entry | reversal | self.entry(bill)
        lines = everything.line_ids.filtered(lambda line: line.account_id == self.expense)
        self.assertEqual(sum(lines.mapped("balance")), 500)

    def transfer_date(self, bill, date):
        entry = self.entry(bill)
        entry.button_draft()
        self.transfer(bill, date=date)

    def test_an_entry_reversed_or_deleted_by_hand_frees_the_line(self):
        bill = self.wanted()
        bill.action_post()
        entry = self.entry(bill)
        entry._reverse_moves(cancel=True)
        bill.invalidate_recordset()
        self.assertTrue(bill.l10n_ro_efactura_can_transfer)
        self.transfer(bill)
        second = self.entry(bill)
        self.assertNotEqual(second, entry)
        second.button_draft()
        second.with_context(force_delete=True).unlink()
        bill.invalidate_recordset()
        self.assertTrue(bill.l10n_ro_efactura_can_transfer)

    def test_a_refund_takes_the_expense_back(self):
        bill = self.wanted()
        bill.action_post()
        refund = bill._reverse_moves([{"invoice_date": "2026-03-10", "date": "2026-03-10"}])
        refund.action_post()
        entry = self.entry(refund)
        self.assertEqual(
            sum(entry.line_ids.filtered(lambda line: line.account_id == self.expense).mapped("balance")), -500
        )
        if self.company.account_storno:
            self.assertEqual(self.amounts(entry), [("303", 0, -500), ("603", -500, 0)])

    def test_vat_that_cannot_be_deducted_is_part_of_the_cost(self):
        tax = (
            self.env["account.tax"]
            .with_company(self.company)
            .create(
                {
                    "name": "10% half",
                    "amount": 10,
                    "type_tax_use": "purchase",
                    "country_id": self.env.ref("base.ro").id,
                    "invoice_repartition_line_ids": [
                        Command.create({"repartition_type": "base"}),
                        Command.create(
                            {"repartition_type": "tax", "factor_percent": 50, "account_id": self.account("4426").id}
                        ),
                        Command.create({"repartition_type": "tax", "factor_percent": 50}),
                    ],
                    "refund_repartition_line_ids": [
                        Command.create({"repartition_type": "base"}),
                        Command.create(
                            {"repartition_type": "tax", "factor_percent": 50, "account_id": self.account("4426").id}
                        ),
                        Command.create({"repartition_type": "tax", "factor_percent": 50}),
                    ],
                }
            )
        )
        taxed = {"l10n_ro_efactura_to_expense": True, "tax_ids": [Command.set(tax.ids)]}
        bill = self.bill((self.objects, 100, taxed), (self.objects, 200.02, taxed))
        bill.action_post()
        left = bill.line_ids | self.entry(bill).line_ids
        self.assertEqual(
            round(sum(left.filtered(lambda line: line.account_id == self.objects).mapped("balance")), 2), 0
        )

    def test_in_another_currency_the_company_s_amount_counts(self):
        eur = self.env.ref("base.EUR")
        eur.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": eur.id, "name": "2026-01-01", "inverse_company_rate": 5, "company_id": self.company.id}
        )
        bill = self.wanted(currency_id=eur.id)
        bill.action_post()
        self.assertEqual(self.amounts(self.entry(bill)), [("303", 0, 2500), ("603", 2500, 0)])

    def test_what_is_refused_says_why(self):
        bill = self.bill((self.services, 10, {"l10n_ro_efactura_treatment": "inventory_object"}))
        bill.action_post()
        with self.assertRaisesRegex(UserError, "303"):
            self.transfer(bill)
        with self.assertRaisesRegex(UserError, "Post the bill"):
            self.transfer(self.bill((self.objects, 10)))

    def test_choices_of_the_company(self):
        self.company.write(
            {
                "l10n_ro_efactura_inventory_to_expense": True,
                "l10n_ro_efactura_inventory_expense_account_id": self.services.id,
            }
        )
        bill = self.bill((self.objects, 10))
        bill.action_post()
        self.assertEqual(self.amounts(self.entry(bill)), [("303", 0, 10), ("628", 10, 0)])

    def test_an_inventory_object_chosen_on_the_form_moves_the_account(self):
        bill = self.bill((self.services, 10)).with_user(self.env.user)
        with Form(bill) as form, form.invoice_line_ids.edit(0) as line:
            line.l10n_ro_efactura_treatment = "inventory_object"
            self.assertEqual(line.account_id, self.objects)
            self.assertEqual(line.l10n_ro_efactura_treatment, "inventory_object")
