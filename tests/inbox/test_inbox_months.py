"""Two months of an SPV box, 3,000 messages: killed while listing and while archiving, nothing lost, nothing twice,
memory flat, bills paired, the second refresh almost free.

    INBOX_COUNT=n ./dev/test inbox
"""

import os
import time
from collections import Counter, deque
from datetime import date

import pytest

import support
from anaf_simulator import Simulator
from house import databases, postgres

COUNT = int(os.environ.get("INBOX_COUNT", "3000"))
BILLS = 40
POOL = 16
KNOBS = {"calls_per_minute": 1000000, "lease_seconds": 4, "pool": POOL}
GROWTH_MB = 50
BOOK = """
    company = env.company
    suppliers = {{}}
    for number, day, cif in {bills!r}:
        if cif not in suppliers:
            suppliers[cif] = env['res.partner'].create({{
                'name': 'Furnizor ' + cif, 'is_company': True, 'vat': 'RO' + cif, 'country_id': env.ref('base.ro').id}})
        env['account.move'].create({{
            'move_type': 'in_invoice', 'partner_id': suppliers[cif].id, 'invoice_date': day, 'date': day, 'ref': number,
            'invoice_line_ids': [(0, 0, {{'name': 'Marfa', 'quantity': 1, 'price_unit': 100}})]}}).action_post()
    env.cr.commit()
    print('BOOKED')
"""
WORK = """
    import time
    messages = env['l10n_ro_efactura.message']
    while True:
        messages._cron_refresh_spv()
        env.cr.commit()
        while True:
            messages._cron_archive()
            env.cr.commit()
            env.cr.execute("SELECT count(*) FROM l10n_ro_efactura_message WHERE archive_state = 'listed'")
            if not env.cr.fetchone()[0]:
                break
            time.sleep(0.3)
        env.cr.execute("SELECT count(*) FROM l10n_ro_efactura_message")
        if env.cr.fetchone()[0] >= {count}:
            break
        env.cr.execute("UPDATE l10n_ro_efactura_mailbox SET next_list_at = NULL")
        env.cr.commit()
    time.sleep(600)  # its memory is looked at
"""
AGAIN = """
    env.cr.execute("UPDATE l10n_ro_efactura_mailbox SET next_list_at = NULL, wide_at = NULL")
    env['l10n_ro_efactura.message']._cron_refresh_spv()
    env.cr.commit()
    print('REFRESHED')
"""


@pytest.fixture
def sim():
    with Simulator(processing_delay=0, latency=0.02, calls_per_minute=1000000) as simulator:
        simulator.add_certificate("director", [support.CIF])
        yield simulator


def counted(name, condition="TRUE"):
    [[count]] = postgres.execute(f"SELECT count(*) FROM l10n_ro_efactura_message WHERE {condition}", dbname=name)
    return count


def resident(pid):
    """Megabytes of resident memory."""
    with open(f"/proc/{pid}/status") as status:
        return int(next(line for line in status if line.startswith("VmRSS:")).split()[1]) / 1024


def until(name, condition, wanted, worker, limit=600):
    """Wait until `wanted` messages meet `condition`."""
    end = time.monotonic() + limit
    while counted(name, condition) < wanted:
        assert worker.poll() is None, "the worker ended by itself"
        assert time.monotonic() < end, f"{counted(name, condition)} of {wanted} {condition}"
        time.sleep(0.05)


def test_two_months(sim):
    sent = sim.generate_supplier_invoices(support.CIF, COUNT, days=59, seed=3)
    name = support.database("test_inbox", sim, 1, date.today())
    workers = []

    def worker():
        workers.append(support.start(name, sim, WORK.format(count=COUNT), **KNOBS))
        return workers[-1]

    try:
        bills = [(record.number, record.issue_date, record.seller_cif) for record in sent[:: COUNT // BILLS]][:BILLS]
        assert "BOOKED" in support.shell(name, sim, BOOK.format(bills=bills))
        sim.log = deque()  # every call

        sim.settings.latency = 0.5
        listing = worker()
        until(name, "TRUE", 1, listing)
        support.kill(listing)
        assert counted(name) < COUNT, "killed between two pages"
        sim.settings.latency = 0.02

        archiving = worker()
        until(name, "archive_state = 'archived'", COUNT // 10, archiving)
        support.kill(archiving)
        done = {
            anaf_id
            for [anaf_id] in postgres.execute(
                "SELECT anaf_id FROM l10n_ro_efactura_message WHERE archive_state = 'archived'", dbname=name
            )
        }
        assert len(done) < COUNT

        last, started = worker(), time.monotonic()
        until(name, "archive_state = 'archived'", COUNT // 6, last)
        first, peak = resident(last.pid), 0.0
        while counted(name, "archive_state = 'archived'") < COUNT:
            assert last.poll() is None
            assert time.monotonic() < started + 600
            peak = max(peak, resident(last.pid))
            time.sleep(0.1)
        seconds = time.monotonic() - started
        time.sleep(2)
        peak = max(peak, resident(last.pid))
        print(
            f"{COUNT} messages: {first:.0f} MB at {COUNT // 6}, at most {peak:.0f} MB to the end;"
            f" {(COUNT - len(done)) / seconds:.0f} packages a second"
        )

        downloads = Counter(call["query"]["id"] for call in sim.log if call["path"].endswith("/descarcare"))
        assert counted(name) == COUNT and len(downloads) == COUNT, "every message, each once"
        assert not [one for one in done if downloads[one] > 1], "what was archived is not downloaded again"
        # what was in the air when the worker died has to be fetched once more, and nothing else
        assert sum(downloads.values()) - COUNT <= 2 * POOL, downloads.most_common(3)
        hashes = dict(
            postgres.execute(
                "SELECT anaf_id, document_sha256 FROM l10n_ro_efactura_message WHERE package IS NOT NULL", dbname=name
            )
        )
        assert hashes == {record.download_id: record.sha256 for record in sent}
        assert peak - first < GROWTH_MB

        until(name, "move_id IS NOT NULL AND kind = 'received'", len(bills), last, limit=60)
        support.kill(last)
        before = sim.calls()["list_paged"]
        assert "REFRESHED" in support.shell(name, sim, AGAIN, **KNOBS)
        assert 1 <= sim.calls()["list_paged"] - before <= 2
        assert counted(name) == COUNT
    finally:
        for process in workers:
            support.kill(process)
        databases.drop(name)
