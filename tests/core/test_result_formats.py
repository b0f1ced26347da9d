"""The format that is asked for, by the columns of a result."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.types.string import TextLoader

from pgtwin.core.adaptation.adapters import Adapters
from pgtwin.core.engine.implementation import IMPLEMENTATION, binary_gains
from pgtwin.core.engine.result_formats import (
    BINARY,
    TEXT,
    UNUSUAL,
    Columns,
    examine_columns,
)
from tests.core.results import result_of


def columns(
    *names: str, version: int = 180000, adapters: Adapters | None = None
) -> Columns:
    is_usual = (adapters or Adapters(psycopg.adapters)).is_usual
    return examine_columns(result_of(*names), is_usual, version, binary_gains)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), Columns(TEXT, TEXT, False, False, True, True)),
        (("bool",), Columns(TEXT, TEXT, False, False, True, True)),
        (("int4",), Columns(BINARY, BINARY, False, False, True, True)),
        (("int4", "text"), Columns(BINARY, BINARY, False, False, True, True)),
        (("text", "varchar"), Columns(TEXT, TEXT, False, False, True, True)),
        (("int4", "numeric"), Columns(TEXT, TEXT, False, False, True, True)),
        (("float4", "int8"), Columns(TEXT, TEXT, False, False, True, True)),
        (("float8", "int4"), Columns(BINARY, None, True, False, True, True)),
        (("int4", "float8"), Columns(BINARY, None, True, False, True, True)),
        (("date", "int4"), Columns(TEXT, TEXT, False, True, True, False)),
        (("date", *["int4"] * 4), Columns(BINARY, None, False, True, True, False)),
        (("timestamptz", "text"), Columns(BINARY, None, False, True, True, False)),
        (("float8", "timestamp"), Columns(BINARY, None, True, True, True, False)),
    ],
)
def test_columns(names: tuple[str, ...], expected: Columns) -> None:
    assert columns(*names) == expected


def test_numerics_that_the_native_core_reads_as_fast() -> None:
    best = BINARY if IMPLEMENTATION == "native" else TEXT
    assert columns("numeric", "float8").best == best


def test_servers_that_round() -> None:
    assert columns("float8", version=110000).best == TEXT
    assert columns("float8", version=120000).best == BINARY
    assert columns("int4", version=110000).best == BINARY


def test_types_that_are_not_usual() -> None:
    assert columns("int4", "point") == UNUSUAL
    adapters = Adapters(psycopg.adapters)
    adapters.register_loader("int4", TextLoader)
    assert columns("text", "int4", adapters=adapters) == UNUSUAL
    assert columns("text", "int8", adapters=adapters) != UNUSUAL
