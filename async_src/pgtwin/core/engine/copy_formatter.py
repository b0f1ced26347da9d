"""Writes rows as a COPY has them: the reference of `engine.CopyFormatter`.

A row is written when it is added, by the ways of its values (`copy_ways`); if one
of them is not plain, or fails, the dumpers of all its values write it. For rows whose
columns have the same types a function is made of one expression for each column, which
costs a fraction of what a call for each value does.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from copy import copy
from functools import cached_property, lru_cache
from itertools import islice
from struct import Struct
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg.abc import Buffer

# Bytes from which on data is to be sent: fewer calls of libpq, little kept.
BLOCK = 64 * 1024
# Rows that are written together, and plans that are kept for those of one COPY.
TOGETHER = 200
PLANS = 16
# Iterators whose rows exist: none of them is made of the one before.
READY: set[type] = {type(iter([])), type(iter(()))}
ROWS = {tuple, list}

NoneType = type(None)
# How values are written: a name, and the dumper that writes those that are not plain.
Way = tuple[str, Callable[[Any], Any] | None]
WriteRow = Callable[..., "bytes | None"]

pack_count = Struct("!h").pack
pack_length = Struct("!i").pack
NULL_LENGTH = pack_length(-1)


class PythonFormatter:
    """Takes rows, and other data between them; gives both in blocks.

    `dump_row` writes a row by its dumpers.
    """

    def __init__(
        self,
        find_way: Callable[[int, type], Way],
        dump_row: Callable[[Sequence[Any]], bytes],
        binary: bool,
        encoding: str,
    ) -> None:
        self.row_count = 0
        self._find_way = find_way
        self._dump_row = dump_row
        self._binary = binary
        self._encoding = encoding
        self._width = 0
        self._pieces: list[Buffer] = []
        self._size = 0
        self._use(NO_PLAN)
        self._plans: dict[tuple[type, ...], Plan] = {}

    def set_width(self, width: int) -> None:
        """Take rows of a width only, 0 for any; look up again how to write values."""
        self._width = width
        self._use(NO_PLAN)
        self._plans.clear()

    def add(self, row: Sequence[Any]) -> bool:
        """Add a row; return whether there is a block. Raises what its dumpers raise."""
        data = None
        if type(row) is tuple or type(row) is list:
            try:
                data = self._write_row(*row)
            except Exception:
                data = self._write_other(row)
        if data is None:
            data = self._dump_row(row)
        self.row_count += 1
        self._pieces.append(data)
        self._size += len(data)
        return self._size >= BLOCK

    def add_from(self, rows: Iterator[Sequence[Any]]) -> bool:
        """Add rows until there is a block; return whether there is one."""
        if type(rows) not in READY:
            return any(map(self.add, rows))
        number = 1
        while ahead := list(islice(copy(rows), number)):
            some = islice(rows, number)
            data = None
            if ROWS.issuperset(map(type, ahead)):
                with suppress(Exception):  # a row of another kind
                    data = b"".join(self._plan.write_rows(ahead))
            if data is None:
                full = any(map(self.add, some))
            else:
                deque(some, maxlen=0)
                number = min(TOGETHER, 1 + len(ahead) * BLOCK // (len(data) + 1))
                self.row_count += len(ahead)
                full = self.add_data(data)
            if full:
                return True
        return False

    def add_data(self, data: Buffer) -> bool:
        """Add data that is in the format already; return whether there is a block."""
        self._pieces.append(data)
        self._size += len(data)
        return self._size >= BLOCK

    def take(self) -> bytes:
        """Return what was added, and keep nothing of it."""
        pieces = tuple(self._pieces)
        self._size = 0
        del self._pieces[: len(pieces)]  # and leave what other threads add
        return b"".join(pieces)

    def _use(self, plan: Plan) -> None:
        self._plan = plan
        self._write_row = plan.write_row

    def _write_other(self, row: Sequence[Any]) -> bytes | None:
        """Return what the plan for the types of a row writes, `None` if that fails."""
        if not row or len(row) != self._width != 0:
            return None
        before = self._plan.kinds
        if len(before) != len(row):
            before = (NoneType,) * len(row)
        kinds = tuple(
            each if value is None else type(value)
            for each, value in zip(before, row, strict=True)
        )
        plan = self._plans.get(kinds)
        if plan is None:
            if len(self._plans) >= PLANS:
                return None
            ways = [self._find_way(*each) for each in enumerate(kinds)]
            make = binary_plan if self._binary else text_plan
            plan = self._plans[kinds] = make(kinds, ways, self._encoding)
        self._use(plan)
        try:
            return plan.write_row(*row)
        except Exception:
            return None  # the dumpers say what is wrong


class Plan:
    """How rows are written whose values have some types, or are NULL.

    The expression, of values v0, v1, ... and other names, has no data in it.
    """

    def __init__(
        self, kinds: Sequence[type], expression: str, names: dict[str, Any]
    ) -> None:
        self.kinds = tuple(kinds)
        self._expression = expression
        self._names = names
        self.write_row: WriteRow = self._made(False)

    def _made(self, together: bool) -> Any:
        return eval(_code(len(self.kinds), self._expression, together), self._names)

    @cached_property
    def write_rows(self) -> Callable[[Sequence[Sequence[Any]]], list[bytes]]:
        """Return the data of each of some rows."""
        write: Callable[[Sequence[Sequence[Any]]], list[bytes]] = self._made(True)
        return write


@lru_cache(maxsize=500)
def _code(width: int, expression: str, together: bool) -> CodeType:
    """Compile a function of the values of a row, or of rows."""
    values = ", ".join(f"v{i}" for i in range(width))
    source = f"lambda {values}: {expression}"
    if together:
        source = f"lambda rows: [{expression} for ({values},) in rows]"
    return compile(source, "<row of a COPY>", "eval")


def _fail(*values: Any) -> Any:
    """Fail, because of a value of another type."""
    raise TypeError


def _null_or_fail(value: Any) -> None:
    if value is not None:
        raise TypeError


def _not_plain(kinds: Sequence[type]) -> Plan:
    """Return a plan that leaves rows of some types to their dumpers."""
    names: dict[str, Any] = {"fail": _null_or_fail}
    checks = []
    for i, kind in enumerate(kinds):
        names[f"kind{i}"] = kind
        checks.append(f"type(v{i}) is not kind{i} and fail(v{i})")
    return Plan(kinds, f"None if {' or '.join(checks)} else None", names)


NO_PLAN = Plan((NoneType,), "1 / 0", {})  # it fails


# ---------------------------------------------------------------- text format

ESCAPES = str.maketrans(
    {
        "\b": r"\b",
        "\t": r"\t",
        "\n": r"\n",
        "\v": r"\v",
        "\f": r"\f",
        "\r": r"\r",
        "\\": r"\\",
    }
)
_find_special = re.compile("[\\0\b\t\n\v\f\r\\\\]").search
DAYS = 1000
TWO_DIGITS = [f"{number:02d}" for number in range(60)]


def _escape(value: str) -> str:
    """Return a string with backslashes before what has a meaning in text format."""
    if _find_special(value) is None:
        return value
    if "\0" in value:
        raise ValueError  # the dumper complains about it
    return value.translate(ESCAPES)


class Days(dict[int, str]):
    """What str() returns of days, by their ordinals; a few are kept."""

    def __missing__(self, ordinal: int) -> str:
        if len(self) >= DAYS:
            self.clear()
        text = self[ordinal] = str(dt.date.fromordinal(ordinal))
        return text


_days = Days()


def _moment(value: dt.datetime) -> str:
    """Return what str() returns, which takes three times as long."""
    zone = value.tzinfo
    if zone is dt.timezone.utc:
        end = "+00:00"
    elif zone is None:
        end = ""
    else:
        return str(value)
    if value.microsecond:
        return str(value)
    two = TWO_DIGITS
    return (
        f"{_days[value.toordinal()]} "
        f"{two[value.hour]}:{two[value.minute]}:{two[value.second]}{end}"
    )


def _naive_moment(value: dt.datetime) -> str:
    if value.tzinfo is not None:
        raise ValueError  # the server would drop the offset
    return _moment(value)


def _hex(value: UUID) -> str:
    return f"{value.int:032x}"


# What is made of a value in text format, by its way.
TEXTS = {
    "INT": "{v}",
    "FLOAT": "{v}",
    "DATE": "days[{v}.toordinal()]",
    "BOOL": "('t' if {v} else 'f')",
    "STRING": r"({v} if {v}.isprintable() and '\\' not in {v} else escape({v}))",
    "TIMESTAMP": "naive_moment({v})",
    "TIMESTAMPTZ": "moment({v})",
    "UUID": "hex({v})",
    "BY_DUMPER": r"(escape(str(dump{i}({v}), encoding)))",
}


def text_plan(kinds: Sequence[type], ways: Sequence[Way], encoding: str) -> Plan:
    """Return how rows are written in text format."""
    names: dict[str, Any] = {
        "days": _days,
        "encoding": encoding,
        "escape": _escape,
        "fail": _fail,
        "hex": _hex,
        "moment": _moment,
        "naive_moment": _naive_moment,
    }
    fields = []
    for i, (kind, (way, dump)) in enumerate(zip(kinds, ways, strict=True)):
        names[f"kind{i}"] = kind
        names[f"dump{i}"] = dump
        null = rf"'\\N' if v{i} is None else fail()"
        if way in TEXTS:
            text = TEXTS[way].format(v=f"v{i}", i=i)
            fields.append(f"{text} if type(v{i}) is kind{i} else {null}")
        elif way == "NONE":
            fields.append(null)
        else:
            return _not_plain(kinds)
    line = r"\t".join(["%s"] * len(fields)) + r"\n"
    return Plan(kinds, f"('{line}' % ({', '.join(fields)},)).encode(encoding)", names)


# ---------------------------------------------------------------- binary format

EPOCH = dt.date(2000, 1, 1).toordinal()
# The smallest float4: of smaller numbers some become zero.
SMALLEST = 0.5**149


def _float4(value: float) -> float:
    if -SMALLEST < value < SMALLEST and value:
        raise ValueError  # it would become zero
    return value


# Sizes of a value of which it is kept how to pack it.
SIZES = 500
# What `struct` packs, by way: code, size, and what is packed.
PACKED = {
    "INT2": ("h", 2, "{v}"),
    "INT4": ("i", 4, "{v}"),
    "INT8": ("q", 8, "{v}"),
    "OID": ("I", 4, "{v}"),
    "FLOAT4": ("f", 4, "float4({v})"),
    "FLOAT8": ("d", 8, "{v}"),
    "BOOL": ("?", 1, "{v}"),
    "DATE": ("i", 4, f"{{v}}.toordinal() - {EPOCH}"),
    "TIMESTAMP": ("8s", 8, "dump{i}({v})"),
    "TIMESTAMPTZ": ("8s", 8, "dump{i}({v})"),
    "UUID": ("16s", 16, "{v}.int.to_bytes(16, 'big')"),
}
# The data of values that may have any size.
SIZED = {
    "STRING": "{v}.encode()",
    "BYTES": "{v}",
    "BY_DUMPER": "dump{i}({v})",
}


def _sized(data: Any) -> bytes:
    """Return the data of a value of any size after its length."""
    return pack_length(len(data)) + data  # type: ignore[no-any-return]


def binary_plan(kinds: Sequence[type], ways: Sequence[Way], encoding: str) -> Plan:
    """Return how rows are written in binary format."""
    names: dict[str, Any] = {
        "fail": _null_or_fail,
        "float4": _float4,
        "join": b"".join,
        "sized": _sized,
    }
    runs = [Run(len(kinds))]
    for i, (kind, (way, dump)) in enumerate(zip(kinds, ways, strict=True)):
        names[f"kind{i}"] = kind
        names[f"dump{i}"] = dump
        if way in PACKED:
            code, size, value = PACKED[way]
            value = value.format(v=f"v{i}", i=i)
            names[f"pack{i}"] = Struct(f"!i{code}").pack
            packed = f"{size}, {value}"
            runs[-1].add(i, f"i{code}", packed, f"pack{i}({packed})")
        elif way in SIZED:
            if runs[-1].sized:
                runs.append(Run())
            data = SIZED[way].format(v=f"v{i}", i=i)
            runs[-1].sized = f"[n{i} := len(d{i} := {data})]"
            runs[-1].add(i, "i{}s", f"n{i}, d{i}", f"sized({data})")
        elif way == "NONE":
            runs[-1].add(i, "i", "-1", repr(NULL_LENGTH))
        else:
            return _not_plain(kinds)
    for number, run in enumerate(runs):
        codes = "!" + "".join(run.codes)
        names[f"run{number}"] = Packs(codes) if run.sized else Struct(codes).pack
    pieces = [run.expression(f"run{number}") for number, run in enumerate(runs)]
    if len(pieces) == 1:
        return Plan(kinds, pieces[0], names)
    return Plan(kinds, f"join(({', '.join(pieces)}))", names)


class Run:
    """Columns that are packed by one call of `struct`; one of them may have any size.

    If one has NULL, they are written one after the other.
    """

    def __init__(self, width: int = 0) -> None:
        self.sized = ""
        # The first one has the number of columns before them.
        self.codes = ["h"] if width else []
        self._packed = [str(width)] if width else []
        self._singles = [repr(pack_count(width))] if width else []
        self._checks: list[str] = []

    def add(self, column: int, code: str, packed: str, single: str) -> None:
        """Add a column: what is packed of it, and its data alone."""
        check = f"type(v{column}) is kind{column}"
        null = f"fail(v{column}) or {NULL_LENGTH!r}"
        self.codes.append(code)
        self._packed.append(packed)
        self._singles.append(f"({single} if {check} else {null})")
        self._checks.append(check)

    def expression(self, pack: str) -> str:
        """Return what gives the data of the columns."""
        together = f"{pack}{self.sized}({', '.join(self._packed)})"
        singles = f"join(({', '.join(self._singles)},))"
        return f"{together} if {' and '.join(self._checks)} else {singles}"


class Packs(dict[int, Callable[..., bytes]]):
    """What packs a run, by the size of the value that may have any; some are kept."""

    def __init__(self, codes: str) -> None:
        super().__init__()
        self._codes = codes

    def __missing__(self, size: int) -> Callable[..., bytes]:
        if len(self) >= SIZES:
            self.clear()
        pack = self[size] = Struct(self._codes.format(size)).pack
        return pack
