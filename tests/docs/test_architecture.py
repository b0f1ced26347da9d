"""The ways of a query and of a source, as the pages show them, are the ways they go."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pgtwin
from tools.website.mirror import ROOT
from twingen.conversion.convert import convert


def drawn(page: str, title: str) -> list[str]:
    """Return the modules in the first column of the table below a heading."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    below = text.partition(f"# {title}\n")[2].partition("\n#")[0]
    cells = [line.split("|")[1] for line in below.splitlines() if line.startswith("|")]
    names = [name for cell in cells for name in cell.split("`")[1::2]]
    return names[1:]  # the first is that of the column


def way(package: str, call: Callable[[], object]) -> list[str]:
    """Return the modules that a call enters, in the order of the first entry."""
    entered: dict[str, None] = {}

    def note(frame: FrameType, event: str, arg: object) -> None:
        name = frame.f_globals.get("__name__", "")
        if event == "call" and name.startswith(f"{package}."):
            entered[name.removeprefix(f"{package}.")] = None

    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(None)
    return [each for each in entered if not each.startswith("runtime.")]


def test_prepared_query(dsn: str) -> None:
    with pgtwin.connect(dsn, autocommit=True) as conn:
        cursor = conn.cursor()
        for _ in range(10):
            cursor.execute("SELECT %s::int", [1])
        shown = drawn("architecture.md", "A prepared query")
        gone = way("pgtwin_sync", lambda: cursor.execute("SELECT %s::int", [1]))
        # The engine in Python has the cursor keep the result, the one in C does so.
        assert shown
        assert gone[: len(shown)] == shown


def test_first_query(dsn: str) -> None:
    with pgtwin.connect(dsn) as conn:
        shown = drawn("architecture.md", "A first query")
        cursor = conn.cursor()
        gone = way("pgtwin_sync", lambda: cursor.execute("SELECT 1"))
        assert shown
        assert gone[: len(shown)] == shown


def test_conversion() -> None:
    shown = drawn("development.md", "How a source is converted")
    source = "import asyncio\n\nasync def f() -> None:\n    await asyncio.sleep(1)\n"
    convert(source)  # which loads the rules
    gone = way("twingen", lambda: convert(source))
    assert [module for module in gone if module in shown] == shown
