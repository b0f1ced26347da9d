"""Traces what each test says to the server, for `compare`; pytest takes `--traces`.

Every connection that a test makes is traced by libpq into a file of its own.
"""

from __future__ import annotations

import importlib
import itertools
import os
import re
from pathlib import Path
from typing import Any

import pytest

from pgtwin.pq import Trace

TWINS = ("pgtwin.aio", "pgtwin_sync")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--traces", type=Path, required=True, help="where traces go")


def name_of(item: pytest.Item) -> str:
    """Return what a test is called in both suites."""
    # The event loop is a parameter of many tests, in one form only.
    name = re.sub(r"\[asyncio\]$", "", item.name).replace("[asyncio-", "[")
    return f"{item.path.stem}.{name}".replace("/", "_")


@pytest.fixture(autouse=True)
def _traced(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    traces = Path(str(request.config.getoption("traces")))
    folder = traces / name_of(request.node)
    folder.mkdir(parents=True)
    numbers = itertools.count()  # threads may connect at the same moment
    for package in TWINS:
        conversation = importlib.import_module(f"{package}.libpq.pgconn").Handle
        begin = conversation.__init__

        def begin_traced(self: Any, *args: Any, begin: Any = begin) -> None:
            begin(self, *args)
            path = folder / f"{next(numbers):03}.trace"
            self.pgconn.trace(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
            self.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS | Trace.REGRESS_MODE)

        monkeypatch.setattr(conversation, "__init__", begin_traced)
