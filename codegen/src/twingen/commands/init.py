"""init: a configuration for a project that has none."""

from __future__ import annotations

from pathlib import Path

from ..project.proposal import append, propose
from .console import IN_STEP, Console


def init(console: Console, start: Path, *, write: bool) -> int:
    folder = start.resolve()
    proposal = propose(folder)
    print(proposal, end="")
    if write:
        file = append(folder, proposal)
        console.good(f"# written to {file}; `twingen build` comes next")
    return IN_STEP
