"""Environments of Python for the tests and generators of libraries."""

from __future__ import annotations

import os
import venv
from pathlib import Path

from releases import run


def environment(requires: tuple[str, ...], folder: Path) -> Path:
    """Make an environment with some packages; return the folder of its programs."""
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = [str(programs / "python"), "-m", "pip", "install", "--quiet"]
    if requires:
        run([*pip, *requires], folder)
    return programs
