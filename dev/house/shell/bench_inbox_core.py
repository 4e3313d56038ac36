# ruff: noqa: F821  (run by Odoo's shell, which gives `env`)
"""Core l10n_ro_edi synchronises SPV and makes bills, its own code; its fixed address is led to the simulator.

List and downloads are one call of core's, so their time is taken between its two halves.
"""

import json
import os
import time

from lxml import etree
from requests.adapters import HTTPAdapter

SIMULATOR = os.environ["BENCH_URL"]
plain_send = HTTPAdapter.send
last_answer = [0.0]


def led_to_the_simulator(self, request, **options):
    request.url = request.url.replace("https://api.anaf.ro", SIMULATOR)
    answer = plain_send(self, request, **options)
    last_answer[0] = time.monotonic()
    return answer


HTTPAdapter.send = led_to_the_simulator

company = env.ref("l10n_ro_efactura_abacus.demo_company")
journal = env["account.journal"].search([("company_id", "=", company.id), ("type", "=", "purchase")], limit=1)
company.write(
    {
        "l10n_ro_edi_access_token": os.environ["BENCH_TOKEN"],
        "l10n_ro_edi_test_env": False,
        "l10n_ro_edi_anaf_imported_inv_journal_id": journal.id,
    }
)
env = env(context={"allowed_company_ids": company.ids})
env.cr.commit()

started = time.monotonic()
env["account.move"]._l10n_ro_edi_fetch_invoices()
env.cr.commit()
ended = time.monotonic()

bills = env["account.move"].search([("company_id", "=", company.id), ("move_type", "in", ("in_invoice", "in_refund"))])
equal = 0
for bill in bills:
    [file] = env["ir.attachment"].search(
        [("res_model", "=", "account.move"), ("res_id", "=", bill.id), ("name", "=like", "ciusro_%.xml")]
    )
    total = etree.fromstring(file.raw).findtext(".//{*}TaxInclusiveAmount")
    equal += abs(abs(float(total)) - bill.amount_total) < 0.005
print(
    json.dumps(
        {
            "archive": last_answer[0] - started,
            "bill": ended - last_answer[0],
            "total": ended - started,
            "bills": len(bills),
            "equal": equal,
        }
    )
)
