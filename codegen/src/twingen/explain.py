"""The manuals of rules and codes, as `twingen explain` prints them."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Sequence

from .codes import CODES, Code
from .diagnostic import ConfigurationError
from .rule import Rule
from .rules import RULES


def find(word: str, rules: Sequence[Rule] = RULES) -> Rule | Code:
    """Return what a code or a name stands for, however it is capitalized.

    Raises :class:`ConfigurationError` that names what comes closest.
    """
    known: dict[str, Rule | Code] = {}
    for entry in _entries(rules):
        known[entry.code.lower()] = entry
        known[entry.name.lower()] = entry
    if word.lower() in known:
        return known[word.lower()]
    begins = [name for name in known if name.startswith(word.lower())]
    close = begins[:3] or difflib.get_close_matches(word.lower(), known, cutoff=0.5)
    names = [name.upper() if name[-1].isdigit() else name for name in close]
    hint = f"; did you mean {' or '.join(names)}?" if names else ""
    raise ConfigurationError(
        f"{word} is no code, rule or PATH:LINE{hint} (`twingen explain` lists all)"
    )


def manual(entry: Rule | Code) -> str:
    """Return the page of one code: what it is, and what it looks at."""
    lines = [f"{entry.code} {entry.name}", "", inspect.cleandoc(entry.manual)]
    if isinstance(entry, Rule):
        lines += ["", f"looks at: {', '.join(t.__name__ for t in entry.node_types)}"]
        if entry.plugin != "twingen":
            lines.append(f"plug-in: {entry.plugin}")
    return "\n".join(lines)


def contents(rules: Sequence[Rule] = RULES) -> str:
    """Return every code with its name and the first line of its manual."""
    entries = _entries(rules)
    width = max(len(entry.name) for entry in entries)
    return "\n".join(f"{e.code} {e.name:{width}} {summary(e)}" for e in entries)


def summary(entry: Rule | Code) -> str:
    """Return the first line of a manual."""
    return inspect.cleandoc(entry.manual).partition("\n")[0]


def _entries(rules: Sequence[Rule]) -> list[Rule | Code]:
    entries: list[Rule | Code] = [*rules, *CODES]
    return sorted(entries, key=lambda entry: entry.code)
