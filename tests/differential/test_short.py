"""Random programs, always the same; `nox -s differential` plays more, and others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.differential.__main__ import KIND
from tests.differential.strategies import FEATURES

ROOT = Path(__file__).resolve().parents[2]


def test_random_programs_do_the_same_as_with_psycopg(dsn: str) -> None:
    # In a process of its own, where no other test has registered anything.
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.differential", "--batch", dsn),
            *("--programs", "150", "--seed", "1", "--only", *sorted(FEATURES)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert KIND not in done.stdout, done.stdout
