"""pgtwin differs from psycopg where a reason says so, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tools.compatibility.comparison import compared, unexplained, unneeded
from tools.compatibility.page import TITLE, render

PAGE = Path(__file__).resolve().parents[2] / "docs" / "compatibility.md"
NAMES = compared()


def test_no_difference_without_a_reason() -> None:
    assert unexplained(NAMES) == []


def test_no_reason_without_a_difference() -> None:
    assert unneeded(NAMES) == []


def test_page_is_in_step() -> None:
    written = PAGE.read_text(encoding="utf-8")
    title = written.splitlines()[0]
    if title != TITLE.format(version=psycopg.__version__):
        pytest.skip(f"the page is of another version: {title}")
    assert written == render(NAMES), "run `nox -s docs`"
