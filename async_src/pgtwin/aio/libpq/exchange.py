"""Sends messages of libpq's protocol to the server, and receives the answers.

The rules of `pgconn` about the lock apply here, too. Each method that sends something
returns everything that the server has answered, including errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from psycopg import capabilities, errors as e

from pgtwin.aio.libpq.cancellation import request_cancel
from pgtwin.aio.libpq.pgconn import CLOSED, Handle
from pgtwin.aio.waiting.readiness import Readiness

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult

    from pgtwin.core.statements.placeholders import Statement


class Exchange(Handle):
    """Communicates with one server: executes, listens."""

    @classmethod
    def over(cls, pgconn: PGconn) -> Exchange:
        """Return an exchange for a connected handle that no other code uses."""
        pgconn.nonblocking = 1
        readiness = Readiness()
        readiness.attach(pgconn.socket)
        return cls(pgconn, readiness)

    def leave(self) -> PGconn:
        """Return the handle for another exchange; this one no longer watches it."""
        self._readiness.detach()
        return self.pgconn

    # twingen: async-only
    def watch_here(self) -> None:
        """Watch the handle, which was left, in the running event loop."""
        self._readiness = Readiness()
        if not self.closed:
            self._readiness.attach(self.pgconn.socket)

    async def query(self, text: bytes) -> list[PGresult]:
        """Execute one or more statements without parameters (`PQsendQuery`)."""
        self.pgconn.send_query(text)
        return await self.results()

    def send_statement(
        self, statement: Statement, result_format: int, name: bytes = b""
    ) -> None:
        """Send a statement; `results()` waits for what comes of it.

        `name` is its name if it is prepared (`PQsendQueryPrepared`,
        `PQsendQueryParams`, `PQsendQuery`).
        """
        text, values, types, formats = statement
        if name:
            self.pgconn.send_query_prepared(name, values, formats, result_format)
        elif values is None and not result_format:
            self.pgconn.send_query(text)
        else:
            self.pgconn.send_query_params(text, values, types, formats, result_format)

    async def prepare(
        self, name: bytes, text: bytes, types: Sequence[int]
    ) -> list[PGresult]:
        """Prepare a statement (`PQsendPrepare`)."""
        self.pgconn.send_prepare(name, text, types)
        return await self.results()

    async def describe_prepared(self, name: bytes) -> list[PGresult]:
        """Ask for the columns of a prepared statement (`PQsendDescribePrepared`)."""
        self.pgconn.send_describe_prepared(name)
        return await self.results()

    async def describe_portal(self, name: bytes) -> list[PGresult]:
        """Ask for the columns of a portal (`PQsendDescribePortal`)."""
        self.pgconn.send_describe_portal(name)
        return await self.results()

    async def close_portal(self, name: bytes) -> list[PGresult]:
        """Close a portal if the server has it (`PQsendClosePortal`, libpq 17)."""
        self.pgconn.send_close_portal(name)
        return await self.results()

    async def close_prepared(self, name: bytes) -> list[PGresult]:
        """Let the server forget a prepared statement (`PQsendClosePrepared`)."""
        if capabilities.has_send_close_prepared():
            self.pgconn.send_close_prepared(name)
        else:
            self.pgconn.send_query(b"DEALLOCATE " + name)
        return await self.results()

    async def start_copy(self, text: bytes) -> list[PGresult]:
        """Execute a statement; the last result is a COPY's if it has started one."""
        self.pgconn.send_query(text)
        return await self.results(copying=True)

    def send_rows(
        self, statement: Statement, result_format: int, size: int, name: bytes = b""
    ) -> None:
        """Begin a conversation whose rows come `size` at a time.

        `name` is the statement's if it is prepared. `receive()` goes on with it
        (`PQsetSingleRowMode`, `PQsetChunkedRowsMode`).
        """
        if name:
            self.send_statement(statement, result_format, name)
        else:
            # Never as a simple query, which may hold several statements.
            self.pgconn.send_query_params(*statement, result_format)
        self.streamed = True
        if size == 1:
            self.pgconn.set_single_row_mode()
        else:
            self.pgconn.set_chunked_rows_mode(size)

    def collect(self) -> None:
        """Read messages that arrived without a query.

        Raises `OperationalError` if the server is lost, with the server's text if it
        has sent any.
        """
        self._in_use = True
        try:
            self.engine.read()
            failure = self.engine.failure
            if failure is not None:
                raise (
                    e.OperationalError(CLOSED)
                    if self._finishing
                    else (self.fatal_error or failure)
                )
        finally:
            self._release()

    def drain(self) -> None:
        """Take the notifications that libpq has."""
        self.engine.drain()

    async def cancel(self, timeout: float) -> None:
        """Ask the server to cancel what it executes, as `request_cancel()` does."""
        await request_cancel(self.pgconn, timeout)
