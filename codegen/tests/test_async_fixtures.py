"""Asynchronous fixtures of pytest, which the event loop runs, in the twin."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support.program_runner import twin_of
from twingen.analysis.symbols.library_tables import Tasks

SOURCE = """
import asyncio

import pytest
import pytest_asyncio

log = []


@pytest_asyncio.fixture
async def loop():
    return asyncio.get_running_loop()


@pytest_asyncio.fixture
async def task(loop):
    assert asyncio.get_running_loop() is loop
    started = asyncio.create_task(asyncio.sleep(60))
    async with asyncio.timeout(10):
        yield started
    started.cancel()
    await asyncio.wait([started])
    log.append(started.cancelled())


@pytest.fixture
def outside():
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


@pytest.mark.asyncio
async def test_that_has_a_loop(outside, task, loop):
    assert asyncio.get_running_loop() is loop
    assert not task.done()


def test_after():
    assert log == [True]
"""


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.timeout() is not there")
@pytest.mark.parametrize("tasks", [None, "turns"])
def test_the_loop_runs_them(tmp_path: Path, tasks: Tasks | None) -> None:
    code = SOURCE if tasks is None else twin_of(SOURCE, tasks=tasks)
    file = tmp_path / "test_fixtures.py"
    file.write_text(code, encoding="utf-8")
    options = ["-q", "-c", str(tmp_path / "none.ini"), f"--rootdir={tmp_path}"]
    (tmp_path / "none.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", *options, str(file)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert "2 passed" in done.stdout, done.stdout + done.stderr
