"""Refusals as the work that is left: grouped by cause, what settles most first.

What one edit or one row settles is one group; rows for one library are together, as
they are to be written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..diagnostics.diagnostic import Diagnostic
from . import report
from .colours import Style

# How many other places of a group are named; `--verbose` shows all of them.
_NAMED = 6
_ROW = re.compile(r'add a row: \[tool\.twingen\.libraries\."(.+?)"\] (\S+) = "\.\.\."')


@dataclass(frozen=True)
class Group:
    """The places that have one cause, in the order of the sources."""

    places: tuple[Diagnostic, ...]

    @cached_property
    def files(self) -> int:
        """In how many files these are."""
        return len({place.path for place in self.places})

    @cached_property
    def messages(self) -> list[tuple[Diagnostic, int]]:
        """The first place of each message and how many have it, most first."""
        counts = Counter(place.message for place in self.places)
        first: dict[str, Diagnostic] = {}
        for place in self.places:
            first.setdefault(place.message, place)
        return [(first[message], count) for message, count in counts.most_common()]

    @cached_property
    def rows(self) -> dict[str, Counter[str]]:
        """The rows that settle it by their tables, with how many places each does."""
        found: dict[str, Counter[str]] = {}
        for place in self.places:
            if match := _ROW.match(place.help):
                found.setdefault(match[1], Counter())[match[2]] += 1
        return found


def grouped(refusals: Sequence[Diagnostic]) -> list[Group]:
    """Return refusals by their causes, the most frequent first."""
    groups: dict[tuple[str, ...], list[Diagnostic]] = {}
    for each in sorted(refusals):
        groups.setdefault(_cause(each), []).append(each)
    found = [Group(tuple(places)) for places in groups.values()]
    return sorted(found, key=lambda group: len(group.places), reverse=True)


def _cause(refusal: Diagnostic) -> tuple[str, ...]:
    """Return what identifies the cause of a refusal."""
    if match := _ROW.match(refusal.help):
        return refusal.code, match[1].partition(".")[0]
    # Without a remedy it is the message that says what to do.
    return refusal.code, refusal.rule, refusal.help or refusal.message


def rows_in(help_: str) -> list[tuple[str, str]]:
    """Return the tables and names of the rows that a remedy proposes."""
    return [(match[1], match[2]) for match in _ROW.finditer(help_)]


def text(refusals: Sequence[Diagnostic], style: Style) -> Iterator[str]:
    """Yield the lines for people."""
    for group in grouped(refusals):
        yield from _group(group, style)


def counted(refusals: Sequence[Diagnostic]) -> str:
    """Return how many places and causes there are."""
    causes = len(grouped(refusals))
    many = f", for {causes} reasons" if 1 < causes < len(refusals) else ""
    one = ", for one reason" if causes == 1 < len(refusals) else ""
    return _several(len(refusals), "place") + many + one


def as_json(refusals: Sequence[Diagnostic]) -> list[dict[str, Any]]:
    """Return the groups for a machine, which has the places themselves."""
    return [
        {
            "code": group.places[0].code,
            "rule": group.places[0].rule,
            "messages": [first.message for first, _ in group.messages],
            "help": group.messages[0][0].help,
            "rows": {table: dict(rows) for table, rows in group.rows.items()},
            "places": len(group.places),
            "files": group.files,
        }
        for group in grouped(refusals)
    ]


def _group(group: Group, style: Style) -> Iterator[str]:
    (shown, _), *others = group.messages
    yield report.without_help(shown, style)
    for other, _ in others:
        yield report.head(other, style)
    several = sum(map(len, group.rows.values())) > 1
    if shown.help:
        remedy = _rest_of_row(shown) if several else shown.help
        yield f"  {style('help:', 'cyan')} {remedy}"
    if several:
        yield from (f"    {line}" for line in _table(group))
    if len(group.places) > 1:
        yield f"  {style('settles:', 'cyan')} {_settled(group)}"


def _rest_of_row(shown: Diagnostic) -> str:
    """Return the help for several rows: the rows themselves stand below."""
    rest = _ROW.sub("", shown.help).lstrip(", ")
    return f"add rows{', ' if rest else ''}{rest}:"


def _table(group: Group) -> Iterator[str]:
    """Yield the rows as they are to be written, with what each settles."""
    for table, rows in group.rows.items():
        yield f'[tool.twingen.libraries."{table}"]'
        for name, count in rows.most_common():
            yield f'{name} = "..."  # settles {_several(count, "place")}'


def _settled(group: Group) -> str:
    """Return how many places one remedy settles, and where the others are."""
    shown = {first for first, _ in group.messages}
    others = [place for place in group.places if place not in shown]
    named = [f"{each.path}:{each.line}:{each.column}" for each in others[:_NAMED]]
    left = len(others) - len(named)
    more = [f"{left} more (--verbose shows them)"] if left else []
    where = f" in {group.files} files" if group.files > 1 else ""
    also = f", also {', '.join([*named, *more])}" if others else ""
    return f"{_several(len(group.places), 'place')}{where}{also}"


def _several(count: int, kind: str) -> str:
    return f"{count} {kind}" if count == 1 else f"{count} {kind}s"
