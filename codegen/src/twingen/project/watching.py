"""Waits for saved files by asking for their time stamps: no daemon, no dependency."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from .files import is_of_editors

# Seconds between two looks, at least and at most; between these, looking takes a
# tenth of the time.
_PAUSE = 0.02
_LONGEST_PAUSE = 1.0
# Seconds without a change after which a save counts as complete.
_SETTLED = 0.01
# The same for a file that was emptied: an editor is about to fill it again.
_FILLED = 0.2

T = TypeVar("T")
Stamps = dict[str, tuple[int, int, int]]


@dataclass(frozen=True)
class Watched:
    """Files and folders: those that are read, and those that are written."""

    sources: tuple[Path, ...]
    targets: tuple[Path, ...]


def builds(watched: Callable[[], Watched], build: Callable[[], T]) -> Iterator[T]:
    """Build now, and after each save; yield what each build returns.

    What a build writes to the targets is no save. What is saved to the sources while
    it runs is, and so is all that is saved once its outcome is known.
    """
    sources: Stamps = {}
    while True:
        here, sources = _complete(watched, sources)
        outcome = build()
        targets = _stamps(here.targets)
        yield outcome
        while True:
            began = time.monotonic()
            same = _stamps(here.sources) == sources and _stamps(here.targets) == targets
            if not same:
                break
            looked = time.monotonic() - began
            time.sleep(min(max(_PAUSE, 10 * looked), _LONGEST_PAUSE))


def _complete(watched: Callable[[], Watched], before: Stamps) -> tuple[Watched, Stamps]:
    """Return what is watched, and its stamps, once the last save is complete.

    A configuration that was half saved names less than there is to watch.
    """
    here = watched()
    while True:
        sources = _settled(here.sources, before)
        again = watched()
        if again == here:
            return here, sources
        here = again


def _settled(paths: Iterable[Path], before: Stamps) -> Stamps:
    """Wait until nothing changes any more, so that no half of a save is read."""
    found = _stamps(paths)
    while True:
        emptied = any(
            not size and before.get(path, (0, 0, 0))[1]
            for path, (_, size, _) in found.items()
        )
        time.sleep(_FILLED if emptied else _SETTLED)
        again = _stamps(paths)
        if again == found:
            return found
        found = again


def _stamps(paths: Iterable[Path]) -> Stamps:
    """Return a fingerprint of each file below the paths."""
    found: Stamps = {}
    folders = []
    for path in paths:
        if path.is_dir():
            folders.append(str(path))
        elif path.exists():
            found[str(path)] = _stamp(path.stat())
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name != "__pycache__":
                            folders.append(entry.path)
                    elif not is_of_editors(entry.name):
                        found[entry.path] = _stamp_of(entry)
        except OSError:  # gone since, or a build says why it cannot be read
            continue
    return found


def _stamp_of(entry: os.DirEntry[str]) -> tuple[int, int, int]:
    try:
        return _stamp(entry.stat())
    except OSError:  # gone since, or a link that leads nowhere
        return 0, 0, 0


def _stamp(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_mtime_ns, status.st_size, status.st_ino
