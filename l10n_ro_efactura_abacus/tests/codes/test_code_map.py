import csv

from odoo import Command
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import file_open, mute_logger
from psycopg2 import IntegrityError

CHART = "l10n_ro/data/template/account.tax-ro.csv"
ASKED = {
    "tvac_00",
    "tvac_00_s",
    "tvaic_00",
    "tvad_00",
    "tvad_00_s",
    "tvaid_00",
    "tvati_extrap0b",
    "tvati_extrap0s",
}
REASONS = {  # category and VATEX code of the taxes at 0 %
    "tvati": ("AE", "VATEX-EU-AE"),
    "tvati_intras": ("AE", "VATEX-EU-AE"),
    "tvati_intrab": ("K", "VATEX-EU-IC"),
    "tvati_extra": ("G", "VATEX-EU-G"),
    "tvati_extras": ("E", False),
    "tvatine": ("E", False),
    "tvatinea": ("E", False),
    "tvatiscded": ("E", False),
    "tvatiscnoded": ("E", False),
    "tvatiscdeda": ("E", False),
    "tvatiscdeda_intr": ("K", "VATEX-EU-IC"),
    **{f"tvatip{rate}": ("AE", "VATEX-EU-AE") for rate in ("00", "05", "09", "11", "19", "21")},
    **{f"tvati_intrap{rate}b": ("K", "VATEX-EU-IC") for rate in (0, 5, 9, 11, 19, 21)},
    **{f"tvati_intrap{rate}s": ("AE", "VATEX-EU-AE") for rate in (0, 5, 9, 11, 19, 21)},
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCodeMap(AccountTestInvoicingCommon):
    @classmethod
    @AccountTestInvoicingCommon.setup_country("ro")
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.company.vat = "RO1234567897"
        cls.Map = cls.env["l10n_ro_efactura.code.map"]
        cls.Unit = cls.env["l10n_ro_efactura.unit"]
        cls.box = cls.env["uom.uom"].create({"name": "Cutie cadou"})

    def tax(self, name):
        return self.env.ref(f"account.{self.company.id}_{name}")

    def custom_tax(self, amount, **values):
        return self.env["account.tax"].create(
            {
                "name": f"Taxa {amount}",
                "amount": amount,
                "type_tax_use": "sale",
                "company_id": self.company.id,
                **values,
            }
        )

    def map_unit(self, code, company=None):
        return self.Map.create(
            {"kind": "uom", "uom_id": self.box.id, "code": code, "company_id": (company or self.company).id}
        )

    # -- units ----------------------------------------------------------------

    def test_odoos_units_are_known_by_a_code_that_anaf_takes(self):
        codes = self.Unit._codes()
        self.assertEqual(len(codes), 2162)
        expected = {
            "unit": "C62",
            "kgm": "KGM",
            "hour": "HUR",
            "square_meter": "MTK",
            "kwh": "KWH",
            "qt": "QTL",
            "milliliter": "MLT",
            "pack_6": False,
        }
        self.assertEqual(
            {name: self.Map._uom_code(self.company, self.env.ref(f"uom.product_uom_{name}")) for name in expected},
            expected,
        )
        self.assertLessEqual(set(self.Map._core_units().values()), codes)

    def test_a_unit_of_the_users_is_asked_never_guessed(self):
        self.assertIs(self.Map._uom_code(self.company, self.box), False)
        self.map_unit("XBX")
        self.assertEqual(self.Map._uom_code(self.company, self.box), "XBX")

    def test_a_line_without_unit_counts(self):
        self.assertEqual(self.Map._uom_code(self.company, self.env["uom.uom"]), "C62")

    def test_an_answer_goes_before_core_and_ends_when_it_is_deleted(self):
        unit = self.env.ref("uom.product_uom_unit")
        row = self.Map.create({"kind": "uom", "uom_id": unit.id, "code": "H87", "company_id": self.company.id})
        self.assertEqual(self.Map._uom_code(self.company, unit), "H87")
        row.code = "EA"
        self.assertEqual(self.Map._uom_code(self.company, unit), "EA")
        row.unlink()
        self.assertEqual(self.Map._uom_code(self.company, unit), "C62")

    def test_a_branch_has_its_parents_codes_until_its_own(self):
        branch = self.env["res.company"].create({"name": "Filiala", "parent_id": self.company.id})
        other = self.env["res.company"].create({"name": "Alta firma"})
        self.map_unit("XBX")
        self.assertEqual(self.Map._uom_code(branch, self.box), "XBX")
        self.assertIs(self.Map._uom_code(other, self.box), False)
        self.assertEqual(self.Map._tax_code(branch, self.tax("tvati"))[0], "AE")
        self.map_unit("XCT", branch)
        self.assertEqual(self.Map._uom_code(branch, self.box), "XCT")
        self.assertEqual(self.Map._uom_code(self.company, self.box), "XBX")

    def test_one_code_per_unit_and_company(self):
        self.map_unit("XBX")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.map_unit("XCT")

    def test_only_codes_of_the_list(self):
        for code in ("BUC", "xbx", "PCE", "QT"):
            with self.subTest(code), self.assertRaises(ValidationError), self.cr.savepoint():
                self.map_unit(code)

    def test_search_by_romanian_name_english_name_and_code(self):
        first = {
            "BUC": "H87",
            "bucată": "H87",
            "bucata": "H87",
            "piece": "H87",
            "H87": "H87",
            "h87": "H87",
            "ORA": "HUR",
            "oră": "HUR",
            "hour": "HUR",
            "LUNA": "MON",
            "luni": "MON",
            "SET": "SET",
            "KG": "KGM",
            "L": "LTR",
            "M": "MTR",
            "MP": "MTK",
            "m²": "MTK",
            "metru patrat": "MTK",
            "MC": "MTQ",
            "KWH": "KWH",
            "TONA": "TNE",
            "ZI": "DAY",
            "KM": "KMT",
            "PACHET": "XPK",
            "CUTIE": "XBX",
            "kilogram": "KGM",
            "EA": "EA",
            "serviciu": "C62",
            "ha": "H18",
            "stere": "G26",
            "Jerrican, steel": "X3A",
            "gigajoule": "GV",
            "litre": "LTR",
        }
        found = {text: self.Unit.browse(self.Unit.name_search(text, limit=8)[0][0]).code for text in first}
        self.assertEqual(found, first)
        self.assertFalse(self.Unit.name_search("nicio unitate asa"))
        self.assertEqual(self.Unit.name_search("")[0][1], "H87 piece")
        self.env["res.lang"]._activate_lang("ro_RO")
        self.assertEqual(self.Unit.with_context(lang="ro_RO").name_search("buc")[0][1], "H87 bucată")

    def test_the_unit_that_a_name_says(self):
        self.assertEqual(self.Unit._named("BUC").code, "H87")
        self.assertEqual(self.Unit._named("m²").code, "MTK")
        self.assertEqual(self.Unit._named("CUTIE").code, "XBX")
        self.assertFalse(self.Unit._named("ml"), "millilitre or linear metre")
        self.assertFalse(self.Unit._named("Cutie cadou"))

    def test_the_list_of_units_survives_an_upgrade(self):
        self.env.cr.execute("DELETE FROM l10n_ro_efactura_unit WHERE code = 'HUR'")
        self.env.cr.execute("UPDATE l10n_ro_efactura_unit SET name_ro = 'gresit' WHERE code = 'H87'")
        self.env.cr.execute("INSERT INTO l10n_ro_efactura_unit (code, name) VALUES ('OLD', 'old')")
        kept = self.Unit.search([("code", "=", "H87")]).id
        self.Unit.init()
        self.env.invalidate_all()
        self.assertEqual(self.Unit.search_count([]), 2162)
        self.assertEqual(self.Unit.browse(kept).name_ro, "bucată")
        self.assertTrue(self.Unit.search([("code", "=", "HUR")]))

    def test_the_list_is_edited_by_unit_and_by_category(self):
        with Form(
            self.Map.with_context(default_kind="uom"), "l10n_ro_efactura_abacus.l10n_ro_efactura_code_map_view_list_uom"
        ) as form:
            form.uom_id = self.box
            form.unit_id = self.Unit.search([("code", "=", "XBX")])
        self.assertEqual(form.record.code, "XBX")
        tax = self.custom_tax(0)
        with Form(
            self.Map.with_context(default_kind="tax"), "l10n_ro_efactura_abacus.l10n_ro_efactura_code_map_view_list_tax"
        ) as form:
            form.tax_id = tax
            form.category = "K"
            self.assertEqual(form.exemption_code, "VATEX-EU-IC")
        self.assertEqual(form.record.code, "K")

    # -- taxes ----------------------------------------------------------------

    def test_every_tax_of_the_romanian_chart_is_classified_or_asked(self):
        with file_open(CHART) as file:
            names = [row["id"] for row in csv.DictReader(file) if row["id"]]
        self.assertGreater(len(names), 60)
        for name in names:
            with self.subTest(name):
                found = self.Map._tax_code(self.company, self.tax(name))
                if name in ASKED:
                    self.assertIs(found, False)
                elif name in REASONS:
                    self.assertEqual(found[:2], REASONS[name])
                    self.assertTrue(found[2])
                else:
                    self.assertGreater(self.tax(name).amount, 0)
                    self.assertEqual(found, ("S", False, False))

    def test_a_new_company_has_its_answers_and_keeps_them_when_the_chart_is_reloaded(self):
        company = self.env["res.company"].create({"name": "Firma noua", "country_id": self.env.ref("base.ro").id})
        self.env["account.chart.template"].try_loading("ro", company, install_demo=False)
        row = self.Map.search(
            [("company_id", "=", company.id), ("tax_id", "=", self.env.ref(f"account.{company.id}_tvatine").id)]
        )
        self.assertEqual(row.code, "E")
        row.exemption_text = "Alt motiv"
        self.env["account.chart.template"].try_loading("ro", company, install_demo=False)
        self.assertEqual(row.exemption_text, "Alt motiv")

    def test_a_company_that_was_there_at_installation(self):
        self.Map.search([("company_id", "=", self.company.id)]).unlink()
        self.assertIs(self.Map._tax_code(self.company, self.tax("tvati")), False)
        self.tax("tvati_extra").write(
            {"ubl_cii_tax_category_code": "E", "ubl_cii_tax_exemption_reason_code": "VATEX-EU-143"}
        )
        self.Map._prefill()
        self.assertEqual(self.Map._tax_code(self.company, self.tax("tvati"))[0], "AE")
        self.assertEqual(self.Map._tax_code(self.company, self.tax("tvac_21"))[0], "S")
        self.assertEqual(
            self.Map._tax_code(self.company, self.tax("tvati_extra")),
            ("E", "VATEX-EU-143", False),
            "what the accountant wrote on the tax goes before our table",
        )

    def test_taxes_of_the_users(self):
        self.assertEqual(self.Map._tax_code(self.company, self.custom_tax(13)), ("S", False, False))
        zero = self.custom_tax(0)
        self.assertIs(self.Map._tax_code(self.company, zero), False)
        self.assertIs(self.Map._tax_code(self.company, self.env["account.tax"]), False)
        self.Map.create(
            {
                "kind": "tax",
                "tax_id": zero.id,
                "code": "E",
                "exemption_code": "VATEX-EU-132-1B",
                "company_id": self.company.id,
            }
        )
        self.assertEqual(self.Map._tax_code(self.company, zero), ("E", "VATEX-EU-132-1B", False))
        zero.amount = 9
        self.assertEqual(self.Map._tax_code(self.company, zero), ("S", False, False), "no longer at 0 %")

    def test_what_does_not_fit_is_refused(self):
        zero = self.custom_tax(0)
        for tax, values in (
            (zero, {"code": "S"}),
            (zero, {"code": "E"}),
            (zero, {"code": "X"}),
            (self.tax("tvac_21"), {"code": "AE"}),
            (zero, {"code": "O"}),
        ):
            self.Map.search([("tax_id", "=", tax.id)]).unlink()
            with self.subTest(**values), self.assertRaises(ValidationError), self.cr.savepoint():
                self.Map.create({"kind": "tax", "tax_id": tax.id, "company_id": self.company.id, **values})

    def test_a_reason_goes_with_its_category(self):
        row = self.Map.create(
            {"kind": "tax", "tax_id": self.custom_tax(0).id, "code": "AE", "company_id": self.company.id}
        )
        self.assertEqual(row.exemption_code, "VATEX-EU-AE")
        row.code = "Z"
        self.assertFalse(row.exemption_code)

    def test_a_seller_who_is_not_registered_for_vat_has_only_o(self):
        self.company.vat = "1234567897"
        outside = ("O", "VATEX-EU-O", "Neînregistrat în scopuri de TVA")
        for tax in (self.tax("tvac_00"), self.tax("tvatine"), self.tax("tvati"), self.env["account.tax"]):
            self.assertEqual(self.Map._tax_code(self.company, tax), outside)
        self.assertEqual(self.Map._tax_code(self.company, self.tax("tvac_21"))[0], "S", "a tax at a rate stays seen")
        self.company.write({"vat": False, "company_registry": "1234567897"})
        self.assertEqual(self.Map._tax_code(self.company, self.tax("tvac_00")), outside)

    def test_in_self_billing_the_seller_is_the_supplier(self):
        supplier = self.env["res.partner"].create({"name": "PFA", "vat": "1234567897"})
        self.assertEqual(self.Map._tax_code(self.company, self.tax("tvad_00"), supplier)[0], "O")

    # -- what is missing --------------------------------------------------------

    # -- who may ------------------------------------------------------------------

    def test_who_may_change_the_codes(self):
        biller = new_test_user(
            self.env,
            "codes_biller",
            groups="account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        stranger = new_test_user(
            self.env,
            "codes_stranger",
            groups="base.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        other = self.env["res.company"].create({"name": "A altuia"})
        row = self.map_unit("XBX")
        foreign = self.map_unit("XCT", other)
        with self.assertRaises(AccessError):
            row.with_user(biller).code = "XCT"
        with self.assertRaises(AccessError):
            foreign.with_user(biller).read(["code"])
        self.assertEqual(row.with_user(biller).unit_id.code, "XBX")
        self.assertEqual(self.Map.with_user(biller)._remember(self.company, self.box, "XPK"), row)
        self.assertEqual(row.code, "XPK")
        with self.assertRaises(AccessError):
            self.Map.with_user(biller)._remember(other, self.box, "XPK")
        with self.assertRaises(AccessError):
            self.Map.with_user(stranger)._remember(self.company, self.box, "XPK")
        with self.assertRaises(AccessError):
            row.with_user(stranger).read(["code"])
        accountant = new_test_user(
            self.env,
            "codes_accountant",
            groups="account.group_account_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        row.with_user(accountant).code = "XBG"
        self.assertEqual(self.Map._uom_code(self.company, self.box), "XBG")
        with self.assertRaises(AccessError):
            foreign.with_user(accountant).code = "XBG"
