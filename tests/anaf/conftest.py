"""Peers on 127.0.0.1 that behave as badly as needed, and the addon's pure Python on the path."""

import pathlib
import socket
import struct
import sys
import threading
from types import SimpleNamespace

import pytest

ADDON = pathlib.Path(__file__).resolve().parents[2] / "l10n_ro_efactura_abacus"
if str(ADDON) not in sys.path:
    sys.path.insert(0, str(ADDON))

TOKEN = "header.PAYLOAD-OF-THE-TOKEN.signature"


def read_request(conn):
    """One HTTP request off a socket, body included; None when the peer closed."""
    head = b""
    while b"\r\n\r\n" not in head:
        block = conn.recv(65536)
        if not block:
            return None
        head += block
    head, _, body = head.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    method, target, _version = lines[0].split(" ")
    headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
    while len(body) < int(headers.get("content-length", 0)):
        body += conn.recv(65536)
    return SimpleNamespace(method=method, target=target, headers=headers, body=body)


def response(body=b"", status=200, **headers):
    """The bytes of an HTTP answer."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def reset(conn):
    """Close with RST instead of FIN."""
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    conn.close()


class Peer:
    """A TCP server; ``script(peer, conn)`` owns each connection, in a thread of its own."""

    def __init__(self, script):
        self.script, self.requests, self.connections = script, [], 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self._open = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                conn, _address = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(conn)
            threading.Thread(target=self._run, args=(conn,), daemon=True).start()

    def _run(self, conn):
        try:
            self.script(self, conn)
        except OSError:
            pass
        finally:
            conn.close()

    def next(self, conn):
        request = read_request(conn)
        if request:
            self.requests.append(request)
        return request

    def close(self):
        self.listener.close()
        for conn in self._open:
            conn.close()


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
