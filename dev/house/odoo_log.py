"""Reads Odoo's log while it is written: which tests started, failed, were skipped, and what else went wrong."""

import re

RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+?): (?P<text>.*)$")
STARTING = re.compile(r"^Starting (?P<test>\S+(?: \(.*\))?) \.\.\.")
SKIPPED = re.compile(r"^skipped (?P<test>\S+) : (?P<reason>.*)")
FAILED = re.compile(r"^(?:FAIL|ERROR): (?:Subtest )?(?P<test>[\w.]+(?: \([\w.]+\))?)")
VERDICT = re.compile(r"^Module \S+: \d+ failures|^At least one test failed")


class Log:
    """Feed it lines; then `started`, `failures` ({test: text}), `skipped` ({test: reason}), `complaints` (texts)."""

    def __init__(self):
        self.started, self.failures, self.skipped, self.complaints = [], {}, {}, []
        self._record = None

    def feed(self, line):
        line = line.rstrip("\n")
        found = RECORD.match(line)
        if found:
            self.close()
            self._record = [found["level"], found["logger"], found["text"]]
        elif self._record:
            self._record.append(line)

    def close(self):
        """Judge the last record; call it once after the last line."""
        if not self._record:
            return
        (level, logger, first, *more), self._record = self._record, None
        if found := STARTING.match(first):
            self.started.append(found["test"])
        elif found := SKIPPED.match(first):
            self.skipped[found["test"]] = found["reason"]
        elif level in ("ERROR", "CRITICAL"):
            text = "\n".join([first, *more]).rstrip()
            if found := FAILED.match(first):
                test = found["test"]
                self.failures[test] = f"{self.failures[test]}\n{text}" if test in self.failures else text
            elif logger != "odoo.tests.result" and not VERDICT.match(first):
                self.complaints.append(f"{logger}: {text}")

    @property
    def passed(self):
        return len([test for test in self.started if test not in self.failures and test not in self.skipped])
