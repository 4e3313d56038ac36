"""Sending with real workers at the same time on one real database: what a test in one transaction cannot see."""

import os
import signal
import time
from collections import Counter

import psycopg2
from workers import KNOBS, QUICK, begin, queue, together, work

import support
from house import postgres


def states(database, ids):
    return dict(
        postgres.execute(
            "SELECT state, count(*) FROM l10n_ro_efactura_submission WHERE move_id IN %s GROUP BY state",
            [ids],
            dbname=database,
        )
    )


def shown(database, ids):
    return dict(
        postgres.execute(
            "SELECT l10n_ro_efactura_state, count(*) FROM account_move WHERE id IN %s GROUP BY 1",
            [ids],
            dbname=database,
        )
    )


def once(sim, database, ids, registered=True):
    """Every one of these invoices is at ANAF, and was accepted (or even registered) once."""
    rows = postgres.execute("SELECT name FROM account_move WHERE id IN %s", [ids], dbname=database)
    numbers = {row[0] for row in rows}
    uploads = sim.uploads("prod") if registered else sim.accepted("prod")
    counts = Counter(upload.number for upload in uploads if upload.number in numbers)
    return set(counts) == numbers and set(counts.values()) == {1}


def until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


def test_two_workers_upload_each_invoice_once(database, sim):
    ids = queue(database, sim, 60)
    sim.settings.latency = 0.05
    outputs = together(database, sim, ["submissions._cron_upload()"] * 2 + ["submissions._cron_settle()"])
    sim.settings.latency = 0
    assert once(sim, database, ids)
    assert set(states(database, ids)) <= {"processing", "ok"}
    attempts = postgres.execute(
        "SELECT max(attempt), min(attempt) FROM l10n_ro_efactura_submission WHERE move_id IN %s", [ids], dbname=database
    )
    assert attempts == [(1, 1)], outputs
    # and two settle and two archive them: each package is downloaded once
    before = sim.calls()["download"]
    time.sleep(1.1)
    together(
        database,
        sim,
        ["submissions._cron_settle(); messages._cron_archive()"] * 2
        + ["messages._cron_refresh_spv(); messages._cron_archive()"],
    )
    work(database, sim, "submissions._cron_settle(); messages._cron_archive()")
    assert states(database, ids) == {"ok": 60} == shown(database, ids)
    assert sim.calls()["download"] - before == 60


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
    assert sum("DONE" in output for output in outputs) >= 1, outputs
    assert states(database, ids) == {"queued": 3}
    work(database, sim, "submissions._cron_upload()")
    assert once(sim, database, ids)


def test_a_user_works_on_the_invoice_while_its_answer_comes(database, sim):
    ids = queue(database, sim, 5)
    options = postgres.connection_options()
    user = psycopg2.connect(dbname=database, **options)
    try:
        user.set_session("REPEATABLE READ")
        with user.cursor() as cursor:  # a form that is being saved: its row is locked
            cursor.execute("UPDATE account_move SET ref = 'edited by a user' WHERE id = %s", [ids[0]])
            started = time.monotonic()
            work(database, sim, "submissions._cron_upload(); submissions._cron_settle()")
            assert time.monotonic() - started < 60, "the worker waited for a user"
            assert states(database, ids) == {"ok": 5}, "no answer is lost"
            assert shown(database, ids[1:]) == {"ok": 4}
        user.commit()
    finally:
        user.close()
    assert postgres.execute(
        "SELECT ref, l10n_ro_efactura_state FROM account_move WHERE id = %s", [ids[0]], dbname=database
    ) == [("edited by a user", "queued")]
    work(database, sim, "submissions._cron_settle()")
    assert postgres.execute(
        "SELECT ref, l10n_ro_efactura_state FROM account_move WHERE id = %s", [ids[0]], dbname=database
    ) == [("edited by a user", "ok")]
    assert once(sim, database, ids)


def test_a_row_that_changes_under_a_worker(database, sim):
    """REPEATABLE READ: a row changed by another one after the snapshot raises; the worker begins anew."""
    postgres.execute("UPDATE l10n_ro_efactura_mailbox SET next_list_at = NULL", dbname=database)
    other = psycopg2.connect(dbname=database, **postgres.connection_options())
    try:
        other.set_session("REPEATABLE READ")
        with other.cursor() as cursor:
            cursor.execute("UPDATE l10n_ro_efactura_mailbox SET last_error = 'x'")
        process = begin(
            database,
            sim,
            """
print('WAITING', flush=True)
print('TURN', env['l10n_ro_efactura.mailbox'].search([('environment', '=', 'prod')], limit=1)._claim_reading())
""",
        )
        for line in process.stdout:
            if "WAITING" in line:
                break
        until(
            lambda: postgres.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'", [database]
            )
        )
        other.commit()
        output = process.stdout.read()
        process.wait(60)
    finally:
        other.close()
    assert "TURN True" in output, output


def test_killed_between_claim_and_send(database, sim):
    ids = queue(database, sim, 4)
    calls = sim.calls()["upload"]
    output = begin(
        database,
        sim,
        """
from odoo.addons.l10n_ro_efactura_abacus.models.calls.lane import lanes
[lane] = lanes(env, [(env.company.id, 'prod')])
submissions._prepare(lane, limit=9)
print('CLAIMED', len(submissions._claim(lane, 4)), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
""",
        knobs=QUICK,
    ).communicate(timeout=120)[0]
    assert "CLAIMED 4" in output, output
    assert sim.calls()["upload"] == calls and states(database, ids) == {"uploading": 4}
    time.sleep(6.5)
    work(database, sim, "submissions._cron_upload()", QUICK)
    assert states(database, ids) == {"uncertain": 4}, "the lease is over, and nothing went out a second time"
    assert sim.calls()["upload"] == calls
    support.worker(database, sim, seconds=60, **QUICK).wait(120)
    assert states(database, ids) == {"ok": 4} == shown(database, ids)
    assert once(sim, database, ids)


def test_killed_between_answer_and_commit(database, sim):
    ids = queue(database, sim, 3)
    begin(
        database,
        sim,
        """
from odoo.addons.l10n_ro_efactura_abacus.models.calls.lane import lanes
from odoo.addons.l10n_ro_efactura_abacus.models.calls.outgoing import in_time
[lane] = lanes(env, [(env.company.id, 'prod')])
submissions._prepare(lane, limit=9)
for row in submissions._claim(lane, 3):
    in_time(submissions._call_of(row), time.monotonic() + 3)(lane.client)
os.kill(os.getpid(), signal.SIGKILL)
""",
        knobs=QUICK,
    ).communicate(timeout=120)
    assert states(database, ids) == {"uploading": 3} and once(sim, database, ids)
    time.sleep(6.5)
    support.worker(database, sim, seconds=60, **QUICK).wait(120)
    assert states(database, ids) == {"ok": 3} == shown(database, ids)
    assert once(sim, database, ids), "found by their bytes, not sent again"


def test_stopped_between_claim_and_send(database, sim):
    """A worker is stopped (a paused machine), its lease ends, another takes over; then it goes on."""
    [move] = queue(database, sim, 1)
    stopped = begin(
        database,
        sim,
        """
from odoo.addons.l10n_ro_efactura_abacus.models.calls.lane import lanes
from odoo.addons.l10n_ro_efactura_abacus.models.calls.outgoing import in_time
[lane] = lanes(env, [(env.company.id, 'prod')])
submissions._prepare(lane, limit=9)
client, claimed_at = lane.client, time.monotonic()
[row] = submissions._claim(lane, 1)
os.kill(os.getpid(), signal.SIGSTOP)
try:
    outcome = in_time(submissions._call_of(row), claimed_at + lane.lease - lane.deadline)(client)
except Exception as error:
    outcome = error
print('OUTCOME', type(outcome).__name__)
kept = submissions._in_fresh_transaction(lambda: submissions.browse(row['id'])._keep_answer(row['attempt'], outcome))
print('KEPT', len(kept))
""",
        knobs=QUICK,
    )
    try:
        until(lambda: states(database, (move,)) == {"uploading": 1}, 60)
        time.sleep(6.5)
        support.worker(database, sim, seconds=60, **QUICK).wait(120)
        assert states(database, (move,)) == {"ok": 1}
        os.kill(stopped.pid, signal.SIGCONT)
        output = stopped.communicate(timeout=60)[0]
    finally:
        support.kill(stopped)
    assert "OUTCOME NotSent" in output and "KEPT 0" in output, output
    assert states(database, (move,)) == {"ok": 1}
    assert once(sim, database, (move,))


def test_stopped_while_anaf_answers(database, sim):
    [move] = queue(database, sim, 1)
    uploads = len(sim.uploads("prod"))
    sim.fault("slow", "upload", seconds=1, registered=True)
    stopped = begin(database, sim, "submissions._cron_upload()", knobs=QUICK)
    try:
        until(lambda: len(sim.uploads("prod")) > uploads, 60)
        os.kill(stopped.pid, signal.SIGSTOP)
        time.sleep(6.5)
        support.worker(database, sim, seconds=60, **QUICK).wait(120)
        assert states(database, (move,)) == {"ok": 1}, "found by its bytes"
        os.kill(stopped.pid, signal.SIGCONT)
        output = stopped.communicate(timeout=120)[0]
    finally:
        support.kill(stopped)
    assert "Traceback" not in output, output
    assert states(database, (move,)) == {"ok": 1} == shown(database, (move,))
    assert once(sim, database, (move,))


def test_the_budget_is_shared_by_processes(database, sim):
    ids = queue(database, sim, 40)
    knobs = {"calls_per_minute": 25}
    calls, at = sim.calls()["upload"], time.time() + 12
    workers = [begin(database, sim, "submissions._cron_upload()", at, knobs) for _ in range(2)]
    try:
        time.sleep(25)
        assert 0 < sim.calls()["upload"] - calls <= 25
    finally:
        for worker in workers:
            support.kill(worker)
    postgres.execute("DELETE FROM l10n_ro_efactura_call", dbname=database)
    time.sleep(6.5)
    support.worker(database, sim, seconds=90, **QUICK).wait(150)
    assert states(database, ids) == {"ok": 40}
    assert once(sim, database, ids)


def test_a_dead_token_is_refreshed_once_by_two_workers(database, sim):
    ids = queue(database, sim, 40)
    tokens = sim.issue_tokens("director")
    pair = tokens["access_token"], tokens["refresh_token"]
    work(database, sim, f"env['l10n_ro_efactura.credential'].search([]).set_tokens(*{pair!r}); env.cr.commit()")
    sim.revoke(tokens["access_token"])
    sim.fault("slow", "token", seconds=2)  # long enough for the other worker to want one too
    refreshed = sim.calls()["token"]
    together(database, sim, ["submissions._cron_upload()"] * 2)
    assert sim.calls()["token"] - refreshed == 1
    assert states(database, ids) == {"processing": 40} or states(database, ids).get("ok")
    assert once(sim, database, ids)


def test_a_name_that_does_not_resolve(database, sim):
    ids = queue(database, sim, 2)
    knobs = {**KNOBS, "api_url": "https://anaf.invalid"}
    environment = dict(os.environ)
    os.environ.update(NO_PROXY="*", no_proxy="*")
    try:
        work(database, sim, "submissions._cron_upload()", knobs)
    finally:
        os.environ.clear()
        os.environ.update(environment)
    assert states(database, ids) == {"queued": 2}
    codes = {
        row[0]
        for row in postgres.execute(
            "SELECT errors->0->>'code' FROM l10n_ro_efactura_submission WHERE move_id IN %s", [ids], dbname=database
        )
    }
    assert codes == {"dns_failure"}
    postgres.execute("DELETE FROM l10n_ro_efactura_gate", dbname=database)
    postgres.execute(
        "UPDATE l10n_ro_efactura_submission SET next_attempt_at = NULL WHERE state = 'queued'", dbname=database
    )
    work(database, sim, "submissions._cron_upload(); submissions._cron_settle()")
    assert states(database, ids) == {"ok": 2}
    assert once(sim, database, ids)
