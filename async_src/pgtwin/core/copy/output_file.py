"""A file that is written completely, or not at all.

The file at the path does not change until all data has been written.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from types import TracebackType
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike


class OutputFile:
    """A block that writes a new file, which replaces the file at the path at the end.

    If an error leaves the block, the new file is removed. A path that is not an
    ordinary file, such as a pipe or a device, is written directly.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        # The file that a symbolic link leads to, not the link, is replaced.
        self._path = os.path.realpath(path)
        self._new: str | None = None
        if not os.path.exists(self._path) or os.path.isfile(self._path):
            self._new = f"{self._path}.{os.urandom(4).hex()}.part"
        self._file: IO[bytes] | None = None

    def __enter__(self) -> IO[bytes]:
        if self._new is None:
            self._file = open(self._path, "wb")
        else:
            self._file = open(self._new, "xb")
            with suppress(OSError):  # a new file has the usual mode
                mode = stat.S_IMODE(os.stat(self._path).st_mode)
                os.chmod(self._new, mode)
        return self._file

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        assert self._file is not None
        try:
            self._file.close()
            if self._new is not None and exc_type is None:
                os.replace(self._new, self._path)
                self._new = None
        finally:
            if self._new is not None:
                with suppress(OSError):
                    os.remove(self._new)
