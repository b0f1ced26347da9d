"""The same sources give the same bytes on every Python that is installed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from case import CASES
from programs import FOLDER, twin_of

# The digest of every twin and every refusal of the corpus. It changes with any
# change of the output; then run this file as a program and copy what it prints.
RECORDED = Path(__file__).with_name("digest.txt")


def digest() -> str:
    """Return a hash of what becomes of all examples and programs."""
    found = hashlib.sha256()
    for case in CASES:
        kind, text = case.result(case.source)
        found.update(f"{case.name}\n{kind}\n{text}\n".encode())
    for path in sorted(FOLDER.glob("*.py")):
        found.update(twin_of(path.read_text(encoding="utf-8")).encode())
    return found.hexdigest()


def test_digest_is_the_recorded_one() -> None:
    """Every Python compares with the same record, so all of them agree."""
    assert digest() == RECORDED.read_text(encoding="utf-8").strip()


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
    assert run.stdout.strip() == RECORDED.read_text(encoding="utf-8").strip()


def test_digest_does_not_depend_on_hashing() -> None:
    """Sets and dictionaries are never iterated in an order of their own."""
    outputs = {
        subprocess.run(
            [sys.executable, __file__],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


if __name__ == "__main__":
    print(digest())
