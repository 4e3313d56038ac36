from ast import literal_eval

from odoo import Command
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import Form, new_test_user, tagged

from ...models.parties.res_partner_sector import sector_in
from ..common import queries_of

TEXTS = {
    "București, Sector 2": "2",
    "SECTOR 3": "3",
    "Sectorul 4": "4",
    "Bucuresti S5": "5",
    "SECTOR1": "1",
    "Sectorul IV": "4",
    "sect. VI": "6",
    "Sec.1": "1",
    "sector nr. 5": "5",
    "BUCUREŞTI-SECTOR 6": "6",
    "București (Sectorul 6)": "6",
    "Bucuresti sectorul șase": "6",
    "Sector: 2": "2",
    "SECTORULUI 2": "2",
    "Bucuresti S.3": "3",
    "Sectorul 2 Bucuresti S2": "2",
    "Sector 3, 030033": "3",
    "sector I": "1",
    "București": False,
    "Sector 7": False,
    "Sector 12": False,
    "Sector 0": False,
    "Sector 1, Sector 2": False,
    "Sector 2-3": False,
    "Sector 1 si 2": False,
    "Secuilor 3": False,
    "Str. Sectoriala 3": False,
    "Bucuresti 3": False,
    "": False,
    None: False,
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSector(AccountTestInvoicingCommon):
    @classmethod
    @AccountTestInvoicingCommon.setup_country("ro")
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.bucharest, cls.brasov = cls.env.ref("base.RO_B"), cls.env.ref("base.RO_BV")
        cls.company.write({"city": "Brașov", "state_id": cls.brasov.id, "street": "Strada Lungă 5"})
        cls.Partner = cls.env["res.partner"]

    def contact(self, city, **values):
        return self.Partner.create(
            {
                "name": "Firma SRL",
                "is_company": True,
                "street": "Strada Mare 1",
                "city": city,
                "state_id": self.bucharest.id,
                "country_id": self.env.ref("base.ro").id,
                **values,
            }
        )

    def move(self, partner, move_type="out_invoice", **values):
        return self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": partner.id,
                "invoice_date": "2026-03-02",
                "invoice_line_ids": [Command.create({"name": "Linie", "price_unit": 10, "tax_ids": False})],
                **values,
            }
        )

    def refusal(self, records, method="action_post"):
        with self.assertRaises(RedirectWarning) as caught:
            getattr(records, method)()
        return caught.exception.args

    # -- what the city says -----------------------------------------------------

    def test_what_texts_say(self):
        self.assertEqual({text: sector_in(text) for text in TEXTS}, TEXTS)
        self.assertFalse(sector_in("Str. Ion, bl. S3", short=False))

    def test_the_city_fills_the_sector_and_stays_as_typed(self):
        partner = self.contact("București, Sector 2")
        self.assertEqual(partner.l10n_ro_efactura_sector, "2")
        self.assertEqual(partner._l10n_ro_efactura_city_name(), "SECTOR2")
        partner.city = "Sectorul 4"
        self.assertEqual((partner.l10n_ro_efactura_sector, partner.city), ("4", "Sectorul 4"))
        partner.city = "București"
        self.assertEqual(partner.l10n_ro_efactura_sector, "4", "a text that says nothing changes nothing")
        partner.write({"city": "Sector 1", "l10n_ro_efactura_sector": "5"})
        self.assertEqual(partner.l10n_ro_efactura_sector, "5", "what is chosen goes before the text")
        partner.write({"city": "Brașov", "state_id": self.brasov.id})
        self.assertFalse(partner.l10n_ro_efactura_sector)
        self.assertEqual(partner._l10n_ro_efactura_city_name(), "Brașov")

    def test_only_in_bucharest(self):
        partner = self.contact("Sector 2", state_id=self.env.ref("base.RO_IF").id)
        self.assertFalse(partner.l10n_ro_efactura_sector)
        self.assertFalse(partner._l10n_ro_efactura_sector_proposal())

    def test_on_the_forms(self):
        with Form(self.Partner) as form:
            form.name = "Firma"
            self.assertFalse(form.l10n_ro_efactura_is_bucharest)
            form.state_id = self.bucharest
            form.city = "Bucuresti, sect 3"
            self.assertEqual(form.l10n_ro_efactura_sector, "3")
            form.l10n_ro_efactura_sector = "6"
        self.assertEqual(form.record.l10n_ro_efactura_sector, "6")
        with Form(self.company) as form:
            form.state_id = self.bucharest
            form.city = "Sector 4"
            self.assertEqual(form.l10n_ro_efactura_sector, "4")
        self.assertEqual(self.company.partner_id.l10n_ro_efactura_sector, "4")

    def test_contacts_have_their_companys_sector(self):
        parent = self.contact("București")
        child = self.Partner.create({"name": "Ion", "parent_id": parent.id, "type": "contact"})
        delivery = self.Partner.create(
            {
                "name": "Depozit",
                "parent_id": parent.id,
                "type": "delivery",
                "city": "București",
                "state_id": self.bucharest.id,
            }
        )
        parent.l10n_ro_efactura_sector = "2"
        self.assertEqual(child.l10n_ro_efactura_sector, "2")
        self.assertFalse(delivery.l10n_ro_efactura_sector)

    def test_a_visitor_gets_words_not_a_button(self):
        portal = new_test_user(self.env, "sector_portal", groups="base.group_portal")
        with self.assertRaises(UserError):
            self.contact("București").with_user(portal).sudo()._l10n_ro_efactura_check_sector()

    # -- no use without one -----------------------------------------------------

    def test_invoices_and_bills_are_refused_and_the_button_opens_the_contact(self):
        partner = self.contact("București")
        for move_type in ("out_invoice", "in_invoice", "out_refund", "in_refund"):
            with self.subTest(move_type):
                move = self.move(partner, move_type)
                message, action, _button, _context = self.refusal(move)
                self.assertIn("Firma SRL", message)
                self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", partner.id))
                self.assertEqual(move.state, "draft")
        partner.l10n_ro_efactura_sector = "1"
        move.action_post()
        self.assertEqual(move.state, "posted")

    def test_the_own_company_and_the_delivery_address_too(self):
        customer = self.contact("Sector 1")
        depot = self.Partner.create(
            {
                "name": "Depozit",
                "parent_id": customer.id,
                "type": "delivery",
                "city": "București",
                "state_id": self.bucharest.id,
            }
        )
        self.assertEqual(self.refusal(self.move(customer, partner_shipping_id=depot.id))[1]["res_id"], depot.id)
        depot.l10n_ro_efactura_sector = "1"
        self.company.write({"city": "București", "state_id": self.bucharest.id})
        self.assertEqual(self.refusal(self.move(customer))[1]["res_id"], self.company.partner_id.id)

    def test_entries_and_companies_abroad_are_left_alone(self):
        partner = self.contact("București")
        self.assertFalse(self.move(partner, "entry", invoice_line_ids=False)._l10n_ro_efactura_addresses())
        self.company.account_fiscal_country_id = self.env.ref("base.hu")
        self.move(partner).action_post()

    def test_many_open_the_list(self):
        partners = self.contact("București") | self.contact("Bucuresti")
        moves = self.env["account.move"].union(*map(self.move, partners))
        action = self.refusal(moves)[1]
        self.assertEqual(self.Partner.search(action["domain"]), partners)
        view = self.env.ref("l10n_ro_efactura_abacus.res_partner_view_list_no_sector")
        self.assertEqual(action["views"][0][0], view.id)

    def test_the_cron_writes_why_and_posts_the_others(self):
        bad = self.move(self.contact("București"), auto_post="at_date")
        good = self.move(self.contact("Sector 3"), auto_post="at_date")
        with self.assertRaises(UserError):  # the batch; one by one needs a rollback, which a test cannot have
            (bad | good).with_context(cron_id=1)._post()
        good._post()
        self.assertEqual((bad.state, good.state), ("draft", "posted"))

    def test_three_hundred_postings_ask_once(self):
        self.partner_a.write({"city": "Sector 1", "state_id": self.bucharest.id})
        customers = [self.partner_a, self.contact("Sector 2"), self.contact("Sector 3")]
        many = self.env["account.move"].create(
            [{"move_type": "out_invoice", "partner_id": customer.id} for customer in customers * 100]
        )
        few = many[:3]
        self.assertEqual(len(many), 300)

        def check(moves):
            moves._l10n_ro_efactura_addresses()._l10n_ro_efactura_check_sector()

        with self.assertQueryCount(queries_of(self, check, few)):
            check(many)

    # -- the list ----------------------------------------------------------------

    def old_contacts(self):
        """Contacts as they were before us: nothing was read from their city."""
        contacts = [
            self.contact(city, street=street, zip=code)
            for city, street, code in (
                ("Bucuresti, Sector 2", False, False),
                ("București", "Str. Mare 1, bl. S4, sector 3", "030011"),
                ("București", "Calea Unu 1", "060021"),
                ("București", "Calea Unu 1, sector 1", "060021"),
                ("București", "Calea Doi 2", False),
            )
        ]
        partners = self.Partner.union(*contacts)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET l10n_ro_efactura_sector = NULL WHERE id IN %s", [tuple(partners.ids)]
        )
        self.env.invalidate_all()
        return contacts, partners

    def listed(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("l10n_ro_efactura_abacus.res_partner_action_no_sector")
        return self.Partner.search(literal_eval(action["domain"]))

    def test_one_list_fixes_all(self):
        contacts, partners = self.old_contacts()
        self.assertLessEqual(partners, self.listed())
        self.assertEqual(
            [(one.l10n_ro_efactura_sector_guess, one.l10n_ro_efactura_sector_source) for one in contacts],
            [("2", "city"), ("3", "street"), ("6", "zip"), (False, False), (False, False)],
        )
        partners[:1].action_l10n_ro_efactura_apply_sectors()
        self.assertEqual([one.l10n_ro_efactura_sector for one in contacts], ["2", False, False, False, False])
        self.Partner.action_l10n_ro_efactura_apply_sectors()
        self.assertEqual([one.l10n_ro_efactura_sector for one in contacts], ["2", "3", "6", False, False])
        self.assertEqual(self.listed() & partners, partners[3:])

    def test_installation_reads_the_cities(self):
        contacts, partners = self.old_contacts()
        partners._l10n_ro_efactura_fill_sectors()
        self.assertEqual([one.l10n_ro_efactura_sector for one in contacts], ["2", False, False, False, False])

    def test_who_may_not_write_contacts_may_not_apply(self):
        user = new_test_user(self.env, "sector_user", groups="account.group_account_invoice")
        with self.assertRaises(AccessError):
            self.Partner.with_user(user).action_l10n_ro_efactura_apply_sectors()
