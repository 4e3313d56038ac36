"""The SPV inbox with real workers at the same time: messages to sellers, bills, pairs."""

import time
from collections import Counter

from workers import QUICK, begin, together, work

import support
from house import postgres

MESSAGES = """
rasps = env['l10n_ro_efactura.rasp']
messages.env['l10n_ro_efactura.mailbox'].search([]).write({{'next_list_at': False, 'listed_until': False}})
messages._cron_refresh_spv()
received = messages.search([('kind', '=', 'received')], limit={count})
for message in received:
    rasps._enqueue(message, '{text}')
env.cr.commit()
print('WRITTEN', len(received))
"""


def test_messages_to_sellers_go_once(database, sim):
    sim.generate_supplier_invoices(support.CIF, 12, days=3)
    assert "WRITTEN 12" in work(database, sim, MESSAGES.format(count=12, text="Cantitatea nu corespunde"))
    killed = begin(
        database,
        sim,
        """
from odoo.addons.l10n_ro_efactura_abacus.models.calls.lane import lanes
[lane] = lanes(env, [(env.company.id, 'prod')])
print('CLAIMED', env['l10n_ro_efactura.rasp']._claim(lane, 1)[0]['attempt'], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
""",
        knobs=QUICK,
    ).communicate(timeout=120)[0]
    assert "CLAIMED 1" in killed, killed
    time.sleep(6.5)
    sim.settings.latency = 0.05
    together(database, sim, ["env['l10n_ro_efactura.rasp']._cron_rasp()"] * 2, QUICK)
    sim.settings.latency = 0
    sent = Counter(upload.xml for upload in sim.uploads("prod") if upload.standard == "RASP")
    assert len(sent) == 11 and set(sent.values()) == {1}
    time.sleep(2.5)
    work(database, sim, "env['l10n_ro_efactura.rasp']._cron_rasp()", QUICK)
    rows = postgres.execute(
        "SELECT state, count(*), max(attempt) FROM l10n_ro_efactura_rasp GROUP BY state", dbname=database
    )
    assert sorted(rows) == [("ok", 11, 1), ("uncertain", 1, 1)], "nobody sends what may be there"


def test_two_workers_import_each_invoice_once(database, sim):
    """A bill per package, a contact per supplier, whether a cron or a user makes it."""
    sim.generate_supplier_invoices(support.CIF, 60, days=20, suppliers=6)
    postgres.execute("UPDATE l10n_ro_efactura_mailbox SET next_list_at = NULL, listed_until = NULL", dbname=database)
    work(database, sim, "messages._cron_refresh_spv(); messages._cron_archive()")
    due = "kind = 'received' AND archive_state = 'archived'"
    [(count,)] = postgres.execute(f"SELECT count(*) FROM l10n_ro_efactura_message WHERE {due}", dbname=database)
    assert count >= 60
    postgres.execute(f"UPDATE l10n_ro_efactura_message SET import_due = 'draft' WHERE {due}", dbname=database)
    click = """
from odoo.service.model import retrying
def click():
    messages.search([('kind', '=', 'received')])._import_bills()
retrying(click, env)
env.cr.commit()
"""
    together(database, sim, ["messages._cron_import()"] * 2 + [click])
    work(database, sim, "messages._cron_import()")
    rows = postgres.execute(
        f"SELECT count(*), count(move_id), count(DISTINCT move_id), count(import_error), count(import_due)"
        f" FROM l10n_ro_efactura_message WHERE {due}",
        dbname=database,
    )
    assert rows == [(count, count, count, 0, 0)]
    assert postgres.execute(
        "SELECT count(*) FROM account_move WHERE move_type IN ('in_invoice', 'in_refund')", dbname=database
    ) == [(count,)]
    twice = postgres.execute(
        "SELECT vat FROM res_partner WHERE supplier_rank > 0 GROUP BY vat HAVING count(*) > 1", dbname=database
    )
    assert twice == []


PAPERS = """
    supplier = env['res.partner'].create({'name': 'Furnizor', 'is_company': True, 'vat': 'RO14399840'})
    for number in range(120):
        env['account.move'].create({
            'move_type': 'in_invoice', 'partner_id': supplier.id, 'ref': f'ABC{number:05}',
            'invoice_date': '2026-10-05',
            'date': '2026-10-05',
            'invoice_line_ids': [(0, 0, {'name': 'x', 'price_unit': 100 + number})]})
        env['l10n_ro_efactura.message'].create({
            'anaf_id': f'9{number}', 'environment': 'prod', 'company_id': env.company.id, 'kind': 'received',
            'seller_cif': '14399840', 'number': f'ABC {number}', 'issue_date': '2026-10-05', 'document_type': '380',
            'amount_total': 5, 'currency_id': env.ref('base.RON').id, 'archive_state': 'archived', 'pairing_due': True})
    env.cr.commit()
    print('READY')
"""
HANDS = """
from odoo.service.model import retrying
def by_hand():
    for message in messages.search([('kind', '=', 'received'), ('move_id', '=', False)], order='id DESC', limit=40):
        bill = env['account.move'].search([('ref', '=', 'ABC' + message.number[4:].zfill(5))])
        if not message._cannot_pair(bill):
            message._pair(bill, 'by hand')
retrying(by_hand, env)
env.cr.commit()
"""


def test_two_workers_and_a_user_pair_each_bill_once(database, sim):
    assert "READY" in support.shell(database, sim, PAPERS)
    together(database, sim, ["messages._pair_due()", "messages._pair_due()", HANDS])
    work(database, sim, "messages._pair_due()")
    pairs = postgres.execute(
        "SELECT count(move_id), count(DISTINCT move_id) FROM l10n_ro_efactura_message"
        " WHERE kind = 'received' AND seller_cif = '14399840'",
        dbname=database,
    )
    assert pairs == [(120, 120)]
    wrong = postgres.execute(
        "SELECT m.number, v.ref FROM l10n_ro_efactura_message m JOIN account_move v"
        " ON v.id = m.move_id WHERE m.seller_cif = '14399840'"
        " AND v.ref != 'ABC' || lpad(substr(m.number, 5), 5, '0')",
        dbname=database,
    )
    assert wrong == []
