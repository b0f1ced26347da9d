"""The results of a cursor: moves between them, and builds rows from them.

A result gets its loaders when it arrives, and is read with them as long as the cursor
keeps it. This module communicates with the server only to receive results that a
pipeline has not received yet.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, overload

from psycopg import errors as e, pq
from psycopg.rows import Row, RowMaker, namedtuple_row

from pgtwin.core.adaptation.adapt_context import AdaptationContext
from pgtwin.core.adaptation.adapters import Adapters
from pgtwin.core.adaptation.late_loaders import load_late
from pgtwin.core.adaptation.nested_loaders import make_inner_loaders
from pgtwin.core.arrow.results import table_of
from pgtwin.core.column import Column
from pgtwin.core.engine.chunked_result import AVAILABLE, LARGE, Chunks
from pgtwin.core.engine.implementation import ResultState
from pgtwin.core.engine.result_state import TUPLES, TUPLES_OK, Values

if TYPE_CHECKING:
    import pyarrow
    from psycopg.abc import Transformer
    from psycopg.pq.abc import PGresult
    from typing_extensions import Self

    from pgtwin.aio.connections.connection import AsyncConnection
    from pgtwin.aio.sessions.session import Session
    from pgtwin.core.engine.contract import Kept, RowLoader
    from pgtwin.core.engine.implementation import BatchState, OwnerState
    from pgtwin.core.type_aliases import RowFactory

SINGLE_TUPLE = pq.ExecStatus.SINGLE_TUPLE
TUPLES_CHUNK = pq.ExecStatus.TUPLES_CHUNK
COPY = (pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT)
WITH_COLUMNS = (TUPLES_OK, SINGLE_TUPLE, TUPLES_CHUNK)
TEXT = pq.Format.TEXT
BINARY = pq.Format.BINARY

# The values of results up to this size are loaded when they come, by a loader of the
# session's that is warm: to make one for each takes longer than to load a row.
FEW_ROWS = 20


class AsyncResults(ResultState, Generic[Row]):
    """The methods of all cursors for results that were received."""

    __module__ = "pgtwin"

    arraysize: int = 1
    _dumping: Transformer | None = None
    _dumping_mark = (-1, -1)
    _loader_mark: tuple[Adapters | None, int, int] = (None, -1, -1)
    _connection: AsyncConnection[Any]
    _session: Session
    _adapters: Adapters | None
    _pending: OwnerState | BatchState | None

    if TYPE_CHECKING:
        # What the base does.

        @overload
        def __init__(self, connection: AsyncConnection[Row]) -> None: ...

        @overload
        def __init__(
            self,
            connection: AsyncConnection[Any],
            *,
            row_factory: RowFactory[Row] | None,
        ) -> None: ...

        def __init__(
            self,
            connection: AsyncConnection[Any],
            *,
            row_factory: RowFactory[Row] | None = None,
        ) -> None: ...

    def __repr__(self) -> str:
        if self._closed:
            status = "closed"
        elif self.pgresult is None:
            status = "no result"
        else:
            status = pq.ExecStatus(self.pgresult.status).name
        cls = type(self)
        return f"<{cls.__module__}.{cls.__qualname__} [{status}] of {self._connection}>"

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Row:
        if self._pending is not None:
            await self._arrive()
        result = self._rows()
        if self._position >= result.ntuples:
            raise StopAsyncIteration
        return self._next_row(result)

    @property
    def connection(self) -> AsyncConnection[Any]:
        """The connection on which the cursor executes."""
        return self._connection

    @property
    def adapters(self) -> Adapters:
        """The adapters of this cursor, a copy of the connection's.

        A loader that is registered here is also used for the results that the cursor
        already has.
        """
        if self._adapters is None:
            self._adapters = Adapters(self._session.adaptation.adapters)
        return self._adapters

    @property
    def format(self) -> pq.Format:
        """The format of the results; text if it was not set.

        If it was not set, results may use the binary format if no value differs
        (`connection.automatic_binary`).
        """
        return TEXT if self._given_format is None else self._given_format

    @format.setter  # noqa: A003 (the name is psycopg's)
    def format(self, value: pq.Format) -> None:
        self._given_format = value

    @property
    def row_factory(self) -> RowFactory[Row]:
        """The function that builds the rows. It may be replaced at any time."""
        return self._row_factory

    @row_factory.setter
    def row_factory(self, row_factory: RowFactory[Row]) -> None:
        self._row_factory = row_factory
        self._make_row = None

    @property
    def closed(self) -> bool:
        """Whether `close()` was called."""
        return self._closed

    @property
    def description(self) -> list[Column] | None:
        """The columns of the current result; `None` if it has no rows to fetch."""
        result = self.pgresult
        if result is None or not (result.nfields or result.status in WITH_COLUMNS):
            return None
        types = (self._adapters or self._session.adaptation.adapters).types
        return [Column(result, i, types, self._encoding) for i in range(result.nfields)]

    @property
    def rowcount(self) -> int:
        """The number of rows that were found or changed; -1 if it is not known."""
        return self._rowcount

    @property
    def rownumber(self) -> int | None:
        """The index, from 0, of the row that is fetched next; `None` without rows."""
        if self.pgresult is None or self.pgresult.status != TUPLES_OK:
            return None
        return self._position

    @property
    def statusmessage(self) -> str | None:
        """The server's command tag, as in `INSERT 0 1`."""
        ended = self._ended
        if ended is None:
            return None
        tag = ended if isinstance(ended, bytes) else ended.command_status
        return tag.decode() if tag else None

    async def fetchone(self) -> Row | None:
        """Return the next row, or `None` after the last.

        Raises `ProgrammingError` if the last query returns no rows.
        """
        if self._pending is not None:
            await self._arrive()
        row: Row | None = self._take_row()
        return row

    async def fetchmany(self, size: int = 0) -> list[Row]:
        """Return at most `size` of the next rows; the default is `arraysize`.

        Raises `InterfaceError` if `size` is negative.
        """
        if self._pending is not None:
            await self._arrive()
        size = size or self.arraysize
        if size < 0:
            self._rows()
            raise e.InterfaceError(f"size must be >= 0, not {size}")
        rows: list[Row] = self._take_rows(size)
        return rows

    async def fetchall(self) -> list[Row]:
        """Return all rows that were not fetched yet."""
        if self._pending is not None:
            await self._arrive()
        rows: list[Row] = self._take_rows(None)
        return rows

    async def fetch_arrow(self) -> pyarrow.Table:
        """Return all rows that were not fetched yet as a `pyarrow.Table`.

        The result must be in binary format: `execute(query, binary=True)`. If you do
        not need the rows otherwise, `connection.fetch_arrow()` is faster, uses less
        memory, and supports columns of all types. Raises `ImportError` if pyarrow is
        missing, `ProgrammingError` for a result in text format, `NotSupportedError` for
        types that can only be read as text, and `DataError` for a value that the type
        of Arrow does not have.
        """
        if self._pending is not None:
            await self._arrive()
        result = self._rows()
        table = table_of(result, self._position, self._encoding)
        self._position = result.ntuples
        return table

    async def scroll(self, value: int, mode: str = "relative") -> None:
        """Move to another row of the result: by a distance, or to an index.

        `mode` is `relative` or `absolute`. If there is no such row, raises `IndexError`
        and does not move.
        """
        if self._pending is not None:
            await self._arrive()
        result = self._rows()
        if mode == "relative":
            position = self._position + value
        elif mode == "absolute":
            position = value
        else:
            raise ValueError(f"scroll mode must be relative or absolute, not {mode!r}")
        if not 0 <= position < result.ntuples:
            raise IndexError(
                f"no row {position} in a result of {result.ntuples}: the first is 0"
            )
        self._position = position

    def nextset(self) -> bool | None:
        """Move to the next result; return `None` when there is none."""
        if self._index + 1 >= len(self._results):
            return None
        self._select(self._index + 1)
        return True

    async def results(self) -> AsyncIterator[Self]:
        """Yield the cursor once for each result, moved to it."""
        if self._pending is not None:
            await self._arrive()
        if self.pgresult is not None:
            yield self
            while self.nextset():
                yield self

    async def set_result(self, index: int) -> Self:
        """Move to a result by its index, from 0; negative numbers count from the end.

        Raises `IndexError` if there is no such result.
        """
        if self._pending is not None:
            await self._arrive()
        number = len(self._results)
        if not -number <= index < number:
            raise IndexError(f"no result {index}: the cursor has {number}")
        if self._results[index].status not in COPY:  # whose end has told the rest
            self._select(index % number)
        return self

    def setinputsizes(self, sizes: Sequence[Any]) -> None:
        """Do nothing (PEP 249 requires the method)."""

    def setoutputsize(self, size: Any, column: int | None = None) -> None:
        """Do nothing (PEP 249 requires the method)."""

    def _dumper(self) -> Transformer | None:
        """Return the cursor's own transformer if it has adapters of its own."""
        adapters = self._adapters
        if adapters is None:
            return None
        mark = (adapters.generation, self._session.adaptation.version)
        if self._dumping is None or self._dumping_mark != mark:
            self._dumping = AdaptationContext(adapters, self._connection).transformer()
            self._dumping_mark = mark
        return self._dumping

    def _tell_gathered(self, gathered: bool) -> None:
        """Note whether the rows are fetched at once: next time they come in chunks."""
        if self._large is not None:
            self._large.gathered = gathered and AVAILABLE
            self._large = None

    def _load_row(self) -> Row | None:
        result = self._rows()
        return None if self._position >= result.ntuples else self._next_row(result)

    def _load_rows(self, number: int | None) -> list[Row]:
        result = self._rows()
        start, end = self._position, result.ntuples
        if number is not None:
            end = min(start + number, end)
        if self._large is not None:
            self._tell_gathered(number is None and end - start >= LARGE)
        rows = self._load(result, start, end)
        self._position = end
        return rows

    def _next_row(self, result: PGresult) -> Row:
        """Return the next row of the current result, which has one."""
        if self._large is not None:
            self._tell_gathered(False)
        row = self._load(result, self._position, self._position + 1)[0]
        self._position += 1
        return row

    def _load(self, result: PGresult, start: int, end: int) -> list[Row]:
        """Build rows of the current result."""
        if start >= end:
            return []
        make_row = self._make_row or self._row_maker()
        loaded: Any
        if self._adapters is not None and self._has_late_loaders(self._adapters):
            loaded = load_late(
                result,
                range(start, end),
                self._values,
                None if self._values is not None else self._loader_of(result),
                AdaptationContext(self._adapters, self._connection),
                self._asked_format,
                self._encoding,
            )
        elif self._values is not None:
            loaded = self._values[start:end]
        elif type(result) is Chunks:
            loaded = result.load_rows(start, end)
        else:
            return self._loader_of(result).load_rows(start, end, make_row)
        return loaded if make_row is TUPLES else list(map(make_row, loaded))

    def _has_late_loaders(self, adapters: Adapters) -> bool:
        """Return whether adapters of the cursor were changed since the results came."""
        bound, generation, _ = self._loader_mark
        return adapters.generation != (generation if bound is adapters else 0)

    def _loader_of(self, result: PGresult) -> RowLoader:
        """Return what has the loaders of a result that is kept, and has it now."""
        loader = result.loader if type(result) is Chunks else self._loader
        assert loader is not None
        if self._bound is not result and type(result) is not Chunks:
            loader.set_pgresult(result)
            self._bound = result
        return loader

    def _row_maker(self) -> RowMaker[Row]:
        make_row = self._row_factory(self)
        cls = getattr(make_row, "__self__", None)
        if self._row_factory is namedtuple_row and cls is not None:
            # What its _make() does, but for counting the values.
            make_row = partial(tuple.__new__, cls)
        self._make_row = make_row
        return make_row

    def _rows(self) -> PGresult:
        """Return the current result; raise when there are no rows to fetch from it."""
        result = self.pgresult
        if result is not None and result.status == TUPLES_OK:
            return result
        if self._closed:
            raise closed_cursor()
        if result is None:
            raise e.ProgrammingError("no result to fetch from: call execute() first")
        tag = self.statusmessage or pq.ExecStatus(result.status).name
        raise e.ProgrammingError(
            f"no rows to fetch: the last statement was {tag}, which returns none"
        )

    async def _arrive(self) -> None:
        """Receive the results that a pipeline still owes."""
        if self._closed:
            raise closed_cursor()
        session = self._session
        async with session.lock.held():
            pipelining = session.open_pipeline()
            if self._pending is not None and pipelining is not None:
                await pipelining.receive(self._pending)

    def _keep_all(self, results: list[PGresult], kept: Kept | None) -> None:
        """Take results as `_keep()` does, all of one statement if `kept` is given.

        Those of a prepared statement have the same columns, guaranteed by the server:
        what is made to load the first one loads all of them.
        """
        adaptation = self._session.adaptation
        if kept is None or not adaptation.columns_of(kept, results[0]).usual:
            self._keep(results)
            return
        self._encoding = self._session.adaptation.encoding
        self._results = results
        self._loaded = [None] * len(results)
        self._make_loader(results[0], usual=True)
        self._select(0)

    def _bind_each(self, results: list[PGresult], usual: bool) -> list[Values | None]:
        return [self._bind(result, usual) for result in results]

    def _bind(self, result: PGresult, usual: bool) -> Values | None:
        """Load the values of a result, or make its loaders, by what holds now.

        `usual` says that all loaders are known to be psycopg's.
        """
        if type(result) is Chunks:
            return result.rows
        status = result.status
        if status != TUPLES_OK and status not in WITH_COLUMNS:
            return None  # of a command
        session = self._session
        number = result.ntuples
        if (
            number <= FEW_ROWS
            and self._adapters is None
            and (usual or session.adaptation.adapters.are_usual(result))
        ):
            try:
                return session.adaptation.load(result, number, TUPLES)
            except Exception:  # who fetches the row is told
                pass
        self._make_loader(result, usual)
        return None

    def _make_loader(self, result: PGresult, usual: bool = False) -> RowLoader:
        """Make what loads the rows of a result, by what holds now."""
        session = self._session
        adapters = self._adapters or session.adaptation.adapters
        mark = (adapters, adapters.generation, session.adaptation.version)
        loader = self._loader
        if loader is None or self._loader_mark != mark:
            loader = self._loader = AdaptationContext(
                adapters, self._connection
            ).row_loader()
            self._loader_mark = mark
        loader.set_pgresult(result)
        self._bound = result
        if not usual:
            make_inner_loaders(loader, adapters, result)
        return loader

    def _note(self, rowcount: int, tag: bytes | None) -> None:
        """Note how something without rows to fetch has ended."""
        self._rowcount = rowcount
        self._ended = tag


def closed_cursor() -> e.InterfaceError:
    return e.InterfaceError(
        "the cursor is closed: open another with connection.cursor()"
    )
