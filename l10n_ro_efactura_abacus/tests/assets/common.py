from odoo import Command

from ..common import EfacturaCommon

ACTIVITY = "l10n_ro_efactura_abacus.activity_type_asset"


class ObjectsCase(EfacturaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls._partner(name="Furnizor SRL", vat="RO14399840")
        cls.equipment, cls.objects, cls.services, cls.expense = (
            cls.account(code) for code in ("2131", "303", "628", "603")
        )
        cls.analytic = cls.env["account.analytic.account"].create(
            {"name": "Santier", "plan_id": cls.env["account.analytic.plan"].create({"name": "Plan"}).id}
        )

    @classmethod
    def account(cls, code):
        return cls.env["account.account"].search(
            [*cls.env["account.account"]._check_company_domain(cls.company), ("code", "=like", f"{code}%")],
            limit=1,
            order="code",
        )

    def bill(self, *lines, move_type="in_invoice", user=None, **values):
        """A draft bill; a line is (account, price) or (account, price, values)."""
        return (
            self.env["account.move"]
            .with_user(user or self.biller)
            .create(
                {
                    "move_type": move_type,
                    "partner_id": self.supplier.id,
                    "invoice_date": "2026-03-02",
                    "date": "2026-03-02",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": f"Linie {number}",
                                "account_id": account.id,
                                "price_unit": price,
                                "tax_ids": False,
                                **(dict(*more)),
                            }
                        )
                        for number, (account, price, *more) in enumerate(lines, 1)
                    ],
                    **values,
                }
            )
        )

    def activities(self, bill):
        return bill.activity_search([ACTIVITY])
