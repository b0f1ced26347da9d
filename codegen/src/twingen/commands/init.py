"""init: a configuration for a project that has none, and what else is to be done."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

from ..project.proposal import append, propose
from ..project.proposal_notes import notes
from .console import IN_STEP, Console


def init(console: Console, start: Path, *, write: bool) -> int:
    """Print a proposal; what else there is to say follows as comments."""
    folder = start.resolve()
    proposal = propose(folder)
    print(proposal.text, end="")
    for note in notes(proposal):
        console.good(f"#\n{_comment(note)}")
    if write:
        file = append(folder, proposal.text)
        console.good(f"#\n# written to {file}; `twingen build` comes next")
    return IN_STEP


def _comment(note: str) -> str:
    """Return a note as comments of TOML; lines to copy stay as they are."""
    wrapped = [
        f"#{line}" if line.startswith("    ") else _filled(line)
        for line in note.splitlines()
    ]
    return "\n".join(wrapped)


def _filled(line: str) -> str:
    return fill(
        line,
        88,
        initial_indent="# ",
        subsequent_indent="# ",
        break_long_words=False,
        break_on_hyphens=False,
    )
