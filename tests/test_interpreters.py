"""Other interpreters than the usual one: what is not tried says so at import."""

from __future__ import annotations

import subprocess
import sys

import pytest
from psycopg import pq

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
failed = run(new(shared), code)
sys.exit(str(failed) if failed else 0)
"""
QUERY = """
import pgtwin
with pgtwin.Connection.connect({dsn!r}) as conn:
    assert conn.execute("SELECT %s::int", (5,)).fetchone() == (5,)
print("done with", pgtwin.pq.__impl__)
"""

with_own_lock = pytest.mark.skipif(
    sys.version_info < (3, 12), reason="interpreters share the GIL before Python 3.12"
)


def run_in(kind: str, code: str) -> subprocess.CompletedProcess[str]:
    """Run a program in an interpreter with a GIL of its own, or a `shared` one."""
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
    assert done.stdout == f"done with {pq.__impl__}\n"


@with_own_lock
def test_where_it_is_not(dsn: str) -> None:
    done = run_in("own", QUERY.format(dsn=dsn))
    if done.returncode == 0:
        # psycopg in Python loads libpq through ctypes, which such interpreters have
        # from Python 3.13 on.
        assert sys.version_info >= (3, 13)
        assert done.stdout == "done with python\n"
    else:
        said = done.stdout + done.stderr
        assert "ImportError" in said
        assert "pgtwin cannot be used in this sub-interpreter" in said


def test_without_a_lock() -> None:
    # As a free-threaded build answers.
    program = "import sys; sys._is_gil_enabled = lambda: False; import pgtwin"
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "RuntimeWarning: pgtwin has not been tried without the GIL" in done.stderr
