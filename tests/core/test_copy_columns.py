"""Columns that are written together: the same data as that of rows, if faster."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.abc import Transformer

from pgtwin.core.adapters import Place
from pgtwin.core.copy_columns import BinaryColumns, TextColumns
from pgtwin.core.copy_data import SIGNATURE
from pgtwin.core.copy_escapes import escapes
from pgtwin.core.copy_rows import Rows
from pgtwin.core.copy_values import CopyAdapters

EAST = dt.timezone(dt.timedelta(hours=5))
MOMENT = dt.datetime(2026, 1, 2, 3, 4, 5)
UTF8 = escapes("UTF8", "UTF8")

COLUMNS: dict[str, list[Any]] = {
    "int2": [1, -(2**15), 2**15 - 1],
    "int4": [1, -(2**31), 2**31 - 1],
    "int8": [1, -(2**63), 2**63 - 1],
    "oid": [0, 1, 2**32 - 1],
    "float4": [0.5, 0.0, -1e38],
    "float8": [0.5, 0.0, 1e300],
    "bool": [True, False, True],
    "text": ["a", "", "é\t\n\\N" * 3],
    "varchar": ["a", "b", "\b\v\f\r"],
    "bytea": [b"", b"\0\\", b"abc"],
    "date": [dt.date(2026, 1, 2), dt.date(1, 1, 1), dt.date(9999, 12, 31)],
    "time": [dt.time(1, 2), dt.time(1, 2, 3, 4), dt.time()],
    "timestamp": [MOMENT, MOMENT.replace(microsecond=5), dt.datetime(1, 1, 1)],
    "timestamptz": [MOMENT.replace(tzinfo=EAST)] * 3,
    "interval": [dt.timedelta(1, 2, 3), dt.timedelta(-1), dt.timedelta()],
    "numeric": [Decimal("1.50"), Decimal("-1E+3"), Decimal("NaN")],
    "uuid": [UUID(int=1), UUID(int=2), UUID(int=2**128 - 1)],
}
# The Python types that are written together in text.
IN_TEXT = ("int8", "float8", "bool", "text", "date", "timestamp", "timestamptz", "uuid")


def oids(names: Sequence[str]) -> list[int]:
    return [psycopg.adapters.types[name].oid for name in names]


def transformer() -> Transformer:
    return Place(CopyAdapters(psycopg.adapters), None).transformer()


def row_by_row(
    rows: list[tuple[Any, ...]],
    names: Sequence[str] | None,
    binary: bool,
) -> bytes:
    written = Rows(transformer(), "utf-8", UTF8, binary)
    if names is not None:
        written.set_types(oids(names))
    for row in rows:
        written.add(row)
    written._make_block()
    return bytes(written.take()).removeprefix(SIGNATURE)


def shapes() -> list[tuple[str, ...]]:
    pairs = itertools.product(("int4", "text", "uuid", "numeric", "date"), repeat=3)
    return [(name,) for name in COLUMNS] + [tuple(COLUMNS)] + list(pairs)


@pytest.mark.parametrize("nulls", [0, 1, 2])
def test_binary(nulls: int) -> None:
    for names in shapes():
        columns: list[Sequence[Any]] = [list(COLUMNS[name]) * 2 for name in names]
        if nulls:
            # In every column, or in the last one alone.
            for column in columns[-1:] if nulls == 1 else columns:
                column[1] = column[4] = None  # type: ignore[index]
        together = BinaryColumns(transformer(), "utf-8")
        together.set_types(oids(names))
        data = together.block(columns)
        rows = list(zip(*columns, strict=True))
        assert data is not None, names
        assert data == row_by_row(rows, names, True), names


@pytest.mark.parametrize("typed", [False, True])
@pytest.mark.parametrize("nulls", [False, True])
def test_text(nulls: bool, typed: bool) -> None:
    for names in [*((name,) for name in IN_TEXT), IN_TEXT, ("int2", "int4", "varchar")]:
        columns: list[Sequence[Any]] = [list(COLUMNS[name]) * 2 for name in names]
        if nulls:
            for column in columns:
                column[1] = column[4] = None  # type: ignore[index]
        together = TextColumns(transformer(), "utf-8", UTF8)
        if typed:
            together.set_types(oids(names))
        data = together.block(columns)
        rows = list(zip(*columns, strict=True))
        assert data is not None, names
        assert data == row_by_row(rows, names if typed else None, False), names


def test_text_of_nothing_but_null() -> None:
    together = TextColumns(transformer(), "utf-8", UTF8)
    assert together.block([[None, None], [1, 2]]) == b"\\N\t1\n\\N\t2\n"


@pytest.mark.parametrize(
    "column",
    [
        *([1, "a"], [1, True], ["a\0b"], ["\ud800"], [(1,)], [[1]], [object()]),
        [Decimal(1)],
    ],
)
def test_text_row_by_row(column: list[Any]) -> None:
    together = TextColumns(transformer(), "utf-8", UTF8)
    assert together.block([column, [1] * len(column)]) is None


@pytest.mark.parametrize(
    ("name", "column"),
    [
        *(("int4", [1, "a"]), ("int2", [1, 2**20]), ("int8", [2**63]), ("oid", [-1])),
        *(("float4", [1e-50, 1.0]), ("float4", [1e40]), ("float8", [Decimal("1e400")])),
        *(("float8", [1.0, Decimal(1)]), ("text", ["\ud800"]), ("text", [5, "a"])),
        *(("date", ["2026-01-02"]), ("bool", [1]), ("int4", [[1]]), ("bytea", [[]])),
        ("timestamp", [MOMENT.replace(tzinfo=EAST)]),
    ],
)
def test_binary_row_by_row(name: str, column: list[Any]) -> None:
    together = BinaryColumns(transformer(), "utf-8")
    together.set_types(oids([name]))
    assert together.block([column]) is None
    assert together.block([column, column]) is None


def test_types_are_changed() -> None:
    together = TextColumns(transformer(), "utf-8", UTF8)
    assert together.block([[MOMENT]]) == b"2026-01-02 03:04:05\n"
    together.set_types(oids(["text"]))
    assert together.block([[MOMENT]]) is None
    assert together.block([["a"], ["b"]]) is None
