from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from psycopg.abc import Buffer
from psycopg.pq.abc import PGconn, PGresult
from typing_extensions import Self

R = TypeVar("R")

# How a column is read: a number of KINDS; the `load` of its loader; what else it needs:
# of TIMESTAMPTZ the zone and its intervals; of NUMERIC what makes one of a text; of
# UUID the class, its members, the second's value and the address of what makes the
# first's; of ARRAY the type of the elements and how they are read.
_Column = tuple[int, Callable[[bytes], Any], tuple[Any, ...]]

ARROW_CODES: dict[str, int]
ARROW_KINDS: dict[str, int]
CODES: dict[str, int]
FUNCTIONS: list[str]
KINDS: dict[str, int]

def bind_libpq(addresses: dict[str, int], /) -> None: ...
def copied_data(address: int, pieces: int, /) -> tuple[list[Buffer], int, int]: ...
def write_arrow(
    columns: tuple[tuple[int, int, int, int, int, int, int, int], ...],
    start: int,
    stop: int,
    /,
) -> tuple[bytes, int]: ...
def bind_python(objects: dict[str, object], /) -> None: ...

class AdaptationState:
    adapters: Any
    encoding: str
    row_generation: int
    row_loader: Any
    settings: list[bytes | None]

class SessionState:
    adaptation: Any
    autocommit: bool
    automatic_binary: bool
    hooks: list[Any]
    orphaned: bool
    pipelining: Any
    prepared: Any

class ResultState:
    pgresult: Any
    def __init__(self, connection: Any, *, row_factory: Any = None) -> None: ...
    def _keep(
        self, results: list[Any], kept: Any = ..., usual: bool = ..., /
    ) -> None: ...
    def _select(self, index: int, /) -> None: ...
    def _forget(self) -> None: ...
    def _take_row(self) -> Any: ...
    def _take_rows(self, number: int | None, /) -> list[Any]: ...

class OwnerState:
    done: bool
    def __init__(self, session: Any, cursor: Any, seen: Any, /) -> None: ...

class BatchState:
    done: bool

class PipelineState:
    owners: deque[Any]
    level: int
    unseen: int
    begun: bool
    def __init__(self, execution: type[OwnerState], /) -> None: ...
    def owe(self, session: Any, cursor: Any, kept: Any, seen: Any, /) -> None: ...

class KeptState:
    columns: Any
    generation: int
    key: Any
    many: bool
    name: bytes
    settings: bool

class PreparedState:
    latest: Any
    retired: deque[bytes]

class Engine:
    noted: int
    arrived: deque[Any]
    copying: bool
    settled: bool
    failure: Any
    sent: int
    pgconn: PGconn
    results: list[PGresult]
    statement: Any
    def __new__(cls, pgconn: PGconn, /) -> Self: ...
    def start(
        self, session: Any, query: Any, params: Any, bind: Any, result_format: Any, /
    ) -> Any: ...
    def start_for(
        self,
        session: Any,
        cursor: Any,
        query: Any,
        params: Any,
        prepare: Any,
        binary: Any,
        /,
    ) -> Any: ...
    def bound(self, session: Any, /) -> Any: ...
    def send_many(
        self,
        bind_one: Any,
        bound: Any,
        names: Any,
        params_seq: Any,
        result_format: int,
        most: int,
        adapters: Any,
        /,
    ) -> Any: ...
    def collect(self, pipelining: Any, /) -> None: ...
    def begin(self, results: list[Any], /) -> bool | None: ...
    def give(self, session: Any, kept: Any, cursor: Any, /) -> bool: ...
    def read(self) -> bool: ...
    def receive(self) -> bool: ...
    def drain(self) -> None: ...
    def decode(self, encoding: str, /) -> None: ...

class CopyFormatter:
    def __new__(
        cls,
        code_of: Callable[[int, type], tuple[int, Any]],
        dump_row: Callable[[Sequence[Any]], bytes],
        is_binary: bool,
        /,
    ) -> Self: ...
    @property
    def row_count(self) -> int: ...
    def add(self, row: Sequence[Any], /) -> bool: ...
    def add_from(self, rows: Iterator[Sequence[Any]], /) -> bool: ...
    def add_data(self, data: Buffer, /) -> bool: ...
    def take(self) -> bytes: ...
    def set_width(self, width: int, /) -> None: ...

class CopyLoader:
    def __new__(cls, columns: tuple[_Column, ...], is_binary: bool, /) -> Self: ...
    def load(self, data: bytes, number: int, /) -> list[tuple[Any, ...]] | None: ...

class ArrowReader:
    def __new__(cls, kinds: tuple[tuple[int, int], ...], /) -> Self: ...
    @property
    def row_count(self) -> int: ...
    @property
    def size(self) -> int: ...
    @property
    def ended(self) -> bool: ...
    def feed(self, data: bytes, /) -> tuple[int, str] | None: ...
    def take(self) -> list[tuple[int, bytes, bytes, bytes]]: ...

class RowLoader:
    def __new__(cls, column_of: Callable[[int, int], _Column], /) -> Self: ...
    def set_pgresult(
        self, result: PGresult | None, *, set_loaders: bool = True
    ) -> None: ...
    def load_rows(
        self, start: int, end: int, make_row: Callable[[tuple[Any, ...]], R], /
    ) -> list[R]: ...
    def load_row(self, row: int, make_row: Callable[[tuple[Any, ...]], R], /) -> R: ...
