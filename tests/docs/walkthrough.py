"""Follows a page: writes the files that it shows, types its commands, compares.

What a page shows is what happens. `python tests/docs/walkthrough.py PAGE` writes
the answers of the commands into the page, as they are now.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(
    r'^```(?P<kind>\w+)(?: title="(?P<path>[^"]+)")?\n(?P<text>.*?)^```$', re.M | re.S
)


def follow(page: str, folder: Path) -> str:
    """Return a page with the answers that its commands give in a folder."""

    def act(block: re.Match[str]) -> str:
        kind, path, text = block["kind"], block["path"], block["text"]
        if path:
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        if kind != "console":
            return block[0]
        commands = re.findall(r"^\$ (.*)$", text, re.M)
        assert commands, f"no command in {text!r}"
        lines = [f"$ {each}\n{answer(each, folder)}" for each in commands]
        return f"```console\n{''.join(lines)}```"

    return BLOCK.sub(act, page)


def answer(command: str, folder: Path) -> str:
    """Return what a command prints, with the lines that a reader would see."""
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={**os.environ, "PATH": programs, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    return done.stdout.replace(f"{folder.resolve()}/", "")


if __name__ == "__main__":
    page = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        text = follow(page.read_text(encoding="utf-8"), Path(name))
    page.write_text(text, encoding="utf-8")
