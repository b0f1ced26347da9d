"""The tables of types show what happens."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from ipaddress import ip_address, ip_interface, ip_network
from typing import Any
from uuid import UUID

import pytest

import pgtwin
from pgtwin.types.json import Json, Jsonb
from pgtwin.types.multirange import Multirange
from pgtwin.types.range import Range
from tools.website.mirror import ROOT

NAMES: dict[str, Any] = {
    each.__name__: each
    for each in (
        *(date, datetime, time, timedelta, timezone, Decimal, UUID, Json, Jsonb),
        *(ip_address, ip_interface, ip_network, Range, Multirange),
    )
}
PAGE = (ROOT / "docs" / "types.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table below a heading, without their marks of code."""
    table = PAGE.partition(f"## {heading}\n\n")[2].split("\n\n")[0].splitlines()
    assert table[1].startswith("|---")
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def value(cell: str) -> Any:
    return eval(cell.strip("`"), NAMES.copy())


@pytest.mark.parametrize(
    ("example", "expected"), [row[1:] for row in rows("From Python to PostgreSQL")]
)
def test_sent_as(example: str, expected: str, dsn: str) -> None:
    query = "SELECT pg_typeof(%s)::text"
    with pgtwin.connect(dsn) as conn:
        if expected == "`unknown`":
            with pytest.raises(pgtwin.errors.IndeterminateDatatype):
                conn.execute(query, (value(example),))
        else:
            row = conn.execute(query, (value(example),)).fetchone()
            assert row == (expected.strip("`"),)


@pytest.mark.parametrize(
    ("example", "kind", "expected"),
    [row[1:] for row in rows("From PostgreSQL to Python")],
)
def test_read_as(example: str, kind: str, expected: str, dsn: str) -> None:
    with pgtwin.connect(dsn) as conn:
        row = conn.execute(f"SELECT {example.strip('`')}".encode()).fetchone()
    assert row is not None
    assert row[0] == value(expected)
    assert f"`{type(row[0]).__name__}`" in kind
