"""Telling a protocol to pause while too much waits to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .abstract_event_loop import AbstractEventLoop
from .transports import WriteTransport

HIGH_WATER = 64 * 1024
"""Bytes in the buffer above which the protocol is told to pause, unless chosen."""


def water_marks(
    high: int | None, low: int | None, usual: int = HIGH_WATER
) -> tuple[int, int]:
    """Return both marks, of which one or none is given."""
    if high is None:
        high = usual if low is None else 4 * low
    if low is None:
        low = high // 4
    if not high >= low >= 0:
        raise ValueError(f"high ({high!r}) must be >= low ({low!r}) must be >= 0")
    return high, low


def tell(
    loop: AbstractEventLoop, transport: object, protocol: Any, method: str, *args: Any
) -> None:
    """Call a method of a protocol; the loop is told of its exceptions."""
    try:
        getattr(protocol, method)(*args)
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:
        loop.call_exception_handler(
            {
                "message": f"protocol.{method}() failed",
                "exception": error,
                "transport": transport,
                "protocol": protocol,
            }
        )


class FlowControl(WriteTransport):
    """A transport with a buffer of what is to be sent."""

    __slots__ = ("_high_water", "_loop", "_low_water", "_protocol", "_protocol_paused")

    def __init__(
        self, loop: AbstractEventLoop, extra: Mapping[str, Any] | None
    ) -> None:
        super().__init__(extra)
        self._loop: Any = loop
        self._protocol: Any = None
        self._protocol_paused = False
        self._high_water, self._low_water = water_marks(None, None)

    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        """Choose when the protocol is told to pause and to resume writing."""
        self._high_water, self._low_water = water_marks(high, low)
        self._maybe_pause_protocol()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return the low-water mark and the high-water mark."""
        return self._low_water, self._high_water

    def _maybe_pause_protocol(self) -> None:
        size = self.get_write_buffer_size()
        if size > self._high_water and not self._protocol_paused:
            self._protocol_paused = True
            tell(self._loop, self, self._protocol, "pause_writing")

    def _maybe_resume_protocol(self) -> None:
        if self._protocol_paused and self.get_write_buffer_size() <= self._low_water:
            self._protocol_paused = False
            tell(self._loop, self, self._protocol, "resume_writing")
