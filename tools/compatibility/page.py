"""The page: what is said of each public name of psycopg."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from textwrap import fill

import psycopg

from tools.compatibility.comparison import (
    ABSENT,
    OURS,
    SAME,
    Name,
    needs_reason,
    reason_of,
)
from tools.compatibility.reasons import BEHAVIOUR

OURS_ALL = "Ours, with all that psycopg's have"
TITLE = "# Compatibility with psycopg {version}"
HEAD = """\
Written by `python -m tools.compatibility` (`nox -s docs`), which compares the two
installed packages: names, kinds of members, parameters with their defaults. A test
fails when a difference has no reason, and when this page is not what would be written.

- **same**: the same object, or a member that is used in the same way.
- **ours**: written here, with all that psycopg's has unless a row says why not.
- **absent**: not there, with the reason.

What is beyond psycopg, new names and parameters, is told at the end of each section.
"""


def render(names: list[Name]) -> str:
    """Return the page."""
    everything = [
        name for module in names for name in module.walk() if name is not module
    ]
    lines = [TITLE.format(version=psycopg.__version__), "", HEAD]
    lines += table(
        ("Of psycopg's names and their members", "number"),
        [
            (verdict, str(sum(name.verdict == verdict for name in everything)))
            for verdict in (SAME, OURS, ABSENT)
        ],
    )
    lines += ["", "## Behaviour", "", "It is psycopg's, except that:", ""]
    lines += [wrapped(f"- {sentence}", "  ") for sentence in BEHAVIOUR]
    for module in names:
        lines += ["", f"## {module.full}"]
        if module.verdict == ABSENT:
            lines += ["", wrapped(f"Absent: {reason_of(module)}.")]
            continue
        lines += section(module, "Same objects")
        for member in module.members:
            if member.members:
                lines += ["", f"### {member.full}"]
                lines += section(member, "As in psycopg")
    return "\n".join(lines) + "\n"


def section(name: Name, same: str) -> list[str]:
    """Return what is said of the names in a module or of the members of a class."""
    paragraphs = []
    plain = [x for x in name.members if not needs_reason(x)]
    for title, verdict in ((same, SAME), (OURS_ALL, OURS)):
        found = [f"`{x.short}`" for x in plain if x.verdict == verdict]
        if found:
            paragraphs.append([wrapped(f"{title}: {', '.join(found)}.")])
    rows = [
        (f"`{x.short}`", x.verdict, "; ".join(x.differences), reason_of(x) or "")
        for x in (name, *name.members)
        if needs_reason(x)
    ]
    if rows:
        paragraphs.append(table(("name", "", "difference", "reason"), rows))
    beyond = [f"`{x}`" for x in name.added] + [
        f"`{x.short}({parameter}=)`"
        for x in name.members
        for parameter in x.added
        if not x.members and not x.differences
    ]
    if beyond:
        paragraphs.append([wrapped(f"Beyond psycopg: {', '.join(beyond)}.")])
    return list(chain.from_iterable(["", *lines] for lines in paragraphs))


def wrapped(text: str, indent: str = "") -> str:
    return fill(
        text,
        88,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [head, ("---",) * len(head), *rows]
    return [f"| {' | '.join(row)} |" for row in lines]
