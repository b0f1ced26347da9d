"""What a cursor knows of the results that it holds: a base of the cursors' classes.

Here is what is done for each small result. The rest, the subclass does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from psycopg import pq
from psycopg.rows import tuple_row

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult
    from psycopg.rows import RowMaker

    from pgtwin.core.engine.contract import Kept, RowLoader
    from pgtwin.core.type_aliases import Params, Query, RowFactory

TUPLES_OK = int(pq.ExecStatus.TUPLES_OK)
TUPLES: Any = tuple

Values: TypeAlias = list[tuple[Any, ...]]


class ResultState:
    """Holds the results of a statement, and walks through them.

    Of a small result whose loaders are psycopg's the values are loaded already; of
    others there is a loader, which is made once for the same adapters, generation of
    these, and version of the session's settings.
    """

    pgresult: PGresult | None = None
    _connection: Any
    _session: Any
    _closed: bool = False
    _row_factory: RowFactory[Any]
    _adapters: Any = None  # the cursor's own, if it has any
    _results: Sequence[PGresult] = ()
    _loaded: Sequence[Values | None] = ()  # of each result
    _values: Values | None = None  # of the current one
    _loader: RowLoader | None = None
    _bound: PGresult | None = None  # which the loader has now
    _encoding: str = "utf-8"  # of the results
    _make_row: RowMaker[Any] | None = None
    _index: int = 0
    _position: int = 0
    _rowcount: int = -1
    _ended: PGresult | bytes | None = (
        None  # with which the statement has ended, or its tag
    )
    _pending: Any = None  # what a pipeline still owes
    _large: Kept | None = None  # the statement of a result with many rows
    # The format that is asked for, and that of the results, if one was.
    _given_format: pq.Format | None = None
    _asked_format: pq.Format | None = None
    _asked: tuple[Query, Params | None] | None = None  # of the cursor, the last time

    def __init__(
        self, connection: Any, *, row_factory: RowFactory[Any] | None = None
    ) -> None:
        self._connection = connection
        self._session = connection._session
        self._row_factory = row_factory or connection.row_factory
        # As the class has it, where it takes longer to find.
        self._closed = False
        self._given_format = self._adapters = self._bound = None
        self._pending = self._large = None

    if TYPE_CHECKING:
        # What the subclass does, of a result that is not small.

        def _bind(self, result: PGresult, usual: bool) -> Values | None:
            """Load the values of a result, or make its loaders, by what holds now."""
            ...

        def _bind_each(
            self, results: list[PGresult], usual: bool
        ) -> list[Values | None]:
            """Do that with each result of several."""
            ...

        def _keep_all(self, results: list[PGresult], kept: Kept | None) -> None:
            """Take many results, all of one statement if `kept` is given."""

        def _note(self, rowcount: int, tag: bytes | None) -> None:
            """Note how something without rows to fetch has ended."""

        def _load_row(self) -> Any:
            """Return the next row of a result whose values are not loaded."""
            ...

        def _load_rows(self, number: int | None) -> list[Any]:
            """Return the next rows of such a result, all that are left for `None`."""
            ...

        def _row_maker(self) -> RowMaker[Any]:
            """Return what makes rows of the current result."""
            ...

    def _keep(
        self, results: list[PGresult], kept: Kept | None = None, usual: bool = False, /
    ) -> None:
        """Take results that have come just now, and move to the first.

        The caller holds the lock, and has looked at the settings. `kept` is what is
        known of the statement; if that is not enough, `usual` says that all loaders
        are known to be psycopg's.
        """
        self._encoding = self._session.adaptation.encoding
        self._results = results
        if kept is not None:
            columns = kept.columns
            if columns is not None:
                usual = columns.usual
            if kept.many:
                self._large = kept
        if len(results) == 1:
            self._loaded = (self._bind(results[0], usual),)
        else:
            self._loaded = self._bind_each(results, usual)
        self._select(0)

    def _select(self, index: int, /) -> None:
        """Move to a result."""
        self._index = index
        result = self.pgresult = self._results[index]
        values = self._values = self._loaded[index]
        # What tuple_row() returns, without a call.
        self._make_row = TUPLES if self._row_factory is tuple_row else None
        self._position = 0
        self._ended = result
        if values is not None:
            self._rowcount = len(values)
        elif result.status == TUPLES_OK:
            self._rowcount = result.ntuples
        else:
            tuples = result.command_tuples
            self._rowcount = -1 if tuples is None else tuples

    def _forget(self) -> None:
        """Hold no result any more."""
        if self._bound is not None and self._loader is not None:
            self._loader.set_pgresult(None)
            self._bound = None
        self.pgresult = None
        self._results = self._loaded = ()
        self._values = None
        self._make_row = None
        self._index = 0
        self._position = 0
        self._rowcount = -1
        self._ended = self._pending = None
        self._large = None

    def _take_row(self) -> Any:
        """Return the next row, `None` after the last."""
        position = self._position
        values = self._values
        if values is None or self._adapters is not None or self._large is not None:
            return self._load_row()
        if position >= len(values):
            return None
        make_row = self._make_row or self._row_maker()
        row: Any = values[position]
        if make_row is not TUPLES:
            row = make_row(row)
        self._position = position + 1
        return row

    def _take_rows(self, number: int | None, /) -> list[Any]:
        """Return the next rows, at most so many; all that are left for `None`."""
        values = self._values
        if values is None or self._adapters is not None or self._large is not None:
            return self._load_rows(number)
        start, end = self._position, len(values)
        if number is not None:
            end = min(start + number, end)
        if start >= end:
            return []
        make_row = self._make_row or self._row_maker()
        rows: list[Any] = values[start:end]
        if make_row is not TUPLES:
            rows = list(map(make_row, rows))
        self._position = end
        return rows
