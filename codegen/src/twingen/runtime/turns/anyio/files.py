"""Files whose methods run in worker threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, AnyStr, Generic

from ..entry_points import entry
from ..generators import generator
from .cancel_scopes import CancelScope
from .limiters import CapacityLimiter
from .resources import AsyncResource
from .worker_threads import run_sync


def _waiting(name: str) -> Any:
    """Make a method that calls that of the file in a worker thread."""

    @entry
    def method(self: AsyncFile[Any], *args: Any) -> Any:
        return run_sync(getattr(self._fp, name), *args, limiter=self._limiter)

    method.__name__ = name
    method.__qualname__ = f"AsyncFile.{name}"
    return method


class AsyncFile(AsyncResource, Generic[AnyStr]):
    """A file that is read and written in worker threads."""

    def __init__(
        self, fp: IO[AnyStr], *, limiter: CapacityLimiter | None = None
    ) -> None:
        check_limiter(limiter)
        self._fp: Any = fp
        self._limiter = limiter

    def __getattr__(self, name: str) -> Any:
        if name == "_fp":  # of an object that was not initialized
            raise AttributeError(name)
        return getattr(self._fp, name)

    @property
    def limiter(self) -> CapacityLimiter | None:
        """What limits the calls in threads, if that is not the default."""
        return self._limiter

    @property
    def wrapped(self) -> IO[AnyStr]:
        """The file."""
        return self._fp  # type: ignore[no-any-return]

    @generator
    def __iter__(self) -> Iterator[AnyStr]:
        line = self.readline()
        while line:
            yield line
            line = self.readline()

    @entry
    def close(self) -> None:
        """Close the file, whatever is cancelled."""
        with CancelScope(shield=True):
            run_sync(self._fp.close, limiter=self._limiter)

    flush = _waiting("flush")
    read = _waiting("read")
    read1 = _waiting("read1")
    readinto = _waiting("readinto")
    readinto1 = _waiting("readinto1")
    readline = _waiting("readline")
    readlines = _waiting("readlines")
    seek = _waiting("seek")
    tell = _waiting("tell")
    truncate = _waiting("truncate")
    write = _waiting("write")
    writelines = _waiting("writelines")


def check_limiter(limiter: Any) -> None:
    """Refuse what is no limiter."""
    if limiter is not None and not isinstance(limiter, CapacityLimiter):
        kind = type(limiter).__name__
        raise TypeError(f"limiter must be a CapacityLimiter or None, not {kind}")


@entry
def open_file(
    file: Any,
    mode: str = "r",
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: Any = None,
    *,
    limiter: CapacityLimiter | None = None,
) -> AsyncFile[Any]:
    """Open a file in a worker thread."""
    how = mode, buffering, encoding, errors, newline, closefd, opener
    return AsyncFile(run_sync(open, file, *how, limiter=limiter), limiter=limiter)


def wrap_file(
    file: IO[AnyStr], *, limiter: CapacityLimiter | None = None
) -> AsyncFile[AnyStr]:
    """Return an open file as one that is used in worker threads."""
    return AsyncFile(file, limiter=limiter)
