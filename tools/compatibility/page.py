"""Writes the page: a verdict for each public name of psycopg."""

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
from tools.compatibility.reasons import BEHAVIOR

OURS_ALL = "Ours, with all that psycopg's have"
TITLE = "# Compatibility with psycopg {version}"
HEAD = """\
This page lists every public name of psycopg, and what pgtwin has in its place. It is
written by `python -m tools.compatibility` (`nox -s docs`), which compares the two
installed packages: names, kinds of members, and parameters with their defaults. A test
fails if a difference has no reason, or if this page is out of date.

| Verdict | Meaning |
| --- | --- |
| same | the same object, or a member that is used in the same way |
| ours | written for pgtwin, with all that psycopg's has unless a row says why not |
| absent | pgtwin does not have it, for the reason in its row |

The end of each section lists the names and parameters that only pgtwin has.
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
    lines += [
        "",
        "## Behavior",
        "",
        "pgtwin behaves like psycopg, with these exceptions.",
    ]
    for topic, differences in BEHAVIOR.items():
        lines += ["", f"### {topic}", "", *table(("pgtwin", "psycopg"), differences)]
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
    """Return the section about the names of a module or the members of a class."""
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
