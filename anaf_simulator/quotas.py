"""Counters per Bucharest day and the sliding minute."""

from __future__ import annotations

from collections import defaultdict, deque

from .clock import iso_day


class Quotas:
    def __init__(self) -> None:
        self._day = ""
        self._counts: dict[tuple[str, ...], int] = defaultdict(int)
        self._minutes: dict[str, deque[float]] = defaultdict(deque)
        self.peak_per_minute = 0  # most calls of one client in any 60 seconds, refused ones included

    def use(self, now: float, limit: int, *key: str) -> bool:
        """Count one use of `key` today; False, uncounted, when `limit` is reached."""
        day = iso_day(now)
        if day != self._day:
            self._day, self._counts = day, defaultdict(int)
        if self._counts[key] >= limit:
            return False
        self._counts[key] += 1
        return True

    def use_minute(self, now: float, limit: int, client: str) -> bool:
        """Count one call of `client`; False when more than `limit` came in the last 60 seconds."""
        calls = self._minutes[client]
        while calls and calls[0] <= now - 60:
            calls.popleft()
        calls.append(now)
        self.peak_per_minute = max(self.peak_per_minute, len(calls))
        return len(calls) <= limit
