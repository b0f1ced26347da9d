"""`twingen convert`: one source in, its twin out, for editors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.sample_project import Project

TWIN = "out/pkg_sync/client.py"
SOURCE = "src/pkg/client.py"


def test_convert_as_the_project_would(project: Project) -> None:
    twin = project.read(TWIN)
    body = twin[twin.index('"""') :]
    given = project.read(SOURCE)
    run = project.run("convert", "-", "--stdin-filename", SOURCE, given=given)
    assert (run.code, run.out, run.err) == (0, body, "")
    run = project.run("convert", str(project.root / SOURCE))
    assert (run.code, run.out) == (0, body)


def test_convert_what_is_not_saved_yet(project: Project) -> None:
    before = project.snapshot()
    given = (
        "from .client import AsyncClient\n\n\n"
        "async def f(c: AsyncClient) -> None:\n    await c.pause(1)\n"
    )
    name = "src/pkg/not_there.py"
    run = project.run("convert", "-", "--stdin-filename", name, given=given)
    assert run.code == 0
    assert run.out == (
        "from .client import Client\n\n\ndef f(c: Client) -> None:\n    c.pause(1)\n"
    )
    assert project.snapshot() == before


def test_convert_writes_utf_8(project: Project) -> None:
    """Whatever the locale says."""
    command = [sys.executable, "-X", "utf8=0", "-m", "twingen", "convert", "-"]
    run = subprocess.run(
        command,
        input="x = 'é日'\r\n".encode(),
        env={**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
        cwd=project.root,
        capture_output=True,
        timeout=120,
    )
    assert run.stdout == 'x = "é日"\n'.encode()


def test_convert_refuses_by_the_given_name(project: Project) -> None:
    given = "async def f(x):\n    await x\n"
    run = project.run("convert", "-", "--stdin-filename", SOURCE, given=given)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"{SOURCE}:2:5: TW102 awaited_value: ")


def test_convert_async_only(project: Project) -> None:
    given = "# twingen: async-only\nimport asyncio\n"
    run = project.run("convert", "-", "--stdin-filename", SOURCE, given=given)
    assert (run.code, run.out) == (0, "")


def test_convert_without_a_project(tmp_path: Path) -> None:
    project = Project(tmp_path)
    given = "import asyncio\n\n\nasync def f():\n    await asyncio.sleep(1)\n"
    run = project.run("convert", "-", given=given)
    assert (run.code, run.out) == (
        0,
        "import time\n\n\ndef f():\n    time.sleep(1)\n",
    )
    run = project.run("convert", "-", given="async def f(:\n")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("<stdin>:1:13: TW001 syntax: ")
    run = project.run("convert", "not_there.py")
    assert (run.code, run.out) == (2, "")


def test_convert_async_only_without_a_project(tmp_path: Path) -> None:
    given = "# twingen: async-only\nimport asyncio\n"
    run = Project(tmp_path).run("convert", "-", given=given)
    assert (run.code, run.out, run.err) == (0, "", "")


def test_convert_from_a_folder_below(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths may be as messages name them, wherever one is."""
    given = project.read(SOURCE)
    body = project.run("convert", "-", "--stdin-filename", SOURCE, given=given).out
    monkeypatch.chdir(project.root / "src/pkg")
    assert project.run("convert", SOURCE).out == body
    run = project.run("convert", "-", "--stdin-filename", SOURCE, given=given)
    assert (run.code, run.out) == (0, body)
    assert project.run("convert", "client.py").out == body
