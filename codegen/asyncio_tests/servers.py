"""Servers for the tests of streams: they answer each request in the same words."""

from __future__ import annotations

import contextlib
import http.server
import os
import socketserver
import ssl
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import test  # type: ignore[import-not-found]

CERTIFICATES = Path(test.__file__).with_name("certdata")


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers `GET`; is silent."""

    def do_GET(self) -> None:
        """Answer."""
        body = b"Test message"
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


class TcpServer(socketserver.ThreadingTCPServer):
    """A server on a port, whose address the tests ask for."""

    allow_reuse_address = True
    daemon_threads = True
    context: ssl.SSLContext | None = None

    @property
    def address(self) -> Any:
        """The address."""
        return self.server_address

    def get_request(self) -> tuple[Any, Any]:
        """Accept a connection, with TLS where there is a context."""
        request, address = super().get_request()
        if self.context is not None:
            request = self.context.wrap_socket(request, server_side=True)
        return request, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let clients go when they like."""


class UnixServer(TcpServer):
    """A server on a path."""

    address_family = getattr(socketserver.socket, "AF_UNIX", None)  # type: ignore[attr-defined, assignment]
    allow_reuse_address = False

    def get_request(self) -> tuple[Any, Any]:
        """Accept a connection; a path is no address that a handler can show."""
        return super().get_request()[0], ("127.0.0.1", 0)


@contextlib.contextmanager
def running(server: TcpServer, use_ssl: bool) -> Iterator[TcpServer]:
    """Serve in a thread."""
    server.context = simple_server_sslcontext() if use_ssl else None
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def run_test_server(*, use_ssl: bool = False) -> Iterator[TcpServer]:
    """Serve on a port."""
    with running(TcpServer(("127.0.0.1", 0), Handler), use_ssl) as server:
        yield server


@contextlib.contextmanager
def run_test_unix_server(*, use_ssl: bool = False) -> Iterator[TcpServer]:
    """Serve on a path."""
    with contextlib.ExitStack() as stack:
        path: Any = stack.enter_context(unix_socket_path())
        yield stack.enter_context(running(UnixServer(path, Handler), use_ssl))


@contextlib.contextmanager
def unix_socket_path() -> Iterator[str]:
    """Make room for a socket."""
    with tempfile.TemporaryDirectory() as folder:
        yield os.path.join(folder, "socket")


def simple_server_sslcontext() -> ssl.SSLContext:
    """Return what a server needs."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    names = "ssl_cert.pem", "ssl_key.pem"
    context.load_cert_chain(*(str(CERTIFICATES / name) for name in names))
    return context


def simple_client_sslcontext(*, disable_verify: bool = True) -> ssl.SSLContext:
    """Return what a client needs that trusts everybody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    if disable_verify:
        context.verify_mode = ssl.CERT_NONE
    return context


def dummy_ssl_context() -> ssl.SSLContext:
    """Return what a client needs that trusts everybody."""
    return simple_client_sslcontext()
