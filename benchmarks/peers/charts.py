"""Draws the committed figures: `python -m benchmarks.peers.charts docs/driver.json`.

A chart is drawn from the JSON file alone, so that it can be drawn again without a new
measurement. Text stays text, in the fonts of the reader.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.peers.report import OURS, SIDES
from benchmarks.peers.workloads import WORKLOADS

COLORS = {
    "pgtwin": "#3f51b5",
    "psycopg": "#33658a",
    "psycopg2": "#86bbd8",
    "pg8000": "#9e9e9e",
    "asyncpg": "#f6ae2d",
    "psqlpy": "#b07bac",
    "libpq": "#2f2f2f",
    "by_hand": "#d1495b",
}
MARKS = {
    "psycopg": "o",
    "psycopg2": "s",
    "pg8000": "v",
    "asyncpg": "D",
    "psqlpy": "^",
    "libpq": "|",
    "by_hand": "x",
}
# What the chart of the first page shows: workload, side, and how it is called there.
OVERVIEW = (
    ("one-row-execute", "sync", "one row, sync"),
    ("one-row-execute", "asyncio", "one row, asyncio"),
    ("fetch-many", "asyncio", "100,000 rows, asyncio"),
    ("insert-many", "asyncio", "1,000 inserts, asyncio"),
    ("copy-out-blocks", "asyncio", "COPY out, asyncio"),
    ("pipeline", "asyncio", "pipeline of 100, asyncio"),
)


def _plots() -> Any:
    matplotlib: Any = import_module("matplotlib")
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = OURS
    matplotlib.rcParams["svg.fonttype"] = "none"
    return import_module("matplotlib.pyplot")


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})
    text = path.read_text(encoding="utf-8")
    path.write_text(
        "".join(f"{line.rstrip()}\n" for line in text.splitlines()), encoding="utf-8"
    )


def draw_side(workloads: dict[str, Any], side: str, path: Path) -> None:
    """Draw each driver's wall time relative to ours, in one form of the driver."""
    plots = _plots()
    rows = {name: sides[side] for name, sides in workloads.items() if side in sides}
    figure, panel = plots.subplots(figsize=(6.4, 8.0), layout="constrained")
    panel.axvline(1, color=COLORS[OURS], linewidth=2, label=OURS)
    for driver, mark in MARKS.items():
        points = [
            (row[driver]["wall_ratio"], place)
            for place, row in enumerate(rows.values())
            if driver in row
        ]
        if points:
            style = {"color": COLORS[driver], "marker": mark, "label": driver}
            panel.scatter(*zip(*points, strict=True), **style)
    panel.set_xscale("log")
    panel.set_xticks([0.5, 1, 2, 4, 8, 16], ["0.5", "1", "2", "4", "8", "16"])
    panel.minorticks_off()
    panel.set_xlabel("time / pgtwin's (above 1: slower)")
    panel.set_yticks(
        range(len(rows)), [WORKLOADS[name].title.replace("`", "") for name in rows]
    )
    panel.set_ylim(len(rows) - 0.5, -0.5)
    panel.grid(alpha=0.3)
    figure.legend(loc="outside upper center", ncols=4, frameon=False, title=SIDES[side])
    _save(figure, path)
    plots.close(figure)


def draw_overview(workloads: dict[str, Any], path: Path) -> None:
    """Draw the times of psycopg and asyncpg relative to ours, for the first page."""
    plots = _plots()
    figure, panel = plots.subplots(figsize=(5.2, 4.4), layout="constrained")
    drivers = (OURS, "psycopg", "asyncpg")
    for place, (name, side, _) in enumerate(OVERVIEW):
        shown = [each for each in drivers if each in workloads[name][side]]
        for number, driver in enumerate(shown):
            ratio = workloads[name][side][driver]["wall_ratio"]
            y = place + (number - 1) * 0.27
            panel.barh(y, ratio, height=0.25, color=COLORS[driver])
            panel.text(ratio + 0.06, y, f"{ratio:.1f}", va="center", fontsize="small")
    for driver in drivers:
        panel.barh(0, 0, color=COLORS[driver], label=driver)
    panel.set_yticks(range(len(OVERVIEW)), [title for _, _, title in OVERVIEW])
    panel.set_ylim(len(OVERVIEW) - 0.5, -0.5)
    panel.set_xlabel("time / pgtwin's time (shorter is faster)")
    panel.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=3, frameon=False)
    _save(figure, path)
    plots.close(figure)


def draw(figures: Path) -> None:
    """Draw all charts, in the folder of the figures."""
    workloads = json.loads(figures.read_text(encoding="utf-8"))["workloads"]
    for side in SIDES:
        draw_side(workloads, side, figures.with_name(f"{figures.stem}-{side}.svg"))
    draw_overview(workloads, figures.with_name(f"{figures.stem}-overview.svg"))


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
