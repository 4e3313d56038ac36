# ruff: noqa: F821  (run by Odoo's shell, which gives `env`)
"""The demo company and BENCH_COUNT posted invoices, in a database with or without our addon; then the XML timed."""

import json
import os
import time

from odoo import Command, fields
from odoo.tools.convert import convert_file

ADDON = "l10n_ro_efactura_abacus"
for name in ("company", "partners", "products"):
    convert_file(env, ADDON, f"demo/{name}.xml", {}, mode="init", noupdate=True)
company = env.ref(f"{ADDON}.demo_company")
env.user.write({"company_ids": [(4, company.id)], "company_id": company.id})
env.ref("base.user_admin").write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
env = env(context={"allowed_company_ids": company.ids, "tracking_disable": True})
today = fields.Date.today()
products = [env.ref(f"{ADDON}.demo_product_{name}") for name in ("paper", "book", "abacus")]
partners = [env.ref(f"{ADDON}.demo_partner_{name}") for name in ("bakery", "bookshop", "guesthouse")]
moves = env["account.move"].create(
    [
        {
            "move_type": "out_invoice",
            "partner_id": partners[number % 3].id,
            "invoice_date": today,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "quantity": 1 + number % 7,
                        "price_unit": 10 + number,
                        "tax_ids": [Command.set(product.taxes_id.ids)],
                    }
                )
                for product in products
            ],
        }
        for number in range(int(os.environ["BENCH_COUNT"]))
    ]
)
moves.action_post()
env.cr.commit()

started = time.monotonic()
for move in moves:
    xml, errors = env["account.edi.xml.ubl_ro"]._export_invoice(move)
    assert xml and not errors, errors
seconds = time.monotonic() - started
env.cr.rollback()
print(json.dumps({"moves": moves.ids, "xml": seconds}))
