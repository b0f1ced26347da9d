"""Other interpreters than the usual one: with a GIL of their own, or none at all."""

from __future__ import annotations

import subprocess
import sys

import pytest
from psycopg import pq

from pgtwin.core.engine.implementation import IMPLEMENTATION

# The names that CPython gives, from 3.12 to 3.14, to what PEP 734 describes.
PROGRAM = """
import sys
if sys.version_info >= (3, 13):
    import _interpreters as interpreters
    new = lambda shared: interpreters.create("legacy" if shared else "isolated")
    run = interpreters.exec
else:
    import _xxsubinterpreters as interpreters
    new = lambda shared: interpreters.create(isolated=not shared)
    run = interpreters.run_string
shared, code = sys.argv[1] == "shared", sys.argv[2]
# Extensions of psycopg's can be loaded into one interpreter of a process.
number = 1 if shared else 2
# One after the other: CPython 3.13.0 itself crashes in many runs in which two of them
# import ctypes, json and decimal at the same time, and do nothing else.
for _ in range(number):
    failed = run(new(shared), code)
    if failed:
        sys.exit(str(failed))
"""
QUERY = """
import pgtwin
with pgtwin.Connection.connect({dsn!r}) as conn:
    assert conn.execute("SELECT %s::int", (5,)).fetchone() == (5,)
    rows = conn.execute("SELECT i, i::text, now() FROM generate_series(1, 1000) AS i")
    assert sum(row[0] for row in rows) == 500500
from pgtwin.core.engine.implementation import IMPLEMENTATION
print("done with", pgtwin.pq.__impl__, IMPLEMENTATION, end=".")
"""

with_own_lock = pytest.mark.skipif(
    sys.version_info < (3, 12), reason="interpreters share the GIL before Python 3.12"
)


def run_in(kind: str, code: str) -> subprocess.CompletedProcess[str]:
    """Run a program in one interpreter of the `shared` GIL, or two with their `own`."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, kind, code],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@with_own_lock
def test_where_the_lock_is_shared(dsn: str) -> None:
    done = run_in("shared", QUERY.format(dsn=dsn))
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"done with {pq.__impl__} {IMPLEMENTATION}."


@with_own_lock
def test_subinterpreter_where_the_core_is_not_supported(dsn: str) -> None:
    done = run_in("own", QUERY.format(dsn=dsn))
    if done.returncode == 0:
        # psycopg in Python loads libpq through ctypes, which such interpreters have
        # from Python 3.13 on.
        assert sys.version_info >= (3, 13)
        assert done.stdout == f"done with python {IMPLEMENTATION}." * 2
    else:
        said = done.stdout + done.stderr
        assert "ImportError" in said
        assert "pgtwin cannot be used in this sub-interpreter" in said
