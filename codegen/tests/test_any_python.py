"""The same sources give the same bytes on every Python that is installed.

The examples compare with their expected twins byte by byte wherever the tests run; here
all of the corpus is compared with what other interpreters make of it.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys

import pytest
from case import CASES
from programs import FOLDER, twin_of


def digest() -> str:
    """Return a hash of what becomes of all examples and programs."""
    found = hashlib.sha256()
    for case in CASES:
        kind, text = case.result(case.source)
        found.update(f"{case.name}\n{kind}\n{text}\n".encode())
    for path in sorted(FOLDER.glob("*.py")):
        found.update(twin_of(path.read_text(encoding="utf-8")).encode())
    return found.hexdigest()


@pytest.mark.parametrize("version", ["3.10", "3.11", "3.12", "3.13", "3.14"])
def test_digest_of_another_python(version: str) -> None:
    """Where another Python has twingen's dependencies, it gives the same bytes."""
    python = shutil.which(f"python{version}")
    if python is None or version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        pytest.skip(f"no other Python {version}")
    probe = [python, "-c", "import black, libcst, twingen"]
    if subprocess.run(probe, capture_output=True, timeout=60).returncode:
        pytest.skip(f"Python {version} has no twingen")
    run = subprocess.run(
        [python, __file__], capture_output=True, text=True, timeout=120, check=True
    )
    assert run.stdout.strip() == digest()


def test_digest_does_not_depend_on_hashing() -> None:
    """Sets and dictionaries are never iterated in an order of their own."""
    run = subprocess.run(
        [sys.executable, __file__],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={"PYTHONHASHSEED": "1"},
    )
    assert run.stdout.strip() == digest()


if __name__ == "__main__":
    print(digest())
