"""What the programs print that the pages show.

`python -m tests.docs.printing` writes it into the pages, as it is now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.embedded_server import running_server
from tools.demo import load, run
from tools.website.mirror import ROOT, texts
from tools.website.programs import PROGRAM, Program, program, programs


def shown() -> Iterator[tuple[str, Program]]:
    """Yield the programs of all pages."""
    for page in texts():
        if page.endswith(".md"):
            for each in programs(page, (ROOT / page).read_text(encoding="utf-8")):
                yield page, each


def printed(path: str, dsn: str) -> str:
    """Return what a program prints."""
    return "".join(f"{line}\n" for line in run(load(ROOT / path), dsn).lines)


def renewed(page: str, dsn: str) -> str:
    """Return a page with what its programs print."""

    def renew(match: re.Match[str]) -> str:
        found = program(page, match)
        if found is None or found.printed is None:
            return match[0]
        head = match[0].split("```text\n")[0]
        return f"{head}```text\n{printed(found.written, dsn)}```\n"

    return PROGRAM.sub(renew, (ROOT / page).read_text(encoding="utf-8"))


if __name__ == "__main__":
    with running_server() as server:
        for name in sorted({page for page, _ in shown()}):
            Path(ROOT / name).write_text(renewed(name, server), encoding="utf-8")
