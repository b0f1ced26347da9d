"""Columns of Arrow by `pgtwin_native`: what C reads, and what it leaves to Python.

Law: that of `native`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pgtwin_native
from pgtwin.core.arrow_columns import ArrayData, ArrowKind, Unreadable, column_error
from pgtwin.core.arrow_reader import read_column

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS = pgtwin_native.ARROW_KINDS
OF_ANY_SIZE = ("TEXT", "JSONB", "BYTEA")
TEXTS = ("TEXT", "JSONB")


class NativeArrowReader:
    """Reads rows in C (`engine.ArrowReader`)."""

    def __init__(
        self, names: Sequence[str], kinds: Sequence[ArrowKind], encoding: str
    ) -> None:
        self._names = names
        self._kinds = kinds
        self._encoding = encoding
        self._is_known = [self._knows(kind) for kind in kinds]
        self._reader = pgtwin_native.ArrowReader(
            tuple(
                (KINDS[kind.name if is_known else "OTHER"], kind.scale)
                for kind, is_known in zip(kinds, self._is_known, strict=True)
            )
        )

    def _knows(self, kind: ArrowKind) -> bool:
        if kind.name in TEXTS and self._encoding != "utf-8":
            return False
        return kind.name in KINDS and kind.size <= 16

    @property
    def row_count(self) -> int:
        return self._reader.row_count

    @property
    def size(self) -> int:
        return self._reader.size

    def feed(self, data: bytes, /) -> None:
        problem = self._reader.feed(data)
        if problem is not None:
            column, reason = problem
            raise column_error(self._names[column] if column >= 0 else "", reason)

    def take(self) -> list[ArrayData]:
        length = self._reader.row_count
        found = []
        for name, kind, is_known, column in zip(
            self._names, self._kinds, self._is_known, self._reader.take(), strict=True
        ):
            nulls, bits, values, data = column
            validity = bits if nulls else None
            if not is_known:
                fields = _fields(length, bits, values, data)
                try:
                    found.append(read_column(kind, fields, self._encoding))
                except Unreadable as error:
                    raise column_error(name, str(error)) from None
                continue
            buffers = [validity, values]
            if kind.name in OF_ANY_SIZE:
                buffers.append(data)
            found.append(ArrayData(length, nulls, buffers, []))
        return found

    def finish(self) -> None:
        if not self._reader.ended:
            raise column_error("", "format")


def _fields(length: int, bits: bytes, values: bytes, data: bytes) -> list[bytes | None]:
    """Return values as they came."""
    ends: Any = memoryview(values).cast("i")
    return [
        data[ends[row] : ends[row + 1]] if bits[row >> 3] >> (row & 7) & 1 else None
        for row in range(length)
    ]
