"""What a program may do, as data: it can be printed, shrunk, and played by any driver.

A step holds names, numbers and SQL only; what the names stand for is in `values`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

# The connection itself, where a cursor may be named.
CONNECTION = -1


@dataclass(frozen=True)
class Statement:
    """A query and the names of its parameters: a sequence, a mapping with `keys`."""

    text: str
    params: tuple[str, ...] | None = None
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.params is None:
            return repr(self.text)
        if self.keys:
            pairs = zip(self.keys, self.params, strict=False)
            inside = ", ".join(f"{key!r}: <{name}>" for key, name in pairs)
            return f"{self.text!r}, {{{inside}}}"
        return f"{self.text!r}, [{', '.join(f'<{name}>' for name in self.params)}]"


@dataclass(frozen=True)
class Open:
    """Make a cursor; it replaces the one of the same number."""

    cursor: int
    kind: str = "default"  # default, client, raw, server, raw_server
    row_factory: str | None = None
    binary: bool = False
    scrollable: bool | None = None
    withhold: bool = False

    def __str__(self) -> str:
        return f"cur{self.cursor} = {self.kind} cursor({_options(self, 'cursor kind')})"


@dataclass(frozen=True)
class Fetch:
    """Take rows, or move in what the cursor holds."""

    cursor: int
    # one, many, all, iterate, nextset, results, set_result, scroll, absolute
    how: str = "all"
    number: int = 0

    def __str__(self) -> str:
        return f"cur{self.cursor}: fetch {self.how} {self.number or ''}".rstrip()


@dataclass(frozen=True)
class Execute:
    """Execute a statement, several times if asked; fetch after each execution."""

    cursor: int
    statement: Statement
    prepare: bool | None = None
    binary: bool | None = None
    times: int = 1
    fetch: str | None = "all"

    def __str__(self) -> str:
        options = _options(self, "cursor statement times fetch")
        name = _name(self.cursor)
        line = f"{name}.execute({self.statement}{options and ', '}{options})"
        if self.fetch:
            line += f"; fetch {self.fetch}"
        return line + (f"  # {self.times} times" if self.times > 1 else "")


@dataclass(frozen=True)
class ExecuteMany:
    """Execute a statement with several sets of parameters."""

    cursor: int
    text: str
    sets: tuple[tuple[str, ...], ...]
    returning: bool = False

    def __str__(self) -> str:
        sets = ", ".join(f"[{', '.join(f'<{n}>' for n in each)}]" for each in self.sets)
        options = ", returning=True" if self.returning else ""
        return f"cur{self.cursor}.executemany({self.text!r}, [{sets}]{options})"


@dataclass(frozen=True)
class Stream:
    """Stream the rows of a statement; leave after `stop` of them."""

    cursor: int
    statement: Statement
    binary: bool | None = None
    size: int = 1
    stop: int | None = None

    def __str__(self) -> str:
        options = _options(self, "cursor statement")
        return f"cur{self.cursor}.stream({self.statement}{options and ', '}{options})"


@dataclass(frozen=True)
class CopyOut:
    """Copy rows to the client; leave after `stop` reads."""

    cursor: int
    text: str
    how: str = "iterate"  # iterate, read, read_row, rows
    types: tuple[str, ...] = ()
    stop: int | None = None

    def __str__(self) -> str:
        return f"cur{self.cursor}.copy({self.text!r}): {_options(self, 'cursor text')}"


@dataclass(frozen=True)
class CopyIn:
    """Copy rows to the server, as rows or as text; may fail after some."""

    cursor: int
    text: str
    how: str = "write_row"  # write_row, write
    rows: tuple[tuple[str, ...], ...] = ()
    types: tuple[str, ...] = ()
    fails_after: int | None = None

    def __str__(self) -> str:
        return f"cur{self.cursor}.copy({self.text!r}): {_options(self, 'cursor text')}"


@dataclass(frozen=True)
class Call:
    """Call a method of the connection that takes no values, or simple ones."""

    # commit, rollback, tpc_begin, tpc_prepare, tpc_commit, tpc_rollback, tpc_recover,
    # handle_notifies, forget_handler, notifies
    method: str

    def __str__(self) -> str:
        return f"conn.{self.method}()"


@dataclass(frozen=True)
class Assign:
    """Set an attribute of the connection or of a cursor."""

    cursor: int
    name: str
    value: bool | int | str | None

    def __str__(self) -> str:
        return f"{_name(self.cursor)}.{self.name} = {self.value!r}"


@dataclass(frozen=True)
class Close:
    """Close a cursor or the connection, also by leaving its block."""

    cursor: int
    how: str = "close"  # close, leave, leave with an error

    def __str__(self) -> str:
        return f"{_name(self.cursor)}: {self.how}"


@dataclass(frozen=True)
class Register:
    """Register an adapter of `values.ADAPTERS`."""

    cursor: int
    adapter: str

    def __str__(self) -> str:
        return f"{_name(self.cursor)}.adapters: register {self.adapter}"


@dataclass(frozen=True)
class Other:
    """Another session executes a statement, and gives up soon if it has to wait."""

    text: str

    def __str__(self) -> str:
        return f"another session: {self.text}"


@dataclass(frozen=True)
class Block:
    """A transaction block."""

    body: tuple[Step, ...]
    savepoint: str | None = None
    force_rollback: bool = False
    ending: str = "normal"  # normal, Rollback, error
    propagate: bool = False  # whether the first error of a step leaves the block

    def __str__(self) -> str:
        return f"with conn.transaction({_options(self, 'body')}):"


@dataclass(frozen=True)
class PipelineBlock:
    """A pipeline block; the first error of a step leaves it."""

    body: tuple[Step, ...]

    def __str__(self) -> str:
        return "with conn.pipeline():"


@dataclass(frozen=True)
class Sync:
    """Synchronize the pipeline, if one is open."""

    def __str__(self) -> str:
        return "pipeline.sync()"


Step: TypeAlias = (
    Open
    | Fetch
    | Execute
    | ExecuteMany
    | Stream
    | CopyOut
    | CopyIn
    | Call
    | Assign
    | Close
    | Register
    | Other
    | Block
    | PipelineBlock
    | Sync
)


@dataclass(frozen=True)
class Program:
    """Steps, the database that they are played in, and how the connection is opened."""

    steps: tuple[Step, ...]
    database: str = "UTF8"
    autocommit: bool = False
    prepare_threshold: int | None = 5
    client_encoding: str | None = None
    row_factory: str | None = None
    cursor_factory: str | None = None
    context: str | None = None  # an adapter of the map that connect() is given

    def __str__(self) -> str:
        options = _options(self, "steps database")
        lines = [f"conn = connect(<{self.database} database>, {options})"]
        lines += [indent * "    " + str(step) for indent, step in walk(self.steps)]
        return "\n".join(lines)


def walk(steps: tuple[Step, ...], depth: int = 0) -> Iterator[tuple[int, Step]]:
    """Give each step, also those in blocks, with the number of blocks around it."""
    for step in steps:
        yield depth, step
        if isinstance(step, Block | PipelineBlock):
            yield from walk(step.body, depth + 1)


def texts(step: Step) -> str:
    """Return the SQL of a step."""
    if isinstance(step, Execute | Stream):
        return step.statement.text
    if isinstance(step, ExecuteMany | CopyIn | CopyOut | Other):
        return step.text
    return ""


def _name(cursor: int) -> str:
    return "conn" if cursor == CONNECTION else f"cur{cursor}"


def _options(step: object, without: str) -> str:
    """Write the fields that do not have their default."""
    fields = type(step).__dataclass_fields__  # type: ignore[attr-defined]
    return ", ".join(
        f"{name}={getattr(step, name)!r}"
        for name, each in fields.items()
        if name not in without.split() and getattr(step, name) != each.default
    )
