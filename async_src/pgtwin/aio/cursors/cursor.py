"""Cursors: they execute queries and keep their results.

Each method that communicates with the server holds the lock of the session.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, ClassVar, overload

from psycopg import errors as e, pq
from psycopg.rows import Row

from pgtwin.aio.cursors.copy import AsyncCopy, AsyncWriter, Progress
from pgtwin.aio.cursors.executemany import execute_many
from pgtwin.aio.cursors.results import TEXT, AsyncResults, closed_cursor
from pgtwin.aio.cursors.streaming import (
    ROWS,
    check_size,
    close_rows,
    end_rows,
    open_rows,
    receive_rows,
)
from pgtwin.aio.sessions import copy_exchange
from pgtwin.aio.sessions.lock import BLOCK_GRACE
from pgtwin.aio.sessions.open_pipeline import Executions
from pgtwin.aio.sessions.pipeline_exchange import TURN
from pgtwin.core.statements.client_side_binding import bind_merged
from pgtwin.core.statements.placeholders import Binder, Statement, bind

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult
    from typing_extensions import Self

    from pgtwin.core.engine.contract import Kept, RowLoader
    from pgtwin.core.type_aliases import (
        Params,
        Query,
        QueryNoTemplate,
        Template,
    )

BINARY = pq.Format.BINARY


class AsyncCursor(AsyncResults[Row]):
    """Executes queries on a connection, and returns their results (PEP 249)."""

    __module__ = "pgtwin"
    _bind_query: ClassVar[Binder] = staticmethod(bind)
    # Whether the binder writes the parameters into the text.
    _merging: ClassVar[bool] = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Forget the results; the cursor cannot execute any more.

        What a pipeline still owes it can be seen at the end, but not fetched.
        """
        pending = self._pending
        self._forget()
        self._pending = pending
        self._closed = True

    @overload
    async def execute(
        self,
        query: QueryNoTemplate,
        params: Params | None = None,
        *,
        prepare: bool | None = None,
        binary: bool | None = None,
        timeout: float | None = None,
    ) -> Self: ...

    @overload
    async def execute(
        self,
        query: Template,
        *,
        prepare: bool | None = None,
        binary: bool | None = None,
        timeout: float | None = None,
    ) -> Self: ...

    async def execute(
        self,
        query: Query,
        params: Params | None = None,
        *,
        prepare: bool | None = None,
        binary: bool | None = None,
        timeout: float | None = None,
    ) -> Self:
        """Execute a query and keep its results; return the cursor itself.

        `prepare` forces or forbids a prepared statement; without it, the threshold of
        the connection decides. `binary` requests values in binary format. Without
        `params`, the query may contain several statements. A template string contains
        its parameters. After `timeout` seconds, or after `command_timeout` of the
        connection, the driver asks the server to cancel, and raises `OperationTimeout`.
        Raises `InterfaceError` if the cursor is closed, `ProgrammingError` if
        placeholders and parameters do not match, `DataError` if the query or the
        parameters are too long for the server (1 GiB), `OperationalError` if the
        connection is closed or lost, or the error of the server.
        """
        session = self._session
        async with session.lock.held(timeout):
            if self._closed:
                raise closed_cursor()
            engine = session.engine
            try:
                kept = engine.start_for(session, self, query, params, prepare, binary)
                if kept is not None and self._pending is None:
                    results = await session.exchange.results()
                    if not engine.give(session, kept, self):
                        await self._conclude(results, kept)
            except BaseException:
                self._forget()
                raise
            if kept is None:
                await self._execute(query, params, prepare)
            elif self._pending is not None:
                pipelining = session.pipelining
                assert pipelining is not None
                if kept.settings or pipelining.unseen >= TURN:
                    await pipelining.go_on(kept.settings)
        return self

    async def _execute(
        self, query: Query, params: Params | None, prepare: bool | None
    ) -> None:
        """Execute a query that could not be sent at once."""
        session = self._session
        wanted = self._asked_format
        if self._merging:
            prepare = False
        transformer = self._dumper()
        statement = session.engine.bound(session)
        pipelining = session.open_pipeline()
        if pipelining is not None:
            session.check()
            seen = session.observe(query)
            if statement is None:
                transformer = transformer or session.adaptation.transformer()
                encoding = session.adaptation.encoding
                statement = self._bind_query(query, params, transformer, encoding)
            await pipelining.execute(statement, self, seen, prepare, wanted)
            return
        try:
            results = await session.execute(
                query, params, self._bind_query, prepare, wanted, transformer, statement
            )
            self._keep(results, session.adaptation.last, session.adaptation.lasting)
        except BaseException:
            self._forget()
            raise

    async def _conclude(self, results: list[PGresult], kept: Kept) -> None:
        """Take the results of a prepared statement that may have to be noted."""
        session = self._session
        statement = session.engine.bound(session)
        assert statement is not None
        results = await session.conclude(
            statement, results, kept, True, self._asked_format
        )
        self._keep(results, session.adaptation.last, session.adaptation.lasting)

    async def executemany(
        self,
        query: Query,
        params_seq: Iterable[Params],
        *,
        returning: bool = False,
        timeout: float | None = None,
    ) -> None:
        """Execute a query once for each set of parameters, in a pipeline.

        The statement is prepared. With `returning`, each execution has a result;
        `results()` and `nextset()` move from one to the next. Without it, `rowcount` is
        the sum. Raises the first error of the server, and then executes no more. Raises
        `OperationTimeout` if it takes more than `timeout` seconds.
        """
        session = self._session
        async with session.lock.held(timeout):
            if self._closed:
                raise closed_cursor()
            self._asked = None
            self._forget()
            self._asked_format = self._format(None)
            executions = Executions(
                query,
                params_seq,
                self._bind_query,
                self._dumper() or session.adaptation.transformer(),
                self._adapters or session.adaptation.adapters,
                self.format,
                not self._merging,
            )
            # The caller's iterable works while the connection is busy.
            session.lock.note_holder("executemany()", grace=0)
            try:
                await execute_many(self, executions, returning)
            finally:
                session.lock.forget_holder()

    @asynccontextmanager
    async def copy(
        self,
        statement: Query,
        params: Params | None = None,
        *,
        writer: AsyncWriter | None = None,
        timeout: float | None = None,
        progress: Progress | None = None,
    ) -> AsyncGenerator[AsyncCopy, None]:
        """Execute a COPY to or from the client, and return its block.

        Parameters are written into the statement as literals. If an error leaves the
        block, or if it ends before all data was read, the COPY is canceled. `writer`
        gets the data in place of the server. `timeout` limits each wait for the server,
        in seconds, and not the caller's own time. Other callers wait for the end of the
        block. `progress` is a plain function. It is called with the COPY, which has
        `rows_done` and `bytes_done`, after each block of data that was sent (about 64
        KiB) or received, and once more at the end. If it raises an error, the error is
        raised in the block. Raises `ProgrammingError` if the statement is not such a
        COPY, `OperationTimeout`, or the error of the server.
        """
        session = self._session
        with session.observe(statement) as seen:
            async with session.lock.held(timeout):
                if self._closed:
                    raise closed_cursor()
                self._forget()
                transformer = self._dumper() or session.adaptation.transformer()
                encoding = session.adaptation.encoding
                bound = bind_merged(statement, params, transformer, encoding)
                self._keep([await copy_exchange.start(session, bound.text)])
                session.exchange.deadline = None
                session.lock.note_holder("copy()", BLOCK_GRACE)
                try:
                    async with AsyncCopy(
                        self, writer=writer, timeout=timeout, progress=progress
                    ) as copy:
                        yield copy
                finally:
                    session.lock.forget_holder()
            seen.count(self._rowcount)

    async def stream(
        self,
        query: Query,
        params: Params | None = None,
        *,
        binary: bool | None = None,
        size: int = 1,
        timeout: float | None = None,
    ) -> AsyncGenerator[Row, None]:
        """Execute a query, and yield its rows while the server still sends.

        The rows are received `size` at a time; more than one needs libpq 17 or newer.
        The connection cannot do anything else until the last row, or until the
        generator is closed. Closing it cancels the query, and the connection can be
        used again. `timeout` limits each wait for the server, in seconds, and not the
        caller's own time. Raises the errors of `execute()`, before the first row or
        between two rows, and `ProgrammingError` if the query returns no rows.
        """
        session = self._session
        check_size(size)
        limit = session.lock.limit(timeout)
        async with session.lock.held(timeout):
            if self._closed:
                raise closed_cursor()
            if session.pgconn.pipeline_status:
                raise e.ProgrammingError("stream() cannot be used in pipeline mode")
            self._forget()
            self._asked_format = self._format(binary)
            session.lock.note_holder("stream()")
            try:
                with session.observe(query) as seen:
                    await open_rows(
                        session,
                        query,
                        params,
                        self._bind_query,
                        self._dumper(),
                        self._asked_format,
                        size,
                    )
                    loader: RowLoader | None = None
                    while results := await receive_rows(session, limit):
                        for result in results:
                            session.check()  # the caller may have closed it
                            if result.status not in ROWS:
                                seen.note([result])
                                await end_rows(session, result)
                                continue
                            if loader is None:
                                session.adaptation.look_at_settings()
                                self._encoding = session.adaptation.encoding
                                loader = self._make_loader(result)
                            else:
                                loader.set_pgresult(result, set_loaders=False)
                            self.pgresult = self._bound = result
                            for index in range(result.ntuples):
                                make_row = self._make_row or self._row_maker()
                                yield loader.load_row(index, make_row)
            finally:
                await close_rows(session)
                session.lock.forget_holder()

    @property
    def _query(self) -> Statement | None:
        """What was executed last, for libraries that ask psycopg's cursors for it.

        Bound each time, so that nothing is kept for those who do not ask; `None` for
        what cannot be bound, and after `executemany()`.
        """
        if self._asked is None:
            return None
        try:
            adaptation = self._session.adaptation
            transformer = self._dumper() or adaptation.new_transformer()
            return self._binder(*self._asked, transformer, adaptation.encoding)
        except (e.Error, TypeError):
            return None

    @property
    def _binder(self) -> Binder:
        """What makes the statement that `execute()` sends."""
        return self._bind_query

    def _format(self, binary: bool | None) -> pq.Format:
        """Return the format of results that is asked for."""
        return self.format if binary is None else BINARY if binary else TEXT
