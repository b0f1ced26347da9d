"""A small project in a temporary folder, and the command line run on it."""

from __future__ import annotations

import contextlib
import hashlib
import io
import sys
from dataclasses import dataclass
from pathlib import Path

from twingen.commands.cli import main

PYPROJECT = """
[tool.twingen]
runtime = "pkg_sync.runtime"
tasks = "threads"
trees = [
    { source = "src/pkg", target = "out/pkg_sync", module = "pkg", twin = "pkg_sync" },
]

[tool.twingen.renames]
"Async*" = "*"
"""

CLIENT = '''"""A client."""

import asyncio

from pkg.errors import Lost


class AsyncClient:
    """Sleeps, within a deadline."""

    async def pause(self, delay: float) -> None:
        try:
            await asyncio.wait_for(asyncio.sleep(delay), 1)
        except asyncio.TimeoutError:
            raise Lost from None
'''

FILES = {
    "pyproject.toml": PYPROJECT,
    "src/pkg/__init__.py": "from .client import AsyncClient as AsyncClient\n",
    "src/pkg/client.py": CLIENT,
    "src/pkg/errors.py": "class Lost(Exception):\n    pass\n",
    "src/pkg/py.typed": "",
    "src/pkg/sub/__init__.py": "",
    "src/pkg/sub/deep.py": "from ..client import AsyncClient\n\n\n"
    "async def pause(client: AsyncClient) -> None:\n    await client.pause(1)\n",
}


@dataclass(frozen=True)
class Run:
    """What one command did."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Project:
    """A project's folder."""

    root: Path

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())

    def read(self, name: str) -> str:
        return (self.root / name).read_bytes().decode()

    def append(self, name: str, text: str) -> None:
        self.write(name, self.read(name) + text)

    def replace(self, name: str, old: str, new: str) -> None:
        assert old in self.read(name)
        self.write(name, self.read(name).replace(old, new, 1))

    def remove(self, name: str) -> None:
        (self.root / name).unlink()

    def run(self, *arguments: str, given: str = "") -> Run:
        """Run a command in this process; return its exit code and what it printed.

        `given` is what it reads from standard input.
        """
        out, err = io.StringIO(), io.StringIO()
        before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(given.encode()))
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = main(["--project", str(self.root), *arguments])
        finally:
            sys.stdin = before
        return Run(code, out.getvalue(), err.getvalue())

    def snapshot(self) -> str:
        """Return a hash of every name, content and time stamp below the root."""
        digest = hashlib.sha256()
        for path in sorted(self.root.rglob("*")):
            digest.update(path.relative_to(self.root).as_posix().encode())
            if path.is_file():
                digest.update(path.read_bytes())
                digest.update(str(path.stat().st_mtime_ns).encode())
        return digest.hexdigest()


def new_project(root: Path, **changes: str | None) -> Project:
    """Write the project's sources; `changes` replaces files, `None` leaves one out."""
    project = Project(root)
    for name, text in {**FILES, **changes}.items():
        if text is not None:
            project.write(name, text)
    return project
