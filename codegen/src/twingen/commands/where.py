"""where: from which line of a source a line of a twin was made."""

from __future__ import annotations

from pathlib import Path

from ..diagnostics.diagnostic import ConfigurationError
from ..project.config import find_root, load
from ..source_map.twin_to_source import Lookup, place
from ..syntax.source import lines_of
from .console import IN_STEP, Console
from .inputs import given, standard_input


def where(console: Console, start: Path, what: str) -> int:
    lookup = _lookup(start)
    if what == "-":
        text = standard_input().decode("utf-8", "replace")
        for line, added in lookup.annotated(lines_of(text)):
            print(console.out(line, "cyan") if added else line)
        return IN_STEP
    asked = place(what)
    if asked is None:
        raise ConfigurationError(f"{what} is not PATH:LINE")
    origin = lookup.origin(given(start, asked[0]), asked[1])
    if origin is None:
        raise ConfigurationError(f"{asked[0]} is not a twin of this project")
    print(origin)
    if origin.line:
        print(f"    {origin.text.strip()}")
    return IN_STEP


def _lookup(start: Path) -> Lookup:
    return Lookup(load(find_root(start.resolve())))
