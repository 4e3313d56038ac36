"""Calls to the public register: one a second for all workers, and a gate of their own."""

import time

from ...anaf import AnafError, Forbidden, NotSent, RegistryClient, Throttled, Transient, Unauthorized, Uncertain, today

# Key of the register's gate and of its calls in the shared budget, and the environment of that gate.
KEY, ENVIRONMENT = "webservicesp", "prod"
# Calls within a window of so many seconds: ANAF's one a second, and a tenth for the way there.
CALLS, WINDOW = 1, 1.1
# Seconds for which a call waits for its turn.
PATIENCE = 10
# Seconds for which the gate closes after a 403.
FORBIDDEN_SECONDS = 1800


class RegistryLane:
    """The calls to the register during one run of a worker or one click; not a record.

    :param deadline: seconds that one whole call may take
    """

    def __init__(self, env, deadline):
        self.env = env
        self._client = RegistryClient(env["l10n_ro_efactura.credential"]._endpoints(), deadline=deadline)
        self._probing = False

    def is_open(self):
        """Return True when the register may be asked now; where the gate's time is over, this worker tries it."""
        gate = self.env["l10n_ro_efactura.gate"]
        state = gate._state(KEY, ENVIRONMENT, fresh=True)
        if state == "probe":
            self._probing = gate._take_probe(KEY, ENVIRONMENT)
            return self._probing
        return state == "open"

    def taxpayers(self, cifs):
        """Ask what the register holds of up to 100 CUIs today.

        :param cifs: list of digits
        :rtype: RegistryAnswer
        :raise AnafError: no answer; `Throttled` where the gate is closed or the turn does not come
        """
        gate = self.env["l10n_ro_efactura.gate"]
        if not self.is_open():
            raise Throttled(gate._reason(KEY, ENVIRONMENT))
        self._wait()
        try:
            answer = self._client.taxpayers(cifs, today())
        except AnafError as error:
            self._report(error)
            raise
        if self._probing:
            gate._open(KEY, ENVIRONMENT)
            self._probing = False
        else:
            gate._answered(KEY, ENVIRONMENT)
        return answer

    def _wait(self):
        """Wait for this call's turn among all workers.

        :raise Throttled: it does not come within `PATIENCE` seconds
        """
        end = time.monotonic() + PATIENCE
        while True:
            granted, wait = self.env["l10n_ro_efactura.call"]._grant(KEY, 1, cap=CALLS, window=WINDOW)
            if granted:
                return
            if time.monotonic() + wait > end:
                raise Throttled("own_budget", self.env._("Too many checks at once."), retry_after=wait)
            time.sleep(wait)

    def _report(self, error):
        gate = self.env["l10n_ro_efactura.gate"]
        if isinstance(error, Throttled):
            gate._close(KEY, ENVIRONMENT, error.retry_after or 60, error.code)
        elif isinstance(error, (Forbidden, Unauthorized)):
            gate._close(KEY, ENVIRONMENT, FORBIDDEN_SECONDS, error.code)
        elif isinstance(error, (Uncertain, NotSent)) or type(error) is Transient:
            gate._failed(KEY, ENVIRONMENT, error)
