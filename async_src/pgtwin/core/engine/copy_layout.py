"""Rows of a binary COPY whose fields have the same sizes, read by one call of `struct`.

What does not fit a layout is told apart from what does; nothing is guessed.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg.abc import Buffer

Row = tuple[Any, ...]
Load = Callable[[Any], Any]

SHORT = struct.Struct("!h")
LONG = struct.Struct("!i")


def field_sizes(row: Buffer) -> list[int]:
    """Return the sizes of the fields of a row, -1 for NULL.

    Raises `struct.error` when it is not one row in the format.
    """
    data = bytes(row)
    start = SHORT.size
    sizes = []
    for _ in range(SHORT.unpack_from(data)[0]):
        size = LONG.unpack_from(data, start)[0]
        start += LONG.size + max(size, 0)
        sizes.append(size)
    if start != len(data):
        raise struct.error("the fields are not as long as the row")
    return sizes


class Layout:
    """Where the fields stand in rows of one length.

    `codes` are those of `struct` for values that it unpacks, empty for what `loads`
    load from bytes.
    """

    def __init__(
        self, sizes: Sequence[int], loads: Sequence[Load], codes: Sequence[str]
    ) -> None:
        self._heads = [len(sizes), *sizes]
        self._loads: list[Load | None] = []  # None: unpacked; no field for NULL
        code = "!h"
        for size, load, number in zip(sizes, loads, codes, strict=True):
            unpacked = bool(number) and struct.calcsize(f"!{number}") == size
            code += f"i{number if unpacked else f'{max(size, 0)}s'}"
            self._loads.append(None if unpacked else load)
        self._struct = struct.Struct(code)
        # Of values that have one size only, a NULL would make the row shorter.
        self._certain = not any(self._loads)
        if self._certain:
            self._struct = struct.Struct("!2x" + "".join(f"4x{each}" for each in codes))

    def rows(self, data: bytes) -> list[Row] | None:
        """Return rows that stand one after the other; `None` if they do not fit."""
        if self._certain:
            return list(self._struct.iter_unpack(data))
        count, *fields = zip(*self._struct.iter_unpack(data), strict=True)
        heads = (count, *fields[::2])
        if [set(head) for head in heads] != [{value} for value in self._heads]:
            return None
        columns: list[Iterable[Any]] = []
        for size, load, values in zip(
            self._heads[1:], self._loads, fields[1::2], strict=True
        ):
            if size < 0:
                columns.append(repeat(None, len(values)))
            else:
                columns.append(values if load is None else map(load, values))
        return list(zip(*columns, strict=True))
