"""The engine as a contract: what it is given, and what it gives. It never waits.

There are two implementations, which give the same values, types and errors; the module
`implementation` chooses one. Nothing here runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Iterator, Mapping, Sequence

    from psycopg import Notify, pq
    from psycopg.abc import Buffer, Dumper, Loader, Transformer
    from psycopg.adapt import PyFormat
    from psycopg.errors import Error, OperationalError
    from psycopg.pq.abc import PGresult
    from psycopg.rows import Row, RowMaker

    from pgtwin.core.engine.result_formats import Columns
    from pgtwin.core.statements.placeholders import Binder, Bound, Statement
    from pgtwin.core.statements.query_hooks import QueryHook
    from pgtwin.core.type_aliases import Params, Query

# The same text with parameters of other types is another statement.
Key: TypeAlias = tuple[bytes, tuple[int, ...]]


class Kept(Protocol):
    """What is known of a statement that was executed, or is prepared.

    `columns` is what its columns mean for the format, and `generation` that of the
    adapters for which that was found; `None` until a result of the prepared statement
    has been seen.
    """

    key: Key
    name: bytes  # once the server has prepared it, or was told to
    awaited: bool  # whether a pipeline has yet to receive that it has
    certain: bool  # whether the server guarantees the types of its columns
    settings: bool  # whether it may change how values are written
    executions: int  # before it was prepared
    columns: Columns | None
    generation: int
    many: bool  # whether the last result had many rows
    gathered: bool  # whether these were fetched all at once


class KeptStatements(Protocol):
    """The statements that the server keeps prepared for a session."""

    latest: Kept | None  # what was used last, if it may be used
    retired: deque[bytes]  # names that the server may forget

    def find(self, key: Key, /) -> Kept | None:
        """Return what is kept of a statement that is prepared, if it may be used."""
        ...


class CountedAdapters(Protocol):
    """Adapters that count what is registered."""

    generation: int

    def get_dumper(self, cls: type, format: PyFormat, /) -> type[Dumper]:  # noqa: A002
        """Return the class that dumps values of a class."""
        ...


class AdaptationState(Protocol):
    """By what values are adapted in a session."""

    dumping: Transformer | None  # what dumps parameters, of `dumping_generation`
    dumping_generation: int
    encoding: str
    settings: list[bytes | None]

    @property
    def adapters(self) -> CountedAdapters:
        """The adapters of the connection."""
        ...

    def transformer(self) -> Transformer:
        """Return the transformer that dumps parameters."""
        ...

    def format_for(self, kept: Kept) -> pq.Format:
        """Return the format in which to ask for the results of a prepared statement."""
        ...


class CollectingPipeline(Protocol):
    """What a session in pipeline mode has for the results that come."""

    level: int  # how many blocks are open
    begun: bool  # whether something was sent since the last synchronization
    owners: deque[Any]  # of what was sent, in order; None: a synchronization

    def owe(self, session: Any, cursor: Any, kept: Kept | None, seen: Any, /) -> None:
        """Note which cursor gets the results of a statement that was sent."""
        ...

    def fail(self, error: Error, /) -> None:
        """Note the error that an owner has raised."""
        ...

    def take(self, results: list[PGresult], /) -> None:
        """Take results that are of no statement, or of a COPY."""
        ...


class SessionState(Protocol):
    """What a session has for the statements that are executed in it."""

    autocommit: bool
    automatic_binary: bool
    hooks: list[QueryHook]
    orphaned: bool  # whether a transaction is open that nobody owns

    @property
    def adaptation(self) -> AdaptationState:
        """By what values are adapted."""
        ...

    @property
    def pipelining(self) -> CollectingPipeline | None:
        """What keeps the session in pipeline mode, if anything does."""
        ...

    @property
    def prepared(self) -> KeptStatements:
        """The statements that are prepared."""
        ...


class ResultHolder(Protocol):
    """A cursor, as what is given results: a `ResultState`."""

    def _keep(self, results: list[PGresult], kept: Kept | None, /) -> None:
        """Take results that have come just now, and move to the first."""
        ...


class Engine(Protocol):
    """Uses one handle of libpq; called by one operation at a time.

    `arrived` takes the notifications that come on the way, when they are decoded,
    `results` the results that are received. `failure` is the error with which reading
    has failed: the server is gone then. `copying` is set when a result begins a COPY,
    `settled` when all results have come and the connection can be used. `sent` counts
    the statements that `send_many()` has sent.
    """

    arrived: deque[Notify]
    results: list[PGresult]
    failure: OperationalError | None
    copying: bool
    settled: bool
    sent: int

    @property
    def noted(self) -> object:
        """What is true while notifications have come that are not decoded."""
        ...

    def start(
        self,
        session: SessionState,
        query: Query,
        params: Params | None,
        bind: Binder,
        result_format: int | None,
        /,
    ) -> Kept | None:
        """Send a query that is prepared, if nothing else is to be done before.

        Returns what is kept of it; `None` if nothing was sent. Raises what `bind()`
        raises. (`PQsendQueryPrepared`)
        """
        ...

    def start_for(
        self,
        session: SessionState,
        cursor: Any,
        query: Query,
        params: Params | None,
        prepare: bool | None,
        binary: bool | None,
        /,
    ) -> Kept | None:
        """Note what a cursor is to execute, forget its results, and do `start()`.

        The cursor is a `ResultState` that binds. Nothing is sent if it has adapters of
        its own, where `prepare` is given, or first after a synchronization. In a
        pipeline the cursor is owed the results then.
        """
        ...

    def bound(self, session: SessionState, /) -> Statement | None:
        """Return the statement that `start()` has made, sent or not.

        `None` if it was not bound, since something else is to be done before.
        """
        ...

    def send_many(
        self,
        bind_one: Callable[[Params], Bound],
        bound: tuple[Params, Bound],
        names: Mapping[tuple[int, ...], bytes | None],
        params_seq: Iterator[Params],
        result_format: int,
        most: int,
        adapters: CountedAdapters | None,
        /,
    ) -> tuple[Params, Bound] | None:
        """Send a statement, and again for the parameters that an iterator gives.

        `bound` are the first ones, and what `bind_one()` has made of them; `names` has
        for types the name of the statement, or `None` if it is not prepared. Ends after
        `most` times, with the iterator, or before parameters that may have other types,
        which are returned as `bound` is. `sent` counts what was sent before an error,
        too, whoever raises it. `adapters` are given if those of `%s` only are used, in
        UTF-8.
        (`PQsendQueryPrepared`, `PQsendQueryParams`)
        """
        ...

    def begin(self, results: list[PGresult], /) -> bool | None:
        """Send what is queued, and add results that have come to a list (`PQflush`).

        Return what `receive()` returns, which goes on with it; `None` if not all could
        be sent without waiting.
        """
        ...

    def give(self, session: SessionState, kept: Kept, cursor: ResultHolder, /) -> bool:
        """Give a cursor the results of a statement if they leave nothing to be noted.

        Return whether that is so: they are one result with few rows, and no setting
        has changed that matters for these.
        """
        ...

    def read(self) -> bool:
        """Read what has come (`PQconsumeInput`).

        Return whether a result can be had without waiting, or the server is gone.
        """
        ...

    def receive(self) -> bool:
        """Read what has come, and add the results to `results` (`PQgetResult`).

        Return whether these are all, or one begins a COPY, or the server is gone.
        """
        ...

    def collect(self, pipelining: CollectingPipeline, /) -> None:
        """Hand the results of a pipeline that have come to the owners (`PQgetResult`).

        Each one `receive()`s those of its statement, and is in `owners` no more.
        """
        ...

    def drain(self) -> None:
        """Take the notifications that were read (`PQnotifies`)."""
        ...

    def decode(self, encoding: str, /) -> None:
        """Decode the notifications that were taken, and move them into `arrived`.

        A byte that is none of the encoding becomes a surrogate (`surrogateescape`).
        """
        ...


class RowLoader(Protocol):
    """Builds the rows of results; its loaders are made when it is given a result."""

    def set_pgresult(
        self, result: PGresult | None, *, set_loaders: bool = True
    ) -> None:
        """Take a result; keep the loaders of the one before if told to."""
        ...

    def load_rows(self, start: int, end: int, make_row: RowMaker[Row], /) -> list[Row]:
        """Return rows of the result, each made of a tuple of values."""
        ...

    def load_row(self, row: int, make_row: RowMaker[Row], /) -> Row:
        """Return one row of the result."""
        ...

    def get_loader(self, oid: int, format: pq.Format, /) -> Loader:  # noqa: A002
        """Return the loader of a type, the same one each time."""
        ...


class CopyFormatter(Protocol):
    """Writes rows as a COPY has them, by the ways of their values, into blocks."""

    @property
    def row_count(self) -> int:
        """The number of rows that were added."""
        ...

    def set_width(self, width: int, /) -> None:
        """Take rows of a width only, 0 for any; look up again how to write values."""
        ...

    def add(self, row: Sequence[Any], /) -> bool:
        """Add a row; return whether there is a block. Raises what its dumpers raise."""
        ...

    def add_from(self, rows: Iterator[Sequence[Any]], /) -> bool:
        """Add rows until there is a block; return whether there is one."""
        ...

    def add_data(self, data: Buffer, /) -> bool:
        """Add data that is in the format already; return whether there is a block."""
        ...

    def take(self) -> bytes:
        """Return what was added, and keep nothing of it."""
        ...


# Of data of a COPY, and of how many rows: these; `None` if one of them is not plain.
LoadCopied: TypeAlias = Callable[[bytes, int], "list[tuple[Any, ...]] | None"]

# Of a batch of Arrow, and a row: the data of some rows from this one on, and how many;
# none if it must be dumped.
ArrowWriter: TypeAlias = Callable[[Any, int], "tuple[bytes, int]"]
