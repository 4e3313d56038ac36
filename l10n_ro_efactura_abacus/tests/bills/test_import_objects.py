"""Treatment of imported lines (expense, fixed asset, inventory object): on the bill, and remembered."""

from odoo import Command
from odoo.exceptions import RedirectWarning
from odoo.tests import tagged

from ...models.bills.proposal import Choice
from ..assets.common import ObjectsCase
from .import_common import ImportCase, line, supplier_xml


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportObjects(ImportCase):
    account = classmethod(ObjectsCase.account.__func__)

    def lines(self, number):
        return supplier_xml(
            number=number,
            lines=[line(name="Strung", price="9000", code="STR-1"), line(name="Scaun", price="500", code="SCA-1")],
        )

    def test_chosen_once_remembered_with_its_transfer(self):
        [proposal] = self._propose(self.lines("A1"))
        self.assertEqual([one.treatment.value for one in proposal.lines], ["expense", "expense"])
        machine, chair = proposal.lines
        machine.account = Choice(self.account("2131"), "user")
        machine.treatment = Choice("asset", "user")
        chair.account = Choice(self.account("303"), "user")
        chair.treatment, chair.to_expense = Choice("inventory_object", "user"), Choice(True, "user")
        bill = self.importer._create_bills([proposal])
        self.importer._remember([proposal])
        self.check(bill)

        [proposal] = self._propose(self.lines("A2"))
        self.assertEqual(
            [(one.treatment.value, one.treatment.source) for one in proposal.lines],
            [("asset", "remembered"), ("inventory_object", "remembered")],
        )
        self.check(self.importer._create_bills([proposal]))

    def check(self, bill):
        machine, chair = bill.invoice_line_ids
        self.assertEqual(
            (machine.l10n_ro_efactura_treatment, chair.l10n_ro_efactura_treatment, chair.l10n_ro_efactura_to_expense),
            ("asset", "inventory_object", True),
        )
        self.assertTrue(bill.activity_search(["l10n_ro_efactura_abacus.activity_type_asset"]))
        with self.assertRaises(RedirectWarning):
            bill.action_post()
        machine.write({"l10n_ro_efactura_register_number": "1", "l10n_ro_efactura_register_date": "2026-03-01"})
        bill.action_post()
        self.assertEqual(chair.l10n_ro_efactura_transfer_id.state, "posted")

    def test_what_users_make_of_the_bill_is_learned(self):
        bill = self.importer._create_bills(self._propose(self.lines("B1"))).sudo()
        bill.invoice_line_ids[0].write({"account_id": self.account("303").id, "l10n_ro_efactura_to_expense": True})
        bill.action_post()
        [proposal] = self._propose(self.lines("B2"))
        self.assertEqual(
            (proposal.lines[0].treatment.value, proposal.lines[0].to_expense.value), ("inventory_object", True)
        )
        self.assertEqual(proposal.lines[1].treatment.value, "expense")

    def test_the_account_of_the_product_says_what_it_is(self):
        product = self.env["product.product"].create(
            {
                "name": "Strung",
                "property_account_expense_id": self.account("2131").id,
                "seller_ids": [Command.create({"partner_id": self.supplier.id, "product_code": "STR-1"})],
            }
        )
        [proposal] = self._propose(self.lines("C1"))
        self.assertEqual(proposal.lines[0].product.value, product)
        self.assertEqual((proposal.lines[0].treatment.value, proposal.lines[0].treatment.source), ("asset", "default"))
