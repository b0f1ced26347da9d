"""Plays the inputs that fuzzing has found, as any other test.

The reference is psycopg in Python: in C it reads beyond the end of some values.
"""

from __future__ import annotations

import ctypes.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pgtwin_native", reason="the native core is not installed")
corpus = pytest.importorskip("tests.fuzz.corpus")

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(
    ctypes.util.find_library("pq") is None, reason="no libpq of its own"
)
@pytest.mark.parametrize("target", corpus.TARGETS)
def test_kept_inputs(target: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.corpus", target],
        cwd=ROOT,
        env={**os.environ, "PSYCOPG_IMPL": "python"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{len(corpus.kept(target))} inputs\n"
    assert corpus.kept(target)
