"""The results that a cursor holds: walk through them, build rows from them.

Law: a result once received stays as it is until the cursor executes again or is
closed; nothing in this module talks to the server,
but to receive what a pipeline still owes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, overload

from psycopg import errors as e, pq
from psycopg.rows import Row, RowMaker, namedtuple_row, tuple_row

from pgtwin.core.adapters import Adapters, Place
from pgtwin.core.chunks import AVAILABLE, LARGE, Chunks
from pgtwin.core.column import Column

if TYPE_CHECKING:
    from psycopg.abc import Transformer
    from psycopg.pq.abc import PGresult
    from typing_extensions import Self

    from pgtwin.aio.connection import AsyncConnection
    from pgtwin.aio.pipelining import Owner
    from pgtwin.core.annotations import RowFactory
    from pgtwin.core.prepared import Kept

TUPLES_OK = pq.ExecStatus.TUPLES_OK
SINGLE_TUPLE = pq.ExecStatus.SINGLE_TUPLE
TUPLES_CHUNK = pq.ExecStatus.TUPLES_CHUNK
WITH_COLUMNS = (TUPLES_OK, SINGLE_TUPLE, TUPLES_CHUNK)
TEXT = pq.Format.TEXT
TUPLES: Any = tuple

# Results up to this size are loaded by the session's transformer, others by one of
# the cursor's own: binding a result to it costs more than loading a row.
FEW_ROWS = 20


class AsyncResults(Generic[Row]):
    """What every cursor does with the results that it has received."""

    __module__ = "pgtwin"

    # What a new cursor has; many live for one query only.
    arraysize: int = 1
    format: pq.Format = TEXT
    pgresult: PGresult | None = None
    _adapters: Adapters | None = None
    _dumping: Transformer | None = None
    _dumping_mark = (-1, -1)
    _loading: Transformer | None = None
    _loading_mark = (-1, -1)
    _bound: PGresult | None = None
    _make_row: RowMaker[Row] | None = None
    _closed = False
    _results: Sequence[PGresult] = ()
    _index = 0
    _position = 0
    _rowcount = -1
    _tag: bytes | None = None
    _pending: Owner | None = None
    _large: Kept | None = None  # the statement of a result with many rows

    @overload
    def __init__(self, connection: AsyncConnection[Row]) -> None: ...

    @overload
    def __init__(
        self, connection: AsyncConnection[Any], *, row_factory: RowFactory[Row] | None
    ) -> None: ...

    def __init__(
        self,
        connection: AsyncConnection[Any],
        *,
        row_factory: RowFactory[Row] | None = None,
    ) -> None:
        self._connection = connection
        self._session = connection._session
        self._row_factory = row_factory or connection.row_factory

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
        """The adapters of this cursor: a copy of the connection's, made when asked."""
        if self._adapters is None:
            self._adapters = Adapters(self._session.adapters)
        return self._adapters

    @property
    def row_factory(self) -> RowFactory[Row]:
        """What builds the rows; may be replaced at any time."""
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
        """The columns of the current result, `None` when it has no rows to fetch."""
        result = self.pgresult
        if result is None or not (result.nfields or result.status in WITH_COLUMNS):
            return None
        types = (self._adapters or self._session.adapters).types
        return [Column(result, i, types, self._encoding) for i in range(result.nfields)]

    @property
    def rowcount(self) -> int:
        """The number of rows found or changed, -1 when not known."""
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
        return self._tag.decode() if self._tag else None

    @property
    def _encoding(self) -> str:
        return self._session.encoding

    async def fetchone(self) -> Row | None:
        """Return the next row, `None` after the last.

        Raises `ProgrammingError` when the last query gives no rows.
        """
        if self._pending is not None:
            await self._arrive()
        result = self.pgresult
        if result is None or result.status != TUPLES_OK:
            result = self._rows()
        position = self._position
        if position >= result.ntuples:
            return None
        if (
            self._adapters is not None
            or result.ntuples > FEW_ROWS
            or type(result) is Chunks
        ):
            return self._next_row(result)
        make_row = self._make_row or self._row_maker()
        # As the session's load() does, without a call.
        session = self._session
        loaders = session.loaders
        try:
            generation, version, transformer = loaders.pop()
        except IndexError:
            generation, version = session.adapters.generation, session.version
            transformer = session.new_transformer()
        if generation != session.adapters.generation or version != session.version:
            generation = session.adapters.generation
            version = session.version
            transformer = session.new_transformer()
        transformer.set_pgresult(result)
        row = transformer.load_row(position, make_row)
        transformer.set_pgresult(None)
        if not loaders:
            loaders.append((generation, version, transformer))
        self._position = position + 1
        return row

    async def fetchmany(self, size: int = 0) -> list[Row]:
        """Return the next rows, at most `size` of them, `arraysize` when not given."""
        if self._pending is not None:
            await self._arrive()
        result = self._rows()
        if self._large is not None:
            self._tell_gathered(False)
        start = self._position
        end = min(start + (size or self.arraysize), result.ntuples)
        rows = self._load(result, start, end)
        self._position = end
        return rows

    async def fetchall(self) -> list[Row]:
        """Return all rows that were not fetched yet."""
        if self._pending is not None:
            await self._arrive()
        result = self._rows()
        if self._large is not None:
            self._tell_gathered(result.ntuples - self._position >= LARGE)
        rows = self._load(result, self._position, result.ntuples)
        self._position = result.ntuples
        return rows

    async def scroll(self, value: int, mode: str = "relative") -> None:
        """Move to another row of the result: by a distance, or to an index.

        `mode` is `relative` or `absolute`. Raises `IndexError`, and stays where it
        is, when there is no such row.
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
        """Move to a result by its index, from 0; negative ones count from the end.

        Raises `IndexError` when there is no such result.
        """
        if self._pending is not None:
            await self._arrive()
        number = len(self._results)
        if not -number <= index < number:
            raise IndexError(f"no result {index}: the cursor has {number}")
        self._select(index % number)
        return self

    def setinputsizes(self, sizes: Sequence[Any]) -> None:
        """Do nothing (PEP 249 asks for the method)."""

    def setoutputsize(self, size: Any, column: int | None = None) -> None:
        """Do nothing (PEP 249 asks for the method)."""

    def _dumper(self) -> Transformer | None:
        """Return the cursor's own transformer if it has adapters of its own."""
        adapters = self._adapters
        if adapters is None:
            return None
        mark = (adapters.generation, self._session.version)
        if self._dumping is None or self._dumping_mark != mark:
            self._dumping = Place(adapters, self._connection).transformer()
            self._dumping_mark = mark
        return self._dumping

    def _loader(self, result: PGresult) -> Transformer:
        """Return a transformer that loads a result."""
        adapters = self._adapters or self._session.adapters
        mark = (adapters.generation, self._session.version)
        transformer = self._loading
        if transformer is None or self._loading_mark != mark:
            transformer = Place(adapters, self._connection).transformer()
            self._loading = transformer
            self._loading_mark = mark
            self._bound = None
        if self._bound is not result:
            transformer.set_pgresult(result)
            self._bound = result
        return transformer

    def _tell_gathered(self, gathered: bool) -> None:
        """Note whether the rows are fetched at once: next time they come in chunks."""
        if self._large is not None:
            self._large.gathered = gathered and AVAILABLE
            self._large = None

    def _next_row(self, result: PGresult) -> Row:
        if self._large is not None:
            self._tell_gathered(False)
        row = self._load(result, self._position, self._position + 1)[0]
        self._position += 1
        return row

    def _load(self, result: PGresult, start: int, end: int) -> list[Row]:
        make_row = self._make_row or self._row_maker()
        if type(result) is Chunks:
            return self._load_chunks(result, start, end, make_row)
        if self._adapters is None and result.ntuples <= FEW_ROWS:
            return self._session.load(result, start, end, make_row)
        return self._loader(result).load_rows(start, end, make_row)

    def _load_chunks(
        self, result: Chunks, start: int, end: int, make_row: RowMaker[Row]
    ) -> list[Row]:
        session = self._session
        mark = (session.adapters.generation, session.version)
        if result.rows is not None and self._adapters is None and result.mark == mark:
            loaded: Any = result.rows[start:end]
            return loaded if make_row is TUPLES else list(map(make_row, loaded))
        rows: list[Row] = []
        for chunk, first, last in result.parts(start, end):
            rows += self._loader(chunk).load_rows(first, last, make_row)
        return rows

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
        tag = self._tag.decode() if self._tag else pq.ExecStatus(result.status).name
        raise e.ProgrammingError(
            f"no rows to fetch: the last statement was {tag}, which returns none"
        )

    async def _arrive(self) -> None:
        """Receive the results that a pipeline still owes."""
        if self._closed:
            raise closed_cursor()
        session = self._session
        async with session.turn():
            pipelining = session.open_pipeline()
            if self._pending is not None and pipelining is not None:
                await pipelining.receive(self._pending)

    def _keep(self, results: list[PGresult]) -> None:
        self._results = results
        self._select(0)

    def _note(self, rowcount: int, last: PGresult | None) -> None:
        """Note how something without rows to fetch has ended."""
        self._rowcount = rowcount
        self._tag = None if last is None else last.command_status

    def _select(self, index: int) -> None:
        self._index = index
        result = self.pgresult = self._results[index]
        # What tuple_row() returns, without a call.
        self._make_row = TUPLES if self._row_factory is tuple_row else None
        self._position = 0
        self._tag = result.command_status
        if result.status == TUPLES_OK:
            self._rowcount = result.ntuples
        else:
            tuples = result.command_tuples
            self._rowcount = -1 if tuples is None else tuples

    def _forget(self) -> None:
        self._results = ()
        self._index = 0
        self.pgresult = self._bound = None
        self._make_row = None
        self._position = 0
        self._rowcount = -1
        self._tag = None
        self._pending = None
        self._large = None


def closed_cursor() -> e.InterfaceError:
    return e.InterfaceError(
        "the cursor is closed: open another with connection.cursor()"
    )
