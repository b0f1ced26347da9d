"""Targets `copy_in` and `copy_out`: what COPY sends and receives, by C and by Python.

`copy_in` writes rows of any Python values, `copy_out` reads messages of any bytes.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import psycopg

from pgtwin.core.engine.copy_decoders import no_loader
from pgtwin.core.engine.native_engine import native_copy_loader
from tests.fuzz.rows import NAMES, TYPES, session_in
from tests.fuzz.source import Source
from tests.native.test_copy_format import differ
from tests.native.test_copy_read import outcome

EPOCH = dt.datetime(1, 1, 1)
BYTEA = TYPES["bytea"].oid
MOMENTS = (dt.datetime(9999, 12, 31) - EPOCH).days * 86400 * 10**6


def decimal_of(source: Source) -> Decimal:
    digits = tuple(each % 10 for each in source.value() or b"")
    exponent = source.byte() - 128
    return Decimal((source.below(2), digits, exponent))


def moment_of(source: Source) -> dt.datetime:
    return EPOCH + dt.timedelta(microseconds=source.int64() % MOMENTS)


# What the next value is; a place in it is part of an input.
MAKERS = (
    lambda source: None,
    lambda source: source.byte() - 128,
    Source.int64,
    lambda source: int.from_bytes(source.value() or b"", "big", signed=True),
    Source.float64,
    lambda source: bool(source.byte() & 1),
    lambda source: (source.value() or b"").decode("utf-8", "replace"),
    lambda source: (source.value() or b"").decode("utf-8", "surrogateescape"),
    lambda source: source.value() or b"",
    lambda source: bytearray(source.value() or b""),
    decimal_of,
    moment_of,
    lambda source: moment_of(source).replace(tzinfo=dt.timezone.utc),
    lambda source: moment_of(source).date(),
    lambda source: moment_of(source).time(),
    lambda source: dt.timedelta(microseconds=source.int64() // 10),
    lambda source: uuid.UUID(int=source.int64() % 2**63),
    lambda source: [source.byte(), None],
    lambda source: object(),
)


def copy_in(data: bytes) -> None:
    """Write rows one by one and together, with types that are set, and without."""
    source = Source(data)
    options = source.byte()
    width = 1 + source.below(4)
    oids = [TYPES[NAMES[source.below(len(NAMES))]].oid for _ in range(width)]
    rows: list[tuple[Any, ...]] = []
    while source.is_left() and len(rows) < 8:
        rows.append(
            tuple(MAKERS[source.below(len(MAKERS))](source) for _ in range(width))
        )
    if any(
        isinstance(value, int) and oid == BYTEA
        for row in rows
        for oid, value in zip(oids, row, strict=True)
    ):
        return  # psycopg in Python dumps so many zeros, gigabytes of them
    try:
        difference = differ(
            oids if options & 1 else None,
            rows,
            binary=bool(options & 2),
            together=bool(options & 4),
        )
    except psycopg.ProgrammingError:  # no dumper writes values of such a type
        return
    assert difference is None, (oids, rows, difference)


def copy_out(data: bytes) -> None:
    """Read messages, each a row or a part of the signature, by set types."""
    source = Source(data)
    binary = bool(source.byte() & 1)
    names = [NAMES[source.below(len(NAMES))] for _ in range(1 + source.below(4))]
    names = [name + "[]" if source.byte() & 1 else name for name in names]
    messages: list[bytes] = []
    while source.is_left() and len(messages) < 8:
        messages.append(source.value() or b"")
    with session_in(dt.timezone.utc):
        from_c, from_python = (
            outcome(make, names, [messages], binary)
            for make in (native_copy_loader, no_loader)
        )
    # Readers differ in what they make of a numeric that no server sends.
    if not binary or not {"numeric", "numeric[]"} & {*names}:
        assert from_c == from_python, (names, messages, from_c, from_python)
