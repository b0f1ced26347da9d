"""Shows on a terminal how far long work has come, and leaves nothing behind."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from typing import Protocol, TextIO, TypeVar

T = TypeVar("T")

# Seconds before the first drawing, and between two.
_SHORT = 0.5
_PAUSE = 0.1
_ERASED = "\r\033[K"


class Progress(Protocol):
    """Passes results on as they arrive, and may show how many there are."""

    def __call__(self, results: Iterable[T], total: int, what: str) -> Iterator[T]: ...


def silent(results: Iterable[T], total: int, what: str) -> Iterator[T]:
    """Pass results on and show nothing."""
    return iter(results)


def progress_on(stream: TextIO) -> Progress:
    """Return a bar on a terminal that can erase it, else what shows nothing."""
    capable = stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    return _Bar(stream) if capable else silent


class _Bar:
    """A bar on the last line of a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, results: Iterable[T], total: int, what: str) -> Iterator[T]:
        due = time.monotonic() + _SHORT
        drawn = False
        try:
            for done, result in enumerate(results, 1):
                yield result
                if time.monotonic() >= due:
                    self._write(_ERASED + _bar(done, total, what))
                    drawn = True
                    due = time.monotonic() + _PAUSE
        finally:
            if drawn:
                self._write(_ERASED)

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _bar(done: int, total: int, what: str) -> str:
    """Return one line, shorter than the terminal is wide."""
    import shutil  # only a terminal shows a bar, and only of long work

    count = f"{done:{len(str(total))}}/{total}"
    room = shutil.get_terminal_size().columns - len(what) - len(count) - 5
    width = max(min(room, 40), 0)
    filled = "#" * (width * done // total)
    return f"{what} {count} [{filled:{width}}]"
