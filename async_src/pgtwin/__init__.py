"""A PostgreSQL driver with an async and a sync form.

`AsyncConnection` is written by hand, and twingen generates `Connection` from it. This
module loads each form when it is first used, without the other one (PEP 562).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

try:
    import_module("psycopg.pq")
except ImportError as error:
    if "subinterpreter" in str(error):
        raise ImportError(
            "pgtwin cannot be used in this sub-interpreter, it has a GIL of its own: "
            "take one that shares the GIL, or Python 3.13 with the system's libpq; "
            f"psycopg says: {error}"
        ) from error
    raise ImportError(
        "pgtwin needs libpq, and none could be loaded: install it with `pip install "
        '"pgtwin[binary]"`, or with the system (Debian: libpq5, Fedora: libpq, '
        f"Homebrew: libpq); psycopg says: {error}"
    ) from error

from psycopg import (
    BINARY,
    DATETIME,
    NUMBER,
    ROWID,
    STRING,
    Binary,
    Capabilities,
    ConnectionInfo,
    Date,
    DateFromTicks,
    IsolationLevel,
    Notify,
    Time,
    TimeFromTicks,
    Timestamp,
    TimestampFromTicks,
    Xid,
    adapters,
    capabilities,
)
from psycopg.errors import (
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    Warning,  # noqa: A004 (the name is PEP 249's)
)

from pgtwin import (
    abc,
    adapt,
    conninfo,
    copy,
    errors,
    postgres,
    pq,
    rows,
    sql,
    types,
)
from pgtwin.core.base_connection import BaseConnection
from pgtwin.core.column import Column
from pgtwin.core.deadlines import OperationTimeout
from pgtwin.core.statements.query_hooks import QueryEvent
from pgtwin.core.statements.transaction_statements import (
    OutOfOrderTransactionNesting,
    Rollback,
)

if TYPE_CHECKING:
    from pgtwin import client_cursor, raw_cursor
    from pgtwin.aio.connections.connection import AsyncConnection
    from pgtwin.aio.connections.pipeline import AsyncPipeline
    from pgtwin.aio.connections.transaction import AsyncTransaction
    from pgtwin.aio.cursors.client_cursor import AsyncClientCursor
    from pgtwin.aio.cursors.copy import AsyncCopy
    from pgtwin.aio.cursors.cursor import AsyncCursor
    from pgtwin.aio.cursors.raw_cursor import AsyncRawCursor, AsyncRawServerCursor
    from pgtwin.aio.cursors.server_cursor import AsyncServerCursor
    from pgtwin.psycopg_alias import install_as_psycopg
    from pgtwin_sync.connections.connection import Connection
    from pgtwin_sync.connections.pipeline import Pipeline
    from pgtwin_sync.connections.transaction import Transaction
    from pgtwin_sync.cursors.client_cursor import ClientCursor
    from pgtwin_sync.cursors.copy import Copy
    from pgtwin_sync.cursors.cursor import Cursor
    from pgtwin_sync.cursors.raw_cursor import RawCursor, RawServerCursor
    from pgtwin_sync.cursors.server_cursor import ServerCursor

    connect = Connection.connect

__version__ = "0.1.0"

# PEP 249
apilevel = "2.0"
threadsafety = 2
paramstyle = "pyformat"

_PLACES = {
    "AsyncClientCursor": "pgtwin.aio.cursors.client_cursor",
    "AsyncConnection": "pgtwin.aio.connections.connection",
    "AsyncCopy": "pgtwin.aio.cursors.copy",
    "AsyncCursor": "pgtwin.aio.cursors.cursor",
    "AsyncPipeline": "pgtwin.aio.connections.pipeline",
    "AsyncRawCursor": "pgtwin.aio.cursors.raw_cursor",
    "AsyncRawServerCursor": "pgtwin.aio.cursors.raw_cursor",
    "AsyncServerCursor": "pgtwin.aio.cursors.server_cursor",
    "AsyncTransaction": "pgtwin.aio.connections.transaction",
    "ClientCursor": "pgtwin_sync.cursors.client_cursor",
    "Connection": "pgtwin_sync.connections.connection",
    "Copy": "pgtwin_sync.cursors.copy",
    "Cursor": "pgtwin_sync.cursors.cursor",
    "Pipeline": "pgtwin_sync.connections.pipeline",
    "RawCursor": "pgtwin_sync.cursors.raw_cursor",
    "RawServerCursor": "pgtwin_sync.cursors.raw_cursor",
    "ServerCursor": "pgtwin_sync.cursors.server_cursor",
    "Transaction": "pgtwin_sync.connections.transaction",
    "install_as_psycopg": "pgtwin.psycopg_alias",
}
_MODULES = ("client_cursor", "raw_cursor")

__all__ = [
    "BINARY",
    "DATETIME",
    "NUMBER",
    "ROWID",
    "STRING",
    "AsyncClientCursor",
    "AsyncConnection",
    "AsyncCopy",
    "AsyncCursor",
    "AsyncPipeline",
    "AsyncRawCursor",
    "AsyncRawServerCursor",
    "AsyncServerCursor",
    "AsyncTransaction",
    "BaseConnection",
    "Binary",
    "Capabilities",
    "ClientCursor",
    "Column",
    "Connection",
    "ConnectionInfo",
    "Copy",
    "Cursor",
    "DataError",
    "DatabaseError",
    "Date",
    "DateFromTicks",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "IsolationLevel",
    "NotSupportedError",
    "Notify",
    "OperationTimeout",
    "OperationalError",
    "OutOfOrderTransactionNesting",
    "Pipeline",
    "ProgrammingError",
    "QueryEvent",
    "RawCursor",
    "RawServerCursor",
    "Rollback",
    "ServerCursor",
    "Time",
    "TimeFromTicks",
    "Timestamp",
    "TimestampFromTicks",
    "Transaction",
    "Warning",
    "Xid",
    "abc",
    "adapt",
    "adapters",
    "apilevel",
    "capabilities",
    "client_cursor",
    "connect",
    "conninfo",
    "copy",
    "errors",
    "install_as_psycopg",
    "paramstyle",
    "postgres",
    "pq",
    "raw_cursor",
    "rows",
    "sql",
    "threadsafety",
    "types",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"pgtwin.{name}")
    place = _PLACES.get("Connection" if name == "connect" else name)
    if place is None:
        raise AttributeError(f"module 'pgtwin' has no attribute {name!r}")
    module = import_module(place)
    value = module.Connection.connect if name == "connect" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
