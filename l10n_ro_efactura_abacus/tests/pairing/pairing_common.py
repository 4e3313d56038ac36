"""Base class of pairing tests: archived messages and entries to compare them with."""

from odoo import Command

from ..common import COMPANY_CIF, CUSTOMER_CIF
from ..pipeline import PipelineCase

SUPPLIER_CIF = "14399840"


class PairingCase(PipelineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls._partner(name="Furnizor Test SRL", vat=f"RO{SUPPLIER_CIF}")
        cls.tax_in = cls.env["account.chart.template"].with_company(cls.company).ref("tvad_21")

    def _bill(
        self, ref="ABC 0012", date="2026-10-05", price=100.0, partner=None, post=True, move_type="in_invoice", **values
    ):
        bill = (
            self.env["account.move"]
            .with_company(self.company)
            .create(
                {
                    "move_type": move_type,
                    "partner_id": (partner or self.supplier).id,
                    "ref": ref,
                    "invoice_date": date,
                    "date": date,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Marfă",
                                "quantity": 1,
                                "price_unit": price,
                                "tax_ids": [Command.set(self.tax_in.ids)],
                            }
                        )
                    ],
                    **values,
                }
            )
        )
        if post:
            bill.action_post()
        return bill

    def _message(self, number="ABC 0012", date="2026-10-05", total=121.0, kind="received", **values):
        count = self.messages.search_count([]) + 1
        parties = (
            {"seller_cif": SUPPLIER_CIF, "buyer_cif": COMPANY_CIF}
            if kind == "received"
            else {"seller_cif": COMPANY_CIF, "buyer_cif": CUSTOMER_CIF}
        )
        return self.messages.create(
            {
                "anaf_id": f"70{count}",
                "upload_index": f"50{count}",
                "environment": "prod",
                "company_id": self.company.id,
                "kind": kind,
                "number": number,
                "issue_date": date,
                "amount_total": total,
                "document_type": "380",
                "listed_at": f"{date} 12:00:00",
                "currency_id": self.env.ref("base.RON").id,
                "archive_state": "archived",
                **parties,
                **values,
            }
        )
