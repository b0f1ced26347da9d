"""What `import pgtwin` says where libpq is not to be had."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest


@pytest.mark.skipif(
    find_spec("psycopg_c") is not None, reason="psycopg[c] is installed"
)
def test_without_libpq() -> None:
    # The wrapper that psycopg is told to use is not there, as where there is no libpq.
    done = subprocess.run(
        [sys.executable, "-c", "import pgtwin"],
        env={**os.environ, "PSYCOPG_IMPL": "c"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: pgtwin needs libpq, and none could be loaded")
    assert 'pip install "pgtwin[binary]"' in last
    assert "psycopg_c" in last


IMPORT = """
import {0} as driver
driver.connect, driver.Connection, driver.AsyncConnection
"""
QUERY = """
import sys
with driver.connect(sys.argv[1]) as conn:
    conn.execute("SELECT %s::int, 'a', now(), 1.5", (1,)).fetchall()
    with conn.cursor().copy("COPY (SELECT 1) TO STDOUT") as copy:
        list(copy)
    conn.execute("CREATE TEMP TABLE things (a int)")
    with conn.cursor().copy("COPY things FROM STDIN") as copy:
        copy.write_row((1,))
"""
MODULES = """
import sys
print(*sorted(sys.modules))
"""
OURS = (
    *("pgtwin", "pgtwin_sync", "pgtwin_native"),
    *("psycopg", "psycopg_binary", "psycopg_c"),
)


@pytest.mark.parametrize("program", [IMPORT, IMPORT + QUERY], ids=["import", "query"])
def test_imports_no_more_than_psycopg(program: str, dsn: str) -> None:
    imported = {}
    for driver in ("psycopg", "pgtwin"):
        done = subprocess.run(
            [sys.executable, "-I", "-c", program.format(driver) + MODULES, dsn],
            capture_output=True,
            text=True,
            check=True,
        )
        modules = done.stdout.split()
        imported[driver] = {
            name for name in modules if name.partition(".")[0] not in OURS
        }
    assert imported["pgtwin"] - imported["psycopg"] == set()
