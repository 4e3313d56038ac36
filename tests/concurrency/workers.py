"""Workers: processes of their own that run a piece of Odoo, at the same moment where wanted."""

import subprocess
import time
from datetime import date

import support

KNOBS = {"calls_per_minute": 100000}
QUICK = {**KNOBS, "quiet_seconds": 3, "lease_seconds": 6}
QUEUE = """
    partner = env['res.partner'].search([('name', '=', 'Client Test SRL')], limit=1)
    product = env['product.product'].search([('name', '=', 'Serviciu')], limit=1)
    moves = env['account.move'].create([{{
        'move_type': 'out_invoice', 'partner_id': partner.id, 'invoice_date': '{today}', 'invoice_date_due': '{today}',
        'invoice_line_ids': [(0, 0, {{'product_id': product.id, 'quantity': 1, 'price_unit': 100 + number}})],
    }} for number in range({count})])
    moves.action_post()
    if {send}:
        moves.action_l10n_ro_efactura_send()
    env.cr.commit()
    print('IDS', *moves.ids)
"""
START = """
    import os, signal, time
    submissions, messages = env['l10n_ro_efactura.submission'], env['l10n_ro_efactura.message']
    env.cr.rollback()
    print('READY', flush=True)
    time.sleep(max({at} - time.time(), 0))
"""


def queue(database, sim, count, send=True):
    """Ids of `count` new invoices, queued unless not `send`."""
    output = support.shell(database, sim, QUEUE.format(count=count, today=date.today(), send=send))
    line = next((line for line in output.splitlines() if line.startswith("IDS")), None)
    assert line, output[-3000:]
    return tuple(int(number) for number in line.split()[1:])


def begin(database, sim, script, at=0.0, knobs=None):
    """Start `script` in a worker of its own, at the moment `at` or at once; its output is read with communicate()."""
    text = START.format(at=at) + "".join(f"    {line}\n" for line in script.strip().splitlines())
    return support.start(database, sim, text, stdout=subprocess.PIPE, **(knobs or KNOBS))


def work(database, sim, script, knobs=None):
    output = begin(database, sim, script, knobs=knobs).communicate(timeout=300)[0]
    assert "Traceback" not in output, output[-4000:]
    return output


def together(database, sim, scripts, knobs=None):
    """Run `scripts` at the same moment, each in a process of its own; their outputs."""
    at = time.time() + 12
    processes = [begin(database, sim, script, at, knobs) for script in scripts]
    outputs = [process.communicate(timeout=300)[0] for process in processes]
    for output in outputs:
        assert "READY" in output and "Traceback" not in output, output[-4000:]
    return outputs
