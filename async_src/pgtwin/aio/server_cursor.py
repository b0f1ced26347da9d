"""Server-side cursors: the server keeps the result, rows are fetched on demand.

Law: the server's position is the truth; what iteration has fetched ahead is lost for
the `fetch*()` methods.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, overload

from psycopg import capabilities, errors as e, pq, sql
from psycopg.rows import Row

from pgtwin.aio.cursor import AsyncCursor
from pgtwin.aio.results import TEXT, TUPLES_OK, closed_cursor

if TYPE_CHECKING:
    from psycopg.abc import Transformer
    from psycopg.pq.abc import PGresult
    from typing_extensions import Self

    from pgtwin.aio.connection import AsyncConnection
    from pgtwin.core.annotations import Params, Query, RowFactory
    from pgtwin.core.plan import Binder, Statement

IDLE = pq.TransactionStatus.IDLE
INTRANS = pq.TransactionStatus.INTRANS

DEFAULT_ITERSIZE = 100


class AsyncServerCursor(AsyncCursor[Row]):
    """A named cursor of the server (`DECLARE`, `FETCH`, `MOVE`, `CLOSE`).

    Without `execute()` it fetches from a cursor of that name which the server has
    already, declared by other means.
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
        self._page: list[Row] | None = None
        self._page_position = 0
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
        page = self._page
        # Less than was asked for means that the server had no more.
        if page is None or self._page_position >= len(page) >= self.itersize:
            page = self._page = await self._fetch(self.itersize)
            self._page_position = 0
        if self._page_position >= len(page):
            raise StopAsyncIteration
        row = page[self._page_position]
        self._page_position += 1
        self._position += 1
        return row

    @property
    def name(self) -> str:
        """The name of the cursor in the server."""
        return self._name

    @property
    def scrollable(self) -> bool | None:
        """Whether the cursor can go backward; `None` leaves it to the server."""
        return self._scrollable

    @property
    def withhold(self) -> bool:
        """Whether the cursor outlives the transaction in which it was declared."""
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
        async with self._session.turn():
            if self._closed:
                return
            try:
                if not self._session.closed:
                    await self._close_portal()
            finally:
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

        A cursor that was declared before is closed. `binary` asks for values in
        binary format. Raises what `execute()` of other cursors raises.
        """
        if kwargs:
            raise TypeError(
                f"server-side cursors do not know the argument {next(iter(kwargs))!r}"
            )
        session = self._session
        async with session.turn(timeout):
            if self._closed:
                raise closed_cursor()
            if session.pgconn.pipeline_status:
                raise e.NotSupportedError(
                    "server-side cursors cannot be used in pipeline mode"
                )
            if self._opened:
                await self._close_portal()
            self._opened = True
            self._described = False
            self._page = None
            self._asked = query, params
            self._forget()
            await session.execute(
                query,
                params,
                self._declare,
                prepare=False,
                transformer=self._dumper(),
            )
            self._fetch_format = self._format(binary)
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
        """Return the next row, `None` after the last.

        Raises `OperationTimeout` after `timeout` seconds, as all that waits here does.
        """
        rows = await self._fetch(1, timeout)
        self._position += len(rows)
        return rows[0] if rows else None

    async def fetchmany(
        self, size: int = 0, *, timeout: float | None = None
    ) -> list[Row]:
        """Return the next rows, at most `size` of them, `arraysize` when not given."""
        rows = await self._fetch(size or self.arraysize, timeout)
        self._position += len(rows)
        return rows

    async def fetchall(self, *, timeout: float | None = None) -> list[Row]:
        """Return all rows that were not fetched yet."""
        rows = await self._fetch(None, timeout)
        self._position += len(rows)
        return rows

    async def scroll(
        self, value: int, mode: str = "relative", *, timeout: float | None = None
    ) -> None:
        """Move the server's cursor: by a distance, or to an index.

        `mode` is `relative` or `absolute`. Whether there is such a row is not told by
        the server; raises its error when the cursor is not scrollable.
        """
        if mode not in ("relative", "absolute"):
            raise ValueError(f"scroll mode must be relative or absolute, not {mode!r}")
        async with self._session.turn(timeout):
            if self._closed:
                raise closed_cursor()
            move = b"MOVE ABSOLUTE" if mode == "absolute" else b"MOVE"
            await self._session.command(
                b"%s %d FROM %s" % (move, value, self._identifier())
            )
        self._position = value if mode == "absolute" else self._position + value

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
        statement = self._bind(query, params, transformer, encoding)
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
        name = self._name.encode(self._encoding)
        self._results = [await self._session.describe_portal(name)]
        self._select(0)
        self._opened = self._described = True

    async def _fetch(
        self, number: int | None, timeout: float | None = None
    ) -> list[Row]:
        session = self._session
        async with session.turn(timeout):
            if self._closed:
                raise closed_cursor()
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
            return self._take(result)

    def _take(self, result: PGresult) -> list[Row]:
        """Make a page the current result, and return its rows."""
        self.pgresult = result
        return self._load(result, 0, result.ntuples)

    async def _close_portal(self) -> None:
        """Close the cursor in the server, if it can be there."""
        session = self._session
        status = session.pgconn.transaction_status
        if status != INTRANS and not (status == IDLE and self._withhold):
            return
        if session.open_pipeline() is None and capabilities.has_send_close_prepared():
            await session.close_portal(self._name.encode(self._encoding))
            return
        # A rollback may have closed it, and CLOSE fails then.
        name = sql.Literal(self._name).as_bytes(session.transformer())
        found = await session.command(
            b"SELECT FROM pg_catalog.pg_cursors WHERE name = " + name
        )
        if found.ntuples:
            await session.command(b"CLOSE " + self._identifier())

    def _identifier(self) -> bytes:
        return sql.Identifier(self._name).as_bytes(self._session.transformer())
