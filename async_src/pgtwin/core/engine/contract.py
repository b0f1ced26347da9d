"""The engine: what never waits, as a contract that has two implementations.

Both give the same values, types and errors. Python over psycopg is the reference
and always there; `pgtwin_native` is a distribution of its own. PGTWIN_IMPL=python or
native chooses; else it is the native one where it is installed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from psycopg import pq
from psycopg.rows import Row, RowMaker

from pgtwin.core.engine import python_engine
from pgtwin.core.engine.arrow_reader import PythonArrowReader
from pgtwin.core.engine.copy_decoders import Pieces
from pgtwin.core.engine.copy_formatter import PythonFormatter, Way

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Iterator, Mapping, Sequence

    from psycopg import Notify
    from psycopg.abc import Buffer, Loader, Transformer
    from psycopg.errors import Error, OperationalError
    from psycopg.pq.abc import PGconn, PGresult

    from pgtwin.core.adaptation.adapters import Adapters
    from pgtwin.core.annotations import Params, Query
    from pgtwin.core.engine.arrow_columns import ArrowKind, ArrowReader
    from pgtwin.core.prepared_statements import Kept, PreparedStatements
    from pgtwin.core.statements.placeholders import Binder, Bound, Statement
    from pgtwin.core.statements.query_hooks import QueryHook


class AdaptationState(Protocol):
    """By what values are adapted in a session."""

    adapters: Adapters
    dumping: Transformer | None  # what dumps parameters, of `dumping_generation`
    dumping_generation: int
    encoding: str
    settings: list[bytes | None]

    def transformer(self) -> Transformer:
        """Return the transformer that dumps parameters."""
        ...

    def format_for(self, kept: Kept) -> pq.Format:
        """Return the format in which the results of a prepared statement shall come."""
        ...


class SessionState(Protocol):
    """What a session has for the statements that are executed in it."""

    autocommit: bool
    automatic_binary: bool
    hooks: list[QueryHook]
    orphaned: bool  # whether a transaction is open that nobody owns
    prepared: PreparedStatements

    @property
    def adaptation(self) -> AdaptationState:
        """By what values are adapted."""
        ...

    @property
    def pipelining(self) -> PipelineState | None:
        """What keeps the session in pipeline mode, if anything does."""
        ...


class Collecting(Protocol):
    """What a pipeline has for the results that come."""

    owners: deque[Any]  # of what was sent, in order; None: a synchronization

    def fail(self, error: Error, /) -> None:
        """Note the error that an owner has raised."""
        ...

    def take(self, results: list[PGresult], /) -> None:
        """Take results that are of no statement, or of a COPY."""
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
        adapters: Adapters | None,
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

        Tell what `receive()` tells, which goes on with it; `None` if not all could be
        sent without waiting.
        """
        ...

    def give(self, session: SessionState, kept: Kept, cursor: ResultState, /) -> bool:
        """Give a cursor the results of a statement if they leave nothing to be noted.

        Tell whether that is so: they are one result with few rows, and no setting has
        changed that matters for these.
        """
        ...

    def read(self) -> bool:
        """Read what has come (`PQconsumeInput`).

        Tell whether a result can be had without waiting, or the server is gone.
        """
        ...

    def receive(self) -> bool:
        """Read what has come, and add the results to `results` (`PQgetResult`).

        Tell whether these are all, or one begins a COPY, or the server is gone.
        """
        ...

    def collect(self, pipelining: Collecting, /) -> None:
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
        """Take rows of a width only, 0 for any, and ask anew how values are written."""
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
LoadCopied = Callable[[bytes, int], "list[tuple[Any, ...]] | None"]


# Of a batch of Arrow, and a row: the data of some rows from this one on, and how many;
# none if it must be dumped.
ArrowWriter = Callable[[Any, int], "tuple[bytes, int]"]


def _native_module(required: bool) -> Any:
    """Return the module that makes what is here in C, `None` where that cannot be."""
    try:
        native: Any = import_module("pgtwin_native")
        wanted = import_module("pgtwin").__version__
        if native.__version__ != wanted:
            raise ImportError(
                f"pgtwin-native {native.__version__} does not go with pgtwin {wanted}: "
                f"install pgtwin-native=={wanted}"
            )
        return import_module("pgtwin.core.engine.native_engine")
    except (AttributeError, ImportError):
        if required:
            raise
        return None


_asked = os.environ.get("PGTWIN_IMPL", "")
if _asked not in ("", "python", "native"):
    raise ImportError(f"PGTWIN_IMPL is {_asked!r}, not 'python' or 'native'")
_native = None if _asked == "python" else _native_module(_asked == "native")

# "python" or "native".
IMPLEMENTATION = "python" if _native is None else "native"
if TYPE_CHECKING:
    from pgtwin.core.engine.pipeline_state import (
        BatchState as BatchState,
        OwnerState as OwnerState,
        PipelineState as PipelineState,
    )
    from pgtwin.core.engine.prepared_state import (
        KeptState as KeptState,
        PreparedState as PreparedState,
    )
    from pgtwin.core.engine.result_state import ResultState as ResultState

    class SessionFields:
        """A base of the sessions: where what `SessionState` names is kept."""

    class AdaptationFields:
        """A base of the adaptations: where what `AdaptationState` names is kept."""

elif _native is None:
    from pgtwin.core.engine.pipeline_state import BatchState, OwnerState, PipelineState
    from pgtwin.core.engine.prepared_state import KeptState, PreparedState
    from pgtwin.core.engine.result_state import ResultState

    SessionFields = AdaptationFields = object
else:
    ResultState = _native.ResultState
    SessionFields = _native.SessionState
    AdaptationFields = _native.AdaptationState
    BatchState, OwnerState = _native.BatchState, _native.OwnerState
    PipelineState = _native.PipelineState
    KeptState, PreparedState = _native.KeptState, _native.PreparedState
# Of libpq's handle.
make_engine: Callable[[PGconn], Engine] = (
    python_engine.ReferenceEngine if _native is None else _native.Engine
)
# Of a transformer, which gives it the loaders.
make_row_loader: Callable[[Transformer], RowLoader] = (
    python_engine.make_row_loader if _native is None else _native.NativeRowLoader
)
# Of what finds the way of a column's values of one type, what writes a row by its
# dumpers, whether that is in binary format, and the encoding of text.
make_copy_formatter: Callable[
    [
        Callable[[int, type], Way],
        Callable[[Sequence[Any]], bytes],
        bool,
        str,
    ],
    CopyFormatter,
] = (
    PythonFormatter if _native is None else _native.native_formatter
)
# Of a transformer, the types of columns, and whether they come in binary format.
make_copy_loader: Callable[[Transformer, Sequence[int], bool], LoadCopied | None] = (
    python_engine.leave_to_decoder if _native is None else _native.native_copy_loader
)
# Of the names of columns, how their values are read, and the encoding of text.
make_arrow_reader: Callable[[Sequence[str], Sequence[ArrowKind], str], ArrowReader] = (
    PythonArrowReader if _native is None else _native.NativeArrowReader
)
# Of a schema of Arrow, the types of a table's columns, and the encoding of text; with
# `None` the values are dumped.
make_arrow_writer: Callable[[Any, Sequence[int], str], ArrowWriter | None] = (
    python_engine.leave_to_rows if _native is None else _native.native_arrow_writer
)
# Of a connection: the data of a COPY that has arrived, the number of messages in which
# it has come, and whether that was all.
copied_data: Callable[[PGconn, Pieces], tuple[list[Buffer], int, bool]] = (
    python_engine.copied_data if _native is None else _native.native_copied_data
)
# Nanoseconds that a value in binary format is loaded faster than in text, by its type.
# A type is left out if values may differ, as those of float4, or if it takes too long.
binary_gains: dict[str, int] = (
    python_engine.BINARY_GAINS if _native is None else _native.BINARY_GAINS
)
