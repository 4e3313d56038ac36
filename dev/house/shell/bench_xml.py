# ruff: noqa: F821  (run by Odoo's shell, which gives `env`)
"""BENCH_COUNT times: build the XML of one posted invoice of BENCH_LINES lines; with our addon, check it too."""

import importlib
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
env = env(context={"allowed_company_ids": company.ids, "tracking_disable": True})
product = env.ref(f"{ADDON}.demo_product_paper")
move = env["account.move"].create(
    {
        "move_type": "out_invoice",
        "partner_id": env.ref(f"{ADDON}.demo_partner_bakery").id,
        "invoice_date": fields.Date.today(),
        "invoice_line_ids": [
            Command.create(
                {
                    "product_id": product.id,
                    "quantity": 1 + number % 7,
                    "price_unit": 10 + number,
                    "tax_ids": [Command.set(product.taxes_id.ids)],
                }
            )
            for number in range(int(os.environ["BENCH_LINES"]))
        ],
    }
)
move.action_post()

builder = env["account.edi.xml.ubl_ro"]
ours = "l10n_ro_efactura.submission" in env
check = importlib.import_module(f"odoo.addons.{ADDON}.anaf.cius").check if ours else None
times = {"build": [], "check": []} if ours else {"build": []}
xml, errors = builder._export_invoice(move)  # the first one warms the caches of both sides
assert xml and not errors, errors
if ours:
    report = check(xml)
    assert report.verdict == "pass", report.findings
for _time in range(int(os.environ["BENCH_COUNT"])):
    started = time.process_time()
    xml, errors = builder._export_invoice(move)
    times["build"].append(time.process_time() - started)
    if ours:
        started = time.process_time()
        check(xml)
        times["check"].append(time.process_time() - started)
env.cr.rollback()
print(json.dumps(times))
