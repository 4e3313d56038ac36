"""A lane: one company, one environment, one connection. Every background call to ANAF goes through one."""
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from odoo.exceptions import UserError

from ...anaf import (
    AnafError,
    Forbidden,
    NotSent,
    QuotaExceeded,
    Throttled,
    Transient,
    Unauthorized,
    Uncertain,
    make_session,
)
from ..common.knobs import knob
from .budget import BLOCK
from .circuit import right_key

HTTP_DEADLINE = 60.0
LEASE_SECONDS = 180
LISTS_A_DAY = 90_000  # of ANAF's 100 000 pages per CIF
GRANT_SECONDS = 1.0  # an unused grant is not kept longer
ALARM_SECONDS = 1800
# For this long nothing is sent for a CIF that the connection has no right for in SPV; another token ends it.
PAUSE_SECONDS = 3600
# failures of ours or ANAF's gateway that say nothing about whether ANAF works
_NOT_DOWN = ('internal', 'contradictory_answer', 'lease_over')


@dataclass(frozen=True)
class Call:
    """One call in a pool: its lane, what the caller knows it by, the work, and the client that makes it."""

    lane: 'Lane'
    tag: Any
    work: Any
    client: Any
    repeated: bool = False


class Lane:
    """Not a record: lives as long as one run of a worker. Its client is rebuilt after a token refresh."""

    def __init__(self, company, environment, session):
        self.env = company.env
        self.company, self.environment, self._session = company, environment, session
        self.credential = company._l10n_ro_efactura_credential()
        self.cif = company._l10n_ro_efactura_cif()
        self.key = self.credential._gate_key()
        self.paused = None  # why nothing more goes out in this run
        self._client, self._renewed, self._probing, self._failed = None, False, False, False
        self._good = 0  # good answers that the gate does not know of: it is told with the next bad one
        self._granted, self._granted_at = 0, 0.0

    @property
    def client(self):
        """The wire client; UserError where there is no working connection."""
        if self._client is None:
            self._client = self.credential._client(self.environment, session=self._session)
            self._client.deadline = self.deadline
        return self._client

    @property
    def lease(self):
        """Seconds for which a claim belongs to its worker."""
        return knob('lease_seconds', LEASE_SECONDS)

    @property
    def deadline(self):
        """Seconds over one whole call; a lease is always longer."""
        return min(HTTP_DEADLINE, self.lease / 2)

    def is_open(self):
        """True when calls may be made now. A gate that was closed long enough is probed with one harmless list."""
        gate = self.env['l10n_ro_efactura.gate']
        state = gate._state(self.key, self.environment)
        if state != 'probe':
            return state == 'open'
        if not gate._take_probe(self.key, self.environment):
            return False
        now = datetime.now(timezone.utc)
        self._probing = True
        try:
            self.list_page(now - timedelta(hours=1), now - timedelta(minutes=1))
        except (AnafError, UserError):  # told; most of them are answers all the same
            pass
        finally:
            self._probing = False
        return self.stays_open()

    def hold(self):
        """What keeps this lane from being used now.

        :return: (code, translated text), or None where calls may be made
        """
        env = self.env
        reason = env['l10n_ro_efactura.guard']._hold_reason(self.environment)
        if reason:
            return 'held', reason
        if refused := env['l10n_ro_efactura.gate']._closed_reason(right_key(self.key, self.cif), self.environment):
            return 'no_spv_right', refused
        if not self.is_open():
            code = env['l10n_ro_efactura.gate']._reason(self.key, self.environment)
            return code, env._("ANAF cannot be used now (%s). What waits goes by itself as soon as it can.", code)
        return None

    def pause(self, error):
        """Stop dispatching for this CIF for an hour, or until another token comes; tell those responsible.

        :param error: NoRight, ANAF's word that the certificate has no right in SPV for the CIF
        """
        self.env['l10n_ro_efactura.gate']._close(
            right_key(self.key, self.cif), self.environment, PAUSE_SECONDS, error.text)
        self.alarm(error)

    def stays_open(self):
        """True while the gate has not closed during this run."""
        return self.env['l10n_ro_efactura.gate']._state(self.key, self.environment, fresh=True) == 'open'

    def grant(self, wanted=1, block=BLOCK):
        """Calls that may be made at once, out of the budget shared by all workers: (granted, seconds to wait)."""
        wait = 0.0
        if time.monotonic() > self._granted_at + GRANT_SECONDS:
            self._granted = 0  # a minute is counted from the grant: an old one would be a call too many
        if self._granted < wanted:
            granted, wait = self.env['l10n_ro_efactura.call']._grant(self.key, max(wanted - self._granted, block))
            self._granted += granted
            self._granted_at = time.monotonic()
        return min(self._granted, wanted), wait

    def spend(self, calls=1):
        """Take granted calls."""
        self._granted -= calls

    def list_page(self, start, end, page=1):
        """One page of the lists, out of the CIF's daily quota.

        :raises QuotaExceeded: code ``own_daily_quota``, or ANAF's own word that it is used up
        """
        quota, cap = self.env['l10n_ro_efactura.quota'], knob('lists_per_day', LISTS_A_DAY)
        key = f'list/{self.environment}/{self.cif}'
        if not quota._take(key, cap):
            raise QuotaExceeded('own_daily_quota', self.env._("The daily quota of lists of this CIF is used up."))
        try:
            return self.call(lambda client: client.list_page(self.cif, start, end, page))
        except QuotaExceeded:
            quota._used_up(key, cap)
            raise

    def call(self, work):
        """Make one call in this thread: budget, one token refresh and one repeat on 401, the gate told.

        :param work: function of the client
        :raises Throttled: the budget is used up for now (code ``own_budget``)
        """
        for repeated in (False, True):
            granted, wait = self.grant(block=1)
            if not granted:
                raise Throttled('own_budget', self.env._("The calls of this minute are used up."), retry_after=wait)
            self.spend()
            client = self.client
            try:
                result = work(client)
            except Unauthorized as error:
                if not repeated and self.renew(client):
                    continue
                self.report(error)
                raise
            except AnafError as error:
                self.report(error)
                raise
            self.report(result)
            break
        return result

    def submit(self, pool, tag, work):
        """Make one granted call in a thread of `pool`; `finished_calls` gives its outcome back with `tag`.

        :param work: function of the client, without the ORM
        """
        self.spend()
        call = Call(self, tag, work, self.client)
        pool.submit(call, work, call.client)

    def renew(self, client):
        """After a 401 of `client`: another token, refreshed once per run. True when a repeat makes sense."""
        if self._client is not None and self._client is not client:
            return True  # renewed since that call left
        if self._renewed:
            return False
        self._renewed = True
        try:
            renewed = self.credential._renew_after_401(client)
            self._client = None
            return bool(renewed and self.client)
        except UserError:
            return False

    def report(self, outcome):
        """Tell the gate what came back; what only people can put right also raises an alarm."""
        gate = self.env['l10n_ro_efactura.gate']
        if isinstance(outcome, Throttled):
            if outcome.code != 'own_budget':
                gate._close(self.key, self.environment, outcome.retry_after or 60, outcome.code)
        elif isinstance(outcome, (Forbidden, Unauthorized)):
            gate._close(self.key, self.environment, ALARM_SECONDS, outcome.code)
            self.alarm(outcome)
        elif isinstance(outcome, (Uncertain, NotSent)) or type(outcome) is Transient:
            if outcome.code not in _NOT_DOWN:
                self._failed = True
                gate._failed(self.key, self.environment, outcome, good=self._good)
                self._good = 0
        elif self._probing:
            gate._open(self.key, self.environment)
        else:
            self._good += 1
            if gate._answered(self.key, self.environment, good=self._good, sure=self._failed):
                self._good = 0
            self._failed = False

    def alarm(self, error):
        """One open activity for those responsible, with ANAF's own words."""
        _ = self.env._
        summary = {
            'forbidden': _("ANAF forbids our calls"),
            'unauthorized': _("ANAF does not accept our token"),
        }.get(error.code, _("ANAF: no right in SPV for CIF %s", self.cif))
        advice = {
            'forbidden': _("The application registered at ANAF may lack the E-Factura service, or the address in the "
                           "server's configuration is wrong. Nothing is sent until this is put right."),
            'unauthorized': _("The token was refreshed and still is not accepted: connect to ANAF again."),
        }.get(error.code, _(
            "The holder of the certificate needs the right for this company in SPV. Its invoices wait."))
        note = f'{advice} {error.text}'
        self.credential._isolated(lambda own: own._alert(summary, note))


def lanes(env, pairs):
    """Lanes for (company id, environment) `pairs`; those without a connection or CIF say so on what waits."""
    session = make_session(knob('pool', 16))
    found = []
    for company_id, environment in pairs:
        lane = Lane(env['res.company'].sudo().browse(company_id), environment, session)
        if lane.credential and lane.cif:
            found.append(lane)
        else:
            env['l10n_ro_efactura.guard']._not_connected(lane)
    return found


def finished_calls(pool, block=False):
    """Return the calls of `pool` that came to an end: [(lane, tag, outcome)].

    A 401 is answered here: the gateway turned the call away and nothing was registered, so it is made once more with
    a renewed token. Every other outcome is the caller's to keep, and then to report with `lane.report`.

    :param block: wait for at least one where any is running
    """
    found = []
    for call, outcome in pool.drain(block=block):
        if isinstance(outcome, Unauthorized) and not call.repeated and call.lane.renew(call.client):
            again = replace(call, client=call.lane.client, repeated=True)
            pool.submit(again, again.work, again.client)
        else:
            found.append((call.lane, call.tag, outcome))
    return found
