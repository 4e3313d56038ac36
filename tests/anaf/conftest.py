"""Fixtures of the pure-Python tests; their helpers and the package are put on the path."""

import pathlib
import socket
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
for folder in (HERE, HERE.parents[1] / "l10n_ro_efactura_abacus"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from anaf_peer import TOKEN, Peer  # noqa: E402  the path comes first


@pytest.fixture
def peer():
    """``peer(script)`` starts a server with a script of its own."""
    started = []

    def start(script):
        started.append(Peer(script))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def serve(peer):
    """``serve(answer)`` starts a keep-alive server; ``answer``: bytes, or a function of the request."""

    def start(answer):
        def script(server, conn):
            while request := server.next(conn):
                reply = answer(request) if callable(answer) else answer
                if reply is None:
                    return
                conn.sendall(reply)

        return peer(script)

    return start


@pytest.fixture
def client_of():
    """``client_of(peer, **options)`` -> an AnafClient of that server."""
    import anaf

    def make(server, environment="prod", **options):
        url = getattr(server, "url", server)
        return anaf.AnafClient(anaf.Endpoints(url, url, url), environment, TOKEN, **options)

    return make


@pytest.fixture
def dead_port():
    """The URL of a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}"
