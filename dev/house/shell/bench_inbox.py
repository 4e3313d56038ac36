# ruff: noqa: F821  (run by Odoo's shell, which gives `env`)
"""This addon lists SPV, archives the packages and makes bills of them, by the entry points of its crons and buttons."""

import json
import time

from odoo.addons.l10n_ro_efactura_abacus.anaf import read_document

company = env.ref("l10n_ro_efactura_abacus.demo_company")
env = env(context={"allowed_company_ids": company.ids})
Message = env["l10n_ro_efactura.message"]

moments = [time.monotonic()]
Message._cron_refresh_spv()
moments.append(time.monotonic())
Message._cron_archive()
moments.append(time.monotonic())
messages = Message.search([("company_id", "=", company.id), ("kind", "=", "received")])
messages._import_bills()
env.cr.commit()
moments.append(time.monotonic())

bills = messages.move_id
equal = sum(
    abs(abs(float(read_document(message._document_bytes()).facts.total)) - message.move_id.amount_total) < 0.005
    for message in messages
    if message.move_id
)
times = [after - before for before, after in zip(moments, moments[1:])]
print(
    json.dumps(
        {
            "list": times[0],
            "archive": times[1],
            "bill": times[2],
            "total": moments[-1] - moments[0],
            "bills": len(bills),
            "equal": equal,
            "errors": sorted(set(messages.filtered("import_error").mapped("import_error")))[:5],
        }
    )
)
