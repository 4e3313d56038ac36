"""Peers on 127.0.0.1 that behave as badly as a test needs."""

import socket
import struct
import threading
from types import SimpleNamespace

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
