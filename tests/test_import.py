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
