"""Streams of connections: opened by clients, and served by servers."""

from __future__ import annotations

from typing import Any

from .connecting import create_connection, create_unix_connection
from .dynamic_calls import awaited
from .entry_points import entry
from .events import get_running_loop
from .servers import Server, create_server, create_unix_server
from .streams import LIMIT, StreamReader, StreamReaderProtocol, StreamWriter

# The loop's own methods, which a program may override, are these.
_DEFAULTS = create_connection, create_unix_connection, create_server, create_unix_server

Streams = tuple[StreamReader, StreamWriter]


def _opened(method: str, limit: int, *args: Any, **kwargs: Any) -> Streams:
    loop = get_running_loop()
    reader = StreamReader(limit=limit, loop=loop)
    protocol = StreamReaderProtocol(reader, loop=loop)
    connect = getattr(loop, method)
    transport, _ = awaited(connect, lambda: protocol, *args, **kwargs)
    return reader, StreamWriter(transport, protocol, reader, loop)


def _served(
    method: str, callback: Any, limit: int, *args: Any, **kwargs: Any
) -> Server:
    loop = get_running_loop()

    def make_protocol() -> StreamReaderProtocol:
        reader = StreamReader(limit=limit, loop=loop)
        return StreamReaderProtocol(reader, callback, loop=loop)

    serve = getattr(loop, method)
    return awaited(serve, make_protocol, *args, **kwargs)  # type: ignore[no-any-return]


@entry
def open_connection(
    host: Any = None, port: Any = None, *, limit: int = LIMIT, **kwds: Any
) -> Streams:
    """Connect as the loop's `create_connection()`; return a reader and a writer."""
    return _opened("create_connection", limit, host, port, **kwds)


@entry
def start_server(
    client_connected_cb: Any,
    host: Any = None,
    port: Any = None,
    *,
    limit: int = LIMIT,
    **kwds: Any,
) -> Server:
    """Serve as the loop's `create_server()`: call back with a reader and a writer."""
    return _served("create_server", client_connected_cb, limit, host, port, **kwds)


@entry
def open_unix_connection(
    path: Any = None, *, limit: int = LIMIT, **kwds: Any
) -> Streams:
    """Connect as the loop's `create_unix_connection()`."""
    return _opened("create_unix_connection", limit, path, **kwds)


@entry
def start_unix_server(
    client_connected_cb: Any, path: Any = None, *, limit: int = LIMIT, **kwds: Any
) -> Server:
    """Serve as the loop's `create_unix_server()`."""
    return _served("create_unix_server", client_connected_cb, limit, path, **kwds)
