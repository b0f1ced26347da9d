"""Data of a COPY as no PostgreSQL sends it, but its protocol allows it."""

from __future__ import annotations

import struct

import psycopg
import pytest
from psycopg.adapt import Transformer
from psycopg.errors import DataError

from pgtwin.core.copy_data import SIGNATURE, TRAILER, BinaryDecoder


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_messages_that_are_no_rows(size: int) -> None:
    rows = [(n, "a" * (n % 4)) for n in range(40)]
    data = b"".join(
        struct.pack(f"!hiii{n % 4}s", 2, 4, n, n % 4, b"a" * (n % 4)) for n, _ in rows
    )
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    types = psycopg.adapters.types
    decoder = BinaryDecoder(Transformer())
    decoder.set_types([types["int4"].oid, types["text"].oid])
    assert decoder.decode([SIGNATURE, *pieces, TRAILER]) == rows
    with pytest.raises(DataError, match="not in COPY's binary format"):
        decoder.decode([data[:-1]])
