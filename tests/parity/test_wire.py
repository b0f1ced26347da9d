"""Both forms of every example program send and receive the same bytes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pgtwin
from pgtwin.pq import Trace
from tools.demo import EXAMPLES, TWINS, load, run

PROGRAMS = sorted(path.name for path in EXAMPLES.glob("*.py"))


def traced(connection: Any, folder: Path) -> type:
    """Return a connection class that leaves one trace for each connection made."""

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        connection.__init__(self, *args, **kwargs)
        number = len(list(folder.iterdir()))
        # libpq keeps writing until the connection is finished.
        fd = os.open(folder / f"{number}.trace", os.O_WRONLY | os.O_CREAT)
        self.pgconn.trace(fd)
        self.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS | Trace.REGRESS_MODE)

    return type(connection.__name__, (connection,), {"__init__": __init__})


def traces_of(main: Callable[[str], Any], dsn: str, folder: Path) -> dict[str, str]:
    """Run a program and return the trace of each of its connections."""
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AsyncConnection", "Connection"):
            patch.setattr(pgtwin, name, traced(getattr(pgtwin, name), folder))
        outcome = run(main, dsn)
    assert outcome.lines
    # The number of the schema for temporary tables is the server's choice, and what
    # the names of prepared statements begin with is the client's.
    return {
        path.name: re.sub(
            r"(?<=pg_temp_)\d+|(?<=pgtwin_)[0-9a-f]{12}", "N", path.read_text()
        )
        for path in sorted(folder.iterdir())
    }


@pytest.mark.parametrize("program", PROGRAMS)
def test_same_bytes(program: str, dsn: str, tmp_path: Path) -> None:
    written = traces_of(load(EXAMPLES / program), dsn, tmp_path / "written")
    generated = traces_of(load(TWINS / program), dsn, tmp_path / "generated")
    assert written
    assert any("Query" in trace or "Parse" in trace for trace in written.values())
    assert generated == written


def test_there_are_programs() -> None:
    assert len(PROGRAMS) >= 4
    assert sorted(path.name for path in TWINS.glob("*.py")) == PROGRAMS, (
        "examples/ and generated/examples/ do not hold the same programs: run "
        "`twingen build`"
    )
