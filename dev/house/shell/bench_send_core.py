# ruff: noqa: F821  (run by Odoo's shell, which gives `env`)
"""Core l10n_ro_edi sends, settles and downloads the prepared invoices, its own code, one call after the other.

Its fixed address is led to the simulator below it, at the HTTP adapter. Favourable to core: only the calls it needs
are made, with XML built beforehand and no PDF; waiting for ANAF's processing is not counted.
"""

import json
import os
import time

from requests.adapters import HTTPAdapter

SIMULATOR = os.environ["BENCH_URL"]
plain_send = HTTPAdapter.send


def led_to_the_simulator(self, request, **options):
    request.url = request.url.replace("https://api.anaf.ro", SIMULATOR)
    return plain_send(self, request, **options)


HTTPAdapter.send = led_to_the_simulator

company = env.ref("l10n_ro_efactura_abacus.demo_company")
company.write({"l10n_ro_edi_access_token": os.environ["BENCH_TOKEN"], "l10n_ro_edi_test_env": False})
env = env(context={"allowed_company_ids": company.ids})
moves = env["account.move"].search([("company_id", "=", company.id), ("move_type", "=", "out_invoice")], order="id")
documents = [env["account.edi.xml.ubl_ro"]._export_invoice(move)[0] for move in moves]
env.cr.commit()

started = time.monotonic()
for move, document in zip(moves, documents):
    errors = move._l10n_ro_edi_send_invoice(document)
    assert not errors, errors
sent = time.monotonic() - started

time.sleep(float(os.environ["BENCH_PROCESSING"]))
started = time.monotonic()
moves._l10n_ro_edi_fetch_invoice_sent_documents()
settled = time.monotonic() - started
states = {str(state): len(found) for state, found in moves.grouped("l10n_ro_edi_state").items()}
print(json.dumps({"sent": sent, "settled": settled, "states": states}))
