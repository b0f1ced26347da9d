"""Writes the measurements as Markdown and as JSON; charts.py draws them."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeAlias

from benchmarks.peers import processes
from benchmarks.peers.measuring import Figures
from benchmarks.peers.workloads import WORKLOADS
from pgtwin.core.engine.implementation import IMPLEMENTATION

# Workload, side, driver.
Results: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Figures]]]

OURS = "pgtwin"
SIDES = {
    "sync": "Sync",
    "asyncio": "Async, asyncio's own loop",
    "uvloop": "Async, uvloop",
}
PACKAGES = (
    "psycopg", "psycopg2-binary", "asyncpg", "pg8000", "psqlpy", "uvloop",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Return the versions of Python and of the installed drivers."""
    found = {"Python": platform.python_version(), OURS: f"({IMPLEMENTATION})"}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def markdown_of_counts(counts: Mapping[str, processes.Figures]) -> str:
    """Return a table for each form, with one figure for each driver."""
    tables = []
    for side, title in SIDES.items():
        rows = {name: sides[side] for name, sides in counts.items() if side in sides}
        drivers = list(dict.fromkeys(driver for row in rows.values() for driver in row))
        lines = [
            f"| {title} | {' | '.join(drivers)} |",
            "|---" + "|--:" * len(drivers) + "|",
        ]
        for name, row in rows.items():
            cells = [f"{row[each]:,.1f}" if each in row else "" for each in drivers]
            lines.append(f"| {WORKLOADS[name].title} | {' | '.join(cells)} |")
        if rows:
            tables.append("\n".join(lines))
    return "\n\n".join(tables) + "\n"


def markdown(results: Results) -> str:
    """Return a table for each form: our times, and those of others relative to them."""
    tables = []
    for side, title in SIDES.items():
        rows = {name: sides[side] for name, sides in results.items() if side in sides}
        if not rows:
            continue
        others = list(
            dict.fromkeys(n for row in rows.values() for n in row if n != OURS)
        )
        lines = [
            f"| {title} | wall | CPU | {' | '.join(others)} |",
            "|---" + "|--:" * (2 + len(others)) + "|",
        ]
        for name, row in rows.items():
            cells = [WORKLOADS[name].title]
            ours = row.get(OURS)
            cells += [_time(ours.wall), _time(ours.cpu)] if ours else ["", ""]
            cells += [_ratio(row.get(other)) for other in others]
            lines.append(f"| {' | '.join(cells)} |")
        tables.append("\n".join(lines))
    return "\n\n".join(tables) + "\n"


def _time(seconds: float) -> str:
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} us"
    return f"{seconds * 1000:.3g} ms"


def _ratio(figures: Figures | None) -> str:
    if figures is None:
        return ""
    return f"{figures.wall_ratio:.2f} / {figures.cpu_ratio:.2f}"


def write_json(results: Results, path: Path) -> None:
    """Write all figures; times are seconds."""
    figures = {
        name: {
            side: {driver: asdict(each) for driver, each in row.items()}
            for side, row in sides.items()
        }
        for name, sides in results.items()
    }
    text = json.dumps({"versions": versions(), "workloads": figures}, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
