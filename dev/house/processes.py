"""Child processes that never outlive us, free ports, and an orderly end on Ctrl-C or SIGTERM."""

import ctypes
import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def _end_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(command, **options):
    """Start `command` in a process group of its own, which ends when we do, however we end."""
    return subprocess.Popen(
        [str(part) for part in command], start_new_session=True, preexec_fn=_end_with_parent, **options
    )


def stop(process, patience=20):
    """End a process that we started, and its children."""
    for sign, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 10)):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            break
        try:
            process.wait(seconds)
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()


@contextmanager
def running(command, **options):
    """The process of `command`, ended with the block."""
    process = start(command, **options)
    try:
        yield process
    finally:
        stop(process)


def free_port(wanted=0):
    """`wanted` on 127.0.0.1 if nobody has it, else one that is free now.

    Below the range that outgoing connections take theirs from: a probe of such a port may find itself.
    """
    for port in (wanted, *random.sample(range(18000, 30000), 100)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            if port:
                return port
    raise SystemExit("No free port on 127.0.0.1.")


def wait_for_port(port, process, seconds=120):
    """Wait until something listens on `port`; False where `process` ended or the time ran out first."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit and process.poll() is None:
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return True
        time.sleep(0.1)
    return False


def entry_point(main):
    """Run `main`, which returns an exit code; Ctrl-C and SIGTERM unwind it (exit codes 130 and 143)."""

    def end(_number, _frame):
        raise SystemExit(143)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job starts with it ignored
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the second Ctrl-C must not break the cleaning up at exit
        sys.exit(130)
