"""Prints a comparison with hand-written twins: for people, and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from ..diagnostics.diagnostic import Diagnostic
from ..reports.colours import Style
from ..version import __version__
from .comparison import Compared, Comparison, Status

_OF_UNITS = [status for status in Status if status is not Status.REFUSED]


def text(comparisons: Sequence[Comparison], style: Style) -> Iterator[str]:
    """Yield the lines for people: what differs, module by module."""
    for module in comparisons:
        if module.status is Status.SAME:
            continue
        source = f" (from {module.source})" if module.source else ""
        status = module.status.value
        if module.status is Status.DIFFERS:
            same = [unit for unit in module.units if unit.status is Status.SAME]
            status = f"{len(module.units) - len(same)} of {len(module.units)} differ"
            status += f"; the same are {_counted(same)}" if same else ""
        yield f"{style(module.path, 'bold')}: {style(status, 'yellow')}{source}"
        for unit in module.units:
            if unit.status is not Status.SAME:
                yield from _unit(module, unit, style)


def summary(comparisons: Sequence[Comparison]) -> str:
    """Return one sentence with the counts."""
    counts = Counter(unit.status for each in comparisons for unit in each.units)
    files = Counter(each.status for each in comparisons)
    units = ", ".join(f"{counts[status]} {status.value}" for status in _OF_UNITS)
    modules = ", ".join(
        f"{files[status]} {status.value}" for status in Status if files[status]
    )
    return f"{_several(len(comparisons), 'module')}: {modules}; their parts: {units}"


def as_json(
    comparisons: Sequence[Comparison], refusals: Sequence[Diagnostic], code: int
) -> str:
    """Return the whole comparison for a machine; ends with a line end."""
    content = {
        "version": 1,
        "twingen": __version__,
        "command": "adopt",
        "exit_code": code,
        "modules": [
            {
                "path": each.path,
                "source": each.source,
                "status": each.status.value,
                "units": [
                    {
                        "name": unit.name,
                        "kind": unit.kind,
                        "status": unit.status.value,
                        "line": unit.line,
                        "diff": unit.diff,
                    }
                    for unit in each.units
                ],
            }
            for each in comparisons
        ],
        "findings": [asdict(each) for each in refusals],
    }
    return json.dumps(content, indent=2) + "\n"


def _unit(module: Comparison, unit: Compared, style: Style) -> Iterator[str]:
    place = f"{module.path}:{unit.line}: " if unit.line else "  "
    yield f"{place}{unit.kind} {style(unit.name, 'bold')}: {unit.status.value}"
    colours = {"-": "red", "+": "green", "@": "cyan"}
    for line in unit.diff.splitlines():
        yield f"    {style(line, *filter(None, [colours.get(line[:1])]))}"


def _counted(units: Sequence[Compared]) -> str:
    counts = Counter(unit.kind for unit in units)
    return ", ".join(_several(count, kind) for kind, count in counts.items())


def _several(count: int, kind: str) -> str:
    if kind in ("imports", "statements"):
        return kind
    ending = "" if count == 1 else "es" if kind.endswith("s") else "s"
    return f"{count} {kind}{ending}"
