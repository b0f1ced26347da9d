"""Server-side cursors: the server keeps the result, and rows are fetched on demand.

Each row is returned once, in order, even if methods are mixed. Rows that iteration has
fetched ahead come first, and `scroll()` counts from the row that would be next.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, overload

from psycopg import capabilities, errors as e, pq, sql
from psycopg.rows import Row

from pgtwin.aio.cursors.cursor import AsyncCursor
from pgtwin.aio.cursors.results import TEXT, closed_cursor
from pgtwin.core.engine.result_state import TUPLES_OK

if TYPE_CHECKING:
    from psycopg.abc import Transformer
    from psycopg.pq.abc import PGresult
    from typing_extensions import Self

    from pgtwin.aio.connections.connection import AsyncConnection
    from pgtwin.core.statements.placeholders import Binder, Statement
    from pgtwin.core.type_aliases import Params, Query, RowFactory

IDLE = pq.TransactionStatus.IDLE
INTRANS = pq.TransactionStatus.INTRANS

DEFAULT_ITERSIZE = 100


class AsyncServerCursor(AsyncCursor[Row]):
    """A named cursor of the server (`DECLARE`, `FETCH`, `MOVE`, `CLOSE`).

    Without `execute()`, it fetches from an existing cursor of the server with that
    name. Iteration fetches `itersize` rows at a time. The default is 100; less than one
    means one. It may be changed at any time, and applies to the next fetch. The other
    methods return the rows that iteration has fetched ahead before they ask the server.
    """

    __module__ = "pgtwin"
    _name = ""

    @overload
    def __init__(
        self,
        connection: AsyncConnection[Row],
        name: str,
        *,
        scrollable: bool | None = None,
        withhold: bool = False,
    ) -> None: ...

    @overload
    def __init__(
        self,
        connection: AsyncConnection[Any],
        name: str,
        *,
        row_factory: RowFactory[Row] | None,
        scrollable: bool | None = None,
        withhold: bool = False,
    ) -> None: ...

    def __init__(
        self,
        connection: AsyncConnection[Any],
        name: str,
        *,
        row_factory: RowFactory[Row] | None = None,
        scrollable: bool | None = None,
        withhold: bool = False,
    ) -> None:
        super().__init__(connection, row_factory=row_factory)
        self._name = name
        self._scrollable = scrollable
        self._withhold = withhold
        self._opened = False  # perhaps: an interruption may have come in between
        self._described = False
        self._fetch_format = TEXT
        self._page: list[Row] = []  # what iteration has fetched
        self._page_position = 0
        self._page_factory: RowFactory[Any] = self._row_factory
        self._page_result: PGresult | None = None
        self._last_page = False  # whether iteration has fetched all there was
        self._beyond = False  # whether the server's cursor is after the last row
        self.itersize = DEFAULT_ITERSIZE

    def __del__(self) -> None:
        if not getattr(self, "_closed", True):
            warnings.warn(
                f"server-side cursor {self._name!r} was forgotten while open: close "
                "it, or use it in a with block",
                ResourceWarning,
                stacklevel=2,
            )

    def __repr__(self) -> str:
        cls, rest = super().__repr__().split(" ", 1)
        return f"{cls} {self._name!r} {rest}"

    async def __anext__(self) -> Row:
        position = self._page_position
        if position >= len(self._page) or self._page_factory is not self._row_factory:
            await self._turn_page()
            position = self._page_position
            if position >= len(self._page):
                raise StopAsyncIteration
        self._page_position = position + 1
        self._position += 1
        return self._page[position]

    @property
    def name(self) -> str:
        """The name of the cursor in the server."""
        return self._name

    @property
    def scrollable(self) -> bool | None:
        """Whether the cursor can move backward; `None` lets the server decide."""
        return self._scrollable

    @property
    def withhold(self) -> bool:
        """Whether the cursor remains after the transaction that declared it."""
        return self._withhold

    @property
    def rownumber(self) -> int | None:
        """The index, from 0, of the row that is fetched next; `None` without rows."""
        result = self.pgresult
        # A portal that was described has neither rows nor a command's tag.
        if result is None or (result.status != TUPLES_OK and result.command_status):
            return None
        return self._position

    async def close(self) -> None:
        """Close the server's cursor and forget the results."""
        async with self._session.lock.held():
            if self._closed:
                return
            try:
                if not self._session.closed:
                    await self._close_portal()
            finally:
                self._forget_page()
                await super().close()

    async def execute(
        self,
        query: Query,
        params: Params | None = None,
        *,
        binary: bool | None = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> Self:
        """Declare the cursor for a query; return the cursor itself.

        A cursor that was declared before is closed. `binary` requests values in binary
        format. Raises the same errors as `execute()` of other cursors.
        """
        if kwargs:
            raise TypeError(
                f"server-side cursors do not know the argument {next(iter(kwargs))!r}"
            )
        session = self._session
        async with session.lock.held(timeout):
            if self._closed:
                raise closed_cursor()
            if session.pgconn.pipeline_status:
                raise e.NotSupportedError(
                    "server-side cursors cannot be used in pipeline mode"
                )
            if self._opened:
                await self._close_portal()
            self._opened = True
            self._described = self._beyond = False
            self._forget_page()
            self._asked = query, params
            self._forget()
            await session.execute(
                query,
                params,
                self._declare,
                prepare=False,
                transformer=self._dumper(),
            )
            self._fetch_format = self._asked_format = self._format(binary)
            await self._describe()
        return self

    async def executemany(
        self,
        query: Query,
        params_seq: Iterable[Params],
        *,
        returning: bool = True,
        timeout: float | None = None,
    ) -> None:
        """Raise `NotSupportedError`: a cursor is declared for one query."""
        raise e.NotSupportedError(
            "server-side cursors have no executemany(): use another cursor"
        )

    async def fetchone(self, *, timeout: float | None = None) -> Row | None:
        """Return the next row, or `None` after the last.

        Raises `OperationTimeout` after `timeout` seconds, as all methods here that
        wait.
        """
        rows = await self._fetch(1, timeout)
        return rows[0] if rows else None

    async def fetchmany(
        self, size: int = 0, *, timeout: float | None = None
    ) -> list[Row]:
        """Return at most `size` of the next rows; the default is `arraysize`.

        Raises `ValueError` if `size` is negative; `scroll()` moves backward.
        """
        size = size or self.arraysize
        if size < 0:
            raise ValueError(f"size must be >= 0, not {size}: scroll() goes back")
        return await self._fetch(size, timeout)

    async def fetchall(self, *, timeout: float | None = None) -> list[Row]:
        """Return all rows that were not fetched yet."""
        return await self._fetch(None, timeout)

    async def scroll(
        self, value: int, mode: str = "relative", *, timeout: float | None = None
    ) -> None:
        """Move to another row: by a distance from the next one, or to an index.

        `mode` is `relative` or `absolute`. The server does not report whether there is
        such a row. Raises the error of the server if the cursor is not scrollable.
        """
        if mode not in ("relative", "absolute"):
            raise ValueError(f"scroll mode must be relative or absolute, not {mode!r}")
        async with self._session.lock.held(timeout):
            if self._closed:
                raise closed_cursor()
            if mode == "absolute":
                await self._move(b"ABSOLUTE %d" % value)
                self._beyond = False
                self._position = value
                return
            ahead = len(self._page) - self._page_position
            if 0 <= value < ahead:
                self._page_position += value
            else:
                distance = value - ahead
                if distance < 0 and self._beyond:
                    distance -= 1  # after the last row, the server is not on it
                await self._move(b"%d" % distance)
                self._beyond = self._beyond and distance >= 0
            self._position += value

    async def _move(self, where: bytes) -> None:
        """Move the server's cursor, and forget what iteration has fetched ahead."""
        await self._session.command(b"MOVE %s FROM %s" % (where, self._identifier()))
        self._forget_page()

    @property
    def _binder(self) -> Binder:
        return self._declare

    def _declare(
        self,
        query: Query,
        params: Params | None,
        transformer: Transformer,
        encoding: str,
        /,
    ) -> Statement:
        """Return the statement that declares the cursor: a `Binder`."""
        statement = self._bind_query(query, params, transformer, encoding)
        words = [b"DECLARE", self._identifier()]
        if self._scrollable is not None:
            words.append(b"SCROLL" if self._scrollable else b"NO SCROLL")
        words.append(b"CURSOR")
        if self._withhold:
            words.append(b"WITH HOLD")
        words += b"FOR", statement.text
        # With values, even none, the server takes one statement only.
        return statement._replace(text=b" ".join(words), values=statement.values or ())

    async def _describe(self) -> None:
        name = self._name.encode(self._session.adaptation.encoding)
        self._keep([await self._session.describe_portal(name)])
        self._opened = self._described = True

    async def _fetch(
        self, number: int | None, timeout: float | None = None
    ) -> list[Row]:
        """Return the next rows: those fetched ahead, and then the server's."""
        async with self._session.lock.held(timeout):
            if self._closed:
                raise closed_cursor()
            self._renew_page()
            start = self._page_position
            rows = self._page[start : None if number is None else start + number]
            taken = len(rows)
            self._page_position += taken
            if number is None or taken < number:
                try:
                    missing = None if number is None else number - taken
                    rows += await self._receive(missing)
                except BaseException:
                    self._page_position -= taken  # nobody has got them
                    raise
                self._last_page = False
            self._position += len(rows)
            return rows

    async def _turn_page(self) -> None:
        """Fetch the rows that iteration gives next, if none are left."""
        async with self._session.lock.held():
            if self._closed:
                raise closed_cursor()
            self._renew_page()
            if self._page_position < len(self._page) or self._last_page:
                return
            number = max(self.itersize, 1)
            self._page = await self._receive(number)
            self._page_position = 0
            self._page_factory = self._row_factory
            self._page_result = self.pgresult
            # Less than was asked for means that the server has no more.
            self._last_page = len(self._page) < number

    def _renew_page(self) -> None:
        """Build the rows that were fetched ahead with the row factory of now."""
        if self._page_factory is not self._row_factory:
            self._page_factory = self._row_factory
            if self._page_result is not None and self._page:
                ntuples = self._page_result.ntuples
                self._page = self._load(self._page_result, 0, ntuples)

    def _forget_page(self) -> None:
        self._page = []
        self._page_position = 0
        self._page_result = None
        self._last_page = False

    async def _receive(self, number: int | None) -> list[Row]:
        """Fetch rows from the server, `None` for all that it has."""
        session = self._session
        if not self._described:
            # Somebody else has declared it.
            await session.ready()
            await session.begin()
            await self._describe()
        count = b"ALL" if number is None else b"%d" % number
        result = await session.command(
            b"FETCH FORWARD %s FROM %s" % (count, self._identifier()),
            self._fetch_format,
        )
        self._beyond = number is None or result.ntuples < number
        return self._take(result)

    def _take(self, result: PGresult) -> list[Row]:
        """Make a page the current result, and return its rows."""
        self._encoding = self._session.adaptation.encoding
        self._values = self._bind(result, usual=False)
        self.pgresult = result
        return self._load(result, 0, result.ntuples)

    async def _close_portal(self) -> None:
        """Close the cursor in the server, if it can be there."""
        session = self._session
        status = session.pgconn.transaction_status
        if status != INTRANS and not (status == IDLE and self._withhold):
            return
        if session.open_pipeline() is None and capabilities.has_send_close_prepared():
            await session.close_portal(
                self._name.encode(self._session.adaptation.encoding)
            )
            return
        # A rollback may have closed it, and CLOSE fails then.
        name = sql.Literal(self._name).as_bytes(session.adaptation.transformer())
        found = await session.command(
            b"SELECT FROM pg_catalog.pg_cursors WHERE name = " + name
        )
        if found.ntuples:
            await session.command(b"CLOSE " + self._identifier())

    def _identifier(self) -> bytes:
        return sql.Identifier(self._name).as_bytes(
            self._session.adaptation.transformer()
        )
