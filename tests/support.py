"""A real Odoo database with queued invoices, and real worker processes that can be killed."""

import os
import signal
import subprocess
import textwrap

from anaf_simulator import CLIENT_ID, CLIENT_SECRET
from house import databases, odoo, paths

CIF = "1234567897"
SEED = """
    company = env.company
    company.country_id = env.ref('base.ro')
    env['account.chart.template'].try_loading('ro', company, install_demo=False)
    company.write({{
        'name': 'Abacus Test SRL', 'vat': 'RO{cif}', 'street': 'Calea Victoriei 10', 'city': 'SECTOR1',
        'state_id': env.ref('base.RO_B').id, 'phone': '+40211234567', 'email': 'facturi@abacus-test.example'}})
    credential = env['l10n_ro_efactura.credential'].create({{
        'company_id': company.id, 'client_id': {client_id!r}, 'client_secret': {client_secret!r}}})
    credential.set_tokens({access!r}, {refresh!r})
    env['ir.cron'].search([]).active = False  # the workers of this test are processes of its own
    partner = env['res.partner'].create({{
        'name': 'Client Test SRL', 'is_company': True, 'vat': 'RO987654328', 'street': 'Strada Lunga 5',
        'city': 'Brasov', 'country_id': env.ref('base.ro').id, 'state_id': env.ref('base.RO_BV').id}})
    product = env['product.product'].create({{'name': 'Serviciu', 'type': 'service'}})
    moves = env['account.move'].create([{{
        'move_type': 'out_invoice', 'partner_id': partner.id, 'invoice_date': '{today}',
        'invoice_date_due': '{today}',
        'invoice_line_ids': [(0, 0, {{'product_id': product.id, 'quantity': 1, 'price_unit': 100 + number}})],
    }} for number in range({count})])
    moves.action_post()
    moves.action_l10n_ro_efactura_send()
    env.cr.commit()
    print('QUEUED', len(moves))
"""
WORK = """
    import time
    submissions, messages = env['l10n_ro_efactura.submission'], env['l10n_ro_efactura.message']
    end = time.monotonic() + {seconds}
    while time.monotonic() < end:
        submissions._cron_upload()
        submissions._cron_settle()
        messages._cron_archive()
        env.cr.execute("SELECT count(*) FROM l10n_ro_efactura_submission WHERE state IN"
                       " ('queued', 'uploading', 'processing', 'uncertain')")
        if not env.cr.fetchone()[0]:
            break
        env.cr.commit()
        time.sleep(0.3)
"""


def database(name, sim, count, today):
    """A fresh database `name` with `count` queued invoices of a company that is connected to `sim`."""
    databases.fresh(name, paths.ADDON)
    tokens = sim.issue_tokens("director")
    output = shell(
        name,
        sim,
        SEED.format(
            cif=CIF,
            count=count,
            today=today,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            access=tokens["access_token"],
            refresh=tokens["refresh_token"],
        ),
    )
    assert f"QUEUED {count}" in output, output[-3000:]
    return name


def shell(name, sim, script, **knobs):
    """Run `script` in Odoo's shell to its end; returns its output."""
    process = start(name, sim, script, stdout=subprocess.PIPE, **knobs)
    return process.communicate(timeout=900)[0]


def start(name, sim, script, stdout=subprocess.DEVNULL, **knobs):
    """Start `script` in Odoo's shell as a process of its own."""
    process = subprocess.Popen(
        odoo.command("shell", "-d", name, "--no-http", "--log-level=error"),
        env={**odoo.environment(), **variables(sim, **knobs)},
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=subprocess.STDOUT if stdout == subprocess.PIPE else None,
        text=True,
        start_new_session=True,
    )
    process.stdin.write(textwrap.dedent(script))
    process.stdin.close()
    process.stdin = None
    return process


def worker(name, sim, seconds=600, **knobs):
    """A worker that uploads, settles and archives until nothing is left."""
    return start(name, sim, WORK.format(seconds=seconds), **knobs)


def kill(process):
    """SIGKILL: no handler, no clean-up."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def variables(sim, **knobs):
    """The environment that points Odoo at `sim` and sets `knobs`."""
    values = {
        "api_url": sim.url,
        "public_url": sim.url,
        "oauth_url": sim.oauth_url,
        "secret_key": "a-key-for-tests-only-never-used-elsewhere-0123456789",
        **knobs,
    }
    return {f"L10N_RO_EFACTURA_{key.upper()}": str(value) for key, value in values.items()}
