"""Reads numbers and values from the bytes of a fuzzer.

Any bytes are an input. Where they end, all that is read is zero or empty, so that
a change of a few bytes stays a small change of what is made of them.
"""

from __future__ import annotations

import struct


class Source:
    """What is left of an input."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def is_left(self) -> bool:
        return self._at < len(self._data)

    def take(self, count: int) -> bytes:
        """Return some bytes, fewer at the end."""
        start, self._at = self._at, self._at + count
        return self._data[start : self._at]

    def rest(self) -> bytes:
        return self.take(len(self._data))

    def byte(self) -> int:
        return (self.take(1) or b"\0")[0]

    def below(self, count: int) -> int:
        """Return a number from 0 to below `count`, of one byte."""
        return self.byte() % count

    def int64(self) -> int:
        number: int = struct.unpack("!q", self.take(8).ljust(8, b"\0"))[0]
        return number

    def float64(self) -> float:
        number: float = struct.unpack("!d", self.take(8).ljust(8, b"\0"))[0]
        return number

    def value(self) -> bytes | None:
        """Return the bytes of a value, whose length stands before it; 255 is NULL."""
        length = self.byte()
        return None if length == 255 else self.take(length)
