"""Real workers at the same time on one real database: what a test in one transaction cannot see."""
import os
import signal
import subprocess
import time
from collections import Counter
from datetime import date

import chaos_support as support
import psycopg2
import pytest

from anaf_simulator import CLIENT_ID, CLIENT_SECRET, Simulator
from house import databases, postgres
from house.paths import ADDON

KNOBS = {'calls_per_minute': 100000}
QUICK = {**KNOBS, 'quiet_seconds': 3, 'lease_seconds': 6}
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


@pytest.fixture(scope='module')
def sim():
    with Simulator(processing_delay=0, calls_per_minute=1000000) as simulator:
        simulator.add_certificate('director', [support.CIF])
        yield simulator


@pytest.fixture(scope='module')
def database(sim):
    """A connected company with a partner and a product; its crons are off."""
    with databases.temporary('concurrency', ADDON) as name:
        tokens = sim.issue_tokens('director')
        output = support.shell(name, sim, support.SEED.format(
            cif=support.CIF, count=1, today=date.today(), client_id=CLIENT_ID, client_secret=CLIENT_SECRET,
            access=tokens['access_token'], refresh=tokens['refresh_token']))
        assert 'QUEUED 1' in output, output[-3000:]
        work(name, sim, "submissions._cron_upload(); submissions._cron_settle(); messages._cron_archive()")
        yield name


@pytest.fixture(autouse=True)
def quiet(sim, database):
    sim.clear_faults()
    postgres.execute("DELETE FROM l10n_ro_efactura_gate", dbname=database)
    postgres.execute("DELETE FROM l10n_ro_efactura_call", dbname=database)
    yield
    sim.clear_faults()


def queue(database, sim, count, send=True):
    """Ids of `count` new invoices, queued unless not `send`."""
    output = support.shell(database, sim, QUEUE.format(count=count, today=date.today(), send=send))
    line = next((line for line in output.splitlines() if line.startswith('IDS')), None)
    assert line, output[-3000:]
    return tuple(int(number) for number in line.split()[1:])


def begin(database, sim, script, at=0.0, knobs=None):
    """Start `script` in a worker of its own, at the moment `at` or at once; its output is read with communicate()."""
    text = START.format(at=at) + ''.join(f'    {line}\n' for line in script.strip().splitlines())
    return support.start(database, sim, text, stdout=subprocess.PIPE, **(knobs or KNOBS))


def work(database, sim, script, knobs=None):
    output = begin(database, sim, script, knobs=knobs).communicate(timeout=300)[0]
    assert 'Traceback' not in output, output[-4000:]
    return output


def together(database, sim, scripts, knobs=None):
    """Run `scripts` at the same moment, each in a process of its own; their outputs."""
    at = time.time() + 12
    processes = [begin(database, sim, script, at, knobs) for script in scripts]
    outputs = [process.communicate(timeout=300)[0] for process in processes]
    for output in outputs:
        assert 'READY' in output and 'Traceback' not in output, output[-4000:]
    return outputs


def states(database, ids):
    return dict(postgres.execute(
        "SELECT state, count(*) FROM l10n_ro_efactura_submission WHERE move_id IN %s GROUP BY state", [ids],
        dbname=database))


def shown(database, ids):
    return dict(postgres.execute(
        "SELECT l10n_ro_efactura_state, count(*) FROM account_move WHERE id IN %s GROUP BY 1", [ids], dbname=database))


def once(sim, database, ids, registered=True):
    """Every one of these invoices is at ANAF, and was accepted (or even registered) once."""
    rows = postgres.execute("SELECT name FROM account_move WHERE id IN %s", [ids], dbname=database)
    numbers = {row[0] for row in rows}
    uploads = sim.uploads('prod') if registered else sim.accepted('prod')
    counts = Counter(upload.number for upload in uploads if upload.number in numbers)
    return set(counts) == numbers and set(counts.values()) == {1}


def until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, 'waited in vain'
        time.sleep(0.05)
    return found


def test_two_workers_upload_each_invoice_once(database, sim):
    ids = queue(database, sim, 60)
    sim.settings.latency = 0.05
    outputs = together(database, sim, ["submissions._cron_upload()"] * 2 + ["submissions._cron_settle()"])
    sim.settings.latency = 0
    assert once(sim, database, ids)
    assert set(states(database, ids)) <= {'processing', 'ok'}
    attempts = postgres.execute("SELECT max(attempt), min(attempt) FROM l10n_ro_efactura_submission"
                                " WHERE move_id IN %s", [ids], dbname=database)
    assert attempts == [(1, 1)], outputs
    # and two settle and two archive them: each package is downloaded once
    before = sim.calls()['download']
    time.sleep(1.1)
    together(database, sim, ["submissions._cron_settle(); messages._cron_archive()"] * 2
             + ["messages._cron_refresh_spv(); messages._cron_archive()"])
    work(database, sim, "submissions._cron_settle(); messages._cron_archive()")
    assert states(database, ids) == {'ok': 60} == shown(database, ids)
    assert sim.calls()['download'] - before == 60


def test_two_users_click_at_once(database, sim):
    ids = queue(database, sim, 3, send=False)
    click = f"""
try:
    env['account.move'].browse({ids}).action_l10n_ro_efactura_send()
    env.cr.commit()
    print('DONE')
except Exception as error:
    print('LOST', type(error).__name__)
"""
    outputs = together(database, sim, [click] * 2)
    assert sum('DONE' in output for output in outputs) >= 1, outputs
    assert states(database, ids) == {'queued': 3}
    work(database, sim, "submissions._cron_upload()")
    assert once(sim, database, ids)


def test_a_user_works_on_the_invoice_while_its_answer_comes(database, sim):
    ids = queue(database, sim, 5)
    options = postgres.connection_options()
    user = psycopg2.connect(dbname=database, **options)
    try:
        user.set_session('REPEATABLE READ')
        with user.cursor() as cursor:  # a form that is being saved: its row is locked
            cursor.execute("UPDATE account_move SET ref = 'edited by a user' WHERE id = %s", [ids[0]])
            started = time.monotonic()
            work(database, sim, "submissions._cron_upload(); submissions._cron_settle()")
            assert time.monotonic() - started < 60, "the worker waited for a user"
            assert states(database, ids) == {'ok': 5}, "no answer is lost"
            assert shown(database, ids[1:]) == {'ok': 4}
        user.commit()
    finally:
        user.close()
    assert postgres.execute("SELECT ref, l10n_ro_efactura_state FROM account_move WHERE id = %s", [ids[0]],
                            dbname=database) == [('edited by a user', 'queued')]
    work(database, sim, "submissions._cron_settle()")
    assert postgres.execute("SELECT ref, l10n_ro_efactura_state FROM account_move WHERE id = %s", [ids[0]],
                            dbname=database) == [('edited by a user', 'ok')]
    assert once(sim, database, ids)


def test_a_row_that_changes_under_a_worker(database, sim):
    """REPEATABLE READ: a row changed by another one after the snapshot raises; the worker begins anew."""
    postgres.execute("UPDATE l10n_ro_efactura_mailbox SET next_list_at = NULL", dbname=database)
    other = psycopg2.connect(dbname=database, **postgres.connection_options())
    try:
        other.set_session('REPEATABLE READ')
        with other.cursor() as cursor:
            cursor.execute("UPDATE l10n_ro_efactura_mailbox SET last_error = 'x'")
        process = begin(database, sim, """
print('WAITING', flush=True)
print('TURN', env['l10n_ro_efactura.mailbox'].search([('environment', '=', 'prod')], limit=1)._take_turn())
""")
        for line in process.stdout:
            if 'WAITING' in line:
                break
        until(lambda: postgres.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'", [database]))
        other.commit()
        output = process.stdout.read()
        process.wait(60)
    finally:
        other.close()
    assert 'TURN True' in output, output


def test_killed_between_claim_and_send(database, sim):
    ids = queue(database, sim, 4)
    calls = sim.calls()['upload']
    output = begin(database, sim, """
from odoo.addons.l10n_ro_efactura_abacus.models.efactura_lane import lanes
[lane] = lanes(env, [(env.company.id, 'prod')])
submissions._prepare(lane, limit=9)
print('CLAIMED', len(submissions._claim(lane, 4)), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
""", knobs=QUICK).communicate(timeout=120)[0]
    assert 'CLAIMED 4' in output, output
    assert sim.calls()['upload'] == calls and states(database, ids) == {'uploading': 4}
    time.sleep(6.5)
    work(database, sim, "submissions._cron_upload()", QUICK)
    assert states(database, ids) == {'uncertain': 4}, "the lease is over, and nothing went out a second time"
    assert sim.calls()['upload'] == calls
    support.worker(database, sim, seconds=60, **QUICK).wait(120)
    assert states(database, ids) == {'ok': 4} == shown(database, ids)
    assert once(sim, database, ids)


def test_killed_between_answer_and_commit(database, sim):
    ids = queue(database, sim, 3)
    begin(database, sim, """
from odoo.addons.l10n_ro_efactura_abacus.models.efactura_lane import lanes
from odoo.addons.l10n_ro_efactura_abacus.models.efactura_upload import _upload
[lane] = lanes(env, [(env.company.id, 'prod')])
submissions._prepare(lane, limit=9)
for row in submissions._claim(lane, 3):
    _upload(lane.client, {**row, 'start_before': time.monotonic() + 3})
os.kill(os.getpid(), signal.SIGKILL)
""", knobs=QUICK).communicate(timeout=120)
    assert states(database, ids) == {'uploading': 3} and once(sim, database, ids)
    time.sleep(6.5)
    support.worker(database, sim, seconds=60, **QUICK).wait(120)
    assert states(database, ids) == {'ok': 3} == shown(database, ids)
    assert once(sim, database, ids), "found by their bytes, not sent again"


def test_stopped_between_claim_and_send(database, sim):
    """A worker is stopped (a paused machine), its lease ends, another takes over; then it goes on."""
    [move] = queue(database, sim, 1)
    stopped = begin(database, sim, """
from odoo.addons.l10n_ro_efactura_abacus.models.efactura_lane import lanes
from odoo.addons.l10n_ro_efactura_abacus.models.efactura_upload import _upload
[lane] = lanes(env, [(env.company.id, 'prod')])
submissions._prepare(lane, limit=9)
client, claimed_at = lane.client, time.monotonic()
[row] = submissions._claim(lane, 1)
os.kill(os.getpid(), signal.SIGSTOP)
try:
    outcome = _upload(client, {**row, 'start_before': claimed_at + lane.lease - lane.deadline})
except Exception as error:
    outcome = error
print('OUTCOME', type(outcome).__name__)
kept = submissions._in_fresh_transaction(lambda: submissions.browse(row['id'])._keep_answer(row['attempt'], outcome))
print('KEPT', len(kept))
""", knobs=QUICK)
    try:
        until(lambda: states(database, (move,)) == {'uploading': 1}, 60)
        time.sleep(6.5)
        support.worker(database, sim, seconds=60, **QUICK).wait(120)
        assert states(database, (move,)) == {'ok': 1}
        os.kill(stopped.pid, signal.SIGCONT)
        output = stopped.communicate(timeout=60)[0]
    finally:
        support.kill(stopped)
    assert 'OUTCOME NotSent' in output and 'KEPT 0' in output, output
    assert states(database, (move,)) == {'ok': 1}
    assert once(sim, database, (move,))


def test_stopped_while_anaf_answers(database, sim):
    [move] = queue(database, sim, 1)
    uploads = len(sim.uploads('prod'))
    sim.fault('slow', 'upload', seconds=1, registered=True)
    stopped = begin(database, sim, "submissions._cron_upload()", knobs=QUICK)
    try:
        until(lambda: len(sim.uploads('prod')) > uploads, 60)
        os.kill(stopped.pid, signal.SIGSTOP)
        time.sleep(6.5)
        support.worker(database, sim, seconds=60, **QUICK).wait(120)
        assert states(database, (move,)) == {'ok': 1}, "found by its bytes"
        os.kill(stopped.pid, signal.SIGCONT)
        output = stopped.communicate(timeout=120)[0]
    finally:
        support.kill(stopped)
    assert 'Traceback' not in output, output
    assert states(database, (move,)) == {'ok': 1} == shown(database, (move,))
    assert once(sim, database, (move,))


def test_the_budget_is_shared_by_processes(database, sim):
    ids = queue(database, sim, 40)
    knobs = {'calls_per_minute': 25}
    calls, at = sim.calls()['upload'], time.time() + 12
    workers = [begin(database, sim, "submissions._cron_upload()", at, knobs) for _ in range(2)]
    try:
        time.sleep(25)
        assert 0 < sim.calls()['upload'] - calls <= 25
    finally:
        for worker in workers:
            support.kill(worker)
    postgres.execute("DELETE FROM l10n_ro_efactura_call", dbname=database)
    time.sleep(6.5)
    support.worker(database, sim, seconds=90, **QUICK).wait(150)
    assert states(database, ids) == {'ok': 40}
    assert once(sim, database, ids)


def test_a_dead_token_is_refreshed_once_by_two_workers(database, sim):
    ids = queue(database, sim, 40)
    tokens = sim.issue_tokens('director')
    pair = tokens['access_token'], tokens['refresh_token']
    work(database, sim, f"env['l10n_ro_efactura.credential'].search([]).set_tokens(*{pair!r}); env.cr.commit()")
    sim.revoke(tokens['access_token'])
    sim.fault('slow', 'token', seconds=2)  # long enough for the other worker to want one too
    refreshed = sim.calls()['token']
    together(database, sim, ["submissions._cron_upload()"] * 2)
    assert sim.calls()['token'] - refreshed == 1
    assert states(database, ids) == {'processing': 40} or states(database, ids).get('ok')
    assert once(sim, database, ids)


def test_a_name_that_does_not_resolve(database, sim):
    ids = queue(database, sim, 2)
    knobs = {**KNOBS, 'api_url': 'https://anaf.invalid'}
    environment = dict(os.environ)
    os.environ.update(NO_PROXY='*', no_proxy='*')
    try:
        work(database, sim, "submissions._cron_upload()", knobs)
    finally:
        os.environ.clear()
        os.environ.update(environment)
    assert states(database, ids) == {'queued': 2}
    codes = {row[0] for row in postgres.execute(
        "SELECT errors->0->>'code' FROM l10n_ro_efactura_submission WHERE move_id IN %s", [ids], dbname=database)}
    assert codes == {'dns_failure'}
    postgres.execute("DELETE FROM l10n_ro_efactura_gate", dbname=database)
    postgres.execute("UPDATE l10n_ro_efactura_submission SET next_attempt_at = NULL WHERE state = 'queued'",
                     dbname=database)
    work(database, sim, "submissions._cron_upload(); submissions._cron_settle()")
    assert states(database, ids) == {'ok': 2}
    assert once(sim, database, ids)


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
    assert 'WRITTEN 12' in work(database, sim, MESSAGES.format(count=12, text="Cantitatea nu corespunde"))
    killed = begin(database, sim, """
from odoo.addons.l10n_ro_efactura_abacus.models.efactura_lane import lanes
[lane] = lanes(env, [(env.company.id, 'prod')])
print('CLAIMED', env['l10n_ro_efactura.rasp']._claim(lane)['attempt'], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
""", knobs=QUICK).communicate(timeout=120)[0]
    assert 'CLAIMED 1' in killed, killed
    time.sleep(6.5)
    sim.settings.latency = 0.05
    together(database, sim, ["env['l10n_ro_efactura.rasp']._cron_rasp()"] * 2, QUICK)
    sim.settings.latency = 0
    sent = Counter(upload.xml for upload in sim.uploads('prod') if upload.standard == 'RASP')
    assert len(sent) == 11 and set(sent.values()) == {1}
    time.sleep(2.5)
    work(database, sim, "env['l10n_ro_efactura.rasp']._cron_rasp()", QUICK)
    rows = postgres.execute("SELECT state, count(*), max(attempt) FROM l10n_ro_efactura_rasp GROUP BY state",
                            dbname=database)
    assert sorted(rows) == [('ok', 11, 1), ('uncertain', 1, 1)], "nobody sends what may be there"


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
        f" FROM l10n_ro_efactura_message WHERE {due}", dbname=database)
    assert rows == [(count, count, count, 0, 0)]
    assert postgres.execute("SELECT count(*) FROM account_move WHERE move_type IN ('in_invoice', 'in_refund')",
                            dbname=database) == [(count,)]
    twice = postgres.execute("SELECT vat FROM res_partner WHERE supplier_rank > 0 GROUP BY vat HAVING count(*) > 1",
                             dbname=database)
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
    assert 'READY' in support.shell(database, sim, PAPERS)
    together(database, sim, ["messages._pair_due()", "messages._pair_due()", HANDS])
    work(database, sim, "messages._pair_due()")
    pairs = postgres.execute("SELECT count(move_id), count(DISTINCT move_id) FROM l10n_ro_efactura_message"
                             " WHERE kind = 'received' AND seller_cif = '14399840'", dbname=database)
    assert pairs == [(120, 120)]
    wrong = postgres.execute("SELECT m.number, v.ref FROM l10n_ro_efactura_message m JOIN account_move v"
                             " ON v.id = m.move_id WHERE m.seller_cif = '14399840'"
                             " AND v.ref != 'ABC' || lpad(substr(m.number, 5), 5, '0')", dbname=database)
    assert wrong == []
