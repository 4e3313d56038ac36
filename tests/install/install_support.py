"""A database in which Odoo's own e-Factura module has worked for a while, and what our addon makes of it."""

import base64
import json
import subprocess
import textwrap
import time

from house import odoo, postgres

TOKENS = ("l10n_ro_edi_client_id", "l10n_ro_edi_client_secret", "l10n_ro_edi_access_token", "l10n_ro_edi_refresh_token")
HISTORY = """
    import base64
    from odoo import Command, fields
    ro = env.ref('base.ro')
    def company(name, vat, **values):
        made = env['res.company'].create({'name': name, 'country_id': ro.id, 'vat': vat, **values})
        env['account.chart.template'].try_loading('ro', made, install_demo=False)
        env.user.company_ids |= made
        return made
    prod = company('Prod SRL', 'RO1234567897', l10n_ro_edi_test_env=False, l10n_ro_edi_client_id='id-prod',
                   l10n_ro_edi_client_secret='secret-prod', l10n_ro_edi_access_token=ACCESS,
                   l10n_ro_edi_refresh_token=REFRESH, l10n_ro_edi_access_expiry_date='2030-01-01')
    trial = company('Trial SRL', 'RO987654328', l10n_ro_edi_test_env=True, l10n_ro_edi_client_id='id-trial',
                    l10n_ro_edi_client_secret='secret-trial', l10n_ro_edi_access_token=EXPIRED,
                    l10n_ro_edi_refresh_token='not-a-jwt')
    partner = env['res.partner'].create({
        'name': 'Client', 'is_company': True, 'vat': 'RO14399840', 'country_id': ro.id})
    moves = {}
    def move(key, company, state=None, index=False, document=None, kind='out_invoice', days=1, **values):
        made = env['account.move'].with_company(company).create({
            'move_type': kind, 'partner_id': partner.id, 'invoice_date': fields.Date.today(), 'ref': key,
            'invoice_line_ids': [Command.create({'name': key, 'price_unit': 100, 'tax_ids': []})]})
        made.action_post()
        moves[key] = made.id
        if document:
            env['l10n_ro_edi.document'].create({
                'invoice_id': made.id, 'state': document,
                'attachment': base64.b64encode(b'<Invoice>%s</Invoice>' % key.encode()),
                'datetime': fields.Datetime.subtract(fields.Datetime.now(), days=days), **values})
        env.flush_all()
        env.cr.execute('UPDATE account_move SET l10n_ro_edi_state = %s, l10n_ro_edi_index = %s WHERE id = %s',
                       [state, index or None, made.id])
    move('validated', prod, 'invoice_validated', '5001', 'invoice_validated', key_download='9001')
    move('validated_old', prod, 'invoice_validated', '5002', 'invoice_validated', days=200, key_download='9002')
    move('sent', prod, 'invoice_sent', '5003', 'invoice_sent')
    move('not_indexed', prod, 'invoice_not_indexed', None, 'invoice_sent')
    move('not_indexed_old', prod, 'invoice_not_indexed', None, 'invoice_sent', days=100)
    move('refused', prod, 'invoice_refused', '5004', 'invoice_refused', message='BR-RO-110', key_download='9004')
    move('state_deleted', prod, None, '5005')
    move('credit_note', prod, 'invoice_validated', '5006', 'invoice_validated', kind='out_refund', key_download='9006')
    move('untouched', prod)
    move('bill', prod, 'invoice_validated', '5007', 'invoice_validated', kind='in_invoice', key_download='9007')
    move('bill_untouched', prod, kind='in_invoice')
    move('trial', trial, 'invoice_validated', '6001', 'invoice_validated', key_download='9601')
    env['ir.logging'].create({
        'name': 'l10n_ro_edi_log', 'type': 'server', 'level': 'INFO', 'dbname': env.cr.dbname, 'path': '', 'line': '1',
        'func': 'callback', 'message': f'Response: {ACCESS}'})
    env.cr.commit()
    print(json.dumps({'moves': moves, 'prod': prod.id, 'trial': trial.id}))
"""


def jwt(days, name):
    """A token that ends in `days` (negative: ended)."""

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    now = int(time.time())
    return ".".join([part({"alg": "none"}), part({"exp": now + days * 86400, "iat": now - 86400, "jti": name}), name])


ACCESS, REFRESH, EXPIRED = jwt(80, "access"), jwt(300, "refresh"), jwt(-3, "expired")


def shell(database, script):
    """Run `script` in Odoo's shell; returns the JSON of its last line."""
    prelude = f"import json\nACCESS, REFRESH, EXPIRED = {(ACCESS, REFRESH, EXPIRED)!r}\n"
    done = subprocess.run(
        odoo.command("shell", "-d", database, "--no-http", "--log-level=error"),
        env=odoo.environment(),
        input=prelude + textwrap.dedent(script),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert not done.returncode and "Traceback" not in done.stderr, done.stdout[-3000:] + done.stderr[-5000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def cli(*arguments):
    """Odoo's command line to its end; returns (exit code, output)."""
    done = subprocess.run(odoo.command(*arguments), env=odoo.environment(), capture_output=True, text=True, timeout=900)
    return done.returncode, done.stdout + done.stderr


def rows(database, statement, *parameters):
    return postgres.execute(statement, parameters, dbname=database)
