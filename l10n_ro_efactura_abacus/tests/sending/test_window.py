from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..document.xml_common import XmlCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestWindow(XmlCommon):
    """The eFactura window: what is there, what is missing, and the cell where it is filled in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contacts = new_test_user(
            cls.env,
            "efactura_contacts",
            groups="account.group_account_invoice,base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _window(self, moves, user=None):
        action = moves.with_user(user or self.contacts).action_l10n_ro_efactura_window()
        self.assertEqual((action["res_model"], action["target"]), ("l10n_ro_efactura.window", "new"))
        return self.env[action["res_model"]].with_user(user or self.contacts).browse(action["res_id"])

    def _row(self, window, bt):
        return window.missing_ids.filtered(lambda row: row.bt == bt)

    def _unit_invoice(self, number, lines=2, **values):
        unit = self.env["uom.uom"].search([("name", "=", "Paletă proprie")]) or self.env["uom.uom"].create(
            {"name": "Paletă proprie"}
        )
        return self._move(
            *[self._line(product_uom_id=unit.id, tax="tvac_00") for _line in range(lines)],
            name=f"FCT/2026/{number:05}",
            **values,
        )

    # -- what is there --------------------------------------------------------------------------------------

    def test_complete(self):
        move = self._move(self._line(), self._line(price=50, product_uom_id=self.kg.id))
        window = self._window(move)
        self.assertFalse(window.missing_ids | window.finding_ids)
        self.assertTrue(window.can_send and window.can_test and window.can_build)
        said = {}
        for row in window.value_ids:
            said.setdefault(row.bt, []).append((row.value, row.source))
        self.assertEqual(said["BT-1"], [("FCT/2026/00042", "Invoice")])
        self.assertEqual(said["BT-37"], [("SECTOR1", f"Company {self.company.partner_id.display_name}")])
        self.assertEqual(said["BT-44"], [("Client Test SRL", "Contact Client Test SRL")])
        self.assertEqual(said["BT-112"], [("181.50", "Invoice")])
        self.assertEqual(
            window.line_ids.mapped(
                lambda row: (
                    row.number,
                    row.value,
                    row.quantity,
                    row.unit,
                    row.price,
                    row.amount,
                    row.category,
                    row.rate,
                )
            ),
            [
                (1, "Consultanță", "1", "C62 one", "100.00", "100.00", "S Taxed", "21"),
                (2, "Consultanță", "1", "KGM kilogram", "50.00", "50.00", "S Taxed", "21"),
            ],
        )
        self.assertLessEqual(
            {
                "BT-2",
                "BT-3",
                "BT-5",
                "BT-9",
                "BT-27",
                "BT-31",
                "BT-35",
                "BT-39",
                "BT-40",
                "BT-48",
                "BT-50",
                "BT-52",
                "BT-54",
                "BT-55",
                "BT-106",
                "BT-109",
                "BT-110",
                "BT-115",
                "BT-116",
                "BT-117",
                "BT-118",
                "BT-119",
            },
            said.keys(),
        )

    def test_every_line_is_there(self):
        window = self._window(self._move(*[self._line(price=number) for number in range(1, 61)]))
        self.assertEqual(len(window.line_ids), 60)
        self.assertEqual(window.line_ids[-1].price, "60.00")

    def test_every_row_opens_its_record(self):
        window = self._window(self._unit_invoice(1))
        for row in window.missing_ids | window.value_ids:
            action = row.action_open()
            expected = (row.model, row.res_id)
            if row.model == "account.move.line":
                expected = ("account.move", window.move_id.id)
            self.assertEqual((action["res_model"], action["res_id"]), expected)

    def test_a_draft(self):
        move = self._move(post=False, name=False)
        window = self._window(move)
        self.assertFalse((window.missing_ids | window.finding_ids).mapped("text"))
        self.assertFalse(window.can_send)
        self.assertIn("not posted", window.reasons)
        self.assertFalse(window.can_build, "it has no number yet")

    # -- twelve at once -------------------------------------------------------------------------------------

    def test_many_mistakes(self):
        self.company.partner_id.street = False
        unit = self.env["uom.uom"].create({"name": "Paletă proprie"})
        nobody = self._partner(name="Fără Cod SRL", vat=False, street=False, city=False, state_id=False)
        product = self._product("Fier vechi", l10n_ro_efactura_nc8="7204")
        move = self._move(
            self._line(product_uom_id=unit.id),
            self._line(tax=None),
            self._line(tax="tvac_00"),
            self._line(product=product),
            partner=nobody,
            name="FĂRĂ CIFRE",
            l10n_ro_efactura_contract="D" * 201,
            l10n_ro_efactura_payment_means="30",
            partner_bank_id=False,
            post=False,
        )
        move.partner_bank_id = False
        window = self._window(move)
        self.assertGreaterEqual(window.missing_count, 12)
        self.assertEqual(len(window.missing_ids), window.missing_count)
        self.assertFalse(window.can_build)
        opened = {(row.bt, row.action_open()["res_model"], row.action_open()["res_id"]) for row in window.missing_ids}
        self.assertLessEqual(
            {
                ("BT-1", "account.move", move.id),
                ("BT-12", "account.move", move.id),
                ("BT-35", "res.partner", self.company.partner_id.id),
                ("BT-47", "res.partner", nobody.id),
                ("BT-50", "res.partner", nobody.id),
                ("BT-52", "res.partner", nobody.id),
                ("BT-54", "res.partner", nobody.id),
                ("BT-84", "account.move", move.id),
                ("BT-130", "uom.uom", unit.id),
                ("BT-151", "account.move", move.id),
                ("BT-151", "account.tax", self._tax("tvac_00").id),
                ("BT-158", "product.product", product.id),
            },
            opened,
        )
        # all that can be, answered at once
        for row in window.missing_ids:
            {
                "BT-1": lambda r: r.write({"answer_text": "FCT/2026/7"}),
                "BT-12": lambda r: r.write({"answer_text": "C 1"}),
                "BT-35": lambda r: r.write({"answer_text": "Strada Nouă 1"}),
                "BT-47": lambda r: r.write({"answer_text": "RO987654328"}),
                "BT-50": lambda r: r.write({"answer_text": "Strada Veche 2"}),
                "BT-52": lambda r: r.write({"answer_text": "Cluj-Napoca"}),
                "BT-54": lambda r: r.write({"answer_state_id": self.env.ref("base.RO_CJ").id}),
                "BT-84": lambda r: r.write({"answer_bank_id": self.company.partner_id.bank_ids[:1].id}),
                "BT-130": lambda r: r.write(
                    {"answer_unit_id": self.env["l10n_ro_efactura.unit"].search([("code", "=", "XPX")]).id}
                ),
                "BT-151": lambda r: r.write(
                    {"answer_tax_id": self._tax("tvac_21").id}
                    if r.kind == "tax"
                    else {"answer_category": "E", "answer_reason": "Scutit, art. 292"}
                ),
                "BT-158": lambda r: r.write({"answer_text": "72044910"}),
            }[row.bt](row)
        window.action_check()
        self.assertEqual(nobody.city, "Cluj-Napoca")
        left = window.missing_ids.mapped("model")
        self.assertEqual(set(left), {"product.product"}, window.missing_ids.mapped(lambda row: (row.text, row.note)))
        self.assertIn("may not change", window.missing_ids.note, "a biller does not change products")

    # -- one answer -----------------------------------------------------------------------------------------

    def test_one_answer_for_all_lines_and_ever_after(self):
        move = self._unit_invoice(1, lines=3)
        window = self._window(move)
        self.assertEqual(window.missing_ids.mapped("bt"), ["BT-130", "BT-151"])
        self.assertEqual(self._row(window, "BT-130").source, "Unit Paletă proprie, line 1, 2, 3")
        self._row(window, "BT-130").answer_unit_id = self.env["l10n_ro_efactura.unit"].search([("code", "=", "XPX")])
        self._row(window, "BT-151").write({"answer_category": "E", "answer_reason": "Scutit, art. 292"})
        window.action_check()
        self.assertFalse(window.missing_ids | window.finding_ids)
        tree = self._read(move)
        self.assertEqual(self._texts(tree, "//InvoicedQuantity/@unitCode"), ["XPX"] * 3)
        self.assertEqual(self._texts(tree, "//ClassifiedTaxCategory/ID"), ["E"] * 3)
        window.action_send()
        self.assertEqual(move.l10n_ro_efactura_state, "queued")
        second = self._unit_invoice(2).with_user(self.contacts)
        self.assertEqual(second.action_l10n_ro_efactura_send()["tag"], "l10n_ro_efactura_notification")
        self.assertEqual(second.l10n_ro_efactura_state, "queued")

    def test_answered_on_a_line(self):
        """The yellow cells of one line: the answer is for all lines with that unit, with that tax."""
        window = self._window(self._unit_invoice(1, lines=3))
        self.assertEqual(window.line_ids.mapped("asked"), ["unit vat"] * 3)
        self.assertFalse(any(window.line_ids.mapped("unit")))
        window.line_ids[1].answer_unit_id = self.env["l10n_ro_efactura.unit"].search([("code", "=", "XPX")])
        window.line_ids[2].write({"answer_category": "E", "answer_reason": "Scutit, art. 292"})
        window.action_check()
        self.assertFalse(window.missing_ids | window.finding_ids)
        self.assertEqual(
            window.line_ids.mapped(lambda row: (row.unit, row.category, row.asked)),
            [("XPX Pallet", "E Exempt", "")] * 3,
        )

    def test_an_answer_that_does_not_fit_stops_no_other(self):
        move = self._unit_invoice(1)
        window = self._window(move)
        self._row(window, "BT-130").answer_unit_id = self.env["l10n_ro_efactura.unit"].search([("code", "=", "XPX")])
        self._row(window, "BT-151").answer_category = "S"
        window.action_check()
        self.assertEqual(window.missing_ids.mapped("bt"), ["BT-151"])
        self.assertIn("category S does not fit", window.missing_ids.note)

    def test_sector(self):
        buyer = self._partner(name="Client București", state_id=self.bucharest.id, city="București Sector 1")
        move = self._move(partner=buyer)
        buyer.flush_recordset()
        self.env.cr.execute(
            "UPDATE res_partner SET l10n_ro_efactura_sector = NULL, city = 'București', zip = '030167' WHERE id = %s",
            [buyer.id],
        )
        buyer.invalidate_recordset()
        action = move.with_user(self.contacts).action_l10n_ro_efactura_send()
        window = self.env[action["res_model"]].with_user(self.contacts).browse(action["res_id"])
        row = window.missing_ids
        self.assertEqual((row.kind, row.answer_sector), ("sector", "3"), "proposed from the postal code, shown")
        self.assertTrue(row.note)
        row.answer_sector = "4"
        window.action_check()
        self.assertEqual(buyer.l10n_ro_efactura_sector, "4")
        self.assertFalse(move.l10n_ro_efactura_missing)
        window.action_send()
        self.assertEqual(move.l10n_ro_efactura_state, "queued")

    def test_a_credit_note_of_nothing(self):
        """The invoice it corrects is asked for in the window, or, by a button, the period."""
        origin = self._move(name="FCT/2026/00041")
        refund = self._move(move_type="out_refund", name="STO/2026/00001")
        window = self._window(refund)
        self.assertEqual(
            window.missing_ids.mapped(lambda row: (row.bt, row.kind)),
            [("BT-25", "text"), ("BT-26", "date"), ("BT-22", "text")],
        )
        self.assertTrue(window.can_choose_period)
        self._row(window, "BT-25").answer_text = origin.name
        self._row(window, "BT-22").answer_text = "Retur"
        window.action_check()
        self.assertFalse(window.missing_ids, "the date of an invoice of ours is known")
        self.assertFalse(window.can_choose_period)
        said = {row.bt: row.value for row in window.value_ids}
        self.assertEqual((said["BT-25"], said["BT-26"]), ("FCT/2026/00041", "09/15/2026"))
        rebate = self._move(move_type="out_refund", name="STO/2026/00002")
        window = self._window(rebate)
        window.action_for_period()
        self.assertEqual(
            window.missing_ids.mapped(lambda row: (row.bt, row.kind)),
            [("BT-73", "date"), ("BT-74", "date"), ("BT-22", "text")],
        )
        self._row(window, "BT-73").answer_date = "2026-07-01"
        self._row(window, "BT-74").answer_date = "2026-07-31"
        self._row(window, "BT-22").answer_text = "Bonus de volum"
        window.action_check()
        self.assertTrue(window.can_send)
        with self.assertRaises(UserError):
            window.action_for_period()

    # -- who may --------------------------------------------------------------------------------------------

    def test_who_may(self):
        buyer = self._partner(name="Fără Oraș", city=False)
        move = self._move(partner=buyer)
        window = self._window(move, self.biller)
        row = window.missing_ids
        self.assertEqual(row.kind, "none")
        self.assertIn("Who may", row.note)
        self.assertEqual(row.action_open()["res_id"], buyer.id)
        row.write({"kind": "text", "answer_text": "Cluj"})
        window.action_check()
        self.assertFalse(buyer.city, "the user's own rights decide, whatever the row says")
        reader = new_test_user(self.env, "efactura_window_reader", groups="base.group_user", company_id=self.company.id)
        with self.assertRaises(AccessError):
            move.with_user(reader).action_l10n_ro_efactura_window()
        with self.assertRaises(AccessError):
            window.with_user(reader).action_send()

    # -- many -----------------------------------------------------------------------------------------------

    def test_many(self):
        buyer = self._partner(name="Fără Oraș", city=False)
        moves = self._unit_invoice(1) + self._unit_invoice(2, partner=buyer) + self._unit_invoice(3, partner=buyer)
        window = self._window(moves)
        self.assertEqual(
            window.missing_ids.mapped(lambda row: (row.bt, row.move_count)),
            [("BT-130", 3), ("BT-151", 3), ("BT-52", 2)],
        )
        self.assertFalse(window.value_ids)
        self.assertEqual(self._row(window, "BT-52").action_open_moves()["domain"], [("id", "in", moves[1:].ids)])
        self._row(window, "BT-130").answer_unit_id = self.env["l10n_ro_efactura.unit"].search([("code", "=", "XPX")])
        self._row(window, "BT-151").write({"answer_category": "E", "answer_reason": "Scutit, art. 292"})
        self._row(window, "BT-52").answer_text = "Iași"
        window.action_check()
        self.assertFalse(window.missing_ids)
        window.action_send()
        self.assertEqual(set(moves.mapped("l10n_ro_efactura_state")), {"queued"})
