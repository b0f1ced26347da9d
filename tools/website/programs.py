"""Shows a program in both forms, if a page links to it in a separate paragraph.

In the repository, the link leads to the program. On the site, the program is shown in
its place, in both forms, in two tabs. The block of text after it is the output of both
forms; `tests/docs` runs them.
"""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath
from typing import NamedTuple

from tools.website.mirror import ROOT, fenced

PROGRAM = re.compile(
    r"^\[[^\]]*\]\((?P<path>[^)\s]+\.py)\)\n(?:\n```text\n(?P<printed>.*?)^```\n)?",
    re.M | re.S,
)
# Two forms that a page shows itself, side by side, in a table of HTML.
BESIDE = re.compile(
    r"^<table>\n<tr><th>.*?</th><th>.*?</th></tr>\n<tr><td>\n\n"
    r"(```[^`]*```)\n\n</td><td>\n\n(?:<!-- twingen: twin -->\n\n)?(```[^`]*```)\n\n"
    r"(?:<!-- twingen: end \w+ -->\n\n)?</td></tr>\n</table>$",
    re.M | re.S,
)
FORMS = ("async, written", "sync, generated")
TWINS = {"docs/examples": "generated/docs", "examples": "generated/examples"}


class Program(NamedTuple):
    """A program of a page, in both forms, and its output."""

    written: str
    generated: str
    printed: str | None


def programs(page: str, text: str) -> list[Program]:
    """Return the programs that a page shows."""
    return [
        found for match in PROGRAM.finditer(text) if (found := program(page, match))
    ]


def program(page: str, match: re.Match[str]) -> Program | None:
    """Return the program that a paragraph links to, if it has a twin."""
    path = os.path.normpath(PurePosixPath(page).parent / match["path"])
    for source, target in TWINS.items():
        if path.startswith(f"{source}/"):
            twin = target + path.removeprefix(source)
            assert (ROOT / twin).exists(), f"{page}: {path} has no twin: twingen build"
            return Program(path, twin, match["printed"])
    return None


def with_tabs(page: str, text: str) -> str:
    """Return a page with its programs in tabs."""

    def show(match: re.Match[str]) -> str:
        found = program(page, match)
        if found is None:
            return match[0]
        forms = zip(FORMS, (found.written, found.generated), strict=True)
        blocks = [_tab(form, fenced(path, title=path)) for form, path in forms]
        if found.printed is not None:
            blocks.append(f'```text title="both print"\n{found.printed}```')
        return "\n\n".join(blocks) + "\n"

    text = BESIDE.sub(lambda m: "\n\n".join(map(_tab, FORMS, m.groups())), text)
    return PROGRAM.sub(show, text)


def _tab(title: str, block: str) -> str:
    return f'=== "{title}"\n\n' + re.sub(r"^(?=.)", "    ", block, flags=re.M)
