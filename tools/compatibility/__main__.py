"""Writes docs/compatibility.md, unless a difference has no reason."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.compatibility.comparison import compared, unexplained, unneeded
from tools.compatibility.page import render

PAGE = Path(__file__).resolve().parents[2] / "docs" / "compatibility.md"

names = compared()
wrong = [*unexplained(names), *(f"{x}: explains nothing" for x in unneeded(names))]
if wrong:
    sys.exit("\n".join(wrong))
PAGE.write_text(render(names), encoding="utf-8")
