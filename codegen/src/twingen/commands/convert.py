"""convert: the twin of one source, for editors and for a first look."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path

from ..conversion.convert import Settings, convert
from ..diagnostics.diagnostic import ConfigurationError, ConversionError, Diagnostic
from ..project.config import Config, find_root
from ..project.files import decode
from ..project.plan import Plan
from ..source_map.twin_to_source import Lookup
from ..syntax.source import has_no_twin
from .console import IN_STEP, Console
from .inputs import configured, given, read, standard_input


def convert_one(
    console: Console, start: Path, file: str, stdin_filename: str | None
) -> int:
    """Print the twin of one source, by the configuration that covers it."""
    if file == "-":
        content, name = standard_input(), stdin_filename
    else:
        content, name = read(_found(start, Path(file))), file
    twin = _twin(console, start, content, name)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.write(twin)
    return IN_STEP


def _twin(console: Console, start: Path, content: bytes, name: str | None) -> str:
    if name is not None:
        path = Path(name).resolve()
        near = path.parent if start == Path() and path.parent.is_dir() else start
        try:
            root = find_root(near.resolve())
        except ConfigurationError:
            root = None
        if root is not None:
            config = configured(console, root)
            # A source need not be there yet, a page is.
            inside = (root / name).resolve()
            if not _is_read(config, path) and (
                _is_read(config, inside)
                or not path.is_relative_to(root)
                or (inside.exists() and not path.exists())
            ):
                path = inside
            plan = Plan(config, texts={path: content})
            target = Lookup(config, plan).target_of(path)
            if target is not None and plan.files[target].path == path:
                found = plan.converted(target)
                return _told(console, found.text, found.notes)
            if _is_read(config, path):
                plan.read()
                return ""  # for the async side only
    try:
        text = decode(content)
    except SyntaxError as error:
        raise ConversionError(
            [
                Diagnostic(
                    name or "<stdin>",
                    *(1, 1, "TW003", "encoding", str(error.msg), "save it as UTF-8"),
                )
            ]
        ) from None
    if has_no_twin(text):
        return ""
    twin = convert(text, settings=Settings(runtime=None), path=name or "<stdin>")
    return _told(console, twin.text, twin.warnings)


def _told(console: Console, twin: str, warnings: Sequence[Diagnostic]) -> str:
    """Return a twin after its warnings were printed, except for machine output."""
    console.warn(warnings)
    return twin


def _found(start: Path, path: Path) -> Path:
    """Return a path as it was given, from here or as messages name it."""
    try:
        return given(start, path)
    except ConfigurationError:  # there is no project
        return path


def _is_read(config: Config, path: Path) -> bool:
    """Return whether a path is one in a source folder."""
    return any(tree.source in path.parents for tree in config.trees)
