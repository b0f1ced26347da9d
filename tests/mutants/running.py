"""Runs pytest in a new process that need not import it.

The process knows nothing of the product before its copy is imported.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

# What the tests import, and takes longer than most of them.
IMPORTED = (
    *("pytest", "hypothesis", "coverage", "sqlalchemy.ext.asyncio", "psycopg"),
    *("libcst", "black"),
)
OF_THE_TREE = {"conftest", "tests"}

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(list(IMPORTED))


class Running:
    """One run of pytest in a folder."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], arguments: Sequence[str]
    ) -> None:
        self._output = folder / "output.txt"
        self._process = _forks.Process(
            target=_run, args=(str(folder), dict(environment), list(arguments))
        )
        self._process.start()

    def end(self, limit: float) -> tuple[int | None, str]:
        """Return its code and what it says; no code if it is silent for `limit` s."""
        said, since = -1, 0.0
        while (code := self._process.exitcode) is None:
            size = self._output.stat().st_size if self._output.exists() else 0
            if size != said:
                said, since = size, time.monotonic()
            elif time.monotonic() - since > limit:
                break
            self._process.join(0.5)
        self.stop()
        return code, self._output.read_text(errors="replace")

    def stop(self) -> None:
        """Kill it, with all that it has started."""
        if self._process.exitcode is None and self._process.pid:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:  # it has not begun, or has just ended
                self._process.kill()
            self._process.join()


def _run(folder: str, environment: dict[str, str], arguments: list[str]) -> None:
    os.setsid()
    os.chdir(folder)
    file = os.open("output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for standard in (1, 2):
        os.dup2(file, standard)
    os.environ.update(environment)
    paths = environment["PYTHONPATH"].split(os.pathsep)
    sys.path[:] = [*paths, *(each for each in sys.path if each not in paths)]
    for name in list(sys.modules):
        if name.partition(".")[0] in OF_THE_TREE:
            del sys.modules[name]
    code = 3  # as pytest says of its own failure
    try:
        import pytest

        # The modules above have no assertions of tests.
        quiet = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
        code = int(pytest.main(["-W", quiet, *arguments]))
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # whatever threads a mutant has left
