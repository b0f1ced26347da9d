"""Comments that are put behind lines of the sources, each for one side of a library."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from library import Mark


def mark(root: Path, marks: Iterable[Mark]) -> None:
    """Put each mark behind its line.

    Raises `RuntimeError` where a line is not in its file, or is there twice.
    """
    for each in marks:
        file = root / each.file
        lines = file.read_text(encoding="utf-8").split("\n")
        places = [at for at, line in enumerate(lines) if line.strip() == each.line]
        if len(places) != 1:
            raise RuntimeError(f"{each.file} has {len(places)} lines: {each.line}")
        lines[places[0]] += f"  # twingen: {each.mark}"
        file.write_text("\n".join(lines), encoding="utf-8")
