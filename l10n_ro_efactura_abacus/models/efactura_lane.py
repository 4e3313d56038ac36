"""A lane: one company, one environment, one connection. Every background call to ANAF goes through one."""
from datetime import datetime, timedelta, timezone

from odoo.exceptions import UserError

from ..anaf import AnafError, NotSent, Throttled, Transient, Unauthorized, Uncertain, make_session
from .efactura_traffic import BLOCK
from .knobs import knob

HTTP_DEADLINE = 60.0
LEASE_SECONDS = 180
# failures of ours or ANAF's gateway that say nothing about whether ANAF works
_NOT_DOWN = ('internal', 'contradictory_answer', 'lease_over')


class Lane:
    """Not a record: lives as long as one run of a worker. Its client is rebuilt after a token refresh."""

    def __init__(self, company, environment, session):
        self.env = company.env
        self.company, self.environment, self._session = company, environment, session
        self.credential = company._l10n_ro_efactura_credential()
        self.cif = company._l10n_ro_efactura_cif()
        self.key = self.credential.client_id or f'credential {self.credential.id}'
        self.paused = None  # why nothing more goes out in this run
        self._client, self._granted, self._renewed = None, 0, False

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
        """True when calls may be made now. A gate that was closed long enough is probed with a harmless list."""
        gate = self.env['l10n_ro_efactura.gate']
        state = gate._state(self.key, self.environment)
        if state != 'probe':
            return state == 'open'
        now = datetime.now(timezone.utc)
        window = now - timedelta(hours=1), now - timedelta(minutes=1)
        try:
            self.call(lambda client: client.list_page(self.cif, *window))
        except AnafError:
            return gate._state(self.key, self.environment) == 'open'
        except UserError:
            return False
        return True

    def stays_open(self):
        """True while the gate has not closed during this run."""
        return self.env['l10n_ro_efactura.gate']._state(self.key, self.environment) == 'open'

    def grant(self, wanted=1):
        """Calls that may be made at once, out of the budget shared by all workers: (granted, seconds to wait)."""
        wait = 0.0
        if self._granted < wanted:
            granted, wait = self.env['l10n_ro_efactura.call']._grant(self.key, max(wanted - self._granted, BLOCK))
            self._granted += granted
        return min(self._granted, wanted), wait

    def spend(self, calls=1):
        """Take granted calls."""
        self._granted -= calls

    def call(self, work):
        """Make one call in this thread: budget, one token refresh and one repeat on 401, the gate told.

        :param work: function of the client
        :raises Throttled: the budget is used up for now (code ``own_budget``)
        """
        for _attempt in (1, 2):
            granted, wait = self.grant()
            if not granted:
                raise Throttled('own_budget', retry_after=wait)
            self.spend()
            try:
                result = work(self.client)
                self.told(result)
                return result
            except Unauthorized as error:
                if not self.renew():
                    self.told(error)
                    raise
            except AnafError as error:
                self.told(error)
                raise
        raise Unauthorized('unauthorized')

    def renew(self):
        """After a 401: another token, once per run. True when a repeat makes sense."""
        if self._renewed:
            return False
        self._renewed = True
        renewed = self.credential._renew_after_401(self.client)
        self._client = None
        return renewed

    def told(self, outcome):
        """Tell the gate what came back."""
        gate = self.env['l10n_ro_efactura.gate']
        if isinstance(outcome, Throttled):
            gate._close(self.key, self.environment, outcome.retry_after or 60, outcome.code)
        elif isinstance(outcome, (Uncertain, NotSent)) or type(outcome) is Transient:
            if outcome.code not in _NOT_DOWN:
                gate._failed(self.key, self.environment, outcome)
        else:
            gate._answered(self.key, self.environment)


def lanes(env, pairs):
    """Lanes for (company id, environment) `pairs`, those without a connection or CIF left out."""
    session = make_session(knob('pool', 16))
    found = []
    for company_id, environment in pairs:
        lane = Lane(env['res.company'].sudo().browse(company_id), environment, session)
        if lane.credential and lane.cif:
            found.append(lane)
    return found
