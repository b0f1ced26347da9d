"""Lays out again what has changed little since it was laid out before.

For a process that builds after each save: of the text of a twin only the statements
that are new go to the formatter. The result is that of the formatter for the whole
text; where that is not sure, the whole text goes there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from black.mode import Mode

from .formatting import format_source, is_local
from .relaid import Part, parts_of

# From which share of new statements on a whole text is laid out as fast.
_MANY = 0.3


class Layouts:
    """The last layout of each text, by the path of its source."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Mode, Mapping[Part, str]]] = {}

    def format(self, path: str, text: str, mode: Mode) -> str:
        """Return the text as :func:`twingen.syntax.formatting.format_source` does."""
        parts = _parts(text) if is_local(text, mode) else None
        mode_before, before = self._known.pop(path, (mode, {}))
        if parts is None:
            return format_source(text, mode)
        laid_out = self._pieces(parts, before, mode) if mode == mode_before else None
        if laid_out is None:
            whole = format_source(text, mode)
            laid_out = _texts(_parts(whole))
            if len(laid_out) != len(parts):  # a statement that became another number
                return whole
        self._known[path] = mode, dict(zip(parts, laid_out, strict=True))
        return "".join(laid_out)

    def _pieces(
        self, parts: Sequence[Part], before: Mapping[Part, str], mode: Mode
    ) -> list[str] | None:
        """Return the layout of each part, if most of them are known."""
        new = [part for part in parts if part not in before]
        if len(new) > _MANY * len(parts):
            return None
        made = {}
        for part in new:
            laid_out = _texts(_parts(format_source(part.before + part.text, mode)))
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
