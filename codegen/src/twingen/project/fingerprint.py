"""A fingerprint of this twingen, and of the libraries and formatter that it uses.

That is a digest of its own files, which a developer may edit at any time. They are read
again only if the file system says of one of them that it is not the same any more: by
its size, its number, or when it was written or replaced.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from importlib.machinery import PathFinder
from pathlib import Path

from ..syntax.source import digest_of_text
from .files import replace

_TOOLS = ("libcst", "black")
_FOLDER = os.fspath(Path(__file__).parents[1])
# What was written within so many seconds may be written again without a trace: the
# clocks of some file systems are that coarse.
_UNSURE = 2.0


@lru_cache(maxsize=1)
def fingerprint(folder: Path) -> str:
    """Return what tells this twingen, as it was on the disk when asked, from others.

    The folder is where it is remembered.
    """
    versions = [f"{sys.version_info[:2]}", *map(_version, _TOOLS)]
    return digest_of_text("\n".join([*versions, _digest(folder / "twingen.digest")]))


def _digest(memory: Path) -> str:
    """Return the digest of twingen's own files, remembered or made now."""
    files, newest = [], 0.0
    for path in sorted(_files(_FOLDER)):
        state = os.stat(path)
        newest = max(newest, state.st_mtime, state.st_ctime)
        times = f"{state.st_mtime_ns} {state.st_ctime_ns}"
        files.append(f"{path} {state.st_size} {state.st_ino} {times}")
    seen = digest_of_text("\n".join(files))
    with suppress(OSError, ValueError):
        known, digest = memory.read_text(encoding="ascii").split()
        if known == seen:
            return digest
    before = time.time()
    digest = _read()
    if newest < before - _UNSURE:
        with suppress(OSError):  # a disk that refuses is left alone
            replace(memory, f"{seen} {digest}".encode())
    return digest


def _read() -> str:
    found = hashlib.sha256()
    for path in sorted(_files(_FOLDER)):
        with open(path, "rb") as file:
            content = hashlib.sha256(file.read()).hexdigest()
        found.update(f"{path} {content}\n".encode())
    return found.hexdigest()


def _files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(entry.path)
            elif entry.name.endswith((".py", ".toml")):
                yield entry.path


def _version(distribution: str) -> str:
    """Return the version of what is installed, by the name of its records.

    `importlib.metadata`, which takes long to load, is asked where that does not show.
    """
    spec = PathFinder.find_spec(distribution)
    if spec is not None and spec.origin is not None:
        home = os.path.dirname(os.path.dirname(spec.origin))
        records = [
            name
            for name in os.listdir(home)
            if name.startswith(f"{distribution}-") and name.endswith(".dist-info")
        ]
        if len(records) == 1:
            return records[0]
    from importlib import metadata

    return metadata.version(distribution)
