"""Streams of bytes over files, which are read and written in worker threads."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, TypeVar

from ..entry_points import entry
from .cancel_scopes import CancelScope
from .checkpoints import checkpoint_if_cancelled
from .errors import BrokenResourceError, ClosedResourceError, EndOfStream
from .resources import ByteReceiveStream, ByteSendStream
from .worker_threads import run_sync

S = TypeVar("S", bound="_FileStream")


class FileStreamAttribute:
    """What a stream tells of its file."""

    file: Any = object()
    path: Any = object()
    fileno: Any = object()


class _FileStream:
    """A stream over an open file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    @entry
    def close(self) -> None:
        """Close the file, whatever is cancelled."""
        with CancelScope(shield=True):
            run_sync(self._file.close)
        checkpoint_if_cancelled()

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        """What is known of the file."""
        known: dict[Any, Callable[[], Any]] = {
            FileStreamAttribute.file: lambda: self._file
        }
        if hasattr(self._file, "name"):
            known[FileStreamAttribute.path] = lambda: Path(self._file.name)
        try:
            self._file.fileno()
        except io.UnsupportedOperation:
            return known
        known[FileStreamAttribute.fileno] = lambda: self._file.fileno()
        return known

    def _run(self, function: Any, *args: Any) -> Any:
        try:
            return run_sync(function, *args)
        except ValueError:
            raise ClosedResourceError from None
        except OSError as error:
            raise BrokenResourceError from error


class FileReadStream(_FileStream, ByteReceiveStream):
    """Gives the bytes of a file."""

    @classmethod
    @entry
    def from_path(cls: type[S], path: str | os.PathLike[str]) -> S:
        """Open a file."""
        return cls(run_sync(Path(path).open, "rb"))

    @entry
    def receive(self, max_bytes: int = 65536) -> bytes:
        """Read some bytes; `EndOfStream` at the end of the file."""
        if max_bytes < 1:
            raise ValueError("max_bytes must be a positive integer")
        data: bytes = self._run(self._file.read, max_bytes)
        if not data:
            raise EndOfStream
        return data

    @entry
    def seek(self, position: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place in the file."""
        return run_sync(self._file.seek, position, whence)

    @entry
    def tell(self) -> int:
        """Return the place in the file."""
        return run_sync(self._file.tell)


class FileWriteStream(_FileStream, ByteSendStream):
    """Takes bytes for a file."""

    @classmethod
    @entry
    def from_path(
        cls: type[S], path: str | os.PathLike[str], append: bool = False
    ) -> S:
        """Open a file."""
        return cls(run_sync(Path(path).open, "ab" if append else "wb"))

    @entry
    def send(self, item: bytes) -> None:
        """Write bytes."""
        self._run(self._file.write, item)
