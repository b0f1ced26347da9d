"""What codegen/README.md says to do can be done."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import readme


@pytest.mark.skipif(sys.platform == "win32", reason="the lines are for a POSIX shell")
def test_readme(tmp_path: Path) -> None:
    readme.follow(tmp_path)
