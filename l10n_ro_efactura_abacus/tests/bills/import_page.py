"""What the tests of the import pages share: a supplier that the books do not know, and the clicks."""

from . import import_common
from .import_common import ImportCase

NEW_CIF = "14399840"
IBAN = "RO49AAAA1B31007593840001"


def line(name, quantity=1, price=100, **values):
    return import_common.line(name, str(quantity), str(price), **values)


def supplier_xml(number, *lines, **values):
    """An invoice of a supplier that the books do not know."""
    return import_common.supplier_xml(
        **{
            "lines": list(lines),
            "number": number,
            "date": "2026-11-10",
            "cif": f"RO{NEW_CIF}",
            "seller": "Furnizor Nou SRL",
            "city": "Cluj-Napoca",
            "county": "RO-CJ",
            "iban": IBAN,
            **values,
        }
    )


class ImportPageCase(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.company_data["default_journal_purchase"]
        cls.tax_in = cls.chart.ref("tvad_21")
        cls.account = cls.env["account.account"].with_company(cls.company).search([("code", "=like", "6022%")], limit=1)
        cls.services = cls.env["account.account"].with_company(cls.company).search([("code", "=like", "628%")], limit=1)

    def _open(self, messages, user=None):
        """The page of one message, the table of many."""
        action = messages.with_user(user or self.biller).action_import()
        return self.env[action["res_model"]].with_user(user or self.biller).browse(action["res_id"])

    def _bill_opened(self, message):
        action = message.with_user(self.biller).action_import()
        self.assertEqual(action["tag"], "display_notification")
        return self.env["account.move"].browse(action["params"]["next"]["res_id"])

    def _fill(self, page):
        for row in page.line_ids:
            if not row.account_id:
                row.account_id = self.account
            if row.uom_source == "none":
                row.action_leave_empty("uom")
