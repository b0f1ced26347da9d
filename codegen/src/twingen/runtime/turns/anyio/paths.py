"""Paths whose methods ask the file system in worker threads."""

from __future__ import annotations

import functools
import os
import pathlib
from collections.abc import Iterator
from typing import Any, TypeVar

from ..entry_points import entry
from ..function_kinds import iter_method
from ..generators import generator
from ..iterators import next_method
from .files import AsyncFile, check_limiter
from .limiters import CapacityLimiter
from .worker_threads import run_sync

P = TypeVar("P", bound="Path")


def _plain(path: Any) -> Any:
    return path._path if isinstance(path, Path) else path


def _pure(name: str) -> Any:
    """Make a property, or a method, that asks the path alone."""
    if isinstance(getattr(pathlib.Path, name, None), property):
        return property(lambda self: getattr(self._path, name))

    def method(self: Path, *args: Any, **kwargs: Any) -> Any:
        return getattr(self._path, name)(*map(_plain, args), **kwargs)

    return _named(method, name)


def _derived(name: str) -> Any:
    """Make a method that gives another path."""

    def method(self: P, *args: Any, **kwargs: Any) -> P:
        return self._of(getattr(self._path, name)(*map(_plain, args), **kwargs))

    return _named(method, name)


def _waiting(name: str, *, abandon: bool = False, path: bool = False) -> Any:
    """Make a method that is called in a worker thread, and gives a path perhaps."""

    @entry
    def method(self: Path, *args: Any, **kwargs: Any) -> Any:
        call = functools.partial(getattr(self._path, name), **kwargs)
        found = self._run(call, *map(_plain, args), abandon=abandon)
        return self._of(found) if path else found

    return _named(method, name)


def _iterating(name: str) -> Any:
    """Make a method that gives paths, one after the other."""

    def method(self: Path, *args: Any, **kwargs: Any) -> Any:
        return _Paths(getattr(self._path, name)(*args, **kwargs), self)

    return _named(method, name)


def _named(method: Any, name: str) -> Any:
    method.__name__ = name
    method.__qualname__ = f"Path.{name}"
    return method


class _Paths:
    """Paths that are found in worker threads."""

    def __init__(self, paths: Iterator[Any], like: Path) -> None:
        self._paths = paths
        self._like = like

    @iter_method
    def __iter__(self) -> _Paths:
        return self

    @next_method
    def __next__(self) -> Any:
        found = self._like._run(next, self._paths, None, abandon=True)
        if found is None:
            raise StopAsyncIteration from None
        return self._like._of(found)


class Path:
    """A path whose methods ask the file system in worker threads."""

    __slots__ = "__weakref__", "_limiter", "_path"

    def __init__(self, *args: Any, limiter: CapacityLimiter | None = None) -> None:
        check_limiter(limiter)
        self._path = pathlib.Path(*args)
        self._limiter = limiter

    def _of(self: P, *args: Any) -> P:
        return type(self)(*args, limiter=self._limiter)

    def _run(self, function: Any, *args: Any, abandon: bool = False) -> Any:
        return run_sync(
            function, *args, abandon_on_cancel=abandon, limiter=self._limiter
        )

    @property
    def limiter(self) -> CapacityLimiter | None:
        """What limits the calls in threads, if that is not the default."""
        return self._limiter

    def __fspath__(self) -> str:
        return self._path.__fspath__()

    def __str__(self) -> str:
        return str(self._path)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._path.as_posix()!r})"

    def __bytes__(self) -> bytes:
        return bytes(self._path)

    def __hash__(self) -> int:
        return hash(self._path)

    def __eq__(self, other: object) -> bool:
        return self._path.__eq__(_plain(other))

    def __lt__(self, other: Any) -> bool:
        return self._path.__lt__(_plain(other))

    def __le__(self, other: Any) -> bool:
        return self._path.__le__(_plain(other))

    def __gt__(self, other: Any) -> bool:
        return self._path.__gt__(_plain(other))

    def __ge__(self, other: Any) -> bool:
        return self._path.__ge__(_plain(other))

    def __truediv__(self: P, other: Any) -> P:
        return self._of(self._path / other)

    def __rtruediv__(self: P, other: Any) -> P:
        return self._of(other) / self

    # Without the file system.

    parser: Any = getattr(pathlib.Path, "parser", os.path)
    anchor = _pure("anchor")
    as_posix = _pure("as_posix")
    as_uri = _pure("as_uri")
    drive = _pure("drive")
    full_match = _pure("full_match")
    info = _pure("info")
    is_absolute = _pure("is_absolute")
    is_reserved = _pure("is_reserved")
    match = _pure("match")
    name = _pure("name")
    parts = _pure("parts")
    root = _pure("root")
    stem = _pure("stem")
    suffix = _pure("suffix")
    suffixes = _pure("suffixes")
    joinpath = _derived("joinpath")
    relative_to = _derived("relative_to")
    with_name = _derived("with_name")
    with_suffix = _derived("with_suffix")

    @property
    def parent(self: P) -> P:
        """The folder of the path."""
        return self._of(self._path.parent)

    @property
    def parents(self: P) -> tuple[P, ...]:
        """All folders above the path."""
        return tuple(self._of(each) for each in self._path.parents)

    def is_relative_to(self, other: Any) -> bool:
        """Return whether the path is below another one."""
        try:
            self.relative_to(other)
        except ValueError:
            return False
        return True

    def with_segments(self: P, *segments: Any) -> P:
        """Return a path of the same kind."""
        return self._of(*segments)

    def with_stem(self: P, stem: str) -> P:
        """Return the path with another name, but the same suffix."""
        suffix = self._path.suffix
        if suffix and not stem:
            raise ValueError(f"{self!r} has a non-empty suffix")
        return self.with_name(stem + suffix)  # type: ignore[no-any-return]

    @classmethod
    def from_uri(cls: type[P], uri: str, *, limiter: Any = None) -> P:
        """Return the path that a URI stands for."""
        found: Any = pathlib.Path.from_uri(uri)  # type: ignore[attr-defined, unused-ignore]
        return cls(found, limiter=limiter)

    # In worker threads.

    absolute = _waiting("absolute", path=True)
    chmod = _waiting("chmod")
    copy = _waiting("copy", path=True)
    copy_into = _waiting("copy_into", path=True)
    exists = _waiting("exists", abandon=True)
    expanduser = _waiting("expanduser", abandon=True, path=True)
    group = _waiting("group", abandon=True)
    hardlink_to = _waiting("hardlink_to")
    is_block_device = _waiting("is_block_device", abandon=True)
    is_char_device = _waiting("is_char_device", abandon=True)
    is_dir = _waiting("is_dir", abandon=True)
    is_fifo = _waiting("is_fifo", abandon=True)
    is_file = _waiting("is_file", abandon=True)
    is_junction = _waiting("is_junction")
    is_mount = _waiting("is_mount", abandon=True)
    is_socket = _waiting("is_socket", abandon=True)
    is_symlink = _waiting("is_symlink", abandon=True)
    lchmod = _waiting("lchmod")
    lstat = _waiting("lstat", abandon=True)
    mkdir = _waiting("mkdir")
    move = _waiting("move", path=True)
    move_into = _waiting("move_into", path=True)
    owner = _waiting("owner", abandon=True)
    read_bytes = _waiting("read_bytes")
    read_text = _waiting("read_text")
    readlink = _waiting("readlink", path=True)
    rename = _waiting("rename", path=True)
    replace = _waiting("replace", path=True)
    resolve = _waiting("resolve", abandon=True, path=True)
    rmdir = _waiting("rmdir")
    samefile = _waiting("samefile", abandon=True)
    stat = _waiting("stat", abandon=True)
    symlink_to = _waiting("symlink_to")
    touch = _waiting("touch")
    unlink = _waiting("unlink")
    write_bytes = _waiting("write_bytes")
    write_text = _waiting("write_text")
    glob = _iterating("glob")
    rglob = _iterating("rglob")

    @classmethod
    @entry
    def cwd(cls: type[P], *, limiter: CapacityLimiter | None = None) -> P:
        """Return the current folder."""
        return cls(run_sync(pathlib.Path.cwd, limiter=limiter), limiter=limiter)

    @classmethod
    @entry
    def home(cls: type[P], *, limiter: CapacityLimiter | None = None) -> P:
        """Return the folder of the user."""
        return cls(run_sync(pathlib.Path.home, limiter=limiter), limiter=limiter)

    @entry
    def open(self, *args: Any, **kwargs: Any) -> AsyncFile[Any]:
        """Open the file in a worker thread."""
        call = functools.partial(self._path.open, *args, **kwargs)
        return AsyncFile(self._run(call), limiter=self._limiter)

    @generator
    def iterdir(self) -> Iterator[Any]:
        """Yield the paths in the folder."""
        yield from _Paths(iter(self._run_iterdir()), self)

    def _run_iterdir(self) -> Any:
        return self._run(self._path.iterdir, abandon=True)

    @generator
    def walk(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        """Yield each folder below the path, with the names in it."""
        steps = self._path.walk(*args, **kwargs)  # type: ignore[attr-defined, unused-ignore]
        while (found := self._run(next, steps, None)) is not None:
            root, *names = found
            yield (self._of(root), *names)


os.PathLike.register(Path)
