"""explain and where: which rule made a line, from which line, and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..plugins import load_plugins
from ..project.config import find_root, load
from ..rule import Rule
from ..rules import RULES
from ..syntax.source import lines_of
from ..telling import explain as manuals
from ..telling.diagnostic import ConfigurationError
from ..tracing.lookup import Lookup, place
from .console import IN_STEP, Console
from .inputs import given, standard_input


def explain(start: Path, what: str | None) -> int:
    if what is None:
        print(manuals.contents(_known_rules(start)))
        return IN_STEP
    asked = place(what)
    if asked is None:
        print(manuals.manual(manuals.find(what, _known_rules(start))))
        return IN_STEP
    lookup = _lookup(start)
    path = given(start, asked[0])
    print(lookup.explanation(path, asked[1]))
    return IN_STEP


def _known_rules(start: Path) -> Sequence[Rule]:
    """Return the rules of a project; outside of one that works, twingen's own."""
    try:
        return load_plugins(load(find_root(start.resolve())).plugins).rules
    except ConfigurationError:
        return RULES


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
