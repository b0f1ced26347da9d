"""The same sources give the same bytes, whatever runs twingen.

The examples are compared with their expected twins byte by byte wherever the tests run.
Run as a program, this prints a hash of what becomes of all examples and programs; the
nox session `same-bytes` compares those of all Pythons that are installed.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys

from support.case_files import CASES
from support.program_runner import FOLDER, twin_of, ways


def digest() -> str:
    """Return a hash of what becomes of all examples and programs."""
    found = hashlib.sha256()
    for case in CASES:
        kind, text = case.result(case.source)
        found.update(f"{case.name}\n{kind}\n{text}\n".encode())
    for path in sorted(FOLDER.glob("*.py")):
        code = path.read_text(encoding="utf-8")
        for tasks in ways(code):
            found.update(twin_of(code, tasks=tasks).encode())
    return found.hexdigest()


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
