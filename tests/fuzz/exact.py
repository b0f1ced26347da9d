"""Values of results in memory that ends where they end.

libpq keeps the values of a result side by side in large blocks, where reading beyond
the end of one is no error that AddressSanitizer can see. Here each gets memory of its
own, of just its size and the NUL byte that libpq promises after it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from psycopg.pq.abc import PGresult

_c = ctypes.CDLL(None)
_c.malloc.restype = ctypes.c_void_p
_c.malloc.argtypes = [ctypes.c_size_t]
_c.free.argtypes = [ctypes.c_void_p]


class _Cell(ctypes.Structure):
    _fields_ = (("length", ctypes.c_int), ("data", ctypes.c_void_p))


class _Result(ctypes.Structure):
    """The beginning of libpq's result: psycopg's C modules declare it so, too."""

    _fields_ = (
        ("row_count", ctypes.c_int),
        ("column_count", ctypes.c_int),
        ("descriptions", ctypes.c_void_p),
        ("rows", ctypes.POINTER(ctypes.POINTER(_Cell))),
    )


@contextmanager
def exact_values(result: PGresult) -> Iterator[None]:
    """Move each value of a result into memory of its own; clear it in the end."""
    table = _Result.from_address(cast("Any", result).pgresult_ptr)
    assert (table.row_count, table.column_count) == (result.ntuples, result.nfields)
    moved = []
    for row in range(table.row_count):
        for column in range(table.column_count):
            cell = table.rows[row][column]
            if cell.length >= 0:
                memory = _c.malloc(cell.length + 1)
                ctypes.memmove(memory, cell.data, cell.length + 1)
                cell.data = memory
                moved.append(memory)
    try:
        yield
    finally:
        result.clear()
        for memory in moved:
            _c.free(memory)
