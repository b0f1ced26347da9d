"""Patterns with one `*`: what a name becomes, and which pattern says so.

A name without a `*` is for that name alone, and wins over any pattern. Of patterns,
the one with more letters wins. Where two have as many and disagree, neither is better.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ...diagnostics.diagnostic import ConfigurationError


@dataclass(frozen=True)
class Found:
    """The pattern that a name matches, and what the name becomes by it."""

    pattern: str
    filled: str


class Patterns:
    """A table from patterns to what their names become.

    `fits` says whether a name may become another, `inside` whether what stands before
    the `*` of a pattern is but a part of a word; neither such name is matched.
    """

    def __init__(
        self,
        table: Mapping[str, str],
        fits: Callable[[str], bool] | None = None,
        inside: Callable[[str, str], bool] | None = None,
    ) -> None:
        self._table = table
        self._inside = inside or (lambda before, name: False)
        self._fits = fits or (lambda filled: True)

    def find(self, name: str) -> Found | None:
        """Return what a name becomes; `None` if no pattern matches.

        Raises :class:`ConfigurationError` where two patterns disagree.
        """
        if (exact := self._table.get(name)) is not None and "*" not in exact:
            return Found(name, exact)
        rows: dict[str, str] = {}
        for pattern, twin in self._table.items():
            middle = star_in(pattern, name)
            before, star, _ = pattern.partition("*")
            if star and self._inside(before, name):
                continue
            filled = "" if middle is None else twin.replace("*", middle)
            if filled and self._fits(filled):
                rows[pattern] = filled
        if not rows:
            return None
        pattern = best(rows, name)
        return Found(pattern, rows[pattern])


def best(rows: Mapping[str, str], name: str) -> str:
    """Return the pattern that wins of those that a name matches, with what it becomes.

    Raises :class:`ConfigurationError` where two that are equal disagree.
    """
    first, *others = sorted(rows, key=_rank)
    for other in others:
        if _rank(other) == _rank(first) and rows[other] != rows[first]:
            raise ConfigurationError(
                f'"{first}" and "{other}" both match {name}, which would be '
                f"{rows[first]} or {rows[other]}; add a row for {name} itself"
            )
    return first


def _rank(pattern: str) -> tuple[int, int]:
    """Return what sorts patterns: those without a `*` first, then the longer ones."""
    return pattern.count("*"), -len(pattern)


def star_in(pattern: str, name: str) -> str | None:
    """Return what the `*` of a pattern stands for in a name; `None`: no match."""
    before, star, after = pattern.partition("*")
    if not star:
        return "" if pattern == name else None
    if len(name) < len(before) + len(after):
        return None
    if not (name.startswith(before) and name.endswith(after)):
        return None
    return name[len(before) : len(name) - len(after)]
