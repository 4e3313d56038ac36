"""The HTTP server: one port on 127.0.0.1, HTTP/1.1 with kept-alive connections, a thread per connection."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from . import control, faults
from .calls import Call
from .replies import Reply

if TYPE_CHECKING:
    from .simulator import Simulator

# Loopback and nothing else: the simulator has no passwords worth the name.
HOST = "127.0.0.1"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 1024

    def __init__(self, simulator: Simulator, port: int) -> None:
        self.simulator = simulator
        self.connections: set[socket.socket] = set()
        self._thread: threading.Thread | None = None
        super().__init__((HOST, port), Handler)

    def server_bind(self) -> None:
        # HTTPServer's own looks up the host name, which can take seconds without DNS
        socket.socket.setsockopt(self.socket, socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.server_name, self.server_port = self.socket.getsockname()[:2]

    def start(self) -> None:
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, name="anaf-simulator", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        for connection in list(self.connections):  # idle kept-alive clients must notice
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep silent about a client that hangs up, which is normal life here; show anything else."""
        import sys

        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "ANAF-simulator", ""
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        try:
            super().finish()
        except OSError:
            pass

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        self._read = False
        call = Call(self.command, unquote(url.path), query, self.headers, self._read_body)
        try:
            if call.path == "/" or call.path.startswith("/_control/"):
                reply = control.handle(self.server.simulator, call)
            else:
                reply = self.server.simulator.handle(call)
            if not self._read and not reply.drop:
                self._read_body(0)  # the next request of this connection starts after the body
        except ConnectionError:
            reply = Reply(drop=True)
        except Exception:
            self._send(faults.gateway(500))
            raise
        self._send(reply)

    do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_GET

    def _send(self, reply: Reply) -> None:
        if reply.drop:
            self.close_connection = True
            return
        self.send_response(reply.status)
        if reply.status != 204:
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.cut is not None:
            self.close_connection = True
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if reply.status != 204 and self.command != "HEAD":
            self.wfile.write(reply.body[: reply.cut])
        self.wfile.flush()

    def _read_body(self, keep: int) -> tuple[bytes, int]:
        """Read the body, chunked ones too: (the first `keep` bytes, full size)."""
        self._read = True
        kept, size = bytearray(), 0
        for piece in self._pieces():
            size += len(piece)
            kept += piece[: max(0, keep - len(kept))]
        return bytes(kept), size

    def _pieces(self) -> Iterator[bytes]:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            while True:
                length = int(self.rfile.readline(100).split(b";")[0].strip() or b"0", 16)
                if not length:
                    while self.rfile.readline(1000).strip():
                        pass
                    return
                yield from self._exactly(length)
                self.rfile.readline(10)
        else:
            yield from self._exactly(int(self.headers.get("Content-Length") or 0))

    def _exactly(self, length: int) -> Iterator[bytes]:
        while length > 0:
            piece = self.rfile.read(min(length, 65536))
            if not piece:
                raise ConnectionResetError("the client hung up inside its request")
            length -= len(piece)
            yield piece
