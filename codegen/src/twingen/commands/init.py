"""init: a configuration for a project that has none, and what else is to be done."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import fill

from ..project.configuration_advice import notes
from ..project.configuration_proposal import append, propose
from .console import IN_STEP, Console

_GLUE = "\0"


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
    """Wrap a line, but nothing between backticks."""
    whole = re.sub(r"`[^`]*`", lambda code: code[0].replace(" ", _GLUE), line)
    wrapped = fill(
        whole,
        88,
        initial_indent="# ",
        subsequent_indent="# ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapped.replace(_GLUE, " ")
