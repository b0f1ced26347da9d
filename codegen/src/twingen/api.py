"""The functions that other programs call; `twingen` itself exports them.

They raise what the command line prints, and print nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .config import find_root, load
from .conversion import Settings, convert as convert_with
from .definitions import Definitions
from .formatting import mode_from
from .library import built_in_libraries
from .renames import Renames
from .tree import Difference, Project


def convert(
    text: str,
    *,
    path: str = "<source>",
    renames: Mapping[str, str] | None = None,
    libraries: Mapping[str, Mapping[str, Any]] | None = None,
    runtime: str | None = None,
    black: Mapping[str, Any] | None = None,
) -> str:
    """Return the sync twin of one module that stands alone.

    `path` is what messages call the module. `renames`, `libraries` and `runtime`
    are what `[tool.twingen]` says under these keys, `black` is the table
    `[tool.black]`. Without `runtime`, what needs a part of it is refused; with it,
    the twin imports that part from the package of this name.

    Raises :class:`ConversionError` with every refusal, and
    :class:`ConfigurationError` for options that cannot be used.
    """
    definitions = Definitions()
    tables = built_in_libraries()
    tables.add(libraries or {}, "libraries")
    tables.renames = Renames(renames or {}, definitions)
    settings = Settings(tables, definitions, runtime, mode_from(black or {}))
    return convert_with(text, settings=settings, path=path).text


def check(path: str | os.PathLike[str] = ".") -> Sequence[Difference]:
    """Return the twins that are not in step with their sources; write nothing.

    `path` is the folder of the project's `pyproject.toml`, or one below it.

    Raises :class:`ConversionError` with every refusal of every source, and
    :class:`ConfigurationError` when there is no usable `[tool.twingen]`.
    """
    return _project(path).differences()


def build(
    path: str | os.PathLike[str] = ".", *, force: bool = False
) -> Sequence[Difference]:
    """Write the twins that are not in step; return what is still not.

    That is files which twingen did not write, or the twins that were edited by
    hand: one of those keeps everything from being written, unless `force`
    overwrites it. `path` and the errors are those of :func:`check`; nothing has
    been written when one is raised.
    """
    _, left = _project(path).write(force=force)
    return left


def _project(path: str | os.PathLike[str]) -> Project:
    return Project(load(find_root(Path(path).resolve())))
