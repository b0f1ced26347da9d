"""What to say of twins that are not in step: findings, and how to fix them.

The lines of a twin that were edited by hand are named with the source lines
that the twin's own lines were made from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..diagnostics.diagnostic import Diagnostic
from ..project.formatters import label_of
from ..project.twin_folders import Difference, Drift, Project
from ..syntax.source import lines_of
from .line_map import edited_lines
from .twin_to_source import Lookup

_CODES = {
    Drift.MISSING: ("TW011", "missing", "twingen build"),
    Drift.STALE: ("TW012", "stale", "twingen build"),
    Drift.EDITED: ("TW013", "edited", "twingen build --force"),
    Drift.ORPHAN: ("TW014", "orphan", "twingen build"),
    Drift.FOREIGN: ("TW015", "foreign", ""),
}


def findings(
    project: Project, differences: Sequence[Difference]
) -> Iterator[Diagnostic]:
    """Yield one finding for each file, or one for each edited run of its lines."""
    lookup = Lookup(project.config, project.plan)
    for difference in differences:
        found = []
        if difference.drift is Drift.EDITED:
            found = list(_edits(project, lookup, difference))
        yield from found or [_whole(project, difference)]


def edits(project: Project, differences: Sequence[Difference]) -> Iterator[Diagnostic]:
    """Yield one finding for each run of lines that was edited by hand."""
    lookup = Lookup(project.config, project.plan)
    for difference in differences:
        yield from _edits(project, lookup, difference)


def fix(differences: Sequence[Difference]) -> str:
    """Return the one command that brings everything in step."""
    drifts = {difference.drift for difference in differences}
    if Drift.EDITED in drifts:
        return "twingen build --force"
    return "twingen build" if drifts - {Drift.FOREIGN} else ""


def advice(differences: Sequence[Difference]) -> str:
    """Return a sentence with the command, and what to do besides."""
    drifts = {difference.drift for difference in differences}
    foreign = (
        "move the files that twingen did not write to another folder: `twingen "
        "build` leaves them alone"
    )
    if drifts == {Drift.FOREIGN}:
        return foreign
    sentence = f"fix this with `{fix(differences)}`"
    for formatter in sorted({each.formatter for each in differences} - {""}):
        sentence += f", or install {formatter.replace(' ', '==')} again"
    if Drift.EDITED in drifts:
        sentence += (
            ", after you have moved the edits to the sources: it overwrites "
            "the twins"
        )
    return f"{sentence}; {foreign}" if Drift.FOREIGN in drifts else sentence


def kind(project: Project, difference: Difference) -> str:
    """Return how a file differs; for another formatter, which it was and which is."""
    found = difference.drift.value
    if difference.formatter:
        now = label_of(project.config) or project.config.formatter
        found += (
            f": laid out by {difference.formatter}, and the formatter here is {now}"
        )
    return found


def _whole(project: Project, difference: Difference) -> Diagnostic:
    code, name, command = _CODES[difference.drift]
    origin = f" (from {difference.origin})" if difference.origin else ""
    instead = (
        f"run `{command}`" if command else "move the file out of the target folder"
    )
    if difference.formatter:
        instead += f", or install {difference.formatter.replace(' ', '==')} again"
    return Diagnostic(
        path=project.display(difference.path),
        line=1,
        column=1,
        code=code,
        rule=name,
        message=f"{kind(project, difference)}{origin}",
        help=instead,
    )


def _edits(
    project: Project, lookup: Lookup, difference: Difference
) -> Iterator[Diagnostic]:
    path = difference.path
    found = _lines(path.read_bytes())
    expected = _lines(project.content(path))
    code, name, command = _CODES[Drift.EDITED]
    for differs, should_be in edited_lines(found, expected):
        line = min(differs.start, max(len(found), 1))
        excerpt = found[line - 1] if differs else ""
        yield Diagnostic(
            path=project.display(path),
            line=line,
            column=len(excerpt) - len(excerpt.lstrip()) + 1,
            code=code,
            rule=name,
            message=f"{_what(differs, should_be)}; "
            + _from(lookup, path, should_be, len(expected), difference.origin),
            help=f"move the edit there, then run `{command}`",
            excerpt=excerpt,
            width=max(len(excerpt.strip()), 1),
        )


def _what(differs: range, should_be: range) -> str:
    count = len(differs) or len(should_be)
    lines = "line was" if count == 1 else "lines were"
    number = "this" if count == 1 else f"{count}"
    if not should_be:
        return f"{number} {lines} added by hand"
    if not differs:
        return f"{count} {lines} removed by hand before this one"
    return f"{number} {lines} edited by hand"


def _from(
    lookup: Lookup, path: Path, should_be: range, length: int, origin: str
) -> str:
    """Say which lines of the source the twin's lines were made from."""
    if lookup.target_of(path) is None:
        return f"the file is a copy of {origin}"
    lines = range(should_be.start, max(should_be.stop, should_be.start + 1))
    origins = [lookup.expected(path, min(line, length)) for line in lines]
    places = sorted({each.line for each in origins if each.line})
    if not places:
        return str(origins[0])
    first, last = places[0], places[-1]
    where = f"{origins[0].path}:{first}" + (f"-{last}" if last > first else "")
    return f"its place is {where}" if not should_be else f"made from {where}"


def _lines(content: bytes) -> list[str]:
    return lines_of(content.decode("utf-8", "replace"))
