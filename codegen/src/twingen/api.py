"""The functions that other programs call; `twingen` itself exports them.

They raise what the command line prints, and print nothing; what `convert` has to say
of a source that has a twin is a `UserWarning`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .analysis.sides.side_configuration import side_table
from .analysis.symbols.external_classes import look_up
from .analysis.symbols.library_tables import Tasks
from .conversion.source_problems import formatting_problem
from .diagnostics.diagnostic import ConversionError
from .formatting.formatter import FormatterName, FormattingError
from .project.batch import Batch
from .project.config import (
    Config,
    find_root,
    formatter_name,
    likely_tasks,
    load,
    with_ruff,
)
from .project.conversion_results import Converted
from .project.formatters import laid_out
from .project.source_results import SourceResult, results
from .project.twin_folders import Difference, Project
from .syntax.source import Source


def convert(
    text: str,
    *,
    path: str = "<source>",
    renames: Mapping[str, str] | None = None,
    methods: Mapping[str, str] | None = None,
    strings: Sequence[str] = (),
    libraries: Mapping[str, Mapping[str, Any]] | None = None,
    runtime: str | None = None,
    side: str | Mapping[str, bool | str] | None = None,
    prose: Mapping[str, str] | None = None,
    plugins: Sequence[str] = (),
    tasks: Tasks | None = None,
    black: Mapping[str, Any] | None = None,
    formatter: FormatterName = "black",
) -> str:
    """Return the sync twin of one module that stands alone.

    `path` is what messages call the module and `black` is the table `[tool.black]`;
    the others are what `[tool.twingen]` says under these keys. Where ruff is the
    `formatter`, it is configured as for a file with this path. The twin imports what
    the standard library lacks from the package `runtime`; what needs that is refused
    without.

    Raises :class:`ConversionError` with every refusal, and
    :class:`ConfigurationError` for options that cannot be used.
    """
    config = with_ruff(
        Config(
            root=(Path.cwd() / path).parent if formatter == "ruff" else Path(),
            trees=(),
            renames=renames or {},
            methods=methods or {},
            strings=tuple(strings),
            libraries=libraries or {},
            tables=(),
            runtime=runtime,
            black=black or {},
            requires_python=None,
            plugins=tuple(plugins),
            side=side_table(side, "side"),
            prose=prose or {},
            tasks=tasks,
            formatter=formatter_name(formatter, "formatter"),
        )
    )
    batch = Batch(config)

    def converted(tasks: Tasks) -> str:
        return _told(source, batch.convert(source, tasks), config)

    source = Source(text, path)
    found = batch.read(source)
    look_up(found, {})
    found.follow()
    batch.learn(found)
    if tasks is not None:
        return converted(tasks)
    first, other = likely_tasks(needed=any(True for _ in found.needs_turns()))
    try:
        return converted(first)
    except ConversionError as error:
        try:
            return converted(other)
        except ConversionError as others:
            # What is said of tasks that take turns is the work that is left.
            raise (others if other == "turns" else error) from None


def _told(source: Source, converted: Converted, config: Config) -> str:
    """Return the text of a twin as it is laid out, after its warnings were printed."""
    target = config.root / "twin.py"
    texts, origins = {target: converted.text}, {target: source.path}
    text = laid_out(config, texts, origins)[target]
    if isinstance(text, FormattingError):
        raise ConversionError([formatting_problem(source, text)])
    for each in converted.notes:
        warnings.warn(str(each), stacklevel=4)
    return text.lstrip("\n")  # what stands below a header


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


def convert_project(path: str | os.PathLike[str] = ".") -> Sequence[SourceResult]:
    """Return what becomes of each source: its twin, or what was refused of it.

    Nothing is written. `path` is that of :func:`check`.

    Raises :class:`ConfigurationError` when there is no usable `[tool.twingen]`; that
    a rename or a row is of no use is said only where nothing is refused.
    """
    return results(_project(path, partly=True))


def _project(path: str | os.PathLike[str], *, partly: bool = False) -> Project:
    return Project(load(find_root(Path(path).resolve())), partly=partly)
