"""Lays out again what has changed little since it was laid out before.

For a process that builds after each save: of the text of a twin only the statements
that are new go to the formatter. The result is that of the formatter for the whole
text; where that is not sure, the whole text goes there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from .reformatted_statements import Part, parts_of

# From which share of new statements on a whole text is laid out as fast.
_MANY = 0.3


class Whole(Protocol):
    """Lays out whole texts; two that are equal do it alike."""

    def whole(self, text: str) -> str: ...

    def is_local(self, text: str) -> bool:
        """Return whether each statement is laid out by itself, below the one before."""
        ...


class Layouts:
    """The last layout of each text, by the path of its source."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Whole, Mapping[Part, str]]] = {}

    def format(self, path: str, text: str, formatter: Whole) -> str:
        """Return the text as the formatter lays it out."""
        parts = _parts(text) if formatter.is_local(text) else None
        known_by, before = self._known.pop(path, (formatter, {}))
        if parts is None:
            return formatter.whole(text)
        same = formatter == known_by
        laid_out = self._pieces(parts, before, formatter) if same else None
        if laid_out is None:
            whole = formatter.whole(text)
            laid_out = _texts(_parts(whole))
            if len(laid_out) != len(parts):  # a statement that became another number
                return whole
        self._known[path] = formatter, dict(zip(parts, laid_out, strict=True))
        return "".join(laid_out)

    def _pieces(
        self, parts: Sequence[Part], before: Mapping[Part, str], formatter: Whole
    ) -> list[str] | None:
        """Return the layout of each part, if most of them are known."""
        new = [part for part in parts if part not in before]
        if len(new) > _MANY * len(parts):
            return None
        made = {}
        for part in new:
            laid_out = _texts(_parts(formatter.whole(part.before + part.text)))
            if not laid_out:
                return None
            made[part] = laid_out[-1]
        return [before.get(part) or made[part] for part in parts]


def _parts(text: str) -> list[Part] | None:
    try:
        return parts_of(text)
    except (SyntaxError, RecursionError):
        return None


def _texts(parts: Sequence[Part] | None) -> list[str]:
    return [part.text for part in parts or ()]
