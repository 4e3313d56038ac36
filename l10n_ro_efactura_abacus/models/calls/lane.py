"""Lanes: the background calls to ANAF of one company in one environment, over one connection."""

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
from ..common.language import in_language_of
from .budget import BLOCK
from .call_log import about
from .circuit import right_key

# Seconds that one whole call may take.
HTTP_DEADLINE = 60.0
# Seconds for which a claimed row belongs to its worker.
LEASE_SECONDS = 180
# Pages of lists a day for each CIF; ANAF allows 100 000.
LISTS_A_DAY = 90_000
# Seconds after which an unused grant of calls expires.
GRANT_SECONDS = 1.0
# Seconds for which the gate closes after a 403, or a 401 that a new token did not help.
ALARM_SECONDS = 1800
# Seconds for which a CIF without a right in SPV is not tried; another token ends the pause.
PAUSE_SECONDS = 3600
# Codes of failures that do not show whether ANAF works.
_NOT_DOWN = ("internal", "contradictory_answer", "lease_over", "slow_upload")


@dataclass(frozen=True)
class Call:
    """One call in a pool.

    :ivar tag: what the caller gets back with the outcome
    :ivar work: function of the client
    :ivar repeated: made a second time, with a renewed token
    """

    lane: "Lane"
    tag: Any
    work: Any
    client: Any
    repeated: bool = False


class Lane:
    """The calls of one company in one environment during one run of a worker; not a record.

    :ivar env: superuser's, in the language of the company's people
    :ivar paused: code or text of why nothing more is sent in this run, or None
    :ivar key: key of the application's gate and budget, which other companies' connections may share
    :ivar own_key: key of the connection's own gate
    """

    def __init__(self, company, environment, session):
        self.env = company.env
        self.company, self.environment, self._session = company, environment, session
        self.credential = company._l10n_ro_efactura_credential()
        self.cif = company._l10n_ro_efactura_cif()
        self.key, self.own_key = self.credential._application_key(), self.credential._own_key()
        self.paused = None
        self._client, self._renewed, self._failed = None, False, False
        self._probing, self._calls = (), 0  # gates that the next call probes; calls made
        self._good = 0  # good answers not yet reported to the gate; reported with the next bad one
        self._granted, self._granted_at = 0, 0.0

    @property
    def client(self):
        """The client for ANAF's API, rebuilt after a token refresh.

        :raise UserError: no working connection
        """
        if self._client is None:
            self._client = self.credential._client(self.environment, session=self._session)
            self._client.deadline = self.deadline
            self._client.observer = self.env["l10n_ro_efactura.call.log"]._observer(self.company, self.environment)
        return self._client

    def in_language(self, records):
        """Return `records` in the language of the lane, for texts that are written on them."""
        return records.with_context(lang=self.env.lang)

    @property
    def lease(self):
        """Seconds for which a claimed row belongs to its worker."""
        return knob("lease_seconds", LEASE_SECONDS)

    @property
    def deadline(self):
        """Seconds that one whole call may take, at most half a lease."""
        return min(HTTP_DEADLINE, self.lease / 2)

    def is_open(self):
        """Return True when calls may be made now; a gate whose time is over is probed by one page of lists."""
        states = self._gate_states()
        if "closed" in states.values():
            return False
        due = [key for key, state in states.items() if state == "probe"]
        return not due or self._probe(due)

    def stays_open(self):
        """Return True while both gates are open, as of the latest commit of any worker."""
        return set(self._gate_states(fresh=True).values()) == {"open"}

    def _gate_states(self, fresh=False):
        """Return {key: state} of the gates of the application and of the connection."""
        gate = self.env["l10n_ro_efactura.gate"]
        return {key: gate._state(key, self.environment, fresh=fresh) for key in (self.key, self.own_key)}

    def _probe(self, keys):
        """Probe the gates `keys`, where no other worker does; return True where everything is open now.

        A probe is used up by a call only: without a connection none is taken, and one for which the day's quota or
        the minute's budget left no call is given back.
        """
        gate = self.env["l10n_ro_efactura.gate"]
        try:
            self.client  # noqa: B018  raises where there is no connection
        except UserError:
            return False
        taken = [key for key in keys if gate._take_probe(key, self.environment)]
        now, calls = datetime.now(timezone.utc), self._calls
        try:
            if len(taken) == len(keys):
                self._probing = taken
                self.list_page(now - timedelta(hours=1), now - timedelta(minutes=1))
        except (AnafError, UserError):  # reported by the call; the gate decides whether it opens
            pass
        finally:
            self._probing = ()
            if self._calls == calls:
                for key in taken:
                    gate._return_probe(key, self.environment)
        return self.stays_open()

    def hold(self):
        """Return why this lane cannot be used now as (code, translated text), or None where it can."""
        env = self.env
        gate = env["l10n_ro_efactura.gate"]
        reason = env["l10n_ro_efactura.guard"]._hold_reason(self.environment)
        if reason:
            return "held", reason
        if refused := gate._closed_reason(right_key(self.own_key, self.cif), self.environment):
            return "no_spv_right", refused
        if self.is_open():
            return None
        try:
            self.client  # noqa: B018  raises where there is no connection
        except UserError as error:
            return "not_connected", str(error)
        if gate._state(self.own_key, self.environment, fresh=True) != "open":
            code = gate._reason(self.own_key, self.environment)
            return code, env._(
                "ANAF does not accept the connection of %(company)s (%(code)s). What waits goes by itself once it is "
                "accepted.",
                company=self.credential.company_id.name,
                code=code,
            )
        code = gate._reason(self.key, self.environment)
        return code, env._("ANAF cannot be used now (%s). What waits goes by itself as soon as it can.", code)

    def pause(self, error):
        """Stop dispatching for this CIF for an hour, or until another token comes, and alert the responsible users.

        :param error: NoRight: the certificate has no right in SPV for the CIF
        """
        self.env["l10n_ro_efactura.gate"]._close(
            right_key(self.own_key, self.cif), self.environment, PAUSE_SECONDS, error.text
        )
        self.alarm(error)

    def grant(self, wanted=1, block=BLOCK):
        """Ask the budget that all workers share for calls.

        :param wanted: calls that the caller would make at once
        :param block: calls asked of the budget at least
        :return: (calls that may be made now, seconds to wait where there are none)
        """
        wait = 0.0
        if time.monotonic() > self._granted_at + GRANT_SECONDS:
            self._granted = 0  # ANAF's minute runs from the grant: an old one could exceed its limit
        if self._granted < wanted:
            granted, wait = self.env["l10n_ro_efactura.call"]._grant(self.key, max(wanted - self._granted, block))
            self._granted += granted
            self._granted_at = time.monotonic()
        return min(self._granted, wanted), wait

    def spend(self, calls=1):
        """Use up granted calls."""
        self._granted -= calls

    def list_page(self, start, end, page=1):
        """Return one page of the lists, counted against the CIF's daily quota.

        :param start, end: aware datetimes of the window
        :raise QuotaExceeded: used up, by our count (code ``own_daily_quota``) or by ANAF's
        """
        quota, cap = self.env["l10n_ro_efactura.quota"], knob("lists_per_day", LISTS_A_DAY)
        key = f"list/{self.environment}/{self.cif}"
        if not quota._take(key, cap):
            raise QuotaExceeded("own_daily_quota", self.env._("The daily quota of lists of this CIF is used up."))
        try:
            return self.call(lambda client: client.list_page(self.cif, start, end, page))
        except QuotaExceeded:
            quota._used_up(key, cap)
            raise

    def call(self, work, record=None):
        """Make one call in this thread, within the budget, and report its outcome to the gate.

        A 401 is repeated once with a renewed token.

        :param work: function of the client
        :param record: what the call is about, for the list of calls
        :return: what `work` returns
        :raise AnafError: the call failed; `Throttled` with code ``own_budget`` where the budget is used up
        """
        for repeated in (False, True):
            granted, wait = self.grant(block=1)
            if not granted:
                raise Throttled("own_budget", self.env._("The calls of this minute are used up."), retry_after=wait)
            self.spend()
            client = self.client
            self._calls += 1
            try:
                with about(record and (record._name, record.id)):
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

    def submit(self, pool, tag, work, record=None):
        """Make one granted call in a thread of `pool`; `finished_calls` gives its outcome back with `tag`.

        :param work: function of the client, without the ORM
        :param record: (model, id) of what the call is about, for the list of calls
        """
        self.spend()
        call = Call(self, tag, _about_record(work, record), self.client)
        pool.submit(call, call.work, call.client)

    def renew(self, client):
        """Renew the token after a 401 of `client`, once per run; return True when the call should be repeated."""
        if self._client is not None and self._client is not client:
            return True  # renewed after that call was made
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
        """Report an outcome to the gate, and alert the responsible users where only they can help.

        :param outcome: the result of a call, or its AnafError
        """
        gate = self.env["l10n_ro_efactura.gate"]
        self.env["l10n_ro_efactura.call.log"]._flush()
        if isinstance(outcome, Throttled):
            if outcome.code != "own_budget":
                gate._close(self.key, self.environment, outcome.retry_after or 60, outcome.code)
        elif isinstance(outcome, (Forbidden, Unauthorized)):
            gate._close(self.own_key, self.environment, ALARM_SECONDS, outcome.code)
            if self.key in self._probing:  # ANAF works: it is this connection that it does not accept
                gate._open(self.key, self.environment)
            self.alarm(outcome)
        elif isinstance(outcome, (Uncertain, NotSent)) or type(outcome) is Transient:
            if outcome.code not in _NOT_DOWN:
                self._failed = True
                gate._failed(self.key, self.environment, outcome, good=self._good)
                self._good = 0
        elif self._probing:
            for key in self._probing:
                gate._open(key, self.environment)
        else:
            self._good += 1
            if gate._answered(self.key, self.environment, good=self._good, sure=self._failed):
                self._good = 0
            self._failed = False

    def alarm(self, error):
        """Alert the responsible users with ANAF's own words, by one open activity each."""
        _ = self.env._
        summary = {
            "forbidden": _("ANAF forbids our calls"),
            "unauthorized": _("ANAF does not accept our token"),
        }.get(error.code, _("ANAF: no right in SPV for CIF %s", self.cif))
        advice = {
            "forbidden": _(
                "The application registered at ANAF may lack the E-Factura service, or the address in the "
                "server's configuration is wrong. Nothing is sent until this is put right."
            ),
            "unauthorized": _("The token was refreshed and still is not accepted: connect to ANAF again."),
        }.get(
            error.code, _("The holder of the certificate needs the right for this company in SPV. Its invoices wait.")
        )
        note = f"{advice} {error.text}"
        self.credential._isolated(lambda own: own._alert(summary, note))


def _about_record(work, record):
    """Return `work` as a function that says which record its calls are about.

    :param record: (model, id), or None
    """

    def noted(client):
        with about(record):
            return work(client)

    return noted


def lanes(env, pairs):
    """Return the lanes of `pairs`; for one without a connection or CIF, `_not_connected` is called instead.

    :param pairs: [(company id, environment)]
    """
    session = make_session(knob("pool", 16))
    found = []
    for company_id, environment in pairs:
        company = env["res.company"].sudo().browse(company_id)
        lane = Lane(in_language_of(company, company), environment, session)
        if lane.credential and lane.cif:
            found.append(lane)
        else:
            lane.env["l10n_ro_efactura.guard"]._not_connected(lane)
    return found


def finished_calls(pool, block=False):
    """Return the finished calls of `pool`: [(lane, tag, outcome)].

    A 401 is repeated here once with a renewed token, because the gateway rejected the call and registered nothing.
    The caller stores every other outcome and then reports it with `lane.report`.

    :param block: True waits for at least one where any is running
    """
    found = []
    for call, outcome in pool.drain(block=block):
        if isinstance(outcome, Unauthorized) and not call.repeated and call.lane.renew(call.client):
            again = replace(call, client=call.lane.client, repeated=True)
            pool.submit(again, again.work, again.client)
        else:
            found.append((call.lane, call.tag, outcome))
    return found
