"""The page that compares shows the figures of the committed tables."""

from __future__ import annotations

import json
import re

import pytest

from tools.website.mirror import ROOT

COMPARISON = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PERFORMANCE = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
TRUST = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
WORKLOADS = json.loads((ROOT / "docs" / "driver.json").read_text(encoding="utf-8"))[
    "workloads"
]
KEYS = {
    "one row by `conn.execute`": "one-row-execute",
    "100,000 rows": "fetch-many",
    "1,000 inserts by `executemany`": "insert-many",
    "COPY out in blocks": "copy-out-blocks",
    "COPY in of binary rows": "copy-in-many-binary",
    "1,000 rows of 10 columns": "fetch-mixed",
    "100 queries in a pipeline": "pipeline",
}


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def speeds() -> list[tuple[str, list[str]]]:
    """Return the rows of the table of speeds, each with what it is about."""
    table = COMPARISON.partition("**Speed**")[2].split("\n\n")[1].splitlines()
    assert cells(table[0])[1:] == ["psycopg", "asyncpg", "psycopg2", "pg8000", "psqlpy"]
    return [(cells(line)[0], cells(line)[1:]) for line in table[2:]]


@pytest.mark.parametrize(("what", "shown"), speeds())
def test_speeds_are_those_measured(what: str, shown: list[str]) -> None:
    workload, _, form = what.rpartition(", ")
    measured = WORKLOADS[KEYS[workload]][form]
    others = ("psycopg", "asyncpg", "psycopg2", "pg8000", "psqlpy")
    for other, figure in zip(others, shown, strict=True):
        ratio = measured[other]["wall_ratio"] if other in measured else None
        assert (ratio is None) == (figure == ""), other
        if ratio is not None:
            # The tables round to two digits first.
            assert float(figure) == pytest.approx(ratio, abs=0.056 if ratio < 10 else 1)


def test_readme_shows_figures_of_the_comparison() -> None:
    table = README.partition("pgtwin is faster:\n\n")[2].split("\n\n")[0].splitlines()
    assert cells(table[0])[1:] == ["psycopg", "asyncpg"]
    known = {what: shown[:2] for what, shown in speeds()}
    for line in table[2:]:
        what, *shown = cells(line)
        assert shown == known[what], what


def test_readme_shows_figures_of_notifications() -> None:
    asyncio = WORKLOADS["notifications"]["asyncio"]
    text = " ".join(README.split())
    ratios = [asyncio[each]["wall_ratio"] for each in ("psycopg", "asyncpg")]
    first, second = re.findall(
        r"psycopg takes ([\d.]+) times as long .*? asyncpg ([\d.]+) times", text
    )[0]
    assert [first, second] == [f"{ratio:.1f}" for ratio in ratios]


def test_readme_counts_the_deadlines_that_were_tried() -> None:
    (shown,) = re.findall(r"each of the ([\d,]+) places", README)
    found = re.findall(
        r"timed out at every look at the time \| (\d+) \| (\d+) \|", TRUST
    )
    assert int(shown) == sum(int(tried) for tried, _ in found)
    assert all(tried == right for tried, right in found)


def test_cpu_of_generators() -> None:
    lines, *figures = re.findall(
        r"^\| CPU for ([\d,]+) lines.*?\| ([\d.]+) s \| ([\d.]+) s \| ([\d.]+) s",
        COMPARISON,
        re.M,
    )[0]
    assert f"{lines} lines. What unasync" in PERFORMANCE
    rows = ("twingen", "unasyncd, then black", "unasync, then black")
    for row, figure in zip(rows, figures, strict=True):
        assert f"| {row} | {figure} |" in PERFORMANCE


def test_versions_of_the_drivers_are_those_measured() -> None:
    (head,) = re.findall(r"^\| \| (pgtwin .*) \|$", COMPARISON, re.M)
    for each in head.split(" | ")[1:]:
        name, _, version = each.partition(" ")
        assert re.search(rf"{name}(-binary)? {re.escape(version)}\.", PERFORMANCE), each
